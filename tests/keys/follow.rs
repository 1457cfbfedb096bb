//! The cursor stays on its item while rows change, and keys act on the row that slow typing would
//! meet.

use super::frames::support;
use super::play::Player;
use casetrail::app::Event;
use casetrail::engine::View;
use casetrail::input::parse_chords;
use std::sync::Arc;

/// Keys to every pane of a list.
const LISTS: [&str; 10] = ["2", "3", "4", "5", "5 t", "6", "7 QUEUES", "8", "9", "g e"];

/// A pane with the cursor on its third row.
fn opened(pane: &str) -> Player {
    let mut player = support(View::default());
    player.resize(120, 30);
    player.keys(&pane.replace("QUEUES", "t"));
    while pane.ends_with("QUEUES") && !player.screen().contains("waits for") {
        player.keys("t");
    }
    player.keys("j j");
    player
}

/// The name of the item under the cursor.
fn item(player: &mut Player) -> String {
    player.copy("y c")
}

/// Position of the cursor, counted from 1; 0 where there is none.
fn row(player: &Player) -> usize {
    let status = player.app().pane().map(casetrail::panes::Pane::status);
    status.and_then(|status| status.position).map_or(0, |p| p.0)
}

/// The line of the cursor as it is on the screen, without what depends on the rows around it.
fn marked(player: &mut Player) -> String {
    let screen = player.quiet_screen();
    let mut lines = screen.lines().filter(|line| line.starts_with("> "));
    lines.next().unwrap_or_default().chars().take(12).collect()
}

#[test]
fn the_cursor_follows_its_item() {
    for pane in LISTS {
        let mut player = opened(pane);
        let (wanted, line) = (item(&mut player), marked(&mut player));
        assert!(!wanted.is_empty() && !line.is_empty(), "{pane}");
        // Another order begins with its first row; to undo it returns to the item.
        for keys in ["s", "s", "S"] {
            player.keys(keys);
            assert_eq!(row(&player), 1, "{pane}: {keys}");
        }
        player.keys("u u u");
        for keys in ["ctrl-r", "ctrl-r"] {
            player.keys(keys);
            assert_eq!(item(&mut player), wanted, "{pane}: {keys}");
            assert_eq!(marked(&mut player), line, "{pane}: {keys}");
        }
        // The filter of the item keeps it in the list; so do its absence and its return.
        for keys in ["+", "!", "!", "u"] {
            player.keys(keys);
            assert_eq!(item(&mut player), wanted, "{pane}: {keys}");
        }
    }
}

#[test]
fn where_the_item_is_gone_the_cursor_is_near_and_undo_returns_to_it() {
    for pane in LISTS {
        let mut player = opened(pane);
        player.keys("G k k");
        let wanted = item(&mut player);
        let row = |player: &Player| player.app().pane().map(|pane| pane.status().position);
        let before = row(&player);
        player.keys("-");
        assert_eq!(player.filters().len(), 1, "{pane}");
        assert!(!marked(&mut player).is_empty(), "{pane}: a row is marked");
        player.keys("u");
        assert_eq!(item(&mut player), wanted, "{pane}");
        assert_eq!(row(&player), before, "{pane}");
    }
}

#[test]
fn keys_wait_for_the_rows_that_they_act_on() {
    const KEYS: [&str; 7] = [
        "- - +",
        "s j -",
        "- enter",
        "S k - j +",
        "- pgdn -",
        "t j -",
        "/ e enter j n -",
    ];
    let of_list = |(turn, pane)| crate::part(KEYS, 3, turn).map(move |keys| (pane, keys));
    let of_lists = LISTS.into_iter().enumerate().flat_map(of_list);
    for (pane, keys) in of_lists.chain([("E", "s g g space"), ("E", "S g g space")]) {
        let mut slow = opened(pane);
        slow.keys(keys);
        let mut player = opened(pane);
        for chord in parse_chords(keys).expect("keys of a test") {
            player.driver.handle(Event::Key(chord), player.now);
        }
        player.settle();
        assert_eq!(state(&player), state(&slow), "{pane}: {keys}");
    }
}

/// Filters and end states in force, and the pane.
fn state(player: &Player) -> (Arc<View>, &'static str) {
    (Arc::clone(&player.app().queries.view), player.pane())
}

#[test]
fn moves_wait_for_other_rows_and_not_for_pages_of_the_same() {
    let mut player = opened("2");
    let press = |player: &mut Player, keys: &str| {
        for chord in parse_chords(keys).expect("keys of a test") {
            player.driver.handle(Event::Key(chord), player.now);
        }
    };
    assert_eq!(row(&player), 3);
    // Each page is answered too late for the next key.
    press(&mut player, &"pgdn ".repeat(4));
    let end = row(&player);
    assert!(end > 60, "{end}");
    player.settle();
    assert_eq!(row(&player), end);
    press(&mut player, "g g");
    player.settle();
    press(&mut player, "S j");
    assert_eq!(row(&player), 1, "it waits for the other order");
    player.settle();
    assert_eq!(row(&player), 2);
}

