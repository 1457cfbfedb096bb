//! The schema of a list: its columns, their values, and where and how each is shown.
//!
//! A list is declared once, in the file of its query: a [`Schema`] of [`Column`]s over the type of its
//! rows. The pane, what is copied from it, the report (table, CSV, Markdown, JSON), the orders on offer
//! and the terms of the glossary all come from there.

mod need;
mod value;

pub use need::Need;
pub use value::{Money, Value};

use super::basis::Basis;
use super::log_info::LogInfo;
use crate::filter::Field;
use std::borrow::Cow;
use std::sync::Arc;

/// A column of a list by its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ColumnKey {
    /// Column of the schema.
    Own(&'static str),
    /// Field of the filter language.
    Field(Field),
}

impl ColumnKey {
    /// Name in `--columns`; `Schema::key_of` is the inverse.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            ColumnKey::Own(name) => Cow::Borrowed(name),
            ColumnKey::Field(field) => Cow::Owned(field.to_string()),
        }
    }

    /// The name of a column of the schema; `None` for a field.
    pub fn own(&self) -> Option<&'static str> {
        match self {
            ColumnKey::Own(name) => Some(name),
            ColumnKey::Field(_) => None,
        }
    }

    /// The field; `None` for a column of the schema.
    pub fn field(&self) -> Option<&Field> {
        match self {
            ColumnKey::Own(_) => None,
            ColumnKey::Field(field) => Some(field),
        }
    }
}

/// The values of one field in one case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FieldValues(Vec<Value<'static>>);

impl FieldValues {
    /// Distinct values in the order of events.
    pub(super) fn of(values: Vec<Value<'static>>) -> Self {
        FieldValues(values)
    }

    /// The distinct values in the order of events, as one value.
    pub fn value(&self) -> Value<'_> {
        match &self.0[..] {
            [] => Value::Missing,
            [Value::Text(text)] => Value::text(text),
            [one] => one.clone(),
            several => Value::Several(several),
        }
    }

    /// The distinct values in the order of events.
    pub fn all(&self) -> &[Value<'static>] {
        &self.0
    }
}

/// Values of chosen columns in the rows of a list of cases.
#[derive(Debug)]
pub struct Choosable<R: 'static> {
    /// The values of a row, one entry for each field of the listing.
    pub values: fn(&R) -> &[FieldValues],
    /// Columns of the schema that reports show whatever is chosen: they name the row.
    pub always: &'static [&'static str],
}

/// Emphasis of a cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// As any other.
    #[default]
    Plain,
    /// Less important than its neighbors.
    Muted,
    /// Worth a look.
    Warn,
    /// Wrong.
    Bad,
}

/// Room that a column wants on the screen, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Always this many.
    Fixed(u16),
    /// At least `least`, more by `weight`, at most `most`.
    Flex {
        /// Minimum.
        least: u16,
        /// Share of what is left, against those of other columns.
        weight: u16,
        /// Maximum.
        most: u16,
    },
}

impl Features {
    /// True if a log with these properties has what a column is made of.
    pub fn has(&self, need: Need) -> bool {
        match need {
            Need::Nothing => true,
            Need::Starts => self.instances,
            Need::Rates => self.costs,
            Need::Scores => self.scores,
            Need::Deadlines => self.deadlines,
        }
    }

    /// The properties of a log.
    pub fn of(log: &LogInfo) -> Self {
        Features {
            instances: log.instances,
            resources: log.resource.is_some(),
            deadlines: log.deadlines > 0,
            costs: log.costs,
            scores: log.scores,
            ..Features::default()
        }
    }
}

/// Alignment of a column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text on the left, cut where the line does not fit the screen.
    Text,
    /// Instants and other texts of one width, on the left, never cut.
    Fixed,
    /// Figures, on the right, never cut.
    Figure,
}

/// A place where columns are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// The list on the screen, and what is copied from it.
    Pane,
    /// The report as table, CSV and Markdown.
    Table,
    /// The report as JSON.
    Json,
}

/// A column that the user chose, with the layout of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenColumn {
    /// The column.
    pub key: ColumnKey,
    /// Layout of the values of a field.
    pub align: Align,
}

