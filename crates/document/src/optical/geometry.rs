//! Points and lines in a picture.

/// A place in a picture, in pixels from the middle of its first one: x to the right, y down.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    pub(super) fn distance(self, other: Point) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The same place in a picture with `factor` times the pixels to a side.
    pub(super) fn scaled(self, factor: f32) -> Point {
        Point { x: (self.x + 0.5) * factor - 0.5, y: (self.y + 0.5) * factor - 0.5 }
    }

    /// The place at this share of the way to another.
    pub(super) fn towards(self, other: Point, share: f32) -> Point {
        Point { x: self.x + (other.x - self.x) * share, y: self.y + (other.y - self.y) * share }
    }

    /// The straight line `y = first + second * x` nearest to the points (least squares); `None` when no such line
    /// is determined.
    pub(super) fn straight_line(points: &[Point]) -> Option<(f32, f32)> {
        let count = points.len() as f64;
        let (mut x, mut y, mut xx, mut xy) = (0.0f64, 0.0f64, 0.0f64, 0.0f64);
        for p in points {
            x += f64::from(p.x);
            y += f64::from(p.y);
            xx += f64::from(p.x) * f64::from(p.x);
            xy += f64::from(p.x) * f64::from(p.y);
        }
        let spread = count * xx - x * x;
        if count < 2.0 || spread < 1e-6 {
            return None;
        }
        let slope = (count * xy - x * y) / spread;
        Some((((y - slope * x) / count) as f32, slope as f32))
    }
}

/// A row of characters: the line through the middle of its digits, and their height in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) from: Point,
    pub(super) to: Point,
    pub(super) height: f32,
}

impl Line {
    pub(super) fn length(&self) -> f32 {
        self.from.distance(self.to).max(f32::EPSILON)
    }

    /// From its beginning to its end, length 1.
    pub(super) fn direction(&self) -> Point {
        let length = self.length();
        Point { x: (self.to.x - self.from.x) / length, y: (self.to.y - self.from.y) / length }
    }
}
