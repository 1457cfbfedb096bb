//! Draws the prediction of one case: state, next steps, time left, deadlines, similar cases.

use crate::engine::{Backtest, NextShare, Odds, Prediction, SimilarCase};
use crate::panes::Look;
use crate::text::{self, counted, number, percent};
use crate::ui::list::ListState;
use crate::ui::paint;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Bar, Bars, Cell, Column, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// From this width on, next steps and times stand side by side.
const SIDE_BY_SIDE: u16 = 76;
/// Most next steps that are shown.
const MOST_NEXT: usize = 6;
/// Columns between the two.
const GAP: u16 = 2;
/// Rows that similar cases need at least: a head and one of them.
const LEAST_SIMILAR: u16 = 2;

/// A prediction to draw.
pub struct Drawn<'a> {
    /// The prediction.
    pub of: &'a Prediction,
    /// Cursor among the similar cases.
    pub similar: ListState,
    /// True where these have the focus.
    pub focused: bool,
    /// The test, where it was made.
    pub test: Option<&'a Backtest>,
}

/// Areas of the parts.
struct Areas {
    head: Rect,
    next: Rect,
    facts: Rect,
    similar: Rect,
}

/// Lines of next steps and of facts, and whether they stand side by side.
fn areas(of: &Prediction, n_facts: usize, area: Rect) -> Areas {
    let head = paint::top(area, 2);
    let body = paint::below(area, head.height);
    let n_next = of.next.len().min(MOST_NEXT) as u16 + 1;
    let n_facts = n_facts as u16;
    let room = body.height.saturating_sub(LEAST_SIMILAR);
    if area.width >= SIDE_BY_SIDE {
        // A head, and as many rows as the longer of both needs.
        let rows = n_next.max(n_facts).min(room.max(1));
        let both = paint::top(body, rows);
        let (next, facts) = paint::cut(both, area.width * 2 / 5);
        let (_, facts) = paint::cut(facts, GAP);
        let similar = paint::below(body, rows);
        return Areas {
            head,
            next,
            facts,
            similar,
        };
    }
    let facts_rows = n_facts.min(room);
    let next_rows = n_next.min(room - facts_rows);
    let facts = paint::top(body, facts_rows);
    let rest = paint::below(body, facts_rows);
    Areas {
        head,
        next: paint::top(rest, next_rows),
        facts,
        similar: paint::below(rest, next_rows),
    }
}

/// Number of [`Drawn::facts`].
fn n_facts(of: &Prediction, test: Option<&Backtest>) -> usize {
    let tested = test.and_then(|test| test.left.as_ref()).is_some();
    of.odds.len() + of.left.map_or(0, |_| 2 + usize::from(tested))
}

/// Rows of similar cases on the screen.
pub fn similar_rows(of: &Prediction, test: Option<&Backtest>, area: Rect) -> usize {
    page_rows(areas(of, n_facts(of, test), area).similar.height)
}

