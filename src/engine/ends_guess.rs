//! Guesses which activities end a case: from where cases stop first, from names second.

use crate::event_log::EventLog;
use crate::index::{Index, Variants};

/// Quiet cases of a log, and how many of them the guessed ends explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// Cases without an event for longer than nine in ten cases take in total.
    pub quiet: u64,
    /// Those whose last activity is one of the ends.
    pub explained: u64,
}

impl Guess {
    /// True if most quiet cases stop elsewhere than at the guessed ends.
    pub fn is_doubtful(&self) -> bool {
        self.explained * 4 < self.quiet * 3
    }
}

/// Fewer quiet cases than this show nothing; names decide alone.
const FEW: u64 = 5;

/// Words in the name of an activity that ends a case.
const ENDS: [&str; 6] = ["end", "ended", "done", "ende", "fin", "конец"];

/// Beginnings of words in the name of an activity that ends a case.
const ENDINGS: [&str; 16] = [
    "close",
    "resolv",
    "complet",
    "cancel",
    "finish",
    "reject",
    "archiv",
    "paid",
    "won",
    "lost",
    "закры",
    "решен",
    "решён",
    "заверш",
    "отмен",
    "выполн",
];

/// Number of cases that begin with, contain and stop at an activity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Places {
    /// Cases that begin with it.
    pub begins: u64,
    /// Cases that have it.
    pub contains: u64,
    /// Cases whose last event it is.
    pub stops: u64,
}

impl Places {
    /// True if cases hardly ever begin with the activity.
    fn begins_none(self) -> bool {
        self.begins * 20 <= self.contains
    }

    /// True if enough quiet cases stop at the activity, and few go on after it.
    fn is_end(self, quiet: u64) -> bool {
        let stops = self.stops as f64 / self.contains.max(1) as f64;
        let enough = if stops >= 0.8 {
            2
        } else {
            (quiet / 100).max(3)
        };
        self.begins_none() && stops >= 0.4 && self.stops >= enough
    }

    /// True if cases stop at the activity often enough for its name to count.
    fn may_end(self) -> bool {
        self.begins_none() && self.stops * 20 >= self.contains
    }
}

/// Guesses the activities that end the cases of a log, looked at as of `now`: true at their codes. One
/// pass over the cases and one over the variants.
pub fn guess(log: &EventLog, index: &Index, now: i64) -> (Vec<bool>, Guess) {
    let long = index.durations.len() * 9 / 10;
    let long = index.durations.get(long).copied().unwrap_or(0);
    let mut quiet_of = vec![0u64; index.variants.len()];
    for (end, variant) in index.case_end.iter().zip(index.case_variant.iter()) {
        quiet_of[*variant as usize] += u64::from(now.saturating_sub(*end) > long);
    }
    let all = index.variants.n_cases.iter().map(|&n| u64::from(n));
    let of_quiet = places(log, &index.variants, quiet_of.iter().copied());
    let of_all = places(log, &index.variants, all);
    let both = of_quiet.into_iter().zip(of_all).map(Into::into);
    let places: Vec<(&str, [Places; 2])> = log.activities.iter().zip(both).collect();
    guess_of(&places)
}

/// Guesses the activities that end a case by the places of each: in the quiet cases first, then in every case.
pub fn guess_of(places: &[(&str, [Places; 2])]) -> (Vec<bool>, Guess) {
    // Each case begins with one activity.
    let quiet: u64 = places.iter().map(|(_, [quiet, _])| quiet.begins).sum();
    let is_end = |(name, [of_quiet, of_all]): &(&str, [Places; 2])| {
        if quiet < FEW {
            return of_all.may_end() && sounds_like_an_end(name);
        }
        of_quiet.is_end(quiet)
            || sounds_like_an_end(name) && of_quiet.may_end() && of_all.begins_none()
    };
    let activities: Vec<bool> = places.iter().map(is_end).collect();
    let ends = places.iter().zip(&activities).filter(|(_, end)| **end);
    let explained: u64 = ends.map(|((_, [of_quiet, _]), _)| of_quiet.stops).sum();
    // Cases of such a log end anywhere; most of those over would be called open.
    if quiet >= FEW && explained * 2 < quiet {
        let none = vec![false; activities.len()];
        return (
            none,
            Guess {
                quiet,
                explained: 0,
            },
        );
    }
    (activities, Guess { quiet, explained })
}

/// Counts the places of every activity in variants with these numbers of cases.
fn places(log: &EventLog, variants: &Variants, cases: impl Iterator<Item = u64>) -> Vec<Places> {
    let mut places = vec![Places::default(); log.activities.len()];
    for (variant, n) in cases.enumerate().filter(|(_, n)| *n > 0) {
        let sequence = variants.sequence(variant);
        // A mark shows the first occurrence, so that a case counts once.
        for (&activity, mark) in sequence.iter().zip(variants.marks(variant)) {
            if mark & Variants::FIRST != 0 {
                places[activity as usize].contains += n;
            }
        }
        if let (Some(&first), Some(&last)) = (sequence.first(), sequence.last()) {
            places[first as usize].begins += n;
            places[last as usize].stops += n;
        }
    }
    places
}

/// True if a word of a name begins as one of an activity that ends a case.
fn sounds_like_an_end(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| ENDINGS.iter().any(|end| word.starts_with(end)) || ENDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress;
    use crate::test_support::log;

    fn ends(text: &str) -> (Vec<String>, u64, u64) {
        let log = log(text);
        let index = Index::build(&log, &Progress::default()).unwrap();
        let now = index.case_end.iter().copied().max().unwrap();
        let (is_end, guess) = guess(&log, &index, now);
        let names = log.activities.iter().zip(&is_end);
        let names = names.filter(|(_, end)| **end).map(|(n, _)| n.to_owned());
        (names.collect(), guess.explained, guess.quiet)
    }

    /// `n` cases of these activities, one an hour from `hour` on, each a minute long.
    fn cases(prefix: &str, n: usize, hour: usize, activities: &str) -> String {
        let one = |i: usize| {
            let first = (hour + i) * 3600;
            format!("{prefix}{i}: {activities} @{first} +30 +60; ")
        };
        (0..n).map(one).collect()
    }

    #[test]
    fn what_quiet_cases_stop_at_ends_a_case() {
        // No name sounds like an end, and the last cases are under way.
        let text = cases("a", 12, 0, "in check accept")
            + &cases("b", 6, 12, "in check merge")
            + "c: in check @64800 +1; d: in check @64801 +1";
        let (ends, explained, quiet) = ends(&text);
        assert_eq!(ends, ["accept", "merge"]);
        assert_eq!((explained, quiet), (17 + u64::from(quiet == 18), quiet));
    }

    #[test]
    fn what_begins_cases_or_goes_on_is_no_end_whatever_its_name() {
        let text = cases("a", 12, 0, "complete-check closed-door yes");
        assert_eq!(ends(&text).0, ["yes"]);
    }

    #[test]
    fn ends_that_explain_less_than_half_of_the_quiet_cases_are_none() {
        let text = cases("a", 4, 0, "in check accept") + &cases("b", 12, 4, "in talk in");
        assert_eq!(ends(&text).0, [""; 0]);
    }

    #[test]
    fn names_decide_where_no_case_is_quiet() {
        assert_eq!(ends("a: in closed @0 1; b: in work @0 1").0, ["closed"]);
        assert_eq!(ends("a: in out @0 1; b: in work @0 1").0, [""; 0]);
    }
}
