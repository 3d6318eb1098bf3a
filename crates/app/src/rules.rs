//! Rules become active by two people's signatures over the hash of their text.

use lineward_core::{id::StaffId, review::SignRefused, rules::Rules, staff::Role};
use lineward_store::{Tx, rows::RulesRow};
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError, Ctx, Mode, acting::Begun, application::active_rules};

/// Where a rules text stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesStanding {
    /// SHA-256 of the text, hexadecimal.
    pub hash: String,
    /// How many have signed.
    pub signatures: usize,
    /// Whether it is in force.
    pub active: bool,
}

impl App {
    /// Proposes a rules text. It takes effect when two admins have signed its hash at the desk.
    ///
    /// # Errors
    /// [`AppError::RulesText`] with line and field; [`AppError::RulesRefused`] for what production refuses.
    pub async fn propose_rules(&self, ctx: &Ctx, text: &str) -> Result<RulesStanding, AppError> {
        if !matches!(ctx.actor, Actor::Operator) {
            ctx.staff(&[Role::Admin])?;
        }
        let rules = Rules::parse(text).map_err(AppError::RulesText)?;
        self.enforceable(&rules)?;
        let hash = *rules.hash();
        let mut act = self.act(ctx, "propose_rules", format!("rules:{}", hex::encode(hash)), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok(earlier),
            };
            let outcome = async {
                let known = tx.rules(&hash).await?;
                let active = tx.active_rules().await?.is_some_and(|r| r.hash == hash);
                match known {
                    Some(row) if active || row.active_from.is_none() => Ok(standing(&row, active)),
                    // Rules that were replaced come back only with two fresh signatures.
                    Some(_) => Err(AppError::WrongState(
                        "these rules were in force before; change their version and propose them anew",
                    )),
                    None => {
                        let row = RulesRow {
                            hash,
                            text: text.to_owned(),
                            proposed_at: ctx.now,
                            signed_by: Vec::new(),
                            active_from: None,
                        };
                        tx.insert_rules(&row).await?;
                        Ok(standing(&row, false))
                    }
                }
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    /// Signs proposed rules. The second person's signature puts them in force.
    ///
    /// # Errors
    /// [`AppError::Sign`] for the same person or the one who invited the first; [`AppError::NotFound`].
    pub async fn sign_rules(&self, ctx: &Ctx, hash: [u8; 32]) -> Result<RulesStanding, AppError> {
        let me = ctx.staff(&[Role::Admin])?;
        let mut act = self.act(ctx, "sign_rules", format!("rules:{}", hex::encode(hash)), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok(earlier),
            };
            let outcome = self.sign_in_rules(&mut tx, ctx, me, hash).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    async fn sign_in_rules(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        me: StaffId,
        hash: [u8; 32],
    ) -> Result<RulesStanding, AppError> {
        let mut row = tx.lock_rules(&hash).await?.ok_or(AppError::NotFound)?;
        if row.active_from.is_some() {
            return Err(AppError::WrongState("these rules are in force or were replaced"));
        }
        let rules = Rules::parse(&row.text).map_err(AppError::RulesText)?;
        self.enforceable(&rules)?;
        if row.signed_by.contains(&me) {
            return Err(AppError::Sign(SignRefused::SamePerson));
        }
        let my_inviter = tx.staff(me).await?.and_then(|s| s.invited_by);
        for first in &row.signed_by {
            let first = tx.staff(*first).await?.ok_or(AppError::Broken("an unknown signer"))?;
            if first.disabled_at.is_some() || !first.roles.contains(&Role::Admin) {
                return Err(AppError::Sign(SignRefused::NotSignedIn));
            }
            if first.invited_by == Some(me) || my_inviter == Some(first.id) {
                return Err(AppError::Sign(SignRefused::InvitedFirst));
            }
        }
        tx.sign_rules(&hash, me, ctx.now).await?;
        row.signed_by.push(me);
        if row.signed_by.len() >= 2 {
            tx.activate_rules(&hash, ctx.now).await?;
        }
        Ok(standing(&row, row.signed_by.len() >= 2))
    }

    /// The rules in force.
    ///
    /// # Errors
    /// [`AppError::NoRules`].
    pub async fn active_rules(&self, ctx: &Ctx) -> Result<Rules, AppError> {
        active_rules(&mut self.store.read(ctx.carrier).await?).await
    }

    /// The rules that wait for signatures.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for who is neither admin nor the operator.
    pub async fn proposed_rules(&self, ctx: &Ctx) -> Result<Vec<RulesRow>, AppError> {
        if !matches!(ctx.actor, Actor::Operator) {
            ctx.staff(&[Role::Admin])?;
        }
        Ok(self.store.read(ctx.carrier).await?.proposed_rules().await?)
    }

    /// Whether this mode may enforce the rules.
    fn enforceable(&self, rules: &Rules) -> Result<(), AppError> {
        let why = rules.refused_in_production();
        if self.settings.mode == Mode::Production && !why.is_empty() {
            return Err(AppError::RulesRefused(why));
        }
        Ok(())
    }
}

fn standing(row: &RulesRow, active: bool) -> RulesStanding {
    RulesStanding { hash: hex::encode(row.hash), signatures: row.signed_by.len(), active }
}
