//! What makes a photograph hard to use or odd to look at, as scores. A score is a reason to look or to ask for another
//! picture, never a verdict: scanners, laminate and printed patterns cause every one of them.

use lineward_core::codes;

use super::geometry::Point;
use super::plane::{Plane, connected};

/// One observation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hint {
    /// What was looked for.
    pub kind: HintKind,
    /// 0 (not seen) to 1 (plain to see).
    pub score: f32,
}

codes! {
    /// What is looked for on every photograph.
    pub enum HintKind {
        /// Bright spots that hide print.
        Glare = "glare",
        /// Edges that are not sharp.
        Blur = "blur",
        /// Corners of the document that are outside of the picture.
        CutCorners = "cut_corners",
        /// The even pattern of a screen or a printing raster: a picture of a picture.
        RecapturePattern = "recapture_pattern",
    }
}

impl HintKind {
    /// What whoever takes the picture, or looks at it, can do.
    pub fn advice(self) -> &'static str {
        match self {
            HintKind::Glare => "tilt the document until no lamp shines back from it",
            HintKind::Blur => "hold the camera still and let it focus",
            HintKind::CutCorners => "show the whole document with its four corners",
            HintKind::RecapturePattern => "compare with the document itself, not with a screen or a copy",
        }
    }
}

/// Looks at a picture; `document` are the corners of the document on it, where known.
pub(super) fn hints(luma: &Plane, document: Option<&[Point; 4]>) -> Vec<Hint> {
    let score = |kind| match kind {
        HintKind::Glare => glare(luma),
        HintKind::Blur => blur(luma),
        HintKind::CutCorners => document.map_or(0.0, |corners| cut_corners(luma, corners)),
        HintKind::RecapturePattern => recapture(luma),
    };
    HintKind::ALL.iter().map(|kind| Hint { kind: *kind, score: score(*kind).clamp(0.0, 1.0) }).collect()
}

/// The share of the picture in which nothing but white is left, apart from what is joined to its edge: that is the table or
/// the paper. A twentieth of a document hides a field. A lamp's reflection that reaches the edge is missed.
fn glare(luma: &Plane) -> f32 {
    // A field of print is about as high as a fortieth of the longer side.
    let side = (luma.width.max(luma.height) / 40).max(4);
    let (columns, rows) = (luma.width / side, luma.height / side);
    // On white paper nothing tells a reflection from the paper.
    let mut sorted: Vec<u8> = luma.data.iter().map(|v| *v as u8).collect();
    let middle = sorted.len() / 2;
    let (_, median, _) = sorted.select_nth_unstable(middle);
    if columns < 3 || rows < 3 || *median >= 245 {
        return 0.0;
    }
    let white = |at: usize| {
        let start = at / columns * side * luma.width + at % columns * side;
        (0..side).all(|y| luma.data[start + y * luma.width..][..side].iter().all(|v| *v >= 250.0))
    };
    let mask: Vec<bool> = (0..columns * rows).map(white).collect();
    let at_edge = |at: &usize| {
        let (x, y) = (at % columns, at / columns);
        x == 0 || y == 0 || x == columns - 1 || y == rows - 1
    };
    let spots = connected(&mask, columns).into_iter().filter(|spot| !spot.iter().any(at_edge));
    spots.map(|spot| spot.len()).sum::<usize>() as f32 / mask.len() as f32 / 0.05
}

/// How many pixels an edge takes from dark to bright, in the middle of all places with contrast. Up to three are sharp
/// (a lens and a demosaicked sensor give two); ten are as wide as a character of the smallest readable zone.
fn blur(luma: &Plane) -> f32 {
    const BLOCK: usize = 24;
    let mut widths = Vec::new();
    for top in (0..luma.height.saturating_sub(BLOCK)).step_by(BLOCK) {
        for left in (0..luma.width.saturating_sub(BLOCK)).step_by(BLOCK) {
            let (mut low, mut high, mut step) = (f32::MAX, f32::MIN, 0.0f32);
            for row in (top..top + BLOCK).map(|y| &luma.data[y * luma.width + left..][..BLOCK]) {
                for pair in row.windows(2) {
                    low = low.min(pair[0]);
                    high = high.max(pair[0]);
                    step = step.max((pair[1] - pair[0]).abs());
                }
            }
            // Print on paper has more contrast; less is noise or a smooth background.
            if high - low > 60.0 && step > 0.0 {
                widths.push((high - low) / step);
            }
        }
    }
    if widths.len() < 4 {
        // Nothing with contrast: nothing on it can be read.
        return 1.0;
    }
    widths.sort_by(f32::total_cmp);
    (widths[widths.len() / 2] - 3.0) / 7.0
}

/// The share of the document that lies outside of the picture: a tenth hides a line of print. The places of the edges are
/// known to 2 mm, which on three edges together is a twenty-fifth.
fn cut_corners(luma: &Plane, corners: &[Point; 4]) -> f32 {
    const STEPS: usize = 40;
    let [first, second, third, fourth] = corners;
    let mut outside = 0;
    for i in 0..=STEPS {
        for j in 0..=STEPS {
            let (across, down) = (i as f32 / STEPS as f32, j as f32 / STEPS as f32);
            let at = first.towards(*second, across).towards(fourth.towards(*third, across), down);
            let inside = at.x >= -0.5
                && at.y >= -0.5
                && at.x <= luma.width as f32 - 0.5
                && at.y <= luma.height as f32 - 0.5;
            outside += usize::from(!inside);
        }
    }
    (outside as f32 / ((STEPS + 1) * (STEPS + 1)) as f32 - 0.04) / 0.1
}

/// Pixels of a line whose frequencies are looked at.
const SPAN: usize = 256;

