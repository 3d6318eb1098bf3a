//! The face image data block of ISO/IEC 39794-5:2019 in the application profile of ICAO (module
//! ID-ICAO-ISO-IEC-39794-5-ed-1-v1, tags implicit).
//!
//! The software makes use of the Schema from ISO/IEC 39794-5 within modifications permitted in the relevant ISO/IEC
//! standard. Only the way to the image and its stated size is read: what else is there (landmarks, gender, capture
//! device) is used for nothing, and a later edition may add to it.

use super::dg2::{Dg2Error, Faces};
use crate::asn1::{Asn1Error, Reader, Rules, Tag, Tlv};

/// FaceImageDataBlock, `[APPLICATION 5]`.
const FACE_IMAGE_DATA_BLOCK: Tag = Tag(0x65);

/// The image in the contents of a biometric data block that begins with `A1`.
pub(super) fn faces(data: &[u8]) -> Result<Faces<'_>, Dg2Error> {
    let standard = Reader::new(data, Rules::Ber).expect(Tag::context(1))?;
    let block = find(standard, FACE_IMAGE_DATA_BLOCK)?;
    let mut representations = find(block, Tag::context(1))?.inside();
    let first = representations.next()?.ok_or(Dg2Error::NoFace)?.expect(Tag::SEQUENCE)?;
    let mut count = 1;
    // The profile has exactly one.
    while representations.next()?.is_some() {
        count += 1;
    }
    // imageRepresentation, base, imageRepresentation2DBlock.
    let image = [1, 0, 0].into_iter().try_fold(first, |outer, tag| find(outer, Tag::context(tag)))?;
    let first = find(image, Tag::context_primitive(0))?.value;
    let size = find(image, Tag::context(1)).and_then(|information| find(information, Tag::context(7))).ok();
    let side = |tag| {
        let side = find(size?, Tag::context_primitive(tag)).ok()?.small().ok()?;
        u16::try_from(side).ok()
    };
    Ok(Faces { first, width: side(0), height: side(1), count })
}

/// The first value inside with this tag.
fn find(outer: Tlv<'_>, tag: Tag) -> Result<Tlv<'_>, Asn1Error> {
    let mut inside = outer.inside();
    while let Some(tlv) = inside.next()? {
        if tlv.tag == tag {
            return Ok(tlv);
        }
    }
    Err(Asn1Error::Missing { expected: tag })
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::dg2::Dg2;
    use super::super::dg2::tests::{JPEG, file, tlv};
    use super::*;

    /// The contents of a biometric data block with this image of 300 x 400 pixels, and a field of a later edition.
    pub(in crate::chip::lds) fn record(image: &[u8]) -> Vec<u8> {
        let size = tlv(0xA7, &[0x80, 2, 1, 44, 0x81, 2, 1, 144]);
        let information = tlv(0xA1, &[tlv(0xA0, &[0x80, 1, 2]), size].concat());
        let two = tlv(0xA0, &[tlv(0x80, image), information, tlv(0x9E, &[1])].concat());
        block(&tlv(0x30, &[vec![0x80, 1, 0], tlv(0xA1, &tlv(0xA0, &two))].concat()))
    }

    fn block(representations: &[u8]) -> Vec<u8> {
        let version = tlv(0xA0, &[0x80, 1, 3, 0x81, 2, 7, 0xE3]);
        tlv(0xA1, &tlv(0x65, &[version, tlv(0xA1, representations)].concat()))
    }

    #[test]
    fn the_image_and_its_stated_size_are_found() {
        let bytes = file(&[tlv(0x7F2E, &record(JPEG))]);
        let dg2 = Dg2::read(&bytes).unwrap();
        assert_eq!((dg2.portrait, dg2.faces), (JPEG, 1));
        assert_eq!((dg2.width, dg2.height), (Some(300), Some(400)));
    }

    #[test]
    fn a_block_without_its_parts_is_refused_for_its_reason() {
        let of = |data: &[u8]| Dg2::read(&file(&[tlv(0x7F2E, data)])).unwrap_err();
        assert_eq!(of(&block(&[])), Dg2Error::NoFace);
        assert_eq!(of(&block(&tlv(0x30, &[]))), Asn1Error::Missing { expected: Tag::context(1) }.into());
        assert_eq!(
            of(&block(&[0x02, 1, 0])),
            Asn1Error::Unexpected { expected: Tag::SEQUENCE, found: Tag::INTEGER }.into()
        );
        assert_eq!(of(&[0xA1, 0]), Asn1Error::Missing { expected: FACE_IMAGE_DATA_BLOCK }.into());
        assert_eq!(of(&record(b"\0\0\0\0\0\0  ")), Dg2Error::NotAnImage);
    }
}
