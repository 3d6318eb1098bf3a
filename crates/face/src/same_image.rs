//! Whether probe and reference are (nearly) the same picture: a copy of the portrait instead of a new capture.

use zeroize::Zeroizing;

use crate::align;
use crate::detect::Face;
use crate::pixels::Pixels;

/// Side of the compared views.
const SIDE: usize = 64;

/// Where the five points lie in the view.
const POINTS: [(f32, f32); 5] = [(0.365, 0.42), (0.635, 0.42), (0.50, 0.555), (0.39, 0.69), (0.61, 0.69)];

/// A small grey view of an aligned face and what is around it.
pub(crate) struct View(Zeroizing<Vec<f32>>);

impl View {
    pub(crate) fn of(picture: &Pixels, face: &Face) -> Option<View> {
        let points = POINTS.map(|(x, y)| (x * SIDE as f32, y * SIDE as f32));
        align::crop(picture, &face.points, &points, SIDE, SIDE).map(|crop| View(crop.luma()))
    }

    /// Correlation of two views.
    pub(crate) fn likeness(&self, other: &View) -> f32 {
        let n = self.0.len() as f32;
        let (ma, mb) = (self.0.iter().sum::<f32>() / n, other.0.iter().sum::<f32>() / n);
        let (mut aa, mut bb, mut ab) = (0.0f32, 0.0f32, 0.0f32);
        for (a, b) in self.0.iter().zip(other.0.iter()) {
            let (a, b) = (a - ma, b - mb);
            aa += a * a;
            bb += b * b;
            ab += a * b;
        }
        if aa <= 0.0 || bb <= 0.0 { 0.0 } else { ab / (aa.sqrt() * bb.sqrt()) }
    }
}

/// Whether two faces are suspected to be one picture.
pub(crate) fn suspected(likeness: f32, score: f32) -> bool {
    likeness > 0.95 && score > 0.9
}
