//! Tags that are written as nearly all of a log are: `<event>`, `<string key="..." value="..."/>`, without
//! references, prefixes or further attributes. Anything else is none of them, and is for the XML reader.

use super::listener::{Attribute, Level, PlainValue};
use hashbrown::HashMap;

/// Tags that are remembered.
const MAX_KNOWN: usize = 1 << 12;
/// Bytes of a tag that is remembered.
const LONGEST_KNOWN: usize = 1 << 9;

/// A tag, its white space before it included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plain<'t> {
    /// The tag.
    pub tag: Tag<'t>,
    /// Bytes.
    pub len: usize,
    /// Line feeds, all of them before the tag; there is no other end of a line.
    pub line_feeds: u64,
}

/// What a tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag<'t> {
    /// Begin of a trace or an event.
    Begin(&'static str),
    /// End of a trace or an event.
    End(&'static str),
    /// An attribute that has no others within it.
    Attribute(PlainAttribute<'t>),
}

/// A plain attribute, whose texts stand for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainAttribute<'t> {
    /// The name of its element.
    pub kind: &'static str,
    /// Key.
    pub key: &'t str,
    /// Value.
    pub value: &'t str,
    /// The number of its key and kind among those that are remembered.
    pub place: Option<usize>,
}

impl<'t> PlainAttribute<'t> {
    /// The attribute as one of an event or a trace.
    #[inline]
    pub fn of(self, level: Level) -> Attribute<'t> {
        Attribute {
            level,
            kind: self.kind,
            name: self.key,
            value: self.value,
            listed: false,
            place: self.place,
        }
    }
}

/// The tags of an event, as far as they are plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Position in the text up to which they go.
    pub end: usize,
    /// Line feeds before the first of them.
    pub lines_before: u64,
    /// All line feeds.
    pub line_feeds: u64,
    /// True if the last of them ends the event.
    pub whole: bool,
}

/// A tag that was met: all of it, or of an attribute what stands before the value.
struct Known {
    text: Written,
    line_feeds: u64,
    tag: KnownTag,
    /// The tags that came after it the last two times that they were different.
    next: [usize; 2],
}

