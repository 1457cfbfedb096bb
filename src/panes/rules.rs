//! Rules on the order of events: cases that violate each, and of the rule under the cursor the figures in
//! sentences.
//!
//! ```text
//! 34 cases are open; cases end with Closed
//!   rule                               violated  confidence  median with  without | four eyes
//! > not_same("Approve", "Pay", resour…       12  ██████ 96%       3d 04h   1d 02h | not_same("Approve", …
//! ```

#[cfg(test)]
mod tests;

use super::list_pane::ListPane;
use super::list_view::{DetailOf, ListView};
use super::texts::{self, Nothing};
use super::{Context, Look, Outcome, PaneSpec, Rect, Tab, versus};
use crate::engine::{Answer, Listing, RuleResult, RuleResults, RulesQuery};
use crate::filter::Expr;
use crate::input::Action;
use crate::text::time::instant;
use crate::text::{self, count, counted, percent};
use crate::ui::widgets::empty::paragraphs;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "rules",
    title: "Rules",
    short: "Rules",
    help: "Rules on the order of events: cases that satisfy and violate each, and their durations",
    tab: Tab::Never,
    terms: &["open", "shift"],
    hints: &[
        Action::Open,
        Action::Drop,
        Action::SwitchFocus,
        Action::Sort,
        Action::Find,
    ],
    report: Some("rules"),
    new: ListPane::<Rules>::boxed,
    versus: Some(ListPane::<versus::Versus<Rules>>::boxed),
};

/// The rules.
#[derive(Default)]
struct Rules {
    /// A rule is defined, so that there is a report of it.
    has_some: bool,
}

fn results(answer: &Answer) -> Option<&RuleResults> {
    answer.to::<RulesQuery>()
}

impl ListView for Rules {
    type List = RulesQuery;
    const KIND: &'static str = "violating";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "rules"
    }

    fn query(&self, listing: Listing) -> RulesQuery {
        RulesQuery {
            open_ended: false,
            listing,
        }
    }

    fn filter(&self, row: &RuleResult) -> Option<Expr> {
        Some(row.filter.clone())
    }

    fn name(&self, row: &RuleResult) -> String {
        text::safe(&row.key).into_owned()
    }

    fn act(&self, action: &Action, row: &RuleResult) -> Outcome {
        texts::emitting(texts::keeping(action, &row.filter))
    }

    fn report(&self) -> Option<&'static str> {
        SPEC.report.filter(|_| self.has_some)
    }

    fn listed(&mut self, answer: &Answer) {
        self.has_some |= results(answer).is_some_and(|results| results.rules.total > 0);
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        if context.log.conform_rules > 0 {
            return why;
        }
        Nothing {
            sentence: "No rule is defined.".to_owned(),
            hint: "Rules come from [conform] of a rules file",
        }
    }

    fn topic(&self) -> Option<String> {
        Some("violating, of the decided cases".to_owned())
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(results) = results(answer) else {
            return;
        };
        let line = results.ending.in_words();
        let line = text::safe(&line);
        let line = fit::truncate_end(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 100 { 60 } else { 66 }
    }

    fn focusable(&self) -> bool {
        true
    }

    fn moves_list(&self) -> bool {
        true
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let (theme, title) = (look.theme, text::safe(&of.row.key));
        let style = if of.focused { theme.focus } else { theme.title };
        paint::heading(buffer, paint::row(of.area, 0), &title, style, theme);
        let area = paint::below(of.area, 1);
        paragraphs(&lines(of.row, look), area, buffer, theme.text, theme);
    }
}

/// The result of a rule in sentences.
fn lines(row: &RuleResult, look: Look<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if row.name.is_some() {
        lines.push(text::safe(&row.rule).into_owned());
    }
    let decided = row.satisfied + row.violated;
    lines.push(match row.violated_share() {
        None if row.open == 0 => "no case activates it".to_owned(),
        None => "no case is decided".to_owned(),
        Some(share) => format!(
            "{} of {} violate it ({}), {} satisfy it",
            count(row.violated),
            counted(decided, "case", "cases"),
            percent(share),
            count(row.satisfied),
        ),
    });
    if row.open > 0 {
        lines.push(format!(
            "{} can still satisfy it",
            counted(row.open, "open case", "open cases")
        ));
    }
    match &row.first {
        Some(first) => {
            lines.push(match row.events {
                1 => "1 event breaks it".to_owned(),
                events => format!("{} events break it", count(events)),
            });
            lines.push(format!(
                "first: {} of case {}, {}",
                text::safe(&first.activity),
                text::safe(&first.case),
                instant(first.time, look.context.log.zone),
            ));
        }
        None if row.violated > 0 => lines.push("an event is missing".to_owned()),
        None => {}
    }
    lines.extend(durations(row, look));
    lines
}

/// The durations of the cases that violate the rule against those of the others.
fn durations(row: &RuleResult, look: Look<'_>) -> Option<String> {
    let duration = row.duration.as_ref()?;
    let long = |seconds: f64| {
        let sign = if seconds > 0.0 { "+" } else { "" };
        format!("{sign}{}", look.context.duration(seconds))
    };
    let dot = look.theme.glyphs.dot;
    Some(format!(
        "median {} with, {} without {dot} shift {} [{}, {}] {dot} q {}",
        look.context.duration(duration.median_with),
        look.context.duration(duration.median_without),
        long(duration.shift),
        long(duration.interval.low),
        long(duration.interval.high),
        text::probability(duration.q),
    ))
}
