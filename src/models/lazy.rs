//! Alignments with nets whose markings are too many to be known beforehand: markings are made while the
//! search, by least cost, meets them.

use super::align::{
    Aligner, Bound, EXTRA, Ending, Found, Limits, MISSING, Move, SILENT, Scratch, Work, cost,
};
use super::graph::{Firing, Marking, Markings, NoMarking, Step};
use crate::event_log::{Cancel, Cancelled};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// Steps between known markings that are kept: more are made again when they are needed.
const MAX_KEPT_STEPS: usize = 8_000_000;

/// A state that was met.
#[derive(Debug, Clone, Copy)]
struct State {
    marking: Marking,
    /// Labels of the sequence that are behind it.
    at: u32,
    distance: u64,
    before: u32,
    /// Transition of the step to it; [`SILENT`] for an extra move.
    transition: u32,
}

/// Memory of searches, which one after the other use.
#[derive(Debug, Default)]
pub struct Memory {
    markings: Markings,
    states: Vec<State>,
    numbers: HashMap<(Marking, u32), u32, foldhash::fast::FixedState>,
    queue: BinaryHeap<Reverse<(u64, u32)>>,
    now: Vec<u32>,
    /// Place of the steps of each marking in `steps`.
    known: HashMap<Marking, (u32, u32), foldhash::fast::FixedState>,
    steps: Vec<Step>,
    enabled: Vec<u32>,
    away: Vec<Step>,
}

impl Memory {
    fn clear(&mut self) {
        self.markings.clear();
        self.states.clear();
        self.numbers.clear();
        self.queue.clear();
        self.now.clear();
        self.known.clear();
        self.steps.clear();
    }
}

/// A search of one sequence. Where the case goes on, its states of `length + 1` labels are those that
/// it may come to after the sequence, at no cost: it fits only where one of them is an end.
struct Search<'a> {
    aligner: &'a Aligner,
    firing: Firing<'a>,
    memory: &'a mut Memory,
    distance: u64,
    /// Place of the last occurrence of each label in the sequence.
    last: HashMap<u32, u32, foldhash::fast::FixedState>,
    ending: Ending,
    length: u32,
    /// True where markings were left out because no more fit into memory.
    is_full: bool,
}

/// Finds an optimal alignment; `None` where there is none.
///
/// # Errors
/// Cancelled.
pub fn align(
    aligner: &Aligner,
    sequence: &[u32],
    ending: Ending,
    limits: &Limits,
    scratch: &mut Scratch,
    cancel: &Cancel,
) -> Result<Option<Found>, Cancelled> {
    let memory = &mut scratch.lazy;
    memory.clear();
    let net = &aligner.net;
    let Ok(start) = memory.markings.number(&net.initial) else {
        return Ok(None);
    };
    let finals = net.finals.iter();
    let finals = finals.filter_map(|end| memory.markings.number(end).ok());
    let finals: Vec<Marking> = finals.collect();
    let mut search = Search {
        aligner,
        firing: Firing::new(net),
        memory,
        distance: 0,
        last: (0..)
            .zip(sequence)
            .map(|(at, &label)| (label, at))
            .collect(),
        ending,
        length: sequence.len() as u32,
        is_full: false,
    };
    search.reach(State {
        marking: start,
        at: 0,
        distance: 0,
        before: u32::MAX,
        transition: SILENT,
    });
    let mut work = Work::default();
    while let Some(number) = search.next() {
        let state = search.memory.states[number as usize];
        let is_through = state.at as usize >= sequence.len();
        if is_through && finals.contains(&state.marking) {
            return Ok(Some(Found::Aligned {
                cost: cost(state.distance),
                moves: search.moves(number, sequence),
            }));
        }
        let by_time = work.is_over(search.memory.away.len(), limits, cancel)?;
        if work.states > limits.states || by_time || search.is_full {
            return Ok(Some(Found::Unfinished {
                at_least: cost(state.distance),
                by: if by_time { Bound::Time } else { Bound::States },
            }));
        }
        search.expand(number, sequence);
    }
    // No state is left, but some were dropped for want of memory.
    Ok(search.is_full.then(|| Found::Unfinished {
        at_least: cost(search.distance),
        by: Bound::States,
    }))
}

