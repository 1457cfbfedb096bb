//! OCEL 2.0 in XML.

pub fn ocel_xml(data: &[u8]) {
    let (options, bytes) = super::options(data);
    if bytes.starts_with(b"<") {
        return super::check(bytes, &options);
    }
    let log = [
        b"<log><object-types/><event-types/><objects>".as_slice(),
        bytes,
    ]
    .concat();
    super::check(&log, &options);
}
