//! One signed file of a chip, EF.SOD or EF.CardSecurity, up to the country CA (Doc 9303-11, section 5.1).

use jiff::{SignedDuration, Timestamp};
use lineward_core::evidence::CheckResult;

use super::{
    ChipCheck, ChipFinding, ChipNote, ChipReason, FileName,
    cms::{CmsError, SignedData},
    groups::{Facts, Groups},
};
use crate::{
    asn1::{Asn1Error, Oid, Reader, Rules, Tag, Tlv},
    crypto::{Hash, KeyError, PublicKey, Role, Weakness},
    trust::{
        Certificate, Country, TrustStore,
        certificate::NotSigned,
        crl::{RevocationList, Scope},
        store::Found,
    },
};

/// id-icao-ldsSecurityObject (Doc 9303-10, section 4.6.2.2).
const LDS_SECURITY_OBJECT: Oid<'_> = Oid(&[0x67, 0x81, 0x08, 0x01, 0x01, 0x01]);
/// id-data: what China's documents call it (seen in an issued one).
const DATA: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]);
/// id-SecurityObject (Doc 9303-11, section 9.2.11).
const SECURITY_OBJECT: Oid<'_> = Oid(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01]);

/// Most certificates of one file's signer that are tried: each costs a verification. One is usual; ours.
const MAX_SIGNERS: usize = 3;

/// Most country CAs that are tried for one signer; the published lists hold up to six of one name. Ours.
const MAX_CANDIDATES: usize = 64;

/// What became of a signed file.
pub(super) struct SignedFile {
    /// One for each check of the chain, of validity and of revocation.
    pub(super) findings: Vec<ChipFinding>,
    /// What was signed, as octets; whether it was is in the findings.
    pub(super) content: Option<Vec<u8>>,
    /// The digest beside the signature.
    pub(super) digest: Option<Hash>,
    /// The certificate that verified it, or was tried last.
    pub(super) signer: Option<Certificate>,
    /// The country CA that signed that.
    pub(super) country_ca: Option<Certificate>,
    /// When the signer says that it signed.
    pub(super) signed_at: Option<Timestamp>,
}

/// A finding in the making.
pub(super) fn finding(
    check: ChipCheck,
    result: CheckResult,
    reason: impl Into<Option<ChipReason>>,
    detail: impl Into<String>,
) -> ChipFinding {
    ChipFinding { check, result, reason: reason.into(), notes: Vec::new(), detail: detail.into() }
}

/// How far clocks of signers may be ahead; ours.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

const CHECKS: [ChipCheck; 5] = [
    ChipCheck::SodSignature,
    ChipCheck::SignerCertificate,
    ChipCheck::CountryCa,
    ChipCheck::ValidityAtSigning,
    ChipCheck::Revocation,
];

impl SignedFile {
    /// Neither file was read.
    pub(super) fn missing() -> SignedFile {
        let detail = "EF.SOD was not read";
        SignedFile::unread(|check| finding(check, CheckResult::NotChecked, ChipReason::NotRead, detail))
    }

    fn unread(of: impl Fn(ChipCheck) -> ChipFinding) -> SignedFile {
        SignedFile {
            findings: CHECKS.into_iter().map(of).collect(),
            content: None,
            digest: None,
            signer: None,
            country_ca: None,
            signed_at: None,
        }
    }

    /// Reads and verifies one file.
    pub(super) fn examine(file: FileName, bytes: &[u8], trust: &TrustStore, at: Timestamp) -> SignedFile {
        let signed = match open(file, bytes) {
            Ok(signed) => signed,
            Err(e) => {
                let detail = format!("{file}: {e}");
                // A reading that broke off is read again; anything else is no file that an issuer signed.
                let result =
                    if e == Asn1Error::Truncated { CheckResult::NotChecked } else { CheckResult::Fail };
                return SignedFile::unread(|check| match check {
                    ChipCheck::SodSignature => finding(check, result, ChipReason::Unreadable, detail.clone()),
                    _ => finding(check, CheckResult::NotChecked, ChipReason::NotProved, detail.clone()),
                });
            }
        };
        let (signature, signer) = who_signed(file, &signed, trust);
        let signed_at = signed.signer.signing_time();
        let mut findings = vec![signature];
        let mut country_ca = None;
        match &signer {
            Some(signer) => {
                let issued = issuer(signer, signed_at, trust);
                findings.push(issued.certificate);
                findings.push(issued.country_ca);
                findings.push(validity(signer, issued.ca, signed_at, at));
                findings.push(revocation(signer, issued.ca, trust, at));
                country_ca = issued.ca.cloned();
            }
            None => findings.extend(CHECKS.into_iter().skip(1).map(|check| {
                let detail = "there is no certificate of the signer";
                finding(check, CheckResult::NotChecked, ChipReason::NoSignerCertificate, detail)
            })),
        }
        SignedFile {
            findings,
            digest: signed.signer.digest(),
            content: Some(signed.content.into_owned()),
            signer,
            country_ca,
            signed_at,
        }
    }

