//! Resources: events, cases and activities of each.

use super::list::{ListReport, listing, sort_option};
use super::versus::compared;
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{Features, ResourcesQuery};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "resources",
    about: "The resources: events, cases and activities of each",
    options: sort_option::<ResourcesQuery>,
    compares: true,
    make,
};

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let query = ResourcesQuery {
        listing: listing::<ResourcesQuery>(ask, matches),
    };
    if ask.compares() {
        return compared(ask, matches, query, Features::of(ask.info()));
    }
    let mut report = ListReport::ask(ask, &query, Features::of(ask.info()))?.without_total();
    if ask.info().resource.is_none() && !report.heading.is_empty() {
        let why = "; the log has no resource (--resource COL names its column)";
        report.heading.push_str(why);
    }
    Ok(Box::new(report))
}
