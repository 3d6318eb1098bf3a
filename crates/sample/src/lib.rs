//! Sample people, drawn cards and the stand-in authority: for demo and tests, marked as samples.
