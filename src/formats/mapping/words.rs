//! Evidence for the role of a column from its name, in the languages of `lexicon`. A score of 100 is a name
//! that can mean nothing else, 0 says nothing. Nothing here looks at values.

use super::lexicon::{
    ACTIVITIES, ATTRIBUTES, CASE_DATES, CHANGES, DONE_BY, ENDS, ENVELOPES, IDENTIFIERS, NAMES, NEW,
    OBJECTS, OLD, PARTIES, RESOURCES, STARTS, TIMES,
};
use crate::event_log::Role;
use hashbrown::HashSet;
use std::sync::LazyLock;

/// The words of a column's name, in lower case: split at anything but letters and digits, where
/// a small letter is followed by a capital, and where known words are written together.
pub fn words(name: &str) -> Vec<String> {
    let mut name = name;
    while let Some((first, rest)) = name.split_once('.')
        && ENVELOPES.contains(&first)
        && !rest.is_empty()
    {
        name = rest;
    }
    let spaced = spaced_words(name);
    spaced.into_iter().flat_map(|word| parts(&word)).collect()
}

fn spaced_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() && c != '№' || small && c.is_uppercase() {
            words.push(String::new());
        }
        if c.is_alphanumeric() || c == '№' {
            let last = words.len() - 1;
            // The small letter of the Turkish İ has no dot of its own.
            words[last].extend(c.to_lowercase().filter(|c| *c != '\u{307}'));
        }
        small = c.is_lowercase();
    }
    words.retain(|w| !w.is_empty());
    words
}

/// Every word of the tables below.
static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let scored = [ACTIVITIES, TIMES, RESOURCES, DONE_BY]
        .into_iter()
        .flatten();
    let plain = [
        OBJECTS,
        IDENTIFIERS,
        PARTIES,
        ENDS,
        STARTS,
        CHANGES,
        CASE_DATES,
        ATTRIBUTES,
        OLD,
        NEW,
    ];
    let plain = plain.into_iter().flat_map(str::split_ascii_whitespace);
    scored.map(|(word, _)| *word).chain(plain).collect()
});

/// Identifiers that are often written together with what they identify; other parts of a compound
/// have three letters at least.
const SHORT_ENDS: &[&str] = &["id", "nr", "no", "ts"];

