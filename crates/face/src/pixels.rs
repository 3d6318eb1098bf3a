//! A picture in memory: 8-bit RGB rows, wiped when dropped, and the few ways of sampling it.

use zeroize::Zeroizing;

/// RGB pixels, row by row, three bytes each. Width and height are at least 1.
///
/// Deliberately neither `Clone` nor `Debug`: these are pixels of a person's face.
pub(crate) struct Pixels {
    width: usize,
    height: usize,
    data: Zeroizing<Vec<u8>>,
}

/// Network input: one planar float image, wiped when dropped.
pub(crate) type Planes = Zeroizing<Vec<f32>>;

/// The order of the colour planes a network was trained with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChannelOrder {
    Rgb,
    Bgr,
}

impl ChannelOrder {
    /// The plane that colour channel `channel` (0 = red) goes to.
    fn plane(self, channel: usize) -> usize {
        match self {
            ChannelOrder::Rgb => channel,
            ChannelOrder::Bgr => 2 - channel,
        }
    }
}

/// A rectangle in pixel coordinates of one picture; it may reach beyond its edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) w: f32,
    pub(crate) h: f32,
}

impl Rect {
    pub(crate) fn centre(&self) -> (f32, f32) {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Intersection over union.
    pub(crate) fn overlap(&self, other: &Rect) -> f32 {
        let w = (self.x + self.w).min(other.x + other.w) - self.x.max(other.x);
        let h = (self.y + self.h).min(other.y + other.h) - self.y.max(other.y);
        if w <= 0.0 || h <= 0.0 {
            return 0.0;
        }
        let shared = w * h;
        shared / (self.w * self.h + other.w * other.h - shared)
    }
}

impl Pixels {
    /// Takes rows of RGB; `None` when the lengths do not agree.
    pub(crate) fn from_rgb(width: usize, height: usize, data: Zeroizing<Vec<u8>>) -> Option<Pixels> {
        let expected = width.checked_mul(height)?.checked_mul(3)?;
        (expected > 0 && data.len() == expected).then_some(Pixels { width, height, data })
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn rgb(&self) -> &[u8] {
        &self.data
    }

    /// The pixel at `(x, y)`; coordinates are clamped to the picture.
    pub(crate) fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let start = (y.min(self.height - 1) * self.width + x.min(self.width - 1)) * 3;
        [self.data[start], self.data[start + 1], self.data[start + 2]]
    }

    /// The picture as it is to be looked at, given the EXIF orientation (1 to 8; TIFF 6.0 tag 0x0112).
    pub(crate) fn oriented(self, orientation: u32) -> Pixels {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let swapped = orientation >= 5;
        let (width, height) = if swapped { (self.height, self.width) } else { (self.width, self.height) };
        let mut data = Zeroizing::new(Vec::with_capacity(self.data.len()));
        let (last_x, last_y) = (self.width - 1, self.height - 1);
        for y in 0..height {
            for x in 0..width {
                let (sx, sy) = match orientation {
                    2 => (last_x - x, y),
                    3 => (last_x - x, last_y - y),
                    4 => (x, last_y - y),
                    5 => (y, x),
                    6 => (y, last_y - x),
                    7 => (last_x - y, last_y - x),
                    _ => (last_x - y, x),
                };
                data.extend_from_slice(&self.at(sx, sy));
            }
        }
        Pixels { width, height, data }
    }

    /// Bilinear sample; outside the picture the given border value counts.
    fn bilinear(&self, x: f32, y: f32, border: Border) -> [f32; 3] {
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let mut out = [0.0; 3];
        for (dy, wy) in [(0.0, 1.0 - fy), (1.0, fy)] {
            for (dx, wx) in [(0.0, 1.0 - fx), (1.0, fx)] {
                let (px, py) = (x0 + dx, y0 + dy);
                let inside = px >= 0.0 && py >= 0.0 && px < self.width as f32 && py < self.height as f32;
                if !inside && border == Border::Black {
                    continue;
                }
                let pixel = self.at(px.max(0.0) as usize, py.max(0.0) as usize);
                for (sum, value) in out.iter_mut().zip(pixel) {
                    *sum += wx * wy * f32::from(value);
                }
            }
        }
        out
    }

    /// `width` x `height` pixels, each sampled where `place` says it lies in this picture.
    pub(crate) fn warp(
        &self,
        width: usize,
        height: usize,
        border: Border,
        place: impl Fn(f32, f32) -> (f32, f32),
    ) -> Pixels {
        let mut data = Zeroizing::new(Vec::with_capacity(width * height * 3));
        for y in 0..height {
            for x in 0..width {
                let (sx, sy) = place(x as f32, y as f32);
                data.extend(self.bilinear(sx, sy, border).map(|v| (v + 0.5) as u8));
            }
        }
        Pixels { width, height, data }
    }

    /// A rectangle of this picture, resized by plain bilinear interpolation (no smoothing when shrinking).
    pub(crate) fn crop_bilinear(&self, rect: Rect, width: usize, height: usize) -> Pixels {
        let (kx, ky) = (rect.w / width as f32, rect.h / height as f32);
        self.warp(width, height, Border::Repeat, |x, y| {
            (rect.x + (x + 0.5) * kx - 0.5, rect.y + (y + 0.5) * ky - 0.5)
        })
    }

