//! Statements: prepared once a backend, kept, and read by column.

mod planner;
pub mod subtransaction;

use std::cell::RefCell;
use std::collections::HashMap;

use admit_core::{Error, ErrorCode, Result};
use jiff::Timestamp;
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::spi::{OwnedPreparedStatement, SpiClient, SpiTupleTable};
use pgrx::{FromDatum, IntoDatum, JsonB, PgOid};
use uuid::Uuid;

use planner::Planner;

/// Microseconds from the Unix epoch to Postgres' epoch, 2000-01-01.
const POSTGRES_EPOCH_US: i64 = 946_684_800_000_000;

thread_local! {
    /// Kept plans by the address of their text. Plans live as long as the backend.
    static PLANS: RefCell<HashMap<*const u8, &'static OwnedPreparedStatement>> = RefCell::default();
}

/// One connection to SPI.
pub struct Database<'a, 'conn> {
    client: &'a mut SpiClient<'conn>,
}

/// The rows of one statement.
pub struct Rows<'conn> {
    table: SpiTupleTable<'conn>,
}

/// Runs a command with a connection to SPI.
pub fn connect<R>(run: impl FnOnce(&mut Database<'_, '_>) -> R) -> R {
    pgrx::Spi::connect_mut(|client| run(&mut Database { client }))
}

impl<'conn> Database<'_, 'conn> {
    /// Runs a statement that writes or locks; it sees everything committed before it.
    pub fn write(&mut self, text: &'static str, arguments: &[DatumWithOid<'_>]) -> Result<Rows<'conn>> {
        let plan = self.plan(text, arguments)?;
        let table = self.client.update(plan, None, arguments).map_err(misuse)?;
        Ok(Rows { table })
    }

    /// Runs a statement that only reads.
    pub fn read(&mut self, text: &'static str, arguments: &[DatumWithOid<'_>]) -> Result<Rows<'conn>> {
        let plan = self.plan(text, arguments)?;
        let table = self.client.select(plan, None, arguments).map_err(misuse)?;
        Ok(Rows { table })
    }

    /// Runs a statement that looks single rows up by key, with a plan that does not depend on
    /// statistics: a plan made while the tables were small must not scan them when they are big.
    pub fn point(&mut self, text: &'static str, arguments: &[DatumWithOid<'_>]) -> Result<Rows<'conn>> {
        let _planner = Planner::by_key();
        self.write(text, arguments)
    }

    /// The same for a statement that only reads.
    pub fn point_read(&mut self, text: &'static str, arguments: &[DatumWithOid<'_>]) -> Result<Rows<'conn>> {
        let _planner = Planner::by_key();
        self.read(text, arguments)
    }

    /// Runs a statement that only reads and wants many rows that lie together, page by page. Its plan does
    /// not depend on statistics either.
    pub fn range_read(&mut self, text: &'static str, arguments: &[DatumWithOid<'_>]) -> Result<Rows<'conn>> {
        let _planner = Planner::by_page();
        self.read(text, arguments)
    }

    /// Runs statements without arguments and without keeping a plan (migrations).
    pub fn run_script(&mut self, text: &str) -> Result<()> {
        self.client.update(text, None, &[]).map(|_| ()).map_err(misuse)
    }

    fn plan(&self, text: &'static str, arguments: &[DatumWithOid<'_>]) -> Result<&'static OwnedPreparedStatement> {
        let key = text.as_ptr();
        if let Some(plan) = PLANS.with_borrow(|plans| plans.get(&key).copied()) {
            return Ok(plan);
        }
        let types: Vec<PgOid> = arguments.iter().map(|argument| PgOid::from(argument.oid())).collect();
        let plan = self.client.prepare_mut(text, &types).map_err(misuse)?.keep();
        let plan: &'static OwnedPreparedStatement = Box::leak(Box::new(plan));
        PLANS.with_borrow_mut(|plans| plans.insert(key, plan));
        Ok(plan)
    }
}

/// SPI itself only fails when it is used wrongly; SQL errors unwind on their own.
fn misuse(error: pgrx::spi::SpiError) -> Error {
    Error::new(ErrorCode::Internal, format!("statement failed: {error}"))
}

impl Rows<'_> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Steps to the next row; false after the last.
    pub fn next(&mut self) -> bool {
        self.table.next().is_some()
    }

    /// Steps to the only row; `not_found` names what is missing.
    pub fn only(&mut self, what: &str) -> Result<()> {
        if self.next() { Ok(()) } else { Err(Error::not_found(what)) }
    }

    /// A column of the current row that may be null.
    pub fn optional<T: Column>(&self, ordinal: usize) -> Result<Option<T>> {
        let stored = self.table.get::<T::Stored>(ordinal).map_err(misuse)?;
        Ok(stored.map(T::from_stored))
    }

    /// A column of the current row.
    pub fn get<T: Column>(&self, ordinal: usize) -> Result<T> {
        self.optional(ordinal)?.ok_or_else(|| Error::new(ErrorCode::Internal, format!("column {ordinal} is null")))
    }

    /// Makes something of every row left.
    pub fn collect<T>(mut self, mut make: impl FnMut(&Self) -> Result<T>) -> Result<Vec<T>> {
        let mut items = Vec::with_capacity(self.len());
        while self.next() {
            items.push(make(&self)?);
        }
        Ok(items)
    }
}

