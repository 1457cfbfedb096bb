//! The resource under the cursor over time: its hours of the week, its events, and how busy it was.
//!
//! ```text
//! Ann: events by hour of the week          busy, by week
//!      0  3  6  9  12 15 18 21             80% ▁▂▄█▆▂▁
//! mon           ░░▒▒██▓▓░░
//! ```

use crate::engine::{ActorBin, ActorDetail, ActorQuery, Request};
use crate::filter::Field;
use crate::panes::{Look, Rect};
use crate::text::time::WEEKDAYS;
use crate::text::{count, percent, safe};
use crate::ui::paint;
use crate::ui::widgets::Timeline;
use crate::ui::widgets::bars::shade;
use ratatui::buffer::Buffer;

/// Columns of a weekday's name.
const NAME: u16 = 4;
/// Columns of the hours of the week where there is room for two an hour, and rows with those of their head.
const WEEK: u16 = NAME + 24 * 2;
const ROWS: u16 = 8;
/// From this width on, the time line is beside the hours.
const BESIDE: u16 = WEEK + 24;

/// Bins to ask for in a detail of that area.
fn bins(area: Rect) -> usize {
    Timeline::bins_for(if area.width >= BESIDE {
        area.width - WEEK - 2
    } else {
        area.width
    })
}

/// Asks for the detail of a row of that name.
pub fn question(by: &Field, name: &str, area: Rect) -> Request {
    Request::new(ActorQuery {
        by: by.clone(),
        name: name.to_owned(),
        time_bins: bins(area),
    })
}

/// Draws the detail; `name` is that of the row under the cursor, of which it may not be yet.
pub fn draw(
    detail: &ActorDetail,
    name: &str,
    is_stale: bool,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let area = paint::clip(area, buffer);
    let title = format!(
        "{}: events by hour of the week ({})",
        safe(name),
        detail.zone
    );
    let theme = look.theme;
    paint::heading(buffer, paint::row(area, 0), &title, theme.title, theme);
    let body = paint::below(area, 1);
    let (week, line) = if area.width >= BESIDE {
        let (week, rest) = paint::cut(body, WEEK + 2);
        (week, rest)
    } else {
        (paint::top(body, ROWS), paint::below(body, ROWS))
    };
    draw_week(detail, week, buffer, look);
    if line.height >= 3 {
        draw_line(detail, line, buffer, look);
    }
    if is_stale || detail.name != name {
        paint::restyle(buffer, body, theme.stale);
    }
}

fn draw_week(detail: &ActorDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let theme = look.theme;
    // Columns of an hour. All 24 of them fit with one.
    let hour_columns = if area.width < WEEK { 1 } else { 2 };
    let (_, head) = paint::cut(paint::row(area, 0), NAME);
    for hour in (0..24u16).step_by(3) {
        let (_, at) = paint::cut(head, hour * hour_columns);
        paint::text(buffer, at, &hour.to_string(), theme.muted);
    }
    let most = detail.hours.iter().copied().max().unwrap_or(0).max(1) as f64;
    for (day, hours) in detail.hours.chunks(24).enumerate() {
        let row = paint::row(area, day + 1);
        let (name, cells) = paint::cut(row, NAME);
        paint::text(buffer, name, WEEKDAYS[day], theme.text);
        let shades = hours.iter().map(|&n| shade(n as f64 / most, &theme.glyphs));
        let shades: String = shades
            .map(|shade| shade.repeat(hour_columns.into()))
            .collect();
        paint::text(buffer, cells, &shades, theme.bar);
    }
}

/// The share of time that it was busy, or its events where starts are unknown.
fn draw_line(detail: &ActorDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let theme = look.theme;
    let is_timed = detail.bins.iter().any(|bin| bin.busy.is_some());
    let value = |bin: &ActorBin| match bin.busy {
        Some(busy) => busy,
        None => bin.events as f64,
    };
    let bins: Vec<(i64, f64)> = (detail.bins.iter().map(|bin| (bin.start, value(bin)))).collect();
    let most = bins.iter().map(|bin| bin.1).fold(0.0, f64::max);
    let (title, top) = if is_timed {
        ("Share of time busy", percent(most))
    } else {
        ("Events", count(most as u64))
    };
    let title = format!("{title}, by {}", detail.unit);
    paint::sentence(buffer, paint::row(area, 0), &title, theme.muted, theme);
    Timeline {
        bins: &bins,
        end: detail.end,
        top: &top,
        cursor: None,
        zone: look.context.log.zone,
        style: None,
    }
    .draw(paint::below(area, 1), buffer, theme);
}
