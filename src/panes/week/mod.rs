//! When in the week things happen: arrivals, completions, events and waiting by weekday and hour. A
//! chart of the timelines.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::list_pane::ListPane;
use super::paired::{Bins, Chart};
use super::{
    Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, Tab, texts,
};
use crate::engine::{
    Answer, AskError, Basis, Charted, HOURS, Request, TrendUnit, WeekCell, WeekQuery,
};
use crate::filter::{Anchor, Dial, Expr, Field, Op, Value};
use crate::input::Action;
use crate::text::time::WEEKDAYS;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{Figure, State};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "week",
    title: "Week",
    short: "week",
    help: "Cases started and ended, events and waits by hour of the week",
    tab: Tab::Never,
    terms: &["weekday, hour", "started, ended", "wait"],
    hints: &[Action::Open, Action::ToggleAxis, Action::Keep, Action::Drop],
    report: None,
    new: || Box::<State>::default(),
    versus: Some(ListPane::<Bins<State>>::boxed),
};

impl Chart for State {
    const REPORT: &'static str = "week";

    fn entry() -> &'static PaneSpec {
        &SPEC
    }

    fn charted(_: TrendUnit, _: Rect) -> Charted {
        Charted::Week
    }
}

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, _context: Context<'_>) -> Vec<(Slot, Request)> {
        vec![(0, self.request())]
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error);
            }
            Ok(answer) => {
                if let Some(week) = answer.to::<WeekQuery>() {
                    self.week = Some(week.clone());
                    self.error = None;
                }
            }
        }
    }

    fn update(&mut self, action: &Action, _context: Context<'_>) -> Outcome {
        match action {
            Action::MoveUp => self.day = self.day.saturating_sub(1),
            Action::MoveDown => self.day = (self.day + 1).min(WEEKDAYS.len() - 1),
            Action::MoveLeft => self.hour = self.hour.saturating_sub(1),
            Action::MoveRight => self.hour = (self.hour + 1).min(23),
            Action::Top => (self.day, self.hour) = (0, 0),
            Action::Bottom => (self.day, self.hour) = (WEEKDAYS.len() - 1, 23),
            Action::GoToRow(row) => self.day = row.saturating_sub(1).min(WEEKDAYS.len() - 1),
            Action::GoToBin(hour) => self.hour = (*hour).min(23),
            Action::ToggleAxis => {
                self.figure = Figure::ALL[(self.figure as usize + 1) % Figure::ALL.len()];
            }
            Action::Open | Action::Keep | Action::Drop => return self.select(action),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn status(&self) -> Status {
        let known = self.week.is_some();
        Status {
            position: known.then_some((self.day * 24 + self.hour + 1, HOURS)),
            ..Status::default()
        }
    }

    fn figures(&self, context: Context<'_>) -> Vec<Explained> {
        let Some((week, cell)) = self.week.as_ref().zip(self.cell()) else {
            return Vec::new();
        };
        let open = week.ending.open;
        let first = cell.events.saturating_sub(cell.begun);
        let (basis, term) = match self.figure {
            Figure::Arrivals => (
                Basis::of(cell.arrivals, "cases, open or closed"),
                "started, ended",
            ),
            Figure::Completions => {
                let closed = Basis::of(cell.completions, "closed cases");
                (closed.without(open, "open cases"), "started, ended")
            }
            Figure::Events => (Basis::of(cell.events, "events"), "weekday, hour"),
            Figure::Waiting | Figure::Median => {
                let waits = Basis::of(cell.begun, "waits that ended in the hour");
                (waits.without(first, "first events of their case"), "wait")
            }
        };
        vec![Explained {
            name: self.figure.title().to_owned(),
            value: self
                .figure
                .text(self.figure.of(&[*cell]), |s| context.duration(s)),
            basis: Some(basis),
            term,
        }]
    }

    fn command(&self, _context: Context<'_>) -> Option<Vec<String>> {
        Some(vec!["week".to_owned()])
    }

    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
        let week = self.week.as_ref()?;
        let cells = |at: usize, cell: &WeekCell| {
            let counts = [cell.arrivals, cell.completions, cell.events, cell.begun];
            let mut cells = vec![WEEKDAYS[at / 24].to_owned(), (at % 24).to_string()];
            cells.extend(counts.map(|n| n.to_string()));
            cells.push(cell.waiting.to_string());
            cells
        };
        let at = self.day * 24 + self.hour;
        match what {
            CopyWhat::Cell => {
                let value = self.figure.of(&[*self.cell()?]);
                Some(self.figure.text(value, |seconds| context.duration(seconds)))
            }
            CopyWhat::Row => Some(texts::tab_separated([cells(at, self.cell()?)])),
            CopyWhat::View => {
                let head = [
                    "weekday",
                    "hour",
                    "arrivals",
                    "completions",
                    "events",
                    "begun",
                    "waiting_s",
                ];
                let head = head.map(String::from).to_vec();
                let rows = week
                    .cells
                    .iter()
                    .enumerate()
                    .map(|(at, cell)| cells(at, cell));
                Some(texts::tab_separated([head].into_iter().chain(rows)))
            }
        }
    }

    fn place(&self) -> Place {
        Place {
            cursor: self.day * 24 + self.hour,
            subject: (self.figure as usize).to_string(),
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        let at = place.cursor.min(HOURS - 1);
        (self.day, self.hour) = (at / 24, at % 24);
        self.figure = Figure::ALL[place.subject.parse().unwrap_or(0) % Figure::ALL.len()];
    }
}

impl State {
    fn select(&self, action: &Action) -> Outcome {
        let (day, hour) = (WEEKDAYS[self.day], self.hour);
        let at = |end: Anchor| {
            let clock =
                |dial, value: Value| Expr::compare(Field::Clock(end, dial), Op::Equal, value);
            let weekday = clock(Dial::Weekday, Value::weekday(self.day));
            weekday.and(clock(Dial::Hour, (hour as u32).into()))
        };
        let Some(week) = &self.week else {
            return Outcome::Done;
        };
        let (filter, word) = match self.figure {
            Figure::Arrivals => (at(Anchor::Starts), "started"),
            Figure::Completions => (week.ending.closed(at(Anchor::Ends)), "ended"),
            _ => {
                let why =
                    "Only the hours of cases started or ended can be opened; a switches to them";
                return texts::notify(why);
            }
        };
        let crumb = format!("{word} {day} {hour}h");
        texts::emitting(texts::selecting(action, &filter, crumb))
    }
}
