//! The attributes of one event or trace, by key. Keys keep their number for a whole piece of the
//! log; of a key that comes after another as it did before, not even the hash is needed.

use hashbrown::HashMap;
use std::ops::Range;

/// The most distinct keys that are tracked.
const MAX_KEYS: usize = 1 << 16;
/// Bytes of all values.
pub const MAX_BYTES: usize = 16 << 20;

/// State of a key.
struct Key<C> {
    name: Box<str>,
    /// The key that came after it last time.
    next: usize,
    meaning: C,
}

/// The key of a place.
#[derive(Clone, Copy)]
pub struct Placed {
    /// Its number.
    pub key: usize,
    /// True if its values are floating-point numbers.
    pub float: bool,
}

/// Where the value of a key stands, if its turn is the current one.
#[derive(Clone, Copy, Default)]
struct Slot {
    turn: u64,
    from: usize,
    to: usize,
}

/// Result of setting a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// It is the first of its key.
    New,
    /// It was added to the others of a list.
    Added,
    /// It stands in place of an earlier one.
    Again,
    /// There is no room for it.
    Full,
}

/// The attributes of an event or trace; `C` is what a key means for the log.
pub struct Scope<C> {
    by_name: HashMap<Box<str>, usize>,
    /// The key of each place that was met.
    by_place: Vec<Option<Placed>>,
    keys: Vec<Key<C>>,
    slots: Vec<Slot>,
    /// Keys that have a value, in order of appearance.
    present: Vec<usize>,
    bytes: Vec<u8>,
    turn: u64,
    last: usize,
}

impl<C> Default for Scope<C> {
    fn default() -> Self {
        Scope {
            by_name: HashMap::new(),
            by_place: Vec::new(),
            keys: Vec::new(),
            slots: Vec::new(),
            present: Vec::new(),
            bytes: Vec::new(),
            turn: 1,
            last: 0,
        }
    }
}

impl<C> Scope<C> {
    /// Forgets all values, for the next event or trace.
    pub fn clear(&mut self) {
        // A new turn makes all slots void without touching them.
        self.turn += 1;
        self.present.clear();
        self.bytes.clear();
    }

    /// The key that was set for a place.
    #[inline]
    pub fn placed(&self, place: usize) -> Option<Placed> {
        *self.by_place.get(place)?
    }

    /// The meaning of a key.
    pub fn meaning(&self, key: usize) -> &C {
        &self.keys[key].meaning
    }

    /// Sets the key of a place.
    pub fn place(&mut self, place: usize, placed: Placed) {
        if place >= self.by_place.len() {
            self.by_place.resize(place + 1, None);
        }
        self.by_place[place] = Some(placed);
    }

    /// The number of a key; where it is new, `meaning` says what it means. `None` where there are
    /// too many.
    #[inline]
    pub fn key(&mut self, name: &str, meaning: impl FnOnce(usize) -> C) -> Option<usize> {
        // Events of a log mostly have the same keys in the same order.
        let guess = self.keys.get(self.last).map_or(0, |key| key.next);
        let key = match self.keys.get(guess) {
            Some(key) if *key.name == *name => guess,
            _ => self.find(name, meaning)?,
        };
        if let Some(last) = self.keys.get_mut(self.last) {
            last.next = key;
        }
        self.last = key;
        Some(key)
    }

    #[cold]
    fn find(&mut self, name: &str, meaning: impl FnOnce(usize) -> C) -> Option<usize> {
        if let Some(&key) = self.by_name.get(name) {
            return Some(key);
        }
        let key = self.keys.len();
        if key == MAX_KEYS {
            return None;
        }
        self.by_name.insert(name.into(), key);
        self.keys.push(Key {
            name: name.into(),
            next: 0,
            meaning: meaning(key),
        });
        self.slots.push(Slot::default());
        Some(key)
    }

    /// Gives a key its value; values of a list are joined.
    #[inline]
    pub fn set(&mut self, key: usize, value: &[u8], listed: bool) -> Set {
        if self.bytes.len() + value.len() > MAX_BYTES {
            return Set::Full;
        }
        let slot = self.slots[key];
        let known = slot.turn == self.turn;
        let mut from = self.bytes.len();
        if known && listed {
            // The value is the last of all: the next one is written right behind it.
            if slot.to == from {
                from = slot.from;
            } else if from + (slot.to - slot.from) + value.len() > MAX_BYTES {
                return Set::Full;
            } else {
                self.bytes.extend_from_within(slot.from..slot.to);
            }
            self.bytes.extend_from_slice(b", ");
        }
        self.bytes.extend_from_slice(value);
        self.slots[key] = Slot {
            turn: self.turn,
            from,
            to: self.bytes.len(),
        };
        match (known, listed) {
            (false, _) => {
                self.present.push(key);
                Set::New
            }
            (true, true) => Set::Added,
            (true, false) => Set::Again,
        }
    }

    /// The value of a key.
    #[inline]
    pub fn value(&self, key: usize) -> Option<&[u8]> {
        let slot = self.slots[key];
        (slot.turn == self.turn).then(|| &self.bytes[slot.from..slot.to])
    }

    /// All values of the current turn, in order of appearance: name, meaning, bytes, and the piece
    /// of them that is the value.
    #[inline]
    pub fn for_each(&mut self, mut then: impl FnMut(&str, &mut C, &[u8], Range<usize>)) {
        for &key in &self.present {
            let slot = self.slots[key];
            let known = &mut self.keys[key];
            then(
                &known.name,
                &mut known.meaning,
                &self.bytes,
                slot.from..slot.to,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_belong_to_one_turn() {
        let mut scope: Scope<()> = Scope::default();
        let a = scope.key("a", |_| ()).unwrap();
        let b = scope.key("b", |_| ()).unwrap();
        assert_eq!(scope.set(a, b"1", false), Set::New);
        assert_eq!(scope.set(b, b"2", false), Set::New);
        assert_eq!(scope.set(a, b"3", false), Set::Again);
        assert_eq!(
            (scope.value(a), scope.value(b)),
            (Some(&b"3"[..]), Some(&b"2"[..]))
        );
        scope.clear();
        assert_eq!(scope.value(a), None);
        assert_eq!(scope.key("b", |_| ()), Some(b));
        assert_eq!(scope.key("a", |_| ()), Some(a));
    }

    #[test]
    fn values_of_a_list_are_joined() {
        let mut scope: Scope<()> = Scope::default();
        let [a, b] = ["a", "b"].map(|name| scope.key(name, |_| ()).unwrap());
        for (key, value) in [(a, "1"), (a, "2"), (b, "x"), (a, "3"), (b, "y")] {
            scope.set(key, value.as_bytes(), true);
        }
        assert_eq!(scope.value(a), Some(&b"1, 2, 3"[..]));
        assert_eq!(scope.value(b), Some(&b"x, y"[..]));
        let mut seen = Vec::new();
        scope
            .for_each(|name, (), bytes, piece| seen.push((name.to_owned(), bytes[piece].to_vec())));
        assert_eq!(seen[1], ("b".to_owned(), b"x, y".to_vec()));
        let large = vec![b'x'; MAX_BYTES];
        assert_eq!(scope.set(a, &large, true), Set::Full);
    }
}
