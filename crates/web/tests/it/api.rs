//! The API as a carrier's system, an applicant's page and staff use it.

use axum::http::{StatusCode, header};
use base64::{Engine, prelude::BASE64_STANDARD};
use lineward_app::ports::{AuthorityAnswer, IssuerMatch, Standing};
use lineward_core::staff::Role;
use lineward_testkit::chips::TestChip;
use serde_json::{Value, json};

use crate::site::{CN, MRZ, ORIGIN, Site, Text, Who, multipart, request};

#[tokio::test]
async fn a_carriers_system_takes_an_application_to_an_active_line() {
    let site = Site::new().await;
    let system = site.token().await;
    let (application, verification) = site.open_to_capture(&system).await;

    let standing = site.get(&system, &format!("/v1/verifications/{verification}")).await.json();
    assert_eq!(standing["next"], "capture");
    assert_eq!(standing["channel"], "api");

    let parts = [("document", "face of anna"), ("capture", "face of anna")];
    let answer = site.upload(&system, &format!("/v1/verifications/{verification}/capture"), &parts).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["outcome"], "match");
    assert_eq!(answer.json()["state"], "approved", "{}", answer.text);

    site.world.work().await.unwrap();
    let seen = site.get(&system, &format!("/v1/applications/{application}")).await.json();
    assert_eq!((&seen["state"], &seen["line_state"]), (&json!("approved"), &json!("active")));
    let line = site.get(&system, &format!("/v1/lines/{}", seen.text("line"))).await.json();
    assert_eq!(line["state"], "active");
    assert_eq!(site.world.network.orders().len(), 1);

    let receipt = site.get(&system, &format!("/v1/applications/{application}/receipt")).await;
    assert_eq!(receipt.header("content-type"), "text/plain; charset=utf-8");
    assert!(receipt.text.contains(&seen.text("reference")), "{}", receipt.text);
    let metrics = site.get(&system, "/metrics").await.text;
    assert!(metrics.contains("lineward_answers_total{verb=\"capture\",state=\"approved\"} 1"), "{metrics}");
    assert!(metrics.contains("lineward_jobs{kind=\"provision_line\",state=\"done\"} 1"), "{metrics}");
    assert!(!metrics.contains(&application) && !metrics.contains("ERIKSSON"), "{metrics}");
}

/// An authority that says that a document stands, and nothing else.
const STANDS: AuthorityAnswer = AuthorityAnswer {
    standing: Standing::Valid,
    fields: IssuerMatch::NotOffered,
    portrait: IssuerMatch::NotOffered,
};

