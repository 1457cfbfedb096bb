//! [`casetrail_fuzz::targets::model_read`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::model_read(data));
