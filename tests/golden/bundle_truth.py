"""Reads a release bundle with other readers than ours (zipfile, ElementTree, csv) and holds every further format against the long CSV, figure by figure.
usage: bundle_truth.py BUNDLE [QUALITY.json of `process quality` FORM]   prints one line per check, ends 1 when one fails"""
import csv, json, math, os, re, sys, zipfile
import xml.etree.ElementTree as E

root = sys.argv[1]
passed = failed = 0
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SDMX = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/%s}"
SVG = "{http://www.w3.org/2000/svg}"
# Codes of the SDMX cross-domain lists as published, not as this program knows them.
OBS_STATUS = set("A B D E F G H I J K L M N O P Q S U V W".split())
CONF_STATUS = set("A C D F G M N O P S T".split())


def check(what, ok):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAILED", what)


def rows(name):
    with open(os.path.join(root, name), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def dimensions(header):
    return header[header.index("period") + 1:header.index("measure")]


def cell_name(ref):
    letters = re.match(r"[A-Z]+", ref).group()
    n = 0
    for c in letters:
        n = 26 * n + ord(c) - 64
    return n - 1, int(ref[len(letters):])


def sheet(z, k):
    tree = E.fromstring(z.read("xl/worksheets/sheet%d.xml" % k))
    kinds = {e.tag for e in tree.iter()}
    grid = []
    for row in tree.iter(MAIN + "row"):
        line = {}
        for c in row.iter(MAIN + "c"):
            column, number = cell_name(c.get("r"))
            assert number == len(grid) + 1
            v = c.find(MAIN + "v")
            line[column] = (v.text, True) if v is not None else ("".join(t.text or "" for t in c.iter(MAIN + "t")), False)
        grid.append(line)
    return grid, kinds


def estat(period):
    m = re.match(r"(\d{4})-(\d\d)$", period)
    return m.group(1) + "00" + m.group(2) * 2 if m else None


def workbook(table, long, dims, codes):
    z = zipfile.ZipFile(os.path.join(root, "tables", table + ".xlsx"))
    check(table + ": the zip is whole", z.testzip() is None)
    check(table + ": no drawing, comment or macro", not [n for n in z.namelist() if re.search(r"drawing|comment|vba|media", n)])
    grid, kinds = sheet(z, 1)
    check(table + ": no formula, merged or hidden cells", kinds <= {MAIN + k for k in "worksheet dimension sheetData row c v is t".split()})
    header = {v[0]: k for k, v in grid[0].items()}
    check(table + ": one header row, names unique and plain", len(header) == len(grid[0]) and all(re.match(r"[a-z][A-Za-z0-9_]*$", h) for h in header))
    check(table + ": one row per figure", len(grid) == len(long) + 1)
    wrong = 0
    for line, r in zip(grid[1:], long):
        get = lambda h: line.get(header[h], ("", None)) if h in header else ("", None)
        shown = r["status"] == "shown"
        wrong += get("value") != ((r["value"], True) if shown else ("", None))
        wrong += (get("symbol")[0] == "") != shown
        wrong += not shown and get("symbol")[0] not in codes["symbol"]
        wrong += get("time_code")[0] != estat(r["period"])
        for h in ("se", "cv", "df", "n", "low", "high", "deff"):
            wrong += h in r and get(h)[0] != r[h]
            wrong += h in r and r[h] != "" and get(h)[1] is not True
        for d in dims:
            wrong += get(d)[0] != r[d] or get(d + "_name")[0] != codes[d][r[d]]["label_ja"]
        for h in ("measure", "status", "reason"):
            wrong += get(h)[0] != r[h]
    check("%s: every cell of the workbook is the long form's (%d differ)" % (table, wrong), wrong == 0)
    listed = {line[0][0] for line in sheet(z, 2)[0][1:]}
    check(table + ": every column is explained", listed == set(header))
    defined = {(line[0][0], line[1][0]) for line in sheet(z, 3)[0][1:]}
    used = {(d, r[d]) for d in dims for r in long} | {("measure", r["measure"]) for r in long} | {("status", r["status"]) for r in long}
    check(table + ": every code is explained in the workbook", used <= defined)


def code_id(text):
    return "".join(c if re.match(r"[A-Za-z0-9_@-]", c) else "".join("$%02X" % b for b in c.encode()) for c in text) or "_"


def structure(table):
    tree = E.parse(os.path.join(root, "tables", table + ".dsd.xml")).getroot()
    s, m = SDMX % "structure", SDMX % "message"
    lists = {}
    for cl in tree.iter(s + "Codelist"):
        urn = "%s:%s(%s)" % (cl.get("agencyID"), cl.get("id"), cl.get("version"))
        lists[urn] = {c.get("id"): c for c in cl.iter(s + "Code")}
    components = {}
    for kind in ("Dimension", "TimeDimension", "Attribute", "Measure"):
        for c in tree.iter(s + kind):
            if c.get("id") is None:
                continue
            e = c.find(s + "LocalRepresentation/" + s + "Enumeration")
            components[c.get("id")] = (kind, e.text.split("Codelist=")[1] if e is not None else None, c.get("usage"))
    flow = next(tree.iter(s + "Dataflow"))
    dsd = next(tree.iter(s + "DataStructure"))
    check(table + ": the dataflow names the structure", flow.find(s + "Structure").text.endswith("%s:%s(%s)" % (dsd.get("agencyID"), dsd.get("id"), dsd.get("version"))))
    concepts = {c.get("id") for c in tree.iter(s + "Concept")}
    check(table + ": each component has a concept", set(components) <= concepts)
    check(table + ": ids are SDMX ids", all(re.match(r"[A-Za-z][A-Za-z0-9_-]*$", i) for i in components) and
          all(re.match(r"[A-Za-z0-9_@$-]+$", c) for l in lists.values() for c in l))
    check(table + ": lists are complete", all(c[1] is None or c[1] in lists for c in components.values()))
    check(table + ": parents are codes of the list", all(p.text in l for l in lists.values() for c in l.values() for p in c.iter(s + "Parent")))
    check(table + ": the message has header, id and sender", all(tree.find(m + "Header/" + m + x) is not None for x in ("ID", "Test", "Prepared", "Sender")))
    return lists, components, "%s:%s(%s)" % (flow.get("agencyID"), flow.get("id"), flow.get("version"))


def sdmx(table, long, dims):
    lists, components, flow = structure(table)
    data = rows("tables/%s.sdmx.csv" % table)
    header = list(data[0])
    check(table + ": SDMX-CSV 2.0 head", header[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"])
    check(table + ": columns are components, and the other way round", set(header[3:]) == set(components))
    check(table + ": one observation per figure", len(data) == len(long))
    check(table + ": keys are unique", len({tuple(r[c] for c, k in components.items() if k[0] in ("Dimension", "TimeDimension")) for r in data}) == len(data))
    wrong = 0
    for r, l in zip(data, long):
        wrong += (r["STRUCTURE"], r["STRUCTURE_ID"], r["ACTION"]) != ("dataflow", flow, "R")
        for c, (kind, codelist, usage) in components.items():
            wrong += codelist is not None and r[c] != "" and r[c] not in lists[codelist]
            wrong += (kind in ("Dimension", "TimeDimension") or usage == "mandatory") and r[c] == ""
        shown = l["status"] == "shown"
        wrong += r["OBS_VALUE"] != (l["value"] if shown else "")
        wrong += r["OBS_STATUS"] not in OBS_STATUS or r["CONF_STATUS"] not in CONF_STATUS
        wrong += shown != (r["OBS_STATUS"] == "A")
        wrong += (l["status"] == "suppressed") != (r["CONF_STATUS"] == "C") or (l["status"] == "suppressed") != (r["OBS_STATUS"] == "Q")
        wrong += r["STANDARD_ERROR"] != l["se"] or r["CV"] != l["cv"] or r["DF"] != l["df"] or r["N_UNITS"] != l["n"]
        wrong += r["MEASURE"] != code_id(l["measure"]) or r["TIME_PERIOD"] != l["period"]
        for d in dims:
            wrong += r[d.upper()] != code_id(l[d])
    check("%s: every observation fits structure and long form (%d differ)" % (table, wrong), wrong == 0)


def chart(table, long, lang):
    path = os.path.join(root, "tables", "%s.%s.svg" % (table, lang))
    if not os.path.exists(path):
        return 0
    tree = E.parse(path).getroot()
    check(table + ": title and description", tree.find(SVG + "title").text and tree.find(SVG + "desc").text)
    check(table + ": nothing runs or links", not [e for e in tree.iter() if re.search(r"script|image|foreignObject|}a$", e.tag)])
    first = long[0]["measure"]
    shown = {r["value"] for r in long if r["status"] == "shown" and r["measure"] == first}
    figures = [t.text or "" for t in tree.iter(SVG + "text") if t.get("class") in ("s n", "g n") and t.get("text-anchor") == "end"]
    numbers = [re.match(r"[-\u2212]?[\d,.]+", f).group().replace(",", "").replace("\u2212", "-") for f in figures if re.match(r"[-\u2212]?\d", f)]
    check("%s: figures in the picture are shown ones" % table, set(numbers) <= shown)
    colours = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000")
    bars = [b for b in tree.iter(SVG + "rect") if (b.get("fill") or "").lower() in colours and b.get("height") not in ("10.0",)]
    if re.match("Bar chart|棒グラフ", tree.find(SVG + "desc").text or ""):
        check("%s: a bar for each figure that is shown and for no other (%d bars, %d figures)" % (table, len(bars), len(numbers)), len(bars) == len(numbers))
        # Lengths are proportional to the figures: a hidden one has no length at all.
        zero = [float(b.get("width")) for b in bars]
        scale = [w / float(n) for w, n in zip(zero, numbers) if float(n) > 0]
        check("%s: bars are as long as their figures" % table, not scale or max(scale) - min(scale) <= 0.11 / min(float(n) for n in numbers if float(n) > 0) + 1e-9)
    return 1


def quality(tables):
    q = json.load(open(os.path.join(root, "quality.json"), encoding="utf-8"))
    check("quality: the tables of the bundle", {t["table"] for t in q["tables"]} == set(tables))
    for t in q["tables"]:
        long = tables[t["table"]]
        for m in t["measures"]:
            of = [r for r in long if r["measure"] == m["measure"]]
            ok = m["figures"] == len(of)
            for s in ("shown", "suppressed", "not_applicable", "undefined", "unreliable"):
                ok = ok and m[s] == sum(r["status"] == s for r in of)
            ok = ok and "suppressed_secondary" not in m and len({r["reason"] for r in of if r["status"] == "suppressed"}) <= 1
            cv = sorted(abs(float(r["cv"])) for r in of if r["cv"])
            if cv:
                rank = lambda p: cv[max(1, math.ceil(p * len(cv))) - 1]
                ok = ok and m["cv"]["available"] and [m["cv"][k] for k in ("min", "p25", "median", "p75", "max")] == [rank(p) for p in (0, .25, .5, .75, 1)]
                ok = ok and m["cv"]["over_20_percent"] == sum(c > 0.2 for c in cv)
            else:
                ok = ok and m["cv"]["available"] is False and m["cv"]["reason_ja"] and m["cv"]["reason_en"]
            check("quality: %s %s counted again" % (t["table"], m["measure"]), ok)
    for f in q["collection"]:
        for name, r in f["rates"].items():
            if r["available"]:
                check("quality: %s %s" % (f["form"], name), 0 <= r["part"] <= r["whole"] and abs(r["rate"] - r["part"] / r["whole"]) < 1e-12)
            else:
                check("quality: %s %s has a reason and no figure" % (f["form"], name), r["reason_ja"] and r["reason_en"] and len(r) == 3)
    return q


def inside(q, path, form):
    """The same rates as the office sees them: those that are given must be equal, those that are not must be small or absent."""
    p = json.load(open(path, encoding="utf-8"))
    figures = next(x for x in (p.get("all"), p.get("total"), p.get("figures"), p) if isinstance(x, dict) and "unit_response" in x)
    names = {"unit_response": "unit_response", "item_response": "item_response", "edit_failure": "record_failed", "edit_failure_after": "record_failed_after",
             "records_changed": "record_changed", "imputation": "imputation"}
    ours = next(f for f in q["collection"] if f["form"] == form)["rates"]
    for here, there in names.items():
        a, b = ours[here], figures.get(there)
        if a["available"]:
            check("quality: %s as process quality has it" % here, b and a["part"] == b["part"] and a["whole"] == b["whole"] and
                  ("weighted_rate" not in b or abs(a["weighted_rate"] - b["weighted_rate"]) < 1e-6))
        else:
            small = b and (0 < b["part"] < 3 or 0 < b["whole"] - b["part"] < 3)
            check("quality: %s is left out for a reason" % here, b is None or small)


tables, pictures = {}, 0
for name in sorted(os.listdir(os.path.join(root, "tables"))):
    if re.match(r"[^.]+\.csv$", name):
        tables[name[:-4]] = rows("tables/" + name)
all_codes = rows("codes.csv")
for table, long in tables.items():
    dims = dimensions(list(long[0]))
    codes = {}
    for c in all_codes:
        if c["table"] == table:
            codes.setdefault(c["column"], {})[c["code"]] = c
    check(table + ": every code of the long form stands in codes.csv", all(r[d] in codes[d] for r in long for d in dims) and
          all(r["measure"] in codes["measure"] and r["unit"] in codes["unit"] and r["status"] in codes["status"] for r in long))
    workbook(table, long, dims, codes)
    sdmx(table, long, dims)
    pictures += chart(table, long, "ja") + chart(table, long, "en")
notes = rows("notes.csv")
for table in tables:
    check(table + ": signs are explained in the notes", sum(n["table"] == table and n["kind"] == "symbol" for n in notes) == 3)
titles = {t["table"]: t for t in rows("tables.csv")}
check("every table has a title in both languages and a source", set(titles) == set(tables) and all(t["title_ja"] and t["title_en"] and t["source_ja"] for t in titles.values()))
check("there are pictures", pictures > 0)
q = quality(tables)
if len(sys.argv) > 3:
    inside(q, sys.argv[2], sys.argv[3])
print("%d passed, %d failed; %d tables, %d figures, %d pictures" % (passed, failed, len(tables), sum(map(len, tables.values())), pictures))
sys.exit(failed > 0)
