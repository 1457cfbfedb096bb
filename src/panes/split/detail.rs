//! The group under the cursor in full: all its figures beside those of all cases, which a filter on the
//! group leaves and replaces; or the share of its cases with an outcome as time goes by.
//!
//! ```text
//! figure               after +     p90 or interval         of        now  q
//! duration              8d 08h         p90 23d 03h        379     6d 10h  0.002 •
//! late (broken)          97.6%       95.5 to 98.7%        379      39.3%  6e-120 •
//! ```

use super::words::{measured, missing, named, sure};
use crate::engine::{
    COST, Figure, FigureOffer, Measure, Rate, SCORE, Scores, SplitRow, TimeTo, Value, rate,
};
use crate::panes::Look;
use crate::text::{self, count, percent, time};
use crate::ui::list::ListState;
use crate::ui::widgets::{Cell, Column, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A figure of a group in texts.
struct Line {
    figure: String,
    value: String,
    range: String,
    of: String,
    q: Option<f64>,
}

/// The figures that have a line: times to outcomes have a table of their own.
fn listed(offers: &[FigureOffer]) -> impl Iterator<Item = &FigureOffer> {
    let of_outcome = |of: &&FigureOffer| matches!(of.figure, Figure::TimeTo(_));
    offers.iter().filter(move |of| !of_outcome(of))
}

/// Number of lines of all figures and three counts.
pub fn lines_of_figures(offers: &[FigureOffer]) -> usize {
    listed(offers).count() + 3
}

/// Number of lines of a time to an outcome.
pub fn lines_of_time(time: &TimeTo) -> usize {
    time.shares.len() + 2
}

/// The figure of a line; `None` for counts.
pub fn offer_at(offers: &[FigureOffer], line: usize) -> Option<&FigureOffer> {
    listed(offers).nth(line.checked_sub(1)?)
}

/// Where the detail is drawn, and its cursor.
pub struct Detail {
    /// Below the name of the group.
    pub area: Rect,
    /// The lines.
    pub list: ListState,
    /// True if it has the focus.
    pub focused: bool,
}

impl Detail {
    /// Draws all figures of a group beside those of all cases.
    pub fn draw_figures(
        &self,
        group: &SplitRow,
        all: Option<&SplitRow>,
        offers: &[FigureOffer],
        buffer: &mut Buffer,
        look: Look<'_>,
    ) {
        let columns = [
            Column::flex("figure", 12, 1).at_most(34),
            Column::fixed("after +", 9).right(),
            Column::fixed("p90 or 95%", 16).right().priority(3),
            Column::fixed("of", 9).right().priority(2),
            Column::fixed("now", 9).right(),
            Column::fixed("q", 9).right().priority(1),
            Column::fixed("", 1),
        ];
        let now = all.map_or_else(Vec::new, |all| lines(all, offers, look));
        let row = |(at, line): (usize, Line)| {
            let now = now.get(at).map_or("-", |now| &now.value).to_owned();
            let q = line.q.map_or_else(String::new, text::probability);
            vec![
                Cell::new(text::safe(&line.figure).into_owned()),
                Cell::new(line.value),
                Cell::new(line.range),
                Cell::new(line.of),
                Cell::new(now),
                Cell::new(q),
                Cell::new(sure(line.q, look).to_owned()),
            ]
        };
        let rows = lines(group, offers, look).into_iter().enumerate().map(row);
        self.draw(&columns, rows.collect(), buffer, look);
    }

    /// Draws the share of the cases of a group with an outcome after some times, beside that of all cases.
    pub fn draw_times(&self, group: &TimeTo, all: &TimeTo, buffer: &mut Buffer, look: Look<'_>) {
        let columns = [
            Column::flex("have it after", 14, 1).at_most(16),
            Column::flex("this group", 12, 3).at_most(40),
            Column::flex("all cases", 12, 3).at_most(40),
        ];
        let median = |of: &TimeTo| of.median.map_or_else(missing, time::duration);
        let reached = |of: &TimeTo| format!("{} of {}", count(of.reached), count(of.cases));
        // No case was followed for longer than the log.
        let (first, last) = look.context.log.span.unwrap_or_default();
        let longest = (last - first) as f64 / 1e6;
        let share = |(after, share): (f64, Option<f64>)| match share {
            Some(share) if after <= longest => Cell::bar(share, &percent(share), 6),
            _ => Cell::new(missing()),
        };
        let shares = group.shares.iter().zip(&all.shares);
        let shares = shares.map(|(group, all)| {
            let after = time::round_duration(group.0);
            vec![Cell::new(after), share(*group), share(*all)]
        });
        let line = |name: &'static str, text: &dyn Fn(&TimeTo) -> String| {
            vec![
                Cell::new(name),
                Cell::new(text(group)),
                Cell::new(text(all)),
            ]
        };
        let heads = [line("median", &median), line("have it so far", &reached)];
        let rows = heads.into_iter().chain(shares).collect();
        self.draw(&columns, rows, buffer, look);
    }

    fn draw(
        &self,
        columns: &[Column<'_>],
        rows: Vec<Vec<Cell<'_>>>,
        buffer: &mut Buffer,
        look: Look<'_>,
    ) {
        let total = rows.len();
        let offset = self.list.offset;
        let rows: Vec<Vec<Cell<'_>>> = rows.into_iter().skip(offset).collect();
        VirtualTable {
            columns,
            rows: &rows,
            offset,
            total,
            selected: self.focused.then_some(self.list.cursor),
            focused: self.focused,
            ..VirtualTable::default()
        }
        .draw(self.area, buffer, look.theme);
    }
}

/// The scores of a row: their mean with its interval.
fn scored(figure: String, of: &Scores) -> Line {
    let stats = of.measure.stats;
    Line {
        figure,
        value: stats.map_or_else(missing, |stats| text::mean(stats.mean)),
        range: of.interval.map_or_else(String::new, |of| {
            format!("{} to {}", text::mean(of.low), text::mean(of.high))
        }),
        of: count(stats.map_or(0, |stats| stats.n)),
        q: of.measure.q,
    }
}

/// All figures of a row, in the same order for all rows with the same figures.
fn lines(row: &SplitRow, offers: &[FigureOffer], look: Look<'_>) -> Vec<Line> {
    let name = |name: &str| {
        let offer = offers.iter().find(|of| of.figure.to_string() == name);
        offer.map_or_else(|| name.to_owned(), named)
    };
    let counts = &row.counts;
    let counted = |figure: &str, n: u64, of: String| Line {
        figure: figure.to_owned(),
        value: count(n),
        range: String::new(),
        of,
        q: None,
    };
    let timed = |name: String, of: &Measure| Line {
        figure: name,
        value: of
            .stats
            .map_or_else(missing, |s| look.context.duration(s.median)),
        range: of.stats.map_or_else(String::new, |stats| {
            format!("p90 {}", look.context.duration(stats.p90))
        }),
        of: count(of.stats.map_or(0, |stats| stats.n)),
        q: of.q,
    };
    let rated = |name: String, of: &Rate| {
        let share = rate(of);
        Line {
            figure: name,
            value: share.map_or_else(missing, |(rate, ..)| percent(rate)),
            range: share.map_or_else(String::new, |(_, low, high)| {
                let low = percent(low);
                format!("{} to {}", low.trim_end_matches('%'), percent(high))
            }),
            of: count(of.of),
            q: of.q,
        }
    };
    let mut lines = vec![counted("cases", counts.cases, percent(row.share))];
    lines.extend(row.duration.iter().map(|of| timed(name("duration"), of)));
    lines.extend(row.rework.iter().map(|of| rated(name("rework"), of)));
    lines.extend(row.outcomes.iter().map(|(of, rate)| rated(name(of), rate)));
    lines.extend(
        row.rules
            .iter()
            .map(|(of, kept)| rated(name(of), &kept.rate())),
    );
    lines.extend(
        row.milestones
            .iter()
            .map(|(of, time)| timed(name(of), time)),
    );
    lines.extend(row.costs.iter().map(|of| Line {
        figure: name(COST),
        value: measured(&of.value(|stats| stats.median), look),
        range: match of.value(|stats| stats.p90) {
            Value::Missing => String::new(),
            p90 => format!("p90 {}", measured(&p90, look)),
        },
        of: count(of.measure.stats.map_or(0, |stats| stats.n)),
        q: of.measure.q,
    }));
    lines.extend(row.scores.iter().map(|of| scored(name(SCORE), of)));
    lines.push(counted("events", counts.events, String::new()));
    lines.push(counted("variants", counts.variants, String::new()));
    lines
}
