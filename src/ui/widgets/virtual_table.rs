//! A table that is given the rows on the screen only, so that drawing takes the same time for any
//! number of them. Columns of little weight vanish where there is no room.
//!
//! ratatui's `Table` takes all rows up to the last one shown, so it would need the texts of a million
//! cases to draw the last forty.

use super::cell::{Align, Cell, Cut, Within};
use super::scrollbar::{scrollbar, ticks};
use crate::ui::targets::{self, Target};
use crate::ui::theme::Theme;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// Columns between two cells.
const GAP: usize = 2;
/// Columns of the mark before a row.
const MARK: u16 = 2;
/// Sign of a marked row.
const MARKED: &str = "*";
/// Sign of a row in a range.
const RANGED: &str = "+";
/// Columns of the scrollbar and of the blank before it.
const SCROLLBAR: u16 = 2;

/// A column of the table.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Heading.
    pub title: &'a str,
    /// Where its texts stand.
    pub align: Align,
    /// The least width that makes sense.
    pub min: u16,
    /// The most that it needs.
    pub max: u16,
    /// Share of the remaining width: 0 for a fixed width.
    pub weight: u16,
    /// 0 stays always; the others vanish on narrow terminals, the largest first.
    pub priority: u8,
}

impl<'a> Column<'a> {
    /// A column of that width.
    pub const fn fixed(title: &'a str, width: u16) -> Self {
        Column {
            title,
            align: Align::Left,
            min: width,
            max: width,
            weight: 0,
            priority: 0,
        }
    }

    /// A column of at least that width, with a part of the room that is left.
    pub const fn flex(title: &'a str, min: u16, weight: u16) -> Self {
        Column {
            title,
            align: Align::Left,
            min,
            max: u16::MAX,
            weight,
            priority: 0,
        }
    }

    /// Aligns a column to the right, for numbers.
    #[must_use]
    pub const fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// Sets the priority to be hidden for lack of room: the larger, the earlier.
    #[must_use]
    pub const fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }

    /// Sets the maximum width.
    #[must_use]
    pub const fn at_most(mut self, max: u16) -> Self {
        self.max = max;
        self
    }
}

/// The table on the screen.
#[derive(Debug, Clone, Default)]
pub struct VirtualTable<'a> {
    /// The columns.
    pub columns: &'a [Column<'a>],
    /// The rows from `offset` on; those beyond the screen are not drawn.
    pub rows: &'a [Vec<Cell<'a>>],
    /// True for those of `rows` that are marked; none where it is empty.
    pub marked: &'a [bool],
    /// True for those of `rows` that are in a range to be marked; none where it is empty.
    pub ranged: &'a [bool],
    /// Index of the first of `rows`.
    pub offset: usize,
    /// Total number of rows.
    pub total: usize,
    /// Index of the row of the cursor.
    pub selected: Option<usize>,
    /// The column sorted by, and whether the largest is first.
    pub sort: Option<(usize, bool)>,
    /// True if the table has the focus.
    pub focused: bool,
    /// True if the rows belong to an earlier query.
    pub stale: bool,
    /// Columns by which the texts of flexible columns are scrolled to the left.
    pub scroll: usize,
    /// The column of the cursor, the only one that is scrolled; `None` for a cursor on whole rows.
    pub column: Option<usize>,
    /// Rows with a tick on the scrollbar, ascending: matches of a search, marks.
    pub ticks: &'a [usize],
}

/// Rows that a table of that height has room for: all but the heading.
pub fn page_rows(height: u16) -> usize {
    usize::from(height.saturating_sub(1)).max(1)
}

