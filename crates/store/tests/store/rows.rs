//! Every row comes back as it was written, and every change changes what it says.

use std::fmt::Debug;

use lineward_core::{
    application::ApplicationState,
    authority::Standing,
    id::{DocumentId, VerificationId},
    line::{KindGroup, LineKind, LineState},
    staff::Role,
    verification::{DocumentReason, Way},
    watch::CloseReason,
};
use lineward_store::{Store, StoreError, in_tx, rows::*};

use crate::{
    Bench, carrier,
    make::{self, at, hash, id},
    on_both,
};

/// Rows have no equality of their own; what they show is all they hold.
#[track_caller]
fn same<T: Debug>(got: T, expected: T) {
    assert_eq!(format!("{got:?}"), format!("{expected:?}"));
}

async fn with_case(bench: &Bench) -> Store {
    let store = bench.store().await;
    let made: Result<(), StoreError> =
        store.write(carrier(), None, |tx| in_tx(async { make::case(tx, 1).await })).await;
    made.unwrap();
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn carrier_and_audit_rows_come_back() {
    on_both(async |bench| {
        let store = bench.store().await;
        let (open, mut read) = (make::audit(5), make::audit(6));
        (read.closed_at, read.outcome) = (Some(at(6)), Some("done".into()));
        store.open_audit(carrier(), &open).await.unwrap();
        store.open_audit(carrier(), &open).await.unwrap();
        let read = &read;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), Some(id(5)), |tx| {
                in_tx(async {
                    tx.read_audit(read).await?;
                    same(tx.open_audits(at(6)).await?, vec![make::audit(5)]);
                    same(tx.open_audits(at(5)).await?, vec![]);
                    tx.close_audit(id(5), at(7), "done").await?;
                    let again = tx.close_audit(id(5), at(8), "done").await;
                    assert_eq!(again, Err(StoreError::Missing { what: "open audit row" }));
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
        let mut tx = store.read(carrier()).await.unwrap();
        same(tx.audits_of("application:6").await.unwrap(), vec![read.clone()]);
        assert_eq!(tx.audits_of("application:5").await.unwrap()[0].closed_at, Some(at(7)));
        assert!(tx.open_audits(at(100)).await.unwrap().is_empty());
        assert_eq!(tx.carrier().await.unwrap().unwrap().name, "Südnetz");
        assert!(!tx.any_sample_carrier().await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_carrier_is_seen_from_every_carrier() {
    on_both(async |bench| {
        let store = bench.store().await;
        let row = CarrierRow { id: id(2), name: "demo".into(), sample: true, created_at: at(0) };
        let row = &row;
        let made: Result<(), StoreError> =
            store.write(id(2), None, |tx| in_tx(async { tx.insert_carrier(row).await })).await;
        made.unwrap();
        assert!(store.read(carrier()).await.unwrap().any_sample_carrier().await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn verification_line_application_and_consent_come_back() {
    on_both(async |bench| {
        let store = with_case(bench).await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    same(tx.verification(id(1)).await?.unwrap(), make::verification(1));
                    same(tx.application(id(1)).await?.unwrap(), make::application(1));
                    same(tx.lock_application(id(1)).await?.unwrap(), make::application(1));
                    same(tx.application_of(id(1)).await?.unwrap(), make::application(1));
                    same(tx.application_by_reference("REF0000001").await?.unwrap(), make::application(1));
                    same(tx.line(id(1)).await?.unwrap(), make::line(1));
                    same(tx.lock_line(id(1)).await?.unwrap(), make::line(1));
                    assert!(tx.lock_line(id(2)).await?.is_none());

                    tx.insert_party(&make::party(1)).await?;
                    tx.set_subject(id(1), id(1)).await?;
                    tx.set_way(id(1), Way::OtherWay).await?;
                    let v = tx.verification(id(1)).await?.unwrap();
                    assert_eq!((v.subject, v.way), (Some(id(1)), Way::OtherWay));
                    same(tx.waiting_for_sighting(10).await?, vec![make::application(1)]);

                    let changed = ApplicationRow {
                        state: ApplicationState::Referred,
                        reasons: vec![],
                        rules_decided: None,
                        referred_at: Some(at(8)),
                        decided_at: None,
                        effective_at: None,
                        lapses_at: at(200),
                        claimed_by: None,
                        ..make::application(1)
                    };
                    same(tx.provisional(10).await?, vec![make::application(1)]);
                    tx.update_application(&changed).await?;
                    // Who is referred waits for no authority any more, whatever the caller forgot.
                    same(tx.referred(10).await?, vec![ApplicationRow { provisional_until: None, ..changed }]);
                    assert!(tx.provisional(10).await?.is_empty());
                    assert!(tx.waiting_for_sighting(10).await?.is_empty());

                    let mut line = make::line(1);
                    (line.state, line.state_at, line.external_id) = (LineState::Approved, at(9), None);
                    tx.update_line(&line).await?;
                    same(tx.lines_in(&[LineState::Approved, LineState::Active]).await?, vec![line]);
                    assert!(tx.lines_in(&[LineState::Requested]).await?.is_empty());
                    assert!(tx.lines_in(&[]).await?.is_empty());
                    assert_eq!(
                        tx.update_line(&make::line(2)).await,
                        Err(StoreError::Missing { what: "line" })
                    );

                    // The ids run against the order: it is the order of recording that counts.
                    tx.insert_consent(id(1), &make::consent(2)).await?;
                    tx.insert_consent(id(1), &make::consent(1)).await?;
                    same(tx.consents(id(1)).await?, vec![make::consent(2), make::consent(1)]);
                    tx.withdraw_consents(id(1), at(10)).await?;
                    assert!(tx.consents(id(1)).await?.iter().all(|c| c.withdrawn_at == Some(at(10))));
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_findings_and_evidence_come_back_in_the_order_of_recording() {
    on_both(async |bench| {
        let store = with_case(bench).await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    let v: VerificationId = id(1);
                    let d: DocumentId = id(1);
                    let mut bare = DocumentRow { id: id(0), fields: None, ..make::document(1) };
                    bare.expires_on = None;
                    tx.insert_document(&bare).await?;
                    same(tx.documents(v).await?, vec![make::document(1), bare]);

                    let mut second = make::document_finding(1, 1);
                    (second.finding.reason, second.finding.portrait) = (None, None);
                    tx.insert_document_finding(v, &make::document_finding(2, 1)).await?;
                    tx.insert_document_finding(v, &second).await?;
                    same(tx.document_findings(d).await?, vec![make::document_finding(2, 1), second]);
                    assert!(tx.document_findings(id(0)).await?.is_empty());

                    let mut none = make::face_finding(1, 1);
                    (none.finding.score_ppm, none.finding.fmr_ppb, none.finding.bona_fide_ppm) =
                        (None, None, None);
                    tx.insert_face_finding(v, &make::face_finding(2, 1)).await?;
                    tx.insert_face_finding(v, &none).await?;
                    same(tx.face_findings(v).await?, vec![make::face_finding(2, 1), none]);

                    assert!(tx.sighting(v).await?.is_none());
                    tx.insert_sighting(v, &make::sighting(2, 1)).await?;
                    tx.insert_sighting(v, &make::sighting(1, 1)).await?;
                    same(tx.sighting(v).await?.unwrap(), make::sighting(1, 1));

                    let held = EvidenceRow { legal_hold: true, ..make::evidence(2, 1) };
                    tx.insert_evidence(&make::evidence(1, 1)).await?;
                    tx.insert_evidence(&held).await?;
                    same(tx.evidence_of(v).await?, vec![make::evidence(1, 1), held.clone()]);
                    assert!(tx.evidence_due(at(49), 10).await?.is_empty());
                    same(tx.evidence_due(at(50), 10).await?, vec![make::evidence(1, 1)]);
                    tx.delete_evidence(id(1)).await?;
                    tx.delete_evidence(id(1)).await?;
                    same(tx.evidence_of(v).await?, vec![held]);

                    tx.insert_record(&make::record(1, 1)).await?;
                    same(tx.records_of(v).await?, vec![make::record(1, 1)]);
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chip_session_is_the_only_one_of_its_verification_and_is_used_once() {
    on_both(async |bench| {
        let store = with_case(bench).await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    make::case(tx, 2).await?;
                    tx.open_chip_session(&make::chip_session(3, 1)).await?;
                    let bare =
                        ChipSessionRow { key_state: None, dg14_hash: None, ..make::chip_session(4, 2) };
                    tx.open_chip_session(&bare).await?;
                    same(tx.chip_session(id(1), id(3)).await?.unwrap(), make::chip_session(3, 1));
                    same(tx.chip_session(id(2), id(4)).await?.unwrap(), bare);
                    assert!(tx.chip_session(id(2), id(3)).await?.is_none(), "another verification's");

                    tx.open_chip_session(&make::chip_session(5, 1)).await?;
                    assert!(tx.chip_session(id(1), id(3)).await?.is_none(), "replaced");
                    tx.use_chip_session(id(5), at(9)).await?;
                    let used =
                        ChipSessionRow { key_state: None, used_at: Some(at(9)), ..make::chip_session(5, 1) };
                    same(tx.chip_session(id(1), id(5)).await?.unwrap(), used);
                    let again = tx.use_chip_session(id(5), at(10)).await;
                    assert_eq!(again, Err(StoreError::Missing { what: "unused chip session" }));

                    tx.forget_chip_sessions(at(602)).await?;
                    assert!(tx.chip_session(id(1), id(5)).await?.is_some());
                    tx.forget_chip_sessions(at(603)).await?;
                    assert!(tx.chip_session(id(1), id(5)).await?.is_none());

                    let passed = ChipFindingRow { reason: None, ..make::chip_finding(1, 1) };
                    tx.insert_chip_finding(id(1), &make::chip_finding(2, 1)).await?;
                    tx.insert_chip_finding(id(1), &passed).await?;
                    same(tx.chip_findings(id(1)).await?, vec![make::chip_finding(2, 1), passed]);
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parties_holdings_and_caps_come_back_and_are_counted() {
    on_both(async |bench| {
        let store = with_case(bench).await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    make::case(tx, 2).await?;
                    tx.insert_party(&make::party(1)).await?;
                    same(tx.party(id(1)).await?.unwrap(), make::party(1));
                    tx.insert_identity_key(&make::identity_key(1, 1, hash(1))).await?;
                    assert_eq!(tx.party_by_identity(&hash(1)).await?, Some(id(1)));
                    assert_eq!(tx.party_by_identity(&hash(2)).await?, None);

                    tx.insert_holding(&make::holding(1, 1, 1)).await?;
                    tx.insert_holding(&make::holding(2, 2, 1)).await?;
                    same(tx.open_holding(id(1)).await?.unwrap(), make::holding(1, 1, 1));
                    same(tx.holdings_of(id(1)).await?, vec![make::holding(1, 1, 1), make::holding(2, 2, 1)]);
                    assert!(tx.counted_holdings().await?.is_empty(), "requested lines do not count");
                    for n in [1, 2] {
                        tx.update_line(&LineRow { state: LineState::Active, ..make::line(n) }).await?;
                    }
                    let counted =
                        |held| vec![CapRow { identity_index: hash(1), group: KindGroup::Mobile, held }];
                    assert_eq!(tx.counted_holdings().await?, counted(2));

                    assert_eq!(tx.lock_cap(&hash(1), KindGroup::Mobile).await?, 0);
                    tx.set_cap(&hash(1), KindGroup::Mobile, 2).await?;
                    assert_eq!(tx.lock_cap(&hash(1), KindGroup::Mobile).await?, 2);
                    assert_eq!(tx.caps().await?, counted(2));

                    tx.end_holding(id(2), at(20)).await?;
                    assert_eq!(
                        tx.end_holding(id(2), at(21)).await,
                        Err(StoreError::Missing { what: "open holding" })
                    );
                    assert!(tx.open_holding(id(2)).await?.is_none());
                    assert_eq!(tx.counted_holdings().await?, counted(1));
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_of_one_group_are_counted_together() {
    on_both(async |bench| {
        let store = bench.store().await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    tx.insert_party(&make::party(1)).await?;
                    tx.insert_identity_key(&make::identity_key(1, 1, hash(1))).await?;
                    for (n, kind) in
                        [(1, LineKind::FixedVoice), (2, LineKind::Broadband), (3, LineKind::Machine)]
                    {
                        make::case(tx, 10 + n).await?;
                        let line = LineRow { id: id(n), kind, state: LineState::Closing, ..make::line(n) };
                        tx.insert_line(&line).await?;
                        tx.insert_holding(&HoldingRow { basis: id(10 + n), ..make::holding(n, n, 1) })
                            .await?;
                    }
                    let row = |group, held| CapRow { identity_index: hash(1), group, held };
                    assert_eq!(
                        tx.counted_holdings().await?,
                        vec![row(KindGroup::Fixed, 2), row(KindGroup::Machine, 1)]
                    );
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_has_one_open_holder_and_an_identity_one_party() {
    on_both(async |bench| {
        let store = with_case(bench).await;
        let second_holder: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    tx.insert_party(&make::party(1)).await?;
                    tx.insert_holding(&make::holding(1, 1, 1)).await?;
                    tx.insert_holding(&make::holding(2, 1, 1)).await
                })
            })
            .await;
        assert!(matches!(second_holder, Err(StoreError::Duplicate { .. })), "{second_holder:?}");
        let second_party: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    tx.insert_party(&make::party(1)).await?;
                    tx.insert_party(&make::party(2)).await?;
                    tx.insert_identity_key(&make::identity_key(1, 1, hash(1))).await?;
                    tx.insert_identity_key(&make::identity_key(2, 2, hash(1))).await
                })
            })
            .await;
        assert!(matches!(second_party, Err(StoreError::Duplicate { .. })), "{second_party:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_watches_and_cases_come_back() {
    on_both(async |bench| {
        let store = with_case(bench).await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    let answers = [make::answer(1, Standing::Valid), make::answer(2, Standing::ReportedLost)];
                    for answer in &answers {
                        tx.insert_authority_answer(answer).await?;
                    }
                    assert_eq!(tx.authority_answers(id(1)).await?, answers);
                    assert_eq!(tx.last_authority_answer(id(1)).await?, Some(answers[1].clone()));
                    assert_eq!(tx.last_authority_answer(id(2)).await?, None);

                    tx.insert_party(&make::party(1)).await?;
                    let moved = PartyRow { profile: Some(Sealed(vec![8])), reach: None, ..make::party(1) };
                    tx.update_party(&moved).await?;
                    same(tx.party(id(1)).await?.unwrap(), moved);

                    let mut watch = make::watch(1);
                    tx.set_watch(&watch).await?;
                    assert_eq!(tx.lock_watch(id(1)).await?, Some(watch.clone()));
                    (watch.asked_at, watch.announced) = (at(40), None);
                    tx.set_watch(&watch).await?;
                    assert_eq!(tx.lock_watch(id(1)).await?, Some(watch));

                    let case = make::document_case(1);
                    tx.put_document_case(&case).await?;
                    assert_eq!(tx.document_case(id(1)).await?.map(|(case, ..)| case), Some(case.clone()));
                    // The same holder has one open case: it says what the latest answer says.
                    let later = DocumentCaseRow {
                        id: id(2),
                        reason: DocumentReason::Revoked,
                        answer: id(1),
                        opened_at: at(50),
                        ..case.clone()
                    };
                    tx.put_document_case(&later).await?;
                    let now = DocumentCaseRow { id: id(1), opened_at: case.opened_at, ..later.clone() };
                    let listed = (now.clone(), "REF0000001".to_owned(), answers[0].clone());
                    assert_eq!(tx.open_document_cases(10).await?, vec![listed.clone()]);
                    assert_eq!(tx.document_case(id(1)).await?, Some(listed));
                    tx.close_document_case(id(1), at(60), id(1), CloseReason::PassedOn).await?;
                    let closed = Some((at(60), id(1), CloseReason::PassedOn));
                    let now = Some(DocumentCaseRow { closed, ..now });
                    assert_eq!(tx.document_case(id(1)).await?.map(|(case, ..)| case), now);
                    assert!(tx.open_document_cases(10).await?.is_empty());
                    let again = tx.close_document_case(id(1), at(61), id(1), CloseReason::PassedOn).await;
                    assert_eq!(again, Err(StoreError::Missing { what: "open document case" }));
                    tx.put_document_case(&later).await?;
                    assert_eq!(tx.open_document_cases(10).await?.len(), 1);
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holders_are_watched_in_ranges_and_only_while_they_hold_a_line_that_counts() {
    on_both(async |bench| {
        let store = with_case(bench).await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    // 1 holds two lines, 2 holds one, 3 a closed one, 4 none any more, 5 never held one.
                    for party in 1..=5 {
                        tx.insert_party(&make::party(party)).await?;
                        tx.set_watch(&make::watch(party)).await?;
                    }
                    for (line, party) in [(1, 1), (2, 1), (3, 2), (4, 3), (5, 4)] {
                        if line > 1 {
                            make::case(tx, line).await?;
                        }
                        tx.insert_holding(&make::holding(line, line, party)).await?;
                        let state = if party == 3 { LineState::Closed } else { LineState::Active };
                        tx.update_line(&LineRow { state, ..make::line(line) }).await?;
                    }
                    tx.end_holding(id(5), at(9)).await?;
                    let watched = |party, basis| WatchedHolderRow {
                        basis: id(basis),
                        watch: make::watch(party),
                        issuing_state: make::document(1).issuing_state,
                        expires_on: make::document(1).expires_on,
                    };
                    assert_eq!(tx.watched_holders(None, 10).await?, [watched(1, 1), watched(2, 3)]);
                    assert_eq!(tx.watched_holders(None, 1).await?, [watched(1, 1)]);
                    assert_eq!(tx.watched_holders(Some(id(1)), 10).await?, [watched(2, 3)]);
                    assert!(tx.watched_holders(Some(id(2)), 10).await?.is_empty());
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proposals_staff_and_rules_come_back() {
    on_both(async |bench| {
        let store = with_case(bench).await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    tx.insert_proposal(&make::proposal(1, 1)).await?;
                    same(tx.open_proposal(id(1)).await?.unwrap(), make::proposal(1, 1));
                    let mut done = make::proposal(1, 1);
                    (done.signed_by, done.done_at) = (Some(id(1)), Some(at(9)));
                    tx.update_proposal(&done).await?;
                    assert!(tx.open_proposal(id(1)).await?.is_none());
                    let void = ProposalRow { void_at: Some(at(9)), ..make::proposal(2, 1) };
                    tx.insert_proposal(&void).await?;
                    assert!(tx.open_proposal(id(1)).await?.is_none());

                    let invited =
                        StaffRow { invited_by: Some(id(1)), identity_index: None, ..make::staff(2) };
                    tx.insert_staff(&invited).await?;
                    same(tx.staff_all().await?, vec![make::staff(1), invited.clone()]);
                    let changed = StaffRow {
                        roles: vec![Role::Agent],
                        identity_index: Some(hash(7)),
                        disabled_at: Some(at(9)),
                        ..invited
                    };
                    tx.update_staff(&changed).await?;
                    same(tx.staff(id(2)).await?.unwrap(), changed);

                    assert!(tx.active_rules().await?.is_none());
                    tx.insert_rules(&RulesRow { signed_by: vec![id(2)], ..make::rules(1) }).await?;
                    tx.insert_rules(&make::rules(2)).await?;
                    tx.sign_rules(&hash(1), id(1), at(10)).await?;
                    tx.sign_rules(&hash(1), id(1), at(11)).await?;
                    let signed = RulesRow { signed_by: vec![id(2), id(1)], ..make::rules(1) };
                    same(tx.rules(&hash(1)).await?.unwrap(), signed.clone());
                    same(tx.proposed_rules().await?, vec![signed, make::rules(2)]);
                    tx.activate_rules(&hash(2), at(12)).await?;
                    tx.activate_rules(&hash(1), at(13)).await?;
                    let active = tx.active_rules().await?.unwrap();
                    assert_eq!((active.hash, active.active_from), (hash(1), Some(at(13))));
                    assert!(tx.proposed_rules().await?.is_empty());
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_takes_out_what_is_sealed_and_what_is_recognised() {
    on_both(async |bench| {
        let store = with_case(bench).await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    make::case(tx, 2).await?;
                    tx.insert_proposal(&make::proposal(1, 1)).await?;
                    tx.insert_evidence(&EvidenceRow { key: id(77), ..make::evidence(1, 1) }).await?;
                    tx.insert_party(&make::party(1)).await?;
                    tx.insert_identity_key(&make::identity_key(1, 1, hash(1))).await?;
                    assert_eq!(tx.used_keys().await?, vec![id(1), id(2), id(77), id(1_001)]);
                    assert!(tx.erased_keys().await?.is_empty());

                    tx.mark_erased(id(1), at(30)).await?;
                    tx.erase_party(id(1), at(30)).await?;
                    let v = tx.verification(id(1)).await?.unwrap();
                    assert_eq!((v.contact, v.erased_at), (None, Some(at(30))));
                    assert_eq!(tx.documents(id(1)).await?[0].fields, None);
                    assert_eq!(tx.open_proposal(id(1)).await?.unwrap().note, Sealed(vec![]));
                    assert!(tx.documents(id(2)).await?[0].fields.is_some(), "another case's");
                    let p = tx.party(id(1)).await?.unwrap();
                    assert_eq!((p.profile, p.erased_at), (None, Some(at(30))));
                    assert_eq!(tx.party_by_identity(&hash(1)).await?, None);

                    assert_eq!(tx.used_keys().await?, vec![id(2), id(77)]);
                    assert_eq!(tx.erased_keys().await?, vec![id(1), id(1_001)]);
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}
