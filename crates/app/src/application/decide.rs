//! `decide`: the machine approves, or sends the application to a person.

use jiff::SignedDuration;
use lineward_core::{
    application::{self, ApplicationState, Decision, ReferralReason},
    id::ApplicationId,
    line::{LineEvent, LineState},
    proof::{self, Approval},
    rules::{KeepImages, Rules},
    verification::{ConsentKind, Facts, Way},
};
use lineward_ledger::{DecidedBy, Outcome};
use lineward_store::{
    StoreError, Tx,
    rows::{ApplicationRow, DocumentRow, EvidenceRow, HoldingRow, LineRow, NewJob, VerificationRow},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Deciding, active_rules, facts_in, holder::holder_in, write_record};
use crate::{
    App, AppError, Ctx,
    acting::Begun,
    secrets::{FreshKey, seal},
    verification::{Fields, fields_of},
};

/// The answer to `decide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Where the application stands now.
    pub state: String,
    /// Why it went to a person.
    pub reasons: Vec<String>,
}

impl Decided {
    pub(crate) fn of(application: &ApplicationRow) -> Decided {
        Decided {
            state: application.state.code().to_owned(),
            reasons: application.reasons.iter().map(|r| r.code().to_owned()).collect(),
        }
    }
}

/// Keys that a decision may come to need; those it did not need are destroyed again.
pub(crate) struct Keys {
    receipt: FreshKey,
    party: FreshKey,
    images: FreshKey,
}

/// Which of [`Keys`] a committed transaction came to need.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Used {
    receipt: bool,
    party: bool,
    images: bool,
}

/// Portrait and capture of one request, wiped when dropped.
pub(crate) struct Images {
    pub(crate) portrait: Zeroizing<Vec<u8>>,
    pub(crate) capture: Zeroizing<Vec<u8>>,
}

impl App {
    /// Decides an open application from what was found so far. One that is no longer open keeps its decision.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::NoRules`].
    pub async fn decide(&self, ctx: &Ctx, application: ApplicationId) -> Result<Decided, AppError> {
        let row = self.store.read(ctx.carrier).await?.application(application).await?;
        match row {
            Some(row) => {
                ctx.acts_for(&row)?;
                // A referral is a person's to decide, and a decision stands.
                if row.state != ApplicationState::Open {
                    return Ok(Decided::of(&row));
                }
            }
            None => ctx.applies(application).and(Err(AppError::NotFound))?,
        }
        let keys = self.decision_keys(ctx).await?;
        let mut used = Used::default();
        let answer = self.decide_with(ctx, application, &keys, &mut used).await;
        self.settle_keys(ctx, keys, used, &answer).await;
        answer
    }

