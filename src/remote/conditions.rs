//! Compiles bound filters and conditions to SQL. A condition on one event is an expression that is never NULL; a
//! filter of cases is a condition on columns that are added up once a case. Each kind is here or is refused: none
//! is left out.

use super::RemoteError;
use super::clock;
use super::deadlines::Judge;
use super::dialects::Dialect;
use super::table::Table;
use crate::event_log::{ColumnData, EventLog, WallClock};
use crate::filter::bound::{
    ColumnTest, Condition, Elapsed, EventTest, InstantTest, Node, NumberTest, Order, Pair, Path,
    Test, TextTest, TraceTest,
};
use crate::filter::{Anchor, Relation, Source, Step};
use std::collections::BTreeSet;

/// Values of a column in one condition at most: a statement has limits.
const MOST_VALUES: usize = 20_000;

/// What conditions need besides the events: filled while they are compiled.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Needs {
    /// Columns of the table.
    pub columns: BTreeSet<usize>,
    /// Values of other events of the case: name and expression.
    pub windows: Vec<Named>,
    /// Values of a case: name and aggregate.
    pub flags: Vec<Named>,
    /// The rank of the variant of the case.
    pub rank: bool,
}

/// A name and its expression.
pub(super) type Named = (String, String);

/// The window of a case in its order.
const WINDOW: &str = "OVER (PARTITION BY case_id ORDER BY pos)";

/// A compiler of conditions on one log.
pub(super) struct Compiler<'a> {
    pub dialect: &'static Dialect,
    pub table: &'a Table,
    /// The log that the filters are bound to.
    pub log: &'a EventLog,
    /// First and last instant of the log.
    pub span: Option<(i64, i64)>,
    /// Judges cases by deadlines, where these are asked for.
    pub judge: Option<&'a Judge>,
    pub needs: Needs,
}

/// The instants of a range that are no bounds.
const OPEN: [i64; 3] = [i64::MIN, i64::MIN + 1, i64::MAX];

impl<'a> Compiler<'a> {
    /// A compiler that needs nothing so far.
    pub fn new(
        dialect: &'static Dialect,
        table: &'a Table,
        log: &'a EventLog,
        span: Option<(i64, i64)>,
    ) -> Self {
        Compiler {
            dialect,
            table,
            log,
            span,
            judge: None,
            needs: Needs::default(),
        }
    }

    /// A condition on single events.
    pub fn event_condition(&mut self, condition: &Condition) -> Result<String, RemoteError> {
        match condition {
            Condition::Test { test, negated } => {
                let test = self.event(test, 0)?;
                Ok(if *negated {
                    format!("NOT {test}")
                } else {
                    test
                })
            }
            Condition::Time { from, to } => Ok(inside("t", *from, *to)),
            Condition::Between { .. } => Err(RemoteError::refused(
                "parts of cases from one event to another (between)",
            )),
        }
    }

