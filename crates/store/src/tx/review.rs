//! Proposals and the staff who make and sign them.

use lineward_core::{
    id::{ApplicationId, StaffId},
    review::ReviewReason,
    staff::Role,
};

use super::Tx;
use crate::{
    error::StoreError,
    rows::{ProposalRow, Sealed, StaffRow},
    sql::{Columns, insert, sql, words},
};

impl Tx {
    /// Records a proposal. An application has one open proposal at most: the one before is set aside first.
    pub async fn insert_proposal(&mut self, row: &ProposalRow) -> Result<(), StoreError> {
        let new = insert("proposal", self.carrier)
            .set("id", row.id)
            .set("application_id", row.application)
            .set("reason", row.reason.code())
            .set("note", row.note.clone())
            .set("note_hash", row.note_hash)
            .set("findings_hash", row.findings_hash)
            .set("proposed_by", row.proposed_by)
            .set("proposed_at", row.proposed_at)
            .set("signed_by", row.signed_by)
            .set("done_at", row.done_at)
            .set("void_at", row.void_at);
        self.run(new.done()).await.map(drop)
    }

    /// The proposal that is neither done nor void.
    pub async fn open_proposal(
        &mut self,
        application: ApplicationId,
    ) -> Result<Option<ProposalRow>, StoreError> {
        let of = sql(
            "proposal",
            "SELECT * FROM proposal \
             WHERE carrier_id = $1 AND application_id = $2 AND done_at IS NULL AND void_at IS NULL",
        );
        self.one(of.put(self.carrier).put(application), read_proposal).await
    }

    /// Writes the second signature, or that the proposal is done or void.
    pub async fn update_proposal(&mut self, row: &ProposalRow) -> Result<(), StoreError> {
        let set = sql(
            "proposal",
            "UPDATE proposal SET signed_by = $3, done_at = $4, void_at = $5 WHERE carrier_id = $1 AND id = $2",
        );
        let set = set.put(self.carrier).put(row.id).put(row.signed_by).put(row.done_at).put(row.void_at);
        self.change("proposal", set).await
    }

    /// Adds a member of staff.
    pub async fn insert_staff(&mut self, row: &StaffRow) -> Result<(), StoreError> {
        let new = insert("staff", self.carrier)
            .set("id", row.id)
            .set("name", row.name.as_str())
            .set("roles", words(&row.roles, Role::code).as_str())
            .set("invited_by", row.invited_by)
            .set("identity_index", row.identity_index)
            .set("created_at", row.created_at)
            .set("disabled_at", row.disabled_at);
        self.run(new.done()).await.map(drop)
    }

    /// The member of staff.
    pub async fn staff(&mut self, id: StaffId) -> Result<Option<StaffRow>, StoreError> {
        let of = sql("staff", "SELECT * FROM staff WHERE carrier_id = $1 AND id = $2");
        self.one(of.put(self.carrier).put(id), read_staff).await
    }

    /// All staff, also those switched off, oldest first.
    pub async fn staff_all(&mut self) -> Result<Vec<StaffRow>, StoreError> {
        let of = sql("staff", "SELECT * FROM staff WHERE carrier_id = $1 ORDER BY created_at, id");
        self.all(of.put(self.carrier), read_staff).await
    }

    /// Writes everything about the member of staff that can change.
    pub async fn update_staff(&mut self, row: &StaffRow) -> Result<(), StoreError> {
        let set = sql(
            "staff",
            "UPDATE staff SET name = $3, roles = $4, identity_index = $5, disabled_at = $6 \
             WHERE carrier_id = $1 AND id = $2",
        )
        .put(self.carrier)
        .put(row.id)
        .put(row.name.as_str())
        .put(words(&row.roles, Role::code).as_str())
        .put(row.identity_index)
        .put(row.disabled_at);
        self.change("staff", set).await
    }
}

fn read_proposal(r: &Columns<'_>) -> Result<ProposalRow, StoreError> {
    Ok(ProposalRow {
        id: r.get("id")?,
        application: r.get("application_id")?,
        reason: r.code("reason", ReviewReason::parse)?,
        note: r.get::<Option<Sealed>>("note")?.unwrap_or(Sealed(Vec::new())),
        note_hash: r.get("note_hash")?,
        findings_hash: r.get("findings_hash")?,
        proposed_by: r.get("proposed_by")?,
        proposed_at: r.get("proposed_at")?,
        signed_by: r.get("signed_by")?,
        done_at: r.get("done_at")?,
        void_at: r.get("void_at")?,
    })
}

fn read_staff(r: &Columns<'_>) -> Result<StaffRow, StoreError> {
    Ok(StaffRow {
        id: r.get("id")?,
        name: r.get("name")?,
        roles: r.codes("roles", Role::parse)?,
        invited_by: r.get("invited_by")?,
        identity_index: r.get("identity_index")?,
        created_at: r.get("created_at")?,
        disabled_at: r.get("disabled_at")?,
    })
}