/// Parts of journeys that can be answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JourneyParts {
    /// There are scores.
    pub score: bool,
    /// There are answers to how likely customers recommend.
    pub nps: bool,
    /// Some scores are expected.
    pub expect: bool,
    /// There is an outcome.
    pub outcome: bool,
}

/// Properties of a log and a call that decide which columns are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    /// Rows of the log are activity instances.
    pub instances: bool,
    /// Some instance was suspended.
    pub suspended: bool,
    /// The log has a resource.
    pub resources: bool,
    /// Deadlines are defined.
    pub deadlines: bool,
    /// Rates are defined.
    pub costs: bool,
    /// Scores are defined.
    pub scores: bool,
    /// Column whose values the rows of a list of resources are, where it is another one.
    pub actors: Option<Arc<str>>,
    /// Kind of the rows, such as "activity", where a list can be of several kinds.
    pub by: &'static str,
    /// Figures that are computed on request only are there.
    pub extra: bool,
    /// Waits have classes.
    pub classes: bool,
    /// Definitions of journeys.
    pub journey: JourneyParts,
    /// Columns that the user chose for a list of cases, in their order; none for the usual ones.
    pub chosen: Vec<ChosenColumn>,
}

/// A column of a list with rows of type `R`.
pub struct Column<R> {
    /// Name in table, CSV and saved settings; unique within the list.
    pub name: &'static str,
    /// Path in JSON: `wait.median` is `median` of the object `wait`; empty where it is not there.
    pub json: &'static str,
    /// Heading on the screen.
    pub title: &'static str,
    /// Name among the orders, where it differs from the heading.
    pub sorted: &'static str,
    /// Term of the glossary that explains it; empty for none.
    pub term: &'static str,
    /// Room on the screen.
    pub width: Width,
    /// Layout in tables.
    pub align: Align,
    /// Right-aligned on the screen.
    pub right: bool,
    /// Columns of larger numbers give way first where the screen is narrow.
    pub priority: u8,
    /// Draws the value as a bar, with this many characters for its text.
    pub bar: Option<u16>,
    /// Cuts a text that is too long in the middle, as ids differ at their ends.
    pub middle: bool,
    /// Value of a row.
    pub(super) value: for<'a> fn(&'a R) -> Value<'a>,
    /// Values that the value of a row is made of, where it is a figure of several.
    pub basis: Option<fn(&R) -> Basis>,
    /// Value to sort by, where it differs from the one shown.
    pub order: Option<for<'a> fn(&'a R) -> Value<'a>>,
    /// Sorts the largest first (`Some(true)`) or the smallest; `None` for a column without order.
    pub descending: Option<bool>,
    /// Emphasis of a cell.
    pub tone: fn(&R) -> Tone,
    /// Leaves a missing value out of JSON instead of writing null.
    pub omitted: bool,
    /// What the log must have: without it the column is neither shown nor an order.
    pub needs: Need,
    /// JSON has it, as null, also where the log lacks what it needs.
    pub is_null_without: bool,
    /// Decides by the properties of the log whether the column is shown.
    pub shown: fn(&Features) -> bool,
    /// The surfaces on which `shown` decides; on the others it is always there.
    pub conditional: [bool; 3],
    /// Where it is shown: pane, table, JSON.
    pub surfaces: [bool; 3],
}

impl<R> Clone for Column<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Column<R> {}

impl<R> std::fmt::Debug for Column<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Column").field(&self.name).finish()
    }
}

const fn plain<R>(_: &R) -> Tone {
    Tone::Plain
}

const fn muted<R>(_: &R) -> Tone {
    Tone::Muted
}

const fn always(_: &Features) -> bool {
    true
}

const fn flags(surfaces: &[Surface]) -> [bool; 3] {
    let mut flags = [false; 3];
    // Iterators are not for constants.
    let mut i = 0;
    while i < surfaces.len() {
        flags[surfaces[i] as usize] = true;
        i += 1;
    }
    flags
}

