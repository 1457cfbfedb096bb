//! The performance spectrum: the steps of a path by time and by how long they took.

use super::{Report, ReportContext, ReportResult, Spec, options_do_not_fit};
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    CLASSES, Spectrum as Figures, SpectrumCell, SpectrumPath, SpectrumQuery, SpectrumSegment,
};
use crate::filter::{Moment, quote};
use crate::text::{did_you_mean, escape_line, time};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;
use std::sync::Arc;

pub(super) const SPEC: Spec = Spec {
    name: "spectrum",
    about: "Steps of a path over time, in four classes from fastest to slowest",
    options,
    make,
    versus: Err(
        "the quartiles of its classes are those of one selection: dfg compares the times of steps",
    ),
};

#[derive(Args)]
#[command(next_help_heading = "Path")]
struct Options {
    /// Activities that follow each other, as 'A > B > C' or one option for each
    #[arg(long, value_name = "PATH", conflicts_with_all = ["variant", "slowest"])]
    path: Vec<String>,
    /// The path of that variant: 1 for the one with most of the selected cases
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    variant: u32,
    /// The steps on which most time is spent
    #[arg(long, conflicts_with = "variant")]
    slowest: bool,
    /// Steps at most
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = size)]
    segments: u16,
    /// Columns of time at most
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = size)]
    bins: u16,
    /// Only what was under way from that time on
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only what was under way before that time
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

fn size(text: &str) -> Result<u16, String> {
    let size = text.parse().ok().filter(|n| (1..=10_000).contains(n));
    size.ok_or_else(|| "expected a number from 1 to 10000".to_owned())
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

struct Spectrum {
    selection: String,
    zone: time::Tz,
    /// Durations are working time.
    working: bool,
    figures: Figures,
    /// Segment, class and column of every cell in which something was.
    cells: Vec<(usize, usize, usize)>,
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let options = Options::from_arg_matches(matches).map_err(|_| options_do_not_fit())?;
    let path = if !options.path.is_empty() {
        SpectrumPath::Activities(activities(&options.path, &ask.info().activities)?)
    } else if options.slowest {
        SpectrumPath::Slowest
    } else {
        SpectrumPath::Variant(options.variant as usize - 1)
    };
    let instant = |option: &str, text: &Option<String>| -> Result<Option<i64>, Failure> {
        let Some(text) = text else { return Ok(None) };
        let moment = Moment::parse(text)
            .map_err(|why| Failure::usage(format!("{option} {}: {why}", escape_line(text))))?;
        Ok(Some(moment.first_instant(ask.common.tz())))
    };
    let query = SpectrumQuery {
        path,
        segments: options.segments.into(),
        bins: options.bins.into(),
        from: instant("--from", &options.from)?,
        to: instant("--to", &options.to)?,
    };
    let figures = ask.answer(&query)?;
    let mut cells = Vec::new();
    for (s, segment) in figures.segments.iter().enumerate() {
        for (c, class) in segment.classes.iter().enumerate() {
            let some = |(column, cell): (usize, &SpectrumCell)| {
                (cell.under_way > 0).then_some((s, c, column))
            };
            cells.extend(class.cells.iter().enumerate().filter_map(some));
        }
    }
    Ok(Box::new(Spectrum {
        selection: ask.selection()?,
        zone: ask.info().zone,
        working: ask.common.times().calendar.is_some(),
        figures,
        cells,
    }))
}

/// The activities of a path. A text that is one is not cut, whatever is in it.
fn activities(path: &[String], known: &[Arc<str>]) -> Result<Vec<String>, Failure> {
    let is_known = |name: &str| known.iter().any(|k| **k == *name);
    let mut found = Vec::new();
    for text in path {
        if is_known(text) {
            found.push(text.clone());
        } else {
            found.extend(text.split(" > ").map(|name| name.trim().to_owned()));
        }
    }
    if let Some(unknown) = found.iter().find(|name| !is_known(name)) {
        let hint = did_you_mean(unknown, known.iter().map(|name| &**name), quote);
        let message = format!("--path: the log has no activity {}{hint}", quote(unknown));
        return Err(Failure::usage(escape_line(&message)));
    }
    if found.len() < 2 {
        let message = "--path takes two activities at least, as 'A > B'";
        return Err(Failure::usage(message));
    }
    Ok(found)
}

#[derive(Serialize)]
struct SpectrumJson<S> {
    variant: Option<VariantJson>,
    first: Instant,
    step: Number,
    bins: usize,
    left_out: usize,
    segments: S,
}

#[derive(Serialize)]
struct VariantJson {
    place: usize,
    rank: u32,
    cases: u64,
}

#[derive(Serialize)]
struct SegmentJson<'a> {
    from: &'a str,
    to: &'a str,
    n: u64,
    instant: u64,
    median: Option<Number>,
    total: Option<Number>,
    classes: Vec<ClassJson>,
}

#[derive(Serialize)]
struct ClassJson {
    class: usize,
    above: Option<Number>,
    up_to: Option<Number>,
    n: u64,
    under_way: Vec<u64>,
    started: Vec<u64>,
    ended: Vec<u64>,
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Lower and upper bound of a class in seconds; `None` without durations.
fn bounds(segment: &SpectrumSegment, class: usize) -> (Option<f64>, Option<f64>) {
    if segment.elapsed.is_none() {
        return (None, None);
    }
    let (above, up_to) = segment.bounds(class);
    (above.map(seconds), up_to.map(seconds))
}

fn segment_json(segment: &SpectrumSegment) -> SegmentJson<'_> {
    let classes = segment.classes.iter().enumerate().map(|(at, class)| {
        let (above, up_to) = bounds(segment, at);
        let column = |of: fn(&SpectrumCell) -> u64| class.cells.iter().map(of).collect();
        ClassJson {
            class: at + 1,
            above: above.map(Number),
            up_to: up_to.map(Number),
            n: class.n,
            under_way: column(|cell| cell.under_way),
            started: column(|cell| cell.started),
            ended: column(|cell| cell.ended),
        }
    });
    let elapsed = segment.elapsed.as_ref();
    SegmentJson {
        from: &segment.from,
        to: &segment.to,
        n: elapsed.map_or(0, |e| e.n),
        instant: segment.instant,
        median: elapsed.map(|e| Number(e.median)),
        total: elapsed.map(|e| Number(e.total)),
        classes: classes.collect(),
    }
}

