//! A chip that answers: its files and its keys.

use aes::{
    Aes128, Aes192, Aes256,
    cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt},
};
use cmac::{Cmac, KeyInit, Mac};
use crypto_bigint::BoxedUint;
use des::Des;

use super::der;
use super::hash::expand;
use super::key::{Key, KeyKind, Parameters, Scheme};
use super::modulus::{Modulus, hex};
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
    agreement: Option<AgreementKey>,
}

/// The key of chip authentication, and what protects messages afterwards (Doc 9303-11, sections 6.2 and 9.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Elliptic curves.
    Ecdh(Curve, Cipher),
    /// Integers modulo the prime of 2048 bits of RFC 3526, section 3.
    Dh(Cipher),
}

/// What protects messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// Triple DES with two keys.
    TripleDes,
    /// AES with 128 bits.
    Aes128,
    /// AES with 192 bits.
    Aes192,
    /// AES with 256 bits.
    Aes256,
}

impl Cipher {
    /// All of them, in the order of their numbers in protocols, from 1.
    pub const ALL: [Cipher; 4] = [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256];

    /// The authentication code of `data` under the shared secret, with send sequence counter 2 (Doc 9303-11, sections 9.7.1
    /// and 9.8.6). `data` is shorter than a block of this cipher.
    fn code(self, secret: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let seed = [secret, &[0, 0, 0, 2]].concat();
        let key = if self as usize <= Cipher::Aes128 as usize { Hash::Sha1 } else { Hash::Sha256 }.of(&seed);
        let block = if self == Cipher::TripleDes { 8 } else { 16 };
        let mut message = vec![0; block - 1];
        message.push(2);
        message.extend_from_slice(data);
        message.push(0x80);
        message.resize(2 * block, 0);
        let code = match self {
            Cipher::TripleDes => retail_mac(&key, &message)?,
            Cipher::Aes128 => cmac::<Cmac<Aes128>>(key.get(..16)?, &message)?,
            Cipher::Aes192 => cmac::<Cmac<Aes192>>(key.get(..24)?, &message)?,
            Cipher::Aes256 => cmac::<Cmac<Aes256>>(&key, &message)?,
        };
        Some(code.get(..8)?.to_vec())
    }
}

fn cmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    mac.update(message);
    Some(mac.finalize().into_bytes().to_vec())
}

/// ISO/IEC 9797-1, MAC algorithm 3 over whole blocks: DES in a chain, and the last block once more under the other key.
fn retail_mac(key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let (first, second) =
        (Des::new_from_slice(key.get(..8)?).ok()?, Des::new_from_slice(key.get(8..16)?).ok()?);
    let mut state = Array::from([0; 8]);
    for block in message.chunks(8) {
        state.iter_mut().zip(block).for_each(|(to, from)| *to ^= from);
        first.encrypt_block(&mut state);
    }
    second.decrypt_block(&mut state);
    first.encrypt_block(&mut state);
    Some(state.to_vec())
}

/// The prime of group 14 (RFC 3526, section 3); its generator is 2.
const GROUP_14: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd\
    ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed\
    ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f\
    83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b\
    e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510\
    15728e5a8aacaa68ffffffffffffffff";

/// A key of chip authentication.
#[derive(Clone)]
pub(super) struct AgreementKey {
    kind: Agreement,
    private: Vec<u8>,
}

impl AgreementKey {
    pub(super) fn new(kind: Agreement, seed: &[u8]) -> Self {
        let private = match kind {
            Agreement::Ecdh(curve, _) => curve.domain().private_key(seed, "chip authentication"),
            Agreement::Dh(_) => expand(seed, "chip authentication", 32),
        };
        Self { kind, private }
    }

    /// ChipAuthenticationInfo and ChipAuthenticationPublicKeyInfo for DG14 (Doc 9303-11, sections 9.2.5 and 9.2.6).
    pub(super) fn infos(&self) -> Vec<Vec<u8>> {
        let (number, cipher, key) = match self.kind {
            Agreement::Ecdh(curve, cipher) => {
                let private = self.private.clone();
                let key = Key::Ec { curve, parameters: Parameters::Explicit, private };
                (2, cipher, key.public_key_info())
            }
            Agreement::Dh(cipher) => {
                let prime = hex(GROUP_14);
                let parameters = der::sequence(&[der::integer(&prime), der::small(2)]);
                let public = der::integer(&power(&[2], &self.private));
                // dhKeyAgreement (PKCS #3).
                let kind = der::algorithm("1.2.840.113549.1.3.1", &parameters);
                (1, cipher, der::sequence(&[kind, der::bits(&public)]))
            }
        };
        let protocol = format!("0.4.0.127.0.7.2.2.3.{number}.{}", cipher as usize + 1);
        vec![
            der::sequence(&[der::oid(&protocol), der::small(1)]),
            der::sequence(&[der::oid(&format!("0.4.0.127.0.7.2.2.1.{number}")), key]),
        ]
    }

    /// The answer under the keys that follow from both keys; `None` for what is no key of the other side.
    fn answer(&self, terminal: &[u8]) -> Option<Vec<u8>> {
        let (secret, cipher) = match self.kind {
            Agreement::Ecdh(curve, cipher) => (curve.domain().agree(&self.private, terminal)?, cipher),
            Agreement::Dh(cipher) => (power(terminal, &self.private), cipher),
        };
        let status = [0x99, 2, 0x90, 0x00];
        Some([&status[..], &[0x8E, 8], &cipher.code(&secret, &status)?, &[0x90, 0x00]].concat())
    }
}

/// `base` to the power of `exponent` in group 14, as long as the prime.
fn power(base: &[u8], exponent: &[u8]) -> Vec<u8> {
    let group = Modulus::new(&hex(GROUP_14));
    group.bytes(&group.residue(base).pow(&BoxedUint::from_be_slice_vartime(exponent)))
}

impl SampleChip {
    pub(super) fn new(
        files: Vec<NamedFile>,
        active: Option<(Active, Key)>,
        agreement: Option<AgreementKey>,
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
    /// y or an integer: all went well, under send sequence counter 2 (Doc 9303-11, section 9.8). `None` for a chip without
    /// such a key and for what is no point.
    pub fn chip_authentication(&self, terminal: &[u8]) -> Option<Vec<u8>> {
        self.agreement.as_ref()?.answer(terminal)
    }
}
