#!/usr/bin/env python3
"""Writes first inputs of the fuzz targets into corpus/TARGET. Needs Python 3 only.

    ./seeds.py [FOLDER...]

Files below the folders, up to 64 KiB, become seeds as well: of the target that their ending names, else of csv_load.
The first byte of a seed of a log is that of its options (see src/targets/mod.rs); here it is 0, no options.
"""
import base64, gzip, os, sqlite3, sys, tempfile, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
LARGEST = 1 << 16

# Three rows of all kinds of types: dictionary, instants with and without zone, list, struct, decimal.
PARQUET = """
eNqNlL9r21AQx5+e5GfVmKCKvIcEgppiPxJwTBxw6GCo06GTBzdzhwhb1AL/qqQ4DYSOoUPGjh5LKaVD/4ZO+SNK6RBKho4dOvbek2Q3tpxEWCdz
d593d9+T3Tk4rFONWtRpwwOZCBWrGCHUrUu7RxE1KatSQg24iQPOByURIoqiaoBsUislC2UFAgfCPLuVwwCUaDnljCb68+LbBXBHPw7lcy2tqhn0
0bAjqfRaT+eyasvr79MEbt1J79JaGyKCtiCmtIy0Nl40ALLcOKJQjofHahllqfZGmFMAobcq1Reg0ZS1sSrsI5QxwL2qS/xxght0M8V1Ee7BfXmX
5vb3BrJI2O17Q5eaiBYr2NK6buhVUFskS4fudiN/6kenqVMTWZE/9Cpm++Kh48QdCm8ujNwgEm4zdRfATdzh+HgUxTnY76GGOMB9FVJMSVtsq6FZ
2sAPI4rjmnlv4A29UZSUhHz1pD8WUXGEMkJ0AwSFb71KAaY2qy+FhUxGbMeeceTQot1AxLDjeShmhA1YxFtc364KncRZCGTBqMmKNrE5IoD/D87n
lnCfTfhXhZ+t0uQGraVlhUCSjNgZ/4L5b2UF3QYQa0tgrOGc/KTya3w7WUjIROY5+kHjV+r9isJSJHausHcK/5zjP7VMcFmkJ3KNcnXpyuAcnU3Z
Wz4j/Dq3Kpdmc4Lt5xijpSa2xIqVkexD8B/z/BfJ6mJ/gW4k/Stx+z024O91fpVfPzU71xnhOrvU0VZp4gavj71opzuZ7LhBMD4pTb0g9Mej0t5+
bbdWt2fw9q37oBb8ADvwX/sPpQijbw==
"""

