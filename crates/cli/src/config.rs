//! Settings, read once: flag before environment before default, each with where it came from.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use lineward_app::{Mode, ports::AuthorityProfile};
use lineward_connect::{
    AuthorityOptions,
    authority::{Algorithm, MAX_TIMEOUT},
};
use lineward_core::id::CarrierId;
use lineward_document::state::StateCode;

use crate::{models::ModelsFolder, out::CliError};

/// The environment. This is the only place that reads it.
#[allow(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The settings as flags. Each has an environment variable of the same name: `--carrier-name`, `LINEWARD_CARRIER_NAME`.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Settings (each also as LINEWARD_... in the environment)")]
pub(crate) struct SettingArgs {
    /// production or demo [default: production]
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<String>,
    /// Folder for what has no place of its own [default: the user's data folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<String>,
    /// sqlite:PATH or postgres://... [default: SQLite in the data folder]
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// The key store's database, apart from the other [default: SQLite in the data folder]
    #[arg(long, value_name = "URL")]
    pub(crate) keys: Option<String>,
    /// The master key: 32 bytes or 64 hexadecimal digits, readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub(crate) master_key_file: Option<String>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// The address people use [default: http:// and where it listens]
    #[arg(long, value_name = "URL")]
    pub(crate) origin: Option<String>,
    /// Proxies whose X-Forwarded-For is believed, with commas between them
    #[arg(long, value_name = "IP,...")]
    pub(crate) trusted_proxies: Option<String>,
    /// The carrier's UUID, where several share a database
    #[arg(long, value_name = "UUID")]
    pub(crate) carrier: Option<String>,
    /// The carrier's name as people know it
    #[arg(long, value_name = "NAME")]
    pub(crate) carrier_name: Option<String>,
    /// Folder with a model pack
    #[arg(long, value_name = "DIR")]
    pub(crate) models: Option<String>,
    /// Folder with the country CAs that chips are verified with [default: trust in the data folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) trust: Option<String>,
    /// Where orders to the network are sent
    #[arg(long, value_name = "URL")]
    pub(crate) webhook_url: Option<String>,
    /// The secret that signs orders
    #[arg(long, value_name = "FILE")]
    pub(crate) webhook_secret_file: Option<String>,
    /// Where messages to applicants are sent
    #[arg(long, value_name = "URL")]
    pub(crate) notify_url: Option<String>,
    /// The secret that signs messages
    #[arg(long, value_name = "FILE")]
    pub(crate) notify_secret_file: Option<String>,
    /// Where the authority that issues documents is asked
    #[arg(long, value_name = "URL")]
    pub(crate) authority_url: Option<String>,
    /// The public keys that its answers are signed with: a JSON Web Key or set, or PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) authority_key_file: Option<String>,
    /// The algorithm of its signatures: EdDSA or ES256 [default: EdDSA]
    #[arg(long, value_name = "NAME")]
    pub(crate) authority_algorithm: Option<String>,
    /// Its name, as its answers state it and as it is recorded
    #[arg(long, value_name = "NAME")]
    pub(crate) authority_source: Option<String>,
    /// The issuing states whose documents it answers for, with commas between them
    #[arg(long, value_name = "CODE,...")]
    pub(crate) authority_states: Option<String>,
    /// What it is told beside the document's own data: names, birth_date, portrait, with commas between them
    #[arg(long, value_name = "WORD,...")]
    pub(crate) authority_told: Option<String>,
    /// A bearer token for it
    #[arg(long, value_name = "FILE")]
    pub(crate) authority_token_file: Option<String>,
    /// How many seconds it may take, 1 to 9 [default: 5]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) authority_timeout_secs: Option<String>,
}

/// Everything an operator sets.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) mode: Mode,
    pub(crate) data: PathBuf,
    pub(crate) database: String,
    pub(crate) keys: String,
    pub(crate) master_key_file: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) origin: String,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) carrier: CarrierId,
    pub(crate) carrier_name: String,
    pub(crate) models: ModelsFolder,
    /// The folder with country CAs.
    pub(crate) trust: PathBuf,
    pub(crate) webhook: Option<Endpoint>,
    pub(crate) notify: Option<Endpoint>,
    pub(crate) authority: Option<AuthorityEndpoint>,
    /// All of the above as they are shown.
    pub(crate) settings: Vec<Setting>,
}

