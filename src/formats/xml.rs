//! Shared parts of the formats in XML: how their beginning is recognised, which encoding they declare,
//! and how values of attributes are read. Knows no format.

use super::ReadOptions;
use super::encoding;
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// The first elements of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prolog {
    /// Name of the root without prefix; `None` where the bytes end before it.
    pub root: Option<String>,
    /// Name of the first element within it.
    pub child: Option<String>,
}

/// The beginning of a document in XML; `None` where the bytes do not begin one.
pub fn prolog(head: &[u8]) -> Option<Prolog> {
    let text = text_of(head);
    let text = text.trim_start();
    let declared = text.starts_with("<?") || text.starts_with("<!");
    let Some((root, rest)) = first_element(text)? else {
        // Only comments and declarations so far.
        return declared.then(Prolog::default);
    };
    let rest = rest.trim_start();
    // `<TICKER>,<DATE>` is the header of a table.
    let nested = rest.is_empty() || rest.starts_with('<');
    if !(declared || nested || root == "log") {
        return None;
    }
    let child = first_element(rest).flatten();
    Some(Prolog {
        root: Some(root.to_owned()),
        child: child.map(|(name, _)| name.to_owned()),
    })
}

/// Decodes to UTF-8, as far as the encoding is known.
fn text_of(head: &[u8]) -> Cow<'_, str> {
    match encoding::choose(head, None) {
        Ok(Some(choice)) => {
            let bytes = &head[choice.mark..];
            choice.encoding.decode_without_bom_handling(bytes).0
        }
        _ => String::from_utf8_lossy(head),
    }
}

/// The first element's local name and what follows its tag; `Some(None)` where the text ends
/// before it, `None` where something else stands there.
#[expect(
    clippy::option_option,
    reason = "there is none, it is not known yet, or it is this"
)]
fn first_element(mut text: &str) -> Option<Option<(&str, &str)>> {
    loop {
        text = text.trim_start();
        let Some(markup) = text.strip_prefix('<') else {
            return text.is_empty().then_some(None);
        };
        let end = if markup.starts_with('?') {
            markup.find("?>").map(|at| at + 2)
        } else if markup.starts_with("!--") {
            markup.find("-->").map(|at| at + 3)
        } else if markup.starts_with('!') {
            // Parts of a DOCTYPE in brackets are declarations, each with a `>` of its own.
            end_of_doctype(markup)
        } else {
            return element(markup).map(Some);
        };
        match end {
            Some(end) => text = &markup[end..],
            None => return Some(None),
        }
    }
}

fn end_of_doctype(markup: &str) -> Option<usize> {
    let close = markup.find('>')?;
    if markup[..close].contains('[') {
        let subset = markup.find("]>").map(|at| at + 2);
        return subset.or_else(|| markup.find(']')?.checked_add(1));
    }
    Some(close + 1)
}

/// The name of a tag without prefix, and what follows the tag.
fn element(markup: &str) -> Option<(&str, &str)> {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let end = markup.find(|c| !in_name(c)).unwrap_or(markup.len());
    let (name, rest) = markup.split_at(end);
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let ends = rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n', '>', '/']);
    let after = rest.find('>').map_or("", |at| &rest[at + 1..]);
    (begins && ends).then(|| (local(name), after))
}

/// A name without its prefix.
#[inline]
pub fn local(name: &str) -> &str {
    // Names are short: a loop is quicker than a search.
    match name.bytes().rposition(|b| b == b':') {
        Some(at) => &name[at + 1..],
        None => name,
    }
}

/// The options with the encoding that the document declares, where nothing else names one. What
/// can be read as ASCII is not UTF-16, whatever it says.
pub fn with_declared_encoding(head: &[u8], options: &ReadOptions) -> ReadOptions {
    let mut options = options.clone();
    if options.encoding.is_none() && head.starts_with(b"<?xml") {
        let end = memchr::memmem::find(head, b"?>").unwrap_or(head.len());
        let label = declared(&head[..end]);
        let encoding = label.and_then(encoding_rs::Encoding::for_label_no_replacement);
        // UTF-8 is expected anyway; where it proves wrong, a reported guess helps more.
        let other = encoding.filter(|e| ![UTF_16LE, UTF_16BE, UTF_8].contains(e));
        options.encoding = other.map(|e| e.name().to_owned());
    }
    options
}

/// Decodes a document to UTF-8, by its byte order mark, else by the encoding that it declares.
/// Bytes that have no meaning in it become U+FFFD.
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let options = with_declared_encoding(bytes, &ReadOptions::default());
    match encoding::choose(bytes, options.encoding.as_deref()) {
        Ok(Some(choice)) => {
            let bytes = &bytes[choice.mark..];
            choice.encoding.decode_without_bom_handling(bytes).0
        }
        _ => String::from_utf8_lossy(bytes),
    }
}

/// The label in `encoding="..."`.
fn declared(declaration: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(declaration, b"encoding")?;
    let rest = declaration[at + b"encoding".len()..].trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let end = memchr::memchr(*quote, rest)?;
    Some(&rest[..end])
}

