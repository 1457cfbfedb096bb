//! The rules file: milestones, business calendars, deadlines, rules, outcomes, rates and scores in TOML. The
//! types below are the schema; texts within are checked here, so that an error has a line number.

mod alerts;
mod conform;
mod conform_rules;
mod ends;
mod journey;
mod rates;
mod redact;
mod severity;
#[cfg(test)]
mod tests;

pub use journey::targets;
pub use redact::RedactRules;

use super::keys::key;
use super::{FileError, from_toml, line_of, values};
use crate::engine::{
    BY_CASE, Condition, DURATION, NamedCalendar, NamedMilestone, NamedOutcome, NamedStages,
    NamedWait, RuleSpec, Timing, WaitClass,
};
use crate::filter::{parse as parse_filter, parse_milestone};
use crate::metrics::calendar::{Calendar, DAY};
use crate::text::safe;
use crate::text::time::WEEKDAYS;
use chrono::{Days, NaiveDate};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use severity::Severity;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    alerts: Vec<alerts::Table>,
    cases: ends::Table,
    calendars: BTreeMap<String, Spanned<CalendarTable>>,
    milestones: BTreeMap<String, Spanned<MilestoneEntry>>,
    rules: Vec<RuleTable>,
    outcomes: BTreeMap<Spanned<String>, Spanned<String>>,
    stages: BTreeMap<String, Spanned<Vec<Stage>>>,
    waits: BTreeMap<Spanned<String>, Spanned<String>>,
    rates: Option<rates::Table>,
    journey: journey::Table,
    conform: conform::Table,
    redact: redact::Table,
}

/// An activity, or several of which a case needs one.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected an activity, or a list of activities")]
enum Stage {
    One(String),
    Any(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarTable {
    zone: Spanned<String>,
    week: Vec<Spanned<String>>,
    #[serde(default)]
    holidays: Vec<Spanned<String>>,
    when: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a text, or a table with `is`")]
enum MilestoneEntry {
    Text(String),
    Table(MilestoneTable),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MilestoneTable {
    is: String,
    calendar: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    name: Spanned<String>,
    milestone: Spanned<String>,
    limit: Spanned<String>,
    calendar: Option<Spanned<String>>,
    #[serde(default)]
    pause: Vec<String>,
    when: Option<Spanned<Conditions>>,
    #[serde(default)]
    severity: Severity,
    warn_at: Option<Spanned<f64>>,
}

/// One filter, or several that must all hold.
#[derive(Debug)]
enum Conditions {
    One(String),
    All(Vec<Spanned<String>>),
}

// An untagged enum would lose the places of the texts.
impl<'de> Deserialize<'de> for Conditions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Conditions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a filter or a list of filters")
            }

            fn visit_str<E>(self, text: &str) -> Result<Conditions, E> {
                Ok(Conditions::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Conditions, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = all.next_element()? {
                    texts.push(text);
                }
                Ok(Conditions::All(texts))
            }
        }

        deserializer.deserialize_any(Read)
    }
}

/// The filters of a rule with their places.
fn all(when: &Spanned<Conditions>) -> Vec<Spanned<String>> {
    match when.get_ref() {
        Conditions::One(text) => vec![Spanned::new(when.span(), text.clone())],
        Conditions::All(texts) => texts.clone(),
    }
}

/// The share of its limit from which on an open case is at risk, where nothing else is said (UiPath).
const WARN_AT: f64 = 0.8;

/// Reads the text of a rules file.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn parse(text: &str) -> Result<Timing, FileError> {
    parse_all(text).map(|(timing, _)| timing)
}

/// Reads the text of a rules file, and what it says about redaction.
///
/// # Errors
/// As of [`parse`].
pub fn parse_all(text: &str) -> Result<(Timing, RedactRules), FileError> {
    let mut file: File = from_toml(text)?;
    let redact = redact::rules(std::mem::take(&mut file.redact));
    let all = redact.and_then(|redact| Ok((timing(file, text)?, redact)));
    all.map_err(|fault| FileError {
        line: Some(line_of(text, fault.at)),
        message: fault.message,
        place: fault.place,
    })
}

