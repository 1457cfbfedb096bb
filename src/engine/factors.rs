//! Factors of a selection: the properties that its cases may have, as filters, with what the cases say
//! of each.

use super::prepared::Prepared;
use super::view::{AskError, FilterError};
use crate::event_log::{Cancel, Cancelled, Column, ColumnData, Level, Role};
use crate::filter::{
    self, Anchor, Dial, DurationLiteral, Expr, Field, Gap, Mentions, Op, Source, Value,
};
use crate::metrics::cohort::{Cohort, Sums};
use crate::metrics::factors::{BAND, Bounds, Property, Valued};
use crate::text::time;
use rayon::prelude::*;

/// Most values of a column that are factors.
pub const MOST_VALUES: usize = 200;

/// Most numbers of a column that are factors one by one; more are ranges.
pub const MOST_NUMBERS: usize = 32;

/// Variants by rank that are factors.
const MOST_VARIANTS: usize = 20;

/// Kind of a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactorKind {
    /// A value of a column.
    Value,
    /// A column without a value.
    Missing,
    /// An activity.
    Activity,
    /// An activity twice or more.
    Repeated,
    /// An activity right after another.
    Edge,
    /// A long wait between two activities.
    Wait,
    /// The first activity.
    First,
    /// The last activity.
    Last,
    /// Weekday of the start.
    Weekday,
    /// Hour of the start.
    Hour,
    /// Month of the start.
    Month,
    /// Number of events.
    Length,
    /// Variant.
    Variant,
    /// An outcome.
    Outcome,
    /// State of a deadline.
    Rule,
}

impl FactorKind {
    /// All kinds with their words.
    pub const ALL: [(&'static str, FactorKind); 15] = [
        ("value", FactorKind::Value),
        ("missing", FactorKind::Missing),
        ("activity", FactorKind::Activity),
        ("repeated", FactorKind::Repeated),
        ("edge", FactorKind::Edge),
        ("wait", FactorKind::Wait),
        ("first", FactorKind::First),
        ("last", FactorKind::Last),
        ("start.weekday", FactorKind::Weekday),
        ("start.hour", FactorKind::Hour),
        ("start.month", FactorKind::Month),
        ("length", FactorKind::Length),
        ("variant", FactorKind::Variant),
        ("outcome", FactorKind::Outcome),
        ("rule", FactorKind::Rule),
    ];

    /// The word of reports.
    pub fn word(self) -> &'static str {
        let of = |(_, kind): &&(&str, FactorKind)| *kind == self;
        Self::ALL.iter().find(of).map_or("", |(word, _)| word)
    }

    /// The kinds that a word names: `start` is three of them.
    ///
    /// # Errors
    /// The word names none; the error lists those that do.
    pub fn parse(word: &str) -> Result<Vec<FactorKind>, String> {
        let is_meant = |name: &str| name == word || (word == "start" && name.starts_with("start."));
        let kinds = Self::ALL.iter().filter(|(name, _)| is_meant(name));
        let kinds: Vec<FactorKind> = kinds.map(|(_, kind)| *kind).collect();
        if kinds.is_empty() {
            let words = Self::ALL.map(|(word, _)| word).join(", ");
            return Err(format!("known are {words}, start"));
        }
        Ok(kinds)
    }

    /// True if it is about the sequence of activities or their times, so that it can come true late in a
    /// case.
    fn comes_late(self) -> bool {
        use FactorKind::*;
        matches!(
            self,
            Activity | Repeated | Edge | Wait | Last | Length | Variant
        )
    }
}

/// A property of cases that is tested.
#[derive(Debug)]
pub struct Candidate {
    /// Kind.
    pub kind: FactorKind,
    /// The property.
    pub property: Property,
    /// The cases with it.
    pub sums: Sums,
    /// The filter that selects them.
    pub filter: Expr,
    /// True if the filter of the selection names what it is about.
    pub by_definition: bool,
    /// True if it can come true after what makes a case selected.
    pub afterwards: bool,
}

/// Candidates, and the columns that give none.
#[derive(Debug, Default)]
pub struct Candidates {
    /// Sums over all cases.
    pub all: Sums,
    /// The candidates that occur.
    pub found: Vec<Candidate>,
    /// Columns with too many values, or with instants.
    pub columns: u64,
}

/// What is looked for.
pub struct Search<'a> {
    /// The log.
    pub prepared: &'a Prepared,
    /// The cases.
    pub cohort: Cohort<'a>,
    /// Kinds; all where it is empty.
    pub kinds: &'a [FactorKind],
    /// Positions of the columns whose values are factors.
    pub columns: Vec<usize>,
    /// The names that the filter of the selection uses, with those of its outcomes.
    pub mentions: Mentions,
}

