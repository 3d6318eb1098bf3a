//! Errors to HTTP, in this one place: RFC 9457 documents for machines, a plain page for people.

use axum::{
    Json,
    extract::OriginalUri,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use lineward_app::AppError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Web,
    pages::{Lang, problem_page},
};

/// Why a request of the API was not carried out.
#[derive(Debug, Clone)]
pub(crate) struct ApiError(Refusal);

/// Why a page cannot be shown.
#[derive(Debug, Clone)]
pub(crate) struct PageError(Refusal);

/// What both say.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    retry_after_secs: Option<u32>,
    /// For the log only.
    inner: Option<String>,
}

/// An error as RFC 9457 has it. `code` is stable; the texts are for people and may change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: `code` tells problems apart.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The HTTP status.
    status: u16,
    /// The status in words.
    title: &'static str,
    /// What is wrong, in a sentence.
    detail: String,
    /// The stable word for machines.
    code: &'static str,
    /// Names the request in our logs.
    request_id: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Refusal {
        Refusal { status, code, detail: detail.into(), retry_after_secs: None, inner: None }
    }

    pub(crate) fn retry_after(self, secs: u32) -> Refusal {
        Refusal { retry_after_secs: Some(secs), ..self }
    }

    /// A body that cannot be read at all.
    pub(crate) fn malformed(detail: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// A state-changing request that a cookie came with but our page did not send.
    pub(crate) fn foreign_origin() -> Refusal {
        Refusal::new(StatusCode::FORBIDDEN, "foreign_origin", "this form is accepted from our own pages only")
    }

    /// A body beyond its limit.
    pub(crate) fn too_large(most: usize) -> Refusal {
        let detail = format!("at most {most} bytes are accepted here");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// Nothing is wrong with the request; there is no room for it now.
    pub(crate) fn busy(retry_after_secs: u32) -> Refusal {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too much to do at the moment; try again")
            .retry_after(retry_after_secs)
    }
}

impl From<AppError> for Refusal {
    fn from(e: AppError) -> Refusal {
        let status = match &e {
            AppError::SignInNeeded => StatusCode::UNAUTHORIZED,
            AppError::NotAllowed => StatusCode::FORBIDDEN,
            AppError::NotFound => StatusCode::NOT_FOUND,
            AppError::WrongState(_)
            | AppError::ChipSessionOver(_)
            | AppError::Sign(_)
            | AppError::KeyReused => StatusCode::CONFLICT,
            AppError::Invalid { .. } | AppError::RulesText(_) | AppError::RulesRefused(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            AppError::Erased => StatusCode::GONE,
            AppError::Store(_) | AppError::NoRules => StatusCode::SERVICE_UNAVAILABLE,
            AppError::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let refusal = Refusal::new(status, e.code(), e.to_string());
        match e {
            AppError::Store(inner) => Refusal { inner: Some(inner.to_string()), ..refusal }.retry_after(5),
            AppError::Broken(inner) => Refusal {
                inner: Some(inner.to_owned()),
                detail: "something is wrong on our side; we have been told".to_owned(),
                ..refusal
            },
            _ => refusal,
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        ApiError(refusal)
    }
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        PageError(refusal)
    }
}

impl From<AppError> for ApiError {
    fn from(e: AppError) -> Self {
        ApiError(e.into())
    }
}

impl From<AppError> for PageError {
    fn from(e: AppError) -> Self {
        PageError(e.into())
    }
}

impl ApiError {
    pub(crate) fn foreign_origin() -> Self {
        ApiError(Refusal::foreign_origin())
    }
}

impl IntoResponse for ApiError {
    /// The body is written by [`finish`], which knows the request.
    fn into_response(self) -> Response {
        (self.0.status, axum::Extension(Shown::Problem(self.0))).into_response()
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        (self.0.status, axum::Extension(Shown::Page(self.0))).into_response()
    }
}

/// How an error is to be shown.
#[derive(Debug, Clone)]
enum Shown {
    Problem(Refusal),
    Page(Refusal),
}

/// Who reads an answer, and where.
pub(crate) struct Reader<'a> {
    pub(crate) web: &'a Web,
    pub(crate) lang: Lang,
    pub(crate) path: &'a str,
    pub(crate) request_id: &'a str,
}

/// Writes the body of an error and logs what its reader is not told. Every answer passes here once.
pub(crate) fn finish(mut response: Response, to: &Reader<'_>) -> Response {
    let request_id = to.request_id;
    let Some(shown) = response.extensions_mut().remove::<Shown>() else { return response };
    let (Shown::Problem(refusal) | Shown::Page(refusal)) = &shown;
    if let Some(inner) = &refusal.inner {
        tracing::error!(request_id, code = refusal.code, error = inner.as_str(), "a request failed");
    }
    let retry_after = refusal.retry_after_secs;
    let mut written = match shown {
        Shown::Problem(refusal) => problem(refusal, request_id),
        Shown::Page(refusal) => page(&refusal, to),
    };
    written
        .headers_mut()
        .extend(response.headers().iter().map(|(name, value)| (name.clone(), value.clone())));
    if let Some(secs) = retry_after {
        written.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
    }
    written
}

/// Where nothing is.
pub(crate) async fn no_such_page(OriginalUri(uri): OriginalUri) -> Response {
    refuse(uri.path(), AppError::NotFound.into())
}

/// A method that a path does not know.
pub(crate) async fn no_such_method(OriginalUri(uri): OriginalUri) -> Response {
    let refusal = Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this address does not take this method",
    );
    refuse(uri.path(), refusal)
}

/// An error in the form that readers of `path` expect.
pub(crate) fn refuse(path: &str, refusal: Refusal) -> Response {
    if is_page(path) { PageError(refusal).into_response() } else { ApiError(refusal).into_response() }
}

fn is_page(path: &str) -> bool {
    path == "/" || path.starts_with("/apply") || path.starts_with("/desk")
}

fn problem(refusal: Refusal, request_id: &str) -> Response {
    let body = Problem {
        kind: "about:blank",
        status: refusal.status.as_u16(),
        title: refusal.status.canonical_reason().unwrap_or("Error"),
        detail: refusal.detail,
        code: refusal.code,
        request_id: request_id.to_owned(),
    };
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
    let mut response = (refusal.status, kind, Json(body)).into_response();
    if refusal.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn page(refusal: &Refusal, to: &Reader<'_>) -> Response {
    let written = problem_page(to.web, to.lang, to.path, refusal.code, to.request_id);
    (refusal.status, Html(written.unwrap_or_else(|| refusal.code.to_owned()))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_message_is_never_shown() {
        let refusal = Refusal::from(AppError::Broken("the seventh row is upside down"));
        assert!(!refusal.detail.contains("upside down"));
        assert_eq!(refusal.inner.as_deref(), Some("the seventh row is upside down"));
    }
}
