//! `lineward rules`: whether a rules text can be used, and where.

use std::path::PathBuf;

use clap::Subcommand;
use lineward_core::rules::{Rules, RulesError};
use serde_json::{Value, json};

use crate::{
    config::{Config, SettingArgs},
    files,
    out::{Answer, CliResult, table, words},
    rule_texts,
    wiring::{app_error, block_on, start_unplugged},
};

/// What can be done with rules.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward rules check carrier-cn.toml")]
pub(crate) enum Command {
    /// Check rules files, or those inside the program
    #[command(after_help = "Example: lineward rules check carrier-cn.toml

Production enforces a figure only when the carrier has confirmed it with reviewed_by and reviewed_on.")]
    Check(CheckArgs),
    /// Propose rules; they take effect when two admins have signed them at the desk
    #[command(after_help = "Example: lineward rules activate carrier-cn.toml")]
    Activate(Box<ActivateArgs>),
}

/// Arguments of `rules check`.
#[derive(clap::Args)]
pub(crate) struct CheckArgs {
    /// Rules files [default: the rules inside the program]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Arguments of `rules activate`.
#[derive(clap::Args)]
pub(crate) struct ActivateArgs {
    /// A rules file, or cn, mx or demo
    #[arg(value_name = "FILE")]
    rules: String,
    #[command(flatten)]
    settings: SettingArgs,
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::Check(args) => check(args),
        Command::Activate(args) => activate(args),
    }
}

fn activate(args: &ActivateArgs) -> CliResult {
    let text = rule_texts::text(&args.rules)?;
    let config = Config::from(&args.settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        let standing =
            running.app.propose_rules(&running.operator(), &text).await.map_err(|e| app_error(&e))?;
        let desk = format!("{}/desk/rules", config.origin);
        let next = match standing.active {
            true => "they are in force".to_owned(),
            false => format!(
                "signed by {} of 2: two people with the role admin sign this hash at {desk}",
                standing.signatures
            ),
        };
        let json = json!({
            "hash": standing.hash, "signatures": standing.signatures, "active": standing.active, "sign_at": desk,
        });
        Ok(Answer::new(table(&[("hash", standing.hash.clone()), ("standing", next)]), json))
    })
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
