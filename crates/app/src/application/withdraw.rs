//! `withdraw`: the applicant takes the application back. It needs no reason and is never refused while it is undecided.

use lineward_core::{application::ApplicationState, id::ApplicationId};
use lineward_ledger::{DecidedBy, Outcome};
use lineward_store::{StoreError, Tx};

use super::{Decided, Deciding, active_rules, end_in, facts_in, write_record};
use crate::{App, AppError, Ctx, acting::Begun, secrets::FreshKey, verification::fields_of};

impl App {
    /// Withdraws an undecided application. Withdrawing again changes nothing.
    ///
    /// # Errors
    /// [`AppError::WrongState`] when it was decided already.
    pub async fn withdraw(&self, ctx: &Ctx, application: ApplicationId) -> Result<Decided, AppError> {
        ctx.applies(application)?;
        self.end_undecided(ctx, application, ApplicationState::Withdrawn, DecidedBy::Applicant).await
    }

    /// Ends an application that was left unfinished for longer than the rules keep it.
    pub(crate) async fn lapse(&self, ctx: &Ctx, application: ApplicationId) -> Result<Decided, AppError> {
        self.end_undecided(ctx, application, ApplicationState::Lapsed, DecidedBy::Machine).await
    }

    async fn end_undecided(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
        to: ApplicationState,
        decided_by: DecidedBy,
    ) -> Result<Decided, AppError> {
        let receipt = self.fresh_key(ctx).await?;
        let mut act = self.act(ctx, to.code(), format!("application:{application}"), None).await?;
        let (answer, used) = loop {
            let mut tx = match act.begin().await {
                Ok(Begun::Fresh(tx)) => tx,
                Ok(Begun::Earlier(earlier)) => break (Ok(earlier), false),
                Err(e) => break (Err(e), false),
            };
            let mut used = false;
            let outcome = self
                .end_undecided_in(&mut tx, ctx, application, to, decided_by.clone(), &receipt, &mut used)
                .await;
            if let Some(answer) = act.end(tx, outcome).await {
                let used = used && answer.is_ok();
                break (answer, used);
            }
        };
        let unknown = matches!(answer, Err(AppError::Store(StoreError::CommitUnknown)));
        if !used && !unknown {
            self.give_back(ctx, receipt).await;
        }
        answer
    }

    #[allow(clippy::too_many_arguments, reason = "one call site, every part used")]
    async fn end_undecided_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        application: lineward_core::id::ApplicationId,
        to: ApplicationState,
        decided_by: DecidedBy,
        receipt: &FreshKey,
        used: &mut bool,
    ) -> Result<Decided, AppError> {
        let mut row = tx.lock_application(application).await?.ok_or(AppError::NotFound)?;
        // A referral does not lapse: a person owes an answer.
        let lapses = to == ApplicationState::Lapsed && row.state != ApplicationState::Open;
        if row.state == to || lapses {
            return Ok(Decided::of(&row));
        }
        if row.state.is_final() {
            return Err(AppError::WrongState("the application is decided"));
        }
        let verification =
            tx.verification(row.verification).await?.ok_or(AppError::Broken("no verification"))?;
        let line = tx.lock_line(row.line).await?.ok_or(AppError::Broken("no line"))?;
        let rules = active_rules(tx).await?;
        let (facts, document) = facts_in(tx, &verification, line.kind.group(), &rules).await?;
        let fields = fields_of(self, ctx, &verification, document.as_ref()).await?;
        row.rules_decided = Some(*rules.hash());
        end_in(tx, ctx, &mut row, line, to).await?;
        let deciding = Deciding {
            application: &row,
            rules: &rules,
            facts: &facts,
            fields: fields.as_ref(),
            outcome: Outcome::Withdrawn,
            reasons: if to == ApplicationState::Lapsed { vec!["lapsed"] } else { Vec::new() },
            decided_by,
            proposal_hash: None,
        };
        write_record(self, tx, ctx, &deciding, receipt).await?;
        *used = true;
        Ok(Decided::of(&row))
    }
}
