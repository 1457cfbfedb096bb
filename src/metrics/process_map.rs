//! The process map: the activities that most cases have, and the steps between them.
//!
//! Traces are *projected* to the activities that are shown: the others are left out as if they had not
//! happened, and a step leads from each event to the next one that is shown. The first step of a case
//! comes from its start, the last one leads to its end. A step is *direct* where nothing is hidden
//! between its events. What is shown adds up, whatever the number of activities: as many steps lead
//! to an activity, and from it, as it has events.

use super::Selection;
use super::activities::Counts;
use super::pair_ids::PairIds;
use crate::event_log::{Cancel, Cancelled};
use crate::text::Portion;
use hashbrown::HashMap;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::{ControlFlow, Range};

/// An edge of the map: all steps between two activities. Start and end of the case are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Activity that the steps come from; `None` for the start of the case.
    pub from: Option<u32>,
    /// Activity that they lead to; `None` for the end of the case.
    pub to: Option<u32>,
    /// Number of steps.
    pub count: u64,
    /// Steps with nothing hidden between.
    pub direct: u64,
    /// Cases that have such a step.
    pub cases: u64,
}

/// Edges of the selected cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    /// Edges, most steps first; ties by the names of the activities, the start before and the end after
    /// all of them.
    pub edges: Vec<Edge>,
    /// Cases without any activity that is shown: they have no step.
    pub hidden_cases: u64,
}

/// The activities of the selected cases, most cases first, ties by name. `counts` are those of every
/// activity of the log.
pub fn by_cases(selection: &Selection<'_>, counts: &[Counts]) -> Vec<u32> {
    let occurring = (0..).zip(counts).filter(|(_, counts)| counts.cases > 0);
    let mut activities: Vec<u32> = occurring.map(|(activity, _)| activity).collect();
    let rank = &selection.index.activity_rank;
    activities.sort_unstable_by_key(|&a| (Reverse(counts[a as usize].cases), rank[a as usize]));
    activities
}

/// Code of start and end of a case: no activity has it.
const OUTSIDE: u32 = u32::MAX;

/// A step of a trace: activities, and positions in the trace. Positions of start and end are those
/// before the first and after the last event, both one up.
struct Step {
    ends: (u32, u32),
    at: (usize, usize),
}

/// The steps of a trace between the activities that are shown; none where it has none of them.
fn steps<'a>(trace: &'a [u32], shown: &'a [bool]) -> impl Iterator<Item = Step> + 'a {
    let events = trace.iter().zip(1..);
    let events = events.filter(|(activity, _)| shown[**activity as usize]);
    let mut events = events.map(|(&activity, at)| (activity, at)).peekable();
    let is_shown = events.peek().is_some();
    let events = events.chain(is_shown.then_some((OUTSIDE, trace.len() + 1)));
    events.scan((OUTSIDE, 0), |before, event| {
        let step = Step {
            ends: (before.0, event.0),
            at: (before.1, event.1),
        };
        *before = event;
        Some(step)
    })
}

#[derive(Default, Clone, Copy)]
struct Tally {
    count: u64,
    direct: u64,
    cases: u64,
    /// The last variant that has the edge, one up.
    seen: usize,
}

type Tallies = HashMap<(u32, u32), Tally>;

