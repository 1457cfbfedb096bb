//! Bars: across, with a label and a value each, and upright as a histogram. Lengths are drawn to an
//! eighth of a character.

use crate::ui::targets::{self, Target};
use crate::ui::theme::{Glyphs, Theme};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::borrow::Cow;
use std::iter::repeat_n;
use std::ops::Range;

/// A bar of `share` (0 to 1) of `columns`, without blanks behind it. A share above zero always
/// leaves a trace.
pub fn bar_text(share: f64, columns: usize, glyphs: &Glyphs) -> String {
    let eighths = eighths(share, columns);
    let mut out = glyphs.across[8].repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        let part = glyphs.across[eighths % 8];
        // In ASCII small parts are blank: what is not nothing leaves a trace all the same.
        let trace = if eighths < 8 { glyphs.across[8] } else { "" };
        out.push_str(if part == " " { trace } else { part });
    }
    out
}

/// A character whose darkness is that share (0 to 1), in quarters. A share above zero always leaves a
/// trace.
pub fn shade(share: f64, glyphs: &Glyphs) -> &'static str {
    let shades = if glyphs.is_ascii() {
        [" ", ".", ":", "+", "#"]
    } else {
        [" ", "░", "▒", "▓", "█"]
    };
    shades[((share * 4.0).ceil() as usize).min(4)]
}

/// Share in eighths of `cells`; at least one if it is above zero.
fn eighths(share: f64, cells: usize) -> usize {
    // `clamp` keeps NaN.
    let share = if share.is_nan() {
        0.0
    } else {
        share.clamp(0.0, 1.0)
    };
    let most = cells * 8;
    let found = (share * most as f64).round() as usize;
    if share > 0.0 {
        found.max(1).min(most)
    } else {
        0
    }
}

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar<'a> {
    /// Label: safe text.
    pub label: Cow<'a, str>,
    /// Length.
    pub value: f64,
    /// Value as text.
    pub text: Cow<'a, str>,
    /// Other than the theme's bar.
    pub style: Option<Style>,
}

/// Bars across, one a row.
#[derive(Debug, Clone)]
pub struct Bars<'a> {
    /// The bars on the screen.
    pub bars: &'a [Bar<'a>],
    /// The value of a full bar; the largest of them by default.
    pub full: Option<f64>,
}

impl Bars<'_> {
    /// Draws label, bar and value. Where there is little room the bar goes first, then the value.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let longest = |f: fn(&Bar<'_>) -> usize| self.bars.iter().map(f).max().unwrap_or(0);
        let width = usize::from(area.width);
        let values = longest(|b| fit::width(&b.text));
        let labels = longest(|b| fit::width(&b.label)).min((width / 2).max(8));
        let largest = self.bars.iter().map(|b| b.value).fold(0.0, f64::max);
        let full = self.full.unwrap_or(largest);
        for (i, bar) in self.bars.iter().enumerate().take(area.height.into()) {
            let row = paint::row(area, i);
            let label = fit::truncate_end(&bar.label, labels, theme.glyphs.ellipsis);
            paint::text(buffer, row, &label, theme.text);
            let (_, rest) = paint::cut(row, (labels + 1) as u16);
            let value = fit::pad_left(&bar.text, values);
            paint::text(buffer, rest, &value, theme.text);
            let (_, rest) = paint::cut(rest, (values + 1) as u16);
            let share = if full > 0.0 { bar.value / full } else { 0.0 };
            let drawn = bar_text(share, rest.width.into(), &theme.glyphs);
            paint::text(buffer, rest, &drawn, bar.style.unwrap_or(theme.bar));
        }
    }
}

/// Upright bars over labels: a distribution.
#[derive(Debug, Clone)]
pub struct Histogram<'a> {
    /// Height of each bar.
    pub values: &'a [f64],
    /// Labels below the left edge of each bar; left out where there is no room.
    pub labels: &'a [String],
    /// Label at the top of the height axis: the largest value as text.
    pub top: &'a str,
    /// The bar that is pointed at.
    pub cursor: Option<usize>,
}

