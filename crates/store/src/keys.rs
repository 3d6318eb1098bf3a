//! The key store: a database of its own that holds the key of every person and case, wrapped by the master key.
//!
//! Destroying a key is what erases a person, also from backups of the store. On SQLite the wrapped key's bytes are
//! overwritten in the file. On PostgreSQL they stay in the server's pages and write-ahead log until those are reused, and
//! are useless without the master key; keep that server's log and backups for 7 days at most.

use jiff::Timestamp;
use lineward_core::id::{CarrierId, KeyId};
use sqlx::{AnyPool, any::AnyRow};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{
    error::StoreError,
    pool,
    rows::Sealed,
    seal::{DataKey, Place, keyed_hash},
    sql::{Backend, Columns, Statement, insert, sql},
    store::{ATTEMPTS, wait_before},
};

/// Key look-ups are short; on SQLite one connection serves them all, so this process never waits for itself.
const CONNECTIONS: u32 = 4;

/// The key that wraps all others. It is in no database, configuration file or binary.
pub struct MasterKey {
    wrapping: DataKey,
    check: [u8; 32],
}

impl MasterKey {
    /// The master key with these 32 random bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> MasterKey {
        let wrapping = Zeroizing::new(keyed_hash(bytes, &["lineward master key v1", "wrapping"]));
        let check = keyed_hash(bytes, &["lineward master key v1", "check"]);
        MasterKey { wrapping: DataKey::new(wrapping), check }
    }
}

/// The key store.
pub struct KeyStore {
    pool: AnyPool,
    wrapping: DataKey,
}

impl KeyStore {
    /// Opens the key store at `url`, which is not the store's; makes a missing file and its tables.
    ///
    /// # Errors
    /// [`StoreError::WrongMasterKey`] when its keys are wrapped by another master key.
    pub async fn open(url: &str, master: &MasterKey) -> Result<KeyStore, StoreError> {
        let backend = Backend::of(url)?;
        let (connections, setup) = match backend {
            // No write-ahead log, whose file would keep a destroyed key; deleted rows are overwritten. EXTRA also syncs
            // the folder after the journal is removed, so that a key is not destroyed twice (sqlite.org/pragma.html).
            Backend::Sqlite => (
                1,
                "PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON; PRAGMA synchronous = EXTRA; \
                 PRAGMA busy_timeout = 5000",
            ),
            Backend::Postgres => (CONNECTIONS, "SET lock_timeout = '5s'"),
        };
        let store = KeyStore {
            pool: pool::connect(url, connections, setup).await?,
            wrapping: master.wrapping.copy(),
        };
        store.refuse_the_store_itself().await?;
        store.make_tables(backend).await?;
        store.check_master(&master.check).await?;
        Ok(store)
    }

    /// Keeps a new key. The nonce is random.
    pub async fn create(
        &self,
        carrier: CarrierId,
        id: KeyId,
        key: [u8; 32],
        nonce: [u8; 24],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = Zeroizing::new(key);
        let wrapped = self.wrapping.seal(&key_place(carrier, &id), nonce, key.as_ref());
        let new = || {
            insert("data_key", carrier).set("id", id).set("wrapped", wrapped.clone()).set("created_at", now)
        };
        self.change(|| new().done()).await.map(drop)
    }

    /// The key; `None` when it was destroyed or never made.
    pub async fn key(&self, carrier: CarrierId, id: KeyId) -> Result<Option<DataKey>, StoreError> {
        let of = sql("data_key", "SELECT wrapped FROM data_key WHERE carrier_id = $1 AND id = $2");
        let wrapped: Option<Sealed> =
            self.rows(of.put(carrier).put(id), |r| r.get("wrapped")).await?.into_iter().next();
        wrapped.map(|w| self.unwrap_key(&key_place(carrier, &id), &w).map(DataKey::new)).transpose()
    }

    /// Destroys the key; `true` for the one caller who did. From then on nothing sealed under it can be read.
    pub async fn destroy(&self, carrier: CarrierId, id: KeyId) -> Result<bool, StoreError> {
        let gone =
            || sql("data_key", "DELETE FROM data_key WHERE carrier_id = $1 AND id = $2").put(carrier).put(id);
        Ok(self.change(gone).await? == 1)
    }

    /// Every key's id and when it was made, oldest first.
    pub async fn keys(&self, carrier: CarrierId) -> Result<Vec<(KeyId, Timestamp)>, StoreError> {
        let of = sql(
            "data_key",
            "SELECT id, created_at FROM data_key WHERE carrier_id = $1 ORDER BY created_at, id",
        );
        self.rows(of.put(carrier), |r| Ok((r.get("id")?, r.get("created_at")?))).await
    }

