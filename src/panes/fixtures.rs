//! Answers and contexts for the tests of panes.

use super::{Context, CopyWhat, Look, Outcome, Pane, Slot};
use crate::engine::{
    Answer, AskError, CaseDetail, CaseQuery, CaseRow, CasesQuery, ColumnInfo, DeviationKind,
    EventRow, Examples, Field, LogInfo, Request, Rows, Stats, VariantMoves, VariantMovesQuery,
    VariantRow, VariantsQuery, View,
};
use crate::engine::{ColumnKind, Ending, Level, Timing};
use crate::filter::Expr;
use crate::input::Action;
use crate::ui::{Theme, testing};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) use crate::text::time::{DAY, HOUR};
/// 2024-03-01 12:00 UTC.
pub(crate) const START: i64 = 1_709_294_400_000_000;

const ACTIVITIES: [&str; 5] = [
    "Assign seriousness",
    "Take in charge ticket",
    "Resolve ticket",
    "Closed",
    "Wait",
];

/// A pane on a screen, with a log behind it that has nothing but a name.
pub(crate) struct Screen {
    pub(crate) pane: Box<dyn Pane>,
    pub(crate) log: LogInfo,
    pub(crate) view: View,
    pub(crate) area: Rect,
    pub(crate) theme: Theme,
    pub(crate) maximized: bool,
    pub(crate) plain: bool,
    pub(crate) marks: BTreeSet<String>,
}

impl Screen {
    pub(crate) fn new(pane: Box<dyn Pane>, width: u16, height: u16) -> Screen {
        Screen {
            pane,
            log: log(),
            view: View::default(),
            area: Rect::new(0, 0, width, height),
            theme: Theme::default(),
            maximized: false,
            plain: false,
            marks: BTreeSet::new(),
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            log: &self.log,
            view: &self.view,
            area: self.area,
            maximized: self.maximized,
            plain: self.plain,
            marks: &self.marks,
            keys: crate::input::Keys::default(),
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "calls read better")]
    pub(crate) fn act(&mut self, action: Action) -> Outcome {
        let context = Context {
            log: &self.log,
            view: &self.view,
            area: self.area,
            maximized: self.maximized,
            plain: self.plain,
            marks: &self.marks,
            keys: crate::input::Keys::default(),
        };
        self.pane.update(&action, context)
    }

    pub(crate) fn requests(&self) -> Vec<(Slot, Request)> {
        self.pane.requests(self.context())
    }

    pub(crate) fn figures(&self) -> Vec<super::Explained> {
        self.pane.figures(self.context())
    }

    pub(crate) fn copy(&self, what: CopyWhat) -> Option<String> {
        self.pane.copy(what, self.context())
    }

    pub(crate) fn command(&self) -> Option<String> {
        self.pane
            .command(self.context())
            .map(|words| words.join(" "))
    }

    /// Answers all its questions, and those that follow, from `answer`.
    pub(crate) fn answered(&mut self, answer: impl Fn(&Request) -> Result<Answer, AskError>) {
        for _ in 0..3 {
            for (slot, request) in self.requests() {
                self.pane.receive(slot, answer(&request));
            }
        }
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let look = Look {
            context: Context {
                area,
                ..self.context()
            },
            theme: &self.theme,
            stale: &|_| false,
        };
        self.pane.draw(area, buffer, look);
    }

    pub(crate) fn frame(&self) -> String {
        testing::frame(self.area.width, self.area.height, |area, buffer| {
            self.draw(area, buffer);
        })
    }

    pub(crate) fn styles(&self) -> String {
        let (width, height) = (self.area.width, self.area.height);
        testing::styles(&testing::paint(width, height, |area, buffer| {
            self.draw(area, buffer);
        }))
    }

    pub(crate) fn at_every_size(&self) {
        testing::at_every_size(|area, buffer| self.draw(area, buffer));
        self.at_many_sizes();
    }

    /// For further states: sizes of either kind of layout.
    pub(crate) fn at_many_sizes(&self) {
        for (width, height) in [(0, 0), (1, 1), (2, 3), (7, 2), (19, 5), (40, 20), (60, 17)] {
            testing::paint(width, height, |area, buffer| self.draw(area, buffer));
        }
        for (width, height) in [(59, 50), (99, 16), (100, 1), (130, 3), (300, 90)] {
            testing::paint(width, height, |area, buffer| self.draw(area, buffer));
        }
    }
}

pub(crate) fn log() -> LogInfo {
    LogInfo {
        milestones: Vec::new(),
        name: "helpdesk.csv".to_owned(),
        events: 21_348,
        cases: 4580,
        variants: 226,
        activities: ACTIVITIES.iter().map(|&a| Arc::from(a)).collect(),
        columns: columns(),
        resource: Some(0),
        instances: false,
        span: Some((START, START + 400 * DAY)),
        mapping: Vec::new(),
        place: crate::engine::LogPlace::Here,
        rejected: 0,
        redacted: false,
        shifted: false,
        least: 0,
        stopped: false,
        warnings: Vec::new(),
        deadlines: 0,
        conform_rules: 0,
        outcomes: Vec::new(),
        costs: false,
        scores: false,
        noted: &[],
        since: None,
        calendar: None,
        zone: chrono_tz::UTC,
        bytes: 0,
        examples: Examples::default(),
    }
}

