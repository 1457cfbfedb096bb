//! The key figures of the overview: cases, open cases now and a period ago, durations with their trend.
//!
//! ```text
//!                     n   median      p90   trend          since 2024-03-16
//! Cases             412   of 480
//! Events          4,000   2024-01-01 to 2024-04-22
//! Open?              34   7d ago 21: +35 new, -22 closed
//! Overdue            10   2 at risk
//! Closed            378   5d 14h  12d 03h   ▃▄▄▅▆▇         +12% *
//! first_response?   365   1h 58m   1d 02h   ▅▅▄▄▅▅         -3.1%
//! ```

use super::state::{FIGURES, SUMMARY, State};
use crate::engine::{Basis, KeyFigure, KeyFigures, LogPlace, OpenNow, Stats, Summary};
use crate::panes::{Context, Explained, Look, texts};
use crate::text::{self, count, time};
use crate::ui::widgets::sparkline::sparkline;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Bins of the trends.
pub const BINS: usize = 24;

/// Rows of the head, cases, events, open cases and ended cases.
const FIXED: u16 = 5;

/// Ended cases, and milestones of a desk that come first where there is no room for all.
const FIRST: [&str; 4] = ["", "first_response", "full_resolution", "reopened"];

/// Name of the row of ended cases.
const CLOSED: &str = "Closed";

/// Widths of the columns: names, then number, median and p90.
const NAME: u16 = 18;
const FIGURE: u16 = 9;
const TREND: u16 = 14;

/// Rows that the figures want.
pub fn rows(context: Context<'_>) -> u16 {
    let milestones = context.log.milestones.len();
    // An engine answers no trends, which a row says.
    let engine = u16::from(context.log.place == LogPlace::Engine);
    let rows = FIXED + engine + u16::from(context.log.deadlines > 0);
    rows.saturating_add(u16::try_from(milestones).unwrap_or(u16::MAX))
}

/// A line of the figures.
struct Line {
    name: String,
    n: String,
    /// Median and p90; a text in their place where the second is `None`.
    figures: (String, Option<String>),
    trend: Vec<f64>,
    change: (String, Tone),
}

/// Direction of a change.
#[derive(Clone, Copy, PartialEq)]
enum Tone {
    Plain,
    Worse,
    Better,
}

/// The columns in an area, from the left; empty ones have no room.
struct Columns {
    name: Rect,
    n: Rect,
    median: Rect,
    p90: Rect,
    trend: Rect,
    change: Rect,
    /// All after the number.
    rest: Rect,
}

impl Columns {
    fn of(row: Rect) -> Columns {
        let gap = |rest: Rect, width: u16, gap: u16| {
            let (cell, rest) = paint::cut(rest, width);
            (cell, paint::cut(rest, gap).1)
        };
        let (name, rest) = gap(row, NAME.min(row.width / 2), 0);
        let (n, rest) = gap(rest, FIGURE, 0);
        let after = paint::cut(rest, 3).1;
        let (median, rest) = gap(rest, FIGURE, 0);
        let (p90, rest) = gap(rest, FIGURE, 3);
        let (trend, change) = gap(rest, TREND, 2);
        Columns {
            name,
            n,
            median,
            p90,
            trend,
            change,
            rest: after,
        }
    }

    /// With as much room for a number as it needs, taken from the name: a number that is cut is another one.
    fn with_room_for(mut self, n: &str) -> Columns {
        let wanted = u16::try_from(fit::width(n)).unwrap_or(u16::MAX);
        let more = wanted.saturating_sub(self.n.width).min(self.name.width);
        self.name.width -= more;
        self.n.x -= more;
        self.n.width += more;
        self
    }
}

/// Draws the figures.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(summary) = state.summary.as_ref() else {
        let line = state.instead(SUMMARY, "Counting ...");
        paint::text(buffer, area, &text::safe(&line), look.theme.muted);
        return;
    };
    let size = |name: &str, n: u64, words: String| Line {
        name: name.to_owned(),
        n: count(n),
        figures: (words, None),
        trend: Vec::new(),
        change: (String::new(), Tone::Plain),
    };
    let sizes = [
        size("Cases", summary.cases, of_all(summary)),
        size("Events", summary.events, span(summary, look.context)),
    ];
    let sizes_shown = sizes.len();
    draw_head(state, paint::row(area, 0), buffer, look);
    let why = state.errors.get(&FIGURES);
    let lines = match &state.figures {
        Some(figures) => lines(figures, look.context),
        None if why.is_some() && look.context.log.place == LogPlace::Engine => {
            of_summary(summary, look.context)
        }
        None => Vec::new(),
    };
    let shown = sizes_shown + lines.len();
    for (at, line) in sizes.into_iter().chain(lines).enumerate() {
        draw_line(&line, paint::row(area, at + 1), buffer, look);
    }
    if let Some(why) = why {
        let row = paint::row(area, shown + 1);
        let why = match look.context.log.place {
            LogPlace::Engine => look.context.keys.fill(&format!("{why} {}", texts::FETCH)),
            _ => text::safe(why).into_owned(),
        };
        paint::text(buffer, row, &why, look.theme.muted);
    }
    if (look.stale)(FIGURES) {
        paint::restyle(buffer, area, look.theme.stale);
    }
}

