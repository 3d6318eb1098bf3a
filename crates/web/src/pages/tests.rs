//! Every page in every language, held against what a page must have and must not have.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use lineward_app::{
    Actor, Ctx, Entropy,
    application::{ApplicationView, Decided, Step},
    review::{CaseView, Held, Provisional, Referral},
    verification::{Advice, ChipFound, DocumentAnswer},
    watch::{DocumentCase, DocumentCaseView},
};
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    authority::{self as issuer, AuthorityAnswer, IssuerMatch},
    evidence::{Assurance, CheckResult, EvidenceClass, FaceFinding, FaceOutcome, FaceReason},
    id::{CarrierId, Id, StaffId},
    line::{LineKind, LineState, Payment},
    review::ReviewReason,
    staff::Role,
    verdict::{DocumentVerdict, Missing, Standing, Verdict},
    verification::{
        ApplicantKind, Channel, ConsentKind, DocumentCheck, DocumentFinding, DocumentReason, Way,
    },
    watch::CloseReason,
};
use lineward_document::chip::{ChipCheck, ChipReason};
use lineward_store::rows::{ApplicationRow, AuthorityAnswerRow, ProposalRow, Sealed, SightingRow};
use zeroize::Zeroizing;

use super::{
    assets::{CAMERA, ICON, STYLE},
    capture::CapturePage,
    case_view::{CasePage, Draft},
    consent::{ConsentForm, ConsentPage, text_version},
    desk::{
        Me,
        documents::{DocumentCasePage, DocumentsPage},
        queue::{GivenUp, QueuePage},
        rules::{RulesPage, Text},
        sighting::{Found, SightedPage, SightingForm, SightingPage},
        sign_in::SignInPage,
        staff::{Person, StaffPage},
    },
    document::DocumentPage,
    fields::DocumentForm,
    frame::{Frame, Lang, ProblemPage},
    start::{HomePage, LinkPage, StartForm, StartPage},
    status::StatusPage,
    table,
    texts::Language,
};

/// The most that a first visit may load: page, style sheet, script and icon together. Ours, for slow networks.
const FIRST_LOAD: usize = 150 * 1024;

#[test]
fn every_page_is_whole_in_every_language() {
    for language in Language::ALL {
        for (name, html) in pages(language) {
            check(&format!("{name} ({})", language.tag()), &html, language);
        }
    }
}

#[test]
fn the_style_sheet_is_small() {
    assert!(STYLE.len() < 12 * 1024, "{}", STYLE.len());
}

#[test]
fn every_route_of_the_pages_is_listed_once() {
    let mut paths: Vec<_> = table().into_iter().map(|(method, path, _)| (method, path)).collect();
    let all = paths.len();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), all);
}

#[test]
fn the_version_of_the_consent_is_that_of_the_text_shown() {
    let [en, zh] = [Language::En, Language::Zh].map(|l| text_version(l.texts()));
    assert_ne!(en, zh);
    assert!(en.starts_with("consent-") && en.len() == 24, "{en}");
}

#[test]
fn both_ways_stand_side_by_side_and_none_is_chosen() {
    let html =
        StartPage::new(frame(Language::En), &StartForm::default(), false, false, false).render().unwrap();
    for way in ["way-face", "way-other_way"] {
        let input = tags(&html, "input").into_iter().find(|tag| attribute(tag, "id") == Some(way)).unwrap();
        assert!(!input.contains("checked"), "{input}");
    }
}

#[track_caller]
fn check(name: &str, html: &str, language: Language) {
    assert_eq!(html.matches("<h1").count(), 1, "{name}: one heading");
    assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{name}: language");
    assert!(
        html.len() + STYLE.len() + CAMERA.len() + ICON.len() < FIRST_LOAD,
        "{name}: {} bytes",
        html.len()
    );
    for bad in ["style=", "<style", "http://", "https://", "//cdn", " onclick=", " onload=", "javascript:"] {
        assert!(!html.contains(bad), "{name}: {bad}");
    }
    for script in tags(html, "script") {
        assert_eq!(attribute(script, "src"), Some("/assets/camera.js"), "{name}: {script}");
    }
    let placeholder =
        html.split('{').skip(1).find(|rest| rest.split('}').next().is_some_and(|w| w.len() < 20));
    assert_eq!(placeholder, None, "{name}: a placeholder is left");
    let labels: Vec<&str> = tags(html, "label").into_iter().filter_map(|l| attribute(l, "for")).collect();
    for tag in ["input", "select", "textarea"].into_iter().flat_map(|tag| tags(html, tag)) {
        if attribute(tag, "type") == Some("hidden") {
            continue;
        }
        let id = attribute(tag, "id").unwrap_or_default();
        assert!(labels.contains(&id), "{name}: {tag} has no label");
    }
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{name}: an id stands twice");
    for described in html.split("aria-describedby=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&described), "{name}: {described} describes nothing");
    }
    let posts = html.matches("method=\"post\"").count();
    assert_eq!(html.matches("name=\"idempotency_key\"").count(), posts, "{name}: a key for every form");
}

