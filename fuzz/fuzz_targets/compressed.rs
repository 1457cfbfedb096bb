//! [`casetrail_fuzz::targets::compressed`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::compressed(data));
