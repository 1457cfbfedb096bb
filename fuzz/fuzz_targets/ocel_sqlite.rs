//! OCEL 2.0 as an SQLite database.
#![no_main]
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let (options, bytes) = casetrail_fuzz::options(data);
    if bytes.len() < 100 {
        return Corpus::Reject;
    }
    let mut bytes = bytes.to_vec();
    bytes[..16].copy_from_slice(b"SQLite format 3\0");
    casetrail_fuzz::check(&bytes, &options);
    Corpus::Keep
});
