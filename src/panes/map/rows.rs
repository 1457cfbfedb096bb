//! Draws the map as a list.

use super::labels;
use super::shade::{Shade, Shades};
use super::state::State;
use super::tree;
use crate::engine::{MapRow, ProcessMap, Way};
use crate::panes::Look;
use crate::text::safe;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Columns of the figures, which shades stand before.
const FIGURE: usize = 7;

/// Draws the rows around the cursor.
pub fn draw(state: &State, map: &ProcessMap, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (rows, cursor) = (map.rows(), state.cursor());
    let list = tree::state_of(&rows, &cursor, area);
    let shades = Shades::new(state, map);
    for (line, at) in list.visible().enumerate() {
        let shade = shades.row(&rows[at], look.theme);
        let row = Row {
            of: &rows[at],
            shade,
            selected: at == list.cursor,
        };
        row.draw(state, paint::row(area, line), buffer, look);
    }
}

/// A row on the screen.
struct Row<'a> {
    of: &'a MapRow<'a>,
    /// Its shade; a blank where other rows are shaded.
    shade: Option<Shade>,
    selected: bool,
}

impl Row<'_> {
    fn draw(&self, state: &State, row: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let (theme, glyphs) = (look.theme, &look.theme.glyphs);
        let item = tree::item(self.of);
        let (name, style) = match self.of {
            MapRow::Steps(_, Way::Again) => {
                let mark = if glyphs.is_ascii() { "@" } else { "\u{21ba}" };
                (format!("    {mark} again"), theme.text)
            }
            MapRow::Steps(edge, way) => {
                let arrow = match way {
                    Way::Back => glyphs.ascending.trim(),
                    _ => glyphs.arrow,
                };
                let to = edge.to.as_deref().map_or("end", |to| to);
                (format!("    {arrow} {}", safe(to)), theme.text)
            }
            MapRow::Activity(node) => {
                let marked = state.marked.as_ref() == Some(&node.activity);
                let mark = if marked { "*" } else { "" };
                (format!("{mark}{}", safe(&node.activity)), theme.title)
            }
            MapRow::Start | MapRow::End => (format!("({})", labels::title(&item)), theme.title),
        };
        let (symbol, style) = match (self.shade, state.shade) {
            (Some((symbol, shade)), _) => (format!("{symbol} "), shade),
            (None, Some(_)) => ("  ".to_owned(), style),
            (None, None) => (String::new(), style),
        };
        let is_hidden = matches!(self.of, MapRow::Steps(edge, _) if edge.has_hidden());
        let hidden = if is_hidden { "~" } else { " " };
        let figure = labels::of_item(state, &item, look.context);
        let figure = format!("{symbol}{}{hidden}", fit::pad_left(&figure, FIGURE));
        let mark = if self.selected { glyphs.mark } else { " " };
        // Figures stand near their names also on a wide screen.
        let (row, _) = paint::cut(row, 72);
        let room = usize::from(row.width).saturating_sub(fit::width(&figure) + 3);
        let name = fit::truncate_middle(&name, room, glyphs.ellipsis);
        let style = if self.selected { theme.selected } else { style };
        let text = format!("{mark} {} {figure}", fit::pad_right(&name, room));
        paint::text(buffer, row, &text, style);
    }
}
