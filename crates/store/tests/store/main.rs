//! The conformance suite: every test runs on SQLite and on PostgreSQL, each time on a database of its own.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod cap;
mod carriers;
mod jobs;
mod keys;
mod make;
mod requests;
mod rows;
mod schema;
mod writing;

use lineward_core::id::CarrierId;
use lineward_store::{Backend, CommitHook, KeyStore, MasterKey, Store, StoreOptions};
use lineward_testkit::Postgres;
use tempfile::TempDir;

use crate::make::id;

/// One database of one kind.
struct Bench {
    backend: Backend,
    url: String,
    keys_url: String,
    folder: TempDir,
}

/// Runs `test` on both kinds of database.
async fn on_both(test: impl AsyncFn(&Bench)) {
    test(&Bench::sqlite()).await;
    eprintln!("passed on SQLite");
    test(&Bench::postgres()).await;
}

impl Bench {
    fn sqlite() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let url = |name| format!("sqlite:{}/{name}", folder.path().display());
        Bench { backend: Backend::Sqlite, url: url("store.db"), keys_url: url("keys.db"), folder }
    }

    fn postgres() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let (url, keys_url) = (Postgres::shared().unwrap(), Postgres::shared().unwrap());
        Bench { backend: Backend::Postgres, url, keys_url, folder }
    }

    /// A migrated store with one carrier.
    async fn store(&self) -> Store {
        let store = self.open(4, None).await;
        store.migrate().await.unwrap();
        make::carrier(&store, carrier()).await;
        store
    }

    async fn open(&self, connections: u32, hook: Option<CommitHook>) -> Store {
        Store::open(&StoreOptions { url: self.url.clone(), connections, hook }).await.unwrap()
    }

    async fn keys(&self) -> KeyStore {
        KeyStore::open(&self.keys_url, &MasterKey::from_bytes(&[7; 32])).await.unwrap()
    }
}

/// The carrier of every test that needs but one.
fn carrier() -> CarrierId {
    id(1)
}