/// Adds definitions to the text of a rules file, in place of those of the same name, and leaves everything
/// else as it is. An empty text becomes a new file.
///
/// # Errors
/// The text is no rules file, or its definitions are in a form that cannot be added to.
pub fn with_definitions(
    text: &str,
    milestones: &[NamedMilestone],
    waits: &[NamedWait],
) -> Result<String, FileError> {
    const HEAD: &str = "# Rules of casetrail: milestones, calendars, deadlines and outcomes.\n";
    let mut out = if text.is_empty() { HEAD } else { text }.to_owned();
    // The places of all entries move with each that is added.
    for milestone in milestones {
        let definition = milestone.milestone.to_string();
        let entry = |file: &File| {
            let found = file.milestones.iter();
            let found = found.map(|(name, entry)| (*name == milestone.name, entry.span()));
            found.collect()
        };
        out = with_entry(&out, "milestones", [&milestone.name, &definition], entry)?;
    }
    for wait in waits {
        let is_same = |text: &str| {
            let known = NamedWait::new(text, wait.class);
            known.is_ok_and(|known| known.is_same_wait(wait))
        };
        let entry = |file: &File| {
            let found = file.waits.iter();
            let found = found.map(|(text, class)| (is_same(text.get_ref()), class.span()));
            found.collect()
        };
        out = with_entry(&out, "waits", [&wait.wait(), wait.class.word()], entry)?;
    }
    let found = parse(&out)?;
    let is_there = |milestone: &NamedMilestone| {
        let definition = milestone.milestone.to_string();
        let mut named = (found.milestones.iter()).filter(|found| found.name == milestone.name);
        named.any(|found| found.milestone.to_string() == definition)
    };
    if !milestones.iter().all(is_there) {
        return Err(no_place("milestones"));
    }
    if !waits.iter().all(|wait| found.waits.contains(wait)) {
        return Err(no_place("waits"));
    }
    Ok(out)
}

fn no_place(table: &str) -> FileError {
    FileError::new(format!(
        "its {table} are in a form that cannot be added to; write them below [{table}]"
    ))
}

/// Adds one entry, a name and a text, below the heading of a table, which is added where there is none.
/// `entries` gives the places of the values of the table, and which one has that name.
fn with_entry(
    text: &str,
    table: &str,
    entry: [&str; 2],
    entries: impl Fn(&File) -> Vec<(bool, Range<usize>)>,
) -> Result<String, FileError> {
    let [name, value] = entry;
    parse(text)?;
    let file: File = toml::from_str(text).map_err(|error| FileError::new(error.to_string()))?;
    let value = toml::Value::from(value).to_string();
    let entries = entries(&file);
    if let Some((_, place)) = entries.iter().find(|(is_it, _)| *is_it) {
        let (before, after) = (&text[..place.start], &text[place.end..]);
        return Ok(format!("{before}{value}{after}"));
    }
    let line = format!("{} = {value}\n", key(name));
    // Below the last entry, or else below the heading.
    let header = text.lines().find(|line| {
        let line = line.split('#').next().unwrap_or_default().trim();
        line.strip_prefix('[')
            .and_then(|l| l.strip_suffix(']'))
            .map(str::trim)
            == Some(table)
    });
    let Some(header) = header else {
        let gap = if text.ends_with('\n') { "\n" } else { "\n\n" };
        return Ok(format!("{text}{gap}[{table}]\n{line}"));
    };
    let header = header.as_ptr() as usize - text.as_ptr() as usize;
    let last = entries.iter().map(|(_, place)| place.end).max();
    let from = last.unwrap_or(header).max(header);
    let end = text[from..].find('\n').map(|at| from + at + 1);
    Ok(match end {
        Some(end) => format!("{}{line}{}", &text[..end], &text[end..]),
        None => format!("{text}\n{line}"),
    })
}

/// Something wrong at a place of the text, in bytes.
struct Fault {
    at: usize,
    message: String,
    /// A text of the file and the place in it.
    place: Option<(String, Range<usize>)>,
}

