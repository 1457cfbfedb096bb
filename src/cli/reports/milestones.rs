//! Times that cases take to reach milestones.

use super::flow;
use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{EndsQuery, Features, Listing, MilestoneRow, MilestonesQuery};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "milestones",
    about: "Durations until milestones (--rules, --milestone)",
    options: sort_option::<MilestonesQuery>,
    make,
    versus: Ok(versus::make::<MilestonesQuery>),
};

impl Reported for MilestonesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let query = MilestonesQuery::figures(listing::<MilestonesQuery>(ask, matches)?);
        Ok((query, Features::of(ask.info())))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = MilestonesQuery::asked(ask, matches)?;
    let mut report = ListReport::ask(ask, &query, features)?.without_total();
    let is_end = |row: &MilestoneRow| row.definition.starts_with("end");
    if report.rows.rows.iter().any(is_end) {
        // Only a case that is over has an end: which are, may be a guess.
        let listing = Listing::by("cases");
        let ending = ask.answer(&EndsQuery { listing })?.ending;
        report.heading = flow::heading(&ask.selection()?, &ending);
    }
    if report.rows.rows.is_empty() {
        report.heading.push_str(
            "; no milestone is defined (--milestone auto, 'NAME = last \"Resolved\"', or --rules FILE)",
        );
    }
    Ok(Box::new(report))
}
