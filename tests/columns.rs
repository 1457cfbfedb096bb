//! The screen that says which column is what, through the same driver as on a terminal, with the real
//! readers on logs in memory.

#[path = "keys/play.rs"]
#[expect(dead_code, reason = "the other test of keys uses all of it")]
mod play;
#[path = "keys/texts.rs"]
mod texts;

use casetrail::app::Effect;
use casetrail::event_log::Role;
use play::{Player, settings};
use texts::{Kept, Texts};

/// Nothing in it says which column is what.
const UNKNOWN: &str = "\
foo,bar,baz,qux
c1,A,2024-01-01T10:00:00Z,x
c1,B,2024-01-01T11:00:00Z,y
c2,A,2024-01-02T10:00:00Z,x
c2,C,soon,x
c2,D,2024-01-02T12:00:00Z,
";

const CLEAR: &str = "\
case_id,activity,timestamp,who
c1,A,2024-01-01T10:00:00Z,x
c1,B,2024-01-01T11:00:00Z,y
c2,A,2024-01-02T10:00:00Z,x
";

fn open(logs: Texts) -> (Player, Kept) {
    let kept = logs.kept.clone();
    let mut player = Player::start(settings(), Box::new(logs));
    player.settle();
    (player, kept)
}

fn is_asking(player: &Player) -> bool {
    player.app().columns.is_some()
}

#[test]
fn a_clear_log_opens_at_once_and_tells_its_columns() {
    let (mut player, kept) = open(Texts::one(CLEAR));
    assert!(!is_asking(&player));
    let told = &player.app().notifications.all[0].text;
    assert!(
        told.starts_with("Using case = case_id, activity ="),
        "{told}"
    );
    assert!(told.ends_with("(C to change)"), "{told}");
    assert!(player.screen().contains("2 cases"));
    assert_eq!(kept.remembered(), None);
    // Inspection at and left, nothing changes.
    player.keys("C");
    assert!(is_asking(&player));
    let screen = player.screen();
    assert!(screen.contains("> case         case_id"), "{screen}");
    assert!(screen.contains("2 cases, 3 events"), "{screen}");
    player.keys("esc");
    assert!(!is_asking(&player));
    assert_eq!(player.effects, []);
}

#[test]
fn an_unclear_log_asks_and_opens_with_the_columns_given() {
    let (mut player, kept) = open(Texts::one(UNKNOWN));
    assert!(is_asking(&player));
    assert_eq!(kept.loaded(), None);
    let screen = player.screen();
    assert!(
        screen.contains("No name says which column is the"),
        "{screen}"
    );
    assert!(screen.contains("line 5: bad-time: soon"), "{screen}");
    // What is proposed is taken away: then nothing can be opened.
    player.keys("c enter");
    assert_eq!(player.toast(), "Which column is the case? Press c on it");
    assert!(player.screen().contains("Which column is the case?"));
    // The case is of two columns, in the order in which they were named.
    player.keys("G c g g c j j j r");
    let screen = player.screen();
    assert!(
        screen.contains("case 1       qux") || screen.contains("resource     qux"),
        "{screen}"
    );
    player.keys("enter");
    assert!(!is_asking(&player));
    let read = kept.loaded().expect("it was loaded").logs[0].read.clone();
    assert_eq!(read.columns[Role::Case], ["foo"]);
    assert_eq!(read.columns[Role::Activity], ["bar"]);
    assert_eq!(read.columns[Role::Time], ["baz"]);
    assert_eq!(read.columns[Role::Resource], ["qux"]);
    assert!(player.screen().contains("2 cases"), "{}", player.screen());
    assert_eq!(kept.remembered(), Some(read));
    let command = "casetrail findings orders.csv --case foo";
    assert_eq!(player.copy("y !"), command);
}

#[test]
fn columns_are_joined_in_the_order_given() {
    let (mut player, kept) = open(Texts::one(CLEAR));
    player.keys("C j j j a");
    let screen = player.screen();
    assert!(screen.contains("activity 1   activity"), "{screen}");
    assert!(screen.contains("activity 2   who"), "{screen}");
    assert!(screen.contains("A - x"), "{screen}");
    player.keys("u");
    assert!(!player.screen().contains("A - x"), "{}", player.screen());
    player.keys("a enter");
    let read = kept.loaded().expect("loaded").logs[0].read.clone();
    assert_eq!(read.columns[Role::Activity], ["activity", "who"]);
}