    /// The carrier's own secret of this name: `fresh` the first time, then the same ever after, whoever asks first.
    pub async fn secret(
        &self,
        carrier: CarrierId,
        name: &str,
        fresh: [u8; 32],
        nonce: [u8; 24],
    ) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let fresh = Zeroizing::new(fresh);
        let place = Place { carrier, table: "carrier_secret", row: &[0; 16], column: name };
        let of = || {
            sql("carrier_secret", "SELECT wrapped FROM carrier_secret WHERE carrier_id = $1 AND name = $2")
                .put(carrier)
                .put(name)
        };
        let mut found: Vec<Sealed> = self.rows(of(), |r| r.get("wrapped")).await?;
        if found.is_empty() {
            let wrapped = self.wrapping.seal(&place, nonce, fresh.as_ref());
            let new = || {
                let row = insert("carrier_secret", carrier).set("name", name).set("wrapped", wrapped.clone());
                row.unless_taken("carrier_id, name").done()
            };
            self.change(new).await?;
            found = self.rows(of(), |r| r.get("wrapped")).await?;
        }
        let wrapped = found.pop().ok_or(StoreError::Missing { what: "carrier secret" })?;
        self.unwrap_key(&place, &wrapped)
    }

    /// In one database with the data, a backup of the data would bring the keys along.
    async fn refuse_the_store_itself(&self) -> Result<(), StoreError> {
        let of = sql("verification", "SELECT id FROM verification LIMIT 1");
        match self.rows(of, |_| Ok(())).await {
            Err(StoreError::NotMigrated) => Ok(()),
            Err(e) => Err(e),
            Ok(_) => Err(StoreError::Address("the key store must not be in the store's database".into())),
        }
    }

    async fn make_tables(&self, backend: Backend) -> Result<(), StoreError> {
        let (bytes, integer, strict) = match backend {
            Backend::Sqlite => ("BLOB", "INTEGER", " STRICT"),
            Backend::Postgres => ("BYTEA", "BIGINT", ""),
        };
        let texts = [
            format!(
                "CREATE TABLE IF NOT EXISTS data_key (carrier_id {bytes} NOT NULL, id {bytes} NOT NULL, \
                 wrapped {bytes} NOT NULL, created_at {integer} NOT NULL, PRIMARY KEY (carrier_id, id)){strict}"
            ),
            format!(
                "CREATE TABLE IF NOT EXISTS carrier_secret (carrier_id {bytes} NOT NULL, name TEXT NOT NULL, \
                 wrapped {bytes} NOT NULL, PRIMARY KEY (carrier_id, name)){strict}"
            ),
            format!(
                "CREATE TABLE IF NOT EXISTS master_check (id {integer} NOT NULL PRIMARY KEY, \
                 value {bytes} NOT NULL){strict}"
            ),
        ];
        for text in texts {
            match self.change(|| sql("data_key", text.clone())).await {
                // PostgreSQL: another process has just made the same table.
                Ok(_) | Err(StoreError::Duplicate { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    async fn check_master(&self, check: &[u8; 32]) -> Result<(), StoreError> {
        let first = || {
            let text = "INSERT INTO master_check (id, value) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
            sql("master_check", text).put(*check)
        };
        let of = || sql("master_check", "SELECT value FROM master_check");
        let mut found: Vec<[u8; 32]> = self.rows(of(), |r| r.get("value")).await?;
        if found.is_empty() {
            self.change(first).await?;
            found = self.rows(of(), |r| r.get("value")).await?;
        }
        let same = found.iter().all(|value| bool::from(value.ct_eq(check)));
        if same { Ok(()) } else { Err(StoreError::WrongMasterKey) }
    }

    fn unwrap_key(&self, place: &Place<'_>, wrapped: &Sealed) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let corrupt = || StoreError::Corrupt { table: "data_key", column: "wrapped" };
        let plain = self.wrapping.unseal(place, wrapped).map_err(|_| corrupt())?;
        plain.as_slice().try_into().map(Zeroizing::new).map_err(|_| corrupt())
    }

    /// Runs a statement in a commit of its own, again when the database was busy.
    async fn change(&self, statement: impl Fn() -> Statement) -> Result<u64, StoreError> {
        let mut attempt = 0;
        loop {
            let error = match statement().query()?.execute(&self.pool).await {
                Ok(done) => return Ok(done.rows_affected()),
                Err(e) => StoreError::from(e),
            };
            attempt += 1;
            if !error.is_retryable() || attempt == ATTEMPTS {
                return Err(error);
            }
            tokio::time::sleep(wait_before(attempt)).await;
        }
    }

    async fn rows<T>(
        &self,
        statement: Statement,
        read: impl Fn(&Columns<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let table = statement.table;
        let rows = statement.query()?.fetch_all(&self.pool).await?;
        rows.iter().map(|row: &AnyRow| read(&Columns { table, row })).collect()
    }
}

fn key_place<'a>(carrier: CarrierId, id: &'a KeyId) -> Place<'a> {
    Place { carrier, table: "data_key", row: id.as_bytes(), column: "wrapped" }
}
