//! Markings of a net as numbers, and the graph of all markings that its runs reach.

use super::net::{Net, Tokens};
use super::{MAX_PLACES, MAX_TOKENS};
use crate::event_log::{Cancel, Cancelled};
use foldhash::fast::FixedState;
use hashbrown::{HashSet, HashTable};
use std::hash::BuildHasher;

/// Markings of the largest graph that is built whole.
pub const MAX_MARKINGS: usize = 200_000;
/// Steps of it.
const MAX_STEPS: usize = 4_000_000;
/// Marked places of all markings of a table.
const MAX_CELLS: usize = 32_000_000;
/// Steps between two looks at the cancellation.
pub const STEPS_PER_CHECK: usize = 4_096;

/// Bits of a cell that hold the number of tokens; those above hold the place.
const COUNT_BITS: u32 = 7;
const _: () = assert!(MAX_TOKENS < 1 << COUNT_BITS && MAX_PLACES < 1 << (32 - COUNT_BITS));

fn cell(tokens: Tokens) -> u32 {
    tokens.place << COUNT_BITS | tokens.count
}

fn place(cell: u32) -> u32 {
    cell >> COUNT_BITS
}

fn count(cell: u32) -> u32 {
    cell & ((1 << COUNT_BITS) - 1)
}

/// A net with what firing needs.
#[derive(Debug)]
pub struct Firing<'n> {
    net: &'n Net,
    /// Transitions by the first place that they take from; the last list is of those that take nothing.
    by_place: Vec<Vec<u32>>,
}

/// Number of a marking in a table.
pub type Marking = u32;

/// Why a marking has no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoMarking {
    /// A place would hold more than [`MAX_TOKENS`].
    Unbounded,
    /// The table is full.
    Full,
}

/// Markings that were met, numbered.
#[derive(Debug, Default)]
pub struct Markings {
    cells: Vec<u32>,
    /// End of each marking in `cells`.
    ends: Vec<u32>,
    numbers: HashTable<Marking>,
    /// The marking that is being made.
    made: Vec<u32>,
}

impl Markings {
    /// Forgets all markings and keeps the memory.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.ends.clear();
        self.numbers.clear();
    }

    /// Number of markings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Cells of a marking, by place.
    pub fn cells(&self, marking: Marking) -> &[u32] {
        range(&self.cells, &self.ends, marking)
    }

    /// Tokens of a marking, by place.
    pub fn tokens(&self, marking: Marking) -> impl Iterator<Item = Tokens> {
        let cells = self.cells(marking).iter();
        cells.map(|&cell| Tokens {
            place: place(cell),
            count: count(cell),
        })
    }

    /// Numbers a marking of tokens, which are by place.
    pub fn number(&mut self, tokens: &[Tokens]) -> Result<Marking, NoMarking> {
        // A count that does not fit into its bits would be read as another place.
        if tokens.iter().any(|tokens| tokens.count > MAX_TOKENS) {
            return Err(NoMarking::Unbounded);
        }
        self.made.clear();
        self.made.extend(tokens.iter().map(|&tokens| cell(tokens)));
        self.number_made()
    }

    fn number_made(&mut self) -> Result<Marking, NoMarking> {
        let hash = |cells: &[u32]| FixedState::with_seed(7).hash_one(cells);
        let Markings {
            cells,
            ends,
            numbers,
            made,
        } = self;
        let of_made = hash(made);
        let is_it = |&other: &Marking| range(cells, ends, other) == &made[..];
        if let Some(&found) = numbers.find(of_made, is_it) {
            return Ok(found);
        }
        if cells.len() + made.len() > MAX_CELLS || ends.len() == Marking::MAX as usize {
            return Err(NoMarking::Full);
        }
        let new = ends.len() as Marking;
        cells.extend_from_slice(made);
        ends.push(cells.len() as u32);
        numbers.insert_unique(of_made, new, |&at| hash(range(cells, ends, at)));
        Ok(new)
    }

    /// The marking after a transition that is enabled fires.
    pub fn after(
        &mut self,
        firing: &Firing<'_>,
        marking: Marking,
        transition: u32,
    ) -> Result<Marking, NoMarking> {
        let of = &firing.net.transitions[transition as usize];
        self.made.clear();
        let before = range(&self.cells, &self.ends, marking);
        let (mut taken, mut put) = (of.takes.iter().peekable(), of.puts.iter().peekable());
        let mut before = before.iter().copied().peekable();
        // Three lists by place, merged.
        while before.peek().is_some() || put.peek().is_some() {
            let here = before.peek().map_or(u32::MAX, |&cell| place(cell));
            let at = here.min(put.peek().map_or(u32::MAX, |tokens| tokens.place));
            let mut tokens = before.next_if(|&cell| place(cell) == at).map_or(0, count);
            if let Some(taken) = taken.next_if(|tokens| tokens.place == at) {
                tokens -= taken.count;
            }
            if let Some(put) = put.next_if(|tokens| tokens.place == at) {
                tokens = tokens.saturating_add(put.count);
            }
            if tokens > MAX_TOKENS {
                return Err(NoMarking::Unbounded);
            }
            if tokens > 0 {
                let tokens = Tokens {
                    place: at,
                    count: tokens,
                };
                self.made.push(cell(tokens));
            }
        }
        self.number_made()
    }
}

