//! XES (IEEE 1849), the standard format of event logs, in XML; and MXML, which is written anew as
//! XES. The beginning of a log shows which attribute is what (`samples`, `plan`); then it is read
//! block by block (`load`): a parser reports traces, events and attributes (`parser`), of which rows
//! are made (`rows`).

mod blocks;
mod listener;
mod load;
mod parser;
mod plain;
mod plan;
mod rows;
mod samples;
mod scope;
mod skip;
mod tag;
#[cfg(test)]
mod tests;

use super::inspection::Inspection;
use super::keys::describe_roles;
use super::report::{ImportError, ImportReport, Reason, Warning};
use super::text::Text;
use super::timestamp::{warn_of_order, warn_of_tally};
use super::{Bytes, Format, Loaded, ReadOptions, Setting, first_bytes, mxml, promote, xml};
use crate::event_log::{PerRole, Progress, Role, Roles, Schema, Stage};
use crate::formats::facts;
use load::{Limits, Outcome};
use plan::Plan;
use samples::Samples;
use std::sync::atomic::Ordering::Relaxed;

/// MXML, which is read as XES.
pub const MXML: Format = Format {
    name: "mxml",
    sniff: mxml::is_mxml,
    ..FORMAT
};

/// Any document in XML is taken: what is no log is refused by the name of its root.
pub const FORMAT: Format = Format {
    name: "xes",
    sniff: |head| xml::prolog(head).is_some(),
    is_table: false,
    look: |input, options, _| Ok(Document::open(input, options, Limits::usual())?.looked()),
    read: |input, options, progress| read_with(input, options, Limits::usual(), progress),
};

/// A log that was looked at, but not read yet.
struct Document<'a> {
    text: Text<'a>,
    /// Name of the root, with its prefix.
    root: String,
    samples: Samples,
    plan: Plan,
}

impl<'a> Document<'a> {
    fn open(
        input: &'a dyn Bytes,
        options: &ReadOptions,
        limits: Limits,
    ) -> Result<Self, ImportError> {
        let options = xml::with_declared_encoding(&first_bytes(input)?, options);
        let mut text = Text::open(input, &options)?;
        if mxml::is_mxml(&text.head) {
            text.as_xes()?;
        }
        Self::of(text, &options, limits)
    }

    fn of(text: Text<'a>, options: &ReadOptions, limits: Limits) -> Result<Self, ImportError> {
        let head = super::text::lossless(&text.head);
        let samples = Samples::of(&head, text.whole, limits.longest);
        let plan = Plan::new(&samples, options)?;
        Ok(Document {
            root: root_of(&head),
            text,
            samples,
            plan,
        })
    }

    /// Name of the format, which is not that of the parser for MXML.
    fn format(&self) -> &'static str {
        if self.text.mxml {
            MXML.name
        } else {
            FORMAT.name
        }
    }

    /// Inspection of the log, before it is read.
    fn looked(self) -> Inspection {
        let columns = samples::columns(&self.samples);
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let roles = self.plan.roles(&names);
        let mut keys = Role::NEEDED.into_iter().flat_map(|role| &roles[role]);
        let found = keys.all(|key| columns.contains(key));
        let doubtful = self.samples.n_events() > 0 && !found;
        let scores =
            (0..columns.len()).map(|at| scores(&roles, &columns[at], self.samples.is_date(at)));
        Inspection {
            format: self.format(),
            facts: vec![(facts::ENCODING.to_owned(), self.text.encoding_name())],
            scores: scores.collect(),
            samples: self.samples.table(),
            columns,
            roles,
            doubtful,
            ..Inspection::default()
        }
    }

    /// Adds what is to be said of the log to the report.
    fn report(&self, options: &ReadOptions, outcome: &Outcome, report: &mut ImportReport) {
        outcome.found.notes.report(report);
        self.text.report(outcome.facts, report);
        if outcome.found.bad_utf8 > 0 {
            let n = outcome.found.bad_utf8;
            report.warn(
                Warning::BadBytes,
                format!("bytes that are not UTF-8: {n}, shown as \\xHH"),
            );
        }
        outcome.rows.report(report);
        let mut tally = outcome.found.times;
        tally.add(&outcome.found.starts);
        warn_of_tally(report, &tally, options.tz);
        let times = [
            (Role::Time, &self.plan.times, outcome.found.times),
            (Role::Start, &self.plan.starts, outcome.found.starts),
        ];
        for (role, times, tally) in times {
            if let [key] = self.plan.of(role)
                && !times.order_given
                && tally.is_guess(times.format.order)
            {
                warn_of_order(report, &key.column(), times.format.order);
            }
        }
    }

    /// Role and column, and how the log is written.
    fn mapping(&self, schema: &Schema, options: &ReadOptions) -> Vec<(String, String)> {
        let mut pairs = describe_roles(&schema.roles);
        let mut add = |what: &str, value: String| pairs.push((what.to_owned(), value));
        if !self.plan.times.text.is_empty() {
            add(facts::TIME_FORMAT, self.plan.times.text.clone());
        }
        add(facts::ENCODING, self.text.encoding_name());
        let zone = options.tz.map_or("UTC", chrono_tz::Tz::name);
        add(facts::TIME_ZONE, zone.to_owned());
        let classifiers = self.samples.classifiers.iter();
        let classifiers =
            classifiers.map(|(name, keys)| (format!("classifier {name}"), keys.join(" - ")));
        pairs.extend(classifiers);
        pairs
    }
}

