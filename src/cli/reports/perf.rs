//! Cost of the load, and of a key press in the explorer: a fresh filter, then the queries of all
//! panes.

use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::failure::Failure;
use crate::cli::json::{Json, list};
use crate::cli::load::{LoadCost, LoadedFrom};
use crate::cli::measure::{Cost, Moment};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    ActivitiesQuery, Adjust, BottlenecksQuery, Cancel, CaseKey, CasesQuery, DottedOrder,
    DottedQuery, EdgesQuery, FacetsQuery, Figure, Figures, FlowQuery, FunnelQuery, GroupBy,
    Listing, Of, OverviewQuery, Page, QueuesQuery, Ranking, Request, ResourcesQuery, Side,
    SpectrumPath, SpectrumQuery, SplitQuery, StageOrder, Subject, SummaryQuery, Tests, TrendQuery,
    TrendUnit, TriageQuery, VariantsQuery, View, WeekQuery, WhyQuery,
};
use crate::metrics::quantile::type7;
use crate::text::{self, time};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "perf",
    about: "Time and memory of loading, and response times of the explorer",
    options,
    compares: false,
    make,
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

/// A pane's name, and what it asks.
type Pane = (&'static str, fn() -> Request);

/// Number of queries answered by default: those that every filter change asks.
const USUAL: usize = 7;

/// Queries of the panes after a filter change.
const PANES: [Pane; 19] = [
    ("summary", || Request::new(SummaryQuery)),
    ("overview", || {
        Request::new(OverviewQuery {
            time_bins: 200,
            duration_bins: 40,
        })
    }),
    ("variants", || {
        Request::new(VariantsQuery {
            listing: first_page("cases"),
        })
    }),
    ("cases", || {
        Request::new(CasesQuery {
            listing: first_page("duration"),
            variant: None,
        })
    }),
    ("activities", || {
        Request::new(ActivitiesQuery {
            listing: first_page("events"),
        })
    }),
    ("edges", || {
        Request::new(EdgesQuery {
            listing: first_page("count"),
        })
    }),
    ("resources", || {
        Request::new(ResourcesQuery {
            listing: first_page("events"),
        })
    }),
    ("dotted", || {
        Request::new(DottedQuery {
            order: DottedOrder {
                sort: CaseKey::Start,
                descending: false,
                relative: false,
            },
            color: None,
            rows: 40,
            columns: 140,
            cases: None,
            time: None,
            legend: 12,
        })
    }),
    ("spectrum", || {
        Request::new(SpectrumQuery {
            path: SpectrumPath::Variant(0),
            segments: 32,
            bins: 140,
            from: None,
            to: None,
        })
    }),
    ("bottlenecks", || {
        Request::new(BottlenecksQuery {
            ranking: Ranking::default(),
            listing: first_page("total"),
            gains: false,
        })
    }),
    ("flow", || {
        Request::new(FlowQuery {
            bins: 120,
            range: None,
        })
    }),
    ("queues", || {
        Request::new(QueuesQuery {
            by: Subject::Activity,
            listing: first_page("total"),
            longest: false,
        })
    }),
    ("week", || Request::new(WeekQuery { medians: false })),
    ("trend", || {
        Request::new(TrendQuery {
            by: TrendUnit::Month,
        })
    }),
    ("triage", || {
        Request::new(TriageQuery {
            gathering: Subject::Activity,
            listing: first_page("over"),
        })
    }),
    ("funnel", || {
        Request::new(FunnelQuery {
            stages: Vec::new(),
            order: StageOrder::Sequence,
            within: None,
            by: None,
            listing: first_page("order"),
        })
    }),
    ("split", || {
        Request::new(SplitQuery {
            by: vec![GroupBy::parse("first")],
            across: None,
            figures: Figures {
                only: vec![Figure::Duration, Figure::Rework],
                ..Figures::default()
            },
            listing: first_page("cases"),
        })
    }),
    ("facet", || {
        Request::new(FacetsQuery {
            numbers: false,
            listing: first_page("log"),
        })
    }),
    ("why", || {
        Request::new(WhyQuery {
            of: Of::default(),
            tests: Tests::default(),
            by_definition: false,
            side: Side::Helps,
            shifts: false,
            adjust: Adjust::Nothing,
            depth: 1,
            listing: Listing {
                page: Page {
                    offset: 0,
                    limit: 40,
                },
                ..first_page("explained")
            },
        })
    }),
];

fn first_page(sort: &'static str) -> Listing {
    Listing {
        page: Page::first(100),
        ..Listing::by(sort)
    }
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
    /// Wall times in nanoseconds, shortest first.
    wall: Vec<i64>,
    /// Mean of the processor times, in seconds.
    cpu: f64,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let view = ask.common.view();
    let mut filters = view.filters.clone();
    if filters.is_empty() {
        filters.push(String::new());
    }
    let refreshes = filters.into_iter().map(|filter| {
        let view = View {
            filters: (!filter.is_empty())
                .then(|| filter.clone())
                .into_iter()
                .collect(),
            ..view.clone()
        };
        refresh(ask, filter, &view, &options)
    });
    let filters = refreshes.collect::<Result<_, _>>()?;
    Ok(Box::new(Perf {
        load: ask.load,
        bytes_per_event: ask.info().bytes_per_event(),
        filters,
    }))
}

fn refresh(
    ask: &ReportContext<'_>,
    filter: String,
    view: &View,
    options: &Options,
) -> Result<Refresh, Failure> {
    let asked = |(name, _): &&(&str, _)| options.panes.iter().any(|pane| pane == name);
    let requests = PANES.iter().filter(asked).map(|(_, request)| request());
    let requests: Vec<Request> = requests.collect();
    let repeat = options.repeat;
    let cancel = Cancel::never();
    let selected = ask.analysis.ask(view, &SummaryQuery, &cancel)?;
    // Conditions on events, the orders of lists and the figures of the whole log are made once a log,
    // not once a key.
    for request in &requests {
        ask.analysis.answer(view, request, &cancel)?;
    }
    let mut costs = Vec::with_capacity(repeat as usize);
    for _ in 0..repeat {
        // The answers of the round before would be found again.
        ask.analysis.forget(view);
        let start = Moment::now();
        for request in &requests {
            ask.analysis.answer(view, request, &cancel)?;
        }
        costs.push(start.cost());
    }
    let nanos = costs.iter().map(|cost: &Cost| (cost.wall * 1e9) as i64);
    let mut wall: Vec<i64> = nanos.collect();
    wall.sort_unstable();
    Ok(Refresh {
        filter,
        cases: selected.cases,
        events: selected.events,
        wall,
        cpu: costs.iter().map(|cost| cost.cpu).sum::<f64>() / f64::from(repeat),
    })
}

impl Refresh {
    /// A quantile of the wall times (type 7), seconds.
    fn wall(&self, share: f64) -> f64 {
        let nanos = type7(self.wall.len() as u64, share, |rank| {
            self.wall[rank as usize]
        });
        nanos / 1e9
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
    refresh: RefreshJson,
}

#[derive(Serialize)]
struct RefreshJson {
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
                refresh: RefreshJson {
                    median: row.wall(0.5),
                    p95: row.wall(0.95),
                    max: row.wall(1.0),
                    cpu: row.cpu,
                },
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
                if row.filter.is_empty() {
                    "(none)"
                } else {
                    &row.filter
                }
                .into(),
                row.cases.into(),
                row.events.into(),
                Cell::Seconds(row.wall(0.5)),
                Cell::Seconds(row.wall(0.95)),
                Cell::Seconds(row.wall(1.0)),
                Cell::Seconds(row.cpu),
            ]
        })
    }
}
