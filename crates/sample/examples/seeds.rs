//! Writes the seeds of the fuzz targets that are made and not found: `cargo run -p lineward-sample --example seeds`.
//!
//! They come out the same every time. What libFuzzer found and `cargo fuzz cmin` kept lies beside them under its hash.

use std::{error::Error, fs, path::Path};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD as BASE64, BASE64_URL_SAFE_NO_PAD},
};
use ed25519_dalek::{Signer, SigningKey};
use image::{Rgb, RgbImage};
use jiff::civil::date;
use lineward_document::asn1::{Reader, Rules, Tag, Tlv};
use lineward_sample::{
    card,
    country::{
        Active, Algorithm, Country, Curve, Encoding, FacialRecord, Flaw, Hash, KeyKind, Order, Parameter,
        Parameters, SampleChip, Scheme,
    },
    person::people,
};
use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let made = [
        zones(),
        numbers(),
        details(),
        faces(),
        keys(),
        public_keys(),
        answers(),
        codes(),
        values(),
        unsigned_files(),
        authority(),
        pictures()?,
        country()?,
    ]
    .concat();
    for Seed { target, name, bytes } in made {
        let folder = root.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

#[derive(Clone)]
struct Seed {
    target: &'static str,
    name: String,
    bytes: Vec<u8>,
}

fn seed(target: &'static str, name: &str, bytes: Vec<u8>) -> Seed {
    Seed { target, name: name.to_owned(), bytes }
}

/// The specimens of Doc 9303, parts 4 to 6.
const ZONES: [(&str, usize, &str); 3] = [
    ("td1", 30, "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"),
    ("td2", 36, "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6"),
    ("td3", 44, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
];

/// Zones as text and as DG1, right and misread.
fn zones() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, width, zone) in ZONES {
        let lines: Vec<&str> = (0..zone.len()).step_by(width).map(|at| &zone[at..at + width]).collect();
        seeds.push(seed("mrz", name, lines.join("\n").into_bytes()));
        seeds.push(seed("mrz", &format!("{name}-misread"), zone.replacen('0', "O", 2).into_bytes()));
        seeds.push(seed("dg1", name, tlv(0x61, &tlv(0x5F1F, zone.as_bytes()))));
        let lower = zone.to_lowercase();
        seeds.push(seed("dg1", &format!("{name}-lower"), tlv(0x61, &tlv(0x5F1F, lower.as_bytes()))));
    }
    seeds.extend(odd_zones().into_iter().map(|(name, zone)| seed("mrz", name, zone.into_bytes())));
    seeds.push(seed("dg1", "short", tlv(0x61, &tlv(0x5F1F, b"<<<"))));
    seeds
}

/// Passports with one field of each kind that the standard has and that it has not, all check digits right; other formats,
/// and what is no zone. The names give a length of their own.
fn odd_zones() -> Vec<(&'static str, String)> {
    const NAMES: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
    let usual = |names, sex| td3(names, "L898902C3", "740812", sex, "341204", "ZE184226B");
    let dated = |birth, expiry| td3(NAMES, "L898902C3", birth, "F", expiry, "");
    let good = usual(NAMES, "F");
    let french = {
        let number = "160675500011";
        let front = format!("IDFRALOISEAU{}952042{number}{}", "<".repeat(18), digit(number));
        let all = format!("{front}HERVE<<<<<<<<<8512235M").replace("8512235", &checked("851223"));
        format!("{all}{}", digit(&all))
    };
    vec![
        ("td3-good", good.clone()),
        ("td3-unstated", usual(NAMES, "<")),
        ("td3-sex-x", usual(NAMES, "X")),
        ("td3-sex-wrong", usual(NAMES, "Q")),
        ("td3-no-number", td3(NAMES, "<<<<<<<<<", "740812", "F", "341204", "")),
        ("td3-code", usual(&NAMES.replacen("P<", "Q1", 1), "F")),
        ("td3-states", usual(&NAMES.replacen("UTO", "XQZ", 1), "F").replacen("UTO7", "QQQ7", 1)),
        ("td3-no-name", usual(&format!("P<UTO{}", "<".repeat(39)), "M")),
        ("td3-one-name", usual(&format!("P<UTO<<ANNA{}", "<".repeat(33)), "M")),
        ("td3-digit-in-name", usual(&NAMES.replacen("ANNA", "ANN4", 1), "M")),
        ("td3-separators", usual(&NAMES.replacen("ANNA<MARIA<", "ANNA<<MARIA", 1), "M")),
        ("td3-full", usual(&format!("P<UTOERIKSSON<<{}", "A".repeat(29)), "M")),
        ("td3-birth-year", dated("74<<<<", "341204")),
        ("td3-birth-zeros", dated("740000", "341204")),
        ("td3-birth-day-zero", dated("740800", "341204")),
        ("td3-birth-month-filler", dated("74<<00", "341204")),
        ("td3-birth-unknown", dated("<<<<<<", "341204")),
        ("td3-birth-none", dated("749912", "341204")),
        ("td3-birth-half", dated("7408<2", "341204")),
        ("td3-expiry-year", dated("740812", "34<<<<")),
        ("td3-expiry-none", dated("740812", "349999")),
        ("td3-expired-before-birth", dated("240812", "230812")),
        ("td3-wrong-number", good.replacen("L898902C3", "L898902C4", 1)),
        ("td3-wrong-composite", format!("{}9", &good[..87])),
        ("td3-one-letter", good.replacen("L8989O2C", "L898902C", 1).replacen("L898902C", "L8989O2C", 1)),
        ("td3-misread-dates", good.replacen("740812", "74O8I2", 1).replacen("341204", "3412O4", 1)),
        ("td3-no-reading", good.replacen("740812", "74X812", 1)),
        (
            "td3-many-readings",
            td3(NAMES, "S0O1I2Z58", "740812", "F", "341204", "B8S5Z2I1O0D0Q").replace("S0O1", "50O1"),
        ),
        ("td3-state-misread", good.replacen("UTO7", "UT07", 1).replacen("P<UTO", "P<UT0", 1)),
        ("french", french.clone()),
        ("french-misread", french.replacen("IDFRA", "1OFRA", 1).replacen("1606", "I6O6", 1)),
        ("french-wrong", french.replacen("1606", "1706", 1)),
        ("td1-long", long_number(30)),
        ("td2-long", long_number(36)),
        ("td1-long-empty", long_number(30).replacen("D23145890<7349", "D23145890<<<<<", 1)),
        ("mrv-a", good.replacen("P<", "V<", 1)),
        ("mrv-b", ZONES[1].2.replacen("I<", "V<", 1)),
        ("td1-reserved", ZONES[0].2.replacen("I<", "IV", 1)),
        ("td2-reserved", ZONES[1].2.replacen("I<", "AC", 1)),
        ("residence", ZONES[0].2.replacen("I<", "IR", 1)),
        (
            "recognised",
            format!(
                "\u{FEFF}{}\u{A0}\t",
                good.replace("<<", "\u{AB}").replace('<', "\u{2039}").to_lowercase()
            ),
        ),
        ("strange", good.replacen('<', "\u{20AC}", 1)),
        ("empty", " \r\n\n".to_owned()),
        ("too-long", "<".repeat(1025)),
        ("lines", "P<UTO\nP<UTO\nP<UTO\nP<UTO\nP<UTO".to_owned()),
    ]
}

/// A TD3 zone with its check digits (9303-4, section 4.2.2).
fn td3(names: &str, number: &str, birth: &str, sex: &str, expiry: &str, optional: &str) -> String {
    let number = checked(number);
    let (birth, expiry, optional) = (checked(birth), checked(expiry), checked(&format!("{optional:<<14}")));
    let composite = digit(&format!("{number}{birth}{expiry}{optional}"));
    format!("{names}{number}UTO{birth}{sex}{expiry}{optional}{composite}")
}

