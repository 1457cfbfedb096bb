//! JSON lines and arrays of objects.

pub fn jsonl_load(data: &[u8]) {
    let (options, bytes) = super::options(data);
    if bytes.starts_with(b"{") || bytes.starts_with(b"[") {
        return super::check(bytes, &options);
    }
    let first = br#"{"case":"c","activity":"A","time":"2024-01-01","id":1,"start":"2024-01-01"}"#;
    super::check(&[first, b"\n".as_slice(), bytes].concat(), &options);
}
