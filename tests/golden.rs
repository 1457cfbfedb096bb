//! Output of every report on the fixtures, in all formats, compared with the files in
//! `fixtures/expected`. After an intended change, `UPDATE_EXPECT=1 cargo test --test golden` rewrites
//! the files: read the difference.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use expect_test::expect_file;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One call per line: name of the expected files, then the words, single-quoted where they hold
/// blanks.
const CALLS: &str = r#"
support-summary             summary support.csv
support-findings            findings support.csv
support-findings-rules      findings support.csv --rules support-rules.toml --filter 'region = "EMEA"'
support-variants            variants support.csv --limit 5
support-variants-median     variants support.csv --sort median --limit 3
support-variants-loops      variants support.csv --collapse loops --ignore 'Internal note' --limit 5
support-starts-ends         starts-ends support.csv --limit 5
support-ends                ends support.csv
support-ends-chosen         ends support.csv --end Closed --end Resolved --filter 'region = "APAC"' --sort idle
support-activities          activities support.csv
support-dfg                 dfg support.csv --limit 10
support-cases               cases support.csv --limit 5
support-cases-start         cases support.csv --limit 5 --sort start
support-cases-events        cases support.csv --limit 5 --sort -events
support-cases-variant       cases support.csv --limit 5 --sort variant
support-cases-columns       cases support.csv --columns 'priority,team,first(resource),last(csat),count("Reopened"),solved,first_response,`critical and high resolved in 3 days`,duration' --sort -first_response --limit 6 --rules support-rules.toml
support-resources           resources support.csv --limit 5
support-resources-team      resources support.csv --by team --rules support-rules.toml --mix priority
visits-resources            resources visits-start-end.tsv --by room --start start --time end --rules visits-rates.toml
support-load                load support.csv --limit 5
visits-load                 load visits-start-end.tsv --by room --start start --time end
visits-load-activity        load visits-start-end.tsv --start start --time end --by activity --sort -parallel_max
support-handover            handover support.csv --limit 6
support-handover-team       handover support.csv --by team --sort median --limit 6 --filter 'priority = "High"'
support-versus-handover     handover support.csv --filter 'started 2024-03' --versus 'started 2024-02' --limit 4
support-versus-load         load support.csv --by team --filter 'started 2024-03' --versus 'started 2024-02'
support-events              events support.csv --case-id TK-1000000
support-events-notes        events support.csv --case-id TK-1000399 --notes support-notes.jsonl
support-notes               notes support.csv --notes support-notes.jsonl
support-cases-notes         cases support.csv --notes support-notes.jsonl --columns tag,note --filter 'tag is not missing or note ~ "bank"'
support-quality             quality support.csv
support-escalated           summary support.csv --filter '"Escalated to L2" and region = "APAC"'
support-no-case             variants support.csv --filter 'duration > 900d'
support-some-events         dfg support.csv --limit 6 --events 'activity != "Auto-acknowledged"' --filter 'events > 5'

support-bottlenecks         bottlenecks support.csv --by resource --limit 4 --gain --rules support-rules.toml --calendar desk
support-bottlenecks-step    bottlenecks support.csv --limit 6
support-bottlenecks-growth  bottlenecks support.csv --by activity --sort growth --limit 6
support-bottlenecks-breach  bottlenecks support.csv --sort breaches --limit 6 --rules support-rules.toml
support-bottlenecks-waits   bottlenecks support.csv --waits changeable --limit 6
support-bottlenecks-apart   bottlenecks support.csv --by activity --waits apart --wait-class '"Survey sent" -> "Closed" = own' --limit 6
support-triage              triage support.csv --rules support-rules.toml --limit 4
support-triage-resource     triage support.csv --by resource --sort wait --limit 4
support-triage-columns      triage support.csv --columns 'age,last(team),cost,last step' --sort 'last(team)' --limit 4 --rules support-rules.toml
support-times               times support.csv
support-times-resource      times support.csv --by resource --limit 6
support-times-edge          times support.csv --by edge --limit 6
support-milestones          milestones support.csv --rules support-rules.toml
support-milestones-auto     milestones support.csv --milestone auto
support-check               check support.csv --rules support-rules.toml --limit 5
support-cases-milestone     cases support.csv --columns 'first_response,resolved' --sort=-first_response --rules support-rules.toml --limit 3
support-check-sorted        check support.csv --columns 'state,over,priority' --sort-cases=-priority --rules support-rules.toml --limit 3
support-rules               rules support.csv --rules support-conform.toml
support-rules-ended         rules support.csv --rule 'chain_response("Resolved", "Closed")' --rule 'first = init("Created")' --open ended --filter 'region = "APAC"' --sort violated
support-rules-check         check support.csv --rules support-conform.toml --limit 5
support-rules-split         split support.csv --rules support-conform.toml --by priority --figure 'other hands' --figure rework
support-rules-cases         cases support.csv --rules support-conform.toml --columns '`other hands`,priority' --filter '`other hands` = "broken"' --limit 5
support-rules-why           why support.csv --rules support-conform.toml --of '`other hands` = "broken"' --limit 5
support-versus-rules        rules support.csv --rules support-conform.toml --filter 'started 2024-03' --versus 'started 2024-02'
support-discover-rules      discover support.csv --find rules --limit 20
support-discover-all        discover support.csv --find rules --all --support 0.5 --confidence 1 --filter 'region = "APAC"'
support-discover-skeleton   discover support.csv --find skeleton --filter 'region = "APAC"' --limit 12
support-check-columns       check support.csv --columns 'state,over,priority,last(resource)' --rules support-rules.toml --limit 3
support-predict             predict support.csv --rules support-rules.toml --limit 6
support-predict-case        predict support.csv --rules support-rules.toml --case-id TK-1000411 --case-id TK-1000000 --by priority
support-predict-left        predict support.csv --nearest --sort left_p90 --filter 'priority = "High"' --limit 4
support-predict-few         predict support.csv --as-of 2024-01-12
support-predict-backtest    predict support.csv --backtest --share 0.6 --rules support-rules.toml
support-predict-ended       predict support.csv --backtest --open ended --by priority --nearest
support-predict-untested    predict support.csv --backtest --as-of 2024-01-12
support-triage-late         triage support.csv --rules support-rules.toml --sort late --limit 4

