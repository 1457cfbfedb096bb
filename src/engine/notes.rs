//! Tags and notes of cases: changes, and what holds after them in whatever order they come.

use crate::filter::{Expr, Field, Op};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

/// The field of filters and columns with the tags of a case.
pub const TAG: &str = "tag";
/// The field of filters and columns with the notes of a case.
pub const NOTE: &str = "note";

/// A tag or a note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remark {
    /// A word that cases have in common.
    Tag(String),
    /// A sentence on one case.
    Note(String),
}

impl Remark {
    /// Name of its kind, which is that of its field.
    pub const fn kind(&self) -> &'static str {
        match self {
            Remark::Tag(_) => TAG,
            Remark::Note(_) => NOTE,
        }
    }

    /// The filter of the cases that have it.
    pub fn filter(&self) -> Expr {
        Expr::compare(
            Field::Column(self.kind().to_owned()),
            Op::Equal,
            self.text(),
        )
    }

    /// The tag, or the text of the note.
    pub fn text(&self) -> &str {
        let (Remark::Tag(text) | Remark::Note(text)) = self;
        text
    }
}

/// The filter of the cases of these ids, in the filter language.
pub fn filter_of_cases<'i>(ids: impl IntoIterator<Item = &'i str>) -> String {
    Expr::one_of(Field::Case, ids).to_string()
}

/// A change of the tags or notes of a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteChange {
    /// When it was made, microseconds since 1970-01-01T00:00Z; of a note that is withdrawn, when that was
    /// written.
    pub time: i64,
    /// Case id.
    pub case: String,
    /// The tag or note.
    pub remark: Remark,
    /// False removes the tag, or withdraws the note.
    pub set: bool,
    /// Who made it, where that is written.
    pub who: Option<String>,
}

/// The newest change of a tag. The greatest is in force, so that of two at one instant the one that sets counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct TagState {
    time: i64,
    set: bool,
    who: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct NoteState {
    written: bool,
    withdrawn: bool,
    who: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct OfCase {
    tags: BTreeMap<String, TagState>,
    /// By time and text.
    notes: BTreeMap<(i64, String), NoteState>,
}

/// Tags and notes of cases after all changes. Equal for the same changes in any order, however often each
/// comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    cases: BTreeMap<String, OfCase>,
}

/// A tag or note that a case has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseRemark {
    /// When it was written, microseconds since 1970-01-01T00:00Z.
    pub time: i64,
    /// The tag or note.
    pub remark: Remark,
    /// Who wrote it, where that is known.
    pub who: Option<String>,
}

impl FromIterator<NoteChange> for Notes {
    fn from_iter<T: IntoIterator<Item = NoteChange>>(changes: T) -> Self {
        let mut notes = Notes::default();
        for change in changes {
            notes.apply(change);
        }
        notes
    }
}

impl Notes {
    /// Takes a change: the last one of a tag counts, and a note that was withdrawn stays so.
    pub fn apply(&mut self, change: NoteChange) {
        let of_case = self.cases.entry(change.case).or_default();
        match change.remark {
            Remark::Tag(tag) => {
                let state = TagState {
                    time: change.time,
                    set: change.set,
                    who: change.who,
                };
                match of_case.tags.get_mut(&tag) {
                    Some(known) => *known = state.max(known.clone()),
                    None => drop(of_case.tags.insert(tag, state)),
                }
            }
            Remark::Note(text) => {
                let state = of_case.notes.entry((change.time, text)).or_default();
                if change.set {
                    state.written = true;
                    state.who = change.who.max(state.who.take());
                } else {
                    state.withdrawn = true;
                }
            }
        }
    }

    /// Ids of the cases that have tags or notes.
    pub fn cases(&self) -> impl Iterator<Item = &str> {
        let cases = self.cases.keys().map(String::as_str);
        cases.filter(|case| self.has_any(case))
    }

    fn has_any(&self, case: &str) -> bool {
        !self.tags(case).is_empty() || self.notes(case).next().is_some()
    }

    /// The tags of a case, ascending.
    pub fn tags(&self, case: &str) -> BTreeSet<&str> {
        let of_case = self.cases.get(case).into_iter();
        let tags = of_case.flat_map(|of| &of.tags);
        let set = tags.filter(|(_, state)| state.set);
        set.map(|(tag, _)| tag.as_str()).collect()
    }

    /// The texts of the notes of a case, oldest first.
    pub fn notes(&self, case: &str) -> impl Iterator<Item = &str> {
        let of_case = self.cases.get(case).into_iter();
        let notes = of_case.flat_map(|of| &of.notes);
        let there = notes.filter(|(_, state)| state.written && !state.withdrawn);
        there.map(|((_, text), _)| text.as_str())
    }

    /// Tags and notes of a case, oldest first.
    pub fn remarks(&self, case: &str) -> Vec<CaseRemark> {
        let Some(of_case) = self.cases.get(case) else {
            return Vec::new();
        };
        let tags = of_case.tags.iter().filter(|(_, state)| state.set);
        let tags = tags.map(|(tag, state)| CaseRemark {
            time: state.time,
            remark: Remark::Tag(tag.clone()),
            who: state.who.clone(),
        });
        let notes = of_case.notes.iter();
        let notes = notes.filter(|(_, state)| state.written && !state.withdrawn);
        let notes = notes.map(|((time, text), state)| CaseRemark {
            time: *time,
            remark: Remark::Note(text.clone()),
            who: state.who.clone(),
        });
        let mut all: Vec<CaseRemark> = tags.chain(notes).collect();
        all.sort();
        all
    }

