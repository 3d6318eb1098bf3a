//! One channel of a picture in memory, and the few ways of looking at it.

use super::Picture;
use super::geometry::Point;

/// Grey values 0 (black) to 255, row by row. Width and height are at least 1.
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<f32>,
}

impl Plane {
    pub(super) fn filled(width: usize, height: usize, value: f32) -> Plane {
        let (width, height) = (width.max(1), height.max(1));
        Plane { width, height, data: vec![value; width * height] }
    }

    /// Luma with the weights of Rec. 601, averaged over blocks so that no side is longer than `most`; and the side
    /// of a block in pixels of the picture.
    pub(super) fn luma(picture: &Picture<'_>, most: usize) -> (Plane, usize) {
        let block = picture.width().max(picture.height()).div_ceil(most.max(1)).max(1);
        let mut out = Plane::filled(picture.width() / block, picture.height() / block, 0.0);
        let part = 1.0 / (block * block) as f32;
        let rows = picture.rgb().chunks_exact(picture.width() * 3);
        for (y, row) in rows.enumerate().take(out.height * block) {
            let sums = &mut out.data[y / block * out.width..][..out.width];
            for (sum, pixels) in sums.iter_mut().zip(row.chunks(block * 3)) {
                for p in pixels.chunks_exact(3) {
                    let luma = 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]);
                    *sum += luma * part;
                }
            }
        }
        (out, block)
    }

    /// The pixel at `(x, y)`; beyond the edges, the nearest one.
    pub(super) fn at(&self, x: i64, y: i64) -> f32 {
        let (x, y) = (x.clamp(0, self.width as i64 - 1), y.clamp(0, self.height as i64 - 1));
        self.data[y as usize * self.width + x as usize]
    }

    /// Bilinear sample, where whole numbers are the middles of pixels.
    pub(super) fn sample(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x.clamp(0.0, self.width as f32 - 1.0), y.clamp(0.0, self.height as f32 - 1.0));
        let (column, row) = (x as usize, y as usize);
        let (fx, fy) = (x - column as f32, y - row as f32);
        let (right, below) = ((column + 1).min(self.width - 1), (row + 1).min(self.height - 1));
        let upper = &self.data[row * self.width..][..self.width];
        let lower = &self.data[below * self.width..][..self.width];
        let top = upper[column] + (upper[right] - upper[column]) * fx;
        let bottom = lower[column] + (lower[right] - lower[column]) * fx;
        top + (bottom - top) * fy
    }

    /// Half the size, two by two pixels averaged.
    pub(super) fn halved(&self) -> Plane {
        let mut out = Plane::filled(self.width / 2, self.height / 2, 0.0);
        for y in 0..out.height {
            for x in 0..out.width {
                let (sx, sy) = (2 * x as i64, 2 * y as i64);
                let sum =
                    self.at(sx, sy) + self.at(sx + 1, sy) + self.at(sx, sy + 1) + self.at(sx + 1, sy + 1);
                out.data[y * out.width + x] = sum / 4.0;
            }
        }
        out
    }

    /// The mean over `2 * rx + 1` by `2 * ry + 1` pixels around each; beyond the edges there is nothing.
    pub(super) fn mean(&self, rx: usize, ry: usize) -> Plane {
        self.lines(rx, true, running_mean).lines(ry, false, running_mean)
    }

    /// The largest value over `2 * r + 1` by `2 * r + 1` pixels around each.
    pub(super) fn dilated(&self, r: usize) -> Plane {
        self.lines(r, true, running_max).lines(r, false, running_max)
    }

    /// How much darker each pixel is than what surrounds it: the closing with a square of `2 * r + 1` pixels, less the
    /// picture ("black hat").
    pub(super) fn dark_details(&self, r: usize) -> Plane {
        let mut closed = self.dilated(r);
        closed.data.iter_mut().for_each(|v| *v = -*v);
        let mut closed = closed.dilated(r);
        for (v, here) in closed.data.iter_mut().zip(&self.data) {
            *v = (-*v - here).max(0.0);
        }
        closed
    }

    fn lines(&self, r: usize, rows: bool, filter: fn(&[f32], usize, &mut Vec<f32>)) -> Plane {
        let mut out = Plane::filled(self.width, self.height, 0.0);
        let mut result = Vec::new();
        if rows {
            for (row, out) in self.data.chunks_exact(self.width).zip(out.data.chunks_exact_mut(self.width)) {
                filter(row, r, &mut result);
                out.copy_from_slice(&result);
            }
            return out;
        }
        let mut column = Vec::with_capacity(self.height);
        for x in 0..self.width {
            column.clear();
            column.extend(self.data.iter().skip(x).step_by(self.width));
            filter(&column, r, &mut result);
            for (to, v) in out.data.iter_mut().skip(x).step_by(self.width).zip(&result) {
                *to = *v;
            }
        }
        out
    }
}

