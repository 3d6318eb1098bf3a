//! What strangers may send, how often and how much at once; and what goes round every request.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};
use jiff::Timestamp;
use lineward_app::{
    Ctx,
    verification::{CaptureAnswer, SubmitCapture},
};
use lineward_core::id::VerificationId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    Web, WebSettings,
    error::{self, Reader, Refusal},
    pages::Lang,
    visitor::{RequestId, bearer},
};

/// An answer leaves after this time at the latest; the verb behind it still runs to its end.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// Tries of a code or link that one address has a minute. A code has 80 random bits: this spares work, not secrets.
const SIGN_INS_PER_MINUTE: u32 = 10;
/// Addresses remembered at a time (about 5 MB); beyond them the newcomers of a minute share one allowance.
const ADDRESSES: usize = 50_000;
/// Applications that one address may open a minute, and links that it may ask for without a carrier's token: each can
/// send a message to somebody. Ours: a shop's counter opens fewer.
const OPENINGS_PER_MINUTE: u32 = 10;
/// Uploads in memory at a time, each at most 24 MiB.
const UPLOADS: usize = 8;
/// Of them from one address, so that slow ones leave room for everybody else.
const UPLOADS_OF_ONE: usize = 2;
/// Face checks at a time. Each keeps one core busy and up to about 100 MiB.
const FACE_CHECKS: usize = 2;
/// How long a capture waits for its face check.
const FACE_CHECK_WAIT: Duration = Duration::from_secs(10);
const MINUTE_MICROS: i64 = 60_000_000;

/// Counts what is under way.
pub(crate) struct Limits {
    per_minute: u32,
    allowances: Mutex<BTreeMap<(Kind, IpAddr), i64>>,
    /// Where each upload that is in memory comes from.
    uploads: Arc<Mutex<Vec<IpAddr>>>,
    face_checks: Arc<Semaphore>,
}

/// Room for one upload; given back when dropped.
pub(crate) struct Room {
    uploads: Arc<Mutex<Vec<IpAddr>>>,
    from: IpAddr,
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
struct ClientAddress(IpAddr);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Request,
    SignIn,
    Opening,
    Link,
}

/// Goes round every request: names it, holds it to its limits, carries it to its end, writes errors and headers, counts.
/// Only the route is logged, never the path: a path may hold a link's secret.
pub(crate) async fn around_every_request(
    State(web): State<Web>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = (web.clock)();
    let id = RequestId::of(&web, &request);
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let address = address(&request, &web.settings);
    request.extensions_mut().insert(ClientAddress(address));
    let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok());
    let lang = Lang::of(request.uri().query(), accept);
    let rare = rare(&method, &route, request.headers());
    let response = match web.limits.admit(&route, rare, address, begun) {
        Ok(()) => carry_out(&path, request, next).await,
        Err(refusal) => error::refuse(&path, refusal),
    };
    let mut response = error::finish(response, &Reader { web: &web, lang, path: &path, request_id: &id.0 });
    add_headers(response.headers_mut(), &web.settings, &id.0);
    let took = (web.clock)().duration_since(begun);
    web.metrics.request(&method, &route, response.status(), took);
    let millis = u64::try_from(took.as_millis()).unwrap_or(0);
    tracing::info!(%method, route, status = response.status().as_u16(), millis, request_id = id.0, "request");
    response
}

/// Runs the request in a task of its own: a caller who hangs up, and a time-out, leave no verb half done.
async fn carry_out(path: &str, request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIME, tokio::spawn(next.run(request))).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!("a request stopped in a panic");
            let detail = "something is wrong on our side; we have been told";
            error::refuse(path, Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", detail))
        }
        Err(_) => {
            let detail =
                "this takes too long; look again in a while, and repeat it with the same idempotency key";
            let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "timed_out", detail);
            error::refuse(path, refusal.retry_after(10))
        }
    }
}

impl Web {
    /// `submit_capture` in its turn: the one way that pages and API come to a face check.
    pub(crate) async fn submit_capture(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        capture: SubmitCapture,
    ) -> Result<CaptureAnswer, Refusal> {
        let _turn = self.limits.face_check().await?;
        let answer = self.app.submit_capture(ctx, verification, capture).await?;
        self.metrics.answered("capture", &answer.decided.state);
        Ok(answer)
    }
}

