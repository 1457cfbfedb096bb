//! Costs against a slow reference written straight from the definitions, on random small logs, rates and
//! selections; and on the command line, with figures worked out by hand and everything that is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::Desk;
use crate::small_logs::{Cell, Columns, Event, SECOND};
use casetrail::engine::{
    ActivitiesQuery, Analysis, COST, Cancel, CaseEnds, CasesQuery, ColumnName, CostQuery, Costs,
    DURATION, Figure, Figures, GroupBy, HourlyRates, Listing, Page, RateOf, RateSpec,
    ResourcesQuery, RuleSpec, SplitQuery, Stats, SummaryQuery, Timing, Value, VariantsQuery, View,
};
use casetrail::event_log::{ColumnKind, EventLog};
use casetrail::filter::Field;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One row of a log; service in seconds, amount in hundredths.
#[derive(Debug, Clone)]
struct Row {
    case: u8,
    activity: u8,
    second: i64,
    service: Option<i64>,
    resource: Option<u8>,
    team: Option<u8>,
    amount: Option<i32>,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let names = (
        0u8..8,
        0u8..4,
        prop::option::of(0u8..3),
        prop::option::of(0u8..2),
    );
    let figures = (
        0i64..5000,
        prop::option::weighted(0.8, 0i64..2000),
        prop::option::weighted(0.6, -50i32..5000),
    );
    let row = (names, figures).prop_map(|((case, activity, resource, team), figures)| Row {
        case,
        activity,
        second: figures.0,
        service: figures.1,
        resource,
        team,
        amount: figures.2,
    });
    prop::collection::vec(row, 0..50)
}

/// Rates in micro-units.
#[derive(Debug, Clone)]
struct Drawn {
    per_hour: Option<i64>,
    resources: BTreeMap<u8, i64>,
    teams: BTreeMap<u8, i64>,
    activities: BTreeMap<u8, i64>,
    fixed: BTreeMap<u8, i64>,
    amounts: bool,
    late_hour: Option<i64>,
    limit: i64,
    instances: bool,
    without: Option<u8>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let price = || prop_oneof![Just(0i64), 1i64..200_000_000];
    let by = |n: u8| prop::collection::btree_map(0..n, price(), 0..3);
    let rates = (
        prop::option::of(price()),
        by(3),
        by(2),
        by(4),
        by(4),
        any::<bool>(),
        prop::option::of(price()),
    );
    let rest = (1i64..4000, any::<bool>(), prop::option::of(0u8..4));
    (rates, rest).prop_map(|(rates, (limit, instances, without))| Drawn {
        per_hour: rates.0,
        resources: rates.1,
        teams: rates.2,
        activities: rates.3,
        fixed: rates.4,
        amounts: rates.5,
        late_hour: rates.6,
        limit,
        instances,
        without,
    })
}

fn log(rows: &[Row], instances: bool) -> EventLog {
    let columns = Columns {
        named: &[
            ("who", ColumnKind::Text),
            ("team", ColumnKind::Text),
            ("amount", ColumnKind::Number),
        ],
        resource: Some(0),
        starts: instances,
    };
    let event = |row: &Row| Event {
        case: row.case,
        activity: row.activity,
        second: row.second,
        start: row.service.map(|service| row.second - service),
        cells: vec![
            Cell::named('r', row.resource),
            Cell::named('t', row.team),
            Cell::Number(row.amount.map(|cents| f64::from(cents) / 100.0)),
        ],
    };
    let events: Vec<Event> = rows.iter().map(event).collect();
    crate::small_logs::log(&columns, &events, events.len())
}

fn spec(of: &Drawn) -> RateSpec {
    let named = |letter: char, prices: &BTreeMap<u8, i64>| -> BTreeMap<String, i64> {
        let prices = prices.iter();
        prices
            .map(|(of, price)| (format!("{letter}{of}"), *price))
            .collect()
    };
    let column = |name: &str| ColumnName {
        name: name.to_owned(),
        table: "[rates]",
        line: Some(1),
    };
    let hourly = [
        (RateOf::Resource, named('r', &of.resources)),
        (RateOf::Column(column("team")), named('t', &of.teams)),
        (RateOf::Activity, named('a', &of.activities)),
    ];
    let hourly = hourly.into_iter().filter(|(_, rates)| !rates.is_empty());
    RateSpec {
        per_hour: of.per_hour,
        hourly: hourly
            .map(|(of, rates)| HourlyRates { of, rates })
            .collect(),
        fixed: named('a', &of.fixed),
        amounts: of.amounts.then(|| column("amount")),
        late_hour: of.late_hour,
    }
}

