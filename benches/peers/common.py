"""What all programs of the comparison share: the questions, the clock, the checks."""

import json
import os
import resource
import statistics
import sys
import time

# Each question: its name, and the cases it is asked of in casetrail's language of filters. The window
# is a fifth of the days of the log.
FILTERS = {
    "all cases": "",
    "started in a window": "started {since}..{until}",
    "contains an activity": '"Escalated to L2"',
    "attribute equals": 'region = "APAC"',
    "directly follows within": '"Resolved" -> "Reopened" within 7d',
    "eventually follows within": '"Assigned" ~> "Escalated to L2" within 2d',
    "duration at least": "duration >= 7d",
    "20 top variants": "variant <= 20",
    "attribute and contains": 'region = "APAC" and "Escalated to L2"',
}

# The same in the terms of the peers; times in milliseconds since 1970, UTC.
DAY = 86_400_000
REGION = "APAC"
CONTAINED = "Escalated to L2"
DIRECTLY = ("Resolved", "Reopened", 7 * DAY)
EVENTUALLY = ("Assigned", "Escalated to L2", 2 * DAY)
LONG = 7 * DAY
TOP = 20

# Columns of the log beside case_id, activity and timestamp.
CASE_COLUMNS = ("channel", "product", "product_version", "region", "customer")
EVENT_COLUMNS = ("resource", "team", "priority")
FIGURE_COLUMNS = ("cost", "csat")


def cpu_seconds():
    """Processor time of this process, its threads and its ended children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measured(work):
    """What `work` gives, and what it cost."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    result = work()
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall": wall, "cpu": cpu, "peak_mb": peak}, result


def median_cost(costs):
    """The medians of several costs, and the highest peak."""
    cost = {key: statistics.median(c[key] for c in costs) for key in ("wall", "cpu")}
    return cost | {"peak_mb": max(c["peak_mb"] for c in costs), "runs": len(costs)}


def size(cases, events, variants, activities, mean, median):
    """How much there is in a log; durations of cases in milliseconds."""
    return {
        "cases": int(cases),
        "events": int(events),
        "variants": int(variants),
        "activities": int(activities),
        "mean duration": mean / 1000,
        "median duration": median / 1000,
    }


def figures(cases, variants, edges, activities):
    """The figures to be compared, of full tables: the cases of each variant, (from, to, count, mean,
    median) of each edge in milliseconds, (activity, events, cases) of each activity."""
    start, end, count, mean, median = min(edges, key=lambda e: (-e[2], e[0], e[1]), default=["", "", 0, 0, 0])
    return {
        "cases": int(cases),
        "events": int(sum(a[1] for a in activities)),
        "variants": len(variants),
        "cases of the top variant": int(max(variants, default=0)),
        "edges": len(edges),
        "count of all edges": int(sum(e[2] for e in edges)),
        "top edge": [start, end],
        "count of the top edge": int(count),
        "mean of the top edge": float(mean) / 1000,
        "median of the top edge": float(median) / 1000,
        "events of activities": {a[0]: int(a[1]) for a in activities},
        "cases of activities": {a[0]: int(a[2]) for a in activities},
    }


def differences(ours, theirs):
    """In which of the figures that both have they differ; times to the microsecond."""
    found = []
    for key in ours.keys() & theirs.keys():
        a, b = ours[key], theirs[key]
        near = isinstance(a, (int, float)) and abs(a - b) <= 1e-6 + 1e-12 * abs(a)
        if not near and a != b:
            told = "" if isinstance(a, dict) else f" ({a}, not {b})"
            found.append(key + told)
    return sorted(found)


def top_variants(variants):
    """The most frequent of (count, names, id), ties by the names, as casetrail ranks them."""
    return [v[2] for v in sorted(variants, key=lambda v: (-v[0], v[1]))[:TOP]]


def tell(answer):
    """Prints an answer as a line."""
    print(json.dumps(answer), flush=True)


def serve(peer):
    """Does what the command line says: `load LOG STORE`, `reopen STORE`, `recompute STORE`, or
    `session STORE SINCE UNTIL`, which answers every line of standard input, the name of a question;
    the window is in milliseconds."""
    task, path, *rest = sys.argv[1:]
    if task == "load":
        cost, _ = measured(lambda: peer.load(path))
        tell(cost | {"answer": peer.size()})
        if rest:
            os.makedirs(rest[0], exist_ok=True)
            peer.save(rest[0])
        return
    peer.open(path)
    if task == "reopen":
        tell({"answer": peer.size()})
    elif task == "recompute":
        tell({"answer": peer.figures(peer.refresh("all cases"))})
    elif task == "session":
        peer.window = [int(time) for time in rest]
        if hasattr(peer, "settle"):
            peer.settle()
        for line in sys.stdin:
            try:
                cost, tables = measured(lambda: peer.refresh(line.strip()))
                tell(cost | {"answer": peer.figures(tables)})
            except Exception as error:  # a question that a peer cannot answer is not the last one
                tell({"error": f"{type(error).__name__}: {error}"})
    else:
        sys.exit(f"no such task: {task}")
