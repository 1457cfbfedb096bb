//! Filters, milestones and rules: what is read is read the same once it was printed.
use casetrail::config::rules;
use casetrail::filter::{QueryError, parse, parse_events, parse_milestone};
use std::fmt::Display;

pub fn filter_expr(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    printed_and_read_again(text, parse);
    printed_and_read_again(text, parse_events);
    printed_and_read_again(text, parse_milestone);
    if let Err(error) = rules::parse(text) {
        assert!(!error.message.contains('\n'));
    }
}

fn printed_and_read_again<T: Display>(text: &str, read: fn(&str) -> Result<T, QueryError>) {
    match read(text) {
        Ok(found) => {
            let printed = found.to_string();
            let again = read(&printed).expect("what was printed can be read");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => assert!(text.get(error.span).is_some()),
    }
}
