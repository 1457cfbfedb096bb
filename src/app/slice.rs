//! The slice of a log in an engine: what the filters leave of it, fetched to be opened in all panes.

use super::effect::Effect;
use super::history::Snapshot;
use super::load::{ColumnsFrom, Inspected, Load, Loader, SliceOffer};
use super::model::App;
use super::popups;
use crate::engine::LogPlace;
use crate::formats::ReadPlan;
use crate::input::Action;
use std::sync::Arc;

/// The whole log in an engine while a slice of it is open.
pub(super) struct WholeLog {
    /// Opens it.
    pub loader: Arc<Loader>,
    /// Where one was, with the filters that the slice was fetched by.
    pub view: Snapshot,
    /// The pieces of a command line that opens it.
    pub command: Vec<String>,
    /// Its name.
    pub name: String,
    /// The plan that the user chose for it.
    pub plan: Option<ReadPlan>,
    /// The columns of the whole, as they were looked at.
    pub inspected: Option<Inspected>,
    /// Where they are from.
    pub columns_from: ColumnsFrom,
}

/// Carries out actions on slices; gives back what is not one.
pub(super) fn update(app: &mut App, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    let place = app.log.as_ref().map_or(LogPlace::Here, |log| log.place);
    let is_loading = matches!(app.load, Load::Running(_));
    match (action, place) {
        (Action::Slice | Action::FetchSlice { .. }, _) if is_loading => {
            app.notify("The log is being read");
        }
        (Action::Slice | Action::FetchSlice { .. }, LogPlace::Here) => {
            app.notify("This log is not in an engine: all of it is here");
        }
        (Action::Slice, LogPlace::Engine) => {
            app.notify(COUNTING);
            effects.push(Effect::MeasureSlice);
        }
        (Action::FetchSlice { anew }, LogPlace::Engine) => effects.push(Effect::FetchSlice(anew)),
        (Action::Slice | Action::FetchSlice { .. }, LogPlace::Slice) => {
            effects.push(Effect::LeaveSlice);
        }
        (other, _) => return Some(other),
    }
    None
}

/// Message until the slice is counted.
const COUNTING: &str = "Counting what the filters leave ...";

/// Asks whether what was counted is fetched.
pub(super) fn ask(app: &mut App, offer: SliceOffer) {
    app.notifications.withdraw(COUNTING);
    let of = |text: &str, anew| (text.to_owned(), Action::FetchSlice { anew });
    let choices = match offer.fetched {
        None => vec![of("Fetch it and open it in all panes", true)],
        Some(ago) => vec![
            of(&format!("Open the one that was fetched {ago} ago"), false),
            of("Fetch it again", true),
        ],
    };
    popups::ask(app, format!("The filters leave {}", offer.size), choices);
}
