//! Token replay: a sequence is played on a net without a search for the best run. Where no transition of
//! a label is enabled, the shortest path of silent transitions to one is taken, else the tokens that it
//! lacks are added. It is a count for comparison with other tools, not a fitness.

use super::graph::{Firing, Marking, Markings};
use super::net::{Net, Tokens};
use crate::event_log::{Cancel, Cancelled};
use std::collections::HashMap;

/// Markings that a search for a path of silent transitions looks at.
const MAX_NEAR: usize = 10_000;
/// Markings of all searches of a sequence; after them no path is searched.
const MAX_ALL: usize = 1_000_000;

/// Tokens counted by a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Tokens that transitions put, with the initial marking.
    pub produced: u64,
    /// Tokens that transitions took, with the final marking.
    pub consumed: u64,
    /// Tokens that were added, as they were lacking.
    pub missing: u64,
    /// Tokens left after the final marking was taken.
    pub remaining: u64,
}

impl Replayed {
    /// Returns the half of the shares of tokens that were neither missing nor remaining; 1 where there
    /// are no tokens.
    pub fn fitness(self) -> f64 {
        let share = |part: u64, of: u64| {
            if of == 0 {
                1.0
            } else {
                1.0 - part as f64 / of as f64
            }
        };
        0.5 * share(self.missing, self.consumed) + 0.5 * share(self.remaining, self.produced)
    }

    /// Returns whether the sequence could be replayed.
    pub fn fits(self) -> bool {
        self.missing == 0 && self.remaining == 0
    }
}

struct Replay<'a> {
    net: &'a Net,
    labels: &'a [Option<u32>],
    firing: Firing<'a>,
    markings: Markings,
    looked_at: usize,
    here: Marking,
    counts: Replayed,
}

/// Replays a sequence; labels that the net has not are left out. `None` where the net cannot hold the
/// tokens.
///
/// # Errors
/// Cancelled.
pub fn replay(
    net: &Net,
    labels: &[Option<u32>],
    sequence: &[u32],
    cancel: &Cancel,
) -> Result<Option<Replayed>, Cancelled> {
    let mut by_label: HashMap<u32, Vec<u32>> = HashMap::new();
    for (at, label) in labels.iter().enumerate() {
        if let Some(label) = label {
            by_label.entry(*label).or_default().push(at as u32);
        }
    }
    let mut markings = Markings::default();
    let Ok(here) = markings.number(&net.initial) else {
        return Ok(None);
    };
    let mut replay = Replay {
        net,
        labels,
        firing: Firing::new(net),
        markings,
        looked_at: 0,
        here,
        counts: Replayed {
            produced: total(&net.initial),
            ..Replayed::default()
        },
    };
    for label in sequence {
        cancel.check()?;
        let Some(wanted) = by_label.get(label) else {
            continue;
        };
        if replay.event(wanted).is_none() {
            return Ok(None);
        }
    }
    Ok(replay.end().map(|()| replay.counts))
}

fn total(tokens: &[Tokens]) -> u64 {
    tokens.iter().map(|tokens| u64::from(tokens.count)).sum()
}

