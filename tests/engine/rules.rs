//! Rules on the order of events, discovered rules and the log skeleton against a slow reference written
//! straight from the definitions, on random small logs, rules and selections.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::engine::{
    Analysis, Cancel, CaseEnds, ConformRule, DiscoverRulesQuery, DiscoveredRule, Listing,
    RulesQuery, SkeletonQuery, SummaryQuery, Timing, View,
};
use casetrail::event_log::{
    BlockColumn, ColumnKind, ColumnSpec, EventLog, LogBuilder, Progress, RowBlock, Schema, Template,
};
use casetrail::filter::quote;
use casetrail::formats::ImportReport;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One event: case, activity, second, and a value of a column, perhaps.
#[derive(Debug, Clone, Copy)]
struct Event {
    case: u8,
    activity: u8,
    second: i64,
    value: Option<u8>,
}

type Trace = Vec<Event>;

const SECOND: i64 = 1_000_000;

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = (
        0u8..8,
        0u8..4,
        0i64..40,
        prop::option::weighted(0.8, 0u8..2),
    );
    let event = event.prop_map(|(case, activity, second, value)| Event {
        case,
        activity,
        second,
        value,
    });
    prop::collection::vec(event, 1..50)
}

/// A rule: its text is made from it, so that the parser is tested, too.
#[derive(Debug, Clone)]
struct Rule {
    template: Template,
    a: u8,
    b: u8,
    times: usize,
    after: Option<i64>,
    within: Option<i64>,
    /// `same` where true, `different` where false.
    columns: Vec<bool>,
    /// The value that some event of the case has.
    when: Option<u8>,
}

fn rule() -> impl Strategy<Value = Rule> {
    let limits = (
        prop::option::weighted(0.2, 0i64..15),
        prop::option::weighted(0.4, 0i64..30),
    );
    let columns = prop::collection::vec(any::<bool>(), 0..3);
    (
        prop::sample::select(Template::ALL.to_vec()),
        (0u8..4, 0u8..4, 1usize..4),
        limits,
        (any::<bool>(), columns),
        prop::option::weighted(0.2, 0u8..2),
    )
        .prop_map(
            |(template, (a, b, times), (after, within), (plain, columns), when)| {
                let is_same = a == b && !template.forbids_pairs();
                let of_pairs = !plain && !template.is_unary();
                Rule {
                    template,
                    a,
                    b: if is_same { (b + 1) % 4 } else { b },
                    times: if template.counts() { times } else { 1 },
                    after: after.filter(|_| of_pairs),
                    within: within.filter(|_| of_pairs),
                    columns: match template {
                        Template::NotSame => vec![true],
                        _ if of_pairs => columns,
                        _ => Vec::new(),
                    },
                    when,
                }
            },
        )
}

impl Rule {
    fn text(&self) -> String {
        let mut text = format!("{}({}", self.template.word(), quote(&name(self.a)));
        if !self.template.is_unary() {
            text = format!("{text}, {}", quote(&name(self.b)));
        }
        if self.template.counts() {
            text = format!("{text}, {}", self.times);
        }
        let mut columns = self.columns.iter();
        if self.template == Template::NotSame {
            columns.next();
            text += ", kind";
        }
        text += ")";
        if let Some(within) = self.within {
            text = format!("{text} within {within}s");
        }
        for same in columns {
            text += if *same {
                " same kind"
            } else {
                " different kind"
            };
        }
        if let Some(after) = self.after {
            text = format!("{text} after {after} seconds");
        }
        if let Some(value) = self.when {
            text = format!("{text} when kind = \"k{value}\"");
        }
        text
    }

    fn is_pair(&self, earlier: &Event, later: &Event) -> bool {
        let elapsed = later.second - earlier.second;
        self.after.is_none_or(|least| elapsed >= least)
            && self.within.is_none_or(|most| elapsed <= most)
            && self
                .columns
                .iter()
                .all(|same| match (earlier.value, later.value) {
                    (Some(one), Some(other)) => (one == other) == *same,
                    _ => false,
                })
    }

    /// True if an event that comes at `now` or later may make a pair with this one.
    fn may_come(&self, event: &Event, log: &Facts) -> bool {
        self.within
            .is_none_or(|most| log.now - event.second <= most)
            && (self.columns.is_empty() || event.value.is_some())
            && !(log.constant && self.columns.contains(&false))
    }
}

