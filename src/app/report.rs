//! The report that is put together by keys: sections are added, moved, named and taken off.

use super::commands;
use super::model::App;
use super::outline::MOST_SECTIONS;
use super::popups;
use super::prompt::{self, Wanted};
use crate::input::Action;
use crate::text::counted;

/// Actions on the report; gives back what is not one.
pub(super) fn update(app: &mut App, action: Action) -> Option<Action> {
    match action {
        Action::AddSection => add(app),
        Action::ShowReport => popups::show_report(app, 0),
        Action::MoveSection { at, down } => {
            let at = app.report.shift(at, down);
            popups::show_report(app, at);
        }
        Action::DeleteSection(at) => {
            if at < app.report.sections.len() {
                let section = app.report.sections.remove(at);
                app.notify(format!("Taken off the report: {}", section.title));
            }
            popups::show_report(app, at.min(app.report.sections.len().saturating_sub(1)));
        }
        Action::ToggleChart(at) => {
            if let Some(section) = app.report.sections.get_mut(at) {
                section.chart = !section.chart;
            }
            popups::show_report(app, at);
        }
        Action::AskTitle(at) => {
            let title = match at {
                Some(at) => app.report.sections.get(at).map(|section| &section.title),
                None => Some(&app.report.title),
            };
            if let Some(title) = title.cloned() {
                app.popup = None;
                prompt::open_text(app, Wanted::Title(at), &title);
            }
        }
        Action::SetTitle { at, title } => {
            let place = match at {
                Some(at) => app
                    .report
                    .sections
                    .get_mut(at)
                    .map(|section| &mut section.title),
                None => Some(&mut app.report.title),
            };
            if let Some(place) = place {
                *place = title;
            }
            popups::show_report(app, at.unwrap_or(0));
        }
        other => return Some(other),
    }
    None
}

fn add(app: &mut App) {
    if app.report.sections.len() >= MOST_SECTIONS {
        app.notify(format!("A report has {MOST_SECTIONS} sections at most"));
        return;
    }
    let Some(section) = commands::section(app) else {
        commands::explain_missing(app);
        return;
    };
    let title = section.title.clone();
    app.report.sections.push(section);
    let n = counted(app.report.sections.len() as u64, "section", "sections");
    let text = format!("{title}: on the report, which has {n}; {{show-report}} shows it");
    app.notify_with_keys(&text);
}