support-flow                flow support.csv --bins 12
support-flow-ends           flow support.csv --bins 6 --rules support-rules.toml --from 2024-02 --to 2024-04
support-queues              queues support.csv
support-queues-resource     queues support.csv --by resource --limit 6
support-week                week support.csv
support-trend               trend support.csv --by week
support-why                 why support.csv --of 'duration > 10d' --kinds value,activity,start --limit 8
support-why-rule            why support.csv --of '"Reopened"' --before --rules support-rules.toml --adjust team,priority --pairs --limit 4
support-why-few             why support.csv --of 'duration > 900d'
support-split               split support.csv --by priority --rules support-rules.toml
support-split-pivot         split support.csv --by 'channel,first(region)' --figure duration --open ended --limit 6
support-split-time-to       split support.csv --by region --figure 'time to escalated' --figure return --rules support-rules.toml
support-split-month         split support.csv --by start.month --figure rework
support-facet               facet support.csv --rules support-rules.toml
support-facet-by            facet support.csv --by start.month --figure rework --rules support-rules.toml
support-funnel              funnel support.csv --stage Triaged --stage '"Assigned"' --stage '("Resolved", "Closed")' --stage 'Survey sent'
support-funnel-within       funnel support.csv --stages desk --rules support-rules.toml --order any --within 2d --by priority
support-conform             conform support.csv --limit 4
support-conform-top         conform support.csv --reference 'top 3' --open ended --sort -shift --limit 3
support-conform-cover       conform support.csv --reference 'cover 20%' --filter 'deviates and priority = "High"' --limit 3
support-conform-model       conform support.csv --model support.bpmn --limit 3
support-conform-replay      conform support.csv --model support.pnml --method replay
support-discover            discover support.csv --filter 'variant <= 5'
support-versus-conform      conform support.csv --filter 'started 2024-03' --versus 'started 2024-02' --limit 4
support-map                 map support.csv --limit 12
support-map-part            map support.csv --activities 50% --paths 20% --calendar desk --rules support-rules.toml --filter 'priority = "High"'
support-map-by-log          map support.csv --activities 8% --paths 0 --filter 'priority = "High"' --chosen-by log
support-map-trimmed         map support.csv --paths 0% --between 'Assigned..last "Resolved"'
support-before              before support.csv --what 'Assigned' --until 'Resolved'
support-report              report support.csv --rules support-rules.toml
support-report-desk         report support.csv --report support-report.toml --filter 'region = "EMEA"'
support-versus-summary      summary support.csv --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-times        times support.csv --by activity --filter '"Reopened"' --versus 'not "Reopened"' --limit 6
support-versus-activities   activities support.csv --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-variants     variants support.csv --filter 'priority = "High"' --versus 'priority = "Low"' --limit 6
support-versus-dfg          dfg support.csv --filter '"Reopened"' --versus 'not "Reopened"' --limit 8
support-versus-both         bottlenecks support.csv --by activity --filter '"Reopened"' --versus 'events > 0' --sort median --limit 4
support-versus-milestones   milestones support.csv --rules support-rules.toml --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-split        split support.csv --by priority --rules support-rules.toml --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-facet        facet support.csv --filter 'started 2024-03' --versus 'started 2024-02' --limit 6
support-versus-facet-by     facet support.csv --by region --figure rework --filter 'priority = "High"' --versus 'priority = "Low"'
support-versus-check        check support.csv --rules support-rules.toml --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-funnel       funnel support.csv --stages desk --rules support-rules.toml --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-map          map support.csv --activities 30% --paths 0% --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-before       before support.csv --what 'Assigned' --until 'Resolved' --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-queues       queues support.csv --filter 'started 2024-03' --versus 'started 2024-02' --limit 6
support-versus-queue        queues support.csv --of Closed --bins 6 --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-flow         flow support.csv --bins 12 --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-flow-time    flow support.csv --bins 6 --filter 'priority = "High"' --versus 'priority = "Low"'
support-versus-trend        trend support.csv --by week --rules support-rules.toml --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-week         week support.csv --limit 8 --filter 'started 2024-03' --versus 'started 2024-02'
support-versus-why          why support.csv --kinds value,activity --limit 6 --filter 'started 2024-03' --versus 'started 2024-02'
support-trend-desk          trend support.csv --rules support-rules.toml --calendar desk
support-dotted              dotted support.csv --rows 6 --columns 20 --color region
support-dotted-relative     dotted support.csv --rows 4 --columns 12 --by -duration --relative
support-spectrum            spectrum support.csv --variant 2 --bins 20
support-spectrum-path       spectrum support.csv --path 'Resolved > Closed' --bins 9 --from 2024-03 --to 2024-04
support-spectrum-slowest    spectrum support.csv --slowest --segments 4 --bins 8

