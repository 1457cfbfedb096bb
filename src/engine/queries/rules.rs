//! Rules on the order of events: cases that satisfy and violate each, and what it means for their durations.

use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::conform_rules::ConformRule;
use crate::engine::costs::{CaseCost, Costly, bounds_column, mean_column, sum_column};
use crate::engine::ending::{Ending, ending};
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Pane, Table};
use crate::engine::schema::{Align, Schema, Tone, Value};
use crate::engine::selected::Selected;
use crate::engine::timing::RuleStates;
use crate::engine::view::AskError;
use crate::filter::{Expr, Field, Op};
use crate::index::CaseSet;
use crate::metrics::deadlines::State;
use crate::metrics::quantile::type7;
use crate::metrics::stats::{Interval, benjamini_hochberg, compare_ranks, shift};
use rayon::prelude::*;
use std::sync::Arc;

/// Results of the rules on the order of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesQuery {
    /// Takes open cases as over instead of leaving them undecided.
    pub open_ended: bool,
    /// Order, search and page.
    pub listing: Listing,
}

/// Results of the rules on the order of events.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleResults {
    /// Number of selected cases.
    pub cases: u64,
    /// Which cases are open, and how that is known.
    pub ending: Ending,
    /// The rules.
    pub rules: Rows<RuleResult>,
}

/// Cases of a selection under a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleResult {
    /// Name in filters: the text of the rule where it has no other.
    pub key: Arc<str>,
    /// Name that was given.
    pub name: Option<Arc<str>>,
    /// The rule as written.
    pub rule: Arc<str>,
    /// Cases that it is about: all of the three below.
    pub activated: u64,
    /// Cases that satisfy it.
    pub satisfied: u64,
    /// Cases that violate it.
    pub violated: u64,
    /// Open cases that do not satisfy it yet, and still can.
    pub open: u64,
    /// Events that break it in the cases that violate it; none where an event is missing.
    pub events: u64,
    /// The first event that breaks it; `None` where no event does.
    pub first: Option<FirstBreaking>,
    /// Durations of the cases that violate it and of the others; `None` without cases on one side.
    pub duration: Option<RuleDurations>,
    /// The filter of the cases that violate it.
    pub filter: Expr,
    /// Cost of the cases that violate it; `None` without rates.
    pub cost: Option<CaseCost>,
}

impl Costly for RuleResult {
    fn cost(&self) -> Option<&CaseCost> {
        self.cost.as_ref()
    }
}

/// The first event in time that breaks a rule; of several at one time, that of the first case id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstBreaking {
    /// Case id.
    pub case: String,
    /// Instant, microseconds.
    pub time: i64,
    /// Activity.
    pub activity: Arc<str>,
}

/// Durations of the cases that violate a rule against those of the others, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleDurations {
    /// Median of the cases that violate it.
    pub median_with: f64,
    /// Median of the others.
    pub median_without: f64,
    /// By how much those that violate it take longer (Hodges-Lehmann).
    pub shift: f64,
    /// Interval of that.
    pub interval: Interval,
    /// Probability of a difference at least as large by chance.
    pub p: f64,
    /// The same, corrected for the number of rules.
    pub q: f64,
}

impl RuleResult {
    /// Share of the activated cases that satisfy it; `None` where no case is.
    pub fn confidence(&self) -> Option<f64> {
        (self.activated > 0).then(|| self.satisfied as f64 / self.activated as f64)
    }

    /// Share of the decided cases that violate it; `None` where none is decided.
    pub fn violated_share(&self) -> Option<f64> {
        let decided = self.satisfied + self.violated;
        (decided > 0).then(|| self.violated as f64 / decided as f64)
    }
}

type Column = crate::engine::schema::Column<RuleResult>;

const fn cases(name: &'static str, value: fn(&RuleResult) -> Value<'_>) -> Column {
    Column::new(name, value).fixed(9).basis(activated)
}

/// Cases that the rule is about.
fn activated(row: &RuleResult) -> Basis {
    Basis::of(row.activated, "activated cases")
}

const fn duration(name: &'static str, value: fn(&RuleResult) -> Value<'_>) -> Column {
    Column::new(name, value).basis(|r| Basis::of(r.violated, "cases that violate it"))
}

