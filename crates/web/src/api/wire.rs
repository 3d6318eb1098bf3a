//! The JSON shapes of `/v1`. They live here only; the words inside are the domain's own codes.

mod case;
mod chip;
mod word;

use jiff::Timestamp;
use lineward_app::{
    AppError,
    application::{ApplicationView, Decided, OpenApplication, Opened},
    review::{Review, Reviewed},
    verification::{CaptureAnswer, DocumentAnswer, Fields, GiveConsent, RecordSighting, ShownDocument},
};
use lineward_core::verification::{ApplicantKind, Channel, Way};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use zeroize::Zeroizing;

pub(super) use case::{CaseAnswer, LineAnswer};
use chip::DocumentVerdictAnswer;
pub(super) use chip::{ChipAnswered, ChipRequest, ChipSessionAnswer, ChipSessionRequest};
use word::{
    AdviceWord, ApplicantKindWord, ApplicationStateWord, ChannelWord, ConsentKindWord, FaceOutcomeWord,
    FaceReasonWord, Hash, LineKindWord, LineStateWord, PaymentWord, ReferralReasonWord, ReviewReasonWord,
    StepWord, WayWord,
};
pub(super) use word::{Word, words};

/// An empty object; an empty body means the same.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// What is applied for, and how the person wants to show who they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenRequest {
    /// What line.
    kind: LineKindWord,
    /// How it is paid.
    payment: PaymentWord,
    /// Who applies; a person for themselves when absent.
    applicant: Option<ApplicantKindWord>,
    /// The chosen way; the face check when absent. It can be changed until the decision.
    way: Option<WayWord>,
    /// Language of pages and messages (BCP 47); `en` when absent.
    language: Option<String>,
    /// Where the person can be reached, if they want to be told.
    contact: Option<String>,
}

impl OpenRequest {
    pub(super) fn open(self, channel: Channel) -> OpenApplication {
        OpenApplication {
            kind: self.kind.0,
            payment: self.payment.0,
            applicant: self.applicant.map_or(ApplicantKind::Person, |w| w.0),
            way: self.way.map_or(Way::Face, |w| w.0),
            channel,
            language: self.language.unwrap_or_else(|| "en".to_owned()),
            contact: self.contact,
        }
    }
}

/// An opened application.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenedAnswer {
    /// The application.
    application: Uuid,
    /// Its verification.
    verification: Uuid,
    /// The line it asks for.
    line: Uuid,
    /// The public reference, for a person to say at a desk.
    reference: String,
}

impl From<Opened> for OpenedAnswer {
    fn from(o: Opened) -> Self {
        OpenedAnswer {
            application: o.application,
            verification: o.verification,
            line: o.line,
            reference: o.reference,
        }
    }
}

/// Where an application stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ApplicationAnswer {
    /// The application.
    id: Uuid,
    /// Its verification.
    verification: Uuid,
    /// The line it asks for.
    line: Uuid,
    /// The public reference.
    reference: String,
    /// Where it stands.
    state: ApplicationStateWord,
    /// Why it went to a person.
    reasons: Vec<ReferralReasonWord>,
    /// What line.
    kind: LineKindWord,
    /// How it is paid.
    payment: PaymentWord,
    /// Where the line stands.
    line_state: LineStateWord,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// When it lapses if left unfinished.
    #[schema(value_type = String, format = DateTime)]
    lapses_at: Timestamp,
    /// Until when it waits for an authority that does not answer; then a person decides.
    #[schema(value_type = Option<String>, format = DateTime)]
    provisional_until: Option<Timestamp>,
    /// When it was decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Timestamp>,
}

impl ApplicationAnswer {
    pub(super) fn of(view: ApplicationView) -> Self {
        ApplicationAnswer {
            id: view.id.uuid(),
            verification: view.verification.uuid(),
            line: view.line.uuid(),
            reference: view.reference,
            state: Word(view.state),
            reasons: words(&view.reasons),
            kind: Word(view.kind),
            payment: Word(view.payment),
            line_state: Word(view.line_state),
            opened_at: view.opened_at,
            lapses_at: view.lapses_at,
            provisional_until: view.provisional_until,
            decided_at: view.decided_at,
        }
    }
}

