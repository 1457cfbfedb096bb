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

use super::follow::Grown;
use super::keys::Keys;
use super::promote::{Promotion, forget_kinds_of_rejects, promote};
use super::report::ImportError;
use super::stream::Raw;
use super::text::Text;
use super::whole_lines::WholeLines;
use super::{Bytes, Format, Loaded, ReadOptions, text};
use crate::event_log::{Progress, Stage};
use block::Observations;
use file::{CsvFile, Guess};
use header::Header;
use load::{Found, Limits, Outcome};
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
    whole(input, options, limits, progress).map(|(loaded, _)| loaded)
}

/// Reads an input, and returns how to read on where more follows it.
fn whole(
    input: &dyn Bytes,
    options: &ReadOptions,
    limits: Limits,
    progress: &Progress,
) -> Result<(Loaded, Option<Continuation>), ImportError> {
    let limits = limits.of_first(options.first);
    let mut file = CsvFile::open(input, options, limits)?;
    let limits = Limits {
        // Other texts are read whole when they have grown.
        open_end: limits.open_end && file.can_go_on(),
        ..limits
    };
    let mut corrections = Corrections::new(&options.texts);
    // Other inputs may have been read before.
    let (bytes, rows) = (progress.bytes.load(Relaxed), progress.rows.load(Relaxed));
    progress.enter(Stage::Reading);
    for pass in 1.. {
        let plan = schema::make(&file, options, &corrections);
        progress.bytes.store(bytes, Relaxed);
        progress.rows.store(rows, Relaxed);
        let stream = text::skip_bytes(file.text.stream(Some(progress)), file.header.skip);
        let before = Found::before(file.header.lines);
        let outcome = load::load(stream, before, &plan, limits, progress)?;
        let seen = &outcome.found.seen;
        let other_encoding = is_other_encoding(&file, seen);
        let again = corrections.learn(&mut file, &plan, seen, options) || other_encoding;
        if again && pass < MOST_PASSES {
            if other_encoding {
                file.reopen_in_other_encoding(options, limits)?;
            }
            // The last pass guesses no column, so that nothing is left to contradict it.
            corrections.all_text = pass + 1 == MOST_PASSES;
            continue;
        }
        let goes_on = outcome.used.filter(|_| limits.open_end && !again);
        let goes_on = goes_on.map(|used| (used, outcome.found.clone()));
        let (mut loaded, comma) = finish(&file, &plan, outcome, options, progress)?;
        let rejected = loaded.report.n_rejected;
        // A preview shows what is rejected and why.
        if loaded.log.n_events() == 0 && rejected > 0 && options.first.is_none() {
            return Err(loaded.report.nothing_loaded("row"));
        }
        forget_kinds_of_rejects(&mut loaded.log, &loaded.report);
        let promotions = promote(&mut loaded.log, comma, options, &mut loaded.report);
        let goes_on = goes_on.map(|(used, found)| Continuation {
            place: (file.text.choice.mark + file.header.skip) as u64 + used,
            header: file.header,
            keys: file.keys,
            guesses: file.guesses,
            corrections,
            found,
            promotions,
            limits,
        });
        return Ok((loaded, goes_on));
    }
    unreachable!("the loop ends with its last pass")
}

/// Returns whether what was taken for UTF-8 is another encoding: letters are bytes that are not UTF-8 then,
/// where single bad bytes are damage.
fn is_other_encoding(file: &CsvFile<'_>, seen: &Observations) -> bool {
    let not_utf8 = seen.bad_utf8 > 0 && seen.bad_utf8 >= seen.good_utf8;
    not_utf8 && file.text.may_change_encoding()
}

/// Makes the log, and completes the report. Returns also whether numbers may have decimal commas.
fn finish(
    file: &CsvFile<'_>,
    plan: &Plan,
    outcome: Outcome,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<(Loaded, bool), ImportError> {
    let Outcome {
        builder,
        found,
        facts,
        ..
    } = outcome;
    let Found {
        mut report,
        notes,
        seen,
    } = found;
    FORMAT.name.clone_into(&mut report.format);
    notes.report(&mut report);
    file.report(facts, &seen, options, &mut report);
    report.encoding = file.text.encoding_name();
    report.mapping = schema::describe(file, options);
    schema::warn_of_dates(file, plan, &seen, &mut report, options);
    as_written::show(&file.text, &mut report, progress)?;
    let (log, facts) = builder.finish(progress)?;
    // Between commas a number with a decimal comma would be two fields.
    let comma = file.header.delimiter != b',';
    Ok((Loaded { log, report, facts }, comma))
}

/// State for reading on where more rows follow those that were read.
#[derive(Debug, Clone)]
pub struct Continuation {
    /// Bytes of the input that were read.
    place: u64,
    header: Header,
    keys: Keys,
    guesses: Vec<Guess>,
    corrections: Corrections,
    found: Found,
    promotions: Vec<Promotion>,
    limits: Limits,
}

impl Continuation {
    /// Reads an input to which more may be appended.
    pub fn begin(
        input: &dyn Bytes,
        options: &ReadOptions,
        progress: &Progress,
    ) -> Result<(Loaded, Option<Self>), ImportError> {
        let limits = Limits {
            open_end: true,
            ..Limits::usual()
        };
        if Text::open(input, options)?.is_plain() {
            return whole(&WholeLines::of(input)?, options, limits, progress);
        }
        whole(input, options, limits, progress)
    }

    /// Adds the rows that were appended to an input since, by the same plan. `None` where they contradict it, so
    /// that all has to be read again.
    pub fn read_on(
        mut self,
        input: &dyn Bytes,
        options: &ReadOptions,
        so_far: Loaded,
        progress: &Progress,
    ) -> Result<Option<(Grown, Self)>, ImportError> {
        let mut file = CsvFile {
            text: Text::open(input, options)?,
            header: self.header,
            keys: self.keys,
            guesses: self.guesses,
            longest: self.limits.longest,
        };
        if !file.can_go_on() {
            return Ok(None);
        }
        let plan = schema::make(&file, options, &self.corrections);
        let rest = Box::new(Raw::new(input, self.place, Some(progress)));
        let outcome = load::load(rest, self.found, &plan, self.limits, progress)?;
        let seen = &outcome.found.seen;
        let other = is_other_encoding(&file, seen);
        let again = self.corrections.learn(&mut file, &plan, seen, options) || other;
        let Some(used) = outcome.used.filter(|_| !again) else {
            return Ok(None);
        };
        let found = outcome.found.clone();
        let (rows, comma) = finish(&file, &plan, outcome, options, progress)?;
        let Some(grown) = Grown::new(so_far, rows, &mut self.promotions, comma, options) else {
            return Ok(None);
        };
        let goes_on = Continuation {
            place: self.place + used,
            header: file.header,
            keys: file.keys,
            guesses: file.guesses,
            found,
            ..self
        };
        Ok(Some((grown, goes_on)))
    }
}
