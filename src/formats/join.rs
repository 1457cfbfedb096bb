//! Several inputs as one log: each is read by its own format and options, then they are merged.
//! Facts that one of them shows, and another of its kind leaves open, hold for both.

use super::text::shown;
use super::{
    Bytes, DateOrder, ImportError, ImportReport, Lifecycle, Loaded, LogOptions, Notice,
    ReadOptions, ReadPlan, Reject, Warning, apply_lifecycle, format_for,
};
use crate::event_log::merge::{Part, merge, mixed_columns};
use crate::event_log::{BuildFacts, ColumnKind, EventLog, Progress};
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// Reads all inputs, one by one. A single one is as its format gives it; of several, each event
/// bears its source.
pub fn read(
    inputs: &[&dyn Bytes],
    plan: &ReadPlan,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    match (inputs, plan.logs.as_slice()) {
        ([], _) | (_, []) => Err(ImportError::Usage("no log is given".into())),
        ([input], [log]) if log.activity_prefix.is_empty() => one(*input, &log.read, progress),
        (inputs, logs) => {
            let read = |file: usize, options: &ReadOptions| {
                one(inputs[file], options, progress)
                    .map_err(|error| in_file(file, inputs.len(), error))
            };
            let files = 0..inputs.len().min(logs.len());
            let parts = files.map(|file| read(file, &logs[file].read));
            let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
            for (file, options) in better_options(&parts, logs) {
                // The first reading need not be held beside the second.
                parts[file].log = EventLog::default();
                parts[file] = read(file, &options)?;
            }
            joined(parts, &sources(inputs, logs), plan)
        }
    }
}

/// Reads one input by its format, and notes whether it changed meanwhile.
fn one(
    input: &dyn Bytes,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let mut loaded = (format_for(input, options)?.read)(input, options, progress)?;
    if progress.was_stopped() || input.is_open() {
        warn_of_stop(&mut loaded.report);
    }
    if input.changed()? {
        loaded.report.incomplete = true;
        let sentence = "the file was changed while it was read";
        loaded.report.warn(Warning::FileChanged, sentence);
    }
    Ok(loaded)
}

/// Says that the reading was stopped.
pub(super) fn warn_of_stop(report: &mut ImportReport) {
    report.incomplete = true;
    // The end that was asked for is no damage.
    report.warnings.remove(&Warning::Incomplete);
    let sentence = "the reading was stopped; the log is what was read so far";
    report.warn(Warning::Stopped, sentence);
}

/// Options by which some inputs must be read again for all of them to be of one piece.
pub(super) fn better_options(parts: &[Loaded], logs: &[LogOptions]) -> Vec<(usize, ReadOptions)> {
    // What is a number here and a text there is a text, as it stands in the file.
    let of_parts: Vec<&EventLog> = parts.iter().map(|p| &p.log).collect();
    let mixed = mixed_columns(&of_parts);
    let typed = |log: &EventLog, name: &String| {
        let column = log.column(name);
        column.is_some_and(|c| c.kind() != ColumnKind::Text)
    };
    let mut better = Vec::new();
    for (file, (part, log)) in parts.iter().zip(logs).enumerate() {
        let texts = mixed.iter().any(|name| typed(&part.log, name));
        let order = order_to_follow(parts, part);
        if texts || order.is_some() {
            let mut options = log.read.clone();
            options
                .texts
                .extend(mixed.iter().filter(|_| texts).cloned());
            options.date_hint = order;
            better.push((file, options));
        }
    }
    better
}

/// The order of day and month that logs with the same columns tell, where this one does not.
fn order_to_follow(parts: &[Loaded], part: &Loaded) -> Option<DateOrder> {
    if !part
        .report
        .warnings
        .contains_key(&Warning::AmbiguousDateOrder)
    {
        return None;
    }
    let mut orders = parts
        .iter()
        .filter(|other| is_alike(other, part))
        .filter_map(|other| other.report.date_order);
    let first = orders.next()?;
    orders.all(|order| order == first).then_some(first)
}

/// Returns whether two logs look as if the same system wrote them.
fn is_alike(a: &Loaded, b: &Loaded) -> bool {
    let names = |log: &EventLog| -> Vec<String> {
        let mut names: Vec<String> = log.columns.iter().map(|c| c.name.clone()).collect();
        names.sort_unstable();
        names
    };
    a.report.format == b.report.format
        && a.log.roles == b.log.roles
        && names(&a.log) == names(&b.log)
}

/// Source of the events of each input, and the prefix of its activities.
pub(super) fn sources(inputs: &[&dyn Bytes], logs: &[LogOptions]) -> Vec<(String, String)> {
    let names: Vec<&str> = inputs.iter().map(|input| input.name()).collect();
    let labels = source_labels(&names).into_iter().zip(logs);
    let source = |(label, log): (String, &LogOptions)| {
        let given = Some(log.source.clone()).filter(|source| !source.is_empty());
        (given.unwrap_or(label), log.activity_prefix.clone())
    };
    labels.map(source).collect()
}

