//! Queues: how much waits for an activity or a resource, for how long, and whether that grows.
//!
//! The queue of an activity at `t` are its instances, but the first of a case, with `ready <= t <
//! begin`; see `event_log::Wait`. The queue of a resource are those that it then began. What has not begun by the
//! end of the log is in no queue: nobody knows what it waits for.

use super::bins::{self, TimeAxis, TimeBin};
use super::event_codes::EventCodes;
use super::levels::{Level, Levels};
use super::{Selection, Subject, flow};
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// The length of one queue over all the time of a selection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Length {
    /// Mean length, weighted by time.
    pub mean: f64,
    /// Mean length in the last quarter of the time.
    pub recent: f64,
    /// Mean length in the quarter before.
    pub before: f64,
}

/// One queue over an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueBin {
    /// Length at the first instant of the bin.
    pub start: u64,
    /// Mean length in the bin, weighted by time; `None` for a bin of no time.
    pub mean: Option<f64>,
    /// Instances that waited at some instant of the bin; what waited for no time is not counted.
    pub met: u64,
    /// Waits that ended in the bin, because their event began.
    pub left: TimeBin,
}

/// Names and lengths of all queues of a selection, in the order of codes. `None` without a resource
/// column where resources are asked for.
pub fn lengths(selection: &Selection<'_>, by: Subject) -> Option<Vec<(String, Length)>> {
    let (rows, names) = EventCodes::by(selection.log, by)?;
    let Some((first, last)) = super::summary::span(selection) else {
        return Some(Vec::new());
    };
    // Nothing waits at the very last instant: what waited then began.
    let end = last.max(first.saturating_add(1));
    let at = |quarter: i128| {
        let span = i128::from(end) - i128::from(first);
        (i128::from(first) + span * quarter / 4) as i64
    };
    let parts = [(first, end), (at(2), at(3)), (at(3), end)];
    let none = || vec![[0i128; 3]; names.len()];
    let piece = |words: Range<usize>| {
        let mut times = none();
        let _ = selection.try_each_of(words, |case| {
            selection.log.for_each_wait(case, |wait| {
                let Some(row) = rows.get(case, wait.event) else {
                    return;
                };
                let times = &mut times[row];
                times[0] += i128::from((wait.begin - wait.ready).max(0));
                // Most waits are over before the last half of the time begins.
                // Quarters matter for the growth only.
                if wait.begin > parts[1].0 {
                    for (time, part) in times[1..].iter_mut().zip(&parts[1..]) {
                        let met = wait.begin.min(part.1) - wait.ready.max(part.0);
                        *time += i128::from(met.max(0));
                    }
                }
            });
            ControlFlow::Continue(())
        });
        times
    };
    let times = selection.pieces().map(piece).reduce(none, |mut all, more| {
        let sums = all.iter_mut().flatten().zip(more.iter().flatten());
        sums.for_each(|(all, more)| *all += more);
        all
    });
    let length = |(name, time): (String, [i128; 3])| {
        let mean =
            |part: usize| flow::mean(time[part], parts[part].0, parts[part].1).unwrap_or(0.0);
        let length = Length {
            mean: mean(0),
            before: mean(1),
            recent: mean(2),
        };
        (name, length)
    };
    Some(names.into_iter().zip(times).map(length).collect())
}

/// Queues of all activities in equal parts of some time.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Waiting time in each part, microseconds, by activity code.
    pub times: Vec<Vec<i128>>,
    /// Number of waits that met the time, by activity code.
    pub waits: Vec<u64>,
    /// Length of a part, microseconds.
    pub length: i64,
}

/// Returns the queues of all activities in `n` equal parts of the time `from..to`.
pub fn parts(selection: &Selection<'_>, from: i64, to: i64, n: usize) -> Parts {
    let length = (to.saturating_sub(from) / n as i64).max(1);
    let to = from + length * n as i64;
    let activities = selection.log.activities.len();
    let none = || (vec![vec![0i128; n]; activities], vec![0u64; activities]);
    let piece = |words: Range<usize>| {
        let (mut times, mut waits) = none();
        let _ = selection.try_each_of(words, |case| {
            selection.log.for_each_wait(case, |wait| {
                if !wait.meets(from, to) {
                    return;
                }
                let activity = selection.log.activity.get(wait.event) as usize;
                waits[activity] += 1;
                let (ready, begin) = (wait.ready.max(from), wait.begin.min(to));
                let (first, last) = ((ready - from) / length, (begin - 1 - from) / length);
                for part in first..=last {
                    let start = from + part * length;
                    let met = begin.min(start + length) - ready.max(start);
                    times[activity][part as usize] += i128::from(met);
                }
            });
            ControlFlow::Continue(())
        });
        (times, waits)
    };
    let (times, waits) = selection.pieces().map(piece).reduce(none, |mut all, more| {
        let times = all.0.iter_mut().flatten().zip(more.0.iter().flatten());
        times.for_each(|(all, more)| *all += more);
        all.1
            .iter_mut()
            .zip(&more.1)
            .for_each(|(all, more)| *all += more);
        all
    });
    Parts {
        times,
        waits,
        length,
    }
}

