//! Several inputs as one log: each is read by its own format and options, then they are merged.

use super::{
    Bytes, ImportError, ImportReport, Lines, Loaded, LogOptions, ReadOptions, Reject, format_of,
};
use crate::event_log::merge::{Part, merge, mixed_columns};
use crate::event_log::{BuildFacts, EventLog, Progress};
use hashbrown::HashMap;

/// Reads all inputs, one by one. A single one is as its format gives it; of several, each event
/// bears its source.
pub fn read(
    inputs: &[&dyn Bytes],
    logs: &[LogOptions],
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let one = |input: &dyn Bytes, options: &ReadOptions| {
        (format_of(input)?.read)(input, options, progress)
    };
    match (inputs, logs) {
        ([], _) | (_, []) => Err(ImportError::Usage("no log is given".into())),
        ([input], [log]) if log.activity_prefix.is_empty() => one(*input, &log.read),
        _ => {
            let of_file = |file: usize, error| in_file(file, inputs.len(), error);
            let pairs = inputs.iter().zip(logs).enumerate();
            let parts = pairs.clone().map(|(file, (input, log))| {
                one(*input, &log.read).map_err(|error| of_file(file, error))
            });
            let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
            // What is a number here and a text there is a text, as it stands in the file.
            let of_parts: Vec<&EventLog> = parts.iter().map(|p| &p.log).collect();
            let mixed = mixed_columns(&of_parts);
            for (file, (input, log)) in pairs {
                let loaded = &parts[file].log;
                let typed = |name: &String| {
                    let column = loaded.column(name);
                    column.is_some_and(|c| c.kind() != crate::event_log::ColumnKind::Text)
                };
                if mixed.iter().any(typed) {
                    let mut options = log.read.clone();
                    options.texts.extend(mixed.iter().cloned());
                    parts[file] = one(*input, &options).map_err(|error| of_file(file, error))?;
                }
            }
            Ok(joined(parts, logs))
        }
    }
}

/// What the events of inputs of these names bear as their source: the name of the file without
/// folders and known endings, with more of the path where that does not tell them apart.
pub fn source_labels(names: &[&str]) -> Vec<String> {
    // From short to long; the last is another for every input.
    let candidates = |i: usize| {
        let path = names[i];
        let file = path.rsplit('/').next().unwrap_or(path);
        [
            stem(file).to_owned(),
            file.to_owned(),
            path.to_owned(),
            format!("{path} ({})", i + 1),
        ]
    };
    let candidates: Vec<[String; 4]> = (0..names.len()).map(candidates).collect();
    let mut level = vec![0; names.len()];
    loop {
        let mut users: HashMap<&str, u32> = HashMap::new();
        for (labels, &level) in candidates.iter().zip(&level) {
            *users.entry(&labels[level]).or_default() += 1;
        }
        let shared = |i: usize| users[candidates[i][level[i]].as_str()] > 1 && level[i] < 3;
        let shared: Vec<usize> = (0..names.len()).filter(|&i| shared(i)).collect();
        if shared.is_empty() {
            let labels = candidates.iter().zip(level);
            return labels
                .map(|(labels, level)| labels[level].clone())
                .collect();
        }
        for i in shared {
            level[i] += 1;
        }
    }
}

/// A name of a file without the endings that say what it is.
fn stem(file: &str) -> &str {
    const ENDINGS: [&str; 18] = [
        "gz", "zst", "csv", "tsv", "txt", "log", "xes", "xml", "json", "jsonl", "ndjson",
        "jsonocel", "xmlocel", "ocel", "parquet", "sqlite", "sqlite3", "db",
    ];
    if file == "-" {
        return "standard input";
    }
    let mut stem = file;
    while let Some((name, ending)) = stem.rsplit_once('.') {
        if name.is_empty() || !ENDINGS.iter().any(|e| e.eq_ignore_ascii_case(ending)) {
            break;
        }
        stem = name;
    }
    stem
}

/// An error with the number of its input, where there are several.
fn in_file(file: usize, n: usize, error: ImportError) -> ImportError {
    match error {
        ImportError::Cancelled(_) => error,
        error if n > 1 => ImportError::In {
            file,
            error: Box::new(error),
        },
        error => error,
    }
}

fn joined(parts: Vec<Loaded>, logs: &[LogOptions]) -> Loaded {
    let mut report = ImportReport::default();
    let mut facts = BuildFacts::default();
    let mut merged = Vec::with_capacity(parts.len());
    let same_mapping = parts
        .windows(2)
        .all(|w| w[0].report.mapping == w[1].report.mapping);
    for (file, (part, log)) in parts.into_iter().zip(logs).enumerate() {
        facts.out_of_order_cases += part.facts.out_of_order_cases;
        add(&mut report, part.report, file, log, same_mapping);
        merged.push(Part {
            source: log.source.clone(),
            activity_prefix: log.activity_prefix.clone(),
            log: part.log,
        });
    }
    Loaded {
        log: merge(&merged),
        report,
        facts,
    }
}

/// Adds the report of one input to that of all.
fn add(
    all: &mut ImportReport,
    part: ImportReport,
    file: usize,
    log: &LogOptions,
    same_mapping: bool,
) {
    if file == 0 {
        all.format = part.format;
        all.encoding.clone_from(&part.encoding);
    } else {
        if all.format != part.format {
            all.format = "mixed";
        }
        if !all.encoding.split(", ").any(|e| e == part.encoding) {
            all.encoding = format!("{}, {}", all.encoding, part.encoding);
        }
    }
    add_lines(&mut all.lines, part.lines);
    for reject in part.rejects {
        if all.rejects.len() < super::report::MAX_REJECTS {
            all.rejects.push(Reject { file, ..reject });
        }
    }
    all.n_rejected += part.n_rejected;
    for (reason, n) in part.reasons {
        *all.reasons.entry(reason).or_default() += n;
    }
    let source = super::text::shown(&log.source);
    for (code, sentence) in part.warnings {
        all.warn(code, format!("{sentence} (in {source})"));
    }
    if !same_mapping {
        let named = part.mapping.into_iter();
        all.mapping
            .extend(named.map(|(role, from)| (format!("{role} of {}", log.source), from)));
    } else if file == 0 {
        all.mapping = part.mapping;
    }
    all.incomplete |= part.incomplete;
    all.lone_starts += part.lone_starts;
}

fn add_lines(all: &mut Lines, part: Lines) {
    all.read += part.read;
    all.header += part.header;
    all.blank += part.blank;
    all.loaded += part.loaded;
    all.rejected += part.rejected;
    all.continuation += part.continuation;
}
