//! Whom a document may be signed by: country CAs, the lists that carry them, and what they revoked.
