//! Rules on the order of the events of a case, by the templates of Declare. Definitions: A and B are the
//! events of the two activities of a case, in the order of the analysis; a pair is two events of which the
//! time from the earlier one to the later one and the values of columns are as asked. A rule is not
//! activated by a case without A (of precedences: without B; of `coexist`, successions and what is forbidden:
//! without either); rules of one activity are activated by every case.
//!
//! An event breaks a rule where it lacks the partner that is asked for (of `response` each A that no B
//! follows), comes too often, or completes a pair that is forbidden. What more events can still mend is
//! pending: it breaks the rule once the case is over.
//!
//! What depends on the order of activities alone is judged once for each variant.

use super::deadlines::State;
use crate::event_log::{
    Cancel, Cancelled, Column, ColumnData, EventLog, Level, NO_INSTANT, Template,
};
use crate::index::Index;
use hashbrown::HashMap;
use rayon::prelude::*;
use std::ops::Range;

/// A rule bound to a log.
#[derive(Debug, Clone)]
pub struct TemplateRule {
    /// What it asks.
    pub template: Template,
    /// Code of the first activity.
    pub a: u32,
    /// Code of the second one, of the first for templates of one activity.
    pub b: u32,
    /// Number of events, for templates that count.
    pub times: u32,
    /// Time from the earlier event of a pair to the later one: at least and at most, microseconds.
    pub time: (Option<i64>, Option<i64>),
    /// Whether values are equal or differ at the events of a pair, and the position of their column.
    pub columns: Vec<(bool, usize)>,
}

/// Events that break a rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Breaking {
    /// Number of events.
    pub events: u32,
    /// Place of the first of them in the case, from 0.
    pub first: u32,
}

impl Breaking {
    fn add(&mut self, place: usize) {
        let place = place as u32;
        if self.events == 0 || place < self.first {
            self.first = place;
        }
        self.events += 1;
    }
}

/// How a case stands to a rule, whether it is open or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judgment {
    /// The rule is about the case.
    pub activated: bool,
    /// Events that break it whatever comes.
    pub broken: Breaking,
    /// Events that break it unless more comes.
    pub pending: Breaking,
    /// More events of the activity are asked for.
    pub lacks: bool,
}

impl Judgment {
    /// State of the case, open or over; `None` where the rule is not activated.
    pub fn state(&self, open: bool) -> Option<State> {
        let pending = self.lacks || self.pending.events > 0;
        let state = if self.broken.events > 0 || pending && !open {
            State::Broken
        } else if pending {
            State::Running
        } else {
            State::Kept
        };
        self.activated.then_some(state)
    }

    /// The events that break the rule in a case, open or over.
    pub fn breaking(&self, open: bool) -> Breaking {
        match (self.broken, self.pending) {
            (broken, _) if open => broken,
            (broken, Breaking { events: 0, .. }) => broken,
            (Breaking { events: 0, .. }, pending) => pending,
            (broken, pending) => Breaking {
                events: broken.events + pending.events,
                first: broken.first.min(pending.first),
            },
        }
    }
}

/// The judgment of every case of a log on a rule.
#[derive(Debug)]
pub enum Judgments {
    /// Cases of a variant have the same.
    ByVariant(Vec<Judgment>),
    /// Each case has its own.
    ByCase(Vec<Judgment>),
}

impl Judgments {
    /// That of a case.
    pub fn of(&self, index: &Index, case: usize) -> &Judgment {
        match self {
            Judgments::ByVariant(of) => &of[index.case_variant[case] as usize],
            Judgments::ByCase(of) => &of[case],
        }
    }
}

impl TemplateRule {
    /// True if the order of activities alone decides.
    pub fn is_of_sequence(&self) -> bool {
        self.time == (None, None) && self.columns.is_empty()
    }

    /// Judges all cases of a log; more events come at `now` at the earliest.
    ///
    /// # Errors
    /// The answer is not wanted any more.
    pub fn judgments(
        &self,
        log: &EventLog,
        index: &Index,
        now: i64,
        cancel: &Cancel,
    ) -> Result<Judgments, Cancelled> {
        let variants = &index.variants;
        if self.is_of_sequence() {
            let of = |variant| {
                cancel.check()?;
                Ok(self.of_sequence(variants.sequence(variant)))
            };
            let all = (0..variants.len()).into_par_iter().map(of);
            return Ok(Judgments::ByVariant(all.collect::<Result<_, _>>()?));
        }
        let values: Vec<(bool, &Column)> = self
            .columns
            .iter()
            .map(|&(same, at)| (same, &log.columns[at]))
            .collect();
        let of = |case: usize| {
            cancel.check()?;
            let sequence = variants.sequence(index.case_variant[case] as usize);
            let events = Events {
                log,
                rule: self,
                values: &values,
                case,
                now,
            };
            Ok(events.judgment(sequence))
        };
        let all = (0..index.n_cases()).into_par_iter().map(of);
        Ok(Judgments::ByCase(all.collect::<Result<_, _>>()?))
    }

