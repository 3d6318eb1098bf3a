//! Sessions in which a chip may be read, and what its checks found.

use jiff::Timestamp;
use lineward_core::{
    evidence::CheckResult,
    id::{DocumentId, RowId, VerificationId},
};

use super::Tx;
use crate::{
    error::StoreError,
    rows::{ChipFindingRow, ChipSessionRow},
    sql::{Columns, insert, sql},
};

impl Tx {
    /// Opens a session; an earlier one of the same verification is gone.
    pub async fn open_chip_session(&mut self, row: &ChipSessionRow) -> Result<(), StoreError> {
        let earlier =
            sql("chip_session", "DELETE FROM chip_session WHERE carrier_id = $1 AND verification_id = $2");
        self.run(earlier.put(self.carrier).put(row.verification)).await?;
        let new = insert("chip_session", self.carrier)
            .set("id", row.id)
            .set("verification_id", row.verification)
            .set("nonce", row.nonce)
            .set("key_state", row.key_state.clone())
            .set("dg14_hash", row.dg14_hash)
            .set("created_at", row.created_at)
            .set("expires_at", row.expires_at)
            .set("used_at", row.used_at);
        self.run(new.done()).await.map(drop)
    }

    /// A session of this verification.
    pub async fn chip_session(
        &mut self,
        verification: VerificationId,
        id: RowId,
    ) -> Result<Option<ChipSessionRow>, StoreError> {
        let of = sql(
            "chip_session",
            "SELECT * FROM chip_session WHERE carrier_id = $1 AND verification_id = $2 AND id = $3",
        );
        self.one(of.put(self.carrier).put(verification).put(id), read_session).await
    }

    /// Uses a session up; its key is gone. [`StoreError::Missing`] when it was used before.
    pub async fn use_chip_session(&mut self, id: RowId, now: Timestamp) -> Result<(), StoreError> {
        let of = sql(
            "chip_session",
            "UPDATE chip_session SET used_at = $3, key_state = NULL \
             WHERE carrier_id = $1 AND id = $2 AND used_at IS NULL",
        );
        self.change("unused chip session", of.put(self.carrier).put(id).put(now)).await
    }

    /// Forgets the sessions that were over before `before`.
    pub async fn forget_chip_sessions(&mut self, before: Timestamp) -> Result<(), StoreError> {
        let of = sql("chip_session", "DELETE FROM chip_session WHERE carrier_id = $1 AND expires_at < $2");
        self.run(of.put(self.carrier).put(before)).await.map(drop)
    }

    /// Records what one check of a chip found.
    pub async fn insert_chip_finding(
        &mut self,
        verification: VerificationId,
        row: &ChipFindingRow,
    ) -> Result<(), StoreError> {
        let new = insert("chip_finding", self.carrier)
            .set("id", row.id)
            .set("verification_id", verification)
            .under("document_id", row.document)
            .set("check_name", row.check.as_str())
            .set("result", row.result.code())
            .set("reason", row.reason.as_deref())
            .set("found_at", row.at);
        self.run(new.done()).await.map(drop)
    }

    /// What the checks of a document's chip found, in the order they were recorded.
    pub async fn chip_findings(&mut self, document: DocumentId) -> Result<Vec<ChipFindingRow>, StoreError> {
        let of = sql(
            "chip_finding",
            "SELECT * FROM chip_finding WHERE carrier_id = $1 AND document_id = $2 ORDER BY seq, id",
        );
        self.all(of.put(self.carrier).put(document), read_finding).await
    }
}

fn read_session(r: &Columns<'_>) -> Result<ChipSessionRow, StoreError> {
    Ok(ChipSessionRow {
        id: r.get("id")?,
        verification: r.get("verification_id")?,
        nonce: r.get("nonce")?,
        key_state: r.get("key_state")?,
        dg14_hash: r.get("dg14_hash")?,
        created_at: r.get("created_at")?,
        expires_at: r.get("expires_at")?,
        used_at: r.get("used_at")?,
    })
}

fn read_finding(r: &Columns<'_>) -> Result<ChipFindingRow, StoreError> {
    Ok(ChipFindingRow {
        id: r.get("id")?,
        document: r.get("document_id")?,
        check: r.get("check_name")?,
        result: r.code("result", CheckResult::parse)?,
        reason: r.get("reason")?,
        at: r.get("found_at")?,
    })
}
