//! The cases, longest first unless asked otherwise.

use super::list::ListReport;
use super::{ReportContext, ReportResult, Spec, mismatch};
use crate::engine::{CasesQuery, Features};
use clap::{ArgMatches, Args, Command, FromArgMatches};

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
    key: &'static str,
    descending: bool,
}

fn order(text: &str) -> Result<Order, String> {
    let (descending, word) = match text.strip_prefix('-') {
        Some(word) => (true, word),
        None => (false, text),
    };
    let key = match word {
        "duration" => "duration",
        "events" => "events",
        "start" => "start",
        "case" => "case",
        "variant" => "variant",
        _ => return Err("known are duration, events, start, case, variant".to_owned()),
    };
    Ok(Order { key, descending })
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| mismatch())?;
    let query = CasesQuery {
        listing: ask.listing(options.sort.key, options.sort.descending),
        variant: None,
    };
    let report = ListReport::ask(ask, &query, Features::of(ask.info()))?;
    Ok(Box::new(report))
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
        assert_eq!(order("-duration"), descending("duration"));
        let ascending = |key| {
            Ok(Order {
                key,
                descending: false,
            })
        };
        assert_eq!(order("case"), ascending("case"));
        assert!(order("--case").is_err());
        assert!(order("end ").is_err());
    }
}
