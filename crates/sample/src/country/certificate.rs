//! X.509 certificates and revocation lists (RFC 5280) with the profile of Doc 9303-12, section 7.

use jiff::Timestamp;

use super::der;
use super::key::{Key, Scheme};

/// What a certificate says; [`Template::sign`] makes it one.
#[derive(Clone)]
pub(super) struct Template {
    /// The serial number.
    pub(super) serial: Vec<u8>,
    /// The name of who signs, encoded.
    pub(super) issuer: Vec<u8>,
    /// The name of whose it is, encoded.
    pub(super) subject: Vec<u8>,
    /// From when.
    pub(super) not_before: Timestamp,
    /// Until when, included.
    pub(super) not_after: Timestamp,
    /// SubjectPublicKeyInfo.
    pub(super) public_key_info: Vec<u8>,
    /// The extensions, encoded.
    pub(super) extensions: Vec<Vec<u8>>,
}

impl Template {
    /// The certificate, signed by the issuer's key.
    pub(super) fn sign(&self, key: &Key, scheme: Scheme) -> Vec<u8> {
        let scheme = scheme.in_certificate();
        let to_be_signed = der::sequence(&[
            der::context(0, &der::small(2)),
            der::integer(&self.serial),
            scheme.identifier(),
            self.issuer.clone(),
            der::sequence(&[der::time(self.not_before), der::time(self.not_after)]),
            self.subject.clone(),
            self.public_key_info.clone(),
            der::context(3, &der::sequence(&self.extensions)),
        ]);
        signed(to_be_signed, key, scheme)
    }
}

/// A list of revoked certificates, version 2.
pub(super) struct RevocationList<'a> {
    /// The name of who signs, encoded.
    pub(super) issuer: &'a [u8],
    /// When it was made.
    pub(super) this_update: Timestamp,
    /// By when there will be another one.
    pub(super) next_update: Timestamp,
    /// The serial numbers revoked, all of them at `this_update`.
    pub(super) serials: &'a [Vec<u8>],
    /// What each entry says besides, encoded.
    pub(super) of_entries: Vec<Vec<u8>>,
    /// What the list says besides its number and the key that signed it, encoded.
    pub(super) extensions: Vec<Vec<u8>>,
}

impl RevocationList<'_> {
    /// The list, signed by the issuer's key.
    pub(super) fn sign(&self, key: &Key, scheme: Scheme) -> Vec<u8> {
        let scheme = scheme.in_certificate();
        let revoked: Vec<Vec<u8>> = self
            .serials
            .iter()
            .map(|serial| {
                let mut entry = vec![der::integer(serial), der::time(self.this_update)];
                if !self.of_entries.is_empty() {
                    entry.push(der::sequence(&self.of_entries));
                }
                der::sequence(&entry)
            })
            .collect();
        let mut fields = vec![
            der::small(1),
            scheme.identifier(),
            self.issuer.to_vec(),
            der::time(self.this_update),
            der::time(self.next_update),
        ];
        if !revoked.is_empty() {
            // The list is left out when it would be empty (RFC 5280, section 5.1.2.6).
            fields.push(der::sequence(&revoked));
        }
        let number = extension("2.5.29.20", false, &der::small(1));
        let extensions = [vec![authority_key(key), number], self.extensions.clone()].concat();
        fields.push(der::context(0, &der::sequence(&extensions)));
        signed(der::sequence(&fields), key, scheme)
    }
}

/// A name: country, organization and common name (Doc 9303-12, section 7.1.1).
pub(super) fn name(country: &str, common_name: &str) -> Vec<u8> {
    let part = |oid: &str, value| der::set_of(vec![der::sequence(&[der::oid(oid), value])]);
    der::sequence(&[
        part("2.5.4.6", der::printable(country)),
        part("2.5.4.10", der::utf8("SAMPLE - NOT A STATE")),
        part("2.5.4.3", der::utf8(common_name)),
    ])
}

/// The extensions of a country CA: its key may sign certificates and lists, and the path ends below it.
pub(super) fn country_ca(own: &Key, signed_by: &Key, state: &str) -> Vec<Vec<u8>> {
    vec![
        authority_key(signed_by),
        subject_key(own),
        key_usage(&[0x06], 1),
        extension("2.5.29.19", true, &der::sequence(&[der::yes(), der::small(0)])),
        alternative_name("2.5.29.17", state),
        alternative_name("2.5.29.18", state),
    ]
}

