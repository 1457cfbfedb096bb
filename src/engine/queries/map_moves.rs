//! Moves of the cases on what a map shows: where they leave what they are judged by.

use super::conform::{Bounds, JudgedCases};
use super::process_map::{Chosen, MapEdge, MapOf};
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::models::{Bound, Move};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Moves on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapMovesQuery {
    /// The map.
    pub of: MapOf,
    /// Bounds of the search for alignments.
    pub bounds: Bounds,
}

/// Numbers of moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MoveCounts {
    /// In both: events that the reference has, too; of an edge, its steps to such an event with nothing
    /// missing between.
    pub sync: u64,
    /// Only in the reference; of an edge, those between the two events of its steps.
    pub missing: u64,
    /// Only in the cases; of an edge, its steps to such an event.
    pub extra: u64,
}

impl MoveCounts {
    fn add(&mut self, other: MoveCounts, times: u64) {
        self.sync += other.sync * times;
        self.missing += other.missing * times;
        self.extra += other.extra * times;
    }
}

/// Ends of an edge; start and end of the case are `None`.
type Ends<N> = (Option<N>, Option<N>);

/// Moves of a view on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapMoves {
    /// Reference that cases are judged by: `top 1`, a filter, the name of a model.
    pub by: String,
    /// Cases.
    pub cases: u64,
    /// Cases without an alignment, by the bound that was met: they are in no figure.
    pub unaligned: Vec<(Bound, u64)>,
    nodes: HashMap<Arc<str>, MoveCounts>,
    edges: HashMap<Ends<Arc<str>>, MoveCounts>,
    /// Of activities that the map does not show, such as those that only a model has.
    pub hidden: MoveCounts,
}

impl MapMoves {
    /// Those of an activity.
    pub fn node(&self, activity: &str) -> MoveCounts {
        self.nodes.get(activity).copied().unwrap_or_default()
    }

    /// Those of an edge.
    pub fn edge(&self, edge: &MapEdge) -> MoveCounts {
        let ends = (edge.from.clone(), edge.to.clone());
        self.edges.get(&ends).copied().unwrap_or_default()
    }
}

/// Sums by code.
#[derive(Default)]
struct Sums {
    nodes: HashMap<u32, MoveCounts>,
    edges: HashMap<Ends<u32>, MoveCounts>,
    hidden: MoveCounts,
}

impl Sums {
    /// Adds the moves of some cases.
    fn add(&mut self, moves: &[Move], shown: &[bool], cases: u64) {
        let is_shown = |activity: u32| shown.get(activity as usize) == Some(&true);
        let (mut before, mut missing) = (None, 0);
        for &one in moves {
            let of = match one {
                Move::Sync(_) => MoveCounts {
                    sync: 1,
                    ..MoveCounts::default()
                },
                Move::Missing(_) => MoveCounts {
                    missing: 1,
                    ..MoveCounts::default()
                },
                Move::Extra(_) => MoveCounts {
                    extra: 1,
                    ..MoveCounts::default()
                },
            };
            let activity = one.label();
            if !is_shown(activity) {
                self.hidden.add(of, cases);
                missing += of.missing;
                continue;
            }
            self.nodes.entry(activity).or_default().add(of, cases);
            if of.missing > 0 {
                missing += 1;
                continue;
            }
            self.step((before, Some(activity)), of, missing, cases);
            (before, missing) = (Some(activity), 0);
        }
        // Without an event on the map, there is no step.
        if before.is_some() {
            let end = MoveCounts {
                sync: 1,
                ..MoveCounts::default()
            };
            self.step((before, None), end, missing, cases);
        }
    }

    /// Adds a step to an event, with the moves missing before it.
    fn step(&mut self, ends: Ends<u32>, to: MoveCounts, missing: u64, cases: u64) {
        let fits = to.sync > 0 && missing == 0;
        let step = MoveCounts {
            sync: u64::from(fits),
            missing,
            extra: to.extra,
        };
        self.edges.entry(ends).or_default().add(step, cases);
    }
}

impl Query for MapMovesQuery {
    type Answer = MapMoves;

    fn run(&self, context: &Context<'_>) -> Result<MapMoves, AskError> {
        let selected = context.selected()?;
        let basis = self.of.basis(&selected, context)?;
        let chosen = Chosen::shared(&basis, self.of, context.cancel)?;
        let prepared = &selected.prepared;
        let judge = prepared.judge(context.analysis.zone(), context.cancel)?;
        let judged = JudgedCases::of(&selected, &judge, false, self.bounds, context.cancel)?;
        let mut sums = Sums::default();
        let mut unaligned: BTreeMap<Bound, u64> = BTreeMap::new();
        for (_, judgement, cases) in judged.each(&selected) {
            match judgement.bound() {
                Some(by) => *unaligned.entry(by).or_default() += cases,
                None => sums.add(judgement.moves(), &chosen.shown, cases),
            }
        }
        let name = |code: u32| Arc::clone(&judge.names[code as usize]);
        let nodes = sums.nodes.into_iter();
        let edges = sums.edges.into_iter();
        Ok(MapMoves {
            by: prepared.timed.timing.conform.reference.to_string(),
            cases: selected.selection().n_cases as u64,
            unaligned: unaligned.into_iter().collect(),
            nodes: nodes.map(|(code, of)| (name(code), of)).collect(),
            edges: edges
                .map(|((from, to), of)| ((from.map(name), to.map(name)), of))
                .collect(),
            hidden: sums.hidden,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_counted_where_they_happen() {
        use Move::{Extra, Missing, Sync};
        let mut sums = Sums::default();
        let shown = [true, true, false];
        // a, then b is missing, c is hidden, a again; three cases of it. 9 is of the model alone.
        let moves = [Missing(9), Sync(0), Missing(1), Sync(2), Extra(0)];
        sums.add(&moves, &shown, 3);
        sums.add(&[Sync(0), Sync(1)], &shown, 1);
        sums.add(&[Extra(2)], &shown, 1);
        let of = |(sync, missing, extra)| MoveCounts {
            sync,
            missing,
            extra,
        };
        assert_eq!(sums.nodes[&0], of((4, 0, 3)));
        assert_eq!(sums.nodes[&1], of((1, 3, 0)));
        assert_eq!(sums.hidden, of((3, 3, 1)));
        assert_eq!(sums.edges[&(None, Some(0))], of((1, 3, 0)));
        assert_eq!(sums.edges[&(Some(0), Some(0))], of((0, 3, 3)));
        assert_eq!(sums.edges[&(Some(0), None)], of((3, 0, 0)));
        assert_eq!(sums.edges[&(Some(0), Some(1))], of((1, 0, 0)));
        assert_eq!(sums.edges[&(Some(1), None)], of((1, 0, 0)));
        assert_eq!(sums.edges.len(), 5);
    }
}
