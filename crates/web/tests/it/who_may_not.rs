//! Every route, as nobody, as strangers and as each role. A route that is not in the table fails the test.

use std::collections::BTreeSet;

use axum::http::{Request, header};
use lineward_core::staff::Role;
use serde_json::{Value, json};

use crate::site::{Answer, MRZ, ORIGIN, Site, Text, Who, multipart, request};

/// Who walks, in the order of the table's columns: nobody (`n`), the applicant of another application (`s`), another
/// carrier's token (`f`), the applicant (`a`), a carrier's system (`t`), agent (`g`), reviewer (`r`), admin (`d`).
const WALKERS: &str = "nsfatgrd";

/// Method, path, and one letter for each of [`WALKERS`]: `y` served (also when the state does not allow it now),
/// `1` sign in first, `3` not allowed, `4` there is nothing here for you, `e` served although nothing is there,
/// `>` sent to the start or to sign in. Every application of the walk is referred. Systems send no `Origin`, so no form
/// of our pages is taken from them.
const TABLE: &[(&str, &str, &str)] = &[
    ("POST", "/v1/applications", "131 3yyy3"),
    ("GET", "/v1/applications/{id}", "141 yyyyy"),
    ("POST", "/v1/applications/{id}/decide", "141 yy333"),
    ("POST", "/v1/applications/{id}/withdraw", "141 yy333"),
    ("POST", "/v1/applications/{id}/link", "141 yy333"),
    ("GET", "/v1/applications/{id}/receipt", "141 yy333"),
    ("GET", "/v1/applications/{id}/case", "131 33yy3"),
    ("POST", "/v1/applications/{id}/claim", "131 333y3"),
    ("POST", "/v1/applications/{id}/review", "131 333y3"),
    ("POST", "/v1/applications/{id}/review/sign", "131 333e3"),
    ("POST", "/v1/applications/{id}/sighting", "131 33y33"),
    ("GET", "/v1/verifications/{id}", "141 yyyyy"),
    ("POST", "/v1/verifications/{id}/consent", "141 yy333"),
    ("POST", "/v1/verifications/{id}/document", "141 yy333"),
    ("POST", "/v1/verifications/{id}/chip-session", "141 yy333"),
    ("POST", "/v1/verifications/{id}/chip", "141 yy333"),
    ("POST", "/v1/verifications/{id}/capture", "141 yy333"),
    ("GET", "/v1/lines/{id}", "131 3yyyy"),
    ("GET", "/healthz", "yyy yyyyy"),
    ("GET", "/readyz", "yyy yyyyy"),
    ("GET", "/metrics", "131 3y33y"),
    ("GET", "/openapi.json", "yyy yyyyy"),
    ("GET", "/assets/style.css", "yyy yyyyy"),
    ("GET", "/assets/camera.js", "yyy yyyyy"),
    ("GET", "/assets/icon.svg", "yyy yyyyy"),
    ("GET", "/", "yyy yyyyy"),
    ("GET", "/apply", "yyy yyyyy"),
    ("POST", "/apply", "yy3 y3yyy"),
    ("GET", "/apply/link/{secret}", "yyy yyyyy"),
    ("POST", "/apply/link/{secret}", "113 13111"),
    // A stranger sees their own application here: no address of these pages names one.
    ("GET", "/apply/consent", ">y> y>>>>"),
    ("POST", "/apply/consent", ">y3 y3>>>"),
    ("GET", "/apply/document", ">y> y>>>>"),
    ("POST", "/apply/document", ">y3 y3>>>"),
    ("GET", "/apply/capture", ">y> y>>>>"),
    ("POST", "/apply/capture", ">y3 y3>>>"),
    ("GET", "/apply/status", ">y> y>>>>"),
    ("POST", "/apply/decide", ">y3 y3>>>"),
    ("POST", "/apply/withdraw", ">y3 y3>>>"),
    ("GET", "/apply/receipt", ">y> y>>>>"),
    ("GET", "/desk/sign-in", "yyy yyyyy"),
    ("POST", "/desk/sign-in", "yy3 y3yyy"),
    ("POST", "/desk/sign-out", "yy3 y3yyy"),
    ("GET", "/desk", ">>> >>yyy"),
    ("POST", "/desk/work/again", ">>3 >333e"),
    ("GET", "/desk/case/{application}", ">>> >>yy3"),
    ("POST", "/desk/case/{application}/claim", ">>3 >33y3"),
    ("POST", "/desk/case/{application}/decide", ">>3 >33y3"),
    ("POST", "/desk/case/{application}/sign", ">>3 >33y3"),
    // The reviewer of the walk has not claimed the case.
    ("POST", "/desk/case/{application}/image", ">>3 >3333"),
    ("GET", "/desk/documents", ">>> >>3y3"),
    ("GET", "/desk/documents/{case}", ">>> >>3e3"),
    ("POST", "/desk/documents/{case}/close", ">>3 >33e3"),
    // An empty form.
    ("GET", "/desk/sighting", ">>> >>yyy"),
    ("POST", "/desk/sighting", ">>3 >3y33"),
    ("GET", "/desk/rules", ">>> >>33y"),
    ("POST", "/desk/rules/sign", ">>3 >333e"),
    ("GET", "/desk/staff", ">>> >>33y"),
    ("POST", "/desk/staff", ">>3 >333y"),
    ("POST", "/desk/staff/disable", ">>3 >333y"),
];

