//! Touchpoints, and the one under the cursor in full; below the list the journeys by channel and stage.
//!
//! ```text
//! channel - activity · 120 cases, 50 with outcome bought (41.7%) · ● q < 5% · score csat
//!   touchpoint            cases  first      score  expected    gap      with it  without  ratio
//! > phone - Support call     50      0  2.53 (34)      4.00  -1.47 ▼▼▼    20.0%    57.1%   0.35 ●
//! ```

use super::choice::{Choice, HINTS, draw_head};
use super::detail::{self, Matrix, signed};
use crate::engine::{
    Answer, AskError, Features, JourneyFacts, Journeys, JourneysQuery, Listing, LogInfo, Request,
    TouchpointDetail, TouchpointList, TouchpointQuery, TouchpointRow, TouchpointsQuery,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::Order;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{Change, Chosen, ColumnOf, DetailOf, ListView};
use crate::panes::{Context, Look, Outcome, PaneSpec, Rect, Slot, Tab, texts, versus};
use crate::text::{self, count};
use crate::ui::paint;
use crate::ui::widgets::{Cell, Timeline};
use ratatui::buffer::Buffer;
use ratatui::text::Span;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "touchpoints",
    title: "Touchpoints",
    short: "Touch",
    help: "Touchpoints with their scores against what is expected, and their effect on an outcome",
    tab: Tab::Never,
    terms: &[],
    hints: HINTS,
    report: Some("journey"),
    new: ListPane::<TouchpointsView>::boxed,
    versus: Some(ListPane::<versus::Versus<TouchpointsView>>::boxed),
};

/// The slot of the touchpoint under the cursor, and of the journeys by channel and stage.
const DETAIL: Slot = 1;
const MATRIX: Slot = 2;

/// Below this, an effect is marked.
const SURE: f64 = 0.05;

/// The touchpoints, and what is shown beside them.
#[derive(Default)]
struct TouchpointsView {
    choice: Choice,
    detail: Option<TouchpointDetail>,
    matrix: Option<Journeys>,
}

fn figures(answer: &Answer) -> Option<&TouchpointList> {
    answer.to::<TouchpointsQuery>()
}

impl TouchpointsView {
    /// Drops answers about other journeys.
    fn forget(&mut self, change: Change) -> Change {
        if change == Change::Query {
            (self.detail, self.matrix) = (None, None);
        }
        change
    }
}

