//! SecurityInfos: what the chip can do to prove itself (9303-11, section 9.2). They stand in DG14, in EF.CardAccess and
//! inside EF.CardSecurity.

use super::FileError;
use crate::asn1::{Asn1Error, Oid, Reader, Rules, Tag, Tlv};

/// The most bytes of SecurityInfos that are read: a dozen entries with Diffie-Hellman keys of 4096 bits.
pub const MAX_BYTES: usize = 32 * 1024;
/// The most entries that are read. Real chips have three to ten; ours.
pub const MAX_ENTRIES: usize = 64;

/// id-PK-DH and id-PK-ECDH, 0.4.0.127.0.7.2.2.1 (9303-11, section 9.2.6), without the last arc.
const PUBLIC_KEY: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01];
/// id-TA, 0.4.0.127.0.7.2.2.2 (9303-11, section 9.2.7).
const TERMINAL: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02];
/// id-CA, 0.4.0.127.0.7.2.2.3 (9303-11, section 9.2.5), without agreement and cipher.
const CHIP: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03];
/// id-PACE, 0.4.0.127.0.7.2.2.4 (9303-11, section 9.2.1), without agreement, mapping and cipher.
const PACE: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04];
/// id-icao-mrtd-security-aaProtocolObject, 2.23.136.1.1.5 (9303-11, section 9.2.4).
const ACTIVE: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x05];

/// How two sides agree on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Diffie-Hellman in a group of integers.
    Dh,
    /// Diffie-Hellman on an elliptic curve.
    Ecdh,
}

/// What the messages after chip authentication are protected with (9303-11, section 9.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// Two-key triple DES in CBC mode, retail MAC.
    TripleDes,
    /// AES with a key of 128 bits, CMAC.
    Aes128,
    /// AES with a key of 192 bits, CMAC.
    Aes192,
    /// AES with a key of 256 bits, CMAC.
    Aes256,
}

/// One thing that the chip can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityInfo<'a> {
    /// ChipAuthenticationInfo (9303-11, section 9.2.5).
    ChipAuthentication {
        /// How the key is agreed on.
        agreement: Agreement,
        /// What protects the messages afterwards.
        cipher: Cipher,
        /// The version of the protocol: 1 (9303), others elsewhere.
        version: u64,
        /// Which key, where there are several.
        key_id: Option<u64>,
    },
    /// ChipAuthenticationPublicKeyInfo (9303-11, section 9.2.6).
    ChipAuthenticationKey {
        /// For which agreement.
        agreement: Agreement,
        /// The SubjectPublicKeyInfo, as it stands.
        key: &'a [u8],
        /// Which key, where there are several.
        key_id: Option<u64>,
    },
    /// ActiveAuthenticationInfo (9303-11, section 9.2.4): only for elliptic curves.
    ActiveAuthentication {
        /// The version of the protocol: 1.
        version: u64,
        /// How the chip signs.
        algorithm: Oid<'a>,
    },
    /// PACEInfo (9303-11, section 9.2.1).
    Pace {
        /// Agreement, mapping and cipher.
        protocol: Oid<'a>,
        /// The version of the protocol: 2.
        version: u64,
        /// The standardized domain parameters (9303-11, section 9.5.1).
        parameter_id: Option<u64>,
    },
    /// TerminalAuthenticationInfo (9303-11, section 9.2.7).
    TerminalAuthentication {
        /// The version of the protocol.
        version: u64,
    },
    /// Anything else.
    Other {
        /// What it is.
        protocol: Oid<'a>,
    },
}

/// Why bytes are no SecurityInfos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecurityError {
    /// They are too large or have another structure.
    #[error("security infos: {0}")]
    File(#[from] FileError),
    /// There are more entries than are taken.
    #[error("security infos: more than {MAX_ENTRIES} entries")]
    TooMany,
}

