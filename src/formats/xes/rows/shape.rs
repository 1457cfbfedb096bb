//! Shapes of plain events. Nearly all events of a log have the same few sequences of keys, so that the way of each
//! value into its column is found once a shape and not once an event.

use super::{Current, Target};
use crate::formats::number;
use crate::formats::xes::listener::{PlainEvent, PlainValue};
use crate::formats::xes::parser::Level;
use crate::formats::xes::scope::MAX_BYTES;
use hashbrown::HashMap;
use std::borrow::Cow;
use std::ops::Range;

/// Values of all shapes that are remembered.
const MAX_VALUES: usize = 1 << 16;

/// A sequence of attributes, none of which has the key of another.
pub struct Shape {
    places: Box<[usize]>,
    /// By value, its key.
    pub keys: Box<[usize]>,
    /// The values that go into a column, and the column.
    pub columns: Box<[(usize, usize)]>,
    /// The values that are floating-point numbers.
    floats: Box<[usize]>,
    /// By part of the plan, its value.
    parts: Box<[Option<usize>]>,
}

impl Shape {
    /// The shape of an event; `None` where a key is there twice, or not all keys have their column yet.
    fn new(values: &[PlainValue], current: &Current<'_>) -> Option<Self> {
        let placed = values
            .iter()
            .map(|value| current.of_event.placed(value.place));
        let placed: Box<[_]> = placed.collect::<Option<_>>()?;
        let keys: Box<[usize]> = placed.iter().map(|placed| placed.key).collect();
        let mut distinct = keys.clone();
        distinct.sort_unstable();
        if distinct.windows(2).any(|pair| pair[0] == pair[1]) {
            return None;
        }
        let mut columns = Vec::with_capacity(keys.len());
        for (at, key) in keys.iter().enumerate() {
            match current.of_event.meaning(*key) {
                Target::Unplaced => return None,
                Target::Column(column) => columns.push((at, *column)),
                Target::KeyOnly => {}
            }
        }
        let of_part = |(key, part): (&Option<usize>, &super::Key)| {
            let of_event = key.filter(|_| part.level == Level::Event);
            of_event.and_then(|key| keys.iter().position(|known| *known == key))
        };
        Some(Shape {
            places: values.iter().map(|value| value.place).collect(),
            columns: columns.into(),
            floats: (0..placed.len()).filter(|&at| placed[at].float).collect(),
            parts: current
                .parts
                .iter()
                .zip(&current.plan.keys)
                .map(of_part)
                .collect(),
            keys,
        })
    }

    #[inline]
    fn is_of(&self, values: &[PlainValue]) -> bool {
        let mut pairs = self.places.iter().zip(values);
        self.places.len() == values.len() && pairs.all(|(place, value)| *place == value.place)
    }

    /// Returns whether the values of an event of this shape are taken as they are written.
    #[inline]
    fn takes(&self, event: &PlainEvent<'_>, na: &[Vec<u8>]) -> bool {
        let values = event.values;
        let from = values.first().map_or(0, |value| value.from);
        let as_written = |at: &usize| {
            let text = &event.text[piece(values[*at])];
            matches!(number::plain(text), Some(Cow::Borrowed(_)))
        };
        let is_na = |value: &PlainValue| {
            let text = &event.text.as_bytes()[piece(*value)];
            na.iter().any(|na| na == text)
        };
        values.last().map_or(0, |value| value.to) - from <= MAX_BYTES
            && self.floats.iter().all(as_written)
            && (na.is_empty() || !values.iter().any(is_na))
    }

    /// The value of a part of the plan, which is of events.
    #[inline]
    pub fn part<'t>(&self, part: usize, event: &PlainEvent<'t>) -> Option<&'t [u8]> {
        let value = event.values[self.parts[part]?];
        Some(&event.text.as_bytes()[piece(value)])
    }
}

/// Position of a value in the text.
#[inline]
pub fn piece(value: PlainValue) -> Range<usize> {
    value.from..value.to
}

/// The shapes that were met.
#[derive(Default)]
pub struct Shapes {
    known: Vec<Shape>,
    by_places: HashMap<Box<[usize]>, usize>,
    /// Values of all of them.
    n_values: usize,
    /// The one met last, and the one before.
    last: [usize; 2],
}

impl Shapes {
    /// The shape of an event; `None` where its values are to be taken one by one.
    #[inline]
    pub fn of(&mut self, event: &PlainEvent<'_>, current: &Current<'_>) -> Option<&Shape> {
        let is = |at: usize| {
            let shape = self.known.get(at);
            shape.is_some_and(|shape| shape.is_of(event.values))
        };
        if !is(self.last[0]) {
            let [before, last] = self.last;
            let at = if is(last) {
                last
            } else {
                self.find(event.values, current)?
            };
            self.last = [at, before];
        }
        let shape = &self.known[self.last[0]];
        shape.takes(event, &current.plan.na).then_some(shape)
    }

    /// Finds a shape that was not met lately, or remembers it.
    #[cold]
    fn find(&mut self, values: &[PlainValue], current: &Current<'_>) -> Option<usize> {
        let places: Box<[usize]> = values.iter().map(|value| value.place).collect();
        if let Some(&at) = self.by_places.get(&places) {
            return Some(at);
        }
        if self.n_values + values.len() > MAX_VALUES {
            return None;
        }
        let shape = Shape::new(values, current)?;
        let at = self.known.len();
        // One more, as an event without values costs memory, too.
        self.n_values += values.len() + 1;
        self.by_places.insert(places, at);
        self.known.push(shape);
        Some(at)
    }
}
