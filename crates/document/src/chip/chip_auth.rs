//! Chip authentication (Doc 9303-11, section 6.2): the chip agrees on a session key with the key of data group 14, which
//! a copy of its files cannot.
//!
//! The terminal is the server. It makes the ephemeral key and keeps its private half ([`ChipAuthentication`]); the phone
//! hands the chip the public half and then the first command of the new session ([`ChipAuthentication::command`]), and
//! brings back the answer. Whoever answers under the keys of the session holds one of the two private keys, and the phone
//! has neither. Evidence that a phone made with a private key of its own proves nothing
//! ([`MadeBy::Phone`](super::MadeBy)): it knows the keys of the session and can write the answer itself.

use zeroize::Zeroizing;

use super::{
    MadeBy,
    lds::security::{Agreement, Cipher, SecurityInfo},
    secure_messaging::{AnswerError, SessionKeys},
};
use crate::crypto::{AgreementKey, KeyError, Private};

/// The only version of the protocol (Doc 9303-11, section 9.2.5). Version 2 of BSI TR-03110 derives other keys.
const VERSION: u64 = 1;

/// The file that the first command selects: EF.COM, which every chip has (Doc 9303-10, table 38).
const EF_COM: u16 = 0x011E;

/// The send sequence counter of the first command of a session (Doc 9303-11, section 9.8.6).
const FIRST_COMMAND: u64 = 1;
/// The send sequence counter of the answer to it.
pub const FIRST_ANSWER: u64 = 2;

/// One chip authentication under way: the chip's key, and the ephemeral private key of the server.
pub struct ChipAuthentication {
    protocol: ChipProtocol,
    spki: Vec<u8>,
    key: AgreementKey,
    private: Private,
    made_by: MadeBy,
}

/// Which key of the chip is used and how: what the phone needs for MSE:Set AT, or MSE:Set KAT with triple DES.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChipProtocol {
    /// How the key is agreed on.
    pub agreement: Agreement,
    /// What protects the messages afterwards.
    pub cipher: Cipher,
    /// Which key, where the chip has several.
    pub key_id: Option<u64>,
}

/// Why chip authentication cannot begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BeginError {
    /// Data group 14 holds no key for it.
    #[error("the chip has no key for chip authentication")]
    NoKey,
    /// Data group 14 names no protocol that is known here.
    #[error("the chip has no known protocol for its key")]
    NoProtocol,
    /// The chip's key, or the private key, is none.
    #[error("chip authentication: {0}")]
    Key(#[from] KeyError),
    /// Not a state that was written here.
    #[error("not the state of a chip authentication")]
    BadState,
}

/// Why an answer proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChipAuthError {
    /// The private key was the phone's: it can write the answer itself.
    #[error("the ephemeral key was made on the phone")]
    MadeOnPhone,
    /// The answer is not one of this session.
    #[error("{0}")]
    Answer(#[from] AnswerError),
}

