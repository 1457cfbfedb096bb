//! CSV, or whatever is called so: any delimiter, any line ends, broken quotes, titles and totals,
//! in any encoding. From bytes to columns in two steps: samples make a plan (`plan`, `header`), and
//! all blocks are read by it (`load`). What the plan did not foresee makes a better plan, by which
//! all is read again.

mod block;
mod blocks;
mod dialect;
mod file;
mod header;
mod load;
mod marks;
mod plan;
mod record;
mod schema;
#[cfg(test)]
mod tests;

use super::report::{ImportError, ImportReport};
use super::{Bytes, Format, Loaded, ReadOptions, number, text};
use crate::event_log::{Progress, Stage};
use file::CsvFile;
use load::{FileOutcome, Limits, Loader};
use schema::{Corrections, Plans};

/// The format of last resort: any text is CSV.
pub const FORMAT: Format = Format {
    name: "csv",
    sniff: |_| true,
    look: |input, options| file::looked(input, options, Limits::usual()),
    read: |input, options, progress| read_with(&[input], options, Limits::usual(), progress),
};

/// Reads an input by blocks of so many bytes.
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
    read_with(&[input], options, limits, progress)
}

/// Readings that may fail before columns are no longer guessed.
const MOST_PASSES: usize = 4;

/// Reads all inputs as one log.
fn read_with(
    inputs: &[&dyn Bytes],
    options: &ReadOptions,
    limits: Limits,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let limits = limits.of_first(options.first);
    let files = inputs
        .iter()
        .map(|&bytes| CsvFile::open(bytes, options, limits));
    let mut files = files.collect::<Result<Vec<_>, _>>()?;
    let mut corrections = Corrections::new(files.len(), &options.texts);
    for pass in 1.. {
        let plans = schema::make(&files, options, &corrections)?;
        progress.enter(Stage::Reading);
        progress
            .bytes
            .store(0, std::sync::atomic::Ordering::Relaxed);
        progress.rows.store(0, std::sync::atomic::Ordering::Relaxed);
        let mut loader = Loader::new(&plans.schema, limits, progress);
        let mut outcomes = Vec::new();
        for (i, (file, plan)) in files.iter().zip(&plans.files).enumerate() {
            let stream = text::skip_bytes(file.text.stream(Some(progress)), file.header.skip);
            outcomes.push(loader.read_file(i, stream, file.header.lines, plan)?);
        }
        let again = correct(
            &mut files,
            &mut corrections,
            &plans,
            &outcomes,
            options,
            limits,
        )?;
        if again && pass < MOST_PASSES {
            corrections.all_text = pass + 1 == MOST_PASSES;
            continue;
        }
        return finish(&files, &plans, loader, &outcomes, options, progress);
    }
    unreachable!("the loop ends with its last pass")
}

/// Notes what the reading contradicts; whether all must be read again.
fn correct(
    files: &mut [CsvFile<'_>],
    corrections: &mut Corrections,
    plans: &Plans,
    outcomes: &[FileOutcome],
    options: &ReadOptions,
    limits: Limits,
) -> Result<bool, ImportError> {
    let mut again = false;
    for (i, (file, outcome)) in files.iter_mut().zip(outcomes).enumerate() {
        let seen = &outcome.seen;
        let not_utf8 = seen.bad_utf8 > 0 && seen.bad_utf8 >= seen.good_utf8;
        if not_utf8 && file.text.may_change_encoding() {
            file.reopen_in_other_encoding(options, limits)?;
            again = true;
        }
        again |= corrections.learn(i, &plans.files[i], &plans.schema, seen, options);
    }
    Ok(again)
}

/// Makes the log, and completes the report.
fn finish(
    files: &[CsvFile<'_>],
    plans: &Plans,
    loader: Loader<'_>,
    outcomes: &[FileOutcome],
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let (builder, mut report, notes) = loader.into_parts();
    report.format = FORMAT.name;
    notes.report(&mut report);
    for (i, (file, outcome)) in files.iter().zip(outcomes).enumerate() {
        file.report(i, &plans.files[i], outcome, &mut report);
    }
    report.encoding = text::encodings(files.iter().map(|f| &f.text));
    report.mapping = schema::describe(files, plans);
    let seen = outcomes.first().map(|o| &o.seen);
    report.date_order = seen.and_then(|s| s.time.order().or(s.start.order()));
    schema::warn_of_dates(plans, outcomes, &mut report);
    // A preview shows what is rejected and why.
    if builder.n_rows() == 0 && report.n_rejected > 0 && options.first.is_none() {
        return Err(nothing_loaded(&report));
    }
    let (mut log, facts) = builder.finish(progress)?;
    let comma = files.iter().any(|f| f.header.delimiter != b',');
    super::promote::promote(&mut log, comma, options, &mut report);
    Ok(Loaded { log, report, facts })
}

/// All rows were rejected: the first of them tells why.
fn nothing_loaded(report: &ImportReport) -> ImportError {
    let Some(reject) = report.rejects.first() else {
        return ImportError::Refused {
            line: None,
            message: "no row could be loaded".into(),
        };
    };
    let value = text::shown(&reject.value);
    let excel = number::parse(reject.value.as_bytes(), number::NumberStyle::Point)
        .is_some_and(|days| (20_000.0..80_000.0).contains(&days));
    let message = match reject.reason {
        "bad-time" | "epoch-unit" if excel => format!(
            "no row could be loaded: the timestamps, as {value}, look like Excel serial dates; \
             give --time-format excel if they are"
        ),
        "bad-time" | "epoch-unit" => format!(
            "no row could be loaded: the timestamp {value} cannot be read; give its format with \
             --time-format"
        ),
        "empty-time" => {
            "no row could be loaded: the timestamp is empty; name another column with --time".into()
        }
        reason => format!("no row could be loaded: {reason}: {value}"),
    };
    ImportError::Refused {
        line: reject.line,
        message,
    }
}
