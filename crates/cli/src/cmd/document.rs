//! `lineward document`: what a document says by itself.

mod image;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::{civil::Date, tz::TimeZone};
use lineward_document::{
    aadhaar::{AadhaarKeys, QrSignature, SecureQr},
    dates::{PartialDate, Validity, validity},
    mrz::{self, Candidate, Fields, Mrz, MrzError},
    number::{self, NumberError, NumberFacts},
};
use serde_json::{Value, json};

use crate::{
    days::{At, at_or_now},
    files,
    out::{Answer, CliError, CliResult, table, words},
};

/// What can be read.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward document mrz passport.txt")]
pub(crate) enum Command {
    /// Read a machine-readable zone (Doc 9303: TD1, TD2, TD3, MRV-A, MRV-B)
    #[command(after_help = "Example: lineward document mrz passport.txt --json

Check digits that agree show that the characters agree with each other, and nothing more.")]
    Mrz(MrzArgs),
    /// Verify the files of a chip: passive authentication and all else that they allow
    #[command(after_help = "Example: lineward document chip passport/ --trust lists/ --json

A folder holds EF_SOD.bin, EF_COM.bin, DG1.bin ... as far as they were read. `--trust` reads any mix of master lists (.ml) and
certificates (.cer, .der, .pem); a list counts when a certificate beside it signed its signer's.")]
    Chip(super::chip::ChipArgs),
    /// Check a national number
    #[command(after_help = "Example: lineward document number cn.ric 11010519491231002X

A number that follows its scheme need not have been issued: this says nothing about whose it is.")]
    Number(NumberArgs),
    /// Read the text of an Aadhaar Secure QR and verify its signature
    #[command(after_help = "Example: lineward document qr letter.txt --key uidai.cer

The signature covers the fields and the portrait. That it passes does not show that whoever has the code is its holder.")]
    Qr(QrArgs),
    /// Read a photograph of a document: its zone, its barcode, where its portrait is
    #[command(after_help = "Example: lineward document image passport.jpg --json

What is seen on a photograph is evidence of the class `optical`: anyone can print a zone with right check digits and paste a portrait above it. Hints are scores from 0 to 1 and reasons to look, never verdicts.")]
    Image(image::ImageArgs),
}

/// Arguments of `document mrz`.
#[derive(clap::Args)]
pub(crate) struct MrzArgs {
    /// The text of the zone; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// The day that dates are judged on [default: today, UTC]
    #[arg(long, value_name = "DAY", value_parser = At::parse)]
    at: Option<At>,
}

/// Arguments of `document number`.
#[derive(clap::Args)]
pub(crate) struct NumberArgs {
    /// The scheme, named as in python-stdnum
    scheme: String,
    /// The number
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// The day that birth dates must not lie after [default: today, UTC]
    #[arg(long, value_name = "DAY", value_parser = At::parse)]
    at: Option<At>,
}

/// Arguments of `document qr`.
#[derive(clap::Args)]
pub(crate) struct QrArgs {
    /// The text of the code, a decimal number; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// A certificate or public key of UIDAI, DER or PEM; may be given more than once
    #[arg(long = "key", value_name = "CER")]
    keys: Vec<PathBuf>,
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::Mrz(args) => zone(args),
        Command::Chip(args) => super::chip::run(args),
        Command::Number(args) => national_number(args),
        Command::Qr(args) => secure_qr(args),
        Command::Image(args) => image::run(args),
    }
}

fn zone(args: &MrzArgs) -> CliResult {
    let today = at_or_now(args.at).day(&TimeZone::UTC);
    let zone = read_zone(&files::text(&args.file)?, &args.file, today)?;
    Ok(Answer::new(zone_text(&zone, today), zone_json(&zone, today)))
}

/// Reads a zone.
pub(crate) fn read_zone(text: &str, file: &Path, today: Date) -> Result<Mrz, CliError> {
    mrz::parse(text, today).map_err(|e| {
        let hint = match &e {
            MrzError::Characters { at } => {
                let places = at.iter().take(8).map(|p| format!("line {} column {}", p.line, p.column));
                format!("look at {}: fillers are `<`", words(places))
            }
            _ => "give every line of the zone as it is printed, and nothing else".to_owned(),
        };
        CliError::new(format!("{} holds no machine-readable zone: {e}", file.display()), hint)
    })
}

