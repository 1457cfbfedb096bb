//! Popups about the pane on the screen: its columns, and the row under its cursor.

use super::columns::rows;
use super::{Popup, PopupKind, PopupRow};
use crate::app::model::App;
use crate::input::ColumnChoice;

/// Builds the popup for the list on the screen; `None` where its columns cannot be chosen.
pub(in crate::app) fn menu(app: &App) -> Option<Popup> {
    let log = app.log.as_ref()?;
    let columns = app.pane()?.columns_on_offer(log)?;
    let mut popup = Popup::new(PopupKind::Columns, "Columns", rows(&columns));
    popup.columns = columns;
    Some(popup)
}

/// Carries out a choice of columns on the pane of the screen, and keeps it for the next start.
pub(in crate::app) fn set(app: &mut App, columns: &[ColumnChoice]) {
    let Some(id) = app.spec().map(|spec| spec.id) else {
        return;
    };
    let popup = app.popup.as_mut();
    if !popup.is_some_and(|popup| std::mem::replace(&mut popup.has_changed, true)) {
        let before = app.snapshot();
        app.remember_change(before);
    }
    let usual = app.settings.columns_of(id, None);
    let shown = if columns.is_empty() { &usual } else { columns };
    app.with_pane(|pane, context| pane.set_columns(shown, context.log));
    if columns.is_empty() {
        app.list_columns.remove(id);
        let log = app.log.clone();
        let offer = log.and_then(|log| app.pane().and_then(|pane| pane.columns_on_offer(&log)));
        if let (Some(popup), Some(offer)) = (&mut app.popup, offer) {
            popup.rows = rows(&offer);
            popup.columns = offer;
            popup.search();
        }
    } else {
        let texts = columns.iter().map(ColumnChoice::to_text).collect();
        app.list_columns.insert(id.to_owned(), texts);
    }
}

/// The values of the row under the cursor, in full.
pub(in crate::app) fn whole_row(app: &mut App) -> Option<Popup> {
    let values = app.with_pane(|pane, context| pane.whole_row(context))?;
    let rows: Vec<PopupRow> = values
        .into_iter()
        .map(|(name, value)| PopupRow::fact(name, value))
        .collect();
    (!rows.is_empty()).then(|| Popup::new(PopupKind::Row, "Row", rows))
}
