//! X.509 certificates (RFC 5280, clause 4) as country CAs and their signers issue them (Doc 9303-12, section 7.1).

use std::{fmt, ops::Range};

use jiff::Timestamp;

use super::{Country, name};
use crate::{
    asn1::{Asn1Error, Oid, Reader, Rules, Tag, Tlv},
    chip::CertificateSummary,
    crypto::{Hash, KeyError, PublicKey, Scheme, SchemeError, SignatureError, verify},
};

/// Longest certificate read, in bytes. The longest in the published master lists have 2,500; ours.
pub const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;

/// Most extensions read: issued certificates have up to 12; ours.
const MAX_EXTENSIONS: usize = 64;

/// A certificate. Holds its bytes as they were read; everything else points into them.
#[derive(Clone)]
pub struct Certificate {
    raw: Box<[u8]>,
    tbs: Range<usize>,
    serial: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    key: Range<usize>,
    algorithm: Range<usize>,
    signature: Range<usize>,
    key_id: Option<Range<usize>>,
    authority_key_id: Option<Range<usize>>,
    issuer_form: Box<[u8]>,
    subject_form: Box<[u8]>,
    fingerprint: [u8; 32],
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    /// The private key was used between these (RFC 3280, clause 4.2.1.4, which Doc 9303-12 uses).
    pub(crate) key_usage_period: (Option<Timestamp>, Option<Timestamp>),
    pub(crate) is_ca: Option<bool>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) has_extended_key_usage: bool,
    pub(crate) signs_master_lists: bool,
    /// Document codes that the signer signs, as Doc 9303-12, section 7.1.1, lists them: `P`, `ID`.
    pub(crate) document_types: Vec<String>,
    pub(crate) unknown_critical: bool,
    pub(crate) algorithms_differ: bool,
}

/// The bits of keyUsage that matter here (RFC 5280, clause 4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyUsage {
    pub(crate) digital_signature: bool,
    pub(crate) certificate_signing: bool,
    pub(crate) crl_signing: bool,
}

/// Why bytes are not a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// More than [`MAX_CERTIFICATE_BYTES`].
    #[error("{bytes} bytes are too long for a certificate")]
    TooLarge {
        /// How many there are.
        bytes: usize,
    },
    /// Not the structure of one.
    #[error("not a certificate: {0}")]
    Structure(#[from] Asn1Error),
}

/// Why a certificate was not signed by a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotSigned {
    #[error("{0}")]
    Key(#[from] KeyError),
    #[error("{0}")]
    Scheme(#[from] SchemeError),
    #[error("{0}")]
    Structure(#[from] Asn1Error),
    #[error("{0}")]
    Signature(#[from] SignatureError),
}

/// id-icao-mrtd-security-extensions, documentTypeList (Doc 9303-12, section 7.1.1).
const DOCUMENT_TYPES: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x02];
/// The same, nameChange.
const NAME_CHANGE: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x01];
/// id-icao-cscaMasterListSigningKey.
const MASTER_LIST_SIGNING: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x03];
impl Certificate {
    /// Reads a certificate. Lengths may have any BER form; what was signed is the bytes as they stand.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn read(bytes: &[u8]) -> Result<Certificate, CertificateError> {
        if bytes.len() > MAX_CERTIFICATE_BYTES {
            return Err(CertificateError::TooLarge { bytes: bytes.len() });
        }
        let mut outer = Tlv::read(bytes, Rules::Ber)?.expect(Tag::SEQUENCE)?.inside();
        let tbs = outer.expect(Tag::SEQUENCE)?;
        let algorithm = outer.expect(Tag::SEQUENCE)?;
        let signature = outer.expect(Tag::BIT_STRING)?.bits()?;
        outer.end()?;

        let mut fields = tbs.inside();
        fields.optional(Tag::context(0))?;
        let serial = fields.expect(Tag::INTEGER)?;
        let inner_algorithm = fields.expect(Tag::SEQUENCE)?;
        let issuer = fields.expect(Tag::SEQUENCE)?;
        let mut validity = fields.sequence()?;
        let (not_before, not_after) = (validity.read()?.time()?, validity.read()?.time()?);
        validity.end()?;
        let subject = fields.expect(Tag::SEQUENCE)?;
        let key = fields.expect(Tag::SEQUENCE)?;
        fields.optional(Tag::context_primitive(1))?;
        fields.optional(Tag::context_primitive(2))?;
        let extensions = fields.optional(Tag::context(3))?;
        fields.end()?;

