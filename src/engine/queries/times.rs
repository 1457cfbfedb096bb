//! Where the time goes: throughput, service, waiting, idle and sojourn of cases, activities, resources
//! and edges, by the definitions of `metrics::times`.

use super::bottlenecks::{Kind, Ranking, waits, waits_by_name};
use super::edges::EdgeFigures;
use crate::engine::joined::{Comparable, Compared, Times as TimesByKey, durations_of_ended};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::event_log::EventLog;
use crate::index::Index;
use crate::metrics::quantile::{self, Figures};
use crate::metrics::times::{self, CaseTimes};
use rayon::prelude::*;

use crate::metrics::Subject;

/// The times of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimesQuery {
    /// Subjects of the times.
    pub by: TimesBy,
    /// Order, search and page.
    pub listing: Listing,
}

/// Subjects of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TimesBy {
    /// The cases: throughput of those that are over, age of those that are open, and of all service,
    /// active time, waiting, idle time and utilization.
    #[default]
    Case,
    /// Each activity or resource: elapsed, waiting, service and sojourn.
    Each(Subject),
    /// Each directly-follows edge: elapsed and waiting.
    Edge,
}

/// A time of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeRow {
    /// Activity, resource, or both activities of an edge; empty for cases.
    pub subject: Vec<String>,
    /// Name of the figure, such as "waiting".
    pub metric: &'static str,
    /// Cases, events or occurrences that have it, in seconds (utilization: a part of one).
    pub figures: Stats,
    /// Those that it is not known of.
    pub unknown: u64,
    /// Its sum as a part of the durations of all cases; for activities, resources and edges of the
    /// same time of all of them. `None` where that is none of its parts.
    pub share: Option<f64>,
}

/// All times of a selection that are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Times {
    /// The times of the page.
    pub rows: Rows<TimeRow>,
    /// Selected cases that are open.
    pub open: u64,
}

/// Name of the durations of the cases that are over.
pub const THROUGHPUT: &str = "throughput";

/// The time that is a part of one, not a duration.
const UTILIZATION: &str = "utilization";

type Column = crate::engine::schema::Column<TimeRow>;

fn subject(row: &TimeRow, at: usize) -> Value<'_> {
    let name = row.subject.get(at);
    name.map_or(Value::Missing, |name| Value::text(name))
}

fn figure(row: &TimeRow, figure: fn(&Stats) -> f64) -> Value<'static> {
    let value = figure(&row.figures);
    match row.metric {
        UTILIZATION => Value::Ratio(value),
        _ => Value::Seconds(value),
    }
}

/// The sum, of what can be summed up.
fn total(row: &TimeRow) -> Value<'_> {
    match row.metric {
        UTILIZATION => Value::Missing,
        _ => Value::Seconds(row.figures.total),
    }
}

/// Columns of the times.
pub static TIMES: Schema<TimeRow> = Schema {
    name: "times",
    key: |r| format!("{}\0{}", r.subject.join("\0"), r.metric),
    columns: &[
        Column::as_made("given"),
        Column::new("activity", |r| subject(r, 0))
            .left(Align::Text)
            .when(|f| f.by == "activity"),
        Column::new("resource", |r| subject(r, 0))
            .left(Align::Text)
            .when(|f| f.by == "resource"),
        Column::new("from", |r| subject(r, 0))
            .left(Align::Text)
            .when(|f| f.by == "edge"),
        Column::new("to", |r| subject(r, 1))
            .left(Align::Text)
            .when(|f| f.by == "edge"),
        Column::new("time", |r| Value::text(r.metric))
            .left(Align::Text)
            .json("metric"),
        Column::new("n", |r| Value::Count(r.figures.n)),
        Column::new("unknown", |r| Value::Count(r.unknown)),
        Column::new("mean", |r| figure(r, |f| f.mean)),
        Column::new("median", |r| figure(r, |f| f.median)),
        Column::new("p90", |r| figure(r, |f| f.p90)),
        Column::new("p99", |r| figure(r, |f| f.p99)),
        Column::new("max", |r| figure(r, |f| f.max)),
        Column::new("total", total),
        Column::new("share", |r| r.share.map_or(Value::Missing, Value::Share)),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["given"],
    chosen: None,
};

impl List for TimesQuery {
    type Row = TimeRow;

    fn schema() -> &'static Schema<TimeRow> {
        &TIMES
    }

    fn rows(answer: &Times) -> &Rows<TimeRow> {
        &answer.rows
    }
}