/// The columns whose values may be factors: those named, or all without a role but the resource.
///
/// # Errors
/// The log has no column of a name.
pub fn columns(prepared: &Prepared, named: Option<&[String]>) -> Result<Vec<usize>, FilterError> {
    let log = &prepared.log;
    let Some(named) = named else {
        let apart = [Role::Lifecycle, Role::Instance].map(|role| log.role_columns[role]);
        let all = (0..log.columns.len()).filter(|at| !apart.contains(&Some(*at)));
        return Ok(all
            .filter(|&at| definition(prepared, at).is_none())
            .collect());
    };
    let at = |name: &String| {
        let message = match Source::named(&Field::named(name), log) {
            Ok(Source::Column(at)) => return Ok(at),
            Ok(_) => format!("{name} is no column whose values are factors"),
            Err(message) => message,
        };
        Err(FilterError {
            text: name.clone(),
            span: 0..name.len(),
            message,
        })
    };
    named.iter().map(at).collect()
}

/// The rule or outcome that a column was made of; `None` for a column of the log and for a cost.
pub(super) fn definition(prepared: &Prepared, column: usize) -> Option<FactorKind> {
    let timing = &prepared.timed.timing;
    let place = column.checked_sub(prepared.log.defined_columns().start)?;
    // Those of rules come first, then costs, which are values as those of the log, then outcomes.
    match place.checked_sub(timing.n_rules()) {
        None => Some(FactorKind::Rule),
        Some(place) if place < timing.cost_names().len() => None,
        _ => Some(FactorKind::Outcome),
    }
}

/// The filter of an outcome where that is what is selected; else the filter itself.
pub fn unfolded(prepared: &Prepared, selection: &Expr) -> Expr {
    let mut unfolded = selection.clone();
    // An outcome may be of those before it.
    for outcome in prepared.timed.timing.outcomes.iter().rev() {
        if unfolded.is_true() == Some(&*outcome.name) {
            unfolded = filter::parse(&outcome.filter.filter).unwrap_or(unfolded);
        }
    }
    unfolded
}

/// The names that a filter uses, with those of the outcomes and rules that it names.
pub fn mentions(prepared: &Prepared, selection: &Expr) -> Mentions {
    let mut mentions = selection.mentions();
    // An outcome may be of those before it.
    for outcome in prepared.timed.timing.outcomes.iter().rev() {
        if mentions.columns.contains(&outcome.name)
            && let Ok(filter) = filter::parse(&outcome.filter.filter)
        {
            mentions.add(&filter);
        }
    }
    prepared.timed.timing.add_mentions_of_rules(&mut mentions);
    if mentions.ending {
        let ends = prepared.ends();
        let names = prepared.names.iter().zip(&ends.activities);
        let names = names.filter(|(_, is_end)| **is_end);
        mentions
            .activities
            .extend(names.map(|(name, _)| name.to_string()));
        mentions.time |= ends.idle.is_some();
    }
    mentions
}

/// True if a filter is of durations, deadlines, rules, milestones or outcomes: open cases may meet it later.
pub fn may_come_true(prepared: &Prepared, mentions: &Mentions) -> bool {
    let mut outcomes = prepared.timed.timing.outcomes.iter();
    is_timed(prepared, mentions) || outcomes.any(|outcome| mentions.columns.contains(&outcome.name))
}

/// True if a filter is of durations, deadlines, rules, milestones or costs.
fn is_timed(prepared: &Prepared, mentions: &Mentions) -> bool {
    let timing = &prepared.timed.timing;
    let milestones = timing.milestones.iter().map(|of| of.name.as_str());
    let names = timing.rule_names().chain(milestones);
    let mut names = names.chain(timing.cost_names().iter().copied());
    mentions.duration || names.any(|name| mentions.columns.iter().any(|column| column == name))
}

/// The elapsed time from which on each edge is a long wait: its p90 in the cases, in whole seconds.
fn long_waits(cohort: Cohort<'_>) -> Vec<i64> {
    let limit = |p90: Option<f64>| match p90 {
        // Up to what a filter can say; the cases are found by the same limit.
        Some(p90) => ((p90 / time::SECOND as f64).ceil() as i64).saturating_mul(time::SECOND),
        // An edge without occurrences has no long wait: nothing reaches this limit.
        None => i64::MAX,
    };
    cohort.long_waits().into_iter().map(limit).collect()
}

