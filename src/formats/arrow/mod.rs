//! Arrow IPC, as a file (Feather of version 2) and as a stream: written by pandas, polars, DuckDB,
//! R's arrow and Arrow itself. The `arrow-ipc` crate decodes it.

mod file;
mod limits;
mod schema;
#[cfg(test)]
mod tests;

use super::columnar::{self, Limits};
use super::{Bytes, Format, ImportError, Inspection, Loaded, ReadOptions};
use crate::event_log::Progress;
use file::ArrowFile;

/// Arrow IPC files and streams.
pub const FORMAT: Format = Format {
    name: "arrow",
    sniff: |head| head.starts_with(file::MAGIC) || head.starts_with(&file::CONTINUATION),
    is_table: true,
    look,
    read: |input, options, progress| read_with(input, options, Limits::usual(), progress),
};

/// Reads an input within these limits.
pub fn read_with(
    input: &dyn Bytes,
    options: &ReadOptions,
    limits: Limits,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    columnar::read(&ArrowFile::open(input)?, options, limits, progress)
}

fn look(input: &dyn Bytes, _: &ReadOptions, _: &Progress) -> Result<Inspection, ImportError> {
    columnar::look(&ArrowFile::open(input)?, Vec::new())
}
