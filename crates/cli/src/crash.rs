//! What a crash leaves behind: nothing. An image of this process's memory would hold pictures, names and keys.

/// Asks the system to write no memory image of this process, and to let no other process of the same user read its memory.
#[cfg(unix)]
pub(crate) fn leave_no_memory_image() -> rustix::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // The limit does not count where images are piped into a program (core(5)); this does (prctl(2), PR_SET_DUMPABLE).
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// There is nothing to ask for here.
#[cfg(not(unix))]
pub(crate) fn leave_no_memory_image() -> std::io::Result<()> {
    Ok(())
}
