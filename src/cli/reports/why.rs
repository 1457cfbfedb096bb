//! Factors of a selection: what its cases have more often than the others.

use super::list::{self, listing, sort_option};
use super::versus::{SidesJson, sides_in_words};
use super::{OpenCases, Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::args::Format;
use crate::cli::columns;
use crate::cli::failure::Failure;
use crate::cli::json::{Json, list as json_list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    Adjust, Adjusted, FactorKind, FactorPair, FactorRow, Features, List, Of, Side, Tests, Why,
    WhyQuery,
};
use crate::text::{self, count, counted};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "why",
    about: "Factors that cases of a filter have more often than the others",
    options,
    make,
    versus: Ok(compare),
};

#[derive(Args)]
#[command(next_help_heading = "Factors")]
struct Options {
    /// The cases to explain, a filter: `duration > 30d` (required); a `--filter` of the same text does
    /// not count
    #[arg(long, value_name = "EXPR")]
    of: Option<String>,
    /// Kinds of factors: value, missing, activity, repeated, edge, wait, first, last,
    /// start.weekday, start.hour, start.month, start (all three), length, variant, outcome, rule
    /// [default: all]
    #[arg(long, value_name = "KIND[,KIND]", value_delimiter = ',', value_parser = FactorKind::parse)]
    kinds: Vec<Kinds>,
    /// Columns whose values are factors (a comma in a name: `\,`) [default: all but ids]
    #[arg(long, value_name = "COL[,COL]")]
    columns: Vec<String>,
    /// Ratio of each factor within the values of these columns, or of all
    #[arg(long, value_name = "COL[,COL]|all")]
    adjust: Vec<String>,
    /// Count only what happened before the first event that makes a case one of `--of`
    #[arg(long)]
    before: bool,
    /// List pairs of factors whose cases are of `--of` more often than with either alone
    #[arg(long)]
    pairs: bool,
    /// Most factors of a combination
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=3))]
    depth: u8,
    /// List also factors that are true by definition of `--of`
    #[arg(long)]
    by_definition: bool,
    /// Factors that cases of `--of` have more often (helps), more rarely (hinders), all, or their pairs
    #[arg(long, value_name = "SIDE", default_value = "all", value_parser = side)]
    side: Side,
    /// Open cases that may still become one of `--of`: set them apart, or take them as ended
    #[arg(long, value_name = "HOW", default_value = "apart")]
    open: OpenCases,
}

fn side(text: &str) -> Result<Side, String> {
    let side = Side::of(text);
    let known = side.word() == text;
    let words = Side::ALL.map(Side::word);
    known
        .then_some(side)
        .ok_or_else(|| format!("known are {}", words.join(", ")))
}

/// Id of the option `--of`, with which it explains one selection and compares none.
pub(super) const OF: &str = "of";

/// The kinds that a word names.
type Kinds = Vec<FactorKind>;

fn options(command: Command) -> Command {
    sort_option::<WhyQuery>(Options::augment_args(command))
}

struct WhyReport {
    why: Why,
    adjusted: bool,
    pairs: bool,
    features: Features,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    if options.of.is_none() {
        let message = "--of says which cases to explain: --of 'duration > 30d'";
        return Err(Failure::usage(message));
    }
    explain(ask, matches, options)
}

/// Explains why a case is in B rather than in A.
fn compare(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    if options.of.is_some() {
        return Err(Failure::usage(
            "--versus explains why a case is in B (--versus) rather than in A (--filter): leave out --of",
        ));
    }
    if options.before {
        return Err(Failure::usage(
            "--before needs --of, and does not go with --versus",
        ));
    }
    explain(ask, matches, options)
}

