//! What the queues chart shows and where its cursors are. Pure: knows no style.

use crate::engine::{
    Answer, AskError, QueueBin, QueueBy, QueueDetail, QueueKey, QueueRow, Queues, Request, quote,
};
use crate::input::Action;
use crate::panes::controls::Controls;
use crate::panes::periods::Periods;
use crate::panes::{Context, CopyWhat, Outcome, Place, Slot, texts};
use crate::text;
use crate::ui::fit;
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use std::sync::Arc;

/// The slot of the list.
pub const LIST: Slot = 0;
/// The slot of the queue under the cursor.
pub const DETAIL: Slot = 1;
/// The slot of the greatest length that it ever had.
pub const LONGEST: Slot = 2;

/// Title, key, and whether the largest comes first.
const COLUMNS: &[(&str, QueueKey, bool)] = &[
    ("waiting", QueueKey::Total, true),
    ("mean length", QueueKey::Mean, true),
    ("growth", QueueKey::Growth, true),
    ("p90", QueueKey::P90, true),
    ("median", QueueKey::Median, true),
    ("count", QueueKey::Count, true),
    ("name", QueueKey::Name, false),
];

/// The titles alone.
pub const SORTS: &[&str] = &[
    "waiting",
    "mean length",
    "growth",
    "p90",
    "median",
    "count",
    "name",
];

/// Rows received, the cursor among them, and the queue under it over time.
pub struct State {
    /// Cursor, order, search.
    pub controls: Controls<QueueKey>,
    /// Whose queues.
    pub by: QueueBy,
    /// The rows around the cursor, and whose they are.
    pub queues: Option<(QueueBy, Queues)>,
    /// The queue under the cursor, once it is there.
    pub detail: Option<QueueDetail>,
    /// The greatest length that it ever had, and when.
    pub longest: Option<(u64, i64)>,
    /// The cursor along its axis.
    pub periods: Periods,
    /// List or detail.
    pub focus: Part,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            controls: Controls::new(COLUMNS),
            by: QueueBy::Activity,
            queues: None,
            detail: None,
            longest: None,
            periods: Periods::default(),
            focus: Part::List,
            error: None,
        }
    }

    /// Where list and detail are.
    pub fn split(&self, context: Context<'_>) -> Split {
        let share = if context.area.width < 130 { 58 } else { 52 };
        Split::of(context.area, share, self.focus, context.maximized)
    }

    /// The rows that the screen shows, and the queue under the cursor.
    pub fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let split = self.split(context);
        let list = Request::Queues {
            by: self.by,
            listing: self.controls.listing(page_rows(split.list.height)),
        };
        let mut requests = vec![(LIST, list)];
        if let Some(row) = self.row().filter(|_| split.shows_detail()) {
            let detail = Request::Queue {
                by: self.by,
                name: row.name.to_string(),
                bins: usize::from(split.detail.width)
                    .saturating_sub(10)
                    .clamp(10, 200),
                range: self.periods.range,
            };
            requests.push((DETAIL, detail));
            let longest = Request::LongestQueues {
                by: self.by,
                name: Some(row.name.to_string()),
            };
            requests.push((LONGEST, longest));
        }
        requests
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Arc<Answer>, AskError>) {
        match answer.as_ref().map(|a| &**a) {
            Ok(Answer::Queues(queues)) => {
                let name = |row: &QueueRow| fit::width(&text::safe(&row.name));
                let widest = queues.rows.rows.iter().map(name).max().unwrap_or(0);
                self.controls.received(queues.rows.total, widest);
                self.queues = Some((self.by, queues.clone()));
                self.error = None;
            }
            Ok(Answer::Queue(detail)) => {
                let bounds = detail.bins.iter().map(|bin| bin.start).chain([detail.end]);
                self.periods.received(bounds.collect(), detail.whole);
                self.detail = Some(detail.clone());
            }
            Ok(Answer::LongestQueues(queues)) => {
                self.longest = queues.first().and_then(|(_, longest)| *longest);
            }
            Ok(_) => {}
            Err(error) => self.error = Some(error.clone()),
        }
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&QueueRow> {
        let (by, queues) = self.queues.as_ref()?;
        let rows = (*by == self.by).then_some(&queues.rows)?;
        rows.rows
            .get(self.controls.list.cursor.checked_sub(rows.offset)?)
    }

    /// The bin under the cursor.
    pub fn bin(&self) -> Option<&QueueBin> {
        self.detail.as_ref()?.bins.get(self.periods.bin)
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        match action {
            Action::SwitchFocus => self.focus = self.focus.other(),
            Action::Back if self.focus == Part::Detail => self.focus = Part::List,
            Action::ToggleAxis => {
                self.by = match self.by {
                    QueueBy::Activity => QueueBy::Resource,
                    QueueBy::Resource => QueueBy::Activity,
                };
                self.controls.update(&Action::Top);
            }
            Action::Open | Action::Keep | Action::Drop => return self.select(action),
            _ if self.periods.update(action) => {}
            _ => {
                let page = page_rows(self.split(context).list.height);
                self.controls.list.set_page(page);
                if !self.controls.update(action) {
                    return Outcome::Ignored;
                }
            }
        }
        Outcome::Done
    }

    /// In the detail, the cases that waited in the bin; in the list, all that ever came through.
    fn select(&self, action: &Action) -> Outcome {
        let Some(row) = self.row() else {
            return Outcome::Ignored;
        };
        let name = quote(&row.name);
        let mut filter = match self.by {
            QueueBy::Activity => format!("queued {name}"),
            QueueBy::Resource => format!("queued resource {name}"),
        };
        let mut crumb = texts::crumb("queue", &row.name);
        if let Some(range) = self
            .periods
            .literal()
            .filter(|_| self.focus == Part::Detail)
        {
            filter = format!("{filter} {range}");
            crumb = format!("{crumb} {}", self.periods.crumb());
        }
        Outcome::Emit(vec![texts::selecting(action, filter, crumb)])
    }

    /// The row under the cursor, or all rows around it.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let cells = |row: &QueueRow| {
            let figures = [
                row.waiting.median,
                row.waiting.p90,
                row.waiting.total,
                row.mean,
                row.growth(),
            ];
            let name = text::safe(&row.name).into_owned();
            let mut cells = vec![name, row.waiting.n.to_string()];
            cells.extend(figures.map(|figure| figure.to_string()));
            cells
        };
        match what {
            CopyWhat::Cell => Some(text::safe(&self.row()?.name).into_owned()),
            CopyWhat::Row => Some(texts::tab_separated([cells(self.row()?)])),
            CopyWhat::View => {
                let head = [
                    "name", "count", "median_s", "p90_s", "total_s", "mean", "growth",
                ];
                let head = head.map(String::from).to_vec();
                let (_, queues) = self.queues.as_ref()?;
                let rows = [head].into_iter().chain(queues.rows.rows.iter().map(cells));
                Some(texts::tab_separated(rows))
            }
        }
    }

    /// Where it is: whose queues, and the cursor along the axis, stand in the subject.
    pub fn place(&self) -> Place {
        let by = usize::from(self.by == QueueBy::Resource);
        Place {
            subject: format!("{by} {}", self.periods.place()),
            ..self.controls.place()
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        let (by, periods) = place.subject.split_once(' ').unwrap_or_default();
        self.by = match by {
            "1" => QueueBy::Resource,
            _ => QueueBy::Activity,
        };
        self.periods.go_to(periods);
        self.controls.go_to(place);
    }
}
