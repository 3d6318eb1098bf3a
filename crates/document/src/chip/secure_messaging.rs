//! Secure messaging (Doc 9303-11, section 9.8): commands and answers under the keys of a session.

use aes::{
    Aes128, Aes192, Aes256,
    cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit},
};
use cmac::{Cmac, Mac};
use des::{Des, TdesEde2};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::lds::security::Cipher;
use crate::{
    asn1::{Reader, Rules, Tag},
    crypto::Hash,
};

/// The longest answer that is read, in octets: extended length (ISO/IEC 7816-4, clause 5.2), and room for its frame.
const MAX_ANSWER: usize = 65_536 + 64;

/// The keys of a session, derived from a secret that chip and terminal share.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionKeys {
    #[zeroize(skip)]
    cipher: Cipher,
    // Each as long as the cipher's key; the rest is empty.
    encryption: [u8; 32],
    authentication: [u8; 32],
}

impl std::fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionKeys({:?})", self.cipher)
    }
}

/// Why an answer is not one under the keys of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not the data objects of a protected answer.
    #[error("not a protected answer")]
    Malformed,
    /// The chip reports an error.
    #[error("the chip answered with status {0:04X}")]
    Status(u16),
    /// The message authentication code is another.
    #[error("the authentication code is not that of the session")]
    Wrong,
}

impl SessionKeys {
    /// Both keys (Doc 9303-11, section 9.7.1): the counter is 1 for encryption and 2 for authentication.
    pub fn derive(secret: &[u8], cipher: Cipher) -> SessionKeys {
        SessionKeys {
            cipher,
            encryption: derived(secret, cipher, 1),
            authentication: derived(secret, cipher, 2),
        }
    }

    /// The command SELECT for the file with this identifier, protected (Doc 9303-11, section 9.8.4). `counter` is the
    /// send sequence counter that the command uses: 1 for the first one of a session.
    pub fn select(&self, counter: u64, file: u16) -> Vec<u8> {
        let header = [0x0C, 0xA4, 0x02, 0x0C];
        let cryptogram = self.encrypt_short(counter, &file.to_be_bytes());
        let data = [&[0x87, cryptogram.len() as u8 + 1, 0x01], &cryptogram[..]].concat();
        let code = self.code(counter, &[&self.padded(&header), &data]);
        let body = [&data[..], &[0x8E, 0x08], &code].concat();
        [&header[..], &[body.len() as u8], &body, &[0x00]].concat()
    }

