//! Times of day and zones behind or in front of a date, as steps.

use super::super::names;
use super::super::pattern::{Step, zone_name_len};
use super::super::zone_name::ZoneName;
use super::{FILLERS, Scanner};

/// Marks of hour, minute and second.
const MARKS: [[&str; 4]; 3] = [
    ["时", "時", "시", "h"],
    ["分", "分", "분", "m"],
    ["秒", "秒", "초", "s"],
];

impl Scanner<'_> {
    /// What stands between date and time.
    pub(super) fn between(&mut self) -> bool {
        // A compact date is followed by its time directly: 20240305093000.
        if self.compact && self.number().1 > 0 {
            return true;
        }
        self.weekday_in_brackets();
        let letter = self.peek().is_some_and(|b| b"Tt".contains(&b));
        (letter && self.literal(1)) || self.filling(b",;/_:@.-", &FILLERS)
    }

    /// `(火)`, `(Tue)`.
    fn weekday_in_brackets(&mut self) {
        self.attempt(|s| {
            s.blanks();
            s.one_of(b"(")
                && names::weekday(s.text, s.at).is_some_and(|n| s.cut(Step::Weekday, n))
                && s.one_of(b")")
        });
    }

    /// A time of day with what says which half of the day it is.
    pub(super) fn clock(&mut self) -> bool {
        let from = self.steps.len();
        let before = self.half_of_day();
        self.blanks();
        if !self.attempt(Self::time_of_day) {
            return !before && self.hour_alone();
        }
        let after = !before && self.attempt(|s| s.optional(Self::blanks) && s.half_of_day());
        if before || after {
            let hour = self.steps[from..]
                .iter_mut()
                .find(|step| **step == Step::Hour);
            if let Some(hour) = hour {
                *hour = Step::Hour12;
            }
        }
        true
    }

    fn half_of_day(&mut self) -> bool {
        let Some((_, n)) = names::half_of_day(self.text, self.at) else {
            return false;
        };
        self.cut(Step::HalfOfDay, n)
    }

    /// `3 PM`.
    fn hour_alone(&mut self) -> bool {
        self.attempt(|s| s.take(Step::Hour12, 1..=2) && s.optional(Self::blanks) && s.half_of_day())
    }

    fn time_of_day(&mut self) -> bool {
        let n = self.run();
        if matches!(n, 4 | 6) && self.is_compact_clock() {
            self.cut(Step::Hour, 2);
            self.cut(Step::Minute, 2);
            if n == 6 {
                self.cut(Step::Second, 2);
                self.fraction(b".,");
            }
            return true;
        }
        if !self.take(Step::Hour, 1..=2) {
            return false;
        }
        match self.peek() {
            Some(separator @ (b':' | b'.' | b'-')) => self.minutes(separator),
            _ => self.marked_time(),
        }
    }

    /// Whether digits alone may be a time here: behind a compact date, or a separator that is none of
    /// numbers.
    fn is_compact_clock(&self) -> bool {
        // Elsewhere four or six digits may be any number.
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at));
        self.compact || before.is_some_and(|b| b"Tt_-".contains(b))
    }

    /// `:30`, `:30:15.5`, `.30.15.500000`, `-30-15`.
    fn minutes(&mut self, separator: u8) -> bool {
        self.one_of(&[separator]);
        if !self.take(Step::Minute, 2..=2) {
            return false;
        }
        let seconds = self.attempt(|s| s.one_of(&[separator]) && s.take(Step::Second, 2..=2));
        if seconds {
            let marks: &[u8] = if separator == b'.' { b".,:" } else { b".,:-" };
            self.fraction(marks);
        }
        // 10-30 may be an offset or a span of hours.
        seconds || separator != b'-' || self.text[..self.at].contains(&b'_')
    }

    /// `.5`, and `:500` behind seconds.
    fn fraction(&mut self, marks: &[u8]) {
        let Some(mark) = self.peek().filter(|b| marks.contains(b)) else {
            return;
        };
        let n = self.text[self.at + 1..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let point = b".,".contains(&mark);
        // Behind a colon only milliseconds and microseconds are a fraction; other digits are none.
        if n == 0 || !point && n != 3 && n != 6 {
            return;
        }
        if point {
            self.cut(Step::PointAndFraction, 1 + n);
        } else {
            self.literal(1);
            self.cut(Step::Fraction, n);
        }
    }

    /// `10h30`, `10时30分15秒`.
    fn marked_time(&mut self) -> bool {
        if !self.starts_with_one_of(&MARKS[0]) {
            return false;
        }
        self.blanks();
        if !self.take(Step::Minute, 2..=2) {
            return false;
        }
        let marked = self.starts_with_one_of(&MARKS[1]);
        self.blanks();
        if marked && self.take(Step::Second, 2..=2) {
            self.starts_with_one_of(&MARKS[2]);
        }
        true
    }

    /// What stands behind: a zone, filling words.
    pub(super) fn tail(&mut self) -> bool {
        let mark = self.mark();
        self.blanks();
        if !self.zone() {
            self.back(mark);
        }
        // Some programs write both, as in `+0100 (CET)`.
        if matches!(self.steps.last(), Some(Step::Offset(_))) {
            self.attempt(|s| s.blanks() && s.zone());
        }
        let again = self.mark();
        let zone_only = self.at == self.text.len();
        if !zone_only && !self.attempt(Self::zone_in_brackets) {
            self.back(again);
            self.attempt(|s| s.filling(b".", &FILLERS) && s.at == s.text.len());
        }
        self.at == self.text.len()
    }

    /// `Z`, `+01:00`, `GMT+1`, `CEST`, `Europe/Berlin`.
    pub(super) fn zone(&mut self) -> bool {
        let utc = [&b"GMT"[..], b"UTC"].into_iter().any(|name| {
            let rest = &self.text[self.at..];
            rest.starts_with(name) && rest.get(3).is_some_and(|b| b"+-".contains(b))
        });
        if utc {
            self.literal(3);
        }
        let signs = self.text[self.at..]
            .iter()
            .take_while(|b| b"+-:0123456789".contains(b));
        let n = signs.count();
        let signed = self.peek().is_some_and(|b| b"+-".contains(&b)) && n > 1;
        if signed {
            let colon = self.text[self.at..self.at + n].contains(&b':');
            self.cut(Step::Offset(colon), n);
            // A sign and one digit are an offset behind GMT only.
            return utc || n > 2;
        }
        let rest = &self.text[self.at..];
        let letter = matches!(rest, [b'Z' | b'z', ..]);
        if letter && zone_name_len(rest) == 1 {
            return self.cut(Step::Offset(false), 1);
        }
        let n = zone_name_len(rest);
        if n == 0 || ZoneName::of(&rest[..n]).is_none() {
            return false;
        }
        self.cut(Step::ZoneName, n)
    }

    /// `[Europe/Berlin]`, ` (Central European Standard Time)`.
    fn zone_in_brackets(&mut self) -> bool {
        self.blanks();
        let close = match self.peek() {
            Some(b'[') => b']',
            Some(b'(') => b')',
            _ => return false,
        };
        self.literal(1);
        let rest = &self.text[self.at..];
        let Some(n) = rest.iter().position(|b| *b == close) else {
            return false;
        };
        let offset = self
            .steps
            .iter()
            .any(|step| matches!(step, Step::Offset(_)));
        if n == 0 || !offset && ZoneName::of(&rest[..n]).is_none() {
            return false;
        }
        self.cut(Step::ZoneName, n);
        self.literal(1)
    }
}