/// Scores of a column for each role: certain for a role it has; dates may be times.
fn scores(roles: &Roles, column: &String, date: bool) -> PerRole<u8> {
    PerRole::of(|role| match role {
        role if roles[role].contains(column) => 100,
        Role::Time if date => 60,
        Role::Start if date => 30,
        _ => 0,
    })
}

/// The name of the root with its prefix; that of the standard where it is another.
fn root_of(head: &str) -> String {
    let roots = memchr::memmem::find_iter(head.as_bytes(), b"log");
    let name = roots.filter_map(|at| {
        let begin = head[..at].rfind('<')? + 1;
        let prefix = &head[begin..at];
        let prefixed =
            prefix.is_empty() || prefix.ends_with(':') && !prefix.contains(char::is_whitespace);
        prefixed.then(|| format!("{prefix}log"))
    });
    name.take(1).next().unwrap_or_else(|| "log".to_owned())
}

/// Reads an input in blocks of about this many bytes; with an odd number the XML reader takes all tags.
pub fn read_in_blocks(
    input: &dyn Bytes,
    options: &ReadOptions,
    block: usize,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let limits = Limits {
        block,
        batch: 3,
        plain: block.is_multiple_of(2),
        ..Limits::usual()
    };
    read_with(input, options, limits, progress)
}

fn read_with(
    input: &dyn Bytes,
    options: &ReadOptions,
    limits: Limits,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let mut document = Document::open(input, options, limits)?;
    let mut outcome = load(&document, options, limits, progress)?;
    // Of another encoding, letters are bytes that are not UTF-8; single bad bytes are damage.
    let not_utf8 = outcome.found.bad_utf8 > 0 && outcome.found.bad_utf8 >= outcome.found.good_utf8;
    if not_utf8 && document.text.may_change_encoding() {
        document.text.reconsider_encoding()?;
        document = Document::of(document.text, options, limits)?;
        outcome = load(&document, options, limits, progress)?;
    }
    finish(&document, outcome, options, progress)
}

fn load(
    document: &Document<'_>,
    options: &ReadOptions,
    limits: Limits,
    progress: &Progress,
) -> Result<Outcome, ImportError> {
    progress.enter(Stage::Reading);
    progress.bytes.store(0, Relaxed);
    progress.rows.store(0, Relaxed);
    let stream = document.text.stream(Some(progress));
    let (root, plan) = (&document.root, &document.plan);
    load::load(stream, root, plan, limits, options.first, progress)
}

/// Makes the log, and completes the report.
fn finish(
    document: &Document<'_>,
    mut outcome: Outcome,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let plan = &document.plan;
    let mut report = std::mem::take(&mut outcome.found.report);
    document.format().clone_into(&mut report.format);
    document.report(options, &outcome, &mut report);
    report.encoding = document.text.encoding_name();
    let some = outcome.rows.n_rows() > 0 || report.n_rejected > 0;
    if some && options.first.is_none() {
        check_names(document, &outcome, options)?;
    }
    if outcome.rows.n_rows() == 0 && report.n_rejected > 0 {
        return Err(nothing_loaded(plan, &report));
    }
    let mut builder = outcome.rows.into_builder();
    let schema = builder.schema_mut();
    let columns: Vec<&str> = schema.columns.iter().map(|c| c.name.as_str()).collect();
    let roles = plan.roles(&columns);
    let position = |role| columns.iter().position(|c| roles[role] == [*c]);
    schema.role_columns = PerRole::of_attributes(position);
    schema.roles = roles;
    report.mapping = document.mapping(builder.schema(), options);
    let (mut log, facts) = builder.finish(progress)?;
    // The standard writes numbers with a point.
    promote::promote(&mut log, false, options, &mut report);
    Ok(Loaded { log, report, facts })
}

/// Names that the user gave must be those of attributes.
fn check_names(
    document: &Document<'_>,
    outcome: &Outcome,
    options: &ReadOptions,
) -> Result<(), ImportError> {
    let plan = &document.plan;
    // The name of the trace identifies the case also where no trace has one.
    let by_trace = |role: Role| role == Role::Case && plan.by_trace;
    let given = |role: &Role| !options.columns[*role].is_empty() && !by_trace(*role);
    let mut keys = (Role::ALL.into_iter().filter(given)).flat_map(|role| plan.places[role].clone());
    match keys.find(|&key| !outcome.found.seen[key]) {
        Some(key) => Err(plan::unknown(&plan.keys[key].column(), &document.samples)),
        None => Ok(()),
    }
}

/// The error where all events were rejected.
fn nothing_loaded(plan: &Plan, report: &ImportReport) -> ImportError {
    let first = report.rejects.first();
    let lacked = first.and_then(|reject| match reject.reason {
        Reason::EmptyTime => Some(Role::Time),
        Reason::EmptyActivity => Some(Role::Activity),
        _ => None,
    });
    let Some(role) = lacked else {
        return report.nothing_loaded("event");
    };
    let key = super::text::shown(&plan.of(role)[0].column());
    let error = ImportError::Refused {
        line: first.and_then(|reject| reject.line),
        message: format!("no event could be loaded: they lack {key}"),
    };
    error.mendable([Setting::Column(role)])
}
