//! What is trusted, found by key identifier and by name.

use std::{collections::HashMap, sync::Arc};

use super::{Certificate, crl::RevocationList};

/// Country CAs, and what is known of their signers. Cheap to clone; made by [`super::TrustBuilder`].
#[derive(Debug, Clone, Default)]
pub struct TrustStore(Arc<Contents>);

#[derive(Debug, Default)]
pub(super) struct Contents {
    cas: Vec<Certificate>,
    by_key_id: HashMap<Box<[u8]>, Vec<usize>>,
    by_subject: HashMap<Box<[u8]>, Vec<usize>>,
    known: HashMap<[u8; 32], ()>,
    signers: Vec<Certificate>,
    revocations: Vec<RevocationList>,
}

impl TrustStore {
    pub(super) fn new(contents: Contents) -> TrustStore {
        TrustStore(Arc::new(contents))
    }

    /// How many certificates are trusted as country CAs.
    pub fn len(&self) -> usize {
        self.0.cas.len()
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The country CAs, in the order in which they came.
    pub fn country_cas(&self) -> impl Iterator<Item = &Certificate> {
        self.0.cas.iter()
    }

    /// Those that may have signed `certificate`: first by the key identifier that it names, then by its issuer's name.
    /// Several have one name, and renewed certificates one key: the signature tells, never the name.
    pub(crate) fn issuers_of<'s>(
        &'s self,
        certificate: &Certificate,
    ) -> impl Iterator<Item = (&'s Certificate, Found)> {
        let of = |map: &'s HashMap<Box<[u8]>, Vec<usize>>, key: Option<&[u8]>| {
            key.and_then(|key| map.get(key)).map(Vec::as_slice).unwrap_or_default()
        };
        let by_key = of(&self.0.by_key_id, certificate.authority_key_id());
        let by_name = of(&self.0.by_subject, Some(certificate.issuer()));
        let of_key = by_key.iter().map(|i| (*i, Found::ByKey));
        let of_name = by_name.iter().filter(|i| !by_key.contains(i)).map(|i| (*i, Found::ByName));
        of_key.chain(of_name).filter_map(|(i, found)| Some((self.0.cas.get(i)?, found)))
    }

    /// The country CAs with this name, in comparable form.
    pub(crate) fn country_cas_named<'s>(&'s self, subject: &[u8]) -> impl Iterator<Item = &'s Certificate> {
        let found = self.0.by_subject.get(subject).map(Vec::as_slice).unwrap_or_default();
        found.iter().filter_map(|i| self.0.cas.get(*i))
    }

    /// Signers of documents that came with the lists. They are trusted for nothing; a country CA must have signed them.
    pub(crate) fn signers(&self) -> impl Iterator<Item = &Certificate> {
        self.0.signers.iter()
    }

    /// Revocation lists of an issuer.
    pub(crate) fn revocations_of<'s>(&'s self, issuer: &'s [u8]) -> impl Iterator<Item = &'s RevocationList> {
        self.0.revocations.iter().filter(move |list| list.issuer() == issuer)
    }
}

/// By what an issuer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    ByKey,
    ByName,
}

impl Contents {
    /// Adds a certificate; one that is there already is not added again.
    pub(super) fn add(&mut self, certificate: Certificate) {
        if self.known.insert(certificate.fingerprint(), ()).is_some() {
            return;
        }
        if !certificate.may_sign_certificates() {
            self.signers.push(certificate);
            return;
        }
        let at = self.cas.len();
        if let Some(id) = certificate.key_id() {
            self.by_key_id.entry(id.into()).or_default().push(at);
        }
        self.by_subject.entry(certificate.subject().into()).or_default().push(at);
        self.cas.push(certificate);
    }

    pub(super) fn add_revocations(&mut self, list: RevocationList) {
        self.revocations.push(list);
    }
}
