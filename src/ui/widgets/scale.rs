//! A stretch of time laid over columns: where an instant stands, closer and further looks, the axis.

use super::bars::row_of_labels;
use crate::text::steps::{Tick, ticks, ticks_since};
use crate::text::time::{Tz, duration};
use crate::ui::paint;
use crate::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::ops::Range;

/// Quantity of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Clock time of a zone.
    Clock(Tz),
    /// Time since that instant.
    Since(i64),
}

/// A stretch of time laid over columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The instant at the left edge.
    pub from: i64,
    /// The instant at the right edge.
    pub to: i64,
}

impl Scale {
    /// Farthest from 1970 that an edge may be, in microseconds: sums and differences of two stay in `i64`.
    const FARTHEST: i64 = i64::MAX / 4;

    /// A stretch between two instants; none where it is empty or beyond all calendars.
    pub fn between(from: i64, to: i64) -> Option<Scale> {
        let known = -Self::FARTHEST..=Self::FARTHEST;
        (from < to && known.contains(&from) && known.contains(&to)).then_some(Scale { from, to })
    }

    /// Both edges as text.
    pub fn to_text(self) -> String {
        format!("{} {}", self.from, self.to)
    }

    /// The inverse of [`Scale::to_text`]; none for a text that is no stretch.
    pub fn from_text(text: &str) -> Option<Scale> {
        let (from, to) = text.split_once(' ')?;
        Scale::between(from.parse().ok()?, to.parse().ok()?)
    }

    /// The column of an instant; none where it is outside.
    pub fn column(&self, at: i64, columns: usize) -> Option<usize> {
        if at < self.from || at > self.to || columns == 0 {
            return None;
        }
        // In i128, as a distance times the columns may exceed i64.
        let span = i128::from(self.to) - i128::from(self.from);
        let since = (i128::from(at) - i128::from(self.from)) * columns as i128;
        // The right edge itself belongs to the last column.
        Some(((since / span.max(1)) as usize).min(columns - 1))
    }

    /// The instants at the edges of a column.
    pub fn edges(&self, column: usize, columns: usize) -> (i64, i64) {
        let span = i128::from(self.to) - i128::from(self.from);
        let edge = |column: usize| {
            let since = span * column as i128 / columns.max(1) as i128;
            (i128::from(self.from) + since) as i64
        };
        (edge(column), edge(column + 1))
    }

    /// A stretch of the same middle: `factor` below 1 looks closer. It stays within `whole` and is
    /// never shorter than a hundred microseconds.
    #[must_use]
    pub fn zoom(&self, at: i64, factor: f64, whole: Scale) -> Scale {
        let span = (self.span() as f64 * factor).clamp(100.0, (whole.span() as f64).max(100.0));
        Scale::around(at, span as i64, whole)
    }

    /// The stretch of that length with `at` in its middle, as far as `whole` allows.
    #[must_use]
    pub fn around(at: i64, span: i64, whole: Scale) -> Scale {
        if span >= whole.span() {
            return whole;
        }
        let latest = whole.to.saturating_sub(span);
        let from = at.saturating_sub(span / 2).min(latest).max(whole.from);
        Scale {
            from,
            to: from.saturating_add(span),
        }
    }

    /// Length.
    pub fn span(&self) -> i64 {
        self.to.saturating_sub(self.from)
    }

    /// Time per column: `1 col = 4h`.
    pub fn per_column(&self, columns: usize) -> String {
        let seconds = self.span() as f64 / 1e6 / columns.max(1) as f64;
        format!("1 col = {}", duration(seconds))
    }

    /// Draws axis and labels into the first two rows; labels only where there is but one. The columns of
    /// the cursor are marked here and not in the plot, where a mark would look like data: by an arrow on
    /// the axis, or by reversed labels.
    pub fn draw(
        &self,
        area: Rect,
        buffer: &mut Buffer,
        axis: Axis,
        cursor: Option<Range<usize>>,
        theme: &Theme,
    ) {
        let most = usize::from(area.width) / 12 + 1;
        let ticks = match axis {
            Axis::Clock(zone) => ticks(self.from, self.to, most, zone),
            Axis::Since(zero) => ticks_since(zero, self.from, self.to, most),
        };
        let columns = usize::from(area.width);
        let at = |tick: &Tick| self.column(tick.at, columns).unwrap_or(0);
        if area.height >= 2 {
            paint::fill(buffer, area, theme.glyphs.horizontal, theme.border);
            for tick in &ticks {
                let place = (area.x + at(tick) as u16, area.y);
                paint::symbol(buffer, area, place, theme.glyphs.tick, theme.border);
            }
        }
        let labels = paint::row(area, usize::from(area.height >= 2));
        let texts = ticks.iter().map(|tick| (at(tick), tick.label.as_str()));
        row_of_labels(buffer, labels, texts, theme.muted);
        match cursor {
            Some(at) if area.height >= 2 => point(buffer, area, at, theme),
            Some(at) => paint::restyle_columns(buffer, labels, at, theme.selected),
            None => {}
        }
    }
}

/// Draws an arrow below the middle of the cursor's columns.
pub fn point(buffer: &mut Buffer, area: Rect, cursor: Range<usize>, theme: &Theme) {
    let (_, at) = paint::cut(area, usize::midpoint(cursor.start, cursor.end) as u16);
    paint::symbol(buffer, at, (at.x, at.y), theme.glyphs.pointer, theme.focus);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_their_column() {
        let scale = Scale { from: 0, to: 100 };
        let found = [-1, 0, 50, 99, 100, 101].map(|at| scale.column(at, 10));
        assert_eq!(found, [None, Some(0), Some(5), Some(9), Some(9), None]);
        let widest = Scale {
            from: i64::MIN,
            to: i64::MAX,
        };
        assert_eq!(widest.column(0, 10), Some(5));
        assert_eq!(Scale { from: 5, to: 5 }.column(5, 10), Some(0));
        assert_eq!(scale.edges(5, 10), (50, 60));
        assert_eq!(widest.edges(9, 10).1, i64::MAX);
    }

    #[test]
    fn a_closer_look_stays_within_the_whole() {
        let whole = Scale {
            from: 0,
            to: 1_000_000,
        };
        let closer = whole.zoom(500_000, 0.5, whole);
        assert_eq!(
            closer,
            Scale {
                from: 250_000,
                to: 750_000
            }
        );
        let left = closer.zoom(0, 0.5, whole);
        assert_eq!(
            left,
            Scale {
                from: 0,
                to: 250_000
            }
        );
        assert_eq!(left.zoom(0, 100.0, whole), whole);
        assert_eq!(left.zoom(0, 1e-9, whole).span(), 100);
        let widest = Scale {
            from: i64::MIN,
            to: i64::MAX,
        };
        assert!(widest.zoom(i64::MAX, 0.5, widest).from > 0);
        let none = Scale { from: 7, to: 7 };
        assert_eq!(none.zoom(7, 0.5, none), none);
    }

    #[test]
    fn says_what_a_column_is() {
        let day = Scale {
            from: 0,
            to: 86_400_000_000,
        };
        assert_eq!(day.per_column(6), "1 col = 4h 00m");
        assert_eq!(day.per_column(0), "1 col = 1d 00h");
    }
}
