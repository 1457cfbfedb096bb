//! Where cases wait: steps, activities and resources, ranked.

use super::list::ListReport;
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{BottlenecksQuery, Features, Kind};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueEnum};

pub(super) const SPEC: Spec = Spec {
    name: "bottlenecks",
    about: "Where cases wait, by total, p90, growth or breaches; what less waiting would gain",
    options,
    make,
};

/// Kind of rows to rank.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// Steps from one activity to the next
    Step,
    /// Activities
    Activity,
    /// Resources
    Resource,
}

/// By which figure.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sort {
    /// Sum of the waits
    Total,
    /// Median wait
    Median,
    /// 90th percentile of the wait
    P90,
    /// Growth of the mean wait, last quarter of the time against the one before
    Growth,
    /// Breaches of deadlines of which it was the longest wait
    Breaches,
}

fn options(command: Command) -> Command {
    let by = Arg::new("by").long("by").value_name("WHAT");
    let by = by.value_parser(clap::value_parser!(By));
    let sort = Arg::new("sort").long("sort").value_name("FIGURE");
    let sort = sort.value_parser(clap::value_parser!(Sort));
    let gain = Arg::new("gain").long("gain").action(ArgAction::SetTrue);
    command
        .arg(by.help("What is ranked [default: step]"))
        .arg(sort.help("Largest first [default: total]"))
        .arg(gain.help("Tell what cutting each wait to its 25th percentile would gain"))
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (kind, by) = match matches.get_one("by") {
        None | Some(By::Step) => (Kind::Step, "step"),
        Some(By::Activity) => (Kind::Activity, "activity"),
        Some(By::Resource) => (Kind::Resource, "resource"),
    };
    if kind == Kind::Resource && ask.info().resource.is_none() {
        return Err(Failure::usage(
            "the log has no resource (--resource COL names its column)",
        ));
    }
    let sort = match matches.get_one("sort") {
        None | Some(Sort::Total) => "total",
        Some(Sort::Median) => "median",
        Some(Sort::P90) => "p90",
        Some(Sort::Growth) => "growth",
        Some(Sort::Breaches) => "breaches",
    };
    let gains = matches.get_flag("gain");
    let query = BottlenecksQuery {
        kind,
        listing: ask.listing(sort, true),
        gains,
    };
    let features = Features {
        by,
        extra: gains,
        ..Features::of(ask.info())
    };
    Ok(Box::new(ListReport::ask(ask, &query, features)?))
}
