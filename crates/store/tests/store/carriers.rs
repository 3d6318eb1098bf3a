//! Two carriers with the same person and number never see each other.

use jiff::Timestamp;
use lineward_core::{
    authority::Standing,
    id::CarrierId,
    line::{KindGroup, LineState},
};
use lineward_store::{Store, StoreError, Tx, in_tx, rows::*};

use crate::{
    carrier,
    make::{self, at, hash, id},
    on_both,
};

/// The same ids, hashes, references and subjects for every carrier.
async fn fill(tx: &mut Tx) -> Result<(), StoreError> {
    make::case(tx, 1).await?;
    tx.insert_consent(id(1), &make::consent(1)).await?;
    tx.insert_document_finding(id(1), &make::document_finding(1, 1)).await?;
    tx.insert_face_finding(id(1), &make::face_finding(1, 1)).await?;
    tx.insert_chip_finding(id(1), &make::chip_finding(1, 1)).await?;
    tx.open_chip_session(&make::chip_session(1, 1)).await?;
    tx.insert_sighting(id(1), &make::sighting(1, 1)).await?;
    tx.insert_evidence(&make::evidence(1, 1)).await?;
    tx.insert_record(&make::record(1, 1)).await?;
    tx.insert_party(&make::party(1)).await?;
    tx.insert_identity_key(&make::identity_key(1, 1, hash(1))).await?;
    tx.insert_holding(&make::holding(1, 1, 1)).await?;
    tx.update_line(&LineRow { state: LineState::Active, ..make::line(1) }).await?;
    tx.lock_cap(&hash(1), KindGroup::Mobile).await?;
    tx.set_cap(&hash(1), KindGroup::Mobile, 1).await?;
    tx.insert_authority_answer(&make::answer(1, Standing::Valid)).await?;
    tx.insert_authority_answer(&make::answer(2, Standing::ReportedLost)).await?;
    tx.set_watch(&make::watch(1)).await?;
    tx.put_document_case(&make::document_case(1)).await?;
    tx.insert_proposal(&make::proposal(1, 1)).await?;
    tx.insert_pass(&make::pass(1, PassKind::StaffCode)).await?;
    tx.insert_token(&make::token(1)).await?;
    tx.insert_rules(&RulesRow { signed_by: vec![id(1)], ..make::rules(1) }).await?;
    tx.activate_rules(&hash(1), at(1)).await?;
    tx.put_job(&NewJob { dedupe_key: Some("once".into()), ..make::job(1, "line:1") }).await?;
    let request =
        IdempotencyRow { key_hash: hash(1), request_hash: hash(2), answer: None, created_at: at(1) };
    assert!(tx.begin_request(&request).await?.is_none());
    tx.read_audit(&make::audit(1)).await
}

/// Everything that can be asked without knowing what is there, and by the ids that the other carrier uses.
async fn seen(store: &Store, carrier: CarrierId, far: Timestamp) -> String {
    let mut tx = store.read(carrier).await.unwrap();
    let cases = (
        tx.verification(id(1)).await.unwrap(),
        tx.application(id(1)).await.unwrap(),
        tx.application_by_reference("REF0000001").await.unwrap(),
        tx.line(id(1)).await.unwrap(),
        tx.lines_in(LineState::ALL).await.unwrap(),
        tx.consents(id(1)).await.unwrap(),
        tx.documents(id(1)).await.unwrap(),
        tx.document_findings(id(1)).await.unwrap(),
        tx.face_findings(id(1)).await.unwrap(),
        tx.evidence_due(far, 9).await.unwrap(),
        tx.records_of(id(1)).await.unwrap(),
    );
    let people = (
        tx.party(id(1)).await.unwrap(),
        tx.party_by_identity(&hash(1)).await.unwrap(),
        tx.open_holding(id(1)).await.unwrap(),
        tx.holdings_of(id(1)).await.unwrap(),
        tx.caps().await.unwrap(),
        tx.counted_holdings().await.unwrap(),
        tx.used_keys().await.unwrap(),
        tx.open_proposal(id(1)).await.unwrap(),
        tx.staff_all().await.unwrap(),
        tx.pass(&hash(1), PassKind::StaffCode).await.unwrap(),
        tx.token_by_hash(&hash(1)).await.unwrap(),
        tx.tokens().await.unwrap(),
    );
    let rest = (
        tx.active_rules().await.unwrap(),
        tx.job_counts().await.unwrap(),
        tx.open_audits(far).await.unwrap(),
        tx.sighting(id(1)).await.unwrap(),
        tx.chip_findings(id(1)).await.unwrap(),
        tx.chip_session(id(1), id(1)).await.unwrap(),
        tx.provisional(9).await.unwrap(),
        tx.authority_answers(id(1)).await.unwrap(),
        tx.watched_holders(None, 9).await.unwrap(),
        tx.open_document_cases(9).await.unwrap(),
    );
    format!("{cases:?}{people:?}{rest:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_carriers_with_the_same_person_and_number_never_see_each_other() {
    on_both(async |bench| {
        let store = bench.store().await;
        let other: CarrierId = id(2);
        make::carrier(&store, other).await;
        let nothing = seen(&store, other, at(10_000)).await;

        let filled: Result<(), StoreError> =
            store.write(carrier(), None, |tx| in_tx(async { fill(tx).await })).await;
        filled.unwrap();
        assert_eq!(seen(&store, other, at(10_000)).await, nothing, "the other carrier sees nothing of it");

        let refilled: Result<(), StoreError> =
            store.write(other, None, |tx| in_tx(async { fill(tx).await })).await;
        refilled.unwrap();
        let both = seen(&store, other, at(10_000)).await;
        assert_eq!(seen(&store, carrier(), at(10_000)).await, both, "the same rows, each their own");

        let changed: Result<(), StoreError> = store
            .write(other, None, |tx| {
                in_tx(async {
                    tx.mark_erased(id(1), at(50)).await?;
                    tx.erase_party(id(1), at(50)).await?;
                    tx.end_holding(id(1), at(50)).await?;
                    tx.delete_evidence(id(1)).await?;
                    tx.withdraw_consents(id(1), at(50)).await?;
                    tx.end_passes_of_staff(id(1), at(50)).await?;
                    tx.revoke_token(id(1), at(50)).await?;
                    tx.forget_requests(at(50)).await?;
                    tx.close_audit(id(1), at(50), "done").await?;
                    assert_eq!(tx.claim_jobs(id(1), at(60), at(50), 9).await?.len(), 1);
                    tx.set_cap(&hash(1), KindGroup::Mobile, 0).await
                })
            })
            .await;
        changed.unwrap();
        assert_eq!(
            seen(&store, carrier(), at(10_000)).await,
            both,
            "what one does changes nothing for the other"
        );
    })
    .await;
}