fn analysis(rows: &[Row], of: &Drawn) -> Analysis {
    let rule = RuleSpec {
        name: "soon".to_owned(),
        milestone: DURATION.to_owned(),
        limit: of.limit * SECOND,
        calendar: None,
        pauses: Vec::new(),
        when: Vec::new(),
        severity: String::new(),
        warn: 0.8,
    };
    let timing = Timing {
        rates: Some(spec(of)),
        rules: vec![rule],
        // Every case is over, whatever it ends with.
        ends: CaseEnds {
            activities: Some((0..4).map(|a| format!("a{a}")).collect()),
            idle: None,
        },
        ..Timing::default()
    };
    let found = crate::small_logs::analysis(log(rows, of.instances));
    found.with_timing(timing).unwrap()
}

/// Known sum in micro-units, and number of unknown hourly parts.
type Sum = (Option<i128>, u64);

fn add(sum: &mut Sum, price: Sum) {
    if let Some(known) = price.0 {
        sum.0 = Some(sum.0.unwrap_or(0) + known);
    }
    sum.1 += price.1;
}

fn at_rate(rate: i64, seconds: i64) -> i128 {
    let product = i128::from(rate) * i128::from(seconds);
    (2 * product + 3600).div_euclid(7200)
}

fn price(row: &Row, of: &Drawn, takes_amount: bool) -> Sum {
    let has_hours = of.per_hour.is_some()
        || !(of.resources.is_empty() && of.teams.is_empty() && of.activities.is_empty());
    let by_resource = row.resource.and_then(|r| of.resources.get(&r));
    let by_team = || row.team.and_then(|t| of.teams.get(&t));
    let rate = by_resource.or_else(by_team);
    let rate = rate.or_else(|| of.activities.get(&row.activity));
    let rate = rate.copied().or(of.per_hour);
    let service = row.service.filter(|_| of.instances);
    let mut parts = Vec::new();
    let mut unknown = 0;
    if has_hours {
        match (rate, service) {
            (Some(0), _) | (_, Some(0)) => parts.push(0),
            (Some(rate), Some(service)) => parts.push(at_rate(rate, service)),
            _ => unknown = 1,
        }
    } else if !of.fixed.is_empty() {
        parts.push(0);
    }
    parts.extend(of.fixed.get(&row.activity).map(|price| i128::from(*price)));
    if of.amounts && takes_amount {
        parts.extend(row.amount.map(|cents| i128::from(cents) * 10_000));
    }
    let known = (!parts.is_empty()).then(|| parts.iter().sum());
    (known, unknown)
}

/// The traces by the order of events.
fn traces(rows: &[Row], instances: bool) -> BTreeMap<u8, Vec<Row>> {
    let mut traces: BTreeMap<u8, Vec<Row>> = BTreeMap::new();
    for row in rows {
        traces.entry(row.case).or_default().push(row.clone());
    }
    for trace in traces.values_mut() {
        trace.sort_by_key(|row| (begin(row, instances), row.second));
    }
    traces
}

fn begin(row: &Row, instances: bool) -> i64 {
    row.second - row.service.filter(|_| instances).unwrap_or(0)
}

/// What the reference finds.
#[derive(Debug, Default)]
struct Found {
    cases: BTreeMap<u8, Sum>,
    late: BTreeSet<u8>,
    activities: BTreeMap<String, Sum>,
    resources: BTreeMap<Option<String>, Sum>,
    rework: Sum,
    n_rework: usize,
    instances: Sum,
}

