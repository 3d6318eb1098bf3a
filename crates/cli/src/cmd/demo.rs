//! `lineward demo`: the whole system on one machine, with invented people.

mod card;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Subcommand;
use jiff::tz::TimeZone;
use lineward_app::{Actor, Ports, staff::Invite};
use lineward_connect::{FileNotifier, FileProvisioner};
use lineward_core::{
    id::StaffId,
    rules::Rules,
    staff::Role::{self, Admin, Agent, Reviewer},
};
use lineward_document::trust::TrustBuilder;
use lineward_face::{Checker, Manifest, Pack, PackError};
use lineward_sample::{authority::SampleAuthority, country::Country};
use serde_json::{Value, json};

use crate::{
    chips::Chips,
    clock,
    cmd::models::{From, fetch_pack},
    config::{self, Config, SettingArgs},
    faces::Faces,
    logging, master_key,
    models::{ModelsArgs, ModelsFolder, lanes},
    out::{Answer, CliError, CliResult, note, say, table, words},
    rule_texts,
    server::{self, StopSignals},
    wiring::{self, Running, app_error, block_on, open_store, private_folder, store_error},
};

/// Run the whole system on this machine with invented people
#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example: lineward demo
         lineward demo --rules cn --fresh

Everything stays in one folder. Nothing here is for real documents."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// The demo's folder [default: lineward-demo in the user's data folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Begin again: delete what an earlier demo left in the folder
    #[arg(long)]
    fresh: bool,
    /// Rules: demo, cn, mx, or a file
    #[arg(long, value_name = "RULES", default_value = "demo")]
    rules: String,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address people use [default: http:// and where it listens]
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Fetch no model pack: without one no face is compared
    #[arg(long)]
    no_download: bool,
    #[command(flatten)]
    models: ModelsArgs,
}

/// What else there is for the demo.
#[derive(Subcommand)]
enum Command {
    /// Draw the card of an invented person with a photograph of yours, and have the stand-in authority issue it
    #[command(after_help = "Example: lineward demo card --person 1 --portrait me.jpg --out card.jpg")]
    Card(card::Args),
}

/// The file that says that a folder is a demo's, so that `--fresh` never deletes another one.
const MARK: &str = "LINEWARD-DEMO";
/// The people at the demo's desk. Two admins, because rules take two.
const STAFF: [(&str, &[Role]); 5] = [
    ("Sample Agent", &[Agent]),
    ("Sample Reviewer One", &[Reviewer]),
    ("Sample Reviewer Two", &[Reviewer]),
    ("Sample Admin One", &[Admin]),
    ("Sample Admin Two", &[Admin]),
];

pub(crate) fn run(args: &Args, json: bool) -> CliResult {
    if let Some(Command::Card(args)) = &args.command {
        return card::run(args);
    }
    let rules = rule_texts::rules(&args.rules)?;
    let folder = folder(args.data.as_deref())?;
    prepare(&folder, args.fresh)?;
    let models = args.models.folder()?;
    let checker = Arc::new(checker(&models, args.no_download)?);
    let listener = server::listen(args.listen)?;
    let listen = listener.local_addr().map_err(|e| CliError::new(e, "name another address with --listen"))?;
    let config = settings(&folder, listen, args.origin.clone(), &models)?;
    master_key::make(&config.master_key_file)?;
    logging::start(false)?;
    block_on(async {
        let stop_signals = StopSignals::listen()?;
        open_store(&config).await?.migrate().await.map_err(|e| store_error(&e))?;
        let running = wiring::start(&config, ports(&folder, &checker)?).await?;
        let staff = staff(&running).await?;
        put_in_force(&running, &rules, &staff).await?;
        say(&welcome(&running, &config, &rules, &checker, &staff).await?, json);
        let listener = tokio::net::TcpListener::from_std(listener);
        let listener = listener.map_err(|e| CliError::new(e, "name another address with --listen"))?;
        server::run(&running, &config, listener, stop_signals).await
    })?;
    Ok(Answer::already_said())
}

/// The demo's folder.
fn folder(named: Option<&Path>) -> Result<PathBuf, CliError> {
    let default = || config::data_folder(config::environment).map(|data| data.join("lineward-demo"));
    let folder = named.map(Path::to_owned).or_else(default);
    folder.ok_or_else(|| CliError::new("there is no home folder", "name a folder with --data DIR"))
}

