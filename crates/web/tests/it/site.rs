//! A whole lineward behind its router, and visitors to it.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use lineward_app::{Actor, staff::Invite};
use lineward_core::{
    id::{ApplicationId, CarrierId},
    staff::Role,
};
use lineward_testkit::{World, WorldOptions};
use lineward_web::{Web, WebSettings};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) use lineward_testkit::MRZ;

pub(crate) const DEMO: &str = include_str!("../../../../rules/demo.toml");
pub(crate) const CN: &str = include_str!("../../../../rules/cn.toml");
pub(crate) const ORIGIN: &str = "http://127.0.0.1:8080";

/// Who sends a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Who {
    Nobody,
    /// A token of a carrier's system.
    Token(String),
    /// A staff member's session.
    Desk(String),
    /// An applicant's session.
    Apply(String),
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) router: Router,
}

impl Site {
    pub(crate) async fn new() -> Site {
        Site::with(WorldOptions::new(DEMO), 0).await
    }

    /// Under other rules than the demo's.
    pub(crate) async fn under(rules: &str) -> Site {
        Site::with(WorldOptions::new(rules), 0).await
    }

    pub(crate) async fn with(options: WorldOptions, requests_per_minute: u32) -> Site {
        let world = World::new(options).await;
        let clock = world.clock.clone();
        let settings = WebSettings {
            origin: ORIGIN.into(),
            trusted_proxies: Vec::new(),
            requests_per_minute,
            secure_cookies: false,
            demo: true,
        };
        let web = Web::new(world.app.clone(), world.entropy.clone(), Arc::new(move || clock.now()), settings);
        Site { world, router: lineward_web::router(web) }
    }

    /// Another carrier on the same store.
    pub(crate) async fn neighbour(&self) -> Site {
        let mut options = WorldOptions::new(DEMO);
        options.folder = Some(self.world.folder().to_owned());
        options.carrier = CarrierId::from_bytes([0xcb; 16]);
        options.seed = 2;
        Site::with(options, 0).await
    }

    pub(crate) async fn token(&self) -> Who {
        let made = self.world.app.create_token(&self.world.operator(), "billing", &[Role::System], 30).await;
        Who::Token(made.unwrap().1.to_string())
    }

    pub(crate) async fn staff(&self, name: &str, role: Role) -> Who {
        let invite = Invite { name: name.into(), roles: vec![role], identity: None };
        let (_, code) = self.world.app.invite_staff(&self.world.operator(), &invite).await.unwrap();
        let (_, session) = self.world.app.sign_in(&self.world.ctx(Actor::Nobody), &code).await.unwrap();
        Who::Desk(session.to_string())
    }

    /// A session of the applicant of `application`.
    pub(crate) async fn applicant(&self, application: &str) -> Who {
        let id: ApplicationId = application.parse().unwrap();
        let session = self.world.app.first_session(&self.world.ctx(Actor::Nobody), id).await;
        Who::Apply(session.unwrap().to_string())
    }

    pub(crate) async fn get(&self, who: &Who, path: &str) -> Answer {
        self.send(request(who, "GET", path).body(Body::empty()).unwrap()).await
    }

    /// Posts JSON.
    pub(crate) async fn post(&self, who: &Who, path: &str, body: Value) -> Answer {
        let request = request(who, "POST", path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// Posts JSON with an idempotency key.
    pub(crate) async fn post_once(&self, who: &Who, key: &str, path: &str, body: Value) -> Answer {
        let request = request(who, "POST", path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        self.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// Posts a form of our pages.
    pub(crate) async fn form(&self, who: &Who, path: &str, fields: &str) -> Answer {
        let request =
            request(who, "POST", path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(fields.to_owned().into()).unwrap()).await
    }

    /// Posts parts.
    pub(crate) async fn upload(&self, who: &Who, path: &str, parts: &[(&str, &str)]) -> Answer {
        let parts: Vec<_> = parts.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        self.upload_bytes(who, path, &parts).await
    }

    /// Posts parts that are no text.
    pub(crate) async fn upload_bytes(&self, who: &Who, path: &str, parts: &[(&str, &[u8])]) -> Answer {
        let request =
            request(who, "POST", path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX");
        self.send(request.body(multipart_bytes(parts).into()).unwrap()).await
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 5000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// Opens an application; its id and its verification's.
    pub(crate) async fn open(&self, who: &Who) -> (String, String) {
        let opened = self
            .post(who, "/v1/applications", serde_json::json!({"kind": "mobile", "payment": "prepaid"}))
            .await;
        assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text);
        let opened = opened.json();
        (opened.text("application"), opened.text("verification"))
    }

    /// Takes an application to its capture.
    pub(crate) async fn open_to_capture(&self, who: &Who) -> (String, String) {
        let (application, verification) = self.open(who).await;
        let consent = serde_json::json!({
            "kinds": ["identity", "face", "keep_images"], "text_version": "2026-1", "way": "face"
        });
        let agreed = self.post(who, &format!("/v1/verifications/{verification}/consent"), consent).await;
        assert_eq!(agreed.status, StatusCode::NO_CONTENT, "{}", agreed.text);
        let document = serde_json::json!({ "mrz": MRZ });
        let taken = self.post(who, &format!("/v1/verifications/{verification}/document"), document).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
        assert!(taken.json()["taken"].as_bool().unwrap());
        (application, verification)
    }

    /// Takes an application to a referral: the capture is a copy of the portrait.
    pub(crate) async fn open_to_referral(&self, who: &Who) -> (String, String) {
        let (application, verification) = self.open_to_capture(who).await;
        let parts = [("document", "face of anna"), ("capture", "copy of anna")];
        let answer = self.upload(who, &format!("/v1/verifications/{verification}/capture"), &parts).await;
        assert_eq!(answer.json()["state"], "referred", "{}", answer.text);
        (application, verification)
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that this is an RFC 9457 document with this status and code.
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
    }
}

pub(crate) trait Text {
    fn text(&self, field: &str) -> String;
}

impl Text for Value {
    fn text(&self, field: &str) -> String {
        self[field].as_str().unwrap_or_else(|| panic!("no {field} in {self}")).to_owned()
    }
}

/// A request as `who` sends it; whoever has a cookie sends it from our own pages.
pub(crate) fn request(who: &Who, method: &str, path: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    match who {
        Who::Nobody => request.header(header::ORIGIN, ORIGIN),
        Who::Token(secret) => request.header(header::AUTHORIZATION, format!("Bearer {secret}")),
        Who::Desk(secret) => {
            request.header(header::ORIGIN, ORIGIN).header(header::COOKIE, format!("lw_desk={secret}"))
        }
        Who::Apply(secret) => {
            request.header(header::ORIGIN, ORIGIN).header(header::COOKIE, format!("a=b; lw_apply={secret}"))
        }
    }
}

pub(crate) fn multipart(parts: &[(&str, &str)]) -> String {
    let parts: Vec<_> = parts.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    String::from_utf8(multipart_bytes(&parts)).unwrap()
}

fn multipart_bytes(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let part = |(name, body): &(&str, &[u8])| {
        let file =
            if *name == "from_file" || *name == "idempotency_key" { "" } else { "; filename=\"x.jpg\"" };
        let head = format!("--XX\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        [head.as_bytes(), *body, b"\r\n".as_slice()].concat()
    };
    parts.iter().flat_map(part).chain(*b"--XX--\r\n").collect()
}