    /// Whether `answer`, with its status word, is the chip's answer under these keys that all went well (9000).
    /// `counter` is the send sequence counter that the answer uses: 2 for the first one of a session.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn verify_answer(&self, counter: u64, answer: &[u8]) -> Result<(), AnswerError> {
        let malformed = AnswerError::Malformed;
        let (body, status) = answer.split_last_chunk::<2>().ok_or(malformed)?;
        if *status != [0x90, 0x00] {
            return Err(AnswerError::Status(u16::from_be_bytes(*status)));
        }
        if answer.len() > MAX_ANSWER {
            return Err(malformed);
        }
        let mut objects = Reader::new(body, Rules::Ber);
        let (mut inner, mut code) = (None, None);
        // Data, then the status, then the code, which covers what comes before it and ends the answer.
        while let Some(object) = objects.next().map_err(|_| malformed)? {
            match object.tag {
                Tag(0x81 | 0x85 | 0x87) if inner.is_none() => {}
                Tag(0x99) if inner.is_none() => inner = Some(object.value),
                Tag(0x8E) if inner.is_some() => {
                    let covered = body.len() - objects.rest().len() - object.raw.len();
                    code = Some((body.get(..covered).ok_or(malformed)?, object.value));
                    objects.end().map_err(|_| malformed)?;
                }
                _ => return Err(malformed),
            }
        }
        let (covered, code) = code.ok_or(malformed)?;
        if !same(&self.code(counter, &[covered]), code) {
            return Err(AnswerError::Wrong);
        }
        match inner {
            Some([0x90, 0x00]) => Ok(()),
            Some([high, low]) => Err(AnswerError::Status(u16::from_be_bytes([*high, *low]))),
            _ => Err(malformed),
        }
    }

    /// The authentication code of `data` after the send sequence counter, padded to whole blocks (Doc 9303-11, section
    /// 9.8.6): eight octets.
    pub fn code(&self, counter: u64, data: &[&[u8]]) -> [u8; 8] {
        let message = [self.counter(counter), self.padded(&data.concat())].concat();
        let key = &self.authentication;
        match self.cipher {
            Cipher::TripleDes => retail_mac(&first(key), &message),
            Cipher::Aes128 => cmac_of(Cmac::<Aes128>::new(&Array(first(key))), &message),
            Cipher::Aes192 => cmac_of(Cmac::<Aes192>::new(&Array(first(key))), &message),
            Cipher::Aes256 => cmac_of(Cmac::<Aes256>::new(&Array(first(key))), &message),
        }
    }

    /// CBC of less than a block (Doc 9303-11, section 9.8.6): triple DES begins with zeros, AES with the encrypted
    /// counter.
    fn encrypt_short(&self, counter: u64, data: &[u8]) -> Vec<u8> {
        let mut start = vec![0; self.block()];
        if self.cipher != Cipher::TripleDes {
            start = self.encrypt_block(&self.counter(counter));
        }
        let block: Vec<u8> = self.padded(data).iter().zip(&start).map(|(a, b)| a ^ b).collect();
        self.encrypt_block(&block)
    }

    /// One block, as long as the cipher wants it.
    fn encrypt_block(&self, block: &[u8]) -> Vec<u8> {
        let key = &self.encryption;
        let mut wide = [0; 16];
        wide.iter_mut().zip(block).for_each(|(to, from)| *to = *from);
        let mut wide = Array(wide);
        match self.cipher {
            Cipher::TripleDes => {
                let mut block = Array(first(&wide.0));
                TdesEde2::new(&Array(first(key))).encrypt_block(&mut block);
                return block.to_vec();
            }
            Cipher::Aes128 => Aes128::new(&Array(first(key))).encrypt_block(&mut wide),
            Cipher::Aes192 => Aes192::new(&Array(first(key))).encrypt_block(&mut wide),
            Cipher::Aes256 => Aes256::new(&Array(first(key))).encrypt_block(&mut wide),
        }
        wide.to_vec()
    }

    /// The send sequence counter, as long as a block.
    fn counter(&self, counter: u64) -> Vec<u8> {
        let mut octets = vec![0; self.block() - 8];
        octets.extend_from_slice(&counter.to_be_bytes());
        octets
    }

    /// Filled up to whole blocks: 80, then zeros (ISO/IEC 9797-1, padding method 2).
    fn padded(&self, data: &[u8]) -> Vec<u8> {
        let mut padded = [data, &[0x80]].concat();
        padded.resize(padded.len().next_multiple_of(self.block()), 0);
        padded
    }

    /// Octets of a block.
    fn block(&self) -> usize {
        if self.cipher == Cipher::TripleDes { 8 } else { 16 }
    }
}

/// KDF (Doc 9303-11, section 9.7.1). The parity of DES keys is left alone: no cipher looks at it.
fn derived(secret: &[u8], cipher: Cipher, counter: u32) -> [u8; 32] {
    let (hash, length) = match cipher {
        Cipher::TripleDes | Cipher::Aes128 => (Hash::Sha1, 16),
        Cipher::Aes192 => (Hash::Sha256, 24),
        Cipher::Aes256 => (Hash::Sha256, 32),
    };
    let digest = hash.of(&[secret, &counter.to_be_bytes()]);
    let mut key = [0; 32];
    key.iter_mut().zip(digest.as_ref()).take(length).for_each(|(to, from)| *to = *from);
    key
}

/// ISO/IEC 9797-1, MAC algorithm 3 with DES: a chain under the first half of the key, and the last block decrypted under
/// the second half and encrypted under the first. `message` is whole blocks.
fn retail_mac(key: &[u8; 16], message: &[u8]) -> [u8; 8] {
    let (chain, other) =
        (Des::new(&Array(first(key))), Des::new(&Array(std::array::from_fn(|i| key[8 + i]))));
    let mut state = Array([0; 8]);
    for block in message.chunks(8) {
        state.iter_mut().zip(block).for_each(|(to, from)| *to ^= from);
        chain.encrypt_block(&mut state);
    }
    other.decrypt_block(&mut state);
    chain.encrypt_block(&mut state);
    state.0
}

