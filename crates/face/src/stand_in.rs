//! A small deterministic pack for tests: a drawn face is a red frame around 8 x 8 grey tiles, which are its identity.

use zeroize::Zeroizing;

use crate::check::Checker;
use crate::detect::Detector;
use crate::engine::{Engine, EngineError, Output};
use crate::models::Models;
use crate::pack::Manifest;
use crate::pad::PadNet;
use crate::pixels::ChannelOrder;
use crate::template::Embedder;

/// Width and height of a drawn face, and its frame.
pub(crate) const FACE: (usize, usize) = (192, 224);
const FRAME: usize = 8;
/// Share of the drawn face that lies around the aligned crop, on each side.
const INSET: f32 = 0.1;
const CROP: (usize, usize) = (96, 112);

/// A checker over the stand-in networks, with the default pack's thresholds.
pub(crate) fn checker() -> Checker {
    let manifest = Manifest::named("default").unwrap();
    let points = manifest.alignment.points;
    let detector = Detector::new(vec![Box::new(FrameFinder { points })], ChannelOrder::Rgb);
    let embedder = Embedder { engine: Box::new(Tiles), order: ChannelOrder::Rgb, crop: CROP, points };
    let pad = vec![PadNet { engine: Box::new(BrightIsBonaFide), order: ChannelOrder::Rgb, crop_scale: 1.0 }];
    Checker::of(Models { manifest, detector, embedder, pad, reports: Vec::new(), lanes: 2 })
}

/// The grey tiles of a person; `blend` of the way from person `a` to person `b`.
pub(crate) fn tiles(a: u64, b: u64, blend: f32) -> Vec<f32> {
    let person = |seed: u64| {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        (0..64).map(move |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % 160) as f32 + 40.0
        })
    };
    person(a).zip(person(b)).map(|(a, b)| a + (b - a) * blend).collect()
}

/// A PNG with the given faces side by side on a plain ground.
pub(crate) fn draw(faces: &[Vec<f32>], tilt: usize) -> Vec<u8> {
    let (width, height) = (60 + faces.len() * (FACE.0 + 60), FACE.1 + 120);
    let mut picture = image::RgbImage::from_pixel(width as u32, height as u32, image::Rgb([90, 120, 90]));
    for (i, tiles) in faces.iter().enumerate() {
        let (left, top) = (60 + i * (FACE.0 + 60), 60);
        for y in 0..FACE.1 {
            for x in 0..FACE.0 {
                let edge = x < FRAME || y < FRAME || x >= FACE.0 - FRAME || y >= FACE.1 - FRAME;
                // Fine stripes whose phase differs between two drawings: two photographs, not one picture.
                let stripe =
                    if ((x * (3 + tilt) + y * (7 - tilt)) / 11).is_multiple_of(2) { 25.0 } else { -25.0 };
                let grey = (tiles[y * 8 / FACE.1 * 8 + x * 8 / FACE.0] + stripe) as u8;
                let pixel = if edge { [255, 0, 0] } else { [grey; 3] };
                picture.put_pixel((left + x) as u32, (top + y) as u32, image::Rgb(pixel));
            }
        }
    }
    let mut png = Vec::new();
    image::DynamicImage::from(picture)
        .write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)
        .unwrap();
    png
}

/// Finds red frames: runs of columns with red in them, and the rows between its ends.
struct FrameFinder {
    points: [(f32, f32); 5],
}

impl Engine for FrameFinder {
    fn input_size(&self) -> (usize, usize) {
        (320, 320)
    }

    fn run(&self, planes: &[f32]) -> Result<Vec<Output>, EngineError> {
        let red = |x: usize, y: usize| {
            let at = y * 320 + x;
            planes[at] > 150.0 && planes[at + 102_400] < 80.0
        };
        let mut boxes = Vec::new();
        let mut start = None;
        for x in 0..=320 {
            let any = x < 320 && (0..320).any(|y| red(x, y));
            match (any, start) {
                (true, None) => start = Some(x),
                (false, Some(from)) => {
                    let rows: Vec<usize> = (0..320).filter(|&y| (from..x).any(|x| red(x, y))).collect();
                    boxes.push((from, rows[0], x - from, rows.len()));
                    start = None;
                }
                _ => {}
            }
        }
        let mut outputs = Vec::new();
        for stride in [8usize, 16, 32] {
            let cells = (320 / stride) * (320 / stride);
            let mut levels = [("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)]
                .map(|(kind, n)| (kind, n, Zeroizing::new(vec![0.0f32; cells * n])));
            for &(x, y, w, h) in boxes.iter().filter(|_| stride == 8) {
                let (x, y, w, h) = (x as f32 / 8.0, y as f32 / 8.0, w as f32 / 8.0, h as f32 / 8.0);
                let (cx, cy) = (x + w / 2.0, y + h / 2.0);
                let (column, row) = (cx.floor(), cy.floor());
                let cell = row as usize * 40 + column as usize;
                levels[0].2[cell] = 0.9;
                levels[1].2[cell] = 0.9;
                levels[2].2[cell * 4..cell * 4 + 4].copy_from_slice(&[cx - column, cy - row, w.ln(), h.ln()]);
                for (i, (px, py)) in self.points.iter().enumerate() {
                    levels[3].2[cell * 10 + 2 * i] = x + w * (INSET + (1.0 - 2.0 * INSET) * px) - column;
                    levels[3].2[cell * 10 + 2 * i + 1] = y + h * (INSET + (1.0 - 2.0 * INSET) * py) - row;
                }
            }
            outputs.extend(levels.map(|(kind, _, data)| Output { name: format!("{kind}_{stride}"), data }));
        }
        Ok(outputs)
    }
}

/// Makes a template of the mean brightness of 8 x 8 parts.
struct Tiles;

impl Engine for Tiles {
    fn input_size(&self) -> (usize, usize) {
        (128, 128)
    }

    fn run(&self, planes: &[f32]) -> Result<Vec<Output>, EngineError> {
        let mut data = Zeroizing::new(vec![0.0f32; 64]);
        for (i, value) in planes[..128 * 128].iter().enumerate() {
            data[i / 128 / 16 * 8 + i % 128 / 16] += value / 256.0;
        }
        let mean = data.iter().sum::<f32>() / 64.0;
        data.iter_mut().for_each(|v| *v -= mean);
        Ok(vec![Output { name: "features".into(), data }])
    }
}

/// Takes a picture darker than 60 for an attack.
struct BrightIsBonaFide;

impl Engine for BrightIsBonaFide {
    fn input_size(&self) -> (usize, usize) {
        (80, 80)
    }

    fn run(&self, planes: &[f32]) -> Result<Vec<Output>, EngineError> {
        let mean = planes.iter().sum::<f32>() / planes.len() as f32;
        Ok(vec![Output {
            name: "classes".into(),
            data: Zeroizing::new(vec![0.0, (mean - 60.0) / 10.0, 0.0]),
        }])
    }
}