#[tokio::test]
async fn a_chip_takes_an_application_to_an_active_line_under_the_rules_of_cn() {
    let site = Site::under(CN).await;
    site.world.clerk.answer(STANDS);
    let (application, verification) = site.open(&site.token().await).await;
    // The carrier's app, in the applicant's own session.
    let app = site.applicant(&application).await;
    let path = |step: &str| format!("/v1/verifications/{verification}/{step}");
    let agree = json!({"kinds": ["identity", "face"], "text_version": "2026-1", "way": "face"});
    assert_eq!(site.post(&app, &path("consent"), agree).await.status, StatusCode::NO_CONTENT);

    let session = site.post(&app, &path("chip-session"), json!({})).await.json();
    let nonce: [u8; 8] = BASE64_STANDARD.decode(session.text("nonce")).unwrap().try_into().unwrap();
    assert_eq!(session["chip_authentication"], Value::Null);
    let chip = TestChip::new(MRZ, "face of anna");
    let read = json!({
        "session": session["session"],
        "files": Value::from_iter(chip.files.iter().map(|(name, bytes)| (name.as_str(), BASE64_STANDARD.encode(bytes)))),
        "active_authentication": {"signature": BASE64_STANDARD.encode(TestChip::answer(&nonce))},
    });
    let answer = site.post(&app, &path("chip"), read.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let answer = answer.json();
    assert_eq!(
        (&answer["taken"], &answer["fields"], &answer["portrait"]),
        (&json!(true), &json!("genuine"), &json!("genuine"))
    );
    assert_eq!(
        answer["findings"][6],
        json!({"check": "active_authentication", "result": "pass", "reason": null})
    );
    site.post(&app, &path("chip"), read).await.is_problem(409, "chip_session_over");

    let standing = site.get(&app, &format!("/v1/verifications/{verification}")).await.json();
    assert_eq!((&standing["next"], &standing["chip_portrait"]), (&json!("capture"), &json!(true)));
    assert_eq!(standing["document"]["portrait"]["classes"], json!(["signed", "chip_present"]));
    assert_eq!(standing["document"]["valid"]["not_revoked"], "not_checked");

    // A photograph does not stand in for the signed portrait.
    let picture = [("document", "face of eve"), ("capture", "face of eve")];
    let refused = site.upload(&app, &path("capture"), &picture).await.json();
    assert_eq!((&refused["outcome"], &refused["advice"]), (&json!("not_compared"), &json!(["use_chip"])));
    let file = chip.file("DG2");
    let parts: [(&str, &[u8]); 2] = [("chip_portrait", &file), ("capture", b"face of anna")];
    let decided = site.upload_bytes(&app, &path("capture"), &parts).await.json();
    assert_eq!((&decided["outcome"], &decided["state"]), (&json!("match"), &json!("approved")));

    site.world.work().await.unwrap();
    let seen = site.get(&app, &format!("/v1/applications/{application}")).await.json();
    assert_eq!((&seen["state"], &seen["line_state"]), (&json!("approved"), &json!("active")));
}

#[tokio::test]
async fn what_is_no_chip_is_named() {
    let site = Site::under(CN).await;
    let system = site.token().await;
    let (_, verification) = site.open_to_capture(&system).await;
    let path = format!("/v1/verifications/{verification}/chip");
    let session = "00000000-0000-7000-8000-000000000000";
    let post = async |body| site.post(&system, &path, body).await;
    post(json!({"session": session, "files": {"EF_SOD": "not base64!"}})).await.is_problem(422, "invalid");
    post(json!({"session": session, "files": {"holiday.jpg": ""}})).await.is_problem(422, "invalid");
    post(json!({"session": session, "files": {}, "gps": 1})).await.is_problem(422, "invalid");
    post(json!({"session": session, "files": {}})).await.is_problem(409, "chip_session_over");
    let large = BASE64_STANDARD.encode(vec![0; 200 * 1024]);
    post(json!({"session": session, "files": {"DG2": large}})).await.is_problem(413, "too_large");
    let rubbish = site.post(&system, &format!("{path}-session"), json!({"dg14": "AAAA"})).await;
    rubbish.is_problem(422, "invalid");
}

#[tokio::test]
async fn what_could_not_be_compared_is_asked_again_with_advice() {
    let site = Site::new().await;
    let system = site.token().await;
    let (_, verification) = site.open_to_capture(&system).await;
    let path = format!("/v1/verifications/{verification}/capture");
    let answer =
        site.upload(&system, &path, &[("document", "face of anna"), ("capture", "no face")]).await.json();
    assert_eq!((&answer["outcome"], &answer["state"]), (&json!("not_compared"), &json!("open")));
    assert_eq!(answer["advice"], json!(["look_into_camera"]));
    let before = answer["attempts_left"].clone();
    let answer =
        site.upload(&system, &path, &[("document", "face of anna"), ("capture", "no face")]).await.json();
    assert_eq!(answer["attempts_left"], before, "no attempt is burnt");
}

#[tokio::test]
async fn a_repeated_request_is_answered_as_the_first_time() {
    let site = Site::new().await;
    let system = site.token().await;
    let body = json!({"kind": "mobile", "payment": "prepaid"});
    let first = site.post_once(&system, "k1", "/v1/applications", body.clone()).await;
    let again = site.post_once(&system, "k1", "/v1/applications", body.clone()).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    let other = json!({"kind": "broadband", "payment": "prepaid"});
    site.post_once(&system, "k1", "/v1/applications", other).await.is_problem(409, "idempotency_key_reused");
    let others = site.post_once(&site.token().await, "k1", "/v1/applications", body.clone()).await;
    assert_ne!(others.text, first.text, "another sender's key is another key");
    site.post_once(&system, "has space", "/v1/applications", body).await.is_problem(422, "invalid");
}

#[tokio::test]
async fn a_body_that_says_nothing_may_be_left_out() {
    let site = Site::new().await;
    let system = site.token().await;
    let (application, _) = site.open_to_capture(&system).await;
    let bare = request(&system, "POST", &format!("/v1/applications/{application}/decide"));
    let decided = site.send(bare.body(Default::default()).unwrap()).await.json();
    assert_eq!(decided["state"], "referred");
    assert!(decided["reasons"].as_array().unwrap().contains(&json!("face_not_compared")), "{decided}");
}

#[tokio::test]
async fn nothing_is_decided_before_consent_and_document() {
    let site = Site::new().await;
    let system = site.token().await;
    let (application, verification) = site.open(&system).await;
    let (decide, standing) =
        (format!("/v1/applications/{application}/decide"), format!("/v1/applications/{application}"));
    site.post(&system, &decide, json!({})).await.is_problem(409, "wrong_state");
    let consent = json!({"kinds": ["identity", "face"], "text_version": "2026-1", "way": "face"});
    site.post(&system, &format!("/v1/verifications/{verification}/consent"), consent).await;
    site.post(&system, &decide, json!({})).await.is_problem(409, "wrong_state");
    assert_eq!(site.get(&system, &standing).await.json()["state"], "open");
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_no_verb_half_done() {
    let site = Site::new().await;
    let system = site.token().await;
    let (application, _) = site.open(&system).await;
    let withdraw = format!("/v1/applications/{application}/withdraw");
    let mut asked = Box::pin(site.post(&system, &withdraw, json!({})));
    let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(asked.as_mut().poll(cx))).await;
    assert!(polled.is_pending(), "the request has begun and is not answered");
    drop(asked);
    let path = format!("/v1/applications/{application}");
    for _ in 0..1_000 {
        if site.get(&system, &path).await.json()["state"] == "withdrawn" {
            return;
        }
    }
    panic!("the application is still open");
}

#[tokio::test]
async fn a_repeated_upload_is_answered_as_the_first_time() {
    let site = Site::new().await;
    let system = site.token().await;
    let (_, verification) = site.open_to_capture(&system).await;
    let path = format!("/v1/verifications/{verification}/capture");
    let send = |boundary: &'static str, face: &'static str| {
        let body = multipart(&[("document", "face of anna"), ("capture", face)]).replace("XX", boundary);
        let request = request(&system, "POST", &path)
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
            .header("idempotency-key", "upload-1");
        site.send(request.body(body.into()).unwrap())
    };
    let first = send("XX", "face of berta").await.json();
    assert_eq!(first["outcome"], "non_match");
    let again = send("YY", "face of berta").await.json();
    assert_eq!(first, again, "another boundary is the same upload, and no second attempt");
    send("XX", "face of anna").await.is_problem(409, "idempotency_key_reused");
}

#[tokio::test]
async fn requests_that_cannot_be_used_are_named_with_a_stable_code() {
    let site = Site::new().await;
    let system = site.token().await;
    let (_, verification) = site.open(&system).await;
    let document = format!("/v1/verifications/{verification}/document");
    let capture = format!("/v1/verifications/{verification}/capture");
    let raw = |kind: &'static str, body: String| {
        let request = request(&system, "POST", "/v1/applications").header(header::CONTENT_TYPE, kind);
        site.send(request.body(body.into()).unwrap())
    };
    raw("application/json", "{".into()).await.is_problem(400, "malformed");
    raw("text/plain", "{}".into()).await.is_problem(415, "unsupported_media_type");
    raw("application/json", " ".repeat(70_000)).await.is_problem(413, "too_large");
    for (path, body, status, code) in [
        (
            "/v1/applications",
            json!({"kind": "mobile", "payment": "prepaid", "colour": "red"}),
            422,
            "invalid",
        ),
        ("/v1/applications", json!({"kind": "pigeon", "payment": "prepaid"}), 422, "invalid"),
        ("/v1/applications", json!({"kind": "mobile"}), 422, "invalid"),
        (
            "/v1/applications",
            json!({"kind": "mobile", "payment": "prepaid", "language": "x_y"}),
            422,
            "invalid",
        ),
        (document.as_str(), json!({}), 422, "invalid"),
        (document.as_str(), json!({"mrz": MRZ}), 409, "wrong_state"),
        ("/v1/applications/nonsense/decide", json!({}), 404, "not_found"),
        ("/v1/applications/00000000-0000-7000-8000-000000000000/decide", json!({}), 404, "not_found"),
        ("/v1/applications/00000000-0000-7000-8000-000000000000/link", json!({}), 404, "not_found"),
        ("/v1/nothing", json!({}), 404, "not_found"),
        ("/v1/lines/00000000-0000-7000-8000-000000000000", json!({}), 405, "method_not_allowed"),
    ] {
        site.post(&system, path, body).await.is_problem(status, code);
    }
    for parts in [
        &[("document", "face of anna")][..],
        &[("capture", "face of anna")],
        &[("document", "a"), ("document", "b"), ("capture", "c")],
        &[("document", "a"), ("capture", "c"), ("assurance", "staffed")],
        &[("document", ""), ("capture", "c")],
        &[("capture", "c"); 9],
    ] {
        site.upload(&system, &capture, parts).await.is_problem(422, "invalid");
    }
    let huge = "x".repeat(25 * 1024 * 1024);
    site.upload(&system, &capture, &[("document", &huge)]).await.is_problem(413, "too_large");
    let told =
        site.post(&system, "/v1/applications", json!({"kind": "pigeon", "payment": "prepaid"})).await.json();
    assert!(told.text("detail").contains("mobile, fixed_voice, broadband, machine"), "{told}");
}

