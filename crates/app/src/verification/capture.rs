//! `submit_capture`: document picture and live capture travel together and are compared in one request.
//!
//! Nothing of the face outlives the request, except where the rules let a referred case keep both for its reviewer.

use std::sync::Arc;

use lineward_core::{
    evidence::{Assurance, FaceFinding, FaceOutcome, FaceReason, PortraitRef},
    id::VerificationId,
    rules::Rules,
    verification::{ConsentKind, Way},
};
use lineward_store::{
    Tx,
    rows::{DocumentRow, FaceFindingRow, VerificationRow},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Advice, Fields,
    authority::{Asked, record_asked},
    fields_of, look_at_step, open_step,
};
use crate::{
    App, AppError, Ctx,
    acting::Begun,
    application::{Decided, Images, Keys, active_rules},
};

/// Pictures of one request, wiped when dropped.
pub struct SubmitCapture {
    /// A photograph of the document's side with the portrait.
    pub document: Zeroizing<Vec<u8>>,
    /// Frames of one live capture.
    pub frames: Vec<Zeroizing<Vec<u8>>>,
    /// How the capture was taken; the web layer knows, the request does not say.
    pub assurance: Assurance,
}

/// What came of a capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureAnswer {
    /// `match`, `non_match` or `not_compared`.
    pub outcome: String,
    /// Why, and everything else worth saying about the comparison.
    pub reasons: Vec<String>,
    /// What to do before the next try; empty when the application was decided.
    pub advice: Vec<String>,
    /// Completed comparisons that may still follow.
    pub attempts_left: u32,
    /// Where the application stands now.
    pub decided: Decided,
}

impl App {
    /// Compares, asks the authority, and decides as soon as there is something to decide.
    ///
    /// # Errors
    /// [`AppError::WrongState`] when a step is missing or the application is no longer open.
    pub async fn submit_capture(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        capture: SubmitCapture,
    ) -> Result<CaptureAnswer, AppError> {
        if capture.frames.is_empty() || capture.frames.len() > 8 {
            return Err(AppError::invalid("frames", "one to eight frames of one capture"));
        }
        if let Some(earlier) = self.answered(ctx).await? {
            return Ok(earlier);
        }
        let before = self.before_capture(ctx, verification).await?;
        // No transaction is open here: looking takes as long as it takes.
        let capture = Arc::new(capture);
        let Before { document, fields, rules, consents } = before;
        // What the authority says of the portrait and what the face was compared with are this request's one picture.
        let portrait = PortraitRef::Picture(ctx.id());
        let picture = Some((portrait, capture.document.as_slice()));
        let asked = self.ask_authority(ctx, &rules, &consents, &fields, picture).await;
        // While the authority is silent nothing is compared: an attempt would be burnt for nothing, or given for nothing.
        let finding = match &asked {
            Some(asked) if asked.is_silent() => None,
            _ => Some(self.compare(&capture, rules.face_fmr_ppb.value).await?),
        };

        let keys = self.decision_keys(ctx).await?;
        let images = Images {
            portrait: capture.document.clone(),
            capture: capture.frames.first().cloned().unwrap_or_default(),
        };
        let found = Found { document, portrait, finding, asked, images };
        let mut used = Default::default();
        let answer = self.submit_found(ctx, verification, &found, &keys, &mut used).await;
        self.settle_keys(ctx, keys, used, &answer).await;
        answer
    }

