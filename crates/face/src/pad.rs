//! Presentation attack detection by the MiniFASNets of Silent-Face-Anti-Spoofing: evidence, never a verdict. Their error
//! rates (APCER, BPCER of ISO/IEC 30107-3) are not measured here.

use crate::detect::Face;
use crate::engine::{Engine, EngineError};
use crate::pixels::{ChannelOrder, Pixels, Planes, Rect};

/// Below this mean bona fide score an attack is suspected: where bona fide stops being more likely than all attacks
/// together. A working value, not a measured operating point.
pub(crate) const SUSPECT_BELOW: f32 = 0.5;
/// The output that stands for a bona fide presentation, by the networks' authors.
const BONA_FIDE: usize = 1;

/// One network and the part of the picture it looks at.
pub(crate) struct PadNet {
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) order: ChannelOrder,
    /// How many times the face box is looked at.
    pub(crate) crop_scale: f32,
}

/// What each network is to look at: kept instead of the picture until it is known which frame is compared.
pub(crate) fn views(nets: &[PadNet], picture: &Pixels, face: &Face) -> Vec<Planes> {
    let view = |net: &PadNet| {
        let (rows, columns) = net.engine.input_size();
        picture.crop_bilinear(window(picture, face.rect, net.crop_scale), columns, rows).planes(net.order)
    };
    nets.iter().map(view).collect()
}

/// The mean bona fide probability over all networks, as their authors combine them; `None` without networks.
pub(crate) fn bona_fide(nets: &[PadNet], views: &[Planes]) -> Result<Option<f32>, EngineError> {
    let mut sum = 0.0;
    for (net, view) in nets.iter().zip(views) {
        let outputs = net.engine.run(view)?;
        let logits = outputs.first().map(|output| output.data.as_slice()).unwrap_or_default();
        let highest = logits.iter().copied().fold(f32::MIN, f32::max);
        let total: f32 = logits.iter().map(|v| (v - highest).exp()).sum();
        let own = logits.get(BONA_FIDE).ok_or_else(|| EngineError::Shape("too few classes".into()))?;
        let probability = (own - highest).exp() / total;
        if !probability.is_finite() {
            return Err(EngineError::Run("a class probability is not a number".into()));
        }
        sum += probability;
    }
    Ok((!nets.is_empty()).then(|| sum / nets.len() as f32))
}

/// The face box enlarged about its centre, as far as the picture allows, and moved inside the picture.
fn window(picture: &Pixels, face: Rect, scale: f32) -> Rect {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let scale = scale.min((width - 1.0) / face.w).min((height - 1.0) / face.h).max(0.0);
    let (w, h) = ((face.w * scale).max(1.0), (face.h * scale).max(1.0));
    let (cx, cy) = face.centre();
    let x = (cx - w / 2.0).min(width - 1.0 - w).max(0.0);
    let y = (cy - h / 2.0).min(height - 1.0 - h).max(0.0);
    // Both end pixels belong to the authors' crop.
    Rect { x: x.floor(), y: y.floor(), w: w.floor() + 1.0, h: h.floor() + 1.0 }
}
