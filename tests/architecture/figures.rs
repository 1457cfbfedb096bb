//! Figures of the structure and the language of the sources, and the test that none of those in
//! `baseline.txt` rises. `cargo test --test architecture -- --nocapture figures` prints all of them.

use super::circles::Modules;
use super::files::{code, opens_badly, sources};
use super::layer_of;
use super::ratchet::{self, Counted};
use super::scanner::{TEST_LINE, line_of};
use super::syntax::{Enum, Function, closing, enums, functions, only_call, parts, word};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Layers whose modules may one day name each other in one direction only.
const UNTANGLED: [&str; 3] = ["engine", "app", "panes"];

/// What every collection has, though it only asks what it holds.
const SIZES: [&str; 2] = ["len", "is_empty"];

/// A file of `code()` with its functions.
struct File<'a> {
    name: &'a str,
    text: &'a str,
    functions: Vec<Function<'a>>,
}

impl<'a> File<'a> {
    fn new(name: &'a str, text: &'a str) -> Self {
        File {
            name,
            text,
            functions: functions(text),
        }
    }
}

/// Text behind the last `.` or `::` of a callee.
fn last_name(callee: &str) -> &str {
    callee.rsplit(['.', ':']).next().unwrap_or(callee).trim()
}

/// The callee and the arguments of a function that only calls another of its name.
fn same_name<'a>(function: &Function<'a>) -> Option<(&'a str, Vec<&'a str>)> {
    let (callee, arguments) = only_call(function.body?)?;
    let other = last_name(callee) == function.name && callee != function.name;
    other.then_some((callee, arguments))
}

/// Whether the arguments are the function's own parameters, in their order.
fn passes_on(function: &Function<'_>) -> bool {
    let bare = |text: &str| {
        let text = text.trim_start_matches(['&', '*', ' ']);
        text.trim_start_matches("mut ").to_owned()
    };
    let is_self = |text: &String| word(text) == "self";
    let Some((_, arguments)) = same_name(function) else {
        return false;
    };
    let mut given: Vec<String> = arguments.iter().map(|a| bare(a)).collect();
    let mut own: Vec<String> = function.parameters.iter().map(|p| bare(p.0)).collect();
    given.retain(|argument| !is_self(argument));
    own.retain(|pattern| !is_self(pattern) && !pattern.ends_with(" self"));
    given == own
}

/// Places of the bodies of `impl Trait for Type`: their functions are what the trait demands.
fn trait_impls(text: &str) -> Vec<Range<usize>> {
    let found = text.match_indices("impl").filter_map(|(at, _)| {
        let begins = at == 0 || text[..at].ends_with(['\n', ' ']);
        let open = at + text[at..].find('{')?;
        let head = &text[at..open];
        let is_one = begins && head.contains(" for ") && !head.contains(';');
        is_one.then(|| open..closing(text, open))
    });
    found.collect()
}

