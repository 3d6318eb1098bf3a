//! Whole journeys on a real store: every test runs on SQLite and on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use jiff::SignedDuration;
use lineward_app::{
    Actor, AppError, Idempotency, Mode,
    check::Invariant,
    ports::{AuthorityAnswer, AuthorityDown, IssuerMatch, OutsideError, Standing},
    review::Review,
    verification::{RecordSighting, ShownDocument},
};
use lineward_core::{
    evidence::FaceOutcome,
    id::{ApplicationId, VerificationId},
    line::LineState,
    review::{ReviewReason, SignRefused},
    staff::Role,
    verification::Way,
};
use lineward_testkit::{MRZ, Postgres, World, WorldOptions, doubles::CONFIRMED};
use zeroize::Zeroizing;

const DEMO: &str = include_str!("../../../rules/demo.toml");
const CN: &str = include_str!("../../../rules/cn.toml");
const MX: &str = include_str!("../../../rules/mx.toml");

/// Runs `test` in a fresh world on each backend.
async fn on_both(rules: &str, test: impl AsyncFn(World)) {
    test(World::new(WorldOptions::new(rules)).await).await;
    let url = Postgres::shared().unwrap();
    test(World::new(WorldOptions { store: Some(url), ..WorldOptions::new(rules) }).await).await;
}

/// A rules text whose every figure the carrier confirmed.
fn confirmed(rules: &str) -> String {
    rules.replace("status = ", "reviewed_by = \"legal\"\nreviewed_on = \"2026-01-02\"\nstatus = ")
}

/// An application with consent and document, ready for its capture.
async fn ready(world: &World) -> (ApplicationId, VerificationId, lineward_app::Ctx) {
    let (application, verification, ctx) = world.open(Way::Face).await.unwrap();
    world.consent(&ctx, verification, Way::Face).await.unwrap();
    world.show(&ctx, verification, MRZ).await.unwrap();
    (application, verification, ctx)
}

async fn line_state(world: &World, application: ApplicationId) -> LineState {
    let mut tx = world.store.read(world.operator().carrier).await.unwrap();
    let row = tx.application(application).await.unwrap().unwrap();
    tx.line(row.line).await.unwrap().unwrap().state
}

#[track_caller]
fn sound(violations: Vec<lineward_app::check::Violation>) {
    assert!(violations.is_empty(), "{violations:?}");
}

