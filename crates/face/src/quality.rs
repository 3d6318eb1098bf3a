//! Whether a face is fit to be compared.

use crate::detect::Face;
use crate::pixels::Pixels;

/// What was measured on one face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Distance between the eyes, in pixels of the file as handed in.
    pub eye_distance_px: f32,
    /// Spread of brightness over the face (standard deviation of luma, 0 to 128).
    pub contrast: f32,
    /// Mean brightness of the face (luma, 0 to 255).
    pub brightness: f32,
    /// Share of the face that is fully black or fully white, 0 to 1.
    pub clipped: f32,
    /// Fine detail in proportion to contrast: mean absolute Laplacian of the aligned face over `contrast`.
    pub sharpness: f32,
}

/// What is wrong with a face that is not fit to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcoming {
    /// The eyes are too near each other: the face is too small.
    TooSmall,
    /// No fine detail.
    Blurred,
    /// Too little light.
    TooDark,
    /// Too much light.
    TooBright,
    /// Hardly any difference between light and dark.
    Flat,
}

// Where the limits come from: 100 genuine pairs of LFW fold 1, one side made worse step by step, and the share that then
// falls below the review threshold of 0.34 (1 % untouched). No limit touches any of the 832 photographs of LFW fold 1 and
// the functional set, whose extremes stand beside them.

/// At 12.7 px 2 % fail, at 10.4 px 5 %, at 8.4 px 9 %; smallest seen 15.7 px.
const MIN_EYE_DISTANCE_PX: f32 = 12.0;
/// At 0.044 (Gaussian blur of 3 px) 7 % fail, at 0.038 (4 px) 22 %; lowest seen 0.057.
const MIN_SHARPNESS: f32 = 0.042;
/// At a mean of 23 none fails, at 11 9 %; lowest seen 46.
const MIN_BRIGHTNESS: f32 = 15.0;
/// At a mean of 199 4 % fail, at 223 41 %; highest seen 186.
const MAX_BRIGHTNESS: f32 = 215.0;
/// At 0.24 4 % fail, at 0.50 41 %; highest seen 0.19.
const MAX_CLIPPED: f32 = 0.40;
/// At 14.7 1 % fails, at 7.2 8 %; at 4.0 half of the faces are not even found; lowest seen 20.
const MIN_CONTRAST: f32 = 6.0;

impl Quality {
    /// Measures a face: its points on the picture and its aligned crop.
    pub(crate) fn measure(face: &Face, shrink: u32, aligned: &Pixels) -> Quality {
        let luma = aligned.luma();
        let count = luma.len() as f32;
        let brightness = luma.iter().sum::<f32>() / count;
        let contrast = (luma.iter().map(|v| (v - brightness).powi(2)).sum::<f32>() / count).sqrt();
        let clipped = luma.iter().filter(|&&v| !(2.0..=253.0).contains(&v)).count() as f32 / count;
        let width = aligned.width();
        let laplacian =
            |i: usize| (4.0 * luma[i] - luma[i - 1] - luma[i + 1] - luma[i - width] - luma[i + width]).abs();
        let inner = (1..aligned.height() - 1).flat_map(|y| (1..width - 1).map(move |x| y * width + x));
        let inner_count = ((aligned.height() - 2) * (width - 2)) as f32;
        let detail = inner.map(laplacian).sum::<f32>() / inner_count;
        let eye_distance_px = face.eye_distance() * shrink as f32;
        Quality { eye_distance_px, contrast, brightness, clipped, sharpness: detail / contrast.max(1.0) }
    }

    /// Everything that makes the face unfit; empty when it is fit.
    pub fn shortcomings(&self) -> Vec<Shortcoming> {
        let mut found = Vec::new();
        if self.eye_distance_px < MIN_EYE_DISTANCE_PX {
            found.push(Shortcoming::TooSmall);
        }
        if self.sharpness < MIN_SHARPNESS {
            found.push(Shortcoming::Blurred);
        }
        let clipped = self.clipped > MAX_CLIPPED;
        if self.brightness < MIN_BRIGHTNESS || (clipped && self.brightness < 128.0) {
            found.push(Shortcoming::TooDark);
        }
        if self.brightness > MAX_BRIGHTNESS || (clipped && self.brightness >= 128.0) {
            found.push(Shortcoming::TooBright);
        }
        if self.contrast < MIN_CONTRAST {
            found.push(Shortcoming::Flat);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_names_its_shortcoming() {
        let fit = Quality {
            eye_distance_px: 60.0,
            contrast: 50.0,
            brightness: 120.0,
            clipped: 0.0,
            sharpness: 0.2,
        };
        let cases = [
            (fit, vec![]),
            (Quality { eye_distance_px: 11.0, ..fit }, vec![Shortcoming::TooSmall]),
            (Quality { sharpness: 0.03, ..fit }, vec![Shortcoming::Blurred]),
            (Quality { brightness: 10.0, ..fit }, vec![Shortcoming::TooDark]),
            (Quality { brightness: 230.0, ..fit }, vec![Shortcoming::TooBright]),
            (Quality { clipped: 0.5, brightness: 200.0, ..fit }, vec![Shortcoming::TooBright]),
            (
                Quality { contrast: 3.0, sharpness: 0.01, ..fit },
                vec![Shortcoming::Blurred, Shortcoming::Flat],
            ),
        ];
        for (quality, expected) in cases {
            assert_eq!(quality.shortcomings(), expected, "{quality:?}");
        }
    }
}
