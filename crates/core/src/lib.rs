//! Ids, states, rules as data and the pure decisions of lineward.
//!
//! Lives here: newtypes parsed once, state tables, the rules' types, `decide_*` functions from facts to decisions.
//! May not live here: async, I/O, clocks, randomness, images, SQL, wire formats.

pub mod application;
pub mod authority;
pub mod code;
pub mod evidence;
pub mod id;
pub mod line;
pub mod proof;
pub mod review;
pub mod rules;
pub mod staff;
pub mod verdict;
pub mod verification;
pub mod watch;
