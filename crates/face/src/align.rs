//! The face brought to the place the embedder was trained with.

use crate::pixels::{Border, Pixels, Rect};

/// A similarity of the plane: `z -> a z + b` over complex numbers (rotation, scale and shift, no mirroring).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Similarity {
    a: (f32, f32),
    b: (f32, f32),
}

impl Similarity {
    /// The similarity that takes `from` to `to` with the least sum of squares (S. Umeyama, "Least-squares estimation of
    /// transformation parameters between two point patterns", 1991; in the plane it has this closed form).
    /// `None` when the points coincide.
    pub(crate) fn fit(from: &[(f32, f32); 5], to: &[(f32, f32); 5]) -> Option<Similarity> {
        let mean = |points: &[(f32, f32); 5]| {
            let sum = points.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0 / 5.0, s.1 + p.1 / 5.0));
            (sum.0, sum.1)
        };
        let (mf, mt) = (mean(from), mean(to));
        let (mut re, mut im, mut spread) = (0.0f32, 0.0f32, 0.0f32);
        for (f, t) in from.iter().zip(to) {
            let (fx, fy) = (f.0 - mf.0, f.1 - mf.1);
            let (tx, ty) = (t.0 - mt.0, t.1 - mt.1);
            re += fx * tx + fy * ty;
            im += fx * ty - fy * tx;
            spread += fx * fx + fy * fy;
        }
        let a = (re / spread, im / spread);
        let scale = a.0.hypot(a.1);
        if !scale.is_finite() || scale < 1e-6 {
            return None;
        }
        let b = (mt.0 - (a.0 * mf.0 - a.1 * mf.1), mt.1 - (a.0 * mf.1 + a.1 * mf.0));
        Some(Similarity { a, b })
    }

    pub(crate) fn scale(&self) -> f32 {
        self.a.0.hypot(self.a.1)
    }

    /// Where a point of the target lies in the source.
    pub(crate) fn back(&self, x: f32, y: f32) -> (f32, f32) {
        let (dx, dy) = (x - self.b.0, y - self.b.1);
        let n = self.a.0 * self.a.0 + self.a.1 * self.a.1;
        ((self.a.0 * dx + self.a.1 * dy) / n, (self.a.0 * dy - self.a.1 * dx) / n)
    }
}

/// Cuts a `width` x `height` crop in which `points` lie on `template` (in pixels of the crop), as nearly as a
/// similarity can. `None` when the points do not span anything.
pub(crate) fn crop(
    picture: &Pixels,
    points: &[(f32, f32); 5],
    template: &[(f32, f32); 5],
    width: usize,
    height: usize,
) -> Option<Pixels> {
    let to_crop = Similarity::fit(points, template)?;
    // Where the face is more than twice as large as the crop, bilinear samples would skip pixels: halve it first.
    let factor = (0.5 / to_crop.scale()).floor().max(1.0);
    if factor < 2.0 {
        return Some(picture.warp(width, height, Border::Black, |x, y| to_crop.back(x, y)));
    }
    let corners = [(0.0, 0.0), (width as f32, 0.0), (0.0, height as f32), (width as f32, height as f32)]
        .map(|(x, y)| to_crop.back(x, y));
    let low = corners.iter().fold((f32::MAX, f32::MAX), |m, p| (m.0.min(p.0), m.1.min(p.1)));
    let high = corners.iter().fold((f32::MIN, f32::MIN), |m, p| (m.0.max(p.0), m.1.max(p.1)));
    let (columns, rows) = (((high.0 - low.0) / factor).ceil(), ((high.1 - low.1) / factor).ceil());
    let region =
        Rect { x: low.0.floor(), y: low.1.floor(), w: (columns + 1.0) * factor, h: (rows + 1.0) * factor };
    let smaller = picture.resample(region, columns as usize + 1, rows as usize + 1);
    Some(smaller.warp(width, height, Border::Black, |x, y| {
        let (sx, sy) = to_crop.back(x, y);
        ((sx + 0.5 - region.x) / factor - 0.5, (sy + 0.5 - region.y) / factor - 0.5)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: [(f32, f32); 5] = [(30.0, 50.0), (66.0, 52.0), (48.0, 72.0), (34.0, 92.0), (62.0, 93.0)];

    #[test]
    fn a_turned_scaled_and_shifted_face_is_brought_back() {
        let moved = POINTS.map(|(x, y)| (2.0 * (0.8 * x - 0.6 * y) + 7.0, 2.0 * (0.6 * x + 0.8 * y) - 3.0));
        let found = Similarity::fit(&moved, &POINTS).unwrap();
        assert!((found.scale() - 0.5).abs() < 1e-4);
        for ((x, y), wanted) in POINTS.into_iter().zip(moved) {
            let (bx, by) = found.back(x, y);
            assert!((bx - wanted.0).abs() < 0.01 && (by - wanted.1).abs() < 0.01);
        }
    }

    #[test]
    fn points_that_coincide_have_no_alignment() {
        assert_eq!(Similarity::fit(&[(5.0, 5.0); 5], &POINTS), None);
        assert_eq!(Similarity::fit(&[(f32::NAN, 5.0); 5], &POINTS), None);
    }
}
