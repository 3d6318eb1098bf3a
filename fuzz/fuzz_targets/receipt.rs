//! No bytes make the readers of receipts, notes, keys and policies panic; a text signed by a fixed key that reads as a
//! receipt is written again as the very same text, so that the fuzzer gets behind the signature.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lineward_ledger::{KeyName, Note, Policy, Receipt, SigningKey};
use std::sync::LazyLock;

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_seed(KeyName::parse("fuzz.example").expect("a name"), [7; 32].into()));

fuzz_target!(|bytes: &[u8]| {
    let _ = Receipt::verify_unpinned(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = Policy::parse(text);
    // `KEY` in the text stands for the key line's value, which the fuzzer could not guess.
    let text = text.replacen("KEY", &KEY.verifier().to_string(), 1);
    let Ok(note) = Note::sign(&text, &KEY) else { return };
    if let Ok(verified) = Receipt::verify_unpinned(note.as_bytes()) {
        assert_eq!(verified.receipt.write(&KEY).as_ref(), Ok(&note));
    }
});
