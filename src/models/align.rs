//! Optimal alignments of a sequence of labels with the runs of a net: the least number of moves on one
//! side only. A label of the sequence that the net does not follow is an extra move, a labelled
//! transition that the sequence lacks a missing one; silent transitions are free.
//!
//! Of several optimal alignments the one with the fewest missing moves is taken, of those the one whose
//! moves in both come first, then that with missing before extra moves, then by transition. It depends
//! on neither threads nor hashes.
//!
//! Where all markings of the net are known ([`Graph`]), the search runs backward from the end, by least
//! cost plus a bound of what remains (A*): the distances that it leaves lead from the start along the
//! wanted alignment. Larger nets are searched forward, in [`super::lazy`].

mod search;

use super::graph::{Graph, Marking, STEPS_PER_CHECK};
use super::lazy;
use super::net::Net;
use super::reduce::reduced;
use crate::event_log::{Cancel, Cancelled};
use search::Search;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// A move of an alignment, with its label. Moves of silent transitions are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Move {
    /// In both.
    Sync(u32),
    /// Only in the model: the sequence lacks it.
    Missing(u32),
    /// Only in the sequence.
    Extra(u32),
}

impl Move {
    /// Returns the label.
    pub fn label(self) -> u32 {
        let (Move::Sync(label) | Move::Missing(label) | Move::Extra(label)) = self;
        label
    }

    /// Returns what the move costs.
    pub fn cost(self) -> u32 {
        u32::from(!matches!(self, Move::Sync(_)))
    }
}

/// Where a run has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// In a final marking.
    Final,
    /// Anywhere from where a final marking can be reached: the sequence goes on.
    Open,
}

/// Bounds of a search.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// States of one sequence at most.
    pub states: usize,
    /// No search begins or goes on after it.
    pub until: Option<Instant>,
}

/// States of one sequence where nothing else is asked for.
pub const USUAL_STATES: usize = 2_000_000;

impl Default for Limits {
    fn default() -> Self {
        Limits {
            states: USUAL_STATES,
            until: None,
        }
    }
}

impl Limits {
    pub(super) fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// Work of a search so far.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// States that were looked at; many steps from one count as more.
    pub states: usize,
    checked: usize,
}

impl Work {
    /// Steps that are as much work as a state.
    const STEPS: usize = 16;

    /// Counts a state and its steps; true where the time is over.
    pub fn is_over(
        &mut self,
        steps: usize,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<bool, Cancelled> {
        self.states += 1 + steps / Self::STEPS;
        if self.states < self.checked {
            return Ok(false);
        }
        self.checked = self.states + STEPS_PER_CHECK;
        cancel.check()?;
        Ok(limits.is_over())
    }
}

/// A bound that a search met before it found an alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// [`Limits::until`]: another search may find one.
    Time,
    /// [`Limits::states`], or the memory for markings.
    States,
    /// Every alignment needs more than [`MAX_TOKENS`](super::MAX_TOKENS) in a place.
    Tokens,
    /// The sequences are too long to be compared move by move.
    Length,
}

/// Result of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An optimal alignment.
    Aligned {
        /// Number of missing and extra moves.
        cost: u32,
        /// Moves in order.
        moves: Vec<Move>,
    },
    /// The bounds were met before.
    Unfinished {
        /// The cost is this or higher.
        at_least: u32,
        /// The first of them.
        by: Bound,
    },
}

/// Why a net cannot be aligned with anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// No run ends.
    #[error("no run of the model reaches its final marking: check its arcs and its end")]
    NoEnd,
    /// The search for an end was too long.
    #[error(
        "the model has too many states: no run to its final marking was found among the first {0}"
    )]
    TooLarge(usize),
    /// The work is not wanted any more.
    #[error("cancelled")]
    Cancelled,
}

impl From<Cancelled> for Unusable {
    fn from(_: Cancelled) -> Self {
        Unusable::Cancelled
    }
}

/// Label of silent transitions.
pub(super) const SILENT: u32 = u32::MAX;

/// Cost of an extra move: costs are in the upper half, missing moves in the lower one, so that of
/// equal costs the one with fewer missing moves is less.
pub(super) const EXTRA: u64 = 1 << 32;
/// Cost of a missing move.
pub(super) const MISSING: u64 = EXTRA + 1;
/// No distance yet.
const FAR: u64 = u64::MAX;

/// The cost of a distance.
pub(super) fn cost(distance: u64) -> u32 {
    (distance >> 32) as u32
}

/// A net that sequences are aligned with.
#[derive(Debug)]
pub struct Aligner {
    pub(super) net: Net,
    /// Label of each transition.
    pub(super) labels: Vec<u32>,
    /// Whether a transition has to fire once it is enabled, and takes tokens from no other.
    pub(super) is_forced: Vec<bool>,
    /// Whether a transition has the label.
    known: Vec<bool>,
    graph: Option<Graph>,
    /// Fewest missing moves from the start to each marking, and from each marking to an end.
    from_start: Vec<u32>,
    to_end: Vec<u32>,
    empty_cost: u32,
    is_unbounded: AtomicBool,
}