fn of_durations(r: &RuleResult, figure: fn(&RuleDurations) -> f64) -> Value<'static> {
    let figure = r.duration.as_ref().map(figure);
    figure.map_or(Value::Missing, Value::Seconds)
}

fn probability(r: &RuleResult, figure: fn(&RuleDurations) -> f64) -> Value<'static> {
    let figure = r.duration.as_ref().map(figure);
    figure.map_or(Value::Missing, Value::Number)
}

/// Columns of the rules.
pub static RULE_RESULTS: Schema<RuleResult> = Schema {
    name: "rules",
    key: |r| r.key.to_string(),
    columns: &[
        Column::as_made("defined"),
        Column::new("rule", |r| Value::text(&r.rule))
            .left(Align::Text)
            .ascending()
            .only(&[Table, Json]),
        Column::new("named", |r| Value::text(&r.key))
            .title("rule")
            .left(Align::Text)
            .flex(24, 4, u16::MAX)
            .unsorted()
            .only(&[Pane]),
        Column::new("name", |r| {
            r.name.as_deref().map_or(Value::Missing, Value::text)
        })
        .left(Align::Text)
        .ascending()
        .only(&[Table, Json]),
        cases("activated", |r| Value::Count(r.activated))
            .priority(3)
            .term("activated"),
        cases("satisfied", |r| Value::Count(r.satisfied)).priority(4),
        cases("violated", |r| Value::Count(r.violated)).tone(|r| {
            if r.violated > 0 {
                Tone::Plain
            } else {
                Tone::Muted
            }
        }),
        cases("open", |r| Value::Count(r.open))
            .fixed(7)
            .priority(6)
            .term("open rules"),
        cases("events", |r| Value::Count(r.events))
            .fixed(7)
            .priority(2)
            .term("breaking events"),
        Column::new("confidence", |r| {
            r.confidence().map_or(Value::Missing, Value::Share)
        })
        .basis(activated)
        .fixed(10)
        .bar(6)
        .term("confidence"),
        Column::new("filter", |r| Value::Text(r.filter.to_string().into())).only(&[Json]),
        duration("median_with", |r| of_durations(r, |d| d.median_with))
            .json("duration.median_with")
            .title("median with")
            .fixed(11)
            .priority(1),
        duration("median_without", |r| of_durations(r, |d| d.median_without))
            .json("duration.median_without")
            .title("without")
            .priority(1),
        duration("shift", |r| of_durations(r, |d| d.shift))
            .json("duration.shift")
            .only(&[Table, Json]),
        duration("low", |r| of_durations(r, |d| d.interval.low))
            .json("duration.low")
            .only(&[Json]),
        duration("high", |r| of_durations(r, |d| d.interval.high))
            .json("duration.high")
            .only(&[Json]),
        duration("p", |r| probability(r, |d| d.p))
            .json("duration.p")
            .only(&[Json]),
        duration("q", |r| probability(r, |d| d.q))
            .json("duration.q")
            .only(&[Table, Json]),
        Column::new("first_case", |r| {
            r.first
                .as_ref()
                .map_or(Value::Missing, |first| Value::text(&first.case))
        })
        .json("first.case")
        .left(Align::Fixed)
        .only(&[Table, Json]),
        Column::new("first_time", |r| {
            r.first
                .as_ref()
                .map_or(Value::Missing, |first| Value::Instant(first.time))
        })
        .json("first.time")
        .only(&[Json]),
        Column::new("first_activity", |r| {
            r.first
                .as_ref()
                .map_or(Value::Missing, |first| Value::text(&first.activity))
        })
        .json("first.activity")
        .left(Align::Text)
        .only(&[Json]),
        mean_column().priority(7),
        sum_column().priority(5),
        bounds_column(),
    ],
    pane: &[
        "named",
        "violated",
        "confidence",
        "median_with",
        "median_without",
        "events",
        "activated",
        "satisfied",
        "open",
    ],
    table: &[],
    json: &[],
    orders: &[
        "defined",
        "violated",
        "confidence",
        "activated",
        "events",
        "median_with",
        "rule",
    ],
    chosen: None,
};

