//! The charts of two selections: their axes, bins and figures.

use super::{Aligned, AlignedRows, Charted, PairedBin, PairedFigure, PairedRow};
use crate::engine::queries::flow::{self, Flow};
use crate::engine::queries::queues::{self, QueueQuery};
use crate::engine::queries::summary::SummaryQuery;
use crate::engine::queries::trend::{self, Trend, TrendBasis, TrendKind};
use crate::engine::queries::week::{WeekCell, WeekQuery};
use crate::engine::query::Context;
use crate::engine::selected::Selected;
use crate::engine::sides::Selections;
use crate::engine::stats::Stats;
use crate::engine::view::AskError;
use crate::metrics::bins::TimeAxis;
use crate::metrics::split::span_of_starts;
use crate::metrics::summary;
use crate::text::time::{self, DAY, Tz, WEEKDAYS};
use std::sync::Arc;

/// A figure with its names.
fn figure(key: &str, name: &str, kind: TrendKind, adds_up: bool) -> PairedFigure {
    PairedFigure {
        key: key.to_owned(),
        name: name.to_owned(),
        kind,
        adds_up,
    }
}

impl Charted {
    /// The rows of both selections.
    pub(super) fn rows(
        &self,
        context: &Context<'_>,
        selections: &Selections,
    ) -> Result<AlignedRows, AskError> {
        let zone = context.analysis.zone();
        let sides = &selections.selected;
        Ok(match self {
            Charted::Flow { bins, range } => {
                let over = |(first, last)| TimeAxis::over(first, last, *bins, zone);
                let wholes = sides.each_ref().map(|side| flow::whole(side));
                let (axes, aligned) = axes(sides, wholes, *range, over, zone);
                let flows = [0, 1].map(|side| flow::on_axis(&sides[side], &axes[side]));
                let bins = [0, 1].map(|side| flow_bins(&flows[side], &sides[side]));
                whole_of(FLOW.map(figure_of).to_vec(), bins, &axes[0], aligned, zone)
            }
            Charted::Queue(query) => {
                let over = |(first, last)| TimeAxis::over(first, last, query.bins, zone);
                let span =
                    |side: &Arc<Selected>| summary::span(&side.selection()).unwrap_or((0, 0));
                let wholes = sides.each_ref().map(span);
                let (axes, aligned) = axes(sides, wholes, query.range, over, zone);
                let bins = [0, 1].map(|side| queue_bins(query, &sides[side], &axes[side]));
                whole_of(QUEUE.map(figure_of).to_vec(), bins, &axes[0], aligned, zone)
            }
            Charted::Trend(unit) => {
                let over = |(first, last)| TimeAxis::of(unit.word(), first, last, zone);
                let wholes = sides.each_ref().map(|side| trend::whole(side));
                let (axes, aligned) = axes(sides, wholes, None, over, zone);
                let trend = |side: usize| {
                    trend::on_axis(&sides[side], zone, axes[side].clone(), context.cancel)
                };
                let trends = [trend(0)?, trend(1)?];
                let figures = trends[0].rows.iter().map(|row| {
                    let flows = [TrendBasis::Started, TrendBasis::Ended, TrendBasis::Event];
                    let adds_up = row.kind == TrendKind::Count && flows.contains(&row.basis);
                    figure(&row.name, &row.name, row.kind, adds_up)
                });
                let figures: Vec<PairedFigure> = figures.collect();
                let bins = [0, 1].map(|side| trend_bins(&trends[side], &sides[side]));
                whole_of(figures, bins, &axes[0], aligned, zone)
            }
            Charted::Week => {
                let week = |side: usize| {
                    let query = WeekQuery { medians: true };
                    context
                        .analysis
                        .ask(&selections.views[side], &query, context.cancel)
                };
                let weeks = [week(0)?, week(1)?];
                let bins = [0, 1].map(|side| week_bins(&weeks[side].cells, &sides[side]));
                AlignedRows {
                    by_rate: true,
                    figures: WEEK.map(figure_of).to_vec(),
                    unit: String::new(),
                    aligned: Aligned::Name,
                    rows: joined(bins, |at, _| {
                        format!("{} {:02}:00", WEEKDAYS[at / 24], at % 24)
                    }),
                }
            }
            Charted::Summary => summaries(context, selections)?,
        })
    }
}

/// Name in data, name for people, kind, and whether it adds up.
type Named = (&'static str, &'static str, TrendKind, bool);

fn figure_of((key, name, kind, adds_up): Named) -> PairedFigure {
    figure(key, name, kind, adds_up)
}

const FLOW: [Named; 5] = [
    ("arrivals", "cases started", TrendKind::Count, true),
    ("completions", "cases ended", TrendKind::Count, true),
    (
        "wip_start",
        "in progress at the start",
        TrendKind::Count,
        false,
    ),
    ("wip_mean", "in progress, mean", TrendKind::Count, false),
    (
        "wip_any",
        "in progress at any time",
        TrendKind::Count,
        false,
    ),
];

