//! Connections: how each kind of database is opened, whichever file or server it is.

use std::{sync::Once, time::Duration};

use sqlx::{AnyPool, AssertSqlSafe, Executor as _, any::AnyPoolOptions};

use crate::{
    error::StoreError,
    sql::Backend,
    store::{ATTEMPTS, wait_before},
};

/// Longest a request waits for a free connection; then the database counts as unreachable. Ours: a browser shows
/// nothing for that long at most.
const CONNECTION_WAIT: Duration = Duration::from_secs(30);

/// Connections to `url` that each run `setup` first.
pub(crate) async fn connect(url: &str, connections: u32, setup: &'static str) -> Result<AnyPool, StoreError> {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);
    let options = AnyPoolOptions::new()
        .max_connections(connections.max(1))
        .acquire_timeout(CONNECTION_WAIT)
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(AssertSqlSafe(setup)).await.map(drop) })
        });
    let address = address(url)?;
    let mut attempt = 0;
    loop {
        let error = match options.clone().connect(&address).await {
            Ok(pool) => return Ok(pool),
            Err(e) => StoreError::from(e),
        };
        attempt += 1;
        // SQLite does not wait for a lock while a new file is made into one with a write-ahead log.
        if !error.is_retryable() || attempt == ATTEMPTS {
            return Err(error);
        }
        tokio::time::sleep(wait_before(attempt)).await;
    }
}

/// The address as the driver takes it: a missing SQLite file is made, readable by its owner only.
fn address(url: &str) -> Result<String, StoreError> {
    let Some(file) = url.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//")) else {
        return Ok(url.to_owned());
    };
    let (path, query) = file.split_once('?').unwrap_or((file, ""));
    if !query.is_empty() {
        return Err(StoreError::Address("a SQLite address is sqlite:PATH without a query".into()));
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| StoreError::Unreachable(format!("{path}: {}", e.kind())))?;
    // The driver reads the path as part of an address; these characters mean something there.
    let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    Ok(format!("sqlite:{path}?mode=rw"))
}

/// What every connection to a store runs first.
///
/// `synchronous = FULL` fsyncs each commit, so that an answered request survives a power cut. Statements wait 5 s for
/// a lock of another process or transaction (sqlx's own default for SQLite), then the transaction is run again.
/// SQLite overwrites deleted rows with zeros.
pub(crate) const fn setup(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => {
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON"
        }
        Backend::Postgres => "SET lock_timeout = '5s'",
    }
}