/// An address and the file with the secret that signs what is sent there.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    pub(crate) secret_file: PathBuf,
}

/// An authority that issues documents, and what it is told.
#[derive(Debug, Clone)]
pub(crate) struct AuthorityEndpoint {
    pub(crate) url: String,
    pub(crate) key_file: PathBuf,
    pub(crate) algorithm: Algorithm,
    pub(crate) profile: AuthorityProfile,
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) timeout: Duration,
}

/// One setting as it is shown: passwords are taken out.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// The flag without its dashes.
    pub(crate) name: &'static str,
    /// The value; `None` where nothing is set.
    pub(crate) shown: Option<String>,
    pub(crate) source: Source,
}

/// Where a setting came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Flag,
    Environment,
    Default,
}

impl Source {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Source::Flag => "flag",
            Source::Environment => "environment",
            Source::Default => "default",
        }
    }
}

/// The one carrier of a database that nobody shares.
const ONLY_CARRIER: &str = "01900000-0000-7000-8000-000000000001";
/// The name that production does not take: receipts bear it.
pub(crate) const UNNAMED_CARRIER: &str = "Unnamed carrier";

impl Config {
    /// Reads every setting and says which one cannot be used.
    pub(crate) fn read(args: &SettingArgs, env: &dyn Fn(&str) -> Option<String>) -> Result<Config, CliError> {
        let mut r = Reader { env, settings: Vec::new() };
        let mode = r.or("mode", &args.mode, || "production".into());
        let mode = match mode.as_str() {
            "production" => Mode::Production,
            "demo" => Mode::Demo,
            other => return Err(wrong("mode", other, "production or demo")),
        };
        let data = r.may("data", &args.data, || data_folder(env).map(|path| path.display().to_string()));
        let data =
            data.ok_or_else(|| CliError::new("there is no home folder", "name a folder with --data DIR"))?;
        let data = Path::new(&data);
        let file = |path: &[&str]| {
            path.iter().fold(data.to_owned(), |all, part| all.join(part)).display().to_string()
        };
        let database =
            r.or("database", &args.database, || format!("sqlite:{}", file(&["store", "lineward.db"])));
        let keys = r.or("keys", &args.keys, || format!("sqlite:{}", file(&["keys", "keys.db"])));
        let master_key_file = r.or("master-key-file", &args.master_key_file, || file(&["master.key"])).into();
        let listen = r.or("listen", &args.listen, || "127.0.0.1:8080".into());
        let listen: SocketAddr =
            listen.parse().map_err(|_| wrong("listen", &listen, "an address and port, as 127.0.0.1:8080"))?;
        let origin = r.or("origin", &args.origin, || format!("http://{listen}"));
        let origin = read_origin(&origin)?;
        let proxies = r.may("trusted-proxies", &args.trusted_proxies, || None).unwrap_or_default();
        let trusted_proxies = listed(&proxies)
            .map(|ip| {
                ip.parse().map_err(|_| wrong("trusted-proxies", ip, "IP addresses with commas between them"))
            })
            .collect::<Result<_, _>>()?;
        let carrier = r.or("carrier", &args.carrier, || ONLY_CARRIER.into());
        let carrier = carrier.parse().map_err(|_| wrong("carrier", &carrier, "a UUID"))?;
        let carrier_name = r.or("carrier-name", &args.carrier_name, || UNNAMED_CARRIER.into());
        let models = r.or("models", &args.models, || file(&["models"]));
        let named = r.settings.last().is_some_and(|s| s.source != Source::Default);
        let trust = r.or("trust", &args.trust, || file(&["trust"])).into();
        let webhook =
            r.endpoint(["webhook-url", "webhook-secret-file"], &args.webhook_url, &args.webhook_secret_file)?;
        let notify =
            r.endpoint(["notify-url", "notify-secret-file"], &args.notify_url, &args.notify_secret_file)?;
        let authority = r.authority(args)?;
        Ok(Config {
            mode,
            data: data.to_owned(),
            database,
            keys,
            master_key_file,
            listen,
            origin,
            trusted_proxies,
            carrier,
            carrier_name,
            models: ModelsFolder { dir: models.into(), named },
            trust,
            webhook,
            notify,
            authority,
            settings: r.settings,
        })
    }