impl Histogram<'_> {
    /// Draws the bars, a row of labels below where there are three rows or more, and the largest
    /// value at the top left.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let area = paint::clip(area, buffer);
        if area.is_empty() || self.values.is_empty() {
            return;
        }
        let labeled = area.height >= 3 && !self.labels.is_empty();
        let plot = Rect {
            height: area.height - u16::from(labeled),
            ..area
        };
        let axis = fit::width(self.top);
        // The label must leave most of the room to the bars.
        let axis = if axis * 3 < plot.width.into() {
            axis + 1
        } else {
            0
        };
        let (axis, plot) = paint::cut(plot, axis as u16);
        paint::text_right(
            buffer,
            Rect {
                width: axis.width.saturating_sub(1),
                ..axis
            },
            self.top,
            theme.muted,
        );
        let n = self.values.len();
        let each = usize::from(plot.width) / n;
        if each == 0 {
            let heights = Grid::new(n, plot.width.into()).heights(self.values);
            upright(buffer, plot, &heights, theme.bar, theme);
            return;
        }
        // Narrow bars need all of their columns.
        let gap = usize::from(each > 2);
        let heights: Vec<f64> = (0..each * n)
            .map(|x| {
                if x % each >= each - gap {
                    0.0
                } else {
                    self.values[x / each]
                }
            })
            .collect();
        upright(buffer, plot, &heights, theme.bar, theme);
        let cursor = self.cursor.filter(|&at| at < n);
        let bar = cursor.map(|at| at * each..(at + 1) * each - gap);
        for bin in (0..n).filter(|_| cursor.is_some()) {
            let (_, from) = paint::cut(area, (plot.x - area.x) + (bin * each) as u16);
            targets::add(paint::cut(from, each as u16).0, Target::Bin(bin));
        }
        if let Some(bar) = bar.clone() {
            paint::restyle_columns(buffer, plot, bar, theme.cursor);
        }
        if labeled {
            let below = Rect {
                y: plot.bottom(),
                height: 1,
                ..plot
            };
            let at = (0..n).map(|i| i * each);
            row_of_labels(
                buffer,
                below,
                at.zip(self.labels.iter().map(String::as_str)),
                theme.muted,
            );
            if let Some(bar) = bar {
                paint::restyle_columns(buffer, below, bar, theme.selected);
            }
        }
    }
}

/// Draws columns from below, one value a column; the largest fills the height.
pub fn upright(buffer: &mut Buffer, area: Rect, values: &[f64], style: Style, theme: &Theme) {
    let largest = values.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 {
        return;
    }
    for (x, &value) in values.iter().enumerate().take(area.width.into()) {
        let mut eighths = eighths(value / largest, area.height.into());
        for y in (area.top()..area.bottom()).rev() {
            if eighths == 0 {
                break;
            }
            let part = eighths.min(8);
            let symbol = theme.glyphs.up[part];
            paint::symbol(buffer, area, (area.x + x as u16, y), symbol, style);
            eighths -= part;
        }
    }
}

/// Labels at their columns, each left out where the one before it would touch it.
pub fn row_of_labels<'a>(
    buffer: &mut Buffer,
    area: Rect,
    labels: impl Iterator<Item = (usize, &'a str)>,
    style: Style,
) {
    let mut free = 0;
    for (at, label) in labels {
        let end = at + fit::width(label);
        if at >= free && end <= area.width.into() {
            let (_, rest) = paint::cut(area, at as u16);
            paint::text(buffer, rest, label, style);
            free = end + 1;
        }
    }
}

/// The layout of the bins of a chart in columns: every bin has the same number of whole columns or,
/// where there are more bins than columns, every column the same number of bins. Bars of equal
/// width thus always span equal numbers of bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    bins: usize,
    /// Bins per column; above 1 only where there are more bins than columns.
    per_column: usize,
    /// Columns per bin; above 1 only where there are at least twice as many columns as bins.
    per_bin: usize,
}