    /// A condition on the row of a case.
    pub fn case_condition(&mut self, node: &Node) -> Result<String, RemoteError> {
        let (dialect, of) = (self.dialect, node);
        Ok(match of {
            Node::All(all) => self.joined(all, " AND ", "TRUE")?,
            Node::Any(any) => self.joined(any, " OR ", "FALSE")?,
            Node::Not(inner) => format!("NOT ({})", self.case_condition(inner)?),
            Node::Cases(_) => {
                return Err(RemoteError::refused("cases by what only a log here knows"));
            }
            Node::Trace(test) => self.trace(test),
            Node::Directly(first, second, pair) => {
                let mut all = vec![
                    self.is_activity(*first, "activity"),
                    self.is_activity(*second, "na"),
                ];
                all.extend(between("(nt - t)", pair.elapsed));
                all.extend(period(pair.period, "t", "nt"));
                self.any(&all.join(" AND "))
            }
            Node::Eventually(first, second, pair) => self.eventually(*first, *second, *pair)?,
            Node::Path(path) => self.path(path)?,
            Node::Duration(test) => range("(t1 - t0)", test),
            Node::Start(test) => instants("t0", test)?,
            Node::End(test) => instants("t1", test)?,
            Node::Period(relation, from, to) => {
                let condition = period(Some((*relation, *from, *to)), "t0", "t1");
                condition.unwrap_or_else(|| "TRUE".to_owned())
            }
            Node::Time(from, to) => self.any(&inside("t", *from, *to)),
            Node::Since(elapsed) => {
                let begin = self.window("begun", "min(t) OVER (PARTITION BY case_id)".to_owned());
                let since = format!("(t - {begin})");
                let limits: Vec<String> = between(&since, *elapsed).collect();
                if limits.is_empty() {
                    "TRUE".to_owned()
                } else {
                    self.any(&limits.join(" AND "))
                }
            }
            Node::Event(test) => {
                if let Some(of_deadline) = self.deadline(test)? {
                    return Ok(of_deadline);
                }
                let test = self.event(test, 0)?;
                self.any(&test)
            }
            Node::OneEvent(conditions) => {
                let all = conditions
                    .iter()
                    .map(|condition| self.event_condition(condition));
                let all: Vec<String> = all.collect::<Result<_, _>>()?;
                self.any(&all.join(" AND "))
            }
            Node::Chain(tests) => {
                let all = tests.iter().enumerate();
                let all = all.map(|(ahead, test)| self.event(test, ahead));
                let all: Vec<String> = all.collect::<Result<_, _>>()?;
                self.any(&all.join(" AND "))
            }
            Node::BackAndForth(source) => self.back_and_forth(*source)?,
            Node::EventAt(anchor, test) => {
                let test = self.event(test, 0)?;
                self.any(&format!("{} AND {test}", end(*anchor)))
            }
            Node::Clock(anchor, dial, test, tz) => {
                let at = match anchor {
                    Anchor::Starts => "t0",
                    Anchor::Ends => "t1",
                };
                let (first, last) = self.span.unwrap_or_default();
                let clock = WallClock::over(*tz, first, last);
                range(&clock::shown(dialect, at, *dial, &clock), test)
            }
            Node::Queued(..) => {
                return Err(RemoteError::refused(
                    "waits for an activity or a resource (queued)",
                ));
            }
        })
    }

    fn joined(&mut self, all: &[Node], by: &str, none: &str) -> Result<String, RemoteError> {
        let all = all.iter().map(|node| self.case_condition(node));
        let all: Vec<String> = all.collect::<Result<_, _>>()?;
        Ok(if all.is_empty() {
            none.to_owned()
        } else {
            format!("({})", all.join(by))
        })
    }

    /// An aggregate of the events of a case, by its name.
    pub(super) fn flag(&mut self, aggregate: String) -> String {
        let flags = &mut self.needs.flags;
        if let Some((name, _)) = flags.iter().find(|(_, known)| *known == aggregate) {
            return name.clone();
        }
        let name = format!("f{}", flags.len());
        flags.push((name.clone(), aggregate));
        name
    }

    /// True for cases with an event that meets a condition.
    fn any(&mut self, condition: &str) -> String {
        let flag = self.flag(format!("max(CASE WHEN {condition} THEN 1 ELSE 0 END)"));
        format!("{flag} = 1")
    }

    fn window(&mut self, name: &str, expression: String) -> String {
        if !self.needs.windows.iter().any(|(known, _)| known == name) {
            self.needs.windows.push((name.to_owned(), expression));
        }
        name.to_owned()
    }

    /// The value of the event that comes some places later in its case.
    fn ahead(&mut self, column: &str, ahead: usize) -> String {
        match (column, ahead) {
            (_, 0) => column.to_owned(),
            ("activity", 1) => "na".to_owned(),
            ("t", 1) => "nt".to_owned(),
            (_, n) => {
                let name = format!("{column}_{n}");
                self.window(&name, format!("lead({column}, {n}) {WINDOW}"))
            }
        }
    }

