//! `lineward check`: every invariant over the store.

use serde_json::{Value, json};

use crate::{
    config::{Config, SettingArgs},
    out::{Answer, CliResult},
    wiring::{app_error, block_on, start_unplugged},
};

/// Check every invariant over the store
#[derive(clap::Args)]
#[command(after_help = "Example: lineward check --repair --json")]
pub(crate) struct Args {
    /// Close what a crash left open, and destroy keys that nothing needs
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    settings: SettingArgs,
}

pub(crate) fn run(args: &Args) -> CliResult {
    let config = Config::from(&args.settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        let found = running.app.check(&running.operator(), args.repair).await.map_err(|e| app_error(&e))?;
        let text = if found.is_empty() {
            "no violation".to_owned()
        } else {
            let line = |repaired| if repaired { "repaired" } else { "violated" };
            found.iter().map(|v| format!("{}  {}  {}\n", line(v.repaired), v.invariant, v.subject)).collect()
        };
        let violations: Vec<Value> = found
            .iter()
            .map(|v| json!({ "invariant": v.invariant.code(), "subject": v.subject, "repaired": v.repaired }))
            .collect();
        Ok(Answer::new(text, json!({ "violations": violations })))
    })
}
