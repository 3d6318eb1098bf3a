//! Faces on a picture: YuNet (S. Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023) with its five points.

use crate::engine::{Engine, EngineError, Output};
use crate::pixels::{ChannelOrder, Pixels, Rect};

/// Least detection score of a face: the value that the pack's accuracy was measured with.
const MIN_SCORE: f32 = 0.6;
/// Two boxes that overlap more than this are one face: the value YuNet's authors publish their results with.
const SAME_FACE_OVERLAP: f32 = 0.3;
/// Boxes kept per pass, best first. A group photograph has tens; a picture made to waste time has thousands.
const MAX_FACES: usize = 200;

/// A face: its box, the five points (image-left eye, image-right eye, nose, image-left and image-right corner of the
/// mouth) in pixels of the picture, and the detector's score.
#[derive(Clone, Copy)]
pub(crate) struct Face {
    pub(crate) rect: Rect,
    pub(crate) points: [(f32, f32); 5],
    pub(crate) score: f32,
}

impl Face {
    pub(crate) fn eye_distance(&self) -> f32 {
        let [(ax, ay), (bx, by), ..] = self.points;
        (bx - ax).hypot(by - ay)
    }

    /// Whether every coordinate is a number within `limit`: a picture can be drawn to drive the net anywhere.
    fn is_sane(&self, limit: f32) -> bool {
        let Rect { x, y, w, h } = self.rect;
        let coordinates = self.points.iter().flat_map(|&(x, y)| [x, y]).chain([x, y]);
        w >= 1.0 && h >= 1.0 && w <= limit && h <= limit && coordinates.into_iter().all(|v| v.abs() <= limit)
    }

    pub(crate) fn size(&self) -> f32 {
        self.rect.w.max(self.rect.h)
    }
}

/// The detectors of one pack, smallest input first.
pub(crate) struct Detector {
    passes: Vec<Box<dyn Engine>>,
    order: ChannelOrder,
}

/// Where to look when the whole picture at the detectors' sizes shows no face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// The whole picture, also shrunk for a face that fills it.
    WholePicture,
    /// Overlapping tiles at full size as well: a small portrait on a photographed document.
    Tiles,
}

impl Detector {
    /// `passes`: the same net at one or more input sizes.
    pub(crate) fn new(mut passes: Vec<Box<dyn Engine>>, order: ChannelOrder) -> Detector {
        passes.sort_by_key(|engine| engine.input_size());
        Detector { passes, order }
    }

    /// The faces of a picture, largest first.
    pub(crate) fn faces(&self, picture: &Pixels, effort: Effort) -> Result<Vec<Face>, EngineError> {
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let whole = Rect { x: 0.0, y: 0.0, w: width, h: height };
        for engine in &self.passes {
            let found = self.look(engine.as_ref(), picture, whole)?;
            if !found.is_empty() {
                return Ok(largest_first(found));
            }
        }
        // YuNet's largest anchor does not reach a face as large as its input: look at the picture with a wide margin.
        let Some(small) = self.passes.first() else { return Ok(Vec::new()) };
        let margin = Rect { x: -width / 2.0, y: -height / 2.0, w: width * 2.0, h: height * 2.0 };
        let mut found = self.look(small.as_ref(), picture, margin)?;
        if found.is_empty() && effort == Effort::Tiles {
            if let Some(engine) = self.passes.last() {
                let side = engine.input_size().0 as f32;
                for tile in tiles(width, height, side) {
                    found.extend(self.look(engine.as_ref(), picture, tile)?);
                }
            }
            found = suppress(found);
        }
        Ok(largest_first(found))
    }

    /// One run of the net over one window of the picture.
    fn look(&self, engine: &dyn Engine, picture: &Pixels, window: Rect) -> Result<Vec<Face>, EngineError> {
        let (rows, columns) = engine.input_size();
        // The window keeps its proportions; what the input has beyond it is black, as in OpenCV's use of the net.
        let step = (window.w / columns as f32).max(window.h / rows as f32);
        let seen = Rect { x: window.x, y: window.y, w: step * columns as f32, h: step * rows as f32 };
        let input = picture.resample(seen, columns, rows).planes(self.order);
        let outputs = engine.run(&input)?;
        let faces = decode(&outputs, rows, columns)?;
        Ok(suppress(faces).into_iter().map(|face| face.placed(seen.x, seen.y, step)).collect())
    }
}

