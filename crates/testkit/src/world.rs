//! A whole lineward for one test: a real store, a frozen clock, seeded randomness, stand-ins for the outside.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use lineward_app::{
    Actor, App, AppError, Ctx, Entropy, Mode, Ports, Settings,
    application::{OpenApplication, Opened},
    ports::{Authority, ChipExaminer, FaceCheck, LineProvisioner},
    staff::Invite,
    verification::{
        ActiveSent, CaptureAnswer, ChipAnswer, GiveConsent, ShownDocument, ShownPortrait, SubmitCapture,
        SubmitChip,
    },
};
use lineward_core::{
    evidence::Assurance,
    id::{ApplicationId, CarrierId, RowId, StaffId, VerificationId},
    line::{LineKind, Payment},
    staff::Role,
    verification::{ApplicantKind, Channel, ConsentKind, Way},
};
use lineward_document::chip::MadeBy;
use lineward_store::{CommitHook, KeyStore, MasterKey, Store, StoreOptions};
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::{
    chips::{TestChip, TextChips},
    doubles::{Clerk, Mailbox, Network, SeededEntropy, TestClock, TextFaces},
};

/// The machine-readable zone of ICAO 9303-4's specimen holder, with an expiry in 2031.
pub const MRZ: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F3104150ZE184226B<<<<<16";

/// How a [`World`] is made.
pub struct WorldOptions {
    /// The store; a SQLite file of its own where `None`.
    pub store: Option<String>,
    /// The folder of SQLite files and keys; a fresh one where `None`.
    pub folder: Option<PathBuf>,
    /// What happens around commits.
    pub hook: Option<CommitHook>,
    /// The carrier.
    pub carrier: CarrierId,
    /// The seed of all randomness.
    pub seed: u64,
    /// The rules in force.
    pub rules: String,
    /// The mode.
    pub mode: Mode,
    /// Another network than the counting one.
    pub provisioner: Option<Arc<dyn LineProvisioner>>,
    /// Another authority than the clerk.
    pub authority: Option<Arc<dyn Authority>>,
    /// Another face check than the one on text.
    pub faces: Option<Arc<dyn FaceCheck>>,
    /// Another examiner of chips than the one that believes a line of text.
    pub chips: Option<Arc<dyn ChipExaminer>>,
}

impl WorldOptions {
    /// The demo on a SQLite file of its own, under these rules.
    pub fn new(rules: &str) -> Self {
        WorldOptions {
            store: None,
            folder: None,
            hook: None,
            carrier: CarrierId::from_bytes([0xca; 16]),
            seed: 1,
            rules: rules.to_owned(),
            mode: Mode::Demo,
            provisioner: None,
            authority: None,
            faces: None,
            chips: None,
        }
    }
}

/// A whole lineward for one test.
pub struct World {
    /// The verbs.
    pub app: App,
    /// The clock.
    pub clock: TestClock,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The network.
    pub network: Arc<Network>,
    /// The messages.
    pub mailbox: Arc<Mailbox>,
    /// The authority.
    pub clerk: Arc<Clerk>,
    /// The store below the verbs, for looking.
    pub store: Store,
    /// The key store.
    pub keys: Arc<KeyStore>,
    folder: PathBuf,
    carrier: CarrierId,
    _own: Option<TempDir>,
}

