//! The authority of the settings, ready to be asked.

use std::sync::Arc;

use lineward_app::ports::Authority;
use lineward_connect::{AnswerKeys, AuthorityOptions, HttpAuthority};
use zeroize::Zeroizing;

use crate::{
    config::{AuthorityEndpoint, Config},
    files, master_key,
    out::CliError,
};

/// The most bytes of a file with keys or a token: four keys in JSON have some 600.
const MAX_FILE_BYTES: u64 = 16 * 1024;

/// The authority that is asked; `None` where none is set.
pub(crate) fn of(config: &Config) -> Result<Option<Arc<dyn Authority>>, CliError> {
    let Some(endpoint) = &config.authority else { return Ok(None) };
    let authority: Arc<dyn Authority> = Arc::new(made(endpoint)?);
    tracing::info!(source = endpoint.profile.source, "the authority that is asked");
    Ok(Some(authority))
}

/// The client, with the keys and the token of its files.
pub(crate) fn made(endpoint: &AuthorityEndpoint) -> Result<HttpAuthority, CliError> {
    let token = match &endpoint.token_file {
        None => None,
        Some(file) => {
            master_key::owner_only(file)?;
            let text = Zeroizing::new(text(file)?);
            let token = text.trim();
            // RFC 6750, section 2.1; a line break would end the header.
            if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                let what = format!("{} holds no bearer token", file.display());
                return Err(CliError::new(
                    what,
                    "the file holds the token that the authority gave you, in one line",
                ));
            }
            Some(Zeroizing::new(token.to_owned()))
        }
    };
    let options = AuthorityOptions { timeout: endpoint.timeout, ..AuthorityOptions::default() };
    let made = HttpAuthority::new(&endpoint.url, token, keys(endpoint)?, endpoint.profile.clone(), options);
    made.map_err(|e| CliError::new(format!("authority-url: {e}"), "set --authority-url to another address"))
}

/// The pinned keys.
pub(crate) fn keys(endpoint: &AuthorityEndpoint) -> Result<AnswerKeys, CliError> {
    let file = &endpoint.key_file;
    AnswerKeys::read(endpoint.algorithm, &text(file)?).map_err(|e| {
        CliError::new(
            format!("{}: {e}", file.display()),
            "ask the authority for its public key (a JSON Web Key or PEM), and set --authority-algorithm to its algorithm",
        )
    })
}

fn text(file: &std::path::Path) -> Result<String, CliError> {
    String::from_utf8(files::bytes(file, MAX_FILE_BYTES)?).map_err(|_| {
        CliError::new(
            format!("{} is not UTF-8 text", file.display()),
            "name the file that the authority gave you",
        )
    })
}
