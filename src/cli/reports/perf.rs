//! Cost of the load, and of a key press in the explorer: a fresh filter, then the queries of all
//! panes; and for each pane the first and the second visit of a view, and how soon it stops.

mod panes;

use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::failure::Failure;
use crate::cli::json::{Json, list};
use crate::cli::load::{LoadCost, LoadedFrom};
use crate::cli::measure::{Cost, Moment};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Analysis, Cancel, Request, SummaryQuery, View};
use crate::metrics::quantile::type7;
use crate::text::{self, time};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use panes::{PANES, Pane, USUAL};
use serde::Serialize;
use std::thread;
use std::time::{Duration, Instant};

pub(super) const SPEC: Spec = Spec {
    name: "perf",
    about: "Time and memory of loading, and response times of the explorer",
    options,
    make,
    versus: Err("it measures casetrail itself"),
};

#[derive(Args)]
struct Options {
    /// Number of times to apply each filter
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000),
        help_heading = "Measuring"
    )]
    repeat: u32,
    /// Queries to answer after each filter
    #[arg(
        long,
        value_name = "PANE[,PANE]",
        value_delimiter = ',',
        value_parser = PANES.map(|pane| pane.0),
        default_values_t = PANES[..USUAL].iter().map(|pane| pane.0.to_owned()),
        help_heading = "Measuring"
    )]
    panes: Vec<String>,
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

struct Perf {
    load: LoadCost,
    bytes_per_event: Option<f64>,
    filters: Vec<Refresh>,
}

/// Cost of one filter.
struct Refresh {
    filter: String,
    cases: u64,
    events: u64,
    /// All panes on the first visit of the view.
    all: Times,
    panes: Vec<PaneCost>,
}

/// Cost of the answer of one pane.
struct PaneCost {
    name: &'static str,
    /// Seconds of the first answer in the log, from which some results are kept for all views; `None`
    /// where views were answered before.
    log: Option<f64>,
    /// The view is new.
    first: Times,
    /// The view was answered before.
    second: Times,
    /// From the request to stop until the answer has stopped; of the answers that were stopped.
    stop: Times,
}

/// Times of the same work.
struct Times {
    /// Wall times in nanoseconds, shortest first.
    wall: Vec<i64>,
    /// Mean of the processor times, in seconds.
    cpu: f64,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let analysis = ask.analysis()?;
    let view = analysis.redacted_view(ask.common.view());
    let mut filters = view.filters.clone();
    if filters.is_empty() {
        filters.push(String::new());
    }
    let refreshes = filters.into_iter().enumerate().map(|(at, filter)| {
        let view = View {
            filters: (!filter.is_empty())
                .then(|| filter.clone())
                .into_iter()
                .collect(),
            ..view.clone()
        };
        refresh(analysis, filter, &view, &options).map(|mut refresh| {
            if at > 0 {
                // Only the first answer of all is made from nothing.
                refresh.panes.iter_mut().for_each(|pane| pane.log = None);
            }
            refresh
        })
    });
    let filters = refreshes.collect::<Result<_, _>>()?;
    Ok(Box::new(Perf {
        load: ask.load,
        bytes_per_event: ask.info().bytes_per_event(),
        filters,
    }))
}

