//! Checks of the schemas of all lists.

use super::*;
use crate::engine::list::{List, Sort};
use crate::engine::queries::map_lists::{MapEdgesQuery, MapNodesQuery};
use crate::engine::queries::starts_ends::StartsEndsQuery;
use crate::engine::{
    ActivitiesQuery, BottlenecksQuery, CasesQuery, DeadlinesQuery, EdgesQuery, EndsQuery,
    LedgerQuery, LoadQuery, MilestonesQuery, NotesQuery, QueuesQuery, RULE_CASES, ResourcesQuery,
    SplitQuery, TimesQuery, TriageQuery, VariantsQuery, WhyQuery,
};
use crate::engine::{
    BarsQuery, ConformQuery, CoveredStagesQuery, DiscoverRulesQuery, FacetsQuery, FindingsQuery,
    FunnelQuery, HandoversQuery, PairedQuery, PingPongQuery, PredictQuery, RulesQuery,
    TouchpointsQuery, TriggersQuery,
};
use std::collections::BTreeSet;

/// Features that show all columns, for each kind of rows.
fn all_features() -> [Features; 3] {
    ["step", "activity", "resource"].map(|by| Features {
        actors: None,
        instances: true,
        suspended: true,
        resources: true,
        deadlines: true,
        costs: true,
        scores: true,
        extra: true,
        classes: true,
        by,
        journey: JourneyParts {
            score: true,
            nps: true,
            expect: true,
            outcome: true,
        },
        chosen: Vec::new(),
    })
}

/// Names that occur more than once, as sentences.
fn twice(what: &str, names: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let names = names.into_iter().map(Into::into);
    let again = names.filter(|name: &String| !seen.insert(name.clone()));
    again.map(|name| format!("{what} {name:?} twice")).collect()
}

/// Faults of a schema, as sentences.
fn faults<R>(schema: &Schema<R>) -> Vec<String> {
    let columns = schema.columns.iter();
    let mut faults = twice("column", columns.map(|c| c.name));
    // Columns may share a path if no call shows both.
    for features in all_features() {
        let shown = schema.own(Surface::Json, &features).into_iter();
        let paths = shown.map(|c| c.json).filter(|path| !path.is_empty());
        faults.extend(twice("path", paths));
    }
    let words = schema.sortable().into_iter();
    faults.extend(twice("word", words.map(Column::sort_word)));
    let lists = [schema.pane, schema.table, schema.json, schema.orders];
    for name in lists.into_iter().flatten() {
        if schema.column(name).is_none() {
            faults.push(format!("no column {name:?}"));
        }
    }
    for list in lists {
        faults.extend(twice("place of", list.iter().copied()));
    }
    for name in schema.orders {
        if schema.order(&ColumnKey::Own(name)).is_err() {
            faults.push(format!("{name:?} is no order"));
        }
    }
    if schema.orders.is_empty() {
        faults.push("no order".to_owned());
    }
    faults
}

/// Faults of a list: those of its schema, and words of `--sort` that are not parsed as printed.
fn faults_of<L: List>() -> Vec<String> {
    let schema = L::schema();
    let mut faults = faults(schema);
    for column in schema.sortable() {
        for descending in [false, true] {
            let column = column.name;
            let sort = Sort {
                column: ColumnKey::Own(column),
                descending,
            };
            if Sort::parse::<L>(&sort.word::<L>()).as_ref() != Ok(&sort) {
                faults.push(format!("{sort:?} is not parsed"));
            }
        }
    }
    let named = faults.into_iter();
    named
        .map(|fault| format!("{}: {fault}", schema.name))
        .collect()
}

