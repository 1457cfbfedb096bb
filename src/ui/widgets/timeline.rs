//! Columns over a time axis, with the ticks that a person would choose.

use super::bars::{Grid, upright};
use super::scale::{Axis, Scale};
use crate::text::time::Tz;
use crate::ui::targets::{self, Target};
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
    /// Number of bins to ask for where a timeline of `width` columns will show them: as many as
    /// have a column of their own beside labels of the height axis as wide as `12d 10h`.
    pub fn bins_for(width: u16) -> usize {
        usize::from(width).saturating_sub(8).max(1)
    }

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
        let grid = Grid::new(self.bins.len(), plot.width.into());
        let values: Vec<f64> = self.bins.iter().map(|&(_, value)| value).collect();
        let heights = grid.heights(&values);
        upright(
            buffer,
            plot,
            &heights,
            self.style.unwrap_or(theme.bar),
            theme,
        );
        let below = Rect {
            width: right.width.min(grid.columns() as u16),
            ..paint::below(right, plot.height)
        };
        let cursor = self.cursor.filter(|&at| at < self.bins.len());
        let cursor = cursor.map(|at| grid.of(at));
        if let Some(columns) = cursor.clone() {
            paint::restyle_columns(buffer, plot, columns, theme.cursor);
        }
        if cursor.is_some() {
            let all = Rect {
                height: right.height,
                ..plot
            };
            for bin in (0..self.bins.len()).filter(|bin| grid.begins(*bin)) {
                let columns = grid.of(bin);
                let (_, from) = paint::cut(all, columns.start as u16);
                targets::add(paint::cut(from, columns.len() as u16).0, Target::Bin(bin));
            }
        }
        let (clock, scale) = (Axis::Clock(self.zone), self.scale(from, grid));
        scale.draw(below, buffer, clock, cursor, theme);
    }

    /// Instants at the edges of the columns that bins are drawn in; past `end` where the last column
    /// is not full.
    fn scale(&self, from: i64, grid: Grid) -> Scale {
        // In i128, as a span times a number of bins may exceed i64.
        let span = i128::from(self.end) - i128::from(from);
        let span = span * grid.capacity() as i128 / self.bins.len().max(1) as i128;
        let to = i64::try_from(i128::from(from) + span).unwrap_or(i64::MAX);
        Scale { from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::UTC;
    use crate::ui::testing::{at_every_size, frame};
    use crate::ui::theme::Glyphs;

    use crate::text::time::DAY;
    use ratatui::style::Modifier;

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

    /// Every bin has bars of one width, the largest bar is the largest bin, and the cursor is on it,
    /// for fewer bins than columns and for more.
    #[test]
    fn the_largest_bar_is_the_largest_bin() {
        for n in [1_usize, 2, 7, 31, 52, 100, 365] {
            for width in 20..=300 {
                let largest = n * 2 / 3;
                let value = |i: usize| {
                    if i == largest {
                        9.0
                    } else {
                        4.0 + (i % 5) as f64
                    }
                };
                let bins: Vec<_> = (0..n).map(|i| (i as i64 * DAY, value(i))).collect();
                let line = Timeline {
                    bins: &bins,
                    end: n as i64 * DAY,
                    top: "9",
                    cursor: Some(largest),
                    zone: UTC,
                    style: None,
                };
                let found = frame(width, 6, |area, buffer| {
                    line.draw(area, buffer, &Theme::default());
                });
                let lines: Vec<&str> = found.lines().collect();
                let place = |line: &str, symbol: char| {
                    let found = line.chars().enumerate();
                    found
                        .filter(|(_, c)| *c == symbol)
                        .map(|(at, _)| at)
                        .collect::<Vec<_>>()
                };
                let full = place(lines[0], '█');
                let plot = usize::from(width) - 2;
                assert_eq!(full.len(), (plot / n).max(1), "{n} bins\n{found}");
                assert!(full.windows(2).all(|w| w[1] == w[0] + 1), "{found}");
                let arrow = place(lines[4], '▲');
                assert!(arrow.len() == 1 && full.contains(&arrow[0]), "{found}");
            }
        }
    }

    /// The cursor is seen in the row of the axis, without color too; the plot keeps its symbols.
    #[test]
    fn the_cursor_is_outside_the_plot() {
        let bins = bins(28);
        for height in 3..9 {
            for theme in [Theme::default(), Theme::mono(Glyphs::ASCII)] {
                let drawn = |cursor: Option<usize>| {
                    let mut buffer = Buffer::empty(Rect::new(0, 0, 58, height));
                    let line = Timeline {
                        cursor,
                        ..line(&bins)
                    };
                    line.draw(buffer.area, &mut buffer, &theme);
                    buffer
                };
                let plain = drawn(None);
                for at in [0, 6, 14, 27] {
                    let marked = drawn(Some(at));
                    let axis = height - if height < 5 { 1 } else { 2 };
                    let row = |buffer: &Buffer, y: u16| -> Vec<String> {
                        let cells = (0..58).map(|x| buffer[(x, y)].symbol().to_owned());
                        cells.collect()
                    };
                    for y in 0..axis {
                        assert_eq!(row(&plain, y), row(&marked, y), "{height} {at}");
                    }
                    let seen = (0..58).any(|x| {
                        let (a, b) = (&plain[(x, axis)], &marked[(x, axis)]);
                        let reversed = b.modifier.contains(Modifier::REVERSED);
                        a.symbol() != b.symbol() || reversed
                    });
                    assert!(seen, "{height} {at}");
                }
            }
        }
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