/// The opening tags of one name.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}");
    let of = html.split(open.as_str()).skip(1).filter(|rest| rest.starts_with([' ', '>']));
    of.filter_map(|rest| rest.split('>').next()).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn now() -> Timestamp {
    "2026-11-05T12:00:00Z".parse().unwrap()
}

fn frame(language: Language) -> Frame {
    let carrier = CarrierId::from_bytes([1; 16]);
    let ctx = Ctx::new(carrier, Actor::Nobody, now(), "request".into(), Arc::new(Counting(AtomicU8::new(0))));
    Frame::named("Utopia Mobile", true, &ctx, Lang::of(Some(&format!("lang={}", language.tag())), None))
}

fn me() -> Me {
    let names = vec![(staff(1), "Ada".to_owned()), (staff(2), "Grace & <Hopper>".to_owned())];
    Me::new(staff(1), &[Role::Agent, Role::Reviewer, Role::Admin], names)
}

fn staff(n: u8) -> StaffId {
    StaffId::from_bytes([n; 16])
}

fn view(state: ApplicationState, way: Way, next: Option<Step>) -> ApplicationView {
    ApplicationView {
        id: Id::from_bytes([2; 16]),
        verification: Id::from_bytes([3; 16]),
        line: Id::from_bytes([4; 16]),
        reference: "AB12CD34EF".into(),
        state,
        reasons: ReferralReason::ALL.to_vec(),
        way,
        applicant: ApplicantKind::Person,
        channel: Channel::Web,
        language: "en".into(),
        kind: LineKind::Mobile,
        payment: Payment::Prepaid,
        line_state: LineState::Requested,
        consents: vec![ConsentKind::Identity],
        may_keep_images: true,
        verdict: None,
        chip_portrait: false,
        next,
        attempts_left: 2,
        opened_at: now(),
        lapses_at: now() + SignedDuration::from_hours(24),
        provisional_until: (next == Some(Step::Capture)).then(now),
        decided_at: state.is_final().then(now),
    }
}

