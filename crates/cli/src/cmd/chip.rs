//! `lineward document chip`: whether the files of a chip are what the issuer signed.

use std::{fs, path::Path, path::PathBuf};

use jiff::tz::TimeZone;
use lineward_document::{
    chip::{CertificateSummary, ChipFiles, ChipReport, FileName, MAX_FILE_BYTES, Presence, examine},
    trust::Trusted,
};
use serde_json::{Value, json};

use crate::{
    days::{At, at_or_now},
    files,
    out::{Answer, CliError, CliResult, note, table, words},
    trust,
};

/// Arguments of `document chip`.
#[derive(clap::Args)]
pub(crate) struct ChipArgs {
    /// The folder with the files of the chip: EF_SOD.bin, EF_COM.bin, DG1.bin ... as far as they were read
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The folder with country CAs [default: what `lineward trust import` filled]
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// The moment that dates and revocation lists are judged at [default: now]
    #[arg(long, value_name = "DAY-or-TIME", value_parser = At::parse)]
    at: Option<At>,
}

pub(crate) fn run(args: &ChipArgs) -> CliResult {
    let files = chip_files(&args.folder)?;
    let trusted = country_cas(args.trust.as_deref())?;
    let at = at_or_now(args.at).moment(&TimeZone::UTC);
    let report = examine(&files, &Presence::default(), &trusted.store, at);
    Ok(Answer::new(text(&report), json(&report, &files, &trusted)))
}

/// The files of a chip in a folder.
pub(crate) fn chip_files(folder: &Path) -> Result<ChipFiles, CliError> {
    const HINT: &str =
        "give a folder with the files of one chip: EF_SOD.bin, EF_COM.bin, DG1.bin, DG2.bin ...";
    let cannot = |e: std::io::Error| CliError::new(format!("{}: {e}", folder.display()), HINT);
    let mut read = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // What is no file of a chip is named in the answer and not read.
            let known = FileName::parse(&name).is_some();
            let bytes = if known { files::bytes(&path, MAX_FILE_BYTES as u64)? } else { Vec::new() };
            read.push((name, bytes));
        }
    }
    read.sort();
    let named = read.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let files = ChipFiles::from_named(named).map_err(|e| CliError::new(e, HINT))?;
    if files.is_empty() {
        return Err(CliError::new(format!("{} holds no file of a chip", folder.display()), HINT));
    }
    Ok(files)
}

/// The country CAs to verify with. Without any the answer is `inconclusive`, and this says why.
pub(crate) fn country_cas(folder: Option<&Path>) -> Result<Trusted, CliError> {
    let trusted = match folder {
        Some(folder) => trust::load(folder)?,
        None => {
            let folder = trust::default_folder()?;
            if folder.is_dir() { trust::load(&folder)? } else { Trusted::default() }
        }
    };
    for rejected in trusted.rejected.iter().take(8) {
        note(format!("left out of the trusted certificates: {}: {}", rejected.name, rejected.reason));
    }
    if trusted.store.is_empty() {
        note("no country CA is trusted: import a master list with `lineward trust import`, or give --trust");
    }
    Ok(trusted)
}

fn json(report: &ChipReport, files: &ChipFiles, trusted: &Trusted) -> Value {
    let mut value = report_json(report);
    let rejected =
        trusted.rejected.iter().map(|r| json!({ "name": r.name, "index": r.index, "reason": r.reason }));
    if let Value::Object(map) = &mut value {
        map.insert("unknown_files".to_owned(), json!(files.unknown()));
        map.insert(
            "trust".to_owned(),
            json!({ "certificates": trusted.store.len(), "rejected": rejected.collect::<Vec<_>>() }),
        );
    }
    value
}

/// A report as JSON. The fields and the portrait are said only as far as they are there; the portrait's bytes never.
pub(crate) fn report_json(report: &ChipReport) -> Value {
    let findings = report.findings.iter().map(|f| {
        json!({
            "check": f.check.code(), "result": f.result.code(), "reason": f.reason.map(|r| r.code()),
            "notes": f.notes.iter().map(|n| n.code()).collect::<Vec<_>>(), "detail": f.detail,
        })
    });
    let groups = report.groups.iter().map(|g| json!({ "number": g.number, "outcome": g.outcome.code() }));
    json!({
        "verdict": report.verdict().code(),
        "fields_verdict": report.fields_verdict().code(),
        "portrait_verdict": report.portrait_verdict().code(),
        "classes": report.classes().iter().map(|c| c.code()).collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "data_groups": groups.collect::<Vec<_>>(),
        "group_digest": report.group_digest,
        "signed_at": report.signed_at.map(|at| at.to_string()),
        "signer": report.signer.as_ref().map(certificate_json),
        "country_ca": report.country_ca.as_ref().map(certificate_json),
        "fields": report.document.as_ref().map(|d| json!({
            "kind": d.kind.map(|k| k.value.code()),
            "issuing_state": d.issuing_state.map(|s| s.value.as_str().to_owned()),
            "nationality": d.nationality.map(|s| s.value.as_str().to_owned()),
            "document_number": d.document_number.as_ref().map(|n| n.value.clone()),
            "names": d.names.as_ref().map(|n| json!({ "primary": n.value.primary, "secondary": n.value.secondary })),
            "birth_date": d.birth_date.map(|b| b.value.to_string()),
            "sex": d.sex.map(|s| s.value.code()),
            "expiry_date": d.expiry_date.map(|e| e.value.to_string()),
        })),
        "portrait": report.portrait.as_ref().map(|p| json!({ "bytes": p.bytes.len(), "faces": p.faces })),
    })
}

/// A certificate as JSON.
pub(crate) fn certificate_json(certificate: &CertificateSummary) -> Value {
    json!({
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "country": certificate.country,
        "serial": certificate.serial,
        "key": certificate.key,
        "signature_algorithm": certificate.signature_algorithm,
        "not_before": certificate.not_before.to_string(),
        "not_after": certificate.not_after.to_string(),
        "sha256": hex::encode(certificate.fingerprint),
    })
}

fn text(report: &ChipReport) -> String {
    let name = |c: &Option<CertificateSummary>| {
        c.as_ref().map_or("-".to_owned(), |c| format!("{} ({})", c.subject, c.key))
    };
    let mut rows = vec![
        ("verdict", report.verdict().to_string()),
        ("fields", report.fields_verdict().to_string()),
        ("portrait", report.portrait_verdict().to_string()),
        ("rests on", words(report.classes())),
        ("signer", name(&report.signer)),
        ("country CA", name(&report.country_ca)),
    ];
    if let Some(document) = &report.document {
        let number = document.document_number.as_ref().map_or("-", |n| n.value.as_str());
        let state = document.issuing_state.map_or("-".to_owned(), |s| s.value.to_string());
        rows.push(("document", format!("{number} of {state}")));
    }
    let mut text = table(&rows);
    text.push('\n');
    for finding in &report.findings {
        let notes =
            if finding.notes.is_empty() { String::new() } else { format!(" [{}]", words(&finding.notes)) };
        text.push_str(&format!(
            "{:22} {:11} {}{notes}\n",
            finding.check.code(),
            finding.result.code(),
            finding.detail
        ));
    }
    text
}
