//! Physical lines of a document: how many there are, and on which of them events begin.

/// Counts lines piece by piece. LF, CR LF and CR each end one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineCount {
    ends: u64,
    after_cr: bool,
    open: bool,
}

impl LineCount {
    /// Counts on.
    #[inline]
    pub fn count(&mut self, piece: &[u8]) {
        let Some(&last) = piece.last() else { return };
        // A CR at the end of the piece before may be the first half of a CR LF.
        if self.after_cr || memchr::memchr(b'\r', piece).is_some() {
            self.count_slowly(piece);
        } else {
            self.ends += memchr::memchr_iter(b'\n', piece).count() as u64;
        }
        self.after_cr = last == b'\r';
        self.open = last != b'\n' && last != b'\r';
    }

    /// Counts a piece with that many LF and no CR, which does not end with a line.
    #[inline]
    pub fn pass(&mut self, line_feeds: u64) {
        self.ends += line_feeds;
        (self.after_cr, self.open) = (false, true);
    }

    /// True if an LF that comes next ends no line of its own.
    #[inline]
    pub fn is_after_cr(&self) -> bool {
        self.after_cr
    }

    #[cold]
    fn count_slowly(&mut self, piece: &[u8]) {
        let mut after_cr = self.after_cr;
        for &byte in piece {
            let end = byte == b'\r' || byte == b'\n' && !after_cr;
            self.ends += u64::from(end);
            after_cr = byte == b'\r';
        }
    }

    /// Line ends so far, which is the line that comes next, from 0.
    pub fn ends(&self) -> u64 {
        self.ends
    }

    /// Lines so far, of which the last may be open.
    pub fn lines(&self) -> u64 {
        self.ends + u64::from(self.open)
    }

    /// Adds a piece that was counted apart and does not begin with a line end.
    pub fn append(&mut self, later: &LineCount) {
        self.ends += later.ends;
        (self.after_cr, self.open) = (later.after_cr, later.open);
    }
}

/// A line on which events begin, and whether one of them was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Used {
    line: u64,
    loaded: bool,
}

/// Number of lines with events. Several on one line count once: as loaded, if one of them was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineUse {
    first: Option<Used>,
    last: Option<Used>,
    /// Lines with an event that was loaded.
    pub loaded: u64,
    /// Lines on which all events were rejected.
    pub rejected: u64,
}

impl LineUse {
    /// An event on this line, which is not before those so far.
    #[inline]
    pub fn add(&mut self, line: u64, loaded: bool) {
        let used = Used { line, loaded };
        self.append(
            &LineUse {
                first: Some(used),
                last: Some(used),
                loaded: u64::from(loaded),
                rejected: u64::from(!loaded),
            },
            0,
        );
    }

    /// Adds those of a later piece, whose lines count from `base`.
    pub fn append(&mut self, later: &LineUse, base: u64) {
        let (Some(mut first), Some(mut last)) = (later.first, later.last) else {
            return;
        };
        first.line += base;
        last.line += base;
        self.loaded += later.loaded;
        self.rejected += later.rejected;
        // Pieces are cut between records, not between lines: two may share a line.
        if let Some(mine) = self.last.filter(|mine| mine.line == first.line) {
            // Both counted the line that they share.
            let loaded = mine.loaded || first.loaded;
            self.loaded -= u64::from(mine.loaded && first.loaded);
            self.rejected -= u64::from(!(mine.loaded && first.loaded));
            if last.line == first.line {
                last.loaded = loaded;
            }
            if let Some(begin) = &mut self.first
                && begin.line == first.line
            {
                begin.loaded = loaded;
            }
        }
        self.first.get_or_insert(first);
        self.last = Some(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        for (text, ends, lines) in [
            ("", 0, 0),
            ("a", 0, 1),
            ("a\n", 1, 1),
            ("a\r\nb\rc\n\nd", 4, 5),
            ("\r\r\n\n", 3, 3),
        ] {
            let mut count = LineCount::default();
            count.count(text.as_bytes());
            assert_eq!((count.ends(), count.lines()), (ends, lines), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_pieces(
            text in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b'a')], 0..60),
            at in 0usize..60,
        ) {
            let at = at.min(text.len());
            let mut whole = LineCount::default();
            whole.count(&text);
            let mut pieces = LineCount::default();
            pieces.count(&text[..at]);
            pieces.count(&text[at..]);
            prop_assert_eq!(whole, pieces);
        }

        #[test]
        fn uses_of_lines_do_not_depend_on_pieces(
            steps in proptest::collection::vec((0u64..3, any::<bool>()), 0..30),
            cuts in proptest::collection::vec(0usize..30, 0..4),
        ) {
            let mut line = 0;
            let events: Vec<(u64, bool)> = steps
                .iter()
                .map(|&(step, loaded)| { line += step; (line, loaded) })
                .collect();
            let mut whole = LineUse::default();
            for &(line, loaded) in &events {
                whole.add(line, loaded);
            }
            let mut cuts: Vec<usize> = cuts.iter().map(|c| c % (events.len() + 1)).collect();
            cuts.sort_unstable();
            cuts.push(events.len());
            let mut from = 0;
            let mut pieces = LineUse::default();
            for cut in cuts {
                let piece = &events[from..cut];
                let base = piece.first().map_or(0, |&(line, _)| line);
                let mut part = LineUse::default();
                for &(line, loaded) in piece {
                    part.add(line - base, loaded);
                }
                pieces.append(&part, base);
                from = cut;
            }
            prop_assert_eq!(whole, pieces);
            let lines: std::collections::BTreeSet<u64> = events.iter().map(|e| e.0).collect();
            prop_assert_eq!(whole.loaded + whole.rejected, lines.len() as u64);
        }
    }
}