impl Report for Spectrum {
    fn json(&self) -> Box<dyn Json + '_> {
        let figures = &self.figures;
        Box::new(SpectrumJson {
            variant: figures.variant.map(|variant| VariantJson {
                place: variant.place + 1,
                rank: variant.rank,
                cases: variant.cases,
            }),
            first: Instant(figures.steps.first),
            step: Number(seconds(figures.steps.step)),
            bins: figures.steps.n,
            left_out: figures.more,
            segments: list(&figures.segments, segment_json),
        })
    }

    fn heading(&self) -> String {
        let steps = &self.figures.steps;
        format!(
            "{}; 1 column = {}, from {}; 9 = the most in progress of a step",
            self.selection,
            time::round_duration(seconds(steps.step)),
            time::instant(steps.first, self.zone),
        )
    }

    /// Every cell in which something was under way.
    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::text("from"), Column::text("to")];
        columns.extend(["class", "above", "up_to"].map(Column::figure));
        columns.extend(["start", "end"].map(Column::fixed));
        columns.extend(["under_way", "started", "ended"].map(Column::figure));
        Table::new(columns, &self.cells, |&(segment, class, column)| {
            let segment = &self.figures.segments[segment];
            let (above, up_to) = bounds(segment, class);
            let cell = &segment.classes[class].cells[column];
            vec![
                (*segment.from).into(),
                (*segment.to).into(),
                Cell::Count(class as u64 + 1),
                Cell::seconds(above),
                Cell::seconds(up_to),
                Cell::Instant(self.figures.steps.bound(column)),
                Cell::Instant(self.figures.steps.bound(column + 1)),
                cell.under_way.into(),
                cell.started.into(),
                cell.ended.into(),
            ]
        })
    }

    /// The segments, and their strips.
    fn tables(&self) -> Vec<Table<'_>> {
        let mut columns = vec![Column::text("from"), Column::text("to")];
        let names = ["n", "no time", "q25", "median", "q75", "total"];
        columns.extend(names.map(Column::figure));
        let segments = Table::new(columns, &self.figures.segments, |segment| {
            let elapsed = segment.elapsed.as_ref();
            // A class reaches up to the quartile of its number.
            let quartile = |i: usize| Cell::seconds(bounds(segment, i).1);
            vec![
                (*segment.from).into(),
                (*segment.to).into(),
                elapsed.map_or(0, |e| e.n).into(),
                segment.instant.into(),
                quartile(0),
                Cell::seconds(elapsed.map(|e| e.median)),
                quartile(2),
                Cell::seconds(elapsed.map(|e| e.total)),
            ]
        });
        vec![segments, self.strips()]
    }
}

impl Spectrum {
    /// The classes of all segments, the slowest on top, with what was under way.
    fn strips(&self) -> Table<'_> {
        let columns = vec![
            Column::text("step"),
            Column::fixed("class"),
            Column::figure("n"),
            Column::fixed("under way by time"),
        ];
        Table {
            columns,
            n_rows: self.figures.segments.len() * CLASSES,
            row: Box::new(|row| {
                let segment = &self.figures.segments[row / CLASSES];
                let class = CLASSES - 1 - row % CLASSES;
                let step = if row % CLASSES == 0 {
                    format!("{} > {}", segment.from, segment.to)
                } else {
                    String::new()
                };
                let text = |seconds: f64| {
                    if self.working {
                        time::working(seconds)
                    } else {
                        time::duration(seconds)
                    }
                };
                let said = match bounds(segment, class) {
                    (_, Some(up_to)) => format!("q{} to {}", class + 1, text(up_to)),
                    (Some(above), None) => format!("q{} > {}", class + 1, text(above)),
                    (None, None) => format!("q{}", class + 1),
                };
                vec![
                    step.into(),
                    said.into(),
                    segment.classes[class].n.into(),
                    strip(segment, class).into(),
                ]
            }),
        }
    }
}

/// A digit for each column: 9 where most of the segment was under way, a point for nothing.
fn strip(segment: &SpectrumSegment, class: usize) -> String {
    let all = segment.classes.iter().flat_map(|class| &class.cells);
    let most = all.map(|cell| cell.under_way).max().unwrap_or(0).max(1);
    // Rounded up: what is not nothing leaves a mark.
    let digit = |cell: &SpectrumCell| match (cell.under_way * 9).div_ceil(most) {
        0 => '.',
        n => char::from(b'0' + n.min(9) as u8),
    };
    segment.classes[class].cells.iter().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_of_known_activities() {
        let known: Vec<Arc<str>> = ["Open", "A > B", "Close"].map(Arc::from).to_vec();
        let of = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|&s| s.to_owned()).collect();
            activities(&path, &known).map_err(|e| e.message)
        };
        assert_eq!(of(&["Open > Close"]).unwrap(), ["Open", "Close"]);
        assert_eq!(of(&["Open", "A > B"]).unwrap(), ["Open", "A > B"]);
        assert!(of(&["Open"]).unwrap_err().contains("two activities"));
        let near = of(&["Open > Clse"]).unwrap_err();
        assert!(near.contains("did you mean \"Close\""), "{near}");
    }
}
