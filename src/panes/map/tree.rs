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
use crate::engine::{MapRow, ProcessMap};
use crate::ui::list::{ListState, Move};
use ratatui::layout::Rect;
use std::sync::Arc;

/// Part of a row that the cursor is on.
pub fn item(row: &MapRow<'_>) -> Item {
    match row {
        MapRow::Start => Item::Start,
        MapRow::Activity(node) => Item::Node(Arc::clone(&node.activity)),
        MapRow::Steps(edge, _) => Item::edge(edge),
        MapRow::End => Item::End,
    }
}

/// The item after a move of rows.
pub fn moved(map: &ProcessMap, from: &Item, to: Move, area: Rect) -> Option<Item> {
    let rows = map.rows();
    let mut list = state_of(&rows, from, area);
    list.go(to);
    rows.get(list.cursor).map(item)
}

/// The rows on the screen, with the cursor on an item.
pub fn state_of(rows: &[MapRow<'_>], cursor: &Item, area: Rect) -> ListState {
    let mut list = ListState::default();
    list.set_total(rows.len());
    list.set_page(usize::from(area.height.max(1)));
    let at = rows.iter().position(|row| item(row) == *cursor);
    list.go(Move::Row(at.unwrap_or(0)));
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