    /// Takes over what fails for the other file: a chip is as genuine as the worst of its signed files.
    pub(super) fn fail_with(&mut self, other: SignedFile) {
        for theirs in other.findings.into_iter().filter(|f| f.result == CheckResult::Fail) {
            let ours = self.findings.iter_mut().find(|f| f.check == theirs.check);
            if let Some(ours) = ours.filter(|f| f.result != CheckResult::Fail) {
                *ours = theirs;
            }
        }
    }

    /// A country CA signs for its own country only: compares it with the state that signed data group 1 names.
    pub(super) fn compare_countries(&mut self, facts: &Facts, groups: &Groups) {
        let Some(ca) = &self.country_ca else { return };
        let Some(found) = self.findings.iter_mut().find(|f| f.check == ChipCheck::CountryCa) else { return };
        let state = facts.document.as_ref().filter(|_| groups.is_signed(1)).and_then(|d| d.issuing_state);
        let country = state.and_then(|state| Country::of_state(state.value));
        match (country, ca.country()) {
            (Some(document), Some(of_ca)) if document != of_ca && found.result == CheckResult::Pass => {
                found.result = CheckResult::Fail;
                found.reason = Some(ChipReason::CountryDiffers);
                found.detail = format!(
                    "the country CA is of {}, the document is of {}",
                    of_ca.as_str(),
                    document.as_str()
                );
            }
            (Some(_), Some(_)) => {}
            // A signed document of somebody who is no country, or a CA that names none: nothing holds the two together.
            _ if state.is_some() && found.result == CheckResult::Pass => {
                found.result = CheckResult::NotChecked;
                found.reason = Some(ChipReason::NotProved);
                found.detail =
                    "the issuing state cannot be compared with the country of the country CA".to_owned();
                found.notes.push(ChipNote::CountryNotCompared);
            }
            _ => found.notes.push(ChipNote::CountryNotCompared),
        }
        if country.is_some_and(|country| country.as_str() == "UT") {
            found.notes.push(ChipNote::Specimen);
        }
        let lists = self.signer.as_ref().map(|s| s.document_types.as_slice()).unwrap_or_default();
        let code = facts.document_code.as_deref().unwrap_or_default();
        if !lists.is_empty()
            && !code.is_empty()
            && !lists.iter().any(|listed| listed.trim_end_matches('<') == code)
        {
            let signer = self.findings.iter_mut().find(|f| f.check == ChipCheck::SignerCertificate);
            signer.into_iter().for_each(|f| f.notes.push(ChipNote::DocumentTypeUnlisted));
        }
    }
}

/// EF.SOD stands in the tag 77 (Doc 9303-10, section 4.6.2), EF.CardSecurity by itself. Zeros after the end are what some
/// readers add to fill a block.
fn open(file: FileName, bytes: &[u8]) -> Result<SignedData<'_>, Asn1Error> {
    let mut reader = Reader::new(bytes, Rules::Ber);
    let outer = reader.read()?;
    if reader.rest().iter().any(|octet| *octet != 0) {
        return Err(Asn1Error::Trailing);
    }
    match file {
        FileName::Sod => SignedData::read(Tlv::read(outer.expect(Tag(0x77))?.value, Rules::Ber)?),
        _ => SignedData::read(outer),
    }
}

