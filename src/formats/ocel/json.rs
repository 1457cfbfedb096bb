//! OCEL 2.0 in JSON. The document is read from front to end, so that what stands before a fault is
//! kept.

use super::lex::{Error, Lexer, Scalar};
use super::model::{Attribute, Event, Fault, Model, Object, Relation, Text};
use crate::event_log::Progress;
use crate::formats::ImportError;
use crate::formats::number;
use crate::formats::stream::ByteStream;

/// Keys of the documents, of which one is the first.
const SECTIONS: [&[u8]; 4] = [b"objectTypes", b"eventTypes", b"objects", b"events"];

/// Returns whether these are the first bytes of such a document, of the older version too.
pub fn sniff(head: &[u8]) -> bool {
    matches!(first_key(head), Some(key) if SECTIONS.contains(&key) || key.starts_with(b"ocel:"))
}

/// The first key of an object.
fn first_key(head: &[u8]) -> Option<&[u8]> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let inside = head.trim_ascii_start().strip_prefix(b"{")?;
    let key = inside.trim_ascii_start().strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', key)?;
    let colon = key[end + 1..].trim_ascii_start().first() == Some(&b':');
    colon.then_some(&key[..end])
}

/// Reads a document.
pub fn read(stream: Box<dyn ByteStream + '_>, progress: &Progress) -> Result<Model, ImportError> {
    let mut reader = Reader {
        json: Lexer::new(stream),
        model: Model::default(),
        open: None,
        progress,
    };
    let outcome = reader.document();
    let mut model = reader.model;
    model.lines = reader.json.lines();
    model.facts = reader.json.facts();
    match outcome {
        Ok(()) => {}
        Err(Error::Import(error)) => return Err(error),
        Err(Error::Fault(reason)) => {
            let line = match reader.open {
                Some(Open::Event(line)) => {
                    model.drop_last_event();
                    line
                }
                Some(Open::Object(line)) => {
                    model.drop_last_object();
                    line
                }
                None => reader.json.line(),
            };
            model.fault = Some(Fault {
                line: Some(line),
                reason,
                value: String::new(),
            });
        }
    }
    Ok(model)
}

/// Part of the document being read, and its line.
#[derive(Clone, Copy)]
enum Open {
    Event(u64),
    Object(u64),
}

struct Reader<'a> {
    json: Lexer<'a>,
    model: Model,
    open: Option<Open>,
    progress: &'a Progress,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), Error> {
        let mut first = true;
        self.json.expect(b'{')?;
        while self.json.next_key(&mut first)? {
            match self.json.text() {
                b"objectTypes" => self.each(Self::object_type)?,
                b"objects" => self.each(Self::object)?,
                b"events" => self.each(Self::event)?,
                key if key.starts_with(b"ocel:") => {
                    return Err(Error::Import(super::old_version()));
                }
                _ => self.json.skip_value()?,
            }
        }
        self.json.expect_end()
    }

    /// Reads the elements of an array; another value is skipped.
    fn each(&mut self, read: impl Fn(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        if !self.json.is_next(b'[')? {
            return self.json.skip_value();
        }
        self.json.expect(b'[')?;
        let mut first = true;
        while self.json.next_element(&mut first)? {
            if self.json.is_next(b'{')? {
                self.json.expect(b'{')?;
                read(self)?;
            } else {
                self.json.skip_value()?;
            }
        }
        Ok(())
    }

    fn object_type(&mut self) -> Result<(), Error> {
        let mut first = true;
        while self.json.next_key(&mut first)? {
            if self.json.text() == b"name" {
                let name = self.name()?;
                self.model.object_types.push(name);
            } else {
                self.json.skip_value()?;
            }
        }
        Ok(())
    }

    fn object(&mut self) -> Result<(), Error> {
        let line = self.json.line();
        // Added before it is read, as its attributes name its position.
        let at = self.model.add_object(Object {
            line,
            ..Object::default()
        });
        self.open = Some(Open::Object(line));
        let mut first = true;
        while self.json.next_key(&mut first)? {
            match self.json.text() {
                b"id" => self.model.objects[at as usize].id = self.value()?,
                b"type" => self.model.objects[at as usize].kind = self.name()?,
                b"attributes" => self.each(|reader| {
                    let attribute = reader.attribute(at)?;
                    reader.model.object_attributes.extend(attribute);
                    Ok(())
                })?,
                _ => self.json.skip_value()?,
            }
        }
        self.open = None;
        Ok(())
    }

    fn event(&mut self) -> Result<(), Error> {
        // One event is the smallest step, so that a load of one huge array can be cancelled.
        self.progress.check().map_err(ImportError::from)?;
        let line = self.json.line();
        let at = self.model.add_event(Event {
            line,
            ..Event::default()
        });
        self.open = Some(Open::Event(line));
        let mut first = true;
        while self.json.next_key(&mut first)? {
            match self.json.text() {
                b"id" => self.model.events[at as usize].id = self.value()?,
                b"type" => self.model.events[at as usize].kind = self.name()?,
                b"time" => self.model.events[at as usize].time = self.value()?,
                b"attributes" => self.each(|reader| {
                    let attribute = reader.attribute(at)?;
                    reader.model.event_attributes.extend(attribute);
                    Ok(())
                })?,
                b"relationships" => self.each(|reader| reader.relation(at))?,
                _ => self.json.skip_value()?,
            }
        }
        self.open = None;
        Ok(())
    }

    /// An attribute of the event or object at `of`; `None` where it has no value.
    fn attribute(&mut self, of: u32) -> Result<Option<Attribute>, Error> {
        let (mut name, mut time, mut value) = (None, Text::default(), None);
        let mut first = true;
        while self.json.next_key(&mut first)? {
            match self.json.text() {
                b"name" => name = Some(self.name()?),
                b"time" => time = self.value()?,
                b"value" => {
                    let scalar = self.json.scalar()?;
                    value = self.text_of(scalar);
                }
                _ => self.json.skip_value()?,
            }
        }
        // An attribute without a name has no column.
        Ok(name.zip(value).map(|(name, value)| Attribute {
            of,
            name,
            time,
            value,
        }))
    }

    fn relation(&mut self, event: u32) -> Result<(), Error> {
        let (mut object, mut qualifier) = (None, Text::default());
        let mut first = true;
        while self.json.next_key(&mut first)? {
            match self.json.text() {
                b"objectId" => object = Some(self.value()?),
                b"qualifier" => qualifier = self.name()?,
                _ => self.json.skip_value()?,
            }
        }
        if let Some(object) = object {
            self.model.relations.push(Relation {
                event,
                object,
                qualifier,
            });
        }
        Ok(())
    }

    /// The value that was read; `None` of `null` and of what is no single value.
    fn text_of(&mut self, scalar: Scalar) -> Option<Text> {
        let text = self.json.text();
        match scalar {
            Scalar::Text => Some(self.model.text(text)),
            Scalar::Number => {
                // A number is ASCII, so that nothing is lost.
                let text = String::from_utf8_lossy(text);
                let plain = number::plain(&text)?;
                Some(self.model.text(plain.as_bytes()))
            }
            Scalar::None => None,
        }
    }

    /// A value; empty where there is none.
    fn value(&mut self) -> Result<Text, Error> {
        let scalar = self.json.scalar()?;
        Ok(self.text_of(scalar).unwrap_or_default())
    }

    /// A value that is likely to come again.
    fn name(&mut self) -> Result<Text, Error> {
        Ok(match self.json.scalar()? {
            Scalar::None => Text::default(),
            _ => self.model.name(self.json.text()),
        })
    }
}
