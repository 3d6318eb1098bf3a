//! From a row to the places of its characters: pitch, first cell, and the way the row bends.

use std::f32::consts::TAU;

use super::find::Band;
use super::geometry::{Line, Point};
use super::glyph::{self, CELL, CELL_HEIGHT, CELL_WIDTH, Cell};
use super::plane::{Plane, Pyramid};

/// Where the cells of a row lie in the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// A point on the row, and its direction (length 1).
    origin: Point,
    direction: Point,
    /// Middle of cell `i` along the direction: `along[0] + along[1] * i + along[2] * i * i` pixels.
    along: [f32; 3],
    /// The same across it, downwards, for the middle of a digit.
    across: [f32; 3],
    /// Pixels of the picture in the height of a digit.
    digit_height: f32,
}

impl Frame {
    /// A place in the picture: cells from the middle of the first one, and digit heights below the middle of the row.
    pub(super) fn place(&self, cell: f32, below: f32) -> Point {
        let along = curve(self.along, cell);
        let across = curve(self.across, cell) + below * self.digit_height;
        Point {
            x: self.origin.x + self.direction.x * along - self.direction.y * across,
            y: self.origin.y + self.direction.y * along + self.direction.x * across,
        }
    }

    /// The ink of a stretch of the row: one pitch is [`CELL_WIDTH`] pixels, the first cell begins `first` cells after
    /// the first of the row, and the middle of a digit is in the middle.
    pub(super) fn strip(&self, picture: &Pyramid, first: f32, cells: f32, height: usize) -> Plane {
        let mut strip = Plane::filled((cells * CELL_WIDTH as f32) as usize, height, 0.0);
        let step = (self.along[1] / CELL_WIDTH as f32).min(self.digit_height / DIGIT_ROWS);
        let level = picture.level(step);
        let width = strip.width;
        for (y, row) in strip.data.chunks_exact_mut(width).enumerate() {
            let below = (y as f32 + 0.5 - height as f32 / 2.0) / DIGIT_ROWS;
            for (x, out) in row.iter_mut().enumerate() {
                let cell = first + (x as f32 + 0.5) / CELL_WIDTH as f32 - 0.5;
                *out = 255.0 - level.sample(self.place(cell, below));
            }
        }
        strip
    }

    /// The frame moved to where its cells were seen: `seen` are cell number, and how far to the right (cells) and
    /// down (digit heights) of its place that one was.
    pub(super) fn moved(&self, seen: &[(f32, f32, f32)]) -> Option<Frame> {
        let along = fitted(seen.iter().map(|(cell, right, _)| (*cell, right * self.along[1])))?;
        let across = fitted(seen.iter().map(|(cell, _, down)| (*cell, down * self.digit_height)))?;
        let mut frame = *self;
        for i in 0..3 {
            frame.along[i] += along[i];
            frame.across[i] += across[i];
        }
        (frame.along[1] > 0.0).then_some(frame)
    }
}

/// Pixels of a cell in the height of a digit.
pub(super) const DIGIT_ROWS: f32 = glyph::DIGIT_HEIGHT * glyph::SCALE;

fn curve(factors: [f32; 3], x: f32) -> f32 {
    factors[0] + x * (factors[1] + x * factors[2])
}

/// The parabola nearest to the points (least squares): a straight line first, then the bend that is left. A row that a
/// slanting camera sees bends by less than the parabola's own error.
fn fitted(points: impl Iterator<Item = (f32, f32)>) -> Option<[f32; 3]> {
    let points: Vec<Point> = points.map(|(x, y)| Point { x, y }).collect();
    let (first, slope) = Point::straight_line(&points)?;
    // A bend is not believed on a few points.
    if points.len() < 12 {
        return Some([first, slope, 0.0]);
    }
    let squares: Vec<Point> = points.iter().map(|p| Point { x: p.x, y: p.x * p.x }).collect();
    let (square_first, square_slope) = Point::straight_line(&squares)?;
    let (mut product, mut total) = (0.0, 0.0);
    for p in &points {
        let bend = p.x * p.x - square_first - square_slope * p.x;
        product += bend * (p.y - first - slope * p.x);
        total += bend * bend;
    }
    let bend = if total > 1.0 { product / total } else { 0.0 };
    Some([first - bend * square_first, slope - bend * square_slope, bend])
}