#[tokio::test]
async fn a_cookie_changes_something_only_from_our_own_origin() {
    let site = Site::new().await;
    let (application, _) = site.open(&site.token().await).await;
    let (applicant, path) =
        (site.applicant(&application).await, format!("/v1/applications/{application}/withdraw"));
    for origin in ["https://evil.example", "null", ""] {
        let mut request = request(&applicant, "POST", &path).body(axum::body::Body::empty()).unwrap();
        request.headers_mut().remove(header::ORIGIN);
        if !origin.is_empty() {
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        }
        site.send(request).await.is_problem(403, "foreign_origin");
    }
    assert_eq!(site.post(&applicant, &path, json!({})).await.json()["state"], "withdrawn");
}

#[tokio::test]
async fn the_session_says_how_far_a_capture_is_trusted() {
    let site = Site::new().await;
    let system = site.token().await;
    let reviewer = site.staff("Rita", Role::Reviewer).await;
    let file: &[(&str, &str)] = &[("from_file", "1")];
    for (by_applicant, extra, expected) in
        [(true, &[][..], "web_session"), (true, file, "file"), (false, &[], "file")]
    {
        let (application, verification) = site.open_to_capture(&system).await;
        let who = if by_applicant { site.applicant(&application).await } else { system.clone() };
        let parts = [&[("document", "face of anna"), ("capture", "copy of anna")], extra].concat();
        let answer = site.upload(&who, &format!("/v1/verifications/{verification}/capture"), &parts).await;
        assert_eq!(answer.json()["state"], "referred", "{}", answer.text);
        let case = site.get(&reviewer, &format!("/v1/applications/{application}/case")).await.json();
        assert_eq!(case["faces"][0]["assurance"], expected, "{case}");
    }
}

