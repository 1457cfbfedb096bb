//! The performance spectrum (Denisov, Fahland and van der Aalst, 2018): all occurrences of segments,
//! which are directly-follows edges, by duration class and time. Nothing is sampled.
//!
//! An occurrence is two neighboring events of a case. It lasts from the timestamp of the first to
//! that of the second; how long it took is the elapsed time of the edge. Its class is the quarter of
//! the segment's durations that it is in: a duration equal to a bound is in the lower class.

use super::quantile::type7;
use super::{Scan, Selection};
use crate::text::steps::{Finder, Steps};
use rayon::prelude::*;
use std::ops::Range;

/// Classes of durations, the fastest first.
pub const CLASSES: usize = 4;

/// A directly-follows edge, and where its classes of durations end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// The edge.
    pub edge: usize,
    /// The largest duration of the first, second and third class, microseconds.
    pub bounds: [i64; CLASSES - 1],
}

/// Counts of one class in one column of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// Occurrences that touch it: not over before it, and begun before its end.
    pub under_way: u64,
    /// Occurrences whose first event is in it.
    pub started: u64,
    /// Occurrences whose second event is in it.
    pub ended: u64,
}

/// The occurrences of one class of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Class {
    /// Number of them, at any time.
    pub n: u64,
    /// By column.
    pub cells: Vec<Cell>,
}

/// The quartiles of some durations, rounded down to microseconds, which moves none of them to
/// another class; `None` where there are no durations.
pub fn quartiles(scan: &Scan<'_>) -> Option<[i64; CLASSES - 1]> {
    let quartile = |q: f64| type7(scan.n(), q, |k| scan.nth(k)).floor() as i64;
    (scan.n() > 0).then(|| [0.25, 0.5, 0.75].map(quartile))
}

impl Segment {
    #[inline]
    fn class(&self, duration: i64) -> usize {
        let above = self.bounds.iter().filter(|&&bound| duration > bound);
        above.count()
    }
}

/// Every occurrence of the segments in the selected cases, by class and column. One pass over the
/// cases whose variants have any of them.
pub fn classes(
    selection: &Selection<'_>,
    segments: &[Segment],
    steps: &Steps,
) -> Vec<[Class; CLASSES]> {
    let places = Places::of(selection, segments);
    let none = || Counts::new(segments.len(), steps.n);
    let finder = steps.finder();
    let count = |words: Range<usize>| {
        let mut counts = none();
        let (log, index) = (selection.log, selection.index);
        let ticks = log.ticks();
        let _ = selection.try_each_of(words, |case| {
            let steps_taken = places.of_variant(index.case_variant[case] as usize);
            let first = log.case_offsets[case] as usize;
            for &(place, segment) in steps_taken {
                let event = first + place as usize;
                let class = segments[segment as usize].class(ticks[event + 1] - ticks[event]);
                let row = segment as usize * CLASSES + class;
                counts.add(row, (log.time[event], log.time[event + 1]), &finder);
            }
            std::ops::ControlFlow::Continue(())
        });
        counts
    };
    let counts = selection.pieces().map(count);
    let counts = counts.reduce_with(|all, more| all.plus(&more));
    let counts = counts.unwrap_or_else(none);
    let class = |row: usize| counts.class(row);
    (0..segments.len())
        .map(|segment| std::array::from_fn(|i| class(segment * CLASSES + i)))
        .collect()
}

/// Where the sequences of variants have the segments.
struct Places {
    /// Those of variant `v` are `steps[offsets[v]..offsets[v + 1]]`.
    offsets: Vec<u32>,
    /// Position of the first event, and the segment.
    steps: Vec<(u32, u16)>,
}

impl Places {
    fn of(selection: &Selection<'_>, segments: &[Segment]) -> Places {
        const NONE: u16 = u16::MAX;
        let mut segment_of = vec![NONE; selection.index.edges.len()];
        for (i, segment) in segments.iter().enumerate() {
            segment_of[segment.edge] = i as u16;
        }
        let variants = &selection.index.variants;
        let mut places = Places {
            offsets: vec![0],
            steps: Vec::new(),
        };
        for (v, &n) in selection.variant_cases.iter().enumerate() {
            let steps = if n > 0 { variants.steps(v) } else { &[] };
            for (place, &edge) in (0..).zip(steps) {
                let segment = segment_of[edge as usize];
                if segment != NONE {
                    places.steps.push((place, segment));
                }
            }
            places.offsets.push(places.steps.len() as u32);
        }
        places
    }

