//! Activities, and the neighbors of the one under the cursor: which activities come before and after it.
//! Two marked activities define a milestone, from the first to the second.

#[cfg(test)]
mod tests;

use super::list_pane::ListPane;
use super::list_view::{DetailOf, ListView};
use super::{Context, Look, Outcome, PaneSpec, Rect, Slot, Tab, texts, versus};
use crate::engine::{
    ActivitiesQuery, ActivityRow, Answer, AskError, Listing, Neighbors, NeighborsQuery, Request,
    Stats,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::text;
use crate::ui::widgets::{Cell, Column, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use std::cmp::Reverse;
use std::sync::Arc;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "activities",
    title: "Activities",
    short: "Act",
    help: "Frequency, starts, ends, rework and waiting before each activity; its neighbors",
    tab: Tab::Always,
    terms: &["median"],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::ToggleRow,
        Action::Sort,
        Action::Find,
    ],
    report: Some("activities"),
    new: ListPane::<Activities>::boxed,
    versus: Some(ListPane::<versus::Versus<Activities>>::boxed),
};

/// The slot of the neighbors.
const NEIGHBORS: Slot = 1;

/// The neighbors of the activity under the cursor, and the marked activity.
#[derive(Default)]
struct Activities {
    neighbors: Option<Neighbors>,
    marked: Option<Arc<str>>,
}

impl ListView for Activities {
    type List = ActivitiesQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "activities"
    }

    fn query(&self, listing: Listing) -> ActivitiesQuery {
        ActivitiesQuery { listing }
    }

    fn filter(&self, row: &ActivityRow) -> Option<Expr> {
        Some(Expr::activity(&row.activity))
    }

    fn name(&self, row: &ActivityRow) -> String {
        text::safe(&row.activity).into_owned()
    }

    fn mark(&mut self, row: &ActivityRow) -> Outcome {
        match self.marked.take() {
            None => self.marked = Some(Arc::clone(&row.activity)),
            Some(from) if from == row.activity => {}
            Some(from) => {
                let text = milestone(&from, &row.activity);
                return Outcome::Emit(vec![Action::AskMilestone(text)]);
            }
        }
        Outcome::Done
    }

    fn act(&self, action: &Action, row: &ActivityRow) -> Outcome {
        match (action, &self.marked) {
            (Action::Trim, Some(from)) => Outcome::Emit(vec![texts::trimming(from, &row.activity)]),
            (Action::Trim, None) => {
                texts::notify("Mark the first activity with space, and press r on the last one")
            }
            _ => {
                let crumb = texts::crumb("with", &self.name(row));
                let filter = Expr::activity(&row.activity);
                texts::emitting(texts::selecting(action, &filter, crumb))
            }
        }
    }

    fn head_rows(&self) -> u16 {
        u16::from(self.marked.is_some())
    }

    fn draw_head(&self, _: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(from) = &self.marked else { return };
        let from = text::safe(from);
        let line = format!(
            "From {from}: space on the end of a milestone, r on the end of a part to cut cases to"
        );
        let line = fit::truncate_end(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, look.theme.focus);
    }

    fn share(&self, _area: Rect) -> u16 {
        62
    }

    fn questions(&self, row: &ActivityRow, _: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let activity = row.activity.to_string();
        vec![(NEIGHBORS, Request::new(NeighborsQuery { activity }))]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        if let Some(neighbors) = answer.ok().and_then(Answer::to::<NeighborsQuery>) {
            self.neighbors = Some(neighbors.clone());
        }
    }

    fn draw_detail(&self, detail: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let half = detail.area.height / 2;
        let upper = Rect {
            height: half,
            ..detail.area
        };
        self.draw_neighbors(detail.row, true, upper, buffer, look);
        let lower = paint::below(detail.area, half);
        self.draw_neighbors(detail.row, false, lower, buffer, look);
    }
}

/// The definition of a milestone from one activity to another, with a name made of theirs.
fn milestone(from: &str, to: &str) -> String {
    let word = |name: &str| {
        let words = name.split(|c: char| !c.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty()).map(str::to_lowercase);
        words.collect::<Vec<_>>().join("_")
    };
    let name = format!("{}_to_{}", word(from), word(to));
    // As filters write activities.
    let [from, to] = [from, to].map(Expr::activity);
    format!("{name} = first {to} after first {from}")
}

impl Activities {
    /// Draws what comes before (or after) an activity, with its share of all that does.
    fn draw_neighbors(
        &self,
        row: &ActivityRow,
        before: bool,
        area: Rect,
        buffer: &mut Buffer,
        look: Look<'_>,
    ) {
        let name = text::safe(&row.activity);
        let title = if before {
            format!("Before {name}")
        } else {
            format!("After {name}")
        };
        let theme = look.theme;
        paint::heading(buffer, paint::row(area, 0), &title, theme.title, theme);
        let columns = [
            Column::flex("activity", 12, 2),
            Column::flex("share", 10, 1).at_most(20),
            Column::fixed("count", 8).right(),
            Column::fixed("median", 8).right().priority(1),
        ];
        let rows = self.neighbors(row, before, look);
        VirtualTable {
            columns: &columns,
            rows: &rows,
            total: rows.len(),
            stale: (look.stale)(NEIGHBORS),
            ..VirtualTable::default()
        }
        .draw(paint::below(area, 1), buffer, theme);
    }

    /// The neighbors, and the cases that start (or end) with the activity, most frequent first.
    /// Nothing before they are known: the shares are of all of them.
    fn neighbors(&self, row: &ActivityRow, before: bool, look: Look<'_>) -> Vec<Vec<Cell<'_>>> {
        let neighbors = self.neighbors.as_ref();
        // The answer may still be that of the row before.
        let Some(neighbors) = neighbors.filter(|found| *found.activity == *row.activity) else {
            return Vec::new();
        };
        let edges = if before {
            &neighbors.before
        } else {
            &neighbors.after
        };
        let (ends, word) = if before {
            (row.starts, "(start of the case)")
        } else {
            (row.ends, "(end of the case)")
        };
        let all = (edges.iter().map(|e| e.count).sum::<u64>() + ends).max(1) as f64;
        let line = |name: Cell<'static>, count: u64, stats: Option<&Stats>| {
            let share = count as f64 / all;
            let median = stats.map_or_else(|| "-".into(), |s| look.context.duration(s.median));
            let cells = vec![
                name,
                Cell::bar(share, &text::percent(share), 6),
                Cell::new(text::count(count)),
                Cell::new(median),
            ];
            (count, cells)
        };
        let mut rows: Vec<(u64, Vec<Cell<'_>>)> = edges
            .iter()
            .map(|edge| {
                let other = text::safe(if before { &edge.from } else { &edge.to }).into_owned();
                line(Cell::new(other), edge.count, Some(&edge.elapsed))
            })
            .collect();
        if ends > 0 {
            rows.push(line(Cell::new(word).style(look.theme.muted), ends, None));
        }
        rows.sort_by_key(|(count, _)| Reverse(*count));
        rows.into_iter().map(|(_, cells)| cells).collect()
    }
}
