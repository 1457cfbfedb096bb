//! Table, Markdown, CSV and JSON of a report say the same: cells of Markdown and of the table are
//! those of the CSV within their rounding, and columns of the CSV are keys of the JSON. All calls of
//! `golden` by their files, and every report on small logs of odd names, instances and rejected rows.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One output in each format.
struct Outputs {
    call: String,
    json: Value,
    csv: String,
    markdown: String,
    table: String,
}

/// Reports, each on each log: of several words where they have options of their own. FIRST and THEN are
/// activities of the log.
const REPORTS: &str = "
summary
findings
variants
starts-ends
activities
dfg
map --activities 1 --paths 1
cases
cases --sort -events
cases --columns first(activity),count(\"FIRST\"),activity,start.hour,last(time),resource --sort -last(time)
resources
resources --by activity --rules RULES --mix first
resources --by activity --sort kept
load --by activity
handover --by activity
handover --by activity --sort median
events --case-id CASE
events --case-id CASE --notes NOTES
notes --notes NOTES
cases --columns case,tag,note --notes NOTES --sort -note
quality
bottlenecks --gain
bottlenecks --by activity --gain
bottlenecks --by resource
times
times --by activity
times --by edge
times --by resource
triage --idle 1h
triage --by resource --idle 1h
triage --idle 1h --columns age,activity,events,start.weekday --sort -activity
predict --idle 1h
predict --case-id CASE
predict --backtest
milestones --milestone auto
flow --bins 3
queues
queues --by resource
week
trend --by day
trend --by month
dotted --rows 2 --columns 4
dotted --rows 2 --columns 4 --relative
spectrum --slowest --bins 3
check --rules RULES
check --rules RULES --columns state,over,count(\"THEN\"),first(activity)
ends
why --of \"THEN\"
split --by first
split --by start.weekday --rules RULES
facet
facet --sort -values
facet --by activity --rules RULES
funnel --stage \"FIRST\" --stage \"THEN\"
before --what FIRST --until THEN
rules --rule response(\"FIRST\",\"THEN\")/within/1h --rule fast=chain_response(\"FIRST\",\"THEN\")
rules --rule not_coexist(\"FIRST\",\"THEN\") --open ended --sort violated
check --rules RULES --rule init(\"THEN\")
discover --find rules --confidence 0.5
discover --find skeleton
conform
conform --reference cover/50% --open ended
discover --noise 0
journey
journey --touchpoint activity --outcome \"THEN\" --list stages
journey --outcome not/\"THEN\" --list triggers --sort -cases
journey --outcome \"THEN\" --versus not/\"THEN\"
variants --filter \"THEN\" --versus not/\"THEN\"
activities --filter \"THEN\" --versus \"FIRST\"
times --by activity --filter \"THEN\" --versus not/\"THEN\"
dfg --versus \"THEN\"
resources --filter \"THEN\" --versus not/\"THEN\"
load --by activity --filter \"THEN\" --versus not/\"THEN\"
handover --by activity --filter \"THEN\" --versus not/\"THEN\"
bottlenecks --by activity --filter \"THEN\" --versus not/\"THEN\"
milestones --milestone auto --versus not/\"THEN\"
rules --rule init(\"FIRST\") --filter \"FIRST\" --versus not/\"THEN\"
";

/// Logs, with the id of one of their cases and two activities, of which the second follows the first.
const LOGS: [(&str, &str, [&str; 2]); 4] = [
    ("names-unicode.csv", "受注-001", ["受付", "出荷 📦"]),
    (
        "repairs-lifecycle.csv --instance instance",
        "R2",
        ["Inspect", "Repair"],
    ),
    (
        "visits-start-end.tsv --start start --time end",
        "V-2",
        ["Check-in", "Blood test"],
    ),
    ("tickets-rejects.csv", "A-1", ["Created", "Closed"]),
];

/// Deadlines that fit any log.
const RULES: &str = "[[rules]]\nname = \"an hour\"\nmilestone = \"duration\"\nlimit = \"1h\"\n";

/// Tags and notes of a case.
const NOTES: &str = r#"{"time":"2024-02-01T10:00:00Z","case":"CASE","tag":"late"}
{"time":"2024-02-01T10:00:00.5Z","case":"CASE","tag":"=5|","who":"Ada"}
{"time":"2024-02-02T10:00:00Z","case":"CASE","text":"asked \\u001b\"twice\", *so*"}
"#;

/// Names of columns that differ from those of JSON, with the end of the path of the key: the rule is
/// the name itself, or an end of the path, joined by `_`.
const RENAMED: &[(&str, &str)] = &[
    ("time", "metric"),
    ("first_case", "first"),
    ("last_case", "last"),
    ("last step", "last_activity"),
    ("for", "wait"),
    ("deadline", "rule"),
    ("at", "last_time"),
    ("median case", "gain_median_duration"),
    ("then", "gain_median_duration_then"),
    ("mean_length", "length_mean"),
    ("activity", "name"),
    ("resource", "name"),
];

/// Columns that have no key of their own in JSON, as it has what they are made from.
const DERIVED: &[(&str, &[&str])] = &[
    ("dotted", &["row", "from", "to"]),
    ("spectrum", &["start", "end"]),
    ("discover", &["relation", "activity", "other"]),
    (
        "predict",
        &[
            "next",
            "share",
            "rule",
            "late_share",
            "late_state",
            "any_state",
        ],
    ),
    ("triage", &["late_state"]),
    ("findings", &["command"]),
    ("stages", &["by_source", "a_by_source", "b_by_source"]),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn golden() -> Vec<Outputs> {
    let folder = fixtures().join("expected");
    let mut names: Vec<String> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    // A document has several tables, and as CSV its main figures.
    names.retain(|name| !folder.join(format!("{name}.html")).exists());
    names.sort();
    let outputs = |name: String| {
        let text =
            |end: &str| std::fs::read_to_string(folder.join(format!("{name}.{end}"))).unwrap();
        Outputs {
            json: serde_json::from_str(&text("json")).unwrap(),
            csv: text("csv"),
            markdown: text("md"),
            table: text("txt"),
            call: name,
        }
    };
    names.into_iter().map(outputs).collect()
}

/// Runs every report on a log that can have it, another one from report to report; a log that cannot have a report
/// ends it with exit code 2.
fn small() -> Vec<Outputs> {
    let cache = tempfile::tempdir().unwrap();
    let rules = cache.path().join("rules.toml");
    std::fs::write(&rules, RULES).unwrap();
    let notes = cache.path().join("notes.jsonl");
    let lines = LOGS.iter().map(|(_, case, _)| NOTES.replace("CASE", case));
    std::fs::write(&notes, lines.collect::<String>()).unwrap();
    let run = |words: &[String], format: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_casetrail"))
            .args(words)
            .args(["--format", format, "--quiet"])
            .env("XDG_CACHE_HOME", cache.path())
            .current_dir(fixtures())
            .output()
            .unwrap();
        let code = output.status.code().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!([0, 1, 2].contains(&code), "{words:?}: {errors}");
        (code < 2).then(|| String::from_utf8(output.stdout).unwrap())
    };
    let words = |call: &str, case: &str, [first, then]: [&str; 2]| -> Vec<String> {
        let word = |word: &str| match word {
            "CASE" => case.to_owned(),
            "RULES" => rules.display().to_string(),
            "NOTES" => notes.display().to_string(),
            word => {
                // A blank in a value, as words are split at blanks.
                let word = word.replace('/', " ");
                word.replace("FIRST", first).replace("THEN", then)
            }
        };
        call.split(' ').map(word).collect()
    };
    let of_report = |(at, report): (usize, &&str)| {
        let mut found = Vec::new();
        for (log, case, activities) in LOGS.iter().cycle().skip(at).take(LOGS.len()) {
            let call = format!("{report} {log}");
            let words = words(&call, case, *activities);
            if found.is_empty()
                && let Some(json) = run(&words, "json")
            {
                found.push(Outputs {
                    json: serde_json::from_str(&json).unwrap(),
                    csv: run(&words, "csv").unwrap(),
                    markdown: run(&words, "markdown").unwrap(),
                    table: run(&words, "table").unwrap(),
                    call,
                });
            }
        }
        assert!(!found.is_empty(), "no log has {report}");
        found
    };
    let reports: Vec<&str> = REPORTS.lines().filter(|line| !line.is_empty()).collect();
    reports.iter().enumerate().flat_map(of_report).collect()
}

/// Names and cells of a list.
struct Rows {
    names: Vec<String>,
    cells: Vec<Vec<String>>,
}

fn csv_rows(text: &str) -> Rows {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    Rows {
        names: texts(reader.headers().unwrap()),
        cells: reader.records().map(|r| texts(&r.unwrap())).collect(),
    }
}

/// The tables of a Markdown text.
fn markdown_tables(text: &str) -> Vec<Rows> {
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim_start_matches("| ").trim_end_matches('|');
        let plain = inner.replace("\\|", "\u{1}");
        plain
            .split(" |")
            .map(|cell| unescaped(cell.trim_matches(' ')))
            .collect()
    };
    let mut tables: Vec<Rows> = Vec::new();
    let mut in_table = false;
    for line in text.lines() {
        if !line.starts_with('|') {
            in_table = false;
        } else if !in_table {
            in_table = true;
            tables.push(Rows {
                names: cells(line),
                cells: Vec::new(),
            });
        } else if !line.starts_with("| ---") {
            let mut row = cells(line);
            let table = tables.last_mut().unwrap();
            // The bar that ends a line leaves an empty cell.
            row.resize(table.names.len(), String::new());
            table.cells.push(row);
        }
    }
    for table in &mut tables {
        while table.names.last().is_some_and(String::is_empty) {
            table.names.pop();
        }
        let n = table.names.len();
        table.cells.iter_mut().for_each(|row| row.truncate(n));
    }
    tables
}

fn unescaped(cell: &str) -> String {
    let mut out = String::new();
    let mut chars = cell.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped =
            chars.next_if(|next| c == '\\' && (next.is_ascii_punctuation() || *next == '\u{1}'));
        let c = escaped.unwrap_or(c);
        out.push(if c == '\u{1}' { '|' } else { c });
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    entities
        .iter()
        .fold(out, |out, (entity, c)| out.replace(entity, c))
}

/// The number that a cell for people says, and by how much its rounding may miss it.
fn number_of(text: &str) -> Option<(f64, f64)> {
    // A lower bound says so to people only.
    let plain = text.trim_start_matches(">= ").replace(',', "");
    let digit = |number: &str| {
        let places = number.split_once('.').map_or(0, |(_, places)| places.len());
        0.51 * 0.1f64.powi(places as i32)
    };
    if let Some(percent) = plain.strip_suffix('%') {
        return match percent {
            "<0.1" => Some((0.0005, 0.0005)),
            ">99.9" => Some((0.9995, 0.000_51)),
            percent => Some((percent.parse::<f64>().ok()? / 100.0, digit(percent) / 100.0)),
        };
    }
    if let Some(points) = plain.strip_suffix(" pp") {
        // A difference of less than half a tenth is none.
        let off = digit(points).max(0.05);
        return Some((points.parse::<f64>().ok()? / 100.0, off / 100.0));
    }
    if let Some(times) = plain.strip_prefix('x') {
        return Some((times.parse::<f64>().ok()? - 1.0, 0.51));
    }
    let units = [
        ("us", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3600.0),
        ("d", 86_400.0),
    ];
    let (sign, unsigned) = match plain.strip_prefix('-') {
        Some(unsigned) => (-1.0, unsigned),
        None => (1.0, &*plain),
    };
    let (mut value, mut off) = (0.0, 0.0);
    for part in unsigned.split(' ') {
        let split = part.find(|c: char| c.is_ascii_alphabetic());
        let (number, unit) = part.split_at(split.unwrap_or(part.len()));
        let unit = match unit {
            "" => None,
            unit => Some(units.iter().find(|(name, _)| *name == unit)?.1),
        };
        value += number.parse::<f64>().ok()? * unit.unwrap_or(1.0);
        off = match unit {
            Some(unit) => digit(number) * unit,
            None if number.contains('.') => digit(number).max(0.000_51),
            None => 0.000_51,
        };
    }
    Some((sign * value, off + 1e-6))
}

/// Tests that a cell for people says what the cell for programs does.
fn says(shown: &str, exact: &str) -> bool {
    if exact.is_empty() {
        return shown.is_empty() || shown == "-";
    }
    let exact = exact.strip_prefix('\'').unwrap_or(exact);
    if shown == casetrail::text::safe(exact) {
        return true;
    }
    if let Ok(wanted) = exact.parse::<f64>() {
        return number_of(shown)
            .is_some_and(|(value, off)| (value - wanted).abs() <= off + 1e-9 * wanted.abs());
    }
    // An instant, in the same zone.
    let instant = exact.replacen('T', " ", 1);
    let instant = instant.trim_end_matches('Z');
    let (whole, fraction) = instant.split_once('.').unwrap_or((instant, ""));
    let (shown, places) = shown.split_once('.').unwrap_or((shown, ""));
    shown == whole && fraction.trim_end_matches('0') == places.trim_end_matches('0')
}

/// The rows of Markdown that are the list of the CSV, where the report prints the list as it is.
fn markdown_agrees(outputs: &Outputs, csv: &Rows) -> Result<bool, String> {
    let tables = markdown_tables(&outputs.markdown);
    let is_list = |table: &&Rows| table.names.starts_with(&csv.names);
    let Some(table) = tables.iter().find(is_list) else {
        return Ok(false);
    };
    if table.cells.len() > csv.cells.len() {
        return Err(format!(
            "{} rows, {} in CSV",
            table.cells.len(),
            csv.cells.len()
        ));
    }
    for (shown, exact) in table.cells.iter().zip(&csv.cells) {
        for (i, name) in csv.names.iter().enumerate() {
            if !says(&shown[i], &exact[i]) {
                return Err(format!(
                    "Markdown says {name} {:?}, CSV {:?}",
                    shown[i], exact[i]
                ));
            }
        }
    }
    Ok(true)
}

/// Rows that the table shows of each list.
const SHOWN: usize = 20;

/// Reports whose table leaves columns of Markdown out.
const NARROW: &[&str] = &[
    "findings",
    "why",
    "split",
    "facet",
    "versus",
    "conform",
    "resources",
    "handover",
    "cost-team",
    "journey",
    "predict",
];

/// Positions of the columns of Markdown that the table shows.
fn shown_columns(outputs: &Outputs, names: &[String]) -> Vec<usize> {
    let is_narrow = NARROW.iter().any(|report| outputs.call.contains(report));
    // The line that has the most of the names is the heading.
    let heading = |line: &str| {
        let heads: Vec<String> = line
            .split("  ")
            .map(|head| head.trim().to_owned())
            .collect();
        heads
    };
    let named = |heads: &Vec<String>| names.iter().filter(|name| heads.contains(name)).count();
    let heads = outputs.table.lines().map(heading).max_by_key(named);
    let heads = heads.unwrap_or_default();
    let is_shown = |at: &usize| !is_narrow || heads.contains(&names[*at]);
    (0..names.len()).filter(is_shown).collect()
}

/// All cells of the rows of Markdown are in the lines of the table, in their order.
fn table_agrees(outputs: &Outputs) -> Result<(), String> {
    let mut lines = outputs.table.lines();
    let tables = markdown_tables(&outputs.markdown);
    let rows = tables.iter().flat_map(|table| {
        let shown = shown_columns(outputs, &table.names);
        let cells = table.cells.iter().take(SHOWN);
        cells.map(move |row| shown.iter().map(|&at| &row[at]).collect::<Vec<_>>())
    });
    for row in rows {
        let has_all = |line: &str| {
            let mut rest = line;
            row.iter().all(|cell| match rest.find(cell.as_str()) {
                Some(at) => {
                    rest = &rest[at + cell.len()..];
                    true
                }
                None => false,
            })
        };
        if !lines.any(has_all) {
            return Err(format!("the table has no line with {row:?}"));
        }
    }
    Ok(())
}

type Record = Vec<(String, Value)>;

/// The rows that an object of JSON stands for: nested objects are flattened, a list of objects in it
/// makes a row of each, lists of numbers a row of each place that is not 0 in all of them.
fn records(object: &Map<String, Value>, figures: &[String]) -> Vec<Record> {
    let mut flat: Record = Vec::new();
    let mut nested: Vec<&Vec<Value>> = Vec::new();
    let mut series: Vec<(String, &Vec<Value>)> = Vec::new();
    flatten(object, "", figures, (&mut flat, &mut nested, &mut series));
    let mut all = vec![flat];
    if let [list] = nested[..] {
        let children = list
            .iter()
            .flat_map(|child| records(child.as_object().unwrap(), figures));
        let joined = |child: Record| all[0].iter().cloned().chain(child).collect();
        all = children.map(joined).collect();
    }
    if let Some((_, first)) = series.first() {
        let place = |i: usize| -> Record {
            series
                .iter()
                .map(|(name, list)| (name.clone(), list[i].clone()))
                .collect()
        };
        let places = (0..first.len()).map(place);
        let places =
            places.filter(|place| place.iter().any(|(_, value)| value.as_f64() != Some(0.0)));
        all = places
            .map(|place| all[0].iter().cloned().chain(place).collect())
            .collect();
    }
    all
}

/// The row of an object without the lists in it.
fn flat(object: &Map<String, Value>, figures: &[String]) -> Record {
    let mut flat = Record::new();
    let lists = (&mut flat, &mut Vec::new(), &mut Vec::new());
    flatten(object, "", figures, lists);
    flat
}

type Flat<'r, 'v> = (
    &'r mut Record,
    &'r mut Vec<&'v Vec<Value>>,
    &'r mut Vec<(String, &'v Vec<Value>)>,
);

fn flatten<'v>(
    object: &'v Map<String, Value>,
    prefix: &str,
    figures: &[String],
    (flat, nested, series): Flat<'_, 'v>,
) {
    for (key, value) in object {
        let path = format!("{prefix}{key}");
        match value {
            Value::Object(inner) => {
                flatten(inner, &format!("{path}_"), figures, (flat, nested, series));
            }
            Value::Array(list) if key == "values" => {
                let named = figures.iter().cloned().zip(list.iter().cloned());
                flat.extend(named);
            }
            Value::Array(list) if list.first().is_some_and(Value::is_object) => nested.push(list),
            Value::Array(list) if list.first().is_some_and(Value::is_number) => {
                // The numbers of several rows, or those of a field in one row.
                flat.push((path.clone(), value.clone()));
                series.push((path, list));
            }
            Value::Array(list) => {
                let names: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                flat.push((path, names.join(" -> ").into()));
            }
            value => flat.push((path, value.clone())),
        }
    }
}

/// The values of a cell with commas between them; in quotation marks a value may have commas.
fn parted(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut rest = Some(text);
    while let Some(from) = rest {
        let quoted = from.strip_prefix('"').map(|inner| {
            let inner = inner.replace("\"\"", "\u{1}");
            let (value, after) = inner.split_once('"').unwrap_or((&inner, ""));
            let length = from.len() - after.replace('\u{1}', "\"\"").len();
            (value.replace('\u{1}', "\""), length)
        });
        let plain = || {
            let value = from.split(", ").next().unwrap_or_default();
            (value.to_owned(), value.len())
        };
        let (value, length) = quoted.unwrap_or_else(plain);
        values.push(value);
        rest = from[length..].strip_prefix(", ");
    }
    values
}

/// Tests that a cell of CSV has a value of JSON.
fn has(cell: &str, value: &Value, name: &str) -> bool {
    let text = cell.strip_prefix('\'').unwrap_or(cell);
    match value {
        Value::Null => cell.is_empty() || cell == "(none)",
        Value::Bool(flag) => *flag == (cell == "yes" || cell == name) && (*flag || cell.is_empty()),
        Value::Number(number) => {
            let wanted = number.as_f64().unwrap();
            cell.parse::<f64>()
                .is_ok_and(|got| (got - wanted).abs() <= 1e-9 * wanted.abs().max(1.0))
        }
        // Values of a field, with commas between them; JSON has a list of them.
        Value::String(wanted) => text == wanted || parted(text).join(" -> ") == *wanted,
        Value::Array(list) => {
            let cells = parted(text);
            let mut pairs = cells.iter().zip(list);
            cells.len() == list.len() && pairs.all(|(cell, value)| has(cell, value, name))
        }
        Value::Object(_) => false,
    }
}

/// The value of a row of JSON for a column.
fn value_of<'v>(record: &'v Record, column: &str) -> Option<&'v Value> {
    let plain = column.replace(' ', "_");
    let renamed = RENAMED.iter().filter(|(from, _)| *from == column);
    let gap = column
        .strip_prefix("gap_")
        .map(|rest| format!("waiting_{rest}"));
    let wanted = [column.to_owned(), plain].into_iter().chain(gap);
    let wanted = wanted.chain(renamed.map(|(_, to)| (*to).to_owned()));
    let find = |name: String| {
        // A key of the inner row hides that of the outer one.
        let exact = record.iter().rev().find(|(path, _)| *path == name);
        exact
            .or_else(|| {
                record
                    .iter()
                    .find(|(path, _)| path.ends_with(&format!("_{name}")))
            })
            // The figures of a side of two selections may be in groups of its object.
            .or_else(|| {
                let (side, figure) = name.split_once('_')?;
                let (from, to) = (format!("{side}_"), format!("_{figure}"));
                let is_of = |path: &str| path.starts_with(&from) && path.ends_with(&to);
                let of_side = record.iter().find(|(path, _)| is_of(path));
                of_side.filter(|_| ["a", "b"].contains(&side))
            })
    };
    wanted.filter_map(find).map(|(_, value)| value).next()
}

/// The rows of CSV are those of a list of JSON, value by value.
fn json_agrees(outputs: &Outputs, csv: &Rows) -> Result<(), String> {
    let object = outputs.json.as_object().unwrap();
    // The relations of a log skeleton are lists of pairs in JSON, one list for each.
    if object.contains_key("never_together") {
        return Ok(());
    }
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let figures = object.get("figures").map(list).unwrap_or_default();
    let named = figures
        .iter()
        .filter_map(|figure| Some(figure.get("figure")?.as_str()?.to_owned()));
    // The values of groups are those of what forms them.
    let by = object.get("by").map(list).unwrap_or_default();
    let by = by.iter().filter_map(|by| Some(by.as_str()?.to_owned()));
    let figures: Vec<String> = named.chain(by).collect();
    let lists = object.values().filter_map(Value::as_array);
    let lists = lists.filter(|list| list.iter().all(Value::is_object));
    // One row may be the figures of the object itself.
    let whole = vec![outputs.json.clone()];
    let lists = lists.chain(std::iter::once(&whole));
    let mut why = vec!["no list of JSON has as many rows".to_owned()];
    for list in lists {
        let rows = list
            .iter()
            .flat_map(|row| records(row.as_object().unwrap(), &figures));
        let plain = list
            .iter()
            .map(|row| flat(row.as_object().unwrap(), &figures));
        for rows in [rows.collect(), plain.collect::<Vec<Record>>()] {
            if rows.len() != csv.cells.len() {
                continue;
            }
            match rows_agree(outputs, csv, &rows) {
                Ok(()) => return Ok(()),
                Err(fault) => why.push(fault),
            }
        }
    }
    if csv.cells.is_empty() {
        return Ok(());
    }
    Err(why.pop().unwrap())
}

fn rows_agree(outputs: &Outputs, csv: &Rows, rows: &[Record]) -> Result<(), String> {
    let of_call = DERIVED
        .iter()
        .find(|(report, _)| outputs.call.contains(report));
    for (i, name) in csv.names.iter().enumerate() {
        if of_call.is_some_and(|(_, columns)| columns.contains(&name.as_str())) {
            continue;
        }
        for (cells, row) in csv.cells.iter().zip(rows) {
            // A group that is null has no members.
            let value = value_of(row, name).unwrap_or(&Value::Null);
            if !has(&cells[i], value, name) {
                return Err(format!("CSV has {name} {:?}, JSON {value}", cells[i]));
            }
        }
    }
    Ok(())
}

/// The figures of a report without a list: every figure of the CSV is a value of JSON of its name.
fn pairs_agree(outputs: &Outputs, csv: &Rows) -> Result<(), String> {
    let flat = flat(outputs.json.as_object().unwrap(), &[]);
    // The figures of two selections are in an object each.
    let sides: &[(usize, &str)] = match csv.names[1].as_str() {
        "value" => &[(1, "")],
        _ => &[(1, "a"), (2, "b")],
    };
    for (row, (at, side)) in csv
        .cells
        .iter()
        .flat_map(|row| sides.iter().map(move |s| (row, s)))
    {
        let name = row[0].replace([' ', '-'], "_").replace(',', "");
        let name = name.replace("rejected_", "rejected_reasons_");
        let name = name.replace("rejected_reasons_rows", "rejected_rows");
        let name = if name == "rejected_rows" {
            "rejected_rows".to_owned()
        } else {
            name
        };
        let name = match (name.as_str(), *side) {
            (_, "") => name,
            ("duration_of_ended_cases_median", side) => format!("change_median_{side}"),
            (name, side) => format!("{side}_{name}"),
        };
        let Some((_, value)) = flat
            .iter()
            .find(|(path, _)| path.replace([' ', '-'], "_") == name)
        else {
            return Err(format!("JSON has no {:?}", row[0]));
        };
        if !has(&row[*at], value, &row[0]) {
            return Err(format!("CSV has {} {:?}, JSON {value}", row[0], row[*at]));
        }
    }
    Ok(())
}

fn check(all: &[Outputs]) {
    let mut faults = Vec::new();
    let mut compared = 0;
    for outputs in all {
        let csv = csv_rows(&outputs.csv);
        let json = if csv.names[0] == "figure" {
            pairs_agree(outputs, &csv)
        } else {
            json_agrees(outputs, &csv)
        };
        let markdown = markdown_agrees(outputs, &csv);
        compared += usize::from(markdown == Ok(true));
        let charts = ["dotted", "spectrum"];
        let is_chart = charts.iter().any(|chart| outputs.call.contains(chart));
        if markdown == Ok(false) && !is_chart && !csv.cells.is_empty() {
            faults.push(format!(
                "{}: Markdown has no table {:?}",
                outputs.call, csv.names
            ));
        }
        let results = [json, markdown.map(|_| ()), table_agrees(outputs)];
        let wrong = results.into_iter().filter_map(Result::err);
        faults.extend(wrong.map(|fault| format!("{}: {fault}", outputs.call)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        compared > all.len() / 2,
        "only {compared} of {} calls are compared",
        all.len()
    );
}

#[test]
fn all_formats_of_the_golden_calls_agree() {
    check(&golden());
}

#[test]
fn all_formats_of_every_report_on_small_logs_agree() {
    check(&small());
}