#[test]
fn a_confirmed_mapping_is_used_again_and_can_be_forgotten() {
    let kept = {
        let (mut player, kept) = open(Texts::one(UNKNOWN));
        player.keys("enter");
        kept
    };
    assert!(kept.remembered().is_some());
    let again = Texts {
        kept: kept.clone(),
        ..Texts::one(UNKNOWN)
    };
    let (mut player, kept) = open(again);
    assert!(!is_asking(&player), "it was confirmed before");
    player.keys("I");
    let screen = player.screen();
    assert!(screen.contains("saved mapping for these"), "{screen}");
    player.keys("esc C");
    assert!(
        player.screen().contains("remembered"),
        "{}",
        player.screen()
    );
    player.keys("x");
    assert_eq!(kept.remembered(), None);
    player.keys("x");
    assert!(player.toast().starts_with("No mapping is saved"));
}

#[test]
fn a_first_row_of_data_gets_names_by_position() {
    let rows = &UNKNOWN[UNKNOWN.find('\n').expect("lines") + 1..];
    let (mut player, kept) = open(Texts::one(rows));
    assert!(is_asking(&player));
    player.keys("n");
    let screen = player.screen();
    assert!(screen.contains("first row is data"), "{screen}");
    player.keys("enter");
    let read = kept.loaded().expect("loaded").logs[0].read.clone();
    assert!(read.no_header);
    assert_eq!(read.columns[Role::Time], ["3"]);
}

#[test]
fn the_time_format_is_typed_and_shown_at_once() {
    let (mut player, kept) = open(Texts::one(&UNKNOWN.replace("soon", "20240102 1100")));
    player.keys("f");
    let screen = player.screen();
    assert!(screen.contains("time format:"), "{screen}");
    player.text("%Y%m%d %H%M").keys("enter");
    let screen = player.screen();
    assert!(screen.contains("4 rejected"), "{screen}");
    assert!(screen.contains("line 2: bad-time"), "{screen}");
    player.keys("f ctrl-u enter");
    assert!(
        player.screen().contains("1 rejected"),
        "{}",
        player.screen()
    );
    // One that is none is told where the preview stands.
    player.keys("f").text("%Q").keys("enter");
    assert!(player.screen().contains("%Q"), "{}", player.screen());
    assert_eq!(kept.loaded(), None);
}

#[test]
fn delimiters_are_tried_in_turn() {
    let odd = UNKNOWN.replace(',', "|");
    let (mut player, _) = open(Texts::one(&format!("a,b,c,d,e\n{odd}")));
    assert!(is_asking(&player));
    for _ in 0..4 {
        player.keys("d");
    }
    player.screen();
}

#[test]
fn several_logs_have_a_page_each() {
    let logs = Texts {
        logs: vec![
            ("clear.csv", CLEAR.to_owned()),
            ("odd.csv", UNKNOWN.to_owned()),
        ],
        ..Texts::default()
    };
    let (mut player, kept) = open(logs);
    let screen = player.screen();
    assert!(
        screen.contains("log 2 of 2"),
        "the one in doubt comes first: {screen}"
    );
    player.keys("tab");
    assert!(player.screen().contains("clear.csv"), "{}", player.screen());
    player.keys("[");
    assert!(player.screen().contains("odd.csv"), "{}", player.screen());
    // What is missing on another page is gone to.
    player.keys("c tab enter");
    assert!(player.screen().contains("odd.csv"), "{}", player.screen());
    player.keys("c enter");
    let plan = kept.loaded().expect("loaded");
    assert_eq!(plan.logs[0].read.columns[Role::Case], ["case_id"]);
    assert_eq!(plan.logs[1].read.columns[Role::Case], ["foo"]);
    assert!(player.screen().contains("2 cases"), "{}", player.screen());
}

#[test]
fn objects_are_chosen_by_type() {
    let logs = Texts {
        object_types: vec![("order".into(), 12), ("item\u{1b}".into(), 40)],
        ..Texts::one(CLEAR)
    };
    let (mut player, kept) = open(logs);
    player.keys("C");
    let screen = player.screen();
    assert!(screen.contains("objects of type"), "{screen}");
    player.keys("c");
    assert!(player.toast().contains("enter opens"), "{}", player.toast());
    player.keys("j enter");
    let read = kept.loaded().expect("loaded").logs[0].read.clone();
    assert_eq!(read.object_type.as_deref(), Some("item\u{1b}"));
}

