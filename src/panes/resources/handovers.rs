//! The handovers between resources, or between the values of another column.

use super::by::{self, By};
use crate::engine::{
    Answer, AskError, HandoverDetail, HandoverQuery, HandoverRow, HandoversQuery, Listing, Request,
    StepCounts,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::Order;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{Chosen, DetailOf, ListView};
use crate::panes::texts::Nothing;
use crate::panes::{Context, Look, PaneSpec, Rect, Slot, Tab, distributions, versus};
use crate::text::{count, counted, percent, safe};
use crate::ui::widgets::Timeline;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;

/// Entry of the list, which is a part of the pane.
pub static SPEC: PaneSpec = PaneSpec {
    id: "handovers",
    title: "Handovers",
    short: "Hand",
    help: "Who passes cases on to whom, and how long that takes",
    tab: Tab::Never,
    terms: &["back again"],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::ChooseColumn,
        Action::Sort,
        Action::Find,
    ],
    report: Some("handover"),
    new: ListPane::<Handovers>::boxed,
    versus: Some(ListPane::<versus::Versus<Handovers>>::boxed),
};

/// The slot of the detail.
const DETAIL: Slot = 1;
/// Rows of the time line with its title.
const TIME: u16 = 5;

/// The column of the actors, and the handover under the cursor.
#[derive(Default)]
struct Handovers {
    of: By<HandoverDetail>,
}

/// "8,648 handovers, ping-pong in 12 cases, 8,120 steps kept by the same", with the column where it is another
/// one.
fn in_words<D>(steps: &StepCounts, by: &By<D>) -> String {
    let mut parts = Vec::from_iter(by.in_words());
    parts.push(counted(steps.handovers, "handover", "handovers"));
    // Before what a narrow screen cuts.
    let cases = counted(steps.ping_pong_cases, "case", "cases");
    parts.push(format!("ping-pong in {cases}"));
    parts.push(format!(
        "{} kept by the same",
        counted(steps.same, "step", "steps")
    ));
    if steps.unknown > 0 {
        parts.push(format!("{} with a missing value", count(steps.unknown)));
    }
    parts.join(", ")
}

/// Draws the numbers of steps into a row.
pub fn draw_steps<D>(
    steps: &StepCounts,
    by: &By<D>,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    by::draw_line(&in_words(steps, by), area, buffer, look);
}

impl ListView for Handovers {
    type List = HandoversQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "handovers"
    }

    fn query(&self, listing: Listing) -> HandoversQuery {
        HandoversQuery {
            by: self.of.column.clone(),
            listing,
        }
    }

    fn filter(&self, row: &HandoverRow) -> Option<Expr> {
        Some(row.filter.clone())
    }

    fn name(&self, row: &HandoverRow) -> String {
        format!("{} > {}", safe(&row.from), safe(&row.to))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        [by::option(&self.of.column), order.sort_and_limit()].concat()
    }

    fn chosen(&mut self) -> Option<&mut dyn Chosen> {
        Some(&mut self.of)
    }

    fn subject(&self) -> String {
        by::to_subject(&self.of.column, "")
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        by::why_none(&self.of.column, why, context)
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        if let Some(handovers) = answer.to::<HandoversQuery>() {
            draw_steps(&handovers.steps, &self.of, area, buffer, look);
        }
    }

    fn share(&self, _: Rect) -> u16 {
        60
    }

    fn questions(&self, row: &HandoverRow, area: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let query = HandoverQuery {
            by: self.of.column.clone(),
            from: row.from.to_string(),
            to: row.to.to_string(),
            time_bins: Timeline::bins_for(area.width),
            duration_bins: usize::from(area.height.saturating_sub(TIME + 4)).clamp(2, 12),
        };
        vec![(DETAIL, Request::new(query))]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        self.of.detail = answer.ok().and_then(Answer::to::<HandoverQuery>).cloned();
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let Some(detail) = &self.of.detail else {
            return;
        };
        let (row, theme, area) = (of.row, look.theme, of.area);
        let title = self.name(row);
        paint::heading(buffer, paint::row(area, 0), &title, theme.title, theme);
        let body = paint::below(area, 1);
        let line = sentence(row, detail);
        let line = fit::truncate_words(&line, area.width.into(), theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(body, 0), &line, theme.text);
        let rest = paint::below(body, 1);
        let (time, durations) = (paint::top(rest, TIME), paint::below(rest, TIME));
        draw_time(detail, time, buffer, look);
        if durations.height >= 3 {
            let title = "Distribution of the times";
            distributions::draw(title, &detail.durations, durations, buffer, look);
        }
        let is_other = detail.names != [row.from.to_string(), row.to.to_string()];
        if is_other || (look.stale)(DETAIL) {
            paint::restyle(buffer, body, theme.stale);
        }
    }
}

/// "11.8% of all handovers; back again later in 0.2%".
fn sentence(row: &HandoverRow, detail: &HandoverDetail) -> String {
    let back = detail.back as f64 / detail.count.max(1) as f64;
    format!(
        "{} of all handovers; back again later in {}",
        percent(row.share),
        percent(back)
    )
}

fn draw_time(detail: &HandoverDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let line = &detail.timeline;
    let title = format!("Handovers, by {}", line.unit);
    paint::sentence(
        buffer,
        paint::row(area, 0),
        &title,
        look.theme.muted,
        look.theme,
    );
    let bins = line.bins.iter();
    let bins: Vec<(i64, f64)> = bins.map(|bin| (bin.start, bin.ended as f64)).collect();
    let most = line.bins.iter().map(|bin| bin.ended).max().unwrap_or(0);
    Timeline {
        bins: &bins,
        end: line.end,
        top: &count(most),
        cursor: None,
        zone: look.context.log.zone,
        style: None,
    }
    .draw(paint::below(area, 1), buffer, look.theme);
}
