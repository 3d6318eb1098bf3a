//! The commands on a store, and the server.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{Ran, file, keys, lineward, ran, run};

/// An installation in a folder of its own.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Place {
        let place = Place { dir: tempfile::tempdir().unwrap() };
        assert_eq!(place.run(&["migrate", "--json"]).json()["master_key"]["made"], true);
        place
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = lineward(args);
        command.env("LINEWARD_DATA", self.dir.path());
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        ran(self.command(args).output().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }
}

#[test]
fn migrating_twice_changes_nothing() {
    let place = Place::new();
    let key = std::fs::read(place.path("master.key")).unwrap();
    assert_eq!(place.run(&["migrate", "--json"]).json()["master_key"]["made"], false);
    assert_eq!(std::fs::read(place.path("master.key")).unwrap(), key);
}

#[test]
fn a_store_that_was_not_migrated_says_so_and_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("none").display().to_string();
    let doctor = run(&["doctor", "--data", &data, "--json"]).json();
    assert_eq!(doctor["ok"], false);
    assert!(!dir.path().join("none").exists());
    let place = Place::new();
    let empty = format!("sqlite:{}", place.path("empty.db"));
    let error = place.run(&["token", "list", "--database", &empty]);
    assert!(error.failed().contains("lineward migrate"));
}

#[test]
fn another_master_key_does_not_open_the_key_store() {
    let place = Place::new();
    let other = file(&place.dir, "other.key", &[b'7'; 64]);
    let others = place.run(&["check", "--master-key-file", &other]);
    if cfg!(unix) {
        assert!(others.failed().contains("chmod 600"));
        std::process::Command::new("chmod").args(["600", &other]).status().unwrap();
    }
    assert!(place.run(&["check", "--master-key-file", &other]).failed().contains("not the master key"));
}

#[test]
fn the_key_store_is_never_in_the_stores_database() {
    let place = Place::new();
    let same = format!("sqlite:{}", place.path("store/lineward.db"));
    assert!(place.run(&["check", "--keys", &same]).failed().contains("must not be in the store's database"));
}

#[test]
fn staff_are_invited_listed_and_switched_off() {
    let place = Place::new();
    let invited = place.run(&["staff", "invite", "--name", "Li Na", "--role", "reviewer", "--json"]).json();
    assert_eq!(keys(&invited), ["code", "id", "minutes", "sign_in"]);
    assert_eq!(invited["minutes"], 15);
    let id = invited["id"].as_str().unwrap();
    assert_ne!(place.run(&["staff", "code", id, "--json"]).json()["code"], invited["code"]);
    place.run(&["staff", "disable", id, "--json"]).json();
    let listed = place.run(&["staff", "list", "--json"]).json();
    assert_eq!(listed["staff"][0]["disabled"], true);
    assert!(place.run(&["staff", "code", id]).failed().contains("there is nothing with this id"));
    let wrong = [
        "staff",
        "invite",
        "--name",
        "A",
        "--role",
        "reviewer",
        "--identity",
        "cn.ric:CHN:110105194912310021",
    ];
    assert!(!place.run(&wrong).failed().contains("110105194912310021"));
    assert_eq!(place.run(&["staff", "invite", "--name", "A", "--role", "system"]).code, 2);
}

#[test]
fn a_token_is_shown_once_and_can_be_revoked() {
    let place = Place::new();
    let made = place.run(&["token", "create", "--name", "billing", "--json"]).json();
    let secret = made["token"].as_str().unwrap();
    assert!(secret.starts_with("lwt_"));
    let listed = place.run(&["token", "list", "--json"]);
    assert!(!listed.out.contains(secret));
    assert_eq!(listed.json()["tokens"][0]["standing"], "good");
    place.run(&["token", "revoke", made["id"].as_str().unwrap()]);
    assert_eq!(place.run(&["token", "list", "--json"]).json()["tokens"][0]["standing"], "revoked");
    assert_eq!(place.run(&["check", "--json"]).json(), json!({ "violations": [] }));
}

