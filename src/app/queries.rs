//! Which questions are asked of the engine, and which answers still count: the newest question of a
//! slot, asked once, and answers to older ones dropped. No thread and no clock of its own.

use crate::engine::{Question, Request, View};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Who queries: slots of panes (pane times 256 plus the pane's slot), and those of the app itself.
pub type SlotId = u32;

/// Figures of the selection, for the line of filters.
pub const SUMMARY: SlotId = u32::MAX;
/// Slot of the check of the text in the filter line.
pub const CHECK: SlotId = u32::MAX - 1;
/// Slot of the completions in the filter line.
pub const COMPLETE: SlotId = u32::MAX - 2;

/// The cases that an explanation names.
pub const EXAMPLES: SlotId = u32::MAX - 3;

/// Conditions of alerts while the log is followed.
pub const ALERTS: SlotId = u32::MAX - 4;

/// For how long old data stays undimmed while its question is on its way: most answers come sooner,
/// and dimming for an instant would only flicker.
const GRACE: Duration = Duration::from_millis(80);

/// The slot of a pane.
pub fn pane_slot(pane: usize, slot: u8) -> SlotId {
    pane as u32 * 256 + u32::from(slot)
}

#[derive(Debug, Default)]
struct Slot {
    /// The newest question; none once it is of no interest, so that it may be asked anew.
    asked: Option<(Arc<View>, Request)>,
    asked_at: Option<Instant>,
    /// Number of that question.
    ticket: u64,
    waiting: bool,
    /// Generation of the view that the data shown is of.
    shown: u64,
    /// True if the engine failed at the newest question: it is not asked again, and what is shown stays.
    failed: bool,
    /// True if something was answered that is still shown.
    answered: bool,
}

impl Slot {
    fn is_slow(&self, now: Instant) -> bool {
        self.asked_at
            .is_some_and(|at| now.saturating_duration_since(at) >= GRACE)
    }
}

/// The state of all questions.
#[derive(Debug, Default)]
pub struct PendingQueries {
    /// The filters in force.
    pub view: Arc<View>,
    /// Grows with every change of the view.
    pub generation: u64,
    slots: HashMap<SlotId, Slot>,
    tickets: u64,
    /// After a cancel, nothing is asked until the next key.
    pub hold: bool,
    /// Duration of the newest answer.
    pub elapsed: Option<Duration>,
    /// True while the engine works on a question that was cancelled, and later ones wait for its end.
    pub ending: bool,
}

impl PendingQueries {
    /// A view is in force from now on; nothing happens where it is the same.
    pub fn set_view(&mut self, view: View) {
        if *self.view != view {
            self.view = Arc::new(view);
            self.generation += 1;
            self.elapsed = None;
        }
    }

    /// All answers so far are void: the log is another one.
    pub fn forget_all(&mut self) {
        self.slots.clear();
        self.generation += 1;
    }

    /// All answers so far are of an earlier state of what the questions are about: they are asked again, and shown
    /// until then.
    pub fn ask_again(&mut self) {
        for (slot, state) in &mut self.slots {
            // What is typed is asked for by itself, and once.
            if ![CHECK, COMPLETE].contains(slot) {
                state.asked = None;
                state.waiting = false;
            }
        }
        self.generation += 1;
    }

    /// The question to be asked so that `slot` gets the answer to `request`; none where it was
    /// asked already.
    pub fn want(
        &mut self,
        slot: SlotId,
        view: &Arc<View>,
        request: Request,
        now: Instant,
    ) -> Option<Question> {
        let state = self.slots.entry(slot).or_default();
        let same = matches!(&state.asked, Some((v, r)) if *r == request && v == view);
        if same {
            // Filters changed and changed back: the answer on the screen is current.
            if !state.waiting && !state.failed {
                state.shown = self.generation;
            }
            return None;
        }
        // One count for all slots, so that no two questions share a number.
        self.tickets += 1;
        state.asked = Some((Arc::clone(view), request.clone()));
        state.asked_at = Some(now);
        state.ticket = self.tickets;
        state.waiting = true;
        state.failed = false;
        Some(Question {
            slot,
            generation: self.tickets,
            view: Arc::clone(view),
            request,
        })
    }

    /// Accepts an answer if it belongs to the newest query of its slot; otherwise returns false. `failed` says that
    /// the engine failed, so that earlier data stays.
    pub fn accept(&mut self, slot: SlotId, ticket: u64, failed: bool) -> bool {
        let generation = self.generation;
        let view = Arc::clone(&self.view);
        let Some(state) = self.slots.get_mut(&slot) else {
            return false;
        };
        if state.ticket != ticket || !state.waiting {
            return false;
        }
        state.waiting = false;
        state.failed = failed;
        if failed {
            return true;
        }
        state.answered = true;
        // An answer to an older view is shown, but as stale.
        if state.asked.as_ref().is_some_and(|(v, _)| *v == view) {
            state.shown = generation;
        }
        true
    }

    /// Returns whether the newest answer of a slot is that to `request`.
    pub fn has_answer(&self, slot: SlotId, request: &Request) -> bool {
        let Some(state) = self.slots.get(&slot) else {
            return false;
        };
        let same = |(view, asked): &(Arc<View>, Request)| *view == self.view && asked == request;
        !state.waiting && state.asked.as_ref().is_some_and(same)
    }

    /// Returns whether the data shown by a slot is of the present view.
    pub fn is_of_view(&self, slot: SlotId) -> bool {
        let shown = self.slots.get(&slot).map(|state| state.shown);
        shown == Some(self.generation)
    }

    /// Forgets the query of a slot, so that the same one may be sent again.
    pub fn forget(&mut self, slot: SlotId) {
        if let Some(state) = self.slots.get_mut(&slot) {
            state.asked = None;
            state.waiting = false;
        }
    }

    /// Forgets the slots of a pane that it does not ask for any more.
    pub fn forget_others(&mut self, pane: usize, wanted: &[SlotId]) {
        let of_pane = pane_slot(pane, 0)..=pane_slot(pane, u8::MAX);
        for (slot, state) in &mut self.slots {
            if of_pane.contains(slot) && !wanted.contains(slot) {
                state.asked = None;
                state.waiting = false;
            }
        }
    }

    /// All questions on their way are void; gives whether there were any.
    pub fn cancel(&mut self) -> bool {
        let mut any = false;
        for state in self.slots.values_mut().filter(|s| s.waiting) {
            any = true;
            state.waiting = false;
            state.asked = None;
        }
        self.hold |= any;
        any
    }

    /// Returns whether the data of a slot is of an older view, for long enough to show it.
    pub fn is_stale(&self, slot: SlotId, now: Instant) -> bool {
        self.slots
            .get(&slot)
            .is_some_and(|s| s.shown < self.generation && (!s.waiting || s.is_slow(now)))
    }

    /// Returns whether an answer has been pending for longer than the grace period.
    pub fn is_slow(&self, now: Instant) -> bool {
        self.slots.values().any(|s| s.waiting && s.is_slow(now))
    }

    /// When the next question that is on its way becomes slow.
    pub fn slow_at(&self, now: Instant) -> Option<Instant> {
        let waiting = self.slots.values().filter(|s| s.waiting);
        let due = waiting.filter_map(|s| s.asked_at.map(|at| at + GRACE));
        due.filter(|at| *at > now).min()
    }

    /// Returns whether a slot shows an answer, if an old one.
    pub fn shows_answer(&self, slot: SlotId) -> bool {
        self.slots.get(&slot).is_some_and(|state| state.answered)
    }

    /// Returns whether a slot waits for an answer.
    pub fn waits(&self, slot: SlotId) -> bool {
        self.slots.get(&slot).is_some_and(|state| state.waiting)
    }

    /// For how long the oldest question has waited for its answer; `None` where there is none.
    pub fn waited(&self, now: Instant) -> Option<Duration> {
        let waiting = self.slots.values().filter(|state| state.waiting);
        let since = waiting.filter_map(|state| state.asked_at).min()?;
        Some(now.saturating_duration_since(since))
    }

    /// Forgets what panes asked that are not on the screen, as each answer costs an engine.
    pub fn forget_hidden(&mut self, active: usize) {
        let of_pane = pane_slot(active, 0)..=pane_slot(active, u8::MAX);
        for (slot, state) in &mut self.slots {
            if state.waiting && *slot < ALERTS && !of_pane.contains(slot) {
                state.asked = None;
                state.waiting = false;
            }
        }
    }

    /// Returns whether any query is pending.
    pub fn is_waiting(&self) -> bool {
        self.slots.values().any(|s| s.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{CaseQuery, SummaryQuery};

    #[test]
    fn only_the_newest_question_counts() {
        let t0 = Instant::now();
        let mut queries = PendingQueries::default();
        let view = Arc::clone(&queries.view);
        let page = |offset| {
            Request::new(CaseQuery {
                case: format!("{offset}"),
            })
        };
        let first = queries.want(1, &view, page(0), t0).expect("new");
        assert!(
            queries.want(1, &view, page(0), t0).is_none(),
            "asked already"
        );
        let second = queries.want(1, &view, page(9), t0).expect("another page");
        assert!(!queries.accept(1, first.generation, false), "old answer");
        assert!(queries.is_waiting());
        assert!(queries.accept(1, second.generation, false));
        assert!(
            !queries.accept(1, second.generation, false),
            "answered already"
        );
        assert!(!queries.is_waiting());
        queries.forget(1);
        assert!(
            queries.want(1, &view, page(9), t0).is_some(),
            "of interest again"
        );
    }

    #[test]
    fn data_goes_stale_only_after_a_while() {
        let t0 = Instant::now();
        let mut queries = PendingQueries::default();
        let view = Arc::clone(&queries.view);
        let q = queries
            .want(1, &view, Request::new(SummaryQuery), t0)
            .expect("new");
        assert!(queries.accept(1, q.generation, false));
        let filtered = View {
            filters: vec!["x".into()],
            ..View::default()
        };
        queries.set_view(filtered);
        let view = Arc::clone(&queries.view);
        let q = queries
            .want(1, &view, Request::new(SummaryQuery), t0)
            .expect("another view");
        assert!(!queries.is_stale(1, t0));
        assert_eq!(queries.slow_at(t0), Some(t0 + GRACE));
        assert!(queries.is_stale(1, t0 + GRACE));
        assert!(queries.accept(1, q.generation, false));
        assert!(!queries.is_stale(1, t0 + GRACE));
    }

    #[test]
    fn a_cancel_holds_all_questions() {
        let t0 = Instant::now();
        let mut queries = PendingQueries::default();
        assert!(!queries.cancel());
        assert!(!queries.hold);
        let view = Arc::clone(&queries.view);
        let q = queries
            .want(1, &view, Request::new(SummaryQuery), t0)
            .expect("new");
        assert!(queries.cancel());
        assert!(queries.hold);
        assert!(!queries.accept(1, q.generation, false));
        assert!(
            queries
                .want(1, &view, Request::new(SummaryQuery), t0)
                .is_some()
        );
    }
}
