//! MXML: what does not begin with a tag is put into a process instance.

pub fn mxml_load(data: &[u8]) {
    let (options, bytes) = super::options(data);
    if bytes.starts_with(b"<") {
        return super::check(bytes, &options);
    }
    let log = [
        b"<WorkflowLog><Process id=\"p\"><ProcessInstance id=\"1\">".as_slice(),
        bytes,
    ];
    super::check(&log.concat(), &options);
}
