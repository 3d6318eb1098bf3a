//! The rows that pass between `app` and the database: ids, words and sealed bytes; no personal data in the clear.

use jiff::Timestamp;
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    authority::AuthorityAnswer,
    evidence::{CheckResult, FaceFinding, FieldSource, PortraitRef},
    id::{
        ApplicationId, AuditId, CarrierId, DocumentId, EvidenceId, JobId, KeyId, LineId, PartyId, ProposalId,
        RowId, StaffId, TokenId, VerificationId,
    },
    line::{KindGroup, LineKind, LineState, Payment},
    review::ReviewReason,
    staff::Role,
    verification::{ApplicantKind, Channel, ConsentKind, DocumentFinding, DocumentReason, Purpose, Way},
    watch::CloseReason,
};

/// Bytes sealed under a person's or case's key; bound to carrier, table, row and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

/// A carrier.
#[derive(Debug, Clone)]
pub struct CarrierRow {
    /// Its id.
    pub id: CarrierId,
    /// Its name, as people know it.
    pub name: String,
    /// Whether the carrier and all under it are the demo's; production refuses such a store.
    pub sample: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A verification.
#[derive(Debug, Clone)]
pub struct VerificationRow {
    /// Its id.
    pub id: VerificationId,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it takes place.
    pub channel: Channel,
    /// The chosen way.
    pub way: Way,
    /// Who applies.
    pub applicant: ApplicantKind,
    /// The key of this case, under which its personal data is sealed; it dies with the decision.
    pub case_key: KeyId,
    /// Language of the pages (BCP 47).
    pub language: String,
    /// Where the applicant can be reached, sealed.
    pub contact: Option<Sealed>,
    /// The party, once approved.
    pub subject: Option<PartyId>,
    /// When its findings stop being usable.
    pub expires_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When its personal data was erased.
    pub erased_at: Option<Timestamp>,
}

/// An application.
#[derive(Debug, Clone)]
pub struct ApplicationRow {
    /// Its id.
    pub id: ApplicationId,
    /// Its verification.
    pub verification: VerificationId,
    /// The line that is asked for.
    pub line: LineId,
    /// The public reference (10 characters, random).
    pub reference: String,
    /// Where it stands.
    pub state: ApplicationState,
    /// Why it was referred; empty before.
    pub reasons: Vec<ReferralReason>,
    /// Hash of the rules at opening.
    pub rules_opened: [u8; 32],
    /// Hash of the rules at the decision.
    pub rules_decided: Option<[u8; 32]>,
    /// The staff member who opened it, in a shop or at a desk.
    pub opened_by: Option<StaffId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was referred.
    pub referred_at: Option<Timestamp>,
    /// When it was decided (approved, refused, withdrawn or lapsed).
    pub decided_at: Option<Timestamp>,
    /// From when the decision has effect.
    pub effective_at: Option<Timestamp>,
    /// When it lapses if left unfinished.
    pub lapses_at: Timestamp,
    /// Until when it waits for an authority that does not answer; stored of open applications only.
    pub provisional_until: Option<Timestamp>,
    /// The reviewer who claimed it.
    pub claimed_by: Option<StaffId>,
}

/// A line.
#[derive(Debug, Clone)]
pub struct LineRow {
    /// Its id.
    pub id: LineId,
    /// What it is.
    pub kind: LineKind,
    /// How it is paid.
    pub payment: Payment,
    /// Where it stands.
    pub state: LineState,
    /// The carrier's own id for it.
    pub external_id: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it came into its state.
    pub state_at: Timestamp,
}

/// A consent.
#[derive(Debug, Clone)]
pub struct ConsentRow {
    /// Its id.
    pub id: RowId,
    /// What was agreed to.
    pub kind: ConsentKind,
    /// The version of the text that was shown.
    pub text_version: String,
    /// The language it was shown in.
    pub language: String,
    /// When it was given.
    pub given_at: Timestamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
}

/// A shown document.
#[derive(Debug, Clone)]
pub struct DocumentRow {
    /// Its id.
    pub id: DocumentId,
    /// Its verification.
    pub verification: VerificationId,
    /// The scheme its holder is identified by (`cn.ric`, or `document` for the document's own number).
    pub identity_scheme: String,
    /// The issuing state's code.
    pub issuing_state: String,
    /// Keyed index of the identity, for the cap and for recognising the party.
    pub identity_index: [u8; 32],
    /// Where its number came from.
    pub number_source: FieldSource,
    /// Its fields as JSON, sealed under the case's key.
    pub fields: Option<Sealed>,
    /// Its last day.
    pub expires_on: Option<jiff::civil::Date>,
    /// When it was shown.
    pub created_at: Timestamp,
}

/// A finding about a document, with the document it is about.
#[derive(Debug, Clone)]
pub struct DocumentFindingRow {
    /// Its id.
    pub id: RowId,
    /// The document.
    pub document: DocumentId,
    /// The finding.
    pub finding: DocumentFinding,
    /// The authority's answer that it rests on.
    pub answer: Option<RowId>,
}

/// What an authority answered about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityAnswerRow {
    /// Its id.
    pub id: RowId,
    /// The document.
    pub document: DocumentId,
    /// The authority's name, as the operator set it.
    pub source: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it says that it answered.
    pub answered_at: Timestamp,
    /// The answer.
    pub answer: AuthorityAnswer,
    /// SHA-256 of the signed answer's bytes.
    pub evidence_hash: [u8; 32],
}

