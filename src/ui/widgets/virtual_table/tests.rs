//! The table on buffers of all sizes.

use super::*;
use crate::text;
use crate::text::Matcher;
use crate::ui::testing::{at_every_size, frame, paint as painted, styles};
use crate::ui::theme::Glyphs;

const COLUMNS: [Column<'static>; 4] = [
    Column::fixed("cases", 6).right(),
    Column::fixed("share", 12).right().priority(1),
    Column::fixed("median", 7).right().priority(2),
    Column::flex("sequence", 8, 1),
];

fn row(cases: u64, share: f64, sequence: &'static str) -> Vec<Cell<'static>> {
    vec![
        Cell::new(text::count(cases)),
        Cell::bar(share, &text::percent(share), 6),
        Cell::new("2d 03h"),
        Cell::of_log(sequence),
    ]
}

fn rows() -> Vec<Vec<Cell<'static>>> {
    vec![
        row(1234, 0.5, "Open > Assign > Close"),
        row(60, 0.02, "開く > 閉じる > もう一度開く > 閉じる > 終わり"),
        row(1, 0.001, "Open\u{1b}[31m"),
    ]
}

fn table<'a>(rows: &'a [Vec<Cell<'a>>]) -> VirtualTable<'a> {
    VirtualTable {
        columns: &COLUMNS,
        rows,
        offset: 10,
        total: 100,
        selected: Some(11),
        sort: Some((0, true)),
        focused: true,
        ..VirtualTable::default()
    }
}

#[test]
fn frames() {
    let rows = rows();
    let table = table(&rows);
    for width in [60, 40, 24] {
        let found = frame(width, 4, |area, buffer| {
            table.draw(area, buffer, &Theme::default());
        });
        insta::assert_snapshot!(format!("table_{width}"), found);
    }
    let mono = Theme::mono(Glyphs::ASCII);
    let found = frame(60, 4, |area, buffer| table.draw(area, buffer, &mono));
    insta::assert_snapshot!("table_ascii", found);
}

#[test]
fn the_cursor_is_seen_without_color() {
    let rows = rows();
    let theme = Theme::mono(Glyphs::UNICODE);
    let buffer = painted(40, 4, |area, buffer| {
        table(&rows).draw(area, buffer, &theme);
    });
    insta::assert_snapshot!(styles(&buffer), @r"
    0: 2-7 bold underlined, 17-21 underlined, 24-31 underlined
    1: 37-37 dim, 39-39 dim
    2: 0-9 bold reversed, 11-38 bold reversed
    3: 39-39 dim
    ");
}

#[test]
fn long_cells_scroll_within_their_column() {
    let rows = rows();
    let found: Vec<String> = [0, 1, 4, 99]
        .into_iter()
        .map(|scroll| {
            let table = VirtualTable {
                scroll,
                ..table(&rows)
            };
            frame(24, 3, |area, buffer| {
                table.draw(area, buffer, &Theme::default());
            })
            .lines()
            .nth(2)
            .map(str::to_owned)
            .unwrap()
        })
        .collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn matches_are_highlighted() {
    let rows = vec![vec![
        Cell::of_log("a日b Assign").find(Some(&Matcher::fuzzy("日as"))),
    ]];
    let columns = [Column::flex("text", 4, 1)];
    let table = VirtualTable {
        columns: &columns,
        rows: &rows,
        ..VirtualTable::default()
    };
    let buffer = painted(20, 2, |area, buffer| {
        table.draw(area, buffer, &Theme::default());
    });
    insta::assert_snapshot!(styles(&buffer), @r"
    0: 2-5 underlined
    1: 3-3 magenta bold underlined, 7-8 magenta bold underlined
    ");
}

#[test]
fn widths_use_the_room() {
    let widths = |width| column_widths(&COLUMNS, width);
    assert_eq!(widths(60), [6, 12, 7, 25]);
    assert_eq!(widths(40), [6, 12, 0, 14]);
    assert_eq!(widths(20), [6, 0, 0, 8]);
    assert_eq!(widths(15), [6, 0, 0, 4]);
    assert_eq!(widths(0), [6, 0, 0, 4]);
    let two = [Column::flex("a", 4, 1).at_most(10), Column::flex("b", 4, 1)];
    assert_eq!(column_widths(&two, 46), [10, 30]);
    assert_eq!(column_widths(&two, 19), [7, 6]);
    assert!(column_widths(&[], 10).is_empty());
}

#[test]
fn nothing_panics() {
    let (theme, rows) = (Theme::default(), rows());
    for scroll in [0, 3, 1000] {
        let table = VirtualTable {
            scroll,
            stale: true,
            ..table(&rows)
        };
        at_every_size(|area, buffer| table.draw(area, buffer, &theme));
    }
    let empty = VirtualTable {
        offset: usize::MAX,
        total: usize::MAX,
        ..VirtualTable::default()
    };
    at_every_size(|area, buffer| empty.draw(area, buffer, &theme));
}
