//! One portrait compared with one capture: decode, detect, align, quality, presentation attack evidence, embed, compare.
//!
//! Lives here: everything between the bytes of two pictures and a [`FaceFinding`](lineward_core::evidence::FaceFinding);
//! model packs; error rates on labelled pairs.
//! May not live here: a template outside a comparison, a function over several people's faces, a network client, a
//! store.
//!
//! A template is private to this crate and has no bytes:
//! ```compile_fail
//! fn keep(template: lineward_face::template::Template) {}
//! ```

mod align;
mod check;
mod decode;
mod detect;
mod engine;
mod evaluate;
mod jpeg;
mod jpeg2000;
mod models;
mod pack;
mod pad;
mod pixels;
mod pull;
mod quality;
mod same_image;
mod template;

#[cfg(test)]
mod stand_in;

pub use check::{
    Checker, CompareOptions, Comparison, FaceBox, FaceError, MAX_FRAMES, PictureFinding, ReferenceKind, Side,
};
pub use decode::{
    ImageError, MAX_AREA, MAX_DECODE_BYTES, MAX_DECODE_WORK, MAX_FILE_BYTES, MAX_SIDE, Picture, decode,
};
pub use engine::EngineError;
pub use evaluate::{
    Best, EvaluateError, Evaluation, GroupRates, Pair, PairList, PairsError, PointOrigin, RatePoint, evaluate,
};
pub use models::{LoadError, NetworkReport};
pub use pack::{
    FileState, Manifest, ManifestFile, Missing, NotForProduction, OperatingPoint, Pack, PackError, PackInfo,
    Role, Thresholds,
};
pub use pull::{PartFile, Progress, PullError, pull};
pub use quality::{Quality, Shortcoming};
