//! A walk over the markers of a JPEG (ITU-T T.81, annex B) before any of it is decoded: size, kind, the memory and work
//! that decoding will take, and whether the file has its end.

/// What the markers say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Survey {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bytes of coefficients that the decoder holds at once (all of them in a progressive file).
    pub(crate) coefficient_bytes: u64,
    /// Samples visited, summed over all scans.
    pub(crate) work: u64,
}

/// Why a file cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The file ends before its end-of-image marker.
    Truncated,
    /// The markers do not follow T.81.
    Malformed(&'static str),
    /// A kind of JPEG that is not read here.
    Unsupported(&'static str),
}

struct Component {
    id: u8,
    samples: u64,
}

struct Frame {
    width: u32,
    height: u32,
    components: Vec<Component>,
    progressive: bool,
}

/// Reads the markers up to the end of the image.
pub(crate) fn survey(bytes: &[u8]) -> Result<Survey, Fault> {
    let mut frame: Option<Frame> = None;
    let mut work = 0u64;
    let mut scans = 0u32;
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8]).ok_or(Fault::Malformed("no start of image"))?;
    loop {
        let (marker, after) = next_marker(rest).ok_or(Fault::Truncated)?;
        rest = after;
        match marker {
            0xD9 => break,
            0x01 | 0xD0..=0xD8 => continue,
            _ => {}
        }
        let (segment, after) = segment(rest)?;
        rest = after;
        match marker {
            0xC0..=0xC2 if frame.is_some() => return Err(Fault::Malformed("two frames")),
            0xC0..=0xC2 => frame = Some(read_frame(segment, marker == 0xC2)?),
            0xC3 | 0xC5..=0xC7 | 0xCB | 0xCD..=0xCF => {
                return Err(Fault::Unsupported("lossless or hierarchical JPEG"));
            }
            0xC9 | 0xCA => return Err(Fault::Unsupported("JPEG with arithmetic coding")),
            0xDA => {
                let frame = frame.as_ref().ok_or(Fault::Malformed("a scan before the frame"))?;
                work = work.saturating_add(scan_samples(frame, segment)?);
                scans += 1;
            }
            _ => {}
        }
    }
    let frame = frame.ok_or(Fault::Malformed("no frame"))?;
    if scans == 0 {
        return Err(Fault::Malformed("no scan"));
    }
    let samples: u64 = frame.components.iter().map(|c| c.samples).sum();
    // A sequential file with several scans makes the decoder hold every coefficient as well.
    let holds_all = frame.progressive || scans > 1;
    let coefficient_bytes = if holds_all { samples * 2 } else { 0 };
    Ok(Survey { width: frame.width, height: frame.height, coefficient_bytes, work })
}

/// The next marker and what follows it. Entropy-coded data (with its stuffed zeros and restart markers), fill bytes
/// and stray bytes between segments are stepped over.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|&b| b == 0xFF)?;
        match *bytes.get(at + 1)? {
            0xFF => at += 1,
            0x00 | 0xD0..=0xD7 => at += 2,
            marker => return Some((marker, bytes.get(at + 2..)?)),
        }
    }
}

fn segment(bytes: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    let length = match bytes {
        [high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => return Err(Fault::Truncated),
    };
    if length < 2 {
        return Err(Fault::Malformed("a segment shorter than its length field"));
    }
    if bytes.len() < length {
        return Err(Fault::Truncated);
    }
    let (segment, rest) = bytes.split_at(length);
    Ok((&segment[2..], rest))
}

/// T.81 B.2.2.
fn read_frame(segment: &[u8], progressive: bool) -> Result<Frame, Fault> {
    let [precision, h1, h0, w1, w0, count, specs @ ..] = segment else {
        return Err(Fault::Malformed("a short frame header"));
    };
    if *precision != 8 {
        return Err(Fault::Unsupported("JPEG with other than 8 bits a sample"));
    }
    let (width, height) = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
    if width == 0 || height == 0 {
        return Err(Fault::Malformed("a width or height of zero"));
    }
    if !matches!(count, 1 | 3 | 4) || specs.len() != usize::from(*count) * 3 {
        return Err(Fault::Unsupported("JPEG with other than 1, 3 or 4 components"));
    }
    let factors: Vec<(u8, u64, u64)> =
        specs.chunks_exact(3).map(|s| (s[0], u64::from(s[1] >> 4), u64::from(s[1] & 15))).collect();
    if factors.iter().any(|&(_, h, v)| !(1..=4).contains(&h) || !(1..=4).contains(&v)) {
        return Err(Fault::Malformed("a sampling factor outside 1 to 4"));
    }
    let h_max = factors.iter().map(|f| f.1).max().unwrap_or(1);
    let v_max = factors.iter().map(|f| f.2).max().unwrap_or(1);
    let across = u64::from(width).div_ceil(8 * h_max);
    let down = u64::from(height).div_ceil(8 * v_max);
    let components =
        factors.iter().map(|&(id, h, v)| Component { id, samples: across * h * 8 * down * v * 8 }).collect();
    Ok(Frame { width: width.into(), height: height.into(), components, progressive })
}

/// The samples that one scan visits (T.81 B.2.3).
fn scan_samples(frame: &Frame, segment: &[u8]) -> Result<u64, Fault> {
    let Some((&count, selectors)) = segment.split_first() else {
        return Err(Fault::Malformed("a short scan header"));
    };
    let selected = selectors.chunks_exact(2).take(usize::from(count));
    let samples = selected
        .filter_map(|selector| frame.components.iter().find(|c| c.id == selector[0]))
        .map(|component| component.samples);
    Ok(samples.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(sof: u8, scans: u32, ending: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, sof, 0, 17, 8, 0, 100, 0, 200, 3];
        bytes.extend([1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
        for _ in 0..scans {
            bytes.extend([
                0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0xFF, 0xD0, 0x34,
            ]);
        }
        bytes.extend(ending);
        bytes
    }

    #[test]
    fn size_memory_and_work_are_known_before_decoding() {
        let samples = 208 * 112 + 2 * 104 * 56;
        let found = survey(&file(0xC2, 2, &[0xFF, 0xD9])).unwrap();
        assert_eq!(
            found,
            Survey { width: 200, height: 100, coefficient_bytes: samples * 2, work: samples * 2 }
        );
        assert_eq!(survey(&file(0xC0, 1, &[0xFF, 0xD9])).unwrap().coefficient_bytes, 0);
    }

    #[test]
    fn a_file_without_its_end_is_truncated_wherever_it_is_cut() {
        let whole = file(0xC0, 1, &[0xFF, 0xD9]);
        for end in 2..whole.len() {
            assert_eq!(survey(&whole[..end]), Err(Fault::Truncated), "cut at {end}");
        }
    }

    #[test]
    fn kinds_that_are_not_read_are_named() {
        for sof in [0xC3, 0xC9, 0xCF] {
            assert!(matches!(survey(&file(sof, 1, &[0xFF, 0xD9])), Err(Fault::Unsupported(_))));
        }
    }
}
