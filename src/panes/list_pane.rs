//! One list pane: a table from the schema of its list, with cursor, order, search, copy and filters,
//! and whatever detail a pane shows beside it. A pane of a list is a [`ListView`]; all else is here.

use super::controls::{Controls, Keyed, Order};
use super::list_cells::{copied, figures, sorted_stays, whole_row};
use super::list_columns::{ListColumns, OnScreen, orders};
use super::list_room::ListRoom;
use super::list_view::{Change, DetailOf, ListView, Row};
use super::marking::{MARKS, Marking};
use super::what_if;
use super::{
    ColumnsOnOffer, Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Slot,
    Status, texts,
};
use crate::engine::{
    Answer, AskError, List, Listing, LogInfo, Request, Rows, Shown, Sort, WhatIf, WhatIfQuery,
};
use crate::input::{Action, ColumnChoice};
use crate::ui::list::ListState;
use crate::ui::paint;
use crate::ui::targets::{self, Target};
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Part, Split};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::{BTreeMap, BTreeSet};

/// The slot of the list; details have the slots from 1 to 6, questions without a row those from 8 on.
pub const LIST: Slot = 0;

/// The slot of what the row under the cursor would leave.
const WHAT_IF: Slot = 7;

/// The rows of an answer with their keys.
fn keyed<V: ListView>(answer: Option<&Answer>) -> Keyed<'_, Row<V>> {
    let answer = answer.and_then(Answer::to::<V::List>);
    Keyed {
        rows: answer.map(V::List::rows),
        key: V::List::schema().key,
    }
}

/// The pane of a list.
pub struct ListPane<V: ListView> {
    pub(super) view: V,
    pub(super) controls: Controls,
    pub(super) focus: Part,
    columns: ListColumns,
    room: ListRoom,
    answer: Option<Answer>,
    error: Option<AskError>,
    what_if: Option<WhatIf>,
    /// Details that would show groups of few cases, by slots.
    withheld: BTreeMap<Slot, AskError>,
    pub(super) marking: Marking,
}

impl<V: ListView> ListPane<V> {
    /// A pane that has received nothing yet.
    pub fn boxed() -> Box<dyn Pane> {
        Box::new(ListPane {
            view: V::default(),
            controls: Controls::new(orders(V::List::schema(), None)),
            focus: Part::List,
            columns: ListColumns::default(),
            room: ListRoom::default(),
            answer: None,
            error: None,
            what_if: None,
            withheld: BTreeMap::new(),
            marking: Marking::default(),
        })
    }

    pub(super) fn rows(&self) -> Option<&Rows<Row<V>>> {
        self.keyed().rows
    }

    /// The row under the cursor, where it is on the screen.
    pub(super) fn row(&self) -> Option<&Row<V>> {
        // With an error no row is on the screen.
        let rows = self.rows().filter(|_| self.error.is_none())?;
        rows.get(self.controls.list.cursor)
    }

