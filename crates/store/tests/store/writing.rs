//! The retrying write: serialization failures, deadlocks, lost answers, and what a transaction may not do.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use lineward_core::id::AuditId;
use lineward_store::{
    Backend, CommitFault, CommitHook, CommitPoint, RetryHint, Store, StoreError, Tx, in_tx, rows::LineRow,
};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    Bench, carrier,
    make::{self, at, id},
    on_both,
};

/// An error of a verb, as `app` has one.
#[derive(Debug, PartialEq)]
enum VerbError {
    Store(StoreError),
    Refused,
}

impl From<StoreError> for VerbError {
    fn from(e: StoreError) -> Self {
        VerbError::Store(e)
    }
}

impl RetryHint for VerbError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            VerbError::Store(e) => Some(e),
            VerbError::Refused => None,
        }
    }
}

/// A verb as `app` writes them: everything borrowed, an audit row around one transaction.
async fn open_line(store: &Store, row: &LineRow, audit: AuditId, runs: &AtomicU32) -> Result<u32, VerbError> {
    store
        .write(carrier(), Some(audit), |tx| {
            in_tx(async move {
                let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
                add_line(tx, row).await?;
                tx.close_audit(audit, at(50), "done").await?;
                Ok(run)
            })
        })
        .await
}

async fn add_line(tx: &mut Tx, row: &LineRow) -> Result<(), VerbError> {
    if tx.lock_line(row.id).await?.is_some() {
        return Err(VerbError::Refused);
    }
    Ok(tx.insert_line(row).await?)
}

async fn lines(store: &Store) -> usize {
    let mut tx = store.read(carrier()).await.unwrap();
    tx.lines_in(lineward_core::line::LineState::ALL).await.unwrap().len()
}

/// Does `fault` at `point` the first time that it is reached.
fn first(point: CommitPoint, fault: CommitFault) -> CommitHook {
    let reached = AtomicU32::new(0);
    Arc::new(move |p| {
        if p == point && reached.fetch_add(1, Ordering::SeqCst) == 0 { fault } else { CommitFault::None }
    })
}

