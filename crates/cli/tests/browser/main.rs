//! The whole system as people meet it: the demo, Chromium, a camera. Each walk begins at the first page and ends with what
//! the network, the applicant and the desk see.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it skips"
)]

mod camera;
mod demo;
mod webdriver;

use serde_json::json;

use crate::{
    camera::Camera,
    demo::{Card, Demo, shared, until},
    webdriver::{Browser, Driver},
};

#[test]
fn the_person_on_the_card_gets_the_line_and_a_receipt_that_verifies() {
    let Some(shared) = shared() else { return };
    let (demo, driver, camera) = (Demo::start(&shared, "demo"), Driver::start(), Camera::new());
    let card = demo.card(1, &shared.face("img1.jpg"));
    let applicant = driver.browser(Some(&camera));
    apply(&applicant, &demo, &card);
    take_pictures(&applicant, &camera, &card, &shared.face("img2.jpg"));

    applicant.page("main[data-state='approved']");
    applicant.click("#receipt");
    let receipt = until("the receipt", || applicant.downloaded());
    let verified = demo.verify(&receipt);
    assert_eq!((&verified["valid"], &verified["key_pinned"]), (&json!(true), &json!(true)));
    assert_eq!(verified["entry"]["outcome"], "approved");
    assert_eq!(verified["reference"], applicant.text("#reference"));

    until("the line", || {
        applicant.reload();
        (applicant.attribute("main", "data-line-state") == "active").then_some(())
    });
    applicant.page("main[data-state='approved']");
    let orders = demo.orders();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(orders[0]["application"], verified["entry"]["application"]);
    assert_eq!(demo.violations(), json!([]));
}

#[test]
fn two_different_people_are_referred_and_two_reviewers_decide() {
    let Some(shared) = shared() else { return };
    let (demo, driver, camera) = (Demo::start(&shared, "demo"), Driver::start(), Camera::new());
    let card = demo.card(2, &shared.face("img1.jpg"));
    let applicant = driver.browser(Some(&camera));
    apply(&applicant, &demo, &card);
    take_pictures(&applicant, &camera, &card, &shared.face("img8.jpg"));
    // One comparison says no: the page offers another, and a person.
    applicant.page("[data-advice='try_again_or_person']");
    applicant.click("#advice a");
    applicant.page("#decide");
    applicant.click("#decide");
    applicant.page("main[data-state='referred'] [data-reason='face_non_match']");
    assert_eq!(applicant.attribute("main", "data-line-state"), "requested");

    let first = driver.browser(None);
    sign_in(&first, &demo, "Sample Reviewer One");
    let queue = first.text("#referrals");
    assert!(queue.contains("did not look alike to the computer"), "{queue}");
    assert!(queue.contains(&applicant.text("#reference")), "{queue}");
    first.click("#referrals a");
    first.page("main[data-state='referred'] [data-reason='face_non_match']");
    assert!(first.text("[data-reason='face_non_match']").contains("did not look alike to the computer"));
    assert!(first.text(".face").contains("camera"), "{}", first.text(".face"));
    first.click("#claim");
    first.page("#decide");
    first.click("#reason option[value='not_the_owner']");
    first.write("#note", "Another person than on the portrait.");
    first.click("#decide");
    first.page("#proposal");
    assert!(!first.has("#sign"), "nobody is offered to sign their own proposal");
    assert_eq!(sign_own_proposal(&first), "referred");

    let second = driver.browser(None);
    sign_in(&second, &demo, "Sample Reviewer Two");
    second.click("#referrals a");
    second.page("#proposal");
    assert!(second.text("#proposal").contains("Another person than on the portrait."));
    second.click("#sign");
    second.page("main[data-state='refused']");

    applicant.reload();
    applicant.page("main[data-state='refused']");
    assert_ne!(applicant.attribute("main", "data-line-state"), "active");
    assert_eq!(demo.orders().len(), 0);
    assert_eq!(demo.violations(), json!([]));
}

#[test]
fn under_the_rules_of_china_a_matching_face_does_not_prove_the_document() {
    let Some(shared) = shared() else { return };
    let (demo, driver, camera) = (Demo::start(&shared, "cn"), Driver::start(), Camera::new());
    let card = demo.card(1, &shared.face("img1.jpg"));
    let applicant = driver.browser(Some(&camera));
    apply(&applicant, &demo, &card);
    take_pictures(&applicant, &camera, &card, &shared.face("img2.jpg"));

    applicant.page("main[data-state='referred'] [data-reason='document_not_proven']");
    let why = applicant.text("[data-reason='document_not_proven']");
    assert!(why.contains("not proved yet that the document is genuine"), "{why}");
    assert!(!applicant.has("[data-reason='face_non_match']"));
    assert_ne!(applicant.attribute("main", "data-line-state"), "active");

    let reviewer = driver.browser(None);
    sign_in(&reviewer, &demo, "Sample Reviewer One");
    reviewer.click("#referrals a");
    reviewer.page("main[data-state='referred'] [data-reason='document_not_proven']");
    assert!(reviewer.text(".face").contains("match"), "{}", reviewer.text(".face"));
    assert_eq!(demo.orders().len(), 0);
    assert_eq!(demo.violations(), json!([]));
}

/// From the first page to the pictures.
fn apply(applicant: &Browser<'_>, demo: &Demo, card: &Card) {
    applicant.open(&demo.origin);
    applicant.page("a.button[href='/apply']");
    applicant.click("a.button[href='/apply']");
    applicant.page("#start");
    for choice in ["kind-mobile", "payment-prepaid", "applicant-person", "way-face"] {
        applicant.click(&format!("label[for='{choice}']"));
    }
    applicant.click("#start");
    applicant.page("#agree");
    for agreement in ["agree-identity", "agree-face"] {
        applicant.click(&format!("label[for='{agreement}']"));
    }
    applicant.click("#agree");
    applicant.page("#send-document");
    applicant.write("#mrz", &card.zone);
    applicant.click("#send-document");
}

/// Holds the card and then a face to the camera, and sends both pictures.
fn take_pictures(applicant: &Browser<'_>, camera: &Camera, card: &Card, face: &std::path::Path) {
    applicant.page("#capture-form");
    for (shot, before_the_camera) in [("document", card.file.as_path()), ("face", face)] {
        camera.show(before_the_camera);
        applicant.click(&format!("#open-{shot}"));
        applicant.click(&format!("#take-{shot}:not([hidden])"));
        applicant.find(&format!("#done-{shot}:not([hidden])"));
    }
    assert_eq!(applicant.value("#from-file"), "0", "the face came from the camera");
    applicant.click("#send-capture");
}

fn sign_in(staff: &Browser<'_>, demo: &Demo, name: &str) {
    staff.open(&format!("{}/desk", demo.origin));
    staff.page("#sign-in");
    staff.write("#code", &demo.code(name));
    staff.click("#sign-in");
    staff.page("#referrals");
    assert!(staff.text("nav + form").contains(name));
}

/// Sends the signature form that the page does not offer, and tells in which state the case then is.
fn sign_own_proposal(reviewer: &Browser<'_>) -> String {
    reviewer.run(
        "const form = document.getElementById('decide').form;
         const hash = document.createElement('input');
         hash.name = 'hash';
         hash.value = document.getElementById('proposal-hash').innerText;
         form.append(hash);
         form.noValidate = true;
         form.action = form.action.replace(/[a-z]+$/, 'sign');
         form.submit();",
    );
    assert!(reviewer.text("#problem").contains("another person"), "{}", reviewer.text("#problem"));
    reviewer.attribute("main", "data-state")
}