# A file and a stream with all kinds of types, dictionary, view, list and struct among them; the stream with lz4.
ARROW = [
    """
eNrtVztvE0EQnj2fzco6R1cY5CLFIVFQUDiIgg4fuEiBhBSBSOmTY/BJOI7IYRKJIgUFZQoKl5QuU1DQILngJyBI6YpfQJEGjtm9WbMenfFDlFlpbm92vpmd
mZ25R7iz8+jpFkCKY9cB8EGNMnhQgiJIvMMhXHBx+vkrTdUskc4FwBCpieQjTXDtLdItJIV5/ztNUbGm7FVpTZtCGiBtovxThqkoeY0wSu7TfIjURMwkwzl5
tiKkN1oOooEXL9VYL88mhgfxHvqN+DvpX5s1y6aa46TTU/dfyW6Al70MX+D4kvKh13+1nwB80xgHTjNsWWE3LWxRxZRELxPUkkglimJs4QPmSxL3OqBz7mkt
qSWOlhWQnjx+gLFVtb0riFGRZmcoinx/pRu1k3gQJ8eK/4D7+hiN0VV2jK7KXzPHn3Z0SP5IvaKuHvkn0Yqko8n03Kmuqq8RnR9onSpVmKf1wXHBnFlmvzy1
b2qyhkiXJA+tMzWjAPOHR7NvxQJWHTk5Oo6Fa2+1b5s4Wo4dx7XZOAquzvnF1MoG8v40Uxt4PcENb+T4L4jMuLpCPMB4Iw9Ybm4yvOFN3huWL2psM3mLybtM
fsLk75g/Q7b/0KpNXZNMf8TwI7bfmMnHLO5JTi7LOee9LC9W5GFFOR9iTp2G90MK9Lr/vYJPki8ff+i5u/35vFLSzxqub9dBcWb14h6DNYrMN4f5MM++jTti
tRwFL/qGV/f7z4Okc5QE/WdBFAzizusV+utgyf4Sa/aXy+oSGC9ZvwlWl8B4yeoSGC8X9KeR15m8zuR3mXxdXi54Hpi4d+f0l/hHHf8PHtbUF3P6KjQM9Q97
lzQW9ekydW3ylr37pH7jelRtLdrEpT3q5ECXNjTvk9PS7PoBi8Osn7H6u/x2u/x2W+fb7QwTH+p/hD+JzPK7
""",
    """
eNqtVb9v01AQvuc4qVWlyEgpWG2luiAkhCpUEAMbKXTogtQBpIxEaUoj0R+ipgSJwUIMDAwMDBnzJzAwZEECiYE/AEHHTswMDF3A3D2fHb+LQ5pSS5fz+fvu
3t299y5RFEU1C8AFeiahDCUogoNv+CgbbFS/fkcRaQflQAF0UFZQXJRD/PYSZRGFOG//RBE6ehSvwt90KJR9lDnEezFninCPOYS7rPdQVpBzGPOsvFh1lOca
B1XFn3KkueW8mFgetNYxb+TfiPoxvUxM0q2guUXvXzmujz/rMb8g+SXKYWvnyXYA8E1zLHgTcyeJO5fhFqmmoP44QC8HpcRVfMzwfZFL0Npqgu55WXs5GrE0
VkC5f+8O1lbR8SaQQ5XGe6iKcn3yrTeC1n4reEZ2F9d1sZrEl+IkvtS/lZx8GvU9zsfRX+i3zPk5GMXhrYn97NQXl4p6vH+gfTw+YWXtD5at+7oK/Se7hqt9
5lDbqU+N66vw3kKap532Z9hzkfVl1rMZTIl4wDXq2Bfueg+qL9AMgWk2GGsbPDTDxrXG9RSnPuxa2T7MmH0o2LrnS0YCZ/BbhSt30QJ4jUkucf6uyFexyH5M
j9EPEHaCr7GeYb0r+Il9lXWXtce6x/oS60OBH7FeTNZXJl5VZj6bylw/sefZfiX8u4Kf2Ek+XwSe2OkOWmZ+8bQcPC/HtdWYNoyJjzi/II7KMN7AlSiYPDTD
5dvLfdwz8fP4+gn8Bff7FE69z+9/OLC7ufrhYKokkmA+mmExJw4d/SsK2aG43Mf0pytwFskLR7cm4F3fvToqzj/uv9EXx+ShGRq9G7tOsZG+yaOxtUEx28j9
qai8uv9oZ/B+Tw/0ISTi9kM/aLYDf2fDr/v7rebTceeUef9Gzyn1n3NqVvRB9mVebGjS15rg1wS/LfC2wDsC7wi8J/CewA8EflJ7XszJpD6XG7nA9k2VP6fE
eDt1G07or4b/f6oR98sIm3O/lof5ZQdQDl44xrrpSRuOD/W3RsyveF/N77SF55C8dhr3m/RfKzzj5w==
""",
]

FIGURES = ["open > 50", "open(\"A > b\") >= 2", "p90(duration) > 4h", "median(`first response`) < 1h30m", "breaches(x) > 10%"]

CSV = [
    "case,activity,timestamp,resource\nc1,A,2024-01-01T10:00:00Z,x\nc1,\"B, \"\"b\"\"\",2024-01-01 11:00,\n",
    "case;activity;start;end\n1;A;01.02.2024 10:00;01.02.2024 11:00\n1;B;31.01.2024;31.01.24\n\n;;;\n",
    "case\tid\tactivity\ttime\tamount\n1\t2\tA\t1704067200\t1,5\n1\t2\t\"open\t1704067201\t007\n",
]
JSONL = [
    '{"case":"c1","activity":"A","time":"2024-01-01","o":{"p":[1, {"q":"\\u00e9\\n"}]},"n":1e-7}\n{"case":"c1"}\nbad\n',
    '[{"case":1,"activity":"A","time":1704067200},\n {"case":2,"activity":"B","time":null},{"case":']
