//! A chip and what is known of a document on the wire.

use std::{borrow::Cow, collections::BTreeMap};

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use lineward_app::{
    AppError,
    verification::{ActiveSent, ChipAnswer, ChipFound, ChipSent, ChipSession, SubmitChip},
};
use lineward_core::{
    id::RowId,
    verdict::{DocumentVerdict, Standing, Verdict},
};
use lineward_document::chip::{ChipFiles, FileName, MadeBy, chip_auth::FIRST_ANSWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, RefOr, Schema, SchemaFormat,
        schema::{ObjectBuilder, Type},
    },
};
use uuid::Uuid;

use super::{
    case::CaseFinding,
    word::{
        AdviceWord, CheckResultWord, ChipCheckWord, ChipReasonWord, EvidenceClassWord, MissingWord, Word,
        words,
    },
};

/// Bytes as base64 (RFC 4648, section 4).
#[derive(Debug, Clone)]
pub(crate) struct Base64(pub(crate) Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text.as_bytes()).map(Base64).map_err(|_| de::Error::custom("base64"))
    }
}

impl PartialSchema for Base64 {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Byte);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for Base64 {}

/// The chip that is to be read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChipSessionRequest {
    /// The chip's data group 14, whole, where chip authentication is wanted.
    pub(crate) dg14: Option<Base64>,
}

/// A session in which the chip may be read, once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChipSessionAnswer {
    /// Names it.
    session: Uuid,
    /// The random number for active authentication, eight bytes.
    nonce: Base64,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// What to ask the chip for chip authentication; none where the chip has no key for it.
    chip_authentication: Option<ChipTaskAnswer>,
}

/// What a phone hands to the chip for chip authentication.
#[derive(Debug, Serialize, ToSchema)]
struct ChipTaskAnswer {
    /// The protocol's object identifier, for MSE:Set AT.
    protocol: String,
    /// Which of the chip's keys, where it has several.
    key_id: Option<u64>,
    /// The server's ephemeral public key.
    public_key: Base64,
    /// The first command under the new keys, whole and protected.
    command: Base64,
}

impl From<ChipSession> for ChipSessionAnswer {
    fn from(s: ChipSession) -> Self {
        ChipSessionAnswer {
            session: s.session,
            nonce: Base64(s.nonce.to_vec()),
            expires_at: s.expires_at,
            chip_authentication: s.chip_authentication.map(|task| ChipTaskAnswer {
                protocol: task.protocol,
                key_id: task.key_id,
                public_key: Base64(task.public_key),
                command: Base64(task.command),
            }),
        }
    }
}

/// What was read from a chip, and what it answered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChipRequest {
    /// The session.
    session: Uuid,
    /// The files as they are in the chip, by name: `EF_SOD`, `EF_COM`, `DG1`, `DG2`, `DG14` and so on.
    files: BTreeMap<String, Base64>,
    /// The chip's answer to the session's random number.
    active_authentication: Option<ActiveAnswer>,
    /// The chip's answer to the session's command.
    chip_authentication: Option<SessionAnswer>,
}

/// A chip's signature over a random number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActiveAnswer {
    /// What INTERNAL AUTHENTICATE answered, without the status word.
    signature: Base64,
    /// Whether the phone made the random number; such an answer is reported as proving nothing.
    #[serde(default)]
    made_on_phone: bool,
}

/// A chip's answer under the keys of chip authentication.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SessionAnswer {
    /// The whole protected answer with its status word.
    response: Base64,
    /// The send sequence counter of the answer; 2, that of the first one, when absent.
    ssc: Option<u64>,
    /// Whether the phone made the ephemeral key; such an answer is reported as proving nothing.
    #[serde(default)]
    made_on_phone: bool,
}

