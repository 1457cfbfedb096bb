//! Times that cases take to reach milestones.

use super::list::{ListReport, listing, sort_option};
use super::versus::compared;
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{Features, MilestonesQuery};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "milestones",
    about: "Durations until milestones (--rules, --milestone)",
    options: sort_option::<MilestonesQuery>,
    compares: true,
    make,
};

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let query = MilestonesQuery::figures(listing::<MilestonesQuery>(ask, matches));
    if ask.compares() {
        return compared(ask, matches, query, Features::of(ask.info()));
    }
    let mut report = ListReport::ask(ask, &query, Features::of(ask.info()))?.without_total();
    if report.rows.rows.is_empty() {
        report.heading.push_str(
            "; no milestone is defined (--milestone auto, 'NAME = last \"Resolved\"', or --rules FILE)",
        );
    }
    Ok(Box::new(report))
}