fn pane_forwarders(files: &[File<'_>]) -> Vec<String> {
    let panes = files.iter().filter(|file| file.name.starts_with("panes/"));
    let found = panes.flat_map(|file| {
        let forwards = file.functions.iter().filter(|f| same_name(f).is_some());
        forwards.map(|f| format!("{}:{} {}", file.name, f.line, f.name))
    });
    found.collect()
}

fn other_forwarders(files: &[File<'_>]) -> Vec<String> {
    let others = files.iter().filter(|file| !file.name.starts_with("panes/"));
    let found = others.flat_map(|file| {
        let demanded = trait_impls(file.text);
        let own = move |f: &&Function<'_>| {
            !SIZES.contains(&f.name) && !demanded.iter().any(|r| r.contains(&f.range.start))
        };
        let forwards = file.functions.iter().filter(own).filter(|f| passes_on(f));
        forwards.map(|f| format!("{}:{} {}", file.name, f.line, f.name))
    });
    found.collect()
}

/// Whether the variants are the kinds of columns: what holds something else per kind is no twin.
fn is_per_kind(variants: &[String]) -> bool {
    let names = variants.iter().map(|variant| word(variant));
    names.eq(["Instant", "Number", "Text"])
}

/// Enums of different files with the same variants, one finding per enum beyond the first.
fn twin_enums(files: &[File<'_>]) -> Vec<String> {
    let mut alike: BTreeMap<Vec<String>, Vec<(&str, Enum<'_>)>> = BTreeMap::new();
    for file in files {
        for found in enums(file.text) {
            if found.variants.len() > 1 && !is_per_kind(&found.variants) {
                let same = alike.entry(found.variants.clone()).or_default();
                same.push((file.name, found));
            }
        }
    }
    let twins = alike.into_values().flat_map(|same| {
        let place =
            |(file, found): &(&str, Enum<'_>)| format!("{file}:{} {}", found.line, found.name);
        let first = place(&same[0]);
        let others = same.iter().skip(1).filter(|(file, _)| *file != same[0].0);
        others
            .map(|twin| format!("{} = {first}", place(twin)))
            .collect::<Vec<_>>()
    });
    twins.collect()
}

fn modules_in_circles(modules: &Modules, layer: &str) -> Vec<String> {
    let circles = modules.circles(layer);
    circles.into_iter().flatten().map(str::to_owned).collect()
}

/// Parameters whose type is a tuple of two or more.
fn tuples(files: &[File<'_>]) -> Vec<String> {
    let is_tuple = |kind: &str| {
        let kind = kind.trim_start_matches('&');
        let kind = match kind.strip_prefix('\'') {
            Some(rest) => rest.split_once(' ').map_or("", |(_, kind)| kind),
            None => kind,
        };
        let inner = kind.trim_start_matches("mut ").strip_prefix('(');
        let inner = inner.and_then(|inner| inner.strip_suffix(')'));
        inner.is_some_and(|inner| parts(inner).len() > 1)
    };
    let found = files.iter().flat_map(|file| {
        file.functions.iter().flat_map(move |function| {
            let packed = function.parameters.iter().filter(move |p| is_tuple(p.1));
            packed.map(|p| format!("{}:{} {}({})", file.name, function.line, function.name, p.0))
        })
    });
    found.collect()
}

/// The comments of one file outside its tests.
#[derive(Default)]
struct Comments {
    lines: usize,
    /// Lines of `///` and `//!`.
    docs: usize,
    /// Those of them that open with a word that none should open with.
    openings: usize,
    /// Lines of `//` inside of functions.
    inside: usize,
    /// Other lines of `//`.
    outside: usize,
}

fn comments(file: &File<'_>, raw: &str) -> Comments {
    let mut found = Comments::default();
    let bodies: Vec<_> = file
        .functions
        .iter()
        .map(|f| line_of(file.text, f.range.start)..=line_of(file.text, f.range.end))
        .collect();
    for (at, (line, blanked)) in raw.lines().zip(file.text.lines()).enumerate() {
        if blanked.contains(TEST_LINE) {
            continue;
        }
        found.lines += 1;
        let line = line.trim_start();
        if let Some(text) = line.strip_prefix("///").or(line.strip_prefix("//!")) {
            found.docs += 1;
            found.openings += usize::from(opens_badly(text.trim()));
        } else if line.starts_with("//") {
            if bodies.iter().any(|body| body.contains(&(at + 1))) {
                found.inside += 1;
            } else {
                found.outside += 1;
            }
        }
    }
    found
}

/// Lines and files of every layer, comments and circles, which are printed only.
fn overview(files: &[File<'_>], modules: &Modules) -> String {
    let raw: BTreeMap<String, String> = sources().into_iter().collect();
    let mut layers: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut all = Comments::default();
    for file in files {
        let found = comments(file, &raw[file.name]);
        let layer = layers.entry(layer_of(file.name)).or_default();
        *layer = (layer.0 + 1, layer.1 + found.lines);
        all.lines += found.lines;
        all.inside += found.inside;
        all.outside += found.outside;
        all.docs += found.docs;
        all.openings += found.openings;
    }
    layers.insert("(all)", (files.len(), all.lines));
    let share = |n: usize, of: usize| 100.0 * n as f64 / of.max(1) as f64;
    let mut lines: Vec<String> = layers
        .into_iter()
        .map(|(layer, (n, lines))| format!("{layer:<12} {n:>4} files {lines:>6} lines"))
        .collect();
    let (bad, inside) = (share(all.openings, all.docs), share(all.inside, all.lines));
    let (openings, docs) = (all.openings, all.docs);
    lines.push(format!(
        "doc openings: {openings} of {docs} doc lines, {bad:.1} %"
    ));
    lines.push(format!(
        "comments inside functions: {}, {inside:.2} % of lines; outside: {}",
        all.inside, all.outside
    ));
    lines.extend(UNTANGLED.iter().map(|layer| {
        let circles: Vec<usize> = modules.circles(layer).iter().map(BTreeSet::len).collect();
        let n = modules.count(layer);
        format!("circles in {layer}: {circles:?} of {n} modules")
    }));
    lines.join("\n")
}

/// All that may only fall.
fn counted(files: &[File<'_>], modules: &Modules) -> Vec<Counted> {
    let circles = |layer| modules_in_circles(modules, layer);
    let found = [
        ("pane forwarders", pane_forwarders(files)),
        ("other forwarders", other_forwarders(files)),
        ("twin enums", twin_enums(files)),
        ("tuple parameters", tuples(files)),
        ("modules in circles: engine", circles("engine")),
        ("modules in circles: app", circles("app")),
        ("modules in circles: panes", circles("panes")),
    ];
    let exact = |(name, findings)| Counted {
        name,
        findings,
        slack: 0,
    };
    found.into_iter().map(exact).collect()
}

/// Prints all figures, and compares those that are counted with the baseline.
#[test]
fn figures_do_not_rise() {
    let code = code();
    let files: Vec<File<'_>> = code
        .iter()
        .map(|(name, text)| File::new(name, text))
        .collect();
    let modules = Modules::new(&code);
    let counted = counted(&files, &modules);
    println!("{}", overview(&files, &modules));
    println!("{}", ratchet::listing(&counted));
    ratchet::compare("tests/architecture/baseline.txt", &counted);
}

#[test]
fn figures_can_be_found() {
    let file = File::new;
    let pane = [file(
        "panes/a/mod.rs",
        "fn copy(&self, what: What) -> T { self.list.copy(what, 1) }\nfn other(&self) { self.list.copy() }",
    )];
    assert_eq!(pane_forwarders(&pane), ["panes/a/mod.rs:1 copy"]);
    let other = [file(
        "app/b.rs",
        "fn f(&mut self, a: &str, b: u8) { super::f(&mut self.x, a, b); }\n\
         fn g(&self, a: u8) -> u8 { self.x.g(a, 1) }\n\
         impl T for U { fn h(&self) -> u8 { self.x.h() } }",
    )];
    assert_eq!(other_forwarders(&other), ["app/b.rs:1 f"]);
    let enums = [
        file(
            "a.rs",
            "enum A { One, Two(u8) }\nenum B { Two, One }\nenum C { One, Three }",
        ),
        file("b.rs", "pub enum D {\n    Two(#[x] u8),\n    One,\n}"),
    ];
    assert_eq!(twin_enums(&enums), ["b.rs:1 D = a.rs:1 A"]);
    let packed = [file(
        "a.rs",
        "fn f(a: &'a (u8, u8), b: (u8), c: &[(u8, u8)], (d, e): (u8, T<A, B>)) {}",
    )];
    assert_eq!(tuples(&packed), ["a.rs:1 f(a)", "a.rs:1 f((d, e))"]);
    let text = "/// What it is.\n/// How far; Whether.\nfn f() {\n    // Why.\n    g();\n}\n// Not inside.\n";
    let blanked = super::blank(text);
    let found = comments(&file("a.rs", &blanked), text);
    assert_eq!(
        (found.lines, found.docs, found.inside, found.outside),
        (7, 2, 1, 1)
    );
}
