//! Cuts of a log by its directly-follows relation: the largest division of its activities into parts
//! that exclude each other, follow each other, are parallel, or repeat.

use super::miner::Log;
use crate::event_log::{Cancel, Cancelled};
use std::collections::{BTreeMap, BTreeSet};

/// Kind of a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Choice,
    Sequence,
    Parallel,
    /// The first part is repeated after one of the others.
    Loop,
}

/// A cut, with its parts as activities.
pub type Division = (Cut, Vec<Vec<u32>>);

/// The directly-follows relation of a log. Activities are positions in `activities`.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Activities, ascending.
    pub activities: Vec<u32>,
    /// Frequencies of successors, by activity.
    follows: Vec<BTreeMap<usize, u64>>,
    starts: BTreeMap<usize, u64>,
    ends: BTreeMap<usize, u64>,
}

impl Relation {
    /// Counts the relation of a log without empty sequences.
    pub fn of(log: &Log) -> Self {
        let activities: BTreeSet<u32> = log.keys().flatten().copied().collect();
        let activities: Vec<u32> = activities.into_iter().collect();
        let mut relation = Relation {
            follows: vec![BTreeMap::new(); activities.len()],
            activities,
            starts: BTreeMap::new(),
            ends: BTreeMap::new(),
        };
        for (sequence, n) in log {
            let at: Vec<usize> = sequence.iter().map(|of| relation.position(*of)).collect();
            for pair in at.windows(2) {
                *relation.follows[pair[0]].entry(pair[1]).or_default() += n;
            }
            if let (Some(&first), Some(&last)) = (at.first(), at.last()) {
                *relation.starts.entry(first).or_default() += n;
                *relation.ends.entry(last).or_default() += n;
            }
        }
        relation
    }

    fn position(&self, activity: u32) -> usize {
        let found = self.activities.binary_search(&activity);
        found.unwrap_or_default()
    }

    /// The relation without steps, starts and ends that are rarer than the most frequent one of their
    /// activity (of all starts, of all ends) times `noise`.
    pub fn filtered(&self, noise: f64) -> Self {
        let keep = |of: &BTreeMap<usize, u64>| -> BTreeMap<usize, u64> {
            let most = of.values().copied().max().unwrap_or(0) as f64;
            let frequent = of.iter().filter(|&(_, &n)| n as f64 >= noise * most);
            frequent.map(|(&at, &n)| (at, n)).collect()
        };
        let follows = (0..self.follows.len()).map(|from| {
            let end = self.ends.get(&from).copied().unwrap_or(0);
            let most = self.follows[from].values().copied().max().unwrap_or(0);
            let most = most.max(end) as f64;
            let frequent = self.follows[from].iter();
            let frequent = frequent.filter(|&(_, &n)| n as f64 >= noise * most);
            frequent.map(|(&at, &n)| (at, n)).collect()
        });
        Relation {
            activities: self.activities.clone(),
            follows: follows.collect(),
            starts: keep(&self.starts),
            ends: keep(&self.ends),
        }
    }

    /// True if an activity is the last of some sequence.
    pub fn ends_with(&self, activity: u32) -> bool {
        self.ends.contains_key(&self.position(activity))
    }

    /// True if an activity is the first of some sequence.
    pub fn starts_with(&self, activity: u32) -> bool {
        self.starts.contains_key(&self.position(activity))
    }

    fn is_followed(&self, from: usize, to: usize) -> bool {
        self.follows[from].contains_key(&to)
    }

    /// The first cut that there is, in the order of its kinds, with its parts as activities.
    ///
    /// # Errors
    /// Cancelled.
    pub fn cut(&self, cancel: &Cancel) -> Result<Option<Division>, Cancelled> {
        let named = |part: Vec<usize>| part.into_iter().map(|at| self.activities[at]).collect();
        for cut in [Cut::Choice, Cut::Sequence, Cut::Parallel, Cut::Loop] {
            cancel.check()?;
            let parts = match cut {
                Cut::Choice => self.choice(),
                Cut::Sequence => self.sequence(cancel)?,
                Cut::Parallel => self.parallel(),
                Cut::Loop => self.repeated(),
            };
            if parts.len() > 1 {
                return Ok(Some((cut, parts.into_iter().map(named).collect())));
            }
        }
        Ok(None)
    }

    /// Parts without a step between them.
    fn choice(&self) -> Vec<Vec<usize>> {
        let mut parts = Parts::new(self.activities.len());
        for (from, follows) in self.follows.iter().enumerate() {
            for &to in follows.keys() {
                parts.join(from, to);
            }
        }
        parts.all()
    }

    /// Parts of which each reaches all later ones and none before it.
    fn sequence(&self, cancel: &Cancel) -> Result<Vec<Vec<usize>>, Cancelled> {
        let reach = self.reach(cancel)?;
        let mut all: Vec<Vec<usize>> = (0..self.activities.len()).map(|at| vec![at]).collect();
        loop {
            let sets: Vec<[Bits; 2]> = all.iter().map(|part| self.sets(part, &reach)).collect();
            let before = |a: usize, b: usize| sets[a][1].meets(&sets[b][0]);
            let mut ranks = vec![0; all.len()];
            let mut parts = Parts::new(all.len());
            for a in 0..all.len() {
                cancel.check()?;
                for b in a + 1..all.len() {
                    match (before(a, b), before(b, a)) {
                        (true, false) => ranks[b] += 1,
                        (false, true) => ranks[a] += 1,
                        // Both ways or neither: their order is not fixed.
                        _ => parts.join(a, b),
                    }
                }
            }
            let joined = parts.all();
            let is_whole = joined.len() == all.len();
            // Parts that are before each other in a circle have the same number of parts before them.
            let mut parts = Parts::new(all.len());
            for a in 0..all.len() {
                let same = (a + 1..all.len()).find(|&b| ranks[a] == ranks[b]);
                if let Some(b) = same {
                    parts.join(a, b);
                }
            }
            let joined = if is_whole { parts.all() } else { joined };
            if joined.len() == all.len() {
                let mut ranked: Vec<_> = ranks.into_iter().zip(all).collect();
                ranked.sort_unstable();
                return Ok(ranked.into_iter().map(|(_, part)| part).collect());
            }
            let united = |of: Vec<usize>| {
                let mut part: Vec<usize> = of.into_iter().flat_map(|at| all[at].clone()).collect();
                part.sort_unstable();
                part
            };
            all = joined.into_iter().map(united).collect();
        }
    }

