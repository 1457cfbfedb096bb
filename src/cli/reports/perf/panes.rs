//! The queries that the panes ask after a filter change.

use crate::engine::{
    ActivitiesQuery, Adjust, BacktestQuery, Basing, BottlenecksQuery, Bounds, CaseKey, CasesQuery,
    ConformQuery, DottedOrder, DottedQuery, EdgesQuery, FacetsQuery, Figure, Figures,
    FindingsQuery, FlowQuery, FunnelQuery, GroupBy, HandoversQuery, JourneyOf, KeyFiguresQuery,
    Listing, LoadQuery, MapOf, MapQuery, Of, OverviewQuery, Page, PredictQuery, QueuesQuery,
    Ranking, Request, ResourcesQuery, Side, SpectrumPath, SpectrumQuery, SplitQuery, StageOrder,
    Subject, SummaryQuery, Tests, TouchpointsQuery, TrendQuery, TrendUnit, TriageQuery,
    VariantsQuery, WeekQuery, WhyQuery,
};

/// A pane's name, and what it asks.
pub type Pane = (&'static str, fn() -> Request);

/// Number of queries answered by default: those that every filter change asks.
pub const USUAL: usize = 7;

/// Queries of the panes after a filter change.
pub const PANES: [Pane; 28] = [
    ("summary", || Request::new(SummaryQuery)),
    ("overview", || {
        Request::new(OverviewQuery {
            time_bins: 200,
            duration_bins: 40,
        })
    }),
    ("variants", || {
        Request::new(VariantsQuery::new(first_page("cases")))
    }),
    ("cases", || {
        Request::new(CasesQuery {
            listing: first_page("duration"),
            variants: Vec::new(),
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
        Request::new(ResourcesQuery::new(first_page("events")))
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
            wait: false,
            learned: 0,
            listing: first_page("over"),
        })
    }),
    ("predict", || {
        Request::new(PredictQuery {
            basing: Basing::default(),
            wait: true,
            learned: 0,
            listing: first_page("late"),
        })
    }),
    ("backtest", || {
        Request::new(BacktestQuery {
            basing: Basing::default(),
            share: 0.8,
        })
    }),
    ("conform", || {
        Request::new(ConformQuery {
            open_ended: false,
            bounds: Bounds::default(),
            listing: first_page("cases"),
        })
    }),
    ("map", || {
        Request::new(MapQuery {
            of: MapOf {
                by_log: true,
                ..MapOf::default()
            },
            times: true,
            names: Some(30),
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
    ("journey", || {
        Request::new(TouchpointsQuery {
            of: JourneyOf::default(),
            listing: first_page("order"),
        })
    }),
    ("split", || {
        Request::new(SplitQuery {
            by: vec![GroupBy::parse("first")],
            across: None,
            common_ranges: false,
            figures: Figures {
                only: vec![Figure::Duration, Figure::Rework],
                ..Figures::default()
            },
            listing: first_page("cases"),
        })
    }),
    ("load", || Request::new(LoadQuery::new(first_page("busy")))),
    ("handover", || {
        Request::new(HandoversQuery::new(first_page("count")))
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
    ("key-figures", || Request::new(KeyFiguresQuery { bins: 24 })),
    ("findings", || Request::new(FindingsQuery::all())),
];

fn first_page(sort: &'static str) -> Listing {
    Listing {
        page: Page::first(100),
        ..Listing::by(sort)
    }
}
