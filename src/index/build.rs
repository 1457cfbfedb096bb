//! Builds the index: variants, edges, spans. Parallel, with a result that does not depend on the
//! number of threads: every order is total, ties are broken by code or by case.
