//! Resources: events, cases and activities of each.

use super::list::ListReport;
use super::{ReportContext, ReportResult, Spec, no_options};
use crate::engine::{Features, ResourcesQuery};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "resources",
    about: "Who does the work: events, cases, activities of each",
    options: no_options,
    make,
};

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let query = ResourcesQuery {
        listing: ask.listing("events", true),
    };
    let mut report = ListReport::ask(ask, &query, Features::of(ask.info()))?.without_total();
    if ask.info().resource.is_none() && !report.heading.is_empty() {
        let why = "; the log has no resource (--resource COL names its column)";
        report.heading.push_str(why);
    }
    Ok(Box::new(report))
}
