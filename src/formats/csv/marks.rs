//! Where the bytes stand that matter in CSV: delimiter, quote, line feed, carriage return. 64 bytes
//! are compared at a time, in a form that the compiler turns into vector instructions.

/// The marks of some bytes, in order.
pub struct Marks<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    /// Where the 64 bytes begin that `bits` stands for.
    base: usize,
    /// One bit a byte.
    all: u64,
    /// Bits of the marks; those already returned are cleared.
    bits: u64,
}

const STEP: usize = 64;

impl<'a> Marks<'a> {
    /// The marks from `at` on.
    pub fn new(bytes: &'a [u8], delimiter: u8, at: usize) -> Self {
        let mut marks = Marks {
            bytes,
            delimiter,
            base: at,
            all: 0,
            bits: 0,
        };
        marks.load();
        marks
    }

    /// Goes on from `at`, forward or back.
    #[inline]
    pub fn seek(&mut self, at: usize) {
        // Of short lines many stand in the same bytes, and each may be read twice.
        if (self.base..self.base + STEP).contains(&at) {
            self.bits = self.all & u64::MAX << (at - self.base);
        } else {
            self.base = at;
            self.load();
        }
    }

    /// Position of the next mark.
    #[inline]
    pub fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            self.base += STEP;
            if self.base >= self.bytes.len() {
                // The end is found again by further calls.
                self.base = self.bytes.len();
                self.all = 0;
                return None;
            }
            self.load();
        }
        let at = self.base + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(at)
    }

    #[inline]
    fn load(&mut self) {
        let rest = self.bytes.get(self.base..).unwrap_or(b"");
        self.all = if let Some(chunk) = rest.first_chunk::<STEP>() {
            bits_of(chunk, self.delimiter)
        } else {
            // Zeros are no marks: no file is delimited by NUL.
            let mut chunk = [0; STEP];
            chunk[..rest.len()].copy_from_slice(rest);
            bits_of(&chunk, self.delimiter)
        };
        self.bits = self.all;
    }
}

/// Bit `i` is set where byte `i` is a mark.
#[inline]
fn bits_of(chunk: &[u8; STEP], delimiter: u8) -> u64 {
    let mut is_mark = [0u8; STEP];
    for (mark, &b) in is_mark.iter_mut().zip(chunk) {
        // Without a closure: the tests, which are not optimized, spent a tenth of their time in it.
        *mark = u8::from(b == delimiter)
            | u8::from(b == b'"')
            | u8::from(b == b'\n')
            | u8::from(b == b'\r');
    }
    let mut bits = 0;
    for (i, eight) in is_mark.as_chunks::<8>().0.iter().enumerate() {
        // The product gathers the lowest bit of each byte in its top byte; no two terms meet.
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= gathered << (8 * i);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn marks_are_found_where_they_stand(
            bytes in proptest::collection::vec(
                prop_oneof![Just(b','), Just(b'\n'), Just(b'\r'), Just(b'"'), any::<u8>()], 0..300),
            from in proptest::collection::vec(0usize..300, 1..6),
            few in 0usize..30,
        ) {
            let mut marks = Marks::new(&bytes, b',', from[0].min(bytes.len()));
            for at in &from {
                let at = *at.min(&bytes.len());
                marks.seek(at);
                let want: Vec<usize> = (at..bytes.len()).filter(|&i| b",\n\r\"".contains(&bytes[i])).collect();
                // Some are asked for, or all and one more.
                let found: Vec<usize> = std::iter::from_fn(|| marks.next()).take(few).collect();
                prop_assert_eq!(&found, &want[..want.len().min(few)]);
                if few % 2 == 0 {
                    let rest: Vec<usize> = std::iter::from_fn(|| marks.next()).collect();
                    prop_assert_eq!(rest, &want[found.len()..]);
                    prop_assert_eq!(marks.next(), None);
                }
            }
        }
    }
}
