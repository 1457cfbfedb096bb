//! Directly-follows edges, most frequent first.

use super::list::{ListReport, listing, sort_option};
use super::versus::compared;
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{EdgesQuery, Features};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "dfg",
    about: "Directly-follows relations: frequency and time between the events",
    options: sort_option::<EdgesQuery>,
    compares: true,
    make,
};

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let query = EdgesQuery {
        listing: listing::<EdgesQuery>(ask, matches),
    };
    if ask.compares() {
        return compared(ask, matches, query, Features::of(ask.info()));
    }
    let report = ListReport::ask(ask, &query, Features::of(ask.info()))?;
    Ok(Box::new(report.without_total()))
}
