//! Which signature scheme an AlgorithmIdentifier names.

use super::Hash;
use crate::asn1::{Asn1Error, Oid, Reader, Tag, Tlv};

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, clause 8.2).
    RsaPkcs1(Hash),
    /// RSASSA-PSS (RFC 8017, clause 8.1).
    RsaPss(PssParameters),
    /// ECDSA, r and s as a DER sequence (RFC 5758, clause 3.2).
    Ecdsa(Hash),
    /// ECDSA, r and s side by side (BSI TR-03111, clause 5.2.1).
    EcdsaPlain(Hash),
}

/// The parameters of RSASSA-PSS. The trailer field is always 1 (octet BC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PssParameters {
    /// Of the message.
    pub hash: Hash,
    /// Of the mask generation function MGF1.
    pub mgf: Hash,
    /// Octets of salt.
    pub salt_len: usize,
}

/// Why an AlgorithmIdentifier names no scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// A signature algorithm that is not used by documents.
    #[error("signature algorithm {0} is not known")]
    Unknown(String),
    /// A hash function that is not used by documents.
    #[error("hash function {0} is not known")]
    UnknownHash(String),
    /// The algorithm leaves the hash function to a digest algorithm, and none is given.
    #[error("no hash function is given")]
    NoHash,
    /// Parameters that the algorithm does not allow.
    #[error("the parameters of the signature algorithm: {0}")]
    BadParameters(#[from] Asn1Error),
}

/// PKCS #1 (RFC 8017, appendix C), with the two older names of RSA with SHA-1.
const PKCS1: [(&[u8], Hash); 6] = [
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05], Hash::Sha1),
    (&[0x2B, 0x0E, 0x03, 0x02, 0x1D], Hash::Sha1),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0E], Hash::Sha224),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B], Hash::Sha256),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C], Hash::Sha384),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D], Hash::Sha512),
];
/// rsaEncryption.
pub(super) const RSA: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]);
/// id-RSASSA-PSS.
pub(super) const PSS: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A]);
/// id-mgf1.
const MGF1: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08]);
/// id-ecPublicKey.
pub(super) const EC: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]);

/// ecdsa-with-SHA (RFC 5758, clause 3.2; SHA-1: RFC 3279, clause 2.2.3).
const ECDSA: [(&[u8], Hash); 5] = [
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01], Hash::Sha1),
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x01], Hash::Sha224),
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02], Hash::Sha256),
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03], Hash::Sha384),
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x04], Hash::Sha512),
];
/// ecdsa-with-Specified: the hash function is the parameter (ANSI X9.62).
const ECDSA_SPECIFIED: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03]);

/// ecdsa-plain-signatures, whose last octet is the hash function (BSI TR-03111, clause 5.2.1.1).
const ECDSA_PLAIN: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01];
const PLAIN_HASHES: [(u8, Hash); 5] =
    [(1, Hash::Sha1), (2, Hash::Sha224), (3, Hash::Sha256), (4, Hash::Sha384), (5, Hash::Sha512)];

impl Scheme {
    /// The scheme that an AlgorithmIdentifier names; `digest` is the digest algorithm that stands apart in a CMS
    /// SignerInfo and counts only where the signature algorithm does not say one.
    ///
    /// # Errors
    /// [`SchemeError`].
    pub fn read(
        algorithm: Oid<'_>,
        parameters: Option<Tlv<'_>>,
        digest: Option<Hash>,
    ) -> Result<Scheme, SchemeError> {
        let named = |table: &[(&[u8], Hash)]| {
            table.iter().find(|(oid, _)| *oid == algorithm.0).map(|(_, hash)| *hash)
        };
        if let Some(hash) = named(&PKCS1) {
            return Ok(Scheme::RsaPkcs1(hash));
        }
        if let Some(hash) = named(&ECDSA) {
            return Ok(Scheme::Ecdsa(hash));
        }
        if let Some(hash) = plain(algorithm) {
            return Ok(Scheme::EcdsaPlain(hash));
        }
        match algorithm {
            RSA => digest.map(Scheme::RsaPkcs1).ok_or(SchemeError::NoHash),
            // Seen in place of ecdsa-with-SHA: the key's algorithm, as rsaEncryption is.
            EC => digest.map(Scheme::Ecdsa).ok_or(SchemeError::NoHash),
            PSS => PssParameters::read(required(parameters)?).map(Scheme::RsaPss),
            ECDSA_SPECIFIED => read_hash(required(parameters)?).map(Scheme::Ecdsa),
            _ => Err(SchemeError::Unknown(algorithm.to_string())),
        }
    }

