//! Looking at a referral.

use jiff::Timestamp;
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    evidence::FaceFinding,
    id::{ApplicationId, EvidenceId, StaffId},
    review::Proposal,
    staff::Role,
    verdict::{DocumentVerdict, verdict},
    verification::{DocumentFinding, Way},
};
use lineward_store::rows::{ApplicationRow, ProposalRow, SightingRow};
use zeroize::Zeroizing;

use crate::{
    App, AppError, Ctx,
    acting::Begun,
    application::{active_rules, facts_in, findings_hash},
    secrets::unseal,
    verification::{ChipFound, Fields, fields_of},
};

/// One row of the queue; nothing personal.
#[derive(Debug, Clone)]
pub struct Referral {
    /// The application.
    pub id: ApplicationId,
    /// Its public reference.
    pub reference: String,
    /// Why it is here.
    pub reasons: Vec<ReferralReason>,
    /// Since when.
    pub since: Timestamp,
    /// Who claimed it.
    pub claimed_by: Option<StaffId>,
    /// Whether a proposal waits for a second signature.
    pub proposed: bool,
}

/// An application that waits for an authority.
#[derive(Debug, Clone)]
pub struct Provisional {
    /// The application.
    pub id: ApplicationId,
    /// Its public reference.
    pub reference: String,
    /// When a person decides, if the authority has not answered.
    pub until: Timestamp,
}

/// One case with what a reviewer needs.
pub struct CaseView {
    /// The application.
    pub application: ApplicationRow,
    /// The chosen way.
    pub way: Way,
    /// The fields, while they are kept: for the reviewer who claimed the case or is asked to sign, and for the agent who
    /// opened or sighted it.
    pub fields: Option<Fields>,
    /// The findings about the document that count.
    pub findings: Vec<DocumentFinding>,
    /// What the findings say together.
    pub verdict: Option<DocumentVerdict>,
    /// What each check of the document's chip found; empty where no chip was read.
    pub chip: Vec<ChipFound>,
    /// The comparisons, oldest first.
    pub faces: Vec<FaceFinding>,
    /// The sighting.
    pub sighting: Option<SightingRow>,
    /// The images that are held under the review.
    pub held: Vec<Held>,
    /// The proposal that waits for a second signature, with its note.
    pub proposal: Option<(ProposalRow, [u8; 32], Zeroizing<String>)>,
    /// Names what is shown here; a decision must name it.
    pub findings_hash: [u8; 32],
}

/// An image under a review hold.
#[derive(Debug, Clone)]
pub struct Held {
    /// The evidence.
    pub id: EvidenceId,
    /// `portrait` or `capture`.
    pub class: String,
    /// When it is erased.
    pub erase_at: Timestamp,
}

impl App {
    /// The referrals that wait for a decision, oldest first.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for who is not a reviewer.
    pub async fn referrals(&self, ctx: &Ctx) -> Result<Vec<Referral>, AppError> {
        ctx.staff(&[Role::Reviewer])?;
        let mut tx = self.store.read(ctx.carrier).await?;
        let mut list = Vec::new();
        for row in tx.referred(200).await? {
            list.push(Referral {
                id: row.id,
                reference: row.reference,
                reasons: row.reasons,
                since: row.referred_at.unwrap_or(row.opened_at),
                claimed_by: row.claimed_by,
                proposed: tx.open_proposal(row.id).await?.is_some(),
            });
        }
        Ok(list)
    }

    /// The open applications that wait for an authority that does not answer, the nearest deadline first.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for who is neither reviewer nor agent.
    pub async fn provisional(&self, ctx: &Ctx) -> Result<Vec<Provisional>, AppError> {
        ctx.staff(&[Role::Reviewer, Role::Agent])?;
        let rows = self.store.read(ctx.carrier).await?.provisional(200).await?;
        let waiting = rows.into_iter().filter_map(|row| {
            Some(Provisional { id: row.id, reference: row.reference, until: row.provisional_until? })
        });
        Ok(waiting.collect())
    }

    /// The applications that wait for an original to be seen, oldest first.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for who is not an agent.
    pub async fn waiting_for_sighting(&self, ctx: &Ctx) -> Result<Vec<(ApplicationId, String)>, AppError> {
        ctx.staff(&[Role::Agent])?;
        let mut tx = self.store.read(ctx.carrier).await?;
        Ok(tx.waiting_for_sighting(200).await?.into_iter().map(|r| (r.id, r.reference)).collect())
    }

