//! Petri nets whose transitions bear labels, and how a marking changes when a transition fires.
//! Knows no file and no log.

use std::collections::BTreeSet;

/// Tokens in a place: of a marking, or as the weight of an arc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tokens {
    /// Index of the place.
    pub place: u32,
    /// Number of tokens, at least 1.
    pub count: u32,
}

/// A transition.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Transition {
    /// Id in the file.
    pub id: String,
    /// Activity that it stands for; `None` for a silent transition.
    pub label: Option<String>,
    /// True where the label counts only if the log has such an activity, as that of an event of BPMN
    /// does; the transition is silent otherwise.
    pub is_event: bool,
    /// Tokens that it takes, by place, each place once.
    pub takes: Vec<Tokens>,
    /// Tokens that it puts, by place, each place once.
    pub puts: Vec<Tokens>,
}

/// A net with its initial marking and its final markings, of which any one ends a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Net {
    /// Ids of the places.
    pub places: Vec<String>,
    /// Transitions.
    pub transitions: Vec<Transition>,
    /// Initial marking, by place.
    pub initial: Vec<Tokens>,
    /// Final markings, each by place; an empty one means that no token is left.
    pub finals: Vec<Vec<Tokens>>,
}

impl Net {
    /// Adds a place and returns its index.
    pub fn add_place(&mut self, id: impl Into<String>) -> u32 {
        self.places.push(id.into());
        self.places.len() as u32 - 1
    }

    /// Adds a transition that takes a token from each of `from` and puts one into each of `to`.
    pub fn add_transition(
        &mut self,
        id: impl Into<String>,
        label: Option<String>,
        from: &[u32],
        to: &[u32],
    ) -> &mut Transition {
        let tokens = |places: &[u32]| {
            let each = places.iter().map(|&place| Tokens { place, count: 1 });
            united(each.collect())
        };
        self.transitions.push(Transition {
            id: id.into(),
            label,
            is_event: false,
            takes: tokens(from),
            puts: tokens(to),
        });
        let last = self.transitions.len() - 1;
        &mut self.transitions[last]
    }

    /// Number of transitions without a label.
    pub fn silent(&self) -> usize {
        let silent = self.transitions.iter().filter(|t| t.label.is_none());
        silent.count()
    }

    /// Returns the labels, each once, in the order of texts.
    pub fn labels(&self) -> BTreeSet<&str> {
        let labels = self.transitions.iter().filter_map(|t| t.label.as_deref());
        labels.collect()
    }

    /// Returns whether a final marking could be reached if tokens were never used up. Where it could not,
    /// no run of the net ends: that is found without a search.
    pub fn may_end(&self) -> bool {
        let mut marked = vec![false; self.places.len()];
        let mut takers: Vec<Vec<u32>> = vec![Vec::new(); self.places.len()];
        let mut lacking: Vec<usize> = Vec::with_capacity(self.transitions.len());
        for (at, transition) in self.transitions.iter().enumerate() {
            lacking.push(transition.takes.len());
            for taken in &transition.takes {
                takers[taken.place as usize].push(at as u32);
            }
        }
        let mut next: Vec<u32> = self.initial.iter().map(|tokens| tokens.place).collect();
        let free = (0..lacking.len()).filter(|&at| lacking[at] == 0);
        let puts = |at: usize| self.transitions[at].puts.iter().map(|tokens| tokens.place);
        next.extend(free.flat_map(puts));
        while let Some(place) = next.pop() {
            if std::mem::replace(&mut marked[place as usize], true) {
                continue;
            }
            for &at in &takers[place as usize] {
                lacking[at as usize] -= 1;
                if lacking[at as usize] == 0 {
                    next.extend(puts(at as usize));
                }
            }
        }
        let is_marked = |tokens: &Tokens| marked[tokens.place as usize];
        self.finals.iter().any(|end| end.iter().all(is_marked))
    }
}

/// Tokens by place, those of one place added up.
pub fn united(mut tokens: Vec<Tokens>) -> Vec<Tokens> {
    tokens.sort_unstable();
    let mut out: Vec<Tokens> = Vec::with_capacity(tokens.len());
    for one in tokens {
        match out.last_mut() {
            Some(last) if last.place == one.place => {
                last.count = last.count.saturating_add(one.count);
            }
            _ => out.push(one),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_that_no_token_can_reach_are_found() {
        let mut net = Net::default();
        let [a, b, c] = ["a", "b", "c"].map(|id| net.add_place(id));
        let one = |place| vec![Tokens { place, count: 1 }];
        net.initial = one(a);
        net.finals = vec![one(c)];
        net.add_transition("t", None, &[a], &[b]);
        assert!(!net.may_end());
        net.add_transition("u", Some("u".to_owned()), &[a, b], &[c]);
        assert!(net.may_end());
        net.transitions[0].takes.clear();
        net.initial.clear();
        assert!(!net.may_end());
        assert_eq!((net.silent(), net.labels().len()), (1, 1));
    }

    #[test]
    fn arcs_to_one_place_are_added_up() {
        let mut net = Net::default();
        let a = net.add_place("a");
        let takes = net.add_transition("t", None, &[a, a], &[]).takes.clone();
        assert_eq!(takes, [Tokens { place: a, count: 2 }]);
    }
}
