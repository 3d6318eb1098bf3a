//! The face check as `app` asks for it, carried out by `lineward_face`.

use std::sync::Arc;

use lineward_app::ports::{FaceCheck, Reference};
use lineward_core::evidence::{Assurance, FaceFinding, FaceOutcome, FaceReason};
use lineward_face::{Checker, CompareOptions, FaceError, ReferenceKind};

use crate::models::fmr_within;

/// One pack, loaded once.
pub(crate) struct Faces(pub(crate) Arc<Checker>);

impl FaceCheck for Faces {
    fn compare(
        &self,
        reference: Reference<'_>,
        frames: &[&[u8]],
        fmr_ppb: u32,
        assurance: Assurance,
    ) -> FaceFinding {
        let (reference_kind, portrait) = match reference {
            // The portrait on a photographed document is small and may have a ghost image.
            Reference::Picture(bytes) => (ReferenceKind::DocumentPhoto, bytes),
            Reference::Portrait(bytes) => (ReferenceKind::Portrait, bytes),
        };
        let options = CompareOptions { reference_kind, assurance, fmr_ppb: fmr_within(&self.0, fmr_ppb) };
        match self.0.compare(portrait, frames, &options) {
            Ok(comparison) => comparison.finding,
            Err(error) => self.not_compared(&error, &options),
        }
    }
}

impl Faces {
    /// What cannot be read is asked again, like everything that was not compared.
    fn not_compared(&self, error: &FaceError, options: &CompareOptions) -> FaceFinding {
        let reason = error.reason().unwrap_or_else(|| {
            tracing::error!(%error, "the face check failed");
            FaceReason::NoModelPack
        });
        let without_pack = || FaceFinding {
            outcome: FaceOutcome::NotCompared,
            score_ppm: None,
            threshold_ppm: 0,
            review_threshold_ppm: 0,
            fmr_ppb: None,
            bona_fide_ppm: None,
            reasons: vec![reason],
            pack_hash: [0; 32],
            assurance: options.assurance,
        };
        self.0.not_compared(reason, options).unwrap_or_else(|_| without_pack())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_decoded_is_a_finding() {
        let faces = Faces(Arc::new(Checker::without_pack()));
        let finding = faces.compare(Reference::Picture(b"text"), &[b"text"], 100_000, Assurance::File);
        assert_eq!(finding.outcome, FaceOutcome::NotCompared);
        assert_eq!(finding.reasons, [FaceReason::ReferenceUnreadable]);
    }
}
