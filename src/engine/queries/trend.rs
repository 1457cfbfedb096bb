//! Figures by period, and their change.

use crate::engine::ending::{Ending, Open};
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::timing::verdicts;
use crate::engine::view::{AskError, Cancel};
use crate::metrics::bins::TimeAxis;
use crate::metrics::deadlines::State;
use crate::metrics::trend as metrics;
use crate::metrics::{Figures, flow};

/// Figures by period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrendQuery {
    /// Length of a period.
    pub by: TrendUnit,
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TrendUnit {
    /// A day (UTC).
    Day,
    /// A week, from Monday on.
    Week,
    /// A calendar month.
    #[default]
    Month,
}

impl TrendUnit {
    /// All of them, the shortest first.
    pub const ALL: [TrendUnit; 3] = [TrendUnit::Day, TrendUnit::Week, TrendUnit::Month];

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            TrendUnit::Day => "day",
            TrendUnit::Week => "week",
            TrendUnit::Month => "month",
        }
    }
}

/// Figures by period.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// What a period is; longer than asked for where there would be too many.
    pub unit: String,
    /// Where each period begins, and where the last one ends.
    pub bounds: Vec<i64>,
    /// Whether the log does not have all of the period; such periods are not compared.
    pub partial: Vec<bool>,
    /// The figures.
    pub rows: Vec<TrendRow>,
    /// Which cases are open.
    pub ending: Ending,
}

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrendKind {
    /// A number of things.
    Count,
    /// Seconds.
    Duration,
    /// 0 to 1.
    Share,
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendRow {
    /// What it is: words of the program, and names of milestones and deadlines.
    pub name: String,
    /// Its kind.
    pub kind: TrendKind,
    /// Its value in each period; `None` where there is none.
    pub values: Vec<Option<f64>>,
}

/// A figure in the last full period, and how it changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// In the last full period.
    pub value: Option<f64>,
    /// Less that of the period before, where both are known and the period before is full, too.
    pub change: Option<f64>,
    /// The same as a part of the value before; `None` where that was 0.
    pub relative: Option<f64>,
}

impl Trend {
    /// The last period that the log has all of.
    pub fn last_full(&self) -> Option<usize> {
        self.partial.iter().rposition(|partial| !partial)
    }

    /// How a figure changed.
    pub fn change(&self, row: &TrendRow) -> Change {
        let full = self.last_full();
        let value = full.and_then(|at| row.values[at]);
        let before = full.and_then(|at| at.checked_sub(1));
        let before = before.filter(|at| !self.partial[*at]);
        let before = before.and_then(|at| row.values[at]);
        let change = value.zip(before).map(|(value, before)| value - before);
        let relative = change.zip(before.filter(|b| *b > 0.0));
        Change {
            value,
            change,
            relative: relative.map(|(change, before)| change / before),
        }
    }
}

impl Query for TrendQuery {
    type Answer = Trend;

    fn run(&self, context: &Context<'_>) -> Result<Trend, AskError> {
        let selected = context.selected()?;
        trend(&selected, context.analysis.zone(), self.by, context.cancel)
    }
}

fn trend(
    selected: &Selected,
    tz: chrono_tz::Tz,
    by: TrendUnit,
    cancel: &Cancel,
) -> Result<Trend, AskError> {
    let (selection, open) = (selected.selection(), Open::of(selected));
    let axis = metrics::axis(&selection, by.word(), open.until);
    let is_open = |case: usize| open.is_open(case);
    let of = flow::Open {
        is_open: &is_open,
        until: open.until,
    };
    let periods = metrics::trend(&selection, &axis, of);
    cancel.check()?;
    let mut rows = case_rows(&periods);
    let times = selection.log.case_times.iter().enumerate();
    rows.extend(times.map(|(at, time)| {
        let median = |period: &metrics::Period| seconds(period.milestones[at], |f| f.median);
        row(
            &format!("{}, median", time.name),
            TrendKind::Duration,
            &periods,
            median,
        )
    }));
    rows.extend(breach_rates(selected, &open, tz, &axis, cancel)?);
    let starts = &selected.prepared.index.case_start;
    let first = starts.iter().copied().min().unwrap_or(axis.bounds[0]);
    let is_cut = |period: &[i64]| period[0] < first || period[1] > open.until.saturating_add(1);
    Ok(Trend {
        unit: axis.unit.to_owned(),
        partial: axis.bounds.windows(2).map(is_cut).collect(),
        bounds: axis.bounds,
        rows,
        ending: open.ending(),
    })
}

fn row(
    name: &str,
    kind: TrendKind,
    periods: &[metrics::Period],
    value: impl Fn(&metrics::Period) -> Option<f64>,
) -> TrendRow {
    TrendRow {
        name: name.to_owned(),
        kind,
        values: periods.iter().map(value).collect(),
    }
}

fn seconds(figures: Option<Figures>, of: fn(Figures) -> f64) -> Option<f64> {
    figures.map(|figures| of(figures) / 1e6)
}

/// What every log has.
fn case_rows(periods: &[metrics::Period]) -> Vec<TrendRow> {
    use TrendKind::{Count, Duration};
    let median = |p: &metrics::Period| seconds(p.throughput, |f| f.median);
    let p90 = |p: &metrics::Period| seconds(p.throughput, |f| f.p90);
    vec![
        row("cases started", Count, periods, |p| Some(p.started as f64)),
        row("cases completed", Count, periods, |p| {
            Some(p.completed as f64)
        }),
        row("events", Count, periods, |p| Some(p.events as f64)),
        row("in progress at the end", Count, periods, |p| {
            Some(p.wip as f64)
        }),
        row("throughput, median", Duration, periods, median),
        row("throughput, p90", Duration, periods, p90),
    ]
}

/// Of each deadline: the share of the cases that break it among those that ended in a period and whose
/// fate is known.
fn breach_rates(
    selected: &Selected,
    open: &Open<'_>,
    tz: chrono_tz::Tz,
    axis: &TimeAxis,
    cancel: &Cancel,
) -> Result<Vec<TrendRow>, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let rules = &prepared.timed.timing.rules;
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let set = selected.open();
    let rate = |spec| {
        cancel.check()?;
        let found = verdicts(&selection, prepared, spec, (open.until, &set), tz)?;
        let closed = found.into_iter().filter(|(case, _)| !set.contains(*case));
        let mut known = vec![(0u64, 0u64); axis.n_bins()];
        for (case, verdict) in closed {
            let bin = axis.bin(prepared.index.case_end[case]);
            let (Ok(bin), true) = (
                bin,
                verdict.state.is_breach() || verdict.state == State::Kept,
            ) else {
                continue;
            };
            known[bin].0 += u64::from(verdict.state.is_breach());
            known[bin].1 += 1;
        }
        let share = |(broken, all): (u64, u64)| (all > 0).then(|| broken as f64 / all as f64);
        Ok(TrendRow {
            name: format!("{}, broken", spec.name),
            kind: TrendKind::Share,
            values: known.into_iter().map(share).collect(),
        })
    };
    rules.iter().map(rate).collect()
}
