//! Checksums of the data of an entry, block by block, so that all cores verify them.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

/// Bytes of a block.
const BLOCK: usize = 4 << 20;

/// Length and checksums of some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksums {
    /// Length in bytes.
    pub bytes: u64,
    /// xxh3 of every block, as hexadecimal digits.
    pub blocks: Vec<String>,
}

/// The checksums of these bytes.
pub fn of(bytes: &[u8]) -> Checksums {
    Checksums {
        bytes: bytes.len() as u64,
        blocks: bytes.par_chunks(BLOCK).map(digits).collect(),
    }
}

/// Checks the bytes against their checksums; the error says whether length or content differs.
pub fn verify(bytes: &[u8], expected: &Checksums) -> Result<(), String> {
    if bytes.len() as u64 != expected.bytes {
        return Err(format!(
            "{} bytes instead of {}",
            bytes.len(),
            expected.bytes
        ));
    }
    let blocks = bytes.par_chunks(BLOCK).zip(&expected.blocks);
    // `zip` ends with the shorter list, so that the numbers are compared, too.
    let same = bytes.len().div_ceil(BLOCK) == expected.blocks.len()
        && blocks
            .map(|(block, sum)| digits(block) == *sum)
            .all(|same| same);
    if same {
        Ok(())
    } else {
        Err("a checksum is wrong".to_owned())
    }
}

/// The checksum of a block.
pub fn digits(block: &[u8]) -> String {
    format!("{:016x}", XxHash3_64::oneshot(block))
}