visits-cost                 cost visits-start-end.tsv --start start --time end --rules visits-rates.toml
visits-cost-cases           cases visits-start-end.tsv --start start --time end --rules visits-rates.toml --columns 'cost,cost_known' --sort -cost
visits-cost-lists           variants visits-start-end.tsv --start start --time end --rules visits-rates.toml --sort cost_total
visits-cost-activities      activities visits-start-end.tsv --start start --time end --rules visits-rates.toml --sort cost_total
visits-cost-split           split visits-start-end.tsv --start start --time end --rules visits-rates.toml --by first --figure cost
support-cost                cost support.csv --rules support-rates.toml --limit 4
support-cost-triage         triage support.csv --rules support-rates.toml --columns 'age,cost,`cost`' --sort -cost --limit 4
support-cost-check          check support.csv --rules support-rates.toml --columns 'over,cost,dear' --sort-cases -cost --limit 4
support-cost-resources      resources support.csv --rules support-rates.toml --sort cost_total --limit 4
support-cost-conform        conform support.csv --rules support-rates.toml --sort cost_total --limit 4
support-cost-rules          rules support.csv --rules support-rates.toml --rule 'response("Created", "Resolved")' --sort cost_mean
support-cost-team           resources support.csv --by team --rules support-rates.toml --sort cost_total
support-cost-split          split support.csv --rules support-rates.toml --by channel --figure cost --figure dear
support-cost-facet          facet support.csv --rules support-rates.toml --filter 'cost > 100' --limit 20
support-score-split         split support.csv --rules support-scores.toml --by channel --figure score
support-score-facet         facet support.csv --rules support-scores.toml --by product --sort mean --limit 4
support-score-versus        split support.csv --rules support-scores.toml --by channel --figure score --filter 'priority = "High"' --versus 'priority = "Low"'
sales-journey               journey sales.csv --rules sales-journey.toml
sales-journey-guess         journey sales.csv --touchpoint channel --limit 3
sales-journey-triggers      journey sales.csv --rules sales-journey.toml --list triggers --outcome complained --sort outcome_rate --limit 5
sales-journey-stages        journey sales.csv --rules sales-journey.toml --list stages --end Purchase --filter 'event(channel = "web" and activity = "Search")'
sales-versus-journey        journey sales.csv --rules sales-journey.toml --filter 'campaign = "search"' --versus 'campaign = "newsletter"'
sales-versus-triggers       journey sales.csv --rules sales-journey.toml --list triggers --filter '"Support call"' --versus 'not "Support call"'
sales-versus-stages         journey sales.csv --rules sales-journey.toml --list stages --filter 'campaign = "search"' --versus 'campaign = "newsletter"'
support-journey             journey support.csv --limit 4
support-cost-why            why support.csv --rules support-rates.toml --of 'dear = true' --limit 5

