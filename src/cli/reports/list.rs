//! Reports of lists: table, CSV, Markdown and JSON from the schema of a list.

use super::{Report, ReportContext};
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, Number};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    self, Align, ColumnKey, Features, List, Listing, Money, Need, Rows, Schema, Shown, Sort,
    Suppressed, Surface, Value,
};
use crate::filter::Field;
use clap::{Arg, ArgMatches, Command};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

/// A report whose figures are the rows of a list.
pub(super) struct ListReport<L: List> {
    /// Sentence above the table.
    pub heading: String,
    /// Keys of the JSON object before the rows.
    pub before: serde_json::Map<String, serde_json::Value>,
    /// True if the JSON object has a key with the number of all rows.
    pub has_total: bool,
    /// The rows.
    pub rows: Rows<L::Row>,
    /// Properties of log and call that decide which columns are shown.
    pub features: Features,
}

impl<L: List> ListReport<L> {
    /// Asks for the rows of a list that has all its figures in the rows.
    pub fn ask(ask: &ReportContext<'_>, query: &L, features: Features) -> Result<Self, Failure>
    where
        L: engine::Query<Answer = Rows<L::Row>>,
    {
        let rows = ask.answer(query)?;
        Ok(ListReport {
            heading: ask.selection()?,
            before: serde_json::Map::new(),
            has_total: true,
            rows,
            features,
        })
    }

    /// Leaves the number of all rows out of the JSON object.
    pub fn without_total(mut self) -> Self {
        self.has_total = false;
        self
    }
}

/// Adds `--sort WORD`; `-` before the word reverses the order.
pub(super) fn sort_option<L: List>(command: Command) -> Command {
    let direction = if L::SORT_ASCENDS {
        "ascending, with `-` before the word descending"
    } else {
        "figures from the largest, names from A; `-` before the word reverses it"
    };
    let words = Sort::words_of(L::schema());
    let default = Sort::first::<L>().word::<L>();
    let help = format!("Order: {words}; {direction} [default: {default}]");
    let sort = Arg::new("sort").long("sort").value_name("WORD");
    let sort = sort.value_parser(Sort::parse::<L>);
    command.arg(sort.allow_hyphen_values(true).help(help))
}

/// The beginning of a list in the order of `--sort`, as long as the user wants it.
///
/// # Errors
/// The log has nothing that the order is by.
pub(super) fn listing<L: List>(
    ask: &ReportContext<'_>,
    matches: &ArgMatches,
) -> Result<Listing, Failure> {
    let sort = matches.get_one("sort").cloned();
    Ok(Listing {
        fields: fields(&columns(matches)),
        ..ask.listing(order::<L>(ask, sort)?)
    })
}

/// The order that is asked for, or the usual one.
///
/// # Errors
/// The log has nothing that it is by.
pub(super) fn order<L: List>(ask: &ReportContext<'_>, sort: Option<Sort>) -> Result<Sort, Failure> {
    let Some(sort) = sort else {
        return Ok(Sort::first::<L>());
    };
    let column = sort.column.own().and_then(|name| L::schema().column(name));
    let features = Features::of(ask.info());
    let Some(column) = column.filter(|column| !features.has(column.needs)) else {
        return Ok(sort);
    };
    let lacks = match column.needs {
        Need::Nothing => "",
        Need::Starts => "the log has no starts of events (--start names their column)",
        Need::Rates => "nothing has a cost without [rates] in the rules file (--rules)",
        Need::Scores => "there are no scores without [journey] in the rules file (--rules)",
        Need::Deadlines => "there are no deadlines without [[rules]] in the rules file (--rules)",
    };
    let word = column.sort_word();
    Err(Failure::usage(format!("--sort {word}: {lacks}")))
}

/// Adds `--columns LIST` for a list whose rows are cases.
pub(super) fn columns_option<R>(command: Command, schema: &'static Schema<R>) -> Command {
    let columns = Arg::new(COLUMNS).long(COLUMNS).value_name("A,B,...");
    let columns = columns.value_parser(|list: &str| schema.keys_of(list).map(Keys));
    command.arg(columns.help(
        "Columns: those of the report, and fields of filters such as `first(COL)`, `count(\"X\")`, a \
         milestone, a deadline or an outcome",
    ))
}

const COLUMNS: &str = "columns";

/// The columns of a value of `--columns`.
#[derive(Debug, Clone)]
struct Keys(Vec<ColumnKey>);

/// The columns of `--columns`; none where it is not given or no option of the report.
pub(super) fn columns(matches: &ArgMatches) -> Vec<ColumnKey> {
    let keys = matches.try_get_one::<Keys>(COLUMNS).ok().flatten();
    keys.map_or_else(Vec::new, |keys| keys.0.clone())
}

/// The fields among columns.
pub(super) fn fields(columns: &[ColumnKey]) -> Vec<Field> {
    columns
        .iter()
        .filter_map(ColumnKey::field)
        .cloned()
        .collect()
}

/// Properties of the log, with the columns of `--columns`.
pub(super) fn features(ask: &ReportContext<'_>, matches: &ArgMatches) -> Features {
    Features {
        chosen: ask.info().laid_out(&columns(matches)),
        ..Features::of(ask.info())
    }
}

impl<L: List> Report for ListReport<L> {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(Object(self))
    }