#[test]
fn schemas_name_existing_columns_once() {
    let lists = [
        faults_of::<ActivitiesQuery>,
        faults_of::<BarsQuery>,
        faults_of::<BottlenecksQuery>,
        faults_of::<CasesQuery>,
        faults_of::<ConformQuery>,
        faults_of::<CoveredStagesQuery>,
        faults_of::<DeadlinesQuery>,
        || faults(&RULE_CASES),
        faults_of::<DiscoverRulesQuery>,
        faults_of::<EdgesQuery>,
        faults_of::<EndsQuery>,
        faults_of::<FacetsQuery>,
        faults_of::<FindingsQuery>,
        faults_of::<FunnelQuery>,
        faults_of::<HandoversQuery>,
        faults_of::<LedgerQuery>,
        faults_of::<LoadQuery>,
        faults_of::<MapEdgesQuery>,
        faults_of::<MapNodesQuery>,
        faults_of::<MilestonesQuery>,
        faults_of::<NotesQuery>,
        faults_of::<PairedQuery>,
        faults_of::<PingPongQuery>,
        faults_of::<PredictQuery>,
        faults_of::<QueuesQuery>,
        faults_of::<ResourcesQuery>,
        faults_of::<RulesQuery>,
        faults_of::<StartsEndsQuery>,
        faults_of::<SplitQuery>,
        faults_of::<TimesQuery>,
        faults_of::<TouchpointsQuery>,
        faults_of::<TriageQuery>,
        faults_of::<TriggersQuery>,
        faults_of::<VariantsQuery>,
        faults_of::<WhyQuery>,
    ];
    let faults: Vec<String> = lists.iter().flat_map(|faults| faults()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let queries = concat!(env!("CARGO_MANIFEST_DIR"), "/src/engine/queries");
    let files = std::fs::read_dir(queries).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
    for folder in folders {
        let of_folder = std::fs::read_dir(folder).unwrap();
        files.extend(of_folder.map(|file| file.unwrap().path()));
    }
    let declared = files.into_iter().map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.matches("pub static ")
            .filter(|_| text.contains(": Schema<"))
            .count()
    });
    assert_eq!(
        declared.sum::<usize>(),
        lists.len(),
        "a schema is not checked"
    );
}

/// Names of the figures that a pane shows with no word of what they are made of.
fn unexplained<L: List>() -> Vec<String> {
    let schema = L::schema();
    let mut names = BTreeSet::new();
    for features in all_features() {
        let shown = schema.own(Surface::Pane, &features).into_iter();
        let figures = shown.filter(|column| column.right || column.bar.is_some());
        let figures = figures.filter(|c| c.basis.is_none() && c.term.is_empty());
        names.extend(figures.map(|c| format!("{}: {}", schema.name, c.name)));
    }
    names.into_iter().collect()
}

#[test]
fn figures_of_panes_are_explained() {
    let names = [
        unexplained::<ActivitiesQuery>(),
        unexplained::<BottlenecksQuery>(),
        unexplained::<CasesQuery>(),
        unexplained::<CoveredStagesQuery>(),
        unexplained::<DeadlinesQuery>(),
        unexplained::<EndsQuery>(),
        unexplained::<HandoversQuery>(),
        unexplained::<LoadQuery>(),
        unexplained::<PingPongQuery>(),
        unexplained::<QueuesQuery>(),
        unexplained::<ResourcesQuery>(),
        unexplained::<RulesQuery>(),
        unexplained::<StartsEndsQuery>(),
        unexplained::<TouchpointsQuery>(),
        unexplained::<TriageQuery>(),
        unexplained::<TriggersQuery>(),
        unexplained::<VariantsQuery>(),
        unexplained::<WhyQuery>(),
    ];
    let none: [String; 0] = [];
    assert_eq!(names.concat(), none);
}

#[test]
fn faults_are_found() {
    type Of = Column<u64>;
    static WRONG: Schema<u64> = Schema {
        name: "wrong",
        key: |r| r.to_string(),
        columns: &[
            Of::new("a", |n| Value::Count(*n)).unsorted(),
            Of::new("b", |n| Value::Count(*n)).json("a"),
        ],
        pane: &["c"],
        table: &["b", "b"],
        json: &[],
        orders: &["a"],
        chosen: None,
    };
    assert_eq!(
        faults(&WRONG),
        [
            "path \"a\" twice",
            "path \"a\" twice",
            "path \"a\" twice",
            "no column \"c\"",
            "place of \"b\" twice",
            "\"a\" is no order",
        ]
    );
}
