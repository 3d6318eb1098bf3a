//! A process that is killed (-9) before and after every commit of a journey: the person's next try goes on, and nothing
//! happens twice.
//!
//! The parent starts this test binary again as a child that walks one journey and kills itself at the n-th commit point;
//! then once more without the kill, as the client that repeats its requests under the same idempotency keys.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::SignedDuration;
use lineward_app::{
    Actor, Ctx, Idempotency,
    application::OpenApplication,
    review::Review,
    staff::Invite,
    verification::{ActiveSent, GiveConsent, ShownDocument, ShownPortrait, SubmitCapture, SubmitChip},
};
use lineward_connect::FileProvisioner;
use lineward_core::{
    application::ApplicationState,
    evidence::Assurance,
    id::{ApplicationId, RowId, VerificationId},
    line::{LineKind, LineState, Payment},
    review::ReviewReason,
    staff::Role,
    verification::{ApplicantKind, Channel, ConsentKind, Way},
};
use lineward_document::chip::MadeBy;
use lineward_store::{CommitFault, CommitHook};
use lineward_testkit::{MRZ, Postgres, World, WorldOptions, chips::TestChip};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::DEMO;
const JOURNEYS: [&str; 4] = ["approved", "chip", "refused", "withdrawn"];
/// What tells the child its part: `<folder>|<store url>|<journey>|<kill at, 0 = never>|<run>`.
const PART: &str = "LINEWARD_TEST_KILL";

#[test]
fn killed_at_every_commit_every_application_goes_on_and_is_served_once() {
    if let Some(part) = part() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(child(&part));
    }
    let stores = [None, Some(Postgres::shared().unwrap())];
    let kills: u32 = std::thread::scope(|scope| {
        let walks = stores.map(|store| scope.spawn(move || walk_and_kill(store)));
        walks.into_iter().map(|w| w.join().unwrap()).sum()
    });
    println!("{kills} kills");
    assert!(kills >= 200, "only {kills} kills");
}

/// Kills every journey at every commit point on one store; answers how often.
fn walk_and_kill(store: Option<String>) -> u32 {
    let folder = tempfile::TempDir::new().unwrap();
    let url = store.unwrap_or_else(|| format!("sqlite:{}/lineward.db", folder.path().display()));
    let (mut kills, mut run) = (0, 0);
    for journey in JOURNEYS {
        for kill_at in 1.. {
            run += 1;
            let name = format!("{journey}-{run}");
            let ended = start(folder.path(), &url, &name, kill_at, 2 * run);
            if ended.success() {
                assert!(kill_at > 20, "{journey} has only {kill_at} commit points");
                break;
            }
            kills += 1;
            let repeated = start(folder.path(), &url, &name, 0, 2 * run + 1);
            assert!(repeated.success(), "{name} did not go on after the kill at commit point {kill_at}");
        }
    }
    kills
}

fn start(folder: &Path, url: &str, name: &str, kill_at: u32, run: u32) -> ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "kills::killed_at_every_commit_every_application_goes_on_and_is_served_once",
            "--nocapture",
        ])
        .env(PART, format!("{}|{url}|{name}|{kill_at}|{run}", folder.display()))
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap()
}

struct Part {
    folder: PathBuf,
    url: String,
    name: String,
    kill_at: u32,
    run: u64,
}

#[allow(clippy::disallowed_methods, reason = "the parent tells its child by the environment")]
fn part() -> Option<Part> {
    let text = std::env::var(PART).ok()?;
    let mut words = text.split('|');
    let mut next = || words.next().unwrap().to_owned();
    Some(Part {
        folder: next().into(),
        url: next(),
        name: next(),
        kill_at: next().parse().unwrap(),
        run: next().parse().unwrap(),
    })
}

