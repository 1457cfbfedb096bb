//! [`casetrail_fuzz::targets::session_file`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::session_file(data));
