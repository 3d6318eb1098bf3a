//! A chip of the sample country before the whole of lineward: real files, real signatures, real answers of the chip.

use std::sync::Arc;

use axum::http::StatusCode;
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::{Timestamp, civil::date};
use lineward_app::ports::{AuthorityAnswer, ChipExaminer, FaceCheck, IssuerMatch, Reference, Standing};
use lineward_core::evidence::{Assurance, FaceFinding, FaceOutcome};
use lineward_document::{
    chip::{ChipFiles, ChipReport, Presence, examine},
    trust::{TrustBuilder, TrustStore},
};
use lineward_sample::{
    card,
    country::{Country, Flaw, Order, SampleChip},
    person,
};
use lineward_testkit::WorldOptions;
use serde_json::{Value, json};

use crate::site::{CN, Site, Text, Who};

/// An authority that says that a document stands, and nothing else.
const STANDS: AuthorityAnswer = AuthorityAnswer {
    standing: Standing::Valid,
    fields: IssuerMatch::NotOffered,
    portrait: IssuerMatch::NotOffered,
};

/// The examiner of the binary.
struct Chips(TrustStore);

impl ChipExaminer for Chips {
    fn examine(&self, files: &ChipFiles, presence: &Presence, at: Timestamp) -> ChipReport {
        examine(files, presence, &self.0, at)
    }
}

/// Takes `the holder` for the person on this one portrait, and nobody and nothing else.
struct Knows(Vec<u8>);

impl FaceCheck for Knows {
    fn compare(
        &self,
        reference: Reference<'_>,
        frames: &[&[u8]],
        fmr_ppb: u32,
        assurance: Assurance,
    ) -> FaceFinding {
        let portrait = matches!(reference, Reference::Portrait(bytes) if bytes == self.0);
        let same = portrait && frames == [b"the holder".as_slice()];
        FaceFinding {
            outcome: if same { FaceOutcome::Match } else { FaceOutcome::NonMatch },
            score_ppm: Some(if same { 700_000 } else { 100_000 }),
            threshold_ppm: 427_000,
            review_threshold_ppm: 340_000,
            fmr_ppb: Some(fmr_ppb),
            bona_fide_ppm: Some(990_000),
            reasons: Vec::new(),
            pack_hash: [7; 32],
            assurance,
        }
    }
}

/// A chip, and the part that the phone plays.
struct Held {
    site: Site,
    chip: SampleChip,
    app: Who,
    application: String,
    verification: String,
}

impl Held {
    async fn new(flaw: Option<Flaw>) -> Held {
        let today = date(2026, 6, 1);
        let portrait =
            card::to_jpeg(&image::RgbImage::from_pixel(48, 64, image::Rgb([120, 100, 90]))).unwrap();
        let utopia = Country::new([9; 32], today);
        let person = person::people(today).swap_remove(0);
        let order = Order::new(&person, &portrait);
        let chip = match flaw {
            None => utopia.issue(&order).unwrap(),
            Some(flaw) => utopia.issue_with(&order, flaw).unwrap(),
        };
        let mut trust = TrustBuilder::default();
        utopia.trust_files().iter().for_each(|file| trust.add_file(&file.name, &file.bytes));
        let mut options = WorldOptions::new(CN);
        options.chips = Some(Arc::new(Chips(trust.build().store)));
        options.faces = Some(Arc::new(Knows(portrait)));
        let site = Site::with(options, 0).await;
        site.world.clerk.answer(STANDS);
        let (application, verification) = site.open(&site.token().await).await;
        let app = site.applicant(&application).await;
        let agree = json!({"kinds": ["identity", "face"], "text_version": "2026-1", "way": "face"});
        let agreed = site.post(&app, &format!("/v1/verifications/{verification}/consent"), agree).await;
        assert_eq!(agreed.status, StatusCode::NO_CONTENT);
        Held { site, chip, app, application, verification }
    }

    async fn post(&self, step: &str, body: Value) -> Value {
        let answer =
            self.site.post(&self.app, &format!("/v1/verifications/{}/{step}", self.verification), body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }

    /// Reads the chip in a session; `change` is what the phone does to it on the way.
    async fn read(&self, change: impl FnOnce(&mut Value)) -> Value {
        let dg14 = BASE64_STANDARD.encode(self.chip.file("DG14").unwrap());
        let session = self.post("chip-session", json!({ "dg14": dg14 })).await;
        let bytes = |text: String| BASE64_STANDARD.decode(text).unwrap();
        let nonce: [u8; 8] = bytes(session.text("nonce")).try_into().unwrap();
        let task = &session["chip_authentication"];
        assert_eq!(task["protocol"], "0.4.0.127.0.7.2.2.3.2.2");
        assert!(!bytes(task.text("command")).is_empty());
        let response = self.chip.chip_authentication(&bytes(task.text("public_key"))).unwrap();
        let files =
            self.chip.files().iter().map(|f| {
                (f.name.trim_end_matches(".bin").to_owned(), json!(BASE64_STANDARD.encode(&f.bytes)))
            });
        let mut read = json!({
            "session": session["session"],
            "files": Value::Object(files.collect()),
            "active_authentication": {
                "signature": BASE64_STANDARD.encode(self.chip.active_authentication(&nonce).unwrap())
            },
            "chip_authentication": { "response": BASE64_STANDARD.encode(response) },
        });
        change(&mut read);
        self.post("chip", read).await
    }

    /// Submits a capture of `who` with the chip's own portrait.
    async fn capture(&self, who: &[u8]) -> Value {
        let file = self.chip.file("DG2").unwrap();
        let parts: [(&str, &[u8]); 2] = [("chip_portrait", file), ("capture", who)];
        let path = format!("/v1/verifications/{}/capture", self.verification);
        self.site.upload_bytes(&self.app, &path, &parts).await.json()
    }
}

fn result<'a>(answer: &'a Value, check: &str) -> (&'a str, Option<&'a str>) {
    let findings = answer["findings"].as_array().unwrap();
    let found = findings.iter().find(|f| f["check"] == check).unwrap();
    (found["result"].as_str().unwrap(), found["reason"].as_str())
}

