//! The findings of the overview: a sentence each, and where `Open` goes.

use super::state::{FINDINGS, Focus, State};
use crate::engine::{FindingKind, FindingRow, Findings, Looked};
use crate::input::Action;
use crate::panes::{Context, Explained, Look, texts};
use crate::text::{self, count, counted};
use crate::ui::paint;
use crate::ui::widgets::empty::{paragraphs, wrap};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Columns of mark and number before a sentence.
const BEFORE: u16 = 4;

/// Columns of the case time after it.
const COST: u16 = 9;

/// Narrower lists have no case time.
const LEAST_WITH_COST: u16 = 60;

/// Most lines of a sentence.
const MOST_LINES: usize = 3;

/// Heading of the case time.
const COST_HEAD: &str = "time/week";

/// The pane that shows what a finding is about, the subject of the place in it, and the key of the item.
fn target(row: &FindingRow) -> (&'static str, &'static str, String) {
    let names = || row.subject.join("\0");
    match row.kind {
        FindingKind::Resting | FindingKind::Backlog => ("triage", "", String::new()),
        FindingKind::Wait => ("bottlenecks", "steps changeable", names()),
        FindingKind::Segment => ("bottlenecks", "steps changeable", String::new()),
        FindingKind::Queue => ("timelines", "queues activity ", names()),
        FindingKind::Deadline => ("deadlines", "", names()),
        FindingKind::Rule => ("rules", "", names()),
        FindingKind::Ends => ("ends", "", String::new()),
        FindingKind::Arrivals => ("timelines", "flow ", String::new()),
        FindingKind::Ties => ("variants", "", String::new()),
        FindingKind::Resources => ("activities", "", String::new()),
        FindingKind::Rejected => ("ledger", "", String::new()),
    }
}

/// Applies `Open`, `Keep` or `Drop` to a finding.
pub fn select(action: &Action, row: &FindingRow) -> Option<Action> {
    let (pane, subject, item) = target(row);
    match (action, &row.filter) {
        (Action::Open, filter) => Some(Action::DrillTo {
            filter: filter
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            pane,
            crumb: texts::crumb("finding", row.kind.word()),
            subject: subject.to_owned(),
            item,
        }),
        (action, Some(filter)) => texts::selecting(action, filter, String::new()),
        (_, None) => Some(Action::Notify(
            "This is about the whole log: no filter of cases".to_owned(),
        )),
    }
}

/// The case time of a finding, or the share of the cases that a problem of the data concerns.
fn cost(row: &FindingRow, context: Context<'_>) -> String {
    match row.cost {
        Some(cost) => context.duration(cost),
        None => text::percent(row.concerned),
    }
}

/// A finding with its test, its numbers and what it costs, to be explained.
pub fn explained(row: &FindingRow, context: Context<'_>) -> Vec<Explained> {
    let mut all = vec![
        Explained {
            name: "finding".to_owned(),
            value: text::safe(&row.sentence).into_owned(),
            basis: Some(row.basis.clone()),
            term: row.kind.term(),
        },
        Explained {
            name: "evidence".to_owned(),
            value: row.evidence.text.clone(),
            basis: None,
            term: "finding",
        },
    ];
    all.push(match row.cost {
        Some(cost) => Explained {
            name: "case time".to_owned(),
            value: format!("{} a week", context.duration(cost)),
            basis: None,
            term: "case time a week",
        },
        None => Explained {
            name: "concerned".to_owned(),
            value: format!("{} of the cases", text::percent(row.concerned)),
            basis: None,
            term: "case time a week",
        },
    });
    all
}

/// Lines of a finding in a list of that width.
fn lines(row: &FindingRow, width: u16) -> Vec<String> {
    let room = usize::from(width.saturating_sub(BEFORE + cost_columns(width)));
    let sentence = text::safe(&row.sentence);
    let mut lines = wrap(&sentence, room.max(1));
    if lines.len() > MOST_LINES {
        let rest = lines.split_off(MOST_LINES - 1).join(" ");
        lines.push(rest);
    }
    lines
}

/// Columns that the case time takes, with the gap before it.
fn cost_columns(width: u16) -> u16 {
    if width < LEAST_WITH_COST { 0 } else { COST + 1 }
}

/// Rows that all findings take below their heading in a list of that width.
pub fn rows(state: &State, width: u16) -> u16 {
    let lines = match state.found() {
        // What was looked for, in a sentence or two.
        [] => 2,
        found => found.iter().map(|row| lines(row, width).len()).sum(),
    };
    u16::try_from(lines).unwrap_or(u16::MAX)
}

