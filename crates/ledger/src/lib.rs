//! Decision records in canonical bytes, receipts, and their offline verification.
