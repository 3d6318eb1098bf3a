//! Idempotency keys, passes and tokens.

use lineward_core::id::ApplicationId;
use lineward_store::{Store, StoreError, in_tx, rows::*};
use tokio::task::JoinSet;

use crate::{
    carrier,
    make::{self, at, hash, id},
    on_both,
};

fn request(answer: Option<&str>) -> IdempotencyRow {
    IdempotencyRow {
        key_hash: hash(1),
        request_hash: hash(2),
        answer: answer.map(str::to_owned),
        created_at: at(1),
    }
}

/// The verb of these tests: done once per key, however often it is asked for.
async fn once(store: &Store, line: u64) -> Result<String, StoreError> {
    store
        .write(carrier(), None, |tx| {
            in_tx(async move {
                if let Some(earlier) = tx.begin_request(&request(None)).await? {
                    return Ok(earlier.answer.unwrap());
                }
                tx.insert_line(&make::line(line)).await?;
                tx.answer_request(&hash(1), &format!("line {line}")).await?;
                Ok(format!("line {line}"))
            })
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_requests_with_one_key_have_one_effect_and_one_answer() {
    on_both(async |bench| {
        let store = bench.store().await;
        let mut callers = JoinSet::new();
        for n in 1..=8 {
            let store = store.clone();
            callers.spawn(async move { once(&store, n).await.unwrap() });
        }
        let answers = callers.join_all().await;
        assert!(answers.iter().all(|a| *a == answers[0]), "{answers:?}");
        let mut tx = store.read(carrier()).await.unwrap();
        let lines = tx.lines_in(lineward_core::line::LineState::ALL).await.unwrap();
        assert_eq!(lines.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_failed_leaves_its_key_free() {
    on_both(async |bench| {
        let store = bench.store().await;
        let failed: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    assert!(tx.begin_request(&request(None)).await?.is_none());
                    Err(StoreError::Other("the verb said no".into()))
                })
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(once(&store, 1).await.unwrap(), "line 1");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_request_is_forgotten() {
    on_both(async |bench| {
        let store = bench.store().await;
        once(&store, 1).await.unwrap();
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    tx.forget_requests(at(1)).await?;
                    let earlier = tx.begin_request(&request(None)).await?.unwrap();
                    assert_eq!(format!("{earlier:?}"), format!("{:?}", request(Some("line 1"))));
                    tx.forget_requests(at(2)).await?;
                    assert!(tx.begin_request(&request(None)).await?.is_none());
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_exchanged_by_exactly_one_of_eight() {
    on_both(async |bench| {
        let store = bench.store().await;
        let made: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    make::case(tx, 1).await?;
                    let link = PassRow {
                        staff: None,
                        application: Some(id(1)),
                        ..make::pass(1, PassKind::ApplicantLink)
                    };
                    tx.insert_pass(&link).await
                })
            })
            .await;
        made.unwrap();
        let mut callers = JoinSet::new();
        for _ in 0..8 {
            let store = store.clone();
            callers.spawn(async move {
                let ended: Result<bool, StoreError> = store
                    .write(carrier(), None, |tx| {
                        in_tx(async { tx.end_pass(&hash(1), PassKind::ApplicantLink, at(2)).await })
                    })
                    .await;
                ended.unwrap()
            });
        }
        assert_eq!(callers.join_all().await.into_iter().filter(|won| *won).count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passes_and_tokens_come_back_and_end() {
    on_both(async |bench| {
        let store = bench.store().await;
        let wrote: Result<(), StoreError> = store
            .write(carrier(), None, |tx| {
                in_tx(async {
                    make::case(tx, 1).await?;
                    let application: ApplicationId = id(1);
                    let session = PassRow {
                        staff: None,
                        application: Some(application),
                        ..make::pass(2, PassKind::ApplicantSession)
                    };
                    tx.insert_pass(&make::pass(1, PassKind::StaffSession)).await?;
                    tx.insert_pass(&session).await?;
                    let back = tx.pass(&hash(2), PassKind::ApplicantSession).await?.unwrap();
                    assert_eq!(format!("{back:?}"), format!("{session:?}"));
                    assert!(
                        tx.pass(&hash(2), PassKind::StaffSession).await?.is_none(),
                        "a pass of another kind"
                    );
                    tx.touch_pass(&hash(2), PassKind::ApplicantSession, at(9)).await?;
                    assert_eq!(tx.pass(&hash(2), PassKind::ApplicantSession).await?.unwrap().seen_at, at(9));
                    assert_eq!(tx.pass(&hash(1), PassKind::StaffSession).await?.unwrap().ended_at, None);
                    tx.end_passes_of_staff(id(1), at(11)).await?;
                    assert!(!tx.end_pass(&hash(1), PassKind::StaffSession, at(12)).await?);

                    tx.insert_token(&make::token(1)).await?;
                    tx.touch_token(id(1), at(3)).await?;
                    tx.revoke_token(id(1), at(4)).await?;
                    tx.revoke_token(id(1), at(5)).await?;
                    let token =
                        TokenRow { last_used_at: Some(at(3)), revoked_at: Some(at(4)), ..make::token(1) };
                    let back = tx.token_by_hash(&hash(1)).await?.unwrap();
                    assert_eq!(format!("{back:?}"), format!("{token:?}"));
                    assert_eq!(format!("{:?}", tx.tokens().await?), format!("[{token:?}]"));
                    Ok(())
                })
            })
            .await;
        wrote.unwrap();
    })
    .await;
}
