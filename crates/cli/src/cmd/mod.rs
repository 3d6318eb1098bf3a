//! The commands, one a file.

pub(crate) mod document;
pub(crate) mod face;
pub(crate) mod models;
pub(crate) mod receipt;
pub(crate) mod rules;
pub(crate) mod verify;
