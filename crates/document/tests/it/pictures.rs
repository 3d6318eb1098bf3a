//! Any picture is read or not, without harm.

use lineward_document::optical::{Picture, read};
use proptest::prelude::*;

use crate::shared::TODAY;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_small_picture_makes_the_reader_panic(
        width in 1usize..320,
        height in 1usize..200,
        // Rows of bars at one pitch are what comes nearest to a zone.
        line in 4usize..40,
        pitch in 2usize..20,
        noise in proptest::collection::vec(any::<u8>(), 1..64),
    ) {
        let grey = (0..width * height).map(|at| {
            let (x, y) = (at % width, at / width);
            let ink = y % line < line / 2 && x % pitch < pitch / 2;
            let speck = noise[(x / 3 + y / 5 * 7) % noise.len()];
            if ink { speck / 3 } else { 255 - speck / 4 }
        });
        let rgb: Vec<u8> = grey.flat_map(|v| [v; 3]).collect();
        let reading = read(&Picture::new(width, height, &rgb).unwrap(), TODAY);
        prop_assert!(reading.hints.iter().all(|hint| (0.0..=1.0).contains(&hint.score)));
        let scores = reading.zone.iter().map(|zone| zone.score());
        prop_assert!(scores.into_iter().all(|score| (0.0..=100.0).contains(&score)));
    }
}
