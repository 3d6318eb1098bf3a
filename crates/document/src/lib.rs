//! From the bytes of a document to its facts and findings.
