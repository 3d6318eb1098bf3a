//! `/v1/lines`.

use axum::{Json, extract::State};
use lineward_core::id::kind;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Named,
    wire::{LineAnswer, Word},
};
use crate::{Web, error::ApiError, visitor::Caller};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(line))
}

/// One line, for a carrier's system or staff. It names no person.
#[utoipa::path(
    get, path = "/v1/lines/{id}", tag = "lines",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = LineAnswer))
)]
async fn line(
    State(web): State<Web>,
    Named(id): Named<kind::Line>,
    Caller(ctx): Caller,
) -> Result<Json<LineAnswer>, ApiError> {
    let line = web.app.line(&ctx, id).await?;
    Ok(Json(LineAnswer {
        id: line.id.uuid(),
        kind: Word(line.kind),
        payment: Word(line.payment),
        state: Word(line.state),
        external_id: line.external_id,
        created_at: line.created_at,
        state_at: line.state_at,
    }))
}
