//! Split: groups of cases by a column or another property, with two figures, and the group under the
//! cursor in full; or the table of two properties with one figure.
//!
//! ```text
//! duration and late (broken) · 20,769 cases (+346 in several groups) · • q < 5%
//!   group            cases  share   median      p90    rate
//! > 3 - Moderate    19,779  95.2%   6d 10h  22d 17h   39.0% ███▉       38.3 to 39.7%
//!   2 - High           379   1.8%   8d 08h  23d 03h • 97.6% █████████▊ 95.5 to 98.7% •
//! ```

mod detail;
mod offers;
mod table;
mod words;

use super::controls::{Order, motion};
use super::list_pane::ListPane;
use super::list_view::{Change, ColumnOf, DetailOf, ListView};
use super::texts::{self, SEPARATOR};
use super::{Context, Look, Outcome, PaneSpec, Slot, Tab, versus};
use crate::engine::{
    Answer, AskError, Features, Figure, FigureKind, FigureOffer, Figures, GroupBy, Listing,
    LogInfo, Request, SCORE, Split as Answered, SplitQuery, SplitRow,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::text::time::{DAY, duration_literal};
use crate::text::{self, count, counted};
use crate::ui::list::ListState;
use crate::ui::widgets::Cell;
use crate::ui::widgets::sparkline::sparkline;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::{fit, paint};
use detail::Detail;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use words::{missing, named, sure};

pub use offers::{columns_on_offer, on_offer};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "split",
    title: "Split",
    short: "Split",
    help: "Groups of cases by a column or two, with figures and how sure their differences are",
    tab: Tab::Never,
    terms: &["duration", "time to"],
    hints: &[
        Action::Open,
        Action::Drop,
        Action::ToggleAxis,
        Action::Pivot,
        Action::Split,
        Action::Sort,
    ],
    report: Some("split"),
    new: ListPane::<Split>::boxed,
    versus: Some(ListPane::<versus::Versus<Split>>::boxed),
};

/// The slots of all figures of all groups, and of all cases.
const GROUPS: Slot = 1;
const ALL: Slot = 2;

/// Times of which the shares of cases with an outcome are shown.
const AFTER: [i64; 8] = [
    DAY / 24,
    DAY,
    3 * DAY,
    7 * DAY,
    30 * DAY,
    90 * DAY,
    180 * DAY,
    365 * DAY,
];

/// The properties that form the groups, and the figure.
struct Split {
    by: Option<GroupBy>,
    /// Property whose values are columns.
    across: Option<GroupBy>,
    shown: FigureOffer,
    /// The figures on offer.
    offers: Vec<FigureOffer>,
    /// The figure of a place that was gone to before figures were on offer.
    wanted: Option<String>,
    /// Number of columns of the table of two properties, and the first one on the screen.
    columns: usize,
    first: usize,
    /// All figures of all groups.
    groups: Vec<SplitRow>,
    /// All figures of all cases.
    all: Option<SplitRow>,
    /// The cursor among the lines of the detail.
    lines: ListState,
}

impl Default for Split {
    fn default() -> Self {
        Split {
            by: None,
            across: None,
            shown: FigureOffer {
                figure: Figure::Duration,
                kind: FigureKind::Time,
            },
            offers: Vec::new(),
            wanted: None,
            columns: 0,
            first: 0,
            groups: Vec::new(),
            all: None,
            lines: ListState::default(),
        }
    }
}

/// Subject of a place of the pane: the properties by their names, empty for none, and the figure.
pub fn subject(by: &str, across: &str, figure: &str) -> String {
    [by, across, figure].join(&SEPARATOR.to_string())
}

/// The properties of a subject by their names.
pub fn properties(subject: &str) -> (&str, &str) {
    let mut texts = subject.split(SEPARATOR);
    let mut text = || texts.next().unwrap_or_default();
    (text(), text())
}

fn split(answer: &Answer) -> Option<&Answered> {
    answer.to::<SplitQuery>()
}

impl Split {
    fn by(&self) -> impl Iterator<Item = &GroupBy> {
        self.by.iter().chain(&self.across)
    }

