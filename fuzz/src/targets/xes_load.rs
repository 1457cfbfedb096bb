//! XES: what does not begin with a tag is put into a log.

pub fn xes_load(data: &[u8]) {
    let (options, bytes) = super::options(data);
    if bytes.starts_with(b"<") {
        return super::check(bytes, &options);
    }
    let log = [b"<?xml version=\"1.0\"?><log><trace>".as_slice(), bytes].concat();
    super::check(&log, &options);
}
