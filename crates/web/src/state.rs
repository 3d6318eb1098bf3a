//! What every handler shares.

use std::{fmt, net::IpAddr, sync::Arc};

use jiff::Timestamp;
use lineward_app::{Actor, App, Ctx, Entropy};

use crate::{limits::Limits, metrics::Metrics};

/// The state of the router. Clones share everything.
#[derive(Clone)]
pub struct Web {
    /// The verbs.
    pub app: App,
    /// Where ids and secrets come from.
    pub entropy: Arc<dyn Entropy>,
    /// Asked once per request.
    pub clock: Clock,
    /// What the operator set.
    pub settings: Arc<WebSettings>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) metrics: Arc<Metrics>,
}

/// Tells the time: the machine's clock in the binary, a frozen one in tests.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What an operator sets.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// The address people reach us at, without a final slash, as `https://lines.example`. Forms are taken from it only.
    pub origin: String,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Requests that one address may make a minute; 0 sets no limit.
    pub requests_per_minute: u32,
    /// Whether cookies travel over TLS only. Off on a loopback address only.
    pub secure_cookies: bool,
    /// Whether the pages say that every person here is invented.
    pub demo: bool,
}

impl Web {
    /// The state of a router.
    pub fn new(app: App, entropy: Arc<dyn Entropy>, clock: Clock, settings: WebSettings) -> Web {
        let limits = Arc::new(Limits::new(settings.requests_per_minute));
        Web { app, entropy, clock, settings: Arc::new(settings), limits, metrics: Arc::default() }
    }

    /// The context of one request.
    pub fn ctx(&self, actor: Actor, request_id: String) -> Ctx {
        Ctx::new(self.app.settings().carrier, actor, (self.clock)(), request_id, self.entropy.clone())
    }
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Web").field("settings", &self.settings).finish_non_exhaustive()
    }
}