/// What one check of a chip found. The store keeps the words; `lineward-document` has their meaning.
#[derive(Debug, Clone)]
pub struct ChipFindingRow {
    /// Its id.
    pub id: RowId,
    /// The document.
    pub document: DocumentId,
    /// The check's word.
    pub check: String,
    /// What it answered.
    pub result: CheckResult,
    /// The reason's word, where it did not pass.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The session of a verification in which a chip may be read. A verification has one at a time.
#[derive(Debug, Clone)]
pub struct ChipSessionRow {
    /// Its id.
    pub id: RowId,
    /// The verification.
    pub verification: VerificationId,
    /// The random number for active authentication, eight bytes.
    pub nonce: [u8; 8],
    /// The state of chip authentication with the server's private key, sealed under the case's key; gone once used.
    pub key_state: Option<Sealed>,
    /// SHA-256 of the data group 14 that the state was made for.
    pub dg14_hash: Option<[u8; 32]>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Until when it can be used.
    pub expires_at: Timestamp,
    /// When it was used; it is used once.
    pub used_at: Option<Timestamp>,
}

/// A completed comparison.
#[derive(Debug, Clone)]
pub struct FaceFindingRow {
    /// Its id.
    pub id: RowId,
    /// The document whose portrait was the reference.
    pub document: DocumentId,
    /// Which portrait of it was the reference.
    pub portrait: PortraitRef,
    /// What was found.
    pub finding: FaceFinding,
    /// When.
    pub at: Timestamp,
}

/// A sighting of the original.
#[derive(Debug, Clone)]
pub struct SightingRow {
    /// Its id.
    pub id: RowId,
    /// The document that was in hand.
    pub document: DocumentId,
    /// The staff member.
    pub staff: StaffId,
    /// Whether the person is the one on the portrait.
    pub person_matches: CheckResult,
    /// When.
    pub at: Timestamp,
}

/// A stored piece of evidence.
#[derive(Debug, Clone)]
pub struct EvidenceRow {
    /// Its id.
    pub id: EvidenceId,
    /// The verification it belongs to.
    pub verification: VerificationId,
    /// What it is: `portrait`, `capture` or `receipt`.
    pub class: String,
    /// The key it is sealed under.
    pub key: KeyId,
    /// The bytes, sealed; row = evidence id, column = `body`.
    pub body: Sealed,
    /// When it must be erased.
    pub erase_at: Timestamp,
    /// Whether a court or authority ordered it to be kept.
    pub legal_hold: bool,
}

/// A party that holds, or held, a line.
#[derive(Debug, Clone)]
pub struct PartyRow {
    /// Its id.
    pub id: PartyId,
    /// Its key.
    pub key: KeyId,
    /// Name, birth date and document fields as JSON, sealed under its key.
    pub profile: Option<Sealed>,
    /// Contact and language as JSON, sealed under its key; only under rules that announce an expiry.
    pub reach: Option<Sealed>,
    /// When it was first approved.
    pub created_at: Timestamp,
    /// When its key was destroyed.
    pub erased_at: Option<Timestamp>,
}

/// By what a party is recognised.
#[derive(Debug, Clone)]
pub struct IdentityKeyRow {
    /// Its id.
    pub id: RowId,
    /// The party.
    pub party: PartyId,
    /// Scheme of the number.
    pub scheme: String,
    /// Issuing country.
    pub country: String,
    /// Keyed index of the normalised number.
    pub index: [u8; 32],
    /// Version of the index key.
    pub key_version: i64,
    /// From when.
    pub from_at: Timestamp,
    /// Until when.
    pub to_at: Option<Timestamp>,
}

/// Who holds a line, from when to when, by what act.
#[derive(Debug, Clone)]
pub struct HoldingRow {
    /// Its id.
    pub id: RowId,
    /// The line.
    pub line: LineId,
    /// The holder.
    pub party: PartyId,
    /// From when.
    pub from_at: Timestamp,
    /// Until when.
    pub to_at: Option<Timestamp>,
    /// The application that it rests on.
    pub basis: ApplicationId,
}

/// The document behind a holder's lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentWatchRow {
    /// The holder.
    pub party: PartyId,
    /// The document that was approved last.
    pub document: DocumentId,
    /// When the authority last answered about it; when it was approved, if the authority never did.
    pub asked_at: Timestamp,
    /// The last day that the holder was told of.
    pub announced: Option<jiff::civil::Date>,
}

