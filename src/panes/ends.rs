//! Last activities: at which activities cases stop, and which of these end a case; keys switch each on
//! and off.
//!
//! ```text
//! guess: 14 cases are open; cases end with Closed (explains 38 of 41 quiet cases)
//! A guess from where cases stop and from names; space switches an activity on or off
//!   ends a case  activity          cases stop  of its events     idle  open
//! > guessed      Closed                   350  ████████ 95%   60d 3h     0
//!   no           Vendor contacted          12  █        11%   20d 1h    12
//! ```

use super::list_pane::ListPane;
use super::list_view::ListView;
use super::{Context, Look, Outcome, PaneSpec, Rect, Tab, texts};
use crate::engine::{Answer, EndRow, Ending, EndsQuery, Listing};
use crate::filter::Expr;
use crate::input::Action;
use crate::text;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use std::sync::Arc;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "ends",
    title: "End states",
    short: "Ends",
    help: "Activities at which cases stop; each can be switched on or off as an end state",
    tab: Tab::Never,
    terms: &[],
    hints: &[
        Action::ToggleRow,
        Action::ResetEnds,
        Action::Keep,
        Action::Sort,
        Action::Find,
    ],
    report: Some("ends"),
    new: ListPane::<Ends>::boxed,
    versus: None,
};

/// Lines above the table.
const HEAD: u16 = 2;

/// Activities that end a case now.
#[derive(Default)]
struct Ends {
    now: Vec<Arc<str>>,
}

impl ListView for Ends {
    type List = EndsQuery;
    const KIND: &'static str = "stops at";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "cases"
    }

    fn query(&self, listing: Listing) -> EndsQuery {
        EndsQuery { listing }
    }

    fn filter(&self, row: &EndRow) -> Option<Expr> {
        Some(Expr::ends_with(&row.activity))
    }

    fn name(&self, row: &EndRow) -> String {
        text::safe(&row.activity).into_owned()
    }

    fn act(&self, action: &Action, row: &EndRow) -> Outcome {
        if *action == Action::ToggleRow {
            return Outcome::Emit(vec![Action::ToggleEnd {
                activity: row.activity.to_string(),
                ends: self.now.iter().map(ToString::to_string).collect(),
            }]);
        }
        let filter = Expr::ends_with(&row.activity);
        texts::emitting(texts::selecting(action, &filter, self.crumb(row)))
    }

    fn listed(&mut self, answer: &Answer) {
        if let Some(ends) = answer.to::<EndsQuery>() {
            self.now.clone_from(&ends.ending.ends);
        }
    }

    fn head_rows(&self) -> u16 {
        HEAD
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(ends) = answer.to::<EndsQuery>() else {
            return;
        };
        let lines = [ends.ending.in_words(), source(&ends.ending, look.context)];
        for (at, line) in lines.iter().enumerate() {
            let line = text::safe(line);
            let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
            paint::text(buffer, paint::row(area, at), &line, look.theme.muted);
        }
    }
}

/// Where the end states are from, and what keys do about it.
fn source(ending: &Ending, context: Context<'_>) -> String {
    let from = match (&context.view.ends, ending.guess) {
        (Some(_), _) => "Chosen by you; x goes back to those of the file or the guess",
        (None, Some(_)) => "A guess from where cases stop and from names",
        (None, None) => "From the rules or mapping file",
    };
    format!("{from}; space switches an activity on or off")
}
