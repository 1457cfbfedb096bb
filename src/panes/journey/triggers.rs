//! What begins journeys, and how the cases with each first value come out.

use super::choice::{Choice, HINTS, draw_head};
use crate::engine::{
    Answer, Features, Listing, LogInfo, TriggerRow, Triggers, TriggersQuery, rate,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::Order;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{Chosen, ColumnOf, DetailOf, ListView};
use crate::panes::{Look, Outcome, PaneSpec, Rect, Tab, texts, versus};
use crate::text::{self, count, counted, percent};
use crate::ui::paint;
use crate::ui::widgets::empty::paragraphs;
use crate::ui::widgets::{Bar, Bars, Cell};
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "triggers",
    title: "Triggers",
    short: "Triggers",
    help: "What begins journeys: first touchpoints, sources and attributes, with the outcome of these cases",
    tab: Tab::Never,
    terms: &[],
    hints: HINTS,
    report: Some("journey"),
    new: ListPane::<TriggersView>::boxed,
    versus: Some(ListPane::<versus::Versus<TriggersView>>::boxed),
};

/// The first values.
#[derive(Default)]
struct TriggersView {
    choice: Choice,
}

fn figures(answer: &Answer) -> Option<&Triggers> {
    answer.to::<TriggersQuery>()
}

/// The value of a row as safe text.
fn value(row: &TriggerRow) -> String {
    text::safe(row.value.as_deref().unwrap_or("(none)")).into_owned()
}

impl ListView for TriggersView {
    type List = TriggersQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "first values"
    }

    fn query(&self, listing: Listing) -> TriggersQuery {
        TriggersQuery {
            of: self.choice.of.clone(),
            listing,
        }
    }

    fn features(&self, log: &LogInfo) -> Features {
        self.choice.shown_in(log)
    }

    fn filter(&self, row: &TriggerRow) -> Option<Expr> {
        row.filter.clone()
    }

    fn name(&self, row: &TriggerRow) -> String {
        value(row)
    }

    fn act(&self, action: &Action, row: &TriggerRow) -> Outcome {
        let filter = row.filter.as_ref();
        texts::emitting(filter.and_then(|filter| texts::keeping(action, filter)))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        self.choice.call("triggers", order)
    }

    fn chosen(&mut self) -> Option<&mut dyn Chosen> {
        Some(&mut self.choice)
    }

    fn does(&self, action: &Action) -> bool {
        *action != Action::ToggleAxis || self.choice.has_other_outcome()
    }

    fn subject(&self) -> String {
        self.choice.text()
    }

    fn topic(&self) -> Option<String> {
        Some("cases that begin so".to_owned())
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        if let Some(found) = figures(answer) {
            draw_head(&found.facts, &[], area, buffer, look);
        }
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, _: Look<'_>) -> Option<Vec<Cell<'a>>> {
        let cell = |row: &&TriggerRow| {
            let q = row.outcome.and_then(|rate| rate.q);
            Cell::new(q.map_or("-".to_owned(), text::probability))
        };
        (of.column.name == "outcome_q").then(|| of.rows.iter().map(cell).collect())
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 130 { 60 } else { 62 }
    }

    fn listed(&mut self, answer: &Answer) {
        self.choice.facts = figures(answer).map(|found| found.facts.clone());
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let (row, theme) = (of.row, look.theme);
        let title = format!("first {}: {}", text::safe(&row.by), value(row));
        paint::heading(buffer, paint::row(of.area, 0), &title, theme.title, theme);
        let mut area = paint::below(of.area, 1);
        area = paragraphs(&sentences(row, look), area, buffer, theme.text, theme);
        let found = figures(of.answer).map_or(&[][..], |found| &found.rows.rows);
        let same = found.iter().filter(|other| other.by == row.by);
        let bars = same.map(|row| {
            match row
                .outcome
                .as_ref()
                .and_then(|of| Some((rate(of)?.0, of.of)))
            {
                Some((rate, decided)) => Bar {
                    label: value(row).into(),
                    value: rate,
                    text: format!("{} of {}", percent(rate), count(decided)).into(),
                    style: None,
                },
                None => Bar {
                    label: value(row).into(),
                    value: row.share,
                    text: count(row.cases).into(),
                    style: None,
                },
            }
        });
        let bars: Vec<Bar<'_>> = bars.collect();
        if area.height >= 3 {
            let what = if row.outcome.is_some() {
                "with the outcome,"
            } else {
                "cases"
            };
            let title = format!("{what} by first {}", text::safe(&row.by));
            paint::sentence(buffer, paint::row(area, 0), &title, theme.muted, theme);
            let full = row.outcome.is_some().then_some(1.0);
            Bars { bars: &bars, full }.draw(paint::below(area, 1), buffer, theme);
            area = paint::below(area, bars.len() as u16 + 1);
        }
        self.choice
            .draw_lacks(&["outcome", "source"], area, buffer, look);
    }
}

/// A first value in sentences.
fn sentences(row: &TriggerRow, look: Look<'_>) -> Vec<String> {
    let mut lines = vec![format!(
        "{} begin so ({})",
        counted(row.cases, "case", "cases"),
        percent(row.share)
    )];
    if let Some(of) = &row.outcome
        && let Some((rate, low, high)) = rate(of)
    {
        let q =
            of.q.map_or(String::new(), |q| format!(", q {}", text::probability(q)));
        lines.push(format!(
            "with the outcome {} [{}, {}] of {}{q}",
            percent(rate),
            percent(low),
            percent(high),
            count(of.of)
        ));
    }
    lines.extend(row.median.map(|median| {
        let median = look.context.duration(median);
        format!("they take {median} (median)")
    }));
    lines
}