/// TD1 or TD2 with a number of twelve characters (9303-5 and 9303-6, section 4.2.2, note j).
fn long_number(width: usize) -> String {
    let (birth, expiry) = (checked("740812"), checked("341204"));
    let number = format!("D23145890<734{}", digit("D23145890734"));
    if width == 30 {
        let upper = format!("{number:<<25}");
        let composite = digit(&format!("{upper}{birth}{expiry}{}", "<".repeat(11)));
        let lower = "ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
        return format!("I<UTO{upper}{birth}F{expiry}UTO{}{composite}{lower}", "<".repeat(11));
    }
    let (principal, rest) = number.split_at(10);
    let rest = format!("{rest:<<7}");
    let composite = digit(&format!("{principal}{birth}{expiry}{rest}"));
    format!("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<{principal}UTO{birth}F{expiry}{rest}{composite}")
}

/// A field and its check digit.
fn checked(field: &str) -> String {
    format!("{field}{}", digit(field))
}

/// The check digit (9303-3, section 4.9).
fn digit(text: &str) -> u32 {
    let value = |char: char| char.to_digit(36).unwrap_or(0);
    text.chars().zip([7, 3, 1].into_iter().cycle()).map(|(char, weight)| value(char) * weight).sum::<u32>()
        % 10
}

/// Numbers under every scheme, right and with each defect: published examples, and made ones.
fn numbers() -> Vec<Seed> {
    const NUMBERS: [(&str, &[&str]); 13] = [
        (
            "cn",
            &[
                "11010519491231002X",
                "110105491231002",
                "360426199101010071",
                "360426199101010072",
                "932682198501010017",
                "911124198108030024",
                "911156198108030025",
                "810000199408230021",
                "110201831231002",
                "110118491231002",
                "360427169101020092",
                "360426199113010079",
                "T60426199101010078",
                "36042619910101007A",
                "990426910101007",
            ],
        ),
        (
            "aadhaar",
            &[
                "2341 2341-2346",
                "234123412347",
                "134123412346",
                "234567765432",
                "23412341234A",
                "123456789012",
            ],
        ),
        (
            "br",
            &[
                "390.533.447-05",
                "390.533.447-15",
                "111.111.111-11",
                "000.000.000-00",
                "390.533.447=0",
                "390.533.447-0",
            ],
        ),
        (
            "mx",
            &[
                "BOXW310820HNERXN09",
                "boxw-310820-HNERXN-08",
                "BOXW100820XNERXNA4",
                "BOXW310820MNERXN09",
                "PUTO310820HNERXN09",
                "BOXW310231HNERXN09",
                "BOXW310820QNERXN09",
                "BOXW310820HXXRXN09",
                "123ZZZZZZZZZZZZZ90",
                "1230",
            ],
        ),
        (
            "es",
            &[
                "54362315-k",
                "54362315L",
                "12345678Z",
                "5436231",
                "x-2482300w",
                "Y2482300W",
                "X2482300A",
                "A2482300A",
            ],
        ),
        (
            "it",
            &[
                "rccmnl 83s18 d969h",
                "RCCMNL83S18D969I",
                "MRSMSR81D60Z611H",
                "RSSMRA45C12F2LRI",
                "RSSMRAQRCMNFNLRG",
                "RCCMNL83S18D96AH",
                "RCCMNL83F18D969H",
                "RCCMNL83S18D969",
                "00743110157",
                "00743110158",
                "00743111017",
                "00000000157",
                "0074311015A",
            ],
        ),
        ("pl", &["44051401359", "02211307589", "44051401358", "02381307589", "4405140135", "4405140135A"]),
        (
            "se",
            &[
                "880320-0016",
                "8803200016",
                "198803200016",
                "19880320-0016",
                "880320+0016",
                "8803-20-0016",
                "890102-3286",
                "121212-1212",
                "880230-0016",
                "880320-0018",
                "88O320-0016",
                "880320016",
                "1880320-0016",
                "88",
                "111111111111111111111111111111",
            ],
        ),
        (
            "fi",
            &[
                "131052-308T",
                "131052+308T",
                "010203A002L",
                "131052Y308T",
                "131052T308T",
                "131052-308U",
                "310252-308Y",
                "131052-000V",
                "131052-30AT",
                "10101-0101",
            ],
        ),
        (
            "ro",
            &[
                "1630615123457",
                "1630615123458",
                "5630615123457",
                "1630615493457",
                "0800101221142",
                "8000229123455",
                "9630615703451",
                "163061512345",
                "1632215123457",
                "3630615123457",
                "163061512345A",
            ],
        ),
        (
            "bg",
            &[
                "752316 926 3",
                "8032056031",
                "7542011030",
                "8019010008",
                "8032056032",
                "7552A10004",
                "755201000",
            ],
        ),
        ("ng", &["1234-5678 901", "11111111111", "1234567890", "1234567890A"]),
        // Wide forms and dashes, blanks, what has no place in a number, and too much of it.
        ("text", &["\u{FF11}\u{FF12}\u{2013}\u{3000}3", "1\u{E9}2", ""]),
    ];
    let of = |(scheme, numbers): (&str, &[&str])| -> Vec<Seed> {
        let numbered = numbers.iter().zip(1..);
        numbered
            .map(|(number, at)| seed("number", &format!("{scheme}-{at}"), number.as_bytes().to_vec()))
            .collect()
    };
    let endless = seed("number", "endless", "3".repeat(257).into_bytes());
    NUMBERS.into_iter().flat_map(of).chain([endless]).collect()
}

/// EF.COM, DG11 and DG12.
fn details() -> Vec<Seed> {
    let com =
        [tlv(0x5F01, b"0107"), tlv(0x5F36, b"040000"), tlv(0x5C, &[0x61, 0x75, 0x6E, 0x6F, 0x77])].concat();
    let other = [tlv(2, &[1]), tlv(0x5F0F, b"LIND\xDC<<A")].concat();
    let dg11 = [
        tlv(0x5C, b"\x5F\x0E\xA0\x5F\x10\x5F\x2B\x5F\x11"),
        tlv(0x5F0E, "ÉRIKSSON<<ANNA".as_bytes()),
        tlv(0xA0, &other),
        tlv(0x5F10, b"19740812-4711"),
        tlv(0x5F2B, &[0x19, 0x74, 0x08, 0x12]),
        tlv(0x5F11, b"ZENITH<UTO"),
    ];
    let dg12 = [
        tlv(0x5C, b"\x5F\x19\x5F\x26\x5F\x55"),
        tlv(0x5F19, b"CITY OF ZENITH"),
        tlv(0x5F26, b"20150401"),
        tlv(0x5F55, b"20150402101112"),
    ];
    let of = |name, bytes| seed("com_dg11_dg12", name, bytes);
    vec![
        of("com", tlv(0x60, &com)),
        of("com-empty", tlv(0x60, &[])),
        of("com-version", tlv(0x60, &tlv(0x5F01, b"v1.7"))),
        of("com-other-tag", tlv(0x61, &com)),
        of("dg11", tlv(0x6B, &dg11.concat())),
        of("dg12", tlv(0x6C, &dg12.concat())),
    ]
}

