//! States of the deadlines of the selected cases.

use crate::engine::basis::Basis;
use crate::engine::costs::{CaseCost, CaseCosts, Costly, bounds_column, mean_column, sum_column};
use crate::engine::definitions::RuleSpec;
use crate::engine::ending::{Ending, ending};
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Page, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::Surface::{Json, Table};
use crate::engine::schema::{Align, Choosable, ColumnKey, FieldValues, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::seconds;
use crate::engine::timing::{longest_waits, verdicts};
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::index::CaseSet;
use crate::metrics::bins::TimeAxis;
use crate::metrics::deadlines::{State, Verdict};
use crate::metrics::summary;
use crate::metrics::triage::last_event;
use std::sync::Arc;

/// States of all deadlines of the selected cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlinesQuery {
    /// Order, search and page of the rules.
    pub listing: Listing,
    /// Order of the cases that are named of each rule, by `over` or a field, with the fields and the
    /// number of those that break it and of those at risk.
    pub cases: Listing,
    /// Maximum number of bins of the time axis.
    pub time_bins: usize,
    /// Takes open cases as over.
    pub open_ended: bool,
}

/// States of all deadlines of the selected cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadlines {
    /// Up to when open cases were looked at, microseconds; `None` for a log without events.
    pub now: Option<i64>,
    /// Which cases are open, and how that is known.
    pub ending: Ending,
    /// The rules of the page.
    pub rules: Rows<RuleRow>,
    /// Span of a bin of [`RuleRow::over_time`] as text.
    pub unit: String,
    /// Where the last bin ends.
    pub end: i64,
}

/// Counts of the states of one deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleRow {
    /// Name of the deadline.
    pub name: String,
    /// Severity, free text; may be empty.
    pub severity: String,
    /// Limit, seconds.
    pub limit: f64,
    /// Calendar of its clock; calendar time where `None`.
    pub calendar: Option<String>,
    /// Cases by state, in the order of [`State::ALL`].
    pub states: [u64; 6],
    /// Cases that break it, then open cases whose time is running out, each in the order asked for; ties
    /// by what has counted, the most first, then by case id. Of either as many as were asked for.
    pub cases: Vec<Breach>,
    /// Cases by the time at which they were due; open and overdue ones, too.
    pub over_time: Vec<RuleBin>,
    /// Cost of the cases that break it; `None` without rates.
    pub cost: Option<CaseCost>,
}

impl Costly for RuleRow {
    fn cost(&self) -> Option<&CaseCost> {
        self.cost.as_ref()
    }
}

/// Cases that were due in a bin of time, which ends where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleBin {
    /// First instant of the bin.
    pub start: i64,
    /// Cases whose fate is known: kept, broken, overdue.
    pub known: u64,
    /// Those that break the rule.
    pub broken: u64,
}

impl RuleRow {
    /// Cases in a state.
    pub fn n(&self, state: State) -> u64 {
        let at = State::ALL.iter().position(|s| *s == state);
        at.map_or(0, |at| self.states[at])
    }

    /// Cases that break it, reached too late or not reached in time.
    pub fn broken(&self) -> u64 {
        self.n(State::Broken) + self.n(State::Overdue)
    }

    /// Cases whose fate is known: kept, broken, overdue.
    pub fn known(&self) -> u64 {
        self.n(State::Kept) + self.broken()
    }

    /// Share of the cases that break it among those whose fate is known.
    pub fn rate(&self) -> Option<f64> {
        let known = self.known();
        (known > 0).then(|| self.broken() as f64 / known as f64)
    }
}

/// A case that breaks a deadline, or is about to.
#[derive(Debug, Clone, PartialEq)]
pub struct Breach {
    /// The rule.
    pub rule: Arc<str>,
    /// Calendar of the rule.
    pub calendar: Option<Arc<str>>,
    /// Case id.
    pub case: String,
    /// State of the deadline.
    pub state: State,
    /// True for an open case.
    pub open: bool,
    /// Time that has counted, seconds.
    pub elapsed: f64,
    /// Time that has counted beyond the limit, seconds; negative while some is left.
    pub over: f64,
    /// Since when, microseconds.
    pub since: i64,
    /// When the limit is over, or was, for an open case whose clock runs; microseconds.
    pub due: Option<i64>,
    /// Activity of the event of the case with the latest timestamp.
    pub last: Arc<str>,
    /// When that was, microseconds.
    pub last_at: i64,
    /// Values of the fields of the listing.
    pub chosen: Vec<FieldValues>,
}

