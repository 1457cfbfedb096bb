//! The way to the end of a tag that is too long to be kept.

/// Markup being skipped, and the state within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skip {
    what: What,
    /// The quote within which a `>` means nothing.
    quote: Option<u8>,
    /// The two bytes before the piece to come.
    before: [u8; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Tag,
    Comment,
    Instruction,
    Data,
}

impl Skip {
    /// Starts to skip markup that begins so and has no end yet; `None` where it cannot be skipped.
    pub fn new(begin: &[u8]) -> Option<Self> {
        let what = match begin {
            [b'<', b'!', b'-', ..] => What::Comment,
            [b'<', b'!', b'[', ..] => What::Data,
            // A DOCTYPE may hold further markup, and an end tag of this length closes no element.
            [b'<', b'!' | b'/', ..] => return None,
            [b'<', b'?', ..] => What::Instruction,
            _ => What::Tag,
        };
        let mut skip = Skip {
            what,
            quote: None,
            before: [0; 2],
        };
        // What begins the tag may have opened a quote, which the next piece must know.
        let (_, end) = skip.find_end(begin);
        end.is_none().then_some(skip)
    }

    /// Returns whether it is a tag, rather than something that makes no element.
    pub fn is_tag(self) -> bool {
        self.what == What::Tag
    }

    /// Length of the part of the next piece that belongs to it; if it ends there, whether with `/>`.
    pub fn find_end(&mut self, piece: &[u8]) -> (usize, Option<bool>) {
        for at in memchr::memchr3_iter(b'>', b'"', b'\'', piece) {
            let byte = piece[at];
            if byte != b'>' {
                match self.quote {
                    _ if self.what != What::Tag => {}
                    None => self.quote = Some(byte),
                    Some(quote) if quote == byte => self.quote = None,
                    Some(_) => {}
                }
                continue;
            }
            let before = match at {
                0 => self.before,
                1 => [self.before[1], piece[0]],
                _ => [piece[at - 2], piece[at - 1]],
            };
            let ends = match self.what {
                What::Tag => self.quote.is_none(),
                What::Comment => before == *b"--",
                What::Instruction => before[1] == b'?',
                What::Data => before == *b"]]",
            };
            if ends {
                return (at + 1, Some(before[1] == b'/'));
            }
        }
        self.before = match piece {
            [] => self.before,
            [one] => [self.before[1], *one],
            [.., a, b] => [*a, *b],
        };
        (piece.len(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_found_wherever_pieces_are_cut() {
        for (text, closed) in [
            ("<a b='>' c=\"'>\">rest", false),
            ("<a b='>'/>rest", true),
            ("<!-- > ->-->rest", false),
            ("<?a > \"?>rest", false),
            ("<![CDATA[ > ]>]]>rest", false),
        ] {
            let end = text.len() - "rest".len();
            for first in 3..end - 1 {
                for second in first..text.len() {
                    let mut skip = Skip::new(&text.as_bytes()[..first]).unwrap();
                    let mut used = first;
                    let mut found = None;
                    for piece in [&text[first..second], &text[second..]] {
                        if found.is_none() {
                            let (n, end) = skip.find_end(piece.as_bytes());
                            used += n;
                            found = end;
                        }
                    }
                    assert_eq!(
                        (used, found),
                        (end, Some(closed)),
                        "{text} {first} {second}"
                    );
                }
            }
        }
        assert!(Skip::new(b"<!DOCTYPE").is_none() && Skip::new(b"</a").is_none());
    }
}
