//! What the deadlines pane shows. Pure: knows no style.

use crate::engine::{Answer, AskError, Breach, Deadlines, DeadlinesQuery, RuleRow};
use crate::filter::{Expr, Field};
use crate::input::Action;
use crate::panes::controls::motion;
use crate::panes::{Context, CopyWhat, Outcome, Place, Status, texts};
use crate::text;
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::{ListState, list::Move};

/// Cases of each rule and kind that are asked for: more than anyone looks through.
pub const NAMED: usize = 1000;

/// Figures received, the cursor among the rules, and that among the cases of one.
pub struct State {
    /// The figures.
    pub figures: Option<Deadlines>,
    /// Cursor among the rules.
    pub rules: ListState,
    /// Cursor among the cases of the rule.
    pub cases: ListState,
    /// Rules or cases.
    pub focus: Part,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            figures: None,
            rules: ListState::default(),
            cases: ListState::default(),
            focus: Part::List,
            error: None,
        }
    }

    /// Where rules and cases are.
    pub fn split(&self, context: Context<'_>) -> Split {
        let share = if context.area.width < 130 { 60 } else { 50 };
        Split::of(context.area, share, self.focus, context.maximized)
    }

    /// No more bins of time than the chart of the breach rate has columns.
    pub fn time_bins(&self, context: Context<'_>) -> usize {
        let width = self.split(context).list.width;
        usize::from(width).saturating_sub(10).clamp(6, 60)
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error.clone());
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

    /// The rule under the cursor.
    pub fn rule(&self) -> Option<&RuleRow> {
        self.figures.as_ref()?.rules.get(self.rules.cursor)
    }

    /// Its cases: breaches, then what is at risk.
    pub fn named(&self) -> impl Iterator<Item = &Breach> {
        let rule = self.rule();
        rule.into_iter()
            .flat_map(|rule| rule.breaches.iter().chain(&rule.at_risk))
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
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

    fn list(&self) -> &ListState {
        match self.focus {
            Part::List => &self.rules,
            Part::Detail => &self.cases,
        }
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        let list = self.list();
        Status {
            position: list.has_row().then_some((list.cursor + 1, list.total)),
            ..Status::default()
        }
    }

    /// The rule under the cursor.
    pub fn place(&self) -> Place {
        Place {
            cursor: self.rules.cursor,
            offset: self.rules.offset,
            ..Place::default()
        }
    }

    /// The case under the cursor, or all cases of the rule.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
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
}
