//! Size and period of the log, and how its columns were understood.

use super::{Report, ReportContext, ReportResult, Spec, no_options, selection};
use crate::cli::json::{Instant, Json, Number, Pairs};
use crate::cli::table::{Cell, Table};
use crate::engine::{Stats, Summary};
use crate::formats::{ImportReport, Reason};
use clap::ArgMatches;
use serde::Serialize;
use std::borrow::Cow;

pub(super) const SPEC: Spec = Spec {
    name: "summary",
    about: "Number of cases and events, period, durations of cases",
    options: no_options,
    make,
};

struct SummaryReport {
    summary: Summary,
    report: ImportReport,
}

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let mut report = ask.analysis.report().clone();
    report.rejects.clear();
    Ok(Box::new(SummaryReport {
        summary: ask.summary()?,
        report,
    }))
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

impl Report for SummaryReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let s = &self.summary;
        let (events, durations) = (s.events_per_case, s.case_duration);
        Box::new(SummaryJson {
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
                rows: self.report.n_rejected,
                reasons: &self.report.reasons,
            },
            mapping: Pairs(|| self.report.mapping.iter().map(|(role, from)| (role, from))),
        })
    }

    fn heading(&self) -> String {
        selection(&self.summary)
    }

    fn list(&self) -> Table<'_> {
        let s = &self.summary;
        let mut pairs: Vec<(Cow<'_, str>, Cell<'_>)> = vec![
            ("events".into(), s.events.into()),
            ("cases".into(), s.cases.into()),
            ("activities".into(), s.activities.into()),
            ("variants".into(), s.variants.into()),
            ("resources".into(), s.resources.into()),
            ("first event".into(), Cell::instant(s.first_event)),
            ("last event".into(), Cell::instant(s.last_event)),
        ];
        let number = |value: Option<f64>| value.map_or(Cell::Missing, Cell::Number);
        let events = s.events_per_case;
        pairs.push(("events per case, min".into(), number(events.map(|s| s.min))));
        pairs.push((
            "events per case, median".into(),
            number(events.map(|s| s.median)),
        ));
        pairs.push((
            "events per case, mean".into(),
            number(events.map(|s| s.mean)),
        ));
        pairs.push(("events per case, max".into(), number(events.map(|s| s.max))));
        let duration = s.case_duration;
        pairs.push((
            "case duration, min".into(),
            Cell::seconds(duration.map(|s| s.min)),
        ));
        pairs.push((
            "case duration, median".into(),
            Cell::seconds(duration.map(|s| s.median)),
        ));
        pairs.push((
            "case duration, mean".into(),
            Cell::seconds(duration.map(|s| s.mean)),
        ));
        pairs.push((
            "case duration, p90".into(),
            Cell::seconds(duration.map(|s| s.p90)),
        ));
        pairs.push((
            "case duration, max".into(),
            Cell::seconds(duration.map(|s| s.max)),
        ));
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
