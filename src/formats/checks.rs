//! Warnings for a log of any format: names that hide something or look
//! alike, odd dates, repeated and misplaced events. Looks at distinct names, not at rows, where it can.

use super::ImportReport;
use crate::event_log::{
    BuildFacts, Codes, ColumnData, Dictionary, EventLog, Level, NO_INSTANT, Role,
};
use crate::formats::text::shown;
use crate::formats::{FORMATS, Setting, Warning};
use crate::text::is_hidden;
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use std::hash::{BuildHasher, Hash, Hasher};
use unicode_normalization::UnicodeNormalization;

/// Adds the warnings about a log, as it is before the lifecycle option is applied.
pub fn check(log: &EventLog, facts: &BuildFacts, report: &mut ImportReport) {
    if log.n_events() == 0 && report.n_rejected == 0 {
        report.warn(Warning::NoEvents, "the log has no events");
    }
    if report.incomplete && !report.warnings.contains_key(&Warning::Stopped) {
        report.warn(Warning::Incomplete, "the log is not complete");
    }
    let n = facts.out_of_order_cases.len();
    if n > 0 {
        report.warn(
            Warning::OutOfOrder,
            format!("cases that do not stand in order of time: {n}"),
        );
    }
    // A log of one case is no sign of a wrong column.
    if log.n_cases() > 1 && log.n_cases() == log.n_events() {
        let times = columns_of_times(log, report);
        report.warn_of_guess(
            Warning::OneEventCases,
            "every case has only one event, as in a list with one row per case and no history",
            match times.len() {
                0 | 1 => Setting::Column(Role::Case),
                _ => Setting::Milestones(times),
            },
        );
    }
    check_characters(log, report);
    check_names(log, report);
    check_dates(log, report);
    let duplicates = count_duplicates(log);
    if duplicates > 0 {
        report.warn(
            Warning::Duplicates,
            format!("events that repeat another in all columns: {duplicates}, kept"),
        );
    }
}

/// The columns of a table that hold times, in the order of their first instants.
fn columns_of_times(log: &EventLog, report: &ImportReport) -> Vec<String> {
    let is_table = |name| FORMATS.iter().any(|f| f.is_table && f.name == name);
    if !is_table(report.format.as_str()) {
        return Vec::new();
    }
    let first = |times: &[i64]| times.iter().copied().filter(|t| *t != NO_INSTANT).min();
    let mut times: Vec<(Option<i64>, &String)> = Vec::new();
    if let [time] = log.roles[Role::Time].as_slice() {
        times.push((first(&log.time), time));
    }
    if let ([start], Some(starts)) = (log.roles[Role::Start].as_slice(), &log.start) {
        times.push((first(starts), start));
    }
    times.extend(log.columns.iter().filter_map(|column| match &column.data {
        ColumnData::Instant(values) => Some((first(values), &column.name)),
        _ => None,
    }));
    times.retain(|(first, _)| first.is_some());
    times.sort_by_key(|(first, _)| *first);
    times.into_iter().map(|(_, name)| name.clone()).collect()
}

/// Transitions that a sentence names.
const MOST_TRANSITIONS: usize = 8;

/// Warns of the events of transitions that make no activity instance.
pub fn warn_of_left_out(by_transition: &[(String, u64)], report: &mut ImportReport) {
    if by_transition.is_empty() {
        return;
    }
    let events: u64 = by_transition.iter().map(|(_, n)| n).sum();
    let named = by_transition.iter().take(MOST_TRANSITIONS);
    let mut named: Vec<String> = named.map(|(of, n)| format!("{} {n}", shown(of))).collect();
    if by_transition.len() > MOST_TRANSITIONS {
        named.push("others".into());
    }
    let sentence = format!(
        "events whose lifecycle transition makes no activity instance, left out: {events} ({})",
        named.join(", ")
    );
    report.warn(Warning::LeftOutTransitions, sentence);
}

/// Dictionaries of texts that came from the log.
fn texts(log: &EventLog) -> impl Iterator<Item = &Dictionary> {
    let columns = log.columns.iter().filter_map(|c| match &c.data {
        ColumnData::Text(_, dictionary) => Some(dictionary),
        _ => None,
    });
    [&log.case_ids, &log.activities].into_iter().chain(columns)
}

fn check_characters(log: &EventLog, report: &mut ImportReport) {
    // Columns of the other roles are among those of the log.
    let keys = (log.roles.iter()).filter(|(role, _)| !Role::ATTRIBUTES.contains(role));
    let keys = keys.flat_map(|(_, names)| names);
    let names = keys.chain(log.columns.iter().map(|c| &c.name));
    let mut found = names.fold(Found::default(), |found, name| found.and(look(name)));
    let dictionaries: Vec<&Dictionary> = texts(log).collect();
    let in_texts = dictionaries.into_par_iter().map(|dictionary| {
        dictionary
            .iter()
            .fold(Found::default(), |found, text| found.and(look(text)))
    });
    found = found.and(in_texts.reduce(Found::default, Found::and));
    if found.control > 0 {
        let n = found.control;
        report.warn(
            Warning::ControlChars,
            format!("texts with control characters: {n}, shown as escapes"),
        );
    }
    if found.hidden > 0 {
        let n = found.hidden;
        report.warn(
            Warning::HiddenChars,
            format!("texts with invisible or direction-changing characters: {n}, shown as escapes"),
        );
    }
}

/// Texts with characters that do not show.
#[derive(Clone, Copy, Default)]
struct Found {
    control: u64,
    hidden: u64,
}

impl Found {
    fn and(self, other: Found) -> Found {
        Found {
            control: self.control + other.control,
            hidden: self.hidden + other.hidden,
        }
    }
}

