//! One transaction of one carrier. Every statement binds the carrier's id first.

use lineward_core::id::{AuditId, CarrierId};
use sqlx::{Any, Transaction, any::AnyRow};

use crate::{
    error::StoreError,
    sql::{Backend, Columns, Statement},
};

mod access;
mod audit;
mod authority;
mod case;
mod check;
mod chip;
mod document;
mod job;
mod party;
mod review;
mod rules;

pub(crate) use audit::insert_audit;

/// A transaction of one carrier; dropped without [`Store::write`](crate::Store::write)'s commit it leaves nothing behind.
pub struct Tx {
    pub(crate) carrier: CarrierId,
    pub(crate) backend: Backend,
    pub(crate) cap_locks: bool,
    /// A statement failed. PostgreSQL answers the commit of such a transaction with success and a rollback.
    pub(crate) failed: bool,
    pub(crate) audit_closed: Option<AuditId>,
    pub(crate) inner: Transaction<'static, Any>,
}

impl Tx {
    /// The carrier whose rows this transaction sees.
    pub const fn carrier_id(&self) -> CarrierId {
        self.carrier
    }

    /// Ends the transaction without a trace. An error is not worth telling: dropping the connection does the same.
    pub(crate) async fn roll_back(self) {
        if let Err(e) = self.inner.rollback().await {
            tracing::debug!(error = %StoreError::from(e), "rollback");
        }
    }

    /// Runs a statement and says how many rows it changed.
    async fn run(&mut self, statement: Statement) -> Result<u64, StoreError> {
        let done = statement.query()?.execute(&mut *self.inner).await;
        self.failed |= done.is_err();
        Ok(done?.rows_affected())
    }

    /// Changes the one row of `what`.
    async fn change(&mut self, what: &'static str, statement: Statement) -> Result<(), StoreError> {
        match self.run(statement).await? {
            0 => Err(StoreError::Missing { what }),
            _ => Ok(()),
        }
    }

    /// The first row, read by `read`.
    async fn one<T>(
        &mut self,
        statement: Statement,
        read: impl Fn(&Columns<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let table = statement.table;
        let row = statement.query()?.fetch_optional(&mut *self.inner).await;
        self.failed |= row.is_err();
        row?.map(|row: AnyRow| read(&Columns { table, row: &row })).transpose()
    }

    /// Every row, read by `read`.
    async fn all<T>(
        &mut self,
        statement: Statement,
        read: impl Fn(&Columns<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let table = statement.table;
        let rows = statement.query()?.fetch_all(&mut *self.inner).await;
        self.failed |= rows.is_err();
        rows?.iter().map(|row| read(&Columns { table, row })).collect()
    }
}
