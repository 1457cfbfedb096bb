//! MXML: what does not begin with a tag is put into a process instance.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (options, bytes) = casetrail_fuzz::options(data);
    if bytes.starts_with(b"<") {
        return casetrail_fuzz::check(bytes, &options);
    }
    let log = [b"<WorkflowLog><Process id=\"p\"><ProcessInstance id=\"1\">".as_slice(), bytes];
    casetrail_fuzz::check(&log.concat(), &options);
});
