//! What the cursor of the map can be on, and the figures of it.

use crate::engine::MapEdge;
use crate::panes::texts::SEPARATOR;
use std::sync::Arc;

/// A figure of activities and steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Share of the cases of A minus that of B.
    Change,
    /// Cases.
    Cases,
    /// Events of an activity, steps of an edge.
    Count,
    /// Share of the selected cases.
    Share,
    /// Median of the times of the steps.
    Median,
    /// Their 90th percentile.
    P90,
    /// Their sum.
    Total,
    /// Activities that cases lack, by what they are judged by.
    Missing,
    /// Events that cases have beyond it.
    Extra,
}

impl Figure {
    /// All, in the order of the key that changes them; the first one only where two selections are compared.
    pub const ALL: [Figure; 9] = [
        Figure::Change,
        Figure::Cases,
        Figure::Count,
        Figure::Share,
        Figure::Median,
        Figure::P90,
        Figure::Total,
        Figure::Missing,
        Figure::Extra,
    ];

    /// Name for the head.
    pub fn name(self) -> &'static str {
        match self {
            Figure::Change => "A minus B, share of cases (pp)",
            Figure::Cases => "cases",
            Figure::Count => "events and steps",
            Figure::Share => "share of cases",
            Figure::Median => "median time of steps",
            Figure::P90 => "p90 time of steps",
            Figure::Total => "total time of steps",
            Figure::Missing => "missing moves",
            Figure::Extra => "extra moves",
        }
    }

    /// Word of the report's `--figure`.
    pub fn word(self) -> &'static str {
        match self {
            // Reports compare in lists.
            Figure::Change | Figure::Cases => "cases",
            Figure::Count => "count",
            Figure::Share => "share",
            Figure::Median => "median",
            Figure::P90 => "p90",
            Figure::Total => "total",
            Figure::Missing => "missing",
            Figure::Extra => "extra",
        }
    }

    /// True for figures of moves.
    pub fn is_of_moves(self) -> bool {
        matches!(self, Figure::Missing | Figure::Extra)
    }

    /// The figure after one; the first one after the last.
    pub fn next(of: Figure, is_versus: bool) -> Figure {
        let all = Figure::of(is_versus);
        let at = all.iter().position(|figure| *figure == of);
        all[at.map_or(0, |at| (at + 1) % all.len())]
    }

    /// Those of a map, or of a comparison.
    pub fn of(is_versus: bool) -> &'static [Figure] {
        if is_versus {
            &Figure::ALL
        } else {
            &Figure::ALL[1..]
        }
    }
}

/// What the cursor can be on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// The start of the cases.
    Start,
    /// Their end.
    End,
    /// An activity.
    Node(Arc<str>),
    /// The steps between two activities; `None` for start and end.
    Edge(Option<Arc<str>>, Option<Arc<str>>),
}

impl Item {
    /// The edge of a map as an item.
    pub fn edge(edge: &MapEdge) -> Item {
        Item::Edge(edge.from.clone(), edge.to.clone())
    }

    /// The item as text, for a place.
    pub fn key(&self) -> String {
        let name = |name: &Option<Arc<str>>| name.as_deref().unwrap_or_default().to_owned();
        match self {
            Item::Start => "start".to_owned(),
            Item::End => "end".to_owned(),
            Item::Node(name) => format!("node{SEPARATOR}{name}"),
            Item::Edge(from, to) => format!("edge{SEPARATOR}{}{SEPARATOR}{}", name(from), name(to)),
        }
    }

    /// The inverse of [`Item::key`]; `None` for any other text.
    pub fn of_key(key: &str) -> Option<Item> {
        let name = |name: &str| Some(Arc::from(name)).filter(|_| !name.is_empty());
        let parts: Vec<&str> = key.split(SEPARATOR).collect();
        match parts[..] {
            ["start"] => Some(Item::Start),
            ["end"] => Some(Item::End),
            ["node", of] => name(of).map(Item::Node),
            ["edge", from, to] => Some(Item::Edge(name(from), name(to))),
            _ => None,
        }
    }
}
