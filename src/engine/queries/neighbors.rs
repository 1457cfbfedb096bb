//! Neighbors of an activity: what comes directly before and after it.

use super::edges::{EdgeFigures, EdgeRow};
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use std::cmp::Reverse;

/// The edges to and from one activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeighborsQuery {
    /// The activity, by name.
    pub activity: String,
}

/// All edges of an activity that some selected case has. One from the activity to itself is in both
/// lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbors {
    /// The activity, as in the question.
    pub activity: String,
    /// Edges that lead to it, most frequent first; ties by name.
    pub before: Vec<EdgeRow>,
    /// Edges that begin with it, in the same order.
    pub after: Vec<EdgeRow>,
}

impl Query for NeighborsQuery {
    type Answer = Neighbors;

    fn run(&self, context: &Context<'_>) -> Result<Neighbors, AskError> {
        let selected = context.selected()?;
        let figures = EdgeFigures::shared(&selected);
        context.cancel.check()?;
        let names = &selected.prepared.names;
        let is_name = |activity: &u32| *names[*activity as usize] == *self.activity;
        let edges = &selected.prepared.index.edges;
        let of = |ends: &[u32]| -> Vec<EdgeRow> {
            let its = (0..).zip(ends).filter(|(_, end)| is_name(end));
            its.filter_map(|(edge, _)| figures.row(&selected, edge))
                .collect()
        };
        let (mut before, mut after) = (of(&edges.to), of(&edges.from));
        before.sort_by(|a, b| (Reverse(a.count), &a.from).cmp(&(Reverse(b.count), &b.from)));
        after.sort_by(|a, b| (Reverse(a.count), &a.to).cmp(&(Reverse(b.count), &b.to)));
        Ok(Neighbors {
            activity: self.activity.clone(),
            before,
            after,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Analysis, Cancel, View};
    use crate::formats::ImportReport;
    use std::fmt::Write;

    fn neighbors(log: &str, activity: &str) -> Neighbors {
        let log = crate::test_support::log(log);
        let name = "x".to_owned();
        let progress = crate::event_log::Progress::default();
        let report = ImportReport::default();
        let analysis = Analysis::new(name, log, report, chrono_tz::UTC, &progress).unwrap();
        let activity = activity.to_owned();
        let query = NeighborsQuery { activity };
        let never = Cancel::never();
        analysis.ask(&View::default(), &query, &never).unwrap()
    }

    #[test]
    fn edges_of_both_sides_are_counted() {
        let found = neighbors("1: a b b c; 2: a b c; 3: d b; 4: a c", "b");
        let edges = |rows: &[EdgeRow]| -> Vec<(String, u64)> {
            let edge = |row: &EdgeRow| (format!("{} {}", row.from, row.to), row.count);
            rows.iter().map(edge).collect()
        };
        let edge = |names: &str, count: u64| (names.to_owned(), count);
        let before = [edge("a b", 2), edge("b b", 1), edge("d b", 1)];
        assert_eq!(edges(&found.before), before);
        assert_eq!(edges(&found.after), [edge("b c", 2), edge("b b", 1)]);
        let unknown = neighbors("1: a b", "x");
        assert_eq!((unknown.before.len(), unknown.after.len()), (0, 0));
    }

    /// Rare edges count as well, however many there are.
    #[test]
    fn no_edge_is_left_out() {
        let mut log = String::new();
        for case in 0..2500 {
            write!(log, "{case}: before{case} Hub x x x;").unwrap();
        }
        let found = neighbors(&log, "Hub");
        assert_eq!(found.before.len(), 2500);
        assert_eq!(found.after[0].count, 2500);
    }
}