impl Comparable for TimesQuery {
    const COMPARED: Compared = Compared {
        many: "times",
        names: &["activity", "resource", "from", "to", "time"],
        title: "time",
        time: "time",
        heads: ["A median", "B median"],
        of_times: true,
    };

    fn of(&self, listing: Listing) -> Self {
        TimesQuery {
            by: self.by,
            listing,
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(_: &TimeRow) -> Option<u64> {
        None
    }

    fn name(row: &TimeRow) -> String {
        match &row.subject[..] {
            [] => row.metric.to_owned(),
            names => format!("{}: {}", names.join(" > "), row.metric),
        }
    }

    fn duration(row: &TimeRow, seconds: f64) -> Value<'static> {
        match row.metric {
            UTILIZATION => Value::Ratio(seconds),
            _ => Value::Seconds(seconds),
        }
    }

    /// The ages of open cases are not compared: they say when a case began, not how it goes.
    fn times(&self, selected: &Selected, _: &Context<'_>) -> Result<TimesByKey, AskError> {
        let key = |subject: &str, metric: &str| format!("{subject}\0{metric}");
        Ok(match self.by {
            TimesBy::Case => {
                let selection = selected.selection();
                let mut cases = Vec::with_capacity(selection.n_cases);
                selection.for_each_case(|case| cases.push(case));
                let mut times = TimesByKey::new();
                for (metric, mut list) in lists_of_cases(selection.log, selection.index, &cases) {
                    list.par_sort_unstable();
                    times.insert(key("", metric), list);
                }
                let throughput = durations_of_ended(selected, |_| ()).into_values();
                times.extend(throughput.map(|list| (key("", THROUGHPUT), list)));
                times
            }
            TimesBy::Each(subject) => {
                let lists = times::lists_by_subject(&selected.selection(), subject);
                let named = lists.into_par_iter().flat_map_iter(|of| {
                    let lists = OF_EVENTS.into_iter().zip(of.lists);
                    lists.map(move |(metric, mut list)| {
                        list.sort_unstable();
                        (key(&of.name, metric), list)
                    })
                });
                named.collect()
            }
            TimesBy::Edge => {
                let metric = of_edge(selected.prepared.log.has_instances());
                let waits = waits_by_name(selected, Ranking::default()).into_iter();
                waits
                    .map(|(name, waits)| (key(&name, metric), waits))
                    .collect()
            }
        })
    }
}

/// Name of the time of edges: that between completions of activity instances includes work, so reports
/// use waiting time.
fn of_edge(instances: bool) -> &'static str {
    if instances { "waiting" } else { "elapsed" }
}

impl Query for TimesQuery {
    type Answer = Times;

    fn run(&self, context: &Context<'_>) -> Result<Times, AskError> {
        let selected = context.selected()?;
        let rows = match self.by {
            TimesBy::Case => of_cases(&selected, context.analysis.zone())?,
            TimesBy::Each(subject) => of_subjects(&selected, subject),
            TimesBy::Edge => of_edges(&selected),
        };
        let name = |row: &TimeRow| row.subject.join("\n");
        Ok(Times {
            rows: TIMES.select(&rows, &self.listing, context.cancel, name)?,
            open: selected.open().count() as u64,
        })
    }
}

/// The names of the times of events, in the order of `SubjectTimes::figures`.
const OF_EVENTS: [&str; 4] = ["elapsed", "waiting", "service", "sojourn"];

fn sorted(mut list: Vec<i64>) -> Option<Figures> {
    list.par_sort_unstable();
    quantile::of_sorted(&list)
}

