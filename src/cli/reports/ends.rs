//! Last activities: where cases stop, and which activities end a case.

use super::flow::{EndingJson, heading};
use super::list::{ListReport, listing, sort_option};
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{EndsQuery, Features};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "ends",
    about: "Activities at which cases stop, and which of them end a case",
    options: sort_option::<EndsQuery>,
    make,
};

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let ends = ask.answer(&EndsQuery {
        listing: listing::<EndsQuery>(ask, matches),
    })?;
    Ok(Box::new(ListReport::<EndsQuery> {
        heading: heading(&ask.selection()?, &ends.ending),
        before: EndingJson::of(&ends.ending).object(),
        has_total: true,
        rows: ends.rows,
        features: Features::of(ask.info()),
    }))
}
