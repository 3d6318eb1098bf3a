//! Referrals: a reviewer looks, decides or proposes; a second person signs where four eyes are asked for.

mod case;
mod decide;

pub use case::{CaseView, Held, Provisional, Referral};
pub use decide::{Review, Reviewed};