    /// The undecided application with this reference, for an agent with its applicant before them.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn application_by_reference(
        &self,
        ctx: &Ctx,
        reference: &str,
    ) -> Result<ApplicationId, AppError> {
        ctx.staff(&[Role::Agent, Role::Reviewer])?;
        let mut tx = self.store.read(ctx.carrier).await?;
        let reference = reference.trim().to_ascii_uppercase();
        let row = tx.application_by_reference(&reference).await?.ok_or(AppError::NotFound)?;
        if row.state.is_final() { Err(AppError::NotFound) } else { Ok(row.id) }
    }

    /// Takes a referral to decide. Taking over from a colleague is allowed and recorded.
    ///
    /// # Errors
    /// [`AppError::WrongState`] when nothing is left to decide.
    pub async fn claim_case(&self, ctx: &Ctx, application: ApplicationId) -> Result<(), AppError> {
        let reviewer = ctx.staff(&[Role::Reviewer])?;
        let mut act = self.act(ctx, "claim_case", format!("application:{application}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(()) => return Ok(()),
            };
            let outcome = async {
                let mut row = tx.lock_application(application).await?.ok_or(AppError::NotFound)?;
                if row.state != ApplicationState::Referred {
                    return Err(AppError::WrongState("the application is not referred"));
                }
                row.claimed_by = Some(reviewer);
                tx.update_application(&row).await.map_err(AppError::from)
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    /// One case. The read is recorded before the answer leaves.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::NotAllowed`] for who is neither reviewer nor agent.
    pub async fn case(&self, ctx: &Ctx, application: ApplicationId) -> Result<CaseView, AppError> {
        let me = ctx.staff(&[Role::Reviewer, Role::Agent])?;
        self.record_read(ctx, "read_case", format!("application:{application}"), None).await?;
        // A write transaction only because the facts lock the cap's counter; nothing is written.
        let mut tx = self.store.writing(ctx.carrier, None).begin().await?;
        let row = tx.application(application).await?.ok_or(AppError::NotFound)?;
        let verification =
            tx.verification(row.verification).await?.ok_or(AppError::Broken("no verification"))?;
        let line = tx.line(row.line).await?.ok_or(AppError::Broken("no line"))?;
        let rules = active_rules(&mut tx).await?;
        let (facts, document) = facts_in(&mut tx, &verification, line.kind.group(), &rules).await?;
        let chip = match &document {
            Some(d) => tx.chip_findings(d.id).await?,
            None => Vec::new(),
        };
        let today = ctx.now.to_zoned_datetime(rules.zone.clone()).date();
        let sighting = tx.sighting(verification.id).await?;
        let evidence = tx.evidence_of(verification.id).await?;
        let proposal = tx.open_proposal(application).await?;
        drop(tx);
        // The key of a decided case dies before its rows are emptied; between the two the case is as good as erased.
        let key = match self.key(ctx, verification.case_key).await {
            Err(AppError::Erased) => None,
            key => Some(key?),
        };
        // Staff look at a person for a case of their own, not at people.
        let own = row.claimed_by == Some(me)
            || row.opened_by == Some(me)
            || sighting.as_ref().is_some_and(|s| s.staff == me)
            || (ctx.staff(&[Role::Reviewer]).is_ok() && proposal.is_some());
        let fields = match &key {
            Some(_) if own => fields_of(self, ctx, &verification, document.as_ref()).await?,
            _ => None,
        };
        let proposal = match (proposal, &key) {
            (Some(p), Some(key)) => {
                let note = unseal(ctx, key, "proposal", p.id.as_bytes(), "note", &p.note)?;
                let note = String::from_utf8_lossy(&note).into_owned();
                Some((p.clone(), core_proposal(&p).hash(), Zeroizing::new(note)))
            }
            _ => None,
        };
        Ok(CaseView {
            way: verification.way,
            fields,
            findings: facts.document.iter().flat_map(|d| d.current().cloned()).collect(),
            verdict: facts.document.as_ref().map(|d| verdict(d, today)),
            chip: chip.into_iter().map(ChipFound::of).collect(),
            faces: facts.faces.iter().map(|f| f.finding.clone()).collect(),
            sighting,
            held: evidence
                .into_iter()
                .filter(|e| e.class != "receipt")
                .map(|e| Held { id: e.id, class: e.class, erase_at: e.erase_at })
                .collect(),
            proposal,
            findings_hash: findings_hash(&facts),
            application: row,
        })
    }

    /// Opens one held image. Only the reviewer who claimed the case, with a reason that the audit keeps.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for anyone else; [`AppError::Erased`] after the hold.
    pub async fn case_image(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        evidence: EvidenceId,
        reason: &str,
    ) -> Result<Zeroizing<Vec<u8>>, AppError> {
        let reviewer = ctx.staff(&[Role::Reviewer])?;
        let reason = reason.trim();
        if reason.chars().count() < 3 || reason.len() > 500 {
            return Err(AppError::invalid("reason", "say why the image must be seen"));
        }
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.application(application).await?.ok_or(AppError::NotFound)?;
        let held = tx.evidence_of(row.verification).await?;
        drop(tx);
        if row.claimed_by != Some(reviewer) {
            return Err(AppError::NotAllowed);
        }
        let held =
            held.into_iter().find(|e| e.id == evidence && e.class != "receipt").ok_or(AppError::NotFound)?;
        if held.erase_at <= ctx.now {
            return Err(AppError::Erased);
        }
        self.record_read(ctx, "open_image", format!("evidence:{evidence}"), Some(reason)).await?;
        let key = self.key(ctx, held.key).await?;
        unseal(ctx, &key, "evidence", held.id.as_bytes(), "body", &held.body)
    }
}

/// The proposal as it is hashed and signed.
pub(super) fn core_proposal(row: &ProposalRow) -> Proposal {
    Proposal {
        application: row.application,
        reason: row.reason,
        note_hash: row.note_hash,
        findings_hash: row.findings_hash,
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
    }
}
