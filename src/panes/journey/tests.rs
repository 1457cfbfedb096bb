//! The journey pane: answers in, keys, frames out.

use crate::input::Action;
use crate::panes::fixtures::{SUPPORT, Screen, engine};

fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::new((super::SPEC.new)(), width, height);
    screen.answered(engine(SUPPORT));
    screen
}

#[test]
fn no_size_panics() {
    for action in [None, Some(Action::NextChart), Some(Action::PreviousChart)] {
        let mut screen = screen(120, 40);
        screen.answered(engine(SUPPORT));
        if let Some(action) = action {
            screen.act(action);
            screen.answered(engine(SUPPORT));
        }
        screen.at_every_size();
    }
}

/// The lists are of the same journeys also after a place was gone back to.
#[test]
fn all_lists_go_back_together() {
    let of = |screen: &Screen| {
        let place = screen.pane.place();
        place
            .subject
            .split_once(' ')
            .map(|(_, subject)| subject.to_owned())
    };
    let mut screen = screen(120, 30);
    screen.act(Action::ToggleAxis);
    let (place, subject) = (screen.pane.place(), of(&screen));
    screen.act(Action::ToggleAxis);
    screen.act(Action::NextAspect);
    screen.pane.go_to(&place);
    for _ in super::LISTS {
        assert_eq!(of(&screen), subject);
        screen.act(Action::NextChart);
    }
}
