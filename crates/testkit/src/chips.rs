//! Chips whose signature is a line of text, and the examiner that believes it. Files and hashes are as in real chips; only
//! the cryptography is not: that is tested where it is written.

use jiff::{Timestamp, tz::TimeZone};
use lineward_app::ports::ChipExaminer;
use lineward_core::evidence::{CheckResult, FieldSource};
use lineward_document::{
    Document,
    chip::{
        ActiveAnswer, ChipCheck, ChipFiles, ChipFinding, ChipPortrait, ChipReason, ChipReport, FileName,
        GroupFinding, GroupOutcome, MadeBy, Presence,
        chip_auth::ChipAuthentication,
        lds::{dg1::Dg1, dg2::Dg2},
    },
};
use sha2::{Digest, Sha256};

/// The first line of a SOD that is trusted.
pub const SIGNED: &str = "signed by utopia";
/// The first line of a SOD whose country is in no list.
pub const UNKNOWN: &str = "signed by nobody known";

/// The files of one chip.
#[derive(Clone)]
pub struct TestChip {
    /// Name and bytes of each file.
    pub files: Vec<(String, Vec<u8>)>,
}

impl TestChip {
    /// A genuine chip with this zone and this portrait, in the words of [`TextFaces`](crate::doubles::TextFaces).
    pub fn new(mrz: &str, face: &str) -> TestChip {
        TestChip::signed_by(SIGNED, mrz, face)
    }

    /// A chip whose SOD begins with this line.
    pub fn signed_by(signer: &str, mrz: &str, face: &str) -> TestChip {
        let zone: String = mrz.lines().collect();
        let dg1 = tlv(&[0x61], &tlv(&[0x5F, 0x1F], zone.as_bytes()));
        let dg2 = dg2(face);
        let sod = format!("{signer}\n1 {}\n2 {}\n", hash(&dg1), hash(&dg2));
        let named = [("EF_SOD", sod.into_bytes()), ("DG1", dg1), ("DG2", dg2)];
        TestChip { files: named.map(|(name, bytes)| (name.to_owned(), bytes)).into() }
    }

    /// The same chip with another file under this name; the SOD stays as it is.
    pub fn with(mut self, name: &str, bytes: Vec<u8>) -> TestChip {
        self.files.retain(|(known, _)| known != name);
        self.files.push((name.to_owned(), bytes));
        self
    }

    /// The same chip without this file.
    pub fn without(mut self, name: &str) -> TestChip {
        self.files.retain(|(known, _)| known != name);
        self
    }

    /// The bytes of a file; empty when it is not there.
    pub fn file(&self, name: &str) -> Vec<u8> {
        self.files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.clone()).unwrap_or_default()
    }

    /// The files as `document` takes them; none when they cannot be taken.
    pub fn chip_files(&self) -> ChipFiles {
        let named = self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        ChipFiles::from_named(named).unwrap_or_default()
    }

    /// What this chip signs a random number with.
    pub fn answer(nonce: &[u8; 8]) -> Vec<u8> {
        Sha256::digest([b"the chip's own key".as_slice(), nonce].concat()).to_vec()
    }
}

/// A data group 2 with this portrait, in the words of [`TextFaces`](crate::doubles::TextFaces): a record of ISO/IEC 19794-5
/// with one image that begins like a JPEG.
pub fn dg2(face: &str) -> Vec<u8> {
    let image = [&[0xFF, 0xD8, 0xFF], face.as_bytes()].concat();
    let block = [&length(32 + image.len())[..], &[0; 16], &[0; 12], &image].concat();
    let record = [b"FAC\x00010\0", &length(14 + block.len())[..], &[0, 1], &block].concat();
    let template = tlv(&[0x7F, 0x60], &[tlv(&[0xA1], &[]), tlv(&[0x5F, 0x2E], &record)].concat());
    tlv(&[0x75], &tlv(&[0x7F, 0x61], &[vec![2, 1, 1], template].concat()))
}

fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(0).to_be_bytes()
}

