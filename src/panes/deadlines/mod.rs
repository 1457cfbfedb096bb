//! Deadlines: every rule with its counts of cases by state, and beside it the cases that broke it,
//! worst first, and those at risk.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::controls::motion;
use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, texts};
use crate::engine::{Answer, AskError, Breach, DeadlinesQuery, LogInfo, Request};
use crate::filter::{Expr, Field};
use crate::input::Action;
use crate::text;
use crate::ui::list::Move;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "deadlines",
    title: "Deadlines",
    short: "Due",
    help: "Deadlines of the rules file: cases that broke them, and open cases at risk",
    tab: true,
    terms: &["rate", "over", "open"],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::SwitchFocus,
    ],
    report: Some("check"),
    new: || Box::new(State::new()),
};

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn has_tab(&self, log: Option<&LogInfo>) -> bool {
        log.is_some_and(|log| log.deadlines > 0)
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        vec![(
            0,
            Request::new(DeadlinesQuery {
                named: NAMED,
                time_bins: self.time_bins(context),
            }),
        )]
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error);
            }
            Ok(answer) => {
                if let Some(figures) = answer.to::<DeadlinesQuery>() {
                    self.rules.set_total(figures.rules.len());
                    self.figures = Some(figures.clone());
                    self.error = None;
                    self.cases.set_total(self.named().count());
                }
            }
        }
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        if *action == Action::SwitchFocus {
            self.focus = self.focus.other();
            return Outcome::Done;
        }
        let split = self.split(context);
        if let Some(to) = motion(action) {
            if self.focus == Part::Detail {
                self.cases.set_page(page_rows(split.detail.height));
                self.cases.go(to);
            } else {
                self.rules.set_page(page_rows(split.list.height));
                self.rules.go(to);
                self.cases.set_total(self.named().count());
                self.cases.go(Move::Top);
            }
            return Outcome::Done;
        }
        if self.focus == Part::List {
            if *action == Action::Open && self.cases.has_row() {
                self.focus = Part::Detail;
                return Outcome::Done;
            }
            let Some(rule) = self.rule() else {
                return Outcome::Ignored;
            };
            if *action == Action::Open {
                return Outcome::Ignored;
            }
            let field = Field::Column(rule.name.clone());
            let filter = Expr::one_of(field, ["broken", "overdue"]);
            return texts::emitting(texts::selecting(action, &filter, String::new()));
        }
        if *action == Action::Back {
            self.focus = Part::List;
            return Outcome::Done;
        }
        let breach = self.named().nth(self.cases.cursor);
        texts::emitting(breach.and_then(|breach| texts::selecting_case(action, &breach.case)))
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn status(&self) -> Status {
        let list = self.list();
        Status {
            position: list.has_row().then_some((list.cursor + 1, list.total)),
            ..Status::default()
        }
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
        let rule = self.rule()?;
        let cells = |breach: &Breach| {
            vec![
                text::safe(&rule.name).into_owned(),
                text::safe(&breach.case).into_owned(),
                breach.elapsed.to_string(),
                (breach.elapsed - rule.limit).to_string(),
                text::safe(&breach.last).into_owned(),
            ]
        };
        let case = self.named().nth(self.cases.cursor);
        match what {
            CopyWhat::Cell => Some(text::safe(&case?.case).into_owned()),
            CopyWhat::Row => Some(texts::tab_separated([cells(case?)])),
            CopyWhat::View => {
                let head = ["rule", "case", "elapsed_s", "over_s", "last_activity"];
                let head = head.map(String::from).to_vec();
                let rows = [head].into_iter().chain(self.named().map(cells));
                Some(texts::tab_separated(rows))
            }
        }
    }

    fn place(&self) -> Place {
        Place {
            cursor: self.rules.cursor,
            offset: self.rules.offset,
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        self.rules.restore(place.cursor, place.offset);
    }
}

/// Cases of each rule and kind that are asked for: more than anyone looks through.
const NAMED: usize = 1000;
