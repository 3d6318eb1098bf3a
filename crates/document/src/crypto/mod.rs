//! Hashes, public keys and signatures of travel documents. Everything here is public: variable time is no leak.
