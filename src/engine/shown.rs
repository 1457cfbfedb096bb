//! Columns of a list as a surface shows them: those of its schema, and in lists of cases fields of the
//! filter language that the user chose, by name, with the filter of each cell.

use super::log_info::{ColumnInfo, LogInfo};
use super::schema::{
    Align, ChosenColumn, Column, ColumnKey, Features, FieldValues, Schema, Surface,
    Value as CellValue, Width,
};
use crate::event_log::{ColumnKind, Level, Role};
use crate::filter::{
    Anchor, Dial, DurationLiteral, Expr, Field, Op, TimeLiteral, Value as FilterValue, parse_field,
};
use crate::text::did_you_mean;
use crate::text::time::writable;
use std::ops::Deref;
use std::sync::Arc;

/// A column as a surface shows it: one of the schema, or a field that was chosen.
#[derive(Debug)]
pub struct Shown<R: 'static> {
    column: Column<R>,
    field: Option<ShownField<R>>,
    /// Heading in place of that of the schema.
    heading: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
struct ShownField<R: 'static> {
    field: Field,
    name: Arc<str>,
    at: usize,
    values: fn(&R) -> &[FieldValues],
}

impl<R> Clone for Shown<R> {
    fn clone(&self) -> Self {
        let field = self.field.as_ref().map(|field| ShownField {
            field: field.field.clone(),
            name: Arc::clone(&field.name),
            ..*field
        });
        Shown {
            column: self.column,
            field,
            heading: self.heading.clone(),
        }
    }
}

/// Name of the column with the names of resources, which can be those of another column.
const ACTOR: &str = "resource";

/// Layout of a column; its names and values are asked for by the methods of [`Shown`].
impl<R> Deref for Shown<R> {
    type Target = Column<R>;

    fn deref(&self) -> &Column<R> {
        &self.column
    }
}

impl<R: 'static> Shown<R> {
    fn own(column: &Column<R>) -> Self {
        Shown {
            column: *column,
            field: None,
            heading: None,
        }
    }

    /// A column of the schema; the names of resources by the column that they are the values of.
    fn own_of(column: &Column<R>, features: &Features) -> Self {
        let of_actors = features.actors.clone();
        Shown {
            heading: of_actors.filter(|_| column.name == ACTOR),
            ..Shown::own(column)
        }
    }

    fn field(field: &Field, at: usize, values: fn(&R) -> &[FieldValues], align: Align) -> Self {
        let column = Column::new("", |_| CellValue::Missing);
        let name: Arc<str> = field.to_string().into();
        // The heading, and the arrow of the order.
        let heading = name.chars().count().min(18) as u16 + 1;
        let column = match align {
            Align::Text => column.left(Align::Text).flex(heading.clamp(8, 14), 1, 24),
            Align::Fixed => column.left(Align::Fixed).fixed(16),
            Align::Figure => column.fixed(heading.clamp(9, 18)),
        };
        let field = ShownField {
            name,
            field: field.clone(),
            at,
            values,
        };
        Shown {
            column,
            field: Some(field),
            heading: None,
        }
    }

    /// The field that a chosen column shows.
    pub fn shown_field(&self) -> Option<&Field> {
        self.field.as_ref().map(|field| &field.field)
    }

    /// Sets the width on the screen, and that the column does not vanish where there is little room.
    #[must_use]
    pub fn laid_out(mut self, width: Option<u16>) -> Self {
        if let Some(width) = width {
            self.column.width = Width::Fixed(width);
        }
        self.stay();
        self
    }

    /// Keeps the column where there is little room.
    pub fn stay(&mut self) {
        self.column.priority = 0;
    }

    /// Name in table, CSV and JSON: that of a field is its text.
    pub fn name(&self) -> &str {
        self.field.as_ref().map_or(self.column.name, |f| &f.name)
    }

    /// Path in JSON.
    pub fn path(&self) -> &str {
        self.field.as_ref().map_or(self.column.json, |f| &f.name)
    }

    /// Heading on the screen.
    pub fn heading(&self) -> &str {
        let own = self.field.as_ref().map_or(self.column.title, |f| &f.name);
        self.heading.as_deref().unwrap_or(own)
    }

    /// Value of a row.
    pub fn value<'a>(&self, row: &'a R) -> CellValue<'a> {
        match &self.field {
            None => (self.column.value)(row),
            Some(field) => {
                let values = (field.values)(row).get(field.at);
                values.map_or(CellValue::Missing, FieldValues::value)
            }
        }
    }
}

