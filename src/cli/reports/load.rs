//! Load of resources, or of the values of another column.

use super::actors;
use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::engine::{Features, LoadQuery};
use clap::{ArgMatches, Command};

pub(super) const SPEC: Spec = Spec {
    name: "load",
    about: "How long resources are busy, and with how much at the same time",
    options,
    make,
    versus: Ok(versus::make::<LoadQuery>),
};

fn options(command: Command) -> Command {
    sort_option::<LoadQuery>(actors::option(command))
}

impl Reported for LoadQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let query = LoadQuery {
            by: actors::required(ask, matches)?,
            listing: listing::<LoadQuery>(ask, matches)?,
        };
        Ok((query, Features::of(ask.info())))
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = LoadQuery::asked(ask, matches)?;
    let loads = ask.answer(&query)?;
    let mut before = serde_json::Map::new();
    before.extend(actors::key(&query.by));
    before.insert("starts_known".to_owned(), loads.starts_known.into());
    let mut heading = ask.selection()?;
    if !loads.starts_known && !heading.is_empty() {
        heading.push_str(
            "; the log has no starts of events, so that it is unknown how long each took (--start COL, or \
             --lifecycle pairs)",
        );
    }
    Ok(Box::new(ListReport::<LoadQuery> {
        heading,
        before,
        has_total: true,
        rows: loads.rows,
        features,
    }))
}