/// The width of a table in which all columns have their least width.
pub fn table_room(columns: &[Column<'_>]) -> usize {
    let least: usize = columns.iter().map(|column| usize::from(column.min)).sum();
    least + GAP * columns.len().saturating_sub(1) + usize::from(MARK + SCROLLBAR)
}

/// The width of each column in a table of that width; 0 for those that have vanished.
pub fn column_widths(columns: &[Column<'_>], width: u16) -> Vec<u16> {
    let room = usize::from(width.saturating_sub(MARK + SCROLLBAR));
    let mut shown: Vec<bool> = vec![true; columns.len()];
    let needed = |shown: &[bool]| {
        let kept = columns.iter().zip(shown).filter(|(_, shown)| **shown);
        let (n, sum) = kept.fold((0, 0), |(n, sum), (c, _)| (n + 1, sum + usize::from(c.min)));
        sum + GAP * usize::saturating_sub(n, 1)
    };
    while needed(&shown) > room {
        let weakest = (0..columns.len())
            .filter(|&i| shown[i] && columns[i].priority > 0)
            .max_by_key(|&i| columns[i].priority);
        let Some(weakest) = weakest else { break };
        shown[weakest] = false;
    }
    let mut widths: Vec<u16> = columns
        .iter()
        .zip(&shown)
        .map(|(column, shown)| if *shown { column.min } else { 0 })
        .collect();
    let needed = needed(&shown);
    spread(columns, &mut widths, room.saturating_sub(needed));
    shrink(columns, &mut widths, needed.saturating_sub(room));
    widths
}

/// Takes from the widest flexible columns what there is no room for; what they cannot give is cut off
/// at the right.
fn shrink(columns: &[Column<'_>], widths: &mut [u16], missing: usize) {
    // One at a time, so that the widest stay equal.
    for _ in 0..missing {
        let widest = (0..columns.len())
            .filter(|&i| columns[i].weight > 0 && widths[i] > 4)
            .max_by_key(|&i| widths[i]);
        let Some(widest) = widest else { return };
        widths[widest] -= 1;
    }
}

/// Where each column's cells stand in the first row of an area that a table is drawn into; without
/// columns or rows where the column has vanished.
pub fn column_areas(columns: &[Column<'_>], area: Rect) -> Vec<Rect> {
    let inside = Rect {
        width: area.width.saturating_sub(SCROLLBAR),
        ..paint::row(area, 0)
    };
    let (_, mut rest) = paint::cut(inside, MARK);
    let place = |width: u16| {
        if width == 0 {
            return Rect::new(rest.x, rest.y, 0, 0);
        }
        let (cell, after) = paint::cut(rest, width);
        (_, rest) = paint::cut(after, GAP as u16);
        cell
    };
    column_widths(columns, area.width)
        .into_iter()
        .map(place)
        .collect()
}

/// Gives the columns that can grow their part of the room that is left.
fn spread(columns: &[Column<'_>], widths: &mut [u16], mut left: usize) {
    loop {
        let grows = |i: usize, widths: &[u16]| {
            columns[i].weight > 0 && widths[i] > 0 && widths[i] < columns[i].max
        };
        let growing: Vec<usize> = (0..columns.len()).filter(|&i| grows(i, widths)).collect();
        let weight: usize = growing
            .iter()
            .map(|&i| usize::from(columns[i].weight))
            .sum();
        if left == 0 || weight == 0 {
            return;
        }
        let before = left;
        let round = left;
        for &i in &growing {
            let part = (round * usize::from(columns[i].weight))
                // Rounded up, so that each round gives something.
                .div_ceil(weight)
                .min(left);
            let part = part.min(usize::from(columns[i].max - widths[i]));
            widths[i] += part as u16;
            left -= part;
        }
        if left == before {
            return;
        }
    }
}

impl VirtualTable<'_> {
    /// Draws heading, rows, and a scrollbar where not all rows are on the screen.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let area = paint::clip(area, buffer);
        if area.is_empty() {
            return;
        }
        let places = column_areas(self.columns, area);
        self.draw_header(&places, buffer, theme);
        let body = paint::below(area, 1);
        let n_rows = self.rows.len().min(body.height.into());
        let cut = |(at, place): (usize, Rect)| (place, self.cut_of(at, place.width, n_rows));
        let places: Vec<(Rect, Cut)> = places.into_iter().enumerate().map(cut).collect();
        for i in 0..n_rows {
            self.draw_row(i, &places, paint::row(body, i), buffer, theme);
        }
        if self.stale {
            paint::restyle(buffer, body, theme.stale);
        }
        scrollbar(self.offset, self.total, body, buffer, theme);
        ticks(self.ticks, self.total, body, buffer, theme);
        if self.selected.is_some() && self.total > body.height.into() {
            self.add_places(body);
        }
    }

    /// The part of a column's texts that is cut where there is no room: the middle where two different texts
    /// would look alike without their ends, as addresses that begin alike.
    fn cut_of(&self, column: usize, width: u16, n_rows: usize) -> Cut {
        let room = usize::from(width);
        if room == 0 || self.columns[column].align == Align::Right {
            return Cut::End;
        }
        let cells = self.rows[..n_rows].iter().filter_map(|row| row.get(column));
        // Drawings and texts of several styles, which are sequences, keep their beginnings.
        let is_text =
            |cell: &&Cell<'_>| !cell.own_style && cell.bar.is_none() && cell.spans.len() == 1;
        let texts = cells.filter(is_text);
        // Most columns show their texts whole. Bytes are at least as many as columns.
        if texts
            .clone()
            .all(|cell| cell.spans[0].content.len() <= room)
        {
            return Cut::End;
        }
        let texts: BTreeSet<String> = texts.map(Cell::text).collect();
        let cut = |text: &String| fit::truncate_end(text, room, "~").into_owned();
        let seen: BTreeSet<String> = texts.iter().map(cut).collect();
        if seen.len() < texts.len() {
            Cut::Middle
        } else {
            Cut::End
        }
    }

    /// A click on the scrollbar goes to the row of that part of the list.
    fn add_places(&self, body: Rect) {
        let last = usize::from(body.height).saturating_sub(1).max(1);
        let (_, bar) = paint::cut(body, body.width.saturating_sub(1));
        for (y, place) in bar.rows().enumerate() {
            let row = (self.total - 1) as u128 * y as u128 / last as u128;
            targets::add(place, Target::Row(row as usize));
        }
    }

    fn draw_header(&self, places: &[Rect], buffer: &mut Buffer, theme: &Theme) {
        for (i, (column, &place)) in self.columns.iter().zip(places).enumerate() {
            let arrow = match self.sort {
                Some((sorted, true)) if sorted == i => theme.glyphs.descending,
                Some((sorted, false)) if sorted == i => theme.glyphs.ascending,
                _ => "",
            };
            let room = usize::from(place.width).saturating_sub(fit::width(arrow));
            let title = fit::truncate_end(column.title, room, theme.glyphs.ellipsis);
            let title = format!("{title}{arrow}");
            let style = if arrow.is_empty() {
                theme.header
            } else {
                theme.header.patch(theme.title)
            };
            let style = if self.column == Some(i) {
                style.patch(theme.selected)
            } else {
                style
            };
            match column.align {
                Align::Left => {
                    paint::text(buffer, place, &title, style);
                }
                Align::Right => paint::text_right(buffer, place, &title, style),
            }
        }
    }

    fn draw_row(
        &self,
        i: usize,
        places: &[(Rect, Cut)],
        row: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
    ) {
        let inside = Rect {
            width: row.width.saturating_sub(1),
            ..row
        };
        if self.selected.is_some() {
            targets::add(row, Target::Row(self.offset + i));
        }
        let is_cursor = |at: usize| at.checked_sub(self.offset) == Some(i);
        let selected = self.selected.is_some_and(is_cursor);
        if selected {
            paint::text(buffer, inside, theme.glyphs.mark, theme.text);
        }
        let sign = match (self.ranged.get(i), self.marked.get(i)) {
            (Some(true), _) => Some(RANGED),
            (_, Some(true)) => Some(MARKED),
            _ => None,
        };
        if let Some(sign) = sign {
            // Beside the sign of the cursor, or in its place.
            let (_, place) = paint::cut(inside, u16::from(selected));
            paint::text(buffer, place, sign, theme.matched);
        }
        let cells = self.columns.iter().zip(places).zip(&self.rows[i]);
        for (at, ((column, (place, cut)), cell)) in cells.enumerate() {
            let place = Rect { y: row.y, ..*place };
            let scrolls = self.column.map_or(column.weight > 0, |only| only == at);
            let scroll = if scrolls { self.scroll } else { 0 };
            let within = Within {
                place,
                align: column.align,
                cut: *cut,
                scroll,
            };
            cell.draw(within, buffer, theme);
        }
        if selected && self.focused {
            paint::overwrite(buffer, inside, theme.selected);
        } else if selected {
            paint::restyle(buffer, inside, theme.selected_away);
        }
        if selected && self.focused {
            // A bar in reverse would be a hole: it keeps its own style.
            for ((column, (place, cut)), cell) in self.columns.iter().zip(places).zip(&self.rows[i])
            {
                let place = Rect { y: row.y, ..*place };
                cell.draw_bar(place, buffer, theme);
                if cell.own_style {
                    paint::overwrite(buffer, place, theme.text);
                    let within = Within {
                        place,
                        align: column.align,
                        cut: *cut,
                        scroll: 0,
                    };
                    cell.draw(within, buffer, theme);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
