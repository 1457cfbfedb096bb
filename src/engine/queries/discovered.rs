//! Rules and relations that a selection has: rules of the templates of Declare that hold in most cases, and
//! the log skeleton.

use crate::engine::conform_rules::ConformRule;
use crate::engine::list::{List, Listing, Rows};
use crate::engine::prepared::Prepared;
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::event_log::Template;
use crate::metrics::chance::by_chance;
use crate::metrics::relations::{
    Alphabet, Candidate, MOST_ACTIVITIES, Pair, counts, skeleton as relations,
};
use crate::text::count;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

/// The rules that hold in a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoverRulesQuery {
    /// Least share of the cases that a rule is about, 0 to 1.
    pub support: f64,
    /// Least share of these that satisfy it, 0 to 1.
    pub confidence: f64,
    /// Lists rules, too, that others in the list imply.
    pub all: bool,
    /// Order, search and page.
    pub listing: Listing,
}

/// The rules that hold in a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoveredRules {
    /// Number of selected cases.
    pub cases: u64,
    /// The rules, those first that say the most beyond chance.
    pub rules: Rows<DiscoveredRule>,
}

/// A rule that holds in a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoveredRule {
    /// Text of the rule.
    pub rule: Arc<str>,
    /// Number of selected cases.
    pub cases: u64,
    /// Cases that it is about.
    pub activated: u64,
    /// Cases of these that satisfy it.
    pub satisfied: u64,
    /// Share of these that would satisfy it by chance, 0 to 1.
    pub chance: f64,
}

impl DiscoveredRule {
    /// Share of the cases that it is about.
    pub fn support(&self) -> f64 {
        self.activated as f64 / self.cases as f64
    }

    /// Share of these that satisfy it.
    pub fn confidence(&self) -> f64 {
        self.satisfied as f64 / self.activated as f64
    }

    /// By how much more of them satisfy it than by chance, in parts of 10^9, so that figures that are
    /// equal but for rounding are equal.
    fn strength(&self) -> i64 {
        ((self.confidence() - self.chance) * 1e9).round() as i64
    }
}

type Column = crate::engine::schema::Column<DiscoveredRule>;

/// Columns of the rules.
pub static DISCOVERED: Schema<DiscoveredRule> = Schema {
    name: "rules",
    key: |r| r.rule.to_string(),
    columns: &[
        Column::as_made("strength"),
        Column::new("rule", |r| Value::text(&r.rule))
            .left(Align::Text)
            .ascending(),
        Column::new("support", |r| Value::Share(r.support())),
        Column::new("confidence", |r| Value::Share(r.confidence())),
        Column::new("chance", |r| Value::Share(r.chance)),
        Column::new("activated", |r| Value::Count(r.activated)),
        Column::new("satisfied", |r| Value::Count(r.satisfied)),
        Column::new("violated", |r| Value::Count(r.activated - r.satisfied)),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &[
        "strength",
        "confidence",
        "support",
        "chance",
        "violated",
        "rule",
    ],
    chosen: None,
};

impl List for DiscoverRulesQuery {
    type Row = DiscoveredRule;

    fn schema() -> &'static Schema<DiscoveredRule> {
        &DISCOVERED
    }

    fn rows(answer: &DiscoveredRules) -> &Rows<DiscoveredRule> {
        &answer.rules
    }
}

impl Query for DiscoverRulesQuery {
    type Answer = DiscoveredRules;

    fn run(&self, context: &Context<'_>) -> Result<DiscoveredRules, AskError> {
        let selected = context.selected()?;
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let alphabet = alphabet(&selected)?;
        let cases = selection.n_cases as u64;
        let counts = counts(&selection, &alphabet, context.cancel)?;
        let mut held: Vec<Candidate> = Vec::new();
        counts.each(context.cancel, |candidate| {
            let (activated, satisfied) = (candidate.activated as f64, candidate.satisfied as f64);
            let is_frequent = activated >= self.support * cases as f64;
            if candidate.activated > 0 && is_frequent && satisfied >= self.confidence * activated {
                held.push(candidate);
            }
        })?;
        if !self.all {
            let implied = implied(&held);
            held.retain(|rule| !implied.contains(&key(rule)));
        }
        let has = counts.has();
        let chances = by_chance(&selection, &alphabet, &held, &has, context.cancel)?;
        let row = |(rule, chance): (&Candidate, f64)| DiscoveredRule {
            rule: text(rule, &alphabet, prepared).into(),
            cases,
            activated: rule.activated,
            satisfied: rule.satisfied,
            chance,
        };
        let mut rules: Vec<DiscoveredRule> = held.iter().zip(chances).map(row).collect();
        rules.sort_by(|a, b| {
            // Shares as products, so that equal ones are equal.
            let confidence = |of: &DiscoveredRule, other: &DiscoveredRule| {
                Reverse(u128::from(of.satisfied) * u128::from(other.activated))
            };
            b.strength()
                .cmp(&a.strength())
                .then(confidence(a, b).cmp(&confidence(b, a)))
                .then(b.activated.cmp(&a.activated))
                .then_with(|| a.rule.cmp(&b.rule))
        });
        let name = |row: &DiscoveredRule| row.rule.to_string();
        Ok(DiscoveredRules {
            cases,
            rules: DISCOVERED.select(&rules, &self.listing, context.cancel, name)?,
        })
    }
}