/// A part of the search, which one thread does.
enum Part {
    /// Activities, edges, variants and the number of events.
    Sequences,
    Waits,
    Starts,
    /// Values of the column at a position.
    Column(usize),
}

impl Search<'_> {
    /// Finds all candidates that some case has.
    ///
    /// # Errors
    /// The answer is not wanted any more.
    pub fn run(&self, cancel: &Cancel) -> Result<Candidates, AskError> {
        let by_variant = self.cohort.by_variant(cancel)?;
        let mut all = Sums::default();
        for sums in &by_variant {
            all.add(sums);
        }
        let of_part = |part: &Part| {
            cancel.check()?;
            Ok(match part {
                Part::Sequences => (self.sequences(&by_variant, cancel)?, false),
                Part::Waits => (self.waits(cancel)?, false),
                Part::Starts => (self.starts(cancel)?, false),
                Part::Column(at) => self.column(*at, cancel)?,
            })
        };
        // Side by side, one at a time for each thread.
        let parts = self.parts();
        let of_parts = parts.par_iter().with_max_len(1).map(of_part);
        let of_parts: Vec<(Vec<Candidate>, bool)> = of_parts.collect::<Result<_, Cancelled>>()?;
        let left_out = of_parts.iter().filter(|(_, left_out)| *left_out).count() as u64;
        let mut found: Vec<Candidate> = of_parts.into_iter().flat_map(|(found, _)| found).collect();
        found.retain(|candidate| candidate.sums.cases() > 0 && self.wants(candidate.kind));
        Ok(Candidates {
            all,
            found,
            columns: left_out,
        })
    }

    /// What is to be searched, that with the most events first.
    fn parts(&self) -> Vec<Part> {
        use FactorKind::*;
        let columns = &self.prepared.log.columns;
        let wanted = |at: &usize| {
            let kind = definition(self.prepared, *at);
            kind.is_some_and(|kind| self.wants(kind)) && !self.columns.contains(at)
        };
        let defined = (0..columns.len()).filter(wanted);
        let mut of_columns: Vec<usize> = self.columns.iter().copied().chain(defined).collect();
        of_columns.sort_by_key(|&at| columns[at].level == Level::Case);
        let mut parts: Vec<Part> = of_columns.into_iter().map(Part::Column).collect();
        let sequences = [Activity, Repeated, Edge, First, Last, Variant, Length];
        for (kinds, part) in [
            (&sequences[..], Part::Sequences),
            (&[Wait], Part::Waits),
            (&[Weekday, Hour, Month], Part::Starts),
        ] {
            if kinds.iter().any(|kind| self.wants(*kind)) {
                parts.push(part);
            }
        }
        parts
    }

    fn wants(&self, kind: FactorKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    fn name(&self, activity: u32) -> &str {
        &self.prepared.names[activity as usize]
    }

    fn candidate(
        &self,
        kind: FactorKind,
        property: Property,
        sums: &Sums,
        filter: Expr,
        by_definition: bool,
    ) -> Candidate {
        let log = &self.prepared.log;
        // What a case costs is known at its end.
        let defined = log.defined_columns();
        let of_events = |at: usize| log.columns[at].level == Level::Event || defined.contains(&at);
        let late = kind.comes_late() || property.column().is_some_and(of_events);
        let by_events = !self.mentions.activities.is_empty();
        Candidate {
            kind,
            property,
            sums: *sums,
            filter,
            by_definition,
            afterwards: late && by_events && !self.cohort.is_cut(),
        }
    }

    fn sequences(&self, by_variant: &[Sums], cancel: &Cancel) -> Result<Vec<Candidate>, Cancelled> {
        let sums = self.cohort.sequences(by_variant, cancel)?;
        let edges = &self.cohort.index.edges;
        let names_one = |activity: u32| {
            let named = |a: &String| a == self.name(activity);
            self.mentions.variant || self.mentions.activities.iter().any(named)
        };
        let mut found = Vec::new();
        let lists = [
            (
                FactorKind::Activity,
                &sums.activities,
                Property::Activity as fn(u32) -> Property,
            ),
            (FactorKind::Repeated, &sums.repeated, Property::Repeated),
            (FactorKind::First, &sums.first, Property::First),
            (FactorKind::Last, &sums.last, Property::Last),
        ];
        for (kind, list, property) in lists {
            // The last activity comes after what makes a case selected.
            if kind == FactorKind::Last && self.cohort.is_cut() {
                continue;
            }
            for (activity, sums) in (0..).zip(list) {
                let name = self.name(activity);
                let filter = match kind {
                    FactorKind::Activity => Expr::activity(name),
                    FactorKind::Repeated => {
                        let count = Field::Count(name.to_owned().into());
                        Expr::compare(count, Op::GreaterEqual, 2)
                    }
                    FactorKind::First => Expr::starts_with(name),
                    _ => Expr::ends_with(name),
                };
                // The last activity alone says whether a case is open.
                let ending = kind == FactorKind::Last && self.mentions.ending;
                let known = names_one(activity) || ending;
                found.push(self.candidate(kind, property(activity), sums, filter, known));
            }
        }
        for (edge, sums) in (0..).zip(&sums.edges) {
            let (from, to) = (edges.from[edge as usize], edges.to[edge as usize]);
            let filter = Expr::follows(self.name(from), self.name(to), Gap::default());
            let known = names_one(from) || names_one(to);
            let property = Property::Edge(edge);
            found.push(self.candidate(FactorKind::Edge, property, sums, filter, known));
        }
        // How long a case gets, and by which way, is only known after what makes it selected.
        if !self.cohort.is_cut() {
            found.extend(self.variants(by_variant));
            if self.wants(FactorKind::Length) {
                found.extend(self.lengths(by_variant));
            }
        }
        Ok(found)
    }

    fn variants(&self, by_variant: &[Sums]) -> Vec<Candidate> {
        let mentions = &self.mentions;
        let known = mentions.variant || mentions.events || !mentions.activities.is_empty();
        // Ranks ascend from the most frequent variant.
        let variants = (0..).zip(by_variant.iter().take(MOST_VARIANTS));
        let of_variant = |(variant, sums): (u32, &Sums)| {
            let filter = Expr::compare(Field::Variant, Op::Equal, variant + 1);
            let property = Property::Variant(variant);
            self.candidate(FactorKind::Variant, property, sums, filter, known)
        };
        variants.map(of_variant).collect()
    }

    fn waits(&self, cancel: &Cancel) -> Result<Vec<Candidate>, Cancelled> {
        let limits = long_waits(self.cohort);
        let sums = self.cohort.waits(&limits, cancel)?;
        let edges = &self.cohort.index.edges;
        let of_edge = |(edge, sums): (usize, &Sums)| {
            let [from, to] = [edges.from[edge], edges.to[edge]].map(|a| self.name(a));
            let gap = Gap {
                after: Some(DurationLiteral::of(limits[edge])),
                ..Gap::default()
            };
            let named = self
                .mentions
                .activities
                .iter()
                .any(|a| a == from || a == to);
            let known = named || is_timed(self.prepared, &self.mentions);
            let filter = Expr::follows(from, to, gap);
            let property = Property::Wait(edge as u32, limits[edge]);
            self.candidate(FactorKind::Wait, property, sums, filter, known)
        };
        Ok(sums.iter().enumerate().map(of_edge).collect())
    }

    fn starts(&self, cancel: &Cancel) -> Result<Vec<Candidate>, Cancelled> {
        let (starts, known) = (self.cohort.starts(cancel)?, self.mentions.time);
        let mut found = Vec::new();
        for (day, sums) in starts.weekdays.iter().enumerate() {
            let field = Field::Clock(Anchor::Starts, Dial::Weekday);
            let filter = Expr::compare(field, Op::Equal, Value::weekday(day));
            let property = Property::Weekday(day);
            found.push(self.candidate(FactorKind::Weekday, property, sums, filter, known));
        }
        for (band, sums) in starts.hours.iter().enumerate() {
            let (first, last) = ((band * BAND) as u32, (band * BAND + BAND - 1) as u32);
            let filter = Expr::between(Field::Clock(Anchor::Starts, Dial::Hour), first, last);
            let property = Property::Hours(band);
            found.push(self.candidate(FactorKind::Hour, property, sums, filter, known));
        }
        for (from, to, sums) in &starts.months {
            let month = time::month(*from, self.cohort.of.zone);
            // Years beyond the language of filters have no such filter.
            let Ok(filter) = filter::parse(&format!("started {month}")) else {
                continue;
            };
            let property = Property::Started(*from, *to);
            found.push(self.candidate(FactorKind::Month, property, sums, filter, known));
        }
        Ok(found)
    }

    fn lengths(&self, by_variant: &[Sums]) -> Vec<Candidate> {
        let known = self.mentions.events
            || self.mentions.variant
            || is_timed(self.prepared, &self.mentions);
        let ranges = self.cohort.lengths(by_variant);
        let of_range = |(from, to, sums): &(usize, usize, Sums)| {
            let (low, high) = (*from as u32, *to as u32);
            let filter = match (*from, *to) {
                (0, _) => Expr::compare(Field::Events, Op::LessEqual, high),
                (_, usize::MAX) => Expr::compare(Field::Events, Op::GreaterEqual, low),
                (from, to) if from == to => Expr::compare(Field::Events, Op::Equal, low),
                _ => Expr::between(Field::Events, low, high),
            };
            let property = Property::Length(*from, *to);
            self.candidate(FactorKind::Length, property, sums, filter, known)
        };
        ranges.iter().map(of_range).collect()
    }

    /// The candidates of a column, and whether it has too many values.
    fn column(&self, at: usize, cancel: &Cancel) -> Result<(Vec<Candidate>, bool), Cancelled> {
        let log = &self.prepared.log;
        let column = &log.columns[at];
        let kind = definition(self.prepared, at).unwrap_or(FactorKind::Value);
        let resource = log.role_columns[Role::Resource] == Some(at);
        let known =
            self.mentions.columns.contains(&column.name) || (resource && self.mentions.resource);
        let valued = if self.wants(kind) {
            self.values(at, column, cancel)?
        } else {
            Valued {
                values: Some(Vec::new()),
                missing: None,
            }
        };
        let mut found = Vec::new();
        if kind == FactorKind::Value && self.wants(FactorKind::Missing) {
            let property = Property::Missing(at);
            let filter = Expr::missing(self.prepared.columns[at].field());
            let missing = || self.cohort.sums_with(&property, cancel);
            let sums = valued.missing.map_or_else(missing, Ok)?;
            found.push(self.candidate(FactorKind::Missing, property, &sums, filter, known));
        }
        let is_left_out = valued.values.is_none();
        for ((property, filter), sums) in valued.values.unwrap_or_default() {
            found.push(self.candidate(kind, property, &sums, filter, known));
        }
        Ok((found, is_left_out))
    }

    /// The values of a column that some case has, or their ranges; none where they are too many.
    fn values(
        &self,
        at: usize,
        column: &Column,
        cancel: &Cancel,
    ) -> Result<Valued<(Property, Expr)>, Cancelled> {
        let field = || self.prepared.columns[at].field();
        let is_outcome = definition(self.prepared, at) == Some(FactorKind::Outcome);
        Ok(match &column.data {
            ColumnData::Text(codes, dictionary) => {
                let texts = self
                    .cohort
                    .texts(column, codes, dictionary, MOST_VALUES, cancel)?;
                // One value is none to compare with, and as many as cases are ids.
                let n = texts.values.as_ref().map_or(0, Vec::len);
                let cases = self.cohort.of.cases.count();
                if n > cases / 2 && n > 2 {
                    return Ok(Valued {
                        values: None,
                        ..texts.map(|_| None)
                    });
                }
                texts.map(|code| {
                    // An outcome that a case has not is no factor of its own.
                    let filter = match is_outcome {
                        _ if n < 2 => return None,
                        true if code == 1 => Expr::outcome(&column.name),
                        true => return None,
                        false => Expr::compare(field(), Op::Equal, dictionary.get(code)),
                    };
                    Some((Property::Text(at, code), filter))
                })
            }
            ColumnData::Number(numbers) => {
                let resource = self.prepared.log.role_columns[Role::Resource] == Some(at);
                let most = if resource { MOST_VALUES } else { MOST_NUMBERS };
                let values = self.cohort.numbers(column, numbers, most, cancel)?;
                match &values.values {
                    // Too many numbers are ranges; too many names of resources are nothing.
                    None if !resource => {
                        let ranges = self.cohort.ranges(column, numbers, cancel)?;
                        ranges.map(|bounds| self.range(at, column, bounds))
                    }
                    of => {
                        let one = of.as_ref().is_some_and(|of| of.len() < 2);
                        values.map(|number| {
                            // A number that the language cannot write is no factor.
                            let value = Value::number(number).filter(|_| !one)?;
                            let filter = Expr::compare(field(), Op::Equal, value);
                            Some((Property::Number(at, number), filter))
                        })
                    }
                }
            }
            ColumnData::Instant(_) => Valued {
                values: None,
                missing: None,
            },
        })
    }

    fn range(&self, at: usize, column: &Column, bounds: Bounds) -> Option<(Property, Expr)> {
        let (low, high) = bounds;
        let (above, up_to) = (low.map(Value::number), high.map(Value::number));
        if above == Some(None) || up_to == Some(None) {
            // A number that the language cannot write is no bound.
            return None;
        }
        let field = self.prepared.columns[at].field();
        let of_events = column.level == Level::Event;
        let filter = Expr::in_range(&field, above.flatten(), up_to.flatten(), of_events)?;
        Some((Property::Range(at, low, high), filter))
    }
}