/// `of 480`; empty where all cases are selected.
fn of_all(summary: &Summary) -> String {
    match summary.total_cases {
        total if total == summary.cases => String::new(),
        total => format!("of {}", count(total)),
    }
}

/// `2024-01-08 to 2024-04-19`
fn span(summary: &Summary, context: Context<'_>) -> String {
    let date = |at: i64| time::date(at, context.log.zone);
    let span = summary.first_event.zip(summary.last_event);
    span.map_or_else(String::new, |(first, last)| {
        format!("{} to {}", date(first), date(last))
    })
}

fn draw_head(state: &State, row: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (columns, style) = (Columns::of(row), look.theme.muted);
    paint::text_right(buffer, columns.n, "n", style);
    paint::text_right(buffer, columns.median, "median", style);
    paint::text_right(buffer, columns.p90, "p90", style);
    paint::text(buffer, columns.trend, "trend", style);
    let since = state.figures.as_ref().and_then(|figures| figures.since);
    if let Some(since) = since {
        let since = time::date(since, look.context.log.zone);
        paint::text(buffer, columns.change, &format!("since {since}"), style);
    }
}

fn draw_line(line: &Line, row: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (columns, theme) = (Columns::of(row).with_room_for(&line.n), look.theme);
    let name = text::safe(&line.name);
    paint::sentence(buffer, columns.name, &name, theme.title, theme);
    paint::text_right(buffer, columns.n, &line.n, theme.text);
    match &line.figures {
        (said, None) => {
            // A sentence may take the room of a trend that is not there.
            let width = columns.trend.x.saturating_sub(columns.rest.x + 1);
            let room = if line.trend.is_empty() {
                columns.rest
            } else {
                paint::cut(columns.rest, width).0
            };
            paint::sentence(buffer, room, said, theme.text, theme);
        }
        (median, Some(p90)) => {
            paint::text_right(buffer, columns.median, median, theme.text);
            paint::text_right(buffer, columns.p90, p90, theme.text);
        }
    }
    let width = usize::from(columns.trend.width);
    let trend = sparkline(&line.trend, width, &theme.glyphs);
    paint::text(buffer, columns.trend, &trend, theme.bar);
    let style: Style = match line.change.1 {
        Tone::Plain => theme.muted,
        Tone::Worse => theme.warn,
        Tone::Better => theme.good,
    };
    paint::text(buffer, columns.change, &line.change.0, style);
}

/// Open and ended cases as far as a summary has them.
fn of_summary(summary: &Summary, context: Context<'_>) -> Vec<Line> {
    let Some(open) = summary.open else {
        return Vec::new();
    };
    let line = |name: &str, n: u64, figures| Line {
        name: name.to_owned(),
        n: count(n),
        figures,
        trend: Vec::new(),
        change: (String::new(), Tone::Plain),
    };
    let figures = match &summary.throughput {
        Some(stats) => (
            context.duration(stats.median),
            Some(context.duration(stats.p90)),
        ),
        None => (String::new(), None),
    };
    vec![
        line("Open?", open, (String::new(), None)),
        line(CLOSED, summary.cases.saturating_sub(open), figures),
    ]
}

fn lines(figures: &KeyFigures, context: Context<'_>) -> Vec<Line> {
    let said = |name: &str, n: u64, said: String| Line {
        name: name.to_owned(),
        n: count(n),
        figures: (said, None),
        trend: Vec::new(),
        change: (String::new(), Tone::Plain),
    };
    let name = if figures.open.guessed {
        "Open?"
    } else {
        "Open"
    };
    let open = said(name, figures.open.open, open_in_words(&figures.open));
    let due = figures
        .open
        .due
        .map(|(overdue, at_risk)| said("Overdue", overdue, format!("{} at risk", count(at_risk))));
    let mut durations: Vec<&KeyFigure> = figures.figures.iter().collect();
    // Stable: the others stay in the order of their definitions.
    durations.sort_by_key(|of| {
        FIRST
            .iter()
            .position(|name| *name == of.name)
            .unwrap_or(FIRST.len())
    });
    let durations = durations.into_iter();
    let durations = durations.map(|of| duration_line(of, figures, context));
    std::iter::once(open).chain(due).chain(durations).collect()
}

