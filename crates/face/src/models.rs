//! The networks of one pack, loaded.

use std::sync::Arc;

use crate::detect::Detector;
use crate::engine::{Engine, EngineError, Lanes, RtenEngine};
use crate::pack::{Manifest, Pack, Role};
use crate::pad::PadNet;
use crate::pixels::ChannelOrder;
use crate::template::Embedder;

/// A network of a pack that does not load.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {cause}")]
pub struct LoadError {
    /// The file.
    pub file: String,
    /// What the engine says.
    pub cause: EngineError,
}

/// What runs one network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkReport {
    /// The network's file.
    pub file: String,
    /// What it is for.
    pub role: Role,
    /// The engine that runs it.
    pub engine: &'static str,
    /// Height and width of its input.
    pub input: (usize, usize),
}

/// The networks of one pack.
pub(crate) struct Models {
    pub(crate) manifest: Manifest,
    pub(crate) detector: Detector,
    pub(crate) embedder: Embedder,
    pub(crate) pad: Vec<PadNet>,
    pub(crate) reports: Vec<NetworkReport>,
    /// How many pictures can be worked on at once.
    pub(crate) lanes: usize,
}

impl Models {
    pub(crate) fn load(pack: Pack, lanes: usize) -> Result<Models, LoadError> {
        let lanes = Arc::new(Lanes::new(lanes));
        let Pack { manifest, contents } = pack;
        let (mut passes, mut pad, mut embedder, mut reports) = (Vec::new(), Vec::new(), None, Vec::new());
        let mut detector_order = ChannelOrder::Bgr;
        for (file, onnx) in manifest.files().iter().zip(contents) {
            let engine = RtenEngine::load(onnx, file.input, Arc::clone(&lanes))
                .map_err(|cause| LoadError { file: file.name.clone(), cause })?;
            let engine: Box<dyn Engine> = Box::new(engine);
            match file.role {
                Role::Detector => {
                    detector_order = file.channels;
                    passes.push(engine);
                }
                Role::Embedder => embedder = Some((engine, file.channels)),
                Role::Pad => {
                    pad.push(PadNet {
                        engine,
                        order: file.channels,
                        crop_scale: file.crop_scale.unwrap_or(1.0),
                    });
                }
            }
            let (file, role, input) = (file.name.clone(), file.role, file.input);
            reports.push(NetworkReport { file, role, engine: "rten", input });
        }
        let Some((engine, order)) = embedder else {
            let cause = EngineError::Shape("the pack has no embedder".into());
            return Err(LoadError { file: manifest.name().to_owned(), cause });
        };
        let alignment = &manifest.alignment;
        let embedder = Embedder { engine, order, crop: alignment.crop, points: alignment.points };
        let detector = Detector::new(passes, detector_order);
        Ok(Models { detector, embedder, pad, reports, lanes: lanes.count(), manifest })
    }
}
