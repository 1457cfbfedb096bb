//! The events of one case, with all their columns; the cases of a view as a trace.

mod trace;

use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, Number, Pairs, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    CaseDetail, CaseQuery, CaseRemark, CasesQuery, EventRow, Field, Listing, Page,
};
use crate::text;
use crate::text::time;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "events",
    about: "The events of one case, with all their columns",
    options,
    make,
    versus: Err("it lists the events of single cases"),
};

#[derive(Args)]
struct Options {
    /// The case. Without it, `--format trace` writes all cases that the filters select
    #[arg(
        long,
        value_name = "ID",
        allow_hyphen_values = true,
        help_heading = "Which case"
    )]
    case_id: Option<String>,
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

/// Names that events have in every log; a column so called is put in backticks.
const WORDS: [&str; 4] = ["activity", "time", "resource", "start"];

struct Events {
    case: CaseDetail,
    /// Rows to give.
    limit: usize,
    /// Positions and names of the columns that are not the resource.
    others: Vec<(usize, String)>,
    /// True where cases can have tags and notes.
    has_notes: bool,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    if ask.common.printing.format() == Format::Trace {
        return traced(ask, options.case_id);
    }
    let Some(case) = options.case_id else {
        return Err(Failure::usage(
            "events lists the events of one case: name it by --case-id \
             (--format trace takes all cases that the filters select)",
        ));
    };
    let case = ask.answer(&CaseQuery { case })?;
    let others = (0..case.columns.len()).filter(|&i| Some(i) != case.resource);
    let others = others.map(|i| (i, own_name(&case.columns[i].name)));
    Ok(Box::new(Events {
        others: others.collect(),
        limit: ask.common.printing.limit(),
        has_notes: !ask.info().noted.is_empty(),
        case,
    }))
}

/// Formats of documents.
pub(super) const DOCUMENTS: &[Format] = &[Format::Trace];

/// Cases as a trace, which is asked for as a document only.
struct Traced {
    log: String,
    cases: Vec<CaseDetail>,
}

/// One case, or those of the view in the order of their starts.
fn traced(ask: &ReportContext<'_>, case: Option<String>) -> ReportResult {
    let ids = if let Some(case) = case {
        vec![case]
    } else {
        let listing = Listing {
            descending: false,
            page: Page::first(ask.common.printing.limit()),
            ..Listing::by("start")
        };
        let query = CasesQuery {
            listing,
            variants: Vec::new(),
        };
        let rows = ask.answer(&query)?.rows;
        rows.into_iter().map(|row| row.case).collect()
    };
    let cases = ids.into_iter().map(|case| ask.answer(&CaseQuery { case }));
    Ok(Box::new(Traced {
        log: ask.info().name.clone(),
        cases: cases.collect::<Result<_, _>>()?,
    }))
}

fn own_name(name: &str) -> String {
    if WORDS.contains(&name) {
        format!("`{name}`")
    } else {
        name.to_owned()
    }
}

#[derive(Serialize)]
struct EventsJson<'a, L, N> {
    case: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<N>,
    events: L,
}

#[derive(Serialize)]
struct NoteJson<'a> {
    time: Instant,
    kind: &'a str,
    text: &'a str,
    who: Option<&'a str>,
}

impl<'a> NoteJson<'a> {
    fn of(remark: &'a CaseRemark) -> Self {
        NoteJson {
            time: Instant(remark.time),
            kind: remark.remark.kind(),
            text: remark.remark.text(),
            who: remark.who.as_deref(),
        }
    }
}

/// A value as JSON has it.
#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Missing(()),
    Text(&'a str),
    Number(Number),
    Instant(Instant),
}

impl<'a> From<&'a Field> for Value<'a> {
    fn from(field: &'a Field) -> Self {
        match field {
            Field::Missing => Value::Missing(()),
            Field::Text(text) => Value::Text(text),
            Field::Number(number) => Value::Number(Number(*number)),
            Field::Instant(instant) => Value::Instant(Instant(*instant)),
        }
    }
}

impl<'a> From<&'a Field> for Cell<'a> {
    fn from(field: &'a Field) -> Self {
        match field {
            Field::Missing => Cell::Missing,
            Field::Text(text) => text.as_ref().into(),
            Field::Number(number) => Cell::Number(*number),
            Field::Instant(instant) => Cell::Instant(*instant),
        }
    }
}

impl Events {
    fn rows(&self) -> &[EventRow] {
        &self.case.events[..self.case.events.len().min(self.limit)]
    }

    fn resource<'a>(&self, row: &'a EventRow) -> &'a Field {
        self.case
            .resource
            .and_then(|i| row.values.get(i))
            .unwrap_or(&Field::Missing)
    }

    /// Values of an event, by name.
    fn pairs<'a>(&'a self, row: &'a EventRow) -> Vec<(&'a str, Value<'a>)> {
        let mut pairs = vec![
            ("activity", Value::Text(&row.activity)),
            ("time", Value::Instant(Instant(row.time))),
            ("resource", self.resource(row).into()),
        ];
        if self.case.instances {
            let start = row
                .start
                .map_or(Value::Missing(()), |s| Value::Instant(Instant(s)));
            pairs.push(("start", start));
        }
        let others = self.others.iter();
        pairs.extend(others.map(|(i, name)| (name.as_str(), Value::from(&row.values[*i]))));
        pairs
    }
}

impl Report for Events {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(EventsJson {
            case: &self.case.row.case,
            notes: self
                .has_notes
                .then(|| list(&self.case.remarks, NoteJson::of)),
            events: list(self.rows(), move |row| Pairs(move || self.pairs(row))),
        })
    }

    fn heading(&self) -> String {
        let row = &self.case.row;
        let length = if self.case.working {
            time::working(row.duration)
        } else {
            time::duration(row.duration)
        };
        format!(
            "case {}: {}, variant {}, {}",
            text::safe(&row.case),
            text::counted(u64::from(row.events), "event", "events"),
            row.variant,
            length
        )
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::text("activity"), Column::fixed("time")];
        if self.case.instances {
            columns.push(Column::fixed("start"));
        }
        columns.push(Column::text("resource"));
        columns.extend(
            self.others
                .iter()
                .map(|(_, name)| Column::text(name.as_str())),
        );
        Table::new(columns, self.rows(), |row| {
            let mut cells = vec![row.activity.as_ref().into(), Cell::Instant(row.time)];
            if self.case.instances {
                cells.push(Cell::instant(row.start));
            }
            cells.push(self.resource(row).into());
            cells.extend(self.others.iter().map(|(i, _)| Cell::from(&row.values[*i])));
            cells
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let mut tables = vec![self.list()];
        if !self.case.remarks.is_empty() {
            let heads = vec![
                Column::fixed("time"),
                Column::text("kind"),
                Column::text("text"),
                Column::text("who"),
            ];
            tables.push(Table::new(heads, &self.case.remarks, |of| {
                vec![
                    Cell::Instant(of.time),
                    of.remark.kind().into(),
                    of.remark.text().into(),
                    of.who.as_deref().map_or(Cell::Missing, Cell::from),
                ]
            }));
        }
        tables
    }

    fn total(&self) -> Option<usize> {
        Some(self.case.events.len())
    }
}

impl Report for Traced {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(())
    }

    fn heading(&self) -> String {
        String::new()
    }

    fn list(&self) -> Table<'_> {
        Table::new(Vec::new(), &[(); 0], |()| Vec::new())
    }

    fn document(&self, format: Format) -> Option<String> {
        (format == Format::Trace).then(|| trace::trace(&self.log, &self.cases))
    }
}
