//! [`casetrail_fuzz::targets::ocel_xml`].
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| casetrail_fuzz::targets::ocel_xml(data));
