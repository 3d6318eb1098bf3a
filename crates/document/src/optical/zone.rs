//! The zone of a picture: of everything that may be one, what reads best.

use jiff::civil::Date;
use lineward_core::evidence::CheckResult;

use super::cells::{self, Grid};
use super::find::{self, Band};
use super::geometry::Point;
use super::glyph::{CHARS, Cell, Print};
use super::plane::Pyramid;
use super::settle::{self, Settled};
use crate::mrz::{self, Mrz};

/// A zone that was read from a picture.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Its text as it was made out, line by line.
    pub text: String,
    /// What this text says, with every check digit.
    pub mrz: Mrz,
    /// Cells in which a check digit chose between characters that look nearly alike. A check that passes
    /// says less the more there are.
    pub by_check_digit: usize,
    /// How much the cells look like the characters they were read as: mean correlation, 0 to 1. Below 0.6 people
    /// cannot read them either.
    pub quality: f32,
    /// Its corners in the picture: upper left, upper right, lower right, lower left, as the zone is read.
    pub corners: [Point; 4],
}

impl Zone {
    /// Check digits that agree, of those that the format has, in percent.
    pub fn score(&self) -> f32 {
        let has = self.mrz.checks.iter().filter(|check| check.result != CheckResult::NotChecked).count();
        100.0 * self.passed() as f32 / has.max(1) as f32
    }

    /// What looks more like characters is the better reading, whatever check digits say; they decide between readings of
    /// the same rows.
    fn is_better(&self, other: &Zone) -> bool {
        let clearly = self.quality - other.quality;
        if clearly.abs() > 0.03 { clearly > 0.0 } else { (self.score(), clearly) > (other.score(), 0.0) }
    }

    fn passed(&self) -> usize {
        self.mrz.checks.iter().filter(|check| check.result == CheckResult::Pass).count()
    }
}

/// Angles that a picture is turned by, in degrees, one after the other until a zone is found in which all check digits agree:
/// upright, lying on either side, and slanting. Rows are found up to 5 degrees beside each.
const ANGLES: [f32; 6] = [0.0, 90.0, 8.0, -8.0, 82.0, 98.0];

/// Bands of one angle that are looked at, those of small print first. Documents have up to 20: lines of text are in them.
const MAX_BANDS: usize = 24;

/// Bands of one angle that are read with all care.
const MAX_READ: usize = 3;

/// The likeness below which a band is no zone: rows of other text reach 0.6, lines of OCR-B that are hard to read 0.7.
const ZONE_LIKENESS: f32 = 0.6;

/// The share of cells that must look like what their field can hold: 0.91 and more on specimens, 0.76 to 0.89 where
/// stripes or a part of a zone were taken for one.
const FITTING_CELLS: f32 = 0.9;

/// The quality from which check digits may choose between likenesses. Specimens in OCR-B have 0.87 and more; in another type
/// face (0.81) small differences to our drawings say nothing.
const CHECKED_QUALITY: f32 = 0.85;

/// Characters that a survey compares with: of every shape one.
const SURVEYED: &[u8] = b"<012457AELMNSTUO";

/// Reads the zone of a picture; `None` when there is none.
pub(super) fn read(picture: &Pyramid, today: Date) -> Option<Zone> {
    let usual = Print::USUAL.pictures();
    let surveyed = SURVEYED.iter().filter_map(|char| CHARS.iter().position(|c| c == char));
    let some: Vec<Cell> = surveyed.map(|i| usual[i]).collect();
    let mut found: Option<Zone> = None;
    for angle in ANGLES {
        let candidates = candidates(picture, angle.to_radians(), &some);
        let likeliest = candidates.first().map_or(0.0, |candidate| candidate.likeness);
        let near = |candidate: &&Candidate| candidate.likeness > likeliest - 0.05;
        for candidate in candidates.iter().take(MAX_READ).take_while(near) {
            let Some(zone) = read_band(picture, candidate, today) else { continue };
            let better = |found: &Zone| zone.is_better(found);
            if found.as_ref().is_none_or(better) {
                found = Some(zone);
            }
        }
        if found.as_ref().is_some_and(|zone| zone.mrz.is_consistent() || zone.score() >= 100.0) {
            break;
        }
    }
    found
}

struct Candidate {
    band: Band,
    count: usize,
    pitch: f32,
    likeness: f32,
}

/// What may be a zone at this angle, likeliest first.
fn candidates(picture: &Pyramid, angle: f32, pictures: &[Cell]) -> Vec<Candidate> {
    let mut bands: Vec<Band> = Vec::new();
    for band in find::bands(picture, angle) {
        if bands.len() < MAX_BANDS && !bands.iter().any(|known| known.is_same(&band)) {
            bands.push(band);
        }
    }
    let mut candidates = Vec::new();
    for band in bands {
        let counts: &[usize] = if band.rows.len() == 3 { &[30] } else { &[44, 36] };
        for count in counts {
            for band in [band.clone(), band.upside_down()] {
                let Some((likeness, pitch)) = cells::survey(picture, &band, *count, pictures) else {
                    continue;
                };
                if likeness > ZONE_LIKENESS {
                    candidates.push(Candidate { band, count: *count, pitch, likeness });
                }
            }
        }
    }
    candidates.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
    candidates
}

fn read_band(picture: &Pyramid, candidate: &Candidate, today: Date) -> Option<Zone> {
    let formats = settle::formats(candidate.band.rows.len(), candidate.count);
    let mut grid = Grid::read(picture, &candidate.band, candidate.count, candidate.pitch)?;
    let quality = grid.quality();
    let mut settled = settle::by_kind(&grid.cells, formats)?;
    if settle::fitting(&grid.cells, &settled) < FITTING_CELLS {
        return None;
    }
    let first = finish(&grid, settled.clone(), quality, today);
    grid.learn(&settle::sure(&grid.cells, &settled));
    settled = settle::by_kind(&grid.cells, formats)?;
    let second = finish(&grid, settled, quality, today);
    match (first, second) {
        (Some(first), Some(second)) if first.score() > second.score() => Some(first),
        (first, second) => second.or(first),
    }
}

fn finish(grid: &Grid, mut settled: Settled, quality: f32, today: Date) -> Option<Zone> {
    settle::by_states(&grid.cells, &mut settled);
    if quality >= CHECKED_QUALITY {
        settle::by_check_digits(&grid.cells, &mut settled);
    }
    let text = settled.text();
    let mrz = mrz::parse(&text, today).ok()?;
    Some(Zone { text, mrz, by_check_digit: settled.by_check_digit, quality, corners: grid.corners() })
}
