//! [`casetrail_fuzz::targets::config_file`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::config_file(data));
