//! The carrier itself and its audit trail.

use jiff::Timestamp;
use lineward_core::id::{AuditId, CarrierId};

use super::Tx;
use crate::{
    error::StoreError,
    rows::{AuditRow, CarrierRow},
    sql::{Columns, Statement, insert, sql},
};

impl Tx {
    /// Makes the carrier.
    pub async fn insert_carrier(&mut self, row: &CarrierRow) -> Result<(), StoreError> {
        let new = insert("carrier", row.id)
            .set("name", row.name.as_str())
            .set("sample", row.sample)
            .set("created_at", row.created_at);
        self.run(new.done()).await.map(drop)
    }

    /// The carrier of this transaction.
    pub async fn carrier(&mut self) -> Result<Option<CarrierRow>, StoreError> {
        let of = sql("carrier", "SELECT * FROM carrier WHERE carrier_id = $1").put(self.carrier);
        self.one(of, read_carrier).await
    }

    /// Whether any carrier of this store is the demo's; the one question that looks beyond the carrier.
    pub async fn any_sample_carrier(&mut self) -> Result<bool, StoreError> {
        let any = sql("carrier", "SELECT carrier_id FROM carrier WHERE sample = 1 LIMIT 1");
        Ok(self.one(any, |r| r.get::<CarrierId>("carrier_id")).await?.is_some())
    }

    /// Closes the audit row in the transaction whose effect it reports.
    pub async fn close_audit(
        &mut self,
        id: AuditId,
        now: Timestamp,
        outcome: &str,
    ) -> Result<(), StoreError> {
        let close = sql(
            "audit",
            "UPDATE audit SET closed_at = $3, outcome = $4 WHERE carrier_id = $1 AND id = $2 AND closed_at IS NULL",
        );
        let close = close.put(self.carrier).put(id).put(now).put(outcome);
        self.change("open audit row", close).await?;
        self.audit_closed = Some(id);
        Ok(())
    }

    /// The rows opened before `before` and never closed, oldest first: what a crash leaves.
    pub async fn open_audits(&mut self, before: Timestamp) -> Result<Vec<AuditRow>, StoreError> {
        let open = sql(
            "audit",
            "SELECT * FROM audit WHERE carrier_id = $1 AND closed_at IS NULL AND opened_at < $2 ORDER BY opened_at, id",
        );
        self.all(open.put(self.carrier).put(before), read_audit).await
    }

    /// Everything that was done about `subject`, oldest first.
    pub async fn audits_of(&mut self, subject: &str) -> Result<Vec<AuditRow>, StoreError> {
        let of =
            sql("audit", "SELECT * FROM audit WHERE carrier_id = $1 AND subject = $2 ORDER BY opened_at, id");
        self.all(of.put(self.carrier).put(subject), read_audit).await
    }

    /// Reports a read of a person's data: a row that is closed from the start.
    pub async fn read_audit(&mut self, row: &AuditRow) -> Result<(), StoreError> {
        let new = insert_audit(self.carrier, row);
        self.run(new).await.map(drop)
    }

    /// Whether the audit row is closed. Waits for the transaction that is closing it.
    pub(crate) async fn is_audit_closed(&mut self, id: AuditId) -> Result<bool, StoreError> {
        let text = self.backend.locking("SELECT * FROM audit WHERE carrier_id = $1 AND id = $2");
        let row = self.one(sql("audit", text).put(self.carrier).put(id), read_audit).await?;
        Ok(row.ok_or(StoreError::Missing { what: "audit row" })?.closed_at.is_some())
    }
}

/// Opening the same row twice is opening it once, so that a lost answer can be followed by a repeat.
pub(crate) fn insert_audit(carrier: CarrierId, row: &AuditRow) -> Statement {
    insert("audit", carrier)
        .set("id", row.id)
        .set("actor", row.actor.as_str())
        .set("verb", row.verb.as_str())
        .set("subject", row.subject.as_str())
        .set("reason", row.reason.as_deref())
        .set("request_id", row.request_id.as_str())
        .set("opened_at", row.opened_at)
        .set("closed_at", row.closed_at)
        .set("outcome", row.outcome.as_deref())
        .unless_taken("carrier_id, id")
        .done()
}

fn read_carrier(r: &Columns<'_>) -> Result<CarrierRow, StoreError> {
    Ok(CarrierRow {
        id: r.get("carrier_id")?,
        name: r.get("name")?,
        sample: r.get("sample")?,
        created_at: r.get("created_at")?,
    })
}

fn read_audit(r: &Columns<'_>) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        id: r.get("id")?,
        actor: r.get("actor")?,
        verb: r.get("verb")?,
        subject: r.get("subject")?,
        reason: r.get("reason")?,
        request_id: r.get("request_id")?,
        opened_at: r.get("opened_at")?,
        closed_at: r.get("closed_at")?,
        outcome: r.get("outcome")?,
    })
}