fn reference(rows: &[Row], of: &Drawn) -> Found {
    let traces = traces(rows, of.instances);
    // A column that never changes within a case is one of cases.
    let is_constant = |trace: &Vec<Row>| trace.iter().all(|row| row.amount == trace[0].amount);
    let once = traces.values().all(is_constant);
    let mut found = Found::default();
    for (case, trace) in &traces {
        if of
            .without
            .is_some_and(|a| trace.iter().any(|row| row.activity == a))
        {
            continue;
        }
        let mut sum: Sum = (None, 0);
        let mut seen = BTreeSet::new();
        for (at, row) in trace.iter().enumerate() {
            let price = price(row, of, !once || at == 0);
            add(&mut sum, price);
            add(&mut found.instances, price);
            let activity = format!("a{}", row.activity);
            add(found.activities.entry(activity).or_default(), price);
            let resource = row.resource.map(|r| format!("r{r}"));
            add(found.resources.entry(resource).or_default(), price);
            if !seen.insert(row.activity) {
                add(&mut found.rework, price);
                found.n_rework += 1;
            }
        }
        let first = trace
            .iter()
            .map(|row| begin(row, of.instances))
            .min()
            .unwrap();
        let last = trace.iter().map(|row| row.second).max().unwrap();
        if last - first > of.limit {
            found.late.insert(*case);
            if let Some(rate) = of.late_hour {
                add(&mut sum, (Some(at_rate(rate, last - first - of.limit)), 0));
            }
        }
        found.cases.insert(*case, sum);
    }
    found
}

fn close(what: &str, got: Option<f64>, want: Option<i128>) {
    match (got, want) {
        (None, None) => {}
        (Some(got), Some(want)) => {
            let want = want as f64 / 1e6;
            assert!(
                (got - want).abs() < 1e-6,
                "{what}: got {got}, reference {want}"
            );
        }
        _ => panic!("{what}: got {got:?}, reference {want:?}"),
    }
}

/// Sum, mean and median of the known costs, and the number of lower bounds.
fn check_cases(what: &str, got: Option<Stats>, lower_bounds: u64, sums: &[Sum]) {
    let mut known: Vec<i128> = sums.iter().filter_map(|sum| sum.0).collect();
    known.sort_unstable();
    let bounds = sums
        .iter()
        .filter(|sum| sum.1 > 0 || sum.0.is_none())
        .count();
    assert_eq!(lower_bounds, bounds as u64, "{what}");
    let total = (!known.is_empty()).then(|| known.iter().sum::<i128>());
    close(what, got.map(|stats| stats.total), total);
    let n = known.len();
    assert_eq!(got.map_or(0, |stats| stats.n), n as u64, "{what}");
    if let Some(stats) = got {
        let middle = (known[(n - 1) / 2] + known[n / 2]) as f64 / 2e6;
        assert!((stats.median - middle).abs() < 1e-6, "{what}: median");
        let mean = total.unwrap() as f64 / n as f64 / 1e6;
        assert!((stats.mean - mean).abs() < 1e-6, "{what}: mean");
    }
}

fn view(of: &Drawn) -> View {
    View {
        filters: of
            .without
            .map(|a| format!("not \"a{a}\""))
            .into_iter()
            .collect(),
        ..View::default()
    }
}

fn all(sort: &'static str) -> Listing {
    Listing {
        page: Page::ALL,
        ..Listing::by(sort)
    }
}

/// A cost on the screen, and whether it is a lower bound.
fn money(value: Value<'_>) -> (Option<f64>, bool) {
    match value {
        Value::Missing => (None, false),
        Value::Money(money) => (Some(money.amount), money.at_least),
        other => panic!("{other:?} is no cost"),
    }
}

