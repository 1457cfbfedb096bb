//! [`casetrail_fuzz::targets::ocel_sqlite`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::ocel_sqlite(data));
