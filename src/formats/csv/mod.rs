//! CSV, or whatever is called so: any delimiter, any line ends, broken quotes, titles and totals,
//! in any encoding. From bytes to columns in two steps: samples make a plan (`plan`, `header`), and
//! all blocks are read by it (`load`). What the plan did not foresee makes a better plan, by which
//! all is read again.

mod as_written;
mod block;
mod blocks;
mod dialect;
mod file;
mod header;
mod load;
mod marks;
mod plan;
mod quoting;
mod record;
mod schema;
#[cfg(test)]
mod tests;

use super::report::ImportError;
use super::{Bytes, Format, Loaded, ReadOptions, text};
use crate::event_log::{Progress, Stage};
use file::CsvFile;
use load::{Limits, Outcome};
use plan::Plan;
use schema::Corrections;
use std::sync::atomic::Ordering::Relaxed;

/// The format of last resort: any text is CSV.
pub const FORMAT: Format = Format {
    name: "csv",
    sniff: |_| true,
    is_table: true,
    look: |input, options, _| file::looked(input, options, Limits::usual()),
    read: |input, options, progress| read_with(input, options, Limits::usual(), progress),
};

/// Reads an input in blocks of about this many bytes.
pub fn read_in_blocks(
    input: &dyn Bytes,
    options: &ReadOptions,
    block: usize,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let limits = Limits {
        block,
        batch: 3,
        ..Limits::usual()
    };
    read_with(input, options, limits, progress)
}

/// Readings that may fail before columns are no longer guessed.
const MOST_PASSES: usize = 4;

/// Reads an input.
fn read_with(
    input: &dyn Bytes,
    options: &ReadOptions,
    limits: Limits,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let limits = limits.of_first(options.first);
    let mut file = CsvFile::open(input, options, limits)?;
    let mut corrections = Corrections::new(&options.texts);
    // Other inputs may have been read before.
    let (bytes, rows) = (progress.bytes.load(Relaxed), progress.rows.load(Relaxed));
    progress.enter(Stage::Reading);
    for pass in 1.. {
        let plan = schema::make(&file, options, &corrections);
        progress.bytes.store(bytes, Relaxed);
        progress.rows.store(rows, Relaxed);
        let stream = text::skip_bytes(file.text.stream(Some(progress)), file.header.skip);
        let outcome = load::load(stream, file.header.lines, &plan, limits, progress)?;
        let seen = &outcome.seen;
        // Of another encoding, letters are bytes that are not UTF-8; single bad bytes are damage.
        let not_utf8 = seen.bad_utf8 > 0 && seen.bad_utf8 >= seen.good_utf8;
        let other_encoding = not_utf8 && file.text.may_change_encoding();
        let again = corrections.learn(&mut file, &plan, seen, options) || other_encoding;
        if again && pass < MOST_PASSES {
            if other_encoding {
                file.reopen_in_other_encoding(options, limits)?;
            }
            // The last pass guesses no column, so that nothing is left to contradict it.
            corrections.all_text = pass + 1 == MOST_PASSES;
            continue;
        }
        return finish(&file, &plan, outcome, options, progress);
    }
    unreachable!("the loop ends with its last pass")
}

/// Makes the log, and completes the report.
fn finish(
    file: &CsvFile<'_>,
    plan: &Plan,
    outcome: Outcome,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let Outcome {
        builder,
        mut report,
        notes,
        seen,
        facts,
    } = outcome;
    FORMAT.name.clone_into(&mut report.format);
    notes.report(&mut report);
    file.report(facts, &seen, options, &mut report);
    report.encoding = file.text.encoding_name();
    report.mapping = schema::describe(file, options);
    schema::warn_of_dates(file, plan, &seen, &mut report, options);
    as_written::show(&file.text, &mut report, progress)?;
    // A preview shows what is rejected and why.
    if builder.n_rows() == 0 && report.n_rejected > 0 && options.first.is_none() {
        return Err(report.nothing_loaded("row"));
    }
    let (mut log, facts) = builder.finish(progress)?;
    let comma = file.header.delimiter != b',';
    super::promote::promote(&mut log, comma, options, &mut report);
    Ok(Loaded { log, report, facts })
}
