//! What holds for any bytes. The targets ask it of bytes that libFuzzer makes up, the tests of the crates of the committed
//! seeds.

#[cfg(feature = "connect")]
pub mod connect;
pub mod document;
pub mod face;
