//! No picture makes the reader of photographs panic, and scores stay between 0 and 1 and 0 and 100.
//!
//! The first two bytes are the size; the rest are grey values, repeated over the picture.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use lineward_document::optical::{Picture, read};

fuzz_target!(|bytes: &[u8]| {
    let [width, height, grey @ ..] = bytes else { return };
    let (width, height) = (usize::from(*width).max(1), usize::from(*height).max(1));
    if grey.is_empty() {
        return;
    }
    let rgb: Vec<u8> = grey.iter().cycle().take(width * height).flat_map(|v| [*v; 3]).collect();
    let picture = Picture::new(width, height, &rgb).expect("the size of the picture");
    let reading = read(&picture, date(2026, 11, 23));
    assert!(reading.hints.iter().all(|hint| (0.0..=1.0).contains(&hint.score)));
    if let Some(zone) = &reading.zone {
        assert!((0.0..=100.0).contains(&zone.score()));
        assert!(zone.corners.iter().all(|corner| corner.x.is_finite() && corner.y.is_finite()));
    }
});
