//! DG2: the encoded face (9303-10, section 4.7.2), as ISO/IEC 19794-5:2005 or ISO/IEC 39794-5:2019 writes it.

use std::fmt;

use super::{DataGroup, FileError, MAX_FILE_BYTES, iso19794, iso39794, open};
use crate::asn1::{Asn1Error, Tag, Tlv};

/// DG2, read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dg2<'a> {
    /// The encoded image of the first face, undecoded.
    pub portrait: &'a [u8],
    /// What kind of image it is, by its own first octets. The record states the kind too, and issuers get it wrong;
    /// so does the worked example of 9303-10 in its circulated form.
    pub format: ImageFormat,
    /// The width that the record states, in pixels; often not that of the image.
    pub width: Option<u16>,
    /// The height that the record states, in pixels; often not that of the image.
    pub height: Option<u16>,
    /// How many images of a face there are. All are the holder's (9303-10, section 4.7.2.1); only the first is used.
    pub faces: u32,
}

impl fmt::Debug for Dg2<'_> {
    /// Says what kind of image there is and never what is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dg2({:?}, {} bytes, {} faces)", self.format, self.portrait.len(), self.faces)
    }
}

/// The kinds of image that a chip may hold (9303-9, section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// JPEG (ISO/IEC 10918-1).
    Jpeg,
    /// JPEG 2000 (ISO/IEC 15444-1), as a JP2 file or as a codestream alone.
    Jpeg2000,
}

impl ImageFormat {
    /// By the first octets of the image.
    pub fn of(image: &[u8]) -> Option<ImageFormat> {
        match image {
            [0xFF, 0xD8, 0xFF, ..] => Some(ImageFormat::Jpeg),
            // The signature box of JP2 (15444-1, I.5.1); start of codestream and image size (A.4.1, A.5.1).
            [0, 0, 0, 12, b'j', b'P', b' ', b' ', 0x0D, 0x0A, 0x87, 0x0A, ..] => Some(ImageFormat::Jpeg2000),
            [0xFF, 0x4F, 0xFF, 0x51, ..] => Some(ImageFormat::Jpeg2000),
            _ => None,
        }
    }
}

/// Why a file is no DG2 with a portrait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Dg2Error {
    /// It is too large or has another structure.
    #[error("DG2: {0}")]
    File(#[from] FileError),
    /// There is no face in it.
    #[error("DG2: there is no face")]
    NoFace,
    /// The biometric data are neither of ISO/IEC 19794-5 nor of ISO/IEC 39794-5.
    #[error("DG2: the biometric data are neither of ISO/IEC 19794-5 nor of ISO/IEC 39794-5")]
    OtherFormat,
    /// The record of ISO/IEC 19794-5 is of another version than `010`.
    #[error("DG2: a face record of version {found:02X?}; 9303 uses 30 31 30 00")]
    Version {
        /// Its four octets.
        found: [u8; 4],
    },
    /// A length in the record of ISO/IEC 19794-5 is impossible.
    #[error("DG2: the face record states a length of {stated}, between {least} and {most} are possible")]
    Length {
        /// The length stated, in bytes.
        stated: u64,
        /// The smallest possible.
        least: u64,
        /// The largest possible.
        most: u64,
    },
    /// The image is neither JPEG nor JPEG 2000.
    #[error("DG2: the image is neither JPEG nor JPEG 2000")]
    NotAnImage,
}

impl From<Asn1Error> for Dg2Error {
    fn from(error: Asn1Error) -> Self {
        Dg2Error::File(error.into())
    }
}

/// The images of one record: the first one, the size stated for it, and how many there are.
pub(super) struct Faces<'a> {
    pub(super) first: &'a [u8],
    pub(super) width: Option<u16>,
    pub(super) height: Option<u16>,
    pub(super) count: u32,
}