impl ChipAuthentication {
    /// Begins with the strongest cipher that the chip offers. `seed` is from the caller's random source and is used
    /// once.
    ///
    /// # Errors
    /// [`BeginError`].
    pub fn begin(infos: &[SecurityInfo<'_>], seed: &[u8; 32]) -> Result<ChipAuthentication, BeginError> {
        let (protocol, spki) = choose(infos)?;
        let key = AgreementKey::from_spki(spki)?;
        let private = key.private(seed);
        Ok(ChipAuthentication { protocol, spki: spki.to_vec(), key, private, made_by: MadeBy::Server })
    }

    /// Takes up what was recorded elsewhere, with the ephemeral private key that was used. `made_by` says who made it:
    /// of the phone's own, [`ChipAuthentication::finish`] never proves anything.
    ///
    /// # Errors
    /// [`BeginError`].
    pub fn recorded(
        infos: &[SecurityInfo<'_>],
        private: &[u8],
        made_by: MadeBy,
    ) -> Result<ChipAuthentication, BeginError> {
        let (protocol, spki) = choose(infos)?;
        let (key, private) = (AgreementKey::from_spki(spki)?, Private::new(private.to_vec()));
        key.public(&private)?;
        Ok(ChipAuthentication { protocol, spki: spki.to_vec(), key, private, made_by })
    }

    /// Which key and protocol the phone has to choose.
    pub fn protocol(&self) -> ChipProtocol {
        self.protocol
    }

    /// The chip's key that the session was begun with, as it was given: whoever uses the outcome compares it with the one
    /// that the issuer signed.
    pub fn chip_key(&self) -> &[u8] {
        &self.spki
    }

    /// The ephemeral public key for the chip: a point, 04, x, y; or an integer as long as the prime.
    ///
    /// # Errors
    /// [`KeyError::BadPrivate`] for a state with a private key that is none.
    pub fn public_key(&self) -> Result<Vec<u8>, KeyError> {
        self.key.public(&self.private)
    }

    /// The first command of the new session: SELECT of EF.COM, protected. Only a chip with the private key answers it.
    ///
    /// # Errors
    /// [`KeyError::BadPrivate`], as above.
    pub fn command(&self) -> Result<Vec<u8>, KeyError> {
        Ok(self.session_keys()?.select(FIRST_COMMAND, EF_COM))
    }

    /// Whether `answer`, with its status word, is the chip's. `counter` is the send sequence counter that it uses:
    /// [`FIRST_ANSWER`] for the answer to [`ChipAuthentication::command`].
    ///
    /// # Errors
    /// [`ChipAuthError`]: nothing was proved, for this reason.
    pub fn finish(&self, counter: u64, answer: &[u8]) -> Result<(), ChipAuthError> {
        if self.made_by == MadeBy::Phone {
            return Err(ChipAuthError::MadeOnPhone);
        }
        let keys = self.session_keys().map_err(|_| AnswerError::Wrong)?;
        Ok(keys.verify_answer(counter, answer)?)
    }

    /// The keys that chip and server share.
    ///
    /// # Errors
    /// [`KeyError::BadPrivate`], as above.
    pub fn session_keys(&self) -> Result<SessionKeys, KeyError> {
        Ok(SessionKeys::derive(&self.key.secret(&self.private)?, self.protocol.cipher))
    }

    /// Everything, for at most as long as the session lives. Secret: it holds the private key. Only one begun by the
    /// server is kept.
    pub fn to_state(&self) -> Zeroizing<Vec<u8>> {
        let mut state = Zeroizing::new(vec![STATE_FORM, cipher_code(self.protocol.cipher)]);
        let id = self.protocol.key_id.map_or([0; 9], |id| {
            let [a, b, c, d, e, f, g, h] = id.to_be_bytes();
            [1, a, b, c, d, e, f, g, h]
        });
        state.extend_from_slice(&id);
        // Private keys have at most 66 octets.
        state.push(self.private.len() as u8);
        state.extend_from_slice(&self.private);
        state.extend_from_slice(&self.spki);
        state
    }

    /// Takes up again what [`ChipAuthentication::to_state`] wrote.
    ///
    /// # Errors
    /// [`BeginError::BadState`], or what is wrong with the keys.
    pub fn from_state(state: &[u8]) -> Result<ChipAuthentication, BeginError> {
        let bad = BeginError::BadState;
        let Some((&[STATE_FORM, cipher, has_id, a, b, c, d, e, f, g, h, length], rest)) =
            state.split_first_chunk::<12>()
        else {
            return Err(bad);
        };
        let (private, spki) = rest.split_at_checked(length.into()).ok_or(BeginError::BadState)?;
        let key = AgreementKey::from_spki(spki)?;
        let agreement = match key {
            AgreementKey::Ec(_) => Agreement::Ecdh,
            AgreementKey::Dh(_) => Agreement::Dh,
        };
        let cipher = CIPHERS.into_iter().find(|known| cipher_code(*known) == cipher).ok_or(bad)?;
        let key_id = (has_id == 1).then(|| u64::from_be_bytes([a, b, c, d, e, f, g, h]));
        let protocol = ChipProtocol { agreement, cipher, key_id };
        let private = Private::new(private.to_vec());
        Ok(ChipAuthentication { protocol, spki: spki.to_vec(), key, private, made_by: MadeBy::Server })
    }
}

impl std::fmt::Debug for ChipAuthentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChipAuthentication({:?}, made by {:?})", self.protocol, self.made_by)
    }
}

/// The first octet of a state.
const STATE_FORM: u8 = 1;

/// From the weakest to the strongest.
const CIPHERS: [Cipher; 4] = [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256];

fn cipher_code(cipher: Cipher) -> u8 {
    match cipher {
        Cipher::TripleDes => 1,
        Cipher::Aes128 => 2,
        Cipher::Aes192 => 3,
        Cipher::Aes256 => 4,
    }
}

