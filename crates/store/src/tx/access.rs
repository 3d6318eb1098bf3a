//! Passes of people, tokens of machines, and remembered answers to repeated requests.

use jiff::Timestamp;
use lineward_core::{
    id::{StaffId, TokenId},
    staff::Role,
};

use super::Tx;
use crate::{
    error::StoreError,
    rows::{IdempotencyRow, PassKind, PassRow, TokenRow},
    sql::{Columns, insert, sql, words},
};

impl Tx {
    /// Makes a pass.
    pub async fn insert_pass(&mut self, row: &PassRow) -> Result<(), StoreError> {
        let new = insert("pass", self.carrier)
            .set("hash", row.hash)
            .set("kind", row.kind.code())
            .set("staff_id", row.staff)
            .set("application_id", row.application)
            .set("created_at", row.created_at)
            .set("seen_at", row.seen_at)
            .set("expires_at", row.expires_at)
            .set("ended_at", row.ended_at);
        self.run(new.done()).await.map(drop)
    }

    /// The pass, also when it has ended.
    pub async fn pass(&mut self, hash: &[u8; 32], kind: PassKind) -> Result<Option<PassRow>, StoreError> {
        let of = sql("pass", "SELECT * FROM pass WHERE carrier_id = $1 AND hash = $2 AND kind = $3");
        self.one(of.put(self.carrier).put(*hash).put(kind.code()), read_pass).await
    }

    /// Notes that the pass was used.
    pub async fn touch_pass(
        &mut self,
        hash: &[u8; 32],
        kind: PassKind,
        seen_at: Timestamp,
    ) -> Result<(), StoreError> {
        let set =
            sql("pass", "UPDATE pass SET seen_at = $4 WHERE carrier_id = $1 AND hash = $2 AND kind = $3");
        self.change("pass", set.put(self.carrier).put(*hash).put(kind.code()).put(seen_at)).await
    }

    /// Ends the pass; `true` for the one caller who did.
    pub async fn end_pass(
        &mut self,
        hash: &[u8; 32],
        kind: PassKind,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let set = sql(
            "pass",
            "UPDATE pass SET ended_at = $4 WHERE carrier_id = $1 AND hash = $2 AND kind = $3 AND ended_at IS NULL",
        );
        Ok(self.run(set.put(self.carrier).put(*hash).put(kind.code()).put(now)).await? == 1)
    }

    /// Ends every pass of a member of staff.
    pub async fn end_passes_of_staff(&mut self, staff: StaffId, now: Timestamp) -> Result<(), StoreError> {
        let set = sql(
            "pass",
            "UPDATE pass SET ended_at = $3 WHERE carrier_id = $1 AND staff_id = $2 AND ended_at IS NULL",
        );
        self.run(set.put(self.carrier).put(staff).put(now)).await.map(drop)
    }

    /// Makes a token.
    pub async fn insert_token(&mut self, row: &TokenRow) -> Result<(), StoreError> {
        let new = insert("token", self.carrier)
            .set("id", row.id)
            .set("name", row.name.as_str())
            .set("hash", row.hash)
            .set("roles", words(&row.roles, Role::code).as_str())
            .set("created_at", row.created_at)
            .set("expires_at", row.expires_at)
            .set("last_used_at", row.last_used_at)
            .set("revoked_at", row.revoked_at);
        self.run(new.done()).await.map(drop)
    }

    /// The token with this hash, also when it was revoked.
    pub async fn token_by_hash(&mut self, hash: &[u8; 32]) -> Result<Option<TokenRow>, StoreError> {
        let of = sql("token", "SELECT * FROM token WHERE carrier_id = $1 AND hash = $2");
        self.one(of.put(self.carrier).put(*hash), read_token).await
    }

    /// All tokens, oldest first.
    pub async fn tokens(&mut self) -> Result<Vec<TokenRow>, StoreError> {
        let of = sql("token", "SELECT * FROM token WHERE carrier_id = $1 ORDER BY created_at, id");
        self.all(of.put(self.carrier), read_token).await
    }

