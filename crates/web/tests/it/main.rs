//! Everything over HTTP: the real router on a real store, with a frozen clock and stand-ins for the outside.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod api;
mod chips;
mod limits;
mod openapi;
mod pages;
mod site;
mod who_may_not;
