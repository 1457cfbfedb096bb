//! What the benches share: a log of the generator of `casetrail demo`, read and indexed once, and
//! the questions that panes ask. `CASETRAIL_BENCH_EVENTS` sets its size, a million events without it.

#![allow(dead_code, reason = "each bench uses a part of it")]

use casetrail::demo::{MOST_OPEN, Plan, Size, write_log};
use casetrail::engine::{
    ActivitiesQuery, Analysis, Answer, AskError, Cancel, CasesQuery, EdgesQuery, Listing,
    OverviewQuery, Page, Request, ResourcesQuery, SummaryQuery, VariantsQuery, View,
};
use casetrail::event_log::{EventLog, Progress};
use casetrail::formats::{self, ImportReport, ReadOptions};
use casetrail::source;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{LazyLock, OnceLock};
use tempfile::NamedTempFile;

/// Filters as users write them: cheap and dear, on cases, paths, columns and times.
pub const FILTERS: [&str; 10] = [
    "",
    r#"region = "APAC""#,
    r#""Escalated to L2""#,
    r#""Resolved" -> "Reopened" within 7d"#,
    r#""Assigned" ~> "Escalated to L2" within 2d"#,
    "duration >= 7d",
    "variant <= 20",
    "started 2024-07..2025-01",
    r#"region = "APAC" and "Escalated to L2""#,
    r#"started 2024-07..2025-01 and product_version = "3.2.0" and not "Merged into another case""#,
];

/// Conditions on events, after which the log is another one.
pub const CONDITIONS: [&str; 3] = [
    r#"activity = "Assigned" or activity = "Resolved""#,
    r#"resource != """#,
    "time in 2024-07..2025-01",
];

pub static N_EVENTS: LazyLock<u64> = LazyLock::new(|| {
    let asked = std::env::var("CASETRAIL_BENCH_EVENTS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
});

static FILE: OnceLock<NamedTempFile> = OnceLock::new();

fn make_file() -> NamedTempFile {
    let plan = Plan {
        size: Size::Events(*N_EVENTS),
        seed: 42,
        // 2024-01-01.
        first_day: 19_723,
        delimiter: b',',
        most_open: MOST_OPEN,
    };
    let mut file = NamedTempFile::with_suffix(".csv").expect("a temporary file");
    write_log(&plan, &mut file).expect("room for the log");
    file
}

/// The log as a file of comma-separated values.
pub fn csv() -> &'static Path {
    FILE.get_or_init(make_file).path()
}

/// Takes the file away: a static is never dropped.
pub fn clean_up() {
    if let Some(file) = FILE.get() {
        let _ = std::fs::remove_file(file.path());
    }
}

/// Reads a log.
pub fn read(path: &Path) -> (EventLog, ImportReport) {
    let inputs = source::open(&[OsString::from(path)]).expect("the file is there");
    formats::read(&inputs, &ReadOptions::default(), &Progress::default()).expect("a log")
}

pub static LOG: LazyLock<EventLog> = LazyLock::new(|| read(csv()).0);

pub static ANALYSIS: LazyLock<Analysis> = LazyLock::new(analysis);

/// The log, indexed.
pub fn analysis() -> Analysis {
    let (log, report) = read(csv());
    let progress = Progress::default();
    Analysis::new("bench".into(), log, report, chrono_tz::UTC, &progress).expect("not cancelled")
}

/// What a filter leaves.
pub fn view(filter: &str) -> View {
    let filters = (!filter.is_empty()).then(|| filter.to_string());
    View {
        filters: filters.into_iter().collect(),
        ..View::default()
    }
}

/// Answers questions about a view afresh.
pub fn answer_all(view: &View, requests: &[Request]) -> Result<Vec<Answer>, AskError> {
    ANALYSIS.forget(view);
    let cancel = Cancel::never();
    let answers = requests.iter();
    answers
        .map(|request| ANALYSIS.answer(view, request, &cancel))
        .collect()
}

fn first_page(sort: &'static str) -> Listing {
    Listing {
        page: Page::first(100),
        ..Listing::by(sort)
    }
}

/// What the panes ask when a filter changes, by name.
pub fn pane_requests() -> [(&'static str, Request); 7] {
    [
        ("summary", Request::new(SummaryQuery)),
        (
            "overview",
            Request::new(OverviewQuery {
                time_bins: 200,
                duration_bins: 40,
            }),
        ),
        (
            "variants",
            Request::new(VariantsQuery::new(first_page("cases"))),
        ),
        (
            "cases",
            Request::new(CasesQuery {
                listing: first_page("duration"),
                variants: Vec::new(),
            }),
        ),
        (
            "activities",
            Request::new(ActivitiesQuery {
                listing: first_page("events"),
            }),
        ),
        (
            "edges",
            Request::new(EdgesQuery {
                listing: first_page("count"),
            }),
        ),
        (
            "resources",
            Request::new(ResourcesQuery::new(first_page("events"))),
        ),
    ]
}