/// Applies `read` to a text and turns its error into a fault.
fn read<T, E: ToString>(
    text: &Spanned<String>,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Fault> {
    read(text.get_ref()).map_err(|error| fault(text, &error.to_string()))
}

fn fault<T: ToString>(what: &Spanned<T>, message: &str) -> Fault {
    let shown = what.get_ref().to_string();
    Fault {
        at: what.span().start,
        message: format!("{}: {message}", safe(&shown)),
        place: None,
    }
}

fn timing(file: File, of: &str) -> Result<Timing, Fault> {
    let mut timing = Timing::default();
    let condition = |text: &Spanned<String>| condition(text, of);
    timing.calendars = calendars(&file.calendars, condition)?;
    let known = |name: &str| {
        if file.calendars.contains_key(name) || name == BY_CASE && !file.calendars.is_empty() {
            return Ok(name.to_owned());
        }
        Err(format!("no such calendar; {}", there_are(&file.calendars)))
    };
    for (name, entry) in &file.milestones {
        let (text, calendar) = match entry.get_ref() {
            MilestoneEntry::Text(text) => (text, &None),
            MilestoneEntry::Table(table) => (&table.is, &table.calendar),
        };
        let at = |text: &str| Spanned::new(entry.span(), text.to_owned());
        let calendar = calendar.as_deref().map(|name| read(&at(name), known));
        timing.milestones.push(NamedMilestone {
            name: name.clone(),
            milestone: read(&at(text), parse_milestone)?,
            calendar: calendar.transpose()?,
            guessed: false,
        });
    }
    let mut names = BTreeSet::new();
    for rule in &file.rules {
        if !names.insert(rule.name.get_ref()) {
            return Err(fault(&rule.name, "another rule has this name"));
        }
        let milestone = rule.milestone.get_ref();
        if !file.milestones.contains_key(milestone) && milestone != DURATION {
            let message = format!(
                "no such milestone; there is always {DURATION}; {}",
                there_are(&file.milestones)
            );
            return Err(fault(&rule.milestone, &message));
        }
        let when = rule.when.iter().flat_map(all).map(|when| condition(&when));
        timing.rules.push(RuleSpec {
            name: rule.name.get_ref().clone(),
            milestone: rule.milestone.get_ref().clone(),
            limit: read(&rule.limit, values::duration)?,
            calendar: rule
                .calendar
                .as_ref()
                .map(|name| read(name, known))
                .transpose()?,
            pauses: rule.pause.clone(),
            when: when.collect::<Result<_, _>>()?,
            severity: rule.severity.to_string(),
            warn: warn_at(rule.warn_at.as_ref())?,
        });
    }
    let is_taken = |name: &String| file.milestones.contains_key(name) || names.contains(name);
    timing.conform_rules = conform_rules::read(&file.conform.rules, of, is_taken)?;
    names.extend(timing.conform_rules.iter().map(|rule| &rule.name));
    timing.outcomes = outcomes(&file.outcomes, condition, |name| {
        file.milestones.contains_key(name) || names.contains(name)
    })?;
    timing.rates = rates::read(file.rates.as_ref(), of, !file.rules.is_empty())?;
    let named = |name: &str| {
        let mut outcomes = timing.outcomes.iter();
        let outcome = outcomes.find(|outcome| outcome.name == name)?;
        Some(outcome.filter_of_name())
    };
    timing.journey = journey::read(&file.journey, of, named)?;
    timing.stages = stages(&file.stages)?;
    timing.waits = waits(&file.waits)?;
    timing.ends = ends::case_ends(file.cases)?;
    let is_deadline = |name: &str| file.rules.iter().any(|rule| rule.name.get_ref() == name);
    timing.alerts = alerts::alerts(&file.alerts, of, is_deadline)?;
    timing.conform = conform::spec(file.conform)?;
    Ok(timing)
}

/// Reads the calendars in the order of the file, in which cases choose them.
fn calendars(
    table: &BTreeMap<String, Spanned<CalendarTable>>,
    condition: impl Fn(&Spanned<String>) -> Result<Condition, Fault>,
) -> Result<Vec<NamedCalendar>, Fault> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(_, table)| table.span().start);
    let calendars = entries.into_iter().map(|(name, table)| {
        if name == BY_CASE {
            let message = format!("{BY_CASE} stands for the choice of a calendar by case");
            return Err(Fault {
                at: table.span().start,
                message,
                place: None,
            });
        }
        Ok(NamedCalendar {
            name: name.clone(),
            calendar: calendar(table.get_ref())?,
            when: table.get_ref().when.as_ref().map(&condition).transpose()?,
            on_the_spot: false,
        })
    });
    calendars.collect()
}