XES = [
    '<?xml version="1.0"?><log xes.version="1.0"><extension name="Concept" prefix="concept" uri="u"/>'
    '<global scope="event"><string key="concept:name" value="?"/></global><trace><string key="concept:name" value="c1"/>'
    '<event><string key="concept:name" value="A &amp; B"/><date key="time:timestamp" value="2024-01-01T10:00:00+01:00"/>'
    '<list key="l"><values><int key="n" value="1"/></values></list></event><event/></trace></log>']
MXML = [
    '<?xml version="1.0"?><WorkflowLog><Source program="p"/><Process id="p"><ProcessInstance id="1" description="d"><Data>'
    '<Attribute name="amount">12</Attribute></Data><AuditTrailEntry><WorkflowModelElement>A &amp; B</WorkflowModelElement>'
    '<EventType unknownType="hold">unknown</EventType><Timestamp>2008-12-09T08:20:01.527+01:00</Timestamp><Originator>'
    '<![CDATA[a<b]]></Originator></AuditTrailEntry></ProcessInstance></Process><Process/></WorkflowLog>',
    '<AuditTrailEntry><WorkflowModelElement>A</WorkflowModelElement><Timestamp>2008-12-09</Timestamp></AuditTrailEntry>']
QUOTING = [
    "\x16case,activity,time\nc1,\"a \\\"b\\\"\",2024-01-01\n", "\x1acase;activity;time\n'c''1';'A;B';2024-01-01\n",
    "\0case,activity,time\nc1, \"A\",2024-01-01\nc1,\\N,2024-01-01\n"]
CONFIGS = [
    "theme = \"auto\"\nmouse = true\nmemory = \"2G\"\nna = [\"-\", \"NULL\"]\nrules = \"a/b.toml\"\n",
    "[columns]\ncases = [\"case @12 frozen\", \"events\"]\n[keys]\nundo = [\"u\", \"alt-z\"]\n[keys_in.cases]\nsort = \"o\"\n",
]

NOTES = [
    '{"time":"2024-03-01T12:00:00.250000Z","case":"TK-1","tag":"bank","set":true}\n'
    '{"time":"2024-03-01T12:00:01Z","case":"TK-1","tag":"bank","set":false,"who":"Ada"}\n',
    '{"time":"2024-03-01T13:00:00+01:00","case":"TK-2","text":"asked \\"twice\\" \\u00e4"}\n\n'
    '{"time":"2024-03-01T12:00:00Z","case":"TK-2","text":"asked \\"twice\\" \\u00e4","set":false}\n',
]
SESSIONS = [
    'version = 1\npane = "cases"\nas_of = "-7d"\nreference = "top 3"\n[[filter]]\ntext = "duration > 3d"\non = false\n'
    '[place.cases]\nitem = "c1"\nrow = 4\nsort = "duration"\n[[level]]\ncrumb = "V3"\npane = "variants"\n'
    'filter = [{ text = "events > 1" }]\n[level.place.variants]\nrow = 2\n',
    'version = 1\nversus = { a = "a = 1", b = ["a != 1"] }\ndraft = { text = "x", events = true }\n',
    'version = 1\n[filters]\nslow = "duration > 3d"\nlate = "@slow and not case = 1"\n',
]
REPORTS = [
    'version = 1\ntitle = "Desk"\ncomment = "a\\n\\nb"\n[[section]]\ncommand = "variants --limit 5"\n[[section]]\ntitle = "Late"\n'
    "command = 'cases --sort -duration'\nfilter = [\"duration > 3d\", 'a = 1']\nchart = false\n",
    '[[section]]\ncommand = "flow"\nfiltre = "x"\n',
    "cases $'a\\033' 'b' \"c \\\" d\" e\\ f\n",
    'section = [{ command = "summary" }, { title = "x" }]\n',
]
MAPPINGS = [
    'version = 1\nend = ["Closed"]\n[[log]]\nfile = "crm.csv"\nsource = "crm"\ncase = "id"\nactivity = ["a", "b"]\ntime = "at"\n'
    'tz = "Europe/Berlin"\n[[log]]\nfile = "web.jsonl"\ncase = "user.id"\nactivity = "event"\ntime = "ts"\nactivity_prefix = "web: "\n',
    'version = 1\n[[log]]\nfile = "a.csv"\nmilestones = ["x"]\ndelimiter = "\\t"\nquote = "\'"\nescape = "\\\\"\nna = ["-"]\n']
