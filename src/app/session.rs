//! From the state of the explorer to a session, and back.

use super::alerts::AlertBoard;
use super::history::{History, Level, Session, Snapshot};
use super::model::App;
use super::outline::Outline;
use super::prompt::PromptKind;
use std::collections::BTreeSet;
use std::sync::Arc;

impl App {
    /// The session as it is now. Places at which panes are at the start are left out.
    pub fn session(&self) -> Session {
        // Pseudonyms of cases mean nothing at a start that shows their ids.
        let is_redacted = self.log.as_ref().is_some_and(|log| log.redacted);
        let mut view = self.snapshot();
        let usual = &self.usual_places;
        let is_usual = |id: &String, place: &_| usual.get(id) == Some(place);
        view.places.retain(|id, place| !is_usual(id, place));
        let places = &view.places;
        let trimmed = |level: &Level| {
            let mut back = (*level.back).clone();
            let says = |id: &String, place: &mut _| !is_usual(id, place) || places.contains_key(id);
            back.places.retain(says);
            Level {
                back: Arc::new(back),
                ..level.clone()
            }
        };
        let trail = view.trail.iter().map(trimmed).collect();
        view.trail = trail;
        Session {
            view,
            maximized: self.workspace.maximized,
            draft: self.filter_text(),
            marks: if is_redacted {
                BTreeSet::new()
            } else {
                self.marks.clone()
            },
            report: self.report.clone(),
        }
    }

    /// The text of the filter line that is open, or that was left.
    fn filter_text(&self) -> Option<(String, bool)> {
        let open = self.prompt.as_ref().and_then(|prompt| match prompt.kind {
            PromptKind::Filter { edit: None, events } => {
                let text = prompt.line.text().to_owned();
                (!text.trim().is_empty()).then_some((text, events))
            }
            _ => None,
        });
        open.or_else(|| self.draft.clone())
    }

    /// Goes to the view of a session.
    pub(super) fn resume_session(&mut self, session: &Session) {
        self.restore(&session.view);
        self.workspace.maximized = session.maximized;
        self.draft.clone_from(&session.draft);
        self.marks.clone_from(&session.marks);
        self.report.clone_from(&session.report);
    }

    /// Begins with the session of the settings, once the log is there, or says that there is one.
    pub(super) fn begin_session(&mut self) {
        self.usual_places = self.places();
        let Some(last) = self.settings.last_session.clone() else {
            return;
        };
        if last.resumes {
            if last.is_interrupted {
                let before = self.snapshot();
                self.remember_change(before);
            }
            self.resume_session(&last.session);
        }
        if !last.note.is_empty() {
            self.notify(last.note);
        }
    }

    /// Leaves the drill-down and forgets what was seen, searched, typed and put on the report; filters stay.
    pub(super) fn forget_past(&mut self) {
        let here = self.snapshot();
        self.restore(&Snapshot {
            trail: Vec::new(),
            places: self.usual_places.clone(),
            ..here
        });
        self.history = History::default();
        self.alerts = AlertBoard::default();
        self.entered.clear();
        self.draft = None;
        self.marks.clear();
        self.notifications.forget();
        // Commands and titles may name what is not shown any more.
        self.report = Outline::default();
        self.prompt = None;
        self.popup = None;
        self.settings.last_session = None;
    }

    /// Brings the last session back, as one step of undo.
    pub(super) fn resume_last_session(&mut self) {
        let Some(last) = self.settings.last_session.clone() else {
            self.notify("No session was saved for this log");
            return;
        };
        let before = self.snapshot();
        self.remember_change(before);
        self.resume_session(&last.session);
        self.notify("Session resumed; u undoes it");
    }
}