#[test]
fn production_proposes_confirmed_rules_only() {
    let place = Place::new();
    assert!(place.run(&["rules", "activate", "cn"]).failed().contains("has no reviewed_by"));
    let mut confirmed = String::new();
    for line in include_str!("../../../../rules/cn.toml").lines() {
        confirmed.push_str(line);
        confirmed.push('\n');
        if line.starts_with("status = ") {
            confirmed.push_str("reviewed_by = \"a tester\"\nreviewed_on = \"2026-01-01\"\n");
        }
    }
    let rules = file(&place.dir, "confirmed.toml", confirmed.as_bytes());
    let proposed = place.run(&["rules", "activate", &rules, "--json"]).json();
    assert_eq!((&proposed["active"], &proposed["signatures"]), (&json!(false), &json!(0)));
    let doctor = place.run(&["doctor", "--json"]).json();
    assert!(doctor["checks"].to_string().contains("1 proposed, signed by 0 of 2"));
}

#[test]
fn settings_tell_where_they_came_from_and_keep_passwords_back() {
    let place = Place::new();
    let mut command = place.command(&["config", "show", "--listen", "127.0.0.1:1", "--json"]);
    let shown = ran(command.env("LINEWARD_DATABASE", "postgres://lw:s3cret@db/lw").output().unwrap());
    assert!(!shown.out.contains("s3cret"));
    let settings = shown.json();
    let of = |name: &str| {
        settings["settings"].as_array().unwrap().iter().find(|s| s["name"] == name).unwrap().clone()
    };
    assert_eq!(of("listen")["source"], "flag");
    assert_eq!(of("database")["source"], "environment");
    assert_eq!(
        of("origin"),
        json!({
            "name": "origin", "variable": "LINEWARD_ORIGIN", "value": "http://127.0.0.1:1", "source": "default",
        })
    );
}

#[test]
fn production_refuses_to_serve_what_would_not_hold() {
    let place = Place::new();
    let serve = |args: &[&str]| place.run(&[&["serve"], args].concat());
    assert!(serve(&["--origin", "http://lines.example"]).failed().contains("in the clear"));
    assert!(serve(&[]).failed().contains("--carrier-name"));
    assert!(serve(&["--carrier-name", "Example"]).failed().contains("--webhook-url"));
}

#[test]
fn the_demo_starts_answers_and_ends_and_is_refused_in_production() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("demo").display().to_string();
    let none = dir.path().join("no-models").display().to_string();
    let args = [
        "demo",
        "--data",
        &data,
        "--listen",
        "127.0.0.1:0",
        "--models",
        &none,
        "--no-download",
        "--rules",
        "cn",
        "--json",
    ];
    let (first, told) = start(&args);
    assert_eq!(keys(&told), ["apply", "data", "desk", "model_pack", "origin", "rules", "staff"]);
    assert_eq!((&told["rules"], &told["model_pack"]), (&json!("cn"), &json!(null)));
    assert_eq!(told["staff"].as_array().unwrap().len(), 5);
    let origin = told["origin"].as_str().unwrap();
    assert!(get(origin, "/readyz").starts_with("HTTP/1.1 200"));
    assert!(get(origin, "/apply").contains("Example Mobile"));
    stop(first);

    // A second start finds the same people, with fresh codes.
    let (second, again) = start(&args);
    stop(second);
    assert_eq!(again["staff"][0]["id"], told["staff"][0]["id"]);
    assert_ne!(again["staff"][0]["code"], told["staff"][0]["code"]);
    let with =
        |mode: &str| ran(lineward(&["check", "--json", "--mode", mode, "--data", &data]).output().unwrap());
    assert_eq!(with("demo").json(), json!({ "violations": [] }));
    assert!(with("production").failed().contains("sample records"));
}

