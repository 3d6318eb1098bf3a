//! Whether probe and reference are (nearly) the same picture: a copy of the portrait instead of a new capture.
//!
//! Both faces are brought to one small grey view, the views are freed of shading and contrast, and one is registered
//! to the other by an affine map (Gauss-Newton on the correlation; S. Baker and I. Matthews, "Lucas-Kanade 20 Years
//! On", 2004). Copies of one picture then agree in every hair; two photographs of one person do not.

use zeroize::Zeroizing;

use crate::align;
use crate::detect::Face;
use crate::pixels::Pixels;

/// Side of a view, and the margin that only the probe's view uses, to be moved under the reference's core.
const SIDE: usize = 80;
const MARGIN: usize = 8;
/// Where the five points lie in a view, as fractions: the face fills about half of its width.
const POINTS: [(f32, f32); 5] = [(0.40, 0.44), (0.60, 0.44), (0.50, 0.54), (0.42, 0.65), (0.58, 0.65)];
/// Half side of the neighbourhood that brightness and contrast are taken out over.
const NEIGHBOURHOOD: usize = 5;
/// From this likeness on, two faces are suspected to be one picture. Measured on 75 photographs (25 functional, 50 of
/// LFW): copies that were re-encoded (quality 30), halved, doubled, brightened, cropped by up to 10 %, turned by 5
/// degrees, blurred, made grey or mirrored score 0.91 to 1.00, and strongly slanted ones 0.83 and more; the 338
/// genuine pairs of LFW fold 1 and the functional set score at most 0.76, and 1,770 pairs of two people at most 0.60.
pub(crate) const SUSPECT_FROM: f32 = 0.82;
/// Half sides of the boxes that a view is smoothed with while it is registered: the wide one catches faces whose points
/// were found several pixels apart, the last level is the view itself.
const LEVELS: [usize; 3] = [4, 2, 0];
/// Below this correlation after a level the finer ones are spared: copies smoothed so far agree better than this.
const PROMISING: f32 = 0.6;
/// Steps of the registration at each level; most pairs of copies settle within ten.
const STEPS: usize = 12;
/// A step that gains less correlation than this is the last of its level.
const SETTLED: f32 = 1e-4;

/// A small view of an aligned face and what is around it, each pixel relative to its neighbourhood.
pub(crate) struct View {
    values: Zeroizing<Vec<f32>>,
    /// Which pixels the picture really has.
    inside: Vec<bool>,
}

impl View {
    /// `None` when the face's points do not span anything.
    pub(crate) fn of(picture: &Pixels, face: &Face) -> Option<View> {
        let points = POINTS.map(|(x, y)| (x * SIDE as f32, y * SIDE as f32));
        let crop = align::crop(picture, &face.points, &points, SIDE, SIDE)?;
        let to_view = align::Similarity::fit(&face.points, &points)?;
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let within = |i: usize| {
            let (x, y) = to_view.back((i % SIDE) as f32, (i / SIDE) as f32);
            x >= 0.0 && y >= 0.0 && x <= width - 1.0 && y <= height - 1.0
        };
        let inside: Vec<bool> = (0..SIDE * SIDE).map(within).collect();
        Some(View { values: normalised(&crop.luma(), &inside), inside })
    }

    /// The correlation of this view with `other` once `other` is registered to it, or with its mirror image, whichever
    /// is higher; -1 to 1.
    pub(crate) fn likeness(&self, other: &View) -> f32 {
        let straight = self.registered(other);
        if straight >= SUSPECT_FROM { straight } else { straight.max(self.registered(&other.mirrored())) }
    }

    fn mirrored(&self) -> View {
        let flip = |i: usize| i / SIDE * SIDE + (SIDE - 1 - i % SIDE);
        View {
            values: Zeroizing::new((0..SIDE * SIDE).map(|i| self.values[flip(i)]).collect()),
            inside: (0..SIDE * SIDE).map(|i| self.inside[flip(i)]).collect(),
        }
    }

    fn registered(&self, other: &View) -> f32 {
        // x' = a x + b y + c, y' = d x + e y + f, about the centre of the view.
        let mut map = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        let mut best = -1.0f32;
        for level in LEVELS {
            let (own, other) = (self.smoothed(level), other.smoothed(level));
            let mut best_here = (-1.0f32, map);
            for _ in 0..STEPS {
                let Some(step) = own.step(&other, &map) else { break };
                let gain = step.correlation - best_here.0;
                if gain > 0.0 {
                    best_here = (step.correlation, map);
                }
                if gain < SETTLED {
                    break;
                }
                let Some(change) = solve(step.hessian, step.gradient) else { break };
                for (value, change) in map.iter_mut().zip(change) {
                    *value += change;
                }
            }
            (best, map) = best_here;
            if best < PROMISING {
                break;
            }
        }
        best
    }

