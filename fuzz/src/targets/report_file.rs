//! Report files: what is read is read the same once it was written; errors are one line with its number in the text.
//! The words of a command are read again when they are quoted.
use casetrail::app::{quote, split};
use casetrail::config::report_file::{ReportFile, to_toml};

pub fn report_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match ReportFile::parse(text) {
        Ok(file) => {
            assert_eq!(file.lines.len(), file.outline.sections.len());
            let written = to_toml(&file.outline, "");
            let again = ReportFile::parse(&written).expect("what was written can be read");
            assert_eq!(again.outline, file.outline);
        }
        Err(error) => super::assert_in(text, &error),
    }
    if let Ok(words) = split(text) {
        let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
        assert_eq!(split(&quoted.join(" ")), Ok(words));
    }
}
