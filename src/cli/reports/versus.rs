//! Lists of two selections, A (`--filter`) and B (`--versus`): the figures of both, the change and its
//! test.

use super::list::{
    JsonValue, ListReport, SUPPRESSED, cell, head, json_row, listing, sort_option, suppressed_json,
};
use super::{Report, ReportContext, ReportResult, Spec};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Number, list as json_list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    CHANGED, Comparable, Features, Interval, LISTED, List, Listing, ShareChange, Shown, Sides,
    SimpleList, Suppressed, Surface, Tested, TimeChange, Versus, VersusChange, VersusQuery,
    VersusRow,
};
use crate::text::{self, counted};
use clap::ArgMatches;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The registry entry of a list whose report comes from its schema alone.
pub(super) const fn spec<L: SimpleList + Comparable>() -> Spec {
    Spec {
        name: L::INFO.id,
        about: L::INFO.help,
        options: sort_option::<L>,
        make: make_simple::<L>,
        versus: Ok(make::<L>),
    }
}

/// A list with a report, which also compares two selections.
pub(super) trait Reported: Comparable {
    /// The list that the options ask for, and what decides which of its columns are shown.
    ///
    /// # Errors
    /// An option is wrong.
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure>;

    /// The figures of a row as JSON, where these are more than the columns of the list.
    fn object(_row: &Self::Row) -> Option<serde_json::Value> {
        None
    }

    /// The figures of a row by name, where these are more than the columns of the list.
    fn cells(_row: &Self::Row) -> Vec<(String, Cell<'static>)> {
        Vec::new()
    }

    /// True if the row says that a checked rule is broken.
    fn is_broken(_row: &Self::Row) -> bool {
        false
    }
}

impl<L: SimpleList + Comparable> Reported for L {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let query = L::new(listing::<L>(ask, matches)?);
        Ok((query, Features::of(ask.info())))
    }
}

fn make_simple<L: SimpleList + Comparable>(
    ask: &ReportContext<'_>,
    matches: &ArgMatches,
) -> ReportResult {
    let (query, features) = L::asked(ask, matches)?;
    Ok(Box::new(ListReport::ask(ask, &query, features)?))
}

/// A list of two selections.
pub(super) struct VersusReport<L: Reported> {
    /// Sentence above the table; empty in formats for machines.
    pub heading: String,
    /// Keys of the JSON object between the selections and the rows.
    pub before: serde_json::Map<String, serde_json::Value>,
    versus: Versus<L>,
    features: Features,
    /// True for a table to be read, which leaves out what would make it too wide.
    is_narrow: bool,
}

/// The report of a list of two selections: in the order of `--sort` where it is given, else findings
/// first.
pub(super) fn make<L: Reported>(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (list, features) = L::asked(ask, matches)?;
    of(ask, matches, list, features)
}

/// The report of that list of two selections, as [`make`].
pub(super) fn of<L: Reported>(
    ask: &ReportContext<'_>,
    matches: &ArgMatches,
    list: L,
    features: Features,
) -> ReportResult {
    Ok(Box::new(report(ask, matches, list, features)?))
}

/// The report of that list of two selections, to be added to.
pub(super) fn report<L: Reported>(
    ask: &ReportContext<'_>,
    matches: &ArgMatches,
    list: L,
    features: Features,
) -> Result<VersusReport<L>, Failure> {
    let given = matches.try_get_raw("sort").ok().flatten().is_some();
    let listing = Listing {
        descending: false,
        page: list.listing().page,
        ..Listing::by(if given { LISTED } else { CHANGED })
    };
    let versus = ask.answer(&VersusQuery { list, listing })?;
    let heading = match ask.common.printing.format() {
        Format::Table | Format::Markdown => in_words(&versus),
        _ => String::new(),
    };
    Ok(VersusReport {
        heading,
        before: serde_json::Map::new(),
        is_narrow: ask.common.printing.format() == Format::Table,
        versus,
        features,
    })
}

/// "A: x = 1, 157 cases; B: x = 2, 112 cases; 0 in both; 31 tests, 2 findings with q < 5%".
pub(super) fn in_words<L: Comparable>(versus: &Versus<L>) -> String {
    let tests = match versus.sides.reason() {
        Some(reason) => reason.to_owned(),
        None => format!(
            "{}, {} with q < 5%",
            counted(versus.tested, "test", "tests"),
            counted(versus.findings, "row", "rows"),
        ),
    };
    let time = match L::COMPARED.time {
        "duration" => "; durations are those of ended cases",
        _ => "",
    };
    format!("{}; {tests}{time}", sides_in_words(&versus.sides))
}

