//! Sample people, the cards drawn for them and a country that issues their chips, for the demo and for tests.
//!
//! Lives here: invented people, drawn documents, the country that signs their chips, the authority that knows them.
//! Whatever is made here says that it is a sample: the issuer is Utopia, which Doc 9303-3 keeps for specimens, the
//! numbers begin with `SAMPLE`, every card bears the word and every record of the authority the mark.
//! May not live here: real people, anything that a production service would use.

pub mod authority;
pub mod card;
pub mod country;
mod font;
pub mod person;
