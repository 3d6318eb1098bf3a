//! Draws a sample identity card: TD1, of the proportions of ID-1, with the word SAMPLE all over it.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageFormat, Rgb, RgbImage};
use jiff::civil::Date;
use lineward_document::Sex;
use lineward_document::mrz::WriteError;

use crate::font;
use crate::person::SamplePerson;

/// Width in pixels: 85.6 mm of ID-1 (ISO/IEC 7810) at 300 dots per inch, rounded.
pub const WIDTH: u32 = 1012;
/// Height in pixels: 53.98 mm.
pub const HEIGHT: u32 = 638;

/// Width of the portrait in pixels; with its height in the proportion 7 to 9 of Doc 9303-3, section 3.9.1.2.
pub const PORTRAIT_WIDTH: u32 = 308;
/// Height of the portrait in pixels.
pub const PORTRAIT_HEIGHT: u32 = 396;

const PORTRAIT_AT: (u32, u32) = (36, 92);
const ZONE_TOP: u32 = 498;

const INK: Rgb<u8> = Rgb([28, 36, 52]);
const LABEL: Rgb<u8> = Rgb([96, 108, 132]);
const RED: Rgb<u8> = Rgb([186, 36, 40]);
const HEAD: Rgb<u8> = Rgb([38, 66, 116]);
const WHITE: Rgb<u8> = Rgb([252, 252, 252]);

/// Draws the card of a sample person with this portrait.
///
/// The portrait is scaled to fill its place and cut to it, evenly left and right and mostly at the bottom: a
/// photograph whose face is not in the middle should be cut by the caller. The same input gives the same pixels.
///
/// ```
/// use jiff::civil::date;
/// use lineward_sample::{card, person};
/// let photograph = image::RgbImage::from_pixel(480, 640, image::Rgb([120, 100, 90]));
/// let drawn = card::draw(&person::people(date(2026, 1, 1))[0], &photograph)?;
/// assert_eq!(drawn.dimensions(), (card::WIDTH, card::HEIGHT));
/// # Ok::<(), card::CardError>(())
/// ```
///
/// # Errors
/// [`CardError`] when the portrait has no pixels or the person's data fit no zone.
pub fn draw(person: &SamplePerson, portrait: &RgbImage) -> Result<RgbImage, CardError> {
    if portrait.width() == 0 || portrait.height() == 0 {
        return Err(CardError::EmptyPortrait);
    }
    let zone = person.zone()?;
    let mut card = RgbImage::from_fn(WIDTH, HEIGHT, background);
    head(&mut card);
    place_portrait(&mut card, portrait);
    fields(&mut card, person);
    machine_readable(&mut card, &zone);
    Ok(card)
}

/// The card as a JPEG file.
///
/// # Errors
/// [`CardError::Encode`] when the image has no pixels or is too large for the format.
pub fn to_jpeg(card: &RgbImage) -> Result<Vec<u8>, CardError> {
    let mut bytes = Vec::new();
    // 92 keeps the portrait's fine detail; the encoder's default of 75 shows blocks around the eyes.
    card.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 92))?;
    Ok(bytes)
}

