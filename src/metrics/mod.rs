//! Figures of a selection of cases: (log, index, selection) to plain numbers. Knows no filter text.
