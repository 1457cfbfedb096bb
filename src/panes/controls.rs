//! Controls of a pane of one long list: cursor, order, search, sideways scroll. Independent of the rows.

use super::{Place, Status};
use crate::engine::{ColumnKey, Follow, Listing, Page, Rows, Sort};
use crate::input::Action;
use crate::text::Matcher;
use crate::ui::ListState;
use crate::ui::list::Move;
use crate::ui::theme::Glyphs;
use std::sync::Arc;

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

/// A search: the text as typed, and the pattern that it is.
#[derive(Debug, Clone, Default)]
pub struct Find {
    text: String,
    matcher: Option<Arc<Matcher>>,
}

impl Find {
    /// A search for a text; a pattern that is wrong marks nothing.
    pub fn new(text: &str) -> Self {
        let pattern = Some(text).filter(|text| !text.is_empty());
        let matcher = pattern.and_then(|text| Matcher::new(text).ok());
        Find {
            text: text.to_owned(),
            matcher: matcher.map(Arc::new),
        }
    }

    /// The text as typed; empty where nothing is searched.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pattern.
    pub fn matcher(&self) -> Option<&Matcher> {
        self.matcher.as_deref()
    }
}

/// Where the cursor goes when rows arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Goal {
    /// To the item that is under it, wherever that is now.
    Item,
    /// To the row of the same number.
    Row,
    /// To the item of that key.
    Key(String),
}

/// The rows of a list with their keys.
pub struct Keyed<'a, R> {
    /// The rows; `None` where none came yet.
    pub rows: Option<&'a Rows<R>>,
    /// Identity of a row.
    pub key: fn(&R) -> String,
}

impl<R> Keyed<'_, R> {
    fn key(&self, at: usize) -> Option<String> {
        Some((self.key)(self.rows?.get(at)?))
    }
}

/// An order that a list can be sorted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortColumn {
    /// Name of the order.
    pub name: String,
    /// The column.
    pub key: ColumnKey,
    /// Largest first at the beginning.
    pub descending: bool,
}

impl SortColumn {
    /// An order by a column of the schema: name of the order, name of the column, and whether the largest
    /// comes first at the beginning.
    pub fn own(name: &str, key: &'static str, descending: bool) -> Self {
        SortColumn {
            name: name.to_owned(),
            key: ColumnKey::Own(key),
            descending,
        }
    }
}

/// Order and search of rows: position of the column, largest first, best matches first, search text.
type Rank = (usize, bool, bool, String);

/// The state of a list that can be sorted by columns and searched.
#[derive(Debug, Clone)]
pub struct Controls {
    /// The orders.
    columns: Vec<SortColumn>,
    /// Cursor and rows on the screen.
    pub list: ListState,
    /// Position in the columns.
    pub sort: usize,
    /// Largest first.
    pub descending: bool,
    /// The search.
    pub find: Find,
    /// The best matches of a search first, until the list is sorted.
    best_first: bool,
    /// Columns by which long texts are moved to the left.
    pub scroll: usize,
    /// Columns of the longest text.
    widest: usize,
    goal: Goal,
    /// Order and search of the rows that came last; `None` where rows of another list are to come.
    shown: Option<Rank>,
    /// The place from before the search.
    before_find: Option<Place>,
}

impl Controls {
    /// A list sorted by the first of the columns.
    pub fn new(columns: Vec<SortColumn>) -> Self {
        let descending = columns.first().is_none_or(|column| column.descending);
        Controls {
            columns,
            list: ListState::default(),
            sort: 0,
            descending,
            find: Find::default(),
            best_first: false,
            scroll: 0,
            widest: 0,
            goal: Goal::Item,
            shown: None,
            before_find: None,
        }
    }

    /// Carries out what a list can do by itself. False where it is not such an action.
    pub fn update<R>(&mut self, action: &Action, rows: &Keyed<'_, R>) -> bool {
        if let Some(to) = motion(action) {
            self.list.go(to);
            // Who moves the cursor wants it there, and no more on the item it was on its way to.
            if matches!(self.goal, Goal::Key(_)) {
                self.goal = Goal::Item;
            }
            return true;
        }
        let searching = !self.find.text.is_empty();
        match action {
            Action::MoveLeft => self.scroll = self.scroll.saturating_sub(SIDE),
            Action::MoveRight => self.scroll = (self.scroll + SIDE).min(self.widest),
            Action::SortBy(column) if *column >= self.columns.len() => return false,
            Action::Sort | Action::SortBy(_) | Action::ReverseSort => self.reorder(action),
            Action::SetFind(text) => self.set_find(text, rows),
            Action::FindNext if searching => self.wrap(Move::Down, Move::Top),
            Action::FindPrevious if searching => self.wrap(Move::Up, Move::Bottom),
            Action::Back if searching => self.set_find("", rows),
            _ => return false,
        }
        true
    }

