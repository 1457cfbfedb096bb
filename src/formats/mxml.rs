//! MXML, the format of logs of ProM before XES, written anew as XES while it is read, so that one
//! parser reads both. The names of the attributes are those that ProM gives them:
//!
//! | MXML | XES |
//! | --- | --- |
//! | `ProcessInstance` | `trace`, its `id` as `concept:name` |
//! | `AuditTrailEntry` | `event` |
//! | `WorkflowModelElement` | `concept:name` |
//! | `EventType` | `lifecycle:transition` |
//! | `Timestamp` | `time:timestamp` |
//! | `Originator` | `org:resource` |
//! | `Data`, `Attribute` | an attribute of the trace or event |
//!
//! Ids are unique within a process, so those of every `Process` but the first get its name in front.
//! Markup that is none of these stays as it is: the parser of XES says what is wrong with it.

use super::rewrite::Rewriter;
use super::xml::{local, prolog};
use memchr::memmem;

/// Bytes of the longest tag. A longer one and all behind it stay as they are.
const LONGEST: usize = 16 << 20;

/// Returns whether the bytes begin an MXML log.
pub fn is_mxml(head: &[u8]) -> bool {
    let root = prolog(head).and_then(|prolog| prolog.root);
    root.is_some_and(|root| Element::of(&root) == Element::Log)
}

/// Meaning of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Log,
    Process,
    Instance,
    Entry,
    Data,
    /// An element that only holds text.
    Leaf(Leaf),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaf {
    Activity,
    Transition,
    Time,
    Originator,
    Attribute,
}

impl Element {
    /// By the name without prefix. Letter case does not matter, as in ProM.
    fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "workflowlog" => Element::Log,
            "process" => Element::Process,
            "processinstance" => Element::Instance,
            "audittrailentry" => Element::Entry,
            "data" => Element::Data,
            "workflowmodelelement" => Element::Leaf(Leaf::Activity),
            "eventtype" => Element::Leaf(Leaf::Transition),
            "timestamp" => Element::Leaf(Leaf::Time),
            "originator" => Element::Leaf(Leaf::Originator),
            "attribute" => Element::Leaf(Leaf::Attribute),
            _ => Element::Other,
        }
    }
}

impl Leaf {
    /// Tag and key of the attribute in XES.
    fn key(self) -> (&'static str, &'static str) {
        match self {
            Leaf::Activity => ("string", "concept:name"),
            Leaf::Transition => ("string", "lifecycle:transition"),
            Leaf::Time => ("date", "time:timestamp"),
            Leaf::Originator => ("string", "org:resource"),
            Leaf::Attribute => ("string", ""),
        }
    }
}

/// An element with text that is open.
#[derive(Debug)]
struct OpenLeaf {
    leaf: Leaf,
    /// Name as it is written.
    name: Vec<u8>,
    /// Of an attribute its key; of a transition that is unknown its name. With entities.
    label: Vec<u8>,
    /// Text so far, with entities.
    text: Vec<u8>,
    /// Line ends so far.
    ends: Vec<u8>,
    /// Elements that are open in it.
    within: u32,
}

/// Writes an MXML log anew as XES.
#[derive(Debug, Default)]
pub struct MxmlToXes {
    /// Beginning of a tag that goes on in the next piece.
    carry: Vec<u8>,
    leaf: Option<OpenLeaf>,
    /// True within a `Process`.
    in_process: bool,
    /// Number of processes so far, and the name of the last one.
    processes: u64,
    process: Vec<u8>,
    /// True after a tag that is too long.
    gave_up: bool,
}

impl Rewriter for MxmlToXes {
    fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.gave_up {
            out.extend_from_slice(piece);
            return;
        }
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.extend_from_slice(piece);
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let text = memchr::memchr(b'<', rest).unwrap_or(rest.len());
            self.text(&rest[..text], out);
            let markup = &rest[text..];
            let Some(end) = end_of_markup(markup) else {
                markup.clone_into(&mut self.carry);
                break;
            };
            self.markup(&markup[..end], out);
            at += text + end;
        }
        if self.carry.len() > LONGEST {
            self.finish(out);
            self.gave_up = true;
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some(open) = self.leaf.take() {
            open.leave(out);
        }
        out.append(&mut self.carry);
    }
}

