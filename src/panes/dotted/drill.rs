//! The cases under the cursor of the dotted chart as a filter: exactly its cases wherever the language
//! can say so. Pure.

use super::state::State;
use crate::engine::{CaseKey, DottedKey, DottedRow};
use crate::filter::{DurationLiteral, Expr, Field, TimeLiteral, TimeRange};
use crate::input::Action;
use crate::panes::{Outcome, texts};
use crate::text;

/// Said where a filter cannot tell the cases of a cell from others.
const NEIGHBORS: &str = " and neighbors that sort the same";

/// The cases of a cell.
pub struct Subject {
    /// Their filter.
    pub filter: Expr,
    /// Name for breadcrumbs and messages.
    pub name: String,
    /// The only case.
    pub only: Option<String>,
}

/// Handles `Open`, `Keep` and `Drop`.
pub fn outcome(state: &State, action: &Action) -> Outcome {
    let Some(row) = state.current() else {
        return Outcome::Ignored;
    };
    if state.cell().is_none() {
        // A row of one case is that case, wherever its events are.
        let opens = *action == Action::Open && row.cases == 1;
        return if opens {
            Outcome::Emit(vec![Action::OpenCase(row.first.clone())])
        } else {
            Outcome::Ignored
        };
    }
    let Some(subject) = subject(state) else {
        let why = "No filter selects exactly these cases yet; zoom in first";
        return texts::notify(why);
    };
    let note = (*action != Action::Open && subject.name.ends_with(NEIGHBORS))
        .then(|| Action::Notify(format!("The filter selects {}", subject.name)));
    let act = match subject.only {
        Some(case) => texts::selecting_case(action, &case),
        None => texts::selecting(action, &subject.filter, subject.name),
    };
    Outcome::Emit(act.into_iter().chain(note).collect())
}

/// The cases of the cell under the cursor; `None` where there are none, or no filter says them.
pub fn subject(state: &State) -> Option<Subject> {
    let (chart, row) = (state.chart()?, state.current()?);
    let cases = state.cell()?.cases;
    let ids = state.dot().filter(|dot| dot.ids.len() == dot.total);
    let only = match ids {
        Some(dot) if dot.total == 1 => dot.ids.first().cloned(),
        _ => (row.cases == 1).then(|| row.first.clone()),
    };
    let name = text::counted(cases, "case", "cases");
    if let Some(case) = &only {
        let filter = Expr::case(case);
        return Some(Subject { filter, name, only });
    }
    let all = row.cases == chart.total;
    if all {
        let filter = in_column(state)?;
        return Some(Subject { filter, name, only });
    }
    let keys = keys(row, state.order().sort);
    match (keys, ids) {
        (Some(keys), _) if !row.tied => {
            let filter = in_column(state)?.and(keys);
            Some(Subject { filter, name, only })
        }
        // Where keys do not say exactly which cases are meant, their ids do.
        (_, Some(dot)) => {
            let ids = dot.ids.iter().map(String::as_str);
            let filter = Expr::one_of(Field::Case, ids);
            Some(Subject { filter, name, only })
        }
        (keys, None) => {
            let filter = in_column(state)?.and(keys?);
            let name = format!("{name}{NEIGHBORS}");
            Some(Subject { filter, name, only })
        }
    }
}

/// The condition that an event is in the column of the cursor.
fn in_column(state: &State) -> Option<Expr> {
    let steps = state.chart()?.steps;
    let (from, to) = (steps.bound(state.column), steps.bound(state.column + 1));
    if state.relative {
        // The end is not part of the column.
        let (from, last) = (from.max(0), to - 1);
        let literal = DurationLiteral::of;
        return Some(Expr::time_after_start(literal(from), literal(last)));
    }
    TimeRange::between(from, to).map(Expr::time_in)
}

/// The condition that a case sorts between the first and the last one of a row; `None` where the
/// filter language orders cases in another way.
fn keys(row: &DottedRow, sort: CaseKey) -> Option<Expr> {
    match (row.first_key, row.last_key) {
        (DottedKey::Instant(a), DottedKey::Instant(b)) => {
            let (low, high) = (TimeLiteral::of(a.min(b))?, TimeLiteral::of(a.max(b))?);
            let field = match sort {
                CaseKey::End => Field::End,
                _ => Field::Start,
            };
            Some(Expr::between(field, low, high))
        }
        (DottedKey::Duration(a), DottedKey::Duration(b)) => {
            let (low, high) = (DurationLiteral::of(a.min(b)), DurationLiteral::of(a.max(b)));
            Some(Expr::between(Field::Duration, low, high))
        }
        (DottedKey::Events(a), DottedKey::Events(b)) => {
            Some(Expr::between(Field::Events, a.min(b), a.max(b)))
        }
        (DottedKey::Variant(a), DottedKey::Variant(b)) => {
            Some(Expr::between(Field::Variant, a.min(b), a.max(b)))
        }
        _ => None,
    }
}
