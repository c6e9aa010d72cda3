"""linkage_attack.py -- an attacker who holds the keys of people and looks for them in a file. make FOLDER | attack ORIGINAL PROTECTED REPORT K KIND.
The column `serial` is in the files for the judge alone: no attacker looks at it. Prints the rates; exit status 1 when they are not as KIND says."""
import collections, csv, json, random, sys

BLOCK = lambda p: f"B{int(p) // 6}"
def years(age):
    edges = [0, 15, 30, 45, 60, 75]
    return max(e for e in edges if e <= int(age))
LABEL = {0: "0-14", 15: "15-29", 30: "30-44", 45: "45-59", 60: "60-74", 75: "75+"}
KEYS = ("pref", "sex", "age", "job")
CODED = {"pref": BLOCK, "sex": str, "age": lambda a: LABEL[years(a)], "job": str} # the codebook of the protected file is public

def make(folder):
    r = random.Random(20261129)
    with open(f"{folder}/people.csv", "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(("serial", "pref", "sex", "age", "job", "income"))
        for i in range(3000):
            job = min(11, int(r.expovariate(0.45)))
            out.writerow((f"S{i:04d}", int(47 * r.random() ** 1.6), r.randint(1, 2), min(99, int(r.gauss(45, 22)) % 100), f"J{job:02d}", 1000 + r.randint(0, 9000)))

def read(path): return list(csv.DictReader(open(path, encoding="utf-8")))
def candidates(rows):
    """Looks records up by what is known: exact = equal in all keys; open = not contradicted, a blank stands for anything."""
    by_blanks = collections.defaultdict(lambda: collections.defaultdict(list))
    for x in rows:
        blanks = tuple(k for k in KEYS if x[k] == "")
        by_blanks[blanks][tuple(x[k] for k in KEYS if k not in blanks)].append(x["serial"])
    def look(known, exact):
        found = []
        for blanks, table in by_blanks.items():
            if exact and blanks: continue
            found += table.get(tuple(v for k, v in zip(KEYS, known) if k not in blanks), [])
        return found
    return look

def attack(original, protected, report, k, kind):
    k, people, rows = int(k), read(original), read(protected)
    coded = kind != "open"
    know = lambda p: tuple(CODED[x](p[x]) if coded else p[x] for x in KEYS)
    look, r = candidates(rows), random.Random(7)
    there = {x["serial"] for x in rows}
    chance = {True: [], False: []}
    for p in people:
        for exact in chance:
            c = look(know(p), exact)
            chance[exact].append((p["serial"] in c) / len(c) if c else 0)
    right = tried = 0
    for p in r.sample(people, 1000): # what he knows is wrong in places: one age in three is off by up to two years, one job in ten is another
        q = dict(p)
        if r.random() < 1 / 3: q["age"] = str(max(0, min(99, int(q["age"]) + r.choice((-2, -1, 1, 2)))))
        if r.random() < 1 / 10: q["job"] = f"J{r.randint(0, 11):02d}"
        c = look(know(q), False)
        tried += 1
        right += bool(c) and r.choice(c) == p["serial"]
    mean = {e: sum(v) / len(v) for e, v in chance.items()}
    print(f"{kind}: exact {mean[True]:.4f} (most {max(chance[True]):.3f}), open {mean[False]:.4f} (most {max(chance[False]):.3f}), with noise {right / tried:.4f}; 1/k = {1 / k:.4f}")
    assert there == {p["serial"] for p in people}
    if kind == "open": # the file that nobody protected
        assert mean[True] > 0.5 and right / tried > 0.3
        return
    s = [s for s in json.load(open(report))["steps"] if s["step"] == "suppress"][0]["attacker_who_knows_all_keys"]
    assert abs(s["right_links"] - mean[False]) < 1e-9 and abs(s["greatest_chance"] - max(chance[False])) < 1e-9, (s, mean)
    assert s["fewer_than_k_fit"] == sum(x > 1 / k + 1e-12 for x in chance[False])
    assert max(chance[True]) <= 1 / k + 1e-12 and mean[True] <= 1 / k and right / tried <= 1 / k
    if kind == "strict": assert max(chance[False]) <= 1 / k + 1e-12
    if kind == "letter": assert max(chance[False]) > 1 / k # k by the letter is not enough against him: the attack is real

{"make": make, "attack": attack}[sys.argv[1]](*sys.argv[2:])
