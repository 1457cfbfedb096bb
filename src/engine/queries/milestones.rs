//! Durations of the milestones: of all cases, over time, and their distribution.

use crate::engine::axis::{DurationBin, distribution};
use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::definitions::NamedMilestone;
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Pane, Table};
use crate::engine::schema::{Align, Schema, Tone, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::event_log::NO_INSTANT;
use crate::metrics::bins::TimeAxis;
use crate::metrics::{Scan, quantile, summary};
use rayon::prelude::*;
use std::sync::Arc;

/// The durations of all milestones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestonesQuery {
    /// Order, search and page.
    pub listing: Listing,
    /// Maximum number of bins of the time axis; no figures over time where it is 0.
    pub time_bins: usize,
    /// Maximum number of bins of each distribution; none where it is 0.
    pub duration_bins: usize,
}

impl MilestonesQuery {
    /// Asks for the figures of each milestone alone, in the order of their definitions.
    pub fn figures(listing: Listing) -> Self {
        MilestonesQuery {
            listing,
            time_bins: 0,
            duration_bins: 0,
        }
    }
}

/// A milestone of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct MilestoneRow {
    /// Name of the definition.
    pub name: String,
    /// Definition in the filter language.
    pub definition: String,
    /// Calendar of its durations; calendar time where `None`.
    pub calendar: Option<String>,
    /// True for a guess from the names of activities.
    pub guessed: bool,
    /// Selected cases that do not have it.
    pub unknown: u64,
    /// Durations of the cases that reached it; `None` where no case did.
    pub duration: Option<Stats>,
    /// Distribution of the durations, where it was asked for.
    pub durations: Vec<DurationBin>,
    /// Durations by the time at which the milestone was reached, where they were asked for.
    pub over_time: Option<ReachedOverTime>,
}

/// Durations of a milestone by the time at which it was reached.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachedOverTime {
    /// Span of a bin as text.
    pub unit: String,
    /// The bins, without gaps.
    pub bins: Vec<ReachedBin>,
    /// Where the last bin ends.
    pub end: i64,
}

/// Cases that reached a milestone in a bin of time, which ends where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReachedBin {
    /// First instant of the bin.
    pub start: i64,
    /// Number of these cases, open or closed; an open case has not reached its end.
    pub n: u64,
    /// Median of their durations, seconds.
    pub median: Option<f64>,
}

impl MilestoneRow {
    /// Mark of the definition: "guess" where it is one.
    fn source(&self) -> &'static str {
        if self.guessed { "guess" } else { "defined" }
    }
}

type Column = crate::engine::schema::Column<MilestoneRow>;

/// Selected cases that reached the milestone.
fn n(row: &MilestoneRow) -> u64 {
    row.duration.map_or(0, |durations| durations.n)
}

fn reached(row: &MilestoneRow) -> Basis {
    Basis::of(n(row), "cases that reached it").without(row.unknown, "that did not")
}

/// A figure of the durations, by the calendar of the milestone where it has one.
fn figure(row: &MilestoneRow, figure: fn(&Stats) -> f64) -> Value<'static> {
    match (&row.duration, &row.calendar) {
        (Some(stats), Some(_)) => Value::Working(figure(stats)),
        (stats, _) => Value::seconds(stats.as_ref(), figure),
    }
}

/// Columns of the milestones.
pub static MILESTONES: Schema<MilestoneRow> = Schema {
    name: "milestones",
    key: |r| r.name.clone(),
    columns: &[
        Column::as_made("defined"),
        Column::new("milestone", |r| Value::text(&r.name))
            .left(Align::Text)
            .flex(14, 2, 40)
            .ascending()
            .term("milestone"),
        Column::new("source", |r| Value::text(r.source()))
            .left(Align::Fixed)
            .fixed(7)
            .priority(1)
            .tone(|r| if r.guessed { Tone::Muted } else { Tone::Plain })
            .unsorted()
            .term("milestone")
            .only(&[Pane]),
        Column::new("definition", |r| Value::text(&r.definition))
            .left(Align::Text)
            .flex(20, 3, u16::MAX)
            .priority(6)
            .unsorted(),
        // No text in JSON is null, in a table it is blank rather than the mark of a missing figure.
        Column::new("calendar", |r| {
            Value::text(r.calendar.as_deref().unwrap_or_default())
        })
        .left(Align::Text)
        .unsorted()
        .only(&[Table]),
        Column::new("own calendar", |r| {
            r.calendar.as_deref().map_or(Value::Missing, Value::text)
        })
        .json("calendar")
        .unsorted()
        .only(&[Json]),
        Column::new("cases", |r| Value::Count(n(r)))
            .basis(reached)
            .term("cases"),
        Column::new("unknown", |r| Value::Count(r.unknown))
            .priority(2)
            .term("milestone"),
        Column::new("mean", |r| figure(r, |d| d.mean))
            .json("duration.mean")
            .basis(reached)
            .priority(3)
            .term("mean"),
        Column::new("median", |r| figure(r, |d| d.median))
            .json("duration.median")
            .basis(reached)
            .term("median"),
        Column::new("p90", |r| figure(r, |d| d.p90))
            .json("duration.p90")
            .basis(reached)
            .term("p90"),
        Column::new("p99", |r| figure(r, |d| d.p99))
            .json("duration.p99")
            .basis(reached)
            .priority(7),
        Column::new("max", |r| figure(r, |d| d.max))
            .json("duration.max")
            .basis(reached)
            .priority(4),
        Column::new("total", |r| figure(r, |d| d.total))
            .json("duration.total")
            .basis(reached)
            .priority(5),
    ],
    pane: &[
        "milestone",
        "source",
        "cases",
        "unknown",
        "median",
        "p90",
        "mean",
        "max",
        "total",
        "p99",
        "definition",
    ],
    table: &[
        "milestone",
        "cases",
        "unknown",
        "mean",
        "median",
        "p90",
        "p99",
        "max",
        "total",
        "calendar",
    ],
    json: &[],
    orders: &["defined"],
    chosen: None,
};

