//! OCEL 2.0 in XML. The document is read from front to end, so that what stands before a fault is
//! kept.

use super::model::{Attribute, Event, Fault, Model, Object, Relation, Text};
use crate::event_log::Progress;
use crate::formats::encoding::whole_characters;
use crate::formats::lines::LineCount;
use crate::formats::stream::ByteStream;
use crate::formats::text::lossless;
use crate::formats::xml::{local, prolog, value};
use crate::formats::{ImportError, Reason, number};
use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::events::{BytesStart, Event as Markup};
use std::io::{self, BufRead, Read};

/// Bytes read at a time.
const PIECE: usize = 1 << 16;
/// Bytes of the longest tag, and of the longest value.
const LONGEST: usize = 16 << 20;
/// XML attributes of one tag.
const MAX_ATTRIBUTES: usize = 256;
/// Elements within elements.
const MAX_DEPTH: usize = 256;

/// Returns whether these are the first bytes of such a document: a log with other parts than XES has.
pub fn sniff(head: &[u8]) -> bool {
    let parts = ["object-types", "event-types", "objects", "events"];
    prolog(head).is_some_and(|p| {
        p.root.as_deref() == Some("log") && p.child.is_some_and(|c| parts.contains(&c.as_str()))
    })
}

/// Reads a document.
pub fn read(stream: Box<dyn ByteStream + '_>, progress: &Progress) -> Result<Model, ImportError> {
    let mut reader = Reader::from_reader(Source::new(stream));
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    let mut builder = Builder::default();
    let mut buffer = Vec::new();
    let fault = loop {
        progress.check()?;
        buffer.clear();
        let line = reader.get_ref().lines.ends() + 1;
        // The limit is one of each tag or text: the reader buffers it whole.
        reader.get_mut().left = LONGEST;
        let reason = match reader.read_event_into(&mut buffer) {
            Ok(Markup::Start(tag)) => builder.start(&tag, line),
            Ok(Markup::Empty(tag)) => builder.start(&tag, line).or_else(|| builder.end()),
            Ok(Markup::End(_)) => builder.end(),
            Ok(Markup::Text(text)) => builder.text(&text),
            Ok(Markup::CData(text)) => builder.text(&text),
            Ok(Markup::GeneralRef(name)) => builder.text(&value(&format!("&{};", &*name)).0),
            Ok(Markup::Eof) => break builder.at_end(line),
            Ok(_) => None,
            Err(error) => Some(reason_of(&error, reader.get_mut())?),
        };
        if let Some(reason) = reason {
            break Some((line, reason));
        }
    };
    let source = reader.into_inner();
    let mut model = builder.finish(fault);
    model.lines = source.lines.lines();
    model.facts = source.stream.facts();
    Ok(model)
}

/// The reason of a fault; errors of reading are passed on.
fn reason_of(error: &Error, source: &mut Source<'_>) -> Result<Reason, ImportError> {
    if let Some(error) = source.error.take() {
        return Err(error);
    }
    Ok(match error {
        // The reader reports the limit as an error of reading, so it is asked for first.
        _ if source.left == 0 => Reason::Oversize,
        Error::Syntax(_) => Reason::Truncated,
        _ => Reason::IllFormed,
    })
}

/// The stream as the reader wants it: UTF-8 throughout, lines counted, tags not without end.
struct Source<'a> {
    stream: Box<dyn ByteStream + 'a>,
    /// Bytes of a character that is not whole yet.
    tail: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    /// Bytes that the next tag may have.
    left: usize,
    lines: LineCount,
    error: Option<ImportError>,
}

impl<'a> Source<'a> {
    fn new(stream: Box<dyn ByteStream + 'a>) -> Self {
        Source {
            stream,
            tail: Vec::new(),
            text: Vec::new(),
            at: 0,
            left: 0,
            lines: LineCount::default(),
            error: None,
        }
    }