    /// Reads every setting from flags and environment.
    pub(crate) fn from(args: &SettingArgs) -> Result<Config, CliError> {
        Config::read(args, &environment)
    }
}

/// The folder for what lineward keeps for this user (XDG base directory specification 0.8).
pub(crate) fn data_folder(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    if let Some(named) = env("LINEWARD_DATA") {
        return Some(PathBuf::from(named));
    }
    let share = env("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let share = share.or_else(|| Some(PathBuf::from(env("HOME")?).join(".local/share")));
    Some(share?.join("lineward"))
}

struct Reader<'a> {
    env: &'a dyn Fn(&str) -> Option<String>,
    settings: Vec<Setting>,
}

impl Reader<'_> {
    fn may(
        &mut self,
        name: &'static str,
        flag: &Option<String>,
        default: impl FnOnce() -> Option<String>,
    ) -> Option<String> {
        let variable = format!("LINEWARD_{}", name.to_uppercase().replace('-', "_"));
        let (value, source) = match (flag, (self.env)(&variable)) {
            (Some(flag), _) => (Some(flag.clone()), Source::Flag),
            (None, Some(set)) => (Some(set), Source::Environment),
            (None, None) => (default(), Source::Default),
        };
        let shown = value.as_deref().map(without_password);
        self.settings.push(Setting { name, shown, source });
        value
    }

    fn or(&mut self, name: &'static str, flag: &Option<String>, default: impl FnOnce() -> String) -> String {
        self.may(name, flag, || Some(default())).unwrap_or_default()
    }

    fn endpoint(
        &mut self,
        names: [&'static str; 2],
        url: &Option<String>,
        secret_file: &Option<String>,
    ) -> Result<Option<Endpoint>, CliError> {
        let url = self.may(names[0], url, || None);
        let secret_file = self.may(names[1], secret_file, || None);
        match (url, secret_file) {
            (None, None) => Ok(None),
            (Some(url), Some(file)) => Ok(Some(Endpoint { url, secret_file: file.into() })),
            _ => Err(CliError::new(
                format!("{} and {} go together", names[0], names[1]),
                "set both, or neither",
            )),
        }
    }

    /// An authority needs address, keys, name and states; the rest has defaults.
    fn authority(&mut self, args: &SettingArgs) -> Result<Option<AuthorityEndpoint>, CliError> {
        let url = self.may("authority-url", &args.authority_url, || None);
        let key_file = self.may("authority-key-file", &args.authority_key_file, || None);
        let source = self.may("authority-source", &args.authority_source, || None);
        let states = self.may("authority-states", &args.authority_states, || None);
        let algorithm =
            self.or("authority-algorithm", &args.authority_algorithm, || Algorithm::EdDsa.code().to_owned());
        let told = self.may("authority-told", &args.authority_told, || None).unwrap_or_default();
        let token_file = self.may("authority-token-file", &args.authority_token_file, || None);
        let timeout = self.or("authority-timeout-secs", &args.authority_timeout_secs, || {
            AuthorityOptions::default().timeout.as_secs().to_string()
        });
        let algorithm = Algorithm::parse(&algorithm)
            .map_err(|_| wrong("authority-algorithm", &algorithm, "EdDSA or ES256"))?;
        let [names, birth_date, portrait] = read_told(&told)?;
        let timeout = read_timeout(&timeout)?;
        let (url, key_file, source, states) = match (url, key_file, source, states) {
            (None, None, None, None) if token_file.is_none() => return Ok(None),
            (Some(url), Some(key_file), Some(source), Some(states)) => (url, key_file, source, states),
            _ => {
                return Err(CliError::new(
                    "authority-url, authority-key-file, authority-source and authority-states go together",
                    "set all four, or nothing of an authority",
                ));
            }
        };
        let issuing_states = read_states(&states)?;
        let profile = AuthorityProfile { source, issuing_states, names, birth_date, portrait };
        let (key_file, token_file) = (key_file.into(), token_file.map(PathBuf::from));
        Ok(Some(AuthorityEndpoint { url, key_file, algorithm, profile, token_file, timeout }))
    }
}

