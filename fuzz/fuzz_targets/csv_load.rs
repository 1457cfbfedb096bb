//! Any text as CSV.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (options, bytes) = casetrail_fuzz::options(data);
    casetrail_fuzz::check(bytes, &options);
});
