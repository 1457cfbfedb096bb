//! Process trees: models made of sequences, choices, parallel parts and loops, and their nets.

use super::net::{Net, Tokens};
use std::fmt::{self, Write};

/// A process tree; activities are numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// Nothing happens.
    Silent,
    /// The activity happens.
    Activity(u32),
    /// All parts, one after the other.
    Sequence(Vec<Tree>),
    /// One of the parts.
    Choice(Vec<Tree>),
    /// All parts, in any order and interleaved.
    Parallel(Vec<Tree>),
    /// The first part, then any number of times one of the others and the first part again.
    Loop(Box<Tree>, Vec<Tree>),
}

impl Tree {
    /// A tree of parts; the part itself where there is one, silent where there is none.
    pub(super) fn of(parts: Vec<Tree>, make: impl FnOnce(Vec<Tree>) -> Tree) -> Tree {
        let mut parts = parts;
        match parts.len() {
            0 => Tree::Silent,
            1 => parts.remove(0),
            _ => make(parts),
        }
    }

    /// Returns the net of the tree, with the names of activities. It has one initial and one final place.
    pub fn net(&self, names: &[impl AsRef<str>]) -> Net {
        let mut net = Net::default();
        let (start, end) = (net.add_place("start"), net.add_place("end"));
        let one = |place| vec![Tokens { place, count: 1 }];
        net.initial = one(start);
        net.finals = vec![one(end)];
        self.add(&mut net, start, end, names);
        net
    }

    /// Adds transitions that lead from one place to another as the tree says.
    fn add(&self, net: &mut Net, from: u32, to: u32, names: &[impl AsRef<str>]) {
        let id = |net: &Net| format!("t{}", net.transitions.len());
        let place = |net: &mut Net| {
            let id = format!("p{}", net.places.len());
            net.add_place(id)
        };
        match self {
            Tree::Silent => {
                let id = id(net);
                net.add_transition(id, None, &[from], &[to]);
            }
            Tree::Activity(activity) => {
                let name = names[*activity as usize].as_ref().to_owned();
                let id = id(net);
                net.add_transition(id, Some(name), &[from], &[to]);
            }
            Tree::Sequence(parts) => {
                let mut at = from;
                for (number, part) in parts.iter().enumerate() {
                    let next = if number + 1 == parts.len() {
                        to
                    } else {
                        place(net)
                    };
                    part.add(net, at, next, names);
                    at = next;
                }
            }
            Tree::Choice(parts) => {
                for part in parts {
                    part.add(net, from, to, names);
                }
            }
            Tree::Parallel(parts) => {
                let ends: Vec<(u32, u32)> =
                    parts.iter().map(|_| (place(net), place(net))).collect();
                let (first, last): (Vec<u32>, Vec<u32>) = ends.iter().copied().unzip();
                let split = id(net);
                net.add_transition(split, None, &[from], &first);
                for (part, (first, last)) in parts.iter().zip(ends) {
                    part.add(net, first, last, names);
                }
                let join = id(net);
                net.add_transition(join, None, &last, &[to]);
            }
            Tree::Loop(body, again) => {
                // Places of its own: those outside may belong to other parts as well.
                let (first, last) = (place(net), place(net));
                let enter = id(net);
                net.add_transition(enter, None, &[from], &[first]);
                body.add(net, first, last, names);
                for part in again {
                    part.add(net, last, first, names);
                }
                let leave = id(net);
                net.add_transition(leave, None, &[last], &[to]);
            }
        }
    }

    /// Returns the tree as text: `->('A', X(tau, 'B'), +('C', 'D'), *('E', tau))`.
    pub fn text(&self, names: &[impl AsRef<str>]) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = self.write(&mut out, names);
        out
    }

    fn write(&self, out: &mut String, names: &[impl AsRef<str>]) -> fmt::Result {
        let (sign, parts): (_, Vec<&Tree>) = match self {
            Tree::Silent => return out.write_str("tau"),
            Tree::Activity(activity) => {
                let name = names[*activity as usize].as_ref();
                let name = name.replace('\\', "\\\\").replace('\'', "\\'");
                return write!(out, "'{name}'");
            }
            Tree::Sequence(parts) => ("->", parts.iter().collect()),
            Tree::Choice(parts) => ("X", parts.iter().collect()),
            Tree::Parallel(parts) => ("+", parts.iter().collect()),
            Tree::Loop(body, again) => ("*", std::iter::once(&**body).chain(again).collect()),
        };
        write!(out, "{sign}(")?;
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                out.write_str(", ")?;
            }
            part.write(out, names)?;
        }
        out.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_have_a_text_and_a_net() {
        use Tree::{Activity, Choice, Loop, Parallel, Sequence, Silent};
        let tree = Sequence(vec![
            Activity(0),
            Choice(vec![Silent, Loop(Box::new(Activity(1)), vec![Silent])]),
            Parallel(vec![Activity(2), Activity(0)]),
        ]);
        let names = ["A", "it's", "C"];
        assert_eq!(
            tree.text(&names),
            r"->('A', X(tau, *('it\'s', tau)), +('C', 'A'))"
        );
        let net = tree.net(&names);
        assert!(net.may_end());
        assert_eq!(net.labels().len(), 3);
        assert_eq!(
            net.transitions.iter().filter(|t| t.label.is_some()).count(),
            4
        );
    }
}
