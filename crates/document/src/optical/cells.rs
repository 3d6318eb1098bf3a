//! How much each cell of a band looks like each of the 37 characters: first like our drawings in the print that fits
//! best, then like what the picture itself shows of them.

use super::find::Band;
use super::follow::{self, Frame, Steps, contrast_floor, patch, product};
use super::geometry::Point;
use super::glyph::{self, CELL_HEIGHT, CELL_WIDTH, COUNT, Cell, Print};
use super::plane::Pyramid;

/// How much one cell looks like each character of [`glyph::CHARS`]: correlation, -1 to 1.
pub(super) type Likeness = [f32; COUNT];

/// A zone's cells in a picture.
pub(super) struct Grid {
    /// Where each row lies, from the first to the last.
    pub(super) frames: Vec<Frame>,
    /// Cells in one row.
    pub(super) count: usize,
    /// What the cells look like, row by row.
    pub(super) cells: Vec<Likeness>,
    windows: Vec<Windows>,
    pictures: Vec<Cell>,
}

/// How many examples the drawing of a character counts as when its examples are averaged.
const DRAWING: f32 = 2.0;

/// What learning gains where the print is that of the drawings. Where it gains more, the type face is another one, and
/// drawings of characters that were not learned are worth less.
const USUAL_GAIN: f32 = 0.03;

/// What is seen of one cell at and around its place.
type Windows = Vec<Cell>;

/// Pixels of a cell that it is looked for around its place, in each direction: an eighth of its width.
const AROUND: usize = 2;

/// Looks at a band as rows of `count` cells, quickly: how much they look like characters, -1 to 1, and their pitch.
pub(super) fn survey(picture: &Pyramid, band: &Band, count: usize, pictures: &[Cell]) -> Option<(f32, f32)> {
    let pitch = follow::pitch(picture, band, count)?;
    let (_, likeness) = follow::follow(picture, band, pitch, count, pictures, Steps(2, 2))?;
    Some((likeness, pitch))
}

impl Grid {
    /// Reads a band as rows of `count` cells of about this pitch (pixels), with all care.
    pub(super) fn read(picture: &Pyramid, band: &Band, count: usize, pitch: f32) -> Option<Grid> {
        let usual = Print::USUAL.pictures();
        let (frames, _) = follow::follow(picture, band, pitch, count, &usual, Steps(1, 1))?;
        let mut frames = frames;
        let mut print = Print::USUAL;
        for _ in 0..2 {
            let seen = all_windows(picture, &frames, count);
            print = fitting_print(&seen, print);
            for (frame, row) in frames.iter_mut().zip(seen.chunks(count)) {
                if let Some(moved) = recentred(frame, row, &print.pictures()) {
                    *frame = moved;
                }
            }
        }
        let windows = all_windows(picture, &frames, count);
        let pictures = print.pictures();
        let cells = likenesses(&windows, &pictures, AROUND);
        Some(Grid { frames, count, cells, windows, pictures })
    }

    /// The corners of the rows together: upper left, upper right, lower right, lower left.
    pub(super) fn corners(&self) -> [Point; 4] {
        let (Some(first), Some(last)) = (self.frames.first(), self.frames.last()) else {
            return [Point::default(); 4];
        };
        let right = self.count as f32 - 0.5;
        [first.place(-0.5, -0.5), first.place(right, -0.5), last.place(right, 0.5), last.place(-0.5, 0.5)]
    }

    /// Mean likeness of every cell to what it looks most like.
    pub(super) fn quality(&self) -> f32 {
        self.cells.iter().map(|cell| best(cell).1).sum::<f32>() / self.cells.len().max(1) as f32
    }

    /// Looks again with pictures of the characters as they are printed here: `sure` says which cells surely hold which
    /// character (an index into [`glyph::CHARS`]).
    pub(super) fn learn(&mut self, sure: &[(usize, usize)]) {
        let mut learned = self.pictures.clone();
        for (char, picture) in learned.iter_mut().enumerate() {
            let examples: Vec<&Windows> = sure
                .iter()
                .filter(|(_, c)| *c == char)
                .filter_map(|(cell, _)| self.windows.get(*cell))
                .collect();
            let mut mean = [0.0; glyph::CELL];
            for windows in &examples {
                let alike = |window: &&Cell| product(window, &self.pictures[char]);
                let nearest = windows.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
                if let Some(window) = nearest {
                    mean.iter_mut().zip(window).for_each(|(sum, v)| *sum += v);
                }
            }
            // A single example is mostly its own noise; characters without any must keep their chance.
            let weight = examples.len() as f32 / (examples.len() as f32 + DRAWING);
            let mean = glyph::unit(&mean);
            picture.iter_mut().zip(&mean).for_each(|(v, mean)| *v += weight * (mean - *v));
            *picture = glyph::unit(picture);
        }
        let mut cells = likenesses(&self.windows, &learned, AROUND);
        for char in 0..COUNT {
            // A learned picture is like anything printed here; without this it would win over drawings for that alone.
            let gains: Vec<f32> = sure
                .iter()
                .filter(|(cell, c)| *c == char && *cell < cells.len())
                .map(|(cell, _)| cells[*cell][char] - self.cells[*cell][char])
                .collect();
            let gain = (gains.iter().sum::<f32>() / gains.len().max(1) as f32).min(USUAL_GAIN);
            cells.iter_mut().for_each(|cell| cell[char] -= gain);
        }
        self.cells = cells;
    }
}

