use jiff::Timestamp;

use super::*;
use crate::{
    evidence::{
        Assurance, CheckResult, EvidenceClass, FaceFinding, FaceOutcome, FaceReason, FieldSource, PortraitRef,
    },
    id::{DocumentId, PictureId, StaffId, VerificationId},
    verification::*,
};

fn rules(name: &str) -> Rules {
    let text = match name {
        "cn" => include_str!("../../../../rules/cn.toml"),
        "mx" => include_str!("../../../../rules/mx.toml"),
        _ => include_str!("../../../../rules/demo.toml"),
    };
    Rules::parse(text).unwrap()
}

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

const DOCUMENT: DocumentId = DocumentId::from_bytes([2; 16]);

const CHIP: PortraitRef = PortraitRef::Chip([6; 32]);

const fn picture(n: u8) -> PortraitRef {
    PortraitRef::Picture(PictureId::from_bytes([n; 16]))
}

fn passed(check: DocumentCheck, class: EvidenceClass) -> DocumentFinding {
    let portrait = (check == DocumentCheck::PortraitGenuine).then_some(match class {
        EvidenceClass::Signed | EvidenceClass::ChipPresent => CHIP,
        EvidenceClass::Sighted => PortraitRef::Original,
        _ => picture(1),
    });
    DocumentFinding { check, result: CheckResult::Pass, class, reason: None, portrait, at: now() }
}

/// Facts with which rules that accept `class` approve: the portrait that it proves is the one that was compared.
fn good(class: EvidenceClass) -> Facts {
    let portrait = passed(DocumentCheck::PortraitGenuine, class).portrait.unwrap();
    Facts {
        verification: VerificationId::from_bytes([1; 16]),
        purpose: Purpose::OpenLine,
        expires_at: "2026-06-02T12:00:00Z".parse().unwrap(),
        way: Way::Face,
        applicant: ApplicantKind::Person,
        consents: vec![ConsentKind::Identity, ConsentKind::Face],
        document: Some(DocumentFacts {
            id: DOCUMENT,
            number_source: FieldSource::MrzText,
            expires_on: Some("2030-01-01".parse().unwrap()),
            findings: vec![
                passed(DocumentCheck::CheckDigits, EvidenceClass::Consistent),
                passed(DocumentCheck::FieldsGenuine, class),
                passed(DocumentCheck::Valid, EvidenceClass::Authority),
                passed(DocumentCheck::PortraitGenuine, class),
            ],
        }),
        faces: vec![FaceFact { document: DOCUMENT, portrait, finding: face(), at: now() }],
        sighting: None,
        lines_held: 0,
        cap: Some(5),
    }
}

fn face() -> FaceFinding {
    FaceFinding {
        outcome: FaceOutcome::Match,
        score_ppm: Some(700_000),
        threshold_ppm: 427_000,
        review_threshold_ppm: 340_000,
        fmr_ppb: Some(100_000),
        bona_fide_ppm: Some(990_000),
        reasons: vec![],
        pack_hash: [3; 32],
        assurance: Assurance::Staffed,
    }
}

#[track_caller]
fn check(name: &str, facts: &Facts, expect: &[ReferralReason]) {
    match decide(now(), facts, &rules(name)) {
        Decision::Approve(p) => {
            assert!(expect.is_empty(), "approved, expected {expect:?}");
            assert_eq!(p.verification(), facts.verification);
        }
        Decision::Refer(reasons) => assert_eq!(reasons, expect),
    }
}

fn with(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = good(EvidenceClass::Signed);
    change(&mut facts);
    facts
}

fn finding_of(facts: &mut Facts, check: DocumentCheck) -> &mut DocumentFinding {
    facts.document.as_mut().unwrap().findings.iter_mut().find(|f| f.check == check).unwrap()
}

use ReferralReason as R;

#[test]
fn all_proofs_together_are_approved() {
    check("demo", &good(EvidenceClass::Authority), &[]);
    check("cn", &good(EvidenceClass::Signed), &[]);
    check("mx", &good(EvidenceClass::Signed), &[]);
}

#[test]
fn the_stand_in_authority_counts_under_the_demo_rules_only() {
    check("cn", &good(EvidenceClass::Authority), &[R::DocumentNotProven, R::PortraitNotProven]);
}

