//! What the files of a chip prove: one finding for every check, and what follows from them.

use std::fmt;

use jiff::Timestamp;
use lineward_core::{
    codes,
    evidence::{CheckResult, EvidenceClass},
};

use crate::facts::Document;

/// What was found about one chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipReport {
    /// One finding for each [`ChipCheck`], in the order of [`ChipCheck::ALL`].
    pub findings: Vec<ChipFinding>,
    /// What became of each data group that was read or that the SOD names, by number.
    pub groups: Vec<GroupFinding>,
    /// The fields of data groups 1 and 11, whether proved or not: [`ChipReport::fields_verdict`] says. `None` when data group 1
    /// was not read or cannot be read. Its portrait is left empty.
    pub document: Option<Document>,
    /// The portrait of data group 2, whether proved or not: [`ChipReport::portrait_verdict`] says.
    pub portrait: Option<ChipPortrait>,
    /// SHA-256 of the whole file of data group 2, if it was read. Equal for equal files, whatever hash the SOD uses.
    pub dg2_hash: Option<[u8; 32]>,
    /// The certificate whose key verified the SOD; the one that was tried last if none did.
    pub signer: Option<CertificateSummary>,
    /// The country CA whose key verified the signer's certificate.
    pub country_ca: Option<CertificateSummary>,
    /// Which digest the SOD uses for the data groups: `SHA-256`; `None` when it cannot be read.
    pub group_digest: Option<&'static str>,
    /// When the SOD says it was signed; it is the signer who says so.
    pub signed_at: Option<Timestamp>,
}

impl ChipReport {
    /// The finding of one check.
    pub fn finding(&self, check: ChipCheck) -> Option<&ChipFinding> {
        self.findings.iter().find(|finding| finding.check == check)
    }

    /// What the check found; not checked when it is not there.
    pub fn result(&self, check: ChipCheck) -> CheckResult {
        self.finding(check).map_or(CheckResult::NotChecked, |finding| finding.result)
    }

    /// Whether the fields are the issuer's: the chain of signatures holds, data group 1 is what was signed, and nothing
    /// failed. Whether the document is in date is a question of its own ([`ChipCheck::DocumentDates`]).
    pub fn fields_verdict(&self) -> ChipVerdict {
        self.verdict_of(1)
    }

    /// Whether the portrait is the issuer's: as for the fields, with data group 2 beside data group 1.
    pub fn portrait_verdict(&self) -> ChipVerdict {
        self.verdict_of(2)
    }

    /// Whether the document is genuine: what is said of the fields.
    pub fn verdict(&self) -> ChipVerdict {
        self.fields_verdict()
    }

    /// What the verdict rests on: `signed` when fields or portrait are genuine, `chip_present` when the chip also proved
    /// that it is the original one. Empty otherwise.
    pub fn classes(&self) -> Vec<EvidenceClass> {
        let proved = [self.fields_verdict(), self.portrait_verdict()].contains(&ChipVerdict::Genuine);
        let present = [ChipCheck::ActiveAuthentication, ChipCheck::ChipAuthentication]
            .iter()
            .any(|check| self.result(*check) == CheckResult::Pass);
        match (proved, present) {
            (true, true) => vec![EvidenceClass::Signed, EvidenceClass::ChipPresent],
            (true, false) => vec![EvidenceClass::Signed],
            (false, _) => Vec::new(),
        }
    }

    fn verdict_of(&self, group: u8) -> ChipVerdict {
        let results = |checks: &[ChipCheck], result| checks.iter().any(|check| self.result(*check) == result);
        if results(&ChipCheck::OF_GENUINENESS, CheckResult::Fail) {
            return ChipVerdict::NotGenuine;
        }
        let chain = !results(&ChipCheck::OF_THE_CHAIN, CheckResult::NotChecked);
        // An expired signer who does not say when it signed may be anyone who has the old key.
        let validity = self.finding(ChipCheck::ValidityAtSigning);
        let in_time = validity.is_some_and(|f| f.reason != Some(ChipReason::OutsideValidity));
        let signed =
            |group| self.groups.iter().any(|g| g.number == group && g.outcome == GroupOutcome::Signed);
        // A portrait without the fields that it belongs to could be put beside another person's.
        if chain && in_time && signed(group) && signed(1) {
            ChipVerdict::Genuine
        } else {
            ChipVerdict::Inconclusive
        }
    }
}