/// "A: x = 1, 157 cases; B: x = 2, 112 cases; 0 in both".
pub(super) fn sides_in_words(sides: &Sides) -> String {
    let Sides {
        texts,
        cases,
        both,
        open,
    } = sides;
    let side = |at: usize| {
        let name = ["A", "B"][at];
        let text = match &*texts[at] {
            "" => "all cases".to_owned(),
            text => text::escape_line(text),
        };
        let open = match open[at] {
            0 => String::new(),
            n => format!(" ({} open)", text::count(n)),
        };
        format!(
            "{name}: {text}, {}{open}",
            counted(cases[at], "case", "cases")
        )
    };
    let both = counted(*both, "case is in both", "cases are in both");
    format!("{}; {}; {both}", side(0), side(1))
}

impl<L: Reported> VersusReport<L> {
    /// The JSON object, to be made part of another one.
    pub(super) fn object(&self) -> serde_json::Value {
        serde_json::to_value(Object(self)).unwrap_or_default()
    }

    /// The columns of the list on a surface: those that name a row, and the others.
    fn columns(&self, surface: Surface) -> [Vec<Shown<L::Row>>; 2] {
        let columns = L::schema().on(surface, &self.features).into_iter();
        let names_row = |column: &Shown<L::Row>| L::COMPARED.names.contains(&column.name());
        let (names, figures) = columns.partition(names_row);
        [names, figures]
    }

    /// Names of a row and all figures of both sides.
    fn full(&self) -> Table<'_> {
        let [names, figures] = self.columns(Surface::Table);
        let first = self.versus.rows.rows.iter().find_map(VersusRow::any);
        let more = first.map_or_else(Vec::new, L::cells).into_iter();
        let more: Vec<String> = more.map(|(name, _)| name).collect();
        let mut heads: Vec<Column<'_>> = Vec::new();
        heads.extend(
            names
                .iter()
                .map(|column| head(column, column.name().to_owned())),
        );
        for side in ["a", "b"] {
            let of_side = |column: &Shown<L::Row>| {
                head(
                    column,
                    format!("{side}_{}", column.path().replace('.', "_")),
                )
            };
            heads.extend(figures.iter().map(of_side));
            let more = more.iter().map(|name| format!("{side}_{name}"));
            heads.extend(more.map(Column::figure));
        }
        let changes = names_of_change::<L>();
        heads.extend(changes.map(|name| Column::figure(format!("change_{name}"))));
        Table::new(heads, &self.versus.rows.rows, move |row| {
            let named = names.iter().map(|column| match row.any() {
                Some(any) => cell(column.value(any)),
                None => Cell::Missing,
            });
            let mut cells: Vec<Cell<'_>> = named.collect();
            for side in [&row.a, &row.b] {
                cells.extend(figures.iter().map(|column| match side {
                    Some(side) => cell(column.value(side)),
                    None => Cell::Missing,
                }));
                let of_side = side.as_ref().map_or_else(Vec::new, L::cells);
                let all = cells.len() + more.len();
                cells.extend(of_side.into_iter().map(|(_, cell)| cell));
                cells.resize(all, Cell::Missing);
            }
            cells.extend(change(row));
            cells
        })
    }

    /// Names of a row, shares and medians of both sides, and their changes.
    fn narrow(&self) -> Table<'_> {
        let columns = VersusQuery::<L>::schema().on(Surface::Table, &self.features);
        let heads = columns
            .iter()
            .map(|column| head(column, column.title.to_owned()));
        Table::new(heads.collect(), &self.versus.rows.rows, move |row| {
            columns
                .iter()
                .map(|column| cell(column.value(row)))
                .collect()
        })
    }
}

/// Names of the figures of the change of a share.
const OF_SHARE: [&str; 8] = [
    "share_a",
    "share_b",
    "difference",
    "low",
    "high",
    "p",
    "q",
    "effect",
];
/// Names of the figures of the change of a time.
const OF_TIME: [&str; 10] = [
    "n_a",
    "n_b",
    "median_a",
    "median_b",
    "difference",
    "low",
    "high",
    "p",
    "q",
    "effect",
];