    /// The tags that some case has, ascending.
    pub fn all_tags(&self) -> BTreeSet<&str> {
        self.cases().flat_map(|case| self.tags(case)).collect()
    }

    /// The time of a change of a case that is made at `now`: later than all before it, which a clock that was
    /// set back would hide it behind.
    pub fn time_of_change(&self, case: &str, now: i64) -> i64 {
        let of_case = self.cases.get(case).into_iter();
        let last = of_case.flat_map(|of| {
            let tags = of.tags.values().map(|state| state.time);
            tags.chain(of.notes.keys().map(|(time, _)| *time))
        });
        last.max()
            .map_or(now, |last| now.max(last.saturating_add(1)))
    }
}

/// The notes in force, which change while a log is open.
#[derive(Debug, Default)]
pub(super) struct NotesInForce(RwLock<(u64, Arc<Notes>)>);

impl NotesInForce {
    /// Number of the present state, which grows with each change, and the state.
    pub fn now(&self) -> (u64, Arc<Notes>) {
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (state.0, Arc::clone(&state.1))
    }

    /// Replaces the notes.
    pub fn set(&self, notes: Arc<Notes>) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *state = (state.0 + 1, notes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn change(time: i64, case: &str, remark: Remark, set: bool) -> NoteChange {
        NoteChange {
            time,
            case: case.to_owned(),
            remark,
            set,
            who: None,
        }
    }

    fn tag(name: &str) -> Remark {
        Remark::Tag(name.to_owned())
    }

    fn note(text: &str) -> Remark {
        Remark::Note(text.to_owned())
    }

    #[test]
    fn the_last_change_of_a_tag_counts() {
        let changes = [
            change(3, "a", tag("late"), true),
            change(2, "a", tag("late"), false),
            change(1, "a", tag("bank"), true),
            change(2, "a", tag("bank"), false),
            change(5, "b", tag("bank"), false),
            change(5, "b", tag("bank"), true),
        ];
        let notes = Notes::from_iter(changes);
        assert_eq!(notes.tags("a"), BTreeSet::from(["late"]));
        assert_eq!(notes.tags("b"), BTreeSet::from(["bank"]));
        assert_eq!(notes.all_tags(), BTreeSet::from(["bank", "late"]));
        assert_eq!(notes.tags("c"), BTreeSet::new());
    }

    #[test]
    fn a_withdrawn_note_stays_withdrawn() {
        let changes = [
            change(7, "a", note("asked"), false),
            change(7, "a", note("asked"), true),
            change(8, "a", note("asked"), true),
            change(1, "a", note("first"), true),
            change(9, "a", note("never written"), false),
        ];
        let notes = Notes::from_iter(changes);
        assert_eq!(notes.notes("a").collect::<Vec<_>>(), ["first", "asked"]);
        let times: Vec<i64> = notes.remarks("a").iter().map(|of| of.time).collect();
        assert_eq!(times, [1, 8]);
    }

    #[test]
    fn a_case_without_tags_and_notes_is_none() {
        let gone = [
            change(1, "a", tag("x"), true),
            change(2, "a", tag("x"), false),
            change(3, "b", note("y"), true),
        ];
        let notes = Notes::from_iter(gone);
        assert_eq!(notes.cases().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn a_change_is_later_than_those_before_it() {
        let notes = Notes::from_iter([change(50, "a", tag("x"), true)]);
        assert_eq!(notes.time_of_change("a", 10), 51);
        assert_eq!(notes.time_of_change("a", 90), 90);
        assert_eq!(notes.time_of_change("b", 10), 10);
    }

    fn changes() -> impl Strategy<Value = Vec<NoteChange>> {
        let remark = prop_oneof![
            prop::sample::select(vec!["x", "y"]).prop_map(tag),
            prop::sample::select(vec!["p", "q"]).prop_map(note),
        ];
        let who = prop::option::of(prop::sample::select(vec!["A".to_owned(), "B".to_owned()]));
        let one = (
            0i64..4,
            prop::sample::select(vec!["1", "2"]),
            remark,
            any::<bool>(),
            who,
        );
        let one = one.prop_map(|(time, case, remark, set, who)| NoteChange {
            who,
            ..change(time, case, remark, set)
        });
        prop::collection::vec(one, 0..24)
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            (straight, shuffled) in changes().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
        ) {
            let twice = shuffled.iter().chain(&straight).cloned();
            prop_assert_eq!(straight.iter().cloned().collect::<Notes>(), twice.collect::<Notes>());
        }

        #[test]
        fn merged_files_are_their_changes_together((a, b) in (changes(), changes())) {
            let mut notes: Notes = a.iter().cloned().collect();
            for change in b.clone() {
                notes.apply(change);
            }
            let reversed = b.into_iter().chain(a);
            prop_assert_eq!(notes, reversed.collect::<Notes>());
        }
    }
}