    /// The activities of a part, and those that they reach.
    fn sets(&self, part: &[usize], reach: &[Bits]) -> [Bits; 2] {
        let mut sets = [0, 1].map(|_| Bits::new(self.activities.len()));
        for &at in part {
            sets[0].set(at);
            sets[1].add(&reach[at]);
        }
        sets
    }

    /// Activities that each activity reaches by one step or more.
    fn reach(&self, cancel: &Cancel) -> Result<Vec<Bits>, Cancelled> {
        let n = self.activities.len();
        (0..n)
            .map(|from| {
                cancel.check()?;
                let mut reached = Bits::new(n);
                let mut next: Vec<usize> = self.follows[from].keys().copied().collect();
                while let Some(at) = next.pop() {
                    if reached.set(at) {
                        next.extend(self.follows[at].keys());
                    }
                }
                Ok(reached)
            })
            .collect()
    }

    /// Parts whose activities all follow each other, each with a start and an end.
    fn parallel(&self) -> Vec<Vec<usize>> {
        let n = self.activities.len();
        let mut parts = Parts::new(n);
        for a in 0..n {
            for b in a + 1..n {
                if !(self.is_followed(a, b) && self.is_followed(b, a)) {
                    parts.join(a, b);
                }
            }
        }
        let (mut whole, mut others): (Vec<Vec<usize>>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        for part in parts.all() {
            let starts = part.iter().any(|at| self.starts.contains_key(at));
            let ends = part.iter().any(|at| self.ends.contains_key(at));
            if starts && ends {
                whole.push(part);
            } else {
                others.push(part);
            }
        }
        let Some(first) = whole.first_mut() else {
            return Vec::new();
        };
        first.extend(others.into_iter().flatten());
        first.sort_unstable();
        whole
    }

    /// A part with all starts and ends, and parts that lead from all ends back to all starts.
    fn repeated(&self) -> Vec<Vec<usize>> {
        let n = self.activities.len();
        let is_edge = |at: usize| self.starts.contains_key(&at) || self.ends.contains_key(&at);
        let mut parts = Parts::new(n);
        for (from, follows) in self.follows.iter().enumerate() {
            for &to in follows.keys() {
                if !is_edge(from) && !is_edge(to) {
                    parts.join(from, to);
                }
            }
        }
        let (mut body, mut again) = (Vec::new(), Vec::new());
        for part in parts.all() {
            let is_body = part.iter().any(|&at| is_edge(at) || !self.leads_back(at));
            if is_body {
                body.extend(part);
            } else {
                again.push(part);
            }
        }
        if body.is_empty() || again.is_empty() {
            return Vec::new();
        }
        body.sort_unstable();
        let mut all = vec![body];
        all.append(&mut again);
        all
    }

    /// True if an activity comes only after ends, after all of them or none, and leads only to starts,
    /// to all of them or none.
    fn leads_back(&self, at: usize) -> bool {
        let comes = |from: &usize| self.is_followed(*from, at);
        let goes = |to: &usize| self.is_followed(at, *to);
        let mut starts = self.starts.keys();
        let mut ends = self.ends.keys();
        if starts.any(|start| comes(start) && !self.ends.contains_key(start)) {
            return false;
        }
        if ends.any(|end| goes(end) && !self.starts.contains_key(end)) {
            return false;
        }
        let (starts, ends) = (self.starts.keys(), self.ends.keys());
        let all_or_none = |n: usize, of: usize| n == 0 || n == of;
        all_or_none(starts.clone().filter(|to| goes(to)).count(), starts.len())
            && all_or_none(ends.clone().filter(|from| comes(from)).count(), ends.len())
    }
}

/// A set of activities.
#[derive(Debug, Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(n: usize) -> Self {
        Bits(vec![0; n.div_ceil(64)])
    }

    fn has(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    /// Adds an activity; false where it is there already.
    fn set(&mut self, at: usize) -> bool {
        let is_new = !self.has(at);
        self.0[at / 64] |= 1 << (at % 64);
        is_new
    }

    fn add(&mut self, other: &Bits) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    fn meets(&self, other: &Bits) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }
}

/// Parts that are joined step by step.
struct Parts(Vec<usize>);

impl Parts {
    fn new(n: usize) -> Self {
        Parts((0..n).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The lower one stays the root, so that parts are in the order of their first activity.
        self.0[a.max(b)] = a.min(b);
    }

    fn all(mut self) -> Vec<Vec<usize>> {
        let mut all: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 0..self.0.len() {
            let root = self.root(at);
            all.entry(root).or_default().push(at);
        }
        all.into_values().collect()
    }
}
