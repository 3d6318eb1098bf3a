//! How long the machine takes to decide: `cargo bench -p lineward-core`.

use criterion::{Criterion, criterion_group, criterion_main};
use lineward_core::{
    application::decide,
    evidence::{Assurance, CheckResult, EvidenceClass, FaceFinding, FaceOutcome, FieldSource, PortraitRef},
    id::{DocumentId, VerificationId},
    rules::Rules,
    verification::*,
};

fn bench(c: &mut Criterion) {
    let Ok(rules) = Rules::parse(include_str!("../../../rules/cn.toml")) else { return };
    let now = jiff::Timestamp::UNIX_EPOCH;
    let document = DocumentId::from_bytes([2; 16]);
    let passed = |check| DocumentFinding {
        check,
        result: CheckResult::Pass,
        class: if check == DocumentCheck::Valid { EvidenceClass::Authority } else { EvidenceClass::Signed },
        reason: None,
        portrait: (check == DocumentCheck::PortraitGenuine).then_some(PortraitRef::Chip([1; 32])),
        at: now,
    };
    let facts = Facts {
        verification: VerificationId::from_bytes([1; 16]),
        purpose: Purpose::OpenLine,
        expires_at: jiff::Timestamp::MAX,
        way: Way::Face,
        applicant: ApplicantKind::Person,
        consents: vec![ConsentKind::Identity, ConsentKind::Face],
        document: Some(DocumentFacts {
            id: document,
            number_source: FieldSource::MrzText,
            expires_on: Some(jiff::civil::date(2031, 1, 1)),
            findings: DocumentCheck::ALL.iter().map(|check| passed(*check)).collect(),
        }),
        faces: vec![FaceFact {
            document,
            portrait: PortraitRef::Chip([1; 32]),
            finding: FaceFinding {
                outcome: FaceOutcome::Match,
                score_ppm: Some(700_000),
                threshold_ppm: 427_000,
                review_threshold_ppm: 340_000,
                fmr_ppb: Some(100_000),
                bona_fide_ppm: None,
                reasons: Vec::new(),
                pack_hash: [0; 32],
                assurance: Assurance::WebSession,
            },
            at: now,
        }],
        sighting: None,
        lines_held: 0,
        cap: Some(5),
    };
    c.bench_function("decide, all proofs", |b| b.iter(|| decide(now, std::hint::black_box(&facts), &rules)));
}

criterion_group!(benches, bench);
criterion_main!(benches);
