//! Texts that cases have beside the log, tags and notes: a field whose values are not of events.

use super::QueryError;
use super::ast::Field;
use super::value::Wanted;
use crate::index::CaseSet;
use std::collections::BTreeSet;

/// Texts of one kind that cases have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CaseTexts {
    name: &'static str,
    /// Why the texts are not shown, where they are not.
    hidden: Option<&'static str>,
    /// Distinct texts, ascending.
    texts: Vec<String>,
    /// Cases that have some, ascending, each with the positions of its texts.
    cases: Vec<(u32, Vec<u32>)>,
}

impl CaseTexts {
    /// The texts of a field of that name; those of a case stay in their order.
    pub fn new<'t>(name: &'static str, of: impl IntoIterator<Item = (u32, Vec<&'t str>)>) -> Self {
        let mut of: Vec<(u32, Vec<&str>)> = of.into_iter().collect();
        of.retain(|(_, texts)| !texts.is_empty());
        of.sort_by_key(|(case, _)| *case);
        let distinct: BTreeSet<&str> = of.iter().flat_map(|(_, texts)| texts).copied().collect();
        let distinct: Vec<&str> = distinct.into_iter().collect();
        let place = |text: &&str| distinct.partition_point(|known| known < text) as u32;
        let cases = of.iter();
        let cases = cases.map(|(case, texts)| (*case, texts.iter().map(place).collect()));
        CaseTexts {
            name,
            hidden: None,
            cases: cases.collect(),
            texts: distinct.into_iter().map(str::to_owned).collect(),
        }
    }

    /// A field whose texts are not shown, for a reason.
    pub fn hidden(name: &'static str, why: &'static str) -> Self {
        CaseTexts {
            name,
            hidden: Some(why),
            ..CaseTexts::default()
        }
    }

    /// Name of the field.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Distinct texts, ascending.
    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The texts of a case.
    pub fn of(&self, case: usize) -> impl Iterator<Item = &str> {
        let places = self.places(case).iter();
        places.map(|place| self.texts[*place as usize].as_str())
    }

    /// Position among the distinct texts of each text of a case.
    pub(super) fn places(&self, case: usize) -> &[u32] {
        let found = self
            .cases
            .binary_search_by_key(&case, |(of, _)| *of as usize);
        found.map_or(&[], |at| &self.cases[at].1)
    }

    /// The cases with a text that passes; the test is made once for each distinct text.
    fn passing(&self, n_cases: usize, passes: impl Fn(&str) -> bool) -> CaseSet {
        let passes: Vec<bool> = self.texts.iter().map(|text| passes(text)).collect();
        let mut found = CaseSet::none(n_cases);
        for (case, places) in &self.cases {
            if places.iter().any(|place| passes[*place as usize]) {
                found.insert(*case as usize);
            }
        }
        found
    }
}

/// Position among `noted` of the texts that a field means: one of their names that nothing else was defined by.
pub(super) fn place_of(
    field: &Field,
    noted: &[CaseTexts],
    is_defined: impl Fn(&str) -> bool,
) -> Option<usize> {
    // In backticks it is the column of the log.
    let Field::Column(name) = field else {
        return None;
    };
    let place = noted.iter().position(|texts| texts.name == name)?;
    (!is_defined(name)).then_some(place)
}

impl CaseTexts {
    /// Why the texts are not shown, where they are not.
    pub(super) fn hidden_for(&self) -> Option<&'static str> {
        self.hidden
    }

    /// The cases of a log with that number of them that have a text as wanted.
    pub(super) fn cases(&self, wanted: &Wanted<'_>, n_cases: usize) -> Result<CaseSet, QueryError> {
        let test = wanted.texts()?;
        Ok(self.passing(n_cases, |text| test.holds(text)))
    }

    /// The cases of a log with that number of them that have no text.
    pub(super) fn missing(&self, n_cases: usize) -> CaseSet {
        let mut missing = self.passing(n_cases, |_| true);
        missing.not();
        missing
    }
}
