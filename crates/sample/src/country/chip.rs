//! A chip that answers: its files and its keys.

use super::der;
use super::key::{Key, KeyKind, Parameters, Scheme};
use super::{Curve, Exponent, Hash, NamedFile};

/// The key of active authentication (Doc 9303-11, section 6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Active {
    /// RSA with so many bits and ISO/IEC 9796-2; the hash is announced by the signature.
    Rsa(u32, Hash),
    /// ECDSA, both numbers in a row; the hash is announced by DG14.
    Ec(Curve, Hash),
}

impl Active {
    pub(super) fn key(self) -> KeyKind {
        match self {
            Active::Rsa(bits, _) => KeyKind::Rsa(bits, Exponent::F4),
            Active::Ec(curve, _) => KeyKind::Ec(curve, Parameters::Explicit),
        }
    }

    /// ActiveAuthenticationInfo for DG14 (Doc 9303-11, section 9.2.2); ECDSA only.
    pub(super) fn info(self) -> Option<Vec<u8>> {
        match self {
            Active::Rsa(..) => None,
            Active::Ec(_, hash) => Some(der::sequence(&[
                der::oid("2.23.136.1.1.5"),
                der::small(1),
                der::oid(Scheme::EcdsaPlain(hash).ecdsa_oid()),
            ])),
        }
    }
}

/// A chip with its files and its private keys.
#[derive(Clone)]
pub struct SampleChip {
    files: Vec<NamedFile>,
    active: Option<(Active, Key)>,
}

impl SampleChip {
    pub(super) fn new(files: Vec<NamedFile>, active: Option<(Active, Key)>) -> Self {
        Self { files, active }
    }

    /// All files, named as in `EF_SOD.bin` and `DG1.bin`.
    pub fn files(&self) -> &[NamedFile] {
        &self.files
    }

    /// The bytes of a file, named without its extension: `EF_SOD`, `DG1`.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        let named = |file: &&NamedFile| file.name.strip_suffix(".bin") == Some(name);
        self.files.iter().find(named).map(|file| file.bytes.as_slice())
    }

    /// INTERNAL AUTHENTICATE over the terminal's nonce of eight octets; `None` for a chip without such a key.
    pub fn active_authentication(&self, nonce: &[u8; 8]) -> Option<Vec<u8>> {
        let (active, key) = self.active.as_ref()?;
        Some(match (active, key) {
            (Active::Rsa(_, hash), Key::Rsa(key)) => key.sign_9796_2(*hash, nonce),
            (Active::Rsa(_, hash) | Active::Ec(_, hash), _) => key.sign(Scheme::EcdsaPlain(*hash), nonce),
        })
    }
}
