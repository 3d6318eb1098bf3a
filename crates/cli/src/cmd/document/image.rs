//! `lineward document image`: what a photograph of a document shows.

use std::path::{Path, PathBuf};

use jiff::{civil::Date, tz::TimeZone};
use lineward_core::evidence::EvidenceClass;
use lineward_document::optical::{self, Barcode, Licence, Picture, Point, Reading, Zone};
use lineward_face::{Checker, FaceBox, ReferenceKind};
use serde_json::{Value, json};

use super::{zone_json, zone_text};
use crate::{
    days::{At, at_or_now},
    files,
    models::{ModelsArgs, face_error, shown},
    out::{Answer, CliError, CliResult, table, words},
};

/// Arguments of `document image`.
#[derive(clap::Args)]
pub(crate) struct ImageArgs {
    /// The photograph (JPEG, PNG or JPEG 2000)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The day that dates are judged on [default: today, UTC]
    #[arg(long, value_name = "DAY", value_parser = At::parse)]
    at: Option<At>,
    /// Write the crop with the portrait to this file, as PNG
    #[arg(long, value_name = "FILE")]
    portrait: Option<PathBuf>,
    #[command(flatten)]
    models: ModelsArgs,
}

pub(crate) fn run(args: &ImageArgs) -> CliResult {
    let today = at_or_now(args.at).day(&TimeZone::UTC);
    let bytes = files::picture(&args.file)?;
    let checker = args.models.folder().and_then(|folder| folder.checker_if_any(1))?;
    // Errors of the picture are told as those of every command that reads one.
    let file = |_| shown(&args.file);
    let seen = checker.portrait(&bytes, ReferenceKind::DocumentPhoto).map_err(|e| face_error(&e, &file))?;
    let decoded = lineward_face::decode(&bytes).map_err(|cause| {
        CliError::new(
            format!("{}: {cause}", shown(&args.file)),
            "give a photograph as JPEG, PNG or JPEG 2000",
        )
    })?;
    let picture = Picture::new(decoded.width(), decoded.height(), decoded.rgb())
        .map_err(|e| CliError::new(format!("{}: {e}", shown(&args.file)), "give a larger photograph"))?;
    let reading = optical::read(&picture, today);
    let portrait = portrait(&reading, &picture, seen.face, decoded.shrink());
    if let Some(to) = &args.portrait {
        let Some(portrait) = &portrait else {
            return Err(CliError::new(
                "no portrait was found",
                "show the side of the document with the portrait, and its zone",
            ));
        };
        save(&picture, &portrait.area, to)?;
    }
    let json = reading_json(&reading, portrait.as_ref(), &picture, decoded.shrink(), today);
    Ok(Answer::new(reading_text(&reading, portrait.as_ref(), &checker, today), json))
}

/// Where the portrait is, in pixels of the decoded picture, and how that is known.
struct Portrait {
    area: Area,
    by: &'static str,
}