    fn smoothed(&self, reach: usize) -> View {
        let mean = |i: usize| {
            let (count, sum) =
                around(i, reach, &self.inside).fold((0.0, 0.0), |(n, s), i| (n + 1.0, s + self.values[i]));
            sum / f32::max(count, 1.0)
        };
        View { values: Zeroizing::new((0..SIDE * SIDE).map(mean).collect()), inside: self.inside.clone() }
    }

    /// The correlation under `map`, and the normal equations of the next improvement.
    fn step(&self, other: &View, map: &[f32; 6]) -> Option<Step> {
        let middle = SIDE as f32 / 2.0;
        let mut samples: Zeroizing<Vec<Sample>> = Zeroizing::new(Vec::with_capacity(SIDE * SIDE));
        for y in MARGIN..SIDE - MARGIN {
            for x in MARGIN..SIDE - MARGIN {
                if !self.inside[y * SIDE + x] {
                    continue;
                }
                let (u, v) = (x as f32 - middle, y as f32 - middle);
                let at =
                    (map[0] * u + map[1] * v + map[2] + middle, map[3] * u + map[4] * v + map[5] + middle);
                if let Some((value, dx, dy)) = other.sample(at) {
                    samples.push([self.values[y * SIDE + x], value, dx, dy, u / middle, v / middle]);
                }
            }
        }
        // Two views that hardly overlap say nothing.
        let core = SIDE - 2 * MARGIN;
        if samples.len() < core * core / 3 {
            return None;
        }
        let n = samples.len() as f32;
        let mean = |k: usize| samples.iter().map(|s| s[k]).sum::<f32>() / n;
        let (mean_own, mean_other) = (mean(0), mean(1));
        let norm = |k: usize, mean: f32| samples.iter().map(|s| (s[k] - mean).powi(2)).sum::<f32>().sqrt();
        let (norm_own, norm_other) = (norm(0, mean_own), norm(1, mean_other));
        if norm_own < 1e-3 || norm_other < 1e-3 {
            return None;
        }
        let mut step = Step { correlation: 0.0, hessian: [[0.0; 6]; 6], gradient: [0.0; 6] };
        for &[own, value, dx, dy, u, v] in samples.iter() {
            let (own, value) = ((own - mean_own) / norm_own, (value - mean_other) / norm_other);
            step.correlation += own * value;
            let row = [dx * u, dx * v, dx, dy * u, dy * v, dy].map(|d| d / norm_other);
            let error = own - value;
            for i in 0..6 {
                step.gradient[i] += row[i] * error;
                for j in 0..=i {
                    step.hessian[i][j] += row[i] * row[j];
                }
            }
        }
        Some(step.unscaled(middle))
    }

    /// Value and slope at a place between pixels; `None` where the picture has nothing.
    fn sample(&self, (x, y): (f32, f32)) -> Option<(f32, f32, f32)> {
        let last = (SIDE - 2) as f32;
        if !(x >= 0.0 && y >= 0.0 && x <= last && y <= last) {
            return None;
        }
        let (x0, y0) = (x as usize, y as usize);
        let at = y0 * SIDE + x0;
        let corners = [at, at + 1, at + SIDE, at + SIDE + 1];
        if corners.iter().any(|&i| !self.inside[i]) {
            return None;
        }
        let [a, b, c, d] = corners.map(|i| self.values[i]);
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let (top, bottom) = (a + (b - a) * fx, c + (d - c) * fx);
        let dx = (b - a) * (1.0 - fy) + (d - c) * fy;
        Some((top + (bottom - top) * fy, dx, bottom - top))
    }
}

/// Own value, other's value, its slopes, and the place relative to the centre.
type Sample = [f32; 6];

struct Step {
    correlation: f32,
    hessian: [[f32; 6]; 6],
    gradient: [f32; 6],
}

impl Step {
    /// Fills the other half of the symmetric matrix, and goes from places in units of half the view to pixels.
    fn unscaled(mut self, middle: f32) -> Step {
        let unit = [middle, middle, 1.0, middle, middle, 1.0];
        for i in 0..6 {
            self.gradient[i] *= unit[i];
            for j in 0..=i {
                self.hessian[i][j] *= unit[i] * unit[j];
                self.hessian[j][i] = self.hessian[i][j];
            }
        }
        self
    }
}