/// DG2 with both kinds of record.
fn faces() -> Vec<Seed> {
    let jpeg = b"\xFF\xD8\xFF\xE0 not decoded here".as_slice();
    let jpeg2000 = b"\xFF\x4F\xFF\x51 not decoded here".as_slice();
    let dg2 = |data: &[Vec<u8>]| {
        let templates: Vec<u8> = data
            .iter()
            .flat_map(|data| tlv(0x7F60, &[tlv(0xA1, &tlv(0x88, &[0, 8])), data.clone()].concat()))
            .collect();
        tlv(0x75, &tlv(0x7F61, &[tlv(2, &[data.len() as u8]), templates].concat()))
    };
    let old = |images: &[&[u8]], points| tlv(0x5F2E, &iso19794(images, points));
    let new = |image| tlv(0x7F2E, &iso39794(image));
    let of = |name, data: &[Vec<u8>]| seed("dg2", name, dg2(data));
    vec![
        of("iso19794", &[old(&[jpeg], 0)]),
        of("iso19794-two-faces", &[old(&[jpeg2000, jpeg], 2)]),
        of("iso39794", &[new(jpeg2000)]),
        of("all", &[tlv(0x5F2E, b"FIR"), old(&[b"GIF"], 0), new(jpeg), old(&[jpeg], 1)]),
    ]
}

/// ISO/IEC 19794-5:2005, clause 5: faces with so many feature points each.
fn iso19794(images: &[&[u8]], points: u16) -> Vec<u8> {
    let mut blocks = Vec::new();
    for image in images {
        let points_bytes = vec![9; usize::from(points) * 8];
        blocks.extend(((32 + points_bytes.len() + image.len()) as u32).to_be_bytes());
        blocks.extend(points.to_be_bytes());
        blocks.extend([0; 14]);
        blocks.extend(points_bytes);
        blocks.extend([1, 0, 1, 44, 1, 144, 1, 2, 0, 0, 0, 0]);
        blocks.extend(*image);
    }
    let length = (14 + blocks.len()) as u32;
    [b"FAC\x00010\0", &length.to_be_bytes()[..], &(images.len() as u16).to_be_bytes(), &blocks].concat()
}

/// ISO/IEC 39794-5:2019 as ICAO profiles it, with the size of the image.
fn iso39794(image: &[u8]) -> Vec<u8> {
    let size = tlv(0xA7, &[tlv(0x80, &[1, 44]), tlv(0x81, &[1, 144])].concat());
    let information = tlv(0xA1, &[tlv(0xA0, &tlv(0x80, &[2])), size].concat());
    let two = tlv(0xA0, &[tlv(0x80, image), information].concat());
    let representation = tlv(0x30, &[tlv(0x80, &[0]), tlv(0xA1, &tlv(0xA0, &two))].concat());
    let version = tlv(0xA0, &[tlv(0x80, &[3]), tlv(0x81, &[7, 0xE3])].concat());
    tlv(0xA1, &tlv(0x65, &[version, tlv(0xA1, &representation)].concat()))
}

/// 0.4.0.127.0.7.2.2: the protocols of Doc 9303-11.
const PROTOCOLS: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02];

/// DG14 with everything in it, and DG15 with both kinds of key.
fn keys() -> Vec<Seed> {
    let (elliptic, rsa) = (elliptic_key(), rsa_key());
    let info =
        |arcs: &[u8], rest: &[u8]| tlv(0x30, &[tlv(6, &[PROTOCOLS, arcs].concat()), rest.to_vec()].concat());
    let active =
        [tlv(6, &[0x67, 0x81, 8, 1, 1, 5]), vec![2, 1, 1], tlv(6, &[4, 0, 0x7F, 0, 7, 1, 1, 4, 1, 3])];
    let infos = [
        info(&[3, 2, 2], &[2, 1, 1, 2, 1, 7]),
        info(&[1, 2], &[&elliptic[..], &[2, 1, 7]].concat()),
        tlv(0x30, &active.concat()),
        info(&[4, 2, 4], &[2, 1, 2, 2, 1, 13]),
        info(&[2], &[2, 1, 1]),
        tlv(0x30, &tlv(6, &[0x2A, 3])),
    ];
    let set = tlv(0x31, &infos.concat());
    let of = |name: &str, bytes| seed("dg14_dg15", name, bytes);
    let mut seeds = vec![
        of("dg14", tlv(0x6E, &set)),
        of("security-infos", set),
        of("dg15-p256", tlv(0x6F, &elliptic)),
        of("dg15-rsa", tlv(0x6F, &rsa)),
        of("dg14-empty", tlv(0x6E, &[])),
        of("dg14-two-sets", tlv(0x6E, &[0x31, 0, 0x31, 0])),
        of("dg14-no-version", tlv(0x6E, &tlv(0x31, &info(&[3, 2, 2], &[])))),
        of("dg15-empty", tlv(0x6F, &[])),
        of("dg15-no-algorithm", tlv(0x6F, &[0x30, 0])),
        of("dg15-two-keys", tlv(0x6F, &elliptic.repeat(2))),
        of("entries-too-many", tlv(0x31, &info(&[2], &[2, 1, 1]).repeat(65))),
    ];
    // Chip authentication by each agreement under each cipher, one that nobody knows, and a version that is not ours.
    let (dh, version) = (dh_key(), [2, 1, 1]);
    let key_of = [info(&[1, 1], &dh), info(&[1, 2], &elliptic), info(&[1, 3], &elliptic)];
    for agreement in 1..4u8 {
        for cipher in 0..6u8 {
            let arcs = [3, agreement, cipher];
            let arcs = if cipher == 0 { &arcs[..2] } else { &arcs[..] };
            let offer = info(arcs, &version);
            let keys = if cipher < 5 { &key_of[usize::from(agreement) - 1][..] } else { &[] };
            let set = tlv(0x31, &[&offer, keys].concat());
            let name = format!("offer-{agreement}-{cipher}");
            seeds.push(of(&name, tlv(0x6E, &set)));
            seeds.push(seed("chip_answer", &name, set));
        }
    }
    let sets = [
        ("key-alone", key_of[1].clone()),
        ("key-rsa", info(&[1, 2], &rsa)),
        ("offer-alone", info(&[3, 2, 2], &version)),
        ("offer-version-2", [&key_of[1][..], &info(&[3, 2, 2], &[2, 1, 2])].concat()),
        ("two-keys", {
            let one = |id| info(&[1, 2], &[&elliptic[..], &[2, 1, id]].concat());
            [one(1), one(2), info(&[3, 2, 2], &[2, 1, 1, 2, 1, 1]), info(&[3, 2, 4], &[2, 1, 1, 2, 1, 2])]
                .concat()
        }),
        ("no-entries", Vec::new()),
    ];
    seeds.extend(sets.into_iter().map(|(name, entries)| seed("chip_answer", name, tlv(0x31, &entries))));
    seeds
}

