//! Groups of cases by their properties, with their figures and tests.

use super::{COLUMNS, columns, figures, ranked};
use crate::engine::{
    AskError, Figure, GroupBy, GroupCounts, Kept, Measure, Rate, SPLIT, Split, SplitGroups,
    SplitQuery, SplitRow, State, View, no_groups, offers_of,
};
use crate::event_log::Cancel;
use crate::metrics::Figures;
use crate::metrics::groups::{MOST_GROUPS, NoGroups};
use crate::metrics::split::{Distribution, PARTS, bounds_of_parts, corrected};
use crate::metrics::stats::mann_whitney;
use crate::remote::RemoteError;
use crate::remote::deadlines::number;
use crate::remote::frame::{Frame, Parts};
use crate::remote::grouping::{Codes, Grouping};
use crate::remote::log::RemoteLog;
use crate::remote::rows::Row;
use std::collections::HashMap;
use std::sync::Arc;

/// Returns a page of the groups.
pub(in crate::remote) fn split(
    log: &RemoteLog,
    view: &View,
    query: &SplitQuery,
    cancel: &Cancel,
) -> Result<Split, AskError> {
    let (frame, judged) = if log.timing.rules.is_empty() {
        (log.frame(view, cancel)?, None)
    } else {
        let judged = log.judged(view, false, cancel)?;
        (judged.frame, Some(judged.table))
    };
    let is_open = if query.figures.open_ended {
        "FALSE".to_owned()
    } else {
        log.ends(view, cancel)?.is_open(&frame)
    };
    let ask = Asking {
        log,
        frame,
        is_open,
        judged,
        query,
    };
    let groups = |by: &[GroupBy]| ask.groups(by);
    let all = || Ok(groups(&[])?.rows.into_iter().next().map(Arc::new));
    let whole = query.made(all, groups)?;
    let rows = SPLIT.select(&whole.rows, &query.listing, cancel, SplitRow::name)?;
    let cases = ask.totals()?.cases;
    Ok(whole.page(rows, cases, offers_of(&log.timing, |_| false)))
}

struct Asking<'a> {
    log: &'a RemoteLog,
    frame: Frame<'a>,
    /// The condition on the last activity of a case that the case is set apart as open.
    is_open: String,
    /// Cases with their states under deadlines, where there are some.
    judged: Option<(&'static str, String)>,
    query: &'a SplitQuery,
}

/// Counts of all selected cases.
struct Totals {
    cases: u64,
    open: u64,
    again: u64,
    span: Option<(i64, i64)>,
}

/// A group as the engine counts it.
struct Group {
    codes: Codes,
    counts: GroupCounts,
    starts: Vec<u64>,
}

/// The sum of the values of a column as a whole number.
fn sum(value: &str) -> String {
    format!("CAST(coalesce(sum({value}), 0) AS BIGINT)")
}

