//! Object-centric logs in all three formats to what is loaded and said of them.

use super::*;
use crate::event_log::Role;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use rusqlite::{Connection, MAIN_DB};
use std::fmt::Write;

const JSON_LOG: &str = r#"{
"objectTypes": [{"name": "Order", "attributes": [{"name": "price", "type": "float"}]}, {"name": "Item", "attributes": []}],
"eventTypes": [],
"objects": [
{"id": "o1", "type": "Order", "attributes": [{"name": "price", "time": "1970-01-01T00:00:00Z", "value": 1.0e2},
  {"name": "price", "time": "2024-01-02T00:00:00Z", "value": 90}, {"name": "vip", "time": "2024-01-02T12:00:00Z", "value": true}]},
{"id": "i1", "type": "Item"}, {"id": "i2", "type": "Item", "attributes": null}
],
"events": [
{"id": "e1", "type": "Place", "time": "2024-01-01T10:00:00Z", "attributes": [{"name": "org:resource", "value": "Ann"}],
  "relationships": [{"objectId": "o1", "qualifier": "order"}, {"objectId": "i1"}, {"objectId": "i2", "qualifier": "part"}, {"objectId": "i2", "qualifier": "gift"}]},
{"id": "e2", "type": "Pack", "time": "2024-01-02T11:00:00Z", "relationships": [{"objectId": "i2"}]},
{"id": "e3", "type": "Ship", "time": "2024-01-03T10:00:00Z", "attributes": [], "relationships": [{"objectId": "o1"}]}
]}
"#;

const XML_LOG: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<log>
<object-types><object-type name="Order"><attributes><attribute name="price" type="float"/></attributes></object-type><object-type name="Item"/></object-types>
<event-types/>
<objects>
<object id="o1" type="Order"><attributes><attribute name="price" time="1970-01-01T00:00:00Z">1.0e2</attribute>
<attribute name="price" time="2024-01-02T00:00:00Z">90</attribute><attribute name="vip" time="2024-01-02T12:00:00Z"><![CDATA[tr]]>ue</attribute></attributes>
<objects><relationship object-id="i1" qualifier="has"/></objects></object>
<object id="i1" type="Item"/><object id="i2" type="Item"><attributes/></object>
</objects>
<events>
<event id="e1" type="Place" time="2024-01-01T10:00:00Z"><attributes><attribute name="org:resource">Ann</attribute></attributes>
<objects><relationship object-id="o1" qualifier="order"/><relationship object-id="i1"/><relationship object-id="i2" qualifier="part"/><relationship object-id="i2" qualifier="gift"/></objects></event>
<event id="e2" type="Pack" time="2024-01-02T11:00:00Z"><objects><relationship object-id="i2"/></objects></event>
<event id="e3" type="Ship" time="2024-01-03T10:00:00Z"><objects><relationship object-id="o1"/></objects></event>
</events>
</log>
"#;

const SQL_LOG: &str = "
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
INSERT INTO event VALUES ('e1', 'Place'), ('e2', 'Pack'), ('e3', 'Ship');
INSERT INTO object VALUES ('o1', 'Order'), ('i1', 'Item'), ('i2', 'Item');
INSERT INTO event_object VALUES ('e3', 'o1', ''), ('e1', 'o1', 'order'), ('e1', 'i1', NULL), ('e1', 'i2', 'part'), ('e1', 'i2', 'gift'), ('e2', 'i2', '');
INSERT INTO event_map_type VALUES ('Place', 'Place'), ('Pack', 'Pack'), ('Ship', 'Ship');
INSERT INTO object_map_type VALUES ('Order', 'Order'), ('Item', 'Item');
CREATE TABLE event_Place (ocel_id TEXT, ocel_time TIMESTAMP, \"org:resource\" TEXT);
CREATE TABLE event_Pack (ocel_id TEXT, ocel_time TIMESTAMP);
CREATE TABLE event_Ship (ocel_id TEXT, ocel_time TIMESTAMP);
CREATE TABLE object_Order (ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT, price REAL, vip TEXT);
CREATE TABLE object_Item (ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT);
INSERT INTO event_Place VALUES ('e1', '2024-01-01T10:00:00Z', 'Ann');
INSERT INTO event_Pack VALUES ('e2', '2024-01-02 11:00:00');
INSERT INTO event_Ship VALUES ('e3', '2024-01-03 10:00:00');
INSERT INTO object_Order VALUES ('o1', '1970-01-01 00:00:00', NULL, 100.0, NULL), ('o1', '2024-01-02T00:00:00Z', 'price', 90, 'x'), ('o1', '2024-01-02 12:00:00', 'vip', NULL, 'true');
";

fn database(sql: &str) -> Vec<u8> {
    let database = Connection::open_in_memory().unwrap();
    database.execute_batch(sql).unwrap();
    database.serialize(MAIN_DB).unwrap().to_vec()
}

fn of_type(name: &str) -> ReadOptions {
    ReadOptions {
        object_type: Some(name.to_owned()),
        ..ReadOptions::default()
    }
}

fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Loaded, ImportError> {
    let format = crate::formats::format_of(&bytes)?;
    (format.read)(&bytes, options, &Progress::default())
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Missing => "-".into(),
        Value::Text(text) => text.into(),
        Value::Number(number) => number.to_string(),
        Value::Instant(micros) => instant(micros),
    }
}

