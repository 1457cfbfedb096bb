//! Where the time goes: throughput and age of cases, service, waiting, idle and sojourn.

use super::list::ListReport;
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{Features, Sort, Subject, TimesBy, TimesQuery};
use crate::text;
use clap::{Arg, ArgMatches, Command, ValueEnum};

pub(super) const SPEC: Spec = Spec {
    name: "times",
    about: "Service, waiting and other times, --by activity, resource or edge",
    options,
    make,
};

/// Rows of the report.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// Cases
    Case,
    /// Each activity
    Activity,
    /// Each resource
    Resource,
    /// Each step from one activity to the next
    Edge,
}

fn options(command: Command) -> Command {
    let by = Arg::new("by").long("by").value_name("WHAT");
    let by = by.value_parser(clap::value_parser!(By));
    command.arg(by.help("Rows of the report [default: case]"))
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (by, word) = match matches.get_one("by") {
        None | Some(By::Case) => (TimesBy::Case, "case"),
        Some(By::Activity) => (TimesBy::Each(Subject::Activity), "activity"),
        Some(By::Resource) => (TimesBy::Each(Subject::Resource), "resource"),
        Some(By::Edge) => (TimesBy::Edge, "edge"),
    };
    if word == "resource" && ask.info().resource.is_none() {
        return Err(Failure::usage(
            "the log has no resource (--resource COL names its column)",
        ));
    }
    let listing = ask.listing(Sort::first::<TimesQuery>());
    let times = ask.answer(&TimesQuery { by, listing })?;
    let mut heading = ask.selection()?;
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
