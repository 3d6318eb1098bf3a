//! Where lines of a zone may be: long straight rows of small dark strokes, two or three of them one below the other.
//!
//! A zone is the only text on a document that runs in even rows over nearly its whole width. Horizontally smeared
//! "black hat" (what is darker than its neighbourhood) makes one bar of each row of text; bars that are long, thin
//! and straight are rows; rows of like length at the distance of 9303-3 make a band. Nothing here looks at characters,
//! so that much is proposed that is no zone: reading decides.

use super::geometry::{Line, Point};
use super::plane::{Plane, Pyramid, connected};

/// Height of a character in the shrunk pictures that are searched, in pixels.
const HEIGHT: f32 = 10.0;

/// Lengths of the longer side of these pictures. Of the longer side of a photograph, the height of a character is
/// between 1/100 (a passport that fills half of it) and 1/30 (a card that fills it); steps of 3 to 2, because
/// rows of 0.7 to 1.4 times the height are found.
const SIDES: [f32; 4] = [1000.0, 667.0, 444.0, 300.0];

/// A picture with fewer pixels holds no more than what was found when it is enlarged by this.
const MOST_ENLARGED: f32 = 3.0;

/// Bars taken from one shrunk picture, the longest first, so that a picture full of stripes costs no more.
const MAX_ROWS: usize = 40;

/// The rows of one zone, from top to bottom as they were seen in the turned picture.
#[derive(Debug, Clone)]
pub(super) struct Band {
    pub(super) rows: Vec<Line>,
}

impl Band {
    /// The same rows for a reader who stands on his head.
    pub(super) fn upside_down(&self) -> Band {
        let turned = self.rows.iter().rev();
        Band { rows: turned.map(|row| Line { from: row.to, to: row.from, height: row.height }).collect() }
    }

    /// Length of its longest row, in pixels.
    pub(super) fn length(&self) -> f32 {
        self.rows.iter().map(Line::length).fold(0.0, f32::max)
    }

    /// Whether both bands are the same rows, found at different sizes.
    pub(super) fn is_same(&self, other: &Band) -> bool {
        self.rows.len() == other.rows.len()
            && self.rows.iter().zip(&other.rows).all(|(one, other)| {
                let near = 0.05 * one.length();
                let middles = one.from.towards(one.to, 0.5).distance(other.from.towards(other.to, 0.5));
                middles < near && (one.length() - other.length()).abs() < near
            })
    }
}

/// All bands of a picture that was turned by this angle (radians, against the clock), likeliest first.
pub(super) fn bands(picture: &Pyramid, angle: f32) -> Vec<Band> {
    let longest = picture.width().max(picture.height()) as f32;
    let mut bands = Vec::new();
    for side in SIDES {
        let scale = side / longest;
        if scale <= MOST_ENLARGED {
            let view = View::new(picture, angle, scale);
            let rows = rows(&view.plane(picture));
            bands.extend(groups(&rows).into_iter().map(|group| view.band(&group)));
        }
    }
    bands
}

/// A turned and scaled look at a picture.
struct View {
    middle: Point,
    view_middle: Point,
    cos: f32,
    sin: f32,
    scale: f32,
    width: usize,
    height: usize,
}

impl View {
    fn new(picture: &Pyramid, angle: f32, scale: f32) -> View {
        let (w, h) = (picture.width() as f32, picture.height() as f32);
        let (sin, cos) = angle.sin_cos();
        let width = ((w * cos.abs() + h * sin.abs()) * scale).ceil().max(1.0);
        let height = ((w * sin.abs() + h * cos.abs()) * scale).ceil().max(1.0);
        View {
            middle: Point { x: (w - 1.0) / 2.0, y: (h - 1.0) / 2.0 },
            view_middle: Point { x: (width - 1.0) / 2.0, y: (height - 1.0) / 2.0 },
            cos,
            sin,
            scale,
            width: width as usize,
            height: height as usize,
        }
    }

    /// Where a point of the view lies in the picture.
    fn place(&self, at: Point) -> Point {
        let (x, y) = ((at.x - self.view_middle.x) / self.scale, (at.y - self.view_middle.y) / self.scale);
        Point {
            x: self.middle.x + x * self.cos - y * self.sin,
            y: self.middle.y + x * self.sin + y * self.cos,
        }
    }

    fn plane(&self, picture: &Pyramid) -> Plane {
        let mut plane = Plane::filled(self.width, self.height, 0.0);
        let level = picture.level(1.0 / self.scale);
        for (y, row) in plane.data.chunks_exact_mut(self.width).enumerate() {
            for (x, out) in row.iter_mut().enumerate() {
                *out = level.sample(self.place(Point { x: x as f32, y: y as f32 }));
            }
        }
        plane
    }

    fn band(&self, rows: &[Row]) -> Band {
        let line = |row: &Row| Line {
            from: self.place(Point { x: row.left, y: row.y(row.left) }),
            to: self.place(Point { x: row.right, y: row.y(row.right) }),
            height: HEIGHT / self.scale,
        };
        Band { rows: rows.iter().map(line).collect() }
    }
}

/// A bar in a view: the straight line through its middle.
#[derive(Debug, Clone, Copy)]
struct Row {
    left: f32,
    right: f32,
    at_zero: f32,
    slope: f32,
}

impl Row {
    fn y(&self, x: f32) -> f32 {
        self.at_zero + self.slope * x
    }

    fn length(&self) -> f32 {
        self.right - self.left
    }
}