fn explain(ask: &ReportContext<'_>, matches: &ArgMatches, options: Options) -> ReportResult {
    let names = |lists: &[String]| -> Vec<String> {
        lists.iter().flat_map(|list| columns::split(list)).collect()
    };
    let adjust = match names(&options.adjust) {
        none if none.is_empty() => Adjust::Nothing,
        all if all == ["all"] => Adjust::All,
        columns => Adjust::Columns(columns),
    };
    let columns = Some(names(&options.columns)).filter(|columns| !columns.is_empty());
    let adjusted = adjust != Adjust::Nothing;
    let why = ask.answer(&WhyQuery {
        of: Of {
            filter: options.of.map(|of| ask.redacted_filter(&of)),
            ..Of::default()
        },
        tests: Tests {
            kinds: options.kinds.concat(),
            columns,
            before: options.before,
            open_ended: options.open == OpenCases::Ended,
        },
        by_definition: options.by_definition,
        side: options.side,
        shifts: true,
        adjust,
        depth: if options.pairs {
            options.depth.into()
        } else {
            1
        },
        listing: listing::<WhyQuery>(ask, matches)?,
    })?;
    Ok(Box::new(WhyReport {
        why,
        adjusted,
        pairs: options.pairs,
        features: Features {
            extra: ask.common.printing.format() != Format::Table,
            ..Features::of(ask.info())
        },
    }))
}

#[derive(Serialize)]
struct WhyJson<'a, F, P> {
    #[serde(skip_serializing_if = "Option::is_none")]
    versus: Option<SidesJson<'a>>,
    selection: &'a str,
    cases: u64,
    selected: u64,
    open_left_out: u64,
    base: Option<f64>,
    tested: u64,
    left_out: LeftOutJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    factors: F,
    #[serde(skip_serializing_if = "Option::is_none")]
    pairs: Option<P>,
}

#[derive(Serialize)]
struct LeftOutJson {
    rare: u64,
    by_definition: u64,
    same_cases: u64,
    columns: u64,
}

#[derive(Serialize)]
struct FactorJson {
    #[serde(flatten)]
    row: serde_json::Value,
    same_as: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adjusted: Option<Vec<AdjustedJson>>,
}

#[derive(Serialize)]
struct AdjustedJson {
    by: String,
    risk_ratio: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    turns_round: bool,
    explains: bool,
}

#[derive(Serialize)]
struct PairJson {
    filters: Vec<String>,
    cases: u64,
    selected: u64,
    rate: f64,
    low: f64,
    high: f64,
    p: f64,
    q: f64,
}

fn adjusted(of: &Adjusted) -> AdjustedJson {
    AdjustedJson {
        by: of.by.clone(),
        risk_ratio: of.ratio.map(|ratio| ratio.ratio),
        low: of.ratio.map(|ratio| ratio.interval.low),
        high: of.ratio.map(|ratio| ratio.interval.high),
        turns_round: of.turns_round,
        explains: of.explains,
    }
}

fn pair(of: &FactorPair) -> PairJson {
    PairJson {
        filters: of.filters.iter().map(ToString::to_string).collect(),
        cases: of.row.table.with,
        selected: of.row.table.selected_with,
        rate: of.row.table.rate_with(),
        low: of.interval.low,
        high: of.interval.high,
        p: of.row.p,
        q: of.row.q,
    }
}

impl WhyReport {
    fn adjusted(&self) -> Table<'_> {
        let columns = vec![
            Column::text("filter"),
            Column::text("by"),
            Column::figure("adjusted"),
            Column::figure("low"),
            Column::figure("high"),
            Column::text(""),
        ];
        let rows = self.why.rows.rows.iter();
        let rows = rows.flat_map(|row| row.adjusted.iter().flatten().map(move |of| (row, of)));
        let rows: Vec<(&FactorRow, &Adjusted)> = rows.collect();
        let number = |figure: Option<f64>| figure.map_or(Cell::Missing, Cell::Number);
        Table {
            columns,
            n_rows: rows.len(),
            row: Box::new(move |at| {
                let (row, of) = rows[at];
                let remark = if of.turns_round {
                    "turns round"
                } else if of.explains {
                    "explains most of it"
                } else {
                    ""
                };
                vec![
                    row.text.as_str().into(),
                    of.by.as_str().into(),
                    number(of.ratio.map(|ratio| ratio.ratio)),
                    number(of.ratio.map(|ratio| ratio.interval.low)),
                    number(of.ratio.map(|ratio| ratio.interval.high)),
                    remark.into(),
                ]
            }),
        }
    }

    fn pairs(&self) -> Table<'_> {
        let mut columns = vec![Column::text("factors")];
        let figures = ["cases", "selected", "rate", "low", "high", "q"];
        columns.extend(figures.map(Column::figure));
        Table::new(columns, &self.why.pairs, |of| {
            let filters: Vec<String> = of.filters.iter().map(ToString::to_string).collect();
            vec![
                Cell::Text(filters.join(" and ").into()),
                of.row.table.with.into(),
                of.row.table.selected_with.into(),
                Cell::Share(of.row.table.rate_with()),
                Cell::Share(of.interval.low),
                Cell::Share(of.interval.high),
                Cell::Number(of.row.q),
            ]
        })
    }
}