fn tlv(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let [_, _, high, low] = length(value.len());
    [tag, &[0x82, high, low], value].concat()
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Believes the first line of a SOD, and the hashes under it.
pub struct TextChips;

impl ChipExaminer for TextChips {
    fn examine(&self, files: &ChipFiles, presence: &Presence, at: Timestamp) -> ChipReport {
        let today = at.to_zoned_datetime(TimeZone::UTC).date();
        let sod = files.get(FileName::Sod).map(String::from_utf8_lossy).unwrap_or_default();
        let zone = files.get(FileName::DataGroup(1)).and_then(|dg1| Dg1::read(dg1, today).ok());
        let dg2 = files.get(FileName::DataGroup(2));
        let groups: Vec<_> = files
            .data_groups()
            .map(|(number, bytes)| {
                let named = sod.lines().find_map(|line| line.strip_prefix(&format!("{number} ")));
                let outcome = match named {
                    Some(signed) if signed == hash(bytes) => GroupOutcome::Signed,
                    Some(_) => GroupOutcome::HashWrong,
                    None => GroupOutcome::NotNamed,
                };
                GroupFinding { number, outcome }
            })
            .collect();
        let findings = ChipCheck::ALL.iter().map(|check| {
            let (result, reason) = answer(*check, &sod, &groups, presence);
            ChipFinding { check: *check, result, reason, notes: Vec::new(), detail: String::new() }
        });
        ChipReport {
            findings: findings.collect(),
            groups: groups.clone(),
            document: zone
                .map(|dg1| Document::from_mrz(dg1.zone.format, &dg1.zone.fields, FieldSource::Chip)),
            portrait: dg2
                .and_then(|dg2| Dg2::read(dg2).ok())
                .map(|dg2| ChipPortrait { bytes: dg2.portrait.to_vec(), faces: 1 }),
            dg2_hash: dg2.map(|dg2| Sha256::digest(dg2).into()),
            signer: None,
            country_ca: None,
            group_digest: None,
            signed_at: None,
        }
    }
}

fn answer(
    check: ChipCheck,
    sod: &str,
    groups: &[GroupFinding],
    presence: &Presence,
) -> (CheckResult, Option<ChipReason>) {
    const YES: (CheckResult, Option<ChipReason>) = (CheckResult::Pass, None);
    let no = |reason| (CheckResult::Fail, Some(reason));
    let open = |reason| (CheckResult::NotChecked, Some(reason));
    match (check, sod.lines().next()) {
        (ChipCheck::SodSignature, Some(SIGNED | UNKNOWN)) => YES,
        (ChipCheck::SodSignature, None) => open(ChipReason::NotRead),
        (ChipCheck::SodSignature, Some(_)) => no(ChipReason::SignatureWrong),
        (ChipCheck::SignerCertificate | ChipCheck::CountryCa, Some(UNKNOWN)) => open(ChipReason::NoCountryCa),
        (ChipCheck::DataGroupHashes, _) if groups.iter().any(|g| g.outcome != GroupOutcome::Signed) => {
            no(ChipReason::HashWrong)
        }
        (ChipCheck::Revocation, _) => open(ChipReason::NoRevocationList),
        (ChipCheck::ActiveAuthentication, _) => match &presence.active_authentication {
            None => open(ChipReason::NotAsked),
            Some(ActiveAnswer { made_by: MadeBy::Phone, .. }) => open(ChipReason::MadeOnPhone),
            Some(active) if active.signature == TestChip::answer(&active.nonce) => YES,
            Some(_) => no(ChipReason::AnswerWrong),
        },
        (ChipCheck::ChipAuthentication, _) => match &presence.chip_authentication {
            None => open(ChipReason::NotAsked),
            Some(chip) if chip.made_by == MadeBy::Phone => open(ChipReason::MadeOnPhone),
            Some(chip) => {
                let session = ChipAuthentication::from_state(&chip.state);
                let good = session.is_ok_and(|session| session.finish(chip.counter, &chip.answer).is_ok());
                if good { YES } else { no(ChipReason::AnswerWrong) }
            }
        },
        _ => YES,
    }
}