const QUEUE: [Named; 5] = [
    ("length_mean", "length, mean", TrendKind::Count, false),
    (
        "length_start",
        "length at the start",
        TrendKind::Count,
        false,
    ),
    ("waited", "waited", TrendKind::Count, false),
    ("left", "left the queue", TrendKind::Count, true),
    (
        "wait_median",
        "wait of those that left, median",
        TrendKind::Duration,
        false,
    ),
];

const WEEK: [Named; 6] = [
    ("arrivals", "cases started", TrendKind::Count, true),
    ("completions", "cases ended", TrendKind::Count, true),
    ("events", "events", TrendKind::Count, true),
    ("begun", "waits ended", TrendKind::Count, true),
    ("waiting_total", "waiting", TrendKind::Duration, true),
    ("waiting_median", "wait, median", TrendKind::Duration, false),
];

/// The axes of both sides, and how their bins go together. `wholes` are the first and the last instant of
/// each side; `over` makes an axis of such.
fn axes(
    sides: &[Arc<Selected>; 2],
    wholes: [(i64, i64); 2],
    range: Option<(i64, i64)>,
    over: impl Fn((i64, i64)) -> TimeAxis,
    zone: Tz,
) -> ([TimeAxis; 2], Aligned) {
    let starts = sides
        .each_ref()
        .map(|side| span_of_starts(&side.selection()));
    let are_apart = match starts {
        [Some(a), Some(b)] => a.1 < b.0 || b.1 < a.0,
        _ => false,
    };
    if let (true, None) = (are_apart, range) {
        let [mut a, mut b] = wholes.map(&over);
        let length = |axis: &TimeAxis| axis.bounds[1] - axis.bounds[0];
        // A side of more time may have longer bins: both get these.
        if a.unit != b.unit {
            if length(&a) > length(&b) {
                b = TimeAxis::of(a.unit, wholes[1].0, wholes[1].1, zone);
            } else {
                a = TimeAxis::of(b.unit, wholes[0].0, wholes[0].1, zone);
            }
        }
        return ([a, b], Aligned::Offset);
    }
    let [a, b] = wholes;
    let axis = over(match range {
        // A range lacks its end, the axis wants its last instant.
        Some((from, to)) => (from, to.saturating_sub(1).max(from)),
        None => (a.0.min(b.0), a.1.max(b.1)),
    });
    ([axis.clone(), axis], Aligned::Time)
}

/// A bin with the part of it that the log has.
fn bin(start: i64, end: i64, selected: &Selected, values: Vec<Option<f64>>) -> PairedBin {
    let prepared = &selected.prepared;
    let first = prepared.span().map_or(start, |(first, _)| first);
    // The last instant itself is looked at, so a bin may end right after it.
    let (from, to) = (start.max(first), end.min(prepared.now().saturating_add(1)));
    PairedBin {
        span: Some((start, end)),
        length: (to - from).max(0) as f64 / DAY as f64,
        partial: (from, to) != (start, end),
        values,
    }
}

fn flow_bins(flow: &Flow, selected: &Selected) -> Vec<PairedBin> {
    let bins = flow.bins.iter().enumerate().map(|(at, of)| {
        let count = |n: u64| Some(n as f64);
        let values = vec![
            count(of.arrivals),
            count(of.completions),
            count(of.wip),
            of.mean,
            count(of.there),
        ];
        bin(of.start, flow.bin_end(at), selected, values)
    });
    bins.collect()
}

fn queue_bins(query: &QueueQuery, selected: &Selected, axis: &TimeAxis) -> Vec<PairedBin> {
    let queue = queues::on_axis(selected, query, axis);
    let bins = queue.bins.iter().enumerate().map(|(at, of)| {
        let count = |n: u64| Some(n as f64);
        let values = vec![
            of.mean,
            count(of.length),
            count(of.waited),
            count(of.left),
            of.median,
        ];
        bin(of.start, queue.bin_end(at), selected, values)
    });
    bins.collect()
}

fn trend_bins(trend: &Trend, selected: &Selected) -> Vec<PairedBin> {
    let bins = trend.bounds.windows(2).enumerate().map(|(at, bounds)| {
        let values = trend.rows.iter().map(|row| row.values[at]).collect();
        bin(bounds[0], bounds[1], selected, values)
    });
    bins.collect()
}

fn week_bins(cells: &[WeekCell], selected: &Selected) -> Vec<PairedBin> {
    let span = summary::span(&selected.selection());
    let weeks = span.map_or(0.0, |(first, last)| {
        (last - first + 1) as f64 / (7 * DAY) as f64
    });
    let bins = cells.iter().map(|cell| {
        let count = |n: u64| Some(n as f64);
        PairedBin {
            span: None,
            // Less than a week counts as one, or few hours would have high rates.
            length: weeks.max(1.0),
            partial: false,
            values: vec![
                count(cell.arrivals),
                count(cell.completions),
                count(cell.events),
                count(cell.begun),
                Some(cell.waiting),
                cell.median,
            ],
        }
    });
    bins.collect()
}

