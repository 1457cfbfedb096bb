//! [`casetrail_fuzz::targets::filter_expr`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::filter_expr(data));
