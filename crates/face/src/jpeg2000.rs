//! A walk over the boxes of a JP2 file (ITU-T T.800, annex I) and the markers of its codestream (annex A) before any of it
//! is decoded: size, kind, the memory and work that decoding will take, and whether the file has its end.
//!
//! Only what portraits on chips are made of passes: grey or three components of one size with 1 to 16 bits, no palette, no
//! offsets, one set of parameters for all tiles. Everything else is named and refused, so that the decoder never sees the
//! rare parts of the standard.

use crate::jpeg::Fault;

/// Most tiles, and most parts that they may be split into. Portraits have one; ours.
const MAX_TILES: u64 = 1024;
/// Most times that the wavelet may halve the picture. Portraits have five; a side of 12,000 pixels is down to twelve in
/// ten.
const MAX_LEVELS: u8 = 10;
/// Most quality layers (the decoder's own limit).
const MAX_LAYERS: u16 = 32;
/// Most bit-planes of a coefficient (the decoder's own limit).
const MAX_PLANES: u64 = 32;
/// Memory that the decoder (hayro-jpeg2000 0.5) holds for a code-block or precinct, its layers and its segments, in bytes:
/// the sizes of its structures, rounded up.
const ENTITY_BYTES: u64 = 256;
const LAYER_BYTES: u64 = 32;
const SEGMENT_BYTES: u64 = 48;
/// Work for a code-block or precinct beside its samples, in samples: contexts and trees are made ready for each.
const ENTITY_WORK: u64 = 500;

/// What boxes and markers say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Survey<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The codestream alone, from its first to its last marker.
    pub(crate) codestream: &'a [u8],
    /// Bytes that the decoder holds at once.
    pub(crate) bytes: u64,
    /// Samples visited at most, summed over all coding passes.
    pub(crate) work: u64,
}

/// Reads boxes, where there are any, and markers.
pub(crate) fn survey(bytes: &[u8]) -> Result<Survey<'_>, Fault> {
    let stream = if bytes.starts_with(&[0xFF, 0x4F]) { bytes } else { codestream(bytes)? };
    let mut rest =
        Bytes(stream.strip_prefix(&[0xFF, 0x4F]).ok_or(Fault::Malformed("no start of codestream"))?);
    let (marker, mut segment) = rest.segment()?;
    if marker != 0x51 {
        return Err(Fault::Malformed("no image size at the start"));
    }
    let frame = read_frame(&mut segment)?;
    let mut header = Header::default();
    loop {
        let (marker, segment) = rest.segment()?;
        match marker {
            0x52 => header.coding(segment)?,
            0x53 => header.coding_of_component(segment)?,
            0x5C => header.quantization(segment)?,
            0x5D => header.quantization_of_component(segment)?,
            // Lengths, registration, comments.
            0x55 | 0x63 | 0x64 => {}
            0x90 => {
                let stream = tile_parts(stream, rest, segment, &frame)?;
                return header.cost(&frame, stream);
            }
            _ => return Err(RARE),
        }
    }
}

const RARE: Fault = Fault::Unsupported("a rare kind of JPEG 2000");
const SHORT: Fault = Fault::Malformed("a short marker segment");

/// The codestream in the boxes of a JP2 file (T.800, I.4).
fn codestream(bytes: &[u8]) -> Result<&[u8], Fault> {
    let mut boxes = Bytes(bytes);
    loop {
        let (kind, contents) = boxes.next_box()?;
        match &kind {
            b"jp2h" => read_image_header(contents)?,
            b"jp2c" => return Ok(contents),
            _ => {}
        }
    }
}

