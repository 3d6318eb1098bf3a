//! `lineward models`: face model packs, with licence and hash of every file.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use lineward_face::{Checker, FileState, Manifest, ManifestFile, Pack, PackInfo, PartFile, PullError, pull};
use serde_json::{Value, json};

use crate::{
    models::{ModelsArgs, pack_error},
    out::{Answer, CliError, CliResult, note, words},
};

/// What can be done with model packs.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward models list")]
pub(crate) enum Command {
    /// List the known packs and what is here of them
    #[command(after_help = "Example: lineward models list")]
    List(ModelsArgs),
    /// Fetch a pack; an interrupted fetch goes on where it stopped
    #[command(after_help = "Example: lineward models pull --pack opencv-zoo
         lineward models pull --from /media/usb/models

No file gets its name before its SHA-256 is the manifest's.")]
    Pull(PullArgs),
    /// Check hashes, load every network, and say whether production may use the pack
    #[command(after_help = "Example: lineward models verify --models /srv/lineward/models")]
    Verify(ModelsArgs),
}

/// Arguments of `models pull`.
#[derive(clap::Args)]
pub(crate) struct PullArgs {
    /// The pack
    #[arg(long, value_name = "NAME", default_value = "default")]
    pack: String,
    /// A folder or a web address that has its files [default: their public addresses, where they have some]
    #[arg(long, value_name = "FOLDER-or-URL")]
    from: Option<String>,
    #[command(flatten)]
    models: ModelsArgs,
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::List(args) => list(args),
        Command::Pull(args) => fetch(args),
        Command::Verify(args) => verify(args),
    }
}

fn list(args: &ModelsArgs) -> CliResult {
    let folder = args.folder()?;
    let packs = PackInfo::all(Some(&folder.dir)).map_err(|e| pack_error(&e))?;
    let mut text = format!("in {}\n", folder.dir.display());
    for pack in &packs {
        let here = if pack.is_complete() { "complete" } else { "not complete" };
        text.push_str(&format!(
            "\n{} ({}): {here}, {}\n",
            pack.manifest.name(),
            pack.manifest.title(),
            production(pack)
        ));
        for (file, state) in &pack.files {
            text.push_str(&format!(
                "  {:<9} {:<36} {:<9} {}\n",
                file.role.to_string(),
                file.name,
                state_word(state),
                file.licence
            ));
        }
    }
    let packs: Vec<Value> = packs.iter().map(pack_json).collect();
    Ok(Answer::new(text, json!({ "folder": folder.dir.display().to_string(), "packs": packs })))
}

fn verify(args: &ModelsArgs) -> CliResult {
    let folder = args.folder()?;
    let packs = PackInfo::all(Some(&folder.dir)).map_err(|e| pack_error(&e))?;
    let (mut text, mut all) = (format!("in {}\n", folder.dir.display()), Vec::new());
    for info in packs {
        let mut json = pack_json(&info);
        text.push_str(&format!("\n{}: {}\n", info.manifest.name(), production(&info)));
        for (file, state) in &info.files {
            if let FileState::WrongHash(found) = state {
                text.push_str(&format!("  {}: SHA-256 {} expected, {found} found\n", file.name, file.sha256));
            }
        }
        let loaded = if info.is_complete() {
            let pack = Pack::open_as(&info.manifest, &folder.dir).map_err(|e| pack_error(&e))?;
            Checker::load(pack, 1).map_err(|e| e.to_string())
        } else {
            Err(format!(
                "not complete: {}",
                words(info.files.iter().filter(|(_, s)| *s != FileState::Present).map(|(f, _)| &f.name))
            ))
        };
        match &loaded {
            Ok(checker) => {
                let networks = checker.networks().iter().map(|n| {
                    text.push_str(&format!("  {:<9} {:<36} runs on {}\n", n.role.to_string(), n.file, n.engine));
                    json!({ "file": n.file, "role": n.role.to_string(), "engine": n.engine, "input": n.input })
                });
                json["networks"] = networks.collect();
                json["problem"] = Value::Null;
            }
            Err(problem) => {
                text.push_str(&format!("  {problem}\n"));
                json["networks"] = json!([]);
                json["problem"] = json!(problem);
            }
        }
        all.push(json);
    }
    let usable = all.iter().any(|pack| pack["problem"].is_null());
    let json = json!({ "folder": folder.dir.display().to_string(), "usable": usable, "packs": all });
    Ok(Answer::new(text, json))
}

