//! What the trend chart shows and where its cursors are. Pure: knows no style.

use crate::engine::{Answer, AskError, Trend, TrendKind, TrendQuery, TrendRow, TrendUnit};
use crate::filter::{Expr, Field, Op, Relation, TimeLiteral};
use crate::input::Action;
use crate::panes::controls::motion;
use crate::panes::periods::Periods;
use crate::panes::texts;
use crate::panes::{Context, CopyWhat, Outcome, Place, Status};
use crate::text::{self, time};
use crate::ui::ListState;
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;

/// The figures received, and the cursors among them and their periods.
pub struct State {
    /// How long a period is to be.
    pub by: Option<TrendUnit>,
    /// The figures.
    pub trend: Option<Trend>,
    /// Cursor among the figures.
    pub list: ListState,
    /// Cursor along the periods.
    pub periods: Periods,
    /// List or chart.
    pub focus: Part,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            by: None,
            trend: None,
            list: ListState::default(),
            periods: Periods::default(),
            focus: Part::List,
            error: None,
        }
    }

    /// How long a period is: as chosen, or the longest of which the log has some.
    pub fn unit(&self, context: Context<'_>) -> TrendUnit {
        use crate::text::time::DAY;
        let (first, last) = context.log.span.unwrap_or((0, 0));
        let usual = match last.saturating_sub(first) / DAY {
            0..21 => TrendUnit::Day,
            21..120 => TrendUnit::Week,
            _ => TrendUnit::Month,
        };
        self.by.unwrap_or(usual)
    }

    /// Where list and chart are.
    pub fn split(&self, context: Context<'_>) -> Split {
        Split::of(context.area, 55, self.focus, context.maximized)
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error.clone());
            }
            Ok(answer) => {
                if let Some(trend) = answer.to::<TrendQuery>() {
                    self.list.set_total(trend.rows.len());
                    let whole = (trend.bounds[0], trend.bounds[trend.bounds.len() - 1]);
                    self.periods.received(trend.bounds.clone(), whole);
                    self.trend = Some(trend.clone());
                    self.error = None;
                }
            }
        }
    }

    /// The figure under the cursor.
    pub fn row(&self) -> Option<&TrendRow> {
        self.trend.as_ref()?.rows.get(self.list.cursor)
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        match action {
            Action::SwitchFocus => self.focus = self.focus.other(),
            Action::Back if self.focus == Part::Detail => self.focus = Part::List,
            Action::ToggleAxis => {
                let now = self.unit(context);
                let at = TrendUnit::ALL.iter().position(|unit| *unit == now);
                self.by = Some(TrendUnit::ALL[(at.unwrap_or(0) + 1) % TrendUnit::ALL.len()]);
            }
            Action::MoveLeft => self.periods.step(-1),
            Action::MoveRight => self.periods.step(1),
            Action::Open | Action::Keep | Action::Drop => return self.select(action),
            _ => {
                let Some(to) = motion(action) else {
                    return Outcome::Ignored;
                };
                self.list
                    .set_page(page_rows(self.split(context).list.height));
                self.list.go(to);
            }
        }
        Outcome::Done
    }

    /// The cases that the figure under the cursor is made of, in the period under the cursor.
    fn select(&self, action: &Action) -> Outcome {
        let Some((filter, word)) = self.subject() else {
            let why = "Events are of many cases: no filter of cases is exactly theirs";
            return Outcome::Emit(vec![Action::Notify(why.to_owned())]);
        };
        let crumb = format!("{word} {}", self.periods.crumb());
        texts::emitting(texts::selecting(action, &filter, crumb))
    }

    fn subject(&self) -> Option<(Expr, &'static str)> {
        let ending = &self.trend.as_ref()?.ending;
        let range = self.periods.time_range()?;
        Some(match self.list.cursor {
            0 => (Expr::period(Relation::Started, range), "started"),
            2 => return None,
            3 => {
                let (_, end) = self.periods.here()?;
                let end = TimeLiteral::of(end.min(ending.until))?;
                let started = Expr::compare(Field::Start, Op::LessEqual, end.clone());
                let later = Expr::compare(Field::End, Op::Greater, end);
                let there = match ending.telling() {
                    Some(over) => later.or(over.negate()),
                    None => later,
                };
                (started.and(there), "in progress")
            }
            _ => (ending.closed(Expr::period(Relation::Ended, range)), "ended"),
        })
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        Status {
            position: self
                .list
                .has_row()
                .then_some((self.list.cursor + 1, self.list.total)),
            ..Status::default()
        }
    }

    /// The figure under the cursor in all periods, or all figures.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let trend = self.trend.as_ref()?;
        let exact = |value: &Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let cells = |row: &TrendRow| {
            let name = text::safe(&row.name).into_owned();
            [vec![name], row.values.iter().map(exact).collect()].concat()
        };
        match what {
            CopyWhat::Cell => {
                let row = self.row()?;
                let value = *row.values.get(self.periods.bin)?;
                Some(figure(row.kind, value, time::duration))
            }
            CopyWhat::Row => Some(texts::tab_separated([cells(self.row()?)])),
            CopyWhat::View => {
                let starts = &trend.bounds[..trend.bounds.len() - 1];
                let starts = starts.iter().map(|start| time::date(*start, time::UTC));
                let head: Vec<String> = ["figure".to_owned()].into_iter().chain(starts).collect();
                let rows = [head].into_iter().chain(trend.rows.iter().map(cells));
                Some(texts::tab_separated(rows))
            }
        }
    }

    /// Where it is: period and its length stand in the subject.
    pub fn place(&self) -> Place {
        Place {
            cursor: self.list.cursor,
            offset: self.list.offset,
            subject: format!(
                "{} {}",
                self.by.map_or("", TrendUnit::word),
                self.periods.place()
            ),
            ..Place::default()
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        let (by, periods) = place.subject.split_once(' ').unwrap_or_default();
        self.by = TrendUnit::ALL.into_iter().find(|unit| unit.word() == by);
        self.periods.go_to(periods);
        self.list.restore(place.cursor, place.offset);
    }
}

/// A value as text; `duration` says how durations are told.
pub fn figure(kind: TrendKind, value: Option<f64>, duration: impl Fn(f64) -> String) -> String {
    match (kind, value) {
        (_, None) => "-".to_owned(),
        (TrendKind::Count, Some(value)) => text::number(value, 0),
        (TrendKind::Duration, Some(value)) => duration(value),
        (TrendKind::Share, Some(value)) => text::percent(value),
    }
}
