//! Parquet, as pandas, polars, DuckDB and Spark write it, over the `parquet` crate's decoder. From
//! the first rows it is guessed which column is what; then all row groups are read, and once more
//! where values contradict the types: a column of numbers that no double holds is one of texts.

mod block;
mod file;
mod guard;
mod json;
mod limits;
mod load;
mod plan;
mod schema;
#[cfg(test)]
mod tests;
mod thrift;
mod values;

pub use guard::is_fenced;

use super::keys::{Keys, stamps};
use super::mapping::Names;
use super::table::Table;
use super::text::shown;
use super::{Bytes, Format, ImportError, ImportReport, Inspection, Loaded, ReadOptions, promote};
use crate::event_log::{Progress, Stage};
use crate::formats::Warning;
use file::{MAGIC, ParquetFile, Values};
use hashbrown::HashSet;
use load::{Fields, Limits, Loader};
use plan::Plan;
use std::sync::atomic::Ordering::Relaxed;
use values::Cells;

/// Parquet files.
pub const FORMAT: Format = Format {
    name: "parquet",
    sniff: |head| head.starts_with(MAGIC),
    is_table: true,
    look,
    read: |input, options, progress| read_with(input, options, Limits::usual(), progress),
};

/// Reads an input in blocks of about this many bytes, a hundred of which are taken for a row.
pub fn read_in_blocks(
    input: &dyn Bytes,
    options: &ReadOptions,
    block: usize,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let limits = Limits {
        rows: (block / 100).clamp(1, Limits::usual().rows),
        groups: 3,
        ..Limits::usual()
    };
    read_with(input, options, limits, progress)
}

/// Rows sampled at the beginning.
const HEAD_ROWS: usize = 2000;
/// Readings that may fail before no type is believed any more.
const MOST_PASSES: usize = 3;

fn names(file: &ParquetFile<'_>) -> Vec<String> {
    let columns = file.schema.columns.iter();
    columns.map(|c| c.name.clone()).collect()
}

/// The columns that have a role.
fn keys(file: &ParquetFile<'_>, options: &ReadOptions) -> Result<Keys, ImportError> {
    let mut keys = Keys::guess(names(file), Names::Keys, &sample(file)?, options)?;
    // Typed timestamps have no writing.
    let typed =
        |column: usize| file.schema.columns[column].kind == crate::event_log::ColumnKind::Instant;
    if stamps(&keys.mapping)
        .iter()
        .all(|columns| typed(columns[0]))
    {
        keys.time.text.clear();
    }
    Ok(keys)
}

/// The first rows as texts.
fn sample(file: &ParquetFile<'_>) -> Result<Table, ImportError> {
    let mut table = Table::new(file.schema.columns.len());
    // Some writers begin with a group without rows.
    let first = (0..file.n_groups()).find(|&group| file.rows_of(group) > 0);
    if let Some(group) = first {
        let mut fields = Fields::new(file, group, HEAD_ROWS, &Progress::default())?;
        if let Some(columns) = fields.next()? {
            guard::fenced(|| {
                push_samples(&columns, file, &mut table);
                Ok(())
            })?;
        }
    }
    table.end_of_head();
    Ok(table)
}

fn push_samples(columns: &[Values], file: &ParquetFile<'_>, table: &mut Table) {
    let uuid = file.schema.columns.iter().map(|c| c.uuid);
    let cells: Vec<Cells> = columns
        .iter()
        .zip(uuid)
        .map(|(v, u)| Cells::new(v, u))
        .collect();
    let mut texts = vec![Vec::new(); columns.len()];
    let rows = columns.iter().map(Values::len).min().unwrap_or(0);
    for row in 0..rows.min(HEAD_ROWS) {
        for ((values, cells), text) in columns.iter().zip(&cells).zip(&mut texts) {
            let mut scratch = Vec::new();
            text.clear();
            if values.is_present(row) {
                text.extend_from_slice(cells.get(row, &mut scratch).unwrap_or(b""));
            }
        }
        table.push(texts.iter().map(Vec::as_slice));
    }
}

fn look(input: &dyn Bytes, _: &ReadOptions, _: &Progress) -> Result<Inspection, ImportError> {
    let file = ParquetFile::open(input)?;
    let metadata = file.schema.metadata.file_metadata();
    let mut facts = vec![("rows".to_string(), metadata.num_rows().to_string())];
    if let Some(writer) = metadata.created_by() {
        facts.push(("written by".into(), writer.into()));
    }
    Ok(Inspection {
        format: FORMAT.name,
        facts,
        columns: names(&file),
        samples: sample(&file)?,
        ..Inspection::default()
    })
}

fn read_with(
    input: &dyn Bytes,
    options: &ReadOptions,
    limits: Limits,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let file = ParquetFile::open(input)?;
    let mut keys = keys(&file, options)?;
    let mut texts: HashSet<String> = options.texts.iter().cloned().collect();
    for pass in 1.. {
        let columns = &file.schema.columns;
        let (plan, schema) = Plan::new(&keys, columns, &texts, options);
        progress.enter(Stage::Reading);
        progress.bytes.store(0, Relaxed);
        progress.rows.store(0, Relaxed);
        let mut loader = Loader::new(&schema);
        loader.read(&file, &plan, limits, options.first, progress)?;
        let wrong = !loader.misfits.is_empty();
        texts.extend(loader.misfits.iter().cloned());
        // Not `||`: the order of dates must be corrected in any case.
        if (keys.correct(&loader.times, options) | wrong) && pass < MOST_PASSES {
            continue;
        }
        return finish(&keys, loader, options, progress);
    }
    unreachable!("the loop ends with its last pass")
}

fn finish(
    keys: &Keys,
    loader: Loader<'_>,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let Loader {
        builder,
        mut report,
        notes,
        times,
        ..
    } = loader;
    FORMAT.name.clone_into(&mut report.format);
    report.encoding = "utf-8".into();
    report.mapping = keys.describe(options);
    notes.report(&mut report);
    keys.warn(&times, options, &mut report);
    warn_of_names(&keys.names, &mut report);
    if builder.n_rows() == 0 && report.n_rejected > 0 {
        return Err(report.nothing_loaded("row"));
    }
    let (mut log, facts) = builder.finish(progress)?;
    // Columns of texts may hold nothing but numbers, as those of CSV.
    promote::promote(&mut log, false, options, &mut report);
    Ok(Loaded { log, report, facts })
}

fn warn_of_names(names: &[String], report: &mut ImportReport) {
    let mut seen = HashSet::new();
    let twice: Vec<String> = names
        .iter()
        .filter(|name| !seen.insert(name.as_str()))
        .map(|name| shown(name))
        .collect();
    if !twice.is_empty() {
        let names = twice.join(", ");
        report.warn(
            Warning::DuplicateHeader,
            format!("several columns are called {names}; the first is used"),
        );
    }
}