MODELS = [
    '<pnml><net id="n" type="ptnet"><page id="p"><place id="a"><initialMarking><text>1</text></initialMarking></place><place id="b"/>'
    '<transition id="t"><name><text>A</text></name></transition><transition id="s"/><arc id="1" source="a" target="t"/>'
    '<arc id="2" source="t" target="b"><inscription><text>2</text></inscription></arc><arc id="3" source="b" target="s"/>'
    '</page><finalmarkings><marking><place idref="b"><text>1</text></place></marking></finalmarkings></net></pnml>',
    '<definitions><process id="p"><startEvent id="s"/><endEvent id="e"/><task id="A" name="A"/><inclusiveGateway id="x"/>'
    '<subProcess id="u"><task id="B" name="B"/></subProcess><parallelGateway id="y"/><sequenceFlow id="1" sourceRef="s" targetRef="x"/>'
    '<sequenceFlow id="2" sourceRef="x" targetRef="A"/><sequenceFlow id="3" sourceRef="x" targetRef="u"/>'
    '<sequenceFlow id="4" sourceRef="A" targetRef="e"/><sequenceFlow id="5" sourceRef="u" targetRef="e"/></process></definitions>']
OCEL_JSON = [
    '{"objectTypes":[{"name":"Order","attributes":[{"name":"price","type":"float"}]}],"eventTypes":[{"name":"Pay",'
    '"attributes":[]}],"objects":[{"id":"o1","type":"Order","attributes":[{"name":"price","time":"2024-01-01T00:00:00Z",'
    '"value":"1.5"}],"relationships":[]}],"events":[{"id":"e1","type":"Pay","time":"2024-01-01T00:00:00Z","attributes":[],'
    '"relationships":[{"objectId":"o1","qualifier":"pays"}]}]}']
OCEL_XML = [
    '<?xml version="1.0"?><log><object-types><object-type name="Order"><attributes><attribute name="price" type="float"/>'
    '</attributes></object-type></object-types><event-types><event-type name="Pay"/></event-types><objects><object id="o1" '
    'type="Order"><attributes><attribute name="price" time="2024-01-01T00:00:00Z">1.5</attribute></attributes></object>'
    '</objects><events><event id="e1" type="Pay" time="2024-01-01T00:00:00Z"><objects><relationship object-id="o1" '
    'qualifier="pays"/></objects></event></events></log>']
SQL = """
CREATE TABLE event_map_type(ocel_type TEXT, ocel_type_map TEXT); INSERT INTO event_map_type VALUES('Pay','Pay');
CREATE TABLE object_map_type(ocel_type TEXT, ocel_type_map TEXT); INSERT INTO object_map_type VALUES('Order','Order');
CREATE TABLE event(ocel_id TEXT, ocel_type TEXT); INSERT INTO event VALUES('e1','Pay');
CREATE TABLE object(ocel_id TEXT, ocel_type TEXT); INSERT INTO object VALUES('o1','Order');
CREATE TABLE event_object(ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
INSERT INTO event_object VALUES('e1','o1','pays');
CREATE TABLE object_object(ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
CREATE TABLE event_Pay(ocel_id TEXT, ocel_time TIMESTAMP); INSERT INTO event_Pay VALUES('e1','2024-01-01 00:00:00');
CREATE TABLE object_Order(ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT, price TEXT);
INSERT INTO object_Order VALUES('o1','1970-01-01 00:00:00',NULL,'1.5');
"""
TIMES = [
    "2024-02-29T12:34:56.789+02:00\n2024-02-29 24:00\n29 Feb 2024 1:02 PM\n31.12.99\n20240229T101500Z",
    "1704067200\n1704067200.5\n1704067201", "01/31/2024 10:00\n02/28/2024 11:00", "%d-%m-%Y %H:%M\n31-01-2024 10:00"]
