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
use lineward_document::asn1::{Reader, Rules, Tag};
use lineward_sample::{
    card,
    country::{
        Active, Algorithm, Country, Curve, Encoding, FacialRecord, Hash, KeyKind, Order, Parameters, Scheme,
    },
    person::people,
};
use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let made =
        [zones(), details(), faces(), keys(), answers(), values(), authority(), pictures()?, country()?]
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
    let numbers = ["390.533.447-05", "11010519491231002X", "BOXW310820HNERXN09", "123456789012", "12345678Z"];
    seeds.extend(
        numbers
            .iter()
            .zip(1..)
            .map(|(number, at)| seed("number", &format!("number-{at}"), number.as_bytes().to_vec())),
    );
    seeds.push(seed("dg1", "short", tlv(0x61, &tlv(0x5F1F, b"<<<"))));
    seeds
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
    let of = |name, bytes| seed("dg14_dg15", name, bytes);
    vec![
        of("dg14", tlv(0x6E, &set)),
        of("security-infos", set),
        of("dg15-p256", tlv(0x6F, &elliptic)),
        of("dg15-rsa", tlv(0x6F, &rsa)),
        // No signature, and one of two small numbers.
        seed("public_key", "rsa", [&[0][..], &rsa].concat()),
        seed("public_key", "p256", [&[8, 0x30, 6, 2, 1, 1, 2, 1, 1][..], &elliptic].concat()),
        seed("public_key", "p256-explicit", [&[0][..], &explicit_key()].concat()),
    ]
}

/// The same key, its curve described (RFC 3279, section 2.3.5).
fn explicit_key() -> Vec<u8> {
    let field =
        [tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 1, 1]), tlv(2, &[&[0], &hex(P256_PRIME)[..]].concat())];
    let coefficients = [tlv(4, &hex(P256_A)), tlv(4, &hex(P256_B))];
    let parameters = [
        tlv(2, &[1]),
        tlv(0x30, &field.concat()),
        tlv(0x30, &coefficients.concat()),
        tlv(4, &hex(P256_POINT)),
        tlv(2, &[&[0], &hex(P256_ORDER)[..]].concat()),
        tlv(2, &[1]),
    ];
    let kind = tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]);
    let point = [&[0], &hex(P256_POINT)[..]].concat();
    tlv(0x30, &[tlv(0x30, &[kind, tlv(0x30, &parameters.concat())].concat()), tlv(3, &point)].concat())
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
    let of = |name: &str, bytes| seed("chip_answer", name, bytes);
    let code = tlv(0x8E, &[1, 2, 3, 4, 5, 6, 7, 8]);
    let status = tlv(0x99, &[0x90, 0]);
    seeds.push(of("answer", [&status[..], &code, &[0x90, 0]].concat()));
    seeds.push(of("answer-with-data", [&tlv(0x87, &[1; 17])[..], &status, &code, &[0x90, 0]].concat()));
    seeds.push(of("answer-refused", vec![0x69, 0x88]));
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
    vec![seed("tlv", "kinds", tlv(0x30, &kinds.concat())), seed("tlv", "indefinite", pieces)]
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
