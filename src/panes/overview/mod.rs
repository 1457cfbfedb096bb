//! The first pane: key figures of the selection, what in it deserves a look, and where there is room when
//! cases started, how long they take, and the most frequent variants.

mod figures;
mod findings;
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
    Answer, AskError, Basis, Charted, FindingRow, FindingsQuery, KeyFiguresQuery, Listing,
    Overview, OverviewQuery, Page, Request, Rows, SummaryQuery, TrendUnit, VariantRow,
    VariantsQuery,
};
use crate::filter::{DurationLiteral, Expr, Field, Op, Relation, TimeRange};
use crate::input::Action;
use crate::text;
use crate::text::time;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{FIGURES, FINDINGS, Focus, SHAPE, SUMMARY, State, VARIANTS};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "overview",
    title: "Overview",
    short: "Over",
    help: "What to look at: open cases, durations with their trend, findings; starts, durations, variants",
    tab: Tab::Always,
    terms: &[
        "changed",
        "finding",
        "case time a week",
        "cases resting",
        "more open cases",
        "wait that grew",
        "slower than its mix",
        "queue that grew",
        "broken more often",
        "data problem",
        "change of a figure",
        "a period ago",
        "milestone",
        "cases",
        "duration",
        "median",
        "p90",
        "share",
        "started, ended",
    ],
    hints: &[
        Action::Open,
        Action::Explain,
        Action::SwitchFocus,
        Action::Keep,
        Action::Drop,
        Action::Maximize,
    ],
    report: Some("findings"),
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
            time_bins: view::time_bins(self, context),
            duration_bins: usize::from(context.area.width / 8).clamp(4, 14),
        });
        let listing = Listing {
            page: Page::first(TOP),
            ..Listing::by("cases")
        };
        let bins = figures::BINS;
        vec![
            (SUMMARY, Request::new(SummaryQuery)),
            (FIGURES, Request::new(KeyFiguresQuery { bins })),
            (SHAPE, shape),
            (VARIANTS, Request::new(VariantsQuery::new(listing))),
            (FINDINGS, Request::new(FindingsQuery::all())),
        ]
    }

    fn acts_on(&self, slot: Slot) -> bool {
        slot == self.focus.slot()
    }

    fn list_slot(&self) -> Slot {
        self.focus.slot()
    }

    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.refuse(slot, texts::reason(&error));
                return;
            }
        };
        self.errors.remove(&slot);
        if let Some(summary) = answer.to::<SummaryQuery>() {
            self.summary = Some(summary.clone());
        } else if let Some(figures) = answer.to::<KeyFiguresQuery>() {
            self.figures = Some(figures.clone());
        } else if let Some(findings) = answer.to::<FindingsQuery>() {
            // The cursor stays on the same kind.
            let at = self.cursor(Focus::Findings);
            let kind = self.found().get(at).map(|row| row.kind);
            let rows = &findings.rows.rows;
            let place = rows.iter().position(|row| Some(row.kind) == kind);
            self.findings = Some(findings.clone());
            self.put(Focus::Findings, place.unwrap_or(at));
        } else if let Some(shape) = answer.to::<OverviewQuery>() {
            self.reshape(shape.clone());
        } else if let Some(rows) = answer.to::<VariantsQuery>() {
            self.list_variants(rows);
        }
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
        let (cursor, n) = (self.cursor(self.focus), self.len(self.focus));
        Status {
            position: (n > 0).then_some((cursor + 1, n)),
            ..Status::default()
        }
    }

    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
        match what {
            CopyWhat::View => {
                let figures = figures::copied(self.figures.as_ref()?, context).into_iter();
                let figures = figures.map(|(label, value)| format!("{label}\t{value}"));
                let lines = figures.chain(findings::copied(self, context));
                Some(lines.map(|line| line + "\n").collect())
            }
            CopyWhat::Row | CopyWhat::Cell => match self.focus {
                Focus::Findings => {
                    let row = self.finding()?;
                    Some(text::safe(&row.sentence).into_owned())
                }
                Focus::Variants => {
                    let names = &self.rows().get(self.cursor(Focus::Variants))?.activities;
                    let names: Vec<_> = names.iter().map(|name| text::safe(name)).collect();
                    Some(names.join(" > "))
                }
                _ => self.subject(context).map(|(filter, _)| filter.to_string()),
            },
        }
    }

    fn figures(&self, context: Context<'_>) -> Vec<Explained> {
        let mut all = match self.focus {
            Focus::Findings => match (self.finding(), &self.findings) {
                (Some(row), _) => findings::explained(row, context),
                (None, Some(found)) => findings::looked(found),
                (None, None) => Vec::new(),
            },
            _ => self.under_cursor(context).into_iter().collect(),
        };
        if let Some(of) = &self.figures {
            all.extend(figures::explained(of, context));
        }
        all
    }

    fn place(&self) -> Place {
        // The part with the focus is kept where lists keep their order.
        Place {
            cursor: self.cursor(self.focus),
            sort: self.focus as usize,
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        self.focus = Focus::ALL.get(place.sort).copied().unwrap_or_default();
        // What is there may not be of the place yet: the next answer puts the cursor right.
        self.cursors[self.focus as usize] = place.cursor;
    }
}

