//! Draws the map as a list.

use super::item::Item;
use super::labels;
use super::state::State;
use super::tree;
use crate::engine::{MapEdge, ProcessMap};
use crate::panes::Look;
use crate::text::safe;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the rows around the cursor.
pub fn draw(state: &State, map: &ProcessMap, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (items, cursor) = (tree::items(map), state.cursor());
    let list = tree::state_of(&items, &cursor, area);
    for (line, at) in list.visible().enumerate() {
        let row = paint::row(area, line);
        let selected = at == list.cursor;
        draw_row(state, &items[..=at], selected, row, buffer, look);
    }
}

/// Draws the last of some items.
fn draw_row(
    state: &State,
    items: &[Item],
    selected: bool,
    row: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let Some((item, above)) = items.split_last() else {
        return;
    };
    let is_above = |node: &Item| above.contains(node);
    let (theme, glyphs) = (look.theme, &look.theme.glyphs);
    let (name, style) = match item {
        Item::Edge(from, to) if from == to => {
            let mark = if glyphs.is_ascii() { "@" } else { "\u{21ba}" };
            (format!("    {mark} again"), theme.text)
        }
        Item::Edge(_, to) => {
            let node = to.as_ref().map_or(Item::End, |to| Item::Node(to.clone()));
            // A step back to what stands above.
            let arrow = if is_above(&node) {
                glyphs.ascending.trim()
            } else {
                glyphs.arrow
            };
            let to = to.as_deref().map_or("end", |to| to);
            (format!("    {arrow} {}", safe(to)), theme.text)
        }
        Item::Node(name) => {
            let marked = state.marked.as_ref() == Some(name);
            let mark = if marked { "*" } else { "" };
            (format!("{mark}{}", safe(name)), theme.title)
        }
        Item::Start | Item::End => (format!("({})", labels::title(item)), theme.title),
    };
    let hidden = match item {
        Item::Edge(from, to) => {
            let edge = state.edge(from.as_deref(), to.as_deref());
            edge.is_some_and(MapEdge::has_hidden)
        }
        _ => false,
    };
    let figure = labels::of_item(state, item, look.context);
    let figure = if hidden {
        format!("{figure}~")
    } else {
        format!("{figure} ")
    };
    let mark = if selected { glyphs.mark } else { " " };
    // Figures stand near their names also on a wide screen.
    let (row, _) = paint::cut(row, 72);
    let room = usize::from(row.width).saturating_sub(fit::width(&figure) + 3);
    let name = fit::truncate_middle(&name, room, glyphs.ellipsis);
    let style = if selected { theme.selected } else { style };
    let text = format!("{mark} {} {figure}", fit::pad_right(&name, room));
    paint::text(buffer, row, &text, style);
}