/// The next deadline of an open case, or the one that it is most over.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// The rule.
    pub rule: String,
    /// Calendar of the rule, which counts `over`.
    pub calendar: Option<String>,
    /// Overdue, at risk or running.
    pub state: State,
    /// Time that has counted beyond the limit, seconds; negative while there is some left.
    pub over: f64,
    /// When the limit is over, or was; `None` while the clock stands still.
    pub at: Option<i64>,
}

impl Due {
    /// Larger for what needs attention first: overdue before at risk before running, what was due
    /// earlier first, what stands still last. Rules count by different clocks, so that only the instants
    /// at which they are due compare.
    pub fn urgency(&self) -> (u8, i64) {
        let class = match self.state {
            State::Overdue => 3,
            State::AtRisk => 2,
            _ => u8::from(self.at.is_some()),
        };
        // The earlier it is due, the more urgent.
        (class, self.at.map_or(i64::MIN, i64::saturating_neg))
    }
}

type RuleColumn = crate::engine::schema::Column<RuleRow>;

const fn cases_in(name: &'static str, value: fn(&RuleRow) -> Value<'_>) -> RuleColumn {
    RuleColumn::new(name, value).fixed(8).basis(meant)
}

/// Cases that the rule is for.
fn meant(row: &RuleRow) -> Basis {
    Basis::of(
        State::ALL.map(|state| row.n(state)).iter().sum(),
        "cases of the rule",
    )
}

/// Cases whose fate is known.
fn known(row: &RuleRow) -> Basis {
    let known = Basis::of(row.known(), "cases kept, broken or overdue");
    let running = row.n(State::Running) + row.n(State::AtRisk);
    let running = known.without(running, "running");
    running.without(
        row.n(State::Missed),
        "missed (closed without the milestone)",
    )
}

/// Columns of the deadlines.
pub static RULES: Schema<RuleRow> = Schema {
    name: "rules",
    key: |r| r.name.clone(),
    columns: &[
        RuleColumn::as_made("defined"),
        RuleColumn::new("rule", |r| Value::text(&r.name))
            .left(Align::Text)
            .flex(20, 3, u16::MAX)
            .ascending(),
        RuleColumn::new("severity", |r| Value::text(&r.severity))
            .left(Align::Text)
            .fixed(9)
            .priority(6)
            .ascending(),
        RuleColumn::new("calendar", |r| {
            r.calendar.as_deref().map_or(Value::Missing, Value::text)
        })
        .unsorted()
        .only(&[Json]),
        RuleColumn::new("limit", |r| Value::counted(r.limit, r.calendar.as_deref())).term("limit"),
        cases_in("kept", |r| Value::Count(r.n(State::Kept))).priority(3),
        cases_in("broken", |r| Value::Count(r.n(State::Broken))),
        cases_in("overdue", |r| Value::Count(r.n(State::Overdue))).priority(2),
        cases_in("at risk", |r| Value::Count(r.n(State::AtRisk)))
            .json("at_risk")
            .priority(1),
        cases_in("running", |r| Value::Count(r.n(State::Running))).priority(4),
        cases_in("missed", |r| Value::Count(r.n(State::Missed)))
            .fixed(7)
            .priority(5),
        RuleColumn::new("rate", |r| r.rate().map_or(Value::Missing, Value::Share))
            .basis(known)
            .json("breach_rate")
            .fixed(9)
            .bar(6)
            .term("rate"),
        mean_column().priority(7),
        sum_column().priority(5),
        bounds_column(),
    ],
    pane: &[
        "rule", "limit", "rate", "broken", "overdue", "at risk", "kept", "running", "missed",
    ],
    table: &[],
    json: &[],
    orders: &["defined", "rate", "broken", "overdue", "at risk"],
    chosen: None,
};

type CaseColumn = crate::engine::schema::Column<Breach>;

