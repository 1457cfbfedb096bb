//! Values that a field is compared with: tests of numbers, of instants or durations, or of texts.
//! Knows neither log nor index, only kinds of values.

#[cfg(test)]
mod tests;

use super::ast::{Op, Spanned, TimeLiteral, Value};
use super::time::{DurationLiteral, Moment};
use super::{QueryError, shown};
use crate::event_log::{Cancel, NO_INSTANT};
use crate::text::time::{self, WEEKDAYS};
use crate::text::{self, escape_line};
use chrono_tz::Tz;
use regex::Regex;
use std::cmp::Ordering;
use std::iter::{once, once_with};

/// The number that a value is: a decimal with a sign perhaps and an exponent perhaps, without
/// leading zeros (`007` is text).
pub(super) fn number(text: &str) -> Option<f64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let exponent = exponent.map(|e| e.strip_prefix(['+', '-']).unwrap_or(e));
    // `parse` accepts more, such as `inf` and `1.`, which are texts here.
    let well_formed = whole_digits(mantissa).is_some() && exponent.is_none_or(all_digits);
    text.parse()
        .ok()
        .filter(|n: &f64| well_formed && n.is_finite())
}

/// The number that a value beside numbers is: with a decimal comma, too, and with its digits in
/// groups of three as `1 234,50`, as columns are read.
fn number_as_in_file(text: &str) -> Option<f64> {
    let mut groups = text.split([' ', '\u{a0}', '\u{202f}']);
    let first = groups.next()?;
    let of_three = |group: &str| group.find(',').unwrap_or(group.len()) == 3;
    let plain: String = std::iter::once(first).chain(groups.clone()).collect();
    let plain = plain.replacen(',', ".", 1);
    number(text).or_else(|| number(&plain).filter(|_| groups.all(of_three)))
}

/// The number that an entry of a text column is. A text that may be an identifier, has an
/// exponent or more digits than a float can hold is none, as when columns are read.
pub(super) fn number_in_text(text: &str) -> Option<f64> {
    // As in columns: longer numbers are identifiers, and would lose their last digits.
    const MOST_DIGITS: usize = 15;
    let digits = whole_digits(text)?;
    text.parse().ok().filter(|_| digits <= MOST_DIGITS)
}

/// Number of digits of a decimal number before its point; `None` if it is no decimal number.
fn whole_digits(text: &str) -> Option<usize> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let whole_is_good = match (whole, fraction) {
        ("", fraction) => fraction.is_some(),
        ("0", _) => true,
        _ => all_digits(whole) && !whole.starts_with('0'),
    };
    (whole_is_good && fraction.is_none_or(all_digits)).then_some(whole.len())
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// One of the four orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

impl Order {
    #[inline]
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Order::Less => ordering.is_lt(),
            Order::LessEqual => ordering.is_le(),
            Order::Greater => ordering.is_gt(),
            Order::GreaterEqual => ordering.is_ge(),
        }
    }
}

/// A comparison without its negation: `!=` and `!~` are the negations of `=` and `~`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Equal,
    Order(Order),
    Matches,
}

impl Way {
    /// The way, and whether it is negated.
    pub fn of(op: Op) -> (Way, bool) {
        match op {
            Op::Equal => (Way::Equal, false),
            Op::NotEqual => (Way::Equal, true),
            Op::Less => (Way::Order(Order::Less), false),
            Op::LessEqual => (Way::Order(Order::LessEqual), false),
            Op::Greater => (Way::Order(Order::Greater), false),
            Op::GreaterEqual => (Way::Order(Order::GreaterEqual), false),
            Op::Matches => (Way::Matches, false),
            Op::NotMatches => (Way::Matches, true),
        }
    }
}

/// Values with a least, a greatest, and neighbors. The least is not the mark of a missing value:
/// that one is outside of all ranges.
pub trait Bounded: PartialOrd + Copy {
    /// The least value.
    const LEAST: Self;
    /// The greatest value.
    const GREATEST: Self;
    /// The value before.
    fn before(self) -> Self;
    /// The value after.
    fn after(self) -> Self;
}

impl Bounded for i64 {
    // One above the mark of a missing instant, which so passes no test.
    const LEAST: i64 = NO_INSTANT + 1;
    const GREATEST: i64 = i64::MAX;

    fn before(self) -> i64 {
        self.saturating_sub(1)
    }

    fn after(self) -> i64 {
        self.saturating_add(1)
    }
}

