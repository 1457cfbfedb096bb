//! Parses ranges of time, and limits of the time between two events.

use super::QueryError;
use super::ast::{Op, TimeLiteral, TimeRange};
use super::lex::Want;
use super::parse::Parser;
use super::time::{DurationLiteral, Moment};

impl Parser<'_> {
    /// `last` and a duration, or `today`, where one of them is next and no column of that name.
    pub(super) fn relative_range(&mut self) -> Result<Option<TimeRange>, QueryError> {
        // `last` and `today` may be columns: what follows decides, and else nothing is taken.
        let before = self.scan.clone();
        if self.scan.eat_word("today") {
            if !self.is_compared() {
                return Ok(Some(TimeRange::Today));
            }
        } else if self.scan.eat_word("last") {
            self.scan.accepts(Want::Duration);
            if self.scan.peek().is_some_and(|c| c.is_ascii_digit()) {
                return Ok(Some(TimeRange::Last(self.limit()?)));
            }
        }
        self.scan = before;
        Ok(None)
    }

    /// True if what is before the place is a field: it is compared or looked for in values.
    fn is_compared(&self) -> bool {
        let mut ahead = self.scan.ahead();
        ahead.eat_word("in")
            || ahead.eat_word("is")
            || Op::ALL.iter().any(|op| ahead.sees(op.symbol()))
    }

    /// A range of time.
    pub(super) fn time_range(&mut self) -> Result<TimeRange, QueryError> {
        if let Some(range) = self.relative_range()? {
            return Ok(range);
        }
        if self.scan.eat("..=") {
            return Ok(TimeRange::Through(None, self.time()?));
        }
        if self.scan.eat("..") {
            return Ok(TimeRange::Until(None, self.time()?));
        }
        let from = self.time()?;
        if self.scan.eat("..=") {
            return Ok(TimeRange::Through(Some(from), self.time()?));
        }
        if !self.scan.eat("..") {
            return Ok(TimeRange::Whole(from));
        }
        match self.scan.peek() {
            // `2024.. and` has no end: only a digit can begin one.
            Some(c) if c.is_ascii_digit() => Ok(TimeRange::Until(Some(from), self.time()?)),
            _ => Ok(TimeRange::From(from)),
        }
    }

    fn time(&mut self) -> Result<TimeLiteral, QueryError> {
        self.scan.accepts(Want::Time);
        let literal = self.scan.literal();
        if literal.node.is_empty() {
            return Err(self
                .scan
                .expected("a time such as 2024-03 or 2024-03-01T12:00"));
        }
        let moment = Moment::parse(literal.node);
        Ok(TimeLiteral {
            text: literal.node.to_owned(),
            moment: moment.map_err(|e| QueryError::new(literal.span, e))?,
        })
    }

    /// True if a range of time without `time in` follows: `2024..`, `..2024`, `2024-03`; not
    /// `2024 = 5`, which is about a column named so.
    pub(super) fn sees_bare_range(&mut self) -> bool {
        if self.scan.sees("..") {
            return true;
        }
        let before = self.scan.clone();
        let looks_like = Moment::looks_like(self.scan.literal().node);
        let bare = looks_like && !self.is_compared();
        self.scan = before;
        bare
    }

    /// `after` and `within` with their durations, either of them or both, in any order.
    pub(super) fn limits(
        &mut self,
    ) -> Result<(Option<DurationLiteral>, Option<DurationLiteral>), QueryError> {
        let (mut after, mut within) = (None, None);
        loop {
            if within.is_none() && self.scan.eat_word("within") {
                within = Some(self.limit()?);
            } else if after.is_none() && self.scan.eat_word("after") {
                after = Some(self.limit()?);
            } else {
                return Ok((after, within));
            }
        }
    }

    /// A duration, with `-` before it where the second event is to come before the first.
    pub(super) fn limit(&mut self) -> Result<DurationLiteral, QueryError> {
        self.scan.accepts(Want::Duration);
        if let Some(duration) = self.scan.duration() {
            let parsed = DurationLiteral::parse(&duration.node);
            return parsed.map_err(|e| QueryError::new(duration.span, e));
        }
        let literal = self.scan.literal();
        let amount = literal.node.strip_prefix('-');
        let digits = amount.unwrap_or(literal.node);
        if digits.is_empty() {
            return Err(self.scan.expected("a duration such as 90s, 4h or 1d12h"));
        }
        let parsed =
            DurationLiteral::parse(digits).map_err(|e| QueryError::new(literal.span, e))?;
        Ok(DurationLiteral {
            text: literal.node.to_owned(),
            micros: if amount.is_some() {
                -parsed.micros
            } else {
                parsed.micros
            },
        })
    }
}
