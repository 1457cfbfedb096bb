//! Activities: how often, starts, ends, rework; of activity instances service and waiting.

use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{ActivitiesQuery, Features};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "activities",
    about: "The activities: frequency, starts, ends, rework, service, waiting",
    options: sort_option::<ActivitiesQuery>,
    make,
    versus: Ok(versus::make::<ActivitiesQuery>),
};

impl Reported for ActivitiesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let listing = listing::<ActivitiesQuery>(ask, matches)?;
        Ok((ActivitiesQuery { listing }, Features::of(ask.info())))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = ActivitiesQuery::asked(ask, matches)?;
    let mut report = ListReport::ask(ask, &query, features)?.without_total();
    report.features.suspended = report.rows.rows.iter().any(|row| row.active.is_some());
    Ok(Box::new(report))
}