fn check_report(costs: &Costs, found: &Found) {
    let sums: Vec<Sum> = found.cases.values().copied().collect();
    check_cases("cases", costs.cases.stats, costs.cases.lower_bounds, &sums);
    assert_eq!(costs.instances.unknown, found.instances.1);
    // No instances cost nothing.
    let or_none = |sum: Sum, n: usize| sum.0.or((n == 0).then_some(0));
    let of_all = or_none(found.instances, found.cases.len());
    close("instances", costs.instances.amount, of_all);
    close(
        "rework",
        costs.rework.amount,
        or_none(found.rework, found.n_rework),
    );
    assert_eq!(costs.rework.instances, found.n_rework as u64);
    assert_eq!(costs.rework.unknown, found.rework.1);
    let late = costs.late.as_ref().unwrap();
    let of_late: Vec<Sum> = found.late.iter().map(|case| found.cases[case]).collect();
    assert_eq!(late.cost.cases, of_late.len() as u64);
    check_cases("late", late.cost.stats, late.cost.lower_bounds, &of_late);
    assert_eq!(costs.activities.len(), found.activities.len());
    for row in &costs.activities {
        let want = found.activities[row.name.as_deref().unwrap()];
        close("activity", row.spending.amount, want.0);
        assert_eq!(row.spending.unknown, want.1);
    }
    assert_eq!(costs.resources.len(), found.resources.len());
    for row in &costs.resources {
        let want = found.resources[&row.name.as_deref().map(str::to_owned)];
        close("resource", row.spending.amount, want.0);
        assert_eq!(row.spending.unknown, want.1);
    }
    let of_variants: u64 = costs
        .variants
        .iter()
        .map(|variant| variant.cost.cases)
        .sum();
    assert_eq!(of_variants, sums.len() as u64);
}

proptest! {
    #![proptest_config(crate::runs(2000))]

    #[test]
    fn costs_are_those_of_a_plain_scan(rows in rows(), mut of in drawn()) {
        // A filter of an activity that the log has not is an error.
        of.without = of.without.filter(|a| rows.iter().any(|row| row.activity == *a));
        let analysis = analysis(&rows, &of);
        let (view, cancel) = (view(&of), Cancel::never());
        let found = reference(&rows, &of);
        let query = CostQuery { variants: usize::MAX };
        let costs = analysis.ask(&view, &query, &cancel).unwrap().unwrap();
        check_report(&costs, &found);

        // The column of each case, and its order.
        let field = Field::Column(COST.to_owned());
        let cases = CasesQuery { listing: Listing { fields: vec![field], ..all("case") }, variants: Vec::new() };
        let cases = analysis.ask(&view, &cases, &cancel).unwrap();
        prop_assert_eq!(cases.rows.len(), found.cases.len());
        for row in &cases.rows {
            let want = found.cases[&row.case[1..].parse::<u8>().unwrap()];
            let (amount, at_least) = money(row.chosen[0].value());
            close(&row.case, amount, want.0);
            prop_assert_eq!(at_least, want.0.is_some() && want.1 > 0);
        }

        // Filters of the two columns.
        let count = |filter: String| {
            let filters = view.filters.iter().cloned().chain([filter]).collect();
            let view = View { filters, ..View::default() };
            analysis.ask(&view, &SummaryQuery, &cancel).unwrap().cases as usize
        };
        let n = |test: &dyn Fn(&Sum) -> bool| found.cases.values().filter(|sum| test(sum)).count();
        prop_assert_eq!(count("cost > 10".into()), n(&|sum| sum.0 > Some(10_000_000)));
        prop_assert_eq!(count("cost is missing".into()), n(&|sum| sum.0.is_none()));
        prop_assert_eq!(count("cost_known = true".into()), n(&|sum| sum.0.is_some() && sum.1 == 0));

        // Lists and groups.
        let listed = analysis.ask(&view, &ActivitiesQuery { listing: all("cost_total") }, &cancel).unwrap();
        for row in &listed.rows {
            close("list of activities", row.cost.unwrap().amount, found.activities[&*row.activity].0);
        }
        let listed = analysis.ask(&view, &ResourcesQuery::new(all("cost_total")), &cancel).unwrap();
        for row in &listed.rows.rows {
            let want = found.resources[&Some(row.resource.to_string())];
            close("list of resources", row.cost.unwrap().amount, want.0);
        }
        let listed = analysis.ask(&view, &VariantsQuery::new(all("cost_total")), &cancel).unwrap();
        let totals = listed.rows.iter().filter_map(|row| row.cost.unwrap().stats);
        let totals: Vec<f64> = totals.map(|stats| stats.total).collect();
        prop_assert!(totals.windows(2).all(|pair| pair[0] >= pair[1]), "{:?}", totals);
        let split = SplitQuery {
            by: vec![GroupBy::parse("first(team)")],
            across: None,
            common_ranges: false,
            figures: Figures { only: vec![Figure::Named(COST.to_owned())], ..Figures::default() },
            listing: all("cases"),
        };
        let split = analysis.ask(&view, &split, &cancel).unwrap();
        let traces = traces(&rows, of.instances);
        for row in &split.rows.rows {
            let value = row.values[0].as_deref().map(str::to_owned);
            let is_of = |case: &u8| traces[case][0].team.map(|t| format!("t{t}")) == value;
            let sums = found.cases.iter().filter(|(case, _)| is_of(case));
            let sums: Vec<Sum> = sums.map(|(_, sum)| *sum).collect();
            let costs = row.costs.as_ref().unwrap();
            check_cases("group", costs.measure.stats, costs.lower_bounds, &sums);
        }
    }
}