fn refresh(
    analysis: &Analysis,
    filter: String,
    view: &View,
    options: &Options,
) -> Result<Refresh, Failure> {
    let asked = |(name, _): &&Pane| options.panes.iter().any(|pane| pane == name);
    let panes = PANES.iter().filter(asked).map(|(name, of)| (*name, of()));
    let panes: Vec<(&'static str, Request)> = panes.collect();
    let repeat = options.repeat;
    let selected = analysis.ask(view, &SummaryQuery, &Cancel::never())?;
    // Conditions on events, the orders of lists and the figures of the whole log are made once a log,
    // not once a key.
    let mut log = Vec::with_capacity(panes.len());
    for (_, request) in &panes {
        log.push(answer(analysis, view, request)?.wall);
    }
    let mut costs = Vec::with_capacity(repeat as usize);
    for _ in 0..repeat {
        // The answers of the round before would be found again.
        analysis.forget(view);
        let start = Moment::now();
        for (_, request) in &panes {
            answer(analysis, view, request)?;
        }
        costs.push(start.cost());
    }
    let panes = panes.iter().zip(log).map(|((name, request), log)| {
        let [first, second] = visits(analysis, view, request, repeat)?;
        let stop = stops(analysis, view, request, first.wall(0.5), repeat);
        Ok(PaneCost {
            name,
            log: Some(log),
            first,
            second,
            stop,
        })
    });
    let panes = panes.collect::<Result<_, Failure>>()?;
    Ok(Refresh {
        filter,
        cases: selected.cases,
        events: selected.events,
        all: Times::of(&costs),
        panes,
    })
}

fn answer(analysis: &Analysis, view: &View, request: &Request) -> Result<Cost, Failure> {
    let start = Moment::now();
    analysis.answer(view, request, &Cancel::never())?;
    Ok(start.cost())
}

/// The first and the second visit of a view.
fn visits(
    analysis: &Analysis,
    view: &View,
    request: &Request,
    repeat: u32,
) -> Result<[Times; 2], Failure> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for _ in 0..repeat {
        analysis.forget(view);
        first.push(answer(analysis, view, request)?);
        second.push(answer(analysis, view, request)?);
    }
    Ok([first, second].map(|costs| Times::of(&costs)))
}

/// Stops of answers on the first visit of a view, at moments spread evenly over the `usual` seconds that
/// one takes.
fn stops(analysis: &Analysis, view: &View, request: &Request, usual: f64, repeat: u32) -> Times {
    let stop = |round: u32| {
        analysis.forget(view);
        let share = (f64::from(round) + 0.5) / f64::from(repeat);
        stopped(analysis, view, request, usual * share)
    };
    Times::of(&(0..repeat).filter_map(stop).collect::<Vec<_>>())
}

/// Stops an answer some seconds after it was begun; `None` where it was there before.
fn stopped(analysis: &Analysis, view: &View, request: &Request, after: f64) -> Option<Cost> {
    let cancel = Cancel::default();
    thread::scope(|scope| {
        let answering = scope.spawn(|| {
            let answer = analysis.answer(view, request, &cancel);
            answer.is_err().then(Instant::now)
        });
        thread::sleep(Duration::from_secs_f64(after));
        let begun = Instant::now();
        cancel.cancel();
        let end = answering.join().ok().flatten()?;
        Some(Cost {
            wall: end.saturating_duration_since(begun).as_secs_f64(),
            cpu: 0.0,
        })
    })
}

impl Times {
    fn of(costs: &[Cost]) -> Self {
        let mut wall: Vec<i64> = costs.iter().map(|cost| (cost.wall * 1e9) as i64).collect();
        wall.sort_unstable();
        let cpu = costs.iter().map(|cost| cost.cpu).sum::<f64>();
        Times {
            wall,
            cpu: cpu / costs.len() as f64,
        }
    }

    /// A quantile of the wall times (type 7), seconds; NaN for none.
    fn wall(&self, share: f64) -> f64 {
        if self.wall.is_empty() {
            return f64::NAN;
        }
        let nanos = type7(self.wall.len() as u64, share, |rank| {
            self.wall[rank as usize]
        });
        nanos / 1e9
    }

    fn json(&self) -> TimesJson {
        TimesJson {
            median: self.wall(0.5),
            p95: self.wall(0.95),
            max: self.wall(1.0),
            cpu: self.cpu,
        }
    }
}

#[derive(Serialize)]
struct PerfJson<L> {
    load: LoadJson,
    bytes_per_event: Option<f64>,
    filters: L,
}

#[derive(Serialize)]
struct LoadJson {
    wall: f64,
    cpu: f64,
    peak_bytes: Option<u64>,
    source: &'static str,
}