/// Names of the figures of a change, in the order of [`change`].
fn names_of_change<L: Comparable>() -> impl Iterator<Item = String> {
    let of_share = OF_SHARE.into_iter().filter(|_| !L::COMPARED.of_times);
    // In a list of times the change is that of the time.
    let before = if L::COMPARED.of_times { "" } else { "time_" };
    let of_time = OF_TIME
        .into_iter()
        .map(move |name| format!("{before}{name}"));
    let of_time = of_time.filter(|_| !L::COMPARED.time.is_empty());
    of_share.map(str::to_owned).chain(of_time)
}

/// The figures of a change.
fn change<L: Comparable>(row: &VersusRow<L>) -> Vec<Cell<'static>> {
    let mut cells = Vec::new();
    if !L::COMPARED.of_times {
        cells.extend(of_share(row.change.cases.as_ref()));
    }
    if !L::COMPARED.time.is_empty() {
        cells.extend(of_time(row, row.change.time.as_ref()));
    }
    cells
}

fn of_share(change: Option<&ShareChange>) -> [Cell<'static>; 8] {
    let Some(change) = change else {
        return [const { Cell::Missing }; 8];
    };
    let Tested { p, q, effect } = change.tested;
    let share = |at: usize| change.shares[at].map_or(Cell::Missing, Cell::Share);
    let points = |figure: Option<f64>| figure.map_or(Cell::Missing, Cell::Points);
    let number = |figure: Option<f64>| figure.map_or(Cell::Missing, Cell::Number);
    let difference = change.difference;
    [
        share(0),
        share(1),
        points(difference.map(|(difference, _)| difference)),
        points(difference.map(|(_, interval)| interval.low)),
        points(difference.map(|(_, interval)| interval.high)),
        Cell::Number(p),
        number(q),
        number(effect),
    ]
}

fn of_time<L: Comparable>(row: &VersusRow<L>, change: Option<&TimeChange>) -> [Cell<'static>; 10] {
    let Some(change) = change else {
        return [const { Cell::Missing }; 10];
    };
    let Tested { p, q, effect } = change.tested;
    let seconds = |figure: Option<f64>| cell(row.duration(figure));
    let number = |figure: Option<f64>| figure.map_or(Cell::Missing, Cell::Number);
    let shift = change.shift;
    [
        Cell::Count(change.n[0]),
        Cell::Count(change.n[1]),
        seconds(change.medians[0]),
        seconds(change.medians[1]),
        seconds(shift.map(|(shift, _)| shift)),
        seconds(shift.map(|(_, interval)| interval.low)),
        seconds(shift.map(|(_, interval)| interval.high)),
        Cell::Number(p),
        number(q),
        number(effect),
    ]
}

impl<L: Reported> Report for VersusReport<L> {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(Object(self))
    }

    fn heading(&self) -> String {
        self.heading.clone()
    }

    fn list(&self) -> Table<'_> {
        self.full()
    }

    fn tables(&self) -> Vec<Table<'_>> {
        vec![if self.is_narrow {
            self.narrow()
        } else {
            self.full()
        }]
    }

    fn total(&self) -> Option<usize> {
        Some(self.versus.rows.total)
    }

    fn suppressed(&self) -> Suppressed {
        self.versus.rows.suppressed
    }

    fn is_broken(&self) -> bool {
        let of_a = |row: &VersusRow<L>| row.a.as_ref().is_some_and(L::is_broken);
        self.versus.rows.rows.iter().any(of_a)
    }
}

struct Object<'a, L: Reported>(&'a VersusReport<L>);

impl<L: Reported> Serialize for Object<'_, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let [names, figures] = report.columns(Surface::Json);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("versus", &SidesJson::of(&report.versus))?;
        for (key, value) in &report.before {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("total", &report.versus.rows.total)?;
        if let Some(suppressed) = suppressed_json(report.versus.rows.suppressed) {
            map.serialize_entry(SUPPRESSED, &suppressed)?;
        }
        let rows = json_list(&report.versus.rows.rows, |row| Row {
            sides: row,
            names: &names,
            figures: &figures,
        });
        map.serialize_entry(L::schema().name, &rows)?;
        map.end()
    }
}

#[derive(Serialize)]
struct Each<T> {
    a: T,
    b: T,
}

impl<T: Copy> Each<T> {
    fn of([a, b]: [T; 2]) -> Self {
        Each { a, b }
    }
}

#[derive(Serialize)]
struct Cases {
    a: u64,
    b: u64,
    both: u64,
}