/// Columns of the cases that break a deadline, or are about to.
pub static RULE_CASES: Schema<Breach> = Schema {
    name: "cases",
    key: |r| format!("{}\0{}", r.rule, r.case),
    columns: &[
        CaseColumn::new("rule", |r| Value::text(&r.rule))
            .left(Align::Text)
            .only(&[Table, Json]),
        CaseColumn::new("case", |r| Value::text(&r.case))
            .left(Align::Fixed)
            .flex(10, 2, u16::MAX),
        CaseColumn::new("state", |r| Value::text(r.state.word())).left(Align::Fixed),
        CaseColumn::new("open", |r| Value::Flag(r.open)).only(&[Json]),
        CaseColumn::new("elapsed", |r| {
            Value::counted(r.elapsed, r.calendar.as_deref())
        })
        .only(&[Table, Json]),
        CaseColumn::new("over", |r| Value::counted(r.over, r.calendar.as_deref()))
            .fixed(9)
            .term("over"),
        CaseColumn::new("since", |r| Value::Instant(r.since)).only(&[Json]),
        CaseColumn::new("due", |r| r.due.map_or(Value::Missing, Value::Instant))
            .fixed(17)
            .priority(2),
        CaseColumn::new("last activity", |r| Value::text(&r.last))
            .left(Align::Text)
            .json("last_activity")
            .flex(10, 2, u16::MAX)
            .priority(1),
        CaseColumn::new("at", |r| Value::Instant(r.last_at))
            .json("last_time")
            .only(&[Table, Json]),
    ],
    pane: &["case", "state", "over", "last activity", "due"],
    table: &[],
    json: &[],
    orders: &["over"],
    chosen: Some(Choosable {
        values: |r| &r.chosen,
        always: &["rule", "case"],
    }),
};

impl List for DeadlinesQuery {
    type Row = RuleRow;

    fn schema() -> &'static Schema<RuleRow> {
        &RULES
    }

    fn rows(answer: &Deadlines) -> &Rows<RuleRow> {
        &answer.rules
    }
}

impl Comparable for DeadlinesQuery {
    const COMPARED: Compared = Compared {
        many: "deadlines",
        names: &["rule", "severity", "calendar", "limit"],
        title: "rule",
        time: "elapsed",
        heads: ["A elapsed", "B elapsed"],
        of_times: false,
    };

    /// The rules without the cases that break them.
    fn of(&self, listing: Listing) -> Self {
        let none = Page::first(0);
        DeadlinesQuery {
            listing,
            cases: Listing {
                page: none,
                ..self.cases.clone()
            },
            time_bins: 1,
            ..*self
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    /// The cases that break the rule.
    fn cases(row: &RuleRow) -> Option<u64> {
        Some(row.broken())
    }

    /// The cases whose fate is known.
    fn whole(row: &RuleRow) -> Option<u64> {
        Some(row.known())
    }

    fn name(row: &RuleRow) -> String {
        row.name.clone()
    }

    fn duration(row: &RuleRow, seconds: f64) -> Value<'static> {
        Value::counted(seconds, row.calendar.as_deref())
    }

    /// The time that counted until the rule was kept or broken for good.
    fn times(&self, selected: &Selected, context: &Context<'_>) -> Result<Times, AskError> {
        let (prepared, zone) = (&selected.prepared, context.analysis.zone());
        let (now, open) = (prepared.now(), self.open(selected));
        let mut times = Times::new();
        for spec in &prepared.timed.timing.rules {
            context.cancel.check()?;
            let found = verdicts(&selected.selection(), prepared, spec, (now, &open), zone)?;
            let over = found.iter().map(|(_, verdict)| verdict);
            let over = over.filter(|of| matches!(of.state, State::Kept | State::Broken));
            let mut elapsed: Vec<i64> = over.map(|verdict| verdict.elapsed).collect();
            elapsed.sort_unstable();
            times.insert(spec.name.clone(), elapsed);
        }
        Ok(times)
    }
}

impl DeadlinesQuery {
    /// The selected cases that are open.
    fn open(&self, selected: &Selected) -> Arc<CaseSet> {
        if self.open_ended {
            return Arc::new(CaseSet::none(selected.prepared.index.n_cases()));
        }
        selected.open()
    }

