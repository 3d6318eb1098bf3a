use image::{Rgb, RgbImage};
use jiff::civil::date;
use lineward_core::evidence::FieldSource;
use lineward_document::{Sourced, mrz, state::StateCode};
use lineward_face::Pack;
use tempfile::TempDir;

use super::*;
use crate::{card, person::people};

const TODAY: Date = date(2026, 1, 1);

/// The authority of one issued card, without a face check.
fn authority() -> (TempDir, SampleAuthority, SamplePerson) {
    let dir = tempfile::tempdir().unwrap();
    let person = people(TODAY).swap_remove(0);
    issue(&person, &blank_jpeg(), dir.path()).unwrap();
    let authority = SampleAuthority::new(dir.path(), Arc::new(Checker::without_pack()));
    (dir, authority, person)
}

fn blank_jpeg() -> Vec<u8> {
    card::to_jpeg(&RgbImage::from_pixel(480, 640, Rgb([120, 100, 90]))).unwrap()
}

/// The card as its machine-readable zone reads.
fn shown(person: &SamplePerson) -> Document {
    let read = mrz::parse(&person.zone().unwrap().join("\n"), TODAY).unwrap();
    Document::from_mrz(read.format, &read.fields, FieldSource::MrzText)
}

fn keyed<T>(value: T) -> Option<Sourced<T>> {
    Some(Sourced::new(value, FieldSource::Keyed))
}

async fn ask(authority: &SampleAuthority, document: &Document) -> Result<AuthorityAnswer, AuthorityDown> {
    authority.ask(document, Some(&blank_jpeg())).await
}

#[tokio::test]
async fn every_sample_card_is_known_by_what_its_zone_says() {
    let dir = tempfile::tempdir().unwrap();
    let authority = SampleAuthority::new(dir.path(), Arc::new(Checker::without_pack()));
    for person in people(TODAY) {
        issue(&person, &blank_jpeg(), dir.path()).unwrap();
        let answer = ask(&authority, &shown(&person)).await.unwrap();
        assert_eq!(
            (answer.standing, answer.fields),
            (Standing::Valid, IssuerMatch::Match),
            "{}",
            person.names
        );
    }
}

#[tokio::test]
async fn without_a_model_pack_no_portrait_answer_is_offered() {
    let (_dir, authority, person) = authority();
    assert_eq!(ask(&authority, &shown(&person)).await.unwrap().portrait, IssuerMatch::NotOffered);
}

#[tokio::test]
async fn a_field_that_differs_is_a_no_and_one_that_is_missing_is_not_confirmed() {
    let (_dir, authority, person) = authority();
    let right = shown(&person);
    let differing: [fn(&mut Document); 3] = [
        |d| d.names = keyed(Names { primary: "LINDQVIST".into(), secondary: "ELSA".into() }),
        |d| d.birth_date = keyed(date(1988, 3, 15).into()),
        |d| d.expiry_date = keyed(date(2050, 1, 1).into()),
    ];
    for change in differing {
        let mut document = right.clone();
        change(&mut document);
        assert_eq!(ask(&authority, &document).await.unwrap().fields, IssuerMatch::NoMatch);
        document.birth_date = None;
        document.expiry_date = keyed(date(2050, 1, 1).into());
        assert_eq!(ask(&authority, &document).await.unwrap().fields, IssuerMatch::NoMatch);
    }
    let missing: [fn(&mut Document); 4] = [
        |d| d.names = None,
        |d| d.birth_date = None,
        |d| d.birth_date = keyed(PartialDate::new(Some(1988), Some(3), None).unwrap()),
        |d| d.expiry_date = None,
    ];
    for change in missing {
        let mut document = right.clone();
        change(&mut document);
        assert_eq!(ask(&authority, &document).await.unwrap().fields, IssuerMatch::NotOffered);
    }
}

#[tokio::test]
async fn names_match_as_printed_and_as_typed() {
    let (dir, authority, _) = authority();
    let person = people(TODAY).swap_remove(4);
    issue(&person, &blank_jpeg(), dir.path()).unwrap();
    for (primary, secondary) in
        [("AL-NUR", "LAYLA HASSAN"), ("Al-Nur", " Layla  Hassan"), ("al nur", "layla'hassan")]
    {
        let mut document = shown(&person);
        document.names = keyed(Names { primary: primary.into(), secondary: secondary.into() });
        let expected = if secondary.contains('\'') { IssuerMatch::NoMatch } else { IssuerMatch::Match };
        assert_eq!(ask(&authority, &document).await.unwrap().fields, expected, "{primary}, {secondary}");
    }
}

#[tokio::test]
async fn what_was_never_issued_has_no_record() {
    let (dir, authority, person) = authority();
    fs::write(dir.path().parent().unwrap().join("lineward-sample-outside.json"), "{}").unwrap();
    let long = "A".repeat(100_000);
    for number in
        ["SAMPLE002", "", "../lineward-sample-outside", "SAMPLE001.json", "SAMPLE001\0", "ＳAMPLE001", &long]
    {
        let mut document = shown(&person);
        document.document_number = keyed(number.to_owned());
        let answer = ask(&authority, &document).await.unwrap();
        let none = (Standing::NoRecord, IssuerMatch::NotOffered, IssuerMatch::NotOffered);
        assert_eq!((answer.standing, answer.fields, answer.portrait), none, "{number:.40}");
    }
    let mut foreign = shown(&person);
    foreign.issuing_state = StateCode::parse("CHN").map(|state| Sourced::new(state, FieldSource::MrzText));
    assert_eq!(ask(&authority, &foreign).await.unwrap().standing, Standing::NoRecord);
    assert_eq!(ask(&authority, &Document::default()).await.unwrap().standing, Standing::NoRecord);
}

