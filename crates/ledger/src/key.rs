//! Ed25519 keys under a name, in the forms of C2SP signed-note (<https://c2sp.org/signed-note>).

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// The signature type of Ed25519 in key ids and verifier keys (signed-note, "Signature types").
const ED25519: u8 = 0x01;

/// The longest key name; names are schema-less URLs.
const MAX_NAME_BYTES: usize = 128;

/// The name of a key: not empty, without spaces, plus signs and control characters (signed-note, "Format").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// A public key and its name: whose signatures to accept.
///
/// Its text form is `<name>+<key id, 8 hexadecimal digits>+<base64 of 0x01 and the public key>`. A low-order public
/// key, one in a second spelling, and a key id that does not follow from name and key are refused on reading.
///
/// ```
/// use lineward_ledger::VerifierKey;
///
/// let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/// let key = VerifierKey::parse(text)?;
/// assert_eq!(key.name().as_str(), "example.com/foo");
/// assert_eq!(key.to_string(), text);
/// # Ok::<(), lineward_ledger::KeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

/// A carrier's signing key. It is wiped from memory when dropped and never becomes bytes or text again.
///
/// ```
/// use lineward_ledger::{KeyName, SigningKey};
/// use zeroize::Zeroizing;
///
/// let seed = Zeroizing::new([9; 32]); // from the carrier's key store
/// let key = SigningKey::from_seed(KeyName::parse("carrier.example/receipts")?, seed);
/// assert!(key.verifier().to_string().starts_with("carrier.example/receipts+"));
/// # Ok::<(), lineward_ledger::KeyError>(())
/// ```
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    verifier: VerifierKey,
}

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty or too long, or holds a space, a plus sign or a control character.
    #[error("a key name has 1 to {MAX_NAME_BYTES} bytes without spaces, plus signs and control characters")]
    Name,
    /// Not three parts joined by plus signs, or not plain base64.
    #[error("not of the form name+id+key")]
    Format,
    /// A key of another kind.
    #[error("a key of type {kind:#04x}; only Ed25519 (0x01) is accepted")]
    Kind {
        /// The type read.
        kind: u8,
    },
    /// The bytes are no point of the curve, one of low order, or a second spelling of a point.
    #[error("not an acceptable Ed25519 public key")]
    Point,
    /// The key id does not follow from name and key.
    #[error("the key id is {read}, by name and key it is {expected}")]
    Id {
        /// The id read.
        read: String,
        /// The id computed.
        expected: String,
    },
}

impl KeyName {
    /// Reads a key name.
    ///
    /// # Errors
    /// [`KeyError::Name`] when it is not one.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let refused = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > MAX_NAME_BYTES || text.contains(refused) {
            return Err(KeyError::Name);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl VerifierKey {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`KeyError`] when the text is not exactly what [`Display`](fmt::Display) gives for some key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Format);
        };
        let bytes = BASE64_STANDARD.decode(key).map_err(|_| KeyError::Format)?;
        let (kind, public) = bytes.split_first().ok_or(KeyError::Format)?;
        if *kind != ED25519 {
            return Err(KeyError::Kind { kind: *kind });
        }
        let public = public.try_into().map_err(|_| KeyError::Format)?;
        let key = Self::from_public(KeyName::parse(name)?, public)?;
        let expected = hex::encode(key.id);
        if id != expected {
            return Err(KeyError::Id { read: id.chars().take(16).collect(), expected });
        }
        Ok(key)
    }

    /// The key with these public bytes.
    ///
    /// # Errors
    /// [`KeyError::Point`] when they are no acceptable public key.
    pub fn from_public(name: KeyName, public: &[u8; 32]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(public).map_err(|_| KeyError::Point)?;
        // Reading accepts second spellings (y >= p); compressing the point again gives the only canonical one.
        if key.is_weak() || key.to_edwards().compress().as_bytes() != public {
            return Err(KeyError::Point);
        }
        Ok(Self { id: key_id(&name, public), name, key })
    }

    /// The name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key id: the first four bytes of SHA-256 over name, newline, type and public key.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether this key signed `message`, by the strict rule: no low-order points, no second spellings, no cofactor.
    pub fn signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name.0, hex::encode(self.id), BASE64_STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl SigningKey {
    /// The key that grows from this seed (RFC 8032, section 5.1.5).
    pub fn from_seed(name: KeyName, seed: Zeroizing<[u8; 32]>) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        let public = key.verifying_key();
        let verifier = VerifierKey { id: key_id(&name, public.as_bytes()), name, key: public };
        Self { key, verifier }
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier.name.0)
    }
}

fn key_id(name: &KeyName, public: &[u8; 32]) -> [u8; 4] {
    let hash =
        Sha256::new().chain_update(&name.0).chain_update([b'\n', ED25519]).chain_update(public).finalize();
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash);
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    fn check(text: &str, expected: KeyError) {
        assert_eq!(VerifierKey::parse(text), Err(expected), "{text}");
    }

    #[test]
    fn a_verifier_key_has_one_spelling() {
        assert_eq!(VerifierKey::parse(KEY).unwrap().to_string(), KEY);
        check("example.com/foo", KeyError::Format);
        check("", KeyError::Format);
        check(&KEY.replace("foo", "f oo"), KeyError::Name);
        check(&KEY[15..], KeyError::Name);
        check(&format!("{KEY}="), KeyError::Format);
        check(&format!("{KEY}\n"), KeyError::Format);
        let upper = KEY.replace("530d903a", "530D903A");
        check(&upper, KeyError::Id { read: "530D903A".into(), expected: "530d903a".into() });
        let renamed = KEY.replace("foo", "bar");
        assert!(matches!(VerifierKey::parse(&renamed), Err(KeyError::Id { .. })));
    }

    #[test]
    fn other_key_types_are_refused() {
        let ecdsa = format!("k+00000000+{}", BASE64_STANDARD.encode([2; 33]));
        check(&ecdsa, KeyError::Kind { kind: 2 });
    }

    #[test]
    fn low_order_and_second_spellings_of_public_keys_are_refused() {
        let name = KeyName::parse("k").unwrap();
        let refused =
            |public: [u8; 32]| VerifierKey::from_public(name.clone(), &public) == Err(KeyError::Point);
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert!(refused(neutral));
        // y = p + 3, a second spelling of the point with y = 3, which is not of low order.
        let mut second = [0xff; 32];
        second[0] = 0xf0;
        second[31] = 0x7f;
        let mut first = [0; 32];
        first[0] = 3;
        assert!(VerifierKey::from_public(name.clone(), &first).is_ok());
        assert!(refused(second));
    }

    #[test]
    fn seeds_grow_into_the_keys_of_rfc_8032_section_7_1() {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(seed, bytes.as_mut()).unwrap();
        let key = SigningKey::from_seed(KeyName::parse("k").unwrap(), bytes);
        assert_eq!(hex::encode(key.verifier().key.as_bytes()), public);
        assert_eq!(format!("{key:?}"), "SigningKey(k)");
    }
}