/// The activities of a selection.
///
/// # Errors
/// There are too many of them.
fn alphabet(selected: &Selected) -> Result<Alphabet, AskError> {
    let alphabet = Alphabet::of(&selected.selection());
    if alphabet.len() > MOST_ACTIVITIES {
        let (n, most) = (alphabet.len() as u64, MOST_ACTIVITIES as u64);
        return Err(AskError::Name(format!(
            "{} activities make too many pairs, at most {} are compared: leave some out by conditions on events or filters",
            count(n),
            count(most)
        )));
    }
    Ok(alphabet)
}

/// A template and its activities.
type Key = (Template, usize, Option<usize>);

fn key(rule: &Candidate) -> Key {
    (rule.template, rule.a, rule.b)
}

/// What rules imply.
fn implied(rules: &[Candidate]) -> HashSet<Key> {
    let absent: HashSet<usize> = rules
        .iter()
        .filter(|rule| rule.template == Template::Absence)
        .map(|rule| rule.a)
        .collect();
    let mut implied = HashSet::new();
    for rule in rules {
        let Some(b) = rule.b else {
            implied.extend(rule.template.implies().iter().map(|of| (*of, rule.a, None)));
            continue;
        };
        let a = rule.a;
        // Nothing comes before or after what does not occur.
        if rule.template.forbids_pairs() && (absent.contains(&a) || absent.contains(&b)) {
            implied.insert(key(rule));
        }
        let mut add = |template: Template, a: usize, b: usize| {
            // Both orders of this template are one rule.
            let (a, b) = match template {
                Template::Coexist => (a.min(b), a.max(b)),
                _ => (a, b),
            };
            implied.insert((template, a, Some(b)));
        };
        for &template in rule.template.implies() {
            add(template, a, b);
            if rule.template == Template::NotCoexist {
                add(template, b, a);
            }
        }
        if rule.template.implies_responded_back() {
            add(Template::Responded, b, a);
        }
    }
    implied
}

/// The text of a rule.
fn text(rule: &Candidate, alphabet: &Alphabet, prepared: &Prepared) -> String {
    let name = |number: usize| &*prepared.names[alphabet.codes[number] as usize];
    ConformRule::of(rule.template, name(rule.a), rule.b.map(name)).text
}

/// The relations of the activities of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkeletonQuery;

/// The relations of the activities of a selection. Pairs are places in the list of activities; both orders are
/// listed of those that are symmetric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSkeleton {
    /// Number of selected cases.
    pub cases: u64,
    /// Activities, by name.
    pub activities: Vec<Arc<str>>,
    /// Relations by name: equivalence, always_after, always_before, never_together, directly_follows.
    pub relations: [(&'static str, Vec<Pair>); 5],
    /// Numbers of events of each activity that cases have, ascending.
    pub counts: Vec<Vec<u32>>,
}

impl Query for SkeletonQuery {
    type Answer = LogSkeleton;

    fn run(&self, context: &Context<'_>) -> Result<LogSkeleton, AskError> {
        let selected = context.selected()?;
        let alphabet = alphabet(&selected)?;
        let found = relations(&selected.selection(), &alphabet, context.cancel)?;
        let names = &selected.prepared.names;
        let name = |&code: &u32| Arc::clone(&names[code as usize]);
        Ok(LogSkeleton {
            cases: selected.selection().n_cases as u64,
            activities: alphabet.codes.iter().map(name).collect(),
            relations: [
                ("equivalence", found.equivalence),
                ("always_after", found.always_after),
                ("always_before", found.always_before),
                ("never_together", found.never_together),
                ("directly_follows", found.directly_follows),
            ],
            counts: found.counts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(template: Template, a: usize, b: Option<usize>) -> Candidate {
        Candidate {
            template,
            a,
            b,
            activated: 1,
            satisfied: 1,
        }
    }

    #[test]
    fn stronger_rules_imply_weaker_ones() {
        use Template::*;
        let found = implied(&[
            rule(ChainSuccession, 1, Some(0)),
            rule(NotCoexist, 0, Some(2)),
            rule(Init, 1, None),
            rule(Absence, 3, None),
            rule(NotChain, 3, Some(1)),
        ]);
        for key in [
            (AltResponse, 1, Some(0)),
            (Precedence, 1, Some(0)),
            (Coexist, 0, Some(1)),
            (Responded, 0, Some(1)),
            (Responded, 1, Some(0)),
            (NotSuccession, 2, Some(0)),
            (NotChain, 0, Some(2)),
            (Existence, 1, None),
            (NotChain, 3, Some(1)),
        ] {
            assert!(found.contains(&key), "{key:?}");
        }
        assert!(!found.contains(&(ChainSuccession, 1, Some(0))));
        assert!(!found.contains(&(Response, 0, Some(1))));
        assert!(!found.contains(&(Absence, 3, None)));
    }
}