/// The distance at which ink comes back most strongly along all rows together, near what `count` cells need.
pub(super) fn pitch(picture: &Pyramid, band: &Band, count: usize) -> Option<f32> {
    let expected = band.length() / (count as f32 - 0.3);
    // Below four pixels a character has no shape; the smallest specimens that people can read have 5.6.
    if expected < 4.0 {
        return None;
    }
    let profiles: Vec<Vec<f32>> = band.rows.iter().map(|line| profile(picture, line, expected)).collect();
    let strength = |pitch: f32| -> f32 {
        let turn = TAU * expected / (pitch * PROFILE as f32);
        let strength = |profile: &Vec<f32>| {
            let (mut re, mut im) = (0.0, 0.0);
            for (i, v) in profile.iter().enumerate() {
                re += v * (turn * i as f32).cos();
                im += v * (turn * i as f32).sin();
            }
            re.hypot(im)
        };
        profiles.iter().map(strength).sum()
    };
    // A smeared row may be a few characters too long or too short.
    let tried = (-48..=48).map(|i| expected * (1.0 + 0.0025 * i as f32));
    tried.map(|pitch| (pitch, strength(pitch))).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(pitch, _)| pitch)
}

/// Samples of a profile to one expected pitch.
const PROFILE: usize = 8;

/// Ink along a row, its slow part taken away.
fn profile(picture: &Pyramid, line: &Line, expected: f32) -> Vec<f32> {
    let count = (line.length() / expected * PROFILE as f32) as usize + 1;
    let level = picture.level(expected / PROFILE as f32);
    let direction = line.direction();
    let ink = (0..count).map(|i| {
        let at = line.from.towards(line.to, i as f32 / count as f32);
        let column = (-4..=4).map(|j| {
            let below = j as f32 / 8.0 * expected;
            255.0 - level.sample(Point { x: at.x - direction.y * below, y: at.y + direction.x * below })
        });
        column.sum::<f32>()
    });
    let mut ink = Plane { width: count, height: 1, data: ink.collect() };
    let slow = ink.mean(PROFILE, 0);
    ink.data.iter_mut().zip(&slow.data).for_each(|(v, slow)| *v -= slow);
    ink.data
}

/// Cells that a row is searched beyond its ends.
const BEYOND: f32 = 3.0;

/// How closely a strip is looked at: pixels from one window to the next, to the right and down.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps(pub(super) usize, pub(super) usize);

/// Follows the characters of all rows together from cell to cell: the path of `count` steps of about one pitch on which
/// the windows look most like any of the pictures. The rows of a zone begin at one margin (9303-3, section 4.2), which a
/// slanting view moves by less than [`SLACK`]. Gives the frame of each row, and the mean likeness.
pub(super) fn follow(
    picture: &Pyramid,
    band: &Band,
    pitch: f32,
    count: usize,
    pictures: &[Cell],
    steps: Steps,
) -> Option<(Vec<Frame>, f32)> {
    let (starts, longest) = starts(band)?;
    let cells = longest / pitch + 2.0 * BEYOND;
    let frames = band.rows.iter().zip(starts).map(|(line, start)| Frame {
        origin: line.from,
        direction: line.direction(),
        along: [start - BEYOND * pitch, pitch, 0.0],
        across: [0.0; 3],
        // The proportions of OCR-B.
        digit_height: pitch * glyph::DIGIT_HEIGHT / glyph::PITCH,
    });
    let frames: Vec<Frame> = frames.collect();
    let rows: Vec<Vec<Window>> = frames
        .iter()
        .map(|frame| windows(&frame.strip(picture, 0.0, cells, CELL_HEIGHT + 2 * SHIFT), pictures, steps))
        .collect();
    let slack = SLACK / steps.0;
    let near = |row: &[Window], at: usize| -> (usize, Window) {
        let places = at.saturating_sub(slack)..(at + slack + 1).min(row.len());
        places.map(|at| (at, row[at])).fold((at, Window { likeness: f32::MIN, down: 0 }), |best, here| {
            if here.1.likeness > best.1.likeness { here } else { best }
        })
    };
    let together = rows.iter().map(Vec::len).min()?;
    let alike: Vec<f32> = (0..together)
        .map(|at| rows.iter().map(|row| near(row, at).1.likeness).sum::<f32>() / rows.len() as f32)
        .collect();
    let path = path(&alike, count, CELL_WIDTH / steps.0)?;
    let likeness = path.iter().map(|at| alike[*at]).sum::<f32>() / count as f32;
    let moved = frames.iter().zip(&rows).map(|(frame, row)| {
        let first = (path[0] * steps.0) as f32 / CELL_WIDTH as f32;
        let mut frame = *frame;
        frame.along[0] += first * pitch;
        let seen = path.iter().enumerate().filter_map(|(i, at)| {
            let (at, window) = near(row, *at);
            let right = (at * steps.0) as f32 / CELL_WIDTH as f32 - first - i as f32;
            let down = (window.down as f32 - SHIFT as f32) / DIGIT_ROWS;
            // What looks like no character says nothing about where characters are.
            (window.likeness > 0.5).then_some((i as f32, right, down))
        });
        frame.moved(&seen.collect::<Vec<_>>()).unwrap_or(frame)
    });
    Some((moved.collect(), likeness))
}

