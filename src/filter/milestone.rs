//! Milestones as text: read and printed. Knows no log.
//!
//! ```text
//! milestone = ( "end" | ("first" | "last") SET ) [ "after" anchor ]
//! anchor    = "start" | ("first" | "last" | "each") SET
//! SET       = ACTIVITY | "(" ACTIVITY { "," ACTIVITY } ")"
//! ```

use super::ast::Activity;
use super::lex::Scanner;
use super::{QueryError, quote};
use crate::event_log;
use std::fmt;

/// A milestone as it is written.
pub type Milestone = event_log::Milestone<Vec<Activity>>;

/// A place in a case as it is written.
pub type Point = event_log::Point<Vec<Activity>>;

impl Point {
    /// The activities that it looks for.
    pub fn activities(&self) -> &[Activity] {
        match self {
            Point::Start | Point::End => &[],
            Point::First(set) | Point::Last(set) | Point::Each(set) => set,
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, set) = match self {
            Point::Start => return f.write_str("start"),
            Point::End => return f.write_str("end"),
            Point::First(set) => ("first", set),
            Point::Last(set) => ("last", set),
            Point::Each(set) => ("each", set),
        };
        match set.as_slice() {
            [one] => write!(f, "{word} {}", quote(&one.node)),
            set => {
                let names: Vec<String> = set.iter().map(|a| quote(&a.node)).collect();
                write!(f, "{word} ({})", names.join(", "))
            }
        }
    }
}

impl fmt::Display for Milestone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {}", self.to, self.from)
    }
}

/// Reads a milestone.
///
/// # Errors
/// The first place where the text leaves the grammar.
pub fn parse_milestone(text: &str) -> Result<Milestone, QueryError> {
    let mut scan = Scanner::new(text, None);
    let to = if scan.eat_word("end") {
        Point::End
    } else {
        event(&mut scan, "`first` or `last` and an activity, or `end`")?
    };
    let from = if !scan.eat_word("after") || scan.eat_word("start") {
        Point::Start
    } else if matches!(to, Point::First(_)) && scan.eat_word("each") {
        Point::Each(set(&mut scan)?)
    } else {
        event(&mut scan, "`start`, or `first` or `last` and an activity")?
    };
    match scan.peek() {
        None => Ok(Milestone { from, to }),
        Some(_) => Err(scan.expected("`after` or the end")),
    }
}

/// Reads a set of activities: `"A"`, or `("A", "B")`.
///
/// # Errors
/// As of [`parse_milestone`].
pub fn parse_activities(text: &str) -> Result<Vec<Activity>, QueryError> {
    let mut scan = Scanner::new(text, None);
    let set = set(&mut scan)?;
    match scan.peek() {
        None => Ok(set),
        Some(_) => Err(scan.expected("the end")),
    }
}

fn event(scan: &mut Scanner<'_>, expected: &str) -> Result<Point, QueryError> {
    if scan.eat_word("first") {
        Ok(Point::First(set(scan)?))
    } else if scan.eat_word("last") {
        Ok(Point::Last(set(scan)?))
    } else {
        Err(scan.expected(expected))
    }
}

fn set(scan: &mut Scanner<'_>) -> Result<Vec<Activity>, QueryError> {
    let activity = |scan: &mut Scanner<'_>| match scan.peek() {
        Some('"') => scan.string(),
        _ => Err(scan.expected("an activity in double quotes")),
    };
    if !scan.eat("(") {
        return Ok(vec![activity(scan)?]);
    }
    let mut set = vec![activity(scan)?];
    while scan.eat(",") {
        set.push(activity(scan)?);
    }
    if scan.eat(")") {
        Ok(set)
    } else {
        Err(scan.expected("`,` or `)`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_back() {
        for (text, wanted) in [
            (r#"first "A""#, r#"first "A" after start"#),
            (r#"last "A" after start"#, r#"last "A" after start"#),
            (
                r#" first ( "A" ,"B\"") after last "C" "#,
                r#"first ("A", "B\"") after last "C""#,
            ),
            (r#"end after first "A""#, r#"end after first "A""#),
            ("end", "end after start"),
            (
                r#"first ("A", "B") after each "C""#,
                r#"first ("A", "B") after each "C""#,
            ),
        ] {
            let milestone = parse_milestone(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(milestone.to_string(), wanted);
            assert_eq!(parse_milestone(wanted).unwrap().to_string(), wanted);
        }
    }

    #[test]
    fn errors_say_what_was_expected() {
        for (text, place, part) in [
            ("", "", "`first` or `last`"),
            ("start", "start", "`first` or `last`"),
            ("first A", "A", "double quotes"),
            (r#"first ("A" "B")"#, "\"B\"", "`,` or `)`"),
            (r#"first "A" before start"#, "before", "`after` or the end"),
            (r#"first "A" after end"#, "end", "`start`"),
            (r#"last "A" after each "B""#, "each", "`start`"),
            (r#"first "A" after start x"#, "x", "the end"),
        ] {
            let error = parse_milestone(text).unwrap_err();
            assert!(error.message.contains(part), "{text}: {error}");
            assert!(
                text[error.span.start..].starts_with(place),
                "{text}: {error:?}"
            );
        }
    }
}
