//! Journeys through the pages, by their forms alone, as a browser without scripts makes them.

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use jiff::SignedDuration;
use lineward_app::{
    Actor,
    ports::{AuthorityAnswer, OutsideError, Standing},
};
use lineward_core::staff::Role;
use lineward_testkit::doubles::CONFIRMED;

use crate::site::{Answer, MRZ, Site, Who, request};

impl Site {
    /// Loads `page` and posts its form for `action` with `fields`, as a person does.
    async fn fill(&self, who: &Who, page: &str, action: &str, fields: &str) -> Answer {
        let key = form_key(&self.get(who, page).await.text, action);
        self.form(who, action, &format!("idempotency_key={key}&{fields}")).await
    }

    /// Sends both pictures from the capture page.
    async fn capture_by_page(&self, who: &Who, document: &str, face: &str, from_file: &str) -> Answer {
        let key = form_key(&self.get(who, "/apply/capture").await.text, "/apply/capture");
        let parts = [
            ("idempotency_key", key.as_str()),
            ("from_file", from_file),
            ("document", document),
            ("capture", face),
            ("capture", face),
        ];
        self.upload(who, "/apply/capture", &parts).await
    }

    /// Opens an application on the start page; the applicant's session.
    async fn start(&self, way: &str) -> Who {
        let fields = format!("kind=mobile&payment=prepaid&applicant=person&way={way}&contact=");
        let opened = self.fill(&Who::Nobody, "/apply", "/apply", &fields).await;
        assert_eq!(goes_to(&opened), "/apply/consent");
        Who::Apply(session(&opened))
    }

    /// An application on its way to the capture.
    async fn start_to_capture(&self) -> Who {
        let who = self.start("face").await;
        let agreed = "way=face&identity=yes&face=yes&keep_images=yes";
        let consent = self.fill(&who, "/apply/consent", "/apply/consent", agreed).await;
        assert_eq!(goes_to(&consent), "/apply/document");
        let document = self.fill(&who, "/apply/document", "/apply/document", &mrz()).await;
        assert_eq!(goes_to(&document), "/apply/capture", "{}", document.text);
        who
    }

    async fn state(&self, who: &Who) -> String {
        attribute(&self.get(who, "/apply/status").await.text, "data-state").to_owned()
    }
}

#[tokio::test]
async fn an_applicant_comes_from_the_start_to_an_approved_line_and_its_receipt() {
    let site = Site::new().await;
    let who = site.start_to_capture().await;
    let sent = site.capture_by_page(&who, "face of anna", "face of anna", "0").await;
    assert_eq!(goes_to(&sent), "/apply/status");
    assert_eq!(site.state(&who).await, "approved");
    site.world.work().await.unwrap();
    let status = site.get(&who, "/apply/status").await;
    assert_eq!(attribute(&status.text, "data-line-state"), "active");
    let receipt = site.get(&who, "/apply/receipt").await;
    assert!(receipt.header("content-disposition").starts_with("attachment; filename=\"receipt-"));
    assert!(receipt.text.starts_with("lineward receipt v1\n"), "{}", receipt.text);
    // What is decided has no steps left to enter.
    assert_eq!(goes_to(&site.get(&who, "/apply/capture").await), "/apply/status");
}

