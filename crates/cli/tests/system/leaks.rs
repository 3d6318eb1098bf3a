//! Marked people apply; after each ending nothing of them may lie about in the clear: in no database file, write-ahead
//! log, key store, temporary folder, log, metric or crash output. `DATA_RETENTION.md` says what may: the message to the
//! applicant holds their contact.

use std::path::Path;

use image::RgbImage;
use jiff::civil::date;
use lineward_document::Names;
use lineward_sample::{
    authority,
    card::draw,
    person::{SamplePerson, people},
};

use crate::{
    marks::Marks,
    pages::{Applicant, Page},
    pictures::{coded, jpeg, photograph, with_comment, with_noise},
    process::{Demo, Place, shared},
};

/// What a reviewer notes about a case.
const NOTE: &str = "The marked note of a reviewer about Quillfeather";
/// Logs as much as an operator who looks for trouble would.
const MUCH: &str = "debug";
/// Logs as it does by itself.
const USUAL: &str = "info,sqlx=warn,hyper=warn";

#[test]
fn nothing_of_a_person_lies_about_after_any_ending() {
    let (Some(models), Some(photographs)) = (shared("models"), shared("data/faces/functional")) else {
        return;
    };
    let place = Place::new();
    let [card_photo, same, other] =
        ["img16.jpg", "img17.jpg", "img1.jpg"].map(|name| photograph(&format!("{photographs}/{name}")));
    let other = image::imageops::thumbnail(&other, 553, 747);
    let demo = Demo::start(&place, &models, MUCH, &["--fresh"]);
    let [approved, referred, withdrawn, before, during, crashed] = [1, 2, 3, 4, 5, 6]
        .map(|n| Marked::new(n, &card_photo, if n == 2 || n == 3 { &other } else { &same }));
    let all = [&approved, &referred, &withdrawn, &before, &during, &crashed];
    let mut marks = Marks::new();
    marks.text("note", NOTE);
    for person in all {
        person.plant(&mut marks);
        authority::issue(&person.sample, &jpeg(&card_photo), &authority_folder(&place)).unwrap();
    }
    let clean = |demo: &Demo, when: &str| assert_clean(&place, demo, &marks, when);
    clean(&demo, "before anybody applied");

    // Approved.
    let mut applicant = approved.begin(&demo);
    clean(&demo, "while an application waits for its capture");
    let page = approved.capture(&mut applicant);
    assert_eq!(page.value("data-state"), "approved", "{:?}", page.values("data-reason"));
    demo.wait_for_jobs(1);
    let messages =
        place.files().into_iter().filter(|(file, _)| file.starts_with(place.path("data/messages")));
    let told = messages.filter(|(_, text)| String::from_utf8_lossy(text).contains(&approved.contact)).count();
    assert!(told > 0, "the message holds the contact, so what was planted did arrive");
    clean(&demo, "after an approval");

    // Referred with its pictures kept, and decided by two people.
    let mut applicant = referred.begin(&demo);
    for _ in 0..2 {
        assert_eq!(referred.capture(&mut applicant).value("data-advice"), "try_again_or_person");
    }
    assert_eq!(referred.capture(&mut applicant).value("data-state"), "referred");
    clean(&demo, "while a referred case keeps its pictures");
    refuse_by_two(&demo, &referred);
    assert_eq!(applicant.state(), "refused");
    demo.wait_for_jobs(2);
    clean(&demo, "after two people refused");

    // Withdrawn after a comparison.
    let mut applicant = withdrawn.begin(&demo);
    withdrawn.capture(&mut applicant);
    applicant.withdraw();
    demo.wait_for_jobs(3);
    clean(&demo, "after a withdrawal");

    // Killed between document and capture.
    let mut applicant = before.begin(&demo);
    // A message under way when its worker dies is tried again only after the worker's lease: longer than a test waits.
    demo.wait_for_jobs(3);
    demo.strike("KILL");
    let demo = Demo::start(&place, &models, USUAL, &[]);
    clean(&demo, "after a kill between document and capture");
    applicant.0.moved_to(&demo.origin);
    assert_eq!(before.capture(&mut applicant).value("data-state"), "approved");
    demo.wait_for_jobs(4);
    clean(&demo, "after an application went on over a kill");

    // Killed, then crashed, while a capture is looked at.
    let demo = struck_during_capture(&place, &models, demo, &during, "KILL", &marks, 4);
    let demo = struck_during_capture(&place, &models, demo, &crashed, "ABRT", &marks, 5);
    clean(&demo, "at the end");
}