impl Face {
    /// From coordinates of a window at `(x, y)` with `step` pixels a unit to coordinates of the picture.
    fn placed(self, x: f32, y: f32, step: f32) -> Face {
        let Rect { x: rx, y: ry, w, h } = self.rect;
        Face {
            rect: Rect { x: rx * step + x, y: ry * step + y, w: w * step, h: h * step },
            points: self.points.map(|(px, py)| (px * step + x, py * step + y)),
            score: self.score,
        }
    }
}

/// The net's three levels (strides 8, 16, 32), one cell each: class and object score, box, five points, all relative to
/// the cell and in units of the stride.
fn decode(outputs: &[Output], rows: usize, columns: usize) -> Result<Vec<Face>, EngineError> {
    let mut faces = Vec::new();
    for stride in [8usize, 16, 32] {
        let (down, across) = (rows / stride, columns / stride);
        let level = |kind: &str, values: usize| {
            let name = format!("{kind}_{stride}");
            let output = outputs.iter().find(|output| output.name == name);
            output
                .filter(|output| output.data.len() == down * across * values)
                .map(|o| o.data.as_slice())
                .ok_or_else(|| {
                    EngineError::Shape(format!(
                        "output {name} is missing or not of {down} x {across} x {values}"
                    ))
                })
        };
        let (class, object) = (level("cls", 1)?, level("obj", 1)?);
        let (boxes, points) = (level("bbox", 4)?, level("kps", 10)?);
        let unit = stride as f32;
        for cell in 0..down * across {
            let score = (class[cell].clamp(0.0, 1.0) * object[cell].clamp(0.0, 1.0)).sqrt();
            if score.is_nan() || score < MIN_SCORE {
                continue;
            }
            let (x, y) = ((cell % across) as f32, (cell / across) as f32);
            let b = &boxes[cell * 4..cell * 4 + 4];
            let (w, h) = (b[2].exp() * unit, b[3].exp() * unit);
            let rect = Rect { x: (x + b[0]) * unit - w / 2.0, y: (y + b[1]) * unit - h / 2.0, w, h };
            let p = &points[cell * 10..cell * 10 + 10];
            let points = std::array::from_fn(|i| ((x + p[2 * i]) * unit, (y + p[2 * i + 1]) * unit));
            let face = Face { rect, points, score };
            if face.is_sane(4.0 * rows.max(columns) as f32) {
                faces.push(face);
            }
        }
    }
    Ok(faces)
}

/// Non-maximum suppression: of boxes that overlap, the one with the best score stays.
fn suppress(mut faces: Vec<Face>) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Face> = Vec::new();
    for face in faces {
        if kept.len() < MAX_FACES && kept.iter().all(|k| k.rect.overlap(&face.rect) <= SAME_FACE_OVERLAP) {
            kept.push(face);
        }
    }
    kept
}

fn largest_first(mut faces: Vec<Face>) -> Vec<Face> {
    faces.sort_by(|a, b| b.size().total_cmp(&a.size()));
    faces
}

/// Windows of `side` pixels over the picture that overlap by a quarter, so that a face of up to a quarter of a window
/// lies whole in one of them.
fn tiles(width: f32, height: f32, side: f32) -> impl Iterator<Item = Rect> {
    let step = side * 0.75;
    let starts = move |length: f32| {
        let count = ((length - side) / step).ceil().max(0.0) as usize + 1;
        (0..count).map(move |i| (i as f32 * step).min((length - side).max(0.0)))
    };
    starts(height).flat_map(move |y| starts(width).map(move |x| Rect { x, y, w: side, h: side }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, side: f32, score: f32) -> Face {
        Face { rect: Rect { x, y: 0.0, w: side, h: side }, points: [(0.0, 0.0); 5], score }
    }

    #[test]
    fn of_overlapping_boxes_the_best_stays() {
        let kept = suppress(vec![face(0.0, 100.0, 0.7), face(10.0, 100.0, 0.9), face(300.0, 50.0, 0.65)]);
        assert_eq!(kept.iter().map(|f| f.score).collect::<Vec<_>>(), [0.9, 0.65]);
    }

    #[test]
    fn tiles_cover_the_picture_to_its_last_pixel() {
        for (width, height) in [(2000.0, 1500.0), (640.0, 640.0), (100.0, 3000.0), (641.0, 1.0)] {
            let tiles: Vec<Rect> = tiles(width, height, 640.0).collect();
            let right = tiles.iter().map(|t| t.x + t.w).fold(0.0, f32::max);
            let bottom = tiles.iter().map(|t| t.y + t.h).fold(0.0, f32::max);
            assert!(right >= width && bottom >= height);
            assert!(tiles.iter().all(|t| t.x >= 0.0 && t.y >= 0.0));
            assert!(tiles.len() <= 20);
        }
    }
}
