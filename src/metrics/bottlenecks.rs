//! Where cases wait: for steps from one activity to the next, for activities, for resources. The wait
//! for an event is that of `EventLog::waits_of`. Knows no deadline: breaches come as
//! the events that were waited for.

use super::event_codes::EventCodes;
use super::periods::Periods;
use super::quantile::{self, Figures};
use super::{Selection, Subject};
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// Grouping of waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// A step from one activity to the next.
    #[default]
    Step,
    /// An activity.
    Activity,
    /// A resource.
    Resource,
}

impl Kind {
    /// Name on the command line, in JSON and in saved settings: "step".
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Step => "step",
            Kind::Activity => Subject::Activity.word(),
            Kind::Resource => Subject::Resource.word(),
        }
    }
}

/// Says of each event what was waited for: a number by kind.
pub struct Target<'a> {
    kind: Kind,
    resources: Option<EventCodes<'a>>,
    /// Names of the resources by number; empty for other kinds.
    pub names: Vec<String>,
    /// Steps whose waits are left out, by edge.
    left_out: Option<Arc<[bool]>>,
}

impl<'a> Target<'a> {
    /// For a log; `None` where resources are wanted and it has none.
    pub fn new(selection: &Selection<'a>, kind: Kind) -> Option<Self> {
        let (resources, names) = match kind {
            Kind::Resource => {
                let (codes, names) = EventCodes::column(selection.log.resource_column()?);
                (Some(codes), names)
            }
            _ => (None, Vec::new()),
        };
        Some(Target {
            kind,
            resources,
            names,
            left_out: None,
        })
    }

    /// Leaves out the waits of some steps, given by edge; none where `None`.
    #[must_use]
    pub fn without(self, left_out: Option<Arc<[bool]>>) -> Self {
        Target { left_out, ..self }
    }

    /// Number of groups that waits are counted by.
    fn len(&self, selection: &Selection<'_>) -> usize {
        match self.kind {
            Kind::Step => selection.index.edges.len(),
            Kind::Activity => selection.log.activities.len(),
            Kind::Resource => self.names.len(),
        }
    }

    /// The number of an event; `None` where its wait is left out or nothing is known of it.
    #[inline]
    fn of<'s>(
        &'s self,
        selection: &Selection<'s>,
        case: usize,
    ) -> impl Fn(usize) -> Option<usize> + 's {
        let (log, index) = (selection.log, selection.index);
        let steps = index.variants.steps(index.case_variant[case] as usize);
        // The first step ends with the second event of the case.
        let second = log.events_of(case).start + 1;
        let is_left_out = move |event: usize| match &self.left_out {
            // The first event of a case has no wait.
            Some(left_out) if event >= second => left_out[steps[event - second] as usize],
            _ => false,
        };
        move |event| match &self.resources {
            _ if is_left_out(event) => None,
            Some(codes) => codes.get(case, event),
            None if self.kind == Kind::Activity => Some(log.activity.get(event) as usize),
            None => Some(steps[event - second] as usize),
        }
    }
}

/// Number and sum (microseconds) of waits.
pub type Sum = (u64, i128);

/// Waits that ended in the quarter before the last one of a span, and in the last one, by number.
pub fn recent(
    selection: &Selection<'_>,
    target: &Target<'_>,
    (first, last): (i64, i64),
) -> Vec<[Sum; 2]> {
    let (log, index) = (selection.log, selection.index);
    let length = i128::from(last) - i128::from(first);
    // In i128, as three times a span may exceed i64.
    let at = |quarter: i128| (i128::from(first) + length * quarter / 4) as i64;
    let (third, fourth) = (at(2), at(3));
    let none = || vec![[(0u64, 0i128); 2]; target.len(selection)];
    let piece = |words: Range<usize>| {
        let mut sums = none();
        let _ = selection.try_each_of(words, |case| {
            // What ended before both quarters is in neither of them.
            if index.case_end[case] >= third {
                let number_of = target.of(selection, case);
                log.for_each_wait(case, |wait| {
                    if wait.begin < third {
                        return;
                    }
                    if let Some(number) = number_of(wait.event) {
                        let sum = &mut sums[number][usize::from(wait.begin >= fourth)];
                        *sum = (sum.0 + 1, sum.1 + i128::from(wait.ticks));
                    }
                });
            }
            ControlFlow::Continue(())
        });
        sums
    };
    selection.pieces().map(piece).reduce(none, |mut all, more| {
        for (all, more) in all.iter_mut().flatten().zip(more.iter().flatten()) {
            *all = (all.0 + more.0, all.1 + more.1);
        }
        all
    })
}

