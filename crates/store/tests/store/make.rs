//! Rows to test with. Everything that is optional is there, so that a forgotten column shows.

use jiff::Timestamp;
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    authority::{AuthorityAnswer, IssuerMatch, Standing},
    evidence::{
        Assurance, CheckResult, EvidenceClass, FaceFinding, FaceOutcome, FaceReason, FieldSource, PortraitRef,
    },
    id::{CarrierId, Id},
    line::{LineKind, LineState, Payment},
    review::ReviewReason,
    staff::Role,
    verification::{
        ApplicantKind, Channel, ConsentKind, DocumentCheck, DocumentFinding, DocumentReason, Purpose, Way,
    },
};
use lineward_store::{Store, StoreError, Tx, in_tx, rows::*};

/// The id whose bytes end in `n`.
pub(crate) fn id<K>(n: u64) -> Id<K> {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    Id::from_bytes(bytes)
}

/// The hash whose bytes begin with `n`.
pub(crate) fn hash(n: u64) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    bytes
}

/// A moment, in seconds; with microseconds, which must survive.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::new(1_700_000_000 + second, 123_456_000).unwrap()
}

pub(crate) async fn carrier(store: &Store, carrier: CarrierId) {
    let row = CarrierRow { id: carrier, name: "Südnetz".into(), sample: false, created_at: at(0) };
    let row = &row;
    let made: Result<(), StoreError> =
        store.write(carrier, None, |tx| in_tx(async { tx.insert_carrier(row).await })).await;
    made.unwrap();
}

pub(crate) fn audit(n: u64) -> AuditRow {
    AuditRow {
        id: id(n),
        actor: "operator".into(),
        verb: "open".into(),
        subject: format!("application:{n}"),
        reason: Some("asked for".into()),
        request_id: "r-1".into(),
        opened_at: at(i64::try_from(n).unwrap()),
        closed_at: None,
        outcome: None,
    }
}

pub(crate) fn verification(n: u64) -> VerificationRow {
    VerificationRow {
        id: id(n),
        purpose: Purpose::OpenLine,
        channel: Channel::Shop,
        way: Way::Face,
        applicant: ApplicantKind::Person,
        case_key: id(n),
        language: "zh-Hans".into(),
        contact: Some(Sealed(vec![1, 2, 3])),
        subject: None,
        expires_at: at(900),
        created_at: at(0),
        erased_at: None,
    }
}

pub(crate) fn line(n: u64) -> LineRow {
    LineRow {
        id: id(n),
        kind: LineKind::Mobile,
        payment: Payment::Prepaid,
        state: LineState::Requested,
        external_id: Some(format!("L-{n}")),
        created_at: at(0),
        state_at: at(1),
    }
}

pub(crate) fn application(n: u64) -> ApplicationRow {
    ApplicationRow {
        id: id(n),
        verification: id(n),
        line: id(n),
        reference: format!("REF{n:07}"),
        state: ApplicationState::Open,
        reasons: vec![ReferralReason::OverCap, ReferralReason::NotSighted],
        rules_opened: hash(1),
        rules_decided: Some(hash(2)),
        opened_by: Some(id(1)),
        opened_at: at(0),
        referred_at: Some(at(5)),
        decided_at: Some(at(6)),
        effective_at: Some(at(7)),
        lapses_at: at(100),
        provisional_until: Some(at(60)),
        claimed_by: Some(id(1)),
    }
}

/// The staff, verification, line and application number `n` with all that hangs on them.
pub(crate) async fn case(tx: &mut Tx, n: u64) -> Result<(), StoreError> {
    if tx.staff(id(1)).await?.is_none() {
        tx.insert_staff(&staff(1)).await?;
    }
    tx.insert_verification(&verification(n)).await?;
    tx.insert_line(&line(n)).await?;
    tx.insert_application(&application(n)).await?;
    tx.insert_document(&document(n)).await
}

pub(crate) fn consent(n: u64) -> ConsentRow {
    ConsentRow {
        id: id(n),
        kind: ConsentKind::Face,
        text_version: "2026-01".into(),
        language: "de".into(),
        given_at: at(2),
        withdrawn_at: None,
    }
}

pub(crate) fn document(n: u64) -> DocumentRow {
    DocumentRow {
        id: id(n),
        verification: id(n),
        identity_scheme: "cn.ric".into(),
        issuing_state: "CHN".into(),
        identity_index: hash(n),
        number_source: FieldSource::MrzText,
        fields: Some(Sealed(vec![4, 5])),
        expires_on: Some(jiff::civil::date(2031, 5, 9)),
        created_at: at(2),
    }
}

pub(crate) fn document_finding(n: u64, document: u64) -> DocumentFindingRow {
    DocumentFindingRow {
        id: id(n),
        document: id(document),
        finding: DocumentFinding {
            check: DocumentCheck::FieldsGenuine,
            result: CheckResult::NotChecked,
            class: EvidenceClass::Authority,
            reason: Some(DocumentReason::ServiceDown),
            portrait: Some(PortraitRef::Picture(id(n))),
            at: at(3),
        },
        answer: Some(id(n)),
    }
}

pub(crate) fn face_finding(n: u64, document: u64) -> FaceFindingRow {
    FaceFindingRow {
        id: id(n),
        document: id(document),
        portrait: PortraitRef::Chip(hash(n)),
        finding: FaceFinding {
            outcome: FaceOutcome::NonMatch,
            score_ppm: Some(-12_345),
            threshold_ppm: 427_000,
            review_threshold_ppm: 340_000,
            fmr_ppb: Some(100_000),
            bona_fide_ppm: Some(999_000),
            reasons: vec![FaceReason::ReviewBand, FaceReason::SameImageSuspected],
            pack_hash: hash(9),
            assurance: Assurance::Staffed,
        },
        at: at(4),
    }
}

