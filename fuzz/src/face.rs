//! What holds for any bytes handed to `lineward-face`.

use lineward_face::{Checker, ReferenceKind};

/// Any bytes handed in as a picture: an error or a picture, never a panic, and never beyond the memory limit.
pub fn image_decode(bytes: &[u8]) {
    if let Err(error) = Checker::without_pack().portrait(bytes, ReferenceKind::Portrait) {
        let _ = error.to_string();
    }
}

/// The same, for bytes that begin as a JPEG 2000 whatever the fuzzer does to them: a first octet chooses between a file with
/// boxes and a codestream alone.
pub fn jpeg2000(bytes: &[u8]) {
    let (start, rest): (&[u8], _) = match bytes {
        [b'J', rest @ ..] => (&[0, 0, 0, 12, b'j', b'P', b' ', b' ', 0x0D, 0x0A, 0x87, 0x0A], rest),
        [_, rest @ ..] => (&[0xFF, 0x4F, 0xFF, 0x51], rest),
        [] => return,
    };
    image_decode(&[start, rest].concat());
}
