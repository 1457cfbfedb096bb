//! Where the time goes: throughput and age of cases, service, waiting, idle and sojourn.

use super::by::{self, Choices};
use super::list::ListReport;
use super::versus::compared;
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{Features, Sort, Subject, TimesBy, TimesQuery};
use crate::text;
use clap::{ArgMatches, Command};

pub(super) const SPEC: Spec = Spec {
    name: "times",
    about: "Service, waiting and other times, --by activity, resource or edge",
    options,
    compares: true,
    make,
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

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (word, by) = by::chosen(BY, ask, matches)?;
    let listing = ask.listing(Sort::first::<TimesQuery>());
    let query = TimesQuery { by, listing };
    if ask.compares() {
        let features = Features {
            by: word,
            ..Features::of(ask.info())
        };
        return compared(ask, matches, query, features);
    }
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
        features: Features {
            by: word,
            ..Features::of(ask.info())
        },
    }))
}