impl Report for WhyReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let why = &self.why;
        let rows = list::json_of(WhyQuery::schema(), &why.rows.rows, &self.features);
        let factor = |(of, row): (&FactorRow, serde_json::Result<serde_json::Value>)| FactorJson {
            row: row.unwrap_or_default(),
            same_as: of.same_as.clone(),
            adjusted: of
                .adjusted
                .as_ref()
                .map(|list| list.iter().map(adjusted).collect()),
        };
        let rows: Vec<FactorJson> = rows
            .objects()
            .map(|(of, row)| factor((of, serde_json::to_value(row))))
            .collect();
        Box::new(WhyJson {
            versus: why.sides.as_ref().map(SidesJson::untested),
            selection: &why.selection,
            cases: why.cases,
            selected: why.selected,
            open_left_out: why.open_left_out,
            base: (why.cases > 0).then(|| why.selected as f64 / why.cases as f64),
            tested: why.tested,
            left_out: LeftOutJson {
                rare: why.left_out.rare,
                by_definition: why.left_out.by_definition,
                same_cases: why.left_out.same_cases,
                columns: why.left_out.columns,
            },
            reason: why.reason.as_deref(),
            factors: rows,
            pairs: self.pairs.then(|| json_list(&why.pairs, pair)),
        })
    }

    fn heading(&self) -> String {
        let mut heading = heading(&self.why);
        if self.pairs && self.why.pairs.is_empty() {
            heading += "; no pair of factors says more than its factors alone";
        }
        text::safe(&heading).into_owned()
    }

    fn list(&self) -> Table<'_> {
        list::table::<WhyQuery>(&self.why.rows.rows, &self.features)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        if self.why.reason.is_some() {
            return Vec::new();
        }
        let mut tables = vec![self.list()];
        if self.adjusted {
            tables.push(self.adjusted());
        }
        if self.pairs && !self.why.pairs.is_empty() {
            tables.push(self.pairs());
        }
        tables
    }

    fn total(&self) -> Option<usize> {
        Some(self.why.rows.total)
    }
}

/// Number of cases, of tests, and what is left out, in a sentence.
fn heading(why: &Why) -> String {
    let (selected, cases) = (count(why.selected), counted(why.cases, "case", "cases"));
    let mut parts = match &why.sides {
        Some(sides) => vec![
            sides_in_words(sides),
            format!("{selected} of {cases} of one side only are of B"),
        ],
        None => vec![format!("{selected} of {cases} match {}", why.selection)],
    };
    if why.open_left_out > 0 {
        parts.push(format!("{} open left out", count(why.open_left_out)));
    }
    match &why.reason {
        Some(reason) => parts.push(reason.clone()),
        None => parts.push(format!(
            "{} tested, {} with q < 5 %",
            count(why.tested),
            count(why.found)
        )),
    }
    let columns = match why.left_out.columns {
        1 => "column of times or with too many values",
        _ => "columns of times or with too many values",
    };
    let left_out = [
        (why.left_out.rare, "rare"),
        (why.left_out.by_definition, "by definition"),
        (why.left_out.same_cases, "with the same cases"),
        (why.left_out.columns, columns),
    ];
    let left_out = left_out.iter().filter(|(n, _)| *n > 0);
    let left_out: Vec<String> = left_out
        .map(|(n, what)| format!("{} {what}", count(*n)))
        .collect();
    if !left_out.is_empty() {
        parts.push(format!("not listed: {}", left_out.join(", ")));
    }
    parts.join("; ")
}
