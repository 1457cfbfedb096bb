//! The different ways through the process, most frequent first.

use super::list::ListReport;
use super::{Ask, Made, Spec, no_options};
use crate::engine::{Features, VariantsQuery};
use clap::ArgMatches;

pub(super) const SPEC: Spec = Spec {
    name: "variants",
    about: "The different ways that cases take, most frequent first",
    options: no_options,
    make,
};

fn make(ask: &Ask<'_>, _: &ArgMatches) -> Made {
    let query = VariantsQuery {
        listing: ask.listing("cases", true),
    };
    let report = ListReport::ask(ask, &query, Features::of(ask.info()))?;
    Ok(Box::new(report))
}
