//! The reports: one file and one line of [`REPORTS`] each. A report asks the engine and has its
//! answer ready as JSON and as tables; formats, files and exit codes are not its business.

mod activities;
mod actors;
mod before;
mod bottlenecks;
mod by;
mod cases;
mod check;
mod conform;
mod cost;
mod dfg;
mod discover;
pub mod document;
mod dotted;
mod ends;
mod events;
mod facet;
mod findings;
mod flow;
mod funnel;
mod handover;
mod journey;
mod list;
mod load;
mod map;
mod milestones;
mod notes;
mod paired;
mod perf;
mod predict;
mod quality;
mod queues;
mod reference;
mod resources;
mod rules;
mod spectrum;
mod split;
mod summary;
mod times;
mod trend;
mod triage;
mod variants;
mod versus;
mod week;
mod why;

use super::args::{Common, Format};
use super::failure::{Failure, code};
use super::json::Json;
use super::load::LoadCost;
use super::table::Table;
use super::watch;
use crate::engine::queries::starts_ends::StartsEndsQuery;
use crate::engine::{
    self, Analysis, Answers, AskError, Listing, LogInfo, Page, Query, Size, Sort, Summary,
    SummaryQuery, Suppressed, View,
};
use crate::source::Input;
use crate::text;
use clap::{ArgMatches, Command, ValueEnum};
use std::sync::Arc;

/// A report in the registry.
#[derive(Debug)]
pub struct Spec {
    /// The word on the command line.
    pub name: &'static str,
    /// One line for help.
    pub about: &'static str,
    /// Adds the options that only this report has.
    pub options: fn(Command) -> Command,
    /// Asks for what it reports.
    pub make: Make,
    /// Compares two selections; or why the report cannot, as the end of a sentence.
    pub versus: Result<Make, &'static str>,
}

impl Spec {
    /// Tests whether the report has a format.
    pub fn has(&self, format: Format) -> bool {
        let documents = DOCUMENTS.iter().find(|(name, _)| *name == self.name);
        let of_all = [Format::Table, Format::Json, Format::Csv, Format::Markdown];
        of_all.contains(&format) || documents.is_some_and(|(_, formats)| formats.contains(&format))
    }

    /// Makes the report that the options ask for: of two selections with `--versus`.
    ///
    /// # Errors
    /// An option is wrong, or the report cannot compare.
    pub fn report(&self, ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
        let make = match (&ask.view.versus, self.versus) {
            (None, _) => self.make,
            (Some(_), Ok(make)) => make,
            (Some(_), Err(why)) => return Err(Failure::usage(why)),
        };
        make(ask, matches)
    }
}

/// Asks for what a report reports.
pub type Make = fn(&ReportContext<'_>, &ArgMatches) -> ReportResult;

/// Treatment of open cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OpenCases {
    /// Counted only where their result is known already
    Apart,
    /// Counted as if they had ended
    Ended,
}

/// A report, or why there is none.
pub type ReportResult = Result<Box<dyn Report>, Failure>;

/// All reports, in the order of help.
pub const REPORTS: &[Spec] = &[
    summary::SPEC,
    findings::SPEC,
    variants::SPEC,
    activities::SPEC,
    dfg::SPEC,
    map::SPEC,
    versus::spec::<StartsEndsQuery>(),
    ends::SPEC,
    bottlenecks::SPEC,
    cases::SPEC,
    events::SPEC,
    notes::SPEC,
    resources::SPEC,
    load::SPEC,
    handover::SPEC,
    cost::SPEC,
    dotted::SPEC,
    spectrum::SPEC,
    times::SPEC,
    milestones::SPEC,
    check::SPEC,
    rules::SPEC,
    conform::SPEC,
    discover::SPEC,
    triage::SPEC,
    predict::SPEC,
    flow::SPEC,
    split::SPEC,
    facet::SPEC,
    funnel::SPEC,
    before::SPEC,
    journey::SPEC,
    queues::SPEC,
    week::SPEC,
    trend::SPEC,
    why::SPEC,
    quality::SPEC,
    document::SPEC,
    perf::SPEC,
];

/// Formats that only some reports have, by the names of these.
const DOCUMENTS: &[(&str, &[Format])] = &[
    (map::SPEC.name, map::DRAWINGS),
    (discover::SPEC.name, discover::DOCUMENTS),
    (events::SPEC.name, events::DOCUMENTS),
    (document::SPEC.name, document::FORMATS),
];

/// Tests whether a report compares with these options: `why --of` explains one selection.
///
/// # Errors
/// Why it does not, as the end of a sentence.
pub fn compares(spec: &Spec, matches: &ArgMatches) -> Result<(), &'static str> {
    let explains = spec.name == why::SPEC.name && matches.contains_id(why::OF);
    if explains {
        return Err("--of explains the cases of one selection");
    }
    Ok(())
}

/// Reads the files of a report that has some besides those of all, before a log is opened.
///
/// # Errors
/// A file cannot be read, or is wrong.
pub fn prepare(spec: &Spec, common: &mut Common, matches: &ArgMatches) -> Result<(), Failure> {
    if spec.name == document::SPEC.name {
        document::prepare(common, matches)?;
    }
    Ok(())
}

/// A report that has its figures.
pub trait Report {
    /// As one JSON object, with the keys that users rely on.
    fn json(&self) -> Box<dyn Json + '_>;

    /// Line that says which cases and events the figures cover.
    fn heading(&self) -> String;

    /// The list that the report is about: all that CSV can hold.
    fn list(&self) -> Table<'_>;