/// What an authority may be told beside the document's own data.
const TOLD: [&str; 3] = ["names", "birth_date", "portrait"];

fn read_told(text: &str) -> Result<[bool; 3], CliError> {
    let words: Vec<&str> = listed(text).collect();
    match words.iter().find(|word| !TOLD.contains(word)) {
        Some(other) => Err(wrong("authority-told", other, "names, birth_date and portrait, or some of them")),
        None => Ok(TOLD.map(|word| words.contains(&word))),
    }
}

fn read_states(text: &str) -> Result<Vec<StateCode>, CliError> {
    let wanted = "codes of ICAO 9303-3 with commas between them, as CHN,D";
    let states: Vec<StateCode> = listed(text)
        .map(|code| {
            StateCode::parse(code)
                .filter(StateCode::is_listed)
                .ok_or_else(|| wrong("authority-states", code, wanted))
        })
        .collect::<Result<_, _>>()?;
    if states.is_empty() { Err(wrong("authority-states", text, wanted)) } else { Ok(states) }
}

fn read_timeout(text: &str) -> Result<Duration, CliError> {
    let most = MAX_TIMEOUT.as_secs();
    let secs = text.parse().ok().filter(|secs| (1..=most).contains(secs));
    secs.map(Duration::from_secs)
        .ok_or_else(|| wrong("authority-timeout-secs", text, &format!("whole seconds from 1 to {most}")))
}

/// The parts of a text with commas, without spaces and empty ones.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// An address without path and final slash: what browsers send as `Origin`.
fn read_origin(text: &str) -> Result<String, CliError> {
    let wanted = "an address without a path, as https://lines.example";
    let url = reqwest::Url::parse(text).map_err(|_| wrong("origin", text, wanted))?;
    let origin = url.origin().ascii_serialization();
    let bare =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if bare && matches!(url.scheme(), "http" | "https") {
        Ok(origin)
    } else {
        Err(wrong("origin", text, wanted))
    }
}

/// A database address without its password, wherever it stands.
fn without_password(value: &str) -> String {
    let Ok(mut url) = reqwest::Url::parse(value) else { return value.to_owned() };
    if !value.contains("://") {
        return value.to_owned();
    }
    let secret = |name: &str| name.to_ascii_lowercase().contains("pass");
    if url.password().is_none() && !url.query_pairs().any(|(name, _)| secret(&name)) {
        return value.to_owned();
    }
    // Fails only for addresses that can have no password.
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "***".to_owned();
    }
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| {
            (name.to_string(), if secret(&name) { "***".to_owned() } else { value.to_string() })
        })
        .collect();
    if !pairs.is_empty() {
        url.query_pairs_mut().clear().extend_pairs(pairs);
    }
    url.to_string()
}

