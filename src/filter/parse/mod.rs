//! Text to tree, by recursive descent over the grammar of the module's documentation. Knows no
//! log. Every character is looked at a bounded number of times, whatever the text.

mod events;

use crate::filter::ast::{
    Activity, Anchor, Atom, Comparison, Conformity, EventCond, Expr, Field, GRAMMAR_WORDS,
    Membership, Missing, Op, Relation, Spanned, TimeRange, Value, is_word_char,
};
use crate::filter::lex::{Scanner, Want, Wants};
use crate::filter::time::{DurationLiteral, Moment};
use crate::filter::value::number;
use crate::filter::{QueryError, quote, shown};
use crate::text::time::WEEKDAYS;

/// Parentheses and `not`s inside each other, at most.
const DEEPEST: usize = 64;

/// Words that are a condition alone.
const STATES: [(&str, Atom); 4] = [
    ("open", Atom::Open(true)),
    ("closed", Atom::Open(false)),
    ("fits", Atom::Conforms(Conformity::Fits)),
    ("deviates", Atom::Conforms(Conformity::Deviates)),
];

/// Reads a filter of cases.
///
/// ```
/// use casetrail::filter::parse;
///
/// let filter = parse(r#"( "Open"->"Close" within 2h ) and region="EU""#).unwrap();
/// assert_eq!(
///     filter.to_string(),
///     r#""Open" -> "Close" within 2h and region = "EU""#
/// );
/// let error = parse("duration >").unwrap_err();
/// assert_eq!(error.span, 10..10);
/// ```
///
/// # Errors
/// The first place where the text leaves the grammar.
pub fn parse(text: &str) -> Result<Expr, QueryError> {
    let mut parser = Parser::new(text, None);
    let expr = parser.filter()?;
    parser.end("`and`, `or` or the end")?;
    Ok(expr)
}

/// Reads a condition on events: a comparison, a membership, or `time in` a range of time.
///
/// # Errors
/// The first place where the text leaves the grammar.
pub fn parse_events(text: &str) -> Result<EventCond, QueryError> {
    let mut parser = Parser::new(text, None);
    let cond = parser.event_cond()?;
    parser.end("the end: a condition on events is a single comparison")?;
    Ok(cond)
}

/// Reads a field of cases or of events: `first(team)`, `count("Ship")`, a column.
///
/// # Errors
/// The first place where the text leaves the grammar.
pub fn parse_field(text: &str) -> Result<Field, QueryError> {
    let mut parser = Parser::new(text, None);
    let field = parser.field()?;
    parser.end("the end: a column is a single field")?;
    Ok(field.node)
}

/// Returns the kinds of tokens that are accepted at the end of an unfinished text, in the order in which
/// the grammar looks for them, and whether the text is complete as it is. There are none where the text
/// leaves the grammar before its end.
pub(super) fn accepted(text: &str, of_events: bool) -> (Vec<Want>, bool) {
    let wants = Wants::default();
    let mut parser = Parser::new(text, Some(&wants));
    let read = if of_events {
        parser.event_cond().map(drop)
    } else {
        parser.filter().map(drop)
    };
    let complete = read.and_then(|()| parser.end("the end")).is_ok();
    (wants.into_inner(), complete)
}

/// A field, and what is said of it.
enum Condition {
    Compare(Comparison),
    Member(Membership),
    Missing(Missing),
}

