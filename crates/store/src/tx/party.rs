//! Parties, what they hold, and the cap counters.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lineward_core::{
    id::{LineId, PartyId, RowId},
    line::{KindGroup, LineKind, LineState},
};

use super::Tx;
use crate::{
    error::StoreError,
    rows::{CapRow, HoldingRow, IdentityKeyRow, PartyRow},
    sql::{Columns, insert, places, sql},
};

impl Tx {
    /// Makes a party.
    pub async fn insert_party(&mut self, row: &PartyRow) -> Result<(), StoreError> {
        let new = insert("party", self.carrier)
            .set("id", row.id)
            .set("key_id", row.key)
            .set("profile", row.profile.clone())
            .set("reach", row.reach.clone())
            .set("created_at", row.created_at)
            .set("erased_at", row.erased_at);
        self.run(new.done()).await.map(drop)
    }

    /// The party.
    pub async fn party(&mut self, id: PartyId) -> Result<Option<PartyRow>, StoreError> {
        let of = sql("party", "SELECT * FROM party WHERE carrier_id = $1 AND id = $2");
        self.one(of.put(self.carrier).put(id), read_party).await
    }

    /// Writes what is sealed under the party's key anew.
    pub async fn update_party(&mut self, row: &PartyRow) -> Result<(), StoreError> {
        let set = sql("party", "UPDATE party SET profile = $3, reach = $4 WHERE carrier_id = $1 AND id = $2");
        let set = set.put(self.carrier).put(row.id).put(row.profile.clone()).put(row.reach.clone());
        self.change("party", set).await
    }

    /// Takes out the party's profile and everything it could be recognised by; its key is being destroyed.
    pub async fn erase_party(&mut self, id: PartyId, now: Timestamp) -> Result<(), StoreError> {
        let set = sql(
            "party",
            "UPDATE party SET profile = NULL, reach = NULL, erased_at = $3 WHERE carrier_id = $1 AND id = $2",
        );
        self.change("party", set.put(self.carrier).put(id).put(now)).await?;
        let keys = sql("identity_key", "DELETE FROM identity_key WHERE carrier_id = $1 AND party_id = $2");
        self.run(keys.put(self.carrier).put(id)).await.map(drop)
    }

    /// Records by what a party is recognised. An open key belongs to one party at most.
    pub async fn insert_identity_key(&mut self, row: &IdentityKeyRow) -> Result<(), StoreError> {
        let new = insert("identity_key", self.carrier)
            .set("id", row.id)
            .set("party_id", row.party)
            .set("scheme", row.scheme.as_str())
            .set("country", row.country.as_str())
            .set("identity_index", row.index)
            .set("key_version", row.key_version)
            .set("from_at", row.from_at)
            .set("to_at", row.to_at);
        self.run(new.done()).await.map(drop)
    }

    /// The party that is recognised by this index now.
    pub async fn party_by_identity(&mut self, index: &[u8; 32]) -> Result<Option<PartyId>, StoreError> {
        let of = sql(
            "identity_key",
            "SELECT party_id FROM identity_key WHERE carrier_id = $1 AND identity_index = $2 AND to_at IS NULL",
        );
        self.one(of.put(self.carrier).put(*index), |r| r.get("party_id")).await
    }

    /// Records that a party holds a line. A line has one open holding at most.
    pub async fn insert_holding(&mut self, row: &HoldingRow) -> Result<(), StoreError> {
        let new = insert("holding", self.carrier)
            .set("id", row.id)
            .set("line_id", row.line)
            .set("party_id", row.party)
            .set("from_at", row.from_at)
            .set("to_at", row.to_at)
            .set("basis_id", row.basis);
        self.run(new.done()).await.map(drop)
    }

    /// Who holds the line now.
    pub async fn open_holding(&mut self, line: LineId) -> Result<Option<HoldingRow>, StoreError> {
        let of =
            sql("holding", "SELECT * FROM holding WHERE carrier_id = $1 AND line_id = $2 AND to_at IS NULL");
        self.one(of.put(self.carrier).put(line), read_holding).await
    }

    /// What the party holds now, oldest first.
    pub async fn holdings_of(&mut self, party: PartyId) -> Result<Vec<HoldingRow>, StoreError> {
        let of = sql(
            "holding",
            "SELECT * FROM holding WHERE carrier_id = $1 AND party_id = $2 AND to_at IS NULL ORDER BY from_at, id",
        );
        self.all(of.put(self.carrier).put(party), read_holding).await
    }