/// The JP2 header box (T.800, I.5.3): how samples become colours.
fn read_image_header(contents: &[u8]) -> Result<(), Fault> {
    let mut boxes = Bytes(contents);
    let mut colour_is_known = false;
    while !boxes.0.is_empty() {
        let (kind, contents) = boxes.next_box()?;
        match (&kind, contents) {
            (b"pclr" | b"cmap", _) => return Err(Fault::Unsupported("JPEG 2000 with a palette")),
            // The first one counts (I.5.3.3): enumerated sRGB or grey, or a restricted ICC profile of either.
            (b"colr", [1, _, _, 0, 0, 0, 16 | 17, ..] | [2, ..]) => colour_is_known = true,
            (b"colr", _) if !colour_is_known => {
                return Err(Fault::Unsupported("JPEG 2000 in another colour space than grey and RGB"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The SIZ marker segment (T.800, A.5.1).
struct Frame {
    width: u32,
    height: u32,
    tile_width: u32,
    tile_height: u32,
    components: u64,
    tiles: u64,
}

fn read_frame(segment: &mut Bytes<'_>) -> Result<Frame, Fault> {
    // High-throughput coding (part 15) has its own bit here.
    if segment.u16()? & 0x4000 != 0 {
        return Err(RARE);
    }
    let [width, height, x, y] = [segment.u32()?, segment.u32()?, segment.u32()?, segment.u32()?];
    let [tile_width, tile_height, tile_x, tile_y] =
        [segment.u32()?, segment.u32()?, segment.u32()?, segment.u32()?];
    if width == 0 || height == 0 || tile_width == 0 || tile_height == 0 {
        return Err(Fault::Malformed("a width or height of zero"));
    }
    if [x, y, tile_x, tile_y] != [0; 4] {
        return Err(Fault::Unsupported("JPEG 2000 with offsets"));
    }
    let components = segment.u16()?;
    if !matches!(components, 1 | 3) {
        return Err(Fault::Unsupported("JPEG 2000 with other than 1 or 3 components"));
    }
    let first = segment.bytes::<3>()?;
    if !matches!(first, [0..=15, 1, 1]) {
        return Err(Fault::Unsupported("JPEG 2000 with other than 1 to 16 bits a sample, or shrunk"));
    }
    for _ in 1..components {
        if segment.bytes::<3>()? != first {
            return Err(Fault::Unsupported("JPEG 2000 with components of different kinds"));
        }
    }
    let tiles = u64::from(width.div_ceil(tile_width)) * u64::from(height.div_ceil(tile_height));
    if tiles > MAX_TILES {
        return Err(Fault::Unsupported("JPEG 2000 with so many tiles"));
    }
    Ok(Frame { width, height, tile_width, tile_height, components: components.into(), tiles })
}

/// The parts of the tiles up to the end of the codestream (T.800, A.4.2); `segment` is the first one's head. Nothing in
/// them may differ from the main header.
fn tile_parts<'a>(
    stream: &'a [u8],
    mut rest: Bytes<'a>,
    mut segment: Bytes<'a>,
    frame: &Frame,
) -> Result<&'a [u8], Fault> {
    for _ in 0..MAX_TILES {
        if segment.0.len() != 8 {
            return Err(SHORT);
        }
        let index = u64::from(segment.u16()?);
        let length = segment.u32()?;
        if index >= frame.tiles {
            return Err(Fault::Malformed("a tile that the picture does not have"));
        }
        // The length counts from the marker, of which marker, length and head are read: twelve bytes.
        let mut part = match length {
            0 => Bytes(rest.0.strip_suffix(&[0xFF, 0xD9]).ok_or(Fault::Truncated)?),
            1..14 => return Err(Fault::Malformed("a part of a tile shorter than its head")),
            _ => Bytes(rest.0.get(..length as usize - 12).ok_or(Fault::Truncated)?),
        };
        rest.take(part.0.len())?;
        // Packet lengths and comments, up to the data.
        while part.0.strip_prefix(&[0xFF, 0x93]).is_none() {
            if !matches!(part.segment()?.0, 0x58 | 0x64) {
                return Err(RARE);
            }
        }
        if rest.0.starts_with(&[0xFF, 0xD9]) {
            return stream.get(..stream.len() - rest.0.len() + 2).ok_or(Fault::Truncated);
        }
        let (marker, next) = rest.segment()?;
        if marker != 0x90 {
            return Err(Fault::Malformed("neither a tile nor the end after a tile"));
        }
        segment = next;
    }
    Err(Fault::Unsupported("JPEG 2000 with tiles in so many parts"))
}

/// The largest of everything that the components were given, each for itself.
#[derive(Default)]
struct Header {
    coding: Vec<Coding>,
    layers: u64,
    planes: Option<u64>,
}

/// How a component is cut into blocks (T.800, A.6.1).
struct Coding {
    levels: u8,
    block: (u32, u32),
    /// A segment for each coding pass, or nearly.
    segments_by_pass: bool,
    /// One for each resolution, smallest first.
    precincts: Vec<(u32, u32)>,
}

impl Header {
    fn coding(&mut self, mut segment: Bytes<'_>) -> Result<(), Fault> {
        let [style, _progression] = segment.bytes()?;
        let layers = segment.u16()?;
        if !(1..=MAX_LAYERS).contains(&layers) {
            return Err(Fault::Unsupported("JPEG 2000 with so many layers"));
        }
        self.layers = self.layers.max(layers.into());
        let [_colour_transform] = segment.bytes()?;
        self.push(style, segment)
    }

    fn coding_of_component(&mut self, mut segment: Bytes<'_>) -> Result<(), Fault> {
        let [_component, style] = segment.bytes()?;
        self.push(style, segment)
    }

    fn push(&mut self, style: u8, mut segment: Bytes<'_>) -> Result<(), Fault> {
        let [levels, block_width, block_height, block_style, _wavelet] = segment.bytes()?;
        if levels > MAX_LEVELS {
            return Err(Fault::Unsupported("JPEG 2000 with so many resolutions"));
        }
        // Table A.18: 4 to 1024 samples a side and at most 4096 in all.
        if block_width > 8 || block_height > 8 || block_width + block_height > 8 {
            return Err(Fault::Malformed("a code-block of an impossible size"));
        }
        let mut precincts = Vec::with_capacity(usize::from(levels) + 1);
        for resolution in 0..=levels {
            let [size] = if style & 1 != 0 { segment.bytes()? } else { [0xFF] };
            let (across, down) = (u32::from(size & 15), u32::from(size >> 4));
            if resolution > 0 && (across == 0 || down == 0) {
                return Err(Fault::Malformed("a precinct of an impossible size"));
            }
            precincts.push((across, down));
        }
        if self.coding.len() > 16 {
            return Err(Fault::Malformed("parameters for too many components"));
        }
        let block = (u32::from(block_width) + 2, u32::from(block_height) + 2);
        self.coding.push(Coding { levels, block, segments_by_pass: block_style & 5 != 0, precincts });
        Ok(())
    }

    fn quantization_of_component(&mut self, mut segment: Bytes<'_>) -> Result<(), Fault> {
        let [_component] = segment.bytes()?;
        self.quantization(segment)
    }

    /// T.800, A.6.4; bit-planes after E-2.
    fn quantization(&mut self, mut segment: Bytes<'_>) -> Result<(), Fault> {
        let [style] = segment.bytes()?;
        let exponents = match style & 0x1F {
            0 => segment.0.iter().map(|step| step >> 3).max(),
            1 | 2 => segment.0.chunks_exact(2).map(|step| step[0] >> 3).max(),
            _ => None,
        };
        let exponent = u64::from(exponents.ok_or(Fault::Malformed("no quantization steps"))?);
        let planes = (u64::from(style >> 5) + exponent).saturating_sub(1);
        if planes > MAX_PLANES {
            return Err(Fault::Unsupported("JPEG 2000 with so many bit-planes"));
        }
        self.planes = Some(self.planes.unwrap_or(0).max(planes));
        Ok(())
    }

    /// What decoding can take, when every component has the costliest parameters.
    fn cost<'a>(&self, frame: &Frame, codestream: &'a [u8]) -> Result<Survey<'a>, Fault> {
        let missing = Fault::Malformed("no coding style or no quantization");
        let (Some(planes), false) = (self.planes, self.coding.is_empty()) else { return Err(missing) };
        // The first bit-plane has one coding pass, each other one three (annex D).
        let passes = (3 * planes).saturating_sub(2).max(1);
        let (tile_width, tile_height) =
            (frame.tile_width.min(frame.width), frame.tile_height.min(frame.height));
        let tile_area = u64::from(tile_width) * u64::from(tile_height);
        let (mut entities, mut entity_bytes) = (0, 0);
        for coding in &self.coding {
            let count = coding.entities(tile_width, tile_height);
            let segments = if coding.segments_by_pass { passes } else { self.layers };
            let bytes = ENTITY_BYTES + LAYER_BYTES * self.layers + SEGMENT_BYTES * segments;
            entities = entities.max(count);
            entity_bytes = entity_bytes.max(count.saturating_mul(bytes));
        }
        let area = u64::from(frame.width) * u64::from(frame.height);
        // Four bytes a sample for all components, and as much for one tile of one component four times: coefficients,
        // the wavelet's two buffers, the code-block. The picture itself comes to one byte a sample.
        let samples = area.saturating_mul(5 * frame.components).saturating_add(tile_area.saturating_mul(16));
        let bytes = samples.saturating_add(entity_bytes.saturating_mul(frame.components));
        let tile_work = tile_area.saturating_mul(passes).saturating_add(entities.saturating_mul(ENTITY_WORK));
        let work = tile_work.saturating_mul(frame.components * frame.tiles);
        Ok(Survey { width: frame.width, height: frame.height, codestream, bytes, work })
    }
}

impl Coding {
    /// Code-blocks and precincts of one component of one tile, at most (T.800, B.6 and B.7).
    fn entities(&self, width: u32, height: u32) -> u64 {
        // One more on either side where the grid is not aligned with the tile.
        let across = |side: u64, exponent: u32| (side >> exponent) + 2;
        let (width, height) = (u64::from(width), u64::from(height));
        let mut entities: u64 = 0;
        for (resolution, precinct) in (0u32..).zip(&self.precincts) {
            let shrink = u32::from(self.levels) - resolution;
            let (width, height) = ((width >> shrink) + 1, (height >> shrink) + 1);
            let precincts = across(width, precinct.0).saturating_mul(across(height, precinct.1));
            // The three bands of a resolution are half as wide and high, and so are their parts of a precinct.
            let (bands, half) = if resolution == 0 { (1, 0) } else { (3, 1) };
            let block = (self.block.0.min(precinct.0 - half), self.block.1.min(precinct.1 - half));
            let blocks =
                across((width >> half) + 1, block.0).saturating_mul(across((height >> half) + 1, block.1));
            entities = entities.saturating_add((precincts.saturating_add(blocks)).saturating_mul(bands));
        }
        entities
    }
}

/// Bytes not read yet.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Fault::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(SHORT)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u16(&mut self) -> Result<u16, Fault> {
        Ok(u16::from_be_bytes(self.bytes()?))
    }

    fn u32(&mut self) -> Result<u32, Fault> {
        Ok(u32::from_be_bytes(self.bytes()?))
    }

    /// A marker and what its segment holds after the length (T.800, A.1).
    fn segment(&mut self) -> Result<(u8, Bytes<'a>), Fault> {
        let [first, marker, high, low] = *self.0.first_chunk().ok_or(Fault::Truncated)?;
        let length = usize::from(u16::from_be_bytes([high, low]));
        if first != 0xFF || length < 2 {
            return Err(Fault::Malformed("no marker where one should be"));
        }
        self.take(2)?;
        let segment = self.take(length)?;
        Ok((marker, Bytes(&segment[2..])))
    }

    /// The kind of a box and its contents (T.800, I.4).
    fn next_box(&mut self) -> Result<([u8; 4], &'a [u8]), Fault> {
        let head = *self.0.first_chunk::<8>().ok_or(Fault::Truncated)?;
        let [a, b, c, d, kind @ ..] = head;
        self.take(8)?;
        let length = match u32::from_be_bytes([a, b, c, d]) {
            0 => self.0.len(),
            1 => {
                let length = *self.0.first_chunk::<8>().ok_or(Fault::Truncated)?;
                self.take(8)?;
                let length = u64::from_be_bytes(length).checked_sub(16);
                length.and_then(|length| usize::try_from(length).ok()).ok_or(BAD_BOX)?
            }
            length => length.checked_sub(8).ok_or(BAD_BOX)? as usize,
        };
        Ok((kind, self.take(length)?))
    }
}

const BAD_BOX: Fault = Fault::Malformed("a box shorter than its head");
