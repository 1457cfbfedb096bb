//! Last activities: where cases stop, and which activities end a case.

use super::flow::{EndingJson, heading};
use super::list::{ListReport, listing, sort_option};
use super::versus::compared;
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{EndsQuery, Features};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "ends",
    about: "Activities at which cases stop, and which of them end a case",
    options: sort_option::<EndsQuery>,
    compares: true,
    make,
};

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let query = EndsQuery {
        listing: listing::<EndsQuery>(ask, matches),
    };
    if ask.compares() {
        return compared(ask, matches, query, Features::of(ask.info()));
    }
    let ends = ask.answer(&query)?;
    Ok(Box::new(ListReport::<EndsQuery> {
        heading: heading(&ask.selection()?, &ends.ending),
        before: EndingJson::of(&ends.ending).object(),
        has_total: true,
        rows: ends.rows,
        features: Features::of(ask.info()),
    }))
}
