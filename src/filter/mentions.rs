//! The names that a filter uses: what is true by definition of the cases that it selects.

use super::ast::{Atom, EventCond, Expr, Field, Gap, Op, Queued, Spanned, Step, Value};

/// Names and kinds of fields in a filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Activities.
    pub activities: Vec<String>,
    /// Columns.
    pub columns: Vec<String>,
    /// The resource.
    pub resource: bool,
    /// The duration of the case.
    pub duration: bool,
    /// Its number of events.
    pub events: bool,
    /// Its variant.
    pub variant: bool,
    /// When it starts, ends or has events.
    pub time: bool,
    /// Whether it is open: its last activity is an end state, or nothing happened for long.
    pub ending: bool,
    /// How it conforms to a reference or model.
    pub conformity: bool,
}

/// An event that makes a filter true where it occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// An event with the activity.
    Activity(String),
    /// An event with the second activity right after one with the first.
    Edge(String, String),
}

impl Expr {
    /// The definition or column that is `true`, where the filter is this alone.
    pub fn is_true(&self) -> Option<&str> {
        match self {
            Expr::Atom(Atom::Compare(compared)) => {
                match (&compared.field.node, &compared.value.node) {
                    (Field::Column(name), Value::Bare(value) | Value::Quoted(value)) => {
                        (compared.op == Op::Equal && value == "true").then_some(name)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The names that the filter uses.
    pub fn mentions(&self) -> Mentions {
        let mut mentions = Mentions::default();
        mentions.add(self);
        mentions
    }

    /// The events each of which makes the filter true; `None` where something else does.
    pub fn triggers(&self) -> Option<Vec<Trigger>> {
        match self {
            Expr::Or(any) => {
                let triggers: Option<Vec<_>> = any.iter().map(Expr::triggers).collect();
                Some(triggers?.concat())
            }
            Expr::Atom(Atom::Has(activity)) => Some(vec![Trigger::Activity(activity.node.clone())]),
            Expr::Atom(Atom::Follows {
                from,
                step: Step::Directly,
                to,
                gap,
            }) if **gap == Gap::default() => {
                let (from, to) = (from.node.clone(), to.node.clone());
                Some(vec![Trigger::Edge(from, to)])
            }
            _ => None,
        }
    }
}

impl EventCond {
    /// The names that the condition uses.
    pub fn mentions(&self) -> Mentions {
        let mut mentions = Mentions::default();
        mentions.add_condition(self);
        mentions
    }
}

impl Mentions {
    /// Adds the names of another filter.
    pub fn add(&mut self, expr: &Expr) {
        match expr {
            Expr::And(all) | Expr::Or(all) => all.iter().for_each(|expr| self.add(expr)),
            Expr::Not(inner) => self.add(inner),
            Expr::Atom(atom) => self.add_atom(atom),
        }
    }

    /// Adds the names of others.
    pub fn join(&mut self, other: Mentions) {
        self.activities.extend(other.activities);
        self.columns.extend(other.columns);
        self.resource |= other.resource;
        self.duration |= other.duration;
        self.events |= other.events;
        self.variant |= other.variant;
        self.time |= other.time;
        self.ending |= other.ending;
        self.conformity |= other.conformity;
    }

    fn add_atom(&mut self, atom: &Atom) {
        match atom {
            Atom::Has(activity)
            | Atom::Bound(_, activity)
            | Atom::Queued(Queued::Activity(activity), _) => {
                self.activities.push(activity.node.clone());
            }
            Atom::Follows { from, to, gap, .. } => {
                self.activities.extend([from.node.clone(), to.node.clone()]);
                self.time |= gap.period.is_some();
            }
            Atom::Path { from, then, .. } => {
                let then = then.iter().map(|(_, activity)| activity);
                let all = std::iter::once(from).chain(then);
                self.activities
                    .extend(all.map(|activity| activity.node.clone()));
            }
            Atom::Period(..) | Atom::Time(_) | Atom::Since(..) => self.time = true,
            Atom::Queued(Queued::Resource(_), _) => self.resource = true,
            Atom::Compare(compared) => {
                self.add_field(&compared.field.node, std::slice::from_ref(&compared.value));
            }
            Atom::Member(member) => self.add_field(&member.field.node, &member.values),
            Atom::Missing(missing) => self.add_field(&missing.field.node, &[]),
            Atom::Event(conditions) => conditions.iter().for_each(|of| self.add_condition(of)),
            Atom::Handover { field, from, to } => {
                self.add_field(&field.node, &quoted([from, to]));
            }
            Atom::PingPong { field, between } => {
                let values = between.as_ref().map(|between| quoted(between.each_ref()));
                let field = field.as_ref().map_or(&Field::Resource, |field| &field.node);
                self.add_field(field, &values.unwrap_or_default());
            }
            Atom::Open(_) => self.ending = true,
            Atom::Conforms(conformity) => {
                self.conformity = true;
                let activity = conformity.activity();
                self.activities.extend(activity.map(|of| of.node.clone()));
            }
            // No condition yet: it is refused when the filter meets a log.
            Atom::Words(_) => {}
        }
    }

    fn add_condition(&mut self, condition: &EventCond) {
        match condition {
            EventCond::Compare(compared) => {
                self.add_field(&compared.field.node, std::slice::from_ref(&compared.value));
            }
            EventCond::Member(member) => self.add_field(&member.field.node, &member.values),
            EventCond::Missing(missing) => self.add_field(&missing.field.node, &[]),
            EventCond::Time(_) => self.time = true,
            EventCond::Between(between) => {
                let ends = [&between.from, &between.to].into_iter();
                self.activities
                    .extend(ends.map(|end| end.activity.node.clone()));
            }
        }
    }

    fn add_field(&mut self, field: &Field, values: &[Spanned<Value>]) {
        match field {
            Field::Duration => self.duration = true,
            Field::Events => self.events = true,
            Field::Variant => self.variant = true,
            Field::Start | Field::End | Field::Time | Field::Clock(..) => self.time = true,
            Field::Count(activity) => self.activities.push(activity.node.clone()),
            Field::Activity => {
                let names = values.iter().map(|value| match &value.node {
                    Value::Quoted(text) | Value::Bare(text) => text.clone(),
                });
                self.activities.extend(names);
            }
            Field::Resource => self.resource = true,
            Field::At(_, field) => self.add_field(&field.node, values),
            Field::Column(name) | Field::LogColumn(name) => self.columns.push(name.clone()),
            Field::Case => {}
        }
    }
}

/// Values as they are written in quotes.
fn quoted(values: [&Spanned<String>; 2]) -> Vec<Spanned<Value>> {
    let quoted = values.map(|value| Spanned {
        node: Value::Quoted(value.node.clone()),
        span: value.span.clone(),
    });
    quoted.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::parse;

    #[test]
    fn names_are_found_wherever_they_are() {
        let text = r#""A" -> "B" and not (count("C") > 1 or region in ("EU") or duration > 3d)
            and event(activity = "D" and team = "x") and first(product) = "y" and resource is missing and started 2024"#;
        let mentions = parse(text).unwrap().mentions();
        assert_eq!(mentions.activities, ["A", "B", "C", "D"]);
        assert_eq!(mentions.columns, ["region", "team", "product"]);
        assert!(mentions.resource && mentions.duration && mentions.time);
        assert!(!mentions.events && !mentions.variant);
    }

    #[test]
    fn handovers_and_states_are_names() {
        let mentions = |text: &str| parse(text).unwrap().mentions();
        let activities = mentions(r#"activity "A" -> "B""#);
        assert_eq!(activities.activities, ["A", "B"]);
        assert!(mentions(r#"resource "x" -> "y""#).resource);
        assert_eq!(mentions(r#"team "x" -> "y""#).columns, ["team"]);
        assert!(mentions("ping-pong").resource);
        assert!(mentions(r#"ping-pong ["x", "y"]"#).resource);
        assert!(mentions("open").ending && mentions("not closed").ending);
        assert!(!mentions(r#""A""#).ending);
        let deviating = mentions(r#"missing "A" or extra "B""#);
        assert!(deviating.conformity && deviating.activities == ["A", "B"]);
        assert!(mentions("not fits").conformity && mentions("deviates").conformity);
    }

    #[test]
    fn only_events_are_triggers() {
        let triggers = |text: &str| parse(text).unwrap().triggers();
        let either = triggers(r#""A" or "B" -> "C""#).unwrap();
        assert_eq!(
            either,
            [
                Trigger::Activity("A".to_owned()),
                Trigger::Edge("B".to_owned(), "C".to_owned()),
            ]
        );
        for text in [
            r#"not "A""#,
            r#""A" and "B""#,
            r#""A" -> "B" within 1h"#,
            "duration > 3d",
        ] {
            assert_eq!(triggers(text), None, "{text}");
        }
    }
}
