//! Draws a sample card with a photograph: `cargo run -p lineward-sample --example card -- PHOTO.jpg CARD.png [N]`.

use std::error::Error;

use jiff::civil::date;
use lineward_sample::{card, person};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(photograph), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("usage: card PHOTO.jpg CARD.png [N]".into());
    };
    let index: usize = arguments.next().map_or(Ok(0), |index| index.parse())?;
    let people = person::people(date(2026, 11, 23));
    let person = people.get(index).ok_or("there is no such sample person")?;
    let drawn = card::draw(person, &image::open(photograph)?.to_rgb8())?;
    std::fs::write(out, card::to_png(&drawn)?)?;
    Ok(())
}