fn columns() -> Vec<ColumnInfo> {
    let column = |name: &str, kind, level| ColumnInfo {
        name: name.into(),
        kind,
        level,
        shadowed: false,
        values: None,
    };
    vec![
        column("Resource", ColumnKind::Text, Level::Event),
        column("seriousness", ColumnKind::Number, Level::Event),
        column("case:channel", ColumnKind::Text, Level::Case),
        column("due", ColumnKind::Instant, Level::Event),
        column("note", ColumnKind::Text, Level::Event),
    ]
}

fn stats(n: u64, median: f64) -> Stats {
    Stats {
        n,
        mean: median * 1.2,
        median,
        p90: median * 3.0,
        p99: median * 4.0,
        min: 0.0,
        max: median * 9.0,
        total: median * n as f64,
    }
}

/// The variants of a page, of 226 in all.
pub(crate) fn variants(offset: usize, limit: usize) -> Rows<VariantRow> {
    let sequences: [&[usize]; 5] = [
        &[0, 1, 2, 3],
        &[0, 1, 1, 2, 3],
        &[0, 1, 4, 1, 2, 3],
        &[0, 3],
        &[0, 1, 4, 4, 4, 1, 1, 2, 4, 1, 2, 3, 3],
    ];
    let total = 226;
    let rows = (offset..total.min(offset.saturating_add(limit))).map(|i| {
        let cases = 2366 / (i as u64 + 1);
        VariantRow {
            rank: i as u32 + 1,
            ranks: vec![i as u32 + 1],
            cases,
            share: cases as f64 / 4580.0,
            cumulative: (0.5 + i as f64 / 100.0).min(1.0),
            activities: sequences[i % 5]
                .iter()
                .map(|&a| ACTIVITIES[a].into())
                .collect(),
            rework: 0.0,
            deadlines: (0, 0),
            cost: None,
            duration: Stats {
                max: LONGEST,
                ..stats(cases, 86_400.0 * (i as f64 + 1.5))
            },
        }
    });
    Rows {
        total,
        offset,
        followed: None,
        full: 1.0,
        marked: Vec::new(),
        suppressed: crate::engine::Suppressed::default(),
        rows: rows.collect(),
    }
}

/// The moves of a variant against the first one.
fn variant_moves(rank: u32) -> VariantMoves {
    let scripts = [
        "0 1 2 3",
        "0 1 +1 2 3",
        "0 1 +4 +1 2 3",
        "0 -1 -2 3",
        "0 1 +4 +4 +4 +1 +1 2 +4 +1 +2 3 +3",
    ];
    let moves = scripts[(rank as usize - 1) % 5].split(' ').map(|one| {
        let kind = match one.as_bytes()[0] {
            b'+' => Some(DeviationKind::Extra),
            b'-' => Some(DeviationKind::Missing),
            _ => None,
        };
        let activity: usize = one.trim_start_matches(['+', '-']).parse().unwrap();
        (kind, ACTIVITIES[activity].into())
    });
    VariantMoves {
        rank,
        by: "top 1".to_owned(),
        open: false,
        fitness: Some(0.5),
        bound: None,
        moves: moves.collect(),
    }
}

/// Duration of the longest case, seconds.
const LONGEST: f64 = 86_400.0 * 60.0;

/// The cases of a page, of `total` in all.
pub(crate) fn cases(offset: usize, limit: usize, total: usize, variant: u32) -> Rows<CaseRow> {
    let rows = (offset..total.min(offset.saturating_add(limit))).map(|i| {
        let duration = LONGEST / (i as f64 + 1.0);
        let start = START + i as i64 * HOUR;
        CaseRow {
            chosen: Vec::new(),
            case: format!("Case {}", 4580 - i),
            variant,
            events: 4 + (i % 9) as u32,
            start,
            end: start + (duration * 1e6) as i64,
            duration,
        }
    });
    Rows {
        total,
        offset,
        followed: None,
        full: LONGEST,
        marked: Vec::new(),
        suppressed: crate::engine::Suppressed::default(),
        rows: rows.collect(),
    }
}

/// An event at `time` microseconds after the start, `elapsed` seconds after the one before.
pub(crate) fn event(activity: &str, time: i64, elapsed: f64) -> EventRow {
    EventRow {
        activity: activity.into(),
        time: START + time,
        since: time as f64 / 1e6,
        start: None,
        service: None,
        active: None,
        elapsed,
        waiting: None,
        values: Vec::new(),
    }
}

