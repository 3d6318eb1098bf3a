//! Distinguished names of certificates (X.501; RFC 5280, clause 4.1.2.4).

use std::fmt::Write;

use crate::asn1::{Asn1Error, Oid, Tag, Tlv};

/// Attribute types that documents use, with the letters that RFC 4514 (section 3) and practice give them.
const LETTERS: [(&[u8], &str); 12] = [
    (&[0x55, 0x04, 0x06], "C"),
    (&[0x55, 0x04, 0x08], "ST"),
    (&[0x55, 0x04, 0x07], "L"),
    (&[0x55, 0x04, 0x0A], "O"),
    (&[0x55, 0x04, 0x0B], "OU"),
    (&[0x55, 0x04, 0x03], "CN"),
    (&[0x55, 0x04, 0x05], "serialNumber"),
    (&[0x55, 0x04, 0x0C], "title"),
    (&[0x55, 0x04, 0x61], "organizationIdentifier"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19], "DC"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x01], "UID"),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01], "emailAddress"),
];

const COUNTRY: Oid<'_> = Oid(&[0x55, 0x04, 0x06]);

/// One attribute of a name.
struct Attribute<'a> {
    kind: Oid<'a>,
    text: String,
}

/// In words, in the order of the certificate: `C=DE, O=bund, OU=bsi, CN=csca-germany`.
pub(crate) fn text(name: Tlv<'_>) -> String {
    let mut text = String::new();
    for attribute in attributes(name).unwrap_or_default() {
        let letters = LETTERS.iter().find(|(oid, _)| *oid == attribute.kind.0).map(|(_, letters)| *letters);
        let sep = if text.is_empty() { "" } else { ", " };
        // Writing into a string cannot fail.
        let _ = match letters {
            Some(letters) => write!(text, "{sep}{letters}={}", attribute.text),
            None => write!(text, "{sep}{}={}", attribute.kind, attribute.text),
        };
    }
    text
}

/// The value of the first countryName.
pub(crate) fn country(name: Tlv<'_>) -> Option<String> {
    attributes(name).ok()?.into_iter().find(|a| a.kind == COUNTRY).map(|a| a.text)
}

/// A form that is equal for equal names: RFC 5280, clause 7.1, compares without regard to case, to the kind of string and
/// to runs of spaces. Certificates of one authority differ in all of these. A name that cannot be read stands for itself.
pub(crate) fn comparable(name: Tlv<'_>) -> Vec<u8> {
    let Ok(attributes) = attributes(name) else { return name.raw.to_vec() };
    let mut form = Vec::with_capacity(name.raw.len());
    for attribute in attributes {
        form.extend_from_slice(attribute.kind.0);
        for word in attribute.text.split_whitespace() {
            form.push(b' ');
            form.extend(word.to_lowercase().bytes());
        }
        form.push(0);
    }
    form
}

fn attributes(name: Tlv<'_>) -> Result<Vec<Attribute<'_>>, Asn1Error> {
    let mut found = Vec::new();
    let mut sets = name.expect(Tag::SEQUENCE)?.inside();
    while let Some(set) = sets.next()? {
        let mut pairs = set.expect(Tag::SET)?.inside();
        while let Some(pair) = pairs.next()? {
            let mut pair = pair.expect(Tag::SEQUENCE)?.inside();
            let kind = pair.expect(Tag::OID)?.oid()?;
            let value = pair.read()?;
            found.push(Attribute { kind, text: string(value) });
        }
    }
    Ok(found)
}

/// A directory string of any kind. Control characters, also those that turn the direction of writing, are
/// shown as a question mark: the text goes to terminals and the desk.
fn string(value: Tlv<'_>) -> String {
    /// BMPString.
    const BMP: Tag = Tag(0x1E);
    let text: String = match value.tag {
        Tag::UTF8_STRING => String::from_utf8_lossy(value.value).into_owned(),
        BMP => {
            let units = value.value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        // PrintableString, IA5String; TeletexString is Latin-1 wherever it was seen.
        _ => value.value.iter().map(|octet| char::from(*octet)).collect(),
    };
    let misleads = |c: char| c.is_control() || matches!(c, '\u{200E}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if misleads(c) { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::Rules;

    fn name(attributes: &[(u8, u8, &str)]) -> Vec<u8> {
        let tlv = |tag: u8, value: &[u8]| [&[tag, value.len() as u8], value].concat();
        let sets: Vec<u8> = attributes
            .iter()
            .flat_map(|(kind, string, text)| {
                let pair = [tlv(0x06, &[0x55, 0x04, *kind]), tlv(*string, text.as_bytes())].concat();
                tlv(0x31, &tlv(0x30, &pair))
            })
            .collect();
        tlv(0x30, &sets)
    }

    #[test]
    fn names_are_compared_without_regard_to_case_spaces_and_kind_of_string() {
        let one = name(&[(6, 0x13, "DE"), (3, 0x0C, "csca  Germany ")]);
        let same = name(&[(6, 0x13, "de"), (3, 0x13, "CSCA germany")]);
        let other = name(&[(6, 0x13, "de"), (10, 0x13, "CSCA germany")]);
        let read = |bytes: &'static [u8]| comparable(Tlv::read(bytes, Rules::Der).unwrap());
        let [one, same, other] = [one, same, other].map(|n| read(n.leak()));
        assert_eq!(one, same);
        assert_ne!(one, other);
    }

    #[test]
    fn a_name_is_shown_as_people_write_it() {
        let bytes = name(&[(6, 0x13, "DE"), (10, 0x0C, "bund"), (3, 0x14, "a\u{1b}b"), (99, 0x13, "x")]);
        let read = Tlv::read(&bytes, Rules::Der).unwrap();
        assert_eq!(text(read), "C=DE, O=bund, CN=a?b, 2.5.4.99=x");
        assert_eq!(country(read).as_deref(), Some("DE"));
        assert_eq!(text(Tlv::read(&[0x30, 1, 0], Rules::Der).unwrap()), "");
    }
}