impl Bounded for f64 {
    const LEAST: f64 = f64::NEG_INFINITY;
    const GREATEST: f64 = f64::INFINITY;

    fn before(self) -> f64 {
        // The neighbor makes an open bound a closed one, so that one comparison serves all four
        // orders.
        self.next_down()
    }

    fn after(self) -> f64 {
        self.next_up()
    }
}

/// A test of ordered values. A missing value, NaN or [`NO_INSTANT`], never passes.
#[derive(Debug, Clone, PartialEq)]
pub enum Test<T> {
    /// Not below the first nor above the second.
    Between(T, T),
    /// Equal to one of them; ascending.
    OneOf(Vec<T>),
}

impl<T: Bounded> Test<T> {
    fn one_of(mut values: Vec<T>) -> Self {
        if let [only] = values[..] {
            return Test::Between(only, only);
        }
        // No value is NaN, as no text of the language is one.
        values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        Test::OneOf(values)
    }

    fn ordered(order: Order, bound: T) -> Self {
        match order {
            Order::Less => Test::Between(T::LEAST, bound.before()),
            Order::LessEqual => Test::Between(T::LEAST, bound),
            Order::Greater => Test::Between(bound.after(), T::GREATEST),
            Order::GreaterEqual => Test::Between(bound, T::GREATEST),
        }
    }
}

impl<T: PartialOrd + Copy> Test<T> {
    /// True if a value passes.
    #[inline]
    pub fn holds(&self, value: T) -> bool {
        match self {
            // NaN is in no order with any bound, so that a missing number does not pass.
            Test::Between(low, high) => *low <= value && value <= *high,
            Test::OneOf(values) => values
                .binary_search_by(|v| v.partial_cmp(&value).unwrap_or(Ordering::Less))
                .is_ok(),
        }
    }
}

/// A regex that is looked for as long as the result is wanted; after that it is found nowhere.
#[derive(Debug, Clone)]
pub struct Pattern {
    regex: Regex,
    cancel: Cancel,
}

impl Pattern {
    /// True if it is found in one of the texts, which are made one after the other.
    fn is_in<T: AsRef<str>>(&self, mut texts: impl Iterator<Item = T>) -> bool {
        // Asked for every value, as many are slow to be made a text.
        !self.cancel.is_cancelled() && texts.any(|text| self.regex.is_match(text.as_ref()))
    }
}

/// A test of numbers.
#[derive(Debug, Clone)]
pub enum NumberTest {
    /// The number passes.
    Test(Test<f64>),
    /// The regex is found in the number as it is printed, with a decimal point or a comma.
    Matches(Pattern),
}

impl NumberTest {
    /// True if a number passes; NaN never does.
    #[inline]
    pub fn holds(&self, value: f64) -> bool {
        match self {
            NumberTest::Test(test) => test.holds(value),
            NumberTest::Matches(pattern) => {
                // A column may write a decimal comma; the pattern is that of someone who looks at
                // the file.
                let text = |comma| {
                    let text = value.to_string();
                    if comma { text.replace('.', ",") } else { text }
                };
                let texts = [false, true].into_iter().map(text);
                !value.is_nan() && pattern.is_in(texts)
            }
        }
    }
}

/// A test of instants.
#[derive(Debug, Clone)]
pub enum InstantTest {
    /// The instant passes.
    Test(Test<i64>),
    /// The regex is found in the instant as it is shown, in RFC 3339, or as the file writes it.
    Matches(Box<InstantTexts>),
}

/// Texts of instants that a regex is looked for in.
#[derive(Debug, Clone)]
pub struct InstantTexts {
    pattern: Pattern,
    tz: Tz,
    /// Formats of the file, with leading zeros and without.
    formats: Vec<String>,
}

impl InstantTexts {
    fn new(pattern: Pattern, tz: Tz, formats: &[String]) -> Self {
        // A format does not say whether numbers have leading zeros.
        const DATE: [&str; 2] = ["%d", "%m"];
        const CLOCK: [&str; 2] = ["%H", "%I"];
        let bare = |format: &str, of: [&str; 2]| {
            let bare = |format: String, of: &str| format.replace(of, &of.replace('%', "%-"));
            of.into_iter().fold(format.to_owned(), bare)
        };
        let all = formats.iter().flat_map(|format| {
            let date = bare(format, DATE);
            let clock = bare(&date, CLOCK);
            [format.clone(), date, clock]
        });
        let mut formats: Vec<String> = all.collect();
        formats.dedup();
        InstantTexts {
            pattern,
            tz,
            formats,
        }
    }

