//! The scripted authority behind an address, written from docs/authority-api.md and from nothing else.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use lineward_app::ports::{Authority as _, AuthorityAnswer};
use p256::ecdsa::signature::Signer as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::{Line, ScriptedAuthority};

/// Tells the time that answers bear.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The most bytes of a question: a picture of 20 MiB in base64, and its fields.
const MAX_QUESTION_BYTES: usize = 28 * 1024 * 1024;

/// How long a silent authority keeps its asker waiting: longer than anybody waits.
const SILENCE: Duration = Duration::from_secs(60);

/// A scripted authority on a loopback port. It stops when it is dropped.
pub struct AuthorityServer {
    address: SocketAddr,
    desk: Arc<Desk>,
    serving: JoinHandle<()>,
}

/// What every connection shares.
struct Desk {
    authority: Arc<ScriptedAuthority>,
    signer: Signer,
    clock: Clock,
    lie: Mutex<Option<Lie>>,
    first_answer: Mutex<Option<String>>,
    heard: AtomicUsize,
}

/// The private key of an authority; made at run time, of an algorithm each.
pub enum Signer {
    /// Ed25519.
    EdDsa(ed25519_dalek::SigningKey),
    /// ECDSA on P-256 with SHA-256.
    Es256(p256::ecdsa::SigningKey),
}

/// What an authority may do instead of answering, or with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Signs with another key than the one that it handed out.
    OtherKey,
    /// Signs with another key, and brings that key along in the header.
    KeyInHeader,
    /// Says that no signature is needed (`none`), and gives none.
    Unsigned,
    /// Names another algorithm than the one that it signs with.
    OtherAlgorithm,
    /// Leaves the type of the token out.
    Untyped,
    /// Demands that an extension be understood.
    Critical,
    /// Sends the first answer that it ever gave.
    Replay,
    /// Signs an answer with the nonce of this question and the hash of another one.
    OtherQuestion,
    /// Says that it is another authority.
    OtherSource,
    /// Dates its answer six minutes ago.
    Stale,
    /// Dates its answer in six minutes.
    Early,
    /// Uses a word that the contract does not have.
    UnknownWord,
    /// Sends a page in place of a token.
    Page,
    /// Adds a megabyte to its answer.
    Huge,
    /// Sends its answer one byte at a time, one in 100 ms.
    Slow,
    /// Breaks off in the middle of its answer.
    Truncated,
    /// Hangs up without an answer.
    HangsUp,
    /// Sends the asker to another path, where it answers truly.
    Redirect,
    /// Answers truly with this status.
    Status(u16),
}

impl AuthorityServer {
    /// Serves the authority on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When there is no such port.
    pub async fn start(
        authority: Arc<ScriptedAuthority>,
        signer: Signer,
        clock: Clock,
    ) -> io::Result<AuthorityServer> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk {
            authority,
            signer,
            clock,
            lie: Mutex::default(),
            first_answer: Mutex::default(),
            heard: AtomicUsize::new(0),
        });
        let at_desk = Arc::clone(&desk);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let desk = Arc::clone(&at_desk);
                // A connection that breaks is the asker's to notice.
                tokio::spawn(async move { desk.serve(stream).await });
            }
        });
        Ok(AuthorityServer { address, desk, serving })
    }

    /// Where questions are posted.
    pub fn url(&self) -> String {
        format!("http://{}/documents", self.address)
    }

    /// The public key as a JSON Web Key.
    pub fn public_key(&self) -> String {
        self.desk.signer.jwk().to_string()
    }

    /// Lies from now on, or tells the truth again.
    pub fn lie(&self, lie: Option<Lie>) {
        *self.desk.lie.lock().unwrap_or_else(PoisonError::into_inner) = lie;
    }

    /// How many questions came, repetitions included.
    pub fn heard(&self) -> usize {
        self.desk.heard.load(Ordering::SeqCst)
    }
}

impl Drop for AuthorityServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Desk {
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let Some((path, body)) = read_request(&mut stream).await? else { return Ok(()) };
        self.heard.fetch_add(1, Ordering::SeqCst);
        let lie = *self.lie.lock().unwrap_or_else(PoisonError::into_inner);
        match lie {
            Some(Lie::HangsUp) => return Ok(()),
            Some(Lie::Redirect) if path != "/truth" => return stream.write_all(REDIRECT).await,
            Some(Lie::Page) => {
                return respond(&mut stream, 200, "text/html", b"<h1>Please sign in</h1>").await;
            }
            _ => {}
        }
        let Some(jws) = self.answer(&body, lie).await else {
            return respond(&mut stream, 400, "text/plain", b"no question").await;
        };
        match lie {
            Some(Lie::Status(status)) => respond(&mut stream, status, JOSE, jws.as_bytes()).await,
            Some(Lie::Huge) => {
                respond(&mut stream, 200, JOSE, &[jws.as_bytes(), &[b'A'; 1 << 20]].concat()).await
            }
            Some(Lie::Truncated) => {
                let whole = response(200, JOSE, jws.as_bytes());
                stream.write_all(&whole[..whole.len() - jws.len() / 2]).await
            }
            Some(Lie::Slow) => {
                for byte in response(200, JOSE, jws.as_bytes()) {
                    stream.write_all(&[byte]).await?;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Ok(())
            }
            _ => respond(&mut stream, 200, JOSE, jws.as_bytes()).await,
        }
    }

