//! Logs that are in an SQL engine and stay there: DuckDB, and what speaks Spark SQL over Flight SQL or Spark
//! Connect. Filters are bound as for any log and compiled to SQL, the engine adds up, and the rows that come
//! back are made the answers that an analysis here gives. What is not answered there says so; what is fetched
//! is a slice of events as Arrow batches.
//!
//! Only `connection` knows a driver, and only with the feature `remote`; the rest is text in, rows out. A
//! dialect is a file of fragments and a line of [`DIALECTS`].

mod address;
mod answering;
mod answers;
mod canary;
mod clock;
mod conditions;
mod connection;
mod deadlines;
mod dialects;
mod ends;
mod frame;
mod grouping;
mod log;
mod rows;
mod sample;
mod skeleton;
mod slice;
mod table;
#[cfg(test)]
mod tests;
mod view;

pub use address::{Address, Credentials, Kind};
pub use connection::{Driver, connect};
pub use dialects::{DIALECTS, Dialect};
pub use log::{RemoteLog, Wanted};
pub use sample::Sample;
pub use slice::{Fetched, SliceSize};

use crate::engine::AskError;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

/// Why an engine gives no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// No driver could be loaded: what to install.
    #[error("{0}")]
    NoDriver(String),
    /// The engine, or the way to it, failed: its message.
    #[error("{0}")]
    Engine(String),
    /// The engine does not answer this: the end of a sentence.
    #[error("{0}")]
    Refused(String),
    /// Names or columns do not fit the table.
    #[error("{0}")]
    Name(String),
    /// The answer is not wanted any more.
    #[error("cancelled")]
    Cancelled,
}

impl RemoteError {
    fn engine(message: impl Into<String>) -> Self {
        RemoteError::Engine(message.into())
    }

    fn refused(message: impl Into<String>) -> Self {
        RemoteError::Refused(message.into())
    }
}

impl From<RemoteError> for AskError {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Refused(why) => AskError::NotThere(why),
            RemoteError::Name(why) => AskError::Name(why),
            RemoteError::NoDriver(why) | RemoteError::Engine(why) => AskError::Engine(why),
            RemoteError::Cancelled => AskError::Cancelled,
        }
    }
}

/// True once a statement is not wanted any more.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// A connection on which statements are run, one after the other.
pub trait Connection: Send + Sync {
    /// Runs a statement and hands over its rows as they come; gives their columns. Once `stop` is true the engine
    /// is asked to stop.
    ///
    /// # Errors
    /// The engine failed, or `each` did; or it was to stop.
    fn run(
        &self,
        sql: &str,
        stop: Stop<'_>,
        each: &mut dyn FnMut(RecordBatch) -> Result<(), RemoteError>,
    ) -> Result<SchemaRef, RemoteError>;
}