/// The rows of one view, from top to bottom.
fn rows(view: &Plane) -> Vec<Row> {
    let strokes = view.dark_details(4);
    // One and a half characters to each side: no gap inside a row is wider.
    let smeared = strokes.mean(13, 1);
    let around = strokes.mean(40, 13);
    // A row of text is half ink and paper, the band around it has two such gaps: a row stands out by far more than
    // this, an even pattern not at all. Four grey values are what compression leaves of flat paper.
    let mask: Vec<bool> = smeared
        .data
        .iter()
        .zip(&around.data)
        .map(|(here, around)| *here > 1.2 * around && *here > 4.0)
        .collect();
    let parts = connected(&mask, view.width);
    let large = parts.iter().filter(|part| part.len() as f32 > 2.0 * HEIGHT * HEIGHT);
    let mut pieces: Vec<Row> = large.filter_map(|part| fit(part, &smeared)).collect();
    pieces.sort_by(|a, b| b.length().total_cmp(&a.length()));
    pieces.truncate(MAX_ROWS);
    let mut rows = joined(pieces);
    rows.retain(|row| row.length() > 15.0 * HEIGHT);
    rows.sort_by(|a, b| a.y(view.width as f32 / 2.0).total_cmp(&b.y(view.width as f32 / 2.0)));
    rows
}

/// The line through the middle of a part, when it is long, thin and straight.
fn fit(part: &[usize], smeared: &Plane) -> Option<Row> {
    let width = smeared.width;
    let (left, right) =
        part.iter().fold((width, 0), |(left, right), at| (left.min(at % width), right.max(at % width)));
    let thickness = part.len() as f32 / (right + 1 - left) as f32;
    if (right - left) < 4 * HEIGHT as usize || !(0.4 * HEIGHT..=1.9 * HEIGHT).contains(&thickness) {
        return None;
    }
    let mut columns = vec![(0.0f32, 0.0f32); right + 1 - left];
    for at in part {
        let weight = smeared.data[*at];
        let column = &mut columns[at % width - left];
        column.0 += weight;
        column.1 += weight * (at / width) as f32;
    }
    let points = columns
        .iter()
        .enumerate()
        .filter(|(_, (weight, _))| *weight > 0.0)
        .map(|(x, (weight, sum))| Point { x: (left + x) as f32, y: sum / weight });
    let points: Vec<Point> = points.collect();
    let (at_zero, slope) = Point::straight_line(&points)?;
    let near: Vec<Point> =
        points.iter().copied().filter(|p| (p.y - at_zero - slope * p.x).abs() < 0.3 * HEIGHT).collect();
    if near.len() * 2 < points.len() {
        return None;
    }
    let (at_zero, slope) = Point::straight_line(&near)?;
    Some(Row { left: left as f32, right: right as f32, at_zero, slope })
}

/// Puts pieces of one row together: a fold, a stamp or a bright spot parts them.
fn joined(mut pieces: Vec<Row>) -> Vec<Row> {
    pieces.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut rows: Vec<Row> = Vec::new();
    for piece in pieces {
        let partner = rows.iter_mut().find(|row| {
            let between = (row.right + piece.left) / 2.0;
            let gap = piece.left - row.right;
            let near = (row.y(between) - piece.y(between)).abs() < 0.4 * HEIGHT;
            (-0.5 * HEIGHT..8.0 * HEIGHT).contains(&gap) && near
        });
        match partner {
            Some(row) => {
                let ends = [
                    Point { x: row.left, y: row.y(row.left) },
                    Point { x: row.right, y: row.y(row.right) },
                    Point { x: piece.left, y: piece.y(piece.left) },
                    Point { x: piece.right, y: piece.y(piece.right) },
                ];
                if let Some((at_zero, slope)) = Point::straight_line(&ends) {
                    *row = Row { left: row.left, right: piece.right, at_zero, slope };
                }
            }
            None => rows.push(piece),
        }
    }
    rows
}

/// Two or three rows one below the other; threes first, because their pairs are in them.
fn groups(rows: &[Row]) -> Vec<Vec<Row>> {
    let mut pairs = Vec::new();
    for (i, upper) in rows.iter().enumerate() {
        for (j, lower) in rows.iter().enumerate().skip(i + 1) {
            if let Some(distance) = beneath(upper, lower) {
                pairs.push((i, j, distance));
            }
        }
    }
    let mut groups = Vec::new();
    for (i, j, distance) in &pairs {
        for (_, k, below) in pairs.iter().filter(|(first, ..)| first == j) {
            if (0.75..1.33).contains(&(below / distance)) {
                groups.push(vec![rows[*i], rows[*j], rows[*k]]);
            }
        }
    }
    groups.extend(pairs.iter().map(|(i, j, _)| vec![rows[*i], rows[*j]]));
    groups
}

/// The distance of two rows that can be neighbours in a zone. 9303-4 to -7 print them about 6.35 mm apart, 2.4 times
/// the height of a character; cards on the web and slanting views between 1.4 and 3.6.
fn beneath(upper: &Row, lower: &Row) -> Option<f32> {
    let (left, right) = (upper.left.max(lower.left), upper.right.min(lower.right));
    let shared = right - left;
    let middle = (left + right) / 2.0;
    let distance = lower.y(middle) - upper.y(middle);
    let alike = shared > 0.6 * upper.length().max(lower.length())
        && (upper.slope - lower.slope).abs() < 0.06
        && (1.3 * HEIGHT..3.8 * HEIGHT).contains(&distance);
    alike.then_some(distance)
}
