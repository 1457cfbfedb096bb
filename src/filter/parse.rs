//! Text to tree, by recursive descent over the grammar of the module's documentation. Knows no
//! log. Every character is looked at a bounded number of times, whatever the text.

use super::ast::{
    Activity, Anchor, Atom, Comparison, EventCond, Expr, Field, GRAMMAR_WORDS, Gap, Membership, Op,
    Queued, Relation, Spanned, Step, TimeLiteral, TimeRange, Value,
};
use super::lex::Scanner;
use super::time::{DurationLiteral, Moment};
use super::value::number;
use super::{QueryError, shown};
use crate::text::time::WEEKDAYS;

/// Parentheses and `not`s inside each other, at most.
const DEEPEST: usize = 64;

/// Reads a filter of cases.
///
/// # Errors
/// The first place where the text leaves the grammar.
pub fn parse(text: &str) -> Result<Expr, QueryError> {
    let mut parser = Parser::new(text);
    let expr = parser.filter()?;
    parser.end("`and`, `or` or the end")?;
    Ok(expr)
}

/// Reads a condition on events: a comparison, a membership, or `time in` a range of time.
///
/// # Errors
/// The first place where the text leaves the grammar.
pub fn parse_events(text: &str) -> Result<EventCond, QueryError> {
    let mut parser = Parser::new(text);
    let cond = parser.event_cond()?;
    parser.end("the end: a condition on events is a single comparison")?;
    Ok(cond)
}

/// A field, and what is said of it.
enum Condition {
    Compare(Comparison),
    Member(Membership),
}

