//! Cases, and the events of the one under the cursor with the time before each.

#[cfg(test)]
mod tests;

use super::controls::{Order, motion};
use super::list_pane::ListPane;
use super::list_view::{DetailOf, ListView};
use super::texts::{self, value_head};
use super::{Context, CopyWhat, Look, Outcome, PaneSpec, Rect, Slot, Tab, waits};
use crate::engine::{
    Answer, AskError, CaseDetail, CaseQuery, CaseRow, CasesQuery, Listing, Request,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::text;
use crate::ui::fit;
use crate::ui::list::{ListState, Move};
use crate::ui::paint;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column as Head, VirtualTable};
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "cases",
    title: "Cases",
    short: "Cases",
    help: "Every case with its variant, length and duration, and a preview of its events",
    tab: Tab::Always,
    terms: &["wait"],
    hints: &[
        Action::Open,
        Action::Sort,
        Action::Find,
        Action::ColumnMenu,
        Action::Keep,
        Action::Drop,
        Action::SwitchFocus,
    ],
    report: Some("cases"),
    new: ListPane::<Cases>::boxed,
    versus: None,
};

/// The slot of the events.
const PREVIEW: Slot = 1;
/// Rows above the events: the id, and the figures of the case.
const DETAIL_HEAD: u16 = 2;

const EVENT_COLUMNS: [Head<'static>; 3] = [
    Head::flex("wait", 13, 2).right().at_most(26),
    Head::flex("activity", 12, 2),
    Head::flex("resource", 8, 1).priority(1).at_most(20),
];

/// The events that came, and the cursor among those of the case under the cursor.
#[derive(Default)]
struct Cases {
    preview: Option<CaseDetail>,
    events: ListState,
}

impl Cases {
    /// The events, if they are those of the case.
    fn preview(&self, row: &CaseRow) -> Option<&CaseDetail> {
        self.preview.as_ref().filter(|p| p.row.case == row.case)
    }
}

impl ListView for Cases {
    type List = CasesQuery;
    const KIND: &'static str = "case";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "cases"
    }

    fn query(&self, listing: Listing) -> CasesQuery {
        CasesQuery {
            listing,
            variants: Vec::new(),
        }
    }

    fn says_what_is_left(&self) -> bool {
        false
    }

    fn filter(&self, row: &CaseRow) -> Option<Expr> {
        Some(Expr::case(&row.case))
    }

    fn case<'r>(&self, row: &'r CaseRow) -> Option<&'r str> {
        Some(&row.case)
    }

    fn name(&self, row: &CaseRow) -> String {
        text::safe(&row.case).into_owned()
    }

    fn act(&self, action: &Action, row: &CaseRow) -> Outcome {
        texts::emitting(texts::selecting_case(action, &row.case))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        order.sort_and_limit()
    }

    fn share(&self, _area: Rect) -> u16 {
        58
    }

    fn at(&mut self, row: Option<&CaseRow>) {
        let events = row.map_or(0, |row| row.events as usize);
        let same = self.preview.as_ref().map(|p| &p.row.case) == row.map(|row| &row.case);
        if !same {
            self.events.go(Move::Top);
        }
        self.events.set_total(events);
    }

    fn questions(&self, row: &CaseRow, _: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let case = row.case.clone();
        vec![(PREVIEW, Request::new(CaseQuery { case }))]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        self.preview = answer.ok().and_then(Answer::to::<CaseQuery>).cloned();
    }

    fn focusable(&self) -> bool {
        true
    }

    fn update_detail(&mut self, action: &Action, row: &CaseRow, context: Context<'_>) -> Outcome {
        let rows = context.area.height.saturating_sub(DETAIL_HEAD);
        self.events.set_page(page_rows(rows));
        if let Some(to) = motion(action) {
            self.events.go(to);
            return Outcome::Done;
        }
        let event = self.preview(row);
        let event = event.and_then(|detail| detail.events.get(self.events.cursor));
        match (action, event) {
            (Action::Keep | Action::Drop, Some(event)) => {
                let filter = Expr::activity(&event.activity);
                texts::emitting(texts::selecting(action, &filter, String::new()))
            }
            (Action::Open | Action::Keep | Action::Drop, _) => self.act(action, row),
            _ => Outcome::Ignored,
        }
    }

    fn copy_detail(&self, what: CopyWhat, row: &CaseRow, _: Context<'_>) -> Option<String> {
        if what != CopyWhat::Cell {
            return None;
        }
        let event = self.preview(row)?.events.get(self.events.cursor)?;
        Some(text::safe(&event.activity).into_owned())
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let (row, area, theme) = (of.row, of.area, look.theme);
        let style = if of.focused { theme.focus } else { theme.title };
        let room = usize::from(area.width).saturating_sub(7);
        let id = text::safe(&row.case);
        let id = fit::truncate_middle(&id, room, theme.glyphs.ellipsis);
        paint::heading(buffer, area, &texts::named("case", &id), style, theme);
        let figures = format!(
            "{} {dot} {} {dot} variant {}",
            look.context.duration(row.duration),
            text::counted(row.events.into(), "event", "events"),
            row.variant,
            dot = theme.glyphs.dot,
        );
        paint::sentence(buffer, paint::row(area, 1), &figures, theme.muted, theme);
        if let Some(detail) = self.preview(row) {
            let area = paint::below(area, DETAIL_HEAD);
            self.draw_events(detail, of.focused, area, buffer, look);
        }
    }
}

impl Cases {
    fn draw_events(
        &self,
        detail: &CaseDetail,
        focused: bool,
        area: Rect,
        buffer: &mut Buffer,
        look: Look<'_>,
    ) {
        let mut list = self.events;
        list.set_total(detail.events.len());
        list.set_page(page_rows(area.height));
        let longest = detail.events.iter().map(waits::wait).fold(0.0, f64::max);
        let rows: Vec<Vec<Cell<'_>>> = list
            .visible()
            .map(|index| event_cells(detail, index, longest, look))
            .collect();
        VirtualTable {
            columns: &EVENT_COLUMNS[..if detail.resource.is_some() { 3 } else { 2 }],
            rows: &rows,
            offset: list.offset,
            total: list.total,
            selected: focused.then_some(list.cursor),
            focused,
            stale: (look.stale)(PREVIEW),
            ..VirtualTable::default()
        }
        .draw(area, buffer, look.theme);
    }
}

fn event_cells<'a>(
    detail: &'a CaseDetail,
    index: usize,
    longest: f64,
    look: Look<'_>,
) -> Vec<Cell<'a>> {
    let event = &detail.events[index];
    let wait = waits::wait(event);
    let share = if longest > 0.0 { wait / longest } else { 0.0 };
    // Nothing is before the first event.
    let shown = if index == 0 {
        String::new()
    } else {
        look.context.duration(wait)
    };
    let mut cells = vec![
        Cell::bar(share, &shown, 7).bar_style(look.theme.wait),
        Cell::of_log(&event.activity),
    ];
    if let Some(value) = detail.resource.and_then(|at| event.values.get(at)) {
        cells.push(Cell::new(value_head(value, look.context.log.zone)).style(look.theme.muted));
    }
    cells
}
