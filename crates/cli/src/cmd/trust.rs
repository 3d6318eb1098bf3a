//! `lineward trust`: the country CAs that documents are verified with.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use lineward_document::trust::{Certificate, ListSummary, MAX_LIST_BYTES, TrustBuilder, Trusted};
use serde_json::{Value, json};

use super::chip::certificate_json;
use crate::{
    clock, files,
    out::{Answer, CliError, CliResult},
    trust,
};

/// Every import, one JSON document a line; nothing is ever taken out.
const INDEX: &str = "imports.jsonl";

/// What can be done with country CAs.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward trust import DE_ML.ml --signer DE_CSCA.cer")]
pub(crate) enum Command {
    /// Take a master list, certificates or revocation lists into the trusted ones; every list ever imported is kept
    #[command(after_help = "Example: lineward trust import DE_ML.ml --signer DE_CSCA.cer
         lineward trust import XX_CSCA.cer

A master list counts only when its signature leads to a certificate that you give or gave before: fetch that one from the
state that publishes the list, over a way of its own.")]
    Import(ImportArgs),
    /// What is trusted: every list, or the certificates of one
    #[command(after_help = "Example: lineward trust list
         lineward trust list DE_ML.ml --json")]
    List(ListArgs),
}

/// Arguments of `trust import`.
#[derive(clap::Args)]
pub(crate) struct ImportArgs {
    /// A master list (.ml), certificates (.cer, .der, .pem), a revocation list (.crl) or LDIF of the ICAO PKD
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The certificate that the signer of a master list is signed by; it becomes trusted too
    #[arg(long, value_name = "CER")]
    signer: Option<PathBuf>,
    /// The folder [default: trust in the data folder]
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
}

/// Arguments of `trust list`.
#[derive(clap::Args)]
pub(crate) struct ListArgs {
    /// The list whose certificates are shown, by a part of its name
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The folder [default: trust in the data folder]
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::Import(args) => import(args),
        Command::List(args) => list(args),
    }
}

fn import(args: &ImportArgs) -> CliResult {
    let folder = folder(args.trust.as_deref())?;
    for path in std::iter::once(&args.file).chain(&args.signer) {
        if !trust::is_read(path) {
            let what = format!("{} has not the name of a list or certificate", path.display());
            return Err(CliError::new(
                what,
                "name it .ml, .cer, .crt, .der, .pem, .crl or .ldif, as what it is",
            ));
        }
    }
    let mut new = vec![(&args.file, files::bytes(&args.file, MAX_LIST_BYTES as u64)?)];
    if let Some(signer) = &args.signer {
        let bytes = files::bytes(signer, MAX_LIST_BYTES as u64)?;
        let certificate = one_certificate(signer, &bytes)?;
        if !certificate.may_sign_certificates() {
            let what = format!("{} is not the certificate of a CA", signer.display());
            return Err(CliError::new(what, "give the country CA that signed the list's signer"));
        }
        new.push((signer, bytes));
    }
    // The new files are judged together with what is there: the signer of a list may have come before.
    let mut builder = TrustBuilder::default();
    let names: Vec<String> = new.iter().map(|(path, _)| file_name(path)).collect();
    for ((_, bytes), name) in new.iter().zip(&names) {
        builder.add_file(name, bytes);
    }
    if folder.is_dir() {
        trust::add_folder(&mut builder, &folder)?;
    }
    let trusted = builder.build();
    let taken: Vec<&ListSummary> = trusted.files.iter().filter(|file| names.contains(&file.name)).collect();
    let rejected: Vec<_> = trusted.rejected.iter().filter(|r| names.contains(&r.name)).collect();
    let whole = rejected.iter().find(|r| r.index.is_none() && r.name == names[0]);
    if let (Some(rejected), false) = (whole, taken.iter().any(|file| file.name == names[0])) {
        return Err(CliError::new(
            format!("{} was not imported: {}", args.file.display(), rejected.reason),
            "a master list needs --signer with the country CA that its signer was signed by; nothing was changed",
        ));
    }
    let now = clock::now();
    for ((_, bytes), name) in new.iter().zip(&names) {
        let of = taken.iter().filter(|file| file.name == *name);
        let certificates: usize = of.clone().map(|file| file.certificates.len()).sum();
        let signer = of.clone().find_map(|file| file.signer.as_ref()).map(|s| s.subject.clone());
        keep(
            &folder,
            name,
            bytes,
            json!({
                "name": name, "imported_at": now.to_string(), "certificates": certificates, "signed_by": signer,
            }),
        )?;
    }
    let certificates: usize =
        taken.iter().filter(|f| f.name == names[0]).map(|file| file.certificates.len()).sum();
    let lists = taken.iter().map(|file| list_json(file)).collect::<Vec<_>>();
    let rejects = rejected.iter().map(|r| json!({ "name": r.name, "index": r.index, "reason": r.reason }));
    Ok(Answer::new(
        format!("{certificates} certificates from {} in {}", args.file.display(), folder.display()),
        json!({
            "certificates": certificates, "rejected": rejects.collect::<Vec<_>>(), "lists": lists,
            "folder": folder.display().to_string(),
        }),
    ))
}