    fn fill(&mut self) -> Result<(), ImportError> {
        let mut bytes = std::mem::take(&mut self.tail);
        // The rest of a character that was cut comes before the new bytes.
        let kept = bytes.len();
        bytes.resize(kept + PIECE, 0);
        let n = self.stream.read(&mut bytes[kept..])?;
        bytes.truncate(kept + n);
        if n > 0 {
            let whole = whole_characters(&bytes);
            self.tail = bytes.split_off(whole);
        }
        self.at = 0;
        self.text = match String::from_utf8(bytes) {
            Ok(text) => text.into_bytes(),
            Err(error) => lossless(error.as_bytes()).into_bytes(),
        };
        Ok(())
    }
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other("oversize"));
        }
        while self.at == self.text.len() {
            if let Err(error) = self.fill() {
                self.error = Some(error);
                return Err(io::Error::other("unreadable"));
            }
            if self.text.is_empty() && self.tail.is_empty() {
                break;
            }
        }
        let end = self.text.len().min(self.at.saturating_add(self.left));
        Ok(&self.text[self.at..end])
    }

    fn consume(&mut self, n: usize) {
        self.lines.count(&self.text[self.at..self.at + n]);
        self.at += n;
        self.left -= n;
    }
}

/// Kind of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Log,
    /// `object-types`, `objects` or `events` of the log.
    Section(Section),
    Event(u32),
    Object(u32),
    /// `attributes` of an event or object.
    Attributes(Owner),
    /// One of them.
    Attribute(Owner),
    /// `objects` of an event.
    Relations(u32),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    ObjectTypes,
    Objects,
    Events,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Event(u32),
    Object(u32),
}

/// Fills the model.
#[derive(Default)]
struct Builder {
    model: Model,
    stack: Vec<Part>,
    /// Elements that are open beyond [`MAX_DEPTH`].
    deeper: u64,
    rooted: bool,
    /// Name and time of the attribute that is open, and its value so far.
    name: Text,
    time: Text,
    value: String,
}

/// The XML attributes of a tag that matter.
#[derive(Default)]
struct Named {
    id: String,
    kind: String,
    time: String,
    name: String,
    object: String,
    qualifier: String,
}

impl Named {
    /// `Err` with the code of a fault.
    fn of(tag: &BytesStart<'_>) -> Result<Self, Reason> {
        // The reader would compare each name with all before it, which takes quadratic time.
        let mut named = Named::default();
        for (i, attribute) in tag.attributes().with_checks(false).enumerate() {
            let attribute = attribute.map_err(|_| Reason::IllFormed)?;
            if i == MAX_ATTRIBUTES {
                return Err(Reason::TooManyAttributes);
            }
            let place = match attribute.key.0 {
                "id" => &mut named.id,
                "type" => &mut named.kind,
                "time" => &mut named.time,
                "name" => &mut named.name,
                "object-id" => &mut named.object,
                "qualifier" => &mut named.qualifier,
                _ => continue,
            };
            *place = value(&attribute.value).0.into_owned();
        }
        Ok(named)
    }
}

impl Builder {
    /// An element begins; the code of a fault, if it is one.
    fn start(&mut self, tag: &BytesStart<'_>, line: u64) -> Option<Reason> {
        if self.stack.len() == MAX_DEPTH {
            self.deeper += 1;
            return None;
        }
        let name = local(tag.name().0);
        let part = match self.stack.last() {
            None if self.rooted => return Some(Reason::ContentAfterRoot),
            None => {
                self.rooted = true;
                if name == "log" {
                    Part::Log
                } else {
                    Part::Other
                }
            }
            Some(&parent) => match self.part(parent, name, tag, line) {
                Ok(part) => part,
                Err(reason) => return Some(reason),
            },
        };
        self.stack.push(part);
        None
    }