#[tokio::test]
async fn the_same_person_on_card_and_capture_is_approved_and_served_once() {
    on_both(DEMO, async |world| {
        let (application, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!((answer.outcome.as_str(), answer.decided.state.as_str()), ("match", "approved"));
        assert_eq!(line_state(&world, application).await, LineState::Approved);
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Active);
        assert_eq!(world.network.orders().len(), 1);
        let kinds: Vec<&str> = world.mailbox.messages().iter().map(|m| m.kind.code()).collect();
        assert_eq!(kinds, ["continue_here", "approved"]);

        let receipt = world.app.receipt(&ctx, application).await.unwrap();
        let policy = lineward_ledger::Policy::of(vec![world.app.receipt_key().clone()]).unwrap();
        let verified = lineward_ledger::Receipt::verify(receipt.as_bytes(), &policy).unwrap();
        let name = lineward_ledger::Word::parse("holder_name").unwrap();
        assert_eq!(verified.opens(&name, b"ERIKSSON, ANNA MARIA").code(), "pass");
        assert_eq!(verified.opens(&name, b"SOMEBODY, ELSE").code(), "fail");
        sound(world.app.check(&world.operator(), false).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn two_people_are_referred_and_two_staff_members_refuse() {
    on_both(DEMO, async |world| {
        let (application, verification, ctx) = ready(&world).await;
        for left in [2, 1] {
            let answer = world.capture(&ctx, verification, "face of anna", "face of eve").await.unwrap();
            assert_eq!((answer.attempts_left, answer.decided.state.as_str()), (left, "open"));
            assert_eq!(answer.advice, ["try_again_or_person"]);
        }
        let answer = world.capture(&ctx, verification, "face of anna", "face of eve").await.unwrap();
        assert_eq!(answer.decided.state, "referred");
        assert_eq!(answer.decided.reasons, ["face_non_match"]);
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Requested);
        assert!(world.network.orders().is_empty());

        let one = world.staff("Reviewer One", &[Role::Reviewer]).await.unwrap();
        let two = world.staff("Reviewer Two", &[Role::Reviewer]).await.unwrap();
        let (one, two) = (world.ctx(one), world.ctx(two));
        world.app.claim_case(&one, application).await.unwrap();
        let case = world.app.case(&one, application).await.unwrap();
        assert_eq!(case.faces.last().unwrap().outcome, FaceOutcome::NonMatch);
        assert_eq!(case.held.len(), 2, "demo rules keep both images for the reviewer");
        let portrait = case.held.iter().find(|h| h.class == "portrait").unwrap().id;
        let image = world.app.case_image(&one, application, portrait, "compare by eye").await.unwrap();
        assert_eq!(image.as_slice(), b"face of anna");
        let denied = world.app.case_image(&two, application, portrait, "curious").await;
        assert!(matches!(denied, Err(AppError::NotAllowed)), "only who claimed the case sees images");

        let review = Review {
            reason: ReviewReason::NotTheOwner,
            note: "another person on the capture".into(),
            findings_hash: case.findings_hash,
        };
        let proposed = world.app.review(&one, application, &review).await.unwrap();
        let hash: [u8; 32] = hex_of(proposed.waiting_for_second.as_deref().unwrap());
        let alone = world.app.sign(&one, application, &hash).await;
        assert!(matches!(alone, Err(AppError::Sign(SignRefused::SamePerson))));
        assert_eq!(world.app.sign(&two, application, &hash).await.unwrap().state, "refused");
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Released);
        let gone = world.app.case(&one, application).await.unwrap();
        assert!(gone.fields.is_none() && gone.held.is_empty(), "the case's keys died with the decision");
        sound(world.app.check(&world.operator(), false).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn under_cn_a_matching_face_is_referred_because_the_document_is_not_proven() {
    on_both(CN, async |world| {
        let (application, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!(answer.outcome, "match");
        assert_eq!(answer.decided.state, "referred");
        assert_eq!(answer.decided.reasons, ["document_not_proven", "portrait_not_proven"]);
        // Nothing of the face outlived the request.
        let reviewer = world.ctx(world.staff("Reviewer", &[Role::Reviewer]).await.unwrap());
        assert!(world.app.case(&reviewer, application).await.unwrap().held.is_empty());

        // The referral is solved by the other way: an agent sees the original.
        let agent = world.ctx(world.staff("Agent", &[Role::Agent]).await.unwrap());
        let sighting = RecordSighting {
            shown: ShownDocument::Mrz(Zeroizing::new(MRZ.into())),
            original_genuine: true,
            person_matches: true,
        };
        let decided = world.app.record_sighting(&agent, application, &sighting).await.unwrap();
        assert_eq!(decided.state, "approved");
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Active);
        sound(world.app.check(&world.operator(), false).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn the_other_way_from_the_start_ends_in_the_same_states() {
    for rules in [DEMO, CN, MX] {
        on_both(rules, async |world| {
            let (application, verification, ctx) = world.open(Way::OtherWay).await.unwrap();
            world.consent(&ctx, verification, Way::OtherWay).await.unwrap();
            let agent = world.ctx(world.staff("Agent", &[Role::Agent, Role::Reviewer]).await.unwrap());
            let seen = |person_matches| RecordSighting {
                shown: ShownDocument::Mrz(Zeroizing::new(MRZ.into())),
                original_genuine: true,
                person_matches,
            };
            let differs = world.app.record_sighting(&agent, application, &seen(false)).await.unwrap();
            assert_eq!(
                (differs.state.as_str(), differs.reasons),
                ("referred", vec!["person_differs".to_owned()])
            );
            // What failed once stays for a reviewer, and the agent who saw it is not the one who decides.
            let again = world.app.record_sighting(&agent, application, &seen(true)).await.unwrap();
            assert_eq!(again.state, "referred");
            world.app.claim_case(&agent, application).await.unwrap();
            let case = world.app.case(&agent, application).await.unwrap();
            let review = Review {
                reason: ReviewReason::CheckMistaken,
                note: "I was wrong before".into(),
                findings_hash: case.findings_hash,
            };
            let own = world.app.review(&agent, application, &review).await;
            assert!(matches!(own, Err(AppError::Sign(SignRefused::CreatedCase))));

            let (other, _, _) = {
                let (other, v, ctx) = world.open(Way::OtherWay).await.unwrap();
                world.consent(&ctx, v, Way::OtherWay).await.unwrap();
                (other, v, ctx)
            };
            let decided = world.app.record_sighting(&agent, other, &seen(true)).await.unwrap();
            assert_eq!(decided.state, "approved");
        })
        .await;
    }
}

#[tokio::test]
async fn what_cannot_be_compared_is_asked_again_and_burns_no_attempt() {
    on_both(DEMO, async |world| {
        let (_, verification, ctx) = ready(&world).await;
        for (portrait, face, advice) in [
            ("face of anna", "no face", "look_into_camera"),
            ("face of anna", "two faces", "be_alone"),
            ("face of anna", "noise", "take_picture_again"),
            ("no face", "face of anna", "show_portrait_side"),
        ] {
            for _ in 0..5 {
                let answer = world.capture(&ctx, verification, portrait, face).await.unwrap();
                assert_eq!((answer.outcome.as_str(), answer.attempts_left), ("not_compared", 3));
                assert_eq!(answer.advice, [advice]);
                assert_eq!(answer.decided.state, "open");
            }
        }
        let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!(answer.decided.state, "approved");
    })
    .await;
}

#[tokio::test]
async fn a_photograph_of_the_portrait_is_referred() {
    on_both(DEMO, async |world| {
        let (_, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of anna", "copy of anna").await.unwrap();
        assert_eq!(answer.decided.state, "referred");
        assert_eq!(answer.decided.reasons, ["same_image_suspected"]);
    })
    .await;
}

#[tokio::test]
async fn a_silent_authority_is_asked_again_for_the_rules_time_and_then_a_person_decides() {
    on_both(DEMO, async |world| {
        world.clerk.answer(Err(AuthorityDown));
        let (application, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!((answer.decided.state.as_str(), answer.advice), ("open", vec!["try_later".to_owned()]));
        // Nothing was compared: no attempt is burnt, and none is given for nothing.
        assert_eq!((answer.outcome.as_str(), answer.attempts_left), ("not_compared", 3));
        world.work().await.unwrap();
        world.clock.pass(SignedDuration::from_mins(4));
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Requested);
        world.clock.pass(SignedDuration::from_mins(2));
        world.work().await.unwrap();
        let view =
            world.app.application(&world.ctx(Actor::Applicant(application)), application).await.unwrap();
        assert_eq!(view.state.code(), "referred");
        assert!(view.reasons.iter().any(|r| r.code() == "service_down"), "{:?}", view.reasons);

        // A second applicant is called back when the authority answers again.
        let (_, verification, ctx) = ready(&world).await;
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        world.work().await.unwrap();
        world.clock.pass(SignedDuration::from_secs(31));
        world.work().await.unwrap();
        let before = world.mailbox.messages().len();
        world.clerk.answer(Ok(CONFIRMED));
        world.clock.pass(SignedDuration::from_secs(61));
        world.work().await.unwrap();
        let messages = world.mailbox.messages();
        assert_eq!(messages.len(), before + 1);
        assert!(messages.last().unwrap().link.is_some());
        let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!(answer.decided.state, "approved");
    })
    .await;
}

#[tokio::test]
async fn a_forged_card_with_a_real_number_and_another_portrait_is_referred() {
    on_both(DEMO, async |world| {
        world.clerk.answer(Ok(AuthorityAnswer { portrait: IssuerMatch::NoMatch, ..CONFIRMED }));
        let (_, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of eve", "face of eve").await.unwrap();
        assert_eq!(answer.outcome, "match");
        assert_eq!(answer.decided.reasons, ["portrait_not_genuine"]);
        // And so is one whose issuer says nothing about the portrait.
        world.clerk.answer(Ok(AuthorityAnswer { portrait: IssuerMatch::NotOffered, ..CONFIRMED }));
        let (_, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of eve", "face of eve").await.unwrap();
        assert_eq!(answer.decided.reasons, ["portrait_not_proven"]);
        world.clerk.answer(Ok(AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED }));
        let (_, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!(answer.decided.reasons, ["document_reported_lost"]);
    })
    .await;
}

#[tokio::test]
async fn the_line_beyond_the_cap_is_referred_and_nobody_can_approve_it() {
    on_both(DEMO, async |world| {
        for _ in 0..5 {
            let (_, verification, ctx) = ready(&world).await;
            let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
            assert_eq!(answer.decided.state, "approved");
        }
        let (application, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!(answer.decided.reasons, ["over_cap"]);
        let reviewer = world.ctx(world.staff("Reviewer", &[Role::Reviewer]).await.unwrap());
        world.app.claim_case(&reviewer, application).await.unwrap();
        let case = world.app.case(&reviewer, application).await.unwrap();
        let review = Review {
            reason: ReviewReason::IssuerConfirmed,
            note: "one more would be fine".into(),
            findings_hash: case.findings_hash,
        };
        let refused = world.app.review(&reviewer, application, &review).await;
        assert!(matches!(refused, Err(AppError::WrongState(_))));
        sound(world.app.check(&world.operator(), false).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn withdrawing_ends_the_case_and_destroys_its_key() {
    on_both(DEMO, async |world| {
        let (application, verification, ctx) = ready(&world).await;
        let case_key = {
            let mut tx = world.store.read(ctx.carrier).await.unwrap();
            tx.verification(verification).await.unwrap().unwrap().case_key
        };
        assert_eq!(world.app.withdraw(&ctx, application).await.unwrap().state, "withdrawn");
        assert_eq!(world.app.withdraw(&ctx, application).await.unwrap().state, "withdrawn");
        world.work().await.unwrap();
        assert!(world.keys.key(ctx.carrier, case_key).await.unwrap().is_none());
        let late = world.capture(&ctx, verification, "face of anna", "face of anna").await;
        assert!(matches!(late, Err(AppError::WrongState(_))));
        world.app.receipt(&ctx, application).await.unwrap();
        sound(world.app.check(&world.operator(), false).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn an_unfinished_application_lapses_and_a_referred_one_does_not() {
    on_both(CN, async |world| {
        let (unfinished, ..) = ready(&world).await;
        let (referred, verification, ctx) = ready(&world).await;
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        world.clock.pass(SignedDuration::from_hours(73));
        world.work().await.unwrap();
        for (application, state) in [(unfinished, "lapsed"), (referred, "referred")] {
            let view =
                world.app.application(&world.ctx(Actor::Applicant(application)), application).await.unwrap();
            assert_eq!(view.state.code(), state);
        }
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_another_one_under_its_key_is_refused() {
    on_both(DEMO, async |world| {
        let (application, verification, mut ctx) = ready(&world).await;
        ctx.idempotency = Some(Idempotency { key_hash: [1; 32], request_hash: [2; 32] });
        let first = world.capture(&ctx, verification, "face of anna", "face of eve").await.unwrap();
        let second = world.capture(&ctx, verification, "face of anna", "face of eve").await.unwrap();
        assert_eq!(first, second, "no attempt was burnt by the repeat");
        ctx.idempotency = Some(Idempotency { key_hash: [1; 32], request_hash: [3; 32] });
        let other = world.app.withdraw(&ctx, application).await;
        assert!(matches!(other, Err(AppError::KeyReused)));
        // Also the request that decided the case is answered again as it was.
        ctx.idempotency = Some(Idempotency { key_hash: [4; 32], request_hash: [2; 32] });
        let first = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        let second = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!((first.decided.state.as_str(), &first), ("approved", &second));
    })
    .await;
}

#[tokio::test]
async fn a_network_that_fails_is_asked_again_and_one_that_refuses_is_left_to_a_person() {
    on_both(DEMO, async |world| {
        world.network.fail_next(OutsideError::Retry("busy".into()));
        let (application, verification, ctx) = ready(&world).await;
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Activating);
        world.clock.pass(SignedDuration::from_secs(5));
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Active);

        world.network.fail_next(OutsideError::GiveUp("unknown plan".into()));
        let (application, verification, ctx) = ready(&world).await;
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Approved);
        let counts = world.app.job_counts(&world.operator()).await.unwrap();
        assert!(
            counts
                .iter()
                .any(|(kind, state, n)| kind == "provision_line" && state.code() == "given_up" && *n == 1)
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_reaches_another_persons_application() {
    on_both(DEMO, async |world| {
        let (application, verification, _) = ready(&world).await;
        let (_, _, stranger) = world.open(Way::Face).await.unwrap();
        assert!(matches!(world.app.application(&stranger, application).await, Err(AppError::NotFound)));
        assert!(matches!(world.app.decide(&stranger, application).await, Err(AppError::NotFound)));
        assert!(matches!(world.app.withdraw(&stranger, application).await, Err(AppError::NotFound)));
        assert!(matches!(world.app.receipt(&stranger, application).await, Err(AppError::NotFound)));
        let shown = world.show(&stranger, verification, MRZ).await;
        assert!(matches!(shown, Err(AppError::NotFound)));
        let nobody = world.ctx(Actor::Nobody);
        assert!(matches!(world.app.withdraw(&nobody, application).await, Err(AppError::SignInNeeded)));
        let agent = world.ctx(world.staff("Agent", &[Role::Agent]).await.unwrap());
        assert!(matches!(world.app.claim_case(&agent, application).await, Err(AppError::NotAllowed)));
        assert!(matches!(world.app.withdraw(&agent, application).await, Err(AppError::NotAllowed)));
    })
    .await;
}

#[tokio::test]
async fn a_step_that_is_missing_is_no_referral() {
    on_both(CN, async |world| {
        let (application, verification, ctx) = world.open(Way::Face).await.unwrap();
        assert!(matches!(world.app.decide(&ctx, application).await, Err(AppError::WrongState(_))));
        let shown = world.show(&ctx, verification, MRZ).await;
        assert!(matches!(shown, Err(AppError::WrongState(_))), "a document before consent");
        world.consent(&ctx, verification, Way::Face).await.unwrap();
        assert!(matches!(world.app.decide(&ctx, application).await, Err(AppError::WrongState(_))));
        world.show(&ctx, verification, MRZ).await.unwrap();
        assert_eq!(world.app.decide(&ctx, application).await.unwrap().state, "referred");

        // The other way without consent: the agent cannot go past it either.
        let (other, _, _) = world.open(Way::OtherWay).await.unwrap();
        let agent = world.ctx(world.staff("Agent", &[Role::Agent]).await.unwrap());
        let sighting = RecordSighting {
            shown: ShownDocument::Mrz(Zeroizing::new(MRZ.into())),
            original_genuine: true,
            person_matches: true,
        };
        let seen = world.app.record_sighting(&agent, other, &sighting).await;
        assert!(matches!(seen, Err(AppError::WrongState(_))));
    })
    .await;
}

#[tokio::test]
async fn a_document_that_expires_while_the_case_waits_needs_a_second_person() {
    on_both(CN, async |world| {
        let (application, verification, ctx) = ready(&world).await;
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        let expired = SignedDuration::from_hours(24 * 365 * 5);
        world.clock.pass(expired);
        let reviewer = world.ctx(world.staff("Reviewer", &[Role::Reviewer]).await.unwrap());
        world.app.claim_case(&reviewer, application).await.unwrap();
        let case = world.app.case(&reviewer, application).await.unwrap();
        let review = Review {
            reason: ReviewReason::IssuerConfirmed,
            note: "the issuer confirmed the portrait".into(),
            findings_hash: case.findings_hash,
        };
        let reviewed = world.app.review(&reviewer, application, &review).await.unwrap();
        assert!(reviewed.waiting_for_second.is_some(), "one person cannot approve an expired document");
    })
    .await;
}

#[tokio::test]
async fn staff_see_the_person_of_their_own_cases_only() {
    on_both(CN, async |world| {
        let (application, verification, ctx) = ready(&world).await;
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        let one = world.ctx(world.staff("One", &[Role::Reviewer]).await.unwrap());
        let agent = world.ctx(world.staff("Agent", &[Role::Agent]).await.unwrap());
        assert!(world.app.case(&one, application).await.unwrap().fields.is_none());
        assert!(world.app.case(&agent, application).await.unwrap().fields.is_none());
        world.app.claim_case(&one, application).await.unwrap();
        assert!(world.app.case(&one, application).await.unwrap().fields.is_some());
    })
    .await;
}

#[tokio::test]
async fn work_that_was_given_up_is_done_again_when_a_person_says_so() {
    on_both(DEMO, async |world| {
        world.network.fail_next(OutsideError::GiveUp("unknown plan".into()));
        let (application, verification, ctx) = ready(&world).await;
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        world.work().await.unwrap();
        let jobs = world.app.given_up_jobs(&world.operator()).await.unwrap();
        assert_eq!(jobs.len(), 1);
        let agent = world.ctx(world.staff("Agent", &[Role::Agent]).await.unwrap());
        assert!(matches!(world.app.retry_given_up(&agent, jobs[0].id).await, Err(AppError::NotAllowed)));
        world.app.retry_given_up(&world.operator(), jobs[0].id).await.unwrap();
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Active);
        assert!(world.app.given_up_jobs(&world.operator()).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_agent_takes_the_steps_of_what_they_opened_and_of_nothing_else() {
    on_both(CN, async |world| {
        let agent = world.ctx(world.staff("Agent", &[Role::Agent, Role::Reviewer]).await.unwrap());
        let other = world.ctx(world.staff("Other", &[Role::Agent]).await.unwrap());
        let open = lineward_app::application::OpenApplication {
            kind: lineward_core::line::LineKind::Mobile,
            payment: lineward_core::line::Payment::Prepaid,
            applicant: lineward_core::verification::ApplicantKind::Person,
            way: Way::Face,
            channel: lineward_core::verification::Channel::Shop,
            language: "en".into(),
            contact: None,
        };
        let opened = world.app.open_application(&agent, &open).await.unwrap();
        let (application, verification) =
            (ApplicationId::from_uuid(opened.application), VerificationId::from_uuid(opened.verification));
        assert!(matches!(world.consent(&other, verification, Way::Face).await, Err(AppError::NotAllowed)));
        assert!(matches!(world.app.decide(&other, application).await, Err(AppError::NotAllowed)));
        world.consent(&agent, verification, Way::Face).await.unwrap();
        world.show(&agent, verification, MRZ).await.unwrap();
        let answer = world.capture(&agent, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!(answer.decided.state, "referred");
        // Who opened the case does not decide it.
        world.app.claim_case(&agent, application).await.unwrap();
        let case = world.app.case(&agent, application).await.unwrap();
        let review = Review {
            reason: ReviewReason::OriginalExamined,
            note: "I saw it myself".into(),
            findings_hash: case.findings_hash,
        };
        let own = world.app.review(&agent, application, &review).await;
        assert!(matches!(own, Err(AppError::Sign(SignRefused::CreatedCase))));
    })
    .await;
}

#[tokio::test]
async fn codes_links_and_sessions_are_used_once_and_end_in_time() {
    on_both(DEMO, async |world| {
        let invite =
            lineward_app::staff::Invite { name: "Rita".into(), roles: vec![Role::Reviewer], identity: None };
        let (id, code) = world.app.invite_staff(&world.operator(), &invite).await.unwrap();
        let nobody = || world.ctx(Actor::Nobody);
        let (_, session) = world.app.sign_in(&nobody(), &code).await.unwrap();
        assert!(matches!(world.app.sign_in(&nobody(), &code).await, Err(AppError::SignInNeeded)));
        world.clock.pass(SignedDuration::from_mins(29));
        world.app.staff_session(&nobody(), &session).await.unwrap();
        world.clock.pass(SignedDuration::from_mins(29));
        world.app.staff_session(&nobody(), &session).await.unwrap();
        world.clock.pass(SignedDuration::from_mins(30));
        assert!(matches!(world.app.staff_session(&nobody(), &session).await, Err(AppError::SignInNeeded)));

        let late = world.app.new_staff_code(&world.operator(), id).await.unwrap();
        world.clock.pass(SignedDuration::from_mins(15));
        assert!(matches!(world.app.sign_in(&nobody(), &late).await, Err(AppError::SignInNeeded)));
        let code = world.app.new_staff_code(&world.operator(), id).await.unwrap();
        let (_, session) = world.app.sign_in(&nobody(), &code).await.unwrap();
        world.app.disable_staff(&world.operator(), id).await.unwrap();
        assert!(matches!(world.app.staff_session(&nobody(), &session).await, Err(AppError::SignInNeeded)));

        let (application, _, ctx) = world.open(Way::Face).await.unwrap();
        let link = world.app.applicant_link(&ctx, application).await.unwrap();
        let (whose, secret) = world.app.exchange_link(&nobody(), &link).await.unwrap();
        assert_eq!(whose, application);
        assert!(matches!(world.app.exchange_link(&nobody(), &link).await, Err(AppError::SignInNeeded)));
        assert_eq!(
            world.app.applicant_session(&nobody(), &secret).await.unwrap(),
            Actor::Applicant(application)
        );

        let (token, secret) =
            world.app.create_token(&world.operator(), "crm", &[Role::System], 30).await.unwrap();
        assert!(matches!(world.app.token(&nobody(), &secret).await.unwrap(), Actor::Token { .. }));
        world.app.revoke_token(&world.operator(), token).await.unwrap();
        assert!(matches!(world.app.token(&nobody(), &secret).await, Err(AppError::SignInNeeded)));
    })
    .await;
}

#[tokio::test]
async fn rules_need_two_people_and_production_refuses_unconfirmed_ones() {
    on_both(DEMO, async |world| {
        let text = DEMO.replace("version = \"2026.1\"", "version = \"2026.2\"");
        let standing = world.app.propose_rules(&world.operator(), &text).await.unwrap();
        let hash: [u8; 32] = hex_of(&standing.hash);
        let one = world.ctx(world.staff("One", &[Role::Admin]).await.unwrap());
        assert!(!world.app.sign_rules(&one, hash).await.unwrap().active);
        assert!(matches!(
            world.app.sign_rules(&one, hash).await,
            Err(AppError::Sign(SignRefused::SamePerson))
        ));
        assert_eq!(world.app.active_rules(&one).await.unwrap().version, "2026.1");
        let two = world.ctx(world.staff("Two", &[Role::Admin]).await.unwrap());
        assert!(world.app.sign_rules(&two, hash).await.unwrap().active);
        assert_eq!(world.app.active_rules(&one).await.unwrap().version, "2026.2");
        let production =
            World::new(WorldOptions { mode: Mode::Production, ..WorldOptions::new(&confirmed(CN)) }).await;
        let refused = production.app.propose_rules(&production.operator(), CN).await;
        assert!(matches!(refused, Err(AppError::RulesRefused(why)) if why.len() > 5));
        let refused = production.app.propose_rules(&production.operator(), &confirmed(DEMO)).await;
        assert!(matches!(refused, Err(AppError::RulesRefused(why)) if why.len() == 1));
        let wrong = world.app.propose_rules(&world.operator(), "id = 3").await;
        assert!(matches!(wrong, Err(AppError::RulesText(e)) if e[0].line == 1));
    })
    .await;
}

#[tokio::test]
async fn check_names_each_invariant_that_is_broken_by_hand() {
    let world = World::new(WorldOptions::new(DEMO)).await;
    let (application, verification, ctx) = ready(&world).await;
    world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
    let (referred, v2, c2) = ready(&world).await;
    world.capture(&c2, v2, "face of anna", "copy of anna").await.unwrap();
    world.work().await.unwrap();
    let (open, v3, _) = ready(&world).await;
    sound(world.app.check(&world.operator(), false).await.unwrap());
    let hex = |id: &[u8; 16]| id.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let (line, party_key, case_key) = {
        let mut tx = world.store.read(ctx.carrier).await.unwrap();
        let row = tx.application(application).await.unwrap().unwrap();
        let holding = tx.open_holding(row.line).await.unwrap().unwrap();
        let party = tx.party(holding.party).await.unwrap().unwrap();
        (row.line, party.key, tx.verification(v3).await.unwrap().unwrap().case_key)
    };
    let file = world.folder().join("lineward.db");
    let run = async |sql: String| {
        let broken = lineward_testkit::run_sql(&file, &sql).await;
        broken.unwrap();
        world
            .app
            .check(&world.operator(), false)
            .await
            .unwrap()
            .into_iter()
            .map(|v| v.invariant)
            .collect::<Vec<_>>()
    };
    let cases: Vec<(Invariant, String, String)> = vec![
        (
            Invariant::CapIsHoldings,
            "UPDATE cap SET held = held + 1".into(),
            "UPDATE cap SET held = held - 1".into(),
        ),
        (
            Invariant::ServedLineIsHeld,
            format!("UPDATE holding SET to_at = 5 WHERE line_id = x'{}'", hex(line.as_bytes())),
            format!("UPDATE holding SET to_at = NULL WHERE line_id = x'{}'", hex(line.as_bytes())),
        ),
        (
            Invariant::ServedLineIsApproved,
            format!("UPDATE application SET state = 'refused' WHERE id = x'{}'", hex(application.as_bytes())),
            format!(
                "UPDATE application SET state = 'approved' WHERE id = x'{}'",
                hex(application.as_bytes())
            ),
        ),
        (
            Invariant::UnservedLineIsNotHeld,
            format!("UPDATE line SET state = 'released' WHERE id = x'{}'", hex(line.as_bytes())),
            format!("UPDATE line SET state = 'active' WHERE id = x'{}'", hex(line.as_bytes())),
        ),
        (
            Invariant::DecisionHasRecord,
            format!("UPDATE application SET decided_at = 5 WHERE id = x'{}'", hex(open.as_bytes())),
            format!("UPDATE application SET decided_at = NULL WHERE id = x'{}'", hex(open.as_bytes())),
        ),
        (
            Invariant::NothingOverdue,
            "UPDATE evidence SET erase_at = erase_at - 10000000000000000".into(),
            "UPDATE evidence SET erase_at = erase_at + 10000000000000000".into(),
        ),
        (
            Invariant::RulesSignedByTwo,
            "DELETE FROM rules_signature WHERE staff_id = (SELECT min(staff_id) FROM rules_signature)".into(),
            String::new(),
        ),
        (
            Invariant::AuditClosed,
            "UPDATE audit SET closed_at = NULL, outcome = NULL, opened_at = 5 WHERE verb = 'submit_document'"
                .into(),
            "UPDATE audit SET closed_at = 6, outcome = 'done' WHERE verb = 'submit_document'".into(),
        ),
        (Invariant::RecordIsItsHash, "UPDATE record SET hash = zeroblob(32)".into(), String::new()),
    ];
    for (invariant, break_it, mend_it) in cases {
        let found = run(break_it).await;
        assert!(found.contains(&invariant), "{invariant}: {found:?}");
        if !mend_it.is_empty() {
            let found = run(mend_it).await;
            assert!(!found.contains(&invariant), "{invariant} was mended: {found:?}");
        }
    }
    // Keys: one that rows need is gone; one that must be gone is there; one that nothing needs.
    world.keys.destroy(ctx.carrier, party_key).await.unwrap();
    let found = world.app.check(&world.operator(), false).await.unwrap();
    assert!(
        found
            .iter()
            .any(|v| v.invariant == Invariant::SealedHasKey && v.subject.contains(&party_key.to_string()))
    );
    run(format!("UPDATE verification SET erased_at = 5 WHERE id = x'{}'", hex(v3.as_bytes()))).await;
    let found = world.app.check(&world.operator(), true).await.unwrap();
    assert!(found.iter().any(|v| v.invariant == Invariant::ErasedHasNoKey && v.repaired));
    assert!(world.keys.key(ctx.carrier, case_key).await.unwrap().is_none(), "the restored key died again");
    world.keys.create(ctx.carrier, ctx.id(), [1; 32], [2; 24], ctx.now).await.unwrap();
    world.clock.pass(SignedDuration::from_mins(11));
    let found = world.app.check(&world.operator(), true).await.unwrap();
    assert!(found.iter().any(|v| v.invariant == Invariant::KeyIsNeeded && v.repaired));
    let _ = referred;
}

fn hex_of(text: &str) -> [u8; 32] {
    let bytes: Vec<u8> =
        (0..64).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}
