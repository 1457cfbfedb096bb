//! Figures by period, and their change.

use super::deadlines::{Fates, by_due};
use super::milestones::by_time_reached;
use crate::engine::definitions::{NamedMilestone, RuleSpec};
use crate::engine::ending::{Ending, Open};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::selected::Selected;
use crate::engine::suppress::{GroupSize, is_few, kept};
use crate::engine::timing::verdicts;
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::metrics::bins::TimeAxis;
use crate::metrics::flow;
use crate::metrics::trend as metrics;

/// Figures by period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrendQuery {
    /// Length of a period.
    pub by: TrendUnit,
}

/// Length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TrendUnit {
    /// A day.
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
    /// Unit of a period; longer than requested where there would be too many.
    pub unit: String,
    /// Where each period begins, and where the last one ends.
    pub bounds: Vec<i64>,
    /// True for periods that the log covers in part only; these are not compared.
    pub partial: Vec<bool>,
    /// The figures.
    pub rows: Vec<TrendRow>,
    /// Which cases are open.
    pub ending: Ending,
}

/// Kind of a figure, which decides its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrendKind {
    /// A number of things.
    Count,
    /// A duration by the calendar of the view, seconds.
    Duration,
    /// A duration by a calendar of its own, seconds.
    Working,
    /// 0 to 1.
    Share,
}

/// The instant by which a figure belongs to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrendBasis {
    /// The start of the case.
    Started,
    /// The end of the case; open ones are left out.
    Ended,
    /// The instant of the event.
    Event,
    /// The end of the period.
    PeriodEnd,
    /// When the milestone was reached.
    Reached,
    /// When the limit of the deadline was over, or would have been.
    Due,
}

impl TrendBasis {
    /// In words, after "by".
    pub fn words(self) -> &'static str {
        match self {
            TrendBasis::Started => "start of the case",
            TrendBasis::Ended => "end of the case",
            TrendBasis::Event => "time of the event",
            TrendBasis::PeriodEnd => "end of the period",
            TrendBasis::Reached => "time reached",
            TrendBasis::Due => "time due",
        }
    }
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendRow {
    /// Name of the figure: a fixed text, or with the name of a milestone or deadline.
    pub name: String,
    /// Kind, which decides the unit.
    pub kind: TrendKind,
    /// Instant that puts a value into a period.
    pub basis: TrendBasis,
    /// True for a milestone that is guessed from the names of activities.
    pub guessed: bool,
    /// Value per period; `None` where there is none.
    pub values: Vec<Option<f64>>,
    /// Number of cases (or events) that the value of each period is made of.
    pub n: Vec<u64>,
}

/// A figure in the last full period, and how it changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// In the last full period.
    pub value: Option<f64>,
    /// Less that of the period before, where both are known and the period before is full, too.
    pub change: Option<f64>,
    /// Relative change; `None` where the value before was 0.
    pub relative: Option<f64>,
}

impl Trend {
    /// The last period that the log has all of.
    pub fn last_full(&self) -> Option<usize> {
        self.partial.iter().rposition(|partial| !partial)
    }

    /// Change of a figure between the last two full periods.
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
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Trend, AskError> {
        let (selected, zone) = (context.selected()?, context.analysis.zone());
        let (first, last) = whole(&selected);
        let axis = TimeAxis::of(self.by.word(), first, last, zone);
        let mut trend = on_axis(&selected, zone, axis, context.cancel)?;
        if context.least > 0 {
            trend
                .rows
                .iter_mut()
                .for_each(|row| row.suppress(context.least));
        }
        Ok(trend)
    }
}

impl TrendRow {
    /// Takes the values out that are of few cases, and those that these could be computed from.
    fn suppress(&mut self, least: u64) {
        let size = |&cases: &u64| GroupSize {
            cases,
            few: is_few(cases, least),
        };
        let sizes: Vec<GroupSize> = self.n.iter().map(size).collect();
        let (shown, _) = kept(&sizes, least);
        for period in 0..self.n.len() {
            if shown.binary_search(&period).is_err() {
                self.values[period] = None;
                self.n[period] = 0;
            }
        }
    }
}

/// First and last instant of the periods.
pub(super) fn whole(selected: &Selected) -> (i64, i64) {
    let until = Open::of(selected).until;
    metrics::span(&selected.selection(), until)
}