/// Keys of every kind with signatures that are none of theirs; and what is no key. The first octet says how long the
/// signature is.
fn public_keys() -> Vec<Seed> {
    const RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
    const PSS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 10];
    const MGF1: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 8];
    const STANDARDIZED: &[u8] = &[4, 0, 0x7F, 0, 7, 1, 2];
    const EC: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1];
    let key = |algorithm: &[u8], parameters: &[u8], key: &[u8]| {
        let algorithm = tlv(0x30, &[tlv(6, algorithm), parameters.to_vec()].concat());
        tlv(0x30, &[algorithm, tlv(3, &[&[0], key].concat())].concat())
    };
    let integers = |modulus: &[u8], exponent: &[u8]| {
        tlv(0x30, &[tlv(2, &[&[0], modulus].concat()), tlv(2, exponent)].concat())
    };
    let modulus = [&[0xC3; 127][..], &[1]].concat();
    let rsa = integers(&modulus, &[1, 0, 1]);
    let hash = tlv(0x30, &[tlv(6, SHA256), tlv(5, &[])].concat());
    let mask = tlv(0x30, &[tlv(6, MGF1), hash.clone()].concat());
    let salt = |octets| [tlv(0xA0, &hash), tlv(0xA1, &mask), tlv(0xA2, &tlv(2, &[octets]))].concat();
    let point = hex(P256_POINT);
    let on = |parameters: &[u8], point: &[u8]| key(EC, parameters, point);
    let named = tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]);
    let compressed = [&[3], &point[1..33]].concat();
    let hybrid = [&[7], &point[1..]].concat();
    let off = [&point[..64], &[0xF4]].concat();
    let described = |changed: &[(&str, &[u8])]| on(&described_curve(changed), &point);
    let signatures: [(&str, &[u8]); 9] = [
        ("empty", &[]),
        ("octets", &[0x55; 128]),
        ("too-large", &[0xFF; 128]),
        ("too-long", &[0xFF; 129]),
        ("der", &[0x30, 6, 2, 1, 1, 2, 1, 1]),
        ("der-zero", &[0x30, 6, 2, 1, 0, 2, 1, 1]),
        ("der-padded", &[0x30, 7, 2, 2, 0, 1, 2, 1, 1]),
        ("der-longer", &[0x30, 6, 2, 1, 1, 2, 1, 1, 0]),
        ("plain", &[0x11; 64]),
    ];
    let keys = [
        ("rsa", key(RSA, &[5, 0], &rsa)),
        ("rsa-1025", key(RSA, &[5, 0], &integers(&[&[1], &modulus[..]].concat(), &[3]))),
        ("pss", key(PSS, &[], &rsa)),
        ("pss-32", key(PSS, &tlv(0x30, &salt(32)), &rsa)),
        ("p256", on(&named, &point)),
    ];
    let signed = keys.into_iter().flat_map(|(name, key)| {
        signatures.map(|(of, signature)| {
            seed("public_key", &format!("{name}-{of}"), [&[signature.len() as u8], signature, &key].concat())
        })
    });
    let others = [
        ("rsa-no-null", key(RSA, &[], &rsa)),
        ("rsa-parameters", key(RSA, &[2, 1, 1], &rsa)),
        ("rsa-short", key(RSA, &[5, 0], &integers(&[0xC3; 64], &[3]))),
        ("rsa-even", key(RSA, &[5, 0], &integers(&[0xC2; 128], &[3]))),
        ("rsa-long", key(RSA, &[5, 0], &integers(&[0xC3; 1025], &[3]))),
        ("rsa-exponent-1", key(RSA, &[5, 0], &integers(&modulus, &[1]))),
        ("rsa-exponent-even", key(RSA, &[5, 0], &integers(&modulus, &[2]))),
        ("rsa-not-a-key", key(RSA, &[5, 0], &[2, 1, 1])),
        ("pss-64", key(PSS, &tlv(0x30, &salt(64)), &rsa)),
        ("pss-parameters", key(PSS, &tlv(0x30, &tlv(0xA0, &[])), &rsa)),
        ("dh", dh_key()),
        ("dh-x942", key(&[0x2A, 0x86, 0x48, 0xCE, 0x3E, 2, 1], &[0x30, 0], &[2, 1, 1])),
        ("unknown", key(&[0x2A, 3], &[], &[])),
        ("compressed", on(&named, &compressed)),
        ("hybrid", on(&named, &hybrid)),
        ("off-the-curve", on(&named, &off)),
        ("infinity", on(&named, &[0])),
        ("short-point", on(&named, &point[..64])),
        ("standardized", key(STANDARDIZED, &[2, 1, 12], &point)),
        ("standardized-unknown", key(STANDARDIZED, &[2, 1, 99], &point)),
        ("curve-unknown", on(&tlv(6, &[0x2A, 3]), &point)),
        ("curve-missing", key(EC, &[], &point)),
        ("curve-null", on(&[5, 0], &point)),
        ("explicit", described(&[])),
        ("explicit-compressed", described(&[("base", &tlv(4, &compressed))])),
        ("explicit-no-cofactor", described(&[("cofactor", &[])])),
        ("explicit-cofactor-2", described(&[("cofactor", &[2, 1, 2])])),
        ("explicit-hash", described(&[("cofactor", &[2, 1, 1, 0x30, 0])])),
        ("explicit-other-base", described(&[("base", &tlv(4, &[4; 65]))])),
        ("explicit-other-order", described(&[("order", &[2, 1, 7])])),
        (
            "explicit-binary",
            described(&[("field", &tlv(0x30, &tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 1, 2])))]),
        ),
    ];
    let others = others.into_iter().map(|(name, key)| seed("public_key", name, [&[0], &key[..]].concat()));
    signed.chain(others).collect()
}

/// The parameters of P-256 (SEC 1, appendix C.2), some changed.
fn described_curve(changed: &[(&str, &[u8])]) -> Vec<u8> {
    let field =
        [tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 1, 1]), tlv(2, &[&[0], &hex(P256_PRIME)[..]].concat())];
    let coefficients = [tlv(4, &hex(P256_A)), tlv(4, &hex(P256_B))];
    let parts = [
        ("version", tlv(2, &[1])),
        ("field", tlv(0x30, &field.concat())),
        ("coefficients", tlv(0x30, &coefficients.concat())),
        ("base", tlv(4, &hex(P256_POINT))),
        ("order", tlv(2, &[&[0], &hex(P256_ORDER)[..]].concat())),
        ("cofactor", tlv(2, &[1])),
    ];
    let parts = parts.map(|(name, own)| {
        changed.iter().find(|(other, _)| *other == name).map_or(own, |(_, other)| other.to_vec())
    });
    tlv(0x30, &parts.concat())
}

/// The same key, its curve described (RFC 3279, section 2.3.5).
fn explicit_key() -> Vec<u8> {
    let kind = tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]);
    let point = [&[0], &hex(P256_POINT)[..]].concat();
    tlv(0x30, &[tlv(0x30, &[kind, described_curve(&[])].concat()), tlv(3, &point)].concat())
}

/// Answers of chips: what a signature of active authentication opens to with each hash, and messages of a session.
fn answers() -> Vec<Seed> {
    let opened = |name, end: &[u8], odd: u8| {
        let message = vec![7; 128 - 1 - end.len()];
        seed("iso9796_2", name, [&b"12345678"[..], &[odd, 0x6A], &message, end].concat())
    };
    let mut seeds = vec![opened("sha1", &[0xBC], 1), opened("wrong", &[0x34, 0xCC], 0)];
    let hashes =
        [("sha1-named", 0x33), ("sha256", 0x34), ("sha512", 0x35), ("sha384", 0x36), ("sha224", 0x38)];
    seeds.extend(hashes.map(|(name, hash)| opened(name, &[hash, 0xCC], 1)));
    let raw = |name, opened: &[u8]| seed("iso9796_2", name, [&b"12345678"[..], &[0], opened].concat());
    let framed = |header: &[u8], end: &[u8]| [header, &vec![7; 128 - header.len() - end.len()], end].concat();
    seeds.extend([
        raw("padded", &framed(&[0x6B, 0xBB, 0xBB, 0xBA], &[0xBC])),
        raw("padded-wrong", &framed(&[0x6B, 0xBB, 0xB0], &[0xBC])),
        raw("recovered-whole", &framed(&[0x4A], b"12345678aaaaaaaaaaaaaaaaaaaa\xBC")),
        raw("header-wrong", &framed(&[0x2A], &[0xBC])),
        raw("header-nibble", &framed(&[0x6C], &[0xBC])),
        raw("hash-unknown", &framed(&[0x6A], &[0x31, 0xCC])),
        raw("trailer-unknown", &framed(&[0x6A], &[0xDC])),
        raw("other-root", &framed(&[0x6A], &[3])),
        raw("above-the-modulus", &[0xFF; 128]),
    ]);
    // The octet after the random number says what is asked: made on the phone, and which algorithm is named.
    for algorithm in 0..4u8 {
        let of = |signature: &[u8]| [&b"12345678"[..], &[algorithm << 1], signature].concat();
        seeds.push(seed("iso9796_2", &format!("ecdsa-{algorithm}-plain"), of(&[1; 64])));
        seeds.push(seed("iso9796_2", &format!("ecdsa-{algorithm}-der"), of(&[0x30, 6, 2, 1, 1, 2, 1, 1])));
        seeds.push(seed("iso9796_2", &format!("ecdsa-{algorithm}-odd"), of(&[1; 63])));
    }
    seeds.push(seed("iso9796_2", "phone", [&b"12345678"[..], &[8], &[1; 64]].concat()));
    let of = |name: &str, bytes| seed("chip_answer", name, bytes);
    let code = tlv(0x8E, &[1, 2, 3, 4, 5, 6, 7, 8]);
    let status = tlv(0x99, &[0x90, 0]);
    seeds.push(of("answer", [&status[..], &code, &[0x90, 0]].concat()));
    seeds.push(of("answer-with-data", [&tlv(0x87, &[1; 17])[..], &status, &code, &[0x90, 0]].concat()));
    seeds.push(of("answer-refused", vec![0x69, 0x88]));
    seeds.push(of("answer-empty", Vec::new()));
    seeds.push(of("answer-strange", [&tlv(0x42, &[1])[..], &status, &code, &[0x90, 0]].concat()));
    seeds.push(of("answer-short-code", [&status[..], &tlv(0x8E, &[1; 4]), &[0x90, 0]].concat()));
    seeds.push(of("answer-no-code", [&status[..], &[0x90, 0]].concat()));
    for (cipher, key) in (1..5u8).zip([elliptic_key(), explicit_key(), dh_key(), rsa_key()]) {
        let head = [1, cipher, 1, 0, 0, 0, 0, 0, 0, 0, 7, 32];
        seeds.push(of(&format!("state-{cipher}"), [&head[..], &[5; 32], &key].concat()));
    }
    seeds
}

