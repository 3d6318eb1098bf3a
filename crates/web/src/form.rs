//! Bodies: forms of our own pages, JSON, and uploaded pictures; each with its limit, its origin and its idempotency key.

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, Form, FromRequest, FromRequestParts, Multipart, OriginalUri, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use lineward_app::{
    Actor, AppError, Ctx, Idempotency,
    verification::{ShownPortrait, SubmitCapture},
};
use lineward_core::evidence::Assurance;
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    Web,
    error::{ApiError, PageError, Refusal},
    limits::Room,
    visitor::{Caller, HasCtx},
};

/// The most that a form or JSON body may hold. Ours: the longest note has 2,000 characters, the longest zone 90.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;
/// The most that one upload may hold: a document and eight frames of a phone's camera at about 2.5 MiB each.
pub(crate) const UPLOAD_LIMIT: usize = 24 * 1024 * 1024;
/// The pictures of one capture; the verb takes as many.
const MOST_FRAMES: usize = 8;
/// A body must have arrived after this time. Ours: 24 MiB at 10 Mbit/s take 20 s.
const BODY_TIME: Duration = Duration::from_secs(25);

/// A form post from one of our own pages, with the visitor that `V` demands. Its hidden `idempotency_key` is in the
/// visitor's context.
pub(crate) struct PageForm<V, T> {
    pub(crate) visitor: V,
    pub(crate) form: T,
}

/// The most that the files of a chip may hold as JSON. Ours: a passport's are 20 to 60 kB, in base64 a third more; the
/// largest portraits that are seen stay below half of it.
pub(crate) const CHIP_LIMIT: usize = 256 * 1024;

/// A JSON body from somebody at the API; an empty body is `{}`.
pub(crate) struct ApiPost<T, const MOST: usize = BODY_LIMIT> {
    pub(crate) ctx: Ctx,
    pub(crate) body: T,
}

/// Document and capture posted by one of our own pages.
pub(crate) struct PageUpload<V> {
    pub(crate) visitor: V,
    pub(crate) capture: SubmitCapture,
    /// Held as long as the pictures are in memory.
    pub(crate) _room: Room,
}

/// Document and capture from somebody at the API.
pub(crate) struct ApiUpload {
    pub(crate) ctx: Ctx,
    pub(crate) capture: SubmitCapture,
    pub(crate) _room: Room,
}

/// A value for the hidden field `idempotency_key` of a form.
pub(crate) fn form_key(ctx: &Ctx) -> String {
    hex::encode(ctx.bytes::<16>())
}

/// Whether one of our own pages sent this: browsers say so in `Origin`, older ones in `Referer` only.
pub(crate) fn is_same_origin(headers: &HeaderMap, origin: &str) -> bool {
    match headers.get(header::ORIGIN) {
        Some(sent) => sent.as_bytes() == origin.as_bytes(),
        None => {
            let referer = headers.get(header::REFERER).and_then(|r| r.to_str().ok());
            let rest = referer.and_then(|r| r.strip_prefix(origin));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
    }
}

impl<V, T> FromRequest<Web> for PageForm<V, T>
where
    V: FromRequestParts<Web> + HasCtx + Send,
    T: DeserializeOwned,
{
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut visitor, parts, request) = from_our_page::<V>(request, web).await?;
        let body = body(request, BODY_LIMIT).await.map_err(page)?;
        let Keyed { idempotency_key: key } = fields(&body).await.map_err(|_| page(no_key()))?;
        if !is_form_key(&key) {
            return Err(page(no_key()));
        }
        let form = fields(&body).await.map_err(page)?;
        let ctx = visitor.ctx_mut();
        ctx.idempotency = Some(idempotency(&ctx.actor, &key, &parts, &body));
        Ok(PageForm { visitor, form })
    }
}

impl<T: DeserializeOwned, const MOST: usize> FromRequest<Web> for ApiPost<T, MOST> {
    type Rejection = ApiError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, ApiError> {
        let (mut parts, sent) = request.into_parts();
        let Caller(mut ctx) = Caller::from_request_parts(&mut parts, web).await?;
        let key = header_key(&parts.headers)?;
        let is_json = is_json(&parts.headers);
        let bytes = body(Request::new(sent), MOST).await?;
        if !bytes.is_empty() && !is_json {
            let detail = "send the body as application/json";
            return Err(
                Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail).into()
            );
        }
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        let body = serde_json::from_slice(text).map_err(|e| match e.classify() {
            serde_json::error::Category::Data => {
                Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", e.to_string())
            }
            _ => Refusal::malformed(format!("not JSON: {e}")),
        })?;
        ctx.idempotency = key.map(|key| idempotency(&ctx.actor, &key, &parts, &bytes));
        Ok(ApiPost { ctx, body })
    }
}