impl Limits {
    pub(crate) fn new(per_minute: u32) -> Limits {
        Limits {
            per_minute,
            allowances: Mutex::default(),
            uploads: Arc::default(),
            face_checks: Arc::new(Semaphore::new(FACE_CHECKS)),
        }
    }

    /// Room in memory for the upload that `parts` announce, or the word that there is none.
    pub(crate) fn room_for_upload(&self, parts: &Parts) -> Result<Room, Refusal> {
        let from =
            parts.extensions.get::<ClientAddress>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |from| from.0);
        self.room(network(from))
    }

    fn room(&self, from: IpAddr) -> Result<Room, Refusal> {
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        if uploads.iter().filter(|other| **other == from).count() >= UPLOADS_OF_ONE {
            return Err(too_many("too many uploads from this address at a time", 5));
        }
        if uploads.len() >= UPLOADS {
            return Err(Refusal::busy(5));
        }
        uploads.push(from);
        Ok(Room { uploads: self.uploads.clone(), from })
    }

    /// One of the face checks; waits a little for it.
    async fn face_check(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        match tokio::time::timeout(FACE_CHECK_WAIT, self.face_checks.clone().acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Refusal::busy(10)),
        }
    }

    fn admit(
        &self,
        route: &str,
        rare: Option<(Kind, u32)>,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if matches!(route, "/healthz" | "/readyz") {
            return Ok(());
        }
        if let Some((kind, per_minute)) = rare {
            self.allow(kind, per_minute, address, now)?;
        }
        self.allow(Kind::Request, self.per_minute, address, now)
    }

    /// A token bucket of one minute, kept as the time at which it would be full again.
    fn allow(&self, kind: Kind, per_minute: u32, address: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        if per_minute == 0 {
            return Ok(());
        }
        let now = now.as_microsecond();
        let each = MINUTE_MICROS / i64::from(per_minute);
        let mut allowances = self.allowances.lock().unwrap_or_else(PoisonError::into_inner);
        let mut key = (kind, network(address));
        if allowances.len() >= ADDRESSES && !allowances.contains_key(&key) {
            allowances.retain(|_, full_at| *full_at > now);
            if allowances.len() >= ADDRESSES {
                key.1 = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
            }
        }
        let full_at = allowances.entry(key).or_insert(now);
        let after = (*full_at).max(now).saturating_add(each);
        let over = after.saturating_sub(now).saturating_sub(MINUTE_MICROS);
        if over > 0 {
            let secs = u32::try_from(over / 1_000_000 + 1).unwrap_or(60);
            return Err(too_many("too many requests from this address", secs));
        }
        *full_at = after;
        Ok(())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = uploads.iter().position(|from| *from == self.from) {
            uploads.swap_remove(at);
        }
    }
}

/// What has an allowance of its own besides that of every request. A bearer's links are not counted: whoever sends a
/// token is examined by it alone, and a carrier's system sends the links of many people from one address.
fn rare(method: &Method, route: &str, headers: &HeaderMap) -> Option<(Kind, u32)> {
    if method != Method::POST {
        return None;
    }
    match route {
        "/desk/sign-in" | "/apply/link/{secret}" => Some((Kind::SignIn, SIGN_INS_PER_MINUTE)),
        "/apply" => Some((Kind::Opening, OPENINGS_PER_MINUTE)),
        "/v1/applications/{id}/link" if bearer(headers).is_none() => Some((Kind::Link, OPENINGS_PER_MINUTE)),
        _ => None,
    }
}

fn too_many(detail: &str, retry_after_secs: u32) -> Refusal {
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(retry_after_secs)
}

/// The caller's address: the connection's, or what the proxies we trust say about it, read from the nearest on.
fn address(request: &Request, settings: &WebSettings) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let mut address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
    let forwarded = request.headers().get_all("x-forwarded-for").iter().rev();
    for hop in forwarded.filter_map(|h| h.to_str().ok()).flat_map(|h| h.rsplit(',')) {
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        if !settings.trusted_proxies.contains(&address) {
            break;
        }
        address = hop.to_canonical();
    }
    address
}

/// What counts as one address: an IPv6 subscriber has a network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
    }
}

/// The policy of every answer. `strict-origin`, not `no-referrer`: under the latter browsers send `Origin: null` with our
/// own forms (Fetch, section 3.2, "append a request Origin header"); our origin is all that it shows, and only to us.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; media-src 'self' blob:; \
         connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::REFERRER_POLICY, "strict-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(), microphone=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

