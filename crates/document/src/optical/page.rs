//! Where a document and its portrait lie, by where its zone does.
//!
//! The zone has one place on documents of each format (9303-3 to -7), its characters one pitch. The lengths below are
//! millimetres on the issued sizes; the places of the zone were compared with specimens and hold within 2 mm. The page is
//! taken as flat and seen straight: over a slanting view the far corners are off by as much as it slants.

use super::geometry::Point;
use super::zone::Zone;
use crate::mrz::Format;

/// Millimetres from one character to the next (9303-3, section 4.2: ten to the inch).
const PITCH_MM: f32 = 2.54;

/// A format's measures in millimetres.
struct Page {
    width: f32,
    height: f32,
    /// From the left edge to the first character, and from the lower edge to the middle of the last line.
    zone: (f32, f32),
    /// Left, upper, right and lower edge of where the portrait can be; none where it is on the other side.
    portrait: Option<[f32; 4]>,
}

fn page(format: Format) -> Page {
    match format {
        Format::Td1 => Page { width: 85.6, height: 54.0, zone: (4.0, 5.7), portrait: None },
        Format::Td2 => {
            Page { width: 105.0, height: 74.0, zone: (6.0, 8.2), portrait: Some([1.0, 12.0, 36.0, 54.0]) }
        }
        Format::FrenchId => {
            Page { width: 105.0, height: 74.0, zone: (6.0, 8.2), portrait: Some([1.0, 15.0, 37.0, 54.0]) }
        }
        Format::Td3 => {
            Page { width: 125.0, height: 88.0, zone: (6.0, 9.4), portrait: Some([2.0, 9.0, 42.0, 67.0]) }
        }
        Format::MrvA => {
            Page { width: 120.0, height: 80.0, zone: (6.0, 9.4), portrait: Some([1.0, 14.0, 38.0, 59.0]) }
        }
        Format::MrvB => {
            Page { width: 105.0, height: 74.0, zone: (6.0, 8.2), portrait: Some([0.0, 19.0, 34.0, 54.0]) }
        }
    }
}

/// The corners of the document, as it is read: upper left, upper right, lower right, lower left.
pub(super) fn corners(zone: &Zone) -> [Point; 4] {
    let page = page(zone.mrz.format);
    area(zone, &page, [0.0, 0.0, page.width, page.height])
}

/// The corners of where the portrait can be; `None` where the format has it on the other side.
pub(super) fn portrait(zone: &Zone) -> Option<[Point; 4]> {
    let page = page(zone.mrz.format);
    page.portrait.map(|edges| area(zone, &page, edges))
}

fn area(zone: &Zone, page: &Page, [left, upper, right, lower]: [f32; 4]) -> [Point; 4] {
    let [first, end, _, below] = zone.corners;
    let columns = zone.text.lines().next().map_or(1, str::len).max(1) as f32;
    let scale = first.distance(end) / (columns * PITCH_MM);
    let length = first.distance(end).max(f32::EPSILON);
    let across = Point { x: (end.x - first.x) / length, y: (end.y - first.y) / length };
    // The lower edge of the last digits, half a digit (1.15 mm) below the middle of the last line.
    let base = (page.zone.0, page.height - page.zone.1 + 1.15);
    let place = |x: f32, y: f32| {
        let (x, y) = ((x - base.0) * scale, (y - base.1) * scale);
        Point { x: below.x + across.x * x - across.y * y, y: below.y + across.y * x + across.x * y }
    };
    [place(left, upper), place(right, upper), place(right, lower), place(left, lower)]
}