    /// The first breaches of a rule, then the first open cases at risk: of either as many as the listing of cases
    /// has, in its order.
    fn named(
        &self,
        context: &Context<'_>,
        selected: &Selected,
        spec: &RuleSpec,
        found: &[(usize, Verdict)],
    ) -> Result<Vec<Breach>, AskError> {
        let (prepared, open, listing) = (&selected.prepared, self.open(selected), &self.cases);
        let (log, index, rank) = (&prepared.log, &prepared.index, prepared.case_rank());
        let fields = context.fields(selected, listing)?;
        let rule: Arc<str> = spec.name.as_str().into();
        let calendar: Option<Arc<str>> = spec.calendar.as_deref().map(Arc::from);
        let first = |meant: fn(State) -> bool| {
            let mut cases: Vec<&(usize, Verdict)> =
                found.iter().filter(|f| meant(f.1.state)).collect();
            // By what has counted: instants do not compare where the clock stands still at times.
            cases.sort_by_key(|(case, v)| (std::cmp::Reverse(v.elapsed), rank[*case]));
            match &listing.sort {
                ColumnKey::Own(_) if listing.descending => {}
                ColumnKey::Own(_) => cases.sort_by_key(|(_, v)| v.elapsed),
                ColumnKey::Field(field) => {
                    context.ordered(selected, &RULE_CASES, field, |order| {
                        cases.sort_by_cached_key(|(case, _)| order(*case).key(listing.descending));
                        Ok(())
                    })?;
                }
            }
            cases.truncate(listing.page.limit);
            Ok::<_, AskError>(cases)
        };
        let at_risk = first(|state| state == State::AtRisk)?;
        let cases = first(State::is_breach)?.into_iter().chain(at_risk);
        let breach = |&(case, verdict): &(usize, Verdict)| {
            let last = last_event(log, index, case);
            let elapsed = seconds(verdict.elapsed);
            Breach {
                rule: Arc::clone(&rule),
                calendar: calendar.clone(),
                case: log.case_ids.get(case as u32).to_owned(),
                state: verdict.state,
                open: open.contains(case),
                elapsed,
                over: elapsed - seconds(spec.limit),
                since: verdict.since,
                due: verdict.due,
                last: Arc::clone(&prepared.names[log.activity.get(last) as usize]),
                last_at: log.time[last],
                chosen: fields.of(case),
            }
        };
        Ok(cases.map(breach).collect())
    }
}

impl Query for DeadlinesQuery {
    type Answer = Deadlines;

    fn run(&self, context: &Context<'_>) -> Result<Deadlines, AskError> {
        let selected = context.selected()?;
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let (open, now) = (self.open(&selected), prepared.now());
        let (first, last) = summary::span(&selection).unwrap_or((0, 0));
        let tz = context.analysis.zone();
        // Open cases may be due after the last event of the selection.
        let axis = TimeAxis::over(first, last.max(now), self.time_bins, tz);
        let mut rules = Vec::new();
        for spec in &prepared.timed.timing.rules {
            context.cancel.check()?;
            let found = verdicts(&selection, prepared, spec, (now, &open), tz)?;
            let mut rule = rule(spec, &found, &axis, prepared.costs());
            rule.cases = self.named(context, &selected, spec, &found)?;
            rules.push(rule);
        }
        let name = |rule: &RuleRow| rule.name.clone();
        Ok(Deadlines {
            now: prepared.timed.now,
            ending: ending(&selected),
            rules: RULES.select(&rules, &self.listing, context.cancel, name)?,
            unit: axis.unit.to_owned(),
            end: axis.bounds[axis.n_bins()],
        })
    }
}

/// The deadline of each open case that is next, or that it is most over.
pub fn due(
    selected: &Selected,
    tz: chrono_tz::Tz,
    cancel: &Cancel,
) -> Result<hashbrown::HashMap<usize, Due>, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let (open, now) = (selected.open(), prepared.now());
    let mut dues: hashbrown::HashMap<usize, Due> = hashbrown::HashMap::new();
    for spec in &prepared.timed.timing.rules {
        cancel.check()?;
        for (case, verdict) in verdicts(&selection, prepared, spec, (now, &open), tz)? {
            let pending = [State::Overdue, State::AtRisk, State::Running];
            if !pending.contains(&verdict.state) {
                continue;
            }
            let due = Due {
                rule: spec.name.clone(),
                calendar: spec.calendar.clone(),
                state: verdict.state,
                over: seconds(verdict.elapsed) - seconds(spec.limit),
                at: verdict.due,
            };
            // Of several the one that was, or will be, due first: rules count by different clocks.
            match dues.entry(case) {
                hashbrown::hash_map::Entry::Occupied(mut known) => {
                    if due.urgency() > known.get().urgency() {
                        known.insert(due);
                    }
                }
                hashbrown::hash_map::Entry::Vacant(none) => {
                    none.insert(due);
                }
            }
        }
    }
    Ok(dues)
}