fn wrong(name: &str, value: &str, wanted: &str) -> CliError {
    CliError::new(format!("--{name} cannot be {:?}", without_password(value)), format!("give {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env<'a>(vars: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
    }

    fn folder(vars: &[(&str, &str)]) -> Option<String> {
        data_folder(env(vars)).map(|path| path.display().to_string())
    }

    #[test]
    fn the_data_folder_is_named_or_the_users_own() {
        let home = ("HOME", "/home/ana");
        assert_eq!(folder(&[home]).as_deref(), Some("/home/ana/.local/share/lineward"));
        assert_eq!(folder(&[home, ("XDG_DATA_HOME", "/data")]).as_deref(), Some("/data/lineward"));
        assert_eq!(
            folder(&[home, ("XDG_DATA_HOME", "data")]).as_deref(),
            Some("/home/ana/.local/share/lineward")
        );
        assert_eq!(folder(&[home, ("LINEWARD_DATA", "/srv")]).as_deref(), Some("/srv"));
        assert_eq!(folder(&[]), None);
    }

    #[test]
    fn a_flag_goes_before_the_environment_and_both_before_the_default() {
        let args = SettingArgs { listen: Some("127.0.0.1:1".into()), ..SettingArgs::default() };
        let vars = [("HOME", "/h"), ("LINEWARD_LISTEN", "127.0.0.1:2"), ("LINEWARD_CARRIER_NAME", "Example")];
        let config = Config::read(&args, &env(&vars)).unwrap();
        assert_eq!(config.origin, "http://127.0.0.1:1");
        assert_eq!(config.database, "sqlite:/h/.local/share/lineward/store/lineward.db");
        let source = |name| config.settings.iter().find(|s| s.name == name).map(|s| s.source);
        assert_eq!(source("listen"), Some(Source::Flag));
        assert_eq!(source("carrier-name"), Some(Source::Environment));
        assert_eq!(source("database"), Some(Source::Default));
    }

    #[test]
    fn no_password_is_shown() {
        let check = |url, expected| assert_eq!(without_password(url), expected);
        check("postgres://lw:s3cret@db/lw?host=/run", "postgres://lw:***@db/lw?host=%2Frun");
        check("postgres://db/lw?user=lw&password=s3cret", "postgres://db/lw?user=lw&password=***");
        check("sqlite:/srv/lineward.db", "sqlite:/srv/lineward.db");
        check("postgres://lw@db/lw", "postgres://lw@db/lw");
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named() {
        let vars = [("HOME", "/h")];
        let read = |args: SettingArgs| Config::read(&args, &env(&vars)).map(|_| ()).unwrap_err().to_string();
        let some = |text: &str| Some(text.to_owned());
        assert!(
            read(SettingArgs { mode: some("test"), ..Default::default() }).contains("production or demo")
        );
        assert!(
            read(SettingArgs { origin: some("https://a.example/x"), ..Default::default() })
                .contains("--origin")
        );
        assert!(read(SettingArgs { carrier: some("7"), ..Default::default() }).contains("a UUID"));
        assert!(
            read(SettingArgs { webhook_url: some("https://a"), ..Default::default() })
                .contains("go together")
        );
        assert!(
            read(SettingArgs { authority_url: some("https://a"), ..Default::default() })
                .contains("set all four")
        );
    }

    #[test]
    fn an_authority_is_told_what_is_named_and_nothing_else() {
        let set = [
            ("HOME", "/h"),
            ("LINEWARD_AUTHORITY_URL", "https://registry.example/documents"),
            ("LINEWARD_AUTHORITY_KEY_FILE", "/etc/lineward/registry.jwk"),
            ("LINEWARD_AUTHORITY_SOURCE", "Registry"),
            ("LINEWARD_AUTHORITY_STATES", "UTO, D"),
        ];
        let read = |name, value| {
            let vars = [set.as_slice(), &[(name, value)]].concat();
            Config::read(&SettingArgs::default(), &env(&vars)).map(|config| config.authority.unwrap())
        };
        let least = read("LINEWARD_AUTHORITY_TOLD", "").unwrap();
        let states: Vec<&str> = least.profile.issuing_states.iter().map(StateCode::as_str).collect();
        assert_eq!(
            (states, least.algorithm, least.timeout),
            (vec!["UTO", "D"], Algorithm::EdDsa, Duration::from_secs(5))
        );
        let told = |text| {
            let AuthorityProfile { names, birth_date, portrait, .. } =
                read("LINEWARD_AUTHORITY_TOLD", text).unwrap().profile;
            (names, birth_date, portrait)
        };
        assert_eq!(told(""), (false, false, false));
        assert_eq!(told("names"), (true, false, false));
        assert_eq!(told("portrait, birth_date"), (false, true, true));
        for (name, value) in [
            ("LINEWARD_AUTHORITY_TOLD", "names,sex"),
            ("LINEWARD_AUTHORITY_STATES", "UTO,DE"),
            ("LINEWARD_AUTHORITY_STATES", ","),
            ("LINEWARD_AUTHORITY_ALGORITHM", "none"),
            ("LINEWARD_AUTHORITY_ALGORITHM", "HS256"),
            ("LINEWARD_AUTHORITY_TIMEOUT_SECS", "10"),
            ("LINEWARD_AUTHORITY_TIMEOUT_SECS", "0"),
        ] {
            // What is set later goes before.
            let vars = [&[(name, value)], set.as_slice()].concat();
            assert!(Config::read(&SettingArgs::default(), &env(&vars)).is_err(), "{name} {value}");
        }
    }
}