/// What the rules depend on besides a case.
struct Facts {
    /// The last second of the log.
    now: i64,
    /// The column has one value in each case.
    constant: bool,
}

/// A case under a rule: events that break it for good, and those that break it unless more comes.
#[derive(Debug, Default)]
struct Judged {
    activated: bool,
    broken: BTreeSet<usize>,
    pending: BTreeSet<usize>,
    lacks: bool,
}

#[allow(clippy::too_many_lines, reason = "one arm for each template")]
fn judge(rule: &Rule, trace: &Trace, log: &Facts) -> Judged {
    use Template::*;
    let places = |activity: u8| -> Vec<usize> {
        let all = 0..trace.len();
        all.filter(|&at| trace[at].activity == activity).collect()
    };
    let (a, b) = (places(rule.a), places(rule.b));
    let pair = |one: usize, other: usize| {
        one != other && rule.is_pair(&trace[one.min(other)], &trace[one.max(other)])
    };
    let mut judged = Judged {
        activated: match rule.template {
            Existence | Absence | Exactly | Init | End => true,
            Responded | Response | AltResponse | ChainResponse => !a.is_empty(),
            Precedence | AltPrecedence | ChainPrecedence => !b.is_empty(),
            _ => !a.is_empty() || !b.is_empty(),
        },
        ..Judged::default()
    };
    let last = trace.len() - 1;
    let mut lacking = |at: usize, can_be_mended: bool| {
        if can_be_mended && rule.may_come(&trace[at], log) {
            judged.pending.insert(at);
        } else {
            judged.broken.insert(at);
        }
    };
    if matches!(rule.template, Response | Succession) {
        for &at in &a {
            if !b.iter().any(|&other| other > at && pair(at, other)) {
                lacking(at, true);
            }
        }
    }
    if matches!(rule.template, Precedence | Succession) {
        for &at in &b {
            if !a.iter().any(|&other| other < at && pair(at, other)) {
                lacking(at, false);
            }
        }
    }
    if matches!(rule.template, AltResponse | AltSuccession) {
        for &at in &a {
            let next = a.iter().copied().find(|&next| next > at);
            let is_between = |other: usize| other > at && next.is_none_or(|next| other < next);
            if !b.iter().any(|&other| is_between(other) && pair(at, other)) {
                lacking(at, next.is_none());
            }
        }
    }
    if matches!(rule.template, AltPrecedence | AltSuccession) {
        for &at in &b {
            let before = b.iter().copied().rfind(|&before| before < at);
            let is_between = |other: usize| other < at && before.is_none_or(|b| other > b);
            if !a.iter().any(|&other| is_between(other) && pair(at, other)) {
                lacking(at, false);
            }
        }
    }
    if matches!(rule.template, ChainResponse | ChainSuccession) {
        for &at in &a {
            if !(b.contains(&(at + 1)) && pair(at, at + 1)) {
                lacking(at, at == last);
            }
        }
    }
    if matches!(rule.template, ChainPrecedence | ChainSuccession) {
        for &at in &b {
            if !(at > 0 && a.contains(&(at - 1)) && pair(at - 1, at)) {
                lacking(at, false);
            }
        }
    }
    if matches!(rule.template, Responded | Coexist) {
        for &at in &a {
            if !b.iter().any(|&other| pair(at, other)) {
                lacking(at, true);
            }
        }
    }
    if rule.template == Coexist {
        for &at in &b {
            if !a.iter().any(|&other| pair(at, other)) {
                lacking(at, true);
            }
        }
    }
    match rule.template {
        Existence => judged.lacks = a.len() < rule.times,
        Absence => judged.broken.extend(a.iter().skip(rule.times - 1)),
        Exactly => {
            judged.lacks = a.len() < rule.times;
            judged.broken.extend(a.iter().skip(rule.times));
        }
        Init if trace[0].activity != rule.a => {
            judged.broken.insert(0);
        }
        End if trace[last].activity != rule.a => {
            judged.pending.insert(last);
        }
        NotCoexist | NotSame => {
            for (&one, &other) in a.iter().flat_map(|one| b.iter().map(move |b| (one, b))) {
                if pair(one, other) {
                    judged.broken.insert(one.max(other));
                }
            }
        }
        NotSuccession => {
            for (&one, &other) in a.iter().flat_map(|one| b.iter().map(move |b| (one, b))) {
                if one < other && pair(one, other) {
                    judged.broken.insert(other);
                }
            }
        }
        NotChain => {
            for &at in &b {
                if at > 0 && a.contains(&(at - 1)) && pair(at - 1, at) {
                    judged.broken.insert(at);
                }
            }
        }
        _ => {}
    }
    judged
}

