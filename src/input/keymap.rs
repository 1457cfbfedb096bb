//! Which keys do what: a table of (context, chords, action) made from the defaults and the user's
//! changes. Resolves key by key, with a pending prefix, and finds the keys of an action for hints.
//!
//! Own code, as crossterm only reports key presses: it has no contexts, no sequences of keys, and no
//! way from an action back to its keys.

use super::Action;
use super::chord::{Chord, ChordError, parse_chords, print_chords};
use super::defaults::{ACTIONS, ANYWHERE, CONTEXTS, Entry};
use crate::text::did_you_mean;
use std::sync::LazyLock;

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

/// The keys of an action in a context, as the user wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyChange {
    /// [`ANYWHERE`], or one of [`CONTEXTS`].
    pub context: String,
    /// Name of the action.
    pub action: String,
    /// Sequences of keys; none takes the action its keys.
    pub keys: Vec<String>,
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
    /// No such context.
    #[error(
        "no pane is called {name:?}{}",
        did_you_mean(name, CONTEXTS.iter().copied(), str::to_owned)
    )]
    UnknownContext {
        /// The name as written.
        name: String,
    },
    /// The action has keys in one pane only, and not in this one.
    #[error("{name} is an action of {context:?} alone: its keys belong under [keys_in.{context}]")]
    OtherContext {
        /// The action.
        name: &'static str,
        /// Where it has keys.
        context: &'static str,
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
    /// Contexts in which an action, by its position in [`ACTIONS`], has keys of its own instead of those
    /// that hold anywhere.
    replaced: Vec<(&'static str, usize)>,
}

/// A row of the table of keys: where they hold, the keys as printed, the action.
pub type KeyRow = (&'static str, Vec<String>, &'static Entry);

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
            replaced: Vec::new(),
        }
    }
}

impl Keymap {
    /// The defaults with the keys of some actions replaced. Keys that are given here are taken from
    /// whichever default had them in the same context. An action that has keys anywhere may get others in one
    /// context.
    ///
    /// # Errors
    /// The position of the change at fault, and the fault: an unknown action, context or key, or a conflict
    /// with a change before it.
    pub fn with(changes: &[KeyChange]) -> Result<Self, (usize, KeymapError)> {
        let mut keymap = Keymap::default();
        let mut changed: Vec<Binding> = Vec::new();
        let mut places = Vec::new();
        for (at, change) in changes.iter().enumerate() {
            let fault = |error: KeymapError| (at, error);
            let (context, entry) = place_of(change).map_err(fault)?;
            places.push((context, entry));
            for text in &change.keys {
                let binding = Binding {
                    context,
                    chords: parse_chords(text).map_err(|error| fault(error.into()))?,
                    entry,
                };
                check_conflict(&changed, &binding).map_err(fault)?;
                changed.push(binding);
            }
        }
        keymap.bindings.retain(|old| {
            let is_changed = places.contains(&(old.context, old.entry));
            !is_changed && !changed.iter().any(|new| collide(old, new))
        });
        keymap.bindings.extend(changed);
        let of_one = |place: &(&str, usize)| place.0 != ACTIONS[place.1].context;
        keymap.replaced = places.into_iter().filter(of_one).collect();
        Ok(keymap)
    }

    /// Returns true if a binding acts in a context, unless other keys hide it there.
    fn acts_in(&self, context: &str, binding: &Binding) -> bool {
        let is_replaced = |(place, entry): &(&str, usize)| {
            *place == context && *entry == binding.entry && context != ANYWHERE
        };
        binding.context == context
            || binding.context == ANYWHERE && !self.replaced.iter().any(is_replaced)
    }

    /// Resolves `chord` in `context` after `pending`. Keys of the context come before those that
    /// hold anywhere; an unbound letter of another script is tried as the Latin one in its place.
    pub fn resolve(&self, context: &str, pending: &[Chord], chord: Chord) -> Resolved {
        let folded = chord.folded();
        for chord in std::iter::once(chord).chain(folded) {
            for layer in [context, ANYWHERE] {
                let found = self.resolve_exactly(context, layer, pending, chord);
                if found != Resolved::Unbound {
                    return found;
                }
            }
        }
        Resolved::Unbound
    }

