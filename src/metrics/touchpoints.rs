//! Touchpoints: where customers meet those who work on their cases, such as a channel and an activity.
//! The touchpoint of an event has a value of each of some columns; events whose values make the same text
//! are of one touchpoint.

use super::groups::{MOST_GROUPS, NoGroups};
use super::scores::ScoreCounts;
use super::selection::Selection;
use crate::event_log::{
    Cancel, Cancelled, Codes, Column, ColumnData, Dictionary, EventLog, Level, with_codes,
};
use crate::index::CaseSet;
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

/// Combinations of values up to which they have a table; more have a hash map.
const TABLE: u64 = 1 << 16;

/// Stands between the values of a touchpoint.
const BETWEEN: &str = " - ";

/// Number of what is none.
const NONE: u32 = u32::MAX;

/// A column of texts, of which each event has a value: the activity, an attribute of events or of cases.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    codes: &'a Codes,
    texts: &'a Dictionary,
    level: Level,
    /// Added to codes, so that 0 is a missing value.
    shift: u32,
}

impl<'a> Part<'a> {
    /// The activity of an event.
    pub fn activity(log: &'a EventLog) -> Self {
        Part {
            codes: &log.activity,
            texts: &log.activities,
            level: Level::Event,
            shift: 1,
        }
    }

    /// An attribute; `None` where its values are no texts.
    pub fn column(column: &'a Column) -> Option<Self> {
        match &column.data {
            ColumnData::Text(codes, texts) => Some(Part {
                codes,
                texts,
                level: column.level,
                shift: 0,
            }),
            _ => None,
        }
    }

    /// Codes are below this.
    pub fn n_codes(&self) -> usize {
        (self.texts.len() + self.shift as usize).max(1)
    }

    /// Code of the value of an event, 0 where it has none.
    #[inline]
    pub fn code(&self, case: usize, event: usize) -> u32 {
        let row = match self.level {
            Level::Event => event,
            Level::Case => case,
        };
        self.codes.get(row) + self.shift
    }

    /// The value of a code; `None` for a missing one.
    pub fn text(&self, code: u32) -> Option<&'a str> {
        (code > 0).then(|| self.texts.get(code - self.shift))
    }
}

/// The touchpoints of some cases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbering {
    /// Names, ascending: a touchpoint is a number of them.
    pub names: Vec<String>,
    /// Codes of the values of each, part by part; several where different values make the same text.
    pub codes: Vec<Vec<Vec<u32>>>,
    numbers: Numbers,
}

/// Numbers by the combined codes of the parts.
#[derive(Debug, Clone, PartialEq)]
enum Numbers {
    Table(Vec<u32>),
    Map(HashMap<u64, u32>),
}

impl Numbers {
    /// The number of a combined code, [`NONE`] for another one.
    #[inline]
    fn of(&self, code: u64) -> u32 {
        match self {
            Numbers::Table(table) => table[code as usize],
            Numbers::Map(map) => map.get(&code).copied().unwrap_or(NONE),
        }
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers::Map(HashMap::new())
    }
}

/// The codes of an event as one number: 0 where all values are missing.
#[inline]
fn combined(parts: &[Part<'_>], case: usize, event: usize) -> u64 {
    parts.iter().fold(0, |before, part| {
        before * part.n_codes() as u64 + u64::from(part.code(case, event))
    })
}

/// The combined codes of the events of a case, in order, written to `room`: as one by one, but with one look at
/// the width of codes for a case instead of one for an event.
#[inline]
fn combined_of<'r>(
    parts: &[Part<'_>],
    case: usize,
    events: Range<usize>,
    room: &'r mut Vec<u64>,
) -> &'r [u64] {
    room.clear();
    room.resize(events.len(), 0);
    for part in parts {
        let (n, shift) = (part.n_codes() as u64, u64::from(part.shift));
        match part.level {
            Level::Event => with_codes!(part.codes, codes => {
                for (before, &code) in room.iter_mut().zip(&codes[events.clone()]) {
                    *before = *before * n + u64::from(code) + shift;
                }
            }),
            Level::Case => {
                let code = u64::from(part.code(case, events.start));
                for before in room.iter_mut() {
                    *before = *before * n + code;
                }
            }
        }
    }
    room
}