    /// Judges a sequence of activities.
    fn of_sequence(&self, sequence: &[u32]) -> Judgment {
        let [a, b] = self.places(sequence);
        let partners = [Places(&a), Places(&b)];
        self.judge(sequence, [&a, &b], &partners)
    }

    /// The places of A and of B, ascending.
    fn places(&self, sequence: &[u32]) -> [Vec<u32>; 2] {
        [self.a, self.b].map(|activity| {
            let places = (0..).zip(sequence).filter(|(_, is)| **is == activity);
            places.map(|(place, _)| place).collect()
        })
    }

    fn judge<P: Partners>(
        &self,
        sequence: &[u32],
        places: [&[u32]; 2],
        partners: &[P; 2],
    ) -> Judgment {
        use Template::*;
        let [a, b] = places;
        let n = sequence.len();
        let mut judgment = Judgment {
            activated: match self.template {
                Existence | Absence | Exactly | Init | End => true,
                Responded | Response | AltResponse | ChainResponse => !a.is_empty(),
                Precedence | AltPrecedence | ChainPrecedence => !b.is_empty(),
                _ => !a.is_empty() || !b.is_empty(),
            },
            ..Judgment::default()
        };
        let times = self.times as usize;
        let mut search = Search {
            n,
            places,
            partners,
            of: &mut judgment,
        };
        match self.template {
            Existence => judgment.lacks = a.len() < times,
            Absence => a
                .iter()
                .skip(times - 1)
                .for_each(|&at| judgment.broken.add(at as usize)),
            Exactly => {
                judgment.lacks = a.len() < times;
                a.iter()
                    .skip(times)
                    .for_each(|&at| judgment.broken.add(at as usize));
            }
            Init if sequence.first().is_some_and(|first| *first != self.a) => {
                judgment.broken.add(0);
            }
            End if sequence.last().is_some_and(|last| *last != self.a) => {
                judgment.pending.add(n - 1);
            }
            Init | End => {}
            Responded => search.beside(0),
            Coexist => {
                search.beside(0);
                search.beside(1);
            }
            Response => search.after(Reach::Any),
            Precedence => search.before(Reach::Any),
            Succession => {
                search.after(Reach::Any);
                search.before(Reach::Any);
            }
            AltResponse => search.after(Reach::Own),
            AltPrecedence => search.before(Reach::Own),
            AltSuccession => {
                search.after(Reach::Own);
                search.before(Reach::Own);
            }
            ChainResponse => search.after(Reach::Next),
            ChainPrecedence => search.before(Reach::Next),
            ChainSuccession => {
                search.after(Reach::Next);
                search.before(Reach::Next);
            }
            NotCoexist | NotSame => {
                search.forbidden(1, Reach::Any);
                // Of one activity alone both ways are the same pairs.
                if self.a != self.b {
                    search.forbidden(0, Reach::Any);
                }
            }
            NotSuccession => search.forbidden(1, Reach::Any),
            NotChain => search.forbidden(1, Reach::Next),
        }
        judgment
    }
}

/// How far from an event its partner may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Any,
    /// Up to the next event of its own activity.
    Own,
    /// The event beside it.
    Next,
}

/// Finds partners of events among those of one activity.
trait Partners {
    /// True if an event at these places makes a pair with the event at `of`, which is on one side of all
    /// of them.
    fn any(&self, of: usize, places: Range<usize>) -> bool;

    /// True if an event that comes later could make a pair with the event at `of`.
    fn may_come(&self, of: usize) -> bool;
}

/// Events that make a pair with any other.
struct Places<'a>(&'a [u32]);

impl Partners for Places<'_> {
    fn any(&self, _: usize, places: Range<usize>) -> bool {
        let from = self.0.partition_point(|&at| (at as usize) < places.start);
        self.0
            .get(from)
            .is_some_and(|&at| (at as usize) < places.end)
    }

    fn may_come(&self, _: usize) -> bool {
        true
    }
}

