//! The handovers between resources, or between the values of another column.

use super::by;
use crate::engine::{
    Answer, AskError, HandoverDetail, HandoverQuery, HandoverRow, HandoversQuery, Listing, Request,
    StepCounts,
};
use crate::filter::{Expr, Field};
use crate::input::Action;
use crate::panes::controls::Order;
use crate::panes::list_pane::ListPane;
use crate::panes::list_view::{Change, DetailOf, ListView};
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

/// The column of the actors.
struct Handovers {
    by: Field,
    detail: Option<HandoverDetail>,
}

impl Default for Handovers {
    fn default() -> Self {
        Handovers {
            by: Field::Resource,
            detail: None,
        }
    }
}

/// "8,648 handovers, 8,120 steps kept by the same, 0 unknown", with the column where it is another one.
pub fn in_words(steps: &StepCounts, by: &Field) -> String {
    let mut parts = Vec::new();
    if *by != Field::Resource {
        parts.push(format!("by {}", by::word(by)));
    }
    parts.push(counted(steps.handovers, "handover", "handovers"));
    parts.push(format!(
        "{} kept by the same",
        counted(steps.same, "step", "steps")
    ));
    if steps.unknown > 0 {
        parts.push(format!("{} with a missing value", count(steps.unknown)));
    }
    let cases = counted(steps.ping_pong_cases, "case", "cases");
    parts.push(format!("ping-pong in {cases}"));
    parts.join(", ")
}

/// Draws the numbers of steps into a row.
pub fn draw_steps(steps: &StepCounts, by: &Field, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let line = in_words(steps, by);
    let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
    paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
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
            by: self.by.clone(),
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
        [by::option(&self.by), order.sort_and_limit()].concat()
    }

    fn change(&mut self, action: &Action) -> Change {
        let Action::SegmentBy(name) = action else {
            return Change::None;
        };
        (self.by, self.detail) = (by::named(name), None);
        Change::Query
    }

    fn subject(&self) -> String {
        by::to_subject(&self.by, "")
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let (by, _) = by::of_subject(subject);
        if by == self.by {
            return Change::None;
        }
        (self.by, self.detail) = (by, None);
        Change::Query
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        by::why_none(&self.by, why, context)
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        if let Some(handovers) = answer.to::<HandoversQuery>() {
            draw_steps(&handovers.steps, &self.by, area, buffer, look);
        }
    }

    fn share(&self, _: Rect) -> u16 {
        60
    }

    fn questions(&self, row: &HandoverRow, area: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let query = HandoverQuery {
            by: self.by.clone(),
            from: row.from.to_string(),
            to: row.to.to_string(),
            time_bins: Timeline::bins_for(area.width),
            duration_bins: usize::from(area.height.saturating_sub(TIME + 4)).clamp(2, 12),
        };
        vec![(DETAIL, Request::new(query))]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        self.detail = answer.ok().and_then(Answer::to::<HandoverQuery>).cloned();
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let Some(detail) = &self.detail else { return };
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
    paint::text(buffer, paint::row(area, 0), &title, look.theme.muted);
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