    async fn decide_with(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        keys: &Keys,
        used: &mut Used,
    ) -> Result<Decided, AppError> {
        let mut act = self.act(ctx, "decide", format!("application:{application}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok(earlier),
            };
            *used = Used::default();
            let outcome = self.decide_in(&mut tx, ctx, application, keys, used, None).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    /// The keys that a decision may need, made before its transaction.
    pub(crate) async fn decision_keys(&self, ctx: &Ctx) -> Result<Keys, AppError> {
        Ok(Keys {
            receipt: self.fresh_key(ctx).await?,
            party: self.fresh_key(ctx).await?,
            images: self.fresh_key(ctx).await?,
        })
    }

    /// Destroys the keys that were not needed. When nobody knows whether the commit took place, all are kept: `check`
    /// destroys those that turn out to be unused.
    pub(crate) async fn settle_keys<T>(
        &self,
        ctx: &Ctx,
        keys: Keys,
        used: Used,
        answer: &Result<T, AppError>,
    ) {
        if matches!(answer, Err(AppError::Store(StoreError::CommitUnknown))) {
            return;
        }
        let used = if answer.is_ok() { used } else { Used::default() };
        for (key, needed) in
            [(keys.receipt, used.receipt), (keys.party, used.party), (keys.images, used.images)]
        {
            if !needed {
                self.give_back(ctx, key).await;
            }
        }
    }

    /// Decides inside the caller's transaction. `images` are those of the request that asks, held only for a referral
    /// under rules that allow it and with the applicant's consent.
    pub(crate) async fn decide_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        application: ApplicationId,
        keys: &Keys,
        used: &mut Used,
        images: Option<&Images>,
    ) -> Result<Decided, AppError> {
        let mut row = tx.lock_application(application).await?.ok_or(AppError::NotFound)?;
        if row.state.is_final() {
            return Ok(Decided::of(&row));
        }
        let verification =
            tx.verification(row.verification).await?.ok_or(AppError::Broken("no verification"))?;
        let line = tx.lock_line(row.line).await?.ok_or(AppError::Broken("no line"))?;
        let rules = active_rules(tx).await?;
        let (facts, document) = facts_in(tx, &verification, line.kind.group(), &rules).await?;
        let fields = fields_of(self, ctx, &verification, document.as_ref()).await?;
        row.rules_decided = Some(*rules.hash());
        // Without a document or a consent there is nothing to look at, for a machine or a person: the step is still open.
        if row.state == ApplicationState::Open
            && (facts.document.is_none() || proof::consent(&facts).is_err())
        {
            return Err(AppError::WrongState("agree to the checks and show a document first"));
        }

        let decision = application::decide(ctx.now, &facts, &rules);
        // A check that said no stays a matter for people: a later sighting adds to it and does not undo it.
        let failed: Vec<ReferralReason> =
            row.reasons.iter().copied().filter(|r| r.is_failed_check()).collect();
        let (outcome, reasons) = match decision {
            Decision::Approve(proofs) if failed.is_empty() => {
                let document = document.ok_or(AppError::Broken("approved without a document"))?;
                let approval = Approval::Machine(*proofs);
                used.party = approve_in(
                    self,
                    tx,
                    ctx,
                    &rules,
                    &mut row,
                    &verification,
                    line,
                    &document,
                    fields.as_ref(),
                    &approval,
                    &keys.party,
                    &facts,
                )
                .await?;
                (Outcome::Approved, Vec::new())
            }
            Decision::Approve(_) => (Outcome::Referred, failed),
            Decision::Refer(mut reasons) => {
                reasons.extend(failed.into_iter().filter(|f| !reasons.contains(f)).collect::<Vec<_>>());
                (Outcome::Referred, reasons)
            }
        };
        if outcome == Outcome::Referred {
            let again = row.state == ApplicationState::Referred && row.reasons == reasons;
            refer_in(tx, ctx, &mut row, &reasons).await?;
            if again {
                return Ok(Decided::of(&row));
            }
            if let Some(images) = images {
                used.images =
                    hold_images(tx, ctx, &verification, &rules, &facts, images, &keys.images).await?;
            }
        }
        let deciding = Deciding {
            application: &row,
            rules: &rules,
            facts: &facts,
            fields: fields.as_ref(),
            outcome,
            reasons: Deciding::words(&reasons),
            decided_by: DecidedBy::Machine,
            proposal_hash: None,
        };
        write_record(self, tx, ctx, &deciding, &keys.receipt).await?;
        used.receipt = true;
        Ok(Decided::of(&row))
    }
}

impl Keys {
    pub(crate) const fn receipt(&self) -> &FreshKey {
        &self.receipt
    }
    pub(crate) const fn party(&self) -> &FreshKey {
        &self.party
    }
}

impl Used {
    pub(crate) const fn set(&mut self, receipt: bool, party: bool) {
        self.receipt = receipt;
        self.party = party;
    }
}

async fn refer_in(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &mut ApplicationRow,
    reasons: &[ReferralReason],
) -> Result<(), AppError> {
    let first = row.state == ApplicationState::Open;
    row.state = ApplicationState::Referred;
    row.reasons = reasons.to_vec();
    row.referred_at = row.referred_at.or(Some(ctx.now));
    tx.update_application(row).await?;
    if first {
        put_message(tx, ctx, row, "referred").await?;
    }
    Ok(())
}

/// Seals portrait and capture for the reviewer, if rules and applicant allow it.
async fn hold_images(
    tx: &mut Tx,
    ctx: &Ctx,
    verification: &VerificationRow,
    rules: &Rules,
    facts: &Facts,
    images: &Images,
    key: &FreshKey,
) -> Result<bool, AppError> {
    let (KeepImages::UntilDecided, Some(hours)) = (rules.keep_images.value, &rules.keep_images_hours) else {
        return Ok(false);
    };
    if facts.way != Way::Face || !facts.consents.contains(&ConsentKind::KeepImages) {
        return Ok(false);
    }
    let erase_at = ctx
        .now
        .checked_add(SignedDuration::from_hours(i64::from(hours.value)))
        .map_err(|_| AppError::Broken("the clock is out of range"))?;
    for (class, bytes) in [("portrait", &images.portrait), ("capture", &images.capture)] {
        let id = ctx.id::<lineward_core::id::kind::Evidence>();
        tx.insert_evidence(&EvidenceRow {
            id,
            verification: verification.id,
            class: class.into(),
            key: key.id,
            body: seal(ctx, &key.key, "evidence", id.as_bytes(), "body", bytes),
            erase_at,
            legal_hold: false,
        })
        .await?;
    }
    tx.put_job(&NewJob {
        id: ctx.id(),
        kind: "erase_due".into(),
        subject: format!("erase:{}", verification.id),
        payload: "{}".into(),
        run_at: erase_at,
        dedupe_key: None,
    })
    .await?;
    Ok(true)
}

/// Opens the line: state, party, holding, cap and jobs, all in the deciding transaction. Says whether the party key came
/// to be used.
#[allow(clippy::too_many_arguments, reason = "the parts of one approval, each read once by the caller")]
pub(crate) async fn approve_in(
    app: &App,
    tx: &mut Tx,
    ctx: &Ctx,
    rules: &Rules,
    row: &mut ApplicationRow,
    verification: &VerificationRow,
    mut line: LineRow,
    document: &DocumentRow,
    fields: Option<&Fields>,
    approval: &Approval,
    party_key: &FreshKey,
    facts: &Facts,
) -> Result<bool, AppError> {
    line.state = line.state.approve(approval)?;
    line.state_at = ctx.now;
    tx.update_line(&line).await?;

    let (party, used) = holder_in(app, tx, ctx, rules, verification, document, fields, party_key).await?;
    tx.set_subject(verification.id, party).await?;
    tx.insert_holding(&HoldingRow {
        id: ctx.id(),
        line: line.id,
        party,
        from_at: ctx.now,
        to_at: None,
        basis: row.id,
    })
    .await?;
    tx.set_cap(&document.identity_index, line.kind.group(), facts.lines_held + 1).await?;

    row.state = ApplicationState::Approved;
    row.decided_at = Some(ctx.now);
    row.effective_at = Some(ctx.now);
    tx.update_application(row).await?;
    tx.put_job(&NewJob {
        id: ctx.id(),
        kind: "provision_line".into(),
        subject: format!("line:{}", line.id),
        payload: serde_json::json!({ "application": row.id.uuid(), "line": line.id.uuid() }).to_string(),
        run_at: ctx.now,
        dedupe_key: Some(format!("provision:{}", row.id)),
    })
    .await?;
    end_case(tx, ctx, row, "approved").await?;
    Ok(used)
}

/// Ends an application without a line.
pub(crate) async fn end_in(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &mut ApplicationRow,
    mut line: LineRow,
    state: ApplicationState,
) -> Result<(), AppError> {
    line.state = line.state.after(LineEvent::Drop)?;
    debug_assert_eq!(line.state, LineState::Released);
    line.state_at = ctx.now;
    tx.update_line(&line).await?;
    row.state = state;
    row.decided_at = Some(ctx.now);
    row.effective_at = Some(ctx.now);
    tx.update_application(row).await?;
    if state == ApplicationState::Withdrawn {
        tx.withdraw_consents(row.verification, ctx.now).await?;
    }
    end_case(tx, ctx, row, state.code()).await
}

/// What follows every ending: the images' key dies at once, the message goes out, then the case's key dies.
async fn end_case(tx: &mut Tx, ctx: &Ctx, row: &ApplicationRow, message: &str) -> Result<(), AppError> {
    let payload = serde_json::json!({ "verification": row.verification.uuid() }).to_string();
    let job = |kind: &str, subject: String| NewJob {
        id: ctx.id(),
        kind: kind.into(),
        subject,
        payload: payload.clone(),
        run_at: ctx.now,
        dedupe_key: None,
    };
    tx.put_job(&job("erase_images", format!("images:{}", row.verification))).await?;
    put_message(tx, ctx, row, message).await?;
    tx.put_job(&job("erase_case", format!("messages:{}", row.verification))).await?;
    Ok(())
}

pub(crate) async fn put_message(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &ApplicationRow,
    message: &str,
) -> Result<(), AppError> {
    tx.put_job(&NewJob {
        id: ctx.id(),
        kind: "notify".into(),
        subject: format!("messages:{}", row.verification),
        payload: serde_json::json!({ "application": row.id.uuid(), "message": message }).to_string(),
        run_at: ctx.now,
        dedupe_key: None,
    })
    .await?;
    Ok(())
}
