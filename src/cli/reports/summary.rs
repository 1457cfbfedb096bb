//! Size and period of the log, and how its columns were understood.

use super::versus::{ChangeJson, SidesJson, in_words};
use super::{Report, ReportContext, ReportResult, Spec, no_options, selection};
use crate::cli::args::Format;
use crate::cli::json::{Instant, Json, Number, Pairs};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    CHANGED, Listing, Stats, Summary, SummaryQuery, THROUGHPUT, TimesBy, TimesQuery, Versus,
    VersusChange, VersusQuery, VersusRow,
};
use crate::formats::{ImportReport, Reason};
use clap::ArgMatches;
use serde::Serialize;
use std::borrow::Cow;

pub(super) const SPEC: Spec = Spec {
    name: "summary",
    about: "Number of cases and events, period, durations of cases",
    options: no_options,
    make,
    versus: Ok(compared),
};

struct SummaryReport {
    summary: Summary,
    report: ImportReport,
}

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    Ok(Box::new(SummaryReport {
        summary: ask.summary()?,
        report: imported(ask),
    }))
}

/// The report on the import without its rejected rows.
fn imported(ask: &ReportContext<'_>) -> ImportReport {
    let mut report = ask.log.import().clone();
    report.rejects.clear();
    report
}

#[derive(Serialize)]
struct SummaryJson<'a, M> {
    events: u64,
    cases: u64,
    activities: u64,
    variants: u64,
    resources: Option<u64>,
    first_event: Option<Instant>,
    last_event: Option<Instant>,
    events_per_case: EventsPerCase,
    case_duration: CaseDuration,
    total: Total,
    rejected: Rejected<'a>,
    mapping: M,
}

#[derive(Serialize)]
struct EventsPerCase {
    min: Option<Number>,
    median: Option<Number>,
    mean: Option<Number>,
    max: Option<Number>,
}

#[derive(Serialize)]
struct CaseDuration {
    min: Option<Number>,
    median: Option<Number>,
    mean: Option<Number>,
    p90: Option<Number>,
    max: Option<Number>,
}

#[derive(Serialize)]
struct Total {
    events: u64,
    cases: u64,
}

#[derive(Serialize)]
struct Rejected<'a> {
    rows: u64,
    reasons: &'a std::collections::BTreeMap<Reason, u64>,
}

/// One figure of a distribution that may not exist.
fn figure(stats: Option<Stats>, of: fn(Stats) -> f64) -> Option<Number> {
    stats.map(of).map(Number)
}

/// The figures as a JSON object.
fn object<'a>(s: &Summary, report: &'a ImportReport) -> impl Serialize + use<'a> {
    let (events, durations) = (s.events_per_case, s.case_duration);
    SummaryJson {
        events: s.events,
        cases: s.cases,
        activities: s.activities,
        variants: s.variants,
        resources: s.resources,
        first_event: s.first_event.map(Instant),
        last_event: s.last_event.map(Instant),
        events_per_case: EventsPerCase {
            min: figure(events, |s| s.min),
            median: figure(events, |s| s.median),
            mean: figure(events, |s| s.mean),
            max: figure(events, |s| s.max),
        },
        case_duration: CaseDuration {
            min: figure(durations, |s| s.min),
            median: figure(durations, |s| s.median),
            mean: figure(durations, |s| s.mean),
            p90: figure(durations, |s| s.p90),
            max: figure(durations, |s| s.max),
        },
        total: Total {
            events: s.total_events,
            cases: s.total_cases,
        },
        rejected: Rejected {
            rows: report.n_rejected,
            reasons: &report.reasons,
        },
        mapping: Pairs(move || report.mapping.iter().map(|(role, from)| (role, from))),
    }
}

impl Report for SummaryReport {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(object(&self.summary, &self.report))
    }

    fn heading(&self) -> String {
        selection(&self.summary.size())
    }

    fn list(&self) -> Table<'_> {
        let mut pairs: Vec<(Cow<'_, str>, Cell<'_>)> = Vec::new();
        let figures = figures(&self.summary).into_iter();
        pairs.extend(figures.map(|(name, cell)| (name.into(), cell)));
        pairs.push(("rejected rows".into(), self.report.n_rejected.into()));
        for (reason, rows) in &self.report.reasons {
            pairs.push((format!("rejected, {reason}").into(), (*rows).into()));
        }
        for (role, from) in &self.report.mapping {
            pairs.push((format!("mapping, {role}").into(), from.as_str().into()));
        }
        Table::pairs(pairs)
    }
}