/// A key in the 1024-bit group with a subgroup of 160 bits (RFC 5114, section 2.1), the subgroup's generator.
fn dh_key() -> Vec<u8> {
    let integer = |text: &str| tlv(2, &[&[0], &hex(text)[..]].concat());
    let parameters = [integer(DH_PRIME), integer(DH_GENERATOR), tlv(2, &[0, 160])].concat();
    let kind = [tlv(6, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 3, 1]), tlv(0x30, &parameters)].concat();
    tlv(0x30, &[tlv(0x30, &kind), tlv(3, &[&[0], &integer(DH_GENERATOR)[..]].concat())].concat())
}

const P256_PRIME: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
const P256_A: &str = "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc";
const P256_B: &str = "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b";
const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const P256_POINT: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                          4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
const DH_PRIME: &str = "b10b8f96a080e01dde92de5eae5d54ec52c99fbcfb06a3c69a6a9dca52d23b616073e28675a23d189838ef1e2ee652c0\
                        13ecb4aea906112324975c3cd49b83bfaccbdd7d90c4bd7098488e9c219a73724effd6fae5644738faa31a4ff55bccc0\
                        a151af5f0dc8b4bd45bf37df365c1a65e68cfda76d4da708df1fb2bc2e4a4371";
const DH_GENERATOR: &str = "a4d1cbd5c3fd34126765a442efb99905f8104dd258ac507fd6406cff14266d31266fea1e5c41564b777e690f5504f21\
                            3160217b4b01b886a5e91547f9e2749f4d7fbd7d3b9a92ee1909d0d2263f80a76a6a24c087a091f531dbf0a0169b6a2\
                            8ad662a4d18e73afa32d779d5918d08bc8858f4dcef97c2a24855e6eeb22b3b2e5";

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).filter_map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// The generator of P-256 (FIPS 186-4, D.1.2.3) as a public key.
fn elliptic_key() -> Vec<u8> {
    let point = [&[0], &hex(P256_POINT)[..]].concat();
    let kind = tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]);
    let curve = tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]);
    tlv(0x30, &[tlv(0x30, &[kind, curve].concat()), tlv(3, &point)].concat())
}

/// A modulus of 1024 bits that nobody knows the factors of.
fn rsa_key() -> Vec<u8> {
    let modulus = [&[0][..], &[0xC3; 127], &[1]].concat();
    let key = tlv(0x30, &[tlv(2, &modulus), tlv(2, &[1, 0, 1])].concat());
    let kind = [tlv(6, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]), tlv(5, &[])];
    tlv(0x30, &[tlv(0x30, &kind.concat()), tlv(3, &[&[0], &key[..]].concat())].concat())
}

/// Secure QR codes with one field wrong, one that the target's key signed, and the files that keys of UIDAI come in.
fn codes() -> Vec<Seed> {
    let fields = [
        "V2",
        "3",
        "123420190308114407437",
        "Asha Rao",
        "09-05-1984",
        "F",
        "C/O Ravi Rao",
        "Pune",
        "",
        "1",
        "Camp",
        "411001",
        "Camp",
        "Maharashtra",
        "MG Road",
        "Haveli",
        "Pune",
        "5678",
    ];
    let code = |at: usize, value: &str| {
        let mut fields = fields.map(str::to_owned);
        fields[at] = value.to_owned();
        let text: Vec<u8> = fields.iter().flat_map(|field| [field.as_bytes(), &[255]].concat()).collect();
        [&text[..], b"\xFF\x4F\xFF\x51 not decoded here\xFF\xD9", &[0x11; 64]].concat()
    };
    // What is compressed in a code stands after a zero octet.
    let of = |name: &str, signed: Vec<u8>, signature: &[u8]| {
        seed("aadhaar_qr", name, [&[0], &signed[..], &vec![0; 256 - signature.len()], signature].concat())
    };
    let wrong = [
        ("indicator", 1, "4"),
        ("indicator-email", 1, "1"),
        ("indicator-mobile", 1, "2"),
        ("indicator-none", 1, "0"),
        ("reference-short", 2, "1234"),
        ("reference-no-day", 2, "123420190338114407437"),
        ("birth-slashes", 4, "09/05/1984"),
        ("birth-none", 4, "31-02-1984"),
        ("birth-words", 4, "unknown"),
        ("sex-male", 5, "M"),
        ("sex-wrong", 5, "Q"),
        ("no-mobile", 17, ""),
    ];
    let mut seeds: Vec<Seed> = wrong
        .into_iter()
        .map(|(name, at, value)| of(&format!("made-{name}"), code(at, value), &[]))
        .collect();
    let signed = code(0, "V2");
    // EMSA-PKCS1-v1_5 with SHA-256 (RFC 8017, clause 9.2): the target's key changes nothing.
    let info = [&hex("3031300d060960864801650304020105000420")[..], &Sha256::digest(&signed)].concat();
    let encoded = [&[0, 1][..], &vec![0xFF; 128 - 3 - info.len()], &[0], &info].concat();
    seeds.push(of("made-signed", signed.clone(), &encoded));
    seeds.push(of("made-signed-wrong", signed, &encoded[1..]));
    let pem = |label: &str, bytes: &[u8]| {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64.encode(bytes)).into_bytes()
    };
    let certificate = certificate(&rsa_key(), &[]);
    let files = [
        ("key-certificate", certificate.clone()),
        ("key-certificate-pem", pem("CERTIFICATE", &certificate)),
        ("key-bare", rsa_key()),
        ("key-bare-pem", pem("PUBLIC KEY", &rsa_key())),
        ("key-pem-damaged", b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n".to_vec()),
        ("key-pem-cut", b"-----BEGIN CERTIFICATE-----\nMIIB".to_vec()),
        ("code-not-compressed", b"5431240612804607".to_vec()),
        ("code-damaged", b"2747011570946742".to_vec()),
        ("code-too-long", vec![b'7'; 7090]),
        ("code-empty", vec![0]),
    ];
    seeds.extend(files.into_iter().map(|(name, bytes)| seed("aadhaar_qr", name, bytes)));
    seeds
}