/// A holder of a line that counts, with the document behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedHolderRow {
    /// The application that one of the holdings rests on.
    pub basis: ApplicationId,
    /// The document.
    pub watch: DocumentWatchRow,
    /// The document's issuing state.
    pub issuing_state: String,
    /// The document's last day.
    pub expires_on: Option<jiff::civil::Date>,
}

/// A document behind a line that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentCaseRow {
    /// Its id.
    pub id: RowId,
    /// The holder.
    pub party: PartyId,
    /// The document.
    pub document: DocumentId,
    /// An application of the holder whose line the document stands behind.
    pub application: ApplicationId,
    /// The answer that opened it, or the latest one that said something else.
    pub answer: RowId,
    /// What the answer said.
    pub reason: DocumentReason,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed, by whom and why.
    pub closed: Option<(Timestamp, StaffId, CloseReason)>,
}

/// A decision waiting for its second signature, or completed.
#[derive(Debug, Clone)]
pub struct ProposalRow {
    /// Its id.
    pub id: ProposalId,
    /// The application.
    pub application: ApplicationId,
    /// The coded reason.
    pub reason: ReviewReason,
    /// The note, sealed under the case's key; row = proposal id, column = `note`. Empty once the case is erased.
    pub note: Sealed,
    /// SHA-256 of the note.
    pub note_hash: [u8; 32],
    /// Hash of what the proposer saw.
    pub findings_hash: [u8; 32],
    /// The first person.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// The second person.
    pub signed_by: Option<StaffId>,
    /// When the second person signed, or when it was carried out by one.
    pub done_at: Option<Timestamp>,
    /// When it was set aside (a newer proposal, a changed finding, lapse).
    pub void_at: Option<Timestamp>,
}

/// A member of staff.
#[derive(Debug, Clone)]
pub struct StaffRow {
    /// Their id.
    pub id: StaffId,
    /// The name shown at the desk.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Who invited them; `None` when the operator did.
    pub invited_by: Option<StaffId>,
    /// Keyed index of their own identity, so that nobody decides about their own line.
    pub identity_index: Option<[u8; 32]>,
    /// When they were invited.
    pub created_at: Timestamp,
    /// When they were switched off.
    pub disabled_at: Option<Timestamp>,
}