/// The waits for each number that ended in the period before and in the last one, microseconds, in no
/// order.
pub fn lists_by_period(
    selection: &Selection<'_>,
    target: &Target<'_>,
    periods: &Periods,
) -> Vec<[Vec<i64>; 2]> {
    let index = selection.index;
    let none = || vec![[Vec::new(), Vec::new()]; target.len(selection)];
    let piece = |words: Range<usize>| {
        let mut lists = none();
        let _ = selection.try_each_of(words, |case| {
            if index.case_end[case] >= periods.before && index.case_start[case] < periods.end {
                let number_of = target.of(selection, case);
                selection.log.for_each_wait(case, |wait| {
                    let Some(period) = periods.place(wait.begin) else {
                        return;
                    };
                    if let Some(number) = number_of(wait.event) {
                        lists[number][period].push(wait.ticks);
                    }
                });
            }
            ControlFlow::Continue(())
        });
        lists
    };
    selection.pieces().map(piece).reduce(none, |mut all, more| {
        for (all, mut more) in all.iter_mut().flatten().zip(more.into_iter().flatten()) {
            all.append(&mut more);
        }
        all
    })
}

/// Minimum number of waits in each quarter for a growth.
pub const FEW: u64 = 5;

/// By which part the mean wait of the last quarter is longer than that of the quarter before: 0.5 for
/// half as long again. `None` where either has fewer than [`FEW`] waits, or the one before is 0.
pub fn growth([before, last]: [Sum; 2]) -> Option<f64> {
    if before.0 < FEW || last.0 < FEW || before.1 <= 0 {
        return None;
    }
    let mean = |sum: Sum| sum.1 as f64 / sum.0 as f64;
    Some(mean(last) / mean(before) - 1.0)
}

/// Counts the first events of the selected cases by number; they wait for nothing, and end no step.
pub fn firsts(selection: &Selection<'_>, target: &Target<'_>) -> Vec<u64> {
    let mut counts = vec![0; target.len(selection)];
    if target.kind != Kind::Step {
        selection.for_each_case(|case| {
            let first = selection.log.events_of(case).start;
            if let Some(number) = target.of(selection, case)(first) {
                counts[number] += 1;
            }
        });
    }
    counts
}

/// Counts events, given as (case, event), by number of what was waited for.
pub fn by_number(
    selection: &Selection<'_>,
    target: &Target<'_>,
    events: &[(usize, usize)],
) -> Vec<u64> {
    let mut counts = vec![0; target.len(selection)];
    for &(case, event) in events {
        if let Some(number) = target.of(selection, case)(event) {
            counts[number] += 1;
        }
    }
    counts
}

/// Figures of the waits for each number, and how many cases have such a wait.
pub fn figures(selection: &Selection<'_>, target: &Target<'_>) -> Vec<(Option<Figures>, u64)> {
    let figures = |(mut list, cases): (Vec<i64>, u64)| (quantile::of_unsorted(&mut list), cases);
    let lists = lists(selection, target).into_par_iter();
    lists.with_max_len(1).map(figures).collect()
}

/// The waits for each number in microseconds, in no order, and how many cases have such a wait.
pub fn lists(selection: &Selection<'_>, target: &Target<'_>) -> Vec<(Vec<i64>, u64)> {
    let n = target.len(selection);
    let none = || vec![(Vec::new(), 0u64); n];
    let piece = |words: Range<usize>| {
        // The case that was counted last, so that each counts once without a set of cases.
        let (mut lists, mut last) = (none(), vec![usize::MAX; n]);
        let _ = selection.try_each_of(words, |case| {
            let number_of = target.of(selection, case);
            selection.log.for_each_wait(case, |wait| {
                if let Some(number) = number_of(wait.event) {
                    let (list, cases) = &mut lists[number];
                    list.push(wait.ticks);
                    *cases += u64::from(last[number] != case);
                    last[number] = case;
                }
            });
            ControlFlow::Continue(())
        });
        lists
    };
    selection.pieces().map(piece).reduce(none, |mut all, more| {
        for (all, mut more) in all.iter_mut().zip(more) {
            // The order of pieces does not matter: lists are sorted for their figures.
            all.0.append(&mut more.0);
            all.1 += more.1;
        }
        all
    })
}