fn look(text: &str) -> Found {
    let plain = |b: u8| (0x20..0x7f).contains(&b) || b == b'\n' || b == b'\t';
    // Without early exit this runs over many bytes at once.
    if text.bytes().fold(true, |all, b| all & plain(b)) {
        return Found::default();
    }
    let control = |c: char| c.is_control() && c != '\n' && c != '\t';
    Found {
        control: u64::from(text.contains(control)),
        hidden: u64::from(text.contains(|c: char| is_hidden(c) && !c.is_control())),
    }
}

fn check_names(log: &EventLog, report: &mut ImportReport) {
    for (what, names) in [("case ids", &log.case_ids), ("activities", &log.activities)] {
        // SQL, pandas and spreadsheets write these for a missing value.
        let null = |text: &&str| matches!(text.trim(), "NULL" | "NaN" | "None" | "N/A");
        if let Some(word) = names.iter().find(null) {
            let word = super::text::shown(word);
            report.warn_of_guess(
                Warning::NullWord,
                format!("{word} among the {what} is text"),
                Setting::Missing(word),
            );
        }
        if let Some((a, b)) = look_alikes(names) {
            let (a, b) = (super::text::shown(a), super::text::shown(b));
            report.warn(
                Warning::Lookalike,
                format!("{what} look alike but differ, as {a} and {b}"),
            );
        }
    }
}

/// Two names that look the same. Plain names look like themselves, so only odd ones are compared.
fn look_alikes(names: &Dictionary) -> Option<(&str, &str)> {
    let mut odd: HashMap<String, &str> = HashMap::new();
    for name in names.iter().filter(|name| !is_plain(name)) {
        if let Some(other) = odd.insert(look_of(name), name) {
            return Some((other, name));
        }
    }
    if odd.is_empty() {
        return None;
    }
    let mut plain = names.iter().filter(|name| is_plain(name));
    plain.find_map(|name| Some((name, *odd.get(name)?)))
}

fn is_plain(name: &str) -> bool {
    name.is_ascii() && name.trim_ascii() == name && !name.bytes().any(|b| b.is_ascii_control())
}

/// Visual shape of a name: composed, without what does not show, in Latin letters where another
/// alphabet has the same shapes.
fn look_of(name: &str) -> String {
    let shape = |c: char| match c {
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'Е' | 'Ε' => 'E',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Н' | 'Η' => 'H',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'С' => 'C',
        'Т' | 'Τ' => 'T',
        'Х' | 'Χ' => 'X',
        'І' | 'Ι' => 'I',
        'Ѕ' => 'S',
        'Ј' => 'J',
        'а' => 'a',
        'е' => 'e',
        'о' | 'ο' => 'o',
        'р' => 'p',
        'с' => 'c',
        'у' => 'y',
        'х' => 'x',
        'і' => 'i',
        'ѕ' => 's',
        'ј' => 'j',
        '\u{a0}' => ' ',
        c => c,
    };
    let visible = name.chars().filter(|&c| !is_hidden(c));
    let look: String = visible.nfc().map(shape).collect();
    look.trim().to_string()
}

fn check_dates(log: &EventLog, report: &mut ImportReport) {
    /// 1970-01-01 and 2101-01-01 in microseconds.
    const USUAL: std::ops::Range<i64> = 0..4_133_980_800_000_000;
    let n = log.time.par_iter().filter(|t| !USUAL.contains(t)).count();
    if n > 0 {
        report.warn(
            Warning::FarDates,
            format!("timestamps before 1970 or after 2100: {n}"),
        );
    }
}

/// Events that equal an earlier one of their case in time, activity and every column.
fn count_duplicates(log: &EventLog) -> u64 {
    let hasher = foldhash::fast::RandomState::default();
    let cases = (0..log.n_cases()).into_par_iter();
    let in_case = |case: usize| {
        let events = log.events_of(case);
        let mut n = 0;
        let mut from = events.start;
        // Events of a case are sorted by time, so that equal ones are neighbors of one time.
        for event in events.clone() {
            let next_differs = event + 1 == events.end || log.time[event + 1] != log.time[event];
            if next_differs {
                if event > from {
                    n += duplicates_among(log, from..event + 1, &hasher);
                }
                from = event + 1;
            }
        }
        n
    };
    cases.map(in_case).sum()
}

/// Duplicates among events of one case and one time. Rows of equal hash are taken for equal: this
/// is a count in a warning, and the hash has 64 bits.
fn duplicates_among(
    log: &EventLog,
    events: std::ops::Range<usize>,
    hasher: &foldhash::fast::RandomState,
) -> u64 {
    let row_hash = |event: usize| {
        let mut state = hasher.build_hasher();
        log.activity.get(event).hash(&mut state);
        if let Some(start) = &log.start {
            start[event].hash(&mut state);
        }
        // Columns of cases have one value per case: they cannot make two of its events differ.
        for column in log.columns.iter().filter(|c| c.level == Level::Event) {
            match &column.data {
                ColumnData::Text(codes, _) => Codes::get(codes, event).hash(&mut state),
                // By bits, a missing number (NaN) equals another one.
                ColumnData::Number(values) => values.get(event).to_bits().hash(&mut state),
                ColumnData::Instant(values) => values[event].hash(&mut state),
            }
        }
        state.finish()
    };
    let n = events.len();
    // Nearly all groups are pairs: no set is built for them.
    if n == 2 {
        return u64::from(row_hash(events.start) == row_hash(events.start + 1));
    }
    let distinct: HashSet<u64> = events.map(row_hash).collect();
    (n - distinct.len()) as u64
}
