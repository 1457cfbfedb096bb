//! The first pane: the figures of the selection, throughput over time, how long cases take, when they reach
//! milestones, and the most frequent variants.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::list_pane::ListPane;
use super::paired::{Bins, Chart};
use super::{
    Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, Tab, texts,
};
use crate::engine::{
    Answer, AskError, Basis, Charted, Listing, MilestonesQuery, Overview, OverviewQuery, Page,
    Request, SummaryQuery, TrendUnit, VariantRow, VariantsQuery,
};
use crate::filter::{DurationLiteral, Expr, Field, Op, Relation, TimeRange};
use crate::input::Action;
use crate::text;
use crate::text::time;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{Focus, MILESTONES, SHAPE, SUMMARY, State, VARIANTS};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "overview",
    title: "Overview",
    short: "Over",
    help: "Figures of the selection, throughput over time, durations, milestones, top variants",
    tab: Tab::Always,
    terms: &[
        "cases",
        "events",
        "duration",
        "median",
        "p90",
        "mean",
        "share",
        "started, ended",
        "milestone",
    ],
    hints: &[
        Action::Open,
        Action::SwitchFocus,
        Action::Keep,
        Action::Drop,
        Action::Maximize,
    ],
    report: Some("summary"),
    new: || Box::<State>::default(),
    versus: Some(ListPane::<Bins<State>>::boxed),
};

impl Chart for State {
    const REPORT: &'static str = "summary";

    fn entry() -> &'static PaneSpec {
        &SPEC
    }

    fn charted(_: TrendUnit, _: Rect) -> Charted {
        Charted::Summary
    }
}

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let shape = Request::new(OverviewQuery {
            time_bins: view::time_bins(context, self.focus),
            duration_bins: usize::from(context.area.width / 8).clamp(4, 14),
        });
        let listing = Listing {
            page: Page::first(TOP),
            ..Listing::by("cases")
        };
        let mut requests = vec![
            (SUMMARY, Request::new(SummaryQuery)),
            (SHAPE, shape),
            (VARIANTS, Request::new(VariantsQuery::new(listing))),
        ];
        if view::shows_milestones(context, self.focus) {
            let query = MilestonesQuery {
                time_bins: TREND_BINS,
                ..MilestonesQuery::figures(Listing::by("defined"))
            };
            requests.push((MILESTONES, Request::new(query)));
        }
        requests
    }

    fn acts_on(&self, slot: Slot) -> bool {
        // No cursor is on the milestones.
        slot != MILESTONES
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error.to_string());
                return;
            }
            Ok(answer) => {
                if let Some(summary) = answer.to::<SummaryQuery>() {
                    self.summary = Some(summary.clone());
                } else if let Some(shape) = answer.to::<OverviewQuery>() {
                    self.reshape(shape.clone());
                } else if let Some(rows) = answer.to::<MilestonesQuery>() {
                    self.milestones = Some(rows.clone());
                } else if let Some(rows) = answer.to::<VariantsQuery>() {
                    // The cursor follows its variant.
                    let before = self.rows().get(self.variant).map(|row| &row.activities);
                    let same = |row: &VariantRow| Some(&row.activities) == before;
                    let place = rows.rows.iter().position(same);
                    self.variant = place.unwrap_or(self.variant);
                    self.variants = Some(rows.clone());
                }
            }
        }
        self.error = None;
        let last = |n: usize| n.saturating_sub(1);
        self.variant = self.variant.min(last(self.rows().len()));
        self.time = self.time.min(last(self.time_bins().len()));
        self.duration = self.duration.min(last(self.duration_bins().len()));
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let page = isize::try_from(context.area.height / 2).unwrap_or(10);
        let far = isize::MAX;
        match action {
            Action::SwitchFocus => self.focus = self.focus.next(),
            Action::MoveDown | Action::MoveRight => self.step(1),
            Action::MoveUp | Action::MoveLeft => self.step(-1),
            Action::PageDown | Action::HalfPageDown => self.step(page),
            Action::PageUp | Action::HalfPageUp => self.step(-page),
            Action::Top => self.step(-far),
            Action::Bottom => self.step(far),
            Action::GoToRow(row) => {
                self.step(-far);
                self.step(isize::try_from(row.saturating_sub(1)).unwrap_or(far));
            }
            Action::Open | Action::Keep | Action::Drop => {
                return self.select(action, context);
            }
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn status(&self) -> Status {
        let (cursor, n) = match self.focus {
            Focus::Variants => (self.variant, self.rows().len()),
            Focus::Time => (self.time, self.time_bins().len()),
            Focus::Durations => (self.duration, self.duration_bins().len()),
        };
        Status {
            position: (n > 0).then_some((cursor + 1, n)),
            ..Status::default()
        }
    }

    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
        match what {
            CopyWhat::View => {
                let figures = view::figures(self.summary.as_ref()?, context);
                let milestones = self.milestones.iter().flat_map(|found| &found.rows);
                let milestones = milestones.map(|row| view::milestone(row, context));
                let line = |(label, value): (String, String)| format!("{label}\t{value}\n");
                Some(figures.into_iter().chain(milestones).map(line).collect())
            }
            CopyWhat::Row | CopyWhat::Cell => match self.focus {
                Focus::Variants => {
                    let names = &self.rows().get(self.variant)?.activities;
                    let names: Vec<_> = names.iter().map(|name| text::safe(name)).collect();
                    Some(names.join(" > "))
                }
                _ => self.subject(context).map(|(filter, _)| filter.to_string()),
            },
        }
    }

    fn figures(&self, context: Context<'_>) -> Vec<Explained> {
        let explained = |name: String, value: String, basis, term| Explained {
            name,
            value,
            basis: Some(basis),
            term,
        };
        let name = self.subject(context).map(|(_, name)| name);
        let name = name.unwrap_or_default();
        let cell = match self.focus {
            Focus::Variants => self.rows().get(self.variant).map(|row| {
                let basis = Basis::of(row.cases, "cases, open or closed");
                explained(name, text::count(row.cases), basis, "cases")
            }),
            Focus::Time => self.time_bins().get(self.time).map(|bin| {
                let basis = Basis::of(bin.started, "cases, open or closed");
                explained(name, text::count(bin.started), basis, "started, ended")
            }),
            Focus::Durations => self.duration_bins().get(self.duration).map(|bin| {
                let all: u64 = self.duration_bins().iter().map(|bin| bin.count).sum();
                let others = all.saturating_sub(bin.count);
                let basis = Basis::of(bin.count, "cases, open ones as far as they have come");
                let basis = basis.without(others, "of other durations");
                explained(name, text::count(bin.count), basis, "duration")
            }),
        };
        let throughput = self.summary.as_ref().and_then(|summary| {
            let stats = summary.throughput?;
            let basis = Basis::of(stats.n, "closed cases").without(summary.open, "open cases");
            let median = context.duration(stats.median);
            Some(explained(
                "median duration".to_owned(),
                median,
                basis,
                "median",
            ))
        });
        cell.into_iter().chain(throughput).collect()
    }

    fn place(&self) -> Place {
        // The place of a part with the focus is kept where lists keep their order.
        let (cursor, sort) = match self.focus {
            Focus::Variants => (self.variant, 0),
            Focus::Time => (self.time, 1),
            Focus::Durations => (self.duration, 2),
        };
        Place {
            cursor,
            sort,
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        (self.focus, self.variant, self.time, self.duration) = match place.sort {
            1 => (Focus::Time, self.variant, place.cursor, self.duration),
            2 => (Focus::Durations, self.variant, self.time, place.cursor),
            _ => (Focus::Variants, place.cursor, self.time, self.duration),
        };
    }
}