    fn activity(&self, code: u32) -> &'a str {
        self.log.activities.get(code)
    }

    fn is_activity(&self, code: u32, column: &str) -> String {
        self.dialect.one_of(column, [self.activity(code)])
    }

    fn trace(&mut self, test: &TraceTest) -> String {
        match test {
            TraceTest::Has(activity) => {
                let is = self.is_activity(*activity, "activity");
                self.any(&is)
            }
            TraceTest::HasAny(any) => {
                let is = self.is_one_of(any, "activity");
                self.any(&is)
            }
            TraceTest::Directly(first, second) => {
                let pair = [
                    self.is_activity(*first, "activity"),
                    self.is_activity(*second, "na"),
                ];
                self.any(&pair.join(" AND "))
            }
            TraceTest::Eventually(first, second) => {
                let (first, second) = (
                    self.is_activity(*first, "activity"),
                    self.is_activity(*second, "activity"),
                );
                let flag = self.flag(format!(
                    "CASE WHEN min(CASE WHEN {first} THEN pos END) < max(CASE WHEN {second} THEN pos END) THEN 1 ELSE 0 END"
                ));
                format!("{flag} = 1")
            }
            TraceTest::Starts(activity) => {
                let is = self.is_activity(*activity, "activity");
                self.any(&format!("{} AND {is}", end(Anchor::Starts)))
            }
            TraceTest::Ends(activity) => {
                let is = self.is_activity(*activity, "activity");
                self.any(&format!("{} AND {is}", end(Anchor::Ends)))
            }
            TraceTest::Count(activity, test) => {
                let is = self.is_activity(*activity, "activity");
                let flag = self.flag(format!("sum(CASE WHEN {is} THEN 1 ELSE 0 END)"));
                self.numbers(&flag, test)
            }
            TraceTest::Events(test) => self.numbers("n", test),
            TraceTest::Rank(test) => {
                self.needs.rank = true;
                self.numbers("place", test)
            }
        }
    }

    /// A pair of events anywhere in a case, with one limit of the time between them at most: of all first events
    /// before a second one, the latest is the nearest and the earliest the furthest.
    fn eventually(&mut self, first: u32, second: u32, pair: Pair) -> Result<String, RemoteError> {
        let Elapsed { least, most } = pair.elapsed;
        let (extreme, limit) = match (least > i64::MIN, most < i64::MAX) {
            _ if pair.period.is_some() => {
                return Err(RemoteError::refused("`~>` with a range of time"));
            }
            (true, true) => return Err(RemoteError::refused("`~>` with both after and within")),
            (true, false) => ("min", format!(">= {least}")),
            (false, _) => ("max", format!("<= {most}")),
        };
        let (is_first, is_second) = (
            self.is_activity(first, "activity"),
            self.is_activity(second, "activity"),
        );
        let name = format!("before{}", self.needs.windows.len());
        self.window(
            &name,
            format!(
                "{extreme}(CASE WHEN {is_first} THEN t END) OVER (PARTITION BY case_id ORDER BY pos \
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
            ),
        );
        Ok(self.any(&format!(
            "{is_second} AND {name} IS NOT NULL AND (t - {name}) {limit}"
        )))
    }

    fn path(&mut self, path: &Path) -> Result<String, RemoteError> {
        if path.then.iter().any(|(step, _)| *step == Step::Eventually) {
            return Err(RemoteError::refused(
                "paths of three activities or more with `~>`",
            ));
        }
        let mut all = vec![self.is_activity(path.from, "activity")];
        for (at, (_, activity)) in path.then.iter().enumerate() {
            let column = self.ahead("activity", at + 1);
            all.push(self.is_activity(*activity, &column));
        }
        if let Some(within) = path.within {
            let last = self.ahead("t", path.then.len());
            all.push(format!("({last} - t) <= {within}"));
        }
        Ok(self.any(&all.join(" AND ")))
    }

    fn back_and_forth(&mut self, source: Source) -> Result<String, RemoteError> {
        let column = match source {
            Source::Activity => "activity".to_owned(),
            Source::Column(column) => self.column(column)?,
            // One value a case, or none that comes back.
            Source::Case | Source::Time | Source::Start | Source::CaseTime(_) => {
                return Ok("FALSE".to_owned());
            }
        };
        let (one, two) = (self.ahead(&column, 1), self.ahead(&column, 2));
        Ok(self.any(&format!(
            "{column} IS NOT NULL AND {one} IS NOT NULL AND {two} IS NOT NULL AND {column} <> {one} AND {column} = {two}"
        )))
    }

    /// The name of a column of the log in the statement.
    fn column(&mut self, column: usize) -> Result<String, RemoteError> {
        let at = self.table.attribute(column)?;
        self.needs.columns.insert(at);
        Ok(format!("c{at}"))
    }

    /// The test of the event that comes some places later in its case.
    fn event(&mut self, test: &EventTest, ahead: usize) -> Result<String, RemoteError> {
        Ok(match test {
            EventTest::Case(test) => self.case_id(test)?,
            EventTest::Activity(passes) => {
                let column = self.ahead("activity", ahead);
                self.is_one_of(passes, &column)
            }
            EventTest::Time(test) => {
                let column = self.ahead("t", ahead);
                format!("({column} IS NOT NULL AND {})", instants(&column, test)?)
            }
            EventTest::Column(at, test) => {
                let column = self.column(*at)?;
                let column = self.ahead(&column, ahead);
                match test {
                    ColumnTest::Text(test) => self.texts(&column, *at, test)?,
                    ColumnTest::Number(NumberTest::Test(test)) => {
                        format!("({column} IS NOT NULL AND {})", self.numbers(&column, test))
                    }
                    ColumnTest::Number(NumberTest::Matches(_)) => {
                        return Err(RemoteError::refused("regexes in numbers"));
                    }
                    ColumnTest::Instant(test) => {
                        format!("({column} IS NOT NULL AND {})", instants(&column, test)?)
                    }
                }
            }
            EventTest::Missing(Source::Column(at)) => {
                let column = self.column(*at)?;
                format!("({} IS NULL)", self.ahead(&column, ahead))
            }
            EventTest::Missing(_) => "FALSE".to_owned(),
            EventTest::Start(_) | EventTest::CaseTime(..) => {
                return Err(RemoteError::refused(
                    "starts of activity instances and milestones",
                ));
            }
        })
    }

    fn is_one_of(&self, passes: &[bool], column: &str) -> String {
        let passing = passes.iter().zip(0u32..).filter(|(passes, _)| **passes);
        let names = passing.map(|(_, code)| self.activity(code));
        self.dialect.one_of(column, names)
    }

    /// Texts that are all known are tested here, so that letters, numbers and regexes mean what they mean in any log.
    fn texts(&self, column: &str, at: usize, test: &TextTest) -> Result<String, RemoteError> {
        let ColumnData::Text(_, known) = &self.log.columns[at].data else {
            return Err(RemoteError::refused("this comparison of a column"));
        };
        // Code 0 is a missing value.
        let (passing, others): (Vec<&str>, Vec<&str>) =
            known.iter().skip(1).partition(|text| test.holds(text));
        if passing.len().min(others.len()) > MOST_VALUES {
            return Err(RemoteError::refused(format!(
                "conditions that more than {MOST_VALUES} values of a column meet"
            )));
        }
        Ok(if passing.len() <= others.len() {
            self.dialect.one_of(column, passing)
        } else {
            let others = self.dialect.one_of(column, others);
            format!("({column} IS NOT NULL AND NOT {others})")
        })
    }

    /// Case ids are too many to be known.
    fn case_id(&self, test: &TextTest) -> Result<String, RemoteError> {
        let literal = self.dialect.literal;
        Ok(match test {
            TextTest::OneOf {
                texts,
                numbers: None,
                truths: [false, false],
            } => self
                .dialect
                .one_of("case_id", texts.iter().map(|text| &**text)),
            TextTest::Order(order, text) => {
                let sign = match order {
                    Order::Less => "<",
                    Order::LessEqual => "<=",
                    Order::Greater => ">",
                    Order::GreaterEqual => ">=",
                };
                format!("(case_id {sign} {})", literal(text))
            }
            TextTest::OneOf { .. } | TextTest::Number(_) => {
                return Err(RemoteError::refused(
                    "case ids as numbers or truths (in double quotes they are texts)",
                ));
            }
            TextTest::Matches(_) => return Err(RemoteError::refused("regexes in case ids")),
        })
    }

    /// A test of numbers as a condition on a column without NULL.
    fn numbers(&self, column: &str, test: &Test<f64>) -> String {
        let number = |number: &f64| self.dialect.number(*number);
        let value = format!("CAST({column} AS DOUBLE)");
        match test {
            Test::OneOf(values) => {
                let values: Vec<String> = values.iter().map(number).collect();
                format!("{value} IN ({})", values.join(", "))
            }
            Test::Between(low, high) if low == high => format!("{value} = {}", number(low)),
            Test::Between(low, high) => {
                let least = low
                    .is_finite()
                    .then(|| format!("{value} >= {}", number(low)));
                let most = high
                    .is_finite()
                    .then(|| format!("{value} <= {}", number(high)));
                both(least, most)
            }
        }
    }
}