fn cmac_of(mut mac: impl Mac, message: &[u8]) -> [u8; 8] {
    mac.update(message);
    let code = mac.finalize().into_bytes();
    let mut short = [0; 8];
    short.iter_mut().zip(code).for_each(|(to, from)| *to = from);
    short
}

/// The first `N` octets.
fn first<const N: usize, const M: usize>(octets: &[u8; M]) -> [u8; N] {
    const { assert!(N <= M) };
    std::array::from_fn(|i| octets[i])
}

/// Whether both are equal, in a time that does not tell where they differ.
fn same(own: &[u8; 8], other: &[u8]) -> bool {
    own.len() == other.len() && own.iter().zip(other).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::test_key::unhex;

    /// Doc 9303-11, appendix D.4: the protected SELECT of EF.COM and the answer to it.
    #[test]
    fn the_worked_example_of_the_standard_is_made_and_verified() {
        let key = |octets: &str| {
            let mut key = [0; 32];
            key[..16].copy_from_slice(&unhex(octets));
            key
        };
        let keys = SessionKeys {
            cipher: Cipher::TripleDes,
            encryption: key("979EC13B1CBFE9DCD01AB0FED307EAE5"),
            authentication: key("F1CB1F1FB5ADF208806B89DC579DC1F8"),
        };
        let counter = 0x887022120C06C227;
        let command = unhex("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800");
        assert_eq!(keys.select(counter, 0x011E), command);
        let answer = unhex("990290008E08FA855A5D4C50A8ED9000");
        assert_eq!(keys.verify_answer(counter + 1, &answer), Ok(()));
        assert_eq!(keys.verify_answer(counter, &answer), Err(AnswerError::Wrong));
    }

    #[track_caller]
    fn check(cipher: Cipher, objects: &[u8], end: &[u8], expected: Result<(), AnswerError>) {
        let keys = SessionKeys::derive(b"a secret", cipher);
        let code = keys.code(2, &[objects]);
        let answer = [objects, &[0x8E, 0x08], &code, end].concat();
        assert_eq!(keys.verify_answer(2, &answer), expected, "{cipher:?}");
    }

    #[test]
    fn answers_are_right_with_their_code_their_status_and_nothing_else() {
        for cipher in [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256] {
            check(cipher, &[0x99, 2, 0x90, 0], &[0x90, 0], Ok(()));
            let with_data = [0x87, 3, 1, 0xAA, 0xBB, 0x99, 2, 0x90, 0];
            check(cipher, &with_data, &[0x90, 0], Ok(()));
            check(cipher, &[0x99, 2, 0x69, 0x88], &[0x90, 0], Err(AnswerError::Status(0x6988)));
            check(cipher, &[0x99, 2, 0x90, 0], &[0x69, 0x88], Err(AnswerError::Status(0x6988)));
            let malformed = Err(AnswerError::Malformed);
            check(cipher, &[], &[0x90, 0], malformed);
            check(cipher, &[0x87, 1, 1], &[0x90, 0], malformed);
            check(cipher, &[0x99, 1, 0x90], &[0x90, 0], malformed);
            check(cipher, &[0x99, 2, 0x90, 0, 0x99, 2, 0x90, 0], &[0x90, 0], malformed);
            check(cipher, &[0x99, 2, 0x90, 0], &[0x99, 2, 0x90, 0, 0x90, 0], malformed);
            let keys = SessionKeys::derive(b"a secret", cipher);
            for answer in [&[][..], &[0x90], &[0x90, 0], &[0x99, 2, 0x90, 0, 0x8E, 0, 0x90, 0]] {
                assert!(keys.verify_answer(2, answer).is_err());
            }
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        let keys = SessionKeys::derive(b"a secret", Cipher::Aes256);
        assert_eq!(format!("{keys:?}"), "SessionKeys(Aes256)");
    }
}
