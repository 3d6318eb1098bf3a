//! `lineward doctor`: what this installation needs, what is wrong with it, and what to do.

use std::path::{Path, PathBuf};

use lineward_app::{AppError, Mode};
use lineward_connect::authority::FRESH_SECS;
use lineward_core::rules::Rules;
use lineward_face::{Checker, Pack};
use lineward_store::{Backend, StoreError};
use serde_json::{Value, json};

use crate::{
    authority, chips, clock,
    config::{Config, SettingArgs, UNNAMED_CARRIER},
    master_key,
    out::{Answer, CliError, CliResult, words},
    wiring::{Running, app_error, block_on, open_keys, open_store, start_unplugged, store_error},
};

/// Look at everything this installation needs, each line with its fix
#[derive(clap::Args)]
#[command(after_help = "Example: lineward doctor --json")]
pub(crate) struct Args {
    #[command(flatten)]
    settings: SettingArgs,
}

/// Less is a problem: the write-ahead log, a backup and the model packs need room.
const MIN_FREE_BYTES: u64 = 1 << 30;

/// One thing that was looked at.
struct Finding {
    name: &'static str,
    detail: String,
    /// What to do; `None` where nothing is wrong.
    fix: Option<String>,
    /// It works all the same.
    works: bool,
}

impl Finding {
    fn word(&self) -> &'static str {
        match (&self.fix, self.works) {
            (None, _) => "ok",
            (Some(_), true) => "warning",
            (Some(_), false) => "problem",
        }
    }
}

pub(crate) fn run(args: &Args) -> CliResult {
    let config = Config::from(&args.settings)?;
    let mut found = vec![cpu(), disk(&config), time(), settings(&config), master_key_place(&config)];
    block_on(async {
        let database = from("database", database(&config).await);
        let keys = from("key_store", key_store(&config).await);
        // Looking at rules and jobs starts the verbs, which must not make a database that was misspelt.
        let inside = match (&database.fix, &keys.fix) {
            (None, None) => inside(&config).await,
            _ => ["rules", "jobs"]
                .map(|name| problem(name, "not looked at", "put database and key_store right first")),
        };
        found.extend([database, keys]);
        found.extend(inside);
        Ok(())
    })?;
    found.push(models(&config));
    found.push(country_cas(&config));
    found.push(from("authority", asked_authority(&config)));
    Ok(answer(&found))
}

fn answer(found: &[Finding]) -> Answer {
    let text: String = found
        .iter()
        .map(|f| match &f.fix {
            None => format!("{:<8} {:<10} {}\n", f.word(), f.name, f.detail),
            Some(fix) => format!("{:<8} {:<10} {}\n         fix: {fix}\n", f.word(), f.name, f.detail),
        })
        .collect();
    let checks: Vec<Value> = found
        .iter()
        .map(|f| json!({ "name": f.name, "result": f.word(), "detail": f.detail, "fix": f.fix }))
        .collect();
    Answer::new(text, json!({ "ok": found.iter().all(|f| f.fix.is_none() || f.works), "checks": checks }))
}

fn ok(name: &'static str, detail: impl Into<String>) -> Finding {
    Finding { name, detail: detail.into(), fix: None, works: true }
}