/// Gaussian elimination with pivoting; `None` for a singular system.
fn solve(mut a: [[f32; 6]; 6], mut b: [f32; 6]) -> Option<[f32; 6]> {
    for column in 0..6 {
        let pivot = (column..6).max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs()))?;
        a.swap(column, pivot);
        b.swap(column, pivot);
        let head = a[column];
        if head[column].abs() < 1e-9 {
            return None;
        }
        for row in column + 1..6 {
            let factor = a[row][column] / head[column];
            for (value, head) in a[row].iter_mut().zip(head).skip(column) {
                *value -= factor * head;
            }
            b[row] -= factor * b[column];
        }
    }
    let mut x = [0.0; 6];
    for row in (0..6).rev() {
        let known: f32 = (row + 1..6).map(|k| a[row][k] * x[k]).sum();
        x[row] = (b[row] - known) / a[row][row];
    }
    x.iter().all(|v| v.is_finite()).then_some(x)
}

/// Each pixel relative to the mean and spread of its neighbourhood: shading, exposure and contrast drop out.
fn normalised(luma: &[f32], inside: &[bool]) -> Zeroizing<Vec<f32>> {
    let value = |i: usize| {
        let (count, sum, squares) = around(i, NEIGHBOURHOOD, inside)
            .fold((0.0, 0.0, 0.0), |(n, s, q), i| (n + 1.0, s + luma[i], q + luma[i] * luma[i]));
        let mean: f32 = sum / f32::max(count, 1.0);
        let spread = (squares / f32::max(count, 1.0) - mean * mean).max(0.0).sqrt();
        // Where there is next to no contrast (a plain background) noise must not be blown up: 4 grey levels are added.
        if inside[i] { (luma[i] - mean) / (spread + 4.0) } else { 0.0 }
    };
    Zeroizing::new((0..SIDE * SIDE).map(value).collect())
}

/// The pixels that exist within `reach` of pixel `i`.
fn around(i: usize, reach: usize, inside: &[bool]) -> impl Iterator<Item = usize> {
    let (x, y) = (i % SIDE, i / SIDE);
    let span = move |c: usize| c.saturating_sub(reach)..(c + reach + 1).min(SIDE);
    span(y).flat_map(move |y| span(x).map(move |x| y * SIDE + x)).filter(|&i| inside[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::Rect;

    const EYES: [(f32, f32); 5] =
        [(70.0, 90.0), (130.0, 90.0), (100.0, 122.0), (76.0, 155.0), (124.0, 155.0)];

    /// A drawn texture that no shift of itself resembles.
    fn picture(seed: u32, change: impl Fn(f32) -> f32) -> Pixels {
        let noise = |x: u32, y: u32| {
            let mut v =
                x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263) ^ seed.wrapping_mul(974_711);
            v = (v ^ (v >> 13)).wrapping_mul(1_274_126_177);
            ((v ^ (v >> 16)) & 255) as f32
        };
        let mut data = Zeroizing::new(Vec::new());
        for y in 0..220u32 {
            for x in 0..200u32 {
                let value = change((noise(x / 7, y / 7) * 2.0 + noise(x / 19, y / 19)) / 3.0);
                data.extend([value.clamp(0.0, 255.0) as u8; 3]);
            }
        }
        Pixels::from_rgb(200, 220, data).unwrap()
    }

    fn view(picture: &Pixels, shift: f32) -> View {
        let points = EYES.map(|(x, y)| (x + shift, y));
        let rect = Rect { x: 40.0, y: 40.0, w: 120.0, h: 150.0 };
        View::of(picture, &Face { rect, points, score: 0.9 }).unwrap()
    }

    #[test]
    fn a_brightened_and_shifted_copy_is_like_its_original_and_another_picture_is_not() {
        let original = view(&picture(1, |v| v), 0.0);
        assert!(original.likeness(&view(&picture(1, |v| v * 0.6 + 70.0), 4.0)) >= SUSPECT_FROM);
        assert!(original.likeness(&original.mirrored()) >= SUSPECT_FROM);
        assert!(original.likeness(&view(&picture(2, |v| v), 0.0)) < PROMISING);
    }

    #[test]
    fn a_plain_picture_is_like_nothing() {
        let plain = view(&picture(1, |_| 90.0), 0.0);
        assert!(plain.likeness(&plain) <= 0.0);
    }
}