/// Projects the selected cases to the activities of which `shown` is true.
///
/// # Errors
/// The edges are not wanted any more.
pub fn project(
    selection: &Selection<'_>,
    shown: &[bool],
    cancel: &Cancel,
) -> Result<Projection, Cancelled> {
    let pieces: Vec<(Tallies, u64)> = selection
        .pieces_of_variants()
        .map(|variants| {
            let (mut tallies, mut hidden) = (Tallies::new(), 0);
            for variant in variants {
                cancel.check()?;
                let n = u64::from(selection.variant_cases[variant]);
                let trace = selection.index.variants.sequence(variant);
                let mut any = false;
                for step in steps(trace, shown) {
                    any = true;
                    let tally = tallies.entry(step.ends).or_default();
                    tally.count += n;
                    tally.direct += if step.at.0 + 1 == step.at.1 { n } else { 0 };
                    // What holds for a variant holds for all of its cases.
                    tally.cases += if tally.seen == variant + 1 { 0 } else { n };
                    tally.seen = variant + 1;
                }
                hidden += if any { 0 } else { n };
            }
            Ok((tallies, hidden))
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut all = Tallies::new();
    let mut hidden_cases = 0;
    for (tallies, hidden) in pieces {
        hidden_cases += hidden;
        for (ends, tally) in tallies {
            let sum = all.entry(ends).or_default();
            sum.count += tally.count;
            sum.direct += tally.direct;
            sum.cases += tally.cases;
        }
    }
    let activity = |code: u32| (code != OUTSIDE).then_some(code);
    let edges = all.into_iter().map(|((from, to), tally)| Edge {
        from: activity(from),
        to: activity(to),
        count: tally.count,
        direct: tally.direct,
        cases: tally.cases,
    });
    let mut edges: Vec<Edge> = edges.collect();
    let rank = &selection.index.activity_rank;
    edges.sort_unstable_by_key(|edge| {
        let from = edge.from.map(|a| rank[a as usize]);
        let to = edge.to.map_or(OUTSIDE, |a| rank[a as usize]);
        // `None`, the start, comes before all names.
        (Reverse(edge.count), from, to)
    });
    Ok(Projection {
        edges,
        hidden_cases,
    })
}

/// Returns which edges of a projection are drawn: the portion of them with the most steps; of each
/// activity the edge with the most steps to and from it, loops aside; and those that it takes until
/// every activity is reached from the start and reaches the end, each the one with the most steps from
/// what is reached to what is not. `nodes` are the activities that are shown.
pub fn drawn(edges: &[Edge], nodes: &[u32], portion: Portion) -> Vec<bool> {
    let numbers: HashMap<u32, usize> = nodes.iter().copied().zip(0..).collect();
    let (start, end) = (nodes.len(), nodes.len() + 1);
    let number = |activity: Option<u32>, outside| activity.map_or(outside, |a| numbers[&a]);
    let ends = |edge: &Edge| (number(edge.from, start), number(edge.to, end));
    let ends: Vec<(usize, usize)> = edges.iter().map(ends).collect();
    let most = portion.of(edges.len());
    let mut drawn: Vec<bool> = (0..edges.len()).map(|at| at < most).collect();
    // Edges come by their steps, so that the first one of an activity has the most.
    let mut has = vec![[false; 2]; nodes.len() + 2];
    for (at, &(from, to)) in ends.iter().enumerate().filter(|(_, (a, b))| a != b) {
        let is_first = [!has[from][0] && from < start, !has[to][1] && to < start];
        has[from][0] = true;
        has[to][1] = true;
        drawn[at] |= is_first.contains(&true);
    }
    connect(&ends, &mut drawn, start);
    let backwards: Vec<(usize, usize)> = ends.iter().map(|&(from, to)| (to, from)).collect();
    connect(&backwards, &mut drawn, end);
    drawn
}

/// Draws edges until all that can be is reached from a node, each the first one that leads from what is
/// reached to what is not.
fn connect(ends: &[(usize, usize)], drawn: &mut [bool], from: usize) {
    let n = ends.iter().map(|&(a, b)| a.max(b) + 1).max().unwrap_or(0);
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); n.max(from + 1)];
    for (at, &(from, _)) in ends.iter().enumerate() {
        leaving[from].push(at);
    }
    let mut reached = vec![false; leaving.len()];
    let mut candidates = BinaryHeap::new();
    let mut todo = vec![from];
    reached[from] = true;
    loop {
        while let Some(node) = todo.pop() {
            for &at in &leaving[node] {
                let to = ends[at].1;
                if reached[to] {
                    continue;
                }
                if drawn[at] {
                    reached[to] = true;
                    todo.push(to);
                } else {
                    candidates.push(Reverse(at));
                }
            }
        }
        let next = loop {
            match candidates.pop() {
                Some(Reverse(at)) if reached[ends[at].1] => {}
                Some(Reverse(at)) => break at,
                None => return,
            }
        };
        drawn[next] = true;
        reached[ends[next].1] = true;
        todo.push(ends[next].1);
    }
}