impl World {
    /// Makes a world with rules in force. A test that cannot have one fails here.
    ///
    /// # Panics
    /// When anything of it cannot be made.
    #[allow(clippy::expect_used, reason = "a test without a world is a failed test")]
    pub async fn new(options: WorldOptions) -> World {
        let own = options.folder.is_none().then(|| TempDir::new().expect("a temporary folder"));
        let folder = options
            .folder
            .clone()
            .or_else(|| own.as_ref().map(|t| t.path().to_owned()))
            .expect("one of the two was just made");
        let url = options.store.clone().unwrap_or_else(|| format!("sqlite:{}/lineward.db", folder.display()));
        let store = StoreOptions { url, connections: 16, hook: options.hook.clone() };
        let store = Store::open(&store).await.expect("the store opens");
        store.migrate().await.expect("the store migrates");
        let keys = format!("sqlite:{}/keys.db", folder.display());
        let keys =
            KeyStore::open(&keys, &MasterKey::from_bytes(&[9; 32])).await.expect("the key store opens");
        let clock = TestClock::at("2026-06-01T12:00:00Z".parse().expect("a time"));
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(options.seed));
        let (network, mailbox, clerk) =
            (Arc::new(Network::default()), Arc::new(Mailbox::default()), Arc::new(Clerk::default()));
        let ports = Ports {
            provisioner: options.provisioner.clone().unwrap_or_else(|| network.clone()),
            notifier: mailbox.clone(),
            authority: Some(options.authority.clone().unwrap_or_else(|| clerk.clone())),
            faces: options.faces.clone().unwrap_or_else(|| Arc::new(TextFaces)),
            chips: options.chips.clone().unwrap_or_else(|| Arc::new(TextChips)),
        };
        let settings = Settings {
            carrier: options.carrier,
            carrier_name: "Example Mobile".into(),
            mode: options.mode,
            origin: "http://127.0.0.1:8080".into(),
        };
        let keys = Arc::new(keys);
        let ctx = Ctx::new(options.carrier, Actor::Operator, clock.now(), "test".into(), entropy.clone());
        let app =
            App::start(&ctx, store.clone(), keys.clone(), ports, settings).await.expect("lineward starts");
        let carrier = options.carrier;
        let world =
            World { app, clock, entropy, network, mailbox, clerk, store, keys, folder, carrier, _own: own };
        if world.app.active_rules(&ctx).await.is_err() {
            world.put_in_force(&options.rules).await.expect("two people sign the rules");
        }
        world
    }

    /// The folder of SQLite files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A context of this moment.
    pub fn ctx(&self, actor: Actor) -> Ctx {
        Ctx::new(self.carrier, actor, self.clock.now(), "test".into(), self.entropy.clone())
    }

    /// The command line's context.
    pub fn operator(&self) -> Ctx {
        self.ctx(Actor::Operator)
    }

    /// Invites someone and signs them in.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn staff(&self, name: &str, roles: &[Role]) -> Result<Actor, AppError> {
        let invite = Invite { name: name.into(), roles: roles.to_vec(), identity: None };
        let (_, code) = self.app.invite_staff(&self.operator(), &invite).await?;
        self.sign_in(&code).await
    }

    /// Signs someone in by their code.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn sign_in(&self, code: &str) -> Result<Actor, AppError> {
        let (_, secret) = self.app.sign_in(&self.ctx(Actor::Nobody), code).await?;
        self.app.staff_session(&self.ctx(Actor::Nobody), &secret).await
    }

    /// Puts rules in force by two admins.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn put_in_force(&self, rules: &str) -> Result<(), AppError> {
        self.app.propose_rules(&self.operator(), rules).await?;
        let hash: [u8; 32] = sha2::Digest::finalize(sha2::Digest::chain_update(
            <sha2::Sha256 as sha2::Digest>::new(),
            rules.as_bytes(),
        ))
        .into();
        for name in ["Admin One", "Admin Two"] {
            let admin = self.staff(name, &[Role::Admin]).await?;
            self.app.sign_rules(&self.ctx(admin), hash).await?;
        }
        Ok(())
    }

    /// Opens an application for a mobile line.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn open(&self, way: Way) -> Result<(ApplicationId, VerificationId, Ctx), AppError> {
        let open = OpenApplication {
            kind: LineKind::Mobile,
            payment: Payment::Prepaid,
            applicant: ApplicantKind::Person,
            way,
            channel: Channel::Web,
            language: "en".into(),
            contact: Some("anna@example.invalid".into()),
        };
        let opened: Opened = self.app.open_application(&self.ctx(Actor::Nobody), &open).await?;
        let application = ApplicationId::from_uuid(opened.application);
        let ctx = self.ctx(Actor::Applicant(application));
        Ok((application, VerificationId::from_uuid(opened.verification), ctx))
    }

    /// Agrees to everything.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn consent(&self, ctx: &Ctx, verification: VerificationId, way: Way) -> Result<(), AppError> {
        let kinds = match way {
            Way::Face => vec![ConsentKind::Identity, ConsentKind::Face, ConsentKind::KeepImages],
            Way::OtherWay => vec![ConsentKind::Identity],
        };
        let give = GiveConsent { kinds, text_version: "2026-1".into(), language: "en".into(), way };
        self.app.record_consent(ctx, verification, &give).await
    }

    /// Shows a document by its machine-readable zone.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn show(&self, ctx: &Ctx, verification: VerificationId, mrz: &str) -> Result<(), AppError> {
        let shown = ShownDocument::Mrz(Zeroizing::new(mrz.to_owned()));
        self.app.submit_document(ctx, verification, &shown).await.map(|_| ())
    }

    /// Submits a capture: `portrait` and `face` in the words of [`TextFaces`].
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn capture(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        portrait: &str,
        face: &str,
    ) -> Result<CaptureAnswer, AppError> {
        let portrait = ShownPortrait::Picture(Zeroizing::new(portrait.as_bytes().to_vec()));
        self.capture_with(ctx, verification, portrait, face).await
    }

    /// Reads a chip in a session of its own; it signs the server's random number.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn read_chip(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        chip: &TestChip,
    ) -> Result<ChipAnswer, AppError> {
        let session = self.app.open_chip_session(ctx, verification, None).await?;
        let signature = TestChip::answer(&session.nonce);
        let sent = SubmitChip {
            session: RowId::from_uuid(session.session),
            files: chip.chip_files(),
            active: Some(ActiveSent { signature, made_by: MadeBy::Server }),
            chip: None,
        };
        self.app.submit_chip(ctx, verification, sent).await
    }

    /// Submits a capture with the chip's data group 2 as the portrait.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn capture_with_chip(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        dg2: Vec<u8>,
        face: &str,
    ) -> Result<CaptureAnswer, AppError> {
        self.capture_with(ctx, verification, ShownPortrait::Chip(Zeroizing::new(dg2)), face).await
    }

    async fn capture_with(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        portrait: ShownPortrait,
        face: &str,
    ) -> Result<CaptureAnswer, AppError> {
        let capture = SubmitCapture {
            portrait,
            frames: vec![Zeroizing::new(face.as_bytes().to_vec())],
            assurance: Assurance::WebSession,
        };
        self.app.submit_capture(ctx, verification, capture).await
    }

    /// Carries out jobs until none is due.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn work(&self) -> Result<(), AppError> {
        while self.app.run_jobs(&self.ctx(Actor::System)).await? > 0 {}
        Ok(())
    }

    /// The id of a staff actor.
    ///
    /// # Panics
    /// When the actor is not staff.
    pub fn id_of(actor: &Actor) -> StaffId {
        match actor {
            Actor::Staff { id, .. } => *id,
            other => unreachable!("{other} is not staff"),
        }
    }

    /// The time the clock shows.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
