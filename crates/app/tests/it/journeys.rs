//! What an applicant meets.

use jiff::SignedDuration;
use lineward_app::{
    Actor, AppError, Idempotency,
    ports::{AuthorityAnswer, IssuerMatch, OutsideError, Standing},
    review::Review,
    verification::{RecordSighting, ShownDocument},
};
use lineward_core::{
    line::LineState,
    review::{ReviewReason, SignRefused},
    staff::Role,
    verification::Way,
};
use lineward_testkit::{MRZ, doubles::CONFIRMED};
use zeroize::Zeroizing;

use crate::*;

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
        world.clerk.fall_silent();
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
        world.clerk.answer(CONFIRMED);
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
        world.clerk.answer(AuthorityAnswer { portrait: IssuerMatch::NoMatch, ..CONFIRMED });
        let (_, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of eve", "face of eve").await.unwrap();
        assert_eq!(answer.outcome, "match");
        assert_eq!(answer.decided.reasons, ["portrait_not_genuine"]);
        // And so is one whose issuer says nothing about the portrait.
        world.clerk.answer(AuthorityAnswer { portrait: IssuerMatch::NotOffered, ..CONFIRMED });
        let (_, verification, ctx) = ready(&world).await;
        let answer = world.capture(&ctx, verification, "face of eve", "face of eve").await.unwrap();
        assert_eq!(answer.decided.reasons, ["portrait_not_proven"]);
        world.clerk.answer(AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED });
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
