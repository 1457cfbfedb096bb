//! Text of a log on its way out: nothing hidden is left, and different texts stay different.
use casetrail::text::{escape_line, escape_lines, head, is_hidden, joined, safe};

pub fn safe_text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (a, b) = text.split_once('\0').unwrap_or((text, ""));
    for text in [a, b] {
        assert!(!safe(text).chars().any(is_hidden));
        assert!(!escape_line(text).chars().any(is_hidden));
        let may_stay = |c: char| is_hidden(c) && c != '\n' && c != '\t';
        assert!(!escape_lines(text).chars().any(may_stay));
        assert!(text.starts_with(head(text, 7)) && head(text, 7).len() <= 7);
    }
    assert_eq!(a == b, safe(a) == safe(b));
    assert!(!joined(&[safe(a), safe(b)]).chars().any(is_hidden));
}