/// The breaches of all rules by selected cases: case, and the event that it waited for longest while the
/// clock of the rule ran.
pub fn breaches(
    selected: &Selected,
    tz: chrono_tz::Tz,
    cancel: &Cancel,
) -> Result<Vec<(usize, usize)>, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let (open, now) = (selected.open(), prepared.now());
    let mut breaches = Vec::new();
    for spec in &prepared.timed.timing.rules {
        cancel.check()?;
        breaches.extend(longest_waits(&selection, prepared, spec, now, &open, tz)?);
    }
    Ok(breaches)
}

/// Cases whose fate under a deadline is known: kept, broken or overdue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fates {
    /// All of them.
    pub known: u64,
    /// Those that break it.
    pub broken: u64,
}

impl Fates {
    /// Share of those that break it; `None` where nothing is known.
    pub fn rate(&self) -> Option<f64> {
        (self.known > 0).then(|| self.broken as f64 / self.known as f64)
    }
}

/// Counts cases by the bin of an axis in which they were due; those due beside it are left out.
pub fn by_due<'a>(verdicts: impl Iterator<Item = &'a Verdict>, axis: &TimeAxis) -> Vec<Fates> {
    let mut fates = vec![Fates::default(); axis.n_bins()];
    for verdict in verdicts {
        let broken = verdict.state.is_breach();
        // A limit that no instant is known for is in no bin.
        let bin = verdict.limit_at.map(|due| axis.bin(due));
        if let (Some(Ok(bin)), true) = (bin, broken || verdict.state == State::Kept) {
            fates[bin].known += 1;
            fates[bin].broken += u64::from(broken);
        }
    }
    fates
}

/// Counts the cases of a rule, without naming any.
fn rule(
    spec: &RuleSpec,
    found: &[(usize, Verdict)],
    axis: &TimeAxis,
    costs: Option<CaseCosts<'_>>,
) -> RuleRow {
    let count = |state| found.iter().filter(|(_, v)| v.state == state).count() as u64;
    let fates = by_due(found.iter().map(|(_, verdict)| verdict), axis);
    let broken = found
        .iter()
        .filter(|(_, verdict)| verdict.state.is_breach());
    let broken = broken.map(|(case, _)| *case);
    let bins = axis.bounds.iter().zip(fates);
    let over_time = bins.map(|(&start, fates)| RuleBin {
        start,
        known: fates.known,
        broken: fates.broken,
    });
    RuleRow {
        over_time: over_time.collect(),
        name: spec.name.clone(),
        severity: spec.severity.clone(),
        limit: seconds(spec.limit),
        calendar: spec.calendar.clone(),
        states: State::ALL.map(count),
        cases: Vec::new(),
        cost: costs.map(|costs| CaseCost::of(costs, broken)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_first_is_most_urgent_whatever_its_clock() {
        let due = |state, calendar: Option<&str>, over: f64, at| Due {
            rule: "rule".to_owned(),
            calendar: calendar.map(str::to_owned),
            state,
            over,
            at,
        };
        let sorted = [
            // Two working hours over since Friday, a day over since yesterday.
            due(State::Overdue, Some("desk"), 7_200.0, Some(100)),
            due(State::Overdue, None, 86_400.0, Some(200)),
            due(State::AtRisk, None, -60.0, Some(300)),
            due(State::AtRisk, Some("desk"), -10.0, None),
            due(State::Running, None, -9e9, Some(400)),
            due(State::Running, None, -1.0, None),
        ];
        assert!(sorted.is_sorted_by(|a, b| a.urgency() > b.urgency()));
    }
}
