//! Activities: how often, starts, ends, rework; of activity instances service and waiting.

use super::list::{ListReport, listing, sort_option};
use super::versus::compared;
use super::{ReportContext, ReportResult, Spec};
use crate::engine::{ActivitiesQuery, Features};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "activities",
    about: "The activities: frequency, starts, ends, rework, service, waiting",
    options: sort_option::<ActivitiesQuery>,
    compares: true,
    make,
};

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let query = ActivitiesQuery {
        listing: listing::<ActivitiesQuery>(ask, matches),
    };
    if ask.compares() {
        return compared(ask, matches, query, Features::of(ask.info()));
    }
    let mut report = ListReport::ask(ask, &query, Features::of(ask.info()))?.without_total();
    report.features.suspended = report.rows.rows.iter().any(|row| row.active.is_some());
    Ok(Box::new(report))
}
