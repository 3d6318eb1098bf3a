//! Runs the binary, without anything of the tester's own environment.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The binary with an empty environment.
pub(crate) fn lineward(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lineward"));
    command.args(args).env_clear().env("HOME", env!("CARGO_TARGET_TMPDIR")).stdin(Stdio::null());
    command
}

pub(crate) fn run(args: &[&str]) -> Ran {
    ran(lineward(args).output().unwrap())
}

pub(crate) fn run_with_input(args: &[&str], input: &str) -> Ran {
    let mut child =
        lineward(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    ran(child.wait_with_output().unwrap())
}

pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// The one JSON document of an answer.
    pub(crate) fn json(&self) -> Value {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }

    /// Nothing on standard output, `error:` and `hint:` on the other.
    pub(crate) fn failed(&self) -> &str {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{}", self.err);
        assert!(self.err.starts_with("error: ") && self.err.contains("\nhint: "), "{}", self.err);
        &self.err
    }
}

/// A file of the shared data; `None`, said loudly, where it is absent.
pub(crate) fn shared(path: &str) -> Option<String> {
    let root = option_env!("LINEWARD_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let file = root.join(path);
    if !file.exists() {
        println!("SKIPPED: {} is absent", file.display());
        return None;
    }
    Some(file.display().to_string())
}

/// A file for one test, with this content.
pub(crate) fn file(dir: &tempfile::TempDir, name: &str, content: &[u8]) -> String {
    let path = dir.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

/// The keys of a JSON object, in alphabetical order.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The specimen of Doc 9303-4, appendix A.
pub(crate) const SPECIMEN: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n";
