//! OCEL 2.0 in JSON.

pub fn ocel_json(data: &[u8]) {
    let (options, bytes) = super::options(data);
    if bytes.starts_with(b"{") {
        return super::check(bytes, &options);
    }
    let log = [
        b"{\"objectTypes\":[],\"eventTypes\":[],\"objects\":[".as_slice(),
        bytes,
    ]
    .concat();
    super::check(&log, &options);
}