    /// Resolves by the bindings of one layer of a context: its own, or those that hold anywhere.
    fn resolve_exactly(
        &self,
        context: &str,
        layer: &str,
        pending: &[Chord],
        chord: Chord,
    ) -> Resolved {
        let n = pending.len();
        let of_layer = |b: &&Binding| b.context == layer && self.acts_in(context, b);
        for binding in self.bindings.iter().filter(of_layer) {
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
            .filter(|b| self.acts_in(context, b) && !self.is_shadowed(context, b))
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
                .filter(|b| self.acts_in(context, b) && !self.is_shadowed(context, b))
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
                b.context == context
                    && b.context != ANYWHERE
                    && binding.chords.starts_with(&b.chords)
            })
    }

    /// Every key of an action's row that acts in a context, as printed. The row of another context has the
    /// keys of that.
    pub fn keys_of_entry(&self, context: &str, entry: &Entry) -> Vec<String> {
        let context = match entry.context {
            ANYWHERE => context,
            of_one => of_one,
        };
        let is_own = |b: &&Binding| b.context == context && b.context != ANYWHERE;
        let is_shown = |b: &&Binding| {
            ACTIONS[b.entry].name == entry.name
                && self.acts_in(context, b)
                && !self.is_shadowed(context, b)
        };
        let shown = || self.bindings.iter().filter(is_shown);
        let others = shown().filter(|b| !is_own(b));
        shown()
            .filter(is_own)
            .chain(others)
            .map(|b| print_chords(&b.chords))
            .collect()
    }

    /// All keys: first those that hold anywhere, then those of each context in the order of [`CONTEXTS`]. An
    /// action without keys is there with none, where it has its row.
    pub fn table(&self) -> Vec<KeyRow> {
        let contexts = std::iter::once(&ANYWHERE).chain(CONTEXTS);
        let rows = contexts.flat_map(|&context| {
            ACTIONS.iter().enumerate().filter_map(move |(at, entry)| {
                let own = self.bindings.iter();
                let own = own.filter(|b| b.context == context && b.entry == at);
                let keys: Vec<String> = own.map(|b| print_chords(&b.chords)).collect();
                let has_row = entry.context == context || self.replaced.contains(&(context, at));
                (has_row || !keys.is_empty()).then_some((context, keys, entry))
            })
        });
        rows.collect()
    }
}

/// The text before braces, what is in them, and the text after them.
fn braces(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The keys in force in a pane.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    /// The keys.
    pub keymap: &'a Keymap,
    /// The context.
    pub context: &'a str,
}

impl Keys<'_> {
    /// The text with names of actions in braces, as `{undo}`, replaced by the first key of each; an action
    /// without keys is reached by its name in the palette.
    pub fn fill(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, name, after)) = braces(rest) {
            let entry = ACTIONS.iter().find(|entry| entry.name == name);
            let keys = entry.map(|entry| self.keymap.keys_of_entry(self.context, entry));
            let key = keys.and_then(|keys| keys.into_iter().next());
            out.push_str(before);
            out.push_str(&key.unwrap_or_else(|| format!(":{name}")));
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

impl Default for Keys<'_> {
    fn default() -> Self {
        static USUAL: LazyLock<Keymap> = LazyLock::new(Keymap::default);
        Keys {
            keymap: &USUAL,
            context: ANYWHERE,
        }
    }
}

fn collide(a: &Binding, b: &Binding) -> bool {
    a.context == b.context && (a.chords.starts_with(&b.chords) || b.chords.starts_with(&a.chords))
}

/// Checks that a binding does not clash with those before it.
fn check_conflict(others: &[Binding], new: &Binding) -> Result<(), KeymapError> {
    match others.iter().find(|other| collide(other, new)) {
        Some(other) => Err(KeymapError::Conflict {
            keys: print_chords(&new.chords),
            first: ACTIONS[other.entry].name,
            second: ACTIONS[new.entry].name,
        }),
        None => Ok(()),
    }
}