fn name(activity: u8) -> String {
    format!("a{activity}")
}

fn log(events: &[Event]) -> EventLog {
    let schema = Schema {
        columns: vec![ColumnSpec {
            name: "kind".into(),
            kind: ColumnKind::Text,
        }],
        ..Schema::default()
    };
    let mut builder = LogBuilder::new(schema.clone());
    let mut block = RowBlock::new(&schema, events.len());
    for event in events {
        block.case.push(format!("c{}", event.case).as_bytes());
        block.activity.push(name(event.activity).as_bytes());
        block.time.push(event.second * SECOND);
        let BlockColumn::Text(kind) = &mut block.columns[0] else {
            unreachable!()
        };
        match event.value {
            Some(value) => kind.push(format!("k{value}").as_bytes()),
            None => kind.push_missing(),
        }
    }
    builder.push(block);
    builder.finish(&Progress::default()).unwrap().0
}

fn analysis(events: &[Event], timing: Timing) -> Analysis {
    let (zone, progress) = (chrono_tz::UTC, Progress::default());
    let report = ImportReport::default();
    let analysis = Analysis::new("log".to_owned(), log(events), report, zone, &progress).unwrap();
    analysis.with_timing(timing).unwrap()
}

/// The traces by case, ordered by time, ties as in the file.
fn traces(events: &[Event]) -> BTreeMap<u8, Trace> {
    let mut traces: BTreeMap<u8, Trace> = BTreeMap::new();
    for event in events {
        traces.entry(event.case).or_default().push(*event);
    }
    for trace in traces.values_mut() {
        trace.sort_by_key(|event| event.second);
    }
    traces
}

fn view(without: Option<u8>) -> View {
    let filter = without.map(|activity| format!("not \"{}\"", name(activity)));
    View {
        filters: filter.into_iter().collect(),
        ..View::default()
    }
}

fn is_left(trace: &Trace, without: Option<u8>) -> bool {
    without.is_none_or(|activity| trace.iter().all(|event| event.activity != activity))
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| f64::midpoint(values[(n - 1) / 2], values[n / 2]))
}

/// Activated, satisfied, violated and open cases, events, the first of them, and the medians of the
/// durations of violating cases and of the others.
type Wanted = ([u64; 5], Option<(String, i64, String)>, Option<(f64, f64)>);

fn wanted(rule: &Rule, events: &[Event], without: Option<u8>, open_ended: bool) -> Wanted {
    let all = traces(events);
    let is_constant = |trace: &Trace| trace.iter().all(|event| event.value == trace[0].value);
    let facts = Facts {
        now: events.iter().map(|event| event.second).max().unwrap(),
        constant: all.values().all(is_constant),
    };
    let mut counts = [0u64; 5];
    let mut first: Option<(i64, String, usize, u8)> = None;
    let (mut with, mut others) = (Vec::new(), Vec::new());
    for (case, trace) in all.iter().filter(|(_, trace)| is_left(trace, without)) {
        // Ends with a0, or is open.
        let is_open = !open_ended && trace[trace.len() - 1].activity != 0;
        let mut judged = judge(rule, trace, &facts);
        let is_meant = |value: u8| trace.iter().any(|event| event.value == Some(value));
        if !rule.when.is_none_or(is_meant) {
            judged = Judged::default();
        }
        let undecided = judged.lacks || !judged.pending.is_empty();
        let violates = judged.activated && (!judged.broken.is_empty() || undecided && !is_open);
        if judged.activated {
            counts[0] += 1;
            counts[1] += u64::from(!violates && !undecided);
            counts[2] += u64::from(violates);
            counts[3] += u64::from(!violates && undecided);
        }
        if violates {
            let mut breaking = judged.broken.clone();
            if !is_open {
                breaking.extend(&judged.pending);
            }
            counts[4] += breaking.len() as u64;
            if let Some(&at) = breaking.first() {
                let event = trace[at];
                let found = (event.second, format!("c{case}"), at, event.activity);
                first = Some(first.map_or(found.clone(), |first| first.min(found)));
            }
        }
        if !is_open {
            let duration = (trace[trace.len() - 1].second - trace[0].second) as f64;
            let side = if violates { &mut with } else { &mut others };
            side.push(duration);
        }
    }
    let first = first.map(|(second, case, _, activity)| (case, second * SECOND, name(activity)));
    (counts, first, median(&mut with).zip(median(&mut others)))
}

