//! An authority over HTTP: what is sent, every honest answer, every lie; and what becomes of an application by them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use lineward_app::{
    Actor, Ctx,
    ports::{
        Answered, Asking, Authority, AuthorityAnswer, AuthorityProfile, FaceCheck, IssuerMatch,
        NotValidReason, Reference, Standing, Unavailable,
    },
    verification::{Fields, Question},
};
use lineward_connect::{
    AnswerKeys, AuthorityOptions, HttpAuthority,
    authority::{Algorithm, BreakerOptions},
};
use lineward_core::{
    evidence::{Assurance, FaceFinding},
    id::{ApplicationId, VerificationId},
    verification::Way,
};
use lineward_document::state::StateCode;
use lineward_sample::authority::scripted::{AuthorityServer, Clock, Lie, Line, ScriptedAuthority, Signer};
use lineward_testkit::{
    MRZ, World, WorldOptions,
    doubles::{TestClock, TextFaces},
};

const DEMO: &str = include_str!("../../../../rules/demo.toml");
const NOW: &str = "2026-06-01T12:00:00Z";
/// The number of [`MRZ`].
const NUMBER: &str = "L898902C3";
/// JPEG without a pixel: start, one scan, end. `connect` looks at its segments only.
const PICTURE: &[u8] = b"\xff\xd8\xff\xfe\0\x08a note\xff\xda\0\x08\x01\x01\0\0\x3f\0\xff\xd9";

const CONFIRMED: AuthorityAnswer = AuthorityAnswer {
    standing: Standing::Valid,
    fields: IssuerMatch::Match,
    portrait: IssuerMatch::NotOffered,
};

fn profile() -> AuthorityProfile {
    AuthorityProfile {
        source: "Registry of Utopia (sample)".into(),
        issuing_states: vec![StateCode::UTOPIA],
        names: true,
        birth_date: false,
        portrait: true,
    }
}

/// A scripted authority behind a port, its client, and the clock of both.
struct Pair {
    script: Arc<ScriptedAuthority>,
    server: AuthorityServer,
    client: Arc<HttpAuthority>,
    clock: TestClock,
}

impl Pair {
    async fn new(algorithm: Algorithm, options: AuthorityOptions) -> Pair {
        let clock = TestClock::at(NOW.parse().unwrap());
        let script = Arc::new(ScriptedAuthority::new(profile()));
        let signer = match algorithm {
            Algorithm::EdDsa => Signer::ed25519([5; 32]),
            Algorithm::Es256 => Signer::p256([5; 32]),
        };
        let time = clock.clone();
        let time: Clock = Arc::new(move || time.now());
        let server = AuthorityServer::start(script.clone(), signer, time).await.unwrap();
        let keys = AnswerKeys::read(algorithm, &server.public_key()).unwrap();
        let client = HttpAuthority::new(&server.url(), None, keys, profile(), options).unwrap();
        Pair { script, server, client: Arc::new(client), clock }
    }

    fn says(&self, answer: AuthorityAnswer) {
        self.script.script(NUMBER, &[Line::Says(answer)]);
    }

    async fn ask(&self, portrait: Option<&[u8]>) -> Result<Answered, Unavailable> {
        static ASKED: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);
        let nonce = [ASKED.fetch_add(1, std::sync::atomic::Ordering::SeqCst); 16];
        let question = question();
        let now = self.clock.now();
        self.client.ask(&Asking { question: &question, portrait, nonce, now, request_id: "req-1" }).await
    }
}

/// Neither breaker nor cache, and little patience.
fn plain() -> AuthorityOptions {
    AuthorityOptions {
        timeout: Duration::from_millis(600),
        cache: SignedDuration::ZERO,
        breaker: BreakerOptions { failures: u32::MAX, rest: SignedDuration::ZERO },
    }
}

fn question() -> Question {
    let fields = Fields {
        kind: "passport".into(),
        issuing_state: "UTO".into(),
        number: NUMBER.into(),
        scheme: None,
        primary_name: "ERIKSSON".into(),
        secondary_name: "ANNA MARIA".into(),
        birth_date: Some("1974-08-12".into()),
        expiry_date: Some("2031-04-15".into()),
        sex: Some("female".into()),
        nationality: Some("UTO".into()),
    };
    Question::of(&fields, &profile()).unwrap()
}

