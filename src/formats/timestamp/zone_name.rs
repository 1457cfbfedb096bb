//! Names of zones in timestamps: abbreviations such as CEST, and names such as Europe/Berlin. A name is
//! never read over: where it is unknown, or several zones use it, the timestamp is refused.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, Tz};

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneName {
    /// Minutes east of UTC, always.
    At(i32),
    /// What the clocks of this zone show.
    In(Tz),
    /// Several zones with other offsets use this abbreviation, or none that is known: its letters,
    /// in upper case.
    Doubtful([u8; 6]),
}

/// Abbreviations of one meaning, in hours and minutes east of UTC: those of RFC 2822, and those of
/// zones that no other zone calls so.
const FIXED: &[(&str, i32, i32)] = &[
    ("Z", 0, 0),
    ("UTC", 0, 0),
    ("UT", 0, 0),
    ("GMT", 0, 0),
    ("UCT", 0, 0),
    ("ZULU", 0, 0),
    // RFC 2822 also has CST and CDT, but China and Cuba use these names, too.
    ("EST", -5, 0),
    ("EDT", -4, 0),
    ("MDT", -6, 0),
    ("MST", -7, 0),
    ("PST", -8, 0),
    ("PDT", -7, 0),
    ("AKST", -9, 0),
    ("AKDT", -8, 0),
    ("HST", -10, 0),
    ("NST", -3, 30),
    ("NDT", -2, 30),
    ("BRT", -3, 0),
    ("BRST", -2, 0),
    ("ART", -3, 0),
    ("COT", -5, 0),
    ("PET", -5, 0),
    ("WET", 0, 0),
    ("WEST", 1, 0),
    ("CET", 1, 0),
    ("CEST", 2, 0),
    ("MEZ", 1, 0),
    ("MESZ", 2, 0),
    ("MET", 1, 0),
    ("MEST", 2, 0),
    ("EET", 2, 0),
    ("EEST", 3, 0),
    ("TRT", 3, 0),
    ("CAT", 2, 0),
    ("EAT", 3, 0),
    ("SAST", 2, 0),
    ("PKT", 5, 0),
    ("NPT", 5, 45),
    ("ICT", 7, 0),
    ("WIB", 7, 0),
    ("WITA", 8, 0),
    ("SGT", 8, 0),
    ("HKT", 8, 0),
    ("MYT", 8, 0),
    ("AWST", 8, 0),
    ("JST", 9, 0),
    ("KST", 9, 0),
    ("ACST", 9, 30),
    ("ACDT", 10, 30),
    ("AEST", 10, 0),
    ("AEDT", 11, 0),
    ("NZST", 12, 0),
    ("NZDT", 13, 0),
];

/// Abbreviations of zones whose offset changed.
const MOVED: &[(&str, Tz)] = &[
    ("MSK", Tz::Europe__Moscow),
    ("YEKT", Tz::Asia__Yekaterinburg),
    ("OMST", Tz::Asia__Omsk),
    ("KRAT", Tz::Asia__Krasnoyarsk),
    ("IRKT", Tz::Asia__Irkutsk),
    ("VLAT", Tz::Asia__Vladivostok),
];

impl ZoneName {
    /// What a word says; `None` where it does not look like the name of a zone.
    pub fn of(word: &[u8]) -> Option<Self> {
        let word = std::str::from_utf8(word).ok()?;
        let fixed = FIXED
            .iter()
            .find(|(name, ..)| name.eq_ignore_ascii_case(word));
        if let Some((_, hours, minutes)) = fixed {
            // Minutes have the sign of the hours.
            let sign = if *hours < 0 { -1 } else { 1 };
            return Some(ZoneName::At(hours * 60 + sign * minutes));
        }
        if let Some((_, tz)) = MOVED
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
        {
            return Some(ZoneName::In(*tz));
        }
        let letters = word.bytes().all(|b| b.is_ascii_uppercase());
        if (2..=6).contains(&word.len()) && letters && word != "AM" && word != "PM" {
            let mut name = [0; 6];
            name[..word.len()].copy_from_slice(word.as_bytes());
            return Some(ZoneName::Doubtful(name));
        }
        let named = word.contains('/') && word.starts_with(|c: char| c.is_ascii_uppercase());
        named.then(|| {
            word.parse()
                .map_or(ZoneName::Doubtful([0; 6]), ZoneName::In)
        })
    }

