//! Controls of a pane of one long list: cursor, order, search, sideways scroll. Independent of the rows.

use super::{Place, Status};
use crate::engine::{Listing, Page};
use crate::input::Action;
use crate::ui::ListState;
use crate::ui::list::Move;
use crate::ui::theme::Glyphs;

/// Columns that one step to the side moves a long text.
const SIDE: usize = 8;

/// The move that an action asks for.
pub fn motion(action: &Action) -> Option<Move> {
    Some(match action {
        Action::MoveUp => Move::Up,
        Action::MoveDown => Move::Down,
        Action::PageUp => Move::PageUp,
        Action::PageDown => Move::PageDown,
        Action::HalfPageUp => Move::HalfUp,
        Action::HalfPageDown => Move::HalfDown,
        Action::Top => Move::Top,
        Action::Bottom => Move::Bottom,
        Action::GoToRow(row) => Move::Row(row.saturating_sub(1)),
        _ => return None,
    })
}

/// Returns the first visible line of a text of `lines` after a move; moving by a page keeps one line.
pub fn scrolled(first: usize, to: Move, lines: usize, page: usize) -> usize {
    let step = page.saturating_sub(1).max(1);
    let half = (page / 2).max(1);
    let moved = match to {
        Move::Up => first.saturating_sub(1),
        Move::Down => first + 1,
        Move::PageUp => first.saturating_sub(step),
        Move::PageDown => first + step,
        Move::HalfUp => first.saturating_sub(half),
        Move::HalfDown => first + half,
        Move::Top => 0,
        Move::Bottom => lines,
        Move::Row(line) => line,
    };
    moved.min(lines.saturating_sub(page))
}

/// Order and end of the rows on the screen, for the report that prints them.
#[derive(Debug)]
pub struct Order {
    /// Value of `--sort`; `None` for the default of the report.
    pub sort: Option<String>,
    /// Number of rows down to the last one on the screen.
    pub rows: usize,
}

impl Order {
    /// The option `--sort`. It is one word, as a value that begins with a minus could be taken for an
    /// option.
    pub fn sort(&self) -> Vec<String> {
        let option = |sort: &String| format!("--sort={sort}");
        self.sort.iter().map(option).collect()
    }

    /// The options `--sort` and `--limit`, for lists that can be long.
    pub fn sort_and_limit(&self) -> Vec<String> {
        [
            self.sort(),
            vec!["--limit".to_owned(), self.rows.to_string()],
        ]
        .concat()
    }
}

/// The state of a list that can be sorted by columns and searched.
#[derive(Debug, Clone)]
pub struct Controls {
    /// Name of the order, name of the column, and whether the largest comes first at the beginning.
    columns: Vec<(&'static str, &'static str, bool)>,
    /// Cursor and rows on the screen.
    pub list: ListState,
    /// Position in the columns.
    pub sort: usize,
    /// Largest first.
    pub descending: bool,
    /// Search text.
    pub find: String,
    /// Columns by which long texts are moved to the left.
    pub scroll: usize,
    /// Columns of the longest text.
    widest: usize,
    /// Cursor and first row from before the search.
    before_find: Option<(usize, usize)>,
}

impl Controls {
    /// A list sorted by the first of the columns.
    pub fn new(columns: Vec<(&'static str, &'static str, bool)>) -> Self {
        let descending = columns.first().is_none_or(|column| column.2);
        Controls {
            columns,
            list: ListState::default(),
            sort: 0,
            descending,
            find: String::new(),
            scroll: 0,
            widest: 0,
            before_find: None,
        }
    }

    /// Carries out what a list can do by itself. False where it is not such an action.
    pub fn update(&mut self, action: &Action) -> bool {
        if let Some(to) = motion(action) {
            self.list.go(to);
            return true;
        }
        match action {
            Action::MoveLeft => self.scroll = self.scroll.saturating_sub(SIDE),
            Action::MoveRight => self.scroll = (self.scroll + SIDE).min(self.widest),
            Action::Sort => self.sort_by((self.sort + 1) % self.columns.len()),
            Action::SortBy(column) if *column == self.sort => self.reverse(),
            Action::SortBy(column) if *column < self.columns.len() => self.sort_by(*column),
            Action::ReverseSort => self.reverse(),
            Action::SetFind(text) => self.set_find(text),
            Action::FindNext if !self.find.is_empty() => self.wrap(Move::Down, Move::Top),
            Action::FindPrevious if !self.find.is_empty() => self.wrap(Move::Up, Move::Bottom),
            Action::Back if !self.find.is_empty() => self.set_find(""),
            _ => return false,
        }
        true
    }

    fn sort_by(&mut self, column: usize) {
        self.sort = column;
        self.descending = self.columns[column].2;
        self.list.go(Move::Top);
    }

    fn reverse(&mut self) {
        self.descending = !self.descending;
        self.list.go(Move::Top);
    }

    fn wrap(&mut self, step: Move, end: Move) {
        if !self.list.go(step) {
            self.list.go(end);
        }
    }

    /// A search begins at the first match; when it is over, the cursor is where it was.
    fn set_find(&mut self, text: &str) {
        if text == self.find {
            return;
        }
        if self.find.is_empty() {
            self.before_find = Some((self.list.cursor, self.list.offset));
        }
        text.clone_into(&mut self.find);
        self.list.go(Move::Top);
        if text.is_empty() {
            let (cursor, offset) = self.before_find.take().unwrap_or_default();
            self.list.restore(cursor, offset);
        }
    }

