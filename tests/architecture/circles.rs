//! Which modules of a layer name each other, directly or on a way round. A module is a file. What a
//! module only passes on (`pub use`) counts for the module that defines it.

use super::scanner::paths;
use super::syntax::{closing, parts, word};
use std::collections::{BTreeMap, BTreeSet};

/// The modules of a crate: path such as `engine::worker`, and what it says.
pub struct Modules {
    files: BTreeMap<String, Module>,
}

#[derive(Default)]
struct Module {
    /// Names of items that are declared here.
    items: BTreeSet<String>,
    /// Names that stand for paths elsewhere.
    names: BTreeMap<String, String>,
    /// Modules and enums all of whose names are here.
    globs: Vec<String>,
    /// Paths that the code names, without those that it only passes on.
    uses: BTreeSet<String>,
}

/// Path of the module that is a file: `engine::worker` of `engine/worker.rs`.
fn module_of(file: &str) -> String {
    let stem = file.trim_end_matches(".rs").trim_end_matches("/mod");
    stem.replace('/', "::")
}

/// The path above, empty for the root.
fn above(path: &str) -> &str {
    path.rsplit_once("::").map_or("", |(above, _)| above)
}

fn join(base: &str, rest: &str) -> String {
    if base.is_empty() || rest.is_empty() {
        format!("{base}{rest}")
    } else {
        format!("{base}::{rest}")
    }
}

/// A path without its `crate`, `self` and `super`, as it stands in `module`; `None` where it begins
/// with another word.
fn absolute(module: &str, path: &str) -> Option<String> {
    let (mut base, mut rest) = (None, path);
    loop {
        let (first, more) = rest.split_once("::").unwrap_or((rest, ""));
        base = match (first, base) {
            ("crate", None) => Some(""),
            ("self", found) => Some(found.unwrap_or(module)),
            ("super", found) => Some(above(found.unwrap_or(module))),
            (_, base) => return base.map(|base| join(base, rest)),
        };
        rest = more;
    }
}

/// The paths of a use tree with the names that they get.
fn leaves(tree: &str, prefix: &str, found: &mut Vec<(String, String)>) {
    let tree = tree.trim();
    if let Some(open) = tree.find('{') {
        let prefix = join(prefix, tree[..open].trim_end_matches("::"));
        for part in parts(&tree[open + 1..closing(tree, open) - 1]) {
            leaves(part, &prefix, found);
        }
        return;
    }
    let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
    let path = join(prefix, path.trim());
    let path = path.trim_end_matches("::self").to_owned();
    let last = path.rsplit("::").next().unwrap_or_default().to_owned();
    found.push((
        path,
        if name.is_empty() {
            last
        } else {
            name.trim().to_owned()
        },
    ));
}

/// Places of the use declarations of a text, from `use` to the semicolon, and whether each is public.
fn declarations(text: &str) -> Vec<(usize, usize, bool)> {
    let starts = text.match_indices("use ").filter(|&(at, _)| {
        let line = text[..at]
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .trim_start();
        line.is_empty() || line.starts_with("pub")
    });
    let place = |(at, _): (usize, &str)| {
        let end = at + text[at..].find(';')?;
        let line = text[..at].rsplit('\n').next()?;
        Some((at, end, line.contains("pub")))
    };
    starts.filter_map(place).collect()
}

const ITEMS: [&str; 9] = [
    "struct ",
    "enum ",
    "trait ",
    "fn ",
    "const ",
    "static ",
    "type ",
    "mod ",
    "macro_rules! ",
];

impl Modules {
    /// Of files, as `code()` gives them.
    pub fn new(files: &[(String, String)]) -> Self {
        let module = |(file, text): &(String, String)| {
            let path = module_of(file);
            (path.clone(), Module::new(&path, text))
        };
        Modules {
            files: files.iter().map(module).collect(),
        }
    }

    /// The module that defines what a path names, by way of what others pass on.
    fn home(&self, path: &str, depth: usize) -> Option<&str> {
        let (mut at, mut rest) = (path, Vec::new());
        let (name, module) = loop {
            if let Some(found) = self.files.get_key_value(at) {
                break found;
            }
            rest.push(at.rsplit("::").next().unwrap_or(at));
            if at.is_empty() || !at.contains("::") {
                return None;
            }
            at = above(at);
        };
        let Some(first) = rest.last().filter(|_| depth < 9) else {
            return Some(name);
        };
        if module.items.contains(*first) {
            return Some(name);
        }
        if let Some(there) = module.names.get(*first) {
            return self.home(there, depth + 1);
        }
        let by_glob = module.globs.iter().find_map(|glob| {
            let home = self.home(&join(glob, first), depth + 1)?;
            self.files[home].items.contains(*first).then_some(home)
        });
        by_glob.or(Some(name))
    }

    /// Of every module of a layer, the other modules of that layer that it names.
    fn graph(&self, layer: &str) -> BTreeMap<&str, BTreeSet<&str>> {
        let inside = |path: &str| path == layer || path.starts_with(&format!("{layer}::"));
        let own = self.files.iter().filter(|(path, _)| inside(path));
        own.map(|(path, module)| {
            let homes = module.uses.iter().filter_map(|used| self.home(used, 0));
            let homes = homes.filter(|home| inside(home) && home != path);
            (path.as_str(), homes.collect())
        })
        .collect()
    }

