//! Milestones, calendars and deadlines as they were defined, and their names as codes of a log. Of the
//! files in which they were written, only the lines of conditions are known here.

use super::alerts::AlertSpec;
use super::condition::Condition;
use super::conform_rules::ConformRule;
use super::journey::{JourneySpec, SCORE};
use super::rates::{COST, COST_KNOWN, RateSpec};
use super::reference::ConformSpec;
use crate::event_log::EventLog;
use crate::filter::{self, Expr, Step, parse_activities, parse_milestone, quote};
use crate::metrics::calendar::{Calendar, WorkTime};
use crate::metrics::funnel::Order;
use crate::metrics::milestones::Milestone;
use crate::text::time::DAY;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fmt;

/// The name of the choice of calendars by their conditions: each case has the first calendar whose
/// condition it meets, else the first that has none.
pub const BY_CASE: &str = "auto";

/// Definitions of milestones, calendars, deadlines, outcomes, rates, scores and end states; activities are
/// names, bound to a log later.
#[derive(Debug, Clone, Default)]
pub struct Timing {
    /// Milestones, in the order of reports.
    pub milestones: Vec<NamedMilestone>,
    /// Adds the milestones that names of activities suggest, unless they are defined.
    pub ready_made: bool,
    /// Calendars in the order in which cases choose theirs.
    pub calendars: Vec<NamedCalendar>,
    /// Deadlines, in the order of reports.
    pub rules: Vec<RuleSpec>,
    /// Rules on the order of events, in the order of reports.
    pub conform_rules: Vec<ConformRule>,
    /// Outcomes, in the order of reports.
    pub outcomes: Vec<NamedOutcome>,
    /// Lists of stages, in the order of their definitions.
    pub stages: Vec<NamedStages>,
    /// What work and delay cost; `None` where no rate is defined.
    pub rates: Option<RateSpec>,
    /// Journeys: touchpoints, scores, sources and outcome.
    pub journey: JourneySpec,
    /// Classes of waits, in place of guesses; one for each wait.
    pub waits: Vec<NamedWait>,
    /// What cases are judged by.
    pub conform: ConformSpec,
    /// When a case is over.
    pub ends: CaseEnds,
    /// Alerts, in the order of their definitions.
    pub alerts: Vec<AlertSpec>,
    /// Time at which open cases are looked at, microseconds, unless the log goes on after it; the last
    /// event where `None`.
    pub now: Option<i64>,
}

impl Timing {
    /// The calendar for all durations where one is wanted and none is named.
    pub fn usual_calendar(&self) -> Option<&str> {
        let first = self.calendars.first()?;
        let by_case = self.calendars.iter().any(|c| c.when.is_some());
        Some(if by_case { BY_CASE } else { &first.name })
    }

    /// Defines a milestone, in place of one of its name.
    pub fn define(&mut self, milestone: NamedMilestone) {
        self.milestones.retain(|known| known.name != milestone.name);
        // Guesses come last, in whatever order the others were defined.
        let at = self.milestones.iter().position(|known| known.guessed);
        self.milestones
            .insert(at.unwrap_or(self.milestones.len()), milestone);
    }

    /// Classes a wait, in place of an earlier class.
    pub fn class_wait(&mut self, wait: NamedWait) {
        self.waits.retain(|known| !known.is_same_wait(&wait));
        self.waits.push(wait);
    }

    /// Names of the deadlines, then of the rules on the order of events: the order of their columns.
    pub(super) fn rule_names(&self) -> impl Iterator<Item = &str> {
        let deadlines = self.rules.iter().map(|rule| &*rule.name);
        deadlines.chain(self.conform_rules.iter().map(|rule| &*rule.name))
    }

    /// Adds the names that rules use to those of a filter that names them.
    pub(super) fn add_mentions_of_rules(&self, mentions: &mut filter::Mentions) {
        for rule in &self.conform_rules {
            if mentions.columns.contains(&rule.name) {
                mentions.join(rule.rule.mentions());
            }
        }
    }

    /// Number of deadlines and of rules on the order of events.
    pub(super) fn n_rules(&self) -> usize {
        self.rules.len() + self.conform_rules.len()
    }

