//! Where cases wait, ranked: steps, activities and resources by the time lost on them, by growth, by
//! the deadlines broken there; and one of them in depth, with what a shorter wait would gain.

use super::analysis::Selected;
use super::answer::{ActivityFigures, EdgeFigures, distribution, seconds, stats, timeline};
use super::listing::{SortValue, find, page, sort, to_sort};
use super::timing;
use super::{AskError, Cancel, DurationBin, Listing, Rows, Stats, Timeline};
use crate::metrics::bins::{self, TimeAxis};
use crate::metrics::bottlenecks::{self, Target, Wait};
use crate::metrics::quantile::{Figures, type7};
use crate::metrics::times::{Subject, by_subject};
use crate::metrics::{Scan, edges, summary};
use std::sync::{Arc, OnceLock};

pub use crate::metrics::bottlenecks::Kind;

/// The longest waits that are named.
const LONGEST: usize = 100;

/// Columns that bottlenecks can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BottleneckKey {
    /// Sum of the waits: the time lost there.
    #[default]
    Total,
    /// Median wait.
    Median,
    /// 90th percentile of the wait.
    P90,
    /// Mean wait.
    Mean,
    /// Growth of the mean wait.
    Growth,
    /// Breaches of deadlines that are put down to it.
    Breaches,
    /// Number of waits.
    Count,
    /// Number of cases.
    Cases,
    /// Name; of a step the first activity, then the second.
    Name,
    /// Of a step the second activity, then the first.
    To,
}

/// Something that cases wait for.
#[derive(Debug, Clone, PartialEq)]
pub struct BottleneckRow {
    /// Both activities of a step; the activity, or the resource.
    pub names: Vec<Arc<str>>,
    /// The waits, in seconds: of instances from the latest completion before to the start, of plain
    /// events from the event before.
    pub wait: Stats,
    /// Cases that have it, also those that begin with it and so did not wait.
    pub cases: u64,
    /// Of the sum of all waits of this kind, 0 to 1.
    pub share: f64,
    /// By which part the mean wait in the last quarter of the selection's time is longer than in the
    /// quarter before; `None` where either has too few.
    pub growth: Option<f64>,
    /// Breaches of deadlines of which this was the longest wait while the clock ran.
    pub breaches: u64,
}

/// What all waits of one kind would be without the long ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// The 25th percentile of the wait, to which all longer ones are cut, seconds.
    pub p25: f64,
    /// Median duration of the selected cases, seconds.
    pub median: f64,
    /// What it would be then.
    pub cut: f64,
    /// Cases that would be shorter.
    pub cases: u64,
    /// By how much in all, seconds.
    pub saved: f64,
}

/// One bottleneck in depth.
#[derive(Debug, Clone, PartialEq)]
pub struct BottleneckDetail {
    /// As in the list; `None` where no selected case waits for it.
    pub row: Option<BottleneckRow>,
    /// When in the log's life its waits ended, with their lengths.
    pub timeline: Timeline,
    /// Distribution of the waits.
    pub durations: Vec<DurationBin>,
    /// The longest waits: case id and seconds, longest first, at most 100.
    pub longest: Vec<(String, f64)>,
    /// What shorter waits would gain.
    pub gain: Option<Gain>,
}

/// A bottleneck by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BottleneckQuery {
    /// Its kind.
    pub kind: Kind,
    /// Its names, as in [`BottleneckRow::names`].
    pub names: Vec<String>,
    /// Bins of the time axis, at most.
    pub time_bins: usize,
    /// Bins of the distribution, at most.
    pub duration_bins: usize,
}

/// The rows of a selection, by kind, made when first wanted.
#[derive(Debug, Default)]
pub struct BottleneckFigures {
    kinds: [OnceLock<Vec<(u32, BottleneckRow)>>; 3],
}