/// Where a verification stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VerificationAnswer {
    /// The verification.
    id: Uuid,
    /// The application it belongs to.
    application: Uuid,
    /// Where it takes place.
    channel: ChannelWord,
    /// The chosen way.
    way: WayWord,
    /// Who applies.
    applicant: ApplicantKindWord,
    /// Language of pages and messages.
    language: String,
    /// The consents that stand.
    consents: Vec<ConsentKindWord>,
    /// Whether `keep_images` can be agreed to.
    may_keep_images: bool,
    /// What is known of the document that was shown last.
    document: Option<DocumentVerdictAnswer>,
    /// Whether a capture takes `chip_portrait`, the chip's data group 2, in place of `document`.
    chip_portrait: bool,
    /// The next step; none when nothing is left to do here.
    next: Option<StepWord>,
    /// Completed comparisons that may still follow before a person decides.
    attempts_left: u32,
    /// When it lapses if left unfinished.
    #[schema(value_type = String, format = DateTime)]
    lapses_at: Timestamp,
}

impl VerificationAnswer {
    pub(super) fn of(view: ApplicationView) -> Self {
        VerificationAnswer {
            id: view.verification.uuid(),
            application: view.id.uuid(),
            channel: Word(view.channel),
            way: Word(view.way),
            applicant: Word(view.applicant),
            language: view.language,
            consents: words(&view.consents),
            may_keep_images: view.may_keep_images,
            document: view.verdict.as_ref().map(DocumentVerdictAnswer::of),
            chip_portrait: view.chip_portrait,
            next: view.next.map(Word),
            attempts_left: view.attempts_left,
            lapses_at: view.lapses_at,
        }
    }
}

/// What came of deciding.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DecidedAnswer {
    /// Where the application stands now.
    #[schema(value_type = ApplicationStateWord)]
    state: String,
    /// Why it went to a person.
    #[schema(value_type = Vec<ReferralReasonWord>)]
    reasons: Vec<String>,
}

impl From<Decided> for DecidedAnswer {
    fn from(d: Decided) -> Self {
        DecidedAnswer { state: d.state, reasons: d.reasons }
    }
}

/// A one-time link.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkAnswer {
    /// The link; whoever has it can go on with the application.
    pub(super) link: String,
    /// How long it is good.
    pub(super) life_secs: i64,
}

/// What a reviewer decides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewRequest {
    /// The coded reason, which names the decision.
    reason: ReviewReasonWord,
    /// What else there is to say.
    #[schema(min_length = 3, max_length = 2000)]
    note: String,
    /// `findings_hash` of the case as it was shown.
    findings_hash: Hash,
}

impl ReviewRequest {
    pub(super) fn review(self) -> Review {
        Review { reason: self.reason.0, note: self.note, findings_hash: self.findings_hash.0 }
    }
}

/// What came of a review.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReviewedAnswer {
    /// Where the application stands now.
    #[schema(value_type = ApplicationStateWord)]
    state: String,
    /// The hash that a second person must sign, when one is needed.
    waiting_for_second: Option<String>,
}

impl From<Reviewed> for ReviewedAnswer {
    fn from(r: Reviewed) -> Self {
        ReviewedAnswer { state: r.state, waiting_for_second: r.waiting_for_second }
    }
}

/// A second person's signature.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignRequest {
    /// The hash of the exact proposal.
    pub(super) hash: Hash,
}

/// What an agent saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SightingRequest {
    /// The document, as read from the original.
    document: DocumentRequest,
    /// Whether the original is genuine as far as it can be examined.
    original_genuine: bool,
    /// Whether the person is the one on the portrait.
    person_matches: bool,
}

impl SightingRequest {
    pub(super) fn sighting(self) -> Result<RecordSighting, AppError> {
        Ok(RecordSighting {
            shown: self.document.shown()?,
            original_genuine: self.original_genuine,
            person_matches: self.person_matches,
        })
    }
}

/// What the person agreed to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentRequest {
    /// Each thing agreed to.
    kinds: Vec<ConsentKindWord>,
    /// The version of the text that was shown.
    #[schema(min_length = 1, max_length = 64)]
    text_version: String,
    /// The language it was shown in; `en` when absent.
    language: Option<String>,
    /// The way the person chooses.
    way: WayWord,
}

impl ConsentRequest {
    pub(super) fn give(self) -> GiveConsent {
        GiveConsent {
            kinds: self.kinds.into_iter().map(|w| w.0).collect(),
            text_version: self.text_version,
            language: self.language.unwrap_or_else(|| "en".to_owned()),
            way: self.way.0,
        }
    }
}