struct Parser<'a> {
    scan: Scanner<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Parser {
            scan: Scanner::new(text),
            depth: 0,
        }
    }

    fn end(&mut self, expected: &str) -> Result<(), QueryError> {
        match self.scan.peek() {
            None => Ok(()),
            Some(')') => Err(self
                .scan
                .expected("nothing: this parenthesis was never opened")),
            _ if self.scan.sees("->") || self.scan.sees("~>") => Err(self
                .scan
                .expected("no second arrow: join two paths with `and`")),
            _ => Err(self.scan.expected(expected)),
        }
    }

    fn filter(&mut self) -> Result<Expr, QueryError> {
        let mut any = vec![self.conjunction()?];
        while self.scan.eat_word("or") {
            any.push(self.conjunction()?);
        }
        Ok(one_or(any, Expr::Or))
    }

    fn conjunction(&mut self) -> Result<Expr, QueryError> {
        let mut all = vec![self.negation()?];
        while self.scan.eat_word("and") {
            all.push(self.negation()?);
        }
        Ok(one_or(all, Expr::And))
    }

    fn negation(&mut self) -> Result<Expr, QueryError> {
        if self.scan.peek_word() == "not" {
            let inner = self.nested(|p| {
                p.scan.eat_word("not");
                p.negation()
            })?;
            return Ok(Expr::Not(Box::new(inner)));
        }
        if self.scan.peek() == Some('(') {
            return self.nested(|p| {
                p.scan.eat("(");
                let inner = p.filter()?;
                p.expect(")", "`and`, `or` or `)`")?;
                Ok(inner)
            });
        }
        self.atom().map(Expr::Atom)
    }

    /// Calls `read` one nesting level deeper.
    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Expr, QueryError>,
    ) -> Result<Expr, QueryError> {
        if self.depth == DEEPEST {
            let at = self.scan.at();
            let message = format!("the filter is nested more than {DEEPEST} deep");
            return Err(QueryError::new(at..at + 1, message));
        }
        self.depth += 1;
        let inner = read(self)?;
        self.depth -= 1;
        Ok(inner)
    }

    fn expect(&mut self, symbol: &str, what: &str) -> Result<(), QueryError> {
        if self.scan.eat(symbol) {
            Ok(())
        } else {
            Err(self.scan.expected(what))
        }
    }

    fn atom(&mut self) -> Result<Atom, QueryError> {
        if self.scan.peek() == Some('"') {
            return self.path();
        }
        let bound = |p: &mut Self, anchor| {
            p.scan.word();
            if !p.scan.eat_word("with") {
                return Err(p.scan.expected("`with` and an activity"));
            }
            Ok(Atom::Bound(anchor, p.activity()?))
        };
        match self.scan.peek_word() {
            "starts" => bound(self, Anchor::Starts),
            "ends" => bound(self, Anchor::Ends),
            "queued" => self.queued(),
            _ => {
                if let Some((relation, range)) = self.period()? {
                    return Ok(Atom::Period(relation, range));
                }
                let field = self.field()?;
                if field.node == Field::Time
                    && let Some(atom) = self.time_of_some_event()?
                {
                    return Ok(atom);
                }
                Ok(match self.condition(field)? {
                    Condition::Compare(comparison) => Atom::Compare(comparison),
                    Condition::Member(membership) => Atom::Member(membership),
                })
            }
        }
    }

    fn queued(&mut self) -> Result<Atom, QueryError> {
        self.scan.word();
        let of_resource = self.scan.eat_word("resource");
        if self.scan.peek() != Some('"') {
            let what = if of_resource {
                "a resource in double quotes"
            } else {
                "an activity in double quotes, or `resource` and its name"
            };
            return Err(self.scan.expected(what));
        }
        let name = self.scan.string()?;
        let what = if of_resource {
            Queued::Resource(name)
        } else {
            Queued::Activity(name)
        };
        let in_range = self.scan.peek().is_some_and(|c| c.is_ascii_digit()) || self.scan.sees("..");
        let range = in_range.then(|| self.time_range()).transpose()?;
        Ok(Atom::Queued(what, range))
    }

    fn path(&mut self) -> Result<Atom, QueryError> {
        let from = self.activity()?;
        let step = if self.scan.eat("->") {
            Step::Directly
        } else if self.scan.eat("~>") {
            Step::Eventually
        } else {
            return Ok(Atom::Has(from));
        };
        let to = self.activity()?;
        let (after, within) = self.limits()?;
        let period = self.period()?;
        Ok(Atom::Follows {
            from,
            step,
            to,
            gap: Box::new(Gap {
                after,
                within,
                period,
            }),
        })
    }

    /// `after` and `within` with their durations, either of them or both, in any order.
    fn limits(&mut self) -> Result<(Option<DurationLiteral>, Option<DurationLiteral>), QueryError> {
        let (mut after, mut within) = (None, None);
        loop {
            if after.is_none() && self.scan.eat_word("after") {
                after = Some(self.limit()?);
            } else if within.is_none() && self.scan.eat_word("within") {
                within = Some(self.limit()?);
            } else {
                return Ok((after, within));
            }
        }
    }

    /// A relation and its range of time, where one stands here.
    fn period(&mut self) -> Result<Option<(Relation, TimeRange)>, QueryError> {
        let Some(relation) = Relation::of_word(self.scan.peek_word()) else {
            return Ok(None);
        };
        self.scan.word();
        Ok(Some((relation, self.time_range()?)))
    }

    /// Parses the rest after `time` when it is neither compared nor one of some values.
    fn time_of_some_event(&mut self) -> Result<Option<Atom>, QueryError> {
        if matches!(self.scan.peek_word(), "after" | "within") {
            let (after, within) = self.limits()?;
            return Ok(Some(Atom::Since(after, within)));
        }
        let before = self.scan.clone();
        if self.scan.eat_word("in") && !self.scan.sees("(") {
            return Ok(Some(Atom::Time(self.time_range()?)));
        }
        self.scan = before;
        Ok(None)
    }

    fn activity(&mut self) -> Result<Activity, QueryError> {
        match self.scan.peek() {
            Some('"') => self.scan.string(),
            _ => Err(self.scan.expected("an activity in double quotes")),
        }
    }

    /// A duration, with `-` before it where the second event is to come before the first.
    fn limit(&mut self) -> Result<DurationLiteral, QueryError> {
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

    fn field(&mut self) -> Result<Spanned<Field>, QueryError> {
        if self.scan.peek() == Some('`') {
            let name = self.scan.backticked()?;
            return Ok(Spanned {
                node: Field::Column(name.node),
                span: name.span,
            });
        }
        let name = self.scan.peek_word();
        let node = match name {
            "" => return Err(self.no_condition()),
            "count" => return self.count(),
            _ => Field::of_word(name),
        };
        if matches!(node, Field::Column(_)) && GRAMMAR_WORDS.contains(&name) {
            let what = "a condition (a column of that name is written in backticks)";
            return Err(self.scan.expected(what));
        }
        let mut span = self.scan.word().span;
        if matches!(node, Field::Start | Field::End) && self.scan.is_at_dot() {
            let node = self.clock(name)?;
            span.end = self.scan.at();
            return Ok(Spanned { node, span });
        }
        Ok(Spanned { node, span })
    }

    /// The part of the clock after `start` or `end` and a point.
    fn clock(&mut self, end: &str) -> Result<Field, QueryError> {
        self.scan.skip_char();
        match Field::of_word(&format!("{end}.{}", self.scan.peek_word())) {
            field @ Field::Clock(..) => {
                self.scan.word();
                Ok(field)
            }
            _ => Err(self.scan.expected("`weekday` or `hour`")),
        }
    }

    fn no_condition(&mut self) -> QueryError {
        let what = match self.scan.peek() {
            Some('\'' | '“' | '”' | '„' | '«') => "a plain double quote",
            _ => "an activity in double quotes, a field, or `not`",
        };
        self.scan.expected(what)
    }

    fn count(&mut self) -> Result<Spanned<Field>, QueryError> {
        let start = self.scan.word().span.start;
        self.expect("(", "`(` and an activity in double quotes")?;
        let activity = self.activity()?;
        self.expect(")", "`)`")?;
        Ok(Spanned {
            node: Field::Count(activity),
            span: start..self.scan.at(),
        })
    }

    /// Parses the rest of a condition after its field.
    fn condition(&mut self, field: Spanned<Field>) -> Result<Condition, QueryError> {
        if self.scan.eat_word("in") {
            let values = self.values()?;
            return Ok(Condition::Member(Membership { field, values }));
        }
        for op in Op::ALL {
            if self.scan.eat(op.symbol()) {
                let value = self.value()?;
                return Ok(Condition::Compare(Comparison { field, op, value }));
            }
        }
        Err(self.no_operator(&field))
    }

    fn no_operator(&mut self, field: &Spanned<Field>) -> QueryError {
        let after = match &field.node {
            Field::Column(name) => format!(
                "an operator (= != < <= > >= ~ !~ or `in`) after {} (an activity is written in \
                 double quotes, a name that is no plain word in backticks)",
                shown(name)
            ),
            field => format!("an operator (= != < <= > >= ~ !~ or `in`) after {field}"),
        };
        self.scan.expected(&after)
    }

    fn values(&mut self) -> Result<Vec<Spanned<Value>>, QueryError> {
        self.expect("(", "`(` and values")?;
        let mut values = vec![self.value()?];
        while self.scan.eat(",") {
            values.push(self.value()?);
        }
        self.expect(")", "`,` or `)`")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<Spanned<Value>, QueryError> {
        if self.scan.peek() == Some('"') {
            let text = self.scan.string()?;
            return Ok(Spanned {
                node: Value::Quoted(text.node),
                span: text.span,
            });
        }
        let before = self.scan.clone();
        let literal = self.scan.literal();
        match check_bare(literal.node) {
            Ok(()) => Ok(Spanned {
                node: Value::Bare(literal.node.to_owned()),
                span: literal.span,
            }),
            Err(None) => {
                self.scan = before;
                let what = "a value: a text in double quotes, a number, a duration or a time";
                Err(self.scan.expected(what))
            }
            Err(Some(reason)) => Err(QueryError::new(literal.span, reason)),
        }
    }

    fn time_range(&mut self) -> Result<TimeRange, QueryError> {
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
            Some(c) if c.is_ascii_digit() => Ok(TimeRange::Until(Some(from), self.time()?)),
            _ => Ok(TimeRange::From(from)),
        }
    }

    fn time(&mut self) -> Result<TimeLiteral, QueryError> {
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

    fn event_cond(&mut self) -> Result<EventCond, QueryError> {
        if self.sees_bare_range() {
            return Ok(EventCond::Time(self.time_range()?));
        }
        let field = match self.scan.peek() {
            Some('"') | None => {
                let what = "a field of events: activity, resource, time, case or a column";
                return Err(self.scan.expected(what));
            }
            _ => self.field()?,
        };
        let before = self.scan.clone();
        if field.node == Field::Time && self.scan.eat_word("in") && !self.scan.sees("(") {
            return Ok(EventCond::Time(self.time_range()?));
        }
        self.scan = before;
        Ok(match self.condition(field)? {
            Condition::Compare(comparison) => EventCond::Compare(comparison),
            Condition::Member(membership) => EventCond::Member(membership),
        })
    }

    /// True if a range of time without `time in` follows: `2024..`, `..2024`, `2024-03`; not
    /// `2024 = 5`, which is about a column named so.
    fn sees_bare_range(&mut self) -> bool {
        let mut ahead = self.scan.clone();
        if ahead.sees("..") {
            return true;
        }
        let literal = ahead.literal();
        Moment::looks_like(literal.node) && (ahead.sees("..") || ahead.peek().is_none())
    }
}

/// The only one, or all of them together.
fn one_or(mut all: Vec<Expr>, together: fn(Vec<Expr>) -> Expr) -> Expr {
    if all.len() == 1 {
        all.swap_remove(0)
    } else {
        together(all)
    }
}

/// Checks that a bare text is a value; `Err(None)` if no better message is known.
fn check_bare(text: &str) -> Result<(), Option<&'static str>> {
    let lower = text.to_ascii_lowercase();
    let is_word = lower == "true" || lower == "false" || WEEKDAYS.contains(&lower.as_str());
    if is_word || number(text).is_some() {
        return Ok(());
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return Err(None);
    }
    if Moment::looks_like(text) {
        return Moment::parse(text).map(|_| ()).map_err(Some);
    }
    if text.chars().all(|c| c.is_ascii_digit()) {
        return Err(Some(
            "a number has no leading zeros: write it in double quotes as text",
        ));
    }
    match DurationLiteral::parse(text) {
        Ok(_) => Ok(()),
        Err(reason) if text.starts_with(|c: char| c.is_ascii_digit()) => Err(Some(reason)),
        Err(_) => Err(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        parse(text)
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .to_string()
    }

    #[test]
    fn the_examples_of_the_language_print_as_they_are() {
        for text in [
            r#""Escalate" and duration > 3d"#,
            r#""Assign" -> "Resolve" within 2h"#,
            r#""Assign" ~> "Resolve" after 1d12h"#,
            r#"not "Close""#,
            r#"starts with "Open" and region in ("EU", "US")"#,
            "started 2024-01..=2024-03",
            r#"count("Reassign") >= 2 or events > 30"#,
            r#"("A" or "B") and ("C" or not ("D" and "E"))"#,
            r#""A" and ("B" and "C")"#,
            "during 2024.. and overlaps ..2024-03-01T12:00:00Z or ended ..=2024-03",
            "`case:channel` = \"Desk\" and `start` !~ \"^x\"",
            "a != true and b !~ \"x\" or c = -1.5e3",
            r#"case in ("a", 5, TRUE)"#,
            r#"not (not "A")"#,
            "start.weekday in (sat, sun) or end.hour < 8",
            r#"queued "A" and not (queued resource "Ann" 2024-03..)"#,
            r#"queued "A" 2024-03-01..2024-03-02 or queued "B" ..=2024"#,
        ] {
            assert_eq!(printed(text), text);
        }
    }

    #[test]
    fn spaces_and_spare_parentheses_do_not_matter() {
        for (text, wanted) in [
            (r#"  ( ("A") )"#, r#""A""#),
            (r#""A"->"B"within 2h"#, r#""A" -> "B" within 2h"#),
            (r#"not not "A""#, r#"not (not "A")"#),
            ("duration>3d", "duration > 3d"),
            ("x in(1,2)", "x in (1, 2)"),
            ("`region`=\"EU\"", "region = \"EU\""),
            ("started 2024 .. 2025", "started 2024..2025"),
            ("a ~\"x\"", "a ~ \"x\""),
            ("count ( \"A\" ) = 1", "count(\"A\") = 1"),
        ] {
            assert_eq!(printed(text), wanted, "{text}");
        }
    }

    #[test]
    fn and_binds_more_than_or() {
        let Expr::Or(any) = parse(r#""A" and "B" or not "C" and "D" or "E""#).unwrap() else {
            panic!("no or");
        };
        let printed: Vec<String> = any.iter().map(ToString::to_string).collect();
        assert_eq!(printed, [r#""A" and "B""#, r#"not "C" and "D""#, r#""E""#]);
    }

    #[test]
    fn errors_say_where_and_what() {
        for (text, span, part) in [
            ("", 0..0, "expected an activity in double quotes"),
            ("\"A", 0..1, "not closed"),
            ("`A", 0..1, "not closed"),
            ("\"A\" \"B\"", 4..7, "`and`, `or` or the end"),
            ("\"A\")", 3..4, "never opened"),
            ("(\"A\"", 4..4, "`)`"),
            ("\"A\" ->", 6..6, "an activity in double quotes"),
            ("\"A\" -> \"B\" -> \"C\"", 11..12, "join two paths"),
            ("\"A\" -> \"B\" within x", 18..19, "a duration such as"),
            ("starts \"A\"", 7..10, "`with`"),
            ("Escalate", 8..8, "an activity is written in double quotes"),
            ("case:id = 5", 4..5, "an operator"),
            ("duration > abc", 11..14, "a value"),
            ("a = 'x'", 4..5, "a value"),
            ("a == 5", 3..4, "a value"),
            ("a = 007", 4..7, "leading zeros"),
            ("a = 2024-13-01", 4..14, "no such date"),
            ("started 2024-02-30", 8..18, "no such date"),
            ("started ..", 10..10, "a time such as"),
            ("started then", 8..12, "expected a time"),
            ("with = 5", 0..4, "in backticks"),
            ("x in ()", 6..7, "a value"),
            ("start.day = mon", 6..9, "`weekday` or `hour`"),
            ("start . = mon", 6..7, "an operator"),
            ("queued A", 7..8, "an activity in double quotes, or"),
            ("queued resource Ann", 16..19, "a resource in double"),
            ("queued \"A\" 2024-13", 11..18, "no such date"),
            ("x in (1", 7..7, "`,` or `)`"),
            ("\"é\" und \"B\"", 5..8, "found und"),
            ("a = 5\u{1b}[31m", 5..6, "\\u{1b}"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.span, span, "{text}: {error}");
            assert!(error.message.contains(part), "{text}: {error}");
            assert!(!error.message.contains(char::is_control), "{text}: {error}");
        }
    }

    #[test]
    fn depth_is_capped() {
        let nested = |n: usize| format!("{}\"A\"{}", "(".repeat(n), ")".repeat(n));
        assert!(parse(&nested(64)).is_ok());
        assert!(parse(&nested(65)).unwrap_err().message.contains("nested"));
        assert!(parse(&nested(1_000_000)).is_err());
        assert!(parse(&format!("{}\"A\"", "not ".repeat(64))).is_ok());
        assert!(parse(&"not ".repeat(1_000_000)).is_err());
    }

    #[test]
    fn conditions_on_events() {
        for (text, wanted) in [
            ("activity != \"Note\"", "activity != \"Note\""),
            ("time in 2024-01..2024-04", "time in 2024-01..2024-04"),
            ("time in (2024, 2025)", "time in (2024, 2025)"),
            ("2024-01..", "time in 2024-01.."),
            ("..=2024-01", "time in ..=2024-01"),
            ("2024-01", "time in 2024-01"),
            ("2024 = 5", "2024 = 5"),
            ("region in (\"EU\")", "region in (\"EU\")"),
        ] {
            assert_eq!(parse_events(text).unwrap().to_string(), wanted, "{text}");
        }
        for text in [
            "",
            "\"A\"",
            "not a = 5",
            "a = 5 and b = 6",
            "starts with \"A\"",
            "(a = 5)",
            "time in",
        ] {
            assert!(parse_events(text).is_err(), "{text}");
        }
    }
}
