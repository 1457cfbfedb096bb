//! [`casetrail_fuzz::targets::safe_text`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::safe_text(data));
