//! An object-centric log as it stands in its input: events, objects, and which belong together.
//! The readers of all three formats fill it; nothing is checked and no time is read here.

use crate::formats::Reason;
use crate::formats::stream::StreamFacts;
use hashbrown::HashMap;

/// A text of the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Text {
    from: usize,
    len: usize,
}

/// An event.
#[derive(Debug, Clone, Copy, Default)]
pub struct Event {
    /// Id of the event.
    pub id: Text,
    /// Type of the event, which is the activity.
    pub kind: Text,
    /// Timestamp as written.
    pub time: Text,
    /// Line, or row, from 1.
    pub line: u64,
}

/// An object.
#[derive(Debug, Clone, Copy, Default)]
pub struct Object {
    /// Id of the object.
    pub id: Text,
    /// Type of the object.
    pub kind: Text,
    /// Line, or row, from 1.
    pub line: u64,
}

/// An attribute of an event or object.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// The position of the event or object.
    pub of: u32,
    /// Name of the attribute.
    pub name: Text,
    /// Since when an object has the value; empty: from the beginning.
    pub time: Text,
    /// Value as written.
    pub value: Text,
}

/// An event has to do with an object.
#[derive(Debug, Clone, Copy)]
pub struct Relation {
    /// The position of the event.
    pub event: u32,
    /// The id of the object.
    pub object: Text,
    /// In which way.
    pub qualifier: Text,
}

/// Why not all of an input was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, if any.
    pub line: Option<u64>,
    /// Why not.
    pub reason: Reason,
    /// Text at fault.
    pub value: String,
}

/// All of an input.
#[derive(Debug, Default)]
pub struct Model {
    bytes: Vec<u8>,
    /// Types and names occur again and again.
    names: HashMap<Box<[u8]>, Text>,
    /// Types of objects that the input declares.
    pub object_types: Vec<Text>,
    /// The events, in order.
    pub events: Vec<Event>,
    /// The objects, in order.
    pub objects: Vec<Object>,
    /// Attributes of events.
    pub event_attributes: Vec<Attribute>,
    /// Attributes of objects.
    pub object_attributes: Vec<Attribute>,
    /// Which events have to do with which objects.
    pub relations: Vec<Relation>,
    /// Relations and attributes of events that do not exist.
    pub lost: u64,
    /// Why not all was read.
    pub fault: Option<Fault>,
    /// Lines of the input; of a database, rows of events.
    pub lines: u64,
    /// Facts about the stream.
    pub facts: StreamFacts,
}

impl Model {
    /// Keeps a text.
    pub fn text(&mut self, bytes: &[u8]) -> Text {
        // A position rather than a slice, as the bytes move while they grow.
        let from = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        Text {
            from,
            len: bytes.len(),
        }
    }

    /// Keeps a text that is likely to come again.
    pub fn name(&mut self, bytes: &[u8]) -> Text {
        if let Some(&known) = self.names.get(bytes) {
            return known;
        }
        let text = self.text(bytes);
        self.names.insert(bytes.into(), text);
        text
    }

    /// The bytes of a text.
    pub fn get(&self, text: Text) -> &[u8] {
        &self.bytes[text.from..text.from + text.len]
    }

    /// Adds an event, to which attributes and relations can be added.
    pub fn add_event(&mut self, event: Event) -> u32 {
        self.events.push(event);
        (self.events.len() - 1) as u32
    }

    /// Takes the last event back, with all that belongs to it, as it is not whole.
    pub fn drop_last_event(&mut self) {
        self.events.pop();
        let n = self.events.len();
        self.event_attributes.retain(|a| (a.of as usize) < n);
        self.relations.retain(|r| (r.event as usize) < n);
    }

    /// Removes the last object and its attributes.
    pub fn drop_last_object(&mut self) {
        self.objects.pop();
        let n = self.objects.len();
        self.object_attributes.retain(|a| (a.of as usize) < n);
    }

    /// Adds an object, to which attributes can be added.
    pub fn add_object(&mut self, object: Object) -> u32 {
        self.objects.push(object);
        (self.objects.len() - 1) as u32
    }

    /// The types of objects and how many there are of each, most first, then by name.
    pub fn types(&self) -> Vec<(String, u64)> {
        let mut counts: HashMap<&[u8], u64> = HashMap::new();
        // A declared type may have no objects.
        for declared in &self.object_types {
            counts.entry(self.get(*declared)).or_default();
        }
        for object in &self.objects {
            *counts.entry(self.get(object.kind)).or_default() += 1;
        }
        let counts = counts.into_iter();
        let named = counts.map(|(name, n)| (crate::formats::text::lossless(name), n));
        let mut types: Vec<(String, u64)> = named.collect();
        types.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        types
    }

    /// Brings attributes and relations in the order of their events.
    pub fn sort(&mut self) {
        // JSON and XML are in this order already; of a database it depends on its tables.
        if !self.relations.is_sorted_by_key(|r| r.event) {
            self.relations.sort_by_key(|r| r.event);
        }
        if !self.event_attributes.is_sorted_by_key(|a| a.of) {
            self.event_attributes.sort_by_key(|a| a.of);
        }
        if !self.object_attributes.is_sorted_by_key(|a| a.of) {
            self.object_attributes.sort_by_key(|a| a.of);
        }
    }
}
