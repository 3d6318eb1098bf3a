//! `record_consent`: what the person agreed to, which text they saw, and when.

use lineward_core::{
    id::VerificationId,
    verification::{ConsentKind, Way},
};
use lineward_store::{Tx, rows::ConsentRow};

use super::open_step;
use crate::{App, AppError, Ctx, acting::Begun};

/// A consent, separate for each thing agreed to.
#[derive(Debug, Clone)]
pub struct GiveConsent {
    /// What is agreed to.
    pub kinds: Vec<ConsentKind>,
    /// The version of the text that was shown.
    pub text_version: String,
    /// The language it was shown in.
    pub language: String,
    /// The way the person chooses; it can be changed until the decision.
    pub way: Way,
}

impl App {
    /// Records consents. Those not named are not given; giving one again changes nothing.
    ///
    /// # Errors
    /// [`AppError::WrongState`] when the application is no longer open.
    pub async fn record_consent(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        give: &GiveConsent,
    ) -> Result<(), AppError> {
        if give.text_version.is_empty() || give.text_version.len() > 64 {
            return Err(AppError::invalid("text_version", "the version of the text that was shown"));
        }
        let mut act = self.act(ctx, "record_consent", format!("verification:{verification}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(()) => return Ok(()),
            };
            let outcome = record_in(&mut tx, ctx, verification, give).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }
}

async fn record_in(
    tx: &mut Tx,
    ctx: &Ctx,
    verification: VerificationId,
    give: &GiveConsent,
) -> Result<(), AppError> {
    let (_, row) = open_step(tx, ctx, verification).await?;
    if row.way != give.way {
        tx.set_way(verification, give.way).await?;
    }
    let standing = tx.consents(verification).await?;
    for kind in &give.kinds {
        if standing.iter().any(|c| c.kind == *kind && c.withdrawn_at.is_none()) {
            continue;
        }
        tx.insert_consent(
            verification,
            &ConsentRow {
                id: ctx.id(),
                kind: *kind,
                text_version: give.text_version.clone(),
                language: give.language.clone(),
                given_at: ctx.now,
                withdrawn_at: None,
            },
        )
        .await?;
    }
    Ok(())
}
