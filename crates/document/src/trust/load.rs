//! From files to a trust store: certificates and revocation lists in DER or PEM, master lists, LDIF of the ICAO PKD.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use lineward_core::codes;

use super::{
    Certificate, TrustStore, certificate::CertificateError, crl::RevocationList, master_list, store::Contents,
};
use crate::chip::CertificateSummary;

/// Largest file read, in bytes. The signer certificates of the ICAO PKD have about 100 MB as LDIF; ours.
pub const MAX_LIST_BYTES: usize = 256 * 1024 * 1024;

/// Collects files; [`TrustBuilder::build`] verifies what has to be verified.
///
/// Certificates in files of their own are trusted because the operator gave them. A master list counts when the key of one
/// of those signed its signer's certificate; a revocation list when the CA that it is about signed it.
///
/// ```
/// use lineward_document::trust::TrustBuilder;
/// let mut builder = TrustBuilder::default();
/// builder.add_file("notes.txt", b"not a certificate");
/// let trusted = builder.build();
/// assert!(trusted.store.is_empty());
/// assert_eq!(trusted.rejected[0].name, "notes.txt");
/// ```
#[derive(Debug, Default)]
pub struct TrustBuilder {
    given: Vec<Certificate>,
    from_directories: Vec<Certificate>,
    master_lists: Vec<(String, Vec<u8>)>,
    revocations: Vec<RevocationList>,
    files: Vec<ListSummary>,
    rejected: Vec<Rejected>,
}

/// What came of the files.
#[derive(Debug, Default)]
pub struct Trusted {
    /// What is trusted.
    pub store: TrustStore,
    /// What each file gave.
    pub files: Vec<ListSummary>,
    /// What was left out, and why.
    pub rejected: Vec<Rejected>,
}

codes! {
    /// What a file is.
    pub enum ListKind {
        /// A list of country CAs that a state signed.
        MasterList = "master_list",
        /// Certificates that the operator answers for.
        Certificates = "certificates",
        /// A revocation list.
        RevocationList = "revocation_list",
    }
}

/// What one file gave. A file of several kinds (LDIF) has one entry for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSummary {
    /// The name it was given under.
    pub name: String,
    /// What it is.
    pub kind: ListKind,
    /// The certificates that it gave, country CAs and signers, by their SHA-256.
    pub certificates: Vec<[u8; 32]>,
    /// Who signed it, if it is a master list.
    pub signer: Option<CertificateSummary>,
}

/// What was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The file.
    pub name: String,
    /// Which certificate of a list, from 0; `None` for the whole file.
    pub index: Option<usize>,
    /// Why.
    pub reason: String,
}

impl TrustBuilder {
    /// Takes a file of any kind that is known here.
    pub fn add_file(&mut self, name: &str, bytes: &[u8]) {
        if bytes.len() > MAX_LIST_BYTES {
            self.reject(name, format!("{} bytes, and no list has more than {MAX_LIST_BYTES}", bytes.len()));
            return;
        }
        let text = || std::str::from_utf8(bytes).ok();
        if let Some(text) = text().filter(|t| t.contains("-----BEGIN ")) {
            self.add_pem(name, text);
        } else if let Some(text) = text().filter(|t| looks_like_ldif(t)) {
            self.add_ldif(name, text);
        } else {
            self.add_der(name, bytes);
        }
    }

    /// Verifies the master lists and puts everything together.
    pub fn build(self) -> Trusted {
        let TrustBuilder { given, from_directories, master_lists, revocations, mut files, mut rejected } =
            self;
        let pinned: Vec<&Certificate> = given.iter().filter(|c| c.may_sign_certificates()).collect();
        let mut from_lists = Vec::new();
        for (name, bytes) in master_lists {
            match master_list::read(&bytes, &pinned) {
                Ok(list) => {
                    rejected.extend(list.unreadable.iter().map(|(index, e)| Rejected {
                        name: name.clone(),
                        index: Some(*index),
                        reason: e.to_string(),
                    }));
                    let signer = Some(list.signer.summary());
                    let certificates = list.certificates.iter().map(Certificate::fingerprint).collect();
                    files.push(ListSummary { name, kind: ListKind::MasterList, certificates, signer });
                    from_lists.extend(list.certificates);
                }
                Err(e) => rejected.push(Rejected { name, index: None, reason: e.to_string() }),
            }
        }
        let mut contents = Contents::default();
        given
            .into_iter()
            .chain(from_directories)
            .chain(from_lists)
            .for_each(|certificate| contents.add(certificate));
        revocations.into_iter().for_each(|list| contents.add_revocations(list));
        Trusted { store: TrustStore::new(contents), files, rejected }
    }