impl Search<'_> {
    fn reach(&mut self, state: State) {
        let memory = &mut *self.memory;
        let new = memory.states.len() as u32;
        let number = *memory
            .numbers
            .entry((state.marking, state.at))
            .or_insert(new);
        if number == new {
            memory.states.push(state);
        } else if memory.states[number as usize].distance > state.distance {
            memory.states[number as usize] = state;
        } else {
            return;
        }
        if state.distance == self.distance {
            memory.now.push(number);
        } else {
            memory.queue.push(Reverse((state.distance, number)));
        }
    }

    fn next(&mut self) -> Option<u32> {
        loop {
            let number = if let Some(number) = self.memory.now.pop() {
                number
            } else {
                let Reverse((distance, number)) = self.memory.queue.pop()?;
                self.distance = distance;
                number
            };
            // A better way to it was found meanwhile, and it was looked at.
            if self.memory.states[number as usize].distance == self.distance {
                return Some(number);
            }
        }
    }

    fn expand(&mut self, number: u32, sequence: &[u32]) {
        let state = self.memory.states[number as usize];
        let label = sequence.get(state.at as usize).copied();
        let goes_on = state.at as usize > sequence.len();
        self.find_steps(state.marking);
        let after = |distance: u64, marking, at, transition| State {
            marking,
            at,
            distance,
            before: number,
            transition,
        };
        let away = std::mem::take(&mut self.memory.away);
        let forced = away
            .iter()
            .find(|step| self.must_fire(step.transition, state.at));
        if label.is_some() && forced.is_none() {
            let distance = state.distance + EXTRA;
            self.reach(after(distance, state.marking, state.at + 1, SILENT));
        }
        // What has to fire anyway, and changes nothing for others, fires first: no other order is tried.
        let steps = forced.map_or(&away[..], std::slice::from_ref);
        for step in steps {
            let (to, transition) = (step.marking, step.transition);
            let of = self.aligner.labels[transition as usize];
            let paid = if of == SILENT || goes_on { 0 } else { MISSING };
            self.reach(after(state.distance + paid, to, state.at, transition));
            if label == Some(of) {
                self.reach(after(state.distance, to, state.at + 1, transition));
            }
        }
        if self.ending == Ending::Open && state.at as usize == sequence.len() {
            // Last, so that it is the next to be looked at: from here the case may go on.
            self.reach(after(state.distance, state.marking, state.at + 1, SILENT));
        }
        self.memory.away = away;
    }

    /// True if a transition that is enabled has to fire sooner or later, and not with a label that the
    /// sequence still has: it may as well fire now.
    fn must_fire(&self, transition: u32, at: u32) -> bool {
        let label = self.aligner.labels[transition as usize];
        let comes = self.last.get(&label).is_some_and(|&last| last >= at);
        // A case that goes on need not have done yet what costs something.
        let is_free = label == SILENT || self.ending == Ending::Final || at > self.length;
        self.aligner.is_forced[transition as usize] && is_free && !comes
    }

    /// Puts the steps away from a marking into `away`.
    fn find_steps(&mut self, marking: Marking) {
        let memory = &mut *self.memory;
        memory.away.clear();
        if let Some(&(start, end)) = memory.known.get(&marking) {
            let steps = &memory.steps[start as usize..end as usize];
            memory.away.extend_from_slice(steps);
            return;
        }
        let cells = memory.markings.cells(marking);
        self.firing.enabled(cells, &mut memory.enabled);
        for &transition in &memory.enabled {
            match memory.markings.after(&self.firing, marking, transition) {
                Ok(marking) => memory.away.push(Step {
                    marking,
                    transition,
                }),
                Err(NoMarking::Unbounded) => self.aligner.note_unbounded(),
                Err(NoMarking::Full) => self.is_full = true,
            }
        }
        if memory.steps.len() < MAX_KEPT_STEPS {
            let start = memory.steps.len() as u32;
            memory.steps.extend_from_slice(&memory.away);
            memory
                .known
                .insert(marking, (start, memory.steps.len() as u32));
        }
    }

    /// The moves to a state.
    fn moves(&self, number: u32, sequence: &[u32]) -> Vec<Move> {
        let mut moves = Vec::new();
        let mut state = self.memory.states[number as usize];
        while state.at as usize > sequence.len() {
            state = self.memory.states[state.before as usize];
        }
        while state.before != u32::MAX {
            let before = self.memory.states[state.before as usize];
            let is_read = before.at < state.at;
            let label = sequence.get(before.at as usize).copied();
            if state.transition == SILENT {
                moves.extend(label.map(Move::Extra));
            } else {
                match self.aligner.labels[state.transition as usize] {
                    SILENT => {}
                    label if is_read => moves.push(Move::Sync(label)),
                    label => moves.push(Move::Missing(label)),
                }
            }
            state = before;
        }
        moves.reverse();
        moves
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Net, Tokens, Tree};
    use proptest::prelude::*;

    fn tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![Just(Tree::Silent), (0_u32..4).prop_map(Tree::Activity)];
        leaf.prop_recursive(3, 10, 3, |inner| {
            let parts = || prop::collection::vec(inner.clone(), 2..4);
            prop_oneof![
                parts().prop_map(Tree::Sequence),
                parts().prop_map(Tree::Choice),
                parts().prop_map(Tree::Parallel),
                (inner.clone(), inner.clone())
                    .prop_map(|(body, again)| Tree::Loop(Box::new(body), vec![again])),
            ]
        })
    }

    proptest! {
        #[test]
        fn costs_are_those_of_the_search_with_all_markings(
            tree in tree(),
            sequence in prop::collection::vec(0_u32..4, 0..6),
            dead_ends in prop::collection::vec((0_usize..40, 0_usize..4), 0..3),
        ) {
            let names = ["a", "b", "c", "d"];
            let mut net = tree.net(&names);
            for (place, label) in dead_ends {
                // From there no run reaches its end.
                let place = (place % net.places.len()) as u32;
                let dead = net.add_place("dead");
                net.add_transition("dead", Some(names[label].to_owned()), &[place], &[dead]);
            }
            let number = |label: &String| u32::from(label.as_bytes()[0] - b'a');
            let labels: Vec<Option<u32>> = net.transitions.iter().map(|t| t.label.as_ref().map(number)).collect();
            let known: Vec<u32> = sequence.into_iter().filter(|l| labels.contains(&Some(*l))).collect();
            let never = Cancel::never();
            let aligner = Aligner::new(net, &labels, &never).unwrap();
            let (limits, mut scratch) = (Limits::default(), Scratch::default());
            for ending in [Ending::Final, Ending::Open] {
                let Found::Aligned { cost: wanted, .. } =
                    aligner.align(&known, ending, &limits, &mut scratch, &never).unwrap()
                else {
                    panic!("unfinished");
                };
                let found = align(&aligner, &known, ending, &limits, &mut scratch, &never);
                let Ok(Some(Found::Aligned { cost, moves })) = found else {
                    panic!("{found:?}");
                };
                prop_assert_eq!(cost, wanted);
                prop_assert_eq!(moves.iter().map(|one| one.cost()).sum::<u32>(), cost);
                let read = moves.iter().filter(|one| !matches!(one, Move::Missing(_)));
                let read: Vec<u32> = read.map(|one| one.label()).collect();
                prop_assert_eq!(&read, &known);
            }
        }
    }

    #[test]
    fn an_open_case_fits_only_where_it_can_still_end() {
        let mut net = Net::default();
        let [start, half, end, dead] = ["start", "half", "end", "dead"].map(|id| net.add_place(id));
        let marked = |place| vec![Tokens { place, count: 1 }];
        (net.initial, net.finals) = (marked(start), vec![marked(end)]);
        net.add_transition("a", Some("a".to_owned()), &[start], &[half]);
        net.add_transition("b", Some("b".to_owned()), &[half], &[end]);
        net.add_transition("c", Some("c".to_owned()), &[start], &[dead]);
        let never = Cancel::never();
        let aligner = Aligner::new(net, &[Some(0), Some(1), Some(2)], &never).unwrap();
        for (sequence, wanted) in [
            (&[][..], 0),
            (&[0], 0),
            (&[0, 1], 0),
            (&[2], 1),
            (&[2, 1], 2),
        ] {
            let mut scratch = Scratch::default();
            let limits = Limits::default();
            let found = align(
                &aligner,
                sequence,
                Ending::Open,
                &limits,
                &mut scratch,
                &never,
            );
            let Ok(Some(Found::Aligned { cost, moves })) = found else {
                panic!("{found:?}");
            };
            assert_eq!(cost, wanted, "{sequence:?} {moves:?}");
            assert_eq!(moves.iter().map(|one| one.cost()).sum::<u32>(), cost);
        }
    }
}