    fn is_found(&self, micros: i64) -> bool {
        let shown = once_with(|| time::exact_instant(micros, self.tz));
        let rfc = once_with(|| TimeLiteral::of(micros).map(|rfc| rfc.text));
        let in_file = |format: &String| time::in_format(micros, self.tz, format);
        let texts = shown.chain(rfc.flatten());
        let texts = texts.chain(self.formats.iter().filter_map(in_file));
        micros != NO_INSTANT && self.pattern.is_in(texts)
    }
}

impl InstantTest {
    /// True if an instant passes; a missing one never does.
    #[inline]
    pub fn holds(&self, micros: i64) -> bool {
        match self {
            InstantTest::Test(test) => test.holds(micros),
            InstantTest::Matches(texts) => texts.is_found(micros),
        }
    }
}

/// A test of texts.
#[derive(Debug, Clone)]
pub enum TextTest {
    /// Equal to a text, to a number, or to `true` or `false` in any letter case.
    OneOf {
        /// Ascending.
        texts: Vec<Box<str>>,
        /// Numbers among the values.
        numbers: Option<Test<f64>>,
        /// True for `false` and for `true` where they are among the values.
        truths: [bool; 2],
    },
    /// In this order to a text, by code points.
    Order(Order, Box<str>),
    /// A number in this order to it.
    Number(Test<f64>),
    /// The regex is found in it.
    Matches(Pattern),
}

impl TextTest {
    /// True if a text passes.
    pub fn holds(&self, value: &str) -> bool {
        match self {
            TextTest::OneOf {
                texts,
                numbers,
                truths,
            } => {
                one_of(texts, value)
                    || numbers
                        .as_ref()
                        .is_some_and(|test| number_in_text(value).is_some_and(|n| test.holds(n)))
                    || (truths[0] && value.eq_ignore_ascii_case("false"))
                    || (truths[1] && value.eq_ignore_ascii_case("true"))
            }
            TextTest::Order(order, bound) => order.holds(value.cmp(bound)),
            TextTest::Number(test) => number_in_text(value).is_some_and(|n| test.holds(n)),
            TextTest::Matches(pattern) => pattern.is_in(once(value)),
        }
    }
}

fn one_of(texts: &[Box<str>], value: &str) -> bool {
    match texts {
        [only] => **only == *value,
        texts => texts.binary_search_by(|t| (**t).cmp(value)).is_ok(),
    }
}

/// Values beside a field, and how they are compared with it: one value, or for [`Way::Equal`]
/// several.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub way: Way,
    pub values: &'a [Spanned<Value>],
    /// Name of the field in messages.
    pub field: &'a str,
    /// Stops looking for a pattern.
    pub cancel: Option<&'a Cancel>,
}

