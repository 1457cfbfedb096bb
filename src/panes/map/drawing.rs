//! Draws the map as a picture.

use super::item::{Figure, Item};
use super::labels;
use super::picture::Picture;
use super::shade::Shades;
use super::state::State;
use crate::engine::{LayoutCell, MapEdge, Place};
use crate::panes::Look;
use crate::text::safe;
use crate::ui::names::{Keep, apart};
use crate::ui::paint;
use crate::ui::widgets::{Graph, GraphLine, GraphNode, LineCell, Shape, Weight};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Share of the steps of the most frequent edge from which on a line is thick, and below which it is faint.
const HEAVY: f64 = 0.4;
const FAINT: f64 = 0.03;

impl Picture<'_> {
    /// Draws the part around the cursor.
    pub fn draw(&self, state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let cursor = state.cursor();
        let origin = self.origin(&cursor, area);
        // A small picture is in the middle.
        let spare = usize::from(area.width).saturating_sub(self.layout.width);
        let (_, area) = paint::cut(area, (spare / 2) as u16);
        let shades = Shades::new(state, self.map);
        let nodes = self.nodes(state, &shades, &cursor, look);
        let lines = self.lines(state, &shades, &cursor, look);
        let graph = Graph {
            nodes: &nodes,
            lines: &lines,
            origin,
        };
        graph.draw(area, buffer, look.theme);
    }

    fn nodes(
        &self,
        state: &State,
        shades: &Shades<'_>,
        cursor: &Item,
        look: Look<'_>,
    ) -> Vec<GraphNode> {
        let theme = look.theme;
        let node = |item: &Item, place: &Place, shape, name: String, figure: String| GraphNode {
            at: (place.x, place.y),
            width: place.width,
            shape,
            figure,
            name,
            style: None,
            selected: cursor == item,
        };
        let columns = self
            .layout
            .nodes
            .iter()
            .map(|place| place.width)
            .max()
            .unwrap_or(0);
        let names: Vec<String> = self
            .map
            .nodes
            .iter()
            .map(|n| safe(&n.activity).into_owned())
            .collect();
        let room = columns.saturating_sub(10);
        let names: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), room)).collect();
        let names = apart(&names, Keep::Ends, theme.glyphs.ellipsis);
        let activities = self.map.nodes.iter().zip(names).map(|(of, name)| {
            let marked = state.marked.as_ref() == Some(&of.activity);
            let found = state.find.matcher();
            let found = found.is_some_and(|m| m.score(&safe(&of.activity)).is_some());
            let shade = shades.node(of, theme);
            let style = match shade {
                _ if marked => Some(theme.warn),
                _ if found => Some(theme.matched),
                Some((_, style)) => Some(style),
                None if of.cases == 0 => Some(theme.muted),
                None => None,
            };
            let name = if marked { format!("*{name}") } else { name };
            let item = Item::Node(of.activity.clone());
            let symbol = shade.map_or("", |(symbol, _)| symbol);
            let figure = symbol.to_owned() + &labels::of_node(state, of, look.context);
            let place = &self.layout.nodes[of.place];
            GraphNode {
                style,
                ..node(&item, place, Shape::Box, name, figure)
            }
        });
        let mut nodes: Vec<GraphNode> = activities.collect();
        let outside = [
            (Item::Start, Shape::Start, "start"),
            (Item::End, Shape::End, "end"),
        ];
        let places = self.layout.nodes.iter().skip(self.map.nodes.len());
        for ((item, shape, name), place) in outside.into_iter().zip(places) {
            let figure = labels::outside(state);
            nodes.push(GraphNode {
                style: Some(theme.title),
                ..node(&item, place, shape, name.to_owned(), figure)
            });
        }
        nodes
    }

    fn lines(
        &self,
        state: &State,
        shades: &Shades<'_>,
        cursor: &Item,
        look: Look<'_>,
    ) -> Vec<GraphLine> {
        let most = self.map.edges.first().map_or(0, |edge| edge.count);
        let line = |edge: &MapEdge| {
            let drawn = &self.layout.lines[edge.place];
            let share = edge.count as f64 / most.max(1) as f64;
            let item = Item::edge(edge);
            let hidden = if edge.has_hidden() && state.figure != Figure::Change {
                "~"
            } else {
                ""
            };
            let cell = |cell: &LayoutCell| LineCell {
                at: (cell.x, cell.y),
                net: cell.net,
            };
            let shade = shades.edge(edge, look.theme);
            let symbol = shade.map_or("", |(symbol, _)| symbol);
            GraphLine {
                cells: drawn.cells.iter().map(cell).collect(),
                label_at: (drawn.label.x, drawn.label.y),
                label: format!(
                    "{symbol}{}{hidden}",
                    labels::of_edge(state, edge, look.context)
                ),
                style: shade.map(|(_, style)| style),
                head: drawn.head,
                up: drawn.up,
                dashed: edge.has_hidden(),
                weight: match share {
                    share if share >= HEAVY => Weight::Heavy,
                    share if share >= FAINT => Weight::Light,
                    _ => Weight::Faint,
                },
                selected: item == *cursor,
            }
        };
        let mut lines: Vec<GraphLine> = self.map.edges.iter().map(line).collect();
        // The heavier, the later: they lie on others. The one of the cursor lies on all.
        lines.sort_by_key(|line| (line.selected, line.weight));
        lines
    }
}