/// Two cases with starts; the second instance of B has none. Ann costs 60 an hour, the desk 30, B 12; a
/// letter is 1.2 on top; and there are fees.
const LOG: &str = "\
case,activity,start,time,resource,team,fee
c1,A,2024-01-01T10:00:00Z,2024-01-01T10:30:00Z,Ann,desk,1.5
c1,B,2024-01-01T11:00:00Z,2024-01-01T12:00:00Z,Bob,desk,
c1,B,2024-01-01T12:00:00Z,2024-01-01T12:30:00Z,Cid,back,2
c2,A,2024-01-02T10:00:00Z,2024-01-02T10:10:00Z,Ann,desk,
c2,B,,2024-01-02T12:00:00Z,Cid,back,
c2,C,2024-01-02T12:00:00Z,2024-01-02T16:00:00Z,,,
";

const RATES: &str = r#"
[cases]
end = ["A", "B", "C"]

[rates]
column = "fee"
late_hour = 6

[rates.resource]
"Ann" = 60

[rates.team]
desk = 30

[rates.activity]
"B" = 12
"C" = 0

[rates.fixed]
"B" = 1.2

[[rules]]
name = "in four hours"
milestone = "duration"
limit = "4h"
"#;

fn desk(rates: &str) -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("rates.toml", rates);
    desk
}

const WORDS: [&str; 3] = ["log.csv", "--rules", "rates.toml"];