/// The character that a cell looks most like, and how much.
pub(super) fn best(cell: &Likeness) -> (usize, f32) {
    cell.iter()
        .copied()
        .enumerate()
        .fold((0, f32::MIN), |best, here| if here.1 > best.1 { here } else { best })
}

fn all_windows(picture: &Pyramid, frames: &[Frame], count: usize) -> Vec<Windows> {
    frames.iter().flat_map(|frame| windows(picture, frame, count)).collect()
}

/// The frame of a row moved to where its cells look most like characters.
fn recentred(frame: &Frame, row: &[Windows], pictures: &[Cell]) -> Option<Frame> {
    let mut seen = Vec::new();
    for (cell, shifts) in row.iter().enumerate() {
        let likeness = |window: &Cell| pictures.iter().map(|p| product(window, p)).fold(f32::MIN, f32::max);
        let (at, most) = shifts
            .iter()
            .map(likeness)
            .enumerate()
            .fold((0, f32::MIN), |best, here| if here.1 > best.1 { here } else { best });
        if most > 0.6 {
            let (right, down) = shift(at);
            seen.push((cell as f32, right / CELL_WIDTH as f32, down / follow::DIGIT_ROWS));
        }
    }
    frame.moved(&seen)
}

/// Pixels of a cell that its `at`th window lies to the right of its place, and below.
fn shift(at: usize) -> (f32, f32) {
    let side = 2 * AROUND + 1;
    ((at % side) as f32 - AROUND as f32, (at / side) as f32 - AROUND as f32)
}

/// The cells of a row, each seen at every shift; contrast taken out.
fn windows(picture: &Pyramid, frame: &Frame, count: usize) -> Vec<Windows> {
    let margin = AROUND as f32 / CELL_WIDTH as f32;
    let strip = frame.strip(picture, -margin, count as f32 + 2.0 * margin, CELL_HEIGHT + 2 * AROUND);
    let shifts = |cell: usize| {
        (0..=2 * AROUND).flat_map(move |y| (0..=2 * AROUND).map(move |x| (cell * CELL_WIDTH + x, y)))
    };
    let mut patches: Vec<(Cell, f32)> =
        (0..count).flat_map(shifts).map(|(x, y)| patch(&strip, x, y)).collect();
    let floor = contrast_floor(patches.iter().map(|(_, length)| *length));
    for (cell, length) in &mut patches {
        let scale = 1.0 / length.hypot(floor);
        cell.iter_mut().for_each(|v| *v *= scale);
    }
    patches.chunks(SHIFTS).map(|shifts| shifts.iter().map(|(cell, _)| *cell).collect()).collect()
}

const SHIFTS: usize = (2 * AROUND + 1) * (2 * AROUND + 1);

/// Compares every cell with every picture, shifted by up to `around` pixels.
fn likenesses(windows: &[Windows], pictures: &[Cell], around: usize) -> Vec<Likeness> {
    let shifts: Vec<(usize, f32)> = (0..SHIFTS)
        .map(|at| (at, shift(at)))
        .filter(|(_, (x, y))| x.abs().max(y.abs()) <= around as f32)
        .map(|(at, (x, y))| (at, SHIFT_COST * (x * x + y * y)))
        .collect();
    let cell = |windows: &Windows| {
        let mut likeness = [-1.0f32; COUNT];
        for (at, cost) in &shifts {
            let Some(window) = windows.get(*at) else { continue };
            for (picture, best) in pictures.iter().zip(likeness.iter_mut()) {
                *best = best.max(product(window, picture) - cost);
            }
        }
        likeness
    };
    windows.iter().map(cell).collect()
}

/// What a cell beside its place costs, in likeness by the square of the pixels: the places of all cells of a row
/// together are known to half a pixel, and a digit is told from a letter by how high it stands.
const SHIFT_COST: f32 = 0.008;

/// The print in which the cells look most like characters: one property after the other, each at the value that
/// fits best. The values span what printers, type faces near OCR-B and small pictures do.
fn fitting_print(windows: &[Windows], first: Print) -> Print {
    // A third of the cells tells as much.
    let some: Vec<Windows> = windows.iter().step_by(3).cloned().collect();
    let fit = |print: &Print| -> f32 {
        likenesses(&some, &print.pictures(), 1).iter().map(|cell| best(cell).1).sum()
    };
    let mut print = (first, fit(&first));
    let mut choose = |values: &[f32], set: fn(&mut Print, f32)| {
        for value in values {
            let mut other = print.0;
            set(&mut other, *value);
            let fit = fit(&other);
            if fit > print.1 {
                print = (other, fit);
            }
        }
    };
    choose(&[0.6, 1.4, 2.0], |print, v| print.blur = v);
    choose(&[0.88, 1.12, 1.24], |print, v| print.height = v);
    choose(&[0.88, 1.12, 1.24], |print, v| print.width = v);
    choose(&[1.09], |print, v| print.capitals = v);
    choose(&[2.4, 4.0, 4.8], |print, v| print.pen = v);
    choose(&[0.6, 1.0, 1.4, 2.0], |print, v| print.blur = v);
    print.0
}
