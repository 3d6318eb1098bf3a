//! `lineward config`: every setting, and where it came from.

use clap::Subcommand;
use serde_json::json;

use crate::{
    config::{Config, SettingArgs},
    out::{Answer, CliResult, table},
};

/// What can be done with settings.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward config show")]
pub(crate) enum Command {
    /// Show every setting and where it came from
    #[command(after_help = "Example: LINEWARD_MODE=demo lineward config show --listen 127.0.0.1:9000

Passwords in addresses are left out; secrets are in files, of which only the names are settings.")]
    Show(SettingArgs),
}

pub(crate) fn run(command: &Command) -> CliResult {
    let Command::Show(args) = command;
    let config = Config::from(args)?;
    let rows: Vec<(&str, String)> = config
        .settings
        .iter()
        .map(|s| (s.name, format!("{} ({})", s.shown.as_deref().unwrap_or("-"), s.source.word())))
        .collect();
    let settings = config.settings.iter().map(|s| {
        json!({
            "name": s.name, "variable": format!("LINEWARD_{}", s.name.to_uppercase().replace('-', "_")),
            "value": s.shown, "source": s.source.word(),
        })
    });
    Ok(Answer::new(table(&rows), json!({ "settings": settings.collect::<Vec<_>>() })))
}
