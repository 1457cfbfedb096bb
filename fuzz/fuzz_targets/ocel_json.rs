//! [`casetrail_fuzz::targets::ocel_json`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::ocel_json(data));