impl List for RulesQuery {
    type Row = RuleResult;

    fn schema() -> &'static Schema<RuleResult> {
        &RULE_RESULTS
    }

    fn rows(answer: &RuleResults) -> &Rows<RuleResult> {
        &answer.rules
    }
}

impl Comparable for RulesQuery {
    const COMPARED: Compared = Compared {
        many: "rules",
        names: &["rule", "named", "name", "filter"],
        title: "rule",
        time: "duration",
        heads: ["A median", "B median"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        RulesQuery {
            listing,
            ..self.clone()
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    /// The cases that violate the rule.
    fn cases(row: &RuleResult) -> Option<u64> {
        Some(row.violated)
    }

    /// The cases that are decided.
    fn whole(row: &RuleResult) -> Option<u64> {
        Some(row.satisfied + row.violated)
    }

    fn name(row: &RuleResult) -> String {
        row.rule.to_string()
    }

    /// The durations of the cases that violate the rule.
    fn times(&self, selected: &Selected, context: &Context<'_>) -> Result<Times, AskError> {
        let durations = self.durations(selected);
        let mut times = Times::new();
        let rules = &selected.prepared.timed.timing.conform_rules;
        for (rule, states) in rules.iter().zip(selected.prepared.conform_states()) {
            context.cancel.check()?;
            let [violating, _] = self.split(&durations, states);
            times.insert(rule.name.clone(), violating);
        }
        Ok(times)
    }
}

/// Results kept for a view, of open cases apart and as over.
const KEPT: usize = 2;

impl Query for RulesQuery {
    type Answer = RuleResults;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<RuleResults, AskError> {
        type Answers = RecentCache<bool, Arc<Vec<RuleResult>>>;
        let selected = context.selected()?;
        let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
        let results = if let Some(known) = answers.get(&self.open_ended) {
            known
        } else {
            let results = Arc::new(self.results(&selected, context)?);
            answers.put(self.open_ended, Arc::clone(&results));
            results
        };
        let name = |row: &RuleResult| {
            let name = row.name.as_deref().unwrap_or_default();
            format!("{}\n{name}", row.rule)
        };
        let mut rules = Self::select(&results, &self.listing, context, name)?;
        if context.least > 0 {
            // It is of a single case.
            rules.rows.iter_mut().for_each(|row| row.first = None);
        }
        Ok(RuleResults {
            cases: selected.selection().n_cases as u64,
            ending: ending(&selected),
            rules,
        })
    }
}

/// What all rules are judged by.
struct Judging<'a> {
    selected: &'a Selected,
    open: &'a CaseSet,
    /// Durations of cases that are over.
    durations: &'a [(usize, i64)],
}

impl RulesQuery {
    fn results(
        &self,
        selected: &Selected,
        context: &Context<'_>,
    ) -> Result<Vec<RuleResult>, AskError> {
        let (prepared, durations) = (&selected.prepared, self.durations(selected));
        let judging = Judging {
            selected,
            // Found before the parallel part asks for them.
            open: prepared.open(),
            durations: &durations,
        };
        prepared.case_rank();
        let rules = &prepared.timed.timing.conform_rules;
        let states: Vec<RuleStates<'_>> = prepared.conform_states().collect();
        let result = |(rule, states): (&ConformRule, RuleStates<'_>)| {
            context.cancel.check()?;
            self.result(rule, states, &judging, context)
        };
        let rules = rules.par_iter().zip(states.into_par_iter());
        let mut results: Vec<RuleResult> = rules.map(result).collect::<Result<_, AskError>>()?;
        let tested = || results.iter().filter_map(|result| result.duration);
        let p: Vec<f64> = tested().map(|duration| duration.p).collect();
        let durations = results.iter_mut().filter_map(|row| row.duration.as_mut());
        for (duration, q) in durations.zip(benjamini_hochberg(&p)) {
            duration.q = q;
        }
        Ok(results)
    }

    /// Durations of the selected cases that are over, ascending.
    fn durations(&self, selected: &Selected) -> Vec<(usize, i64)> {
        let (selection, open) = (selected.selection(), selected.open());
        let index = selection.index;
        let by_duration = index.by_duration.iter().zip(index.durations.iter());
        let cases = by_duration.map(|(&case, &duration)| (case as usize, duration));
        let is_over = |case: usize| self.open_ended || !open.contains(case);
        cases
            .filter(|&(case, _)| selection.contains(case) && is_over(case))
            .collect()
    }

    /// Durations of the cases that violate a rule, and of the others.
    fn split(&self, durations: &[(usize, i64)], states: RuleStates<'_>) -> [Vec<i64>; 2] {
        let mut sides: [Vec<i64>; 2] = Default::default();
        for &(case, duration) in durations {
            let violates = self.state(states, case) == Some(State::Broken);
            sides[usize::from(!violates)].push(duration);
        }
        sides
    }

    fn state(&self, states: RuleStates<'_>, case: usize) -> Option<State> {
        if self.open_ended {
            states.of_ended(case)
        } else {
            states.of(case)
        }
    }

    fn result(
        &self,
        rule: &ConformRule,
        states: RuleStates<'_>,
        judging: &Judging<'_>,
        context: &Context<'_>,
    ) -> Result<RuleResult, AskError> {
        let selected = judging.selected;
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let (log, rank) = (&prepared.log, prepared.case_rank());
        let judged = prepared.judged(rule, context.analysis.zone(), context.cancel)?;
        let (mut satisfied, mut violating_cases, mut open, mut events) = (0, Vec::new(), 0, 0);
        let mut undecided = false;
        let mut first: Option<(i64, u32, usize)> = None;
        selection.for_each_case(|case| match self.state(states, case) {
            None => {}
            Some(State::Broken) => {
                violating_cases.push(case);
                undecided |= states.of(case) == Some(State::Running);
                let is_open = !self.open_ended && judging.open.contains(case);
                let judgment = judged.of(prepared, case).copied().unwrap_or_default();
                let breaking = judgment.breaking(is_open);
                events += u64::from(breaking.events);
                if breaking.events > 0 {
                    let event = log.case_offsets[case] as usize + breaking.first as usize;
                    let found = (log.time[event], rank[case], event);
                    first = Some(first.map_or(found, |first| first.min(found)));
                }
            }
            Some(State::Running) => open += 1,
            Some(_) => satisfied += 1,
        });
        let case_of = |event: usize| {
            let cases = log.case_offsets.partition_point(|&at| at as usize <= event);
            log.case_ids.get(cases as u32 - 1).to_owned()
        };
        let violated = violating_cases.len() as u64;
        Ok(RuleResult {
            key: rule.name.as_str().into(),
            name: rule.is_named.then(|| rule.name.as_str().into()),
            rule: rule.text.as_str().into(),
            activated: satisfied + violated + open,
            satisfied,
            violated,
            open,
            events,
            first: first.map(|(time, _, event)| FirstBreaking {
                case: case_of(event),
                time,
                activity: Arc::clone(&prepared.names[log.activity.get(event) as usize]),
            }),
            duration: compared(&self.split(judging.durations, states)),
            filter: violating(&rule.name, undecided),
            cost: (prepared.costs()).map(|costs| CaseCost::of(costs, violating_cases.into_iter())),
        })
    }
}

/// The filter of the cases that violate a rule; `undecided` takes those along that still can satisfy it.
fn violating(name: &str, undecided: bool) -> Expr {
    let field = Field::Column(name.to_owned());
    let [broken, running] = [State::Broken, State::Running].map(State::word);
    if undecided {
        Expr::one_of(field, [broken, running])
    } else {
        Expr::compare(field, Op::Equal, broken)
    }
}

/// Compares durations, ascending; without q.
fn compared([with, without]: &[Vec<i64>; 2]) -> Option<RuleDurations> {
    let (ranks, shift) = (compare_ranks(with, without)?, shift(with, without)?);
    let median = |values: &[i64]| type7(values.len() as u64, 0.5, |k| values[k as usize]) / 1e6;
    Some(RuleDurations {
        median_with: median(with),
        median_without: median(without),
        shift: shift.median / 1e6,
        interval: Interval {
            low: shift.interval.low / 1e6,
            high: shift.interval.high / 1e6,
        },
        p: ranks.p,
        q: 1.0,
    })
}
