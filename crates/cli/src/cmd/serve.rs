//! `lineward serve`: pages, API and workers for real people.

use std::{path::Path, sync::Arc};

use lineward_app::{
    AppError, Mode, Ports,
    ports::{LineProvisioner, Notifier},
};
use lineward_connect::{
    FileNotifier, FileProvisioner, WebhookNotifier, WebhookOptions, WebhookProvisioner, WebhookSecret,
};
use lineward_face::Checker;
use zeroize::Zeroizing;

use crate::{
    authority,
    chips::{self, Chips},
    clock,
    cmd::doctor::refused_settings,
    config::{Config, Endpoint, SettingArgs},
    faces::Faces,
    files, logging, master_key,
    models::lanes,
    out::{Answer, CliError, CliResult, words},
    server::{self, StopSignals},
    wiring::{Running, app_error, block_on, start},
};

/// Run pages, API and workers
#[derive(clap::Args)]
#[command(
    after_help = "Example: lineward serve --origin https://lines.example --carrier-name 'Example Mobile'

Production refuses what would not hold for real people; `lineward doctor` shows all of it at once. Ends with SIGTERM or
SIGINT, after the requests under way."
)]
pub(crate) struct Args {
    /// Log JSON lines
    #[arg(long)]
    log_json: bool,
    #[command(flatten)]
    settings: SettingArgs,
}

pub(crate) fn run(args: &Args) -> CliResult {
    let config = Config::from(&args.settings)?;
    logging::start(args.log_json)?;
    if let Some((what, fix)) = refused_settings(&config).into_iter().next() {
        return Err(CliError::new(format!("production refuses: {what}"), fix));
    }
    let checker = Arc::new(config.models.checker_if_any(lanes())?);
    refuse_pack(&config, &checker)?;
    let chips = Arc::new(chips(&config)?);
    let listener = server::listen(config.listen)?;
    block_on(async {
        let stop_signals = StopSignals::listen()?;
        let ports = Ports {
            provisioner: provisioner(&config)?,
            notifier: notifier(&config)?,
            authority: authority::of(&config)?,
            faces: Arc::new(Faces(checker)),
            chips,
        };
        let running = start(&config, ports).await?;
        refuse_rules(&config, &running).await?;
        let listener = tokio::net::TcpListener::from_std(listener);
        let listener = listener.map_err(|e| CliError::new(e, "name another address with --listen"))?;
        tracing::info!(listen = %config.listen, origin = %config.origin, "listening");
        server::run(&running, &config, listener, stop_signals).await
    })?;
    Ok(Answer::already_said())
}

fn refuse_pack(config: &Config, checker: &Checker) -> Result<(), CliError> {
    let Some(manifest) = checker.manifest() else {
        tracing::warn!("no model pack: no face is compared, and everybody needs the other way");
        return Ok(());
    };
    let refused = manifest.not_for_production();
    if config.mode == Mode::Production && !refused.is_empty() {
        return Err(CliError::new(
            format!("production refuses the model pack {}: {}", manifest.name(), words(&refused)),
            "name a folder with another pack with --models",
        ));
    }
    Ok(())
}

fn chips(config: &Config) -> Result<Chips, CliError> {
    let trusted = chips::trusted(&config.trust)?;
    for rejected in &trusted.rejected {
        tracing::warn!(file = rejected.name, reason = %rejected.reason, "left out of the trusted certificates");
    }
    match trusted.store.len() {
        0 => {
            tracing::warn!("no country CA is trusted: no chip can be found genuine; `lineward trust import`")
        }
        certificates => tracing::info!(certificates, folder = %config.trust.display(), "country CAs"),
    }
    Ok(Chips(trusted.store))
}

/// Without rules the desk has to open all the same: two people sign the first ones there.
async fn refuse_rules(config: &Config, running: &Running) -> Result<(), CliError> {
    match running.app.active_rules(&running.operator()).await {
        Ok(rules) if config.mode == Mode::Production && !rules.refused_in_production().is_empty() => {
            let why = words(rules.refused_in_production());
            Err(CliError::new(
                format!("production refuses the rules in force: {why}"),
                "run the demo on a store of its own; for real people activate confirmed rules in a new store",
            ))
        }
        Ok(rules) => {
            tracing::info!(rules = %rules.id, version = %rules.version, "rules in force");
            Ok(())
        }
        Err(AppError::NoRules) => {
            tracing::warn!(
                "no rules are in force: `lineward rules activate FILE`, then two admins sign at the desk"
            );
            Ok(())
        }
        Err(e) => Err(app_error(&e)),
    }
}

fn provisioner(config: &Config) -> Result<Arc<dyn LineProvisioner>, CliError> {
    match &config.webhook {
        Some(to) => {
            let made = WebhookProvisioner::new(
                &to.url,
                secret(to)?,
                Arc::new(clock::now),
                WebhookOptions::default(),
            );
            Ok(Arc::new(made.map_err(|e| CliError::new(e, "set --webhook-url to another address"))?))
        }
        // Only the demo comes here: production has refused to start without.
        None => {
            let made = FileProvisioner::new(&config.data.join("network"));
            Ok(Arc::new(made.map_err(|e| CliError::new(e, "name another folder with --data"))?))
        }
    }
}

fn notifier(config: &Config) -> Result<Arc<dyn Notifier>, CliError> {
    match &config.notify {
        Some(to) => {
            let made =
                WebhookNotifier::new(&to.url, secret(to)?, Arc::new(clock::now), WebhookOptions::default());
            Ok(Arc::new(made.map_err(|e| CliError::new(e, "set --notify-url to another address"))?))
        }
        None => {
            let made = FileNotifier::new(&config.data.join("messages"));
            Ok(Arc::new(made.map_err(|e| CliError::new(e, "name another folder with --data"))?))
        }
    }
}

fn secret(endpoint: &Endpoint) -> Result<WebhookSecret, CliError> {
    let file: &Path = &endpoint.secret_file;
    master_key::owner_only(file)?;
    let text = Zeroizing::new(files::text(file)?);
    text.trim().parse().map_err(|e| {
        CliError::new(
            format!("{}: {e}", file.display()),
            "the file holds whsec_ and 24 to 64 bytes in base64",
        )
    })
}
