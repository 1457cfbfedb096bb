//! Queues of activities or resources: length, waits, and whether they grow; or one of them over time.

use super::by::{self, Choices};
use super::flow::{self, EndingJson, heading};
use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit, paired};
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    Charted, Features, Listing, QueueDetail, QueueQuery, Queues, QueuesQuery, Subject,
};
use crate::text::{escape_line, safe};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "queues",
    about: "Queues before each activity or resource, longest total wait first",
    options,
    make,
    versus: Ok(compare),
};

const BY: Choices<Subject> = &[
    (Subject::Activity.word(), "", Subject::Activity),
    (Subject::Resource.word(), "", Subject::Resource),
];

fn options(command: Command) -> Command {
    let by = by::option(BY, "Grouping of the queues").value_name("KIND");
    let by = by.default_value("activity").help_heading("Rows");
    let of = Arg::new("of").long("of").value_name("NAME");
    let of = of.help("The queue of that name over time, instead of all queues");
    let command = command.arg(by).arg(of.help_heading("Rows"));
    flow::Options::augment_args(sort_option::<QueuesQuery>(command))
}

impl Reported for QueuesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let (word, by) = by::chosen(BY, ask, matches)?;
        let query = QueuesQuery {
            by,
            listing: listing::<QueuesQuery>(ask, matches)?,
            longest: true,
        };
        let features = Features {
            by: word,
            extra: true,
            ..Features::of(ask.info())
        };
        Ok((query, features))
    }
}

fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let Some(name) = matches.get_one::<String>("of") else {
        return versus::make::<QueuesQuery>(ask, matches);
    };
    let (_, by) = by::chosen(BY, ask, matches)?;
    let sides = ask.sides(&all_queues(by))?;
    if !sides.iter().any(|queues| has(queues, name)) {
        return Err(no_queue(name));
    }
    paired::of(ask, Charted::Queue(queue(ask, matches, by, name)?))
}

/// The queue of that name in the bins that the options ask for.
fn queue(
    ask: &ReportContext<'_>,
    matches: &ArgMatches,
    by: Subject,
    name: &str,
) -> Result<QueueQuery, Failure> {
    let options = flow::Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let query = |bins: usize, range| QueueQuery {
        by,
        name: name.to_owned(),
        bins,
        range,
    };
    let whole = || Ok(ask.answer(&query(1, None))?.whole);
    let range = options.range(ask, whole)?;
    Ok(query(options.bins, range))
}

fn no_queue(name: &str) -> Failure {
    let name = escape_line(name);
    Failure::usage(format!("--of {name}: no queue of that name"))
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = QueuesQuery::asked(ask, matches)?;
    let word = query.by.word();
    if let Some(name) = matches.get_one::<String>("of") {
        return over_time(ask, matches, query.by, name);
    }
    let queues = ask.answer(&query)?;
    let mut before = serde_json::Map::new();
    before.insert("by".to_owned(), word.into());
    before.insert("total".to_owned(), queues.rows.total.into());
    before.extend(EndingJson::of(&queues.ending).object());
    Ok(Box::new(ListReport::<QueuesQuery> {
        heading: heading(&ask.selection()?, &queues.ending),
        before,
        has_total: false,
        rows: queues.rows,
        features,
    }))
}

/// One queue over time.
struct QueueReport {
    selection: String,
    by: &'static str,
    detail: QueueDetail,
    /// Index of each bin, from 0.
    numbers: Vec<usize>,
}

fn over_time(
    ask: &ReportContext<'_>,
    matches: &ArgMatches,
    by: Subject,
    name: &str,
) -> ReportResult {
    let detail = ask.answer(&queue(ask, matches, by, name)?)?;
    if detail.bins.iter().all(|bin| bin.waited == 0) && !has(&ask.answer(&all_queues(by))?, name) {
        return Err(no_queue(name));
    }
    Ok(Box::new(QueueReport {
        selection: ask.selection()?,
        by: by.word(),
        numbers: (0..detail.bins.len()).collect(),
        detail,
    }))
}

fn all_queues(by: Subject) -> QueuesQuery {
    QueuesQuery {
        by,
        listing: Listing::by("total"),
        longest: false,
    }
}

/// True if there is a queue of that name.
fn has(queues: &Queues, name: &str) -> bool {
    queues.rows.rows.iter().any(|row| *row.name == *name)
}

#[derive(Serialize)]
struct QueueJson<'a, L> {
    by: &'a str,
    name: &'a str,
    unit: &'a str,
    bins: L,
}

#[derive(Serialize)]
struct BinJson {
    start: Instant,
    end: Instant,
    length_start: u64,
    length_mean: Option<Number>,
    waited: u64,
    left: u64,
    wait_median: Option<Number>,
}

impl Report for QueueReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let detail = &self.detail;
        Box::new(QueueJson {
            by: self.by,
            name: &detail.name,
            unit: &detail.unit,
            bins: list(&self.numbers, |&at| {
                let bin = &detail.bins[at];
                BinJson {
                    start: Instant(bin.start),
                    end: Instant(detail.bin_end(at)),
                    length_start: bin.length,
                    length_mean: bin.mean.map(Number),
                    waited: bin.waited,
                    left: bin.left,
                    wait_median: bin.median.map(Number),
                }
            }),
        })
    }

    fn heading(&self) -> String {
        let (name, unit) = (safe(&self.detail.name), &self.detail.unit);
        format!("{}; queue for {name}, by {unit}", self.selection)
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::fixed("start"), Column::fixed("end")];
        let figures = [
            "length_start",
            "length_mean",
            "waited",
            "left",
            "wait_median",
        ];
        columns.extend(figures.map(Column::figure));
        Table::new(columns, &self.numbers, |&at| {
            let bin = &self.detail.bins[at];
            vec![
                Cell::Instant(bin.start),
                Cell::Instant(self.detail.bin_end(at)),
                bin.length.into(),
                bin.mean.map_or(Cell::Missing, Cell::Number),
                bin.waited.into(),
                bin.left.into(),
                bin.median.map_or(Cell::Missing, Cell::Seconds),
            ]
        })
    }
}