/// Both conditions, or TRUE where there is none.
fn both(one: Option<String>, other: Option<String>) -> String {
    let all: Vec<String> = one.into_iter().chain(other).collect();
    if all.is_empty() {
        "TRUE".to_owned()
    } else {
        format!("({})", all.join(" AND "))
    }
}

/// The first or the last event of a case.
fn end(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Starts => "pos = 1",
        Anchor::Ends => "na IS NULL",
    }
}

/// A test of whole numbers as a condition.
fn range(value: &str, test: &Test<i64>) -> String {
    match test {
        Test::OneOf(values) => {
            let values: Vec<String> = values.iter().map(i64::to_string).collect();
            format!("{value} IN ({})", values.join(", "))
        }
        Test::Between(low, high) if low == high => format!("{value} = {low}"),
        Test::Between(low, high) => {
            let least = (!OPEN.contains(low)).then(|| format!("{value} >= {low}"));
            let most = (!OPEN.contains(high)).then(|| format!("{value} <= {high}"));
            // A range that ends before all instants holds none.
            if *high == i64::MIN || *high == i64::MIN + 1 || *low == i64::MAX {
                return "FALSE".to_owned();
            }
            both(least, most)
        }
    }
}

fn instants(value: &str, test: &InstantTest) -> Result<String, RemoteError> {
    match test {
        InstantTest::Test(test) => Ok(range(value, test)),
        InstantTest::Matches(_) => Err(RemoteError::refused("regexes in times")),
    }
}

