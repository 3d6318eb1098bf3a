//! Pictures that the tests make out of the shared photographs.

use std::io::Cursor;

use image::{RgbImage, codecs::jpeg::JpegEncoder, imageops};

pub(crate) fn photograph(path: &str) -> RgbImage {
    image::load_from_memory(&std::fs::read(path).unwrap()).unwrap().to_rgb8()
}

pub(crate) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 92)).unwrap();
    bytes
}

pub(crate) fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// A JPEG with a comment behind its first marker (ITU-T T.81, B.2.4.5).
pub(crate) fn with_comment(jpeg: &[u8], comment: &str) -> Vec<u8> {
    let length = u16::try_from(comment.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xfe], &length, comment.as_bytes(), &jpeg[2..]].concat()
}

/// The coded pixels of a JPEG: what follows the header of its scan (ITU-T T.81, B.2.3).
pub(crate) fn coded(jpeg: &[u8]) -> &[u8] {
    let scan = jpeg.windows(2).position(|w| w == [0xff, 0xda]).unwrap();
    let header = usize::from(u16::from_be_bytes([jpeg[scan + 2], jpeg[scan + 3]]));
    &jpeg[scan + 2 + header..]
}

/// A band of noise below a picture, so that no other picture has these pixels.
pub(crate) fn with_noise(picture: &RgbImage, mut seed: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    let mut marked = RgbImage::new(width, height + 32);
    imageops::replace(&mut marked, picture, 0, 0);
    for y in height..height + 32 {
        for x in 0..width {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [red, green, blue, _] = seed.to_be_bytes();
            marked.put_pixel(x, y, image::Rgb([red, green, blue]));
        }
    }
    marked
}

/// Several photographs side by side at one height.
pub(crate) fn side_by_side(photographs: &[RgbImage], height: u32) -> RgbImage {
    let scaled: Vec<RgbImage> = photographs
        .iter()
        .map(|p| imageops::resize(p, p.width() * height / p.height(), height, imageops::FilterType::Triangle))
        .collect();
    let mut group = RgbImage::new(scaled.iter().map(RgbImage::width).sum(), height);
    let mut left = 0;
    for picture in &scaled {
        imageops::replace(&mut group, picture, i64::from(left), 0);
        left += picture.width();
    }
    group
}

/// The beginning of a PNG that says that it has so many pixels, and holds next to none (PNG, clause 11.2.2).
pub(crate) fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let named = [&kind[..], data].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], &named, &crc32(&named).to_be_bytes()].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let deflated = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &deflated), chunk(b"IEND", b"")]
        .concat()
}

/// A JPEG 2000 codestream that says that it has so many pixels, tiles and components, and holds nothing of them
/// (ITU-T T.800, annex A).
pub(crate) fn jpeg_2000_that_claims(size: [u32; 2], tile: [u32; 2], components: u16) -> Vec<u8> {
    let segment = |marker: u8, parts: &[u8]| {
        let length = u16::try_from(parts.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], &length[..], parts].concat()
    };
    let pair = |[width, height]: [u32; 2]| [width.to_be_bytes(), height.to_be_bytes()].concat();
    let kinds = [7, 1, 1].repeat(components.into());
    let count = components.to_be_bytes();
    let head = [&[0; 2], &pair(size)[..], &[0; 8], &pair(tile), &[0; 8], &count, &kinds].concat();
    [
        vec![0xff, 0x4f],
        segment(0x51, &head),
        segment(0x52, &[0, 0, 0, 1, 0, 0, 4, 4, 0, 1]),
        segment(0x5c, &[0x20, 0x40]),
        segment(0x90, &[0, 0, 0, 0, 0, 14, 0, 1]),
        vec![0xff, 0x93, 0xff, 0xd9],
    ]
    .concat()
}

/// The check value of a PNG chunk (PNG, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
            },
        )
    })
}
