//! The inductive miner with filtering of infrequent behavior (Leemans, Fahland and van der Aalst 2013):
//! a log is cut by its directly-follows relation, the parts are mined, and where there is no cut a model
//! that allows more takes its place. Without noise every sequence fits the model.

use super::cuts::{Cut, Relation};
use super::tree::Tree;
use crate::event_log::{Cancel, Cancelled};
use std::collections::BTreeMap;

/// Distinct sequences with their numbers of cases.
pub type Log = BTreeMap<Vec<u32>, u64>;

/// Nested parts at most; deeper ones may come in any order.
const MAX_DEPTH: usize = 200;

/// Activities of which it is tried whether each is parallel to all others: each costs a cut.
const MAX_TRIED: usize = 60;

/// Activities of the largest relation that is cut, as a cut looks at all pairs.
const MAX_ACTIVITIES: usize = 2_000;

/// Discovers a tree from sequences with their numbers of cases. `noise`, 0 to 1, is the share of the most
/// frequent continuation below which another one is left out where nothing else gives a cut.
///
/// # Errors
/// Cancelled.
pub fn mine(
    sequences: impl IntoIterator<Item = (Vec<u32>, u64)>,
    noise: f64,
    cancel: &Cancel,
) -> Result<Tree, Cancelled> {
    let mut log = Log::new();
    for (sequence, n) in sequences {
        *log.entry(sequence).or_default() += n;
    }
    let miner = Miner { noise, cancel };
    miner.tree(log, 0)
}

struct Miner<'a> {
    noise: f64,
    cancel: &'a Cancel,
}

impl Miner<'_> {
    fn tree(&self, mut log: Log, depth: usize) -> Result<Tree, Cancelled> {
        self.cancel.check()?;
        let total: u64 = log.values().sum();
        let empty = log.remove(&Vec::new()).unwrap_or(0);
        if log.is_empty() {
            return Ok(Tree::Silent);
        }
        if empty as f64 > self.noise * total as f64 {
            let rest = self.tree(log, depth + 1)?;
            return Ok(Tree::Choice(vec![Tree::Silent, rest]));
        }
        let relation = Relation::of(&log);
        if let [activity] = relation.activities[..] {
            return Ok(self.one(activity, &log));
        }
        if depth >= MAX_DEPTH || relation.activities.len() > MAX_ACTIVITIES {
            return Ok(flower(&relation.activities));
        }
        let mut cut = relation.cut(self.cancel)?;
        if cut.is_none() && self.noise > 0.0 {
            cut = relation.filtered(self.noise).cut(self.cancel)?;
        }
        match cut {
            Some((cut, parts)) => self.cut(cut, &parts, &log, depth),
            None => self.fall_through(&relation, &log, depth),
        }
    }

    /// A log of one activity.
    fn one(&self, activity: u32, log: &Log) -> Tree {
        let total: u64 = log.values().sum();
        let several = log.iter().filter(|(of, _)| of.len() > 1);
        let several: u64 = several.map(|(_, n)| n).sum();
        let activity = Tree::Activity(activity);
        if several as f64 > self.noise * total as f64 {
            Tree::Loop(Box::new(activity), vec![Tree::Silent])
        } else {
            activity
        }
    }

    fn cut(
        &self,
        cut: Cut,
        parts: &[Vec<u32>],
        log: &Log,
        depth: usize,
    ) -> Result<Tree, Cancelled> {
        let part_of: BTreeMap<u32, usize> = (parts.iter().enumerate())
            .flat_map(|(at, part)| part.iter().map(move |&activity| (activity, at)))
            .collect();
        let logs = match cut {
            Cut::Choice => choices(log, &part_of, parts.len()),
            Cut::Sequence => successions(log, &part_of, parts.len()),
            Cut::Parallel => projections(log, &part_of, parts.len()),
            Cut::Loop => repetitions(log, &part_of, parts.len()),
        };
        let mut trees = Vec::with_capacity(logs.len());
        for log in logs {
            trees.push(self.tree(log, depth + 1)?);
        }
        Ok(match cut {
            Cut::Choice => Tree::of(trees, Tree::Choice),
            Cut::Sequence => Tree::of(trees, Tree::Sequence),
            Cut::Parallel => Tree::of(trees, Tree::Parallel),
            Cut::Loop => {
                let body = trees.remove(0);
                Tree::Loop(Box::new(body), trees)
            }
        })
    }

    /// A model for a log without a cut: that allows least more of those that fit.
    fn fall_through(
        &self,
        relation: &Relation,
        log: &Log,
        depth: usize,
    ) -> Result<Tree, Cancelled> {
        let activities = &relation.activities;
        let once = activities.iter().find(|&&activity| {
            let mut all = log.keys();
            all.all(|of| of.iter().filter(|&&other| other == activity).count() == 1)
        });
        if let Some(&activity) = once {
            let rest = without(log, activity);
            let parts = vec![Tree::Activity(activity), self.tree(rest, depth + 1)?];
            return Ok(Tree::Parallel(parts));
        }
        if activities.len() <= MAX_TRIED {
            for &activity in activities {
                self.cancel.check()?;
                let rest = without(log, activity);
                let full: Log = rest
                    .clone()
                    .into_iter()
                    .filter(|(of, _)| !of.is_empty())
                    .collect();
                if full.is_empty() || Relation::of(&full).cut(self.cancel)?.is_none() {
                    continue;
                }
                let alone = only(log, activity);
                let parts = vec![self.tree(alone, depth + 1)?, self.tree(rest, depth + 1)?];
                return Ok(Tree::Parallel(parts));
            }
        }
        let is_break = |a: u32, b: u32| relation.ends_with(a) && relation.starts_with(b);
        let strict = split(log, is_break);
        let loose = strict.or_else(|| split(log, |_, b| relation.starts_with(b)));
        Ok(match loose {
            Some(pieces) => {
                let body = self.tree(pieces, depth + 1)?;
                Tree::Loop(Box::new(body), vec![Tree::Silent])
            }
            None => flower(activities),
        })
    }
}

