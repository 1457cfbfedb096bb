//! Open cases, and where they gather.
//!
//! ```text
//! guess: 34 cases are open; cases end w…            | last step          open  7d ago  longest
//! 7d ago: 29 open; since then +12 new, -7 closed              | > Vendor contacted   12      7 ↑     42d
//!   case    age     last step         for      usually next  |   Waiting             9      9       12d
//! > T-17    9d 02h  Vendor contacted  6d 03h!  Resolved 78%  |
//! ```

#[cfg(test)]
mod tests;

use super::controls::{Order, motion};
use super::list_pane::{LIST, ListPane};
use super::list_view::{Change, ColumnOf, DetailOf, ListView};
use super::predict::left_cell;
use super::texts::{self, Nothing};
use super::{Context, Look, Outcome, PaneSpec, Rect, Slot, Tab};
use crate::engine::{
    Answer, AskError, Basing, Features, LearnQuery, Listing, LogInfo, Request, Subject,
    Triage as Open, TriagePlace, TriageQuery, TriageRow,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::text;
use crate::text::time;
use crate::ui::fit;
use crate::ui::list::ListState;
use crate::ui::paint;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, VirtualTable};
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "triage",
    title: "Triage",
    short: "Triage",
    help: "Open cases: last step, time since then, next deadline; groups by step or resource",
    tab: Tab::Always,
    terms: &["open", "a period ago"],
    hints: &[
        Action::Open,
        Action::SwitchFocus,
        Action::NextChart,
        Action::Predict,
        Action::Sort,
    ],
    report: Some("triage"),
    new: ListPane::<Triage>::boxed,
    versus: None,
};

/// Lines above the table of cases.
const HEAD: u16 = 2;

/// The slot of what predictions are made of.
const LEARNED: Slot = 8;

/// Grouping of the open cases, the groups, and the cursor among these.
#[derive(Default)]
struct Triage {
    by: Subject,
    gathered: Vec<TriagePlace>,
    places: ListState,
    /// Number of what was learned; 0 for nothing yet.
    learned: u64,
    /// Rows have predictions.
    predicted: bool,
}

fn open(answer: &Answer) -> Option<&Open> {
    answer.to::<TriageQuery>()
}