/// The share of its limit from which on an open case is at risk.
fn warn_at(share: Option<&Spanned<f64>>) -> Result<f64, Fault> {
    match share {
        None => Ok(WARN_AT),
        Some(share) if (0.0..=1.0).contains(share.get_ref()) => Ok(*share.get_ref()),
        Some(share) => Err(fault(share, "a share of the limit, from 0 to 1")),
    }
}

/// Reads a filter in the text of a file.
fn condition(text: &Spanned<String>, of: &str) -> Result<Condition, Fault> {
    read(text, parse_filter)?;
    Ok(Condition {
        filter: text.get_ref().clone(),
        line: Some(line_of(of, text.span().start)),
    })
}

/// Reads the outcomes in the order of the file, as each may use those above it. `is_taken` knows the names
/// of other definitions.
fn outcomes(
    table: &BTreeMap<Spanned<String>, Spanned<String>>,
    condition: impl Fn(&Spanned<String>) -> Result<Condition, Fault>,
    is_taken: impl Fn(&String) -> bool,
) -> Result<Vec<NamedOutcome>, Fault> {
    // The table is sorted by name: the place in the text gives the order.
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    let outcomes = entries.into_iter().map(|(name, filter)| {
        if name.get_ref().trim().is_empty() {
            return Err(fault(name, "an outcome needs a name"));
        }
        if is_taken(name.get_ref()) {
            return Err(fault(name, "a milestone or a rule has this name"));
        }
        Ok(NamedOutcome {
            name: name.get_ref().clone(),
            filter: condition(filter)?,
        })
    });
    outcomes.collect()
}

/// The lists of stages in the order of the file.
fn stages(named: &BTreeMap<String, Spanned<Vec<Stage>>>) -> Result<Vec<NamedStages>, Fault> {
    let mut named: Vec<_> = named.iter().collect();
    named.sort_by_key(|(_, stages)| stages.span().start);
    let list = |(name, list): (&String, &Spanned<Vec<Stage>>)| {
        let stages: Vec<Vec<String>> = list
            .get_ref()
            .iter()
            .map(|stage| match stage {
                Stage::One(activity) => vec![activity.clone()],
                Stage::Any(activities) => activities.clone(),
            })
            .collect();
        NamedStages::check(&stages)
            .map_err(|message| fault(&Spanned::new(list.span(), name.clone()), &message))?;
        Ok(NamedStages {
            name: name.clone(),
            stages,
            guessed: None,
        })
    };
    named.into_iter().map(list).collect()
}

/// The classes of waits. Two keys of one wait are an error.
fn waits(table: &BTreeMap<Spanned<String>, Spanned<String>>) -> Result<Vec<NamedWait>, Fault> {
    let mut waits: Vec<NamedWait> = Vec::new();
    for (wait, class) in table {
        let class = read(class, WaitClass::parse)?;
        let named = read(wait, |wait| NamedWait::new(wait, class))?;
        if waits.iter().any(|known| known.is_same_wait(&named)) {
            return Err(fault(wait, "this wait has a class already"));
        }
        waits.push(named);
    }
    Ok(waits)
}

/// The names that could have been meant.
fn there_are<T>(named: &BTreeMap<String, T>) -> String {
    let names: Vec<&str> = named.keys().map(String::as_str).collect();
    format!("there are: {}", safe(&names.join(", ")))
}

/// A calendar in one line: its zone, then its week with `;` between the groups of days:
/// `Europe/Rome mon-thu 09:00-13:00, 14:00-18:00; fri 09:00-13:00`.
///
/// # Errors
/// Message, as a sentence.
pub fn calendar_line(text: &str) -> Result<Calendar, String> {
    const EXPECTED: &str =
        "expected a zone and a week such as `Europe/Rome mon-fri 09:00-13:00, 14:00-18:00`";
    let (zone, rest) = text.trim().split_once(' ').ok_or(EXPECTED)?;
    let groups = rest.split(';').map(slots);
    Ok(Calendar {
        zone: values::zone(zone)?,
        week: week(groups.collect::<Result<_, _>>()?)?,
        holidays: BTreeSet::new(),
    })
}