pub(super) struct Parser<'a> {
    pub(super) scan: Scanner<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, wants: Option<&'a Wants>) -> Self {
        Parser {
            scan: Scanner::new(text, wants),
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
                .expected("no arrow here: join two conditions with `and`")),
            _ => Err(self.scan.expected(expected)),
        }
    }

    pub(super) fn filter(&mut self) -> Result<Expr, QueryError> {
        let mut any = vec![self.conjunction()?];
        while self.scan.eat_word("or") || self.scan.eat_other("||") {
            any.push(self.conjunction()?);
        }
        Ok(one_or(any, Expr::Or))
    }

    fn conjunction(&mut self) -> Result<Expr, QueryError> {
        let mut all = vec![self.negation()?];
        while self.scan.eat_word("and") || self.scan.eat_other("&&") {
            all.push(self.negation()?);
        }
        Ok(one_or(all, Expr::And))
    }

    fn negation(&mut self) -> Result<Expr, QueryError> {
        let before = self.scan.clone();
        if self.scan.eat_word("not") || self.scan.eat_other("!") {
            // Back before the word, so that an error about the depth points to it.
            let after = std::mem::replace(&mut self.scan, before);
            let inner = self.nested(|p| {
                p.scan = after;
                // `not` is printed with parentheses, which must not make it deeper than it was read.
                if p.scan.peek() == Some('(') {
                    p.group()
                } else {
                    p.negation()
                }
            })?;
            return Ok(Expr::Not(Box::new(inner)));
        }
        self.scan.accepts(Want::Word("("));
        if self.scan.peek() == Some('(') {
            return self.nested(Self::group);
        }
        self.atom().map(Expr::Atom)
    }

    fn group(&mut self) -> Result<Expr, QueryError> {
        self.scan.skip_char();
        let inner = self.filter()?;
        self.expect(")", "`and`, `or` or `)`")?;
        Ok(inner)
    }

    /// Calls `read` one nesting level deeper.
    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Expr, QueryError>,
    ) -> Result<Expr, QueryError> {
        // Each level is a call: the depth keeps any text within the stack.
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

    pub(super) fn expect(&mut self, symbol: &'static str, what: &str) -> Result<(), QueryError> {
        if self.scan.eat(symbol) {
            Ok(())
        } else {
            Err(self.scan.expected(what))
        }
    }

    fn atom(&mut self) -> Result<Atom, QueryError> {
        self.scan.accepts(Want::Activity);
        if self.scan.is_at_quote() {
            return self.path();
        }
        for (word, anchor) in [("starts", Anchor::Starts), ("ends", Anchor::Ends)] {
            if self.scan.eat_first_word(word) {
                if !self.scan.eat_word("with") {
                    return Err(self.scan.expected("`with` and an activity"));
                }
                return Ok(Atom::Bound(anchor, self.activity()?));
            }
        }
        if let Some(bound) = self.compared_bound() {
            return self.compared(bound);
        }
        if let Some((relation, range)) = self.period()? {
            return Ok(Atom::Period(relation, range));
        }
        if let Some(atom) = self.on_events()? {
            return Ok(atom);
        }
        if let Some(range) = self.relative_range()? {
            return Ok(Atom::Time(range));
        }
        if let Some(words) = self.words_alone() {
            let state = STATES.into_iter().find(|(word, _)| *word == words.node);
            return Ok(state.map_or(Atom::Words(words), |(_, state)| state));
        }
        let field = self.field()?;
        if field.node == Field::Time
            && let Some(atom) = self.time_of_some_event()?
        {
            return Ok(atom);
        }
        if field.node == Field::Resource {
            self.scan.accepts(Want::Value(Field::Resource, Op::Equal));
        }
        if self.scan.is_at_quote() {
            return self.handover(field);
        }
        self.compared(field)
    }

    /// Parses the rest of a comparison of cases after its field.
    fn compared(&mut self, field: Spanned<Field>) -> Result<Atom, QueryError> {
        Ok(match self.condition(field)? {
            Condition::Compare(comparison) => Atom::Compare(comparison),
            Condition::Member(membership) => Atom::Member(membership),
            Condition::Missing(missing) => Atom::Missing(missing),
        })
    }

    /// `started` or `ended` before an operator: another spelling of the fields `start` and `end`.
    fn compared_bound(&mut self) -> Option<Spanned<Field>> {
        let node = match self.scan.peek_word() {
            "started" => Field::Start,
            "ended" => Field::End,
            _ => return None,
        };
        let before = self.scan.clone();
        let span = self.scan.word().span;
        let is_compared = ["<", ">", "=", "!"].iter().any(|of| self.scan.sees(of));
        if !is_compared {
            self.scan = before;
            return None;
        }
        Some(Spanned { node, span })
    }

    /// A relation and its range of time, where one stands here.
    fn period(&mut self) -> Result<Option<(Relation, TimeRange)>, QueryError> {
        for relation in Relation::ALL {
            if self.scan.eat_first_word(relation.word()) {
                // What people write without need.
                self.scan.eat_other_word("in");
                return Ok(Some((relation, self.time_range()?)));
            }
        }
        Ok(None)
    }

    /// Parses the rest after `time` when it is neither compared nor one of some values.
    fn time_of_some_event(&mut self) -> Result<Option<Atom>, QueryError> {
        let (after, within) = self.limits()?;
        if after.is_some() || within.is_some() {
            return Ok(Some(Atom::Since(after, within)));
        }
        Ok(self.in_range()?.map(Atom::Time))
    }

    /// `in` and a range of time, where they are next and no values in parentheses.
    fn in_range(&mut self) -> Result<Option<TimeRange>, QueryError> {
        let before = self.scan.clone();
        if self.scan.eat_word("in") {
            // Offered, too, as values may follow in parentheses.
            self.scan.accepts(Want::Word("("));
            if !self.scan.sees("(") {
                return self.time_range().map(Some);
            }
        }
        self.scan = before;
        Ok(None)
    }

    pub(super) fn activity(&mut self) -> Result<Activity, QueryError> {
        self.scan.accepts(Want::Activity);
        if self.scan.is_at_quote() {
            return self.scan.string();
        }
        Err(self.scan.expected("an activity in double quotes"))
    }

    fn field(&mut self) -> Result<Spanned<Field>, QueryError> {
        self.scan.accepts(Want::Field { of_cases: true });
        // Passes blanks, so that the span begins with the field.
        self.scan.peek();
        let start = self.scan.at();
        let node = if self.scan.eat_call("count(") {
            Field::Count(self.activity()?)
        } else if self.scan.eat_call("first(") {
            Field::At(Anchor::Starts, Box::new(self.field_of_events()?))
        } else if self.scan.eat_call("last(") {
            Field::At(Anchor::Ends, Box::new(self.field_of_events()?))
        } else {
            return self.name_of_field();
        };
        self.expect(")", "`)`")?;
        Ok(Spanned {
            node,
            span: start..self.scan.at(),
        })
    }

    pub(super) fn field_of_events(&mut self) -> Result<Spanned<Field>, QueryError> {
        self.scan.accepts(Want::Field { of_cases: false });
        match self.scan.peek() {
            Some('`') => self.name_of_field(),
            Some(c) if is_word_char(c) => self.name_of_field(),
            _ => {
                let what = "a field of events: activity, resource, time, case or a column";
                Err(self.scan.expected(what))
            }
        }
    }

    /// Parses a field that is a word or a name in backticks.
    fn name_of_field(&mut self) -> Result<Spanned<Field>, QueryError> {
        if self.scan.peek() == Some('`') {
            let name = self.scan.backticked()?;
            return Ok(Spanned {
                node: Field::of_backticks(name.node),
                span: name.span,
            });
        }
        let name = self.scan.peek_word();
        let node = match name {
            "" => return Err(self.no_condition()),
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
            Some('“' | '”' | '„' | '«') => "a plain double quote",
            _ => "an activity in double quotes, a field, or `not`",
        };
        self.scan.expected(what)
    }

    /// Parses the rest of a condition after its field.
    fn condition(&mut self, field: Spanned<Field>) -> Result<Condition, QueryError> {
        self.scan.accepts(Want::Operator(field.node.clone()));
        if self.scan.eat_word("in") {
            let values = self.values(&field.node)?;
            return Ok(Condition::Member(Membership { field, values }));
        }
        let before = self.scan.clone();
        if self.scan.eat_word("is") {
            let negated = self.scan.eat_word("not");
            if self.scan.eat_word("missing") || self.scan.eat_other_word("null") {
                return Ok(Condition::Missing(Missing { field, negated }));
            }
            // `is` was a word of something else: what follows says what was expected.
            self.scan = before;
        }
        for op in Op::ALL {
            let other = match op {
                Op::Equal => self.scan.eat_other("=="),
                Op::NotEqual => self.scan.eat_other("<>"),
                _ => false,
            };
            if other || self.scan.eat_other(op.symbol()) {
                if matches!(op, Op::Equal | Op::NotEqual) && self.eat_missing() {
                    let negated = op == Op::NotEqual;
                    return Ok(Condition::Missing(Missing { field, negated }));
                }
                let value = self.value(&field.node, op)?;
                return Ok(Condition::Compare(Comparison { field, op, value }));
            }
        }
        Err(self.no_operator(&field))
    }

    fn eat_missing(&mut self) -> bool {
        self.scan.eat_other_word("missing") || self.scan.eat_other_word("null")
    }

    /// Plain words after which nothing is said of them: up to the end, a junction or a parenthesis.
    fn words_alone(&mut self) -> Option<Spanned<String>> {
        for (word, _) in STATES {
            self.scan.accepts(Want::Word(word));
        }
        let before = self.scan.clone();
        let mut words: Option<Spanned<String>> = None;
        loop {
            let ahead = self.scan.peek_word();
            let is_plain = match (ahead, &words) {
                ("and" | "or" | "AND" | "OR" | "", _) | ("is" | "IS", Some(_)) => false,
                (_, None) => {
                    matches!(Field::of_word(ahead), Field::Column(_))
                        && !GRAMMAR_WORDS.contains(&ahead)
                }
                _ => true,
            };
            if !is_plain {
                break;
            }
            let word = self.scan.word();
            match &mut words {
                None => {
                    words = Some(Spanned {
                        node: word.node.to_owned(),
                        span: word.span,
                    });
                }
                Some(words) => {
                    words.node.push(' ');
                    words.node.push_str(word.node);
                    words.span.end = word.span.end;
                }
            }
        }
        // After a state nothing is missing; an unfinished text may go on with an operator.
        let is_state = |words: &Spanned<String>| STATES.iter().any(|(word, _)| *word == words.node);
        let is_whole = !self.scan.is_unfinished() || words.as_ref().is_some_and(is_state);
        let ends = (self.scan.peek().is_none() && is_whole)
            || self.scan.peek() == Some(')')
            || matches!(self.scan.peek_word(), "and" | "or" | "AND" | "OR")
            || self.scan.sees("&&")
            || self.scan.sees("||");
        let words = words.filter(|_| ends);
        if words.is_none() {
            self.scan = before;
        }
        words
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

    fn values(&mut self, field: &Field) -> Result<Vec<Spanned<Value>>, QueryError> {
        self.expect("(", "`(` and values")?;
        let mut values = vec![self.value(field, Op::Equal)?];
        while self.scan.eat(",") {
            values.push(self.value(field, Op::Equal)?);
        }
        self.expect(")", "`,` or `)`")?;
        Ok(values)
    }

    fn value(&mut self, field: &Field, op: Op) -> Result<Spanned<Value>, QueryError> {
        self.scan.accepts(Want::Value(field.clone(), op));
        if self.scan.is_at_quote() {
            let text = self.scan.string()?;
            return Ok(Spanned {
                node: Value::Quoted(text.node),
                span: text.span,
            });
        }
        let before = self.scan.clone();
        if let Some(duration) = self.scan.duration() {
            return match DurationLiteral::parse(&duration.node) {
                Ok(_) => Ok(Spanned {
                    node: Value::Bare(duration.node),
                    span: duration.span,
                }),
                Err(reason) => Err(QueryError::new(duration.span, reason)),
            };
        }
        let literal = self.scan.literal();
        match check_bare(literal.node) {
            Ok(()) => Ok(Spanned {
                node: Value::Bare(literal.node.to_owned()),
                span: literal.span,
            }),
            Err(None) => {
                self.scan = before;
                let word = literal.node;
                if word.starts_with(char::is_alphabetic) {
                    let quoted = shown(&quote(word));
                    let message = format!(
                        "expected a value, found {}; text needs quotes: {quoted}",
                        shown(word)
                    );
                    return Err(QueryError::new(literal.span, message));
                }
                let what = "a value: a text in double quotes, a number, a duration or a time";
                Err(self.scan.expected(what))
            }
            Err(Some(reason)) => Err(QueryError::new(literal.span, reason)),
        }
    }

    fn event_cond(&mut self) -> Result<EventCond, QueryError> {
        if let Some(between) = self.between()? {
            return Ok(EventCond::Between(between));
        }
        if self.sees_bare_range() {
            return Ok(EventCond::Time(self.time_range()?));
        }
        if let Some(range) = self.relative_range()? {
            return Ok(EventCond::Time(range));
        }
        let field = match self.scan.peek() {
            Some(c) if is_word_char(c) => self.field()?,
            _ => self.field_of_events()?,
        };
        if field.node == Field::Time
            && let Some(range) = self.in_range()?
        {
            return Ok(EventCond::Time(range));
        }
        Ok(match self.condition(field)? {
            Condition::Compare(comparison) => EventCond::Compare(comparison),
            Condition::Member(membership) => EventCond::Member(membership),
            Condition::Missing(missing) => EventCond::Missing(missing),
        })
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
mod tests;