    #[inline]
    fn of_variant(&self, variant: usize) -> &[(u32, u16)] {
        &self.steps[self.offsets[variant] as usize..self.offsets[variant + 1] as usize]
    }
}

/// Counters of all classes of all segments.
struct Counts {
    columns: usize,
    n: Vec<u64>,
    started: Vec<u32>,
    ended: Vec<u32>,
    /// Number in progress from a column on, minus the number no longer so; one column more than
    /// there are. Sums of them are never below 0, so that differences may wrap.
    change: Vec<u32>,
}

impl Counts {
    fn new(segments: usize, columns: usize) -> Counts {
        let rows = segments * CLASSES;
        Counts {
            columns,
            n: vec![0; rows],
            started: vec![0; rows * columns],
            ended: vec![0; rows * columns],
            change: vec![0; rows * (columns + 1)],
        }
    }

    #[inline]
    fn add(&mut self, row: usize, (first, second): (i64, i64), finder: &Finder) {
        self.n[row] += 1;
        // Instances that overlap may end in another order than they stand.
        let (from, to) = (first.min(second), first.max(second));
        if !finder.meets(from, to) {
            return;
        }
        let (a, b) = (finder.nearest(first), finder.nearest(second));
        self.started[row * self.columns + a] += u32::from(finder.has(first));
        self.ended[row * self.columns + b] += u32::from(finder.has(second));
        let row = row * (self.columns + 1);
        // A change of one at both ends: the cells between cost nothing here.
        let (from, to) = (row + a.min(b), row + a.max(b) + 1);
        self.change[from] = self.change[from].wrapping_add(1);
        self.change[to] = self.change[to].wrapping_sub(1);
    }

    fn plus(mut self, other: &Counts) -> Counts {
        self.n.iter_mut().zip(&other.n).for_each(|(a, b)| *a += b);
        let lists = [
            (&mut self.started, &other.started),
            (&mut self.ended, &other.ended),
            (&mut self.change, &other.change),
        ];
        for (all, more) in lists {
            let pairs = all.iter_mut().zip(more);
            pairs.for_each(|(a, b)| *a = a.wrapping_add(*b));
        }
        self
    }

