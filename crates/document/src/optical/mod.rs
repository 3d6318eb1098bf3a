//! A photograph of a document: what can be read and seen on it.
//!
//! Lives here: the machine-readable zone by comparison with drawn OCR-B (no model, no trained network), barcodes, where the
//! portrait is, and hints. Pictures come decoded, as rows of RGB; nothing here reads files.
//!
//! **What is found on a photograph is evidence of the class `optical`.** Anyone can print a zone with right check digits
//! and paste a portrait above it; neither proves the other.

mod aamva;
mod barcode;
mod cells;
mod find;
mod follow;
mod geometry;
mod glyph;
mod hint;
mod page;
mod plane;
mod settle;
mod zone;

use jiff::civil::Date;
use lineward_core::evidence::FieldSource;

use crate::facts::{Document, DocumentKind, Sourced};
pub use aamva::Licence;
pub use barcode::{Barcode, BarcodeFormat, Part};
pub use geometry::Point;
pub use hint::{Hint, HintKind};
use plane::{Plane, Pyramid};
pub use zone::Zone;

/// Reads a photograph of a document. Two-digit years are resolved against `today`.
///
/// Takes up to 2.4 s of one core and 45 MB beside the picture (docs/decisions/0030, measured at 4000 x 3000 pixels): large
/// pictures are shrunk first.
///
/// ```
/// use jiff::civil::date;
/// use lineward_document::optical::{Picture, read};
/// let paper = vec![200; 64 * 48 * 3];
/// let picture = Picture::new(64, 48, &paper)?;
/// assert!(read(&picture, date(2026, 1, 1)).zone.is_none());
/// # Ok::<(), lineward_document::optical::PictureError>(())
/// ```
pub fn read(picture: &Picture<'_>, today: Date) -> Reading {
    let (luma, block) = Plane::luma(picture, MAX_WORKING_SIDE);
    let barcodes = barcode::read(&luma);
    let pyramid = Pyramid::new(luma);
    let zone = zone::read(&pyramid, today);
    let document = zone.as_ref().map(page::corners);
    let hints = hint::hints(pyramid.whole(), document.as_ref());
    // From pixels of the shrunk picture to those of the one that was given.
    let whole = |corners: [Point; 4]| corners.map(|corner| corner.scaled(block as f32));
    Reading {
        portrait: zone.as_ref().and_then(page::portrait).map(whole),
        document: document.map(whole),
        zone: zone.map(|zone| Zone { corners: whole(zone.corners), ..zone }),
        barcodes,
        hints,
    }
}

/// Everything that was found on one photograph.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Its machine-readable zone; `None` when there is none that can be read.
    pub zone: Option<Zone>,
    /// Its barcodes.
    pub barcodes: Vec<Barcode>,
    /// The corners of the document by where its zone is: upper left, upper right, lower right, lower left, as it is read.
    pub document: Option<[Point; 4]>,
    /// The corners of the area that holds the portrait, by the layout of the format; `None` without a zone, and for cards
    /// that have the portrait on the other side.
    pub portrait: Option<[Point; 4]>,
    /// What makes the picture hard to use or odd to look at, one of each kind.
    pub hints: Vec<Hint>,
}

impl Reading {
    /// The facts that the photograph states, exactly as read: those of the zone, or else those of a driving licence's
    /// barcode. Nothing is proved by them, and a portrait is none of them.
    pub fn facts(&self) -> Option<Document> {
        let zone = self.zone.as_ref().map(|zone| &zone.mrz);
        let licence = || self.barcodes.iter().find_map(|barcode| barcode.licence.as_ref());
        zone.map(|mrz| Document::from_mrz(mrz.format, &mrz.fields, FieldSource::Photo))
            .or_else(|| licence().map(of_licence))
    }
}

fn of_licence(licence: &Licence) -> Document {
    let source = FieldSource::Photo;
    Document {
        kind: Some(Sourced::new(DocumentKind::Other, source)),
        issuing_state: licence.country.map(|country| Sourced::new(country, source)),
        document_number: (!licence.number.is_empty()).then(|| Sourced::new(licence.number.clone(), source)),
        names: Some(Sourced::new(licence.names.clone(), source)),
        birth_date: licence.birth_date.map(|date| Sourced::new(date, source)),
        sex: licence.sex.map(|sex| Sourced::new(sex, source)),
        expiry_date: licence.expiry_date.map(|date| Sourced::new(date, source)),
        ..Document::default()
    }
}

/// Largest width or height taken, in pixels: as for any picture that lineward decodes.
pub const MAX_SIDE: usize = 12_000;

/// Pictures with a longer side are shrunk by a whole factor. A character of a passport that fills half of such a picture
/// is 29 pixels wide, twice what comparison needs.
const MAX_WORKING_SIDE: usize = 2560;

/// A decoded picture: rows of RGB from the upper left corner, three bytes to a pixel.
#[derive(Clone, Copy)]
pub struct Picture<'a> {
    width: usize,
    height: usize,
    rgb: &'a [u8],
}

impl<'a> Picture<'a> {
    /// A picture of this width and height in pixels.
    ///
    /// # Errors
    /// [`PictureError`] when a side is 0 or longer than [`MAX_SIDE`], or the bytes are not as many as the size says.
    pub fn new(width: usize, height: usize, rgb: &'a [u8]) -> Result<Picture<'a>, PictureError> {
        if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
            return Err(PictureError::Size { width, height });
        }
        if rgb.len() != width * height * 3 {
            return Err(PictureError::Length { bytes: rgb.len(), expected: width * height * 3 });
        }
        Ok(Picture { width, height, rgb })
    }

    /// Its width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Its height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Its pixels.
    pub fn rgb(&self) -> &'a [u8] {
        self.rgb
    }
}

/// Why bytes are no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// A side is 0 or beyond the limit.
    #[error("a picture of {width} x {height} pixels; both sides must be between 1 and {MAX_SIDE}")]
    Size {
        /// Its width.
        width: usize,
        /// Its height.
        height: usize,
    },
    /// The bytes are not three to a pixel.
    #[error("{bytes} bytes where the size of the picture needs {expected}")]
    Length {
        /// How many there are.
        bytes: usize,
        /// How many there should be.
        expected: usize,
    },
}

#[cfg(test)]
mod tests;
