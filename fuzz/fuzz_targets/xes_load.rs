//! [`casetrail_fuzz::targets::xes_load`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::xes_load(data));
