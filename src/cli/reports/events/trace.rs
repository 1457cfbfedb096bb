//! Cases in the Trace Event Format of Chrome, which Perfetto and other viewers of traces read: a track for each case,
//! with the work and the waits of the case as slices.
//!
//! Format: "Trace Event Format", Google, <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>.

use crate::engine::{CaseDetail, EventRow, Field};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A trace is one process to viewers.
const PROCESS: u32 = 1;

/// A line of the trace.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    cat: &'static str,
    /// `X`: a slice, `i`: an instant, `M`: metadata.
    ph: &'static str,
    /// Microseconds since 1970.
    ts: i64,
    /// Microseconds of a slice.
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<i64>,
    pid: u32,
    tid: usize,
    /// An instant is drawn on its track.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'static str>,
    args: Map<String, Value>,
}

/// The cases as a trace.
pub fn trace(log: &str, cases: &[CaseDetail]) -> String {
    let mut lines = vec![line(&named("process_name", 0, log))];
    let mut track = 0;
    for case in cases {
        lines.extend(of_case(case, &mut track));
    }
    format!(
        "{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{}\n]}}\n",
        lines.join(",\n")
    )
}

fn line(entry: &Entry<'_>) -> String {
    // Texts and numbers always become JSON.
    serde_json::to_string(entry).unwrap_or_default()
}

fn named<'a>(what: &'a str, tid: usize, name: &str) -> Entry<'a> {
    Entry {
        name: what,
        cat: "",
        ph: "M",
        ts: 0,
        dur: None,
        pid: PROCESS,
        tid,
        s: None,
        args: Map::from_iter([("name".to_owned(), json!(name))]),
    }
}

/// The lines of a case. Slices of a track may not overlap: work that runs in parallel goes to further tracks.
fn of_case(case: &CaseDetail, last_track: &mut usize) -> Vec<String> {
    let first = *last_track + 1;
    // When the last slice of each track ends.
    let mut ends: Vec<i64> = Vec::new();
    let mut lines = Vec::new();
    let mut done: Option<i64> = None;
    for event in &case.events {
        let begin = event.start.unwrap_or(event.time);
        let lane = ends
            .iter()
            .position(|&end| end <= begin)
            .unwrap_or(ends.len());
        if lane == ends.len() {
            ends.push(begin);
        }
        ends[lane] = event.time;
        if let Some(since) = done.filter(|&since| since < begin) {
            let name = format!("wait for {}", event.activity);
            let wait = Entry {
                cat: "wait",
                ph: "X",
                ts: since,
                dur: Some(begin - since),
                args: Map::new(),
                ..named(&name, first, "")
            };
            lines.push(line(&wait));
        }
        let entry = Entry {
            cat: "activity",
            ph: if event.start.is_some() { "X" } else { "i" },
            ts: begin,
            dur: event.start.map(|start| event.time - start),
            s: event.start.is_none().then_some("t"),
            args: values(case, event),
            ..named(&event.activity, first + lane, "")
        };
        lines.push(line(&entry));
        done = done.max(Some(event.time));
    }
    *last_track += ends.len().max(1);
    let names = (first..=*last_track).map(|track| {
        let name = match track - first {
            0 => case.row.case.clone(),
            more => format!("{} ({})", case.row.case, more + 1),
        };
        line(&named("thread_name", track, &name))
    });
    names.chain(lines).collect()
}

/// The values of an event, by the names of their columns.
fn values(case: &CaseDetail, event: &EventRow) -> Map<String, Value> {
    let pairs = case.columns.iter().zip(&event.values);
    let known = pairs.filter(|(_, field)| !matches!(field, Field::Missing));
    let value = |field| json!(super::Value::from(field));
    known
        .map(|(column, field)| (column.name.to_string(), value(field)))
        .collect()
}
