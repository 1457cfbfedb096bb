//! Draws the rows below the events of a case: the milestones that it reached, the instants at which
//! deadlines are due, and now, with the wait that goes on until then.

use crate::engine::{CaseDetail, Mark, MarkKind, OpenCase, State as DeadlineState};
use crate::panes::Look;
use crate::text::{safe, time};
use crate::ui::widgets::{GanttRow, Scale};
use crate::ui::{Theme, fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A row below the events.
#[derive(Clone, Copy)]
pub enum Line<'a> {
    /// A milestone or the limit of a deadline.
    Mark(&'a Mark),
    /// The instant at which an open case is looked at.
    Now(&'a OpenCase),
}

impl Line<'_> {
    /// The instant, microseconds.
    pub fn at(self) -> i64 {
        match self {
            Line::Mark(mark) => mark.at,
            Line::Now(open) => open.now,
        }
    }

    /// Seconds since the start of the case.
    pub fn since(self) -> f64 {
        match self {
            Line::Mark(mark) => mark.since,
            Line::Now(open) => open.age,
        }
    }
}

/// Number of rows below the events where there is room for `page` rows with the events.
pub fn count(detail: &CaseDetail, page: usize) -> usize {
    let all = detail.marks.len() + usize::from(detail.open.is_some());
    // The events keep most of the room.
    all.min(page / 3)
}

/// The rows below the events in the order of time, and how many there is no room for: the earliest,
/// but never now.
fn lines(detail: &CaseDetail, most: usize) -> (Vec<Line<'_>>, usize) {
    let mut lines: Vec<Line<'_>> = detail.marks.iter().map(Line::Mark).collect();
    let mut hidden = (lines.len() + usize::from(detail.open.is_some())).saturating_sub(most);
    let more = hidden;
    if let Some(open) = &detail.open {
        // The marks are in the order of time.
        let at = lines.partition_point(|line| line.at() <= open.now);
        lines.insert(at, Line::Now(open));
    }
    lines.retain(|line| {
        let hide = hidden > 0 && matches!(line, Line::Mark(_));
        hidden -= usize::from(hide);
        !hide
    });
    (lines, more)
}

/// The rows below the events, laid out as these.
pub struct Below<'a> {
    /// The case.
    pub detail: &'a CaseDetail,
    /// Where time, wait, track and activity of the first event are.
    pub places: &'a [Rect],
    /// The stretch of time that is drawn.
    pub scale: Scale,
    /// The time of a row as text.
    pub time: &'a dyn Fn(Line<'_>) -> String,
}

impl Below<'_> {
    /// Draws as many rows as there is room for; the first one says how many there is none for.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let theme = look.theme;
        let (lines, hidden) = lines(self.detail, area.height.into());
        for (i, &line) in lines.iter().enumerate().take(area.height.into()) {
            let y = paint::row(area, i).y;
            let cell = |at: usize| Rect {
                y,
                ..self.places[at]
            };
            paint::text(buffer, cell(0), &(self.time)(line), theme.muted);
            self.draw_track(line, cell(2), buffer, look);
            if let Line::Now(open) = line {
                let wait = look.context.duration(open.wait);
                paint::text_right(buffer, cell(1), &wait, theme.warn);
            }
            let first = cell(3);
            let rest = Rect {
                width: (area.right().saturating_sub(1)).saturating_sub(first.x),
                ..first
            };
            let more = if hidden > 0 && i == 0 {
                format!(" +{hidden} more")
            } else {
                String::new()
            };
            let room = usize::from(rest.width).saturating_sub(fit::width(&more));
            let words = words(line, look);
            let words = fit::truncate_end(&words, room, theme.glyphs.ellipsis);
            paint::text(buffer, rest, &format!("{words}{more}"), style(line, theme));
        }
    }

    fn draw_track(&self, line: Line<'_>, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let (theme, glyphs, scale) = (look.theme, &look.theme.glyphs, self.scale);
        if area.is_empty() {
            return;
        }
        let (symbol, style) = match line {
            Line::Now(open) => {
                let wait = GanttRow {
                    wait: Some((self.detail.row.end, open.now)),
                    at: open.now,
                    off: &self.detail.off,
                    ..GanttRow::default()
                };
                paint::spans(buffer, area, &wait.track(scale, area.width.into(), theme));
                (glyphs.vertical, theme.warn)
            }
            Line::Mark(mark) => match mark.kind {
                MarkKind::Reached { .. } => (glyphs.milestone, theme.good),
                MarkKind::Due(_) => (glyphs.due, style(line, theme)),
            },
        };
        let (column, symbol) = match scale.column(line.at(), area.width.into()) {
            Some(column) => (column as u16, symbol),
            None if line.at() < scale.from => (0, glyphs.left),
            // The wait until now may have begun in the time looked at.
            None if matches!(line, Line::Now(_)) => return,
            None => (area.width - 1, glyphs.right),
        };
        paint::symbol(buffer, area, (area.x + column, area.y), symbol, style);
    }
}

fn style(line: Line<'_>, theme: &Theme) -> Style {
    match line {
        Line::Now(_) => theme.warn,
        Line::Mark(mark) => match mark.kind {
            MarkKind::Due(state) if state.is_breach() => theme.bad,
            MarkKind::Due(DeadlineState::AtRisk) => theme.warn,
            MarkKind::Due(_) | MarkKind::Reached { .. } => theme.text,
        },
    }
}

fn words(line: Line<'_>, look: Look<'_>) -> String {
    let mark = match line {
        Line::Now(_) => return "now, still open".to_owned(),
        Line::Mark(mark) => mark,
    };
    let name = safe(&mark.name);
    match mark.kind {
        MarkKind::Reached {
            after,
            working,
            guessed,
        } => {
            let guess = if guessed { " (guess)" } else { "" };
            let after = if working {
                time::working(after)
            } else {
                look.context.duration(after)
            };
            format!("{name}{guess} reached after {after}")
        }
        MarkKind::Due(state) => format!("due, {}: {name}", state.word()),
    }
}
