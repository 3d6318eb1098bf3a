//! `lineward demo card`: a card of an invented person, drawn with a photograph that the tester supplies.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
};

use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage, imageops};
use jiff::tz::TimeZone;
use lineward_face::{FaceBox, ReferenceKind};
use lineward_sample::{
    authority,
    card::{PORTRAIT_HEIGHT, PORTRAIT_WIDTH, draw, to_jpeg, to_png},
    person::{SamplePerson, people},
};
use serde_json::json;

use crate::{
    clock, files,
    models::{ModelsArgs, face_error, shown},
    out::{Answer, CliError, CliResult, note, words},
};

/// Arguments of `demo card`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Which of the invented people, from 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    person: usize,
    /// The photograph for the card (JPEG or PNG)
    #[arg(long, value_name = "FILE")]
    portrait: PathBuf,
    /// Where to write the card (.jpg or .png)
    #[arg(long, value_name = "FILE", default_value = "card.jpg")]
    out: PathBuf,
    /// The demo's folder [default: lineward-demo in the user's data folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    models: ModelsArgs,
}

/// The portrait's height in heights of the face that the detector finds, which end at the hairline: Doc 9303-3, section
/// 3.9.1.3 has crown to chin at 70 to 80 % of the picture, and a crown is about a quarter above the hairline.
const FACES_PER_PORTRAIT: f32 = 1.7;

pub(super) fn run(args: &Args) -> CliResult {
    let today = TimeZone::UTC.to_datetime(clock::now()).date();
    let people = people(today);
    let person = args.person.checked_sub(1).and_then(|n| people.get(n)).ok_or_else(|| {
        let names = people.iter().zip(1..).map(|(p, n)| format!("{n} {}", p.names));
        CliError::new(
            format!("there is no person {}", args.person),
            format!("give --person one of: {}", words(names)),
        )
    })?;
    let photograph = photograph(&args.portrait, &args.models)?;
    let cannot = |e: &dyn std::fmt::Display| {
        CliError::new(format!("the card cannot be drawn: {e}"), "give another photograph")
    };
    let card = draw(person, &photograph).map_err(|e| cannot(&e))?;
    let png = args.out.extension().is_some_and(|e| e.eq_ignore_ascii_case("png"));
    let bytes = if png { to_png(&card) } else { to_jpeg(&card) }.map_err(|e| cannot(&e))?;
    let folder = authority_folder(&super::folder(args.data.as_deref())?);
    let replaces = folder.join(format!("{}.json", person.document_number)).exists();
    let issued = to_jpeg(&photograph).map_err(|e| cannot(&e))?;
    authority::issue(person, &issued, &folder).map_err(|e| {
        CliError::new(format!("the card cannot be issued: {e}"), "give the demo's folder with --data DIR")
    })?;
    std::fs::write(&args.out, bytes)
        .map_err(|e| CliError::new(format!("{}: {e}", args.out.display()), "name another file with --out"))?;
    answer(args, person, replaces)
}

fn answer(args: &Args, person: &SamplePerson, replaces: bool) -> CliResult {
    let zone = person.zone().map_err(|e| CliError::new(e, "give another --person"))?;
    let replaced = match replaces {
        true => "; an earlier card of this person is replaced: the authority knows only this portrait",
        false => "",
    };
    let text = format!(
        "{} is the card of {}, issued by the stand-in authority{replaced}\n\nits machine-readable zone, to type when you apply:\n{}\n",
        args.out.display(),
        person.names,
        zone.join("\n"),
    );
    let json = json!({
        "card": shown(&args.out), "mrz": zone, "document_number": person.document_number,
        "replaced": replaces,
        "names": { "primary": person.names.primary, "secondary": person.names.secondary },
    });
    Ok(Answer::new(text, json))
}

/// Where the stand-in authority keeps what it issued.
pub(super) fn authority_folder(demo: &Path) -> PathBuf {
    demo.join("authority")
}

/// The command to try with this demo folder.
pub(super) fn example(demo: &Path) -> String {
    format!("lineward demo card --data {} --person 1 --portrait me.jpg --out card.jpg", demo.display())
}

/// The photograph, upright and cut to its one face; the whole of it where no model pack is here to find one.
fn photograph(file: &Path, models: &ModelsArgs) -> Result<RgbImage, CliError> {
    let bytes = files::picture(file)?;
    let unreadable = |e: image::ImageError| {
        CliError::new(format!("{}: {e}", file.display()), "give a photograph as JPEG or PNG")
    };
    let mut reader = ImageReader::new(Cursor::new(&bytes))
        .with_guessed_format()
        .map_err(|e| unreadable(image::ImageError::IoError(e)))?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) =
        (Some(lineward_face::MAX_SIDE), Some(lineward_face::MAX_SIDE));
    limits.max_alloc = Some(lineward_face::MAX_DECODE_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(orientation);
    let image = image.to_rgb8();
    let checker = models.folder().and_then(|folder| folder.checker_if_any(1))?;
    if checker.manifest().is_none() {
        note("no model pack is here: the whole picture is the portrait");
        return Ok(image);
    }
    let found =
        checker.portrait(&bytes, ReferenceKind::Portrait).map_err(|e| face_error(&e, &|_| shown(file)))?;
    let Some(face) = found.face.filter(|_| found.faces == 1) else {
        let number = if found.faces == 0 { "no face".to_owned() } else { format!("{} faces", found.faces) };
        return Err(CliError::new(
            format!("{}: {number} found; a portrait has one", file.display()),
            "give a photograph of one person, from the front, with a face of 200 pixels or more",
        ));
    };
    Ok(cut_to_face(&image, face).unwrap_or(image))
}

/// The face with room around it as on a card; `None` where that leaves nothing.
fn cut_to_face(image: &RgbImage, face: FaceBox) -> Option<RgbImage> {
    let proportion = PORTRAIT_WIDTH as f32 / PORTRAIT_HEIGHT as f32;
    // The largest place of these proportions around the face that the picture has room for.
    let (whole_width, whole_height) = (image.width() as f32, image.height() as f32);
    let height = (face.height * FACES_PER_PORTRAIT).min(whole_height).min(whole_width / proportion);
    let width = height * proportion;
    let place =
        |centre: f32, size: f32, whole: f32| (centre - size / 2.0).clamp(0.0, (whole - size).max(0.0));
    let left = place(face.x + face.width / 2.0, width, whole_width);
    // A little higher than the face's middle: the hair above the hairline belongs to the head.
    let top = place(face.y + face.height * 0.42, height, whole_height);
    let cut = imageops::crop_imm(image, left as u32, top as u32, width as u32, height as u32).to_image();
    (cut.width() > 0 && cut.height() > 0).then_some(cut)
}
