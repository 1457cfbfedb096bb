//! The command of a view (`$`) prints the figures on the screen, the rows of lists in their order.

use super::frames::support;
use super::play::Player;
use casetrail::engine::View;
use casetrail::panes::PANES;
use casetrail::panes::timelines::CHARTS;
use std::collections::BTreeSet;
use std::process::Command;

/// Rows of a table by their header.
struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn of(text: &str, cells: fn(&str) -> Vec<String>) -> Self {
        let mut lines = text.lines().map(cells);
        Table {
            head: lines.next().unwrap_or_default(),
            rows: lines.collect(),
        }
    }

    /// The cells of a column.
    fn column(&self, name: &str) -> Option<Vec<&str>> {
        let at = self.head.iter().position(|head| head == name)?;
        let cells = self.rows.iter().map(|row| row[at].as_str());
        Some(cells.collect())
    }
}

fn tab_separated(line: &str) -> Vec<String> {
    line.split('\t').map(str::to_owned).collect()
}

fn comma_separated(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => {
                cells.last_mut().expect("a cell").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().expect("a cell").push(c),
        }
    }
    cells
}

/// Runs the command of a view on the log that the view shows.
fn replayed(command: &str) -> Table {
    let log = "fixtures/support.csv --rules fixtures/support-rules.toml";
    let command = command.replace("'my orders.csv' --case id", log);
    let rest = command.strip_prefix("casetrail ").expect("a command");
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("\"$0\" {rest} --format csv --quiet --no-cache"))
        .arg(env!("CARGO_BIN_EXE_casetrail"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("it runs");
    let error = String::from_utf8_lossy(&output.stderr);
    // Some deadlines of the log are broken.
    let code = i32::from(command.contains(" check "));
    assert_eq!(output.status.code(), Some(code), "{command}: {error}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Table::of(&text, comma_separated)
}

/// True if two cells show one value: reports round figures, and write instants their own way.
fn is_same(screen: &str, report: &str) -> bool {
    match (screen.parse::<f64>(), report.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 1e-3 * a.abs().max(1.0),
        _ => screen == report.replace(" -> ", " > ") || is_instant(screen) && is_instant(report),
    }
}

fn is_instant(text: &str) -> bool {
    text.get(4..5) == Some("-") && text.get(13..14) == Some(":")
}

/// Compares the first rows of the list on the screen with those that its command prints.
fn compare(player: &mut Player) {
    // The cursor has followed its item; the report begins with the first row.
    let screen = Table::of(&player.copy("g g y v"), tab_separated);
    let (command, report) = command(player);
    let mut compared = 0;
    for name in &screen.head {
        let (Some(shown), Some(printed)) = (screen.column(name), report.column(name)) else {
            continue;
        };
        compared += 1;
        let rows = shown.len().min(printed.len()).min(8);
        assert!(rows > 0, "{command}: no rows");
        for (shown, printed) in shown.iter().zip(&printed).take(rows) {
            assert!(
                is_same(shown, printed),
                "{command}: {name}: {shown} on the screen, {printed}"
            );
        }
    }
    assert!(
        compared > 1,
        "{command}: {:?} and {:?}, {}, {}",
        screen.head,
        report.head,
        player.toast().to_owned(),
        player.screen()
    );
}

#[test]
fn the_command_of_a_list_prints_its_rows_in_its_order() {
    for pane in [
        "2", "3", "4", "5", "5 t", "6", "8", "g e", "g t", "E", "g f", "g f t", "g f t t",
        "7 QUEUES", "B", "B enter",
    ] {
        let mut player = support(View::default());
        player.resize(160, 48);
        player.keys(&pane.replace("QUEUES", "t"));
        while pane.ends_with("QUEUES") && !player.screen().contains("waits for") {
            player.keys("t");
        }
        compare(&mut player);
        let orders = player
            .driver
            .app
            .pane()
            .map_or(0, |pane| pane.sort_columns().len());
        assert!(orders > 0, "{pane}");
        // Some orders in one direction; words of all orders are tested with the schemas.
        for _ in 0..orders.min(2) {
            player.keys("s S");
            compare(&mut player);
        }
        player.keys("S");
        compare(&mut player);
    }
}

/// Rows of the screen and of the report are the same groups with the same figures, whatever the figure.
#[test]
fn the_command_of_a_split_prints_its_groups() {
    let mut player = support(View::default());
    player
        .resize(160, 48)
        .keys("o x")
        .text("prio")
        .keys("enter");
    let mut figures = BTreeSet::new();
    // One figure more than there are: the last one is the first one again.
    for _ in 0..10 {
        for keys in ["s", "S"] {
            player.keys(keys);
            let screen = Table::of(&player.copy("y v"), tab_separated);
            let (command, report) = command(&mut player);
            figures.insert(command.clone());
            let compared = |of: &str, printed: &str| {
                let shown = screen.column(of).expect("a column of the screen");
                let printed = report.column(printed).expect("a column of the report");
                assert_eq!(shown.len(), printed.len(), "{command}");
                for (shown, printed) in shown.iter().zip(&printed) {
                    assert!(
                        is_same(shown, printed),
                        "{command}: {of}: {shown}, {printed}"
                    );
                }
            };
            compared("value", "priority");
            compared("cases", "cases");
            compared("share", "share");
            let named = |end: &str| {
                let mut names = report.head.iter();
                names.find(|name| name.ends_with(end)).map(String::as_str)
            };
            if let Some(median) = named("_median") {
                compared("median", median);
            }
            if let Some(rate) = named("_rate") {
                compared("rate", rate);
            }
        }
        player.keys("a");
    }
    assert!(figures.len() > 10, "{figures:?}");
    // The cells of a table are the rows of the report.
    player.keys("c").text("chan").keys("enter");
    let screen = Table::of(&player.copy("y v"), tab_separated);
    let (command, report) = command(&mut player);
    let cells = screen.column("cells").expect("numbers of cells");
    let cells: usize = cells
        .iter()
        .map(|n| n.parse::<usize>().expect("a number"))
        .sum();
    assert_eq!(cells, report.rows.len(), "{command}");
}

#[test]
fn the_command_of_written_stages_prints_them() {
    let mut player = support(View::default());
    player.resize(160, 48);
    player.keys("g f");
    for path in [
        "\"Created\" ~> \"Escalated to L2\" ~> \"Resolved\" within 5d",
        "\"Created\" -> \"Assigned\"",
    ] {
        player.keys("c ctrl-u").text(path).keys("enter");
        compare(&mut player);
    }
    // The segments are in the command, and at each stage in the detail.
    player.keys("x").text("region").keys("enter j");
    assert!(
        player.screen().contains("by region: cases"),
        "{}",
        player.screen()
    );
    let command = player.copy("y !");
    assert!(command.contains("--by region"), "{command}");
    player.keys("x").text("no segments").keys("enter");
    assert!(
        !player.screen().contains("by region"),
        "{}",
        player.screen()
    );
    // A filter that is no path keeps the prompt open and says why.
    player.keys("c ctrl-u").text("\"Created\"").keys("enter");
    assert!(
        player.screen().contains("stages are activities"),
        "{}",
        player.screen()
    );
}

#[test]
fn the_command_of_a_comparison_prints_its_rows_in_its_order() {
    let months = View {
        filters: vec!["started 2024-03".to_owned()],
        versus: Some(vec!["started 2024-02".to_owned()]),
        ..View::default()
    };
    for pane in ["2", "4", "5 t", "5 t t", "6", "g e"] {
        let mut player = support(months.clone());
        player.resize(160, 48);
        player.keys(pane);
        compare(&mut player);
        for order in ["s", "S", "s", "V"] {
            player.keys(order);
            compare(&mut player);
        }
    }
}

#[test]
fn the_command_of_chosen_columns_prints_them() {
    let mut player = support(View::default());
    super::go_to(&mut player, "deadlines");
    player.keys("|").text("last(team)").keys("space esc o");
    compare(&mut player);
    // The worst first, the least bad first, and by the field in both directions.
    for order in ["S", "s S", "S", "s"] {
        player.keys(order);
        compare(&mut player);
    }
    for pane in ["cases", "triage"] {
        let mut player = support(View::default());
        player.resize(160, 48);
        super::go_to(&mut player, pane);
        for column in ["last(team)", "count(\"Reopened\")", "first_response"] {
            player.keys("|").text(column).keys("space left esc");
        }
        compare(&mut player);
        // Either list has six orders of its own.
        for order in ["G , 7", "G S", "G , 8", "G S", "G , 9", "G S"] {
            player.keys(order);
            compare(&mut player);
        }
    }
}

/// The command of the view, run.
fn command(player: &mut Player) -> (String, Table) {
    let command = player.copy("y !");
    let report = replayed(&command);
    (command, report)
}

/// Rows become columns: the trend has its figures one below the other, its report side by side.
fn turned(table: &Table) -> Table {
    let row = |at: usize| table.rows.iter().map(|row| row[at].clone()).collect();
    Table {
        head: row(0),
        rows: (1..table.head.len()).map(row).collect(),
    }
}

/// Cells of the dotted chart summed up for each row.
fn summed(cells: &Table) -> Table {
    let column = |name: &str| cells.column(name).expect("a column");
    let (row, events) = (column("row"), column("events"));
    let (first, last) = (column("first_case"), column("last_case"));
    let mut sums: Vec<(&str, [&str; 2], u64)> = Vec::new();
    for (at, row) in row.iter().enumerate() {
        let events: u64 = events[at].parse().expect("a count");
        match sums.last_mut() {
            Some(sum) if sum.0 == *row => sum.2 += events,
            _ => sums.push((row, [first[at], last[at]], events)),
        }
    }
    let sums = sums.into_iter();
    Table {
        head: ["first", "last", "events"].map(str::to_owned).into(),
        rows: sums
            .map(|(_, [first, last], n)| vec![first.into(), last.into(), n.to_string()])
            .collect(),
    }
}

/// Compares all that a chart shows with what its command prints; false where the cursor is on nothing.
fn compare_chart(player: &mut Player, id: &str) -> bool {
    if id == "spectrum" {
        // What is copied from it has no time: its cell has.
        let mut cells = (0..100).map(|at| player.copy(if at == 0 { "y c" } else { "l y c" }));
        let Some(cell) = cells.find(|cell| !cell.is_empty()) else {
            return false;
        };
        let (command, report) = command(player);
        let (from, to) = (report.column("start"), report.column("end"));
        let mut bounds = from.into_iter().flatten().zip(to.into_iter().flatten());
        let is_there = |(from, to): (&str, &str)| cell.contains(from) && cell.contains(to);
        assert!(bounds.any(is_there), "{command}: no cell of {cell}");
        return true;
    }
    let mut screen = Table::of(&player.copy("y v"), tab_separated);
    let (command, mut report) = command(player);
    match id {
        "trend" => screen = turned(&screen),
        "dotted" => {
            report = summed(&report);
            // A row of the report is a cell with events.
            screen
                .rows
                .retain(|row| row.last().is_some_and(|n| n != "0"));
        }
        _ => {}
    }
    let mut compared = 0;
    for name in &screen.head {
        let (Some(shown), Some(printed)) = (screen.column(name), report.column(name)) else {
            continue;
        };
        compared += 1;
        assert_eq!(shown.len(), printed.len(), "{command}: rows");
        for (shown, printed) in shown.iter().zip(&printed) {
            let same = shown == printed || !is_instant(shown) && is_same(shown, printed);
            assert!(same, "{command}: {name}: {shown} on the screen, {printed}");
        }
    }
    let (screen, report) = (screen.head, report.head);
    assert!(compared > 1, "{command}: {screen:?} and {report:?}");
    true
}

#[test]
fn the_command_of_a_chart_prints_its_figures_at_every_zoom() {
    let mut player = support(View::default());
    player.resize(160, 48).keys("7");
    for spec in CHARTS {
        let keys: &[&str] = match spec.id {
            "flow" => &["h h h z", "z", "o z", "Z", "0"],
            "trend" => &["a", "a", "a", "h h j"],
            "week" => &["a", "a", "j l"],
            "dotted" => &["z", "z j", "s", "S z z", "c", "a", "z z", "0"],
            "spectrum" => &["l", "z", "z", "p", "s", "c", "0"],
            // A list, with the others; zoomed in on one of its queues it is a chart.
            "queues" => &[],
            other => panic!("{other}: no keys"),
        };
        let mut compared = 0;
        for keys in keys {
            player.keys(keys);
            compared += usize::from(compare_chart(&mut player, spec.id));
        }
        assert!(
            compared * 2 >= keys.len(),
            "{}: {compared} compared",
            spec.id
        );
        player.keys("t");
    }
}

/// The words of the command of the view behind the report.
fn words(player: &mut Player) -> Vec<String> {
    let command = player.copy("y !");
    let words = command.split(' ').skip(1);
    words.map(str::to_owned).collect()
}

/// Every key that changes what a pane shows changes its command, and its opposite gives it back.
#[test]
fn keys_that_change_a_view_change_its_command() {
    for (pane, keys, back) in [
        ("2", "s", "u"),
        ("3", "s", "u"),
        ("4", "S", "u"),
        ("5", "s", "u"),
        ("5", "t", "T"),
        ("6", "s", "u"),
        ("8", "t", "t"),
        ("8", "s", "u"),
        ("9", "s", "u"),
        ("g e", "s", "u"),
        ("g w", "t", "t t"),
        ("g w", "T", "t"),
        ("g w", "s", "u"),
        ("B", "s", "u"),
        ("B", "enter", "esc"),
        ("B", "enter s", "u esc"),
        ("B", "enter a", "esc"),
        ("E", "s", "u"),
        ("7 FLOW", "h h h z", "0"),
        ("7 TREND", "a", "a a a"),
        ("7 DOTTED", "z", "0"),
        ("7 DOTTED", "s", "u"),
        ("7 DOTTED", "c", "c c c c c c c c c c c c c c c c"),
        ("7 DOTTED", "a", "a"),
        ("7 SPECTRUM", "l z", "0"),
        ("7 SPECTRUM", "p", "P"),
        ("7 SPECTRUM", "s", "u"),
        ("7 QUEUES", "a", "a"),
        ("7 QUEUES", "s", "u"),
        ("7 QUEUES", "h h h z", "0"),
    ] {
        let mut player = support(View::default());
        player.resize(160, 48);
        let (keys_to_pane, chart) = pane.split_once(' ').unwrap_or((pane, ""));
        if chart.len() > 1 {
            player.keys(keys_to_pane);
            let at = CHARTS
                .iter()
                .position(|spec| spec.id == chart.to_lowercase());
            for _ in 0..at.expect("a chart") {
                player.keys("t");
            }
        } else {
            player.keys(pane);
        }
        let before = words(&mut player);
        player.keys(keys);
        let changed = words(&mut player);
        assert_ne!(changed, before, "{pane}: {keys}");
        for key in back.split(' ') {
            player.keys(key);
            if words(&mut player) == before {
                break;
            }
        }
        assert_eq!(words(&mut player), before, "{pane}: {keys} {back}");
    }
}

/// A queue that is zoomed in on is printed over time.
#[test]
fn the_command_of_a_zoomed_queue_prints_its_bins() {
    let mut player = support(View::default());
    player.resize(160, 48).keys("7");
    while !player.screen().contains("waits for") {
        player.keys("t");
    }
    player.keys("h h h z");
    let (command, report) = command(&mut player);
    assert!(
        command.contains(" --of ") && command.contains(" --from "),
        "{command}"
    );
    let lengths = report.column("length_start").unwrap_or_default();
    let waited = report.column("waited").unwrap_or_default();
    let count = |text: &&str| text.parse::<u64>().expect("a count");
    assert!(lengths.len() > 1, "{command}");
    // Who is in the queue at the start of a bin waits in it.
    let mut bins = lengths.iter().zip(&waited);
    assert!(
        bins.all(|(length, waited)| count(length) <= count(waited)),
        "{command}"
    );
    let screen = player.quiet_screen();
    let unit = screen
        .lines()
        .find_map(|line| line.split_once("mean length, by "));
    assert!(unit.is_some(), "{screen}");
}

#[test]
fn every_pane_has_a_command_that_runs() {
    let mut player = support(View::default());
    player.resize(160, 48);
    let mut met = BTreeSet::new();
    for keys in [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "K", "R", "g e", "g w", "B", "B enter", "E",
        "g f", "g t", "g k", "m",
    ] {
        player.keys(keys);
        met.insert(player.pane());
        let (command, report) = command(&mut player);
        // A log without a fault has no rows of quality.
        assert!(report.head.len() > 1, "{command}");
    }
    for pane in ["g j", "g p"] {
        player.keys(pane);
        met.insert(player.pane());
        let (printed, report) = command(&mut player);
        assert!(report.head.len() > 1, "{printed}");
    }
    player.keys("1 o x").text("prio").keys("enter");
    met.insert(player.pane());
    let (printed, report) = command(&mut player);
    assert!(report.head.len() > 1, "{printed}");
    player.keys("3 enter");
    met.insert(player.pane());
    compare(&mut player);
    // What is not printed is refused.
    player.keys("3 /").text("TK").keys("enter $");
    assert_eq!(
        player.toast(),
        "Reports do not search; esc clears the search"
    );
    let mut all: BTreeSet<&str> = PANES.iter().map(|spec| spec.id).collect();
    // They have a report only where some are defined.
    all.remove("rules");
    all.remove("notes");
    assert_eq!(met, all);
}
