//! The inputs that fuzzing kept, read again by the same functions: each reaches code that no other of them reaches,
//! or was a finding. `fuzz/keep` writes the files.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use flate2::read::GzDecoder;
use std::fs::File;
use std::io::Read;
use std::panic::catch_unwind;
use std::path::Path;

/// The inputs of a file: each has its length before it, four bytes, the lowest first.
fn inputs(target: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/regressions/{target}.gz"));
    let file = File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut rest = Vec::new();
    GzDecoder::new(file).read_to_end(&mut rest).unwrap();
    let mut rest = rest.as_slice();
    let mut inputs = Vec::new();
    while let Some((length, more)) = rest.split_first_chunk() {
        let (input, more) = more.split_at(u32::from_le_bytes(*length) as usize);
        inputs.push(input.to_vec());
        rest = more;
    }
    assert!(!inputs.is_empty(), "{target} has no inputs");
    inputs
}

#[test]
fn inputs_kept_by_fuzzing_are_survived() {
    let mut failed = Vec::new();
    for (name, target) in targets::TARGETS {
        for (at, input) in inputs(name).iter().enumerate() {
            if catch_unwind(|| target(input)).is_err() {
                failed.push(format!("{name} {at}: {:?}", String::from_utf8_lossy(input)));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