#[test]
fn a_sample_card_is_drawn_and_its_zone_reads_back() {
    let Some(portrait) = crate::run::shared("data/faces/functional/img16.jpg") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (data, card) = (dir.path().display().to_string(), dir.path().join("card.png").display().to_string());
    let drawn = run(&[
        "demo",
        "card",
        "--data",
        &data,
        "--person",
        "3",
        "--portrait",
        &portrait,
        "--out",
        &card,
        "--json",
    ]);
    let told: Value = serde_json::from_str(&drawn.out).unwrap();
    let zone: Vec<&str> = told["mrz"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
    let read = crate::run::run_with_input(&["document", "mrz", "--json"], &zone.join("\n")).json();
    assert_eq!(
        (&read["consistent"], &read["fields"]["document_number"]),
        (&json!(true), &told["document_number"])
    );
    assert_eq!(told["replaced"], false);
    assert!(std::fs::read(&card).unwrap().starts_with(b"\x89PNG"));
    assert!(dir.path().join("authority/SAMPLE003.json").exists());
    assert!(
        run(&["demo", "card", "--person", "99", "--portrait", &portrait]).failed().contains("1 LINDQVIST")
    );
}

#[test]
fn a_sample_card_takes_a_portrait_with_one_face_and_says_what_it_replaces() {
    let (Some(portrait), Some(models)) =
        (crate::run::shared("data/faces/functional/img16.jpg"), crate::run::shared("models"))
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (data, card) = (dir.path().display().to_string(), dir.path().join("card.jpg").display().to_string());
    let draw = |portrait: &str| {
        run(&[
            "demo",
            "card",
            "--data",
            &data,
            "--models",
            &models,
            "--portrait",
            portrait,
            "--out",
            &card,
            "--json",
        ])
    };
    let grey = dir.path().join("grey.png").display().to_string();
    image::GrayImage::from_pixel(64, 64, image::Luma([128])).save(&grey).unwrap();
    assert!(draw(&grey).failed().contains("no face found"));
    assert_eq!(draw(&portrait).json()["replaced"], false);
    assert_eq!(draw(&portrait).json()["replaced"], true);
}

#[test]
fn jobs_that_were_given_up_are_listed() {
    let place = Place::new();
    assert_eq!(place.run(&["jobs", "list", "--json"]).json(), json!({ "jobs": [] }));
    let nothing = place.run(&["jobs", "retry", "01930b5e-7d2c-7c4e-9a41-0d6a4be0a0c1"]);
    assert!(nothing.failed().contains("there is nothing with this id"));
    let doctor = place.run(&["doctor", "--json"]).json();
    let result = |name: &str| {
        let checks = doctor["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).unwrap()["result"].clone()
    };
    assert_eq!((result("jobs"), result("master_key")), (json!("ok"), json!("warning")));
}

#[test]
fn an_authority_is_shown_and_looked_at_without_being_asked() {
    let place = Place::new();
    // RFC 8037, appendix A.2.
    let jwk = br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let (key, token) = (file(&place.dir, "registry.jwk", jwk), file(&place.dir, "token", b"s3cret\n"));
    let looked = |url: &str, more: &[&str]| {
        let set = ["--authority-url", url, "--authority-key-file", &key, "--authority-source", "Registry"];
        let args = [&["doctor", "--json", "--authority-states", "UTO"], set.as_slice(), more].concat();
        let doctor = place.run(&args).json();
        doctor["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|check| check["name"] == "authority")
            .unwrap()
            .clone()
    };
    let url = "https://registry.invalid/documents";
    let good = looked(url, &["--authority-told", "names"]);
    assert_eq!(good["result"], "ok", "{good}");
    assert!(good["detail"].to_string().contains("1 EdDSA key(s), told kind, state, number, expiry, names;"));
    for (url, more, wrong) in [
        ("http://registry.invalid/", ["--authority-told", "names"], "https"),
        ("https://me:pw@registry.invalid/", ["--authority-told", "names"], "name or password"),
        (url, ["--authority-algorithm", "ES256"], "not for ES256"),
        (url, ["--authority-token-file", &token], "read by others"),
    ] {
        let found = looked(url, &more);
        assert_eq!(found["result"], "problem");
        assert!(found["detail"].to_string().contains(wrong) || !cfg!(unix), "{found}");
    }
    let shown = place.run(&["config", "show", "--authority-token-file", &token, "--json"]);
    assert!(shown.failed().contains("set all four"));
    let none = place.run(&["config", "show", "--json"]).json();
    let of =
        |name: &str| none["settings"].as_array().unwrap().iter().find(|s| s["name"] == name).unwrap().clone();
    assert_eq!(of("authority-algorithm")["value"], "EdDSA");
    assert_eq!(of("authority-url")["variable"], "LINEWARD_AUTHORITY_URL");
}

/// A server, and what it said when it was ready.
fn start(args: &[&str]) -> (Child, Value) {
    let mut child = lineward(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        said.push_str(&line.unwrap());
        if said.ends_with('}') && serde_json::from_str::<Value>(&said).is_ok() {
            break;
        }
    }
    (child, serde_json::from_str(&said).unwrap())
}

/// Ends a server as a service manager does.
fn stop(mut child: Child) {
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let asked = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return;
        }
        if asked.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            unreachable!("the server did not end");
        }
        std::thread::yield_now();
    }
}

fn get(origin: &str, path: &str) -> String {
    let host = origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
