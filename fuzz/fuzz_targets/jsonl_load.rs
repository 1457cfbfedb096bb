//! JSON lines and arrays of objects.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (options, bytes) = casetrail_fuzz::options(data);
    if bytes.starts_with(b"{") || bytes.starts_with(b"[") {
        return casetrail_fuzz::check(bytes, &options);
    }
    let first = br#"{"case":"c","activity":"A","time":"2024-01-01","id":1,"start":"2024-01-01"}"#;
    casetrail_fuzz::check(&[first, b"\n".as_slice(), bytes].concat(), &options);
});
