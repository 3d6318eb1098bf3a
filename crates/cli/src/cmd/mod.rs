//! The commands, one a file.

pub(crate) mod check;
pub(crate) mod chip;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod document;
pub(crate) mod face;
pub(crate) mod jobs;
pub(crate) mod migrate;
pub(crate) mod models;
pub(crate) mod receipt;
pub(crate) mod rules;
pub(crate) mod serve;
pub(crate) mod staff;
pub(crate) mod token;
pub(crate) mod trust;
pub(crate) mod verify;