codes! {
    /// What is said of a chip.
    pub enum ChipVerdict {
        /// The issuer signed it and nothing speaks against it.
        Genuine = "genuine",
        /// Something that was checked is wrong.
        NotGenuine = "not_genuine",
        /// Nothing is wrong, and something that is needed could not be checked.
        Inconclusive = "inconclusive",
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipFinding {
    /// The check.
    pub check: ChipCheck,
    /// What it answered.
    pub result: CheckResult,
    /// Why it is not a pass: for a failure what is wrong, otherwise what is missing. `None` for a pass. With several
    /// reasons, the one that weighs most.
    pub reason: Option<ChipReason>,
    /// What is worth knowing and changes nothing about the result.
    pub notes: Vec<ChipNote>,
    /// The same in words, with values. Never holds names, numbers or dates of the holder or the document.
    pub detail: String,
}

codes! {
    /// The checks of a chip.
    pub enum ChipCheck {
        /// The SOD is signed by its signer's key (Doc 9303-11, section 5.1; RFC 5652, clause 5.4).
        SodSignature = "sod_signature",
        /// The signer's certificate is one for documents and a country CA's key signed it (Doc 9303-12, section 7.1).
        SignerCertificate = "signer_certificate",
        /// That country CA is in the trust store, is a CA, and is of the issuing state (Doc 9303-12, section 7).
        CountryCa = "country_ca",
        /// Every data group that was read has the hash that the SOD names (Doc 9303-11, section 5.1).
        DataGroupHashes = "data_group_hashes",
        /// The certificates were valid when the SOD was signed (Doc 9303-12, "Key management").
        ValidityAtSigning = "validity_at_signing",
        /// The signer's certificate is on no revocation list of its country (Doc 9303-12, section 7.1.4).
        Revocation = "revocation",
        /// The chip signed a random number with the key of data group 15 (Doc 9303-11, section 6.1).
        ActiveAuthentication = "active_authentication",
        /// The chip agreed on a session key with its key in data group 14 (Doc 9303-11, section 6.2).
        ChipAuthentication = "chip_authentication",
        /// The document is in date.
        DocumentDates = "document_dates",
    }
}

impl ChipCheck {
    /// Those of which one failure makes a document not genuine: all but its dates. A signer who was revoked, or who signed
    /// out of time, may be anyone who has the key.
    pub const OF_GENUINENESS: [ChipCheck; 8] = [
        ChipCheck::SodSignature,
        ChipCheck::SignerCertificate,
        ChipCheck::CountryCa,
        ChipCheck::DataGroupHashes,
        ChipCheck::ValidityAtSigning,
        ChipCheck::Revocation,
        ChipCheck::ActiveAuthentication,
        ChipCheck::ChipAuthentication,
    ];

    /// Those that have to pass for anything to be called genuine.
    pub const OF_THE_CHAIN: [ChipCheck; 4] = [
        ChipCheck::SodSignature,
        ChipCheck::SignerCertificate,
        ChipCheck::CountryCa,
        ChipCheck::DataGroupHashes,
    ];
}

codes! {
    /// Why a check of a chip is not a pass.
    pub enum ChipReason {
        /// Something that this check needs was not read from the chip.
        NotRead = "not_read",
        /// The file that this check needs cannot be read as what it should be.
        Unreadable = "unreadable",
        /// The chip has no key for this.
        NotOnChip = "not_on_chip",
        /// The chip has a key for this and nobody asked it.
        NotAsked = "not_asked",
        /// Made wholly on the phone: its owner can make it up, so it proves nothing.
        MadeOnPhone = "made_on_phone",
        /// An earlier check did not pass, so that this one would prove nothing.
        NotProved = "not_proved",
        /// An algorithm, key or curve that is not known here.
        Unsupported = "unsupported",
        /// A key so short that anybody can find its private one: its signatures prove nothing.
        KeyTooWeak = "key_too_weak",
        /// A signature is not of this key over these bytes.
        SignatureWrong = "signature_wrong",
        /// The signed digest is not the one of the content.
        DigestWrong = "digest_wrong",
        /// A signed attribute is missing, twice there, or says something else than the content.
        AttributeWrong = "attribute_wrong",
        /// A data group has another hash than the one that was signed.
        HashWrong = "hash_wrong",
        /// A data group was read that the SOD does not name.
        NotNamed = "not_named",
        /// The SOD names no certificate that is there.
        NoSignerCertificate = "no_signer_certificate",
        /// The certificate is for something else than signing documents.
        NotASigner = "not_a_signer",
        /// No country CA in the trust store fits. Nothing is wrong by that.
        NoCountryCa = "no_country_ca",
        /// Signer, country CA and issuing state are not of one country.
        CountryDiffers = "country_differs",
        /// A certificate has a critical extension that is not known here (RFC 5280, clause 4.2).
        CriticalExtension = "critical_extension",
        /// The SOD does not say when it was signed.
        NoSigningTime = "no_signing_time",
        /// Signed at a time when a certificate or its private key was not valid.
        OutsideValidity = "outside_validity",
        /// No revocation list of this country is there.
        NoRevocationList = "no_revocation_list",
        /// The revocation list is out of date.
        RevocationListOld = "revocation_list_old",
        /// The revocation list is not of all certificates of its issuer, or has a critical extension that is not known here
        /// (RFC 5280, clause 5.2).
        RevocationListPartial = "revocation_list_partial",
        /// The signer's certificate was revoked.
        Revoked = "revoked",
        /// The document expired.
        Expired = "expired",
        /// The document states no day of expiry that can be used.
        NoExpiryDate = "no_expiry_date",
        /// The chip's answer is not the one that its key gives.
        AnswerWrong = "answer_wrong",
    }
}

codes! {
    /// What is worth knowing about a chip and decides nothing.
    pub enum ChipNote {
        /// SHA-1 was used where a signature or hash is to be trusted.
        Sha1 = "sha1",
        /// A key shorter than Doc 9303-12 recommends ("Cryptographic algorithms").
        SmallKey = "small_key",
        /// A small public exponent, with which careless verifiers accept forgeries (BSI TR-02102-1).
        SmallExponent = "small_exponent",
        /// The signer's identifier names no certificate; the only one that is embedded was tried.
        SignerIdentifierUnmatched = "signer_identifier_unmatched",
        /// The signer's certificate came from the trust store, not from the SOD.
        SignerFromTrustStore = "signer_from_trust_store",
        /// The SOD hashes data groups with another algorithm than its signer signs with. That is allowed.
        DigestDiffers = "digest_differs",
        /// The SOD calls its content something else than a list of hashes of data groups.
        ContentType = "content_type",
        /// The country CA was found by its name: the key identifiers are missing or name another key.
        CaByName = "ca_by_name",
        /// A link certificate: one key of the country CA signed the next one.
        LinkCertificate = "link_certificate",
        /// A certificate names its signature's algorithm twice, and differently.
        AlgorithmsDiffer = "algorithms_differ",
        /// The certificate's list of document types does not hold this document's.
        DocumentTypeUnlisted = "document_type_unlisted",
        /// EF.COM names other data groups than the SOD. Nobody signs EF.COM.
        ComDiffers = "com_differs",
        /// EF.COM was not read, or cannot be read.
        ComMissing = "com_missing",
        /// The SOD names data groups that were not read.
        GroupsNotRead = "groups_not_read",
        /// Nothing says whether the country that the certificates name is that of the document.
        CountryNotCompared = "country_not_compared",
        /// A certificate is not valid any more. It was, or may have been, when the SOD was signed.
        ExpiredSince = "expired_since",
        /// The revocation list was signed by a key that the trust store does not hold, and was not used.
        RevocationListUnsigned = "revocation_list_unsigned",
        /// A specimen: it proves nothing about anybody.
        Specimen = "specimen",
        /// The signature is in a form that the standard does not give it.
        SignatureForm = "signature_form",
    }
}

/// What became of one data group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupFinding {
    /// Its number, 1 to 16.
    pub number: u8,
    /// What was found.
    pub outcome: GroupOutcome,
}

codes! {
    /// What was found about a data group.
    pub enum GroupOutcome {
        /// It was read and has the hash that the SOD names.
        Signed = "signed",
        /// It was read and has another hash.
        HashWrong = "hash_wrong",
        /// It was read and the SOD does not name it.
        NotNamed = "not_named",
        /// The SOD names it and it was not read.
        NotRead = "not_read",
    }
}

/// The portrait of data group 2: the image as the chip holds it, undecoded.
#[derive(Clone, PartialEq, Eq)]
pub struct ChipPortrait {
    /// JPEG or JPEG 2000.
    pub bytes: Vec<u8>,
    /// How many faces the data group holds; this is the first.
    pub faces: usize,
}

impl fmt::Debug for ChipPortrait {
    /// Says how large the portrait is and never what is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChipPortrait({} bytes, {} faces)", self.bytes.len(), self.faces)
    }
}

/// A certificate as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSummary {
    /// Who it is for: `C=DE, O=bund, OU=bsi, CN=csca-germany`.
    pub subject: String,
    /// Who signed it, in the same form.
    pub issuer: String,
    /// The subject's country, two letters in upper case, if it names one.
    pub country: Option<String>,
    /// The serial number in lower-case hexadecimal, without leading zeros.
    pub serial: String,
    /// The key: `RSA 4096`, `brainpoolP384r1`, or why it cannot be used.
    pub key: String,
    /// The algorithm that its own signature is made with, as a dotted object identifier.
    pub signature_algorithm: String,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// SHA-256 of the whole certificate.
    pub fingerprint: [u8; 32],
}