impl Drawn<'_> {
    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let theme = look.theme;
        let facts = self.facts(look);
        let areas = areas(self.of, facts.len(), area);
        let style = if self.focused {
            theme.focus
        } else {
            theme.title
        };
        let dot = theme.glyphs.dot;
        let case = text::safe(&self.of.case);
        let rest = look.context.duration(self.of.rest);
        let title = format!("{case} {dot} rests {rest}");
        paint::heading(buffer, paint::row(areas.head, 0), &title, style, theme);
        let state = self.state(look);
        if areas.head.height > 1 {
            paint::sentence(
                buffer,
                paint::row(areas.head, 1),
                &state,
                theme.muted,
                theme,
            );
        }
        for (at, (text, warns)) in facts.iter().enumerate() {
            let style = if *warns { theme.warn } else { theme.text };
            paint::sentence(buffer, paint::row(areas.facts, at), text, style, theme);
        }
        self.draw_next(areas.next, buffer, look);
        self.draw_similar(areas.similar, buffer, look);
    }

    /// The activities of the state, and the events of ended cases that were in it.
    fn state(&self, look: Look<'_>) -> String {
        let then = format!(" {} ", look.theme.glyphs.then);
        let names: Vec<String> = self.of.state.iter().map(|name| safe(name)).collect();
        let start = if self.of.from_start { "start" } else { "" };
        let start = Some(start.to_owned()).filter(|start| !start.is_empty());
        let path: Vec<String> = start.into_iter().chain(names).collect();
        let path = if path.is_empty() {
            "any".to_owned()
        } else {
            path.join(&then)
        };
        let n = counted(self.of.n(), "past event", "past events");
        match (self.of.lacks(), self.of.is_any_state) {
            (Some(why), _) => format!("time left unknown: {why}"),
            (None, true) => {
                format!("~ any state, as its own is too rare: {n} that rested as long")
            }
            (None, false) => format!("state: {path}; {n} that rested as long"),
        }
    }

    /// Time left and deadlines, each with whether it is a warning.
    fn facts(&self, look: Look<'_>) -> Vec<(String, bool)> {
        let mut facts = Vec::new();
        let dot = look.theme.glyphs.dot;
        let long = |seconds: f64| look.context.duration(seconds);
        if let Some(left) = &self.of.left {
            facts.push((
                format!(
                    "left: p10 {} {dot} half {} {dot} p90 {}",
                    long(left.p10),
                    long(left.p50),
                    long(left.p90)
                ),
                false,
            ));
            facts.push((
                format!("with margin: {} to {}", long(left.low), long(left.high)),
                false,
            ));
            let tested = self.test.and_then(|test| test.left.as_ref());
            facts.extend(tested.map(|left| {
                let share = whole(left.coverage_margin);
                (format!("the margin held {share} in the backtest"), false)
            }));
        }
        facts.extend(self.of.odds.iter().map(deadline));
        facts
    }

    fn draw_next(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let theme = look.theme;
        let of = match self.of.next_of.0 {
            0 => "next step".to_owned(),
            n => format!("next step ({})", counted(n, "past step", "past steps")),
        };
        paint::sentence(buffer, paint::row(area, 0), &of, theme.header, theme);
        let bars: Vec<Bar<'_>> = self.of.next.iter().map(bar).collect();
        let bars = Bars {
            bars: &bars[..bars.len().min(MOST_NEXT)],
            full: Some(1.0),
        };
        bars.draw(paint::below(area, 1), buffer, theme);
    }

    fn draw_similar(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let columns = [
            Column::flex("similar case", 12, 2).at_most(24),
            Column::fixed("took", 9).right(),
            Column::fixed("left", 9).right().priority(1),
            Column::flex("then", 12, 4),
        ];
        let mut list = self.similar;
        list.set_total(self.of.similar.len());
        list.set_page(page_rows(area.height));
        let rows: Vec<Vec<Cell<'_>>> = list
            .visible()
            .filter_map(|at| self.of.similar.get(at))
            .map(|similar| cells(similar, look))
            .collect();
        VirtualTable {
            columns: &columns,
            rows: &rows,
            offset: list.offset,
            total: list.total,
            selected: self.focused.then_some(list.cursor),
            focused: self.focused,
            ..VirtualTable::default()
        }
        .draw(area, buffer, look.theme);
    }
}

/// A share in whole percents.
fn whole(share: f64) -> String {
    format!("{}%", number(share * 100.0, 0))
}

fn safe(name: &str) -> String {
    text::safe(name).into_owned()
}

fn bar(next: &NextShare) -> Bar<'static> {
    Bar {
        label: safe(next.name()).into(),
        value: next.share,
        text: percent(next.share).into(),
        style: None,
    }
}

fn cells<'a>(similar: &'a SimilarCase, look: Look<'_>) -> Vec<Cell<'a>> {
    let then = format!(" {} ", look.theme.glyphs.then);
    let names: Vec<String> = similar.then.iter().map(|name| safe(name)).collect();
    vec![
        Cell::of_log(&similar.case),
        Cell::new(look.context.duration(similar.took)),
        Cell::new(look.context.duration(similar.left)),
        Cell::new(names.join(&then)).style(look.theme.muted),
    ]
}

/// The odds of a deadline in a sentence, the rule last as its end may be cut; and whether they are a warning.
fn deadline(odds: &Odds) -> (String, bool) {
    let rule = safe(&odds.rule);
    if let Some(over) = odds.broken {
        let over = match odds.calendar {
            Some(_) => text::time::working(over),
            None => text::time::duration(over),
        };
        return (format!("broken, {over} over: {rule}"), true);
    }
    match (odds.share(), odds.interval()) {
        (Some(share), Some(ends)) => (
            format!(
                "late with {} [{}, {}]: {rule}",
                whole(share),
                whole(ends.low),
                whole(ends.high)
            ),
            share >= 0.5,
        ),
        _ => (format!("late: too little is known: {rule}"), false),
    }
}