impl State {
    /// Takes other bins: the cursors stay at their instant and duration.
    fn reshape(&mut self, shape: Overview) {
        let start = self.time_bins().get(self.time).map(|bin| bin.start);
        let from = self.duration_bins().get(self.duration).map(|bin| bin.from);
        self.shape = Some(shape);
        if let Some(start) = start {
            let after = self.time_bins().partition_point(|bin| bin.start <= start);
            self.time = after.saturating_sub(1);
        }
        if let Some(from) = from {
            let after = self.duration_bins().partition_point(|bin| bin.from <= from);
            self.duration = after.saturating_sub(1);
        }
    }

    fn step(&mut self, by: isize) {
        let (cursor, n) = match self.focus {
            Focus::Variants => (self.variant, self.rows().len()),
            Focus::Time => (self.time, self.time_bins().len()),
            Focus::Durations => (self.duration, self.duration_bins().len()),
        };
        let cursor = cursor.saturating_add_signed(by).min(n.saturating_sub(1));
        match self.focus {
            Focus::Variants => self.variant = cursor,
            Focus::Time => self.time = cursor,
            Focus::Durations => self.duration = cursor,
        }
    }

    /// The filter of what the cursor is on, and what to call it.
    fn subject(&self, context: Context<'_>) -> Option<(Expr, String)> {
        match self.focus {
            Focus::Variants => {
                let row = self.rows().get(self.variant)?;
                let filter = Expr::compare(Field::Variant, Op::Equal, row.rank);
                Some((filter, format!("variant {}", row.rank)))
            }
            Focus::Time => {
                let start = self.time_bins().get(self.time)?.start;
                let end = self.bin_end(self.time)?;
                let range = TimeRange::between(start, end)?;
                Some((
                    Expr::period(Relation::Started, range),
                    format!("started {}", time::date(start, context.log.zone)),
                ))
            }
            Focus::Durations => {
                let bin = self.duration_bins().get(self.duration)?;
                let last = self.duration + 1 == self.duration_bins().len();
                let bound = |op, seconds: f64| {
                    // A float may be a little off the microsecond that was meant.
                    let micros = (seconds * 1e6).round() as i64;
                    Expr::compare(Field::Duration, op, DurationLiteral::of(micros))
                };
                // Only the last bin contains its upper bound.
                let below = if last { Op::LessEqual } else { Op::Less };
                let filter = bound(Op::GreaterEqual, bin.from).and(bound(below, bin.to));
                let [from, to] = [bin.from, bin.to].map(|bound| context.duration(bound));
                Some((filter, format!("{from} to {to}")))
            }
        }
    }

    fn select(&self, action: &Action, context: Context<'_>) -> Outcome {
        let Some((filter, crumb)) = self.subject(context) else {
            return Outcome::Done;
        };
        texts::emitting(texts::selecting(action, &filter, crumb))
    }
}

/// Bins of the trend of a milestone: about as many as there are columns for it.
const TREND_BINS: usize = 24;

/// Variants that are asked for: no screen shows more of them here.
const TOP: usize = 50;