    /// Takes the number of rows of an answer.
    pub fn received(&mut self, total: usize) {
        self.list.set_total(total);
    }

    /// Sets the width of the longest text that can be scrolled sideways, in columns of the terminal.
    pub fn scroll_within(&mut self, widest: usize) {
        self.widest = widest;
        self.scroll = self.scroll.min(widest);
    }

    /// Names of all orders.
    pub fn titles(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.0).collect()
    }

    /// Name of the column that it is sorted by.
    pub fn key(&self) -> &'static str {
        self.columns[self.sort].1
    }

    /// Returns the list with a page of `page_rows`.
    pub fn on(&self, page_rows: usize) -> ListState {
        let mut list = self.list;
        list.set_page(page_rows);
        list
    }

    /// Returns the listing to request for a screen of `page_rows`.
    pub fn listing(&self, page_rows: usize) -> Listing {
        let (offset, limit) = self.on(page_rows).window();
        Listing {
            sort: self.key(),
            descending: self.descending,
            find: self.find.clone(),
            page: Page { offset, limit },
        }
    }

    /// For the status line; `known` is whether the number of rows is.
    pub fn status(&self, known: bool) -> Status {
        let glyphs = &Glyphs::UNICODE;
        let arrow = if self.descending {
            glyphs.descending
        } else {
            glyphs.ascending
        };
        Status {
            position: (known && self.list.has_row())
                .then_some((self.list.cursor + 1, self.list.total)),
            sort: format!("{} {arrow}", self.columns[self.sort].0),
            find: self.find.clone(),
        }
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        Place {
            cursor: self.list.cursor,
            offset: self.list.offset,
            sort: self.sort,
            descending: self.descending,
            find: self.find.clone(),
            subject: String::new(),
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        self.sort = place.sort.min(self.columns.len() - 1);
        self.descending = place.descending;
        self.find.clone_from(&place.find);
        self.before_find = None;
        self.list.restore(place.cursor, place.offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn controls() -> Controls {
        let mut controls = Controls::new(vec![("cases", "c", true), ("name", "n", false)]);
        controls.received(100);
        controls.scroll_within(20);
        controls.list.set_page(10);
        controls
    }

    #[test]
    fn order() {
        let mut c = controls();
        let steps = [
            (Action::Sort, "n", false),
            (Action::ReverseSort, "n", true),
            (Action::Sort, "c", true),
            (Action::SortBy(0), "c", false),
            (Action::SortBy(1), "n", false),
        ];
        for (action, key, descending) in steps {
            c.list.go(Move::Bottom);
            assert!(c.update(&action));
            assert_eq!(
                (c.key(), c.descending, c.list.cursor),
                (key, descending, 0),
                "{action:?}"
            );
        }
        assert!(!c.update(&Action::SortBy(2)));
        assert_eq!(c.status(true).sort, "name ↑");
    }

    #[test]
    fn a_text_scrolls_to_its_end_and_no_further() {
        assert_eq!(scrolled(0, Move::Up, 10, 4), 0);
        assert_eq!(scrolled(0, Move::PageDown, 10, 4), 3);
        assert_eq!(scrolled(5, Move::HalfDown, 10, 4), 6);
        assert_eq!(scrolled(0, Move::Bottom, 10, 4), 6);
        assert_eq!(scrolled(6, Move::Top, 10, 4), 0);
        assert_eq!(scrolled(0, Move::Down, 3, 4), 0);
        assert_eq!(scrolled(0, Move::Row(9), 10, 0), 9);
    }

    #[test]
    fn a_search_ends_where_it_began() {
        let mut c = controls();
        c.update(&Action::GoToRow(50));
        let before = c.list;
        c.update(&Action::SetFind("a".to_owned()));
        c.update(&Action::SetFind("ab".to_owned()));
        c.received(3);
        assert_eq!((c.list.cursor, c.listing(10).find.as_str()), (0, "ab"));
        c.update(&Action::FindPrevious);
        assert_eq!(c.list.cursor, 2);
        c.update(&Action::FindNext);
        assert_eq!(c.list.cursor, 0);
        assert!(c.update(&Action::Back));
        c.received(100);
        assert_eq!(
            (c.list.cursor, c.list.offset),
            (before.cursor, before.offset)
        );
        assert!(!c.update(&Action::Back));
    }

    #[test]
    fn a_place_is_come_back_to() {
        let mut c = controls();
        for action in [Action::Sort, Action::ReverseSort, Action::GoToRow(50)] {
            c.update(&action);
        }
        let place = c.place();
        let mut other = Controls::new(vec![("cases", "c", true), ("name", "n", false)]);
        other.list.set_page(10);
        other.go_to(&place);
        assert_eq!(other.place(), place);
        assert_eq!(other.status(false).position, None);
        other.received(100);
        assert_eq!(other.place(), place);
        assert_eq!(other.status(true).position, Some((50, 100)));
    }

    #[test]
    fn scroll_ends_at_the_longest_text() {
        let mut c = controls();
        for _ in 0..9 {
            c.update(&Action::MoveRight);
        }
        assert_eq!(c.scroll, 20);
        c.update(&Action::MoveLeft);
        assert_eq!(c.scroll, 12);
    }
}
