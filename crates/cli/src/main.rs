//! The `lineward` binary.
fn main() {}
