//! Where cases wait: steps, activities and resources, ranked.

use super::list::{ListReport, listing, sort_option};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{BottlenecksQuery, Features, Kind};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueEnum};

pub(super) const SPEC: Spec = Spec {
    name: "bottlenecks",
    about: "Where cases wait, by total, p90, growth or breaches; gain of shorter waits",
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

fn options(command: Command) -> Command {
    let by = Arg::new("by").long("by").value_name("WHAT");
    let by = by.value_parser(clap::value_parser!(By));
    let gain = Arg::new("gain").long("gain").action(ArgAction::SetTrue);
    sort_option::<BottlenecksQuery>(command)
        .arg(by.help("Rows of the report [default: step]"))
        .arg(gain.help("Add the gain if no wait exceeded its 25th percentile"))
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
    let gains = matches.get_flag("gain");
    let query = BottlenecksQuery {
        kind,
        listing: listing::<BottlenecksQuery>(ask, matches),
        gains,
    };
    let features = Features {
        by,
        extra: gains,
        ..Features::of(ask.info())
    };
    Ok(Box::new(ListReport::ask(ask, &query, features)?))
}
