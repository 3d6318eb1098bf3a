//! The one SQL text: what differs between the two databases, and how values go in and come out.

use std::borrow::Cow;

use jiff::{Timestamp, civil::Date};
use lineward_core::{
    code::UnknownCode,
    evidence::PortraitRef,
    id::{CarrierId, Id},
};
use sqlx::{
    Any, Arguments as _, AssertSqlSafe, Decode, Encode, Row as _, Type,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use crate::{error::StoreError, rows::Sealed};

/// Which database the store is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file, one writer at a time.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    /// The backend of a database address.
    pub(crate) fn of(url: &str) -> Result<Backend, StoreError> {
        match url.split(':').next() {
            Some("sqlite") if url.contains(":memory:") || url.contains("mode=memory") => {
                Err(StoreError::Address("readers and the writer need one file, not memory".into()))
            }
            Some("sqlite") => Ok(Backend::Sqlite),
            Some("postgres" | "postgresql") => Ok(Backend::Postgres),
            _ => Err(StoreError::Address("it begins with sqlite: or postgres:".into())),
        }
    }

    /// `select`, with its rows locked until the transaction ends. SQLite has one writer, so nothing is to be locked.
    pub(crate) fn locking(self, select: &str) -> String {
        match self {
            Backend::Sqlite => select.to_owned(),
            Backend::Postgres => format!("{select} FOR UPDATE"),
        }
    }

    /// `select`, with its rows locked and those left out that another transaction has locked.
    pub(crate) fn skipping_locked(self, select: &str) -> String {
        match self {
            Backend::Sqlite => select.to_owned(),
            Backend::Postgres => format!("{select} FOR UPDATE SKIP LOCKED"),
        }
    }

    /// How a write transaction begins. SQLite takes the write lock at once: a transaction that reads first and
    /// writes later could be refused in between.
    pub(crate) const fn begin_write(self) -> &'static str {
        match self {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// How a read transaction begins: every statement of it sees one and the same state.
    pub(crate) const fn begin_read(self) -> &'static str {
        match self {
            Backend::Sqlite => "BEGIN DEFERRED",
            Backend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// A statement with its values, about one table.
pub(crate) struct Statement {
    pub(crate) table: &'static str,
    text: Cow<'static, str>,
    values: Result<AnyArguments, StoreError>,
}

/// The statement `text`, whose `$1` and so on [`Statement::put`] fills in order.
pub(crate) fn sql(table: &'static str, text: impl Into<Cow<'static, str>>) -> Statement {
    Statement { table, text: text.into(), values: Ok(AnyArguments::default()) }
}

impl Statement {
    /// Fills the next place.
    pub(crate) fn put<V: Put>(mut self, value: V) -> Self {
        if let Ok(values) = &mut self.values
            && values.add(value.raw()).is_err()
        {
            self.values = Err(StoreError::Other(format!("a value for {} cannot be sent", self.table)));
        }
        self
    }

    /// Fills one place after another.
    pub(crate) fn put_all<V: Put>(self, values: impl IntoIterator<Item = V>) -> Self {
        values.into_iter().fold(self, Statement::put)
    }

    /// What the driver runs. The text is put together from words of this program only; values are bound.
    pub(crate) fn query(self) -> Result<Query<'static, Any, AnyArguments>, StoreError> {
        Ok(sqlx::query_with(AssertSqlSafe(self.text), self.values?))
    }
}

/// `$from, $from+1, ...`: places for `count` values.
pub(crate) fn places(from: usize, count: usize) -> String {
    (from..from.saturating_add(count)).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// An INSERT whose columns and values stand beside each other.
pub(crate) struct Insert {
    columns: Vec<&'static str>,
    places: Vec<String>,
    seq: Option<String>,
    unless_taken: Option<&'static str>,
    statement: Statement,
}

/// An INSERT into `table` of a row of `carrier`.
pub(crate) fn insert(table: &'static str, carrier: CarrierId) -> Insert {
    let statement = sql(table, "");
    let empty = Insert { columns: vec![], places: vec![], seq: None, unless_taken: None, statement };
    empty.set("carrier_id", carrier)
}

impl Insert {
    /// One column and its value.
    pub(crate) fn set<V: Put>(mut self, column: &'static str, value: V) -> Self {
        self.columns.push(column);
        self.places.push(format!("${}", self.places.len() + 1));
        self.statement = self.statement.put(value);
        self
    }

    /// The parent and, as `seq`, the row's place among the parent's rows, so that rows of one moment keep their order.
    pub(crate) fn under<V: Put>(self, parent: &'static str, value: V) -> Self {
        let mut this = self.set(parent, value);
        let (table, n) = (this.statement.table, this.places.len());
        this.seq = Some(format!(
            "(SELECT coalesce(max(seq), 0) + 1 FROM {table} WHERE carrier_id = $1 AND {parent} = ${n})"
        ));
        this
    }

    /// Nothing happens where the unique key of these columns is taken.
    pub(crate) fn unless_taken(mut self, key: &'static str) -> Self {
        self.unless_taken = Some(key);
        self
    }

    /// The finished statement.
    pub(crate) fn done(mut self) -> Statement {
        if let Some(seq) = self.seq {
            self.columns.push("seq");
            self.places.push(seq);
        }
        let (columns, values) = (self.columns.join(", "), self.places.join(", "));
        let end = self.unless_taken.map(|key| format!(" ON CONFLICT ({key}) DO NOTHING")).unwrap_or_default();
        let table = self.statement.table;
        self.statement.text = Cow::Owned(format!("INSERT INTO {table} ({columns}) VALUES ({values}){end}"));
        self.statement
    }
}

/// A value that can be stored.
pub(crate) trait Put {
    /// What the database stores it as.
    type Raw: for<'q> Encode<'q, Any> + Type<Any> + 'static;
    /// The stored form.
    fn raw(self) -> Self::Raw;
}

/// A value that can be read back.
pub(crate) trait Get: Sized {
    /// What the database stores it as.
    type Raw: for<'r> Decode<'r, Any> + Type<Any>;
    /// The value; `None` when the stored form is not one that this program writes.
    fn parse(raw: Self::Raw) -> Option<Self>;
}

impl<T: Put> Put for Option<T> {
    type Raw = Option<T::Raw>;
    fn raw(self) -> Self::Raw {
        self.map(T::raw)
    }
}
impl<T: Get> Get for Option<T> {
    type Raw = Option<T::Raw>;
    fn parse(raw: Self::Raw) -> Option<Self> {
        match raw {
            None => Some(None),
            Some(raw) => T::parse(raw).map(Some),
        }
    }
}

impl<K> Put for Id<K> {
    type Raw = Vec<u8>;
    fn raw(self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }
}
impl<K> Get for Id<K> {
    type Raw = Vec<u8>;
    fn parse(raw: Vec<u8>) -> Option<Self> {
        raw.try_into().ok().map(Id::from_bytes)
    }
}

/// Hashes and keyed indexes.
impl Put for [u8; 32] {
    type Raw = Vec<u8>;
    fn raw(self) -> Vec<u8> {
        self.to_vec()
    }
}
impl Get for [u8; 32] {
    type Raw = Vec<u8>;
    fn parse(raw: Vec<u8>) -> Option<Self> {
        raw.try_into().ok()
    }
}

/// The random number of a chip session.
impl Put for [u8; 8] {
    type Raw = Vec<u8>;
    fn raw(self) -> Vec<u8> {
        self.to_vec()
    }
}
impl Get for [u8; 8] {
    type Raw = Vec<u8>;
    fn parse(raw: Vec<u8>) -> Option<Self> {
        raw.try_into().ok()
    }
}

impl Put for Vec<u8> {
    type Raw = Vec<u8>;
    fn raw(self) -> Vec<u8> {
        self
    }
}
impl Get for Vec<u8> {
    type Raw = Vec<u8>;
    fn parse(raw: Vec<u8>) -> Option<Self> {
        Some(raw)
    }
}

impl Put for Sealed {
    type Raw = Vec<u8>;
    fn raw(self) -> Vec<u8> {
        self.0
    }
}
impl Get for Sealed {
    type Raw = Vec<u8>;
    fn parse(raw: Vec<u8>) -> Option<Self> {
        Some(Sealed(raw))
    }
}

/// Microseconds since 1970 in UTC.
impl Put for Timestamp {
    type Raw = i64;
    fn raw(self) -> i64 {
        self.as_microsecond()
    }
}
impl Get for Timestamp {
    type Raw = i64;
    fn parse(raw: i64) -> Option<Self> {
        Timestamp::from_microsecond(raw).ok()
    }
}

/// A calendar day as `2026-05-31`: it has no zone, so it is not a moment.
impl Put for Date {
    type Raw = String;
    fn raw(self) -> String {
        self.to_string()
    }
}
impl Get for Date {
    type Raw = String;
    fn parse(raw: String) -> Option<Self> {
        raw.parse().ok()
    }
}

impl Put for &str {
    type Raw = String;
    fn raw(self) -> String {
        self.to_owned()
    }
}
impl Get for String {
    type Raw = String;
    fn parse(raw: String) -> Option<Self> {
        Some(raw)
    }
}

impl Put for i64 {
    type Raw = i64;
    fn raw(self) -> i64 {
        self
    }
}
impl Get for i64 {
    type Raw = i64;
    fn parse(raw: i64) -> Option<Self> {
        Some(raw)
    }
}

impl Put for u32 {
    type Raw = i64;
    fn raw(self) -> i64 {
        i64::from(self)
    }
}
impl Get for u32 {
    type Raw = i64;
    fn parse(raw: i64) -> Option<Self> {
        u32::try_from(raw).ok()
    }
}

impl Put for i32 {
    type Raw = i64;
    fn raw(self) -> i64 {
        i64::from(self)
    }
}
impl Get for i32 {
    type Raw = i64;
    fn parse(raw: i64) -> Option<Self> {
        i32::try_from(raw).ok()
    }
}

/// Which portrait, in its stored form.
impl Put for PortraitRef {
    type Raw = Vec<u8>;
    fn raw(self) -> Vec<u8> {
        self.to_bytes()
    }
}
impl Get for PortraitRef {
    type Raw = Vec<u8>;
    fn parse(raw: Vec<u8>) -> Option<Self> {
        PortraitRef::from_bytes(&raw)
    }
}

/// 0 or 1.
impl Put for bool {
    type Raw = i64;
    fn raw(self) -> i64 {
        i64::from(self)
    }
}
impl Get for bool {
    type Raw = i64;
    fn parse(raw: i64) -> Option<Self> {
        match raw {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// A row that was read from `table`.
pub(crate) struct Columns<'r> {
    pub(crate) table: &'static str,
    pub(crate) row: &'r AnyRow,
}

impl Columns<'_> {
    /// The value in `column`.
    pub(crate) fn get<V: Get>(&self, column: &'static str) -> Result<V, StoreError> {
        self.row.try_get::<V::Raw, _>(column).ok().and_then(V::parse).ok_or_else(|| self.corrupt(column))
    }

    /// The member of an enumeration whose word is in `column`.
    pub(crate) fn code<T>(
        &self,
        column: &'static str,
        parse: fn(&str) -> Result<T, UnknownCode>,
    ) -> Result<T, StoreError> {
        parse(&self.get::<String>(column)?).map_err(|_| self.corrupt(column))
    }

    /// The same where the column may be empty.
    pub(crate) fn code_opt<T>(
        &self,
        column: &'static str,
        parse: fn(&str) -> Result<T, UnknownCode>,
    ) -> Result<Option<T>, StoreError> {
        let word: Option<String> = self.get(column)?;
        word.map(|w| parse(&w)).transpose().map_err(|_| self.corrupt(column))
    }

    /// The members whose words are in `column` as a JSON list.
    pub(crate) fn codes<T>(
        &self,
        column: &'static str,
        parse: fn(&str) -> Result<T, UnknownCode>,
    ) -> Result<Vec<T>, StoreError> {
        let words: Vec<String> =
            serde_json::from_str(&self.get::<String>(column)?).map_err(|_| self.corrupt(column))?;
        words.iter().map(|w| parse(w)).collect::<Result<_, _>>().map_err(|_| self.corrupt(column))
    }

    pub(crate) fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: self.table, column }
    }
}

/// Words as a JSON list.
pub(crate) fn words<T: Copy>(members: &[T], code: fn(T) -> &'static str) -> String {
    serde_json::Value::from_iter(members.iter().map(|m| code(*m))).to_string()
}