/// Unsigned certificates and revocation lists with every extension that is read, and with those that are wrong.
fn unsigned_files() -> Vec<Seed> {
    let extension = |oid: &[u8], critical: bool, value: &[u8]| {
        let critical: &[u8] = if critical { &[1, 1, 0xFF] } else { &[] };
        tlv(0x30, &[&tlv(6, oid)[..], critical, &tlv(4, value)].concat())
    };
    let key_purpose = tlv(0x30, &tlv(6, &[0x67, 0x81, 8, 1, 1, 3]));
    let period = tlv(0x30, &[tlv(0x80, b"20260101000000Z"), tlv(0x81, b"20270101000000Z")].concat());
    let types = tlv(0x30, &[tlv(2, &[0]), tlv(0x31, &[tlv(0x13, b"P"), tlv(0x13, b"ID")].concat())].concat());
    let extensions = [
        extension(&[0x55, 0x1D, 0x0E], false, &tlv(4, &[1; 20])),
        extension(&[0x55, 0x1D, 0x23], false, &tlv(0x30, &tlv(0x80, &[2; 20]))),
        extension(&[0x55, 0x1D, 0x13], true, &tlv(0x30, &[1, 1, 0xFF])),
        extension(&[0x55, 0x1D, 0x0F], true, &tlv(3, &[1, 6])),
        extension(&[0x55, 0x1D, 0x10], false, &period),
        extension(&[0x55, 0x1D, 0x25], true, &key_purpose),
        extension(&[0x67, 0x81, 8, 1, 1, 6, 2], false, &types),
        extension(&[0x55, 0x1D, 0x1F], false, &[0x30, 0]),
        extension(&[0x2A, 3], true, &[5, 0]),
    ];
    let of = |name, extensions: &[Vec<u8>]| seed("x509", name, certificate(&elliptic_key(), extensions));
    let mut seeds = vec![
        of("extensions", &extensions),
        of("extensions-none", &[]),
        of("extensions-too-many", &vec![extensions[0].clone(); 65]),
        of("extension-broken", &[extension(&[0x55, 0x1D, 0x0E], false, &[5])]),
        of(
            "extension-period-broken",
            &[extension(&[0x55, 0x1D, 0x10], false, &tlv(0x30, &tlv(0x80, b"never")))],
        ),
        seed("x509", "key-unknown", certificate(&dh_key(), &[])),
        seed("x509", "cut", certificate(&elliptic_key(), &extensions)[..200].to_vec()),
    ];
    let reason = |reason| extension(&[0x55, 0x1D, 0x15], false, &[0x0A, 1, reason]);
    let lists = [
        ("reasons", vec![reason(1), reason(8)], vec![extension(&[0x55, 0x1D, 0x14], false, &[2, 1, 7])]),
        ("entry-of-another", vec![extension(&[0x55, 0x1D, 0x1D], true, &[0x30, 0])], Vec::new()),
        ("entry-critical", vec![extension(&[0x2A, 3], true, &[5, 0])], Vec::new()),
        ("delta", vec![reason(1)], vec![extension(&[0x55, 0x1D, 0x1B], true, &[2, 1, 6])]),
        (
            "partial",
            vec![reason(1)],
            vec![extension(&[0x55, 0x1D, 0x1C], true, &tlv(0x30, &[0x81, 1, 0xFF]))],
        ),
        (
            "indirect",
            vec![reason(1)],
            vec![extension(&[0x55, 0x1D, 0x1C], true, &tlv(0x30, &[0x84, 1, 0xFF]))],
        ),
        ("critical", vec![reason(1)], vec![extension(&[0x2A, 3], true, &[5, 0])]),
        ("harmless", vec![reason(1)], vec![extension(&[0x2A, 3], false, &[5, 0])]),
        ("broken", vec![reason(1)], vec![tlv(0x30, &[])]),
        ("empty", Vec::new(), Vec::new()),
    ];
    for (name, entries, extensions) in lists {
        let entry = |(extension, serial): (&Vec<u8>, u8)| {
            let time = tlv(0x17, b"260101000000Z");
            tlv(0x30, &[tlv(2, &[serial]), time, tlv(0x30, extension)].concat())
        };
        let entries: Vec<u8> = entries.iter().zip(1..).flat_map(entry).collect();
        let next = if name == "empty" { Vec::new() } else { tlv(0x18, b"20500101000000Z") };
        let list = if entries.is_empty() { entries } else { tlv(0x30, &entries) };
        let extensions =
            if extensions.is_empty() { Vec::new() } else { tlv(0xA0, &tlv(0x30, &extensions.concat())) };
        let fields =
            [tlv(2, &[1]), algorithm(), distinguished(), tlv(0x17, b"260101000000Z"), next, list, extensions];
        seeds.push(seed("trust", &format!("made-crl-{name}"), unsigned(&fields.concat())));
    }
    let text = |name: &str, text: &str| seed("trust", name, text.as_bytes().to_vec());
    seeds.extend([
        text("pem-damaged", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n-----BEGIN CERT"),
        text(
            "ldif-damaged",
            "# a note\n\nversion: 1\ndn: c=UT\nuserCertificate;binary:: !!!!\nother:: AAAA\n",
        ),
        text("ldif-not-a-certificate", "dn: c=UT\nuserCertificate;binary:: MAA=\n"),
        text("words", "nothing that is known"),
        text("empty", ""),
    ]);
    seeds
}

/// A certificate without a right signature (RFC 5280, clause 4.1).
fn certificate(key: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
    let validity = tlv(0x30, &[tlv(0x17, b"260101000000Z"), tlv(0x18, b"20500101000000Z")].concat());
    let extensions =
        if extensions.is_empty() { Vec::new() } else { tlv(0xA3, &tlv(0x30, &extensions.concat())) };
    let version = tlv(0xA0, &tlv(2, &[2]));
    let fields = [
        version,
        tlv(2, &[9]),
        algorithm(),
        distinguished(),
        validity,
        distinguished(),
        key.to_vec(),
        extensions,
    ];
    unsigned(&fields.concat())
}

/// The fields, an algorithm, and bits that are no signature.
fn unsigned(fields: &[u8]) -> Vec<u8> {
    tlv(
        0x30,
        &[tlv(0x30, fields), algorithm(), tlv(3, &[&[0][..], &[0x30, 6, 2, 1, 1, 2, 1, 1]].concat())]
            .concat(),
    )
}

/// ECDSA with SHA-256 (RFC 5758, clause 3.2).
fn algorithm() -> Vec<u8> {
    tlv(0x30, &tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]))
}

/// A name with every kind of string, and a type that has no letters.
fn distinguished() -> Vec<u8> {
    let attribute =
        |oid: &[u8], kind, text: &[u8]| tlv(0x31, &tlv(0x30, &[tlv(6, oid), tlv(kind, text)].concat()));
    let parts = [
        attribute(&[0x55, 4, 6], 0x13, b"UT"),
        attribute(&[0x55, 4, 10], 0x0C, "Ut\u{202E}opia".as_bytes()),
        attribute(&[0x55, 4, 3], 0x1E, b"\0C\0A\xD8\0"),
        attribute(&[0x55, 4, 11], 0x14, b"Z\xE9nith"),
        attribute(&[0x2A, 3], 0x16, b"other"),
    ];
    tlv(0x30, &parts.concat())
}

