//! Draws a distribution of durations below its title.

use super::{Look, Rect};
use crate::engine::DurationBin;
use crate::text;
use crate::ui::paint;
use crate::ui::widgets::{Bar, Bars};
use ratatui::buffer::Buffer;

/// Draws a bar for each bin.
pub fn draw(title: &str, bins: &[DurationBin], area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    paint::text(buffer, paint::row(area, 0), title, look.theme.muted);
    let bar = |bin: &DurationBin| Bar {
        label: format!(
            "{} to {}",
            look.context.round_duration(bin.from),
            look.context.round_duration(bin.to)
        )
        .into(),
        value: bin.count as f64,
        text: text::count(bin.count).into(),
        style: None,
    };
    let bars: Vec<Bar<'_>> = bins.iter().map(bar).collect();
    Bars {
        bars: &bars,
        full: None,
    }
    .draw(paint::below(area, 1), buffer, look.theme);
}
