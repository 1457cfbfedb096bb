//! The open cases: what they stand at and since when, which deadline is next, where they gather.

use super::{Ask, Made, Report, Spec, mismatch};
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Answer, Gathering, Request, Triage, TriageKey, TriagePlace, TriageRow};
use crate::text;
use clap::{Arg, ArgMatches, Command, ValueEnum};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "triage",
    about: "Open cases, most urgent first: what they stand at, since when, what is due next",
    options,
    make,
};

/// What comes first.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sort {
    /// Most over its deadline, then what is due next, then the oldest
    Urgency,
    /// Oldest
    Age,
    /// Longest without an event
    Wait,
}

/// Where cases gather.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// Their last activity
    Activity,
    /// Who did that
    Resource,
}

fn options(command: Command) -> Command {
    let sort = Arg::new("sort").long("sort").value_name("WHAT");
    let sort = sort.value_parser(clap::value_parser!(Sort));
    let by = Arg::new("by").long("by").value_name("WHAT");
    let by = by.value_parser(clap::value_parser!(By));
    command
        .arg(sort.help("What comes first [default: urgency]"))
        .arg(by.help("Where the open cases gather [default: activity]"))
}

struct Shown {
    triage: Triage,
    by: &'static str,
    resources: bool,
    deadlines: bool,
    limit: usize,
}

fn make(ask: &Ask<'_>, matches: &ArgMatches) -> Made {
    let sort = match matches.get_one("sort") {
        None | Some(Sort::Urgency) => TriageKey::Urgency,
        Some(Sort::Age) => TriageKey::Age,
        Some(Sort::Wait) => TriageKey::Wait,
    };
    let resources = ask.info().resource.is_some();
    let (gathering, by) = match matches.get_one("by") {
        None | Some(By::Activity) => (Gathering::Activity, "activity"),
        Some(By::Resource) if resources => (Gathering::Resource, "resource"),
        Some(By::Resource) => {
            return Err(Failure::usage(
                "the log has no resource (--resource COL names its column)",
            ));
        }
    };
    let request = Request::Triage(gathering, ask.listing(sort, true));
    let Answer::Triage(triage) = ask.answer(&request)? else {
        return Err(mismatch());
    };
    Ok(Box::new(Shown {
        triage,
        by,
        resources,
        deadlines: ask.info().deadlines > 0,
        limit: ask.common.printing.limit(),
    }))
}

#[derive(Serialize)]
struct TriageJson<E, C, P> {
    now: Instant,
    open: u64,
    ends: E,
    ends_guessed: bool,
    period: Number,
    open_before: u64,
    came: u64,
    went: u64,
    cases: C,
    places: P,
}

#[derive(Serialize)]
struct CaseJson<'a> {
    case: &'a str,
    age: Number,
    last_activity: &'a str,
    resource: Option<&'a str>,
    since: Instant,
    wait: Number,
    unusual: bool,
    usually_next: Option<&'a str>,
    rule: Option<&'a str>,
    state: Option<&'static str>,
    over: Option<Number>,
    due: Option<Instant>,
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    open: u64,
    open_before: u64,
    median: Number,
    longest: Number,
    unusual: u64,
}

impl Shown {
    fn places(&self) -> Table<'_> {
        let mut columns = vec![Column::text(match self.by {
            "activity" => "they stand at",
            _ => "who had them last",
        })];
        let figures = ["open", "a period ago", "median", "longest", "unusual"];
        columns.extend(figures.map(Column::figure));
        let places = &self.triage.places;
        let shown = &places[..places.len().min(self.limit)];
        Table::new(columns, shown, |place| {
            vec![
                place.name.as_str().into(),
                place.open.into(),
                place.before.into(),
                Cell::Seconds(place.median),
                Cell::Seconds(place.longest),
                place.unusual.into(),
            ]
        })
    }
}

fn case(row: &TriageRow) -> CaseJson<'_> {
    let due = row.due.as_ref();
    CaseJson {
        case: &row.case,
        age: Number(row.age),
        last_activity: &row.last,
        resource: row.resource.as_deref(),
        since: Instant(row.since),
        wait: Number(row.wait),
        unusual: row.unusual,
        usually_next: row.next.as_ref().map(|(next, _)| &**next),
        rule: due.map(|due| &*due.rule),
        state: due.map(|due| due.state.word()),
        over: due.map(|due| Number(due.over)),
        due: due.and_then(|due| due.at).map(Instant),
    }
}

impl Report for Shown {
    fn json(&self) -> Box<dyn Json + '_> {
        let (triage, by) = (&self.triage, self.by);
        Box::new(TriageJson {
            now: Instant(triage.now),
            open: triage.open,
            ends: list(&triage.ending.ends, ToString::to_string),
            ends_guessed: triage.ending.guessed,
            period: Number(triage.period),
            open_before: triage.before,
            came: triage.flow.0,
            went: triage.flow.1,
            cases: list(&triage.rows.rows, case),
            places: list(&triage.places, move |place: &TriagePlace| PlaceJson {
                activity: (by == "activity").then_some(&*place.name),
                resource: (by == "resource").then_some(&*place.name),
                open: place.open,
                open_before: place.before,
                median: Number(place.median),
                longest: Number(place.longest),
                unusual: place.unusual,
            }),
        })
    }

    fn heading(&self) -> String {
        let triage = &self.triage;
        let period = crate::text::time::round_duration(triage.period);
        let flow = format!(
            "{period} before: {}; since then {} came, {} went",
            text::count(triage.before),
            text::count(triage.flow.0),
            text::count(triage.flow.1)
        );
        format!("{}; {flow}", text::safe(&triage.ending.in_words()))
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![
            Column::fixed("case"),
            Column::figure("age"),
            Column::text("stands at"),
            Column::figure("for"),
            Column::text("unusual"),
        ];
        if self.resources {
            columns.push(Column::text("resource"));
        }
        if self.deadlines {
            columns.extend([Column::text("deadline"), Column::figure("over")]);
            columns.push(Column::figure("due"));
        }
        columns.push(Column::text("usually next"));
        Table::new(columns, &self.triage.rows.rows, |row| {
            let mut cells: Vec<Cell<'_>> = vec![
                row.case.as_str().into(),
                Cell::Seconds(row.age),
                row.last.as_ref().into(),
                Cell::Seconds(row.wait),
                if row.unusual { "yes" } else { "" }.into(),
            ];
            if self.resources {
                cells.push(row.resource.as_deref().map_or(Cell::Missing, Cell::from));
            }
            if self.deadlines {
                let due = row.due.as_ref();
                cells.push(due.map_or(Cell::Missing, |due| due.rule.as_str().into()));
                cells.push(Cell::seconds(due.map(|due| due.over)));
                cells.push(Cell::instant(due.and_then(|due| due.at)));
            }
            let next = row.next.as_ref();
            cells.push(next.map_or(Cell::Missing, |(next, _)| next.as_ref().into()));
            cells
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        match self.triage.open {
            0 => Vec::new(),
            _ => vec![self.list(), self.places()],
        }
    }

    fn total(&self) -> Option<usize> {
        Some(self.triage.rows.total)
    }
}