fn case(claimed_by: Option<StaffId>, state: ApplicationState) -> CaseView {
    let finding = |check, result, class, reason| DocumentFinding {
        check,
        result,
        class,
        reason,
        portrait: None,
        at: now(),
    };
    CaseView {
        application: ApplicationRow {
            id: Id::from_bytes([2; 16]),
            verification: Id::from_bytes([3; 16]),
            line: Id::from_bytes([4; 16]),
            reference: "AB12CD34EF".into(),
            state,
            reasons: vec![ReferralReason::FaceNonMatch, ReferralReason::OverCap],
            rules_opened: [0; 32],
            rules_decided: None,
            opened_by: None,
            opened_at: now(),
            referred_at: Some(now()),
            decided_at: None,
            effective_at: None,
            lapses_at: now(),
            provisional_until: None,
            claimed_by,
        },
        way: Way::Face,
        fields: None,
        findings: vec![
            finding(DocumentCheck::CheckDigits, CheckResult::Pass, EvidenceClass::Consistent, None),
            finding(
                DocumentCheck::Valid,
                CheckResult::Fail,
                EvidenceClass::Authority,
                Some(DocumentReason::ReportedLost),
            ),
        ],
        verdict: Some(DocumentVerdict {
            fields: Verdict::Inconclusive(Missing::ALL.to_vec()),
            portrait: Verdict::NotGenuine(vec![finding(
                DocumentCheck::PortraitGenuine,
                CheckResult::Fail,
                EvidenceClass::Signed,
                Some(DocumentReason::ChipDataChanged),
            )]),
            valid: Standing {
                in_date: CheckResult::Pass,
                not_revoked: CheckResult::NotChecked,
                not_reported_lost: CheckResult::Fail,
            },
        }),
        chip: ChipCheck::ALL
            .iter()
            .flat_map(|check| ChipReason::ALL.iter().map(move |reason| (check, reason)))
            .map(|(check, reason)| ChipFound {
                check: check.code().to_owned(),
                result: CheckResult::NotChecked.code().to_owned(),
                reason: Some(reason.code().to_owned()),
            })
            .collect(),
        faces: vec![FaceFinding {
            outcome: FaceOutcome::NonMatch,
            score_ppm: Some(112_345),
            threshold_ppm: 427_000,
            review_threshold_ppm: 340_000,
            fmr_ppb: Some(100_000),
            bona_fide_ppm: None,
            reasons: vec![FaceReason::ReviewBand],
            pack_hash: [0; 32],
            assurance: Assurance::WebSession,
        }],
        sighting: Some(SightingRow {
            id: Id::from_bytes([5; 16]),
            document: Id::from_bytes([6; 16]),
            staff: staff(2),
            person_matches: CheckResult::Pass,
            at: now(),
        }),
        held: ["portrait", "capture"]
            .map(|class| Held { id: Id::from_bytes([7; 16]), class: class.into(), erase_at: now() })
            .into(),
        proposal: Some((
            ProposalRow {
                id: Id::from_bytes([8; 16]),
                application: Id::from_bytes([2; 16]),
                reason: ReviewReason::NotTheOwner,
                note: Sealed(Vec::new()),
                note_hash: [0; 32],
                findings_hash: [0; 32],
                proposed_by: staff(2),
                proposed_at: now(),
                signed_by: None,
                done_at: None,
                void_at: None,
            },
            [9; 32],
            Zeroizing::new("<b>Not</b> the same person".to_owned()),
        )),
        findings_hash: [10; 32],
    }
}

fn pages(language: Language) -> Vec<(String, String)> {
    let p = || frame(language);
    let mut all: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        all.push((name.to_owned(), page.dyn_render().unwrap()));
    };
    add("home", &HomePage { p: p(), under_way: true });
    add("link", &LinkPage { p: p() });
    for checked in [false, true] {
        add("start", &StartPage::new(p(), &StartForm::default(), checked, checked, checked));
    }
    let open = view(ApplicationState::Open, Way::Face, Some(Step::Consent));
    for checked in [false, true] {
        add("consent", &ConsentPage::new(p(), &open, &ConsentForm::default(), Some(72), checked));
    }
    add("document", &DocumentPage::new(p(), DocumentForm::default(), None, true));
    for field in ["issuing_state", "number", "primary_name", "secondary_name", "birth_date", "expiry_date"] {
        let mut typed = DocumentForm::default();
        typed.wrong = field.to_owned();
        add(&format!("document, {field} wrong"), &DocumentPage::new(p(), typed, None, false));
    }
    for taken in [false, true] {
        let answer = DocumentAnswer { advice: vec![Advice::TypeAllLines.code().to_owned()], taken };
        add("document with advice", &DocumentPage::new(p(), DocumentForm::default(), Some(&answer), false));
    }
    add("capture", &CapturePage::new(p(), &open, &[]));
    add("capture again", &CapturePage::new(p(), &open, Advice::ALL));
    for state in ApplicationState::ALL {
        add(&format!("status {state}"), &StatusPage::new(p(), &view(*state, Way::Face, None)));
    }
    for next in Step::ALL {
        let open = view(ApplicationState::Open, Way::OtherWay, Some(*next));
        add(&format!("status before {next}"), &StatusPage::new(p(), &open));
    }
    desk(&p, &mut add);
    let problem =
        ProblemPage { text: p().t.problem.broken, back: "/", code: "broken", request_id: "r-1", p: p() };
    add("problem", &problem);
    all
}

