//! Guesses which columns of a log are channels, scores and sources, by their names and values.

use super::ready_made::words;
use super::scores::{ANSWERS, outside};
use crate::event_log::merge::SOURCE;
use crate::event_log::{Column, ColumnData, EventLog, Level, Role};
use std::ops::{Range, RangeInclusive};

/// Words of names of columns with the channel of an event, the clearest first; each a whole word.
const CHANNELS: &[&str] = &[
    "touchpoint",
    "channel",
    "kanal",
    "canal",
    "canale",
    "канал",
    "チャネル",
    "渠道",
    "medium",
    "platform",
    "plattform",
    "plataforma",
    "piattaforma",
    "plateforme",
    "платформа",
    "device",
    "gerät",
    "устройство",
];

/// Words in names of columns with the satisfaction of customers.
const SCORES: &[&str] = &[
    "csat",
    "satisfaction",
    "zufriedenheit",
    "satisfacción",
    "soddisfazione",
    "удовлетворенность",
    "удовлетворённость",
    "満足度",
    "满意度",
    "rating",
    "stars",
    "ces",
    "score",
    "bewertung",
    "valoración",
    "valutazione",
    "note",
    "оценка",
    "評価",
    "评分",
];

/// Words in names of columns with answers to how likely customers recommend.
const RECOMMENDATIONS: &[&str] = &["nps", "recommend", "recommendation"];

/// Words in names of columns with the system that an event is from.
const SOURCES: &[&str] = &[
    SOURCE,
    "system",
    "quelle",
    "origen",
    "fonte",
    "sorgente",
    "sistema",
    "источник",
    "система",
];

/// Satisfaction on the scales in use: 1 to 5, 0 to 10, 1 to 7.
const SATISFACTION: RangeInclusive<f64> = 0.0..=10.0;

/// Numbers of distinct channels, and of systems: one says nothing, more are something else.
const FEW: Range<usize> = 2..65;

/// Returns the first column of the log that is accepted, by the words of names.
fn named(
    log: &EventLog,
    words: &[&str],
    accepted: impl Fn(usize, &Column) -> bool,
) -> Option<usize> {
    let of_roles = [Role::Resource, Role::Lifecycle, Role::Instance];
    let of_roles = of_roles.map(|role| log.role_columns[role]);
    let columns = || (0..log.defined_columns().start).filter(|at| !of_roles.contains(&Some(*at)));
    words.iter().find_map(|word| {
        let mut named = columns().filter(|&at| is_called(&log.columns[at].name, word));
        named.find(|&at| accepted(at, &log.columns[at]))
    })
}

/// Tests whether a name has a word.
fn is_called(name: &str, word: &str) -> bool {
    let unspaced = word.chars().any(|c| c >= '\u{2e80}');
    unspaced && name.contains(word) || words(name).iter().any(|part| part == word)
}

/// Tests whether a column has a few different texts.
fn has_few_texts(column: &Column) -> bool {
    FEW.contains(&n_texts(column))
}

/// Number of different texts that occur in a column of a few; 0 for numbers, times, and too many texts.
pub(super) fn n_texts(column: &Column) -> usize {
    /// Texts that are counted: what is a channel or a campaign has fewer.
    const MOST: usize = 1 << 16;
    let ColumnData::Text(codes, texts) = &column.data else {
        return 0;
    };
    if texts.len() > MOST {
        return 0;
    }
    // The dictionary of a log that was cut in time has texts that do not occur any more.
    let mut met = vec![false; texts.len()];
    codes.for_each_in(0..codes.len(), |code| met[code as usize] = true);
    // Code 0 is a missing value.
    met.iter().skip(1).filter(|met| **met).count()
}

/// Tests whether a column has numbers, all inside of a range.
fn has_numbers(column: &Column, range: &RangeInclusive<f64>) -> bool {
    let ColumnData::Number(numbers) = &column.data else {
        return false;
    };
    let mut known = (0..numbers.len()).map(|row| numbers.get(row));
    known.any(|number| !number.is_nan()) && outside(column, range).is_none()
}

/// Position of the column with the channels of events. That of a case, which never changes within one, is
/// how the customer came: no channel of its events.
pub(super) fn channel(log: &EventLog) -> Option<usize> {
    let of_events = |_, column: &Column| column.level == Level::Event && has_few_texts(column);
    named(log, CHANNELS, of_events)
}

/// Position of the column of scores; the one of `answers` is of another kind.
pub(super) fn score(log: &EventLog, answers: Option<usize>) -> Option<usize> {
    named(log, SCORES, |at, column| {
        Some(at) != answers && has_numbers(column, &SATISFACTION)
    })
}

/// Position of the column of answers to how likely customers recommend.
pub(super) fn answers(log: &EventLog) -> Option<usize> {
    named(log, RECOMMENDATIONS, |_, column| {
        has_numbers(column, &ANSWERS)
    })
}

/// Position of the column with the systems that events are from.
pub(super) fn source(log: &EventLog) -> Option<usize> {
    named(log, SOURCES, |_, column| has_few_texts(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_whole_words() {
        for (name, word, wanted) in [
            ("channel", "channel", true),
            ("Contact Channel", "channel", true),
            ("sales_channel", "channel", true),
            ("channels", "channel", false),
            ("process", "ces", false),
            ("顧客満足度", "満足度", true),
        ] {
            assert_eq!(is_called(name, word), wanted, "{name}");
        }
    }
}
