//! Which cases break deadlines, worst first, and which open ones are about to, and which rules on the
//! order of events are violated: for cron and CI.

use super::list::{
    JsonRows, columns, columns_option, features, fields, json_of, listing, sort_option, table,
    table_of,
};
use super::versus::{self, Reported};
use super::{Report, ReportContext, ReportResult, Spec, rules};
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, list};
use crate::cli::table::Table;
use crate::engine::{
    Breach, Deadlines, DeadlinesQuery, Features, List, Listing, Page, RULE_CASES, RuleBin,
    RuleResult, RuleRow, RulesQuery, Sort,
};
use crate::text;
use clap::{Arg, ArgMatches, Args, Command};
use serde::{Serialize, Serializer};

pub(super) const SPEC: Spec = Spec {
    name: "check",
    about: "Cases that broke the deadlines of --rules (exit code 1), open cases at risk, violated rules",
    options,
    make,
    versus: Ok(versus::make::<DeadlinesQuery>),
};

fn options(command: Command) -> Command {
    let words = Sort::words_of(&RULE_CASES);
    let help = format!(
        "Order of the cases of each rule: {words}; `over` begins with the worst, a field ascends; `-` \
         before the word reverses it [default: over]"
    );
    let sort = Arg::new(SORT_CASES).long(SORT_CASES).value_name("WORD");
    let sort = sort.value_parser(|text: &str| Sort::parse_for(&RULE_CASES, false, text));
    let command = rules::Options::augment_args(command);
    let command = command.arg(sort.allow_hyphen_values(true).help(help));
    columns_option(sort_option::<DeadlinesQuery>(command), &RULE_CASES)
}

const SORT_CASES: &str = "sort-cases";

/// Bins over time that JSON has.
const MONTHS: usize = 60;

struct Check {
    deadlines: Deadlines,
    /// Breaches and cases at risk of all rules.
    cases: Vec<Breach>,
    /// The rules on the order of events that are violated.
    violated: Vec<RuleResult>,
    features: Features,
}

impl Reported for DeadlinesQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        // A check without rules could never fail.
        let timing = &ask.common.timing;
        let compares = ask.common.view().versus.is_some();
        if timing.rules.is_empty() && (compares || timing.conform_rules.is_empty()) {
            return Err(Failure::usage(if timing.conform_rules.is_empty() {
                "no deadline or rule is defined: write them into a file and name it by --rules FILE, or give --rule"
            } else {
                "check compares deadlines, and none is defined: rules --versus compares rules on the order of events"
            }));
        }
        let sort = matches.get_one(SORT_CASES).cloned();
        let sort = sort.unwrap_or_else(|| Sort::first_of(&RULE_CASES));
        let query = DeadlinesQuery {
            // All rules, as `--limit` counts their cases.
            listing: Listing {
                page: Page::ALL,
                ..listing::<DeadlinesQuery>(ask, matches)?
            },
            cases: Listing {
                fields: fields(&columns(matches)),
                ..ask.listing(sort)
            },
            time_bins: MONTHS,
            open_ended: rules::Options::open_ended(matches)?,
        };
        Ok((query, features(ask, matches)))
    }

    fn is_broken(rule: &RuleRow) -> bool {
        rule.broken() > 0
    }
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = DeadlinesQuery::asked(ask, matches)?;
    let mut deadlines = ask.answer(&query)?;
    // Moved out of the rules, whose rows do not show them.
    let rules = deadlines.rules.rows.iter_mut();
    let cases = rules.flat_map(|rule| std::mem::take(&mut rule.cases));
    let mut violated = Vec::new();
    if !ask.common.timing.conform_rules.is_empty() {
        let all = RulesQuery {
            open_ended: query.open_ended,
            listing: Listing::by("violated"),
        };
        violated = ask.answer(&all)?.rules.rows;
        violated.retain(|rule| rule.violated > 0);
    }
    Ok(Box::new(Check {
        cases: cases.collect(),
        violated,
        deadlines,
        features,
    }))
}

#[derive(Serialize)]
struct CheckJson<'a, E> {
    now: Option<Instant>,
    ends: E,
    ends_guessed: bool,
    open_cases: u64,
    rules: RulesJson<'a>,
    cases: JsonRows<'a, Breach>,
    conform: JsonRows<'a, RuleResult>,
}

/// The rules, each with its breaches over time.
struct RulesJson<'a>(JsonRows<'a, RuleRow>);

impl Serialize for RulesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.objects().map(|(rule, row)| RuleJson {
            row,
            over_time: list(&rule.over_time, BinJson::of),
        }))
    }
}

#[derive(Serialize)]
struct RuleJson<R, B> {
    #[serde(flatten)]
    row: R,
    over_time: B,
}

/// Cases that were due from then on: those whose fate is known, and breaches among them.
#[derive(Serialize)]
struct BinJson {
    start: Instant,
    known: u64,
    broken: u64,
}

impl BinJson {
    fn of(bin: &RuleBin) -> Self {
        BinJson {
            start: Instant(bin.start),
            known: bin.known,
            broken: bin.broken,
        }
    }
}

impl Check {
    fn rules(&self) -> &[RuleRow] {
        &self.deadlines.rules.rows
    }
}

impl Report for Check {
    fn json(&self) -> Box<dyn Json + '_> {
        let (now, ending) = (self.deadlines.now, &self.deadlines.ending);
        Box::new(CheckJson {
            now: now.map(Instant),
            ends: list(&ending.ends, ToString::to_string),
            ends_guessed: ending.guess.is_some(),
            open_cases: ending.open,
            rules: RulesJson(json_of(
                DeadlinesQuery::schema(),
                self.rules(),
                &self.features,
            )),
            cases: json_of(&RULE_CASES, &self.cases, &self.features),
            conform: json_of(RulesQuery::schema(), &self.violated, &self.features),
        })
    }

    fn heading(&self) -> String {
        let broken: u64 = self.rules().iter().map(RuleRow::broken).sum();
        let broken = text::counted(broken, "breach", "breaches");
        let violated = match self.violated.len() {
            0 => String::new(),
            n => format!(
                ", {}",
                text::counted(n as u64, "violated rule", "violated rules")
            ),
        };
        format!(
            "{broken}{violated}; {}",
            text::safe(&self.deadlines.ending.in_words())
        )
    }

    fn list(&self) -> Table<'_> {
        table_of(&RULE_CASES, &self.cases, &self.features)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let mut tables = Vec::new();
        if !self.rules().is_empty() || self.violated.is_empty() {
            tables.push(table::<DeadlinesQuery>(self.rules(), &self.features));
        }
        if !self.cases.is_empty() {
            tables.push(self.list());
        }
        if !self.violated.is_empty() {
            tables.push(table::<RulesQuery>(&self.violated, &self.features));
        }
        tables
    }

    fn is_broken(&self) -> bool {
        !self.violated.is_empty() || self.rules().iter().any(|rule| rule.broken() > 0)
    }
}
