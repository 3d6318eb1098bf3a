//! What lineward remembers: SQLite and PostgreSQL through one SQL text, sealing, the key store.
