//! Interface of the parser: traces, events and attributes, and why it stopped. Knows no XML.

use crate::formats::Reason;
use crate::formats::notes::Note;

/// An event all of whose tags are plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainEvent<'t> {
    /// Line on which it begins.
    pub line: u64,
    /// The text that it stands in.
    pub text: &'t str,
    /// Where in the text its values are.
    pub values: &'t [PlainValue],
}

/// A value of a plain event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainValue {
    /// The place of its attribute, as of [`Attribute`].
    pub place: usize,
    /// Position in the text.
    pub from: usize,
    /// Position behind it.
    pub to: usize,
}

/// Owner of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// The log.
    Log,
    /// A trace.
    Trace,
    /// An event.
    Event,
}

/// An attribute as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Owner of the attribute.
    pub level: Level,
    /// The name of its element: `string`, `date`.
    pub kind: &'a str,
    /// Key; for a nested attribute all keys from the outermost on, joined by points.
    pub name: &'a str,
    /// Value, with entities resolved.
    pub value: &'a str,
    /// True if it is one of a list, in which keys may repeat.
    pub listed: bool,
    /// A number that stands for its kind and name, in all of what one parser reads.
    pub place: Option<usize>,
}

/// Receiver of the elements. Lines count from 0 where the parser began.
pub trait Listener {
    /// A trace begins.
    fn trace_begins(&mut self, line: u64);
    /// The trace ends.
    fn trace_ends(&mut self);
    /// An event of the trace begins.
    fn event_begins(&mut self, line: u64);
    /// The event ends.
    fn event_ends(&mut self);
    /// A whole event of the trace. Returns `false` where it is wanted attribute by attribute, with its begin and end.
    fn plain_event(&mut self, _event: &PlainEvent<'_>) -> bool {
        false
    }
    /// An event that is in no trace begins.
    fn stray_event(&mut self, line: u64);
    /// The event cannot be used.
    fn reject_event(&mut self, reason: Reason);
    /// The log, the trace or the event has this attribute.
    fn attribute(&mut self, attribute: &Attribute<'_>);
    /// The log has an `extension` or a `classifier` with these XML attributes.
    fn definition(&mut self, _element: &str, _attributes: &[(String, String)]) {}
    /// Something odd that costs no event.
    fn note(&mut self, note: Note, line: u64);
}

/// Why the parser stopped for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Why the rest is not read; `None` where the root element is no log.
    pub reason: Option<Reason>,
    /// Line, from 0 where the parser began.
    pub line: u64,
    /// Text at fault.
    pub value: String,
}