/// A Rust type and the pgrx type that it is stored as.
pub trait Column: Sized {
    /// The pgrx type.
    type Stored: FromDatum + IntoDatum;
    /// From the pgrx type.
    fn from_stored(stored: Self::Stored) -> Self;
    /// To the pgrx type.
    fn into_stored(self) -> Self::Stored;
}

macro_rules! stored_as_itself {
    ($($type:ty),*) => {$(impl Column for $type {
        type Stored = $type;
        fn from_stored(stored: $type) -> Self { stored }
        fn into_stored(self) -> $type { self }
    })*};
}

stored_as_itself!(
    i16,
    i32,
    i64,
    f64,
    bool,
    String,
    Vec<u8>,
    Vec<i16>,
    Vec<i32>,
    Vec<i64>,
    Vec<bool>,
    Vec<String>,
    Vec<Option<i32>>,
    Vec<Option<i64>>,
    Vec<Option<String>>
);

impl Column for Uuid {
    type Stored = pgrx::Uuid;

    fn from_stored(stored: pgrx::Uuid) -> Self {
        Self::from_bytes(*stored.as_bytes())
    }

    fn into_stored(self) -> pgrx::Uuid {
        pgrx::Uuid::from_bytes(self.into_bytes())
    }
}

impl Column for Vec<Uuid> {
    type Stored = Vec<pgrx::Uuid>;

    fn from_stored(stored: Vec<pgrx::Uuid>) -> Self {
        stored.into_iter().map(Uuid::from_stored).collect()
    }

    fn into_stored(self) -> Vec<pgrx::Uuid> {
        self.into_iter().map(Uuid::into_stored).collect()
    }
}

impl Column for Vec<Option<Uuid>> {
    type Stored = Vec<Option<pgrx::Uuid>>;

    fn from_stored(stored: Vec<Option<pgrx::Uuid>>) -> Self {
        stored.into_iter().map(|id| id.map(Uuid::from_stored)).collect()
    }

    fn into_stored(self) -> Vec<Option<pgrx::Uuid>> {
        self.into_iter().map(|id| id.map(Uuid::into_stored)).collect()
    }
}

impl Column for Vec<Option<Timestamp>> {
    type Stored = Vec<Option<TimestampWithTimeZone>>;

    fn from_stored(stored: Vec<Option<TimestampWithTimeZone>>) -> Self {
        stored.into_iter().map(|at| at.map(Timestamp::from_stored)).collect()
    }

    fn into_stored(self) -> Vec<Option<TimestampWithTimeZone>> {
        self.into_iter().map(|at| at.map(Timestamp::into_stored)).collect()
    }
}

impl Column for Timestamp {
    type Stored = TimestampWithTimeZone;

    fn from_stored(stored: TimestampWithTimeZone) -> Self {
        from_postgres_us(stored.into())
    }

    fn into_stored(self) -> TimestampWithTimeZone {
        // Postgres begins in 4714 BC, jiff earlier; both end where jiff does.
        TimestampWithTimeZone::try_from(self.as_microsecond() - POSTGRES_EPOCH_US)
            .unwrap_or_else(|_| TimestampWithTimeZone::negative_infinity())
    }
}

impl Column for serde_json::Value {
    type Stored = JsonB;

    fn from_stored(stored: JsonB) -> Self {
        stored.0
    }

    fn into_stored(self) -> JsonB {
        JsonB(self)
    }
}

/// The time from microseconds of Postgres' epoch.
pub fn from_postgres_us(microseconds: i64) -> Timestamp {
    // Infinite and out-of-range values clamp; admit stores neither.
    let end = if microseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(microseconds.saturating_add(POSTGRES_EPOCH_US)).unwrap_or(end)
}

/// Something that can be passed to a statement.
pub trait Argument {
    /// As a datum with its type.
    fn datum(self) -> DatumWithOid<'static>;
}

impl<T: Column> Argument for T {
    fn datum(self) -> DatumWithOid<'static> {
        Some(self).datum()
    }
}

impl<T: Column> Argument for Option<T> {
    fn datum(self) -> DatumWithOid<'static> {
        let stored = self.map(T::into_stored);
        let oid = T::Stored::type_oid();
        // SAFETY: the type's own oid is given, and into_datum allocates in the current memory
        // context, which outlives the statement.
        #[allow(unsafe_code, reason = "pgrx converts only some types safely")]
        unsafe {
            DatumWithOid::new(stored, oid)
        }
    }
}

impl Argument for &str {
    fn datum(self) -> DatumWithOid<'static> {
        self.to_owned().datum()
    }
}

impl Argument for &[u8] {
    fn datum(self) -> DatumWithOid<'static> {
        self.to_vec().datum()
    }
}

impl<const N: usize> Argument for [u8; N] {
    fn datum(self) -> DatumWithOid<'static> {
        self.to_vec().datum()
    }
}

/// The arguments of a statement.
macro_rules! arguments {
    ($($value:expr),* $(,)?) => { &[$($crate::database::Argument::datum($value)),*] };
}
pub(crate) use arguments;