    /// Changes the order. Whoever asks for another one wants to see what comes first by it.
    fn reorder(&mut self, action: &Action) {
        match action {
            // What was ranked by the search is first put into the order that it had.
            Action::Sort if self.is_ranked() => self.best_first = false,
            Action::Sort => self.sort_by((self.sort + 1) % self.columns.len()),
            Action::SortBy(column) if *column == self.sort && self.is_ranked() => {
                self.best_first = false;
            }
            Action::SortBy(column) if *column == self.sort => self.reverse(),
            Action::SortBy(column) => self.sort_by(*column),
            _ => self.reverse(),
        }
        self.restart();
    }

    fn sort_by(&mut self, column: usize) {
        self.sort = column;
        self.descending = self.columns[column].descending;
        self.best_first = false;
    }

    fn reverse(&mut self) {
        self.descending = !self.descending;
        self.best_first = false;
    }

    fn wrap(&mut self, step: Move, end: Move) {
        if !self.list.go(step) {
            self.list.go(end);
        }
    }

    /// Goes to the first row of the rows that arrive next.
    pub fn restart(&mut self) {
        self.list.go(Move::Top);
        self.goal = Goal::Row;
        self.shown = None;
    }

    /// A search begins at the first match; when it is over, the cursor is where it was.
    fn set_find<R>(&mut self, text: &str, rows: &Keyed<'_, R>) {
        if text == self.find.text {
            return;
        }
        if self.find.text.is_empty() {
            self.before_find = Some(self.place(rows));
            self.best_first = true;
        }
        self.find = Find::new(text);
        self.restart();
        if text.is_empty() {
            self.best_first = false;
            let before = self.before_find.take().unwrap_or_default();
            self.return_to(&before);
        }
    }

    /// Returns whether rows are ordered by how well they match the search.
    fn is_ranked(&self) -> bool {
        self.best_first && self.find.matcher().is_some_and(Matcher::ranks)
    }

    /// The item under the cursor is followed to its place among the rows of an answer. `shown` are the
    /// rows that were there before.
    pub fn received<R>(&mut self, shown: &Keyed<'_, R>, arrived: &Rows<R>) {
        let place = match &self.goal {
            Goal::Row => None,
            Goal::Key(_) => arrived.followed,
            // The cursor may have moved since the question was asked.
            Goal::Item => shown.key(self.list.cursor).and_then(|key| {
                let same = |row: &R| (shown.key)(row) == key;
                // Where keys are not unique, the row of the same number comes first.
                if arrived.get(self.list.cursor).is_some_and(same) {
                    return Some(self.list.cursor);
                }
                let at = arrived.rows.iter().position(same);
                at.map(|at| arrived.offset + at).or(arrived.followed)
            }),
        };
        if let Some(place) = place {
            // The cursor keeps its height on the screen.
            let above = self.list.cursor - self.list.offset;
            self.list.restore(place, place.saturating_sub(above));
        }
        self.list.set_total(arrived.total);
        // Rows that are still being made have no item yet.
        if arrived.total > 0 || !matches!(self.goal, Goal::Key(_)) {
            self.goal = Goal::Item;
        }
        self.shown = Some(self.rank());
    }

    fn rank(&self) -> Rank {
        let find = self.find.text.clone();
        (self.sort, self.descending, self.best_first, find)
    }

    /// Tests whether the rows that came last have the present order and search.
    pub fn is_settled(&self) -> bool {
        self.shown.as_ref() == Some(&self.rank())
    }

    /// Sets the width of the longest text that can be scrolled sideways, in columns of the terminal.
    pub fn scroll_within(&mut self, widest: usize) {
        self.widest = widest;
        self.scroll = self.scroll.min(widest);
    }