    /// The hash function over the message.
    pub const fn hash(self) -> Hash {
        match self {
            Scheme::RsaPkcs1(hash) | Scheme::Ecdsa(hash) | Scheme::EcdsaPlain(hash) => hash,
            Scheme::RsaPss(parameters) => parameters.hash,
        }
    }
}

impl PssParameters {
    /// What RSASSA-PSS-params that are empty stand for (RFC 4055, clause 3.1).
    pub const DEFAULT: PssParameters = PssParameters { hash: Hash::Sha1, mgf: Hash::Sha1, salt_len: 20 };

    /// RSASSA-PSS-params (RFC 4055, clause 3.1).
    pub(super) fn read(parameters: Tlv<'_>) -> Result<PssParameters, SchemeError> {
        let mut fields = parameters.expect(Tag::SEQUENCE)?.inside();
        let mut read = PssParameters::DEFAULT;
        if let Some(hash) = fields.optional(Tag::context(0))? {
            read.hash = read_hash(only(hash.inside())?)?;
        }
        if let Some(function) = fields.optional(Tag::context(1))? {
            let mut function = only(function.inside())?.expect(Tag::SEQUENCE)?.inside();
            let oid = function.expect(Tag::OID)?.oid()?;
            if oid != MGF1 {
                return Err(SchemeError::Unknown(oid.to_string()));
            }
            read.mgf = read_hash(only(function)?)?;
        }
        if let Some(length) = fields.optional(Tag::context(2))? {
            // No salt is longer than a modulus; the number is only kept from being absurd.
            let length = only(length.inside())?.expect(Tag::INTEGER)?.small()?;
            read.salt_len = u16::try_from(length).map_err(|_| Asn1Error::BadValue)?.into();
        }
        if let Some(trailer) = fields.optional(Tag::context(3))?
            && only(trailer.inside())?.expect(Tag::INTEGER)?.small()? != 1
        {
            return Err(Asn1Error::BadValue.into());
        }
        fields.end()?;
        Ok(read)
    }
}

/// The hash function of an AlgorithmIdentifier, whose parameters are NULL or absent (RFC 4055, clause 2.1).
fn read_hash(algorithm: Tlv<'_>) -> Result<Hash, SchemeError> {
    let mut fields = algorithm.expect(Tag::SEQUENCE)?.inside();
    let oid = fields.expect(Tag::OID)?.oid()?;
    fields.optional(Tag::NULL)?;
    fields.end()?;
    Hash::from_oid(oid).ok_or_else(|| SchemeError::UnknownHash(oid.to_string()))
}

fn plain(algorithm: Oid<'_>) -> Option<Hash> {
    let [last] = algorithm.0.strip_prefix(ECDSA_PLAIN)? else { return None };
    PLAIN_HASHES.iter().find(|(number, _)| number == last).map(|(_, hash)| *hash)
}

fn required(parameters: Option<Tlv<'_>>) -> Result<Tlv<'_>, SchemeError> {
    Ok(parameters.ok_or(Asn1Error::Missing { expected: Tag::SEQUENCE })?)
}

fn only(mut reader: Reader<'_>) -> Result<Tlv<'_>, Asn1Error> {
    let tlv = reader.read()?;
    reader.end()?;
    Ok(tlv)
}