    /// The names of the columns that rates define; none without rates.
    pub(super) fn cost_names(&self) -> &'static [&'static str] {
        if self.rates.is_some() {
            &[COST, COST_KNOWN]
        } else {
            &[]
        }
    }

    /// The names that tables of rates and scores define, each after a word on it.
    pub(super) fn fixed_names(&self) -> impl Iterator<Item = (&str, &str)> {
        let costs = self.cost_names().iter();
        let costs = costs.map(|name| ("column of [rates]", *name));
        let score = self.journey.score.is_some();
        costs.chain(score.then_some(("figure of [journey]", SCORE)))
    }

    /// Adds guessed milestones, but those with the name of a milestone, of one of `columns`, of a deadline, of
    /// an outcome, of a cost or of the scores, which filters or figures would mistake for it.
    pub(super) fn add_guesses(&mut self, guesses: Vec<NamedMilestone>, columns: &[&str]) {
        let milestones = self.milestones.iter().map(|milestone| &*milestone.name);
        let rules = self.rule_names();
        let outcomes = self.outcomes.iter().map(|outcome| &*outcome.name);
        let taken = milestones.chain(rules).chain(outcomes);
        let taken = taken.chain(self.fixed_names().map(|(_, name)| name));
        let taken: BTreeSet<&str> = taken.chain(columns.iter().copied()).collect();
        let free = guesses.into_iter();
        let free = free.filter(|guess| !taken.contains(guess.name.as_str()));
        let free: Vec<NamedMilestone> = free.collect();
        self.milestones.extend(free);
    }
}

/// A calendar and its name.
#[derive(Debug, Clone)]
pub struct NamedCalendar {
    /// Name, unique among those of its kind.
    pub name: String,
    /// When work is done.
    pub calendar: Calendar,
    /// The filter of the cases that it is for, where calendars are chosen by case.
    pub when: Option<Condition>,
    /// Given on the spot for all durations: no case chooses it.
    pub on_the_spot: bool,
}

/// A milestone and its name.
#[derive(Debug, Clone)]
pub struct NamedMilestone {
    /// Name, also in filters.
    pub name: String,
    /// From where to where it runs.
    pub milestone: filter::Milestone,
    /// The calendar that says what counts as time; all of it where this is `None`.
    pub calendar: Option<String>,
    /// True for a guess from the names of activities.
    pub guessed: bool,
}

impl NamedMilestone {
    /// Parses a name and a milestone: `resolved = last "Resolved"`.
    ///
    /// # Errors
    /// Message, as a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, text) = text
            .split_once('=')
            .filter(|(name, _)| !name.trim().is_empty())
            .ok_or("expected a name and a milestone: `resolved = last \"Resolved\"`")?;
        Ok(NamedMilestone {
            name: name.trim().to_owned(),
            milestone: parse_milestone(text).map_err(|error| error.to_string())?,
            calendar: None,
            guessed: false,
        })
    }
}

/// Who can shorten a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WaitClass {
    /// Those who work on the case.
    Own,
    /// Nobody has to: the case was resolved before.
    Resolved,
    /// The customer, requester or user who is to answer.
    Customer,
    /// A vendor or another third party.
    Vendor,
}

impl WaitClass {
    /// All classes, in the order of a key that goes through them.
    pub const ALL: [WaitClass; 4] = [
        WaitClass::Own,
        WaitClass::Resolved,
        WaitClass::Customer,
        WaitClass::Vendor,
    ];

    /// Word in files, options and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            WaitClass::Own => "own",
            WaitClass::Resolved => "resolved",
            WaitClass::Customer => "customer",
            WaitClass::Vendor => "vendor",
        }
    }

    /// Name for sentences: "for the customer".
    pub const fn title(self) -> &'static str {
        match self {
            WaitClass::Own => "own",
            WaitClass::Resolved => "after resolution",
            WaitClass::Customer => "for the customer",
            WaitClass::Vendor => "for a vendor",
        }
    }

    /// The next one in the order of a key.
    #[must_use]
    pub fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }

    /// Reads a word.
    ///
    /// # Errors
    /// Message with the words that there are.
    pub fn parse(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|class| class.word() == word);
        found.ok_or_else(|| {
            let words = Self::ALL.map(Self::word);
            format!("expected a class of waits: {}", words.join(", "))
        })
    }
}

/// The class of a wait: of a step from one activity to the next, or of all waits for an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedWait {
    /// Activity before the wait; any where `None`.
    pub from: Option<String>,
    /// Activity that ends it.
    pub to: String,
    /// The class.
    pub class: WaitClass,
}