fn document_case(closed: Option<(Timestamp, StaffId, CloseReason)>) -> DocumentCaseView {
    let lost = AuthorityAnswer {
        standing: issuer::Standing::ReportedLost,
        fields: IssuerMatch::Match,
        portrait: IssuerMatch::NotOffered,
    };
    DocumentCaseView {
        case: DocumentCase {
            id: Id::from_bytes([2; 16]),
            reference: "AB12CD34EF".into(),
            reason: DocumentReason::ReportedLost,
            since: now(),
            source: "<Registry>".into(),
        },
        application: Id::from_bytes([3; 16]),
        answer: AuthorityAnswerRow {
            id: Id::from_bytes([4; 16]),
            document: Id::from_bytes([5; 16]),
            source: "<Registry>".into(),
            asked_at: now(),
            answered_at: now(),
            answer: lost,
            evidence_hash: [6; 32],
        },
        lines: LineState::ALL.iter().map(|state| (Id::from_bytes([7; 16]), *state)).collect(),
        closed,
    }
}

fn desk(p: &dyn Fn() -> Frame, add: &mut dyn FnMut(&str, &dyn askama::DynTemplate)) {
    add("sign-in", &SignInPage { p: p(), wrong: true });
    let referral = Referral {
        id: Id::from_bytes([2; 16]),
        reference: "AB12CD34EF".into(),
        reasons: ReferralReason::ALL.to_vec(),
        since: now(),
        claimed_by: Some(staff(2)),
        proposed: true,
    };
    let given_up = GivenUp {
        id: Id::<lineward_core::id::kind::Job>::from_bytes([2; 16]).to_string(),
        kind: "notify".into(),
        subject: "application:1".into(),
        problem: "<timed out>".into(),
    };
    let provisional =
        Provisional { id: Id::from_bytes([2; 16]), reference: "AB12CD34EG".into(), until: now() };
    add(
        "queue",
        &QueuePage::new(
            p(),
            me(),
            Some(&[referral]),
            2,
            &[provisional],
            Some(vec!["AB12CD34EF".into()]),
            Some(vec![given_up]),
        ),
    );
    add("empty queue", &QueuePage::new(p(), me(), Some(&[]), 0, &[], Some(Vec::new()), Some(Vec::new())));
    for (claimed_by, state) in [
        (None, ApplicationState::Referred),
        (Some(staff(1)), ApplicationState::Referred),
        (Some(staff(2)), ApplicationState::Approved),
    ] {
        let page = CasePage::new(p(), me(), &case(claimed_by, state), Some("?"), Draft::default());
        add(&format!("case {state}"), &page);
    }
    let waiting = document_case(None);
    add("documents", &DocumentsPage::new(p(), me(), std::slice::from_ref(&waiting.case)));
    add("no documents", &DocumentsPage::new(p(), me(), &[]));
    add("document case", &DocumentCasePage::new(p(), me(), &waiting, Some("?")));
    let closed = document_case(Some((now(), staff(2), CloseReason::OtherDocument)));
    add("closed document case", &DocumentCasePage::new(p(), me(), &closed, None));
    let ready = Found::Ready(Id::from_bytes([2; 16]));
    for found in [None, Some(Found::Nothing), Some(Found::NotYet(Step::Consent)), Some(ready)] {
        let page = SightingPage::new(p(), me(), "AB12CD34EF".into(), found.as_ref(), SightingForm::default());
        add("sighting", &page);
    }
    let decided = Decided { state: "referred".into(), reasons: vec!["over_cap".into()] };
    add("sighted", &SightedPage::new(p(), me(), "AB12CD34EF".into(), &decided));
    let text = |n: u8, signed_by_me| Text {
        title: "Rules".into(),
        hash: hex::encode([n; 32]),
        text: "id = \"demo\"".into(),
        signatures: String::new(),
        signed_by_me,
    };
    let proposed = vec![text(1, true), text(2, false)];
    add("rules", &RulesPage { p: p(), me: me(), problem: Some("?"), active: Some(text(3, false)), proposed });
    let people = vec![
        Person { id: staff(1).to_string(), name: "Ada".into(), roles: vec!["agent"], off: false },
        Person { id: staff(2).to_string(), name: "Grace".into(), roles: vec!["admin"], off: true },
    ];
    let fresh = Some(("For Ada".to_owned(), "AAAA-BBBB-CCCC-DDDD".to_owned()));
    add(
        "staff",
        &StaffPage { p: p(), me: me(), fresh, people, roles: vec![("agent", "agent")], wrong: true },
    );
}