/// The figures of a selection by name.
fn figures(s: &Summary) -> Vec<(&'static str, Cell<'static>)> {
    let number = |value: Option<f64>| value.map_or(Cell::Missing, Cell::Number);
    let (events, duration) = (s.events_per_case, s.case_duration);
    vec![
        ("events", s.events.into()),
        ("cases", s.cases.into()),
        ("activities", s.activities.into()),
        ("variants", s.variants.into()),
        ("resources", s.resources.into()),
        ("first event", Cell::instant(s.first_event)),
        ("last event", Cell::instant(s.last_event)),
        ("events per case, min", number(events.map(|s| s.min))),
        ("events per case, median", number(events.map(|s| s.median))),
        ("events per case, mean", number(events.map(|s| s.mean))),
        ("events per case, max", number(events.map(|s| s.max))),
        ("case duration, min", Cell::seconds(duration.map(|s| s.min))),
        (
            "case duration, median",
            Cell::seconds(duration.map(|s| s.median)),
        ),
        (
            "case duration, mean",
            Cell::seconds(duration.map(|s| s.mean)),
        ),
        ("case duration, p90", Cell::seconds(duration.map(|s| s.p90))),
        ("case duration, max", Cell::seconds(duration.map(|s| s.max))),
    ]
}

/// The figures of two selections, and the change of the durations of ended cases.
struct VersusSummary {
    heading: String,
    sides: [Summary; 2],
    times: Versus<TimesQuery>,
    report: ImportReport,
}

fn compared(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let listing = Listing::by("given");
    let by = TimesBy::Case;
    let times = ask.answer(&VersusQuery {
        list: TimesQuery { by, listing },
        listing: Listing::by(CHANGED),
    })?;
    let heading = match ask.common.printing.format() {
        Format::Table | Format::Markdown => in_words(&times),
        _ => String::new(),
    };
    Ok(Box::new(VersusSummary {
        heading,
        sides: ask.sides(&SummaryQuery)?,
        times,
        report: imported(ask),
    }))
}

#[derive(Serialize)]
struct VersusJson<'a, S> {
    versus: SidesJson<'a>,
    a: S,
    b: S,
    change: ChangeJson,
}

impl VersusSummary {
    /// The row of the durations of ended cases.
    fn throughput(&self) -> Option<&VersusRow<TimesQuery>> {
        let mut rows = self.times.rows.rows.iter();
        rows.find(|row| row.any().is_some_and(|time| time.metric == THROUGHPUT))
    }
}

impl Report for VersusSummary {
    fn json(&self) -> Box<dyn Json + '_> {
        let [a, b] = self.sides.each_ref().map(|side| object(side, &self.report));
        let nothing = VersusChange::default();
        let change = self.throughput().map_or(&nothing, |row| &row.change);
        Box::new(VersusJson {
            versus: SidesJson::of(&self.times),
            a,
            b,
            change: ChangeJson::of::<TimesQuery>(change),
        })
    }

    fn heading(&self) -> String {
        self.heading.clone()
    }

    fn list(&self) -> Table<'_> {
        let [a, b] = self.sides.each_ref().map(figures);
        let mut rows: Vec<[Cell<'_>; 5]> = Vec::new();
        for ((name, a), (_, b)) in a.into_iter().zip(b) {
            rows.push([name.into(), a, b, Cell::Missing, Cell::Missing]);
        }
        if let Some(change) = self.throughput().and_then(|row| row.change.time.as_ref()) {
            let [a, b] = change.medians.map(Cell::seconds);
            let shift = Cell::seconds(change.shift.map(|(shift, _)| shift));
            let q = change.tested.q.map_or(Cell::Missing, Cell::Number);
            rows.push(["duration of ended cases, median".into(), a, b, shift, q]);
        }
        let figures = ["a", "b", "change", "q"].map(Column::figure);
        Table {
            columns: std::iter::once(Column::fixed("figure"))
                .chain(figures)
                .collect(),
            n_rows: rows.len(),
            row: Box::new(move |at| rows[at].to_vec()),
        }
    }
}
