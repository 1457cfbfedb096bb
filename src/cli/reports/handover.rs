//! Handovers between resources, or between the values of another column, and ping-pongs.

use super::actors;
use super::list::{self, SuppressedJson, listing, sort_option, suppressed_json, table};
use super::versus::{self, Reported};
use super::{Report, ReportContext, ReportResult, Spec};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::json::Json;
use crate::cli::table::Table;
use crate::engine::{
    Features, Handovers, HandoversQuery, List, PingPongQuery, PingPongs, Sort, Suppressed,
};
use crate::filter::Field;
use crate::text::{count, counted};
use clap::{ArgMatches, Command};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "handover",
    about: "Who passes cases on to whom, how long that takes, and what goes back and forth",
    options,
    make,
    versus: Ok(versus::make::<HandoversQuery>),
};

fn options(command: Command) -> Command {
    sort_option::<HandoversQuery>(actors::option(command))
}

impl Reported for HandoversQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let query = HandoversQuery {
            by: actors::required(ask, matches)?,
            listing: listing::<HandoversQuery>(ask, matches)?,
        };
        let features = Features {
            extra: ask.common.printing.format() != Format::Table,
            ..Features::of(ask.info())
        };
        Ok((query, features))
    }
}

struct HandoverReport {
    heading: String,
    by: Field,
    handovers: Handovers,
    ping_pongs: PingPongs,
    features: Features,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = HandoversQuery::asked(ask, matches)?;
    let handovers = ask.answer(&query)?;
    let ping_pongs = ask.answer(&PingPongQuery {
        by: query.by.clone(),
        listing: ask.listing(Sort::first::<PingPongQuery>()),
    })?;
    Ok(Box::new(HandoverReport {
        heading: ask.selection()?,
        by: query.by,
        handovers,
        ping_pongs,
        features,
    }))
}

#[derive(Serialize)]
struct HandoverJson<P, Q> {
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    handovers: u64,
    same: u64,
    unknown: u64,
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<SuppressedJson>,
    pairs: P,
    ping_pong: Q,
    ping_pong_total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ping_pong_suppressed: Option<SuppressedJson>,
    ping_pong_cases: u64,
}

impl Report for HandoverReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let steps = self.handovers.steps;
        let (pairs, ping_pong) = (&self.handovers.rows, &self.ping_pongs.rows);
        Box::new(HandoverJson {
            by: (self.by != Field::Resource).then(|| self.by.to_string()),
            handovers: steps.handovers,
            same: steps.same,
            unknown: steps.unknown,
            total: pairs.total,
            suppressed: suppressed_json(pairs.suppressed),
            pairs: list::json::<HandoversQuery>(&pairs.rows, &self.features),
            ping_pong: list::json::<PingPongQuery>(&ping_pong.rows, &self.features),
            ping_pong_total: ping_pong.total,
            ping_pong_suppressed: suppressed_json(ping_pong.suppressed),
            ping_pong_cases: steps.ping_pong_cases,
        })
    }

    fn suppressed(&self) -> Suppressed {
        self.handovers
            .rows
            .suppressed
            .and(self.ping_pongs.rows.suppressed)
    }

    fn heading(&self) -> String {
        let steps = self.handovers.steps;
        let ping_pong = counted(steps.ping_pong_cases, "case", "cases");
        format!(
            "{}; {}, {} kept by the same, {} with a missing value; ping-pong in {ping_pong}",
            self.heading,
            counted(steps.handovers, "handover", "handovers"),
            counted(steps.same, "step", "steps"),
            count(steps.unknown),
        )
    }

    fn list(&self) -> Table<'_> {
        table::<HandoversQuery>(&self.handovers.rows.rows, &self.features)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let mut tables = vec![self.list()];
        if !self.ping_pongs.rows.rows.is_empty() {
            let rows = &self.ping_pongs.rows.rows;
            tables.push(table::<PingPongQuery>(rows, &self.features));
        }
        tables
    }

    fn total(&self) -> Option<usize> {
        // There are no more ping-pongs than handovers: each has one of both directions.
        Some(HandoversQuery::rows(&self.handovers).total)
    }
}
