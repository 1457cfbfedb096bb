//! [`casetrail_fuzz::targets::time_parse`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::time_parse(data));
