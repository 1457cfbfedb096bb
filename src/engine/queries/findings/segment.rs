//! The group of ended cases that takes longer than its mix of cases lets expect. Groups are values of
//! columns of texts. Cases are alike by another property: the one that explains most of the durations, of
//! those that do not decide the group anyway.

use super::row::{Evidence, FindingFigure, FindingKind, FindingRow};
use super::search::{Found, Search, significant};
use crate::engine::basis::Basis;
use crate::engine::case_mix::mixes;
use crate::engine::factors::columns;
use crate::engine::groups::{Bound, GroupBy};
use crate::engine::log_info::ColumnInfo;
use crate::engine::view::AskError;
use crate::event_log::Level;
use crate::filter::{Anchor, Field};
use crate::metrics::beside_mix::{Beside, Property, Ranked};
use crate::metrics::stats::two_sided;
use crate::text::count;
use rayon::prelude::*;
use std::ops::RangeInclusive;

/// Numbers of values of a column whose values are groups.
const VALUES: RangeInclusive<u64> = 2..=200;

/// Most columns whose values are groups: each is held as codes of all cases.
const MOST_COLUMNS: usize = 24;

/// Groups, and the cases beside them, need as many cases, and this share of all.
const FEWEST: u64 = 10;
const LEAST_SHARE: f64 = 0.01;

/// Groups that take longer by a smaller share are no finding.
const LEAST_EXCESS: f64 = 0.1;

/// A property from which another one can be guessed with so few errors left explains it away.
const DECIDES: f64 = 0.9;

/// A property of the ended cases.
struct Coded<'a> {
    by: GroupBy,
    bound: Bound<'a>,
    codes: Vec<u32>,
    /// Share of the variation of durations that it explains.
    explained: f64,
}

impl Coded<'_> {
    fn property(&self) -> Property<'_> {
        Property {
            codes: &self.codes,
            n_codes: self.bound.key().n_codes,
        }
    }
}

/// A group that was tested.
struct Group {
    /// Positions of its property and of the mix.
    by: usize,
    mix: Option<usize>,
    code: u32,
    beside: Beside,
    p: f64,
}

impl Group {
    fn is_slower(&self) -> bool {
        let longer = self.beside.total as f64 / self.beside.expected - 1.0;
        self.beside.z > 0.0 && longer >= LEAST_EXCESS
    }

    /// Time beyond what is expected, of all its cases, seconds.
    fn excess(&self) -> f64 {
        (self.beside.total as f64 - self.beside.expected) / 1e6
    }
}

pub fn find(search: &Search<'_>) -> Result<Found, AskError> {
    let ranked = ended(search);
    let n = ranked.cases.len() as u64;
    if n < 2 * FEWEST {
        return Ok(Found::untested("fewer than 20 cases have ended"));
    }
    let (segments, mixes) = properties(search, &ranked)?;
    let tested = segments.par_iter().enumerate().with_max_len(1);
    let tested = tested.map(|(by, segment)| groups(search, &ranked, segment, &mixes, by));
    let tested: Vec<Vec<Group>> = tested.collect::<Result<_, AskError>>()?;
    let tested: Vec<Group> = tested.into_iter().flatten().collect();
    if tested.is_empty() {
        return Ok(Found::untested(
            "no column of texts has groups of enough cases",
        ));
    }
    let p: Vec<f64> = tested.iter().map(|group| group.p).collect();
    let mut slower = significant(&p);
    slower.retain(|of| tested[of.at].is_slower());
    let tests = tested.len() as u64;
    let excess = |at: usize| tested[at].excess();
    let Some(worst) = slower
        .iter()
        .max_by(|a, b| excess(a.at).total_cmp(&excess(b.at)))
    else {
        return Ok(Found::none(tests));
    };
    let group = &tested[worst.at];
    let (segment, mix) = (&segments[group.by], group.mix.map(|at| &mixes[at]));
    let limits = format!("at least {FEWEST} cases and 1% of all on both sides, 10% longer");
    Ok(Found {
        tested: tests,
        passed: slower.len() as u64,
        reason: None,
        row: Some(FindingRow {
            evidence: Evidence::test(
                "test of ranks within cases alike",
                group.p,
                worst.q,
                tests,
                &limits,
            ),
            cost: Some(group.excess() / search.weeks()),
            ..row(search, group, segment, mix)
        }),
    })
}

/// The ended cases of the selection by duration.
fn ended(search: &Search<'_>) -> Ranked {
    let (selection, open) = (search.selected.selection(), search.selected.open());
    let index = selection.index;
    let ordered = index.by_duration.iter().zip(index.durations.iter());
    let ordered = ordered.map(|(&case, &duration)| (case as usize, duration));
    let is_meant = |(case, _): &(usize, i64)| selection.contains(*case) && !open.contains(*case);
    let (cases, durations) = ordered.filter(is_meant).unzip();
    Ranked::new(cases, durations)
}

