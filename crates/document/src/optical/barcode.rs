//! Barcodes on a document, read by rxing: PDF417 (ISO/IEC 15438), as on driving licences of North America, and QR codes
//! (ISO/IEC 18004).
//!
//! Nothing signs a PDF417 of a driving licence: whoever prints a card prints its barcode. A signed code (Aadhaar's)
//! proves what its reader verifies, not that it was seen here.

use lineward_core::codes;
use rxing::common::{GlobalHistogramBinarizer, HybridBinarizer};
use rxing::multi::MultipleBarcodeReader;
use rxing::multi::qrcode::QRCodeMultiReader;
use rxing::pdf417::PDF417Reader;
use rxing::{
    Binarizer, BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult, RXingResultMetadataType,
    RXingResultMetadataValue,
};

use super::aamva::Licence;
use super::plane::Plane;

/// A barcode that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barcode {
    /// Its kind.
    pub format: BarcodeFormat,
    /// Its text; bytes without a stated encoding become the characters of ISO 8859-1.
    pub text: String,
    /// Which part of a longer text it is, where it says so (Macro PDF417, ISO/IEC 15438, annex H).
    pub part: Option<Part>,
    /// The fields of a driving licence, when its text is one (AAMVA).
    pub licence: Option<Licence>,
}

/// The place of a barcode in a series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The name of the series.
    pub series: String,
    /// Its number in it, from 0.
    pub index: usize,
    /// Whether it says that it is the last.
    pub last: bool,
}

codes! {
    /// The kinds of barcode that are looked for.
    pub enum BarcodeFormat {
        /// PDF417, on the back of cards.
        Pdf417 = "PDF417",
        /// QR code.
        QrCode = "QR_CODE",
    }
}

/// Reads all barcodes of a picture, in the order found, none twice.
pub(super) fn read(picture: &Plane) -> Vec<Barcode> {
    let mut found: Vec<Barcode> = Vec::new();
    // Bars of two pixels need every pixel; coarse print and noise are read better at half the size.
    let halved = picture.halved();
    for plane in [picture, &halved] {
        for barcode in read_at(plane) {
            if !found.contains(&barcode) {
                found.push(barcode);
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}

fn read_at(plane: &Plane) -> Vec<Barcode> {
    let luma: Vec<u8> = plane.data.iter().map(|v| *v as u8).collect();
    let source = || Luma8LuminanceSource::new(luma.clone(), plane.width as u32, plane.height as u32).ok();
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let local = source().map(|source| BinaryBitmap::new(HybridBinarizer::new(source)));
    let mut found = local.map(|mut bitmap| all(&mut bitmap, &hints)).unwrap_or_default();
    if found.is_empty() {
        let global = source().map(|source| BinaryBitmap::new(GlobalHistogramBinarizer::new(source)));
        found = global.map(|mut bitmap| all(&mut bitmap, &hints)).unwrap_or_default();
    }
    found
}

fn all<B: Binarizer>(bitmap: &mut BinaryBitmap<B>, hints: &DecodeHints) -> Vec<Barcode> {
    let pdf = PDF417Reader::new().decode_multiple_with_hints(bitmap, hints).unwrap_or_default();
    let qr = QRCodeMultiReader::new().decode_multiple_with_hints(bitmap, hints).unwrap_or_default();
    let pdf = pdf.iter().map(|result| barcode(BarcodeFormat::Pdf417, result));
    pdf.chain(qr.iter().map(|result| barcode(BarcodeFormat::QrCode, result))).collect()
}

fn barcode(format: BarcodeFormat, result: &RXingResult) -> Barcode {
    let text = result.getText().to_owned();
    let extra = result.getRXingResultMetadata().get(&RXingResultMetadataType::PDF417_EXTRA_METADATA);
    let part = match extra {
        Some(RXingResultMetadataValue::Pdf417ExtraMetadata(extra)) if !extra.getFileId().is_empty() => {
            let index = extra.getSegmentIndex();
            Some(Part { series: extra.getFileId().to_owned(), index, last: extra.isLastSegment() })
        }
        _ => None,
    };
    let licence = Licence::read(&text);
    Barcode { format, text, part, licence }
}