/// Which certificate's key signed the file.
fn who_signed(
    file: FileName,
    signed: &SignedData<'_>,
    trust: &TrustStore,
) -> (ChipFinding, Option<Certificate>) {
    let check = ChipCheck::SodSignature;
    let embedded: Vec<Certificate> =
        signed.certificates.iter().filter_map(|raw| Certificate::read(raw).ok()).collect();
    let mut notes = Vec::new();
    let mut candidates: Vec<&Certificate> = embedded.iter().filter(|c| signed.signer.names(c)).collect();
    if candidates.is_empty() {
        candidates = trust.signers().filter(|c| signed.signer.names(c)).collect();
        if !candidates.is_empty() {
            notes.push(ChipNote::SignerFromTrustStore);
        } else if let [only] = embedded.as_slice() {
            candidates.push(only);
            notes.push(ChipNote::SignerIdentifierUnmatched);
        }
    }
    let allowed: &[Oid<'_>] = match file {
        FileName::Sod => &[LDS_SECURITY_OBJECT, DATA],
        _ => &[SECURITY_OBJECT],
    };
    // The signer's key may sign other things too; what it signed says what it is.
    if !allowed.contains(&signed.content_type) || !signed.signer.has_attributes() {
        let detail =
            format!("{file}: signed as something else ({}), or without saying as what", signed.content_type);
        let found = finding(check, CheckResult::Fail, ChipReason::AttributeWrong, detail);
        return (found, candidates.first().map(|c| (*c).clone()));
    }
    if signed.content_type == DATA {
        notes.push(ChipNote::ContentType);
    }
    let mut found = finding(
        check,
        CheckResult::NotChecked,
        ChipReason::NoSignerCertificate,
        format!("{file}: no certificate of its signer is there"),
    );
    let mut last = None;
    for certificate in candidates.into_iter().take(MAX_SIGNERS) {
        last = Some(certificate.clone());
        found = verify(file, signed, certificate);
        if found.result == CheckResult::Pass {
            break;
        }
    }
    found.notes.extend(notes);
    (found, last)
}

fn verify(file: FileName, signed: &SignedData<'_>, certificate: &Certificate) -> ChipFinding {
    let check = ChipCheck::SodSignature;
    let key = match certificate.public_key() {
        Ok(key) => key,
        Err(e) => {
            let detail = format!("{file}: the signer's key: {e}");
            return finding(check, CheckResult::NotChecked, of_key(&e), detail);
        }
    };
    let error = match signed.verify(&key) {
        Ok(()) => {
            let mut found =
                finding(check, CheckResult::Pass, None, format!("{file}: signed with {}", key.describe()));
            if let Ok(scheme) = signed.signer.scheme() {
                weaknesses(&mut found, &Weakness::of(&key, scheme, Role::Signer));
            }
            if signed.signer.digest() == Some(Hash::Sha1) && !found.notes.contains(&ChipNote::Sha1) {
                found.notes.push(ChipNote::Sha1);
            }
            return found;
        }
        Err(e) => e,
    };
    let (result, reason) = match &error {
        CmsError::UnknownDigest | CmsError::Scheme(_) => (CheckResult::NotChecked, ChipReason::Unsupported),
        CmsError::Attribute(_) | CmsError::Structure(_) => (CheckResult::Fail, ChipReason::AttributeWrong),
        CmsError::Digest => (CheckResult::Fail, ChipReason::DigestWrong),
        CmsError::Signature(_) => (CheckResult::Fail, ChipReason::SignatureWrong),
    };
    finding(check, result, reason, format!("{file}: {error}"))
}

/// Who issued a signer's certificate.
struct Issued<'t> {
    certificate: ChipFinding,
    country_ca: ChipFinding,
    ca: Option<&'t Certificate>,
}

