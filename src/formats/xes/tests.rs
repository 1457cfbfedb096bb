//! XES documents, whole and broken, to what is loaded and said of them.

use super::*;
use crate::event_log::{EventLog, PerRole, Role, Value};
use crate::formats::{Reason, Warning};
use expect_test::{Expect, expect};
use proptest::prelude::*;

const LIMITS: Limits = Limits {
    block: 1 << 20,
    batch: 2,
    longest: 1 << 20,
    plain: true,
};

fn read(text: &[u8], options: &ReadOptions, limits: Limits) -> Result<Loaded, ImportError> {
    read_with(&text, options, limits, &Progress::default())
}

fn loaded(text: &str, options: &ReadOptions) -> Loaded {
    read(text.as_bytes(), options, LIMITS).unwrap()
}

fn option(set: impl FnOnce(&mut ReadOptions)) -> ReadOptions {
    let mut options = ReadOptions::default();
    set(&mut options);
    options
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Missing => "-".into(),
        Value::Text(text) => text.into(),
        Value::Number(number) => number.to_string(),
        Value::Instant(micros) => instant(micros),
    }
}

fn instant(micros: i64) -> String {
    let time = chrono::DateTime::from_timestamp_micros(micros).unwrap();
    time.format("%FT%T%.f").to_string()
}

/// A line an event, then rejects, warnings and the mapping of roles.
fn outline(loaded: &Loaded) -> String {
    let Loaded { log, report, .. } = loaded;
    let mut lines = events(log);
    for reject in &report.rejects {
        let line = reject.line.map_or("end".into(), |line| line.to_string());
        lines.push(format!("! {line} {} {:?}", reject.reason, reject.value));
    }
    let warnings = report.warnings.keys().map(|code| format!("warning {code}"));
    lines.extend(warnings);
    lines.join("\n") + "\n"
}

fn events(log: &EventLog) -> Vec<String> {
    let event = |case: usize, row: usize| {
        let id = log.case_ids.get(case as u32);
        let activity = log.activities.get(log.activity.get(row));
        let begin = match &log.start {
            Some(_) => format!("{}..", instant(log.begin(row))),
            None => String::new(),
        };
        let columns = log.columns.iter().map(|column| {
            let value = column.value(column.row(case, row));
            format!(" {}={}", column.name, shown(value))
        });
        let columns: String = columns.collect();
        format!(
            "{id}: {activity} {begin}{}{columns}",
            instant(log.time[row])
        )
    };
    let cases = 0..log.n_cases();
    let rows = cases.flat_map(|case| log.events_of(case).map(move |row| (case, row)));
    rows.map(|(case, row)| event(case, row)).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "as expect! gives it")]
fn check(text: &str, options: &ReadOptions, want: Expect) {
    let told = match read(text.as_bytes(), options, LIMITS) {
        Ok(loaded) => outline(&loaded),
        Err(error) => format!("{error}\n"),
    };
    want.assert_eq(&told);
}

fn event(activity: &str, more: &str) -> String {
    format!(
        "<event><string key='concept:name' value='{activity}'/><date key='time:timestamp' value='2024-01-01T10:00:00Z'/>{more}</event>"
    )
}