/// Makes the folder, after deleting what an earlier demo left there if that was asked for.
fn prepare(folder: &Path, fresh: bool) -> Result<(), CliError> {
    let cannot = |e: std::io::Error| {
        CliError::new(format!("{}: {e}", folder.display()), "name another folder with --data DIR")
    };
    let mark = folder.join(MARK);
    let empty = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => true,
        Err(e) => return Err(cannot(e)),
    };
    if !empty && !mark.exists() {
        return Err(CliError::new(
            format!("{} holds something that is not a demo's", folder.display()),
            "name another folder with --data DIR",
        ));
    }
    if fresh && !empty {
        std::fs::remove_dir_all(folder).map_err(cannot)?;
    }
    private_folder(folder)?;
    std::fs::write(mark, "This folder belongs to `lineward demo`; `--fresh` deletes it.\n").map_err(cannot)
}

/// What is here, else the public pack, else none: then the demo goes on without a face check.
fn checker(models: &ModelsFolder, no_download: bool) -> Result<Checker, CliError> {
    if let Err(PackError::NoPack { .. }) = Pack::open(&models.dir) {
        let fetched = if no_download { Err(without_faces("")) } else { fetch_public(models) };
        if let Err(why) = fetched {
            note(why);
            return Ok(Checker::without_pack());
        }
    }
    models.checker(lanes())
}

fn fetch_public(models: &ModelsFolder) -> Result<(), String> {
    note("no model pack is here; fetching the public one (about 40 MB)");
    let manifest = Manifest::named("opencv-zoo").map_err(|e| without_faces(&e.to_string()))?;
    fetch_pack(&manifest, &From::Web(None), &models.dir).map_err(|e| without_faces(e.what()))
}

fn without_faces(why: &str) -> String {
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    format!(
        "no model pack{why}\nThe demo goes on without a face check: choose the other way, or fetch a pack with \
         `lineward models pull --from FOLDER` and start again."
    )
}