impl<'a> Dg2<'a> {
    /// Reads DG2 up to the bytes of the image.
    ///
    /// # Errors
    /// [`Dg2Error`] when no record in it has a portrait: the reason of the first record.
    pub fn read(bytes: &'a [u8]) -> Result<Dg2<'a>, Dg2Error> {
        let mut inside = open(bytes, DataGroup::DG2.tag(), MAX_FILE_BYTES)?.inside();
        // The biometric information group template (9303-10, table 40).
        let group = inside.expect(Tag(0x7F61))?;
        inside.end()?;
        let mut portrait: Result<Dg2<'a>, Dg2Error> = Err(Dg2Error::NoFace);
        let mut templates = group.inside();
        while let Some(template) = templates.next()? {
            // The number of templates, said first, is not needed.
            if template.tag != Tag(0x7F60) {
                continue;
            }
            portrait = match (portrait, read_template(template)) {
                (Err(Dg2Error::NoFace), first) => first,
                (Ok(first), Ok(next)) => Ok(Dg2 { faces: first.faces.saturating_add(next.faces), ..first }),
                (first @ Ok(_), Err(_)) => first,
                (Err(_), later @ Ok(_)) => later,
                (first @ Err(_), Err(_)) => first,
            };
        }
        portrait
    }
}

/// One biometric information template: a header that says nothing needed here, and the biometric data.
fn read_template(template: Tlv<'_>) -> Result<Dg2<'_>, Dg2Error> {
    let mut parts = template.inside();
    let data = loop {
        match parts.next()? {
            Some(part) if matches!(part.tag, Tag(0x5F2E | 0x7F2E)) => break part.value,
            Some(_) => {}
            None => return Err(Dg2Error::NoFace),
        }
    };
    let faces = if data.starts_with(b"FAC\0") {
        iso19794::faces(data)?
    } else if data.first() == Some(&0xA1) {
        iso39794::faces(data)?
    } else {
        return Err(Dg2Error::OtherFormat);
    };
    let format = ImageFormat::of(faces.first).ok_or(Dg2Error::NotAnImage)?;
    let Faces { first: portrait, width, height, count } = faces;
    Ok(Dg2 { portrait, format, width, height, faces: count })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::chip::lds) const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];
    pub(in crate::chip::lds) const CODESTREAM: &[u8] = &[0xFF, 0x4F, 0xFF, 0x51, 0, 47];

    /// A value under a tag of one or two octets.
    pub(in crate::chip::lds) fn tlv(tag: u16, value: &[u8]) -> Vec<u8> {
        let tag = tag.to_be_bytes();
        let tag = if tag[0] == 0 { &tag[1..] } else { &tag[..] };
        [tag, &[0x82, (value.len() >> 8) as u8, value.len() as u8], value].concat()
    }

    /// DG2 with these biometric data.
    pub(in crate::chip::lds) fn file(data: &[Vec<u8>]) -> Vec<u8> {
        let template = |data: &Vec<u8>| tlv(0x7F60, &[tlv(0xA1, &[]), data.clone()].concat());
        let templates: Vec<u8> = data.iter().flat_map(template).collect();
        tlv(0x75, &tlv(0x7F61, &[vec![2, 1, data.len() as u8], templates].concat()))
    }

    #[test]
    fn the_first_portrait_is_taken_and_all_faces_are_counted() {
        let good = tlv(0x5F2E, &iso19794::tests::record(&[(0, CODESTREAM), (0, JPEG)]));
        let bad = tlv(0x5F2E, &iso19794::tests::record(&[(0, b"nothing")]));
        let newer = tlv(0x7F2E, &iso39794::tests::record(JPEG));
        let bytes = file(&[bad.clone(), good.clone(), newer]);
        let dg2 = Dg2::read(&bytes).unwrap();
        assert_eq!((dg2.portrait, dg2.format, dg2.faces), (CODESTREAM, ImageFormat::Jpeg2000, 3));
        assert_eq!(format!("{dg2:?}"), "Dg2(Jpeg2000, 6 bytes, 3 faces)");
        let bytes = file(&[good, bad.clone()]);
        assert_eq!(Dg2::read(&bytes).unwrap().faces, 2);
        assert_eq!(Dg2::read(&file(&[bad, tlv(0x5F2E, b"GIF")])), Err(Dg2Error::NotAnImage));
    }

    #[test]
    fn what_is_no_face_is_refused_for_its_reason() {
        let of = |data: &[Vec<u8>]| Dg2::read(&file(data)).unwrap_err();
        assert_eq!(of(&[]), Dg2Error::NoFace);
        assert_eq!(of(&[vec![]]), Dg2Error::NoFace);
        assert_eq!(of(&[tlv(0x5F2E, b"FIR\x00020\0")]), Dg2Error::OtherFormat);
        assert_eq!(of(&[vec![0x5F, 0x2E, 9]]), Asn1Error::Truncated.into());
        let large = vec![0x75; MAX_FILE_BYTES + 1];
        assert!(matches!(Dg2::read(&large), Err(Dg2Error::File(FileError::TooLarge { .. }))));
    }
}
