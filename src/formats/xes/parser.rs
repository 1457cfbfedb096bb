//! The elements of an XES document to calls of a [`Listener`]: which traces, events and attributes
//! begin and end. It is fed piece by piece and remembers where it stands, in bounded memory and
//! without recursion. Knows nothing of cases, columns and roles.

mod tags;

pub use super::listener::{Attribute, Level, Listener, Stop};
use super::plain::PlainReader;
use super::skip::Skip;
use super::tag::{Pair, first_line, usual_pair};
use crate::formats::Reason;
use crate::formats::lines::LineCount;
use crate::formats::notes::Note;
use crate::formats::xml::{local, value};
use quick_xml::events::BytesStart;

/// Elements within elements that are followed.
const MAX_DEPTH: usize = 256;
/// XML attributes of one tag.
const MAX_ATTRIBUTES: usize = 256;
/// Bytes of the keys of nested attributes, joined.
const MAX_PATH: usize = 1 << 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Log,
    Trace,
    Event,
    Attribute(Level),
    /// An `extension` or `classifier`.
    Definition,
    /// An element of no interest, like everything inside it.
    Other,
}

/// An element that is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    kind: Kind,
    /// Where its name begins in `names`.
    name: usize,
    /// Length of `path` before it.
    path: usize,
    /// True if attributes in it are those of a list.
    list: bool,
}

/// A piece of text and how far it is read.
struct Here<'t> {
    text: &'t str,
    /// Where the tag begins.
    at: usize,
    /// Position up to which lines are counted.
    counted: usize,
}

/// A parser between two pieces.
pub struct Parser {
    stack: Vec<Open>,
    /// Names of the open elements, one after the other.
    names: String,
    /// Elements that are open beyond [`MAX_DEPTH`].
    deeper: u64,
    /// Keys of the open attributes, joined.
    path: String,
    /// True if the root was seen.
    rooted: bool,
    /// The beginning of a tag that goes on in the next piece.
    carry: String,
    /// A tag that is too long, and the element that it opens.
    skip: Option<(Skip, Option<Open>)>,
    longest: usize,
    /// Reads plain tags; without it the XML reader takes all.
    plain: Option<PlainReader>,
    lines: LineCount,
    stop: Option<Stop>,
}

impl Parser {
    /// At the beginning of a document; of tags over `longest` bytes only the end is looked for. Without `plain` the XML
    /// reader takes all tags, with the same result.
    pub fn new(longest: usize, plain: bool) -> Self {
        Parser {
            stack: Vec::new(),
            names: String::new(),
            deeper: 0,
            path: String::new(),
            rooted: false,
            carry: String::new(),
            skip: None,
            longest,
            plain: plain.then(PlainReader::default),
            lines: LineCount::default(),
            stop: None,
        }
    }

    /// Between two traces of a log whose root is called `root`.
    pub fn within(root: &str, longest: usize, plain: bool) -> Self {
        let mut parser = Parser::new(longest, plain);
        parser.rooted = true;
        parser.push(parser.opened(Kind::Log, false), root);
        parser
    }

    /// Returns whether the position is between two traces, as [`Parser::within`] does.
    pub fn is_between(&self) -> bool {
        self.stack.len() == 1
            && self.deeper == 0
            && self.carry.is_empty()
            && self.skip.is_none()
            && self.stop.is_none()
    }

    /// Why it stopped.
    pub fn stopped(&self) -> Option<&Stop> {
        self.stop.as_ref()
    }

    /// Lines so far.
    pub fn lines(&self) -> LineCount {
        self.lines
    }

    /// Reads on; `last` says that the document ends with this piece. After a stop only lines are
    /// counted.
    pub fn feed(&mut self, piece: &str, last: bool, listener: &mut impl Listener) {
        let mut piece = piece;
        if let (Some((skip, _)), None) = (&mut self.skip, &self.stop) {
            let (used, end) = skip.find_end(piece.as_bytes());
            self.lines.count(&piece.as_bytes()[..used]);
            piece = &piece[used..];
            match end {
                None if last => self.fault(Reason::Truncated, String::new()),
                None => return,
                Some(closed) => self.end_skip(closed, listener),
            }
        }
        if self.stop.is_some() {
            self.lines.count(piece.as_bytes());
            return;
        }
        let mut carry = std::mem::take(&mut self.carry);
        if carry.is_empty() {
            self.parse(piece, last, listener);
        } else {
            carry.push_str(piece);
            self.parse(&carry, last, listener);
        }
    }