#[tokio::test]
async fn two_reviewers_refuse_a_referral_and_one_alone_cannot() {
    let site = Site::new().await;
    let (application, _) = site.open_to_referral(&site.token().await).await;
    let (first, second) = (site.staff("Rita", Role::Reviewer).await, site.staff("Sam", Role::Reviewer).await);
    let of = |step: &str| format!("/v1/applications/{application}/{step}");
    let unclaimed = site.get(&first, &of("case")).await.json();
    assert_eq!(unclaimed["fields"], Value::Null, "the fields are for who claimed the case");
    assert_eq!(site.post(&first, &of("claim"), json!({})).await.status, StatusCode::NO_CONTENT);
    let case = site.get(&first, &of("case")).await.json();
    assert_eq!(case["reasons"], json!(["same_image_suspected"]));
    assert_eq!(case["fields"]["primary_name"], "ERIKSSON");
    assert_eq!(case["held"].as_array().unwrap().len(), 2);

    let review = json!({
        "reason": "not_the_owner", "note": "Eyes and ears differ.", "findings_hash": case["findings_hash"]
    });
    let proposed = site.post(&first, &of("review"), review).await.json();
    assert_eq!(proposed["state"], "referred");
    let sign = json!({ "hash": proposed["waiting_for_second"] });
    site.post(&first, &of("review/sign"), sign.clone()).await.is_problem(409, "signature_refused");
    let shown = site.get(&second, &of("case")).await.json();
    assert_eq!(shown["proposal"]["note"], "Eyes and ears differ.");
    assert_eq!(shown["proposal"]["hash"], proposed["waiting_for_second"]);
    let signed = site.post(&second, &of("review/sign"), sign).await.json();
    assert_eq!((&signed["state"], &signed["waiting_for_second"]), (&json!("refused"), &Value::Null));
}

