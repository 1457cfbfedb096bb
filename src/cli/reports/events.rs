//! The events of one case, with all their columns.

use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::json::{Instant, Json, Number, Pairs, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{CaseDetail, CaseQuery, EventRow, Field};
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
    /// The case
    #[arg(
        long,
        value_name = "ID",
        required = true,
        allow_hyphen_values = true,
        help_heading = "Which case"
    )]
    case_id: String,
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
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let request = CaseQuery {
        case: options.case_id,
    };
    let case = ask.answer(&request)?;
    let others = (0..case.columns.len()).filter(|&i| Some(i) != case.resource);
    let others = others.map(|i| (i, own_name(&case.columns[i].name)));
    Ok(Box::new(Events {
        others: others.collect(),
        limit: ask.common.printing.limit(),
        case,
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
struct EventsJson<'a, L> {
    case: &'a str,
    events: L,
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

    fn total(&self) -> Option<usize> {
        Some(self.case.events.len())
    }
}
