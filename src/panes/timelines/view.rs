//! Draws the line that names the charts.
//!
//! ```text
//! > Flow   Queues   Week   Trend
//! ```

use crate::panes::PaneSpec;
use crate::ui::{Theme, fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// All names where there is room, else that of the active one and how many there are.
pub fn draw_line(
    charts: &[&PaneSpec],
    active: usize,
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
) {
    let row = paint::row(paint::clip(area, buffer), 0);
    let all: usize = charts.iter().map(|c| fit::width(c.title) + 4).sum();
    if all > usize::from(row.width) {
        let mark = theme.glyphs.mark;
        let line = format!(
            "{mark} {} {}/{}",
            charts[active].title,
            active + 1,
            charts.len()
        );
        paint::text(buffer, row, &line, theme.focus);
        return;
    }
    let mut rest = row;
    for (at, chart) in charts.iter().enumerate() {
        let (mark, style) = if at == active {
            (theme.glyphs.mark, theme.focus)
        } else {
            (" ", theme.muted)
        };
        let taken = paint::text(buffer, rest, &format!("{mark} {}", chart.title), style);
        (_, rest) = paint::cut(rest, taken + 2);
    }
}