    fn class(&self, row: usize) -> Class {
        let columns = self.columns;
        let mut under_way = 0u32;
        let cell = |column: usize| {
            under_way = under_way.wrapping_add(self.change[row * (columns + 1) + column]);
            Cell {
                under_way: under_way.into(),
                started: self.started[row * columns + column].into(),
                ended: self.ended[row * columns + column].into(),
            }
        };
        Class {
            n: self.n[row],
            cells: (0..columns).map(cell).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{EventLog, Progress};
    use crate::index::{CaseSet, Index};
    use crate::metrics::{Memo, edges};
    use crate::test_support::log;
    use proptest::prelude::*;

    /// Activities and minutes after the case before, case by case.
    type Rows = Vec<Vec<(u8, i64)>>;

    fn make(rows: &Rows) -> EventLog {
        let mut text = String::new();
        for (case, events) in rows.iter().enumerate() {
            let names: Vec<String> = events.iter().map(|e| format!("a{}", e.0)).collect();
            let mut at = 0;
            let mut times = vec![(case * 60).to_string()];
            for event in &events[1..] {
                at += event.1 * 60;
                times.push(format!("+{at}"));
            }
            text = format!("{text}c{case}: {} @{};", names.join(" "), times.join(" "));
        }
        log(&text)
    }

    /// The same from the definition: all pairs of neighbors, and every cell asked of each.
    fn naive(
        log: &EventLog,
        cases: &CaseSet,
        (from, to): (&str, &str),
        steps: &Steps,
    ) -> Option<([i64; 3], [Class; CLASSES])> {
        let mut spans = Vec::new();
        for case in cases.iter() {
            for event in log.events_of(case).skip(1) {
                let name = |e: usize| log.activities.get(log.activity.get(e));
                if (name(event - 1), name(event)) == (from, to) {
                    spans.push((log.time[event - 1], log.time[event]));
                }
            }
        }
        let mut durations: Vec<i64> = spans.iter().map(|s| s.1 - s.0).collect();
        durations.sort_unstable();
        if durations.is_empty() {
            return None;
        }
        let quartile = |quarter: usize| {
            // Between the two nearest ranks, in quarters of a microsecond.
            let four = (durations.len() - 1) * quarter;
            let low = durations[four / 4];
            let high = durations[(four / 4 + 1).min(durations.len() - 1)];
            (4 * low + (high - low) * (four % 4) as i64).div_euclid(4)
        };
        let bounds = [1, 2, 3].map(quartile);
        let class = |k: usize| {
            let inside = |&&(a, b): &&(i64, i64)| {
                let below = k == CLASSES - 1 || b - a <= bounds[k];
                below && (k == 0 || b - a > bounds[k - 1])
            };
            let mine: Vec<&(i64, i64)> = spans.iter().filter(inside).collect();
            let cell = |column: usize| {
                let (from, to) = (steps.bound(column), steps.bound(column + 1));
                let within = |t: i64| from <= t && t < to;
                let count = |f: &dyn Fn(&(i64, i64)) -> bool| mine.iter().filter(|s| f(s)).count();
                Cell {
                    under_way: count(&|s| s.0 < to && s.1 >= from) as u64,
                    started: count(&|s| within(s.0)) as u64,
                    ended: count(&|s| within(s.1)) as u64,
                }
            };
            Class {
                n: mine.len() as u64,
                cells: (0..steps.n).map(cell).collect(),
            }
        };
        Some((bounds, std::array::from_fn(class)))
    }

    proptest! {
        #[test]
        fn cells_are_what_a_look_at_every_pair_counts(
            rows in prop::collection::vec(
                prop::collection::vec((0u8..3, prop_oneof![0i64..4, 0i64..5_000]), 1..9), 1..20),
            chosen in prop::collection::vec(any::<bool>(), 20),
            (from, span) in (-100i64..3_000, 1i64..9_000),
            columns in 1usize..40,
        ) {
            let log = make(&rows);
            let index = Index::build(&log, &Progress::default()).unwrap();
            let cases = CaseSet::from_fn(log.n_cases(), |case| chosen[case]);
            let counts = Selection::count_variants(&index, Some(&cases));
            let memo = Memo::default();
            let selection = Selection {
                log: &log, index: &index, cases: Some(&cases), variant_cases: &counts,
                n_cases: cases.count(), memo: &memo,
            };
            let first = log.time.iter().min().unwrap() + from * 60_000_000;
            let steps = Steps::over(first, first + span * 60_000_000, columns, chrono_tz::UTC);
            let scans = edges::scans(&selection);
            let found: Vec<Segment> = (0..index.edges.len())
                .filter_map(|edge| {
                    Some(Segment { edge, bounds: quartiles(&scans[edge])? })
                })
                .collect();
            let all = classes(&selection, &found, &steps);
            let name = |a: u32| log.activities.get(a);
            let mut known = 0;
            for edge in 0..index.edges.len() {
                let names = (name(index.edges.from[edge]), name(index.edges.to[edge]));
                let wanted = naive(&log, &cases, names, &steps);
                let at = found.iter().position(|s| s.edge == edge);
                prop_assert_eq!(at.map(|i| (found[i].bounds, all[i].clone())), wanted);
                known += usize::from(at.is_some());
            }
            prop_assert_eq!(known, found.len());
        }
    }

    #[test]
    fn equal_durations_are_of_the_lowest_class() {
        let log = log("1: a b @0 +60; 2: a b @0 +60; 3: a b @0 +60; 4: a b @0 +60; 5: a b @0 +90");
        let index = Index::build(&log, &Progress::default()).unwrap();
        let counts = Selection::count_variants(&index, None);
        let selection = Selection {
            log: &log,
            index: &index,
            cases: None,
            variant_cases: &counts,
            n_cases: 5,
            memo: &Memo::default(),
        };
        let bounds = quartiles(&edges::scans(&selection)[0]).unwrap();
        assert_eq!(bounds, [60_000_000; 3]);
        let steps = Steps::over(log.time[0], log.time[0] + 89_000_000, 3, chrono_tz::UTC);
        let classes = classes(&selection, &[Segment { edge: 0, bounds }], &steps);
        let n: Vec<u64> = classes[0].iter().map(|class| class.n).collect();
        assert_eq!((n, steps.n), (vec![4, 0, 0, 1], 3));
        let under_way = |class: usize| classes[0][class].cells.iter().map(|c| c.under_way);
        assert_eq!(under_way(0).collect::<Vec<_>>(), [4, 4, 4]);
        assert_eq!(classes[0][0].cells[2].ended, 4);
        // The slow one ends beside the columns.
        assert_eq!(under_way(3).collect::<Vec<_>>(), [1, 1, 1]);
        assert_eq!(classes[0][3].cells[2].ended, 0);
    }
}
