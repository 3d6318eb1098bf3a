//! Certificate revocation lists (RFC 5280, clause 5; Doc 9303-12, section 7.1.4).

use std::{collections::HashSet, fmt};

use jiff::Timestamp;

use super::{
    certificate::{NotSigned, algorithm},
    name,
};
use crate::{
    asn1::{Asn1Error, Reader, Rules, Tag, Tlv, strip_zeros},
    crypto::{PublicKey, Scheme, verify},
};

/// A revocation list as it was read. It counts only after the CA's key was found to have signed it.
#[derive(Clone)]
pub(crate) struct RevocationList {
    raw: Box<[u8]>,
    issuer: Box<[u8]>,
    pub(crate) scope: Scope,
    pub(crate) next_update: Option<Timestamp>,
    revoked: HashSet<Box<[u8]>>,
}

/// For which certificates a list speaks (RFC 5280, clause 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// For all of its issuer: what is not on it is not revoked. Doc 9303-12, section 7.1.4, wants no others.
    Complete,
    /// For some (issuingDistributionPoint, clause 5.2.5), or for what changed since another list (deltaCRLIndicator, clause
    /// 5.2.4). What is on it is revoked; of what is not it says nothing.
    Partial,
    /// Nobody knows here: it has a critical extension that is not known, or is of several issuers. Such a list must not be
    /// used (clauses 5.2 and 5.3).
    Unknown,
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
        let mut scope = Scope::Complete;
        let mut revoked = HashSet::new();
        if let Some(list) = fields.optional(Tag::SEQUENCE)? {
            let mut entries = list.inside();
            while let Some(entry) = entries.next()? {
                let mut entry = entry.expect(Tag::SEQUENCE)?.inside();
                let serial = strip_zeros(entry.expect(Tag::INTEGER)?.value);
                entry.read()?.time()?;
                let mut removed = false;
                if let Some(extensions) = entry.optional(Tag::SEQUENCE)? {
                    let mut extensions = extensions.inside();
                    while let Some(extension) = extensions.next()? {
                        let extension = Extension::read(extension)?;
                        removed |= extension.oid == REASON && extension.value == REMOVED;
                        scope = scope.max(extension.scope_in_entry());
                    }
                }
                entry.end()?;
                if !removed {
                    revoked.insert(serial.into());
                }
            }
        }
        if let Some(extensions) = fields.optional(Tag::context(0))? {
            let mut extensions = extensions.inside().sequence()?;
            while let Some(extension) = extensions.next()? {
                scope = scope.max(Extension::read(extension)?.scope_in_list()?);
            }
        }
        fields.end()?;
        Ok(RevocationList { raw: bytes.into(), issuer: issuer.into(), scope, next_update, revoked })
    }

    /// The issuer's name in comparable form.
    pub(crate) fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    /// Whether it revokes the certificate with this serial number, octets of an INTEGER.
    pub(crate) fn revokes(&self, serial: &[u8]) -> bool {
        self.scope != Scope::Unknown && self.revoked.contains(strip_zeros(serial))
    }

    /// Whether `key` signed it.
    pub(crate) fn signed_by(&self, key: &PublicKey) -> Result<(), NotSigned> {
        let (tbs, scheme, signature) = parts(&self.raw)?;
        let (oid, parameters) = algorithm(scheme)?;
        Ok(verify(key, Scheme::read(oid, parameters, None)?, &[tbs.raw], signature)?)
    }
}

/// reasonCode (RFC 5280, clause 5.3.1).
const REASON: &[u8] = &[0x55, 0x1D, 0x15];
/// removeFromCRL: no longer on hold, or expired; in delta lists only.
const REMOVED: &[u8] = &[0x0A, 1, 8];

/// An extension of a list or of an entry (RFC 5280, clause 4.1).
struct Extension<'a> {
    oid: &'a [u8],
    critical: bool,
    value: &'a [u8],
}

impl<'a> Extension<'a> {
    fn read(tlv: Tlv<'a>) -> Result<Extension<'a>, Asn1Error> {
        let mut fields = tlv.expect(Tag::SEQUENCE)?.inside();
        let oid = fields.expect(Tag::OID)?.oid()?.0;
        let critical = fields.optional(Tag::BOOLEAN)?.is_some_and(|b| b.value != [0]);
        let value = fields.expect(Tag::OCTET_STRING)?.value;
        fields.end()?;
        Ok(Extension { oid, critical, value })
    }

    /// What is left of the scope of a list with this extension.
    fn scope_in_list(&self) -> Result<Scope, Asn1Error> {
        Ok(match self.oid {
            // The issuer's other name, the list's number, the signer's key, where changes are published: no restriction.
            [0x55, 0x1D, 0x12 | 0x14 | 0x23 | 0x2E] => Scope::Complete,
            [0x55, 0x1D, 0x1B] => Scope::Partial,
            [0x55, 0x1D, 0x1C] => {
                let mut fields = Tlv::read(self.value, Rules::Ber)?.expect(Tag::SEQUENCE)?.inside();
                let mut scope = Scope::Partial;
                while let Some(field) = fields.next()? {
                    // indirectCRL: an entry may be of another issuer, whose serial numbers are others.
                    if field.tag == Tag::context_primitive(4) && field.value != [0] {
                        scope = Scope::Unknown;
                    }
                }
                scope
            }
            _ if self.critical => Scope::Unknown,
            _ => Scope::Complete,
        })
    }

    /// The same for an entry's. Reason, instruction and date of what was known are no restriction; certificateIssuer is.
    fn scope_in_entry(&self) -> Scope {
        let known = matches!(self.oid, [0x55, 0x1D, 0x15 | 0x17 | 0x18]);
        if self.oid == CERTIFICATE_ISSUER || (self.critical && !known) {
            Scope::Unknown
        } else {
            Scope::Complete
        }
    }
}

/// certificateIssuer (RFC 5280, clause 5.3.3).
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1D, 0x1D];

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