    fn add_der(&mut self, name: &str, bytes: &[u8]) {
        let error = match Certificate::read(bytes) {
            Ok(certificate) => {
                self.count(name, ListKind::Certificates, Some(certificate.fingerprint()));
                self.given.push(certificate);
                return;
            }
            Err(e) => e,
        };
        if master_list::is_master_list(bytes) {
            self.master_lists.push((name.to_owned(), bytes.to_vec()));
        } else if let Ok(list) = RevocationList::read(bytes) {
            self.revocations.push(list);
            self.count(name, ListKind::RevocationList, None);
        } else {
            let reason = match error {
                CertificateError::TooLarge { .. } => "neither a certificate nor a list".to_owned(),
                error => error.to_string(),
            };
            self.reject(name, reason);
        }
    }

    /// Several blocks may follow one another (RFC 7468).
    fn add_pem(&mut self, name: &str, text: &str) {
        for block in text.split("-----BEGIN ").skip(1) {
            let body =
                block.split_once("-----").and_then(|(_, rest)| rest.split_once("-----END ")).map(|(b, _)| b);
            match body.and_then(base64) {
                Some(bytes) => self.add_der(name, &bytes),
                None => self.reject(name, "a block of PEM that cannot be read".to_owned()),
            }
        }
    }

    /// The attributes of the ICAO PKD (as in its files; RFC 2849 for the lines).
    fn add_ldif(&mut self, name: &str, text: &str) {
        const ATTRIBUTES: [&str; 5] = [
            "cscamasterlistdata",
            "pkdmasterlistcontent",
            "usercertificate",
            "cacertificate",
            "certificaterevocationlist",
        ];
        for line in unfolded(text) {
            let Some((attribute, value)) = line.split_once("::") else { continue };
            let attribute = attribute.split(';').next().unwrap_or_default().to_ascii_lowercase();
            if !ATTRIBUTES.contains(&attribute.as_str()) {
                continue;
            }
            let Some(bytes) = base64(value) else {
                self.reject(name, format!("{attribute} is not in base64"));
                continue;
            };
            match (attribute.as_str(), Certificate::read(&bytes)) {
                ("usercertificate" | "cacertificate", Ok(certificate)) => {
                    self.add_from_directory(name, certificate)
                }
                _ => self.add_der(name, &bytes),
            }
        }
    }

    /// A directory is bulk data of many hands: it gives signers, whom a country CA must have signed, and never a country CA.
    fn add_from_directory(&mut self, name: &str, certificate: Certificate) {
        if certificate.may_sign_certificates() {
            return self.reject(
                name,
                "a country CA in a directory: give it in a file of its own, or a master list".to_owned(),
            );
        }
        self.count(name, ListKind::Certificates, Some(certificate.fingerprint()));
        self.from_directories.push(certificate);
    }

    fn count(&mut self, name: &str, kind: ListKind, certificate: Option<[u8; 32]>) {
        if !self.files.iter().any(|file| file.name == name && file.kind == kind) {
            self.files.push(ListSummary {
                name: name.to_owned(),
                kind,
                certificates: Vec::new(),
                signer: None,
            });
        }
        let file = self.files.iter_mut().find(|file| file.name == name && file.kind == kind);
        file.into_iter().for_each(|file| file.certificates.extend(certificate));
    }

    fn reject(&mut self, name: &str, reason: String) {
        self.rejected.push(Rejected { name: name.to_owned(), index: None, reason });
    }
}

fn looks_like_ldif(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| line.starts_with("dn:") || line.starts_with("version:"))
}

/// Lines whose continuation lines, which begin with a space, are put back.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The bytes of the first block, for a text in PEM.
pub(super) fn first_block(bytes: &[u8]) -> Option<Vec<u8>> {
    let (_, rest) = std::str::from_utf8(bytes).ok()?.split_once("-----BEGIN ")?;
    let (body, _) = rest.split_once("-----")?.1.split_once("-----END ")?;
    base64(body)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    BASE64.decode(text).ok()
}