/// Draws the findings below a heading.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let focused = state.focus == Focus::Findings;
    let style = if focused {
        look.theme.focus
    } else {
        look.theme.title
    };
    let head = paint::row(area, 0);
    let title = match state.found().len() {
        0 => "What to look at".to_owned(),
        n => format!(
            "What to look at: {}",
            counted(n as u64, "finding", "findings")
        ),
    };
    paint::heading(buffer, head, &title, style, look.theme);
    let body = paint::below(area, 1);
    let Some(findings) = &state.findings else {
        let line = state.instead(FINDINGS, "Looking for findings ...");
        paint::text(
            buffer,
            paint::row(body, 0),
            &text::safe(&line),
            look.theme.muted,
        );
        return;
    };
    if state.found().is_empty() {
        let sentence = nothing(findings);
        paragraphs(&[sentence], body, buffer, look.theme.muted, look.theme);
    } else {
        if cost_columns(area.width) > 0 {
            let head = format!(" {COST_HEAD}");
            paint::text_right(buffer, head_end(area), &head, look.theme.muted);
        }
        draw_rows(state, body, buffer, look);
    }
    if (look.stale)(FINDINGS) {
        paint::restyle(buffer, body, look.theme.stale);
    }
}

/// The end of the heading, above the case times.
fn head_end(area: Rect) -> Rect {
    let (_, end) = paint::cut(paint::row(area, 0), area.width.saturating_sub(COST + 1));
    end
}

fn draw_rows(state: &State, body: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let found = state.found();
    // A place that was gone back to may have more findings.
    let cursor = state.cursor(Focus::Findings).min(found.len() - 1);
    let of_all: Vec<Vec<String>> = found.iter().map(|row| lines(row, body.width)).collect();
    // From the first finding on from which the one under the cursor has room.
    let room = usize::from(body.height);
    let fits = |first: &usize| {
        let rows: usize = of_all[*first..=cursor].iter().map(Vec::len).sum();
        rows <= room
    };
    let first = (0..cursor).find(fits).unwrap_or(cursor);
    let mut at = 0;
    for (i, (row, lines)) in found.iter().zip(&of_all).enumerate().skip(first) {
        if at >= room {
            break;
        }
        let area = Rect {
            height: lines.len() as u16,
            ..paint::below(body, at as u16)
        };
        let area = area.intersection(body);
        draw_row(row, lines, area, buffer, look);
        if i == cursor {
            let mark = look.theme.glyphs.mark;
            paint::text(buffer, paint::row(area, 0), mark, look.theme.focus);
            highlight(state, area, buffer, look);
        }
        at += lines.len();
    }
}

fn draw_row(row: &FindingRow, lines: &[String], area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let number = format!("  {}", row.rank);
    paint::text(buffer, paint::row(area, 0), &number, look.theme.text);
    let style = if row.kind.is_of_data() {
        look.theme.muted
    } else {
        look.theme.text
    };
    let room = area.width.saturating_sub(BEFORE + cost_columns(area.width));
    for (at, line) in lines.iter().enumerate() {
        let (_, rest) = paint::cut(paint::row(area, at), BEFORE);
        let (cell, _) = paint::cut(rest, room);
        paint::sentence(buffer, cell, line, style, look.theme);
    }
    if cost_columns(area.width) > 0 {
        let cost = cost(row, look.context);
        paint::text_right(buffer, paint::row(area, 0), &cost, look.theme.muted);
    }
}

fn highlight(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if state.focus == Focus::Findings {
        for row in 0..usize::from(area.height) {
            let line = paint::row(area, row);
            let (_, inside) = paint::cut(line, 2);
            paint::overwrite(buffer, inside, look.theme.selected);
        }
    } else {
        paint::restyle(buffer, area, look.theme.selected_away);
    }
}

/// A sentence on the tests where nothing was found.
pub fn nothing(findings: &Findings) -> String {
    let tested = findings.looked.iter().filter(|of| of.tested > 0);
    let tests: u64 = tested.clone().map(|of| of.tested).sum();
    let untested = findings.looked.len() - tested.clone().count();
    let rest = match untested {
        0 => String::new(),
        n => format!("; {} could not be looked for", count(n as u64)),
    };
    format!(
        "Nothing stands out: {} of {}, none significant or above its limit{rest}.",
        counted(tests, "test", "tests"),
        counted(tested.count() as u64, "kind", "kinds"),
    )
}

/// Tests of each kind, for whoever asks.
pub fn looked(findings: &Findings) -> Vec<Explained> {
    let of_kind = |looked: &Looked| Explained {
        name: looked.kind.word().to_owned(),
        value: match looked.reason {
            Some(reason) => format!("not looked for: {reason}"),
            None => format!(
                "{}, {} passed",
                counted(looked.tested, "test", "tests"),
                count(looked.passed)
            ),
        },
        basis: None,
        term: "",
    };
    findings.looked.iter().map(of_kind).collect()
}

/// The findings as lines of text: number, case time, sentence.
pub fn copied(state: &State, context: Context<'_>) -> impl Iterator<Item = String> {
    state.found().iter().map(move |row| {
        let sentence = text::safe(&row.sentence);
        format!("{}\t{}\t{sentence}", row.rank, cost(row, context))
    })
}
