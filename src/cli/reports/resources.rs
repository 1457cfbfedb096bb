//! Resources: events, cases and activities of each.

use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{Features, ResourcesQuery};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "resources",
    about: "The resources: events, cases and activities of each",
    options: sort_option::<ResourcesQuery>,
    make,
    versus: Ok(versus::make::<ResourcesQuery>),
};

impl Reported for ResourcesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let listing = listing::<ResourcesQuery>(ask, matches)?;
        Ok((ResourcesQuery { listing }, Features::of(ask.info())))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = ResourcesQuery::asked(ask, matches)?;
    let mut report = ListReport::ask(ask, &query, features)?.without_total();
    if ask.info().resource.is_none() && !report.heading.is_empty() {
        let why = "; the log has no resource (--resource COL names its column)";
        report.heading.push_str(why);
    }
    Ok(Box::new(report))
}