#[test]
fn moves_wait_for_the_bins_of_a_chart() {
    for (chart, keys) in [
        (0, "h h h z h +"),
        (0, "h h h z z h h +"),
        (1, "a h h +"),
        (3, "s l l j j +"),
        (4, "l l z l l +"),
    ] {
        let open = || {
            let mut player = support(View::default());
            player.resize(120, 30).keys("7");
            for _ in 0..chart {
                player.keys("t");
            }
            player
        };
        let (mut slow, mut fast) = (open(), open());
        slow.keys(keys);
        for chord in parse_chords(keys).expect("keys of a test") {
            fast.driver.handle(Event::Key(chord), fast.now);
        }
        fast.settle();
        assert_eq!(state(&fast), state(&slow), "{chart}: {keys}");
    }
}

#[test]
fn a_pasted_text_waits_as_keys_do() {
    let events = |player: &mut Player, slow: bool| {
        for keys in ["-", "-", "f", "duration > 1s", "enter"] {
            let event = match keys.parse() {
                Ok(chord) => Event::Key(chord),
                Err(_) => Event::Paste(keys.to_owned()),
            };
            player.driver.handle(event, player.now);
            if slow {
                player.settle();
            }
        }
        player.settle();
    };
    let (mut slow, mut fast) = (opened("2"), opened("2"));
    events(&mut slow, true);
    events(&mut fast, false);
    assert_eq!(slow.filters().len(), 3);
    assert_eq!(state(&fast), state(&slow));
}

#[test]
fn keys_that_wait_are_dropped_by_escape() {
    let mut player = opened("2");
    for keys in ["-", "-", "-", "esc"] {
        let chord = keys.parse().expect("a key");
        player.driver.handle(Event::Key(chord), player.now);
    }
    assert!(player.toast().contains("dropped"), "{}", player.toast());
    player.settle();
    assert_eq!(player.filters().len(), 1);
}

/// Names in the list on the screen.
fn names(player: &mut Player) -> Vec<String> {
    let copied = player.copy("y v");
    let rows = copied.lines().skip(1);
    let name = |row: &str| row.split('\t').next().unwrap_or_default().to_owned();
    rows.map(name).collect()
}

#[test]
fn a_search_is_exact_or_a_regex() {
    type Meets = fn(&str) -> bool;
    let cases: [(&str, Meets); 5] = [
        ("'ed", |name| name.contains("ed")),
        ("^Re", |name| name.starts_with("Re")),
        ("ed$", |name| name.ends_with("ed")),
        ("^closed$", |name| name == "Closed"),
        ("/^.{7}$", |name| name.chars().count() == 7),
    ];
    let all = names(&mut opened("4"));
    for (find, meets) in cases {
        let mut player = opened("4");
        player.keys("/").text(find).keys("enter");
        let wanted: Vec<_> = all.iter().filter(|name| meets(name)).cloned().collect();
        assert!((1..all.len()).contains(&wanted.len()), "{find}: {wanted:?}");
        assert_eq!(names(&mut player), wanted, "{find}");
    }
    let mut player = opened("4");
    player.keys("/").text("/(/").keys("enter");
    let screen = player.screen();
    assert!(screen.contains("bad regex: unclosed group"), "{screen}");
    assert!(player.app().prompt.is_some(), "it stays open");
    player.keys("esc");
    assert_eq!(names(&mut player), all);
}

#[test]
fn a_search_ranks_until_the_list_is_sorted() {
    let mut player = opened("4");
    player.keys("/").text("rso").keys("enter");
    let screen = player.quiet_screen();
    assert!(screen.contains("best match"), "{screen}");
    let first = item(&mut player);
    assert_eq!(first, "Resolved", "{screen}");
    player.keys("s");
    let screen = player.quiet_screen();
    assert!(!screen.contains("best match"), "{screen}");
    assert_eq!(item(&mut player), first);
}

#[test]
fn the_filter_line_keeps_a_text_that_was_left() {
    let mut player = opened("2");
    player.keys("f").text("duration > 3").keys("esc f");
    let text = |player: &Player| {
        player
            .app()
            .prompt
            .as_ref()
            .map(|p| p.line.text().to_owned())
    };
    assert_eq!(text(&player).as_deref(), Some("duration > 3"));
    player.text("d").keys("enter f");
    assert_eq!(player.filters(), [("duration > 3d", true)]);
    assert_eq!(text(&player).as_deref(), Some(""), "it was entered");
}

#[test]
fn a_popup_names_its_own_keys() {
    for (keys, hint) in [(",", "1-9 choose"), ("?", "/ find"), (":", "up down move")] {
        let mut player = opened("2");
        player.keys(keys);
        let screen = player.quiet_screen();
        let foot = screen.lines().last().unwrap_or_default();
        assert!(
            foot.contains(hint) && foot.ends_with("esc close"),
            "{keys}: {foot}"
        );
        assert!(!foot.contains("keep"), "{foot}");
    }
}

#[test]
fn a_list_shows_the_row_of_its_cursor_on_five_lines() {
    for pane in LISTS.iter().chain(&["g j", "g p", "g r", "B"]) {
        let mut player = opened(pane);
        if row(&player) == 0 {
            continue;
        }
        player.resize(20, 5);
        let screen = player.quiet_screen();
        let marked = |line: &str| line.starts_with("> ") && !line.contains('/');
        assert!(screen.lines().any(marked), "{pane}:\n{screen}");
    }
}
