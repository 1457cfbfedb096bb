//! The search backward from the end of a run, and the way of the wanted alignment along its distances.

use super::{Aligner, EXTRA, FAR, MAX_DENSE, MISSING, Move, SILENT, Scratch};
use crate::models::graph::{Graph, Marking};
use std::cmp::Reverse;
use std::collections::HashSet;

/// A search of one sequence.
pub(super) struct Search<'a> {
    aligner: &'a Aligner,
    graph: &'a Graph,
    sequence: &'a [u32],
    scratch: &'a mut Scratch,
    is_dense: bool,
    bound: u64,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        aligner: &'a Aligner,
        graph: &'a Graph,
        sequence: &'a [u32],
        scratch: &'a mut Scratch,
    ) -> Self {
        for &at in &scratch.touched {
            scratch.dense[at as usize] = FAR;
        }
        scratch.touched.clear();
        scratch.sparse.clear();
        scratch.queue.clear();
        scratch.now.clear();
        let states = graph.len().saturating_mul(sequence.len() + 1);
        let is_dense = states <= MAX_DENSE;
        if is_dense && scratch.dense.len() < states {
            scratch.dense.resize(states, FAR);
        }
        Search {
            aligner,
            graph,
            sequence,
            scratch,
            is_dense,
            bound: 0,
        }
    }

    fn index(&self, marking: Marking, at: u32) -> u64 {
        u64::from(at) * self.graph.len() as u64 + u64::from(marking)
    }

    fn distance(&self, marking: Marking, at: u32) -> u64 {
        let index = self.index(marking, at);
        if self.is_dense {
            self.scratch.dense[index as usize]
        } else {
            self.scratch.sparse.get(&index).copied().unwrap_or(FAR)
        }
    }

    /// Notes that a state is at this distance from the end, if no better way is known.
    pub(super) fn reach(&mut self, marking: Marking, at: u32, distance: u64) {
        let index = self.index(marking, at);
        if self.is_dense {
            let known = &mut self.scratch.dense[index as usize];
            if *known <= distance {
                return;
            }
            if *known == FAR {
                self.scratch.touched.push(index as u32);
            }
            *known = distance;
        } else {
            let known = self.scratch.sparse.entry(index).or_insert(FAR);
            if *known <= distance {
                return;
            }
            *known = distance;
        }
        // Fewer labels are left of the sequence than the run needed to come here: the others are
        // missing. It never falls by more than a move costs.
        let before = self.aligner.from_start[marking as usize].saturating_sub(at);
        let bound = distance + u64::from(before) * MISSING;
        if bound == self.bound {
            self.scratch.now.push((distance, marking, at));
        } else {
            let entry = Reverse((bound, distance, marking, at));
            self.scratch.queue.push(entry);
        }
    }

    /// The next state, with its bound.
    pub(super) fn next(&mut self) -> Option<(u64, Marking, u32)> {
        loop {
            let (distance, marking, at) = if let Some(state) = self.scratch.now.pop() {
                state
            } else {
                let Reverse((bound, distance, marking, at)) = self.scratch.queue.pop()?;
                self.bound = bound;
                (distance, marking, at)
            };
            // Others found a better way to it meanwhile.
            if distance == self.distance(marking, at) {
                return Some((self.bound, marking, at));
            }
        }
    }

    pub(super) fn expand(&mut self, marking: Marking, at: u32) {
        let distance = self.distance(marking, at);
        if at > 0 {
            self.reach(marking, at - 1, distance + EXTRA);
        }
        let graph = self.graph;
        let before = at.checked_sub(1).map(|at| self.sequence[at as usize]);
        for step in graph.to(marking) {
            let label = self.aligner.labels[step.transition as usize];
            let paid = if label == SILENT { 0 } else { MISSING };
            self.reach(step.marking, at, distance + paid);
        }
        // Last, so that they are the next to be looked at: what fits is found without a detour.
        for step in graph.to(marking) {
            if before == Some(self.aligner.labels[step.transition as usize]) {
                self.reach(step.marking, at - 1, distance);
            }
        }
    }

    /// The moves from the start along the distances.
    pub(super) fn walk(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        let (mut marking, mut at) = (0, 0);
        while let Some((next, one)) = self.step(marking, at) {
            moves.push(one);
            marking = next;
            at += u32::from(!matches!(one, Move::Missing(_)));
        }
        moves
    }

    /// The next move of the wanted alignment, and the marking after it; `None` at the end.
    fn step(&self, marking: Marking, at: u32) -> Option<(Marking, Move)> {
        let distance = self.distance(marking, at);
        let label = self.sequence.get(at as usize).copied();
        if label.is_none() && distance == 0 {
            return None;
        }
        // Markings that silent transitions lead to without a detour, nearest first.
        let mut near = vec![marking];
        let mut seen: HashSet<Marking> = near.iter().copied().collect();
        let mut next = 0;
        while let Some(&from) = near.get(next) {
            next += 1;
            for step in self.graph.away(from) {
                let of = self.aligner.labels[step.transition as usize];
                if of == SILENT {
                    if self.distance(step.marking, at) == distance && seen.insert(step.marking) {
                        near.push(step.marking);
                    }
                } else if label == Some(of) && self.distance(step.marking, at + 1) == distance {
                    return Some((step.marking, Move::Sync(of)));
                }
            }
        }
        let missing = distance.checked_sub(MISSING);
        for &from in near.iter().filter(|_| missing.is_some()) {
            for step in self.graph.away(from) {
                let of = self.aligner.labels[step.transition as usize];
                if of != SILENT && Some(self.distance(step.marking, at)) == missing {
                    return Some((step.marking, Move::Missing(of)));
                }
            }
        }
        let extra = distance.checked_sub(EXTRA)?;
        let label = label?;
        let mut near = near.into_iter();
        let from = near.find(|&from| self.distance(from, at + 1) == extra)?;
        Some((from, Move::Extra(label)))
    }
}
