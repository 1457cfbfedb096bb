//! The cases, longest first unless asked otherwise.

use super::list::{ListReport, columns_option, features, listing, sort_option};
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{CasesQuery, List};
use clap::{ArgMatches, Command};

pub(super) const SPEC: Spec = Spec {
    name: "cases",
    about: "The cases with events, start, end and duration, longest first",
    options,
    make,
    versus: Err("it lists single cases, and a case has one set of figures whatever selects it"),
};

fn options(command: Command) -> Command {
    columns_option(sort_option::<CasesQuery>(command), CasesQuery::schema())
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let query = CasesQuery {
        listing: listing::<CasesQuery>(ask, matches)?,
        variants: Vec::new(),
    };
    let report = ListReport::ask(ask, &query, features(ask, matches))?;
    Ok(Box::new(report))
}
