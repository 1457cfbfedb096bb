//! The bytes of a file of columns, read by offset. No file is mapped or reopened by name.

use crate::formats::compression::Compression;
use crate::formats::{Bytes, ImportError};
use std::ops::Range;

/// Refuses an input that is compressed as a whole, as its bytes cannot be read by offset. `file` is
/// the format in a sentence, as `Parquet file`.
pub fn refuse_compressed(bytes: &dyn Bytes, file: &str) -> Result<(), ImportError> {
    if Compression::of(bytes)? == Compression::None {
        return Ok(());
    }
    let message = format!("is a compressed {file}; decompress it first");
    Err(ImportError::refused(message))
}

/// Reads bytes that must be there; `missing` is the reason of the refusal where they are not.
pub fn read_exact(
    bytes: &dyn Bytes,
    range: Range<u64>,
    missing: &str,
) -> Result<Vec<u8>, ImportError> {
    let refused = || ImportError::refused(missing);
    if range.start > range.end || range.end > bytes.len() {
        return Err(refused());
    }
    let mut out = vec![0; usize::try_from(range.end - range.start).map_err(|_| refused())?];
    let mut at = 0;
    while at < out.len() {
        match bytes.read_at(range.start + at as u64, &mut out[at..])? {
            0 => return Err(refused()),
            n => at += n,
        }
    }
    Ok(out)
}