/// The search for events that break a rule: of activity 0, which is A, and 1, which is B.
struct Search<'a, P> {
    n: usize,
    places: [&'a [u32]; 2],
    partners: &'a [P; 2],
    of: &'a mut Judgment,
}

impl<P: Partners> Search<'_, P> {
    /// Each A needs a B after it.
    fn after(&mut self, reach: Reach) {
        let (own, partners) = (self.places[0], &self.partners[1]);
        for (i, &at) in own.iter().enumerate() {
            let at = at as usize;
            let next = own.get(i + 1).map(|&next| next as usize);
            let end = match reach {
                Reach::Any => self.n,
                Reach::Own => next.unwrap_or(self.n),
                Reach::Next => (at + 2).min(self.n),
            };
            if partners.any(at, at + 1..end) {
                continue;
            }
            let is_over = match reach {
                Reach::Any => false,
                Reach::Own => next.is_some(),
                Reach::Next => at + 1 < self.n,
            };
            self.lacking(at, !is_over && partners.may_come(at));
        }
    }

    /// Each B needs an A before it.
    fn before(&mut self, reach: Reach) {
        let (own, partners) = (self.places[1], &self.partners[0]);
        for (i, &at) in own.iter().enumerate() {
            let at = at as usize;
            let start = match reach {
                Reach::Any => 0,
                Reach::Own => i
                    .checked_sub(1)
                    .map_or(0, |before| own[before] as usize + 1),
                Reach::Next => at.saturating_sub(1),
            };
            if !partners.any(at, start..at) {
                self.lacking(at, false);
            }
        }
    }

    /// Each event of an activity needs one of the other on any side.
    fn beside(&mut self, activity: usize) {
        let (own, partners) = (self.places[activity], &self.partners[1 - activity]);
        for &at in own {
            let at = at as usize;
            if !partners.any(at, 0..at) && !partners.any(at, at + 1..self.n) {
                self.lacking(at, partners.may_come(at));
            }
        }
    }

    /// No event of an activity may have one of the other before it.
    fn forbidden(&mut self, activity: usize, reach: Reach) {
        let (own, partners) = (self.places[activity], &self.partners[1 - activity]);
        for &at in own {
            let at = at as usize;
            let start = if reach == Reach::Next {
                at.saturating_sub(1)
            } else {
                0
            };
            if partners.any(at, start..at) {
                self.of.broken.add(at);
            }
        }
    }

    fn lacking(&mut self, at: usize, pending: bool) {
        if pending {
            self.of.pending.add(at);
        } else {
            self.of.broken.add(at);
        }
    }
}

/// The events of a case under a rule of times or values.
struct Events<'a> {
    log: &'a EventLog,
    rule: &'a TemplateRule,
    values: &'a [(bool, &'a Column)],
    case: usize,
    now: i64,
}

/// Events of one activity, those together that have the same values where these are to be equal.
struct Grouped<'a> {
    events: &'a Events<'a>,
    /// The times of the case ascend, so that limits are found by bisection.
    is_sorted: bool,
    groups: HashMap<Vec<u64>, Group>,
}

/// Events with the same values.
#[derive(Default)]
struct Group {
    /// Their places in the case, ascending.
    places: Vec<u32>,
    /// For each of them the index of the next one with another value of the only column whose values are
    /// to differ; empty without one.
    others: Vec<usize>,
}

