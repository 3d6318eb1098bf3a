//! What `lineward check` compares: the keys that rows need and the keys that must be gone.

use jiff::Timestamp;
use lineward_core::id::{ApplicationId, KeyId, LineId, VerificationId};

use super::Tx;
use crate::{
    error::StoreError,
    sql::{Columns, sql},
};

impl Tx {
    /// The keys that stored data is sealed under: cases and parties that are not erased, and evidence.
    pub async fn used_keys(&mut self) -> Result<Vec<KeyId>, StoreError> {
        let of = sql(
            "verification",
            "SELECT case_key_id AS key_id FROM verification WHERE carrier_id = $1 AND erased_at IS NULL \
             UNION SELECT key_id FROM evidence WHERE carrier_id = $1 \
             UNION SELECT key_id FROM party WHERE carrier_id = $1 AND erased_at IS NULL ORDER BY key_id",
        );
        self.all(of.put(self.carrier), read_key).await
    }

    /// The keys that must be there: those of undecided cases and what is held for them, of parties, and of receipts that
    /// can still be fetched. A decided case may be on its way to erasure, its key first.
    pub async fn needed_keys(&mut self, now: Timestamp) -> Result<Vec<KeyId>, StoreError> {
        let of = sql(
            "verification",
            "SELECT v.case_key_id AS key_id FROM verification v \
             JOIN application a ON a.carrier_id = v.carrier_id AND a.verification_id = v.id \
             WHERE v.carrier_id = $1 AND v.erased_at IS NULL AND a.state IN ('open', 'referred') \
             UNION SELECT e.key_id FROM evidence e \
             JOIN application a ON a.carrier_id = e.carrier_id AND a.verification_id = e.verification_id \
             WHERE e.carrier_id = $1 AND e.erase_at > $2 \
             AND (a.state IN ('open', 'referred') OR e.class = 'receipt') \
             UNION SELECT key_id FROM party WHERE carrier_id = $1 AND erased_at IS NULL ORDER BY key_id",
        );
        self.all(of.put(self.carrier).put(now), read_key).await
    }

    /// The lines in a state that needs an approval whose application was not approved, and the approved applications whose
    /// line was never moved.
    pub async fn unapproved_served_lines(&mut self) -> Result<Vec<LineId>, StoreError> {
        let of = sql(
            "line",
            "SELECT l.id FROM line l JOIN application a ON a.carrier_id = l.carrier_id AND a.line_id = l.id \
             WHERE l.carrier_id = $1 AND (\
             (l.state NOT IN ('requested', 'released') AND a.state <> 'approved') \
             OR (l.state = 'requested' AND a.state NOT IN ('open', 'referred'))) ORDER BY l.id",
        );
        self.all(of.put(self.carrier), |r| r.get("id")).await
    }

    /// The keys of erased cases and parties: none of them may be in the key store.
    pub async fn erased_keys(&mut self) -> Result<Vec<KeyId>, StoreError> {
        let of = sql(
            "verification",
            "SELECT case_key_id AS key_id FROM verification WHERE carrier_id = $1 AND erased_at IS NOT NULL \
             UNION SELECT key_id FROM party WHERE carrier_id = $1 AND erased_at IS NOT NULL ORDER BY key_id",
        );
        self.all(of.put(self.carrier), read_key).await
    }

    /// Every application that was referred or decided, with its verification and the least number of records that
    /// stand behind it: one for the referral, one for the decision.
    pub async fn recorded_applications(
        &mut self,
    ) -> Result<Vec<(ApplicationId, VerificationId, usize)>, StoreError> {
        let of = sql(
            "application",
            "SELECT id, verification_id, referred_at, decided_at FROM application \
             WHERE carrier_id = $1 AND (referred_at IS NOT NULL OR decided_at IS NOT NULL) ORDER BY id",
        );
        self.all(of.put(self.carrier), |r| {
            let times = [r.get::<Option<Timestamp>>("referred_at")?, r.get("decided_at")?];
            Ok((r.get("id")?, r.get("verification_id")?, times.iter().flatten().count()))
        })
        .await
    }
}

fn read_key(r: &Columns<'_>) -> Result<KeyId, StoreError> {
    r.get("key_id")
}