    fn heading(&self) -> String {
        self.heading.clone()
    }

    fn list(&self) -> Table<'_> {
        table::<L>(&self.rows.rows, &self.features)
    }

    fn total(&self) -> Option<usize> {
        Some(self.rows.total)
    }

    fn suppressed(&self) -> Suppressed {
        self.rows.suppressed
    }
}

/// The rows of a list as a table.
pub(super) fn table<'a, L: List>(rows: &'a [L::Row], features: &Features) -> Table<'a> {
    table_of(L::schema(), rows, features)
}

/// Rows as a table by a schema.
pub(super) fn table_of<'a, R>(
    schema: &'static Schema<R>,
    rows: &'a [R],
    features: &Features,
) -> Table<'a> {
    let columns = schema.on(Surface::Table, features);
    let heads = columns
        .iter()
        .map(|column| head(column, column.name().to_owned()));
    let heads = heads.collect();
    Table::new(heads, rows, move |row| {
        columns.iter().map(|c| cell(c.value(row))).collect()
    })
}

/// A column of a table with the layout of a column of a schema.
pub(super) fn head<R>(column: &Shown<R>, name: String) -> Column<'static> {
    let head = match column.align {
        Align::Text => Column::text(name),
        Align::Fixed => Column::fixed(name),
        Align::Figure => Column::figure(name),
    };
    head.of_term(column.term)
}

pub(super) fn cell(value: Value<'_>) -> Cell<'_> {
    match value {
        Value::Missing => Cell::Missing,
        Value::Text(text) => Cell::Text(text),
        Value::Flag(flag) => Cell::from(if flag { "yes" } else { "" }),
        Value::Names(names) => Cell::Text(names.join(" -> ").into()),
        Value::Count(count) => Cell::Count(count),
        Value::Number(number) | Value::Mean(number) | Value::Change(number, _) => {
            Cell::Number(number)
        }
        Value::Money(Money { amount, at_least }) => Cell::Money(amount, at_least),
        Value::Seconds(seconds) => Cell::Seconds(seconds),
        Value::Working(seconds) => Cell::Working(seconds),
        Value::Elapsed(seconds) => Cell::Elapsed(seconds),
        Value::Share(share) | Value::Ratio(share) => Cell::Share(share),
        Value::Growth(growth) => Cell::Growth(growth),
        Value::Instant(instant) => Cell::Instant(instant),
        Value::Counts(counts) => Cell::Several(counts.iter().map(|n| Cell::Count(*n)).collect()),
        Value::Several(values) => {
            Cell::Several(values.iter().map(|value| cell(value.clone())).collect())
        }
    }
}

/// The rows of a list as a JSON array of objects.
pub(super) fn json<'a, L: List>(rows: &'a [L::Row], features: &Features) -> impl Serialize + 'a {
    json_of(L::schema(), rows, features)
}

/// Rows as a JSON array of objects by a schema.
pub(super) fn json_of<'a, R>(
    schema: &'static Schema<R>,
    rows: &'a [R],
    features: &Features,
) -> JsonRows<'a, R> {
    JsonRows {
        rows,
        columns: schema.on(Surface::Json, features),
    }
}

/// A row as a JSON object of some columns.
pub(super) fn json_row<'a, R>(row: &'a R, columns: &'a [Shown<R>]) -> impl Serialize + 'a {
    JsonRow(row, columns, "")
}

