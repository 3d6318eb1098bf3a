//! What a member of staff may do.

use crate::codes;

codes! {
    /// A role of staff or of a machine's token.
    pub enum Role {
        /// Sees originals at a desk or shop and records what was seen.
        Agent = "agent",
        /// Decides referrals.
        Reviewer = "reviewer",
        /// Signs rules and invites staff.
        Admin = "admin",
        /// A carrier's system: opens applications and reads its own.
        System = "system",
    }
}
