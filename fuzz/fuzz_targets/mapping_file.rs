//! [`casetrail_fuzz::targets::mapping_file`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::mapping_file(data));
