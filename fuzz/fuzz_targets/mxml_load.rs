//! [`casetrail_fuzz::targets::mxml_load`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::mxml_load(data));
