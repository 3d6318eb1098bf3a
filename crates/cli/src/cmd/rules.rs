//! `lineward rules`: whether a rules text can be used, and where.

use std::path::PathBuf;

use clap::Subcommand;
use lineward_core::rules::{Rules, RulesError};
use serde_json::{Value, json};

use crate::{
    files,
    out::{Answer, CliResult, table, words},
    rule_texts,
};

/// What can be done with rules.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check rules files, or those inside the program
    #[command(after_help = "Example: lineward rules check carrier-cn.toml

Production enforces a figure only when the carrier has confirmed it with reviewed_by and reviewed_on.")]
    Check(CheckArgs),
}

/// Arguments of `rules check`.
#[derive(clap::Args)]
pub(crate) struct CheckArgs {
    /// Rules files [default: the rules inside the program]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::Check(args) => check(args),
    }
}

fn check(args: &CheckArgs) -> CliResult {
    let mut texts = Vec::new();
    if args.files.is_empty() {
        texts.extend(rule_texts::BUILT_IN.map(|(name, text)| (name.to_owned(), text.to_owned())));
    }
    for file in &args.files {
        texts.push((file.display().to_string(), files::text(file)?));
    }
    let checked: Vec<(String, Result<Rules, Vec<RulesError>>)> =
        texts.into_iter().map(|(name, text)| (name, Rules::parse(&text))).collect();
    let valid = checked.iter().all(|(_, rules)| rules.is_ok());
    let text: Vec<String> = checked.iter().map(|(name, rules)| rules_text(name, rules)).collect();
    let json: Vec<Value> = checked.iter().map(|(name, rules)| rules_json(name, rules)).collect();
    Ok(Answer::new(text.join("\n"), json!({ "valid": valid, "rules": json })))
}

fn rules_json(name: &str, rules: &Result<Rules, Vec<RulesError>>) -> Value {
    match rules {
        Ok(rules) => json!({
            "file": name, "valid": true, "errors": [], "id": rules.id, "version": rules.version, "title": rules.title,
            "scope": rules.scope.code(), "hash": hex::encode(rules.hash()), "unconfirmed": rules.unconfirmed(),
            "production": rules.refused_in_production().is_empty(),
            "refused_in_production": rules.refused_in_production(),
        }),
        Err(errors) => {
            let errors =
                errors.iter().map(|e| json!({ "line": e.line, "field": e.field, "problem": e.problem }));
            json!({ "file": name, "valid": false, "errors": errors.collect::<Vec<_>>() })
        }
    }
}

fn rules_text(name: &str, rules: &Result<Rules, Vec<RulesError>>) -> String {
    match rules {
        Ok(rules) => {
            let production = match rules.refused_in_production().is_empty() {
                true => "may enforce them".to_owned(),
                false => format!("refuses them: {}", refusal(rules)),
            };
            format!(
                "{name}: ok\n{}",
                table(&[
                    ("  rules", format!("{} {} ({})", rules.id, rules.version, rules.title)),
                    ("  hash", hex::encode(rules.hash())),
                    ("  production", production),
                ])
            )
        }
        Err(errors) => {
            let lines: String =
                errors.iter().map(|e| format!("  {name}:{}: {}: {}\n", e.line, e.field, e.problem)).collect();
            format!("{name}: cannot be used\n{lines}")
        }
    }
}

fn refusal(rules: &Rules) -> String {
    let unconfirmed = rules.unconfirmed();
    let mut why = rules.refused_in_production();
    why.truncate(why.len() - unconfirmed.len());
    if !unconfirmed.is_empty() {
        why.push(format!(
            "{} figures are not confirmed by the carrier ({})",
            unconfirmed.len(),
            words(unconfirmed)
        ));
    }
    why.join("; ")
}
