//! [`casetrail_fuzz::targets::report_file`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::report_file(data));