    /// The groups of modules of a layer that all reach each other, the largest first.
    pub fn circles(&self, layer: &str) -> Vec<BTreeSet<&str>> {
        let graph = self.graph(layer);
        let reached = |from: &str| {
            let mut seen = BTreeSet::new();
            let mut open: Vec<&str> = graph[from].iter().copied().collect();
            while let Some(at) = open.pop() {
                if seen.insert(at) {
                    open.extend(&graph[at]);
                }
            }
            seen
        };
        let reach: BTreeMap<&str, BTreeSet<&str>> =
            graph.keys().map(|&path| (path, reached(path))).collect();
        let circle = |path: &str| -> BTreeSet<&str> {
            let both = reach[path]
                .iter()
                .filter(|other| reach[*other].contains(path));
            both.copied().collect()
        };
        let mut found: Vec<BTreeSet<&str>> = graph.keys().map(|path| circle(path)).collect();
        found.retain(|circle| circle.len() > 1);
        found.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        found.dedup();
        found
    }

    /// How many modules a layer has.
    pub fn count(&self, layer: &str) -> usize {
        self.graph(layer).len()
    }
}

impl Module {
    fn new(path: &str, text: &str) -> Self {
        let mut module = Module::default();
        let mut rest = String::new();
        let mut from = 0;
        let declarations = declarations(text);
        for (begin, end, _) in &declarations {
            rest.push_str(&text[from..*begin]);
            from = *end;
        }
        rest.push_str(&text[from..]);
        for child in modules_declared(&rest) {
            module.names.insert(child.clone(), join(path, &child));
        }
        for (begin, end, public) in declarations {
            let mut found = Vec::new();
            leaves(&text[begin + 4..end], "", &mut found);
            for (used, name) in found {
                match module.resolve(path, &used) {
                    Some(used) => module.declare(used, name, public),
                    // What is passed on of another crate is as good as its own.
                    None => {
                        module.items.insert(name);
                    }
                }
            }
        }
        module.items.extend(items(&rest));
        let names: Vec<String> = module.names.keys().cloned().collect();
        for root in ["crate", "super", "self"]
            .into_iter()
            .chain(names.iter().map(String::as_str))
        {
            for (_, used) in paths(&rest, root) {
                let used = module.resolve(path, &format!("{root}::{used}"));
                module.uses.extend(used);
            }
        }
        module
    }

    /// The path from the root of the crate; `None` for other crates.
    fn resolve(&self, module: &str, path: &str) -> Option<String> {
        let (first, rest) = path.split_once("::").unwrap_or((path, ""));
        let known = self.names.get(first).map(|there| join(there, rest));
        known.or_else(|| absolute(module, path))
    }

    fn declare(&mut self, used: String, name: String, public: bool) {
        if !public {
            self.uses.insert(used.trim_end_matches("::*").to_owned());
        }
        if let Some(glob) = used.strip_suffix("::*") {
            self.globs.push(glob.to_owned());
        } else {
            self.names.insert(name, used);
        }
    }
}

/// Names of the items that a text declares; modules in files of their own are none.
fn items(text: &str) -> BTreeSet<String> {
    let declared = |keyword: &'static str| {
        text.match_indices(keyword).filter_map(move |(at, _)| {
            let name = word(&text[at + keyword.len()..]);
            let is_file = keyword == "mod " && text[at + 4 + name.len()..].starts_with(';');
            let whole = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            (whole && !is_file).then(|| name.to_owned())
        })
    };
    ITEMS.into_iter().flat_map(declared).collect()
}

/// Names of the modules that have files of their own.
fn modules_declared(text: &str) -> Vec<String> {
    let found = text.match_indices("mod ").filter_map(|(at, _)| {
        let name = word(&text[at + 4..]);
        let is_file = text[at + 4 + name.len()..].starts_with(';');
        is_file.then(|| name.to_owned())
    });
    found.collect()
}

#[test]
fn circles_are_found_behind_what_is_passed_on() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut files = vec![
        file(
            "a/mod.rs",
            "mod x;\nmod y;\nmod z;\npub use x::X;\npub use z::*;",
        ),
        file("a/x.rs", "use super::y::Y;\npub struct X;"),
        file("a/y.rs", "use crate::{a::Z, b};\npub struct Y;"),
        file("a/z.rs", "pub struct Z;"),
    ];
    assert!(Modules::new(&files).circles("a").is_empty());
    files[3].1.push_str("\nuse super::{X as Other};");
    let modules = Modules::new(&files);
    let circles = modules.circles("a");
    assert_eq!(circles, [BTreeSet::from(["a::x", "a::y", "a::z"])]);
    assert_eq!(modules.count("a"), 4);
    files[3].1 = "pub struct Z;".to_owned();
    files[0].1.push_str("\nfn f() { x::g() }");
    assert!(Modules::new(&files).circles("a").is_empty());
    files[1].1.push_str("\nuse super::f;");
    assert_eq!(Modules::new(&files).circles("a").len(), 1);
}
