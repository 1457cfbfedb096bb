//! The screen before there is a log: how far the reading is, or why it failed and what to press.

use crate::app::{App, Layout, Load, LoadError, Loading};
use crate::event_log::Stage;
use crate::text::{self, count, safe, time};
use crate::ui::fit;
use crate::ui::widgets::bars::bar_text;
use crate::ui::widgets::empty::wrap;
use crate::ui::{Theme, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

/// Draws the whole screen.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer, theme: &Theme) {
    let name = safe(&app.settings.name).into_owned();
    paint::text(buffer, layout.header, &name, theme.title);
    let body = Rect {
        y: layout.tabs.y,
        height: layout.tabs.height + layout.chips.height + layout.body.height,
        ..layout.body
    };
    match &app.load {
        Load::Running(loading) => running(app, loading, body, buffer, theme),
        Load::Failed(error) => failed(&name, error, body, buffer, theme),
        Load::Idle => {}
    }
    let keys = match app.load {
        Load::Failed(_) => "{retry} try again   {map-columns} columns   {quit} quit   {help} help",
        _ => "{back} stop, show what was read   {map-columns} columns   {quit} quit   {help} help",
    };
    let shown = match app.notifications.toast() {
        Some(toast) => safe(&toast.text).into_owned(),
        None => app.keys().fill(keys),
    };
    let cut = fit::truncate_end(&shown, layout.status.width.into(), theme.glyphs.ellipsis);
    paint::text_right(buffer, layout.status, &cut, theme.muted);
}

fn running(app: &App, loading: &Loading, body: Rect, buffer: &mut Buffer, theme: &Theme) {
    let lines = [
        format!("{}...", stage(loading.progress.stage())),
        bar(
            loading,
            usize::from(body.width.saturating_sub(4)).min(60),
            theme,
        ),
        facts(loading, app.now),
    ];
    let top = usize::from(body.height).saturating_sub(lines.len()) / 3;
    let styles = [theme.text, theme.bar, theme.muted];
    for (at, (line, style)) in lines.iter().zip(styles).enumerate() {
        let (_, row) = paint::cut(paint::row(body, top + at), 2);
        let cut = fit::truncate_end(line, row.width.into(), theme.glyphs.ellipsis);
        paint::text(buffer, row, &cut, style);
    }
}

fn failed(name: &str, error: &LoadError, body: Rect, buffer: &mut Buffer, theme: &Theme) {
    let columns = usize::from(body.width).saturating_sub(4).max(1);
    let mut lines = vec![
        (format!("Cannot open {name}"), theme.title),
        (String::new(), theme.text),
    ];
    for line in error.message.lines() {
        lines.extend(
            wrap(&safe(line), columns)
                .into_iter()
                .map(|line| (line, theme.bad)),
        );
    }
    let top = usize::from(body.height).saturating_sub(lines.len()) / 3;
    for (at, (line, style)) in lines.iter().enumerate() {
        let (_, row) = paint::cut(paint::row(body, top + at), 2);
        paint::text(buffer, row, line, *style);
    }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Looking => "Looking at the log",
        Stage::Reading => "Reading",
        Stage::Sorting => "Sorting by case and time",
        Stage::Indexing => "Building the index",
        Stage::Ready => "Opening",
        Stage::Receiving => "Receiving the log",
    }
}

/// Part of the input that is read, 0 to 1; `None` if unknown.
fn share(loading: &Loading) -> Option<f64> {
    let total = loading.progress.total_bytes.load(Relaxed);
    let bytes = loading.progress.bytes.load(Relaxed);
    // A log may be read twice, and more bytes be counted than it has.
    (total > 0).then(|| (bytes as f64 / total as f64).min(1.0))
}

fn bar(loading: &Loading, columns: usize, theme: &Theme) -> String {
    let Some(share) = share(loading) else {
        return String::new();
    };
    let percent = format!(" {:>3.0}%", share * 100.0);
    let columns = columns.saturating_sub(fit::width(&percent));
    let bar = bar_text(share, columns, &theme.glyphs);
    format!("{}{percent}", fit::pad_right(&bar, columns))
}

/// Bytes, rows, rate, and the time left.
fn facts(loading: &Loading, now: Instant) -> String {
    let progress = &loading.progress;
    let (bytes, total) = (
        progress.bytes.load(Relaxed),
        progress.total_bytes.load(Relaxed),
    );
    let rows = progress.rows.load(Relaxed);
    let elapsed = now.saturating_duration_since(loading.started);
    let mut parts = Vec::new();
    match (bytes, total) {
        (0, _) => {}
        (_, 0) => parts.push(size(bytes)),
        _ => parts.push(format!("{} of {}", size(bytes.min(total)), size(total))),
    }
    if rows > 0 {
        parts.push(text::counted(rows, "row", "rows"));
        // A rate of the first moments says nothing.
        if elapsed >= Duration::from_millis(300) {
            let rate = rows as f64 / elapsed.as_secs_f64();
            parts.push(format!("{} rows/s", count(rate as u64)));
        }
    }
    parts.extend(time_left(loading, elapsed));
    parts.join("   ")
}

/// Only of the reading: it takes most of the time, and the rest is not known beforehand.
fn time_left(loading: &Loading, elapsed: Duration) -> Option<String> {
    let share = share(loading).filter(|share| *share > 0.02)?;
    let reading = loading.progress.stage() == Stage::Reading;
    if !reading || elapsed < Duration::from_secs(1) {
        return None;
    }
    let left = elapsed.as_secs_f64() * (1.0 - share) / share;
    Some(format!("about {} left", time::duration(left.ceil())))
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{:.0} KB", bytes as f64 / 1e3),
        10_000_000..10_000_000_000 => format!("{:.0} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Progress in one line, for a reload.
pub fn progress_line(loading: &Loading, now: Instant) -> String {
    let stage = stage(loading.progress.stage());
    match share(loading) {
        Some(share) => format!("{stage} {:.0}%  {}", share * 100.0, facts(loading, now)),
        None => format!("{stage}  {}", facts(loading, now)),
    }
}
