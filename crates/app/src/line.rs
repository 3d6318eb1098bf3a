//! Looking at a line.

use lineward_core::{id::LineId, staff::Role};
use lineward_store::rows::LineRow;

use crate::{Actor, App, AppError, Ctx};

impl App {
    /// One line, for a carrier's system or staff. It names no person.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::NotAllowed`].
    pub async fn line(&self, ctx: &Ctx, id: LineId) -> Result<LineRow, AppError> {
        match &ctx.actor {
            Actor::Token { roles, .. } if roles.contains(&Role::System) => {}
            Actor::Staff { .. } => {}
            Actor::Nobody => return Err(AppError::SignInNeeded),
            _ => return Err(AppError::NotAllowed),
        }
        self.record_read(ctx, "read_line", format!("line:{id}"), None).await?;
        self.store.read(ctx.carrier).await?.line(id).await?.ok_or(AppError::NotFound)
    }
}
