//! What is under the cursor of the dotted chart as a filter: exactly its cases wherever the language
//! can say so. Pure.

use super::state::State;
use crate::engine::{CaseKey, DottedKey, DottedRow, quote};
use crate::input::Action;
use crate::panes::{Outcome, texts};
use crate::text;

/// Said where a filter cannot tell the cases of a cell from others.
const NEIGHBORS: &str = " and neighbors that sort the same";

/// The cases of a cell.
pub struct Subject {
    /// Their filter.
    pub filter: String,
    /// What to call them.
    pub name: String,
    /// The only case.
    pub only: Option<String>,
}

/// What becomes of `Open`, `Keep` and `Drop`.
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
        let why = "These cases cannot be told from others by a filter yet: zoom in first";
        return Outcome::Emit(vec![Action::Notify(why.to_owned())]);
    };
    let told = (*action != Action::Open && subject.name.ends_with(NEIGHBORS))
        .then(|| Action::Notify(format!("It holds {}", subject.name)));
    let act = match (action, subject.only) {
        (Action::Keep, _) => Action::AddFilter(subject.filter),
        (Action::Drop, _) => Action::AddFilter(format!("not ({})", subject.filter)),
        (_, Some(case)) => Action::OpenCase(case),
        (_, None) => Action::Drill {
            filter: subject.filter,
            pane: "cases",
            crumb: subject.name,
        },
    };
    Outcome::Emit(std::iter::once(act).chain(told).collect())
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
        let filter = format!("case = {}", quote(case));
        return Some(Subject { filter, name, only });
    }
    let all = row.cases == chart.total;
    let keys = if all {
        Some(String::new())
    } else {
        keys(row, state.order().sort)
    };
    if let (true, Some(keys)) = (all || !row.tied, &keys) {
        let filter = both(&in_column(state)?, keys);
        return Some(Subject { filter, name, only });
    }
    if let Some(dot) = ids {
        let ids: Vec<String> = dot.ids.iter().map(|id| quote(id)).collect();
        let filter = format!("case in ({})", ids.join(", "));
        return Some(Subject { filter, name, only });
    }
    let filter = both(&in_column(state)?, &keys?);
    let name = format!("{name}{NEIGHBORS}");
    Some(Subject { filter, name, only })
}

fn both(column: &str, keys: &str) -> String {
    if keys.is_empty() {
        column.to_owned()
    } else {
        format!("{column} and {keys}")
    }
}

/// The condition that an event is in the column of the cursor.
fn in_column(state: &State) -> Option<String> {
    let steps = state.chart()?.steps;
    let (from, to) = (steps.bound(state.column), steps.bound(state.column + 1));
    if state.relative {
        let (from, last) = (from.max(0), to - 1);
        return Some(format!(
            "time after {} within {}",
            crate::text::time::duration_literal(from),
            crate::text::time::duration_literal(last)
        ));
    }
    let (from, to) = (texts::instant_literal(from)?, texts::instant_literal(to)?);
    Some(format!("time in {from}..{to}"))
}

/// The condition that a case sorts between the first and the last one of a row; `None` where the
/// filter language orders cases in another way.
fn keys(row: &DottedRow, sort: CaseKey) -> Option<String> {
    let range = |field: &str, a: String, b: String| format!("{field} >= {a} and {field} <= {b}");
    match (row.first_key, row.last_key) {
        (DottedKey::Instant(a), DottedKey::Instant(b)) => {
            let (low, high) = (
                texts::instant_literal(a.min(b))?,
                texts::instant_literal(a.max(b))?,
            );
            let field = if sort == CaseKey::End { "end" } else { "start" };
            Some(range(field, low, high))
        }
        (DottedKey::Duration(a), DottedKey::Duration(b)) => {
            let literal = crate::text::time::duration_literal;
            Some(range("duration", literal(a.min(b)), literal(a.max(b))))
        }
        (DottedKey::Events(a), DottedKey::Events(b)) => {
            Some(range("events", a.min(b).to_string(), a.max(b).to_string()))
        }
        (DottedKey::Variant(a), DottedKey::Variant(b)) => {
            Some(range("variant", a.min(b).to_string(), a.max(b).to_string()))
        }
        _ => None,
    }
}