/// The slots of every weekday.
fn week(groups: Vec<(Vec<usize>, Slots)>) -> Result<[Slots; 7], String> {
    let mut week: [Slots; 7] = Default::default();
    for (days, slots) in groups {
        for day in days {
            week[day].extend(&slots);
        }
    }
    for (day, slots) in week.iter_mut().enumerate() {
        // Sorted, so that only neighbors can overlap.
        slots.sort_unstable();
        if slots.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            return Err(format!("two slots of {} overlap", WEEKDAYS[day]));
        }
    }
    Ok(week)
}

fn calendar(table: &CalendarTable) -> Result<Calendar, Fault> {
    let groups = table.week.iter().map(|text| read(text, slots));
    let week = week(groups.collect::<Result<_, _>>()?).map_err(|message| Fault {
        at: table.week.first().map_or(0, |text| text.span().start),
        message,
        place: None,
    })?;
    let mut holidays = BTreeSet::new();
    for text in &table.holidays {
        holidays.extend(read(text, days_off)?);
    }
    Ok(Calendar {
        zone: read(&table.zone, values::zone)?,
        week,
        holidays,
    })
}

/// From and to, in seconds of the day.
type Slots = Vec<(u32, u32)>;

/// `mon-fri 09:00-12:00, 13:00-18:00`: weekdays and seconds of the day.
fn slots(text: &str) -> Result<(Vec<usize>, Slots), String> {
    const EXPECTED: &str = "expected weekdays and hours such as `mon-fri 09:00-12:00, 13:00-18:00`";
    let (days, slots) = text.trim().split_once(' ').ok_or(EXPECTED)?;
    let day = |name: &str| {
        let name = name.to_lowercase();
        let at = WEEKDAYS.iter().position(|day| *day == name);
        at.ok_or_else(|| format!("weekdays are {}", WEEKDAYS.join(", ")))
    };
    let mut meant = Vec::new();
    for part in days.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        // `sat-mon` goes over the end of the week.
        let n = (last + 7 - first) % 7;
        meant.extend((0..=n).map(|i| (first + i) % 7));
    }
    let clock = |text: &str| -> Option<u32> {
        let (hours, minutes) = text.trim().split_once(':')?;
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        let (hours, minutes): (u32, u32) = (digits(hours) && digits(minutes))
            .then(|| Some((hours.parse().ok()?, minutes.parse().ok()?)))
            .flatten()?;
        let seconds = hours * 3600 + minutes * 60;
        // 24:00 is the end of a day.
        (minutes < 60 && seconds <= DAY).then_some(seconds)
    };
    let slot = |text: &str| -> Option<(u32, u32)> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (clock(from)?, clock(to)?);
        (from < to).then_some((from, to))
    };
    let slots = slots.split(',').map(slot).collect::<Option<Vec<_>>>();
    Ok((meant, slots.ok_or(EXPECTED)?))
}

/// `2024-05-01`, or `2024-12-24..=2024-12-26`.
fn days_off(text: &str) -> Result<Vec<NaiveDate>, String> {
    const MOST: usize = 3660;
    let date = |text: &str| {
        let date = text.trim().parse::<NaiveDate>();
        date.map_err(|_| "expected a date such as 2024-05-01, or two as 2024-12-24..=2024-12-26")
    };
    let (first, last) = match text.split_once("..=") {
        Some((first, last)) => (date(first)?, date(last)?),
        None => (date(text)?, date(text)?),
    };
    let days = std::iter::successors(Some(first), |day| day.checked_add_days(Days::new(1)));
    // One more than is allowed shows that there are too many.
    let days: Vec<NaiveDate> = days.take_while(|day| *day <= last).take(MOST + 1).collect();
    match days.len() {
        0 => Err("the last day is before the first".to_owned()),
        n if n > MOST => Err("that is more than ten years".to_owned()),
        _ => Ok(days),
    }
}
