//! Literals as numbers, texts and instants, and the tests that they make.

use super::*;

#[test]
fn numbers_are_told_from_text() {
    for (text, wanted) in [
        ("0", 0.0),
        ("7", 7.0),
        ("-0.5", -0.5),
        ("10.50", 10.5),
        ("1e3", 1000.0),
        ("2E-1", 0.2),
        ("0.007", 0.007),
        (".5", 0.5),
        ("+5", 5.0),
    ] {
        assert_eq!(number(text), Some(wanted), "{text}");
    }
    for text in [
        "", "-", "007", "-01", "1.", ".", "+", "--5", "1e", "1e+", "1e999", "NaN", "inf", "1 ",
        "0x1", "1_0", "٣",
    ] {
        assert_eq!(number(text), None, "{text}");
    }
    assert_eq!(
        number_in_text("-123456789012345.5"),
        Some(-123_456_789_012_345.5)
    );
    for id in ["1234567890123456", "1e5", "007", "", "x"] {
        assert_eq!(number_in_text(id), None, "{id}");
    }
}

fn quoted(text: &str) -> Value {
    Value::Quoted(text.to_owned())
}

fn bare(text: &str) -> Value {
    Value::Bare(text.to_owned())
}

fn texts(op: Op, value: Value) -> Result<TextTest, QueryError> {
    let values = [Spanned {
        node: value,
        span: 0..1,
    }];
    let way = Way::of(op).0;
    Wanted {
        way,
        values: &values,
        field: "x",
        cancel: None,
    }
    .texts()
}

#[test]
fn values_beside_text() {
    for (op, value, holds, fails) in [
        (Op::Equal, quoted("a"), vec!["a"], vec!["A", "", "aa"]),
        (Op::Equal, quoted("5"), vec!["5"], vec!["5.0"]),
        (
            Op::Equal,
            bare("5"),
            vec!["5", "5.0", "+5"],
            vec!["05", "five", "5e0"],
        ),
        (
            Op::Equal,
            bare("True"),
            vec!["true", "TRUE"],
            vec!["false", "t"],
        ),
        (
            Op::Equal,
            quoted("False"),
            vec!["false", "False"],
            vec!["true"],
        ),
        (
            Op::Less,
            quoted("b"),
            vec!["a", "B", ""],
            vec!["b", "c", "é"],
        ),
        (
            Op::Greater,
            bare("9"),
            vec!["10", "9.5"],
            vec!["9", "a", "099"],
        ),
        (Op::GreaterEqual, quoted("b"), vec!["b", "日"], vec!["a"]),
        (Op::Matches, quoted("b.d"), vec!["abcde"], vec!["bd"]),
    ] {
        let test = texts(op, value.clone()).unwrap();
        for text in holds {
            assert!(test.holds(text), "{text} {} {value}", op.symbol());
        }
        for text in fails {
            assert!(!test.holds(text), "{text} {} {value}", op.symbol());
        }
    }
    for (op, value) in [
        (Op::Less, bare("true")),
        (Op::Equal, bare("4h")),
        (Op::Equal, bare("2024-01")),
        (Op::Matches, bare("5")),
        (Op::Matches, quoted("(")),
        (Op::Matches, quoted("(?:a{1000}){1000}")),
    ] {
        let error = texts(op, value).unwrap_err();
        assert!(!error.message.contains('\n'), "{error}");
    }
}

#[test]
fn quoted_values_beside_numbers_and_instants_are_read_as_such() {
    let at = |way, values: &[Value]| {
        let values: Vec<_> = values
            .iter()
            .map(|v| Spanned {
                node: v.clone(),
                span: 0..1,
            })
            .collect();
        let wanted = Wanted {
            way,
            values: &values,
            field: "x",
            cancel: None,
        };
        (wanted.numbers(), wanted.instants(Tz::UTC, &[], |_| None))
    };
    let more = Way::Order(Order::Greater);
    assert!(at(more, &[quoted("5")]).0.unwrap().holds(6.0));
    assert!(at(more, &[quoted("2024")]).1.unwrap().holds(i64::MAX));
    assert!(
        at(Way::Equal, &[quoted("1970-01-01 00:00")])
            .1
            .unwrap()
            .holds(0)
    );
    assert!(at(more, &[quoted("1,5")]).0.unwrap().holds(1.6));
    let grouped = at(Way::Equal, &[quoted("1\u{a0}234\u{202f}567,5")]).0;
    assert!(grouped.unwrap().holds(1_234_567.5));
    // Shown, as RFC 3339, and as the file writes it, with and without leading zeros.
    let matched = |pattern: &str, formats: &[&str]| {
        let formats: Vec<String> = formats.iter().map(|f| (*f).to_owned()).collect();
        let values = [Spanned {
            node: quoted(pattern),
            span: 0..1,
        }];
        let wanted = Wanted {
            way: Way::Matches,
            values: &values,
            field: "x",
            cancel: None,
        };
        let test = wanted
            .instants(Tz::Europe__Rome, &formats, |_| None)
            .unwrap();
        assert!(!test.holds(NO_INSTANT), "{pattern}");
        test.holds(1_709_971_500_000_000) // 2024-03-09 08:05 UTC.
    };
    for (pattern, formats) in [
        ("^2024-03-09 09:05", &[][..]),
        ("^2024-03-09T08:05:00Z$", &[]),
        (r"^09\.03\.24 09:05$", &["%d.%m.%y %H:%M"]),
        (r"^9\.3\.24 9:05$", &["%d.%m.%y %H:%M"]),
        (r"^9\.3\.24 09:05$", &["%d.%m.%y %H:%M"]),
        ("^1709971500000$", &["epoch_ms"]),
    ] {
        assert!(matched(pattern, formats), "{pattern}");
    }
    for (pattern, formats) in [
        ("^2024-03-09 08:05", &["excel", "array", "%Q"][..]),
        ("9.3.24", &["epoch_s"]),
    ] {
        assert!(!matched(pattern, formats), "{pattern}");
    }
    for text in ["12 34", "1 2345", "1 234 ", ""] {
        assert!(at(Way::Equal, &[quoted(text)]).0.is_err(), "{text}");
    }
    // What cannot be read is an error, be it one of several.
    assert!(at(more, &[quoted("five")]).0.is_err());
    assert!(at(Way::Equal, &[quoted("five")]).0.is_err());
    let several = [quoted("5"), quoted("five")];
    let error = at(Way::Equal, &several).0.unwrap_err();
    assert_eq!(error.message, "x takes a number, not five");
    assert!(at(Way::Equal, &[bare("5")]).1.is_err());
    let several = at(Way::Equal, &[bare("3"), bare("1"), quoted("2")])
        .0
        .unwrap();
    assert!([1.0, 2.0, 3.0].iter().all(|&n| several.holds(n)) && !several.holds(4.0));
    assert!(!several.holds(f64::NAN));
}