/// Rows of the bins of both sides by their number.
fn joined(
    [a, b]: [Vec<PairedBin>; 2],
    name: impl Fn(usize, &[Option<PairedBin>; 2]) -> String,
) -> Vec<PairedRow> {
    let n = a.len().max(b.len());
    let (mut a, mut b) = (a.into_iter(), b.into_iter());
    let row = |at: usize| {
        let bins = [a.next(), b.next()];
        PairedRow {
            name: name(at, &bins),
            bins,
            shown: (figure("", "", TrendKind::Count, false), 0),
            by_rate: true,
        }
    };
    (0..n).map(row).collect()
}

/// Bins of time of both sides.
fn whole_of(
    figures: Vec<PairedFigure>,
    bins: [Vec<PairedBin>; 2],
    axis: &TimeAxis,
    aligned: Aligned,
    zone: Tz,
) -> AlignedRows {
    let label = |bin: &Option<PairedBin>| {
        let start = bin.as_ref().and_then(|bin| bin.span).map(|span| span.0);
        start.map_or_else(|| "-".to_owned(), |start| label(axis.unit, start, zone))
    };
    let mut rows = joined(bins, |_, bins| match aligned {
        Aligned::Offset => format!("{} / {}", label(&bins[0]), label(&bins[1])),
        _ => label(&bins[0]),
    });
    let differs = |row: &PairedRow| match &row.bins {
        [Some(a), Some(b)] => (a.length - b.length).abs() > 1e-9,
        _ => false,
    };
    let by_rate = rows.iter().any(differs);
    for row in &mut rows {
        row.by_rate = by_rate;
    }
    AlignedRows {
        unit: axis.unit.to_owned(),
        aligned,
        by_rate,
        figures,
        rows,
    }
}

/// Start of a bin, as exact as its unit.
fn label(unit: &str, start: i64, zone: Tz) -> String {
    let has = |words: &[&str]| words.iter().any(|word| unit.contains(word));
    if has(&["month", "year"]) {
        time::month(start, zone)
    } else if has(&["day", "week"]) {
        time::date(start, zone)
    } else {
        time::instant(start, zone)
    }
}

/// A figure of durations.
type Figure = fn(&Stats) -> f64;

/// The figures of both selections as rows.
fn summaries(context: &Context<'_>, selections: &Selections) -> Result<AlignedRows, AskError> {
    let ask = |side: usize| {
        let view = &selections.views[side];
        context.analysis.ask(view, &SummaryQuery, context.cancel)
    };
    let sides = [ask(0)?, ask(1)?];
    let mut rows = Vec::new();
    let mut add = |name: &str, kind: TrendKind, values: [Option<f64>; 2]| {
        let bins = values.map(|value| {
            Some(PairedBin {
                span: None,
                length: 1.0,
                partial: false,
                values: vec![value],
            })
        });
        rows.push(PairedRow {
            name: name.to_owned(),
            bins,
            shown: (figure(name, name, kind, false), 0),
            by_rate: false,
        });
    };
    let counts = sides.each_ref().map(|of| {
        let resources = of.resources.map(|n| n as f64);
        let open = [Some(of.cases), of.open, Some(of.events)];
        let open = open.map(|n| n.map(|n| n as f64));
        let kinds = [of.activities, of.variants].map(|n| Some(n as f64));
        [open[0], open[1], open[2], kinds[0], kinds[1], resources]
    });
    let names = [
        "cases",
        "open cases",
        "events",
        "activities",
        "variants",
        "resources",
    ];
    for (at, name) in names.into_iter().enumerate() {
        add(name, TrendKind::Count, [counts[0][at], counts[1][at]]);
    }
    let of_cases: [(&str, Figure); 3] = [
        ("events per case, median", |stats| stats.median),
        ("events per case, mean", |stats| stats.mean),
        ("events per case, max", |stats| stats.max),
    ];
    for (name, of) in of_cases {
        let value = |at: usize| sides[at].events_per_case.as_ref().map(of);
        add(name, TrendKind::Count, [value(0), value(1)]);
    }
    let of_time: [(&str, Figure); 5] = [
        ("duration, median", |stats| stats.median),
        ("duration, mean", |stats| stats.mean),
        ("duration, p90", |stats| stats.p90),
        ("duration, min", |stats| stats.min),
        ("duration, max", |stats| stats.max),
    ];
    for (name, of) in of_time {
        let value = |at: usize| sides[at].throughput.as_ref().map(of);
        add(name, TrendKind::Duration, [value(0), value(1)]);
    }
    Ok(AlignedRows {
        unit: String::new(),
        aligned: Aligned::Name,
        by_rate: false,
        figures: Vec::new(),
        rows,
    })
}
