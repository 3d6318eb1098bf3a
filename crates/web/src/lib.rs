//! Routes, wire types and pages.