impl List for MilestonesQuery {
    type Row = MilestoneRow;

    fn schema() -> &'static Schema<MilestoneRow> {
        &MILESTONES
    }

    fn rows(answer: &Rows<MilestoneRow>) -> &Rows<MilestoneRow> {
        answer
    }
}

impl Comparable for MilestonesQuery {
    const COMPARED: Compared = Compared {
        many: "milestones",
        names: &["milestone", "definition", "calendar", "own calendar"],
        title: "milestone",
        time: "time to it",
        heads: ["A median", "B median"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        MilestonesQuery::figures(listing)
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &MilestoneRow) -> Option<u64> {
        Some(n(row))
    }

    fn name(row: &MilestoneRow) -> String {
        row.name.clone()
    }

    fn duration(row: &MilestoneRow, seconds: f64) -> Value<'static> {
        match row.calendar {
            Some(_) => Value::Working(seconds),
            None => Value::Seconds(seconds),
        }
    }

    fn times(&self, selected: &Selected, _: &Context<'_>) -> Result<Times, AskError> {
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let named = prepared.timed.timing.milestones.iter();
        let known = named.zip(&prepared.log.case_times).map(|(named, time)| {
            let mut known = Vec::new();
            selection.for_each_case(|case| match time.values[case] {
                NO_INSTANT => {}
                duration => known.push(duration),
            });
            known.par_sort_unstable();
            (named.name.clone(), known)
        });
        Ok(known.collect())
    }
}

impl Query for MilestonesQuery {
    type Answer = Rows<MilestoneRow>;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Rows<MilestoneRow>, AskError> {
        let selected = context.selected()?;
        // Bins may be of few cases.
        let figures = MilestonesQuery::figures(self.listing.clone());
        let of = if context.least > 0 { &figures } else { self };
        let rows = of.made(&selected, context)?;
        let name = |row: &MilestoneRow| row.name.clone();
        Self::select(&rows, &self.listing, context, name)
    }
}

/// Milestones of a selection by the numbers of bins.
struct MilestoneFigures(RecentCache<(usize, usize), Arc<Vec<MilestoneRow>>>);

impl MilestonesQuery {
    /// Returns all milestones in the order of their definitions, computed once.
    fn made(
        &self,
        selected: &Selected,
        context: &Context<'_>,
    ) -> Result<Arc<Vec<MilestoneRow>>, AskError> {
        /// The pane, the overview and the report.
        const KEPT: usize = 3;
        let kept = || MilestoneFigures(RecentCache::new(KEPT));
        let kept = selected.figures.get_or_init(kept);
        let bins = (self.time_bins, self.duration_bins);
        if let Some(rows) = kept.0.get(&bins) {
            return Ok(rows);
        }
        let milestones = &selected.prepared.timed.timing.milestones;
        let zone = context.analysis.zone();
        let (first, last) = summary::span(&selected.selection()).unwrap_or((0, 0));
        let axis = TimeAxis::over(first, last, self.time_bins, zone);
        let mut rows = Vec::with_capacity(milestones.len());
        for (at, named) in milestones.iter().enumerate() {
            context.cancel.check()?;
            let mut row = row(selected, named, at, self.duration_bins);
            if self.time_bins > 0 {
                row.over_time = Some(ReachedOverTime {
                    unit: axis.unit.to_owned(),
                    bins: by_time_reached(selected, named, zone, &axis)?,
                    end: axis.bounds[axis.n_bins()],
                });
            }
            rows.push(row);
        }
        let rows = Arc::new(rows);
        kept.0.put(bins, Arc::clone(&rows));
        Ok(rows)
    }
}