/// A rectangle in pixels of the decoded picture, inside of it.
struct Area {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// A portrait shows this much beside a face's box, of its width and height, to each side (ISO/IEC 19794-5, 8.3: the head
/// has half to three quarters of a portrait's width).
const AROUND_FACE: f32 = 0.4;

/// The detector's face, where there is a model pack and it found one; or else the layout's area.
fn portrait(
    reading: &Reading,
    picture: &Picture<'_>,
    face: Option<FaceBox>,
    shrink: u32,
) -> Option<Portrait> {
    let detected = face.and_then(|face| {
        let [x, y, width, height] = [face.x, face.y, face.width, face.height].map(|v| v / shrink as f32);
        let (beside, above) = (width * AROUND_FACE, height * AROUND_FACE);
        let ends = [(x - beside, y - above), (x + width + beside, y + height + above)];
        area(&ends.map(|(x, y)| Point { x, y }), picture)
    });
    let by_layout = || reading.portrait.as_ref().and_then(|corners| area(corners, picture));
    match detected {
        Some(area) => Some(Portrait { area, by: "detector" }),
        None => by_layout().map(|area| Portrait { area, by: "layout" }),
    }
}

/// The part of the picture around these points; `None` when it has no pixels.
fn area(points: &[Point], picture: &Picture<'_>) -> Option<Area> {
    let ends = |of: fn(&Point) -> f32, limit: usize| {
        let low = points.iter().map(of).fold(f32::MAX, f32::min).floor().max(0.0);
        let high = points.iter().map(of).fold(f32::MIN, f32::max).ceil().min(limit as f32);
        (high - low >= 1.0).then_some((low as u32, (high - low) as u32))
    };
    let (x, width) = ends(|p| p.x, picture.width())?;
    let (y, height) = ends(|p| p.y, picture.height())?;
    Some(Area { x, y, width, height })
}

fn save(picture: &Picture<'_>, area: &Area, to: &Path) -> Result<(), CliError> {
    let mut rgb = Vec::with_capacity(area.width as usize * area.height as usize * 3);
    for y in area.y..area.y + area.height {
        let start = (y as usize * picture.width() + area.x as usize) * 3;
        rgb.extend_from_slice(&picture.rgb()[start..start + area.width as usize * 3]);
    }
    image::save_buffer_with_format(
        to,
        &rgb,
        area.width,
        area.height,
        image::ColorType::Rgb8,
        image::ImageFormat::Png,
    )
    .map_err(|e| {
        CliError::new(format!("{}: {e}", to.display()), "give the path of a file that you may write")
    })
}

/// A reading as JSON; places in pixels of the file, upright.
fn reading_json(
    reading: &Reading,
    portrait: Option<&Portrait>,
    picture: &Picture<'_>,
    shrink: u32,
    today: Date,
) -> Value {
    let points = |corners: &[Point; 4]| -> Value {
        let corner = |p: &Point| json!([round(p.x * shrink as f32), round(p.y * shrink as f32)]);
        corners.iter().map(corner).collect()
    };
    let mrz = reading.zone.as_ref().map(|zone| {
        let mut json = zone_json(&zone.mrz, today);
        json["text"] = json!(zone.text);
        json["score"] = json!(round(zone.score()));
        json["quality"] = json!(round(zone.quality));
        json["by_check_digit"] = json!(zone.by_check_digit);
        json["corners"] = points(&zone.corners);
        json
    });
    let mut barcodes = reading.barcodes.iter().map(barcode_json);
    let hints = reading.hints.iter().map(
        |hint| json!({ "hint": hint.kind.code(), "score": round(hint.score), "advice": hint.kind.advice() }),
    );
    json!({
        "class": EvidenceClass::Optical.code(),
        "width": picture.width() as u32 * shrink,
        "height": picture.height() as u32 * shrink,
        "score": reading.zone.as_ref().map_or(0.0, |zone| round(zone.score())),
        "mrz": mrz,
        "barcode": barcodes.next(),
        "more_barcodes": barcodes.collect::<Vec<_>>(),
        "document": reading.document.as_ref().map(points),
        "portrait": portrait.map(|portrait| {
            let Area { x, y, width, height } = portrait.area;
            let [x, y, width, height] = [x, y, width, height].map(|v| v * shrink);
            json!({ "box": { "x": x, "y": y, "width": width, "height": height }, "by": portrait.by })
        }),
        "hints": hints.collect::<Vec<_>>(),
    })
}

fn barcode_json(barcode: &Barcode) -> Value {
    json!({
        "format": barcode.format.code(),
        "text": barcode.text,
        "part": barcode.part.as_ref().map(|part| {
            json!({ "series": part.series, "index": part.index, "last": part.last })
        }),
        "aamva": barcode.licence.as_ref().map(licence_json),
    })
}

fn licence_json(licence: &Licence) -> Value {
    json!({
        "issuer": licence.issuer,
        "number": licence.number,
        "names": { "primary": licence.names.primary, "secondary": licence.names.secondary },
        "birth_date": licence.birth_date.map(|date| date.to_string()),
        "expiry_date": licence.expiry_date.map(|date| date.to_string()),
        "sex": licence.sex.map(|sex| sex.code()),
        "address": {
            "street": licence.street,
            "city": licence.city,
            "jurisdiction": licence.jurisdiction,
            "postal_code": licence.postal_code,
            "country": licence.country.map(|country| country.as_str().to_owned()),
        },
    })
}

/// Three places after the point are what a measure of a picture is worth.
fn round(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}

fn reading_text(reading: &Reading, portrait: Option<&Portrait>, checker: &Checker, today: Date) -> String {
    let zone = reading
        .zone
        .as_ref()
        .map_or("no machine-readable zone was found\n".to_owned(), |zone| zone_lines(zone, today));
    let barcodes = reading
        .barcodes
        .iter()
        .map(|barcode| format!("{} of {} characters", barcode.format, barcode.text.len()));
    let hints = reading.hints.iter().map(|hint| format!("{} {:.2}", hint.kind, hint.score));
    let place = portrait.map_or("-".to_owned(), |portrait| {
        let Area { x, y, width, height } = portrait.area;
        format!("{width} x {height} at {x}, {y} (by the {})", portrait.by)
    });
    let rows = table(&[
        ("barcodes", words(barcodes)),
        ("portrait", place),
        ("hints", words(hints)),
        ("model pack", checker.manifest().map_or("none", |m| m.name()).to_owned()),
        ("evidence", EvidenceClass::Optical.to_string()),
    ]);
    format!("{zone}\n{rows}")
}

fn zone_lines(zone: &Zone, today: Date) -> String {
    let settled = match zone.by_check_digit {
        0 => String::new(),
        count => format!("{count} characters that look alike were chosen by a check digit\n"),
    };
    format!("{}\n\n{}score        {:.0}\n{settled}", zone.text, zone_text(&zone.mrz, today), zone.score())
}
