//! Variants; and the steps and the cases of the one under the cursor.

#[cfg(test)]
mod tests;

use super::controls::{Order, motion};
use super::list_pane::ListPane;
use super::list_view::{Change, ColumnOf, DetailOf, ListView};
use super::sequence::{self, Run, Shortened, kind};
use super::steps::{Step, steps};
use super::texts::{self, SEPARATOR};
use super::{Context, CopyWhat, Look, Outcome, PaneSpec, Rect, Slot, Tab, versus};
use crate::engine::{
    Answer, AskError, Bounds, CaseRow, CasesQuery, Collapse, Counting, DeviationKind, Features,
    Listing, LogInfo, Page, Request, Rows, VariantMoves, VariantMovesQuery, VariantRow,
    VariantsQuery,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::text;
use crate::ui::fit;
use crate::ui::list::{ListState, Move};
use crate::ui::paint;
use crate::ui::widgets::Cell;
use crate::ui::widgets::bars::bar_text;
use crate::ui::widgets::scrollbar::scrollbar;
use ratatui::buffer::Buffer;
use ratatui::text::Span;
use std::sync::Arc;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "variants",
    title: "Variants",
    short: "Var",
    help: "The sequences of activities that cases follow, with their share and durations",
    tab: Tab::Always,
    terms: &["duration"],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::Find,
        Action::Sort,
        Action::NextChart,
        Action::SwitchFocus,
    ],
    report: Some("variants"),
    new: ListPane::<Variants>::boxed,
    versus: Some(ListPane::<versus::Versus<Variants>>::boxed),
};

/// The slot of the cases.
const CASES: Slot = 1;
/// The slot of the moves of the variant.
const MOVES: Slot = 2;
/// Time for its alignment with a model, microseconds.
const TIME: i64 = 1_000_000;
/// Rows above the steps: name and figures of the variant.
const DETAIL_HEAD: u16 = 2;
/// Number of cases that are asked for at a time.
const PIECE: usize = 64;

/// Ways of counting, in the order in which a key goes through them, with their words in reports.
const COLLAPSES: [(Collapse, &str); 3] = [
    (Collapse::Nothing, ""),
    (Collapse::Repeats, "repeats"),
    (Collapse::Loops, "loops"),
];

/// The variant under the cursor: its steps, a heading, its cases.
#[derive(Default)]
struct Variants {
    counting: Counting,
    /// The activity of the step on which the key to ignore it was pressed.
    to_ignore: Option<String>,
    steps: Vec<Step>,
    activities: Vec<Arc<str>>,
    ranks: Vec<u32>,
    n_cases: usize,
    moves: Option<VariantMoves>,
    cases: Option<Rows<CaseRow>>,
    /// Cursor among steps, heading and cases.
    detail: ListState,
}

/// A row of the detail.
#[derive(Debug, Clone, Copy, PartialEq)]
enum DetailRow<'a> {
    /// A step of the sequence, or one that it lacks.
    Step(&'a Step),
    /// The heading of the cases.
    Heading,
    /// A case, if it is there already.
    Case(Option<&'a CaseRow>),
}

impl Variants {
    /// The cases, if they are those of the variant under the cursor.
    fn cases(&self) -> Option<&Rows<CaseRow>> {
        let cases = self.cases.as_ref();
        cases.filter(|rows| {
            rows.rows
                .iter()
                .all(|case| self.ranks.binary_search(&case.variant).is_ok())
        })
    }

    /// What the variant under the cursor is asked its moves for; `None` where rows are several variants.
    fn moves_of(&self) -> Option<u32> {
        match self.ranks[..] {
            [rank] if self.counting.is_plain() => Some(rank),
            _ => None,
        }
    }

    /// Its moves, once they are known.
    fn moves(&self) -> Option<&VariantMoves> {
        let rank = self.moves_of()?;
        self.moves.as_ref().filter(|moves| moves.rank == rank)
    }

    /// Lays out the steps anew: the answer on the moves comes after the row.
    fn lay_out(&mut self) {
        let moves = self.moves().map_or(&[][..], |moves| &moves.moves);
        self.steps = steps(&self.activities, moves);
        let heading = usize::from(self.n_cases > 0);
        let total = self.steps.len() + heading + self.n_cases;
        self.detail.set_total(total);
    }

    /// How the variant fits what it is judged by.
    fn fit(&self) -> Option<String> {
        let moves = self.moves()?;
        let by = text::safe(&moves.by);
        let number = |kind| {
            moves
                .moves
                .iter()
                .filter(|(of, _)| *of == Some(kind))
                .count()
        };
        let missing = number(DeviationKind::Missing);
        let extra = number(DeviationKind::Extra);
        Some(match (moves.bound, missing, extra) {
            (Some(_), ..) => format!("not aligned with {by}"),
            (None, 0, 0) => format!("fits {by}"),
            _ => format!("{missing} missing, {extra} extra by {by}"),
        })
    }

    fn detail_row(&self, index: usize) -> DetailRow<'_> {
        if let Some(step) = self.steps.get(index) {
            return DetailRow::Step(step);
        }
        match index.checked_sub(self.steps.len() + 1) {
            None => DetailRow::Heading,
            Some(case) => DetailRow::Case(self.cases().and_then(|rows| rows.get(case))),
        }
    }

    /// Moves the cursor, which does not rest on the heading of the cases.
    fn move_detail(&mut self, to: Move) {
        let before = self.detail.cursor;
        self.detail.go(to);
        if self.detail_row(self.detail.cursor) == DetailRow::Heading {
            let down = self.detail.cursor >= before;
            self.detail.go(if down { Move::Down } else { Move::Up });
        }
    }
}

