//! Parses conditions on single events, successive events and waits.

use super::Parser;
use crate::filter::QueryError;
use crate::filter::ast::{
    Activity, Anchor, Atom, Between, Conformity, Field, Gap, Op, PartEnd, Queued, Spanned, Step,
    is_word_char,
};
use crate::filter::lex::Want;

impl Parser<'_> {
    /// `queued`, `event(`, `ping-pong`, `missing` or `extra` with what belongs to it, where one of them is next.
    pub(super) fn on_events(&mut self) -> Result<Option<Atom>, QueryError> {
        Ok(Some(if self.scan.eat_first_word("queued") {
            self.queued()?
        } else if self.scan.eat_call("event(") {
            self.one_event()?
        } else if self.scan.eat("ping-pong") {
            self.ping_pong()?
        } else if let Some(deviation) = self.deviation()? {
            Atom::Conforms(deviation)
        } else {
            return Ok(None);
        }))
    }

    /// `missing` or `extra` and an activity; with an arrow after it, it is a handover of a column of that
    /// name.
    fn deviation(&mut self) -> Result<Option<Conformity>, QueryError> {
        type Kind = fn(Activity) -> Conformity;
        let kinds = [
            ("missing", Conformity::Missing as Kind),
            ("extra", Conformity::Extra),
        ];
        for (word, kind) in kinds {
            let before = self.scan.clone();
            if self.scan.eat_first_word(word) {
                self.scan.accepts(Want::Activity);
                if self.scan.is_at_quote() {
                    let activity = self.scan.string()?;
                    if !self.scan.sees("->") {
                        return Ok(Some(kind(activity)));
                    }
                }
            }
            self.scan = before;
        }
        Ok(None)
    }

    /// Conditions that one event must meet.
    fn one_event(&mut self) -> Result<Atom, QueryError> {
        let mut all = vec![self.event_cond()?];
        while self.scan.eat_word("and") || self.scan.eat_other("&&") {
            all.push(self.event_cond()?);
        }
        self.expect(")", "`and` or `)`")?;
        Ok(Atom::Event(all))
    }

    /// `between` and the two ends of a part, where they are next: a column may have that name.
    pub(super) fn between(&mut self) -> Result<Option<Between>, QueryError> {
        let before = self.scan.clone();
        if self.scan.eat_first_word("between")
            && let Some(from) = self.part_end(Anchor::Starts)?
        {
            if !(self.scan.eat_word("and") || self.scan.eat_other("&&")) {
                return Err(self
                    .scan
                    .expected("`and` and the activity that the part ends with"));
            }
            let to = self.part_end(Anchor::Ends)?;
            let to = to.ok_or_else(|| self.scan.expected("an activity in double quotes"))?;
            return Ok(Some(Between { from, to }));
        }
        self.scan = before;
        Ok(None)
    }

    fn part_end(&mut self, usual: Anchor) -> Result<Option<PartEnd>, QueryError> {
        let before = self.scan.clone();
        let at = if self.scan.eat_word("first") {
            Anchor::Starts
        } else if self.scan.eat_word("last") {
            Anchor::Ends
        } else {
            usual
        };
        self.scan.accepts(Want::Activity);
        if !self.scan.is_at_quote() {
            self.scan = before;
            return Ok(None);
        }
        let activity = self.scan.string()?;
        Ok(Some(PartEnd { at, activity }))
    }

    fn queued(&mut self) -> Result<Atom, QueryError> {
        self.scan.accepts(Want::Activity);
        let of_resource = self.scan.eat_word("resource");
        let what = if of_resource {
            "a resource in double quotes"
        } else {
            "an activity in double quotes, or `resource` and its name"
        };
        if of_resource {
            self.scan.accepts(Want::Value(Field::Resource, Op::Equal));
        }
        let name = self.name(what)?;
        let what = if of_resource {
            Queued::Resource(name)
        } else {
            Queued::Activity(name)
        };
        let is_time = self.scan.peek().is_some_and(|c| c.is_ascii_digit()) || self.scan.sees("..");
        let range = if is_time {
            Some(self.time_range()?)
        } else {
            self.relative_range()?
        };
        Ok(Atom::Queued(what, range))
    }

    /// Parses the rest after a field that a value follows.
    pub(super) fn handover(&mut self, field: Spanned<Field>) -> Result<Atom, QueryError> {
        let from = self.scan.string()?;
        self.expect("->", "`->` and the value of the next event (to compare one event, an operator before the value)")?;
        let to = self.value_in_quotes(&field.node)?;
        Ok(Atom::Handover { field, from, to })
    }

    fn ping_pong(&mut self) -> Result<Atom, QueryError> {
        self.scan.accepts(Want::Word("["));
        self.scan.accepts(Want::Field { of_cases: false });
        let is_field = match self.scan.peek() {
            Some('`') => true,
            Some(c) if is_word_char(c) => {
                !matches!(self.scan.peek_word(), "and" | "or" | "AND" | "OR")
            }
            _ => false,
        };
        let field = is_field.then(|| self.field_of_events()).transpose()?;
        // Resources are meant where no field is named.
        let field = field.filter(|field| field.node != Field::Resource);
        if !self.scan.eat("[") {
            return Ok(Atom::PingPong {
                field,
                between: None,
            });
        }
        let of = field.as_ref().map_or(Field::Resource, |f| f.node.clone());
        let one = self.value_in_quotes(&of)?;
        self.expect(",", "`,` and the other value")?;
        let other = self.value_in_quotes(&of)?;
        self.expect("]", "`]`")?;
        Ok(Atom::PingPong {
            field,
            between: Some([one, other]),
        })
    }

    fn value_in_quotes(&mut self, field: &Field) -> Result<Spanned<String>, QueryError> {
        self.scan.accepts(Want::Value(field.clone(), Op::Equal));
        self.name("a value in double quotes")
    }

    /// A text in quotes; `what` it is for the error.
    fn name(&mut self, what: &str) -> Result<Spanned<String>, QueryError> {
        if self.scan.is_at_quote() {
            self.scan.string()
        } else {
            Err(self.scan.expected(what))
        }
    }

    /// An arrow, where one is next.
    fn step(&mut self) -> Option<Step> {
        let mut steps = [Step::Directly, Step::Eventually].into_iter();
        steps.find(|step| self.scan.eat(step.arrow()))
    }

    /// Parses the rest of a path of three activities or more after its second arrow.
    fn long_path(
        &mut self,
        from: Activity,
        mut then: Vec<(Step, Activity)>,
        second: Step,
    ) -> Result<Atom, QueryError> {
        let mut next = Some(second);
        while let Some(step) = next {
            then.push((step, self.activity()?));
            next = self.step();
        }
        let is_limited = self.scan.eat_word("within");
        let within = is_limited.then(|| self.limit()).transpose()?;
        Ok(Atom::Path { from, then, within })
    }

    /// Parses a path of activities.
    pub(super) fn path(&mut self) -> Result<Atom, QueryError> {
        let from = self.activity()?;
        let Some(step) = self.step() else {
            return Ok(Atom::Has(from));
        };
        let to = self.activity()?;
        if let Some(second) = self.step() {
            return self.long_path(from, vec![(step, to)], second);
        }
        let (after, within) = self.limits()?;
        let period = self.period()?;
        Ok(Atom::Follows {
            from,
            step,
            to,
            gap: Box::new(Gap {
                after,
                within,
                period,
            }),
        })
    }
}
