//! `lineward rules check`.

use serde_json::json;

use crate::run::{file, run};

#[test]
fn the_rules_inside_the_program_can_be_used_and_are_not_confirmed() {
    let checked = run(&["rules", "check", "--json"]).json();
    assert_eq!(checked["valid"], true);
    let ids: Vec<&str> =
        checked["rules"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["cn", "mx", "demo"]);
    assert!(checked["rules"].as_array().unwrap().iter().all(|r| r["production"] == false));
    assert!(checked["rules"][0]["unconfirmed"].as_array().unwrap().contains(&json!("face_fmr")));
}

#[test]
fn an_error_has_its_line_and_field() {
    let dir = tempfile::tempdir().unwrap();
    let text = include_str!("../../../../rules/cn.toml").replace("value = 1e-4", "value = 1");
    let wrong = file(&dir, "wrong.toml", text.as_bytes());
    let checked = run(&["rules", "check", &wrong, "--json"]).json();
    let line = text.lines().position(|l| l == "value = 1").unwrap() + 1;
    assert_eq!(checked["valid"], false);
    assert_eq!(
        checked["rules"][0]["errors"],
        json!([{ "line": line, "field": "face_fmr.value", "problem": "must be from 1e-9 to 1e-2" }])
    );
    assert!(run(&["rules", "check", &wrong]).out.contains(&format!("wrong.toml:{line}: face_fmr.value")));
    assert!(run(&["rules", "check", "no-such-file"]).failed().contains("no-such-file"));
}