/// Number of cases that wait for each activity: that have it after their first event.
pub fn cases_by_activity(selection: &Selection<'_>) -> Vec<u64> {
    let n = selection.log.activities.len();
    let counts = selection.pieces_of_variants().map(|variants| {
        let (mut counts, mut last) = (vec![0; n], vec![usize::MAX; n]);
        for v in variants {
            for &activity in selection.index.variants.sequence(v).iter().skip(1) {
                if std::mem::replace(&mut last[activity as usize], v) != v {
                    counts[activity as usize] += u64::from(selection.variant_cases[v]);
                }
            }
        }
        counts
    });
    counts.reduce(
        || vec![0; n],
        |mut all, more| {
            all.iter_mut().zip(&more).for_each(|(a, b)| *a += b);
            all
        },
    )
}

/// One wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Length, microseconds.
    pub length: i64,
    /// The case.
    pub case: u32,
    /// When it ended.
    pub ended: i64,
}

/// All waits for one number in the selected cases, by length, ties by case and instant.
pub fn waits(selection: &Selection<'_>, target: &Target<'_>, number: usize) -> Vec<Wait> {
    let log = selection.log;
    let piece = |words: Range<usize>| {
        let mut waits = Vec::new();
        let _ = selection.try_each_of(words, |case| {
            let number_of = target.of(selection, case);
            log.for_each_wait(case, |wait| {
                if number_of(wait.event) == Some(number) {
                    waits.push(Wait {
                        length: wait.ticks,
                        case: case as u32,
                        ended: wait.begin,
                    });
                }
            });
            ControlFlow::Continue(())
        });
        waits
    };
    let mut waits = selection.pieces().map(piece).collect::<Vec<_>>().concat();
    // Ties by case and instant, so that the order is the same for any number of threads.
    waits.par_sort_unstable_by_key(|wait| (wait.length, wait.case, wait.ended));
    waits
}

/// Time that cases would save if no wait of a list exceeded a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// Median duration of the selected cases, microseconds.
    pub median: f64,
    /// Median duration with the longer waits capped at the limit, microseconds.
    pub cut: f64,
    /// Cases that would be shorter.
    pub cases: u64,
    /// Sum of what is cut, microseconds.
    pub saved: i128,
}