#[test]
fn a_mapping_is_written_and_never_replaced_unasked() {
    let (mut player, kept) = open(Texts::one(CLEAR));
    player.keys(":").text("write mapping").keys("enter");
    assert!(
        player.screen().contains("file: mapping.toml"),
        "{}",
        player.screen()
    );
    player.keys("enter");
    assert!(
        player
            .toast()
            .starts_with("Mapping saved to \"mapping.toml\""),
        "{}",
        player.toast()
    );
    let written = kept.written();
    assert_eq!(written[0].1.logs[0].read.columns[Role::Case], ["case_id"]);
    // The second time it is asked.
    player.keys(":").text("write mapping").keys("enter enter");
    let screen = player.screen();
    assert!(screen.contains("already exists"), "{screen}");
    player.keys("esc");
    assert_eq!(kept.written().len(), 1);
    player.keys(":").text("write mapping").keys("enter enter 2");
    assert_eq!(kept.written().len(), 2);
}

#[test]
fn leaving_without_a_log_ends_the_program() {
    for key in ["esc", "q"] {
        let (mut player, kept) = open(Texts::one(UNKNOWN));
        player.keys("? esc").keys(key);
        assert_eq!(player.effects, [Effect::Quit(3)], "{key}");
        assert_eq!(kept.loaded(), None);
    }
}

#[test]
fn a_mapping_by_which_nothing_loads_leaves_the_log_as_it_was() {
    let (mut player, kept) = open(Texts::one(CLEAR));
    player.keys("C j j j t enter");
    assert!(
        player.toast().starts_with("The log was not read again"),
        "{}",
        player.toast()
    );
    assert!(player.screen().contains("2 cases"), "{}", player.screen());
    assert_eq!(kept.remembered(), None, "it is of no use");
    // Without a log, the reason is told, and C leads back.
    let (mut player, _) = open(Texts::one(&UNKNOWN.replace("2024", "last")));
    player.keys("c j a j t enter");
    let screen = player.screen();
    assert!(screen.contains("no row could be loaded"), "{screen}");
    player.keys("C");
    assert!(is_asking(&player));
    player.keys("f").text("last-%m-%d").keys("enter");
    player.keys("esc");
}

#[test]
fn keys_that_are_not_of_this_screen_say_so() {
    let (mut player, _) = open(Texts::one(UNKNOWN));
    player.keys("+");
    assert!(player.toast().starts_with("Not here"), "{}", player.toast());
    player.keys("?");
    let screen = player.screen();
    assert!(screen.contains("Use the column as case"), "{screen}");
    assert!(!screen.contains("filter line"), "{screen}");
}

#[test]
fn frames() {
    for (width, height) in [(80, 24), (160, 48), (20, 5), (1, 1)] {
        let (mut player, _) = open(Texts::one(UNKNOWN));
        player.resize(width, height);
        insta::assert_snapshot!(format!("columns-{width}x{height}"), player.screen());
    }
    let (mut player, _) = open(Texts::one(UNKNOWN));
    player.keys("o j j");
    insta::assert_snapshot!("columns-preview", player.screen());
    player.keys("esc c");
    insta::assert_snapshot!("columns-missing", player.screen());
}

#[test]
fn no_size_panics() {
    let (mut player, _) = open(Texts::one(UNKNOWN));
    for keys in ["", "o", "o c", "?", "esc f"] {
        if !keys.is_empty() {
            player.keys(keys);
        }
        for width in (0..=60).step_by(3).chain([99, 100, 130, 200]) {
            for height in 0..=20 {
                player.resize(width, height);
                player.screen();
            }
        }
    }
}

const RANDOM_KEYS: &str = "\
    j k h l pgdn g g G enter esc tab shift-tab [ ] c a t s r l i f n d D x u o C C 8 + - q y ! I M ? \
    : ctrl-r ctrl-c ctrl-d down up home end w 2";

