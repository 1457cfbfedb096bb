//! A small log as plain rows: what the library's log is built from, and what the scan reads.

use casetrail::event_log::{
    BlockColumn, ColumnKind, ColumnSpec, EventLog, LogBuilder, NO_INSTANT, Progress, Role,
    RowBlock, Schema,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// 2024-01-01T00:00Z, in microseconds.
pub const BASE: i64 = 1_704_067_200_000_000;
pub const SECOND: i64 = 1_000_000;

pub const ACTIVITIES: [&str; 4] = ["A", "B", "say \"C\\\"", "日本"];
const REGIONS: [&str; 10] = [
    "EU", "eu", "US", "5", "5.0", "007", "true", "TRUE", "-20", "-2e1",
];
const RESOURCES: [&str; 3] = ["Ann", "Bob", "10"];
const CHANNELS: [&str; 3] = ["Desk", "false", "12"];

#[derive(Debug, Clone)]
pub struct Event {
    pub activity: String,
    pub time: i64,
    pub start: Option<i64>,
    pub resource: Option<String>,
    pub region: Option<String>,
    pub cost: Option<f64>,
    pub due: Option<i64>,
}

/// A case with its events in the order of the analysis.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: String,
    /// Whether all case ids of the log are numbers.
    pub numeric_id: bool,
    pub channel: Option<String>,
    pub limit: Option<f64>,
    pub events: Vec<Event>,
    /// Rank of its variant, from 1.
    pub rank: usize,
    /// Texts of the whole log.
    pub texts: Rc<Texts>,
}

/// Values of the columns of texts.
#[derive(Debug, Default)]
pub struct Texts {
    pub resource: BTreeSet<String>,
    pub region: BTreeSet<String>,
    pub channel: BTreeSet<String>,
}

#[derive(Debug, Clone)]
pub struct Model {
    /// Case number and event, in file order.
    rows: Vec<(usize, Event)>,
    channels: Vec<Option<String>>,
    limits: Vec<Option<f64>>,
    instances: bool,
    numeric_ids: bool,
    /// A text column of this name, "x" in the first case and missing in all others.
    named: String,
}

fn some_of(texts: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::option::weighted(0.8, prop::sample::select(texts).prop_map(str::to_owned))
}

fn cost() -> impl Strategy<Value = Option<f64>> {
    prop::option::weighted(0.8, prop::sample::select(vec![-1.5, 0.0, 2.0, 5.0, 10.0]))
}

/// Times near each other, so that they meet the texts of the queries.
fn instant() -> impl Strategy<Value = i64> {
    let seconds = prop_oneof![
        0i64..8,
        (0i64..4).prop_map(|m| m * 60),
        (0i64..50).prop_map(|h| h * 3600),
        (0i64..40).prop_map(|d| d * 86_400 - 1),
    ];
    seconds.prop_map(|s| BASE + s * SECOND)
}

fn events(
    time: impl Strategy<Value = i64>,
    back: std::ops::Range<i64>,
) -> impl Strategy<Value = Event> {
    let core = (0..ACTIVITIES.len(), time, prop::option::weighted(0.8, back));
    let columns = (
        some_of(&RESOURCES),
        some_of(&REGIONS),
        cost(),
        prop::option::of(instant()),
    );
    (core, columns).prop_map(
        |((activity, time, back), (resource, region, cost, due))| Event {
            activity: ACTIVITIES[activity].to_owned(),
            time,
            start: back.map(|s| time - s * SECOND),
            resource,
            region,
            cost,
            due,
        },
    )
}

/// Logs of all kinds.
pub fn models() -> impl Strategy<Value = Model> {
    let rows = prop::collection::vec((0usize..6, events(instant(), 0..300)), 1..30);
    models_of(rows, any::<bool>())
}

/// Logs of few long cases, whose instances overlap within some seconds.
pub fn crowded_models() -> impl Strategy<Value = Model> {
    let time = (0i64..10).prop_map(|s| BASE + s * SECOND);
    let rows = prop::collection::vec((0usize..3, events(time, 0..12)), 10..30);
    models_of(rows, prop::bool::weighted(0.8))
}

fn models_of(
    rows: impl Strategy<Value = Vec<(usize, Event)>>,
    instances: impl Strategy<Value = bool>,
) -> impl Strategy<Value = Model> {
    let channels = prop::collection::vec(some_of(&CHANNELS), 6);
    let limits = prop::collection::vec(cost(), 6);
    (rows, channels, limits, instances, any::<bool>()).prop_map(
        |(mut rows, channels, limits, instances, numeric_ids)| {
            if !instances {
                for (_, event) in &mut rows {
                    event.start = None;
                }
            }
            // A name that no event bears is an error, so the last case has them all.
            for (i, activity) in ACTIVITIES.into_iter().enumerate() {
                let event = rows[0].1.clone();
                let activity = activity.to_owned();
                let resource = RESOURCES.get(i).map(|name| (*name).to_owned());
                let region = Some(["EU", "US", "5", "007"][i].to_owned());
                let event = Event {
                    activity,
                    resource,
                    region,
                    ..event
                };
                rows.push((5, event));
            }
            let named = "region 2".to_owned();
            Model {
                rows,
                channels,
                limits,
                instances,
                numeric_ids,
                named,
            }
        },
    )
}

impl Model {
    /// Two cases of one event; the first has an activity and a column of that name.
    pub fn with_name(name: &str) -> Model {
        let event = |activity: &str| Event {
            activity: activity.to_owned(),
            time: BASE,
            start: None,
            resource: None,
            region: None,
            cost: None,
            due: None,
        };
        Model {
            rows: vec![(0, event(name)), (1, event(&format!("{name}'")))],
            channels: vec![None; 2],
            limits: vec![None; 2],
            instances: false,
            numeric_ids: false,
            named: name.to_owned(),
        }
    }

