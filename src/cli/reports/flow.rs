//! Arrivals, completions and work in progress over time.

use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit, paired};
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Charted, Ending, Flow, FlowQuery};
use crate::filter::Moment;
use crate::text::{self, escape_line};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "flow",
    about: "Cases started, ended and in progress over time",
    options,
    make,
    versus: Ok(compare),
};

/// Bins of time and the range that they span.
#[derive(Args)]
pub(super) struct Options {
    /// Bins of time, at most: the finest unit that fits is taken
    #[arg(long, value_name = "N", default_value_t = 60, help_heading = "Time")]
    pub bins: usize,
    /// From this time on [default: the first event]
    #[arg(long, value_name = "TIME", help_heading = "Time")]
    from: Option<String>,
    /// Before this time [default: after the last event]
    #[arg(long, value_name = "TIME", help_heading = "Time")]
    to: Option<String>,
}

impl Options {
    /// Returns the instants `from..to` that were asked for, microseconds; an end that was not given is
    /// that of `whole`. `None` where neither was given.
    ///
    /// # Errors
    /// A time cannot be read, or the range is empty.
    pub fn range(
        &self,
        ask: &ReportContext<'_>,
        whole: impl FnOnce() -> Result<(i64, i64), Failure>,
    ) -> Result<Option<(i64, i64)>, Failure> {
        let time = |option: &str, text: &Option<String>| {
            let time = text.as_deref().map(|text| {
                let moment = Moment::parse(text);
                let moment = moment.map(|moment| moment.first_instant(ask.common.tz()));
                moment
                    .map_err(|why| Failure::usage(format!("{option} {}: {why}", escape_line(text))))
            });
            time.transpose()
        };
        let (from, to) = (time("--from", &self.from)?, time("--to", &self.to)?);
        let range = match (from, to) {
            (None, None) => None,
            (Some(from), Some(to)) => Some((from, to)),
            (from, to) => {
                let whole = whole()?;
                Some((from.unwrap_or(whole.0), to.unwrap_or(whole.1)))
            }
        };
        if range.is_some_and(|(from, to)| from >= to) {
            // An end that was not given is that of the log.
            return Err(Failure::usage(match (from, to) {
                (Some(_), None) => "--from is not before the end of the log",
                (None, _) => "--to is not after the start of the log",
                _ => "--from is not before --to",
            }));
        }
        Ok(range)
    }
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let range = options.range(ask, || Ok(answer(ask, 1, None)?.whole))?;
    let bins = options.bins;
    paired::of(ask, Charted::Flow { bins, range })
}

struct FlowReport {
    selection: String,
    flow: Flow,
    /// Index of the bin, from 0.
    numbers: Vec<usize>,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    // One bin is enough to learn where the log begins and ends.
    let whole = || Ok(answer(ask, 1, None)?.whole);
    let flow = answer(ask, options.bins, options.range(ask, whole)?)?;
    Ok(Box::new(FlowReport {
        numbers: (0..flow.bins.len()).collect(),
        flow,
        selection: ask.selection()?,
    }))
}

fn answer(
    ask: &ReportContext<'_>,
    bins: usize,
    range: Option<(i64, i64)>,
) -> Result<Flow, Failure> {
    ask.answer(&FlowQuery { bins, range })
}

/// Open cases, for JSON.
#[derive(Serialize)]
pub(super) struct EndingJson<'a> {
    until: Instant,
    open_cases: u64,
    ends: Vec<&'a str>,
    ends_guessed: bool,
    idle_limit: Option<Number>,
    /// True if an end state is known.
    ends_known: bool,
}

impl<'a> EndingJson<'a> {
    pub fn of(ending: &'a Ending) -> Self {
        EndingJson {
            until: Instant(ending.until),
            open_cases: ending.open,
            ends: ending.ends.iter().map(|name| &**name).collect(),
            ends_guessed: ending.guess.is_some(),
            idle_limit: ending.idle.map(Number),
            ends_known: ending.over.is_some(),
        }
    }

    /// The keys with their values, for a JSON object of other keys.
    pub fn object(&self) -> serde_json::Map<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(keys)) => keys,
            _ => serde_json::Map::new(),
        }
    }
}

/// Line above a table: selected cases, and how many of them are open.
pub(super) fn heading(selection: &str, ending: &Ending) -> String {
    format!("{selection}; {}", text::safe(&ending.in_words()))
}

#[derive(Serialize)]
struct FlowJson<'a, L> {
    unit: &'a str,
    #[serde(flatten)]
    ending: EndingJson<'a>,
    bins: L,
}

#[derive(Serialize)]
struct BinJson {
    start: Instant,
    end: Instant,
    arrivals: u64,
    completions: u64,
    wip_start: u64,
    wip_mean: Option<Number>,
    wip_any: u64,
    partial: bool,
}

impl Report for FlowReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let flow = &self.flow;
        Box::new(FlowJson {
            unit: &flow.unit,
            ending: EndingJson::of(&flow.ending),
            bins: list(&self.numbers, |&at| {
                let bin = &flow.bins[at];
                BinJson {
                    start: Instant(bin.start),
                    end: Instant(flow.bin_end(at)),
                    arrivals: bin.arrivals,
                    completions: bin.completions,
                    wip_start: bin.wip,
                    wip_mean: bin.mean.map(Number),
                    wip_any: bin.there,
                    partial: bin.partial,
                }
            }),
        })
    }

    fn heading(&self) -> String {
        heading(&self.selection, &self.flow.ending)
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::fixed("start"), Column::fixed("end")];
        let figures = [
            "arrivals",
            "completions",
            "wip_start",
            "wip_mean",
            "wip_any",
        ];
        columns.extend(figures.map(Column::figure));
        columns.push(Column::fixed("partial"));
        Table::new(columns, &self.numbers, |&at| {
            let bin = &self.flow.bins[at];
            vec![
                Cell::Instant(bin.start),
                Cell::Instant(self.flow.bin_end(at)),
                bin.arrivals.into(),
                bin.completions.into(),
                bin.wip.into(),
                bin.mean.map_or(Cell::Missing, Cell::Number),
                bin.there.into(),
                if bin.partial { "partial" } else { "" }.into(),
            ]
        })
    }
}
