//! A writer of ASN.1: DER (X.690, clause 10) and the two liberties of BER that some issuers take.
//!
//! It shares nothing with the reader of `lineward_document`, so that one mistake cannot hide the other.

use jiff::{Timestamp, tz::TimeZone};

/// `tag`, the shortest length, `content`.
///
/// `tag` is given as its identifier octets, most significant first: `0x30`, `0x5F1F`, `0x7F61`.
pub(super) fn tlv(tag: u32, content: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = trimmed(&tag.to_be_bytes()).to_vec();
    let length = content.len().to_be_bytes();
    match (content.len(), trimmed(&length)) {
        (0..=127, short) => out.extend_from_slice(short),
        (_, long) => {
            // At most the eight octets of a machine word.
            out.push(0x80 | long.len() as u8);
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

/// SEQUENCE of the parts as they come.
pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// SET OF the parts in DER's order (X.690, clause 11.6).
pub(super) fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    set_as_is(&parts)
}

/// SET OF the parts in the order given: not DER, and met in real SODs.
pub(super) fn set_as_is(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x31, &parts.concat())
}

/// `[n] EXPLICIT`, and `[n] IMPLICIT` of a constructed type: the content is given.
pub(super) fn context(n: u8, content: &[u8]) -> Vec<u8> {
    tlv(0xA0 | u32::from(n), content)
}

/// `[n] IMPLICIT` of a primitive type.
pub(super) fn context_primitive(n: u8, content: &[u8]) -> Vec<u8> {
    tlv(0x80 | u32::from(n), content)
}

/// INTEGER of an unsigned big-endian number; leading zeros are allowed in `number`.
pub(super) fn integer(number: &[u8]) -> Vec<u8> {
    let mut content = trimmed(number).to_vec();
    if content[0] & 0x80 != 0 {
        content.insert(0, 0);
    }
    tlv(0x02, &content)
}

/// INTEGER of a small number.
pub(super) fn small(number: u32) -> Vec<u8> {
    integer(&number.to_be_bytes())
}

/// OBJECT IDENTIFIER in dotted numbers. The text is one of ours: what is not a number counts as 0.
pub(super) fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u32> = dotted.split('.').map(|arc| arc.parse().unwrap_or(0)).collect();
    let mut content = Vec::new();
    let first = arcs.iter().take(2).fold(0, |sum, arc| sum * 40 + arc);
    for arc in std::iter::once(first).chain(arcs.iter().skip(2).copied()) {
        for shift in [28, 21, 14, 7] {
            if arc >> shift != 0 {
                content.push(0x80 | (arc >> shift & 0x7F) as u8);
            }
        }
        content.push((arc & 0x7F) as u8);
    }
    tlv(0x06, &content)
}

/// OCTET STRING.
pub(super) fn octets(content: &[u8]) -> Vec<u8> {
    tlv(0x04, content)
}

/// BIT STRING of whole octets.
pub(super) fn bits(content: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], content].concat())
}

/// NULL.
pub(super) fn null() -> Vec<u8> {
    tlv(0x05, &[])
}

/// BOOLEAN TRUE.
pub(super) fn yes() -> Vec<u8> {
    tlv(0x01, &[0xFF])
}

/// UTF8String.
pub(super) fn utf8(text: &str) -> Vec<u8> {
    tlv(0x0C, text.as_bytes())
}

/// PrintableString.
pub(super) fn printable(text: &str) -> Vec<u8> {
    tlv(0x13, text.as_bytes())
}

/// UTCTime to the end of 2049, GeneralizedTime after (RFC 5280, section 4.1.2.5).
pub(super) fn time(at: Timestamp) -> Vec<u8> {
    let year = TimeZone::UTC.to_datetime(at).year();
    if (1950..2050).contains(&year) {
        tlv(0x17, at.strftime("%y%m%d%H%M%SZ").to_string().as_bytes())
    } else {
        generalized_time(at)
    }
}

/// GeneralizedTime.
pub(super) fn generalized_time(at: Timestamp) -> Vec<u8> {
    tlv(0x18, generalized(at).as_bytes())
}

/// The characters of a GeneralizedTime.
pub(super) fn generalized(at: Timestamp) -> String {
    at.strftime("%Y%m%d%H%M%SZ").to_string()
}

/// AlgorithmIdentifier: the identifier and its parameters; none when `parameters` is empty.
pub(super) fn algorithm(dotted: &str, parameters: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&oid(dotted), parameters].concat())
}

/// A constructed value of indefinite length: BER (X.690, clause 8.1.3.6).
pub(super) fn indefinite(tag: u32, content: &[u8]) -> Vec<u8> {
    [trimmed(&tag.to_be_bytes()), &[0x80], content, &[0, 0]].concat()
}

/// OCTET STRING in pieces of `piece` octets, of indefinite length: BER (X.690, clause 8.7.3).
pub(super) fn octets_in_pieces(content: &[u8], piece: usize) -> Vec<u8> {
    let pieces: Vec<Vec<u8>> = content.chunks(piece.max(1)).map(octets).collect();
    indefinite(0x24, &pieces.concat())
}

/// Without leading zero octets; at least one octet stays.
pub(super) fn trimmed(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    match number.get(zeros..) {
        Some([]) | None => &[0],
        Some(rest) => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &[u8], hex: &[u8]) {
        assert_eq!(written, hex);
    }

    #[test]
    fn lengths_take_their_shortest_form() {
        check(&tlv(0x04, &[]), &[0x04, 0x00]);
        check(&tlv(0x7F61, &[1]), &[0x7F, 0x61, 0x01, 0x01]);
        check(&tlv(0x04, &[0; 127])[..2], &[0x04, 0x7F]);
        check(&tlv(0x04, &[0; 128])[..3], &[0x04, 0x81, 0x80]);
        check(&tlv(0x04, &[0; 65_536])[..5], &[0x04, 0x83, 0x01, 0x00, 0x00]);
    }

    #[test]
    fn numbers_and_identifiers_are_those_of_the_standard() {
        check(&integer(&[0, 0, 0x80]), &[0x02, 0x02, 0x00, 0x80]);
        check(&small(0), &[0x02, 0x01, 0x00]);
        check(&oid("1.2.840.113549"), &[0x06, 0x06, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D]);
        check(&oid("2.23.136.1.1.1"), &[0x06, 0x06, 0x67, 0x81, 0x08, 0x01, 0x01, 0x01]);
        check(&set_of(vec![small(2), small(1)]), &[0x31, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02]);
    }

    #[test]
    fn times_change_their_type_in_2050() {
        check(&time("2049-12-31T23:59:59Z".parse().unwrap()), b"\x17\x0d491231235959Z");
        check(&time("2050-01-01T00:00:00Z".parse().unwrap()), b"\x18\x0f20500101000000Z");
    }

    #[test]
    fn a_string_in_pieces_ends_with_two_zeros() {
        check(&octets_in_pieces(&[1, 2, 3], 2), &[0x24, 0x80, 0x04, 2, 1, 2, 0x04, 1, 3, 0, 0]);
    }
}
