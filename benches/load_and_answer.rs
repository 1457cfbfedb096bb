//! What a load and a key press cost, on a log of a million events from the generator of
//! `examples/generate`: import, index, filters, and the answers of all panes after a filter.
//! It measures and judges nothing: no test depends on time.
//!
//!     cargo bench --bench load_and_answer
//!     CASETRAIL_BENCH_EVENTS=10000000 cargo bench --bench load_and_answer -- refresh

#[path = "../examples/generate/support/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "its tests and other sizes are not of use here"
)]
mod support;

use casetrail::engine::{
    ActivityKey, Analysis, Answer, AskError, Cancel, CaseKey, EdgeKey, Listing, Page, Request,
    VariantKey, View,
};
use casetrail::event_log::{EventLog, Progress};
use casetrail::formats::{self, ImportReport, ReadOptions};
use casetrail::index::Index;
use casetrail::source;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use std::ffi::OsString;
use std::sync::{LazyLock, OnceLock};
use support::{MOST_OPEN, Plan, Size, write_log};
use tempfile::NamedTempFile;

fn main() {
    divan::main();
    // A static is never dropped.
    if let Some(file) = FILE.get() {
        let _ = std::fs::remove_file(file.path());
    }
}

/// Filters as users write them: cheap and dear, on cases, paths, columns and times.
const FILTERS: [&str; 8] = [
    "",
    r#"region = "APAC""#,
    r#""Escalated to L2""#,
    r#""Resolved" -> "Reopened" within 7d"#,
    r#""Assigned" ~> "Escalated to L2" within 2d"#,
    "duration >= 7d",
    "variant <= 20",
    r#"started 2024-07..2025-01 and product_version = "3.2.0" and not "Merged into another case""#,
];

static N_EVENTS: LazyLock<u64> = LazyLock::new(|| {
    let asked = std::env::var("CASETRAIL_BENCH_EVENTS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
});

static FILE: OnceLock<NamedTempFile> = OnceLock::new();

/// The log as a file.
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

static LOG: LazyLock<EventLog> = LazyLock::new(|| read().0);

static ANALYSIS: LazyLock<Analysis> = LazyLock::new(|| {
    let (log, report) = read();
    let progress = Progress::default();
    Analysis::new("bench".into(), log, report, chrono_tz::UTC, &progress).expect("not cancelled")
});

fn read() -> (EventLog, ImportReport) {
    let path = FILE.get_or_init(make_file).path();
    let inputs = source::open(&[OsString::from(path)]).expect("the file is there");
    formats::read(&inputs, &ReadOptions::default(), &Progress::default()).expect("a log")
}

fn view(filter: &str) -> View {
    let filters = (!filter.is_empty()).then(|| filter.to_string());
    View {
        events: Vec::new(),
        filters: filters.into_iter().collect(),
    }
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn import(bencher: Bencher) {
    let bytes = FILE
        .get_or_init(make_file)
        .as_file()
        .metadata()
        .map_or(0, |file| file.len());
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(*N_EVENTS))
        .bench(read);
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn index(bencher: Bencher) {
    let log = &*LOG;
    bencher
        .counter(ItemsCount::new(*N_EVENTS))
        .bench(|| Index::build(log, &Progress::default()));
}

/// A filter applied afresh, and the figures of the summary.
#[divan::bench(args = FILTERS)]
fn filter(bencher: Bencher, filter: &str) {
    let view = view(filter);
    bencher.bench(|| answer_all(&view, &[Request::Summary]));
}

/// A filter applied afresh, and the answers of all panes: what a key press costs.
#[divan::bench(args = FILTERS)]
fn refresh(bencher: Bencher, filter: &str) {
    let (view, requests) = (view(filter), pane_requests());
    bencher.bench(|| answer_all(&view, &requests));
}

fn answer_all(view: &View, requests: &[Request]) -> Result<Vec<Answer>, AskError> {
    ANALYSIS.forget();
    let cancel = Cancel::never();
    let answers = requests.iter();
    answers
        .map(|request| ANALYSIS.answer(view, request, &cancel))
        .collect()
}

/// What the panes ask when a filter changes.
fn pane_requests() -> [Request; 6] {
    fn first_page<K>(sort: K) -> Listing<K> {
        let (offset, limit) = (0, 100);
        Listing {
            sort,
            descending: true,
            find: String::new(),
            page: Page { offset, limit },
        }
    }
    [
        Request::Summary,
        Request::Overview {
            time_bins: 200,
            duration_bins: 40,
        },
        Request::Variants(first_page(VariantKey::Cases)),
        Request::Cases {
            listing: first_page(CaseKey::Duration),
            variant: None,
        },
        Request::Activities(first_page(ActivityKey::Events)),
        Request::Edges(first_page(EdgeKey::Count)),
    ]
}
