//! The verbs of lineward, one a file.
//!
//! Lives here: authorization, audit, transactions, jobs, ports to the outside.
//! May not live here: SQL, HTTP, HTML, clocks, environment, and decisions (they are `core`'s).

mod acting;
pub mod application;
pub mod check;
pub mod ctx;
pub mod error;
pub mod line;
pub mod pass;
pub mod ports;
pub mod review;
pub mod rules;
mod secrets;
pub mod staff;
pub mod token;
pub mod verification;
pub mod watch;
pub mod worker;

use std::sync::Arc;

use jiff::Timestamp;
use lineward_core::id::CarrierId;
use lineward_ledger::{KeyName, SigningKey, VerifierKey};
use lineward_store::{KeyStore, Store, StoreError, rows::CarrierRow};
use zeroize::Zeroizing;

use crate::ports::{Authority, ChipExaminer, FaceCheck, LineProvisioner, Notifier};
pub use crate::{
    ctx::{Actor, Ctx, Entropy, Idempotency},
    error::AppError,
};

/// lineward for one carrier: its store, its keys and the ports that were plugged in.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Store,
    pub(crate) keys: Arc<KeyStore>,
    pub(crate) ports: Ports,
    pub(crate) settings: Arc<Settings>,
    pub(crate) secrets: Arc<Secrets>,
}

/// The outside, as plugged in.
#[derive(Clone)]
pub struct Ports {
    /// The network.
    pub provisioner: Arc<dyn LineProvisioner>,
    /// Messages to applicants.
    pub notifier: Arc<dyn Notifier>,
    /// The authority that issues documents, where there is one.
    pub authority: Option<Arc<dyn Authority>>,
    /// The face check.
    pub faces: Arc<dyn FaceCheck>,
    /// The examination of chips.
    pub chips: Arc<dyn ChipExaminer>,
}

/// What an operator sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The carrier.
    pub carrier: CarrierId,
    /// Its name as people know it.
    pub carrier_name: String,
    /// Production refuses demo rules, unconfirmed figures, sample records and unmeasured model packs.
    pub mode: Mode,
    /// The address people reach us at, without a final slash.
    pub origin: String,
}

/// How strictly lineward runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real people.
    Production,
    /// Invented people.
    Demo,
}

/// The carrier's own keys, from the key store.
pub(crate) struct Secrets {
    pub(crate) index: Zeroizing<[u8; 32]>,
    pub(crate) receipt: SigningKey,
}

/// Why lineward cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The carrier's name cannot name a key.
    #[error("the carrier's name: {0}")]
    Name(#[from] lineward_ledger::KeyError),
    /// Production on a store that holds sample records.
    #[error("this store holds sample records; production needs a store of its own")]
    SampleStore,
}

impl App {
    /// Starts lineward on a migrated store: makes the carrier's row and keys where they are missing.
    ///
    /// # Errors
    /// [`StartError`]; production refuses a store that holds sample records.
    pub async fn start(
        ctx: &Ctx,
        store: Store,
        keys: Arc<KeyStore>,
        ports: Ports,
        settings: Settings,
    ) -> Result<App, StartError> {
        let mut writing = store.writing(ctx.carrier, None);
        loop {
            let mut tx = writing.begin().await?;
            let outcome = ensure_carrier(&mut tx, ctx.now, &settings).await;
            match writing.end(tx, outcome).await {
                Some(Ok(sample)) if sample && settings.mode == Mode::Production => {
                    return Err(StartError::SampleStore);
                }
                Some(answer) => break answer.map(|_| ())?,
                None => {}
            }
        }
        let index = keys.secret(ctx.carrier, "identity-index", *ctx.secret(), ctx.bytes()).await?;
        let seed = keys.secret(ctx.carrier, "receipt-ed25519", *ctx.secret(), ctx.bytes()).await?;
        let name = KeyName::parse(&format!("lineward-{}", ctx.carrier))?;
        let secrets = Secrets { index, receipt: SigningKey::from_seed(name, seed) };
        Ok(App { store, keys, ports, settings: Arc::new(settings), secrets: Arc::new(secrets) })
    }

    /// What the operator set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The key that this carrier's receipts are verified with.
    pub fn receipt_key(&self) -> &VerifierKey {
        self.secrets.receipt.verifier()
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`StoreError`] when it does not.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.store.read(self.settings.carrier).await?.carrier().await.map(|_| ())
    }
}

/// Whether the store holds sample records, this carrier's row being there.
async fn ensure_carrier(
    tx: &mut lineward_store::Tx,
    now: Timestamp,
    settings: &Settings,
) -> Result<bool, StoreError> {
    if tx.carrier().await?.is_none() {
        tx.insert_carrier(&CarrierRow {
            id: settings.carrier,
            name: settings.carrier_name.clone(),
            sample: settings.mode == Mode::Demo,
            created_at: now,
        })
        .await?;
    }
    tx.any_sample_carrier().await
}
