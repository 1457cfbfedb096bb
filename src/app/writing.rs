//! Writing the mapping of the logs, the session, or the milestones and classes of waits defined here, to a file;
//! reading a model from one.

use super::columns::Columns;
use super::commands;
use super::effect::Effect;
use super::model::App;
use super::outline;
use super::popups;
use super::prompt::{self, Wanted};
use crate::input::Action;

/// Carries out actions that write or read a file; gives back what is not one.
pub(super) fn write(app: &mut App, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    match action {
        Action::WriteMapping => prompt::open_text(app, Wanted::MappingFile, "mapping.toml"),
        Action::WriteMappingTo { path, replace } => {
            let on_screen = app.columns.as_ref().map(Columns::plan);
            effects.push(Effect::Write {
                plan: on_screen.or_else(|| app.plan.clone()),
                ends: app.filters.ends.clone(),
                path,
                replace,
            });
        }
        Action::SaveSession => {
            let file = app.settings.session_file.clone();
            let file = file.as_deref().unwrap_or("session.toml");
            prompt::open_text(app, Wanted::SessionFile, file);
        }
        Action::SaveSessionTo { path, replace } => {
            effects.push(Effect::SaveSession { path, replace });
        }
        Action::WriteReport if app.report.sections.is_empty() => popups::show_report(app, 0),
        Action::WriteReport => {
            let file = app.settings.report_file.clone();
            let file = file.as_deref().unwrap_or("report.html");
            prompt::open_text(app, Wanted::ReportFile, file);
        }
        Action::WriteReportTo { path, replace } if outline::says_format(&path) => {
            effects.push(Effect::WriteReport { path, replace });
        }
        Action::WriteReportTo { path, .. } => {
            let why = "the name ends in .html, .md or .toml".to_owned();
            prompt::ask_again(app, Wanted::ReportFile, &path, why);
        }
        Action::Export => match commands::exported(app) {
            Some((section, _)) => {
                let name = section.command.split(' ').next().unwrap_or_default();
                prompt::open_text(app, Wanted::ExportFile, &format!("{name}.csv"));
            }
            None => commands::explain_missing(app),
        },
        Action::ExportTo { path, replace } => export(app, path, replace, effects),
        Action::WriteMilestones
            if app.filters.milestones.is_empty() && app.filters.waits.is_empty() =>
        {
            app.notify("No milestones were defined here; d in the pane Milestones defines one");
        }
        Action::WriteMilestones => {
            let rules = app.settings.rules.clone();
            prompt::open_text(
                app,
                Wanted::RulesFile,
                rules.as_deref().unwrap_or("rules.toml"),
            );
        }
        Action::ReadModel(path) => effects.push(Effect::ReadModel(path)),
        Action::WriteMilestonesTo(path) => effects.push(Effect::WriteDefinitions(path)),
        other => return Some(other),
    }
    None
}

fn export(app: &mut App, path: String, replace: bool, effects: &mut Vec<Effect>) {
    let name = path.to_ascii_lowercase();
    if !outline::EXPORTED
        .iter()
        .any(|ending| name.ends_with(ending))
    {
        let why = "the name ends in .csv, .json or .md".to_owned();
        return prompt::ask_again(app, Wanted::ExportFile, &path, why);
    }
    match commands::exported(app) {
        Some((section, view)) => effects.push(Effect::Export {
            section,
            view: Box::new(view),
            path,
            replace,
        }),
        None => commands::explain_missing(app),
    }
}