/// Takes a combined code apart.
fn split(mut code: u64, parts: &[Part<'_>]) -> Vec<u32> {
    let digits = parts.iter().rev().map(|part| {
        let n = part.n_codes() as u64;
        let digit = (code % n) as u32;
        code /= n;
        digit
    });
    let mut codes: Vec<u32> = digits.collect();
    codes.reverse();
    codes
}

impl Numbering {
    /// Finds the touchpoints of the events of the selected cases.
    ///
    /// # Errors
    /// There are more than [`MOST_GROUPS`], or they are not wanted any more.
    pub fn new(
        selection: &Selection<'_>,
        parts: &[Part<'_>],
        cancel: &Cancel,
    ) -> Result<Self, NoGroups> {
        let mut sizes = parts.iter().map(|part| part.n_codes() as u64);
        let Some(size) = sizes.try_fold(1u64, u64::checked_mul) else {
            return Err(NoGroups::TooMany(MOST_GROUPS + 1));
        };
        let mut found = if size <= TABLE {
            occurring(selection, parts, size as usize, cancel)?
        } else {
            sought(selection, parts, cancel)?
        };
        found.retain(|&code| code > 0);
        let mut by_name: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for code in found {
            by_name.entry(name(code, parts)).or_default().push(code);
        }
        if by_name.len() > MOST_GROUPS {
            return Err(NoGroups::TooMany(by_name.len()));
        }
        let mut numbers = if size <= TABLE {
            Numbers::Table(vec![NONE; size as usize])
        } else {
            Numbers::Map(HashMap::new())
        };
        for (number, codes) in (0..).zip(by_name.values()) {
            for &code in codes {
                match &mut numbers {
                    Numbers::Table(table) => table[code as usize] = number,
                    Numbers::Map(map) => {
                        map.insert(code, number);
                    }
                }
            }
        }
        let (names, codes): (Vec<_>, Vec<_>) = by_name.into_iter().unzip();
        let codes = codes.into_iter().map(|codes: Vec<u64>| {
            let codes = codes.into_iter().map(|code| split(code, parts));
            codes.collect()
        });
        Ok(Numbering {
            names,
            codes: codes.collect(),
            numbers,
        })
    }
}

/// The combined codes that occur, ascending, by a table of them.
fn occurring(
    selection: &Selection<'_>,
    parts: &[Part<'_>],
    size: usize,
    cancel: &Cancel,
) -> Result<Vec<u64>, Cancelled> {
    let piece = |words: Range<usize>| {
        let (mut met, mut room) = (vec![false; size], Vec::new());
        selection.each_of(words, cancel, |case| {
            let events = selection.log.events_of(case);
            for &code in combined_of(parts, case, events, &mut room) {
                met[code as usize] = true;
            }
            ControlFlow::Continue(())
        })?;
        Ok(met)
    };
    let pieces: Vec<Vec<bool>> = selection
        .pieces()
        .map(piece)
        .collect::<Result<_, Cancelled>>()?;
    let is_met = |code: &usize| pieces.iter().any(|met| met[*code]);
    Ok((0..size).filter(is_met).map(|code| code as u64).collect())
}

/// The combined codes that occur, ascending, by a hash map of them.
fn sought(
    selection: &Selection<'_>,
    parts: &[Part<'_>],
    cancel: &Cancel,
) -> Result<Vec<u64>, NoGroups> {
    // Several codes may make one text, which is rare: where there are that many more, nobody reads them.
    const MOST: usize = 4 * MOST_GROUPS;
    let piece = |words: Range<usize>| {
        let (mut met, mut room) = (HashSet::new(), Vec::new());
        selection.each_of(words, cancel, |case| {
            let events = selection.log.events_of(case);
            met.extend(combined_of(parts, case, events, &mut room));
            if met.len() > MOST {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        Ok(met)
    };
    let pieces: Vec<HashSet<u64>> = selection
        .pieces()
        .map(piece)
        .collect::<Result<_, Cancelled>>()?;
    let all: HashSet<u64> = pieces.into_iter().flatten().collect();
    if all.len() > MOST {
        return Err(NoGroups::TooMany(MOST_GROUPS + 1));
    }
    let mut all: Vec<u64> = all.into_iter().collect();
    all.sort_unstable();
    Ok(all)
}

/// The values of a combined code, joined; missing ones are left out.
fn name(code: u64, parts: &[Part<'_>]) -> String {
    let codes = split(code, parts);
    let texts = parts
        .iter()
        .zip(codes)
        .filter_map(|(of, code)| of.text(code));
    texts.collect::<Vec<&str>>().join(BETWEEN)
}

/// The touchpoints of events.
#[derive(Debug, Clone, Copy)]
pub struct Touchpoints<'a> {
    /// The columns whose values they are.
    pub parts: &'a [Part<'a>],
    /// Those of the selected cases.
    pub numbering: &'a Numbering,
}

impl Touchpoints<'_> {
    /// Number of the touchpoint of an event of a selected case; `None` where it has none.
    #[inline]
    pub fn of(&self, case: usize, event: usize) -> Option<usize> {
        let number = self.numbering.numbers.of(combined(self.parts, case, event));
        (number != NONE).then_some(number as usize)
    }

    fn len(&self) -> usize {
        self.numbering.names.len()
    }
}

/// Cases with an outcome.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// Cases that have it.
    pub met: &'a CaseSet,
    /// Cases of which that is not known yet.
    pub undecided: &'a CaseSet,
    /// The event of each case by which it comes to have it, `u32::MAX` for none; `None` where the
    /// outcome is nothing that an event makes true.
    pub events: Option<&'a [u32]>,
}

impl Outcome<'_> {
    /// Tests whether a case has it; `None` where that is not known yet.
    pub fn of(&self, case: usize) -> Option<bool> {
        if self.met.contains(case) {
            return Some(true);
        }
        (!self.undecided.contains(case)).then_some(false)
    }
}

/// Counts of touchpoints.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'a> {
    /// The touchpoints.
    pub touchpoints: Touchpoints<'a>,
    /// Column of scores.
    pub score: Option<&'a Column>,
    /// Column of answers from 0 to 10.
    pub nps: Option<&'a Column>,
    /// Outcome that touchpoints may have an effect on.
    pub outcome: Option<Outcome<'a>>,
}

/// Counts at a touchpoint.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Events.
    pub events: u64,
    /// Cases with one of them.
    pub cases: u64,
    /// Cases that begin with it.
    pub first: u64,
    /// Scores.
    pub scores: ScoreCounts,
    /// Answers from 0 to 10.
    pub answers: ScoreCounts,
    /// Decided cases that have it, where an event makes the outcome true before that event.
    pub with: u64,
    /// Those of them that have the outcome.
    pub met_with: u64,
    /// Cases in which its event makes the outcome true.
    pub makes: u64,
    /// Cases with the outcome in which its first event comes after the one that makes the outcome true.
    pub after: u64,
    /// Time from the start of each case to its first event, microseconds of the log's clock; in no order.
    pub reached: Vec<i64>,
}

impl Tally {
    fn join(&mut self, other: Tally) {
        self.events += other.events;
        self.cases += other.cases;
        self.first += other.first;
        self.scores.join(other.scores);
        self.answers.join(other.answers);
        self.with += other.with;
        self.met_with += other.met_with;
        self.makes += other.makes;
        self.after += other.after;
        self.reached.extend(other.reached);
    }
}

/// Counts at all touchpoints.
#[derive(Debug, Clone, Default)]
pub struct Tallies {
    /// Those of each touchpoint by number.
    pub of: Vec<Tally>,
    /// Cases of which the outcome is known.
    pub decided: u64,
    /// Cases that have it.
    pub met: u64,
}

/// Counts at the touchpoints of the selected cases.
///
/// # Errors
/// The counts are not wanted any more.
pub fn tallies(
    selection: &Selection<'_>,
    counting: &Counting<'_>,
    cancel: &Cancel,
) -> Result<Tallies, Cancelled> {
    let n = counting.touchpoints.len();
    let piece = |words: Range<usize>| {
        let mut all = Tallies {
            of: vec![Tally::default(); n],
            ..Tallies::default()
        };
        let (mut last, mut room) = (vec![usize::MAX; n], Vec::new());
        selection.each_of(words, cancel, |case| {
            let events = selection.log.events_of(case);
            let codes = combined_of(counting.touchpoints.parts, case, events, &mut room);
            counting.add_case(selection.log, case, codes, &mut all, &mut last);
            ControlFlow::Continue(())
        })?;
        Ok(all)
    };
    let pieces: Vec<Tallies> = selection
        .pieces()
        .map(piece)
        .collect::<Result<_, Cancelled>>()?;
    let mut pieces = pieces.into_iter();
    let mut all = pieces.next().unwrap_or_default();
    for piece in pieces {
        all.decided += piece.decided;
        all.met += piece.met;
        for (tally, of) in all.of.iter_mut().zip(piece.of) {
            tally.join(of);
        }
    }
    Ok(all)
}

impl Counting<'_> {
    /// Adds a case by the combined codes of its events; `last` has the case that each touchpoint was met in last.
    fn add_case(
        &self,
        log: &EventLog,
        case: usize,
        codes: &[u64],
        all: &mut Tallies,
        last: &mut [usize],
    ) {
        let rows = log.events_of(case);
        let has = self.outcome.and_then(|outcome| outcome.of(case));
        let events = self.outcome.and_then(|outcome| outcome.events);
        let outcome_event = events.map_or(NONE, |events| events[case]) as usize;
        if let Some(met) = has {
            all.decided += 1;
            all.met += u64::from(met);
        }
        let start = log.begin_tick(rows.start);
        let columns = [self.score, self.nps];
        // A score of the case is read once, not at each of its touchpoints.
        let of_case = columns.map(|column| {
            let column = column.filter(|of| of.level == Level::Case)?;
            ScoreCounts::units_of(column, case)
        });
        let of_events = columns.map(|column| column.filter(|of| of.level == Level::Event));
        for (event, &code) in rows.clone().zip(codes) {
            let number = self.touchpoints.numbering.numbers.of(code);
            if number == NONE {
                continue;
            }
            let number = number as usize;
            let tally = &mut all.of[number];
            tally.events += 1;
            tally.first += u64::from(event == rows.start);
            tally.makes += u64::from(event == outcome_event);
            let is_new = last[number] != case;
            if is_new {
                last[number] = case;
                tally.cases += 1;
                tally
                    .reached
                    .push(log.begin_tick(event).saturating_sub(start));
                // Events are in order: where the first one is not before it, none is.
                if let Some(met) = has.filter(|_| event < outcome_event) {
                    tally.with += 1;
                    tally.met_with += u64::from(met);
                }
                tally.after += u64::from(has == Some(true) && event > outcome_event);
            }
            for (at, counts) in [&mut tally.scores, &mut tally.answers]
                .into_iter()
                .enumerate()
            {
                if let Some(column) = of_events[at] {
                    counts.add(column, event);
                } else if let Some(units) = of_case[at].filter(|_| is_new) {
                    counts.add_units(units);
                }
            }
        }
    }
}

