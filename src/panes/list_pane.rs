//! One list pane: a table from the schema of its list, with cursor, order, search, copy and filters,
//! and whatever detail a pane shows beside it. A pane of a list is a [`ListView`]; all else is here.

use super::controls::{Controls, Order};
use super::list_cells::{cells, copied, figures, head, text_width};
use super::texts::{self, Nothing};
use super::{Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{
    Answer, AskError, Column, Features, List, Listing, LogInfo, Request, Rows, Sort, Surface,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::ui::list::{ListState, Move};
use crate::ui::paint;
use crate::ui::widgets::virtual_table::{column_areas, page_rows};
use crate::ui::widgets::{Cell, Column as Head, Part, Split, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// The slot of the list; details have the slots from 1.
pub const LIST: Slot = 0;

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

    /// True if the pane has a tab for this log.
    fn has_tab(&self, _log: Option<&LogInfo>) -> bool {
        self.spec().tab
    }

    /// The filter that the cases of a row meet.
    fn filter(&self, row: &Row<Self>) -> Option<Expr>;

    /// Breadcrumb of a row: its kind and its name.
    fn crumb(&self, row: &Row<Self>) -> String {
        texts::crumb(Self::KIND, &self.name(row))
    }

    /// Text of the cell under the cursor, to copy.
    fn name(&self, row: &Row<Self>) -> String;

    /// Carries out `Open`, `Keep`, `Drop` or `ToggleRow` on a row.
    fn act(&self, action: &Action, row: &Row<Self>) -> Outcome {
        let filter = self.filter(row);
        let selected = filter.and_then(|f| texts::selecting(action, &f, self.crumb(row)));
        texts::emitting(selected)
    }

    /// The options of the report that print the same rows.
    fn options(&self, order: &Order) -> Vec<String> {
        order.sort()
    }

    /// Carries out an action that changes the view itself.
    fn change(&mut self, _action: &Action) -> Change {
        Change::None
    }

    /// State beside cursor and order that a place keeps.
    fn subject(&self) -> String {
        String::new()
    }

    /// Goes back to a subject.
    fn go_to(&mut self, _subject: &str) -> Change {
        Change::None
    }

    /// Draws the cells of a column in another way than by its values.
    fn cells<'a>(&self, _of: &ColumnOf<'_, 'a, Self>, _look: Look<'_>) -> Option<Vec<Cell<'a>>> {
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

    /// Rows above the table.
    fn head_rows(&self) -> u16 {
        0
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

    /// The questions of the detail of a row.
    fn questions(
        &self,
        _row: &Row<Self>,
        _area: Rect,
        _context: Context<'_>,
    ) -> Vec<(Slot, Request)> {
        Vec::new()
    }

    /// Takes an answer to a question of the detail.
    fn receive(&mut self, _slot: Slot, _answer: Result<&Answer, &AskError>) {}

    /// Tests whether the detail can have the focus.
    fn focusable(&self) -> bool {
        false
    }

    /// Whether keys that the detail does not take move in the list, also while the detail has the focus.
    fn moves_list(&self) -> bool {
        false
    }

    /// The cursor of the detail, for the status line.
    fn detail(&self) -> Option<&ListState> {
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
    pub column: &'c Column<Row<V>>,
    /// The rows on the screen.
    pub rows: &'c [&'a Row<V>],
    /// Width of the column.
    pub width: u16,
    /// Search text, and by how much long texts are moved to the left.
    pub find: (&'c str, usize),
}

/// The pane of a list.
pub struct ListPane<V: ListView> {
    view: V,
    controls: Controls,
    focus: Part,
    answer: Option<Answer>,
    error: Option<AskError>,
}

impl<V: ListView> ListPane<V> {
    /// A pane that has received nothing yet.
    pub fn boxed() -> Box<dyn Pane> {
        let columns = V::List::schema().sortable();
        let orders = columns.iter().map(|column| {
            let descending = column.descending.unwrap_or(true);
            (column.order_name(), column.name, descending)
        });
        Box::new(ListPane {
            view: V::default(),
            controls: Controls::new(orders.collect()),
            focus: Part::List,
            answer: None,
            error: None,
        })
    }

    fn rows(&self) -> Option<&Rows<Row<V>>> {
        let answer = self.answer.as_ref()?.to::<V::List>()?;
        Some(V::List::rows(answer))
    }

    fn row(&self) -> Option<&Row<V>> {
        self.rows()?.get(self.controls.list.cursor)
    }

    fn columns(&self, log: &LogInfo) -> Vec<&'static Column<Row<V>>> {
        V::List::schema().on(Surface::Pane, &self.view.features(log))
    }

    fn split(&self, context: Context<'_>) -> Split {
        let share = self.view.share(context.area);
        if share < 100 {
            return Split::of(context.area, share, self.focus, context.maximized);
        }
        let nothing = Rect::new(context.area.x, context.area.y, 0, 0);
        Split {
            list: context.area,
            detail: nothing,
            line: nothing,
        }
    }

    /// The table between the rows above and below it.
    fn table(&self, split: &Split) -> Rect {
        let area = paint::below(split.list, self.view.head_rows());
        let foot = self.view.foot_rows(self.controls.list.total, area.height);
        paint::top(area, area.height.saturating_sub(foot))
    }

    fn on(&self, split: &Split) -> ListState {
        self.controls.on(page_rows(self.table(split).height))
    }

    /// Width of the longest text on the screen that can be scrolled sideways.
    fn widest(&self, split: &Split, context: Context<'_>) -> usize {
        let Some(rows) = self.rows() else { return 0 };
        let columns = self.columns(context.log);
        let heads: Vec<Head<'_>> = columns.iter().map(|column| head(column)).collect();
        let areas = column_areas(&heads, self.table(split));
        let drawn = columns
            .iter()
            .zip(&areas)
            .filter(|(_, area)| area.width > 0);
        let list = self.on(split);
        let widths = drawn.map(|(column, _)| {
            let rows = list.visible().filter_map(|i| rows.get(i));
            text_width(column, rows)
        });
        widths.max().unwrap_or(0)
    }

    fn changed(&mut self, change: Change) -> Outcome {
        if change == Change::Query {
            self.answer = None;
            self.controls.list.go(Move::Top);
        }
        match change {
            Change::None => Outcome::Ignored,
            _ => Outcome::Done,
        }
    }

    /// Passes the row under the cursor to the view.
    fn settle(&mut self) {
        let row = self.row().cloned();
        self.view.at(row.as_ref());
    }

    fn received(&mut self, answer: Answer) {
        let Some(rows) = answer.to::<V::List>().map(V::List::rows) else {
            return;
        };
        self.controls.received(rows.total);
        self.view.listed(&answer);
        self.answer = Some(answer);
        self.error = None;
        self.settle();
    }

    fn update_list(&mut self, action: &Action) -> Outcome {
        match action {
            Action::Open if self.row().is_some() && self.view.opens_detail() => {
                self.focus = Part::Detail;
                Outcome::Done
            }
            Action::Open | Action::Keep | Action::Drop | Action::ToggleRow => match self.row() {
                Some(row) => self.view.act(action, row),
                None => Outcome::Ignored,
            },
            _ => match self.view.change(action) {
                Change::None if self.controls.update(action) => {
                    self.settle();
                    Outcome::Done
                }
                change => self.changed(change),
            },
        }
    }

    fn update_detail(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let Some(row) = self.row().cloned() else {
            return Outcome::Ignored;
        };
        match self.view.update_detail(action, &row, context) {
            Outcome::Ignored if *action == Action::Back => {
                self.focus = Part::List;
                Outcome::Done
            }
            outcome => outcome,
        }
    }

    fn draw_list(&self, rows: &Rows<Row<V>>, split: &Split, buffer: &mut Buffer, look: Look<'_>) {
        let columns = self.columns(look.context.log);
        let list = self.on(split);
        let visible: Vec<&Row<V>> = list.visible().filter_map(|i| rows.get(i)).collect();
        let loaded: Vec<bool> = list.visible().map(|i| rows.get(i).is_some()).collect();
        let heads: Vec<Head<'_>> = columns.iter().map(|column| head(column)).collect();
        let areas = column_areas(&heads, self.table(split));
        let (find, scroll) = (self.controls.find.as_str(), self.controls.scroll);
        let of_column = |(column, area): (&&Column<Row<V>>, &Rect)| {
            let of = ColumnOf {
                column,
                rows: &visible,
                width: area.width,
                find: (find, scroll),
            };
            let own = self.view.cells(&of, look);
            own.unwrap_or_else(|| cells(column, &visible, area.width, find, look))
        };
        let mut drawn: Vec<_> = columns
            .iter()
            .zip(&areas)
            .map(|of| of_column(of).into_iter())
            .collect();
        // Rows that have not arrived keep their place, or those below would move up under the cursor.
        let row = |loaded: bool| {
            let cells = drawn.iter_mut().filter(|_| loaded);
            cells.filter_map(Iterator::next).collect()
        };
        let rows: Vec<Vec<Cell<'_>>> = loaded.into_iter().map(row).collect();
        let order = V::List::schema().column(self.controls.key());
        let sorted = order.and_then(|order| {
            let by_name = |c: &&Column<Row<V>>| c.order_name() == order.order_name();
            columns.iter().position(by_name)
        });
        VirtualTable {
            columns: &heads,
            rows: &rows,
            offset: list.offset,
            total: list.total,
            selected: self.row().map(|_| list.cursor),
            sort: sorted.map(|at| (at, self.controls.descending)),
            focused: self.focus == Part::List,
            stale: (look.stale)(LIST),
            scroll: self.controls.scroll,
        }
        .draw(self.table(split), buffer, look.theme);
    }
}

impl<V: ListView> Pane for ListPane<V> {
    fn spec(&self) -> &'static PaneSpec {
        self.view.spec()
    }

    fn has_tab(&self, log: Option<&LogInfo>) -> bool {
        self.view.has_tab(log)
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let split = self.split(context);
        let listing = self.controls.listing(page_rows(self.table(&split).height));
        let query = self.view.query_in(listing, split.list);
        let mut requests = vec![(LIST, Request::new(query))];
        if let Some(row) = self.row().filter(|_| split.shows_detail()) {
            requests.extend(self.view.questions(row, split.detail, context));
        }
        requests
    }

    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Err(AskError::Cancelled) => {}
            Ok(answer) if slot == LIST => self.received(answer),
            Err(error) if slot == LIST => self.error = Some(error),
            answer => self.view.receive(slot, answer.as_ref()),
        }
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let split = self.split(context);
        if !split.list.is_empty() {
            let rows = page_rows(self.table(&split).height);
            self.controls.list.set_page(rows);
        }
        if matches!(action, Action::MoveLeft | Action::MoveRight) {
            self.controls.scroll_within(self.widest(&split, context));
        }
        let focusable = self.view.focusable() && self.row().is_some();
        match action {
            Action::SwitchFocus if focusable => {
                self.focus = self.focus.other();
                Outcome::Done
            }
            _ if self.focus == Part::Detail => match self.update_detail(
                action,
                Context {
                    area: split.detail,
                    ..context
                },
            ) {
                Outcome::Ignored if self.view.moves_list() => self.update_list(action),
                Outcome::Ignored => {
                    let change = self.view.change(action);
                    self.changed(change)
                }
                outcome => outcome,
            },
            _ => self.update_list(action),
        }
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let context = Context {
            area,
            ..look.context
        };
        let (rows, find) = (self.rows(), &self.controls.find);
        let (many, error) = (self.view.many(), self.error.as_ref());
        if let Some(why) = texts::instead(rows, error, many, find, context) {
            let why = match error {
                Some(_) => why,
                None => self.view.nothing(why, self.answer.as_ref(), context),
            };
            why.empty().draw(area, buffer, look.theme);
            return;
        }
        let (Some(rows), Some(answer)) = (rows, &self.answer) else {
            return;
        };
        let split = self.split(context);
        if !split.list.is_empty() {
            let head = paint::top(split.list, self.view.head_rows());
            self.view.draw_head(answer, head, buffer, look);
            self.draw_list(rows, &split, buffer, look);
        }
        split.draw_line(buffer, look.theme);
        let Some(row) = self.row() else { return };
        let of = |area| DetailOf {
            row,
            answer,
            area,
            focused: self.focus == Part::Detail,
        };
        let above = self.view.head_rows() + self.table(&split).height;
        let foot = paint::below(split.list, above);
        if !foot.is_empty() {
            self.view.draw_foot(&of(foot), buffer, look);
        }
        if split.shows_detail() {
            self.view.draw_detail(&of(split.detail), buffer, look);
        }
    }

    fn status(&self) -> Status {
        let mut status = self.controls.status(self.rows().is_some());
        if let Some(detail) = self.view.detail().filter(|_| self.focus == Part::Detail) {
            let there = detail.has_row();
            status.position = there.then_some((detail.cursor + 1, detail.total));
        }
        status
    }

    fn terms(&self) -> Vec<&'static str> {
        let of_columns = V::List::schema().columns.iter().map(|column| column.term);
        let all = of_columns.chain(self.spec().terms.iter().copied());
        let mut met = BTreeSet::from([""]);
        all.filter(|term| met.insert(term)).collect()
    }

    fn figures(&self, context: Context<'_>) -> Vec<Explained> {
        let columns = self.columns(context.log);
        let row = self.row();
        row.map_or_else(Vec::new, |row| figures(&columns, row, context))
    }

    fn sort_columns(&self) -> Vec<&'static str> {
        self.controls.titles()
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        // No report searches.
        let report = self
            .spec()
            .report
            .filter(|_| self.controls.find.is_empty())?;
        let sort = Sort {
            column: self.controls.key(),
            descending: self.controls.descending,
        };
        let order = Order {
            sort: (sort != Sort::first::<V::List>()).then(|| sort.word::<V::List>()),
            rows: self.on(&self.split(context)).visible().end.max(1),
        };
        let options = self.view.options(&order);
        Some([vec![report.to_owned()], options].concat())
    }

    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
        let columns = self.columns(context.log);
        let row = self.row()?;
        if self.focus == Part::Detail
            && let Some(text) = self.view.copy_detail(what, row, context)
        {
            return Some(text);
        }
        Some(match what {
            CopyWhat::Cell => self.view.name(row),
            CopyWhat::Row => texts::tab_separated([copied(&columns, row, context.log.zone)]),
            CopyWhat::View => {
                let head = columns.iter().map(|column| column.name.to_owned());
                let rows = self.rows()?.rows.iter();
                let rows = rows.map(|row| copied(&columns, row, context.log.zone));
                texts::tab_separated(std::iter::once(head.collect()).chain(rows))
            }
        })
    }

    fn place(&self) -> Place {
        Place {
            subject: self.view.subject(),
            ..self.controls.place()
        }
    }

    fn go_to(&mut self, place: &Place) {
        let change = self.view.go_to(&place.subject);
        let _ = self.changed(change);
        self.controls.go_to(place);
        self.focus = Part::List;
        self.settle();
    }
}