async fn with_hook(bench: &Bench, hook: CommitHook) -> Store {
    bench.store().await.open_audit(carrier(), &make::audit(5)).await.unwrap();
    bench.open(4, Some(hook)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verb_with_borrowed_arguments_runs_in_a_spawned_task() {
    on_both(async |bench| {
        let store = bench.store().await;
        store.open_audit(carrier(), &make::audit(5)).await.unwrap();
        let task = tokio::spawn(async move {
            let (row, runs) = (make::line(1), AtomicU32::new(0));
            open_line(&store, &row, id(5), &runs).await
        });
        assert_eq!(task.await.unwrap(), Ok(1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serialization_failure_runs_the_transaction_again() {
    on_both(async |bench| {
        let store = bench.store().await;
        let runs = AtomicU32::new(0);
        let runs = &runs;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async move {
                    tx.insert_line(&make::line(1)).await?;
                    match runs.fetch_add(1, Ordering::SeqCst) {
                        0 => Err(StoreError::Serialization),
                        1 => Err(StoreError::Busy),
                        _ => Ok(()),
                    }
                })
            })
            .await;
        assert_eq!((wrote, runs.load(Ordering::SeqCst), lines(&store).await), (Ok(()), 3, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_always_loses_says_so_in_the_end() {
    on_both(async |bench| {
        let store = bench.store().await;
        let lost: Result<(), StoreError> =
            store.write(carrier(), None, |_| in_tx(async { Err(StoreError::Serialization) })).await;
        assert_eq!(lost, Err(StoreError::Serialization));
    })
    .await;
}

/// Two transactions lock two lines in opposite order; PostgreSQL ends one of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_solved_by_running_one_of_the_two_again() {
    let bench = Bench::postgres();
    let store = bench.store().await;
    for n in [1, 2] {
        let made: Result<(), StoreError> = store
            .write(carrier(), None, |tx| in_tx(async move { tx.insert_line(&make::line(n)).await }))
            .await;
        made.unwrap();
    }
    let (both, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let mut tasks = JoinSet::new();
    for (one, two) in [(1, 2), (2, 1)] {
        let (store, both, runs) = (store.clone(), Arc::clone(&both), Arc::clone(&runs));
        tasks.spawn(async move {
            let (both, runs) = (&both, &runs);
            let wrote: Result<(), StoreError> = store
                .write(carrier(), None, |tx| {
                    in_tx(async move {
                        tx.lock_line(id(one)).await?;
                        if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                            both.wait().await;
                        }
                        tx.lock_line(id(two)).await.map(drop)
                    })
                })
                .await;
            wrote
        });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(runs.load(Ordering::SeqCst), 3);
}

/// Two stores on one file are two processes: each has a write connection of its own.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_write_to_one_sqlite_file() {
    let bench = Bench::sqlite();
    let stores = [bench.store().await, bench.open(2, None).await];
    let mut tasks = JoinSet::new();
    for n in 0..40_u64 {
        let store = stores[n as usize % 2].clone();
        tasks.spawn(async move {
            let wrote: Result<(), StoreError> = store
                .write(carrier(), None, |tx| in_tx(async move { tx.insert_line(&make::line(n)).await }))
                .await;
            wrote.unwrap();
        });
    }
    tasks.join_all().await;
    assert_eq!(lines(&stores[0]).await, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_after_the_commit_gives_the_value_and_writes_once() {
    on_both(async |bench| {
        let store = with_hook(bench, first(CommitPoint::AfterCommit, CommitFault::LoseAnswer)).await;
        let runs = AtomicU32::new(0);
        assert_eq!(open_line(&store, &make::line(1), id(5), &runs).await, Ok(1));
        assert_eq!((runs.load(Ordering::SeqCst), lines(&store).await), (1, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_before_the_commit_runs_the_transaction_again() {
    on_both(async |bench| {
        let store = with_hook(bench, first(CommitPoint::BeforeCommit, CommitFault::LoseAnswer)).await;
        let runs = AtomicU32::new(0);
        assert_eq!(open_line(&store, &make::line(1), id(5), &runs).await, Ok(2));
        assert_eq!(lines(&store).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_without_an_audit_row_is_told_to_the_caller() {
    on_both(async |bench| {
        let store = with_hook(bench, first(CommitPoint::AfterCommit, CommitFault::LoseAnswer)).await;
        let wrote: Result<(), StoreError> =
            store.write(carrier(), None, |tx| in_tx(async { tx.insert_line(&make::line(1)).await })).await;
        assert_eq!(wrote, Err(StoreError::CommitUnknown));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_commit_writes_nothing_and_the_repeat_succeeds() {
    on_both(async |bench| {
        let store = with_hook(bench, first(CommitPoint::BeforeCommit, CommitFault::Fail)).await;
        let runs = AtomicU32::new(0);
        let failed = open_line(&store, &make::line(1), id(5), &runs).await;
        assert!(matches!(failed, Err(VerbError::Store(StoreError::Unreachable(_)))), "{failed:?}");
        assert_eq!(lines(&store).await, 0);
        assert_eq!(store.read(carrier()).await.unwrap().open_audits(at(99)).await.unwrap().len(), 1);
        assert_eq!(open_line(&store, &make::line(1), id(5), &runs).await, Ok(2));
        assert_eq!(lines(&store).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_rolls_back_and_does_not_run_again() {
    on_both(async |bench| {
        let store = bench.store().await;
        let runs = AtomicU32::new(0);
        let runs = &runs;
        let refused: Result<(), VerbError> = store
            .write(carrier(), None, |tx| {
                in_tx(async move {
                    runs.fetch_add(1, Ordering::SeqCst);
                    tx.insert_line(&make::line(1)).await?;
                    add_line(tx, &make::line(1)).await
                })
            })
            .await;
        assert_eq!((refused, runs.load(Ordering::SeqCst)), (Err(VerbError::Refused), 1));
        assert_eq!(lines(&store).await, 0);
    })
    .await;
}

/// PostgreSQL answers the commit of a transaction with a failed statement by rolling back and calling it success;
/// SQLite writes the rest of it. Here both refuse.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_with_a_failed_statement_cannot_be_committed() {
    on_both(async |bench| {
        let store = bench.store().await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    tx.insert_line(&make::line(1)).await?;
                    let twice = tx.insert_line(&make::line(1)).await;
                    assert!(matches!(twice, Err(StoreError::Duplicate { .. })), "{twice:?}");
                    Ok(())
                })
            })
            .await;
        assert_eq!(wrote, Err(StoreError::Misused("a statement of it failed")));
        assert_eq!(lines(&store).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_leaves_its_audit_row_open_cannot_be_committed() {
    on_both(async |bench| {
        let store = bench.store().await;
        store.open_audit(carrier(), &make::audit(5)).await.unwrap();
        let wrote: Result<(), StoreError> = store
            .write(carrier(), Some(id(5)), |tx| in_tx(async { tx.insert_line(&make::line(1)).await }))
            .await;
        assert_eq!(wrote, Err(StoreError::Misused("its audit row was not closed in it")));
        assert_eq!(lines(&store).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_of_one_moment_and_cannot_write() {
    on_both(async |bench| {
        let store = bench.store().await;
        let mut tx = store.read(carrier()).await.unwrap();
        assert!(tx.line(id(1)).await.unwrap().is_none());
        let wrote: Result<(), StoreError> =
            store.write(carrier(), None, |tx| in_tx(async { tx.insert_line(&make::line(1)).await })).await;
        wrote.unwrap();
        assert!(tx.line(id(1)).await.unwrap().is_none(), "committed after the read began");
        assert!(tx.insert_line(&make::line(2)).await.is_err());
        drop(tx);
        assert_eq!(lines(&store).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_audit_rows_opened_at_once_are_all_there() {
    on_both(async |bench| {
        let store = bench.store().await;
        let mut tasks = JoinSet::new();
        for n in 1..=200 {
            let store = store.clone();
            tasks.spawn(async move { store.open_audit(carrier(), &make::audit(n)).await.unwrap() });
        }
        tasks.join_all().await;
        let mut tx = store.read(carrier()).await.unwrap();
        assert_eq!(tx.open_audits(at(1_000)).await.unwrap().len(), 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_row_is_opened_although_the_answer_to_its_commit_is_lost() {
    on_both(async |bench| {
        bench.store().await;
        for point in [CommitPoint::BeforeCommit, CommitPoint::AfterCommit] {
            let store = bench.open(2, Some(first(point, CommitFault::LoseAnswer))).await;
            store.open_audit(carrier(), &make::audit(7)).await.unwrap();
        }
        let failing = bench.open(2, Some(first(CommitPoint::BeforeCommit, CommitFault::Fail))).await;
        let failed = failing.open_audit(carrier(), &make::audit(8)).await;
        assert!(matches!(failed, Err(StoreError::Unreachable(_))), "{failed:?}");
        let mut tx = failing.read(carrier()).await.unwrap();
        assert_eq!(tx.open_audits(at(1_000)).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_processes_open_one_new_sqlite_file_at_once() {
    let bench = Bench::sqlite();
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let url = bench.url.clone();
        tasks.spawn(async move {
            let options = lineward_store::StoreOptions { url, connections: 2, hook: None };
            Store::open(&options).await.unwrap()
        });
    }
    assert_eq!(tasks.join_all().await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_not_migrated_and_eight_may_migrate_it_at_once() {
    on_both(async |bench| {
        let store = bench.open(2, None).await;
        assert!(!store.is_migrated().await.unwrap());
        let early = store.read(carrier()).await.unwrap().carrier().await;
        assert!(matches!(early, Err(StoreError::NotMigrated)), "{early:?}");
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let store = bench.open(1, None).await;
            tasks.spawn(async move { store.migrate().await.unwrap() });
        }
        tasks.join_all().await;
        assert!(store.is_migrated().await.unwrap());
        store.migrate().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_dropped_in_the_middle_leaves_nothing_and_blocks_nobody() {
    on_both(async |bench| {
        let store = bench.store().await;
        let stuck = store.write(carrier(), None, |tx| {
            in_tx(async {
                tx.insert_line(&make::line(1)).await?;
                std::future::pending::<Result<(), StoreError>>().await
            })
        });
        assert!(tokio::time::timeout(Duration::from_millis(200), stuck).await.is_err());
        assert_eq!(lines(&store).await, 0);
        let wrote: Result<(), StoreError> =
            store.write(carrier(), None, |tx| in_tx(async { tx.insert_line(&make::line(1)).await })).await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_address_that_cannot_work_is_refused() {
    for url in ["mysql://x/y", "sqlite::memory:", "", "/var/lib/lineward.db"] {
        let options = lineward_store::StoreOptions { url: url.into(), connections: 1, hook: None };
        let opened = Store::open(&options).await;
        assert!(matches!(opened, Err(StoreError::Address(_))), "{url}: {opened:?}");
    }
    let missing = "sqlite:/nowhere/at/all/store.db";
    let options = lineward_store::StoreOptions { url: missing.into(), connections: 1, hook: None };
    assert!(matches!(Store::open(&options).await, Err(StoreError::Unreachable(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_sqlite_file_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::sqlite();
    assert_eq!(bench.backend, Backend::Sqlite);
    bench.store().await;
    for entry in bench.folder.path().read_dir().unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} has mode {mode:o}", entry.file_name());
    }
}