impl MxmlToXes {
    /// Text between two tags, with entities.
    fn text(&mut self, text: &[u8], out: &mut Vec<u8>) {
        match &mut self.leaf {
            Some(open) => {
                open.text.extend_from_slice(text);
                push_ends(text, &mut open.ends);
            }
            None => push_ends(text, out),
        }
    }

    /// A whole tag, comment or declaration.
    fn markup(&mut self, markup: &[u8], out: &mut Vec<u8>) {
        match markup {
            [b'<', b'!' | b'?', ..] => self.declaration(markup, out),
            [b'<', b'/', name @ .., b'>'] => self.end(markup, name.trim_ascii(), out),
            [b'<', tag @ .., b'/', b'>'] => self.begin(markup, tag, true, out),
            [b'<', tag @ .., b'>'] => self.begin(markup, tag, false, out),
            other => out.extend_from_slice(other),
        }
    }

    fn declaration(&mut self, markup: &[u8], out: &mut Vec<u8>) {
        const DATA: &[u8] = b"<![CDATA[";
        let Some(open) = &mut self.leaf else {
            if markup.starts_with(DATA) {
                push_ends(markup, out);
            } else {
                out.extend_from_slice(markup);
            }
            return;
        };
        push_ends(markup, &mut open.ends);
        if let Some(data) = markup.strip_prefix(DATA) {
            for &byte in &data[..data.len() - b"]]>".len()] {
                match byte {
                    b'<' => open.text.extend_from_slice(b"&lt;"),
                    b'&' => open.text.extend_from_slice(b"&amp;"),
                    _ => open.text.push(byte),
                }
            }
        }
    }

    /// A tag that opens an element, or is one by itself.
    fn begin(&mut self, markup: &[u8], tag: &[u8], empty: bool, out: &mut Vec<u8>) {
        if let Some(open) = &mut self.leaf {
            open.within += u32::from(!empty);
            push_ends(markup, &mut open.ends);
            return;
        }
        let name = name_of(tag);
        let end: &[u8] = if empty { b"/>" } else { b">" };
        match Element::of(local(&String::from_utf8_lossy(name))) {
            Element::Other => {
                out.extend_from_slice(markup);
                return;
            }
            Element::Log => out.extend([b"<log", end].concat()),
            Element::Process => {
                self.processes += 1;
                self.process = attribute(tag, b"id").unwrap_or_default().to_vec();
                self.in_process = !empty;
            }
            Element::Instance => {
                out.extend_from_slice(b"<trace>");
                self.describe_instance(tag, out);
                out.extend_from_slice(if empty { b"</trace>" } else { b"" });
            }
            Element::Entry => out.extend([b"<event", end].concat()),
            // Attributes in it belong to the element around it, as those of a list.
            Element::Data => out.extend([b"<values", end].concat()),
            Element::Leaf(leaf) => {
                let label = match leaf {
                    Leaf::Attribute => attribute(tag, b"name"),
                    Leaf::Transition => attribute(tag, b"unknownType"),
                    _ => None,
                };
                let mut open = OpenLeaf {
                    leaf,
                    name: name.to_vec(),
                    label: label.unwrap_or_default().to_vec(),
                    text: Vec::new(),
                    ends: Vec::new(),
                    within: 0,
                };
                push_ends(markup, &mut open.ends);
                if empty {
                    open.close(out);
                } else {
                    self.leaf = Some(open);
                }
                return;
            }
        }
        push_ends(markup, out);
    }

    /// Name and description of a process instance.
    fn describe_instance(&self, tag: &[u8], out: &mut Vec<u8>) {
        if let Some(id) = attribute(tag, b"id") {
            let mut name = Vec::new();
            if self.processes > 1 {
                if self.process.is_empty() {
                    name.extend(format!("process {}", self.processes).into_bytes());
                } else {
                    name.extend_from_slice(&self.process);
                }
                name.extend_from_slice(b" - ");
            }
            name.extend_from_slice(id);
            push_attribute("string", b"concept:name", &name, out);
        }
        if let Some(text) = attribute(tag, b"description").filter(|text| !text.is_empty()) {
            push_attribute("string", b"description", text, out);
        }
    }

