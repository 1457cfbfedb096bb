//! What the engine costs: the index, filters, the answers of panes, all of them after a key press.
//! It measures and judges nothing: no test depends on time.
//!
//!     cargo bench --bench engine
//!     CASETRAIL_BENCH_EVENTS=10000000 cargo bench --bench engine -- refresh

mod common;

use casetrail::engine::{Cancel, Request, SummaryQuery, View};
use casetrail::event_log::Progress;
use casetrail::index::Index;
use common::{ANALYSIS, CONDITIONS, FILTERS, LOG, N_EVENTS, answer_all, pane_requests, view};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
    common::clean_up();
}

#[divan::bench(sample_count = 5, sample_size = 1)]
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
    bencher.bench(|| answer_all(&view, &[Request::new(SummaryQuery)]));
}

/// One answer, of all cases and of a part of them, with the filter applied afresh.
#[divan::bench(consts = [0, 1], args = pane_requests().map(|(name, _)| name))]
fn metric<const FILTER: usize>(bencher: Bencher, pane: &str) {
    let view = view(FILTERS[FILTER]);
    let requests = pane_requests().into_iter();
    let asked: Vec<Request> = requests
        .filter(|(name, _)| *name == pane)
        .map(|(_, request)| request)
        .collect();
    bencher.bench(|| answer_all(&view, &asked));
}

/// A filter applied afresh, and the answers of all panes: what a key press costs.
#[divan::bench(args = FILTERS)]
fn refresh(bencher: Bencher, filter: &str) {
    let (view, requests) = (view(filter), pane_requests().map(|(_, request)| request));
    bencher.bench(|| answer_all(&view, &requests));
}

/// A condition on events applied afresh, the log that it leaves indexed, and its summary.
#[divan::bench(args = CONDITIONS, sample_count = 5, sample_size = 1)]
fn condition(bencher: Bencher, condition: &str) {
    let analysis = &*ANALYSIS;
    let mut blanks = String::new();
    bencher
        .with_inputs(|| {
            // Another text for the same, which is in no store.
            blanks.push(' ');
            View {
                events: vec![format!("{condition}{blanks}")],
                filters: Vec::new(),
                ..View::default()
            }
        })
        .bench_local_values(|view| {
            let answer = analysis.answer(&view, &Request::new(SummaryQuery), &Cancel::never());
            answer.map(drop)
        });
}
