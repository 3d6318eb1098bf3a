//! The API under `/v1`.

mod applications;
mod lines;
mod review;
mod verifications;
mod wire;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lineward_app::AppError;
use lineward_core::id::Id;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use self::wire::Nothing;
use crate::{Web, error::ApiError};

pub(crate) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .merge(applications::routes())
        .merge(review::routes())
        .merge(verifications::routes())
        .merge(lines::routes())
}

/// The id in a path. A text that is no id names nothing.
struct Named<K>(Id<K>);

impl<K, S: Send + Sync> FromRequestParts<S> for Named<K> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Named).ok_or_else(|| AppError::NotFound.into())
    }
}
