//! Whole journeys on a real store: every test runs on SQLite and on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod authority;
mod check;
mod chips;
mod journeys;
mod kills;
mod people;
mod watch;

use lineward_core::{
    id::{ApplicationId, VerificationId},
    line::LineState,
    verification::Way,
};
use lineward_testkit::{MRZ, Postgres, World, WorldOptions};

pub(crate) const DEMO: &str = include_str!("../../../../rules/demo.toml");
pub(crate) const CN: &str = include_str!("../../../../rules/cn.toml");
pub(crate) const MX: &str = include_str!("../../../../rules/mx.toml");

/// Runs `test` in a fresh world on each backend.
pub(crate) async fn on_both(rules: &str, test: impl AsyncFn(World)) {
    test(World::new(WorldOptions::new(rules)).await).await;
    let url = Postgres::shared().unwrap();
    test(World::new(WorldOptions { store: Some(url), ..WorldOptions::new(rules) }).await).await;
}

/// A rules text whose every figure the carrier confirmed.
pub(crate) fn confirmed(rules: &str) -> String {
    rules.replace("status = ", "reviewed_by = \"legal\"\nreviewed_on = \"2026-01-02\"\nstatus = ")
}

/// An application with consent and document, ready for its capture.
pub(crate) async fn ready(world: &World) -> (ApplicationId, VerificationId, lineward_app::Ctx) {
    let (application, verification, ctx) = world.open(Way::Face).await.unwrap();
    world.consent(&ctx, verification, Way::Face).await.unwrap();
    world.show(&ctx, verification, MRZ).await.unwrap();
    (application, verification, ctx)
}

pub(crate) async fn line_state(world: &World, application: ApplicationId) -> LineState {
    let mut tx = world.store.read(world.operator().carrier).await.unwrap();
    let row = tx.application(application).await.unwrap().unwrap();
    tx.line(row.line).await.unwrap().unwrap().state
}

#[track_caller]
pub(crate) fn sound(violations: Vec<lineward_app::check::Violation>) {
    assert!(violations.is_empty(), "{violations:?}");
}

pub(crate) fn hex_of(text: &str) -> [u8; 32] {
    let bytes: Vec<u8> =
        (0..64).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}
