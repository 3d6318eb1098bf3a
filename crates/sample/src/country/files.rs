//! The files of a chip (Doc 9303-10, section 4.7), except those that are signed.

use jiff::civil::Date;
use lineward_document::{
    Names,
    mrz::{NewZone, WriteError, write},
};

use super::der;
use super::hash::Hash;

/// How DG2 holds the portrait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacialRecord {
    /// ISO/IEC 19794-5:2005: numbers at fixed places.
    Iso19794,
    /// ISO/IEC 39794-5: ASN.1.
    Iso39794,
}

/// Which version of the security object EF.SOD has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LdsVersion {
    /// Version 0: the hashes only.
    V0,
    /// Version 1: also the versions of the data structure and of Unicode, which EF.COM states without a signature.
    V1,
}

/// EF.COM: which data groups there are (section 4.6.1).
pub(super) fn com(groups: &[u8]) -> Vec<u8> {
    let tags: Vec<u8> = groups.iter().filter_map(|group| group_tag(*group)).collect();
    let fields = [der::tlv(0x5F01, b"0107"), der::tlv(0x5F36, b"040000"), der::tlv(0x5C, &tags)];
    der::tlv(0x60, &fields.concat())
}

/// DG1: the machine-readable zone.
pub(super) fn dg1(zone: &NewZone) -> Result<Vec<u8>, WriteError> {
    Ok(der::tlv(0x61, &der::tlv(0x5F1F, write(zone)?.concat().as_bytes())))
}

/// DG2 with one portrait, a JPEG file of so many pixels.
pub(super) fn dg2(record: FacialRecord, portrait: &[u8], (width, height): (u16, u16)) -> Vec<u8> {
    let (format, template) = match record {
        FacialRecord::Iso19794 => ([0x00, 0x08], der::tlv(0x5F2E, &iso19794(portrait, width, height))),
        FacialRecord::Iso39794 => {
            let block = iso39794(portrait, width, height);
            ([0x00, 0x2A], der::tlv(0x7F2E, &der::context(1, &block)))
        }
    };
    // Biometric header (ISO/IEC 7816-11): facial features, by ISO/IEC JTC 1/SC 37.
    let header = [
        der::tlv(0x80, &[1, 1]),
        der::tlv(0x81, &[0x02]),
        der::tlv(0x82, &[0x00]),
        der::tlv(0x87, &[1, 1]),
        der::tlv(0x88, &format),
    ];
    let instance = der::tlv(0x7F60, &[der::tlv(0xA1, &header.concat()), template].concat());
    der::tlv(0x75, &der::tlv(0x7F61, &[der::small(1), instance].concat()))
}

/// DG11: the full name as the issuer writes it, parted as in a zone (Doc 9303-10, section 4.7.11), the whole birth date
/// and the place.
pub(super) fn dg11(names: &Names, birth_date: Date) -> Vec<u8> {
    let name = format!("{}<<{}", names.primary, names.secondary).replace(' ', "<");
    let fields = [
        der::tlv(0x5C, &[0x5F, 0x0E, 0x5F, 0x2B, 0x5F, 0x11]),
        der::tlv(0x5F0E, name.as_bytes()),
        der::tlv(0x5F2B, digits(birth_date).as_bytes()),
        der::tlv(0x5F11, b"SAMPLE TOWN<UTOPIA"),
    ];
    der::tlv(0x6B, &fields.concat())
}

/// DG12: who issued the document and when.
pub(super) fn dg12(issued_on: Date) -> Vec<u8> {
    let fields = [
        der::tlv(0x5C, &[0x5F, 0x19, 0x5F, 0x26]),
        der::tlv(0x5F19, b"MINISTRY OF SAMPLES"),
        der::tlv(0x5F26, digits(issued_on).as_bytes()),
    ];
    der::tlv(0x6C, &fields.concat())
}

/// DG14: SecurityInfos.
pub(super) fn dg14(infos: Vec<Vec<u8>>) -> Vec<u8> {
    der::tlv(0x6E, &der::set_of(infos))
}

/// DG15: the public key of active authentication.
pub(super) fn dg15(public_key_info: &[u8]) -> Vec<u8> {
    der::tlv(0x6F, public_key_info)
}

/// LDSSecurityObject: the hashes of the groups (section 4.6.2.3).
pub(super) fn security_object(version: LdsVersion, hash: Hash, digests: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let listed: Vec<Vec<u8>> = digests
        .iter()
        .map(|(group, digest)| der::sequence(&[der::small(u32::from(*group)), der::octets(digest)]))
        .collect();
    let hashes = der::sequence(&listed);
    match version {
        LdsVersion::V0 => der::sequence(&[der::small(0), hash.identifier(), hashes]),
        LdsVersion::V1 => {
            let versions = der::sequence(&[der::printable("0108"), der::printable("040000")]);
            der::sequence(&[der::small(1), hash.identifier(), hashes, versions])
        }
    }
}

/// The tag of a data group's file (section 4.6.1, table 35); `None` for a number that no group has.
fn group_tag(group: u8) -> Option<u8> {
    const TAGS: [u8; 16] =
        [0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70];
    TAGS.get(usize::from(group).checked_sub(1)?).copied()
}

/// A facial record with one image and no feature points (ISO/IEC 19794-5:2005, clause 5).
fn iso19794(portrait: &[u8], width: u16, height: u16) -> Vec<u8> {
    const HEADER: usize = 14;
    const INFORMATION: usize = 20;
    const IMAGE: usize = 12;
    // A file on a chip is far below 4 GiB.
    let octets = |len: usize| (len as u32).to_be_bytes();
    let block = INFORMATION + IMAGE + portrait.len();
    let mut out = b"FAC\x00010\x00".to_vec();
    out.extend_from_slice(&octets(HEADER + block));
    out.extend_from_slice(&1u16.to_be_bytes());
    out.extend_from_slice(&octets(block));
    // No feature points; sex, eyes, hair, properties, expression and pose are not stated.
    out.extend_from_slice(&[0; INFORMATION - 4]);
    // A full frontal image, JPEG.
    out.extend_from_slice(&[1, 0]);
    out.extend_from_slice(&width.to_be_bytes());
    out.extend_from_slice(&height.to_be_bytes());
    // 24 bits RGB, source, device and quality not stated.
    out.extend_from_slice(&[1, 0, 0, 0, 0, 0]);
    out.extend_from_slice(portrait);
    out
}

/// A FaceImageDataBlock with what must be there and the size (ISO/IEC 39794-5:2019, annex A).
fn iso39794(portrait: &[u8], width: u16, height: u16) -> Vec<u8> {
    let number = |n, value: u16| der::context_primitive(n, &unsigned(value));
    let version = der::context(0, &[number(0, 3), number(1, 2019)].concat());
    // ImageDataFormatCode jpeg (2).
    let format = der::context(0, &number(0, 2));
    let size = der::context(7, &[number(0, width), number(1, height)].concat());
    let information = der::context(1, &[format, size].concat());
    let image = der::context(0, &[der::context_primitive(0, portrait), information].concat());
    let representation = der::sequence(&[number(0, 0), der::context(1, &der::context(0, &image))]);
    der::tlv(0x65, &[version, der::context(1, &representation)].concat())
}

/// The content of an INTEGER that is not negative.
fn unsigned(value: u16) -> Vec<u8> {
    let [high, low] = value.to_be_bytes();
    match (high, low) {
        (0, 0..=127) => vec![low],
        (0..=127, _) => vec![high, low],
        _ => vec![0, high, low],
    }
}

/// YYYYMMDD.
fn digits(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}
