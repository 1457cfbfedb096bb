//! Draws the deadlines, and the cases of the one under the cursor. Computes no figure.
//!
//! ```text
//! 34 cases are open; cases end with Closed          |   case   state    over    waits since
//!   rule                    limit  broken     rate  |   T-17   broken   7d 07h  Closed
//! > first response in 4 h   4h 00m   209 ███  55%   |   T-37   overdue  3d 04h  Vendor contacted, 6d
//! ```

use super::state::State;
use crate::engine::{Breach, Deadlines, RuleBin, RuleRow, State as CaseState};
use crate::panes::{Look, texts};
use crate::text::{self, time};
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, Timeline, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let nothing = match (&state.figures, &state.error) {
        (_, Some(error)) => Some(texts::refused(error)),
        (None, None) => Some(texts::counting()),
        (Some(_), None) => None,
    };
    if let Some(why) = nothing {
        why.empty().draw(area, buffer, look.theme);
        return;
    }
    let Some(figures) = &state.figures else {
        return;
    };
    let split = state.split(look.context);
    draw_rules(state, figures, split.list, buffer, look);
    split.draw_line(buffer, look.theme);
    draw_cases(state, split.detail, buffer, look);
}

fn draw_rules(state: &State, figures: &Deadlines, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if area.is_empty() {
        return;
    }
    let line = figures.ending.in_words();
    let line = text::safe(&line);
    let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
    paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
    let area = paint::below(area, 1);
    let columns = [
        Column::flex("rule", 20, 3),
        Column::fixed("limit", 8).right(),
        Column::fixed("rate", 9),
        Column::fixed("broken", 8).right(),
        Column::fixed("overdue", 8).right().priority(2),
        Column::fixed("at risk", 8).right().priority(1),
        Column::fixed("kept", 8).right().priority(3),
        Column::fixed("running", 8).right().priority(4),
        Column::fixed("missed", 7).right().priority(5),
        Column::fixed("severity", 9).priority(6),
    ];
    let cells = |rule: &RuleRow| -> Vec<Cell<'static>> {
        let n = |state| Cell::new(text::count(rule.n(state)));
        let rate = match rule.rate() {
            Some(rate) => Cell::bar(rate, &text::percent(rate), 6),
            None => Cell::new("-"),
        };
        vec![
            Cell::new(text::safe(&rule.name).into_owned()),
            Cell::new(duration(rule, rule.limit)),
            rate,
            n(CaseState::Broken),
            n(CaseState::Overdue),
            n(CaseState::AtRisk),
            n(CaseState::Kept),
            n(CaseState::Running),
            n(CaseState::Missed),
            Cell::new(text::safe(&rule.severity).into_owned()),
        ]
    };
    // The rate over time of the rule under the cursor stands below the rules, where there is room.
    let wanted = figures.rules.len() as u16 + 2;
    let rows = wanted.min(area.height);
    let chart = paint::below(area, rows);
    let area = if chart.height >= 6 {
        draw_rate(state, figures, chart, buffer, look);
        Rect {
            height: rows,
            ..area
        }
    } else {
        area
    };
    let mut list = state.rules;
    list.set_page(page_rows(area.height));
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| figures.rules.get(i))
        .map(cells)
        .collect();
    VirtualTable {
        columns: &columns,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        focused: state.focus == Part::List,
        stale: (look.stale)(0),
        ..VirtualTable::default()
    }
    .draw(area, buffer, look.theme);
}

/// The breach rate of the rule under the cursor over time.
fn draw_rate(state: &State, figures: &Deadlines, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(rule) = state.rule() else { return };
    let title = format!("Breach rate per {} (when due)", figures.unit);
    paint::heading(
        buffer,
        paint::row(area, 0),
        &title,
        look.theme.title,
        look.theme,
    );
    let rate = |bin: &RuleBin| bin.broken as f64 / bin.known.max(1) as f64;
    let bins: Vec<(i64, f64)> = rule.over_time.iter().map(|b| (b.start, rate(b))).collect();
    let top = bins.iter().map(|bin| bin.1).fold(0.0, f64::max);
    let height = area.height.min(12) - 1;
    Timeline {
        bins: &bins,
        end: figures.end,
        top: &text::percent(top),
        cursor: None,
        zone: look.context.log.zone,
        style: Some(look.theme.wait),
    }
    .draw(
        Rect {
            height,
            ..paint::below(area, 1)
        },
        buffer,
        look.theme,
    );
}

fn draw_cases(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(rule) = state.rule().filter(|_| !area.is_empty()) else {
        return;
    };
    paint::heading(
        buffer,
        paint::row(area, 0),
        &text::safe(&rule.name),
        look.theme.title,
        look.theme,
    );
    let area = paint::below(area, 1);
    let columns = [
        Column::flex("case", 10, 2),
        Column::fixed("state", 8),
        Column::fixed("over", 9).right(),
        Column::flex("last activity", 10, 2).priority(1),
        Column::fixed("due", 17).right().priority(2),
    ];
    let cells = |breach: &Breach| -> Vec<Cell<'static>> {
        let over = breach.elapsed - rule.limit;
        let due = breach
            .due
            .map(|due| time::instant(due, look.context.log.zone));
        vec![
            Cell::new(text::safe(&breach.case).into_owned()),
            Cell::new(breach.state.word()),
            Cell::new(duration(rule, over)),
            Cell::new(text::safe(&breach.last).into_owned()),
            Cell::new(due.unwrap_or_else(|| "-".to_owned())),
        ]
    };
    let mut list = state.cases;
    list.set_page(page_rows(area.height));
    let rows: Vec<Vec<Cell<'_>>> = state
        .named()
        .skip(list.offset)
        .take(list.visible().len())
        .map(cells)
        .collect();
    let focused = state.focus == Part::Detail;
    VirtualTable {
        columns: &columns,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: focused.then_some(list.cursor),
        focused,
        stale: (look.stale)(0),
        ..VirtualTable::default()
    }
    .draw(area, buffer, look.theme);
}

/// Time that counts for a rule.
fn duration(rule: &RuleRow, seconds: f64) -> String {
    match rule.calendar {
        Some(_) => time::working(seconds),
        None => time::duration(seconds),
    }
}