/// The properties whose values are groups, and those by which cases may be alike, the best first.
fn properties<'a>(
    search: &Search<'a>,
    ranked: &Ranked,
) -> Result<(Vec<Coded<'a>>, Vec<Coded<'a>>), AskError> {
    let prepared = &search.selected.prepared;
    let of_log = columns(prepared, None)?.into_iter();
    let infos = of_log.map(|at| &prepared.columns[at]);
    let infos = infos.filter(|info| info.values.is_some_and(|n| VALUES.contains(&n)));
    let by: Vec<GroupBy> = infos.take(MOST_COLUMNS).map(group_by).collect();
    // No column is left out as the one of the rows: those of groups are compared with the others.
    let none = Field::Case;
    let mixes = mixes(prepared, &none).into_iter();
    let mixes: Vec<GroupBy> = mixes.take(MOST_COLUMNS).collect();
    let segments = coded(search, ranked, by)?;
    let mut mixes = coded(search, ranked, mixes)?;
    mixes.retain(|mix| mix.explained > 0.0);
    mixes.sort_by(|a, b| b.explained.total_cmp(&a.explained));
    Ok((segments, mixes))
}

/// The value of a column that a case has one of.
fn group_by(info: &ColumnInfo) -> GroupBy {
    match info.level {
        Level::Case => GroupBy::Column(info.field()),
        Level::Event => GroupBy::At(Anchor::Starts, info.field()),
    }
}

/// Values of some properties in the ended cases.
fn coded<'a>(
    search: &Search<'a>,
    ranked: &Ranked,
    by: Vec<GroupBy>,
) -> Result<Vec<Coded<'a>>, AskError> {
    let (selected, context) = (search.selected, search.context);
    let (selection, zone) = (selected.selection(), context.analysis.zone());
    let bind = |by: &GroupBy| by.bind(&selected.prepared, &selection, zone);
    let bound: Vec<Bound<'a>> = by.iter().map(bind).collect::<Result<_, AskError>>()?;
    let codes = |bound: &Bound<'_>| {
        context.cancel.check()?;
        let key = bound.key();
        let mut found = Vec::with_capacity(1);
        let code = |case: &usize| {
            found.clear();
            (key.codes)(*case, &mut found);
            found.first().copied().unwrap_or(0)
        };
        let codes: Vec<u32> = ranked.cases.iter().map(code).collect();
        let explained = ranked.explained(&codes, key.n_codes);
        Ok((codes, explained))
    };
    let coded = bound.par_iter().with_max_len(1).map(codes);
    let coded: Vec<(Vec<u32>, f64)> = coded.collect::<Result<_, AskError>>()?;
    let properties = by.into_iter().zip(bound).zip(coded);
    let property = |((by, bound), (codes, explained))| Coded {
        by,
        bound,
        codes,
        explained,
    };
    Ok(properties.map(property).collect())
}

/// The groups of the property at position `by` that have enough cases, beside their mix.
fn groups(
    search: &Search<'_>,
    ranked: &Ranked,
    segment: &Coded<'_>,
    mixes: &[Coded<'_>],
    by: usize,
) -> Result<Vec<Group>, AskError> {
    let cancel = search.context.cancel;
    cancel.check()?;
    let of = segment.property();
    let is_other = |mix: &Coded<'_>| mix.by != segment.by && mix.property().decides(of) < DECIDES;
    let mix = mixes.iter().position(is_other);
    let alike = vec![0; ranked.cases.len()];
    let whole = Property {
        codes: &alike,
        n_codes: 1,
    };
    let strata = mix.map_or(whole, |at| mixes[at].property());
    let n = ranked.cases.len() as u64;
    let least = FEWEST.max((n as f64 * LEAST_SHARE).ceil() as u64);
    let beside = ranked.beside(of, strata, cancel)?;
    // Code 0 is no value.
    let groups = (0u32..).zip(beside).skip(1);
    let groups = groups.filter(|(_, of)| of.n >= least && n - of.n >= least && of.expected > 0.0);
    let groups = groups.map(|(code, beside)| Group {
        by,
        mix,
        code,
        p: two_sided(beside.z),
        beside,
    });
    Ok(groups.collect())
}

/// The finding of a group without its test.
fn row(
    search: &Search<'_>,
    group: &Group,
    segment: &Coded<'_>,
    mix: Option<&Coded<'_>>,
) -> FindingRow {
    let property = segment.by.to_string();
    let value = segment.bound.meaning.value(group.code).unwrap_or_default();
    let cases = group.beside.n;
    let mean = group.beside.total as f64 / 1e6 / cases as f64;
    let expected = group.beside.expected / 1e6 / cases as f64;
    let [took, usual] = [mean, expected].map(|seconds| search.duration(seconds));
    let by = match mix {
        Some(mix) => format!("by its mix of {}", mix.by.in_words()),
        None => "of any case".to_owned(),
    };
    let sentence = format!(
        "{} ended cases with {property} = {value} took {took} on average, {usual} expected {by}",
        count(cases)
    );
    let open = search.selected.open().count() as u64;
    let ended = segment.codes.len() as u64;
    FindingRow {
        subject: [property, value].into_iter().map(Into::into).collect(),
        figure: FindingFigure::Seconds(mean),
        usual: Some(FindingFigure::Seconds(expected)),
        basis: Basis::of(cases, "ended cases of the group")
            .without(ended - cases, "ended cases of others")
            .without(open, "open cases"),
        filter: segment.bound.meaning.filter(group.code),
        ..FindingRow::new(FindingKind::Segment, sentence)
    }
}
