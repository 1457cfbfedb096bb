//! The table that a log is: its columns by role, and each as an expression that has the values which a log here
//! would have.

use super::RemoteError;
use super::dialects::Dialect;
use crate::event_log::{ColumnKind, Role, Roles};
use crate::text::{did_you_mean, escape_line};
use arrow_schema::{DataType, Schema};

/// A column of the table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub name: String,
    pub kind: ColumnKind,
    data_type: DataType,
}

/// A table with the columns of the roles.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// What stands after FROM.
    pub relation: String,
    pub columns: Vec<Column>,
    pub case: usize,
    pub activity: usize,
    pub time: usize,
    pub resource: Option<usize>,
    /// Column that orders events of one time.
    pub order: Option<usize>,
}

/// Characters that are blank at the ends of a case id or activity: those that the readers of files take so.
const BLANKS: &str = " \t\r\n\u{a0}";

impl Table {
    /// The table of a schema with the columns of these roles.
    ///
    /// # Errors
    /// A role has no column, several, one of the wrong type, or one that the table does not have.
    pub fn new(
        relation: String,
        schema: &Schema,
        roles: &Roles,
        order: Option<&str>,
    ) -> Result<Self, RemoteError> {
        let columns: Vec<Column> = schema
            .fields()
            .iter()
            .map(|field| Column {
                name: field.name().clone(),
                kind: kind(field.data_type()),
                data_type: field.data_type().clone(),
            })
            .collect();
        let find = |name: &str| {
            columns
                .iter()
                .position(|column| column.name == name)
                .ok_or_else(|| {
                    let names = columns.iter().map(|column| column.name.as_str());
                    let hint = did_you_mean(name, names, str::to_owned);
                    RemoteError::Name(format!(
                        "the table has no column {}{hint}",
                        escape_line(name)
                    ))
                })
        };
        let one = |role: Role| match roles[role].as_slice() {
            [name] if !name.is_empty() => find(name),
            [] => Err(RemoteError::Name(format!(
                "no column of the table is known to be the {}",
                role.name()
            ))),
            _ => Err(RemoteError::Name(format!(
                "the {} of a log in an engine is one column; a view of the engine can join several",
                role.name()
            ))),
        };
        let [case, activity, time] = [one(Role::Case)?, one(Role::Activity)?, one(Role::Time)?];
        let resource = match roles[Role::Resource].as_slice() {
            [name] if !name.is_empty() => Some(find(name)?),
            _ => None,
        };
        let table = Table {
            order: order.map(find).transpose()?,
            relation,
            case,
            activity,
            time,
            resource,
            columns,
        };
        for key in [case, activity] {
            let column = &table.columns[key];
            if !is_text(&column.data_type) && !column.data_type.is_integer() {
                return Err(RemoteError::Name(format!(
                    "column {} holds {}: a case id or activity is text or a whole number; a view of the engine can make it one",
                    escape_line(&column.name),
                    column.data_type
                )));
            }
        }
        let column = &table.columns[time];
        if column.kind != ColumnKind::Instant {
            return Err(RemoteError::Name(format!(
                "column {} holds {}: the time of an event is a timestamp; a view of the engine can make it one",
                escape_line(&column.name),
                column.data_type
            )));
        }
        Ok(table)
    }

    /// Name of a column of times without a zone, if there is one: the time of the events first.
    pub fn local_times(&self) -> Option<&str> {
        let of = |at: usize| Some(&self.columns[at]).filter(|column| is_local(&column.data_type));
        let mut all = std::iter::once(self.time).chain(self.attributes());
        Some(all.find_map(of)?.name.as_str())
    }

    /// A name in the table.
    pub fn ident(&self, column: usize, dialect: &Dialect) -> String {
        (dialect.ident)(&self.columns[column].name)
    }

    /// A case id or activity: text, NULL where it is blank.
    pub fn key(&self, column: usize, dialect: &Dialect) -> String {
        let text = self.as_text(column, dialect);
        let blanks = (dialect.literal)(BLANKS);
        let trimmed = (dialect.trim)(&text, &blanks);
        format!("CASE WHEN {trimmed} <> '' THEN {text} END")
    }

    /// The timestamp in microseconds.
    pub fn instant(&self, dialect: &Dialect) -> String {
        self.micros(self.time, dialect)
    }

    /// The value of an attribute: text, double or microseconds; NULL where it is missing.
    pub fn value(&self, column: usize, dialect: &Dialect) -> String {
        let (name, of) = (self.ident(column, dialect), &self.columns[column]);
        match of.kind {
            ColumnKind::Instant => self.micros(column, dialect),
            ColumnKind::Number if of.data_type.is_floating() => {
                format!("CASE WHEN NOT isnan({name}) THEN CAST({name} AS DOUBLE) END")
            }
            ColumnKind::Number => format!("CAST({name} AS DOUBLE)"),
            ColumnKind::Text if is_nested(&of.data_type) => {
                format!(
                    "CASE WHEN {name} IS NOT NULL THEN {} END",
                    (dialect.json)(&name)
                )
            }
            ColumnKind::Text => self.as_text(column, dialect),
        }
    }

    /// Microseconds of a time; one without a zone, or a date, is made a timestamp first.
    fn micros(&self, column: usize, dialect: &Dialect) -> String {
        let name = self.ident(column, dialect);
        (dialect.micros)(&if is_local(&self.columns[column].data_type) {
            format!("CAST({name} AS TIMESTAMP)")
        } else {
            name
        })
    }

    /// A value as text, whatever it is: some types of an engine come as text, but are none there.
    fn as_text(&self, column: usize, dialect: &Dialect) -> String {
        dialect.text(&self.ident(column, dialect))
    }

    /// Roles and their columns, for reports.
    pub fn mapping(&self) -> Vec<(String, String)> {
        let name = |at: usize| self.columns[at].name.clone();
        let mut all = vec![
            ("case".to_owned(), name(self.case)),
            ("activity".to_owned(), name(self.activity)),
            ("time".to_owned(), name(self.time)),
        ];
        all.extend(self.resource.map(|at| ("resource".to_owned(), name(at))));
        all.extend(self.order.map(|at| ("order".to_owned(), name(at))));
        all
    }

    /// Position of an attribute by its number.
    ///
    /// # Errors
    /// It is no column of the table: a deadline, which only a case as a whole has.
    pub fn attribute(&self, number: usize) -> Result<usize, RemoteError> {
        let none = || RemoteError::refused("deadlines, but to filter cases by one");
        self.attributes().nth(number).ok_or_else(none)
    }

    /// Positions of the columns that are attributes: all but case, activity and time.
    pub fn attributes(&self) -> impl Iterator<Item = usize> {
        let keys = [self.case, self.activity, self.time];
        (0..self.columns.len()).filter(move |column| !keys.contains(column))
    }
}

/// True for times without a zone.
fn is_local(of: &DataType) -> bool {
    matches!(
        of,
        DataType::Timestamp(_, None) | DataType::Date32 | DataType::Date64
    )
}

/// True for texts, and for those that an engine has a code for.
fn is_text(of: &DataType) -> bool {
    match of {
        DataType::Dictionary(_, values) => is_text(values),
        of => matches!(
            of,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
        ),
    }
}

/// True for lists, structures and maps.
fn is_nested(of: &DataType) -> bool {
    of.is_nested() && !matches!(of, DataType::Dictionary(..))
}

/// Type of the values, as a file of such columns has it.
fn kind(of: &DataType) -> ColumnKind {
    match of {
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => ColumnKind::Instant,
        other if other.is_numeric() => ColumnKind::Number,
        _ => ColumnKind::Text,
    }
}
