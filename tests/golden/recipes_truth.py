"""recipes_truth.py -- what test_recipes.sh knows by itself: a recipe against the items of its form, a protected file against its recipe.
cover RECIPE FORMS | file RECIPE CSV ORIGINAL | households CSV-PERSONS CSV-HOUSEHOLDS. Exit status 1 with the reason."""
import collections, csv, glob, itertools, json, sys

def rows(path): return list(csv.DictReader(open(path, encoding="utf-8")))
def say(text): sys.exit(text)

def cover(recipe, forms):
    r = json.load(open(recipe, encoding="utf-8"))
    items = [i["name"] for i in rows(glob.glob(f"{forms}/library/{r['form']}/*/items.csv")[0])]
    named, left = [v["name"] for v in r["variables"]], r["left_out"]
    if len(set(named)) != len(named): say("a variable twice")
    for n in items:
        if (n in named) + (n in left) != 1: say(f"{n}: kept and left out, or neither")
    for n in named + list(left):
        if n not in items: say(f"{n}: no item of {r['form']}")
    if any(len(why) < 10 for why in left.values()): say("a reason is missing")
    for s in r["steps"] + [r["keys"]]:
        if s["source_status"] not in ("confirmed", "own", "unconfirmed") or len(s["source"]) < 5: say(f"{s}: no source")
        for v in s.get("variables", []) + [s.get("variable", named[0])]:
            if v not in named: say(f"{v}: a step on what is not a variable")
    if any(r["approval"].values()): say("a shipped recipe is not approved")

def agree(a, b): return all(x == "" or y == "" or x == y for x, y in zip(a, b))
def file(recipe, path):
    r = json.load(open(recipe, encoding="utf-8"))
    signs = {sign for sign, why in r["missing"].items()}
    out = rows(path)
    keys = [tuple("" if x[k] in signs else x[k] for k in r["keys"]["variables"]) for x in out]
    counted = collections.Counter(keys)
    whole = {p: n for p, n in counted.items()}
    worst = min(sum(n for q, n in whole.items() if agree(p, q)) for p in counted)
    if worst < r["keys"]["k"]: say(f"a record has {worst} like it")
    hidden = {v["name"] for v in r["variables"] if v["kind"] == "identifier" or v.get("write") is False} | set(r["left_out"])
    for s in r["steps"]:
        if s["step"] == "drop": hidden |= set(s["variables"])
    if hidden & set(out[0]): say(f"{hidden & set(out[0])} came out")
    for s in r["steps"]:
        if s["step"] == "classes" and any(x[s["variable"]] not in s["labels"] + list(signs) + [""] for x in out): say(f"{s['variable']}: no class")
    print(len(out), worst)

def households(people, parents):
    p, h = rows(people), rows(parents)
    serial = [x["household_serial"] for x in h]
    if serial != [str(i + 1) for i in range(len(h))]: say("households are not numbered from 1")
    if {x["household_serial"] for x in p} != set(serial): say("people and households do not join")
    if set(p[0]) & set(h[0]) != {"household_serial"}: say("a variable is in both files")

{"cover": cover, "file": file, "households": households}[sys.argv[1]](*sys.argv[2:])