    fn parse(&mut self, text: &str, last: bool, listener: &mut impl Listener) {
        let mut here = Here {
            text,
            at: 0,
            counted: 0,
        };
        self.read_tags(&mut here, last, listener);
        if self.stop.is_some() {
            self.lines.count(&text.as_bytes()[here.counted..]);
            return;
        }
        self.line(&mut here);
        let rest = &text[here.at..];
        if rest.len() > self.longest {
            self.begin_skip(rest, listener);
            self.lines.count(rest.as_bytes());
        } else {
            rest.clone_into(&mut self.carry);
        }
        let ended = self.rooted && self.stack.is_empty();
        if last && !ended && self.stop.is_none() {
            self.fault(Reason::Truncated, String::new());
            // At the end of the last line, not on one that does not exist.
            if let Some(stop) = &mut self.stop {
                stop.line = self.lines.lines().saturating_sub(1);
            }
        }
    }

    /// The line of the tag, from 0 where the parser began.
    #[inline]
    fn line(&mut self, here: &mut Here<'_>) -> u64 {
        self.lines
            .count(&here.text.as_bytes()[here.counted..here.at]);
        here.counted = here.at;
        self.lines.ends()
    }

    fn fault(&mut self, reason: Reason, value: String) {
        self.stop_at(Some(reason), value);
    }

    fn stop_at(&mut self, reason: Option<Reason>, value: String) {
        self.stop = Some(Stop {
            reason,
            line: self.lines.ends(),
            value,
        });
    }

    #[cold]
    fn trailing_text(&mut self, here: &mut Here<'_>, end: usize, listener: &mut impl Listener) {
        if !here.text[here.at..end].trim_ascii().is_empty() {
            let line = self.line(here);
            listener.note(Note::TrailingText, line);
        }
    }

    /// A tag that opens an element, or is one by itself.
    #[inline]
    fn tag(
        &mut self,
        tag: &BytesStart<'_>,
        empty: bool,
        here: &mut Here<'_>,
        listener: &mut impl Listener,
    ) {
        let name = tag.name().0;
        let word = local(name);
        let Some(kind) = self.kind(word, here, listener) else {
            return;
        };
        let mut open = self.opened(kind, matches!(word, "list" | "values"));
        match kind {
            Kind::Trace => {
                let line = self.line(here);
                listener.trace_begins(line);
            }
            Kind::Event => {
                let line = self.line(here);
                listener.event_begins(line);
                self.check_tag(tag, here, listener);
            }
            Kind::Attribute(level) => {
                if !self.attribute(tag, word, level, here, listener) {
                    open.kind = Kind::Other;
                }
            }
            Kind::Definition => self.definition(tag, here, listener),
            Kind::Log | Kind::Other => {}
        }
        if empty {
            self.close(open, listener);
        } else if self.stack.len() < MAX_DEPTH {
            self.push(open, name);
        } else {
            self.path.truncate(open.path);
            if self.deeper == 0 {
                let line = self.line(here);
                listener.note(Note::Depth, line);
            }
            self.deeper += 1;
        }
    }

    /// Meaning of an element of that name here; `None` where the log ends with it.
    #[inline]
    fn kind(
        &mut self,
        name: &str,
        here: &mut Here<'_>,
        listener: &mut impl Listener,
    ) -> Option<Kind> {
        if self.deeper > 0 {
            return Some(Kind::Other);
        }
        let Some(parent) = self.stack.last().map(|open| open.kind) else {
            return self.root(name, here);
        };
        if name == "event" && parent != Kind::Trace {
            let line = self.line(here);
            listener.stray_event(line);
            return Some(Kind::Other);
        }
        Some(match (parent, name) {
            (Kind::Definition | Kind::Other, _)
            | (Kind::Event | Kind::Trace, "trace")
            | (Kind::Log, "global") => Kind::Other,
            (Kind::Event, _) => Kind::Attribute(Level::Event),
            (Kind::Attribute(level), _) => Kind::Attribute(level),
            (Kind::Trace, "event") => Kind::Event,
            (Kind::Trace, _) => Kind::Attribute(Level::Trace),
            (Kind::Log, "trace") => Kind::Trace,
            (Kind::Log, "extension" | "classifier") => Kind::Definition,
            (Kind::Log, _) => Kind::Attribute(Level::Log),
        })
    }