    /// What must be there before anything is looked at.
    async fn before_capture(&self, ctx: &Ctx, verification: VerificationId) -> Result<Before, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let (_, row) = look_at_step(&mut tx, ctx, verification).await?;
        may_compare(&mut tx, &row).await?;
        let document = tx
            .documents(verification)
            .await?
            .pop()
            .ok_or(AppError::WrongState("no document was shown yet"))?;
        let rules = active_rules(&mut tx).await?;
        let agreed = tx.consents(verification).await?;
        drop(tx);
        let consents = agreed.into_iter().filter(|c| c.withdrawn_at.is_none()).map(|c| c.kind).collect();
        let fields = fields_of(self, ctx, &row, Some(&document)).await?.ok_or(AppError::Erased)?;
        Ok(Before { document, fields, rules, consents })
    }

    async fn compare(&self, capture: &Arc<SubmitCapture>, fmr_ppb: u32) -> Result<FaceFinding, AppError> {
        let (faces, capture) = (self.ports.faces.clone(), capture.clone());
        let compared = tokio::task::spawn_blocking(move || {
            let frames: Vec<&[u8]> = capture.frames.iter().map(|f| f.as_slice()).collect();
            faces.compare(&capture.document, &frames, fmr_ppb, capture.assurance)
        });
        compared.await.map_err(|_| AppError::Broken("the face check stopped"))
    }

    async fn submit_found(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        found: &Found,
        keys: &Keys,
        used: &mut crate::application::Used,
    ) -> Result<CaptureAnswer, AppError> {
        let mut act = self.act(ctx, "submit_capture", format!("verification:{verification}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok(earlier),
            };
            *used = Default::default();
            let outcome = self.found_in(&mut tx, ctx, verification, found, keys, used).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    async fn found_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        verification: VerificationId,
        found: &Found,
        keys: &Keys,
        used: &mut crate::application::Used,
    ) -> Result<CaptureAnswer, AppError> {
        let (mut application, row) = open_step(tx, ctx, verification).await?;
        may_compare(tx, &row).await?;
        let rules = active_rules(tx).await?;
        if tx.documents(verification).await?.last().map(|d| d.id) != Some(found.document.id) {
            return Err(AppError::WrongState("another document was shown meanwhile; capture again"));
        }
        let silent = found.asked.as_ref().is_some_and(Asked::is_silent);
        if let Some(asked) = &found.asked {
            record_asked(tx, ctx, &rules, &mut application, &found.document, asked).await?;
        }
        let compared = found.finding.as_ref().filter(|f| f.outcome != FaceOutcome::NotCompared);
        if let Some(finding) = compared {
            // Only a completed comparison is kept and counts; what could not be compared is asked again.
            let row = FaceFindingRow {
                id: ctx.id(),
                document: found.document.id,
                portrait: found.portrait,
                finding: finding.clone(),
                at: ctx.now,
            };
            tx.insert_face_finding(verification, &row).await?;
        }
        let done = tx.face_findings(verification).await?.len();
        let attempts_left = rules.face_attempts.value.saturating_sub(u32::try_from(done).unwrap_or(u32::MAX));
        let plain_miss = compared.is_some_and(|f| f.outcome == FaceOutcome::NonMatch && f.reasons.is_empty());
        let asks_again = compared.is_none() || (plain_miss && attempts_left > 0);
        let decided = if asks_again {
            Decided::of(&application)
        } else {
            self.decide_in(tx, ctx, application.id, keys, used, Some(&found.images)).await?
        };
        let reasons = found.finding.as_ref().map_or(&[] as &[FaceReason], |f| &f.reasons);
        let mut advice: Vec<Advice> =
            reasons.iter().filter(|_| compared.is_none()).filter_map(|r| advice_for(*r)).collect();
        if asks_again && plain_miss {
            advice.push(Advice::TryAgainOrPerson);
        }
        if silent {
            advice.push(Advice::TryLater);
        }
        advice.dedup();
        Ok(CaptureAnswer {
            outcome: compared.map_or(FaceOutcome::NotCompared, |f| f.outcome).code().to_owned(),
            reasons: reasons.iter().map(|r| r.code().to_owned()).collect(),
            advice: advice.iter().map(|a| a.code().to_owned()).collect(),
            attempts_left,
            decided,
        })
    }
}

/// The face way was chosen and both consents stand.
async fn may_compare(tx: &mut Tx, row: &VerificationRow) -> Result<(), AppError> {
    if row.way != Way::Face {
        return Err(AppError::WrongState("the other way was chosen; no face is compared"));
    }
    let agreed = tx.consents(row.id).await?;
    for kind in [ConsentKind::Identity, ConsentKind::Face] {
        if !agreed.iter().any(|c| c.kind == kind && c.withdrawn_at.is_none()) {
            return Err(AppError::WrongState("the person has not agreed to the comparison yet"));
        }
    }
    Ok(())
}

/// What a capture is held against.
struct Before {
    document: DocumentRow,
    fields: Fields,
    rules: Rules,
    consents: Vec<ConsentKind>,
}

/// What was found before the transaction.
struct Found {
    document: DocumentRow,
    portrait: PortraitRef,
    finding: Option<FaceFinding>,
    asked: Option<Asked>,
    images: Images,
}

fn advice_for(reason: FaceReason) -> Option<Advice> {
    Some(match reason {
        FaceReason::ReferenceNoFace => Advice::ShowPortraitSide,
        FaceReason::ReferenceSeveralFaces => Advice::ShowOnlyTheCard,
        FaceReason::ReferencePoorQuality => Advice::DocumentCloser,
        FaceReason::ReferenceUnreadable | FaceReason::ProbeUnreadable => Advice::TakePictureAgain,
        FaceReason::ProbeNoFace => Advice::LookIntoCamera,
        FaceReason::ProbeSeveralFaces => Advice::BeAlone,
        FaceReason::ProbePoorQuality => Advice::MoreLight,
        FaceReason::ProbeFramesDiffer => Advice::CaptureAgain,
        FaceReason::NoModelPack => Advice::ChooseOtherWay,
        FaceReason::ReviewBand | FaceReason::SameImageSuspected | FaceReason::PresentationAttackSuspected => {
            return None;
        }
    })
}