/// Returns the figures of the milestone of that number, without those over time.
fn row(selected: &Selected, named: &NamedMilestone, at: usize, bins: usize) -> MilestoneRow {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let mut known = Vec::new();
    let mut unknown = 0;
    let values = &prepared.log.case_times[at].values;
    selection.for_each_case(|case| match values[case] {
        NO_INSTANT => unknown += 1,
        duration => known.push((duration, case as u32)),
    });
    known.par_sort_unstable();
    let (known, cases): (Vec<i64>, Vec<u32>) = known.into_iter().unzip();
    let durations = if bins > 0 {
        let total = known.iter().map(|&duration| i128::from(duration)).sum();
        distribution(&Scan::new(&known, &cases, None, total), bins)
    } else {
        Vec::new()
    };
    MilestoneRow {
        name: named.name.clone(),
        definition: named.milestone.to_string(),
        calendar: named.calendar.clone(),
        guessed: named.guessed,
        unknown,
        duration: quantile::of_sorted(&known).map(stats),
        durations,
        over_time: None,
    }
}

/// Returns the selected cases that reached a milestone by the bin of time in which they did.
pub(super) fn by_time_reached(
    selected: &Selected,
    named: &NamedMilestone,
    tz: chrono_tz::Tz,
    axis: &TimeAxis,
) -> Result<Vec<ReachedBin>, AskError> {
    let (selection, open) = (selected.selection(), selected.open());
    let (all, is_open) = (0..selection.log.n_cases(), |case| open.contains(case));
    let mut durations = vec![Vec::new(); axis.n_bins()];
    for (case, duration, at) in selected.prepared.reached(named, all, is_open, tz)? {
        if let (true, Ok(bin)) = (selection.contains(case), axis.bin(at)) {
            durations[bin].push(duration);
        }
    }
    let bins = durations.iter_mut().zip(&axis.bounds);
    let bins = bins.map(|(durations, &start)| ReachedBin {
        start,
        n: durations.len() as u64,
        median: quantile::median(durations).map(|median| median / 1e6),
    });
    Ok(bins.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::definitions::Timing;
    use crate::engine::{Analysis, Cancel, LISTED, VersusQuery, View};
    use crate::event_log::Progress;
    use crate::formats::ImportReport;
    use crate::test_support::log;
    use proptest::prelude::*;

    fn analysis(text: &str, timing: Timing) -> Analysis {
        let (report, progress) = (ImportReport::default(), Progress::default());
        let analysis = Analysis::new("x".into(), log(text), report, chrono_tz::UTC, &progress);
        let analysis = analysis.expect("not cancelled").with_timing(timing);
        analysis.expect("names of their own")
    }

    fn ask(text: &str, timing: Timing, view: &View, bins: (usize, usize)) -> Vec<MilestoneRow> {
        let query = MilestonesQuery {
            listing: Listing::by("defined"),
            time_bins: bins.0,
            duration_bins: bins.1,
        };
        let found = analysis(text, timing).ask(view, &query, &Cancel::never());
        found.unwrap().rows
    }

    fn defined(texts: &[&str], ready_made: bool) -> Timing {
        let named = texts
            .iter()
            .map(|text| NamedMilestone::parse(text).unwrap());
        Timing {
            milestones: named.collect(),
            ready_made,
            ..Timing::default()
        }
    }

    #[test]
    fn a_guess_gives_way_to_a_definition_of_its_name() {
        let text = "a: In Reply Resolve @0 5 9; b: In @1";
        let names = |timing: Timing| {
            let rows = ask(text, timing, &View::default(), (0, 0));
            let row = |row: &MilestoneRow| format!("{} {}", row.name, row.guessed);
            rows.iter().map(row).collect::<Vec<_>>()
        };
        assert_eq!(names(defined(&["x = end"], false)), ["x false"]);
        assert_eq!(
            names(defined(&[], true)),
            [
                "first_response true",
                "first_resolution true",
                "full_resolution true"
            ]
        );
        let own = [
            "first_response = first \"Resolve\"",
            "done = last \"Resolve\"",
        ];
        assert_eq!(
            names(defined(&own, true)),
            [
                "first_response false",
                "done false",
                "first_resolution true",
                "full_resolution true"
            ]
        );
    }

    #[test]
    fn milestones_of_open_cases_are_compared() {
        let mut timing = defined(&["m = first \"B\""], false);
        timing.ends.activities = Some(vec!["C".to_owned()]);
        let analysis = analysis("a: A B @0 5; b: A B C @1 4 9; c: A @2", timing);
        let query = VersusQuery {
            list: MilestonesQuery::figures(Listing::by("defined")),
            listing: Listing::by(LISTED),
        };
        let view = View {
            filters: vec!["\"B\"".to_owned()],
            versus: Some(vec!["not \"B\"".to_owned()]),
            ..View::default()
        };
        let found = analysis.ask(&view, &query, &Cancel::never()).unwrap();
        assert_eq!(found.sides.open, [1, 1]);
        let time = found.rows.rows[0].change.time.as_ref().unwrap();
        assert_eq!((time.n, time.medians), ([2, 0], [Some(4.0), None]));
        // Reports say of a duration that it is one of ended cases.
        assert_ne!(MilestonesQuery::COMPARED.time, "duration");
    }

    #[test]
    fn an_open_case_has_not_reached_its_end() {
        let mut timing = defined(&["done = end", "back = end after last \"A\""], false);
        timing.ends.activities = Some(vec!["B".to_owned()]);
        let text = "a: A B @0 5; b: A C @1 9; c: A B @2 4";
        for row in ask(text, timing, &View::default(), (30, 0)) {
            assert_eq!((n(&row), row.unknown), (2, 1), "{}", row.name);
            let over_time = row.over_time.expect("it was asked for");
            assert_eq!(over_time.bins.iter().map(|bin| bin.n).sum::<u64>(), 2);
        }
    }

    /// Cases of up to four events among four activities, each at one second of an hour.
    fn logs() -> impl Strategy<Value = Vec<Vec<(usize, i64)>>> {
        let case = proptest::collection::vec((0usize..4, 0i64..3600), 1..5);
        proptest::collection::vec(case, 1..12).prop_map(|mut cases| {
            for case in &mut cases {
                case.sort_by_key(|event| event.1);
            }
            cases
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// First B after the first A, against a walk over the events: figures, distribution, and the
        /// cases by the time at which they reached it.
        #[test]
        fn figures_are_those_of_a_walk_over_the_events(cases in logs()) {
            let names = ["A", "B", "C", "D"];
            let text: Vec<String> = (0..).zip(&cases).map(|(at, case)| {
                let of = |event: &(usize, i64)| names[event.0].to_owned();
                let activities: Vec<String> = case.iter().map(of).collect();
                let times: Vec<String> = case.iter().map(|event| event.1.to_string()).collect();
                format!("c{at}: {} @{}", activities.join(" "), times.join(" "))
            }).collect();
            let timing = defined(&["m = first \"B\" after first \"A\""], false);
            let rows = ask(&text.join("; "), timing, &View::default(), (30, 8));
            let naive = cases.iter().filter_map(|case| {
                let from = case.iter().position(|event| event.0 == 0)?;
                let to = case[from + 1..].iter().find(|event| event.0 == 1)?;
                Some((to.1 - case[from].1, to.1))
            });
            let mut naive: Vec<(i64, i64)> = naive.collect();
            naive.sort_unstable();
            let row = &rows[0];
            prop_assert_eq!(n(row), naive.len() as u64);
            prop_assert_eq!(row.unknown, (cases.len() - naive.len()) as u64);
            let counted: u64 = row.durations.iter().map(|bin| bin.count).sum();
            prop_assert_eq!(counted, naive.len() as u64);
            let total: i64 = naive.iter().map(|reached| reached.0).sum();
            let found = row.duration.map_or(0.0, |durations| durations.total);
            prop_assert!((found - total as f64).abs() < 1e-6);
            let over_time = row.over_time.as_ref().expect("it was asked for");
            // The first second of the notation: 2024-01-01T00:00Z.
            let base = 1_704_067_200_000_000;
            let ends = over_time.bins.iter().skip(1).map(|bin| bin.start);
            let ends = ends.chain([over_time.end]);
            for (bin, end) in over_time.bins.iter().zip(ends) {
                let at = |second: i64| base + second * 1_000_000;
                let inside = naive.iter().filter(|r| (bin.start..end).contains(&at(r.1)));
                let mut inside: Vec<i64> = inside.map(|reached| reached.0).collect();
                inside.sort_unstable();
                prop_assert_eq!(bin.n, inside.len() as u64);
                let middle = inside.len() / 2;
                let median = match inside.len() {
                    0 => None,
                    n if n % 2 == 1 => Some(inside[middle] as f64),
                    _ => Some((inside[middle - 1] + inside[middle]) as f64 / 2.0),
                };
                prop_assert_eq!(bin.median, median);
            }
        }
    }
}
