//! The bar: the parts of the breadcrumb, then the filters, each of which can be selected by keys or by a click.

use super::model::App;
use crate::input::Action;
use crate::panes::Tab;
use crate::text::safe;

/// A part of the breadcrumb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// Safe text.
    pub text: String,
    /// Levels of the drill-down that are left after going there.
    pub level: usize,
}

impl App {
    /// The parts of the breadcrumb, outermost first; none without a log.
    pub fn crumbs(&self) -> Vec<Crumb> {
        let Some(log) = &self.log else {
            return Vec::new();
        };
        let title = |pane: usize| {
            let pane = self.workspace.panes.get(pane)?;
            (pane.spec().tab != Tab::Never).then(|| pane.spec().title.to_owned())
        };
        let crumb = |text: String, level: usize| Crumb { text, level };
        let mut crumbs = vec![crumb(safe(&log.name).into_owned(), 0)];
        for (at, level) in self.trail.iter().enumerate() {
            let title = self.pane_called(&level.back.pane).and_then(title);
            crumbs.extend(title.map(|title| crumb(title, at)));
            crumbs.push(crumb(safe(&level.crumb).into_owned(), at + 1));
        }
        let here = title(self.workspace.active);
        crumbs.extend(here.map(|title| crumb(title, self.trail.len())));
        crumbs
    }

    /// Selects the part of the bar at that position, the last one where there are fewer.
    pub(super) fn focus_bar(&mut self, at: usize) {
        let last = (self.crumbs().len() + self.filters.entries.len()).checked_sub(1);
        self.bar = last.map(|last| at.min(last));
    }

    /// Selects the last filter, or else the last part of the breadcrumb.
    fn open_bar(&mut self) {
        self.focus_bar(usize::MAX);
    }

    /// The filter that is selected in the bar.
    pub fn selected_chip(&self) -> Option<usize> {
        self.bar?.checked_sub(self.crumbs().len())
    }

    /// Goes up to a level of the drill-down, as going back level by level does.
    fn go_to_level(&mut self, level: usize) {
        let Some(target) = self.trail.get(level).cloned() else {
            return;
        };
        let before = self.snapshot();
        self.remember_change(before);
        let mut back = (*target.back).clone();
        back.filters.take_all_but_filters(&self.filters);
        self.restore(&back);
    }
}

/// Carries out the actions of the bar; gives back those of others.
pub(super) fn update(app: &mut App, action: Action) -> Option<Action> {
    if action == Action::FocusBar {
        match app.bar {
            Some(_) => app.bar = None,
            None => app.open_bar(),
        }
        return None;
    }
    let Some(at) = app.bar else {
        return Some(action);
    };
    let chip = app.selected_chip();
    let crumbs = app.crumbs();
    match action {
        Action::MoveLeft => app.focus_bar(at.saturating_sub(1)),
        Action::MoveRight => app.focus_bar(at + 1),
        Action::Top => app.focus_bar(0),
        Action::Bottom => app.open_bar(),
        Action::Back | Action::Quit => app.bar = None,
        Action::Open => {
            app.bar = None;
            match (chip, crumbs.get(at)) {
                (Some(chip), _) => return Some(Action::EditFilter(chip)),
                (None, Some(crumb)) => app.go_to_level(crumb.level),
                (None, None) => {}
            }
        }
        Action::ToggleRow | Action::InvertRow | Action::DeleteRow => {
            let Some(chip) = chip else {
                app.notify_with_keys("No filter is selected; {move-right} goes to the filters");
                return None;
            };
            let action = match action {
                Action::ToggleRow => Action::ToggleFilter(chip),
                Action::InvertRow => Action::InvertFilter(chip),
                _ => Action::DeleteFilter(chip),
            };
            app.change_filters(action);
            app.focus_bar(at);
        }
        // These lie over the bar or change nothing of it; help has its keys.
        other @ (Action::Help
        | Action::Palette
        | Action::Messages
        | Action::Redraw
        | Action::Suspend
        | Action::ToggleMouse) => return Some(other),
        // Any other action is for the pane.
        other => {
            app.bar = None;
            return Some(other);
        }
    }
    None
}
