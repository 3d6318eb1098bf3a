//! `lineward face` and `lineward models`.

use serde_json::json;

use crate::run::{file, keys, run, shared};

const COMPARISON: [&str; 14] = [
    "assurance",
    "bona_fide",
    "compared_frame",
    "fmr",
    "likeness",
    "model_pack",
    "model_pack_hash",
    "outcome",
    "probe",
    "reasons",
    "reference",
    "review_threshold",
    "score",
    "threshold",
];

#[test]
fn one_person_matches_and_two_do_not() {
    let (Some(faces), Some(models)) = (shared("data/faces/functional"), shared("models")) else { return };
    let compare = |probe: &str| {
        let (reference, probe) = (format!("{faces}/img16.jpg"), format!("{faces}/{probe}"));
        run(&["face", "compare", "--reference", &reference, "--probe", &probe, "--models", &models, "--json"])
            .json()
    };
    let same = compare("img17.jpg");
    assert_eq!(keys(&same), COMPARISON);
    assert_eq!(
        (&same["outcome"], &same["threshold"], &same["fmr"]),
        (&json!("match"), &json!(0.427), &json!(0.0001))
    );
    assert_eq!(same["model_pack"], "default");
    let two = compare("img1.jpg");
    assert_eq!((&two["outcome"], &two["reasons"]), (&json!("non_match"), &json!([])));
}

#[test]
fn what_cannot_be_decoded_gets_a_hint_and_what_cannot_be_compared_an_answer() {
    let Some(models) = shared("models") else { return };
    let dir = tempfile::tempdir().unwrap();
    let text = file(&dir, "text.jpg", b"not a picture");
    let compare = |reference: &str, probe: &str| {
        run(&["face", "compare", "--reference", reference, "--probe", probe, "--models", &models, "--json"])
    };
    let grey = file(&dir, "grey.png", &grey_png());
    assert!(compare(&grey, &text).failed().contains("text.jpg: this is not a picture"));
    let answer = compare(&grey, &grey).json();
    assert_eq!(answer["outcome"], "not_compared");
    assert_eq!(answer["reasons"], json!(["reference_no_face", "probe_no_face"]));
    assert_eq!(answer["score"], json!(null));
}

#[test]
fn without_a_pack_nothing_is_compared() {
    let dir = tempfile::tempdir().unwrap();
    let grey = file(&dir, "grey.png", &grey_png());
    let none = dir.path().display().to_string();
    let error = run(&["face", "compare", "--reference", &grey, "--probe", &grey, "--models", &none]);
    assert!(error.failed().contains("no complete model pack"));
}

#[test]
fn a_false_match_rate_that_was_not_measured_is_not_invented() {
    let (Some(faces), Some(models)) = (shared("data/faces/functional"), shared("models")) else { return };
    let image = format!("{faces}/img16.jpg");
    let with = |fmr: &str| {
        run(&[
            "face",
            "compare",
            "--reference",
            &image,
            "--probe",
            &image,
            "--models",
            &models,
            "--fmr",
            fmr,
            "--json",
        ])
    };
    assert!(with("2e-4").failed().contains("1e-3, 1e-4, 1e-5"));
    let itself = with("1e-5").json();
    assert_eq!((&itself["threshold"], &itself["reasons"]), (&json!(0.502), &json!(["same_image_suspected"])));
}

#[test]
fn error_rates_on_a_few_pairs_have_their_words() {
    let (Some(images), Some(models)) = (shared("data/faces/functional"), shared("models")) else { return };
    let dir = tempfile::tempdir().unwrap();
    let pairs = file(&dir, "pairs.csv", b"a,b,same,group\nimg16.jpg,img17.jpg,1,x\nimg16.jpg,img1.jpg,0,x\n");
    let found =
        run(&["face", "evaluate", "--pairs", &pairs, "--images", &images, "--models", &models, "--json"])
            .json();
    for (key, value) in [("pairs", json!(2)), ("failures_to_acquire", json!(0)), ("accuracy", json!(1.0))] {
        assert_eq!(found[key], value);
    }
    assert_eq!(
        keys(&found["points"][0]),
        ["fmr", "fmr_upper95", "fnmr", "origin", "target_fmr", "threshold"]
    );
    assert_eq!(keys(&found["groups"][0]), ["accuracy", "group", "pairs", "points"]);
    let missing = file(&dir, "missing.csv", b"none.jpg,img1.jpg,0\n");
    let error = run(&["face", "evaluate", "--pairs", &missing, "--images", &images, "--models", &models]);
    assert!(error.failed().contains("none.jpg is not in"));
}

#[test]
fn a_pack_is_pulled_checked_and_found_again() {
    let Some(models) = shared("models") else { return };
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().display().to_string();
    // Half a file from an interrupted fetch is gone on with.
    let whole = std::fs::read(format!("{models}/yunet_s_320.onnx")).unwrap();
    file(&dir, "yunet_s_320.onnx.part", &whole[..whole.len() / 2]);
    let pulled = run(&["models", "pull", "--from", &models, "--models", &here, "--json"]).json();
    assert_eq!((&pulled["pack"], &pulled["complete"]), (&json!("default"), &json!(true)));
    let verified = run(&["models", "verify", "--models", &here, "--json"]).json();
    assert_eq!(verified["packs"][0]["networks"].as_array().unwrap().len(), 5);
    assert_eq!(verified["packs"][0]["networks"][0]["engine"], "rten");
    assert_eq!(verified["packs"][1]["not_for_production"].as_array().unwrap().len(), 1);

    std::fs::write(dir.path().join("yunet_s_320.onnx"), b"other").unwrap();
    let listed = run(&["models", "list", "--models", &here, "--json"]).json();
    assert_eq!(listed["packs"][0]["files"][0]["state"], "damaged");
}

#[test]
fn a_pull_without_a_source_says_what_to_give() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().display().to_string();
    assert!(run(&["models", "pull", "--models", &here]).failed().contains("--from FOLDER-or-URL"));
    assert!(
        run(&["models", "pull", "--from", &here, "--models", &here])
            .failed()
            .contains("yunet_s_320.onnx is not in")
    );
    assert!(
        run(&["models", "pull", "--pack", "none", "--models", &here])
            .failed()
            .contains("default, opencv-zoo")
    );
}

/// A picture without a face.
fn grey_png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = image::GrayImage::from_pixel(64, 64, image::Luma([128]));
    image.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}
