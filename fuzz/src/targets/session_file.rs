//! Session files and files of named filters: what is read is read the same once it was written; errors are one
//! line with its number in the text.
use casetrail::config::recipes;
use casetrail::config::session_file::SessionFile;

pub fn session_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let lines = 1 + text.lines().count() as u64;
    let check = |error: casetrail::config::FileError| {
        assert!(!error.message.contains('\n'));
        assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)));
    };
    match SessionFile::parse(text) {
        Ok(file) => {
            let written = file.to_toml();
            let again = SessionFile::parse(&written).expect("what was written can be read");
            assert_eq!(again.to_toml(), written);
        }
        Err(error) => check(error),
    }
    match recipes::parse(text) {
        Ok(filters) => {
            for filter in filters.list {
                casetrail::filter::parse(&filter.text).expect("a filter");
            }
        }
        Err(error) => check(error),
    }
}
