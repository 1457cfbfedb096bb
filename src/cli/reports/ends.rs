//! Last activities: where cases stop, and which activities end a case.

use super::flow::{EndingJson, heading};
use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{EndsQuery, Features};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "ends",
    about: "Activities at which cases stop, and which of them end a case",
    options: sort_option::<EndsQuery>,
    make,
    versus: Ok(versus::make::<EndsQuery>),
};

impl Reported for EndsQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let listing = listing::<EndsQuery>(ask, matches)?;
        Ok((EndsQuery { listing }, Features::of(ask.info())))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = EndsQuery::asked(ask, matches)?;
    let ends = ask.answer(&query)?;
    Ok(Box::new(ListReport::<EndsQuery> {
        heading: heading(&ask.selection()?, &ends.ending),
        before: EndingJson::of(&ends.ending).object(),
        has_total: true,
        rows: ends.rows,
        features,
    }))
}
