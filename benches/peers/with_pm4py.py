"""The questions in pm4py, by its own functions as its manual has them, of its data frames."""

import contextlib
import io
import warnings
from collections import Counter

from common import (
    CONTAINED, DIRECTLY, EVENTUALLY, LONG, REGION, figures, serve, size, top_variants,
)

warnings.filterwarnings("ignore")
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    import pandas as pd
    import pm4py
    from pm4py.algo.filtering.pandas.ltl import ltl_checker
    from pm4py.algo.filtering.pandas.variants.variants_filter import get_variants_df
    from pm4py.util import constants

constants.SHOW_PROGRESS_BAR = False
CASE, ACTIVITY, TIME = "case:concept:name", "concept:name", "time:timestamp"


def eventually(log):
    start, end, limit = EVENTUALLY
    names = ltl_checker.Parameters
    return ltl_checker.eventually_follows(log, [start, end], parameters={
        names.ENABLE_TIMESTAMP: True, names.TIMESTAMP_DIFF_BOUNDARIES: [[0, limit / 1000]], names.POSITIVE: True})


def started(log, window):
    """pm4py has no filter by the start of a case."""
    start = log.groupby(CASE)[TIME].transform("min")
    since, until = (pd.Timestamp(t, unit="ms", tz="UTC") for t in window)
    return log[(start >= since) & (start < until)]


def top(log):
    """Its filters of variants fail with pandas 3, and break ties in an order of their own."""
    variants = pd.Series(list(map(tuple, (table := get_variants_df(log))["variant"])), table.index, dtype=object)
    wanted = top_variants([(n, names, names) for names, n in Counter(variants).items()])
    return log[log[CASE].isin(variants.index[variants.isin(wanted)])]


def region(log):
    return pm4py.filter_event_attribute_values(log, "region", [REGION], level="case")


def contains(log):
    return pm4py.filter_event_attribute_values(log, ACTIVITY, [CONTAINED], level="case")


FILTERS = {
    "all cases": lambda log: log,
    "contains an activity": contains,
    "attribute equals": region,
    "directly follows within": lambda log: pm4py.filter_paths_performance(log, DIRECTLY[:2], 0, DIRECTLY[2] / 1000),
    "eventually follows within": eventually,
    "duration at least": lambda log: pm4py.filter_case_performance(log, LONG / 1000, 1e12),
    "20 top variants": top,
    "attribute and contains": lambda log: contains(region(log)),
}


class Pm4py:
    def load(self, path):
        if path.endswith((".xes", ".xes.gz")):
            self.log = pm4py.read_xes(path)
        else:
            rows = pd.read_csv(path, engine="pyarrow")
            self.log = pm4py.format_dataframe(rows, "case_id", "activity", "timestamp")

    def save(self, store):
        self.log.to_parquet(f"{store}/log.parquet")

    def open(self, store):
        self.log = pd.read_parquet(f"{store}/log.parquet")

    def size(self):
        log = self.log
        durations = pd.Series(pm4py.get_all_case_durations(log))
        return size(log[CASE].nunique(), len(log), len(pm4py.get_variants(log)), log[ACTIVITY].nunique(),
                    1000 * durations.mean(), 1000 * durations.median())

    def refresh(self, name):
        log = started(self.log, self.window) if name == "started in a window" else FILTERS[name](self.log)
        activities = log.groupby(ACTIVITY)[CASE].agg(["size", "nunique"])
        performance = pm4py.discover_performance_dfg(log, perf_aggregation_key="all")[0]
        return pm4py.get_variants(log), performance, log, activities

    def figures(self, tables):
        variants, performance, log, activities = tables
        # The counts of edges are of its other graph, which is not measured.
        counts = pm4py.discover_dfg(log)[0]
        edges = [(*pair, counts[pair], 1000 * e["mean"], 1000 * e["median"]) for pair, e in performance.items()]
        return figures(log[CASE].nunique(), list(variants.values()), edges, list(activities.itertuples()))


serve(Pm4py())
