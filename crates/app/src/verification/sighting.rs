//! `record_sighting`: the other way. A staff member has the original in hand and the person before them.

use lineward_core::{
    application::ApplicationState,
    evidence::{CheckResult, EvidenceClass, PortraitRef},
    id::ApplicationId,
    staff::Role,
    verification::{ConsentKind, DocumentCheck, DocumentFinding, DocumentReason, Way},
};
use lineward_store::{Tx, keyed_index, rows::SightingRow};

use super::{ShownDocument, document};
use crate::{
    App, AppError, Ctx,
    acting::Begun,
    application::{Decided, Keys, Used},
};

/// What the staff member saw.
#[derive(Clone)]
pub struct RecordSighting {
    /// The document, as read from the original.
    pub shown: ShownDocument,
    /// Whether the original is genuine as far as it can be examined.
    pub original_genuine: bool,
    /// Whether the person is the one on the portrait.
    pub person_matches: bool,
}

impl App {
    /// Records a sighting and decides. It also answers a referral: then the application leaves the face way, and checks
    /// that failed before stay for the reviewer.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for fields that cannot be; [`AppError::NotAllowed`] for who is not an agent or applies
    /// themselves; [`AppError::WrongState`] when it is decided.
    pub async fn record_sighting(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        sighting: &RecordSighting,
    ) -> Result<Decided, AppError> {
        ctx.staff(&[Role::Agent])?;
        let today = ctx.now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let mut read = document::read(ctx, &sighting.shown, today)?.ok_or_else(|| {
            AppError::invalid("mrz", "not a machine-readable zone; type every line, with all <")
        })?;
        read.findings.extend(seen(ctx, sighting));
        let keys = self.decision_keys(ctx).await?;
        let mut used = Used::default();
        let answer = self.sight(ctx, application, sighting, &read, &keys, &mut used).await;
        self.settle_keys(ctx, keys, used, &answer).await;
        answer
    }

    async fn sight(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        sighting: &RecordSighting,
        read: &document::Read,
        keys: &Keys,
        used: &mut Used,
    ) -> Result<Decided, AppError> {
        let mut act = self.act(ctx, "record_sighting", format!("application:{application}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok(earlier),
            };
            *used = Used::default();
            let outcome = self.sight_in(&mut tx, ctx, application, sighting, read, keys, used).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one call site, every part used")]
    async fn sight_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        application: ApplicationId,
        sighting: &RecordSighting,
        read: &document::Read,
        keys: &Keys,
        used: &mut Used,
    ) -> Result<Decided, AppError> {
        let staff = ctx.staff(&[Role::Agent])?;
        let row = tx.lock_application(application).await?.ok_or(AppError::NotFound)?;
        if row.state.is_final() {
            return Err(AppError::WrongState("the application is decided"));
        }
        let verification =
            tx.verification(row.verification).await?.ok_or(AppError::Broken("no verification"))?;
        if row.state == ApplicationState::Open && verification.way != Way::OtherWay {
            return Err(AppError::WrongState(
                "the applicant chose the face check; they can change that on their page",
            ));
        }
        let agreed = tx.consents(row.verification).await?;
        if !agreed.iter().any(|c| c.kind == ConsentKind::Identity && c.withdrawn_at.is_none()) {
            return Err(AppError::WrongState(
                "the applicant has not agreed to the check of the document yet",
            ));
        }
        // Nobody sights their own document.
        let identity = read.fields.identity();
        let index = keyed_index(&self.secrets.index, &identity.scheme, &identity.country, &identity.number);
        let me = tx.staff(staff).await?.ok_or(AppError::NotAllowed)?;
        if me.identity_index == Some(index) {
            return Err(AppError::NotAllowed);
        }
        tx.set_way(row.verification, Way::OtherWay).await?;
        let document = self.store_document(tx, ctx, &verification, read).await?;
        let person_matches = if sighting.person_matches { CheckResult::Pass } else { CheckResult::Fail };
        tx.insert_sighting(
            row.verification,
            &SightingRow { id: ctx.id(), document, staff, person_matches, at: ctx.now },
        )
        .await?;
        self.decide_in(tx, ctx, application, keys, used, None).await
    }
}

fn seen(ctx: &Ctx, sighting: &RecordSighting) -> Vec<DocumentFinding> {
    let found = |check, good: bool, reason| DocumentFinding {
        check,
        result: if good { CheckResult::Pass } else { CheckResult::Fail },
        class: EvidenceClass::Sighted,
        reason: (!good).then_some(reason),
        portrait: (check == DocumentCheck::PortraitGenuine).then_some(PortraitRef::Original),
        at: ctx.now,
    };
    vec![
        found(DocumentCheck::FieldsGenuine, sighting.original_genuine, DocumentReason::OriginalDoubted),
        found(DocumentCheck::Valid, sighting.original_genuine, DocumentReason::OriginalDoubted),
        found(DocumentCheck::PortraitGenuine, sighting.original_genuine, DocumentReason::OriginalDoubted),
    ]
}
