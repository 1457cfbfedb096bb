"""The questions in pandas and numpy, files read by pyarrow: columns of codes sorted by case, elapsed
times and variants made once."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from common import (
    CASE_COLUMNS, CONTAINED, DIRECTLY, EVENT_COLUMNS, EVENTUALLY, FIGURE_COLUMNS, LONG, REGION, TOP,
    figures, serve, size, top_variants,
)

NO_EDGE = 65535


def read(path):
    texts = ("case_id", "activity", *EVENT_COLUMNS, *CASE_COLUMNS)
    types = {c: pa.dictionary(pa.int32(), pa.string()) for c in texts}
    types |= {"timestamp": pa.timestamp("ms", "UTC"), "csat": pa.uint8()}
    options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    return pyarrow.csv.read_csv(path, convert_options=options).to_pandas(split_blocks=True, self_destruct=True)


class Pandas:
    def load(self, path):
        rows = read(path)
        case = rows["case_id"].cat.codes.to_numpy()
        time = rows["timestamp"].astype("datetime64[ms, UTC]").astype("int64").to_numpy()
        # Where the file is in the order of time, a stable sort by case keeps it.
        sorted_ = bool((time[1:] >= time[:-1]).all())
        order = np.argsort(case, kind="stable") if sorted_ else np.lexsort((time, case))
        self.names = list(rows["activity"].cat.categories)
        activity = rows["activity"].cat.codes.to_numpy().astype(np.uint8)[order]
        case, time = case[order], time[order]
        inside = case[1:] == case[:-1]
        starts = np.flatnonzero(np.r_[True, ~inside])
        lengths = np.diff(np.r_[starts, len(case)])
        ends = starts + lengths - 1
        edge = np.full(len(case), NO_EDGE, np.uint16)
        edge[:-1][inside] = (activity[:-1].astype(np.uint16) * 256 + activity[1:])[inside]
        elapsed = np.zeros(len(case), np.int64)
        elapsed[:-1][inside] = (time[1:] - time[:-1])[inside]
        # A variant is known by a sum of 64 bits, of a random factor for each place in the case.
        place = np.arange(len(case)) - np.repeat(starts, lengths)
        factors = np.random.default_rng(1).integers(1, 2**63, place.max() + 1, dtype=np.uint64) | np.uint64(1)
        sums = np.add.reduceat((activity.astype(np.uint64) + np.uint64(1)) * factors[place], starts)
        _, first, variant, counts = np.unique(sums, return_index=True, return_inverse=True, return_counts=True)
        self.events = pd.DataFrame({
            "case": np.repeat(np.arange(len(starts), dtype=np.int32), lengths), "time": time, "activity": activity,
            "edge": edge, "elapsed": elapsed,
            "first": ~pd.Series(case.astype(np.int64) * 256 + activity).duplicated().array,
            **{c: rows[c].take(order).array for c in (*EVENT_COLUMNS, *FIGURE_COLUMNS)},
        }, copy=False)
        self.cases = pd.DataFrame({
            "start": time[starts], "end": time[ends], "events": lengths, "variant": variant.astype(np.int32),
            **{c: rows[c].take(order[starts]).array for c in CASE_COLUMNS},
        }, copy=False)
        # Only those that tie with the last of the top ones need their names.
        least = np.sort(counts)[-min(TOP, len(counts))]
        trace = lambda c: [self.names[a] for a in activity[starts[c]:ends[c] + 1]]
        self.top = top_variants([(counts[v], trace(first[v]), int(v)) for v in np.flatnonzero(counts >= least)])

    def save(self, store):
        self.events.to_feather(f"{store}/events.feather", compression="lz4")
        self.cases.to_feather(f"{store}/cases.feather", compression="lz4")
        with open(f"{store}/names.json", "w") as file:
            json.dump([self.names, self.top, len(self.events)], file)

    def open(self, store):
        self.cases = pd.read_feather(f"{store}/cases.feather")
        self.path = f"{store}/events.feather"
        with open(f"{store}/names.json") as file:
            self.names, self.top, self.n_events = json.load(file)

    def __getattr__(self, name):
        """The events are read when they are first asked for."""
        if name != "events":
            raise AttributeError(name)
        self.events = pd.read_feather(self.path)
        return self.events

    def size(self):
        duration = self.cases["end"] - self.cases["start"]
        events = len(self.events) if "events" in self.__dict__ else self.n_events
        return size(len(self.cases), events, self.cases["variant"].nunique(), len(self.names),
                    duration.mean(), duration.median())

    def having(self, events):
        """The cases of some events, given as booleans."""
        chosen = np.zeros(len(self.cases), bool)
        chosen[self.events["case"].to_numpy()[events]] = True
        return chosen

    def chosen(self, name):
        """The cases of a question, as booleans; none for all."""
        code, cases = self.names.index, self.cases
        column = lambda name: self.events[name].to_numpy()
        region = lambda: (cases["region"] == REGION).to_numpy()
        contains = lambda: self.having(column("activity") == code(CONTAINED))
        if name == "all cases":
            return None
        if name == "started in a window":
            return ((cases["start"] >= self.window[0]) & (cases["start"] < self.window[1])).to_numpy()
        if name == "contains an activity":
            return contains()
        if name == "attribute equals":
            return region()
        if name == "directly follows within":
            start, end, limit = DIRECTLY
            return self.having((column("edge") == code(start) * 256 + code(end)) & (column("elapsed") <= limit))
        if name == "eventually follows within":
            return self.eventually(*EVENTUALLY)
        if name == "duration at least":
            return (cases["end"] - cases["start"] >= LONG).to_numpy()
        if name == "20 top variants":
            return cases["variant"].isin(self.top).to_numpy()
        return region() & contains()

    def eventually(self, start, end, limit):
        """Each event of `end` with the last one of `start` before it."""
        code, activity = self.names.index, self.events["activity"].to_numpy()
        both = np.flatnonzero((activity == code(start)) | (activity == code(end)))
        activity, case, time = (self.events[c].to_numpy()[both] for c in ("activity", "case", "time"))
        last = np.maximum.accumulate(np.where(activity == code(start), np.arange(len(both)), -1))
        met = (activity == code(end)) & (last >= 0) & (case[last] == case) & (time - time[last] <= limit)
        return self.having(both[met])

    def refresh(self, name):
        chosen, cases = self.chosen(name), self.cases
        events = self.events[["activity", "edge", "elapsed", "first"]]
        if chosen is not None:
            events = events[np.repeat(chosen, cases["events"].to_numpy())]
            cases = cases[chosen]
        variants = np.bincount(cases["variant"].to_numpy())
        steps = events[events["edge"] != NO_EDGE]
        return (
            variants[variants > 0],
            steps.groupby("edge")["elapsed"].agg(["size", "mean", "median"]),
            events.groupby("activity")["first"].agg(["size", "sum"]),
        )

    def figures(self, tables):
        variants, edges, activities = tables
        name = self.names
        edges = [(name[e >> 8], name[e & 255], *rest) for e, *rest in edges.itertuples()]
        activities = [(name[a], *rest) for a, *rest in activities.itertuples()]
        return figures(variants.sum(), variants.tolist(), edges, activities)


serve(Pandas())
