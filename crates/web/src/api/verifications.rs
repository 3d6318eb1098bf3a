//! `/v1/verifications`: the steps by which a person shows who they are.

use axum::{Json, extract::State, http::StatusCode};
use lineward_core::id::kind;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Named,
    wire::{
        CaptureAnswered, CaptureParts, ChipAnswered, ChipRequest, ChipSessionAnswer, ChipSessionRequest,
        ConsentRequest, DocumentAnswered, DocumentRequest, VerificationAnswer,
    },
};
use crate::{
    Web,
    error::ApiError,
    form::{ApiPost, ApiUpload, CHIP_LIMIT},
    visitor::Caller,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(verification))
        .routes(routes!(record_consent))
        .routes(routes!(submit_document))
        .routes(routes!(open_chip_session))
        .routes(routes!(submit_chip))
        .routes(routes!(submit_capture))
}

/// One verification: the chosen way, the consents and the next step.
#[utoipa::path(
    get, path = "/v1/verifications/{id}", tag = "verifications",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = VerificationAnswer))
)]
async fn verification(
    State(web): State<Web>,
    Named(id): Named<kind::Verification>,
    Caller(ctx): Caller,
) -> Result<Json<VerificationAnswer>, ApiError> {
    let application = web.app.application_of(&ctx, id).await?;
    Ok(Json(VerificationAnswer::of(web.app.application(&ctx, application).await?)))
}

/// Records what the person agreed to, each kind by itself, and the way they chose.
#[utoipa::path(
    post, path = "/v1/verifications/{id}/consent", tag = "verifications",
    params(("id" = uuid::Uuid, Path)),
    request_body = ConsentRequest,
    responses((status = 204))
)]
async fn record_consent(
    State(web): State<Web>,
    Named(id): Named<kind::Verification>,
    post: ApiPost<ConsentRequest>,
) -> Result<StatusCode, ApiError> {
    web.app.record_consent(&post.ctx, id, &post.body.give()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The document's machine-readable zone, or its fields as typed. A later document replaces an earlier one.
#[utoipa::path(
    post, path = "/v1/verifications/{id}/document", tag = "verifications",
    params(("id" = uuid::Uuid, Path)),
    request_body = DocumentRequest,
    responses((status = 200, body = DocumentAnswered))
)]
async fn submit_document(
    State(web): State<Web>,
    Named(id): Named<kind::Verification>,
    post: ApiPost<DocumentRequest>,
) -> Result<Json<DocumentAnswered>, ApiError> {
    Ok(Json(web.app.submit_document(&post.ctx, id, &post.body.shown()?).await?.into()))
}

/// Opens the session in which the chip of the document may be read: ten minutes, once, and only the one opened last. The
/// random number and the ephemeral key in it are the server's, so that no answer can have been prepared.
#[utoipa::path(
    post, path = "/v1/verifications/{id}/chip-session", tag = "verifications",
    params(("id" = uuid::Uuid, Path)),
    request_body = ChipSessionRequest,
    responses((status = 200, body = ChipSessionAnswer))
)]
async fn open_chip_session(
    State(web): State<Web>,
    Named(id): Named<kind::Verification>,
    post: ApiPost<ChipSessionRequest>,
) -> Result<Json<ChipSessionAnswer>, ApiError> {
    let dg14 = post.body.dg14.as_ref().map(|dg14| dg14.0.as_slice());
    Ok(Json(web.app.open_chip_session(&post.ctx, id, dg14).await?.into()))
}

/// What was read from the chip in that session. Its fields are kept as the document's; its portrait is not kept, and comes
/// again with the capture.
#[utoipa::path(
    post, path = "/v1/verifications/{id}/chip", tag = "verifications",
    params(("id" = uuid::Uuid, Path)),
    request_body = ChipRequest,
    responses((status = 200, body = ChipAnswered))
)]
async fn submit_chip(
    State(web): State<Web>,
    Named(id): Named<kind::Verification>,
    post: ApiPost<ChipRequest, CHIP_LIMIT>,
) -> Result<Json<ChipAnswered>, ApiError> {
    Ok(Json(web.app.submit_chip(&post.ctx, id, post.body.submit()?).await?.into()))
}

/// A photograph of the document, or the chip's data group 2, and the live capture, together. They are compared in this request and not kept, except
/// where rules and consent let a referred case hold them for its reviewer.
#[utoipa::path(
    post, path = "/v1/verifications/{id}/capture", tag = "verifications",
    params(("id" = uuid::Uuid, Path)),
    request_body(content = CaptureParts, content_type = "multipart/form-data"),
    responses((status = 200, body = CaptureAnswered))
)]
async fn submit_capture(
    State(web): State<Web>,
    Named(id): Named<kind::Verification>,
    upload: ApiUpload,
) -> Result<Json<CaptureAnswered>, ApiError> {
    Ok(Json(web.submit_capture(&upload.ctx, id, upload.capture).await?.into()))
}
