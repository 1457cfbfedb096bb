//! The popup with the sections of the report: keys move, name and take off a section, and write the report.

use super::{Popup, PopupKind, PopupOutcome, PopupRow};
use crate::app::model::App;
use crate::input::{Action, Chord, Key};

/// Shows the sections, with the cursor on that one.
pub(in crate::app) fn show(app: &mut App, at: usize) {
    let sections = &app.report.sections;
    if sections.is_empty() {
        app.popup = None;
        app.notify_with_keys("The report has no sections; {add-section} puts what is shown on it");
        return;
    }
    let rows = sections.iter().enumerate().map(|(n, section)| {
        let title = match section.title.as_str() {
            "" => section.command.split(' ').next().unwrap_or_default(),
            title => title,
        };
        let filters = section.filters.join(" and ");
        let chart = if section.chart { "" } else { "no chart" };
        PopupRow {
            left: format!("{}. {title}", n + 1),
            text: [section.command.as_str(), &filters]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" | "),
            right: chart.to_owned(),
            run: Some(Action::AskTitle(Some(n))),
            ..PopupRow::default()
        }
    });
    let rows: Vec<PopupRow> = rows.collect();
    let title = match app.report.title.as_str() {
        "" => "Report".to_owned(),
        title => format!("Report: {title}"),
    };
    let mut popup = Popup::new(PopupKind::Report, title, rows);
    popup.cursor = at.min(popup.rows.len() - 1);
    app.popup = Some(popup);
}

impl Popup {
    /// Carries out a key on the section under the cursor; `None` where it is a move.
    pub(super) fn report_key(&self, chord: Chord) -> Option<PopupOutcome> {
        let plain = !chord.ctrl && !chord.alt;
        let at = *self.matching.get(self.cursor)?;
        let action = match chord.key {
            Key::Left | Key::Char('<') if plain => Action::MoveSection { at, down: false },
            Key::Right | Key::Char('>') if plain => Action::MoveSection { at, down: true },
            Key::Delete | Key::Char('d') if plain => Action::DeleteSection(at),
            Key::Char('c') if plain => Action::ToggleChart(at),
            Key::Char('t') if plain => Action::AskTitle(None),
            Key::Char('w' | 'W') if plain => return Some(PopupOutcome::Run(Action::WriteReport)),
            _ => return None,
        };
        Some(PopupOutcome::Keep(action))
    }
}
