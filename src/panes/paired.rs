//! Panes of charts that compare two selections: a figure of each bin, or of each selection as a whole, of A
//! and of B, with one scale of bars.
//!
//! ```text
//! A started 2024-03, 157 cases (12 open)   B started 2024-02, 112 cases   0 in both
//! cases started, by week from the start of each side
//!   A / B                      A                  B             A rate  B rate  A - B
//! > 2024-02-26 / 2024-01-29    ████ 18            █████ 21         6.0     5.2  +0.8 (+15%)
//! ```

use super::controls::Order;
use super::list_view::{Change, ListView};
use super::texts::SEPARATOR;
use super::versus::draw_sides;
use super::{Look, PaneSpec};
use crate::engine::{
    Aligned, Answer, Charted, Features, Listing, LogInfo, Paired, PairedQuery, PairedRow, TrendUnit,
};
use crate::filter::{Expr, Relation, TimeRange};
use crate::input::Action;
use crate::text;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::marker::PhantomData;

/// A chart that can be compared.
pub trait Chart: Send + 'static {
    /// Registry entry of the usual chart.
    fn entry() -> &'static PaneSpec;

    /// The report that prints the same.
    const REPORT: &'static str;

    /// What is compared: by this unit, in this area.
    fn charted(unit: TrendUnit, area: Rect) -> Charted;

    /// True for a chart of periods whose unit can be chosen, as in `--by` of the report.
    const HAS_UNITS: bool = false;
}

/// The figure, and what is known of the bins on the screen.
pub struct Bins<C> {
    figure: usize,
    unit: TrendUnit,
    /// Counts are compared by their rates.
    by_rate: bool,
    chart: PhantomData<fn() -> C>,
}

impl<C> Default for Bins<C> {
    fn default() -> Self {
        Bins {
            figure: 0,
            unit: TrendUnit::default(),
            by_rate: false,
            chart: PhantomData,
        }
    }
}

/// Rows above the table.
const HEAD: u16 = 2;

impl<C: Chart> ListView for Bins<C> {
    type List = PairedQuery;

    fn spec(&self) -> &'static PaneSpec {
        C::entry()
    }

    fn many(&self) -> &'static str {
        "bins"
    }

    fn query(&self, listing: Listing) -> PairedQuery {
        self.query_in(listing, Rect::default())
    }

    fn query_in(&self, listing: Listing, area: Rect) -> PairedQuery {
        PairedQuery {
            of: C::charted(self.unit, area),
            figure: self.figure,
            listing,
        }
    }

    fn features(&self, log: &LogInfo) -> Features {
        Features {
            extra: self.by_rate,
            ..Features::of(log)
        }
    }

    /// The cases that started in a bin that is the same of both sides.
    fn filter(&self, row: &PairedRow) -> Option<Expr> {
        let spans = row.bins.each_ref().map(|bin| bin.as_ref()?.span);
        let (start, end) = spans[0].filter(|_| spans[0] == spans[1])?;
        let range = TimeRange::between(start, end)?;
        Some(Expr::period(Relation::Started, range))
    }

    fn name(&self, row: &PairedRow) -> String {
        text::safe(&row.name).into_owned()
    }

    fn report(&self) -> Option<&'static str> {
        Some(C::REPORT)
    }

    fn options(&self, _: &Order) -> Vec<String> {
        let by = ["--by", self.unit.word()].map(String::from);
        by.into_iter().filter(|_| C::HAS_UNITS).collect()
    }

    fn change(&mut self, action: &Action) -> Change {
        match action {
            Action::NextAspect => {
                self.figure += 1;
                Change::Some
            }
            Action::ToggleAxis if !C::HAS_UNITS => {
                self.figure += 1;
                Change::Some
            }
            Action::ToggleAxis => {
                let at = TrendUnit::ALL.iter().position(|unit| *unit == self.unit);
                let next = at.map_or(0, |at| at + 1) % TrendUnit::ALL.len();
                self.unit = TrendUnit::ALL[next];
                Change::Query
            }
            _ => Change::None,
        }
    }

    fn subject(&self) -> String {
        format!("{}{SEPARATOR}{}", self.figure, self.unit.word())
    }

    /// Other subjects are those of the usual chart.
    fn go_to(&mut self, subject: &str) -> Change {
        let before = self.subject();
        if let Some((figure, unit)) = subject.split_once(SEPARATOR) {
            self.figure = figure.parse().unwrap_or(0);
            let unit = TrendUnit::ALL.into_iter().find(|of| of.word() == unit);
            self.unit = unit.unwrap_or_default();
        }
        if before == self.subject() {
            Change::Some
        } else {
            Change::Query
        }
    }

    fn listed(&mut self, answer: &Answer) {
        if let Some(paired) = answer.to::<PairedQuery>() {
            self.by_rate = paired.by_rate;
            self.figure %= paired.figures.len().max(1);
        }
    }

    fn head_rows(&self) -> u16 {
        HEAD
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(paired) = answer.to::<PairedQuery>() else {
            return;
        };
        draw_sides(&paired.sides, paint::row(area, 0), buffer, look);
        let line = text::safe(&in_words(paired, C::REPORT, self.figure)).into_owned();
        let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 1), &line, look.theme.muted);
    }
}

/// The figure, the bins, and the rates.
fn in_words(paired: &Paired, report: &str, figure: usize) -> String {
    let mut parts = Vec::new();
    parts.extend(paired.figures.get(figure).map(|figure| figure.name.clone()));
    match paired.aligned {
        Aligned::Time => parts.push(format!("by {}", paired.unit)),
        Aligned::Offset => parts.push(format!("by {} from the start of each side", paired.unit)),
        Aligned::Name if paired.figures.is_empty() => {
            parts.push("durations are those of ended cases".to_owned());
        }
        Aligned::Name => {}
    }
    if paired.by_rate {
        let per = if report == "week" { "week" } else { "day" };
        parts.push(format!("rates of counts per {per}"));
    }
    if let Some(reason) = paired
        .sides
        .reason()
        .filter(|_| paired.sides.cases.contains(&0))
    {
        parts.push(reason.to_owned());
    }
    parts.join(", ")
}
