//! Staff: who may see, decide and sign, and how they come in.

use jiff::SignedDuration;
use lineward_app::{Actor, AppError, Mode, ports::OutsideError, review::Review};
use lineward_core::{
    evidence::FaceOutcome,
    id::{ApplicationId, VerificationId},
    line::LineState,
    review::{ReviewReason, SignRefused},
    staff::Role,
    verification::Way,
};
use lineward_testkit::{MRZ, World, WorldOptions};

use crate::*;

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
        // Rules of one moment have no order of their own.
        world.clock.pass(jiff::SignedDuration::from_secs(1));
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
