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
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Edges by the activity that they leave, most steps first. Maps that are only lists may have tens of
/// thousands of edges, so that they are gone through once.
type Leaving<'m> = HashMap<Option<&'m str>, Vec<&'m MapEdge>>;

/// The items in the order of the list.
pub fn items(map: &ProcessMap) -> Vec<Item> {
    let mut leaving = Leaving::new();
    for edge in &map.edges {
        leaving.entry(edge.from.as_deref()).or_default().push(edge);
    }
    let mut rows = Vec::with_capacity(map.nodes.len() + map.edges.len() + 2);
    rows.push(Item::Start);
    rows.extend(of(&leaving, None).map(Item::edge));
    for name in activities(map, &leaving) {
        rows.push(Item::Node(Arc::clone(name)));
        rows.extend(of(&leaving, Some(name)).map(Item::edge));
    }
    rows.push(Item::End);
    rows
}

/// The edges that leave an activity, or the start.
fn of<'m>(leaving: &Leaving<'m>, from: Option<&'m str>) -> impl Iterator<Item = &'m MapEdge> {
    leaving.get(&from).into_iter().flatten().copied()
}

/// The activities of the most frequent way, and the others by their cases.
fn activities<'m>(map: &'m ProcessMap, leaving: &Leaving<'m>) -> Vec<&'m Arc<str>> {
    let mut met: HashSet<&str> = HashSet::new();
    let mut all: Vec<&Arc<str>> = Vec::new();
    let mut at: Option<&str> = None;
    loop {
        let is_new = |edge: &&MapEdge| edge.to.as_ref().is_none_or(|to| !met.contains(&**to));
        let next = of(leaving, at).find(is_new);
        let Some(to) = next.and_then(|edge| edge.to.as_ref()) else {
            break;
        };
        met.insert(to);
        all.push(to);
        at = Some(to);
    }
    let others = map.nodes.iter().map(|node| &node.activity);
    all.extend(others.filter(|name| !met.contains(&***name)));
    all
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