/// The greatest length that the queue of that name ever had, and the first instant of that; `None`
/// where nothing ever waited for it.
pub fn longest_of(selection: &Selection<'_>, (by, name): (Subject, &str)) -> Option<(u64, i64)> {
    let (rows, names) = EventCodes::by(selection.log, by)?;
    let wanted = names.iter().position(|known| known == name)?;
    let piece = |words: Range<usize>| {
        let mut waits = Vec::new();
        let _ = selection.try_each_of(words, |case| {
            selection.log.for_each_wait(case, |wait| {
                if rows.get(case, wait.event) == Some(wanted) {
                    waits.push((wait.ready, wait.begin));
                }
            });
            ControlFlow::Continue(())
        });
        waits
    };
    let pieces: Vec<Vec<(i64, i64)>> = selection.pieces().map(piece).collect();
    let pieces: Vec<&[(i64, i64)]> = pieces.iter().map(Vec::as_slice).collect();
    longest(&pieces)
}

/// Returns the greatest length of each queue of a selection, and when it was reached, by name.
pub fn longest_of_all(selection: &Selection<'_>, by: Subject) -> Vec<(String, Option<(u64, i64)>)> {
    let Some((rows, names)) = EventCodes::by(selection.log, by) else {
        return Vec::new();
    };
    let piece = |words: Range<usize>| {
        let mut waits = vec![Vec::new(); names.len()];
        let _ = selection.try_each_of(words, |case| {
            selection.log.for_each_wait(case, |wait| {
                if let Some(row) = rows.get(case, wait.event) {
                    waits[row].push((wait.ready, wait.begin));
                }
            });
            ControlFlow::Continue(())
        });
        waits
    };
    let pieces: Vec<Vec<Vec<(i64, i64)>>> = selection.pieces().map(piece).collect();
    let of_row = |(row, name): (usize, &String)| {
        let waits: Vec<&[(i64, i64)]> = pieces.iter().map(|piece| &piece[row][..]).collect();
        (name.clone(), longest(&waits))
    };
    names.par_iter().enumerate().map(of_row).collect()
}

/// Approximate number of waits in a bin of the search for the longest queue.
const WAITS_A_BIN: usize = 64;
const MOST_BINS: usize = 4096;

