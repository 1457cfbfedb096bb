//! [`casetrail_fuzz::targets::notes_file`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::notes_file(data));
