//! Texts as part of markup: of XML and of Mermaid.

use std::fmt::Write;

/// A text for XML, in elements and in quotes: markup and line breaks as references; characters that XML has
/// not as U+FFFD.
///
/// ```
/// use casetrail::text::markup::xml;
///
/// assert_eq!(xml("a < \"b\" & c"), "a &lt; &quot;b&quot; &amp; c");
/// ```
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => {
                // Writing to a String does not fail.
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

/// A text between quotes of Mermaid: all that it could read as markup is a number.
pub fn mermaid(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || " .,:-_/%~()".contains(c) {
            out.push(c);
        } else {
            // Writing to a String does not fail.
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_controls_are_escaped() {
        assert_eq!(
            xml("<a href='x'>\n\u{1}\u{ffff}"),
            "&lt;a href='x'&gt;&#10;\u{fffd}\u{fffd}"
        );
        assert_eq!(
            mermaid("A [b] \"c\"; 50% (d/e)"),
            "A #91;b#93; #34;c#34;#59; 50% (d/e)"
        );
        assert_eq!(mermaid("日本\n"), "日本#10;");
    }
}