fn range<'a>(cells: &'a [u32], ends: &[u32], marking: Marking) -> &'a [u32] {
    let at = marking as usize;
    let start = at.checked_sub(1).map_or(0, |before| ends[before]);
    &cells[start as usize..ends[at] as usize]
}

impl<'n> Firing<'n> {
    pub fn new(net: &'n Net) -> Self {
        let mut by_place = vec![Vec::new(); net.places.len() + 1];
        for (at, transition) in net.transitions.iter().enumerate() {
            let first = transition.takes.first();
            let place = first.map_or(net.places.len(), |tokens| tokens.place as usize);
            by_place[place].push(at as u32);
        }
        Firing { net, by_place }
    }

    /// Fills `out` with the transitions that are enabled, ascending.
    pub fn enabled(&self, cells: &[u32], out: &mut Vec<u32>) {
        out.clear();
        let free = &self.by_place[self.net.places.len()];
        out.extend_from_slice(free);
        for &cell in cells {
            let from_here = self.by_place[place(cell) as usize].iter().copied();
            out.extend(from_here.filter(|&at| self.is_enabled(cells, at)));
        }
        out.sort_unstable();
    }

    fn is_enabled(&self, cells: &[u32], transition: u32) -> bool {
        let mut rest = cells.iter();
        let takes = &self.net.transitions[transition as usize].takes;
        takes.iter().all(|taken| {
            let here = rest.find(|&&cell| place(cell) >= taken.place);
            here.is_some_and(|&cell| place(cell) == taken.place && count(cell) >= taken.count)
        })
    }
}

/// A step of the graph: a transition, and the marking at its other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Marking after it in lists of steps away, before it in lists of steps to a marking.
    pub marking: Marking,
    /// The transition.
    pub transition: u32,
}

/// Steps by marking.
#[derive(Debug, Default)]
struct Steps {
    starts: Vec<u32>,
    steps: Vec<Step>,
}

