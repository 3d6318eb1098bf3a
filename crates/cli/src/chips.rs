//! The examination of chips as `app` asks for it, carried out by `lineward_document`.

use std::path::Path;

use jiff::Timestamp;
use lineward_app::ports::ChipExaminer;
use lineward_document::{
    chip::{ChipFiles, ChipReport, Presence, examine},
    trust::{TrustStore, Trusted},
};

use crate::{out::CliError, trust};

/// The country CAs that the operator trusts, read once.
#[derive(Default)]
pub(crate) struct Chips(pub(crate) TrustStore);

impl ChipExaminer for Chips {
    fn examine(&self, files: &ChipFiles, presence: &Presence, at: Timestamp) -> ChipReport {
        examine(files, presence, &self.0, at)
    }
}

/// What a folder with country CAs holds; one that is not there holds none.
pub(crate) fn trusted(folder: &Path) -> Result<Trusted, CliError> {
    if folder.is_dir() { trust::load(folder) } else { Ok(Trusted::default()) }
}
