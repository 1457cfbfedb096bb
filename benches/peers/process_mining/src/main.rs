//! Reads a log as XES by the crate process_mining, and prints what it cost and how much is in it, as
//! the other peers do: compare-process-mining load LOG
//!
//! The import alone is measured: a tree of traces and events without an index. The crate has neither
//! filters of cases nor times between events.

use process_mining::core::event_data::case_centric::utils::activity_projection::EventLogActivityProjection;
use process_mining::{EventLog, Importable};
use std::path::Path;
use std::time::Instant;

/// A figure of /proc/self/status or /proc/self/stat.
fn proc_text(name: &str) -> String {
    std::fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default()
}

/// Processor time of all threads, to a hundredth of a second.
fn cpu_seconds() -> f64 {
    let stat = proc_text("stat");
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = after_name
        .split_whitespace()
        .map(|f| f.parse().unwrap_or(0.0))
        .collect();
    (fields[11] + fields[12]) / 100.0
}

fn peak_mb() -> f64 {
    let status = proc_text("status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

fn main() {
    let path = std::env::args().nth(2).expect("load LOG");
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let log = EventLog::import_from_path(Path::new(&path)).expect("a log in XES");
    let (wall, cpu, peak) = (
        start.elapsed().as_secs_f64(),
        cpu_seconds() - cpu,
        peak_mb(),
    );
    let cases = log.traces.len();
    let events: usize = log.traces.iter().map(|trace| trace.events.len()).sum();
    let variants = EventLogActivityProjection::from(&log);
    let (variants, activities) = (variants.traces.len(), variants.activities.len());
    println!(
        r#"{{"wall": {wall}, "cpu": {cpu}, "peak_mb": {peak}, "answer": {{"cases": {cases}, "events": {events},
"variants": {variants}, "activities": {activities}}}}}"#
    );
}
