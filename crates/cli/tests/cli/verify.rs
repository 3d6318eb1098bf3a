//! `lineward verify`: the main job without a server.

use serde_json::{Value, json};

use crate::run::{Ran, SPECIMEN, file, keys, run, run_with_input, shared};

fn verify(faces: &str, models: &str, capture: &str, more: &[&str]) -> Ran {
    let (reference, capture) = (format!("{faces}/img16.jpg"), format!("{faces}/{capture}"));
    let mut args =
        vec!["verify", "--mrz", "-", "--reference", &reference, "--capture", &capture, "--models", models];
    args.extend(["--rules", "cn", "--json"]);
    args.extend(more);
    run_with_input(&args, SPECIMEN)
}

fn reasons(answer: &Value) -> Vec<&str> {
    answer["reasons"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect()
}

#[test]
fn a_matching_face_alone_is_referred() {
    let (Some(faces), Some(models)) = (shared("data/faces/functional"), shared("models")) else { return };
    let at = ["--at", "2012-04-15"];
    let same = verify(&faces, &models, "img17.jpg", &at).json();
    assert_eq!(keys(&same), ["assumed", "at", "decision", "document", "face", "reasons", "rules"]);
    assert_eq!((&same["decision"], &same["face"]["outcome"]), (&json!("refer"), &json!("match")));
    assert_eq!(
        reasons(&same),
        ["document_not_proven", "validity_not_proven", "portrait_not_proven", "assurance_too_low"]
    );
    insta::assert_json_snapshot!(same["document"]);

    let two = verify(&faces, &models, "img1.jpg", &at).json();
    assert_eq!((&two["decision"], &two["face"]["outcome"]), (&json!("refer"), &json!("non_match")));
    assert!(reasons(&two).contains(&"face_non_match"));
}

#[test]
fn without_a_day_the_specimen_expired_long_ago() {
    let (Some(faces), Some(models)) = (shared("data/faces/functional"), shared("models")) else { return };
    let today = verify(&faces, &models, "img17.jpg", &[]).json();
    assert!(reasons(&today).contains(&"document_expired"));
    assert_eq!(today["document"]["expired"], true);
}

#[test]
fn a_day_is_a_day_of_the_rules_own_zone() {
    let (Some(faces), Some(models)) = (shared("data/faces/functional"), shared("models")) else { return };
    // Midnight in Shanghai is 16:00 in Greenwich: the document's last day ends then.
    for (at, expired) in [("2012-04-15T15:59:59Z", false), ("2012-04-15T16:00:00Z", true)] {
        let answer = verify(&faces, &models, "img17.jpg", &["--at", at]).json();
        assert_eq!(reasons(&answer).contains(&"document_expired"), expired, "{at}");
    }
}

#[test]
fn frames_of_two_people_are_not_one_capture() {
    let (Some(faces), Some(models)) = (shared("data/faces/functional"), shared("models")) else { return };
    let other = format!("{faces}/img1.jpg");
    let answer = verify(&faces, &models, "img17.jpg", &["--capture", &other]).json();
    assert_eq!(answer["face"]["reasons"], json!(["probe_frames_differ"]));
    assert!(reasons(&answer).contains(&"face_not_compared"));
}

#[test]
fn a_person_without_a_pack_is_referred() {
    let Some(faces) = shared("data/faces/functional") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (zone, image) = (file(&dir, "zone.txt", SPECIMEN.as_bytes()), format!("{faces}/img16.jpg"));
    let ran = run(&[
        "verify",
        "--mrz",
        &zone,
        "--reference",
        &image,
        "--capture",
        &image,
        "--rules",
        "demo",
        "--json",
    ]);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &answer["decision"]), (0, &json!("refer")));
    assert_eq!(answer["face"]["reasons"], json!(["no_model_pack"]));
    assert!(ran.err.contains("models pull"));
}

#[test]
fn what_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let (zone, text) = (file(&dir, "zone.txt", SPECIMEN.as_bytes()), file(&dir, "text.jpg", b"text"));
    let verify = |zone: &str, rules: &str| {
        run(&["verify", "--mrz", zone, "--reference", &text, "--capture", &text, "--rules", rules])
    };
    assert!(verify(&zone, "cn").failed().contains("text.jpg: this is not a picture"));
    assert!(verify(&text, "cn").failed().contains("no machine-readable zone"));
    assert!(verify(&zone, "zz").failed().contains("cn, mx, demo"));
}