#[test]
fn each_missing_proof_alone_refers_with_its_reason() {
    type Change = fn(&mut Facts);
    let cases: &[(Change, &[R])] = &[
        (|f| f.applicant = ApplicantKind::Organisation, &[R::Organisation]),
        (|f| f.applicant = ApplicantKind::ForAnother, &[R::ForAnother]),
        (|f| f.consents = vec![ConsentKind::Identity], &[R::ConsentMissing]),
        (|f| f.consents = vec![ConsentKind::Face], &[R::ConsentMissing]),
        (|f| f.lines_held = 5, &[R::OverCap]),
        (|f| f.faces.clear(), &[R::FaceNotCompared]),
        (|f| f.faces[0].document = DocumentId::from_bytes([9; 16]), &[R::FaceNotCompared]),
        (|f| f.faces[0].finding.outcome = FaceOutcome::NonMatch, &[R::FaceNonMatch]),
        (|f| f.faces[0].finding.reasons.push(FaceReason::SameImageSuspected), &[R::SameImageSuspected]),
        (
            |f| f.faces[0].finding.reasons.push(FaceReason::PresentationAttackSuspected),
            &[R::PresentationAttackSuspected],
        ),
        (|f| f.faces[0].finding.assurance = Assurance::File, &[R::AssuranceTooLow]),
        (|f| f.faces[0].finding.fmr_ppb = None, &[R::ThresholdNotMeasured]),
        (|f| f.faces[0].finding.fmr_ppb = Some(1_000_000), &[R::ThresholdNotMeasured]),
        (|f| f.expires_at = now(), &[R::ProofsExpired]),
        (
            |f| f.document.as_mut().unwrap().expires_on = Some("2026-05-31".parse().unwrap()),
            &[R::DocumentExpired],
        ),
        (|f| f.document.as_mut().unwrap().number_source = FieldSource::Keyed, &[R::DocumentNotProven]),
        (
            |f| finding_of(f, DocumentCheck::FieldsGenuine).class = EvidenceClass::Consistent,
            &[R::DocumentNotProven],
        ),
        (
            |f| finding_of(f, DocumentCheck::PortraitGenuine).class = EvidenceClass::Optical,
            &[R::PortraitNotProven],
        ),
        (
            |f| finding_of(f, DocumentCheck::CheckDigits).result = CheckResult::Fail,
            &[R::DocumentInconsistent],
        ),
        (
            |f| finding_of(f, DocumentCheck::PortraitGenuine).result = CheckResult::Fail,
            &[R::PortraitNotGenuine],
        ),
        (|f| finding_of(f, DocumentCheck::Valid).result = CheckResult::Fail, &[R::DocumentNotValid]),
        (|f| finding_of(f, DocumentCheck::Valid).result = CheckResult::NotChecked, &[R::ValidityNotProven]),
        (
            |f| {
                let valid = finding_of(f, DocumentCheck::Valid);
                (valid.result, valid.reason) = (CheckResult::NotChecked, Some(DocumentReason::ServiceDown));
            },
            &[R::ServiceDown],
        ),
        (
            |f| {
                let valid = finding_of(f, DocumentCheck::Valid);
                (valid.result, valid.reason) = (CheckResult::Fail, Some(DocumentReason::ReportedLost));
            },
            &[R::DocumentReportedLost],
        ),
        (|f| f.way = Way::OtherWay, &[R::NotSighted]),
        (|f| f.faces[0].portrait = picture(1), &[R::OtherPortraitCompared]),
        (|f| f.faces[0].portrait = PortraitRef::Chip([7; 32]), &[R::OtherPortraitCompared]),
    ];
    for (change, expect) in cases {
        check("cn", &with(*change), expect);
    }
}

#[test]
fn every_reason_is_collected_not_only_the_first() {
    let facts = with(|f| {
        f.document = None;
        f.faces.clear();
        f.consents.clear();
        f.lines_held = 7;
    });
    check("cn", &facts, &[R::NoDocument, R::FaceNotCompared, R::ConsentMissing, R::OverCap]);
}

#[test]
fn the_other_way_ends_in_the_same_approval_without_a_face() {
    let other = |person_matches| {
        with(|f| {
            *f = good(EvidenceClass::Sighted);
            f.way = Way::OtherWay;
            f.faces.clear();
            f.consents = vec![ConsentKind::Identity];
            f.sighting = Some(Sighting {
                staff: StaffId::from_bytes([5; 16]),
                document: DOCUMENT,
                person_matches,
                at: now(),
            });
        })
    };
    for name in ["demo", "cn", "mx"] {
        check(name, &other(CheckResult::Pass), &[]);
        check(name, &other(CheckResult::Fail), &[R::PersonDiffers]);
        check(name, &other(CheckResult::NotChecked), &[R::NotSighted]);
    }
}