impl<R: 'static> Schema<R> {
    /// The columns that a surface shows, in its order; those that were chosen, if any were.
    pub fn on(&self, surface: Surface, features: &Features) -> Vec<Shown<R>> {
        let own = self.own(surface, features).into_iter();
        let (Some(choosable), false) = (&self.chosen, features.chosen.is_empty()) else {
            return own.map(|column| Shown::own_of(column, features)).collect();
        };
        let mut place = 0..;
        let shown = |chosen: &ChosenColumn| match &chosen.key {
            ColumnKey::Own(name) => self.column(name).map(Shown::own),
            ColumnKey::Field(field) => {
                let at = place.next()?;
                Some(Shown::field(field, at, choosable.values, chosen.align))
            }
        };
        let mut shown: Vec<Shown<R>> = features.chosen.iter().filter_map(shown).collect();
        if surface == Surface::Json {
            shown.retain(|column| column.field.is_some());
            return own.map(Shown::own).chain(shown).collect();
        }
        let named: Vec<&str> = shown.iter().map(Shown::name).collect();
        let always = choosable.always.iter().filter_map(|name| self.column(name));
        let unnamed = always
            .filter(|column| column.surfaces[surface as usize] && !named.contains(&column.name));
        let unnamed: Vec<Shown<R>> = unnamed.map(Shown::own).collect();
        unnamed.into_iter().chain(shown).collect()
    }

    /// The column of that name: one of the schema by its name, heading or key in JSON, else a field of
    /// the filter language. A text that is no field is the name of a column of the log.
    ///
    /// # Errors
    /// The list has its own columns only, or the text is no field.
    pub fn key_of(&self, text: &str) -> Result<ColumnKey, String> {
        let text = text.trim();
        let is = |column: &&Column<R>| column.is_shown() && column.is_called(text);
        if let Some(column) = self.columns.iter().find(is) {
            return Ok(ColumnKey::Own(column.name));
        }
        if self.chosen.is_none() || text.is_empty() {
            let names = self.columns.iter().filter(|column| column.is_shown());
            let hint = did_you_mean(text, names.map(|column| column.name), str::to_owned);
            return Err(format!("no column is called {text:?}{hint}"));
        }
        match parse_field(text) {
            Ok(field) => Ok(ColumnKey::Field(field)),
            // The name of a column with blanks, as other options take it.
            Err(_) if !text.contains(['(', '`', '"']) => {
                Ok(ColumnKey::Field(Field::Column(text.to_owned())))
            }
            Err(error) => Err(format!("{text}: {}", error.message)),
        }
    }

    /// The columns of a list of names, with commas between them.
    ///
    /// # Errors
    /// As of [`Schema::key_of`]; and a column that is named twice.
    pub fn keys_of(&self, list: &str) -> Result<Vec<ColumnKey>, String> {
        let mut keys: Vec<ColumnKey> = Vec::new();
        for name in split(list) {
            let key = self.key_of(name)?;
            if keys.contains(&key) {
                return Err(format!("the column {} is named twice", key.name()));
            }
            keys.push(key);
        }
        Ok(keys)
    }
}

