//! Shades of activities and steps: how much of a figure each has, by quarters of the largest.

use super::item::Figure;
use super::state::State;
use crate::engine::{MapEdge, MapNode, MapRow, ProcessMap, Stats, VersusChange};
use crate::ui::Theme;
use ratatui::style::Style;

/// The largest figure of the activities, and that of the steps: each is a share of that of its kind.
pub struct Shades<'a> {
    state: &'a State,
    figure: Option<Figure>,
    largest: [f64; 2],
}

/// A character and its style.
pub type Shade = (&'static str, Style);

impl<'a> Shades<'a> {
    /// The shades of a map; none where nothing is shaded.
    pub fn new(state: &'a State, map: &ProcessMap) -> Self {
        let of = |figure| {
            let nodes = map
                .nodes
                .iter()
                .filter_map(|node| of_node(state, node, figure));
            let edges = map
                .edges
                .iter()
                .filter_map(|edge| of_edge(state, edge, figure));
            [largest(nodes), largest(edges)]
        };
        Shades {
            state,
            figure: state.shade,
            largest: state.shade.map_or([0.0; 2], of),
        }
    }

    /// The shade of an activity; `None` where it has no such figure.
    pub fn node(&self, node: &MapNode, theme: &Theme) -> Option<Shade> {
        let value = of_node(self.state, node, self.figure?)?;
        theme.shade(value / self.largest[0])
    }

    /// The shade of an edge.
    pub fn edge(&self, edge: &MapEdge, theme: &Theme) -> Option<Shade> {
        let value = of_edge(self.state, edge, self.figure?)?;
        theme.shade(value / self.largest[1])
    }

    /// The shade of a row of the list.
    pub fn row(&self, row: &MapRow<'_>, theme: &Theme) -> Option<Shade> {
        match row {
            MapRow::Activity(node) => self.node(node, theme),
            MapRow::Steps(edge, _) => self.edge(edge, theme),
            MapRow::Start | MapRow::End => None,
        }
    }
}

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, f64::max)
}

/// The figure of an activity as a number; `None` where it has none.
fn of_node(state: &State, node: &MapNode, figure: Figure) -> Option<f64> {
    match figure {
        Figure::Change => change(state.changes.nodes.get(&*node.activity)),
        Figure::Cases | Figure::Share => Some(node.cases as f64),
        Figure::Count => Some(node.events as f64),
        Figure::Median | Figure::P90 | Figure::Total => time(figure, node.service.as_ref()),
        Figure::Missing => Some(state.node_moves(&node.activity)?.missing as f64),
        Figure::Extra => Some(state.node_moves(&node.activity)?.extra as f64),
    }
}

/// The figure of an edge as a number; `None` where it has none.
fn of_edge(state: &State, edge: &MapEdge, figure: Figure) -> Option<f64> {
    match figure {
        Figure::Change => change(state.edge_change(edge)),
        Figure::Cases | Figure::Share => Some(edge.cases as f64),
        Figure::Count => Some(edge.count as f64),
        Figure::Median | Figure::P90 | Figure::Total => time(figure, state.elapsed(edge)),
        Figure::Missing => Some(state.edge_moves(edge)?.missing as f64),
        Figure::Extra => Some(state.edge_moves(edge)?.extra as f64),
    }
}

fn time(figure: Figure, stats: Option<&Stats>) -> Option<f64> {
    let stats = stats?;
    Some(match figure {
        Figure::P90 => stats.p90,
        Figure::Total => stats.total,
        _ => stats.median,
    })
}

/// Difference of the shares of A and B.
fn change(change: Option<&VersusChange>) -> Option<f64> {
    let (difference, _) = change?.cases.as_ref()?.difference?;
    Some(difference.abs())
}
