//! The map as a list: the most frequent way first, below each activity where it leads to.
//!
//! ```text
//! > ▶ start                          4,580
//!     → Assign seriousness           4,384
//!     → Insert ticket                  118
//!   Assign seriousness               4,495
//!     ↺ again                          439
//! ```

use super::item::Item;
use crate::engine::{MapEdge, ProcessMap};
use crate::ui::list::{ListState, Move};
use ratatui::layout::Rect;
use std::sync::Arc;

/// The items in the order of the list.
pub fn items(map: &ProcessMap) -> Vec<Item> {
    let mut rows = Vec::new();
    for node in nodes(map) {
        let name = match &node {
            Item::Node(name) => Some(name),
            Item::Start | Item::End | Item::Edge(..) => None,
        };
        let is_end = node == Item::End;
        rows.push(node.clone());
        // Edges come by their steps; the end has none.
        let leaving = map
            .edges
            .iter()
            .filter(|edge| edge.from.as_ref() == name && !is_end);
        rows.extend(leaving.map(Item::edge));
    }
    rows
}

/// Start, the activities of the most frequent way, and the others by their cases; the end is last.
fn nodes(map: &ProcessMap) -> Vec<Item> {
    let mut nodes = vec![Item::Start];
    let mut met: Vec<&Arc<str>> = Vec::new();
    let mut at: Option<&Arc<str>> = None;
    loop {
        let is_new = |edge: &&MapEdge| {
            let leaves = edge.from.as_ref() == at;
            leaves && edge.to.as_ref().is_none_or(|to| !met.contains(&to))
        };
        let Some(to) = map
            .edges
            .iter()
            .find(is_new)
            .and_then(|edge| edge.to.as_ref())
        else {
            break;
        };
        met.push(to);
        at = Some(to);
    }
    let others = map.nodes.iter().map(|node| &node.activity);
    let others: Vec<&Arc<str>> = others.filter(|name| !met.contains(name)).collect();
    nodes.extend(
        met.into_iter()
            .chain(others)
            .map(|name| Item::Node(name.clone())),
    );
    nodes.push(Item::End);
    nodes
}

/// The item after a move of rows.
pub fn moved(map: &ProcessMap, from: &Item, to: Move, area: Rect) -> Option<Item> {
    let items = items(map);
    let mut list = state_of(&items, from, area);
    list.go(to);
    items.get(list.cursor).cloned()
}

/// The rows on the screen, with the cursor on an item.
pub fn state_of(items: &[Item], cursor: &Item, area: Rect) -> ListState {
    let mut list = ListState::default();
    list.set_total(items.len());
    list.set_page(usize::from(area.height.max(1)));
    let at = items.iter().position(|item| item == cursor).unwrap_or(0);
    list.go(Move::Row(at));
    list
}

/// From a step to the activity that it leads to, or comes from.
pub fn sideways(from: &Item, right: bool) -> Option<Item> {
    let Item::Edge(source, target) = from else {
        return None;
    };
    let node = |name: &Option<Arc<str>>, outside| {
        name.as_ref()
            .map_or(outside, |name| Item::Node(name.clone()))
    };
    Some(if right {
        node(target, Item::End)
    } else {
        node(source, Item::Start)
    })
}