#[test]
fn attributes_become_columns() {
    let inner = "<string key='org:resource' value='Ann &amp; Bob'/><int key='n' value='7'/><float key='f' value='1.0E7'/><boolean key='b' value='true'/>";
    let text = format!(
        "<log><string key='concept:name' value='of the log'/><trace><string key='concept:name' value='c1'/><date key='due' value='2024-02-01T00:00:00+01:00'/>{}{}</trace></log>",
        event("A", inner),
        event("B", "<float key='f' value='NaN'/><id key='i' value='x'/>"),
    );
    check(
        &text,
        &ReadOptions::default(),
        expect![[r#"
        c1: A 2024-01-01T10:00:00 org:resource=Ann & Bob n=7 f=10000000 b=true i=- case:due=2024-01-31T23:00:00
        c1: B 2024-01-01T10:00:00 org:resource=- n=- f=- b=- i=x case:due=2024-01-31T23:00:00
    "#]],
    );
}

#[test]
fn nested_attributes_are_named_by_their_way() {
    let nested = "<string key='a' value='1'><string key='b' value='2'><int key='c' value='3'/></string></string>\
        <list key='l'><values><string key='k' value='x'/><string key='k' value='y'/><string key='' value='z'/></values></list>\
        <list key='old'><int key='i' value='1'/><int key='i' value='2'/></list>\
        <container key='box'><string key='p' value='q'/></container>";
    let text = format!(
        "<log><trace><string key='concept:name' value='c1'/>{}</trace></log>",
        event("A", nested)
    );
    check(
        &text,
        &ReadOptions::default(),
        expect![[r#"
        c1: A 2024-01-01T10:00:00 a=1 a.b=2 a.b.c=3 l.k=x, y l=z old.i=1, 2 box.p=q
    "#]],
    );
}

#[test]
fn attributes_of_a_trace_may_follow_its_events() {
    let text = format!(
        "<log><trace>{}<string key='concept:name' value='late'/><string key='k' value='v'/></trace><trace>{}</trace><trace><string key='concept:name' value=' '/>{}</trace><trace/></log>",
        event("A", ""),
        event("B", ""),
        event("C", ""),
    );
    check(
        &text,
        &ReadOptions::default(),
        expect![[r#"
        late: A 2024-01-01T10:00:00 case:k=v
        trace#2: B 2024-01-01T10:00:00 case:k=-
        trace#3: C 2024-01-01T10:00:00 case:k=-
        warning empty-trace
        warning unnamed-trace
    "#]],
    );
}

const TWO: &str = "<log><classifier name='Both' keys=\"concept:name 'my key'\"/><trace><string key='concept:name' value='c1'/><string key='variant' value='v1'/>\
<event><string key='concept:name' value='A'/><string key='my key' value='x'/><string key='who' value='Ann'/><date key='begin' value='2024-01-01T09:00:00'/><date key='time:timestamp' value='2024-01-01T10:00:00'/><string key='note' value='01.02.2024 10:30'/></event>\
<event><string key='concept:name' value='B'/><string key='who' value='Bob'/><date key='time:timestamp' value='2024-01-01T11:00:00'/><string key='note' value='02.02.2024 10:30'/></event></trace></log>";

#[test]
fn options_stand_above_standard_keys() {
    let who = option(|o| o.columns[Role::Case] = vec!["who".into()]);
    check(
        TWO,
        &who,
        expect![[r#"
        Ann: A 2024-01-01T10:00:00 my key=x begin=2024-01-01T09:00:00 note=2024-02-01T10:30:00 case:concept:name=c1 case:variant=v1
        Bob: B 2024-01-01T11:00:00 my key=- begin=- note=2024-02-02T10:30:00 case:concept:name=c1 case:variant=v1
    "#]],
    );
    let joined = option(|o| {
        o.columns[Role::Case] = vec!["case:variant".into(), "WHO".into()];
        o.columns[Role::Activity] = vec!["Both".into()];
        o.columns[Role::Time] = vec!["note".into()];
        o.columns[Role::Start] = vec!["begin".into()];
        o.columns[Role::Resource] = vec!["who".into()];
    });
    check(
        TWO,
        &joined,
        expect![[r#"
        v1 - Ann: A - x 2024-01-01T09:00:00..2024-02-01T10:30:00 concept:name=A my key=x who=Ann time:timestamp=2024-01-01T10:00:00 case:concept:name=c1 case:variant=v1
        v1 - Bob: B -  2024-02-02T10:30:00..2024-02-02T10:30:00 concept:name=B my key=- who=Bob time:timestamp=2024-01-01T11:00:00 case:concept:name=c1 case:variant=v1
        warning missing-start
    "#]],
    );
    let roles = loaded(TWO, &joined).log.roles;
    assert_eq!(
        [&roles[Role::Case], &roles[Role::Activity]],
        [
            &["case:variant".to_owned(), "who".to_owned()],
            &["concept:name".to_owned(), "my key".to_owned()]
        ]
    );
    let plain = loaded(
        TWO,
        &option(|o| o.columns[Role::Case] = vec!["case:concept:name".into()]),
    );
    assert_eq!(
        outline(&plain),
        outline(&loaded(TWO, &ReadOptions::default()))
    );
    let of_trace = loaded(
        TWO,
        &option(|o| o.columns[Role::Case] = vec!["variant".into()]),
    );
    assert_eq!(of_trace.log.case_ids.get(0), "v1");
    let zone = loaded(TWO, &option(|o| o.tz = Some(chrono_tz::Asia::Tokyo)));
    assert_eq!(instant(zone.log.time[0]), "2024-01-01T01:00:00");
    let na = option(|o| o.na = vec!["A".into()]);
    let reject = &loaded(TWO, &na).report.rejects[0];
    assert_eq!(reject.reason, Reason::EmptyActivity);
    expect![[r#"
        case:concept:name: c1
        case:variant: v1
        my key: x
        who: Ann
        begin: 2024-01-01T09:00:00
        time:timestamp: 2024-01-01T10:00:00
        note: 01.02.2024 10:30"#]]
    .assert_eq(&reject.raw);
}

#[test]
fn names_that_no_event_has_are_told() {
    for set in [
        |o: &mut ReadOptions| o.columns[Role::Case] = vec!["nobody".into()],
        |o: &mut ReadOptions| {
            o.columns[Role::Activity] = vec!["concept:name".into(), "nobody".into()];
        },
        |o: &mut ReadOptions| o.columns[Role::Time] = vec!["nobody".into()],
        |o: &mut ReadOptions| o.columns[Role::Start] = vec!["nobody".into()],
        |o: &mut ReadOptions| o.columns[Role::Instance] = vec!["case:nobody".into()],
    ] {
        let error = read(TWO.as_bytes(), &option(set), LIMITS).err().unwrap();
        let told = error.to_string();
        assert!(matches!(error, ImportError::Usage(_)), "{told}");
        assert!(
            told.contains("nobody\"; attributes found: \"case:concept:name\""),
            "{told}"
        );
    }
}

#[test]
fn an_empty_name_takes_a_role_away() {
    let text = TWO.replace("'who'", "'org:resource'");
    let roles = |set: fn(&mut ReadOptions)| loaded(&text, &option(set)).log.roles;
    let usual = roles(|_| {});
    let none = roles(|o| o.columns = PerRole::of_attributes(|_| vec![String::new()]));
    assert_eq!(usual[Role::Resource], ["org:resource"]);
    assert_eq!(none[Role::Resource], [""; 0]);
    assert_eq!(none[Role::Time], usual[Role::Time]);
    let set = |o: &mut ReadOptions| o.columns[Role::Time] = vec![String::new()];
    assert!(read(TWO.as_bytes(), &option(set), LIMITS).is_err());
}

#[test]
fn a_classifier_without_keys_names_no_attribute() {
    let text = TWO.replacen(
        "<classifier",
        "<classifier name='No' keys=''/><classifier",
        1,
    );
    for role in Role::ALL {
        let options = ReadOptions {
            columns: [(role, vec!["No".to_owned()])].into(),
            ..ReadOptions::default()
        };
        let error = read(text.as_bytes(), &options, LIMITS).err().unwrap();
        assert!(matches!(error, ImportError::Usage(_)), "{role:?}: {error}");
    }
}

#[test]
fn prefixes_of_extensions_and_elements_may_be_others() {
    let text = "<?xml version='1.0'?><x:log xmlns:x='u'><x:extension name='Concept' prefix='c' uri='http://www.xes-standard.org/concept.xesext'/><x:extension name='T' prefix='t' uri='http://www.xes-standard.org/time.xesext'/>\
        <x:global scope='event'><x:string key='c:name' value='none'/></x:global>\
        <x:trace><x:string key='c:name' value='c1'/><x:event><x:string key='c:name' value='A'/><x:string key='c:instance' value='i1'/><x:date key='t:timestamp' value='2024-01-01'/></x:event></x:trace></x:log>";
    check(
        text,
        &ReadOptions::default(),
        expect![[r#"
        c1: A 2024-01-01T00:00:00 concept:instance=i1
    "#]],
    );
    let roles = loaded(text, &ReadOptions::default()).log.roles;
    assert_eq!(roles[Role::Instance], ["concept:instance"]);
}

#[test]
fn the_first_classifier_stands_in_for_the_activity() {
    let text = "<log><classifier name='C' keys='step'/><trace><string key='concept:name' value='c1'/><event><string key='step' value='A'/><string key='time:timestamp' value='31/12/2023 10:00'/></event></trace></log>";
    check(
        text,
        &ReadOptions::default(),
        expect![[r#"
        c1: A 2023-12-31T10:00:00
    "#]],
    );
}

#[test]
fn what_is_broken_costs_no_more_than_itself() {
    let head = "<log>\n<trace>\n<string key='concept:name' value='c1'/>\n";
    let good = event("A", "") + "\n";
    for (rest, want) in [
        (
            "<event><string key=concept:name value='x'/></event></trace></log>",
            expect![[r#"
            c1: A 2024-01-01T10:00:00
            ! 5 ill-formed "<string key=concept:name value='x'/>"
            warning incomplete
        "#]],
        ),
        (
            "<event><string key='concept:name' value='B'/>\n<trace/>",
            expect![[r#"
            c1: A 2024-01-01T10:00:00
            ! 5 truncated ""
            warning incomplete
        "#]],
        ),
        (
            "</trace>\n</log>\n</log>",
            expect![[r#"
            c1: A 2024-01-01T10:00:00
            ! 7 ill-formed "</log>"
            warning incomplete
        "#]],
        ),
        (
            "</trace></log>\n\0\0\0",
            expect![[r#"
            c1: A 2024-01-01T10:00:00
            warning trailing-garbage
        "#]],
        ),
        (
            "<event><event>\n</event><trace><event/></trace></event></trace></log>",
            expect![[r#"
            c1: A 2024-01-01T10:00:00
            ! 5 outside-trace ""
            ! 6 outside-trace ""
            ! 5 empty-activity ""
        "#]],
        ),
        (
            "</trace><!-- <trace><event/> --><![CDATA[<trace>]]><?p <trace>?></log>",
            expect![[r#"
            c1: A 2024-01-01T10:00:00
        "#]],
        ),
    ] {
        let mut loaded = loaded(&format!("{head}{good}{rest}"), &ReadOptions::default());
        if loaded.report.incomplete {
            loaded.report.warn(Warning::Incomplete, "");
        }
        want.assert_eq(&outline(&loaded));
    }
}

#[test]
fn what_is_no_log_or_gives_none_is_refused() {
    for (text, want) in [
        (
            "<html><body/></html>",
            "the root element is <html>, not <log>",
        ),
        (
            "<?xml version='1.0'?>\n<!-- nothing -->",
            "no event could be loaded: truncated: \"\"",
        ),
        (
            "<log><trace><event><string key='concept:name' value='A'/></event></trace></log>",
            "no event could be loaded: they lack \"time:timestamp\"",
        ),
        (
            "<log><trace><event/></trace></log>",
            "no event could be loaded: they lack \"concept:name\"",
        ),
    ] {
        let error = read(text.as_bytes(), &ReadOptions::default(), LIMITS)
            .err()
            .unwrap();
        assert_eq!(error.to_string(), want);
    }
}

#[test]
fn a_tag_that_is_too_long_costs_its_event() {
    let long = "x".repeat(500);
    let text = format!(
        "<log>\n<trace><string key='concept:name' value='c1'/>\n{}\n{}\n{}\n<!-- {long} -->{}</trace></log>",
        event("A", ""),
        event("B", &format!("<string key='k' value='{long}>'/>")),
        event("C", "").replace("<event>", &format!("<event a='{long}'>")),
        event("D", ""),
    );
    for block in [16, 50, 1 << 20] {
        let limits = Limits {
            block,
            longest: 200,
            ..LIMITS
        };
        let loaded = read(text.as_bytes(), &ReadOptions::default(), limits).unwrap();
        if block == 1 << 20 {
            assert_eq!(loaded.log.n_events(), 4, "whole tags are taken at once");
            continue;
        }
        expect![[r#"
            c1: A 2024-01-01T10:00:00
            c1: D 2024-01-01T10:00:00
            ! 4 oversize ""
            ! 5 oversize ""
        "#]]
        .assert_eq(&outline(&loaded));
    }
}

#[test]
fn what_is_too_long_in_the_head_of_a_log_costs_nothing() {
    let long = "Lab;".repeat(1100);
    let nested = format!("<int key='all' value='2'><int key='{long}' value='1'/></int>");
    let text = |log: &str, trace: &str| {
        let event = event("a", "");
        format!(
            "<log>{log}<trace>{trace}<string key='concept:name' value='x'/>{event}</trace></log>"
        )
    };
    for (log, trace, codes) in [(nested.as_str(), "", 0), ("", nested.as_str(), 1)] {
        let loaded = loaded(&text(log, trace), &ReadOptions::default());
        assert_eq!(loaded.log.n_events(), 1);
        assert_eq!(loaded.report.warnings.len(), codes);
    }
}

#[test]
fn lines_are_those_of_an_editor() {
    let text = "<log>\r\n\r\n<trace>\r\n<event>\r\n</event>\r\n<event/><event/>\r</trace>\n</log>";
    let good = text.replacen("</event>", &event("A", "").replace("<event>", ""), 1);
    let loaded = loaded(&good, &ReadOptions::default());
    let lines: Vec<_> = loaded.report.rejects.iter().map(|r| r.line).collect();
    assert_eq!(lines, [Some(6), Some(6)]);
    let lines = loaded.report.lines;
    assert_eq!(
        (
            lines.read,
            lines.header,
            lines.loaded,
            lines.rejected,
            lines.continuation
        ),
        (8, 2, 1, 1, 4)
    );
}

#[test]
fn a_look_shows_columns_and_roles() {
    let looked = (FORMAT.look)(
        &TWO.as_bytes(),
        &ReadOptions::default(),
        &Progress::default(),
    )
    .unwrap();
    assert_eq!(
        looked.columns,
        [
            "case:concept:name",
            "case:variant",
            "concept:name",
            "my key",
            "who",
            "begin",
            "time:timestamp",
            "note"
        ]
    );
    assert_eq!(looked.samples.len(), 2);
    assert_eq!(looked.samples.value(1, 2), b"B");
    assert_eq!(looked.samples.value(1, 1), b"v1");
    assert_eq!(
        (looked.roles[Role::Time][0].as_str(), looked.doubtful),
        ("time:timestamp", false)
    );
    assert_eq!(looked.scores[6][Role::Time], 100);
    assert_eq!(looked.scores.len(), looked.columns.len());
    let html = (FORMAT.look)(
        &b"<log><trace><event><string key='x' value='1'/></event></trace></log>".as_slice(),
        &ReadOptions::default(),
        &Progress::default(),
    );
    assert!(html.unwrap().doubtful);
}

#[test]
fn a_preview_reads_only_the_beginning() {
    let trace = format!(
        "<trace><string key='concept:name' value='c1'/>{}</trace>\n",
        event("A", "")
    );
    let text = format!("<log>{}</log>", trace.repeat(500));
    let limits = Limits {
        block: 1000,
        ..LIMITS
    };
    let options = option(|o| o.first = Some(20));
    let loaded = read(text.as_bytes(), &options, limits).unwrap();
    assert!((20..60).contains(&loaded.log.n_events()));
    assert!(!loaded.report.incomplete && loaded.report.rejects.is_empty());
}

#[test]
fn a_cut_log_keeps_every_whole_event() {
    let text = TWO.replace("</trace>", "</trace>\n<!-- Ж --><trace><string key='concept:name' value='Жук'/><event><string key='concept:name' value='Б&lt;'/><date key='time:timestamp' value='2024-01-03T00:00:00'/></event></trace>");
    let whole = loaded(&text, &ReadOptions::default()).log.n_events();
    let mut before = 0;
    for cut in 0..text.len() {
        let bytes = &text.as_bytes()[..cut];
        let events = match read(bytes, &ReadOptions::default(), LIMITS) {
            Ok(loaded) => {
                assert!(loaded.report.incomplete, "cut at {cut}");
                assert_eq!(loaded.report.n_rejected, 1, "cut at {cut}");
                loaded.log.n_events()
            }
            Err(_) => 0,
        };
        assert!(events >= before, "cut at {cut}");
        before = events;
    }
    assert_eq!((whole, before), (3, 3));
}

/// Pieces of documents, mostly well put together.
fn soup() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => Just("<trace><string key='concept:name' value='c1'/>\n".to_owned()),
        2 => Just("<trace>".to_owned()),
        4 => Just("</trace>\n".to_owned()),
        6 => ("[a-c]", 0..3).prop_map(|(a, n)| event(&a, &format!("<int key='k{n}' value='{n}'/>"))),
        6 => ("[a-c]", "[a-z]{0,9}", "(\n|\r\n|\r|)").prop_map(|(a, value, end)| plain_event(&a, &value, &end)),
        2 => ("[ \n\r\t]{0,2}", "[kl]?", "[a-c<>'&;é]{0,10}").prop_map(|(space, key, value)| {
            format!("{space}<string key=\"{key}\" value=\"{value}\"/>")
        }),
        1 => Just("<string key=\"outer\" value=\"\">".to_owned()),
        1 => Just("</string>".to_owned()),
        1 => Just("<x:event>".to_owned()),
        1 => Just("</x:event>".to_owned()),
        2 => Just("<event>".to_owned()),
        2 => Just("</event>\r\n".to_owned()),
        2 => Just("<list key='l'><values><string key='' value='<trace>'/></values></list>".to_owned()),
        1 => Just("<!-- <trace> </trace> -->".to_owned()),
        1 => Just("<!-- <trace>".to_owned()),
        1 => Just("-->".to_owned()),
        1 => Just("<![CDATA[ <trace> ]]>".to_owned()),
        1 => Just("<string key='k' value=\"<trace>\n</trace>\"/>".to_owned()),
        1 => Just("Ж &amp; \u{feff}\r".to_owned()),
        1 => Just("</log>".to_owned()),
        1 => "[<>!?/='\" a-]{0,6}",
    ];
    proptest::collection::vec(token, 0..40)
        .prop_map(|tokens| format!("<?xml version='1.0'?>\n<log>{}</log>\n", tokens.concat()))
}

/// An event as most programs write it.
fn plain_event(activity: &str, value: &str, end: &str) -> String {
    format!(
        "{end}\t<event>{end}\t\t<string key=\"concept:name\" value=\"{activity}\"/>{end}\t\t<date key=\"time:timestamp\" value=\"2024-01-01T10:00:00Z\"/>{end}\t\t<string key=\"v\" value=\"{value}\"/>{end}\t</event>"
    )
}

/// Traces of whole events, with attributes of all kinds in a few sequences of keys.
fn shapes() -> impl Strategy<Value = String> {
    let attribute = prop_oneof![
        6 => ("[a-c]", "[a-z]{0,20}").prop_map(|(key, value)| format!("<string key=\"{key}\" value=\"{value}\"/>")),
        3 => "(1|2.50|1.0E2|NaN|-)".prop_map(|value| format!("<float key=\"f\" value=\"{value}\"/>")),
        1 => Just("<int key=\"f\" value=\"7\"/>".to_owned()),
        1 => "[0-9]{3}".prop_map(|value| format!("<id key=\"{}\" value=\"{value}\"/>", "long".repeat(20))),
        1 => Just("<string key=\"\" value=\"x\"/>".to_owned()),
        1 => Just("<string key=\"a\" value=\"&lt;\"/>".to_owned()),
        1 => Just("<string key=\"b\" value=\"1\"><string key=\"c\" value=\"2\"/></string>".to_owned()),
    ];
    let time = prop_oneof![
        8 => "2024-01-0[1-9]T10:00:00(Z|\\.125\\+01:00|)",
        1 => "(|yesterday|01\\.02\\.2024)",
    ];
    let attributes = proptest::collection::vec(attribute, 0..4);
    let event = ("[AB]?", time, attributes).prop_map(|(activity, time, attributes)| {
        format!(
            "\n<event>\n<string key=\"concept:name\" value=\"{activity}\"/><date key=\"time:timestamp\" value=\"{time}\"/>{}</event>",
            attributes.concat()
        )
    });
    let trace = ("[a-c]?", proptest::collection::vec(event, 0..8)).prop_map(|(name, events)| {
        let name = format!("<string key=\"concept:name\" value=\"{name}\"/>");
        format!(
            "<trace>{name}{}<string key=\"k\" value=\"late\"/></trace>\n",
            events.concat()
        )
    });
    proptest::collection::vec(trace, 0..6)
        .prop_map(|traces| format!("<log>{}</log>", traces.concat()))
}

/// Roles and missing values in other attributes than usual.
fn odd_options() -> impl Strategy<Value = ReadOptions> {
    (0..5).prop_map(|which| {
        option(|o| match which {
            0 => o.na = vec!["A".into(), "1".into()],
            1 => o.columns[Role::Case] = vec!["a".into()],
            2 => o.columns[Role::Activity] = vec!["concept:name".into(), "b".into()],
            3 => o.columns[Role::Start] = vec!["time:timestamp".into()],
            _ => {}
        })
    })
}

/// All that a reading gives, to be compared.
fn outcome(text: &[u8], limits: Limits) -> String {
    outcome_with(text, &ReadOptions::default(), limits)
}

fn outcome_with(text: &[u8], options: &ReadOptions, limits: Limits) -> String {
    match read(text, options, limits) {
        Ok(loaded) => format!("{}{:?}\n{:?}", outline(&loaded), loaded.log, loaded.report),
        Err(error) => error.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn blocks_and_threads_do_not_change_the_result(text in soup(), block in 1usize..400, batch in 1usize..5, plain in any::<bool>()) {
        let cut = Limits { block, batch, plain, ..LIMITS };
        prop_assert_eq!(outcome(text.as_bytes(), LIMITS), outcome(text.as_bytes(), cut));
    }

    #[test]
    fn plain_events_are_those_of_the_xml_reader(text in shapes(), options in odd_options(), block in 200usize..4000) {
        let plain = Limits { block, ..LIMITS };
        let by_reader = Limits { plain: false, ..LIMITS };
        prop_assert_eq!(
            outcome_with(text.as_bytes(), &options, plain),
            outcome_with(text.as_bytes(), &options, by_reader)
        );
    }

    #[test]
    fn every_line_is_accounted_for(text in soup()) {
        if let Ok(loaded) = read(text.as_bytes(), &ReadOptions::default(), LIMITS) {
            let lines = loaded.report.lines;
            let sum = lines.header + lines.blank + lines.loaded + lines.rejected + lines.continuation;
            prop_assert_eq!(lines.read, sum);
            prop_assert!(lines.loaded <= loaded.log.n_events() as u64);
            prop_assert!(lines.rejected <= loaded.report.n_rejected);
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..600, xor in 1u8..) {
        outcome(&bytes, LIMITS);
        outcome(&[b"<log><trace>".as_slice(), &bytes].concat(), Limits { block: 20, ..LIMITS });
        let mut flipped = TWO.as_bytes().to_vec();
        let at = at % flipped.len();
        flipped[at] ^= xor;
        outcome(&flipped, LIMITS);
    }
}