/// Every answer that the contract has, with nothing said of a portrait.
fn answers() -> Vec<AuthorityAnswer> {
    let standings = NotValidReason::ALL.iter().map(|why| Standing::NotValid(*why));
    let standings = standings.chain([Standing::Valid, Standing::ReportedLost]);
    let mut answers = vec![AuthorityAnswer::UNKNOWN];
    for standing in standings {
        answers.extend(IssuerMatch::ALL.iter().map(|fields| AuthorityAnswer {
            standing,
            fields: *fields,
            portrait: IssuerMatch::NotOffered,
        }));
    }
    answers
}

#[tokio::test]
async fn every_honest_answer_arrives_by_both_algorithms() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let pair = Pair::new(algorithm, plain()).await;
        for answer in answers() {
            pair.says(answer);
            let answered = pair.ask(None).await.unwrap();
            assert_eq!((answered.answer, answered.answered_at), (answer, pair.clock.now()), "{algorithm}");
        }
        for portrait in IssuerMatch::ALL {
            let answer = AuthorityAnswer { portrait: *portrait, ..CONFIRMED };
            pair.says(answer);
            assert_eq!(pair.ask(Some(PICTURE)).await.unwrap().answer, answer);
            assert_eq!(pair.ask(None).await.unwrap().answer, CONFIRMED);
            // What is no picture is not sent; then the authority has nothing to compare.
            assert_eq!(pair.ask(Some(b"GIF89a")).await.unwrap().answer, CONFIRMED);
        }
    }
}

#[tokio::test]
async fn a_script_is_followed_line_by_line_and_its_last_line_stays() {
    let pair = Pair::new(Algorithm::EdDsa, plain()).await;
    let lost = AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED };
    let later = Line::SaysLater(CONFIRMED, Duration::from_millis(50));
    let lines = [Line::Says(CONFIRMED), later, Line::Silent, Line::Says(lost)];
    let expected = [Some(CONFIRMED), Some(CONFIRMED), None, Some(lost), Some(lost)];
    pair.script.script(NUMBER, &lines);
    for answer in expected {
        assert_eq!(pair.ask(None).await.ok().map(|a| a.answer), answer);
    }
    pair.script.script(NUMBER, &lines);
    let question = question();
    for answer in expected {
        let asking = Asking {
            question: &question,
            portrait: None,
            nonce: [0; 16],
            now: pair.clock.now(),
            request_id: "r",
        };
        assert_eq!(pair.script.ask(&asking).await.ok().map(|a| a.answer), answer, "asked within the process");
    }
}

/// Every lie, the reason that goes to the log, and how often the question was sent.
const LIES: [(Lie, &str, usize); 22] = [
    (Lie::OtherKey, "no pinned key verifies its signature", 1),
    (Lie::KeyInHeader, "no pinned key verifies its signature", 1),
    (Lie::Unsigned, "not signed with the pinned algorithm", 1),
    (Lie::OtherAlgorithm, "not signed with the pinned algorithm", 1),
    (Lie::Untyped, "not typed as an answer", 1),
    (Lie::Critical, "its header cannot be read", 1),
    (Lie::Replay, "to another question", 1),
    (Lie::OtherQuestion, "to another question", 1),
    (Lie::OtherSource, "names another issuer", 1),
    (Lie::Stale, "360 s off", 1),
    (Lie::Early, "360 s off", 1),
    (Lie::UnknownWord, "none of the contract's words", 1),
    (Lie::Page, "no JWS in compact form", 1),
    (Lie::Huge, "larger than 8192 bytes", 1),
    (Lie::Slow, "no answer in time", 1),
    (Lie::Truncated, "the connection broke off", 1),
    (Lie::HangsUp, "the connection broke off", 1),
    (Lie::Redirect, "it answered 307", 1),
    (Lie::Status(500), "it answered 500", 1),
    (Lie::Status(503), "it answered 503", 2),
    (Lie::Status(429), "it answered 429", 1),
    (Lie::Status(204), "it answered 204", 1),
];

#[tokio::test]
async fn no_lie_is_an_answer_and_the_reason_holds_nothing_of_the_question() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let pair = Pair::new(algorithm, plain()).await;
        pair.says(CONFIRMED);
        assert!(pair.ask(None).await.is_ok());
        for (lie, reason, sent) in LIES {
            pair.server.lie(Some(lie));
            let before = pair.server.heard();
            let Unavailable(why) = pair.ask(None).await.unwrap_err();
            assert!(why.contains(reason), "{lie:?}: {why}");
            assert!(![NUMBER, "ERIKSSON", "127.0.0.1"].iter().any(|told| why.contains(told)), "{why}");
            assert_eq!(pair.server.heard() - before, sent, "{lie:?}");
        }
        pair.server.lie(None);
        assert!(pair.ask(None).await.is_ok(), "no lie outlasts itself");
    }
}

