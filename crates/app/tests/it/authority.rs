//! What an authority is told, what is kept of its answer, and what its silence does.

use jiff::SignedDuration;
use lineward_app::{
    Actor,
    ports::{AuthorityAnswer, IssuerMatch, NotValidReason, Standing},
};
use lineward_core::{evidence::EvidenceClass, staff::Role, verification::DocumentReason};
use lineward_store::rows::{ApplicationRow, AuthorityAnswerRow, DocumentFindingRow};
use lineward_testkit::doubles::{CONFIRMED, EVIDENCE};

use crate::*;

/// The application, the answers about its document and the findings of class `authority`.
async fn kept(
    world: &World,
    application: ApplicationId,
) -> (ApplicationRow, Vec<AuthorityAnswerRow>, Vec<DocumentFindingRow>) {
    let mut tx = world.store.read(world.operator().carrier).await.unwrap();
    let row = tx.application(application).await.unwrap().unwrap();
    let document = tx.documents(row.verification).await.unwrap().pop().unwrap();
    let answers = tx.authority_answers(document.id).await.unwrap();
    let mut findings = tx.document_findings(document.id).await.unwrap();
    findings.retain(|f| f.finding.class == EvidenceClass::Authority);
    (row, answers, findings)
}

#[tokio::test]
async fn an_answer_is_kept_with_source_times_and_hash_and_its_findings_name_it() {
    on_both(DEMO, async |world| {
        let (application, verification, ctx) = ready(&world).await;
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        let (_, answers, findings) = kept(&world, application).await;
        let [answer] = answers.as_slice() else { panic!("one question, one answer: {answers:?}") };
        assert_eq!((answer.source.as_str(), answer.evidence_hash), ("Test Registry", EVIDENCE));
        assert_eq!((answer.asked_at, answer.answered_at), (world.now(), world.now()));
        assert_eq!(answer.answer, CONFIRMED);
        assert_eq!(findings.len(), 3);
        assert!(findings.iter().all(|f| f.answer == Some(answer.id)), "{findings:?}");
    })
    .await;
}

#[tokio::test]
async fn every_reason_against_a_document_is_a_finding_of_its_own() {
    let expected = [
        (NotValidReason::Revoked, DocumentReason::Revoked),
        (NotValidReason::Replaced, DocumentReason::Replaced),
        (NotValidReason::Expired, DocumentReason::Expired),
        (NotValidReason::Cancelled, DocumentReason::Cancelled),
        (NotValidReason::Other, DocumentReason::NotInForce),
    ];
    on_both(DEMO, async |world| {
        for (why, reason) in expected {
            world.clerk.answer(AuthorityAnswer { standing: Standing::NotValid(why), ..CONFIRMED });
            let (application, verification, ctx) = ready(&world).await;
            let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
            assert_eq!(answer.decided.reasons, ["document_not_valid"], "{why}");
            let (_, answers, findings) = kept(&world, application).await;
            assert_eq!(answers[0].answer.standing, Standing::NotValid(why));
            assert!(findings.iter().any(|f| f.finding.reason == Some(reason)), "{findings:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_picture_goes_to_the_authority_only_where_its_word_can_prove_the_portrait() {
    for (rules, asked, portrait) in
        [(DEMO.to_owned(), 1, true), (CN.to_owned(), 1, false), (without_authority(), 0, false)]
    {
        on_both(&rules, async |world| {
            let (_, verification, ctx) = ready(&world).await;
            world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
            let heard = world.clerk.asked();
            assert_eq!(heard.len(), asked);
            assert!(heard.iter().all(|h| h.portrait == portrait && h.number == "L898902C3"), "{heard:?}");
        })
        .await;
    }
}

/// Rules that have no use for an authority's answer.
fn without_authority() -> String {
    let rules = DEMO.replace("[\"authority\"], ", "");
    assert!(!rules.contains("[\"authority\"]"), "{rules}");
    rules
}

#[tokio::test]
async fn silence_is_a_provisional_state_with_a_deadline_that_no_further_try_sets_back() {
    on_both(DEMO, async |world| {
        world.clerk.fall_silent();
        let (application, verification, ctx) = ready(&world).await;
        let until = world.now() + SignedDuration::from_mins(5);
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        world.clock.pass(SignedDuration::from_mins(3));
        let ctx = world.ctx(Actor::Applicant(application));
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        // Another showing of the document is no new clock either.
        world.show(&ctx, verification, MRZ).await.unwrap();
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        let view = world.app.application(&ctx, application).await.unwrap();
        assert_eq!((view.state.code(), view.provisional_until), ("open", Some(until)));
        let reviewer = world.ctx(world.staff("Reviewer", &[Role::Reviewer]).await.unwrap());
        let waiting = world.app.provisional(&reviewer).await.unwrap();
        assert_eq!(waiting.iter().map(|w| (w.id, w.until)).collect::<Vec<_>>(), [(application, until)]);

        world.clock.pass(SignedDuration::from_mins(2));
        world.work().await.unwrap();
        let ctx = world.ctx(Actor::Applicant(application));
        let view = world.app.application(&ctx, application).await.unwrap();
        assert_eq!((view.state.code(), view.provisional_until), ("referred", None));
        assert!(view.reasons.iter().any(|r| r.code() == "service_down"), "{:?}", view.reasons);
        assert!(world.app.provisional(&reviewer).await.unwrap().is_empty());
        let (_, answers, findings) = kept(&world, application).await;
        assert!(answers.is_empty(), "silence is no answer");
        assert!(findings.iter().all(|f| f.answer.is_none()));
    })
    .await;
}

#[tokio::test]
async fn an_answer_ends_the_wait_and_a_second_outage_has_a_clock_of_its_own() {
    on_both(DEMO, async |world| {
        world.clerk.fall_silent();
        let (application, verification, ctx) = ready(&world).await;
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        world.clerk.answer(AuthorityAnswer { portrait: IssuerMatch::NotOffered, ..CONFIRMED });
        world.clock.pass(SignedDuration::from_secs(31));
        world.work().await.unwrap();
        let (row, answers, _) = kept(&world, application).await;
        assert_eq!((row.state.code(), row.provisional_until, answers.len()), ("open", None, 1));

        world.clerk.fall_silent();
        world.clock.pass(SignedDuration::from_mins(10));
        world.work().await.unwrap();
        assert_eq!(
            kept(&world, application).await.0.state.code(),
            "open",
            "the first deadline is of no account"
        );
        let ctx = world.ctx(Actor::Applicant(application));
        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        let until = kept(&world, application).await.0.provisional_until;
        assert_eq!(until, Some(world.now() + SignedDuration::from_mins(5)));
        world.clock.pass(SignedDuration::from_mins(5));
        world.work().await.unwrap();
        assert_eq!(kept(&world, application).await.0.state.code(), "referred");
    })
    .await;
}
