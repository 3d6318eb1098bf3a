//! Runs the binary in folders of its own, with nothing of the tester's environment, and watches what it takes.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::pages::Visitor;

/// How long anything here may take before the test gives up. A busy machine needs a tenth of it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at another process.
const GLANCE: Duration = Duration::from_millis(3);

/// Every folder that the program can know of: data, temporary files, home, working directory; and where its output goes.
pub(crate) struct Place {
    dir: TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        let place = Place { dir: tempfile::tempdir().unwrap() };
        for folder in ["data", "tmp", "home", "here", "output"] {
            fs::create_dir(place.path(folder)).unwrap();
        }
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The binary, allowed to leave a picture of its memory where it stands when it is made to crash.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("/bin/sh");
        let run = "ulimit -c unlimited 2>/dev/null; exec \"$0\" \"$@\"";
        command.args(["-c", run, env!("CARGO_BIN_EXE_lineward")]).args(args);
        command.env_clear().env("HOME", self.path("home")).env("TMPDIR", self.path("tmp"));
        command.current_dir(self.path("here")).stdin(Stdio::null());
        command
    }

    /// Every file below this place, with its content.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        collect(self.dir.path(), &mut found);
        found
    }
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if let Ok(content) = fs::read(&path) {
            // A journal or a half-written file may have gone since the folder was listed.
            found.push((path, content));
        }
    }
}

/// What a command that ended said and took.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) took: Duration,
    pub(crate) peak_kib: u64,
}

/// Runs a command to its end.
pub(crate) fn run(place: &Place, args: &[&str]) -> Ran {
    let (out, err) = (place.path("output/out"), place.path("output/err"));
    let mut command = place.command(args);
    command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
    let started = Instant::now();
    let mut child = Running(command.spawn().unwrap());
    let mut peak = 0;
    let status = loop {
        peak = peak.max(child.peak_kib().unwrap_or(0));
        if let Some(status) = child.0.try_wait().unwrap() {
            break status;
        }
        assert!(started.elapsed() < PATIENCE, "{args:?} does not end");
        sleep(GLANCE);
    };
    let said = |path: &Path| String::from_utf8(fs::read(path).unwrap()).unwrap();
    Ran { code: status.code(), out: said(&out), err: said(&err), took: started.elapsed(), peak_kib: peak }
}

/// A process that ends with its test.
struct Running(Child);

impl Running {
    /// The most memory that it ever had (`VmHWM` of proc(5)); nothing once it has ended.
    fn peak_kib(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail where it has ended already, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `lineward demo`, running.
pub(crate) struct Demo {
    process: Running,
    /// What it said when it was ready.
    told: Value,
    pub(crate) origin: String,
    /// An admin, who may see the figures.
    admin: Visitor,
}

impl Demo {
    /// Starts it on the place's data with this much logging. Output is added to that of earlier starts.
    pub(crate) fn start(place: &Place, models: &str, log: &str, more: &[&str]) -> Demo {
        let nth = fs::read_dir(place.path("output")).unwrap().count();
        let (out, err) = (place.path(&format!("output/out-{nth}")), place.path(&format!("output/err-{nth}")));
        let data = place.path("data").display().to_string();
        let mut args = vec!["demo", "--data", &data, "--listen", "127.0.0.1:0", "--models", models, "--json"];
        args.extend(more);
        let mut command = place.command(&args);
        command.env("LINEWARD_LOG", log).env("RUST_LOG", log).env("RUST_BACKTRACE", "1");
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        let mut process = Running(command.spawn().unwrap());
        let told: Value = wait_for("the demo to be ready", || {
            let ended = process.0.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", fs::read_to_string(&err).unwrap());
            serde_json::from_slice(&fs::read(&out).unwrap()).ok()
        });
        let origin = told["origin"].as_str().unwrap().to_owned();
        let admin = sign_in(&told, "Sample Admin One");
        Demo { process, told, origin, admin }
    }

    /// Ends it without a word, as a power cut (`KILL`) or a crash (`ABRT`) does.
    pub(crate) fn strike(mut self, signal: &str) -> ExitStatus {
        let id = self.process.0.id().to_string();
        let sent = Command::new("/bin/sh").args(["-c", &format!("kill -{signal} {id}")]).status().unwrap();
        assert!(sent.success());
        self.process.0.wait().unwrap()
    }

    pub(crate) fn peak_kib(&self) -> u64 {
        self.process.peak_kib().unwrap()
    }

    pub(crate) fn metrics(&self) -> String {
        let page = self.admin.clone().get("/metrics");
        assert_eq!(page.status, 200, "{}", page.text());
        page.text()
    }

    /// Waits until no job that follows an ending is left to do, and `cases` of them ended in erasing the case.
    pub(crate) fn wait_for_jobs(&self, cases: usize) {
        wait_for("jobs to be done", || {
            let text = self.metrics();
            let count = |kind: &str, state: &str| {
                let start = format!("lineward_jobs{{kind=\"{kind}\",state=\"{state}\"}} ");
                text.lines().find_map(|line| line.strip_prefix(&start)?.parse().ok()).unwrap_or(0)
            };
            let kinds = ["provision_line", "notify", "erase_images", "erase_case"];
            let given_up: usize = kinds.iter().map(|kind| count(kind, "given_up")).sum();
            assert_eq!(given_up, 0, "{text}");
            let waiting: usize = kinds.iter().map(|kind| count(kind, "waiting")).sum();
            (waiting == 0 && count("erase_case", "done") == cases).then_some(())
        });
    }

    /// One of the desk's people, signed in with the code that the demo printed.
    pub(crate) fn sign_in(&self, name: &str) -> Visitor {
        sign_in(&self.told, name)
    }
}

fn sign_in(told: &Value, name: &str) -> Visitor {
    let staff = told["staff"].as_array().unwrap();
    let code = staff.iter().find(|s| s["name"] == name).unwrap()["code"].as_str().unwrap();
    let mut visitor = Visitor::new(told["origin"].as_str().unwrap());
    let page = visitor.get("/desk/sign-in");
    assert_eq!(visitor.send(&page, "/desk/sign-in", &[("code", code)]).path, "/desk");
    visitor
}

/// Looks again and again until there is something to see.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        // A server counts requests and takes ten a second.
        sleep(50 * GLANCE);
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
    Some(file.canonicalize().unwrap().display().to_string())
}