    /// The letters of a doubtful name.
    fn letters(name: &[u8; 6]) -> &str {
        let n = name.iter().position(|b| *b == 0).unwrap_or(name.len());
        std::str::from_utf8(&name[..n]).unwrap_or_default()
    }

    /// Minutes east of UTC by which `tz` calls itself so at a time of its clocks, microseconds since 1970;
    /// `None` where it does not.
    pub fn offset_in(name: [u8; 6], tz: Tz, local: i64) -> Option<i32> {
        let wall = DateTime::from_timestamp_micros(local)?.naive_utc();
        let at = tz.offset_from_local_datetime(&wall);
        // Where clocks go back, a time occurs twice.
        let offsets = [at.earliest(), at.latest()];
        let fits = offsets
            .into_iter()
            .flatten()
            .find(|offset| offset.abbreviation() == Some(Self::letters(&name)));
        Some(fits?.fix().local_minus_utc() / 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::TZ_VARIANTS;
    use hashbrown::{HashMap, HashSet};

    /// Offsets in minutes by abbreviation, of all zones in January and July of 2001 to 2024.
    fn used() -> HashMap<String, HashSet<i32>> {
        let mut used: HashMap<String, HashSet<i32>> = HashMap::new();
        for tz in TZ_VARIANTS {
            for half_year in 0..48 {
                let at = DateTime::from_timestamp(979_000_000 + half_year * 15_778_800, 0).unwrap();
                let offset = tz.offset_from_utc_datetime(&at.naive_utc());
                let name = offset.abbreviation().unwrap_or_default().to_owned();
                used.entry(name)
                    .or_default()
                    .insert(offset.fix().local_minus_utc() / 60);
            }
        }
        used
    }

    #[test]
    fn fixed_abbreviations_are_those_of_the_zones() {
        let used = used();
        for (name, ..) in FIXED {
            let Some(ZoneName::At(minutes)) = ZoneName::of(name.as_bytes()) else {
                panic!("{name}");
            };
            if let Some(offsets) = used.get(*name) {
                // Manila has called its own time PST since 2024, Pyongyang its KST for some years.
                let alone = offsets.len() == 1 || matches!(*name, "PST" | "KST" | "PDT");
                assert!(offsets.contains(&minutes) && alone, "{name} {offsets:?}");
            }
        }
    }

    #[test]
    fn doubtful_and_unknown_names_have_no_offset_of_their_own() {
        for name in ["CST", "IST", "BST", "AST", "XYZ", "ECT"] {
            let zone = ZoneName::of(name.as_bytes());
            assert!(matches!(zone, Some(ZoneName::Doubtful(_))), "{name}");
        }
        assert_eq!(
            ZoneName::of(b"Europe/Berlin"),
            Some(ZoneName::In(Tz::Europe__Berlin))
        );
        assert_eq!(
            ZoneName::of(b"Europe/Nowhere"),
            Some(ZoneName::Doubtful([0; 6]))
        );
        assert_eq!(ZoneName::of(b"Uhr"), None);
        let Some(ZoneName::Doubtful(cst)) = ZoneName::of(b"CST") else {
            panic!();
        };
        let march = 1_709_632_800_000_000;
        assert_eq!(
            ZoneName::offset_in(cst, Tz::America__Chicago, march),
            Some(-360)
        );
        assert_eq!(
            ZoneName::offset_in(cst, Tz::Asia__Shanghai, march),
            Some(480)
        );
        assert_eq!(ZoneName::offset_in(cst, Tz::Europe__Berlin, march), None);
    }
}
