//! Takes silent transitions out of a net that only pass tokens on, so that it has fewer markings. The
//! sequences of labels of its runs stay the same (fusion of series, Murata 1989).

use super::align::SILENT;
use super::net::{Net, Tokens, united};
use crate::event_log::{Cancel, Cancelled};
use std::collections::{BTreeSet, HashSet};

/// Arcs that a fusion may make where both sides have several.
const MOST_ARCS: usize = 64;

struct Reduction {
    net: Net,
    labels: Vec<u32>,
    /// Transitions that put into each place, and that take from it.
    putters: Vec<BTreeSet<u32>>,
    takers: Vec<BTreeSet<u32>>,
    /// Tokens of the initial marking, and whether a final marking has some.
    initial: Vec<u32>,
    is_final: Vec<bool>,
    is_gone: Vec<bool>,
}

/// Fusions that are tried between two looks at whether to go on.
const STRIDE: usize = 1 << 10;

/// Returns a smaller net with the same runs, and the labels of its transitions.
///
/// # Errors
/// Cancelled.
pub fn reduced(net: Net, labels: Vec<u32>, cancel: &Cancel) -> Result<(Net, Vec<u32>), Cancelled> {
    let n = net.places.len();
    let mut reduction = Reduction {
        putters: vec![BTreeSet::new(); n],
        takers: vec![BTreeSet::new(); n],
        initial: vec![0; n],
        is_final: vec![false; n],
        is_gone: vec![false; labels.len()],
        net,
        labels,
    };
    for (at, transition) in reduction.net.transitions.iter().enumerate() {
        for taken in &transition.takes {
            reduction.takers[taken.place as usize].insert(at as u32);
        }
        for put in &transition.puts {
            reduction.putters[put.place as usize].insert(at as u32);
        }
    }
    for tokens in &reduction.net.initial {
        reduction.initial[tokens.place as usize] = tokens.count;
    }
    for tokens in reduction.net.finals.iter().flatten() {
        reduction.is_final[tokens.place as usize] = true;
    }
    reduction.run(cancel)?;
    Ok(reduction.finish())
}

impl Reduction {
    fn run(&mut self, cancel: &Cancel) -> Result<(), Cancelled> {
        let silent = |at: &u32| self.labels[*at as usize] == SILENT;
        let mut next: Vec<u32> = (0..self.labels.len() as u32).filter(silent).collect();
        let mut tried = 0_usize;
        // Each fusion removes a transition, so that this ends.
        while let Some(at) = next.pop() {
            if tried.is_multiple_of(STRIDE) {
                cancel.check()?;
            }
            tried += 1;
            if self.is_gone[at as usize] {
                continue;
            }
            if let Some(changed) = self.pass_on(at).or_else(|| self.put_off(at)) {
                let labels = &self.labels;
                next.extend(
                    changed
                        .into_iter()
                        .filter(|&at| labels[at as usize] == SILENT),
                );
            }
        }
        Ok(())
    }

    /// Fires a transition at once where it is the only one that takes from its place: what put a token
    /// there now puts what the transition put. Returns the transitions that changed.
    fn pass_on(&mut self, at: u32) -> Option<BTreeSet<u32>> {
        let of = &self.net.transitions[at as usize];
        let [Tokens { place, count: 1 }] = of.takes[..] else {
            return None;
        };
        let (puts, place) = (of.puts.clone(), place as usize);
        let putters = &self.putters[place];
        let is_alone = self.takers[place].len() == 1 && !putters.contains(&at);
        if !is_alone || self.is_final[place] || is_many(putters.len(), puts.len()) {
            return None;
        }
        let putters = std::mem::take(&mut self.putters[place]);
        for &putter in &putters {
            let all = &mut self.net.transitions[putter as usize].puts;
            *all = replaced(all, place, &puts);
            for put in &puts {
                self.putters[put.place as usize].insert(putter);
            }
        }
        let held = std::mem::take(&mut self.initial[place]);
        for put in &puts {
            let tokens = &mut self.initial[put.place as usize];
            *tokens = tokens.saturating_add(held.saturating_mul(put.count));
        }
        self.remove(at);
        Some(self.near(putters, &puts))
    }

