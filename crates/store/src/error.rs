//! What can go wrong with the store, told apart by what a caller would do next.

/// Why the store did not do what it was asked. No message holds a stored value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer; try later.
    #[error("the database does not answer: {0}")]
    Unreachable(String),
    /// The tables are not there, or not all of them.
    #[error("the database has not been migrated")]
    NotMigrated,
    /// Another process holds the database for longer than a statement waits; run the transaction again.
    #[error("the database is busy")]
    Busy,
    /// Two transactions could not be put in an order (serialization failure, deadlock); run this one again.
    #[error("the transaction lost against another one")]
    Serialization,
    /// The answer to the commit was lost: written or not, the store does not know.
    #[error("the answer to the commit was lost")]
    CommitUnknown,
    /// A unique key is taken.
    #[error("a row with this key exists: {key}")]
    Duplicate {
        /// The columns or the name of the key.
        key: String,
    },
    /// A row that must be there is not.
    #[error("no such row: {what}")]
    Missing {
        /// What was looked for.
        what: &'static str,
    },
    /// A stored value is not one that this program writes.
    #[error("stored value cannot be read: {table}.{column}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The transaction was used against its rules; it is rolled back.
    #[error("the transaction cannot be committed: {0}")]
    Misused(&'static str),
    /// The key store's keys are wrapped by another master key.
    #[error("this is not the master key that the key store was made with")]
    WrongMasterKey,
    /// The database address is not one that the store can use.
    #[error("database address: {0}")]
    Address(String),
    /// Anything else.
    #[error("the database refused: {0}")]
    Other(String),
}

/// Tells [`Store::write`](crate::Store::write) whether the error of a transaction's body came from the store,
/// so that it knows when to run the body again.
pub trait RetryHint {
    /// The store's error inside this one.
    fn store_error(&self) -> Option<&StoreError>;
}

impl RetryHint for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl StoreError {
    /// Whether running the transaction again can succeed by itself.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, StoreError::Busy | StoreError::Serialization)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(e: sqlx::Error) -> Self {
        match e {
            sqlx::Error::Database(db) => from_database(db.as_ref()),
            sqlx::Error::PoolTimedOut => StoreError::Unreachable("no connection became free in time".into()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                StoreError::Unreachable("the connections are closed".into())
            }
            sqlx::Error::Io(e) => StoreError::Unreachable(e.kind().to_string()),
            sqlx::Error::Tls(_) => StoreError::Unreachable("TLS failed".into()),
            sqlx::Error::Protocol(_) => StoreError::Unreachable("protocol error".into()),
            sqlx::Error::Configuration(e) => StoreError::Address(e.to_string()),
            sqlx::Error::Encode(_) => StoreError::Other("a value cannot be sent".into()),
            sqlx::Error::ColumnNotFound(column) => StoreError::Other(format!("no column {column}")),
            _ => StoreError::Other("unexpected answer of the driver".into()),
        }
    }
}

fn from_database(db: &dyn sqlx::error::DatabaseError) -> StoreError {
    let code = db.code().unwrap_or_default().into_owned();
    if db.is_unique_violation() {
        let key = match db.constraint() {
            Some(name) => name.to_owned(),
            // SQLite names the columns: "UNIQUE constraint failed: line.carrier_id, line.id".
            None => db.message().rsplit(": ").next().unwrap_or_default().to_owned(),
        };
        return StoreError::Duplicate { key };
    }
    if let Ok(sqlite) = code.parse::<u32>().map(|n| n & 0xff)
        && code.len() < 5
    {
        // Primary result codes, https://www.sqlite.org/rescode.html: 5 BUSY, 6 LOCKED, 10 IOERR, 13 FULL, 14 CANTOPEN.
        return match sqlite {
            5 | 6 => StoreError::Busy,
            10 | 13 | 14 => StoreError::Unreachable(format!("SQLite code {code}")),
            1 if db.message().starts_with("no such table") => StoreError::NotMigrated,
            // Code 1 is about the statement's text, which holds no values.
            1 => StoreError::Other(format!("SQLite code {code}: {}", db.message())),
            _ => StoreError::Other(format!("SQLite code {code}")),
        };
    }
    // https://www.postgresql.org/docs/15/errcodes-appendix.html
    match code.as_str() {
        "40001" | "40P01" => StoreError::Serialization,
        "55P03" => StoreError::Busy,
        "42P01" => StoreError::NotMigrated,
        // Class 42 is about the statement's text, which holds no values.
        c if c.starts_with("42") => StoreError::Other(format!("SQLSTATE {code}: {}", db.message())),
        c if c.starts_with("08") || c.starts_with("57P") || c.starts_with("53") => {
            StoreError::Unreachable(format!("SQLSTATE {code}"))
        }
        c if c.starts_with("28") || c == "3D000" => StoreError::Address(format!("SQLSTATE {code}")),
        _ => match db.constraint() {
            Some(name) => StoreError::Other(format!("SQLSTATE {code}, {name}")),
            None => StoreError::Other(format!("SQLSTATE {code}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_busy_and_serialization_are_worth_running_again() {
        assert!(StoreError::Busy.is_retryable());
        assert!(StoreError::Serialization.is_retryable());
        for other in [
            StoreError::CommitUnknown,
            StoreError::NotMigrated,
            StoreError::Unreachable(String::new()),
            StoreError::Duplicate { key: String::new() },
        ] {
            assert!(!other.is_retryable(), "{other}");
        }
    }

    #[test]
    fn a_lost_connection_is_unreachable_and_says_nothing_else() {
        let e = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "secret");
        assert_eq!(StoreError::from(sqlx::Error::Io(e)), StoreError::Unreachable("connection reset".into()));
    }
}
