//! A chip that answers: its files and its keys.

use aes::Aes128;
use cmac::{Cmac, KeyInit, Mac};

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
    agreement: Option<Agreement>,
}

/// The key of chip authentication (Doc 9303-11, section 6.2): ECDH, then AES with 128 bits.
#[derive(Clone)]
pub(super) struct Agreement {
    curve: Curve,
    private: Vec<u8>,
}

impl Agreement {
    pub(super) fn new(curve: Curve, seed: &[u8]) -> Self {
        Self { curve, private: curve.domain().private_key(seed, "chip authentication") }
    }

    /// ChipAuthenticationInfo and ChipAuthenticationPublicKeyInfo for DG14 (Doc 9303-11, sections 9.2.5 and 9.2.6).
    pub(super) fn infos(&self) -> Vec<Vec<u8>> {
        let Agreement { curve, private } = self.clone();
        let key = Key::Ec { curve, parameters: Parameters::Explicit, private };
        vec![
            der::sequence(&[der::oid("0.4.0.127.0.7.2.2.3.2.2"), der::small(1)]),
            der::sequence(&[der::oid("0.4.0.127.0.7.2.2.1.2"), key.public_key_info()]),
        ]
    }
}

impl SampleChip {
    pub(super) fn new(
        files: Vec<NamedFile>,
        active: Option<(Active, Key)>,
        agreement: Option<Agreement>,
    ) -> Self {
        Self { files, active, agreement }
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

    /// The answer to the first command of a session that was agreed on with the terminal's ephemeral key, a point 04, x,
    /// y: all went well, under send sequence counter 2 (Doc 9303-11, section 9.8). `None` for a chip without such a key and
    /// for what is no point.
    pub fn chip_authentication(&self, terminal: &[u8]) -> Option<Vec<u8>> {
        let Agreement { curve, private } = self.agreement.as_ref()?;
        let secret = curve.domain().agree(private, terminal)?;
        // The key for authentication codes (section 9.7.1).
        let digest = Hash::Sha1.of(&[secret.as_slice(), &[0, 0, 0, 2]].concat());
        let mut mac = Cmac::<Aes128>::new_from_slice(digest.get(..16)?).ok()?;
        let status = [0x99, 2, 0x90, 0x00];
        let counter = 2u128.to_be_bytes();
        let padding = [&[0x80][..], &[0; 11]].concat();
        mac.update(&[&counter[..], &status, &padding].concat());
        let code = mac.finalize().into_bytes();
        Some([&status[..], &[0x8E, 8], code.get(..8)?, &[0x90, 0x00]].concat())
    }
}
