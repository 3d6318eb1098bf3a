//! For operators and machines: whether this process lives, whether it can work, its figures, and the API's description.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use lineward_app::Actor;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Web, error::ApiError, metrics::Jobs, visitor::RequestId};

pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(metrics))
        .routes(routes!(openapi))
}

/// That the process lives or can work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `true`; otherwise the answer is an error.
    ok: bool,
}

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = Health)))]
async fn healthz() -> Json<Health> {
    Json(Health { ok: true })
}

/// Whether requests can be answered: the store answers. Rules may still wait for their signatures.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200, body = Health)))]
async fn readyz(State(web): State<Web>) -> Result<Json<Health>, ApiError> {
    web.app.ready().await.map_err(lineward_app::AppError::from)?;
    Ok(Json(Health { ok: true }))
}

/// Figures in Prometheus' text format; nothing personal.
#[utoipa::path(
    get, path = "/metrics", tag = "operation",
    responses((status = 200, body = String, content_type = "text/plain; version=0.0.4"))
)]
async fn metrics(State(web): State<Web>, id: RequestId) -> Response {
    let ctx = web.ctx(Actor::Nobody, id.0);
    let jobs = web.app.job_counts(&ctx).await.map(|counts| {
        let jobs =
            counts.into_iter().map(|(kind, state, count)| Jobs { kind, state: state.to_string(), count });
        jobs.collect::<Vec<_>>()
    });
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], web.metrics.text(jobs.as_deref().ok())).into_response()
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", tag = "operation",
    responses((status = 200, body = Object, content_type = "application/json"))
)]
async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(crate::openapi::document())
}
