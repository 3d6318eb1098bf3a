//! The chip of a travel document (Doc 9303, parts 10 to 12): its files, and whether they are what the issuer signed.
//!
//! [`examine`] takes the raw files and says for every check whether it passed, failed or could not be made. Nothing here
//! reads a chip, asks a network or looks at a clock.

pub mod active;
pub mod chip_auth;
pub(crate) mod cms;
pub mod files;
mod groups;
pub mod lds;
mod presence;
pub mod report;
pub mod secure_messaging;
mod signed;

use jiff::{Timestamp, tz::TimeZone};
use zeroize::Zeroizing;

pub use files::{ChipFiles, FileName, FilesError, MAX_FILE_BYTES};
pub use report::{
    CertificateSummary, ChipCheck, ChipFinding, ChipNote, ChipPortrait, ChipReason, ChipReport, ChipVerdict,
    GroupFinding, GroupOutcome,
};

use self::{
    groups::{Facts, Groups},
    signed::SignedFile,
};
use crate::{
    crypto::Hash,
    trust::{Certificate, TrustStore},
};

/// What the chip answered while it was read, for [`ChipCheck::ActiveAuthentication`] and
/// [`ChipCheck::ChipAuthentication`]. The default is that nobody asked it anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presence {
    /// The answer to a random number.
    pub active_authentication: Option<ActiveAnswer>,
    /// The answer under the keys of a session that was agreed on with the chip.
    pub chip_authentication: Option<ChipAnswer>,
}

/// What a chip signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveAnswer {
    /// The random number that it was given: eight bytes (Doc 9303-11, section 6.1).
    pub nonce: [u8; 8],
    /// Its signature.
    pub signature: Vec<u8>,
    /// Who made the random number.
    pub made_by: MadeBy,
}

/// What a chip answered in the session of a [`chip_auth::ChipAuthentication`]. It proves something only where the chip's
/// key in that session is one of the signed data group 14.
#[derive(Clone, PartialEq, Eq)]
pub struct ChipAnswer {
    /// The session, as [`chip_auth::ChipAuthentication::to_state`] wrote it. Secret: it holds the private key.
    pub state: Zeroizing<Vec<u8>>,
    /// The send sequence counter of the answer: [`chip_auth::FIRST_ANSWER`] for the answer to the first command.
    pub counter: u64,
    /// The protected answer with its status word.
    pub answer: Vec<u8>,
    /// Who made the ephemeral key.
    pub made_by: MadeBy,
}

impl std::fmt::Debug for ChipAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChipAnswer({} bytes, made by {:?})", self.answer.len(), self.made_by)
    }
}

/// Who made the random number or the ephemeral key that a chip answered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeBy {
    /// The server: the answer cannot have been prepared.
    Server,
    /// The phone that read the chip: its owner may have made up both sides.
    Phone,
}

/// Examines the files of one chip at a moment: passive authentication (Doc 9303-11, section 5.1), and the answers of the
/// chip where it was asked.
///
/// Never fails: what cannot be read is a finding too.
pub fn examine(files: &ChipFiles, presence: &Presence, trust: &TrustStore, at: Timestamp) -> ChipReport {
    let today = at.to_zoned_datetime(TimeZone::UTC).date();
    let facts = Facts::read(files, today);
    let sod = files.get(FileName::Sod).map(|bytes| SignedFile::examine(FileName::Sod, bytes, trust, at));
    let security = files
        .get(FileName::CardSecurity)
        .map(|bytes| SignedFile::examine(FileName::CardSecurity, bytes, trust, at));

    let groups = Groups::examine(files, sod.as_ref());
    let mut findings = Vec::with_capacity(ChipCheck::ALL.len());
    let mut chain = match (sod, security) {
        (Some(mut sod), Some(security)) => {
            sod.fail_with(security);
            sod
        }
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => SignedFile::missing(),
    };
    chain.compare_countries(&facts, &groups);
    findings.append(&mut chain.findings);
    findings.push(groups.finding.clone());
    findings.push(presence::active_authentication(files, &groups, presence));
    findings.push(presence::chip_authentication(files, &groups, presence));
    findings.push(facts.dates(today));
    findings.sort_by_key(|finding| ChipCheck::ALL.iter().position(|check| *check == finding.check));

    ChipReport {
        findings,
        groups: groups.outcomes,
        document: facts.document,
        portrait: facts.portrait,
        dg2_hash: facts.dg2_hash,
        signer: chain.signer.as_ref().map(Certificate::summary),
        country_ca: chain.country_ca.as_ref().map(Certificate::summary),
        group_digest: groups.digest.map(Hash::code),
        signed_at: chain.signed_at,
    }
}
