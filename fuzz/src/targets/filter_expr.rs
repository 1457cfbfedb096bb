//! Filters, milestones and rules: what is read is read the same once it was printed.
use casetrail::config::rules;
use casetrail::filter::{parse, parse_events, parse_milestone};

pub fn filter_expr(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match parse(text) {
        Ok(filter) => {
            let printed = filter.to_string();
            let again = parse(&printed).expect("what was printed can be read");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => assert!(text.get(error.span).is_some()),
    }
    match parse_events(text) {
        Ok(condition) => {
            let printed = condition.to_string();
            let again = parse_events(&printed).expect("what was printed can be read");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => assert!(text.get(error.span).is_some()),
    }
    match parse_milestone(text) {
        Ok(milestone) => {
            let printed = milestone.to_string();
            let again = parse_milestone(&printed).expect("what was printed can be read");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => assert!(text.get(error.span).is_some()),
    }
    if let Err(error) = rules::parse(text) {
        assert!(!error.message.contains('\n'));
    }
}