    /// A tag that closes an element.
    fn end(&mut self, markup: &[u8], name: &[u8], out: &mut Vec<u8>) {
        if let Some(mut open) = self.leaf.take() {
            if open.within > 0 {
                push_ends(markup, &mut open.ends);
                open.within -= 1;
                self.leaf = Some(open);
            } else if open.name == name {
                push_ends(markup, &mut open.ends);
                open.close(out);
            } else {
                // The tag closes another element than is open, which the parser refuses.
                open.leave(out);
                out.extend_from_slice(markup);
            }
            return;
        }
        let written: &[u8] = match Element::of(local(&String::from_utf8_lossy(name))) {
            Element::Process if self.in_process => {
                self.in_process = false;
                b""
            }
            // The process was not closed: the tag stays, and the parser refuses it.
            Element::Log if self.in_process => markup,
            Element::Log => b"</log>",
            Element::Instance => b"</trace>",
            Element::Entry => b"</event>",
            Element::Data => b"</values>",
            Element::Process | Element::Leaf(_) | Element::Other => markup,
        };
        out.extend_from_slice(written);
        if written != markup {
            push_ends(markup, out);
        }
    }
}

impl OpenLeaf {
    /// The element has ended: its text is the value of an attribute.
    fn close(self, out: &mut Vec<u8>) {
        let (kind, key) = self.leaf.key();
        let text = self.text.trim_ascii();
        let unknown = text.eq_ignore_ascii_case(b"unknown") && !self.label.is_empty();
        match self.leaf {
            Leaf::Attribute => push_attribute(kind, &self.label, text, out),
            Leaf::Transition if unknown => push_attribute(kind, key.as_bytes(), &self.label, out),
            _ if text.is_empty() => {}
            _ => push_attribute(kind, key.as_bytes(), text, out),
        }
        out.extend_from_slice(&self.ends);
    }

    /// The element does not end: its tag stays open.
    fn leave(self, out: &mut Vec<u8>) {
        out.push(b'<');
        out.extend_from_slice(&self.name);
        out.push(b'>');
        out.extend_from_slice(&self.ends);
    }
}

/// Where the tag, comment or declaration ends with which the bytes begin; `None` where it goes on.
fn end_of_markup(bytes: &[u8]) -> Option<usize> {
    let behind = |end: &[u8], from: usize| {
        let at = memmem::find(bytes.get(from..)?, end)?;
        Some(from + at + end.len())
    };
    match bytes {
        [] => None,
        [b'<', b'!', b'-', b'-', ..] => behind(b"-->", 4),
        [b'<', b'!', b'[', ..] => behind(b"]]>", 3),
        [b'<', b'!', ..] => {
            let end = behind(b">", 2)?;
            // The parts of a DOCTYPE in brackets are declarations, each with an end of its own.
            let subset = memchr::memchr(b'[', &bytes[..end]).is_some();
            if subset { behind(b"]>", 2) } else { Some(end) }
        }
        [b'<', b'?', ..] => behind(b"?>", 2),
        _ => {
            let mut quote = None;
            let places = memchr::memchr3_iter(b'>', b'"', b'\'', bytes);
            for at in places {
                match (quote, bytes[at]) {
                    (None, b'>') => return Some(at + 1),
                    (None, byte) => quote = Some(byte),
                    (Some(open), byte) if open == byte => quote = None,
                    (Some(_), _) => {}
                }
            }
            None
        }
    }
}

/// Adds the line ends of some bytes, so that lines stay those of the file.
fn push_ends(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(memchr::memchr2_iter(b'\n', b'\r', bytes).map(|at| bytes[at]));
}

/// The name of a tag, as it is written.
fn name_of(tag: &[u8]) -> &[u8] {
    let end = tag.iter().position(u8::is_ascii_whitespace);
    &tag[..end.unwrap_or(tag.len())]
}

/// The value of an XML attribute of a tag, with entities. Letter case of its name does not matter.
fn attribute<'t>(tag: &'t [u8], wanted: &[u8]) -> Option<&'t [u8]> {
    let mut rest = &tag[name_of(tag).len()..];
    loop {
        let (name, after) = rest.split_at(memchr::memchr(b'=', rest)?);
        let after = after[1..].trim_ascii_start();
        let (&quote, after) = after.split_first()?;
        if !matches!(quote, b'"' | b'\'') {
            return None;
        }
        let (value, after) = after.split_at(memchr::memchr(quote, after)?);
        if name.trim_ascii().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = &after[1..];
    }
}