#[tokio::test]
async fn an_agent_sees_the_original_instead_of_a_face_check() {
    let site = Site::new().await;
    let system = site.token().await;
    let (application, verification) = site.open(&system).await;
    let consent = json!({"kinds": ["identity"], "text_version": "2026-1", "way": "other_way"});
    site.post(&system, &format!("/v1/verifications/{verification}/consent"), consent).await;
    let standing = site.get(&system, &format!("/v1/verifications/{verification}")).await.json();
    assert_eq!((&standing["next"], &standing["way"]), (&json!("sighting"), &json!("other_way")));
    let agent = site.staff("Ana", Role::Agent).await;
    let sighting = json!({"document": {"mrz": MRZ}, "original_genuine": true, "person_matches": true});
    let answer = site.post(&agent, &format!("/v1/applications/{application}/sighting"), sighting).await;
    assert_eq!(answer.json()["state"], "approved", "{}", answer.text);
}

#[tokio::test]
async fn a_link_is_exchanged_once_and_leaves_the_address() {
    let site = Site::new().await;
    let (application, _) = site.open(&site.token().await).await;
    let made =
        site.post(&site.token().await, &format!("/v1/applications/{application}/link"), json!({})).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let link = made.json().text("link");
    let path = link.strip_prefix(ORIGIN).unwrap();
    for _ in 0..2 {
        assert_eq!(site.get(&Who::Nobody, path).await.status, StatusCode::OK, "looking does not use it up");
    }
    let key = "idempotency_key=00000000000000000000000000000001";
    let used = site.form(&Who::Nobody, path, key).await;
    assert_eq!(used.status, StatusCode::SEE_OTHER, "{}", used.text);
    assert!(!used.header("location").contains("link"));
    let cookie = used.header("set-cookie").to_owned();
    for word in ["lw_apply=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=604800"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let secret = cookie.strip_prefix("lw_apply=").unwrap().split(';').next().unwrap();
    let seen = site.get(&Who::Apply(secret.into()), &format!("/v1/applications/{application}")).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(site.form(&Who::Nobody, path, key).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_works_until_it_is_revoked() {
    let site = Site::new().await;
    let operator = site.world.operator();
    let (id, secret) = site.world.app.create_token(&operator, "billing", &[Role::System], 1).await.unwrap();
    let system = Who::Token(secret.to_string());
    let (application, _) = site.open(&system).await;
    let path = format!("/v1/applications/{application}");
    assert_eq!(site.get(&system, &path).await.status, StatusCode::OK);
    site.world.app.revoke_token(&operator, id).await.unwrap();
    let refused = site.get(&system, &path).await;
    refused.is_problem(401, "sign_in_needed");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_stale_desk_session_is_nobodys() {
    let site = Site::new().await;
    let (application, _) = site.open(&site.token().await).await;
    let agent = site.staff("Ana", Role::Agent).await;
    let path = format!("/v1/applications/{application}");
    for _ in 0..3 {
        site.world.clock.pass(jiff::SignedDuration::from_mins(29));
        assert_eq!(site.get(&agent, &path).await.status, StatusCode::OK, "using it keeps it alive");
    }
    site.world.clock.pass(jiff::SignedDuration::from_mins(30));
    site.get(&agent, &path).await.is_problem(401, "sign_in_needed");
}