#[tokio::test]
async fn a_card_stands_as_it_was_set() {
    let (dir, authority, person) = authority();
    for standing in [Standing::ReportedLost, Standing::NotValid, Standing::Valid] {
        set_standing(dir.path(), &person.document_number, standing).unwrap();
        assert_eq!(ask(&authority, &shown(&person)).await.unwrap().standing, standing);
    }
    let unknown = set_standing(dir.path(), "SAMPLE999", Standing::NotValid);
    assert!(matches!(unknown, Err(IssueError::NoRecord)));
}

#[tokio::test]
async fn an_outage_is_no_answer_and_ends_with_the_file() {
    let (dir, authority, person) = authority();
    fs::write(dir.path().join(DOWN), "").unwrap();
    assert_eq!(ask(&authority, &shown(&person)).await, Err(AuthorityDown));
    fs::remove_file(dir.path().join(DOWN)).unwrap();
    assert!(ask(&authority, &shown(&person)).await.is_ok());
}

#[tokio::test]
async fn a_record_that_is_broken_too_large_or_unmarked_is_no_answer() {
    let (dir, authority, person) = authority();
    let place = dir.path().join("SAMPLE001.json");
    let good = fs::read_to_string(&place).unwrap();
    assert!(good.contains("\"sample\": true"));
    for bad in [
        "{".to_owned(),
        good.replace("\"sample\": true", "\"sample\": false"),
        good.replace("\"valid\"", "\"no_record\""),
        good.replace("\"valid\"", "\"anything\""),
        good.replace("SAMPLE001", "SAMPLE002"),
        good.replace('{', "{\"more\": 1,"),
        good.clone() + &" ".repeat(MAX_RECORD_BYTES as usize),
    ] {
        fs::write(&place, &bad).unwrap();
        assert_eq!(ask(&authority, &shown(&person)).await, Err(AuthorityDown), "{bad:.300}");
    }
}

#[test]
fn only_sample_cards_with_a_jpeg_are_issued() {
    let dir = tempfile::tempdir().unwrap();
    let person = people(TODAY).swap_remove(0);
    for number in ["D23145890", "SAMPLE/../001", "", "SAMPLE 1"] {
        let other = SamplePerson { document_number: number.into(), ..person.clone() };
        assert!(matches!(issue(&other, &blank_jpeg(), dir.path()), Err(IssueError::NotASample)), "{number}");
    }
    assert!(matches!(issue(&person, b"\x89PNG\r\n\x1a\n", dir.path()), Err(IssueError::NotJpeg)));
    let large = [blank_jpeg(), vec![0; lineward_face::MAX_FILE_BYTES]].concat();
    assert!(matches!(issue(&person, &large, dir.path()), Err(IssueError::TooLarge { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

/// The case that the portrait answer is for: everything on the forged card is the victim's but the photograph.
#[tokio::test]
async fn a_card_with_the_victims_number_and_another_photograph_is_a_no() {
    let Some((faces, photographs)) = real_faces() else { return };
    let dir = tempfile::tempdir().unwrap();
    let authority = SampleAuthority::new(dir.path(), faces);
    let victim = people(TODAY).swap_remove(0);
    let [own, others] = photographs.map(|jpeg| {
        let picture = image::load_from_memory(&jpeg).unwrap().to_rgb8();
        let drawn = card::to_jpeg(&card::draw(&victim, &picture).unwrap()).unwrap();
        (jpeg, drawn)
    });
    issue(&victim, &own.0, dir.path()).unwrap();

    let right = authority.ask(&shown(&victim), Some(&own.1)).await.unwrap();
    assert_eq!((right.fields, right.portrait), (IssuerMatch::Match, IssuerMatch::Match));
    let forged = authority.ask(&shown(&victim), Some(&others.1)).await.unwrap();
    assert_eq!((forged.fields, forged.portrait), (IssuerMatch::Match, IssuerMatch::NoMatch));

    for unusable in [blank_jpeg(), b"text".to_vec(), own.1[..own.1.len() / 2].to_vec()] {
        let answer = authority.ask(&shown(&victim), Some(&unusable)).await.unwrap();
        assert_eq!(answer.portrait, IssuerMatch::NotOffered, "what cannot be compared is no answer");
    }
}

/// The model pack and photographs of two people; `None`, said aloud, where they are not at hand.
fn real_faces() -> Option<(Arc<Checker>, [Vec<u8>; 2])> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let shared = root.join(option_env!("LINEWARD_SHARED").unwrap_or("../shared"));
    let photographs =
        ["img16.jpg", "img22.jpg"].map(|name| fs::read(shared.join("data/faces/functional").join(name)));
    let (Ok(pack), [Ok(one), Ok(other)]) = (Pack::open(&shared.join("models")), photographs) else {
        eprintln!("SKIPPED: no model pack and photographs under {}", shared.display());
        return None;
    };
    Some((Arc::new(Checker::load(pack, 1).unwrap()), [one, other]))
}
