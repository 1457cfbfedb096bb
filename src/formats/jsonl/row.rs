//! One row by column, filled key by key. Columns are found as keys come; objects that follow each
//! other mostly have the same keys in the same order, so the next column is guessed before it is
//! looked up.

use crate::formats::collector::MAX_COLUMNS;
use hashbrown::HashMap;
use std::ops::Range;

/// Where a value stands.
#[derive(Debug, Clone)]
enum Piece {
    Missing,
    /// In the bytes of the object.
    Plain(Range<usize>),
    /// In the row's own bytes.
    Own(Range<usize>),
}

/// The row that is being read.
pub struct Row<'n> {
    /// Columns that are known from the beginning.
    known: &'n [String],
    /// Columns that were found.
    found: Vec<Box<[u8]>>,
    by_name: HashMap<Box<[u8]>, usize>,
    /// Column by position of the key in the object before.
    order: Vec<usize>,
    nth: usize,
    values: Vec<Piece>,
    own: Vec<u8>,
    unescaped: Vec<u8>,
    /// Columns that have a value.
    touched: Vec<usize>,
    n_found_before: usize,
    /// True if there are more keys than the limit of columns.
    overflow: bool,
    overflow_before: bool,
}

impl<'n> Row<'n> {
    /// An empty row with these columns.
    pub fn new(known: &'n [String]) -> Self {
        let names = known.iter().enumerate();
        Row {
            known,
            found: Vec::new(),
            // Of names that are there twice the first counts.
            by_name: names
                .rev()
                .map(|(i, name)| (name.as_bytes().into(), i))
                .collect(),
            order: Vec::new(),
            nth: 0,
            values: vec![Piece::Missing; known.len()],
            own: Vec::new(),
            unescaped: Vec::new(),
            touched: Vec::new(),
            n_found_before: 0,
            overflow: false,
            overflow_before: false,
        }
    }

    /// Begins the next row.
    pub fn clear(&mut self) {
        // Only what was set is cleared: rows may have few of many columns.
        for column in self.touched.drain(..) {
            self.values[column] = Piece::Missing;
        }
        self.own.clear();
        self.nth = 0;
        self.n_found_before = self.found.len();
        self.overflow_before = self.overflow;
    }

    /// Forgets the columns that only this row has, as it is none.
    pub fn undo(&mut self) {
        self.touched
            .retain(|&column| column < self.known.len() + self.n_found_before);
        self.overflow = self.overflow_before;
        for name in self.found.drain(self.n_found_before..) {
            self.by_name.remove(&name);
        }
        self.values.truncate(self.known.len() + self.found.len());
        // Some of its columns may be gone.
        self.order.clear();
    }

    /// Returns whether some row had more keys than the limit of columns.
    pub fn overflows(&self) -> bool {
        self.overflow
    }

    /// Columns that were found beyond those known.
    pub fn found(&self) -> &[Box<[u8]>] {
        &self.found
    }

    /// The value of a column; `bytes` are those of the object.
    #[inline]
    pub fn get<'b>(&'b self, column: usize, bytes: &'b [u8]) -> Option<&'b [u8]> {
        self.place(column, bytes)
            .map(|(bytes, piece)| &bytes[piece])
    }

    /// The value of a column as a piece of bytes.
    #[inline]
    fn place<'b>(&'b self, column: usize, bytes: &'b [u8]) -> Option<(&'b [u8], Range<usize>)> {
        match self.values.get(column)? {
            Piece::Missing => None,
            Piece::Plain(piece) => Some((bytes, piece.clone())),
            Piece::Own(piece) => Some((&self.own, piece.clone())),
        }
    }

    /// Calls `on` for each column that has a value, with the bytes and the piece of them that it is.
    #[inline]
    pub fn each_value<'b>(
        &'b self,
        bytes: &'b [u8],
        mut on: impl FnMut(usize, &'b [u8], Range<usize>),
    ) {
        for &column in &self.touched {
            if let Some((bytes, piece)) = self.place(column, bytes) {
                on(column, bytes, piece);
            }
        }
    }

    /// Scratch buffer for text whose escapes were resolved.
    pub fn unescaped(&mut self) -> &mut Vec<u8> {
        &mut self.unescaped
    }

    /// Sets a value that stands in the object.
    #[inline]
    pub fn set(&mut self, key: &[u8], piece: Range<usize>) {
        self.put(key, Piece::Plain(piece));
    }

    /// Sets a value that was written without its escapes.
    pub fn set_unescaped(&mut self, key: &[u8]) {
        let from = self.own.len();
        self.own.extend_from_slice(&self.unescaped);
        self.put(key, Piece::Own(from..self.own.len()));
    }

    /// Sets a value to JSON text without the blanks between its parts.
    pub fn set_compact(&mut self, key: &[u8], json: &[u8]) {
        let from = self.own.len();
        let (mut quoted, mut escaped) = (false, false);
        for &byte in json {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' if !quoted => continue,
                b'"' if !escaped => quoted = !quoted,
                _ => {}
            }
            escaped = byte == b'\\' && !escaped;
            self.own.push(byte);
        }
        self.put(key, Piece::Own(from..self.own.len()));
    }

    /// Says that a key has no value.
    pub fn set_missing(&mut self, key: &[u8]) {
        self.put(key, Piece::Missing);
    }

    #[inline]
    fn put(&mut self, key: &[u8], value: Piece) {
        match self.column(key) {
            Some(column) => {
                self.values[column] = value;
                self.touched.push(column);
            }
            None => self.overflow = true,
        }
    }

    #[inline]
    fn column(&mut self, key: &[u8]) -> Option<usize> {
        let nth = self.nth;
        self.nth += 1;
        if let Some(&column) = self.order.get(nth)
            && self.name(column) == key
        {
            return Some(column);
        }
        let column = self.look_up(key)?;
        if nth < self.order.len() {
            self.order[nth] = column;
        } else if nth == self.order.len() && nth < MAX_COLUMNS {
            // The bound keeps an object that repeats its keys from growing the list.
            self.order.push(column);
        }
        Some(column)
    }

    fn name(&self, column: usize) -> &[u8] {
        match column.checked_sub(self.known.len()) {
            None => self.known[column].as_bytes(),
            Some(found) => &self.found[found],
        }
    }

    fn look_up(&mut self, key: &[u8]) -> Option<usize> {
        if let Some(&column) = self.by_name.get(key) {
            return Some(column);
        }
        let column = self.values.len();
        if column >= MAX_COLUMNS {
            return None;
        }
        self.found.push(key.into());
        self.by_name.insert(key.into(), column);
        self.values.push(Piece::Missing);
        Some(column)
    }
}