/// Context and action, by its position in [`ACTIONS`], of a change.
fn place_of(change: &KeyChange) -> Result<(&'static str, usize), KeymapError> {
    let context = match change.context.as_str() {
        ANYWHERE => ANYWHERE,
        name => CONTEXTS
            .iter()
            .find(|known| **known == name)
            .ok_or_else(|| KeymapError::UnknownContext {
                name: name.to_owned(),
            })?,
    };
    let name = &change.action;
    let entry = ACTIONS.iter().position(|row| row.name == name);
    let entry = entry.ok_or_else(|| KeymapError::UnknownAction { name: name.clone() })?;
    let row = &ACTIONS[entry];
    if row.context != ANYWHERE && row.context != context {
        return Err(KeymapError::OtherContext {
            name: row.name,
            context: row.context,
        });
    }
    Ok((context, entry))
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
        let bindings = Keymap::default().bindings;
        for (at, binding) in bindings.iter().enumerate() {
            assert_eq!(check_conflict(&bindings[..at], binding), Ok(()));
        }
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

    /// Changes from lines such as `move-down = n, t` or `cases: sort = o`; no keys after `=` for none.
    fn changes(lines: &[&str]) -> Vec<KeyChange> {
        let change = |line: &&str| {
            let (name, keys) = line.split_once(" =").expect("an action and keys");
            let (context, action) = name.split_once(": ").unwrap_or((ANYWHERE, name));
            let keys = keys
                .split(',')
                .map(str::trim)
                .filter(|keys| !keys.is_empty());
            KeyChange {
                context: context.to_owned(),
                action: action.to_owned(),
                keys: keys.map(str::to_owned).collect(),
            }
        };
        lines.iter().map(change).collect()
    }

    fn with(lines: &[&str]) -> Keymap {
        Keymap::with(&changes(lines)).expect("keys that can be")
    }

    #[test]
    fn the_user_may_move_keys() {
        let map = with(&["move-down = n, t"]);
        for keys in ["t", "n"] {
            let found = press(&map, ANYWHERE, keys);
            assert_eq!(found, Resolved::Action(Action::MoveDown), "{keys}");
        }
        assert_eq!(press(&map, ANYWHERE, "j"), Resolved::Unbound);
        assert_eq!(map.keys_of(ANYWHERE, &Action::MoveDown), ["n", "t"]);
        // The default that had one of them has none left.
        assert!(map.keys_of(ANYWHERE, &Action::FindNext).is_empty());
    }

    #[test]
    fn an_action_may_have_other_keys_in_one_context() {
        let map = with(&[
            "cases: sort = o, g",
            "filters: undo =",
            "filters: delete-row = x",
        ]);
        let sort = Resolved::Action(Action::Sort);
        assert_eq!(press(&map, "cases", "o"), sort);
        assert_eq!(press(&map, "cases", "s"), Resolved::Unbound);
        assert_eq!(press(&map, "variants", "s"), sort);
        assert_eq!(map.keys_of("cases", &Action::Sort), ["o", "g"]);
        assert_eq!(map.keys_of("variants", &Action::Sort), ["s"]);
        assert_eq!(press(&map, "filters", "u"), Resolved::Unbound);
        assert_eq!(press(&map, "filters", "d"), Resolved::Unbound);
        assert_eq!(
            press(&map, "filters", "x"),
            Resolved::Action(Action::DeleteRow)
        );
        // A key of the context hides sequences that begin with it.
        assert_eq!(press(&map, "cases", "g"), sort);
        assert_eq!(map.keys_of("cases", &Action::Top), ["home"]);
        assert_eq!(
            press(&map, "variants", "g g"),
            Resolved::Action(Action::Top)
        );
        assert!(map.continuations("cases", &chords("g")).is_empty());
    }

    #[test]
    fn faults_are_those_of_one_change() {
        for (lines, at, wanted) in [
            (
                &["move-dwon = n"][..],
                0,
                "no action is called \"move-dwon\"",
            ),
            (
                &["quit = Q", "move-down = hyper-n"],
                1,
                "\"hyper-n\" is not a key",
            ),
            (
                &["move-down = n", "move-up = n"],
                1,
                "\"n\" is bound to both move-down and move-up",
            ),
            (
                &["move-down = n, n x"],
                0,
                "\"n x\" is bound to both move-down and move-down",
            ),
            (
                &["move-down = n", "undo = n x"],
                1,
                "\"n x\" is bound to both",
            ),
            (
                &["case: sort = o", "csaes: sort = o"],
                1,
                "no pane is called \"csaes\"",
            ),
            (&["delete-row = d"], 0, "under [keys_in.filters]"),
            (&["cases: delete-row = d"], 0, "under [keys_in.filters]"),
        ] {
            let (found, error) = Keymap::with(&changes(lines)).expect_err("a fault");
            assert_eq!(found, at, "{lines:?}");
            assert!(error.to_string().contains(wanted), "{lines:?}: {error}");
        }
        let (_, error) = Keymap::with(&changes(&["move-dwon = n"])).expect_err("a fault");
        assert!(error.to_string().contains("move-down"), "{error}");
        // The same keys in two contexts are no clash.
        with(&["cases: sort = n", "variants: sort = n", "undo = n"]);
    }

    #[test]
    fn texts_have_the_keys_in_force() {
        let map = with(&["undo = n", "redo ="]);
        let text = "{undo} undo   {redo} redo   {delete-row} delete";
        let keys = Keys {
            keymap: &map,
            context: "cases",
        };
        assert_eq!(keys.fill(text), "n undo   :redo redo   d delete");
        assert_eq!(Keys::default().fill("{undo} {x} {"), "u :x {");
    }

    #[test]
    fn the_table_has_every_action_and_can_be_read_again() {
        for map in [
            Keymap::default(),
            with(&["undo =", "cases: sort = o", "top = n"]),
        ] {
            let table = map.table();
            for entry in ACTIONS {
                let is_there = table.iter().any(|row| row.2.name == entry.name);
                assert!(is_there, "{}", entry.name);
            }
            let again: Vec<KeyChange> = table
                .into_iter()
                .map(|(context, keys, entry)| KeyChange {
                    context: context.to_owned(),
                    action: entry.name.to_owned(),
                    keys,
                })
                .collect();
            let again = Keymap::with(&again).expect("keys that can be");
            let shown = |map: &Keymap| -> Vec<String> {
                let rows = map.table().into_iter();
                rows.map(|(context, keys, entry)| format!("{context} {keys:?} {}", entry.name))
                    .collect()
            };
            assert_eq!(shown(&again), shown(&map));
        }
    }
}
