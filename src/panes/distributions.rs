//! Draws a distribution of durations below its title.

use super::{Look, Rect};
use crate::engine::DurationBin;
use crate::text;
use crate::ui::paint;
use crate::ui::widgets::{Bar, Bars, Histogram};
use ratatui::buffer::Buffer;

/// Draws a bar for each bin: across where each has a row, else upright.
pub fn draw(title: &str, bins: &[DurationBin], area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    paint::sentence(
        buffer,
        paint::row(area, 0),
        title,
        look.theme.muted,
        look.theme,
    );
    let body = paint::below(area, 1);
    if usize::from(body.height) < bins.len() {
        let values: Vec<f64> = bins.iter().map(|bin| bin.count as f64).collect();
        let labels = bins.iter().map(|bin| look.context.round_duration(bin.from));
        let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0);
        Histogram {
            values: &values,
            labels: &labels.collect::<Vec<_>>(),
            top: &text::count(most),
            cursor: None,
        }
        .draw(body, buffer, look.theme);
        return;
    }
    let label = |bin: &DurationBin| {
        let [from, to] = [bin.from, bin.to].map(|end| look.context.round_duration(end));
        // Ends of a bin may look alike, and those of a bin of one value are.
        if from == to {
            return from;
        }
        format!("{from} to {to}")
    };
    let bar = |bin: &DurationBin| Bar {
        label: label(bin).into(),
        value: bin.count as f64,
        text: text::count(bin.count).into(),
        style: None,
    };
    let bars: Vec<Bar<'_>> = bins.iter().map(bar).collect();
    Bars {
        bars: &bars,
        full: None,
    }
    .draw(body, buffer, look.theme);
}
