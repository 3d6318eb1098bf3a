//! The data groups: which of them the SOD names with the hash that they have, and what they say.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lineward_core::evidence::{CheckResult, FieldSource};

use super::{
    ChipCheck, ChipFiles, ChipFinding, ChipNote, ChipPortrait, ChipReason, FileName, GroupFinding,
    GroupOutcome,
    lds::{com::Com, dg1::Dg1, dg2::Dg2, dg11::Dg11},
    signed::{SignedFile, finding},
};
use crate::{
    asn1::{Asn1Error, Rules, Tag, Tlv},
    crypto::Hash,
    dates::{PartialDate, Validity, validity},
    facts::{Document, Sourced},
    trust::certificate::algorithm,
};

/// What the SOD lists (LDSSecurityObject: Doc 9303-10, section 4.6.2.3).
struct SecurityObject<'a> {
    digest: Option<Hash>,
    hashes: BTreeMap<u8, &'a [u8]>,
}

/// What became of the data groups.
pub(super) struct Groups {
    pub(super) finding: ChipFinding,
    pub(super) outcomes: Vec<GroupFinding>,
    pub(super) digest: Option<Hash>,
    /// Whether the list of hashes was signed by the issuer: without that, equal hashes prove nothing, and the chip's own
    /// answers are made with keys that anyone may have put there.
    list_is_signed: bool,
}

impl Groups {
    /// Hashes the raw bytes of every group that was read (Doc 9303-11, section 5.1).
    pub(super) fn examine(files: &ChipFiles, sod: Option<&SignedFile>) -> Groups {
        let check = ChipCheck::DataGroupHashes;
        let none = |reason, detail: &str| Groups {
            finding: finding(check, CheckResult::NotChecked, reason, detail),
            outcomes: Vec::new(),
            digest: None,
            list_is_signed: false,
        };
        let Some(sod) = sod else { return none(ChipReason::NotRead, "EF.SOD was not read") };
        let Some(content) = &sod.content else {
            return none(ChipReason::Unreadable, "EF.SOD cannot be read");
        };
        let list = match SecurityObject::read(content) {
            Ok(list) => list,
            Err(e) => return none(ChipReason::Unreadable, &format!("the list of hashes in EF.SOD: {e}")),
        };
        let Some(digest) = list.digest else {
            return none(
                ChipReason::Unsupported,
                "EF.SOD hashes data groups with an algorithm that is not known",
            );
        };
        let mut outcomes: BTreeMap<u8, GroupOutcome> =
            list.hashes.keys().map(|number| (*number, GroupOutcome::NotRead)).collect();
        for (number, bytes) in files.data_groups() {
            let outcome = match list.hashes.get(&number) {
                None => GroupOutcome::NotNamed,
                Some(hash) if *hash == digest.of(&[bytes]).as_ref() => GroupOutcome::Signed,
                Some(_) => GroupOutcome::HashWrong,
            };
            outcomes.insert(number, outcome);
        }
        let of = |wanted: GroupOutcome| {
            let numbers =
                outcomes.iter().filter(|(_, outcome)| **outcome == wanted).map(|(n, _)| n.to_string());
            numbers.collect::<Vec<_>>().join(", ")
        };
        let (wrong, unnamed) = (of(GroupOutcome::HashWrong), of(GroupOutcome::NotNamed));
        let (right, unread) = (of(GroupOutcome::Signed), of(GroupOutcome::NotRead));
        let mut found = if !wrong.is_empty() {
            let detail = format!("data groups {wrong} have not the hash that EF.SOD names");
            finding(check, CheckResult::Fail, ChipReason::HashWrong, detail)
        } else if !unnamed.is_empty() {
            let detail = format!("EF.SOD does not name data groups {unnamed}");
            finding(check, CheckResult::Fail, ChipReason::NotNamed, detail)
        } else if right.is_empty() {
            finding(check, CheckResult::NotChecked, ChipReason::NotRead, "no data group was read")
        } else {
            finding(check, CheckResult::Pass, None, format!("data groups {right} are as signed ({digest})"))
        };
        if !unread.is_empty() {
            found.notes.push(ChipNote::GroupsNotRead);
        }
        if digest == Hash::Sha1 {
            found.notes.push(ChipNote::Sha1);
        }
        if sod.digest.is_some_and(|signers| signers != digest) {
            found.notes.push(ChipNote::DigestDiffers);
        }
        found.notes.extend(compare_com(files, &list));
        let passed = |check| sod.findings.iter().any(|f| f.check == check && f.result == CheckResult::Pass);
        let list_is_signed = [ChipCheck::SodSignature, ChipCheck::SignerCertificate, ChipCheck::CountryCa]
            .into_iter()
            .all(passed);
        let outcomes =
            outcomes.into_iter().map(|(number, outcome)| GroupFinding { number, outcome }).collect();
        Groups { finding: found, outcomes, digest: Some(digest), list_is_signed }
    }

    /// Whether a group was read and has the hash in a list that the issuer signed.
    pub(super) fn is_signed(&self, number: u8) -> bool {
        let signed = |g: &GroupFinding| g.number == number && g.outcome == GroupOutcome::Signed;
        self.list_is_signed && self.outcomes.iter().any(signed)
    }

