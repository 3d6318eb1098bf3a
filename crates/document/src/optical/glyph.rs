//! OCR-B, drawn: the 37 characters of a zone as strokes of a pen, and their pictures at a pitch, weight and blur.
//!
//! ISO 1073-2 describes the characters by the middle of their strokes; 9303-3, section 4.2 takes its size 1 at ten
//! characters to the inch. The strokes below were drawn by hand on that description's proportions (stroke
//! 0.32 mm, digits a little taller than capitals, both standing on one line); no font and no picture is in them.

use std::f32::consts::PI;

/// The characters of a zone, in the order of the pictures made here (9303-3, section 4.3).
pub(super) const CHARS: [u8; 37] = *b"<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// How many there are.
pub(super) const COUNT: usize = CHARS.len();

/// Width of the picture of one cell, in pixels: the pitch. Specimens on the web print it with 6 to 17 pixels.
pub(super) const CELL_WIDTH: usize = 16;

/// Height of the picture of one cell, in pixels: the tallest character and three pixels above and below.
pub(super) const CELL_HEIGHT: usize = 24;

/// Pixels in one cell.
pub(super) const CELL: usize = CELL_WIDTH * CELL_HEIGHT;

/// The pitch in units of the drawing, which are tenths of a millimetre (9303-3, section 4.2: 2.54 mm).
pub(super) const PITCH: f32 = 25.4;

/// Pixels to a unit.
pub(super) const SCALE: f32 = CELL_WIDTH as f32 / PITCH;

/// Height of a digit between the middles of its outer strokes, in units.
pub(super) const DIGIT_HEIGHT: f32 = 23.0;

/// One picture of one character: ink with the mean taken away and a length of one, so that its product with a patch
/// of the same kind is their correlation.
pub(super) type Cell = [f32; CELL];

/// How characters are printed and seen. Printers and cameras differ from the standard and from each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Print {
    /// Width of a stroke, in units.
    pub(super) pen: f32,
    /// Standard deviation of the blur, in pixels of a cell.
    pub(super) blur: f32,
    /// Width of the characters, of that of OCR-B.
    pub(super) width: f32,
    /// Height of the characters, of that of OCR-B.
    pub(super) height: f32,
    /// Height of the capitals, of that of OCR-B; other types have capitals as tall as digits.
    pub(super) capitals: f32,
}

impl Print {
    /// The standard's own proportions at a middling sharpness.
    pub(super) const USUAL: Print = Print { pen: 3.2, blur: 1.0, width: 1.0, height: 1.0, capitals: 1.0 };

    /// The pictures of all characters in this print, in the order of [`CHARS`].
    pub(super) fn pictures(&self) -> Vec<Cell> {
        CHARS.iter().map(|char| unit(&self.picture(*char))).collect()
    }

    /// Ink of one character, 0 to 1; the middle of a digit is in the middle of the cell.
    fn picture(&self, char: u8) -> Cell {
        let tall = if char.is_ascii_uppercase() { self.capitals } else { 1.0 };
        let scaled = |(x, y): (f32, f32)| {
            (x * self.width, (y * tall - DIGIT_HEIGHT / 2.0) * self.height + DIGIT_HEIGHT / 2.0)
        };
        let outline: Vec<_> = outline(char).into_iter().map(|point| point.map(scaled)).collect();
        let mut cell = [0.0; CELL];
        for (y, row) in cell.chunks_exact_mut(CELL_WIDTH).enumerate() {
            for (x, ink) in row.iter_mut().enumerate() {
                let at = (
                    (x as f32 + 0.5 - CELL_WIDTH as f32 / 2.0) / SCALE,
                    (CELL_HEIGHT as f32 / 2.0 - y as f32 - 0.5) / SCALE + DIGIT_HEIGHT / 2.0,
                );
                // The share of a pixel that a straight edge at this distance covers.
                *ink = ((self.pen / 2.0 - nearest(&outline, at)) * SCALE + 0.5).clamp(0.0, 1.0);
            }
        }
        smooth(&cell, self.blur)
    }
}

