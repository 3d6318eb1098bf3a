//! The chip of a travel document (Doc 9303, parts 10 to 12): its files, and whether they are what the issuer signed.

pub mod lds;
