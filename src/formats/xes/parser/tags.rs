//! The tags of a piece, one after the other: plain ones by comparison, others by the XML reader.

use super::{Here, Kind, Level, Listener, Open, Parser};
use crate::formats::Reason;
use crate::formats::xes::listener::PlainEvent;
use crate::formats::xes::plain::{PlainReader, Tag};
use crate::formats::xes::tag::{first_line, is_open};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Tags that the XML reader takes at once where they are not plain.
const MAX_TURN: usize = 1 << 12;

impl Parser {
    /// Reads all whole tags, and leaves `here` where they end.
    pub(super) fn read_tags(
        &mut self,
        here: &mut Here<'_>,
        last: bool,
        listener: &mut impl Listener,
    ) {
        // The reader takes more at once where nothing is plain, as each of its turns costs something.
        let mut turn = 1;
        loop {
            let before = here.at;
            self.read_plain(here, listener);
            turn = if here.at > before { 1 } else { turn * 2 };
            if !self.read_any(here, turn.min(MAX_TURN), last, listener) {
                return;
            }
        }
    }

    /// Reads the tags of traces as long as they are plain and whole.
    fn read_plain(&mut self, here: &mut Here<'_>, listener: &mut impl Listener) {
        self.line(here);
        if self.deeper > 0 || self.lines.is_after_cr() {
            return;
        }
        let Some(mut reader) = self.plain.take() else {
            return;
        };
        while let Some(open) = self.stack.last().copied() {
            if open.kind == Kind::Trace && self.plain_event(&mut reader, here, listener) {
                continue;
            }
            let Some(found) = reader.read(&here.text[here.at..]) else {
                break;
            };
            if !self.plain_tag(open, found.tag, found.line_feeds, listener) {
                break;
            }
            self.lines.pass(found.line_feeds);
            here.at += found.len;
        }
        here.counted = here.at;
        self.plain = Some(reader);
    }

    /// An event that begins here, as far as its tags are plain; returns whether one does.
    #[inline]
    fn plain_event(
        &mut self,
        reader: &mut PlainReader,
        here: &mut Here<'_>,
        listener: &mut impl Listener,
    ) -> bool {
        let Some(run) = reader.event(here.text, here.at) else {
            return false;
        };
        let event = PlainEvent {
            line: self.lines.ends() + run.lines_before,
            text: here.text,
            values: reader.values(),
        };
        self.lines.pass(run.line_feeds);
        here.at = run.end;
        if run.whole && listener.plain_event(&event) {
            return true;
        }
        listener.event_begins(event.line);
        for value in event.values {
            if let Some(attribute) = reader.attribute(event.text, *value) {
                listener.attribute(&attribute.of(Level::Event));
            }
        }
        if run.whole {
            listener.event_ends();
        } else {
            self.push(self.opened(Kind::Event, false), "event");
        }
        true
    }

    /// A plain tag, after this number of line feeds; returns whether it may stand here.
    #[inline]
    fn plain_tag(
        &mut self,
        open: Open,
        tag: Tag<'_>,
        line_feeds: u64,
        listener: &mut impl Listener,
    ) -> bool {
        let line = self.lines.ends() + line_feeds;
        match (open.kind, tag) {
            (Kind::Event, Tag::Attribute(attribute)) => {
                listener.attribute(&attribute.of(Level::Event));
            }
            (Kind::Trace, Tag::Attribute(attribute)) => {
                listener.attribute(&attribute.of(Level::Trace));
            }
            (Kind::Log, Tag::Begin("trace")) => {
                listener.trace_begins(line);
                self.push(self.opened(Kind::Trace, false), "trace");
            }
            (Kind::Event | Kind::Trace, Tag::End(name)) if self.names[open.name..] == *name => {
                self.names.truncate(open.name);
                self.stack.pop();
                self.close(open, listener);
            }
            _ => return false,
        }
        true
    }

    /// Reads tags of any form, `most` of them; returns whether there may be more.
    fn read_any(
        &mut self,
        here: &mut Here<'_>,
        most: usize,
        last: bool,
        listener: &mut impl Listener,
    ) -> bool {
        let text = here.text;
        // The reader would drop a byte order mark, and count without it.
        let mark = if text[here.at..].starts_with('\u{feff}') {
            3
        } else {
            0
        };
        let from = here.at + mark;
        let mut reader = Reader::from_str(&text[from..]);
        let config = reader.config_mut();
        config.allow_unmatched_ends = true;
        // Text between tags is not used, so an `&` in it is no fault.
        config.allow_dangling_amp = true;
        config.check_end_names = false;
        config.trim_text_start = true;
        let mut read = 0;
        while self.stop.is_none() {
            // The reader leaves out white space before a tag.
            let rest = text[from + reader.buffer_position() as usize..].trim_ascii_start();
            here.at = text.len() - rest.len();
            // Outside the root it goes on, as there is nothing plain.
            if read >= most && !self.stack.is_empty() {
                return true;
            }
            read += 1;
            match reader.read_event() {
                Ok(Event::Empty(tag)) => self.tag(&tag, true, here, listener),
                Ok(Event::Start(tag)) => self.tag(&tag, false, here, listener),
                Ok(Event::End(tag)) => self.end(tag.name().0, here, listener),
                Ok(Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) => {
                    if self.rooted && self.stack.is_empty() {
                        let end = from + reader.buffer_position() as usize;
                        self.trailing_text(here, end, listener);
                    }
                }
                Ok(Event::Eof) => {
                    here.at = text.len();
                    return false;
                }
                Ok(_) => {}
                Err(error) => {
                    let open = is_open(&error, rest);
                    if open && !last {
                        return false;
                    }
                    self.line(here);
                    if open {
                        self.fault(Reason::Truncated, first_line(rest));
                    } else {
                        // What follows may not be here yet.
                        self.fault(Reason::IllFormed, rest.chars().take(3).collect());
                    }
                }
            }
        }
        false
    }
}
