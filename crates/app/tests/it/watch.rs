//! The daily look at the documents behind lines: whom it asks about, what it opens, and what it never touches.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
};

use jiff::SignedDuration;
use lineward_app::{
    Actor, AppError,
    ports::{AuthorityAnswer, IssuerMatch, Message, MessageKind, NotValidReason, Standing},
    verification::Fields,
};
use lineward_core::{
    id::{CarrierId, LineId, PartyId},
    line::LineState,
    staff::Role,
    verification::DocumentReason,
    watch::CloseReason,
};
use lineward_store::{
    CommitFault, CommitPoint, Place, StoreError,
    rows::{DocumentWatchRow, HoldingRow, LineRow, PartyRow},
};
use lineward_testkit::doubles::{CONFIRMED, EVIDENCE};

use crate::*;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// What lies between two steps that ask.
const PAUSE: SignedDuration = SignedDuration::from_millis(500);

/// Rules with these two figures instead of the demo's: days until the authority is asked again, days of a notice.
fn rules(reask: u32, notice: u32) -> String {
    let set = |rules: &str, name: &str, from: u32, to: u32| {
        let changed =
            rules.replace(&format!("[{name}]\nvalue = {from}\n"), &format!("[{name}]\nvalue = {to}\n"));
        assert!(from == to || changed != rules, "{name}");
        changed
    };
    set(&set(DEMO, "reask_authority_days", 1, reask), "expiry_notice_days", 30, notice)
}

/// An approved line whose case is over.
async fn approved(world: &World) -> ApplicationId {
    let (application, verification, ctx) = ready(world).await;
    world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
    world.work().await.unwrap();
    assert_eq!(line_state(world, application).await, LineState::Active);
    application
}

/// Everything that is due now, with the daily look put in.
async fn look(world: &World) {
    world.app.watch_documents(&world.ctx(Actor::System)).await.unwrap();
    world.work().await.unwrap();
}

async fn a_day_later(world: &World) {
    world.clock.pass(DAY);
    look(world).await;
}

/// The line with all that it rests on, as the store has it.
async fn standing(world: &World, application: ApplicationId) -> String {
    let mut tx = world.store.read(world.operator().carrier).await.unwrap();
    let row = tx.application(application).await.unwrap().unwrap();
    let line = tx.line(row.line).await.unwrap();
    let holding = tx.open_holding(row.line).await.unwrap();
    format!("{row:?}{line:?}{holding:?}{:?}", tx.caps().await.unwrap())
}

async fn reviewer(world: &World) -> lineward_app::Ctx {
    world.ctx(world.staff("Rita", &[Role::Reviewer]).await.unwrap())
}

/// The notices of an expiry, each once: a channel drops what it saw.
fn notices(world: &World) -> Vec<Message> {
    let mut all = world.mailbox.messages();
    all.retain(|m| m.kind == MessageKind::DocumentExpires);
    all.dedup_by(|a, b| a.id == b.id);
    all
}

