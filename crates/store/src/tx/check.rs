//! What `lineward check` compares: the keys that rows need and the keys that must be gone.

use lineward_core::id::KeyId;

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
}

fn read_key(r: &Columns<'_>) -> Result<KeyId, StoreError> {
    r.get("key_id")
}
