//! Single tags as text: key and value the short way where they are written as most are, and tags
//! that are cut or wrong.

use quick_xml::errors::{Error, SyntaxError};
use std::borrow::Cow;

/// The texts of a key and of a value, as they stand in a tag.
#[derive(Default)]
pub struct Pair<'t> {
    /// The key.
    pub key: Option<Cow<'t, str>>,
    /// The value.
    pub value: Option<Cow<'t, str>>,
}

/// The pair of a tag that is written as nearly all are: `key="..." value="..."` and nothing else.
#[inline]
pub fn usual_pair(attributes: &str) -> Option<Pair<'_>> {
    let rest = attributes.trim_ascii_start().strip_prefix("key=\"")?;
    let (key, rest) = rest.split_at(memchr::memchr(b'"', rest.as_bytes())?);
    let rest = rest[1..].trim_ascii_start().strip_prefix("value=\"")?;
    let (value, rest) = rest.split_at(memchr::memchr(b'"', rest.as_bytes())?);
    let pair = Pair {
        key: Some(Cow::Borrowed(key)),
        value: Some(Cow::Borrowed(value)),
    };
    // Anything else, as a third attribute, is left to the slower way.
    rest[1..].trim_ascii_start().is_empty().then_some(pair)
}

/// Returns whether a tag may go on after the text.
pub fn is_open(error: &Error, rest: &str) -> bool {
    use SyntaxError::*;
    match error {
        Error::Syntax(InvalidBangMarkup) => rest.len() < 3,
        Error::Syntax(
            UnclosedPI
            | UnclosedXmlDecl
            | UnclosedComment
            | UnclosedDoctype
            | UnclosedCData
            | UnclosedTag
            | UnclosedSingleQuotedAttributeValue
            | UnclosedDoubleQuotedAttributeValue,
        ) => true,
        _ => false,
    }
}

/// The tag at fault, as far as it stands on one line, and not too much of it.
pub fn first_line(text: &str) -> String {
    const LONGEST: usize = 200;
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let end = text[..end].find('>').map_or(end, |at| at + 1);
    text[..end].chars().take(LONGEST).collect()
}
