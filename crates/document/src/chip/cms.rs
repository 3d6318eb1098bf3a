//! SignedData of the Cryptographic Message Syntax (RFC 5652, clause 5), as EF.SOD, EF.CardSecurity and master lists are.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::{
    asn1::{Asn1Error, Oid, Reader, Tag, Tlv},
    crypto::{Hash, PublicKey, Scheme, SchemeError, SignatureError, verify},
    trust::certificate::{Certificate, algorithm},
};

/// Most certificates read from one file; a SOD has one, the signer of a master list comes with a handful.
const MAX_CERTIFICATES: usize = 16;

const SIGNED_DATA: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]);
const CONTENT_TYPE: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03]);
const MESSAGE_DIGEST: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04]);
const SIGNING_TIME: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05]);

/// A signed file.
pub(crate) struct SignedData<'a> {
    /// What kind of content it says to be.
    pub(crate) content_type: Oid<'a>,
    /// The content's octets: what is hashed.
    pub(crate) content: Cow<'a, [u8]>,
    /// The embedded certificates, undecoded.
    pub(crate) certificates: Vec<&'a [u8]>,
    /// The one signer: Doc 9303-10, section 4.6.2.2, and 9303-12, section 9, allow no second.
    pub(crate) signer: SignerInfo<'a>,
}

/// Who signed, and how.
pub(crate) struct SignerInfo<'a> {
    id: SignerId<'a>,
    digest: Option<Hash>,
    attributes: Option<Tlv<'a>>,
    algorithm: Tlv<'a>,
    signature: Cow<'a, [u8]>,
}