/// A case of seven events.
pub(crate) fn case_detail() -> CaseDetail {
    let steps = [
        (0, 0),
        (1, HOUR / 2),
        (4, 6 * HOUR),
        (1, 3 * DAY),
        (4, 3 * DAY + HOUR),
        (2, 11 * DAY),
        (3, 15 * DAY),
    ];
    let mut before = 0;
    let events = steps.iter().enumerate().map(|(i, &(activity, time))| {
        let mut row = event(ACTIVITIES[activity], time, (time - before) as f64 / 1e6);
        before = time;
        row.values = vec![
            Field::Text(format!("Value {}", i % 3).into()),
            Field::Number(i as f64 / 2.0),
            Field::Text("phone".into()),
            if i == 2 {
                Field::Missing
            } else {
                Field::Instant(START + 20 * DAY)
            },
            Field::Text("says\x1b[31m\tred \u{202e}אבג 日本語".into()),
        ];
        row
    });
    CaseDetail {
        marks: Vec::new(),
        off: Vec::new(),
        open: None,
        zone: chrono_tz::UTC,
        working: false,
        row: CaseRow {
            chosen: Vec::new(),
            case: "Case 4711".to_owned(),
            variant: 3,
            events: 7,
            start: START,
            end: START + 15 * DAY,
            duration: 15.0 * 86_400.0,
        },
        columns: columns(),
        resource: Some(0),
        instances: false,
        events: events.collect(),
        remarks: Vec::new(),
    }
}

/// The same as activity instances.
pub(crate) fn instance_detail() -> CaseDetail {
    let mut detail = case_detail();
    detail.instances = true;
    let mut free = START;
    for (i, event) in detail.events.iter_mut().enumerate() {
        let start = free + (event.time - free) * 2 / 3;
        event.waiting = Some(if i == 0 {
            0.0
        } else {
            (start - free) as f64 / 1e6
        });
        event.start = (i != 2).then_some(start);
        event.service = (i != 2).then_some((event.time - start) as f64 / 1e6);
        free = event.time;
    }
    detail
}

/// Answers everything that the panes here ask.
pub(crate) fn answer(request: &Request) -> Result<Answer, AskError> {
    if let Some(VariantsQuery { listing, .. }) = request.get() {
        let rows = variants(listing.page.offset, listing.page.limit);
        return Ok(Answer::new::<VariantsQuery>(rows));
    }
    if let Some(CasesQuery { listing, variants }) = request.get() {
        let variant = variants.first().copied();
        let total = variant.map_or(4580, |rank| 2366 / rank as usize);
        let page = listing.page;
        let rows = cases(page.offset, page.limit, total, variant.unwrap_or(2));
        return Ok(Answer::new::<CasesQuery>(rows));
    }
    if let Some(VariantMovesQuery { rank, .. }) = request.get() {
        return Ok(Answer::new::<VariantMovesQuery>(Some(variant_moves(*rank))));
    }
    let Some(CaseQuery { case }) = request.get() else {
        return Err(AskError::Cancelled);
    };
    let mut detail = case_detail();
    detail.row.case.clone_from(case);
    Ok(Answer::new::<CaseQuery>(detail))
}

/// Answers as a log without rows does.
pub(crate) fn no_answer(request: &Request) -> Result<Answer, AskError> {
    fn none<T>() -> Rows<T> {
        Rows::all(Vec::new())
    }
    if request.get::<VariantsQuery>().is_some() {
        return Ok(Answer::new::<VariantsQuery>(none()));
    }
    if request.get::<CasesQuery>().is_some() {
        return Ok(Answer::new::<CasesQuery>(none()));
    }
    match request.get::<CaseQuery>() {
        Some(CaseQuery { case }) => Err(AskError::UnknownCase(case.clone())),
        None => Err(AskError::Cancelled),
    }
}

/// Answers of the engine itself about a small log in compact notation.
pub(crate) fn engine(log: &str) -> impl Fn(&Request) -> Result<Answer, AskError> {
    engine_with(log, Timing::default())
}

/// Answers of the engine about such a log with definitions.
pub(crate) fn engine_with(
    log: &str,
    timing: Timing,
) -> impl Fn(&Request) -> Result<Answer, AskError> {
    let analysis = crate::engine::Analysis::new(
        "small.csv".to_owned(),
        crate::test_support::log(log),
        crate::formats::ImportReport::default(),
        chrono_tz::UTC,
        &crate::event_log::Progress::default(),
    )
    .expect("not cancelled")
    .with_timing(timing)
    .expect("names of their own");
    let cancel = crate::engine::Cancel::never();
    move |request| analysis.answer(&View::default(), request, &cancel)
}

/// Four cases, two of which wait between `Wait` and `Solve`.
pub(crate) const SUPPORT: &str = "1: Open Assign Solve Close @0 +60 +3600 +90000;
    2: Open Assign Wait Solve @100000 +30 +600 +700000;
    3: Open Assign Wait Wait Solve Close @200000 +30 +600 +900 +800000 +900000;
    4: Open Close @300000 +5";

/// So many cases are open; others end with Closed.
pub(crate) fn ending(open: u64) -> Ending {
    Ending {
        until: START,
        open,
        ends: vec!["Closed".into()],
        guess: Some(crate::engine::Guess {
            quiet: 40,
            explained: 38,
        }),
        idle: None,
        over: Some(Expr::ends_with("Closed")),
    }
}
