//! [`casetrail_fuzz::targets::csv_quoting`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::csv_quoting(data));