impl Aligner {
    /// Prepares a net; `labels` has the label of each transition, `None` for silent ones.
    ///
    /// # Errors
    /// No run of the net ends, or none was found; cancelled.
    pub fn new(net: Net, labels: &[Option<u32>], cancel: &Cancel) -> Result<Self, Unusable> {
        if !net.may_end() {
            return Err(Unusable::NoEnd);
        }
        let labels: Vec<u32> = labels.iter().map(|label| label.unwrap_or(SILENT)).collect();
        let (net, labels) = reduced(net, labels, cancel)?;
        let built = Graph::build(&net, &labels, cancel)?;
        let most = labels.iter().filter(|&&label| label != SILENT).max();
        let mut known = vec![false; most.map_or(0, |&most| most as usize + 1)];
        for &label in labels.iter().filter(|&&label| label != SILENT) {
            known[label as usize] = true;
        }
        let mut aligner = Aligner {
            is_forced: forced(&net),
            net,
            labels,
            known,
            graph: built.graph,
            from_start: Vec::new(),
            to_end: Vec::new(),
            empty_cost: 0,
            is_unbounded: AtomicBool::new(built.is_unbounded),
        };
        aligner.measure(cancel)?;
        Ok(aligner)
    }

    /// Finds the distances of markings from start and end.
    fn measure(&mut self, cancel: &Cancel) -> Result<(), Unusable> {
        let Some(graph) = &self.graph else {
            let limits = Limits::default();
            let mut scratch = Scratch::default();
            let found = lazy::align(self, &[], Ending::Final, &limits, &mut scratch, cancel)?;
            return match found {
                Some(Found::Aligned { cost, .. }) => {
                    self.empty_cost = cost;
                    Ok(())
                }
                Some(Found::Unfinished { .. }) => Err(Unusable::TooLarge(limits.states)),
                None => Err(Unusable::NoEnd),
            };
        };
        let steps = |marking| graph.away(marking);
        let from_start = distances(graph.len(), &[0], &self.labels, steps, cancel)?;
        let steps = |marking| graph.to(marking);
        let to_end = distances(graph.len(), &graph.finals, &self.labels, steps, cancel)?;
        if to_end.first().is_none_or(|&far| far == u32::MAX) {
            return Err(Unusable::NoEnd);
        }
        self.empty_cost = to_end[0];
        (self.from_start, self.to_end) = (from_start, to_end);
        Ok(())
    }

    /// Cost of the empty sequence: the fewest labels that a run has.
    pub fn empty_cost(&self) -> u32 {
        self.empty_cost
    }

    /// Cost of a sequence of this length that shares no label with the shortest run: the highest that
    /// an optimal alignment can have.
    pub fn worst(&self, length: usize, ending: Ending) -> u64 {
        let without = match ending {
            Ending::Final => u64::from(self.empty_cost),
            Ending::Open => 0,
        };
        length as u64 + without
    }

    /// True where markings were left out because a place would hold too many tokens.
    pub fn is_unbounded(&self) -> bool {
        self.is_unbounded.load(Ordering::Relaxed)
    }

    pub(super) fn note_unbounded(&self) {
        self.is_unbounded.store(true, Ordering::Relaxed);
    }

    fn knows(&self, label: u32) -> bool {
        self.known.get(label as usize) == Some(&true)
    }

    /// Finds the optimal alignment of a sequence.
    ///
    /// # Errors
    /// Cancelled.
    pub fn align(
        &self,
        sequence: &[u32],
        ending: Ending,
        limits: &Limits,
        scratch: &mut Scratch,
        cancel: &Cancel,
    ) -> Result<Found, Cancelled> {
        cancel.check()?;
        // Labels that the net has not are extra wherever they are.
        let known: Vec<u32> = sequence
            .iter()
            .copied()
            .filter(|&l| self.knows(l))
            .collect();
        let unknown = (sequence.len() - known.len()) as u32;
        let least = match ending {
            Ending::Final => self.empty_cost.saturating_sub(known.len() as u32),
            Ending::Open => 0,
        };
        if limits.is_over() {
            return Ok(Found::Unfinished {
                at_least: least + unknown,
                by: Bound::Time,
            });
        }
        let found = if self.graph.is_some() {
            self.search(&known, ending, limits, scratch, cancel)?
        } else {
            lazy::align(self, &known, ending, limits, scratch, cancel)?
        };
        Ok(match found {
            Some(Found::Aligned { cost, moves }) => Found::Aligned {
                cost: cost + unknown,
                moves: self.with_unknown(sequence, moves),
            },
            Some(Found::Unfinished { at_least, by }) => Found::Unfinished {
                at_least: at_least.max(least) + unknown,
                by,
            },
            // Only where markings were left out, as the empty sequence has an alignment.
            None => Found::Unfinished {
                at_least: least + unknown,
                by: Bound::Tokens,
            },
        })
    }

