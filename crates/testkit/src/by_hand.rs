//! Breaking a store by hand, to see that `check` names it.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, Executor};

/// Runs SQL on a SQLite file, past everything that guards it.
///
/// # Errors
/// What SQLite says.
pub async fn run_sql(file: &Path, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await?;
    connection.execute(AssertSqlSafe(format!("PRAGMA foreign_keys = OFF; {sql}"))).await?;
    connection.close().await
}