impl<V> FromRequest<Web> for PageUpload<V>
where
    V: FromRequestParts<Web> + HasCtx + Send,
{
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut visitor, parts, request) = from_our_page::<V>(request, web).await?;
        let room = web.limits.room_for_upload(&parts).map_err(page)?;
        let pictures = Pictures::of(request, &parts).await.map_err(page)?;
        let key = pictures.key.clone().ok_or_else(|| page(no_key()))?;
        let ctx = visitor.ctx_mut();
        ctx.idempotency = Some(idempotency(&ctx.actor, &key, &parts, &pictures.digest));
        let capture = pictures.capture(&ctx.actor).map_err(page)?;
        Ok(PageUpload { visitor, capture, _room: room })
    }
}

impl FromRequest<Web> for ApiUpload {
    type Rejection = ApiError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, ApiError> {
        let (mut parts, sent) = request.into_parts();
        let Caller(mut ctx) = Caller::from_request_parts(&mut parts, web).await?;
        let key = header_key(&parts.headers)?;
        let room = web.limits.room_for_upload(&parts)?;
        let pictures = Pictures::of(Request::new(sent), &parts).await?;
        ctx.idempotency = key.map(|key| idempotency(&ctx.actor, &key, &parts, &pictures.digest));
        let capture = pictures.capture(&ctx.actor)?;
        Ok(ApiUpload { ctx, capture, _room: room })
    }
}

/// The visitor of a form post, after its origin was checked.
async fn from_our_page<V>(request: Request, web: &Web) -> Result<(V, Parts, Request), Response>
where
    V: FromRequestParts<Web>,
{
    let (mut parts, sent) = request.into_parts();
    if !is_same_origin(&parts.headers, &web.settings.origin) {
        return Err(page(Refusal::foreign_origin()));
    }
    let visitor = V::from_request_parts(&mut parts, web).await.map_err(IntoResponse::into_response)?;
    Ok((visitor, parts, Request::new(sent)))
}

async fn body(mut request: Request, most: usize) -> Result<Bytes, Refusal> {
    DefaultBodyLimit::max(most).apply(&mut request);
    let read = tokio::time::timeout(BODY_TIME, Bytes::from_request(request, &()));
    read.await.map_err(|_| too_slow())?.map_err(|e| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large(most),
        _ => Refusal::malformed("the body did not arrive"),
    })
}

/// The one field that every form of ours carries besides its own.
#[derive(Deserialize)]
struct Keyed {
    idempotency_key: String,
}

/// The fields of a form.
async fn fields<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    let mut request = Request::new(body.clone().into());
    *request.method_mut() = Method::POST;
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    let form = Form::<T>::from_request(request, &()).await;
    form.map(|Form(form)| form)
        .map_err(|e| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", e.body_text()))
}

/// The parts of an upload.
#[derive(Default)]
struct Pictures {
    document: Option<Zeroizing<Vec<u8>>>,
    chip_portrait: Option<Zeroizing<Vec<u8>>>,
    frames: Vec<Zeroizing<Vec<u8>>>,
    from_file: bool,
    key: Option<String>,
    /// Over names and contents: a repeated upload has another boundary.
    digest: [u8; 32],
}

impl Pictures {
    async fn of(mut request: Request, parts: &Parts) -> Result<Pictures, Refusal> {
        DefaultBodyLimit::max(UPLOAD_LIMIT).apply(&mut request);
        if let Some(kind) = parts.headers.get(header::CONTENT_TYPE) {
            request.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
        }
        let multipart =
            Multipart::from_request(request, &()).await.map_err(|e| Refusal::malformed(e.body_text()))?;
        tokio::time::timeout(BODY_TIME, Pictures::read(multipart)).await.map_err(|_| too_slow())?
    }

    async fn read(mut multipart: Multipart) -> Result<Pictures, Refusal> {
        let mut found = Pictures::default();
        let mut hash = Sha256::new();
        while let Some(mut field) = multipart.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            let mut bytes = Zeroizing::new(Vec::new());
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                bytes.extend_from_slice(&chunk);
            }
            if name != "idempotency_key" {
                hash.update(u64::try_from(name.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(&name);
                hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(&*bytes);
            }
            found.take(&name, bytes)?;
        }
        found.digest = hash.finalize().into();
        Ok(found)
    }

