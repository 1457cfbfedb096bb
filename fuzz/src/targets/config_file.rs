//! Configuration files: errors are one line with its number in the text; what is printed of one that was read is a
//! file with the same settings and keys.
use casetrail::config::settings::{ConfigFile, Configuration, key_table, printed};
use std::path::Path;

pub fn config_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let read = |text: &str| {
        let file = ConfigFile::parse(text)?;
        Configuration::of_file(file, Path::new("/"))
    };
    match read(text) {
        Err(error) => super::assert_in(text, &error),
        Ok(before) => {
            let text = printed(&before, &[]);
            let after = read(&text).expect("what was printed can be read");
            assert_eq!(key_table(&after, None), key_table(&before, None));
            assert_eq!(after.list_columns(), before.list_columns());
            assert_eq!(after.appearance(), before.appearance());
        }
    }
}