/// Ends the server in the middle of a capture, and withdraws the application at the next one.
fn struck_during_capture(
    place: &Place,
    models: &str,
    demo: Demo,
    person: &Marked,
    signal: &str,
    marks: &Marks,
    ended_before: usize,
) -> Demo {
    let mut applicant = person.begin(&demo);
    demo.wait_for_jobs(ended_before);
    let page = applicant.0.get("/apply/capture");
    let files: [(&str, &[u8]); 2] = [("document", &person.card), ("capture", &person.capture)];
    let connection = applicant.0.upload_and_leave(&page, "/apply/capture", &files);
    // Any moment will do; at this one the pictures are in memory and being looked at, on a slow machine as well.
    std::thread::sleep(std::time::Duration::from_millis(120));
    assert_eq!(demo.strike(signal).code(), None, "ended by a signal");
    drop(connection);
    let demo = Demo::start(place, models, MUCH, &[]);
    assert_clean(place, &demo, marks, &format!("after {signal} during a capture"));
    applicant.0.moved_to(&demo.origin);
    match applicant.state().as_str() {
        "open" => applicant.withdraw(),
        // The answer was lost, not the decision.
        state => assert_eq!(state, "approved"),
    }
    demo.wait_for_jobs(ended_before + 1);
    demo
}

/// Two reviewers, one of whom looks at a picture first: it is really there, and the very one that was sent.
fn refuse_by_two(demo: &Demo, person: &Marked) {
    let mut first = demo.sign_in("Sample Reviewer One");
    let queue = first.get("/desk");
    let case = queue.values("href").into_iter().find(|href| href.starts_with("/desk/case/")).unwrap();
    let page = first.get(&case);
    let page = first.send(&page, &format!("{case}/claim"), &[]);
    let picture = first.send(&page, &format!("{case}/image"), &[("reason", "compare them by eye")]);
    assert!(
        picture.body == person.card || picture.body == person.capture,
        "the picture is kept as it was sent"
    );
    let decided =
        first.send(&page, &format!("{case}/decide"), &[("reason", "not_the_owner"), ("note", NOTE)]);
    assert_eq!(decided.value("data-state"), "referred", "a second person is needed");
    let mut second = demo.sign_in("Sample Reviewer Two");
    let page = second.get(&case);
    assert!(page.text().contains(NOTE), "the second person reads the note");
    assert_eq!(second.send(&page, &format!("{case}/sign"), &[]).value("data-state"), "refused");
}

/// A person whose every fact can be told from all others.
struct Marked {
    contact: String,
    sample: SamplePerson,
    zone: Vec<String>,
    comments: [String; 2],
    card: Vec<u8>,
    capture: Vec<u8>,
}

impl Marked {
    fn new(n: u8, card_photo: &RgbImage, face: &RgbImage) -> Marked {
        let mut sample = people(date(2026, 1, 1)).swap_remove(0);
        let letter = char::from(b'P' + n);
        sample.names =
            Names { primary: format!("QUILLFEATHER{letter}"), secondary: format!("ZEBULONIA{letter}") };
        sample.document_number = format!("SAMPLE{letter}7{letter}");
        sample.birth_date = date(1960 + i16::from(n), 7, 13);
        sample.expiry_date = date(2100, 1, 1).saturating_sub(jiff::Span::new().years(60 + i64::from(n)));
        let comments =
            ["document", "capture"].map(|of| format!("the marked comment of {of} {letter} in its file"));
        let seed = u32::from(n) * 1_000;
        let portrait = portrait(card_photo);
        let card = with_noise(&draw(&sample, &portrait).unwrap(), seed);
        Marked {
            contact: format!("quillfeather.{letter}@marked.example").to_lowercase(),
            zone: sample.zone().unwrap(),
            card: with_comment(&jpeg(&card), &comments[0]),
            capture: with_comment(&jpeg(&with_noise(face, seed + 1)), &comments[1]),
            sample,
            comments,
        }
    }

