//! Stages of journeys: how many cases reach each, in which systems, and how long cases are between events
//! of different systems.

use super::choice::Choice;
use crate::engine::{
    Answer, CoveredStage, CoveredStages, CoveredStagesQuery, Features, Listing, LogInfo,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::Order;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{Change, Chosen, DetailOf, ListView};
use crate::panes::texts::Nothing;
use crate::panes::{Context, Look, Outcome, PaneSpec, Rect, Tab, texts, versus};
use crate::text::{self, count, counted, percent};
use crate::ui::widgets::empty::paragraphs;
use crate::ui::widgets::{Bar, Bars};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "stages",
    title: "Stages",
    short: "Stages",
    help: "Stages of journeys with the sources of their events, and the time between different sources",
    tab: Tab::Never,
    terms: &["blind span"],
    hints: &[Action::Open, Action::Drop, Action::Sort, Action::Find],
    report: Some("journey"),
    new: ListPane::<StagesView>::boxed,
    versus: Some(ListPane::<versus::Versus<StagesView>>::boxed),
};

/// The stages.
#[derive(Default)]
struct StagesView {
    choice: Choice,
}

fn figures(answer: &Answer) -> Option<&CoveredStages> {
    answer.to::<CoveredStagesQuery>()
}

impl ListView for StagesView {
    type List = CoveredStagesQuery;
    const KIND: &'static str = "reached";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "stages"
    }

    fn query(&self, listing: Listing) -> CoveredStagesQuery {
        CoveredStagesQuery {
            of: self.choice.of.clone(),
            listing,
        }
    }

    fn features(&self, log: &LogInfo) -> Features {
        self.choice.shown_in(log)
    }

    fn filter(&self, row: &CoveredStage) -> Option<Expr> {
        row.filter.clone()
    }

    fn name(&self, row: &CoveredStage) -> String {
        text::safe(&row.stage).into_owned()
    }

    fn act(&self, action: &Action, row: &CoveredStage) -> Outcome {
        let Some(filter) = &row.filter else {
            return texts::notify("The log has no activity of this stage");
        };
        texts::emitting(texts::keeping(action, filter))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        self.choice.call("stages", order)
    }

    /// Stages are the same by every outcome and touchpoint.
    fn change(&mut self, _action: &Action) -> Change {
        Change::None
    }

    fn chosen(&mut self) -> Option<&mut dyn Chosen> {
        Some(&mut self.choice)
    }

    fn subject(&self) -> String {
        self.choice.text()
    }

    fn nothing(&self, why: Nothing, answer: Option<&Answer>, context: Context<'_>) -> Nothing {
        let none = answer.and_then(figures).is_some_and(|of| of.name.is_none());
        if !none || context.log.events == 0 {
            return why;
        }
        Nothing {
            sentence: "No stages: [stages] in the rules file names them.".to_owned(),
            hint: "{next-journey-list} touchpoints   {help} help",
        }
    }

    fn topic(&self) -> Option<String> {
        Some("cases that reach the stage".to_owned())
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(found) = figures(answer) else {
            return;
        };
        let line = heading(found, look).join(&format!(" {} ", look.theme.glyphs.dot));
        let line = text::safe(&line);
        let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 130 { 60 } else { 66 }
    }

    fn listed(&mut self, answer: &Answer) {
        self.choice.facts = figures(answer).map(|found| found.facts.clone());
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let (row, theme) = (of.row, look.theme);
        let title = text::safe(&row.stage);
        paint::heading(buffer, paint::row(of.area, 0), &title, theme.title, theme);
        let mut area = paint::below(of.area, 1);
        let mut lines = vec![match (row.covered, row.cases) {
            (false, _) => "no system has it: the log has no event of this stage".to_owned(),
            (true, cases) => format!(
                "{} ({})",
                counted(cases, "case reaches it", "cases reach it"),
                percent(row.share)
            ),
        }];
        if let Some(found) = figures(of.answer) {
            lines.extend(blind(found, look));
            if found.guessed {
                let guess = "the stages are a guess: [stages] in the rules file names others";
                lines.push(guess.to_owned());
            }
        }
        area = paragraphs(&lines, area, buffer, theme.text, theme);
        let area = self.choice.draw_lacks(&["source"], area, buffer, look);
        if row.by_source.is_empty() || area.height < 2 {
            return;
        }
        paint::text(buffer, paint::row(area, 0), "cases by source", theme.muted);
        let bars = row.by_source.iter().map(|(source, cases)| Bar {
            label: text::safe(source.as_deref().unwrap_or("(none)"))
                .into_owned()
                .into(),
            value: *cases as f64,
            text: count(*cases).into(),
            style: None,
        });
        let bars: Vec<Bar<'_>> = bars.collect();
        let full = Some(row.cases.max(1) as f64);
        Bars { bars: &bars, full }.draw(paint::below(area, 1), buffer, theme);
    }
}

/// Lines above the list: stages and source with guesses marked, and spans without an event of another source.
fn heading(found: &CoveredStages, look: Look<'_>) -> Vec<String> {
    let guess = |is_guess: bool| if is_guess { "guess: " } else { "" };
    let mut parts = Vec::new();
    if let Some(name) = &found.name {
        parts.push(format!("{}{name}", guess(found.guessed)));
    }
    if let Some(source) = &found.facts.source {
        let guess = guess(found.facts.guessed.contains(&"source"));
        parts.push(format!("{guess}sources are {source}"));
    }
    parts.push(counted(found.facts.cases, "case", "cases"));
    parts.extend(blind(found, look));
    parts
}

/// The times between events of different sources in a sentence.
fn blind(found: &CoveredStages, look: Look<'_>) -> Option<String> {
    let blind = found.blind?;
    let Some((median, p90)) = blind.median.zip(blind.p90) else {
        return Some("no case has events of several sources".to_owned());
    };
    let duration = |seconds| look.context.duration(seconds);
    Some(format!(
        "longest time between sources {} (median), {} (p90) in {}",
        duration(median),
        duration(p90),
        counted(blind.cases, "case", "cases")
    ))
}