impl ListView for Triage {
    type List = TriageQuery;
    const KIND: &'static str = "case";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "open cases"
    }

    fn query(&self, listing: Listing) -> TriageQuery {
        TriageQuery {
            gathering: self.by,
            wait: false,
            learned: self.learned,
            listing,
        }
    }

    fn features(&self, log: &LogInfo) -> Features {
        Features {
            extra: self.predicted,
            ..Features::of(log)
        }
    }

    fn questions_of_list(&self) -> Vec<(Slot, Request)> {
        let basing = Basing::default();
        vec![(LEARNED, Request::new(LearnQuery { basing }))]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        if let Some(facts) = answer.ok().and_then(Answer::to::<LearnQuery>) {
            self.learned = facts.id;
        }
    }

    fn says_what_is_left(&self) -> bool {
        false
    }

    fn filter(&self, row: &TriageRow) -> Option<Expr> {
        Some(Expr::case(&row.case))
    }

    fn case<'r>(&self, row: &'r TriageRow) -> Option<&'r str> {
        Some(&row.case)
    }

    /// The detail is of groups.
    fn case_of_detail<'r>(&self, _: &'r TriageRow) -> Option<&'r str> {
        None
    }

    fn name(&self, row: &TriageRow) -> String {
        text::safe(&row.case).into_owned()
    }

    fn act(&self, action: &Action, row: &TriageRow) -> Outcome {
        texts::emitting(texts::selecting_case(action, &row.case))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let by = ["--by", self.by.word()].map(String::from);
        [&by[..], &order.sort()].concat()
    }

    fn change(&mut self, action: &Action) -> Change {
        if !matches!(action, Action::NextChart | Action::PreviousChart) {
            return Change::None;
        }
        // The open cases stay the same, so the rows on the screen do.
        self.by = self.by.other();
        Change::Some
    }

    fn subject(&self) -> String {
        self.by.word().to_owned()
    }

    fn go_to(&mut self, subject: &str) -> Change {
        self.by = Subject::of(subject);
        Change::Some
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, look: Look<'_>) -> Option<Vec<Cell<'a>>> {
        if of.column.name != "for" {
            let cell = |row: &&TriageRow| {
                let of_row = &row.prediction;
                left_cell(of.column.name, of_row.left, of_row.is_any_state, look)
            };
            return of.rows.iter().map(cell).collect();
        }
        // A mark, not color alone, for what waits longer than nine in ten do there.
        let cell = |row: &&'a TriageRow| {
            let (mark, style) = if row.unusual {
                ('!', look.theme.warn)
            } else {
                (' ', look.theme.text)
            };
            let wait = look.context.duration(row.wait);
            Cell::new(format!("{wait}{mark}")).style(style)
        };
        Some(of.rows.iter().map(cell).collect())
    }

    fn nothing(&self, why: Nothing, answer: Option<&Answer>, context: Context<'_>) -> Nothing {
        let triage = answer.and_then(open).filter(|triage| triage.open == 0);
        let Some(triage) = triage.filter(|_| context.log.events > 0) else {
            return why;
        };
        let filtered = !context.view.filters.is_empty() || !context.view.events.is_empty();
        let (sentence, hint) = match triage.ending.over {
            None => (
                "No end state is known, so every case counts as closed.",
                "E sets end states   ? help",
            ),
            // The filter may be all that hides them.
            Some(_) if filtered => ("No open case matches the filters.", texts::UNDO_FILTERS),
            Some(_) if context.log.deadlines == 0 => ("No case is open.", "3 all cases"),
            Some(_) => ("No case is open.", "9 deadlines   3 all cases"),
        };
        Nothing {
            sentence: sentence.to_owned(),
            hint,
        }
    }

    fn head_rows(&self) -> u16 {
        HEAD
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(triage) = open(answer) else { return };
        for (at, line) in [triage.ending.in_words(), triage.change()]
            .iter()
            .enumerate()
        {
            let line = text::safe(line);
            let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
            let style = if at == 1 && triage.log_open > triage.before {
                look.theme.warn
            } else {
                look.theme.muted
            };
            paint::text(buffer, paint::row(area, at), &line, style);
        }
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 130 { 60 } else { 56 }
    }

    fn listed(&mut self, answer: &Answer) {
        if let Some(triage) = open(answer) {
            self.gathered.clone_from(&triage.places);
            self.places.set_total(self.gathered.len());
            self.predicted = triage.predicted;
        }
    }

    fn focusable(&self) -> bool {
        true
    }

    fn detail(&self) -> Option<&ListState> {
        Some(&self.places)
    }

    fn update_detail(&mut self, action: &Action, _: &TriageRow, context: Context<'_>) -> Outcome {
        self.places.set_page(page_rows(context.area.height));
        if let Some(to) = motion(action) {
            self.places.go(to);
            return Outcome::Done;
        }
        let place = self.gathered.get(self.places.cursor);
        let Some(place) = place else {
            return Outcome::Ignored;
        };
        if !matches!(action, Action::Open | Action::Keep | Action::Drop) {
            return Outcome::Ignored;
        }
        let Some(filter) = &place.filter else {
            let why = match place.open {
                0 => "No open case here now",
                _ => "Too many cases for a filter; s sorts the list by resource",
            };
            return texts::notify(why);
        };
        let crumb = texts::crumb("open at", &place.name);
        texts::emitting(texts::selecting(action, filter, crumb))
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let Some(triage) = open(of.answer) else {
            return;
        };
        let title = if self.by == Subject::Resource {
            "last handled by"
        } else {
            "last step"
        };
        let period = time::round_duration(triage.period);
        let whole = if triage.is_filtered {
            ", whole log"
        } else {
            ""
        };
        let ago = format!("{period} ago{whole}");
        let columns = [
            Column::flex(title, 20, 3),
            Column::fixed("open", 7).right(),
            Column::fixed(&ago, ago.len().max(9) as u16).right(),
            Column::fixed("median", 8).right().priority(2),
            Column::fixed("longest", 8).right().priority(1),
            Column::fixed("unusual", 7).right().priority(3),
        ];
        let mut list = self.places;
        list.set_page(page_rows(of.area.height));
        let rows: Vec<Vec<Cell<'_>>> = list
            .visible()
            .filter_map(|i| triage.places.get(i))
            .map(|place| place_cells(place, look))
            .collect();
        VirtualTable {
            columns: &columns,
            rows: &rows,
            offset: list.offset,
            total: list.total,
            selected: of.focused.then_some(list.cursor),
            focused: of.focused,
            stale: (look.stale)(LIST),
            ..VirtualTable::default()
        }
        .draw(of.area, buffer, look.theme);
    }
}

fn place_cells<'a>(place: &'a TriagePlace, look: Look<'_>) -> Vec<Cell<'a>> {
    let grows = place.open > place.before;
    let style = if grows {
        look.theme.warn
    } else {
        look.theme.text
    };
    let name = if place.name.is_empty() {
        "-"
    } else {
        &place.name
    };
    vec![
        Cell::of_log(name),
        Cell::new(text::count(place.open)).style(style),
        Cell::new(text::count(place.before)),
        Cell::new(look.context.duration(place.median)),
        Cell::new(look.context.duration(place.longest)),
        Cell::new(text::count(place.unusual)),
    ]
}
