//! The mouse: clicks on what the terminal found under it, and the wheel.

use super::effect::Effect;
use super::model::App;
use super::popups::PopupOutcome;
use super::update::update;
use crate::input::Action;
use crate::panes::Pane;
use crate::ui::Target;

/// An event of the mouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mouse {
    /// A button was pressed on these, the outermost first.
    Click(Vec<Target>),
    /// The wheel was turned: up where negative.
    Wheel(i8),
}

/// Rows that a turn of the wheel moves the cursor by.
const ROWS: usize = 3;

/// Takes an event of the mouse.
pub fn mouse(app: &mut App, event: Mouse) -> Vec<Effect> {
    app.queries.hold = false;
    match event {
        Mouse::Wheel(turn) => wheel(app, turn < 0),
        Mouse::Click(targets) => click(app, &targets),
    }
}

fn wheel(app: &mut App, up: bool) -> Vec<Effect> {
    if let Some(popup) = &mut app.popup {
        let rows = ROWS as isize;
        popup.move_by(if up { -rows } else { rows });
        return Vec::new();
    }
    if app.prompt.is_some() {
        return Vec::new();
    }
    let action = if up { Action::MoveUp } else { Action::MoveDown };
    let moves = std::iter::repeat_n(action, ROWS);
    moves.flat_map(|action| update(app, action)).collect()
}

fn click(app: &mut App, targets: &[Target]) -> Vec<Effect> {
    if app.popup.is_some() {
        return choose(app, targets);
    }
    if app.prompt.is_some() || app.waiting.is_some() || app.columns.is_some() {
        return Vec::new();
    }
    app.bar = None;
    let before = app.pane().map(Pane::place);
    let mut effects = Vec::new();
    let mut on_item = false;
    for target in targets {
        on_item |= matches!(target, Target::Row(_) | Target::Bin(_));
        let action = match *target {
            Target::Tab(pane) => {
                app.switch_to(pane);
                continue;
            }
            Target::Bar(at) => {
                app.focus_bar(at);
                continue;
            }
            Target::List => Action::FocusPart(false),
            Target::Detail => Action::FocusPart(true),
            Target::Row(row) => Action::GoToRow(row + 1),
            Target::Bin(bin) => Action::GoToBin(bin),
            Target::Chart(chart) => Action::GoToChart(chart),
            Target::Order(order) => Action::SortBy(order),
            Target::Choice(_) => continue,
        };
        effects.extend(update(app, action));
    }
    // A click on the item under the cursor opens it.
    if on_item && app.waiting.is_none() && app.pane().map(Pane::place) == before {
        effects.extend(update(app, Action::Open));
    }
    effects
}

/// A row of a popup: the cursor goes there, and its action is carried out.
fn choose(app: &mut App, targets: &[Target]) -> Vec<Effect> {
    let Some(popup) = &mut app.popup else {
        return Vec::new();
    };
    let row = targets.iter().find_map(|target| match target {
        Target::Choice(row) => Some(*row),
        _ => None,
    });
    let Some(row) = row.filter(|row| *row < popup.matching.len()) else {
        return Vec::new();
    };
    popup.cursor = row;
    match popup.choose() {
        PopupOutcome::Run(action) => {
            app.popup = None;
            update(app, action)
        }
        _ => Vec::new(),
    }
}