/// Any sequence of the activities, not empty.
fn flower(activities: &[u32]) -> Tree {
    let all = activities.iter().map(|&activity| Tree::Activity(activity));
    let all = Tree::of(all.collect(), Tree::Choice);
    Tree::Loop(Box::new(all), vec![Tree::Silent])
}

/// The sequences without an activity.
fn without(log: &Log, activity: u32) -> Log {
    kept(log, |other| other != activity)
}

/// The sequences of one activity.
fn only(log: &Log, activity: u32) -> Log {
    kept(log, |other| other == activity)
}

fn kept(log: &Log, keeps: impl Fn(u32) -> bool) -> Log {
    let mut out = Log::new();
    for (sequence, n) in log {
        let kept = sequence.iter().copied().filter(|&activity| keeps(activity));
        *out.entry(kept.collect()).or_default() += n;
    }
    out
}

/// The pieces between breaks; `None` without a break.
fn split(log: &Log, is_break: impl Fn(u32, u32) -> bool) -> Option<Log> {
    let mut out = Log::new();
    let mut is_split = false;
    for (sequence, n) in log {
        for piece in sequence.chunk_by(|&a, &b| !is_break(a, b)) {
            is_split |= piece.len() < sequence.len();
            *out.entry(piece.to_vec()).or_default() += n;
        }
    }
    is_split.then_some(out)
}

type PartOf = BTreeMap<u32, usize>;

/// Each sequence in the part that it has most events of, without the others.
fn choices(log: &Log, part_of: &PartOf, n: usize) -> Vec<Log> {
    let mut logs = vec![Log::new(); n];
    for (sequence, cases) in log {
        let mut events = vec![0_u64; n];
        for activity in sequence {
            events[part_of[activity]] += 1;
        }
        // The first of those with equally many.
        let part = (0..n).rev().max_by_key(|&part| events[part]).unwrap_or(0);
        let own = sequence.iter().copied();
        let own = own.filter(|activity| part_of[activity] == part).collect();
        *logs[part].entry(own).or_default() += cases;
    }
    logs
}

/// Each sequence divided into one piece for each part, in order, so that most events are of the part of
/// their piece; the others are left out.
fn successions(log: &Log, part_of: &PartOf, n: usize) -> Vec<Log> {
    let mut logs = vec![Log::new(); n];
    for (sequence, cases) in log {
        let parts: Vec<usize> = sequence.iter().map(|activity| part_of[activity]).collect();
        let pieces = if parts.is_sorted() {
            parts.clone()
        } else {
            nearest_order(&parts, n)
        };
        for (part, log) in logs.iter_mut().enumerate() {
            let own = sequence.iter().zip(&parts).zip(&pieces);
            let own = own.filter(|((_, of), piece)| **of == part && **piece == part);
            let own = own.map(|((&activity, _), _)| activity).collect();
            *log.entry(own).or_default() += cases;
        }
    }
    logs
}

