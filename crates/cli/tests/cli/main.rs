//! The binary as people and scripts meet it: words, JSON keys, exit codes.

mod document;
mod face;
mod help;
mod receipt;
mod rules;
mod run;
mod verify;
