//! A model's XML as a tree of elements with their lines. Documents are small, so the tree is held
//! whole; its size is limited.

use super::ModelError;
use crate::formats::{attribute_value, decoded_xml, local_name};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Bytes of the longest document.
const LONGEST: usize = 64 << 20;
/// Elements within elements.
const MAX_DEPTH: usize = 256;
/// Elements of a document.
const MAX_ELEMENTS: usize = 1_000_000;
/// XML attributes of one element.
const MAX_ATTRIBUTES: usize = 256;

/// Elements whose contents say nothing about the order of activities: drawings and data of tools.
const SKIPPED: [&str; 5] = [
    "graphics",
    "extensionElements",
    "BPMNDiagram",
    "documentation",
    "ioSpecification",
];

/// An element.
#[derive(Debug, Default)]
pub struct Element {
    /// Name without prefix.
    pub name: String,
    /// Line on which it begins, from 1.
    pub line: u64,
    attributes: Vec<(String, String)>,
    /// Text within it, without that of its elements.
    pub text: String,
    /// Elements within it, in order.
    pub children: Vec<Element>,
}

impl Element {
    /// Returns the value of an attribute, by its name without prefix.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the attribute `id`; empty where there is none.
    pub fn id(&self) -> &str {
        self.get("id").unwrap_or_default()
    }

    /// Returns the elements of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Returns the first element of a name.
    pub fn first<'a>(&'a self, name: &'a str) -> Option<&'a Element> {
        self.all(name).next()
    }

    /// Returns an error about this element.
    pub fn error(&self, message: impl std::fmt::Display) -> ModelError {
        let name = match self.id() {
            "" => self.name.clone(),
            id => format!("{} {id}", self.name),
        };
        ModelError::at(self.line, format!("{name}: {message}"))
    }
}

/// Reads a document and returns its root.
///
/// # Errors
/// It is no XML, not well formed, too large, or defines entities.
pub fn read(bytes: &[u8]) -> Result<Element, ModelError> {
    if bytes.len() > LONGEST {
        let message = format!("larger than {} MiB", LONGEST >> 20);
        return Err(ModelError::whole(message));
    }
    let text = decoded_xml(bytes);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().allow_dangling_amp = true;
    let mut tree = Tree::default();
    let mut lines = Lines::new(&text);
    loop {
        let line = lines.at(reader.buffer_position() as usize);
        match reader.read_event() {
            Ok(Event::Start(tag)) => tree.open(&tag, line)?,
            Ok(Event::Empty(tag)) => {
                tree.open(&tag, line)?;
                tree.close();
            }
            Ok(Event::End(_)) => tree.close(),
            Ok(Event::Text(text)) => tree.text(&text),
            Ok(Event::CData(text)) => tree.text(&text),
            Ok(Event::GeneralRef(name)) => {
                let reference = format!("&{};", &*name);
                let (value, is_unknown) = attribute_value(&reference);
                if is_unknown {
                    return Err(entity(line));
                }
                tree.text(&value);
            }
            Ok(Event::DocType(text)) if text.contains('[') || text.contains("ENTITY") => {
                return Err(entity(line));
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let line = lines.at(reader.error_position() as usize);
                return Err(ModelError::at(line, format!("no well-formed XML: {error}")));
            }
        }
    }
    let line = lines.at(text.len());
    tree.root(line)
}

fn entity(line: u64) -> ModelError {
    let message = "entities of its own are not supported; write the characters themselves";
    ModelError::at(line, message)
}

/// Counts lines up to places that ascend.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Lines {
            text,
            at: 0,
            line: 1,
        }
    }

    /// Line of a place, from 1.
    fn at(&mut self, place: usize) -> u64 {
        let place = place.clamp(self.at, self.text.len());
        let passed = &self.text.as_bytes()[self.at..place];
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.at = place;
        self.line
    }
}

/// The tree while it is read.
#[derive(Default)]
struct Tree {
    /// The elements that are open, outermost first.
    open: Vec<Element>,
    root: Option<Element>,
    /// Elements so far.
    count: usize,
    /// Elements that are open within a skipped one, itself included.
    skipped: usize,
}

impl Tree {
    fn open(&mut self, tag: &BytesStart<'_>, line: u64) -> Result<(), ModelError> {
        let name = tag.name();
        let name = local_name(name.0);
        if self.skipped > 0 || SKIPPED.contains(&name) {
            self.skipped += 1;
            return Ok(());
        }
        self.count += 1;
        let fault = if self.root.is_some() {
            "a second root: a document has one"
        } else if self.open.len() == MAX_DEPTH {
            "elements are nested too deeply"
        } else if self.count > MAX_ELEMENTS {
            "too many elements"
        } else {
            ""
        };
        if !fault.is_empty() {
            return Err(ModelError::at(line, fault));
        }
        let mut element = Element {
            name: name.to_owned(),
            line,
            ..Element::default()
        };
        for attribute in tag.attributes().with_checks(false) {
            let Ok(attribute) = attribute else {
                return Err(element.error("an attribute is not well formed"));
            };
            if element.attributes.len() == MAX_ATTRIBUTES {
                return Err(element.error("too many attributes"));
            }
            let (value, is_unknown) = attribute_value(&attribute.value);
            if is_unknown {
                return Err(entity(line));
            }
            let key = local_name(attribute.key.0).to_owned();
            element.attributes.push((key, value.into_owned()));
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if let Some(done) = self.open.pop() {
            match self.open.last_mut() {
                Some(parent) => parent.children.push(done),
                None => self.root = Some(done),
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut().filter(|_| self.skipped == 0) {
            element.text.push_str(text);
        }
    }

    fn root(self, line: u64) -> Result<Element, ModelError> {
        if let Some(open) = self.open.last() {
            let message = format!("the file ends within <{}>", open.name);
            return Err(ModelError::at(line, message));
        }
        let none = || ModelError::at(line, "no XML: a PNML or BPMN file is needed");
        self.root.ok_or_else(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_lines_and_attributes() {
        let text = "<?xml version='1.0'?>\n<x:a id='1'>\n <b n='&lt;'>t&amp;u</b><graphics><b/></graphics>\n</x:a>";
        let root = read(text.as_bytes()).unwrap();
        assert_eq!((root.name.as_str(), root.line, root.id()), ("a", 2, "1"));
        let b = root.first("b").unwrap();
        assert_eq!((b.line, b.get("n"), b.text.as_str()), (3, Some("<"), "t&u"));
        assert_eq!(root.children.len(), 1);
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = "<a>".repeat(300);
        for (text, wanted) in [
            ("", "line 1: no XML: a PNML or BPMN file is needed"),
            (
                "a,b\n1,2\n",
                "line 3: no XML: a PNML or BPMN file is needed",
            ),
            ("<a>\n<b>", "line 2: the file ends within <b>"),
            (
                "<!DOCTYPE a [<!ENTITY x 'y'>]>\n<a>&x;</a>",
                "line 1: entities of its own are not supported; write the characters themselves",
            ),
            (
                "<a>\n&lol;</a>",
                "line 2: entities of its own are not supported; write the characters themselves",
            ),
            ("<a/><b/>", "line 1: a second root: a document has one"),
            (&deep, "line 1: elements are nested too deeply"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), wanted);
        }
        let crossed = read(b"<a>\n</b>").unwrap_err().to_string();
        assert!(
            crossed.starts_with("line 2: no well-formed XML"),
            "{crossed}"
        );
    }
}
