//! Draws arrivals, completions and work in progress. Computes no figure.
//!
//! ```text
//! > Cases started, by week
//!  120 ▂▄▆█▅▃▂▁▂▄▆█▅▃
//!   Cases ended
//!   98 ▁▂▄▅▆▅▅▄▃▃▄▅▆▆
//!   In progress, mean
//!  310 ▁▁▂▃▄▅▅▆▆▇▇███
//!      2012-02     2012-06
//! 2012-03-05 to 2012-03-11: 52 started, 48 ended; in progress: 207 at start, 211.3 on average
//! ```

use super::state::{Focus, State};
use crate::engine::{Flow, FlowBin};
use crate::panes::{Look, texts};
use crate::text;
use crate::ui::targets::{self, Target};
use crate::ui::widgets::Timeline;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the chart.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let area = paint::clip(area, buffer);
    let Some(flow) = &state.flow else {
        let why = state
            .error
            .as_ref()
            .map_or_else(texts::counting, texts::refused);
        why.draw(area, buffer, look);
        return;
    };
    if flow.bins.iter().all(|bin| bin.there == 0) && flow.whole.1 - flow.whole.0 <= 1 {
        texts::nothing("cases", "", look.context).draw(area, buffer, look);
        return;
    }
    let words = match area.height {
        0..3 => 0,
        3..12 => 1,
        12..16 => 2,
        _ => 3,
    };
    let charts = Rect {
        height: area.height - words,
        ..area
    };
    draw_charts(state, flow, charts, buffer, look);
    draw_words(state, flow, paint::below(area, charts.height), buffer, look);
}

/// All three where there is room, else the one under the cursor.
fn draw_charts(state: &State, flow: &Flow, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let values = Focus::ALL.map(|focus| values(flow, focus));
    let tops = values.each_ref().map(|values| {
        let most = values.iter().map(|v| v.1).fold(0.0, f64::max);
        text::number(most, u8::from(most < 10.0).into())
    });
    // Labels of one width, so that the charts have one axis.
    let widest = tops.iter().map(|top| fit::width(top)).max().unwrap_or(0);
    let all = area.height >= 11;
    let mut rest = area;
    for (at, focus) in Focus::ALL.into_iter().enumerate() {
        if !all && focus != state.focus {
            continue;
        }
        let last = !all || at == 2;
        // The axis below the last chart takes two rows more.
        let height = if last {
            rest.height
        } else {
            (area.height - 2) / 3
        };
        let chart = Rect { height, ..rest };
        rest = paint::below(rest, height);
        let (mark, style) = if focus == state.focus {
            (look.theme.glyphs.mark, look.theme.focus)
        } else {
            (" ", look.theme.title)
        };
        let title = match focus {
            Focus::Arrivals => format!("Cases started, by {}", flow.unit),
            Focus::Completions => "Cases ended".to_owned(),
            Focus::Wip => "Cases in progress, on average".to_owned(),
        };
        targets::add(chart, Target::Chart(at));
        let row = paint::row(chart, 0);
        paint::heading(buffer, row, &format!("{mark} {title}"), style, look.theme);
        let line = Timeline {
            bins: &values[at],
            end: flow.end,
            top: &fit::pad_left(&tops[at], widest),
            cursor: Some(state.periods.bin),
            zone: look.context.log.zone,
            style: (focus == Focus::Wip).then_some(look.theme.bar_alt),
        };
        let body = paint::below(chart, 1);
        if last {
            line.draw(body, buffer, look.theme);
        } else {
            line.draw_bare(body, buffer, look.theme);
        }
    }
    if (look.stale)(0) {
        paint::restyle(buffer, area, look.theme.stale);
    }
}

fn values(flow: &Flow, focus: Focus) -> Vec<(i64, f64)> {
    let value = |bin: &FlowBin| match focus {
        Focus::Arrivals => bin.arrivals as f64,
        Focus::Completions => bin.completions as f64,
        Focus::Wip => bin.mean.unwrap_or(0.0),
    };
    flow.bins
        .iter()
        .map(|bin| (bin.start, value(bin)))
        .collect()
}

/// Draws the figures of the bin under the cursor, and the open cases.
fn draw_words(state: &State, flow: &Flow, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let mut lines = Vec::new();
    if let (Some(bin), Some(when)) = (state.bin(), state.periods.in_words(look.context.log.zone)) {
        let (counts, progress) = in_words(bin);
        let line = format!("{when}: {counts}; {progress}");
        if fit::width(&line) <= area.width.into() || area.height < 3 {
            lines.push((line, look.theme.text));
        } else {
            lines.push((format!("{when}: {counts}"), look.theme.text));
            lines.push((progress, look.theme.text));
        }
    }
    let open = text::safe(&flow.ending.in_words()).into_owned();
    lines.push((open, look.theme.muted));
    for (at, (line, style)) in lines.iter().enumerate() {
        let line = fit::truncate_words(line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, at), &line, *style);
    }
}

/// Returns the counts of started and ended cases, and those in progress, as text.
fn in_words(bin: &FlowBin) -> (String, String) {
    let mean = bin
        .mean
        .map_or_else(|| "-".to_owned(), |mean| text::number(mean, 1));
    let partial = if bin.partial {
        "; partial (log ends here)"
    } else {
        ""
    };
    let counts = format!(
        "{} started, {} ended",
        text::count(bin.arrivals),
        text::count(bin.completions)
    );
    let progress = format!(
        "in progress: {} at start, {mean} on average, {} in total{partial}",
        text::count(bin.wip),
        text::count(bin.there),
    );
    (counts, progress)
}
