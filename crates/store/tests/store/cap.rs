//! The cap under races.

use std::sync::Arc;

use lineward_core::line::KindGroup;
use lineward_store::{Backend, Store, StoreError, in_tx};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    Bench, carrier,
    make::{self, hash},
};

const CAP: u32 = 5;

/// Two decisions race for the last place, over and over; each lane has an identity of its own, so that as many
/// connections are busy as there are racers. The answer is how many rounds did not end with exactly one winner.
async fn race(store: &Store, lanes: u64, rounds: u32) -> u32 {
    let mut running = JoinSet::new();
    for lane in 0..lanes {
        let store = store.clone();
        running.spawn(async move {
            let index = hash(lane);
            let mut wrong = 0;
            for _ in 0..rounds {
                reset(&store, &index).await;
                let start = Arc::new(Barrier::new(2));
                let (one, two) = tokio::join!(
                    tokio::spawn(decide(store.clone(), index, Arc::clone(&start))),
                    tokio::spawn(decide(store.clone(), index, start)),
                );
                wrong += u32::from(one.unwrap() == two.unwrap());
            }
            wrong
        });
    }
    running.join_all().await.into_iter().sum()
}

async fn reset(store: &Store, index: &[u8; 32]) {
    let reset: Result<(), StoreError> = store
        .write(carrier(), None, |tx| {
            in_tx(async move {
                tx.lock_cap(index, KindGroup::Mobile).await?;
                tx.set_cap(index, KindGroup::Mobile, CAP - 1).await
            })
        })
        .await;
    reset.unwrap();
}

/// Approves when one more line is within the cap, as a decision does.
async fn decide(store: Store, index: [u8; 32], start: Arc<Barrier>) -> bool {
    start.wait().await;
    let approved: Result<bool, StoreError> = store
        .write(carrier(), None, |tx| {
            in_tx(async move {
                let held = tx.lock_cap(&index, KindGroup::Mobile).await?;
                if held >= CAP {
                    return Ok(false);
                }
                tx.set_cap(&index, KindGroup::Mobile, held + 1).await?;
                Ok(true)
            })
        })
        .await;
    approved.unwrap()
}

async fn postgres() -> Store {
    let bench = Bench::postgres();
    let store = bench.open(16, None).await;
    store.migrate().await.unwrap();
    make::carrier(&store, carrier()).await;
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_racing_decisions_at_the_cap_exactly_one_wins_on_postgres() {
    let store = postgres().await;
    assert_eq!(race(&store, 8, 125).await, 0, "of 1,000 rounds over 16 connections");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_lock_the_race_is_lost_so_the_test_can_tell() {
    let store = postgres().await.without_cap_locks();
    assert!(
        race(&store, 8, 125).await > 0,
        "1,000 rounds without a lock and no violation: the test sees nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_racing_decisions_at_the_cap_exactly_one_wins_on_sqlite() {
    let bench = Bench::sqlite();
    let store = bench.store().await;
    assert_eq!(store.backend(), Backend::Sqlite);
    assert_eq!(race(&store, 2, 100).await, 0, "of 200 rounds");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_first_decisions_about_one_identity_are_counted_one_by_one() {
    let store = postgres().await;
    let mut deciding = JoinSet::new();
    let start = Arc::new(Barrier::new(16));
    for _ in 0..16 {
        deciding.spawn(decide(store.clone(), hash(99), Arc::clone(&start)));
    }
    let won = deciding.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, CAP as usize, "the counter's row is made by the race itself");
}