    fn root(&mut self, name: &str, here: &mut Here<'_>) -> Option<Kind> {
        let reason = match name {
            _ if self.rooted => Some(Reason::ContentAfterRoot),
            "log" => {
                self.rooted = true;
                return Some(Kind::Log);
            }
            _ => None,
        };
        self.line(here);
        let value = format!("<{name}>");
        self.stop_at(reason, value);
        None
    }

    /// Passes an attribute to the listener, and opens its path; returns whether it is one. `word` is the name
    /// of the tag without prefix.
    #[inline]
    fn attribute(
        &mut self,
        tag: &BytesStart<'_>,
        word: &str,
        level: Level,
        here: &mut Here<'_>,
        listener: &mut impl Listener,
    ) -> bool {
        let Some(Pair { key, value: text }) = self.pair(tag, level, here, listener) else {
            return false;
        };
        let Some(key) = key else {
            // The values of a list, and elements that are none of XES.
            return word == "values";
        };
        let (key, bad_key) = value(&key);
        let (text, bad_value) = match &text {
            Some(text) => {
                let (text, bad) = value(text);
                (Some(text), bad)
            }
            None => (None, false),
        };
        if bad_key || bad_value {
            let line = self.line(here);
            listener.note(Note::Entities, line);
        }
        let nested = !self.path.is_empty();
        // Keys in keys could grow without limit.
        if self.path.len() + key.len() > MAX_PATH {
            self.refuse_tag(level, Reason::Oversize, here, listener);
            return false;
        }
        if nested && !key.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(&key);
        if let Some(text) = text {
            listener.attribute(&Attribute {
                level,
                kind: word,
                name: &self.path,
                value: &text,
                listed: nested && (key.is_empty() || self.in_list()),
                place: None,
            });
        }
        true
    }