    /// Notes that the token was used.
    pub async fn touch_token(&mut self, id: TokenId, now: Timestamp) -> Result<(), StoreError> {
        let set = sql("token", "UPDATE token SET last_used_at = $3 WHERE carrier_id = $1 AND id = $2");
        self.change("token", set.put(self.carrier).put(id).put(now)).await
    }

    /// Revokes the token; the first time stays.
    pub async fn revoke_token(&mut self, id: TokenId, now: Timestamp) -> Result<(), StoreError> {
        let set = sql(
            "token",
            "UPDATE token SET revoked_at = coalesce(revoked_at, $3) WHERE carrier_id = $1 AND id = $2",
        );
        self.change("token", set.put(self.carrier).put(id).put(now)).await
    }

    /// Claims a request for this caller (`None`), or shows the row of the one who was first. Waits for a first
    /// one that is being written at this moment.
    pub async fn begin_request(
        &mut self,
        row: &IdempotencyRow,
    ) -> Result<Option<IdempotencyRow>, StoreError> {
        let new = insert("request", self.carrier)
            .set("key_hash", row.key_hash)
            .set("request_hash", row.request_hash)
            .set("answer", row.answer.as_deref())
            .set("created_at", row.created_at)
            .unless_taken("carrier_id, key_hash");
        if self.run(new.done()).await? == 1 {
            return Ok(None);
        }
        self.request(&row.key_hash).await?.ok_or(StoreError::Serialization).map(Some)
    }

    /// The request that claimed this key.
    pub async fn request(&mut self, key_hash: &[u8; 32]) -> Result<Option<IdempotencyRow>, StoreError> {
        let of = sql("request", "SELECT * FROM request WHERE carrier_id = $1 AND key_hash = $2");
        self.one(of.put(self.carrier).put(*key_hash), read_request).await
    }

    /// Remembers the answer to a claimed request.
    pub async fn answer_request(&mut self, key_hash: &[u8; 32], answer: &str) -> Result<(), StoreError> {
        let set = sql("request", "UPDATE request SET answer = $3 WHERE carrier_id = $1 AND key_hash = $2");
        self.change("request", set.put(self.carrier).put(*key_hash).put(answer)).await
    }

    /// Forgets the passes that ended or ran out before `before`.
    pub async fn forget_passes(&mut self, before: Timestamp) -> Result<(), StoreError> {
        let of = sql("pass", "DELETE FROM pass WHERE carrier_id = $1 AND (expires_at < $2 OR ended_at < $2)");
        self.run(of.put(self.carrier).put(before)).await.map(drop)
    }

    /// Forgets the requests first seen before `before`.
    pub async fn forget_requests(&mut self, before: Timestamp) -> Result<(), StoreError> {
        let of = sql("request", "DELETE FROM request WHERE carrier_id = $1 AND created_at < $2");
        self.run(of.put(self.carrier).put(before)).await.map(drop)
    }
}

fn read_pass(r: &Columns<'_>) -> Result<PassRow, StoreError> {
    Ok(PassRow {
        hash: r.get("hash")?,
        kind: r.code("kind", PassKind::parse)?,
        staff: r.get("staff_id")?,
        application: r.get("application_id")?,
        created_at: r.get("created_at")?,
        seen_at: r.get("seen_at")?,
        expires_at: r.get("expires_at")?,
        ended_at: r.get("ended_at")?,
    })
}

fn read_token(r: &Columns<'_>) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: r.get("id")?,
        name: r.get("name")?,
        hash: r.get("hash")?,
        roles: r.codes("roles", Role::parse)?,
        created_at: r.get("created_at")?,
        expires_at: r.get("expires_at")?,
        last_used_at: r.get("last_used_at")?,
        revoked_at: r.get("revoked_at")?,
    })
}

fn read_request(r: &Columns<'_>) -> Result<IdempotencyRow, StoreError> {
    Ok(IdempotencyRow {
        key_hash: r.get("key_hash")?,
        request_hash: r.get("request_hash")?,
        answer: r.get("answer")?,
        created_at: r.get("created_at")?,
    })
}
