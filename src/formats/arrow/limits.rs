//! Limits on the sizes that an Arrow message declares, checked before the decoder believes it: a
//! message of some hundred bytes may claim rows without data, or data that expands without end.

use crate::formats::ImportError;
use crate::formats::columnar::{check_values, damaged};
use arrow_ipc::{Buffer, RecordBatch};

/// Bytes that a message may decompress to ...
const FREE_BYTES: u64 = 1 << 30;
/// ... and above, how many times its compressed size.
const RATIO: u64 = 200;
/// Length of the decompressed data, before the compressed data.
const PREFIX: usize = 8;

/// Checks the numbers of a record batch or dictionary against the length of its body; the number of
/// its rows.
pub fn check_batch(batch: RecordBatch<'_>, body: u64) -> Result<u64, ImportError> {
    let mut values = 0i64;
    for node in batch.nodes().iter().flatten() {
        if !(0..=node.length()).contains(&node.null_count()) {
            return Err(damaged("a column has more missing values than rows"));
        }
        values = values.saturating_add(node.length());
    }
    check_values(values, body, "values")?;
    for buffer in batch.buffers().iter().flatten() {
        place(buffer, body).ok_or_else(|| damaged("values of a column are outside of its rows"))?;
    }
    check_values(batch.length(), body, "rows")
}

/// Checks that a batch decompresses to a size that its body may have.
pub fn check_compressed(batch: RecordBatch<'_>, body: &[u8]) -> Result<(), ImportError> {
    if batch.compression().is_none() {
        return Ok(());
    }
    let mut full = 0u64;
    for buffer in batch.buffers().iter().flatten() {
        let bytes = place(buffer, body.len() as u64).and_then(|(from, to)| body.get(from..to));
        let bytes = bytes.ok_or_else(|| damaged("values of a column are outside of its rows"))?;
        let Some(claim) = bytes.first_chunk::<PREFIX>() else {
            continue;
        };
        // -1 says that the data are not compressed.
        let claim = i64::from_le_bytes(*claim).max(0);
        full = full.saturating_add(claim.unsigned_abs());
    }
    if full > FREE_BYTES && full / RATIO > body.len() as u64 {
        return Err(damaged("its data expand as no log does"));
    }
    Ok(())
}

/// Where a buffer begins and ends in a body of this length.
fn place(buffer: &Buffer, body: u64) -> Option<(usize, usize)> {
    let from = u64::try_from(buffer.offset()).ok()?;
    let to = from.checked_add(u64::try_from(buffer.length()).ok()?)?;
    // Empty buffers may be anywhere.
    if from == to {
        return Some((0, 0));
    }
    let to = usize::try_from(to).ok().filter(|_| to <= body)?;
    Some((usize::try_from(from).ok()?, to))
}
