//! Signed notes beyond the published vectors: many signatures, unknown keys, malformed lines.

use crate::sample;
use lineward_ledger::{KeyName, MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES, Note, NoteError, SigningKey};

const TEXT: &str = "First.\n\nSecond, after a blank line.\n";

fn signed() -> String {
    Note::sign(TEXT, &sample::key(1)).unwrap()
}

fn line_of(note: &str) -> &str {
    &note[note.rfind("\n\n").unwrap() + 2..]
}

/// Checks a note against key 1.
fn check(note: &str, expected: Result<usize, NoteError>) {
    let key = sample::key(1);
    let verified =
        Note::parse(note.as_bytes()).and_then(|n| n.verify(&[key.verifier()]).map(|keys| keys.len()));
    assert_eq!(verified, expected, "{note}");
}

#[test]
fn a_text_may_hold_blank_lines() {
    check(&signed(), Ok(1));
    assert_eq!(Note::parse(signed().as_bytes()).unwrap().text(), TEXT);
}

#[test]
fn signatures_of_unknown_keys_are_ignored() {
    let other = SigningKey::from_seed(KeyName::parse("witness.example").unwrap(), [2; 32].into());
    let other = Note::sign(TEXT, &other).unwrap();
    check(&format!("{}{}", signed(), line_of(&other)), Ok(1));
    check(&format!("{other}{}", line_of(&signed())), Ok(1));
    check(&other, Err(NoteError::NoKnownKey));
    // The same name with another key id is another key.
    check(&Note::sign(TEXT, &sample::key(2)).unwrap(), Err(NoteError::NoKnownKey));
}

#[test]
fn a_wrong_signature_of_a_known_key_refuses_the_whole_note() {
    let name = "carrier.example/receipts".to_owned();
    check(&signed().replace("First", "first"), Err(NoteError::BadSignature { name: name.clone() }));
    let other = Note::sign("Other.\n", &sample::key(1)).unwrap();
    let witness = SigningKey::from_seed(KeyName::parse("witness.example").unwrap(), [2; 32].into());
    let note = format!("{}{}", Note::sign(TEXT, &witness).unwrap(), line_of(&other));
    let parsed = Note::parse(note.as_bytes()).unwrap();
    let known = [witness.verifier(), sample::key(1).verifier()].map(Clone::clone);
    assert_eq!(parsed.verify(&[&known[0], &known[1]]), Err(NoteError::BadSignature { name }));
    assert_eq!(parsed.verify(&[&known[0]]), Ok(vec![&known[0]]));
}

#[test]
fn two_signatures_of_one_key_are_refused() {
    let name = "carrier.example/receipts".to_owned();
    check(&format!("{}{}", signed(), line_of(&signed())), Err(NoteError::RepeatedSignature { name }));
}

#[test]
fn malformed_notes_are_refused() {
    let good = signed();
    let malformed = |line| Err(NoteError::SignatureLine { line });
    check("", Err(NoteError::Format));
    check(TEXT, malformed(1));
    check("Text.\n\n", Err(NoteError::Format));
    check(good.trim_end(), Err(NoteError::Format));
    check(&format!("{good}\n"), Err(NoteError::Format));
    check(&format!("{good}more\n"), malformed(2));
    check(&good.replace("\n\n\u{2014}", "\n\u{2014}"), malformed(1));
    check(&good.replace('\u{2014}', "-"), malformed(1));
    check(&good.replace("\u{2014} ", "\u{2014}  "), malformed(1));
    check(&good.replace("=\n", "\n"), malformed(1));
    check(&good.replace("=\n", "= \n"), malformed(1));
    check(&good.replace('\n', "\r\n"), Err(NoteError::ControlCharacter { code: 13 }));
    check("Text.\n\n\u{2014} name AAAAAA==\n", malformed(1));
    assert_eq!(Note::parse(b"\xff\n\n"), Err(NoteError::NotUtf8));
    let length = MAX_NOTE_BYTES + 1;
    assert_eq!(Note::parse(&vec![b'a'; length]), Err(NoteError::TooLarge { length }));
}

#[test]
fn a_note_has_room_for_many_signatures_and_not_for_endless_ones() {
    let with = |count: usize| {
        let mut note = signed();
        for n in 1..count {
            note.push_str(&format!("\u{2014} witness.example/{n} AAAAAAAA\n"));
        }
        note
    };
    check(&with(16), Ok(1));
    check(&with(MAX_NOTE_SIGNATURES), Ok(1));
    check(&with(MAX_NOTE_SIGNATURES + 1), Err(NoteError::TooManySignatures));
}

#[test]
fn a_signature_of_another_length_is_wrong() {
    let key = sample::key(1);
    let id = key.verifier().id();
    let encoded = |bytes: &[u8]| {
        use base64::{Engine, prelude::BASE64_STANDARD};
        BASE64_STANDARD.encode(bytes)
    };
    let short = encoded(&[&id[..], &[0; 63]].concat());
    let name = "carrier.example/receipts".to_owned();
    check(&format!("Text.\n\n\u{2014} {name} {short}\n"), Err(NoteError::BadSignature { name }));
}

#[test]
fn only_texts_that_can_be_read_back_are_signed() {
    let sign = |text| Note::sign(text, &sample::key(1)).err();
    assert_eq!(sign("no newline"), Some(NoteError::Format));
    assert_eq!(sign(""), Some(NoteError::Format));
    assert_eq!(sign("tab\there\n"), Some(NoteError::ControlCharacter { code: 9 }));
}
