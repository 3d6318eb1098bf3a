//! Access tokens of a carrier's systems: 256 random bits behind a readable prefix, shown once, kept as a hash.

use jiff::SignedDuration;
use lineward_core::{id::TokenId, staff::Role};
use lineward_store::rows::TokenRow;
use zeroize::Zeroizing;

use crate::{Actor, App, AppError, Ctx, acting::Begun, pass::after, secrets};

/// What every token begins with, so that one found in a log or file is recognised.
pub const TOKEN_PREFIX: &str = "lwt_";

impl App {
    /// Makes a token. The secret is answered once and never again.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`] for anyone but the operator; [`AppError::Invalid`].
    pub async fn create_token(
        &self,
        ctx: &Ctx,
        name: &str,
        roles: &[Role],
        days: u16,
    ) -> Result<(TokenId, Zeroizing<String>), AppError> {
        operator(ctx)?;
        if name.trim().is_empty() || name.len() > 100 {
            return Err(AppError::invalid("name", "what the token is for"));
        }
        if roles != [Role::System] {
            return Err(AppError::invalid("roles", "a token has the role system; staff sign in themselves"));
        }
        if !(1..=366).contains(&days) {
            return Err(AppError::invalid("days", "1 to 366"));
        }
        let secret = Zeroizing::new(format!("{TOKEN_PREFIX}{}", *secrets::secret_text::<32>(ctx)));
        let row = TokenRow {
            id: ctx.id(),
            name: name.trim().to_owned(),
            hash: secrets::hash(&secret),
            roles: roles.to_vec(),
            created_at: ctx.now,
            expires_at: after(ctx.now, SignedDuration::from_hours(24 * i64::from(days)))?,
            last_used_at: None,
            revoked_at: None,
        };
        let mut act = self.act(ctx, "create_token", format!("token:{}", row.id), None).await?;
        loop {
            let Begun::Fresh(mut tx) = act.begin::<()>().await? else {
                return Err(AppError::Broken("a token cannot be repeated"));
            };
            let outcome = tx.insert_token(&row).await.map_err(AppError::from);
            if let Some(answer) = act.end(tx, outcome).await {
                return answer.map(|()| (row.id, secret));
            }
        }
    }

    /// Revokes a token, from the next request on.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`]; [`AppError::NotFound`].
    pub async fn revoke_token(&self, ctx: &Ctx, id: TokenId) -> Result<(), AppError> {
        operator(ctx)?;
        let mut act = self.act(ctx, "revoke_token", format!("token:{id}"), None).await?;
        loop {
            let Begun::Fresh(mut tx) = act.begin::<()>().await? else { return Ok(()) };
            let outcome = async {
                if !tx.tokens().await?.iter().any(|t| t.id == id) {
                    return Err(AppError::NotFound);
                }
                tx.revoke_token(id, ctx.now).await.map_err(AppError::from)
            }
            .await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    /// All tokens, without their secrets.
    ///
    /// # Errors
    /// [`AppError::NotAllowed`].
    pub async fn tokens(&self, ctx: &Ctx) -> Result<Vec<TokenRow>, AppError> {
        operator(ctx)?;
        Ok(self.store.read(ctx.carrier).await?.tokens().await?)
    }

    /// Who a token belongs to.
    ///
    /// # Errors
    /// [`AppError::SignInNeeded`] when it is unknown, too old or revoked.
    pub async fn token(&self, ctx: &Ctx, secret: &str) -> Result<Actor, AppError> {
        if !secret.starts_with(TOKEN_PREFIX) {
            return Err(AppError::SignInNeeded);
        }
        let row = self.store.read(ctx.carrier).await?.token_by_hash(&secrets::hash(secret)).await?;
        let row =
            row.filter(|t| t.revoked_at.is_none() && t.expires_at > ctx.now).ok_or(AppError::SignInNeeded)?;
        let stale =
            row.last_used_at.is_none_or(|t| ctx.now.duration_since(t) >= SignedDuration::from_mins(1));
        if stale {
            let mut writing = self.store.writing(ctx.carrier, None);
            loop {
                let mut tx = writing.begin().await?;
                let outcome = tx.touch_token(row.id, ctx.now).await;
                if let Some(answer) = writing.end(tx, outcome).await {
                    answer?;
                    break;
                }
            }
        }
        Ok(Actor::Token { id: row.id, roles: row.roles })
    }
}

fn operator(ctx: &Ctx) -> Result<(), AppError> {
    if matches!(ctx.actor, Actor::Operator) { Ok(()) } else { Err(AppError::NotAllowed) }
}
