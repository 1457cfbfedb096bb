//! Where the time goes: throughput and age of cases, service, waiting, idle and sojourn.

use super::by::{self, Choices};
use super::list::ListReport;
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{Features, Sort, Subject, TimesBy, TimesQuery};
use crate::text;
use clap::{ArgMatches, Command};

pub(super) const SPEC: Spec = Spec {
    name: "times",
    about: "Service, waiting and other times, --by activity, resource or edge",
    options,
    make,
    versus: Ok(versus::make::<TimesQuery>),
};

const BY: Choices<TimesBy> = &[
    ("case", "Cases", TimesBy::Case),
    (
        "activity",
        "Each activity",
        TimesBy::Each(Subject::Activity),
    ),
    (
        "resource",
        "Each resource",
        TimesBy::Each(Subject::Resource),
    ),
    (
        "edge",
        "Each step from one activity to the next",
        TimesBy::Edge,
    ),
];

fn options(command: Command) -> Command {
    command.arg(by::option(BY, "Rows of the report [default: case]"))
}

impl Reported for TimesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let (word, by) = by::chosen(BY, ask, matches)?;
        let listing = ask.listing(Sort::first::<TimesQuery>());
        let features = Features {
            by: word,
            ..Features::of(ask.info())
        };
        Ok((TimesQuery { by, listing }, features))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = TimesQuery::asked(ask, matches)?;
    let times = ask.answer(&query)?;
    let mut heading = ask.selection()?;
    // Empty in formats for machines, which have `open_cases`.
    if !heading.is_empty() {
        let open = text::counted(times.open, "case is open", "cases are open");
        heading = format!("{heading}; {open}");
        if !ask.info().instances {
            heading.push_str("; no start times are known, so waits include work");
        }
    }
    let mut before = serde_json::Map::new();
    before.insert("open_cases".to_owned(), times.open.into());
    Ok(Box::new(ListReport::<TimesQuery> {
        heading,
        before,
        has_total: false,
        rows: times.rows,
        features,
    }))
}
