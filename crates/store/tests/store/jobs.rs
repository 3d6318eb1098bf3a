//! The queue: order per subject, leases that expire, jobs that are given up.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use lineward_core::id::RowId;
use lineward_store::{Store, StoreError, in_tx, rows::*};
use tokio::task::JoinSet;

use crate::{
    carrier,
    make::{self, at, id},
    on_both,
};

async fn put(store: &Store, jobs: &[NewJob]) {
    for job in jobs {
        let put: Result<(), StoreError> =
            store.write(carrier(), None, |tx| in_tx(async move { tx.put_job(job).await })).await;
        put.unwrap();
    }
}

async fn claim(store: &Store, lease: RowId, until: Timestamp, now: Timestamp, limit: u32) -> Vec<JobRow> {
    let claimed: Result<Vec<JobRow>, StoreError> = store
        .write(carrier(), None, |tx| in_tx(async move { tx.claim_jobs(lease, until, now, limit).await }))
        .await;
    claimed.unwrap()
}

async fn finish(store: &Store, n: u64, lease: RowId, now: Timestamp) -> bool {
    let done: Result<bool, StoreError> =
        store.write(carrier(), None, |tx| in_tx(async move { tx.finish_job(id(n), lease, now).await })).await;
    done.unwrap()
}

fn ids(jobs: &[JobRow]) -> Vec<u64> {
    jobs.iter().map(|j| j.id.uuid().as_u64_pair().1).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_job_of_a_subject_is_in_flight_and_the_next_waits_for_its_end() {
    on_both(async |bench| {
        let store = bench.store().await;
        put(&store, &[make::job(3, "line:1"), make::job(1, "line:1"), make::job(2, "line:2")]).await;
        let first = claim(&store, id(70), at(60), at(0), 10).await;
        assert_eq!(ids(&first), [2, 3], "the first of each subject, whatever their ids");
        assert!(first.iter().all(|j| j.attempts == 1 && j.lease == id(70) && j.state == JobState::Waiting));
        assert!(claim(&store, id(71), at(60), at(1), 10).await.is_empty());
        assert!(finish(&store, 3, id(70), at(2)).await);
        assert_eq!(ids(&claim(&store, id(71), at(60), at(2), 10).await), [1]);
        let mut tx = store.read(carrier()).await.unwrap();
        assert_eq!(
            tx.job_counts().await.unwrap(),
            [
                ("provision_line".to_owned(), JobState::Done, 1),
                ("provision_line".to_owned(), JobState::Waiting, 2)
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_expired_is_claimed_again_and_its_old_holder_can_do_nothing() {
    on_both(async |bench| {
        let store = bench.store().await;
        put(&store, &[make::job(1, "line:1")]).await;
        let (old, new) = (id(70), id(71));
        assert_eq!(ids(&claim(&store, old, at(60), at(0), 1).await), [1]);
        assert!(!finish(&store, 1, old, at(60)).await, "its lease is over, though nobody else has claimed");
        let again = claim(&store, new, at(120), at(60), 1).await;
        assert_eq!((ids(&again), again[0].attempts), (vec![1], 2));
        let old_holder: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async move {
                    assert!(!tx.finish_job(id(1), old, at(61)).await?);
                    assert!(!tx.retry_job(id(1), old, at(61), "late").await?);
                    assert!(!tx.continue_job(id(1), old, at(61), "{}").await?);
                    assert!(!tx.give_up_job(id(1), old, at(61), "late").await?);
                    assert!(!tx.finish_job(id(2), new, at(61)).await?, "no such job");
                    Ok(())
                })
            })
            .await;
        old_holder.unwrap();
        assert!(finish(&store, 1, new, at(62)).await);
        assert!(!finish(&store, 1, new, at(62)).await, "done once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_goes_on_comes_back_with_what_is_left_of_it_as_if_never_tried() {
    on_both(async |bench| {
        let store = bench.store().await;
        put(&store, &[make::job(1, "documents")]).await;
        claim(&store, id(70), at(60), at(0), 1).await;
        let continued: Result<bool, StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async { tx.continue_job(id(1), id(70), at(30), "{\"after\":7}").await })
            })
            .await;
        assert!(continued.unwrap());
        assert!(claim(&store, id(71), at(60), at(29), 9).await.is_empty(), "not before its time");
        let again = claim(&store, id(71), at(90), at(30), 9).await;
        assert_eq!(
            (ids(&again), again[0].attempts, again[0].payload.as_str()),
            (vec![1], 1, "{\"after\":7}")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_tried_again_holds_its_subject_back_and_one_given_up_does_not() {
    on_both(async |bench| {
        let store = bench.store().await;
        put(&store, &[make::job(1, "line:1"), make::job(2, "line:1")]).await;
        claim(&store, id(70), at(60), at(0), 1).await;
        let retried: Result<bool, StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async { tx.retry_job(id(1), id(70), at(30), "no answer").await })
            })
            .await;
        assert!(retried.unwrap());
        assert!(
            claim(&store, id(71), at(60), at(29), 9).await.is_empty(),
            "not before its time, and 2 not before 1"
        );
        let second = claim(&store, id(71), at(90), at(30), 9).await;
        assert_eq!(
            (ids(&second), second[0].attempts, second[0].problem.as_deref()),
            (vec![1], 2, Some("no answer"))
        );
        let given_up: Result<bool, StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async { tx.give_up_job(id(1), id(71), at(31), "refused").await })
            })
            .await;
        assert!(given_up.unwrap());
        assert_eq!(ids(&claim(&store, id(72), at(90), at(31), 9).await), [2]);
        let dead = store.read(carrier()).await.unwrap().jobs_given_up(9).await.unwrap();
        assert_eq!(
            (ids(&dead), dead[0].state, dead[0].problem.as_deref()),
            (vec![1], JobState::GivenUp, Some("refused"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dedupe_key_admits_one_job_however_many_ask() {
    on_both(async |bench| {
        let store = bench.store().await;
        let mut callers = JoinSet::new();
        for n in 1..=8 {
            let store = store.clone();
            callers.spawn(async move {
                put(&store, &[NewJob { dedupe_key: Some("a1".into()), ..make::job(n, "line:1") }]).await;
            });
        }
        callers.join_all().await;
        assert_eq!(claim(&store, id(70), at(60), at(0), 99).await.len(), 1);
        put(&store, &[NewJob { dedupe_key: Some("a2".into()), ..make::job(9, "line:2") }]).await;
        assert_eq!(ids(&claim(&store, id(71), at(60), at(0), 99).await), [9]);
    })
    .await;
}

/// Eight writers put jobs of five subjects in while four claimers work them off.
#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_of_a_subject_run_in_order_under_four_concurrent_claimers() {
    const JOBS: u64 = 120;
    on_both(async |bench| {
        let store = bench.store().await;
        let (next, done) = (Arc::new(AtomicU64::new(1)), Arc::new(Mutex::new(Vec::<(String, u64)>::new())));
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let (store, next) = (store.clone(), Arc::clone(&next));
            tasks.spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    if n > JOBS {
                        return;
                    }
                    put(&store, &[make::job(n, &format!("line:{}", n % 5))]).await;
                }
            });
        }
        let in_flight = Arc::new(Mutex::new(BTreeSet::<String>::new()));
        let leases = Arc::new(AtomicU64::new(1_000));
        for _ in 0..4 {
            let (store, done, in_flight, leases) =
                (store.clone(), Arc::clone(&done), Arc::clone(&in_flight), Arc::clone(&leases));
            tasks.spawn(async move {
                while done.lock().unwrap().len() < JOBS as usize {
                    let lease: RowId = id(leases.fetch_add(1, Ordering::SeqCst));
                    for job in claim(&store, lease, at(60), at(0), 3).await {
                        assert!(
                            in_flight.lock().unwrap().insert(job.subject.clone()),
                            "two of {}",
                            job.subject
                        );
                        tokio::task::yield_now().await;
                        done.lock().unwrap().push((job.subject.clone(), job.id.uuid().as_u64_pair().1));
                        in_flight.lock().unwrap().remove(&job.subject);
                        assert!(finish(&store, job.id.uuid().as_u64_pair().1, lease, at(1)).await);
                    }
                    tokio::task::yield_now().await;
                }
            });
        }
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
        let mut order = BTreeMap::<String, Vec<u64>>::new();
        for (subject, n) in done.lock().unwrap().iter() {
            order.entry(subject.clone()).or_default().push(*n);
        }
        assert_eq!(order.values().map(Vec::len).sum::<usize>(), JOBS as usize, "each job once");
        for (subject, run) in order {
            assert_eq!(run, stored_order(bench, &subject).await, "{subject}");
        }
    })
    .await;
}

/// The order in which a subject's jobs were committed.
async fn stored_order(bench: &crate::Bench, subject: &str) -> Vec<u64> {
    let pool = sqlx::AnyPool::connect(&bench.url).await.unwrap();
    let of = sqlx::query("SELECT id FROM job WHERE subject = $1 ORDER BY seq").bind(subject.to_owned());
    let rows = of.fetch_all(&pool).await.unwrap();
    rows.iter()
        .map(|row| {
            let bytes: Vec<u8> = sqlx::Row::get(row, 0);
            u64::from_be_bytes(bytes[8..].try_into().unwrap())
        })
        .collect()
}
