//! Store, key store and verbs put together from the settings.

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use lineward_app::{
    Actor, App, AppError, Ctx, Entropy, Ports, Settings, StartError,
    ports::{ActivationOrder, LineProvisioner, Message, Notifier, OutsideError},
};
use lineward_core::id::CarrierId;
use lineward_face::Checker;
use lineward_store::{KeyStore, Store, StoreError, StoreOptions};

use crate::{
    chips::Chips, clock, config::Config, entropy::OsEntropy, faces::Faces, master_key, out::CliError,
};

/// Connections for reading: more than requests at the same time on one machine; SQLite has one for writing anyway.
const CONNECTIONS: u32 = 16;

/// lineward, started.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) app: App,
    pub(crate) entropy: Arc<dyn Entropy>,
    carrier: CarrierId,
}

impl Running {
    /// A context of this moment.
    pub(crate) fn ctx(&self, actor: Actor) -> Ctx {
        context(self.carrier, actor, self.entropy.clone())
    }

    /// The context of the person at this command line.
    pub(crate) fn operator(&self) -> Ctx {
        self.ctx(Actor::Operator)
    }
}

/// Opens both databases and starts the verbs.
pub(crate) async fn start(config: &Config, ports: Ports) -> Result<Running, CliError> {
    let store = open_store(config).await?;
    if !store.is_migrated().await.map_err(|e| store_error(&e))? {
        return Err(store_error(&StoreError::NotMigrated));
    }
    let keys = Arc::new(open_keys(config).await?);
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let settings = Settings {
        carrier: config.carrier,
        carrier_name: config.carrier_name.clone(),
        mode: config.mode,
        origin: config.origin.clone(),
    };
    let ctx = context(config.carrier, Actor::Operator, entropy.clone());
    let app = App::start(&ctx, store, keys, ports, settings).await.map_err(|e| start_error(&e))?;
    Ok(Running { app, entropy, carrier: config.carrier })
}

/// Starts the verbs for a command that only looks and sets: no network, no messages, no faces.
pub(crate) async fn start_unplugged(config: &Config) -> Result<Running, CliError> {
    start(config, unplugged()).await
}

/// Opens the store; makes the folder of a SQLite file.
pub(crate) async fn open_store(config: &Config) -> Result<Store, CliError> {
    make_folder(&config.database)?;
    let options = StoreOptions { url: config.database.clone(), connections: CONNECTIONS, hook: None };
    Store::open(&options).await.map_err(|e| store_error(&e))
}

/// Opens the key store with the master key.
pub(crate) async fn open_keys(config: &Config) -> Result<KeyStore, CliError> {
    if config.keys == config.database {
        return Err(CliError::new(
            "the key store must not be in the store's database",
            "give --keys an address of its own: a backup of the data must not bring the keys along",
        ));
    }
    let master = master_key::read(&config.master_key_file)?;
    make_folder(&config.keys)?;
    KeyStore::open(&config.keys, &master).await.map_err(|e| store_error(&e))
}

/// Runs a command that waits for databases and networks.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|e| CliError::new(e, "look whether this user may start more threads"))?.block_on(work)
}

/// Why the store did not do as asked.
pub(crate) fn store_error(error: &StoreError) -> CliError {
    let hint = match error {
        StoreError::NotMigrated => "`lineward migrate` makes the tables",
        StoreError::Unreachable(_) => {
            "look whether the database runs and this user may use it; `lineward doctor` looks at everything"
        }
        StoreError::WrongMasterKey => {
            "--master-key-file names the file that `lineward migrate` made for this key store; put back the one you saved"
        }
        StoreError::Address(_) => "give sqlite:PATH or postgres://USER@HOST/NAME",
        StoreError::Busy | StoreError::Serialization | StoreError::CommitUnknown => {
            "call the same command again"
        }
        _ => "`lineward check` names what does not fit together in the store",
    };
    CliError::new(error, hint)
}

/// Why a verb was not carried out.
pub(crate) fn app_error(error: &AppError) -> CliError {
    match error {
        AppError::Store(e) => store_error(e),
        AppError::NotFound => CliError::new("there is nothing with this id", "the `list` command names them"),
        AppError::NoRules => CliError::new(error, "`lineward rules activate FILE` proposes some"),
        AppError::RulesText(_) => CliError::new(error, "`lineward rules check FILE` lists every problem"),
        AppError::RulesRefused(_) => {
            CliError::new(error, "confirm each figure with reviewed_by and reviewed_on, in rules of your own")
        }
        AppError::Broken(_) => {
            CliError::new(error, "`lineward check` names what does not fit together in the store")
        }
        _ => CliError::new(error, "`--help` shows an example"),
    }
}

fn start_error(error: &StartError) -> CliError {
    match error {
        StartError::Store(e) => store_error(e),
        StartError::Name(_) => CliError::new(error, "give another --carrier-name"),
        StartError::SampleStore => {
            CliError::new(error, "name another --database, or say --mode demo to look at the demo's own")
        }
    }
}

fn context(carrier: CarrierId, actor: Actor, entropy: Arc<dyn Entropy>) -> Ctx {
    let mut id = [0; 8];
    entropy.fill(&mut id);
    Ctx::new(carrier, actor, clock::now(), format!("cli-{}", hex::encode(id)), entropy)
}

fn make_folder(url: &str) -> Result<(), CliError> {
    let Some(file) = url.strip_prefix("sqlite:") else { return Ok(()) };
    let file = Path::new(file.strip_prefix("//").unwrap_or(file));
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => private_folder(folder),
        _ => Ok(()),
    }
}

/// Makes a folder that only its owner may enter; one that is there stays as it is.
pub(crate) fn private_folder(folder: &Path) -> Result<(), CliError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| {
        CliError::new(format!("{}: {e}", folder.display()), "name a folder that this user may write to")
    })
}

fn unplugged() -> Ports {
    Ports {
        provisioner: Arc::new(Unplugged),
        notifier: Arc::new(Unplugged),
        authority: None,
        faces: Arc::new(Faces(Arc::new(Checker::without_pack()))),
        chips: Arc::new(Chips::default()),
    }
}

/// No way out: nothing that a command does is an order or a message, and a job that came here by mistake waits.
struct Unplugged;

#[async_trait]
impl LineProvisioner for Unplugged {
    async fn activate(&self, _: &ActivationOrder) -> Result<(), OutsideError> {
        Err(OutsideError::Retry("no network is connected".to_owned()))
    }
}

#[async_trait]
impl Notifier for Unplugged {
    async fn notify(&self, _: &Message) -> Result<(), OutsideError> {
        Err(OutsideError::Retry("no channel for messages is connected".to_owned()))
    }
}