const KEY: &str = "00000000000000000000000000000001";

/// What a walk uses.
struct Walk {
    site: Site,
    system: Who,
    foreign: Who,
    stranger: Who,
    agent: Who,
    reviewer: Who,
    admin: Who,
}

impl Walk {
    async fn new() -> Walk {
        let site = Site::new().await;
        let (system, foreign) = (site.token().await, site.neighbour().await.token().await);
        let (stranger, _) = site.open_to_referral(&system).await;
        let stranger = site.applicant(&stranger).await;
        let agent = site.staff("Ana", Role::Agent).await;
        let reviewer = site.staff("Rita", Role::Reviewer).await;
        let admin = site.staff("Ada", Role::Admin).await;
        Walk { site, system, foreign, stranger, agent, reviewer, admin }
    }

    fn walker(&self, letter: char, case: &Case) -> Who {
        match letter {
            'n' => Who::Nobody,
            's' => self.stranger.clone(),
            'f' => self.foreign.clone(),
            'a' => case.applicant.clone(),
            't' => self.system.clone(),
            'g' => self.agent.clone(),
            'r' => self.reviewer.clone(),
            _ => self.admin.clone(),
        }
    }

    /// Signing out is the one request that ends what the walk still needs.
    async fn sign_in_again(&mut self) {
        self.agent = self.site.staff("Ana", Role::Agent).await;
        self.reviewer = self.site.staff("Rita", Role::Reviewer).await;
        self.admin = self.site.staff("Ada", Role::Admin).await;
    }

    async fn ask(&self, who: &Who, method: &str, path: &str, case: &Case) -> Answer {
        let address = case.address(path);
        let request = request(who, method, &address);
        let (kind, body) = body(path, case);
        let request = match method {
            "GET" => request.body(Default::default()),
            _ => request.header(header::CONTENT_TYPE, kind).body(body.into()),
        };
        self.site.send(request.unwrap()).await
    }
}

/// A referred application of the walk.
struct Case {
    application: String,
    verification: String,
    line: String,
    applicant: Who,
    someone: String,
}

impl Case {
    async fn new(walk: &Walk) -> Case {
        let (application, verification) = walk.site.open_to_referral(&walk.system).await;
        let seen = walk.site.get(&walk.system, &format!("/v1/applications/{application}")).await.json();
        let operator = walk.site.world.operator();
        let someone = walk.site.world.app.staff_list(&operator).await.unwrap()[0].id.to_string();
        let applicant = walk.site.applicant(&application).await;
        Case { application, verification, line: seen.text("line"), applicant, someone }
    }

    fn address(&self, path: &str) -> String {
        let id = match path {
            _ if path.starts_with("/v1/applications/") => &self.application,
            _ if path.starts_with("/v1/verifications/") => &self.verification,
            _ => &self.line,
        };
        let path = path.replace("{id}", id).replace("{application}", &self.application);
        path.replace("{case}", "00000000-0000-7000-8000-000000000000").replace("{secret}", "unknown")
    }
}

/// A body that the verb behind `path` takes, so that only who sends it makes the difference.
fn body(path: &str, case: &Case) -> (&'static str, String) {
    if path.ends_with("/capture") {
        let parts = [("document", "face of anna"), ("capture", "face of anna"), ("idempotency_key", KEY)];
        return ("multipart/form-data; boundary=XX", multipart(&parts));
    }
    if path.starts_with("/v1/") {
        return ("application/json", json_body(path).to_string());
    }
    let mrz = MRZ.replace('<', "%3C").replace('\n', "%0A");
    let fields = [
        ("idempotency_key", KEY),
        ("application", &case.application),
        ("reference", "-"),
        ("mrz", &mrz),
        ("original_genuine", "no"),
        ("person_matches", "no"),
        ("way", if path == "/apply/consent" { "face" } else { "" }),
        ("identity", "on"),
        ("staff", &case.someone),
        ("job", "00000000-0000-7000-8000-000000000000"),
        ("evidence", "00000000-0000-7000-8000-000000000000"),
        ("reason", "not_the_owner"),
        ("found", "passed_on"),
        ("note", "A+note."),
        ("findings_hash", &"0".repeat(64)),
        ("hash", &"0".repeat(64)),
        ("name", "New"),
        ("role_agent", "on"),
        ("confirm", "yes"),
    ]
    .map(|(name, value)| format!("{name}={value}"));
    ("application/x-www-form-urlencoded", fields.join("&"))
}