    fn keyed(&self) -> Keyed<'_, Row<V>> {
        keyed::<V>(self.answer.as_ref())
    }

    fn columns(&self, log: &LogInfo) -> Vec<Shown<Row<V>>> {
        let (schema, features) = (V::List::schema(), self.view.features(log));
        sorted_stays(schema, self.columns.all(schema, &features), &self.controls)
    }

    /// The columns on the screen.
    pub(super) fn on_screen(&self, split: &Split, log: &LogInfo) -> OnScreen<Row<V>> {
        let (all, width) = (self.columns(log), self.table(split).width);
        self.columns.on_screen(V::List::schema(), all, width)
    }

    fn split(&self, context: Context<'_>) -> Split {
        let share = self.view.share(context.area);
        if share < 100 {
            let split = Split::of(context.area, share, self.focus, context.maximized);
            let rows = self.rows().filter(|_| split.is_beside());
            return rows.map_or(split, |rows| {
                let columns = self.columns(context.log);
                let (usual, all) = (split.list.width, context.area.width);
                split.with_list(self.room.width(usual, all, &columns, &rows.rows))
            });
        }
        let nothing = Rect::new(context.area.x, context.area.y, 0, 0);
        Split {
            list: context.area,
            detail: nothing,
            line: nothing,
        }
    }

    /// The table between the rows above and below it.
    pub(super) fn table(&self, split: &Split) -> Rect {
        let list = paint::top(split.list, split.list.height - self.what_if_rows(split));
        let area = paint::below(list, self.view.head_rows_in(list));
        let foot = self.view.foot_rows(self.controls.list.total, area.height);
        paint::top(area, area.height.saturating_sub(foot))
    }

    /// Rows below the list that say what `Keep` leaves: 1, or 0 where there is no room.
    fn what_if_rows(&self, split: &Split) -> u16 {
        u16::from(self.view.says_what_is_left() && what_if::fits(split.list))
    }

    /// The filter that the row under the cursor adds, where the line below the list says what it leaves.
    fn filter_of_row(&self, split: &Split) -> Option<String> {
        let row = self.row().filter(|_| self.what_if_rows(split) > 0)?;
        self.view.filter(row).map(|filter| filter.to_string())
    }

    fn draw_what_if(&self, split: &Split, buffer: &mut Buffer, look: Look<'_>) {
        let filter = self.filter_of_row(split);
        // Figures of the row before would be taken for those of this one.
        if let Some(figures) = &self.what_if
            && Some(&figures.filter) == filter.as_ref()
        {
            let area = paint::below(split.list, split.list.height.saturating_sub(1));
            what_if::draw(figures, area, buffer, look, (look.stale)(WHAT_IF));
        }
    }

    pub(super) fn on(&self, split: &Split) -> ListState {
        self.controls.on(page_rows(self.table(split).height))
    }

    /// Scrolls the cell under the cursor, or moves the cursor by a column.
    fn move_column(&mut self, right: bool, split: &Split, context: Context<'_>) -> Outcome {
        let widest = self.widest(split, context);
        if !self.controls.scroll_by(right, widest) {
            self.columns.step(right);
            self.controls.scroll = 0;
        }
        Outcome::Done
    }

    /// Keeps or drops the cases with the value under the cursor, where that is of a field.
    fn keep_value(&self, action: &Action, context: Context<'_>) -> Option<Outcome> {
        if !matches!(action, Action::Keep | Action::Drop) || self.focus != Part::List {
            return None;
        }
        let (field, values) = self.columns.cell(V::List::schema(), self.row()?)?;
        let filter = context.log.filter_of(field, values.all())?;
        Some(texts::emitting(texts::selecting(
            action,
            &filter,
            String::new(),
        )))
    }

    fn changed(&mut self, change: Change) -> Outcome {
        if change == Change::Query {
            // The rows of another query would be taken for its answer.
            self.answer = None;
            self.room.forget();
            self.controls.restart();
        }
        match change {
            Change::None => Outcome::Ignored,
            _ => Outcome::Done,
        }
    }

    /// Passes the row under the cursor to the view.
    fn settle(&mut self) {
        // A copy, as the view cannot change while rows of the pane are borrowed.
        let row = self.row().cloned();
        self.view.at(row.as_ref());
    }

    fn received(&mut self, answer: Answer) {
        let Some(rows) = answer.to::<V::List>().map(V::List::rows) else {
            return;
        };
        self.check_range(rows);
        let shown = keyed::<V>(self.answer.as_ref());
        self.controls.received(&shown, rows);
        self.view.listed(&answer);
        self.answer = Some(answer);
        self.room.rows_came();
        self.error = None;
        self.settle();
    }

    fn update_list(&mut self, action: &Action) -> Outcome {
        match action {
            Action::Open if self.row().is_some() && self.view.opens_detail() => {
                self.focus = Part::Detail;
                Outcome::Done
            }
            Action::Open
            | Action::Keep
            | Action::Drop
            | Action::ToggleRow
            | Action::DeleteRow
            | Action::Trim
            | Action::Predict
            | Action::DefineMilestone => self.act(action),
            _ => match self.view.change(action) {
                // An aspect is that of the list, else of the row.
                Change::None if *action == Action::NextAspect => self.act(action),
                Change::None if self.control(action) => {
                    self.settle();
                    Outcome::Done
                }
                change => self.changed(change),
            },
        }
    }

    fn act(&mut self, action: &Action) -> Outcome {
        // A copy, as marks change the view while rows of the pane are borrowed.
        let Some(row) = self.row().cloned() else {
            return Outcome::Ignored;
        };
        if *action == Action::ToggleRow {
            let marked = self.view.mark(&row);
            if marked != Outcome::Ignored {
                return marked;
            }
        }
        self.view.act(action, &row)
    }

    fn control(&mut self, action: &Action) -> bool {
        let rows = keyed::<V>(self.answer.as_ref());
        self.controls.update(action, &rows)
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

    /// The orders of the detail, where it has the focus.
    fn orders_of_detail(&self) -> Option<&Controls> {
        let orders = self.view.detail_orders();
        orders.filter(|_| self.focus == Part::Detail)
    }
}

