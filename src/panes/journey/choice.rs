//! What the lists of journeys are of: outcome and touchpoints that keys choose, and what the engine made
//! of them.

use crate::engine::{Features, JourneyFacts, JourneyOf, LogInfo};
use crate::input::Action;
use crate::panes::Look;
use crate::panes::controls::Order;
use crate::panes::list_view::{Change, Chosen};
use crate::panes::texts::SEPARATOR;
use crate::text::{self, count, counted, percent};
use crate::ui::paint;
use crate::ui::widgets::empty::paragraphs;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

/// Actions worth a hint.
pub const HINTS: &[Action] = &[
    Action::Open,
    Action::Drop,
    Action::ToggleAxis,
    Action::NextAspect,
    Action::Sort,
    Action::Find,
];

/// Definitions of a list.
#[derive(Default)]
pub struct Choice {
    /// Chosen by keys.
    pub of: JourneyOf,
    /// Definitions that the last answer was for.
    pub facts: Option<Arc<JourneyFacts>>,
}

impl Choice {
    /// False where there is no other outcome.
    pub fn has_other_outcome(&self) -> bool {
        let facts = self.facts.as_ref();
        facts.is_none_or(|facts| facts.outcomes > 1)
    }

    /// The properties that decide which columns are shown.
    pub fn shown_in(&self, log: &LogInfo) -> Features {
        Features {
            journey: self.facts.as_ref().map(|of| of.parts()).unwrap_or_default(),
            ..Features::of(log)
        }
    }

    /// The options of the report for the list of that word.
    pub fn call(&self, list: &str, order: &Order) -> Vec<String> {
        let mut options = Vec::new();
        if let Some(facts) = &self.facts {
            if self.of.touchpoint > 0 {
                let names = facts.touchpoint.iter();
                let names: Vec<String> = names.map(|name| name.replace(',', "\\,")).collect();
                options.extend(["--touchpoint".to_owned(), names.join(",")]);
            }
            if let Some(outcome) = facts.outcome.as_ref().filter(|_| self.of.outcome > 0) {
                options.extend(["--outcome".to_owned(), outcome.filter.clone()]);
            }
        }
        if list != "touchpoints" {
            options.extend(["--list".to_owned(), list.to_owned()]);
        }
        options.extend(order.sort_and_limit());
        options
    }

    /// As a subject of a place.
    pub fn text(&self) -> String {
        format!("{}{SEPARATOR}{}", self.of.outcome, self.of.touchpoint)
    }

    /// Draws what is not answered, by the keys of the rules file; returns what is left of the area.
    pub fn draw_lacks(
        &self,
        keys: &[&str],
        area: Rect,
        buffer: &mut Buffer,
        look: Look<'_>,
    ) -> Rect {
        let Some(facts) = &self.facts else {
            return area;
        };
        let lacks = facts.lacks.iter().filter(|(key, _)| keys.contains(key));
        let lacks: Vec<String> = lacks.map(|(_, text)| text.clone()).collect();
        paragraphs(&lacks, area, buffer, look.theme.muted, look.theme)
    }
}

impl Chosen for Choice {
    fn choose(&mut self, action: &Action) -> Change {
        match action {
            Action::ToggleAxis if !self.has_other_outcome() => return Change::None,
            Action::ToggleAxis => self.of.outcome = self.of.outcome.wrapping_add(1),
            Action::NextAspect => self.of.touchpoint = self.of.touchpoint.wrapping_add(1),
            _ => return Change::None,
        }
        Change::Query
    }

    fn restore(&mut self, subject: &str) -> Change {
        let before = self.of.clone();
        let mut numbers = subject.split(SEPARATOR).map(|n| n.parse().unwrap_or(0));
        self.of.outcome = numbers.next().unwrap_or(0);
        self.of.touchpoint = numbers.next().unwrap_or(0);
        if before == self.of {
            Change::Some
        } else {
            Change::Query
        }
    }
}

/// Draws what a list is of in one line, with what its marks mean.
pub fn draw_head(
    facts: &JourneyFacts,
    marks: &[String],
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let dot = look.theme.glyphs.dot;
    let line = in_words(facts, marks).join(&format!(" {dot} "));
    let line = text::safe(&line);
    paint::sentence(
        buffer,
        paint::row(area, 0),
        &line,
        look.theme.muted,
        look.theme,
    );
}

/// Columns and outcome in words, with what marks mean; scores last, as a narrow screen cuts the end.
fn in_words(facts: &JourneyFacts, marks: &[String]) -> Vec<String> {
    let guess = |key: &str| {
        if facts.guessed.contains(&key) {
            "guess: "
        } else {
            ""
        }
    };
    let mut parts = vec![format!(
        "{}{}",
        guess("touchpoint"),
        facts.touchpoint.join(" - ")
    )];
    let cases = counted(facts.cases, "case", "cases");
    parts.push(match &facts.outcome {
        None => cases,
        Some(of) => {
            let share = percent(of.cases as f64 / of.decided.max(1) as f64);
            let open = match of.undecided {
                0 => String::new(),
                n => format!(", {} open left out", count(n)),
            };
            format!(
                "{cases}, {} with outcome {} ({share}){open}",
                count(of.cases),
                of.name
            )
        }
    });
    parts.extend_from_slice(marks);
    if let Some(score) = &facts.score {
        parts.push(format!("{}score {score}", guess("score")));
    }
    parts
}
