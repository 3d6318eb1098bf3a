//! `lineward verify`: the main job without a server. A document, its portrait and one capture, decided under rules.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp, civil::Date};
use lineward_core::{
    application::{Decision, decide},
    evidence::{Assurance, FieldSource, PortraitRef},
    id::{DocumentId, PictureId, VerificationId},
    line::KindGroup,
    rules::Rules,
    verification::{ApplicantKind, ConsentKind, DocumentFacts, FaceFact, Facts, Purpose, Way},
};
use lineward_document::{
    dates::PartialDate,
    findings,
    mrz::{Fields, Mrz},
};
use lineward_face::{CompareOptions, Comparison, ReferenceKind, Side};
use serde_json::{Value, json};

use crate::{
    cmd::{
        document::{fields_json, read_zone, validity_word, zone_json},
        face::{comparison_json, comparison_text},
    },
    days::{At, at_or_now},
    files,
    models::{ModelsArgs, assurance, face_error, fmr_within, shown},
    out::{Answer, CliResult, note, table, words},
    rule_texts,
};

/// Decide from files, without a server: a document, its portrait and one capture
#[derive(clap::Args)]
#[command(
    after_help = "Example: lineward verify --mrz zone.txt --reference portrait.jpg --capture frame.jpg --rules cn

Nothing is stored and nobody is asked: no authority answers and nobody has seen the original. The person's consent is taken as given to whoever runs this command, and the person is taken to hold no line yet."
)]
pub(crate) struct Args {
    /// The text of the document's machine-readable zone; `-` is standard input
    #[arg(long, value_name = "FILE")]
    mrz: PathBuf,
    /// The portrait of that document (JPEG or PNG)
    #[arg(long, value_name = "FILE")]
    reference: PathBuf,
    /// The capture (JPEG or PNG); several frames of one capture of one person may be given
    #[arg(long, value_name = "FILE", required = true)]
    capture: Vec<PathBuf>,
    /// Rules: cn, mx, demo, or a file
    #[arg(long, value_name = "RULES")]
    rules: String,
    /// The day or time to decide at [default: now]
    #[arg(long, value_name = "TIME", value_parser = At::parse)]
    at: Option<At>,
    /// How the capture was taken: file, web_session or staffed
    #[arg(long, value_name = "WORD", default_value = "file", value_parser = assurance)]
    assurance: Assurance,
    #[command(flatten)]
    models: ModelsArgs,
}

/// What is assumed because nobody can be asked; said in every answer.
const ASSUMED: [&str; 3] = [
    "the person consented to the checks",
    "the person applies for themselves and holds no line yet",
    "no authority was asked and nobody has seen the original",
];

pub(crate) fn run(args: &Args) -> CliResult {
    let rules = rule_texts::rules(&args.rules)?;
    let at = at_or_now(args.at);
    let (now, today) = (at.moment(&rules.zone), at.day(&rules.zone));
    let zone = read_zone(&files::text(&args.mrz)?, &args.mrz, today)?;
    let document = Document::of(&zone, now, today);
    let (comparison, face) = compare(args, &rules)?;

    let facts = facts(&document, &comparison, &rules, now);
    let (decision, reasons) = match decide(now, &facts, &rules) {
        Decision::Approve(_) => ("approve", Vec::new()),
        Decision::Refer(reasons) => ("refer", reasons),
    };
    let text = format!(
        "{decision}\n{}\n{}\n{}",
        table(&[
            ("reasons", words(&reasons)),
            ("rules", format!("{} {}", rules.id, rules.version)),
            ("at", now.to_string())
        ]),
        document.text(&zone, today),
        face.text,
    );
    let json = json!({
        "decision": decision,
        "reasons": reasons.iter().map(|r| r.code()).collect::<Vec<_>>(),
        "at": now.to_string(),
        "rules": { "id": rules.id, "version": rules.version, "hash": hex::encode(rules.hash()) },
        "document": document.json(&zone, today),
        "face": face.json,
        "assumed": ASSUMED,
    });
    Ok(Answer::new(text, json))
}