impl Events<'_> {
    fn judgment(&self, sequence: &[u32]) -> Judgment {
        let [a, b] = self.rule.places(sequence);
        if a.is_empty() && b.is_empty() {
            return self
                .rule
                .judge(sequence, [&a, &b], &[Places(&a), Places(&b)]);
        }
        let times = &self.log.time[self.log.events_of(self.case)];
        let is_sorted = self.rule.time == (None, None) || times.is_sorted();
        let partners = [&a, &b].map(|places| self.grouped(places, is_sorted));
        self.rule.judge(sequence, [&a, &b], &partners)
    }

    fn grouped(&self, places: &[u32], is_sorted: bool) -> Grouped<'_> {
        let mut groups: HashMap<Vec<u64>, Group> = HashMap::new();
        for &place in places {
            // An event without a value has no partner.
            if let Some(key) = self.key(place as usize) {
                groups.entry(key).or_default().places.push(place);
            }
        }
        if let [column] = self.different().collect::<Vec<_>>()[..] {
            for group in groups.values_mut() {
                let value = |i: usize| self.value(column, group.places[i] as usize);
                let n = group.places.len();
                let mut others = vec![n; n];
                for i in (0..n.saturating_sub(1)).rev() {
                    let differs = value(i) != value(i + 1);
                    others[i] = if differs { i + 1 } else { others[i + 1] };
                }
                group.others = others;
            }
        }
        Grouped {
            events: self,
            is_sorted,
            groups,
        }
    }

    fn different(&self) -> impl Iterator<Item = &Column> {
        let values = self.values.iter().filter(|(same, _)| !same);
        values.map(|(_, column)| *column)
    }

    /// The values that are to be equal; `None` where any value is missing.
    fn key(&self, place: usize) -> Option<Vec<u64>> {
        let mut key = Vec::new();
        for (same, column) in self.values {
            let value = self.value(column, place)?;
            if *same {
                key.push(value);
            }
        }
        Some(key)
    }

    /// A number for the value of a column, the same for equal values; `None` where it is missing.
    fn value(&self, column: &Column, place: usize) -> Option<u64> {
        let event = self.log.case_offsets[self.case] as usize + place;
        let row = column.row(self.case, event);
        match &column.data {
            ColumnData::Text(codes, _) => match codes.get(row) {
                0 => None,
                code => Some(u64::from(code)),
            },
            ColumnData::Number(numbers) => {
                let number = numbers.get(row);
                // The sum makes one number of 0 and -0.
                (!number.is_nan()).then(|| (number + 0.0).to_bits())
            }
            ColumnData::Instant(instants) => {
                let instant = instants[row];
                (instant != NO_INSTANT).then_some(instant as u64)
            }
        }
    }

    fn time(&self, place: usize) -> i64 {
        self.log.time[self.log.case_offsets[self.case] as usize + place]
    }

    /// True if the time from an event to a later one is as asked.
    fn in_time(&self, earlier: usize, later: usize) -> bool {
        let elapsed = self.time(later).saturating_sub(self.time(earlier));
        let (least, most) = self.rule.time;
        least.is_none_or(|least| elapsed >= least) && most.is_none_or(|most| elapsed <= most)
    }

    /// True if the values of columns that are to differ do.
    fn differs(&self, one: usize, other: usize) -> bool {
        self.different()
            .all(|column| self.value(column, one) != self.value(column, other))
    }
}

