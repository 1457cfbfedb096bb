//! [`casetrail_fuzz::targets::parquet_load`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::parquet_load(data));