/// The strongest cipher with a key for it. A chip that names none means triple DES (Doc 9303-11, section 6.2.4).
fn choose<'a>(infos: &[SecurityInfo<'a>]) -> Result<(ChipProtocol, &'a [u8]), BeginError> {
    let mut keys = infos.iter().filter_map(|info| match *info {
        SecurityInfo::ChipAuthenticationKey { agreement, key, key_id } => Some((agreement, key, key_id)),
        _ => None,
    });
    let named = infos.iter().any(|info| matches!(info, SecurityInfo::ChipAuthentication { .. }));
    if !named {
        let (agreement, key, key_id) = keys.next().ok_or(BeginError::NoKey)?;
        return Ok((ChipProtocol { agreement, cipher: Cipher::TripleDes, key_id }, key));
    }
    if keys.clone().next().is_none() {
        return Err(BeginError::NoKey);
    }
    let offered = infos.iter().filter_map(|info| match *info {
        SecurityInfo::ChipAuthentication { agreement, cipher, version: VERSION, key_id } => {
            // Without an identifier there is one key of each kind.
            let mut fitting =
                keys.clone().filter(|(of, _, id)| *of == agreement && (*id == key_id || key_id.is_none()));
            fitting.next().map(|(_, key, id)| (ChipProtocol { agreement, cipher, key_id: id }, key))
        }
        _ => None,
    });
    offered.max_by_key(|(protocol, _)| cipher_code(protocol.cipher)).ok_or(BeginError::NoProtocol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Curve, EcKey};

    fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
        [&[tag, 0x82, (value.len() >> 8) as u8, value.len() as u8], value].concat()
    }

    /// The SubjectPublicKeyInfo of a chip on a curve, whose private key is 1: the base point.
    fn chip_on(curve: Curve) -> Vec<u8> {
        let any = EcKey::on(curve, &some_point(curve)).unwrap();
        let base = AgreementKey::Ec(any).public(&[1]).unwrap();
        let algorithm =
            [tlv(0x06, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]), tlv(0x06, curve.oid().0)].concat();
        tlv(0x30, &[tlv(0x30, &algorithm), tlv(0x03, &[&[0], &base[..]].concat())].concat())
    }

    fn some_point(curve: Curve) -> Vec<u8> {
        // A compressed point: the first x that is one.
        let point = |x: u8| [&[2], &vec![0; curve.size() - 1][..], &[x]].concat();
        (1..=255).map(point).find(|point| EcKey::on(curve, point).is_ok()).unwrap()
    }

    /// Diffie-Hellman in a group of 1024 bits, made with OpenSSL for these tests; the chip's private key is 3.
    fn chip_of_integers() -> (Vec<u8>, Vec<u8>) {
        let prime = crate::crypto::test_key::unhex(
            "cd1df37c25c06d3e06fe2c5fceedc5293f44a5e8fee8d159188d47a5916683494cc39c3e08d9389b1587644a9206d6c3b77b4e9aa8294f5bf4\
             098beff850645acd665913af709f415322746a7b3697cd7c52d87e78eac097156ecba633c5051b6d14213881e2f4c44077424fc6616333cde4\
             e7bdd5ff419ef49eea07a9a87faf",
        );
        let integer = |octets: &[u8]| tlv(0x02, &[&[0], octets].concat());
        let parameters = tlv(0x30, &[integer(&prime), integer(&[2])].concat());
        let pkcs3 = tlv(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x03, 0x01]);
        let algorithm = tlv(0x30, &[pkcs3, parameters].concat());
        let public = tlv(0x03, &[&[0], &integer(&[8])[..]].concat());
        (tlv(0x30, &[algorithm, public].concat()), prime)
    }

    fn infos(key: &[u8], agreement: Agreement, cipher: Option<Cipher>) -> Vec<SecurityInfo<'_>> {
        let key = SecurityInfo::ChipAuthenticationKey { agreement, key, key_id: Some(7) };
        let offered = cipher.map(|cipher| SecurityInfo::ChipAuthentication {
            agreement,
            cipher,
            version: VERSION,
            key_id: Some(7),
        });
        std::iter::once(key).chain(offered).collect()
    }

    /// The chip answers, under the secret that it found, to the command that it understood.
    #[track_caller]
    fn check(begun: &ChipAuthentication, secret: &[u8]) {
        let keys = SessionKeys::derive(secret, begun.protocol().cipher);
        assert_eq!(begun.command().unwrap(), keys.select(FIRST_COMMAND, EF_COM));
        let status = [0x99, 0x02, 0x90, 0x00];
        let answer =
            [&status[..], &[0x8E, 0x08], &keys.code(FIRST_ANSWER, &[&status]), &[0x90, 0x00]].concat();
        let later = ChipAuthentication::from_state(&begun.to_state()).unwrap();
        assert_eq!((later.protocol(), later.public_key()), (begun.protocol(), begun.public_key()));
        assert_eq!(later.finish(FIRST_ANSWER, &answer), Ok(()));
        for bit in 0..answer.len() * 8 {
            let mut changed = answer.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(later.finish(FIRST_ANSWER, &changed).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn chips_on_every_curve_prove_themselves_under_every_cipher() {
        for (curve, cipher) in Curve::ALL.iter().zip(CIPHERS.iter().cycle()) {
            let spki = chip_on(*curve);
            let begun =
                ChipAuthentication::begin(&infos(&spki, Agreement::Ecdh, Some(*cipher)), &[3; 32]).unwrap();
            assert_eq!(begun.protocol().cipher, *cipher);
            // The chip's private key is 1: the secret is x of the terminal's point.
            check(&begun, &begun.public_key().unwrap()[1..=curve.size()]);
        }
    }

    #[test]
    fn a_chip_with_integers_proves_itself() {
        let (spki, prime) = chip_of_integers();
        let begun = ChipAuthentication::begin(&infos(&spki, Agreement::Dh, None), &[3; 32]).unwrap();
        assert_eq!(begun.protocol().cipher, Cipher::TripleDes);
        let public = begun.public_key().unwrap();
        assert_eq!(public.len(), prime.len());
        let cube = crate::crypto::RsaKey::new(&prime, &[3]).unwrap().raise(&public).unwrap();
        check(&begun, &cube);
    }

    #[test]
    fn the_strongest_cipher_with_a_key_of_its_own_is_chosen() {
        let spki = chip_on(Curve::P256);
        let offer = |cipher, version, key_id| SecurityInfo::ChipAuthentication {
            agreement: Agreement::Ecdh,
            cipher,
            version,
            key_id,
        };
        let key =
            |key_id| SecurityInfo::ChipAuthenticationKey { agreement: Agreement::Ecdh, key: &spki, key_id };
        let chosen = |infos: &[SecurityInfo<'_>]| {
            ChipAuthentication::begin(infos, &[3; 32])
                .map(|begun| (begun.protocol().cipher, begun.protocol().key_id))
        };
        let all = [
            key(Some(1)),
            key(Some(2)),
            offer(Cipher::Aes128, 1, Some(1)),
            offer(Cipher::Aes192, 1, Some(2)),
            offer(Cipher::Aes256, 1, Some(3)),
            offer(Cipher::Aes256, 2, Some(1)),
        ];
        assert_eq!(chosen(&all), Ok((Cipher::Aes192, Some(2))));
        assert_eq!(chosen(&[offer(Cipher::Aes128, 1, None), key(Some(9))]), Ok((Cipher::Aes128, Some(9))));
        assert_eq!(chosen(&[key(None)]), Ok((Cipher::TripleDes, None)));
        assert_eq!(chosen(&[offer(Cipher::Aes128, 1, None)]), Err(BeginError::NoKey));
        assert_eq!(chosen(&[]), Err(BeginError::NoKey));
        assert_eq!(chosen(&[key(None), offer(Cipher::Aes128, 2, None)]), Err(BeginError::NoProtocol));
    }

    #[test]
    fn what_the_phone_made_alone_proves_nothing_and_states_that_are_none_are_refused() {
        let spki = chip_on(Curve::P256);
        let infos = infos(&spki, Agreement::Ecdh, None);
        let phone = ChipAuthentication::recorded(&infos, &[5], MadeBy::Phone).unwrap();
        assert_eq!(phone.finish(FIRST_ANSWER, &[0x90, 0x00]), Err(ChipAuthError::MadeOnPhone));
        let zero = ChipAuthentication::recorded(&infos, &[0], MadeBy::Server);
        assert_eq!(zero.unwrap_err(), BeginError::Key(KeyError::BadPrivate));
        let state = ChipAuthentication::begin(&infos, &[3; 32]).unwrap().to_state();
        for length in 0..state.len() {
            assert!(ChipAuthentication::from_state(&state[..length]).is_err(), "{length}");
        }
        assert!(!format!("{phone:?}").contains('5'));
    }
}
