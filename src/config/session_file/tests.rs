//! Session files: what is read, what is refused, and that what is written is read again.

use super::*;
use crate::app::{FilterStack, Outline, Section, Versus, quote};
use crate::engine::Reference;
use crate::panes::FilterEntry;
use proptest::prelude::*;

const EXAMPLE: &str = r#"
version = 1
call = ["casetrail", "orders.csv"]
running = 4711
fingerprint = ["1f-00"]
lifecycle = "pairs"
end = ["Closed"]
milestones = 'resolved = last "Resolved"'
rules = "desk.toml"
rule = 'response("A", "B")'
idle = "30d"
as_of = "-7d"
calendar = "desk"
reference = "top 3"
pane = "cases"
marks = ["4711", "17"]
maximized = true
draft = { text = "region = ", events = true }
versus = { a = "duration > 3d", b = ["duration <= 3d"] }
report_title = "Late orders"

[[section]]
command = "cases --sort -duration"
filter = "duration > 3d"

[[filter]]
text = "duration > 3d"

[[filter]]
text = 'activity != "Note"'
events = true
on = false

[columns]
cases = ["case", "first(team) @12 frozen"]

[[log]]
file = "orders.csv"
case = "id"

[place.cases]
item = "o1"
row = 4
top = 2
sort = "duration"
descending = true

[[level]]
crumb = "V3"
filtered = true
pane = "variants"
filter = [{ text = "duration > 3d" }]

[level.place.variants]
item = "3"
row = 2
"#;

fn stack(entries: Vec<FilterEntry>) -> FilterStack {
    FilterStack {
        entries,
        ..FilterStack::default()
    }
}

fn entry(text: &str, events: bool, on: bool) -> FilterEntry {
    FilterEntry {
        text: text.to_owned(),
        events,
        on,
    }
}

#[test]
fn a_file_is_read() {
    let file = SessionFile::parse(EXAMPLE).unwrap();
    assert_eq!(file.call, ["casetrail", "orders.csv"]);
    assert_eq!(file.running, Some(4711));
    assert_eq!(file.rules.as_deref(), Some("desk.toml"));
    assert_eq!(file.mapping.logs[0].file, "orders.csv");
    assert_eq!(file.mapping.ends, None);
    let Session {
        view,
        maximized,
        draft,
        marks,
        report,
    } = &file.session;
    assert_eq!(report.title, "Late orders");
    assert_eq!(report.sections[0].command, "cases --sort -duration");
    assert_eq!(report.sections[0].filters, ["duration > 3d"]);
    assert!(marks.iter().eq(["17", "4711"]));
    assert!(*maximized);
    assert_eq!(*draft, Some(("region = ".to_owned(), true)));
    let wanted = FilterStack {
        as_of: Some("-7d".into()),
        reference: Some(Reference::Top(3)),
        ends: Some(vec!["Closed".into()]),
        milestones: vec!["resolved = last \"Resolved\"".into()],
        calendar: Some("desk".into()),
        versus: Some(Versus {
            own: vec!["duration > 3d".into()],
            other: vec!["duration <= 3d".into()],
        }),
        ..stack(vec![
            entry("duration > 3d", false, true),
            entry("activity != \"Note\"", true, false),
        ])
    };
    assert_eq!(view.filters, wanted);
    assert_eq!(view.pane, "cases");
    assert_eq!(view.columns["cases"].len(), 2);
    assert_eq!(
        view.places["cases"],
        Place {
            item: "o1".into(),
            cursor: 4,
            offset: 2,
            order: "duration".into(),
            descending: true,
            ..Place::default()
        }
    );
    let [level] = view.trail.as_slice() else {
        panic!("one level")
    };
    assert_eq!((level.crumb.as_str(), level.filtered), ("V3", true));
    let back = &level.back;
    assert_eq!(back.pane, "variants");
    assert_eq!(back.filters.entries.len(), 1);
    assert_eq!(back.filters.as_of.as_deref(), Some("-7d"));
    // Places that are not said are those of the view.
    assert_eq!(back.places["cases"], view.places["cases"]);
    assert_eq!(back.places["variants"].item, "3");
    assert_eq!(SessionFile::parse(&file.to_toml()).unwrap(), file);
}

#[test]
fn an_empty_file_is_an_empty_session() {
    let file = SessionFile::parse("").unwrap();
    assert_eq!(file, SessionFile::default());
    assert_eq!(SessionFile::parse(&file.to_toml()).unwrap(), file);
}

#[test]
fn models_are_paths() {
    let file = SessionFile::parse("reference = \"claim.bpmn\"").unwrap();
    assert_eq!(file.model.as_deref(), Some("claim.bpmn"));
    assert_eq!(file.session.view.filters.reference, None);
    assert!(
        file.to_toml()
            .contains("reference = \"model claim.bpmn\"\n")
    );
}