/// `7d ago 21: +35 new, -22 closed`
fn open_in_words(open: &OpenNow) -> String {
    if !open.known {
        return "no end state is known; E sets them".to_owned();
    }
    let (new, closed) = open.flow;
    let whole = if open.is_filtered {
        format!("whole log {}, ", count(open.log_open))
    } else {
        String::new()
    };
    format!(
        "{whole}{} ago {}: +{} new, -{} closed",
        time::round_duration(open.period),
        count(open.before),
        count(new),
        count(closed)
    )
}

fn duration_line(of: &KeyFigure, figures: &KeyFigures, context: Context<'_>) -> Line {
    let name = match (of.name.as_str(), of.guessed) {
        ("", _) => CLOSED.to_owned(),
        (name, false) => name.to_owned(),
        (name, true) => format!("{name}?"),
    };
    let duration = |seconds: f64| match of.calendar {
        Some(_) => time::working(seconds),
        None => context.duration(seconds),
    };
    let n = of.stats.map_or(0, |stats| stats.n);
    let figure = |figure: fn(&Stats) -> f64| {
        let stats = of.stats.as_ref();
        stats.map_or_else(|| "-".to_owned(), |stats| duration(figure(stats)))
    };
    let figures = if of.is_share {
        let share = n as f64 / figures.cases.max(1) as f64;
        (format!("{} of the cases", text::percent(share)), None)
    } else {
        (figure(|s| s.median), Some(figure(|s| s.p90)))
    };
    Line {
        name,
        n: count(n),
        figures,
        trend: of.trend.iter().map(|value| value.unwrap_or(0.0)).collect(),
        change: change(of),
    }
}

/// `+12% *`: the star for a change that is hardly chance.
fn change(of: &KeyFigure) -> (String, Tone) {
    let Some(change) = &of.change else {
        return (String::new(), Tone::Plain);
    };
    let [before, last] = change.values;
    let by = if of.is_share {
        Some(text::points(last - before))
    } else {
        change.relative().map(text::growth)
    };
    let Some(by) = by else {
        return (String::new(), Tone::Plain);
    };
    match (change.is_significant(), last > before) {
        (false, _) => (by, Tone::Plain),
        (true, true) => (format!("{by} *"), Tone::Worse),
        (true, false) => (format!("{by} *"), Tone::Better),
    }
}

/// The figures with the values that they are made of, to be explained.
pub fn explained(figures: &KeyFigures, context: Context<'_>) -> Vec<Explained> {
    let open = Explained {
        name: "open cases".to_owned(),
        value: open_in_words(&figures.open),
        basis: Some(Basis::of(figures.open.open, "open cases")),
        term: "a period ago",
    };
    let durations = figures.figures.iter().map(|of| {
        let line = duration_line(of, figures, context);
        let (what, unknown) = match of.name.as_str() {
            "" => ("ended cases", "open cases"),
            _ => ("cases that reached it", "that did not"),
        };
        let n = of.stats.map_or(0, |stats| stats.n);
        let (median, p90) = line.figures;
        let p90 = p90.map_or_else(String::new, |p90| format!(", p90 {p90}"));
        let change = of.change.map_or_else(String::new, |change| {
            format!(
                "; {} ({} and {} cases, p {})",
                line.change.0,
                count(change.n[0]),
                count(change.n[1]),
                text::probability(change.p)
            )
        });
        Explained {
            name: line.name.to_lowercase(),
            value: format!("{median}{p90}{change}"),
            basis: Some(Basis::of(n, what).without(of.unknown, unknown)),
            term: if of.name.is_empty() {
                "change of a figure"
            } else {
                "milestone"
            },
        }
    });
    std::iter::once(open).chain(durations).collect()
}

/// The figures as label and value, to copy.
pub fn copied(figures: &KeyFigures, context: Context<'_>) -> Vec<(String, String)> {
    let lines = lines(figures, context).into_iter().map(|line| {
        let (median, p90) = line.figures;
        let figures = match p90 {
            Some(p90) => format!("n {}, median {median}, p90 {p90}", line.n),
            None => format!("{} {median}", line.n),
        };
        let change = Some(line.change.0).filter(|change| !change.is_empty());
        let change = change.map_or_else(String::new, |change| format!(", {change}"));
        (
            text::safe(&line.name).into_owned(),
            format!("{figures}{change}"),
        )
    });
    lines.collect()
}