#[tokio::test]
async fn a_sample_chip_is_approved_under_the_rules_of_cn_without_a_person() {
    let held = Held::new(None).await;
    let answer = held.read(|_| {}).await;
    assert_eq!((&answer["fields"], &answer["portrait"]), (&json!("genuine"), &json!("genuine")), "{answer}");
    for check in
        ["sod_signature", "country_ca", "active_authentication", "chip_authentication", "document_dates"]
    {
        assert_eq!(result(&answer, check), ("pass", None), "{check}");
    }
    let standing = held.site.get(&held.app, &format!("/v1/verifications/{}", held.verification)).await.json();
    assert_eq!(standing["document"]["fields"]["classes"], json!(["signed", "chip_present"]));

    let decided = held.capture(b"the holder").await;
    assert_eq!((&decided["outcome"], &decided["state"]), (&json!("match"), &json!("approved")), "{decided}");
    held.site.world.work().await.unwrap();
    let seen = held.site.get(&held.app, &format!("/v1/applications/{}", held.application)).await.json();
    assert_eq!((&seen["state"], &seen["line_state"]), (&json!("approved"), &json!("active")));
}

#[tokio::test]
async fn somebody_else_with_a_genuine_chip_is_not_approved() {
    let held = Held::new(None).await;
    held.read(|_| {}).await;
    for _ in 0..3 {
        assert_ne!(held.capture(b"somebody else").await["state"], "approved");
    }
    let seen = held.site.get(&held.app, &format!("/v1/applications/{}", held.application)).await.json();
    assert_eq!((&seen["state"], &seen["reasons"]), (&json!("referred"), &json!(["face_non_match"])));
}

#[tokio::test]
async fn a_portrait_that_was_put_into_the_chip_is_not_genuine_and_goes_to_a_person() {
    let held = Held::new(Some(Flaw::PortraitByte)).await;
    let answer = held.read(|_| {}).await;
    assert_eq!(answer["portrait"], "not_genuine", "{answer}");
    assert_eq!(result(&answer, "data_group_hashes"), ("fail", Some("hash_wrong")));
    // It is no signed portrait of this verification, so it is not compared at all.
    assert_eq!(held.capture(b"the holder").await["code"], "invalid");
    let path = format!("/v1/applications/{}/decide", held.application);
    let decided = held.site.post(&held.app, &path, json!({})).await.json();
    assert_eq!(decided["state"], "referred");
    let reasons = decided["reasons"].as_array().unwrap();
    for reason in ["document_not_genuine", "portrait_not_genuine"] {
        assert!(reasons.contains(&json!(reason)), "{decided}");
    }
}

#[tokio::test]
async fn answers_of_the_phones_own_making_prove_nothing_and_the_files_count_all_the_same() {
    let held = Held::new(None).await;
    let answer = held
        .read(|read| {
            read["active_authentication"]["made_on_phone"] = json!(true);
            read["chip_authentication"]["made_on_phone"] = json!(true);
        })
        .await;
    for check in ["active_authentication", "chip_authentication"] {
        assert_eq!(result(&answer, check), ("not_checked", Some("made_on_phone")), "{check}");
    }
    assert_eq!(answer["fields"], "genuine");
    let standing = held.site.get(&held.app, &format!("/v1/verifications/{}", held.verification)).await.json();
    assert_eq!(standing["document"]["fields"]["classes"], json!(["signed"]));
}

#[tokio::test]
async fn an_answer_heard_in_an_earlier_session_is_a_copy() {
    let held = Held::new(None).await;
    let mut heard = Value::Null;
    held.read(|read| heard = read.clone()).await;
    let answer = held
        .read(|read| {
            read["active_authentication"] = heard["active_authentication"].clone();
            read["chip_authentication"] = heard["chip_authentication"].clone();
        })
        .await;
    for check in ["active_authentication", "chip_authentication"] {
        assert_eq!(result(&answer, check), ("fail", Some("answer_wrong")), "{check}");
    }
    assert_eq!(answer["fields"], "not_genuine");
    let decided = held.capture(b"the holder").await;
    assert_eq!(decided["state"], "referred", "{decided}");
}