/// Takes the mean away and makes the length one; a flat cell becomes zero.
pub(super) fn unit(cell: &Cell) -> Cell {
    let mean = cell.iter().sum::<f32>() / CELL as f32;
    let mut out = cell.map(|v| v - mean);
    let length = out.iter().map(|v| v * v).sum::<f32>().sqrt();
    if length > f32::EPSILON {
        out.iter_mut().for_each(|v| *v /= length);
    }
    out
}

/// How far a place is from the nearest stroke, in units.
pub(super) fn nearest(outline: &[Option<(f32, f32)>], at: (f32, f32)) -> f32 {
    outline.windows(2).filter_map(|w| distance(at, w[0]?, w[1]?)).fold(f32::MAX, f32::min)
}

fn distance(p: (f32, f32), a: (f32, f32), b: (f32, f32)) -> Option<f32> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let square = dx * dx + dy * dy;
    let along =
        if square > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
    Some((p.0 - a.0 - along * dx).hypot(p.1 - a.1 - along * dy))
}

/// A Gaussian; beyond the cell there is no ink.
fn smooth(cell: &Cell, sigma: f32) -> Cell {
    if sigma < 0.1 {
        return *cell;
    }
    let reach = (sigma * 3.0).ceil() as i32;
    let weights: Vec<f32> =
        (-reach..=reach).map(|d| (-(d * d) as f32 / (2.0 * sigma * sigma)).exp()).collect();
    let total: f32 = weights.iter().sum();
    let pass = |cell: &Cell, horizontal: bool| {
        let mut out = [0.0; CELL];
        for (at, out) in out.iter_mut().enumerate() {
            let (x, y) = ((at % CELL_WIDTH) as i32, (at / CELL_WIDTH) as i32);
            for (weight, d) in weights.iter().zip(-reach..=reach) {
                let (x, y) = if horizontal { (x + d, y) } else { (x, y + d) };
                if (0..CELL_WIDTH as i32).contains(&x) && (0..CELL_HEIGHT as i32).contains(&y) {
                    *out += weight / total * cell[y as usize * CELL_WIDTH + x as usize];
                }
            }
        }
        out
    };
    pass(&pass(cell, true), false)
}