    /// The key and the value that a tag bears; `None` where it is not to be taken.
    #[inline]
    fn pair<'t>(
        &mut self,
        tag: &'t BytesStart<'_>,
        level: Level,
        here: &mut Here<'_>,
        listener: &mut impl Listener,
    ) -> Option<Pair<'t>> {
        if let Some(pair) = usual_pair(tag.attributes_raw()) {
            return Some(pair);
        }
        let mut pair = Pair::default();
        // The reader would compare each name with all before it, which takes quadratic time.
        for (n, attribute) in tag.attributes().with_checks(false).enumerate() {
            let Ok(attribute) = attribute else {
                self.bad_tag(here);
                return None;
            };
            if n == MAX_ATTRIBUTES {
                self.refuse_tag(level, Reason::TooManyAttributes, here, listener);
                return None;
            }
            match attribute.key.0 {
                "key" => pair.key = Some(attribute.value),
                "value" => pair.value = Some(attribute.value),
                _ => {}
            }
        }
        Some(pair)
    }

    fn in_list(&self) -> bool {
        self.stack.last().is_some_and(|open| open.list)
    }

    #[cold]
    fn bad_tag(&mut self, here: &mut Here<'_>) -> bool {
        self.line(here);
        self.fault(Reason::IllFormed, first_line(&here.text[here.at..]));
        false
    }

    /// A tag that is not taken: it costs its event, if it is in one.
    #[cold]
    fn refuse_tag(
        &mut self,
        level: Level,
        reason: Reason,
        here: &mut Here<'_>,
        listener: &mut impl Listener,
    ) {
        let line = self.line(here);
        match level {
            Level::Event => listener.reject_event(reason),
            Level::Trace => listener.note(Note::OddTag, line),
            // Attributes of the log itself are not read.
            Level::Log => {}
        }
    }

    /// The XML attributes of an event say nothing, but there must not be too many.
    #[inline]
    fn check_tag(
        &mut self,
        tag: &BytesStart<'_>,
        here: &mut Here<'_>,
        listener: &mut impl Listener,
    ) {
        if tag.attributes_raw().is_empty() {
            return;
        }
        let mut attributes = tag.attributes();
        let some = attributes.with_checks(false).take(MAX_ATTRIBUTES + 1);
        if some.count() > MAX_ATTRIBUTES {
            self.refuse_tag(Level::Event, Reason::TooManyAttributes, here, listener);
        }
    }

    #[cold]
    fn definition(
        &mut self,
        tag: &BytesStart<'_>,
        here: &mut Here<'_>,
        listener: &mut impl Listener,
    ) {
        let mut attributes = Vec::new();
        for attribute in tag.attributes().with_checks(false).take(MAX_ATTRIBUTES) {
            let Ok(attribute) = attribute else {
                self.bad_tag(here);
                return;
            };
            let (text, _) = value(&attribute.value);
            attributes.push((attribute.key.0.to_owned(), text.into_owned()));
        }
        listener.definition(local(tag.name().0), &attributes);
    }

    fn opened(&self, kind: Kind, list: bool) -> Open {
        Open {
            kind,
            name: self.names.len(),
            path: self.path.len(),
            list,
        }
    }

    fn push(&mut self, open: Open, name: &str) {
        self.names.push_str(name);
        self.stack.push(open);
    }

    /// The element has ended.
    #[inline]
    fn close(&mut self, open: Open, listener: &mut impl Listener) {
        self.path.truncate(open.path);
        match open.kind {
            Kind::Trace => listener.trace_ends(),
            Kind::Event => listener.event_ends(),
            _ => {}
        }
    }

    /// A tag that closes an element.
    #[inline]
    fn end(&mut self, name: &str, here: &mut Here<'_>, listener: &mut impl Listener) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        match self.stack.last().copied() {
            Some(open) if self.names[open.name..] == *name => {
                self.names.truncate(open.name);
                self.stack.pop();
                self.close(open, listener);
            }
            _ => {
                self.bad_tag(here);
            }
        }
    }

    /// A tag of which only the end is looked for.
    #[cold]
    fn begin_skip(&mut self, begin: &str, listener: &mut impl Listener) {
        let Some(skip) = Skip::new(begin.as_bytes()) else {
            self.fault(Reason::IllFormed, first_line(begin));
            return;
        };
        if !skip.is_tag() {
            self.skip = Some((skip, None));
            return;
        }
        let name = begin[1..].split(['>', '/', ' ', '\t', '\r', '\n']).next();
        let name = name.unwrap_or_default();
        let mut here = Here {
            text: "",
            at: 0,
            counted: 0,
        };
        let Some(kind) = self.kind(local(name), &mut here, listener) else {
            return;
        };
        let open = match kind {
            Kind::Event => {
                listener.event_begins(self.lines.ends());
                listener.reject_event(Reason::Oversize);
                kind
            }
            Kind::Trace => {
                listener.trace_begins(self.lines.ends());
                listener.note(Note::OddTag, self.lines.ends());
                kind
            }
            Kind::Log => kind,
            Kind::Attribute(Level::Event) => {
                listener.reject_event(Reason::Oversize);
                Kind::Other
            }
            Kind::Attribute(Level::Log) | Kind::Other => Kind::Other,
            Kind::Attribute(Level::Trace) | Kind::Definition => {
                listener.note(Note::OddTag, self.lines.ends());
                Kind::Other
            }
        };
        let open = self.opened(open, false);
        self.push(open, name);
        self.skip = Some((skip, Some(open)));
    }

    /// The tag has ended; with `/>` its element has, too.
    fn end_skip(&mut self, closed: bool, listener: &mut impl Listener) {
        if let Some((_, Some(open))) = self.skip.take()
            && closed
        {
            self.names.truncate(open.name);
            self.stack.pop();
            self.close(open, listener);
        }
    }
}
