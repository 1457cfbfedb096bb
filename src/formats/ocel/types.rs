//! Which type of objects makes the cases: the one that the user named, or the only one.

use crate::formats::text::shown;
use crate::formats::{ImportError, Setting};
use crate::text::did_you_mean;

/// Types that a message lists.
const MOST: usize = 20;

/// The type of that name, or the only one that has objects; `None` where there are no objects.
/// `types` are all with the number of their objects, largest first.
pub fn choose(
    types: &[(String, u64)],
    wanted: Option<&str>,
) -> Result<Option<String>, ImportError> {
    let Some(wanted) = wanted else {
        // Types that are only declared make no case, so they leave no choice.
        let mut some = types.iter().filter(|(_, n)| *n > 0);
        return match (some.next(), some.next()) {
            (None, _) => Ok(None),
            (Some((only, _)), None) => Ok(Some(only.clone())),
            (Some(_), Some(_)) => Err(several(types)),
        };
    };
    let exact = types.iter().find(|(name, _)| name == wanted);
    let lower = wanted.to_lowercase();
    let mut alike = types.iter().filter(|(n, _)| n.to_lowercase() == lower);
    let found = exact.or_else(|| alike.next().filter(|_| alike.next().is_none()));
    match found {
        Some((name, _)) => Ok(Some(name.clone())),
        None if types.is_empty() => Ok(None),
        None => Err(unknown(types, wanted)),
    }
}

fn several(types: &[(String, u64)]) -> ImportError {
    let error = ImportError::Usage(format!(
        "is an object-centric log of several types of objects: {}",
        list(types.iter())
    ));
    error.mendable([Setting::ObjectType])
}

fn unknown(types: &[(String, u64)], wanted: &str) -> ImportError {
    let with_objects = |near: &str| {
        let found = types.iter().find(|(name, _)| name == near);
        found.map_or_else(|| shown(near), counted)
    };
    let names = types.iter().map(|(name, _)| name.as_str());
    let hint = did_you_mean(wanted, names, with_objects);
    let wanted = shown(wanted);
    ImportError::Usage(format!("there is no type of objects {wanted}{hint}"))
}

/// Name and number of objects of a type.
fn counted((name, n): &(String, u64)) -> String {
    match n {
        1 => format!("{} (1 object)", shown(name)),
        n => format!("{} ({n} objects)", shown(name)),
    }
}

/// Names and numbers of objects.
fn list<'t>(types: impl ExactSizeIterator<Item = &'t (String, u64)>) -> String {
    let more = types.len().saturating_sub(MOST);
    let mut all: Vec<String> = types.take(MOST).map(counted).collect();
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types() -> Vec<(String, u64)> {
        [("Item", 20), ("Order", 3), ("Package", 1), ("Ghost", 0)]
            .map(|(name, n)| (name.to_owned(), n))
            .to_vec()
    }

    #[test]
    fn a_type_is_chosen_or_asked_for() {
        let told = |types: &[(String, u64)], wanted| match choose(types, wanted) {
            Ok(kind) => kind.unwrap_or_else(|| "none".into()),
            Err(error) => error.to_string(),
        };
        let all = types();
        assert_eq!(told(&all, Some("Order")), "Order");
        assert_eq!(told(&all, Some("item")), "Item");
        assert_eq!(told(&all[2..], None), "Package");
        assert_eq!(told(&[], None), "none");
        assert_eq!(told(&[], Some("Order")), "none");
        assert_eq!(
            told(&all, None),
            "is an object-centric log of several types of objects: \
             \"Item\" (20 objects), \"Order\" (3 objects), \"Package\" (1 object), \"Ghost\" (0 objects)"
        );
        assert_eq!(
            told(&all, Some("orders")),
            "there is no type of objects \"orders\"; did you mean \"Order\" (3 objects)?"
        );
    }
}