/// All bottlenecks of a kind with their numbers, in the order of their names.
fn rows(
    selected: &Selected,
    kind: Kind,
    tz: chrono_tz::Tz,
    cancel: &Cancel,
) -> Result<Vec<(u32, BottleneckRow)>, AskError> {
    let kept = &selected.bottlenecks.kinds[kind as usize];
    if let Some(rows) = kept.get() {
        return Ok(rows.clone());
    }
    let breaches = timing::breaches(selected, tz, cancel)?;
    Ok(kept.get_or_init(|| made(selected, kind, &breaches)).clone())
}

fn made(
    selected: &Selected,
    kind: Kind,
    breaches: &[(usize, i64, i64)],
) -> Vec<(u32, BottleneckRow)> {
    let selection = selected.selection();
    let Some(target) = Target::new(&selection, kind) else {
        return Vec::new();
    };
    let span = summary::span(&selection).unwrap_or((0, 0));
    let recent = bottlenecks::recent(&selection, &target, span);
    let breaches = bottlenecks::longest_waits(&selection, &target, breaches);
    let waits = waits(selected, kind);
    let whole: i128 = waits.iter().filter_map(|(f, _)| *f).map(|f| f.total).sum();
    let row = |(number, (figures, cases)): (usize, (Option<Figures>, u64))| {
        let figures = figures?;
        let row = BottleneckRow {
            names: names(selected, &target, kind, number),
            wait: stats(figures),
            cases,
            share: if whole > 0 {
                figures.total as f64 / whole as f64
            } else {
                0.0
            },
            growth: bottlenecks::growth(recent[number]),
            breaches: breaches[number],
        };
        Some((number as u32, row))
    };
    let mut rows: Vec<(u32, BottleneckRow)> =
        waits.into_iter().enumerate().filter_map(row).collect();
    rows.sort_by(|a, b| a.1.names.cmp(&b.1.names));
    rows
}

fn names(selected: &Selected, target: &Target<'_>, kind: Kind, number: usize) -> Vec<Arc<str>> {
    let prepared = &selected.prepared;
    let activity = |code: u32| Arc::clone(&prepared.names[code as usize]);
    match kind {
        Kind::Step => {
            let edges = &prepared.index.edges;
            vec![activity(edges.from[number]), activity(edges.to[number])]
        }
        Kind::Activity => vec![activity(number as u32)],
        Kind::Resource => vec![target.names[number].as_str().into()],
    }
}

/// Figures of the waits and number of cases, by number: edge, activity code, or resource.
pub(super) fn waits(selected: &Selected, kind: Kind) -> Vec<(Option<Figures>, u64)> {
    let selection = selected.selection();
    let instances = selection.log.has_instances();
    match kind {
        Kind::Step => EdgeFigures::shared(selected).waits(instances),
        Kind::Activity => ActivityFigures::shared(selected).waits(instances),
        Kind::Resource => {
            let times = by_subject(&selection, Subject::Resource).into_iter();
            let figures = times.map(|t| (t.name, t.figures[usize::from(instances)]));
            let figures: hashbrown::HashMap<String, Option<Figures>> = figures.collect();
            let cases = resource_cases(selected);
            let of = |name: &String| {
                let figures = figures.get(name).copied().flatten();
                (figures, cases.get(name).copied().unwrap_or(0))
            };
            let target = Target::new(&selection, kind);
            target.iter().flat_map(|t| &t.names).map(of).collect()
        }
    }
}

fn resource_cases(selected: &Selected) -> hashbrown::HashMap<String, u64> {
    let counts = crate::metrics::resources::counts(&selected.selection());
    let counts = counts.unwrap_or_default().into_iter();
    counts.map(|c| (c.resource, c.cases)).collect()
}

