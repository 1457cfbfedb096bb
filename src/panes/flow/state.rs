//! What the flow chart shows and where its cursor is. Pure: knows no style.

use crate::engine::{Answer, AskError, Ending, Flow, FlowBin, FlowQuery, Request};
use crate::filter::{Expr, Field, Op, Relation, TimeLiteral, TimeRange};
use crate::input::Action;
use crate::panes::controls::motion;
use crate::panes::periods::Periods;
use crate::panes::texts;
use crate::panes::{CopyWhat, Outcome, Place, Rect, Status};
use crate::ui::list::Move;

/// The figures that a cursor can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// Cases started.
    #[default]
    Arrivals,
    /// Cases ended.
    Completions,
    /// Cases in progress.
    Wip,
}

impl Focus {
    /// All of them, from above.
    pub const ALL: [Focus; 3] = [Focus::Arrivals, Focus::Completions, Focus::Wip];

    fn other(self, by: usize) -> Focus {
        Focus::ALL[(self as usize + by) % 3]
    }
}

/// The bins that a screen can show.
pub fn bins(area: Rect) -> usize {
    usize::from(area.width).saturating_sub(8).clamp(10, 240)
}

/// The answer received, and the cursor.
#[derive(Debug, Default)]
pub struct State {
    /// The figures.
    pub flow: Option<Flow>,
    /// The cursor along the axis.
    pub periods: Periods,
    /// The figure that it is on.
    pub focus: Focus,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Bins as fine as the screen can show.
    pub fn request(&self, area: Rect) -> Request {
        Request::new(FlowQuery {
            bins: bins(area),
            range: self.periods.range,
        })
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error.clone());
            }
            Ok(answer) => {
                if let Some(flow) = answer.to::<FlowQuery>() {
                    let bounds = flow.bins.iter().map(|bin| bin.start).chain([flow.end]);
                    self.periods.received(bounds.collect(), flow.whole);
                    self.flow = Some(flow.clone());
                    self.error = None;
                }
            }
        }
    }

    /// The bin under the cursor.
    pub fn bin(&self) -> Option<&FlowBin> {
        self.flow.as_ref()?.bins.get(self.periods.bin)
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, area: Rect) -> Outcome {
        if self.periods.update(action) {
            return Outcome::Done;
        }
        let page = isize::try_from(bins(area) / 4).unwrap_or(10);
        match (action, motion(action)) {
            (Action::SwitchFocus, _) | (_, Some(Move::Down)) => self.focus = self.focus.other(1),
            (_, Some(Move::Up)) => self.focus = self.focus.other(2),
            (_, Some(Move::PageDown | Move::HalfDown)) => self.periods.step(page),
            (_, Some(Move::PageUp | Move::HalfUp)) => self.periods.step(-page),
            (_, Some(Move::Top)) => self.periods.step(-isize::MAX),
            (_, Some(Move::Bottom)) => self.periods.step(isize::MAX),
            (_, Some(Move::Row(row))) => {
                self.periods.step(-isize::MAX);
                self.periods.step(isize::try_from(row).unwrap_or(0));
            }
            (Action::Open | Action::Keep | Action::Drop, _) => return self.select(action),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn select(&self, action: &Action) -> Outcome {
        let Some((filter, word)) = self.subject() else {
            return Outcome::Done;
        };
        let crumb = format!("{word} {}", self.periods.crumb());
        texts::emitting(texts::selecting(action, &filter, crumb))
    }

    /// The filter of exactly the cases under the cursor, and a word for them.
    pub fn subject(&self) -> Option<(Expr, &'static str)> {
        let ending = &self.flow.as_ref()?.ending;
        let range = self.periods.time_range()?;
        Some(match self.focus {
            Focus::Arrivals => (Expr::period(Relation::Started, range), "started"),
            Focus::Completions => (ending.closed(Expr::period(Relation::Ended, range)), "ended"),
            Focus::Wip => (self.there(range, ending)?, "there"),
        })
    }

    fn there(&self, range: TimeRange, ending: &Ending) -> Option<Expr> {
        let Some(over) = ending.telling() else {
            return Some(Expr::period(Relation::Overlaps, range));
        };
        let (from, to) = self.periods.here()?;
        let ended = Expr::compare(Field::End, Op::GreaterEqual, TimeLiteral::of(from)?);
        let started = Expr::period(Relation::Started, TimeRange::before(to)?);
        Some(started.and(ended.or(over.negate())))
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        let n = self.periods.len();
        Status {
            position: (n > 0).then_some((self.periods.bin + 1, n)),
            ..Status::default()
        }
    }

    /// The figures under the cursor, or of all bins.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let flow = self.flow.as_ref()?;
        let cells = |bin: &FlowBin| {
            let start = TimeLiteral::of(bin.start).map_or_else(String::new, |time| time.text);
            let mean = bin.mean.map_or_else(String::new, |mean| mean.to_string());
            let counts = [bin.arrivals, bin.completions, bin.wip].map(|n| n.to_string());
            [vec![start], counts.to_vec(), vec![mean]].concat()
        };
        match what {
            CopyWhat::Cell => self.subject().map(|(filter, _)| filter.to_string()),
            CopyWhat::Row => Some(texts::tab_separated([cells(self.bin()?)])),
            CopyWhat::View => {
                let head = ["start", "arrivals", "completions", "wip", "wip_mean"];
                let head = head.map(String::from).to_vec();
                let rows = [head].into_iter().chain(flow.bins.iter().map(cells));
                Some(texts::tab_separated(rows))
            }
        }
    }

    /// Where it is: figure, cursor and range stand in the subject.
    pub fn place(&self) -> Place {
        Place {
            subject: format!("{} {}", self.focus as usize, self.periods.place()),
            ..Place::default()
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        let (focus, periods) = place.subject.split_once(' ').unwrap_or_default();
        self.focus = Focus::ALL[focus.parse().unwrap_or(0) % 3];
        self.periods.go_to(periods);
    }
}
