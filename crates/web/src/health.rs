//! For operators and machines: whether this process lives, whether it can work, its figures, and the API's description.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use lineward_app::{Actor, AppError};
use lineward_core::staff::Role;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Web, error::ApiError, metrics::Jobs, visitor::Caller};

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
    web.app.ready().await.map_err(AppError::from)?;
    Ok(Json(Health { ok: true }))
}

/// Figures in Prometheus' text format, nothing personal; for a carrier's system and signed-in admins.
#[utoipa::path(
    get, path = "/metrics", tag = "operation",
    security(("token" = []), ("desk" = [])),
    responses((status = 200, body = String, content_type = "text/plain; version=0.0.4"))
)]
async fn metrics(State(web): State<Web>, Caller(ctx): Caller) -> Result<Response, ApiError> {
    let allowed = match &ctx.actor {
        Actor::Token { roles, .. } => roles.contains(&Role::System),
        Actor::Staff { roles, .. } => roles.contains(&Role::Admin),
        _ => false,
    };
    if !allowed {
        return Err(AppError::NotAllowed.into());
    }
    let counts = web.app.job_counts(&ctx).await?.into_iter();
    let jobs: Vec<Jobs> =
        counts.map(|(kind, state, count)| Jobs { kind, state: state.to_string(), count }).collect();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], web.metrics.text(&jobs)).into_response())
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", tag = "operation",
    responses((status = 200, body = Object, content_type = "application/json"))
)]
async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(crate::openapi::document())
}
