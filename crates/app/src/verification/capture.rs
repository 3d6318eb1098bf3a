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
use lineward_document::chip::lds::dg2::Dg2;
use lineward_store::{
    Tx,
    rows::{DocumentRow, FaceFindingRow, VerificationRow},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    Advice, Fields,
    authority::{Asked, record_asked},
    fields_of, look_at_step, open_step,
};
use crate::{
    App, AppError, Ctx,
    acting::Begun,
    application::{Decided, Images, Keys, active_rules, document_facts},
    ports::Reference,
};

/// Pictures of one request, wiped when dropped.
pub struct SubmitCapture {
    /// The portrait of the document.
    pub portrait: ShownPortrait,
    /// Frames of one live capture.
    pub frames: Vec<Zeroizing<Vec<u8>>>,
    /// How the capture was taken; the web layer knows, the request does not say.
    pub assurance: Assurance,
}

/// The portrait of a document, as it comes with a capture.
pub enum ShownPortrait {
    /// A photograph of the document's side with the portrait.
    Picture(Zeroizing<Vec<u8>>),
    /// The chip's file of data group 2, the very one that was found signed. It comes again with every capture, because
    /// nothing of the face is kept in between.
    Chip(Zeroizing<Vec<u8>>),
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
        let SubmitCapture { portrait, frames, assurance } = capture;
        let portrait = match self.portrait_of(ctx, portrait, before.signed)? {
            Ok(portrait) => portrait,
            Err(advice) => return Ok(before.not_compared(advice)),
        };
        // No transaction is open here: looking takes as long as it takes.
        let capture = Arc::new(Capture { portrait, frames, assurance });
        let Before { document, fields, rules, consents, .. } = before;
        let picture = capture.portrait.for_authority();
        let asked = self.ask_authority(ctx, &rules, &consents, &fields, picture).await;
        // While the authority is silent nothing is compared: an attempt would be burnt for nothing, or given for nothing.
        let finding = match &asked {
            Some(asked) if asked.is_silent() => None,
            _ => Some(self.compare(&capture, rules.face_fmr_ppb.value).await?),
        };

        let keys = self.decision_keys(ctx).await?;
        let images = Images {
            portrait: capture.portrait.bytes.clone(),
            capture: capture.frames.first().cloned().unwrap_or_default(),
        };
        let portrait = capture.portrait.which;
        let found = Found { document, portrait, finding, asked, images };
        let mut used = Default::default();
        let answer = self.submit_found(ctx, verification, &found, &keys, &mut used).await;
        self.settle_keys(ctx, keys, used, &answer).await;
        answer
    }

    /// What must be there before anything is looked at.
    async fn before_capture(&self, ctx: &Ctx, verification: VerificationId) -> Result<Before, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let (application, row) = look_at_step(&mut tx, ctx, verification).await?;
        may_compare(&mut tx, &row).await?;
        let (document, facts) = document_facts(&mut tx, verification)
            .await?
            .ok_or(AppError::WrongState("no document was shown yet"))?;
        let rules = active_rules(&mut tx).await?;
        let agreed = tx.consents(verification).await?;
        let done = tx.face_findings(verification).await?.len();
        drop(tx);
        let consents = agreed.into_iter().filter(|c| c.withdrawn_at.is_none()).map(|c| c.kind).collect();
        let fields = fields_of(self, ctx, &row, Some(&document)).await?.ok_or(AppError::Erased)?;
        Ok(Before {
            document,
            fields,
            signed: facts.signed_portrait(),
            attempts_left: attempts_left(&rules, done),
            decided: Decided::of(&application),
            rules,
            consents,
        })
    }

    /// The one portrait of this request. What a signature was found good over is the only one that counts from then on;
    /// without it, a picture is this request's own and no other's. The inner error is advice.
    fn portrait_of(
        &self,
        ctx: &Ctx,
        shown: ShownPortrait,
        signed: Option<PortraitRef>,
    ) -> Result<Result<Portrait, Advice>, AppError> {
        match (shown, signed) {
            (ShownPortrait::Picture(bytes), None) => {
                Ok(Ok(Portrait { which: PortraitRef::Picture(ctx.id()), bytes }))
            }
            (ShownPortrait::Picture(_), Some(_)) => Ok(Err(Advice::UseChip)),
            (ShownPortrait::Chip(file), signed) => {
                let which = PortraitRef::Chip(self.portrait_mark(&Sha256::digest(&*file).into()));
                if signed != Some(which) {
                    let problem =
                        "not the data group 2 that a chip of this verification was found to be signed with";
                    return Err(AppError::invalid("chip_portrait", problem));
                }
                let read = Dg2::read(&file);
                let portrait =
                    |dg2: Dg2<'_>| Portrait { which, bytes: Zeroizing::new(dg2.portrait.to_vec()) };
                Ok(read.map(portrait).map_err(|_| Advice::ChooseOtherWay))
            }
        }
    }

    async fn compare(&self, capture: &Arc<Capture>, fmr_ppb: u32) -> Result<FaceFinding, AppError> {
        let (faces, capture) = (self.ports.faces.clone(), capture.clone());
        let compared = tokio::task::spawn_blocking(move || {
            let frames: Vec<&[u8]> = capture.frames.iter().map(|f| f.as_slice()).collect();
            faces.compare(capture.portrait.reference(), &frames, fmr_ppb, capture.assurance)
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
        let attempts_left = attempts_left(&rules, done);
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

fn attempts_left(rules: &Rules, done: usize) -> u32 {
    rules.face_attempts.value.saturating_sub(u32::try_from(done).unwrap_or(u32::MAX))
}

/// What a capture is held against.
struct Before {
    document: DocumentRow,
    fields: Fields,
    /// The chip's portrait, where one was found signed.
    signed: Option<PortraitRef>,
    attempts_left: u32,
    decided: Decided,
    rules: Rules,
    consents: Vec<ConsentKind>,
}

impl Before {
    /// The answer to a capture that nothing was done with.
    fn not_compared(self, advice: Advice) -> CaptureAnswer {
        CaptureAnswer {
            outcome: FaceOutcome::NotCompared.code().to_owned(),
            reasons: Vec::new(),
            advice: vec![advice.code().to_owned()],
            attempts_left: self.attempts_left,
            decided: self.decided,
        }
    }
}

/// The pictures of one request, each with one name.
struct Capture {
    portrait: Portrait,
    frames: Vec<Zeroizing<Vec<u8>>>,
    assurance: Assurance,
}

/// A portrait and its name, together from here on: whatever the authority or the face check finds about these bytes is
/// found about this portrait.
struct Portrait {
    which: PortraitRef,
    bytes: Zeroizing<Vec<u8>>,
}

impl Portrait {
    fn reference(&self) -> Reference<'_> {
        match self.which {
            PortraitRef::Picture(_) => Reference::Picture(&self.bytes),
            PortraitRef::Chip(_) | PortraitRef::Original => Reference::Portrait(&self.bytes),
        }
    }

    /// A signed portrait needs no second word, so the authority is not sent it.
    fn for_authority(&self) -> Option<(PortraitRef, &[u8])> {
        matches!(self.which, PortraitRef::Picture(_)).then_some((self.which, &self.bytes))
    }
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
