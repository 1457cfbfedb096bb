//! Panes of lists that compare two selections: the list of a pane with the figures of A and B and their
//! change.
//!
//! ```text
//! A started 2024-03, 157 cases (12 open)   B started 2024-02, 112 cases   0 in both
//! 62 tests, 1 row with q < 5%
//!   activity          A share  B share  change [95%]              q  A before  B before  shift     q
//! > Escalated to L2     29.3%    25.9%  +3.4 pp [-7.5, 13.8]   0.92    2h 12m    1h 50m     9m  0.98
//! ```

use super::controls::Order;
use super::list_view::{Change, ColumnOf, ListView, Row};
use super::{Look, Outcome, PaneSpec};
use crate::engine::{
    Answer, CHANGED, ColumnKey, Comparable, LISTED, Listing, Sides, Sort, Versus as Figures,
    VersusQuery,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::text::{count, counted, safe};
use crate::ui::widgets::Cell;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Begins the subject of the place of a list that is compared.
const COMPARED: &str = "versus\u{1f}";

/// The subject of a place of the usual pane: that of a comparison without its mark.
pub fn usual(subject: &str) -> &str {
    subject.strip_prefix(COMPARED).unwrap_or(subject)
}

/// The column of the names of the rows.
const NAME: &str = "name";

/// A list of two selections; without a detail, as that would be of A alone.
pub struct Versus<V> {
    view: V,
    spec: &'static PaneSpec,
}

impl<V: ListView> Default for Versus<V> {
    fn default() -> Self {
        let view = V::default();
        Versus {
            spec: view.spec(),
            view,
        }
    }
}

/// Rows of the sentences above the table.
const SENTENCES: u16 = 2;

impl<V: ListView<List: Comparable>> ListView for Versus<V> {
    type List = VersusQuery<V::List>;
    const KIND: &'static str = V::KIND;

    fn spec(&self) -> &'static PaneSpec {
        self.spec
    }

    fn many(&self) -> &'static str {
        V::List::COMPARED.many
    }

    fn query(&self, listing: Listing) -> VersusQuery<V::List> {
        let first = Sort::first::<V::List>();
        let is_reversed = listing.sort == ColumnKey::Own(LISTED) && listing.descending;
        VersusQuery {
            list: self.view.query(Listing {
                sort: first.column,
                descending: first.descending != is_reversed,
                ..Listing::by("")
            }),
            // Rows of B alone are last also where the list is reversed.
            listing: Listing {
                descending: false,
                ..listing
            },
        }
    }

    fn says_what_is_left(&self) -> bool {
        false
    }

    fn filter(&self, row: &Row<Self>) -> Option<Expr> {
        self.view.filter(row.any()?)
    }

    fn crumb(&self, row: &Row<Self>) -> String {
        row.any()
            .map(|row| self.view.crumb(row))
            .unwrap_or_default()
    }

    fn name(&self, row: &Row<Self>) -> String {
        row.any().map(|row| self.view.name(row)).unwrap_or_default()
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let first = Sort::first::<V::List>();
        let listed = |descending: bool| {
            let sort = Sort {
                column: first.column.clone(),
                descending,
            };
            Some(sort.word::<V::List>())
        };
        let sort = match order.sort.as_deref() {
            Some(LISTED) => listed(first.descending),
            Some(word) if !word.ends_with(CHANGED) => listed(!first.descending),
            // Changes have one order.
            _ => None,
        };
        self.view.options(&Order {
            sort,
            rows: order.rows,
        })
    }

    /// Without a detail, what changes is the list.
    fn change(&mut self, action: &Action) -> Change {
        match self.view.change(action) {
            Change::None => Change::None,
            _ => Change::Query,
        }
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, look: Look<'_>) -> Option<Vec<Cell<'a>>> {
        // What a search met must be seen, and what is scrolled is read as it is.
        if of.column.name != NAME || of.find.matcher().is_some() || of.scroll > 0 {
            return None;
        }
        let rows: Option<Vec<&'a Row<V>>> = of.rows.iter().map(|row| row.any()).collect();
        self.view.names(&rows?, of.width, look)
    }

    fn subject(&self) -> String {
        format!("{COMPARED}{}", self.view.subject())
    }

    /// Goes to a subject of this list, or of the usual one.
    fn go_to(&mut self, subject: &str) -> Change {
        let subject = usual(subject);
        self.view.go_to(subject)
    }

    fn listed(&mut self, answer: &Answer) {
        if let Some(figures) = answer.to::<VersusQuery<V::List>>() {
            self.view.listed(&figures.of_a);
        }
    }

    fn act(&self, action: &Action, row: &Row<Self>) -> Outcome {
        row.any()
            .map_or(Outcome::Ignored, |row| self.view.act(action, row))
    }

    fn head_rows(&self) -> u16 {
        self.own_rows() + SENTENCES
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let own = paint::top(area, self.own_rows());
        if !own.is_empty() {
            self.view.draw_head(answer, own, buffer, look);
        }
        let below = paint::below(area, self.own_rows());
        let Some(figures) = answer.to::<VersusQuery<V::List>>() else {
            return;
        };
        draw_sides(&figures.sides, paint::row(below, 0), buffer, look);
        let room = usize::from(below.width);
        let tests = match self.view.topic() {
            Some(topic) => format!("{}: {}", safe(&topic), tests::<V::List>(figures)),
            None => tests::<V::List>(figures),
        };
        let tests = fit::truncate_words(&tests, room, look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(below, 1), &tests, look.theme.muted);
    }
}

