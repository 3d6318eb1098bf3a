//! A bitmap font of five by seven dots, drawn for the sample cards.

use image::{Rgb, RgbImage};

/// Dots of a character's width.
const WIDTH: u32 = 5;
/// Dots of its height.
const HEIGHT: usize = 7;

/// Writes text with its upper left corner at `at`; each dot becomes a square of `scale` pixels and each character
/// takes `advance` pixels. Characters without a glyph leave a gap; what lies outside the image is cut off.
pub(crate) fn write(
    image: &mut RgbImage,
    text: &str,
    at: (u32, u32),
    scale: u32,
    advance: u32,
    mut ink: impl FnMut(&mut Rgb<u8>),
) {
    let mut left = at.0;
    for char in text.chars() {
        for (row, dots) in (0..).zip(glyph(char.to_ascii_uppercase())) {
            for column in (0..WIDTH).filter(|column| dots >> (WIDTH - 1 - column) & 1 == 1) {
                square(image, (left + column * scale, at.1 + row * scale), scale, &mut ink);
            }
        }
        left += advance;
    }
}

/// The advance at which characters of this scale stand one dot apart.
pub(crate) fn advance(scale: u32) -> u32 {
    (WIDTH + 1) * scale
}

fn square(image: &mut RgbImage, at: (u32, u32), side: u32, ink: &mut impl FnMut(&mut Rgb<u8>)) {
    for y in at.1..at.1 + side {
        for x in at.0..at.0 + side {
            if let Some(pixel) = image.get_pixel_mut_checked(x, y) {
                ink(pixel);
            }
        }
    }
}

/// Seven rows, the five lowest bits of each from left to right.
fn glyph(char: char) -> [u8; HEIGHT] {
    match char {
        'A' => [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        'B' => [0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110],
        'C' => [0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110],
        'D' => [0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110],
        'E' => [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
        'F' => [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000],
        'G' => [0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01110],
        'H' => [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        'I' => [0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        'J' => [0b00111, 0b00010, 0b00010, 0b00010, 0b00010, 0b10010, 0b01100],
        'K' => [0b10001, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0b10001],
        'L' => [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
        'M' => [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001],
        'N' => [0b10001, 0b11001, 0b11001, 0b10101, 0b10011, 0b10011, 0b10001],
        'O' => [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        'P' => [0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000],
        'Q' => [0b01110, 0b10001, 0b10001, 0b10001, 0b10101, 0b10010, 0b01101],
        'R' => [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
        'S' => [0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110],
        'T' => [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100],
        'U' => [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        'V' => [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01010, 0b00100],
        'W' => [0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001],
        'X' => [0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001],
        'Y' => [0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100],
        'Z' => [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b10000, 0b11111],
        '0' => [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
        '1' => [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        '2' => [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
        '3' => [0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110],
        '4' => [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
        '5' => [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
        '6' => [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
        '7' => [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
        '8' => [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
        '9' => [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
        '<' => [0b00010, 0b00100, 0b01000, 0b10000, 0b01000, 0b00100, 0b00010],
        '-' => [0b00000, 0b00000, 0b00000, 0b11111, 0b00000, 0b00000, 0b00000],
        '.' => [0b00000, 0b00000, 0b00000, 0b00000, 0b00000, 0b01100, 0b01100],
        ',' => [0b00000, 0b00000, 0b00000, 0b00000, 0b01100, 0b00100, 0b01000],
        '/' => [0b00001, 0b00010, 0b00010, 0b00100, 0b01000, 0b01000, 0b10000],
        _ => [0; HEIGHT],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_a_glyph_of_its_own() {
        let chars: Vec<char> = ('A'..='Z').chain('0'..='9').chain("<-.,/".chars()).collect();
        for (index, char) in chars.iter().enumerate() {
            let dots = glyph(*char);
            assert!(dots != [0; HEIGHT] && dots.iter().all(|row| *row < 32), "{char}");
            assert!(chars[..index].iter().all(|other| glyph(*other) != dots), "{char}");
        }
    }

    #[test]
    fn text_outside_the_image_is_cut_off() {
        let mut image = RgbImage::new(4, 4);
        write(&mut image, "HH", (2, 2), 3, 18, |pixel| *pixel = Rgb([255; 3]));
        assert_eq!(image.get_pixel(2, 2), &Rgb([255; 3]));
    }
}
