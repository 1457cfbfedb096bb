//! Columns of a list as the user laid them out: which, how wide, which stay on the screen; and the cursor
//! that goes from column to column.

use super::ColumnsOnOffer;
use super::controls::SortColumn;
use super::list_cells::head;
use crate::engine::{
    Align, ChosenColumn, Column, ColumnKey, Features, FieldValues, LogInfo, Schema, Shown, Surface,
};
use crate::filter::Field;
use crate::input::ColumnChoice;
use crate::ui::widgets::Column as Head;
use crate::ui::widgets::virtual_table::table_room;
use std::borrow::Cow;

/// The orders of the columns of a schema: of a log those that it has, without one all.
pub fn orders<R>(schema: &Schema<R>, log: Option<&LogInfo>) -> Vec<SortColumn> {
    let columns = match log {
        Some(log) => schema.offered(&Features::of(log)),
        None => schema.sortable(),
    };
    let order = |column: &Column<R>| {
        let descending = column.descending.unwrap_or(true);
        SortColumn::own(column.order_name(), column.name, descending)
    };
    columns.into_iter().map(order).collect()
}

/// A column that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Laid {
    column: ChosenColumn,
    width: Option<u16>,
    frozen: bool,
}

/// Columns of a list as they were chosen, and the cursor among them.
#[derive(Debug, Clone, Default)]
pub struct ListColumns {
    laid: Vec<Laid>,
    /// Place of the cursor among the columns.
    cursor: usize,
}

/// The columns on the screen.
pub struct OnScreen<R: 'static> {
    /// The columns, from left to right.
    pub columns: Vec<Shown<R>>,
    /// The one of the cursor; `None` for a cursor on whole rows.
    pub cursor: Option<usize>,
}

impl ListColumns {
    /// Takes columns; none for the usual ones. Those that the list or the log does not have are left out.
    pub fn set<R>(&mut self, choices: &[ColumnChoice], schema: &Schema<R>, log: &LogInfo) {
        let offered = log.fields();
        let laid = |choice: &ColumnChoice| {
            let key = schema.key_of(&choice.name).ok()?;
            if key.field().is_some_and(|field| !offered.contains(field)) {
                return None;
            }
            Some(Laid {
                column: log.laid_out(&[key]).pop()?,
                width: choice.width,
                frozen: choice.frozen,
            })
        };
        let laid: Vec<Laid> = choices.iter().filter_map(laid).collect();
        let is_new = |new: &&Laid| self.laid.iter().all(|old| old.column.key != new.column.key);
        let fields = laid.iter().filter(|laid| laid.column.key.field().is_some());
        let mut new = fields.filter(is_new);
        // The one that was added is seen at once, however many there are.
        if let (Some(added), None) = (new.next(), new.next()) {
            let at = laid.iter().position(|laid| laid == added);
            self.cursor = at.unwrap_or(self.cursor);
        }
        self.cursor = self.cursor.min(laid.len().saturating_sub(1));
        self.laid = laid;
    }

    /// The fields, in their order.
    pub fn fields(&self) -> Vec<Field> {
        let keys = self.laid.iter().map(|laid| &laid.column.key);
        keys.filter_map(ColumnKey::field).cloned().collect()
    }

    /// The fields as orders; texts from A, figures from the largest.
    pub fn orders(&self) -> impl Iterator<Item = SortColumn> {
        let fields = self.laid.iter().map(|laid| &laid.column);
        fields
            .filter(|column| column.key.field().is_some())
            .map(|column| SortColumn {
                name: column.key.name().into_owned(),
                key: column.key.clone(),
                descending: column.align != Align::Text,
            })
    }

    /// Value of `--columns`; `None` for the usual columns.
    pub fn option(&self) -> Option<String> {
        let names: Vec<Cow<'_, str>> = self.laid.iter().map(|l| l.column.key.name()).collect();
        (!names.is_empty()).then(|| names.join(","))
    }

    /// True if the cursor goes from column to column: there are fields among them.
    pub fn has_cursor(&self) -> bool {
        self.laid
            .iter()
            .any(|laid| laid.column.key.field().is_some())
    }

    /// Moves the cursor by a column; false at the end.
    pub fn step(&mut self, right: bool) -> bool {
        let to = if right {
            self.cursor + 1
        } else {
            self.cursor.wrapping_sub(1)
        };
        let is_there = to < self.laid.len();
        if is_there {
            self.cursor = to;
        }
        is_there
    }

