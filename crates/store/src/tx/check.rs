//! What `lineward check` compares: the keys that rows need and the keys that must be gone.

use jiff::Timestamp;
use lineward_core::id::{ApplicationId, KeyId, VerificationId};

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
