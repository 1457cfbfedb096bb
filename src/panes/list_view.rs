//! The parts in which panes of lists differ: query, filter and detail.

use super::controls::{Controls, Find, Order};
use super::texts::{self, Nothing};
use super::{ColumnsOnOffer, Context, CopyWhat, Explained, Look, Outcome, PaneSpec, Slot};
use crate::engine::{Answer, AskError, Features, List, Listing, LogInfo, Request, Shown};
use crate::filter::Expr;
use crate::input::{Action, ColumnChoice};
use crate::ui::list::ListState;
use crate::ui::widgets::Cell;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A row of the list of a view.
pub type Row<V> = <<V as ListView>::List as List>::Row;

/// Change of a view by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing: the key is for others.
    None,
    /// Something of the detail or of the drawing.
    Some,
    /// The query: rows on the screen are of another list.
    Query,
}

/// What the rows are of by the user's choice: keys change it, and the subject of a place keeps it.
pub trait Chosen {
    /// Carries out an action that chooses.
    fn choose(&mut self, action: &Action) -> Change;

    /// Goes back to a subject.
    fn restore(&mut self, subject: &str) -> Change;
}

/// A pane of a list: its query, its filter, and its detail.
pub trait ListView: Default + Send + 'static {
    /// The list.
    type List: List;
    /// What a breadcrumb calls a row before its name: `case 4711`, `with Ship`.
    const KIND: &'static str = "with";

    /// Registry entry.
    fn spec(&self) -> &'static PaneSpec;

    /// Plural noun of the rows, for sentences: "activities".
    fn many(&self) -> &'static str;

    /// The query for a page.
    fn query(&self, listing: Listing) -> Self::List;

    /// Properties that decide which columns are shown.
    fn features(&self, log: &LogInfo) -> Features {
        Features::of(log)
    }

    /// The query for a page of a list that is drawn in that area.
    fn query_in(&self, listing: Listing, _area: Rect) -> Self::List {
        self.query(listing)
    }

    /// The filter that the cases of a row meet.
    fn filter(&self, row: &Row<Self>) -> Option<Expr>;

    /// Breadcrumb of a row: its kind and its name.
    fn crumb(&self, row: &Row<Self>) -> String {
        texts::crumb(Self::KIND, &self.name(row))
    }

    /// Text of the cell under the cursor, to copy.
    fn name(&self, row: &Row<Self>) -> String;

    /// The case that a row is of; `None` for rows of other things.
    fn case<'r>(&self, _row: &'r Row<Self>) -> Option<&'r str> {
        None
    }

    /// The case under the cursor while the detail has the focus.
    fn case_of_detail<'r>(&self, row: &'r Row<Self>) -> Option<&'r str> {
        self.case(row)
    }

    /// Marks a row or takes the mark away, and says what the app is to do then; `Ignored` for a list
    /// without marks.
    fn mark(&mut self, _row: &Row<Self>) -> Outcome {
        Outcome::Ignored
    }

    /// Carries out `Open`, `Keep`, `Drop`, `Predict`, `ToggleRow`, `DeleteRow`, `NextAspect` or `DefineMilestone`
    /// on a row.
    fn act(&self, action: &Action, row: &Row<Self>) -> Outcome {
        let filter = self.filter(row);
        let selected = filter.and_then(|f| texts::selecting(action, &f, self.crumb(row)));
        texts::emitting(selected)
    }

    /// The report that prints the same rows now; `None` where none does.
    fn report(&self) -> Option<&'static str> {
        self.spec().report
    }

    /// The options of the report that print the same rows.
    fn options(&self, order: &Order) -> Vec<String> {
        order.sort()
    }

    /// The choice that the rows are of; `None` where there is none.
    fn chosen(&mut self) -> Option<&mut dyn Chosen> {
        None
    }

    /// Carries out an action that changes the view itself.
    fn change(&mut self, action: &Action) -> Change {
        self.chosen().map_or(Change::None, |of| of.choose(action))
    }

    /// False for an action of the hints that would do nothing now.
    fn does(&self, _action: &Action) -> bool {
        true
    }

    /// The action that the app is to carry out for one that asks for a text.
    fn asks(&self, _action: &Action) -> Option<Action> {
        None
    }

    /// State beside cursor and order that a place keeps.
    fn subject(&self) -> String {
        String::new()
    }

    /// Goes back to a subject.
    fn go_to(&mut self, subject: &str) -> Change {
        self.chosen().map_or(Change::None, |of| of.restore(subject))
    }

    /// Draws the cells of a column in another way than by its values.
    fn cells<'a>(&self, _of: &ColumnOf<'_, 'a, Self>, _look: Look<'_>) -> Option<Vec<Cell<'a>>> {
        None
    }

    /// Draws the names of rows that are compared in a column of that width, in another way than cut in
    /// the middle.
    fn names<'a>(
        &self,
        _rows: &[&'a Row<Self>],
        _width: u16,
        _look: Look<'_>,
    ) -> Option<Vec<Cell<'a>>> {
        None
    }

    /// Explains why there are no rows; the usual sentence is given.
    fn nothing(
        &self,
        nothing: Nothing,
        _answer: Option<&Answer>,
        _context: Context<'_>,
    ) -> Nothing {
        nothing
    }

    /// True if a line below the list says what `Keep` leaves of the selected cases; false for rows that are one
    /// case each, and for lists that have these figures themselves.
    fn says_what_is_left(&self) -> bool {
        true
    }

    /// Rows above the table.
    fn head_rows(&self) -> u16 {
        0
    }

    /// Rows above the table in that area, of which the names of the columns and a row are left.
    fn head_rows_in(&self, area: Rect) -> u16 {
        self.head_rows().min(area.height.saturating_sub(2))
    }

    /// What the list is about, in the line of a comparison that says what was tested; `None` where
    /// [`ListView::draw_head`] says it without the answer.
    fn topic(&self) -> Option<String> {
        None
    }

    /// Draws the rows above the table.
    fn draw_head(&self, _answer: &Answer, _area: Rect, _buffer: &mut Buffer, _look: Look<'_>) {}

    /// Rows below the table of `total` rows, of the `height` that both have.
    fn foot_rows(&self, _total: usize, _height: u16) -> u16 {
        0
    }

    /// Draws the rows below the table.
    fn draw_foot(&self, _of: &DetailOf<'_, Self>, _buffer: &mut Buffer, _look: Look<'_>) {}

    /// Width of the list in percent where a detail stands beside it; 100 for a list without one.
    fn share(&self, _area: Rect) -> u16 {
        100
    }

    /// An answer to the query came.
    fn listed(&mut self, _answer: &Answer) {}

    /// The cursor is on this row now, perhaps another one than before.
    fn at(&mut self, _row: Option<&Row<Self>>) {}

    /// The user comes from another pane, where `filter` selects the item under the cursor.
    fn came_from(&mut self, _filter: Option<String>) -> Change {
        Change::None
    }

    /// The questions of the detail of a row.
    fn questions(
        &self,
        _row: &Row<Self>,
        _area: Rect,
        _context: Context<'_>,
    ) -> Vec<(Slot, Request)> {
        Vec::new()
    }

    /// Questions that do not depend on a row, by slots from 8 on.
    fn questions_of_list(&self) -> Vec<(Slot, Request)> {
        Vec::new()
    }

    /// Draws something in place of a list without rows; false where there is nothing else to draw.
    fn draw_instead(&self, _area: Rect, _buffer: &mut Buffer, _look: Look<'_>) -> bool {
        false
    }

    /// Figures of a row beside those of its columns, for whoever asks how they came about.
    fn more_figures(&self, _row: &Row<Self>, _: Context<'_>) -> Vec<Explained> {
        Vec::new()
    }

    /// Takes an answer to a question of the detail or of the list.
    fn receive(&mut self, _slot: Slot, _answer: Result<&Answer, &AskError>) {}

    /// The columns that can be chosen for the cases of the detail; `None` for a detail without them.
    fn columns_on_offer(&self, _log: &LogInfo) -> Option<ColumnsOnOffer> {
        None
    }

    /// Takes columns for the cases of the detail; false for a detail without them.
    fn set_columns(&mut self, _columns: &[ColumnChoice], _log: &LogInfo) -> bool {
        false
    }

    /// Tests whether the detail can have the focus.
    fn focusable(&self) -> bool {
        false
    }

    /// Tests whether keys that the detail does not take move in the list, also while the detail has the
    /// focus.
    fn moves_list(&self) -> bool {
        false
    }

    /// The cursor of the detail, for the status line.
    fn detail(&self) -> Option<&ListState> {
        None
    }

    /// The orders of the rows of the detail; `None` for a detail that cannot be sorted.
    fn detail_orders(&self) -> Option<&Controls> {
        None
    }

    /// Carries out an action while the detail has the focus.
    fn update_detail(
        &mut self,
        _action: &Action,
        _row: &Row<Self>,
        _context: Context<'_>,
    ) -> Outcome {
        Outcome::Ignored
    }

    /// True if `Open` on a row gives the focus to the detail.
    fn opens_detail(&self) -> bool {
        false
    }

    /// Text to copy while the detail has the focus; `None` for that of the list.
    fn copy_detail(&self, _what: CopyWhat, _of: &Row<Self>, _: Context<'_>) -> Option<String> {
        None
    }

    /// Draws the detail of a row.
    fn draw_detail(&self, _detail: &DetailOf<'_, Self>, _buffer: &mut Buffer, _look: Look<'_>) {}
}

/// Data for drawing a detail.
pub struct DetailOf<'a, V: ListView> {
    /// The row under the cursor.
    pub row: &'a Row<V>,
    /// The answer with the list.
    pub answer: &'a Answer,
    /// Where the detail is.
    pub area: Rect,
    /// True where the detail has the focus.
    pub focused: bool,
}

/// Data for drawing the cells of a column.
pub struct ColumnOf<'c, 'a, V: ListView> {
    /// The column.
    pub column: &'c Shown<Row<V>>,
    /// The rows on the screen.
    pub rows: &'c [&'a Row<V>],
    /// Width of the column.
    pub width: u16,
    /// The search.
    pub find: &'c Find,
    /// Columns by which long texts are moved to the left.
    pub scroll: usize,
}