impl NamedWait {
    /// Parses a wait and its class: `"Asked" -> "Answered" = customer`, `"Answered" = customer`.
    ///
    /// # Errors
    /// Message, as a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (wait, class) = text
            .rsplit_once('=')
            .ok_or("expected a wait and its class: `\"Asked\" -> \"Answered\" = customer`")?;
        NamedWait::new(wait, WaitClass::parse(class.trim())?)
    }

    /// Parses a wait, to give it a class: `"Asked" -> "Answered"` or `"Answered"`.
    ///
    /// # Errors
    /// Message, as a sentence.
    pub fn new(wait: &str, class: WaitClass) -> Result<Self, String> {
        const EXPECTED: &str =
            "expected an activity, or two as in `\"Asked\" -> \"Answered\"`, in double quotes";
        let named = |from, to| NamedWait { from, to, class };
        if let Ok([to]) = parse_activities(wait).as_deref() {
            return Ok(named(None, to.node.clone()));
        }
        let path = filter::parse(wait).map_err(|error| error.to_string())?;
        match path.as_path() {
            Some((mut names, Step::Directly, None)) if names.len() == 2 => {
                let to = names.remove(1);
                Ok(named(Some(names.remove(0)), to))
            }
            _ => Err(EXPECTED.to_owned()),
        }
    }

    /// The wait without its class, as [`NamedWait::new`] parses it.
    pub fn wait(&self) -> String {
        let to = quote(&self.to);
        let from = self.from.iter().map(|from| format!("{} -> ", quote(from)));
        from.chain([to]).collect()
    }

    /// True if both are of one wait, whatever their classes.
    pub fn is_same_wait(&self, other: &NamedWait) -> bool {
        (&self.from, &self.to) == (&other.from, &other.to)
    }

    /// Names of its activities.
    pub fn activities(&self) -> impl Iterator<Item = &str> {
        self.from.iter().chain([&self.to]).map(String::as_str)
    }
}

/// As [`NamedWait::parse`] reads it.
impl fmt::Display for NamedWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.wait(), self.class.word())
    }
}

/// What a rule names in place of a milestone to limit the duration of cases: from the start of a case
/// until it is over.
pub const DURATION: &str = "duration";

/// A deadline.
#[derive(Debug, Clone)]
pub struct RuleSpec {
    /// Name, unique among those of its kind.
    pub name: String,
    /// The milestone that is to be reached, or [`DURATION`].
    pub milestone: String,
    /// In that time, microseconds.
    pub limit: i64,
    /// The calendar that says what counts as time; all of it where this is `None`.
    pub calendar: Option<String>,
    /// Activities after which the clock stands still.
    pub pauses: Vec<String>,
    /// Only cases that meet all these filters.
    pub when: Vec<Condition>,
    /// Severity of a breach, free text; may be empty.
    pub severity: String,
    /// The share of the limit from which on an open case is at risk.
    pub warn: f64,
}

/// An outcome of cases and its name. A case may have several outcomes or none. It is a column of
/// cases: `true` where the filter holds, `false` where it does not and the case is closed, and missing
/// for an open case, which may still have the outcome.
#[derive(Debug, Clone)]
pub struct NamedOutcome {
    /// Name, also in filters.
    pub name: String,
    /// The filter of the cases that have it.
    pub filter: Condition,
}

impl NamedOutcome {
    /// The filter `NAME = true`: the cases that have the outcome, by its name.
    pub fn filter_of_name(&self) -> String {
        Expr::outcome(&self.name).to_string()
    }
}

/// A list of stages and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedStages {
    /// Name, unique among the lists of stages.
    pub name: String,
    /// Names of the activities of each stage: two stages at least, of one activity at least.
    pub stages: Vec<Vec<String>>,
    /// Rank of the variant whose activities they are, where they are a guess.
    pub guessed: Option<u32>,
}

/// Stages that were written as a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenStages {
    /// Names of the activities, one for each stage.
    pub stages: Vec<String>,
    /// Directly for `->`, in sequence for `~>`.
    pub order: Order,
    /// Longest time from the first to the last, microseconds.
    pub within: Option<i64>,
}

impl WrittenStages {
    /// Reads a path that goes by one kind of step, such as `"A" ~> "B" ~> "C" within 30d`; `None` for any
    /// other text.
    pub fn parse(text: &str) -> Option<Self> {
        let (stages, step, within) = filter::parse(text).ok()?.as_path()?;
        let order = match step {
            Step::Directly => Order::Direct,
            Step::Eventually => Order::Sequence,
        };
        Some(WrittenStages {
            stages,
            order,
            within,
        })
    }
}

impl NamedStages {
    /// Returns the stages as a path, with the first activity of each.
    pub fn path(&self) -> String {
        let first = self.stages.iter().filter_map(|names| names.first());
        let first: Vec<&str> = first.map(String::as_str).collect();
        let path = Expr::path(&first, Step::Eventually, None);
        path.map_or_else(String::new, |path| path.to_string())
    }