pub(crate) fn chip_finding(n: u64, document: u64) -> ChipFindingRow {
    ChipFindingRow {
        id: id(n),
        document: id(document),
        check: "country_ca".into(),
        result: CheckResult::NotChecked,
        reason: Some("no_country_ca".into()),
        at: at(3),
    }
}

pub(crate) fn chip_session(n: u64, verification: u64) -> ChipSessionRow {
    ChipSessionRow {
        id: id(n),
        verification: id(verification),
        nonce: [7; 8],
        key_state: Some(Sealed(vec![8, 9])),
        dg14_hash: Some(hash(n)),
        created_at: at(2),
        expires_at: at(602),
        used_at: None,
    }
}

pub(crate) fn sighting(n: u64, document: u64) -> SightingRow {
    SightingRow {
        id: id(n),
        document: id(document),
        staff: id(1),
        person_matches: CheckResult::Pass,
        at: at(5),
    }
}

pub(crate) fn evidence(n: u64, verification: u64) -> EvidenceRow {
    EvidenceRow {
        id: id(n),
        verification: id(verification),
        class: "portrait".into(),
        key: id(verification),
        body: Sealed(vec![0; 100_000]),
        erase_at: at(50),
        legal_hold: false,
    }
}

pub(crate) fn record(n: u64, verification: u64) -> RecordRow {
    RecordRow {
        id: id(n),
        verification: id(verification),
        bytes: vec![0xa0, 0],
        hash: hash(3),
        created_at: at(6),
    }
}

pub(crate) fn party(n: u64) -> PartyRow {
    PartyRow {
        id: id(n),
        key: id(1_000 + n),
        profile: Some(Sealed(vec![6])),
        reach: Some(Sealed(vec![7])),
        created_at: at(6),
        erased_at: None,
    }
}

pub(crate) fn answer(n: u64, standing: Standing) -> AuthorityAnswerRow {
    AuthorityAnswerRow {
        id: id(n),
        document: id(1),
        source: "Registry".into(),
        asked_at: at(20),
        answered_at: at(21),
        answer: AuthorityAnswer { standing, fields: IssuerMatch::Match, portrait: IssuerMatch::NoMatch },
        evidence_hash: hash(n),
    }
}

pub(crate) fn watch(party: u64) -> DocumentWatchRow {
    DocumentWatchRow {
        party: id(party),
        document: id(1),
        asked_at: at(20),
        announced: Some(jiff::civil::date(2031, 5, 9)),
    }
}

pub(crate) fn document_case(n: u64) -> DocumentCaseRow {
    DocumentCaseRow {
        id: id(n),
        party: id(1),
        document: id(1),
        application: id(1),
        answer: id(2),
        reason: DocumentReason::ReportedLost,
        opened_at: at(30),
        closed: None,
    }
}

pub(crate) fn identity_key(n: u64, party: u64, index: [u8; 32]) -> IdentityKeyRow {
    IdentityKeyRow {
        id: id(n),
        party: id(party),
        scheme: "cn.ric".into(),
        country: "CN".into(),
        index,
        key_version: 1,
        from_at: at(6),
        to_at: None,
    }
}

pub(crate) fn holding(n: u64, line: u64, party: u64) -> HoldingRow {
    HoldingRow { id: id(n), line: id(line), party: id(party), from_at: at(6), to_at: None, basis: id(line) }
}

pub(crate) fn proposal(n: u64, application: u64) -> ProposalRow {
    ProposalRow {
        id: id(n),
        application: id(application),
        reason: ReviewReason::DocumentForged,
        note: Sealed(vec![8, 9]),
        note_hash: hash(4),
        findings_hash: hash(5),
        proposed_by: id(1),
        proposed_at: at(7),
        signed_by: None,
        done_at: None,
        void_at: None,
    }
}

pub(crate) fn staff(n: u64) -> StaffRow {
    StaffRow {
        id: id(n),
        name: "A. Kim".into(),
        roles: vec![Role::Reviewer, Role::Admin],
        invited_by: None,
        identity_index: Some(hash(6)),
        created_at: at(i64::try_from(n).unwrap()),
        disabled_at: None,
    }
}

pub(crate) fn pass(n: u64, kind: PassKind) -> PassRow {
    PassRow {
        hash: hash(n),
        kind,
        staff: Some(id(1)),
        application: None,
        created_at: at(1),
        seen_at: at(2),
        expires_at: at(3),
        ended_at: None,
    }
}

pub(crate) fn token(n: u64) -> TokenRow {
    TokenRow {
        id: id(n),
        name: "billing".into(),
        hash: hash(n),
        roles: vec![Role::System],
        created_at: at(1),
        expires_at: at(2),
        last_used_at: None,
        revoked_at: None,
    }
}

pub(crate) fn rules(n: u64) -> RulesRow {
    RulesRow {
        hash: hash(n),
        text: "id = \"cn\"".into(),
        proposed_at: at(i64::try_from(n).unwrap()),
        signed_by: vec![],
        active_from: None,
    }
}

pub(crate) fn job(n: u64, subject: &str) -> NewJob {
    NewJob {
        id: id(n),
        kind: "provision_line".into(),
        subject: subject.into(),
        payload: "{}".into(),
        run_at: at(0),
        dedupe_key: None,
    }
}
