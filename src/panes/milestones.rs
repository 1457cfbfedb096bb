//! Milestones: how long the cases take to reach each; and of the one under the cursor its definition, the
//! durations by the time at which it was reached, and their distribution.
//!
//! ```text
//!   milestone       source   cases  unknown   median      p90 | first_response
//! > first_response  defined    365       47   5h 20m  13h 17m | first "First response" after start
//!   next_reply      guess      120      292   2h 10m   1d 04h | 9h ▂▄▆█▅▃▂▁
//!                                                             | 1h to 5h  212 ████████
//! ```

#[cfg(test)]
mod tests;

use super::list_pane::{LIST, ListPane};
use super::list_view::{DetailOf, ListView};
use super::texts::{self, Nothing};
use super::{Context, Look, Outcome, PaneSpec, Rect, Tab, distributions, versus};
use crate::engine::{Answer, Listing, MilestoneRow, MilestonesQuery, ReachedOverTime};
use crate::filter::{DurationLiteral, Expr, Field, Op};
use crate::input::Action;
use crate::text::{self, time};
use crate::ui::paint;
use crate::ui::widgets::Timeline;
use crate::ui::widgets::empty::wrap;
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "milestones",
    title: "Milestones",
    short: "Miles",
    help: "Durations until each milestone: over time, and their distribution",
    tab: Tab::Never,
    terms: &["milestone", "reached over time"],
    hints: &[
        Action::DefineMilestone,
        Action::Keep,
        Action::Drop,
        Action::Sort,
        Action::Find,
    ],
    report: Some("milestones"),
    new: ListPane::<Milestones>::boxed,
    versus: Some(ListPane::<versus::Versus<Milestones>>::boxed),
};

/// Bins of the time axis and of the distribution: about as many as the detail has columns and rows.
const BINS: (usize, usize) = (60, 12);

/// Detail of at least this width and at most this height: both charts are side by side.
const WIDE: (u16, u16) = (60, 14);

#[derive(Default)]
struct Milestones;

impl ListView for Milestones {
    type List = MilestonesQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "milestones"
    }

    fn query(&self, listing: Listing) -> MilestonesQuery {
        MilestonesQuery {
            listing,
            time_bins: BINS.0,
            duration_bins: BINS.1,
        }
    }

    /// The cases that reached it: those of which its duration is known.
    fn filter(&self, row: &MilestoneRow) -> Option<Expr> {
        let field = Field::Column(row.name.clone());
        Some(Expr::compare(
            field,
            Op::GreaterEqual,
            DurationLiteral::of(0),
        ))
    }

    fn name(&self, row: &MilestoneRow) -> String {
        text::safe(&row.name).into_owned()
    }

    fn act(&self, action: &Action, row: &MilestoneRow) -> Outcome {
        texts::emitting(match action {
            Action::DefineMilestone => {
                let text = format!("{} = {}", row.name, row.definition);
                Some(Action::AskMilestone(text))
            }
            Action::DeleteRow => Some(Action::ForgetMilestone(row.name.clone())),
            _ => {
                let filter = self.filter(row);
                filter.and_then(|filter| texts::keeping(action, &filter))
            }
        })
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        if !context.log.milestones.is_empty() || context.log.events == 0 {
            return why;
        }
        Nothing {
            sentence: "No milestone is defined, and no name of an activity suggests one."
                .to_owned(),
            hint: "{define-milestone} define one   {go-to-pane-4} mark two activities in Activities",
        }
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 130 { 55 } else { 60 }
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let (row, area, theme) = (of.row, of.area, look.theme);
        let name = text::safe(&row.name);
        paint::heading(buffer, paint::row(area, 0), &name, theme.title, theme);
        let definition = definition(row);
        let lines = wrap(&definition, area.width.into());
        // The charts need the rest.
        let most = usize::from(area.height / 4).clamp(1, 3);
        for (at, line) in lines.iter().take(most).enumerate() {
            paint::text(buffer, paint::row(area, at + 1), line, theme.text);
        }
        let body = paint::below(area, 1 + lines.len().min(most) as u16);
        let (time, durations) = charts(body, row.durations.len());
        draw_over_time(row, time, buffer, look);
        let title = match &row.duration {
            None => "No case has reached it",
            Some(_) => "Distribution of durations",
        };
        distributions::draw(title, &row.durations, durations, buffer, look);
        if (look.stale)(LIST) {
            paint::restyle(buffer, body, theme.stale);
        }
    }
}

/// The definition, its calendar, and that it is a guess.
fn definition(row: &MilestoneRow) -> String {
    let guess = if row.guessed {
        "guess from names: "
    } else {
        ""
    };
    let calendar = row.calendar.as_deref();
    let calendar = calendar.map_or(String::new(), |name| format!(" ({name})"));
    text::safe(&format!("{guess}{}{calendar}", row.definition)).into_owned()
}

/// Areas of the chart over time and of a distribution of that number of bars: side by side where the detail is
/// wide and low, else one below the other.
fn charts(area: Rect, bars: usize) -> (Rect, Rect) {
    if area.width >= WIDE.0 && area.height < WIDE.1 {
        let (left, right) = paint::cut(area, area.width / 2);
        let left = Rect {
            width: left.width.saturating_sub(2),
            ..left
        };
        return (left, right);
    }
    let bars = u16::try_from(bars + 1).unwrap_or(u16::MAX);
    let time = area.height.saturating_sub(bars).clamp(3, 12);
    (paint::top(area, time), paint::below(area, time))
}

fn draw_over_time(row: &MilestoneRow, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(ReachedOverTime { unit, bins, end }) = &row.over_time else {
        return;
    };
    let title = format!("Median per {unit} (when reached)");
    paint::sentence(
        buffer,
        paint::row(area, 0),
        &title,
        look.theme.muted,
        look.theme,
    );
    let bins = bins
        .iter()
        .map(|bin| (bin.start, bin.median.unwrap_or(0.0)));
    let bins: Vec<(i64, f64)> = bins.collect();
    let most = bins.iter().map(|bin| bin.1).fold(0.0, f64::max);
    let top = match row.calendar {
        Some(_) => time::working(most),
        None => look.context.duration(most),
    };
    Timeline {
        bins: &bins,
        end: *end,
        top: &top,
        cursor: None,
        zone: look.context.log.zone,
        style: Some(look.theme.wait),
    }
    .draw(paint::below(area, 1), buffer, look.theme);
}