    /// Returns the values of `--stage` for stages.
    pub fn options(stages: &[Vec<String>]) -> Vec<String> {
        let option = |names: &Vec<String>| {
            let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
            match &names[..] {
                [one] => one.clone(),
                several => format!("({})", several.join(", ")),
            }
        };
        stages.iter().map(option).collect()
    }

    /// Refuses stages that make no funnel: fewer than two, one without activities, one given twice.
    ///
    /// # Errors
    /// What is wrong, as a sentence.
    pub fn check(stages: &[Vec<String>]) -> Result<(), String> {
        if stages.len() < 2 {
            return Err("a funnel has two stages or more".to_owned());
        }
        if stages.iter().any(Vec::is_empty) {
            return Err("a stage has one activity or more".to_owned());
        }
        let mut seen = BTreeSet::new();
        for stage in stages {
            // The order of the activities within a stage says nothing.
            if !seen.insert(stage.iter().collect::<BTreeSet<_>>()) {
                let names: Vec<String> = stage.iter().map(|name| quote(name)).collect();
                return Err(format!("the stage {} is given twice", names.join(", ")));
            }
        }
        Ok(())
    }
}

/// When a case is over.
#[derive(Debug, Clone, Default)]
pub struct CaseEnds {
    /// Activities that end a case; guessed where this is `None`.
    pub activities: Option<Vec<String>>,
    /// A case in which nothing happened for longer than this is over, too; microseconds.
    pub idle: Option<i64>,
}

/// The definitions, made ready for a log: calendars reach over its span.
#[derive(Debug, Default)]
pub struct Timed {
    pub timing: Timing,
    /// Time at which open cases are looked at, microseconds: the one given or the last event, whichever
    /// is later; `None` for a log without events and no time given.
    pub now: Option<i64>,
    /// In the order of the calendars.
    pub(super) work: Vec<WorkTime>,
}

/// Due instants up to this long after the end of the log are computed, microseconds.
const AHEAD: i64 = 400 * DAY;

impl Timed {
    /// For a log of that span, first to last instant.
    pub fn new(timing: Timing, span: Option<(i64, i64)>) -> Self {
        // `None` is less than any instant, so that the later one of those known is taken.
        let now = timing.now.max(span.map(|(_, last)| last));
        let (first, last) = span.unwrap_or((0, 0));
        // Limits of open cases are due after the end of the log.
        let last = last.max(now.unwrap_or(last)).saturating_add(AHEAD);
        let calendars = timing.calendars.par_iter();
        Timed {
            work: calendars.map(|c| c.calendar.work(first, last)).collect(),
            timing,
            now,
        }
    }

    /// Activities of the definitions that a log does not have, by the name of what they define.
    pub fn missing(&self, log: &EventLog) -> Vec<(String, Vec<String>)> {
        let milestones = self.timing.milestones.iter();
        let mut all: Vec<(String, Vec<String>)> = milestones
            .map(|named| (named.name.clone(), bound(&named.milestone, log).1))
            .collect();
        for rule in &self.timing.rules {
            let mut missing = Vec::new();
            codes(rule.pauses.iter().map(String::as_str), log, &mut missing);
            all.push((rule.name.clone(), missing));
        }
        let waits = self.timing.waits.iter().map(|wait| {
            let mut missing = Vec::new();
            codes(wait.activities(), log, &mut missing);
            ("waits".to_owned(), missing)
        });
        all.extend(waits);
        let mut missing = Vec::new();
        let rated = self.timing.rates.iter().flat_map(RateSpec::activities);
        codes(rated, log, &mut missing);
        all.push(("rates".to_owned(), missing));
        let mut missing = Vec::new();
        let ends = self.timing.ends.activities.iter().flatten();
        codes(ends.map(String::as_str), log, &mut missing);
        all.push(("cases".to_owned(), missing));
        all.retain(|(_, missing)| !missing.is_empty());
        all
    }
}

/// A milestone in the codes of a log, and the activities that the log does not have.
pub(super) fn bound(milestone: &filter::Milestone, log: &EventLog) -> (Milestone, Vec<String>) {
    let mut missing = Vec::new();
    let milestone = milestone.map(|set| {
        let names = set.iter().map(|a| a.node.as_str());
        codes(names, log, &mut missing)
    });
    (milestone, missing)
}

/// Which activities are meant, by code.
pub(super) fn codes<'a>(
    names: impl Iterator<Item = &'a str>,
    log: &EventLog,
    missing: &mut Vec<String>,
) -> Vec<bool> {
    let mut meant = vec![false; log.activities.len()];
    for name in names {
        match log.activities.find(name) {
            Some(code) => meant[code as usize] = true,
            None => missing.push(name.to_owned()),
        }
    }
    meant
}