impl ChipRequest {
    pub(crate) fn submit(self) -> Result<SubmitChip, AppError> {
        let invalid = |problem: String| AppError::invalid("files", problem);
        if let Some(unknown) = self.files.keys().find(|name| FileName::parse(name).is_none()) {
            let name: String = unknown.chars().take(32).collect();
            return Err(invalid(format!("{name:?} is no file of a chip; EF_SOD, EF_COM, DG1 to DG16 are")));
        }
        let named = self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.0.as_slice()));
        let files = ChipFiles::from_named(named).map_err(|e| invalid(e.to_string()))?;
        let made_by = |on_phone| if on_phone { MadeBy::Phone } else { MadeBy::Server };
        Ok(SubmitChip {
            session: RowId::from_uuid(self.session),
            files,
            active: self
                .active_authentication
                .map(|a| ActiveSent { signature: a.signature.0, made_by: made_by(a.made_on_phone) }),
            chip: self.chip_authentication.map(|c| ChipSent {
                answer: c.response.0,
                counter: c.ssc.unwrap_or(FIRST_ANSWER),
                made_by: made_by(c.made_on_phone),
            }),
        })
    }
}

/// What came of a chip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChipAnswered {
    /// Whether the document was taken: its fields could be read.
    taken: bool,
    /// What to do before the next try.
    #[schema(value_type = Vec<AdviceWord>)]
    advice: Vec<String>,
    /// `genuine`, `not_genuine` or `inconclusive`: the fields.
    fields: String,
    /// The same of the portrait.
    portrait: String,
    /// What each check of the chip found.
    findings: Vec<ChipFinding>,
}

/// What one check of a chip found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChipFinding {
    /// The check.
    #[schema(value_type = ChipCheckWord)]
    check: String,
    /// What it answered.
    #[schema(value_type = CheckResultWord)]
    result: String,
    /// Why it is no pass.
    #[schema(value_type = Option<ChipReasonWord>)]
    reason: Option<String>,
}

impl From<ChipFound> for ChipFinding {
    fn from(f: ChipFound) -> Self {
        ChipFinding { check: f.check, result: f.result, reason: f.reason }
    }
}

impl From<ChipAnswer> for ChipAnswered {
    fn from(a: ChipAnswer) -> Self {
        ChipAnswered {
            taken: a.taken,
            advice: a.advice,
            fields: a.fields,
            portrait: a.portrait,
            findings: a.findings.into_iter().map(ChipFinding::from).collect(),
        }
    }
}

/// What is known of a document: fields and portrait apart, and whether it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentVerdictAnswer {
    /// Whether the fields are the issuer's.
    fields: VerdictAnswer,
    /// Whether the portrait is the issuer's.
    portrait: VerdictAnswer,
    /// Whether it stands, question by question.
    valid: StandingAnswer,
}

/// Genuine, not genuine, or not to be said.
#[derive(Debug, Serialize, ToSchema)]
struct VerdictAnswer {
    /// `genuine`, `not_genuine` or `inconclusive`.
    verdict: &'static str,
    /// What a genuine one rests on.
    classes: Vec<EvidenceClassWord>,
    /// What says that it is not genuine.
    findings: Vec<CaseFinding>,
    /// What is missing to say more.
    missing: Vec<MissingWord>,
}

/// Whether a document stands.
#[derive(Debug, Serialize, ToSchema)]
struct StandingAnswer {
    /// Its last day has not passed.
    in_date: CheckResultWord,
    /// Its issuer has not revoked or replaced it.
    not_revoked: CheckResultWord,
    /// Nobody reported it lost or stolen.
    not_reported_lost: CheckResultWord,
}

impl DocumentVerdictAnswer {
    pub(crate) fn of(verdict: &DocumentVerdict) -> Self {
        let Standing { in_date, not_revoked, not_reported_lost } = verdict.valid;
        DocumentVerdictAnswer {
            fields: VerdictAnswer::of(&verdict.fields),
            portrait: VerdictAnswer::of(&verdict.portrait),
            valid: StandingAnswer {
                in_date: Word(in_date),
                not_revoked: Word(not_revoked),
                not_reported_lost: Word(not_reported_lost),
            },
        }
    }
}

impl VerdictAnswer {
    fn of(verdict: &Verdict) -> Self {
        let mut answer = VerdictAnswer {
            verdict: verdict.code(),
            classes: Vec::new(),
            findings: Vec::new(),
            missing: Vec::new(),
        };
        match verdict {
            Verdict::Genuine(classes) => answer.classes = words(classes),
            Verdict::NotGenuine(findings) => answer.findings = findings.iter().map(CaseFinding::of).collect(),
            Verdict::Inconclusive(missing) => answer.missing = words(missing),
        }
        answer
    }
}
