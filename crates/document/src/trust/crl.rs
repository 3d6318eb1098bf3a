//! Certificate revocation lists (RFC 5280, clause 5; Doc 9303-12, section 7.1.3).

use std::{collections::HashSet, fmt};

use jiff::Timestamp;

use super::{
    certificate::{NotSigned, algorithm},
    name,
};
use crate::{
    asn1::{Asn1Error, Reader, Rules, Tag, Tlv},
    crypto::{PublicKey, Scheme, verify},
};

/// A revocation list as it was read. It counts only after the CA's key was found to have signed it.
#[derive(Clone)]
pub(crate) struct RevocationList {
    raw: Box<[u8]>,
    issuer: Box<[u8]>,
    pub(crate) next_update: Option<Timestamp>,
    revoked: HashSet<Box<[u8]>>,
}

impl RevocationList {
    /// Reads a CertificateList.
    pub(crate) fn read(bytes: &[u8]) -> Result<RevocationList, Asn1Error> {
        let (tbs, _, _) = parts(bytes)?;
        let mut fields = tbs.inside();
        fields.optional(Tag::INTEGER)?;
        fields.expect(Tag::SEQUENCE)?;
        let issuer = name::comparable(fields.expect(Tag::SEQUENCE)?);
        fields.read()?.time()?;
        let is_time = |reader: &Reader<'_>| {
            let next = reader.clone().next();
            matches!(next, Ok(Some(tlv)) if [Tag::UTC_TIME, Tag::GENERALIZED_TIME].contains(&tlv.tag))
        };
        let next_update = if is_time(&fields) { Some(fields.read()?.time()?) } else { None };
        let mut revoked = HashSet::new();
        if let Some(list) = fields.optional(Tag::SEQUENCE)? {
            let mut entries = list.inside();
            while let Some(entry) = entries.next()? {
                let serial = entry.expect(Tag::SEQUENCE)?.inside().expect(Tag::INTEGER)?.value;
                revoked.insert(serial.into());
            }
        }
        fields.optional(Tag::context(0))?;
        fields.end()?;
        Ok(RevocationList { raw: bytes.into(), issuer: issuer.into(), next_update, revoked })
    }

    /// The issuer's name in comparable form.
    pub(crate) fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    /// Whether a certificate with this serial number is on it.
    pub(crate) fn revokes(&self, serial: &[u8]) -> bool {
        self.revoked.contains(serial)
    }

    /// Whether `key` signed it.
    pub(crate) fn signed_by(&self, key: &PublicKey) -> Result<(), NotSigned> {
        let (tbs, scheme, signature) = parts(&self.raw)?;
        let (oid, parameters) = algorithm(scheme)?;
        Ok(verify(key, Scheme::read(oid, parameters, None)?, &[tbs.raw], signature)?)
    }
}

fn parts(bytes: &[u8]) -> Result<(Tlv<'_>, Tlv<'_>, &[u8]), Asn1Error> {
    let mut outer = Tlv::read(bytes, Rules::Ber)?.expect(Tag::SEQUENCE)?.inside();
    let found =
        (outer.expect(Tag::SEQUENCE)?, outer.expect(Tag::SEQUENCE)?, outer.expect(Tag::BIT_STRING)?.bits()?);
    outer.end()?;
    Ok(found)
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationList({} revoked)", self.revoked.len())
    }
}
