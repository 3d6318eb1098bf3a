//! The encoded features of one face. They live here only: no bytes, no copies, wiped when dropped.

use zeroize::Zeroizing;

use crate::align;
use crate::detect::Face;
use crate::engine::{Engine, EngineError};
use crate::pixels::{ChannelOrder, Pixels, Rect};

/// The features of one face, of unit length. Not `Clone`, `Debug` or serializable, and private to this crate.
pub(crate) struct Template(Zeroizing<Vec<f32>>);

impl Template {
    /// The comparison score: the cosine of the two templates, -1 to 1.
    pub(crate) fn score(&self, other: &Template) -> f32 {
        let sum: f32 = self.0.iter().zip(other.0.iter()).map(|(a, b)| a * b).sum();
        sum.clamp(-1.0, 1.0)
    }
}

/// The embedder of one pack, and where it wants the face.
pub(crate) struct Embedder {
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) order: ChannelOrder,
    /// Width and height of the aligned crop, before it is stretched to the input.
    pub(crate) crop: (usize, usize),
    /// The five points as fractions of the crop.
    pub(crate) points: [(f32, f32); 5],
}

impl Embedder {
    /// The aligned crop of a face; `None` when its points do not span a face.
    pub(crate) fn aligned(&self, picture: &Pixels, face: &Face) -> Option<Pixels> {
        let (width, height) = self.crop;
        let template = self.points.map(|(x, y)| (x * width as f32, y * height as f32));
        align::crop(picture, &face.points, &template, width, height)
    }

    /// The template of an aligned crop.
    pub(crate) fn embed(&self, aligned: &Pixels) -> Result<Template, EngineError> {
        let (rows, columns) = self.engine.input_size();
        let whole = Rect { x: 0.0, y: 0.0, w: aligned.width() as f32, h: aligned.height() as f32 };
        let input = aligned.crop_bilinear(whole, columns, rows).planes(self.order);
        let mut outputs = self.engine.run(&input)?;
        let mut features = match outputs.pop() {
            Some(output) if outputs.is_empty() && !output.data.is_empty() => output.data,
            _ => return Err(EngineError::Shape("the embedder has other than one output".into())),
        };
        let length = features.iter().map(|v| v * v).sum::<f32>().sqrt();
        if !length.is_finite() || length < f32::MIN_POSITIVE {
            return Err(EngineError::Run("the embedder's output has no direction".into()));
        }
        features.iter_mut().for_each(|v| *v /= length);
        Ok(Template(features))
    }
}