/// The figures by the bins of an axis.
pub(super) fn on_axis(
    selected: &Selected,
    tz: chrono_tz::Tz,
    axis: TimeAxis,
    cancel: &Cancel,
) -> Result<Trend, AskError> {
    let (selection, open) = (selected.selection(), Open::of(selected));
    let is_open = |case: usize| open.is_open(case);
    let of = flow::Open {
        is_open: &is_open,
        until: open.until,
    };
    let periods = metrics::trend(&selection, &axis, of);
    cancel.check()?;
    let mut rows = case_rows(&periods);
    rows.extend(milestone_rows(selected, tz, &axis)?);
    rows.extend(breach_rates(selected, open.until, tz, &axis, cancel)?);
    let starts = &selected.prepared.index.case_start;
    let first = starts.iter().copied().min().unwrap_or(axis.bounds[0]);
    // A bound is the first instant after its period.
    let is_cut = |period: &[i64]| period[0] < first || period[1] > open.until.saturating_add(1);
    Ok(Trend {
        unit: axis.unit.to_owned(),
        partial: axis.bounds.windows(2).map(is_cut).collect(),
        bounds: axis.bounds,
        rows,
        ending: open.ending(),
    })
}

/// Figures that every log has.
fn case_rows(periods: &[metrics::Period]) -> Vec<TrendRow> {
    type Value = fn(&metrics::Period) -> Option<f64>;
    let seconds = |micros: f64| micros / 1e6;
    let median: Value = |p| p.throughput.map(|f| f.median);
    let p90: Value = |p| p.throughput.map(|f| f.p90);
    let count = |name: &str, basis: TrendBasis, count: fn(&metrics::Period) -> u64| TrendRow {
        name: name.to_owned(),
        kind: TrendKind::Count,
        basis,
        guessed: false,
        values: periods.iter().map(|p| Some(count(p) as f64)).collect(),
        n: periods.iter().map(count).collect(),
    };
    let duration = |name: &str, value: Value| TrendRow {
        name: name.to_owned(),
        kind: TrendKind::Duration,
        basis: TrendBasis::Ended,
        guessed: false,
        values: periods.iter().map(|p| value(p).map(seconds)).collect(),
        n: periods
            .iter()
            .map(|p| p.throughput.map_or(0, |f| f.n))
            .collect(),
    };
    vec![
        count("cases started", TrendBasis::Started, |p| p.flow.arrivals),
        count("cases completed", TrendBasis::Ended, |p| p.flow.completions),
        count("events", TrendBasis::Event, |p| p.events),
        count("in progress at the end", TrendBasis::PeriodEnd, |p| {
            p.flow.wip_after()
        }),
        duration("throughput, median", median),
        duration("throughput, p90", p90),
    ]
}

/// Median duration of each milestone by the period in which it was reached, be the case open or over.
fn milestone_rows(
    selected: &Selected,
    tz: chrono_tz::Tz,
    axis: &TimeAxis,
) -> Result<Vec<TrendRow>, AskError> {
    let row = |named: &NamedMilestone| {
        let bins = by_time_reached(selected, named, tz, axis)?;
        Ok(TrendRow {
            name: format!("{}, median", named.name),
            kind: match named.calendar {
                Some(_) => TrendKind::Working,
                None => TrendKind::Duration,
            },
            basis: TrendBasis::Reached,
            guessed: named.guessed,
            values: bins.iter().map(|bin| bin.median).collect(),
            n: bins.iter().map(|bin| bin.n).collect(),
        })
    };
    let milestones = &selected.prepared.timed.timing.milestones;
    milestones.iter().map(row).collect()
}

/// The share, for each deadline, of the cases that break it among those that were due in a period, open
/// ones included, and whose fate is known.
fn breach_rates(
    selected: &Selected,
    until: i64,
    tz: chrono_tz::Tz,
    axis: &TimeAxis,
    cancel: &Cancel,
) -> Result<Vec<TrendRow>, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let open = selected.open();
    let rate = |spec: &RuleSpec| {
        cancel.check()?;
        let found = verdicts(&selection, prepared, spec, (until, &open), tz)?;
        let fates = by_due(found.iter().map(|(_, verdict)| verdict), axis);
        Ok(TrendRow {
            name: format!("{}, broken", spec.name),
            kind: TrendKind::Share,
            basis: TrendBasis::Due,
            guessed: false,
            values: fates.iter().map(Fates::rate).collect(),
            n: fates.iter().map(|fates| fates.known).collect(),
        })
    };
    prepared.timed.timing.rules.iter().map(rate).collect()
}