fn problem(name: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Finding {
    Finding { name, detail: detail.into(), fix: Some(fix.into()), works: false }
}

fn warning(name: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Finding {
    Finding { works: true, ..problem(name, detail, fix) }
}

fn from(name: &'static str, looked: Result<String, CliError>) -> Finding {
    match looked {
        Ok(detail) => ok(name, detail),
        Err(e) => problem(name, e.what(), e.hint()),
    }
}

fn cpu() -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let features = cpu_features();
    match features {
        Some(features) if features.iter().any(|(_, has)| !has) => {
            let lacking = words(features.iter().filter(|(_, has)| !has).map(|(name, _)| name));
            problem(
                "cpu",
                format!("{cores} cores, without {lacking}: a face check takes several times as long"),
                "run on a processor of 2013 or later; in a virtual machine pass the host's processor through",
            )
        }
        Some(features) => {
            ok("cpu", format!("{cores} cores with {}", words(features.iter().map(|(name, _)| name))))
        }
        None => ok("cpu", format!("{cores} cores")),
    }
}

/// What the inference engine's fast kernels need; `None` on other architectures.
#[cfg(target_arch = "x86_64")]
fn cpu_features() -> Option<[(&'static str, bool); 2]> {
    Some([
        ("avx2", std::arch::is_x86_feature_detected!("avx2")),
        ("fma", std::arch::is_x86_feature_detected!("fma")),
    ])
}

#[cfg(not(target_arch = "x86_64"))]
fn cpu_features() -> Option<[(&'static str, bool); 2]> {
    None
}

fn disk(config: &Config) -> Finding {
    let Some(file) = config.database.strip_prefix("sqlite:") else {
        return ok("disk", "the database is elsewhere");
    };
    let folder = nearest_folder(Path::new(file));
    match rustix::fs::statvfs(&folder) {
        Ok(fs) => {
            let free = fs.f_bavail.saturating_mul(fs.f_frsize);
            let detail = format!("{} MiB free in {}", free >> 20, folder.display());
            if free >= MIN_FREE_BYTES {
                return ok("disk", detail);
            }
            problem("disk", detail, "make room, or name a database on another disk with --database")
        }
        Err(e) => problem("disk", format!("{}: {e}", folder.display()), "look at the folder's permissions"),
    }
}

/// The folder of `file`, or the one above it that is there already.
fn nearest_folder(file: &Path) -> PathBuf {
    file.ancestors().skip(1).find(|folder| folder.is_dir()).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// The program cannot be younger than now: what it is built into was written before.
fn time() -> Finding {
    let now = clock::now();
    let built = std::env::current_exe()
        .and_then(std::fs::metadata)
        .and_then(|meta| meta.modified())
        .ok()
        .and_then(|at| jiff::Timestamp::try_from(at).ok());
    match built {
        Some(built) if now < built => problem(
            "clock",
            format!("{now} is before this program was installed ({built})"),
            "set the clock, and keep it set by NTP: deadlines and expiry dates are judged by it",
        ),
        _ => ok("clock", now.to_string()),
    }
}

fn settings(config: &Config) -> Finding {
    let refused = refused_settings(config);
    if refused.is_empty() {
        let mode = if config.mode == Mode::Production { "production" } else { "demo" };
        return ok("settings", format!("{mode} at {}", config.origin));
    }
    let (what, fix): (Vec<_>, Vec<_>) = refused.into_iter().unzip();
    problem("settings", what.join("; "), fix.join("; "))
}

/// What production does not start with, and what to do about it.
pub(crate) fn refused_settings(config: &Config) -> Vec<(String, String)> {
    let mut why = Vec::new();
    if config.mode == Mode::Demo {
        return why;
    }
    let mut refuse = |what: &str, fix: &str| why.push((what.to_owned(), fix.to_owned()));
    if !is_private(&config.origin) {
        refuse(
            &format!("{} sends personal data in the clear", config.origin),
            "put TLS in front and set --origin https://...",
        );
    }
    if config.carrier_name == UNNAMED_CARRIER {
        refuse("the carrier has no name for pages and receipts", "set --carrier-name");
    }
    if config.webhook.is_none() {
        refuse("no network to order lines from", "set --webhook-url and --webhook-secret-file");
    }
    if config.notify.is_none() {
        refuse("no channel for messages to applicants", "set --notify-url and --notify-secret-file");
    }
    why
}

/// Whether nobody on the way can read what is sent to this origin.
pub(crate) fn is_private(origin: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(origin) else { return false };
    let loopback = url.host_str().is_some_and(|host| {
        let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
        host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
    });
    url.scheme() == "https" || loopback
}

async fn database(config: &Config) -> Result<String, CliError> {
    // Looking must not make a database that was misspelt.
    if let Some(file) = config.database.strip_prefix("sqlite:")
        && !Path::new(file.trim_start_matches("//")).exists()
    {
        return Err(CliError::new(format!("{file} is not there"), "`lineward migrate` makes it"));
    }
    let store = open_store(config).await?;
    if !store.is_migrated().await.map_err(|e| store_error(&e))? {
        return Err(store_error(&StoreError::NotMigrated));
    }
    let name = match store.backend() {
        Backend::Sqlite => "SQLite",
        Backend::Postgres => "PostgreSQL",
    };
    Ok(format!("{name}, migrated"))
}

async fn key_store(config: &Config) -> Result<String, CliError> {
    master_key::owner_only(&config.master_key_file)?;
    for url in [&config.database, &config.keys] {
        if let Some(file) = url.strip_prefix("sqlite:").map(Path::new).filter(|file| file.exists()) {
            master_key::owner_only(file)?;
        }
    }
    if let Some(file) = config.keys.strip_prefix("sqlite:").filter(|file| !Path::new(file).exists()) {
        return Err(CliError::new(format!("{file} is not there"), "`lineward migrate` makes it"));
    }
    open_keys(config).await?;
    let folder =
        |url: &str| url.strip_prefix("sqlite:").and_then(|file| Path::new(file).parent().map(Path::to_owned));
    let (data, keys) = (folder(&config.database), folder(&config.keys));
    if keys.is_some() && data == keys {
        return Err(CliError::new(
            "the key store is in the folder of the data",
            "move it with --keys: a backup of the data must not bring the keys along",
        ));
    }
    Ok(format!("opens with {}", config.master_key_file.display()))
}

/// Whether a backup of the data would bring the master key along.
fn master_key_place(config: &Config) -> Finding {
    const NAME: &str = "master_key";
    let file = &config.master_key_file;
    let whole = |file: &Path| {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
    };
    let key = whole(file);
    let beside = [&config.database, &config.keys].into_iter().any(|url| {
        let data =
            url.strip_prefix("sqlite:").map(|file| whole(Path::new(file.strip_prefix("//").unwrap_or(file))));
        data.is_some_and(|data| key.starts_with(&data) || data.starts_with(&key))
    });
    if beside && config.mode == Mode::Production {
        return warning(
            NAME,
            format!("{} is in one folder tree with the data", file.display()),
            "move it to a place of its own and name it with --master-key-file: who copies the data must not get the key",
        );
    }
    ok(NAME, file.display().to_string())
}

/// What is told from within: rules and jobs.
async fn inside(config: &Config) -> [Finding; 2] {
    match start_unplugged(config).await {
        Ok(running) => [rules(config, &running).await, jobs(&running).await],
        Err(e) => {
            ["rules", "jobs"].map(|name| problem(name, format!("not looked at: {}", e.what()), e.hint()))
        }
    }
}

async fn jobs(running: &Running) -> Finding {
    match running.app.given_up_jobs(&running.operator()).await {
        Ok(jobs) if jobs.is_empty() => ok("jobs", "none given up"),
        Ok(jobs) => problem(
            "jobs",
            format!("{} given up", jobs.len()),
            "`lineward jobs list` names each with its problem; `lineward jobs retry ID` puts it back",
        ),
        Err(e) => from("jobs", Err(app_error(&e))),
    }
}

async fn rules(config: &Config, running: &Running) -> Finding {
    match running.app.active_rules(&running.operator()).await {
        Ok(active) => active_rules(config, &active),
        Err(AppError::NoRules) => no_rules(running).await,
        Err(e) => from("rules", Err(app_error(&e))),
    }
}

fn active_rules(config: &Config, rules: &Rules) -> Finding {
    let detail = format!("{} {} ({})", rules.id, rules.version, hex::encode(&rules.hash()[..6]));
    let refused = rules.refused_in_production();
    if config.mode == Mode::Production && !refused.is_empty() {
        return problem(
            "rules",
            format!("{detail}: production refuses them ({})", words(&refused)),
            "confirm each figure with reviewed_by and reviewed_on, and activate them with `lineward rules activate FILE`",
        );
    }
    ok("rules", detail)
}

async fn no_rules(running: &Running) -> Finding {
    let proposed = running.app.proposed_rules(&running.operator()).await.unwrap_or_default();
    match proposed.first() {
        Some(row) => problem(
            "rules",
            format!("{} proposed, signed by {} of 2", proposed.len(), row.signed_by.len()),
            "two admins sign them at the desk, under Rules",
        ),
        None => problem(
            "rules",
            "none are active",
            "`lineward rules activate FILE` proposes some; two admins sign them",
        ),
    }
}

fn models(config: &Config) -> Finding {
    let fetch = "`lineward models pull --from FOLDER` fetches the default pack";
    let pack = match Pack::open(&config.models.dir) {
        Ok(pack) => pack,
        Err(e) => return problem("models", e.to_string(), fetch),
    };
    let (name, refused) = (pack.manifest().name().to_owned(), pack.manifest().not_for_production());
    if let Err(e) = Checker::load(pack, 1) {
        return problem("models", e.to_string(), fetch);
    }
    if config.mode == Mode::Production && !refused.is_empty() {
        return problem("models", format!("{name}: {}", words(&refused)), fetch);
    }
    ok("models", format!("{name} in {}", config.models.dir.display()))
}

fn country_cas(config: &Config) -> Finding {
    let import = "`lineward trust import FILE` takes a master list or a country's certificate";
    match chips::trusted(&config.trust) {
        Err(e) => problem("trust", e.what(), e.hint()),
        Ok(trusted) if trusted.store.is_empty() => {
            warning("trust", "no country CA is trusted: no chip can be found genuine", import)
        }
        Ok(trusted) => {
            let all = format!("{} country CAs in {}", trusted.store.len(), config.trust.display());
            match trusted.rejected.as_slice() {
                [] => ok("trust", all),
                [first, ..] => warning(
                    "trust",
                    format!(
                        "{all}; {} left out, first {}: {}",
                        trusted.rejected.len(),
                        first.name,
                        first.reason
                    ),
                    import,
                ),
            }
        }
    }
}

/// Whether the authority could be asked; nobody is asked. That it answers is seen with the first document.
fn asked_authority(config: &Config) -> Result<String, CliError> {
    let Some(endpoint) = &config.authority else {
        return Ok("none is asked: chips and people prove documents".to_owned());
    };
    authority::made(endpoint)?;
    let keys = authority::keys(endpoint)?.count();
    let profile = &endpoint.profile;
    let told = [("names", profile.names), ("birth date", profile.birth_date), ("portrait", profile.portrait)];
    Ok(format!(
        "{} for documents of {}, {keys} {} key(s), told kind, state, number, expiry{}; its answers have to be within {FRESH_SECS} s of the clock above",
        profile.source,
        words(profile.issuing_states.iter().map(|state| state.as_str())),
        endpoint.algorithm,
        told.iter().filter(|(_, is)| *is).map(|(what, _)| format!(", {what}")).collect::<String>(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_and_loopback_are_private() {
        for origin in ["https://lines.example", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"]
        {
            assert!(is_private(origin), "{origin}");
        }
        for origin in ["http://lines.example", "http://192.168.1.1", "http://127.0.0.1.example", ""] {
            assert!(!is_private(origin), "{origin}");
        }
    }
}
