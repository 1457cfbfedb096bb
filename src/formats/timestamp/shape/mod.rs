//! Timestamps of any usual writing, as steps of a [`pattern`](super::pattern): what the scanners of `scan` do
//! not read. The steps read the timestamp, and they are the format that is shown, so that the format
//! reads what it was made of.

mod clock;

use super::names::{self, blanks};
use super::pattern::Step;
use super::scan::digits;
use crate::formats::DateOrder;

/// Longer texts are no timestamps.
const LONGEST: usize = 100;

/// The writing of a timestamp.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Its parts.
    pub steps: Vec<Step>,
    /// The date in digits, where its order matters.
    pub digits: Digits,
}

/// A date in digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// There is nothing to say about its order.
    Clear,
    /// The year comes last, after day and month in either order.
    YearLast,
    /// The year comes first, before day and month in either order.
    YearFirst,
}

/// Words within a date.
const IN_DATES: [&str; 3] = ["de", "del", "of"];
/// Words that may also stand between date and time of day, or behind.
const FILLERS: [&str; 24] = [
    "de", "del", "of", "at", "um", "uhr", "h", "г", "года", "року", "р", "в", "le", "à", "las",
    "los", "kl", "klo", "ore", "o", "alle", "om", "the", "às",
];
/// Words behind an hour.
const HOUR_WORDS: [&str; 2] = ["h", "uhr"];
/// Endings of the numbers of days.
const ORDINALS: [&str; 9] = ["st", "nd", "rd", "th", "er", "º", "ª", "e", "го"];
/// Marks of year, month and day.
const DATE_MARKS: [[&str; 2]; 3] = [["年", "년"], ["月", "월"], ["日", "일"]];

/// Finds the writing of `text`; `None` where it is no timestamp. `compact` allows dates like `20240131`
/// alone, which are numbers elsewhere.
pub fn shape(text: &[u8], order: DateOrder, compact: bool) -> Option<Shape> {
    let fits = text.len() <= LONGEST && text.iter().any(u8::is_ascii_digit);
    let mut scanner = Scanner {
        text,
        at: 0,
        steps: Vec::new(),
        digits: Digits::Clear,
        order,
        compact,
    };
    if !fits || std::str::from_utf8(text).is_err() {
        return None;
    }
    // Date first, as most are: `12.30` begins a time only where no date can be found.
    let found = scanner.attempt(Scanner::date_and_clock) || scanner.clock_and_date();
    found.then_some(Shape {
        steps: scanner.steps,
        digits: scanner.digits,
    })
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    steps: Vec<Step>,
    digits: Digits,
    order: DateOrder,
    compact: bool,
}

/// A place to which a scanner goes back.
type Mark = (usize, usize, Digits);

