//! The cases, longest first unless asked otherwise.

use super::{Ask, Made, Report, Spec, mismatch};
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Answer, CaseKey, CaseRow, Request, Rows};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "cases",
    about: "The cases with events, start, end and duration, longest first",
    options,
    make,
};

#[derive(Args)]
struct Options {
    /// Order: duration, events, start, case or variant; `-` before the word turns it round
    #[arg(
        long,
        value_name = "KEY",
        default_value = "-duration",
        value_parser = order,
        allow_hyphen_values = true,
        help_heading = "Order"
    )]
    sort: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Order {
    key: CaseKey,
    descending: bool,
}

fn order(text: &str) -> Result<Order, String> {
    let (descending, word) = match text.strip_prefix('-') {
        Some(word) => (true, word),
        None => (false, text),
    };
    let key = match word {
        "duration" => CaseKey::Duration,
        "events" => CaseKey::Events,
        "start" => CaseKey::Start,
        "case" => CaseKey::Case,
        "variant" => CaseKey::Variant,
        _ => return Err("known are duration, events, start, case, variant".to_owned()),
    };
    Ok(Order { key, descending })
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

struct Cases {
    selection: String,
    rows: Rows<CaseRow>,
}

fn make(ask: &Ask<'_>, matches: &ArgMatches) -> Made {
    let options = Options::from_arg_matches(matches).map_err(|_| mismatch())?;
    let request = Request::Cases {
        listing: ask.listing(options.sort.key, options.sort.descending),
        variant: None,
    };
    let Answer::Cases(rows) = ask.answer(&request)? else {
        return Err(mismatch());
    };
    let selection = ask.selection()?;
    Ok(Box::new(Cases { selection, rows }))
}

#[derive(Serialize)]
struct CasesJson<L> {
    total: usize,
    cases: L,
}

#[derive(Serialize)]
struct CaseJson<'a> {
    case: &'a str,
    variant: u32,
    events: u32,
    start: Instant,
    end: Instant,
    duration: Number,
}

impl Report for Cases {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(CasesJson {
            total: self.rows.total,
            cases: list(&self.rows.rows, |row| CaseJson {
                case: &row.case,
                variant: row.variant,
                events: row.events,
                start: Instant(row.start),
                end: Instant(row.end),
                duration: Number(row.duration),
            }),
        })
    }

    fn heading(&self) -> String {
        self.selection.clone()
    }

    fn list(&self) -> Table<'_> {
        let columns = vec![
            Column::text("case"),
            Column::figure("variant"),
            Column::figure("events"),
            Column::fixed("start"),
            Column::fixed("end"),
            Column::figure("duration"),
        ];
        Table::new(columns, &self.rows.rows, |row| {
            vec![
                row.case.as_str().into(),
                u64::from(row.variant).into(),
                u64::from(row.events).into(),
                Cell::Instant(row.start),
                Cell::Instant(row.end),
                Cell::Seconds(row.duration),
            ]
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.rows.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders() {
        let descending = |key| {
            Ok(Order {
                key,
                descending: true,
            })
        };
        assert_eq!(order("-duration"), descending(CaseKey::Duration));
        let ascending = |key| {
            Ok(Order {
                key,
                descending: false,
            })
        };
        assert_eq!(order("case"), ascending(CaseKey::Case));
        assert!(order("--case").is_err());
        assert!(order("end ").is_err());
    }
}
