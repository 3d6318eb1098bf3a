//! Secrets that admit someone, and references that name something in public.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use lineward_core::id::KeyId;
use lineward_store::{DataKey, Place, rows::Sealed};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{App, AppError, Ctx};

/// The alphabet of references and codes: Crockford's base 32 without letters that look like digits.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A random public reference of ten characters (50 bits).
pub(crate) fn reference(ctx: &Ctx) -> String {
    spell(&ctx.bytes::<10>())
}

/// A one-time code for a person to type: 16 characters (80 bits) in four groups.
pub(crate) fn typed_code(ctx: &Ctx) -> Zeroizing<String> {
    let all = spell(ctx.secret::<16>().as_ref());
    Zeroizing::new(format!("{}-{}-{}-{}", &all[..4], &all[4..8], &all[8..12], &all[12..]))
}

/// A code as typed: upper case, without spaces and hyphens, look-alikes put right.
pub(crate) fn normalise_code(typed: &str) -> Zeroizing<String> {
    let all: Zeroizing<String> = Zeroizing::new(
        typed
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(32)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect(),
    );
    if all.len() != 16 {
        return Zeroizing::new(String::new());
    }
    Zeroizing::new(format!("{}-{}-{}-{}", &all[..4], &all[4..8], &all[8..12], &all[12..]))
}

/// A secret of `N` random bytes as text.
pub(crate) fn secret_text<const N: usize>(ctx: &Ctx) -> Zeroizing<String> {
    Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(ctx.secret::<N>().as_ref()))
}

/// What is kept of a secret: it has at least 80 random bits, so a plain hash cannot be guessed back.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn spell(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(ALPHABET[usize::from(b & 31)])).collect()
}

/// A key that exists in the key store before the rows that need it; given back if no row came to need it.
pub(crate) struct FreshKey {
    pub(crate) id: KeyId,
    pub(crate) key: DataKey,
}

impl App {
    /// Makes a key. It is in the key store before any row is sealed under it, so no committed row is ever unreadable.
    pub(crate) async fn fresh_key(&self, ctx: &Ctx) -> Result<FreshKey, AppError> {
        let id = ctx.id();
        self.keys.create(ctx.carrier, id, *ctx.secret(), ctx.bytes(), ctx.now).await?;
        let key = self
            .keys
            .key(ctx.carrier, id)
            .await?
            .ok_or(AppError::Broken("a new key is not in the key store"))?;
        Ok(FreshKey { id, key })
    }

    /// Destroys a key that no row came to need. What a crash leaves behind is swept by `check`.
    pub(crate) async fn give_back(&self, ctx: &Ctx, key: FreshKey) {
        if let Err(error) = self.keys.destroy(ctx.carrier, key.id).await {
            tracing::warn!(%error, "an unused key could not be destroyed");
        }
    }

    /// The key of a case or person.
    pub(crate) async fn key(&self, ctx: &Ctx, id: KeyId) -> Result<DataKey, AppError> {
        self.keys.key(ctx.carrier, id).await?.ok_or(AppError::Erased)
    }
}

/// Seals `plain` for one column of one row.
pub(crate) fn seal(
    ctx: &Ctx,
    key: &DataKey,
    table: &str,
    row: &[u8; 16],
    column: &str,
    plain: &[u8],
) -> Sealed {
    key.seal(&Place { carrier: ctx.carrier, table, row, column }, ctx.bytes(), plain)
}

/// Opens what [`seal`] sealed.
pub(crate) fn unseal(
    ctx: &Ctx,
    key: &DataKey,
    table: &str,
    row: &[u8; 16],
    column: &str,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, AppError> {
    key.unseal(&Place { carrier: ctx.carrier, table, row, column }, sealed)
        .map_err(|_| AppError::Broken("sealed bytes do not open in their place"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        assert_eq!(*normalise_code("abcd-0123 efgh4567"), "ABCD-0123-EFGH-4567");
        assert_eq!(*normalise_code("abcd-o123 efgh456l"), "ABCD-0123-EFGH-4561");
        assert_eq!(*normalise_code("abc"), "");
    }
}
