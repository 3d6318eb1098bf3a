//! `check` names every invariant that is broken by hand.

use jiff::SignedDuration;
use lineward_app::check::Invariant;
use lineward_testkit::{World, WorldOptions};

use crate::*;

#[tokio::test]
async fn check_names_each_invariant_that_is_broken_by_hand() {
    let world = World::new(WorldOptions::new(DEMO)).await;
    let (application, verification, ctx) = ready(&world).await;
    world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
    let (referred, v2, c2) = ready(&world).await;
    world.capture(&c2, v2, "face of anna", "copy of anna").await.unwrap();
    world.work().await.unwrap();
    let (open, v3, _) = ready(&world).await;
    sound(world.app.check(&world.operator(), false).await.unwrap());
    let hex = |id: &[u8; 16]| id.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let (line, party_key, case_key) = {
        let mut tx = world.store.read(ctx.carrier).await.unwrap();
        let row = tx.application(application).await.unwrap().unwrap();
        let holding = tx.open_holding(row.line).await.unwrap().unwrap();
        let party = tx.party(holding.party).await.unwrap().unwrap();
        (row.line, party.key, tx.verification(v3).await.unwrap().unwrap().case_key)
    };
    let file = world.folder().join("lineward.db");
    let run = async |sql: String| {
        let broken = lineward_testkit::run_sql(&file, &sql).await;
        broken.unwrap();
        world
            .app
            .check(&world.operator(), false)
            .await
            .unwrap()
            .into_iter()
            .map(|v| v.invariant)
            .collect::<Vec<_>>()
    };
    let cases: Vec<(Invariant, String, String)> = vec![
        (
            Invariant::CapIsHoldings,
            "UPDATE cap SET held = held + 1".into(),
            "UPDATE cap SET held = held - 1".into(),
        ),
        (
            Invariant::ServedLineIsHeld,
            format!("UPDATE holding SET to_at = 5 WHERE line_id = x'{}'", hex(line.as_bytes())),
            format!("UPDATE holding SET to_at = NULL WHERE line_id = x'{}'", hex(line.as_bytes())),
        ),
        (
            Invariant::ServedLineIsApproved,
            format!("UPDATE application SET state = 'refused' WHERE id = x'{}'", hex(application.as_bytes())),
            format!(
                "UPDATE application SET state = 'approved' WHERE id = x'{}'",
                hex(application.as_bytes())
            ),
        ),
        (
            Invariant::UnservedLineIsNotHeld,
            format!("UPDATE line SET state = 'released' WHERE id = x'{}'", hex(line.as_bytes())),
            format!("UPDATE line SET state = 'active' WHERE id = x'{}'", hex(line.as_bytes())),
        ),
        (
            Invariant::DecisionHasRecord,
            format!("UPDATE application SET decided_at = 5 WHERE id = x'{}'", hex(open.as_bytes())),
            format!("UPDATE application SET decided_at = NULL WHERE id = x'{}'", hex(open.as_bytes())),
        ),
        (
            Invariant::NothingOverdue,
            "UPDATE evidence SET erase_at = erase_at - 10000000000000000".into(),
            "UPDATE evidence SET erase_at = erase_at + 10000000000000000".into(),
        ),
        (
            Invariant::RulesSignedByTwo,
            "DELETE FROM rules_signature WHERE staff_id = (SELECT min(staff_id) FROM rules_signature)".into(),
            String::new(),
        ),
        (
            Invariant::AuditClosed,
            "UPDATE audit SET closed_at = NULL, outcome = NULL, opened_at = 5 WHERE verb = 'submit_document'"
                .into(),
            "UPDATE audit SET closed_at = 6, outcome = 'done' WHERE verb = 'submit_document'".into(),
        ),
        (Invariant::RecordIsItsHash, "UPDATE record SET hash = zeroblob(32)".into(), String::new()),
    ];
    for (invariant, break_it, mend_it) in cases {
        let found = run(break_it).await;
        assert!(found.contains(&invariant), "{invariant}: {found:?}");
        if !mend_it.is_empty() {
            let found = run(mend_it).await;
            assert!(!found.contains(&invariant), "{invariant} was mended: {found:?}");
        }
    }
    // Keys: one that rows need is gone; one that must be gone is there; one that nothing needs.
    world.keys.destroy(ctx.carrier, party_key).await.unwrap();
    let found = world.app.check(&world.operator(), false).await.unwrap();
    assert!(
        found
            .iter()
            .any(|v| v.invariant == Invariant::SealedHasKey && v.subject.contains(&party_key.to_string()))
    );
    run(format!("UPDATE verification SET erased_at = 5 WHERE id = x'{}'", hex(v3.as_bytes()))).await;
    let found = world.app.check(&world.operator(), true).await.unwrap();
    assert!(found.iter().any(|v| v.invariant == Invariant::ErasedHasNoKey && v.repaired));
    assert!(world.keys.key(ctx.carrier, case_key).await.unwrap().is_none(), "the restored key died again");
    world.keys.create(ctx.carrier, ctx.id(), [1; 32], [2; 24], ctx.now).await.unwrap();
    world.clock.pass(SignedDuration::from_mins(11));
    let found = world.app.check(&world.operator(), true).await.unwrap();
    assert!(found.iter().any(|v| v.invariant == Invariant::KeyIsNeeded && v.repaired));
    let _ = referred;
}
