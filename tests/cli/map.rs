//! The report `map` and its drawings, and cases cut to a part, through the program.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::Desk;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

/// Three cases; the names would break a drawing that does not escape them.
const LOG: &str = "case,activity,time
1,\"Say \"\"hi\"\" & <go>\",2024-01-01T10:00:00Z
1,Check [a|b]#; \\n,2024-01-01T11:00:00Z
1,Close,2024-01-01T12:00:00Z
2,\"Say \"\"hi\"\" & <go>\",2024-01-02T10:00:00Z
2,Close,2024-01-02T10:30:00Z
3,start,2024-01-03T10:00:00Z
3,Close,2024-01-03T10:30:00Z
3,Close,2024-01-03T10:40:00Z
";

fn desk() -> Desk {
    Desk::with("log.csv", LOG)
}

fn drawn(words: &[&str]) -> String {
    let run = desk().run(&[&["map", "log.csv", "--quiet"], words].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    run.out
}

#[test]
fn json_has_what_the_contract_names() {
    let map = desk().json(&["map", "log.csv", "--activities", "50%", "--paths", "1"]);
    assert_eq!(map["activities"], json!({"shown": 2, "of": 4}));
    assert_eq!(map["paths"], json!({"shown": 5, "of": 5}));
    assert_eq!(map["hidden_cases"], 0);
    assert_eq!(map["drawn"], 1.0);
    let say = "Say \"hi\" & <go>";
    assert_eq!(
        map["nodes"][1],
        json!({"activity": say, "cases": 2, "share": 2.0 / 3.0, "events": 2, "filter": "\"Say \\\"hi\\\" & <go>\""})
    );
    let edges = map["edges"].as_array().unwrap();
    let step = edges.iter().find(|edge| edge["from"] == say).unwrap();
    assert_eq!(
        *step,
        json!({
            "from": say, "to": "Close", "count": 2, "direct": 1, "cases": 2,
            "elapsed": {"mean": 4500, "median": 4500, "p90": 6660, "total": 9000},
            "filter": "\"Say \\\"hi\\\" & <go>\" ~> \"Close\"",
        })
    );
    let start = edges
        .iter()
        .find(|edge| edge["from"].is_null() && edge["to"] == "Close");
    let start = start.unwrap();
    // Something hidden comes before it, which no filter can say.
    assert_eq!(
        (&start["filter"], &start["elapsed"], &start["direct"]),
        (&Value::Null, &Value::Null, &json!(0))
    );
    let end = edges.iter().find(|edge| edge["to"].is_null()).unwrap();
    assert_eq!(end["filter"], "ends with \"Close\"");
}

#[test]
fn names_are_escaped_in_drawings() {
    let dot = drawn(&["--format", "dot"]);
    assert!(dot.contains(r#"[label="Say \"hi\" & <go>\n2"]"#), "{dot}");
    assert!(dot.contains(r#"[label="Check [a|b]#; \\\\n\n1"]"#), "{dot}");
    // An activity that is called like the start of the cases is another node.
    assert!(dot.contains("start -> n"), "{dot}");
    assert!(dot.contains("\"start\\n1\""), "{dot}");
    assert_eq!(dot.matches('{').count(), dot.matches('}').count());
    let mermaid = drawn(&["--format", "mermaid"]);
    assert!(mermaid.starts_with("flowchart TB\n"), "{mermaid}");
    assert!(
        mermaid.contains("Say #34;hi#34; #38; #60;go#62;<br/>2"),
        "{mermaid}"
    );
    assert!(
        mermaid.contains("Check #91;a#124;b#93;#35;#59; #92;#92;n<br/>1"),
        "{mermaid}"
    );
}

#[test]
fn an_image_is_xml_without_scripts() {
    for figure in ["cases", "count", "share", "median", "p90", "total"] {
        let svg = drawn(&["--format", "svg", "--figure", figure]);
        let mut reader = Reader::from_str(&svg);
        let mut names = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) => {
                    names.push(tag.name().as_ref().to_string());
                }
                _ => {}
            }
        }
        let allowed = ["svg", "title", "rect", "g", "text", "polyline", "polygon"];
        assert!(
            names.iter().all(|name| allowed.contains(&&**name)),
            "{names:?}"
        );
        assert_eq!(
            names.iter().filter(|name| *name == "rect").count(),
            1 + 4 + 2
        );
        assert!(svg.contains("Say &quot;hi&quot; &amp; &lt;go&gt;"), "{svg}");
    }
    assert_eq!(drawn(&["--format", "svg"]), drawn(&["--format", "svg"]));
}

#[test]
fn a_map_may_be_lines_of_text() {
    let plain = drawn(&["--plain"]);
    let rows = plain.split_once("\n\n").unwrap().1;
    assert_eq!(
        rows,
        "\
start of the cases: 3
  to Say \"hi\" & <go>: 2 cases
  to start: 1 case
Say \"hi\" & <go>: 2 cases
  to Check [a|b]#; \\\\n: 1 case, median 1h 00m
  to Close: 1 case, median 30m 00s
Check [a|b]#; \\\\n: 1 case
  to Close: 1 case, median 1h 00m
Close: 3 cases
  to the end: 3 cases
  again: 1 case, median 10m 00s
start: 1 case
  back to Close: 1 case, median 30m 00s
end of the cases: 3
"
    );
    let few = drawn(&["--plain", "--limit", "2", "--figure", "p90"]);
    assert!(
        few.ends_with("2 of 14 rows (--limit N shows more)\n"),
        "{few}"
    );
    let times = drawn(&["--plain", "--figure", "p90"]);
    assert!(times.contains("  again: 1 step, p90 10m 00s\n"), "{times}");
    let hidden = drawn(&["--plain", "--activities", "50%"]);
    assert!(hidden.contains("1 step over hidden activities"), "{hidden}");
}

/// The moves by which cases leave the most frequent variant: by name, the first of three.
#[test]
fn moves_are_figures_of_activities_and_edges() {
    let desk = desk();
    let words = [
        "map",
        "log.csv",
        "--figure",
        "missing",
        "--reference",
        "variant = 2",
    ];
    let map = desk.json(&words);
    assert_eq!(
        map["moves"],
        json!({"reference": "variant = 2", "unaligned_cases": 0, "hidden": {"sync": 0, "missing": 0, "extra": 0}})
    );
    let close = map["nodes"].as_array().unwrap().iter();
    let close = close
        .clone()
        .find(|node| node["activity"] == "Close")
        .unwrap();
    let counts = &close["moves"];
    let sum = |of: &str| counts[of].as_u64().unwrap();
    assert_eq!(
        sum("sync") + sum("extra"),
        close["events"].as_u64().unwrap()
    );
    let edges = map["edges"].as_array().unwrap();
    assert!(
        edges.iter().all(|edge| edge["moves"].is_object()),
        "{edges:?}"
    );
    let without = desk.json(&["map", "log.csv"]);
    assert_eq!(without["moves"], Value::Null);
    assert_eq!(without["nodes"][0]["moves"], Value::Null);
    let plain = drawn(&["--plain", "--figure", "extra"]);
    assert!(
        plain.contains("extra moves by top 1") && plain.contains(" extra"),
        "{plain}"
    );
}

#[test]
fn wrong_calls_are_refused_before_the_log_is_read() {
    for (words, message) in [
        (
            &["map", "log.csv", "--activities", "200%"][..],
            "from 0% to 100%",
        ),
        (&["map", "log.csv", "--paths", "some"], "from 0% to 100%"),
        (&["map", "log.csv", "--figure", "size"], "cases"),
        (&["map", "log.csv", "--format", "svgz"], "svg"),
        (
            &["dfg", "nowhere.csv", "--format", "dot"],
            "dfg has no --format dot (that is one of map)",
        ),
        (
            &["map", "log.csv", "--format", "dot", "--versus", "\"Close\""],
            "no drawing",
        ),
        (
            &["map", "log.csv", "--plain", "--format", "json"],
            "--plain prints a list",
        ),
        (
            &["map", "log.csv", "--plain", "--versus", "\"Close\""],
            "leave out --plain",
        ),
        (&["dfg", "log.csv", "--plain"], "--plain"),
        (
            &[
                "map",
                "log.csv",
                "--model",
                "m.pnml",
                "--reference",
                "top 1",
            ],
            "cannot be used",
        ),
        (
            &["variants", "log.csv", "--between", "Close"],
            "Created..Closed",
        ),
        (
            &["variants", "log.csv", "--between", "Clos..Close"],
            "did you mean",
        ),
    ] {
        let run = desk().run(words);
        assert_eq!(
            (run.code, run.out.as_str()),
            (Some(2), ""),
            "{words:?} {}",
            run.err
        );
        assert!(run.err.contains(message), "{words:?}: {}", run.err);
    }
}

#[test]
fn a_filter_may_leave_the_choice_to_the_log() {
    let desk = desk();
    let of = |words: &[&str]| {
        let map = desk.json(&[&["map", "log.csv", "--filter", "\"start\""], words].concat());
        (
            map["activities"]["of"].clone(),
            map["nodes"].as_array().unwrap().len(),
        )
    };
    assert_eq!(of(&[]), (json!(2), 2));
    // Activities of other cases are chosen, and not listed.
    assert_eq!(of(&["--chosen-by", "log"]), (json!(4), 2));
}

#[test]
fn both_sides_have_the_parts_of_the_log() {
    let map = desk().json(&[
        "map",
        "log.csv",
        "--filter",
        "\"start\"",
        "--versus",
        "not \"start\"",
    ]);
    assert_eq!(map["versus"]["cases"], json!({"a": 1, "b": 2, "both": 0}));
    let nodes = map["nodes"].as_array().unwrap();
    let start = nodes
        .iter()
        .find(|node| node["activity"] == "start")
        .unwrap();
    assert_eq!(
        (&start["a"]["cases"], &start["b"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(start["change"]["difference"], 1.0);
    let edges = map["edges"].as_array().unwrap();
    let end = edges
        .iter()
        .find(|edge| edge["from"] == "Close" && edge["to"].is_null())
        .unwrap();
    assert_eq!(
        (&end["a"]["count"], &end["b"]["count"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(end["change"]["time"], Value::Null);
}

#[test]
fn cases_are_cut_to_a_part_and_are_over_then() {
    let desk = desk();
    let variants = |words: &[&str]| -> Vec<Value> {
        let json = desk.json(&[&["variants", "log.csv"], words].concat());
        let rows = json["variants"].as_array().unwrap();
        rows.iter().map(|row| row["activities"].clone()).collect()
    };
    let say = "Say \"hi\" & <go>";
    assert_eq!(
        variants(&["--between", "start..Close"]),
        [json!(["start", "Close", "Close"])]
    );
    assert_eq!(
        variants(&["--between", "start..first \"Close\""]),
        [json!(["start", "Close"])]
    );
    let both = "\"Say \\\"hi\\\" & <go>\"..Close";
    assert_eq!(
        variants(&["--between", both, "--events", "activity !~ \"^Check\""]),
        [json!([say, "Close"])]
    );
    assert_eq!(
        variants(&[
            "--events",
            "between \"Close\" and \"Close\"",
            "--filter",
            "closed"
        ]),
        [json!(["Close"]), json!(["Close", "Close"])]
    );
    let triage = desk.json(&[
        "triage",
        "log.csv",
        "--end",
        "start",
        "--between",
        "start..Close",
    ]);
    assert_eq!(
        triage["cases"].as_array().map(Vec::len),
        Some(0),
        "{triage}"
    );
}