    /// Scrolls by a step within a text of that width; false at its end.
    pub fn scroll_by(&mut self, right: bool, widest: usize) -> bool {
        let to = if right {
            (self.scroll + SIDE).min(widest)
        } else {
            self.scroll.saturating_sub(SIDE)
        };
        std::mem::replace(&mut self.scroll, to) != to
    }

    /// Names of all orders.
    pub fn titles(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    }

    /// The columns of all orders.
    pub fn keys(&self) -> impl Iterator<Item = &ColumnKey> {
        self.columns.iter().map(|column| &column.key)
    }

    /// The column that it is sorted by.
    pub fn key(&self) -> &ColumnKey {
        &self.columns[self.sort].key
    }

    /// Sorts by an order, where the list has it.
    pub fn order_by(&mut self, order: &Sort) {
        let at = (self.columns.iter()).position(|column| column.key == order.column);
        if let Some(at) = at {
            self.sort = at;
            self.descending = order.descending;
            self.best_first = false;
        }
    }

    /// Replaces the orders; the list stays sorted by its column where that is still one.
    pub fn set_columns(&mut self, columns: Vec<SortColumn>) {
        let key = self.key().clone();
        self.columns = columns;
        match self.columns.iter().position(|column| column.key == key) {
            Some(sort) => self.sort = sort,
            None => self.sort_by(0),
        }
    }

    /// Returns the list with a page of `page_rows`.
    pub fn on(&self, page_rows: usize) -> ListState {
        let mut list = self.list;
        list.set_page(page_rows);
        list
    }

    /// Returns the listing to request for a screen of `page_rows`.
    pub fn listing<R>(&self, page_rows: usize, rows: &Keyed<'_, R>) -> Listing {
        let list = self.on(page_rows);
        let (offset, limit) = list.window();
        let follow = Follow {
            keys: self.followed(&list, rows),
            above: list.cursor - offset,
        };
        Listing {
            sort: self.key().clone(),
            fields: Vec::new(),
            descending: self.descending,
            find: self.find.text.clone(),
            best_first: self.is_ranked(),
            page: Page { offset, limit },
            follow,
            marked: Vec::new(),
        }
    }

    /// Keys of the rows to stay on: the one under the cursor, then its neighbors on the screen, the nearest
    /// first.
    fn followed<R>(&self, list: &ListState, rows: &Keyed<'_, R>) -> Vec<String> {
        match &self.goal {
            Goal::Row => Vec::new(),
            Goal::Key(key) => vec![key.clone()],
            Goal::Item => {
                let Some(own) = rows.key(list.cursor) else {
                    return Vec::new();
                };
                let both = |by: usize| [Some(list.cursor + by), list.cursor.checked_sub(by)];
                let near = (1..=list.page_rows).flat_map(both).flatten();
                let on_screen = near.filter(|at| list.visible().contains(at));
                std::iter::once(own)
                    .chain(on_screen.filter_map(|at| rows.key(at)))
                    .collect()
            }
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
            sort: if self.is_ranked() {
                "best match".to_owned()
            } else {
                format!("{} {arrow}", self.columns[self.sort].name)
            },
            find: self.find.text.clone(),
            note: String::new(),
        }
    }

