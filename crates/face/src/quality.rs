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

pub(crate) const MIN_EYE_DISTANCE_PX: f32 = 16.0;
pub(crate) const MIN_CONTRAST: f32 = 8.0;
pub(crate) const BRIGHTNESS: std::ops::RangeInclusive<f32> = 20.0..=240.0;
pub(crate) const MIN_SHARPNESS: f32 = 0.01;
pub(crate) const MAX_CLIPPED: f32 = 0.6;

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
        if self.brightness < *BRIGHTNESS.start() || (clipped && self.brightness < 128.0) {
            found.push(Shortcoming::TooDark);
        }
        if self.brightness > *BRIGHTNESS.end() || (clipped && self.brightness >= 128.0) {
            found.push(Shortcoming::TooBright);
        }
        if self.contrast < MIN_CONTRAST {
            found.push(Shortcoming::Flat);
        }
        found
    }
}
