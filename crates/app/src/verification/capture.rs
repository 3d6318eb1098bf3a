//! `submit_capture`: document picture and live capture travel together and are compared in one request.
//!
//! Nothing of the face outlives the request, except where the rules let a referred case keep both for its reviewer.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use lineward_core::{
    application::ApplicationState,
    evidence::{Assurance, CheckResult, EvidenceClass, FaceFinding, FaceOutcome, FaceReason, PortraitRef},
    id::{ApplicationId, VerificationId},
    verification::{ConsentKind, DocumentCheck, DocumentFinding, DocumentReason, Way},
};
use lineward_document::Document;
use lineward_store::{
    Tx,
    rows::{DocumentFindingRow, DocumentRow, FaceFindingRow, NewJob, VerificationRow},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Advice, fields_of, look_at_step, open_step};
use crate::{
    App, AppError, Ctx,
    acting::Begun,
    application::{Decided, Images, Keys, active_rules, put_message},
    pass::after,
    ports::{AuthorityAnswer, AuthorityDown, IssuerMatch, Standing},
};

/// How soon a silent authority is asked for the first time again; later tries wait longer. Ours.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(30);

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
        let asked = self.ask_authority(&before.shown, &capture.document).await;
        // While the authority is silent nothing is compared: an attempt would be burnt for nothing, or given for nothing.
        let finding = match &asked {
            Some(Err(AuthorityDown)) => None,
            _ => Some(self.compare(&capture, before.fmr_ppb).await?),
        };

        let keys = self.decision_keys(ctx).await?;
        let images = Images {
            portrait: capture.document.clone(),
            capture: capture.frames.first().cloned().unwrap_or_default(),
        };
        // What the authority says of the portrait and what the face was compared with are this request's one picture.
        let portrait = PortraitRef::Picture(ctx.id());
        let found = Found { document: before.document, portrait, finding, asked, images };
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
        drop(tx);
        let fields = fields_of(self, ctx, &row, Some(&document)).await?.ok_or(AppError::Erased)?;
        let shown = fields.document(document.number_source);
        Ok(Before { document, shown, fmr_ppb: rules.face_fmr_ppb.value })
    }

    async fn ask_authority(
        &self,
        shown: &Document,
        portrait: &[u8],
    ) -> Option<Result<AuthorityAnswer, AuthorityDown>> {
        match &self.ports.authority {
            Some(authority) => Some(in_time(authority.ask(shown, Some(portrait))).await),
            None => None,
        }
    }

    /// Asks a silent authority again about the fields; the picture was not kept, so the applicant is told to send it again.
    /// `false`: it is still silent.
    pub(crate) async fn ask_authority_again(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
    ) -> Result<bool, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.application(application).await?.ok_or(AppError::NotFound)?;
        let verification = tx.verification(row.verification).await?.ok_or(AppError::NotFound)?;
        let Some(document) = tx.documents(verification.id).await?.pop() else { return Ok(true) };
        drop(tx);
        let Some(authority) = self.ports.authority.as_ref().filter(|_| row.state == ApplicationState::Open)
        else {
            return Ok(true);
        };
        let fields = fields_of(self, ctx, &verification, Some(&document)).await?.ok_or(AppError::Erased)?;
        let shown = fields.document(document.number_source);
        let Ok(answer) = in_time(authority.ask(&shown, None)).await else {
            return Ok(false);
        };
        let mut findings = authority_findings(ctx, &Ok(answer), None);
        findings.retain(|f| f.check != DocumentCheck::PortraitGenuine);
        let mut act =
            self.act(ctx, "ask_authority", format!("verification:{}", verification.id), None).await?;
        loop {
            let Begun::Fresh(mut tx) = act.begin::<()>().await? else { return Ok(true) };
            let outcome = async {
                // It may have been decided while the authority was asked; then its findings stay as they were.
                let now = tx.lock_application(application).await?.ok_or(AppError::NotFound)?;
                if now.state != ApplicationState::Open {
                    return Ok(());
                }
                for finding in &findings {
                    let row =
                        DocumentFindingRow { id: ctx.id(), document: document.id, finding: finding.clone() };
                    tx.insert_document_finding(verification.id, &row).await?;
                }
                put_message(&mut tx, ctx, &row, "continue_here").await
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer.map(|()| true);
            }
        }
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
        let (application, row) = open_step(tx, ctx, verification).await?;
        may_compare(tx, &row).await?;
        let rules = active_rules(tx).await?;
        if tx.documents(verification).await?.last().map(|d| d.id) != Some(found.document.id) {
            return Err(AppError::WrongState("another document was shown meanwhile; capture again"));
        }
        let findings = match &found.asked {
            Some(answer) => authority_findings(ctx, answer, Some(found.portrait)),
            None => Vec::new(),
        };
        let down = matches!(found.asked, Some(Err(AuthorityDown)));
        for finding in findings {
            let row = DocumentFindingRow { id: ctx.id(), document: found.document.id, finding };
            tx.insert_document_finding(verification, &row).await?;
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
        if down {
            let earlier = tx.document_findings(found.document.id).await?;
            let outage =
                earlier.iter().map(|f| &f.finding).filter(|f| f.reason == Some(DocumentReason::ServiceDown));
            let outage = outage.map(|f| f.at.as_microsecond()).min().unwrap_or_default();
            // Tried again for the rules' time, then a person decides: never approved, never refused.
            tx.put_job(&NewJob {
                id: ctx.id(),
                kind: "ask_authority".into(),
                subject: format!("authority:{verification}"),
                payload: serde_json::json!({ "application": application.id.uuid() }).to_string(),
                run_at: after(ctx.now, ASK_AGAIN_AFTER)?,
                dedupe_key: Some(format!("authority:{}:{outage}", found.document.id)),
            })
            .await?;
            let minutes = SignedDuration::from_mins(i64::from(rules.service_retry_minutes.value));
            let run_at = after(ctx.now, minutes)?;
            tx.put_job(&NewJob {
                id: ctx.id(),
                kind: "service_deadline".into(),
                subject: format!("service:{verification}"),
                payload: serde_json::json!({ "application": application.id.uuid() }).to_string(),
                run_at,
                dedupe_key: Some(format!("service:{}:{outage}", found.document.id)),
            })
            .await?;
        }
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
        if down {
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

/// An authority that takes longer is silent: the person waits before a page, the worker has other work.
const AUTHORITY_ANSWERS_WITHIN: Duration = Duration::from_secs(10);

async fn in_time(
    asked: impl Future<Output = Result<AuthorityAnswer, AuthorityDown>>,
) -> Result<AuthorityAnswer, AuthorityDown> {
    tokio::time::timeout(AUTHORITY_ANSWERS_WITHIN, asked).await.unwrap_or(Err(AuthorityDown))
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
    shown: Document,
    fmr_ppb: u32,
}

/// What was found before the transaction.
struct Found {
    document: DocumentRow,
    portrait: PortraitRef,
    finding: Option<FaceFinding>,
    asked: Option<Result<AuthorityAnswer, AuthorityDown>>,
    images: Images,
}

/// The findings of an authority's answer, or of its silence. What it says of a portrait is said of `portrait`, the picture
/// that it was sent.
fn authority_findings(
    ctx: &Ctx,
    answer: &Result<AuthorityAnswer, AuthorityDown>,
    portrait: Option<PortraitRef>,
) -> Vec<DocumentFinding> {
    let found = |check, result, reason| DocumentFinding {
        check,
        result,
        class: EvidenceClass::Authority,
        reason,
        portrait: portrait.filter(|_| check == DocumentCheck::PortraitGenuine),
        at: ctx.now,
    };
    let matched = |check, answer| match answer {
        IssuerMatch::Match => found(check, CheckResult::Pass, None),
        IssuerMatch::NoMatch => found(check, CheckResult::Fail, Some(DocumentReason::AuthorityDiffers)),
        IssuerMatch::NotOffered => found(check, CheckResult::NotChecked, Some(DocumentReason::NotOffered)),
    };
    match answer {
        Err(AuthorityDown) => {
            [DocumentCheck::FieldsGenuine, DocumentCheck::Valid, DocumentCheck::PortraitGenuine]
                .map(|check| found(check, CheckResult::NotChecked, Some(DocumentReason::ServiceDown)))
                .into()
        }
        Ok(answer) => {
            let standing = match answer.standing {
                Standing::Valid => found(DocumentCheck::Valid, CheckResult::Pass, None),
                Standing::NotValid => {
                    found(DocumentCheck::Valid, CheckResult::Fail, Some(DocumentReason::Revoked))
                }
                Standing::ReportedLost => {
                    found(DocumentCheck::Valid, CheckResult::Fail, Some(DocumentReason::ReportedLost))
                }
                Standing::NoRecord => {
                    found(DocumentCheck::Valid, CheckResult::NotChecked, Some(DocumentReason::NoRecord))
                }
            };
            vec![
                matched(DocumentCheck::FieldsGenuine, answer.fields),
                standing,
                matched(DocumentCheck::PortraitGenuine, answer.portrait),
            ]
        }
    }
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