/// Finds the country CA. Its key may stand in several certificates of the store, renewed or link certificates: the one that
/// serves best is taken, so that the order of the lists decides nothing.
fn issuer<'t>(signer: &Certificate, signed_at: Option<Timestamp>, trust: &'t TrustStore) -> Issued<'t> {
    let (check, ca_check) = (ChipCheck::SignerCertificate, ChipCheck::CountryCa);
    let mut wrong = None;
    let mut unsupported = None;
    let mut verified: Vec<(&Certificate, Found)> = Vec::new();
    let mut verified_by: Option<PublicKey> = None;
    for (ca, found_by) in trust.issuers_of(signer).take(MAX_CANDIDATES) {
        let key = match ca.public_key() {
            Ok(key) => key,
            Err(e) => {
                unsupported = Some((of_key(&e), format!("the country CA's key: {e}")));
                continue;
            }
        };
        // One key signed it: of those that remain, only other certificates of that key are of interest.
        if let Some(verified_by) = &verified_by {
            if verified_by.is_same(&key) {
                verified.push((ca, found_by));
            }
            continue;
        }
        match signer.signed_by(&key) {
            Ok(()) => {
                verified.push((ca, found_by));
                verified_by = Some(key);
            }
            Err(NotSigned::Scheme(e)) => unsupported = Some((ChipReason::Unsupported, e.to_string())),
            // Under the very key that the certificate names, and of that name. A CA of the same name with another key, or of
            // another name with the same identifier, proves nothing: the right one may be in no list here.
            Err(e) if found_by == Found::ByKey && ca.subject() == signer.issuer() => {
                wrong = Some(e.to_string())
            }
            Err(_) => {}
        }
    }
    let serves = |(ca, found_by): &&(&Certificate, Found)| {
        let in_time = signed_at.is_none_or(|time| time <= ca.not_after);
        let one_country = ca.country() == signer.country();
        (!ca.unknown_critical, one_country, in_time, *found_by == Found::ByKey, ca.not_after)
    };
    if let Some((ca, found_by)) = verified.iter().max_by_key(serves) {
        let mut certificate = of_signer(signer);
        if let (Ok(scheme), Ok(key)) = (signer.scheme(), ca.public_key()) {
            weaknesses(&mut certificate, &Weakness::of(&key, scheme, Role::CountryCa));
        }
        let mut country_ca = of_ca(signer, ca);
        if *found_by == Found::ByName {
            country_ca.notes.push(ChipNote::CaByName);
        }
        return Issued { certificate, country_ca, ca: Some(ca) };
    }
    let not = |check, reason, detail: &str| finding(check, CheckResult::NotChecked, reason, detail);
    let (certificate, country_ca) = match (wrong, unsupported) {
        (Some(e), _) => (
            finding(
                check,
                CheckResult::Fail,
                ChipReason::SignatureWrong,
                format!("the signer's certificate: {e}"),
            ),
            not(ca_check, ChipReason::NotProved, "no country CA signed the signer's certificate"),
        ),
        (None, Some((reason, e))) => (
            not(check, reason, &e),
            not(
                ca_check,
                ChipReason::NotProved,
                "no country CA is known to have signed the signer's certificate",
            ),
        ),
        (None, None) => {
            let detail = "the country CA of this signer is in no list that was given";
            (not(check, ChipReason::NoCountryCa, detail), not(ca_check, ChipReason::NoCountryCa, detail))
        }
    };
    Issued { certificate, country_ca, ca: None }
}

/// What a signer's certificate must be besides signed (Doc 9303-12, section 7.1.1).
fn of_signer(signer: &Certificate) -> ChipFinding {
    let check = ChipCheck::SignerCertificate;
    let not_a_signer = signer.may_sign_certificates()
        || signer.key_usage.is_some_and(|usage| !usage.digital_signature)
        // A signer of documents has no extended key usage: servers, master lists and bar codes have keys of their own
        // under the same country CA (Doc 9303-12, section 7.1.1; RFC 5280, clause 4.2.1.12).
        || signer.has_extended_key_usage;
    let mut found = if not_a_signer {
        let detail = "the certificate that signed is not for signing documents";
        finding(check, CheckResult::Fail, ChipReason::NotASigner, detail)
    } else if signer.unknown_critical {
        let detail = "the signer's certificate has a critical extension that is not known";
        finding(check, CheckResult::Fail, ChipReason::CriticalExtension, detail)
    } else {
        finding(check, CheckResult::Pass, None, "signed by the key of a country CA")
    };
    if signer.algorithms_differ {
        found.notes.push(ChipNote::AlgorithmsDiffer);
    }
    found
}

/// What a country CA must be besides trusted.
fn of_ca(signer: &Certificate, ca: &Certificate) -> ChipFinding {
    let check = ChipCheck::CountryCa;
    let countries = (signer.country(), ca.country());
    let mut found = if ca.unknown_critical {
        let detail = "the country CA's certificate has a critical extension that is not known";
        finding(check, CheckResult::Fail, ChipReason::CriticalExtension, detail)
    } else if let (Some(of_signer), Some(of_ca)) = countries
        && of_signer != of_ca
    {
        let detail = format!("the signer is of {}, the country CA of {}", of_signer.as_str(), of_ca.as_str());
        finding(check, CheckResult::Fail, ChipReason::CountryDiffers, detail)
    } else {
        finding(check, CheckResult::Pass, None, "in the trust store")
    };
    let signed_by_another = ca.authority_key_id().zip(ca.key_id()).is_some_and(|(by, own)| by != own);
    if signed_by_another || !ca.is_self_issued() {
        found.notes.push(ChipNote::LinkCertificate);
    }
    found
}

