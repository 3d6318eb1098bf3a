//! The curves that no released crate of RustCrypto has, defined on its generic arithmetic as the others are.
//!
//! `multiplicative_generator` is a number without a square root; nothing else is asked of it here. The constants are
//! checked by the tests of [`Curve`](super::Curve).

#![allow(deprecated, reason = "the macros of primefield 0.14 call what crypto-bigint 0.7 has renamed since")]

pub mod bp224;
pub mod bp320;
pub mod bp512;
pub mod p224;
