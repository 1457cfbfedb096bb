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