FILTERS = [
    '"Escalate" and duration > 3d or not "Close"', '"Assign" -> "Resolve" within 2h', 'starts with "Open" and region in ("EU", "US")',
    'started 2024-01..=2024-03', 'count("Re\\"assign") >= 2 or `a``b` !~ "x+"', 'time in 2024-01-01T00:00Z..', 'amount >= -1.5']


def database():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "seed.sqlite")
        base = sqlite3.connect(path)
        base.executescript("PRAGMA page_size = 512;" + SQL)
        base.close()
        return open(path, "rb").read()


def write(target, name, data):
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def target_of(name):
    for ending, target in ((".xes", "xes_load"), (".mxml", "mxml_load"), (".parquet", "parquet_load"),
                           (".arrow", "arrow_load"), (".feather", "arrow_load"), (".jsonl", "jsonl_load"), (".jsonocel", "ocel_json"),
                           (".json", "ocel_json"), (".xmlocel", "ocel_xml"), (".xml", "ocel_xml"), (".sqlite", "ocel_sqlite")):
        if name.lower().endswith(ending):
            return target
    return "csv_load"


def main():
    logs = {"csv_load": CSV, "jsonl_load": JSONL, "xes_load": XES, "mxml_load": MXML,
            "csv_quoting": QUOTING, "ocel_json": OCEL_JSON, "ocel_xml": OCEL_XML, "time_parse": TIMES}
    for target, texts in logs.items():
        for i, text in enumerate(texts):
            write(target, "seed%d" % i, b"\0" + text.encode())
    write("parquet_load", "seed0", b"\0" + zlib.decompress(base64.b64decode(PARQUET)))
    write("ocel_sqlite", "seed0", b"\0" + database())
    for i, text in enumerate(FILTERS):
        write("filter_expr", "seed%d" % i, text.encode())
    for i, text in enumerate(MODELS):
        write("model_read", "seed%d" % i, text.encode())
    for i, text in enumerate(MAPPINGS):
        write("mapping_file", "seed%d" % i, text.encode())
    for i, text in enumerate(CONFIGS):
        write("config_file", "seed%d" % i, text.encode())
        write("session_file", "mapping%d" % i, text.encode())
    for i, text in enumerate(NOTES):
        write("notes_file", "seed%d" % i, text.encode())
    for i, text in enumerate(SESSIONS):
        write("session_file", "seed%d" % i, text.encode())
    for i, text in enumerate(REPORTS):
        write("report_file", "seed%d" % i, text.encode())
    for i, figure in enumerate(FIGURES):
        alert = "[[alerts]]\nname = 'a'\nfigure = '%s'\nfor = '5m'\nkeep = '1h'\n" % figure
        write("rules_file", "alert%d" % i, alert.encode())
    fixtures = os.path.join(HERE, "..", "fixtures")
    for name in sorted(n for n in os.listdir(fixtures) if n.endswith(".toml")):
        with open(os.path.join(fixtures, name), "rb") as file:
            write("rules_file", name, file.read())
    for i, text in enumerate(["a\u202eb", "C:\\temp\\u{1b}", "\x1b]0;x\x07", "e\u0301\u0301\u0301\u0301\u0301\u0301"]):
        write("safe_text", "seed%d" % i, (text + "a" + text).encode() + bytes([0, len(text)]))
    for i, text in enumerate(ARROW):
        write("arrow_load", "seed%d" % i, b"\0" + zlib.decompress(base64.b64decode(text)))
    for i, text in enumerate(CSV):
        write("compressed", "plain%d" % i, b"\3\x20\0\xff" + text.split("\n", 1)[1].encode())
        write("compressed", "gzip%d" % i, b"\0\x20\0\xff" + gzip.compress(text.encode(), mtime=0)[3:])
    for folder in sys.argv[1:]:
        for path, _, names in os.walk(folder):
            for name in names:
                file = os.path.join(path, name)
                if os.path.isfile(file) and os.path.getsize(file) <= LARGEST:
                    data = open(file, "rb").read()
                    write(target_of(name), "given-%08x" % zlib.crc32(data), b"\0" + data)


main()