fn json_body(path: &str) -> Value {
    let last = path.rsplit('/').next().unwrap();
    match last {
        "applications" => json!({"kind": "mobile", "payment": "prepaid"}),
        "consent" => json!({"kinds": ["identity"], "text_version": "2026-1", "way": "face"}),
        "document" => json!({"mrz": MRZ}),
        "chip" => json!({"session": "00000000-0000-7000-8000-000000000000", "files": {}}),
        "review" => json!({"reason": "not_the_owner", "note": "A note.", "findings_hash": "0".repeat(64)}),
        "sign" => json!({"hash": "0".repeat(64)}),
        "sighting" => json!({"document": {"mrz": MRZ}, "original_genuine": false, "person_matches": false}),
        _ => json!({}),
    }
}

/// The letter of an answer.
fn letter(answer: &Answer) -> char {
    let location = answer.header("location").split('?').next().unwrap_or_default();
    match (answer.status.as_u16(), location) {
        (401, _) => '1',
        (403, _) => '3',
        (404, _) => '4',
        (303, "/apply" | "/desk/sign-in") => '>',
        (status, _) if status < 500 && status != 405 => 'y',
        _ => '!',
    }
}

/// Every route of the router, from the lists that it is built from.
fn routes() -> BTreeSet<(String, String)> {
    let document: Value = serde_json::to_value(lineward_web::openapi()).unwrap();
    let mut routes = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        routes.extend(item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    routes.extend(lineward_web::page_paths().into_iter().map(|(m, p)| (m.to_owned(), p.to_owned())));
    routes
}

#[test]
fn the_table_has_every_route() {
    let listed: BTreeSet<_> = TABLE.iter().map(|(m, p, _)| ((*m).to_owned(), (*p).to_owned())).collect();
    let missing: Vec<_> = routes().difference(&listed).cloned().collect();
    let gone: Vec<_> = listed.difference(&routes()).cloned().collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not in the table: {missing:?}; no longer there: {gone:?}"
    );
}

#[tokio::test]
async fn everyone_gets_what_the_table_says() {
    let mut walk = Walk::new().await;
    let mut case = Case::new(&walk).await;
    let mut wrong = Vec::new();
    for (method, path, row) in TABLE {
        let expected = row.chars().filter(|c| !c.is_whitespace());
        for (who, expected) in WALKERS.chars().zip(expected) {
            let answer = walk.ask(&walk.walker(who, &case), method, path, &case).await;
            let got = match (path, letter(&answer)) {
                // Signing out leads to the sign-in page.
                (&"/desk/sign-out", '>') => 'y',
                (_, got) => got,
            };
            if got != if expected == 'e' { '4' } else { expected } {
                wrong.push(format!("{who} {method} {path}: {got} ({}) instead of {expected}", answer.status));
            }
            if *method == "POST" && got == 'y' {
                case = Case::new(&walk).await;
            }
        }
        if path.ends_with("/sign-out") {
            walk.sign_in_again().await;
        }
        // A minute's tries of codes and links are not what is examined here.
        walk.site.world.clock.pass(jiff::SignedDuration::from_mins(1));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nothing_is_changed_from_a_foreign_page() {
    let walk = Walk::new().await;
    let case = Case::new(&walk).await;
    for (method, path, _) in TABLE.iter().filter(|(method, ..)| *method == "POST") {
        for who in ['a', 'r', 'd'] {
            let walker = walk.walker(who, &case);
            let (Who::Apply(secret) | Who::Desk(secret)) = &walker else { continue };
            let (kind, body) = body(path, &case);
            let cookie = format!("lw_apply={secret}; lw_desk={secret}");
            for origin in [Some("https://evil.example"), None] {
                let mut request = Request::builder().method(*method).uri(case.address(path));
                request = request.header(header::CONTENT_TYPE, kind).header(header::COOKIE, &cookie);
                if let Some(origin) = origin {
                    request =
                        request.header(header::ORIGIN, origin).header(header::REFERER, format!("{ORIGIN}/"));
                }
                let answer = walk.site.send(request.body(body.clone().into()).unwrap()).await;
                assert_eq!(answer.status.as_u16(), 403, "{who} {path} {origin:?}: {}", answer.text);
            }
            walk.site.world.clock.pass(jiff::SignedDuration::from_secs(15));
        }
    }
}