#[derive(Serialize)]
struct FilterJson<'a> {
    filter: &'a str,
    cases: u64,
    events: u64,
    refresh: TimesJson,
    panes: Vec<PaneJson>,
}

#[derive(Serialize)]
struct PaneJson {
    pane: &'static str,
    log: Option<f64>,
    first: TimesJson,
    second: TimesJson,
    stop: StopJson,
}

/// Times from the request to stop to the end; null where no answer was stopped.
#[derive(Serialize)]
struct StopJson {
    n: usize,
    median: f64,
    max: f64,
}

#[derive(Serialize)]
struct TimesJson {
    median: f64,
    p95: f64,
    max: f64,
    cpu: f64,
}

impl Report for Perf {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(PerfJson {
            load: LoadJson {
                wall: self.load.time.wall,
                cpu: self.load.time.cpu,
                peak_bytes: self.load.peak_bytes,
                source: match self.load.from {
                    LoadedFrom::Log => "log",
                    LoadedFrom::Index => "index",
                },
            },
            bytes_per_event: self.bytes_per_event,
            filters: list(&self.filters, |row| FilterJson {
                filter: &row.filter,
                cases: row.cases,
                events: row.events,
                refresh: row.all.json(),
                panes: row.panes.iter().map(PaneCost::json).collect(),
            }),
        })
    }

    fn heading(&self) -> String {
        let peak = self.load.peak_bytes.map_or("unknown".to_owned(), |bytes| {
            format!("{} MB", text::number(bytes as f64 / 1e6, 1))
        });
        let bytes = self
            .bytes_per_event
            .map_or("-".to_owned(), |b| text::number(b, 1));
        format!(
            "loaded in {} ({} of processor time), peak memory {peak}, {bytes} bytes an event",
            time::duration(self.load.time.wall),
            time::duration(self.load.time.cpu),
        )
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::text("filter")];
        let figures = ["cases", "events", "median", "p95", "max", "cpu"];
        columns.extend(figures.map(Column::figure));
        Table::new(columns, &self.filters, |row| {
            vec![
                shown(&row.filter).into(),
                row.cases.into(),
                row.events.into(),
                Cell::Seconds(row.all.wall(0.5)),
                Cell::Seconds(row.all.wall(0.95)),
                Cell::Seconds(row.all.wall(1.0)),
                Cell::Seconds(row.all.cpu),
            ]
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let panes = self.filters.iter().map(Refresh::of_panes);
        std::iter::once(self.list()).chain(panes).collect()
    }
}

impl Refresh {
    /// A table of the panes.
    fn of_panes(&self) -> Table<'_> {
        let mut columns = ["pane", "filter"].map(Column::text).to_vec();
        let figures = [
            "log",
            "first",
            "max",
            "cpu",
            "second",
            "stop",
            "longest stop",
        ];
        columns.extend(figures.map(Column::figure));
        let seconds = |seconds: f64| match seconds {
            unknown if unknown.is_nan() => Cell::Missing,
            seconds => Cell::Seconds(seconds),
        };
        Table::new(columns, &self.panes, move |pane| {
            vec![
                pane.name.into(),
                shown(&self.filter).into(),
                pane.log.map_or(Cell::Missing, Cell::Seconds),
                seconds(pane.first.wall(0.5)),
                seconds(pane.first.wall(1.0)),
                seconds(pane.first.cpu),
                seconds(pane.second.wall(0.5)),
                seconds(pane.stop.wall(0.5)),
                seconds(pane.stop.wall(1.0)),
            ]
        })
    }
}

/// A filter as a table names it.
fn shown(filter: &str) -> &str {
    if filter.is_empty() { "(none)" } else { filter }
}

impl PaneCost {
    fn json(&self) -> PaneJson {
        PaneJson {
            pane: self.name,
            log: self.log,
            first: self.first.json(),
            second: self.second.json(),
            stop: StopJson {
                n: self.stop.wall.len(),
                median: self.stop.wall(0.5),
                max: self.stop.wall(1.0),
            },
        }
    }
}