#[test]
fn faults_have_their_line() {
    for (text, line, part) in [
        ("version = 2", 1, "version 1 only"),
        ("\nas_off = \"-7d\"", 2, "as_of"),
        ("\n\nas_of = \"soon\"", 3, "as_of: expected a time"),
        (
            "pane = \"x\"\nreference = \"top 0\"",
            2,
            "reference: expected `top N`",
        ),
        (
            "[[filter]]\ntext = \"duration >\"",
            1,
            "duration >: expected",
        ),
        ("[[filter]]\nevents = true\ntext = \"x in\"", 1, "x in: "),
        (
            "[[filter]]\ntext = \"a = 1\"\noff = true",
            3,
            "no key is called off",
        ),
        ("filter = \"a = 1\"", 1, "write [[filter]]"),
        ("draft = \"a\"", 1, "draft: expected a table"),
        ("versus = { c = 1 }", 1, "no key is called c"),
        ("[place.cases]\nrow = -1", 2, "row: expected a whole number"),
        (
            "[place.cases]\nrow = 1e3",
            2,
            "row: expected a whole number",
        ),
        (
            "[place.cases]\nrow = 99999999999999999999",
            2,
            "row: expected a whole number",
        ),
        ("[place.cases]\nrows = 1", 2, "no key is called rows"),
        ("place = 1", 1, "write [place.PANE]"),
        ("[[level]]\npane = 1.5", 2, "pane: expected a text"),
        (
            "[[level]]\n[level.place.cases]\nsorted = \"x\"",
            3,
            "no key is called sorted",
        ),
        ("rule = \"order\"", 1, "rule: "),
        ("idle = \"soon\"", 1, "idle: "),
        ("running = true", 1, "running: expected a whole number"),
        ("[[log]]\nfile = \"a\"\nactivty = \"b\"", 3, "activity"),
        ("milestones = \"x\"", 1, "milestones: "),
        ("pane = \"a\"\npane = \"b\"", 2, "duplicate"),
        ("[[filter]\n", 1, ""),
    ] {
        let error = SessionFile::parse(text).expect_err(text);
        assert_eq!(error.line, Some(line), "{text}: {}", error.message);
        assert!(error.message.contains(part), "{text}: {}", error.message);
        assert!(!error.message.contains('\n'), "{}", error.message);
    }
    // A filter that is off may be what the engine refused.
    SessionFile::parse("[[filter]]\ntext = \"duration >\"\non = false").unwrap();
    let levels = "[[level]]\n".repeat(MOST_LEVELS + 1);
    let error = SessionFile::parse(&levels).unwrap_err();
    assert!(error.message.contains("100 levels"), "{}", error.message);
}

#[test]
fn only_the_innermost_levels_are_written() {
    let mut file = SessionFile::default();
    let level = |n: usize| Level {
        crumb: n.to_string(),
        filtered: false,
        back: Arc::default(),
    };
    file.session.view.trail = (0..MOST_LEVELS + 5).map(level).collect();
    let again = SessionFile::parse(&file.to_toml()).unwrap();
    let trail = &again.session.view.trail;
    assert_eq!((trail.len(), trail[0].crumb.as_str()), (MOST_LEVELS, "5"));
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,12}", any::<String>()]
}

fn place() -> impl Strategy<Value = Place> {
    let rows = (0..1usize << 40, 0..1usize << 40);
    let flags = any::<[bool; 2]>();
    (texts(), rows, texts(), flags, texts(), texts()).prop_map(
        |(item, (cursor, offset), order, [descending, best_first], find, subject)| Place {
            item,
            cursor,
            offset,
            // One of them says it.
            sort: if order.is_empty() { cursor } else { 0 },
            order,
            descending,
            best_first,
            find,
            subject,
        },
    )
}

fn places() -> impl Strategy<Value = BTreeMap<String, Place>> {
    prop::collection::btree_map(texts(), place(), 0..4)
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    let off = (texts(), any::<bool>()).prop_map(|(text, events)| entry(&text, events, false));
    let on = Just(entry("duration > 3d", false, true));
    let versus = prop::option::of((
        prop::collection::vec(texts(), 0..3),
        prop::collection::vec(texts(), 0..3),
    ));
    let entries = prop::collection::vec(prop_oneof![off, on], 0..4);
    (entries, versus, texts(), places()).prop_map(|(entries, versus, pane, places)| Snapshot {
        filters: FilterStack {
            versus: versus.map(|(own, other)| Versus { own, other }),
            ..stack(entries)
        },
        pane,
        places,
        ..Snapshot::default()
    })
}

fn outline() -> impl Strategy<Value = Outline> {
    let filters = prop::collection::vec(texts(), 0..3);
    let section = (texts(), texts(), texts(), filters, any::<bool>()).prop_map(
        |(title, comment, word, filters, chart)| Section {
            title,
            comment,
            command: quote(&word),
            filters,
            chart,
        },
    );
    let sections = prop::collection::vec(section, 0..3);
    (texts(), texts(), sections).prop_map(|(title, comment, sections)| Outline {
        title,
        comment,
        sections,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        view in snapshot(),
        levels in prop::collection::vec((texts(), any::<bool>(), snapshot()), 0..4),
        maximized in any::<bool>(),
        draft in prop::option::of((texts(), any::<bool>())),
        marks in prop::collection::btree_set(texts(), 0..4),
        call in prop::collection::vec(texts(), 0..4),
        running in prop::option::of(any::<u32>()),
        report in outline(),
    ) {
        let trail = levels.into_iter().map(|(crumb, filtered, back)| Level {
            crumb,
            filtered,
            back: Arc::new(back),
        });
        let mut file = SessionFile {
            call,
            running,
            session: Session {
                view: Snapshot { trail: trail.collect(), ..view },
                maximized,
                draft,
                marks,
                report,
            },
            ..SessionFile::default()
        };
        file.settle();
        let text = file.to_toml();
        prop_assert!(text.lines().all(|line| !line.contains(crate::text::is_hidden)));
        let again = SessionFile::parse(&text).unwrap();
        prop_assert_eq!(&again, &file);
        prop_assert_eq!(again.to_toml(), text);
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        if let Err(error) = SessionFile::parse(&text) {
            prop_assert!(!error.message.contains('\n'));
        }
    }
}