impl Scanner<'_> {
    fn mark(&self) -> Mark {
        (self.at, self.steps.len(), self.digits)
    }

    fn back(&mut self, (at, steps, digits): Mark) {
        self.at = at;
        self.steps.truncate(steps);
        self.digits = digits;
    }

    /// What `part` finds, or nothing at all.
    fn attempt(&mut self, part: impl FnOnce(&mut Self) -> bool) -> bool {
        let mark = self.mark();
        let found = part(self);
        if !found {
            self.back(mark);
        }
        found
    }

    /// Takes `part` where it is there; always true.
    fn optional(&mut self, part: impl FnOnce(&mut Self) -> bool) -> bool {
        self.attempt(part);
        true
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The digits here and how many they are.
    fn number(&self) -> (u32, usize) {
        // Nine digits are the most that fit into a u32 for sure.
        digits(self.text, self.at, 9)
    }

    /// How many digits are here.
    fn run(&self) -> usize {
        let rest = self.text[self.at..].iter();
        rest.take_while(|b| b.is_ascii_digit()).count()
    }

    /// Digits of a number of allowed digits.
    fn take(&mut self, step: Step, lengths: std::ops::RangeInclusive<usize>) -> bool {
        let (_, n) = self.number();
        let found = lengths.contains(&n);
        found && self.cut(step, n)
    }

    /// This many bytes; always true.
    fn cut(&mut self, step: Step, n: usize) -> bool {
        self.at += n;
        self.steps.push(step);
        true
    }

    fn literal(&mut self, n: usize) -> bool {
        let bytes = self.text[self.at..self.at + n].to_vec();
        self.steps.push(Step::Literal(bytes));
        self.at += n;
        true
    }

    /// One of these bytes.
    fn one_of(&mut self, bytes: &[u8]) -> bool {
        self.peek().is_some_and(|b| bytes.contains(&b)) && self.literal(1)
    }

    fn blanks(&mut self) -> bool {
        let n = blanks(self.text, self.at);
        n > 0 && self.cut(Step::Blanks, n)
    }

    /// One of these words, letter case apart.
    fn word_of(&mut self, words: &[&str]) -> bool {
        let word = names::word(self.text, self.at);
        let n = word.len();
        let lower = word.to_lowercase();
        n > 0 && words.contains(&lower.as_str()) && self.literal(n)
    }

    fn starts_with_one_of(&mut self, marks: &[&str]) -> bool {
        let rest = &self.text[self.at..];
        let n = marks
            .iter()
            .find(|mark| rest.starts_with(mark.as_bytes()))
            .map(|mark| mark.len());
        n.is_some_and(|n| self.literal(n))
    }

    /// Blanks, these bytes and words, any number of them.
    fn filling(&mut self, bytes: &[u8], words: &[&str]) -> bool {
        let from = self.at;
        while self.blanks() || self.one_of(bytes) || self.word_of(words) {}
        self.at > from
    }

    fn date_and_clock(&mut self) -> bool {
        self.weekday();
        self.filling(b"", &FILLERS);
        if !(self.unix_date() || self.date()) {
            return false;
        }
        if self.at < self.text.len() {
            // Words or a zone may also follow a date that has no time of day.
            let clock = self.attempt(|s| s.between() && s.clock() && s.tail());
            let _ = clock || self.tail();
        }
        self.at == self.text.len()
    }

    fn clock_and_date(&mut self) -> bool {
        self.clock()
            && self.optional(|s| s.blanks() && s.zone())
            && self.filling(b",;-/@", &FILLERS)
            && self.optional(Self::weekday)
            && self.date()
            && self.tail()
            && self.at == self.text.len()
    }

    /// `Tue, `, in front of a date: mar. is also the French for March.
    fn weekday(&mut self) -> bool {
        self.attempt(|s| {
            let Some(n) = names::weekday(s.text, s.at) else {
                return false;
            };
            s.cut(Step::Weekday, n);
            s.filling(b".,", &FILLERS) && s.date_goes_on()
        })
    }

    fn date_goes_on(&mut self) -> bool {
        let mark = self.mark();
        let found = self.unix_date() || self.date();
        self.back(mark);
        found
    }

    /// `Mar  5 10:00:00 CET 2024`, as ctime, date and Java write it.
    fn unix_date(&mut self) -> bool {
        self.attempt(|s| {
            s.month_name()
                && s.blanks()
                && s.take(Step::Day, 1..=2)
                && s.blanks()
                && s.clock()
                && s.blanks()
                && s.optional(|s| s.zone() && s.blanks())
                && s.take(Step::Year, 4..=4)
        })
    }

    fn month_name(&mut self) -> bool {
        let Some((_, n)) = names::month(self.text, self.at) else {
            return false;
        };
        self.cut(Step::MonthName, n)
    }

    fn date(&mut self) -> bool {
        match self.run() {
            0 => self.attempt(Self::month_first),
            4 => {
                self.attempt(Self::week_date)
                    || self.attempt(Self::year_first)
                    || self.attempt(Self::marked_date)
                    || self.attempt(Self::day_of_year)
            }
            5..=9 if self.text.get(self.at + 4) == Some(&b'W') => self.attempt(Self::week_date),
            1 | 2 => self.attempt(Self::day_first) || self.attempt(Self::year_last),
            8 | 12 | 14 => self.attempt(Self::compact_date),
            _ => false,
        }
    }

    /// `March 5, 2024`, `Mar. 5th 2024`.
    fn month_first(&mut self) -> bool {
        self.month_name()
            && self.filling(b".-/_", &FILLERS)
            && self.take(Step::Day, 1..=2)
            && self.optional(|s| s.word_of(&ORDINALS))
            && self.filling(b",.-/_", &IN_DATES)
            && self.year()
    }

    /// `5. März 2024`, `05MAR24`, `5 de marzo de 2024`.
    fn day_first(&mut self) -> bool {
        self.take(Step::Day, 1..=2)
            && self.optional(|s| s.word_of(&ORDINALS))
            && self.optional(|s| s.filling(b".-/_", &FILLERS))
            && self.month_name()
            && self.optional(|s| s.filling(b".,-/_", &IN_DATES))
            && self.year()
    }

    fn year(&mut self) -> bool {
        self.take(Step::Year, 4..=4) || !self.is_hour() && self.take(Step::ShortYear, 2..=2)
    }

    /// Returns whether two digits where a date may end are an hour, as in `Mar 12 14:05:09` and
    /// `12. März 14 Uhr`, which have no year. Only a whole time of day directly behind both, as in
    /// `10/Oct/20:13:55:36`, says that they are none.
    fn is_hour(&self) -> bool {
        let then = self.text.get(self.at + 2..).unwrap_or_default();
        let word = names::word(then, blanks(then, 0)).to_lowercase();
        let time_goes_on =
            matches!(then, [mark, digit, ..] if b".:-_/".contains(mark) && digit.is_ascii_digit());
        let whole_time = matches!(then, [_, a, b, first, c, d, second, e, f, ..]
            if first == second && [a, b, c, d, e, f].into_iter().all(u8::is_ascii_digit));
        let apart = self.steps.last() == Some(&Step::Blanks);
        HOUR_WORDS.contains(&word.as_str()) || time_goes_on && (apart || !whole_time)
    }

    /// `2024-03-05`, `2024_03_05`, `2024:03:05`, `2024-Mar-05`.
    fn year_first(&mut self) -> bool {
        // There are four digits here, see `date`.
        self.take(Step::Year, 4..=4);
        let from = self.at;
        // Colons are the writing of EXIF.
        if !self.separator(b"-/._:") {
            return false;
        }
        let separator = self.text[from..self.at].to_vec();
        let named = self.month_name();
        let (first, second) = match self.order {
            DateOrder::Ydm if !named => (Step::Day, Step::Month),
            _ => (Step::Month, Step::Day),
        };
        if !named {
            self.digits = Digits::YearFirst;
        }
        (named || self.take(first, 1..=2))
            && self.text[self.at..].starts_with(&separator)
            && self.separator(b"-/._:")
            && self.take(second, 1..=2)
    }

    /// One of these bytes, or blanks, or both.
    fn separator(&mut self, bytes: &[u8]) -> bool {
        let byte = self.one_of(bytes);
        self.blanks() || byte
    }

    /// `2024年3月5日`.
    fn marked_date(&mut self) -> bool {
        let steps = [Step::Year, Step::Month, Step::Day];
        for (step, marks) in steps.into_iter().zip(DATE_MARKS) {
            self.blanks();
            if !self.take(step, 1..=4) || !self.starts_with_one_of(&marks) {
                return false;
            }
        }
        true
    }

    /// `5.3.2024`, `5_3_2024`, with the same separator twice.
    fn year_last(&mut self) -> bool {
        let (first, second) = match self.order {
            DateOrder::Mdy => (Step::Month, Step::Day),
            _ => (Step::Day, Step::Month),
        };
        let (_, n) = self.number();
        let Some(&separator) = self.text.get(self.at + n).filter(|b| b"./-_".contains(b)) else {
            return false;
        };
        // With points the day comes first, whatever the order of dates with slashes.
        let pointed = separator == b'.';
        let (first, second) = if pointed {
            (Step::Day, Step::Month)
        } else {
            (first, second)
        };
        if self.order == DateOrder::Ymd {
            return self.take(Step::ShortYear, 2..=2)
                && self.separator(&[separator])
                && self.take(Step::Month, 1..=2)
                && self.separator(&[separator])
                && !self.is_hour()
                && self.take(Step::Day, 1..=2);
        }
        let found = self.take(first, 1..=2)
            && self.separator(&[separator])
            && self.take(second, 1..=2)
            && self.peek() == Some(separator)
            && self.separator(&[separator])
            && (separator != b'_' || self.number().1 == 4)
            && self.year();
        if found && !pointed {
            self.digits = Digits::YearLast;
        }
        found
    }

    /// `2024-W10-2`, `2024W102`.
    fn week_date(&mut self) -> bool {
        // There are four digits here, see `date`.
        self.cut(Step::WeekYear, 4);
        let hyphen = self.one_of(b"-");
        if !self.one_of(b"W") || !self.text[self.at..].iter().take(2).all(u8::is_ascii_digit) {
            return false;
        }
        let (_, n) = self.number();
        if hyphen {
            return self.take(Step::Week, 2..=2)
                && self.one_of(b"-")
                && self.take(Step::DayOfWeek, 1..=1);
        }
        if n != 3 {
            return false;
        }
        self.cut(Step::Week, 2);
        self.cut(Step::DayOfWeek, 1);
        true
    }

    /// `2024-065`, where a time follows: alone it may be an id.
    fn day_of_year(&mut self) -> bool {
        self.take(Step::Year, 4..=4)
            && self.one_of(b"-")
            && self.take(Step::DayOfYear, 3..=3)
            && self.peek() == Some(b'T')
    }

    /// `20240305`, where the column has such dates or a time follows that is no part of a number.
    fn compact_date(&mut self) -> bool {
        let n = self.run();
        // There are eight digits here at least, see `date`.
        let century = [&b"19"[..], b"20"].contains(&&self.text[self.at..self.at + 2]);
        let then = self.text.get(self.at + 8..self.at + 10);
        let clock = then.is_some_and(|t| b"T _-".contains(&t[0]) && t[1].is_ascii_digit());
        if !century || !(self.compact || n == 8 && clock) {
            return false;
        }
        self.cut(Step::Year, 4);
        self.cut(Step::Month, 2);
        self.cut(Step::Day, 2);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TimeFault, TimeFormat, TimeReader, described};
    use super::*;

    /// Values of one column, separated by bars, what they mean, and the format that is shown.
    const SHAPES: &str = include_str!("shapes.txt");

    #[test]
    fn every_writing_is_read_and_its_format_reads_it() {
        let shown = |read: Result<i64, TimeFault>| match read {
            Ok(micros) => {
                let time = chrono::DateTime::from_timestamp_micros(micros).unwrap();
                time.format("%FT%T%.fZ").to_string()
            }
            Err(fault) => format!("{fault:?}"),
        };
        let mut cases = 0;
        for line in SHAPES.lines() {
            let mut cells = line.split('\t');
            let (values, want) = (cells.next().unwrap(), cells.next().unwrap());
            let values: Vec<&str> = values.split(" | ").collect();
            let Some(learned) = described(values.iter().map(|v| v.as_bytes()), None) else {
                assert_eq!(want, "none", "{line}");
                continue;
            };
            let read = |format: TimeFormat| {
                let mut reader = TimeReader::new(format, None);
                let read = values
                    .iter()
                    .map(|value| shown(reader.read(value.as_bytes())));
                read.collect::<Vec<_>>().join(" | ")
            };
            assert_eq!(read(learned.format.clone()), want, "{line}");
            assert_eq!(Some(learned.text.as_str()), cells.next(), "{line}");
            if !learned.text.is_empty() {
                let given = TimeFormat::given(&learned.text, None).unwrap();
                assert_eq!(read(given), want, "{line}");
            }
            cases += 1;
        }
        assert!(cases > 60);
    }

    #[test]
    fn a_reader_that_has_seen_others_reads_the_same() {
        let mut used = TimeReader::new(TimeFormat::calendar(DateOrder::Dmy), None);
        let lines = SHAPES.lines().filter_map(|line| line.split('\t').next());
        for value in lines.flat_map(|values| values.split(" | ")) {
            let mut fresh = TimeReader::new(TimeFormat::calendar(DateOrder::Dmy), None);
            let (fresh, used) = (fresh.read(value.as_bytes()), used.read(value.as_bytes()));
            assert_eq!(fresh, used, "{value}");
        }
    }
}