enum KnownTag {
    Begin(&'static str),
    End(&'static str),
    Attribute { kind: &'static str, key: Box<str> },
}

/// Bytes of a text that are compared at once.
const AT_ONCE: usize = 64;

/// A text, its first bytes in words that are filled up with zeros. Compared by `memcmp` it took 8 of the 90 ns of a tag.
struct Written {
    words: [u64; AT_ONCE / 8],
    /// The bits of the words that are of the text.
    masks: [u64; AT_ONCE / 8],
    /// What follows the words.
    rest: Box<[u8]>,
    len: usize,
}

impl Written {
    fn new(text: &[u8]) -> Self {
        let (first, rest) = text.split_at(text.len().min(AT_ONCE));
        let words_of = |byte: &dyn Fn(&u8) -> u8| {
            let mut bytes = [0; AT_ONCE];
            for (to, from) in bytes.iter_mut().zip(first) {
                *to = byte(from);
            }
            words(&bytes)
        };
        Written {
            words: words_of(&|byte| *byte),
            masks: words_of(&|_| u8::MAX),
            rest: rest.into(),
            len: text.len(),
        }
    }

    /// Returns whether the bytes begin with the text; near their end never.
    #[inline]
    fn begins(&self, bytes: &[u8]) -> bool {
        let Some((first, rest)) = bytes.split_first_chunk::<AT_ONCE>() else {
            return false;
        };
        let words = words(first);
        let differs = |i: usize| (words[i] ^ self.words[i]) & self.masks[i];
        (0..words.len()).fold(0, |all, i| all | differs(i)) == 0
            && (self.rest.is_empty() || rest.starts_with(&self.rest))
    }
}

#[inline]
fn words(bytes: &[u8; AT_ONCE]) -> [u64; AT_ONCE / 8] {
    let (chunks, _) = bytes.as_chunks();
    std::array::from_fn(|i| u64::from_le_bytes(chunks[i]))
}

impl Known {
    /// The tag with which the text begins, if this is the tag.
    #[inline]
    fn read<'a>(&'a self, text: &'a str, place: usize) -> Option<Plain<'a>> {
        let bytes = text.as_bytes();
        let mut len = self.text.len;
        let tag = match &self.tag {
            KnownTag::Begin(name) => Tag::Begin(name),
            KnownTag::End(name) => Tag::End(name),
            KnownTag::Attribute { kind, key } => {
                let end = value_end(bytes, len)?;
                let value = &text[len..end];
                len = end + CLOSING.len();
                Tag::Attribute(PlainAttribute {
                    kind,
                    key,
                    value,
                    place: Some(place),
                })
            }
        };
        Some(Plain {
            tag,
            len,
            line_feeds: self.line_feeds,
        })
    }
}

/// Reads plain tags, and remembers how they are written. Events of a log mostly have the same keys in the same order,
/// so that a tag is one comparison up to its value.
#[derive(Default)]
pub struct PlainReader {
    known: Vec<Known>,
    by_text: HashMap<Box<[u8]>, usize>,
    last: usize,
    /// The one that came after the last one before.
    expected: usize,
    values: Vec<PlainValue>,
}

impl PlainReader {
    /// The tag with which the text begins, as [`plain`] says; `None` also where there are too many different ones.
    #[inline]
    pub fn read<'a>(&'a mut self, text: &'a str) -> Option<Plain<'a>> {
        let place = self.find(text, 0)?;
        let known = &self.known[place];
        (self.last, self.expected) = (place, known.next[0]);
        known.read(text, place)
    }

    /// Reads an event from this position of the text on, up to the first tag that is not plain; its values are then
    /// [`PlainReader::values`]. `None` where no event begins there.
    pub fn event(&mut self, text: &str, at: usize) -> Option<Run> {
        let place = self.find(text, at)?;
        let begin = &self.known[place];
        let KnownTag::Begin("event") = begin.tag else {
            return None;
        };
        let mut run = Run {
            end: at + begin.text.len,
            lines_before: begin.line_feeds,
            line_feeds: begin.line_feeds,
            whole: false,
        };
        (self.last, self.expected) = (place, begin.next[0]);
        self.values.clear();
        while !run.whole
            && let Some(place) = self.find(text, run.end)
        {
            let known = &self.known[place];
            let from = run.end + known.text.len;
            run.end = match known.tag {
                KnownTag::Attribute { .. } => {
                    let Some(to) = value_end(text.as_bytes(), from) else {
                        break;
                    };
                    self.values.push(PlainValue { place, from, to });
                    to + CLOSING.len()
                }
                KnownTag::End("event") => {
                    run.whole = true;
                    from
                }
                KnownTag::Begin(_) | KnownTag::End(_) => break,
            };
            run.line_feeds += known.line_feeds;
            (self.last, self.expected) = (place, known.next[0]);
        }
        Some(run)
    }

    /// The values of the event that was read last.
    pub fn values(&self) -> &[PlainValue] {
        &self.values
    }

    /// The attribute that has one of these values.
    pub fn attribute<'a>(&'a self, text: &'a str, value: PlainValue) -> Option<PlainAttribute<'a>> {
        match &self.known.get(value.place)?.tag {
            KnownTag::Attribute { kind, key } => Some(PlainAttribute {
                kind,
                key,
                value: &text[value.from..value.to],
                place: Some(value.place),
            }),
            KnownTag::Begin(_) | KnownTag::End(_) => None,
        }
    }

    /// The tag that begins at this position, all of it or up to its value.
    #[inline]
    fn find(&mut self, text: &str, at: usize) -> Option<usize> {
        if self.is_at(self.expected, text, at) {
            return Some(self.expected);
        }
        self.find_other(text, at)
    }

    /// Like [`PlainReader::find`], where the tag is not the one that came after the last one before.
    #[inline(never)]
    fn find_other(&mut self, text: &str, at: usize) -> Option<usize> {
        let [first, second] = self.known.get(self.last).map_or([0; 2], |last| last.next);
        if self.is_at(second, text, at) {
            // What came last comes most often, as one event after the other.
            self.known[self.last].next = [second, first];
            return Some(second);
        }
        self.place(&text[at..])
    }

    #[inline]
    fn is_at(&self, place: usize, text: &str, at: usize) -> bool {
        let Some(known) = self.known.get(place) else {
            return false;
        };
        let bytes = text.as_bytes().get(at..);
        bytes.is_some_and(|bytes| known.text.begins(bytes))
    }

    /// Finds a tag that came after another one than before, or remembers it.
    #[cold]
    fn place(&mut self, text: &str) -> Option<usize> {
        let Plain {
            tag,
            len,
            line_feeds,
        } = plain(text)?;
        let (tag, len) = match tag {
            Tag::Begin(name) => (KnownTag::Begin(name), len),
            Tag::End(name) => (KnownTag::End(name), len),
            Tag::Attribute(PlainAttribute {
                kind, key, value, ..
            }) => {
                let key = key.into();
                (KnownTag::Attribute { kind, key }, len - value.len() - 3)
            }
        };
        let text = &text.as_bytes()[..len];
        let place = match self.by_text.get(text) {
            Some(&place) => place,
            None if self.known.len() == MAX_KNOWN || len > LONGEST_KNOWN => return None,
            None => {
                self.by_text.insert(text.into(), self.known.len());
                self.known.push(Known {
                    text: Written::new(text),
                    line_feeds,
                    tag,
                    next: [0; 2],
                });
                self.known.len() - 1
            }
        };
        let next = &mut self.known[self.last].next;
        *next = [place, next[0]];
        Some(place)
    }
}

/// The tag with which the text begins, after white space; `None` where it is not plain, or not here as a whole.
fn plain(text: &str) -> Option<Plain<'_>> {
    let bytes = text.as_bytes();
    let (mut at, mut line_feeds) = (0, 0);
    loop {
        match bytes.get(at)? {
            b'<' => break,
            b'\n' => line_feeds += 1,
            b' ' | b'\t' => {}
            _ => return None,
        }
        at += 1;
    }
    let rest = &bytes[at..];
    let whole = |tag, len: usize| Plain {
        tag,
        len: at + len,
        line_feeds,
    };
    macro_rules! begins {
        ($($tag:literal => $made:expr,)*) => {
            $(if rest.starts_with($tag) { return Some(whole($made, $tag.len())); })*
        };
    }
    let (kind, key): (&'static str, usize) = match rest.get(1)? {
        b's' => ("string", expect(rest, b"<string key=\"")?),
        b'd' => ("date", expect(rest, b"<date key=\"")?),
        b'f' => ("float", expect(rest, b"<float key=\"")?),
        b'i' if rest.get(2) == Some(&b'n') => ("int", expect(rest, b"<int key=\"")?),
        b'i' => ("id", expect(rest, b"<id key=\"")?),
        b'b' => ("boolean", expect(rest, b"<boolean key=\"")?),
        _ => {
            begins! {
                b"</event>" => Tag::End("event"),
                b"<event>" => Tag::Begin("event"),
                b"</trace>" => Tag::End("trace"),
                b"<trace>" => Tag::Begin("trace"),
            }
            return None;
        }
    };
    let key_end = key + closing_quote(&rest[key..])?;
    let value = key_end + expect(&rest[key_end..], b"\" value=\"")?;
    let value_end = value + closing_quote(&rest[value..])?;
    let len = value_end + expect(&rest[value_end..], b"\"/>")?;
    let attribute = PlainAttribute {
        kind,
        key: &text[at + key..at + key_end],
        value: &text[at + value..at + value_end],
        place: None,
    };
    Some(whole(Tag::Attribute(attribute), len))
}

/// The length of the text with which the bytes begin.
#[inline]
fn expect(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.starts_with(text).then_some(text.len())
}

/// The end of a tag after its value.
const CLOSING: &[u8; 3] = b"\"/>";

/// Where the value ends that begins there, if its tag ends with it.
#[inline]
fn value_end(bytes: &[u8], from: usize) -> Option<usize> {
    let end = from + closing_quote(bytes.get(from..)?)?;
    (bytes.get(end..)?.first_chunk() == Some(CLOSING)).then_some(end)
}

/// Position of the quote that ends a value; `None` where a reference or a control character stands before it,
/// and near the end of the bytes.
#[inline]
fn closing_quote(bytes: &[u8]) -> Option<usize> {
    const fn of_each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    // Without the bit in which `&` differs from a quote, and with another one turned, both are 0x20, which only control
    // characters are below.
    const KEPT: u64 = of_each(!(b'"' ^ b'&'));
    const TURNED: u64 = of_each((b'"' & b'&') ^ b' ');
    let mut at = 0;
    // Values are short: eight bytes at a time are quicker than a call of `memchr`.
    loop {
        let word = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
        // The highest bit of each byte that is up to 0x20 then; above the first such byte, of others too.
        let found = ((word & KEPT) ^ TURNED).wrapping_sub(of_each(b' ' + 1));
        let found = found & !word & of_each(0x80);
        if found != 0 {
            at += found.trailing_zeros() as usize / 8;
            return (bytes[at] == b'"').then_some(at);
        }
        at += 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_as_most_logs_have_them() {
        let attribute = |kind, key, value| {
            Tag::Attribute(PlainAttribute {
                kind,
                key,
                value,
                place: None,
            })
        };
        for (text, tag, line_feeds) in [
            ("<trace>", Tag::Begin("trace"), 0),
            ("\n\t\t<event>", Tag::Begin("event"), 1),
            ("\n\n </event>", Tag::End("event"), 2),
            ("</trace>", Tag::End("trace"), 0),
            (
                "<string key=\"concept:name\" value=\"Größe > 5 < 6\"/>",
                attribute("string", "concept:name", "Größe > 5 < 6"),
                0,
            ),
            ("<int key=\"\" value=\"\"/>", attribute("int", "", ""), 0),
            ("<id key=\"i\" value=\"'\"/>", attribute("id", "i", "'"), 0),
            (
                "<boolean key=\"b\" value=\"true\"/>",
                attribute("boolean", "b", "true"),
                0,
            ),
            (
                "<float key=\"f\" value=\"1.0E7\"/>",
                attribute("float", "f", "1.0E7"),
                0,
            ),
            (
                " <date key=\"d\" value=\"2024-01-01\"/>",
                attribute("date", "d", "2024-01-01"),
                0,
            ),
        ] {
            let len = text.len();
            let text = format!("{text}<event> and more");
            let mut found = plain(&text).unwrap();
            let want = Plain {
                tag,
                len,
                line_feeds,
            };
            assert_eq!(found, want, "{text}");
            // A reader that has met it says the same, but for the number that it gave.
            let mut reader = PlainReader::default();
            for _ in 0..2 {
                found = reader.read(&text).unwrap();
                if let Tag::Attribute(attribute) = &mut found.tag {
                    assert_eq!(attribute.place.take(), Some(0));
                }
                assert_eq!(found, want, "{text}");
            }
        }
    }

    #[test]
    fn different_tags_have_different_places() {
        let mut reader = PlainReader::default();
        let mut place = |text: &str| match reader.read(&format!("{text} and more")).unwrap().tag {
            Tag::Attribute(attribute) => attribute.place.unwrap(),
            _ => 0,
        };
        let tags = [
            "<string key=\"a\" value=\"1\"/>",
            "<string key=\"b\" value=\"1\"/>",
            "<int key=\"a\" value=\"1\"/>",
            "\n<string key=\"a\" value=\"1\"/>",
        ];
        for _ in 0..3 {
            assert_eq!(tags.map(&mut place), [0, 1, 2, 3]);
        }
        for (at, tag) in tags.iter().enumerate().rev() {
            assert_eq!(place(&tag.replace("\"1\"", "\"other\"")), at);
        }
    }

    #[test]
    fn an_event_is_read_up_to_what_is_not_plain() {
        let long = "k".repeat(2 * AT_ONCE);
        let a = "\n<string key=\"a\" value=\"some text\"/>";
        let b = format!("\n\n<int key=\"{long}\" value=\"2\"/>");
        let nested = "<string key=\"a\" value=\"\"><int key=\"b\" value=\"2\"/></string>";
        let other = b.replace("k\"", "l\"");
        let mut reader = PlainReader::default();
        for _ in 0..3 {
            for (tags, rest, values, line_feeds) in [
                (
                    format!("\n<event>{a}{b}\n</event>"),
                    "",
                    &[(0, "some text"), (1, "2")][..],
                    5,
                ),
                (format!("\n<event>{b}</event>"), "", &[(1, "2")], 3),
                (
                    format!("<event>{other}{a}"),
                    nested,
                    &[(2, "2"), (0, "some text")],
                    3,
                ),
                ("<event></event>".to_owned(), "", &[], 0),
            ] {
                let text = format!("<x/>{tags}{rest}{}", " ".repeat(AT_ONCE));
                let run = reader.event(&text, 4).unwrap();
                assert_eq!(
                    (run.end, run.line_feeds),
                    (4 + tags.len(), line_feeds),
                    "{text}"
                );
                assert_eq!(run.lines_before, u64::from(tags.starts_with('\n')));
                assert_eq!(run.whole, rest.is_empty());
                let keys = ["a", long.as_str(), &format!("{}l", &long[1..])];
                let read = reader.values().to_vec();
                let read = read
                    .iter()
                    .map(|value| reader.attribute(&text, *value).unwrap());
                let read: Vec<_> = read.map(|read| (read.key, read.value)).collect();
                let values = values.iter().map(|&(key, value)| (keys[key], value));
                assert_eq!(read, values.collect::<Vec<_>>(), "{text}");
                assert_eq!(reader.event(&text, 0), None);
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_none() {
        for text in [
            "",
            "\r\n<event>",
            "x<event>",
            "<event id=\"1\">",
            "<events>",
            "<event/>",
            "<x:event>",
            "<!-- -->",
            "<log>",
            "<list key=\"a\" value=\"\"/>",
            "<string key='a' value='b'/>",
            "<string value=\"b\" key=\"a\"/>",
            "<string key=\"a\" value=\"b\">",
            "<string key=\"a\" value=\"b\" x=\"\"/>",
            "<string key=\"a\" value=\"b\n\"/>",
            "<string key=\"a&amp;\" value=\"b\"/>",
            "<string key=\"a\" value=\"&lt;\"/>",
            "<string  key=\"a\" value=\"b\"/>",
            "<string key=\"a\" value=\"b",
        ] {
            assert_eq!(plain(&format!("{text} and more text")), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_first_quote_is_found_where_all_before_it_is_plain(text in "[a-z\"&\u{1f}\u{20}\u{7f}ä€]{0,24}") {
            let odd = |b: u8| b == b'&' || b < b' ';
            let quote = text.bytes().position(|b| b == b'"');
            let want = quote.filter(|at| !text.bytes().take(*at).any(odd));
            let room = format!("{text}&&&&&&&&");
            prop_assert_eq!(closing_quote(room.as_bytes()), want);
        }
    }
}
