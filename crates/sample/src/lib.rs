//! Sample people and the cards drawn for them, for the demo and for tests.
//!
//! Lives here: invented people, drawn documents, the authority that knows them. Whatever is made here says that it is a
//! sample: the issuer is Utopia, which Doc 9303-3 keeps for specimens, the numbers begin with `SAMPLE`, every card bears
//! the word and every record of the authority the mark.
//! May not live here: real people, anything that a production service would use.

pub mod authority;
pub mod card;
mod font;
pub mod person;