/// Returns the gain of capping all waits of a list (from [`waits`]) at a limit. A case is assumed
/// to become shorter by as much as its waits do, which is an upper bound if instances overlap.
/// `None` if no case is selected.
pub fn gain(selection: &Selection<'_>, waits: &[Wait], limit: i64) -> Option<Gain> {
    let mut saved = vec![0i64; selection.index.n_cases()];
    // The list ascends, so that the waits to be cut are at its end.
    for wait in waits.iter().rev().take_while(|wait| wait.length > limit) {
        saved[wait.case as usize] += wait.length - limit;
    }
    let mut durations = Vec::with_capacity(selection.n_cases);
    selection.for_each_case(|case| {
        // Overlapping instances may save more than the whole case lasts.
        durations.push((selection.index.duration(case) - saved[case]).max(0));
    });
    let shorter = saved.iter().filter(|&&saved| saved > 0);
    Some(Gain {
        median: super::summary::case_durations(selection).figures()?.median,
        cut: super::quantile::median(&mut durations)?,
        cases: shorter.clone().count() as u64,
        saved: shorter.map(|&saved| i128::from(saved)).sum(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::Logged;
    use crate::test_support::log;
    use proptest::prelude::*;
    use std::fmt::Write;

    use crate::text::time::SECOND;

    fn with<T>(text: &str, f: impl FnOnce(&Selection<'_>) -> T) -> T {
        f(&Logged::of(log(text), None).selection())
    }

    #[test]
    fn what_a_shorter_wait_would_gain() {
        with(
            "c: a b @0 10; d: a b @0 20; e: a b @0 60; f: a",
            |selection| {
                let target = Target::new(selection, Kind::Step).unwrap();
                let waits = waits(selection, &target, 0);
                let lengths: Vec<i64> = waits.iter().map(|w| w.length / SECOND).collect();
                assert_eq!(lengths, [10, 20, 60]);
                let gain = gain(selection, &waits, 15 * SECOND).unwrap();
                assert_eq!((gain.median, gain.cut), (15e6, 12.5e6));
                assert_eq!((gain.cases, gain.saved), (2, 50_000_000));
            },
        );
    }

    #[test]
    fn growth_needs_enough_waits() {
        assert_eq!(growth([(5, 100), (5, 150)]), Some(0.5));
        assert_eq!(growth([(4, 100), (5, 150)]), None);
        assert_eq!(growth([(5, 0), (5, 150)]), None);
    }

    #[test]
    fn a_row_has_one_population_and_one_definition() {
        // Measure runs to 100 while Check ends at 20: Pack waits since 100, not since 20.
        let mut log = log("c: Measure Check Pack @0 0 0; d: Pack Pack @0 9; e: Pack @0");
        let base = log.time[0];
        let at = |seconds: [i64; 6]| seconds.iter().map(|s| base + s * SECOND).collect();
        log.start = Some(at([0, 10, 130, 0, 9, 0]));
        log.time = at([100, 20, 140, 5, 12, 1]);
        let logged = Logged::of(log, None);
        let selection = logged.selection();
        for kind in [Kind::Step, Kind::Activity] {
            let target = Target::new(&selection, kind).unwrap();
            let found = figures(&selection, &target);
            let total: i128 = found.iter().filter_map(|(f, _)| *f).map(|f| f.total).sum();
            assert_eq!(total, i128::from(34 * SECOND), "{kind:?}");
            for (number, (figures, cases)) in found.into_iter().enumerate() {
                let listed = waits(&selection, &target, number);
                assert_eq!(listed.len() as u64, figures.map_or(0, |f| f.n));
                let sum: i128 = listed.iter().map(|w| i128::from(w.length)).sum();
                assert_eq!(sum, figures.map_or(0, |f| f.total));
                assert!(cases <= listed.len() as u64);
            }
        }
        let names = &logged.log.activities;
        let pack = names.iter().position(|a| a == "Pack").unwrap();
        // e only begins with it, and waits for nothing.
        assert_eq!(cases_by_activity(&selection)[pack], 2);
    }

    proptest! {
        #[test]
        fn quarters_are_those_of_a_scan(
            cases in prop::collection::vec(prop::collection::vec((0usize..3, 0i64..1000), 1..7), 1..9)
        ) {
            let mut text = String::new();
            let mut naive: Vec<(usize, i64, i64)> = Vec::new();
            for (i, case) in cases.iter().enumerate() {
                let mut times: Vec<i64> = case.iter().map(|e| e.1).collect();
                times.sort_unstable();
                let names: Vec<&str> = case.iter().map(|e| ["a", "b", "c"][e.0]).collect();
                let shown: Vec<String> = times.iter().map(i64::to_string).collect();
                let _ = write!(text, "c{i}: {} @{}; ", names.join(" "), shown.join(" "));
                for at in 1..case.len() {
                    naive.push((case[at].0, times[at - 1], times[at]));
                }
            }
            with(&text, |selection| {
                let target = Target::new(selection, Kind::Activity).unwrap();
                let base = log("c: a @0").time[0];
                let found = recent(selection, &target, (base, base + 1000 * SECOND));
                for (code, name) in selection.log.activities.iter().enumerate() {
                    let is = |a: usize| ["a", "b", "c"][a] == name;
                    let sum = |from: i64, to: i64| {
                        let meant = naive.iter().filter(|w| is(w.0) && from <= w.2 && w.2 < to);
                        meant.fold((0, 0), |s: Sum, w| (s.0 + 1, s.1 + i128::from(w.2 - w.1) * 1_000_000))
                    };
                    assert_eq!(found[code], [sum(500, 750), sum(750, 1001)]);
                }
            });
        }
    }
}
