//! Rules on the order of events as text: read and printed, and bound to a log. Evaluates nothing.
//!
//! ```text
//! rule     = TEMPLATE "(" ACTIVITY [ "," ACTIVITY ] [ "," (NUMBER | COLUMN) ] ")" { clause }
//! clause   = "within" DURATION | "after" DURATION | "same" COLUMN | "different" COLUMN
//!          | "when" filter
//! TEMPLATE = "existence" | "absence" | "exactly" | "init" | "end" | "responded" | "coexist"
//!          | "response" | "precedence" | "succession" | "alt_response" | ... | "not_same"
//! ```
//!
//! A NUMBER is for `existence`, `absence` (1 where none is given) and `exactly`, a COLUMN for `not_same`.
//! `within` and `after` limit the time from the earlier event of a pair to the later one; with `same` and
//! `different`, two events are a pair only where the column has a value at both and these are equal, or
//! differ. The filter of `when` selects the cases that the rule is for; it ends where no filter can go on.

use super::ast::{Activity, Expr, Field, Spanned};
use super::bind::event_source;
use super::field::Source;
use super::mentions::Mentions;
use super::parse::Parser;
use super::scope::{BindInputs, Scope};
use super::time::DurationLiteral;
use super::{QueryError, quote, shown};
use crate::event_log::{EventLog, Template};
use crate::text::did_you_mean;
use std::fmt;

/// A rule as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// What it asks.
    pub template: Template,
    /// The first activity.
    pub a: Activity,
    /// The second one; `None` for a template of one activity.
    pub b: Option<Activity>,
    /// Number of events, for templates that count.
    pub times: u32,
    /// Shortest time between the two events of a pair.
    pub after: Option<DurationLiteral>,
    /// Longest time between them.
    pub within: Option<DurationLiteral>,
    /// Columns whose values are equal or differ at the two events of a pair; the first one of `not_same` is
    /// its argument.
    pub columns: Vec<Agreement>,
    /// The filter of the cases that it is for.
    pub when: Option<Spanned<Expr>>,
}

/// A column and what is asked of its values at the two events of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// True where they are equal, false where they differ.
    pub same: bool,
    /// The column.
    pub column: Spanned<Field>,
}

/// The names of a rule looked up in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundRule {
    /// Code of the first activity.
    pub a: u32,
    /// Code of the second one, of the first where there is none.
    pub b: u32,
    /// Whether values are equal, and the position of their column.
    pub columns: Vec<(bool, usize)>,
}

impl RuleText {
    /// A rule of one or two activities, without clauses.
    pub fn new(template: Template, a: &str, b: Option<&str>, times: u32) -> Self {
        let activity = |name: &str| Spanned::from(name.to_owned());
        RuleText {
            template,
            a: activity(a),
            b: b.map(activity),
            times,
            after: None,
            within: None,
            columns: Vec::new(),
            when: None,
        }
    }

    /// The names that it uses: what is true by definition of the cases that break it.
    pub fn mentions(&self) -> Mentions {
        let mut mentions = Mentions::default();
        let activities = std::iter::once(&self.a).chain(&self.b);
        mentions.activities = activities.map(|activity| activity.node.clone()).collect();
        for Agreement { column, .. } in &self.columns {
            match &column.node {
                Field::Column(name) | Field::LogColumn(name) => mentions.columns.push(name.clone()),
                _ => mentions.resource = true,
            }
        }
        if let Some(when) = &self.when {
            mentions.add(&when.node);
        }
        mentions
    }

    /// Looks up its names in a log.
    ///
    /// # Errors
    /// A name that the log does not have, with the nearest ones.
    pub fn bind<'a>(
        &self,
        log: &'a EventLog,
        inputs: impl Into<BindInputs<'a>>,
    ) -> Result<BoundRule, QueryError> {
        let scope = Scope::new(log, inputs.into());
        let a = scope.activity(&self.a)?;
        let columns = self.columns.iter().map(|Agreement { same, column }| {
            if let Source::Column(at) = event_source(column, &scope)? {
                return Ok((*same, at));
            }
            let name = shown(&column.node.to_string());
            let message = format!("{name} is no column of values: name one, or resource");
            Err(QueryError::new(column.span.clone(), message))
        });
        Ok(BoundRule {
            a,
            b: self.b.as_ref().map_or(Ok(a), |b| scope.activity(b))?,
            columns: columns.collect::<Result<_, QueryError>>()?,
        })
    }
}

