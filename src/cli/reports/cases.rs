//! The cases, longest first unless asked otherwise.

use super::list::{ListReport, listing, sort_option};
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{CasesQuery, Features};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "cases",
    about: "The cases with events, start, end and duration, longest first",
    options: sort_option::<CasesQuery>,
    make,
};

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let query = CasesQuery {
        listing: listing::<CasesQuery>(ask, matches),
        variant: None,
    };
    let report = ListReport::ask(ask, &query, Features::of(ask.info()))?;
    Ok(Box::new(report))
}