proptest! {
    #![proptest_config(crate::runs(2000))]

    #[test]
    fn rules_are_those_of_the_reference(
        events in events(),
        rules in prop::collection::vec(rule(), 1..4),
        without in prop::option::of(0u8..4),
        open_ended in any::<bool>(),
    ) {
        let parsed = rules.iter().map(|rule| ConformRule::parse(&rule.text()).unwrap());
        let mut texts = BTreeSet::new();
        let (parsed, rules): (Vec<ConformRule>, Vec<&Rule>) = parsed
            .zip(&rules)
            .filter(|(parsed, _)| texts.insert(parsed.name.clone()))
            .unzip();
        let known: BTreeSet<u8> = events.iter().map(|event| event.activity).collect();
        let is_known = |rule: &Rule| {
            known.contains(&rule.a) && (rule.template.is_unary() || known.contains(&rule.b))
        };
        // An activity that the log has not is an error.
        prop_assume!(rules.iter().all(|rule| is_known(rule)) && known.contains(&0));
        let timing = Timing {
            conform_rules: parsed.clone(),
            ends: CaseEnds { activities: Some(vec!["a0".to_owned()]), idle: None },
            ..Timing::default()
        };
        let analysis = analysis(&events, timing);
        let query = RulesQuery { open_ended, listing: Listing::by("defined") };
        let query = RulesQuery {
            listing: Listing { descending: false, ..query.listing },
            ..query
        };
        let view = view(without.filter(|activity| known.contains(activity)));
        let without = without.filter(|activity| known.contains(activity));
        let found = analysis.ask(&view, &query, &Cancel::never()).unwrap();
        prop_assert_eq!(found.rules.rows.len(), rules.len());
        for ((row, rule), parsed) in found.rules.rows.iter().zip(&rules).zip(&parsed) {
            let (counts, first, medians) = wanted(rule, &events, without, open_ended);
            let figures = [row.activated, row.satisfied, row.violated, row.open, row.events];
            prop_assert_eq!(figures, counts, "{}", parsed.text);
            let found = row.first.as_ref();
            let found = found.map(|of| (of.case.clone(), of.time, of.activity.to_string()));
            prop_assert_eq!(found, first, "{}", parsed.text);
            let found = row.duration.map(|of| (of.median_with, of.median_without));
            prop_assert_eq!(found, medians, "{}", parsed.text);
            // The filter of a row selects the cases that violate the rule.
            let mut filtered = view.clone();
            filtered.filters.push(row.filter.to_string());
            let left = analysis.ask(&filtered, &SummaryQuery, &Cancel::never()).unwrap();
            prop_assert_eq!(left.cases, row.violated, "{}", row.filter);
        }
    }

    #[test]
    fn discovered_rules_are_those_of_the_reference(
        events in events(),
        (support, confidence) in (0.0f64..1.0, 0.3f64..1.0),
        without in prop::option::of(0u8..4),
    ) {
        let all = traces(&events);
        let known: BTreeSet<u8> = events.iter().map(|event| event.activity).collect();
        let without = without.filter(|activity| known.contains(activity));
        let left: Vec<&Trace> = all.values().filter(|trace| is_left(trace, without)).collect();
        let occurring: BTreeSet<u8> =
            left.iter().flat_map(|trace| trace.iter().map(|event| event.activity)).collect();
        let facts = Facts { now: i64::MAX, constant: false };
        let mut wanted = BTreeSet::new();
        for template in Template::ALL.into_iter().filter(|of| *of != Template::NotSame) {
            for (&a, &b) in occurring.iter().flat_map(|a| occurring.iter().map(move |b| (a, b))) {
                let is_symmetric = matches!(template, Template::Coexist | Template::NotCoexist);
                let is_once = if template.is_unary() { a == b } else { a != b };
                if !is_once || is_symmetric && a > b {
                    continue;
                }
                let rule = Rule {
                    template, a, b, times: 1, after: None, within: None, columns: Vec::new(), when: None,
                };
                let judged: Vec<Judged> = left.iter().map(|trace| judge(&rule, trace, &facts)).collect();
                let activated = judged.iter().filter(|of| of.activated).count() as f64;
                let is_kept = |of: &&Judged| {
                    of.activated && !of.lacks && of.broken.is_empty() && of.pending.is_empty()
                };
                let kept = judged.iter().filter(is_kept).count() as f64;
                if activated > 0.0 && activated >= support * left.len() as f64 && kept >= confidence * activated {
                    let text = ConformRule::parse(&rule.text()).unwrap().rule.to_string();
                    wanted.insert((text, activated as u64, kept as u64));
                }
            }
        }
        let analysis = analysis(&events, Timing::default());
        let view = view(without);
        let listing = Listing { descending: false, ..Listing::by("strength") };
        let query = DiscoverRulesQuery { support, confidence, all: true, listing };
        let found = analysis.ask(&view, &query, &Cancel::never()).unwrap();
        let set: BTreeSet<(String, u64, u64)> = found.rules.rows.iter()
            .map(|row| (row.rule.to_string(), row.activated, row.satisfied))
            .collect();
        prop_assert_eq!(&set, &wanted);
        let strength = |row: &DiscoveredRule| row.confidence() - row.chance;
        let sorted = found.rules.rows.is_sorted_by(|a, b| strength(a) >= strength(b) - 2e-9);
        prop_assert!(sorted);
        prop_assert!(found.rules.rows.iter().all(|row| (0.0..=1.0 + 1e-9).contains(&row.chance)));
        let few = DiscoverRulesQuery { all: false, ..query };
        let few = analysis.ask(&view, &few, &Cancel::never()).unwrap();
        let few: BTreeSet<(String, u64, u64)> = few.rules.rows.iter()
            .map(|row| (row.rule.to_string(), row.activated, row.satisfied))
            .collect();
        prop_assert!(few.is_subset(&set));
        prop_assert_eq!(few.is_empty(), set.is_empty());
    }

    #[test]
    fn the_skeleton_is_that_of_the_reference(
        events in events(),
        without in prop::option::of(0u8..4),
    ) {
        let all = traces(&events);
        let known: BTreeSet<u8> = events.iter().map(|event| event.activity).collect();
        let without = without.filter(|activity| known.contains(activity));
        let left = all.values().filter(|trace| is_left(trace, without));
        let left: Vec<Vec<u8>> =
            left.map(|trace| trace.iter().map(|event| event.activity).collect()).collect();
        let occurring: BTreeSet<u8> = left.iter().flatten().copied().collect();
        let times = |trace: &[u8], of: u8| trace.iter().copied().filter(|is| *is == of).count();
        let pairs = |holds: &dyn Fn(u8, u8, &[u8]) -> bool| -> Vec<(String, String)> {
            let all = occurring.iter().flat_map(|a| occurring.iter().map(move |b| (*a, *b)));
            all.filter(|&(a, b)| a != b && left.iter().all(|trace| holds(a, b, trace)))
                .map(|(a, b)| (name(a), name(b)))
                .collect()
        };
        let wanted = [
            pairs(&|a, b, trace| times(trace, a) == times(trace, b)),
            pairs(&|a, b, trace| {
                let last = trace.iter().rposition(|is| *is == a);
                last.is_none_or(|last| trace[last..].contains(&b))
            }),
            pairs(&|a, b, trace| {
                let first = trace.iter().position(|is| *is == a);
                first.is_none_or(|first| trace[..first].contains(&b))
            }),
            pairs(&|a, b, trace| !(trace.contains(&a) && trace.contains(&b))),
            pairs(&|a, b, trace| {
                (0..trace.len()).all(|at| trace[at] != a || trace.get(at + 1) == Some(&b))
            }),
        ];
        let analysis = analysis(&events, Timing::default());
        let found = analysis.ask(&view(without), &SkeletonQuery, &Cancel::never()).unwrap();
        let named = |&(a, b): &(usize, usize)| {
            (found.activities[a].to_string(), found.activities[b].to_string())
        };
        for ((relation, pairs), wanted) in found.relations.iter().zip(wanted) {
            let pairs: Vec<(String, String)> = pairs.iter().map(named).collect();
            prop_assert_eq!(pairs, wanted, "{}", relation);
        }
        for ((activity, counts), &of) in found.activities.iter().zip(&found.counts).zip(&occurring) {
            prop_assert_eq!(&**activity, name(of));
            let wanted: BTreeSet<u32> =
                left.iter().map(|trace| times(trace, of) as u32).collect();
            prop_assert_eq!(counts, &wanted.into_iter().collect::<Vec<_>>());
        }
    }
}