    /// Puts the labels that the net has not into an alignment of the others.
    fn with_unknown(&self, sequence: &[u32], moves: Vec<Move>) -> Vec<Move> {
        let mut out = Vec::with_capacity(sequence.len() + moves.len());
        let mut rest = sequence.iter().copied().peekable();
        for one in moves {
            if !matches!(one, Move::Missing(_)) {
                while let Some(label) = rest.next_if(|&label| !self.knows(label)) {
                    out.push(Move::Extra(label));
                }
                rest.next();
            }
            out.push(one);
        }
        out.extend(rest.map(Move::Extra));
        out
    }

    /// Searches backward from the end. `None`: there is no alignment.
    fn search(
        &self,
        sequence: &[u32],
        ending: Ending,
        limits: &Limits,
        scratch: &mut Scratch,
        cancel: &Cancel,
    ) -> Result<Option<Found>, Cancelled> {
        let Some(graph) = &self.graph else {
            return Ok(None);
        };
        let mut search = Search::new(self, graph, sequence, scratch);
        let n = sequence.len() as u32;
        match ending {
            Ending::Final => {
                for &end in &graph.finals {
                    search.reach(end, n, 0);
                }
            }
            Ending::Open => {
                for marking in 0..graph.len() as Marking {
                    if self.to_end[marking as usize] != u32::MAX {
                        search.reach(marking, n, 0);
                    }
                }
            }
        }
        let mut work = Work::default();
        let mut found = None;
        while let Some((bound, marking, at)) = search.next() {
            // All states of the best bound are taken, so that all optimal alignments are known.
            if found.is_some_and(|found| bound > found) {
                break;
            }
            let by_time = work.is_over(graph.to(marking).len(), limits, cancel)?;
            if work.states > limits.states || by_time {
                if found.is_some() {
                    break;
                }
                return Ok(Some(Found::Unfinished {
                    at_least: cost(bound),
                    by: if by_time { Bound::Time } else { Bound::States },
                }));
            }
            if (marking, at) == (0, 0) && bound == 0 {
                // All moves are in both: there is no other alignment to choose from.
                let moves = sequence.iter().map(|&label| Move::Sync(label)).collect();
                return Ok(Some(Found::Aligned { cost: 0, moves }));
            }
            if (marking, at) == (0, 0) {
                found = Some(bound);
            } else {
                search.expand(marking, at);
            }
        }
        let Some(found) = found else {
            return Ok(None);
        };
        Ok(Some(Found::Aligned {
            cost: cost(found),
            moves: search.walk(),
        }))
    }
}

/// Transitions that no other takes tokens from, and that some token leads to that must not be left at
/// the end.
fn forced(net: &Net) -> Vec<bool> {
    let mut takers = vec![0_u32; net.places.len()];
    for taken in net.transitions.iter().flat_map(|t| &t.takes) {
        takers[taken.place as usize] += 1;
    }
    let mut is_final = vec![false; net.places.len()];
    for tokens in net.finals.iter().flatten() {
        is_final[tokens.place as usize] = true;
    }
    let transitions = net.transitions.iter();
    transitions
        .map(|of| {
            let mut takes = of.takes.iter().map(|taken| taken.place as usize);
            takes.clone().all(|place| takers[place] == 1) && takes.any(|place| !is_final[place])
        })
        .collect()
}

/// Fewest labelled transitions from the sources to each marking along the steps; `u32::MAX` for
/// markings that are not reached.
fn distances<'g>(
    n: usize,
    sources: &[Marking],
    labels: &[u32],
    steps: impl Fn(Marking) -> &'g [super::graph::Step],
    cancel: &Cancel,
) -> Result<Vec<u32>, Cancelled> {
    let mut far = vec![u32::MAX; n];
    // Markings at the current distance, and those one further.
    let (mut here, mut further) = (sources.to_vec(), Vec::new());
    let mut distance = 0;
    let mut done = 0;
    while !here.is_empty() {
        while let Some(marking) = here.pop() {
            if far[marking as usize] <= distance {
                continue;
            }
            far[marking as usize] = distance;
            done += 1;
            if done % STEPS_PER_CHECK == 0 {
                cancel.check()?;
            }
            for step in steps(marking) {
                if far[step.marking as usize] <= distance {
                    continue;
                }
                if labels[step.transition as usize] == SILENT {
                    here.push(step.marking);
                } else {
                    further.push(step.marking);
                }
            }
        }
        std::mem::swap(&mut here, &mut further);
        distance += 1;
    }
    Ok(far)
}

/// Distances of states in a vector; a map takes their place where there are more states.
const MAX_DENSE: usize = 2_000_000;

/// Memory of searches, which one after the other use.
#[derive(Debug, Default)]
pub struct Scratch {
    dense: Vec<u64>,
    touched: Vec<u32>,
    sparse: HashMap<u64, u64, foldhash::fast::FixedState>,
    /// Bound, distance, marking and position of states to look at.
    queue: BinaryHeap<Reverse<(u64, u64, Marking, u32)>>,
    /// Those whose bound is the current one.
    now: Vec<(u64, Marking, u32)>,
    pub(super) lazy: lazy::Memory,
}