/// A line an event, then rejects and warnings.
fn outline(loaded: &Loaded) -> String {
    let Loaded { log, report, .. } = loaded;
    let mut out = String::new();
    for case in 0..log.n_cases() {
        for row in log.events_of(case) {
            let id = log.case_ids.get(case as u32);
            let activity = log.activities.get(log.activity.get(row));
            let day = &instant(log.time[row])[..13];
            write!(out, "{id}: {activity} {day}").unwrap();
            for column in &log.columns {
                let value = shown(column.value(column.row(case, row)));
                write!(out, " {}={value}", column.name).unwrap();
            }
            out.push('\n');
        }
    }
    for reject in &report.rejects {
        let line = reject.line.map_or("end".into(), |line| line.to_string());
        writeln!(
            out,
            "! {line} {} {:?} {:?}",
            reject.reason, reject.value, reject.raw
        )
        .unwrap();
    }
    for code in report.warnings.keys() {
        writeln!(out, "warning {code}").unwrap();
    }
    out
}

#[expect(clippy::needless_pass_by_value, reason = "as expect! gives it")]
fn check(bytes: &[u8], options: &ReadOptions, want: Expect) {
    let told = match read_bytes(bytes, options) {
        Ok(loaded) => outline(&loaded),
        Err(error) => format!("{error}\n"),
    };
    want.assert_eq(&told);
}

