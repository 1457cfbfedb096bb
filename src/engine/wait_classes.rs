//! Classes of the waits of a log: as defined for it or for the view, else guessed.

use super::definitions::{NamedWait, WaitClass};
use super::selected::Selected;
use std::sync::Arc;

/// Which waits are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Waits {
    /// All.
    #[default]
    All,
    /// Those that the desk can change.
    Changeable,
    /// The others.
    Apart,
}

impl Waits {
    /// All choices, in the order of a key that goes through them.
    pub const ALL: [Waits; 3] = [Waits::All, Waits::Changeable, Waits::Apart];

    /// Word of options and saved places.
    pub const fn word(self) -> &'static str {
        match self {
            Waits::All => "all",
            Waits::Changeable => "changeable",
            Waits::Apart => "apart",
        }
    }

    /// The next one in the order of a key.
    #[must_use]
    pub fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }

    /// True if waits of a class are ranked.
    fn has(self, class: WaitClass) -> bool {
        match self {
            Waits::All => true,
            Waits::Changeable => class == WaitClass::Own,
            Waits::Apart => class != WaitClass::Own,
        }
    }
}

/// The class of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowClass {
    /// The class; `None` where its waits are of several.
    pub class: Option<WaitClass>,
    /// True where it is a guess.
    pub guessed: bool,
    /// The class that it has without what the view defines for it.
    pub usual: Option<WaitClass>,
}

/// Classes of all steps of a log, by edge.
#[derive(Debug)]
pub(super) struct Classes {
    class: Vec<WaitClass>,
    /// Class without the definitions of the view.
    usual: Vec<WaitClass>,
    guessed: Vec<bool>,
}

impl Classes {
    /// Returns the classes in force in the view of a selection, computed once. They are guessed from the
    /// whole log, so that a filter of cases changes none.
    pub fn of(selected: &Selected) -> Arc<Classes> {
        selected.figures.get_or_init(|| {
            let prepared = &selected.prepared;
            let class = prepared.guessed_waits().to_vec();
            let mut classes = Classes {
                usual: Vec::new(),
                guessed: vec![true; class.len()],
                class,
            };
            classes.define(selected, &prepared.timed.timing.waits);
            classes.usual.clone_from(&classes.class);
            classes.define(selected, &selected.waits);
            classes
        })
    }

    /// Puts definitions in force; that of a step before that of an activity.
    fn define(&mut self, selected: &Selected, waits: &[NamedWait]) {
        let (log, edges) = (&selected.prepared.log, &selected.prepared.index.edges);
        let (of_steps, of_activities): (Vec<&NamedWait>, Vec<&NamedWait>) =
            waits.iter().partition(|wait| wait.from.is_some());
        for wait in of_activities.into_iter().chain(of_steps) {
            let to = log.activities.find(&wait.to);
            let from = wait.from.as_ref().map(|from| log.activities.find(from));
            let is_meant = |edge: &usize| {
                to == Some(edges.to[*edge])
                    && from.is_none_or(|from| from == Some(edges.from[*edge]))
            };
            for edge in (0..edges.len()).filter(is_meant) {
                self.class[edge] = wait.class;
                self.guessed[edge] = false;
            }
        }
    }

    /// Class of a step.
    pub fn step(&self, edge: usize) -> RowClass {
        RowClass {
            class: Some(self.class[edge]),
            guessed: self.guessed[edge],
            usual: Some(self.usual[edge]),
        }
    }

    /// Class of the waits of several steps.
    pub fn steps(&self, mut edges: impl Iterator<Item = usize>) -> Option<RowClass> {
        let first = self.step(edges.next()?);
        let same = |a: Option<WaitClass>, b| a.filter(|a| Some(*a) == b);
        Some(edges.fold(first, |all, edge| {
            let step = self.step(edge);
            RowClass {
                class: same(all.class, step.class),
                guessed: all.guessed || step.guessed,
                usual: same(all.usual, step.usual),
            }
        }))
    }

    /// Which steps are left out of a ranking, by edge; `None` where none is.
    pub fn left_out(&self, waits: Waits) -> Option<Arc<[bool]>> {
        let is_out = |class: &WaitClass| !waits.has(*class);
        (waits != Waits::All).then(|| self.class.iter().map(is_out).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_through_all_choices() {
        let mut waits = Waits::default();
        let mut seen = Vec::new();
        for _ in Waits::ALL {
            seen.push(waits.word());
            waits = waits.next();
        }
        assert_eq!(seen, ["all", "changeable", "apart"]);
        assert_eq!(waits, Waits::All);
    }

    #[test]
    fn a_wait_and_its_class_survive_their_text() {
        for text in [
            "\"A\" -> \"B = \\\"C\\\"\" = customer",
            "\"B -> C\" = vendor",
            "\"A\" -> \"A\" = own",
            "\"X\" = resolved",
        ] {
            let wait = NamedWait::parse(text).expect(text);
            assert_eq!(wait.to_string(), text);
            assert_eq!(NamedWait::parse(&wait.to_string()), Ok(wait));
        }
        for (text, part) in [
            ("\"A\" -> \"B\"", "a wait and its class"),
            ("\"A\" = lost", "own, resolved, customer, vendor"),
            ("\"A\" ~> \"B\" = own", "in double quotes"),
            ("\"A\" -> \"B\" -> \"C\" = own", "in double quotes"),
            ("\"A\" -> \"B\" within 2h = own", "in double quotes"),
            ("A = own", "A"),
        ] {
            let error = NamedWait::parse(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