/// Values of every kind, and the lengths that BER has and DER has not.
fn values() -> Vec<Seed> {
    let kinds = [
        tlv(0x17, b"491231235959Z"),
        tlv(0x18, b"20500101000000Z"),
        tlv(3, &[0, 1]),
        tlv(2, &[0, 0x80]),
        tlv(1, &[0xFF]),
        tlv(6, &[0x88, 0x37, 3]),
        tlv(0x5F1F, &[7; 300]),
    ];
    let pieces = vec![0x30, 0x80, 0x24, 0x80, 4, 2, 1, 2, 0x24, 3, 4, 1, 3, 0, 0, 4, 0x81, 1, 9, 0, 0];
    let broken: [&[u8]; 9] = [
        &[],
        &[0x1F, 0x80, 1, 0],
        &[0x1F, 0x81, 0x81, 0x81, 1, 0],
        &[4, 0x85, 0, 0, 0, 0, 1, 1],
        &[4, 0x80],
        &[4, 5, 1],
        &[0x17, 13, b'4', b'9', b'1', b'3', b'3', b'1', b'2', b'3', b'5', b'9', b'5', b'9', b'Z'],
        &[0x18, 15, b'2', b'0', b'5', b'0', b'0', b'1', b'0', b'1', b'0', b'0', b'0', b'0', b'0', b'0', b'+'],
        &[0x30, 0x80, 4, 1, 7],
    ];
    let broken =
        broken.iter().zip(1..).map(|(bytes, at)| seed("tlv", &format!("broken-{at}"), bytes.to_vec()));
    [seed("tlv", "kinds", tlv(0x30, &kinds.concat())), seed("tlv", "indefinite", pieces)]
        .into_iter()
        .chain(broken)
        .collect()
}