fn all_formats() -> [(&'static str, Vec<u8>); 3] {
    [
        ("ocel-json", JSON_LOG.into()),
        ("ocel-xml", XML_LOG.into()),
        ("ocel-sqlite", database(SQL_LOG)),
    ]
}

#[test]
fn types_are_also_named_as_their_tables_are() {
    // Events and objects keep the short name, the table of types has the long one too.
    let long = SQL_LOG
        .replace("('Place', 'Place')", "('Place it', 'Place')")
        .replace("('Order', 'Order')", "('Sales order', 'Order')");
    let orders = read_bytes(&database(&long), &of_type("Sales order")).unwrap();
    expect![[r#"
        o1: Place it 2024-01-01T10 ocel:eid=e1 org:resource=Ann ocel:type:Item=i1, i2 ocel:qualifier=order case:price=100 case:vip=-
        o1: Ship 2024-01-03T10 ocel:eid=e3 org:resource=- ocel:type:Item=- ocel:qualifier=- case:price=90 case:vip=true
        warning naive-mixed
    "#]].assert_eq(&outline(&orders));
    // A name that several types have is no name of any.
    let shared = SQL_LOG.replace("('Pack', 'Pack')", "('Pack', 'Place'), ('Send', 'Place')");
    let items = read_bytes(&database(&shared), &of_type("Item")).unwrap();
    assert!(outline(&items).contains("i2: Place 2024"));
}

#[test]
fn a_log_is_the_same_in_every_format() {
    for (format, bytes) in all_formats() {
        let orders = read_bytes(&bytes, &of_type("Order")).unwrap();
        assert_eq!(orders.report.format, format);
        let mut told = outline(&orders);
        if format == "ocel-sqlite" {
            told = told.replace("warning naive-mixed\n", "");
        }
        expect![[r#"
            o1: Place 2024-01-01T10 ocel:eid=e1 org:resource=Ann ocel:type:Item=i1, i2 ocel:qualifier=order case:price=100 case:vip=-
            o1: Ship 2024-01-03T10 ocel:eid=e3 org:resource=- ocel:type:Item=- ocel:qualifier=- case:price=90 case:vip=true
        "#]].assert_eq(&told);
        let others = ("events without Order".to_owned(), "1".to_owned());
        assert!(orders.report.mapping.contains(&others));
        assert_eq!(orders.log.roles[Role::Resource], ["org:resource"]);
        let items = read_bytes(&bytes, &of_type("item")).unwrap();
        let told = outline(&items).replace("warning naive-mixed\n", "");
        expect![[r#"
            i1: Place 2024-01-01T10 ocel:eid=e1 org:resource=Ann ocel:type:Order=o1 ocel:qualifier=-
            i2: Place 2024-01-01T10 ocel:eid=e1 org:resource=Ann ocel:type:Order=o1 ocel:qualifier=part, gift
            i2: Pack 2024-01-02T11 ocel:eid=e2 org:resource=- ocel:type:Order=- ocel:qualifier=-
        "#]].assert_eq(&told);
    }
}

#[test]
fn the_type_of_objects_is_asked_for() {
    for (_, bytes) in all_formats() {
        check(
            &bytes,
            &ReadOptions::default(),
            expect![[r#"
            is an object-centric log of several types of objects: "Item" (2 objects), "Order" (1 object)
        "#]],
        );
        check(
            &bytes,
            &of_type("Orders"),
            expect![[r#"
            there is no type of objects "Orders"; did you mean "Order" (1 object)?
        "#]],
        );
        let format = crate::formats::format_of(&bytes.as_slice()).unwrap();
        let looked = (format.look)(
            &bytes.as_slice(),
            &ReadOptions::default(),
            &Progress::default(),
        )
        .unwrap();
        assert_eq!(
            looked.object_types,
            [("Item".to_owned(), 2), ("Order".to_owned(), 1)]
        );
        assert!(looked.doubtful);
        assert_eq!(
            looked.columns[..4],
            [flatten::CASE, flatten::ACTIVITY, flatten::TIME, "ocel:eid"]
        );
        assert_eq!(
            (looked.samples.len(), looked.samples.value(0, 0)),
            (3, &b"i1"[..])
        );
        assert_eq!(looked.scores.len(), looked.columns.len());
        assert!(
            !(format.look)(&bytes.as_slice(), &of_type("Order"), &Progress::default())
                .unwrap()
                .doubtful
        );
    }
}

#[test]
fn keys_that_the_format_gives_cannot_be_changed() {
    for set in [
        |o: &mut ReadOptions| o.columns[Role::Case] = vec!["x".into()],
        |o: &mut ReadOptions| o.columns[Role::Activity] = vec!["x".into()],
        |o: &mut ReadOptions| o.columns[Role::Time] = vec!["x".into()],
        |o: &mut ReadOptions| o.columns[Role::Start] = vec!["x".into()],
        |o: &mut ReadOptions| o.columns[Role::Resource] = vec!["x".into()],
    ] {
        let mut options = of_type("Order");
        set(&mut options);
        let error = read_bytes(JSON_LOG.as_bytes(), &options).err().unwrap();
        let error = match error {
            ImportError::Mendable { error, .. } => *error,
            error => error,
        };
        assert!(matches!(error, ImportError::Usage(_)), "{error}");
    }
    let mut same = of_type("Order");
    same.columns[Role::Case] = vec![flatten::CASE.into()];
    same.columns[Role::Activity] = vec![flatten::ACTIVITY.into()];
    same.columns[Role::Time] = vec![flatten::TIME.into()];
    same.columns[Role::Resource] = vec!["ocel:eid".into()];
    let loaded = read_bytes(JSON_LOG.as_bytes(), &same).unwrap();
    assert_eq!(loaded.log.roles[Role::Resource], ["ocel:eid"]);
}

#[test]
fn what_does_not_fit_together_is_told() {
    let event = |id: &str, time: &str, objects: &str| {
        let objects = objects
            .split(' ')
            .map(|o| format!("{{\"objectId\":\"{o}\"}}"));
        let objects = objects.collect::<Vec<_>>().join(",");
        format!(
            "{{\"id\":\"{id}\",\"type\":\"A\",\"time\":\"{time}\",\"relationships\":[{objects}]}},\n"
        )
    };
    let good = "2024-01-01T10:00:00Z";
    let text = format!(
        "{{\"events\":[\n{}{}{}{}{}{}{{\"type\":\"A\",\"time\":\"{good}\"}}\n],\"objects\":[{{\"id\":\"o\",\"type\":\"T\",\"attributes\":[{{\"name\":\"k\",\"time\":\"soon\",\"value\":\"v\"}}]}},{{\"id\":\"o\",\"type\":\"T\"}}]}}",
        event("e1", good, "o ghost"),
        event("e2", good, "ghost"),
        event("e1", good, "o o"),
        event("e4", "yesterday", "o"),
        event("e5", "", "o"),
        event("e6", good, "o").replace("\"A\"", "\" \""),
    );
    check(
        text.as_bytes(),
        &ReadOptions::default(),
        expect![[r#"
            o: A 2024-01-01T10 ocel:eid=e1 case:k=v
            o: A 2024-01-01T10 ocel:eid=e1 case:k=v
            ! 3 unknown-object "ghost" "id: e2\ntype: A\ntime: 2024-01-01T10:00:00Z"
            ! 5 bad-time "yesterday" "id: e4\ntype: A\ntime: yesterday"
            ! 6 empty-time "" "id: e5\ntype: A\ntime: "
            ! 7 empty-activity " " "id: e6\ntype:  \ntime: 2024-01-01T10:00:00Z"
            warning bad-attribute-time
            warning dangling-reference
            warning duplicate-event
            warning duplicate-object
        "#]],
    );
    let loaded = read_bytes(text.as_bytes(), &ReadOptions::default()).unwrap();
    let lines = loaded.report.lines;
    assert_eq!(
        (lines.read, lines.loaded, lines.rejected, lines.continuation),
        (9, 2, 4, 3)
    );
}

#[test]
fn what_cannot_be_read_is_refused_in_a_sentence() {
    for (text, want) in [
        (
            "{\"ocel:events\": {}}",
            "is a log in OCEL 1.0, which is not read; convert it to OCEL 2.0 (pm4py does)",
        ),
        (
            "{\"events\": [], \"objects\": []}",
            "has no objects, so there are no cases",
        ),
        (
            "{\"events\": [",
            "is no whole log: truncated, before any object",
        ),
        (
            "{\"objects\": }",
            "is no whole log: ill-formed, before any object",
        ),
        (
            "<log><objects><object id='a'",
            "is no whole log: truncated, before any object",
        ),
    ] {
        let error = read_bytes(text.as_bytes(), &ReadOptions::default())
            .err()
            .unwrap();
        assert_eq!(error.to_string(), want);
    }
    let other = database("CREATE TABLE t (x); CREATE VIEW event AS SELECT 1;");
    let error = read_bytes(&other, &ReadOptions::default())
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("no object-centric log (OCEL 2.0)"),
        "{error}"
    );
    let error = read_bytes(
        b"SQLite format 3\0 and nothing more",
        &ReadOptions::default(),
    );
    assert!(
        error
            .err()
            .unwrap()
            .to_string()
            .contains("damaged SQLite database")
    );
}

#[test]
fn a_log_without_events_of_its_objects_is_empty() {
    let text = "{\"objects\":[{\"id\":\"o\",\"type\":\"T\"}],\"events\":[]}";
    let loaded = read_bytes(text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(loaded.log.n_events(), 0);
}

#[test]
fn a_cut_document_keeps_what_is_whole() {
    for text in [JSON_LOG, XML_LOG] {
        let mut before = 0;
        for cut in 20..text.trim_end().len() {
            let events = match read_bytes(&text.as_bytes()[..cut], &of_type("Item")) {
                Ok(loaded) => {
                    assert!(loaded.report.incomplete, "cut at {cut}");
                    loaded.log.n_events()
                }
                Err(_) => 0,
            };
            assert!(events >= before, "cut at {cut}: {events} after {before}");
            before = events;
        }
        assert_eq!(before, 3);
    }
}

#[test]
fn a_cut_or_damaged_database_is_survived() {
    let whole = database(SQL_LOG);
    let mut told = 0;
    for cut in (0..whole.len()).step_by(509) {
        let outcome = read_bytes(&whole[..cut], &of_type("Item"));
        told += u32::from(outcome.is_err_and(|error| error.to_string().len() > 20));
    }
    assert!(told > 10);
    // A table whose pages are gone: the others are kept, and the loss is told.
    let damaged = database(&format!(
        "{SQL_LOG} DELETE FROM event_map_type; INSERT INTO event_map_type VALUES ('Place', 'Place'), ('Pack', 'gone'), ('Ship', 'Ship');"
    ));
    let loaded = read_bytes(&damaged, &of_type("Order")).unwrap();
    assert!(loaded.report.incomplete);
    assert_eq!(
        loaded.report.rejects[0].value,
        "there is no table event_gone"
    );
    assert_eq!(loaded.log.n_events(), 2);
}

#[test]
fn a_database_in_write_ahead_mode_is_read() {
    let mut bytes = database(SQL_LOG);
    bytes[18..20].fill(2);
    assert_eq!(
        read_bytes(&bytes, &of_type("Item")).unwrap().log.n_events(),
        3
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_change_of_a_document_is_survived(
        at in any::<proptest::sample::Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 1..4),
    ) {
        for (_, mut text) in all_formats() {
            let at = at.index(text.len());
            let end = (at + bytes.len()).min(text.len());
            text[at..end].copy_from_slice(&bytes[..end - at]);
            let _ = read_bytes(&text, &of_type("Item"));
            let _ = read_bytes(&text[..at], &of_type("Order"));
        }
    }

    #[test]
    fn any_document_is_survived(tokens in proptest::collection::vec(prop_oneof![
        Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\"events\":["), Just("\"objects\":["),
        Just("\"id\":\"a\""), Just("\"type\":\"T\""), Just("null"), Just("1"), Just("\"relationships\":["), Just("\"\\ud83d"),
        Just("<events>"), Just("<event id='a' type='T'>"), Just("</event>"), Just("<objects>"), Just("<object id='a' type='T'/>"),
    ], 0..40)) {
        let tokens = tokens.concat();
        let _ = read_bytes(format!("{{\"events\":[{{{tokens}").as_bytes(), &ReadOptions::default());
        let _ = read_bytes(format!("<log><objects>{tokens}").as_bytes(), &ReadOptions::default());
    }
}

#[test]
fn a_look_reads_as_the_options_say() {
    let naive = JSON_LOG.replace("00:00Z", "00:00").replace("00Z", "00");
    let look = |set: fn(&mut ReadOptions)| {
        let mut options = of_type("Order");
        set(&mut options);
        crate::formats::look(&naive.as_bytes(), &options, &Progress::default()).unwrap()
    };
    let first = |looked: &Inspection, column: &str| {
        let at = looked
            .columns
            .iter()
            .position(|name| name == column)
            .unwrap();
        String::from_utf8_lossy(looked.samples.value(0, at)).into_owned()
    };
    let plain = look(|_| {});
    assert_eq!(first(&plain, flatten::TIME), "2024-01-01T10:00:00+00:00");
    assert_eq!(first(&plain, "org:resource"), "Ann");
    assert_eq!(plain.roles[Role::Resource], ["org:resource"]);
    let berlin = look(|options| options.tz = Some(chrono_tz::Europe::Berlin));
    assert_eq!(first(&berlin, flatten::TIME), "2024-01-01T09:00:00+00:00");
    let no_ann = look(|options| options.na = vec!["Ann".into()]);
    assert!(
        !no_ann.columns.contains(&"org:resource".into())
            || first(&no_ann, "org:resource").is_empty()
    );
    let by_id = look(|options| options.columns[Role::Resource] = vec!["ocel:eid".into()]);
    assert_eq!(by_id.roles[Role::Resource], ["ocel:eid"]);
}

/// SQLite takes what is missing of the last page for zeros.
#[test]
fn a_database_that_was_cut_is_refused() {
    let whole = database(SQL_LOG);
    let page = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    let cuts = [1, 40, 100, page / 2, page - 1, page, 3 * page];
    for cut in cuts {
        let cut = &whole[..whole.len() - cut];
        let read = read_bytes(cut, &of_type("Order"));
        let error = read.err().map(|error| error.to_string());
        assert!(
            error.as_ref().is_some_and(|e| e.contains("was cut")),
            "{error:?}"
        );
    }
}

#[test]
fn a_database_with_a_damaged_page_is_refused_or_said_to_be_damaged() {
    let whole = database(SQL_LOG);
    let page = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    for at in (page..whole.len()).step_by(page) {
        let mut damaged = whole.clone();
        // Kind of the page, its first free block, number of cells.
        damaged[at..at + 5].fill(0xff);
        let read = read_bytes(&damaged, &of_type("Order"));
        let told = match &read {
            Err(error) => error.to_string().contains("damaged"),
            Ok(loaded) => loaded
                .report
                .rejects
                .iter()
                .any(|r| r.reason == crate::formats::Reason::Damaged),
        };
        assert!(told, "page at {at}");
    }
}