/// The value that an attribute's text stands for: white space is blanks, references to characters
/// are characters. Entities that XML itself does not know stay as they stand, and so do numbers of
/// no character; the caller learns whether there are such.
#[inline]
pub fn value(raw: &str) -> (Cow<'_, str>, bool) {
    let odd = |b: u8| b == b'&' || b < b' ';
    // Without early exit this runs over many bytes at once.
    if raw.bytes().fold(false, |any, b| any | odd(b)) {
        let (value, unknown) = unescaped(raw);
        (Cow::Owned(value), unknown)
    } else {
        (Cow::Borrowed(raw), false)
    }
}

#[cold]
fn unescaped(raw: &str) -> (String, bool) {
    let mut out = String::with_capacity(raw.len());
    let mut unknown = false;
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\n', '\r', '\t']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('&') {
            if let Some((c, used)) = reference(after) {
                out.push(c);
                rest = &after[used..];
            } else {
                unknown = true;
                out.push('&');
                rest = after;
            }
        } else {
            out.push(' ');
            // XML makes one line feed of CR LF before attributes are read, so it is one blank.
            rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
        }
    }
    out.push_str(rest);
    (out, unknown)
}

/// The character of a reference that stands after `&`, and its length with the semicolon.
fn reference(text: &str) -> Option<(char, usize)> {
    /// Digits of the longest number, with leading zeros to spare.
    const LONGEST: usize = 12;
    let end = text.bytes().take(LONGEST).position(|b| b == b';')?;
    let name = &text[..end];
    let number = |digits: &str, radix| {
        // `from_str_radix` accepts a sign, XML does not.
        let signed = digits.starts_with('+');
        let number = u32::from_str_radix(digits, radix).ok();
        // NUL is no character of XML.
        number
            .filter(|&n| n > 0 && !signed)
            .and_then(char::from_u32)
    };
    let c = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => match name.strip_prefix('#')? {
            digits if digits.starts_with(['x', 'X']) => number(&digits[1..], 16)?,
            digits => number(digits, 10)?,
        },
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_documents_are_told_from_tables() {
        let found = |text: &str| {
            prolog(text.as_bytes()).map(|p| {
                (
                    p.root.unwrap_or_default().clone(),
                    p.child.unwrap_or_default(),
                )
            })
        };
        let named = |root: &str, child: &str| Some((root.to_owned(), child.to_owned()));
        for (text, want) in [
            ("<log>", named("log", "")),
            (
                "\u{feff}<?xml version='1.0'?>\n<!-- <a> --><log><trace>",
                named("log", "trace"),
            ),
            ("<x:log xmlns:x='y'>\n <x:global ", named("log", "global")),
            (
                "<!DOCTYPE log [<!ENTITY a \"<b>\">\n]><log/>",
                named("log", ""),
            ),
            ("<!DOCTYPE html><html>", named("html", "")),
            ("<html><body>hi</body></html>", named("html", "body")),
            ("<?xml version='1.0'?><!-- long", named("", "")),
            ("<TICKER>,<DATE>,<TIME>\n", None),
            ("<a b", named("a", "")),
            ("< 5,x\n", None),
            ("case,activity\n", None),
            ("", None),
        ] {
            assert_eq!(found(text), want, "{text}");
        }
        let utf16: Vec<u8> = "<log><trace>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let marked = [b"\xfe\xff".as_slice(), &utf16].concat();
        for bytes in [utf16, marked] {
            assert_eq!(prolog(&bytes).unwrap().child.as_deref(), Some("trace"));
        }
    }

    #[test]
    fn declared_encodings_are_obeyed_where_they_can_be_true() {
        let label =
            |head: &str| with_declared_encoding(head.as_bytes(), &ReadOptions::default()).encoding;
        let cp1251 = Some("windows-1251".to_owned());
        assert_eq!(label("<?xml version=\"1.0\" encoding=\"cp1251\"?>"), cp1251);
        assert_eq!(label("<?xml encoding = 'windows-1251' ?>"), cp1251);
        assert_eq!(label("<?xml version=\"1.0\" encoding=\"UTF-16\"?>"), None);
        assert_eq!(label("<?xml version=\"1.0\" encoding=\"klingon\"?>"), None);
        assert_eq!(label("<log encoding='cp1251'>"), None);
        assert_eq!(label("<?xml version=\"1.0\" encoding="), None);
    }

    #[test]
    fn references_are_expanded_only_to_characters() {
        for (raw, want, unknown) in [
            ("plain", "plain", false),
            ("a &lt;&amp;&gt; &quot;b&apos;", "a <&> \"b'", false),
            ("&#27;]0;&#x41;&#X42;", "\u{1b}]0;AB", false),
            ("a\r\nb\tc\nd\re", "a b c d e", false),
            ("a&#10;b", "a\nb", false),
            ("&lol9;", "&lol9;", true),
            ("a&#0;b&#xd800;&#1114112;", "a&#0;b&#xd800;&#1114112;", true),
            ("&", "&", true),
            ("&#;&#x;&#+5;&#-5;", "&#;&#x;&#+5;&#-5;", true),
            ("&&lt;", "&<", true),
            ("ü&amp;ö", "ü&ö", false),
        ] {
            assert_eq!(value(raw), (Cow::Borrowed(want), unknown), "{raw}");
        }
    }
}
