//! Versions of the rules and who signed them.

use jiff::Timestamp;
use lineward_core::id::StaffId;

use super::Tx;
use crate::{
    error::StoreError,
    rows::RulesRow,
    sql::{Columns, insert, sql},
};

impl Tx {
    /// Records a version of the rules with its signatures so far.
    pub async fn insert_rules(&mut self, row: &RulesRow) -> Result<(), StoreError> {
        let new = insert("rules", self.carrier)
            .set("hash", row.hash)
            .set("body", row.text.as_str())
            .set("proposed_at", row.proposed_at)
            .set("active_from", row.active_from);
        self.run(new.done()).await?;
        for staff in &row.signed_by {
            self.sign_rules(&row.hash, *staff, row.proposed_at).await?;
        }
        Ok(())
    }

    /// The version with this hash.
    pub async fn rules(&mut self, hash: &[u8; 32]) -> Result<Option<RulesRow>, StoreError> {
        let of = sql("rules", "SELECT * FROM rules WHERE carrier_id = $1 AND hash = $2");
        let row = self.one(of.put(self.carrier).put(*hash), read_rules).await?;
        Ok(self.with_signatures(row).await?.pop())
    }

    /// The same, locked until the commit, so that two signatures at once count each other.
    pub async fn lock_rules(&mut self, hash: &[u8; 32]) -> Result<Option<RulesRow>, StoreError> {
        let select = self.backend.locking("SELECT * FROM rules WHERE carrier_id = $1 AND hash = $2");
        let row = self.one(sql("rules", select).put(self.carrier).put(*hash), read_rules).await?;
        Ok(self.with_signatures(row).await?.pop())
    }

    /// Adds a signature; signing twice is signing once.
    pub async fn sign_rules(
        &mut self,
        hash: &[u8; 32],
        staff: StaffId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let new = insert("rules_signature", self.carrier)
            .under("rules_hash", *hash)
            .set("staff_id", staff)
            .set("signed_at", now)
            .unless_taken("carrier_id, rules_hash, staff_id");
        self.run(new.done()).await.map(drop)
    }

    /// Makes a version the active one from `now` on.
    pub async fn activate_rules(&mut self, hash: &[u8; 32], now: Timestamp) -> Result<(), StoreError> {
        let set = sql("rules", "UPDATE rules SET active_from = $3 WHERE carrier_id = $1 AND hash = $2");
        self.change("rules", set.put(self.carrier).put(*hash).put(now)).await
    }

    /// The version that was made active last.
    pub async fn active_rules(&mut self) -> Result<Option<RulesRow>, StoreError> {
        let of = sql(
            "rules",
            "SELECT * FROM rules WHERE carrier_id = $1 AND active_from IS NOT NULL \
             ORDER BY active_from DESC, hash LIMIT 1",
        );
        let row = self.one(of.put(self.carrier), read_rules).await?;
        Ok(self.with_signatures(row).await?.pop())
    }

    /// The versions that were never active, oldest first.
    pub async fn proposed_rules(&mut self) -> Result<Vec<RulesRow>, StoreError> {
        let of = sql(
            "rules",
            "SELECT * FROM rules WHERE carrier_id = $1 AND active_from IS NULL ORDER BY proposed_at, hash",
        );
        let rows = self.all(of.put(self.carrier), read_rules).await?;
        self.with_signatures(rows).await
    }

    async fn with_signatures(
        &mut self,
        rows: impl IntoIterator<Item = RulesRow>,
    ) -> Result<Vec<RulesRow>, StoreError> {
        let mut signed = Vec::new();
        for mut row in rows {
            let of = sql(
                "rules_signature",
                "SELECT staff_id FROM rules_signature WHERE carrier_id = $1 AND rules_hash = $2 \
                 ORDER BY seq, staff_id",
            );
            row.signed_by = self.all(of.put(self.carrier).put(row.hash), |r| r.get("staff_id")).await?;
            signed.push(row);
        }
        Ok(signed)
    }
}

fn read_rules(r: &Columns<'_>) -> Result<RulesRow, StoreError> {
    Ok(RulesRow {
        hash: r.get("hash")?,
        text: r.get("body")?,
        proposed_at: r.get("proposed_at")?,
        signed_by: Vec::new(),
        active_from: r.get("active_from")?,
    })
}
