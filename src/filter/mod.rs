//! The filter language: text to tree and back, binding to a log, evaluation to a set of cases.
//! Knows the log and its index; nothing of figures, requests or screens.
//!
//! The way of a filter: [`parse`] makes an [`Expr`] with byte spans and no log; [`bind`] looks up
//! its names and reads its values as the fields ask; [`BoundFilter::cases`] evaluates it on the
//! index. Conditions on events go [`parse_events`], [`bind_events`], [`BoundEvents::rows`].
//!
//! ```text
//! filter     = and { "or" and }
//! and        = not { "and" not }
//! not        = { "not" } atom
//! atom       = "(" filter ")" | path | bound | period | moment | queued | comparison | membership
//!            | missing | "open" | "closed" | "fits" | "deviates" | ("missing" | "extra") ACTIVITY
//!            | "event" "(" events { "and" events } ")"
//!            | of_events STRING "->" STRING
//!            | "ping-pong" [ of_events ] [ "[" STRING "," STRING "]" ]
//! path       = ACTIVITY [ arrow ACTIVITY ( [ limits ] [ period ] | arrow ACTIVITY { arrow ACTIVITY } [ "within" DURATION ] ) ]
//! arrow      = "->" | "~>"
//! limits     = ("after" | "within") [ "-" ] DURATION { the other one }
//! bound      = ("starts" | "ends") "with" ACTIVITY
//! period     = ("during" | "overlaps" | "started" | "ended") RANGE
//! moment     = "time" "in" RANGE | "time" limits
//! queued     = "queued" ( ACTIVITY | "resource" STRING ) [ RANGE ]
//! comparison = field ("=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~") value
//! membership = field "in" "(" value { "," value } ")"
//! missing    = field "is" [ "not" ] "missing"
//! field      = "duration" | "events" | "variant" | "start" | "end" | "count" "(" ACTIVITY ")"
//!            | ("start" | "end") "." ("weekday" | "hour")
//!            | ("first" | "last") "(" of_events ")" | of_events
//! of_events  = "case" | "activity" | "resource" | "time" | WORD | "`" name "`"
//! value      = STRING | NUMBER | "true" | "false" | DURATION | TIME | "mon" | ... | "sun"
//! RANGE      = "last" DURATION | "today" | TIME | TIME ".." [ TIME ] | TIME "..=" TIME | ".." TIME | "..=" TIME
//! events     = comparison | membership | missing | [ "time" "in" ] RANGE | between
//! between    = "between" [ "first" | "last" ] ACTIVITY "and" [ "first" | "last" ] ACTIVITY
//! ```
//!
//! The parser also accepts other spellings, all of which are printed in this one form: `==`, `<>`,
//! `'x'`, `AND`, `&&`, `OR`, `||`, `NOT`, `!`, `= null`, `is null`, `3 days`, `1d 12h`, and a
//! RANGE of `last` or `today` without `time in`.
//!
//! `event(...)` holds where one and the same event meets all of its conditions. `first(FIELD)` and
//! `last(FIELD)` are the value of the first and last event of the case, missing where that event has none.
//! `resource "A" -> "B"` is a handover: an event of A is followed directly by one of B. A ping-pong is three
//! successive events of r, q and r, where q is not r; without a field it is of the resource.
//! `fits` and `deviates` compare a case with the reference variants or the model in force; `missing "A"`
//! and `extra "A"` hold where an activity is in one of the two only. A case that could not be compared
//! within the bounds meets none of them.
//! A WORD is what a definition is called (milestone, deadline, outcome), else where cases have tags and notes
//! `tag` or `note`, else a column of the log. In backticks it is the column of the log, where there is one.
//!
//! The limits and the period of a path hold of one pair of events: the time between them, and the
//! span from the one to the other. `within` after a longer path limits the time from its first event to its
//! last. `time in` holds where some event is inside, `time after` and
//! `time within` where one is so long after the start of its case.
//!
//! A comparison of a field of events holds for a case when it holds for some event of it; `a != b`
//! is `not a = b` and `a !~ b` is `not a ~ b`, so a missing value meets these two only. `a is missing`
//! is such a comparison, too: it holds where some event of the case has no value. A value that cannot
//! be read as one of its field is an error, never a filter that selects nothing.
//!
//! `between "A" and "B"` holds for the events from the first of A to the last of B that is not before it, both
//! included; `last` and `first` choose other events of A and B. Cases without both have no such event.
//!
//! `queued "X"` holds for a case with an instance of X, not the first of the case; with a range, one
//! that waited at some moment of it: from the latest completion of all earlier instances until it
//! began (what waits for no time does not). Ranges are half-open. Weekdays and hours are
//! those of the zone of the analysis.

mod ast;
mod bind;
pub mod bound;
mod build;
mod case_values;
mod chain;
mod complete;
mod eval;
mod field;
mod lex;
mod mentions;
mod milestone;
mod named;
mod noted;
mod pairs;
mod parse;
mod path;
mod print;
mod ranges;
mod redact;
mod rows;
mod rule;
mod scope;
mod time;
mod trace;
mod value;

pub use ast::{
    Activity, Anchor, Atom, Between, Comparison, Conformity, Dial, EventCond, Expr, Field, Gap,
    Membership, Missing, Op, PartEnd, Queued, Relation, Spanned, Step, TimeLiteral, TimeRange,
    Value, field_name, is_plain, quote,
};
pub use bind::{BoundEvents, BoundFilter, bind, bind_events};
pub use case_values::{BoundField, CaseValue, bind_field};
pub use complete::{Completion, complete};
pub use field::Source;
pub use mentions::{Mentions, Trigger};
pub use milestone::{Milestone, Point, parse_activities, parse_milestone};
pub use named::{Expanded, NamedFilter, NamedFilters, is_filter_name, name_before};
pub use noted::CaseTexts;
pub use parse::{parse, parse_events, parse_field};
pub use rule::{Agreement, BoundRule, RuleText, parse_rule};
pub use scope::BindInputs;
pub use time::{DurationLiteral, Moment};
pub use value::truth;

use crate::text::escape_line;
use std::ops::Range;

/// Message and position of an error in a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// The place, in bytes of the text; on character boundaries, empty at the end of the text.
    pub span: Range<usize>,
    /// One line without control characters: what is wrong, what was expected, nearest names.
    pub message: String,
}

impl QueryError {
    fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        QueryError {
            span,
            message: message.into(),
        }
    }
}

/// A text for a message: hidden characters as escapes, cut to 48 characters.
fn shown(text: &str) -> String {
    const LONGEST: usize = 48;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => escape_line(&text[..end]) + "…",
        None => escape_line(text),
    }
}