impl Asking<'_> {
    fn totals(&self) -> Result<Totals, AskError> {
        let none = Grouping::new(self.log, &self.frame, &self.frame, &[])?;
        let select = format!(
            "SELECT count(*), {}, {}, min(t0), max(t0) FROM members",
            sum("is_open"),
            sum("again")
        );
        let tables = none.tables(&self.is_open);
        let answer = self
            .log
            .ask(&none.frame, Parts::Sequences, &tables, &select)?;
        let row = answer.only()?;
        Ok(Totals {
            cases: row.count(0)?,
            open: row.count(1)?,
            again: row.count(2)?,
            span: row.int(3)?.zip(row.int(4)?),
        })
    }

    /// The groups of some properties.
    fn groups(&self, by: &[GroupBy]) -> Result<SplitGroups, AskError> {
        let all_cases = Frame {
            cases: None,
            ..self.frame.clone()
        };
        let ranges = if self.query.common_ranges {
            &all_cases
        } else {
            &self.frame
        };
        let grouping = Grouping::new(self.log, &self.frame, ranges, by)?;
        let figures = &self.query.figures;
        figures.check(&offers_of(&self.log.timing, |_| false))?;
        let refused = figures
            .only
            .iter()
            .find(|figure| matches!(figure, Figure::TimeTo(_) | Figure::Return(_)));
        if let Some(figure) = refused {
            return Err(RemoteError::refused(format!("the figure {figure}")).into());
        }
        let totals = self.totals()?;
        let groups = self.counted(&grouping, &totals)?;
        let durations = if figures.wants(&Figure::Duration) {
            self.durations(&grouping, &groups)?
        } else {
            Vec::new()
        };
        let states = self.states(&grouping, &groups)?;
        let codes: Vec<&Codes> = groups.iter().map(|group| &group.codes).collect();
        let meanings = grouping.meanings(&codes);
        let row = |group: &Group| {
            let codes = meanings.numbers(&group.codes);
            let share = group.counts.cases as f64 / totals.cases.max(1) as f64;
            let row = SplitRow::new(&meanings.all, &codes, group.counts, share);
            SplitRow {
                starts: group.starts.clone(),
                ..row
            }
        };
        let mut rows: Vec<SplitRow> = groups.iter().map(row).collect();
        for (row, duration) in rows.iter_mut().zip(durations) {
            row.duration = Some(Measure::from(duration));
        }
        if figures.wants(&Figure::Rework) {
            for (row, rate) in rows.iter_mut().zip(rework(&groups, &totals)) {
                row.rework = Some(rate);
            }
        }
        for (rule, spec) in self.log.timing.rules.iter().enumerate() {
            if figures.wants_named(&spec.name) {
                for (row, kept) in rows.iter_mut().zip(&states[rule]) {
                    row.rules.push((spec.name.clone(), *kept));
                }
            }
        }
        Ok(SplitGroups {
            open: totals.open,
            rows,
            span: totals.span,
            ..SplitGroups::default()
        })
    }

    /// Counts the cases of each group.
    fn counted(&self, grouping: &Grouping<'_>, totals: &Totals) -> Result<Vec<Group>, AskError> {
        let Some((first, last)) = totals.span else {
            return Ok(Vec::new());
        };
        let bounds = bounds_of_parts(&(first..=last));
        let starts = (0..PARTS).map(|part| {
            let from = part.checked_sub(1).and_then(|at| bounds.get(at));
            let from = from.map(|from| format!("t0 >= {from}"));
            let to = bounds.get(part).map(|to| format!("t0 < {to}"));
            let within: Vec<String> = from.into_iter().chain(to).collect();
            let within = within.join(" AND ");
            sum(&format!("CASE WHEN {within} THEN 1 ELSE 0 END"))
        });
        let names = grouping.names();
        let mut wanted = vec![names.clone()];
        wanted.retain(|names| !names.is_empty());
        wanted.extend([
            "count(*)".to_owned(),
            sum("n"),
            "count(DISTINCT v)".to_owned(),
        ]);
        wanted.extend([sum("again"), sum("is_open")]);
        wanted.extend(starts);
        let tables = grouping.tables(&self.is_open);
        let group_by = grouping.group_by();
        let ask = |select: &str| {
            self.log
                .ask(&grouping.frame, Parts::Sequences, &tables, select)
        };
        let answer = ask(&format!(
            "SELECT {} FROM members{group_by} LIMIT {}",
            wanted.join(", "),
            MOST_GROUPS + 1
        ))?;
        let mut groups = Vec::new();
        for row in answer.iter() {
            let at = grouping.len();
            let starts = (0..PARTS).map(|part| row.count(at + 5 + part));
            groups.push(Group {
                codes: grouping.codes(row)?,
                counts: GroupCounts {
                    cases: row.count(at)?,
                    events: row.count(at + 1)?,
                    variants: row.count(at + 2)?,
                    rework: row.count(at + 3)?,
                    open: row.count(at + 4)?,
                },
                starts: starts.collect::<Result<_, RemoteError>>()?,
            });
        }
        if groups.len() > MOST_GROUPS {
            let answer = ask(&format!(
                "SELECT count(*) FROM (SELECT {names} FROM members{group_by}) AS formed"
            ))?;
            let n = answer.only()?.count(0)?;
            return Err(no_groups(NoGroups::TooMany(n as usize)));
        }
        Ok(groups)
    }

    /// States of the cases of each group under each deadline, with a test of the broken against the rest.
    fn states(
        &self,
        grouping: &Grouping<'_>,
        groups: &[Group],
    ) -> Result<Vec<Vec<Kept>>, AskError> {
        let Some(judged) = &self.judged else {
            return Ok(Vec::new());
        };
        let rules = self.log.timing.rules.len();
        let all = State::ALL.len();
        let counts = (0..rules).flat_map(|rule| {
            (0..all)
                .map(move |state| sum(&format!("CASE WHEN s{rule} = {state} THEN 1 ELSE 0 END")))
        });
        let counts = counts.collect::<Vec<_>>().join(", ");
        let states: Vec<String> = (0..rules).map(|rule| format!("s{rule}")).collect();
        let states = states.join(", ");
        let mut tables = vec![judged.clone()];
        tables.extend(grouping.tables(&self.is_open));
        tables.push((
            "stated",
            format!(
                "SELECT members.*, {states} FROM members JOIN \
                 (SELECT case_id AS judged_id, {states} FROM judged) AS its_states ON case_id = judged_id"
            ),
        ));
        let kept = |row: Row<'_>, at: usize| -> Result<Vec<Kept>, RemoteError> {
            let of_rule = |rule: usize| {
                let n = |state: State| row.count(at + rule * all + number(state));
                let undecided = n(State::AtRisk)? + n(State::Running)?;
                let ended = self.query.figures.open_ended;
                Ok(Kept {
                    kept: n(State::Kept)?,
                    broken: n(State::Broken)? + n(State::Overdue)?,
                    open: if ended { 0 } else { undecided },
                    missed: n(State::Missed)? + if ended { undecided } else { 0 },
                    q: None,
                })
            };
            (0..rules).map(of_rule).collect()
        };
        let names = match grouping.names() {
            names if names.is_empty() => names,
            names => names + ", ",
        };
        let ask = |select: &str| {
            self.log
                .ask(&grouping.frame, Parts::Sequences, &tables, select)
        };
        let answer = ask(&format!("SELECT {counts} FROM judged"))?;
        let totals = kept(answer.only()?, 0)?;
        let group_by = grouping.group_by();
        let answer = ask(&format!("SELECT {names}{counts} FROM stated{group_by}"))?;
        let mut found = HashMap::new();
        for row in answer.iter() {
            found.insert(grouping.codes(row)?, kept(row, grouping.len())?);
        }
        let mut of_rules = Vec::with_capacity(rules);
        for (rule, total) in totals.iter().enumerate() {
            let of = groups.iter().map(|group| {
                let states = found.get(&group.codes);
                states.map_or_else(Kept::default, |states| states[rule])
            });
            let mut of: Vec<Kept> = of.collect();
            let p = of.iter().map(|kept| kept.rate().against(&total.rate()));
            let q = corrected(&p.collect::<Vec<_>>());
            for (kept, q) in of.iter_mut().zip(q) {
                kept.q = q;
            }
            of_rules.push(of);
        }
        Ok(of_rules)
    }

    /// Durations of the cases of each group that are not set apart, with a test against the rest by their ranks.
    fn durations(
        &self,
        grouping: &Grouping<'_>,
        groups: &[Group],
    ) -> Result<Vec<Distribution>, AskError> {
        let dialect = self.log.dialect;
        let mut tables = grouping.tables(&self.is_open);
        tables.push((
            "closed",
            "SELECT case_id AS over_id, d AS over_d, \
             2 * rank() OVER (ORDER BY d) + count(*) OVER (PARTITION BY d) - 1 AS doubled \
             FROM known WHERE is_open = 0"
                .to_owned(),
        ));
        let ask = |tables: &[(&'static str, String)], select: &str| {
            self.log
                .ask(&grouping.frame, Parts::Sequences, tables, select)
        };
        let select = "SELECT m, count(*) FROM (SELECT count(*) AS m FROM closed GROUP BY over_d) AS equal \
                      GROUP BY m ORDER BY m";
        let (mut n, mut ties) = (0, 0);
        for row in ask(&tables, select)?.iter() {
            let (equal, times) = (row.count(0)?, row.count(1)?);
            n += equal * times;
            let equal = u128::from(equal);
            ties += (equal * equal * equal - equal) * u128::from(times);
        }
        let names = match grouping.names() {
            names if names.is_empty() => names,
            names => names + ", ",
        };
        tables.push((
            "timed",
            format!("SELECT {names}d, doubled FROM members JOIN closed ON case_id = over_id"),
        ));
        let of = format!("{names}d, doubled");
        tables.push(("ranked", ranked(&of, "d", &grouping.names(), "timed")));
        let select = format!(
            "SELECT {names}{}, {} FROM ranked{}",
            columns(dialect, "d", "r", "m"),
            (dialect.sum)("doubled"),
            grouping.group_by()
        );
        let mut found: HashMap<Codes, (Figures, u128)> = HashMap::new();
        for row in ask(&tables, &select)?.iter() {
            let at = grouping.len();
            if let Some(figures) = figures(row, at)? {
                let doubled = row.sum(at + COLUMNS)?.unsigned_abs();
                found.insert(grouping.codes(row)?, (figures, doubled));
            }
        }
        let of = groups.iter().map(|group| found.get(&group.codes));
        let of: Vec<Option<&(Figures, u128)>> = of.collect();
        let p = of.iter().map(|of| {
            let (figures, doubled) = (*of)?;
            let ranks = mann_whitney(figures.n, n.checked_sub(figures.n)?, *doubled, ties);
            Some(ranks?.p)
        });
        let q = corrected(&p.collect::<Vec<_>>());
        let distribution = |(of, q): (Option<&(Figures, u128)>, Option<f64>)| Distribution {
            figures: of.map(|(figures, _)| *figures),
            q,
        };
        Ok(of.into_iter().zip(q).map(distribution).collect())
    }
}

/// Rates of cases with rework, with a test against the rest.
fn rework(groups: &[Group], totals: &Totals) -> Vec<Rate> {
    let all = Rate {
        cases: totals.again,
        of: totals.cases,
        q: None,
    };
    let rates = groups.iter().map(|group| Rate {
        cases: group.counts.rework,
        of: group.counts.cases,
        q: None,
    });
    let mut rates: Vec<Rate> = rates.collect();
    let p: Vec<Option<f64>> = rates.iter().map(|rate| rate.against(&all)).collect();
    for (rate, q) in rates.iter_mut().zip(corrected(&p)) {
        rate.q = q;
    }
    rates
}
