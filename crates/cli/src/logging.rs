//! The log, on standard error: routes, ids and words. No path with a secret in it, no personal data.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::{config, out::CliError};

/// What is logged unless `LINEWARD_LOG` says otherwise (as `RUST_LOG` does elsewhere).
const DEFAULT: &str = "info,sqlx=warn,hyper=warn";

/// Starts the log, once.
pub(crate) fn start(json: bool) -> Result<(), CliError> {
    let wanted = config::environment("LINEWARD_LOG").unwrap_or_else(|| DEFAULT.to_owned());
    let filter = EnvFilter::try_new(&wanted).map_err(|e| {
        CliError::new(format!("LINEWARD_LOG={wanted:?}: {e}"), format!("give directives as {DEFAULT}"))
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started =
        if json { log.json().try_init() } else { log.with_ansi(std::io::stderr().is_terminal()).try_init() };
    started.map_err(|e| CliError::new(e, "start this program as a process of its own"))
}