impl State {
    /// The finding under the cursor.
    fn finding(&self) -> Option<&FindingRow> {
        self.found().get(self.cursor(Focus::Findings))
    }

    /// Takes other bins: the cursors stay at their instant and duration.
    fn reshape(&mut self, shape: Overview) {
        let [time, duration] = [Focus::Time, Focus::Durations].map(|part| self.cursor(part));
        let start = self.time_bins().get(time).map(|bin| bin.start);
        let from = self.duration_bins().get(duration).map(|bin| bin.from);
        self.shape = Some(shape);
        let at = start.map(|start| self.time_bins().partition_point(|bin| bin.start <= start));
        self.put(Focus::Time, at.map_or(time, |at| at.saturating_sub(1)));
        let at = from.map(|from| self.duration_bins().partition_point(|bin| bin.from <= from));
        self.put(
            Focus::Durations,
            at.map_or(duration, |at| at.saturating_sub(1)),
        );
    }

    /// Takes other variants: the cursor follows its variant.
    fn list_variants(&mut self, rows: &Rows<VariantRow>) {
        let at = self.cursor(Focus::Variants);
        let before = self.rows().get(at).map(|row| &row.activities);
        let same = |row: &VariantRow| Some(&row.activities) == before;
        let place = rows.rows.iter().position(same);
        self.variants = Some(rows.clone());
        self.put(Focus::Variants, place.unwrap_or(at));
    }

    fn step(&mut self, by: isize) {
        let cursor = self.cursor(self.focus).saturating_add_signed(by);
        self.put(self.focus, cursor);
    }

    /// The figure of the variant or bin under the cursor.
    fn under_cursor(&self, context: Context<'_>) -> Option<Explained> {
        let cursor = self.cursor(self.focus);
        let (value, basis, term) = match self.focus {
            Focus::Findings => return None,
            Focus::Variants => {
                let row = self.rows().get(cursor)?;
                (
                    row.cases,
                    Basis::of(row.cases, "cases, open or closed"),
                    "cases",
                )
            }
            Focus::Time => {
                let bin = self.time_bins().get(cursor)?;
                let basis = Basis::of(bin.started, "cases, open or closed");
                (bin.started, basis, "started, ended")
            }
            Focus::Durations => {
                let bin = self.duration_bins().get(cursor)?;
                let all: u64 = self.duration_bins().iter().map(|bin| bin.count).sum();
                let basis = Basis::of(bin.count, "cases, open ones as far as they have come");
                let others = all.saturating_sub(bin.count);
                (
                    bin.count,
                    basis.without(others, "of other durations"),
                    "duration",
                )
            }
        };
        Some(Explained {
            name: self
                .subject(context)
                .map(|(_, name)| name)
                .unwrap_or_default(),
            value: text::count(value),
            basis: Some(basis),
            term,
        })
    }

    /// The filter of the variant or bin under the cursor, and what to call it.
    fn subject(&self, context: Context<'_>) -> Option<(Expr, String)> {
        let cursor = self.cursor(self.focus);
        match self.focus {
            Focus::Findings => None,
            Focus::Variants => {
                let row = self.rows().get(cursor)?;
                let filter = Expr::compare(Field::Variant, Op::Equal, row.rank);
                Some((filter, format!("variant {}", row.rank)))
            }
            Focus::Time => {
                let start = self.time_bins().get(cursor)?.start;
                let end = self.bin_end(cursor)?;
                let range = TimeRange::between(start, end)?;
                Some((
                    Expr::period(Relation::Started, range),
                    format!("started {}", time::date(start, context.log.zone)),
                ))
            }
            Focus::Durations => {
                let bin = self.duration_bins().get(cursor)?;
                let last = cursor + 1 == self.duration_bins().len();
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
        if self.focus == Focus::Findings {
            let found = self.finding().and_then(|row| findings::select(action, row));
            return texts::emitting(found);
        }
        let Some((filter, crumb)) = self.subject(context) else {
            return Outcome::Done;
        };
        texts::emitting(texts::selecting(action, &filter, crumb))
    }
}

/// Variants that are asked for: no screen shows more of them here.
const TOP: usize = 50;
