//! Draws the test of predictions on past cases.

use crate::engine::{Backtest, BacktestPart};
use crate::panes::Look;
use crate::text::{self, count, counted, number, percent};
use crate::ui::paint;
use crate::ui::widgets::empty::wrap;
use crate::ui::widgets::{Cell, Column, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Columns by which the further lines of a sentence are indented.
const INDENT: u16 = 2;

/// Draws it.
pub fn draw(test: &Backtest, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let theme = look.theme;
    paint::heading(
        buffer,
        paint::row(area, 0),
        &title(test, look),
        theme.title,
        theme,
    );
    let mut rest = paint::below(area, 1);
    if let Some(reason) = &test.reason {
        let line = format!("Nothing was tested: {}.", text::safe(reason));
        for line in wrap(&line, rest.width.into()) {
            paint::text(buffer, paint::row(rest, 0), &line, theme.warn);
            rest = paint::below(rest, 1);
        }
        return;
    }
    for sentence in sentences(test, look) {
        let columns = rest.width.saturating_sub(INDENT);
        for (at, line) in wrap(&sentence, columns.into()).iter().enumerate() {
            let (_, indented) = paint::cut(rest, if at == 0 { 0 } else { INDENT });
            paint::text(buffer, paint::row(indented, 0), line, theme.text);
            rest = paint::below(rest, 1);
        }
    }
    rest = parts("events so far", &test.by_length, rest, buffer, look);
    parts("month", &test.by_month, rest, buffer, look);
}

fn title(test: &Backtest, look: Look<'_>) -> String {
    let cut = test.cut.map_or_else(String::new, |cut| {
        let date = text::time::exact_instant(cut, look.context.log.zone);
        format!(" before {}", text::head(&date, 10))
    });
    format!(
        "Backtest: learned from {} that ended{cut}",
        counted(test.train_cases, "case", "cases")
    )
}

/// The figures in sentences.
fn sentences(test: &Backtest, look: Look<'_>) -> Vec<String> {
    let dot = look.theme.glyphs.dot;
    let long = |seconds: f64| look.context.duration(seconds);
    let mut lines = vec![format!(
        "tested at {} after that{}",
        counted(test.test_prefixes, "event", "events"),
        match test.censored {
            0 => String::new(),
            n => format!("; {} of open cases not for the time left", count(n)),
        }
    )];
    if let Some(next) = &test.next {
        lines.push(format!(
            "next step: {} right {dot} one activity as context {} {dot} most frequent {} {dot} among \
             three {}",
            percent(next.model),
            percent(next.first_order),
            percent(next.most_frequent),
            percent(next.top3)
        ));
        lines.push(format!(
            "Brier {} {dot} calibration off by {}",
            number(next.brier, 3),
            percent(next.ece)
        ));
    }
    if let Some(left) = &test.left {
        lines.push(format!(
            "time left: off by {} (mean), {} (median) {dot} constant {}",
            long(left.mae),
            long(left.median),
            long(left.constant)
        ));
        lines.push(format!(
            "within p10 to p90: {} of the times left (80% expected); widened by the margin of {}: {}",
            percent(left.coverage),
            long(left.margin),
            percent(left.coverage_margin)
        ));
    }
    for late in &test.late {
        let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), |x| number(x, 2));
        lines.push(format!(
            "{}: AUC {} {dot} Brier {} {dot} {}",
            text::safe(&late.rule),
            figure(late.auc),
            figure(late.brier),
            counted(late.n, "event", "events")
        ));
    }
    lines
}

/// Draws a table of parts; returns what is left of the area.
fn parts(
    name: &str,
    parts: &[BacktestPart],
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) -> Rect {
    let columns = [
        Column::fixed(name, name.len().max(9) as u16),
        Column::fixed("events", 8).right(),
        Column::fixed("right", 7).right(),
        Column::fixed("off by", 9).right(),
        Column::fixed("covered", 8).right().priority(1),
    ];
    let height = (parts.len() as u16 + 1).min(area.height);
    let table = paint::top(area, height);
    let rows: Vec<Vec<Cell<'_>>> = parts.iter().map(|part| cells(part, look)).collect();
    VirtualTable {
        columns: &columns,
        rows: &rows,
        offset: 0,
        total: rows.len(),
        ..VirtualTable::default()
    }
    .draw(table, buffer, look.theme);
    paint::below(area, height)
}

fn cells(part: &BacktestPart, look: Look<'_>) -> Vec<Cell<'static>> {
    let share = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), percent);
    let mae = part
        .mae
        .map_or_else(|| "-".to_owned(), |mae| look.context.duration(mae));
    vec![
        Cell::new(part.name()),
        Cell::new(count(part.n)),
        Cell::new(share(part.accuracy)),
        Cell::new(mae),
        Cell::new(share(part.coverage_margin)),
    ]
}