/// The greatest number of waits that hold at the same time, and the first instant of that; `None` where
/// none has a length.
///
/// Waits are counted at the bounds of bins first. Only in bins that could have more than the most found
/// so far, given how many begin in them, is every instant looked at.
fn longest(waits: &[&[(i64, i64)]]) -> Option<(u64, i64)> {
    let real = || waits.iter().copied().flatten().filter(|w| w.0 < w.1);
    let first = real().map(|w| w.0).min()?;
    let last = real().map(|w| w.0).max()?;
    let n: usize = waits.iter().map(|waits| waits.len()).sum();
    let n_bins = (n / WAITS_A_BIN).clamp(1, MOST_BINS);
    // One more, so that the last instant falls into the last bin.
    let width = (last.abs_diff(first) / n_bins as u64 + 1).max(1);
    let bin = |t: i64| (t.abs_diff(first) / width) as usize;
    // At the first instant of a bin: those that became ready before, less those that began by then.
    let mut ready = vec![0u64; n_bins];
    let mut begun = vec![0u64; n_bins];
    for wait in real() {
        ready[bin(wait.0)] += 1;
        if let Some(begun) = begun.get_mut(bin(wait.1)) {
            *begun += 1;
        }
    }
    let mut level = 0;
    let mut bounds: Vec<(u64, usize)> = Vec::with_capacity(n_bins);
    // More than this cannot be there within the bin, should all come before any goes.
    for at in 0..n_bins {
        bounds.push((level + ready[at], at));
        level = level + ready[at] - begun[at];
    }
    let levels = |at: usize| bounds[at].0 - ready[at];
    // Those that promise the most come first; of the same promise, the earliest.
    let mut order: Vec<usize> = (0..n_bins).collect();
    order.sort_unstable_by_key(|&at| (std::cmp::Reverse(bounds[at].0), at));
    let mut best: Option<(u64, i64)> = None;
    for group in order.chunks(GROUP) {
        let worth = |at: &&usize| {
            best.is_none_or(|(most, instant)| {
                // A bin that could only equal the best counts where it is not later than that.
                bounds[**at].0 > most || (bounds[**at].0 == most && **at <= bin(instant))
            })
        };
        let group: Vec<usize> = group.iter().filter(worth).copied().collect();
        if group.is_empty() {
            break;
        }
        let mut events = vec![Vec::new(); group.len()];
        let mut place = vec![usize::MAX; n_bins];
        group.iter().enumerate().for_each(|(i, &at)| place[at] = i);
        for wait in real() {
            for (t, change) in [(wait.0, 1i64), (wait.1, -1)] {
                if let Some(&i) = place.get(bin(t)).filter(|i| **i != usize::MAX) {
                    events[i].push((t, change));
                }
            }
        }
        for (events, &at) in events.iter_mut().zip(&group) {
            // At one instant, those that begin leave before others come.
            events.sort_unstable();
            let mut level = levels(at) as i64;
            for &(t, change) in events.iter() {
                level += change;
                let found = (level.max(0) as u64, t);
                if change > 0
                    && best.is_none_or(|best| found.0 > best.0 || (found.0 == best.0 && t < best.1))
                {
                    best = Some(found);
                }
            }
        }
    }
    best
}

/// Bins of the search that are looked at together.
const GROUP: usize = 64;