/// A secret that admits a person: staff code, staff session, applicant link or applicant session. Only its hash is kept.
#[derive(Debug, Clone)]
pub struct PassRow {
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// What it is.
    pub kind: PassKind,
    /// The staff member, for codes and staff sessions.
    pub staff: Option<StaffId>,
    /// The application, for links and applicant sessions.
    pub application: Option<ApplicationId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used up (codes, links) or ended (sessions).
    pub ended_at: Option<Timestamp>,
}

lineward_core::codes! {
    /// The kinds of passes.
    pub enum PassKind {
        /// A one-time code from `staff invite`.
        StaffCode = "staff_code",
        /// A staff member's session.
        StaffSession = "staff_session",
        /// An applicant's one-time link.
        ApplicantLink = "applicant_link",
        /// An applicant's session.
        ApplicantSession = "applicant_session",
    }
}

/// A machine's access token. Only the hash of the secret is kept.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// What it is for, in words.
    pub name: String,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// What it may do.
    pub roles: Vec<Role>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A version of the rules.
#[derive(Debug, Clone)]
pub struct RulesRow {
    /// SHA-256 of the text.
    pub hash: [u8; 32],
    /// The text.
    pub text: String,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// Who has signed so far.
    pub signed_by: Vec<StaffId>,
    /// When the second person's signature made it active.
    pub active_from: Option<Timestamp>,
}

/// A decision record.
#[derive(Debug, Clone)]
pub struct RecordRow {
    /// Its id.
    pub id: RowId,
    /// The verification decided about.
    pub verification: VerificationId,
    /// The canonical bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes.
    pub hash: [u8; 32],
    /// When.
    pub created_at: Timestamp,
}

/// A job to put into the queue.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// What to do: `provision_line`, `notify`, ...
    pub kind: String,
    /// One job of a subject is in flight at a time, in the order they were put in.
    pub subject: String,
    /// Ids and words as JSON; no personal data.
    pub payload: String,
    /// Not before.
    pub run_at: Timestamp,
    /// A second job with the same key is not put in.
    pub dedupe_key: Option<String>,
}

/// A claimed job.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// What to do.
    pub kind: String,
    /// Its subject.
    pub subject: String,
    /// Its payload.
    pub payload: String,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// The lease of this claim; completing needs it.
    pub lease: RowId,
    /// Where it stands.
    pub state: JobState,
    /// The last problem, in words without personal data.
    pub problem: Option<String>,
    /// Not before.
    pub run_at: Timestamp,
}

lineward_core::codes! {
    /// Where a job stands.
    pub enum JobState {
        /// To be done, or being done under a lease.
        Waiting = "waiting",
        /// Done.
        Done = "done",
        /// Given up: the dead letter, for a person.
        GivenUp = "given_up",
    }
}

/// A row of the audit trail.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Its id.
    pub id: AuditId,
    /// Who: `staff:<id>`, `token:<id>`, `applicant:<application>`, `operator`, `system`.
    pub actor: String,
    /// What: the verb's name.
    pub verb: String,
    /// About what: `application:<id>`, `line:<id>`, ...
    pub subject: String,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// The request it belongs to.
    pub request_id: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How it ended: `done`, `refused`, `failed` or `interrupted`; `None` while open.
    pub outcome: Option<String>,
}

/// A remembered answer to a request with an `Idempotency-Key`.
#[derive(Debug, Clone)]
pub struct IdempotencyRow {
    /// SHA-256 of actor and key.
    pub key_hash: [u8; 32],
    /// SHA-256 of method, path and body.
    pub request_hash: [u8; 32],
    /// The result, as the web layer wrote it; `None` while the first request is under way.
    pub answer: Option<String>,
    /// When it was first seen.
    pub created_at: Timestamp,
}

/// A cap counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapRow {
    /// Keyed index of the identity.
    pub identity_index: [u8; 32],
    /// The group of kinds.
    pub group: KindGroup,
    /// The lines that count.
    pub held: u32,
}