        let place = |part: &[u8]| range_in(bytes, part);
        let mut certificate = Certificate {
            tbs: place(tbs.raw),
            serial: place(serial.value),
            issuer: place(issuer.raw),
            subject: place(subject.raw),
            key: place(key.raw),
            algorithm: place(algorithm.raw),
            signature: place(signature),
            key_id: None,
            authority_key_id: None,
            issuer_form: name::comparable(issuer).into(),
            subject_form: name::comparable(subject).into(),
            fingerprint: [0; 32],
            not_before,
            not_after,
            key_usage_period: (None, None),
            is_ca: None,
            key_usage: None,
            has_extended_key_usage: false,
            signs_master_lists: false,
            document_types: Vec::new(),
            unknown_critical: false,
            algorithms_differ: algorithm.raw != inner_algorithm.raw,
            raw: Box::from(bytes),
        };
        certificate.fingerprint.copy_from_slice(Hash::Sha256.of(&[bytes]).as_ref());
        if let Some(extensions) = extensions {
            let mut list = extensions.inside().sequence()?;
            let mut count = 0;
            while let Some(extension) = list.next()? {
                count += 1;
                if count > MAX_EXTENSIONS {
                    return Err(Asn1Error::BadValue.into());
                }
                certificate.add(bytes, extension.expect(Tag::SEQUENCE)?.inside())?;
            }
        }
        Ok(certificate)
    }

    /// Reads a certificate in DER, or the first block of PEM (RFC 7468).
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_der_or_pem(bytes: &[u8]) -> Result<Certificate, CertificateError> {
        match super::load::first_block(bytes) {
            Some(der) => Certificate::read(&der),
            None => Certificate::read(bytes),
        }
    }

    /// Takes over one extension (RFC 5280, clause 4.2).
    fn add(&mut self, whole: &[u8], mut extension: Reader<'_>) -> Result<(), Asn1Error> {
        let oid = extension.expect(Tag::OID)?.oid()?;
        let critical = extension.optional(Tag::BOOLEAN)?.is_some_and(|b| b.value != [0]);
        let value = extension.expect(Tag::OCTET_STRING)?.value;
        extension.end()?;
        let read = || Tlv::read(value, Rules::Ber);
        match oid.0 {
            [0x55, 0x1D, 0x0E] => {
                self.key_id = Some(range_in(whole, read()?.expect(Tag::OCTET_STRING)?.value))
            }
            [0x55, 0x1D, 0x23] => {
                let id = read()?.expect(Tag::SEQUENCE)?.inside().optional(Tag::context_primitive(0))?;
                self.authority_key_id = id.map(|id| range_in(whole, id.value));
            }
            [0x55, 0x1D, 0x13] => {
                let ca = read()?.expect(Tag::SEQUENCE)?.inside().optional(Tag::BOOLEAN)?;
                self.is_ca = Some(ca.is_some_and(|b| b.value != [0]));
            }
            [0x55, 0x1D, 0x0F] => {
                let bits = read()?.expect(Tag::BIT_STRING)?.value.get(1).copied().unwrap_or_default();
                self.key_usage = Some(KeyUsage {
                    digital_signature: bits & 0x80 != 0,
                    certificate_signing: bits & 0x04 != 0,
                    crl_signing: bits & 0x02 != 0,
                });
            }
            [0x55, 0x1D, 0x10] => {
                let mut period = read()?.expect(Tag::SEQUENCE)?.inside();
                let from =
                    period.optional(Tag::context_primitive(0))?.map(|t| generalized(t.value)).transpose()?;
                let to =
                    period.optional(Tag::context_primitive(1))?.map(|t| generalized(t.value)).transpose()?;
                self.key_usage_period = (from, to);
            }
            [0x55, 0x1D, 0x25] => {
                let mut purposes = read()?.expect(Tag::SEQUENCE)?.inside();
                self.has_extended_key_usage = true;
                while let Some(purpose) = purposes.next()? {
                    self.signs_master_lists |= purpose.oid()?.0 == MASTER_LIST_SIGNING;
                }
            }
            DOCUMENT_TYPES => {
                // DocumentTypeList: version, then a set of document codes. A list that cannot be read lists nothing.
                let mut fields = read()?.inside();
                fields.optional(Tag::INTEGER)?;
                if let Some(set) = fields.optional(Tag::SET)? {
                    let mut codes = set.inside();
                    while let Some(code) = codes.next()? {
                        self.document_types.push(String::from_utf8_lossy(code.value).into_owned());
                    }
                }
            }
            // Names, policies, places of revocation lists: read by nobody here, and no restriction of the key.
            [0x55, 0x1D, 0x11 | 0x12 | 0x1F | 0x20 | 0x2E] | NAME_CHANGE => {}
            _ => self.unknown_critical |= critical,
        }
        Ok(())
    }

    /// The whole certificate as it was read.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// SHA-256 of the whole certificate.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// Its public key.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn public_key(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_spki(self.part(&self.key))
    }

    /// Whether `issuer`'s key signed this certificate, over the bytes as they stand.
    pub(crate) fn signed_by(&self, issuer: &PublicKey) -> Result<(), NotSigned> {
        let scheme = self.scheme()?;
        Ok(verify(issuer, scheme, &[self.part(&self.tbs)], self.part(&self.signature))?)
    }

    /// The scheme of its signature: the outer algorithm, which is the one that the octets beside it were made with.
    pub(crate) fn scheme(&self) -> Result<Scheme, NotSigned> {
        let (oid, parameters) = algorithm(Tlv::read(self.part(&self.algorithm), Rules::Ber)?)?;
        Ok(Scheme::read(oid, parameters, None)?)
    }

    /// The two letters of the subject's country, else of the issuer's.
    pub fn country(&self) -> Option<Country> {
        [&self.subject, &self.issuer]
            .into_iter()
            .find_map(|name| name::country(self.name(name)?))
            .and_then(|letters| Country::from_name(&letters))
    }

    /// Who it is for and who signed it, by names in comparable form.
    pub(crate) fn subject(&self) -> &[u8] {
        &self.subject_form
    }

    /// As [`Certificate::subject`].
    pub(crate) fn issuer(&self) -> &[u8] {
        &self.issuer_form
    }

    /// The identifier of its key (RFC 5280, clause 4.2.1.2).
    pub(crate) fn key_id(&self) -> Option<&[u8]> {
        self.key_id.as_ref().map(|range| self.part(range))
    }

    /// The identifier of the key that signed it (RFC 5280, clause 4.2.1.1).
    pub(crate) fn authority_key_id(&self) -> Option<&[u8]> {
        self.authority_key_id.as_ref().map(|range| self.part(range))
    }

    /// The octets of its serial number.
    pub(crate) fn serial(&self) -> &[u8] {
        self.part(&self.serial)
    }

    /// Whether the name of the subject is that of the issuer.
    pub fn is_self_issued(&self) -> bool {
        self.issuer_form == self.subject_form
    }

    /// Whether it may sign certificates: its key is for that, or it says nothing of its key's use and is a CA, or says
    /// nothing at all and is self-issued, as country CAs were before there were rules. Published link certificates of
    /// several states (Italy, Luxembourg, Portugal, Turkey) have keys for signing certificates and are not marked as
    /// CAs; a signer of documents never has such a key (Doc 9303-12, section 7.1.1).
    pub fn may_sign_certificates(&self) -> bool {
        match self.key_usage {
            Some(usage) => usage.certificate_signing,
            None => self.is_ca.unwrap_or_else(|| self.is_self_issued()),
        }
    }

    /// As people know it.
    pub fn summary(&self) -> CertificateSummary {
        let text = |range| self.name(range).map(name::text).unwrap_or_default();
        let dotted = || {
            let tlv = Tlv::read(self.part(&self.algorithm), Rules::Ber).ok()?;
            Some(algorithm(tlv).ok()?.0.to_string())
        };
        let serial: String = self.serial().iter().map(|octet| format!("{octet:02x}")).collect();
        CertificateSummary {
            subject: text(&self.subject),
            issuer: text(&self.issuer),
            country: self.country().map(|country| country.as_str().to_owned()),
            serial: serial.trim_start_matches('0').to_owned(),
            key: self.public_key().map_or_else(|e| e.to_string(), |key| key.describe()),
            signature_algorithm: dotted().unwrap_or_default(),
            not_before: self.not_before,
            not_after: self.not_after,
            fingerprint: self.fingerprint,
        }
    }

    fn name(&self, range: &Range<usize>) -> Option<Tlv<'_>> {
        Tlv::read(self.part(range), Rules::Ber).ok()
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.raw.get(range.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.name(&self.subject).map(name::text).unwrap_or_default())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Certificate {}

/// An AlgorithmIdentifier (RFC 5280, clause 4.1.1.2).
pub(crate) fn algorithm(tlv: Tlv<'_>) -> Result<(Oid<'_>, Option<Tlv<'_>>), Asn1Error> {
    let mut fields = tlv.expect(Tag::SEQUENCE)?.inside();
    let oid = fields.expect(Tag::OID)?.oid()?;
    let parameters = fields.next()?;
    fields.end()?;
    Ok((oid, parameters))
}

/// A GeneralizedTime whose tag was replaced by an implicit one.
fn generalized(octets: &[u8]) -> Result<Timestamp, Asn1Error> {
    let length = u8::try_from(octets.len()).map_err(|_| Asn1Error::BadValue)?;
    let tlv = [&[0x18, length], octets].concat();
    Tlv::read(&tlv, Rules::Ber)?.time()
}

/// Where `part` lies in `whole`, of which it is a piece.
fn range_in(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize).min(whole.len());
    start..start.saturating_add(part.len()).min(whole.len())
}
