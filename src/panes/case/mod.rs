//! One case: its events with the waits between them to scale, and all attributes of an event.
//! Reached from a case of a list; has no tab.

mod marks;
mod state;
mod view;

#[cfg(test)]
mod tests;

use super::controls::motion;
use super::texts::{notify, tab_separated};
use super::{
    Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, Tab, waits,
};
use crate::engine::{Answer, AskError, CaseQuery, Request};
use crate::input::Action;
use crate::text::safe;
use crate::ui::list::Move;
use crate::ui::widgets::{Part, Scale};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{EVENTS, LIST_HEAD, PANEL_HEAD, State, layout};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "case",
    title: "Case",
    short: "Case",
    help: "Events of one case on a time line, with the waits between them and all attributes",
    tab: Tab::Never,
    terms: &["duration", "before", "wait", "service", "open", "age"],
    hints: &[
        Action::NextWait,
        Action::ZoomIn,
        Action::ToggleAxis,
        Action::SwitchFocus,
        Action::Keep,
        Action::Drop,
    ],
    report: None,
    new: || Box::<State>::default(),
    versus: None,
};

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, _context: Context<'_>) -> Vec<(Slot, Request)> {
        if self.subject.is_empty() {
            return Vec::new();
        }
        let case = self.subject.clone();
        vec![(EVENTS, Request::new(CaseQuery { case }))]
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            // A newer question is on its way.
            Err(AskError::Cancelled) => {}
            Err(error) => self.error = Some(error),
            Ok(answer) => {
                self.error = None;
                self.answer = Some(answer);
                self.latest = waits::latest(self.events());
                self.list.set_total(self.events().len());
                self.note_matches();
                self.panel.set_total(self.attributes().len());
                if let Some(whole) = self.detail().map(waits::whole) {
                    // With other conditions on events the case may span less time.
                    let inside = |zoom: &Scale| zoom.from >= whole.from && zoom.to <= whole.to;
                    self.zoom = self.zoom.filter(inside);
                }
            }
        }
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let split = layout(context, self.focus);
        if !split.list.is_empty() {
            let page = self.page(split.list.height.saturating_sub(LIST_HEAD));
            self.list.set_page(page);
        }
        self.panel
            .set_page(usize::from(split.detail.height.saturating_sub(PANEL_HEAD)));
        if let Some(to) = motion(action) {
            match self.focus {
                Part::List => self.go(to),
                Part::Detail => drop(self.panel.go(to)),
            }
            return Outcome::Done;
        }
        match action {
            Action::SwitchFocus => self.focus = self.focus.other(),
            Action::Open if self.focus == Part::List && self.current().is_some() => {
                self.focus = Part::Detail;
            }
            Action::Back if !self.find.text().is_empty() => self.search(""),
            Action::Back if self.focus == Part::Detail => self.focus = Part::List,
            Action::MoveLeft => self.scroll = self.scroll.saturating_sub(SIDE),
            Action::MoveRight => self.scroll = (self.scroll + SIDE).min(self.widest()),
            Action::ToggleAxis => self.since_start = !self.since_start,
            Action::ZoomFit => self.zoom = None,
            Action::ZoomIn => self.zoom_by(0.5),
            Action::ZoomOut => self.zoom_by(2.0),
            Action::NextWait | Action::PreviousWait => return self.find_wait(action),
            Action::SetFind(text) => self.set_find(text),
            Action::FindNext | Action::FindPrevious if !self.find.text().is_empty() => {
                return self.find_match(action);
            }
            Action::Open | Action::Keep | Action::Drop => return self.act(action),
            Action::Predict => return self.predict(),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn status(&self) -> Status {
        let n = self.events().len();
        Status {
            position: (n > 0).then_some((self.list.cursor + 1, n)),
            find: self.find.text().to_owned(),
            ..Status::default()
        }
    }

    /// The figures of the case and of the event under the cursor, each a single value.
    fn figures(&self, _: Context<'_>) -> Vec<Explained> {
        let (Some(detail), Some(event)) = (self.detail(), self.current()) else {
            return Vec::new();
        };
        let figure = |name: &str, seconds: Option<f64>, term| {
            seconds.map(|seconds| Explained {
                name: name.to_owned(),
                value: state::duration(detail, seconds),
                basis: None,
                term,
            })
        };
        let open = detail.open.as_ref();
        let closed = open.is_none().then_some(detail.row.duration);
        let wait = (self.list.cursor > 0).then(|| waits::wait(event));
        let wait_term = if detail.instances { "wait" } else { "before" };
        [
            figure("duration", closed, "duration"),
            figure("open for", open.map(|open| open.age), "age"),
            figure("wait so far", open.map(|open| open.wait), "open"),
            figure("wait before", wait, wait_term),
            figure("service", event.service, "service"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn command(&self, _context: Context<'_>) -> Option<Vec<String>> {
        let words = ["events", "--case-id", &self.subject];
        (!self.subject.is_empty()).then(|| words.map(str::to_owned).to_vec())
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
        let (detail, event) = (self.detail()?, self.current()?);
        Some(match what {
            CopyWhat::View => {
                let rows = self.list.visible().filter_map(|i| self.events().get(i));
                let rows = rows.map(|event| state::cells(event, detail));
                tab_separated(std::iter::once(state::heading(detail)).chain(rows))
            }
            CopyWhat::Row => tab_separated([state::cells(event, detail)]),
            CopyWhat::Cell if self.focus == Part::Detail => {
                let attribute = *self.attributes().get(self.panel.cursor)?;
                self.attribute(attribute).1
            }
            CopyWhat::Cell => safe(&event.activity).into_owned(),
        })
    }

    fn case(&self) -> Option<String> {
        self.detail().map(|detail| detail.row.case.clone())
    }

    fn place(&self) -> Place {
        Place {
            cursor: self.list.cursor,
            offset: self.list.offset,
            find: self.find.text().to_owned(),
            subject: self.subject.clone(),
            // The stretch of time looked at.
            item: self.zoom.map_or_else(String::new, Scale::to_text),
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        if place.subject != self.subject {
            self.subject.clone_from(&place.subject);
            self.answer = None;
            self.error = None;
            self.scroll = 0;
            self.list.set_total(0);
            self.panel.go(Move::Top);
        }
        self.zoom = Scale::from_text(&place.item);
        self.focus = Part::List;
        self.search(&place.find);
        self.list.restore(place.cursor, place.offset);
        if self.detail().is_some() {
            self.list.set_total(self.events().len());
        }
    }
}

impl State {
    /// Moves the cursor; the time looked at follows it.
    fn go(&mut self, to: Move) {
        self.list.go(to);
        let (Some(zoom), Some(detail)) = (self.zoom, self.detail()) else {
            return;
        };
        let at = self.current().map_or(zoom.from, |event| event.time);
        if at < zoom.from || at > zoom.to {
            self.zoom = Some(Scale::around(at, zoom.span(), waits::whole(detail)));
        }
    }

    fn zoom_by(&mut self, factor: f64) {
        let (Some(detail), Some(event)) = (self.detail(), self.current()) else {
            return;
        };
        let whole = waits::whole(detail);
        let found = self.zoom.unwrap_or(whole).zoom(event.time, factor, whole);
        self.zoom = (found != whole).then_some(found);
    }

    /// The columns of the longest text that can be scrolled.
    fn widest(&self) -> usize {
        let texts = self.attributes().into_iter().map(|a| self.attribute(a).1);
        texts
            .map(|text| crate::ui::fit::width(&text))
            .max()
            .unwrap_or(0)
    }

    /// Goes to the prediction of an open case.
    fn predict(&self) -> Outcome {
        match self.detail().map(|detail| &detail.open) {
            Some(Some(_)) => Outcome::Emit(vec![Action::PredictCase(self.subject.clone())]),
            Some(None) => notify("The case is over; only open cases are predicted"),
            None => Outcome::Ignored,
        }
    }

    fn find_wait(&mut self, action: &Action) -> Outcome {
        let Some(long) = waits::long_wait(self.events()) else {
            return notify("No waits in this case");
        };
        let is_long = |i: &usize| waits::wait(&self.events()[*i]) >= long;
        let next = *action == Action::NextWait;
        let found = if next {
            (self.list.cursor + 1..self.events().len()).find(is_long)
        } else {
            (0..self.list.cursor.min(self.events().len()))
                .rev()
                .find(is_long)
        };
        match found {
            Some(row) => self.go(Move::Row(row)),
            None if next => return notify("No long wait after this event"),
            None => return notify("No long wait before this event"),
        }
        Outcome::Done
    }

    fn set_find(&mut self, text: &str) {
        self.search(text);
        let n = self.events().len();
        let from = self.list.cursor;
        // The event under the cursor comes first, as a search begins where one is.
        if let Some(at) = (from..n).chain(0..from).find(|&at| self.is_match(at)) {
            self.go(Move::Row(at));
        }
    }

    fn find_match(&mut self, action: &Action) -> Outcome {
        let n = self.events().len();
        let from = self.list.cursor;
        // Once around: the event under the cursor comes last.
        let mut after = (from + 1..n).chain(0..n);
        let mut before = (0..from).rev().chain((0..n).rev());
        let found = if *action == Action::FindNext {
            after.find(|&at| self.is_match(at))
        } else {
            before.find(|&at| self.is_match(at))
        };
        match found {
            Some(at) => self.go(Move::Row(at)),
            None => return notify("No event of this case matches"),
        }
        Outcome::Done
    }
}

/// Columns that one step to the side moves a long text.
const SIDE: usize = 8;
