//! Mapping files: what is read is read the same once it was written.
use casetrail::config::mapping_file::MappingFile;

pub fn mapping_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match MappingFile::parse(text) {
        Ok(file) => {
            let written = file.to_toml();
            let again = MappingFile::parse(&written).expect("what was written can be read");
            assert_eq!(again.to_toml(), written);
        }
        Err(error) => assert!(!error.message.contains('\n')),
    }
}
