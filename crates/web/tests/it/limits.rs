//! What goes round every request: limits, headers, names.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use lineward_testkit::WorldOptions;

use crate::site::{DEMO, Site, Who, request};

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let site = Site::with(WorldOptions::new(DEMO), 5).await;
    for _ in 0..5 {
        assert_eq!(site.get(&Who::Nobody, "/apply").await.status, StatusCode::OK);
    }
    let refused = site.get(&Who::Nobody, "/v1/lines/x").await;
    refused.is_problem(429, "too_many_requests");
    let secs: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=13).contains(&secs), "{secs}");
    let page = site.get(&Who::Nobody, "/apply").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.header("content-type").starts_with("text/html"));
    assert_eq!(site.get(&Who::Nobody, "/healthz").await.status, StatusCode::OK);
    site.world.clock.pass(jiff::SignedDuration::from_secs(secs));
    assert_eq!(site.get(&Who::Nobody, "/apply").await.status, StatusCode::OK);
}

#[tokio::test]
async fn codes_cannot_be_tried_at_will() {
    let site = Site::new().await;
    let body = "idempotency_key=00000000000000000000000000000001&code=ABCD-ABCD-ABCD-ABCD";
    for _ in 0..10 {
        let refused = site.form(&Who::Nobody, "/desk/sign-in", body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(site.form(&Who::Nobody, "/desk/sign-in", body).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_its_name() {
    let site = Site::new().await;
    let system = site.token().await;
    for (who, path) in [
        (&Who::Nobody, "/"),
        (&Who::Nobody, "/nothing"),
        (&Who::Nobody, "/apply/status"),
        (&Who::Nobody, "/v1/lines/x"),
        (&system, "/v1/lines/00000000-0000-7000-8000-000000000000"),
        (&Who::Nobody, "/healthz"),
    ] {
        let answer = site.get(who, path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("permissions-policy", "camera=(self), geolocation=(), microphone=()"),
            ("referrer-policy", "strict-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
    }
}

#[tokio::test]
async fn a_request_keeps_the_name_its_caller_gave_it() {
    let site = Site::new().await;
    let named = |header: &str, id: &str| {
        let request = Request::get("/healthz").header(header, id).body(Body::empty()).unwrap();
        site.send(request)
    };
    assert_eq!(named("x-request-id", "billing-000017").await.header("x-request-id"), "billing-000017");
    assert_eq!(named("x-correlator", "billing-000017").await.header("x-request-id"), "billing-000017");
    assert_ne!(named("x-request-id", "<script>alert(1)").await.header("x-request-id"), "<script>alert(1)");
}

#[tokio::test]
async fn ready_means_that_the_store_answers() {
    let site = Site::new().await;
    assert_eq!(site.get(&Who::Nobody, "/readyz").await.text, r#"{"ok":true}"#);
}

#[tokio::test]
async fn unknown_methods_are_counted_as_one() {
    let site = Site::new().await;
    for method in ["BREW", "DELETE", "PUT"] {
        let request = request(&Who::Nobody, method, "/healthz").body(Body::empty()).unwrap();
        let refused = site.send(request).await;
        refused.is_problem(405, "method_not_allowed");
        assert!(refused.header("allow").contains("GET"));
    }
    let metrics = site.get(&site.token().await, "/metrics").await.text;
    assert!(metrics.contains("{method=\"other\",route=\"/healthz\",status=\"405\"} 3"), "{metrics}");
}