impl ListView for TouchpointsView {
    type List = TouchpointsQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "touchpoints"
    }

    fn query(&self, listing: Listing) -> TouchpointsQuery {
        TouchpointsQuery {
            of: self.choice.of.clone(),
            listing,
        }
    }

    fn features(&self, log: &LogInfo) -> Features {
        self.choice.shown_in(log)
    }

    fn filter(&self, row: &TouchpointRow) -> Option<Expr> {
        row.filter.clone()
    }

    fn name(&self, row: &TouchpointRow) -> String {
        text::safe(&row.name).into_owned()
    }

    fn act(&self, action: &Action, row: &TouchpointRow) -> Outcome {
        let filter = row.filter.as_ref();
        texts::emitting(filter.and_then(|filter| texts::keeping(action, filter)))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        self.choice.call("touchpoints", order)
    }

    fn change(&mut self, action: &Action) -> Change {
        let change = self.choice.choose(action);
        self.forget(change)
    }

    fn does(&self, action: &Action) -> bool {
        *action != Action::ToggleAxis || self.choice.has_other_outcome()
    }

    fn subject(&self) -> String {
        self.choice.text()
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let change = self.choice.restore(subject);
        self.forget(change)
    }

    fn topic(&self) -> Option<String> {
        Some("cases with the touchpoint".to_owned())
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        if let Some(found) = figures(answer) {
            let marks = marks(&found.facts, look);
            draw_head(&found.facts, &marks, area, buffer, look);
        }
    }

    fn foot_rows(&self, total: usize, height: u16) -> u16 {
        let Some(rows) = self.matrix.as_ref().map(detail::rows_of) else {
            return 0;
        };
        let list = u16::try_from(total).unwrap_or(u16::MAX).saturating_add(2);
        let least = if height >= 30 { height / 3 } else { 0 };
        // A title and one row say nothing yet.
        let left = height.saturating_sub(list);
        match rows {
            0 => 0,
            // All that the list leaves, so that both are close.
            rows if left >= rows.min(4) => left,
            rows => rows.min(least),
        }
    }

    fn draw_foot(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        if let Some(journeys) = &self.matrix {
            Matrix { journeys }.draw(of.area, buffer, look);
        }
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, look: Look<'_>) -> Option<Vec<Cell<'a>>> {
        let glyphs = &look.theme.glyphs;
        let cell: Box<dyn Fn(&TouchpointRow) -> Cell<'a> + '_> = match of.column.name {
            "score_mean" => Box::new(|row| Cell::new(score(row))),
            "gap" => Box::new(|row| {
                let Some(gap) = row.gap else {
                    return Cell::new("-");
                };
                let [fall, rise] = arrows(look);
                let marks = if gap < 0.0 { fall } else { rise };
                // A mark for each half of a point, three at most.
                let n = if row.flagged {
                    ((gap.abs() / 0.5).ceil() as usize).clamp(1, 3)
                } else {
                    0
                };
                let style = if row.flagged && gap < 0.0 {
                    look.theme.bad
                } else {
                    look.theme.text
                };
                let marks = format!(" {:<3}", marks.repeat(n));
                Cell::spans(vec![
                    Span::styled(signed(gap), style),
                    Span::styled(marks, style),
                ])
            }),
            "nps_value" => Box::new(|row| {
                Cell::new(row.nps.map_or("-".to_owned(), |of| {
                    let sign = if of.value > 0.0 { "+" } else { "" };
                    format!("{sign}{}", text::number(of.value, 0))
                }))
            }),
            "outcome_risk_ratio" => Box::new(|row| {
                let Some(effect) = row.effect.filter(|effect| effect.ratio.is_some()) else {
                    return Cell::new("-  ");
                };
                if effect.is_mostly_after() {
                    return Cell::new("after  ").style(look.theme.muted);
                }
                let ratio = effect
                    .ratio
                    .map_or(String::new(), |of| text::mean(of.ratio));
                let sure = effect.q.is_some_and(|q| q < SURE);
                Cell::new(format!("{ratio} {}", if sure { glyphs.point } else { " " }))
            }),
            _ => return None,
        };
        Some(of.rows.iter().map(|row| cell(row)).collect())
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 130 { 60 } else { 66 }
    }

    fn listed(&mut self, answer: &Answer) {
        self.choice.facts = figures(answer).map(|found| found.facts.clone());
    }

    fn questions(&self, row: &TouchpointRow, area: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let of = || self.choice.of.clone();
        let detail = TouchpointQuery {
            of: of(),
            name: row.name.clone(),
            time_bins: Timeline::bins_for(area.width),
        };
        vec![
            (DETAIL, Request::new(detail)),
            (MATRIX, Request::new(JourneysQuery { of: of() })),
        ]
    }

    fn receive(&mut self, slot: Slot, answer: Result<&Answer, &AskError>) {
        let answer = answer.ok();
        match slot {
            DETAIL => {
                let found = answer.and_then(Answer::to::<TouchpointQuery>);
                self.detail = found.cloned().flatten();
            }
            _ => self.matrix = answer.and_then(Answer::to::<JourneysQuery>).cloned(),
        }
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        // It may still be that of the row before.
        let found = self
            .detail
            .as_ref()
            .filter(|found| found.name == of.row.name);
        detail::draw(of.row, found, &self.choice, of.area, buffer, look);
        if found.is_none() || (look.stale)(DETAIL) {
            paint::restyle(buffer, of.area, look.theme.stale);
        }
    }
}

/// Marks of scores below and above the expected one.
fn arrows(look: Look<'_>) -> [&'static str; 2] {
    if look.theme.glyphs.is_ascii() {
        ["v", "^"]
    } else {
        ["▼", "▲"]
    }
}

/// Legend of the marks of the list.
fn marks(facts: &JourneyFacts, look: Look<'_>) -> Vec<String> {
    let parts = facts.parts();
    let mut marks = Vec::new();
    if parts.outcome {
        marks.push(format!("{} q < 5%", look.theme.glyphs.point));
    }
    if parts.expect {
        let [fall, rise] = arrows(look);
        marks.push(format!("{fall}{rise} gap not by chance"));
    }
    marks
}

/// Mean and number of scores: `2.53 (34)`.
fn score(row: &TouchpointRow) -> String {
    let figures = row.score.and_then(|score| score.figures);
    figures.map_or("-".to_owned(), |of| {
        format!("{} ({})", text::mean(of.mean), count(of.n))
    })
}
