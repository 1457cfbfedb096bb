//! Which keys do what: a table of (context, chords, action) made from the defaults and the user's
//! changes. Resolves key by key, with a pending prefix, and finds the keys of an action for hints.
//!
//! Own code, as crossterm only reports key presses: it has no contexts, no sequences of keys, and no
//! way from an action back to its keys.

use super::Action;
use super::chord::{Chord, ChordError, parse_chords, print_chords};
use super::defaults::{ACTIONS, ANYWHERE, Entry};
use crate::text::did_you_mean;

/// Keys bound to an action.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Binding {
    /// Where it holds: [`ANYWHERE`] or the id of a pane.
    context: &'static str,
    chords: Vec<Chord>,
    /// Position in [`ACTIONS`].
    entry: usize,
}

impl Binding {
    /// True if its first keys were pressed: on any layout, as a letter of another script that was
    /// taken for the Latin one in its place stays what it is in `pending`.
    fn begins_with(&self, pending: &[Chord]) -> bool {
        let same = |(bound, pressed): (&Chord, &Chord)| {
            bound == pressed || pressed.folded().as_ref() == Some(bound)
        };
        self.chords.len() >= pending.len() && self.chords.iter().zip(pending).all(same)
    }
}

/// Result of resolving a key after its prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// It completes the keys of this action.
    Action(Action),
    /// More keys must follow.
    Prefix,
    /// Nothing.
    Unbound,
}

/// Why the user's keys were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// No such action.
    #[error(
        "no action is called {name:?}{}",
        did_you_mean(name, action_names(), str::to_owned)
    )]
    UnknownAction {
        /// The name as written.
        name: String,
    },
    /// Not a key.
    #[error(transparent)]
    Chord(#[from] ChordError),
    /// Duplicate keys, or keys that are a prefix of others.
    #[error("{keys:?} is bound to both {first} and {second}")]
    Conflict {
        /// The keys.
        keys: String,
        /// One action.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

/// The keys in force.
///
/// ```
/// use casetrail::input::{ANYWHERE, Action, Keymap, Resolved};
///
/// let keymap = Keymap::default();
/// let down = "j".parse().unwrap();
/// assert_eq!(
///     keymap.resolve(ANYWHERE, &[], down),
///     Resolved::Action(Action::MoveDown)
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Default for Keymap {
    fn default() -> Self {
        let bindings = ACTIONS.iter().enumerate().flat_map(|(entry, row)| {
            row.keys.iter().map(move |keys| Binding {
                context: row.context,
                chords: parse_chords(keys).expect("a test parses every default key"),
                entry,
            })
        });
        Keymap {
            bindings: bindings.collect(),
        }
    }
}

impl Keymap {
    /// The defaults with the keys of some actions replaced: `(action name, key sequences)`. Keys
    /// that are given here are taken from whichever default had them in the same context.
    ///
    /// # Errors
    /// An unknown action or key, or a conflict among the given ones.
    pub fn with(changes: &[(String, Vec<String>)]) -> Result<Self, KeymapError> {
        let mut changed: Vec<Binding> = Vec::new();
        let mut entries = Vec::new();
        for (name, keys) in changes {
            let entry = find_entry(name)?;
            entries.push(entry);
            for text in keys {
                changed.push(Binding {
                    context: ACTIONS[entry].context,
                    chords: parse_chords(text)?,
                    entry,
                });
            }
        }
        check_conflicts(&changed)?;
        let mut bindings = Keymap::default().bindings;
        bindings.retain(|old| {
            !entries.contains(&old.entry) && !changed.iter().any(|new| collide(old, new))
        });
        bindings.extend(changed);
        Ok(Keymap { bindings })
    }

    /// Resolves `chord` in `context` after `pending`. Keys of the context come before those that
    /// hold anywhere; an unbound letter of another script is tried as the Latin one in its place.
    pub fn resolve(&self, context: &str, pending: &[Chord], chord: Chord) -> Resolved {
        let folded = chord.folded();
        for chord in std::iter::once(chord).chain(folded) {
            for context in [context, ANYWHERE] {
                let found = self.resolve_exactly(context, pending, chord);
                if found != Resolved::Unbound {
                    return found;
                }
            }
        }
        Resolved::Unbound
    }

    fn resolve_exactly(&self, context: &str, pending: &[Chord], chord: Chord) -> Resolved {
        let n = pending.len();
        for binding in self.bindings.iter().filter(|b| b.context == context) {
            let fits = binding.begins_with(pending)
                && binding.chords.len() > n
                && binding.chords[n] == chord;
            if fits {
                return if binding.chords.len() == n + 1 {
                    Resolved::Action(ACTIONS[binding.entry].action.clone())
                } else {
                    Resolved::Prefix
                };
            }
        }
        Resolved::Unbound
    }

    /// Bindings that continue `pending`: the rest of the keys, and the action's row.
    pub fn continuations(&self, context: &str, pending: &[Chord]) -> Vec<(String, &'static Entry)> {
        self.bindings
            .iter()
            .filter(|b| b.context == context || b.context == ANYWHERE)
            .filter(|b| b.chords.len() > pending.len() && b.begins_with(pending))
            .map(|b| (print_chords(&b.chords[pending.len()..]), &ACTIONS[b.entry]))
            .collect()
    }

    /// The keys of an action in a context, as printed, the most telling one first.
    pub fn keys_of(&self, context: &str, action: &Action) -> Vec<String> {
        let of = |wanted: &str| {
            self.bindings
                .iter()
                .filter(|b| b.context == wanted && ACTIONS[b.entry].action == *action)
                .filter(|b| !self.is_shadowed(context, b))
                .map(|b| print_chords(&b.chords))
                .collect::<Vec<_>>()
        };
        let mut keys = if context == ANYWHERE {
            Vec::new()
        } else {
            of(context)
        };
        keys.extend(of(ANYWHERE));
        keys
    }

    /// Returns whether a global binding is overridden in this context.
    fn is_shadowed(&self, context: &str, binding: &Binding) -> bool {
        binding.context == ANYWHERE
            && self.bindings.iter().any(|b| {
                b.context == context && b.context != ANYWHERE && b.chords == binding.chords
            })
    }

    /// Every key of an action's row that acts in a context, as printed.
    pub fn keys_of_entry(&self, context: &str, entry: &Entry) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|b| ACTIONS[b.entry].name == entry.name && !self.is_shadowed(context, b))
            .map(|b| print_chords(&b.chords))
            .collect()
    }
}