impl<R> Column<R> {
    /// A column with the same name everywhere, shown everywhere, sorted largest first, 8 wide.
    pub const fn new(name: &'static str, value: for<'a> fn(&'a R) -> Value<'a>) -> Self {
        Column {
            name,
            json: name,
            title: name,
            sorted: "",
            term: "",
            width: Width::Fixed(8),
            align: Align::Figure,
            right: true,
            priority: 0,
            bar: None,
            middle: false,
            value,
            basis: None,
            order: None,
            descending: Some(true),
            tone: plain,
            omitted: false,
            needs: Need::Nothing,
            is_null_without: false,
            shown: always,
            conditional: [true; 3],
            surfaces: [true; 3],
        }
    }

    /// The order in which the rows were made: no value, shown nowhere.
    pub const fn as_made(name: &'static str) -> Self {
        Column::new(name, |_| Value::Missing).ascending().only(&[])
    }

    /// Sets the heading on the screen.
    pub const fn title(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// Sets the path in JSON.
    pub const fn json(mut self, path: &'static str) -> Self {
        self.json = path;
        self
    }

    /// Sets the name among the orders.
    pub const fn sorted(mut self, sorted: &'static str) -> Self {
        self.sorted = sorted;
        self
    }

    /// Sets the term of the glossary.
    pub const fn term(mut self, term: &'static str) -> Self {
        self.term = term;
        self
    }

    /// Sets the values that the value of a row is made of.
    pub const fn basis(mut self, basis: fn(&R) -> Basis) -> Self {
        self.basis = Some(basis);
        self
    }

    /// Sets a fixed width on the screen.
    pub const fn fixed(mut self, width: u16) -> Self {
        self.width = Width::Fixed(width);
        self
    }

    /// Sets a width on the screen that grows with it.
    pub const fn flex(mut self, least: u16, weight: u16, most: u16) -> Self {
        self.width = Width::Flex {
            least,
            weight,
            most,
        };
        self
    }

    /// Sets how early it gives way on a narrow screen.
    pub const fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }

    /// Draws the value as a bar from the left, with that much room for its text.
    pub const fn bar(mut self, room: u16) -> Self {
        self.bar = Some(room);
        self.right = false;
        self
    }

    /// Aligns it to the right on the screen.
    pub const fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// Aligns it to the left.
    pub const fn left(mut self, align: Align) -> Self {
        self.align = align;
        self.right = false;
        self
    }

    /// Cuts a text that is too long in the middle.
    pub const fn middle(mut self) -> Self {
        self.middle = true;
        self
    }

    /// Sorts by another value than the one shown.
    pub const fn order(mut self, order: for<'a> fn(&'a R) -> Value<'a>) -> Self {
        self.order = Some(order);
        self
    }

    /// Begins with the smallest when sorted.
    pub const fn ascending(mut self) -> Self {
        self.descending = Some(false);
        self
    }

    /// Cannot be sorted by.
    pub const fn unsorted(mut self) -> Self {
        self.descending = None;
        self
    }

    /// Sets how a cell is drawn.
    pub const fn tone(mut self, tone: fn(&R) -> Tone) -> Self {
        self.tone = tone;
        self
    }

    /// Draws it as of less interest than its neighbors.
    pub const fn muted(self) -> Self {
        self.tone(muted)
    }

    /// Leaves it (of a group: all of it) out of JSON where it is missing.
    pub const fn omitted(mut self) -> Self {
        self.omitted = true;
        self
    }

    /// Shows it and offers its order only where the log has this.
    pub const fn needs(mut self, need: Need) -> Self {
        self.needs = need;
        self
    }

    /// Shows it and offers its order only where the log has this; in JSON it is null without.
    pub const fn needs_or_null(mut self, need: Need) -> Self {
        self.needs = need;
        self.is_null_without = true;
        self
    }

    /// Shows it only where this holds.
    pub const fn when(mut self, shown: fn(&Features) -> bool) -> Self {
        self.shown = shown;
        self
    }

    /// Shows it on these surfaces only where this holds, and always on the others.
    pub const fn when_on(mut self, on: &[Surface], shown: fn(&Features) -> bool) -> Self {
        self.shown = shown;
        self.conditional = flags(on);
        self
    }