#[test]
fn random_keys_never_panic() {
    let logs = Texts {
        logs: vec![
            ("clear.csv", CLEAR.to_owned()),
            ("odd.csv", UNKNOWN.to_owned()),
        ],
        ..Texts::default()
    };
    let (mut player, _) = open(logs);
    let keys: Vec<&str> = RANDOM_KEYS.split_whitespace().collect();
    let mut state: u64 = 11;
    let mut below = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    for step in 0..1500 {
        let chord = keys[below(keys.len())].parse().expect("a key");
        let key = casetrail::app::Event::Key(chord);
        player.driver.handle(key, player.now);
        player.now += std::time::Duration::from_millis(below(900) as u64);
        player.driver.settle(player.now);
        if step % 20 == 0 {
            player.resize(below(130) as u16, below(50) as u16);
            player.screen();
        }
    }
    player.settle();
    player.screen();
}

#[test]
fn the_activity_of_all_rows_is_typed() {
    let log = "case_id,timestamp\nc1,2024-01-01T10:00:00Z\nc2,2024-01-02T10:00:00Z\n";
    let (mut player, kept) = open(Texts::one(log));
    assert!(is_asking(&player));
    assert!(
        player.screen().contains("A names the activity"),
        "{}",
        player.screen()
    );
    player.keys("A").text("Created").keys("enter");
    let screen = player.screen();
    assert!(screen.contains("activity Created"), "{screen}");
    assert!(screen.contains("2 cases, 2 events"), "{screen}");
    assert!(screen.contains("remembers"), "{screen}");
    player.keys("enter");
    let read = kept.loaded().expect("loaded").logs[0].read.clone();
    assert_eq!(read.activity_name.as_deref(), Some("Created"));
    assert_eq!(kept.remembered(), Some(read));
}

#[test]
fn a_time_of_day_joins_the_date_by_key() {
    let log = "case_id,activity,date,clock\nc1,A,2024-01-01,10:00\nc1,B,2024-01-01,11:30\n";
    let (mut player, kept) = open(Texts::one(log));
    // What was guessed is taken away; then the time of day comes first.
    player.keys("C G t k t");
    assert!(player.screen().contains("Which column is the time?"));
    player.keys("G t k t");
    let screen = player.screen();
    assert!(
        screen.contains("time 1") && screen.contains("time 2"),
        "{screen}"
    );
    assert!(screen.contains("2024-01-01 11:30"), "{screen}");
    player.keys("enter");
    let read = kept.loaded().expect("loaded").logs[0].read.clone();
    assert_eq!(read.columns[Role::Time], ["date", "clock"]);
}

#[test]
fn a_list_of_tickets_becomes_events_by_one_key() {
    let log = "key,status,created,resolved\n\
        T-1,Done,2024-01-01T10:00:00Z,2024-01-03T10:00:00Z\n\
        T-2,New,2024-01-02T10:00:00Z,\n";
    let (mut player, kept) = open(Texts::one(log));
    assert!(is_asking(&player), "one event a case is of little use");
    let screen = player.screen();
    assert!(
        screen.contains("E makes events of its 2 columns"),
        "{screen}"
    );
    player.keys("E");
    let screen = player.screen();
    assert!(screen.contains("milestone 2  resolved"), "{screen}");
    assert!(
        screen.contains("2 cases, 3 events, 2 activities of all 2 rows"),
        "{screen}"
    );
    // One by one: the time that the rows had is the first.
    player.keys("u G m");
    assert!(
        player.screen().contains("milestone 1  created"),
        "{}",
        player.screen()
    );
    player.keys("enter");
    let read = kept.loaded().expect("loaded").logs[0].read.clone();
    assert_eq!(read.columns[Role::Milestone], ["created", "resolved"]);
    assert_eq!(kept.remembered(), Some(read));
    assert!(player.screen().contains("2 cases"), "{}", player.screen());
}

#[test]
fn ways_of_quoting_are_tried_in_turn() {
    let log = "case_id,activity,timestamp\nc1,'A, B',2024-01-01T10:00:00Z\n";
    let (mut player, kept) = open(Texts::one(log));
    player.keys(if is_asking(&player) { "Q Q" } else { "C Q Q" });
    let screen = player.screen();
    assert!(screen.contains("1 case, 1 event"), "{screen}");
    player.keys("enter");
    let read = kept.loaded().expect("loaded").logs[0].read.clone();
    assert_eq!((read.quote, read.escape), (Some(b'\''), None));
}
