//! [`casetrail_fuzz::targets::jsonl_load`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::jsonl_load(data));