/// Edges for each activity that are still easily read.
const READABLE: (usize, usize) = (5, 2);

/// The largest multiple of 5 % at which at most 2.5 edges for each activity are drawn, else 0 %.
pub fn readable(edges: &[Edge], nodes: &[u32]) -> Portion {
    let mut steps = (0..=20).rev().map(|step| Portion::percent(5 * step));
    let few = |portion: &Portion| {
        let drawn = drawn(edges, nodes, *portion).iter().filter(|d| **d).count();
        drawn * READABLE.1 <= nodes.len() * READABLE.0
    };
    steps.find(few).unwrap_or(Portion::NONE)
}

/// The elapsed times of the steps of each of some edges in the selected cases, microseconds of the log's
/// clock, in no order: from each event to the next one that is shown. Edges at the start and the end of
/// cases have none.
///
/// # Errors
/// The times are not wanted any more.
pub fn elapsed(
    selection: &Selection<'_>,
    shown: &[bool],
    edges: &[Edge],
    cancel: &Cancel,
) -> Result<Vec<Vec<i64>>, Cancelled> {
    let mut wanted = PairIds::new(shown.len());
    // By number of the pair: position of its edge.
    let mut places = Vec::new();
    for (at, edge) in edges.iter().enumerate() {
        if let (Some(from), Some(to)) = (edge.from, edge.to) {
            wanted.add((from as usize, to as usize));
            places.push(at);
        }
    }
    let mut all = vec![Vec::new(); edges.len()];
    if places.is_empty() {
        return Ok(all);
    }
    let (log, ticks) = (selection.log, selection.log.ticks());
    // By case and not by variant, whose cases are anywhere in the log.
    let piece = |words: Range<usize>| {
        let mut times: Vec<Vec<i64>> = vec![Vec::new(); places.len()];
        selection.each_of(words, cancel, |case| {
            let (mut before, mut event) = (None, log.events_of(case).start);
            log.activity.for_each_in(log.events_of(case), |activity| {
                let (activity, now) = (activity as usize, event);
                event += 1;
                if !shown[activity] {
                    return;
                }
                if let Some((from, at)) = before.replace((activity, now))
                    && let Some(pair) = wanted.get((from, activity))
                {
                    times[pair].push(ticks[now] - ticks[at]);
                }
            });
            ControlFlow::Continue(())
        })?;
        Ok(times)
    };
    let times = selection.pieces().map(piece).reduce_with(|all, more| {
        let (mut all, more) = (all?, more?);
        let pairs = all.iter_mut().zip(more);
        pairs.for_each(|(all, mut more)| all.append(&mut more));
        Ok::<_, Cancelled>(all)
    });
    for (place, times) in places
        .into_iter()
        .zip(times.transpose()?.unwrap_or_default())
    {
        all[place] = times;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress;
    use crate::index::Index;
    use crate::metrics::{Memo, activities};
    use crate::test_support::log;

    /// Calls `f` with all cases of a log.
    fn with<T>(text: &str, f: impl FnOnce(&Selection<'_>) -> T) -> T {
        let log = log(text);
        let index = Index::build(&log, &Progress::default()).unwrap();
        let memo = Memo::default();
        f(&Selection {
            log: &log,
            index: &index,
            cases: None,
            variant_cases: &index.variants.n_cases,
            n_cases: log.n_cases(),
            memo: &memo,
        })
    }

    /// The edges between the `most` activities with the most cases: `a>b 2/1 2` (steps, direct, cases).
    fn edges(text: &str, most: usize, portion: &str) -> (Vec<String>, u64) {
        with(text, |selection| {
            let counts = activities::counts(selection);
            let mut nodes = by_cases(selection, &counts);
            nodes.truncate(most);
            let mut shown = vec![false; counts.len()];
            for &activity in &nodes {
                shown[activity as usize] = true;
            }
            let projection = project(selection, &shown, &Cancel::never()).unwrap();
            let portion = Portion::parse(portion).unwrap();
            let drawn = drawn(&projection.edges, &nodes, portion);
            let name = |activity: Option<u32>, outside: &'static str| {
                activity
                    .map_or(outside, |a| selection.log.activities.get(a))
                    .to_owned()
            };
            let drawn = projection
                .edges
                .iter()
                .zip(drawn)
                .filter(|(_, drawn)| *drawn);
            let text = drawn.map(|(edge, _)| {
                let (from, to) = (name(edge.from, "^"), name(edge.to, "$"));
                format!("{from}>{to} {}/{} {}", edge.count, edge.direct, edge.cases)
            });
            (text.collect(), projection.hidden_cases)
        })
    }

    #[test]
    fn hidden_activities_are_stepped_over() {
        let text = "1: a x b; 2: a b b; 3: x; 4: a y x b";
        let (all, hidden) = edges(text, 4, "100%");
        assert_eq!(hidden, 0);
        assert_eq!(all[0], "^>a 3/3 3");
        assert!(all.contains(&"b>b 1/1 1".to_owned()), "{all:?}");
        // a, b and x are in three cases each, and come by name.
        let (two, hidden) = edges(text, 2, "100%");
        assert_eq!(two, ["^>a 3/3 3", "a>b 3/1 3", "b>$ 3/3 3", "b>b 1/1 1"]);
        assert_eq!(hidden, 1);
    }

    #[test]
    fn what_is_drawn_leads_from_the_start_to_the_end() {
        let text = "1: a b; 2: a b; 3: a b; 4: a c b; 5: a c c b; 6: d";
        let (none, _) = edges(text, 9, "0%");
        let expected = [
            "^>a 5/5 5",
            "b>$ 5/5 5",
            "a>b 3/3 3",
            "a>c 2/2 2",
            "c>b 2/2 2",
            "^>d 1/1 1",
            "d>$ 1/1 1",
        ];
        assert_eq!(none, expected);
        let (all, _) = edges(text, 9, "100%");
        assert_eq!(all.len(), expected.len() + 1);
    }

    #[test]
    fn times_run_over_what_is_hidden() {
        let text = "1: a x b @0 +5 +9; 2: a b @0 +3; 3: b a @0 +1";
        let times = with(text, |selection| {
            let find = |name| selection.log.activities.find(name).unwrap();
            let mut shown = vec![true; 3];
            shown[find("x") as usize] = false;
            let projection = project(selection, &shown, &Cancel::never()).unwrap();
            let times = elapsed(selection, &shown, &projection.edges, &Cancel::never()).unwrap();
            let is_ab = |edge: &Edge| edge.from == Some(find("a")) && edge.to == Some(find("b"));
            let at = projection.edges.iter().position(is_ab).unwrap();
            let of_ends = projection.edges.iter().zip(&times);
            let of_ends = of_ends.filter(|(edge, _)| edge.from.is_none() || edge.to.is_none());
            assert!(of_ends.map(|(_, times)| times.len()).all(|n| n == 0));
            times[at].clone()
        });
        let mut seconds: Vec<i64> = times.iter().map(|time| time / 1_000_000).collect();
        seconds.sort_unstable();
        assert_eq!(seconds, [3, 9]);
    }

    #[test]
    fn an_empty_selection_has_no_edges() {
        assert_eq!(edges("", 4, "100%"), (Vec::new(), 0));
        assert_eq!(edges("1: a", 1, "0%").0, ["^>a 1/1 1", "a>$ 1/1 1"]);
    }
}
