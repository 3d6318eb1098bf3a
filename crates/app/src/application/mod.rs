//! An application from opening to its end.

mod decide;
mod facts;
mod holder;
mod open;
mod receipt;
mod record;
mod view;
mod withdraw;

pub use decide::Decided;
pub(crate) use decide::{Images, Keys, Used, approve_in, end_in, put_message};
pub(crate) use facts::{active_rules, document_facts, facts_in, findings_hash};
pub(crate) use holder::Reach;
pub use open::{OpenApplication, Opened};
pub(crate) use record::{Deciding, write_record};
pub use view::{ApplicationView, Step};
