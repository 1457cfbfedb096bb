//! Queues of activities or resources, and the one under the cursor over time.
//!
//! ```text
//!   waits for           waiting  share  mean  growth | > Resolve ticket: mean length, by week
//! > Resolve ticket      3y 120d  ██ 41% 12.4   +3.1  |  31 ▂▄▆█▅▃▂▁▂▄▆█▅▃
//!   Closed                 210d  █  18%  6.0   -0.2  | Median waiting of what left, by week
//!                                                    | 42d ▁▁▂▃▄▅▅▆▆▇▇███
//! 2012-03-05 to 2012-03-11: mean length 12.5, ...
//! ```

#[cfg(test)]
mod tests;

use super::controls::Order;
use super::list_pane::ListPane;
use super::list_view::{Change, DetailOf, ListView};
use super::periods::Periods;
use super::texts::{self, Nothing};
use super::{Context, Look, Outcome, PaneSpec, Rect, Slot, Tab, versus};
use crate::engine::{
    Answer, AskError, Features, Listing, LogInfo, LongestQueueQuery, QueueBin, QueueDetail,
    QueueQuery, QueueRow, QueuesQuery, Request, Subject,
};
use crate::filter::{Expr, Queued, TimeRange};
use crate::input::Action;
use crate::text;
use crate::text::time;
use crate::ui::fit;
use crate::ui::paint;
use crate::ui::widgets::Timeline;
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "queues",
    title: "Queues",
    short: "queues",
    help: "Queues before each activity or resource: length, waits, growth",
    tab: Tab::Never,
    terms: &["queue", "wait"],
    hints: &[
        Action::Open,
        Action::ToggleAxis,
        Action::SwitchFocus,
        Action::Sort,
        Action::ZoomIn,
    ],
    report: Some("queues"),
    new: ListPane::<Queues>::boxed,
    versus: Some(ListPane::<versus::Versus<Queues>>::boxed),
};

/// The slot of the queue under the cursor.
const DETAIL: Slot = 1;
/// The slot of its greatest length.
const LONGEST: Slot = 2;

/// Grouping of the queues, and the one under the cursor over time.
#[derive(Default)]
struct Queues {
    by: Subject,
    detail: Option<QueueDetail>,
    /// Greatest length that it ever had, and when.
    longest: Option<(u64, i64)>,
    /// The cursor along its axis.
    periods: Periods,
}

impl Queues {
    /// The bin under the cursor.
    fn bin(&self) -> Option<&QueueBin> {
        self.detail.as_ref()?.bins.get(self.periods.bin)
    }

    /// The cases that were in a queue, at any time or in a range.
    fn queued(&self, row: &QueueRow, range: Option<TimeRange>) -> Expr {
        let name = row.name.to_string();
        let what = if self.by == Subject::Resource {
            Queued::Resource(name.into())
        } else {
            Queued::Activity(name.into())
        };
        Expr::queued(what, range)
    }
}

