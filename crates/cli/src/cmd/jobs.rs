//! `lineward jobs`: work that was tried often enough and waits for a person.

use clap::Subcommand;
use lineward_core::id::JobId;
use lineward_store::rows::JobRow;
use serde_json::{Value, json};

use crate::{
    config::{Config, SettingArgs},
    out::{Answer, CliResult},
    wiring::{app_error, block_on, start_unplugged},
};

/// What can be done with jobs.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward jobs list")]
pub(crate) enum Command {
    /// List the jobs that were given up, each with its last problem
    #[command(after_help = "Example: lineward jobs list --json")]
    List {
        #[command(flatten)]
        settings: SettingArgs,
    },
    /// Put a job that was given up back into the queue, once its problem is put right
    #[command(after_help = "Example: lineward jobs retry 01930b5e-7d2c-7c4e-9a41-0d6a4be0a0c1

It is carried out under the id it had: a network that has seen it acts once.")]
    Retry {
        /// The job's id
        id: JobId,
        #[command(flatten)]
        settings: SettingArgs,
    },
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::List { settings } => list(settings),
        Command::Retry { id, settings } => retry(*id, settings),
    }
}

fn list(settings: &SettingArgs) -> CliResult {
    let config = Config::from(settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        let jobs = running.app.given_up_jobs(&running.operator()).await.map_err(|e| app_error(&e))?;
        let text: String = jobs.iter().map(line).collect();
        let json: Vec<Value> = jobs.iter().map(job_json).collect();
        Ok(Answer::new(
            if text.is_empty() { "no job was given up".to_owned() } else { text },
            json!({ "jobs": json }),
        ))
    })
}

fn retry(id: JobId, settings: &SettingArgs) -> CliResult {
    let config = Config::from(settings)?;
    block_on(async {
        let running = start_unplugged(&config).await?;
        running.app.retry_given_up(&running.operator(), id).await.map_err(|e| app_error(&e))?;
        let text = format!("{id} is in the queue again; the workers of `lineward serve` carry it out");
        Ok(Answer::new(text, json!({ "id": id.to_string(), "waiting": true })))
    })
}

fn line(job: &JobRow) -> String {
    let problem = job.problem.as_deref().unwrap_or("-");
    format!("{}  {:<16}  {}  after {} attempts: {problem}\n", job.id, job.kind, job.subject, job.attempts)
}

fn job_json(job: &JobRow) -> Value {
    json!({
        "id": job.id.to_string(), "kind": job.kind, "subject": job.subject, "attempts": job.attempts,
        "problem": job.problem,
    })
}