pub(super) fn list(
    selected: &Selected,
    tz: chrono_tz::Tz,
    kind: Kind,
    listing: &Listing<BottleneckKey>,
    cancel: &Cancel,
) -> Result<Rows<BottleneckRow>, AskError> {
    let rows = rows(selected, kind, tz, cancel)?;
    let of = |i: u32| &rows[i as usize].1;
    let mut by_second: Vec<u32> = (0..rows.len() as u32).collect();
    by_second.sort_by(|&a, &b| of(a).names.iter().rev().cmp(of(b).names.iter().rev()));
    let mut second = vec![0u32; rows.len()];
    for (rank, &i) in by_second.iter().enumerate() {
        second[i as usize] = rank as u32;
    }
    let value = |i: u32| -> SortValue {
        let row = of(i);
        match listing.sort {
            BottleneckKey::Total => row.wait.total.into(),
            BottleneckKey::Median => row.wait.median.into(),
            BottleneckKey::P90 => row.wait.p90.into(),
            BottleneckKey::Mean => row.wait.mean.into(),
            BottleneckKey::Growth => row.growth.into(),
            BottleneckKey::Breaches => row.breaches.into(),
            BottleneckKey::Count => row.wait.n.into(),
            BottleneckKey::Cases => row.cases.into(),
            BottleneckKey::Name => u64::from(i).into(),
            BottleneckKey::To => u64::from(second[i as usize]).into(),
        }
    };
    let mut ids: Vec<u32> = (0..rows.len() as u32).collect();
    let shown = to_sort(listing, ids.len());
    sort(&mut ids, shown, listing.descending, value, |i| i);
    let ids = find(ids, &listing.find, cancel, |i| of(i).names.join(" > "))?;
    Ok(page(&ids, listing, |i| of(i).clone()))
}

pub(super) fn detail(
    selected: &Selected,
    tz: chrono_tz::Tz,
    query: &BottleneckQuery,
    cancel: &Cancel,
) -> Result<BottleneckDetail, AskError> {
    let selection = selected.selection();
    let rows = rows(selected, query.kind, tz, cancel)?;
    let named = |row: &BottleneckRow| {
        let names = row.names.iter().map(|name| &**name);
        names.eq(query.names.iter().map(String::as_str))
    };
    let found = rows.into_iter().find(|(_, row)| named(row));
    let waits = match (&found, Target::new(&selection, query.kind)) {
        (Some((number, _)), Some(target)) => {
            if query.kind == Kind::Step && !selection.log.has_instances() {
                edges::waits(&selection, *number as usize)
            } else {
                bottlenecks::waits(&selection, &target, *number as usize)
            }
        }
        _ => Vec::new(),
    };
    cancel.check()?;
    let (first, last) = summary::span(&selection).unwrap_or((0, 0));
    let axis = TimeAxis::over(first, last, query.time_bins);
    let ended: Vec<(i64, i64)> = waits.iter().map(|w| (w.ended, w.length)).collect();
    let (lengths, cases): (Vec<i64>, Vec<u32>) = waits.iter().map(|w| (w.length, w.case)).unzip();
    let total = lengths.iter().map(|&length| i128::from(length)).sum();
    let scan = Scan::new(&lengths, &cases, None, total);
    let id = |case: u32| selection.log.case_ids.get(case).to_owned();
    Ok(BottleneckDetail {
        row: found.map(|(_, row)| row),
        timeline: timeline(&axis, &bins::occurrences(&ended, &axis)),
        durations: distribution(&scan, query.duration_bins),
        longest: scan
            .largest()
            .take(LONGEST)
            .map(|(length, case)| (id(case), seconds(length)))
            .collect(),
        gain: gain(selected, &waits),
    })
}

/// What cutting the longer three quarters of waits to the 25th percentile would gain.
fn gain(selected: &Selected, waits: &[Wait]) -> Option<Gain> {
    let n = (!waits.is_empty()).then_some(waits.len() as u64)?;
    let p25 = type7(n, 0.25, |k| waits[k as usize].length);
    let gain = bottlenecks::gain(&selected.selection(), waits, p25.floor() as i64)?;
    Some(Gain {
        p25: p25 / 1e6,
        median: gain.median / 1e6,
        cut: gain.cut / 1e6,
        cases: gain.cases,
        saved: gain.saved as f64 / 1e6,
    })
}