    fn id(&self, case: usize) -> String {
        if self.numeric_ids {
            (8 + case).to_string()
        } else {
            format!("c{case}")
        }
    }

    fn schema(&self) -> Schema {
        let column = |name: &str, kind| ColumnSpec {
            name: name.to_owned(),
            kind,
        };
        let start = self.instances.then(|| "Begin".to_owned());
        Schema {
            columns: vec![
                column(&self.named, ColumnKind::Text),
                column("org:resource", ColumnKind::Text),
                column("region", ColumnKind::Text),
                column("cost", ColumnKind::Number),
                column("due", ColumnKind::Instant),
                column("case:channel", ColumnKind::Text),
                column("start", ColumnKind::Number),
            ],
            role_columns: [(Role::Resource, Some(1))].into(),
            has_start: self.instances,
            roles: [
                (Role::Case, vec!["Case ID".to_owned()]),
                (Role::Activity, vec!["Activity".to_owned()]),
                (Role::Time, vec!["Timestamp".to_owned()]),
                (Role::Start, start.into_iter().collect()),
                (Role::Resource, vec!["org:resource".to_owned()]),
            ]
            .into(),
        }
    }

    pub fn log(&self) -> EventLog {
        let schema = self.schema();
        let mut block = RowBlock::new(&schema, self.rows.len());
        for (case, event) in &self.rows {
            block.case.push(self.id(*case).as_bytes());
            block.activity.push(event.activity.as_bytes());
            block.time.push(event.time);
            if let Some(start) = &mut block.start {
                start.push(event.start.unwrap_or(NO_INSTANT));
            }
            let texts = [
                (*case == 0).then(|| "x".to_owned()),
                event.resource.clone(),
                event.region.clone(),
                None,
                None,
                self.channels[*case].clone(),
                None,
            ];
            let numbers = [None, None, None, event.cost, None, None, self.limits[*case]];
            for (i, column) in block.columns.iter_mut().enumerate() {
                match column {
                    BlockColumn::Text(builder) => match &texts[i] {
                        Some(text) => builder.push(text.as_bytes()),
                        None => builder.push_missing(),
                    },
                    BlockColumn::Number(values) => values.push(numbers[i].unwrap_or(f64::NAN)),
                    BlockColumn::Instant(values) => values.push(event.due.unwrap_or(NO_INSTANT)),
                }
            }
        }
        let mut builder = LogBuilder::new(schema);
        builder.push(block);
        builder.finish(&Progress::default()).unwrap().0
    }

    /// The cases in order of first appearance.
    pub fn cases(&self) -> Vec<Case> {
        let events = || self.rows.iter().map(|(_, event)| event);
        let cases_with_rows = self.rows.iter().map(|(case, _)| *case);
        let texts = Rc::new(Texts {
            resource: events().filter_map(|e| e.resource.clone()).collect(),
            region: events().filter_map(|e| e.region.clone()).collect(),
            channel: cases_with_rows
                .filter_map(|case| self.channels[case].clone())
                .collect(),
        });
        let mut cases: Vec<(usize, Case)> = Vec::new();
        for (number, event) in &self.rows {
            let known = cases.iter().position(|(n, _)| n == number);
            let at = known.unwrap_or_else(|| {
                let case = Case {
                    id: self.id(*number),
                    numeric_id: self.numeric_ids,
                    channel: self.channels[*number].clone(),
                    limit: self.limits[*number],
                    events: Vec::new(),
                    rank: 0,
                    texts: Rc::clone(&texts),
                };
                cases.push((*number, case));
                cases.len() - 1
            });
            cases[at].1.events.push(event.clone());
        }
        let mut cases: Vec<Case> = cases.into_iter().map(|(_, case)| case).collect();
        for case in &mut cases {
            // A stable sort: ties stay in file order.
            case.events
                .sort_by_key(|e| (e.start.unwrap_or(e.time), e.time));
        }
        rank(&mut cases);
        cases
    }
}

/// Most cases first, ties by the sequence of names.
fn rank(cases: &mut [Case]) {
    let mut variants: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for case in cases.iter() {
        *variants.entry(case.names()).or_default() += 1;
    }
    let mut order: Vec<(usize, Vec<String>)> = variants.into_iter().map(|(v, n)| (n, v)).collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for case in cases {
        let names = case.names();
        case.rank = 1 + order.iter().position(|(_, v)| *v == names).unwrap();
    }
}

impl Case {
    fn names(&self) -> Vec<String> {
        self.events.iter().map(|e| e.activity.clone()).collect()
    }

    /// The resources of its events, or their regions.
    pub fn values(&self, of_resource: bool) -> Vec<Option<&str>> {
        let events = self.events.iter();
        let value = events.map(|e| {
            let text = if of_resource { &e.resource } else { &e.region };
            text.as_deref()
        });
        value.collect()
    }

    /// The first event, or the last one.
    pub fn end_event(&self, first: bool) -> &Event {
        let event = if first {
            self.events.first()
        } else {
            self.events.last()
        };
        event.unwrap()
    }

    pub fn start(&self) -> i64 {
        self.events
            .iter()
            .map(|e| e.start.unwrap_or(e.time))
            .min()
            .unwrap()
    }

    pub fn end(&self) -> i64 {
        self.events.iter().map(|e| e.time).max().unwrap()
    }
}