#[tokio::test]
async fn a_new_no_is_one_case_for_a_person_and_whatever_the_authority_says_the_line_stays_as_it_is() {
    let says = |standing| Some(AuthorityAnswer { standing, ..CONFIRMED });
    let no = |why| says(Standing::NotValid(why));
    let differs = Some(AuthorityAnswer { fields: IssuerMatch::NoMatch, ..CONFIRMED });
    for (answer, expected) in [
        (says(Standing::ReportedLost), Some(DocumentReason::ReportedLost)),
        (no(NotValidReason::Revoked), Some(DocumentReason::Revoked)),
        (no(NotValidReason::Replaced), Some(DocumentReason::Replaced)),
        (no(NotValidReason::Cancelled), Some(DocumentReason::Cancelled)),
        (no(NotValidReason::Other), Some(DocumentReason::NotInForce)),
        // The document's own last day is years away.
        (no(NotValidReason::Expired), Some(DocumentReason::Expired)),
        (says(Standing::NoRecord), Some(DocumentReason::NoRecord)),
        (differs, Some(DocumentReason::AuthorityDiffers)),
        (says(Standing::Valid), None),
        (None, None),
    ] {
        on_both(&rules(1, 30), async |world| {
            let application = approved(&world).await;
            let before = standing(&world, application).await;
            match answer {
                Some(answer) => world.clerk.answer(answer),
                None => world.clerk.fall_silent(),
            }
            for _ in 0..3 {
                a_day_later(&world).await;
            }
            assert_eq!(standing(&world, application).await, before, "{answer:?}");
            assert_eq!(notices(&world).len(), 0);
            let heard = world.clerk.asked();
            assert_eq!((heard.len(), heard[3].portrait, heard[3].number.as_str()), (4, false, "L898902C3"));

            let ctx = reviewer(&world).await;
            let cases = world.app.document_cases(&ctx).await.unwrap();
            assert_eq!(cases.iter().map(|c| c.reason).collect::<Vec<_>>(), Vec::from_iter(expected));
            let Some(case) = cases.first() else { return };
            let view = world.app.document_case(&ctx, case.id).await.unwrap();
            assert_eq!(case.since, world.now() - DAY - DAY, "opened by the first of three");
            assert_eq!((view.application, case.source.as_str()), (application, "Test Registry"));
            assert_eq!((view.answer.evidence_hash, view.answer.asked_at), (EVIDENCE, case.since));
            assert_eq!(view.lines.iter().map(|(_, state)| *state).collect::<Vec<_>>(), [LineState::Active]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_case_is_closed_once_by_a_reviewer_and_the_same_no_does_not_open_it_again() {
    on_both(&rules(1, 30), async |world| {
        let application = approved(&world).await;
        let before = standing(&world, application).await;
        let lost = AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED };
        world.clerk.answer(lost);
        a_day_later(&world).await;
        let ctx = reviewer(&world).await;
        let case = world.app.document_cases(&ctx).await.unwrap()[0].id;
        let agent = world.ctx(world.staff("Ana", &[Role::Agent, Role::Admin]).await.unwrap());
        assert!(matches!(world.app.document_cases(&agent).await, Err(AppError::NotAllowed)));
        assert!(matches!(world.app.document_case(&agent, case).await, Err(AppError::NotAllowed)));
        let close = async |ctx| world.app.close_document_case(ctx, case, CloseReason::PassedOn).await;
        assert!(matches!(close(&agent).await, Err(AppError::NotAllowed)));
        close(&ctx).await.unwrap();
        assert!(matches!(close(&ctx).await, Err(AppError::WrongState(_))));
        let closed = world.app.document_case(&ctx, case).await.unwrap().closed;
        assert_eq!(closed, Some((world.now(), World::id_of(&ctx.actor), CloseReason::PassedOn)));

        a_day_later(&world).await;
        let ctx = reviewer(&world).await;
        assert!(world.app.document_cases(&ctx).await.unwrap().is_empty());
        // Found again, then lost again: that is news.
        for answer in [CONFIRMED, lost] {
            world.clerk.answer(answer);
            a_day_later(&world).await;
        }
        assert_eq!(world.app.document_cases(&reviewer(&world).await).await.unwrap().len(), 1);
        assert_eq!(standing(&world, application).await, before);
    })
    .await;
}

#[tokio::test]
async fn of_a_last_day_that_is_near_the_holder_is_told_once_and_only_under_rules_that_say_so() {
    // The document's last day is 2031-04-15.
    let near = "2031-03-15T12:00:00Z".parse::<jiff::Timestamp>().unwrap();
    for (notice, told) in [(30, 1), (0, 0)] {
        on_both(&rules(1, notice), async |world| {
            let application = approved(&world).await;
            let before = standing(&world, application).await;
            world.clock.pass(near.duration_since(world.now()));
            look(&world).await;
            assert_eq!(notices(&world).len(), 0, "31 days before");
            for _ in 0..3 {
                a_day_later(&world).await;
                assert_eq!(notices(&world).len(), told);
            }
            // Past the last day there is no second notice, and the authority's word for it is no case.
            world.clerk.answer(AuthorityAnswer {
                standing: Standing::NotValid(NotValidReason::Expired),
                ..CONFIRMED
            });
            world.clock.pass(DAY * 30);
            look(&world).await;
            assert_eq!(notices(&world).len(), told);
            assert!(world.app.document_cases(&reviewer(&world).await).await.unwrap().is_empty());
            assert_eq!(standing(&world, application).await, before);

            let mut tx = world.store.read(world.operator().carrier).await.unwrap();
            let reference = tx.application(application).await.unwrap().unwrap().reference;
            for message in notices(&world) {
                assert_eq!(
                    (message.to.as_str(), message.language.as_str(), &message.reference, &message.link),
                    ("anna@example.invalid", "en", &reference, &None)
                );
            }
            let held = tx.watched_holders(None, 9).await.unwrap();
            let party = tx.party(held[0].watch.party).await.unwrap().unwrap();
            assert_eq!(party.reach.is_some(), notice > 0, "no contact is kept without a use for it");
        })
        .await;
    }
}

#[tokio::test]
async fn a_second_line_on_the_same_document_is_no_second_notice_and_no_second_question() {
    on_both(&rules(2, 366), async |world| {
        approved(&world).await;
        world
            .clock
            .pass("2030-06-01T12:00:00Z".parse::<jiff::Timestamp>().unwrap().duration_since(world.now()));
        look(&world).await;
        assert_eq!((notices(&world).len(), world.clerk.asked().len()), (1, 2));
        approved(&world).await;
        a_day_later(&world).await;
        assert_eq!((notices(&world).len(), world.clerk.asked().len()), (1, 3), "asked for the second line");
        a_day_later(&world).await;
        assert_eq!((notices(&world).len(), world.clerk.asked().len()), (1, 4), "and of both lines at once");
    })
    .await;
}

#[tokio::test]
async fn under_rules_that_never_ask_again_nobody_is_asked() {
    on_both(&rules(0, 30), async |world| {
        approved(&world).await;
        assert_eq!(world.clerk.asked().len(), 1);
        for _ in 0..3 {
            world.clock.pass(DAY * 100);
            look(&world).await;
        }
        assert_eq!(world.clerk.asked().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn two_carriers_stay_apart() {
    on_both(&rules(1, 30), async |one| {
        let other = WorldOptions {
            folder: Some(one.folder().to_owned()),
            carrier: CarrierId::from_bytes([0xcb; 16]),
            seed: 2,
            ..WorldOptions::new(&rules(1, 30))
        };
        let two = World::new(other).await;
        approved(&one).await;
        approved(&two).await;
        one.clerk.answer(AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED });
        a_day_later(&one).await;
        assert_eq!((one.clerk.asked().len(), two.clerk.asked().len()), (2, 1));
        assert_eq!(one.app.document_cases(&reviewer(&one).await).await.unwrap().len(), 1);
        assert!(two.app.document_cases(&reviewer(&two).await).await.unwrap().is_empty());
        a_day_later(&two).await;
        assert!(two.app.document_cases(&reviewer(&two).await).await.unwrap().is_empty());
        assert_eq!((one.clerk.asked().len(), two.clerk.asked().len()), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_fails_anywhere_in_the_look_costs_one_question_at_most_and_nothing_is_written_twice() {
    let mut points = 0;
    for fail_at in 1..20 {
        let left = Arc::new(AtomicI32::new(0));
        let hook = left.clone();
        let hook = move |point| match point {
            CommitPoint::BeforeCommit if hook.fetch_sub(1, Ordering::SeqCst) == 1 => CommitFault::Fail,
            _ => CommitFault::None,
        };
        let world = WorldOptions { hook: Some(Arc::new(hook)), ..WorldOptions::new(&rules(1, 366)) };
        let world = World::new(world).await;
        approved(&world).await;
        world.clerk.answer(AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED });
        world
            .clock
            .pass("2030-06-01T12:00:00Z".parse::<jiff::Timestamp>().unwrap().duration_since(world.now()));
        world.app.watch_documents(&world.ctx(Actor::System)).await.unwrap();
        left.store(fail_at, Ordering::SeqCst);
        // The worker that was cut off tells nobody; another one finds its lease over.
        let cut_off = world.work().await.is_err();
        let failed = left.load(Ordering::SeqCst) <= 0;
        left.store(0, Ordering::SeqCst);
        world.clock.pass(SignedDuration::from_mins(3));
        world.work().await.unwrap();
        let asked = world.clerk.asked().len() - 1;
        assert!((1..=2).contains(&asked), "asked {asked} times, failed at {fail_at}, cut off: {cut_off}");
        assert_eq!(notices(&world).len(), 1, "failed at {fail_at}");
        assert_eq!(world.app.document_cases(&reviewer(&world).await).await.unwrap().len(), 1);
        if !failed {
            assert_eq!(asked, 1);
            break;
        }
        points = fail_at;
    }
    // Claim, opened audit row, what was found, the job put back; then the notice.
    assert!((5..19).contains(&points), "{points} commits");
}

#[tokio::test]
async fn an_authority_that_is_down_is_left_in_peace_and_everybody_is_asked_about_once_it_answers() {
    let world = World::new(WorldOptions::new(&rules(30, 30))).await;
    let numbers = many(&world, 12, 1).await;
    world.clock.pass(DAY * 30);
    world.clerk.fall_silent();
    let asked_before = world.clerk.asked().len();
    let before = held(&world).await;
    look(&world).await;
    for _ in 0..20 {
        world.clock.pass(PAUSE);
        world.work().await.unwrap();
    }
    assert_eq!(world.clerk.asked().len() - asked_before, 5, "it is not asked about all twelve");
    assert_eq!(held(&world).await, before, "nobody's document was asked about");
    world.clerk.answer(CONFIRMED);
    let since = world.clerk.asked().len();
    // The next look asks from there on, so that five documents without an answer do not hold up the rest; then the five.
    for asked in [7, 12] {
        world.clock.pass(HOUR);
        for _ in 0..20 {
            world.work().await.unwrap();
            world.clock.pass(PAUSE);
        }
        assert_eq!(world.clerk.asked().len() - since, asked);
    }
    assert_eq!(counted(&world, since), numbers, "each once");
}

#[tokio::test]
async fn of_two_thousand_holders_those_whose_period_is_over_are_asked_about_once_though_the_server_starts_anew()
 {
    const HOLDERS: usize = 2_000;
    let folder = tempfile::TempDir::new().unwrap();
    let options = |seed| WorldOptions {
        folder: Some(folder.path().to_owned()),
        seed,
        ..WorldOptions::new(&rules(30, 30))
    };
    let world = World::new(options(1)).await;
    // One in eight is due in 30 days, the others from 31 days on.
    let numbers = many(&world, HOLDERS, 8).await;
    world.clock.pass(DAY * 30);
    let before = world.clerk.asked().len();
    look(&world).await;
    steps(&world, 50).await;
    let mut counts = counted(&world, before);
    assert!((80..=120).contains(&counts.len()), "{} in 50 steps", counts.len());
    // Another process goes on where this one ended.
    let next = World::new(options(2)).await;
    next.clock.pass(world.now().duration_since(next.now()));
    look(&next).await;
    assert!(steps(&next, HOLDERS).await >= 70, "two questions a step");
    for (number, times) in counted(&next, 0) {
        *counts.entry(number).or_default() += times;
    }
    assert_eq!((counts.len(), &counts), (HOLDERS / 8, &numbers), "each once");
    // The next look is tomorrow's.
    let asked = next.clerk.asked().len();
    next.clock.pass(DAY - HOUR);
    look(&next).await;
    assert_eq!(next.clerk.asked().len(), asked);
    next.clock.pass(HOUR);
    look(&next).await;
    assert_eq!(next.clerk.asked().len(), asked + 2, "the first of those who are due now");
}

/// Works with pauses, at most `most` times, until a whole pause has passed without a question. Answers how often it worked.
async fn steps(world: &World, most: usize) -> usize {
    for step in 0..most {
        let before = world.clerk.asked().len();
        world.clock.pass(PAUSE);
        world.work().await.unwrap();
        if world.clerk.asked().len() == before {
            return step;
        }
    }
    most
}

/// How often each number was asked about after the first `since` questions.
fn counted(world: &World, since: usize) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for heard in world.clerk.asked().into_iter().skip(since) {
        *counts.entry(heard.number).or_default() += 1;
    }
    counts
}

async fn held(world: &World) -> Vec<lineward_store::rows::WatchedHolderRow> {
    world.store.read(world.operator().carrier).await.unwrap().watched_holders(None, 500).await.unwrap()
}

/// `n` holders of a line each, the first of them by a real journey. Of `every` of them one was asked about now, the others
/// a day later. The numbers of the former, each once.
async fn many(world: &World, n: usize, every: usize) -> BTreeMap<String, usize> {
    let application = approved(world).await;
    let (ctx, carrier) = (world.operator(), world.operator().carrier);
    let mut tx = world.store.read(carrier).await.unwrap();
    let row = tx.application(application).await.unwrap().unwrap();
    let line = tx.line(row.line).await.unwrap().unwrap();
    let first = tx.watched_holders(None, 1).await.unwrap().remove(0);
    let own = tx.party(first.watch.party).await.unwrap().unwrap();
    drop(tx);
    let key = world.keys.key(carrier, own.key).await.unwrap().unwrap();
    fn place(carrier: CarrierId, row: &[u8; 16]) -> Place<'_> {
        Place { carrier, table: "party", row, column: "profile" }
    }
    let fields = key.unseal(&place(carrier, own.id.as_bytes()), own.profile.as_ref().unwrap()).unwrap();
    let fields: Fields = serde_json::from_slice(&fields).unwrap();
    let mut numbers = BTreeMap::from([(fields.number.clone(), 1)]);
    let mut writing = world.store.writing(carrier, None);
    let mut tx = writing.begin().await.unwrap();
    for i in 1..n {
        let (party, other): (PartyId, LineId) = (ctx.id(), ctx.id());
        let mut fields = fields.clone();
        fields.number = format!("X{i:07}");
        let first_day = i % every == 0;
        if first_day {
            numbers.insert(fields.number.clone(), 1);
        }
        let json = serde_json::to_vec(&fields).unwrap();
        let profile = Some(key.seal(&place(carrier, party.as_bytes()), ctx.bytes(), &json));
        tx.insert_party(&PartyRow { id: party, profile, ..own.clone() }).await.unwrap();
        tx.insert_line(&LineRow { id: other, ..line.clone() }).await.unwrap();
        let holding = HoldingRow {
            id: ctx.id(),
            line: other,
            party,
            from_at: ctx.now,
            to_at: None,
            basis: application,
        };
        tx.insert_holding(&holding).await.unwrap();
        let asked_at = first.watch.asked_at + if first_day { SignedDuration::ZERO } else { DAY };
        tx.set_watch(&DocumentWatchRow { party, asked_at, ..first.watch.clone() }).await.unwrap();
    }
    writing.end::<(), StoreError>(tx, Ok(())).await.unwrap().unwrap();
    numbers
}
