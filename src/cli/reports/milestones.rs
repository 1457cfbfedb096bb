//! Times that cases take to reach milestones.

use super::list::ListReport;
use super::{ReportContext, ReportResult, Spec, no_options};
use crate::engine::{Features, Listing, MilestonesQuery};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "milestones",
    about: "Durations until milestones (--rules, --milestone)",
    options: no_options,
    make,
};

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let query = MilestonesQuery {
        listing: Listing::by("defined"),
    };
    let mut report = ListReport::ask(ask, &query, Features::of(ask.info()))?.without_total();
    if report.rows.rows.is_empty() {
        report.heading.push_str(
            "; no milestone is defined (--milestone auto, 'NAME = last \"Resolved\"', or --rules FILE)",
        );
    }
    Ok(Box::new(report))
}