fn add_headers(headers: &mut HeaderMap, settings: &WebSettings, request_id: &str) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if settings.secure_cookies {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // Everything but the style sheet and the script, which say so themselves, may be about a person.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_microsecond(1_700_000_000_000_000 + micros).unwrap()
    }

    fn post(limits: &Limits, route: &str, address: &str) -> bool {
        let rare = rare(&Method::POST, route, &HeaderMap::new());
        limits.admit(route, rare, address.parse().unwrap(), at(0)).is_ok()
    }

    #[test]
    fn an_address_has_its_minute_and_no_more() {
        let limits = Limits::new(3);
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..3 {
            assert!(limits.admit("/apply", None, one, at(0)).is_ok());
        }
        assert!(limits.admit("/apply", None, one, at(0)).is_err());
        assert!(limits.admit("/apply", None, other, at(0)).is_ok());
        assert!(limits.admit("/healthz", None, one, at(0)).is_ok());
        assert!(limits.admit("/apply", None, one, at(20_000_000)).is_ok());
        assert!(limits.admit("/apply", None, one, at(20_000_000)).is_err());
    }

    #[test]
    fn codes_and_links_are_tried_ten_times_a_minute() {
        let limits = Limits::new(0);
        for _ in 0..10 {
            assert!(post(&limits, "/desk/sign-in", "2001:db8::1"));
        }
        assert!(!post(&limits, "/apply/link/{secret}", "2001:db8::2"), "a neighbour in the same network");
        assert_eq!(rare(&Method::GET, "/desk/sign-in", &HeaderMap::new()), None);
    }

    #[test]
    fn applications_and_links_have_ten_a_minute_each_but_for_a_carriers_system() {
        let limits = Limits::new(0);
        for route in ["/apply", "/v1/applications/{id}/link"] {
            for _ in 0..10 {
                assert!(post(&limits, route, "192.0.2.1"));
            }
            assert!(!post(&limits, route, "192.0.2.1"), "{route}");
            assert!(post(&limits, route, "192.0.2.2"), "{route}");
        }
        assert!(post(&limits, "/apply/consent", "192.0.2.1"));
        let bearer = [(header::AUTHORIZATION, HeaderValue::from_static("Bearer lwt_x"))];
        assert_eq!(rare(&Method::POST, "/v1/applications/{id}/link", &HeaderMap::from_iter(bearer)), None);
    }

    #[test]
    fn one_address_has_two_uploads_at_a_time_and_all_together_eight() {
        let limits = Limits::new(0);
        let room = |n: u8| limits.room(IpAddr::V4(Ipv4Addr::new(192, 0, 2, n)));
        let refused = |n| room(n).err().map(|refusal| (refusal.status.as_u16(), refusal.code));
        let mut held: Vec<_> = (0..UPLOADS_OF_ONE).map(|_| room(1).ok().unwrap()).collect();
        assert_eq!(refused(1), Some((429, "too_many_requests")));
        for n in 2..=4 {
            held.extend([room(n).ok().unwrap(), room(n).ok().unwrap()]);
        }
        assert_eq!(held.len(), UPLOADS);
        assert_eq!(refused(5), Some((503, "busy")));
        held.remove(0);
        assert_eq!(refused(2), Some((429, "too_many_requests")));
        assert_eq!(refused(1), None);
    }

    fn seen(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let settings = WebSettings {
            origin: "http://127.0.0.1:8080".into(),
            trusted_proxies: trusted.iter().map(|t| t.parse().unwrap()).collect(),
            requests_per_minute: 0,
            secure_cookies: false,
            demo: true,
        };
        let mut request =
            Request::get("/").header("x-forwarded-for", forwarded).body(axum::body::Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        address(&request, &settings).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen("192.0.2.9", "198.51.100.1", &[]), "192.0.2.9");
        assert_eq!(seen("192.0.2.9", "198.51.100.1", &["192.0.2.9"]), "198.51.100.1");
        assert_eq!(seen("192.0.2.9", "203.0.113.7, 198.51.100.1", &["192.0.2.9"]), "198.51.100.1");
        assert_eq!(seen("192.0.2.9", "203.0.113.7, 192.0.2.8", &["192.0.2.9", "192.0.2.8"]), "203.0.113.7");
        assert_eq!(seen("192.0.2.9", "nonsense", &["192.0.2.9"]), "192.0.2.9");
    }
}
