//! Pictures that nobody should send: each gets a clear reason, nothing of it is kept, and it takes little memory and time.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use image::{Rgb, RgbImage};
use jiff::civil::date;
use lineward_sample::person::people;
use serde_json::{Value, json};

use crate::{
    pages::{Applicant, Page},
    pictures::{jpeg, jpeg_2000_that_claims, photograph, png, png_that_claims, side_by_side},
    process::{Demo, Place, Ran, run, shared},
};

/// The most memory that one of them may take.
const MOST_KIB: u64 = 512 * 1024;
/// The longest that one of them may take.
const LONGEST: Duration = Duration::from_secs(5);
/// A picture, and what must be said of it.
struct Hostile {
    name: &'static str,
    bytes: Vec<u8>,
    said: Said,
}

#[derive(Clone, Copy)]
enum Said {
    /// It cannot be decoded, and the error says why.
    Undecodable(&'static str),
    /// It is a picture, but nothing to compare: the reason, without the side, and the advice for each side.
    NotCompared { reason: &'static str, document: &'static str, capture: &'static str },
}

fn all(photographs: &str) -> Vec<Hostile> {
    let group: Vec<RgbImage> = ["img16.jpg", "img1.jpg", "img3.jpg", "img5.jpg", "img8.jpg"]
        .map(|name| photograph(&format!("{photographs}/{name}")))
        .into();
    let whole = fs::read(format!("{photographs}/img17.jpg")).unwrap();
    let hostile = |name, bytes, said| Hostile { name, bytes, said };
    let nobody =
        Said::NotCompared { reason: "no_face", document: "show_portrait_side", capture: "look_into_camera" };
    let several =
        Said::NotCompared { reason: "several_faces", document: "show_only_the_card", capture: "be_alone" };
    vec![
        hostile("blank.jpg", jpeg(&RgbImage::from_pixel(640, 480, Rgb([255; 3]))), nobody),
        hostile("claims.png", png_that_claims(50_000, 50_000), Said::Undecodable("50000 x 50000")),
        hostile(
            "narrow.png",
            png(&RgbImage::from_pixel(1, 65_535, Rgb([90; 3]))),
            Said::Undecodable("1 x 65535"),
        ),
        hostile(
            "narrow.jpg",
            jpeg(&RgbImage::from_pixel(1, 65_535, Rgb([90; 3]))),
            Said::Undecodable("1 x 65535"),
        ),
        hostile(
            "claims.j2k",
            jpeg_2000_that_claims([50_000; 2], [50_000; 2], 3),
            Said::Undecodable("50000 x 50000"),
        ),
        hostile("tiles.j2k", jpeg_2000_that_claims([4000; 2], [1; 2], 3), Said::Undecodable("so many tiles")),
        hostile(
            "components.j2k",
            jpeg_2000_that_claims([4000; 2], [4000; 2], 16_384),
            Said::Undecodable("other than 1 or 3 components"),
        ),
        hostile(
            "costly.j2k",
            jpeg_2000_that_claims([6000; 2], [6000; 2], 3),
            Said::Undecodable("too much memory or time"),
        ),
        hostile("truncated.jpg", whole[..whole.len() / 2].to_vec(), Said::Undecodable("truncated.jpg")),
        hostile(
            "text.jpg",
            b"Dear Sir or Madam, this is my face.\n".to_vec(),
            Said::Undecodable("not a picture"),
        ),
        hostile("five.jpg", jpeg(&side_by_side(&group, 480)), several),
    ]
}

/// A place with the hostile pictures, one good picture and a zone.
struct Given {
    place: Place,
    models: String,
    good: String,
    zone: String,
    zone_file: String,
    hostile: Vec<(Hostile, String)>,
    before: Vec<PathBuf>,
}

impl Given {
    fn new() -> Option<Given> {
        let (models, photographs) = (shared("models")?, shared("data/faces/functional")?);
        let place = Place::new();
        let put = |name: &str, bytes: &[u8]| {
            let path = place.path(name);
            fs::write(&path, bytes).unwrap();
            path.display().to_string()
        };
        let zone = people(date(2026, 1, 1))[0].zone().unwrap().join("\n");
        let zone_file = put("zone.txt", zone.as_bytes());
        let hostile =
            all(&photographs).into_iter().map(|h| (put(h.name, &h.bytes), h)).map(|(p, h)| (h, p)).collect();
        for file in ["output/out", "output/err"] {
            put(file, b"");
        }
        let before = names(&place);
        Some(Given {
            models,
            good: format!("{photographs}/img16.jpg"),
            zone,
            zone_file,
            hostile,
            before,
            place,
        })
    }

    /// Runs a command, holds it to its limits, and looks whether it left anything.
    #[track_caller]
    fn run(&self, what: &str, args: &[&str]) -> Ran {
        let ran = run(&self.place, &[args, &["--models", &self.models, "--json"]].concat());
        assert!(ran.took < LONGEST, "{what}: {:?}", ran.took);
        assert!(ran.peak_kib > 1_000 && ran.peak_kib < MOST_KIB, "{what}: {} KiB", ran.peak_kib);
        assert_eq!(names(&self.place), self.before, "{what}: something was kept");
        ran
    }
}

fn names(place: &Place) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = place.files().into_iter().map(|(path, _)| path).collect();
    names.sort_unstable();
    names
}

#[test]
fn one_comparison_of_a_hostile_picture_gets_a_clear_reason() {
    let Some(given) = Given::new() else { return };
    for (hostile, path) in &given.hostile {
        for (side, reference, probe) in [("reference", path, &given.good), ("probe", &given.good, path)] {
            let what = format!("{} as {side}", hostile.name);
            let ran = given.run(&what, &["face", "compare", "--reference", reference, "--probe", probe]);
            match hostile.said {
                Said::Undecodable(why) => assert_error(&what, &ran, why),
                Said::NotCompared { reason, .. } => {
                    let answer = answered(&what, &ran);
                    assert_eq!(answer["outcome"], "not_compared", "{what}");
                    assert_eq!(answer["reasons"], json!([format!("{side}_{reason}")]), "{what}");
                    assert_eq!(answer["score"], Value::Null, "{what}");
                }
            }
        }
    }
}

#[test]
fn the_main_job_on_a_hostile_picture_gets_a_clear_reason() {
    let Some(given) = Given::new() else { return };
    for (hostile, path) in &given.hostile {
        for (side, reference, probe) in [("reference", path, &given.good), ("probe", &given.good, path)] {
            let what = format!("{} as {side}", hostile.name);
            let args = [
                "verify",
                "--mrz",
                &given.zone_file,
                "--rules",
                "demo",
                "--reference",
                reference,
                "--capture",
                probe,
            ];
            let ran = given.run(&what, &args);
            match hostile.said {
                Said::Undecodable(why) => assert_error(&what, &ran, why),
                Said::NotCompared { reason, .. } => {
                    let answer = answered(&what, &ran);
                    assert_eq!(answer["decision"], "refer", "{what}");
                    let reasons = answer["reasons"].as_array().unwrap();
                    assert!(reasons.contains(&json!("face_not_compared")), "{what}: {reasons:?}");
                    assert_eq!(answer["face"]["outcome"], "not_compared", "{what}");
                    assert_eq!(answer["face"]["reasons"], json!([format!("{side}_{reason}")]), "{what}");
                }
            }
        }
    }
}

#[test]
fn a_hostile_picture_sent_to_the_server_is_asked_for_again() {
    let Some(given) = Given::new() else { return };
    let demo = Demo::start(&given.place, &given.models, "info", &["--fresh"]);
    let mut applicant = Applicant::begin(&demo.origin, "");
    applicant.show(&given.zone);
    let (before, good) = (names(&given.place), fs::read(&given.good).unwrap());
    for (hostile, _) in &given.hostile {
        let (document, capture) = match hostile.said {
            Said::Undecodable(_) => ("take_picture_again", "take_picture_again"),
            Said::NotCompared { document, capture, .. } => (document, capture),
        };
        for (side, advice, pictures) in
            [("document", document, [&hostile.bytes, &good]), ("capture", capture, [&good, &hostile.bytes])]
        {
            let what = format!("{} as {side}", hostile.name);
            let started = Instant::now();
            let page = applicant.capture(pictures[0], pictures[1]);
            assert!(started.elapsed() < LONGEST, "{what}: {:?}", started.elapsed());
            assert_asked_again(&what, &page, advice);
            assert!(demo.peak_kib() < MOST_KIB, "{what}: {} KiB", demo.peak_kib());
        }
    }
    // Nothing was counted against the applicant, and nothing came of it.
    assert_eq!(applicant.state(), "open");
    assert_eq!(names(&given.place), before, "something was kept");
    let kept = given.place.files().into_iter().filter(|(path, _)| path.starts_with(given.place.path("data")));
    let five = &given.hostile.last().unwrap().0.bytes;
    let piece = &five[five.len() / 2..][..24];
    for (path, content) in kept {
        assert!(!content.windows(piece.len()).any(|w| w == piece), "{}", path.display());
    }
}

#[track_caller]
fn assert_asked_again(what: &str, page: &Page, advice: &str) {
    assert_eq!(page.status, 200, "{what}: {}", page.text());
    assert!(page.path.starts_with("/apply/capture?again="), "{what}: {}", page.path);
    assert_eq!(page.values("data-advice"), [advice], "{what}");
}

/// Could not answer: exit 1, what failed, then what to do.
#[track_caller]
fn assert_error(what: &str, ran: &Ran, why: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{what}: {}", ran.err);
    assert!(ran.err.starts_with("error: ") && ran.err.contains("\nhint: "), "{what}: {}", ran.err);
    assert!(ran.err.contains(why), "{what}: {}", ran.err);
}

#[track_caller]
fn answered(what: &str, ran: &Ran) -> Value {
    assert_eq!(ran.code, Some(0), "{what}: {}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}
