//! Zones painted with the drawn characters, seen as cameras see them.

use jiff::civil::date;

use super::glyph::{self, DIGIT_HEIGHT, PITCH};
use super::*;

const TD3: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
const TD1: &str =
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
const MRV_B: &str = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL898902C<3UTO6908061F9406236ZE184226";

/// How a page is seen.
#[derive(Clone, Copy)]
struct Camera {
    /// Size of the picture in pixels.
    size: (usize, usize),
    /// Pixels to a character.
    pitch: f32,
    /// How far the page is turned, in degrees.
    turned: f32,
    /// How much nearer its right edge is than its left, as a share.
    slant: f32,
    /// Grey values of noise.
    noise: f32,
}

const SCANNER: Camera = Camera { size: (640, 440), pitch: 12.5, turned: 0.0, slant: 0.0, noise: 3.0 };

/// RGB of a page with these lines near its lower edge.
fn paint(text: &str, camera: Camera) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.lines().map(str::as_bytes).collect();
    let outlines: Vec<_> = glyph::CHARS.iter().map(|char| glyph::outline(*char)).collect();
    let width = lines[0].len() as f32 * PITCH;
    let (w, h) = camera.size;
    let (sin, cos) = camera.turned.to_radians().sin_cos();
    let mut seed = 1u32;
    let mut rgb = Vec::with_capacity(w * h * 3);
    for y in 0..h {
        for x in 0..w {
            let (dx, dy) = (x as f32 - w as f32 / 2.0, y as f32 - h as f32 / 2.0);
            let near = 1.0 + camera.slant * dx / w as f32;
            let (dx, dy) = (dx / near, dy / near);
            let units = PITCH / camera.pitch;
            // Zero is in the middle of the zone, which is below the middle of the page.
            let (u, v) = ((dx * cos + dy * sin) * units, (dy * cos - dx * sin) * units - 150.0);
            let column = (u + width / 2.0).div_euclid(PITCH);
            let line = (v / 63.5 + lines.len() as f32 / 2.0).floor();
            let char = lines.get(line as usize).and_then(|line| line.get(column as usize));
            let index = char.filter(|_| line >= 0.0 && column >= 0.0);
            let index = index.and_then(|char| glyph::CHARS.iter().position(|c| c == char));
            let ink = index.map_or(0.0, |index| {
                let across = (u + width / 2.0).rem_euclid(PITCH) - PITCH / 2.0;
                let middle = (line + 0.5 - lines.len() as f32 / 2.0) * 63.5;
                let at = (across, middle - v + DIGIT_HEIGHT / 2.0);
                ((1.6 - glyph::nearest(&outlines[index], at)) / units + 0.5).clamp(0.0, 1.0)
            });
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = ((seed >> 16) as f32 / 65_536.0 - 0.5) * 2.0 * camera.noise;
            rgb.extend([(220.0 - 170.0 * ink + noise).clamp(0.0, 255.0) as u8; 3]);
        }
    }
    rgb
}

#[track_caller]
fn check(text: &str, camera: Camera) {
    let rgb = paint(text, camera);
    let picture = Picture::new(camera.size.0, camera.size.1, &rgb).unwrap();
    let reading = read(&picture, date(2010, 1, 1));
    let zone = reading.zone.expect("a zone is found");
    assert_eq!(zone.text, text);
    assert_eq!((zone.score(), zone.by_check_digit), (100.0, 0));
}

#[test]
fn zones_of_every_shape_are_read() {
    check(TD3, SCANNER);
    check(TD2, Camera { pitch: 15.0, ..SCANNER });
    check(TD1, Camera { pitch: 17.0, ..SCANNER });
    check(MRV_B, Camera { pitch: 14.0, ..SCANNER });
}

#[test]
fn a_zone_is_read_at_every_size() {
    check(TD3, Camera { size: (400, 280), pitch: 7.0, noise: 1.0, ..SCANNER });
    check(TD1, Camera { size: (1600, 1000), pitch: 30.0, ..SCANNER });
}

#[test]
fn a_zone_is_read_from_any_side() {
    for turned in [90.0, 180.0, 270.0, 4.0, -9.0, 14.0] {
        let size = if turned == 90.0 || turned == 270.0 { (440, 640) } else { (700, 640) };
        check(TD3, Camera { size, turned, ..SCANNER });
    }
}

#[test]
fn a_slanting_view_is_read() {
    check(TD3, Camera { size: (700, 440), slant: 0.12, turned: 2.0, ..SCANNER });
    check(TD1, Camera { size: (700, 440), pitch: 17.0, slant: -0.15, ..SCANNER });
}

#[test]
fn a_wrong_check_digit_is_read_as_it_is_printed() {
    let wrong = TD3.replace("7408122F", "7408125F");
    let rgb = paint(&wrong, SCANNER);
    let picture = Picture::new(SCANNER.size.0, SCANNER.size.1, &rgb).unwrap();
    let zone = read(&picture, date(2010, 1, 1)).zone.unwrap();
    assert_eq!((zone.text.as_str(), zone.by_check_digit), (wrong.as_str(), 0));
    assert_eq!(zone.score(), 60.0);
}

#[test]
fn the_corners_of_a_zone_are_where_it_is() {
    let rgb = paint(TD3, SCANNER);
    let picture = Picture::new(SCANNER.size.0, SCANNER.size.1, &rgb).unwrap();
    let corners = read(&picture, date(2010, 1, 1)).zone.unwrap().corners;
    // 44 characters of 12.5 pixels in the middle of 640; the page's middle and 150 units below it.
    let expected = [(45.0, 273.0), (595.0, 273.0), (595.0, 315.0), (45.0, 315.0)];
    for (corner, (x, y)) in corners.iter().zip(expected) {
        assert!(corner.distance(Point { x, y }) < 6.0, "{corners:?}");
    }
}

#[test]
fn what_is_no_document_has_no_zone() {
    let mut seed = 7u32;
    let mut noise = |range: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) % range
    };
    let speckled: Vec<u8> = (0..300 * 200 * 3).map(|_| noise(256) as u8).collect();
    let striped: Vec<u8> =
        (0..300 * 200 * 3).map(|i| if i / 3 / 300 % 20 < 8 && i % 7 < 3 { 20 } else { 230 }).collect();
    for rgb in [speckled, striped] {
        assert!(read(&Picture::new(300, 200, &rgb).unwrap(), date(2010, 1, 1)).zone.is_none());
    }
    for size in [(1, 1), (1, 900), (900, 1), (3, 40)] {
        let rgb = vec![9; size.0 * size.1 * 3];
        assert!(read(&Picture::new(size.0, size.1, &rgb).unwrap(), date(2010, 1, 1)).zone.is_none());
    }
}
