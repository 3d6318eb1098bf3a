//! What the tables are, and what they must never hold.

use std::collections::BTreeSet;

use lineward_store::Backend;
use sqlx::{AnyPool, Row as _};

use crate::Bench;

/// Words that no column's name may contain: there is no place to write such things down.
const ABSENT: &str = include_str!("absent_columns.txt");

/// Table, column, type in SQLite's words, whether it may be empty.
type Column = (String, String, String, bool);

async fn columns(bench: &Bench) -> BTreeSet<Column> {
    bench.open(1, None).await.migrate().await.unwrap();
    let text = match bench.backend {
        Backend::Sqlite => {
            "SELECT m.name, c.name, c.type, c.\"notnull\" FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table'"
        }
        Backend::Postgres => {
            "SELECT table_name::text, column_name::text, \
             CASE data_type WHEN 'bytea' THEN 'BLOB' WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' \
             ELSE data_type::text END, CASE is_nullable WHEN 'NO' THEN 1::bigint ELSE 0::bigint END \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let pool = AnyPool::connect(&bench.url).await.unwrap();
    let rows = sqlx::query(text).fetch_all(&pool).await.unwrap();
    let all = rows.iter().map(|r| (r.get(0), r.get(1), r.get(2), r.get::<i64, _>(3) == 0));
    all.filter(|(table, ..): &Column| !table.starts_with("_sqlx") && !table.starts_with("sqlite_")).collect()
}

/// Every primary key, unique constraint and unique index with its first column.
async fn unique_keys(bench: &Bench) -> BTreeSet<(String, String)> {
    bench.open(1, None).await.migrate().await.unwrap();
    let text = match bench.backend {
        Backend::Sqlite => {
            "SELECT m.name, c.name FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c \
             WHERE m.type = 'table' AND i.\"unique\" = 1 AND c.seqno = 0"
        }
        Backend::Postgres => {
            "SELECT t.relname::text, a.attname::text FROM pg_index i \
             JOIN pg_class t ON t.oid = i.indrelid \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] \
             JOIN pg_namespace n ON n.oid = t.relnamespace \
             WHERE n.nspname = 'public' AND i.indisunique"
        }
    };
    let pool = AnyPool::connect(&bench.url).await.unwrap();
    let rows = sqlx::query(text).fetch_all(&pool).await.unwrap();
    let all = rows.iter().map(|r| (r.get(0), r.get(1)));
    all.filter(|(table, _): &(String, String)| !table.starts_with("_sqlx")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_have_the_same_tables_and_columns() {
    let (sqlite, postgres) = (columns(&Bench::sqlite()).await, columns(&Bench::postgres()).await);
    let differs: Vec<_> = sqlite.symmetric_difference(&postgres).collect();
    assert!(differs.is_empty(), "only on one side: {differs:#?}");
    let tables: BTreeSet<&String> = sqlite.iter().map(|(table, ..)| table).collect();
    assert_eq!(tables.len(), 30, "{tables:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_and_every_unique_key_begins_with_the_carrier() {
    for bench in [Bench::sqlite(), Bench::postgres()] {
        let tables: BTreeSet<String> = columns(&bench).await.into_iter().map(|(table, ..)| table).collect();
        let keys = unique_keys(&bench).await;
        for table in &tables {
            assert!(keys.iter().any(|(t, _)| t == table), "{table} has no key");
        }
        let others: Vec<_> = keys.iter().filter(|(_, first)| first != "carrier_id").collect();
        assert!(others.is_empty(), "{:?}: {others:?}", bench.backend);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_column_for_what_must_never_be_written_down() {
    let words: Vec<&str> = ABSENT.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    assert!(words.len() > 10);
    for bench in [Bench::sqlite(), Bench::postgres()] {
        for (table, column, ..) in columns(&bench).await {
            for word in &words {
                assert!(!column.contains(word) && !table.contains(word), "{table}.{column} holds {word:?}");
            }
        }
    }
}