impl From<Asn1Error> for SecurityError {
    fn from(error: Asn1Error) -> Self {
        SecurityError::File(error.into())
    }
}

/// Reads a SET of SecurityInfo, in its own order.
///
/// # Errors
/// [`SecurityError`] when the bytes are no such SET, or when an entry for chip or active authentication is not what its
/// object identifier says. Other entries are not looked into further than they are understood.
pub fn read(bytes: &[u8]) -> Result<Vec<SecurityInfo<'_>>, SecurityError> {
    if bytes.len() > MAX_BYTES {
        return Err(FileError::TooLarge { bytes: bytes.len(), limit: MAX_BYTES }.into());
    }
    let mut entries = Tlv::read(bytes, Rules::Ber)?.expect(Tag::SET)?.inside();
    let mut infos = Vec::new();
    while let Some(entry) = entries.next()? {
        if infos.len() == MAX_ENTRIES {
            return Err(SecurityError::TooMany);
        }
        infos.push(read_entry(entry)?);
    }
    Ok(infos)
}

fn read_entry(entry: Tlv<'_>) -> Result<SecurityInfo<'_>, Asn1Error> {
    let mut fields = entry.expect(Tag::SEQUENCE)?.inside();
    let protocol = fields.expect(Tag::OID)?.oid()?;
    let other = SecurityInfo::Other { protocol };
    if let Some(arcs) = protocol.0.strip_prefix(CHIP) {
        let Some((agreement, cipher)) = chip_protocol(arcs) else { return Ok(other) };
        let (version, key_id) = (fields.expect(Tag::INTEGER)?.small()?, last_number(&mut fields)?);
        return Ok(SecurityInfo::ChipAuthentication { agreement, cipher, version, key_id });
    }
    if let Some(arcs) = protocol.0.strip_prefix(PUBLIC_KEY) {
        let agreement = match arcs {
            [1] => Agreement::Dh,
            [2] => Agreement::Ecdh,
            _ => return Ok(other),
        };
        let (key, key_id) = (fields.expect(Tag::SEQUENCE)?.raw, last_number(&mut fields)?);
        return Ok(SecurityInfo::ChipAuthenticationKey { agreement, key, key_id });
    }
    if protocol.0 == ACTIVE {
        let version = fields.expect(Tag::INTEGER)?.small()?;
        let algorithm = fields.expect(Tag::OID)?.oid()?;
        fields.end()?;
        return Ok(SecurityInfo::ActiveAuthentication { version, algorithm });
    }
    // Nothing is decided by the last two: what does not fit them (PACEDomainParameterInfo) is something else.
    let version = fields.expect(Tag::INTEGER).and_then(|version| version.small());
    let Ok(version) = version else { return Ok(other) };
    if protocol.0 == TERMINAL {
        Ok(SecurityInfo::TerminalAuthentication { version })
    } else if protocol.0.starts_with(PACE) {
        let parameter_id = last_number(&mut fields);
        Ok(parameter_id.map_or(other, |parameter_id| SecurityInfo::Pace { protocol, version, parameter_id }))
    } else {
        Ok(other)
    }
}

/// The arcs after id-CA. Agreement alone is what the first edition wrote for triple DES (TR-03110 1.x).
fn chip_protocol(arcs: &[u8]) -> Option<(Agreement, Cipher)> {
    let (agreement, cipher) = arcs.split_first()?;
    let agreement = match agreement {
        1 => Agreement::Dh,
        2 => Agreement::Ecdh,
        _ => return None,
    };
    let cipher = match cipher {
        [] | [1] => Cipher::TripleDes,
        [2] => Cipher::Aes128,
        [3] => Cipher::Aes192,
        [4] => Cipher::Aes256,
        _ => return None,
    };
    Some((agreement, cipher))
}

/// An INTEGER that may stand at the end.
fn last_number(fields: &mut Reader<'_>) -> Result<Option<u64>, Asn1Error> {
    let number = fields.optional(Tag::INTEGER)?.map(|number| number.small()).transpose()?;
    fields.end()?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
        [&[tag, 0x82, (value.len() >> 8) as u8, value.len() as u8], value].concat()
    }

    fn entry(oid: &[u8], last: &[u8], rest: &[u8]) -> Vec<u8> {
        tlv(0x30, &[tlv(0x06, &[oid, last].concat()), rest.to_vec()].concat())
    }

    #[track_caller]
    fn check(entry: &[u8], expected: Result<SecurityInfo<'_>, SecurityError>) {
        let set = tlv(0x31, entry);
        let found = read(&set).map(|infos| infos[0]);
        assert_eq!(found, expected);
    }

    #[test]
    fn every_kind_of_entry_is_read() {
        let (agreement, key) = (Agreement::Ecdh, tlv(0x30, &[0x05, 0x00]));
        for (arcs, agreement, cipher) in [
            (&[1, 1][..], Agreement::Dh, Cipher::TripleDes),
            (&[2], Agreement::Ecdh, Cipher::TripleDes),
            (&[2, 2], Agreement::Ecdh, Cipher::Aes128),
            (&[1, 3], Agreement::Dh, Cipher::Aes192),
            (&[2, 4], Agreement::Ecdh, Cipher::Aes256),
        ] {
            let expected =
                SecurityInfo::ChipAuthentication { agreement, cipher, version: 1, key_id: Some(7) };
            check(&entry(CHIP, arcs, &[2, 1, 1, 2, 1, 7]), Ok(expected));
        }
        check(
            &entry(PUBLIC_KEY, &[2], &key),
            Ok(SecurityInfo::ChipAuthenticationKey { agreement, key: &key, key_id: None }),
        );
        let algorithm = Oid(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x03]);
        check(
            &entry(ACTIVE, &[], &[&[2, 1, 1][..], &tlv(0x06, algorithm.0)].concat()),
            Ok(SecurityInfo::ActiveAuthentication { version: 1, algorithm }),
        );
        let protocol = Oid(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x04]);
        check(
            &entry(PACE, &[2, 4], &[2, 1, 2, 2, 1, 13]),
            Ok(SecurityInfo::Pace { protocol, version: 2, parameter_id: Some(13) }),
        );
        check(&entry(TERMINAL, &[], &[2, 1, 1]), Ok(SecurityInfo::TerminalAuthentication { version: 1 }));
    }

    #[test]
    fn what_is_not_known_is_kept_by_its_name() {
        let other = |oid| Ok(SecurityInfo::Other { protocol: Oid(oid) });
        check(&entry(&[0x2A, 0x03], &[], &[]), other(&[0x2A, 0x03]));
        check(
            &entry(CHIP, &[3, 1], &[2, 1, 1]),
            other(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 3, 1]),
        );
        // PACEDomainParameterInfo holds an AlgorithmIdentifier where PACEInfo holds the version.
        check(&entry(PACE, &[2], &[0x30, 0]), other(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 2]));
    }

    #[test]
    fn a_broken_entry_for_a_proof_is_an_error() {
        check(&entry(CHIP, &[2, 2], &[]), Err(Asn1Error::Missing { expected: Tag::INTEGER }.into()));
        check(&entry(CHIP, &[2, 2], &[2, 1, 1, 5, 0]), Err(Asn1Error::Trailing.into()));
        check(&entry(ACTIVE, &[], &[2, 1, 1]), Err(Asn1Error::Missing { expected: Tag::OID }.into()));
        assert_eq!(
            read(&tlv(0x31, &entry(TERMINAL, &[], &[2, 1, 1]).repeat(65))),
            Err(SecurityError::TooMany)
        );
        assert_eq!(
            read(&vec![0x31; MAX_BYTES + 1]),
            Err(FileError::TooLarge { bytes: MAX_BYTES + 1, limit: MAX_BYTES }.into())
        );
    }
}
