//! A case and a line on the wire.

use jiff::Timestamp;
use lineward_app::{review::CaseView, verification::Fields};
use lineward_core::{evidence::FaceFinding, verification::DocumentFinding};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::chip::{ChipFinding, DocumentVerdictAnswer};
use super::word::{
    ApplicationStateWord, AssuranceWord, CheckResultWord, DocumentCheckWord, DocumentReasonWord,
    EvidenceClassWord, FaceOutcomeWord, FaceReasonWord, Hash, LineKindWord, LineStateWord, PaymentWord,
    ReferralReasonWord, ReviewReasonWord, WayWord, Word, words,
};

/// One case with what a reviewer needs, without images.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseAnswer {
    /// The application.
    application: Uuid,
    /// Its public reference.
    reference: String,
    /// Where it stands.
    state: ApplicationStateWord,
    /// Why it was referred.
    reasons: Vec<ReferralReasonWord>,
    /// The chosen way.
    way: WayWord,
    /// The reviewer who claimed it.
    claimed_by: Option<Uuid>,
    /// The fields of the document, while they are kept: for the reviewer who claimed the case or is asked to sign, and
    /// for the agent who opened or sighted it.
    fields: Option<CaseFields>,
    /// The findings about the document that count.
    findings: Vec<CaseFinding>,
    /// What the findings say together.
    verdict: Option<DocumentVerdictAnswer>,
    /// What each check of the document's chip found; empty where no chip was read.
    chip: Vec<ChipFinding>,
    /// The completed comparisons, oldest first.
    faces: Vec<CaseFace>,
    /// The sighting of the original, where there was one.
    sighting: Option<CaseSighting>,
    /// Images that are held for the reviewer; they are opened at the desk.
    held: Vec<CaseHeld>,
    /// The proposal that waits for a second signature.
    proposal: Option<CaseProposal>,
    /// Names what is shown here; a review must name it.
    findings_hash: Hash,
}

/// The fields of a document.
#[derive(Serialize, ToSchema)]
struct CaseFields {
    /// `passport`, `identity_card` ...
    kind: String,
    /// Three letters, as in ICAO 9303-3.
    issuing_state: String,
    /// The document's number, or the person's number where the document has no other.
    number: String,
    /// The scheme of a person's number.
    scheme: Option<String>,
    /// The primary identifier of the name, as written.
    primary_name: String,
    /// The secondary identifier.
    secondary_name: String,
    /// As `1984-05-09`.
    birth_date: Option<String>,
    /// The last valid day.
    expiry_date: Option<String>,
    /// The stated sex.
    sex: Option<String>,
    /// The stated nationality.
    nationality: Option<String>,
}

/// What a check of the document answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseFinding {
    /// What was checked.
    check: DocumentCheckWord,
    /// What the check answered.
    result: CheckResultWord,
    /// What the answer rests on.
    class: EvidenceClassWord,
    /// Why it did not pass.
    reason: Option<DocumentReasonWord>,
    /// When the check ran.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// One completed comparison. Scores are cosines in millionths.
#[derive(Serialize, ToSchema)]
struct CaseFace {
    /// The comparison decision.
    outcome: FaceOutcomeWord,
    /// The comparison score.
    score_ppm: Option<i32>,
    /// The automatic threshold.
    threshold_ppm: i32,
    /// The lower edge of the review band.
    review_threshold_ppm: i32,
    /// The false match rate that the threshold was measured at, in parts per thousand million.
    fmr_ppb: Option<u32>,
    /// Mean bona fide score of the presentation attack detectors; evidence, never a verdict.
    bona_fide_ppm: Option<u32>,
    /// Everything worth saying.
    reasons: Vec<FaceReasonWord>,
    /// How the capture was taken.
    assurance: AssuranceWord,
    /// Hash of the model pack's manifest.
    pack_hash: Hash,
}

