//! The process map as an indented list: for pipes and screen readers, which read it line by line.

use super::drawing::Drawing;
use crate::engine::{MapRow, Way};
use crate::text::{counted, safe};
use std::fmt::Write;

impl Drawing<'_> {
    /// The first `limit` rows, one a line, with a line that says how many there are where some are left
    /// out.
    pub fn plain(&self, limit: usize) -> String {
        let rows = self.map.rows();
        let is_left_out = |row: &MapRow<'_>| match row {
            MapRow::Activity(node) => node.cases == 0,
            MapRow::Steps(edge, _) => edge.count == 0,
            MapRow::Start | MapRow::End => false,
        };
        let all: Vec<&MapRow<'_>> = rows.iter().filter(|row| !is_left_out(row)).collect();
        let mut out = String::new();
        for row in all.iter().take(limit) {
            out.push_str(&self.row(row));
            out.push('\n');
        }
        if all.len() > limit {
            let n = counted(all.len() as u64, "row", "rows");
            // Writing to a String does not fail.
            let _ = writeln!(out, "\n{limit} of {n} (--limit N shows more)");
        }
        out
    }

    fn row(&self, row: &MapRow<'_>) -> String {
        let [start, end] = self.start_and_end();
        match row {
            MapRow::Start => format!("start of the cases: {start}"),
            MapRow::End => format!("end of the cases: {end}"),
            MapRow::Activity(node) => format!("{}: {}", safe(&node.activity), self.in_words(node)),
            MapRow::Steps(edge, way) => {
                let to = edge.to.as_deref().map_or("the end".into(), safe);
                let to = match way {
                    Way::On => format!("to {to}"),
                    Way::Back => format!("back to {to}"),
                    Way::Again => "again".to_owned(),
                };
                let mut parts = vec![self.step_in_words(edge)];
                if edge.has_hidden() {
                    let hidden = counted(edge.count - edge.direct, "step", "steps");
                    parts.push(format!("{hidden} over hidden activities"));
                }
                format!("  {to}: {}", parts.join(", "))
            }
        }
    }
}
