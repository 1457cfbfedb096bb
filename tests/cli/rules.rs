//! Rules on the order of events on the command line: figures worked out by hand, places of errors, exit
//! codes for cron.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::Desk;
use serde_json::json;

/// c1 is paid by another one in time, c2 by the one who approved, c3 too late, c4 is open, c5 is over without
/// a payment.
const LOG: &str = "\
case,activity,time,resource
c1,Approve,2024-01-01T10:00:00Z,Ann
c1,Pay,2024-01-01T11:00:00Z,Bob
c1,Close,2024-01-01T12:00:00Z,Bob
c2,Approve,2024-01-01T10:00:00Z,Ann
c2,Pay,2024-01-01T10:30:00Z,Ann
c2,Close,2024-01-01T16:00:00Z,Ann
c3,Approve,2024-01-01T08:00:00Z,Bob
c3,Pay,2024-01-03T09:00:00Z,Ann
c3,Close,2024-01-03T10:00:00Z,Ann
c4,Approve,2024-01-03T09:00:00Z,Bob
c5,Approve,2024-01-01T09:00:00Z,
c5,Close,2024-01-01T10:00:00Z,Ann
";

const RULES: &str = r#"
[cases]
end = ["Close"]

[conform]
rules = [
  'response("Approve", "Pay") within 1d',
  { name = "four eyes", rule = 'not_same("Approve", "Pay", resource)' },
  'init("Approve")',
]
"#;

fn desk() -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("rules.toml", RULES);
    desk
}

#[test]
fn figures_of_rules() {
    let desk = desk();
    let found = desk.json(&["rules", "log.csv", "--rules", "rules.toml"]);
    assert_eq!(found["cases"], 5);
    let response = &found["rules"][0];
    assert_eq!(
        *response,
        json!({
            "rule": "response(\"Approve\", \"Pay\") within 1d",
            "name": null,
            "activated": 5,
            "satisfied": 2,
            "violated": 2,
            "open": 1,
            "events": 2,
            "confidence": 0.4,
            "filter": "`response(\"Approve\", \"Pay\") within 1d` = \"broken\"",
            "duration": response["duration"],
            "first": {"case": "c3", "time": "2024-01-01T08:00:00Z", "activity": "Approve"},
        })
    );
    // c3 took 50 hours, c5 one; of the others c1 took 2 and c2 6, and c4 is open.
    assert_eq!(response["duration"]["median_with"], 91_800);
    assert_eq!(response["duration"]["median_without"], 14_400);
    let four_eyes = &found["rules"][1];
    assert_eq!(four_eyes["name"], "four eyes");
    let counts =
        ["activated", "satisfied", "violated", "open", "events"].map(|key| &four_eyes[key]);
    assert_eq!(counts, [5, 4, 1, 0, 1]);
    assert_eq!(
        four_eyes["first"],
        json!({"case": "c2", "time": "2024-01-01T10:30:00Z", "activity": "Pay"})
    );
    let init = &found["rules"][2];
    assert_eq!(
        (&init["duration"], &init["first"]),
        (&json!(null), &json!(null))
    );
    let ended = [
        "rules",
        "log.csv",
        "--rules",
        "rules.toml",
        "--open",
        "ended",
    ];
    let ended = desk.json(&ended);
    let counts = ["satisfied", "violated", "open", "events"].map(|key| &ended["rules"][0][key]);
    assert_eq!(counts, [2, 3, 0, 3]);
    let filter = ended["rules"][0]["filter"].as_str().unwrap();
    assert!(filter.ends_with("in (\"broken\", \"running\")"), "{filter}");
    // Filters of rows are read back.
    let words = ["summary", "log.csv", "--rules", "rules.toml", "--filter"];
    let left = desk.json(&[&words[..], &[filter]].concat());
    assert_eq!(left["cases"], 3);
    let left = desk.json(&[&words[..], &["`four eyes` = \"broken\""]].concat());
    assert_eq!(left["cases"], 1);
}