    /// Shows it on these surfaces only; on none it is still an order.
    pub const fn only(mut self, surfaces: &[Surface]) -> Self {
        self.surfaces = flags(surfaces);
        self
    }

    /// True if some surface shows it.
    pub(super) fn is_shown(&self) -> bool {
        self.surfaces.contains(&true)
    }

    /// True if a name is that of the column, its heading or its key in JSON.
    pub(super) fn is_called(&self, name: &str) -> bool {
        [self.name, self.title, self.json].contains(&name)
    }

    /// Value to sort a row by.
    pub(super) fn sorted_by<'a>(&self, row: &'a R) -> Value<'a> {
        (self.order.unwrap_or(self.value))(row)
    }

    /// Word of `--sort`: the name among the orders where it has one of its own, else the name, with `_`
    /// between words.
    pub fn sort_word(&self) -> String {
        let name = match self.sorted {
            "" => self.name,
            sorted => sorted,
        };
        let words = name.split(|c: char| !c.is_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        words.join("_")
    }

    /// Name among the orders.
    pub fn order_name(&self) -> &'static str {
        match self.sorted {
            "" => self.title,
            sorted => sorted,
        }
    }
}

/// The columns of a list.
#[derive(Debug)]
pub struct Schema<R: 'static> {
    /// Key of the rows in JSON: "activities".
    pub name: &'static str,
    /// Identity of a row, the same in every order and selection.
    pub key: fn(&R) -> String,
    /// All columns.
    pub columns: &'static [Column<R>],
    /// Names of the columns that come first in the pane; the others follow as declared.
    pub pane: &'static [&'static str],
    /// The same of table, CSV and Markdown.
    pub table: &'static [&'static str],
    /// The same of JSON.
    pub json: &'static [&'static str],
    /// The same of the orders on offer; the first one is the default.
    pub orders: &'static [&'static str],
    /// Where the rows have the values of chosen columns; `None` for a list of its own columns only.
    pub chosen: Option<Choosable<R>>,
}

impl<R: 'static> Schema<R> {
    /// The columns in the order of `first`, then as declared.
    fn in_order(&self, first: &[&str]) -> Vec<&'static Column<R>> {
        let place = |column: &&Column<R>| {
            let at = first.iter().position(|name| *name == column.name);
            at.unwrap_or(first.len())
        };
        let mut columns: Vec<&'static Column<R>> = self.columns.iter().collect();
        // The sort is stable: columns that are not named keep their order.
        columns.sort_by_key(place);
        columns
    }

    /// The columns of the schema that a surface shows, in its order.
    pub(super) fn own(&self, surface: Surface, features: &Features) -> Vec<&'static Column<R>> {
        let first = match surface {
            Surface::Pane => self.pane,
            Surface::Table => self.table,
            Surface::Json => self.json,
        };
        let mut columns = self.in_order(first);
        let at = surface as usize;
        let has =
            |c: &Column<R>| features.has(c.needs) || c.is_null_without && surface == Surface::Json;
        columns.retain(|c| c.surfaces[at] && has(c));
        columns.retain(|c| !c.conditional[at] || (c.shown)(features));
        columns
    }

    /// The columns that the list of a log can be sorted by, the default first.
    pub fn offered(&self, features: &Features) -> Vec<&'static Column<R>> {
        let mut columns = self.sortable();
        columns.retain(|column| features.has(column.needs));
        columns
    }

    /// The columns that the lists of all logs can be sorted by, the default first.
    pub fn sortable(&self) -> Vec<&'static Column<R>> {
        let mut columns = self.in_order(self.orders);
        columns.retain(|column| column.descending.is_some());
        columns
    }

    /// The words of `--sort`, the default first: "cases, median".
    pub(super) fn sort_words(&self) -> String {
        let words = self.sortable().into_iter().map(Column::sort_word);
        words.collect::<Vec<_>>().join(", ")
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&'static Column<R>> {
        self.columns.iter().find(|column| column.name == name)
    }
}

#[cfg(test)]
mod tests;
