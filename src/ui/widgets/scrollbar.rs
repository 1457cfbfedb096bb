//! A scrollbar, and ticks on it.

use crate::ui::paint;
use crate::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws a scrollbar into the last column of an area whose height is the page; nothing where all
/// rows are on the screen.
pub fn scrollbar(offset: usize, total: usize, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let rows = usize::from(area.height);
    if rows == 0 || total <= rows || area.width == 0 {
        return;
    }
    // The thumb is to the bar what the page is to all rows.
    let size = (rows * rows / total).max(1);
    let last = total - rows;
    let free = rows - size;
    let mut top = (offset.min(last) as u128 * free as u128 / last as u128) as usize;
    // The ends are only reached at the ends.
    if free > 1 && offset > 0 {
        top = top.max(1);
        top = if offset >= last {
            free
        } else {
            top.min(free - 1)
        };
    }
    let x = area.right() - 1;
    for y in 0..rows {
        let thumb = (top..top + size).contains(&y);
        let (symbol, style) = if thumb {
            (theme.glyphs.thumb, theme.text)
        } else {
            (theme.glyphs.track, theme.border)
        };
        paint::symbol(buffer, area, (x, area.y + y as u16), symbol, style);
    }
}

/// Draws a tick on a scrollbar for each of these rows, over the thumb too; nothing where there is no scrollbar.
pub fn ticks(rows: &[usize], total: usize, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let height = usize::from(area.height);
    if height == 0 || total <= height || area.width == 0 {
        return;
    }
    let x = area.right() - 1;
    for row in rows.iter().filter(|row| **row < total) {
        let y = *row as u128 * height as u128 / total as u128;
        let at = (x, area.y + y as u16);
        paint::symbol(buffer, area, at, theme.glyphs.horizontal, theme.matched);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{at_every_size, frame};

    #[test]
    fn ticks_are_where_their_rows_are() {
        let found = |rows: &[usize]| {
            let drawn = frame(1, 10, |area, buffer| {
                let theme = Theme::default();
                scrollbar(0, 100, area, buffer, &theme);
                ticks(rows, 100, area, buffer, &theme);
            });
            let lines = drawn.lines().enumerate();
            let ticks = lines.filter(|(_, line)| *line == "\u{2500}");
            ticks.map(|(y, _)| y).collect::<Vec<_>>()
        };
        assert_eq!(found(&[]), [0; 0]);
        assert_eq!(found(&[0, 5, 10, 99, 100]), [0, 1, 9]);
        assert_eq!(found(&[50, 51]), [5]);
        at_every_size(|area, buffer| ticks(&[0, 1, 2, 70], 71, area, buffer, &Theme::default()));
    }

    #[test]
    fn no_tick_is_drawn_where_all_rows_are_seen() {
        let drawn = frame(1, 10, |area, buffer| {
            ticks(&[0, 3], 10, area, buffer, &Theme::default());
        });
        assert_eq!(drawn.trim(), "");
    }
}
