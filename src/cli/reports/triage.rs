//! Open cases: last step and time since, next deadline, and groups by last step and resource.

use super::by::{self, Choices};
use super::list::{self, columns, columns_option, features, listing, sort_option};
use super::{Report, ReportContext, ReportResult, Spec};
use crate::cli::json::{self, Instant, Json, Number};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Features, List, Subject, Triage, TriagePlace, TriageQuery};
use crate::text;
use clap::{ArgMatches, Command};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "triage",
    about: "Open cases, most urgent first: last step, wait since then, next deadline",
    options,
    make,
    versus: Err("it lists single open cases by urgency"),
};

const BY: Choices<Subject> = &[
    (
        Subject::Activity.word(),
        "Their last activity",
        Subject::Activity,
    ),
    (Subject::Resource.word(), "Who did that", Subject::Resource),
];

/// Columns that are predicted.
const PREDICTED: [&str; 6] = [
    "late",
    "late_state",
    "late_share",
    "left_p50",
    "left_p90",
    "next",
];

fn options(command: Command) -> Command {
    let by = by::option(BY, "Groups of open cases [default: activity]");
    let command = columns_option(sort_option::<TriageQuery>(command), TriageQuery::schema());
    command.arg(by)
}

struct TriageReport {
    triage: Triage,
    by: &'static str,
    features: Features,
    limit: usize,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (by, subject) = by::chosen(BY, ask, matches)?;
    let listing = listing::<TriageQuery>(ask, matches)?;
    // Learning takes its time: only for those who ask for what was learned.
    let is_predicted = |name: &str| PREDICTED.contains(&name);
    let columns = columns(matches);
    let shown = columns
        .iter()
        .any(|key| key.own().is_some_and(is_predicted));
    let request = TriageQuery {
        gathering: subject,
        wait: shown || listing.sort.own().is_some_and(is_predicted),
        learned: 0,
        listing,
    };
    let triage = ask.answer(&request)?;
    Ok(Box::new(TriageReport {
        by,
        features: Features {
            extra: triage.predicted,
            ..features(ask, matches)
        },
        triage,
        limit: ask.common.printing.limit(),
    }))
}

#[derive(Serialize)]
struct TriageJson<E, C, P> {
    now: Instant,
    open: u64,
    ends: E,
    ends_guessed: bool,
    reference: Reference,
    period: Number,
    open_before: u64,
    came: u64,
    went: u64,
    cases: C,
    places: P,
}

/// The population that `unusual`, `usually_next`, `open_before`, `came` and `went` are about: all cases
/// that `--as-of` and `--events` leave.
#[derive(Serialize)]
struct Reference {
    cases: u64,
    open: u64,
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    open: u64,
    open_before: u64,
    median: Number,
    longest: Number,
    unusual: u64,
}

impl TriageReport {
    fn places(&self) -> Table<'_> {
        let mut columns = vec![Column::text(match self.by {
            "activity" => "last step",
            _ => "last handled by",
        })];
        let figures = ["open", "a period ago", "median", "longest", "unusual"];
        columns.extend(figures.map(Column::figure));
        let places = &self.triage.places;
        let shown = &places[..places.len().min(self.limit)];
        Table::new(columns, shown, |place| {
            vec![
                place.name.as_str().into(),
                place.open.into(),
                place.before.into(),
                Cell::Seconds(place.median),
                Cell::Seconds(place.longest),
                place.unusual.into(),
            ]
        })
    }
}

impl Report for TriageReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let (triage, by) = (&self.triage, self.by);
        Box::new(TriageJson {
            now: Instant(triage.now),
            open: triage.open,
            ends: json::list(&triage.ending.ends, ToString::to_string),
            ends_guessed: triage.ending.guess.is_some(),
            reference: Reference {
                cases: triage.log_cases,
                open: triage.log_open,
            },
            period: Number(triage.period),
            open_before: triage.before,
            came: triage.flow.0,
            went: triage.flow.1,
            cases: list::json::<TriageQuery>(&triage.rows.rows, &self.features),
            places: json::list(&triage.places, move |place: &TriagePlace| PlaceJson {
                activity: (by == "activity").then_some(&*place.name),
                resource: (by == "resource").then_some(&*place.name),
                open: place.open,
                open_before: place.before,
                median: Number(place.median),
                longest: Number(place.longest),
                unusual: place.unusual,
            }),
        })
    }

    fn heading(&self) -> String {
        let triage = &self.triage;
        format!(
            "{}; {}",
            text::safe(&triage.ending.in_words()),
            triage.change()
        )
    }

    fn list(&self) -> Table<'_> {
        list::table::<TriageQuery>(&self.triage.rows.rows, &self.features)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        match self.triage.open {
            0 => Vec::new(),
            _ => vec![self.list(), self.places()],
        }
    }

    fn total(&self) -> Option<usize> {
        Some(self.triage.rows.total)
    }
}