/// Touchpoints directly before and after one, by number of events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Around {
    /// Events of each touchpoint directly before it.
    pub before: Vec<u64>,
    /// Its events that begin a case.
    pub starts: u64,
    /// Events of each touchpoint directly after it.
    pub after: Vec<u64>,
    /// Its events that end a case.
    pub ends: u64,
}

/// Counts the touchpoints directly before and after the events of one of the selected cases. Calls `each`
/// with the case and event of all of them.
///
/// # Errors
/// The counts are not wanted any more.
pub fn around(
    selection: &Selection<'_>,
    touchpoints: &Touchpoints<'_>,
    number: usize,
    cancel: &Cancel,
    mut each: impl FnMut(usize, usize),
) -> Result<Around, Cancelled> {
    let n = touchpoints.len();
    let mut around = Around {
        before: vec![0; n],
        after: vec![0; n],
        ..Around::default()
    };
    selection.each_case(cancel, |case| {
        let rows = selection.log.events_of(case);
        for event in rows.clone() {
            if touchpoints.of(case, event) != Some(number) {
                continue;
            }
            each(case, event);
            let of = |other: Option<usize>| {
                let other = other.filter(|other| rows.contains(other));
                other.map(|other| touchpoints.of(case, other))
            };
            match of(event.checked_sub(1)) {
                None => around.starts += 1,
                Some(Some(other)) => around.before[other] += 1,
                Some(None) => {}
            }
            match of(event.checked_add(1)) {
                None => around.ends += 1,
                Some(Some(other)) => around.after[other] += 1,
                Some(None) => {}
            }
        }
    })?;
    Ok(around)
}