/// Key of the rows that are left out as they are of few cases.
pub(super) const SUPPRESSED: &str = "suppressed";

/// Number and sum of these rows; `None` where there are none.
pub(super) fn suppressed_json(suppressed: Suppressed) -> Option<SuppressedJson> {
    (suppressed.rows > 0).then_some(SuppressedJson {
        rows: suppressed.rows,
        cases: suppressed.cases,
    })
}

#[derive(Serialize)]
pub(super) struct SuppressedJson {
    rows: u64,
    cases: u64,
}

struct Object<'a, L: List>(&'a ListReport<L>);

impl<L: List> Serialize for Object<'_, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in &report.before {
            map.serialize_entry(key, value)?;
        }
        if report.has_total {
            map.serialize_entry("total", &report.rows.total)?;
        }
        if let Some(suppressed) = suppressed_json(report.rows.suppressed) {
            map.serialize_entry(SUPPRESSED, &suppressed)?;
        }
        let rows = json::<L>(&report.rows.rows, &report.features);
        map.serialize_entry(L::schema().name, &rows)?;
        map.end()
    }
}

/// Rows and the columns that their objects have.
pub(super) struct JsonRows<'a, R: 'static> {
    rows: &'a [R],
    columns: Vec<Shown<R>>,
}

impl<'a, R> JsonRows<'a, R> {
    /// Each row with its object, for objects with more in them.
    pub fn objects(&self) -> impl Iterator<Item = (&'a R, impl Serialize)> {
        let object = |row: &'a R| (row, JsonRow(row, &self.columns, ""));
        self.rows.iter().map(object)
    }
}

impl<R> Serialize for JsonRows<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in self.rows {
            rows.serialize_element(&JsonRow(row, &self.columns, ""))?;
        }
        rows.end()
    }
}

/// The values of a row, or those of one group of columns, as an object.
struct JsonRow<'a, R: 'static>(&'a R, &'a [Shown<R>], &'a str);

impl<R: 'static> Serialize for JsonRow<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let JsonRow(row, columns, group) = self;
        let mut map = serializer.serialize_map(None)?;
        // A group is written whole in the place of its first column.
        let mut done: Vec<&str> = Vec::new();
        for column in *columns {
            let path = column.path();
            // The text of a field may have a point in it, and is no path.
            let grouped = path
                .split_once('.')
                .filter(|_| column.shown_field().is_none());
            match grouped {
                Some((of, name)) if of == *group => {
                    map.serialize_entry(name, &JsonValue(column.value(row)))?;
                }
                _ if !group.is_empty() => {}
                Some((of, _)) if done.contains(&of) => {}
                Some((of, _)) => {
                    done.push(of);
                    let mut members = columns.iter().filter(|c| is_of(c.json, of));
                    let missing = members.all(|c| c.value(row) == Value::Missing);
                    if missing && column.omitted {
                        continue;
                    }
                    if missing {
                        map.serialize_entry(of, &())?;
                    } else {
                        map.serialize_entry(of, &JsonRow(*row, columns, of))?;
                    }
                }
                // Some columns are for tables alone.
                None if path.is_empty() => {}
                None => map.serialize_entry(path, &JsonValue(column.value(row)))?,
            }
        }
        map.end()
    }
}

/// True if a path leads into a group.
fn is_of(path: &str, group: &str) -> bool {
    path.split_once('.').is_some_and(|(of, _)| of == group)
}

pub(super) struct JsonValue<'a>(pub Value<'a>);

impl Serialize for JsonValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Value::Missing => serializer.serialize_none(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Names(names) => serializer.collect_seq(names.iter().map(|name| &**name)),
            Value::Count(count) => serializer.serialize_u64(*count),
            Value::Share(share) => serializer.serialize_f64(*share),
            Value::Number(x)
            | Value::Mean(x)
            | Value::Money(Money { amount: x, .. })
            | Value::Change(x, _)
            | Value::Seconds(x)
            | Value::Working(x)
            | Value::Elapsed(x)
            | Value::Ratio(x) => Number(*x).serialize(serializer),
            Value::Growth(x) => serializer.serialize_f64(*x),
            Value::Instant(instant) => Instant(*instant).serialize(serializer),
            Value::Counts(counts) => serializer.collect_seq(counts.iter()),
            Value::Several(values) => {
                serializer.collect_seq(values.iter().map(|value| JsonValue(value.clone())))
            }
        }
    }
}
