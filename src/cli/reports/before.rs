//! How often an activity occurs before the first occurrence of another.

use super::funnel::activities;
use super::versus::{self, Reported};
use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{BarsQuery, Before, BeforeBar, BeforeQuery, Features, Sort};
use crate::text;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "before",
    about: "Number of times that an activity occurs before the first of another",
    options,
    make,
    versus: Ok(compare),
};

#[derive(Args)]
#[command(next_help_heading = "Activities")]
struct Options {
    /// The activity to count, or several as `("Call", "Mail")`
    #[arg(long, value_name = "ACTIVITY", required = true)]
    what: String,
    /// The activity whose first event ends the count, or several
    #[arg(long, value_name = "ACTIVITY", required = true)]
    until: String,
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

struct BeforeReport {
    selection: String,
    what: String,
    until: String,
    before: Before,
    limit: usize,
}

/// What is counted, and until when.
fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<BeforeQuery, Failure> {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let known = &ask.info().activities;
    let what = activities(&options.what, known, "--what")?;
    let until = activities(&options.until, known, "--until")?;
    Ok(BeforeQuery { what, until })
}

impl Reported for BarsQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let query = BarsQuery {
            before: asked(ask, matches)?,
            listing: ask.listing(Sort::first::<BarsQuery>()),
        };
        Ok((query, Features::of(ask.info())))
    }
}

/// Compares the numbers, whose means and quantiles are beside them.
fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = BarsQuery::asked(ask, matches)?;
    let before = query.before.clone();
    let mut report = versus::report(ask, matches, query, features)?;
    let sides = ask.sides(&before)?;
    for (name, side) in ["A", "B"].into_iter().zip(&sides) {
        let figures = in_words(side);
        if !figures.is_empty() && !report.heading.is_empty() {
            report.heading = format!("{}; {name}{figures}", report.heading);
        }
    }
    let names = [("what", &before.what), ("until", &before.until)];
    let names = names.map(|(key, names)| (key.to_owned(), names.join(" | ").into()));
    report.before.extend(names);
    for (key, side) in ["a", "b"].into_iter().zip(&sides) {
        let counts = side.counts.as_ref();
        let figures = SideJson {
            cases: side.cases,
            without: side.without,
            mean: counts.map(|counts| Number(counts.mean)),
            median: counts.map(|counts| Number(counts.median)),
            p90: counts.map(|counts| Number(counts.p90)),
        };
        let figures = serde_json::to_value(figures).unwrap_or_default();
        report.before.insert(key.to_owned(), figures);
    }
    Ok(Box::new(report))
}

/// Figures of one side.
#[derive(Serialize)]
struct SideJson {
    cases: u64,
    without: u64,
    mean: Option<Number>,
    median: Option<Number>,
    p90: Option<Number>,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let query = asked(ask, matches)?;
    Ok(Box::new(BeforeReport {
        selection: ask.selection()?,
        what: query.what.join(" | "),
        until: query.until.join(" | "),
        before: ask.answer(&query)?,
        limit: ask.common.printing.limit(),
    }))
}

/// ": mean 1.2, median 1, p90 3"; empty without cases.
fn in_words(before: &Before) -> String {
    before.counts.as_ref().map_or_else(String::new, |counts| {
        format!(
            ": mean {}, median {}, p90 {}",
            text::number(counts.mean, 3),
            text::number(counts.median, 1),
            text::number(counts.p90, 1)
        )
    })
}

#[derive(Serialize)]
struct BeforeJson<'a, L> {
    what: &'a str,
    until: &'a str,
    cases: u64,
    without: u64,
    mean: Option<Number>,
    median: Option<Number>,
    p90: Option<Number>,
    histogram: L,
}

#[derive(Serialize)]
struct BarJson {
    count: u64,
    cases: u64,
    without_until: u64,
}

impl Report for BeforeReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let counts = self.before.counts.as_ref();
        Box::new(BeforeJson {
            what: &self.what,
            until: &self.until,
            cases: self.before.cases,
            without: self.before.without,
            mean: counts.map(|counts| Number(counts.mean)),
            median: counts.map(|counts| Number(counts.median)),
            p90: counts.map(|counts| Number(counts.p90)),
            histogram: list(self.bars(), |bar| BarJson {
                count: bar.count,
                cases: bar.cases,
                without_until: bar.without,
            }),
        })
    }

    fn heading(&self) -> String {
        let before = &self.before;
        let figures = in_words(before);
        let names = format!("{} before the first {}", self.what, self.until);
        format!(
            "{}; {} in {}{figures}; {} without it",
            self.selection,
            text::safe(&names),
            text::counted(before.cases, "case", "cases"),
            text::counted(before.without, "case", "cases")
        )
    }

    fn list(&self) -> Table<'_> {
        let columns = ["count", "cases", "without_until"];
        let columns = columns.map(Column::figure).to_vec();
        Table::new(columns, self.bars(), |bar| {
            [bar.count, bar.cases, bar.without]
                .map(Cell::Count)
                .to_vec()
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.before.bars.len())
    }
}

impl BeforeReport {
    fn bars(&self) -> &[BeforeBar] {
        &self.before.bars[..self.before.bars.len().min(self.limit)]
    }
}