#[tokio::test]
async fn an_authority_that_is_not_there_or_says_nothing_costs_its_time_and_no_more() {
    let pair = Pair::new(Algorithm::EdDsa, plain()).await;
    pair.script.script(NUMBER, &[Line::Silent]);
    let began = Instant::now();
    assert_eq!(pair.ask(None).await, Err(Unavailable("no answer in time".into())));
    // Twice the patience: a busy machine may take its time.
    assert!(began.elapsed() < Duration::from_millis(1_200), "{:?}", began.elapsed());
    let Pair { server, client, clock, .. } = pair;
    drop(server);
    let question = question();
    let asking =
        Asking { question: &question, portrait: None, nonce: [1; 16], now: clock.now(), request_id: "r" };
    let mut why = String::new();
    // The port is given back a moment after its task was ended.
    for _ in 0..50 {
        why = client.ask(&asking).await.unwrap_err().0;
        if why == "no connection to the receiver" {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(why, "no connection to the receiver");
}

#[tokio::test]
async fn an_outage_opens_the_breaker_and_one_answer_after_its_rest_closes_it() {
    let breaker = BreakerOptions { failures: 3, rest: SignedDuration::from_secs(30) };
    let pair = Pair::new(Algorithm::EdDsa, AuthorityOptions { breaker, ..plain() }).await;
    pair.says(CONFIRMED);
    pair.server.lie(Some(Lie::Status(500)));
    for _ in 0..5 {
        assert!(pair.ask(None).await.is_err());
    }
    assert_eq!(pair.server.heard(), 3, "then nobody asks");
    assert!(pair.ask(None).await.unwrap_err().0.contains("left alone"));
    pair.clock.pass(SignedDuration::from_secs(30));
    for _ in 0..2 {
        assert!(pair.ask(None).await.is_err());
    }
    assert_eq!(pair.server.heard(), 4, "one after the rest");
    pair.server.lie(None);
    pair.clock.pass(SignedDuration::from_secs(30));
    for _ in 0..3 {
        assert!(pair.ask(None).await.is_ok());
    }
    assert_eq!(pair.server.heard(), 7);
}

#[tokio::test]
async fn questions_that_it_will_not_have_do_not_keep_it_from_others() {
    let breaker = BreakerOptions { failures: 1, rest: SignedDuration::from_secs(30) };
    let pair = Pair::new(Algorithm::EdDsa, AuthorityOptions { breaker, ..plain() }).await;
    pair.says(CONFIRMED);
    for status in [400, 404, 409, 413, 422] {
        pair.server.lie(Some(Lie::Status(status)));
        assert_eq!(pair.ask(None).await, Err(Unavailable(format!("it answered {status}"))));
    }
    pair.server.lie(None);
    assert!(pair.ask(None).await.is_ok());
}

#[tokio::test]
async fn a_whole_confirmation_is_used_twice_and_says_when_it_was_given() {
    let pair =
        Pair::new(Algorithm::EdDsa, AuthorityOptions { cache: SignedDuration::from_mins(10), ..plain() })
            .await;
    pair.says(CONFIRMED);
    let first = pair.ask(None).await.unwrap();
    pair.clock.pass(SignedDuration::from_secs(599));
    pair.server.lie(Some(Lie::HangsUp));
    assert_eq!(pair.ask(None).await, Ok(first.clone()));
    assert_eq!(pair.server.heard(), 1);
    assert!(pair.ask(Some(PICTURE)).await.is_err(), "a portrait is compared every time");
    pair.clock.pass(SignedDuration::from_secs(1));
    assert!(pair.ask(None).await.is_err());

    // Nothing else is: neither a no nor what was answered beside a portrait.
    pair.server.lie(None);
    pair.says(AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED });
    let lost = pair.ask(None).await.unwrap();
    assert_eq!(lost.answer.standing, Standing::ReportedLost);
    pair.says(CONFIRMED);
    assert!(pair.ask(Some(PICTURE)).await.is_ok());
    let heard = pair.server.heard();
    assert_ne!(pair.ask(None).await.unwrap().evidence_hash, first.evidence_hash);
    assert_eq!(pair.server.heard(), heard + 1);
}

/// Looks at the person only; the portrait is the authority's to compare.
struct Faces;

impl FaceCheck for Faces {
    fn compare(&self, _: Reference<'_>, frames: &[&[u8]], fmr_ppb: u32, assurance: Assurance) -> FaceFinding {
        TextFaces.compare(Reference::Picture(b"face of anna"), frames, fmr_ppb, assurance)
    }
}

async fn world(pair: &Pair) -> World {
    let authority: Arc<dyn Authority> = pair.client.clone();
    let options =
        WorldOptions { authority: Some(authority), faces: Some(Arc::new(Faces)), ..WorldOptions::new(DEMO) };
    World::new(options).await
}

impl Pair {
    /// Time passes for the authority and the world.
    fn pass(&self, world: &World, time: SignedDuration) {
        self.clock.pass(time);
        world.clock.pass(time);
    }
}

async fn apply(world: &World) -> (ApplicationId, VerificationId, Ctx) {
    let (application, verification, ctx) = world.open(Way::Face).await.unwrap();
    world.consent(&ctx, verification, Way::Face).await.unwrap();
    world.show(&ctx, verification, MRZ).await.unwrap();
    (application, verification, ctx)
}

/// Shows document and person, as often as it takes: the same picture, anna each time.
async fn capture(world: &World, application: ApplicationId, verification: VerificationId) {
    use lineward_app::verification::{ShownPortrait, SubmitCapture};
    use zeroize::Zeroizing;
    let capture = SubmitCapture {
        portrait: ShownPortrait::Picture(Zeroizing::new(PICTURE.to_vec())),
        frames: vec![Zeroizing::new(b"face of anna".to_vec())],
        assurance: Assurance::WebSession,
    };
    world.app.submit_capture(&world.ctx(Actor::Applicant(application)), verification, capture).await.unwrap();
}

async fn state(world: &World, application: ApplicationId) -> (String, Option<Timestamp>) {
    let view = world.app.application(&world.ctx(Actor::Applicant(application)), application).await.unwrap();
    (view.state.code().to_owned(), view.provisional_until)
}

#[tokio::test]
async fn an_application_that_the_authority_confirms_is_approved_over_http() {
    let pair = Pair::new(Algorithm::Es256, AuthorityOptions::default()).await;
    pair.says(AuthorityAnswer { portrait: IssuerMatch::Match, ..CONFIRMED });
    let world = world(&pair).await;
    let (application, verification, _) = apply(&world).await;
    capture(&world, application, verification).await;
    assert_eq!(state(&world, application).await, ("approved".into(), None));
    assert_eq!(pair.server.heard(), 1);
}

#[tokio::test]
async fn an_application_waits_for_an_authority_that_lies_and_then_goes_to_a_person() {
    let pair = Pair::new(Algorithm::EdDsa, AuthorityOptions::default()).await;
    pair.says(AuthorityAnswer { portrait: IssuerMatch::Match, ..CONFIRMED });
    let world = world(&pair).await;
    for lie in [Lie::OtherKey, Lie::Unsigned, Lie::Stale, Lie::OtherQuestion] {
        pair.server.lie(Some(lie));
        let (application, verification, _) = apply(&world).await;
        let until = world.now() + SignedDuration::from_mins(5);
        capture(&world, application, verification).await;
        assert_eq!(state(&world, application).await, ("open".into(), Some(until)), "{lie:?}");
        pair.pass(&world, SignedDuration::from_mins(5));
        world.work().await.unwrap();
        assert_eq!(state(&world, application).await, ("referred".into(), None), "{lie:?}");
    }
}

#[tokio::test]
async fn the_breaker_spares_people_the_wait_and_the_job_finds_the_authority_back() {
    let breaker = BreakerOptions { failures: 2, rest: SignedDuration::from_secs(30) };
    let pair = Pair::new(Algorithm::EdDsa, AuthorityOptions { breaker, ..AuthorityOptions::default() }).await;
    pair.says(CONFIRMED);
    let world = world(&pair).await;
    pair.server.lie(Some(Lie::Status(500)));
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let (application, verification, _) = apply(&world).await;
        capture(&world, application, verification).await;
        waiting.push(application);
    }
    assert_eq!(pair.server.heard(), 2, "the breaker is open");
    pair.server.lie(None);
    pair.pass(&world, SignedDuration::from_secs(31));
    world.work().await.unwrap();
    for application in waiting {
        assert_eq!(state(&world, application).await, ("open".into(), None), "its fields are confirmed");
    }
}
