//! `lineward document image` on published specimens and barcodes.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::run::{file, keys, run, shared};

fn read(path: &str) -> Value {
    run(&["document", "image", path, "--at", "2026-11-24", "--json"]).json()
}

/// The files of a folder, in the order of their names.
fn files(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().display().to_string());
    let mut files: Vec<String> = entries.collect();
    files.sort();
    files
}

#[test]
fn zones_on_specimens_are_read_better_than_by_the_program_they_come_from() {
    // The names begin with the score that PassportEye reaches on each.
    let Some(folder) = shared("data/document/mrz-images") else { return };
    let (mut total, mut goal, mut count) = (0.0, 0.0, 0.0);
    for path in files(&folder) {
        let name = Path::new(&path).file_name().unwrap().to_str().unwrap().to_owned();
        let Some(theirs) = name.split('_').next().and_then(|score| score.parse::<f64>().ok()) else {
            continue;
        };
        let read = read(&path);
        let ours = read["score"].as_f64().unwrap();
        println!(
            "{ours:5.1} (theirs {theirs:3}) {name}: {} {} cells by check digit\n{}",
            read["mrz"]["format"],
            read["mrz"]["by_check_digit"],
            read["mrz"]["text"].as_str().unwrap_or("-")
        );
        assert!(read["mrz"]["by_check_digit"].as_u64().unwrap_or(0) <= 2, "{name}: forced");
        (total, goal, count) = (total + ours, goal + theirs, count + 1.0);
    }
    println!("mean {:.1} of {count} images, goal {:.1}", total / count, goal / count);
    assert!(total >= goal, "mean {:.1}, goal {:.1}", total / count, goal / count);
}

#[test]
fn barcodes_are_read_with_their_published_texts() {
    for set in ["pdf417-1", "pdf417-2", "pdf417-4"] {
        let Some(folder) = shared(&format!("data/document/barcode/{set}")) else { return };
        // Of a text in several pictures, the names differ after a hyphen.
        let mut texts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for path in files(&folder).iter().filter(|path| path.ends_with(".png")) {
            let stem = Path::new(path).file_stem().unwrap().to_str().unwrap();
            let mut read = read(path);
            let parts = texts.entry(stem.split('-').next().unwrap().to_owned()).or_default();
            parts.extend(Some(read["barcode"].take()).filter(|barcode| !barcode.is_null()));
            parts.extend(read["more_barcodes"].as_array().unwrap().iter().cloned());
        }
        let mut differences = Vec::new();
        for (stem, mut parts) in texts {
            parts.sort_by_key(|part| part["part"]["index"].as_u64());
            let read: String = parts.iter().filter_map(|part| part["text"].as_str()).collect();
            let expected = std::fs::read_to_string(format!("{folder}/{stem}.txt")).unwrap_or_else(|_| {
                // Bytes are the characters of ISO 8859-1.
                std::fs::read(format!("{folder}/{stem}.bin")).unwrap().into_iter().map(char::from).collect()
            });
            let agrees = read == expected;
            println!(
                "{set}/{stem}: {} symbols, {} characters, agrees: {agrees}",
                parts.len(),
                expected.chars().count()
            );
            if !agrees {
                differences.push(format!("{set}/{stem}"));
            }
        }
        assert_eq!(differences, [""; 0]);
    }
}

#[test]
fn what_shows_no_document_is_an_answer() {
    let dir = tempfile::tempdir().unwrap();
    let mut png = Vec::new();
    let grey = image::GrayImage::from_pixel(300, 200, image::Luma([128]));
    grey.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let path = file(&dir, "grey.png", &png);
    let read = read(&path);
    assert_eq!(
        keys(&read),
        [
            "barcode",
            "class",
            "document",
            "height",
            "hints",
            "more_barcodes",
            "mrz",
            "portrait",
            "score",
            "width"
        ]
    );
    assert_eq!((&read["mrz"], &read["portrait"], &read["score"]), (&Value::Null, &Value::Null, &json!(0.0)));
    assert_eq!(read["class"], "optical");
    assert_eq!(keys(&read["hints"][0]), ["advice", "hint", "score"]);
    let to = dir.path().join("portrait.png").display().to_string();
    assert!(run(&["document", "image", &path, "--portrait", &to]).failed().contains("no portrait"));
    let text = file(&dir, "text.jpg", b"no picture");
    assert!(run(&["document", "image", &text]).failed().contains("this is not a picture"));
}

#[test]
fn the_portrait_is_cut_out_by_the_layout_and_by_the_detector() {
    let Some(path) = shared("data/document/mrz-images/100_pass-fin.png") else { return };
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("portrait.png").display().to_string();
    let cut = run(&["document", "image", &path, "--portrait", &to, "--json"]).json();
    assert_eq!(cut["portrait"]["by"], "layout");
    let crop = image::open(&to).unwrap();
    assert_eq!(json!([crop.width(), crop.height()]), {
        let area = &cut["portrait"]["box"];
        json!([area["width"], area["height"]])
    });
    let Some(models) = shared("models") else { return };
    let cut = run(&["document", "image", &path, "--models", &models, "--json"]).json();
    assert_eq!(cut["portrait"]["by"], "detector");
}