/// How the signer's certificate is named.
enum SignerId<'a> {
    IssuerAndSerial { issuer: Vec<u8>, serial: &'a [u8] },
    KeyId(&'a [u8]),
}

/// Why a signature over a file does not stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CmsError {
    /// The hash function of the content is not known.
    #[error("the digest algorithm is not known")]
    UnknownDigest,
    /// A signed attribute is missing, twice there, or does not say what the content is.
    #[error("the signed attribute {0} is missing or wrong")]
    Attribute(&'static str),
    /// The signed digest is not that of the content.
    #[error("the signed digest is not that of the content")]
    Digest,
    /// The algorithm of the signature.
    #[error("{0}")]
    Scheme(#[from] SchemeError),
    /// The signature.
    #[error("{0}")]
    Signature(#[from] SignatureError),
    /// The structure of an attribute.
    #[error("{0}")]
    Structure(#[from] Asn1Error),
}

impl<'a> SignedData<'a> {
    /// Reads a ContentInfo with SignedData in it.
    ///
    /// # Errors
    /// [`Asn1Error`]; also for content that is not there, and for none or several signers.
    pub(crate) fn read(content_info: Tlv<'a>) -> Result<SignedData<'a>, Asn1Error> {
        let mut outer = content_info.expect(Tag::SEQUENCE)?.inside();
        if outer.expect(Tag::OID)?.oid()? != SIGNED_DATA {
            return Err(Asn1Error::BadValue);
        }
        let mut explicit = outer.expect(Tag::context(0))?.inside();
        outer.end()?;
        let mut fields = explicit.sequence()?;
        explicit.end()?;
        fields.expect(Tag::INTEGER)?;
        fields.expect(Tag::SET)?;
        let mut encapsulated = fields.sequence()?;
        let content_type = encapsulated.expect(Tag::OID)?.oid()?;
        let mut content = encapsulated.expect(Tag::context(0))?.inside();
        encapsulated.end()?;
        let octets = content.read()?;
        content.end()?;
        // An OCTET STRING, whole or in pieces (constructed: BER only).
        if !matches!(octets.tag, Tag::OCTET_STRING | Tag(0x24)) {
            return Err(Asn1Error::Unexpected { expected: Tag::OCTET_STRING, found: octets.tag });
        }
        let certificates = match fields.optional(Tag::context(0))? {
            Some(set) => certificates(set.inside())?,
            None => Vec::new(),
        };
        fields.optional(Tag::context(1))?;
        let mut signers = fields.expect(Tag::SET)?.inside();
        fields.end()?;
        let signer = SignerInfo::read(signers.sequence()?)?;
        signers.end()?;
        Ok(SignedData { content_type, content: octets.octets()?, certificates, signer })
    }

    /// Whether `key` signed the content.
    ///
    /// # Errors
    /// [`CmsError`].
    pub(crate) fn verify(&self, key: &PublicKey) -> Result<(), CmsError> {
        self.signer.verify(self.content_type, &self.content, key)
    }
}

fn certificates(mut set: Reader<'_>) -> Result<Vec<&[u8]>, Asn1Error> {
    let mut found = Vec::new();
    while let Some(choice) = set.next()? {
        // The other choices (attribute certificates) are of no use here.
        if choice.tag == Tag::SEQUENCE {
            found.push(choice.raw);
        }
        if found.len() > MAX_CERTIFICATES {
            return Err(Asn1Error::BadValue);
        }
    }
    Ok(found)
}

impl<'a> SignerInfo<'a> {
    fn read(mut fields: Reader<'a>) -> Result<SignerInfo<'a>, Asn1Error> {
        fields.expect(Tag::INTEGER)?;
        let id = match fields.read()? {
            id if id.tag == Tag::SEQUENCE => {
                let mut pair = id.inside();
                let issuer = crate::trust::name::comparable(pair.expect(Tag::SEQUENCE)?);
                let serial = pair.expect(Tag::INTEGER)?.value;
                pair.end()?;
                SignerId::IssuerAndSerial { issuer, serial }
            }
            id => SignerId::KeyId(id.expect(Tag::context_primitive(0))?.value),
        };
        let (digest, _) = algorithm(fields.expect(Tag::SEQUENCE)?)?;
        let attributes = fields.optional(Tag::context(0))?;
        let scheme = fields.expect(Tag::SEQUENCE)?;
        let signature = fields.read()?;
        if !matches!(signature.tag, Tag::OCTET_STRING | Tag(0x24)) {
            return Err(Asn1Error::Unexpected { expected: Tag::OCTET_STRING, found: signature.tag });
        }
        fields.optional(Tag::context(1))?;
        fields.end()?;
        Ok(SignerInfo {
            id,
            digest: Hash::from_oid(digest),
            attributes,
            algorithm: scheme,
            signature: signature.octets()?,
        })
    }

    /// Whether the signer's identifier names this certificate.
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        match &self.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                issuer == certificate.issuer() && *serial == certificate.serial()
            }
            SignerId::KeyId(id) => certificate.key_id() == Some(id),
        }
    }

    /// The digest that stands beside the signature.
    pub(crate) fn digest(&self) -> Option<Hash> {
        self.digest
    }

    /// Whether anything but the bare content was signed.
    pub(crate) fn has_attributes(&self) -> bool {
        self.attributes.is_some()
    }

    /// When the signer says that it signed. `None` also for what cannot be read.
    pub(crate) fn signing_time(&self) -> Option<Timestamp> {
        self.attribute(SIGNING_TIME).ok().flatten()?.time().ok()
    }

    /// How it was signed.
    pub(crate) fn scheme(&self) -> Result<Scheme, CmsError> {
        let (oid, parameters) = algorithm(self.algorithm)?;
        Ok(Scheme::read(oid, parameters, self.digest)?)
    }

    fn verify(&self, content_type: Oid<'_>, content: &[u8], key: &PublicKey) -> Result<(), CmsError> {
        let scheme = self.scheme()?;
        let Some(attributes) = self.attributes else {
            // Without attributes the content itself is signed (RFC 5652, clause 5.4).
            return Ok(verify(key, scheme, &[content], &self.signature)?);
        };
        let digest = self.digest.ok_or(CmsError::UnknownDigest)?;
        let stated = self.attribute(CONTENT_TYPE)?.ok_or(CmsError::Attribute("content type"))?;
        if stated.oid()? != content_type {
            return Err(CmsError::Attribute("content type"));
        }
        let signed = self.attribute(MESSAGE_DIGEST)?.ok_or(CmsError::Attribute("message digest"))?;
        if signed.expect(Tag::OCTET_STRING)?.value != digest.of(&[content]).as_ref() {
            return Err(CmsError::Digest);
        }
        if let Some(time) = self.attribute(SIGNING_TIME)? {
            time.time().map_err(|_| CmsError::Attribute("signing time"))?;
        }
        // The attributes are signed as the SET OF that they are, not under their tag in SignerInfo (RFC 5652, clause 5.4),
        // in the order in which they stand: some signers did not sort them. Others sorted them for the signature only.
        let length = definite(attributes.value.len());
        let as_they_stand = verify(key, scheme, &[&[0x31], &length, attributes.value], &self.signature);
        if as_they_stand == Err(SignatureError::Mismatch) {
            let mut sorted = Vec::new();
            let mut all = attributes.inside();
            while let Some(attribute) = all.next()? {
                sorted.push(attribute.raw);
            }
            sorted.sort_unstable();
            let sorted = sorted.concat();
            if sorted != attributes.value {
                return Ok(verify(key, scheme, &[&[0x31], &length, &sorted], &self.signature)?);
            }
        }
        Ok(as_they_stand?)
    }

    /// The one value of a signed attribute; `None` when it is not there.
    fn attribute(&self, wanted: Oid<'_>) -> Result<Option<Tlv<'a>>, CmsError> {
        let Some(attributes) = self.attributes else { return Ok(None) };
        let mut all = attributes.inside();
        let mut found = None;
        while let Some(attribute) = all.next()? {
            let mut fields = attribute.expect(Tag::SEQUENCE)?.inside();
            if fields.expect(Tag::OID)?.oid()? != wanted {
                continue;
            }
            let mut values = fields.expect(Tag::SET)?.inside();
            let value = values.read()?;
            // Once, with one value (RFC 5652, clauses 11.1 to 11.3): a second could contradict the first.
            if found.replace(value).is_some() || values.end().is_err() {
                return Err(CmsError::Attribute("that is there twice"));
            }
        }
        Ok(found)
    }
}

/// The DER form of a length (X.690, clause 10.1).
fn definite(length: usize) -> Vec<u8> {
    let octets = length.to_be_bytes();
    let octets = crate::asn1::strip_zeros(&octets);
    match octets {
        [] => vec![0],
        [one] if *one < 0x80 => vec![*one],
        _ => [&[0x80 | octets.len() as u8], octets].concat(),
    }
}
