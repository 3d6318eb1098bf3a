//! Sealing, the key store, and erasure that a restored backup does not undo.

use std::{fs, path::Path};

use lineward_core::id::{CarrierId, KeyId};
use lineward_store::{
    Backend, KeyStore, MasterKey, Place, SealError, Store, StoreError, StoreOptions, in_tx,
    rows::{Sealed, VerificationRow},
};

use crate::{
    Bench, carrier,
    make::{self, at, id},
    on_both,
};

fn contact(row: &[u8; 16]) -> Place<'_> {
    Place { carrier: carrier(), table: "verification", row, column: "contact" }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_comes_back_until_it_is_destroyed() {
    on_both(async |bench| {
        let keys = bench.keys().await;
        assert!(keys.key(carrier(), id(1)).await.unwrap().is_none());
        keys.create(carrier(), id(1), [3; 32], [1; 24], at(2)).await.unwrap();
        keys.create(carrier(), id(2), [4; 32], [2; 24], at(1)).await.unwrap();
        let twice = keys.create(carrier(), id(1), [5; 32], [3; 24], at(3)).await;
        assert!(matches!(twice, Err(StoreError::Duplicate { .. })), "{twice:?}");
        assert_eq!(keys.keys(carrier()).await.unwrap(), [(id(2), at(1)), (id(1), at(2))]);
        assert!(keys.key(id(2), id(1)).await.unwrap().is_none(), "another carrier's");

        let sealed =
            keys.key(carrier(), id(1)).await.unwrap().unwrap().seal(&contact(&[1; 16]), [9; 24], b"+86");
        let reopened = bench.keys().await;
        let key = reopened.key(carrier(), id(1)).await.unwrap().unwrap();
        assert_eq!(*key.unseal(&contact(&[1; 16]), &sealed).unwrap(), b"+86");
        let other = reopened.key(carrier(), id(2)).await.unwrap().unwrap();
        assert_eq!(other.unseal(&contact(&[1; 16]), &sealed), Err(SealError::Refused));

        assert!(keys.destroy(carrier(), id(1)).await.unwrap());
        assert!(!keys.destroy(carrier(), id(1)).await.unwrap());
        assert!(reopened.key(carrier(), id(1)).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_master_key_is_told_at_opening() {
    on_both(async |bench| {
        bench.keys().await.create(carrier(), id(1), [3; 32], [1; 24], at(1)).await.unwrap();
        let wrong = KeyStore::open(&bench.keys_url, &MasterKey::from_bytes(&[8; 32])).await;
        assert!(matches!(wrong, Err(StoreError::WrongMasterKey)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_store_refuses_the_stores_own_database() {
    on_both(async |bench| {
        bench.store().await;
        let same = KeyStore::open(&bench.url, &MasterKey::from_bytes(&[7; 32])).await;
        assert!(matches!(same, Err(StoreError::Address(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_made_once_however_many_ask() {
    on_both(async |bench| {
        let first = bench.keys().await;
        let (one, two, three) = tokio::join!(
            first.secret(carrier(), "index", [1; 32], [1; 24]),
            first.secret(carrier(), "index", [2; 32], [2; 24]),
            first.secret(carrier(), "index", [3; 32], [3; 24]),
        );
        let one = one.unwrap();
        assert_eq!((*two.unwrap(), *three.unwrap()), (*one, *one));
        assert_eq!(*bench.keys().await.secret(carrier(), "index", [4; 32], [4; 24]).await.unwrap(), *one);
        assert_eq!(*first.secret(carrier(), "receipt", [5; 32], [5; 24]).await.unwrap(), [5; 32]);
        assert_eq!(*first.secret(id(2), "index", [6; 32], [6; 24]).await.unwrap(), [6; 32]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrapped_key_that_was_moved_or_changed_does_not_open() {
    on_both(async |bench| {
        let keys = bench.keys().await;
        keys.create(carrier(), id(1), [3; 32], [1; 24], at(1)).await.unwrap();
        keys.create(carrier(), id(2), [4; 32], [2; 24], at(1)).await.unwrap();
        let pool = sqlx::AnyPool::connect(&bench.keys_url).await.unwrap();
        let swap = "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE id = $1) WHERE id = $2";
        let (one, two): (KeyId, KeyId) = (id(1), id(2));
        let swap = sqlx::query(swap).bind(one.as_bytes().to_vec()).bind(two.as_bytes().to_vec());
        swap.execute(&pool).await.unwrap();
        assert!(keys.key(carrier(), id(1)).await.unwrap().is_some());
        let moved = keys.key(carrier(), id(2)).await;
        assert!(matches!(moved, Err(StoreError::Corrupt { table: "data_key", column: "wrapped" })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_bytes_moved_to_another_row_column_or_carrier_do_not_open() {
    on_both(async |bench| {
        let keys = bench.keys().await;
        let store = bench.store().await;
        keys.create(carrier(), id(1), [3; 32], [1; 24], at(1)).await.unwrap();
        let key = keys.key(carrier(), id(1)).await.unwrap().unwrap();
        let row = *make::verification(1).id.as_bytes();
        let sealed = key.seal(&contact(&row), [9; 24], b"+86 138");
        keep(&store, 1, &sealed).await;
        keep(&store, 2, &sealed).await;
        let mut tx = store.read(carrier()).await.unwrap();
        let mut opened = Vec::new();
        for n in [1, 2] {
            let stored = tx.verification(id(n)).await.unwrap().unwrap();
            let place = contact(stored.id.as_bytes());
            opened.push(key.unseal(&place, &stored.contact.unwrap()).is_ok());
        }
        assert_eq!(opened, [true, false], "the second row holds the first row's bytes");
        let other_carrier: CarrierId = id(2);
        let moved = Place { carrier: other_carrier, ..contact(&row) };
        assert_eq!(key.unseal(&moved, &sealed), Err(SealError::Refused));
        assert_eq!(key.unseal(&Place { column: "note", ..contact(&row) }, &sealed), Err(SealError::Refused));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_key_is_in_no_file_of_the_key_store() {
    let bench = Bench::sqlite();
    let keys = bench.keys().await;
    for n in 0..50_u8 {
        keys.create(carrier(), id(u64::from(n)), [n; 32], [n; 24], at(1)).await.unwrap();
    }
    let wrapped = wrapped(&bench, id(20)).await;
    assert_eq!(holding(bench.folder.path(), &wrapped), ["keys.db"], "the scan finds what is there");
    assert!(keys.destroy(carrier(), id(20)).await.unwrap());
    assert_eq!(holding(bench.folder.path(), &wrapped), Vec::<String>::new());
    assert_eq!(holding(bench.folder.path(), &wrapped[..32]), Vec::<String>::new(), "nor a part of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_database_that_is_restored_after_the_erasure_stays_unreadable() {
    let bench = Bench::sqlite();
    let (store, keys) = (bench.store().await, bench.keys().await);
    keys.create(carrier(), id(1), [3; 32], [1; 24], at(1)).await.unwrap();
    let row = *make::verification(1).id.as_bytes();
    let sealed = keys.key(carrier(), id(1)).await.unwrap().unwrap().seal(&contact(&row), [9; 24], b"+86 138");
    keep(&store, 1, &sealed).await;

    let backup = tempfile::tempdir().unwrap();
    for file in bench.folder.path().read_dir().unwrap() {
        let file = file.unwrap();
        if file.file_name().to_string_lossy().starts_with("store.db") {
            fs::copy(file.path(), backup.path().join(file.file_name())).unwrap();
        }
    }
    let erased: Result<(), StoreError> =
        store.write(carrier(), None, |tx| in_tx(async { tx.mark_erased(id(1), at(9)).await })).await;
    erased.unwrap();
    assert!(keys.destroy(carrier(), id(1)).await.unwrap());

    let url = format!("sqlite:{}/store.db", backup.path().display());
    let restored = Store::open(&StoreOptions { url, connections: 1, hook: None }).await.unwrap();
    let old = restored.read(carrier()).await.unwrap().verification(id(1)).await.unwrap().unwrap();
    assert_eq!(old.contact, Some(sealed), "the backup still has the sealed bytes");
    assert!(keys.key(carrier(), old.case_key).await.unwrap().is_none(), "and nothing can open them");
    let reopened = bench.keys().await;
    assert!(reopened.key(carrier(), old.case_key).await.unwrap().is_none());
}

async fn keep(store: &Store, n: u64, contact: &Sealed) {
    let kept: Result<(), StoreError> = store
        .write(carrier(), None, |tx| {
            in_tx(async move {
                let row = VerificationRow { contact: Some(contact.clone()), ..make::verification(n) };
                tx.insert_verification(&row).await
            })
        })
        .await;
    kept.unwrap();
}

async fn wrapped(bench: &Bench, key: KeyId) -> Vec<u8> {
    assert_eq!(bench.backend, Backend::Sqlite);
    let pool = sqlx::AnyPool::connect(&bench.keys_url).await.unwrap();
    let of = sqlx::query("SELECT wrapped FROM data_key WHERE id = $1").bind(key.as_bytes().to_vec());
    sqlx::Row::get(&of.fetch_one(&pool).await.unwrap(), 0)
}

/// The files of `folder` that hold these bytes.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for file in folder.read_dir().unwrap() {
        let file = file.unwrap();
        if fs::read(file.path()).unwrap().windows(bytes.len()).any(|w| w == bytes) {
            found.push(file.file_name().to_string_lossy().into_owned());
        }
    }
    found
}