#[test]
fn a_forged_card_with_the_victims_number_is_never_approved_without_the_portrait() {
    // Every class proves the fields; only the portrait stays unproved.
    for class in EvidenceClass::ALL {
        for name in ["demo", "cn", "mx"] {
            let mut facts = good(*class);
            facts.document.as_mut().unwrap().findings.retain(|f| f.check != DocumentCheck::PortraitGenuine);
            assert!(matches!(decide(now(), &facts, &rules(name)), Decision::Refer(_)), "{name} {class}");
        }
    }
}

/// Every finding that any source can make for a victim's data while the attacker is before the camera: the victim's chip
/// and the issuer's yes to the victim's picture are genuine; the attacker's picture is on no list of the issuer's.
#[test]
fn no_set_of_genuine_findings_about_a_victim_approves_the_attackers_portrait() {
    let mut findings = vec![passed(DocumentCheck::CheckDigits, EvidenceClass::Consistent)];
    for class in [EvidenceClass::Signed, EvidenceClass::ChipPresent, EvidenceClass::Authority] {
        findings.push(passed(DocumentCheck::FieldsGenuine, class));
        findings.push(passed(DocumentCheck::PortraitGenuine, class));
    }
    findings.push(passed(DocumentCheck::FieldsGenuine, EvidenceClass::Sighted));
    findings.push(passed(DocumentCheck::PortraitGenuine, EvidenceClass::Sighted));
    findings.push(passed(DocumentCheck::PortraitGenuine, EvidenceClass::Optical));
    findings.push(passed(DocumentCheck::Valid, EvidenceClass::Authority));
    findings.push(passed(DocumentCheck::Valid, EvidenceClass::Sighted));
    let attackers = [picture(2), PortraitRef::Chip([7; 32])];
    let all_rules = ["demo", "cn", "mx"].map(rules);
    for subset in 0..1_u32 << findings.len() {
        let chosen = || (0..findings.len()).filter(move |i| subset >> i & 1 == 1);
        for compared in attackers {
            let mut facts = good(EvidenceClass::Signed);
            facts.document.as_mut().unwrap().findings = chosen().map(|i| findings[i].clone()).collect();
            facts.faces[0].portrait = compared;
            for rules in &all_rules {
                let decision = decide(now(), &facts, rules);
                let names: Vec<_> =
                    chosen().map(|i| format!("{}.{}", findings[i].check, findings[i].class)).collect();
                assert!(matches!(decision, Decision::Refer(_)), "{} {compared:?} {names:?}", rules.id);
            }
        }
    }
}

#[test]
fn a_match_with_one_portrait_is_nothing_against_another_that_is_proved() {
    let portraits = [CHIP, PortraitRef::Chip([7; 32]), picture(1), picture(2), PortraitRef::Original];
    for proven in portraits {
        for compared in portraits {
            let facts = with(|f| {
                finding_of(f, DocumentCheck::PortraitGenuine).portrait = Some(proven);
                f.faces[0].portrait = compared;
            });
            check("cn", &facts, if proven == compared { &[] } else { &[R::OtherPortraitCompared] });
        }
    }
}

#[test]
fn an_earlier_match_with_the_proved_portrait_does_not_cover_a_later_one_with_another() {
    let facts = with(|f| {
        let later = FaceFact { portrait: picture(2), ..f.faces[0].clone() };
        f.faces.push(later);
    });
    check("cn", &facts, &[R::OtherPortraitCompared]);
}

#[test]
fn a_portrait_finding_that_names_no_portrait_proves_none() {
    let facts = with(|f| finding_of(f, DocumentCheck::PortraitGenuine).portrait = None);
    check("cn", &facts, &[R::PortraitNotProven]);
}

#[test]
fn a_later_finding_of_the_same_class_replaces_the_earlier_one() {
    let facts = with(|f| {
        let findings = &mut f.document.as_mut().unwrap().findings;
        let down = DocumentFinding {
            result: CheckResult::NotChecked,
            reason: Some(DocumentReason::ServiceDown),
            ..passed(DocumentCheck::Valid, EvidenceClass::Sighted)
        };
        findings.insert(0, down);
    });
    check("cn", &facts, &[]);
}

#[test]
fn a_reason_that_bars_approval_is_never_one_a_second_person_could_override() {
    for reason in R::ALL {
        assert!(!(reason.bars_approval() && reason.is_failed_check()), "{reason}");
    }
}
