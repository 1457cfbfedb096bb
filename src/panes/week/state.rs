//! What the week chart shows and where its cursor is. Pure: knows no style.

use crate::engine::{Answer, AskError, HOURS, Request, Week, WeekCell, WeekQuery};
use crate::filter::{Anchor, Dial, Expr, Field, Op, Value};
use crate::input::Action;
use crate::panes::{CopyWhat, Outcome, Place, Status, texts};
use crate::text;
use crate::text::time::{self, WEEKDAYS};

/// What is shown of each hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Figure {
    /// Cases started.
    #[default]
    Arrivals,
    /// Cases ended.
    Completions,
    /// Events.
    Events,
    /// Waiting of what began then, all together.
    Waiting,
    /// Its median.
    Median,
}

impl Figure {
    const ALL: [Figure; 5] = [
        Figure::Arrivals,
        Figure::Completions,
        Figure::Events,
        Figure::Waiting,
        Figure::Median,
    ];

    /// As a title.
    pub fn title(self) -> &'static str {
        match self {
            Figure::Arrivals => "Cases started",
            Figure::Completions => "Cases ended",
            Figure::Events => "Events",
            Figure::Waiting => "Waiting of what began, total",
            Figure::Median => "Waiting of what began, median",
        }
    }

    /// Of an hour, or of several; `None` where it is unknown. Seconds for waiting.
    pub fn of(self, cells: &[WeekCell]) -> Option<f64> {
        let sum = |of: fn(&WeekCell) -> u64| Some(cells.iter().map(of).sum::<u64>() as f64);
        match self {
            Figure::Arrivals => sum(|cell| cell.arrivals),
            Figure::Completions => sum(|cell| cell.completions),
            Figure::Events => sum(|cell| cell.events),
            Figure::Waiting => Some(cells.iter().map(|cell| cell.waiting).sum()),
            Figure::Median => match cells {
                [cell] => cell.median,
                // Medians do not add up.
                _ => None,
            },
        }
    }

    /// Its value as text; `duration` says how durations are told.
    pub fn text(self, value: Option<f64>, duration: impl Fn(f64) -> String) -> String {
        match (self, value) {
            (_, None) => "-".to_owned(),
            (Figure::Waiting | Figure::Median, Some(value)) => duration(value),
            (_, Some(value)) => text::count(value as u64),
        }
    }
}

/// The answer received, and the cursor.
#[derive(Debug, Default)]
pub struct State {
    /// The hours of the week.
    pub week: Option<Week>,
    /// What of them is shown.
    pub figure: Figure,
    /// Day of the cursor.
    pub day: usize,
    /// Its hour.
    pub hour: usize,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Medians only where they are shown.
    pub fn request(&self) -> Request {
        Request::new(WeekQuery {
            medians: self.figure == Figure::Median,
        })
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error.clone());
            }
            Ok(answer) => {
                if let Some(week) = answer.to::<WeekQuery>() {
                    self.week = Some(week.clone());
                    self.error = None;
                }
            }
        }
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action) -> Outcome {
        match action {
            Action::MoveUp => self.day = self.day.saturating_sub(1),
            Action::MoveDown => self.day = (self.day + 1).min(WEEKDAYS.len() - 1),
            Action::MoveLeft => self.hour = self.hour.saturating_sub(1),
            Action::MoveRight => self.hour = (self.hour + 1).min(23),
            Action::Top => (self.day, self.hour) = (0, 0),
            Action::Bottom => (self.day, self.hour) = (WEEKDAYS.len() - 1, 23),
            Action::GoToRow(row) => self.day = row.saturating_sub(1).min(WEEKDAYS.len() - 1),
            Action::ToggleAxis => {
                self.figure = Figure::ALL[(self.figure as usize + 1) % Figure::ALL.len()];
            }
            Action::Open | Action::Keep | Action::Drop => return self.select(action),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

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
                    "Only cases started and cases ended can be opened by the hour; a shows them";
                return Outcome::Emit(vec![Action::Notify(why.to_owned())]);
            }
        };
        let crumb = format!("{word} {day} {hour}h");
        texts::emitting(texts::selecting(action, &filter, crumb))
    }

    /// The hour under the cursor.
    pub fn cell(&self) -> Option<&WeekCell> {
        self.week.as_ref()?.cells.get(self.day * 24 + self.hour)
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        let known = self.week.is_some();
        Status {
            position: known.then_some((self.day * 24 + self.hour + 1, HOURS)),
            ..Status::default()
        }
    }

    /// The hour under the cursor, or all of them.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
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
                Some(self.figure.text(value, time::duration))
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

    /// Where it is: the figure stands in the subject.
    pub fn place(&self) -> Place {
        Place {
            cursor: self.day * 24 + self.hour,
            subject: (self.figure as usize).to_string(),
            ..Place::default()
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        let at = place.cursor.min(HOURS - 1);
        (self.day, self.hour) = (at / 24, at % 24);
        self.figure = Figure::ALL[place.subject.parse().unwrap_or(0) % Figure::ALL.len()];
    }
}
