//! `[rates]` of the rules file: what work and delay cost.

use super::{Fault, fault};
use crate::config::line_of;
use crate::engine::{ColumnName, HourlyRates, RateOf, RateSpec};
use crate::text::did_you_mean;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;

/// The largest amount, in units of money: above it nobody has meant what is written.
const MOST: f64 = 1e9;

/// The table: keys of its own, and a table for each column whose values have rates.
pub type Table = BTreeMap<Spanned<String>, Spanned<Entry>>;

/// Prices by name.
type Prices = BTreeMap<Spanned<String>, Spanned<Amount>>;

/// A value of the table.
#[derive(Debug)]
pub enum Entry {
    Amount(f64),
    Text(String),
    Prices(Prices),
}

// An untagged enum would lose the places of the names.
impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount of money, a column, or a table of names and amounts")
            }

            fn visit_i64<E>(self, amount: i64) -> Result<Entry, E> {
                Ok(Entry::Amount(amount as f64))
            }

            fn visit_f64<E>(self, amount: f64) -> Result<Entry, E> {
                Ok(Entry::Amount(amount))
            }

            fn visit_str<E>(self, text: &str) -> Result<Entry, E> {
                Ok(Entry::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                Prices::deserialize(MapAccessDeserializer::new(map)).map(Entry::Prices)
            }
        }

        deserializer.deserialize_any(Read)
    }
}

/// A number of TOML, whole or not.
#[derive(Debug)]
pub struct Amount(f64);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl Visitor<'_> for Read {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount of money")
            }

            fn visit_i64<E>(self, amount: i64) -> Result<Amount, E> {
                Ok(Amount(amount as f64))
            }

            fn visit_f64<E>(self, amount: f64) -> Result<Amount, E> {
                Ok(Amount(amount))
            }
        }

        deserializer.deserialize_any(Read)
    }
}

/// Reads the table, if there is one. Rates of resources count before those of columns, in the order of the
/// file, and these before those of activities.
pub(super) fn read(
    table: Option<&Table>,
    of: &str,
    has_rules: bool,
) -> Result<Option<RateSpec>, Fault> {
    let Some(table) = table else {
        return Ok(None);
    };
    let mut spec = RateSpec::default();
    let (mut resources, mut columns, mut activities) = (Vec::new(), Vec::new(), Vec::new());
    // The table is sorted by name: the place in the text gives the order.
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    for (name, entry) in entries {
        let of = || ColumnName {
            name: name.get_ref().clone(),
            table: "[rates]",
            line: Some(line_of(of, name.span().start)),
        };
        match (name.get_ref().as_str(), entry.get_ref()) {
            ("per_hour", Entry::Amount(amount)) => spec.per_hour = Some(price(name, *amount)?),
            ("late_hour", Entry::Amount(_)) if !has_rules => {
                return Err(fault(
                    name,
                    "it is the price of an hour past a deadline, but [[rules]] has none",
                ));
            }
            ("late_hour", Entry::Amount(amount)) => spec.late_hour = Some(price(name, *amount)?),
            ("column", Entry::Text(column)) => {
                spec.amounts = Some(ColumnName {
                    name: column.clone(),
                    ..of()
                });
            }
            ("per_hour" | "late_hour", _) => {
                return Err(fault(name, "expected an amount of money"));
            }
            ("column", _) => return Err(fault(name, "expected the name of a column in quotes")),
            ("fixed", Entry::Prices(prices)) => spec.fixed = amounts(prices)?,
            ("resource", Entry::Prices(prices)) => resources.push(HourlyRates {
                of: RateOf::Resource,
                rates: amounts(prices)?,
            }),
            ("activity", Entry::Prices(prices)) => activities.push(HourlyRates {
                of: RateOf::Activity,
                rates: amounts(prices)?,
            }),
            (_, Entry::Prices(prices)) => columns.push(HourlyRates {
                of: RateOf::Column(of()),
                rates: amounts(prices)?,
            }),
            (other, _) => return Err(fault(name, &unknown(other))),
        }
    }
    spec.hourly = resources
        .into_iter()
        .chain(columns)
        .chain(activities)
        .collect();
    Ok(Some(spec))
}

/// A sentence on a key that [rates] has not.
fn unknown(name: &str) -> String {
    const KEYS: [&str; 3] = ["per_hour", "column", "late_hour"];
    const TABLES: [&str; 3] = ["resource", "activity", "fixed"];
    if TABLES.contains(&name) {
        return format!("expected a table [rates.{name}] of names and amounts");
    }
    let hint = did_you_mean(name, KEYS.into_iter().chain(TABLES), str::to_owned);
    let known = format!(
        "; it has {}, and tables of names and amounts",
        KEYS.join(", ")
    );
    let known = if hint.is_empty() { known } else { hint };
    format!("[rates] has no such key{known}")
}

fn amounts(prices: &Prices) -> Result<BTreeMap<String, i64>, Fault> {
    let prices = prices.iter();
    let prices = prices.map(|(name, amount)| {
        let price = price(name, amount.get_ref().0)?;
        Ok((name.get_ref().clone(), price))
    });
    prices.collect()
}

/// An amount in micro-units.
fn price(name: &Spanned<String>, amount: f64) -> Result<i64, Fault> {
    if amount < 0.0 {
        return Err(fault(name, "a rate is not negative"));
    }
    if amount.is_nan() || amount > MOST {
        return Err(fault(name, "a rate is a number up to 1,000,000,000"));
    }
    // Rounded: a decimal of six digits is then exact.
    Ok((amount * 1e6).round() as i64)
}
