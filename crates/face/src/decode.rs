//! From the bytes of a JPEG, JPEG 2000 or PNG to upright RGB pixels of a bounded size, under limits checked before any allocation.

use std::io::Cursor;

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
use zeroize::Zeroizing;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::pixels::Pixels;
use crate::{jpeg, jpeg2000};

/// Largest file taken. Phone cameras write 3 to 12 MiB.
pub const MAX_FILE_BYTES: usize = 20 * 1024 * 1024;
/// Largest width or height taken, in pixels.
pub const MAX_SIDE: u32 = 12_000;
/// Largest area taken, in pixels: the common 48 and 50 megapixel phone sensors.
pub const MAX_AREA: u64 = 50_000_000;
/// Largest memory that decoding one file may take: half of the 512 MiB that a comparison is allowed, and room for
/// a 50-megapixel photograph as phones write them (150 MB of pixels, or 300 MB with 4:2:0 progressive coefficients).
pub const MAX_DECODE_BYTES: u64 = 320 * 1024 * 1024;
/// Most samples that the scans of one JPEG, or the coding passes of one JPEG 2000, may visit. The usual ten progressive
/// scans of a 50-megapixel 4:2:0 photograph visit 400 million; a file made of endless empty scans visits any number.
/// A portrait in JPEG 2000 visits 10 to 30 million, and this much is about 5 megapixels of it.
pub const MAX_DECODE_WORK: u64 = 600_000_000;
/// Pictures with a longer side than this are shrunk by a whole factor while they are read. A face of a usable size is
/// far larger than the 128 pixels of the network's input at this size, and a document that fills half of the
/// picture still has its portrait at more than 200 pixels.
const MAX_WORKING_SIDE: usize = 2560;

/// Why bytes could not be made into a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// More bytes than are taken.
    #[error("the file has {bytes} bytes; at most {MAX_FILE_BYTES} are taken")]
    FileTooLarge {
        /// The file's length.
        bytes: usize,
    },
    /// A picture format that is not read.
    #[error("this is a {format} file; JPEG, JPEG 2000 and PNG are read")]
    OtherFormat {
        /// The format's common name.
        format: &'static str,
    },
    /// The content is of no known picture format, whatever the file's name says.
    #[error("this is not a picture: neither JPEG, JPEG 2000 nor PNG")]
    NotAnImage,
    /// The header names a size beyond the limits.
    #[error(
        "the picture has {width} x {height} pixels; at most {MAX_SIDE} a side and {MAX_AREA} in all are taken"
    )]
    TooLarge {
        /// Width from the header.
        width: u32,
        /// Height from the header.
        height: u32,
    },
    /// Decoding would take more memory or work than is allowed.
    #[error("decoding this {width} x {height} picture would take too much memory or time")]
    TooCostly {
        /// Width from the header.
        width: u32,
        /// Height from the header.
        height: u32,
    },
    /// The file ends before the picture does.
    #[error("the file is cut off before the end of the picture")]
    Truncated,
    /// The file breaks the rules of its format.
    #[error("the file is damaged: {detail}")]
    Damaged {
        /// The decoder's words.
        detail: String,
    },
    /// A rare kind of its format.
    #[error("{detail} is not read")]
    Unsupported {
        /// The kind.
        detail: &'static str,
    },
}

/// A decoded picture, upright and of a bounded size; wiped when dropped.
pub struct Picture {
    pub(crate) pixels: Pixels,
    /// How many pixels of the file went into one side of a pixel here.
    pub(crate) shrink: u32,
}

impl Picture {
    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.pixels.width()
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.pixels.height()
    }

    /// Its pixels, row by row, three bytes each.
    pub fn rgb(&self) -> &[u8] {
        self.pixels.rgb()
    }

    /// How many pixels of the file went into one side of a pixel here: large photographs are shrunk while they are read.
    pub fn shrink(&self) -> u32 {
        self.shrink
    }
}

/// Decodes a JPEG, JPEG 2000 (a JP2 file or a codestream alone) or PNG.
///
/// EXIF orientation is applied; every other piece of metadata is dropped. Greyscale, 16-bit, palette, CMYK and
/// transparent pictures come out as RGB (transparency over white).
///
/// # Errors
/// [`ImageError`] when the bytes are no such picture, or decoding them would go beyond the limits.
pub fn decode(bytes: &[u8]) -> Result<Picture, ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ImageError::FileTooLarge { bytes: bytes.len() });
    }
    match bytes {
        [0xFF, 0xD8, ..] => decode_jpeg(bytes),
        [0x89, b'P', b'N', b'G', ..] => decode_png(bytes),
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => decode_jpeg2000(bytes),
        _ => Err(other_format(bytes)),
    }
}