/// Adds an attribute of XES.
fn push_attribute(kind: &str, key: &[u8], value: &[u8], out: &mut Vec<u8>) {
    out.push(b'<');
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(b" key=\"");
    push_value(key, out);
    out.extend_from_slice(b"\" value=\"");
    push_value(value, out);
    out.extend_from_slice(b"\"/>");
}

/// Adds a value with entities, on one line and between double quotes.
fn push_value(value: &[u8], out: &mut Vec<u8>) {
    let mut before = 0;
    for &byte in value {
        match byte {
            b'"' => out.extend_from_slice(b"&quot;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'\n' if before == b'\r' => {}
            b'\n' | b'\r' => out.extend_from_slice(b"&#10;"),
            _ => out.push(byte),
        }
        before = byte;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{Progress, Value};
    use crate::formats::{ImportError, ImportReport, Lifecycle, ReadOptions, read, read_in_blocks};

    fn rewritten(text: &str, piece: usize) -> String {
        let mut out = Vec::new();
        let mut rewriter = MxmlToXes::default();
        for piece in text.as_bytes().chunks(piece) {
            rewriter.push(piece, &mut out);
        }
        rewriter.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    const LOG: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- written by a test > -->
<WorkflowLog xmlns:xsi="x" description="two > one">
  <Source program="test"><Data><Attribute name="version">1</Attribute></Data></Source>
  <Process id="claims" description="">
    <ProcessInstance id="c &amp; 1" description='say "hi"'>
      <Data><Attribute name="amount"> 12.5
      </Attribute><Attribute name="note"/></Data>
      <AuditTrailEntry>
        <Data><Attribute name="room">A&lt;1</Attribute></Data>
        <WorkflowModelElement>Register
 claim</WorkflowModelElement>
        <EventType>start</EventType>
        <Timestamp>2008-12-09T08:20:01.527+01:00</Timestamp>
        <Originator><![CDATA[A "&" B]]></Originator>
      </AuditTrailEntry>
      <AuditTrailEntry><WorkflowModelElement>Register
 claim</WorkflowModelElement><EventType >complete</EventType ><Timestamp>2008-12-09T08:25:01+01:00</Timestamp><Originator/></AuditTrailEntry>
      <AuditTrailEntry><WorkflowModelElement>Pay</WorkflowModelElement><EventType unknownType="hold">unknown</EventType><Timestamp>soon</Timestamp></AuditTrailEntry>
    </ProcessInstance>
  </Process>
  <Process id="calls"><ProcessInstance id="1"><AuditTrailEntry><WorkflowModelElement>Call</WorkflowModelElement><EventType unknownType="hold">unknown</EventType><Timestamp>2008-12-10T08:20:01Z</Timestamp></AuditTrailEntry></ProcessInstance></Process>
</WorkflowLog>
"#;

    #[test]
    fn pieces_and_line_ends_do_not_change_the_text() {
        let whole = rewritten(LOG, LOG.len());
        for piece in [1, 2, 3, 7, 50] {
            assert_eq!(rewritten(LOG, piece), whole);
        }
        assert_eq!(whole.lines().count(), LOG.lines().count());
        assert!(whole.contains("<trace><string key=\"concept:name\" value=\"c &amp; 1\"/>"));
        assert!(whole.contains("value=\"say &quot;hi&quot;\""));
        assert!(whole.contains("value=\"A &quot;&amp;&quot; B\""));
        let windows = LOG.replace('\n', "\r\n");
        let windows = rewritten(&windows, 5);
        assert_eq!(windows, whole.replace('\n', "\r\n"));
    }

    fn log(text: &str) -> Result<(crate::event_log::EventLog, ImportReport), ImportError> {
        let options = ReadOptions {
            lifecycle: Lifecycle::Events,
            ..ReadOptions::default()
        };
        read(&[text.as_bytes()], &options, &Progress::default())
    }

    #[test]
    fn a_log_is_read_as_prom_reads_it() {
        assert!(is_mxml(LOG.as_bytes()) && is_mxml(b"\xef\xbb\xbf<workflowlog>"));
        assert!(!is_mxml(b"<log><!-- <WorkflowLog> --></log>") && !is_mxml(b"a,b\n"));
        let (log, report) = log(LOG).unwrap();
        assert_eq!((report.format.as_str(), report.incomplete), ("mxml", false));
        let cases: Vec<_> = log.case_ids.iter().collect();
        assert_eq!(cases, ["c & 1", "calls - 1"]);
        let activities: Vec<_> = log.activities.iter().collect();
        assert_eq!(activities, ["Register\n claim", "Call"]);
        let value = |name: &str, event: usize| {
            let column = log.column(name).unwrap_or_else(|| panic!("{name}"));
            let case = usize::from(event == 2);
            match column.value(column.row(case, event)) {
                Value::Missing => "-".to_owned(),
                Value::Text(text) => text.to_string(),
                Value::Number(number) => number.to_string(),
                Value::Instant(micros) => micros.to_string(),
            }
        };
        assert_eq!(value("lifecycle:transition", 0), "start");
        assert_eq!(value("lifecycle:transition", 2), "hold");
        assert_eq!([0, 1].map(|e| value("org:resource", e)), ["A \"&\" B", "-"]);
        assert_eq!([0, 2].map(|e| value("case:amount", e)), ["12.5", "-"]);
        assert_eq!(value("room", 0), "A<1");
        assert_eq!(value("case:description", 0), "say \"hi\"");
        let reject = &report.rejects[0];
        assert_eq!((reject.line, reject.reason.code()), (Some(19), "bad-time"));
        assert_eq!((reject.value.as_str(), report.n_rejected), ("soon", 1));
        let blocks = read_in_blocks(&LOG.as_bytes(), &ReadOptions::default(), 40).unwrap();
        assert_eq!(blocks.report.rejects, report.rejects);
        assert_eq!(blocks.log.n_events(), log.n_events());
    }

    #[test]
    fn what_is_cut_or_wrong_is_said_with_its_line() {
        let events = "<WorkflowLog><Process>\n<ProcessInstance id='1'><AuditTrailEntry>\
            <WorkflowModelElement>A</WorkflowModelElement>\
            <Timestamp>2008-12-09T08:20:01Z</Timestamp></AuditTrailEntry>\n";
        for (end, line, reason) in [
            ("", 2, "truncated"),
            ("<AuditTrailEntry><Workflow", 3, "truncated"),
            ("<AuditTrailEntry>\n<WorkflowModelElement>B", 3, "truncated"),
            ("</AuditTrailEntry>", 3, "ill-formed"),
            (
                "<AuditTrailEntry><EventType>\n</Timestamp>",
                3,
                "ill-formed",
            ),
            ("</ProcessInstance></WorkflowLog>", 3, "ill-formed"),
            ("</ProcessInstance></Process></Process>", 3, "ill-formed"),
            (
                "</ProcessInstance></Process></WorkflowLog><WorkflowLog/>",
                3,
                "content-after-root",
            ),
        ] {
            let (log, report) = log(&format!("{events}{end}")).unwrap();
            assert_eq!(log.n_events(), 1, "{end}");
            assert!(report.incomplete, "{end}");
            let reject = report.rejects.last().expect("a reject");
            assert_eq!(
                (reject.line, reject.reason.code()),
                (Some(line), reason),
                "{end}"
            );
        }
        let (empty, report) = log("<WorkflowLog/>").unwrap();
        assert_eq!((empty.n_events(), report.incomplete), (0, false));
        let outside = "<WorkflowLog><Process><AuditTrailEntry/></Process></WorkflowLog>";
        assert!(
            log(outside)
                .unwrap_err()
                .to_string()
                .contains("outside-trace")
        );
    }

    #[test]
    fn any_bytes_are_survived() {
        for at in 0..LOG.len() {
            for byte in [b'<', b'>', b'"', b'/', b'&', 0xff] {
                let mut bytes = LOG.as_bytes().to_vec();
                bytes[at] = byte;
                let mut out = Vec::new();
                let mut rewriter = MxmlToXes::default();
                rewriter.push(&bytes, &mut out);
                rewriter.finish(&mut out);
                let ends = |text: &[u8]| memchr::memchr_iter(b'\n', text).count();
                assert!(ends(&out) <= ends(&bytes));
            }
        }
    }
}