/// The piece of each event, ascending, so that most events are of the part of their piece.
fn nearest_order(parts: &[usize], n: usize) -> Vec<usize> {
    // Fewest events left out so far for each piece of the last event, and the piece before.
    let mut cost = vec![0_u32; n];
    let mut before: Vec<Vec<u32>> = Vec::with_capacity(parts.len());
    for &part in parts {
        let (mut best, mut from) = (u32::MAX, 0);
        let mut came = vec![0; n];
        for piece in 0..n {
            if cost[piece] < best {
                (best, from) = (cost[piece], piece as u32);
            }
            cost[piece] = best + u32::from(piece != part);
            came[piece] = from;
        }
        before.push(came);
    }
    let mut piece = (0..n).min_by_key(|&piece| cost[piece]).unwrap_or(0);
    let mut pieces = vec![0; parts.len()];
    for at in (0..parts.len()).rev() {
        pieces[at] = piece;
        piece = before[at][piece] as usize;
    }
    pieces
}

fn projections(log: &Log, part_of: &PartOf, n: usize) -> Vec<Log> {
    (0..n)
        .map(|part| kept(log, |activity| part_of[&activity] == part))
        .collect()
}

/// Each sequence divided where its part changes; the first part also is, empty, between two others and
/// before or after them at an end.
fn repetitions(log: &Log, part_of: &PartOf, n: usize) -> Vec<Log> {
    let mut logs = vec![Log::new(); n];
    for (sequence, cases) in log {
        let mut last = None;
        for piece in sequence.chunk_by(|a, b| part_of[a] == part_of[b]) {
            let part = part_of[&piece[0]];
            if part != 0 && last != Some(0) {
                *logs[0].entry(Vec::new()).or_default() += cases;
            }
            *logs[part].entry(piece.to_vec()).or_default() += cases;
            last = Some(part);
        }
        if last != Some(0) {
            *logs[0].entry(Vec::new()).or_default() += cases;
        }
    }
    logs
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    fn mined(sequences: &[(&str, u64)], noise: f64) -> String {
        let sequences = sequences.iter().map(|(text, n)| {
            let activity =
                |c: char| NAMES.iter().position(|name| name.starts_with(c)).unwrap() as u32;
            (text.chars().map(activity).collect(), *n)
        });
        mine(sequences, noise, &Cancel::never())
            .unwrap()
            .text(&NAMES)
    }

    #[test]
    fn cuts_are_found() {
        for (log, wanted) in [
            (vec![("", 1)], "tau"),
            (vec![("a", 1)], "'a'"),
            (vec![("a", 2), ("", 1)], "X(tau, 'a')"),
            (vec![("a", 1), ("aa", 1)], "*('a', tau)"),
            (vec![("ab", 1), ("cd", 1)], "X(->('a', 'b'), ->('c', 'd'))"),
            (vec![("abd", 1), ("ad", 1)], "->('a', X(tau, 'b'), 'd')"),
            (vec![("abcd", 1), ("acbd", 1)], "->('a', +('b', 'c'), 'd')"),
            (vec![("ab", 1), ("abcab", 1)], "*(->('a', 'b'), 'c')"),
            (vec![("abab", 1), ("ab", 1)], "*(->('a', 'b'), tau)"),
        ] {
            assert_eq!(mined(&log, 0.0), wanted, "{log:?}");
        }
    }

    #[test]
    fn infrequent_steps_are_left_out() {
        let log = [("abc", 100), ("cab", 1), ("", 1)];
        assert_eq!(mined(&log, 0.2), "->('a', 'b', 'c')");
        assert_eq!(mined(&log, 0.0), "X(tau, +('a', +('b', 'c')))");
    }

    #[test]
    fn events_out_of_order_are_left_out_as_few_as_possible() {
        assert_eq!(nearest_order(&[0, 1, 0, 2], 3), [0, 0, 0, 2]);
        assert_eq!(nearest_order(&[2, 0, 1, 2], 3), [0, 0, 1, 2]);
        assert_eq!(nearest_order(&[], 2), [0; 0]);
    }
}