impl Steps {
    /// Steps by one of their ends, in the order of `all` otherwise.
    fn by(n: usize, all: &[(Marking, Step)]) -> Self {
        let mut starts = vec![0_u32; n + 1];
        for (at, _) in all {
            starts[*at as usize + 1] += 1;
        }
        for at in 0..n {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let none = Step {
            marking: 0,
            transition: 0,
        };
        let mut steps = vec![none; all.len()];
        for (at, step) in all {
            let place = &mut next[*at as usize];
            steps[*place as usize] = *step;
            *place += 1;
        }
        Steps { starts, steps }
    }

    fn of(&self, marking: Marking) -> &[Step] {
        let at = marking as usize;
        &self.steps[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// All markings that runs of a net reach. Marking 0 is the initial one.
#[derive(Debug)]
pub struct Graph {
    away: Steps,
    to: Steps,
    /// Final markings that are reached.
    pub finals: Vec<Marking>,
    n: usize,
}

/// A graph that was begun.
#[derive(Debug)]
pub struct Built {
    /// The graph; `None` where it is too large.
    pub graph: Option<Graph>,
    /// True where a marking was left out because a place held more than [`MAX_TOKENS`].
    pub is_unbounded: bool,
}

impl Graph {
    /// Finds all markings. Of transitions with the same label between the same markings, only the first
    /// is a step.
    ///
    /// # Errors
    /// Cancelled.
    pub fn build(net: &Net, labels: &[u32], cancel: &Cancel) -> Result<Built, Cancelled> {
        let firing = Firing::new(net);
        let mut markings = Markings::default();
        let mut is_unbounded = false;
        let too_large = |is_unbounded| Built {
            graph: None,
            is_unbounded,
        };
        if let Err(why) = markings.number(&net.initial) {
            return Ok(too_large(why == NoMarking::Unbounded));
        }
        let mut all: Vec<(Marking, Step)> = Vec::new();
        let mut enabled = Vec::new();
        let mut seen = HashSet::new();
        let mut next = 0;
        while next < markings.len() {
            if next % STEPS_PER_CHECK == 0 {
                cancel.check()?;
            }
            let from = next as Marking;
            firing.enabled(markings.cells(from), &mut enabled);
            seen.clear();
            for &transition in &enabled {
                match markings.after(&firing, from, transition) {
                    Ok(marking) if seen.insert((marking, labels[transition as usize])) => {
                        let step = Step {
                            marking,
                            transition,
                        };
                        all.push((from, step));
                    }
                    Ok(_) => {}
                    Err(NoMarking::Unbounded) => is_unbounded = true,
                    Err(NoMarking::Full) => return Ok(too_large(is_unbounded)),
                }
            }
            if markings.len() > MAX_MARKINGS || all.len() > MAX_STEPS {
                return Ok(too_large(is_unbounded));
            }
            next += 1;
        }
        let n = markings.len();
        let finals = net.finals.iter().filter_map(|end| {
            let number = markings.number(end).ok()?;
            // A marking that is new now was not reached.
            ((number as usize) < n).then_some(number)
        });
        let mut finals: Vec<Marking> = finals.collect();
        finals.sort_unstable();
        finals.dedup();
        let back: Vec<(Marking, Step)> = all
            .iter()
            .map(|&(from, step)| {
                let back = Step {
                    marking: from,
                    ..step
                };
                (step.marking, back)
            })
            .collect();
        let graph = Graph {
            away: Steps::by(n, &all),
            to: Steps::by(n, &back),
            finals,
            n,
        };
        Ok(Built {
            graph: Some(graph),
            is_unbounded,
        })
    }

    /// Number of markings.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Steps away from a marking, by transition.
    pub fn away(&self, marking: Marking) -> &[Step] {
        self.away.of(marking)
    }

    /// Steps to a marking.
    pub fn to(&self, marking: Marking) -> &[Step] {
        self.to.of(marking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(all: &[(u32, u32)]) -> Vec<Tokens> {
        let one = |&(place, count)| Tokens { place, count };
        all.iter().map(one).collect()
    }

    #[test]
    fn firing_takes_and_puts_tokens() {
        let mut net = Net::default();
        let [a, b, c] = ["a", "b", "c"].map(|id| net.add_place(id));
        net.initial = tokens(&[(a, 2), (c, 1)]);
        net.finals = vec![tokens(&[(b, 2)])];
        net.add_transition("t", None, &[a, c], &[b, c]);
        net.add_transition("u", None, &[c], &[]);
        let built = Graph::build(
            &net,
            &(0..net.transitions.len() as u32).collect::<Vec<_>>(),
            &Cancel::never(),
        )
        .unwrap();
        let graph = built.graph.unwrap();
        // c with none, one and two of b, and each without c.
        assert_eq!((graph.len(), graph.finals.len()), (6, 1));
        assert_eq!(graph.away(0).len(), 2);
        assert_eq!(graph.to(graph.finals[0]).len(), 1);
        assert!(!built.is_unbounded);
    }

    #[test]
    fn nets_without_a_bound_are_noticed() {
        let mut net = Net::default();
        let [a, b] = ["a", "b"].map(|id| net.add_place(id));
        net.initial = tokens(&[(a, 1)]);
        net.finals = vec![tokens(&[(a, 1)])];
        net.add_transition("t", None, &[a], &[a, b]);
        let built = Graph::build(
            &net,
            &(0..net.transitions.len() as u32).collect::<Vec<_>>(),
            &Cancel::never(),
        )
        .unwrap();
        assert!(built.is_unbounded);
        assert_eq!(built.graph.unwrap().len(), MAX_TOKENS as usize + 1);
    }

    #[test]
    fn counts_beyond_the_bound_are_refused_and_no_other_marking() {
        let mut net = Net::default();
        let [a, b] = ["a", "b"].map(|id| net.add_place(id));
        for count in [MAX_TOKENS + 1, 200, 4096, u32::MAX] {
            let found = Markings::default().number(&tokens(&[(a, count)]));
            assert_eq!(found, Err(NoMarking::Unbounded), "{count}");
        }
        net.initial = tokens(&[(a, 1), (b, 1)]);
        net.finals = vec![tokens(&[(b, 4096)])];
        net.add_transition("t", None, &[a], &[b]);
        net.transitions[0].puts = tokens(&[(b, u32::MAX)]);
        let built = Graph::build(&net, &[0], &Cancel::never()).unwrap();
        assert!(built.is_unbounded);
        assert!(built.graph.is_none_or(|graph| graph.finals.is_empty()));
        net.initial = tokens(&[(a, 4096)]);
        let built = Graph::build(&net, &[0], &Cancel::never()).unwrap();
        assert!(built.graph.is_none() && built.is_unbounded);
    }

    #[test]
    fn transitions_without_input_are_always_enabled() {
        let mut net = Net::default();
        let a = net.add_place("a");
        net.finals = vec![tokens(&[(a, 1)])];
        net.add_transition("t", None, &[], &[a]);
        let built = Graph::build(
            &net,
            &(0..net.transitions.len() as u32).collect::<Vec<_>>(),
            &Cancel::never(),
        )
        .unwrap();
        assert_eq!(built.graph.unwrap().finals, [1]);
    }

    #[test]
    fn a_graph_that_is_too_large_is_given_up() {
        let mut net = Net::default();
        let start = net.add_place("start");
        net.initial = tokens(&[(start, 1)]);
        let places: Vec<u32> = (0..24).map(|n| net.add_place(format!("p{n}"))).collect();
        let done: Vec<u32> = (0..24).map(|n| net.add_place(format!("q{n}"))).collect();
        net.add_transition("split", None, &[start], &places);
        for (from, to) in places.iter().zip(&done) {
            net.add_transition("t", Some("t".to_owned()), &[*from], &[*to]);
        }
        net.finals = vec![
            done.iter()
                .map(|&place| Tokens { place, count: 1 })
                .collect(),
        ];
        let labels: Vec<u32> = (0..25).collect();
        let built = Graph::build(&net, &labels, &Cancel::never()).unwrap();
        assert!(built.graph.is_none() && !built.is_unbounded);
    }
}
