//! Every published data group is read; what stands in it is compared with what was published beside it.

use std::collections::BTreeMap;

use lineward_core::evidence::CheckResult;
use lineward_document::chip::lds::{
    com::Com,
    dg1::Dg1,
    dg2::{Dg2, Dg2Error},
    dg11::Dg11,
    dg12::Dg12,
    dg14::Dg14,
    dg15::Dg15,
    security::SecurityInfo,
};

use crate::shared;

const FOLDER: &str = "icao-dg";

/// Zones that are published with a wrong check digit, by their document number, and what is wrong with it.
const WRONG_DIGITS: &[(&str, &str)] = &[(
    "XI85935F8",
    "the composite digit 4 leaves out the optional data, against 9303-5, section 4.2.4, which makes it 8",
)];

#[test]
fn every_published_file_is_read() {
    let mut counts = BTreeMap::new();
    for (name, bytes) in shared::files(FOLDER) {
        let kind = match bytes.first() {
            Some(0x60) => {
                let com = Com::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(com.groups.len() >= 2 && com.unknown_tags.is_empty(), "{name}");
                "EF.COM"
            }
            Some(0x61) => {
                let dg1 = Dg1::read(&bytes, shared::TODAY).unwrap_or_else(|error| panic!("{name}: {error}"));
                let number = dg1.zone.fields.document_number.as_str();
                let argued = WRONG_DIGITS.iter().any(|(other, _)| *other == number);
                let agree = dg1.zone.checks.iter().all(|check| check.result != CheckResult::Fail);
                assert_eq!(agree, !argued, "{name}: {:?}", dg1.zone.checks);
                "DG1"
            }
            Some(0x75) => {
                let dg2 = Dg2::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(dg2.faces, 1, "{name}");
                "DG2"
            }
            Some(0x6B) => {
                let dg11 = Dg11::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(dg11.tags.missing.is_empty() && dg11.tags.unlisted.is_empty(), "{name}");
                assert!(dg11.names.is_some_and(|names| !names.primary.is_empty()), "{name}");
                "DG11"
            }
            Some(0x6C) => {
                let dg12 = Dg12::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
                let tags = dg12.tags;
                assert!(tags.missing.is_empty() && tags.unlisted.is_empty(), "{name}");
                assert!(tags.unreadable.is_empty(), "{name}");
                "DG12"
            }
            Some(0x6E) => {
                let dg14 = Dg14::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
                let has_key =
                    |info: &SecurityInfo<'_>| matches!(info, SecurityInfo::ChipAuthenticationKey { .. });
                assert!(dg14.infos.iter().any(has_key), "{name}");
                assert!(!dg14.infos.iter().any(|info| matches!(info, SecurityInfo::Other { .. })), "{name}");
                "DG14"
            }
            Some(0x6F) => {
                Dg15::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
                "DG15"
            }
            _ => "not read here",
        };
        *counts.entry(kind).or_insert(0) += 1;
    }
    println!("{FOLDER}: {counts:?}");
}

/// Beside every `X_Face.jpg` lie files `X_...` with that image in them, whole or as a record without its data group.
#[test]
fn published_portraits_come_out_byte_for_byte() {
    let files = shared::files(FOLDER);
    let (mut same, mut refused) = (0, 0);
    for (name, expected) in files.iter().filter(|(name, _)| name.ends_with("_Face.jpg")) {
        let stem = name.trim_end_matches("_Face.jpg");
        let beside = files.iter().filter(|(other, _)| other.starts_with(stem) && !other.ends_with(".jpg"));
        for (other, bytes) in beside {
            let whole = if bytes.first() == Some(&0x75) { bytes.clone() } else { data_group(bytes) };
            // The one with an invalid image has no signature of any kind of image.
            if other.contains("InvalidImage") {
                assert_eq!(Dg2::read(&whole), Err(Dg2Error::NotAnImage), "{other}");
                refused += 1;
                continue;
            }
            let dg2 = Dg2::read(&whole).unwrap_or_else(|error| panic!("{other}: {error}"));
            assert!(dg2.portrait == expected.as_slice(), "{other} has another image than {name}");
            same += 1;
        }
    }
    println!("{FOLDER}: {same} portraits as published, {refused} refused as they should be");
}

/// DG2 around one record.
fn data_group(record: &[u8]) -> Vec<u8> {
    let tlv = |tag: [u8; 2], value: &[u8]| {
        [&tag, &[0x83, 0][..], &(value.len() as u16).to_be_bytes(), value].concat()
    };
    let tag = if record.starts_with(b"FAC") { [0x5F, 0x2E] } else { [0x7F, 0x2E] };
    let template = tlv([0x7F, 0x60], &tlv(tag, record));
    let group = tlv([0x7F, 0x61], &[&[2, 1, 1], &template[..]].concat());
    [&[0x75, 0x83, 0], &(group.len() as u16).to_be_bytes()[..], &group].concat()
}
