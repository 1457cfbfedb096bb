//! The map as a list: the most frequent way first, below each activity where it leads to.

use super::process_map::{MapEdge, MapNode, ProcessMap};
use std::collections::{HashMap, HashSet};

/// A row of a map that is listed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MapRow<'m> {
    /// The start of the cases.
    Start,
    /// An activity.
    Activity(&'m MapNode),
    /// Steps from the activity or start above.
    Steps(&'m MapEdge, Way),
    /// The end of the cases.
    End,
}

/// Where steps lead in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To an activity further down, or to the end.
    On,
    /// To an activity above.
    Back,
    /// To the same activity.
    Again,
}

/// Edges by the activity that they leave, most steps first. Maps that are only lists may have tens of
/// thousands of edges, so that they are gone through once.
type Leaving<'m> = HashMap<Option<&'m str>, Vec<&'m MapEdge>>;

impl ProcessMap {
    /// The rows of the map as a list.
    pub fn rows(&self) -> Vec<MapRow<'_>> {
        let mut leaving = Leaving::new();
        for edge in &self.edges {
            leaving.entry(edge.from.as_deref()).or_default().push(edge);
        }
        let mut above: HashSet<&str> = HashSet::new();
        let mut rows = Vec::with_capacity(self.nodes.len() + self.edges.len() + 2);
        rows.push(MapRow::Start);
        let steps = of(&leaving, None).iter();
        rows.extend(steps.map(|edge| MapRow::Steps(edge, Way::On)));
        for node in self.by_way(&leaving) {
            rows.push(MapRow::Activity(node));
            above.insert(&node.activity);
            let way = |edge: &MapEdge| match edge.to.as_deref() {
                Some(to) if *to == *node.activity => Way::Again,
                Some(to) if above.contains(to) => Way::Back,
                _ => Way::On,
            };
            let steps = of(&leaving, Some(&node.activity)).iter();
            rows.extend(steps.map(|edge| MapRow::Steps(edge, way(edge))));
        }
        rows.push(MapRow::End);
        rows
    }

    /// The activities of the most frequent way, and the others by their cases.
    fn by_way<'m>(&'m self, leaving: &Leaving<'m>) -> Vec<&'m MapNode> {
        let nodes: HashMap<&str, &MapNode> = self
            .nodes
            .iter()
            .map(|node| (&*node.activity, node))
            .collect();
        let mut met: HashSet<&str> = HashSet::new();
        let mut all: Vec<&MapNode> = Vec::new();
        let mut at: Option<&'m str> = None;
        loop {
            let is_new = |edge: &&MapEdge| edge.to.as_ref().is_none_or(|to| !met.contains(&**to));
            let next = of(leaving, at).iter().find(|edge| is_new(edge));
            let node = next.and_then(|edge| nodes.get(edge.to.as_deref()?));
            let Some(&node) = node else { break };
            met.insert(&node.activity);
            all.push(node);
            at = Some(&node.activity);
        }
        all.extend(
            self.nodes
                .iter()
                .filter(|node| !met.contains(&*node.activity)),
        );
        all
    }
}

/// The edges that leave an activity, or the start.
fn of<'a, 'm>(leaving: &'a Leaving<'m>, from: Option<&'m str>) -> &'a [&'m MapEdge] {
    leaving.get(&from).map_or(&[], Vec::as_slice)
}
