//! Where cases wait: steps, activities and resources, ranked.

use super::by::{self, Choices};
use super::list::{ListReport, listing, sort_option};
use super::versus::{self, Reported};
use super::{ReportContext, ReportResult, Spec};
use crate::cli::failure::Failure;
use crate::cli::json::Number;
use crate::engine::{BottlenecksQuery, Features, Kind, Ranking, SetApart, Waits};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;
use serde_json::Map;

pub(super) const SPEC: Spec = Spec {
    name: "bottlenecks",
    about: "Where cases wait, by total, p90, growth or breaches; gain of shorter waits",
    options,
    make,
    versus: Ok(versus::make::<BottlenecksQuery>),
};

const BY: Choices<Kind> = &[
    (
        Kind::Step.word(),
        "Steps from one activity to the next",
        Kind::Step,
    ),
    (Kind::Activity.word(), "Activities", Kind::Activity),
    (Kind::Resource.word(), "Resources", Kind::Resource),
];

/// Help of each choice of `--waits`.
const WAITS: [&str; Waits::ALL.len()] = [
    "All waits, with their classes",
    "Waits that can be changed",
    "Waits after the resolution, for the customer or for a vendor",
];

fn options(command: Command) -> Command {
    let by = by::option(BY, "Rows of the report [default: step]");
    let gain = Arg::new("gain").long("gain").action(ArgAction::SetTrue);
    let values = Waits::ALL.into_iter().zip(WAITS);
    let values = values.map(|(waits, help)| PossibleValue::new(waits.word()).help(help));
    let waits = Arg::new("waits").long("waits").value_name("WHICH");
    let waits = waits.value_parser(PossibleValuesParser::new(values));
    sort_option::<BottlenecksQuery>(command)
        .arg(by)
        .arg(waits.help("Rank these waits and show their classes: guessed, or as by --wait-class"))
        .arg(gain.help("Add the gain if no wait exceeded its 25th percentile"))
}

impl Reported for BottlenecksQuery {
    fn asked(ask: &ReportContext<'_>, matches: &ArgMatches) -> Result<(Self, Features), Failure> {
        let (by, kind) = by::chosen(BY, ask, matches)?;
        let gains = matches.get_flag("gain");
        let waits = given(matches);
        let query = BottlenecksQuery {
            ranking: Ranking {
                kind,
                waits: waits.unwrap_or_default(),
            },
            listing: listing::<BottlenecksQuery>(ask, matches)?,
            gains,
        };
        let features = Features {
            by,
            extra: gains,
            // A resource has waits of many steps.
            classes: waits.is_some() && kind != Kind::Resource,
            ..Features::of(ask.info())
        };
        Ok((query, features))
    }
}

/// The waits that `--waits` names; `None` where it is not given.
fn given(matches: &ArgMatches) -> Option<Waits> {
    let word = matches.get_one::<String>("waits")?;
    Waits::ALL.into_iter().find(|waits| waits.word() == word)
}

fn make(ask: &ReportContext<'_>, matches: &ArgMatches) -> ReportResult {
    let (query, features) = BottlenecksQuery::asked(ask, matches)?;
    let found = ask.answer(&query)?;
    let (mut heading, mut before) = (ask.selection()?, Map::new());
    if let Some(waits) = given(matches) {
        heading = format!("{heading}; {}", in_words(&found.apart, waits));
        before = ApartJson::of(&found.apart).object();
    }
    Ok(Box::new(ListReport::<BottlenecksQuery> {
        heading,
        before,
        has_total: true,
        rows: found.rows,
        features,
    }))
}

/// Part of the waits that the desk cannot change.
fn in_words(apart: &SetApart, waits: Waits) -> String {
    let what = match waits {
        Waits::All => "cannot be changed",
        Waits::Changeable => "left out",
        Waits::Apart => "listed",
    };
    match apart.in_words() {
        Some(words) => format!("{what}: {words}"),
        None => "no wait is classed as one that cannot be changed".to_owned(),
    }
}

/// Waits that the desk cannot change.
#[derive(Serialize)]
struct ApartJson {
    steps: u64,
    waits: u64,
    total: Number,
    share: Option<Number>,
    guessed_steps: u64,
    classes: Vec<ClassJson>,
}

#[derive(Serialize)]
struct ClassJson {
    class: &'static str,
    steps: u64,
    waits: u64,
    total: Number,
    share: Option<Number>,
}

impl ApartJson {
    fn of(apart: &SetApart) -> Self {
        let classes = apart.classes.iter().map(|of| ClassJson {
            class: of.class.word(),
            steps: of.steps,
            waits: of.waits,
            total: Number(of.total),
            share: of.share.map(Number),
        });
        ApartJson {
            steps: apart.steps(),
            waits: apart.waits(),
            total: Number(apart.total()),
            share: apart.share().map(Number),
            guessed_steps: apart.guessed,
            classes: classes.collect(),
        }
    }

    /// The key `set_apart` with these figures.
    fn object(&self) -> Map<String, serde_json::Value> {
        let value = serde_json::to_value(self).unwrap_or_default();
        Map::from_iter([("set_apart".to_owned(), value)])
    }
}
