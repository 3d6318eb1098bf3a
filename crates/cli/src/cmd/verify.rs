//! `lineward verify`: the main job without a server. A document, its portrait and one capture, decided under rules.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp, civil::Date};
use lineward_core::{
    application::{Decision, decide},
    evidence::{Assurance, FaceFinding, FaceReason, FieldSource, PortraitRef},
    id::{DocumentId, PictureId, VerificationId},
    line::KindGroup,
    rules::Rules,
    verdict::{Verdict, verdict},
    verification::{
        ApplicantKind, ConsentKind, DocumentFacts, DocumentFinding, FaceFact, Facts, Purpose, Way,
    },
};
use lineward_document::{
    chip::{Presence, examine},
    dates::PartialDate,
    findings,
};
use lineward_face::{CompareOptions, ReferenceKind, Side};
use serde_json::{Value, json};

use crate::{
    cmd::{
        chip::{chip_files, country_cas, report_json},
        document::{fields_json, read_zone, validity_word, zone_json},
        face::{comparison_json, comparison_text},
    },
    days::{At, at_or_now},
    files,
    models::{self, ModelsArgs, assurance, face_error, fmr_within, shown},
    out::{Answer, CliError, CliResult, note, table, words},
    rule_texts,
};

/// Decide from files, without a server: a document, its portrait and one capture
#[derive(clap::Args)]
#[command(
    after_help = "Example: lineward verify --mrz zone.txt --reference portrait.jpg --capture frame.jpg --rules cn
         lineward verify --chip passport/ --trust lists/ --capture frame.jpg --rules cn

With a chip the portrait is the chip's own: a match with another picture would say nothing.
Nothing is stored and nobody is asked: no authority answers and nobody has seen the original. The person's consent is taken as given to whoever runs this command, and the person is taken to hold no line yet."
)]
pub(crate) struct Args {
    /// The text of the document's machine-readable zone; `-` is standard input
    #[arg(long, value_name = "FILE", required_unless_present = "chip", requires = "reference")]
    mrz: Option<PathBuf>,
    /// The portrait of that document (JPEG, PNG or JPEG 2000)
    #[arg(long, value_name = "FILE", requires = "mrz")]
    reference: Option<PathBuf>,
    /// The folder with the files of the document's chip, in place of zone and portrait
    #[arg(long, value_name = "DIR", conflicts_with_all = ["mrz", "reference"])]
    chip: Option<PathBuf>,
    /// The folder with country CAs [default: what `lineward trust import` filled]
    #[arg(long, value_name = "DIR", requires = "chip")]
    trust: Option<PathBuf>,
    /// The capture (JPEG, PNG or JPEG 2000); several frames of one capture of one person may be given
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
    let document = match (&args.chip, &args.mrz, &args.reference) {
        (Some(chip), _, _) => Document::of_chip(chip, args.trust.as_deref(), now, today)?,
        (None, Some(mrz), Some(reference)) => Document::of_zone(mrz, reference, now, today)?,
        _ => return Err(CliError::new("no document was named", "give --mrz and --reference, or --chip")),
    };
    let (finding, face) = compare(args, &document, &rules)?;

    let facts = facts(&document, finding, &rules, now);
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
        table(&document.text),
        face.text,
    );
    let json = json!({
        "decision": decision,
        "reasons": reasons.iter().map(|r| r.code()).collect::<Vec<_>>(),
        "at": now.to_string(),
        "rules": { "id": rules.id, "version": rules.version, "hash": hex::encode(rules.hash()) },
        "document": document.json,
        "face": face.json,
        "assumed": ASSUMED,
    });
    Ok(Answer::new(text, json))
}

/// The document as it was read, and its one portrait.
struct Document {
    facts: DocumentFacts,
    portrait: Portrait,
    json: Value,
    text: Vec<(&'static str, String)>,
}

/// The portrait that the capture is compared with.
struct Portrait {
    which: PortraitRef,
    /// `None` where the chip's portrait was not read.
    bytes: Option<Vec<u8>>,
    /// The file that it is in.
    file: String,
}

impl Document {
    /// From the zone: one repaired reading counts as what was printed.
    fn of_zone(mrz: &Path, reference: &Path, now: Timestamp, today: Date) -> Result<Self, CliError> {
        let zone = read_zone(&files::text(mrz)?, mrz, today)?;
        let (fields, findings) = findings::of_zone(&zone, today, now);
        let expires_on = fields.expiry_date.as_ref().and_then(PartialDate::latest);
        let facts = document_facts(FieldSource::MrzText, expires_on, findings);
        let read = zone_json(&zone, today);
        let validity = validity_word(fields.expiry_date, today);
        let expiry = fields.expiry_date.map_or("-".to_owned(), |date| date.to_string());
        let what = format!("{} {} of {}", fields.kind, zone.format, fields.issuing_state);
        let mut json = document_json(&facts, validity, today);
        json["format"] = read["format"].clone();
        json["fields"] = fields_json(fields);
        json["checks"] = read["checks"].clone();
        json["candidates"] = read["candidates"].clone();
        json["zone_findings"] = read["findings"].clone();
        Ok(Document {
            text: document_text(&facts, what, format!("{expiry} ({validity})"), today),
            portrait: Portrait {
                which: PortraitRef::Picture(PictureId::from_bytes([1; 16])),
                bytes: Some(files::picture(reference)?),
                file: shown(reference),
            },
            json,
            facts,
        })
    }