fn settings(
    folder: &Path,
    listen: SocketAddr,
    origin: Option<String>,
    models: &ModelsFolder,
) -> Result<Config, CliError> {
    let mut seen = listen;
    if listen.ip().is_unspecified() {
        seen.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let args = SettingArgs {
        mode: Some("demo".into()),
        data: Some(folder.display().to_string()),
        listen: Some(listen.to_string()),
        origin: Some(origin.unwrap_or_else(|| format!("http://{seen}"))),
        carrier_name: Some("Example Mobile".into()),
        models: Some(models.dir.display().to_string()),
        ..SettingArgs::default()
    };
    // Nothing of an operator's environment: the demo must never open a real store.
    Config::read(&args, &|_| None)
}

fn ports(folder: &Path, checker: &Arc<Checker>) -> Result<Ports, CliError> {
    let cannot = |e: lineward_connect::FolderError| CliError::new(e, "name another folder with --data DIR");
    Ok(Ports {
        provisioner: Arc::new(FileProvisioner::new(&folder.join("network")).map_err(cannot)?),
        notifier: Arc::new(FileNotifier::new(&folder.join("messages")).map_err(cannot)?),
        authority: Some(Arc::new(SampleAuthority::new(card::authority_folder(folder), checker.clone()))),
        faces: Arc::new(Faces(checker.clone())),
        chips: Arc::new(sample_chips()),
    })
}

/// The demo takes the chips of the sample country, and no other.
fn sample_chips() -> Chips {
    let mut trust = TrustBuilder::default();
    let today = clock::now().to_zoned_datetime(TimeZone::UTC).date();
    for file in Country::of_the_demo(today).trust_files() {
        trust.add_file(&file.name, &file.bytes);
    }
    Chips(trust.build().store)
}

/// Someone at the demo's desk.
struct Sample {
    id: StaffId,
    name: &'static str,
    roles: &'static [Role],
}

/// The people at the desk: those of an earlier start, and who is missing.
async fn staff(running: &Running) -> Result<Vec<Sample>, CliError> {
    let ctx = running.operator();
    let known = running.app.staff_list(&ctx).await.map_err(|e| app_error(&e))?;
    let mut all = Vec::new();
    for (name, roles) in STAFF {
        let id = match known.iter().find(|row| row.name == name && row.disabled_at.is_none()) {
            Some(row) => row.id,
            None => {
                let invite = Invite { name: name.to_owned(), roles: roles.to_vec(), identity: None };
                running.app.invite_staff(&ctx, &invite).await.map_err(|e| app_error(&e))?.0
            }
        };
        all.push(Sample { id, name, roles });
    }
    Ok(all)
}

/// Two admins sign the rules, by the same verbs as at the desk.
async fn put_in_force(running: &Running, rules: &Rules, staff: &[Sample]) -> Result<(), CliError> {
    let standing = running.app.propose_rules(&running.operator(), rules.text()).await;
    let standing = standing.map_err(|e| match app_error(&e) {
        e if matches!(e.what(), what if what.contains("in force before")) => {
            CliError::new(e.what(), "begin again with --fresh")
        }
        e => e,
    })?;
    if standing.active {
        return Ok(());
    }
    for admin in staff.iter().filter(|s| s.roles.contains(&Admin)) {
        let ctx = running.ctx(signed_in(running, admin.id).await?);
        match running.app.sign_rules(&ctx, *rules.hash()).await {
            // An earlier start may have been stopped after the first signature.
            Ok(_) | Err(lineward_app::AppError::Sign(lineward_core::review::SignRefused::SamePerson)) => {}
            Err(e) => return Err(app_error(&e)),
        }
    }
    Ok(())
}

async fn signed_in(running: &Running, staff: StaffId) -> Result<Actor, CliError> {
    let (app, nobody) = (&running.app, running.ctx(Actor::Nobody));
    let code = app.new_staff_code(&running.operator(), staff).await.map_err(|e| app_error(&e))?;
    let (_, session) = app.sign_in(&nobody, &code).await.map_err(|e| app_error(&e))?;
    let actor = app.staff_session(&nobody, &session).await.map_err(|e| app_error(&e))?;
    app.sign_out(&nobody, &session).await.map_err(|e| app_error(&e))?;
    Ok(actor)
}

/// Addresses, codes and what to try next.
async fn welcome(
    running: &Running,
    config: &Config,
    rules: &Rules,
    checker: &Checker,
    staff: &[Sample],
) -> Result<Answer, CliError> {
    let mut codes = Vec::new();
    for s in staff {
        let code = running.app.new_staff_code(&running.operator(), s.id).await.map_err(|e| app_error(&e))?;
        codes.push((s, code));
    }
    let (apply, desk) = (format!("{}/apply", config.origin), format!("{}/desk", config.origin));
    let pack = checker.manifest().map(|m| m.name());
    let mut text = String::from("lineward demo: invented people only, do not use a real document\n\n");
    text.push_str(&table(&[
        ("apply", apply.clone()),
        ("desk", desk.clone()),
        ("rules", format!("{} {}", rules.id, rules.version)),
        ("face check", pack.map_or("none (no model pack)".to_owned(), |name| format!("model pack {name}"))),
        ("folder", config.data.display().to_string()),
    ]));
    text.push_str("\nsign-in codes for the desk, each good once and for 15 minutes:\n");
    for (s, code) in &codes {
        text.push_str(&format!("  {}  {} ({})\n", code.as_str(), s.name, words(s.roles)));
    }
    let env = format!("LINEWARD_MODE=demo LINEWARD_DATA={}", config.data.display());
    text.push_str(&format!(
        "\ntry next:\n  \
         1. draw a card with a photograph:  {card}\n     and type its zone, which this prints, when you apply\n  \
         2. apply at {apply}: hold the card and then your face to the camera, or choose files\n  \
         3. the network's orders are in {network}, messages in {messages}\n  \
         4. a new code:  {env} lineward staff code {id}\n  \
         5. every invariant:  {env} lineward check\n\n\
         Ctrl+C ends the demo; the folder stays.\n",
        card = card::example(&config.data),
        network = config.data.join("network").display(),
        messages = config.data.join("messages").display(),
        id = staff.first().map(|s| s.id.to_string()).unwrap_or_default(),
    ));
    let people: Vec<Value> = codes
        .iter()
        .map(|(s, code)| {
            let roles: Vec<&str> = s.roles.iter().map(|r| r.code()).collect();
            json!({ "id": s.id.to_string(), "name": s.name, "roles": roles, "code": code.as_str() })
        })
        .collect();
    let json = json!({
        "apply": apply, "desk": desk, "origin": config.origin, "data": config.data.display().to_string(),
        "rules": rules.id, "model_pack": pack, "staff": people,
    });
    Ok(Answer::new(text, json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_demos_own_folder_is_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let (demo, other) = (dir.path().join("demo"), dir.path().join("other"));
        prepare(&demo, true).unwrap();
        std::fs::write(demo.join("old"), "x").unwrap();
        prepare(&demo, false).unwrap();
        assert!(demo.join("old").exists());
        prepare(&demo, true).unwrap();
        assert!(!demo.join("old").exists());

        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("letters.txt"), "x").unwrap();
        assert!(prepare(&other, true).unwrap_err().what().contains("not a demo's"));
        assert!(other.join("letters.txt").exists());
    }

    #[test]
    fn the_demo_listens_where_it_says() {
        let models = ModelsFolder { dir: "/m".into(), named: false };
        let config = settings(Path::new("/d"), "0.0.0.0:9".parse().unwrap(), None, &models).unwrap();
        assert_eq!(config.origin, "http://127.0.0.1:9");
        assert_eq!(config.database, "sqlite:/d/store/lineward.db");
    }
}