    /// Where it is.
    pub fn place<R>(&self, rows: &Keyed<'_, R>) -> Place {
        let item = match &self.goal {
            Goal::Item => rows.key(self.list.cursor).unwrap_or_default(),
            Goal::Row => String::new(),
            Goal::Key(key) => key.clone(),
        };
        Place {
            item,
            cursor: self.list.cursor,
            offset: self.list.offset,
            sort: self.sort,
            order: self.columns[self.sort].name.clone(),
            descending: self.descending,
            best_first: self.best_first,
            find: self.find.text.clone(),
            subject: String::new(),
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        let mut orders = self.columns.iter();
        let named = orders.position(|column| column.name == place.order);
        self.sort = named.unwrap_or(place.sort).min(self.columns.len() - 1);
        self.descending = place.descending;
        self.best_first = place.best_first;
        if self.find.text != place.find {
            self.find = Find::new(&place.find);
        }
        self.before_find = None;
        self.return_to(place);
    }

    fn return_to(&mut self, place: &Place) {
        self.list.restore(place.cursor, place.offset);
        self.goal = if place.item.is_empty() {
            Goal::Row
        } else {
            Goal::Key(place.item.clone())
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows with these keys, from the first on.
    fn rows(keys: impl IntoIterator<Item = u64>) -> Rows<u64> {
        let rows: Vec<u64> = keys.into_iter().collect();
        Rows::all(rows)
    }

    fn keyed(rows: &Rows<u64>) -> Keyed<'_, u64> {
        Keyed {
            rows: Some(rows),
            key: u64::to_string,
        }
    }

    const NONE: Keyed<'static, u64> = Keyed {
        rows: None,
        key: u64::to_string,
    };

    fn controls() -> Controls {
        let mut controls = Controls::new(vec![
            SortColumn::own("cases", "c", true),
            SortColumn::own("name", "n", false),
        ]);
        controls.received(&NONE, &rows(0..100));
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
            assert!(c.update(&action, &NONE));
            assert_eq!(
                (c.key().own(), c.descending),
                (Some(key), descending),
                "{action:?}"
            );
        }
        assert!(!c.update(&Action::SortBy(2), &NONE));
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
        let all = rows(0..100);
        c.update(&Action::GoToRow(50), &NONE);
        let before = c.list;
        c.update(&Action::SetFind("a".to_owned()), &keyed(&all));
        c.update(&Action::SetFind("ab".to_owned()), &keyed(&all));
        assert_eq!(c.status(true).sort, "best match");
        let found = rows([49, 7, 8]);
        c.received(&keyed(&all), &found);
        let listing = c.listing(10, &keyed(&found));
        assert_eq!((c.list.cursor, listing.find.as_str()), (0, "ab"));
        assert!(listing.best_first);
        c.update(&Action::FindPrevious, &NONE);
        assert_eq!(c.list.cursor, 2);
        c.update(&Action::FindNext, &NONE);
        assert_eq!(c.list.cursor, 0);
        assert!(c.update(&Action::Sort, &NONE), "into the order of the list");
        assert_eq!(c.status(true).sort, "cases ↓");
        assert!(c.update(&Action::Back, &keyed(&found)));
        assert_eq!(c.listing(10, &keyed(&found)).follow.keys, ["49"]);
        c.received(&keyed(&found), &all);
        assert_eq!(
            (c.list.cursor, c.list.offset),
            (before.cursor, before.offset)
        );
        assert!(!c.update(&Action::Back, &NONE));
    }

    #[test]
    fn a_place_is_come_back_to() {
        let mut c = controls();
        let all = rows(0..100);
        for action in [Action::Sort, Action::ReverseSort] {
            c.update(&action, &keyed(&all));
        }
        c.received(&keyed(&all), &all);
        c.update(&Action::GoToRow(50), &keyed(&all));
        let place = c.place(&keyed(&all));
        assert_eq!((place.item.as_str(), place.cursor), ("49", 49));
        let mut other = Controls::new(vec![
            SortColumn::own("cases", "c", true),
            SortColumn::own("name", "n", false),
        ]);
        other.list.set_page(10);
        other.go_to(&place);
        assert_eq!(other.place(&NONE), place);
        assert_eq!(other.status(false).position, None);
        other.received(&NONE, &all);
        assert_eq!(other.place(&keyed(&all)), place);
        assert_eq!(other.status(true).position, Some((50, 100)));
    }

    #[test]
    fn the_cursor_follows_its_item() {
        let all = rows(0..100);
        let on_another_page = Rows {
            total: 90,
            offset: 64,
            followed: Some(80),
            ..rows(0..0)
        };
        for (case, arrived, cursor) in [
            ("reversed", rows((0..100).rev()), 95),
            ("on another page", on_another_page, 80),
            ("gone, with all near it", rows(50..53), 2),
        ] {
            let mut c = controls();
            c.list.go(Move::Row(4));
            let follow = c.listing(10, &keyed(&all)).follow;
            assert_eq!(&follow.keys[..3], ["4", "5", "3"], "{case}");
            assert_eq!((follow.keys.len(), follow.above), (10, 4));
            c.received(&keyed(&all), &arrived);
            assert_eq!(c.list.cursor, cursor, "{case}");
        }
    }

    #[test]
    fn scroll_ends_at_the_longest_text() {
        let mut c = controls();
        for _ in 0..9 {
            c.update(&Action::MoveRight, &NONE);
        }
        assert_eq!(c.scroll, 20);
        c.update(&Action::MoveLeft, &NONE);
        assert_eq!(c.scroll, 12);
    }
}
