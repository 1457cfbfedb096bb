//! Parquet, as pandas, polars, DuckDB and Spark write it, over the `parquet` crate's decoder.

mod file;
mod limits;
mod schema;
#[cfg(test)]
mod tests;
mod thrift;

use super::columnar::{self, Limits};
use super::{Bytes, Format, ImportError, Inspection, Loaded, ReadOptions};
use crate::event_log::Progress;
use file::{MAGIC, ParquetFile};

/// Parquet files.
pub const FORMAT: Format = Format {
    name: "parquet",
    sniff: |head| head.starts_with(MAGIC),
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
    columnar::read(&ParquetFile::open(input)?, options, limits, progress)
}

fn look(input: &dyn Bytes, _: &ReadOptions, _: &Progress) -> Result<Inspection, ImportError> {
    let file = ParquetFile::open(input)?;
    let metadata = file.schema.metadata.file_metadata();
    let writer = metadata.created_by();
    let writer = writer.map(|writer| ("written by".to_owned(), writer.to_owned()));
    columnar::look(&file, writer.into_iter().collect())
}
