//! A chip in the journey, and every way to bring a forged card past it.

use jiff::SignedDuration;
use lineward_app::{
    Actor, AppError, Ctx, Idempotency,
    ports::{AuthorityAnswer, IssuerMatch, Standing},
    verification::{ActiveSent, ChipSent, RecordSighting, ShownDocument, SubmitChip},
};
use lineward_core::{
    evidence::{CheckResult, PortraitRef},
    id::{ApplicationId, RowId, VerificationId},
    staff::Role,
    verdict::Verdict,
    verification::Way,
};
use lineward_document::chip::{MadeBy, chip_auth::FIRST_ANSWER};
use lineward_testkit::{
    MRZ, World,
    chips::{TestChip, UNKNOWN, dg2},
    doubles::CONFIRMED,
};
use zeroize::Zeroizing;

use crate::*;

/// An authority that confirms what the rules of `cn` ask it: that the document stands. It says nothing of the rest.
const STANDS: AuthorityAnswer = AuthorityAnswer {
    standing: Standing::Valid,
    fields: IssuerMatch::NotOffered,
    portrait: IssuerMatch::NotOffered,
};

async fn consented(world: &World) -> (ApplicationId, VerificationId, Ctx) {
    let (application, verification, ctx) = world.open(Way::Face).await.unwrap();
    world.consent(&ctx, verification, Way::Face).await.unwrap();
    (application, verification, ctx)
}

fn anna() -> TestChip {
    TestChip::new(MRZ, "face of anna")
}

