//! A picture without what a camera writes beside it: where and when it was taken, with which device, and a small copy of
//! what it showed before it was cut. The authority needs to see the document and nothing else.

use std::io::Cursor;

/// The picture's own bytes: of a JPEG file without its application segments and comments, of a PNG file with the chunks that
/// its pixels need. Which way up it is stays. `None` for what is neither, or broken: it is not sent.
pub fn bare(file: &[u8]) -> Option<Vec<u8>> {
    if file.starts_with(&[0xff, 0xd8, 0xff]) {
        bare_jpeg(file)
    } else if file.starts_with(PNG) {
        bare_png(file)
    } else {
        None
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// ITU-T T.81, annex B.1.1: segments up to the first scan; from there on the rest is pixels.
fn bare_jpeg(file: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0xff, 0xd8];
    if let Some(orientation) = orientation(file) {
        out.extend_from_slice(&exif_of(orientation));
    }
    let mut at = 2;
    loop {
        let (marker, rest) = match file.get(at..)? {
            // Fill bytes may stand before a marker.
            [0xff, 0xff, ..] => {
                at += 1;
                continue;
            }
            [0xff, marker, rest @ ..] => (*marker, rest),
            _ => return None,
        };
        let [high, low, ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let segment = file.get(at..at.checked_add(2)?.checked_add(length)?).filter(|_| length >= 2)?;
        match marker {
            // Start of scan: what follows is read as pixels, up to the end of the image.
            0xda => {
                out.extend_from_slice(up_to_end(file.get(at..)?)?);
                return Some(out);
            }
            // APP0 says how pixels are shaped and APP14 which colours they are of; the others and comments go.
            0xe1..=0xed | 0xef | 0xfe => {}
            0xe0 => out.extend_from_slice(jfif_of(segment).as_deref().unwrap_or_default()),
            _ => out.extend_from_slice(segment),
        }
        at += 2 + length;
    }
}

/// The segment APP0 of JFIF 1.02 with version and density, without the small copy of the picture that may stand behind them.
/// Another APP0 (JFXX, which is such a copy) has nothing that stays.
fn jfif_of(segment: &[u8]) -> Option<Vec<u8>> {
    let [_, _, _, _, b'J', b'F', b'I', b'F', 0, shape @ ..] = segment else { return None };
    Some([b"\xff\xe0\x00\x10JFIF\0".as_slice(), shape.get(..7)?, &[0, 0]].concat())
}

/// From the first scan up to the end of the image: cameras write second pictures and videos behind it. Progressive files
/// have tables between scans; application segments and comments there are nobody's habit and refused.
fn up_to_end(scans: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    loop {
        at += scans.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        at += match *scans.get(at + 1)? {
            0xd9 => return scans.get(..at + 2),
            0xe0..=0xef | 0xfe => return None,
            // A stuffed byte of pixels, a restart, a fill byte.
            0x00 | 0x01 | 0xd0..=0xd7 => 2,
            0xff => 1,
            _ => {
                let [high, low] = *scans.get(at + 2..at + 4)? else { return None };
                2 + usize::from(u16::from_be_bytes([high, low]))
            }
        };
    }
}

/// PNG, third edition, section 5.6: the chunks that pixels are made of. The others hold words, times and profiles.
fn bare_png(file: &[u8]) -> Option<Vec<u8>> {
    let mut out = PNG.to_vec();
    let mut at = PNG.len();
    loop {
        let head: [u8; 8] = file.get(at..at.checked_add(8)?)?.try_into().ok()?;
        let [a, b, c, d, kind @ ..] = head;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
        let chunk = file.get(at..at.checked_add(12)?.checked_add(length)?)?;
        if matches!(&kind, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND") {
            out.extend_from_slice(chunk);
        }
        if &kind == b"IEND" {
            return Some(out);
        }
        at += chunk.len();
    }
}

/// Exif 2.32, section 4.6.4, tag 0x0112: 1 to 8; 1 is upright and not said.
fn orientation(file: &[u8]) -> Option<u8> {
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(file)).ok()?;
    let field = exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?;
    field.value.get_uint(0).and_then(|value| u8::try_from(value).ok()).filter(|value| (2..=8).contains(value))
}

/// An APP1 segment that says which way up the picture is, and nothing else: one directory with one entry.
fn exif_of(orientation: u8) -> [u8; 36] {
    let mut segment =
        *b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    segment[29] = orientation;
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), body].concat()
    }

    fn jpeg(segments: &[Vec<u8>], scan: &[u8]) -> Vec<u8> {
        let mut file = vec![0xff, 0xd8];
        segments.iter().for_each(|s| file.extend_from_slice(s));
        file.extend_from_slice(&segment(0xda, &[1, 1, 0, 0, 63, 0]));
        file.extend_from_slice(scan);
        file
    }

    #[test]
    fn a_jpeg_keeps_its_pixels_and_loses_what_was_written_beside_them() {
        let (jfif, table) = (segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"), segment(0xdb, &[7; 65]));
        let adobe = segment(0xee, b"Adobe\0");
        let noted = [
            segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01RGB"),
            segment(0xe0, b"JFXX\0\x10small copy"),
            segment(0xe1, b"Exif\0\0GPS 47.1 8.5"),
            segment(0xe2, b"MPF\0"),
            segment(0xed, b"Photoshop"),
            adobe.clone(),
            segment(0xfe, b"a comment"),
            table.clone(),
        ];
        let scan = [&[1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, 0xd9], b"a video".as_slice()].concat();
        let expected = jpeg(&[jfif, adobe, table], &scan[..10]);
        assert_eq!(bare(&jpeg(&noted, &scan)), Some(expected));
    }

    #[test]
    fn which_way_up_a_picture_is_stays() {
        for way in 2..=8 {
            let turned = jpeg(
                &[exif_of(way).to_vec(), segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0")],
                &[0xff, 0xd9],
            );
            assert_eq!(bare(&turned), Some(jpeg(&[exif_of(way).to_vec()], &[0xff, 0xd9])), "{way}");
        }
    }

    #[test]
    fn a_png_keeps_the_chunks_of_its_pixels() {
        let chunk = |kind: &[u8; 4], body: &[u8]| {
            let length = u32::try_from(body.len()).unwrap().to_be_bytes();
            [length.as_slice(), kind, body, &[0; 4]].concat()
        };
        let pixels = [chunk(b"IHDR", &[1; 13]), chunk(b"IDAT", &[2; 9]), chunk(b"IEND", b"")];
        let noted = [
            pixels[0].clone(),
            chunk(b"eXIf", b"GPS"),
            chunk(b"tEXt", b"Author\0A"),
            pixels[1].clone(),
            chunk(b"tIME", &[0; 7]),
            pixels[2].clone(),
            b"behind the end".to_vec(),
        ];
        assert_eq!(
            bare(&[PNG.to_vec(), noted.concat()].concat()),
            Some([PNG.to_vec(), pixels.concat()].concat())
        );
    }

    #[test]
    fn what_is_broken_or_no_picture_is_not_sent() {
        let whole = jpeg(&[segment(0xdb, &[7; 65])], &[1, 0xff, 0xd9]);
        for cut in 0..whole.len() {
            assert_eq!(bare(&whole[..cut]), None, "{cut}");
        }
        for other in
            [b"GIF89a".as_slice(), b"", &[0xff, 0xd8, 0xff, 0xe1, 0, 0], &[0xff, 0xd8, 0xff, 0xff, 0xff]]
        {
            assert_eq!(bare(other), None);
        }
        let hidden = jpeg(&[], &[1, 0xff, 0xe1, 0, 4, 1, 2, 0xff, 0xd9]);
        assert_eq!(bare(&hidden), None, "an application segment between scans");
        assert_eq!(bare(&[PNG, &[0xff; 40]].concat()), None);
    }
}
