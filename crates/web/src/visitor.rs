//! Who asks: from cookies and tokens to the actor of a [`Ctx`].

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, OriginalUri, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use jiff::SignedDuration;
use lineward_app::{
    Actor, AppError, Ctx,
    pass::{APPLICANT_SESSION_LIFE, STAFF_SESSION_LIFE},
};
use lineward_core::id::ApplicationId;

use crate::{
    Web, WebSettings,
    error::{ApiError, PageError},
    form::is_same_origin,
};

/// The applicant's session.
pub(crate) const APPLY_COOKIE: &str = "lw_apply";
/// The staff member's session.
pub(crate) const DESK_COOKIE: &str = "lw_desk";

/// Whoever asks. Pages under `/apply` look at the applicant's cookie only, pages under `/desk` at the desk's only, `/v1` at
/// a token, then at the desk's cookie, then at the applicant's.
pub(crate) struct Visitor(pub(crate) Ctx);

/// A signed-in member of staff; anyone else is sent to sign in.
pub(crate) struct DeskVisitor(pub(crate) Ctx);

/// An applicant with their application; anyone else is sent to the start.
pub(crate) struct ApplyVisitor {
    pub(crate) ctx: Ctx,
    pub(crate) application: ApplicationId,
}

/// Somebody at the API. Nobody is told to sign in; a cookie changes something only from our own pages.
pub(crate) struct Caller(pub(crate) Ctx);

/// Names one request through logs, audit and the answer.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

impl RequestId {
    /// The caller's own, where it is a short token; otherwise a fresh one.
    pub(crate) fn of(web: &Web, request: &Request) -> RequestId {
        let given = ["x-request-id", "x-correlator"]
            .iter()
            .find_map(|name| request.headers().get(*name)?.to_str().ok());
        let sane = |id: &&str| {
            (8..=64).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        match given.filter(sane) {
            Some(id) => RequestId(id.to_owned()),
            None => RequestId(web.ctx(Actor::Nobody, String::new()).uuid().to_string()),
        }
    }
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        let ctx = nobody(parts, web);
        let cookie = if path(parts).starts_with("/desk") { DESK_COOKIE } else { APPLY_COOKIE };
        Ok(Visitor(session(web, ctx, parts, cookie).await?))
    }
}

impl FromRequestParts<Web> for DeskVisitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let ctx = nobody(parts, web);
        let ctx =
            session(web, ctx, parts, DESK_COOKIE).await.map_err(|e| PageError::from(e).into_response())?;
        match ctx.actor {
            Actor::Staff { .. } => Ok(DeskVisitor(ctx)),
            _ => Err(Redirect::to("/desk/sign-in").into_response()),
        }
    }
}

impl FromRequestParts<Web> for ApplyVisitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let ctx = nobody(parts, web);
        let ctx =
            session(web, ctx, parts, APPLY_COOKIE).await.map_err(|e| PageError::from(e).into_response())?;
        match ctx.actor {
            Actor::Applicant(application) => Ok(ApplyVisitor { ctx, application }),
            _ => Err(Redirect::to("/apply").into_response()),
        }
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        let mut ctx = nobody(parts, web);
        if let Some(secret) = bearer(&parts.headers) {
            ctx.actor = web.app.token(&ctx, secret).await?;
            return Ok(Caller(ctx));
        }
        for cookie in [DESK_COOKIE, APPLY_COOKIE] {
            ctx = session(web, ctx, parts, cookie).await?;
            if ctx.actor == Actor::Nobody {
                continue;
            }
            let reads = matches!(parts.method, Method::GET | Method::HEAD);
            if !reads && !is_same_origin(&parts.headers, &web.settings.origin) {
                return Err(ApiError::foreign_origin());
            }
            return Ok(Caller(ctx));
        }
        Err(AppError::SignInNeeded.into())
    }
}

impl FromRequestParts<Web> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId("-".to_owned())))
    }
}

/// A visitor whose context a form can complete.
pub(crate) trait HasCtx {
    /// The context.
    fn ctx_mut(&mut self) -> &mut Ctx;
}

impl HasCtx for Visitor {
    fn ctx_mut(&mut self) -> &mut Ctx {
        &mut self.0
    }
}

impl HasCtx for DeskVisitor {
    fn ctx_mut(&mut self) -> &mut Ctx {
        &mut self.0
    }
}

impl HasCtx for ApplyVisitor {
    fn ctx_mut(&mut self) -> &mut Ctx {
        &mut self.ctx
    }
}

impl HasCtx for Caller {
    fn ctx_mut(&mut self) -> &mut Ctx {
        &mut self.0
    }
}

/// The header that starts an applicant's session.
pub(crate) fn start_apply(settings: &WebSettings, secret: &str) -> (HeaderName, HeaderValue) {
    cookie(settings, APPLY_COOKIE, secret, APPLICANT_SESSION_LIFE)
}

/// The header that starts a staff session.
pub(crate) fn start_desk(settings: &WebSettings, secret: &str) -> (HeaderName, HeaderValue) {
    cookie(settings, DESK_COOKIE, secret, STAFF_SESSION_LIFE)
}

/// The header that ends a staff session in the browser.
pub(crate) fn end_desk(settings: &WebSettings) -> (HeaderName, HeaderValue) {
    cookie(settings, DESK_COOKIE, "", SignedDuration::ZERO)
}

/// The secret of a session cookie, as signing out needs it.
pub(crate) fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|value| !value.is_empty() && value.len() <= 128)
}

/// `SameSite=Strict` for both: the applicant's link is exchanged by a form of our own page, so nothing laxer is needed.
fn cookie(
    settings: &WebSettings,
    name: &str,
    value: &str,
    life: SignedDuration,
) -> (HeaderName, HeaderValue) {
    let secure = if settings.secure_cookies { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{secure}", life.as_secs());
    // Names and secrets are base64url text, which is always a valid header value.
    let value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    (header::SET_COOKIE, value)
}

/// `ctx` with the actor of the session in this cookie, or as it was. A session that is over is nobody's.
async fn session(web: &Web, mut ctx: Ctx, parts: &Parts, name: &str) -> Result<Ctx, AppError> {
    let Some(secret) = cookie_of(&parts.headers, name) else { return Ok(ctx) };
    let found = match name {
        DESK_COOKIE => web.app.staff_session(&ctx, secret).await,
        _ => web.app.applicant_session(&ctx, secret).await,
    };
    match found {
        Ok(actor) => ctx.actor = actor,
        Err(AppError::SignInNeeded) => {}
        Err(e) => return Err(e),
    }
    Ok(ctx)
}

fn nobody(parts: &Parts, web: &Web) -> Ctx {
    let id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    web.ctx(Actor::Nobody, id)
}

fn path(parts: &Parts) -> &str {
    parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.path(), |uri| uri.0.path())
}

/// The secret that a request identifies itself with in `Authorization`; nothing else is then looked at.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}
