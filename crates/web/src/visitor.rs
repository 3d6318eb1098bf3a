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

/// The cookie of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The applicant's.
    Apply,
    /// The staff member's.
    Desk,
}

impl Cookie {
    /// Its name. Over TLS it has the prefix with which browsers take it from this very host alone, never from a
    /// neighbour in the domain or over plain HTTP (RFC 6265bis, section 4.1.3.2).
    pub(crate) const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Cookie::Apply, true) => "__Host-lw_apply",
            (Cookie::Apply, false) => "lw_apply",
            (Cookie::Desk, true) => "__Host-lw_desk",
            (Cookie::Desk, false) => "lw_desk",
        }
    }
}

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
        let cookie = if path(parts).starts_with("/desk") { Cookie::Desk } else { Cookie::Apply };
        Ok(Visitor(session(web, ctx, parts, cookie).await?))
    }
}

impl FromRequestParts<Web> for DeskVisitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let ctx = nobody(parts, web);
        let ctx =
            session(web, ctx, parts, Cookie::Desk).await.map_err(|e| PageError::from(e).into_response())?;
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
            session(web, ctx, parts, Cookie::Apply).await.map_err(|e| PageError::from(e).into_response())?;
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
        for cookie in [Cookie::Desk, Cookie::Apply] {
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
    set(settings, Cookie::Apply, secret, APPLICANT_SESSION_LIFE)
}

/// The header that starts a staff session.
pub(crate) fn start_desk(settings: &WebSettings, secret: &str) -> (HeaderName, HeaderValue) {
    set(settings, Cookie::Desk, secret, STAFF_SESSION_LIFE)
}

/// The header that ends a staff session in the browser.
pub(crate) fn end_desk(settings: &WebSettings) -> (HeaderName, HeaderValue) {
    set(settings, Cookie::Desk, "", SignedDuration::ZERO)
}

/// The secret of a session cookie, as signing out needs it.
pub(crate) fn secret_of<'a>(
    headers: &'a HeaderMap,
    settings: &WebSettings,
    cookie: Cookie,
) -> Option<&'a str> {
    let name = cookie.name(settings.secure_cookies);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|value| !value.is_empty() && value.len() <= 128)
}

/// `SameSite=Strict` for both: the applicant's link is exchanged by a form of our own page, so nothing laxer is needed.
fn set(
    settings: &WebSettings,
    cookie: Cookie,
    value: &str,
    life: SignedDuration,
) -> (HeaderName, HeaderValue) {
    let name = cookie.name(settings.secure_cookies);
    let secure = if settings.secure_cookies { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{secure}", life.as_secs());
    // Names and secrets are base64url text, which is always a valid header value.
    let value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    (header::SET_COOKIE, value)
}

/// `ctx` with the actor of the session in this cookie, or as it was. A session that is over is nobody's.
async fn session(web: &Web, mut ctx: Ctx, parts: &Parts, cookie: Cookie) -> Result<Ctx, AppError> {
    let Some(secret) = secret_of(&parts.headers, &web.settings, cookie) else { return Ok(ctx) };
    let found = match cookie {
        Cookie::Desk => web.app.staff_session(&ctx, secret).await,
        Cookie::Apply => web.app.applicant_session(&ctx, secret).await,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_only_a_cookie_of_this_very_host_is_a_session() {
        let settings = WebSettings {
            origin: "https://lines.example".into(),
            trusted_proxies: Vec::new(),
            requests_per_minute: 0,
            secure_cookies: true,
            demo: false,
        };
        for (set, start) in [
            (start_apply(&settings, "s3cret"), "__Host-lw_apply=s3cret; Path=/; HttpOnly; "),
            (start_desk(&settings, "s3cret"), "__Host-lw_desk=s3cret; Path=/; HttpOnly; "),
            (end_desk(&settings), "__Host-lw_desk=; Path=/; HttpOnly; "),
        ] {
            let text = set.1.to_str().unwrap();
            assert!(text.starts_with(start) && text.ends_with("; Secure"), "{text}");
            assert!(!text.contains("Domain"), "{text}");
        }
        let sent =
            |text: &'static str| HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(text))]);
        let planted = sent("lw_desk=planted; __Host-lw_apply=own");
        assert_eq!(secret_of(&planted, &settings, Cookie::Desk), None);
        assert_eq!(secret_of(&planted, &settings, Cookie::Apply), Some("own"));
    }
}