/// The card as a PNG file.
///
/// # Errors
/// [`CardError::Encode`] when the image has no pixels.
pub fn to_png(card: &RgbImage) -> Result<Vec<u8>, CardError> {
    let mut bytes = Cursor::new(Vec::new());
    card.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// Why a card could not be drawn or encoded.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The portrait has no pixels.
    #[error("the portrait has no pixels")]
    EmptyPortrait,
    /// The person's data fit no machine-readable zone.
    #[error("the data of the sample person fit no zone: {0}")]
    Zone(#[from] WriteError),
    /// The image could not be encoded.
    #[error("the card could not be encoded: {0}")]
    Encode(#[from] image::ImageError),
}

/// A pale gradient with a fine wave pattern, as far as integers go.
fn background(x: u32, y: u32) -> Rgb<u8> {
    if y >= ZONE_TOP {
        return WHITE;
    }
    let wave = triangle(x / 2 + y, 92) + triangle(x + 3 * y, 140);
    let line = (y + wave).is_multiple_of(9) || (y + 140 - triangle(x, 280)).is_multiple_of(23);
    let fade = x * 22 / WIDTH;
    // Below 23 and 240: fits a byte.
    let base = [232 - fade as u8, 240 - (fade / 2) as u8, 246];
    Rgb(base.map(|part| if line { part - 14 } else { part }))
}

/// Up and down between 0 and half the period.
fn triangle(at: u32, period: u32) -> u32 {
    let phase = at % period;
    phase.min(period - phase)
}

fn head(card: &mut RgbImage) {
    fill(card, (0, 0), (WIDTH, 68), HEAD);
    fill(card, (0, 68), (WIDTH, 4), RED);
    text(card, "UTOPIA", (36, 16), 5, WHITE);
    text(card, "IDENTITY CARD", (252, 23), 3, WHITE);
    let notice = "SAMPLE - NOT A DOCUMENT";
    text(card, notice, (WIDTH - 36 - width(notice, 3), 23), 3, Rgb([255, 214, 130]));
}

fn place_portrait(card: &mut RgbImage, portrait: &RgbImage) {
    let (left, top) = PORTRAIT_AT;
    fill(card, (left - 3, top - 3), (PORTRAIT_WIDTH + 6, PORTRAIT_HEIGHT + 6), LABEL);
    let (whole_width, whole_height) = (u64::from(portrait.width()), u64::from(portrait.height()));
    let (want_width, want_height) = (u64::from(PORTRAIT_WIDTH), u64::from(PORTRAIT_HEIGHT));
    // The largest part of the photograph with the proportions of the place; sides are below 2^32, so is the result.
    let (cut_width, cut_height) = if whole_width * want_height > whole_height * want_width {
        ((whole_height * want_width / want_height).max(1), whole_height)
    } else {
        (whole_width, (whole_width * want_height / want_width).max(1))
    };
    let (from_left, from_top) = ((whole_width - cut_width) / 2, (whole_height - cut_height) / 4);
    let cut =
        imageops::crop_imm(portrait, from_left as u32, from_top as u32, cut_width as u32, cut_height as u32);
    let scaled = imageops::resize(&*cut, PORTRAIT_WIDTH, PORTRAIT_HEIGHT, FilterType::CatmullRom);
    imageops::replace(card, &scaled, i64::from(left), i64::from(top));
    let strip = top + PORTRAIT_HEIGHT - 30;
    fill(card, (left, strip), (PORTRAIT_WIDTH, 30), RED);
    text(card, "SAMPLE", (left + (PORTRAIT_WIDTH - width("SAMPLE", 3)) / 2, strip + 5), 3, WHITE);
}

fn fields(card: &mut RgbImage, person: &SamplePerson) {
    const LEFT: u32 = 380;
    const RIGHT: u32 = 700;
    let watermark = |pixel: &mut Rgb<u8>| {
        // A tenth of red: seen, and the text over it stays readable.
        pixel.0 = [0, 1, 2].map(|i| ((u16::from(pixel.0[i]) * 9 + u16::from(RED.0[i])) / 10) as u8);
    };
    font::write(card, "SAMPLE", (LEFT, 336), 17, font::advance(17), watermark);
    let sex = match person.sex {
        Sex::Male => "M",
        Sex::Female => "F",
        Sex::Unspecified => "X",
    };
    let state = SamplePerson::STATE;
    field(card, "PRIMARY IDENTIFIER", &person.names.primary, (LEFT, 96));
    field(card, "SECONDARY IDENTIFIER", &person.names.secondary, (LEFT, 164));
    field(card, "DOCUMENT NUMBER", &person.document_number, (LEFT, 232));
    field(card, "NATIONALITY", state.as_str(), (RIGHT, 232));
    field(card, "DATE OF BIRTH", &date(person.birth_date), (LEFT, 300));
    field(card, "SEX", sex, (RIGHT, 300));
    field(card, "DATE OF EXPIRY", &date(person.expiry_date), (LEFT, 368));
    field(card, "ISSUED BY", "MINISTRY OF SAMPLES", (RIGHT, 368));
}

/// As in Doc 9303-3, section 3.8: DD.MM.YYYY.
fn date(date: Date) -> String {
    format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year())
}

fn field(card: &mut RgbImage, label: &str, value: &str, at: (u32, u32)) {
    text(card, label, at, 2, LABEL);
    // Long names get smaller letters instead of leaving the card.
    let room = WIDTH - at.0 - 20;
    let scale = [4, 3, 2].into_iter().find(|scale| width(value, *scale) <= room).unwrap_or(2);
    text(card, value, (at.0, at.1 + 21), scale, INK);
}

fn machine_readable(card: &mut RgbImage, zone: &[String]) {
    const SCALE: u32 = 4;
    const ADVANCE: u32 = 31;
    const PITCH: u32 = 40;
    fill(card, (0, ZONE_TOP), (WIDTH, 2), LABEL);
    for (line, top) in zone.iter().zip((ZONE_TOP + 15..).step_by(PITCH as usize)) {
        font::write(card, line, (44, top), SCALE, ADVANCE, |pixel| *pixel = INK);
    }
}

fn text(card: &mut RgbImage, text: &str, at: (u32, u32), scale: u32, ink: Rgb<u8>) {
    font::write(card, text, at, scale, font::advance(scale), |pixel| *pixel = ink);
}

fn width(text: &str, scale: u32) -> u32 {
    text.chars().map(|_| font::advance(scale)).sum()
}

fn fill(card: &mut RgbImage, at: (u32, u32), size: (u32, u32), ink: Rgb<u8>) {
    for y in at.1..at.1 + size.1 {
        for x in at.0..at.0 + size.0 {
            if let Some(pixel) = card.get_pixel_mut_checked(x, y) {
                *pixel = ink;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::person::people;

    fn photograph(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            Rgb([(x % 251) as u8, (y % 241) as u8, ((x + y) % 239) as u8])
        })
    }

    #[test]
    fn a_card_has_the_size_of_id_1_whatever_the_photograph() {
        let person = &people(date(2026, 1, 1))[0];
        for (width, height) in [(480, 640), (2000, 300), (300, 2000), (1, 1), (308, 396)] {
            assert_eq!(draw(person, &photograph(width, height)).unwrap().dimensions(), (1012, 638));
        }
        assert!(matches!(draw(person, &RgbImage::new(0, 5)), Err(CardError::EmptyPortrait)));
    }

    #[test]
    fn the_same_input_gives_the_same_bytes() {
        let people = people(date(2026, 1, 1));
        let draw = |index: usize| draw(&people[index], &photograph(480, 640)).unwrap();
        assert_eq!(to_png(&draw(0)).unwrap(), to_png(&draw(0)).unwrap());
        assert_eq!(to_jpeg(&draw(0)).unwrap(), to_jpeg(&draw(0)).unwrap());
        assert_ne!(draw(0), draw(1));
    }

    #[test]
    fn the_word_sample_stands_on_every_card() {
        let drawn = draw(&people(date(2026, 1, 1))[5], &photograph(480, 640)).unwrap();
        let red = drawn.pixels().filter(|pixel| **pixel == RED).count();
        assert!(red > 8_000, "the strip under the portrait: {red}");
        let mut without = drawn.clone();
        head(&mut without);
        assert_eq!(without, drawn, "the head is drawn last and covered by nothing");
    }

    #[test]
    fn the_zone_on_the_card_is_the_persons() {
        let person = &people(date(2026, 1, 1))[1];
        let drawn = draw(person, &photograph(480, 640)).unwrap();
        let mut zone_only = RgbImage::from_fn(WIDTH, HEIGHT, background);
        machine_readable(&mut zone_only, &person.zone().unwrap());
        for y in ZONE_TOP..HEIGHT {
            for x in 0..WIDTH {
                assert_eq!(drawn.get_pixel(x, y), zone_only.get_pixel(x, y));
            }
        }
    }

    #[test]
    fn files_decode_to_the_card() {
        let drawn = draw(&people(date(2026, 1, 1))[2], &photograph(480, 640)).unwrap();
        assert_eq!(image::load_from_memory(&to_png(&drawn).unwrap()).unwrap().to_rgb8(), drawn);
        let jpeg = image::load_from_memory_with_format(&to_jpeg(&drawn).unwrap(), ImageFormat::Jpeg).unwrap();
        assert_eq!((jpeg.width(), jpeg.height()), (1012, 638));
    }
}