/// The connected parts of a mask, as places in it.
pub(super) fn connected(mask: &[bool], width: usize) -> Vec<Vec<usize>> {
    let mut seen = vec![false; mask.len()];
    let mut parts = Vec::new();
    let mut open = Vec::new();
    for start in 0..mask.len() {
        if seen[start] || !mask[start] {
            continue;
        }
        let mut part = Vec::new();
        seen[start] = true;
        open.push(start);
        while let Some(at) = open.pop() {
            part.push(at);
            let x = at % width;
            let beside = [
                (x > 0).then(|| at - 1),
                (x + 1 < width).then_some(at + 1),
                at.checked_sub(width),
                (at + width < mask.len()).then_some(at + width),
            ];
            for next in beside.into_iter().flatten() {
                if mask[next] && !seen[next] {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        parts.push(part);
    }
    parts
}

/// A picture at halving sizes, so that it can be sampled at any size without aliasing.
pub(super) struct Pyramid {
    planes: Vec<Plane>,
}

/// One size of a [`Pyramid`], sampled with the places of the whole picture.
pub(super) struct Level<'a> {
    plane: &'a Plane,
    scale: f32,
}

impl Pyramid {
    pub(super) fn new(whole: Plane) -> Pyramid {
        let mut planes = vec![whole];
        while let Some(last) = planes.last().filter(|last| last.width.min(last.height) >= 64) {
            let next = last.halved();
            planes.push(next);
        }
        Pyramid { planes }
    }

    pub(super) fn whole(&self) -> &Plane {
        &self.planes[0]
    }

    pub(super) fn width(&self) -> usize {
        self.planes[0].width
    }

    pub(super) fn height(&self) -> usize {
        self.planes[0].height
    }

    /// The size to sample when samples are `step` pixels of the whole picture apart: neighbouring samples are then
    /// less than one and a half of its pixels apart.
    pub(super) fn level(&self, step: f32) -> Level<'_> {
        let (mut at, mut scale) = (0, 1.0);
        while step / scale >= 1.5 && at + 1 < self.planes.len() {
            (at, scale) = (at + 1, scale * 2.0);
        }
        Level { plane: &self.planes[at], scale }
    }
}

impl Level<'_> {
    pub(super) fn sample(&self, at: Point) -> f32 {
        self.plane.sample((at.x + 0.5) / self.scale - 0.5, (at.y + 0.5) / self.scale - 0.5)
    }
}

fn running_mean(line: &[f32], r: usize, out: &mut Vec<f32>) {
    out.clear();
    let mut sum = 0.0f64;
    let mut count = 0usize;
    for v in line.iter().take(r) {
        sum += f64::from(*v);
        count += 1;
    }
    for at in 0..line.len() {
        if let Some(v) = line.get(at + r) {
            sum += f64::from(*v);
            count += 1;
        }
        if at > r {
            sum -= f64::from(line[at - r - 1]);
            count -= 1;
        }
        out.push((sum / count as f64) as f32);
    }
}

fn running_max(line: &[f32], r: usize, out: &mut Vec<f32>) {
    out.clear();
    for at in 0..line.len() {
        let window = &line[at.saturating_sub(r)..(at + r + 1).min(line.len())];
        out.push(window.iter().copied().fold(f32::MIN, f32::max));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dark_stroke_is_a_dark_detail_and_a_shadow_is_none() {
        let mut plane = Plane::filled(60, 40, 200.0);
        for y in 0..40 {
            plane.data[y * 60 + 20] = 80.0;
            plane.data[y * 60 + 40..(y + 1) * 60].fill(120.0);
        }
        let details = plane.dark_details(3);
        assert_eq!((details.at(20, 20), details.at(50, 20)), (120.0, 0.0));
    }

    #[test]
    fn a_mean_over_a_flat_plane_is_flat_to_the_edges() {
        assert!(Plane::filled(9, 5, 7.0).mean(30, 2).data.iter().all(|v| (*v - 7.0).abs() < 1e-4));
    }
}