/// The queue of that name over an axis; empty bins where there is none.
pub fn queue(
    selection: &Selection<'_>,
    (by, name): (Subject, &str),
    axis: &TimeAxis,
) -> Vec<QueueBin> {
    let found = EventCodes::by(selection.log, by).and_then(|(rows, names)| {
        let wanted = names.iter().position(|known| known == name)?;
        Some((rows, wanted))
    });
    let none = || (Levels::new(axis), Vec::new());
    let piece = |words: Range<usize>| {
        let (mut levels, mut left) = none();
        let Some((rows, wanted)) = &found else {
            return (levels, left);
        };
        let _ = selection.try_each_of(words, |case| {
            selection.log.for_each_wait(case, |wait| {
                if rows.get(case, wait.event) != Some(*wanted) {
                    return;
                }
                levels.add(wait.ready, wait.begin);
                if let Ok(bin) = axis.bin(wait.begin) {
                    left.push((bin as u16, wait.ticks));
                }
            });
            ControlFlow::Continue(())
        });
        (levels, left)
    };
    let (levels, left) = selection.pieces().map(piece).reduce(none, |a, mut b| {
        let mut left = a.1;
        left.append(&mut b.1);
        (a.0.and(&b.0), left)
    });
    let (levels, _) = levels.finish();
    let left = bins::by_bin(axis.n_bins(), &left);
    let all = levels.iter().zip(left).zip(axis.bounds.windows(2));
    all.map(|((level, left), bounds): ((&Level, _), _)| QueueBin {
        start: level.start,
        mean: flow::mean(level.time, bounds[0], bounds[1]),
        met: level.met,
        left,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::quantile;
    use crate::metrics::testing::{Logged, logs};
    use proptest::prelude::*;

    /// Ready, begin and row of every wait, found anew.
    fn naive(logged: &Logged) -> Vec<(i64, i64, String)> {
        let log = &logged.log;
        let mut waits = Vec::new();
        for case in logged.cases() {
            let events: Vec<usize> = log.events_of(case).collect();
            for (i, &event) in events.iter().enumerate().skip(1) {
                let ready = events[..i].iter().map(|&e| log.time[e]).max().unwrap();
                let name = log.activities.get(log.activity.get(event)).to_owned();
                waits.push((ready, log.begin(event), name));
            }
        }
        waits
    }

    proptest! {
        #[test]
        fn queues_are_those_of_a_count(drawn in logs(), n_bins in 1usize..20) {
            let logged = Logged::new(&drawn);
            let selection = logged.selection();
            let all = naive(&logged);
            let found = lengths(&selection, Subject::Activity).unwrap();
            let Some((first, last)) = crate::metrics::summary::span(&selection) else {
                prop_assert!(found.is_empty());
                return Ok(());
            };
            for (name, length) in &found {
                let waits: Vec<_> = all.iter().filter(|w| w.2 == *name).collect();
                let held = |t: i64| waits.iter().filter(|w| w.0 <= t && t < w.1).count() as u64;
                let most = waits.iter().map(|w| (held(w.0), std::cmp::Reverse(w.0))).max();
                let most = most.filter(|m| m.0 > 0).map(|m| (m.0, m.1.0));
                prop_assert_eq!(longest_of(&selection, (Subject::Activity, name)), most);
                let all = longest_of_all(&selection, Subject::Activity);
                prop_assert!(all.contains(&(name.clone(), most)));
                let end = last.max(first + 1);
                let mean = |from: i64, to: i64| {
                    let time = waits.iter().map(|w| (w.1.min(to) - w.0.max(from)).max(0));
                    time.sum::<i64>() as f64 / (to - from) as f64
                };
                let at = |q: i64| first + (end - first) * q / 4;
                prop_assert!((length.mean - mean(first, end)).abs() < 1e-9);
                if at(2) < at(3) {
                    prop_assert!((length.before - mean(at(2), at(3))).abs() < 1e-9);
                    prop_assert!((length.recent - mean(at(3), end)).abs() < 1e-9);
                }
            }
            let (from, n) = (first + (last - first) / 3, n_bins.max(1));
            let parts = super::parts(&selection, from, last, n);
            for (code, name) in selection.log.activities.iter().enumerate() {
                let waits: Vec<_> = all.iter().filter(|w| w.2 == *name).collect();
                for (part, time) in parts.times[code].iter().enumerate() {
                    let start = from + part as i64 * parts.length;
                    let end = start + parts.length;
                    let met = waits.iter().map(|w| (w.1.min(end) - w.0.max(start)).max(0));
                    prop_assert_eq!(*time, i128::from(met.sum::<i64>()));
                }
                let to = from + parts.length * n as i64;
                let met = waits.iter().filter(|w| w.0.max(from) < w.1.min(to)).count();
                prop_assert_eq!(parts.waits[code], met as u64);
            }
            let axis = TimeAxis::over(first, last, n_bins, chrono_tz::UTC);
            let bins = super::queue(&selection, (Subject::Activity, "b"), &axis);
            for (bounds, bin) in axis.bounds.windows(2).zip(bins) {
                let waits: Vec<_> = all.iter().filter(|w| w.2 == "b").collect();
                let (from, to) = (bounds[0], bounds[1]);
                let time = waits.iter().map(|w| (w.1.min(to) - w.0.max(from)).max(0)).sum::<i64>();
                prop_assert!((bin.mean.unwrap() - time as f64 / (to - from) as f64).abs() < 1e-9);
                let held = waits.iter().filter(|w| w.0 <= from && from < w.1).count();
                prop_assert_eq!(bin.start, held as u64);
                let met = waits.iter().filter(|w| w.0.max(from) < w.1.min(to)).count();
                prop_assert_eq!(bin.met, met as u64);
                let left = waits.iter().filter(|w| from <= w.1 && w.1 < to);
                let mut left: Vec<i64> = left.map(|w| (w.1 - w.0).max(0)).collect();
                prop_assert_eq!(bin.left.ended, left.len() as u64);
                prop_assert_eq!(bin.left.median, quantile::median(&mut left));
            }
        }

        #[test]
        fn the_longest_queue_is_found_in_any_bin(
            waits in prop::collection::vec((0i64..3000, 0i64..200), 0..900),
        ) {
            let waits: Vec<(i64, i64)> = waits.iter().map(|&(at, long)| (at, at + long)).collect();
            let held = |t: i64| waits.iter().filter(|w| w.0 <= t && t < w.1).count() as u64;
            let most = waits.iter().map(|w| (held(w.0), std::cmp::Reverse(w.0))).max();
            let most = most.filter(|m| m.0 > 0).map(|(n, at)| (n, at.0));
            let (left, right) = waits.split_at(waits.len() / 3);
            prop_assert_eq!(longest(&[left, right]), most);
        }
    }
}
