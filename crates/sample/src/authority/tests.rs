use image::{Rgb, RgbImage};
use jiff::{Timestamp, civil::date};
use lineward_app::verification::Fields;
use lineward_core::evidence::FieldSource;
use lineward_document::{Document, Sourced, dates::PartialDate, mrz, state::StateCode};
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
fn shown(person: &SamplePerson) -> Fields {
    let read = mrz::parse(&person.zone().unwrap().join("\n"), TODAY).unwrap();
    let document = Document::from_mrz(read.format, &read.fields, FieldSource::MrzText);
    let names = document.names.unwrap().value;
    let day = |date: Option<Sourced<PartialDate>>| Some(date.unwrap().value.exact().unwrap().to_string());
    Fields {
        kind: document.kind.unwrap().value.code().into(),
        issuing_state: document.issuing_state.unwrap().value.as_str().into(),
        number: document.document_number.unwrap().value,
        scheme: None,
        primary_name: names.primary,
        secondary_name: names.secondary,
        birth_date: day(document.birth_date),
        expiry_date: day(document.expiry_date),
        sex: None,
        nationality: None,
    }
}

async fn ask_with(
    authority: &SampleAuthority,
    fields: &Fields,
    portrait: &[u8],
) -> Result<AuthorityAnswer, Unavailable> {
    // An authority that were asked about every state's documents.
    let state = StateCode::parse(&fields.issuing_state).unwrap();
    let profile = AuthorityProfile { issuing_states: vec![state], ..authority.profile().clone() };
    let question = &Question::of(fields, &profile).unwrap();
    let (portrait, now) = (Some(portrait), Timestamp::UNIX_EPOCH);
    let asking = Asking { question, portrait, nonce: [1; 16], now, request_id: "test" };
    authority.ask(&asking).await.map(|answered| answered.answer)
}

async fn ask(authority: &SampleAuthority, fields: &Fields) -> Result<AuthorityAnswer, Unavailable> {
    ask_with(authority, fields, &blank_jpeg()).await
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
    let differing: [fn(&mut Fields); 4] = [
        |f| f.primary_name = "SOMEBODY".into(),
        |f| f.secondary_name = "SOMEBODY".into(),
        |f| f.birth_date = Some("1988-03-15".into()),
        |f| f.expiry_date = Some("2050-01-01".into()),
    ];
    for change in differing {
        let mut document = right.clone();
        change(&mut document);
        assert_eq!(ask(&authority, &document).await.unwrap().fields, IssuerMatch::NoMatch);
    }
    let missing: [fn(&mut Fields); 3] =
        [|f| f.birth_date = None, |f| f.birth_date = Some("1988-03".into()), |f| f.expiry_date = None];
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
        (document.primary_name, document.secondary_name) = (primary.into(), secondary.into());
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
        document.number = number.to_owned();
        let answer = ask(&authority, &document).await.unwrap();
        let none = (Standing::NoRecord, IssuerMatch::NotOffered, IssuerMatch::NotOffered);
        assert_eq!((answer.standing, answer.fields, answer.portrait), none, "{number:.40}");
    }
    let mut foreign = shown(&person);
    foreign.issuing_state = "CHN".into();
    assert_eq!(ask(&authority, &foreign).await.unwrap().standing, Standing::NoRecord);
    assert_eq!(Question::of(&foreign, authority.profile()), None, "it is not even asked");
}

#[tokio::test]
async fn a_card_stands_as_it_was_set() {
    let (dir, authority, person) = authority();
    for standing in [Standing::ReportedLost, Standing::NotValid(NotValidReason::Replaced), Standing::Valid] {
        set_standing(dir.path(), &person.document_number, standing).unwrap();
        assert_eq!(ask(&authority, &shown(&person)).await.unwrap().standing, standing);
    }
    let unknown = set_standing(dir.path(), "SAMPLE999", Standing::ReportedLost);
    assert!(matches!(unknown, Err(IssueError::NoRecord)));
}

#[tokio::test]
async fn an_outage_is_no_answer_and_ends_with_the_file() {
    let (dir, authority, person) = authority();
    fs::write(dir.path().join(DOWN), "").unwrap();
    assert!(ask(&authority, &shown(&person)).await.is_err());
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
        good.replace("\"valid\"", "\"not_valid\""),
        good.replace("SAMPLE001", "SAMPLE002"),
        good.replace('{', "{\"more\": 1,"),
        good.clone() + &" ".repeat(MAX_RECORD_BYTES as usize),
    ] {
        fs::write(&place, &bad).unwrap();
        assert!(ask(&authority, &shown(&person)).await.is_err(), "{bad:.300}");
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

    let right = ask_with(&authority, &shown(&victim), &own.1).await.unwrap();
    assert_eq!((right.fields, right.portrait), (IssuerMatch::Match, IssuerMatch::Match));
    let forged = ask_with(&authority, &shown(&victim), &others.1).await.unwrap();
    assert_eq!((forged.fields, forged.portrait), (IssuerMatch::Match, IssuerMatch::NoMatch));

    for unusable in [blank_jpeg(), b"text".to_vec(), own.1[..own.1.len() / 2].to_vec()] {
        let answer = ask_with(&authority, &shown(&victim), &unusable).await.unwrap();
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