/// A zone as JSON.
pub(crate) fn zone_json(zone: &Mrz, today: Date) -> Value {
    let checks = zone.checks.iter().map(|c| json!({ "name": c.name.code(), "result": c.result.code() }));
    json!({
        "format": zone.format.code(),
        "fields": fields_json(&zone.fields),
        "checks": checks.collect::<Vec<_>>(),
        "findings": zone.findings.iter().map(|f| f.code()).collect::<Vec<_>>(),
        "candidates": zone.candidates.iter().map(candidate_json).collect::<Vec<_>>(),
        "more_candidates": zone.more_candidates,
        "consistent": zone.is_consistent(),
        "ambiguous": zone.is_ambiguous(),
        "validity": validity_word(zone.fields.expiry_date, today),
    })
}

/// Whether a document is in date, as a word.
pub(crate) fn validity_word(expiry: Option<PartialDate>, today: Date) -> &'static str {
    match validity(expiry, today) {
        Validity::Valid => "valid",
        Validity::Expired { .. } => "expired",
        Validity::NotKnown => "not_known",
    }
}

/// The fields of a zone as JSON.
pub(crate) fn fields_json(fields: &Fields) -> Value {
    json!({
        "document_code": fields.document_code.as_str(),
        "kind": fields.kind.code(),
        "issuing_state": fields.issuing_state.as_str(),
        "nationality": fields.nationality.map(|state| state.as_str().to_owned()),
        "document_number": fields.document_number,
        "names": { "primary": fields.names.primary, "secondary": fields.names.secondary },
        "birth_date": fields.birth_date.map(|date| date.to_string()),
        "sex": fields.sex.map(|sex| sex.code()),
        "expiry_date": fields.expiry_date.map(|date| date.to_string()),
        "optional_data": fields.optional_data,
        "optional_data_2": fields.optional_data_2,
    })
}

fn candidate_json(candidate: &Candidate) -> Value {
    let repairs = candidate.repairs.iter().map(|r| {
        json!({ "line": r.line, "column": r.column, "read": r.read.to_string(), "taken": r.taken.to_string() })
    });
    json!({
        "fields": fields_json(&candidate.fields),
        "lines": candidate.lines,
        "repairs": repairs.collect::<Vec<_>>(),
    })
}

fn zone_text(zone: &Mrz, today: Date) -> String {
    let fields = &zone.fields;
    let date = |date: Option<PartialDate>| date.map_or("-".to_owned(), |d| d.to_string());
    let checks = zone.checks.iter().map(|c| format!("{} {}", c.name, c.result));
    let mut text = table(&[
        ("format", zone.format.to_string()),
        ("document", format!("{} {} of {}", fields.kind, fields.document_number, fields.issuing_state)),
        ("names", fields.names.to_string()),
        ("birth date", date(fields.birth_date)),
        (
            "expiry date",
            format!("{} ({})", date(fields.expiry_date), validity_word(fields.expiry_date, today)),
        ),
        ("nationality", fields.nationality.map_or("-".to_owned(), |n| n.to_string())),
        ("sex", fields.sex.map_or("-".to_owned(), |s| s.to_string())),
        ("checks", words(checks)),
        ("findings", words(&zone.findings)),
    ]);
    for candidate in &zone.candidates {
        let repairs =
            candidate.repairs.iter().map(|r| format!("{}:{} {} for {}", r.line, r.column, r.taken, r.read));
        text.push_str(&format!("\ncandidate ({}):\n{}\n", words(repairs), candidate.lines.join("\n")));
    }
    if zone.is_ambiguous() {
        text.push_str(
            "\nMore than one reading satisfies all check digits: a person must compare with the document.\n",
        );
    }
    text
}