    /// Ends a holding.
    pub async fn end_holding(&mut self, id: RowId, now: Timestamp) -> Result<(), StoreError> {
        let set = sql(
            "holding",
            "UPDATE holding SET to_at = $3 WHERE carrier_id = $1 AND id = $2 AND to_at IS NULL",
        );
        self.change("open holding", set.put(self.carrier).put(id).put(now)).await
    }

    /// How many lines of `group` count against this identity, locked until the transaction ends.
    pub async fn lock_cap(&mut self, index: &[u8; 32], group: KindGroup) -> Result<u32, StoreError> {
        let zero = insert("cap", self.carrier)
            .set("identity_index", *index)
            .set("kind_group", group.code())
            .set("held", 0_u32)
            .unless_taken("carrier_id, identity_index, kind_group");
        self.run(zero.done()).await?;
        let select = "SELECT held FROM cap WHERE carrier_id = $1 AND identity_index = $2 AND kind_group = $3";
        let of = if self.cap_locks { sql("cap", self.backend.locking(select)) } else { sql("cap", select) };
        let held = self.one(of.put(self.carrier).put(*index).put(group.code()), |r| r.get("held")).await?;
        held.ok_or(StoreError::Missing { what: "cap counter" })
    }

    /// Writes the counter that [`Tx::lock_cap`] locked.
    pub async fn set_cap(&mut self, index: &[u8; 32], group: KindGroup, held: u32) -> Result<(), StoreError> {
        let set = sql(
            "cap",
            "UPDATE cap SET held = $4 WHERE carrier_id = $1 AND identity_index = $2 AND kind_group = $3",
        );
        self.change("cap counter", set.put(self.carrier).put(*index).put(group.code()).put(held)).await
    }

    /// Every counter, in the order of index and group.
    pub async fn caps(&mut self) -> Result<Vec<CapRow>, StoreError> {
        let of = sql("cap", "SELECT * FROM cap WHERE carrier_id = $1 ORDER BY identity_index, kind_group");
        self.all(of.put(self.carrier), read_cap).await
    }

    /// What the counters must say: open holdings of lines that count, for every identity of their holder.
    pub async fn counted_holdings(&mut self) -> Result<Vec<CapRow>, StoreError> {
        let counting: Vec<&str> =
            LineState::ALL.iter().copied().filter(|s| s.counts()).map(LineState::code).collect();
        let text = format!(
            "SELECT k.identity_index, l.kind, count(*) AS held FROM holding h \
             JOIN line l ON l.carrier_id = h.carrier_id AND l.id = h.line_id \
             JOIN identity_key k ON k.carrier_id = h.carrier_id AND k.party_id = h.party_id \
             WHERE h.carrier_id = $1 AND h.to_at IS NULL AND k.to_at IS NULL AND l.state IN ({}) \
             GROUP BY k.identity_index, l.kind",
            places(2, counting.len())
        );
        let of = sql("holding", text).put(self.carrier).put_all(counting);
        let by_kind = self
            .all(of, |r| {
                let kind = r.code("kind", LineKind::parse)?;
                Ok((r.get::<[u8; 32]>("identity_index")?, kind.group(), r.get::<u32>("held")?))
            })
            .await?;
        let mut sums: BTreeMap<([u8; 32], &str), CapRow> = BTreeMap::new();
        for (identity_index, group, held) in by_kind {
            let sum = sums.entry((identity_index, group.code()));
            let row = sum.or_insert(CapRow { identity_index, group, held: 0 });
            row.held = row.held.saturating_add(held);
        }
        Ok(sums.into_values().collect())
    }
}

fn read_party(r: &Columns<'_>) -> Result<PartyRow, StoreError> {
    Ok(PartyRow {
        id: r.get("id")?,
        key: r.get("key_id")?,
        profile: r.get("profile")?,
        reach: r.get("reach")?,
        created_at: r.get("created_at")?,
        erased_at: r.get("erased_at")?,
    })
}

fn read_holding(r: &Columns<'_>) -> Result<HoldingRow, StoreError> {
    Ok(HoldingRow {
        id: r.get("id")?,
        line: r.get("line_id")?,
        party: r.get("party_id")?,
        from_at: r.get("from_at")?,
        to_at: r.get("to_at")?,
        basis: r.get("basis_id")?,
    })
}

fn read_cap(r: &Columns<'_>) -> Result<CapRow, StoreError> {
    Ok(CapRow {
        identity_index: r.get("identity_index")?,
        group: r.code("kind_group", KindGroup::parse)?,
        held: r.get("held")?,
    })
}
