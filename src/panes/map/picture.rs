//! The map as a picture: places of what the cursor walks, and the way from each to the next.

use super::item::Item;
use crate::engine::{Layout, MapEdge, Place, ProcessMap};
use crate::ui::list::Move;
use ratatui::layout::Rect;

/// Activities of a picture, at most: more cannot be read.
const MOST: usize = 60;

/// Below this width or height, the map is a list.
const LEAST: (u16, u16) = (60, 12);

/// From this width on there is room for longer names.
const WIDE: u16 = 120;

/// Columns of names where there is little room, and where there is much.
const NAMES: [usize; 2] = [18, 30];

/// Columns of names for an area.
pub fn name_columns(area: Rect) -> usize {
    NAMES[usize::from(area.width >= WIDE)]
}

/// Tests whether a map can be read as a picture.
pub fn can_be_drawn(map: &ProcessMap) -> bool {
    map.layout.is_some() && map.nodes.len() <= MOST
}

/// Tests whether an area is too small for a picture.
pub fn is_small(area: Rect) -> bool {
    area.width < LEAST.0 || area.height < LEAST.1
}

/// A map with places.
pub struct Picture<'a> {
    /// The map.
    pub map: &'a ProcessMap,
    /// Its places.
    pub layout: &'a Layout,
}

impl<'a> Picture<'a> {
    /// The picture of a map; `None` without places.
    pub fn of(map: &'a ProcessMap) -> Option<Self> {
        let layout = map.layout.as_deref()?;
        Some(Picture { map, layout })
    }

    /// All items, with the columns and the row of each.
    fn items(&self) -> impl Iterator<Item = (Item, &'a Place)> + '_ {
        let nodes = self.map.nodes.iter();
        let nodes = nodes.map(|node| {
            let item = Item::Node(node.activity.clone());
            (item, &self.layout.nodes[node.place])
        });
        let outside = [Item::Start, Item::End].into_iter();
        let outside = outside.zip(self.layout.nodes.iter().skip(self.map.nodes.len()));
        let edges = self.map.edges.iter();
        let edges = edges.map(|edge| (Item::edge(edge), &self.layout.lines[edge.place].label));
        nodes.chain(outside).chain(edges)
    }

    /// Middle column and row of an item.
    fn place(&self, item: &Item) -> Option<(usize, usize)> {
        let found = self.items().find(|(other, _)| other == item);
        found.map(|(_, place)| middle(place))
    }

    /// The item after a move: down and up by the heaviest line, from a line to its node.
    pub fn moved(&self, from: &Item, to: Move, area: Rect) -> Option<Item> {
        let page = usize::from(area.height.max(4));
        match to {
            Move::Down => self.along(from, true),
            Move::Up => self.along(from, false),
            Move::Top => Some(Item::Start),
            Move::Bottom => Some(Item::End),
            Move::PageDown => self.rows_away(from, page, true),
            Move::HalfDown => self.rows_away(from, page / 2, true),
            Move::PageUp => self.rows_away(from, page, false),
            Move::HalfUp => self.rows_away(from, page / 2, false),
            Move::Row(row) => {
                let node = self
                    .map
                    .nodes
                    .get(row.min(self.map.nodes.len().saturating_sub(1)));
                node.map(|node| Item::Node(node.activity.clone()))
            }
        }
    }

    fn along(&self, from: &Item, down: bool) -> Option<Item> {
        if let Item::Edge(source, target) = from {
            let edge = self.edge(from)?;
            let up = self.layout.lines[edge.place].up;
            // The lower end of a line that leads up is where it comes from.
            return Some(if down == up {
                end(source.as_ref(), Item::Start)
            } else {
                end(target.as_ref(), Item::End)
            });
        }
        let attached = |edge: &&MapEdge| {
            let line = &self.layout.lines[edge.place];
            let (upper, lower) = if line.up {
                (
                    end(edge.to.as_ref(), Item::End),
                    end(edge.from.as_ref(), Item::Start),
                )
            } else {
                (
                    end(edge.from.as_ref(), Item::Start),
                    end(edge.to.as_ref(), Item::End),
                )
            };
            !line.cells.is_empty() && *from == if down { upper } else { lower }
        };
        // Edges come by their steps.
        let heaviest = self.map.edges.iter().find(attached);
        heaviest.map(Item::edge)
    }

    fn edge(&self, item: &Item) -> Option<&'a MapEdge> {
        self.map.edges.iter().find(|edge| Item::edge(edge) == *item)
    }

    /// The activity about that many rows below or above.
    fn rows_away(&self, from: &Item, rows: usize, down: bool) -> Option<Item> {
        let (x, y) = self.place(from)?;
        let goal = if down {
            y + rows
        } else {
            y.saturating_sub(rows)
        };
        let nodes = self
            .items()
            .filter(|(item, _)| !matches!(item, Item::Edge(..)));
        let away = |(_, place): &(Item, &Place)| {
            let (column, row) = middle(place);
            (row.abs_diff(goal), column.abs_diff(x))
        };
        nodes.min_by_key(away).map(|(item, _)| item)
    }

    /// The item to the left or right: in the same row where there is one, else the nearest.
    pub fn beside(&self, from: &Item, right: bool) -> Option<Item> {
        let (x, y) = self.place(from)?;
        let candidates = self.items().filter_map(|(item, place)| {
            let (column, row) = middle(place);
            let away = if right {
                column.checked_sub(x)
            } else {
                x.checked_sub(column)
            };
            let away = away.filter(|away| *away > 0)?;
            Some(((row.abs_diff(y), away), item))
        });
        let nearest = candidates.min_by_key(|(away, _)| *away);
        nearest.map(|(_, item)| item)
    }

    /// The column and row of the picture that are at the upper left corner of an area, with the item of
    /// the cursor in the middle as far as there is something to be seen beyond it.
    pub fn origin(&self, cursor: &Item, area: Rect) -> (usize, usize) {
        let (x, y) = self.place(cursor).unwrap_or_default();
        let first = |at: usize, seen: u16, whole: usize| {
            let seen = usize::from(seen);
            at.saturating_sub(seen / 2).min(whole.saturating_sub(seen))
        };
        (
            first(x, area.width, self.layout.width),
            first(y, area.height, self.layout.height),
        )
    }
}

/// The node at an end of an edge.
fn end(name: Option<&std::sync::Arc<str>>, outside: Item) -> Item {
    name.map_or(outside, |name| Item::Node(name.clone()))
}

fn middle(place: &Place) -> (usize, usize) {
    (place.x + place.width / 2, place.y)
}