impl<V: ListView> Pane for ListPane<V> {
    fn spec(&self) -> &'static PaneSpec {
        self.view.spec()
    }

    fn hints(&self) -> Vec<Action> {
        let hints = self.spec().hints.iter();
        hints.filter(|of| self.view.does(of)).cloned().collect()
    }

    fn came_from(&mut self, filter: Option<String>) {
        let change = self.view.came_from(filter);
        let _ = self.changed(change);
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let split = self.split(context);
        let rows = page_rows(self.table(&split).height);
        let listing = Listing {
            fields: self.columns.fields(),
            ..self.controls.listing(rows, &self.keyed())
        };
        let places = self.places_of_marks(&listing, context);
        let page = self.with_range(listing.page);
        let query = self.view.query_in(Listing { page, ..listing }, split.list);
        let mut requests = vec![(LIST, Request::new(query))];
        requests.extend(places.map(|request| (MARKS, request)));
        if let Some(row) = self.row().filter(|_| split.shows_detail()) {
            requests.extend(self.view.questions(row, split.detail, context));
        }
        if let Some(filter) = self.filter_of_row(&split) {
            requests.push((WHAT_IF, Request::new(WhatIfQuery { filter })));
        }
        requests.extend(self.view.questions_of_list());
        requests
    }

    fn acts_on(&self, slot: Slot) -> bool {
        slot == LIST || self.focus == Part::Detail && slot < WHAT_IF
    }

    fn replaces_rows(&self) -> bool {
        !self.controls.is_settled()
    }

    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            // A newer question is on its way.
            Err(AskError::Cancelled) => {}
            Ok(answer) if slot == LIST => self.received(answer),
            Err(error) if slot == LIST => self.error = Some(error),
            Ok(answer) if slot == WHAT_IF => self.what_if = answer.to::<WhatIfQuery>().cloned(),
            Err(_) if slot == WHAT_IF => self.what_if = None,
            answer if slot == MARKS => self.take_places(answer.as_ref().ok()),
            answer => {
                self.withheld.remove(&slot);
                if let Some(error) = answer.as_ref().err().filter(|e| e.is_of_small_groups()) {
                    self.withheld.insert(slot, error.clone());
                }
                self.view.receive(slot, answer.as_ref());
            }
        }
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let split = self.split(context);
        // The screen may have another size than at the last key.
        if !split.list.is_empty() {
            let rows = page_rows(self.table(&split).height);
            self.controls.list.set_page(rows);
        }
        let sideways = matches!(action, Action::MoveLeft | Action::MoveRight);
        if sideways && self.columns.has_cursor() && self.focus == Part::List {
            return self.move_column(*action == Action::MoveRight, &split, context);
        }
        if let Some(outcome) = self.keep_value(action, context) {
            return outcome;
        }
        if let Some(asked) = self.view.asks(action) {
            return Outcome::Emit(vec![asked]);
        }
        if sideways {
            self.controls.scroll_within(self.widest(&split, context));
        }
        if let Some(outcome) = self.update_range(action) {
            return outcome;
        }
        let focusable = self.view.focusable() && self.row().is_some();
        match action {
            Action::SwitchFocus if focusable => {
                self.focus = self.focus.other();
                Outcome::Done
            }
            Action::FocusPart(detail) => {
                let detail = *detail && focusable;
                self.focus = if detail { Part::Detail } else { Part::List };
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
        let (rows, find) = (self.rows(), self.controls.find.text());
        let (many, error) = (self.view.many(), self.error.as_ref());
        if let Some(why) = texts::instead(rows, error, many, find, context) {
            let why = match error {
                Some(_) => why,
                None if self.view.draw_instead(area, buffer, look) => return,
                None => self.view.nothing(why, self.answer.as_ref(), context),
            };
            why.draw(area, buffer, look);
            return;
        }
        let (Some(rows), Some(answer)) = (rows, &self.answer) else {
            return;
        };
        let split = self.split(context);
        if !split.list.is_empty() {
            let head = paint::top(split.list, self.view.head_rows_in(split.list));
            self.view.draw_head(answer, head, buffer, look);
            targets::add(split.list, Target::List);
            self.draw_list(rows, &split, buffer, look);
            self.draw_what_if(&split, buffer, look);
        }
        split.draw_line(buffer, look.theme);
        let Some(row) = self.row() else { return };
        let of = |area| DetailOf {
            row,
            answer,
            area,
            focused: self.focus == Part::Detail,
        };
        let above = self.view.head_rows_in(split.list) + self.table(&split).height;
        let foot = paint::below(split.list, above);
        let foot = paint::top(
            foot,
            foot.height - self.what_if_rows(&split).min(foot.height),
        );
        if self.focus == Part::List {
            targets::follows_cursor(foot);
            targets::follows_cursor(split.detail);
        }
        if !foot.is_empty() {
            self.view.draw_foot(&of(foot), buffer, look);
        }
        if split.shows_detail() {
            targets::add(split.detail, Target::Detail);
            if let Some(error) = self.withheld.values().next() {
                return texts::refused(error).draw(split.detail, buffer, look);
            }
            self.view.draw_detail(&of(split.detail), buffer, look);
        }
    }

    fn case(&self) -> Option<String> {
        let row = self.row()?;
        let case = match self.focus {
            Part::List => self.view.case(row),
            Part::Detail => self.view.case_of_detail(row),
        };
        case.map(str::to_owned)
    }

    fn status(&self) -> Status {
        let mut status = self.controls.status(self.rows().is_some());
        let suppressed = self.rows().and_then(|rows| rows.suppressed.short());
        let range = Some(self.range_in_words()).filter(|words| !words.is_empty());
        status.note = range.or(suppressed).unwrap_or_default();
        if let Some(orders) = self.orders_of_detail() {
            status.sort = orders.status(true).sort;
        }
        if let Some(detail) = self.view.detail().filter(|_| self.focus == Part::Detail) {
            let there = detail.has_row();
            status.position = there.then_some((detail.cursor + 1, detail.total));
        }
        status
    }

    fn terms(&self) -> Vec<&'static str> {
        let of_columns = V::List::schema().columns.iter().map(|column| column.term);
        let left = self.view.says_what_is_left().then_some("what + leaves");
        let all = of_columns
            .chain(left)
            .chain(self.spec().terms.iter().copied());
        let mut met = BTreeSet::from([""]);
        all.filter(|term| met.insert(term)).collect()
    }

    fn figures(&self, context: Context<'_>) -> Vec<Explained> {
        let columns = self.columns(context.log);
        let Some(row) = self.row() else {
            return Vec::new();
        };
        let of_columns = figures(&columns, row, context);
        [of_columns, self.view.more_figures(row, context)].concat()
    }

    fn sort_columns(&self) -> Vec<String> {
        self.orders_of_detail().unwrap_or(&self.controls).titles()
    }

    fn columns_on_offer(&self, log: &LogInfo) -> Option<ColumnsOnOffer> {
        let of_detail = self.view.columns_on_offer(log);
        let features = self.view.features(log);
        of_detail.or_else(|| self.columns.on_offer(V::List::schema(), &features, log))
    }

    fn set_columns(&mut self, columns: &[ColumnChoice], log: &LogInfo) {
        if self.view.set_columns(columns, log) {
            self.answer = None;
            let all = orders(V::List::schema(), Some(log));
            self.controls.set_columns(all);
            return;
        }
        let before = self.columns.fields();
        self.room.forget();
        self.columns.set(columns, V::List::schema(), log);
        if self.columns.fields() != before {
            // The values of the rows are of other fields.
            self.answer = None;
        }
        let all = orders(V::List::schema(), Some(log)).into_iter();
        let all = all.chain(self.columns.orders());
        self.controls.set_columns(all.collect());
    }

    fn whole_row(&self, context: Context<'_>) -> Vec<(String, String)> {
        let columns = self.columns(context.log);
        self.row()
            .map_or_else(Vec::new, |row| whole_row(&columns, row, context))
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        // No report searches.
        let report = self.view.report();
        let report = report.filter(|_| self.controls.find.text().is_empty())?;
        let sort = Sort {
            column: self.controls.key().clone(),
            descending: self.controls.descending,
        };
        let order = Order {
            sort: (sort != Sort::first::<V::List>()).then(|| sort.word::<V::List>()),
            rows: self.on(&self.split(context)).visible().end.max(1),
        };
        let options = self.view.options(&order);
        let columns = self.columns.option();
        let columns = columns.map(|list| format!("--columns={list}"));
        Some(
            [
                vec![report.to_owned()],
                options,
                columns.into_iter().collect(),
            ]
            .concat(),
        )
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
                let head = columns.iter().map(|column| column.name().to_owned());
                let rows = self.rows()?.rows.iter();
                let rows = rows.map(|row| copied(&columns, row, context.log.zone));
                texts::tab_separated(std::iter::once(head.collect()).chain(rows))
            }
        })
    }

    fn place(&self) -> Place {
        Place {
            subject: self.view.subject(),
            ..self.controls.place(&self.keyed())
        }
    }

    fn go_to(&mut self, place: &Place) {
        let change = self.view.go_to(&place.subject);
        let _ = self.changed(change);
        self.controls.go_to(place);
        self.marking.end();
        self.focus = Part::List;
        self.settle();
    }
}