desk-summary                summary support.csv --rules support-rules.toml --calendar desk
desk-variants               variants support.csv --rules support-rules.toml --calendar desk --limit 3
desk-activities             activities support.csv --rules support-rules.toml --calendar desk
desk-dfg                    dfg support.csv --rules support-rules.toml --calendar desk --limit 5
desk-cases                  cases support.csv --rules support-rules.toml --calendar desk --limit 5 --filter 'first_response > 4h'
desk-times                  times support.csv --rules support-rules.toml --calendar desk --by activity --limit 8
desk-triage                 triage support.csv --rules support-rules.toml --calendar desk --sort age --limit 5
desk-queues                 queues support.csv --rules support-rules.toml --calendar desk --limit 5

repairs-summary             summary repairs-lifecycle.csv --instance instance
repairs-variants            variants repairs-lifecycle.csv --instance instance
repairs-activities          activities repairs-lifecycle.csv --instance instance
repairs-dfg                 dfg repairs-lifecycle.csv --instance instance
repairs-cases               cases repairs-lifecycle.csv --instance instance
repairs-events              events repairs-lifecycle.csv --case-id R2 --instance instance
repairs-resources           resources repairs-lifecycle.csv --instance instance
repairs-times               times repairs-lifecycle.csv --instance instance --by resource
repairs-bottlenecks         bottlenecks repairs-lifecycle.csv --instance instance --by activity --gain
repairs-quality             quality repairs-lifecycle.csv --instance instance
visits-activities           activities visits-start-end.tsv --start start --time end
visits-queues               queues visits-start-end.tsv --start start --time end
visits-events               events --case-id V-2 visits-start-end.tsv --start start --time end
visits-times                times visits-start-end.tsv --by activity
visits-week                 week visits-start-end.tsv --start start --time end

tickets-quality             quality tickets-rejects.csv
empty-summary               summary empty.csv
empty-activities            activities empty.csv
names-activities            activities names-unicode.csv
names-events                events names-unicode.csv --case-id 受注-001
requests-quality            quality requests-ru-cp1251.csv
requests-summary            summary requests-ru-cp1251.csv
orders-summary              summary orders-crlf-multiline.csv
"#;

/// Name and words of every call.
fn calls() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let lines = CALLS.lines().filter(|line| !line.is_empty());
    lines.map(|line| {
        let (name, rest) = line.split_once(' ').unwrap();
        let mut words = Vec::new();
        for (at, part) in rest.split('\'').enumerate() {
            if at % 2 == 0 {
                words.extend(part.split_whitespace());
            } else {
                words.push(part);
            }
        }
        (name, words)
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Standard output of the program, run in the folder of the fixtures. The index in `cache` spares most
/// calls the reading, which is what takes long.
fn output(words: &[&str], format: &str, cache: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args(words)
        .args(["--format", format, "--quiet"])
        .env("XDG_CACHE_HOME", cache)
        .current_dir(root())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    // The deadlines of the fixtures are not all met, which `check` reports by its exit code.
    let checks = words[0] == "check" || words[0] == "report" && words.contains(&"--rules");
    let code = i32::from(checks);
    assert_eq!(output.status.code(), Some(code), "{words:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Compares the output of every call in one format with the file of its name.
fn check(format: &str, extension: &str) {
    let cache = tempfile::tempdir().unwrap();
    // Only documents are pages.
    let wanted = calls().filter(|(_, words)| format != "html" || words[0] == "report");
    for (name, words) in wanted {
        let path = format!("../fixtures/expected/{name}.{extension}");
        expect_file![path].assert_eq(&output(&words, format, cache.path()));
    }
}

#[test]
fn html() {
    check("html", "html");
}

// One test per format, so that they run side by side.

#[test]
fn json() {
    check("json", "json");
}

#[test]
fn csv() {
    check("csv", "csv");
}

#[test]
fn markdown() {
    check("markdown", "md");
}

#[test]
fn table() {
    check("table", "txt");
}

/// All reports but `perf`, which prints measured times, are called; no file is left of a call that is
/// gone.
#[test]
fn every_report_has_a_call_and_every_file_its_call() {
    let help = Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, list) = help.split_once("Reports:\n").unwrap();
    let lines = list.lines().take_while(|line| line.starts_with("  "));
    let reports: BTreeSet<&str> = lines.filter_map(|l| l.split_whitespace().next()).collect();
    let mut called: BTreeSet<&str> = calls().map(|(_, words)| words[0]).collect();
    called.insert("perf");
    assert_eq!(called, reports);

    let names: BTreeSet<String> = calls().map(|(name, _)| name.to_owned()).collect();
    for entry in root().join("expected").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(names.contains(&name), "{} has no call", path.display());
    }
}