    /// The figures of a row: one of time and one rate.
    fn figures(&self) -> Vec<Figure> {
        let shown = self.shown.figure.clone();
        match (&shown, self.shown.kind) {
            (Figure::TimeTo(outcome), _) => vec![Figure::Named(outcome.clone()), shown],
            (Figure::Duration | Figure::Rework, _) => vec![Figure::Duration, Figure::Rework],
            (_, FigureKind::Time | FigureKind::Amount | FigureKind::Score) => {
                vec![shown, Figure::Rework]
            }
            _ => vec![Figure::Duration, shown],
        }
    }

    fn asked(only: Vec<Figure>) -> Figures {
        let has_times = only.iter().any(|of| matches!(of, Figure::TimeTo(_)));
        Figures {
            only,
            after: if has_times {
                AFTER.to_vec()
            } else {
                Vec::new()
            },
            open_ended: false,
        }
    }

    /// Shows the figure of that name; without one that is on offer the one before stays.
    fn show(&mut self, figure: &str) {
        let mut offers = self.offers.iter();
        if let Some(offer) = offers.find(|offer| offer.figure.to_string() == figure) {
            self.shown = offer.clone();
        }
    }

    fn next_figure(&mut self) {
        // A list shows durations and rework side by side, a table one of them.
        let differs = |of: &&FigureOffer| self.across.is_some() || of.figure != Figure::Rework;
        let offers: Vec<&FigureOffer> = self.offers.iter().filter(differs).collect();
        let at = offers.iter().position(|of| **of == self.shown);
        let next = at.map_or(0, |at| at + 1) % offers.len().max(1);
        if let Some(next) = offers.get(next) {
            self.shown = (*next).clone();
        }
    }

    /// The figures in words: those of time first.
    fn in_words(&self) -> String {
        if self.across.is_some() {
            return named(&self.shown);
        }
        let figures = self.figures().into_iter().map(|figure| {
            let offer = self.offers.iter().find(|offer| offer.figure == figure);
            offer.map_or_else(|| figure.to_string(), named)
        });
        figures.collect::<Vec<_>>().join(" and ")
    }

    /// A line on the rows as a whole.
    fn head_line(&self, split: &Answered, look: Look<'_>) -> String {
        let mut cases = vec![counted(split.cases, "case", "cases")];
        if split.overlap > 0 {
            cases.push(format!(" (+{} in several groups)", count(split.overlap)));
        }
        if split.open > 0 {
            cases.push(format!(", {} open apart", count(split.open)));
        }
        let cases = cases.concat();
        let mut parts = vec![self.in_words(), cases];
        let tested = split.time_to.first().and_then(|(.., test)| test.as_ref());
        parts.extend(tested.map(|test| format!("log-rank p {}", text::probability(test.p))));
        parts.push(format!("{} q < 5%", look.theme.glyphs.point));
        if self.across.is_some() {
            parts.push(table::legend(split.columns.len()));
        }
        let line = parts.join(&format!(" {} ", look.theme.glyphs.dot));
        text::safe(&line).into_owned()
    }
}