/// An authority's signed answers to the question of the target, and keys; the key that signs is public here.
fn authority() -> Vec<Seed> {
    let question = r#"{"nonce":"AAAAAAAAAAAAAAAAAAAAAA","question":{"kind":"passport","issuing_state":"UTO","number":"SAMPLE001"}}"#;
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let header = r#"{"alg":"EdDSA","typ":"authority-answer+jws"}"#;
    let claims = |words: &str| {
        let hash = text(&Sha256::digest(question));
        format!(
            r#"{{"iss":"Registry","iat":1780315200,"nonce":"AAAAAAAAAAAAAAAAAAAAAA","question_sha256":"{hash}",{words}}}"#
        )
    };
    let key = SigningKey::from_bytes(&[3; 32]);
    let public = key.verifying_key();
    let confirmed = claims(r#""standing":"valid","fields":"match","portrait":"not_offered""#);
    let signed = format!("{}.{}", text(header.as_bytes()), text(confirmed.as_bytes()));
    let token = format!("{signed}.{}", text(&key.sign(signed.as_bytes()).to_bytes()));
    let info = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), public.as_bytes()].concat();
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"1","x":"{}"}}"#, text(public.as_bytes()));
    let of = |name, text: String| seed("authority_answer", name, text.into_bytes());
    vec![
        of("token", token),
        of("valid", confirmed),
        of(
            "not-valid",
            claims(r#""standing":"not_valid","reason":"revoked","fields":"no_match","portrait":"not_offered""#),
        ),
        of("lost", claims(r#""standing":"reported_lost","fields":"not_offered","portrait":"not_offered""#)),
        of("no-record", claims(r#""standing":"no_record","fields":"not_offered","portrait":"not_offered""#)),
        of("header", header.to_owned()),
        of("header-crit", header.replace('}', r#","kid":"1","crit":["b64"],"jku":"https://a.invalid/"}"#)),
        of("set", format!(r#"{{"keys":[{jwk}]}}"#)),
        of("pem", format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64.encode(info))),
        of(
            "p256",
            // RFC 7515, appendix A.3.1.
            r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#.to_owned(),
        ),
    ]
}

/// Small pictures of every kind. Those in JPEG 2000 lie with the tests of `lineward-face`.
fn pictures() -> Result<Vec<Seed>, Box<dyn Error>> {
    let drawn = RgbImage::from_fn(16, 12, |x, y| Rgb([x as u8 * 16, y as u8 * 20, 90]));
    let mut seeds = vec![
        seed("image_decode", "jpeg", card::to_jpeg(&drawn)?),
        seed("image_decode", "png", card::to_png(&drawn)?),
    ];
    let jpeg = card::to_jpeg(&drawn)?;
    // Which way is up (Exif 2.32, section 4.6.4), and a comment.
    let noted = [
        &jpeg[..2],
        b"\xFF\xE1\x00\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
        b"\xFF\xFE\x00\x08a note",
        &jpeg[2..],
    ]
    .concat();
    seeds.push(seed("bare_picture", "jpeg", noted));
    seeds.push(seed("bare_picture", "png", card::to_png(&drawn)?));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../face/tests/jpeg2000");
    for name in ["colour.jp2", "colour.j2k", "grey.jp2", "tiles.jp2"] {
        let bytes = fs::read(folder.join(name))?;
        // The target puts the beginning back that tells a file from a codestream alone.
        let (choice, known) = if bytes.starts_with(&[0xFF]) { (b'C', 4) } else { (b'J', 12) };
        seeds.push(seed("jpeg2000", name, [&[choice], &bytes[known..]].concat()));
    }
    Ok(seeds)
}

/// What the sample country issues: certificates, lists and chips with their signatures, in many algorithms.
fn country() -> Result<Vec<Seed>, Box<dyn Error>> {
    let today = date(2026, 11, 23);
    let person = &people(today)[0];
    let portrait = card::to_jpeg(&RgbImage::from_pixel(8, 8, Rgb([120, 100, 90])))?;
    let order = Order::new(person, &portrait);
    let explicit = |curve, parameters| KeyKind::Ec(curve, parameters);
    let ecdsa = |key| Algorithm { key, scheme: Scheme::EcdsaPlain(Hash::Sha384) };
    let mut seeds = Vec::new();
    let utopia = Country::new([7; 32], today);
    let orders = [
        ("p256", order.clone()),
        ("ber", Order { encoding: Encoding::Ber, by_subject_key: true, ..order.clone() }),
        ("rsa", Order { signer: Algorithm::rsa(2048, Hash::Sha256), tells_time: false, ..order.clone() }),
        ("pss", Order { signer: Algorithm::pss(2048, Hash::Sha256, 32), ..order.clone() }),
        (
            "explicit",
            Order {
                signer: ecdsa(explicit(Curve::BrainpoolP384, Parameters::Explicit)),
                record: FacialRecord::Iso39794,
                active: Some(Active::Ec(Curve::BrainpoolP256, Hash::Sha256)),
                ..order.clone()
            },
        ),
        ("without-certificate", Order { certificate_inside: false, active: None, ..order.clone() }),
    ];
    for (name, order) in orders {
        for file in utopia.issue(&order)?.files() {
            let target = match file.name.as_str() {
                "EF_SOD.bin" => {
                    seeds.extend(signer_certificate(&file.bytes).map(|one| seed("x509", name, one.to_vec())));
                    "cms"
                }
                // The groups of the others are the same, or nearly.
                _ if !matches!(name, "p256" | "explicit") => continue,
                "DG1.bin" => "dg1",
                "DG2.bin" => "dg2",
                "DG14.bin" | "DG15.bin" => "dg14_dg15",
                _ => "com_dg11_dg12",
            };
            let file_name = file.name.trim_end_matches(".bin").to_lowercase();
            seeds.push(seed(target, &format!("chip-{name}-{file_name}"), file.bytes.clone()));
        }
    }
    seeds.extend(flawed(&utopia, &order)?);
    for file in utopia.trust_files() {
        let (target, name) = match file.name.rsplit('.').next() {
            Some("cer") => ("x509", "country-ca"),
            Some("ml") => ("master_list", "list"),
            _ => ("trust", "crl"),
        };
        let text = BASE64.encode(&file.bytes);
        let pem = format!("-----BEGIN {name}-----\n{text}\n-----END {name}-----\n");
        let (start, end) = text.split_at(text.len() / 2);
        let ldif = format!("dn: c=UT\n\nobjectClass: top\n{};binary:: {start}\n {end}\n", attribute(name));
        seeds.push(seed("trust", &format!("{name}-pem"), pem.into_bytes()));
        seeds.push(seed("trust", &format!("{name}-ldif"), ldif.into_bytes()));
        seeds.push(seed("trust", &format!("{name}-der"), file.bytes.clone()));
        seeds.push(seed(target, name, file.bytes));
    }
    Ok(seeds)
}

/// Chips and lists with one thing wrong, keys on every curve, and files of several kinds in one.
fn flawed(utopia: &Country, order: &Order<'_>) -> Result<Vec<Seed>, Box<dyn Error>> {
    let chips = [
        ("signature", Flaw::Signature),
        ("message-digest", Flaw::MessageDigest),
        ("no-content-type", Flaw::NoContentType),
        ("attributes-unsorted", Flaw::AttributesUnsorted),
        ("two-cas", Flaw::TwoCas),
        ("unmatched-signer", Flaw::UnmatchedSigner),
        ("certificate-signature", Flaw::CertificateSignature),
        ("unknown-ca", Flaw::UnknownCa),
        ("impostor-ca", Flaw::ImpostorCa),
        ("list-signer", Flaw::ListSigner),
        ("critical-extension", Flaw::CriticalExtension),
        ("signer-expired", Flaw::SignerExpired),
        ("key-period-over", Flaw::KeyPeriodOver),
        ("curve", Flaw::Curve(Parameter::Generator)),
        ("half", Flaw::HalfOfSod),
    ];
    let sod = |chip: &SampleChip| chip.file("EF_SOD").map(<[u8]>::to_vec).unwrap_or_default();
    let mut seeds = Vec::new();
    for (name, flaw) in chips {
        let made = sod(&utopia.issue_with(order, flaw)?);
        seeds.extend(signer_certificate(&made).map(|one| seed("x509", name, one.to_vec())));
        seeds.push(seed("cms", &format!("flaw-{name}"), made));
    }
    let whole = sod(&utopia.issue(order)?);
    /// signingTime (RFC 5652, clause 11.3).
    const SIGNING_TIME: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 5];
    let expired = sod(&utopia.issue_with(order, Flaw::SignerExpired)?);
    let weak = Order { signer: Algorithm::rsa(1024, Hash::Sha1), digest: Hash::Sha1, ..order.clone() };
    let weak = sod(&utopia.issue(&weak)?);
    let one_octet = |from: &[u8], to: &[u8]| replaced(&whole, from, to);
    seeds.extend([
        seed("cms", "to-come", replaced(&whole, b"\x17\x0D26", b"\x17\x0D31")),
        seed("cms", "unknown-digest", replaced(&whole, SHA256, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 9])),
        seed(
            "cms",
            "expired-without-time",
            replaced(&expired, SIGNING_TIME, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 6]),
        ),
        seed("cms", "weak", weak),
        seed("cms", "filled", [&whole[..], &[0; 9]].concat()),
        seed("cms", "trailing", [&whole[..], &[1]].concat()),
        seed("cms", "other-tag", [&[0x78], &whole[1..]].concat()),
        // Not signed data; content of another type; a digest that nobody knows.
        seed(
            "cms",
            "not-signed-data",
            one_octet(b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02", b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x05"),
        ),
        seed("cms", "other-content", one_octet(b"\x67\x81\x08\x01\x01\x01", b"\x67\x81\x08\x01\x01\x02")),
        seed(
            "cms",
            "no-digest",
            one_octet(b"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04", b"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x05"),
        ),
        seed(
            "cms",
            "no-attributes",
            one_octet(b"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03", b"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04"),
        ),
    ]);
    let card = utopia.issue(&Order { card_security: true, ..order.clone() })?;
    for file in card.files().iter().filter(|file| file.name.starts_with("EF_CardSecurity")) {
        seeds.push(seed("cms", "card-security", file.bytes.clone()));
    }
    for curve in Curve::ALL {
        let chip = utopia.issue(&Order { active: Some(Active::Ec(curve, Hash::Sha256)), ..order.clone() })?;
        let key = chip.file("DG15").and_then(|file| Tlv::read(file, Rules::Der).ok()?.inside().read().ok());
        if let Some(key) = key {
            let signature = [&[8, 0x30, 6, 2, 1, 1, 2, 1, 1][..], key.raw].concat();
            seeds.push(seed("public_key", &format!("chip-{curve:?}").to_lowercase(), signature));
        }
    }
    let lists = [
        ("revoked", Flaw::Revoked),
        ("old", Flaw::OldRevocationList),
        ("false", Flaw::FalseRevocationList),
        ("partial", Flaw::PartialRevocationList),
        ("revoked-partial", Flaw::RevokedOnPartialList),
        ("delta", Flaw::DeltaRevocationList),
        ("strange", Flaw::StrangeRevocationList),
        ("signer-expired", Flaw::ListSignerExpired),
    ];
    let mut all = String::new();
    for (name, flaw) in lists {
        for file in utopia.trust_files_with(flaw) {
            match file.name.rsplit('.').next() {
                Some("crl") => seeds.push(seed("trust", &format!("crl-{name}"), file.bytes)),
                Some("ml") => seeds.push(seed("master_list", name, file.bytes)),
                _ => {}
            }
        }
    }
    for file in utopia.trust_files() {
        let text = BASE64.encode(&file.bytes);
        all.push_str(&format!("-----BEGIN {0}-----\n{text}\n-----END {0}-----\n", "ANYTHING"));
        if file.name.ends_with(".ml") {
            let other_type = replaced(&file.bytes, b"\x67\x81\x08\x01\x01\x02", b"\x67\x81\x08\x01\x01\x01");
            seeds.push(seed("master_list", "other-content", other_type));
            seeds.push(seed("master_list", "cut", file.bytes[..file.bytes.len() / 2].to_vec()));
        }
    }
    seeds.push(seed("trust", "several-pem", all.into_bytes()));
    seeds.push(seed("master_list", "security-object", whole.get(4..).unwrap_or_default().to_vec()));
    if let Some(signer) = signer_certificate(&whole) {
        let ldif = format!("dn: c=UT\nuserCertificate;binary:: {}\n", BASE64.encode(signer));
        seeds.push(seed("trust", "signer-ldif", ldif.into_bytes()));
    }
    for file in utopia.renewed().trust_files().iter().filter(|file| file.name.ends_with(".cer")) {
        seeds.push(seed(
            "x509",
            &format!("renewed-{}", file.name.trim_end_matches(".cer")),
            file.bytes.clone(),
        ));
    }
    Ok(seeds)
}

/// id-sha256 (RFC 5754, clause 2.2).
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];

/// With these octets replaced by as many others wherever they stand.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len().saturating_sub(from.len()) {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    bytes
}

/// What the ICAO PKD calls it in its files.
fn attribute(name: &str) -> &'static str {
    match name {
        "country-ca" => "cACertificate",
        "list" => "CscaMasterListData",
        _ => "certificateRevocationList",
    }
}

/// The first certificate in a SignedData (RFC 5652, clause 5.1).
fn signer_certificate(sod: &[u8]) -> Option<&[u8]> {
    let mut outer = Reader::new(sod, Rules::Ber).expect(Tag(0x77)).ok()?.inside().sequence().ok()?;
    outer.read().ok()?;
    let mut signed = outer.expect(Tag::context(0)).ok()?.inside().sequence().ok()?;
    (0..3).try_for_each(|_| signed.read().map(drop)).ok()?;
    Some(signed.expect(Tag::context(0)).ok()?.inside().read().ok()?.raw)
}

/// Tag of one or two octets, length in its shortest form, value of at most 65535 octets.
fn tlv(tag: u16, value: &[u8]) -> Vec<u8> {
    let tag = tag.to_be_bytes();
    let tag = if tag[0] == 0 { &tag[1..] } else { &tag[..] };
    let [high, low] = (value.len() as u16).to_be_bytes();
    let length: &[u8] = match value.len() {
        0..0x80 => &[low],
        0x80..0x100 => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [tag, length, value].concat()
}
