//! Directly-follows edges, most frequent first.

use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{EdgesQuery, Features};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "dfg",
    about: "Directly-follows relations: frequency and time between the events",
    options: sort_option::<EdgesQuery>,
    make,
    versus: Ok(versus::make::<EdgesQuery>),
};

impl Reported for EdgesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let listing = listing::<EdgesQuery>(ask, matches)?;
        Ok((EdgesQuery { listing }, Features::of(ask.info())))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = EdgesQuery::asked(ask, matches)?;
    let report = ListReport::ask(ask, &query, features)?;
    Ok(Box::new(report.without_total()))
}
