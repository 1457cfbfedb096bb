//! Directly-follows edges, most frequent first.

use super::list::ListReport;
use super::{ReportContext, ReportResult, Spec, no_options};
use crate::engine::{EdgesQuery, Features};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "dfg",
    about: "What directly follows what, how often, the time between them",
    options: no_options,
    make,
};

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let query = EdgesQuery {
        listing: ask.listing("count", true),
    };
    let report = ListReport::ask(ask, &query, Features::of(ask.info()))?;
    Ok(Box::new(report.without_total()))
}
