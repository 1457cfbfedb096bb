//! Rejected rows with their reasons; beside them the raw text of the selected row, settings to try,
//! warnings, and line counts by outcome.

mod notes;
mod state;
#[cfg(test)]
mod tests;
mod view;

use super::controls::{motion, scrolled};
use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, Tab, texts};
use crate::engine::{Answer, AskError, LedgerQuery, Reason, RejectQuery, RejectRow, Request};
use crate::input::Action;
use crate::text;
use crate::ui::fit;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use notes::place;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{DETAIL, LIST, State, keyed};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "ledger",
    title: "Ledger",
    short: "Led",
    help: "Rejected rows with reason and remedy, warnings, and line counts",
    tab: Tab::Always,
    terms: &[],
    hints: &[],
    report: Some("quality"),
    new: || Box::new(State::new()),
    versus: None,
};

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let rows = page_rows(self.parts(context).split.list.height);
        let list = Request::new(LedgerQuery {
            listing: self.controls.listing(rows, &keyed(self.ledger.as_ref())),
            hidden: self.hidden.clone(),
        });
        let mut requests = vec![(LIST, list)];
        if let Some(row) = self.row() {
            requests.push((DETAIL, Request::new(RejectQuery { at: row.at })));
        }
        requests
    }

    fn acts_on(&self, slot: Slot) -> bool {
        slot == LIST
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error);
            }
            Ok(answer) => {
                if let Some(ledger) = answer.to::<LedgerQuery>() {
                    let values = ledger.rejects.rows.iter().map(|r| r.value.as_str());
                    let widest = values.map(|v| fit::width(&text::safe(v))).max();
                    let shown = keyed(self.ledger.as_ref());
                    self.controls.received(&shown, &ledger.rejects);
                    self.controls.scroll_within(widest.unwrap_or(0));
                    self.ledger = Some(ledger.clone());
                    self.error = None;
                } else if let Some(detail) = answer.to::<RejectQuery>() {
                    self.detail.clone_from(detail);
                }
            }
        }
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let split = self.parts(context).split;
        if !self.has_rejects() || self.focus == Part::Detail {
            return self.read(action, split.detail);
        }
        match action {
            Action::SwitchFocus | Action::Open => self.focus = Part::Detail,
            Action::Keep | Action::Drop => return self.hide(*action == Action::Keep),
            _ => {
                let before = self.row().map(|row| row.at);
                self.controls.list.set_page(page_rows(split.list.height));
                let rows = keyed(self.ledger.as_ref());
                if !self.controls.update(action, &rows) {
                    return self.unhide(action);
                }
                // Another row is read from its first line.
                if self.row().map(|row| row.at) != before {
                    self.scroll = 0;
                }
            }
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn hints(&self) -> Vec<Action> {
        if self.row().is_none() {
            return Vec::new();
        }
        vec![
            Action::Keep,
            Action::Drop,
            Action::SwitchFocus,
            Action::Sort,
            Action::Find,
        ]
    }

    fn status(&self) -> Status {
        if !self.has_rejects() {
            return Status::default();
        }
        self.controls.status(self.ledger.is_some())
    }

    fn sort_columns(&self) -> Vec<String> {
        self.controls.titles()
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
        let cells = |row: &RejectRow| {
            let safe = |text: &str| text::safe(text).into_owned();
            vec![
                safe(&row.file),
                place(row),
                row.reason.to_string(),
                safe(&row.value),
            ]
        };
        let row = self.row()?;
        match what {
            CopyWhat::Cell => {
                // The detail may still be that of the row before.
                let of_row = self.detail.as_ref().filter(|d| d.row.at == row.at);
                let raw = of_row.map(|d| &d.raw).filter(|raw| !raw.is_empty());
                Some(text::safe(raw.unwrap_or(&row.value)).into_owned())
            }
            CopyWhat::Row => Some(texts::tab_separated([cells(row)])),
            CopyWhat::View => {
                let head = ["file", "line", "reason", "value"].map(String::from);
                let rows = self.ledger.as_ref()?.rejects.rows.iter().map(cells);
                Some(texts::tab_separated(
                    [head.to_vec()].into_iter().chain(rows),
                ))
            }
        }
    }

    fn place(&self) -> Place {
        Place {
            subject: self
                .hidden
                .iter()
                .map(|r| r.code())
                .collect::<Vec<_>>()
                .join(" "),
            ..self.controls.place(&keyed(self.ledger.as_ref()))
        }
    }

    fn go_to(&mut self, place: &Place) {
        self.controls.go_to(place);
        let codes = place.subject.split_whitespace();
        let reason = |code| Reason::ALL.iter().find(|reason| reason.code() == code);
        self.hidden = codes.filter_map(reason).copied().collect();
        self.focus = Part::List;
    }
}

impl State {
    /// In the detail, keys scroll; `Back` leads to the list.
    fn read(&mut self, action: &Action, area: Rect) -> Outcome {
        match (action, motion(action)) {
            (_, Some(to)) => {
                let lines = self.notes(area).len();
                self.scroll = scrolled(self.scroll, to, lines, area.height.into());
            }
            (Action::SwitchFocus | Action::Back, _) if self.has_rejects() => {
                self.focus = Part::List;
            }
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    /// Leaves out the rows of the reason under the cursor, or those of all others.
    fn hide(&mut self, others: bool) -> Outcome {
        let (Some(row), Some(ledger)) = (self.row(), &self.ledger) else {
            return Outcome::Ignored;
        };
        let reason = row.reason;
        let all = ledger.reasons.iter().map(|(reason, _)| *reason);
        let hidden: Vec<Reason> = if others {
            all.filter(|other| *other != reason).collect()
        } else {
            let already = self.hidden.iter().copied();
            already.chain([reason]).collect()
        };
        if hidden.len() >= ledger.reasons.len() {
            let text = format!("All listed rows are {reason}; esc shows the others");
            return texts::notify(&text);
        }
        self.hidden = hidden;
        Outcome::Done
    }

    /// `Back` brings back the rows that were left out.
    fn unhide(&mut self, action: &Action) -> Outcome {
        if *action != Action::Back || self.hidden.is_empty() {
            return Outcome::Ignored;
        }
        self.hidden.clear();
        Outcome::Done
    }
}
