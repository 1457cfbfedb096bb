//! Text of a log on its way out: nothing hidden is left, and different texts stay different.
#![no_main]
use casetrail::text::{escape_line, escape_lines, head, is_hidden, joined, safe};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str)| {
    for text in [texts.0, texts.1] {
        assert!(!safe(text).chars().any(is_hidden));
        assert!(!escape_line(text).chars().any(is_hidden));
        let may_stay = |c: char| is_hidden(c) && c != '\n' && c != '\t';
        assert!(!escape_lines(text).chars().any(may_stay));
        assert!(text.starts_with(head(text, 7)) && head(text, 7).len() <= 7);
    }
    let (a, b) = texts;
    assert_eq!(a == b, safe(a) == safe(b));
    assert!(!joined(&[a, b]).chars().any(is_hidden));
});
