//! `lineward demo` in a folder of its own, and what it leaves there.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take. Ours: a busy machine of two cores needs a tenth of it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The shared data.
pub(crate) struct Shared(PathBuf);

/// `None`, said loudly, where it is absent.
pub(crate) fn shared() -> Option<Shared> {
    let root = option_env!("LINEWARD_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    for part in ["models", "data/faces/functional"] {
        if !root.join(part).exists() {
            println!("SKIPPED: {} is absent", root.join(part).display());
            return None;
        }
    }
    Some(Shared(root))
}

impl Shared {
    /// A photograph. By `master.csv` beside them, 1 and 2 show one person, 1 and 8 two.
    pub(crate) fn face(&self, name: &str) -> PathBuf {
        self.0.join("data/faces/functional").join(name)
    }

    fn models(&self) -> String {
        self.0.join("models").display().to_string()
    }
}

/// A running demo; it ends with the value.
pub(crate) struct Demo {
    /// Its address.
    pub(crate) origin: String,
    staff: Value,
    models: String,
    server: Child,
    // Whoever writes into a closed pipe fails.
    _said: BufReader<ChildStdout>,
    dir: TempDir,
}

/// A card of an invented person.
pub(crate) struct Card {
    /// Its picture.
    pub(crate) file: PathBuf,
    /// Its machine-readable zone.
    pub(crate) zone: String,
}

impl Demo {
    /// Returns once it listens.
    pub(crate) fn start(shared: &Shared, rules: &str) -> Demo {
        let dir = tempfile::tempdir().unwrap();
        let (data, models) = (data(&dir), shared.models());
        let mut command =
            lineward(&["demo", "--fresh", "--no-download", "--listen", "127.0.0.1:0", "--json"]);
        command.args(["--data", &data, "--models", &models, "--rules", rules]);
        command.stdout(Stdio::piped()).stderr(File::create(log(&dir)).unwrap());
        let mut server = command.spawn().unwrap();
        let mut said = BufReader::new(server.stdout.take().unwrap());
        let mut text = String::new();
        let told: Value = loop {
            let end = said.read_line(&mut text).unwrap() == 0;
            assert!(!end, "the demo does not start: {}", std::fs::read_to_string(log(&dir)).unwrap());
            if let Ok(told) = serde_json::from_str(&text) {
                break told;
            }
        };
        assert_eq!(told["model_pack"], "default");
        let origin = told["origin"].as_str().unwrap().to_owned();
        Demo { origin, staff: told["staff"].clone(), models, server, _said: said, dir }
    }

    /// Draws a card and has the stand-in authority issue it.
    pub(crate) fn card(&self, person: u32, portrait: &Path) -> Card {
        let file = self.dir.path().join("card.jpg");
        let (out, portrait) = (file.display().to_string(), portrait.display().to_string());
        let (person, data) = (person.to_string(), data(&self.dir));
        let args = ["--person", &person, "--portrait", &portrait, "--out", &out, "--data", &data];
        let drawn = answer(lineward(&["demo", "card", "--json", "--models", &self.models]).args(args));
        let zone: Vec<&str> = drawn["mrz"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
        Card { file, zone: zone.join("\n") }
    }

    /// The sign-in code that the demo printed for someone.
    pub(crate) fn code(&self, name: &str) -> String {
        let person = self.staff.as_array().unwrap().iter().find(|p| p["name"] == name);
        person.unwrap()["code"].as_str().unwrap().to_owned()
    }

    /// What the network was told to activate.
    pub(crate) fn orders(&self) -> Vec<Value> {
        let files = std::fs::read_dir(Path::new(&data(&self.dir)).join("network")).unwrap();
        files.map(|f| serde_json::from_slice(&std::fs::read(f.unwrap().path()).unwrap()).unwrap()).collect()
    }

    /// Checks a receipt with the key of this demo's carrier.
    pub(crate) fn verify(&self, receipt: &Path) -> Value {
        let key = answer(&mut self.on_store(&["receipt", "key"]));
        let policy = self.dir.path().join("policy.txt");
        std::fs::write(&policy, key["key"].as_str().unwrap()).unwrap();
        let mut verify = lineward(&["receipt", "verify", "--json", "--policy"]);
        answer(verify.arg(policy).arg(receipt))
    }

    /// What `lineward check` finds.
    pub(crate) fn violations(&self) -> Value {
        answer(&mut self.on_store(&["check"]))["violations"].clone()
    }

    fn on_store(&self, args: &[&str]) -> Command {
        let mut command = lineward(args);
        command.args(["--json", "--mode", "demo", "--data", &data(&self.dir)]);
        command
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        if thread::panicking() {
            println!("the demo's log:\n{}", std::fs::read_to_string(log(&self.dir)).unwrap_or_default());
        }
    }
}

/// Looks again and again until there is something.
pub(crate) fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} does not come");
        // Between two looks only; nothing is taken for done because time has passed.
        thread::sleep(Duration::from_millis(50));
    }
}

fn data(dir: &TempDir) -> String {
    dir.path().join("demo").display().to_string()
}

fn log(dir: &TempDir) -> PathBuf {
    dir.path().join("demo.log")
}

/// The binary with an empty environment.
fn lineward(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lineward"));
    command.args(args).env_clear().env("HOME", env!("CARGO_TARGET_TMPDIR")).stdin(Stdio::null());
    command
}

/// The one JSON document that a command prints.
fn answer(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
