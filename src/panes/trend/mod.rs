//! Figures by day, week or month and how they changed, and beside them the one under the cursor over
//! all periods. A chart of the timelines.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::controls::motion;
use super::list_pane::ListPane;
use super::paired::{Bins, Chart};
use super::{
    Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, Tab, texts,
};
use crate::engine::{
    Answer, AskError, Basis, Charted, Request, TrendBasis, TrendQuery, TrendRow, TrendUnit,
};
use crate::filter::{Expr, Field, Op, Relation, TimeLiteral};
use crate::input::Action;
use crate::text::{self, time};
use crate::ui::list::Move;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{State, figure};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "trend",
    title: "Trend",
    short: "trend",
    help: "Figures by day, week or month, and their change",
    tab: Tab::Never,
    terms: &[
        "change",
        "started, ended",
        "in progress",
        "duration",
        "milestone",
    ],
    hints: &[
        Action::Open,
        Action::ToggleAxis,
        Action::SwitchFocus,
        Action::Keep,
        Action::Drop,
    ],
    report: None,
    new: || Box::new(State::new()),
    versus: Some(ListPane::<Bins<State>>::boxed),
};

impl Chart for State {
    const REPORT: &'static str = "trend";
    const HAS_UNITS: bool = true;

    fn entry() -> &'static PaneSpec {
        &SPEC
    }

    fn charted(unit: TrendUnit, _: Rect) -> Charted {
        Charted::Trend(unit)
    }
}

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        vec![(
            0,
            Request::new(TrendQuery {
                by: self.unit(context),
            }),
        )]
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error);
            }
            Ok(answer) => {
                if let Some(trend) = answer.to::<TrendQuery>() {
                    // The cursor follows its figure.
                    let before = self.row().map(|row| &row.name);
                    let same = |row: &TrendRow| Some(&row.name) == before;
                    let place = trend.rows.iter().position(same);
                    self.list.set_total(trend.rows.len());
                    self.list.go(Move::Row(place.unwrap_or(self.list.cursor)));
                    let whole = (trend.bounds[0], trend.bounds[trend.bounds.len() - 1]);
                    self.periods.received(trend.bounds.clone(), whole);
                    self.trend = Some(trend.clone());
                    self.error = None;
                }
            }
        }
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        match action {
            Action::SwitchFocus => self.focus = self.focus.other(),
            Action::Back if self.focus == Part::Detail => self.focus = Part::List,
            Action::ToggleAxis => {
                let now = self.unit(context);
                let at = TrendUnit::ALL.iter().position(|unit| *unit == now);
                self.by = Some(TrendUnit::ALL[(at.unwrap_or(0) + 1) % TrendUnit::ALL.len()]);
            }
            Action::FocusPart(true) => self.focus = Part::Detail,
            Action::FocusPart(false) => self.focus = Part::List,
            Action::GoToBin(bin) => self.periods.go(*bin),
            Action::MoveLeft => self.periods.step(-1),
            Action::MoveRight => self.periods.step(1),
            Action::Open | Action::Keep | Action::Drop => {
                return self.select(action, context.log.zone);
            }
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

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn status(&self) -> Status {
        Status {
            position: self
                .list
                .has_row()
                .then_some((self.list.cursor + 1, self.list.total)),
            ..Status::default()
        }
    }

    fn figures(&self, context: Context<'_>) -> Vec<Explained> {
        let Some((trend, row)) = self.trend.as_ref().zip(self.row()) else {
            return Vec::new();
        };
        let at = self.periods.bin;
        let (Some(&value), Some(&n)) = (row.values.get(at), row.n.get(at)) else {
            return Vec::new();
        };
        let basis = match row.basis {
            TrendBasis::Ended => {
                Basis::of(n, "closed cases").without(trend.ending.open, "open cases")
            }
            TrendBasis::Event => Basis::of(n, "events"),
            TrendBasis::Due => Basis::of(n, "cases kept, broken or overdue"),
            _ => Basis::of(n, "cases, open or closed"),
        };
        let when = self.periods.crumb(context.log.zone);
        vec![Explained {
            name: format!("{}, {when}", text::safe(&row.name)),
            value: format!(
                "{} by {}",
                figure(row.kind, value, |seconds| context.duration(seconds)),
                row.basis.words()
            ),
            basis: Some(basis),
            term: "change",
        }]
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        Some(
            ["trend", "--by", self.unit(context).word()]
                .map(String::from)
                .to_vec(),
        )
    }

    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
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
                Some(figure(row.kind, value, |seconds| context.duration(seconds)))
            }
            CopyWhat::Row => Some(texts::tab_separated([cells(self.row()?)])),
            CopyWhat::View => {
                let starts = &trend.bounds[..trend.bounds.len() - 1];
                let starts = starts
                    .iter()
                    .map(|start| time::date(*start, context.log.zone));
                let head: Vec<String> = ["figure".to_owned()].into_iter().chain(starts).collect();
                let rows = [head].into_iter().chain(trend.rows.iter().map(cells));
                Some(texts::tab_separated(rows))
            }
        }
    }

    fn place(&self) -> Place {
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

    fn go_to(&mut self, place: &Place) {
        let (by, periods) = place.subject.split_once(' ').unwrap_or_default();
        self.by = TrendUnit::ALL.into_iter().find(|unit| unit.word() == by);
        self.periods.go_to(periods);
        self.list.restore(place.cursor, place.offset);
    }
}

impl State {
    /// The cases that the figure under the cursor is made of, in the period under the cursor.
    fn select(&self, action: &Action, zone: time::Tz) -> Outcome {
        let Some((filter, word)) = self.subject() else {
            let basis = self.row().map_or("", |row| row.basis.words());
            let why = format!("No filter selects cases by the {basis}");
            return texts::notify(&why);
        };
        let crumb = format!("{word} {}", self.periods.crumb(zone));
        texts::emitting(texts::selecting(action, &filter, crumb))
    }

    fn subject(&self) -> Option<(Expr, &'static str)> {
        let ending = &self.trend.as_ref()?.ending;
        let range = self.periods.time_range()?;
        Some(match self.row()?.basis {
            TrendBasis::Started => (Expr::period(Relation::Started, range), "started"),
            TrendBasis::Ended => (ending.closed(Expr::period(Relation::Ended, range)), "ended"),
            TrendBasis::PeriodEnd => {
                let (_, end) = self.periods.here()?;
                let end = TimeLiteral::of(end)?;
                let started = Expr::compare(Field::Start, Op::Less, end.clone());
                let later = Expr::compare(Field::End, Op::GreaterEqual, end);
                let there = match ending.telling() {
                    Some(over) => later.or(over.negate()),
                    None => later,
                };
                (started.and(there), "in progress")
            }
            TrendBasis::Event | TrendBasis::Reached | TrendBasis::Due => return None,
        })
    }
}