fn decode_jpeg(bytes: &[u8]) -> Result<Picture, ImageError> {
    let survey = jpeg::survey(bytes)?;
    let (width, height) = (survey.width, survey.height);
    let area = check_size(width, height)?;
    if area * 3 + survey.coefficient_bytes > MAX_DECODE_BYTES || survey.work > MAX_DECODE_WORK {
        return Err(ImageError::TooCostly { width, height });
    }
    let damaged = |error: zune_jpeg::errors::DecodeErrors| ImageError::Damaged { detail: error.to_string() };
    let options = DecoderOptions::default()
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize)
        .set_strict_mode(true)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let orientation = decoder.exif().map_or(1, |exif| orientation(exif));
    let rgb = Zeroizing::new(decoder.decode().map_err(damaged)?);
    let mut rows = Rows::new(width, height);
    for row in rgb.chunks_exact(width as usize * 3) {
        rows.push(row);
    }
    rows.finish(orientation)
}

/// The decoder is given the codestream alone: boxes are read by [`jpeg2000`], which lets pass only what it knows.
fn decode_jpeg2000(bytes: &[u8]) -> Result<Picture, ImageError> {
    let survey = jpeg2000::survey(bytes)?;
    let (width, height) = (survey.width, survey.height);
    check_size(width, height)?;
    if survey.bytes > MAX_DECODE_BYTES || survey.work > MAX_DECODE_WORK {
        return Err(ImageError::TooCostly { width, height });
    }
    let damaged = |error: hayro_jpeg2000::DecodeError| ImageError::Damaged { detail: error.to_string() };
    let settings = DecodeSettings { resolve_palette_indices: false, strict: true, target_resolution: None };
    let image = Image::new(survey.codestream, &settings).map_err(damaged)?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(damaged)?;
    let channels = decoded.components().len();
    let samples = Zeroizing::new(decoded.data_u8());
    let mut rows = Rows::new(width, height);
    for row in samples.chunks_exact(width as usize * channels.max(1)) {
        rows.push(&to_rgb(row, channels));
    }
    rows.finish(1)
}

fn decode_png(bytes: &[u8]) -> Result<Picture, ImageError> {
    // Ancillary chunks (texts, colour profiles) may be compressed: they are not looked at, and what the decoder keeps
    // beside the rows is bounded.
    let limits = png::Limits { bytes: 16 * 1024 * 1024 };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let (width, height) = {
        let header = decoder.read_header_info().map_err(png_error)?;
        (header.width, header.height)
    };
    let area = check_size(width, height)?;
    let mut reader = decoder.read_info().map_err(png_error)?;
    let orientation = reader.info().exif_metadata.as_deref().map_or(1, orientation);
    let channels = reader.output_color_type().0.samples();
    let mut rows = Rows::new(width, height);
    if reader.info().interlaced {
        // Adam7 spreads each row over seven passes, so the whole picture is held.
        let size = reader.output_buffer_size().filter(|&size| size as u64 <= area * 4);
        let mut whole = Zeroizing::new(vec![0u8; size.ok_or(ImageError::TooCostly { width, height })?]);
        reader.next_frame(&mut whole).map_err(png_error)?;
        for row in whole.chunks_exact(width as usize * channels) {
            rows.push(&to_rgb(row, channels));
        }
    } else {
        while let Some(row) = reader.next_row().map_err(png_error)? {
            rows.push(&to_rgb(row.data(), channels));
        }
    }
    rows.finish(orientation)
}

impl From<jpeg::Fault> for ImageError {
    fn from(fault: jpeg::Fault) -> Self {
        match fault {
            jpeg::Fault::Truncated => ImageError::Truncated,
            jpeg::Fault::Malformed(detail) => ImageError::Damaged { detail: detail.to_owned() },
            jpeg::Fault::Unsupported(detail) => ImageError::Unsupported { detail },
        }
    }
}

fn png_error(error: png::DecodingError) -> ImageError {
    match error {
        png::DecodingError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            ImageError::Truncated
        }
        other => ImageError::Damaged { detail: other.to_string() },
    }
}

/// The area, when the size is within the limits.
fn check_size(width: u32, height: u32) -> Result<u64, ImageError> {
    let area = u64::from(width) * u64::from(height);
    let fits = width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE && area <= MAX_AREA;
    if fits { Ok(area) } else { Err(ImageError::TooLarge { width, height }) }
}

