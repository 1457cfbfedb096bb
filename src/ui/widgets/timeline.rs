//! Columns over a time axis, with the ticks that a person would choose.

use super::bars::upright;
use super::scale::{Axis, Scale};
use crate::text::time::Tz;
use crate::ui::theme::Theme;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Values over time. The bins cover `bins[0].0..end` without gaps.
#[derive(Debug, Clone)]
pub struct Timeline<'a> {
    /// Where each bin begins (microseconds), and its value.
    pub bins: &'a [(i64, f64)],
    /// Where the last bin ends.
    pub end: i64,
    /// The largest value as text, for the height axis.
    pub top: &'a str,
    /// The bin that is pointed at.
    pub cursor: Option<usize>,
    /// The zone of the ticks.
    pub zone: Tz,
    /// Other than the theme's bar.
    pub style: Option<Style>,
}

impl Timeline<'_> {
    /// Draws columns, below them the axis and its labels where there are three rows or more.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let axis = match area.height {
            0..3 => 0,
            3..5 => 1,
            _ => 2,
        };
        self.draw_with(axis, area, buffer, theme);
    }

    /// Draws columns alone: the axis stands below another chart of the same bins.
    pub fn draw_bare(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        self.draw_with(0, area, buffer, theme);
    }

    fn draw_with(&self, axis: u16, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let area = paint::clip(area, buffer);
        let Some(&(from, _)) = self.bins.first().filter(|_| !area.is_empty()) else {
            return;
        };
        let axis = axis.min(area.height);
        let columns = fit::width(self.top) + 1;
        let room = if columns * 4 < area.width.into() {
            columns
        } else {
            0
        };
        let (left, right) = paint::cut(area, room as u16);
        let (label, _) = paint::cut(left, left.width.saturating_sub(1));
        paint::text_right(buffer, label, self.top, theme.muted);
        let plot = Rect {
            height: right.height - axis,
            ..right
        };
        let heights = self.columns(plot.width.into());
        upright(
            buffer,
            plot,
            &heights,
            self.style.unwrap_or(theme.bar),
            theme,
        );
        self.draw_cursor(plot, buffer, theme);
        let scale = Scale { from, to: self.end };
        let below = paint::below(right, plot.height);
        scale.draw(below, buffer, Axis::Clock(self.zone), theme);
        if let Some(bin) = self.cursor_area(plot).filter(|_| axis >= 2) {
            // On the axis it is seen without color, too.
            let at = (bin.x + bin.width / 2, below.y);
            let arrow = theme.glyphs.ascending.trim();
            paint::symbol(buffer, below, at, arrow, theme.focus);
        }
    }

    /// One value a column: the bins that begin in it, or the one it lies in.
    fn columns(&self, columns: usize) -> Vec<f64> {
        let n = self.bins.len();
        if n <= columns {
            let bin = |x: usize| self.bins[x * n / columns].1;
            return (0..columns).map(bin).collect();
        }
        let values: Vec<f64> = self.bins.iter().map(|&(_, value)| value).collect();
        super::bars::resample(&values, columns)
    }

    /// Where the bin of the cursor is drawn.
    fn cursor_area(&self, plot: Rect) -> Option<Rect> {
        let (n, columns) = (self.bins.len(), usize::from(plot.width));
        let at = self.cursor.filter(|&at| at < n)?;
        let first = (at * columns).div_ceil(n).min(columns.saturating_sub(1));
        let last = ((at + 1) * columns).div_ceil(n).max(first + 1);
        let (_, from) = paint::cut(plot, first as u16);
        Some(paint::cut(from, (last - first) as u16).0)
    }

    fn draw_cursor(&self, plot: Rect, buffer: &mut Buffer, theme: &Theme) {
        let Some(bin) = self.cursor_area(plot) else {
            return;
        };
        paint::restyle(buffer, bin, theme.focus);
        let foot = paint::row(bin, usize::from(plot.height.saturating_sub(1)));
        for position in foot.positions() {
            // An empty bin is seen by its mark.
            if buffer[position].symbol() == " " {
                paint::symbol(buffer, foot, position, theme.glyphs.tick, theme.focus);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::UTC;
    use crate::ui::testing::{at_every_size, frame};
    use crate::ui::theme::Glyphs;

    use crate::text::time::DAY;

    fn bins(n: i64) -> Vec<(i64, f64)> {
        (0..n).map(|i| (i * DAY, (i % 7) as f64)).collect()
    }

    fn line(bins: &[(i64, f64)]) -> Timeline<'_> {
        Timeline {
            bins,
            end: bins.len() as i64 * DAY,
            top: "6",
            cursor: Some(14),
            zone: UTC,
            style: None,
        }
    }

    #[test]
    fn columns_over_an_axis() {
        let bins = bins(28);
        let found = frame(58, 5, |area, buffer| {
            line(&bins).draw(area, buffer, &Theme::default());
        });
        insta::assert_snapshot!(found);
        let ascii = Theme::mono(Glyphs::ASCII);
        let found = frame(58, 5, |area, buffer| line(&bins).draw(area, buffer, &ascii));
        insta::assert_snapshot!(found);
    }

    #[test]
    fn nothing_panics() {
        let theme = Theme::default();
        for n in [0, 1, 3, 100] {
            let bins = bins(n);
            at_every_size(|area, buffer| line(&bins).draw(area, buffer, &theme));
        }
    }
}