impl Replay<'_> {
    /// Fires one of the transitions of a label.
    fn event(&mut self, wanted: &[u32]) -> Option<()> {
        let is_wanted = |_: Marking, enabled: &[u32]| {
            let mut wanted = wanted.iter();
            wanted.any(|at| enabled.binary_search(at).is_ok())
        };
        if let Some(path) = self.path(is_wanted) {
            for transition in path {
                self.fire(transition)?;
            }
        }
        let mut enabled = Vec::new();
        self.firing
            .enabled(self.markings.cells(self.here), &mut enabled);
        let possible = wanted.iter().find(|at| enabled.binary_search(at).is_ok());
        if let Some(&transition) = possible {
            return self.fire(transition);
        }
        // That which lacks the fewest tokens.
        let lacking = wanted.iter().map(|&at| (total(&self.lacking(at)), at));
        let (_, transition) = lacking.min()?;
        let lacking = self.lacking(transition);
        self.counts.missing += total(&lacking);
        let tokens = self.markings.tokens(self.here).chain(lacking);
        let tokens = super::net::united(tokens.collect());
        if tokens.iter().any(|tokens| tokens.count > super::MAX_TOKENS) {
            return None;
        }
        self.here = self.markings.number(&tokens).ok()?;
        self.fire(transition)
    }

    /// Tokens that a transition lacks.
    fn lacking(&self, transition: u32) -> Vec<Tokens> {
        let takes = &self.net.transitions[transition as usize].takes;
        self.less(takes)
    }

    /// The tokens that are not here.
    fn less(&self, wanted: &[Tokens]) -> Vec<Tokens> {
        let held = |place: u32| {
            let mut here = self.markings.tokens(self.here);
            let held = here.find(|tokens| tokens.place == place);
            held.map_or(0, |tokens| tokens.count)
        };
        let lacking = wanted.iter().map(|tokens| Tokens {
            count: tokens.count.saturating_sub(held(tokens.place)),
            ..*tokens
        });
        lacking.filter(|tokens| tokens.count > 0).collect()
    }

    fn fire(&mut self, transition: u32) -> Option<()> {
        let of = &self.net.transitions[transition as usize];
        self.counts.consumed += total(&of.takes);
        self.counts.produced += total(&of.puts);
        let after = self.markings.after(&self.firing, self.here, transition);
        self.here = after.ok()?;
        Some(())
    }

    /// The shortest path of silent transitions to a marking that is wanted, as it is or by what is
    /// enabled in it.
    fn path(&mut self, is_wanted: impl Fn(Marking, &[u32]) -> bool) -> Option<Vec<u32>> {
        let mut before: HashMap<Marking, (Marking, u32)> = HashMap::new();
        let mut near = vec![self.here];
        let mut enabled = Vec::new();
        let mut next = 0;
        while let Some(&from) = near.get(next) {
            next += 1;
            self.looked_at += 1;
            if next > MAX_NEAR || self.looked_at > MAX_ALL {
                return None;
            }
            self.firing.enabled(self.markings.cells(from), &mut enabled);
            if is_wanted(from, &enabled) {
                let mut path = Vec::new();
                let mut at = from;
                while at != self.here {
                    let &(to, transition) = before.get(&at)?;
                    path.push(transition);
                    at = to;
                }
                path.reverse();
                return Some(path);
            }
            for &transition in &enabled {
                if self.labels[transition as usize].is_some() {
                    continue;
                }
                let Ok(to) = self.markings.after(&self.firing, from, transition) else {
                    continue;
                };
                if to != self.here && !before.contains_key(&to) {
                    before.insert(to, (from, transition));
                    near.push(to);
                }
            }
        }
        None
    }

    /// Goes to the nearest final marking and takes it.
    fn end(&mut self) -> Option<()> {
        let finals = self.net.finals.iter();
        let finals = finals.filter_map(|end| self.markings.number(end).ok());
        let finals: Vec<Marking> = finals.collect();
        if let Some(path) = self.path(|marking, _| finals.contains(&marking)) {
            for transition in path {
                self.fire(transition)?;
            }
        }
        // The end that lacks the fewest tokens.
        let ends = self.net.finals.iter();
        let end = ends.min_by_key(|end| total(&self.less(end)))?;
        let lacking = total(&self.less(end));
        let here: u64 = self
            .markings
            .tokens(self.here)
            .map(|tokens| u64::from(tokens.count))
            .sum();
        self.counts.consumed += total(end);
        self.counts.missing += lacking;
        self.counts.remaining += here + lacking - total(end);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// a, then b or a silent step.
    fn net() -> (Net, Vec<Option<u32>>) {
        let mut net = Net::default();
        let [p, q, r] = ["p", "q", "r"].map(|id| net.add_place(id));
        let one = |place| vec![Tokens { place, count: 1 }];
        net.initial = one(p);
        net.finals = vec![one(r)];
        net.add_transition("a", Some("a".to_owned()), &[p], &[q]);
        net.add_transition("b", Some("b".to_owned()), &[q], &[r]);
        net.add_transition("s", None, &[q], &[r]);
        (net, vec![Some(0), Some(1), None])
    }

    #[test]
    fn tokens_are_counted() {
        let (net, labels) = net();
        let counts = |sequence: &[u32]| {
            let counts = replay(&net, &labels, sequence, &Cancel::never());
            counts.unwrap().unwrap()
        };
        let of = |produced, consumed, missing, remaining| Replayed {
            produced,
            consumed,
            missing,
            remaining,
        };
        assert_eq!(counts(&[0, 1]), of(3, 3, 0, 0));
        assert_eq!(counts(&[0]), of(3, 3, 0, 0));
        assert_eq!(counts(&[0, 9]), of(3, 3, 0, 0));
        // b lacks its token, and that of the start is left.
        let lacking = counts(&[1]);
        assert_eq!(lacking, of(2, 2, 1, 1));
        assert!(!lacking.fits() && counts(&[0]).fits());
        assert_eq!(lacking.fitness(), 0.5);
    }
}