/// A document: either `mrz` or `fields`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentRequest {
    /// The text of its machine-readable zone, every line.
    #[schema(max_length = 1024)]
    mrz: Option<String>,
    /// Its fields as typed.
    fields: Option<FieldsRequest>,
}

impl DocumentRequest {
    pub(super) fn shown(self) -> Result<ShownDocument, AppError> {
        match (self.mrz.map(Zeroizing::new), self.fields) {
            (Some(mrz), None) if mrz.len() <= 1024 => Ok(ShownDocument::Mrz(mrz)),
            (None, Some(fields)) => Ok(ShownDocument::Keyed(fields.fields())),
            (Some(_), None) => Err(AppError::invalid("mrz", "at most 1024 characters")),
            _ => Err(AppError::invalid("document", "either mrz or fields")),
        }
    }
}

/// The fields of a document as a person typed them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldsRequest {
    /// `passport`, `identity_card` ...
    kind: String,
    /// Three letters, as in ICAO 9303-3.
    issuing_state: String,
    /// The document's number, or the person's number where the document has no other.
    number: String,
    /// The scheme of a person's number, as `cn.ric`.
    scheme: Option<String>,
    /// The primary identifier of the name, as written.
    primary_name: String,
    /// The secondary identifier.
    secondary_name: Option<String>,
    /// As `1984-05-09`.
    birth_date: Option<String>,
    /// The last valid day.
    expiry_date: Option<String>,
    /// The stated sex.
    sex: Option<String>,
    /// Three letters.
    nationality: Option<String>,
}

impl FieldsRequest {
    fn fields(self) -> Fields {
        Fields {
            kind: self.kind,
            issuing_state: self.issuing_state,
            number: self.number,
            scheme: self.scheme,
            primary_name: self.primary_name,
            secondary_name: self.secondary_name.unwrap_or_default(),
            birth_date: self.birth_date,
            expiry_date: self.expiry_date,
            sex: self.sex,
            nationality: self.nationality,
        }
    }
}

/// How a document was read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentAnswered {
    /// Whether it was taken. With advice it was taken as it is.
    taken: bool,
    /// What to do before the next try.
    #[schema(value_type = Vec<AdviceWord>)]
    advice: Vec<String>,
}

impl From<DocumentAnswer> for DocumentAnswered {
    fn from(a: DocumentAnswer) -> Self {
        DocumentAnswered { taken: a.taken, advice: a.advice }
    }
}

/// The parts of an upload.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes multipart parts, which are read one by one")]
pub(super) struct CaptureParts {
    /// A photograph of the document's side with the portrait.
    #[schema(value_type = Option<String>, format = Binary)]
    document: Option<Vec<u8>>,
    /// In its place, the chip's file of data group 2: the one that was found signed.
    #[schema(value_type = Option<String>, format = Binary)]
    chip_portrait: Option<Vec<u8>>,
    /// One to eight frames of one live capture.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 8)]
    capture: Vec<Vec<u8>>,
    /// `1` when the capture was chosen from files. It lowers the assurance; nothing raises it.
    from_file: Option<String>,
}

/// What came of a capture.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaptureAnswered {
    /// The comparison decision.
    #[schema(value_type = FaceOutcomeWord)]
    outcome: String,
    /// Everything worth saying about the comparison.
    #[schema(value_type = Vec<FaceReasonWord>)]
    reasons: Vec<String>,
    /// What to do before the next try; empty when the application was decided.
    #[schema(value_type = Vec<AdviceWord>)]
    advice: Vec<String>,
    /// Completed comparisons that may still follow.
    attempts_left: u32,
    /// Where the application stands now.
    #[schema(value_type = ApplicationStateWord)]
    state: String,
    /// Why it went to a person.
    #[schema(value_type = Vec<ReferralReasonWord>)]
    referral: Vec<String>,
}

impl From<CaptureAnswer> for CaptureAnswered {
    fn from(a: CaptureAnswer) -> Self {
        CaptureAnswered {
            outcome: a.outcome,
            reasons: a.reasons,
            advice: a.advice,
            attempts_left: a.attempts_left,
            state: a.decided.state,
            referral: a.decided.reasons,
        }
    }
}