/// One row of grey, grey + alpha, RGB or RGBA as RGB over white.
fn to_rgb(row: &[u8], channels: usize) -> Zeroizing<Vec<u8>> {
    let over_white = |value: u8, alpha: u8| {
        let alpha = u16::from(alpha);
        ((u16::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let mut rgb = Zeroizing::new(Vec::with_capacity(row.len() / channels.max(1) * 3));
    for pixel in row.chunks_exact(channels.max(1)) {
        rgb.extend(match *pixel {
            [grey] => [grey; 3],
            [grey, alpha] => [over_white(grey, alpha); 3],
            [r, g, b] => [r, g, b],
            [r, g, b, alpha] => [over_white(r, alpha), over_white(g, alpha), over_white(b, alpha)],
            _ => [0; 3],
        });
    }
    rgb
}

/// Collects rows of RGB, averaging blocks of `shrink` x `shrink` pixels on the way.
struct Rows {
    width: usize,
    shrink: usize,
    out_width: usize,
    out_height: usize,
    sums: Zeroizing<Vec<u32>>,
    summed: usize,
    data: Zeroizing<Vec<u8>>,
}

impl Rows {
    fn new(width: u32, height: u32) -> Rows {
        let (width, height) = (width as usize, height as usize);
        let shrink = width.max(height).div_ceil(MAX_WORKING_SIDE).max(1);
        // Whole blocks only; a side shorter than a block becomes one pixel.
        let (out_width, out_height) = ((width / shrink).max(1), (height / shrink).max(1));
        let data = Zeroizing::new(Vec::with_capacity(out_width * out_height * 3));
        let sums = Zeroizing::new(vec![0; out_width * 3]);
        Rows { width, shrink, out_width, out_height, sums, summed: 0, data }
    }

    fn push(&mut self, row: &[u8]) {
        if self.data.len() >= self.out_width * self.out_height * 3 {
            return;
        }
        if self.shrink == 1 {
            self.data.extend_from_slice(row);
            return;
        }
        for (block, sum) in row.chunks(self.shrink * 3).zip(self.sums.chunks_exact_mut(3)) {
            for pixel in block.chunks_exact(3) {
                for (sum, &value) in sum.iter_mut().zip(pixel) {
                    *sum += u32::from(value);
                }
            }
        }
        self.summed += 1;
        if self.summed == self.shrink {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let count = (self.shrink.min(self.width) * self.summed).max(1) as u32;
        self.data.extend(self.sums.iter().map(|sum| (sum / count) as u8));
        self.sums.fill(0);
        self.summed = 0;
    }

    fn finish(mut self, orientation: u32) -> Result<Picture, ImageError> {
        if self.summed > 0 && self.data.is_empty() {
            self.flush();
        }
        let pixels =
            Pixels::from_rgb(self.out_width, self.out_height, self.data).ok_or(ImageError::Truncated)?;
        Ok(Picture { pixels: pixels.oriented(orientation), shrink: self.shrink as u32 })
    }
}

/// The orientation of a TIFF block (EXIF 2.32, 4.6.4 A); 1 when it has none or is not readable.
fn orientation(tiff: &[u8]) -> u32 {
    let tiff = tiff.strip_prefix(b"Exif\0\0").unwrap_or(tiff);
    let read = exif::Reader::new().continue_on_error(true).read_raw(tiff.to_vec());
    let parsed = read.or_else(|error| error.distill_partial_result(|_| {}));
    parsed
        .ok()
        .and_then(|exif| exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?.value.get_uint(0))
        .filter(|value| (1..=8).contains(value))
        .unwrap_or(1)
}

fn other_format(bytes: &[u8]) -> ImageError {
    let format = match bytes {
        [b'G', b'I', b'F', b'8', ..] => "GIF",
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => "BMP",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "TIFF",
        [b'%', b'P', b'D', b'F', ..] => "PDF",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "WebP",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', ..] => "HEIC",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', ..] => "AVIF",
        _ => return ImageError::NotAnImage,
    };
    ImageError::OtherFormat { format }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gradient that the files in `tests/jpeg2000` were made of: 48 x 64 pixels.
    fn drawn(x: usize, y: usize) -> [u8; 3] {
        [(x * 255 / 48) as u8, (y * 255 / 64) as u8, ((x + y) * 255 / 112) as u8]
    }

    #[track_caller]
    fn jpeg_2000(file: &[u8], grey: bool, tolerance: u8) {
        let picture = decode(file).unwrap();
        for (x, y) in (0..64).flat_map(|y| (0..48).map(move |x| (x, y))) {
            let [red, green, blue] = drawn(x, y);
            // BT.601, as the tool that made the files does it.
            let luma = (u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1000;
            let expected = if grey { [luma as u8; 3] } else { [red, green, blue] };
            let found = picture.pixels.at(x, y);
            let near =
                found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= tolerance);
            assert!(near, "{found:?} at {x}, {y} instead of {expected:?}");
        }
    }

    #[test]
    fn a_jpeg_2000_has_the_colours_that_were_drawn() {
        jpeg_2000(include_bytes!("../tests/jpeg2000/colour.j2k"), false, 0);
        jpeg_2000(include_bytes!("../tests/jpeg2000/tiles.jp2"), false, 0);
        jpeg_2000(include_bytes!("../tests/jpeg2000/grey.jp2"), true, 1);
        jpeg_2000(include_bytes!("../tests/jpeg2000/colour.jp2"), false, 24);
    }
}
