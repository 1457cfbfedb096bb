//! Where cases wait: steps, activities and resources, ranked.

use super::by::{self, Choices};
use super::list::{ListReport, listing, sort_option};
use super::versus::compared;
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{BottlenecksQuery, Features, Kind};
use clap::{Arg, ArgAction, ArgMatches, Command};

pub(super) const SPEC: Spec = Spec {
    name: "bottlenecks",
    about: "Where cases wait, by total, p90, growth or breaches; gain of shorter waits",
    options,
    compares: true,
    make,
};

const BY: Choices<Kind> = &[
    (
        Kind::Step.word(),
        "Steps from one activity to the next",
        Kind::Step,
    ),
    (Kind::Activity.word(), "Activities", Kind::Activity),
    (Kind::Resource.word(), "Resources", Kind::Resource),
];

fn options(command: Command) -> Command {
    let by = by::option(BY, "Rows of the report [default: step]");
    let gain = Arg::new("gain").long("gain").action(ArgAction::SetTrue);
    sort_option::<BottlenecksQuery>(command)
        .arg(by)
        .arg(gain.help("Add the gain if no wait exceeded its 25th percentile"))
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (by, kind) = by::chosen(BY, ask, matches)?;
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
    if ask.compares() {
        return compared(ask, matches, query, features);
    }
    Ok(Box::new(ListReport::ask(ask, &query, features)?))
}