/// The document as it was read: one repaired reading counts as what was printed.
struct Document<'a> {
    fields: &'a Fields,
    facts: DocumentFacts,
}

impl<'a> Document<'a> {
    fn of(zone: &'a Mrz, now: Timestamp, today: Date) -> Self {
        let (fields, findings) = findings::of_zone(zone, today, now);
        Document {
            fields,
            facts: DocumentFacts {
                id: DocumentId::from_bytes([1; 16]),
                number_source: FieldSource::MrzText,
                expires_on: fields.expiry_date.as_ref().and_then(PartialDate::latest),
                findings,
            },
        }
    }

    fn json(&self, zone: &Mrz, today: Date) -> Value {
        let findings = self.facts.findings.iter().map(|f| {
            json!({
                "check": f.check.code(), "result": f.result.code(), "class": f.class.code(),
                "reason": f.reason.map(|r| r.code()),
            })
        });
        let read = zone_json(zone, today);
        let validity = validity_word(self.fields.expiry_date, today);
        json!({
            "format": read["format"],
            "fields": fields_json(self.fields),
            "source": self.facts.number_source.code(),
            "checks": read["checks"],
            "candidates": read["candidates"],
            "zone_findings": read["findings"],
            "validity": validity,
            "expired": validity == "expired",
            "findings": findings.collect::<Vec<_>>(),
        })
    }

    fn text(&self, zone: &Mrz, today: Date) -> String {
        let findings = self.facts.findings.iter().map(|f| match f.reason {
            Some(reason) => format!("{} {} ({reason})", f.check, f.result),
            None => format!("{} {}", f.check, f.result),
        });
        let expiry = self.fields.expiry_date.map_or("-".to_owned(), |date| date.to_string());
        table(&[
            ("document", format!("{} {} of {}", self.fields.kind, zone.format, self.fields.issuing_state)),
            ("expiry date", format!("{expiry} ({})", validity_word(self.fields.expiry_date, today))),
            ("findings", words(findings)),
        ])
    }
}

/// A comparison as it is printed.
struct Face {
    text: String,
    json: Value,
}

fn compare(args: &Args, rules: &Rules) -> Result<(Comparison, Face), crate::out::CliError> {
    let reference = files::picture(&args.reference)?;
    let frames = args.capture.iter().map(|path| files::picture(path)).collect::<Result<Vec<_>, _>>()?;
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    let checker = args.models.folder()?.checker_if_any(1)?;
    let options = CompareOptions {
        reference_kind: ReferenceKind::Portrait,
        assurance: args.assurance,
        fmr_ppb: fmr_within(&checker, rules.face_fmr_ppb.value),
    };
    let file = |side| match side {
        Side::Reference => shown(&args.reference),
        Side::Probe { frame } => args.capture.get(frame).map(|path| shown(path)).unwrap_or_default(),
    };
    let comparison = checker.compare(&reference, &frames, &options).map_err(|e| face_error(&e, &file))?;
    if checker.manifest().is_none() {
        note("no model pack is here, so no face is compared; `lineward models pull` fetches one");
    }
    let face =
        Face { text: comparison_text(&comparison, &checker), json: comparison_json(&comparison, &checker) };
    Ok((comparison, face))
}

fn facts(document: &Document<'_>, comparison: &Comparison, rules: &Rules, now: Timestamp) -> Facts {
    let face = FaceFact {
        document: document.facts.id,
        portrait: PortraitRef::Picture(PictureId::from_bytes([1; 16])),
        finding: comparison.finding.clone(),
        at: now,
    };
    Facts {
        // Nothing is stored under these ids: they only say that all facts here are of one case.
        verification: VerificationId::from_bytes([1; 16]),
        purpose: Purpose::OpenLine,
        expires_at: now.checked_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX),
        way: Way::Face,
        applicant: ApplicantKind::Person,
        consents: vec![ConsentKind::Identity, ConsentKind::Face],
        document: Some(document.facts.clone()),
        faces: vec![face],
        sighting: None,
        lines_held: 0,
        cap: rules.cap(KindGroup::Mobile),
    }
}