/// The names of a list, split at commas outside of quotes, backticks and parentheses.
fn split(list: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let (mut start, mut quote, mut depth, mut escaped) = (0, None, 0usize, false);
    for (at, c) in list.char_indices() {
        match (quote, c) {
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some(open), c) if open == c && !escaped => quote = None,
            (None, '"' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                names.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        escaped = false;
    }
    names.push(&list[start..]);
    names
}

impl LogInfo {
    /// Chosen columns with the layout of their values.
    pub fn laid_out(&self, keys: &[ColumnKey]) -> Vec<ChosenColumn> {
        let laid_out = |key: &ColumnKey| ChosenColumn {
            key: key.clone(),
            align: match key {
                ColumnKey::Own(_) => Align::Text,
                ColumnKey::Field(field) => self.align_of(field),
            },
        };
        keys.iter().map(laid_out).collect()
    }

    /// The fields that a list of cases can have as columns: definitions, columns of the log, counts of
    /// activities, and properties of cases.
    pub fn fields(&self) -> Vec<Field> {
        let milestones = self.milestones.iter();
        let milestones = milestones.map(|of| Field::Column(of.name.to_string()));
        let noted = self.noted.iter();
        let noted = noted.map(|name| Field::Column((*name).to_owned()));
        let at = |anchor, field: &Field| Field::At(anchor, Box::new(field.clone().into()));
        let columns = self.columns.iter().flat_map(|column| {
            let field = column.field();
            let ends = [Anchor::Starts, Anchor::Ends].map(|anchor| at(anchor, &field));
            let ends = ends.into_iter().filter(|_| column.level == Level::Event);
            let ends: Vec<Field> = ends.collect();
            std::iter::once(field).chain(ends)
        });
        let of_events = [Field::Activity, Field::Time];
        let ends = [Anchor::Starts, Anchor::Ends].into_iter();
        let ends = ends.flat_map(|anchor| of_events.clone().map(|field| at(anchor, &field)));
        let counts = self.activities.iter();
        let counts = counts.map(|name| Field::Count(name.to_string().into()));
        let of_cases = [
            Field::Duration,
            Field::Events,
            Field::Variant,
            Field::Start,
            Field::End,
        ];
        let anchors = [Anchor::Starts, Anchor::Ends].into_iter();
        let clocks = anchors
            .flat_map(|anchor| [Dial::Weekday, Dial::Hour].map(|dial| Field::Clock(anchor, dial)));
        let fields = noted
            .chain(milestones)
            .chain(columns)
            .chain(ends)
            .chain(counts);
        fields.chain(of_cases).chain(clocks).collect()
    }

    /// The attribute column that a field of events is; `None` for other fields.
    pub fn column_of(&self, field: &Field) -> Option<&ColumnInfo> {
        match field {
            Field::Resource => self.columns.get(self.resource?),
            Field::At(_, inner) => self.column_of(&inner.node),
            Field::Column(name) => {
                let called = |column: &&ColumnInfo| *column.name == **name;
                let defined = |column: &&ColumnInfo| called(column) && !column.shadowed;
                self.columns.iter().find(defined)
            }
            Field::LogColumn(name) => self.columns.iter().find(|c| *c.name == **name),
            _ => None,
        }
    }

    /// Layout of the values of a field in tables.
    pub fn align_of(&self, field: &Field) -> Align {
        if let Some(column) = self.column_of(field) {
            return match column.kind {
                // Several values may be long.
                _ if column.level == Level::Event && !matches!(field, Field::At(..)) => Align::Text,
                ColumnKind::Text => Align::Text,
                ColumnKind::Number => Align::Figure,
                ColumnKind::Instant => Align::Fixed,
            };
        }
        let of_role = |name: &str| {
            let mut roles = self.mapping.iter();
            let role = roles
                .find(|(_, from)| from == name)
                .map(|(role, _)| &**role);
            role.and_then(|role| Role::ALL.into_iter().find(|r| r.name() == role))
        };
        match field {
            Field::Case | Field::Activity | Field::Time | Field::Clock(_, Dial::Weekday) => {
                Align::Text
            }
            Field::Start | Field::End => Align::Fixed,
            Field::At(_, inner) if inner.node == Field::Time => Align::Fixed,
            Field::At(_, inner) => self.align_of(&inner.node),
            Field::Column(name) | Field::LogColumn(name) => match of_role(name) {
                Some(Role::Time | Role::Start) => Align::Fixed,
                Some(_) => Align::Text,
                None if self.noted.contains(&name.as_str()) => Align::Text,
                // What else is no column of the log is a milestone.
                None => Align::Figure,
            },
            _ => Align::Figure,
        }
    }

    /// The filter of exactly the cases in which a field has these values; without values, of those that
    /// have none. `None` where the language cannot write one of them.
    pub fn filter_of(&self, field: &Field, values: &[CellValue<'_>]) -> Option<Expr> {
        if values.is_empty() {
            return Some(self.without(field));
        }
        let equal = |value: &CellValue<'_>| {
            let value = match value {
                CellValue::Text(text) if matches!(field, Field::Clock(..)) => {
                    FilterValue::Bare(text.to_string())
                }
                CellValue::Text(text) => FilterValue::from(&**text),
                CellValue::Number(number) => FilterValue::number(*number)?,
                CellValue::Money(money) => FilterValue::number(money.amount)?,
                CellValue::Count(count) => FilterValue::Bare(count.to_string()),
                CellValue::Instant(micros) => {
                    FilterValue::Bare(TimeLiteral::of(writable(*micros))?.text)
                }
                CellValue::Seconds(seconds) | CellValue::Working(seconds) => {
                    let micros = (seconds * 1e6).round() as i64;
                    FilterValue::Bare(DurationLiteral::of(micros).text)
                }
                _ => return None,
            };
            Some(Expr::compare(field.clone(), Op::Equal, value))
        };
        let all: Option<Vec<Expr>> = values.iter().map(equal).collect();
        all?.into_iter().reduce(Expr::and)
    }

    /// The filter of the cases without a value of a field.
    fn without(&self, field: &Field) -> Expr {
        let one_value = matches!(field, Field::At(..));
        match self.column_of(field) {
            Some(column) if column.level == Level::Event && !one_value => {
                Expr::missing_in_all_events(field.clone(), column.kind)
            }
            _ => Expr::missing(field.clone()),
        }
    }
}
