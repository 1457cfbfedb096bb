//! Thrift's compact protocol, as far as it takes to look at what a Parquet file says of its own
//! sizes before the decoder believes it. Every reading is `None` where the bytes end or make no sense.

/// A reading position in bytes.
pub struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Types of fields that are asked for.
pub const I32: u8 = 5;
/// A list.
pub const LIST: u8 = 9;
/// A struct.
pub const STRUCT: u8 = 12;

/// Deeper structs are no Parquet.
const DEEPEST: u32 = 32;

impl<'a> Thrift<'a> {
    /// At the beginning of the bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Thrift { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Reads the fields of a struct to its end: `on` is given id and type of each and reads it, or
    /// says that it did not.
    pub fn each_field(
        &mut self,
        mut on: impl FnMut(&mut Self, i16, u8) -> Option<bool>,
    ) -> Option<()> {
        let mut id = 0i16;
        loop {
            let head = self.byte()?;
            let kind = head & 0xf;
            if kind == 0 {
                return Some(());
            }
            id = match head >> 4 {
                0 => i16::try_from(self.integer()?).ok()?,
                more => id.checked_add(i16::from(more))?,
            };
            if !on(self, id, kind)? {
                self.skip(kind, DEEPEST)?;
            }
        }
    }

    /// An integer of any width.
    pub fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        // Zigzag: the lowest bit is the sign.
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The length of a list, and the type of its elements.
    pub fn list(&mut self) -> Option<(usize, u8)> {
        let head = self.byte()?;
        let n = match head >> 4 {
            // Lists of 15 elements and more write their length behind the head.
            15 => usize::try_from(self.varint()?).ok()?,
            few => usize::from(few),
        };
        Some((n, head & 0xf))
    }

    fn byte(&mut self) -> Option<u8> {
        self.at += 1;
        self.bytes.get(self.at - 1).copied()
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        // Ten bytes hold 64 bits; a number that goes on is none.
        None
    }

    fn pass(&mut self, n: u64) -> Option<()> {
        let to = self.at.checked_add(usize::try_from(n).ok()?)?;
        // Past the end, too, so that the position never goes back.
        self.at = to;
        (to <= self.bytes.len()).then_some(())
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        // Types within types call this again: the depth keeps it within the stack.
        let depth = depth.checked_sub(1)?;
        match kind {
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let n = self.varint()?;
                self.pass(n)
            }
            9 | 10 => {
                let (n, kind) = self.list()?;
                (0..n).try_for_each(|_| self.skip_element(kind, depth))
            }
            11 => {
                let n = self.varint()?;
                let kinds = if n == 0 { 0 } else { self.byte()? };
                (0..n).try_for_each(|_| {
                    self.skip_element(kinds >> 4, depth)?;
                    self.skip_element(kinds & 0xf, depth)
                })
            }
            12 => self.each_field(|thrift, _, kind| {
                thrift.skip(kind, depth)?;
                Some(true)
            }),
            _ => None,
        }
    }

    /// Within lists a truth value is a byte of its own.
    fn skip_element(&mut self, kind: u8, depth: u32) -> Option<()> {
        match kind {
            1 | 2 => self.pass(1),
            _ => self.skip(kind, depth),
        }
    }
}
