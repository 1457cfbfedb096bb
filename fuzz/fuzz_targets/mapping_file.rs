//! Mapping files: what is read is read the same once it was written.
#![no_main]
use casetrail::config::mapping_file::MappingFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match MappingFile::parse(text) {
        Ok(file) => {
            let written = file.to_toml();
            let again = MappingFile::parse(&written).expect("what was written can be read");
            assert_eq!(again.to_toml(), written);
        }
        Err(error) => assert!(!error.message.contains('\n')),
    }
});
