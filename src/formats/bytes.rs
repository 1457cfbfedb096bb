//! Where the formats get their bytes from: a trait, so that they name no path and no file.

use std::io;

/// The bytes of one input, readable at any offset and more than once.
#[expect(
    clippy::len_without_is_empty,
    reason = "nothing asks whether it is empty"
)]
pub trait Bytes: Send + Sync {
    /// The name the user gave it, to recognise its ending; may hold any character.
    fn name(&self) -> &str;

    /// Length in bytes when it was opened.
    fn len(&self) -> u64;

    /// Reads some bytes at `offset`; 0 only at the end.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize>;

    /// Returns whether it has been changed since it was opened.
    fn changed(&self) -> io::Result<bool>;
}

impl Bytes for &[u8] {
    fn name(&self) -> &'static str {
        "bytes"
    }

    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(offset).map_or(<[u8]>::len(self), |o| o.min(<[u8]>::len(self)));
        let n = out.len().min(<[u8]>::len(self) - from);
        out[..n].copy_from_slice(&self[from..from + n]);
        Ok(n)
    }

    fn changed(&self) -> io::Result<bool> {
        Ok(false)
    }
}