    fn plant(&self, marks: &mut Marks) {
        let Names { primary, secondary } = &self.sample.names;
        let n = &self.sample.document_number;
        let what = |what: &str| format!("{what} of {n}");
        marks.text(&what("surname"), primary);
        marks.text(&what("given names"), secondary);
        marks.text(&what("number"), n);
        marks.text(&what("birth date"), &self.sample.birth_date.to_string());
        marks.text(&what("birth date"), &self.sample.birth_date.strftime("%Y%m%d").to_string());
        marks.text(&what("contact"), &self.contact);
        for line in &self.zone {
            // Without the filling at its end, which every zone has.
            marks.text(&what("zone"), &line[..20]);
        }
        for ((name, file), comment) in
            [("document", &self.card), ("capture", &self.capture)].into_iter().zip(&self.comments)
        {
            marks.text(&what(&format!("comment in the {name}")), comment);
            marks.bytes(&what(&format!("file of the {name}")), coded(file));
            let decoded = image::load_from_memory(file).unwrap().to_rgb8();
            marks.pixels(&what(&format!("pixels of the {name}")), &decoded);
        }
    }

    /// Applies as far as the capture.
    fn begin(&self, demo: &Demo) -> Applicant {
        let mut applicant = Applicant::begin(&demo.origin, &self.contact);
        applicant.show(&self.zone.join("\n"));
        applicant
    }

    fn capture(&self, applicant: &mut Applicant) -> Page {
        applicant.capture(&self.card, &self.capture)
    }
}

/// The head of the photograph on the card: it is in the middle of this picture.
fn portrait(photograph: &RgbImage) -> RgbImage {
    let (width, height) = photograph.dimensions();
    let cut = (height * 7 / 9).min(width);
    image::imageops::crop_imm(photograph, (width - cut) / 2, 0, cut, height).to_image()
}

/// The stand-in for an authority: another house, which has its own records of whom it issued a card.
fn authority_folder(place: &Place) -> std::path::PathBuf {
    place.path("data/authority")
}

#[track_caller]
fn assert_clean(place: &Place, demo: &Demo, marks: &Marks, when: &str) {
    let found = leaks(place, marks);
    assert!(found.is_empty(), "{when}: {found:#?}");
    for folder in ["tmp", "home", "here"] {
        let written =
            place.files().into_iter().map(|(file, _)| file).find(|f| f.starts_with(place.path(folder)));
        assert_eq!(written, None, "{when}: no temporary file and no crash output is written at all");
    }
    let metrics = demo.metrics();
    assert_eq!(marks.found_in(metrics.as_bytes()), [""; 0], "{when}: {metrics}");
}

/// File and mark of everything that lies where it may not.
fn leaks(place: &Place, marks: &Marks) -> Vec<String> {
    let (authority, messages) = (authority_folder(place), place.path("data/messages"));
    let may = |file: &Path, what: &str| file.starts_with(&messages) && what.starts_with("contact");
    let mut leaks = Vec::new();
    for (file, content) in place.files() {
        if file.starts_with(&authority) {
            continue;
        }
        let name = marks.found_in(file.as_os_str().as_encoded_bytes());
        for what in marks.found_in(&content).into_iter().chain(name).filter(|what| !may(&file, what)) {
            leaks.push(format!("{}: {what}", file.display()));
        }
    }
    leaks
}

#[test]
fn a_leak_would_be_seen() {
    let place = Place::new();
    let plain = RgbImage::from_fn(480, 640, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    let person = Marked::new(1, &plain, &plain);
    let mut marks = Marks::new();
    person.plant(&mut marks);
    assert_eq!(leaks(&place, &marks), [""; 0]);
    std::fs::create_dir_all(place.path("data/messages")).unwrap();
    let decoded = image::load_from_memory(&person.capture).unwrap().to_rgb8();
    let planted: [(&str, Vec<u8>, &str); 6] = [
        ("data/lineward.db-wal", person.sample.names.primary.clone().into_bytes(), "surname"),
        ("tmp/part", person.card[9_000..9_100].to_vec(), "file of the document"),
        ("here/core", decoded.as_raw()[decoded.as_raw().len() - 20_000..].to_vec(), "pixels of the capture"),
        ("output/err", format!("number={}", person.sample.document_number).into_bytes(), "number"),
        ("data/messages/1.txt", person.zone[2].clone().into_bytes(), "zone"),
        ("data/QUILLFEATHERQ", Vec::new(), "surname"),
    ];
    for (file, content, what) in planted {
        std::fs::write(place.path(file), content).unwrap();
        let found = leaks(&place, &marks);
        assert!(found.iter().any(|leak| leak.contains(&format!(": {what} of"))), "{file}: {found:?}");
        std::fs::remove_file(place.path(file)).unwrap();
    }
    let message = place.path("data/messages/1.txt");
    std::fs::write(message, format!("to: {}\n", person.contact)).unwrap();
    assert_eq!(leaks(&place, &marks), [""; 0], "the message holds the contact");
}