/// The known words of which a word is made without spaces, as `eventtime`, `Auftragsnummer` (an s
/// may join them) and all names in Chinese, Japanese and Korean; the word itself where it is not made so.
fn parts(word: &str) -> Vec<String> {
    /// Longer words are no names: a broken file may have one of megabytes.
    const LONGEST_WORD: usize = 100;
    if word.len() > LONGEST_WORD || KNOWN.contains(word) {
        return vec![word.to_owned()];
    }
    if word.chars().any(is_unspaced) {
        return segments(word);
    }
    let stem = |stem: &str| {
        let plain = stem.strip_suffix('s').unwrap_or(stem);
        let known = [stem, plain].into_iter().find(|s| KNOWN.contains(s));
        known.filter(|s| s.chars().count() > 2).map(str::to_owned)
    };
    for (at, _) in word.char_indices().skip(3) {
        let (first, second) = word.split_at(at);
        let long = second.chars().count() > 2 || SHORT_ENDS.contains(&second);
        if let (true, true, Some(first)) = (long, KNOWN.contains(second), stem(first)) {
            return vec![first, second.to_owned()];
        }
    }
    vec![word.to_owned()]
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Cuts a text without spaces into known words, the longest first, and what is between them.
fn segments(text: &str) -> Vec<String> {
    // No known word of these scripts is longer.
    const LONGEST: usize = 8;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let end_of = |i: usize| chars.get(i).map_or(text.len(), |c| c.0);
    let (mut found, mut unknown) = (Vec::new(), String::new());
    let mut i = 0;
    while i < chars.len() {
        let known = (i + 1..=chars.len().min(i + LONGEST))
            .rev()
            .find(|&j| KNOWN.contains(&text[chars[i].0..end_of(j)]));
        let Some(j) = known else {
            unknown.push(chars[i].1);
            i += 1;
            continue;
        };
        found.extend((!unknown.is_empty()).then(|| std::mem::take(&mut unknown)));
        found.push(text[chars[i].0..end_of(j)].to_owned());
        i = j;
    }
    found.extend((!unknown.is_empty()).then_some(unknown));
    found
}

/// Score of the words of a name for a role.
pub fn score(role: Role, words: &[String]) -> i32 {
    let name = words.join(" ");
    let known = NAMES.iter().find(|(r, n, _)| *r == role && *n == name);
    if let Some((_, _, score)) = known {
        return *score;
    }
    match role {
        Role::Case => case(words),
        Role::Activity => activity(words),
        Role::Time => time(words),
        Role::Start if any(words, STARTS) => time(words).max(70),
        Role::Resource => resource(words),
        Role::Lifecycle if any(words, "lifecycle transition") => 70,
        Role::Start | Role::Instance | Role::Lifecycle | Role::Milestone => 0,
    }
}

fn any(words: &[String], of: &str) -> bool {
    let mut of = of.split_ascii_whitespace();
    of.any(|word| words.iter().any(|w| w == word))
}

/// The best of the words, less for every further word.
fn best(words: &[String], of: &[(&str, i32)]) -> i32 {
    let scores = of
        .iter()
        .filter(|(word, _)| words.iter().any(|w| w == word));
    let best = scores.map(|(_, score)| *score).max();
    best.map_or(0, |score| (score - 4 * (words.len() as i32 - 1)).max(1))
}

/// Returns whether the words speak of a time.
pub fn is_time(words: &[String]) -> bool {
    // These two say when only as the last word, as in `created at`.
    let last_at = words.last().is_some_and(|w| w == "at" || w == "on");
    // The data of an English name, and a date in Italian, Portuguese and Polish.
    let is_date = !any(words, IDENTIFIERS);
    let times = TIMES.iter().filter(|(w, _)| match *w {
        "at" | "on" => false,
        "data" => is_date,
        _ => true,
    });
    last_at && words.len() > 1 || times.into_iter().any(|(t, _)| words.iter().any(|w| w == t))
}

fn case(words: &[String]) -> i32 {
    let other_role = ACTIVITIES.iter().any(|(a, _)| words.iter().any(|w| w == a));
    if any(words, ATTRIBUTES) || other_role || is_time(words) || any(words, "by group name") {
        return 0;
    }
    let id = any(words, IDENTIFIERS);
    match (any(words, OBJECTS), any(words, PARTIES)) {
        // Each further word makes it less sure.
        (true, _) if id => 84 - 2 * words.len() as i32,
        (true, _) if words.len() == 1 => 65,
        (true, _) => 22,
        (_, true) if id => 25,
        _ if id => 20,
        _ => 0,
    }
}

fn activity(words: &[String]) -> i32 {
    let other_role = any(words, IDENTIFIERS) || is_time(words) || any(words, "by group");
    if any(words, ATTRIBUTES) || other_role || best(words, RESOURCES) > 0 {
        return 0;
    }
    let old = any(words, OLD) && !any(words, NEW);
    (best(words, ACTIVITIES) - if old { 25 } else { 0 }).max(0)
}

fn time(words: &[String]) -> i32 {
    let base = if is_time(words) {
        best(words, TIMES)
    } else {
        0
    };
    let ends = any(words, ENDS);
    let base = match base {
        0 if ends && words.len() == 1 => 60,
        0 if any(words, STARTS) && words.len() == 1 => 50,
        0 => return 0,
        base => base,
    };
    let shift = |yes: bool, by: i32| if yes { by } else { 0 };
    let score = base
        // An event has the time of its completion.
        + shift(ends, 16)
        + shift(any(words, CHANGES), 14)
        + shift(any(words, STARTS), -15)
        + shift(any(words, CASE_DATES), -30);
    score.clamp(1, 99)
}

fn resource(words: &[String]) -> i32 {
    if any(words, ATTRIBUTES) || is_time(words) {
        return 0;
    }
    if words.last().is_some_and(|w| w == "by") && words.len() > 1 {
        let done = DONE_BY.iter().find(|(d, _)| words.iter().any(|w| w == d));
        return done.map_or(35, |(_, score)| *score);
    }
    best(words, RESOURCES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role_of(name: &str) -> Option<Role> {
        let words = words(name);
        let roles = [
            Role::Case,
            Role::Activity,
            Role::Time,
            Role::Resource,
            Role::Lifecycle,
        ];
        let best = roles.into_iter().max_by_key(|&r| score(r, &words))?;
        (score(best, &words) >= 40).then_some(best)
    }

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(words("case:concept:name"), ["case", "concept", "name"]);
        assert_eq!(words("CaseID"), ["case", "id"]);
        assert_eq!(words("sys_updated_at"), ["sys", "updated", "at"]);
        assert_eq!(words("Дата события"), ["дата", "события"]);
        assert!(words(" -- ").is_empty());
    }

    #[test]
    fn words_written_together_are_split() {
        assert_eq!(words("EVENTTIME"), ["event", "time"]);
        assert_eq!(words("Auftragsnummer"), ["auftrag", "nummer"]);
        assert_eq!(words("工单编号"), ["工单", "编号"]);
        assert_eq!(words("_source.case"), ["case"]);
        assert_eq!(words("casino"), ["casino"]);
        // In time that grows with its length: no test of 4 MB would end otherwise.
        assert_eq!(words(&"eventtime".repeat(500_000)).len(), 1);
    }

    #[test]
    fn names_speak_for_roles() {
        let cases = [
            ("Case ID", Some(Role::Case)),
            ("ticket_number", Some(Role::Case)),
            ("Номер заявки", Some(Role::Case)),
            ("№ договора", Some(Role::Case)),
            ("Zaaknummer", Some(Role::Case)),
            ("Ügyszám", Some(Role::Case)),
            ("주문번호", Some(Role::Case)),
            ("رقم الطلب", Some(Role::Case)),
            ("İşlem", Some(Role::Activity)),
            ("Händelse", Some(Role::Activity)),
            ("Tijdstip", Some(Role::Time)),
            ("처리일시", Some(Role::Time)),
            ("Řešitel", Some(Role::Resource)),
            ("Activity", Some(Role::Activity)),
            ("concept:name", Some(Role::Activity)),
            ("approval_status", Some(Role::Activity)),
            ("Наименование операции", Some(Role::Activity)),
            ("status_time", Some(Role::Time)),
            ("Complete Timestamp", Some(Role::Time)),
            ("Дата и время", Some(Role::Time)),
            ("updated_at", Some(Role::Time)),
            ("org:resource", Some(Role::Resource)),
            ("Исполнитель", Some(Role::Resource)),
            ("performed_by", Some(Role::Resource)),
            ("lifecycle:transition", Some(Role::Lifecycle)),
            ("Service Type", None),
            ("Agent Position", None),
            ("amount", None),
            ("foo", None),
            ("2024-01-01T10:00:00Z", None),
        ];
        for (name, role) in cases {
            assert_eq!(role_of(name), role, "{name}");
        }
    }
}