    /// Whether the SOD names a group that was not read.
    pub(super) fn is_unread(&self, number: u8) -> bool {
        self.outcomes.iter().any(|g| g.number == number && g.outcome == GroupOutcome::NotRead)
    }
}

/// EF.COM and EF.SOD should name the same groups; nobody signs EF.COM, so that a difference is only worth a note.
fn compare_com(files: &ChipFiles, list: &SecurityObject<'_>) -> Option<ChipNote> {
    let com = files.get(FileName::Com).and_then(|bytes| Com::read(bytes).ok());
    let Some(com) = com else { return Some(ChipNote::ComMissing) };
    let mut named: Vec<u8> = com.groups.iter().map(|group| group.number()).collect();
    named.sort_unstable();
    named.dedup();
    (!named.iter().eq(list.hashes.keys())).then_some(ChipNote::ComDiffers)
}

impl<'a> SecurityObject<'a> {
    fn read(content: &'a [u8]) -> Result<SecurityObject<'a>, Asn1Error> {
        let mut fields = Tlv::read(content, Rules::Ber)?.expect(Tag::SEQUENCE)?.inside();
        fields.expect(Tag::INTEGER)?;
        let (oid, _) = algorithm(fields.expect(Tag::SEQUENCE)?)?;
        let mut values = fields.sequence()?;
        let mut hashes = BTreeMap::new();
        while let Some(value) = values.next()? {
            let mut pair = value.expect(Tag::SEQUENCE)?.inside();
            let number = pair.expect(Tag::INTEGER)?.small()?;
            let hash = pair.expect(Tag::OCTET_STRING)?.value;
            pair.end()?;
            let number =
                u8::try_from(number).ok().filter(|n| (1..=16).contains(n)).ok_or(Asn1Error::BadValue)?;
            // Named twice, a group could have either hash.
            if hashes.insert(number, hash).is_some() {
                return Err(Asn1Error::BadValue);
            }
        }
        fields.optional(Tag::SEQUENCE)?;
        fields.end()?;
        Ok(SecurityObject { digest: Hash::from_oid(oid), hashes })
    }
}

/// What the groups say, proved or not.
pub(super) struct Facts {
    pub(super) document: Option<Document>,
    pub(super) document_code: Option<String>,
    pub(super) portrait: Option<ChipPortrait>,
    pub(super) dg2_hash: Option<[u8; 32]>,
    unreadable: Option<String>,
}

impl Facts {
    pub(super) fn read(files: &ChipFiles, today: Date) -> Facts {
        let mut facts =
            Facts { document: None, document_code: None, portrait: None, dg2_hash: None, unreadable: None };
        match files.get(FileName::DataGroup(1)).map(|bytes| Dg1::read(bytes, today)) {
            Some(Ok(dg1)) => {
                facts.document_code = Some(dg1.zone.fields.document_code.as_str().to_owned());
                let mut document = Document::from_mrz(dg1.zone.format, &dg1.zone.fields, FieldSource::Chip);
                // The names in the writing of the issuer and the birth date with its century, where it gives them (Doc
                // 9303-10, section 4.7.11). Another birth date than the zone's is left out.
                let dg11 = files.get(FileName::DataGroup(11)).and_then(|bytes| Dg11::read(bytes).ok());
                let (names, born) = dg11.map(|dg11| (dg11.names, dg11.birth_date)).unwrap_or_default();
                if let Some(names) = names {
                    document.names = Some(Sourced::new(names, FieldSource::Chip));
                }
                let past = |born: &PartialDate| born.earliest().is_some_and(|first| first <= today);
                if let (Some(zone), Some(born)) = (&mut document.birth_date, born.filter(past))
                    && zone.value.is_but_for_century(&born)
                {
                    zone.value = born;
                }
                facts.document = Some(document);
            }
            Some(Err(e)) => facts.unreadable = Some(e.to_string()),
            None => {}
        }
        if let Some(bytes) = files.get(FileName::DataGroup(2)) {
            let mut hash = [0; 32];
            hash.copy_from_slice(Hash::Sha256.of(&[bytes]).as_ref());
            facts.dg2_hash = Some(hash);
            facts.portrait = Dg2::read(bytes).ok().map(|dg2| ChipPortrait {
                bytes: dg2.portrait.to_vec(),
                faces: usize::try_from(dg2.faces).unwrap_or(usize::MAX),
            });
        }
        facts
    }

    /// Whether the document is in date. No date stands in the detail: it is the holder's.
    pub(super) fn dates(&self, today: Date) -> ChipFinding {
        let check = ChipCheck::DocumentDates;
        let not = |reason, detail: &str| finding(check, CheckResult::NotChecked, reason, detail);
        match (&self.document, &self.unreadable) {
            (None, Some(e)) => not(ChipReason::Unreadable, e),
            (None, None) => not(ChipReason::NotRead, "data group 1 was not read"),
            (Some(document), _) => match validity(document.expiry_date.map(|d| d.value), today) {
                Validity::Valid => finding(check, CheckResult::Pass, None, "in date"),
                Validity::Expired { .. } => finding(
                    check,
                    CheckResult::Fail,
                    ChipReason::Expired,
                    "the last day of validity has passed",
                ),
                Validity::NotKnown => not(ChipReason::NoExpiryDate, "the last day of validity is not known"),
            },
        }
    }
}
