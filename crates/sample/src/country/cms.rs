//! SignedData (RFC 5652): what EF.SOD, EF.CardSecurity and master lists are made of.

use jiff::Timestamp;

use super::der;
use super::hash::Hash;
use super::key::{Key, Scheme};

/// Content type of EF.SOD (Doc 9303-10, section 4.6.2).
pub(super) const SECURITY_OBJECT: &str = "2.23.136.1.1.1";
/// Content type of a master list (Doc 9303-12, section 9).
pub(super) const MASTER_LIST: &str = "2.23.136.1.1.2";

/// Content type of EF.CardSecurity (Doc 9303-11, section 9.2.11).
pub(super) const CARD_SECURITY: &str = "0.4.0.127.0.7.3.2.1";

/// What is signed and how; [`SignedData::sign`] makes the message.
#[derive(Clone)]
pub(super) struct SignedData {
    /// The content's type.
    pub(super) content_type: &'static str,
    /// The content.
    pub(super) content: Vec<u8>,
    /// The certificates that travel with it.
    pub(super) certificates: Vec<Vec<u8>>,
    /// Which certificate is the signer's.
    pub(super) signer: SignerId,
    /// The hash of the content.
    pub(super) digest: Hash,
    /// The signature. Its hash may be another one than `digest`, which is odd and happens.
    pub(super) scheme: Scheme,
    /// The signed attributes, encoded; [`attributes`] makes the usual ones.
    pub(super) attributes: Vec<Vec<u8>>,
    /// Whether the attributes stay in the order given, which DER does not allow.
    pub(super) attributes_as_is: bool,
    /// Lengths and strings.
    pub(super) encoding: Encoding,
}

/// How a SignerInfo names the signer's certificate.
#[derive(Clone)]
pub(super) enum SignerId {
    /// By the issuer's name, encoded, and the serial number.
    IssuerAndSerial(Vec<u8>, Vec<u8>),
    /// By the key identifier.
    SubjectKey(Vec<u8>),
}

/// How lengths and strings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// DER.
    Der,
    /// BER: indefinite lengths, and the content in pieces of 100 octets.
    Ber,
}

impl SignedData {
    /// The ContentInfo with one SignerInfo.
    pub(super) fn sign(&self, key: &Key) -> Vec<u8> {
        let attributes = if self.attributes_as_is {
            der::set_as_is(&self.attributes)
        } else {
            der::set_of(self.attributes.clone())
        };
        let signature = key.sign(self.scheme, &attributes);
        // Signed as a SET, sent as [0] (RFC 5652, section 5.4).
        let mut sent = attributes;
        if let Some(tag) = sent.first_mut() {
            *tag = 0xA0;
        }
        let (version, signer) = match &self.signer {
            SignerId::IssuerAndSerial(issuer, serial) => {
                (1, der::sequence(&[issuer.clone(), der::integer(serial)]))
            }
            SignerId::SubjectKey(identifier) => (3, der::context_primitive(0, identifier)),
        };
        let signer_info = der::sequence(&[
            der::small(version),
            signer,
            self.digest.identifier(),
            sent,
            self.scheme.identifier(),
            der::octets(&signature),
        ]);
        self.message(&signer_info)
    }

    fn message(&self, signer_info: &[u8]) -> Vec<u8> {
        let content = match self.encoding {
            Encoding::Der => der::octets(&self.content),
            Encoding::Ber => der::octets_in_pieces(&self.content, 100),
        };
        let encapsulated =
            self.constructed(0x30, &[der::oid(self.content_type), self.constructed(0xA0, &content)].concat());
        let mut fields = vec![der::small(3), der::set_as_is(&[self.digest.identifier()]), encapsulated];
        if !self.certificates.is_empty() {
            fields.push(der::context(0, &self.certificates.concat()));
        }
        fields.push(der::set_as_is(&[signer_info.to_vec()]));
        let signed_data = self.constructed(0x30, &fields.concat());
        let explicit = self.constructed(0xA0, &signed_data);
        self.constructed(0x30, &[der::oid("1.2.840.113549.1.7.2"), explicit].concat())
    }

    fn constructed(&self, tag: u32, content: &[u8]) -> Vec<u8> {
        match self.encoding {
            Encoding::Der => der::tlv(tag, content),
            Encoding::Ber => der::indefinite(tag, content),
        }
    }
}

/// The usual signed attributes: content type, digest, and the time of signing if it is told (RFC 5652, section 11).
pub(super) fn attributes(content_type: &str, digest: &[u8], signed_at: Option<Timestamp>) -> Vec<Vec<u8>> {
    let attribute = |oid: &str, value| der::sequence(&[der::oid(oid), der::set_as_is(&[value])]);
    let mut attributes = vec![
        attribute("1.2.840.113549.1.9.3", der::oid(content_type)),
        attribute("1.2.840.113549.1.9.4", der::octets(digest)),
    ];
    attributes.extend(signed_at.map(|at| attribute("1.2.840.113549.1.9.5", der::time(at))));
    attributes
}
