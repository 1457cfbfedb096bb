//! The action table as Markdown, for the documentation: a test holds it to what is written there.

use super::defaults::{ACTIONS, ANYWHERE};
use std::fmt::Write as _;

/// One table for each group: keys, what they do, and the name that configuration and palette use.
pub fn markdown() -> String {
    let mut out = String::new();
    let mut group = "";
    for entry in ACTIONS {
        if entry.group != group {
            let gap = if group.is_empty() { "" } else { "\n" };
            group = entry.group;
            // Writing to a String does not fail.
            let _ = writeln!(out, "{gap}| {group} | | action |\n| --- | --- | --- |");
        }
        let keys: Vec<String> = entry.keys.iter().map(|keys| code(keys)).collect();
        let only = match entry.context {
            ANYWHERE => String::new(),
            context => format!(" ({context})"),
        };
        let (keys, doc, name) = (keys.join(" "), entry.doc, entry.name);
        let _ = writeln!(out, "| {keys} | {doc}{only} | `{name}` |");
    }
    out
}

/// A key as code; a bar would end the cell, a backtick the code.
fn code(keys: &str) -> String {
    if keys.contains('`') {
        return format!("`` {keys} ``");
    }
    format!("`{}`", keys.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_its_line() {
        let text = markdown();
        for entry in ACTIONS {
            assert!(
                text.contains(&format!("| `{}` |", entry.name)),
                "{}",
                entry.name
            );
        }
        assert!(text.starts_with("| Move | | action |\n| --- | --- | --- |\n| `k` `up` |"));
        assert!(text.contains("(filters)"));
    }
}