/// Source labels of inputs with these names: the name of the file without
/// folders and known endings, with more of the path where that does not distinguish them.
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
    // Ends at the latest with the fourth candidates, which differ by their number.
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
    const ENDINGS: [&str; 21] = [
        "gz", "zst", "csv", "tsv", "txt", "log", "xes", "xml", "json", "jsonl", "ndjson",
        "jsonocel", "xmlocel", "ocel", "mxml", "parquet", "arrow", "feather", "sqlite", "sqlite3",
        "db",
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
pub(super) fn in_file(file: usize, n: usize, error: ImportError) -> ImportError {
    match error {
        ImportError::Cancelled(_) => error,
        error if n > 1 => ImportError::In {
            file,
            error: Box::new(error),
        },
        error => error,
    }
}

/// The merged log. Where some logs bear starts and others do not, starts and completions of these
/// are paired before, each log on its own: in the merged log every row is an instance already.
pub(super) fn joined(
    mut parts: Vec<Loaded>,
    sources: &[(String, String)],
    plan: &ReadPlan,
) -> Result<Loaded, ImportError> {
    let n_events: usize = parts.iter().map(|p| p.log.n_events()).sum();
    if u32::try_from(n_events).is_err() {
        return Err(ImportError::Refused {
            line: None,
            message: format!("too many events in total: {n_events}"),
        });
    }
    let has_start = |part: &Loaded| part.log.has_instances();
    if parts.iter().any(has_start) && plan.lifecycle != Lifecycle::Events {
        for part in parts.iter_mut().filter(|part| !has_start(part)) {
            let log = std::mem::take(&mut part.log);
            part.log = apply_lifecycle(log, plan.lifecycle, &mut part.report);
        }
    }
    let mut facts = BuildFacts::default();
    let mut reports = Vec::with_capacity(parts.len());
    let mut logs = Vec::with_capacity(parts.len());
    for (part, (source, activity_prefix)) in parts.into_iter().zip(sources) {
        let disordered = part.facts.out_of_order_cases;
        facts.out_of_order_cases.extend(disordered);
        reports.push((source.as_str(), part.report));
        logs.push(Part {
            source: source.clone(),
            activity_prefix: activity_prefix.clone(),
            log: part.log,
        });
    }
    Ok(Loaded {
        report: joined_report(reports),
        log: merge(logs),
        facts,
    })
}

/// One report of those of all logs, each with the name of its source.
fn joined_report(reports: Vec<(&str, ImportReport)>) -> ImportReport {
    let mut all = ImportReport {
        mapping: joined_mapping(&reports),
        warnings: joined_warnings(&reports),
        ..ImportReport::default()
    };
    let mut encodings: Vec<String> = Vec::new();
    for (file, (_, report)) in reports.into_iter().enumerate() {
        if file == 0 {
            all.format = report.format;
        } else if all.format != report.format {
            "mixed".clone_into(&mut all.format);
        }
        if !report.encoding.is_empty() && !encodings.contains(&report.encoding) {
            encodings.push(report.encoding);
        }
        all.lines.add(report.lines);
        let room = super::report::MAX_REJECTS - all.rejects.len();
        let rejects = report.rejects.into_iter().take(room);
        all.rejects
            .extend(rejects.map(|reject| Reject { file, ..reject }));
        all.n_rejected += report.n_rejected;
        for (reason, n) in report.reasons {
            *all.reasons.entry(reason).or_default() += n;
        }
        all.incomplete |= report.incomplete;
        all.lone_starts += report.lone_starts;
    }
    all.encoding = encodings.join(", ");
    all
}

/// Mapping of the joined log: one entry where all logs agree, else one for each source.
fn joined_mapping(reports: &[(&str, ImportReport)]) -> Vec<(String, String)> {
    let mut mapping: Vec<(String, String)> = Vec::new();
    for (source, report) in reports {
        for (role, from) in &report.mapping {
            let here = (role.clone(), from.clone());
            let everywhere = reports.iter().all(|(_, r)| r.mapping.contains(&here));
            // A common entry is written once, without the name of a source.
            let entry = if everywhere {
                here
            } else {
                (format!("{role} of {source}"), here.1)
            };
            if !mapping.iter().any(|(known, _)| *known == entry.0) {
                mapping.push(entry);
            }
        }
    }
    mapping
}

/// Each warning with the sources that it is about.
fn joined_warnings(reports: &[(&str, ImportReport)]) -> BTreeMap<Warning, Notice> {
    const MOST: usize = 3;
    let mut by_warning: BTreeMap<Warning, Vec<(&Notice, &str)>> = BTreeMap::new();
    for (source, report) in reports {
        for (&warning, notice) in &report.warnings {
            let warnings = by_warning.entry(warning).or_default();
            warnings.push((notice, source));
        }
    }
    let joined = |warnings: Vec<(&Notice, &str)>| {
        let named = warnings
            .iter()
            .take(MOST)
            .map(|(notice, source)| format!("{} (in {})", notice.sentence, shown(source)));
        let mut named: Vec<String> = named.collect();
        if warnings.len() > MOST {
            named.push(format!("and in {} more logs", warnings.len() - MOST));
        }
        Notice {
            sentence: named.join("; "),
            setting: warnings
                .iter()
                .find_map(|(notice, _)| notice.setting.clone()),
        }
    };
    let joined = by_warning
        .into_iter()
        .map(|(warning, w)| (warning, joined(w)));
    joined.collect()
}

#[cfg(test)]
mod tests;
