//! OCEL 2.0 in JSON.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (options, bytes) = casetrail_fuzz::options(data);
    if bytes.starts_with(b"{") {
        return casetrail_fuzz::check(bytes, &options);
    }
    let log = [
        b"{\"objectTypes\":[],\"eventTypes\":[],\"objects\":[".as_slice(),
        bytes,
    ]
    .concat();
    casetrail_fuzz::check(&log, &options);
});
