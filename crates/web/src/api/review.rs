//! `/v1/applications/{id}/...`: what staff do about a case, in their own signed-in session.

use axum::{Json, extract::State, http::StatusCode};
use lineward_core::id::kind;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Named,
    wire::{CaseAnswer, DecidedAnswer, Nothing, ReviewRequest, ReviewedAnswer, SightingRequest, SignRequest},
};
use crate::{Web, error::ApiError, form::ApiPost, visitor::Caller};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(case))
        .routes(routes!(claim))
        .routes(routes!(review))
        .routes(routes!(sign))
        .routes(routes!(record_sighting))
}

/// One case with its findings. Held images are opened at the desk only.
#[utoipa::path(
    get, path = "/v1/applications/{id}/case", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = CaseAnswer))
)]
async fn case(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    Caller(ctx): Caller,
) -> Result<Json<CaseAnswer>, ApiError> {
    Ok(Json(CaseAnswer::of(web.app.case(&ctx, id).await?)))
}

/// Takes a referral to decide.
#[utoipa::path(
    post, path = "/v1/applications/{id}/claim", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    request_body = Nothing,
    responses((status = 204))
)]
async fn claim(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    post: ApiPost<Nothing>,
) -> Result<StatusCode, ApiError> {
    web.app.claim_case(&post.ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decides a referral, or proposes the decision where a second person must sign it.
#[utoipa::path(
    post, path = "/v1/applications/{id}/review", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    request_body = ReviewRequest,
    responses((status = 200, body = ReviewedAnswer))
)]
async fn review(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    post: ApiPost<ReviewRequest>,
) -> Result<Json<ReviewedAnswer>, ApiError> {
    let reviewed = web.app.review(&post.ctx, id, &post.body.review()).await?;
    web.metrics.answered("review", &reviewed.state);
    Ok(Json(reviewed.into()))
}

/// Completes a proposal with a second person's signature over its hash.
#[utoipa::path(
    post, path = "/v1/applications/{id}/review/sign", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    request_body = SignRequest,
    responses((status = 200, body = ReviewedAnswer))
)]
async fn sign(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    post: ApiPost<SignRequest>,
) -> Result<Json<ReviewedAnswer>, ApiError> {
    let reviewed = web.app.sign(&post.ctx, id, &post.body.hash.0).await?;
    web.metrics.answered("sign", &reviewed.state);
    Ok(Json(reviewed.into()))
}

/// Records that an agent saw the original and the person together, and decides.
#[utoipa::path(
    post, path = "/v1/applications/{id}/sighting", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    request_body = SightingRequest,
    responses((status = 200, body = DecidedAnswer))
)]
async fn record_sighting(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    post: ApiPost<SightingRequest>,
) -> Result<Json<DecidedAnswer>, ApiError> {
    let decided = web.app.record_sighting(&post.ctx, id, &post.body.sighting()?).await?;
    web.metrics.answered("sighting", &decided.state);
    Ok(Json(decided.into()))
}
