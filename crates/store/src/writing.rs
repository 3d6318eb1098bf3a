//! A write transaction that may have to run more than once: as a closure, and as an explicit loop beneath it.

use std::{marker::PhantomData, pin::Pin};

use lineward_core::id::{AuditId, CarrierId};

use crate::{
    error::{RetryHint, StoreError},
    store::{ATTEMPTS, Store, wait_before},
    tx::Tx,
};

impl Store {
    /// Runs `f` in one write transaction and commits it.
    ///
    /// After a serialization failure, a deadlock or a busy database it is rolled back and `f` runs again, so `f` must
    /// do nothing outside its transaction. When the answer to the commit is lost, the audit row tells: `f` closes
    /// `audit` in its transaction, so a closed row means that the commit took place, and `f`'s value is returned; an
    /// open one means that it did not, and `f` runs again. Without an audit row the caller gets
    /// [`StoreError::CommitUnknown`].
    ///
    /// ```no_run
    /// # use lineward_store::{Store, StoreError, in_tx};
    /// # async fn verb(store: &Store, carrier: lineward_core::id::CarrierId) -> Result<bool, StoreError> {
    /// store.write(carrier, None, |tx| in_tx(async { Ok(tx.carrier().await?.is_some()) })).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// What `f` or the store answered.
    pub async fn write<'a, T, E, F>(
        &self,
        carrier: CarrierId,
        audit: Option<AuditId>,
        mut f: F,
    ) -> Result<T, E>
    where
        F: for<'t> FnMut(&'t mut Tx) -> TxFuture<'a, 't, Result<T, E>>,
        E: From<StoreError> + RetryHint,
    {
        let mut writing = self.writing(carrier, audit);
        loop {
            let mut tx = writing.begin().await?;
            let outcome = f(&mut tx).future.await;
            if let Some(answer) = writing.end(tx, outcome).await {
                return answer;
            }
        }
    }

    /// Begins a write as an explicit loop. With an audit row, that row is closed inside the transaction and tells, when
    /// the answer to the commit is lost, whether the commit took place.
    pub fn writing(&self, carrier: CarrierId, audit: Option<AuditId>) -> Writing {
        Writing { store: self.clone(), carrier, audit, attempt: 0 }
    }
}

/// What the body of [`Store::write`] returns; made by [`in_tx`].
///
/// `'a` is how long the body's borrowed values live and `'t` how long it has the transaction; this type says that the
/// first is the longer one. (An `AsyncFnMut` would need no type at all, but the future of one that borrows cannot be
/// proved `Send` by today's compiler, and every verb runs on a server's threads.)
pub struct TxFuture<'a, 't, R> {
    future: Pin<Box<dyn Future<Output = R> + Send + 't>>,
    outlives: PhantomData<&'t &'a ()>,
}

/// The body of a [`Store::write`].
pub fn in_tx<'a, 't, R>(future: impl Future<Output = R> + Send + 't) -> TxFuture<'a, 't, R> {
    TxFuture { future: Box::pin(future), outlives: PhantomData }
}

/// One write, from its first attempt to its end.
///
/// ```no_run
/// # use lineward_store::{Store, StoreError};
/// # async fn verb(store: &Store, carrier: lineward_core::id::CarrierId) -> Result<bool, StoreError> {
/// let mut writing = store.writing(carrier, None);
/// loop {
///     let mut tx = writing.begin().await?;
///     let outcome = tx.carrier().await.map(|c| c.is_some());
///     if let Some(answer) = writing.end(tx, outcome).await {
///         return answer;
///     }
/// }
/// # }
/// ```
pub struct Writing {
    store: Store,
    carrier: CarrierId,
    audit: Option<AuditId>,
    attempt: u32,
}

impl Writing {
    /// Begins a transaction; after [`Writing::end`] answered `None`, the next one.
    ///
    /// # Errors
    /// [`StoreError`] when no transaction can be begun.
    pub async fn begin(&mut self) -> Result<Tx, StoreError> {
        loop {
            match self.store.begin_write(self.carrier).await {
                Err(e) if e.is_retryable() && self.again().await => {}
                begun => return begun,
            }
        }
    }

    /// Commits on `Ok`, rolls back on `Err`. `None`: a serialization failure, a deadlock or a busy database; run again.
    pub async fn end<T, E>(&mut self, tx: Tx, outcome: Result<T, E>) -> Option<Result<T, E>>
    where
        E: From<StoreError> + RetryHint,
    {
        let error = match outcome {
            Ok(value) => match self.commit(tx).await {
                Ok(()) => return Some(Ok(value)),
                Err(e) => E::from(e),
            },
            Err(e) => {
                tx.roll_back().await;
                e
            }
        };
        let again = error.store_error().is_some_and(StoreError::is_retryable);
        if again && self.again().await { None } else { Some(Err(error)) }
    }

    async fn commit(&self, tx: Tx) -> Result<(), StoreError> {
        if self.audit.is_some() && tx.audit_closed != self.audit {
            tx.roll_back().await;
            return Err(StoreError::Misused("its audit row was not closed in it"));
        }
        match (self.store.commit(tx).await, self.audit) {
            (Err(StoreError::CommitUnknown), Some(audit)) => {
                let committed = self.store.is_committed(self.carrier, audit).await?;
                if committed { Ok(()) } else { Err(StoreError::Serialization) }
            }
            (answer, _) => answer,
        }
    }

    /// Waits for the next attempt; `false` when there have been enough.
    async fn again(&mut self) -> bool {
        self.attempt += 1;
        if self.attempt >= ATTEMPTS {
            return false;
        }
        tokio::time::sleep(wait_before(self.attempt)).await;
        true
    }
}