impl ListView for Variants {
    type List = VariantsQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "variants"
    }

    fn query(&self, listing: Listing) -> VariantsQuery {
        VariantsQuery {
            listing,
            counting: self.counting.clone(),
        }
    }

    fn features(&self, log: &LogInfo) -> Features {
        Features {
            extra: !self.counting.is_plain(),
            ..Features::of(log)
        }
    }

    fn filter(&self, row: &VariantRow) -> Option<Expr> {
        Some(row.filter())
    }

    fn change(&mut self, action: &Action) -> Change {
        if let Some(activity) = self.to_ignore.take() {
            self.counting.ignore.push(activity);
            return Change::Query;
        }
        let collapse = &mut self.counting.collapse;
        let at = COLLAPSES.iter().position(|(of, _)| of == collapse);
        let beside = |places: usize| COLLAPSES[(at.unwrap_or(0) + places) % COLLAPSES.len()].0;
        match action {
            Action::NextChart => *collapse = beside(1),
            Action::PreviousChart => *collapse = beside(COLLAPSES.len() - 1),
            Action::ToggleAxis if !self.counting.ignore.is_empty() => self.counting.ignore.clear(),
            _ => return Change::None,
        }
        Change::Query
    }

    fn subject(&self) -> String {
        let word = COLLAPSES
            .iter()
            .find(|(of, _)| *of == self.counting.collapse);
        let word = word.map_or("", |(_, word)| word);
        let ignored = self.counting.ignore.iter().map(String::as_str);
        let texts: Vec<&str> = std::iter::once(word).chain(ignored).collect();
        texts.join(&SEPARATOR.to_string())
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let mut texts = subject.split(SEPARATOR);
        let word = texts.next().unwrap_or_default();
        let collapse = COLLAPSES.iter().find(|(_, of)| *of == word);
        let counting = Counting {
            collapse: collapse.map_or(Collapse::Nothing, |(of, _)| *of),
            ignore: texts.map(str::to_owned).collect(),
        };
        if counting == self.counting {
            return Change::Some;
        }
        self.counting = counting;
        Change::Query
    }

    fn head_rows(&self) -> u16 {
        u16::from(!self.counting.is_plain())
    }

    fn draw_head(&self, _: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let line = self.counting.in_words();
        let line = text::safe(&line);
        let line = fit::truncate_end(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
    }

    fn crumb(&self, row: &VariantRow) -> String {
        match row.ranks.len() {
            0 | 1 => format!("variant {}", row.rank),
            n => format!("variant {} and {} more", row.rank, n - 1),
        }
    }

    fn name(&self, row: &VariantRow) -> String {
        sequence::text(&row.activities)
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let collapse = COLLAPSES
            .iter()
            .find(|(of, _)| *of == self.counting.collapse);
        let collapse = collapse
            .map(|(_, word)| *word)
            .filter(|word| !word.is_empty());
        let collapse = collapse.map(|word| format!("--collapse={word}"));
        let ignore = self.counting.ignore.iter();
        let ignore = ignore.map(|name| format!("--ignore={name}"));
        let own = collapse.into_iter().chain(ignore);
        order.sort_and_limit().into_iter().chain(own).collect()
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, look: Look<'_>) -> Option<Vec<Cell<'a>>> {
        if of.column.name != "activities" {
            return None;
        }
        let find = of.find.matcher();
        if find.is_some() || of.scroll > 0 {
            // What a search met must be seen, and what is scrolled is read as it is.
            let cell = |row: &&VariantRow| Cell::new(sequence::text(&row.activities)).find(find);
            return Some(of.rows.iter().map(cell).collect());
        }
        let runs: Vec<Vec<Run>> = of
            .rows
            .iter()
            .map(|r| sequence::runs(&r.activities))
            .collect();
        let short = Shortened::new(&runs, of.width.into(), look.theme);
        let cell = |runs: &Vec<Run>| Cell::spans(short.spans(runs, look));
        Some(runs.iter().map(cell).collect())
    }

    fn names<'a>(
        &self,
        rows: &[&'a VariantRow],
        width: u16,
        look: Look<'_>,
    ) -> Option<Vec<Cell<'a>>> {
        let ranks: Vec<String> = rows.iter().map(|row| format!("{}: ", row.rank)).collect();
        let columns = ranks.iter().map(String::len).max().unwrap_or(0);
        let runs: Vec<Vec<Run>> = rows.iter().map(|r| sequence::runs(&r.activities)).collect();
        let room = usize::from(width).saturating_sub(columns);
        let short = Shortened::new(&runs, room, look.theme);
        let cells = ranks.iter().zip(&runs).map(|(rank, runs)| {
            let rank = Span::styled(fit::pad_left(rank, columns), look.theme.muted);
            let spans = short.spans(runs, look);
            Cell::spans(std::iter::once(rank).chain(spans).collect())
        });
        Some(cells.collect())
    }

    fn share(&self, _area: Rect) -> u16 {
        66
    }

    fn at(&mut self, row: Option<&VariantRow>) {
        let activities = row.map_or_else(Vec::new, |row| row.activities.clone());
        if activities != self.activities {
            self.activities = activities;
            self.detail.go(Move::Top);
        }
        self.ranks = row.map_or_else(Vec::new, |row| row.ranks.clone());
        self.n_cases = row.map_or(0, |row| row.cases as usize);
        self.lay_out();
    }

    fn questions(&self, row: &VariantRow, area: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let mut detail = self.detail;
        detail.set_page(area.height.saturating_sub(DETAIL_HEAD).into());
        // In pieces, so that few moves ask anew; one more, as the screen seldom begins with a
        // piece.
        let first = detail.offset.saturating_sub(self.steps.len() + 1) / PIECE * PIECE;
        let rows = detail.page_rows.div_ceil(PIECE) * PIECE;
        let page = Page {
            offset: first,
            limit: rows + PIECE,
        };
        let query = CasesQuery {
            listing: Listing {
                page,
                ..Listing::by("duration")
            },
            variants: row.ranks.clone(),
        };
        let moves = self.moves_of().map(|rank| {
            let bounds = Bounds {
                time: Some(TIME),
                ..Bounds::USUAL
            };
            (MOVES, Request::new(VariantMovesQuery { rank, bounds }))
        });
        let cases = std::iter::once((CASES, Request::new(query)));
        cases.chain(moves).collect()
    }

    fn receive(&mut self, slot: Slot, answer: Result<&Answer, &AskError>) {
        let answer = answer.ok();
        if slot == MOVES {
            let moves = answer.and_then(Answer::to::<VariantMovesQuery>);
            self.moves = moves.cloned().flatten();
            self.lay_out();
        } else {
            self.cases = answer.and_then(Answer::to::<CasesQuery>).cloned();
        }
    }

    fn focusable(&self) -> bool {
        true
    }

    fn update_detail(&mut self, action: &Action, _: &VariantRow, context: Context<'_>) -> Outcome {
        self.detail
            .set_page(context.area.height.saturating_sub(DETAIL_HEAD).into());
        if let Some(to) = motion(action) {
            self.move_detail(to);
            return Outcome::Done;
        }
        if !matches!(
            action,
            Action::Open | Action::Keep | Action::Drop | Action::ToggleRow
        ) {
            return Outcome::Ignored;
        }
        match self.detail_row(self.detail.cursor) {
            DetailRow::Step(step) if *action == Action::ToggleRow => {
                // Carried out as a change of the list, whose rows are then of another query.
                self.to_ignore = Some(step.run.name.to_string());
                Outcome::Ignored
            }
            _ if *action == Action::ToggleRow => Outcome::Ignored,
            DetailRow::Case(Some(case)) => {
                texts::emitting(texts::selecting_case(action, &case.case))
            }
            DetailRow::Step(step) if *action != Action::Open => {
                let filter = step.filter();
                texts::emitting(texts::selecting(action, &filter, String::new()))
            }
            DetailRow::Step(_) => {
                texts::notify("Enter opens a case; + keeps the cases with this step")
            }
            _ => texts::notify("No case here yet"),
        }
    }

    fn copy_detail(&self, what: CopyWhat, _: &VariantRow, _: Context<'_>) -> Option<String> {
        if what != CopyWhat::Cell {
            return None;
        }
        match self.detail_row(self.detail.cursor) {
            DetailRow::Step(step) => Some(text::safe(&step.run.name).into_owned()),
            DetailRow::Case(Some(case)) => Some(text::safe(&case.case).into_owned()),
            _ => None,
        }
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let (row, area, theme) = (of.row, of.area, look.theme);
        let style = if of.focused { theme.focus } else { theme.title };
        let cases = text::counted(row.cases, "case", "cases");
        let dot = theme.glyphs.dot;
        let title = format!("{} {dot} {cases}", self.crumb(row));
        paint::heading(buffer, area, &title, style, theme);
        let mut figures = vec![text::counted(
            row.activities.len() as u64,
            "event",
            "events",
        )];
        figures.extend(self.fit());
        figures.extend([
            format!("median {}", look.context.duration(row.duration.median)),
            format!("p90 {}", look.context.duration(row.duration.p90)),
        ]);
        let figures = figures.join(&format!(" {dot} "));
        let figures = fit::truncate_words(&figures, area.width.into(), theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 1), &figures, theme.muted);
        let body = paint::below(area, DETAIL_HEAD);
        let mut list = self.detail;
        list.set_page(body.height.into());
        for (i, index) in list.visible().enumerate().take(body.height.into()) {
            let row = paint::row(body, i);
            let inside = Rect {
                width: row.width.saturating_sub(1),
                ..row
            };
            self.draw_detail_row(index, of.row.duration.max, inside, buffer, look);
            if of.focused && index == list.cursor {
                paint::text(buffer, inside, theme.glyphs.mark, theme.text);
                paint::overwrite(buffer, inside, theme.selected);
            }
        }
        scrollbar(list.offset, list.total, body, buffer, theme);
    }
}