    /// The field under the cursor with its values in a row.
    pub fn cell<'r, R>(&self, schema: &Schema<R>, row: &'r R) -> Option<(&Field, &'r FieldValues)> {
        let field = self.laid.get(self.cursor)?.column.key.field()?;
        let before = self.laid[..self.cursor].iter();
        let at = before
            .filter(|laid| laid.column.key.field().is_some())
            .count();
        let values = (schema.chosen.as_ref()?.values)(row).get(at)?;
        Some((field, values))
    }

    /// All columns of a list.
    pub fn all<R>(&self, schema: &Schema<R>, features: &Features) -> Vec<Shown<R>> {
        let chosen = self.laid.iter().map(|laid| laid.column.clone()).collect();
        let columns = schema.on(
            Surface::Pane,
            &Features {
                chosen,
                ..features.clone()
            },
        );
        if self.laid.is_empty() {
            return columns;
        }
        // What names the row stands before those that were chosen.
        let unnamed = columns.len().saturating_sub(self.laid.len());
        let laid_out = |(at, column): (usize, Shown<R>)| {
            let laid = at.checked_sub(unnamed).and_then(|at| self.laid.get(at));
            column.laid_out(laid.and_then(|laid| laid.width))
        };
        columns.into_iter().enumerate().map(laid_out).collect()
    }

    /// The columns that fit a table of that width: those that are frozen or name the row, and of the others as many as
    /// there is room for up to that of the cursor and after it.
    pub fn on_screen<R>(&self, schema: &Schema<R>, all: Vec<Shown<R>>, width: u16) -> OnScreen<R> {
        if self.laid.is_empty() {
            return OnScreen {
                columns: all,
                cursor: None,
            };
        }
        let unnamed = all.len().saturating_sub(self.laid.len());
        let cursor = (self.cursor + unnamed).min(all.len().saturating_sub(1));
        let always = schema
            .chosen
            .as_ref()
            .map_or(&[][..], |chosen| chosen.always);
        let is_frozen = |at: usize| {
            let laid = at.checked_sub(unnamed).and_then(|at| self.laid.get(at));
            let names_row = |laid: &Laid| {
                let own = laid.column.key.own();
                own.is_some_and(|name| always.contains(&name))
            };
            laid.is_none_or(|laid| laid.frozen || names_row(laid))
        };
        let heads: Vec<Head<'_>> = all.iter().map(head).collect();
        let kept = |from: usize, to: usize| {
            let kept = (0..all.len()).filter(move |&at| is_frozen(at) || (from..=to).contains(&at));
            kept.collect::<Vec<usize>>()
        };
        let fits = |kept: &[usize]| {
            let heads: Vec<Head<'_>> = kept.iter().map(|&at| heads[at]).collect();
            table_room(&heads) <= width.into()
        };
        let from = (0..=cursor)
            .find(|&from| fits(&kept(from, cursor)))
            .unwrap_or(cursor);
        let to = (cursor..all.len())
            .take_while(|&to| fits(&kept(from, to)))
            .last();
        let kept = kept(from, to.unwrap_or(cursor));
        let at = kept.iter().position(|&at| at == cursor);
        let mut shown: Vec<Option<Shown<R>>> = all.into_iter().map(Some).collect();
        OnScreen {
            columns: kept.iter().filter_map(|&at| shown[at].take()).collect(),
            cursor: at.filter(|_| self.has_cursor()),
        }
    }

    /// The columns that can be chosen: own ones of the list, then fields.
    pub fn on_offer<R>(
        &self,
        schema: &Schema<R>,
        features: &Features,
        log: &LogInfo,
    ) -> Option<ColumnsOnOffer> {
        schema.chosen.as_ref()?;
        let usual = schema.on(Surface::Pane, features);
        let own = usual.iter().map(Shown::name);
        let chosen: Vec<ColumnChoice> = if self.laid.is_empty() {
            let choice = |name: &str| ColumnChoice {
                name: name.to_owned(),
                ..ColumnChoice::default()
            };
            own.clone().map(choice).collect()
        } else {
            let choice = |laid: &Laid| ColumnChoice {
                name: laid.column.key.name().into_owned(),
                width: laid.width,
                frozen: laid.frozen,
            };
            self.laid.iter().map(choice).collect()
        };
        // A field whose name is that of a column of the list is that column.
        let is_field = |field: &Field| {
            let key = schema.key_of(&field.to_string());
            key.is_ok_and(|key| key.field() == Some(field))
        };
        let fields = log.fields().into_iter().filter(is_field);
        let names = own
            .map(str::to_owned)
            .chain(fields.map(|field| field.to_string()));
        let is_other = |name: &String| chosen.iter().all(|choice| choice.name != *name);
        let others = names.filter(is_other).collect();
        Some(ColumnsOnOffer { chosen, others })
    }
}