impl Wanted<'_> {
    /// As a test of a text column.
    pub fn texts(&self) -> Result<TextTest, QueryError> {
        match self.way {
            Way::Matches => Ok(TextTest::Matches(self.pattern()?)),
            Way::Order(order) => match &self.values[0].node {
                Value::Quoted(text) => Ok(TextTest::Order(order, text.as_str().into())),
                Value::Bare(bare) => match number(bare) {
                    Some(n) => Ok(TextTest::Number(Test::ordered(order, n))),
                    None => Err(self.wrong(&self.values[0], "text in double quotes or a number")),
                },
            },
            Way::Equal => self.one_of_texts(),
        }
    }

    fn one_of_texts(&self) -> Result<TextTest, QueryError> {
        let (mut texts, mut numbers, mut truths) = (Vec::new(), Vec::new(), [false; 2]);
        for value in self.values {
            let (Value::Quoted(text) | Value::Bare(text)) = &value.node;
            if let Some(truth) = truth(text) {
                truths[usize::from(truth)] = true;
            } else if let Value::Quoted(text) = &value.node {
                texts.push(Box::from(text.as_str()));
            } else if let Some(n) = number(text) {
                numbers.push(n);
            } else {
                return Err(self.wrong(value, "text in double quotes or a number"));
            }
        }
        texts.sort();
        Ok(TextTest::OneOf {
            texts,
            numbers: (!numbers.is_empty()).then(|| Test::one_of(numbers)),
            truths,
        })
    }

    /// As a test of numbers.
    pub fn numbers(&self) -> Result<NumberTest, QueryError> {
        if self.way == Way::Matches {
            return Ok(NumberTest::Matches(self.pattern()?));
        }
        Ok(NumberTest::Test(self.exact_numbers()?))
    }

    /// As a test of numbers without a regex.
    pub fn exact_numbers(&self) -> Result<Test<f64>, QueryError> {
        self.test(|text| number_as_in_file(text).ok_or("a number"))
    }

    /// As a test of texts that are all numbers. A text in quotes that is none equals none of them.
    pub fn numbers_in_texts(&self) -> Result<Test<f64>, QueryError> {
        let other = |value: &Spanned<Value>| match &value.node {
            Value::Quoted(text) => number_as_in_file(text).is_none(),
            Value::Bare(_) => false,
        };
        if self.way != Way::Equal || !self.values.iter().any(other) {
            return self.exact_numbers();
        }
        let values = self.values.iter().filter(|value| !other(value));
        let values: Vec<Spanned<Value>> = values.cloned().collect();
        let numbers = Wanted {
            values: &values,
            ..*self
        };
        numbers.exact_numbers()
    }

    /// As a test of instants, microseconds since 1970-01-01T00:00Z. `as_in_file` reads those that are
    /// not in the form of the language, and `formats` are those of the file.
    pub fn instants(
        &self,
        tz: Tz,
        formats: &[String],
        as_in_file: impl Fn(&str) -> Option<i64>,
    ) -> Result<InstantTest, QueryError> {
        if self.way == Way::Matches {
            let texts = InstantTexts::new(self.pattern()?, tz, formats);
            return Ok(InstantTest::Matches(Box::new(texts)));
        }
        let test = self.test(|text| {
            let moment = Moment::parse(text).map(|m| m.first_instant(tz)).ok();
            moment
                .or_else(|| as_in_file(text))
                .ok_or("a time such as 2024-03 or 2024-03-01T12:00")
        });
        test.map(InstantTest::Test)
    }

    /// As a test of durations, microseconds.
    pub fn durations(&self) -> Result<Test<i64>, QueryError> {
        self.test(|text| {
            let duration = DurationLiteral::parse(text);
            duration
                .map(|d| d.micros)
                .map_err(|_| "a duration such as 90s, 4h or 1d12h")
        })
    }

    /// As a test of weekdays, 0 for Monday.
    pub fn weekdays(&self) -> Result<Test<i64>, QueryError> {
        self.test(|text| {
            let found = WEEKDAYS
                .iter()
                .position(|day| day.eq_ignore_ascii_case(text));
            let day = found.map(|day| day as i64);
            day.ok_or("a weekday: mon, tue, wed, thu, fri, sat or sun")
        })
    }

    /// As a test of hours of a day.
    pub fn hours(&self) -> Result<Test<i64>, QueryError> {
        self.test(|text| {
            let hour = text.parse().ok().filter(|hour| (0..24).contains(hour));
            hour.ok_or("an hour, 0 to 23")
        })
    }

    /// A test of what `read` makes of each value, or says what it should be.
    fn test<T: Bounded>(
        &self,
        read: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Result<Test<T>, QueryError> {
        let one = |value: &Spanned<Value>| {
            let (Value::Quoted(text) | Value::Bare(text)) = &value.node;
            read(text).map_err(|what| self.wrong(value, what))
        };
        match self.way {
            Way::Order(order) => Ok(Test::ordered(order, one(&self.values[0])?)),
            Way::Equal => {
                let values: Result<Vec<T>, QueryError> = self.values.iter().map(one).collect();
                Ok(Test::one_of(values?))
            }
            Way::Matches => Err(QueryError::new(
                self.values[0].span.clone(),
                format!("~ looks in text, which {} does not hold", self.field),
            )),
        }
    }

    fn wrong(&self, value: &Spanned<Value>, what: &str) -> QueryError {
        let (Value::Quoted(text) | Value::Bare(text)) = &value.node;
        let message = format!("{} takes {what}, not {}", self.field, shown(text));
        QueryError::new(value.span.clone(), message)
    }

    fn pattern(&self) -> Result<Pattern, QueryError> {
        let value = &self.values[0];
        let Value::Quoted(pattern) = &value.node else {
            return Err(self.wrong(value, "a regex in double quotes after ~"));
        };
        let wrong = |message: &str| QueryError::new(value.span.clone(), escape_line(message));
        Ok(Pattern {
            regex: text::regex(pattern).map_err(|e| wrong(&e.message))?,
            cancel: self.cancel.cloned().unwrap_or_default(),
        })
    }
}

/// `true` or `false` in any letter case; `None` for other texts.
pub fn truth(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
