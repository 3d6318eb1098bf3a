//! A PostgreSQL server of the test process's own, from the binaries that Debian's package installs.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// A server with nothing durable about it: it lives in a temporary folder, without fsync, and is reached by a socket
/// only.
pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    databases: AtomicU32,
    /// Stops the server and removes its folder once its input ends, and that is when this process ends, however it ends.
    _keeper: Child,
}

/// Why there is no server. Never a reason to skip a test.
#[derive(Clone, thiserror::Error)]
pub enum PostgresError {
    /// The binaries are not there.
    #[error(
        "PostgreSQL is not installed\nhint: apt-get install postgresql (its server is started by the tests)"
    )]
    NotInstalled,
    /// A step failed.
    #[error("PostgreSQL: {step}: {message}")]
    Failed {
        /// The step.
        step: &'static str,
        /// What it said.
        message: String,
    },
}

/// Tests unwrap it, so that its message is what they show.
impl fmt::Debug for PostgresError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Postgres {
    /// The address of a new, empty database on the one server of this process.
    ///
    /// # Errors
    /// [`PostgresError`] where PostgreSQL is not installed or does not start.
    pub fn shared() -> Result<String, PostgresError> {
        static SERVER: OnceLock<Result<Postgres, PostgresError>> = OnceLock::new();
        SERVER.get_or_init(Postgres::start).as_ref().map_err(Clone::clone)?.database()
    }

    fn start() -> Result<Postgres, PostgresError> {
        let bin = binaries().ok_or(PostgresError::NotInstalled)?;
        let folder = folder().map_err(|e| failed("temporary folder", e))?;
        let data = folder.join("data");
        let owner = owner(&folder)?;
        let command = |program: &str| {
            let mut command = as_owner(owner, &bin.join(program));
            command.current_dir(&folder).stdin(Stdio::null()).arg("-D").arg(&data);
            command
        };

        let mut initdb = command("initdb");
        initdb.args(["-A", "trust", "-U", "postgres", "-N", "--locale=C.UTF-8", "-E", "UTF8"]);
        succeed("initdb", initdb.output())?;

        let mut start = command("pg_ctl");
        let options = format!(
            "-k {} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
             -c max_connections=400",
            folder.display()
        );
        start.args(["-w", "-t", "60", "-l"]).arg(folder.join("log")).arg("-o").arg(options).arg("start");
        // The server keeps what it inherits open: that must not be a pipe whose end somebody waits for.
        start.stdout(Stdio::null()).stderr(Stdio::null());
        succeed("start", start.output())?;

        let keeper = keeper(owner, &bin, &folder).map_err(|e| failed("keeper", e))?;
        Ok(Postgres { bin, folder, databases: AtomicU32::new(0), _keeper: keeper })
    }

    fn database(&self) -> Result<String, PostgresError> {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let socket = self.folder.display();
        let mut createdb = Command::new(self.bin.join("createdb"));
        createdb.arg("-h").arg(&self.folder).args(["-U", "postgres", &name]);
        succeed("createdb", createdb.output())?;
        Ok(format!("postgres://postgres@localhost/{name}?host={socket}"))
    }
}

/// The newest installed version, or what the path names.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut bins: Vec<PathBuf> = versions.map(|v| v.path().join("bin")).collect();
    bins.retain(|bin| bin.join("initdb").exists());
    bins.sort();
    bins.pop().or_else(|| {
        let found = Command::new("sh").args(["-c", "command -v initdb"]).output().ok()?;
        let initdb = PathBuf::from(String::from_utf8(found.stdout).ok()?.trim());
        initdb.parent().filter(|p| p.is_absolute()).map(Path::to_owned)
    })
}

/// A new folder with a short name: a socket's path has room for 107 bytes (sun_path, unix(7)).
fn folder() -> io::Result<PathBuf> {
    let mut n = 0_u32;
    loop {
        let folder = std::env::temp_dir().join(format!("lw-pg-{}-{n}", std::process::id()));
        match fs::create_dir(&folder) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && n < 100 => n += 1,
            Err(e) => return Err(e),
            Ok(()) => return Ok(folder),
        }
    }
}

/// Whom the server runs as: initdb refuses root, so root hands the folder to another user.
fn owner(folder: &Path) -> Result<Option<&'static str>, PostgresError> {
    let me = succeed("id", Command::new("id").arg("-u").output())?;
    if me.stdout.trim_ascii() != b"0" {
        return Ok(None);
    }
    let mut last = PostgresError::NotInstalled;
    for user in ["postgres", "nobody"] {
        match succeed("chown", Command::new("chown").arg(user).arg(folder).output()) {
            Ok(_) => return Ok(Some(user)),
            Err(e) => last = e,
        }
    }
    Err(last)
}

fn as_owner(owner: Option<&str>, program: &Path) -> Command {
    match owner {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
    }
}

fn keeper(owner: Option<&str>, bin: &Path, folder: &Path) -> io::Result<Child> {
    let script =
        "cat; \"$1/pg_ctl\" -D \"$2/data\" -m immediate stop; cd /; rm -rf \"$2/data\" \"$2/log\" \"$2\"";
    let mut command = as_owner(owner, Path::new("sh"));
    command.args(["-c", script, "sh"]).arg(bin).arg(folder).current_dir(folder);
    // A group of its own, so that an interrupt at the terminal does not end the keeper before its work.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

fn succeed(step: &'static str, output: io::Result<Output>) -> Result<Output, PostgresError> {
    let output = output.map_err(|e| failed(step, e))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(failed(step, String::from_utf8_lossy(&output.stderr)))
}

fn failed(step: &'static str, message: impl fmt::Display) -> PostgresError {
    PostgresError::Failed { step, message: message.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_answers_with_a_database_of_its_own() {
        let (one, two) = (Postgres::shared().unwrap(), Postgres::shared().unwrap());
        assert_ne!(one, two);
        assert!(one.starts_with("postgres://"));
    }

    #[test]
    fn a_missing_server_says_how_to_get_one() {
        assert!(format!("{:?}", PostgresError::NotInstalled).contains("hint: apt-get install postgresql"));
    }
}