impl ListView for Split {
    type List = SplitQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "groups"
    }

    fn query(&self, listing: Listing) -> SplitQuery {
        SplitQuery {
            by: self.by.iter().cloned().collect(),
            across: self.across.clone(),
            common_ranges: false,
            figures: Self::asked(self.figures()),
            listing,
        }
    }

    fn features(&self, log: &LogInfo) -> Features {
        Features {
            extra: self.across.is_some(),
            by: match self.shown.kind {
                FigureKind::Score => SCORE,
                _ => "",
            },
            ..Features::of(log)
        }
    }

    fn says_what_is_left(&self) -> bool {
        false
    }

    fn filter(&self, row: &SplitRow) -> Option<Expr> {
        row.filter.clone()
    }

    fn name(&self, row: &SplitRow) -> String {
        text::safe(&row.name()).into_owned()
    }

    fn act(&self, action: &Action, row: &SplitRow) -> Outcome {
        let filter = row.filter.as_ref();
        texts::emitting(filter.and_then(|filter| texts::keeping(action, filter)))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let by = self.by().map(|by| by.to_string().replace(',', "\\,"));
        let mut options = vec!["--by".to_owned(), by.collect::<Vec<_>>().join(",")];
        let figures = Self::asked(self.figures());
        let named = figures.only.iter();
        options.extend(named.flat_map(|of| ["--figure".to_owned(), of.to_string()]));
        if !figures.after.is_empty() {
            let after = figures.after.iter().map(|time| duration_literal(*time));
            options.extend(["--after".to_owned(), after.collect::<Vec<_>>().join(",")]);
        }
        // The rows of the report are the cells of the table.
        if self.across.is_none() {
            options.extend(order.sort_and_limit());
        }
        options
    }

    fn change(&mut self, action: &Action) -> Change {
        match action {
            Action::ToggleAxis if !self.offers.is_empty() => self.next_figure(),
            Action::MoveLeft if self.across.is_some() => {
                self.first = self.first.saturating_sub(1);
            }
            Action::MoveRight if self.across.is_some() => {
                self.first = (self.first + 1).min(self.columns.saturating_sub(1));
            }
            _ => return Change::None,
        }
        Change::Some
    }

    fn subject(&self) -> String {
        let name = |by: &Option<GroupBy>| by.as_ref().map_or_else(String::new, GroupBy::to_string);
        let figure = self.shown.figure.to_string();
        subject(&name(&self.by), &name(&self.across), &figure)
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let before = (self.by.clone(), self.across.clone());
        let (by, across) = properties(subject);
        let parse = |name: &str| (!name.is_empty()).then(|| GroupBy::parse(name));
        (self.by, self.across) = (parse(by), parse(across));
        let figure = subject.split(SEPARATOR).nth(2).unwrap_or_default();
        self.wanted = self.offers.is_empty().then(|| figure.to_owned());
        self.show(figure);
        if before == (self.by.clone(), self.across.clone()) {
            Change::Some
        } else {
            self.first = 0;
            self.groups.clear();
            Change::Query
        }
    }

    fn topic(&self) -> Option<String> {
        let by: Vec<String> = self.by().map(GroupBy::to_string).collect();
        Some(format!("by {}", by.join(", ")))
    }

    fn head_rows(&self) -> u16 {
        if self.across.is_some() { 2 } else { 1 }
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(split) = split(answer) else { return };
        let line = self.head_line(split, look);
        let line = fit::truncate_end(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
        if self.across.is_some() && area.height > 1 {
            let features = self.features(look.context.log);
            let names = paint::row(area, 1);
            table::draw_names(
                split.columns.get(self.first..).unwrap_or_default(),
                &features,
                names,
                buffer,
                look,
            );
        }
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, look: Look<'_>) -> Option<Vec<Cell<'a>>> {
        let mark = |q: Option<f64>| Cell::new(sure(q, look).to_owned());
        let rows = of.rows.iter();
        Some(match of.column.name {
            "time_q" => rows
                .map(|row| mark(row.first_measure().and_then(|of| of.q)))
                .collect(),
            "rate_q" => rows
                .map(|row| mark(row.first_rate().and_then(|of| of.q)))
                .collect(),
            "median_change" => {
                let change = |row: &&SplitRow| row.moves.measure;
                let is_money = self.shown.kind == FigureKind::Amount;
                let text = |by: f64| {
                    moved(by, |size| {
                        if is_money {
                            text::money(size, false)
                        } else {
                            look.context.duration(size)
                        }
                    })
                };
                let shown = |of: Option<f64>| Cell::new(of.map_or_else(missing, text));
                rows.map(change).map(shown).collect()
            }
            "mean_change" => {
                let change = |row: &&SplitRow| row.moves.measure;
                let shown = |of: Option<f64>| {
                    Cell::new(of.map_or_else(missing, |by| moved(by, text::mean)))
                };
                rows.map(change).map(shown).collect()
            }
            "rate_change" => {
                let change = |row: &&SplitRow| row.moves.rate;
                let shown = |of: Option<f64>| Cell::new(of.map_or_else(missing, text::points));
                rows.map(change).map(shown).collect()
            }
            "starts" => {
                let line = |row: &&SplitRow| {
                    let counts: Vec<f64> = row.starts.iter().map(|n| *n as f64).collect();
                    sparkline(&counts, of.width.into(), &look.theme.glyphs)
                };
                let cell = |row| Cell::new(line(row)).style(look.theme.bar);
                rows.map(cell).collect()
            }
            "cells" => {
                let columns = self.first..self.columns;
                table::cells(of.rows, columns, of.width, self.shown.kind, look)
            }
            _ => return None,
        })
    }

    fn share(&self, area: Rect) -> u16 {
        match self.across {
            Some(_) => 100,
            None if area.width < 100 => 60,
            None => 62,
        }
    }

    fn listed(&mut self, answer: &Answer) {
        let Some(split) = split(answer) else { return };
        self.offers.clone_from(&split.offers);
        if let Some(figure) = self.wanted.take() {
            self.show(&figure);
        }
        self.lines.set_total(match split.time_to.first() {
            Some((_, time, _)) => detail::lines_of_time(time),
            None => detail::lines_of_figures(&self.offers),
        });
        self.columns = split.columns.len();
        self.first = self.first.min(self.columns.saturating_sub(1));
    }

    fn questions(&self, _: &SplitRow, _: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        if matches!(self.shown.figure, Figure::TimeTo(_)) {
            return Vec::new();
        }
        // All groups at once: another one under the cursor asks nothing.
        let by: Vec<GroupBy> = self.by.iter().cloned().collect();
        let query = |by| {
            Request::new(SplitQuery {
                by,
                across: None,
                common_ranges: false,
                figures: Figures::default(),
                listing: Listing::by("cases"),
            })
        };
        vec![(GROUPS, query(by)), (ALL, query(Vec::new()))]
    }

    fn receive(&mut self, slot: Slot, answer: Result<&Answer, &AskError>) {
        let found = answer.ok().and_then(split);
        let rows = found.map_or_else(Vec::new, |split| split.rows.rows.clone());
        match slot {
            GROUPS => self.groups = rows,
            ALL => self.all = rows.into_iter().next(),
            _ => {}
        }
    }

    fn focusable(&self) -> bool {
        self.across.is_none()
    }

    fn moves_list(&self) -> bool {
        true
    }

    fn detail(&self) -> Option<&ListState> {
        Some(&self.lines)
    }

    fn update_detail(&mut self, action: &Action, _: &SplitRow, context: Context<'_>) -> Outcome {
        // Below the name of the group.
        let rows = context.area.height.saturating_sub(1);
        self.lines.set_page(page_rows(rows));
        if let Some(to) = motion(action) {
            self.lines.go(to);
            return Outcome::Done;
        }
        let of_time = matches!(self.shown.figure, Figure::TimeTo(_));
        let offer = detail::offer_at(&self.offers, self.lines.cursor).filter(|_| !of_time);
        match (action, offer) {
            (Action::Open, Some(offer)) => {
                self.shown = offer.clone();
                Outcome::Done
            }
            _ => Outcome::Ignored,
        }
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let Some(split) = split(of.answer) else {
            return;
        };
        let title = text::safe(&of.row.name()).into_owned();
        let style = if of.focused {
            look.theme.focus
        } else {
            look.theme.title
        };
        paint::heading(buffer, paint::row(of.area, 0), &title, style, look.theme);
        let area = paint::below(of.area, 1);
        let mut list = self.lines;
        list.set_page(page_rows(area.height));
        let detail = Detail {
            area,
            list,
            focused: of.focused,
        };
        let time = of.row.time_to.first().map(|(_, time)| time);
        let of_all = split.time_to.first().map(|(_, time, _)| time);
        if let (Some(time), Some(of_all)) = (time, of_all) {
            detail.draw_times(time, of_all, buffer, look);
            return;
        }
        let mut groups = self.groups.iter();
        let whole = groups.find(|row| row.values == of.row.values);
        let group = whole.unwrap_or(of.row);
        detail.draw_figures(group, self.all.as_ref(), &self.offers, buffer, look);
        if whole.is_none() || (look.stale)(GROUPS) {
            paint::restyle(buffer, area, look.theme.stale);
        }
    }
}

/// A change with its sign; `size` is the text of its size.
fn moved(by: f64, size: impl Fn(f64) -> String) -> String {
    let text = size(by.abs());
    // What is rounded to nothing has no sign.
    if text == size(0.0) {
        return text;
    }
    format!("{}{text}", if by < 0.0 { "-" } else { "+" })
}
