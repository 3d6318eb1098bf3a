//! A changing verb from its opened audit row to its closing one.
//!
//! No audit row, no action: the row is committed first; the closing row is part of the verb's own transaction. A row that
//! a crash left open is shown by `check` and closed as `interrupted`.

use lineward_core::id::AuditId;
use lineward_store::{
    StoreError, Tx, Writing,
    rows::{AuditRow, IdempotencyRow},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{App, AppError, Ctx};

/// One run of a changing verb.
pub(crate) struct Acting<'a> {
    app: &'a App,
    ctx: &'a Ctx,
    audit: AuditId,
    writing: Writing,
}

impl App {
    /// Opens the audit row of a changing verb.
    pub(crate) async fn act<'a>(
        &'a self,
        ctx: &'a Ctx,
        verb: &str,
        subject: String,
        reason: Option<&str>,
    ) -> Result<Acting<'a>, AppError> {
        let row = audit_row(ctx, verb, subject, reason);
        self.store.open_audit(ctx.carrier, &row).await?;
        Ok(Acting { app: self, ctx, audit: row.id, writing: self.store.writing(ctx.carrier, Some(row.id)) })
    }

    /// What an earlier request with the same idempotency key was answered, before anything slow is done again.
    pub(crate) async fn answered<T: DeserializeOwned>(&self, ctx: &Ctx) -> Result<Option<T>, AppError> {
        let Some(key) = ctx.idempotency else { return Ok(None) };
        let mut tx = self.store.read(ctx.carrier).await?;
        match tx.request(&key.key_hash).await? {
            Some(earlier) if earlier.request_hash == key.request_hash => remembered(earlier).map(Some),
            Some(_) => Err(AppError::KeyReused),
            None => Ok(None),
        }
    }

    /// Records a read of a person's data before the answer leaves.
    pub(crate) async fn record_read(
        &self,
        ctx: &Ctx,
        verb: &str,
        subject: String,
        reason: Option<&str>,
    ) -> Result<(), AppError> {
        let mut row = audit_row(ctx, verb, subject, reason);
        row.closed_at = Some(ctx.now);
        row.outcome = Some("done".into());
        let mut writing = self.store.writing(ctx.carrier, None);
        loop {
            let mut tx = writing.begin().await?;
            let outcome = tx.read_audit(&row).await;
            if let Some(answer) = writing.end(tx, outcome).await {
                return answer.map_err(AppError::from);
            }
        }
    }
}

impl Acting<'_> {
    /// Begins the verb's transaction, or answers what an earlier request with the same idempotency key was answered.
    pub(crate) async fn begin<T: DeserializeOwned>(&mut self) -> Result<Begun<T>, AppError> {
        let mut tx = self.writing.begin().await?;
        let Some(key) = self.ctx.idempotency else { return Ok(Begun::Fresh(tx)) };
        let row = IdempotencyRow {
            key_hash: key.key_hash,
            request_hash: key.request_hash,
            answer: None,
            created_at: self.ctx.now,
        };
        let earlier = loop {
            // A twin of this request may hold the row; then this one waits its turn like any other write.
            match tx.begin_request(&row).await {
                Ok(earlier) => break earlier,
                Err(e) => match self.writing.end::<(), StoreError>(tx, Err(e)).await {
                    Some(Err(e)) => return Err(e.into()),
                    Some(Ok(())) | None => tx = self.writing.begin().await?,
                },
            }
        };
        match earlier {
            None => Ok(Begun::Fresh(tx)),
            Some(earlier) if earlier.request_hash != key.request_hash => {
                drop(tx);
                self.close("refused").await?;
                Err(AppError::KeyReused)
            }
            Some(earlier) => {
                drop(tx);
                self.close("repeated").await?;
                remembered(earlier).map(Begun::Earlier)
            }
        }
    }

    /// Ends the transaction. `None`: it must run again.
    pub(crate) async fn end<T: Serialize>(
        &mut self,
        mut tx: Tx,
        outcome: Result<T, AppError>,
    ) -> Option<Result<T, AppError>> {
        let outcome = match outcome {
            Ok(value) => self.close_in(&mut tx, &value).await.map(|()| value),
            Err(e) => Err(e),
        };
        let answer = self.writing.end(tx, outcome).await?;
        if let Err(e) = &answer {
            let word =
                if matches!(e, AppError::Store(_) | AppError::Broken(_)) { "failed" } else { "refused" };
            // The verb's own error is the one to report; a row that could not be closed is closed by `check`.
            if let Err(closing) = self.close(word).await {
                tracing::warn!(error = %closing, "an audit row could not be closed");
            }
        }
        Some(answer)
    }

    async fn close_in<T: Serialize>(&self, tx: &mut Tx, value: &T) -> Result<(), AppError> {
        if let Some(key) = self.ctx.idempotency {
            let answer =
                serde_json::to_string(value).map_err(|_| AppError::Broken("an answer cannot be written"))?;
            tx.answer_request(&key.key_hash, &answer).await?;
        }
        tx.close_audit(self.audit, self.ctx.now, "done").await?;
        Ok(())
    }

    async fn close(&self, outcome: &str) -> Result<(), StoreError> {
        let mut writing = self.app.store.writing(self.ctx.carrier, None);
        loop {
            let mut tx = writing.begin().await?;
            let closed = tx.close_audit(self.audit, self.ctx.now, outcome).await;
            if let Some(answer) = writing.end(tx, closed).await {
                return answer;
            }
        }
    }
}

fn remembered<T: DeserializeOwned>(row: IdempotencyRow) -> Result<T, AppError> {
    let answer = row.answer.ok_or(AppError::Broken("a remembered request has no answer"))?;
    serde_json::from_str(&answer).map_err(|_| AppError::Broken("a remembered answer cannot be read"))
}

/// How a transaction begins.
pub(crate) enum Begun<T> {
    /// The verb runs.
    Fresh(Tx),
    /// It ran before; this was the answer.
    Earlier(T),
}

fn audit_row(ctx: &Ctx, verb: &str, subject: String, reason: Option<&str>) -> AuditRow {
    AuditRow {
        id: ctx.id(),
        actor: ctx.actor.to_string(),
        verb: verb.to_owned(),
        subject,
        reason: reason.map(str::to_owned),
        request_id: ctx.request_id.clone(),
        opened_at: ctx.now,
        closed_at: None,
        outcome: None,
    }
}
