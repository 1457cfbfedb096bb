//! The log skeleton: relations of activities that hold in all cases.

use super::super::{Report, ReportContext, ReportResult};
use crate::cli::json::Json;
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{LogSkeleton, SkeletonQuery};
use crate::text::counted;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

pub(super) fn make(ask: &ReportContext<'_>) -> ReportResult {
    Ok(Box::new(SkeletonReport {
        selection: ask.selection()?,
        skeleton: ask.answer(&SkeletonQuery)?,
        limit: ask.common.printing.limit(),
    }))
}

struct SkeletonReport {
    selection: String,
    skeleton: LogSkeleton,
    /// Most rows of each list.
    limit: usize,
}

/// A row of the table: a relation, an activity and another one.
type Relation<'a> = (&'a str, &'a str, &'a str);

impl SkeletonReport {
    fn name(&self, number: usize) -> &str {
        &self.skeleton.activities[number]
    }

    /// The relations with the names of their activities, each as many as the user wants.
    fn relations(&self) -> impl Iterator<Item = Relation<'_>> {
        let relations = self.skeleton.relations.iter();
        relations.flat_map(|(name, pairs)| {
            let pairs = pairs.iter().take(self.limit);
            pairs.map(|&(a, b)| (*name, self.name(a), self.name(b)))
        })
    }
}

/// The relations as JSON.
struct SkeletonJson<'a>(&'a SkeletonReport);

impl Serialize for SkeletonJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("cases", &report.skeleton.cases)?;
        for (name, pairs) in &report.skeleton.relations {
            let pairs = pairs.iter().take(report.limit);
            let pairs = pairs.map(|&(a, b)| [report.name(a), report.name(b)]);
            map.serialize_entry(name, &pairs.collect::<Vec<_>>())?;
        }
        map.serialize_entry("counts", &CountsJson(report))?;
        map.end()
    }
}

/// The numbers of events of each activity.
struct CountsJson<'a>(&'a SkeletonReport);

impl Serialize for CountsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let skeleton = &self.0.skeleton;
        let counts = skeleton.activities.iter().zip(&skeleton.counts);
        serializer.collect_map(counts.map(|(name, counts)| (&**name, counts)))
    }
}

impl Report for SkeletonReport {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(SkeletonJson(self))
    }

    fn heading(&self) -> String {
        let relations = self.skeleton.relations.iter();
        let pairs: usize = relations.map(|(_, pairs)| pairs.len()).sum();
        let pairs = counted(pairs as u64, "pair", "pairs");
        format!("{}; {pairs} of activities", self.selection)
    }

    fn list(&self) -> Table<'_> {
        let rows: Vec<Relation<'_>> = self.relations().collect();
        Table {
            columns: ["relation", "activity", "other"].map(Column::text).into(),
            n_rows: rows.len(),
            row: Box::new(move |at| {
                let (relation, activity, other) = rows[at];
                [relation, activity, other].map(Cell::from).into()
            }),
        }
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let skeleton = &self.skeleton;
        let counts = Table {
            columns: ["activity", "events in a case"].map(Column::text).into(),
            n_rows: skeleton.activities.len().min(self.limit),
            row: Box::new(move |at| {
                let counts: Vec<String> = skeleton.counts[at].iter().map(u32::to_string).collect();
                vec![Cell::from(self.name(at)), counts.join(", ").into()]
            }),
        };
        vec![self.list(), counts]
    }

    fn total(&self) -> Option<usize> {
        let relations = self.skeleton.relations.iter();
        Some(relations.map(|(_, pairs)| pairs.len()).sum())
    }
}
