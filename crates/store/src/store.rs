//! The store: opening, migrating, reading, and what the two ends of a write are made of.

use std::{fmt, sync::Arc, time::Duration};

use lineward_core::id::{AuditId, CarrierId};
use sqlx::{Any, AnyPool, Transaction, migrate::Migrator};
use tokio::sync::{mpsc, oneshot};

use crate::{
    error::StoreError,
    pool,
    rows::AuditRow,
    sql::Backend,
    tx::{Tx, insert_audit},
    writing::in_tx,
};

/// A transaction is run this often before its caller hears that it lost every time. Ours: with the waits below about
/// three seconds pass.
pub(crate) const ATTEMPTS: u32 = 10;

/// How many audit rows one commit of SQLite takes at most. Ours; a batch is what arrived during the commit before.
const AUDIT_BATCH: usize = 256;

/// Where and how to open a store.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite:/path/file.db` or `postgres://...`.
    pub url: String,
    /// At most this many connections for reading and, on PostgreSQL, as many for writing.
    pub connections: u32,
    /// Tests only: kills, fails or loses the answer at a commit.
    pub hook: Option<CommitHook>,
}

/// Asked at both sides of every commit.
pub type CommitHook = Arc<dyn Fn(CommitPoint) -> CommitFault + Send + Sync>;

/// A side of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitPoint {
    /// Everything is said and nothing is written.
    BeforeCommit,
    /// Everything is written and nobody knows.
    AfterCommit,
}

/// What goes wrong at a [`CommitPoint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitFault {
    /// Nothing.
    None,
    /// The commit fails: nothing is written, and the caller is told so. Means something before the commit only.
    Fail,
    /// The answer is lost: the caller cannot know on which side of the commit.
    LoseAnswer,
}

/// A store on SQLite or PostgreSQL. Clones share their connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    cap_locks: bool,
}

struct Inner {
    backend: Backend,
    /// On SQLite one connection: whoever has it is the one writer of this process.
    writers: AnyPool,
    readers: AnyPool,
    /// SQLite only: audit rows on their way to the next commit.
    audits: Option<mpsc::Sender<PendingAudit>>,
    hook: Option<CommitHook>,
}

impl Store {
    /// Opens the store; makes a missing SQLite file but no tables.
    pub async fn open(options: &StoreOptions) -> Result<Store, StoreError> {
        let backend = Backend::of(&options.url)?;
        let writing = match backend {
            Backend::Sqlite => 1,
            Backend::Postgres => options.connections,
        };
        let writers = pool::connect(&options.url, writing, pool::setup(backend)).await?;
        let readers = pool::connect(&options.url, options.connections, pool::setup(backend)).await?;
        let audits = (backend == Backend::Sqlite).then(|| {
            let (sender, receiver) = mpsc::channel(AUDIT_BATCH);
            tokio::spawn(commit_audits(writers.clone(), options.hook.clone(), receiver));
            sender
        });
        let inner = Inner { backend, writers, readers, audits, hook: options.hook.clone() };
        Ok(Store { inner: Arc::new(inner), cap_locks: true })
    }

