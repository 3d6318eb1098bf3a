//! Master lists: country CAs that one state vouches for (Doc 9303-12, section 9).

use super::{Certificate, CertificateError};
use crate::{
    asn1::{Asn1Error, Oid, Rules, Tag, Tlv},
    chip::cms::{CmsError, SignedData},
};

/// Most certificates of one list; the published ones have up to 600. Ours.
const MAX_CERTIFICATES: usize = 10_000;

/// id-icao-cscaMasterList.
const MASTER_LIST: Oid<'_> = Oid(&[0x67, 0x81, 0x08, 0x01, 0x01, 0x02]);

/// Why a master list is not used. It is never used in part for want of a signature; single certificates of a verified one
/// that cannot be read are left out and counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MasterListError {
    /// Not the structure of one.
    #[error("not a master list: {0}")]
    Structure(#[from] Asn1Error),
    /// Its signer's certificate is not in it.
    #[error("the certificate of the list's signer is not in it")]
    NoSigner,
    /// The signer's certificate is not one for master lists (Doc 9303-12, section 7.1.1.3).
    #[error("the signer's certificate is not for master lists")]
    NotForLists,
    /// The signature over the list is wrong.
    #[error("the signature over the list: {0}")]
    Signature(String),
    /// It says that it was signed when its signer's certificate, or the country CA's, was not valid.
    #[error("it was signed when the certificate of its signer, or of the country CA, was not valid")]
    OutsideValidity,
    /// No certificate that was given as trusted signed the signer's.
    #[error("its signer ({signer}) is signed by no certificate given as trusted")]
    NotPinned {
        /// The signer's name.
        signer: String,
    },
}

/// What a verified list holds.
pub(super) struct MasterList {
    pub(super) certificates: Vec<Certificate>,
    pub(super) unreadable: Vec<(usize, CertificateError)>,
    pub(super) signer: Certificate,
}

/// Whether bytes say that they are a master list.
pub(super) fn is_master_list(bytes: &[u8]) -> bool {
    let content_type = || {
        let tlv = Tlv::read(bytes, Rules::Ber).ok()?;
        Some(SignedData::read(tlv).ok()?.content_type == MASTER_LIST)
    };
    content_type() == Some(true)
}

/// Reads and verifies a list whose signer one of `pinned` signed.
pub(super) fn read(bytes: &[u8], pinned: &[&Certificate]) -> Result<MasterList, MasterListError> {
    let signed = SignedData::read(Tlv::read(bytes, Rules::Ber)?)?;
    if signed.content_type != MASTER_LIST {
        return Err(Asn1Error::BadValue.into());
    }
    let embedded = signed.certificates.iter().filter_map(|raw| Certificate::read(raw).ok());
    let signer = embedded.into_iter().find(|c| signed.signer.names(c)).ok_or(MasterListError::NoSigner)?;
    // A signer of documents must not be able to make a master list: its key is used in every passport office.
    if !signer.signs_master_lists || signer.may_sign_certificates() {
        return Err(MasterListError::NotForLists);
    }
    let signs = |ca: &&&Certificate| {
        ca.may_sign_certificates() && ca.public_key().is_ok_and(|key| signer.signed_by(&key).is_ok())
    };
    let issuers: Vec<&&Certificate> = pinned.iter().filter(signs).collect();
    if issuers.is_empty() {
        return Err(MasterListError::NotPinned { signer: signer.summary().subject });
    }
    // Lists are kept for as long as documents are, so that a signer may have expired since; but not before it signed. As
    // with documents, the country CA's certificate may be a younger one for the same key.
    let in_time = |time| {
        (signer.not_before..=signer.not_after).contains(&time)
            && issuers.iter().any(|ca| time <= ca.not_after)
    };
    if signed.signer.signing_time().is_some_and(|time| !in_time(time)) {
        return Err(MasterListError::OutsideValidity);
    }
    let signature = |e: CmsError| MasterListError::Signature(e.to_string());
    let key = signer.public_key().map_err(|e| MasterListError::Signature(e.to_string()))?;
    if !signed.signer.has_attributes() {
        return Err(MasterListError::Signature("there are no signed attributes".to_owned()));
    }
    signed.verify(&key).map_err(signature)?;

    let mut fields = Tlv::read(&signed.content, Rules::Ber)?.expect(Tag::SEQUENCE)?.inside();
    fields.expect(Tag::INTEGER)?;
    let mut set = fields.expect(Tag::SET)?.inside();
    fields.end()?;
    let (mut certificates, mut unreadable) = (Vec::new(), Vec::new());
    while let Some(one) = set.next()? {
        let index = certificates.len() + unreadable.len();
        if index >= MAX_CERTIFICATES {
            return Err(Asn1Error::BadValue.into());
        }
        match Certificate::read(one.raw) {
            Ok(certificate) => certificates.push(certificate),
            Err(e) => unreadable.push((index, e)),
        }
    }
    Ok(MasterList { certificates, unreadable, signer })
}