/// The extensions of a document signer: its key signs documents of the type `P` or `I` and nothing else.
pub(super) fn document_signer(own: &Key, country_ca: &Key, state: &str, documents: &[&str]) -> Vec<Vec<u8>> {
    let types = der::set_of(documents.iter().map(|kind| der::printable(kind)).collect());
    vec![
        authority_key(country_ca),
        subject_key(own),
        key_usage(&[0x80], 7),
        alternative_name("2.5.29.17", state),
        alternative_name("2.5.29.18", state),
        // DocumentTypeList (Doc 9303-12, section 7.1.1).
        extension("2.23.136.1.1.6.2", false, &der::sequence(&[der::small(0), types])),
    ]
}

/// The extensions of a signer of master lists (Doc 9303-12, section 7.1.1.3 for the extended key usage).
pub(super) fn master_list_signer(own: &Key, country_ca: &Key, state: &str) -> Vec<Vec<u8>> {
    vec![
        authority_key(country_ca),
        subject_key(own),
        key_usage(&[0x80], 7),
        extension("2.5.29.37", true, &der::sequence(&[der::oid("2.23.136.1.1.3")])),
        alternative_name("2.5.29.17", state),
        alternative_name("2.5.29.18", state),
    ]
}

/// PrivateKeyUsagePeriod: from when to when the key signs, which is shorter than its certificate's life (Doc 9303-12,
/// section 7.1.1, table 6).
pub(super) fn private_key_usage(from: Timestamp, to: Timestamp) -> Vec<u8> {
    let time = |n, at| der::context_primitive(n, der::generalized(at).as_bytes());
    extension("2.5.29.16", false, &der::sequence(&[time(0, from), time(1, to)]))
}

/// An extension that nobody knows, and that says it must be known.
pub(super) fn unknown_critical() -> Vec<u8> {
    extension("2.999.1", true, &der::null())
}

/// issuingDistributionPoint of a list that holds certificates of users only (RFC 5280, section 5.2.5).
pub(super) fn users_only() -> Vec<u8> {
    extension("2.5.29.28", true, &der::sequence(&[der::context_primitive(1, &[0xFF])]))
}

/// deltaCRLIndicator: what changed since list number 1 (RFC 5280, section 5.2.4).
pub(super) fn delta() -> Vec<u8> {
    extension("2.5.29.27", true, &der::small(1))
}

/// reasonCode removeFromCRL: the entry is no longer revoked (RFC 5280, section 5.3.1).
pub(super) fn removed() -> Vec<u8> {
    extension("2.5.29.21", false, &[0x0A, 1, 8])
}

fn authority_key(key: &Key) -> Vec<u8> {
    extension("2.5.29.35", false, &der::sequence(&[der::context_primitive(0, &key.identifier())]))
}

fn subject_key(key: &Key) -> Vec<u8> {
    extension("2.5.29.14", false, &der::octets(&key.identifier()))
}

/// KeyUsage: named bits, the last `unused` of which are not there.
fn key_usage(named: &[u8], unused: u8) -> Vec<u8> {
    extension("2.5.29.15", true, &der::tlv(0x03, &[&[unused], named].concat()))
}

/// Subject or issuer alternative name: the state's code as it stands in the zone, as a locality (Doc 9303-12, section
/// 7.1.1).
fn alternative_name(oid: &str, state: &str) -> Vec<u8> {
    let locality = der::sequence(&[der::oid("2.5.4.7"), der::utf8(state)]);
    let directory = der::context(4, &der::sequence(&[der::set_of(vec![locality])]));
    extension(oid, false, &der::sequence(&[directory]))
}

fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { der::yes() } else { Vec::new() };
    der::sequence(&[der::oid(oid), critical, der::octets(value)])
}

/// What is signed, how, and the signature: certificates and lists alike (RFC 5280, section 4.1.1).
fn signed(to_be_signed: Vec<u8>, key: &Key, scheme: Scheme) -> Vec<u8> {
    let signature = key.sign(scheme, &to_be_signed);
    der::sequence(&[to_be_signed, scheme.identifier(), der::bits(&signature)])
}