/// The selections.
#[derive(Serialize)]
pub(super) struct SidesJson<'a> {
    a: &'a str,
    b: &'a str,
    cases: Cases,
    open: Each<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tested: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl<'a> SidesJson<'a> {
    pub fn of<L: Comparable>(versus: &'a Versus<L>) -> Self {
        SidesJson {
            tested: Some(versus.tested),
            findings: Some(versus.findings),
            reason: versus.sides.reason(),
            ..Self::untested(&versus.sides)
        }
    }

    /// The selections of a report without tests.
    pub fn untested(sides: &'a Sides) -> Self {
        SidesJson {
            a: &sides.texts[0],
            b: &sides.texts[1],
            cases: Cases {
                a: sides.cases[0],
                b: sides.cases[1],
                both: sides.both,
            },
            open: Each::of(sides.open),
            tested: None,
            findings: None,
            reason: None,
        }
    }
}

/// A row: its names, the figures of both sides, and the change.
struct Row<'a, L: Reported> {
    sides: &'a VersusRow<L>,
    names: &'a [Shown<L::Row>],
    figures: &'a [Shown<L::Row>],
}

impl<L: Reported> Serialize for Row<'_, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(any) = self.sides.any() {
            for column in self.names {
                map.serialize_entry(column.path(), &JsonValue(column.value(any)))?;
            }
        }
        for (key, side) in [("a", &self.sides.a), ("b", &self.sides.b)] {
            if let Some(object) = side.as_ref().and_then(L::object) {
                map.serialize_entry(key, &object)?;
            } else {
                let columns = side.as_ref().map(|side| json_row(side, self.figures));
                map.serialize_entry(key, &columns)?;
            }
        }
        map.serialize_entry("change", &ChangeJson::of::<L>(&self.sides.change))?;
        map.end()
    }
}

/// The change of a row.
#[derive(Serialize)]
pub(super) struct ChangeJson {
    #[serde(flatten)]
    cases: Option<ShareJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Known>,
    /// In a list of times, the change of the time.
    #[serde(flatten)]
    alone: Option<TimeJson>,
}

/// The change of a time; null where there is none.
#[derive(Serialize)]
struct Known(Option<TimeJson>);

#[derive(Serialize)]
struct ShareJson {
    share: Each<Option<f64>>,
    difference: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    p: f64,
    q: Option<f64>,
    effect: Option<f64>,
}

/// The change of a time: the values that are compared, and their test.
#[derive(Serialize)]
struct TimeJson {
    of: &'static str,
    n: Each<u64>,
    median: Each<Option<Number>>,
    difference: Option<Number>,
    low: Option<Number>,
    high: Option<Number>,
    p: f64,
    q: Option<f64>,
    effect: Option<f64>,
}

impl TimeJson {
    /// Without values on both sides.
    fn nothing<L: Comparable>() -> Self {
        TimeJson {
            of: L::COMPARED.time,
            n: Each::of([0, 0]),
            median: Each::of([None, None]),
            difference: None,
            low: None,
            high: None,
            p: 1.0,
            q: None,
            effect: None,
        }
    }
}

impl ChangeJson {
    pub fn of<L: Comparable>(change: &VersusChange) -> Self {
        let cases = change.cases.as_ref().map(|change| {
            let Tested { p, q, effect } = change.tested;
            ShareJson {
                share: Each::of(change.shares),
                difference: change.difference.map(|(difference, _)| difference),
                low: change.difference.map(|(_, Interval { low, .. })| low),
                high: change.difference.map(|(_, Interval { high, .. })| high),
                p,
                q,
                effect,
            }
        });
        let time = change.time.as_ref().map(|change| {
            let Tested { p, q, effect } = change.tested;
            TimeJson {
                of: L::COMPARED.time,
                n: Each::of(change.n),
                median: Each::of(change.medians.map(|median| median.map(Number))),
                difference: change.shift.map(|(shift, _)| Number(shift)),
                low: change.shift.map(|(_, Interval { low, .. })| Number(low)),
                high: change.shift.map(|(_, Interval { high, .. })| Number(high)),
                p,
                q,
                effect,
            }
        });
        if L::COMPARED.of_times {
            return ChangeJson {
                cases: None,
                time: None,
                alone: Some(time.unwrap_or_else(TimeJson::nothing::<L>)),
            };
        }
        ChangeJson {
            cases,
            time: (!L::COMPARED.time.is_empty()).then_some(Known(time)),
            alone: None,
        }
    }
}