/// Whether signer and country CA were valid when the file was signed.
fn validity(
    signer: &Certificate,
    ca: Option<&Certificate>,
    signed_at: Option<Timestamp>,
    at: Timestamp,
) -> ChipFinding {
    let check = ChipCheck::ValidityAtSigning;
    let mut found = match signed_at {
        // Whoever has an old key can leave the time out: then the certificates have to be valid now.
        None if signer.not_after < at || ca.is_some_and(|ca| ca.not_after < at) => {
            let detail = "the file does not say when it was signed, and a certificate is not valid any more";
            finding(check, CheckResult::NotChecked, ChipReason::OutsideValidity, detail)
        }
        None => {
            let detail = "the file does not say when it was signed";
            finding(check, CheckResult::NotChecked, ChipReason::NoSigningTime, detail)
        }
        Some(time) if time > at.saturating_add(CLOCK_TOLERANCE).unwrap_or(at) => {
            let detail = "signed at a time that is still to come";
            finding(check, CheckResult::Fail, ChipReason::OutsideValidity, detail)
        }
        Some(time) => {
            let (from, to) = signer.key_usage_period;
            let usable = from.is_none_or(|from| from <= time) && to.is_none_or(|to| time <= to);
            let valid = (signer.not_before..=signer.not_after).contains(&time);
            // A country CA's certificate is renewed under its old key: it may be younger than the signature, never expired.
            let ca_valid = ca.is_none_or(|ca| time <= ca.not_after);
            if usable && valid && ca_valid {
                finding(check, CheckResult::Pass, None, "signed while signer and country CA were valid")
            } else {
                let what = match (valid, usable) {
                    (false, _) => "the signer's certificate",
                    (true, false) => "the signer's private key",
                    (true, true) => "the country CA's certificate",
                };
                let detail = format!("signed when {what} was not valid");
                finding(check, CheckResult::Fail, ChipReason::OutsideValidity, detail)
            }
        }
    };
    if signer.not_after < at || ca.is_some_and(|ca| ca.not_after < at) {
        found.notes.push(ChipNote::ExpiredSince);
    }
    found
}

/// Whether the signer was revoked (Doc 9303-12, section 7.1.4).
fn revocation(
    signer: &Certificate,
    ca: Option<&Certificate>,
    trust: &TrustStore,
    at: Timestamp,
) -> ChipFinding {
    let check = ChipCheck::Revocation;
    let not = |reason, detail: &str| finding(check, CheckResult::NotChecked, reason, detail);
    let Some(ca) = ca else {
        return not(ChipReason::NotProved, "no country CA is known to have signed the signer's certificate");
    };
    let mut unsigned = false;
    let mut lists = Vec::new();
    // A country CA signs one list with the key that it has now, for the signers of its earlier keys too.
    for list in trust.revocations_of(signer.issuer()).chain(trust.revocations_of(ca.subject())) {
        let mut keys = trust
            .country_cas_named(list.issuer())
            .filter(|other| other.country() == ca.country())
            .filter(|other| {
                other.key_usage.is_none_or(|usage| usage.crl_signing || usage.certificate_signing)
            })
            .take(MAX_CANDIDATES);
        if keys.any(|other| other.public_key().is_ok_and(|key| list.signed_by(&key).is_ok())) {
            lists.push(list);
        } else {
            unsigned = true;
        }
    }
    let is_old = |list: &&RevocationList| list.next_update.is_some_and(|next| next < at);
    let mut found = if lists.iter().any(|list| list.revokes(signer.serial())) {
        finding(check, CheckResult::Fail, ChipReason::Revoked, "the signer's certificate was revoked")
    } else if lists.is_empty() {
        not(ChipReason::NoRevocationList, "no revocation list of this country CA was given")
    } else if !lists.iter().any(|list| list.scope == Scope::Complete) {
        let detail = "the revocation list is not of all certificates, or demands something that is not known";
        not(ChipReason::RevocationListPartial, detail)
    } else if lists.iter().all(|list| list.scope != Scope::Complete || is_old(list)) {
        not(ChipReason::RevocationListOld, "the revocation list is out of date")
    } else {
        finding(check, CheckResult::Pass, None, "not on the revocation list")
    };
    if unsigned {
        found.notes.push(ChipNote::RevocationListUnsigned);
    }
    found
}

/// Why a key verifies nothing.
pub(super) fn of_key(error: &KeyError) -> ChipReason {
    match error {
        KeyError::TooWeak { .. } => ChipReason::KeyTooWeak,
        _ => ChipReason::Unsupported,
    }
}

fn weaknesses(found: &mut ChipFinding, weaknesses: &[Weakness]) {
    for weakness in weaknesses {
        let note = match weakness {
            Weakness::Sha1 => ChipNote::Sha1,
            Weakness::SmallRsa { .. } | Weakness::SmallCurve { .. } => ChipNote::SmallKey,
            Weakness::SmallExponent { .. } => ChipNote::SmallExponent,
        };
        if !found.notes.contains(&note) {
            found.notes.push(note);
        }
        found.detail = format!("{}; {weakness}", found.detail);
    }
}