async fn child(part: &Part) {
    // The world's own set-up is not killed; counting begins with the journey.
    let points = Arc::new(AtomicU32::new(u32::MAX));
    let (count, kill_at) = (points.clone(), part.kill_at);
    let hook: CommitHook = Arc::new(move |_| {
        if count.load(Ordering::SeqCst) != u32::MAX && count.fetch_add(1, Ordering::SeqCst) + 1 == kill_at {
            Command::new("kill").args(["-9", &std::process::id().to_string()]).status().unwrap();
            std::thread::sleep(Duration::from_secs(60));
        }
        CommitFault::None
    });
    std::fs::create_dir_all(part.folder.join("network")).unwrap();
    let network = FileProvisioner::new(&part.folder.join("network")).unwrap();
    let options = WorldOptions {
        store: Some(part.url.clone()),
        folder: Some(part.folder.clone()),
        hook: Some(hook),
        seed: part.run,
        provisioner: Some(Arc::new(network)),
        ..WorldOptions::new(DEMO)
    };
    let world = World::new(options).await;
    // Each run is later than the one before, so that leases of the killed one are over.
    world.clock.pass(SignedDuration::from_mins(i64::try_from(part.run).unwrap() * 3));
    let found = world.app.check(&world.operator(), false).await.unwrap();
    let left = |v: &lineward_app::check::Violation| {
        // What a kill may leave for `check` to clear away: rows of verbs that never came to their end, keys nothing used.
        !matches!(v.invariant.code(), "audit_closed" | "key_is_needed")
    };
    assert!(!found.iter().any(left), "{found:?}");
    if part.kill_at != 0 {
        points.store(0, Ordering::SeqCst);
    }
    let application = journey(&world, &part.name).await;
    world.work().await.unwrap();
    points.store(u32::MAX, Ordering::SeqCst);

    world.app.check(&world.operator(), true).await.unwrap();
    let found = world.app.check(&world.operator(), false).await.unwrap();
    assert!(!found.iter().any(left), "{found:?}");
    let view = world.app.application(&world.ctx(Actor::Applicant(application)), application).await.unwrap();
    let (state, line) = match part.name.split('-').next() {
        Some("approved" | "chip") => (ApplicationState::Approved, LineState::Active),
        Some("refused") => (ApplicationState::Refused, LineState::Released),
        _ => (ApplicationState::Withdrawn, LineState::Released),
    };
    assert_eq!((view.state, view.line_state), (state, line), "{}", part.name);
    let effects = std::fs::read_dir(part.folder.join("network")).unwrap();
    let of_this = effects
        .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().contains(&application.to_string()));
    assert_eq!(of_this.count(), usize::from(state == ApplicationState::Approved), "{}", part.name);
}

