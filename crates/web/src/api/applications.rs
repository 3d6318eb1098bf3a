//! `/v1/applications`: what applicants and carriers' systems do.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use lineward_app::{Actor, pass::LINK_LIFE};
use lineward_core::{id::kind, verification::Channel};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Named,
    wire::{ApplicationAnswer, DecidedAnswer, LinkAnswer, Nothing, OpenRequest, OpenedAnswer},
};
use crate::{Web, error::ApiError, form::ApiPost, visitor::Caller};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(open_application))
        .routes(routes!(application))
        .routes(routes!(decide))
        .routes(routes!(withdraw))
        .routes(routes!(make_link))
        .routes(routes!(receipt))
}

/// Opens an application and its verification.
#[utoipa::path(
    post, path = "/v1/applications", tag = "applications",
    request_body = OpenRequest,
    responses((status = 201, body = OpenedAnswer))
)]
async fn open_application(
    State(web): State<Web>,
    post: ApiPost<OpenRequest>,
) -> Result<(StatusCode, Json<OpenedAnswer>), ApiError> {
    let channel = match post.ctx.actor {
        Actor::Staff { .. } => Channel::Shop,
        _ => Channel::Api,
    };
    let opened = web.app.open_application(&post.ctx, &post.body.open(channel)).await?;
    Ok((StatusCode::CREATED, Json(opened.into())))
}

/// One application: where it stands and what comes next.
#[utoipa::path(
    get, path = "/v1/applications/{id}", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = ApplicationAnswer))
)]
async fn application(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    Caller(ctx): Caller,
) -> Result<Json<ApplicationAnswer>, ApiError> {
    Ok(Json(ApplicationAnswer::of(web.app.application(&ctx, id).await?)))
}

/// Decides an open application from what was found so far: approved, or referred to a person with every reason.
///
/// Consent and a document come first.
#[utoipa::path(
    post, path = "/v1/applications/{id}/decide", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    request_body = Nothing,
    responses((status = 200, body = DecidedAnswer))
)]
async fn decide(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    post: ApiPost<Nothing>,
) -> Result<Json<DecidedAnswer>, ApiError> {
    let decided = web.app.decide(&post.ctx, id).await?;
    web.metrics.answered("decide", &decided.state);
    Ok(Json(decided.into()))
}

/// Takes an undecided application back.
#[utoipa::path(
    post, path = "/v1/applications/{id}/withdraw", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    request_body = Nothing,
    responses((status = 200, body = DecidedAnswer))
)]
async fn withdraw(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    post: ApiPost<Nothing>,
) -> Result<Json<DecidedAnswer>, ApiError> {
    let decided = web.app.withdraw(&post.ctx, id).await?;
    web.metrics.answered("withdraw", &decided.state);
    Ok(Json(decided.into()))
}

/// A one-time link for the applicant to go on with. It is answered once and kept nowhere: repeating the request makes
/// another link, whatever its idempotency key.
#[utoipa::path(
    post, path = "/v1/applications/{id}/link", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    request_body = Nothing,
    responses((status = 201, body = LinkAnswer))
)]
async fn make_link(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    post: ApiPost<Nothing>,
) -> Result<(StatusCode, Json<LinkAnswer>), ApiError> {
    // The verb takes the id's word for it that there is such an application.
    web.app.application(&post.ctx, id).await?;
    let secret = web.app.applicant_link(&post.ctx, id).await?;
    let link = format!("{}/apply/link/{}", web.settings.origin, *secret);
    Ok((StatusCode::CREATED, Json(LinkAnswer { link, life_secs: LINK_LIFE.as_secs() })))
}

/// The receipt of the latest decision, as text that `lineward receipt verify` checks.
#[utoipa::path(
    get, path = "/v1/applications/{id}/receipt", tag = "applications",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = String, content_type = "text/plain"))
)]
async fn receipt(
    State(web): State<Web>,
    Named(id): Named<kind::Application>,
    Caller(ctx): Caller,
) -> Result<Response, ApiError> {
    let text = web.app.receipt(&ctx, id).await?;
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))];
    Ok((kind, text.to_string()).into_response())
}