/// A staff member saw original and person together.
#[derive(Serialize, ToSchema)]
struct CaseSighting {
    /// The staff member.
    staff: Uuid,
    /// Whether the person is the one on the portrait.
    person_matches: CheckResultWord,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// An image under a review hold.
#[derive(Serialize, ToSchema)]
struct CaseHeld {
    /// The evidence.
    id: Uuid,
    /// `portrait` or `capture`.
    class: String,
    /// When it is erased.
    #[schema(value_type = String, format = DateTime)]
    erase_at: Timestamp,
}

/// A decision that waits for its second signature.
#[derive(Serialize, ToSchema)]
struct CaseProposal {
    /// The coded reason, which names the decision.
    reason: ReviewReasonWord,
    /// What else the first person said.
    note: String,
    /// What the second person signs.
    hash: Hash,
    /// The first person.
    proposed_by: Uuid,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    proposed_at: Timestamp,
}

/// A line.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineAnswer {
    /// The line.
    pub(crate) id: Uuid,
    /// What it is.
    pub(crate) kind: LineKindWord,
    /// How it is paid.
    pub(crate) payment: PaymentWord,
    /// Where it stands.
    pub(crate) state: LineStateWord,
    /// The carrier's own id for it.
    pub(crate) external_id: Option<String>,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When it came into its state.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) state_at: Timestamp,
}

impl CaseAnswer {
    pub(crate) fn of(view: CaseView) -> CaseAnswer {
        CaseAnswer {
            application: view.application.id.uuid(),
            reference: view.application.reference,
            state: Word(view.application.state),
            reasons: words(&view.application.reasons),
            way: Word(view.way),
            claimed_by: view.application.claimed_by.map(|id| id.uuid()),
            fields: view.fields.as_ref().map(CaseFields::of),
            findings: view.findings.iter().map(CaseFinding::of).collect(),
            verdict: view.verdict.as_ref().map(DocumentVerdictAnswer::of),
            chip: view.chip.into_iter().map(ChipFinding::from).collect(),
            faces: view.faces.iter().map(CaseFace::of).collect(),
            sighting: view.sighting.map(|s| CaseSighting {
                staff: s.staff.uuid(),
                person_matches: Word(s.person_matches),
                at: s.at,
            }),
            held: view
                .held
                .into_iter()
                .map(|h| CaseHeld { id: h.id.uuid(), class: h.class, erase_at: h.erase_at })
                .collect(),
            proposal: view.proposal.map(|(row, hash, note)| CaseProposal {
                reason: Word(row.reason),
                note: note.to_string(),
                hash: Hash(hash),
                proposed_by: row.proposed_by.uuid(),
                proposed_at: row.proposed_at,
            }),
            findings_hash: Hash(view.findings_hash),
        }
    }
}

impl CaseFields {
    fn of(f: &Fields) -> CaseFields {
        CaseFields {
            kind: f.kind.clone(),
            issuing_state: f.issuing_state.clone(),
            number: f.number.clone(),
            scheme: f.scheme.clone(),
            primary_name: f.primary_name.clone(),
            secondary_name: f.secondary_name.clone(),
            birth_date: f.birth_date.clone(),
            expiry_date: f.expiry_date.clone(),
            sex: f.sex.clone(),
            nationality: f.nationality.clone(),
        }
    }
}

impl CaseFinding {
    pub(crate) fn of(f: &DocumentFinding) -> CaseFinding {
        CaseFinding {
            check: Word(f.check),
            result: Word(f.result),
            class: Word(f.class),
            reason: f.reason.map(Word),
            at: f.at,
        }
    }
}

impl CaseFace {
    fn of(f: &FaceFinding) -> CaseFace {
        CaseFace {
            outcome: Word(f.outcome),
            score_ppm: f.score_ppm,
            threshold_ppm: f.threshold_ppm,
            review_threshold_ppm: f.review_threshold_ppm,
            fmr_ppb: f.fmr_ppb,
            bona_fide_ppm: f.bona_fide_ppm,
            reasons: words(&f.reasons),
            assurance: Word(f.assurance),
            pack_hash: Hash(f.pack_hash),
        }
    }
}
