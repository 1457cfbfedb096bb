//! Bytes that a move of the cursor sends to the terminal.

use super::frames::support;
use casetrail::engine::View;
use casetrail::terminal::Frames;
use casetrail::ui::Theme;
use std::time::Duration;

/// Bytes of a move at 120 by 40.
const MOST: usize = 600;

/// Keys that lead to the lists.
const LISTS: [&str; 27] = [
    "1",
    "2",
    "2 enter",
    "3",
    "4",
    "5",
    "5 t",
    "5 t t",
    "6",
    "6 t",
    "6 t t",
    "6 t t t",
    "7 t",
    "7 t t",
    "7 t t t",
    "7 t t t t",
    "8",
    "9",
    "g f",
    "g r",
    "g k",
    "g j",
    "g t",
    "g p",
    "g e",
    "w",
    "x down enter",
];

#[test]
fn a_row_costs_few_bytes_in_every_list() {
    let (width, height) = (120, 40);
    let theme = Theme::default();
    let mut dear = Vec::new();
    let mut followed = 0;
    for id in LISTS {
        let mut player = support(View::default());
        player.resize(width, height);
        player.keys(id);
        player.quiet();
        let mut frames = Frames::new(width, height);
        frames.next(player.app(), &theme, player.now);
        let mut full = Frames::new(width, height);
        let paint = full
            .next(player.app(), &theme, player.now)
            .map_or(0, |bytes| bytes.len());
        for key in ["j", "j", "k"] {
            // As a key that is held: the cursor does not rest.
            player.now += Duration::from_millis(33);
            let pressed = player.now;
            player.keys(key);
            let bytes = frames
                .next(player.app(), &theme, pressed)
                .map_or(0, |bytes| bytes.len());
            if bytes > MOST {
                dear.push(format!("{id} {key}: {bytes}"));
            }
        }
        if let Some(at) = frames.due() {
            followed += 1;
            player.now = player.now.max(at);
            let bytes = frames.next(player.app(), &theme, player.now);
            let bytes = bytes.expect("the detail follows").len();
            assert!(bytes <= paint, "{id}: {bytes} of {paint}");
            assert_eq!(frames.due(), None, "{id}");
        }
        // What is shown now is what a frame of its own shows.
        assert_eq!(frames.next(player.app(), &theme, player.now), None, "{id}");
    }
    assert!(dear.is_empty(), "{dear:?}");
    assert!(followed > 8, "details follow in {followed} panes");
}
