//! `lineward receipt`: what a subscriber's receipt proves, without any network.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::Timestamp;
use lineward_ledger::{
    DecidedBy, DecisionRecord, MAX_RECEIPT_BYTES, Policy, Receipt, ReceiptError, VerifiedReceipt,
};
use serde_json::{Value, json};

use crate::{
    config::{Config, SettingArgs},
    files,
    out::{Answer, CliError, CliResult, table, words},
    wiring::{block_on, start_unplugged},
};

/// What can be done with receipts.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward receipt verify receipt.txt")]
pub(crate) enum Command {
    /// Check a receipt offline
    #[command(after_help = "Example: lineward receipt verify receipt.txt --policy carrier-keys.txt

Without --policy the receipt is checked against the key that stands in it: that shows that nobody altered it since it was signed, and not who signed it.")]
    Verify(VerifyArgs),
    /// Show this carrier's key, as a policy file has it
    #[command(after_help = "Example: lineward receipt key > carrier-keys.txt")]
    Key(Box<SettingArgs>),
}

/// Arguments of `receipt verify`.
#[derive(clap::Args)]
pub(crate) struct VerifyArgs {
    /// The receipt
    #[arg(value_name = "FILE")]
    receipt: PathBuf,
    /// The keys you trust, one a line
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::Verify(args) => verify(args),
        Command::Key(settings) => key(settings),
    }
}

fn key(settings: &SettingArgs) -> CliResult {
    let config = Config::from(settings)?;
    block_on(async {
        let key = start_unplugged(&config).await?.app.receipt_key().to_string();
        Ok(Answer::new(key.as_str(), json!({ "key": key })))
    })
}

fn verify(args: &VerifyArgs) -> CliResult {
    let bytes = files::bytes(&args.receipt, MAX_RECEIPT_BYTES as u64 * 64)?;
    let verified = match &args.policy {
        Some(path) => Receipt::verify(&bytes, &policy(path)?),
        None => Receipt::verify_unpinned(&bytes),
    };
    match verified {
        Ok(verified) => Ok(Answer::new(receipt_text(&verified), receipt_json(&verified))),
        Err(e @ (ReceiptError::NotAReceipt | ReceiptError::TooLarge { .. })) => Err(CliError::new(
            format!("{}: {e}", args.receipt.display()),
            "give the text file that came with the decision, unchanged",
        )),
        Err(e) => Ok(Answer::new(
            format!("not valid: {e}"),
            json!({ "valid": false, "error": e.to_string(), "entry": null, "witnesses": 0, "key_pinned": args.policy.is_some() }),
        )),
    }
}

fn policy(path: &Path) -> Result<Policy, CliError> {
    Policy::parse(&files::text(path)?).map_err(|e| {
        CliError::new(
            format!("{}: {e}", path.display()),
            "a policy has one key a line, as NAME+HASH+KEY, and comments that begin with #",
        )
    })
}

fn receipt_json(verified: &VerifiedReceipt) -> Value {
    let receipt = &verified.receipt;
    json!({
        "valid": true,
        "error": null,
        "key_pinned": verified.key_pinned,
        "key": verified.key.to_string(),
        "witnesses": verified.witnesses,
        "reference": receipt.reference,
        "carrier": receipt.carrier_name,
        "entry": entry_json(&receipt.record),
    })
}

fn entry_json(record: &DecisionRecord) -> Value {
    let signers = match &record.decided_by {
        DecidedBy::Person(signers) => signers.iter().map(ToString::to_string).collect(),
        DecidedBy::Machine | DecidedBy::Applicant => Vec::new(),
    };
    let face = record.face.as_ref().map(|face| {
        json!({
            "outcome": face.outcome.code(),
            "threshold": crate::models::share(face.automatic_ppm),
            "review_threshold": crate::models::share(face.review_ppm),
            "model_pack_hash": hex::encode(face.pack_hash),
        })
    });
    json!({
        "kind": record.kind.code(),
        "outcome": record.outcome.code(),
        "decided_at": decided_at(record),
        "decided_by": record.decided_by.code(),
        "signers": signers,
        "carrier": record.carrier_id.to_string(),
        "verification": record.verification_id.to_string(),
        "application": record.application_id.to_string(),
        "opening_rules_hash": hex::encode(record.opening_rules_hash),
        "rules_hash": hex::encode(record.rules_hash),
        "face": face,
        "findings": record.findings.iter().map(|w| w.as_str()).collect::<Vec<_>>(),
        "reasons": record.reasons.iter().map(|w| w.as_str()).collect::<Vec<_>>(),
        "proposal_hash": record.proposal_hash.map(hex::encode),
        "commitments": record.commitments.iter().map(|c| c.label.as_str()).collect::<Vec<_>>(),
        "hash": record.hash().ok().map(hex::encode),
    })
}

fn receipt_text(verified: &VerifiedReceipt) -> String {
    let record = &verified.receipt.record;
    let key = match verified.key_pinned {
        true => format!("{} (trusted by the policy)", verified.key),
        false => format!("{} (not compared with any key you trust: give --policy)", verified.key),
    };
    format!(
        "valid\n{}",
        table(&[
            ("outcome", record.outcome.to_string()),
            ("decided at", decided_at(record)),
            ("decided by", record.decided_by.code().to_owned()),
            ("reasons", words(record.reasons.iter().map(|w| w.as_str()))),
            ("reference", verified.receipt.reference.clone()),
            ("carrier", verified.receipt.carrier_name.clone()),
            ("key", key),
        ])
    )
}

fn decided_at(record: &DecisionRecord) -> String {
    // A record that was read has a time: the reader refuses any other.
    Timestamp::from_microsecond(record.decided_at_micros).map_or_else(|_| String::new(), |at| at.to_string())
}