#[test]
fn a_report_has_the_figures_worked_out_by_hand() {
    let desk = desk(RATES);
    let json = desk.json(&[&["cost"], &WORDS[..]].concat());
    // c1: A 30 + 1.5, B 30 + 1.2, B 6 + 1.2 + 2; c2: A 10, B at least 1.2, C 0, and two hours late.
    assert_eq!(json["total"], serde_json::json!(95.1));
    assert_eq!(json["per_case"]["median"], serde_json::json!(47.55));
    assert_eq!(
        (&json["unknown"], &json["lower_bound_cases"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        json["rework"],
        serde_json::json!({"instances": 1, "unknown": 0, "cost": 9.2})
    );
    let late = serde_json::json!({"cases": 1, "lower_bound_cases": 1, "cost": 23.2, "added": 12});
    assert_eq!(json["late"], late);
    let a = &json["by_activity"][1];
    assert_eq!(
        (&a["activity"], &a["cost"]),
        (&"A".into(), &serde_json::json!(41.5))
    );
    assert_eq!(json["by_resource"][3]["resource"], serde_json::Value::Null);
    let cases = desk.run(
        &[
            &["cases"],
            &WORDS[..],
            &["--columns", "cost,cost_known", "--sort", "-cost"],
        ]
        .concat(),
    );
    assert!(cases.out.contains("c2    >= 23.20  false"), "{}", cases.out);
    assert!(cases.out.contains("c1       71.90  true"), "{}", cases.out);
}

#[test]
fn what_is_wrong_is_refused_with_its_line() {
    for (old, new, part) in [
        (
            "late_hour = 6",
            "late_hour = -6",
            "rates.toml\": line 7: late_hour: a rate is not negative",
        ),
        (
            "\"Ann\" = 60",
            "\"Ann\" = -1.5",
            "line 10: Ann: a rate is not negative",
        ),
        (
            "\"Ann\" = 60",
            "\"Ann\" = nan",
            "line 10: Ann: a rate is a number up to",
        ),
        (
            "\"Ann\" = 60",
            "\"Ann\" = \"60\"",
            "line 10: invalid type: string \"60\", expected an amount",
        ),
        (
            "column = \"fee\"",
            "column = 3",
            "line 6: column: expected the name of a column",
        ),
        (
            "column = \"fee\"",
            "column = \"fees\"",
            "line 6 of the rules file: column fees of [rates]: the log has no column fees; did you mean fee",
        ),
        (
            "column = \"fee\"",
            "column = \"team\"",
            "column team of [rates]: it holds texts such as \"desk\", and no amounts",
        ),
        (
            "column = \"fee\"",
            "column = \"time\"",
            "column time of [rates]: it holds ids or times",
        ),
        (
            "[rates.team]",
            "[rates.teem]",
            "column teem of [rates]: the log has no column teem; did you mean team",
        ),
        (
            "late_hour = 6",
            "per_hours = 6",
            "line 7: per_hours: [rates] has no such key; did you mean per_hour?",
        ),
        (
            "[rates.fixed]\n\"B\" = 1.2",
            "[outcomes]\ncost = '\"A\"'",
            "two definitions are called cost: outcome and column of [rates]",
        ),
        (
            "[[rules]]\nname = \"in four hours\"\nmilestone = \"duration\"\nlimit = \"4h\"",
            "",
            "late_hour: it is the price of an hour past a deadline",
        ),
    ] {
        assert!(RATES.contains(old), "{old}");
        let desk = desk(&RATES.replace(old, new));
        let run = desk.run(&[&["cost"], &WORDS[..]].concat());
        assert_eq!(
            (run.code, run.out.as_str()),
            (Some(2), ""),
            "{new}: {run:?}"
        );
        assert!(run.err.contains(part), "{new}: {}", run.err);
    }
    let without = desk("[cases]\nend = [\"A\"]\n");
    let run = without.run(&[&["cost"], &WORDS[..]].concat());
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("write [rates] into a file"), "{}", run.err);
}

#[test]
fn amounts_that_no_figure_can_hold_are_refused() {
    // 2^63 micro-units are 9.2 million millions.
    let desk_of = |log: &str| {
        let desk = Desk::with("log.csv", log);
        desk.write("rates.toml", "[rates]\ncolumn = \"fee\"\n");
        desk.run(&[&["cost"], &WORDS[..]].concat())
    };
    let log = |fee: &str| {
        format!(
            "case,activity,time,fee\nc1,A,2024-01-01,1\nc1,B,2024-01-02,{fee}\nc1,C,2024-01-02,{fee}\n"
        )
    };
    let run = desk_of(&log("4000000000000"));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("8,000,000,000,001"), "{}", run.out);
    let run = desk_of(&log("5000000000000"));
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
    assert!(
        run.err
            .contains("the costs of case \"c1\" are beyond 9,223,372,036,854.78"),
        "{}",
        run.err
    );
    // What makes the column one of texts.
    let run = desk_of(&log("1e-5"));
    assert!(
        run.err
            .contains("it holds texts such as \"1e-5\", and no amounts"),
        "{}",
        run.err
    );
}

#[test]
fn hours_follow_the_calendar_of_the_view() {
    let calendar = "[calendars.desk]\nzone = \"UTC\"\nweek = [\"mon-fri 10:00-11:30\"]\n";
    let desk = desk(&format!("{calendar}\n[rates]\nper_hour = 60\n"));
    let ask = |more: &[&str]| desk.json(&[&["cost"], &WORDS[..], more].concat())["total"].clone();
    // 30 + 60 + 30, 10 + 240 without a calendar; 30 + 30 + 0, 10 + 0 with it.
    assert_eq!(ask(&[]), 370);
    assert_eq!(ask(&["--calendar", "desk"]), 70);
}
