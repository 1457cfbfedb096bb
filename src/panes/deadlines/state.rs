//! State of the deadlines pane; independent of styles.

use crate::engine::{AskError, Breach, Deadlines, RuleRow};
use crate::panes::Context;
use crate::ui::ListState;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::{Split, Timeline};

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
        Timeline::bins_for(self.split(context).list.width).min(60)
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

    pub fn list(&self) -> &ListState {
        match self.focus {
            Part::List => &self.rules,
            Part::Detail => &self.cases,
        }
    }
}