fn national_number(args: &NumberArgs) -> CliResult {
    let today = at_or_now(args.at).day(&TimeZone::UTC);
    match number::check(&args.scheme, &args.value, today) {
        Ok(facts) => Ok(Answer::new(
            format!("valid\n{}", number_text(&facts)),
            json!({
                "scheme": args.scheme, "valid": true, "normalised": facts.normalised, "error": null,
                "facts": number_json(&facts),
            }),
        )),
        Err(NumberError::UnknownScheme { .. }) => {
            let known = words(number::Scheme::ALL);
            Err(CliError::new(
                format!("the scheme {:?} is not known", args.scheme),
                format!("known schemes: {known}"),
            ))
        }
        Err(e) => Ok(Answer::new(
            format!("not valid: {e}"),
            json!({ "scheme": args.scheme, "valid": false, "normalised": null, "error": e.code(), "facts": {} }),
        )),
    }
}

fn number_json(facts: &NumberFacts) -> Value {
    json!({
        "birth_date": facts.birth_date.map(|date| date.to_string()),
        "sex": facts.sex.map(|sex| sex.code()),
        "region": facts.region.as_ref().map(|region| json!({ "code": region.code, "name": region.name })),
        "findings": facts.findings.iter().map(|f| f.code()).collect::<Vec<_>>(),
    })
}

fn number_text(facts: &NumberFacts) -> String {
    let region = facts.region.as_ref().map(|r| format!("{} {}", r.code, r.name.unwrap_or_default()));
    table(&[
        ("normalised", facts.normalised.clone()),
        ("birth date", facts.birth_date.map_or("-".to_owned(), |d| d.to_string())),
        ("sex", facts.sex.map_or("-".to_owned(), |s| s.to_string())),
        ("region", region.unwrap_or("-".to_owned())),
        ("findings", words(&facts.findings)),
    ])
}

/// The most bytes of a key's file that are read; more is no certificate.
const MAX_KEY_BYTES: u64 = 64 * 1024;

fn secure_qr(args: &QrArgs) -> CliResult {
    let mut keys = AadhaarKeys::default();
    for file in &args.keys {
        keys.add(&file.display().to_string(), &files::bytes(file, MAX_KEY_BYTES)?).map_err(|e| {
            CliError::new(
                format!("{} holds no key: {e}", file.display()),
                "give a certificate or public key of UIDAI, DER or PEM",
            )
        })?;
    }
    let qr = SecureQr::read(&files::text(&args.file)?).map_err(|e| {
        CliError::new(
            format!("{} holds no Aadhaar Secure QR: {e}", args.file.display()),
            "give what a QR reader shows for the large code of the letter or card: one long number",
        )
    })?;
    let signature = qr.signature(&keys);
    Ok(Answer::new(qr_text(&qr, &signature), qr_json(&qr, &signature)))
}

fn qr_json(qr: &SecureQr, signature: &QrSignature) -> Value {
    let address = &qr.address;
    json!({
        "version": qr.version,
        "signature": {
            "result": signature.result.code(), "key": signature.key, "key_period": signature.key_period.code(),
        },
        "fields": {
            "aadhaar_last_four": qr.aadhaar_last_four,
            "made_at": qr.made_at.to_string(),
            "name": qr.name,
            "birth_date": qr.birth_date.to_string(),
            "sex": qr.sex.code(),
            "mobile_last_four": qr.mobile_last_four,
            "address": {
                "care_of": address.care_of, "district": address.district, "landmark": address.landmark,
                "house": address.house, "location": address.location, "pin_code": address.pin_code,
                "post_office": address.post_office, "state": address.state, "street": address.street,
                "sub_district": address.sub_district, "town": address.town,
            },
        },
        "email_hash": qr.email_hash.is_some(),
        "mobile_hash": qr.mobile_hash.is_some(),
        "portrait": { "bytes": qr.portrait.len() },
    })
}

fn qr_text(qr: &SecureQr, signature: &QrSignature) -> String {
    let key = signature.key.as_ref().map(|key| format!(" under {key} (period: {})", signature.key_period));
    table(&[
        ("signature", format!("{}{}", signature.result, key.unwrap_or_default())),
        ("name", qr.name.clone()),
        ("aadhaar", format!("ends in {}", qr.aadhaar_last_four)),
        ("birth date", qr.birth_date.to_string()),
        ("sex", qr.sex.to_string()),
        ("made at", qr.made_at.to_string()),
        ("portrait", format!("{} bytes", qr.portrait.len())),
    ])
}