fn list(args: &ListArgs) -> CliResult {
    let folder = folder(args.trust.as_deref())?;
    let trusted = if folder.is_dir() { trust::load(&folder)? } else { Trusted::default() };
    let rejected =
        trusted.rejected.iter().map(|r| json!({ "name": r.name, "index": r.index, "reason": r.reason }));
    let rejected: Vec<Value> = rejected.collect();
    if let Some(name) = &args.name {
        return certificates_of(&trusted, name, rejected);
    }
    let mut text = format!("in {}: {} country CAs\n", folder.display(), trusted.store.len());
    for file in &trusted.files {
        let by = file.signer.as_ref().map(|s| format!(", signed by {}", s.subject)).unwrap_or_default();
        text.push_str(&format!("{}  {} {}{by}\n", file.name, file.certificates.len(), file.kind));
    }
    for rejected in &trusted.rejected {
        text.push_str(&format!("left out: {}: {}\n", rejected.name, rejected.reason));
    }
    Ok(Answer::new(
        text,
        json!({
            "certificates": trusted.store.len(), "rejected": rejected,
            "lists": trusted.files.iter().map(list_json).collect::<Vec<_>>(), "folder": folder.display().to_string(),
        }),
    ))
}

/// The country CAs of the lists whose name holds `name`.
fn certificates_of(trusted: &Trusted, name: &str, rejected: Vec<Value>) -> CliResult {
    let lists: Vec<&ListSummary> = trusted.files.iter().filter(|file| file.name.contains(name)).collect();
    if lists.is_empty() {
        return Err(CliError::new(
            format!("no list is named {name:?}"),
            "see `lineward trust list` for the names",
        ));
    }
    let of_these = |ca: &&Certificate| lists.iter().any(|list| list.certificates.contains(&ca.fingerprint()));
    let shown: Vec<_> = trusted.store.country_cas().filter(of_these).map(Certificate::summary).collect();
    let text = shown.iter().map(|c| {
        let country = c.country.as_deref().unwrap_or("--");
        format!(
            "{country}  {}  {}  until {}  {}\n",
            c.subject,
            c.key,
            c.not_after,
            hex::encode(c.fingerprint)
        )
    });
    Ok(Answer::new(
        text.collect::<String>(),
        json!({ "certificates": shown.iter().map(certificate_json).collect::<Vec<_>>(), "rejected": rejected }),
    ))
}

fn list_json(file: &ListSummary) -> Value {
    json!({
        "name": file.name, "kind": file.kind.code(), "certificates": file.certificates.len(),
        "signer": file.signer.as_ref().map(certificate_json),
    })
}

fn folder(named: Option<&Path>) -> Result<PathBuf, CliError> {
    named.map_or_else(trust::default_folder, |folder| Ok(folder.to_path_buf()))
}

fn one_certificate(path: &Path, bytes: &[u8]) -> Result<Certificate, CliError> {
    Certificate::from_der_or_pem(bytes)
        .map_err(|e| CliError::new(format!("{}: {e}", path.display()), "give one certificate, DER or PEM"))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes the file under its hash and name, then the line of the index. A crash between the two leaves a file that is
/// trusted and not indexed; importing it again adds the line.
fn keep(folder: &Path, name: &str, bytes: &[u8], mut line: Value) -> Result<(), CliError> {
    let cannot = |e: std::io::Error| {
        CliError::new(format!("{}: {e}", folder.display()), "give a folder that you may write to")
    };
    fs::create_dir_all(folder).map_err(cannot)?;
    let hash = hex::encode(lineward_document::crypto::Hash::Sha256.of(&[bytes]));
    let kept = folder.join(format!("{}-{name}", &hash[..16]));
    if !kept.exists() {
        let part = folder.join(format!(".{}.part", &hash[..16]));
        fs::File::create(&part)
            .and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()))
            .map_err(cannot)?;
        fs::rename(&part, &kept).map_err(cannot)?;
    }
    if let Value::Object(map) = &mut line {
        map.insert("sha256".to_owned(), json!(hash));
    }
    let mut index =
        fs::OpenOptions::new().create(true).append(true).open(folder.join(INDEX)).map_err(cannot)?;
    index.write_all(format!("{line}\n").as_bytes()).and_then(|()| index.sync_all()).map_err(cannot)
}