    fn take(&mut self, name: &str, bytes: Zeroizing<Vec<u8>>) -> Result<(), Refusal> {
        match name {
            "document" if self.document.is_none() => self.document = Some(bytes),
            "chip_portrait" if self.chip_portrait.is_none() => self.chip_portrait = Some(bytes),
            // A file input that nothing was chosen for is sent as an empty part.
            "capture" if bytes.is_empty() => {}
            "capture" if self.frames.len() < MOST_FRAMES => self.frames.push(bytes),
            "from_file" => self.from_file = !matches!(bytes.as_slice(), b"" | b"0"),
            "idempotency_key" => {
                let key = std::str::from_utf8(&bytes).ok().filter(|k| is_form_key(k)).ok_or_else(no_key)?;
                self.key = Some(key.to_owned());
            }
            "document" | "chip_portrait" | "capture" => return Err(invalid(name, "too many of these")),
            _ => {
                return Err(invalid(
                    name,
                    "no such part; send document or chip_portrait, capture (one to eight times), from_file",
                ));
            }
        }
        Ok(())
    }

    fn capture(self, actor: &Actor) -> Result<SubmitCapture, Refusal> {
        let sent = |part: Option<Zeroizing<Vec<u8>>>| part.filter(|bytes| !bytes.is_empty());
        let portrait = match (sent(self.document), sent(self.chip_portrait)) {
            (Some(picture), None) => ShownPortrait::Picture(picture),
            (None, Some(file)) => ShownPortrait::Chip(file),
            (None, None) => return Err(invalid("document", "a picture of it")),
            (Some(_), Some(_)) => return Err(invalid("chip_portrait", "instead of document, not beside it")),
        };
        if self.frames.is_empty() {
            return Err(invalid("capture", "one to eight frames of one capture"));
        }
        Ok(SubmitCapture { portrait, frames: self.frames, assurance: assurance(actor, self.from_file) })
    }
}

/// How far a capture can be trusted. It rests on whose session sent it; a field can lower it and never raise it.
fn assurance(actor: &Actor, from_file: bool) -> Assurance {
    match actor {
        Actor::Staff { .. } => Assurance::Staffed,
        Actor::Applicant(_) if !from_file => Assurance::WebSession,
        _ => Assurance::File,
    }
}

fn idempotency(actor: &Actor, key: &str, parts: &Parts, body: &[u8]) -> Idempotency {
    let path = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.path(), |uri| uri.0.path());
    let key_hash =
        Sha256::new().chain_update(actor.to_string()).chain_update([0]).chain_update(key).finalize();
    let request_hash = Sha256::new()
        .chain_update(parts.method.as_str())
        .chain_update([0])
        .chain_update(path)
        .chain_update([0])
        .chain_update(body)
        .finalize();
    Idempotency { key_hash: key_hash.into(), request_hash: request_hash.into() }
}

fn header_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    match key.to_str() {
        Ok(key) if (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Some(key.to_owned()))
        }
        _ => Err(AppError::invalid("Idempotency-Key", "1 to 128 visible ASCII characters").into()),
    }
}

/// Made by [`form_key`]; a short one would be somebody else's too.
fn is_form_key(key: &str) -> bool {
    key.len() == 32 && key.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|k| k.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn page(refusal: Refusal) -> Response {
    PageError::from(refusal).into_response()
}

fn no_key() -> Refusal {
    invalid("idempotency_key", "this form is not complete; open the page again")
}

fn invalid(field: &str, problem: &str) -> Refusal {
    let field: String = field.chars().take(64).collect();
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", format!("{field}: {problem}"))
}

fn broken(e: axum::extract::multipart::MultipartError) -> Refusal {
    match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large(UPLOAD_LIMIT),
        _ => Refusal::malformed("the upload is not whole"),
    }
}

fn too_slow() -> Refusal {
    Refusal::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "the request took too long to arrive")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
        of.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_origin_is_ours() {
        let ours = "https://lines.example";
        for (sent, expected) in [
            (headers(&[("origin", "https://lines.example")]), true),
            (headers(&[("origin", "null")]), false),
            (headers(&[("origin", "https://lines.example.evil.example")]), false),
            (headers(&[("origin", "http://lines.example")]), false),
            (headers(&[("referer", "https://lines.example/apply")]), true),
            (headers(&[("referer", "https://lines.example.evil.example/")]), false),
            (headers(&[("origin", "https://evil.example"), ("referer", "https://lines.example/")]), false),
            (headers(&[]), false),
        ] {
            assert_eq!(is_same_origin(&sent, ours), expected, "{sent:?}");
        }
    }

    #[test]
    fn a_field_lowers_the_assurance_and_never_raises_it() {
        let applicant = Actor::Applicant(lineward_core::id::Id::from_bytes([1; 16]));
        let token = Actor::Token { id: lineward_core::id::Id::from_bytes([2; 16]), roles: Vec::new() };
        assert_eq!(assurance(&applicant, false), Assurance::WebSession);
        assert_eq!(assurance(&applicant, true), Assurance::File);
        assert_eq!(assurance(&token, false), Assurance::File);
    }
}