    /// The signed answer to a question; `None` where the body holds none.
    async fn answer(&self, body: &[u8], lie: Option<Lie>) -> Option<String> {
        let question: Value = serde_json::from_slice(body).ok()?;
        let number = question["question"]["number"].as_str()?;
        let answer = match self.authority.line(number, question["portrait"].is_string()) {
            Line::Says(answer) => answer,
            Line::SaysLater(answer, after) => {
                tokio::time::sleep(after).await;
                answer
            }
            Line::Silent => {
                tokio::time::sleep(SILENCE).await;
                return None;
            }
        };
        let mut claims = self.claims(question["nonce"].as_str()?, body, &answer);
        spoil(&mut claims, lie);
        let jws = self.sign(&claims, lie);
        let mut first = self.first_answer.lock().unwrap_or_else(PoisonError::into_inner);
        let first = first.get_or_insert_with(|| jws.clone()).clone();
        Some(if lie == Some(Lie::Replay) { first } else { jws })
    }

    fn claims(&self, nonce: &str, body: &[u8], answer: &AuthorityAnswer) -> Value {
        let mut claims = json!({
            "iss": self.authority.profile().source,
            "iat": (self.clock)().as_second(),
            "nonce": nonce,
            "question_sha256": BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(body)),
            "standing": answer.standing.word().code(),
            "fields": answer.fields.code(),
            "portrait": answer.portrait.code(),
        });
        if let Some(why) = answer.standing.reason() {
            claims["reason"] = why.code().into();
        }
        claims
    }

    fn sign(&self, claims: &Value, lie: Option<Lie>) -> String {
        let other = self.signer.other();
        let signer = match lie {
            Some(Lie::OtherKey | Lie::KeyInHeader) => &other,
            _ => &self.signer,
        };
        let mut header = json!({ "alg": signer.algorithm(), "typ": "authority-answer+jws" });
        match lie {
            Some(Lie::Unsigned) => header["alg"] = "none".into(),
            Some(Lie::OtherAlgorithm) => header["alg"] = "HS256".into(),
            Some(Lie::KeyInHeader) => header["jwk"] = signer.jwk(),
            Some(Lie::Untyped) => header["typ"] = Value::Null,
            Some(Lie::Critical) => header["crit"] = json!(["exp"]),
            _ => {}
        }
        let signed = [&header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let signature = if lie == Some(Lie::Unsigned) { Vec::new() } else { signer.sign(signed.as_bytes()) };
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Six minutes: one more than an answer may be off.
const OFF_SECS: i64 = 360;

fn spoil(claims: &mut Value, lie: Option<Lie>) {
    let at = claims["iat"].as_i64().unwrap_or_default();
    match lie {
        Some(Lie::Stale) => claims["iat"] = (at - OFF_SECS).into(),
        Some(Lie::Early) => claims["iat"] = (at + OFF_SECS).into(),
        Some(Lie::UnknownWord) => claims["standing"] = "excellent".into(),
        Some(Lie::OtherSource) => claims["iss"] = "Registry of Ruritania".into(),
        Some(Lie::OtherQuestion) => {
            claims["question_sha256"] = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest("another")).into();
        }
        _ => {}
    }
}

impl Signer {
    /// An Ed25519 key from random bytes.
    pub fn ed25519(seed: [u8; 32]) -> Signer {
        Signer::EdDsa(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// A P-256 key from random bytes; from their hash where they are none, as one in 2^32 is.
    pub fn p256(mut seed: [u8; 32]) -> Signer {
        loop {
            if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&seed) {
                return Signer::Es256(key);
            }
            seed = Sha256::digest(seed).into();
        }
    }

    const fn algorithm(&self) -> &'static str {
        match self {
            Signer::EdDsa(_) => "EdDSA",
            Signer::Es256(_) => "ES256",
        }
    }

    /// The public key (RFC 8037, section 2; RFC 7518, section 6.2.1).
    fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Signer::EdDsa(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(key.verifying_key().as_bytes()) })
            }
            Signer::Es256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
            }
        }
    }

    fn sign(&self, signed: &[u8]) -> Vec<u8> {
        match self {
            Signer::EdDsa(key) => key.sign(signed).to_bytes().to_vec(),
            Signer::Es256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(signed);
                signature.to_bytes().to_vec()
            }
        }
    }

    /// Another key of the same algorithm.
    fn other(&self) -> Signer {
        match self {
            Signer::EdDsa(key) => Signer::ed25519(Sha256::digest(key.as_bytes()).into()),
            Signer::Es256(key) => Signer::p256(Sha256::digest(key.to_bytes()).into()),
        }
    }
}

const JOSE: &str = "application/jose";

const REDIRECT: &[u8] =
    b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /truth\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Path and body of one HTTP/1.1 request with a stated length, which is all that a client of ours sends; `None` for others.
async fn read_request(stream: &mut TcpStream) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut read = Vec::new();
    loop {
        let head_ends = read.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(at) = head_ends {
            let head = String::from_utf8_lossy(&read[..at]).into_owned();
            let mut body = read.split_off(at + 4);
            let Some((path, length)) = read_head(&head) else { return Ok(None) };
            let missing = length.saturating_sub(body.len());
            stream.take(missing as u64).read_to_end(&mut body).await?;
            return Ok((body.len() == length).then_some((path, body)));
        }
        if read.len() > 16 * 1024 || stream.read_buf(&mut read).await? == 0 {
            return Ok(None);
        }
    }
}

fn read_head(head: &str) -> Option<(String, usize)> {
    let path = head.strip_prefix("POST ")?.split(' ').next()?.to_owned();
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let (_, length) = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    let length = length.trim().parse().ok()?;
    (length <= MAX_QUESTION_BYTES).then_some((path, length))
}

async fn respond(stream: &mut TcpStream, status: u16, kind: &str, body: &[u8]) -> io::Result<()> {
    stream.write_all(&response(status, kind, body)).await?;
    stream.shutdown().await
}

fn response(status: u16, kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} as scripted\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