impl fmt::Display for RuleText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}", self.template.word(), quote(&self.a.node))?;
        if let Some(b) = &self.b {
            write!(f, ", {}", quote(&b.node))?;
        }
        if self.template == Template::Exactly || self.template.counts() && self.times != 1 {
            write!(f, ", {}", self.times)?;
        }
        let mut columns = self.columns.iter();
        if self.template == Template::NotSame
            && let Some(of) = columns.next()
        {
            write!(f, ", {}", of.column.node)?;
        }
        f.write_str(")")?;
        for (word, limit) in [("after", &self.after), ("within", &self.within)] {
            if let Some(limit) = limit {
                write!(f, " {word} {}", limit.text)?;
            }
        }
        for of in columns {
            let word = if of.same { "same" } else { "different" };
            write!(f, " {word} {}", of.column.node)?;
        }
        match &self.when {
            Some(when) => write!(f, " when {}", when.node),
            None => Ok(()),
        }
    }
}

/// Reads a rule.
///
/// ```
/// use casetrail::filter::parse_rule;
///
/// let rule = parse_rule(r#"response("Order","Invoice") within 2 days"#).unwrap();
/// assert_eq!(rule.to_string(), r#"response("Order", "Invoice") within 2d"#);
/// let error = parse_rule(r#"respond("Order", "Invoice")"#).unwrap_err();
/// assert_eq!(error.span, 0..7);
/// ```
///
/// # Errors
/// The first place where the text leaves the grammar.
pub fn parse_rule(text: &str) -> Result<RuleText, QueryError> {
    let mut parser = Parser::new(text, None);
    let template = template(&mut parser)?;
    let mut rule = arguments(&mut parser, template)?;
    while clause(&mut parser, &mut rule)? {}
    match parser.scan.peek() {
        None => Ok(rule),
        Some(_) => Err(parser
            .scan
            .expected("`within`, `after`, `same`, `different`, `when` or the end")),
    }
}

fn template(parser: &mut Parser<'_>) -> Result<Template, QueryError> {
    let words = Template::ALL.iter().map(|template| template.word());
    let word = parser.scan.word();
    if word.node.is_empty() {
        return Err(parser
            .scan
            .expected("a template such as response, precedence or not_same"));
    }
    let found = Template::ALL.into_iter().find(|of| of.word() == word.node);
    found.ok_or_else(|| {
        let hint = did_you_mean(word.node, words, str::to_owned);
        let message = format!("there is no template {}{hint}", shown(word.node));
        QueryError::new(word.span, message)
    })
}

/// Parses what is in the parentheses.
fn arguments(parser: &mut Parser<'_>, template: Template) -> Result<RuleText, QueryError> {
    parser.expect("(", "`(` and an activity")?;
    let a = parser.activity()?;
    let b = if template.is_unary() {
        None
    } else {
        parser.expect(",", "`,` and a second activity")?;
        Some(parser.activity()?)
    };
    if let Some(b) = &b
        && b.node == a.node
        && !template.forbids_pairs()
    {
        let message =
            "the activities are the same: existence and absence count events of one activity";
        return Err(QueryError::new(b.span.clone(), message));
    }
    let mut rule = RuleText::new(template, &a.node, None, 1);
    (rule.a, rule.b) = (a, b);
    if template.counts() {
        let has_number = if template == Template::Exactly {
            parser.expect(",", "`,` and a number")?;
            true
        } else {
            parser.scan.eat(",")
        };
        if has_number {
            rule.times = number(parser)?;
        }
    }
    if template == Template::NotSame {
        parser.expect(",", "`,` and a column, such as resource")?;
        let column = parser.field_of_events()?;
        rule.columns.push(Agreement { same: true, column });
    }
    let what = match template {
        Template::Existence | Template::Absence => "`,` and a number, or `)`",
        _ => "`)`",
    };
    parser.expect(")", what)?;
    Ok(rule)
}

fn number(parser: &mut Parser<'_>) -> Result<u32, QueryError> {
    let literal = parser.scan.literal();
    match literal.node.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => {
            let message = format!(
                "expected a whole number from 1, found {}",
                shown(literal.node)
            );
            Err(QueryError::new(literal.span, message))
        }
    }
}