#[tokio::test]
async fn under_cn_a_chip_is_approved_without_a_person() {
    on_both(CN, async |world| {
        world.clerk.answer(STANDS);
        let (application, verification, ctx) = consented(&world).await;
        let read = world.read_chip(&ctx, verification, &anna()).await.unwrap();
        assert_eq!((read.taken, read.fields.as_str(), read.portrait.as_str()), (true, "genuine", "genuine"));
        let view = world.app.application(&ctx, application).await.unwrap();
        assert!(view.chip_portrait);
        let verdict = view.verdict.unwrap();
        assert_eq!(verdict.portrait.code(), "genuine");
        assert_eq!(
            (verdict.valid.in_date, verdict.valid.not_revoked),
            (CheckResult::Pass, CheckResult::NotChecked)
        );

        let answer =
            world.capture_with_chip(&ctx, verification, anna().file("DG2"), "face of anna").await.unwrap();
        assert_eq!((answer.outcome.as_str(), answer.decided.state.as_str()), ("match", "approved"));
        world.work().await.unwrap();
        assert_eq!(line_state(&world, application).await, LineState::Active);
        // Nothing of the face is in the store: a mark by which the file is known again, and no more.
        let mut tx = world.store.read(ctx.carrier).await.unwrap();
        assert!(tx.evidence_of(verification).await.unwrap().iter().all(|e| e.class == "receipt"));
        let faces = tx.face_findings(verification).await.unwrap();
        assert!(matches!(faces[0].portrait, PortraitRef::Chip(mark) if mark != [0; 32]));
        let chip = tx.chip_findings(faces[0].document).await.unwrap();
        assert_eq!(chip.len(), 9);
        sound(world.app.check(&world.operator(), false).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_chip_of_an_unknown_country_is_inconclusive_and_goes_to_a_person() {
    on_both(CN, async |world| {
        world.clerk.answer(STANDS);
        let (application, verification, ctx) = consented(&world).await;
        let chip = TestChip::signed_by(UNKNOWN, MRZ, "face of anna");
        let read = world.read_chip(&ctx, verification, &chip).await.unwrap();
        assert_eq!(
            (read.taken, read.fields.as_str(), read.portrait.as_str()),
            (true, "inconclusive", "inconclusive")
        );
        // Its portrait is nobody's word, so a picture of the document is taken as ever.
        let file = world.capture_with_chip(&ctx, verification, chip.file("DG2"), "face of anna").await;
        assert!(matches!(file, Err(AppError::Invalid { field: "chip_portrait", .. })));
        let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!(answer.decided.state, "referred");
        assert_eq!(answer.decided.reasons, ["document_not_proven", "portrait_not_proven"]);
        let reviewer = world.ctx(world.staff("Reviewer", &[Role::Reviewer]).await.unwrap());
        let case = world.app.case(&reviewer, application).await.unwrap();
        assert!(matches!(case.verdict.unwrap().fields, Verdict::Inconclusive(_)));
        let ca = case.chip.iter().find(|f| f.check == "country_ca").unwrap();
        assert_eq!((ca.result.as_str(), ca.reason.as_deref()), ("not_checked", Some("no_country_ca")));
    })
    .await;
}

#[tokio::test]
async fn a_photographed_portrait_is_refused_with_advice_once_a_signed_one_is_there() {
    on_both(CN, async |world| {
        let (_, verification, ctx) = consented(&world).await;
        world.read_chip(&ctx, verification, &anna()).await.unwrap();
        let answer = world.capture(&ctx, verification, "face of eve", "face of eve").await.unwrap();
        assert_eq!((answer.outcome.as_str(), answer.advice), ("not_compared", vec!["use_chip".to_owned()]));
        assert_eq!((answer.attempts_left, answer.decided.state.as_str()), (3, "open"));
        let shown = ShownDocument::Mrz(Zeroizing::new(MRZ.into()));
        let typed = world.app.submit_document(&ctx, verification, &shown).await.unwrap();
        assert_eq!((typed.taken, typed.advice), (false, vec!["use_chip".to_owned()]));
        // Neither did anything.
        let mut tx = world.store.read(ctx.carrier).await.unwrap();
        assert!(tx.face_findings(verification).await.unwrap().is_empty());
        assert_eq!(tx.documents(verification).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn another_file_than_the_signed_one_is_not_compared() {
    on_both(CN, async |world| {
        let (_, verification, ctx) = consented(&world).await;
        world.read_chip(&ctx, verification, &anna()).await.unwrap();
        for file in [dg2("face of eve"), Vec::new(), [anna().file("DG2"), vec![0]].concat()] {
            let other = world.capture_with_chip(&ctx, verification, file, "face of eve").await;
            assert!(matches!(other, Err(AppError::Invalid { field: "chip_portrait", .. })));
        }
        let mut tx = world.store.read(ctx.carrier).await.unwrap();
        assert!(tx.face_findings(verification).await.unwrap().is_empty());
    })
    .await;
}

/// What the attacker can bring: the victim's number in every form, the victim's genuine chip, a chip with the attacker's
/// portrait put into it, and a card with the victim's data and the attacker's photograph. Before the camera is the attacker.
#[tokio::test]
async fn a_forged_card_is_not_approved_by_any_order_of_evidence() {
    #[derive(Debug, Clone, Copy)]
    enum Bring {
        Zone,
        VictimsChip,
        ChipWithOwnPortrait,
        ChipWithoutPortrait,
        OwnPicture,
        VictimsPicture,
        VictimsFile,
        OwnFile,
    }
    use Bring::*;
    let all = [
        Zone,
        VictimsChip,
        ChipWithOwnPortrait,
        ChipWithoutPortrait,
        OwnPicture,
        VictimsPicture,
        VictimsFile,
        OwnFile,
    ];
    let mut orders: Vec<Vec<Bring>> = Vec::new();
    for first in all {
        for second in all {
            orders.push(vec![first, second]);
            // What is genuine first, so that something forged can lean on it.
            orders.extend([VictimsChip, VictimsPicture].map(|genuine| vec![genuine, first, second]));
        }
    }
    // The authority knows the victim's data and stands by them. Of portraits it says yes to the victim's own; of another
    // picture it says no, or, where it compares none, nothing.
    for (rules, of_another) in [(CN, IssuerMatch::NoMatch), (MX, IssuerMatch::NotOffered)] {
        let world = World::new(WorldOptions::new(rules)).await;
        for order in &orders {
            let (application, verification, ctx) = consented(&world).await;
            for bring in order {
                let portrait = match bring {
                    VictimsPicture => IssuerMatch::Match,
                    _ => of_another,
                };
                let fields = IssuerMatch::Match;
                world.clerk.answer(AuthorityAnswer { fields, portrait, ..STANDS });
                let own = anna().with("DG2", dg2("face of eve"));
                let own_file = dg2("face of eve");
                // An error is an answer too: nothing was done.
                match bring {
                    Zone => drop(world.show(&ctx, verification, MRZ).await),
                    VictimsChip => drop(world.read_chip(&ctx, verification, &anna()).await),
                    ChipWithOwnPortrait => drop(world.read_chip(&ctx, verification, &own).await),
                    ChipWithoutPortrait => {
                        drop(world.read_chip(&ctx, verification, &anna().without("DG2")).await);
                    }
                    OwnPicture => drop(world.capture(&ctx, verification, "face of eve", "face of eve").await),
                    VictimsPicture => {
                        drop(world.capture(&ctx, verification, "face of anna", "face of eve").await);
                    }
                    VictimsFile => {
                        let file = anna().file("DG2");
                        drop(world.capture_with_chip(&ctx, verification, file, "face of eve").await);
                    }
                    OwnFile => {
                        drop(world.capture_with_chip(&ctx, verification, own_file, "face of eve").await);
                    }
                }
            }
            drop(world.app.decide(&ctx, application).await);
            let view = world.app.application(&ctx, application).await.unwrap();
            assert_ne!(view.state.code(), "approved", "{order:?}");
        }
    }
}

#[tokio::test]
async fn what_a_chip_was_found_forged_by_stays_whatever_is_shown_after_it() {
    on_both(DEMO, async |world| {
        world.clerk.answer(CONFIRMED);
        let (_, verification, ctx) = consented(&world).await;
        let forged = anna().with("DG2", dg2("face of eve"));
        let read = world.read_chip(&ctx, verification, &forged).await.unwrap();
        assert_eq!((read.taken, read.portrait.as_str()), (true, "not_genuine"));
        world.show(&ctx, verification, MRZ).await.unwrap();
        let answer = world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
        assert_eq!(answer.decided.state, "referred");
        assert_eq!(answer.decided.reasons, ["document_not_genuine", "portrait_not_genuine"]);

        // A chip that was badly read and is read again is another matter.
        let (_, verification, ctx) = consented(&world).await;
        world.read_chip(&ctx, verification, &forged).await.unwrap();
        let read = world.read_chip(&ctx, verification, &anna()).await.unwrap();
        assert_eq!(read.portrait, "genuine");
    })
    .await;
}

#[tokio::test]
async fn a_failed_chip_stays_when_the_original_is_seen_afterwards() {
    on_both(CN, async |world| {
        let (application, verification, ctx) = world.open(Way::OtherWay).await.unwrap();
        world.consent(&ctx, verification, Way::OtherWay).await.unwrap();
        let copied = TestChip::signed_by("signed by a forger", MRZ, "face of anna");
        world.read_chip(&ctx, verification, &copied).await.unwrap();
        let agent = world.ctx(world.staff("Agent", &[Role::Agent]).await.unwrap());
        let seen = RecordSighting {
            shown: ShownDocument::Mrz(Zeroizing::new(MRZ.into())),
            original_genuine: true,
            person_matches: true,
        };
        let decided = world.app.record_sighting(&agent, application, &seen).await.unwrap();
        assert_eq!(decided.state, "referred");
        assert!(decided.reasons.contains(&"document_not_genuine".to_owned()), "{:?}", decided.reasons);
    })
    .await;
}

fn sent(session: uuid::Uuid, chip: &TestChip) -> SubmitChip {
    SubmitChip { session: RowId::from_uuid(session), files: chip.chip_files(), active: None, chip: None }
}

#[track_caller]
fn is_over<T>(answer: Result<T, AppError>) {
    assert!(matches!(answer, Err(AppError::ChipSessionOver(_))), "{:?}", answer.err());
}

#[tokio::test]
async fn a_session_is_used_once_within_its_time_and_by_its_own_verification() {
    on_both(CN, async |world| {
        let (_, verification, ctx) = consented(&world).await;
        let open = async || world.app.open_chip_session(&ctx, verification, None).await.unwrap();
        let submit = async |session| world.app.submit_chip(&ctx, verification, sent(session, &anna())).await;

        let first = open().await;
        let second = open().await;
        assert_ne!(first.nonce, second.nonce);
        is_over(submit(first.session).await);
        assert!(submit(second.session).await.unwrap().taken);
        is_over(submit(second.session).await);

        let third = open().await;
        world.clock.pass(SignedDuration::from_mins(10));
        let later = world.ctx(ctx.actor.clone());
        is_over(world.app.submit_chip(&later, verification, sent(third.session, &anna())).await);

        let (_, other, other_ctx) = consented(&world).await;
        let fourth = world.app.open_chip_session(&later, verification, None).await.unwrap();
        is_over(world.app.submit_chip(&other_ctx, other, sent(fourth.session, &anna())).await);
        let stranger = world.app.submit_chip(&other_ctx, verification, sent(fourth.session, &anna())).await;
        assert!(matches!(stranger, Err(AppError::NotFound)));
        assert!(
            world.app.submit_chip(&later, verification, sent(fourth.session, &anna())).await.unwrap().taken
        );
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_uses_nothing_again() {
    on_both(CN, async |world| {
        let (_, verification, ctx) = consented(&world).await;
        let keyed = |n: u8| {
            let mut ctx = ctx.clone();
            ctx.idempotency = Some(Idempotency { key_hash: [n; 32], request_hash: [n; 32] });
            ctx
        };
        let session = world.app.open_chip_session(&keyed(1), verification, None).await.unwrap();
        assert_eq!(world.app.open_chip_session(&keyed(1), verification, None).await.unwrap(), session);
        let first =
            world.app.submit_chip(&keyed(2), verification, sent(session.session, &anna())).await.unwrap();
        let again =
            world.app.submit_chip(&keyed(2), verification, sent(session.session, &anna())).await.unwrap();
        assert_eq!(first, again);
        let mut tx = world.store.read(ctx.carrier).await.unwrap();
        assert_eq!(tx.documents(verification).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_read_without_consent_to_the_check() {
    on_both(CN, async |world| {
        let (_, verification, ctx) = world.open(Way::Face).await.unwrap();
        let open = world.app.open_chip_session(&ctx, verification, None).await;
        assert!(matches!(open, Err(AppError::WrongState(_))));
        world.consent(&ctx, verification, Way::OtherWay).await.unwrap();
        let session = world.app.open_chip_session(&ctx, verification, None).await.unwrap();
        assert!(world.app.submit_chip(&ctx, verification, sent(session.session, &anna())).await.is_ok());
        let stranger = world.ctx(Actor::Nobody);
        let open = world.app.open_chip_session(&stranger, verification, None).await;
        assert!(matches!(open, Err(AppError::SignInNeeded)));
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_another_random_number_or_made_on_the_phone_proves_no_chip() {
    on_both(CN, async |world| {
        for (signature, made_by, result, reason) in [
            (TestChip::answer(&[0; 8]), MadeBy::Server, "fail", "answer_wrong"),
            (TestChip::answer(&[0; 8]), MadeBy::Phone, "not_checked", "made_on_phone"),
        ] {
            let (_, verification, ctx) = consented(&world).await;
            let session = world.app.open_chip_session(&ctx, verification, None).await.unwrap();
            let active = Some(ActiveSent { signature, made_by });
            let sent = SubmitChip { active, ..sent(session.session, &anna()) };
            let answer = world.app.submit_chip(&ctx, verification, sent).await.unwrap();
            let found = answer.findings.iter().find(|f| f.check == "active_authentication").unwrap();
            assert_eq!((found.result.as_str(), found.reason.as_deref()), (result, Some(reason)));
            assert_eq!(answer.fields, if result == "fail" { "not_genuine" } else { "genuine" });
        }
    })
    .await;
}

#[tokio::test]
async fn chip_authentication_is_of_the_sessions_own_key_and_data_group() {
    on_both(CN, async |world| {
        let (_, verification, ctx) = consented(&world).await;
        let made_on_phone = ChipSent { answer: vec![0x90, 0], counter: FIRST_ANSWER, made_by: MadeBy::Phone };
        let from_server = ChipSent { made_by: MadeBy::Server, ..made_on_phone.clone() };

        // The session asked for nothing, so nothing can have been answered.
        let session = world.app.open_chip_session(&ctx, verification, None).await.unwrap();
        assert_eq!(session.chip_authentication, None);
        let unasked = SubmitChip { chip: Some(from_server), ..sent(session.session, &anna()) };
        let answer = world.app.submit_chip(&ctx, verification, unasked).await;
        assert!(matches!(answer, Err(AppError::Invalid { field: "chip_authentication", .. })));
        let on_phone = SubmitChip { chip: Some(made_on_phone), ..sent(session.session, &anna()) };
        let answer = world.app.submit_chip(&ctx, verification, on_phone).await.unwrap();
        let found = answer.findings.iter().find(|f| f.check == "chip_authentication").unwrap();
        assert_eq!(found.reason.as_deref(), Some("made_on_phone"));

        let rubbish = world.app.open_chip_session(&ctx, verification, Some(b"no data group")).await;
        assert!(matches!(rubbish, Err(AppError::Invalid { field: "dg14", .. })));
    })
    .await;
}