    /// A rectangle of this picture, resized with a triangle filter as wide as the step, so that shrinking does not
    /// alias. Outside the picture is black.
    pub(crate) fn resample(&self, rect: Rect, width: usize, height: usize) -> Pixels {
        let columns = taps(rect.x, rect.w, width, self.width);
        let rows = taps(rect.y, rect.h, height, self.height);
        let first = rows.iter().map(|t| t.start).min().unwrap_or(0);
        let last = rows.iter().map(|t| t.start + t.weights.len()).max().unwrap_or(0);
        let mut narrow = Zeroizing::new(vec![0.0f32; last.saturating_sub(first) * width * 3]);
        for (y, out) in (first..last).zip(narrow.chunks_exact_mut(width * 3)) {
            let row = &self.data[y * self.width * 3..(y + 1) * self.width * 3];
            for (tap, out) in columns.iter().zip(out.chunks_exact_mut(3)) {
                let source = row[tap.start * 3..].chunks_exact(3);
                for (weight, pixel) in tap.weights.iter().zip(source) {
                    for (sum, &value) in out.iter_mut().zip(pixel) {
                        *sum += weight * f32::from(value);
                    }
                }
            }
        }
        let mut data = Zeroizing::new(Vec::with_capacity(width * height * 3));
        let mut line = Zeroizing::new(vec![0.0f32; width * 3]);
        for tap in &rows {
            line.fill(0.0);
            let source = narrow[(tap.start - first.min(tap.start)) * width * 3..].chunks_exact(width * 3);
            for (weight, row) in tap.weights.iter().zip(source) {
                for (sum, value) in line.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
            data.extend(line.iter().map(|v| (v + 0.5) as u8));
        }
        Pixels { width, height, data }
    }

    /// The pixels as planes of 0..=255 floats for a network.
    pub(crate) fn planes(&self, order: ChannelOrder) -> Planes {
        let area = self.width * self.height;
        let mut planes = Zeroizing::new(vec![0.0f32; area * 3]);
        for (i, pixel) in self.data.chunks_exact(3).enumerate() {
            for (channel, &value) in pixel.iter().enumerate() {
                planes[order.plane(channel) * area + i] = f32::from(value);
            }
        }
        planes
    }

    /// Luma (Rec. 601 weights, as JPEG uses), 0..=255.
    pub(crate) fn luma(&self) -> Planes {
        let luma = self
            .data
            .chunks_exact(3)
            .map(|p| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]));
        Zeroizing::new(luma.collect())
    }
}

/// What lies outside a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Border {
    Black,
    Repeat,
}

/// The source samples that make one output sample.
struct Taps {
    start: usize,
    weights: Vec<f32>,
}

/// Triangle-filter taps for `out` samples over `origin..origin + extent` of a line of `len` samples.
/// Weights of samples beyond the line are dropped, which makes them black.
fn taps(origin: f32, extent: f32, out: usize, len: usize) -> Vec<Taps> {
    let step = extent / out as f32;
    let reach = step.max(1.0);
    (0..out)
        .map(|i| {
            let centre = origin + (i as f32 + 0.5) * step;
            let from = (centre - reach + 0.5).floor() as i64;
            let to = (centre + reach + 0.5).floor() as i64;
            let weight = |x: i64| (1.0 - ((x as f32 + 0.5 - centre) / reach).abs()).max(0.0);
            let total: f32 = (from..to).map(weight).sum();
            let (start, end) = (from.clamp(0, len as i64), to.clamp(0, len as i64));
            let weights = (start..end).map(|x| weight(x) / total.max(f32::MIN_POSITIVE)).collect();
            Taps { start: start as usize, weights }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize, f: impl Fn(usize, usize) -> u8) -> Pixels {
        let mut data = Vec::new();
        for y in 0..height {
            for x in 0..width {
                data.extend([f(x, y); 3]);
            }
        }
        Pixels::from_rgb(width, height, Zeroizing::new(data)).unwrap()
    }

    #[test]
    fn every_orientation_moves_the_first_pixel_to_its_corner() {
        // Stored top-left pixel ends up, in the shown picture, at the corner that the EXIF value names.
        let corner = [(1, 0, 0), (2, 2, 0), (3, 2, 1), (4, 0, 1), (5, 0, 0), (6, 1, 0), (7, 1, 2), (8, 0, 2)];
        for (orientation, x, y) in corner {
            let shown = picture(3, 2, |x, y| if (x, y) == (0, 0) { 200 } else { 0 }).oriented(orientation);
            assert_eq!((shown.width(), shown.height()), if orientation >= 5 { (2, 3) } else { (3, 2) });
            assert_eq!(shown.at(x, y)[0], 200, "orientation {orientation}");
        }
    }

    #[test]
    fn resampling_keeps_a_flat_picture_flat_and_black_outside() {
        let flat = picture(40, 30, |_, _| 100);
        for side in [7, 40, 90] {
            let out = flat.resample(Rect { x: 0.0, y: 0.0, w: 40.0, h: 30.0 }, side, side);
            assert!((99..=100).contains(&out.at(side / 2, side / 2)[1]));
        }
        let beyond = flat.resample(Rect { x: 100.0, y: 100.0, w: 10.0, h: 10.0 }, 5, 5);
        assert_eq!(beyond.at(2, 2), [0, 0, 0]);
    }
}