/// Parses a clause where one is next.
fn clause(parser: &mut Parser<'_>, rule: &mut RuleText) -> Result<bool, QueryError> {
    parser.scan.peek();
    let start = parser.scan.at();
    let of_pairs = ["within", "after", "same", "different"];
    let Some(word) = of_pairs
        .into_iter()
        .find(|&word| parser.scan.eat_word(word))
    else {
        if !parser.scan.eat_word("when") {
            return Ok(false);
        }
        if rule.when.is_some() {
            let message = "`when` is given twice: join filters with `and`";
            return Err(QueryError::new(start..parser.scan.at(), message));
        }
        parser.scan.peek();
        let from = parser.scan.at();
        let node = parser.filter()?;
        let span = from..parser.scan.at();
        rule.when = Some(Spanned { node, span });
        return Ok(true);
    };
    let span = start..parser.scan.at();
    if rule.b.is_none() {
        let template = rule.template.word();
        let message = format!("`{word}` is about two events, and {template} is about one activity");
        return Err(QueryError::new(span, message));
    }
    let limit = match word {
        "within" => &mut rule.within,
        "after" => &mut rule.after,
        _ => {
            let (same, column) = (word == "same", parser.field_of_events()?);
            rule.columns.push(Agreement { same, column });
            return Ok(true);
        }
    };
    if limit.is_some() {
        return Err(QueryError::new(span, format!("`{word}` is given twice")));
    }
    parser.scan.peek();
    let from = parser.scan.at();
    let duration = parser.limit()?;
    if duration.micros < 0 {
        let message = "expected a duration without `-`";
        return Err(QueryError::new(from..parser.scan.at(), message));
    }
    *limit = Some(duration);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_back() {
        for (text, wanted) in [
            (r#"existence("A")"#, ""),
            (r#" existence ( "A" , 1 ) "#, r#"existence("A")"#),
            (r#"absence("A", 3)"#, ""),
            (r#"exactly("A", 1)"#, ""),
            (r#"init("say \"hi\"")"#, ""),
            (r#"end('B')"#, r#"end("B")"#),
            (
                r#"response("A","B") within 2 days after 1h"#,
                r#"response("A", "B") after 1h within 2d"#,
            ),
            (r#"not_same("A", "B", resource) within 30m"#, ""),
            (r#"not_same("A", "A", `my column`)"#, ""),
            (
                r#"chain_response("A", "B") same resource different `team` when region = "EU" and "C""#,
                "",
            ),
            (
                r#"response("A", "B") when "A" -> "B" within 2h same team"#,
                r#"response("A", "B") same team when "A" -> "B" within 2h"#,
            ),
        ] {
            let wanted = if wanted.is_empty() { text } else { wanted };
            let rule = parse_rule(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(rule.to_string(), wanted);
            assert_eq!(parse_rule(wanted).unwrap(), rule);
        }
        for template in Template::ALL {
            let column = if template == Template::NotSame {
                ", x"
            } else {
                ""
            };
            let rest = match template {
                Template::Exactly => ", 2".to_owned(),
                _ if template.is_unary() => String::new(),
                _ => format!(", \"B\"{column}"),
            };
            let text = format!("{}(\"A\"{rest})", template.word());
            assert_eq!(parse_rule(&text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn errors_have_a_place() {
        for (text, place, part) in [
            ("", "", "a template"),
            ("respond(\"A\", \"B\")", "respond", "response"),
            ("xyzzy(\"A\")", "xyzzy", "no template xyzzy"),
            ("response \"A\"", "\"A\"", "`(`"),
            ("response(A, B)", "A", "double quotes"),
            ("response(\"A\")", ")", "second activity"),
            ("response(\"A\", \"B\", 2)", ",", "`)`"),
            ("response(\"A\", \"A\")", "\"A\")", "are the same"),
            ("existence(\"A\", 0)", "0", "from 1"),
            ("existence(\"A\", \"B\")", "", "whole number"),
            ("exactly(\"A\")", ")", "`,` and a number"),
            ("not_same(\"A\", \"B\")", ")", "a column"),
            ("init(\"A\") within 2d", "within", "about one activity"),
            ("init(\"A\") x", "x", "`when` or the end"),
            ("response(\"A\", \"B\") within", "", "a duration"),
            ("response(\"A\", \"B\") within -2d", "-2d", "without `-`"),
            (
                "response(\"A\", \"B\") within 2d within 3d",
                "within 3d",
                "given twice",
            ),
            (
                "init(\"A\") when \"B\" when \"C\"",
                "when \"C\"",
                "given twice",
            ),
            ("init(\"A\") when prio >", "", "expected a value"),
        ] {
            let error = parse_rule(text).unwrap_err();
            assert!(error.message.contains(part), "{text}: {error}");
            assert!(
                text[error.span.start..].starts_with(place),
                "{text}: {error:?}"
            );
        }
    }

    #[test]
    fn names_are_looked_up_in_the_log() {
        let log = crate::test_support::log("1: Order Pay");
        let bind = |text: &str| parse_rule(text).unwrap().bind(&log, chrono_tz::UTC);
        let bound = bind("response(\"Order\", \"Pay\")").unwrap();
        assert_eq!((bound.a, bound.b), (0, 1));
        let error = bind("response(\"Ordr\", \"Pay\")").unwrap_err();
        assert!(error.message.contains("did you mean \"Order\""), "{error}");
        assert_eq!(error.span, 9..15);
        let error = bind("not_same(\"Order\", \"Pay\", team)").unwrap_err();
        assert!(error.message.contains("no column team"), "{error}");
        let error = bind("not_same(\"Order\", \"Pay\", time)").unwrap_err();
        assert!(error.message.contains("time is no column"), "{error}");
    }
}
