//! Session files and files of named filters: what is read is read the same once it was written; errors are one
//! line with its number in the text.
use casetrail::config::recipes;
use casetrail::config::session_file::SessionFile;

pub fn session_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match SessionFile::parse(text) {
        Ok(file) => {
            let written = file.to_toml();
            let again = SessionFile::parse(&written).expect("what was written can be read");
            assert_eq!(again.to_toml(), written);
        }
        Err(error) => super::assert_in(text, &error),
    }
    match recipes::parse(text) {
        Ok(filters) => {
            for filter in filters.list {
                casetrail::filter::parse(&filter.text).expect("a filter");
            }
        }
        Err(error) => super::assert_in(text, &error),
    }
}