    /// The tables for a person, one below the other.
    fn tables(&self) -> Vec<Table<'_>> {
        vec![self.list()]
    }

    /// The report as lines of text in place of the tables, where this was asked for.
    fn plain(&self) -> Option<String> {
        None
    }

    /// The report in a format of documents, where it has one.
    fn document(&self, _format: Format) -> Option<String> {
        None
    }

    /// True if a checked rule is broken.
    fn is_broken(&self) -> bool {
        false
    }

    /// The end of the program, once the report is written.
    ///
    /// # Errors
    /// A checked rule is broken, or a part of the report could not be made.
    fn verdict(&self) -> Result<(), Failure> {
        if self.is_broken() {
            return Err(Failure::new(code::BROKEN, ""));
        }
        Ok(())
    }

    /// Keeps what the next run is compared with, once the report is written.
    ///
    /// # Errors
    /// It cannot be written.
    fn keep(&self) -> Result<(), Failure> {
        Ok(())
    }

    /// Rows there are, where the list may have been cut.
    fn total(&self) -> Option<usize> {
        None
    }

    /// Rows of the list that are left out as they are of few cases.
    fn suppressed(&self) -> Suppressed {
        Suppressed::default()
    }
}

/// Inputs of a report: options, load, and queries on the log.
pub struct ReportContext<'a> {
    /// The log, here or in an engine.
    pub log: &'a dyn Answers,
    /// Options of the command line.
    pub common: &'a Common,
    /// Result of the load.
    pub load: LoadCost,
    view: View,
    /// Input from which the log was read, where it is known.
    inputs: Arc<Vec<Input>>,
}

impl<'a> ReportContext<'a> {
    /// Questions about the view that the user asked for.
    pub fn new(log: &'a dyn Answers, common: &'a Common, load: LoadCost) -> Self {
        let context = ReportContext {
            log,
            common,
            load,
            view: View::default(),
            inputs: Arc::default(),
        };
        let view = context.redacted_view(common.view());
        ReportContext { view, ..context }
    }

    /// With the input from which the log was read.
    #[must_use]
    pub fn of_inputs(self, inputs: Arc<Vec<Input>>) -> Self {
        ReportContext { inputs, ..self }
    }

    /// The same about another view.
    pub fn about(&self, view: View) -> ReportContext<'a> {
        ReportContext {
            view,
            log: self.log,
            common: self.common,
            load: self.load,
            inputs: Arc::clone(&self.inputs),
        }
    }

    /// Facts that do not depend on the view.
    pub fn info(&self) -> &LogInfo {
        self.log.info()
    }

    /// The analysis, for reports that need more than answers.
    ///
    /// # Errors
    /// The log is in an engine.
    pub fn analysis(&self) -> Result<&'a Analysis, Failure> {
        let elsewhere = || AskError::NotThere("this report".to_owned());
        Ok(self.log.analysis().ok_or_else(elsewhere)?)
    }

    /// A view as the log shows it; see [`Analysis::redacted_view`].
    pub fn redacted_view(&self, view: View) -> View {
        match self.log.analysis() {
            Some(analysis) => analysis.redacted_view(view),
            None => view,
        }
    }

    /// A filter as the log shows it; see [`Analysis::redacted_filter`].
    pub fn redacted_filter(&self, text: &str) -> String {
        let analysis = self.log.analysis();
        analysis.map_or_else(
            || text.to_owned(),
            |analysis| analysis.redacted_filter(text),
        )
    }

    /// The answer to a query about the view.
    pub fn answer<Q: Query>(&self, query: &Q) -> Result<Q::Answer, Failure> {
        // No newer question makes this one needless.
        Ok(engine::ask(self.log, &self.view, query, watch::stop())?)
    }

    /// The answers to a query about A and about B.
    pub fn sides<Q: Query>(&self, query: &Q) -> Result<[Q::Answer; 2], Failure> {
        let a = self.answer(query)?;
        let view = View {
            filters: self.view.versus.clone().unwrap_or_default(),
            ..self.view.clone()
        };
        Ok([a, engine::ask(self.log, &view, query, watch::stop())?])
    }

    /// The figures of the view.
    pub fn summary(&self) -> Result<Summary, Failure> {
        self.answer(&SummaryQuery)
    }

    /// The beginning of a list, as long as the user wants it.
    pub fn listing(&self, sort: Sort) -> Listing {
        Listing {
            sort: sort.column,
            descending: sort.descending,
            page: Page::first(self.common.printing.limit()),
            ..Listing::by("")
        }
    }

    /// Sentence about the selection, for above a table; empty in formats for machines.
    pub fn selection(&self) -> Result<String, Failure> {
        match self.common.printing.format() {
            Format::Table | Format::Markdown => {
                let size = self.log.size(&self.view, watch::stop())?;
                let selection = selection(&size);
                Ok(match self.info().least {
                    0 => selection,
                    least => format!("{selection}; {}", without_small_groups(least)),
                })
            }
            _ => Ok(String::new()),
        }
    }
}

/// Clause on groups that are not shown.
pub(super) fn without_small_groups(least: u64) -> String {
    format!("groups of fewer than {least} cases are left out")
}

/// "4,580 cases, 21,348 events", or "12 of 4,580 cases, 96 of 21,348 events".
fn selection(size: &Size) -> String {
    let part = |n: u64, total: u64, one: &str, many: &str| {
        if n == total {
            text::counted(n, one, many)
        } else {
            format!("{} of {}", text::count(n), text::counted(total, one, many))
        }
    };
    format!(
        "{}, {}",
        part(size.cases, size.total_cases, "case", "cases"),
        part(size.events, size.total_events, "event", "events")
    )
}

/// Returns the error for options that clap accepted but the options struct of the report does not:
/// a defect.
fn options_do_not_fit() -> Failure {
    Failure::new(
        code::DEFECT,
        "internal error: options do not fit the report",
    )
}

/// No options of its own.
fn no_options(command: Command) -> Command {
    command
}