fn collide(a: &Binding, b: &Binding) -> bool {
    a.context == b.context && (a.chords.starts_with(&b.chords) || b.chords.starts_with(&a.chords))
}

fn check_conflicts(bindings: &[Binding]) -> Result<(), KeymapError> {
    for (i, a) in bindings.iter().enumerate() {
        if let Some(b) = bindings[i + 1..].iter().find(|b| collide(a, b)) {
            return Err(KeymapError::Conflict {
                keys: print_chords(&a.chords),
                first: ACTIONS[a.entry].name,
                second: ACTIONS[b.entry].name,
            });
        }
    }
    Ok(())
}

fn find_entry(name: &str) -> Result<usize, KeymapError> {
    let found = ACTIONS.iter().position(|row| row.name == name);
    found.ok_or_else(|| KeymapError::UnknownAction {
        name: name.to_owned(),
    })
}

fn action_names() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().map(|row| row.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chords(text: &str) -> Vec<Chord> {
        parse_chords(text).expect("keys of a test")
    }

    fn press(keymap: &Keymap, context: &str, keys: &str) -> Resolved {
        let chords = chords(keys);
        let (last, before) = chords.split_last().expect("one key at least");
        keymap.resolve(context, before, *last)
    }

    #[test]
    fn the_defaults_have_no_conflict() {
        assert_eq!(check_conflicts(&Keymap::default().bindings), Ok(()));
    }

    #[test]
    fn prefixes_resolve_key_by_key() {
        let map = Keymap::default();
        assert_eq!(press(&map, ANYWHERE, "g"), Resolved::Prefix);
        assert_eq!(press(&map, ANYWHERE, "g g"), Resolved::Action(Action::Top));
        assert_eq!(press(&map, ANYWHERE, "п"), Resolved::Prefix);
        assert_eq!(press(&map, ANYWHERE, "п п"), Resolved::Action(Action::Top));
        assert_eq!(press(&map, ANYWHERE, "g п"), Resolved::Action(Action::Top));
        let (latin, cyrillic) = (chords("н"), chords("y"));
        let keys = |pending: &[Chord]| {
            let found = map.continuations(ANYWHERE, pending).into_iter();
            found.map(|(keys, _)| keys).collect::<Vec<_>>()
        };
        assert!(!keys(&latin).is_empty());
        assert_eq!(keys(&latin), keys(&cyrillic));
        assert_eq!(press(&map, ANYWHERE, "g x"), Resolved::Unbound);
        assert_eq!(
            press(&map, ANYWHERE, "j"),
            Resolved::Action(Action::MoveDown)
        );
        let after_y = map.continuations(ANYWHERE, &chords("y"));
        assert!(
            after_y
                .iter()
                .any(|(k, e)| k == "c" && e.action == Action::CopyCell)
        );
    }

    #[test]
    fn a_context_comes_before_anywhere() {
        let map = Keymap::default();
        assert_eq!(
            press(&map, "filters", "d"),
            Resolved::Action(Action::DeleteRow)
        );
        assert_eq!(
            press(&map, "filters", "j"),
            Resolved::Action(Action::MoveDown)
        );
        assert_eq!(press(&map, "cases", "d"), Resolved::Unbound);
    }

    #[test]
    fn other_scripts_reach_the_same_actions() {
        let map = Keymap::default();
        assert_eq!(
            press(&map, ANYWHERE, "о"),
            Resolved::Action(Action::MoveDown)
        );
        assert_eq!(
            press(&map, ANYWHERE, "ξ"),
            Resolved::Action(Action::MoveDown)
        );
        assert_eq!(press(&map, ANYWHERE, "г"), Resolved::Action(Action::Undo));
    }

    #[test]
    fn the_user_may_move_keys() {
        let change = |name: &str, keys: &[&str]| {
            let keys = keys.iter().map(ToString::to_string).collect();
            vec![(name.to_owned(), keys)]
        };
        let map = Keymap::with(&change("move-down", &["n", "t"])).expect("fine");
        assert_eq!(
            press(&map, ANYWHERE, "t"),
            Resolved::Action(Action::MoveDown)
        );
        assert_eq!(
            press(&map, ANYWHERE, "n"),
            Resolved::Action(Action::MoveDown)
        );
        assert_eq!(press(&map, ANYWHERE, "j"), Resolved::Unbound);
        assert_eq!(map.keys_of(ANYWHERE, &Action::MoveDown), ["n", "t"]);
        let error = Keymap::with(&change("move-dwon", &["n"])).expect_err("no such action");
        assert!(error.to_string().contains("move-down"), "{error}");
        assert!(Keymap::with(&change("move-down", &["hyper-n"])).is_err());
        assert!(Keymap::with(&change("move-down", &["n", "n x"])).is_err());
    }
}
