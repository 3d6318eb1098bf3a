//! `lineward token`: access of the carrier's own systems.

use clap::Subcommand;
use lineward_core::{id::TokenId, staff::Role};
use lineward_store::rows::TokenRow;
use serde_json::{Value, json};

use crate::{
    clock,
    config::{Config, SettingArgs},
    out::{Answer, CliResult, table},
    wiring::{app_error, block_on, start_unplugged},
};

/// What can be done with tokens.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward token create --name billing --days 90")]
pub(crate) enum Command {
    /// Make a token for one of the carrier's systems; the secret is shown once
    #[command(after_help = "Example: lineward token create --name billing --days 90")]
    Create {
        /// What the token is for
        #[arg(long)]
        name: String,
        /// How long it is good for, 1 to 366 days
        #[arg(long, default_value_t = 90)]
        days: u16,
        #[command(flatten)]
        settings: SettingArgs,
    },
    /// List the tokens, without their secrets
    #[command(after_help = "Example: lineward token list")]
    List {
        #[command(flatten)]
        settings: SettingArgs,
    },
    /// Revoke a token, from its next request on
    #[command(after_help = "Example: lineward token revoke 01930b5e-7d2c-7c4e-9a41-0d6a4be0a0c1")]
    Revoke {
        /// The token's id
        id: TokenId,
        #[command(flatten)]
        settings: SettingArgs,
    },
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::Create { name, days, settings } => create(name, *days, settings),
        Command::List { settings } => list(settings),
        Command::Revoke { id, settings } => revoke(*id, settings),
    }
}

fn create(name: &str, days: u16, settings: &SettingArgs) -> CliResult {
    let config = Config::from(settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        let made = running.app.create_token(&running.operator(), name, &[Role::System], days).await;
        let (id, secret) = made.map_err(|e| app_error(&e))?;
        let text = table(&[("id", id.to_string()), ("token", secret.to_string())]);
        let json = json!({ "id": id.to_string(), "token": secret.as_str(), "name": name, "days": days });
        Ok(Answer::new(
            format!("{text}\nThe token is shown this once. It is sent as: Authorization: Bearer lwt_..."),
            json,
        ))
    })
}

fn list(settings: &SettingArgs) -> CliResult {
    let config = Config::from(settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        let tokens = running.app.tokens(&running.operator()).await.map_err(|e| app_error(&e))?;
        let text: String =
            tokens.iter().map(|t| format!("{}  {:<8}  {}\n", t.id, standing(t), t.name)).collect();
        let json: Vec<Value> = tokens.iter().map(token_json).collect();
        Ok(Answer::new(
            if text.is_empty() { "no tokens".to_owned() } else { text },
            json!({ "tokens": json }),
        ))
    })
}

fn revoke(id: TokenId, settings: &SettingArgs) -> CliResult {
    let config = Config::from(settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        running.app.revoke_token(&running.operator(), id).await.map_err(|e| app_error(&e))?;
        Ok(Answer::new(format!("{id} is revoked"), json!({ "id": id.to_string(), "revoked": true })))
    })
}

fn standing(token: &TokenRow) -> &'static str {
    match token.revoked_at {
        Some(_) => "revoked",
        None if token.expires_at <= clock::now() => "expired",
        None => "good",
    }
}

fn token_json(token: &TokenRow) -> Value {
    json!({
        "id": token.id.to_string(), "name": token.name, "standing": standing(token),
        "roles": token.roles.iter().map(|r| r.code()).collect::<Vec<_>>(),
        "created_at": token.created_at.to_string(), "expires_at": token.expires_at.to_string(),
        "last_used_at": token.last_used_at.map(|t| t.to_string()), "revoked_at": token.revoked_at.map(|t| t.to_string()),
    })
}