fn pack_json(info: &PackInfo) -> Value {
    let files = info.files.iter().map(|(file, state)| {
        json!({
            "role": file.role.to_string(), "name": file.name, "state": state_word(state), "sha256": file.sha256,
            "licence": file.licence, "commercial_use": file.commercial_use, "source": file.source, "url": file.url,
        })
    });
    let thresholds = info.manifest.thresholds();
    json!({
        "name": info.manifest.name(),
        "title": info.manifest.title(),
        "hash": hex::encode(info.manifest.hash()),
        "complete": info.is_complete(),
        "files": files.collect::<Vec<_>>(),
        "thresholds": { "measured": thresholds.measured, "origin": thresholds.origin },
        "production": info.is_complete() && info.not_for_production.is_empty(),
        "not_for_production": info.not_for_production.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn production(info: &PackInfo) -> String {
    match (info.not_for_production.is_empty(), info.is_complete()) {
        (true, true) => "production may use it".to_owned(),
        (true, false) => "production may use it once it is complete".to_owned(),
        (false, _) => format!("not for production: {}", words(&info.not_for_production)),
    }
}

fn state_word(state: &FileState) -> &'static str {
    match state {
        FileState::Present => "present",
        FileState::Missing => "missing",
        FileState::WrongHash(_) => "damaged",
    }
}

fn fetch(args: &PullArgs) -> CliResult {
    let manifest = Manifest::named(&args.pack).map_err(|e| pack_error(&e))?;
    let dest = args.models.folder()?.dir;
    let from = match &args.from {
        Some(from) if from.starts_with("https://") || from.starts_with("http://") => {
            From::Web(Some(from.clone()))
        }
        Some(from) => From::Folder(PathBuf::from(from)),
        None => From::Web(None),
    };
    fetch_pack(&manifest, &from, &dest)?;
    let files: Vec<&str> = manifest.files().iter().map(|f| f.name.as_str()).collect();
    Ok(Answer::new(
        format!("pack {} is complete in {}", manifest.name(), dest.display()),
        json!({ "pack": manifest.name(), "folder": dest.display().to_string(), "files": files, "complete": true }),
    ))
}

/// Where the files of a pack are.
pub(crate) enum From {
    /// In a folder.
    Folder(PathBuf),
    /// Below a web address, or each at its own public one.
    Web(Option<String>),
}

/// Fetches every file that is not here yet.
pub(crate) fn fetch_pack(manifest: &Manifest, from: &From, dest: &Path) -> Result<(), CliError> {
    let bar = progress_bar();
    let done = match from {
        From::Folder(folder) => pull(manifest, folder, dest, &mut |p| {
            bar.set_message(p.file.to_owned());
            bar.set_length(p.total.unwrap_or(p.done));
            bar.set_position(p.done);
        })
        .map_err(|e| pull_error(&e)),
        From::Web(base) => fetch_web(manifest, base.as_deref(), dest, &bar),
    };
    bar.finish_and_clear();
    done
}

fn fetch_web(
    manifest: &Manifest,
    base: Option<&str>,
    dest: &Path,
    bar: &ProgressBar,
) -> Result<(), CliError> {
    let mut wanted = Vec::new();
    for file in manifest.files() {
        let url = base
            .map(|base| format!("{}/{}", base.trim_end_matches('/'), file.name))
            .or_else(|| file.url.clone());
        let url = url.ok_or_else(|| {
            CliError::new(
                format!("the files of pack {} have no public address", manifest.name()),
                "give --from FOLDER-or-URL, or take the public pack with --pack opencv-zoo",
            )
        })?;
        wanted.push((file, url));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| CliError::new(e, "look whether this user may open more files"))?;
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .connect_timeout(std::time::Duration::from_secs(10))
            .read_timeout(std::time::Duration::from_secs(60))
            .user_agent(concat!("lineward/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| CliError::new(e, "look at the proxy settings of this machine"))?;
        for (file, url) in wanted {
            if file.state_in(Some(dest)).map_err(|e| pack_error(&e))? != FileState::Present {
                fetch_file(&client, file, &url, dest, bar).await?;
            }
        }
        Ok(())
    })
}

async fn fetch_file(
    client: &reqwest::Client,
    file: &ManifestFile,
    url: &str,
    dest: &Path,
    bar: &ProgressBar,
) -> Result<(), CliError> {
    let mut part = PartFile::open(dest, file).map_err(|e| pull_error(&e))?;
    let mut request = client.get(url);
    if part.len() > 0 {
        request = request.header("range", format!("bytes={}-", part.len()));
    }
    let mut response = request.send().await.map_err(|e| web_error(url, &e))?;
    match response.status().as_u16() {
        206 if part.len() > 0 => {}
        200 => part.restart().map_err(|e| pull_error(&e))?,
        // Nothing lies beyond what is here: the hash tells whether it is the whole file.
        416 if part.len() > 0 => return part.finish().map(drop).map_err(|e| pull_error(&e)),
        status => {
            return Err(CliError::new(
                format!("{url} answered with status {status}"),
                "look whether the address is right, or fetch the files yourself and give --from FOLDER",
            ));
        }
    }
    bar.set_message(file.name.clone());
    if let Some(rest) = response.content_length() {
        bar.set_length(part.len() + rest);
    }
    while let Some(bytes) = response.chunk().await.map_err(|e| web_error(url, &e))? {
        part.write(&bytes).map_err(|e| pull_error(&e))?;
        bar.set_position(part.len());
    }
    part.finish().map(drop).map_err(|e| pull_error(&e))
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    match ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}") {
        Ok(style) => bar.set_style(style),
        Err(e) => note(e),
    }
    bar
}

fn web_error(url: &str, error: &reqwest::Error) -> CliError {
    let mut why = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        why = inner.to_string();
        source = inner.source();
    }
    CliError::new(
        format!("{url}: {why}"),
        "call the same command again: it goes on where it stopped; without a network give --from FOLDER",
    )
}

fn pull_error(error: &PullError) -> CliError {
    let hint = match error {
        PullError::NotInSource { .. } => {
            "--from is the folder that holds the files; `lineward models list` names them"
        }
        PullError::WrongHash { .. } | PullError::TooLong { .. } => {
            "fetch from another place: this one has another file under that name"
        }
        PullError::Io { .. } => {
            "look at the folder's permissions and free space, then call the same command again"
        }
        PullError::Pack(e) => return pack_error(e),
    };
    CliError::new(error, hint)
}