#[test]
fn rules_of_the_command_line_come_after_those_of_the_file() {
    let desk = desk();
    let words = [
        "rules",
        "log.csv",
        "--rules",
        "rules.toml",
        "--rule",
        "paid = existence(\"Pay\")",
        "--rule",
        "absence(\"Pay\", 2) when resource = \"Bob\"",
    ];
    let found = desk.json(&words);
    let rules = found["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 5);
    assert_eq!(rules[3]["name"], "paid");
    let counts = ["satisfied", "violated", "open", "events"].map(|key| &rules[3][key]);
    assert_eq!(counts, [3, 1, 1, 0]);
    assert_eq!(rules[4]["activated"], 3);
    let split = [
        "split",
        "log.csv",
        "--rule",
        "paid = existence(\"Pay\")",
        "--end",
        "Close",
        "--by",
        "paid",
        "--figure",
        "paid",
    ];
    let split = desk.json(&split);
    let values = split["rows"].as_array().unwrap().iter();
    let values: Vec<String> = values.map(|row| row["values"][0].to_string()).collect();
    assert_eq!(values, ["\"kept\"", "\"broken\"", "\"running\""]);
    assert_eq!(split["rows"][2]["rules"]["paid"]["open"], 1);
}

#[test]
fn check_ends_with_1_for_a_violated_rule() {
    let desk = desk();
    let check =
        |words: &[&str]| desk.run(&[&["check", "log.csv", "--end", "Close"], words].concat());
    let broken = check(&["--rules", "rules.toml", "--format", "json"]);
    assert_eq!(broken.code, Some(1), "{}", broken.err);
    let found: serde_json::Value = serde_json::from_str(&broken.out).unwrap();
    let violated = found["conform"].as_array().unwrap().iter();
    let violated: Vec<(&str, u64)> = violated
        .map(|rule| {
            (
                rule["rule"].as_str().unwrap(),
                rule["violated"].as_u64().unwrap(),
            )
        })
        .collect();
    let wanted = [
        ("response(\"Approve\", \"Pay\") within 1d", 2),
        ("not_same(\"Approve\", \"Pay\", resource)", 1),
    ];
    assert_eq!(violated, wanted);
    let kept = check(&["--rule", "init(\"Approve\")"]);
    assert_eq!(kept.code, Some(0), "{}", kept.err);
    let open = ["--rule", "response(\"Approve\", \"Close\")"];
    assert_eq!(check(&open).code, Some(0));
    assert_eq!(
        check(&[&open[..], &["--open", "ended"]].concat()).code,
        Some(1)
    );
    assert_eq!(check(&[]).code, Some(2));
    // Reports of what there is end with 0.
    let rules = desk.run(&["rules", "log.csv", "--rules", "rules.toml"]);
    assert_eq!(rules.code, Some(0));
}

#[test]
fn a_check_without_deadlines_compares_nothing() {
    let rule = "response(\"Approve\", \"Pay\")";
    let words = ["check", "log.csv", "--rule", rule, "--versus", "\"Pay\""];
    let run = desk().run(&words);
    assert_eq!((run.code, &*run.out), (Some(2), ""));
    assert!(run.err.contains("rules --versus"), "{}", run.err);
}

#[test]
fn wrong_rules_are_pointed_at() {
    let desk = desk();
    let wrong = |words: &[&str], message: &str| {
        let run = desk.run(&[&["rules", "log.csv"], words].concat());
        assert_eq!((run.code, &*run.out), (Some(2), ""), "{words:?}");
        assert!(run.err.contains(message), "{words:?}: {}", run.err);
    };
    wrong(&[], "no rule is defined");
    wrong(
        &["--rule", "respons(\"Approve\", \"Pay\")"],
        "--rule: there is no template respons; did you mean response, alt_response or chain_response?\n  respons(\"Approve\", \"Pay\")\n  ^^^^^^^",
    );
    wrong(
        &["--rule", "response(\"Approve\", \"Pai\")"],
        "the log has no activity Pai; did you mean \"Pay\"?\n  response(\"Approve\", \"Pai\")\n                      ^^^^^",
    );
    wrong(
        &["--rule", "not_same(\"Approve\", \"Pay\", resorce)"],
        "the log has no column resorce; did you mean `resource`?",
    );
    wrong(
        &["--rule", "init(\"Pay\") when resorce = \"Ann\""],
        "the log has no column resorce; did you mean `resource`?",
    );
    wrong(
        &["--rule", "x = init(\"Pay\")", "--rule", "x = end(\"Pay\")"],
        "two definitions are called x",
    );
    desk.write(
        "bad.toml",
        "[conform]\nrules = [\n  'init(\"Pay\")',\n  'response(\"Approve\", Pay)',\n]\n",
    );
    wrong(
        &["--rules", "bad.toml"],
        "\"bad.toml\": line 4: expected an activity in double quotes, found Pay\n  response(\"Approve\", Pay)\n                      ^^^",
    );
    desk.write("bad.toml", "[conform]\nrules = [\n  'init(\"Pai\")',\n]\n");
    wrong(
        &["--rules", "bad.toml"],
        "line 3: the log has no activity Pai",
    );
}

#[test]
fn rules_and_relations_are_discovered() {
    let desk = desk();
    let words = [
        "discover", "log.csv", "--find", "rules", "--filter", "\"Pay\"",
    ];
    let found = desk.json(&words);
    assert_eq!(found["cases"], 3);
    let texts: Vec<&str> = found["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["rule"].as_str().unwrap())
        .collect();
    let wanted = [
        "chain_succession(\"Approve\", \"Pay\")",
        "chain_succession(\"Pay\", \"Close\")",
        "end(\"Close\")",
        "exactly(\"Approve\", 1)",
        "exactly(\"Close\", 1)",
        "exactly(\"Pay\", 1)",
        "init(\"Approve\")",
        "not_chain(\"Approve\", \"Close\")",
        "not_succession(\"Close\", \"Approve\")",
        "not_succession(\"Close\", \"Pay\")",
        "not_succession(\"Pay\", \"Approve\")",
    ];
    let missing: Vec<&&str> = wanted.iter().filter(|text| !texts.contains(text)).collect();
    assert!(missing.is_empty(), "{missing:?} in {texts:?}");
    assert!(
        !texts.contains(&"response(\"Approve\", \"Pay\")"),
        "{texts:?}"
    );
    let skeleton = desk.json(&["discover", "log.csv", "--find", "skeleton"]);
    assert_eq!(
        skeleton["always_before"],
        json!([["Close", "Approve"], ["Pay", "Approve"]])
    );
    assert_eq!(skeleton["always_after"], json!([["Pay", "Close"]]));
    assert_eq!(skeleton["counts"]["Pay"], json!([0, 1]));
    for words in [
        &["--find", "rules", "--support", "1.5"][..],
        &["--find", "rules", "--confidence", "x"],
        &["--find", "nothing"],
    ] {
        let run = desk.run(&[&["discover", "log.csv"], words].concat());
        assert_eq!(run.code, Some(2), "{words:?}");
    }
}
