//! Files that hold typed columns: Parquet and Arrow IPC. A format opens its file as a
//! [`ColumnFile`]; all else is here. From the first rows it is guessed which column is what; then
//! all rows are read, and once more where values contradict the types: a column of numbers that no
//! double holds is one of texts.

mod block;
mod bytes;
mod column;
mod guard;
mod json;
mod load;
mod plan;
mod values;

pub use bytes::{read_exact, refuse_compressed};
pub use column::{Column, Values, kind};
pub use guard::{check_rows, check_values, damaged, fence, fenced, first_error, is_fenced};
pub use load::Limits;

use super::keys::Keys;
use super::mapping::Names;
use super::table::Table;
use super::text::shown;
use super::{ImportError, ImportReport, Inspection, Loaded, ReadOptions, Warning, promote};
use crate::event_log::{ColumnKind, Progress, Stage};
use hashbrown::HashSet;
use load::Loader;
use plan::Plan;
use std::sync::atomic::Ordering::Relaxed;
use values::Cells;

/// A file of typed columns. Its rows are in groups, which can be decoded beside each other.
pub trait ColumnFile: Sync {
    /// Name of the format.
    fn format(&self) -> &'static str;

    /// The columns.
    fn columns(&self) -> &[Column];

    /// Number of groups of rows.
    fn n_groups(&self) -> usize;

    /// Number of rows of a group.
    fn rows_of(&self, group: usize) -> u64;

    /// Begins to decode a group, at most `rows` rows at a time.
    fn group<'a>(
        &'a self,
        group: usize,
        rows: usize,
        progress: &'a Progress,
    ) -> Result<Box<dyn GroupReader + 'a>, ImportError>;

    /// Returns whether the file was cut: it holds only the beginning of the log.
    fn is_cut(&self) -> bool {
        false
    }
}

/// Decoder of one group of rows.
pub trait GroupReader: Send {
    /// The values of the next rows, by column of the file; `None` after the last.
    fn next(&mut self) -> Result<Option<Vec<Values>>, ImportError>;
}

/// Rows sampled at the beginning.
const HEAD_ROWS: usize = 2000;
/// Readings that may fail before no type is believed any more.
const MOST_PASSES: usize = 3;

fn names(file: &dyn ColumnFile) -> Vec<String> {
    file.columns().iter().map(|c| c.name.clone()).collect()
}

/// The columns that have a role.
fn keys(file: &dyn ColumnFile, options: &ReadOptions) -> Result<Keys, ImportError> {
    let mut keys = Keys::guess(names(file), Names::Keys, &sample(file)?, options)?;
    // Typed timestamps have no writing.
    let typed = |column: usize| file.columns()[column].kind == ColumnKind::Instant;
    if keys.stamps.iter().all(|stamp| typed(stamp.columns[0])) {
        keys.time.text.clear();
    }
    Ok(keys)
}

/// The first rows as texts.
fn sample(file: &dyn ColumnFile) -> Result<Table, ImportError> {
    let mut table = Table::new(file.columns().len());
    // Some writers begin with a group without rows.
    let first = (0..file.n_groups()).find(|&group| file.rows_of(group) > 0);
    if let Some(group) = first {
        let progress = Progress::default();
        let mut rows = file.group(group, HEAD_ROWS, &progress)?;
        let mut left = HEAD_ROWS;
        while left > 0
            && let Some(columns) = rows.next()?
        {
            left -= fenced(|| Ok(push_samples(&columns, file.columns(), left, &mut table)))?;
        }
    }
    table.end_of_head();
    Ok(table)
}

/// Adds at most `most` rows as texts, and returns their number.
fn push_samples(values: &[Values], columns: &[Column], most: usize, table: &mut Table) -> usize {
    let uuid = columns.iter().map(|c| c.uuid);
    let cells: Vec<Cells> = values
        .iter()
        .zip(uuid)
        .map(|(v, u)| Cells::new(v, u))
        .collect();
    let mut texts = vec![Vec::new(); values.len()];
    let rows = values.iter().map(Values::len).min().unwrap_or(0).min(most);
    for row in 0..rows {
        for ((values, cells), text) in values.iter().zip(&cells).zip(&mut texts) {
            let mut scratch = Vec::new();
            text.clear();
            if values.is_present(row) {
                text.extend_from_slice(cells.get(row, &mut scratch).unwrap_or(b""));
            }
        }
        table.push(texts.iter().map(Vec::as_slice));
    }
    rows
}

/// Inspects a file; `facts` are those of the format.
pub fn look(
    file: &dyn ColumnFile,
    facts: Vec<(String, String)>,
) -> Result<Inspection, ImportError> {
    let rows: u64 = (0..file.n_groups()).map(|group| file.rows_of(group)).sum();
    Ok(Inspection {
        format: file.format(),
        facts: [vec![("rows".to_owned(), rows.to_string())], facts].concat(),
        columns: names(file),
        samples: sample(file)?,
        ..Inspection::default()
    })
}

/// Reads a file.
pub fn read(
    file: &dyn ColumnFile,
    options: &ReadOptions,
    limits: Limits,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let mut keys = keys(file, options)?;
    let mut texts: HashSet<String> = options.texts.iter().cloned().collect();
    for pass in 1.. {
        let (plan, schema) = Plan::new(&keys, file.columns(), &texts, options);
        progress.enter(Stage::Reading);
        progress.bytes.store(0, Relaxed);
        progress.rows.store(0, Relaxed);
        let mut loader = Loader::new(&schema);
        loader.read(file, &plan, limits, options.first, progress)?;
        let wrong = !loader.misfits.is_empty();
        texts.extend(loader.misfits.iter().cloned());
        // Not `||`: the order of dates must be corrected in any case.
        if (keys.correct(&loader.times, options) | wrong) && pass < MOST_PASSES {
            continue;
        }
        loader.report.incomplete = file.is_cut();
        file.format().clone_into(&mut loader.report.format);
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
