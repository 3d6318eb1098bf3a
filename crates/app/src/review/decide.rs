//! `review` and `sign`: a person decides a referral; refusing, and approving against a failed check, takes two.

use lineward_core::{
    application::{self, ApplicationState, Decision, ReferralReason},
    id::{ApplicationId, StaffId},
    proof::{self, Approval},
    review::{self, Proposal, ReviewAction, ReviewReason, Signed, Signer},
    staff::Role,
    verification::Facts,
};
use lineward_ledger::{DecidedBy, Outcome};
use lineward_store::{
    Tx,
    rows::{ApplicationRow, DocumentRow, ProposalRow, VerificationRow},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::case::core_proposal;
use crate::{
    Actor, App, AppError, Ctx,
    acting::Begun,
    application::{
        Deciding, Keys, Used, active_rules, approve_in, end_in, facts_in, findings_hash, write_record,
    },
    secrets::seal,
    verification::fields_of,
};

/// What a reviewer decides.
#[derive(Debug, Clone)]
pub struct Review {
    /// The coded reason, which names the action.
    pub reason: ReviewReason,
    /// What else there is to say; sealed, gone with the case.
    pub note: String,
    /// Names the findings that the reviewer was shown.
    pub findings_hash: [u8; 32],
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// Where the application stands now.
    pub state: String,
    /// The hash that a second person must sign, when one is needed.
    pub waiting_for_second: Option<String>,
}

enum Act<'a> {
    Review(&'a Review),
    Sign(&'a [u8; 32]),
}

impl App {
    /// Decides a referral, or proposes the decision where a second person must sign it.
    ///
    /// # Errors
    /// [`AppError::Sign`] with who may not and why; [`AppError::WrongState`].
    pub async fn review(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        review: &Review,
    ) -> Result<Reviewed, AppError> {
        let note = review.note.trim();
        if note.chars().count() < 3 || note.chars().count() > 2_000 {
            return Err(AppError::invalid(
                "note",
                "3 to 2000 characters that say what the decision rests on",
            ));
        }
        self.review_or_sign(ctx, application, "review", Act::Review(review)).await
    }

    /// Completes a proposal with a second person's signature over its hash.
    ///
    /// # Errors
    /// [`AppError::Sign`] with who may not and why; [`AppError::NotFound`] without a proposal.
    pub async fn sign(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        hash: &[u8; 32],
    ) -> Result<Reviewed, AppError> {
        self.review_or_sign(ctx, application, "sign_review", Act::Sign(hash)).await
    }

    async fn review_or_sign(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        verb: &str,
        act: Act<'_>,
    ) -> Result<Reviewed, AppError> {
        ctx.staff(&[Role::Reviewer])?;
        let keys = self.decision_keys(ctx).await?;
        let mut used = Used::default();
        let answer = self.run_review(ctx, application, verb, act, &keys, &mut used).await;
        self.settle_keys(ctx, keys, used, &answer).await;
        answer
    }

    async fn run_review(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        verb: &str,
        what: Act<'_>,
        keys: &Keys,
        used: &mut Used,
    ) -> Result<Reviewed, AppError> {
        let mut act = self.act(ctx, verb, format!("application:{application}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok(earlier),
            };
            *used = Used::default();
            let outcome = self.review_in(&mut tx, ctx, application, &what, keys, used).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    async fn review_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        application: ApplicationId,
        what: &Act<'_>,
        keys: &Keys,
        used: &mut Used,
    ) -> Result<Reviewed, AppError> {
        let me = ctx.staff(&[Role::Reviewer])?;
        let mut row = tx.lock_application(application).await?.ok_or(AppError::NotFound)?;
        if row.state != ApplicationState::Referred {
            return Err(AppError::WrongState("the application is not referred"));
        }
        let verification =
            tx.verification(row.verification).await?.ok_or(AppError::Broken("no verification"))?;
        let line = tx.lock_line(row.line).await?.ok_or(AppError::Broken("no line"))?;
        let rules = active_rules(tx).await?;
        let (facts, document) = facts_in(tx, &verification, line.kind.group(), &rules).await?;
        let hash = findings_hash(&facts);
        let signed_in = matches!(ctx.actor, Actor::Staff { .. });
        let me_signing = signer(tx, me, signed_in, &row, document.as_ref()).await?;
        let open = tx.open_proposal(application).await?;
        // What was said at the referral, and what is true by now: a document may have expired meanwhile.
        let seen = row.reasons.clone();
        let by_now = match application::decide(ctx.now, &facts, &rules) {
            Decision::Refer(reasons) => reasons,
            Decision::Approve(_) => Vec::new(),
        };
        let bars_approval = by_now.iter().any(|r| r.bars_approval());
        row.reasons.extend(by_now.into_iter().filter(|r| !seen.contains(r)));

        let (signed, proposal_row) = match what {
            Act::Review(review) => {
                if row.claimed_by != Some(me) {
                    return Err(AppError::WrongState("claim the case first"));
                }
                if review.findings_hash != hash {
                    return Err(AppError::Sign(review::SignRefused::FindingsChanged));
                }
                if review.reason.action() == ReviewAction::Approve && bars_approval {
                    return Err(AppError::WrongState(
                        "without consent, document or place under the cap nobody can approve",
                    ));
                }
                if let Some(mut earlier) = open {
                    earlier.void_at = Some(ctx.now);
                    tx.update_proposal(&earlier).await?;
                }
                let fresh = self.propose(tx, ctx, &row, &verification, review, me, hash).await?;
                let proposal = core_proposal(&fresh);
                if review::needs_second(review.reason.action(), &row.reasons) {
                    review::may_propose(&me_signing)?;
                    let waiting_for_second = Some(hex::encode(proposal.hash()));
                    return Ok(Reviewed { state: row.state.code().to_owned(), waiting_for_second });
                }
                (review::decide_alone(&me_signing, proposal, &row.reasons)?, fresh)
            }
            Act::Sign(signed_hash) => {
                let open = open.ok_or(AppError::NotFound)?;
                let first = tx.staff(open.proposed_by).await?.ok_or(AppError::Broken("no proposer"))?;
                let in_office = first.disabled_at.is_none() && first.roles.contains(&Role::Reviewer);
                let first = signer(tx, first.id, in_office, &row, document.as_ref()).await?;
                let proposal: Proposal = core_proposal(&open);
                (review::may_sign(ctx.now, &me_signing, &first, &proposal, signed_hash, &hash)?, open)
            }
        };
        self.carry_out(
            tx,
            ctx,
            row,
            verification,
            line,
            &facts,
            document,
            &rules,
            &signed,
            proposal_row,
            keys,
            used,
        )
        .await
    }

    #[allow(clippy::too_many_arguments, reason = "one call site, every part used")]
    async fn propose(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        row: &ApplicationRow,
        verification: &VerificationRow,
        review: &Review,
        me: StaffId,
        findings_hash: [u8; 32],
    ) -> Result<ProposalRow, AppError> {
        let id = ctx.id::<lineward_core::id::kind::Proposal>();
        let key = self.key(ctx, verification.case_key).await?;
        let note = review.note.trim().as_bytes();
        let proposal = ProposalRow {
            id,
            application: row.id,
            reason: review.reason,
            note: seal(ctx, &key, "proposal", id.as_bytes(), "note", note),
            note_hash: Sha256::digest(note).into(),
            findings_hash,
            proposed_by: me,
            proposed_at: ctx.now,
            signed_by: None,
            done_at: None,
            void_at: None,
        };
        tx.insert_proposal(&proposal).await?;
        Ok(proposal)
    }

    #[allow(clippy::too_many_arguments, reason = "one call site, every part used")]
    async fn carry_out(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        mut row: ApplicationRow,
        verification: VerificationRow,
        line: lineward_store::rows::LineRow,
        facts: &Facts,
        document: Option<DocumentRow>,
        rules: &lineward_core::rules::Rules,
        signed: &Signed,
        mut proposal: ProposalRow,
        keys: &Keys,
        used: &mut Used,
    ) -> Result<Reviewed, AppError> {
        let people = signed.people();
        proposal.signed_by = people.get(1).copied();
        proposal.done_at = Some(ctx.now);
        tx.update_proposal(&proposal).await?;
        let fields = fields_of(self, ctx, &verification, document.as_ref()).await?;
        row.rules_decided = Some(*rules.hash());
        let mut party_used = false;
        let outcome = match proposal.reason.action() {
            ReviewAction::Approve => {
                let document = document.ok_or(AppError::WrongState("no document was shown"))?;
                let consent = proof::consent(facts).map_err(|_| barred(ReferralReason::ConsentMissing))?;
                let cap = proof::within_cap(facts).map_err(|_| barred(ReferralReason::OverCap))?;
                let approval = Approval::People { signed: signed.clone(), consent, cap };
                party_used = approve_in(
                    self,
                    tx,
                    ctx,
                    rules,
                    &mut row,
                    &verification,
                    line,
                    &document,
                    fields.as_ref(),
                    &approval,
                    keys.party(),
                    facts,
                )
                .await?;
                Outcome::Approved
            }
            ReviewAction::Refuse => {
                end_in(tx, ctx, &mut row, line, ApplicationState::Refused).await?;
                Outcome::Refused
            }
        };
        let deciding = Deciding {
            application: &row,
            rules,
            facts,
            fields: fields.as_ref(),
            outcome,
            reasons: std::iter::once(proposal.reason.code()).chain(Deciding::words(&row.reasons)).collect(),
            proposal_hash: (people.len() > 1).then(|| signed.proposal().hash()),
            decided_by: DecidedBy::Person(people),
        };
        write_record(self, tx, ctx, &deciding, keys.receipt()).await?;
        used.set(true, party_used);
        Ok(Reviewed { state: row.state.code().to_owned(), waiting_for_second: None })
    }
}

fn barred(reason: ReferralReason) -> AppError {
    AppError::WrongState(match reason {
        ReferralReason::OverCap => "the applicant holds as many lines as the rules allow",
        _ => "a consent is missing",
    })
}

async fn signer(
    tx: &mut Tx,
    me: StaffId,
    signed_in: bool,
    row: &ApplicationRow,
    document: Option<&DocumentRow>,
) -> Result<Signer, AppError> {
    let staff = tx.staff(me).await?.ok_or(AppError::NotAllowed)?;
    Ok(Signer {
        staff: me,
        invited_by: staff.invited_by,
        signed_in,
        created_case: row.opened_by == Some(me) || tx.has_sighted(row.verification, me).await?,
        is_holder: match (staff.identity_index, document) {
            (Some(own), Some(d)) => own == d.identity_index,
            _ => false,
        },
    })
}