impl ListView for Queues {
    type List = QueuesQuery;
    const KIND: &'static str = "queue";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "waits between events"
    }

    fn query(&self, listing: Listing) -> QueuesQuery {
        QueuesQuery {
            by: self.by,
            listing,
            longest: false,
        }
    }

    fn features(&self, log: &LogInfo) -> Features {
        Features {
            by: self.by.word(),
            ..Features::of(log)
        }
    }

    fn filter(&self, row: &QueueRow) -> Option<Expr> {
        Some(self.queued(row, None))
    }

    fn name(&self, row: &QueueRow) -> String {
        text::safe(&row.name).into_owned()
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let by = ["--by", self.by.word()].map(String::from);
        let zoomed = self
            .detail
            .as_ref()
            .filter(|_| self.periods.range.is_some());
        let rest = match zoomed {
            None => order.sort(),
            // The chart that was zoomed is what is looked at.
            Some(detail) => {
                let of = ["--of", &*detail.name].map(String::from);
                let bins = ["--bins".to_owned(), detail.bins.len().to_string()];
                [&of[..], &bins, &self.periods.options()].concat()
            }
        };
        [&by[..], &rest].concat()
    }

    fn change(&mut self, action: &Action) -> Change {
        if *action == Action::ToggleAxis {
            self.by = self.by.other();
            return Change::Query;
        }
        if self.periods.update(action) {
            Change::Some
        } else {
            Change::None
        }
    }

    fn subject(&self) -> String {
        format!("{} {}", self.by.word(), self.periods.place())
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let (by, periods) = subject.split_once(' ').unwrap_or_default();
        let before = self.by;
        self.by = Subject::of(by);
        self.periods.go_to(periods);
        if before == self.by {
            Change::Some
        } else {
            Change::Query
        }
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        if self.by == Subject::Activity || context.log.resource.is_some() {
            return why;
        }
        Nothing {
            sentence: "The log has no resource column; press C to choose one.".to_owned(),
            ..why
        }
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 130 { 58 } else { 52 }
    }

    fn questions(&self, row: &QueueRow, area: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let (by, name) = (self.by, row.name.to_string());
        let detail = QueueQuery {
            by,
            name: name.clone(),
            bins: Timeline::bins_for(area.width),
            range: self.periods.range,
        };
        let longest = LongestQueueQuery { by, name };
        vec![
            (DETAIL, Request::new(detail)),
            (LONGEST, Request::new(longest)),
        ]
    }

    fn receive(&mut self, slot: Slot, answer: Result<&Answer, &AskError>) {
        let Ok(answer) = answer else { return };
        if slot == LONGEST {
            self.longest = answer.to::<LongestQueueQuery>().copied().flatten();
        } else if let Some(detail) = answer.to::<QueueQuery>() {
            let bounds = detail.bins.iter().map(|bin| bin.start).chain([detail.end]);
            self.periods.received(bounds.collect(), detail.whole);
            self.detail = Some(detail.clone());
        }
    }

    fn focusable(&self) -> bool {
        true
    }

    fn moves_list(&self) -> bool {
        true
    }

    /// In the detail, the cases that waited in the bin under the cursor.
    fn update_detail(&mut self, action: &Action, row: &QueueRow, context: Context<'_>) -> Outcome {
        let range = self.periods.time_range();
        let mut crumb = self.crumb(row);
        if range.is_some() {
            crumb = format!("{crumb} {}", self.periods.crumb(context.log.zone));
        }
        texts::emitting(texts::selecting(action, &self.queued(row, range), crumb))
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let (Some(detail), area) = (&self.detail, of.area) else {
            return;
        };
        let area = paint::clip(area, buffer);
        let words = if area.height >= 8 {
            3
        } else {
            u16::from(area.height >= 4)
        };
        let charts = Rect {
            height: area.height - words.min(area.height),
            ..area
        };
        let lengths = values(detail, |bin| bin.mean);
        let waiting = values(detail, |bin| bin.median);
        let most = |values: &[(i64, f64)]| values.iter().map(|v| v.1).fold(0.0, f64::max);
        let tops = [
            text::number(most(&lengths), 1),
            look.context.duration(most(&waiting)),
        ];
        // Labels of one width, so that the charts have one axis.
        let widest = tops.iter().map(|top| fit::width(top)).max().unwrap_or(0);
        let focused = of.focused;
        let (mark, style) = if focused {
            (look.theme.glyphs.mark, look.theme.focus)
        } else {
            (" ", look.theme.title)
        };
        let titles = [
            format!(
                "{mark} {}: mean length, by {}",
                text::safe(&of.row.name),
                detail.unit
            ),
            "  Median wait of those that left".to_owned(),
        ];
        let (both, parts) = halves(charts);
        for (at, values) in [&lengths, &waiting].into_iter().enumerate() {
            let line = Timeline {
                bins: values,
                end: detail.end,
                top: &fit::pad_left(&tops[at], widest),
                cursor: Some(self.periods.bin),
                zone: look.context.log.zone,
                style: (at == 1).then_some(look.theme.wait),
            };
            let style = if at == 0 { style } else { look.theme.title };
            paint::heading(
                buffer,
                paint::row(parts[at], 0),
                &titles[at],
                style,
                look.theme,
            );
            let body = paint::below(parts[at], 1);
            if both && at == 0 {
                line.draw_bare(body, buffer, look.theme);
            } else {
                line.draw(body, buffer, look.theme);
            }
        }
        self.draw_words(paint::below(area, charts.height), buffer, look);
        // The chart may still be that of the row before.
        if detail.name != *of.row.name || (look.stale)(DETAIL) {
            paint::restyle(buffer, area, look.theme.stale);
        }
    }
}

impl Queues {
    fn draw_words(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let mut lines = Vec::new();
        if let (Some(bin), Some(when)) = (self.bin(), self.periods.in_words(look.context.log.zone))
        {
            let mean = bin
                .mean
                .map_or_else(|| "-".to_owned(), |mean| text::number(mean, 1));
            let median = bin
                .median
                .map_or_else(|| "-".to_owned(), |s| look.context.duration(s));
            lines.push(format!(
                "{when}: mean length {mean}, {} at start, {} waited",
                text::count(bin.length),
                text::count(bin.waited),
            ));
            lines.push(format!(
                "{} left; median wait {median}",
                text::count(bin.left)
            ));
        }
        if let Some((most, at)) = self.longest.filter(|_| !(look.stale)(LONGEST)) {
            let at = time::instant(at, look.context.log.zone);
            lines.push(format!("longest: {} on {at}", text::count(most)));
        }
        for (at, line) in lines.iter().enumerate() {
            let style = if at < 2 {
                look.theme.text
            } else {
                look.theme.muted
            };
            let line = fit::truncate_words(line, area.width.into(), look.theme.glyphs.ellipsis);
            paint::text(buffer, paint::row(area, at), &line, style);
        }
    }
}

/// The areas of both charts, and whether there is room for the second.
fn halves(charts: Rect) -> (bool, [Rect; 2]) {
    let both = charts.height >= 8;
    let height = if both {
        (charts.height - 2) / 2
    } else {
        charts.height
    };
    let upper = Rect { height, ..charts };
    (both, [upper, paint::below(charts, height)])
}

fn values(detail: &QueueDetail, of: fn(&QueueBin) -> Option<f64>) -> Vec<(i64, f64)> {
    let value = |bin: &QueueBin| (bin.start, of(bin).unwrap_or(0.0));
    detail.bins.iter().map(value).collect()
}
