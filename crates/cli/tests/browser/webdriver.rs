//! Chromium by its ChromeDriver: the few commands of W3C WebDriver that the walks need, over plain HTTP.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::{camera::Camera, demo::PATIENCE};

/// What a machine without a browser needs.
const HINT: &str = "hint: apt-get install chromium chromium-driver";
/// The key under which an element's id is answered (W3C WebDriver, section 12).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// No window and no sandbox, which root has not; a camera that plays a file and is allowed at once; no call home.
const FLAGS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=en-US",
    "--window-size=1100,1400",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
];

/// A ChromeDriver; it ends with the value.
pub(crate) struct Driver {
    process: Child,
    // Whoever writes into a closed pipe fails.
    _said: BufReader<ChildStdout>,
    address: String,
    home: TempDir,
}

impl Driver {
    /// Fails, and is not skipped, where there is none.
    pub(crate) fn start() -> Driver {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").envs([("HOME", home.path()), ("TMPDIR", home.path())]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process =
            command.spawn().unwrap_or_else(|e| panic!("chromedriver does not start: {e}\n{HINT}"));
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "chromedriver does not listen\n{HINT}");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim().trim_end_matches('.').to_owned();
            }
        };
        Driver { process, _said: said, address: format!("http://127.0.0.1:{port}"), home }
    }

    /// A new browser without a past.
    pub(crate) fn browser(&self, camera: Option<&Camera>) -> Browser<'_> {
        let mut flags: Vec<String> = FLAGS.iter().map(ToString::to_string).collect();
        if let Some(camera) = camera {
            flags.push(format!("--use-file-for-fake-video-capture={}", camera.file().display()));
        }
        let downloads = tempfile::tempdir_in(self.home.path()).unwrap();
        let capabilities = json!({
            "browserName": "chrome",
            "timeouts": { "implicit": PATIENCE.as_millis() as u64 },
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": {
                "args": flags,
                "prefs": { "download.default_directory": downloads.path() },
            },
        });
        let mut browser = Browser {
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            http: reqwest::Client::builder().no_proxy().timeout(PATIENCE * 2).build().unwrap(),
            session: format!("{}/session", self.address),
            downloads,
            _driver: self,
        };
        let made = browser.try_post("", &json!({ "capabilities": { "alwaysMatch": capabilities } }));
        let made = made.unwrap_or_else(|e| panic!("chromium does not start: {e}\n{HINT}"));
        browser.session = format!("{}/{}", browser.session, made["sessionId"].as_str().unwrap());
        browser
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One person's browser. Every look at an element waits until it is there.
pub(crate) struct Browser<'d> {
    runtime: Runtime,
    http: reqwest::Client,
    session: String,
    downloads: TempDir,
    _driver: &'d Driver,
}

impl Browser<'_> {
    pub(crate) fn open(&self, address: &str) {
        self.post("/url", &json!({ "url": address }));
    }

    pub(crate) fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Waits for the page that has this element. Like every page it has a title and one heading, and the browser found
    /// nothing wrong since the last one: no error of a script, nothing that the content security policy forbids.
    #[track_caller]
    pub(crate) fn page(&self, css: &str) {
        self.find(css);
        let names = self.run(
            "return [document.title, ...[...document.querySelectorAll('h1')].map((h) => h.innerText.trim())];",
        );
        let names: Vec<&str> = names.as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
        assert!(names.len() == 2 && names.iter().all(|n| !n.is_empty()), "title and heading: {names:?}");
        assert_eq!(self.post("/se/log", &json!({ "type": "browser" })), json!([]), "{names:?}");
    }

    #[track_caller]
    pub(crate) fn find(&self, css: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }));
        format!("/element/{}", found[ELEMENT].as_str().unwrap())
    }

    /// Whether it is there now.
    pub(crate) fn has(&self, css: &str) -> bool {
        self.run(&format!("return document.querySelector({}) !== null;", json!(css))) == json!(true)
    }

    #[track_caller]
    pub(crate) fn click(&self, css: &str) {
        self.post(&format!("{}/click", self.find(css)), &json!({}));
    }

    #[track_caller]
    pub(crate) fn write(&self, css: &str, text: &str) {
        self.post(&format!("{}/value", self.find(css)), &json!({ "text": text }));
    }

    #[track_caller]
    pub(crate) fn text(&self, css: &str) -> String {
        self.read(css, "text")
    }

    #[track_caller]
    pub(crate) fn value(&self, css: &str) -> String {
        self.read(css, "property/value")
    }

    #[track_caller]
    pub(crate) fn attribute(&self, css: &str, name: &str) -> String {
        self.read(css, &format!("attribute/{name}"))
    }

    /// Runs a script in the page.
    #[track_caller]
    pub(crate) fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// The file that was downloaded whole.
    pub(crate) fn downloaded(&self) -> Option<PathBuf> {
        let mut files = std::fs::read_dir(self.downloads.path()).unwrap().map(|f| f.unwrap().path());
        files.find(|f| f.extension().is_some_and(|e| e == "txt"))
    }

    #[track_caller]
    fn read(&self, css: &str, what: &str) -> String {
        let address = format!("{}{}/{what}", self.session, self.find(css));
        match self.send(self.http.get(address)).unwrap() {
            Value::String(text) => text,
            other => panic!("{what} of {css}: {other}"),
        }
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).unwrap_or_else(|e| panic!("{path} {body}: {e}"))
    }

    fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.send(self.http.post(format!("{}{path}", self.session)).json(body))
    }

    /// The answer's value, or its error's words.
    fn send(&self, request: reqwest::RequestBuilder) -> Result<Value, String> {
        let answer = self.runtime.block_on(async { request.send().await?.json::<Value>().await });
        let value = answer.map_err(|e| e.to_string())?["value"].take();
        match &value["error"] {
            Value::String(error) => Err(format!("{error}: {}", value["message"])),
            _ => Ok(value),
        }
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let script = json!({ "script": "return location.pathname + '\\n' + document.body.innerText;", "args": [] });
            println!("the browser was at {}", self.try_post("/execute/sync", &script).unwrap_or_default());
        }
        // Ends Chromium; without it the driver's end would leave it behind.
        let _ = self.send(self.http.delete(&self.session));
    }
}