/// Where the common margin meets each row (pixels from its beginning), and the length from it to the farthest end.
fn starts(band: &Band) -> Option<(Vec<f32>, f32)> {
    let first = band.rows.first()?;
    let direction = first.direction();
    let along = |p: Point| (p.x - first.from.x) * direction.x + (p.y - first.from.y) * direction.y;
    let begin = band.rows.iter().map(|row| along(row.from)).fold(f32::MAX, f32::min);
    let end = band.rows.iter().map(|row| along(row.to)).fold(f32::MIN, f32::max);
    Some((band.rows.iter().map(|row| begin - along(row.from)).collect(), end - begin))
}

/// Pixels of a cell that a row's characters may be beside those of the other rows, to either side.
const SLACK: usize = 4;

/// Pixels of a cell that characters are searched above and below the middle of the row.
const SHIFT: usize = 2;

/// How much one window looks like any character.
#[derive(Debug, Clone, Copy)]
struct Window {
    likeness: f32,
    /// Rows below the top of the strip at which it did.
    down: usize,
}

/// The windows of a strip, from left to right.
fn windows(strip: &Plane, pictures: &[Cell], steps: Steps) -> Vec<Window> {
    let columns: Vec<Vec<(Cell, f32)>> = (0..(strip.width + 1).saturating_sub(CELL_WIDTH))
        .step_by(steps.0)
        .map(|x| (0..=2 * SHIFT).step_by(steps.1).map(|y| patch(strip, x, y)).collect())
        .collect();
    let floor = contrast_floor(columns.iter().flatten().map(|(_, length)| *length));
    let best = |column: &Vec<(Cell, f32)>| {
        let mut best = Window { likeness: f32::MIN, down: 0 };
        for (shift, (patch, length)) in column.iter().enumerate() {
            let most = pictures.iter().map(|picture| product(patch, picture)).fold(f32::MIN, f32::max);
            let likeness = most / length.hypot(floor);
            if likeness > best.likeness {
                best = Window { likeness, down: shift * steps.1 };
            }
        }
        best
    };
    columns.iter().map(best).collect()
}

/// Noise on blank paper has the shape of anything: contrast far below that of the row is not looked at closely. A
/// quarter of the upper quartile leaves half-faded characters whole.
pub(super) fn contrast_floor(lengths: impl Iterator<Item = f32>) -> f32 {
    let mut lengths: Vec<f32> = lengths.collect();
    lengths.sort_by(f32::total_cmp);
    let upper = lengths.get(lengths.len() * 3 / 4).copied().unwrap_or_default();
    (upper / 4.0).max(1.0)
}

/// One window of a strip, its mean taken away, and its length.
pub(super) fn patch(strip: &Plane, x: usize, y: usize) -> (Cell, f32) {
    let mut cell = [0.0; CELL];
    for (row, out) in cell.chunks_exact_mut(CELL_WIDTH).enumerate() {
        let start = (y + row) * strip.width + x;
        if let Some(pixels) = strip.data.get(start..start + CELL_WIDTH) {
            out.copy_from_slice(pixels);
        }
    }
    let mean = cell.iter().sum::<f32>() / CELL as f32;
    cell.iter_mut().for_each(|v| *v -= mean);
    let length = product(&cell, &cell).sqrt();
    (cell, length)
}

pub(super) fn product(a: &Cell, b: &Cell) -> f32 {
    let mut sums = [0.0f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

/// What a cell that is wider or narrower than the pitch costs, in likeness: as much as a slightly blurred edge, so that
/// rows bend where characters do and not where noise does.
const BEND_COST: f32 = 0.02;

/// The windows of `count` cells, each about `cell` windows from the one before, that look most like characters together.
fn path(alike: &[f32], count: usize, cell: usize) -> Option<Vec<usize>> {
    let moves = [(cell, 0.0), (cell - 1, BEND_COST), (cell + 1, BEND_COST)];
    let mut totals = alike.to_vec();
    let mut came_by: Vec<Vec<u8>> = Vec::with_capacity(count);
    for _ in 1..count {
        let mut next = vec![f32::MIN; totals.len()];
        let mut by = vec![0u8; totals.len()];
        for (at, (next, by)) in next.iter_mut().zip(by.iter_mut()).enumerate() {
            for (i, (step, cost)) in moves.iter().enumerate() {
                let Some(before) = at.checked_sub(*step).map(|before| totals[before]) else { continue };
                let total = before + alike[at] - cost;
                if before > f32::MIN && total > *next {
                    (*next, *by) = (total, i as u8);
                }
            }
        }
        totals = next;
        came_by.push(by);
    }
    let ends = totals.iter().copied().enumerate().filter(|(_, total)| *total > f32::MIN);
    let (mut at, _) = ends.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let mut path = vec![at];
    for by in came_by.iter().rev() {
        at -= moves[usize::from(by[at])].0;
        path.push(at);
    }
    path.reverse();
    Some(path)
}
