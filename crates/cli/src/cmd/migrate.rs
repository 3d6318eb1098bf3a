//! `lineward migrate`: makes or completes the tables, and the master key of a new installation.

use serde_json::json;

use crate::{
    config::{Config, SettingArgs},
    master_key,
    out::{Answer, CliResult, table},
    wiring::{block_on, open_keys, open_store, store_error},
};

/// Make or complete the tables, and the master key of a new installation
#[derive(clap::Args)]
#[command(after_help = "Example: lineward migrate --database postgres://lineward@db/lineward

Safe to call again, and by several machines at once.")]
pub(crate) struct Args {
    #[command(flatten)]
    settings: SettingArgs,
}

pub(crate) fn run(args: &Args) -> CliResult {
    let config = Config::from(&args.settings)?;
    let made = master_key::make(&config.master_key_file)?;
    block_on(async {
        open_store(&config).await?.migrate().await.map_err(|e| store_error(&e))?;
        open_keys(&config).await.map(drop)
    })?;
    let shown = |name| {
        config.settings.iter().find(|s| s.name == name).and_then(|s| s.shown.clone()).unwrap_or_default()
    };
    let key_file = config.master_key_file.display().to_string();
    let mut text = table(&[
        ("database", shown("database")),
        ("key store", shown("keys")),
        ("master key", format!("{key_file} ({})", if made { "made now" } else { "was here" })),
    ]);
    if made {
        text.push_str(
            "\nSave a copy of the master key now, apart from both databases and their backups: without it every sealed \
             name, number and address is lost, and whoever has it and the key store can read them.\n",
        );
    }
    let json = json!({
        "database": shown("database"), "keys": shown("keys"),
        "master_key": { "file": key_file, "made": made },
    });
    Ok(Answer::new(text, json))
}