fn of_cases(selected: &Selected, tz: chrono_tz::Tz) -> Result<Vec<TimeRow>, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let index = selection.index;
    let open = selected.open();
    let ages = prepared.ages(&open, tz)?;
    let cases: Vec<usize> = {
        let mut cases = Vec::with_capacity(selection.n_cases);
        selection.for_each_case(|case| cases.push(case));
        cases
    };
    let closed = cases.par_iter().filter(|&&case| !open.contains(case));
    let throughput = sorted(closed.map(|&case| index.duration(case)).collect());
    let age = sorted(ages.iter().map(|&(_, age)| age).collect());
    let whole: i128 = cases
        .iter()
        .map(|&case| i128::from(index.duration(case)))
        .sum();
    let row = |metric, figures: Option<Figures>, of: u64| {
        figures.map(|f| TimeRow {
            subject: Vec::new(),
            metric,
            figures: stats(f),
            unknown: of - f.n,
            share: (whole > 0).then(|| f.total as f64 / whole as f64),
        })
    };
    let (n, n_open) = (cases.len() as u64, open.count() as u64);
    let mut rows = vec![
        row(THROUGHPUT, throughput, n - n_open),
        // An age is no part of the durations, which end with the last event.
        row("age", age, n_open).map(|age| TimeRow { share: None, ..age }),
    ];
    for (metric, list) in lists_of_cases(selection.log, index, &cases) {
        rows.push(row(metric, sorted(list), n).map(|row| TimeRow {
            // What is a part already is no part of the durations.
            share: row.share.filter(|_| metric != UTILIZATION),
            ..row
        }));
    }
    Ok(rows.into_iter().flatten().collect())
}

/// The times of cases but throughput and age, by name; empty for a log without activity instances.
fn lists_of_cases(log: &EventLog, index: &Index, cases: &[usize]) -> Vec<(&'static str, Vec<i64>)> {
    if !log.has_instances() {
        return Vec::new();
    }
    let of_case = |&case: &usize| CaseTimes::of(log, index, case);
    let all: Vec<CaseTimes> = cases.par_iter().map(of_case).collect();
    let list = |time: fn(&CaseTimes) -> Option<i64>| all.iter().filter_map(time).collect();
    vec![
        ("service", list(|t| t.service)),
        ("active", list(|t| t.active)),
        ("waiting", list(|t| t.waiting)),
        ("idle", list(CaseTimes::idle)),
        // Parts of a million, so that its figures are exact as others are.
        (
            UTILIZATION,
            list(|t| Some((t.utilization()? * 1e6).round() as i64)),
        ),
    ]
}

fn of_subjects(selected: &Selected, subject: Subject) -> Vec<TimeRow> {
    let all = times::by_subject(&selected.selection(), subject);
    let mut rows = Vec::new();
    let totals = std::array::from_fn::<i128, 4, _>(|at| {
        all.iter()
            .filter_map(|s| s.figures[at])
            .map(|f| f.total)
            .sum()
    });
    for times in &all {
        for ((figures, metric), total) in times.figures.iter().zip(OF_EVENTS).zip(totals) {
            let Some(f) = figures else { continue };
            rows.push(TimeRow {
                subject: vec![times.name.clone()],
                metric,
                figures: stats(*f),
                // The first of a case has neither, and that is known.
                unknown: match metric {
                    "service" | "sojourn" => times.events - f.n,
                    _ => 0,
                },
                share: (total > 0).then(|| f.total as f64 / total as f64),
            });
        }
    }
    rows
}

fn of_edges(selected: &Selected) -> Vec<TimeRow> {
    let figures = EdgeFigures::shared(selected);
    let instances = selected.prepared.log.has_instances();
    let waits = if instances {
        waits(selected, Kind::Step)
    } else {
        Vec::new()
    };
    let waited: i128 = waits.iter().filter_map(|w| w.0).map(|w| w.total).sum();
    let time = |edge: usize| {
        let row = figures.row(selected, edge)?;
        let subject = vec![row.from.to_string(), row.to.to_string()];
        let Some((Some(wait), _)) = waits.get(edge) else {
            return Some(TimeRow {
                subject,
                metric: of_edge(false),
                figures: row.elapsed,
                unknown: 0,
                share: Some(row.share),
            });
        };
        Some(TimeRow {
            subject,
            metric: of_edge(true),
            figures: stats(*wait),
            unknown: 0,
            share: (waited > 0).then(|| wait.total as f64 / waited as f64),
        })
    };
    let edges = 0..selected.prepared.index.edges.len();
    let mut rows: Vec<TimeRow> = edges.filter_map(time).collect();
    // Edges are numbered by first appearance, which another order of the rows of a file changes.
    rows.sort_by(|a, b| a.subject.cmp(&b.subject));
    rows
}