/// A piece of a character; x from its middle to the right, y from the line it stands on upwards, in units.
enum Stroke {
    /// A pen drawn through these points.
    Line(&'static [(f32, f32)]),
    /// Part of an ellipse: middle, half axes, from and to in degrees (0 is right, counted towards the top).
    Arc((f32, f32), (f32, f32), (f32, f32)),
}

use Stroke::{Arc, Line};

/// The strokes as points; `None` lifts the pen.
pub(super) fn outline(char: u8) -> Vec<Option<(f32, f32)>> {
    let mut points = Vec::new();
    for stroke in strokes(char) {
        match stroke {
            Line(through) => points.extend(through.iter().map(|p| Some(*p))),
            Arc((x, y), (rx, ry), (from, to)) => points.extend((0..=24).map(|i| {
                let angle = (from + (to - from) * i as f32 / 24.0) * PI / 180.0;
                Some((x + rx * angle.cos(), y + ry * angle.sin()))
            })),
        }
        points.push(None);
    }
    points
}

fn strokes(char: u8) -> &'static [Stroke] {
    match char {
        b'0' => &[
            Arc((0.0, 16.5), (6.5, 6.5), (0.0, 180.0)),
            Line(&[(-6.5, 16.5), (-6.5, 6.5)]),
            Arc((0.0, 6.5), (6.5, 6.5), (180.0, 360.0)),
            Line(&[(6.5, 6.5), (6.5, 16.5)]),
        ],
        b'1' => &[Line(&[(-5.0, 17.5), (2.5, 23.0), (2.5, 0.0)])],
        b'2' => &[
            Arc((0.0, 16.8), (6.3, 6.2), (160.0, -25.0)),
            Line(&[(5.7, 14.2), (-0.8, 8.6), (-5.3, 3.8), (-6.5, 0.0), (6.8, 0.0)]),
        ],
        b'3' => {
            &[Line(&[(-6.0, 23.0), (6.0, 23.0), (-1.0, 14.0)]), Arc((-0.3, 7.0), (7.1, 7.0), (95.0, -130.0))]
        }
        b'4' => &[Line(&[(0.3, 23.0), (-7.0, 6.2), (7.3, 6.2)]), Line(&[(3.5, 13.0), (3.5, 0.0)])],
        b'5' => &[
            Line(&[(5.5, 23.0), (-5.0, 23.0), (-5.0, 13.5), (-1.0, 14.2)]),
            Arc((-0.3, 7.1), (7.2, 7.1), (95.0, -128.0)),
        ],
        b'6' => &[
            Arc((0.0, 7.0), (6.8, 7.0), (0.0, 360.0)),
            Line(&[(-6.8, 7.5), (-6.0, 11.5), (-3.0, 17.5), (1.5, 23.0)]),
        ],
        b'7' => &[Line(&[(-6.5, 23.0), (6.5, 23.0), (1.2, 12.0), (-1.0, 5.5), (-1.6, 0.0)])],
        b'8' => &[Arc((0.0, 17.5), (5.5, 5.5), (0.0, 360.0)), Arc((0.0, 6.2), (6.7, 6.2), (0.0, 360.0))],
        b'9' => &[
            Arc((0.0, 16.0), (6.8, 7.0), (0.0, 360.0)),
            Line(&[(6.8, 15.5), (6.0, 11.5), (3.0, 5.5), (-1.5, 0.0)]),
        ],
        b'A' => &[Line(&[(-6.7, 0.0), (0.0, 21.0), (6.7, 0.0)]), Line(&[(-5.0, 6.3), (5.0, 6.3)])],
        b'B' => &[
            Line(&[(0.5, 21.0), (-5.5, 21.0), (-5.5, 0.0), (0.8, 0.0)]),
            Line(&[(-5.5, 11.2), (0.8, 11.2)]),
            Arc((0.3, 16.1), (5.0, 4.9), (90.0, -90.0)),
            Arc((0.8, 5.6), (5.6, 5.6), (90.0, -90.0)),
        ],
        b'C' => &[Arc((1.2, 10.5), (7.2, 10.5), (45.0, 315.0))],
        b'D' => &[
            Line(&[(-1.0, 21.0), (-6.4, 21.0), (-6.4, 0.0), (-1.0, 0.0)]),
            Arc((-1.0, 10.5), (7.0, 10.5), (90.0, -90.0)),
        ],
        b'E' => {
            &[Line(&[(6.0, 21.0), (-5.0, 21.0), (-5.0, 0.0), (6.3, 0.0)]), Line(&[(-5.0, 11.0), (4.5, 11.0)])]
        }
        b'F' => &[Line(&[(6.3, 21.0), (-5.0, 21.0), (-5.0, 0.0)]), Line(&[(-5.0, 10.8), (4.8, 10.8)])],
        b'G' => &[
            Arc((0.5, 10.5), (7.2, 10.5), (45.0, 300.0)),
            Line(&[(1.5, 9.0), (6.8, 9.0), (6.8, 1.8), (4.1, 0.6)]),
        ],
        b'H' => &[
            Line(&[(-6.0, 0.0), (-6.0, 21.0)]),
            Line(&[(6.0, 0.0), (6.0, 21.0)]),
            Line(&[(-6.0, 11.0), (6.0, 11.0)]),
        ],
        b'I' => &[
            Line(&[(0.0, 0.0), (0.0, 21.0)]),
            Line(&[(-4.6, 0.0), (4.6, 0.0)]),
            Line(&[(-4.6, 21.0), (4.6, 21.0)]),
        ],
        b'J' => &[Line(&[(4.0, 21.0), (4.0, 5.5)]), Arc((-1.2, 5.5), (5.2, 5.5), (0.0, -140.0))],
        b'K' => &[
            Line(&[(-5.5, 0.0), (-5.5, 21.0)]),
            Line(&[(6.0, 21.0), (-5.5, 8.5)]),
            Line(&[(-3.0, 11.4), (6.7, 0.0)]),
        ],
        b'L' => &[Line(&[(-5.0, 21.0), (-5.0, 0.0), (6.5, 0.0)])],
        b'M' => &[Line(&[(-6.3, 0.0), (-6.3, 21.0), (0.0, 9.8), (6.3, 21.0), (6.3, 0.0)])],
        b'N' => &[Line(&[(-6.0, 0.0), (-6.0, 21.0), (6.0, 0.0), (6.0, 21.0)])],
        b'O' => &[Arc((0.0, 10.5), (6.8, 10.5), (0.0, 360.0))],
        b'P' => &[
            Line(&[(0.2, 21.0), (-5.6, 21.0), (-5.6, 0.0)]),
            Line(&[(-5.6, 9.6), (0.2, 9.6)]),
            Arc((0.2, 15.3), (5.7, 5.7), (90.0, -90.0)),
        ],
        b'Q' => &[Arc((0.0, 10.5), (6.8, 10.5), (0.0, 360.0)), Line(&[(1.0, 6.0), (7.2, -1.5)])],
        b'R' => &[
            Line(&[(0.2, 21.0), (-5.2, 21.0), (-5.2, 0.0)]),
            Line(&[(-5.2, 10.0), (0.2, 10.0), (6.8, 0.0)]),
            Arc((0.2, 15.5), (5.5, 5.5), (90.0, -90.0)),
        ],
        b'S' => &[
            Arc((0.0, 15.8), (5.7, 5.2), (30.0, 250.0)),
            Line(&[(-2.0, 10.9), (2.0, 10.2)]),
            Arc((0.0, 5.4), (6.0, 5.4), (70.0, -150.0)),
        ],
        b'T' => &[Line(&[(-6.8, 21.0), (6.8, 21.0)]), Line(&[(0.0, 21.0), (0.0, 0.0)])],
        b'U' => &[
            Line(&[(-6.0, 21.0), (-6.0, 6.0)]),
            Arc((0.0, 6.0), (6.0, 6.0), (180.0, 360.0)),
            Line(&[(6.0, 6.0), (6.0, 21.0)]),
        ],
        b'V' => &[Line(&[(-6.6, 21.0), (0.0, 0.0), (6.6, 21.0)])],
        b'W' => &[Line(&[(-7.4, 21.0), (-4.4, 0.0), (0.0, 12.0), (4.4, 0.0), (7.4, 21.0)])],
        b'X' => &[Line(&[(-6.6, 21.0), (6.6, 0.0)]), Line(&[(6.6, 21.0), (-6.6, 0.0)])],
        b'Y' => &[Line(&[(-7.0, 21.0), (0.0, 10.0), (7.0, 21.0)]), Line(&[(0.0, 10.0), (0.0, 0.0)])],
        b'Z' => &[Line(&[(-6.0, 21.0), (6.0, 21.0), (-6.5, 0.0), (6.8, 0.0)])],
        // The filler.
        _ => &[Line(&[(7.3, 22.5), (-7.3, 12.3), (7.3, 2.8)])],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_looks_most_like_itself() {
        let thin = Print { pen: 2.6, blur: 0.5, ..Print::USUAL }.pictures();
        let bold = Print { pen: 4.0, blur: 1.2, ..Print::USUAL }.pictures();
        for (i, cell) in thin.iter().enumerate() {
            let alike = |other: &Cell| cell.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
            let best = (0..COUNT).max_by(|a, b| alike(&bold[*a]).total_cmp(&alike(&bold[*b])));
            assert_eq!(best, Some(i), "{}", char::from(CHARS[i]));
        }
    }

    #[test]
    fn no_character_leaves_its_cell() {
        for char in CHARS {
            let cell = Print { pen: 4.0, blur: 0.0, ..Print::USUAL }.picture(char);
            let edge = |at: usize| {
                let (x, y) = (at % CELL_WIDTH, at / CELL_WIDTH);
                x == 0 || y == 0 || x == CELL_WIDTH - 1 || y == CELL_HEIGHT - 1
            };
            assert!(
                cell.iter().enumerate().all(|(at, ink)| !edge(at) || *ink == 0.0),
                "{}",
                char::from(char)
            );
        }
    }
}