/// The instants `from..to`.
fn inside(value: &str, from: i64, to: i64) -> String {
    let least = (from > i64::MIN).then(|| format!("{value} >= {from}"));
    let most = (to < i64::MAX).then(|| format!("{value} < {to}"));
    both(least, most)
}

/// Limits of a duration.
fn between(value: &str, limits: Elapsed) -> impl Iterator<Item = String> {
    let least = (limits.least > i64::MIN).then(|| format!("{value} >= {}", limits.least));
    let most = (limits.most < i64::MAX).then(|| format!("{value} <= {}", limits.most));
    least.into_iter().chain(most)
}

/// How the span from one instant to another lies to a range.
fn period(period: Option<(Relation, i64, i64)>, start: &str, stop: &str) -> Option<String> {
    let (relation, from, to) = period?;
    Some(match relation {
        Relation::During => both(Some(inside(start, from, to)), Some(inside(stop, from, to))),
        Relation::Started => inside(start, from, to),
        Relation::Ended => inside(stop, from, to),
        // An empty range is met by nothing.
        Relation::Overlaps if from >= to => "FALSE".to_owned(),
        Relation::Overlaps => both(
            (to < i64::MAX).then(|| format!("{start} < {to}")),
            (from > i64::MIN).then(|| format!("{stop} >= {from}")),
        ),
    })
}