impl<V: ListView> Versus<V> {
    /// Rows of the usual list above the sentences.
    fn own_rows(&self) -> u16 {
        match self.view.topic() {
            Some(_) => 0,
            None => self.view.head_rows(),
        }
    }
}

/// Draws which cases are A and B; long filters give way to the numbers of cases.
pub fn draw_sides(sides: &Sides, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let size = |at: usize| {
        let open = match sides.open[at] {
            0 => String::new(),
            n => format!(" ({} open)", count(n)),
        };
        format!("  {}{open}", counted(sides.cases[at], "case", "cases"))
    };
    let (size_a, size_b) = (size(0), size(1));
    let both = format!("   {} in both", count(sides.both));
    let figures = fit::width(&size_a) + fit::width(&size_b) + fit::width(&both);
    // "A " and "   B ".
    let room = usize::from(area.width).saturating_sub(figures + 7);
    let text = |at: usize| match &*sides.texts[at] {
        "" => "all cases".into(),
        text => safe(text),
    };
    let (a, b) = (text(0), text(1));
    let (wide_a, wide_b) = (fit::width(&a), fit::width(&b));
    // The shorter one keeps its room, the longer one gets what is left.
    let most_a = (room / 2).max(room.saturating_sub(wide_b)).min(wide_a);
    let most_b = room.saturating_sub(most_a).min(wide_b);
    let ellipsis = look.theme.glyphs.ellipsis;
    let mut rest = area;
    for (name, text, most, size) in [("A ", &a, most_a, &size_a), ("   B ", &b, most_b, &size_b)] {
        let text = fit::truncate_end(text, most, ellipsis);
        for (part, style) in [
            (name, look.theme.focus),
            (&*text, look.theme.text),
            (size, look.theme.muted),
        ] {
            let taken = paint::text(buffer, rest, part, style);
            rest = paint::cut(rest, taken).1;
        }
    }
    paint::text(buffer, rest, &both, look.theme.muted);
}

/// Number of tests and findings, or why there are none.
fn tests<L: Comparable>(figures: &Figures<L>) -> String {
    let tested = if let Some(reason) = figures.sides.reason() {
        reason.to_owned()
    } else {
        let tests = counted(figures.tested, "test", "tests");
        let rows = counted(figures.findings, "row", "rows");
        format!("{tests}, {rows} with q < 5%")
    };
    let ended = match L::COMPARED.time {
        "duration" => "; durations of ended cases",
        _ => "",
    };
    format!("{tested}{ended}")
}
