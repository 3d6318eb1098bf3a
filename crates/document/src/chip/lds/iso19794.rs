//! The face record of ISO/IEC 19794-5:2005, clause 5, in the profile of 9303-10.

use super::dg2::{Dg2Error, Faces};

/// "FAC", version "010", length of the record, number of faces (clause 5.4).
const FILE_HEADER: usize = 14;
/// Length of the block, number of feature points, and what the person looks like (clause 5.5).
const FACE_INFORMATION: usize = 20;
/// One feature point (clause 5.6).
const FEATURE_POINT: usize = 8;
/// Kinds of face and image, width and height, colour space, source, device, quality (clause 5.7).
const IMAGE_INFORMATION: usize = 12;

/// The first image of a record that begins with "FAC".
///
/// A length that is too small or too large to be true is an error; octets after the stated lengths are not looked at.
pub(super) fn faces(record: &[u8]) -> Result<Faces<'_>, Dg2Error> {
    let (header, _) = cut(record, FILE_HEADER as u64, FILE_HEADER)?;
    let version = [header[4], header[5], header[6], header[7]];
    if &version != b"010\0" {
        return Err(Dg2Error::Version { found: version });
    }
    let (record, _) = cut(record, u64::from(number(&header[8..12])), FILE_HEADER)?;
    let count = u32::from(header[12]) << 8 | u32::from(header[13]);
    if count == 0 {
        return Err(Dg2Error::NoFace);
    }
    let blocks = &record[FILE_HEADER..];
    let least = FACE_INFORMATION + IMAGE_INFORMATION;
    let (information, _) = cut(blocks, FACE_INFORMATION as u64, FACE_INFORMATION)?;
    let points = usize::from(information[4]) << 8 | usize::from(information[5]);
    let before_image = least + points * FEATURE_POINT;
    let (block, _) = cut(blocks, u64::from(number(&information[..4])), before_image)?;
    let (before, first) = block.split_at(before_image);
    // Kind of face, kind of image, then two octets each for width and height.
    let size = &before[before_image - IMAGE_INFORMATION + 2..];
    let side = |high: u8, low: u8| Some(u16::from_be_bytes([high, low]));
    Ok(Faces { first, width: side(size[0], size[1]), height: side(size[2], size[3]), count })
}

/// The first `length` octets and the rest, when they are at least `least` and there are as many.
fn cut(bytes: &[u8], length: u64, least: usize) -> Result<(&[u8], &[u8]), Dg2Error> {
    let possible = least as u64..=bytes.len() as u64;
    let cut = usize::try_from(length).ok().filter(|_| possible.contains(&length));
    cut.and_then(|length| bytes.split_at_checked(length)).ok_or(Dg2Error::Length {
        stated: length,
        least: *possible.start(),
        most: *possible.end(),
    })
}

/// Four octets, most significant first.
fn number(octets: &[u8]) -> u32 {
    octets.iter().fold(0, |number, octet| number << 8 | u32::from(*octet))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::dg2::tests::{JPEG, file, tlv};
    use super::super::dg2::{Dg2, ImageFormat};
    use super::*;

    /// A record of faces, each with so many feature points and this image of 300 x 400 pixels.
    pub(in crate::chip::lds) fn record(faces: &[(u16, &[u8])]) -> Vec<u8> {
        let mut blocks = Vec::new();
        for (points, image) in faces {
            let points_bytes = vec![9; usize::from(*points) * FEATURE_POINT];
            let length = (FACE_INFORMATION + points_bytes.len() + IMAGE_INFORMATION + image.len()) as u32;
            blocks.extend(length.to_be_bytes());
            blocks.extend(points.to_be_bytes());
            blocks.extend([0; 14]);
            blocks.extend(points_bytes);
            blocks.extend([1, 0, 1, 44, 1, 144, 1, 2, 0, 0, 0, 0]);
            blocks.extend(*image);
        }
        let length = (FILE_HEADER + blocks.len()) as u32;
        let count = (faces.len() as u16).to_be_bytes();
        [b"FAC\x00010\0", &length.to_be_bytes()[..], &count, &blocks].concat()
    }

    fn read(record: &[u8]) -> Result<u32, Dg2Error> {
        Dg2::read(&file(&[tlv(0x5F2E, record)])).map(|dg2| dg2.faces)
    }

    #[test]
    fn feature_points_are_stepped_over() {
        let bytes = file(&[tlv(0x5F2E, &record(&[(3, JPEG)]))]);
        let dg2 = Dg2::read(&bytes).unwrap();
        assert_eq!((dg2.portrait, dg2.format, dg2.faces), (JPEG, ImageFormat::Jpeg, 1));
        assert_eq!((dg2.width, dg2.height), (Some(300), Some(400)));
    }

    #[test]
    fn octets_after_the_record_are_no_part_of_the_image() {
        let mut padded = record(&[(0, JPEG)]);
        padded.extend([0; 20]);
        assert_eq!(Dg2::read(&file(&[tlv(0x5F2E, &padded)])).unwrap().portrait, JPEG);
    }

    #[test]
    fn a_record_cut_anywhere_is_an_error() {
        let whole = record(&[(2, JPEG)]);
        for end in 4..whole.len() {
            assert!(matches!(read(&whole[..end]), Err(Dg2Error::Length { .. })), "cut at {end}");
        }
    }

    #[test]
    fn impossible_numbers_are_refused_for_their_reason() {
        let whole = record(&[(0, JPEG)]);
        let with = |at: usize, octets: &[u8]| {
            let mut bytes = whole.clone();
            bytes[at..at + octets.len()].copy_from_slice(octets);
            read(&bytes)
        };
        let most = whole.len() as u64;
        assert_eq!(with(4, b"030\0"), Err(Dg2Error::Version { found: *b"030\0" }));
        assert_eq!(with(8, &[0, 0, 0, 13]), Err(Dg2Error::Length { stated: 13, least: 14, most }));
        assert_eq!(with(8, &[0xFF; 4]), Err(Dg2Error::Length { stated: 0xFFFF_FFFF, least: 14, most }));
        assert_eq!(with(12, &[0, 0]), Err(Dg2Error::NoFace));
        let most = most - 14;
        assert_eq!(with(14, &[0, 0, 0, 31]), Err(Dg2Error::Length { stated: 31, least: 32, most }));
        assert_eq!(
            with(18, &[0xFF, 0xFF]),
            Err(Dg2Error::Length { stated: most, least: 32 + 8 * 0xFFFF, most })
        );
    }
}