    /// Fires a transition only where its token is taken: what took the token now takes what the
    /// transition took. Returns the transitions that changed.
    fn put_off(&mut self, at: u32) -> Option<BTreeSet<u32>> {
        let of = &self.net.transitions[at as usize];
        let [Tokens { place, count: 1 }] = of.puts[..] else {
            return None;
        };
        let (takes, place) = (of.takes.clone(), place as usize);
        let takers = &self.takers[place];
        let is_alone = self.putters[place].len() == 1 && !takers.contains(&at);
        let is_marked = self.is_final[place] || self.initial[place] > 0;
        if !is_alone || is_marked || is_many(takers.len(), takes.len()) {
            return None;
        }
        let takes_one = |taker: &u32| {
            let mut all = self.net.transitions[*taker as usize].takes.iter();
            all.any(|taken| taken.place as usize == place && taken.count == 1)
        };
        if !takers.iter().all(takes_one) {
            return None;
        }
        let takers = std::mem::take(&mut self.takers[place]);
        for &taker in &takers {
            let all = &mut self.net.transitions[taker as usize].takes;
            *all = replaced(all, place, &takes);
            for taken in &takes {
                self.takers[taken.place as usize].insert(taker);
            }
        }
        self.remove(at);
        Some(self.near(takers, &takes))
    }

    fn remove(&mut self, at: u32) {
        self.is_gone[at as usize] = true;
        let of = &self.net.transitions[at as usize];
        for taken in &of.takes {
            self.takers[taken.place as usize].remove(&at);
        }
        for put in &of.puts {
            self.putters[put.place as usize].remove(&at);
        }
    }

    /// Transitions that changed, and those at the places that did; of many only the former.
    fn near(&self, mut changed: BTreeSet<u32>, places: &[Tokens]) -> BTreeSet<u32> {
        for tokens in places.iter().take(MOST_ARCS) {
            let place = tokens.place as usize;
            for of in [&self.putters[place], &self.takers[place]] {
                changed.extend(of.iter().take(MOST_ARCS));
            }
        }
        changed
    }

    fn finish(self) -> (Net, Vec<u32>) {
        let mut net = self.net;
        let mut labels = Vec::new();
        let mut transitions = Vec::new();
        let mut seen = HashSet::new();
        for ((of, label), is_gone) in net.transitions.drain(..).zip(self.labels).zip(self.is_gone) {
            let does_nothing = label == SILENT && of.takes == of.puts;
            if is_gone || does_nothing || !seen.insert((label, of.takes.clone(), of.puts.clone())) {
                continue;
            }
            labels.push(label);
            transitions.push(of);
        }
        net.transitions = transitions;
        let marked = self.initial.iter().enumerate().filter(|&(_, &n)| n > 0);
        net.initial = marked
            .map(|(place, &count)| Tokens {
                place: place as u32,
                count,
            })
            .collect();
        (net, labels)
    }
}

/// Whether a fusion of these numbers of arcs would make too many.
fn is_many(a: usize, b: usize) -> bool {
    a > 1 && b > 1 && a.saturating_mul(b) > MOST_ARCS
}

/// Tokens with those of a place replaced by others.
fn replaced(all: &[Tokens], place: usize, by: &[Tokens]) -> Vec<Tokens> {
    let is_it = |tokens: &&Tokens| tokens.place as usize == place;
    let count = all.iter().find(is_it).map_or(0, |tokens| tokens.count);
    let others = all.iter().filter(|tokens| !is_it(tokens)).copied();
    let more = by.iter().map(|tokens| Tokens {
        count: tokens.count.saturating_mul(count),
        ..*tokens
    });
    united(
        others
            .chain(more)
            .filter(|tokens| tokens.count > 0)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::*;

    #[test]
    fn transitions_that_pass_tokens_on_are_taken_out() {
        use Tree::{Activity, Choice, Parallel, Sequence, Silent};
        let tree = Sequence(vec![
            Activity(0),
            Parallel(vec![Activity(1), Choice(vec![Activity(2), Silent])]),
            Activity(3),
        ]);
        let net = tree.net(&["a", "b", "c", "d"]);
        let labels = net.transitions.iter().enumerate();
        let labels = labels.map(|(at, t)| if t.label.is_some() { at as u32 } else { SILENT });
        let labels: Vec<u32> = labels.collect();
        let (small, labels) = reduced(net.clone(), labels, &Cancel::never()).unwrap();
        // Split and join are gone; the choice of nothing is left.
        assert_eq!((net.silent(), small.silent()), (3, 1));
        assert_eq!(labels.len(), 5);
        assert!(small.may_end());
    }
}