impl Partners for Grouped<'_> {
    fn any(&self, of: usize, places: Range<usize>) -> bool {
        let events = self.events;
        let Some(group) = events.key(of).and_then(|key| self.groups.get(&key)) else {
            return false;
        };
        let all = &group.places;
        let is_later = places.start > of;
        let mut from = all.partition_point(|&at| (at as usize) < places.start);
        let mut to = all.partition_point(|&at| (at as usize) < places.end);
        let (least, most) = events.rule.time;
        if self.is_sorted && (least.is_some() || most.is_some()) {
            let time = events.time(of);
            // Instants of partners: limits count from the earlier event.
            let (first, last) = if is_later {
                (
                    least.map(|by| time.saturating_add(by)),
                    most.map(|by| time.saturating_add(by)),
                )
            } else {
                (
                    most.map(|by| time.saturating_sub(by)),
                    least.map(|by| time.saturating_sub(by)),
                )
            };
            let part = &all[from.min(to)..to];
            let before = first.map_or(0, |first| {
                part.partition_point(|&at| events.time(at as usize) < first)
            });
            let until = last.map_or(part.len(), |last| {
                part.partition_point(|&at| events.time(at as usize) <= last)
            });
            (from, to) = (from + before, from + until);
        }
        if from >= to {
            return false;
        }
        let holds = |&at: &u32| {
            let at = at as usize;
            let (earlier, later) = (of.min(at), of.max(at));
            (self.is_sorted || events.in_time(earlier, later)) && events.differs(earlier, later)
        };
        if self.is_sorted && !group.others.is_empty() {
            // The first one has another value, or else the next one that differs from it does.
            return holds(&all[from]) || group.others[from] < to;
        }
        // Without values that differ the first one decides; else the rest has to be looked at.
        all[from..to].iter().any(holds)
    }

    fn may_come(&self, of: usize) -> bool {
        let events = self.events;
        let in_time = |most: i64| events.now.saturating_sub(events.time(of)) <= most;
        let is_constant = |column: &Column| column.level == Level::Case;
        events.rule.time.1.is_none_or(in_time)
            && events.key(of).is_some()
            && !events.different().any(is_constant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress;
    use crate::test_support::log;

    fn rule(template: Template) -> TemplateRule {
        TemplateRule {
            template,
            a: 0,
            b: 1,
            times: 1,
            time: (None, None),
            columns: Vec::new(),
        }
    }

    /// States of sequences in which `a` is 0, `b` is 1 and `c` is 2, of cases that are over and open, and
    /// the events that break the rule.
    fn found(rule: &TemplateRule, text: &str) -> (Option<State>, Option<State>, u32) {
        let code = |letter: char| letter as u32 - 'a' as u32;
        let sequence: Vec<u32> = text.chars().map(code).collect();
        let judgment = rule.of_sequence(&sequence);
        let (over, open) = (judgment.state(false), judgment.state(true));
        (over, open, judgment.breaking(false).events)
    }

    #[test]
    fn templates_hold_as_defined() {
        use State::{Broken, Kept, Running};
        use Template::*;
        let kept = (Some(Kept), Some(Kept), 0);
        let broken = |events| (Some(Broken), Some(Broken), events);
        let pending = |events| (Some(Broken), Some(Running), events);
        let none = (None, None, 0);
        for (template, text, wanted) in [
            (Existence, "bab", kept),
            (Existence, "bb", pending(0)),
            (Absence, "bb", kept),
            (Absence, "baba", broken(2)),
            (Exactly, "ba", kept),
            (Exactly, "b", pending(0)),
            (Exactly, "aba", broken(1)),
            (Init, "ab", kept),
            (Init, "ba", broken(1)),
            (End, "ba", kept),
            (End, "ab", pending(1)),
            (Responded, "ba", kept),
            (Responded, "b", none),
            (Responded, "aca", pending(2)),
            (Coexist, "ba", kept),
            (Coexist, "bb", pending(2)),
            (Coexist, "c", none),
            (Response, "aab", kept),
            (Response, "aba", pending(1)),
            (Response, "b", none),
            (Precedence, "abb", kept),
            (Precedence, "bab", broken(1)),
            (Precedence, "a", none),
            (Succession, "acb", kept),
            (Succession, "bab", broken(1)),
            (Succession, "aba", pending(1)),
            (AltResponse, "abcab", kept),
            (AltResponse, "aab", broken(1)),
            (AltResponse, "aba", pending(1)),
            (AltPrecedence, "aabab", kept),
            (AltPrecedence, "abb", broken(1)),
            (AltSuccession, "abab", kept),
            (ChainResponse, "abb", kept),
            (ChainResponse, "acb", broken(1)),
            (ChainResponse, "cba", pending(1)),
            (ChainPrecedence, "aab", kept),
            (ChainPrecedence, "acb", broken(1)),
            (ChainPrecedence, "b", broken(1)),
            (ChainSuccession, "abab", kept),
            (NotCoexist, "aac", kept),
            (NotCoexist, "bca", broken(1)),
            (NotCoexist, "c", none),
            (NotSuccession, "bba", kept),
            (NotSuccession, "abcb", broken(2)),
            (NotChain, "acb", kept),
            (NotChain, "abab", broken(2)),
        ] {
            assert_eq!(found(&rule(template), text), wanted, "{template:?} {text}");
        }
        let twice = TemplateRule {
            times: 2,
            ..rule(Absence)
        };
        assert_eq!(found(&twice, "aba"), broken(1));
        assert_eq!(found(&twice, "ab"), kept);
    }

    #[test]
    fn limits_are_of_the_time_between_two_events() {
        use State::{Broken, Kept, Running};
        let log = log("1: a b @0 10; 2: a b @0 11; 3: a a b @0 5 12; 4: a b @0 2; 5: a c @0 1");
        let index = Index::build(&log, &Progress::default()).unwrap();
        let rule = TemplateRule {
            time: (Some(3_000_000), Some(10_000_000)),
            ..rule(Template::Response)
        };
        let start = log.time[0];
        let states = |open, now: i64| -> Vec<Option<State>> {
            let judgments = rule
                .judgments(&log, &index, start + now * 1_000_000, &Cancel::never())
                .unwrap();
            (0..5)
                .map(|case| judgments.of(&index, case).state(open))
                .collect()
        };
        let over = [Kept, Broken, Broken, Broken, Broken].map(Some);
        assert_eq!(states(false, 0), over);
        assert_eq!(
            states(true, 10),
            [Kept, Running, Running, Running, Running].map(Some)
        );
        assert_eq!(states(true, 11), over);
        let first = *rule
            .judgments(&log, &index, start, &Cancel::never())
            .unwrap()
            .of(&index, 2);
        assert_eq!(
            first.breaking(false),
            Breaking {
                events: 1,
                first: 0
            }
        );
    }
}
