//! What must not be found anywhere, in every form in which it could lie about.
//!
//! Templates are not among the marks: the features of a face have no form in bytes outside the face crate. Their type is
//! private there, and neither cloned, printed nor serialized; the documentation test of that crate that must not compile
//! holds this.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use image::RgbImage;

/// Bytes of a picture that lie together count as the picture from this length on.
const WINDOW: usize = 24;
/// A window with fewer different bytes could be anything: a plain background, zeros, a table.
const DIFFERENT: usize = 12;
/// Of the rows of a picture every so manieth is looked for, and of its windows every so manieth: whoever keeps a picture
/// keeps hundreds of rows.
const ROWS: usize = 4;
const COLUMNS: usize = 5;
/// No needle is shorter; the first so many bytes are looked up.
const HEAD: usize = 8;
/// Bits of the filter before the look-up.
const FILTER_BITS: u32 = 22;

/// Needles, and how to look for all of them at once.
pub(crate) struct Marks {
    names: Vec<String>,
    /// Each with the place of its name.
    needles: Vec<(usize, Vec<u8>)>,
    by_head: BTreeMap<u64, Vec<usize>>,
    filter: Vec<bool>,
}

impl Marks {
    pub(crate) fn new() -> Marks {
        Marks {
            names: Vec::new(),
            needles: Vec::new(),
            by_head: BTreeMap::new(),
            filter: vec![false; 1 << FILTER_BITS],
        }
    }

    /// A text: as UTF-8 and UTF-16, as base64 wherever it begins, as hexadecimal digits; in capital and small letters too.
    pub(crate) fn text(&mut self, what: &str, text: &str) {
        for (letters, text) in
            [("", text.to_owned()), (" in capitals", text.to_uppercase()), (" in small", text.to_lowercase())]
        {
            let bytes = text.as_bytes();
            let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for (form, coded) in [("UTF-8", bytes), ("UTF-16", &utf_16)] {
                self.coded_text(format!("{what}{letters}, {form}"), coded.to_vec());
                self.coded_text(format!("{what}{letters}, {form} in hex"), hex::encode(coded).into_bytes());
                self.coded_text(
                    format!("{what}{letters}, {form} in HEX"),
                    hex::encode_upper(coded).into_bytes(),
                );
                for before in 0..3 {
                    self.coded_text(
                        format!("{what}{letters}, {form} in base64"),
                        base64_inside(coded, before),
                    );
                }
            }
        }
    }

    fn coded_text(&mut self, what: String, coded: Vec<u8>) {
        let name = self.name(&what);
        self.needle(name, coded);
    }

    /// Bytes: any piece of them that is twice a window long is found.
    pub(crate) fn bytes(&mut self, what: &str, bytes: &[u8]) {
        let name = self.name(what);
        for window in bytes.chunks_exact(WINDOW) {
            self.window(name, window);
        }
    }

    /// Decoded pixels: rows of the picture and of its thumbnails (every second, fourth, eighth pixel of every second,
    /// fourth, eighth row), red first and blue first.
    pub(crate) fn pixels(&mut self, what: &str, picture: &RgbImage) {
        let name = self.name(what);
        for every in [1, 2, 4, 8] {
            // Scalers take the first pixel of a block or the one in its middle.
            for offset in if every == 1 { vec![0] } else { vec![0, every as u32 / 2] } {
                for y in (offset..picture.height()).step_by(every * ROWS) {
                    let row: Vec<[u8; 3]> =
                        (offset..picture.width()).step_by(every).map(|x| picture.get_pixel(x, y).0).collect();
                    let blue_first: Vec<[u8; 3]> = row.iter().map(|[r, g, b]| [*b, *g, *r]).collect();
                    for row in [row, blue_first] {
                        for window in row.as_flattened().chunks_exact(WINDOW).step_by(COLUMNS) {
                            self.window(name, window);
                        }
                    }
                }
            }
        }
    }

    /// What of all this lies in these bytes, each once.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        // The last eight bytes, the first of them in the lowest place.
        let mut head = 0_u64;
        for (at, byte) in bytes.iter().enumerate() {
            head = head >> 8 | u64::from(*byte) << 56;
            if self.filter[filter_place(head)] && at + 1 >= HEAD {
                for needle in self.by_head.get(&head).into_iter().flatten() {
                    let (name, needle) = &self.needles[*needle];
                    let what = self.names[*name].as_str();
                    if bytes[at + 1 - HEAD..].starts_with(needle) && !found.contains(&what) {
                        found.push(what);
                    }
                }
            }
        }
        found
    }

    fn name(&mut self, what: &str) -> usize {
        self.names.push(what.to_owned());
        self.names.len() - 1
    }

    fn window(&mut self, name: usize, window: &[u8]) {
        let mut different = window.to_vec();
        different.sort_unstable();
        different.dedup();
        if different.len() >= DIFFERENT {
            self.needle(name, window.to_vec());
        }
    }

    fn needle(&mut self, name: usize, needle: Vec<u8>) {
        let head = needle.first_chunk::<HEAD>();
        let head = head.unwrap_or_else(|| panic!("{} is too short to look for", self.names[name]));
        let head = u64::from_le_bytes(*head);
        self.filter[filter_place(head)] = true;
        self.by_head.entry(head).or_default().push(self.needles.len());
        self.needles.push((name, needle));
    }
}

/// The part of a base64 text that is the same whatever stands before (so many bytes over groups of three) and after.
fn base64_inside(bytes: &[u8], before: usize) -> Vec<u8> {
    let whole = STANDARD_NO_PAD.encode([&[0; 2][..before], bytes].concat()).into_bytes();
    let first = (before * 8).div_ceil(6);
    let last = (before + bytes.len()) * 8 / 6;
    whole[first..last].to_vec()
}

fn filter_place(head: u64) -> usize {
    // Fibonacci hashing: the upper bits of a product with 2^64 divided by the golden ratio.
    (head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER_BITS)) as usize
}

#[test]
fn a_planted_mark_is_found_in_every_form() {
    let mut marks = Marks::new();
    marks.text("name", "Marked Näme");
    let picture = crate::pictures::with_noise(&RgbImage::new(97, 5), 7);
    let jpeg = crate::pictures::jpeg(&picture);
    marks.bytes("coded", crate::pictures::coded(&jpeg));
    marks.pixels("pixels", &picture);
    let check = |planted: &[u8], what: &str| {
        let file = [&[0xa5; 4_099][..], planted, &[0; 77]].concat();
        assert!(marks.found_in(&file).iter().any(|found| found.starts_with(what)), "{what}");
    };
    assert_eq!(marks.found_in(&[0xa5; 10_000]), [""; 0]);
    check("xMARKED NÄMEx".as_bytes(), "name in capitals, UTF-8");
    let utf_16: Vec<u8> = "marked näme".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf_16, "name in small, UTF-16");
    for before in ["", "1", "22", "333"] {
        check(
            STANDARD_NO_PAD.encode(format!("{before}Marked Näme, and so on")).as_bytes(),
            "name, UTF-8 in base64",
        );
    }
    check(hex::encode("Marked Näme").as_bytes(), "name, UTF-8 in hex");
    check(&crate::pictures::coded(&jpeg)[131..131 + 2 * WINDOW], "coded");
    let thumbnail = image::imageops::resize(&picture, 24, 9, image::imageops::FilterType::Nearest);
    check(thumbnail.as_raw(), "pixels");
    let blue_first: Vec<u8> = picture.pixels().flat_map(|p| [p[2], p[1], p[0]]).collect();
    check(&blue_first[blue_first.len() / 2..], "pixels");
}
