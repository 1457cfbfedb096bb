//! Configuration files: errors are one line with its number in the text; what is printed of one that was read is a
//! file with the same settings and keys.
#![no_main]
use casetrail::config::settings::{ConfigFile, Configuration, key_table, printed};
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|text: &str| {
    let lines = 1 + text.lines().count() as u64;
    let read = |text: &str| {
        let file = ConfigFile::parse(text)?;
        Configuration::of_file(file, Path::new("/"))
    };
    match read(text) {
        Err(error) => {
            assert!(!error.message.contains('\n'));
            assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)));
        }
        Ok(before) => {
            let text = printed(&before, &[]);
            let after = read(&text).expect("what was printed can be read");
            assert_eq!(key_table(&after, None), key_table(&before, None));
            assert_eq!(after.list_columns(), before.list_columns());
            assert_eq!(after.appearance(), before.appearance());
        }
    }
});
