//! Dictionary codes in the narrowest integer that holds them.

use super::Buffer;
use rayon::prelude::*;

/// One code a row, as wide as its largest code needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Codes {
    /// Codes below 2^8.
    U8(Buffer<u8>),
    /// Codes below 2^16.
    U16(Buffer<u16>),
    /// All others.
    U32(Buffer<u32>),
}

/// Runs `$body` with `$v` bound to the vector inside, whatever its width. The body is compiled
/// three times, so hot loops pay no branch per row.
macro_rules! with_codes {
    ($codes:expr, $v:ident => $body:expr) => {
        match $codes {
            $crate::event_log::Codes::U8($v) => $body,
            $crate::event_log::Codes::U16($v) => $body,
            $crate::event_log::Codes::U32($v) => $body,
        }
    };
}
pub(crate) use with_codes;

impl Codes {
    /// `n_rows` rows of code 0, wide enough for `n_codes` different codes.
    pub fn zeroed(n_rows: usize, n_codes: usize) -> Self {
        match n_codes {
            // 256 codes are 0 to 255, which is all of a byte.
            0..=0x100 => Codes::U8(vec![0; n_rows].into()),
            0x101..=0x1_0000 => Codes::U16(vec![0; n_rows].into()),
            _ => Codes::U32(vec![0; n_rows].into()),
        }
    }

    /// Packs `codes`, of which the largest is below `n_codes`.
    pub fn pack(codes: impl ExactSizeIterator<Item = u32>, n_codes: usize) -> Self {
        match n_codes {
            0..=0x100 => Codes::U8(codes.map(|c| c as u8).collect()),
            0x101..=0x1_0000 => Codes::U16(codes.map(|c| c as u16).collect()),
            _ => Codes::U32(codes.collect()),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        with_codes!(self, v => v.len())
    }

    /// Returns `true` when there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code of one row.
    #[inline]
    pub fn get(&self, row: usize) -> u32 {
        match self {
            Codes::U8(v) => u32::from(v[row]),
            Codes::U16(v) => u32::from(v[row]),
            Codes::U32(v) => v[row],
        }
    }

    /// The codes of `rows`, in that order.
    pub fn gather(&self, rows: &[u32]) -> Self {
        match self {
            Codes::U8(v) => Codes::U8(gather(v, rows)),
            Codes::U16(v) => Codes::U16(gather(v, rows)),
            Codes::U32(v) => Codes::U32(gather(v, rows)),
        }
    }

    /// All codes of a range of rows, each passed to `f`.
    #[inline]
    pub fn for_each_in(&self, rows: std::ops::Range<usize>, mut f: impl FnMut(u32)) {
        with_codes!(self, v => for &c in &v[rows] { f(c as u32) });
    }

    /// Appends the codes of a range of rows.
    #[inline]
    pub fn add_to(&self, rows: std::ops::Range<usize>, out: &mut Vec<u32>) {
        with_codes!(self, v => out.extend(v[rows].iter().map(|&c| c as u32)));
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        with_codes!(self, v => std::mem::size_of_val::<[_]>(v))
    }
}

/// `values[row]` of each of `rows`.
pub(super) fn gather<T: arrow_buffer::ArrowNativeType>(values: &[T], rows: &[u32]) -> Buffer<T> {
    let gathered: Vec<T> = rows.par_iter().map(|&r| values[r as usize]).collect();
    gathered.into()
}
