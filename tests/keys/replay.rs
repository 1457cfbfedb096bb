//! The command of a list (`$`) prints the rows on the screen, in their order.

use super::frames::support;
use super::play::Player;
use casetrail::engine::View;
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
    for c in line.chars() {
        match c {
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
    let words = command.split(' ').skip(1);
    let output = Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args(words)
        .args(["--format", "csv", "--quiet", "--no-cache"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("it runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{command}: {error}");
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
    player.keys("y v");
    let screen = Table::of(player.copied(), tab_separated);
    player.keys("y !");
    let command = player.copied().to_owned();
    let report = replayed(&command);
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
        "{command}: {:?} and {:?}",
        screen.head,
        report.head
    );
}

#[test]
fn the_command_of_a_list_prints_its_rows_in_its_order() {
    for pane in ["2", "3", "4", "5", "5 t", "6", "8", "g e", "7 QUEUES"] {
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
        // Each order in one direction; words of all orders are tested with the schemas.
        for _ in 0..orders.min(4) {
            player.keys("s S");
            compare(&mut player);
        }
        player.keys("S");
        compare(&mut player);
    }
}