impl Grid {
    /// Lays `bins` out in at most `columns` columns.
    pub fn new(bins: usize, columns: usize) -> Grid {
        Grid {
            bins,
            per_column: bins.div_ceil(columns.max(1)).max(1),
            per_bin: (columns / bins.max(1)).max(1),
        }
    }

    /// Number of columns that are used.
    pub fn columns(self) -> usize {
        self.bins.div_ceil(self.per_column) * self.per_bin
    }

    /// Columns of a bin.
    pub fn of(self, bin: usize) -> Range<usize> {
        let first = bin / self.per_column * self.per_bin;
        first..first + self.per_bin
    }

    /// True for the first bin of a column.
    pub fn begins(self, bin: usize) -> bool {
        bin.is_multiple_of(self.per_column)
    }

    /// Number of bins that the used columns have room for: more than there are where the last
    /// column is not full.
    pub fn capacity(self) -> usize {
        self.columns() / self.per_bin * self.per_column
    }

    /// Height of each column: the highest of its bins, so that the highest bar is the highest bin
    /// also for rates and medians, which have no sum.
    pub fn heights(self, values: &[f64]) -> Vec<f64> {
        let highest = |bins: &[f64]| bins.iter().copied().fold(0.0, f64::max);
        let columns = values.chunks(self.per_column).map(highest);
        columns.flat_map(|v| repeat_n(v, self.per_bin)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{at_every_size, frame};

    fn bars() -> Vec<Bar<'static>> {
        [
            ("Assign", 120.0),
            ("日本語", 60.0),
            ("Take in charge", 1.0),
            ("None", 0.0),
        ]
        .into_iter()
        .map(|(label, value)| Bar {
            label: label.into(),
            value,
            text: crate::text::count(value as u64).into(),
            style: None,
        })
        .collect()
    }

    #[test]
    fn lengths_are_to_scale() {
        let glyphs = Glyphs::UNICODE;
        let found = [0.0, 0.001, 0.5, 0.53, 1.0, 7.0, f64::NAN].map(|s| bar_text(s, 4, &glyphs));
        assert_eq!(found, ["", "▏", "██", "██▏", "████", "████", ""]);
        let found = [0.0, 0.001, 0.5, 0.7, 1.0].map(|s| bar_text(s, 4, &Glyphs::ASCII));
        assert_eq!(found, ["", "#", "##", "###", "####"]);
    }

    #[test]
    fn bars_across() {
        let theme = Theme::default();
        let bars = bars();
        let found = frame(40, 4, |area, buffer| {
            Bars {
                bars: &bars,
                full: None,
            }
            .draw(area, buffer, &theme);
        });
        insta::assert_snapshot!(found, @r"
        Assign         120 █████████████████████
        日本語          60 ██████████▌
        Take in charge   1 ▏
        None             0
        ");
    }

    #[test]
    fn histogram() {
        let labels = ["1m", "1h", "1d"].map(str::to_owned);
        let plot = Histogram {
            values: &[1.0, 4.0, 2.5],
            labels: &labels,
            top: "4",
            cursor: Some(1),
        };
        let found = frame(17, 4, |area, buffer| {
            plot.draw(area, buffer, &Theme::default());
        });
        insta::assert_snapshot!(found, @r"
        4      ████
               ████ ▇▇▇▇
          ▆▆▆▆ ████ ████
          1m   1h   1d
        ");
        let ascii = frame(17, 4, |area, buffer| {
            plot.draw(area, buffer, &Theme::mono(Glyphs::ASCII));
        });
        insta::assert_snapshot!(ascii, @r"
        4      ####
               #### ====
          ==== #### ####
          1m   1h   1d
        ");
    }

    #[test]
    fn nothing_panics() {
        let (theme, bars) = (Theme::default(), bars());
        let labels: Vec<String> = (0..50).map(|i| i.to_string()).collect();
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        at_every_size(|area, buffer| {
            Bars {
                bars: &bars,
                full: Some(0.0),
            }
            .draw(area, buffer, &theme);
            let plot = Histogram {
                values: &values,
                labels: &labels,
                top: "49",
                cursor: Some(70),
            };
            plot.draw(area, buffer, &theme);
        });
    }
}