/// Walks a journey as a client that may have walked part of it before.
async fn journey(world: &World, name: &str) -> ApplicationId {
    let ctx = |actor: Actor, step: &str| {
        let hash = |what: &str| -> [u8; 32] { Sha256::digest(format!("{name} {step} {what}")).into() };
        let mut ctx = world.ctx(actor);
        ctx.idempotency = Some(Idempotency { key_hash: hash("key"), request_hash: hash("request") });
        ctx
    };
    let open = OpenApplication {
        kind: LineKind::Mobile,
        payment: Payment::Prepaid,
        applicant: ApplicantKind::Person,
        way: Way::Face,
        channel: Channel::Web,
        language: "en".into(),
        contact: Some("anna@example.invalid".into()),
    };
    let opened = world.app.open_application(&ctx(Actor::Nobody, "open"), &open).await.unwrap();
    let application = ApplicationId::from_uuid(opened.application);
    let verification = VerificationId::from_uuid(opened.verification);
    let applicant = Actor::Applicant(application);
    let give = GiveConsent {
        kinds: vec![ConsentKind::Identity, ConsentKind::Face, ConsentKind::KeepImages],
        text_version: "2026-1".into(),
        language: "en".into(),
        way: Way::Face,
    };
    world.app.record_consent(&ctx(applicant.clone(), "consent"), verification, &give).await.unwrap();
    // Every journey is another person's, so that the cap stays out of it.
    if name.starts_with("chip") {
        let chip = TestChip::new(&zone_of(name), "face of anna");
        let asks = ctx(applicant.clone(), "session");
        let session = world.app.open_chip_session(&asks, verification, None).await.unwrap();
        let signature = TestChip::answer(&session.nonce);
        let sent = SubmitChip {
            session: RowId::from_uuid(session.session),
            files: chip.chip_files(),
            active: Some(ActiveSent { signature, made_by: MadeBy::Server }),
            chip: None,
        };
        let read = world.app.submit_chip(&ctx(applicant.clone(), "chip"), verification, sent).await.unwrap();
        assert_eq!(read.portrait, "genuine", "{name}");
        let portrait = ShownPortrait::Chip(Zeroizing::new(chip.file("DG2")));
        capture(world, ctx(applicant, "capture"), verification, portrait, "face of anna").await;
        return application;
    }
    let shown = ShownDocument::Mrz(Zeroizing::new(zone_of(name)));
    world.app.submit_document(&ctx(applicant.clone(), "document"), verification, &shown).await.unwrap();
    let picture = || ShownPortrait::Picture(Zeroizing::new(b"face of anna".to_vec()));
    match name.split('-').next() {
        Some("approved") => {
            capture(world, ctx(applicant, "capture"), verification, picture(), "face of anna").await;
        }
        Some("refused") => {
            for n in 0..3 {
                let ctx = ctx(applicant.clone(), &format!("capture {n}"));
                capture(world, ctx, verification, picture(), "face of eve").await;
            }
            let (one, two) = (staff(world, "Reviewer One").await, staff(world, "Reviewer Two").await);
            world.app.claim_case(&ctx(one.clone(), "claim"), application).await.unwrap();
            let case = world.app.case(&world.ctx(one.clone()), application).await.unwrap();
            let review = Review {
                reason: ReviewReason::NotTheOwner,
                note: "another person".into(),
                findings_hash: case.findings_hash,
            };
            let proposed = world.app.review(&ctx(one, "review"), application, &review).await.unwrap();
            let hash: Vec<u8> = proposed
                .waiting_for_second
                .map(|h| (0..64).step_by(2).map(|i| u8::from_str_radix(&h[i..i + 2], 16).unwrap()).collect())
                .unwrap();
            world.app.sign(&ctx(two, "sign"), application, &hash.try_into().unwrap()).await.unwrap();
        }
        _ => {
            world.app.withdraw(&ctx(applicant, "withdraw"), application).await.unwrap();
        }
    }
    application
}

async fn capture(world: &World, ctx: Ctx, verification: VerificationId, portrait: ShownPortrait, face: &str) {
    let capture = SubmitCapture {
        portrait,
        frames: vec![Zeroizing::new(face.as_bytes().to_vec())],
        assurance: Assurance::WebSession,
    };
    // A repeat of a request that was answered finds the application decided; the answer is the first one.
    match world.app.submit_capture(&ctx, verification, capture).await {
        Ok(_) | Err(lineward_app::AppError::WrongState(_)) => {}
        Err(e) => panic!("{e}"),
    }
}

async fn staff(world: &World, name: &str) -> Actor {
    let roles = vec![Role::Reviewer];
    let known = world.app.staff_list(&world.operator()).await.unwrap();
    let id = match known.iter().find(|s| s.name == name) {
        Some(row) => row.id,
        None => {
            let invite = Invite { name: name.into(), roles: roles.clone(), identity: None };
            world.app.invite_staff(&world.operator(), &invite).await.unwrap().0
        }
    };
    Actor::Staff { id, roles }
}

/// The document of this journey's own person.
fn zone_of(name: &str) -> String {
    let digest = Sha256::digest(name);
    let number: String = digest.iter().take(9).map(|b| char::from(b'0' + b % 10)).collect();
    let check = |text: &str| {
        let value = |c: char| c.to_digit(36).unwrap_or(0);
        let sum: u32 = text.chars().zip([7, 3, 1].iter().cycle()).map(|(c, w)| value(c) * w).sum();
        char::from_digit(sum % 10, 10).unwrap()
    };
    let (birth, expiry, optional) = ("740812", "310415", "<<<<<<<<<<<<<<");
    let (n, b, e) = (check(&number), check(birth), check(expiry));
    let all = format!("{number}{n}{birth}{b}{expiry}{e}{optional}<");
    assert_eq!(MRZ.lines().count(), 2);
    format!("{}\n{number}{n}UTO{birth}{b}F{expiry}{e}{optional}<{}", MRZ.lines().next().unwrap(), check(&all))
}