    /// Makes or completes the tables. Several processes may do so at once.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let Err(e) = self.migrations().run(&self.inner.writers).await else { return Ok(()) };
            attempt += 1;
            if attempt == ATTEMPTS {
                return Err(StoreError::Other(format!("migration: {e}")));
            }
            tokio::time::sleep(wait_before(attempt)).await;
        }
    }

    /// Whether every table is there.
    pub async fn is_migrated(&self) -> Result<bool, StoreError> {
        let latest = self.migrations().iter().map(|m| m.version).max().unwrap_or_default();
        let of = sqlx::query("SELECT version FROM _sqlx_migrations WHERE version = $1").bind(latest);
        match of.fetch_optional(&self.inner.readers).await.map_err(StoreError::from) {
            Ok(row) => Ok(row.is_some()),
            Err(StoreError::NotMigrated) => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Which database this store is on.
    pub fn backend(&self) -> Backend {
        self.inner.backend
    }

    /// Begins a read: all its answers are of one moment, and it ends when it is dropped.
    pub async fn read(&self, carrier: CarrierId) -> Result<Tx, StoreError> {
        let begin = self.inner.backend.begin_read();
        self.tx(carrier, self.inner.readers.begin_with(begin).await?)
    }

    /// Writes an audit row in a commit of its own, before what it reports begins. Opening a row twice is opening it
    /// once. On SQLite the rows that arrive during one commit share the next.
    pub async fn open_audit(&self, carrier: CarrierId, row: &AuditRow) -> Result<(), StoreError> {
        let Some(audits) = &self.inner.audits else {
            let mut answer = Err(StoreError::CommitUnknown);
            for attempt in 1..ATTEMPTS {
                answer = self.write(carrier, None, |tx| in_tx(tx.read_audit(row))).await;
                if answer != Err(StoreError::CommitUnknown) {
                    break;
                }
                tokio::time::sleep(wait_before(attempt)).await;
            }
            return answer;
        };
        let gone = || StoreError::Unreachable("the writer of audit rows has ended".into());
        let (answer, written) = oneshot::channel();
        let pending = PendingAudit { carrier, row: row.clone(), answer };
        audits.send(pending).await.map_err(|_| gone())?;
        written.await.map_err(|_| gone())?
    }

    /// The same store without the lock on cap counters: what the race test must catch.
    #[doc(hidden)]
    pub fn without_cap_locks(&self) -> Store {
        Store { inner: Arc::clone(&self.inner), cap_locks: false }
    }

    pub(crate) async fn commit(&self, tx: Tx) -> Result<(), StoreError> {
        if tx.failed {
            tx.roll_back().await;
            return Err(StoreError::Misused("a statement of it failed"));
        }
        commit(tx.inner, self.inner.hook.as_ref()).await
    }

    /// Whether the transaction that closes this audit row was committed. The look-up locks the row, so it waits for
    /// a commit that is still under way.
    pub(crate) async fn is_committed(&self, carrier: CarrierId, audit: AuditId) -> Result<bool, StoreError> {
        let mut attempt = 0;
        loop {
            let looked = match self.begin_write(carrier).await {
                Ok(mut tx) => tx.is_audit_closed(audit).await,
                Err(e) => Err(e),
            };
            attempt += 1;
            match looked {
                Ok(closed) => return Ok(closed),
                Err(_) if attempt < ATTEMPTS => tokio::time::sleep(wait_before(attempt)).await,
                Err(_) => return Err(StoreError::CommitUnknown),
            }
        }
    }

    pub(crate) async fn begin_write(&self, carrier: CarrierId) -> Result<Tx, StoreError> {
        let begin = self.inner.backend.begin_write();
        self.tx(carrier, self.inner.writers.begin_with(begin).await?)
    }

    fn tx(&self, carrier: CarrierId, inner: sqlx::Transaction<'static, sqlx::Any>) -> Result<Tx, StoreError> {
        let (backend, cap_locks) = (self.inner.backend, self.cap_locks);
        Ok(Tx { carrier, backend, cap_locks, failed: false, audit_closed: None, inner })
    }

    fn migrations(&self) -> Migrator {
        let mut migrations = match self.inner.backend {
            Backend::Sqlite => sqlx::migrate!("./migrations/sqlite"),
            Backend::Postgres => sqlx::migrate!("./migrations/postgres"),
        };
        // No advisory lock: `migrate` tries again when another process was faster.
        migrations.set_locking(false);
        migrations
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("backend", &self.inner.backend).finish_non_exhaustive()
    }
}

/// How long to wait before attempt `n + 1`: 4 ms, doubled each time, up to half a second.
pub(crate) fn wait_before(attempt: u32) -> Duration {
    Duration::from_millis(2_u64.saturating_pow(attempt.saturating_add(1)).min(500))
}

struct PendingAudit {
    carrier: CarrierId,
    row: AuditRow,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

/// Commits audit rows in batches until the store is dropped. A crash loses rows that nobody was told about.
async fn commit_audits(writers: AnyPool, hook: Option<CommitHook>, mut rows: mpsc::Receiver<PendingAudit>) {
    let mut batch = Vec::with_capacity(AUDIT_BATCH);
    while rows.recv_many(&mut batch, AUDIT_BATCH).await > 0 {
        let mut written = commit_batch(&writers, hook.as_ref(), &batch).await;
        for attempt in 1..ATTEMPTS {
            // Writing a row twice is writing it once, so a lost answer is followed by a repeat.
            match &written {
                Err(e) if e.is_retryable() || *e == StoreError::CommitUnknown => {}
                _ => break,
            }
            tokio::time::sleep(wait_before(attempt)).await;
            written = commit_batch(&writers, hook.as_ref(), &batch).await;
        }
        for pending in batch.drain(..) {
            // Whoever no longer waits for the answer needs none.
            let _ = pending.answer.send(written.clone());
        }
    }
}

async fn commit_batch(
    writers: &AnyPool,
    hook: Option<&CommitHook>,
    batch: &[PendingAudit],
) -> Result<(), StoreError> {
    let mut tx = writers.begin_with(Backend::Sqlite.begin_write()).await?;
    for pending in batch {
        insert_audit(pending.carrier, &pending.row).query()?.execute(&mut *tx).await?;
    }
    commit(tx, hook).await
}

/// The one place where anything is committed.
async fn commit(tx: Transaction<'static, Any>, hook: Option<&CommitHook>) -> Result<(), StoreError> {
    let fault = |point| hook.map_or(CommitFault::None, |hook| hook(point));
    let before = fault(CommitPoint::BeforeCommit);
    if before != CommitFault::None {
        tx.rollback().await?;
        return Err(match before {
            CommitFault::LoseAnswer => StoreError::CommitUnknown,
            _ => StoreError::Unreachable("the commit failed".into()),
        });
    }
    tx.commit().await.map_err(|e| match StoreError::from(e) {
        // The server said no: nothing was written.
        e @ (StoreError::Busy
        | StoreError::Serialization
        | StoreError::Duplicate { .. }
        | StoreError::Other(_)) => e,
        _ => StoreError::CommitUnknown,
    })?;
    match fault(CommitPoint::AfterCommit) {
        CommitFault::None => Ok(()),
        CommitFault::Fail | CommitFault::LoseAnswer => Err(StoreError::CommitUnknown),
    }
}