    fn part(
        &mut self,
        parent: Part,
        name: &str,
        tag: &BytesStart<'_>,
        line: u64,
    ) -> Result<Part, Reason> {
        use Section::{Events, ObjectTypes, Objects};
        Ok(match (parent, name) {
            (Part::Log, "object-types") => Part::Section(ObjectTypes),
            (Part::Log, "objects") => Part::Section(Objects),
            (Part::Log, "events") => Part::Section(Events),
            (Part::Section(ObjectTypes), "object-type") => {
                let name = self.model.name(Named::of(tag)?.name.as_bytes());
                self.model.object_types.push(name);
                Part::Other
            }
            (Part::Section(Objects), "object") => {
                let named = Named::of(tag)?;
                let id = self.model.text(named.id.as_bytes());
                let kind = self.model.name(named.kind.as_bytes());
                Part::Object(self.model.add_object(Object { id, kind, line }))
            }
            (Part::Section(Events), "event") => {
                let named = Named::of(tag)?;
                let event = Event {
                    id: self.model.text(named.id.as_bytes()),
                    kind: self.model.name(named.kind.as_bytes()),
                    time: self.model.text(named.time.as_bytes()),
                    line,
                };
                Part::Event(self.model.add_event(event))
            }
            (Part::Event(event), "attributes") => Part::Attributes(Owner::Event(event)),
            (Part::Object(object), "attributes") => Part::Attributes(Owner::Object(object)),
            (Part::Attributes(owner), "attribute") => {
                let named = Named::of(tag)?;
                self.name = self.model.name(named.name.as_bytes());
                self.time = self.model.name(named.time.as_bytes());
                self.value.clear();
                Part::Attribute(owner)
            }
            (Part::Event(event), "objects") => Part::Relations(event),
            (Part::Relations(event), "relationship" | "object") => {
                let named = Named::of(tag)?;
                let object = self.model.text(named.object.as_bytes());
                let qualifier = self.model.name(named.qualifier.as_bytes());
                self.model.relations.push(Relation {
                    event,
                    object,
                    qualifier,
                });
                Part::Other
            }
            _ => Part::Other,
        })
    }

    fn text(&mut self, text: &str) -> Option<Reason> {
        if matches!(self.stack.last(), Some(Part::Attribute(_))) && self.deeper == 0 {
            if self.value.len() + text.len() > LONGEST {
                return Some(Reason::Oversize);
            }
            self.value.push_str(text);
        }
        None
    }

    fn end(&mut self) -> Option<Reason> {
        if self.deeper > 0 {
            self.deeper -= 1;
            return None;
        }
        if let Some(Part::Attribute(owner)) = self.stack.pop() {
            self.attribute(owner);
        }
        None
    }

    fn attribute(&mut self, owner: Owner) {
        let Some(text) = number::plain(&self.value).filter(|text| !text.is_empty()) else {
            return;
        };
        let value = self.model.text(text.as_bytes());
        let (of, list) = match owner {
            Owner::Event(event) => (event, &mut self.model.event_attributes),
            Owner::Object(object) => (object, &mut self.model.object_attributes),
        };
        list.push(Attribute {
            of,
            name: self.name,
            time: self.time,
            value,
        });
    }

    /// The fault of a document that ends here, if it is one.
    fn at_end(&self, line: u64) -> Option<(u64, Reason)> {
        (!self.stack.is_empty() || !self.rooted).then_some((line, Reason::Truncated))
    }

    /// The model, without the event or object in which a fault is.
    fn finish(self, fault: Option<(u64, Reason)>) -> Model {
        // The event or object with the fault is the last one, as no other was begun after it.
        let mut model = self.model;
        if let Some((mut line, reason)) = fault {
            for part in &self.stack {
                match part {
                    Part::Event(event) => {
                        line = model.events[*event as usize].line;
                        model.drop_last_event();
                    }
                    Part::Object(object) => {
                        line = model.objects[*object as usize].line;
                        model.drop_last_object();
                    }
                    _ => {}
                }
            }
            model.fault = Some(Fault {
                line: Some(line),
                reason,
                value: String::new(),
            });
        }
        model
    }
}