#[tokio::test]
async fn what_is_missing_is_said_next_to_its_field_and_nothing_is_lost() {
    let site = Site::new().await;
    let start = site.fill(&Who::Nobody, "/apply", "/apply", "kind=mobile&payment=prepaid&way=").await;
    assert_eq!(start.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(start.text.contains("id=\"way-error\"") && !start.text.contains("id=\"kind-error\""));
    let who = site.start("face").await;
    let consent = site.fill(&who, "/apply/consent", "/apply/consent", "way=face&identity=yes").await;
    assert_eq!(consent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(consent.text.contains("id=\"face-error\"") && !consent.text.contains("id=\"identity-error\""));
    let way = "way=other_way&identity=yes";
    let other = site.fill(&who, "/apply/consent", "/apply/consent", way).await;
    assert_eq!(goes_to(&other), "/apply/status");
    assert!(site.get(&who, "/apply/status").await.text.contains("id=\"visit\""));
    let back = "way=face&face=yes";
    assert_eq!(goes_to(&site.fill(&who, "/apply/consent", "/apply/consent", back).await), "/apply/document");
    let nonsense = site.fill(&who, "/apply/document", "/apply/document", "mrz=nonsense").await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nonsense.text.contains("id=\"mrz-error\"") && nonsense.text.contains("nonsense</textarea>"));
    let typed = "kind=identity_card&issuing_state=CHN&number=110105194912310021&primary_name=Li";
    let wrong = site.fill(&who, "/apply/document", "/apply/document", typed).await;
    assert!(
        wrong.text.contains("id=\"number-error\"") && wrong.text.contains("value=\"110105194912310021\"")
    );
}

#[tokio::test]
async fn what_could_not_be_compared_is_asked_again_with_advice() {
    let site = Site::new().await;
    let who = site.start_to_capture().await;
    let again = site.capture_by_page(&who, "face of anna", "no face", "0").await;
    assert_eq!(goes_to(&again), "/apply/capture?again=look_into_camera");
    let page = site.get(&who, "/apply/capture?again=look_into_camera.%3Cscript%3E").await.text;
    assert!(page.contains("data-advice=\"look_into_camera\"") && !page.contains("<script>"));
    assert_eq!(site.state(&who).await, "open");
}

#[tokio::test]
async fn while_the_authority_is_silent_nothing_is_compared_and_no_attempt_burnt() {
    let site = Site::new().await;
    site.world.clerk.fall_silent();
    let who = site.start_to_capture().await;
    let again = site.capture_by_page(&who, "face of anna", "face of anna", "0").await;
    assert_eq!(goes_to(&again), "/apply/capture?again=try_later");
    let page = site.get(&who, "/apply/capture?again=try_later").await.text;
    assert!(page.contains("data-advice=\"try_later\""), "{page}");
    assert_eq!(site.state(&who).await, "open");
    // Both sides see that it waits, and until when: the demo's rules give the authority five minutes.
    let status = site.get(&who, "/apply/status").await.text;
    assert!(status.contains("data-provisional") && status.contains("2026-06-01 12:05 UTC"), "{status}");
    for role in [Role::Reviewer, Role::Agent] {
        let desk = site.get(&site.staff("Rita", role).await, "/desk").await.text;
        assert!(desk.contains("id=\"provisional\"") && desk.contains("2026-06-01 12:05 UTC"), "{desk}");
    }
}

#[tokio::test]
async fn a_document_reported_lost_is_looked_at_and_closed_at_the_desk_and_its_line_stays_in_service() {
    let site = Site::new().await;
    let who = site.start_to_capture().await;
    site.capture_by_page(&who, "face of anna", "face of anna", "0").await;
    site.world.work().await.unwrap();
    site.world.clerk.answer(AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED });
    site.world.clock.pass(SignedDuration::from_hours(24));
    site.world.app.watch_documents(&site.world.ctx(Actor::System)).await.unwrap();
    site.world.work().await.unwrap();

    let rita = site.staff("Rita", Role::Reviewer).await;
    assert!(site.get(&rita, "/desk").await.text.contains("id=\"documents-wait\""));
    let list = site.get(&rita, "/desk/documents").await.text;
    assert!(list.contains("reported lost or stolen") && list.contains("Test Registry"), "{list}");
    assert!(!list.contains("ERIKSSON") && !list.contains("L898902C3"), "nothing personal: {list}");
    let case = list.split("href=\"/desk/documents/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (page, close) = (format!("/desk/documents/{case}"), format!("/desk/documents/{case}/close"));
    let shown = site.get(&rita, &page).await.text;
    assert!(shown.contains("Nothing has happened to the line") && shown.contains("in service"), "{shown}");
    assert!(!shown.contains("ERIKSSON") && !shown.contains("L898902C3"), "nothing personal: {shown}");
    let nothing = site.fill(&rita, &page, &close, "found=").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let closed = site.fill(&rita, &page, &close, "found=passed_on").await;
    assert_eq!(goes_to(&closed), "/desk/documents");
    assert!(!site.get(&rita, "/desk/documents").await.text.contains(&case));
    let shown = site.get(&rita, &page).await.text;
    assert!(shown.contains("id=\"closed\"") && shown.contains("in service"), "{shown}");
    assert!(!shown.contains(&close), "{shown}");
}

#[tokio::test]
async fn letting_a_person_look_is_offered_once_there_is_something_to_look_at() {
    let site = Site::new().await;
    let early = site.start("face").await;
    let page = site.get(&early, "/apply/status").await.text;
    assert!(!page.contains("/apply/decide"), "{page}");
    let key = form_key(&page, "/apply/withdraw");
    let refused = site.form(&early, "/apply/decide", &format!("idempotency_key={key}")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(site.state(&early).await, "open");
    let who = site.start_to_capture().await;
    let asked = site.fill(&who, "/apply/status", "/apply/decide", "").await;
    assert_eq!(goes_to(&asked), "/apply/status");
    assert_eq!(site.state(&who).await, "referred");
}

#[tokio::test]
async fn an_admin_has_work_that_was_given_up_tried_again() {
    let site = Site::new().await;
    site.world.network.fail_next(OutsideError::GiveUp("unknown plan".into()));
    let who = site.start_to_capture().await;
    site.capture_by_page(&who, "face of anna", "face of anna", "0").await;
    site.world.work().await.unwrap();
    let admin = site.staff("Ada Admin", Role::Admin).await;
    let desk = site.get(&admin, "/desk").await.text;
    assert!(desk.contains("provision_line") && desk.contains("unknown plan"), "{desk}");
    let reviewer = site.staff("Rita Reviewer", Role::Reviewer).await;
    assert!(!site.get(&reviewer, "/desk").await.text.contains("unknown plan"));
    let again = format!("job={}", value(&desk, "job"));
    assert_eq!(goes_to(&site.fill(&admin, "/desk", "/desk/work/again", &again).await), "/desk");
    assert!(!site.get(&admin, "/desk").await.text.contains("unknown plan"));
    site.world.work().await.unwrap();
    assert_eq!(attribute(&site.get(&who, "/apply/status").await.text, "data-line-state"), "active");
}

#[tokio::test]
async fn a_link_is_shown_as_often_as_wanted_and_used_once() {
    let site = Site::new().await;
    let token = site.token().await;
    let (application, _) = site.open(&token).await;
    let id = application.parse().unwrap();
    let secret = site.world.app.applicant_link(&site.world.operator().as_system(), id).await.unwrap();
    let path = format!("/apply/link/{}", secret.as_str());
    for _ in 0..2 {
        let shown = site.get(&Who::Nobody, &path).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(!shown.text.contains(secret.as_str()), "the secret stands in no page");
    }
    let key = form_key(&site.get(&Who::Nobody, &path).await.text, "");
    let used = site.form(&Who::Nobody, &path, &format!("idempotency_key={key}")).await;
    assert_eq!(goes_to(&used), "/apply/status");
    assert_eq!(site.state(&Who::Apply(session(&used))).await, "open");
    let again = site.form(&Who::Nobody, &path, &format!("idempotency_key={key}")).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    assert!(again.text.contains("data-code=\"sign_in_needed\"") && !again.text.contains(secret.as_str()));
}

#[tokio::test]
async fn two_reviewers_refuse_what_the_machine_only_referred() {
    let site = Site::new().await;
    let who = site.start_to_capture().await;
    for _ in 0..3 {
        site.capture_by_page(&who, "face of anna", "face of eve", "1").await;
    }
    assert_eq!(site.state(&who).await, "referred");
    let one = site.staff("Rita Reviewer", Role::Reviewer).await;
    let two = site.staff("Sam Second", Role::Reviewer).await;
    let queue = site.get(&one, "/desk").await.text;
    let case =
        format!("/desk/case/{}", queue.split("/desk/case/").nth(1).unwrap().split('"').next().unwrap());
    let page = site.get(&one, &case).await.text;
    assert!(page.contains("data-reason=\"face_non_match\"") && page.contains("from a file"));
    assert!(!page.contains(&format!("{case}/decide")), "nobody decides what they have not claimed");
    assert!(page.contains("Claim the case to see the fields.") && !page.contains("ERIKSSON"), "nor sees it");

    site.fill(&one, &case, &format!("{case}/claim"), "").await;
    let claimed = site.get(&one, &case).await.text;
    assert!(claimed.contains("ERIKSSON"));
    assert!(!site.get(&two, &case).await.text.contains("ERIKSSON"), "not their case yet");
    let evidence = value(&claimed, "evidence");
    let image = format!("{case}/image");
    let unsaid = site.fill(&one, &case, &image, &format!("evidence={evidence}&reason=")).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY, "no image without a reason");
    let opened = site.fill(&one, &case, &image, &format!("evidence={evidence}&reason=compare+by+eye")).await;
    assert!(opened.text.starts_with("face of "), "{}", opened.text);
    assert_eq!(opened.header("cache-control"), "no-store");

    let hash = value(&claimed, "findings_hash");
    let decision = format!("findings_hash={hash}&reason=not_the_owner&note=%3Cb%3Eanother+person");
    let decided = site.fill(&one, &case, &format!("{case}/decide"), &decision).await;
    assert_eq!(goes_to(&decided), case);
    let seen = site.get(&two, &case).await.text;
    assert!(seen.contains("&#60;b&#62;another person") && seen.contains("ERIKSSON"), "{seen}");
    let proposal = format!("hash={}", value(&seen, "hash"));
    let key = form_key(&claimed, &format!("{case}/decide"));
    let own = site.form(&one, &format!("{case}/sign"), &format!("idempotency_key={key}&{proposal}")).await;
    assert_eq!(own.status, StatusCode::CONFLICT, "nobody signs their own proposal");
    assert!(own.text.contains("id=\"problem\""));
    let signed = site.fill(&two, &case, &format!("{case}/sign"), &proposal).await;
    assert_eq!(goes_to(&signed), case);
    assert_eq!(attribute(&site.get(&two, &case).await.text, "data-state"), "refused");
    assert_eq!(site.state(&who).await, "refused");
}

#[tokio::test]
async fn an_agent_who_sees_the_original_approves_the_other_way() {
    let site = Site::new().await;
    let who = site.start("other_way").await;
    let agent = site.staff("Ada Agent", Role::Agent).await;
    let reference =
        |page: &str| page.split("id=\"reference\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let reference = reference(&site.get(&who, "/apply/status").await.text);
    let sighting = format!("/desk/sighting?reference={reference}");
    assert!(site.get(&agent, &sighting).await.text.contains("id=\"not-yet\""), "first the applicant agrees");
    site.fill(&who, "/apply/consent", "/apply/consent", "way=other_way&identity=yes").await;
    let page = site.get(&agent, &sighting).await.text;
    let of = format!("application={}&reference={reference}", value(&page, "application"));
    let half = format!("{of}&original_genuine=yes&{}", mrz());
    let unanswered = site.fill(&agent, &sighting, "/desk/sighting", &half).await;
    assert_eq!(unanswered.status, StatusCode::UNPROCESSABLE_ENTITY);
    let whole = format!("{half}&person_matches=yes");
    let recorded = site.fill(&agent, &sighting, "/desk/sighting", &whole).await;
    assert_eq!(attribute(&recorded.text, "data-state"), "approved", "{}", recorded.text);
    assert_eq!(site.state(&who).await, "approved");
}

#[tokio::test]
async fn a_page_speaks_the_language_that_was_asked_for_last() {
    let site = Site::new().await;
    let language = |answer: &Answer| {
        answer.text.split("<html lang=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let chinese = request(&Who::Nobody, "GET", "/apply").header(header::ACCEPT_LANGUAGE, "zh-CN,en;q=0.5");
    assert_eq!(language(&site.send(chinese.body(Body::empty()).unwrap()).await), "zh-Hans");
    let asked = site.get(&Who::Nobody, "/apply?lang=zh-Hans").await;
    assert_eq!(language(&asked), "zh-Hans");
    let key = form_key(&asked.text, "/apply?lang=zh-Hans");
    let fields = format!("idempotency_key={key}&kind=mobile&payment=prepaid&applicant=person&way=face");
    let opened = site.form(&Who::Nobody, "/apply?lang=zh-Hans", &fields).await;
    let who = Who::Apply(session(&opened));
    assert_eq!(language(&site.get(&who, "/apply/status").await), "zh-Hans", "the application's own language");
    assert_eq!(language(&site.get(&who, "/apply/status?lang=en").await), "en");
    assert_eq!(language(&site.get(&who, "/apply/nowhere?lang=zh-Hans").await), "zh-Hans");
}

/// The idempotency key of the form that posts to `action`; of a form without one where that is empty.
fn form_key(page: &str, action: &str) -> String {
    let form = if action.is_empty() {
        "<form method=\"post\">".to_owned()
    } else {
        format!("method=\"post\" action=\"{action}\"")
    };
    let rest = page.split(&form).nth(1).unwrap_or_else(|| panic!("no form for {action} in {page}"));
    value(rest, "idempotency_key")
}

/// The value of the first hidden field of this name.
fn value(page: &str, name: &str) -> String {
    let rest = page
        .split(&format!("name=\"{name}\" value=\""))
        .nth(1)
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

fn attribute<'a>(page: &'a str, name: &str) -> &'a str {
    let rest = page.split(&format!(" {name}=\"")).nth(1);
    rest.unwrap_or_else(|| panic!("no {name} in {page}")).split('"').next().unwrap()
}

#[track_caller]
fn goes_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.header("location")
}

/// The secret of the session that an answer starts.
fn session(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    cookie.strip_prefix("lw_apply=").unwrap().split(';').next().unwrap().to_owned()
}

fn mrz() -> String {
    format!("mrz={}", MRZ.replace('<', "%3C").replace('\n', "%0D%0A"))
}