/// How far one frequency of the finest detail stands out from its neighbours, over the whole picture, in rows or
/// columns. Screens and rasters repeat over all of it with one period of two to seven pixels; what is printed on a
/// document does so on a part of it at most, or with the strong contrast of ink, and those places are left out. A power
/// of 16 times the neighbours' begins to count, 128 times counts wholly: white noise over a dozen lines stays below four.
fn recapture(luma: &Plane) -> f32 {
    let strongest = peak(luma, true).max(peak(luma, false));
    (strongest.max(1.0).log2() - 4.0) / 3.0
}

fn peak(luma: &Plane, rows: bool) -> f32 {
    let (length, lines) = if rows { (luma.width, luma.height) } else { (luma.height, luma.width) };
    if length < SPAN || lines < 64 {
        return 0.0;
    }
    let waves: Vec<(f32, f32)> =
        (0..SPAN).map(|i| (i as f32 / SPAN as f32 * std::f32::consts::TAU).sin_cos()).collect();
    // Periods of 2 to 7.5 pixels.
    let frequencies: Vec<usize> = (34..SPAN / 2).collect();
    let mut powers = vec![Vec::new(); frequencies.len()];
    let mut spans = 0;
    for i in 0..32 {
        let line = lines * (2 * i + 1) / 64;
        for start in [0, (length - SPAN) / 2, length - SPAN] {
            let at = |k: usize| {
                let place =
                    if rows { line * luma.width + start + k } else { (start + k) * luma.width + line };
                luma.data[place]
            };
            let (low, high) = (0..SPAN).map(at).fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(v), h.max(v)));
            if high - low > 80.0 {
                continue;
            }
            spans += 1;
            // A Hann window keeps the edges of the span out; the difference of neighbours the shape of print.
            let detail: Vec<f32> = (0..SPAN - 1).map(|k| (at(k + 1) - at(k)) * (1.0 - waves[k].1)).collect();
            for (frequency, powers) in frequencies.iter().zip(&mut powers) {
                let (mut re, mut im) = (0.0, 0.0);
                for (k, v) in detail.iter().enumerate() {
                    let (sin, cos) = waves[k * frequency % SPAN];
                    re += v * cos;
                    im += v * sin;
                }
                powers.push(re * re + im * im);
            }
        }
    }
    if spans < 12 {
        return 0.0;
    }
    // The middle of all places: a pattern on a part of the picture does not count.
    let middle = |values: &mut Vec<f32>| {
        values.sort_by(f32::total_cmp);
        values[values.len() / 2]
    };
    let spectrum: Vec<f32> = powers.iter_mut().map(middle).collect();
    let stands_out = |at: usize| {
        let around = at.saturating_sub(10)..(at + 11).min(spectrum.len());
        let mut others: Vec<f32> = around.filter(|i| i.abs_diff(at) > 2).map(|i| spectrum[i]).collect();
        others.sort_by(f32::total_cmp);
        // What is far below one grey value is the rounding of the picture.
        spectrum[at] / others[others.len() / 2].max(SPAN as f32)
    };
    (0..spectrum.len()).map(stands_out).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page with print of this edge width (pixels), under a raster of this strength.
    fn page(edge: f32, raster: f32) -> Plane {
        let mut plane = Plane::filled(640, 480, 0.0);
        let mut seed = 3u32;
        for (at, v) in plane.data.iter_mut().enumerate() {
            let (x, y) = ((at % 640) as f32, (at / 640) as f32);
            // Strokes at uneven places, as letters have them.
            let place = ((x / 24.0).floor() * 7.0 + (y / 30.0).floor() * 11.0).rem_euclid(13.0) - 6.0;
            let stroke = (x.rem_euclid(24.0) - 12.0 - place * 0.6).abs() - 5.0;
            let line = 8.0 - (y.rem_euclid(30.0) - 8.0).abs();
            let ink = (stroke / edge + 0.5).clamp(0.0, 1.0) * (line / edge + 0.5).clamp(0.0, 1.0);
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 16) as f32 / 65_536.0 * 4.0;
            *v = 200.0 - 130.0 * ink + raster * (x * 2.1).sin() + noise;
        }
        plane
    }

    #[track_caller]
    fn check(plane: &Plane, document: Option<&[Point; 4]>, seen: &[HintKind]) {
        for hint in hints(plane, document) {
            assert_eq!(hint.score > 0.5, seen.contains(&hint.kind), "{hint:?}");
        }
    }

    #[test]
    fn each_hint_is_given_for_its_own_reason() {
        check(&page(1.5, 0.0), None, &[]);
        check(&page(14.0, 0.0), None, &[HintKind::Blur]);
        check(&page(1.5, 12.0), None, &[HintKind::RecapturePattern]);
        let mut bright = page(1.5, 0.0);
        for row in bright.data.chunks_exact_mut(640).skip(100).take(120) {
            row[200..400].fill(255.0);
        }
        check(&bright, None, &[HintKind::Glare]);
    }

    #[test]
    fn a_document_beyond_the_edge_has_cut_corners() {
        let corners = |left: f32| {
            [(left, 40.0), (left + 500.0, 40.0), (left + 500.0, 400.0), (left, 400.0)]
                .map(|(x, y)| Point { x, y })
        };
        check(&page(1.5, 0.0), Some(&corners(60.0)), &[]);
        check(&page(1.5, 0.0), Some(&corners(-80.0)), &[HintKind::CutCorners]);
    }

    #[test]
    fn the_smallest_picture_has_its_hints() {
        assert_eq!(hints(&Plane::filled(1, 1, 0.0), None).len(), HintKind::ALL.len());
    }
}