    /// From the files of a chip, with its own portrait.
    fn of_chip(folder: &Path, trust: Option<&Path>, now: Timestamp, today: Date) -> Result<Self, CliError> {
        let files = chip_files(folder)?;
        let trusted = country_cas(trust)?;
        let report = examine(&files, &Presence::default(), &trusted.store, now);
        let expiry = report.document.as_ref().and_then(|d| d.expiry_date).map(|date| date.value);
        let findings = findings::of_chip(&report, report.dg2_hash, today, now);
        let facts =
            document_facts(FieldSource::Chip, expiry.as_ref().and_then(PartialDate::latest), findings);
        let validity = validity_word(expiry, today);
        let state = report.document.as_ref().and_then(|d| d.issuing_state);
        let what = format!("chip of {}", state.map_or("-".to_owned(), |state| state.value.to_string()));
        let chip = report_json(&report);
        let mut json = document_json(&facts, validity, today);
        json["fields"] = chip["fields"].clone();
        json["chip"] = chip;
        let until = expiry.map_or("-".to_owned(), |date| date.to_string());
        Ok(Document {
            text: document_text(&facts, what, format!("{until} ({validity})"), today),
            portrait: Portrait {
                which: PortraitRef::Chip(report.dg2_hash.unwrap_or_default()),
                bytes: report.portrait.map(|portrait| portrait.bytes),
                file: shown(&folder.join("DG2")),
            },
            json,
            facts,
        })
    }
}

fn document_facts(
    number_source: FieldSource,
    expires_on: Option<Date>,
    findings: Vec<DocumentFinding>,
) -> DocumentFacts {
    DocumentFacts { id: DocumentId::from_bytes([1; 16]), number_source, expires_on, findings }
}

fn document_json(facts: &DocumentFacts, validity: &str, today: Date) -> Value {
    let verdict = verdict(facts, today);
    json!({
        "source": facts.number_source.code(),
        "validity": validity,
        "expired": validity == "expired",
        "findings": facts.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "verdict": {
            "fields": verdict_json(&verdict.fields),
            "portrait": verdict_json(&verdict.portrait),
            "valid": {
                "in_date": verdict.valid.in_date.code(),
                "not_revoked": verdict.valid.not_revoked.code(),
                "not_reported_lost": verdict.valid.not_reported_lost.code(),
            },
        },
    })
}

fn verdict_json(verdict: &Verdict) -> Value {
    let (mut classes, mut findings, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    match verdict {
        Verdict::Genuine(passed) => classes = passed.iter().map(|class| class.code()).collect(),
        Verdict::NotGenuine(failed) => findings = failed.iter().map(finding_json).collect(),
        Verdict::Inconclusive(needed) => missing = needed.iter().map(|m| m.code()).collect(),
    }
    json!({ "verdict": verdict.code(), "classes": classes, "findings": findings, "missing": missing })
}

fn finding_json(f: &DocumentFinding) -> Value {
    json!({
        "check": f.check.code(), "result": f.result.code(), "class": f.class.code(),
        "reason": f.reason.map(|r| r.code()),
    })
}

fn document_text(
    facts: &DocumentFacts,
    what: String,
    expiry: String,
    today: Date,
) -> Vec<(&'static str, String)> {
    let findings = facts.findings.iter().map(|f| match f.reason {
        Some(reason) => format!("{} {} {} ({reason})", f.check, f.class, f.result),
        None => format!("{} {} {}", f.check, f.class, f.result),
    });
    let verdict = verdict(facts, today);
    vec![
        ("document", what),
        ("fields", verdict.fields.code().to_owned()),
        ("portrait", verdict.portrait.code().to_owned()),
        ("expiry date", expiry),
        ("findings", words(findings)),
    ]
}

/// A comparison as it is printed.
struct Face {
    text: String,
    json: Value,
}

fn compare(args: &Args, document: &Document, rules: &Rules) -> Result<(FaceFinding, Face), CliError> {
    let frames = args.capture.iter().map(|path| files::picture(path)).collect::<Result<Vec<_>, _>>()?;
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    let checker = args.models.folder()?.checker_if_any(1)?;
    let options = CompareOptions {
        reference_kind: ReferenceKind::Portrait,
        assurance: args.assurance,
        fmr_ppb: fmr_within(&checker, rules.face_fmr_ppb.value),
    };
    let file = |side| match side {
        Side::Reference => document.portrait.file.clone(),
        Side::Probe { frame } => args.capture.get(frame).map(|path| shown(path)).unwrap_or_default(),
    };
    let Some(reference) = &document.portrait.bytes else {
        let finding = checker.not_compared(FaceReason::ReferenceUnreadable, &options);
        let finding = finding.map_err(|e| face_error(&e, &file))?;
        let face = Face {
            text: table(&[("outcome", finding.outcome.to_string()), ("reasons", words(&finding.reasons))]),
            json: models::finding_json(&finding, &checker),
        };
        return Ok((finding, face));
    };
    let comparison = checker.compare(reference, &frames, &options).map_err(|e| face_error(&e, &file))?;
    if checker.manifest().is_none() {
        note("no model pack is here, so no face is compared; `lineward models pull` fetches one");
    }
    let face =
        Face { text: comparison_text(&comparison, &checker), json: comparison_json(&comparison, &checker) };
    Ok((comparison.finding, face))
}

fn facts(document: &Document, finding: FaceFinding, rules: &Rules, now: Timestamp) -> Facts {
    let face = FaceFact { document: document.facts.id, portrait: document.portrait.which, finding, at: now };
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