impl Variants {
    /// Draws a row of the detail; `longest` is the duration of the longest case, seconds.
    fn draw_detail_row(
        &self,
        index: usize,
        longest: f64,
        row: Rect,
        buffer: &mut Buffer,
        look: Look<'_>,
    ) {
        let theme = look.theme;
        let (_, inside) = paint::cut(row, 2);
        match self.detail_row(index) {
            DetailRow::Step(step) => {
                let (sign, style) = step.sign(theme);
                let run = &step.run;
                let number = match step.kind {
                    Some(DeviationKind::Missing) => String::new(),
                    _ => run.first.to_string(),
                };
                let name = text::safe(text::head(&run.name, 1 << 12)).into_owned();
                let of_name = step.kind.map_or_else(|| kind(&run.name, look), |_| style);
                let spans = [
                    Span::styled(format!("{number:>3} "), theme.muted),
                    Span::styled(sign, style),
                    Span::styled(name, of_name),
                    Span::styled(sequence::times(run), theme.title),
                ];
                paint::spans(buffer, inside, &spans);
            }
            DetailRow::Heading => {
                paint::heading(buffer, row, "cases, longest first", theme.header, theme);
            }
            DetailRow::Case(None) => {}
            DetailRow::Case(Some(case)) => {
                draw_case(case, longest, inside, buffer, look);
                if (look.stale)(CASES) {
                    paint::restyle(buffer, row, theme.stale);
                }
            }
        }
    }
}

/// Draws a case with its duration, as a bar too, which the longest case fills.
fn draw_case(case: &CaseRow, longest: f64, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let theme = look.theme;
    let (figures, id) = paint::cut(area, 10);
    let right = Rect {
        width: 8.min(figures.width),
        ..figures
    };
    let duration = look.context.duration(case.duration);
    paint::text_right(buffer, right, &duration, theme.text);
    let room = usize::from(id.width);
    let (id, bar) = paint::cut(id, (room * 3 / 5) as u16);
    let room = usize::from(id.width).saturating_sub(1);
    let name =
        fit::truncate_middle(&text::safe(&case.case), room, theme.glyphs.ellipsis).into_owned();
    paint::text(buffer, id, &name, theme.text);
    let share = if longest > 0.0 {
        case.duration / longest
    } else {
        0.0
    };
    let bar_of = bar_text(share, bar.width.into(), &theme.glyphs);
    paint::text(buffer, bar, &bar_of, theme.bar);
}
