//! Looking at an application: what its applicant and the carrier's system may see.

use jiff::Timestamp;
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    evidence::FaceOutcome,
    id::{ApplicationId, LineId, VerificationId},
    line::{LineKind, LineState, Payment},
    verdict::{DocumentVerdict, verdict},
    verification::{ApplicantKind, Channel, ConsentKind, Way},
};
use lineward_store::{Tx, rows::ApplicationRow};

use super::{active_rules, document_facts};
use crate::{Actor, App, AppError, Ctx};

/// An application as its applicant sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationView {
    /// The application.
    pub id: ApplicationId,
    /// Its verification.
    pub verification: VerificationId,
    /// The line it asks for.
    pub line: LineId,
    /// The public reference.
    pub reference: String,
    /// Where it stands.
    pub state: ApplicationState,
    /// Why it went to a person.
    pub reasons: Vec<ReferralReason>,
    /// The chosen way.
    pub way: Way,
    /// Who applies.
    pub applicant: ApplicantKind,
    /// Where it takes place.
    pub channel: Channel,
    /// The person's language.
    pub language: String,
    /// What line.
    pub kind: LineKind,
    /// How it is paid.
    pub payment: Payment,
    /// Where the line stands.
    pub line_state: LineState,
    /// The consents that stand.
    pub consents: Vec<ConsentKind>,
    /// Whether images of a referred case may be kept for the reviewer.
    pub may_keep_images: bool,
    /// What is known of the document that was shown last.
    pub verdict: Option<DocumentVerdict>,
    /// Whether a capture is compared with the chip's portrait, whose file then comes with it.
    pub chip_portrait: bool,
    /// The next step of an open application.
    pub next: Option<Step>,
    /// Completed comparisons that may still follow before a non-match goes to a person.
    pub attempts_left: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it lapses if left unfinished.
    pub lapses_at: Timestamp,
    /// Until when it waits for an authority that does not answer; then a person decides.
    pub provisional_until: Option<Timestamp>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

lineward_core::codes! {
    /// The steps of an application. Every step can be entered again until the application is decided.
    pub enum Step {
        /// Agree to the checks.
        Consent = "consent",
        /// Show the document.
        Document = "document",
        /// Photograph document and face.
        Capture = "capture",
        /// Bring the original to a desk or shop.
        Sighting = "sighting",
    }
}

impl App {
    /// One application.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when it is not there or not this actor's.
    pub async fn application(&self, ctx: &Ctx, id: ApplicationId) -> Result<ApplicationView, AppError> {
        ctx.sees(id)?;
        if matches!(ctx.actor, Actor::Staff { .. } | Actor::Token { .. }) {
            self.record_read(ctx, "read_application", format!("application:{id}"), None).await?;
        }
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.application(id).await?.ok_or(AppError::NotFound)?;
        view(&mut tx, ctx.now, row).await
    }

    /// The application of a verification; who may not see it learns nothing.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn application_of(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
    ) -> Result<ApplicationId, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.application_of(verification).await?.ok_or(AppError::NotFound)?;
        ctx.sees(row.id)?;
        Ok(row.id)
    }
}

pub(crate) async fn view(
    tx: &mut Tx,
    now: Timestamp,
    row: ApplicationRow,
) -> Result<ApplicationView, AppError> {
    let v = tx.verification(row.verification).await?.ok_or(AppError::Broken("no verification"))?;
    let line = tx.line(row.line).await?.ok_or(AppError::Broken("no line"))?;
    let rules = active_rules(tx).await?;
    let consents: Vec<ConsentKind> =
        tx.consents(v.id).await?.iter().filter(|c| c.withdrawn_at.is_none()).map(|c| c.kind).collect();
    let document = document_facts(tx, v.id).await?.map(|(_, facts)| facts);
    let today = now.to_zoned_datetime(rules.zone.clone()).date();
    let compared = tx.face_findings(v.id).await?;
    let used = compared.iter().filter(|f| f.finding.outcome != FaceOutcome::NotCompared).count();
    let agreed = consents.contains(&ConsentKind::Identity)
        && (v.way == Way::OtherWay || consents.contains(&ConsentKind::Face));
    let next = match (row.state, v.way) {
        (ApplicationState::Open, _) if !agreed => Some(Step::Consent),
        (ApplicationState::Open, Way::OtherWay) => Some(Step::Sighting),
        (ApplicationState::Open, Way::Face) if document.is_none() => Some(Step::Document),
        (ApplicationState::Open, Way::Face) => Some(Step::Capture),
        _ => None,
    };
    Ok(ApplicationView {
        id: row.id,
        verification: v.id,
        line: line.id,
        reference: row.reference,
        state: row.state,
        reasons: row.reasons,
        way: v.way,
        applicant: v.applicant,
        channel: v.channel,
        language: v.language,
        kind: line.kind,
        payment: line.payment,
        line_state: line.state,
        consents,
        verdict: document.as_ref().map(|facts| verdict(facts, today)),
        chip_portrait: document.is_some_and(|facts| facts.signed_portrait().is_some()),
        may_keep_images: rules.keep_images_hours.is_some(),
        next,
        attempts_left: rules.face_attempts.value.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX)),
        opened_at: row.opened_at,
        lapses_at: row.lapses_at,
        provisional_until: row.provisional_until,
        decided_at: row.decided_at,
    })
}
