//! `lineward staff`: who works at the desk. There is no default user.

use clap::Subcommand;
use lineward_app::{
    pass::STAFF_CODE_LIFE,
    staff::{Invite, identity_of},
};
use lineward_core::{id::StaffId, staff::Role};
use serde_json::{Value, json};

use crate::{
    config::{Config, SettingArgs},
    out::{Answer, CliError, CliResult, table, words},
    wiring::{app_error, block_on, start_unplugged},
};

/// What can be done with staff.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward staff invite --name 'Li Na' --role reviewer")]
pub(crate) enum Command {
    /// Invite someone; the one-time code is shown once
    #[command(
        after_help = "Example: lineward staff invite --name 'Li Na' --role reviewer --identity cn.ric:CHN:11010519491231002X

The identity is kept as a keyed hash only. With it nobody is asked to decide about a line of their own."
    )]
    Invite(InviteArgs),
    /// Make a new one-time code for someone who was invited
    #[command(after_help = "Example: lineward staff code 01930b5e-7d2c-7c4e-9a41-0d6a4be0a0c1")]
    Code {
        /// Their id
        id: StaffId,
        #[command(flatten)]
        settings: SettingArgs,
    },
    /// Switch someone off; their sessions end with the next request
    #[command(after_help = "Example: lineward staff disable 01930b5e-7d2c-7c4e-9a41-0d6a4be0a0c1")]
    Disable {
        /// Their id
        id: StaffId,
        #[command(flatten)]
        settings: SettingArgs,
    },
    /// List the staff
    #[command(after_help = "Example: lineward staff list")]
    List {
        #[command(flatten)]
        settings: SettingArgs,
    },
}

/// Arguments of `staff invite`.
#[derive(clap::Args)]
pub(crate) struct InviteArgs {
    /// The name shown at the desk
    #[arg(long)]
    name: String,
    /// What they may do: agent, reviewer or admin; several may be given
    #[arg(long, required = true, value_parser = role)]
    role: Vec<Role>,
    /// Their own identity number
    #[arg(long, value_name = "SCHEME:COUNTRY:NUMBER")]
    identity: Option<String>,
    #[command(flatten)]
    settings: SettingArgs,
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::Invite(args) => invite(args),
        Command::Code { id, settings } => code(*id, settings),
        Command::Disable { id, settings } => disable(*id, settings),
        Command::List { settings } => list(settings),
    }
}

fn invite(args: &InviteArgs) -> CliResult {
    let config = Config::from(&args.settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        let ctx = running.operator();
        let identity = args.identity.as_deref().map(split_identity).transpose()?;
        let identity = identity.map(|[scheme, country, number]| identity_of(&ctx, scheme, country, number));
        let identity = identity.transpose().map_err(|e| app_error(&e))?;
        let invite = Invite { name: args.name.clone(), roles: args.role.clone(), identity };
        let (id, code) = running.app.invite_staff(&ctx, &invite).await.map_err(|e| app_error(&e))?;
        Ok(code_answer(id, &code, &config))
    })
}

fn code(id: StaffId, settings: &SettingArgs) -> CliResult {
    let config = Config::from(settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        let code = running.app.new_staff_code(&running.operator(), id).await.map_err(|e| app_error(&e))?;
        Ok(code_answer(id, &code, &config))
    })
}

fn code_answer(id: StaffId, code: &str, config: &Config) -> Answer {
    let sign_in = format!("{}/desk/sign-in", config.origin);
    let minutes = STAFF_CODE_LIFE.as_mins();
    let text = table(&[
        ("id", id.to_string()),
        ("code", format!("{code} (once, within {minutes} minutes)")),
        ("sign in at", sign_in.clone()),
    ]);
    Answer::new(text, json!({ "id": id.to_string(), "code": code, "minutes": minutes, "sign_in": sign_in }))
}

fn disable(id: StaffId, settings: &SettingArgs) -> CliResult {
    let config = Config::from(settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        running.app.disable_staff(&running.operator(), id).await.map_err(|e| app_error(&e))?;
        Ok(Answer::new(format!("{id} is switched off"), json!({ "id": id.to_string(), "disabled": true })))
    })
}

fn list(settings: &SettingArgs) -> CliResult {
    let config = Config::from(settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        let staff = running.app.staff_list(&running.operator()).await.map_err(|e| app_error(&e))?;
        let text: String = staff
            .iter()
            .map(|s| {
                let off = if s.disabled_at.is_some() { " (switched off)" } else { "" };
                format!("{}  {}  {}{off}\n", s.id, s.name, words(&s.roles))
            })
            .collect();
        let json: Vec<Value> = staff
            .iter()
            .map(|s| {
                json!({
                    "id": s.id.to_string(), "name": s.name, "disabled": s.disabled_at.is_some(),
                    "roles": s.roles.iter().map(|r| r.code()).collect::<Vec<_>>(),
                    "invited_by": s.invited_by.map(|id| id.to_string()), "created_at": s.created_at.to_string(),
                })
            })
            .collect();
        Ok(Answer::new(if text.is_empty() { "no staff".to_owned() } else { text }, json!({ "staff": json })))
    })
}

fn split_identity(text: &str) -> Result<[&str; 3], CliError> {
    let parts: Vec<&str> = text.splitn(3, ':').collect();
    // The value is a person's number: it is not repeated.
    <[&str; 3]>::try_from(parts).map_err(|_| {
        CliError::new(
            "--identity has not three parts",
            "give SCHEME:COUNTRY:NUMBER, as cn.ric:CHN:... or document:UTO:...",
        )
    })
}

fn role(word: &str) -> Result<Role, String> {
    match Role::parse(word) {
        Ok(Role::System) | Err(_) => Err("agent, reviewer or admin".to_owned()),
        Ok(role) => Ok(role),
    }
}
