"""Writes a log of the generator as XES, and the same compressed: make_xes.py IN.csv OUT.xes"""

import csv
import gzip
import shutil
import sys
from xml.sax.saxutils import quoteattr

from common import CASE_COLUMNS, EVENT_COLUMNS

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
"""
# Columns of events: kind and name of the attribute.
EVENT = {"activity": ("string", "concept:name"), "timestamp": ("date", "time:timestamp")}
EVENT |= {c: ("string", c) for c in EVENT_COLUMNS} | {"resource": ("string", "org:resource")}
EVENT |= {"cost": ("float", "cost"), "csat": ("int", "csat")}


def attribute(indent, kind, key, value):
    return f"{indent}<{kind} key={quoteattr(key)} value={quoteattr(value)}/>\n" if value else ""


def main(source, target):
    traces = {}
    with open(source, newline="") as file:
        rows = csv.reader(file)
        at = {name: i for i, name in enumerate(next(rows))}
        columns = [(at[c], *EVENT[c]) for c in EVENT]
        for row in rows:
            head, events = traces.setdefault(row[at["case_id"]], ([row[at[c]] for c in CASE_COLUMNS], []))
            if head != [row[at[c]] for c in CASE_COLUMNS]:
                sys.exit("a column of cases changes within a case")
            events.append("".join(attribute("      ", kind, key, row[i]) for i, kind, key in columns))
    with open(target, "w") as out:
        out.write(HEAD)
        for case, (head, events) in traces.items():
            out.write("  <trace>\n" + attribute("    ", "string", "concept:name", case))
            out.writelines(attribute("    ", "string", c, v) for c, v in zip(CASE_COLUMNS, head))
            out.writelines(f"    <event>\n{event}    </event>\n" for event in events)
            out.write("  </trace>\n")
        out.write("</log>\n")
    with open(target, "rb") as plain, gzip.open(f"{target}.gz", "wb", 6) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)


main(*sys.argv[1:])
